// Asks for inliners and requests their ReJIT. The CLR is called without a lock of ours.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/inliners.h"

#include <string.h>

#include "profiler/method.h"
#include "profiler/profiler.h"

enum { BATCH = 16 };

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
    struct nr_buffer open, records;
};

void nr_inliners_init(struct nr_inliners *inliners) {
    nr_mutex_init(&inliners->lock);
    nr_buffer_init(&inliners->watched, &inliners->arena);
    nr_buffer_init(&inliners->open, &inliners->arena);
    nr_buffer_init(&inliners->records, &inliners->arena);
}

static void begin_round(struct round *round, struct nr_profiler *profiler) {
    *round = (struct round){.profiler = profiler};
    nr_buffer_init(&round->modules, &round->arena);
    nr_buffer_init(&round->methods, &round->arena);
    nr_buffer_init(&round->open, &round->arena);
    nr_buffer_init(&round->records, &round->arena);
}

// Each method once in the life of the process.
static void add_inliner(struct round *round, struct nr_loaded_module *loaded, nr_token method) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    bool added = false;
    nr_mutex_lock(&inliners->lock);
    enum nr_status status = nr_token_set_add(&loaded->inliners, method, &added);
    nr_mutex_unlock(&inliners->lock);
    if (status == NR_OK && !added) return;
    nr_buffer_append(&round->modules, &loaded->id, sizeof(loaded->id));
    nr_buffer_append(&round->methods, &method, sizeof(method));
}

// ---- asking the runtime ----

// False: the runtime uses no code of the module that was compiled ahead of time, or has no record
// of what was inlined into it.
static bool ask(struct round *round, const struct nr_question *question) {
    ICorProfilerInfo15 *info = round->profiler->fast;
    ICorProfilerMethodEnum *found = NULL;
    COR_PRF_METHOD methods[BATCH];
    ULONG count = 0;
    BOOL incomplete = 0;
    HRESULT hr = info->lpVtbl->EnumNgenModuleMethodsInliningThisMethod(
        info, question->inliners, question->inlinee.module->id, question->inlinee.method,
        &incomplete, &found);
    if (hr == CORPROF_E_DATAINCOMPLETE) return false;
    if (FAILED(hr)) {
        nr_log_debug(nr_profiler_log(), "The CLR does not say what inlines method 0x%08x: 0x%x",
                     (unsigned)question->inlinee.method, (unsigned)hr);
        return true;
    }
    while (SUCCEEDED(found->lpVtbl->Next(found, BATCH, methods, &count)) && count > 0) {
        for (ULONG i = 0; i < count; i++) {
            struct nr_loaded_module *loaded =
                nr_module_table_get_lasting(&round->profiler->modules, methods[i].moduleId);
            if (loaded) add_inliner(round, loaded, methods[i].methodId);
        }
    }
    found->lpVtbl->Release(found);
    if (incomplete) nr_buffer_append(&round->open, question, sizeof(*question));
    return true;
}

// ---- reading the record ----

// A module of a record, by its index.
struct named {
    bool known;     // the others have been looked up
    bool may_come;  // is not loaded, and may have methods that will be instrumented
    struct nr_loaded_modules modules;
};

struct reading {
    struct round *round;
    struct nr_loaded_module *loaded;
    struct nr_native_image image;
    struct named *named;  // image.count + 2
    bool missing;         // an inliner's module is not loaded
    enum nr_status status;
};

// Its methods may have attributes, be stubs of the API, or have points.
static enum nr_status may_be_instrumented(struct round *round, struct nr_str assembly, bool *yes) {
    struct nr_live_points *live = &round->profiler->points;
    struct nr_point_list points = {0};
    *yes = nr_assembly_may_have_attributes(assembly) ||
           nr_str_equal(assembly, NR_STR("NewRelic.Api.Agent"));
    if (*yes) return NR_OK;
    struct nr_point_set *set = nr_live_points_hold(live);
    enum nr_status status = nr_points_for_assembly(set->points, &round->arena, assembly, &points);
    *yes = points.count > 0;
    nr_live_points_release(live, set);
    return status;
}

static enum nr_status find_named(struct reading *reading, uint32_t index, struct named *named) {
    struct round *round = reading->round;
    struct nr_str name = nr_native_image_module(&reading->image, index);
    named->known = true;
    if (index == 0) {
        named->modules = (struct nr_loaded_modules){&reading->loaded, 1};
        return NR_OK;
    }
    if (name.size == 0) return NR_OK;
    NR_TRY(nr_module_table_named(&round->profiler->modules, &round->arena, name, &named->modules));
    return named->modules.count > 0 ? NR_OK : may_be_instrumented(round, name, &named->may_come);
}

static const struct named *named_at(struct reading *reading, uint32_t index) {
    static const struct named none = {0};
    if (index >= reading->image.count + 2) return &none;
    struct named *named = &reading->named[index];
    if (!named->known) {
        enum nr_status status = find_named(reading, index, named);
        if (status != NR_OK) reading->status = status;
    }
    return named;
}

