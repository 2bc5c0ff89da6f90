// The worker, the walk over the threads, and the calls that wait for them.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/thread_profiler.h"

#include <stdlib.h>
#include <string.h>

#include "profiler/profiler.h"

enum {
    MOST_ATTEMPTS = 4,        // at a profile, when threads come faster than they are counted
    SUSPENSION_TRIES = 5000,  // a millisecond each, while a garbage collection is under way
    ID_BATCH = 40,
};

struct nr_profile {
    size_t capacity, count;  // threads
    struct nr_thread_stack *stacks;
    FunctionID *frames;  // NR_MAX_FRAMES for each thread that there is room for
    size_t used;
};

// All that a walk writes to, made before the runtime is suspended.
struct walk {
    ICorProfilerInfo15 *info;
    const atomic_bool *stopping;
    struct nr_profile *profile;
    ThreadID *threads;
    size_t thread_count;
};

// ---- memory ----

static void free_profile(struct nr_profile *profile) {
    if (!profile) return;
    free(profile->stacks);
    free(profile->frames);
    free(profile);
}

static struct nr_profile *new_profile(size_t capacity) {
    struct nr_profile *profile = calloc(1, sizeof(*profile));
    if (!profile) return NULL;
    profile->capacity = capacity;
    profile->stacks = calloc(capacity, sizeof(*profile->stacks));
    profile->frames = malloc(capacity * NR_MAX_FRAMES * sizeof(*profile->frames));
    if (profile->stacks && profile->frames) return profile;
    free_profile(profile);
    return NULL;
}

static void free_walk(struct walk *walk) {
    free_profile(walk->profile);
    free(walk->threads);
}

static bool prepare_walk(struct walk *walk, size_t capacity) {
    walk->profile = new_profile(capacity);
    walk->threads = calloc(capacity, sizeof(*walk->threads));
    return walk->profile && walk->threads;
}

// ---- while the runtime is suspended: no allocation, no lock, no log ----

struct stack {
    FunctionID *frames;
    int32_t length;
    HRESULT hresult;
};

// The root of a stack must not be lost, its leaves may: so a full stack starts over.
static HRESULT NR_STDCALL on_frame(FunctionID function, uintptr_t ip, COR_PRF_FRAME_INFO frame,
                                   ULONG context_size, BYTE *context, void *client_data) {
    struct stack *stack = client_data;
    (void)ip, (void)frame, (void)context_size, (void)context;
    if (stack->length == NR_MAX_FRAMES) {
        stack->length = 0;
        stack->hresult = S_FALSE;
    }
    stack->frames[stack->length++] = function;
    return S_OK;
}

static void walk_thread(struct walk *walk, ThreadID thread) {
    struct nr_profile *profile = walk->profile;
    struct stack stack = {profile->frames + profile->used, 0, S_OK};
    HRESULT hr = walk->info->lpVtbl->DoStackSnapshot(walk->info, thread, on_frame,
                                                     COR_PRF_SNAPSHOT_DEFAULT, &stack, NULL, 0);
    if (FAILED(hr)) return;  // such as a thread without managed frames
    profile->stacks[profile->count++] = (struct nr_thread_stack){
        thread, stack.hresult, stack.length, stack.length > 0 ? stack.frames : NULL};
    profile->used += (size_t)stack.length;
}

// No thread leaves the list while the runtime is suspended. NR_TOO_LARGE: more than there is room
// for.
static enum nr_status list_threads(struct walk *walk) {
    ICorProfilerThreadEnum *list = NULL;
    ThreadID batch[ID_BATCH];
    ULONG fetched = 0;
    if (FAILED(walk->info->lpVtbl->EnumThreads(walk->info, &list))) return NR_CLR;
    enum nr_status status = NR_OK;
    while (status == NR_OK && SUCCEEDED(list->lpVtbl->Next(list, ID_BATCH, batch, &fetched)) &&
           fetched > 0) {
        if (walk->thread_count + fetched > walk->profile->capacity) {
            status = NR_TOO_LARGE;
            break;
        }
        memcpy(walk->threads + walk->thread_count, batch, fetched * sizeof(*batch));
        walk->thread_count += fetched;
    }
    list->lpVtbl->Release(list);
    return status;
}

