// .NET Framework: what every module gets when it is loaded.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_PROFILER_FRAMEWORK_H
#define NR_PROFILER_FRAMEWORK_H

#include "profiler/profiler.h"

// Adds the helper methods to mscorlib, and references to them to all others, so that methods of the
// module can be rewritten later. On the thread that loads the module, before its code runs.
void nr_framework_module_loaded(struct nr_profiler *profiler, struct nr_loaded_module *loaded);

#endif
