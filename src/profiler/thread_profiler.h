// Stacks of all managed threads, for the managed agent's thread profiles.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: REFERENCE.md §7. A thread of ours, started by the first request, suspends the runtime,
// walks the stacks, resumes it, and learns the names of what it saw. While the runtime is suspended
// nothing of ours allocates, logs or waits for a lock: a suspended thread may hold it. On .NET
// Framework, which cannot be suspended so, the CLR suspends each thread while it is walked, and the
// same holds. No thread ends while it may be walked (nr_thread_profiler_thread_ends). Everything
// here may be called on any thread at any time between init and close.
#ifndef NR_PROFILER_THREAD_PROFILER_H
#define NR_PROFILER_THREAD_PROFILER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "platform/platform.h"
#include "profiler/function_names.h"

// Of a deeper stack only the frames nearest its root are given, and S_FALSE.
#define NR_MAX_FRAMES 1337

// One thread of a profile; the managed agent knows this layout.
struct nr_thread_stack {
    ThreadID thread;
    HRESULT hresult;     // S_OK, or S_FALSE for a stack that was too deep
    int32_t length;      // of frames
    FunctionID *frames;  // leaf first; 0 stands for native frames. NULL when there are none
};

struct nr_profile;

struct nr_thread_profiler {
    ICorProfilerInfo15 *info;  // NULL: no profiles
    bool suspends;             // info is an ICorProfilerInfo10

    struct nr_mutex lock;  // guards what follows
    struct nr_condition changed;
    struct nr_thread worker;
    bool has_worker, requested, answered, closed;
    atomic_bool stopping;        // also read by the worker during a walk
    atomic_bool walking;         // while the runtime is suspended
    unsigned stops;              // how often the worker was stopped
    HRESULT result;              // of the last walk
    struct nr_profile *profile;  // of the last walk, until it is released
    bool profile_is_over;        // Shutdown came, and the memory may still be read

    // Held by the worker from before the suspension until the names are known, so that no module of
    // a function on a stack is unloaded meanwhile.
    struct nr_mutex names_lock;
    struct nr_function_names names;
    struct nr_function_names old_names;  // Shutdown came, and the last answer may still be read
};

// info may be NULL; the reference to it is taken over. suspends: it is an ICorProfilerInfo10.
void nr_thread_profiler_init(struct nr_thread_profiler *profiler, ICorProfilerInfo15 *info,
                             bool suspends);
// The process ends: stops as below, and every later request answers E_ABORT.
void nr_thread_profiler_close(struct nr_thread_profiler *profiler);

// Gives the stacks of all threads that run managed code. E_INVALIDARG for NULL; E_FAIL while the
// profile of before is not released; E_UNEXPECTED without info or thread; E_ABORT
// when stopped meanwhile; E_OUTOFMEMORY. The memory stays valid until nr_thread_profiler_release.
HRESULT nr_thread_profiler_request(struct nr_thread_profiler *profiler, void **stacks, int *length);
void nr_thread_profiler_release(struct nr_thread_profiler *profiler);
// An array of struct nr_function_name, valid until the next call. E_INVALIDARG for NULL or nothing;
// E_OUTOFMEMORY.
HRESULT nr_thread_profiler_names(struct nr_thread_profiler *profiler, const uintptr_t *functions,
                                 int length, void **results);
// Ends the worker, the request that waits for it, and what was learnt of names. The next request
// starts anew.
void nr_thread_profiler_stop(struct nr_thread_profiler *profiler);

// ThreadDestroyed, on the thread itself: waits until no walk needs the thread.
void nr_thread_profiler_thread_ends(struct nr_thread_profiler *profiler);

// Waits until no walk needs the module.
void nr_thread_profiler_module_unloaded(struct nr_thread_profiler *profiler, ModuleID module);

#endif