static enum nr_status walk_threads(struct walk *walk) {
    NR_TRY(list_threads(walk));
    for (size_t i = 0; i < walk->thread_count && !atomic_load(walk->stopping); i++) {
        walk_thread(walk, walk->threads[i]);
    }
    return NR_OK;
}

// ---- around it ----

// The CLR refuses while it suspends itself, for a garbage collection as a rule.
static HRESULT suspend(const struct walk *walk) {
    HRESULT hr = CORPROF_E_SUSPENSION_IN_PROGRESS;
    for (int i = 0; i < SUSPENSION_TRIES && hr == CORPROF_E_SUSPENSION_IN_PROGRESS; i++) {
        if (i > 0) nr_sleep_ms(1);
        if (atomic_load(walk->stopping)) return E_ABORT;
        hr = walk->info->lpVtbl->SuspendRuntime(walk->info);
    }
    return hr;
}

// Every frame has metadata: the CLR leaves dynamic methods and stubs out of its walks.
static void learn_names(struct nr_function_names *names, const struct walk *walk) {
    const struct nr_profile *profile = walk->profile;
    for (size_t i = 0; i < profile->used; i++) {
        FunctionID function = profile->frames[i];
        if (function != 0 && !nr_function_names_has(names, function)) {
            nr_function_names_learn(names, walk->info, function);
        }
    }
}

static HRESULT do_walk(struct nr_thread_profiler *profiler, struct walk *walk,
                       enum nr_status *status) {
    nr_mutex_lock(&profiler->names_lock);
    HRESULT hr = profiler->suspends ? suspend(walk) : S_OK;
    if (SUCCEEDED(hr)) {
        atomic_store(&profiler->walking, true);
        *status = walk_threads(walk);
        atomic_store(&profiler->walking, false);
        if (profiler->suspends) walk->info->lpVtbl->ResumeRuntime(walk->info);
        learn_names(&profiler->names, walk);
    }
    nr_mutex_unlock(&profiler->names_lock);
    return hr;
}

static size_t count_threads(ICorProfilerInfo15 *info) {
    ICorProfilerThreadEnum *list = NULL;
    ULONG count = 0;
    if (FAILED(info->lpVtbl->EnumThreads(info, &list))) return 0;
    list->lpVtbl->GetCount(list, &count);
    list->lpVtbl->Release(list);
    return count;
}

static HRESULT attempt(struct nr_thread_profiler *profiler, size_t room, struct nr_profile **out,
                       enum nr_status *status) {
    struct walk walk = {.info = profiler->info, .stopping = &profiler->stopping};
    HRESULT hr = E_OUTOFMEMORY;
    if (prepare_walk(&walk, room)) hr = do_walk(profiler, &walk, status);
    if (SUCCEEDED(hr) && *status == NR_OK) {
        *out = walk.profile;
        walk.profile = NULL;
    }
    free_walk(&walk);
    return hr;
}

static HRESULT take_profile(struct nr_thread_profiler *profiler, struct nr_profile **out) {
    const struct nr_log *log = nr_profiler_log();
    size_t room = count_threads(profiler->info);
    enum nr_status status = NR_TOO_LARGE;
    HRESULT hr = S_OK;
    for (int i = 0; i < MOST_ATTEMPTS && SUCCEEDED(hr) && status == NR_TOO_LARGE; i++) {
        room = room * 2 + ID_BATCH;
        hr = attempt(profiler, room, out, &status);
    }
    if (FAILED(hr) && hr != E_ABORT) {
        nr_log_error(log, "TP: the runtime could not be profiled: 0x%x", (unsigned)hr);
    } else if (SUCCEEDED(hr) && status != NR_OK) {
        nr_log_error(log, "TP: GetThreads: Could not get thread enumerator");
    }
    return hr;
}

