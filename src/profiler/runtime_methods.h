// Methods of System.Private.CoreLib that must stay as they are.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_PROFILER_RUNTIME_METHODS_H
#define NR_PROFILER_RUNTIME_METHODS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "metadata/module.h"

bool nr_is_runtime_method(struct nr_str type, struct nr_str method);

// Appends those that the core library has to found, an nr_token each. What the metadata fails with,
// or NR_NO_MEMORY.
enum nr_status nr_runtime_methods_find(struct nr_module *core, struct nr_arena *arena,
                                       struct nr_buffer *found);

#endif
