// FunctionIDs of generic methods: which one a ReJIT of a method is for.
// SPDX-License-Identifier: Apache-2.0
//
// GetReJITParameters names a method by module and token, and a generic method has no FunctionID
// until one of its instantiations is compiled. So the first ReJIT of such a method leaves it alone
// and is remembered here; when the compiler then names an instantiation, that FunctionID is kept
// and another ReJIT is asked for (REFERENCE.md §5). Any thread.
#ifndef NR_PROFILER_GENERIC_FUNCTIONS_H
#define NR_PROFILER_GENERIC_FUNCTIONS_H

#include <stdbool.h>

#include "base/status.h"
#include "clr/corprof.h"
#include "platform/platform.h"

struct nr_generic_function;

struct nr_generic_functions {
    struct nr_mutex lock;
    struct nr_generic_function *first;
};

void nr_generic_functions_init(struct nr_generic_functions *functions);

// The FunctionID kept for the method, which is forgotten thereby; 0 when there is none: then the
// method waits for one.
FunctionID nr_generic_functions_take(struct nr_generic_functions *functions, ModuleID module,
                                     mdMethodDef method);

// Whether the method waits; if so, it has its FunctionID now.
bool nr_generic_functions_give(struct nr_generic_functions *functions, ModuleID module,
                               mdMethodDef method, FunctionID function);

// Keeps a FunctionID before the method waits for one. Without memory nothing happens: it will wait.
void nr_generic_functions_put(struct nr_generic_functions *functions, ModuleID module,
                              mdMethodDef method, FunctionID function);

// For fast mode, in which nobody names an instantiation: a number of the method's own that is no
// FunctionID. 0: no memory.
FunctionID nr_generic_functions_number(struct nr_generic_functions *functions, ModuleID module,
                                       mdMethodDef method);

// Forgets all of a module.
void nr_generic_functions_forget(struct nr_generic_functions *functions, ModuleID module);

#endif