static void work(void *context) {
    struct nr_thread_profiler *profiler = context;
    const struct nr_log *log = nr_profiler_log();
    nr_log_trace(log, "TP: profile thread started");
    HRESULT hr = profiler->info->lpVtbl->InitializeCurrentThread(profiler->info);
    if (FAILED(hr)) nr_log_error(log, "TP: InitializeCurrentThread failed: 0x%x", (unsigned)hr);
    nr_mutex_lock(&profiler->lock);
    for (;;) {
        while (!profiler->requested && !atomic_load(&profiler->stopping)) {
            nr_condition_wait(&profiler->changed, &profiler->lock);
        }
        if (atomic_load(&profiler->stopping)) break;
        profiler->requested = false;
        nr_mutex_unlock(&profiler->lock);
        struct nr_profile *profile = NULL;
        hr = take_profile(profiler, &profile);
        nr_mutex_lock(&profiler->lock);
        profiler->profile = profile;
        profiler->result = hr;
        profiler->answered = true;
        nr_condition_wake_all(&profiler->changed);
    }
    nr_mutex_unlock(&profiler->lock);
    nr_log_info(log, "TP: Shutting down thread profiler");
    nr_log_trace(log, "TP: profile thread terminating");
}

// ---- requests; the lock is held ----

static HRESULT start_worker(struct nr_thread_profiler *profiler) {
    if (profiler->has_worker) return S_OK;
    nr_log_trace(nr_profiler_log(), "TP: starting profile thread");
    if (nr_thread_start(&profiler->worker, work, profiler) != NR_OK) return E_UNEXPECTED;
    profiler->has_worker = true;
    return S_OK;
}

static void drop_profile(struct nr_thread_profiler *profiler) {
    free_profile(profiler->profile);
    profiler->profile = NULL;
    profiler->profile_is_over = false;
}

// Shutdown may have come and gone by the time that this thread wakes up: hence the count.
static HRESULT wait_for_profile(struct nr_thread_profiler *profiler) {
    unsigned stops = profiler->stops;
    profiler->requested = true;
    profiler->answered = false;
    nr_condition_wake_all(&profiler->changed);
    while (!profiler->answered && profiler->stops == stops) {
        nr_condition_wait(&profiler->changed, &profiler->lock);
    }
    if (profiler->stops == stops) return profiler->result;
    nr_log_trace(nr_profiler_log(), "The thread profile was aborted.");
    return E_ABORT;
}

static HRESULT request(struct nr_thread_profiler *profiler) {
    bool waits = profiler->has_worker && !profiler->answered;  // for another thread's request
    if (profiler->closed || atomic_load(&profiler->stopping)) return E_ABORT;
    if (profiler->profile_is_over) drop_profile(profiler);
    if (profiler->profile || waits) return E_FAIL;
    HRESULT hr = start_worker(profiler);
    return SUCCEEDED(hr) ? wait_for_profile(profiler) : hr;
}

HRESULT nr_thread_profiler_request(struct nr_thread_profiler *profiler, void **stacks,
                                   int *length) {
    const struct nr_log *log = nr_profiler_log();
    if (!stacks || !length) return E_INVALIDARG;
    if (!profiler->info) {
        nr_log_debug(
            log, "TP: RequestProfile called without proper initialization. (corProfilerInfo10)");
        return E_UNEXPECTED;
    }
    *stacks = NULL;
    *length = 0;
    nr_mutex_lock(&profiler->lock);
    HRESULT hr = request(profiler);
    if (hr == S_OK && profiler->profile && profiler->profile->count > 0) {
        *stacks = profiler->profile->stacks;
        *length = (int)profiler->profile->count;
    } else if (hr == S_OK) {
        drop_profile(profiler);
    }
    nr_mutex_unlock(&profiler->lock);
    if (hr == S_OK && !*stacks) {
        nr_log_debug(log,
                     "RequestProfile failed    : The thread profile was empty (zero-sized/null "
                     "data).");
    }
    return hr;
}

