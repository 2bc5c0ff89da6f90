// The record that ReadyToRun code carries of what it has inlined.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: dotnet/runtime, docs/design/coreclr/botr/readytorun-format.md (InliningInfo2,
// CrossModuleInlineInfo). Pure functions on bytes that may say anything.
#ifndef NR_PROFILER_INLINE_RECORD_H
#define NR_PROFILER_INLINE_RECORD_H

#include <stdbool.h>

#include "base/buffer.h"
#include "metadata/token.h"

// Two tables, each empty when it is not there.
struct nr_inline_record {
    struct nr_bytes of_module;  // InliningInfo2
    struct nr_bytes of_image;   // CrossModuleInlineInfo
    bool many_modules;          // the latter names the modules of methods
};

// Modules by their index (nr_native_image_module); 0: the one that the record belongs to.
struct nr_inlining {
    uint32_t inlinee_module, inliner_module;
    nr_token inlinee, inliner;
};

typedef void nr_inlining_visit(void *context, const struct nr_inlining *inlining);

// Calls visit for each method that is inlined into another one. What was inlined from outside of
// the version bubble is left out: it is known by an import that the runtime alone resolves.
// NR_MALFORMED, after some calls.
enum nr_status nr_inline_record_read(const struct nr_inline_record *record,
                                     nr_inlining_visit *visit, void *context);

#endif
