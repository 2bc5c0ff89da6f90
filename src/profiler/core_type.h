// Adds the entry (instrument/entry.h) to System.Private.CoreLib: for all modules in fast mode, for
// that one in compatible mode.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_PROFILER_CORE_TYPE_H
#define NR_PROFILER_CORE_TYPE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "platform/platform.h"

struct nr_profiler;

struct nr_core_type {
    struct nr_mutex lock;  // one thread adds it
    bool tried;            // guarded by the lock
    bool lean;             // see struct nr_rewrite; set before there is
    atomic_bool there;
};

void nr_core_type_init(struct nr_core_type *core_type);

// Adds the entry unless that was tried before. It costs a writable copy of the core library's
// metadata, so it is done when something is to be instrumented. Only from a callback for a module's
// load or a thread of our own. When it cannot be done, a line in the log says so.
void nr_core_type_add(struct nr_profiler *profiler);

#endif
