// What the JIT must not inline on .NET 8 and before, where the process could hang or crash.
// SPDX-License-Identifier: Apache-2.0
//
// When the JIT has inlined a method whose ReJIT was requested since it asked whether it may, those
// CLRs request a ReJIT of the caller: with a lock in hand that RequestReJIT takes in the opposite
// order, and with a ModuleID that is none (dotnet/runtime issue 97771, mended in .NET 9). So no
// method may be inlined while its ReJIT is requested. The CLR itself says no once it was requested,
// until GetReJITParameters is over, and for good when that has made a new body. What remains is
// - a generic method, whose first GetReJITParameters makes no body, after which another ReJIT is
//   requested: it is never inlined;
// - any method of a module that is loaded already: for that time nothing is.
#ifndef NR_PROFILER_NO_INLINING_H
#define NR_PROFILER_NO_INLINING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "clr/corprof.h"
#include "platform/platform.h"

struct nr_loaded_module;
struct nr_profiler;

struct nr_no_inlining {
    bool needed;                    // by this CLR
    atomic_uint barred;             // so many threads want nothing inlined
    atomic_uint_least64_t allowed;  // when something was last, by nr_clock_ns
    struct nr_mutex lock;           // guards never_inlined of all modules
};

// Wants to know the runtime.
void nr_no_inlining_init(struct nr_profiler *profiler);

// From now on the method is not inlined.
void nr_never_inline(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                     mdMethodDef method);

// From the return of begin to end nothing is inlined. Begin may take a tenth of a second.
void nr_no_inlining_begin(struct nr_profiler *profiler);
void nr_no_inlining_end(struct nr_profiler *profiler);

// JITInlining.
bool nr_may_inline(struct nr_profiler *profiler, FunctionID callee);

#endif
