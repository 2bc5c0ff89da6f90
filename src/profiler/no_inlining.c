// A set of generic methods for each module, and a bar for all methods.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/no_inlining.h"

#include "profiler/profiler.h"

// What the JIT may inline it has inlined by then: it takes a few milliseconds for a method.
enum { FIRST_SOUND_RUNTIME = 9, INLINING_MS = 100 };

void nr_no_inlining_init(struct nr_profiler *profiler) {
    nr_mutex_init(&profiler->no_inlining.lock);
    profiler->no_inlining.needed =
        !profiler->net_framework && profiler->runtime < FIRST_SOUND_RUNTIME;
}

void nr_never_inline(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                     mdMethodDef method) {
    struct nr_no_inlining *no_inlining = &profiler->no_inlining;
    bool added;
    if (!no_inlining->needed) return;
    nr_mutex_lock(&no_inlining->lock);
    enum nr_status status = nr_token_set_add(&loaded->never_inlined, method, &added);
    nr_mutex_unlock(&no_inlining->lock);
    if (status != NR_OK) atomic_fetch_add(&no_inlining->barred, 1);  // then no method ever
}

void nr_no_inlining_begin(struct nr_profiler *profiler) {
    struct nr_no_inlining *no_inlining = &profiler->no_inlining;
    if (!no_inlining->needed) return;
    atomic_fetch_add(&no_inlining->barred, 1);
    uint64_t allowed = atomic_load(&no_inlining->allowed);  // before now, so read before the clock
    uint64_t ago_ms = (nr_clock_ns() - allowed) / 1000000;
    if (ago_ms < INLINING_MS) nr_sleep_ms(INLINING_MS - (uint32_t)ago_ms);
}

void nr_no_inlining_end(struct nr_profiler *profiler) {
    if (profiler->no_inlining.needed) atomic_fetch_sub(&profiler->no_inlining.barred, 1);
}

static bool is_never_inlined(struct nr_profiler *profiler, FunctionID function) {
    ICorProfilerInfo15 *info = profiler->info;
    ModuleID module = 0;
    mdToken method = 0;
    if (FAILED(info->lpVtbl->GetFunctionInfo(info, function, NULL, &module, &method))) return false;
    struct nr_loaded_module *loaded = nr_module_table_get(&profiler->modules, module);
    if (!loaded) return false;
    nr_mutex_lock(&profiler->no_inlining.lock);
    bool never = nr_token_set_has(&loaded->never_inlined, method);
    nr_mutex_unlock(&profiler->no_inlining.lock);
    return never;
}

bool nr_may_inline(struct nr_profiler *profiler, FunctionID callee) {
    struct nr_no_inlining *no_inlining = &profiler->no_inlining;
    if (!no_inlining->needed) return true;
    if (atomic_load(&no_inlining->barred) || is_never_inlined(profiler, callee)) return false;
    atomic_store(&no_inlining->allowed, nr_clock_ns());
    return !atomic_load(&no_inlining->barred);  // one that has not seen this time yet
}
