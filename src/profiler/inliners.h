// Fast mode: code that was compiled ahead of time with an instrumented method inlined.
// SPDX-License-Identifier: Apache-2.0
//
// ReadyToRun code of a caller may contain the body of the method that it calls, and a ReJIT of that
// method does not reach it. The code carries a record of which methods those callers are; a ReJIT
// of them, with their own bodies, has the JIT compile them anew, and it does not inline a method
// that has a ReJIT.
//
// The record is read twice over. The runtime looks one method up in it, and overlooks methods of
// nested types, and those of other modules that were compiled together with the asked one. We read
// it from end to end, but only the runtime can tell what was inlined from modules that were not.
//
// Compilers inline a method marked [NonVersionable] without a record. What calls one is found by
// its IL, compiled anew, and treated as if it were instrumented itself, since it may be inlined in
// turn.
//
// Modules that were compiled together inline methods of each other, so a module is asked for what
// was instrumented before it was loaded, and the modules before it for what is instrumented in it.
// Any thread; only modules that stay take part (the CLR ReJITs nothing in others).
#ifndef NR_PROFILER_INLINERS_H
#define NR_PROFILER_INLINERS_H

#include "base/buffer.h"
#include "metadata/module.h"
#include "platform/platform.h"

struct nr_profiler;
struct nr_loaded_module;

struct nr_inliners {
    struct nr_mutex lock;  // guards what follows, and each module's set of inliners
    struct nr_arena arena;
    struct nr_buffer watched;     // struct nr_inlinee each: what is instrumented
    struct nr_buffer unrecorded;  // struct nr_callee each: those of which there are no records
    // Answered in part, since modules were missing.
    struct nr_buffer open;     // struct nr_question each: asked again whenever a module comes
    struct nr_buffer missing;  // struct nr_missing each: read again when that module comes
};

void nr_inliners_init(struct nr_inliners *inliners);

// These are never compiled anew. NR_NO_MEMORY.
enum nr_status nr_inliners_spare(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                                 struct nr_tokens methods);
// Has all methods compiled anew that have one of these inlined; a ReJIT of these has been
// requested.
void nr_inliners_of(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                    struct nr_tokens methods);
// The same for the methods of a module that has just been loaded, and all that is instrumented.
void nr_inliners_in(struct nr_profiler *profiler, struct nr_loaded_module *loaded);

#endif