static bool is_instrumented(struct reading *reading, const struct named *named, nr_token method) {
    struct nr_inliners *inliners = &reading->round->profiler->inliners;
    bool found = named->may_come;
    nr_mutex_lock(&inliners->lock);
    for (size_t i = 0; i < named->modules.count && !found; i++) {
        found = nr_token_set_has(&named->modules.data[i]->inlinees, method);
    }
    nr_mutex_unlock(&inliners->lock);
    return found;
}

static void see(void *context, const struct nr_inlining *inlining) {
    struct reading *reading = context;
    const struct named *inlinee = named_at(reading, inlining->inlinee_module);
    if (!is_instrumented(reading, inlinee, inlining->inlinee)) return;
    const struct nr_loaded_modules inliners = named_at(reading, inlining->inliner_module)->modules;
    for (size_t i = 0; i < inliners.count; i++) {
        add_inliner(reading->round, inliners.data[i], inlining->inliner);
    }
    if (inliners.count == 0) reading->missing = true;
}

static struct nr_str beside(struct nr_arena *arena, struct nr_str path, struct nr_str name) {
    while (path.size > 0 && path.data[path.size - 1] != NR_PATH_SEPARATOR[0]) path.size--;
    return NR_STR_JOIN(arena, path, name);
}

static enum nr_status open_record(struct reading *reading) {
    const struct nr_loaded_module *loaded = reading->loaded;
    struct nr_arena *arena = &reading->round->arena;
    struct nr_native_image *image = &reading->image;
    *image = loaded->native;
    if (image->composite.size > 0) {
        struct nr_str file = beside(arena, loaded->path, image->composite);
        if (!file.data) return NR_NO_MEMORY;
        NR_TRY(nr_native_image_read_composite(arena, file, loaded->assembly_name, image));
    } else if (image->any) {
        return NR_MALFORMED;
    }
    reading->named = NR_ARENA_ARRAY(arena, struct named, image->count + 2);
    if (!reading->named) return NR_NO_MEMORY;
    const struct nr_inline_record *record = &image->record;
    return record->of_module.size + record->of_image.size > 0 ? NR_OK : NR_NOT_FOUND;
}

static enum nr_status add_all_methods(struct reading *reading) {
    struct round *round = reading->round;
    struct nr_live_module live = {0};
    struct nr_tokens types, methods;
    enum nr_status status =
        nr_live_module_open(&live, round->profiler->info, reading->loaded->id, false);
    if (status == NR_OK) status = live.base.ops->type_defs(&live.base, &round->arena, &types);
    for (size_t i = 0; status == NR_OK && i < types.count; i++) {
        status = live.base.ops->methods(&live.base, &round->arena, types.data[i], &methods);
        for (size_t k = 0; status == NR_OK && k < methods.count; k++) {
            add_inliner(round, reading->loaded, methods.data[k]);
        }
    }
    nr_live_module_close(&live);
    return status;
}

// Whatever the module has inlined is compiled anew then.
static enum nr_status do_without_record(struct reading *reading, enum nr_status reason) {
    struct nr_loaded_module *loaded = reading->loaded;
    struct nr_inliners *inliners = &reading->round->profiler->inliners;
    nr_mutex_lock(&inliners->lock);
    bool needed = inliners->watched.size > 0 && !loaded->all_anew;
    loaded->all_anew |= needed;
    nr_mutex_unlock(&inliners->lock);
    if (!needed) return NR_OK;
    nr_log_warn(nr_profiler_log(),
                "What was inlined into %.*s cannot be read (%s): all of its methods are compiled "
                "anew.",
                NR_STR_ARGS(loaded->path), nr_status_name(reason));
    return add_all_methods(reading);
}

// Takes all that inline what is, or may become, instrumented.
static enum nr_status read_record(struct round *round, struct nr_loaded_module *loaded) {
    struct reading reading = {.round = round, .loaded = loaded};
    if (!loaded->native.compiled) return NR_OK;
    enum nr_status status = open_record(&reading);
    if (status == NR_OK) status = nr_inline_record_read(&reading.image.record, see, &reading);
    if (status != NR_OK && status != NR_NO_MEMORY) status = do_without_record(&reading, status);
    if (reading.missing) nr_buffer_append(&round->records, &loaded, sizeof(loaded));
    return status == NR_OK ? reading.status : status;
}

// ---- rounds ----

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

static void end_round(struct round *round, enum nr_status status) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    if (round->modules.status == NR_OK && round->methods.status == NR_OK) {
        request(round);
    } else {
        status = NR_NO_MEMORY;
    }
    if (status != NR_OK) {
        nr_log_warn(nr_profiler_log(), "Calls of instrumented methods may be missed: %s",
                    nr_status_name(status));
    }
    nr_mutex_lock(&inliners->lock);
    nr_buffer_append(&inliners->open, round->open.data, round->open.size);
    nr_buffer_append(&inliners->records, round->records.data, round->records.size);
    nr_mutex_unlock(&inliners->lock);
    nr_arena_free(&round->arena);
}

