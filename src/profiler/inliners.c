// Asks for inliners and requests their ReJIT. The CLR is called without a lock of ours.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/inliners.h"

#include <string.h>

#include "profiler/callers.h"
#include "profiler/profiler.h"

enum { BATCH = 16, LONGEST_CHAIN = 8 };

struct nr_inlinee {
    const struct nr_loaded_module *module;
    nr_token method;
};

struct nr_question {
    ModuleID inliners;
    struct nr_inlinee inlinee;
};

// One call's questions and what they brought.
struct round {
    struct nr_profiler *profiler;
    struct nr_arena arena;
    struct nr_buffer modules, methods;  // ModuleID and nr_token each
    struct nr_buffer open;
};

void nr_inliners_init(struct nr_inliners *inliners) {
    nr_mutex_init(&inliners->lock);
    nr_buffer_init(&inliners->watched, &inliners->arena);
    nr_buffer_init(&inliners->open, &inliners->arena);
}

static void begin_round(struct round *round, struct nr_profiler *profiler) {
    *round = (struct round){.profiler = profiler};
    nr_buffer_init(&round->modules, &round->arena);
    nr_buffer_init(&round->methods, &round->arena);
    nr_buffer_init(&round->open, &round->arena);
}

// Each method once in the life of the process.
static void add_inliner(struct round *round, const COR_PRF_METHOD *method) {
    struct nr_profiler *profiler = round->profiler;
    struct nr_loaded_module *loaded =
        nr_module_table_get_lasting(&profiler->modules, method->moduleId);
    bool added = false;
    if (!loaded) return;
    nr_mutex_lock(&profiler->inliners.lock);
    enum nr_status status = nr_token_set_add(&loaded->inliners, method->methodId, &added);
    nr_mutex_unlock(&profiler->inliners.lock);
    if (status == NR_OK && !added) return;
    nr_buffer_append(&round->modules, &method->moduleId, sizeof(method->moduleId));
    nr_buffer_append(&round->methods, &method->methodId, sizeof(method->methodId));
}

// False: the module has no record of what it inlines, since it is compiled as it runs.
static bool ask(struct round *round, const struct nr_question *question) {
    ICorProfilerInfo15 *info = round->profiler->fast;
    ICorProfilerMethodEnum *found = NULL;
    COR_PRF_METHOD methods[BATCH];
    ULONG count = 0;
    BOOL incomplete = 0;
    HRESULT hr = info->lpVtbl->EnumNgenModuleMethodsInliningThisMethod(
        info, question->inliners, question->inlinee.module->id, question->inlinee.method,
        &incomplete, &found);
    if (FAILED(hr)) return hr != CORPROF_E_DATAINCOMPLETE;
    while (SUCCEEDED(found->lpVtbl->Next(found, BATCH, methods, &count)) && count > 0) {
        for (ULONG i = 0; i < count; i++) add_inliner(round, &methods[i]);
    }
    found->lpVtbl->Release(found);
    if (incomplete) nr_buffer_append(&round->open, question, sizeof(*question));
    return true;
}

// One request for all; one for each when the CLR refuses them together.
static void request(struct round *round) {
    ICorProfilerInfo15 *info = round->profiler->info;
    const ModuleID *modules = (const ModuleID *)(const void *)round->modules.data;
    const nr_token *methods = (const nr_token *)(const void *)round->methods.data;
    ULONG count = (ULONG)(round->methods.size / sizeof(*methods));
    HRESULT hr = S_OK;
    if (count == 0) return;
    nr_log_debug(nr_profiler_log(),
                 "Requesting a ReJIT of %u methods that inline instrumented ones", (unsigned)count);
    hr = info->lpVtbl->RequestReJIT(info, count, modules, methods);
    for (ULONG i = 0; FAILED(hr) && i < count; i++) {
        if (FAILED(info->lpVtbl->RequestReJIT(info, 1, &modules[i], &methods[i]))) {
            nr_log_debug(nr_profiler_log(), "Method 0x%08x cannot be compiled anew",
                         (unsigned)methods[i]);
        }
    }
}

static void end_round(struct round *round) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    if (round->modules.status == NR_OK && round->methods.status == NR_OK) {
        request(round);
    } else {
        nr_log_warn(nr_profiler_log(), "No memory to find what inlines instrumented methods.");
    }
    nr_mutex_lock(&inliners->lock);
    nr_buffer_append(&inliners->open, round->open.data, round->open.size);
    nr_mutex_unlock(&inliners->lock);
    nr_arena_free(&round->arena);
}

static enum nr_status watch(struct nr_inliners *inliners, const struct nr_loaded_module *module,
                            struct nr_tokens methods) {
    nr_mutex_lock(&inliners->lock);
    for (size_t i = 0; i < methods.count; i++) {
        struct nr_inlinee inlinee = {.module = module, .method = methods.data[i]};
        nr_buffer_append(&inliners->watched, &inlinee, sizeof(inlinee));
    }
    enum nr_status status = inliners->watched.status;
    nr_mutex_unlock(&inliners->lock);
    return status;
}

static void ask_module(struct round *round, ModuleID inliners,
                       const struct nr_loaded_module *module, struct nr_tokens methods) {
    for (size_t i = 0; i < methods.count; i++) {
        const struct nr_question question = {inliners, {module, methods.data[i]}};
        if (!ask(round, &question)) return;
    }
}