void nr_thread_profiler_release(struct nr_thread_profiler *profiler) {
    nr_mutex_lock(&profiler->lock);
    drop_profile(profiler);
    nr_mutex_unlock(&profiler->lock);
}

HRESULT nr_thread_profiler_names(struct nr_thread_profiler *profiler, const uintptr_t *functions,
                                 int length, void **results) {
    if (!functions || length <= 0 || !results) return E_INVALIDARG;
    nr_mutex_lock(&profiler->names_lock);
    const struct nr_function_name *answer =
        nr_function_names_answer(&profiler->names, functions, (size_t)length);
    nr_function_names_free(&profiler->old_names);
    nr_mutex_unlock(&profiler->names_lock);
    *results = (void *)(uintptr_t)answer;
    return answer ? S_OK : E_OUTOFMEMORY;
}

// ---- the end ----

// An answer that was given out last may be in use by another thread still.
static void drop_names(struct nr_thread_profiler *profiler) {
    nr_mutex_lock(&profiler->names_lock);
    if (profiler->names.answer) {
        nr_function_names_free(&profiler->old_names);
        profiler->old_names = profiler->names;
        nr_function_names_init(&profiler->names);
    } else {
        nr_function_names_free(&profiler->names);
    }
    nr_mutex_unlock(&profiler->names_lock);
}

// The lock is held, and given up while the worker ends.
static void join_worker(struct nr_thread_profiler *profiler) {
    atomic_store(&profiler->stopping, true);
    profiler->stops++;
    nr_condition_wake_all(&profiler->changed);
    nr_mutex_unlock(&profiler->lock);
    nr_thread_join(&profiler->worker);
    nr_log_trace(nr_profiler_log(), "TP: profile thread shut down");
    nr_mutex_lock(&profiler->lock);
    profiler->has_worker = profiler->requested = false;
}

static void stop(struct nr_thread_profiler *profiler, bool for_good) {
    nr_mutex_lock(&profiler->lock);
    profiler->closed |= for_good;
    while (atomic_load(&profiler->stopping)) {
        nr_condition_wait(&profiler->changed, &profiler->lock);
    }
    if (profiler->has_worker) {
        join_worker(profiler);
    } else {
        nr_log_trace(nr_profiler_log(), "TP: Shutdown called while thread is not running");
    }
    profiler->profile_is_over = profiler->profile != NULL;
    drop_names(profiler);
    atomic_store(&profiler->stopping, false);
    nr_condition_wake_all(&profiler->changed);
    nr_mutex_unlock(&profiler->lock);
}

void nr_thread_profiler_stop(struct nr_thread_profiler *profiler) { stop(profiler, false); }

void nr_thread_profiler_close(struct nr_thread_profiler *profiler) { stop(profiler, true); }

// The lock is not waited for while the worker waits for the suspension, since the thread may hold
// what that needs: the CLR's list of threads. Once the runtime is suspended the worker has it.
void nr_thread_profiler_thread_ends(struct nr_thread_profiler *profiler) {
    if (profiler->suspends && !atomic_load(&profiler->walking)) return;
    nr_mutex_lock(&profiler->names_lock);
    nr_mutex_unlock(&profiler->names_lock);
}

void nr_thread_profiler_module_unloaded(struct nr_thread_profiler *profiler, ModuleID module) {
    nr_mutex_lock(&profiler->names_lock);
    nr_function_names_forget(&profiler->names, module);
    nr_mutex_unlock(&profiler->names_lock);
}

void nr_thread_profiler_init(struct nr_thread_profiler *profiler, ICorProfilerInfo15 *info,
                             bool suspends) {
    memset(profiler, 0, sizeof(*profiler));
    profiler->info = info;
    profiler->suspends = suspends;
    nr_mutex_init(&profiler->lock);
    nr_condition_init(&profiler->changed);
    nr_mutex_init(&profiler->names_lock);
    nr_function_names_init(&profiler->names);
    nr_function_names_init(&profiler->old_names);
}
