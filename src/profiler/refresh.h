// Live instrumentation: other points, another configuration, while the process runs.
// SPDX-License-Identifier: Apache-2.0
//
// What the managed agent's P/Invokes lead to. Any thread, several at once; refreshes take turns.
// The caller's thread waits for a thread of ours, since the CLR takes no ReJIT request from one
// that runs managed code.
#ifndef NR_PROFILER_REFRESH_H
#define NR_PROFILER_REFRESH_H

#include "clr/types.h"
#include "platform/platform.h"

struct nr_profiler;
struct nr_live_file;

struct nr_refresh {
    struct nr_mutex lock;          // one refresh at a time
    struct nr_mutex files_lock;    // guards the two lists
    struct nr_live_file *added;    // by nr_add_custom_instrumentation since the last apply
    struct nr_live_file *applied;  // what the files on disk are joined with
};

void nr_refresh_init(struct nr_refresh *refresh);
// Waits for a refresh that is under way; the profiler is inactive, so it ends soon.
void nr_refresh_shut_down(struct nr_refresh *refresh);

// Reads the files again, takes instrumentation out of the methods that are not named any more and
// instruments those that are. S_FALSE: a file is not readable or not valid, and nothing changed.
// E_FAIL: the profiler is shut down, or nothing changed for want of a home or of a thread;
// E_OUTOFMEMORY.
HRESULT nr_refresh_instrumentation(struct nr_profiler *profiler);
// The same with newrelic.config read again: its ignore list, its log level. E_FAIL: it is not
// valid, and nothing changed.
HRESULT nr_reload_configuration(struct nr_profiler *profiler);
// Keeps a file, in place of one of the same name, for the next apply. Both are UTF-8 and copied.
// E_INVALIDARG for NULL.
HRESULT nr_add_custom_instrumentation(struct nr_profiler *profiler, const char *name,
                                      const char *xml);
// The files added since the last call replace those of before. Refreshes unless there are neither.
HRESULT nr_apply_custom_instrumentation(struct nr_profiler *profiler);

#endif
