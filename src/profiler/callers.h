// The methods of a module whose IL calls some of its other methods.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_PROFILER_CALLERS_H
#define NR_PROFILER_CALLERS_H

#include "profiler/live_module.h"
#include "profiler/token_set.h"

// Whether the method belongs to a type that lies in another one.
bool nr_is_in_nested_type(struct nr_module *module, struct nr_arena *arena, nr_token method);

// Appends the MethodDef token of each method that calls one of callees by its own token. Reads
// every body of the module once. NR_NO_MEMORY, NR_NOT_FOUND.
enum nr_status nr_callers_find(struct nr_arena *arena, ICorProfilerInfo15 *info, ModuleID id,
                               struct nr_module *module, const struct nr_token_set *callees,
                               struct nr_buffer *callers);

#endif
