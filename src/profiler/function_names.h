// Names of functions for the thread profiler, kept by FunctionID.
// SPDX-License-Identifier: Apache-2.0
//
// Not thread-safe: the thread profiler has a lock around it. Nothing here may be called by a thread
// that runs managed code, but for nr_function_names_answer and nr_function_names_forget: the CLR
// refuses to answer such a thread (CORPROF_E_UNSUPPORTED_CALL_SEQUENCE).
#ifndef NR_PROFILER_FUNCTION_NAMES_H
#define NR_PROFILER_FUNCTION_NAMES_H

#include <stdbool.h>

#include "base/map.h"
#include "clr/corprof.h"

// One answer; the managed agent knows this layout.
struct nr_function_name {
    FunctionID function;
    const WCHAR *type;    // Namespace.Outer+Inner`1
    const WCHAR *method;  // without parameters
};

struct nr_known_function;

// A copy may take the place of the original if nothing is learnt any more.
struct nr_function_names {
    struct nr_arena arena;  // the texts
    struct nr_map texts;
    struct nr_known_function *slots;
    size_t capacity, used;
    struct nr_function_name *answer;
};

void nr_function_names_init(struct nr_function_names *names);
void nr_function_names_free(struct nr_function_names *names);

// Whether the name is known.
bool nr_function_names_has(const struct nr_function_names *names, FunctionID function);
// Asks the CLR for the names of a function that cannot be unloaded meanwhile.
// One that the CLR does not know, or that finds no memory, stays unknown.
void nr_function_names_learn(struct nr_function_names *names, ICorProfilerInfo15 *info,
                             FunctionID function);
// Forgets the functions of a module. Answers given out stay as they are.
void nr_function_names_forget(struct nr_function_names *names, ModuleID module);

// The names of length functions, unknown ones as the reference has them. Valid until the next
// answer. NULL: no memory.
const struct nr_function_name *nr_function_names_answer(struct nr_function_names *names,
                                                        const uintptr_t *functions, size_t length);

#endif
