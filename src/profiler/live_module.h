// struct nr_module answered by the running CLR.
// SPDX-License-Identifier: Apache-2.0
//
// Holds references to the four metadata interfaces of one module from open to close. The CLR makes
// the interfaces thread-safe; additions to one module are made by one thread at a time all the
// same, so that tokens come in order (the caller holds the module's lock).
#ifndef NR_PROFILER_LIVE_MODULE_H
#define NR_PROFILER_LIVE_MODULE_H

#include <stdatomic.h>

#include "clr/cormeta.h"
#include "clr/corprof.h"
#include "metadata/module.h"

struct nr_live_module {
    struct nr_module base;  // base.ops is NULL while it is closed
    IMetaDataImport2 *import;
    IMetaDataAssemblyImport *assembly_import;
    IMetaDataEmit2 *emit;  // NULL when opened for reading: then additions answer NR_CLR
    IMetaDataAssemblyEmit *assembly_emit;
    atomic_uint known_rows[NR_TABLE_COUNT];  // rows up to here have been seen to be there
};

// Opens a module's metadata for questions, or for additions too (the CLR then makes a writable copy
// of the metadata, so only modules with something to instrument should pay for it). NR_NOT_FOUND
// for a module without metadata, such as a resource module, or when the CLR refuses.
enum nr_status nr_live_module_open(struct nr_live_module *live, ICorProfilerInfo15 *info,
                                   ModuleID module, bool for_writing);
// Releases the interfaces; a closed module can be closed again.
void nr_live_module_close(struct nr_live_module *live);

#endif