// The runtime's record overlooks methods of nested types (seen with .NET 10): nobody inlines
// them, it says. So whoever calls one by its token is taken for an inliner, with all that inline
// that one in turn.
struct nested {
    struct nr_live_module live;
    struct nr_token_set callees, seen;
};

static enum nr_status add_callee(struct nested *nested, struct nr_arena *arena, nr_token method,
                                 bool *added) {
    bool is_new = false;
    if (!nr_is_in_nested_type(&nested->live.base, arena, method)) return NR_OK;
    NR_TRY(nr_token_set_add(&nested->callees, method, &is_new));
    *added |= is_new;
    return NR_OK;
}

// One step up the chains of calls; *again: to a method of a nested type.
static enum nr_status add_callers(struct round *round, const struct nr_loaded_module *loaded,
                                  struct nested *nested, bool *again) {
    struct nr_buffer found;
    nr_buffer_init(&found, &round->arena);
    NR_TRY(nr_callers_find(&round->arena, round->profiler->info, loaded->id, &nested->live.base,
                           &nested->callees, &found));
    const nr_token *callers = (const nr_token *)(const void *)found.data;
    for (size_t i = 0; i < found.size / sizeof(*callers); i++) {
        const COR_PRF_METHOD method = {loaded->id, callers[i]};
        const struct nr_question question = {loaded->id, {loaded, callers[i]}};
        bool is_new = false;
        NR_TRY(nr_token_set_add(&nested->seen, callers[i], &is_new));
        if (!is_new) continue;
        add_inliner(round, &method);
        ask(round, &question);
        NR_TRY(add_callee(nested, &round->arena, callers[i], again));
    }
    return NR_OK;
}

static enum nr_status find_callers(struct round *round, const struct nr_loaded_module *loaded,
                                   struct nested *nested, struct nr_tokens methods) {
    bool again = false;
    for (size_t i = 0; i < methods.count; i++) {
        NR_TRY(add_callee(nested, &round->arena, methods.data[i], &again));
    }
    for (int i = 0; again && i < LONGEST_CHAIN; i++) {
        again = false;
        NR_TRY(add_callers(round, loaded, nested, &again));
    }
    return NR_OK;
}

static void ask_for_nested(struct round *round, const struct nr_loaded_module *loaded,
                           struct nr_tokens methods) {
    struct nested nested = {0};
    ICorProfilerInfo15 *info = round->profiler->info;
    if (!loaded->native.compiled) return;
    if (nr_live_module_open(&nested.live, info, loaded->id, false) == NR_OK) {
        enum nr_status status = find_callers(round, loaded, &nested, methods);
        if (status == NR_NO_MEMORY) round->methods.status = status;
    }
    nr_live_module_close(&nested.live);
    nr_token_set_free(&nested.callees);
    nr_token_set_free(&nested.seen);
}

void nr_inliners_of(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                    struct nr_tokens methods) {
    struct round round;
    struct nr_module_ids inliners = {0};
    if (loaded->can_unload || loaded->is_dynamic || methods.count == 0) return;
    begin_round(&round, profiler);
    enum nr_status status = watch(&profiler->inliners, loaded, methods);
    if (status == NR_OK) {
        status = nr_module_table_inliners(&profiler->modules, &round.arena, loaded, &inliners);
    }
    if (status != NR_OK) round.methods.status = status;
    for (size_t i = 0; i < inliners.count; i++) {
        ask_module(&round, inliners.data[i], loaded, methods);
    }
    ask_for_nested(&round, loaded, methods);
    end_round(&round);
}

// A copy, in the round's arena, of one of the lists.
static struct nr_bytes copy_of(struct round *round, struct nr_buffer *list, bool empty) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    nr_mutex_lock(&inliners->lock);
    size_t size = list->size;
    uint8_t *copy = nr_arena_alloc(&round->arena, size);
    if (copy && size > 0) memcpy(copy, list->data, size);
    if (copy && empty) list->size = 0;
    nr_mutex_unlock(&inliners->lock);
    if (!copy) round->methods.status = NR_NO_MEMORY;
    return (struct nr_bytes){copy, copy ? size : 0};
}

static void ask_for_watched(struct round *round, const struct nr_loaded_module *loaded) {
    struct nr_bytes watched = copy_of(round, &round->profiler->inliners.watched, false);
    const struct nr_inlinee *inlinees = (const struct nr_inlinee *)(const void *)watched.data;
    const struct nr_loaded_module *module = loaded;  // that the one before was of
    bool possible = false;
    for (size_t i = 0; i < watched.size / sizeof(*inlinees); i++) {
        const struct nr_question question = {loaded->id, inlinees[i]};
        if (inlinees[i].module != module) {
            module = inlinees[i].module;
            possible = module != loaded &&
                       nr_native_image_may_inline(&loaded->native, module->assembly_name);
        }
        if (possible && !ask(round, &question)) return;
    }
}

static void ask_again(struct round *round) {
    struct nr_bytes open = copy_of(round, &round->profiler->inliners.open, true);
    const struct nr_question *questions = (const struct nr_question *)(const void *)open.data;
    for (size_t i = 0; i < open.size / sizeof(*questions); i++) ask(round, &questions[i]);
}

void nr_inliners_in(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    struct round round;
    begin_round(&round, profiler);
    ask_again(&round);
    if (loaded->native.compiled && !loaded->can_unload) ask_for_watched(&round, loaded);
    end_round(&round);
}