static enum nr_status watch(struct nr_inliners *inliners, struct nr_loaded_module *module,
                            struct nr_tokens methods) {
    enum nr_status status = NR_OK;
    bool added;
    nr_mutex_lock(&inliners->lock);
    for (size_t i = 0; i < methods.count && status == NR_OK; i++) {
        struct nr_inlinee inlinee = {.module = module, .method = methods.data[i]};
        nr_buffer_append(&inliners->watched, &inlinee, sizeof(inlinee));
        status = nr_token_set_add(&module->inlinees, methods.data[i], &added);
    }
    if (status == NR_OK) status = inliners->watched.status;
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

// Compilers inline a method with this attribute without a record of it.
static enum nr_status warn_of_unrecorded(struct round *round, struct nr_loaded_module *loaded,
                                         struct nr_tokens methods) {
    const struct nr_str attribute = NR_STR("System.Runtime.Versioning.NonVersionableAttribute");
    ICorProfilerInfo15 *info = round->profiler->info;
    struct nr_live_module live = {0};
    struct nr_bytes value;
    enum nr_status status = nr_live_module_open(&live, info, loaded->id, false);
    for (size_t i = 0; status == NR_OK && i < methods.count; i++) {
        struct nr_method method;
        nr_token token = methods.data[i];
        if (live.base.ops->custom_attribute(&live.base, token, attribute, &value) != NR_OK)
            continue;
        status = nr_method_read(&round->arena, info, loaded, &live.base, token, &method);
        if (status != NR_OK) break;
        nr_log_warn(nr_profiler_log(),
                    "Calls of a NonVersionable method that were inlined ahead of time are missed: "
                    "%.*s",
                    NR_STR_ARGS(method.description));
    }
    nr_live_module_close(&live);
    return status;
}

void nr_inliners_of(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                    struct nr_tokens methods) {
    struct round round;
    struct nr_loaded_modules inliners = {0};
    if (loaded->can_unload || loaded->is_dynamic || methods.count == 0) return;
    begin_round(&round, profiler);
    enum nr_status status = watch(&profiler->inliners, loaded, methods);
    if (status == NR_OK) {
        status = nr_module_table_inliners(&profiler->modules, &round.arena, loaded, &inliners);
    }
    for (size_t i = 0; i < inliners.count && status == NR_OK; i++) {
        ask_module(&round, inliners.data[i]->id, loaded, methods);
        status = read_record(&round, inliners.data[i]);
    }
    if (status == NR_OK) status = warn_of_unrecorded(&round, loaded, methods);
    end_round(&round, status);
}

// A copy, in the round's arena, of one of the lists.
static enum nr_status copy_of(struct round *round, struct nr_buffer *list, bool empty,
                              struct nr_bytes *out) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    nr_mutex_lock(&inliners->lock);
    size_t size = list->size;
    uint8_t *copy = nr_arena_alloc(&round->arena, size);
    if (copy && size > 0) memcpy(copy, list->data, size);
    if (copy && empty) list->size = 0;
    nr_mutex_unlock(&inliners->lock);
    *out = (struct nr_bytes){copy, size};
    return copy ? NR_OK : NR_NO_MEMORY;
}

static enum nr_status ask_for_watched(struct round *round, const struct nr_loaded_module *loaded) {
    struct nr_bytes watched;
    NR_TRY(copy_of(round, &round->profiler->inliners.watched, false, &watched));
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
        if (possible && !ask(round, &question)) break;
    }
    return NR_OK;
}

static enum nr_status ask_again(struct round *round) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    struct nr_bytes open, records;
    NR_TRY(copy_of(round, &inliners->open, true, &open));
    NR_TRY(copy_of(round, &inliners->records, true, &records));
    const struct nr_question *questions = (const struct nr_question *)(const void *)open.data;
    struct nr_loaded_module *const *modules =
        (struct nr_loaded_module *const *)(const void *)records.data;
    for (size_t i = 0; i < open.size / sizeof(*questions); i++) ask(round, &questions[i]);
    for (size_t i = 0; i < records.size / sizeof(*modules); i++) {
        NR_TRY(read_record(round, modules[i]));
    }
    return NR_OK;
}

// Of its own methods it has been asked by then.
static enum nr_status may_inline_others(struct round *round, const struct nr_loaded_module *loaded,
                                        bool *yes) {
    const struct nr_native_image *image = &loaded->native;
    *yes = image->any;
    for (size_t i = 0; i < image->count && !*yes; i++) {
        NR_TRY(may_be_instrumented(round, image->references[i], yes));
    }
    return NR_OK;
}

static enum nr_status ask_loaded(struct round *round, struct nr_loaded_module *loaded) {
    bool possible;
    NR_TRY(ask_again(round));
    if (!loaded->native.compiled || loaded->can_unload) return NR_OK;
    NR_TRY(ask_for_watched(round, loaded));
    NR_TRY(may_inline_others(round, loaded, &possible));
    return possible ? read_record(round, loaded) : NR_OK;
}

void nr_inliners_in(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    struct round round;
    begin_round(&round, profiler);
    enum nr_status status = ask_loaded(&round, loaded);
    end_round(&round, status);
}
