// Asks for inliners and requests their ReJIT. The CLR is called without a lock of ours.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/inliners.h"

#include <string.h>

#include "profiler/callers.h"
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

// A record names methods of an assembly that is not loaded.
struct nr_missing {
    struct nr_loaded_module *loaded;  // whose record it is
    struct nr_str assembly;
};

// Methods of one module whose inliners are sought: what is instrumented, or calls a method that is
// inlined without a record.
struct group {
    struct nr_loaded_module *module;
    struct nr_tokens methods;
    bool instrumented;
};

// One call's questions and what they brought.
struct round {
    struct nr_profiler *profiler;
    struct nr_arena arena;
    struct nr_buffer modules, methods;  // ModuleID and nr_token each
    struct nr_buffer open;
    struct nr_buffer groups;
};

void nr_inliners_init(struct nr_inliners *inliners) {
    nr_mutex_init(&inliners->lock);
    nr_buffer_init(&inliners->watched, &inliners->arena);
    nr_buffer_init(&inliners->open, &inliners->arena);
    nr_buffer_init(&inliners->missing, &inliners->arena);
    nr_buffer_init(&inliners->unrecorded, &inliners->arena);
}

static void begin_round(struct round *round, struct nr_profiler *profiler) {
    *round = (struct round){.profiler = profiler};
    nr_buffer_init(&round->modules, &round->arena);
    nr_buffer_init(&round->methods, &round->arena);
    nr_buffer_init(&round->open, &round->arena);
    nr_buffer_init(&round->groups, &round->arena);
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

enum nr_status nr_inliners_spare(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                                 struct nr_tokens methods) {
    enum nr_status status = NR_OK;
    bool added;
    nr_mutex_lock(&profiler->inliners.lock);
    for (size_t i = 0; i < methods.count && status == NR_OK; i++) {
        status = nr_token_set_add(&loaded->inliners, methods.data[i], &added);
    }
    nr_mutex_unlock(&profiler->inliners.lock);
    return status;
}

// ---- asking the runtime ----

// Where all can be read the runtime knows nothing more.
static bool is_worth_asking(const struct nr_loaded_module *loaded) {
    const struct nr_native_image *image = &loaded->native;
    return image->any || image->composite.size > 0 || image->record.of_image.size > 0;
}

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
    bool missing;   // is not loaded, and has an inliner
    struct nr_loaded_modules modules;
};

struct reading {
    struct round *round;
    struct nr_loaded_module *loaded;
    struct nr_native_image image;
    struct named *named;  // image.count + 2
    bool names_others;    // methods of other modules are inlined
    enum nr_status status;
};

// Its methods may have attributes, be stubs of the API, have points, or call what has.
static enum nr_status may_be_instrumented(struct round *round, struct nr_str assembly, bool *yes) {
    struct nr_live_points *live = &round->profiler->points;
    struct nr_point_list points = {0};
    struct nr_inliners *inliners = &round->profiler->inliners;
    nr_mutex_lock(&inliners->lock);
    bool any_unrecorded = inliners->unrecorded.size > 0;  // it may call one of those
    nr_mutex_unlock(&inliners->lock);
    *yes = any_unrecorded || nr_assembly_may_have_attributes(assembly) ||
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

// NULL: no module has this index.
static struct named *named_at(struct reading *reading, uint32_t index) {
    if (index >= reading->image.count + 2) return NULL;
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
    reading->names_others |= inlining->inlinee_module != 0;
    const struct named *inlinee = named_at(reading, inlining->inlinee_module);
    if (!inlinee || !is_instrumented(reading, inlinee, inlining->inlinee)) return;
    struct named *inliner = named_at(reading, inlining->inliner_module);
    if (!inliner) return;
    inliner->missing = inliner->modules.count == 0;
    for (size_t i = 0; i < inliner->modules.count; i++) {
        add_inliner(reading->round, inliner->modules.data[i], inlining->inliner);
    }
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

static enum nr_status add_all_methods(struct round *round, struct nr_loaded_module *loaded) {
    struct nr_live_module live = {0};
    struct nr_tokens types, methods;
    enum nr_status status = nr_live_module_open(&live, round->profiler->info, loaded->id, false);
    if (status == NR_OK) status = live.base.ops->type_defs(&live.base, &round->arena, &types);
    for (size_t i = 0; status == NR_OK && i < types.count; i++) {
        status = live.base.ops->methods(&live.base, &round->arena, types.data[i], &methods);
        for (size_t k = 0; status == NR_OK && k < methods.count; k++) {
            add_inliner(round, loaded, methods.data[k]);
        }
    }
    nr_live_module_close(&live);
    return status;
}

// Whatever the module has inlined is compiled anew then.
static enum nr_status do_without_record(struct round *round, struct nr_loaded_module *loaded,
                                        enum nr_status reason) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    nr_mutex_lock(&inliners->lock);
    bool needed = inliners->watched.size > 0 && !loaded->all_anew;
    loaded->all_anew |= needed;
    nr_mutex_unlock(&inliners->lock);
    if (!needed) return NR_OK;
    nr_log_warn(nr_profiler_log(),
                "What was inlined into %.*s cannot be read (%s): all of its methods are compiled "
                "anew.",
                NR_STR_ARGS(loaded->path), nr_status_name(reason));
    return add_all_methods(round, loaded);
}

static bool is_noted(const struct nr_inliners *inliners, const struct nr_missing *missing) {
    const struct nr_missing *noted =
        (const struct nr_missing *)(const void *)inliners->missing.data;
    for (size_t i = 0; i < inliners->missing.size / sizeof(*noted); i++) {
        if (noted[i].loaded == missing->loaded &&
            nr_str_equal(noted[i].assembly, missing->assembly)) {
            return true;
        }
    }
    return false;
}

// Has the record read again when the assembly is loaded; *again: it was meanwhile.
static enum nr_status note_missing(struct round *round, struct nr_missing missing, bool *again) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    struct nr_loaded_modules modules;
    nr_mutex_lock(&inliners->lock);
    if (!is_noted(inliners, &missing)) {
        missing.assembly = nr_str_copy(&inliners->arena, missing.assembly);
        if (missing.assembly.data) {
            nr_buffer_append(&inliners->missing, &missing, sizeof(missing));
        }
    }
    nr_mutex_unlock(&inliners->lock);
    if (!missing.assembly.data) return NR_NO_MEMORY;
    NR_TRY(nr_module_table_named(&round->profiler->modules, &round->arena, missing.assembly,
                                 &modules));
    *again |= modules.count > 0;
    return NR_OK;
}

static enum nr_status note_all_missing(struct reading *reading, bool *again) {
    for (uint32_t i = 0; reading->named && i < reading->image.count + 2; i++) {
        const struct nr_missing missing = {reading->loaded,
                                           nr_native_image_module(&reading->image, i)};
        if (reading->named[i].missing && missing.assembly.size > 0) {
            NR_TRY(note_missing(reading->round, missing, again));
        }
    }
    return NR_OK;
}

// Takes all that inline what is, or may become, instrumented.
static enum nr_status read_record(struct round *round, struct nr_loaded_module *loaded) {
    bool again = loaded->native.compiled;
    while (again) {
        struct reading reading = {.round = round, .loaded = loaded};
        again = false;
        enum nr_status status = open_record(&reading);
        if (status == NR_OK) status = nr_inline_record_read(&reading.image.record, see, &reading);
        if (status == NR_NO_MEMORY) return status;
        if (status != NR_OK) NR_TRY(do_without_record(round, loaded, status));
        NR_TRY(reading.status);
        NR_TRY(note_all_missing(&reading, &again));
        atomic_store(&loaded->inlines_own_only, status == NR_OK && !reading.names_others);
    }
    return NR_OK;
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
    nr_no_inlining_begin(round->profiler);
    nr_log_debug(nr_profiler_log(),
                 "Requesting a ReJIT of %u methods that inline instrumented ones", (unsigned)count);
    hr = info->lpVtbl->RequestReJIT(info, count, modules, methods);
    for (ULONG i = 0; FAILED(hr) && i < count; i++) {
        if (FAILED(info->lpVtbl->RequestReJIT(info, 1, &modules[i], &methods[i]))) {
            nr_log_debug(nr_profiler_log(), "Method 0x%08x cannot be compiled anew",
                         (unsigned)methods[i]);
        }
    }
    nr_no_inlining_end(round->profiler);
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
    nr_mutex_unlock(&inliners->lock);
    nr_arena_free(&round->arena);
}

// Those that are new to it.
static enum nr_status watch(struct round *round, struct nr_loaded_module *module,
                            struct nr_tokens methods, bool instrumented) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    struct group group = {module, {0}, instrumented};
    nr_token *data = NR_ARENA_ARRAY(&round->arena, nr_token, methods.count);
    enum nr_status status = data ? NR_OK : NR_NO_MEMORY;
    nr_mutex_lock(&inliners->lock);
    for (size_t i = 0; i < methods.count && status == NR_OK; i++) {
        struct nr_inlinee inlinee = {.module = module, .method = methods.data[i]};
        bool added = false;
        status = nr_token_set_add(&module->inlinees, methods.data[i], &added);
        if (!added) continue;
        nr_buffer_append(&inliners->watched, &inlinee, sizeof(inlinee));
        data[group.methods.count++] = methods.data[i];
    }
    if (status == NR_OK) status = inliners->watched.status;
    nr_mutex_unlock(&inliners->lock);
    group.methods.data = data;
    if (group.methods.count > 0) nr_buffer_append(&round->groups, &group, sizeof(group));
    return status == NR_OK ? round->groups.status : status;
}

static void ask_module(struct round *round, const struct nr_loaded_module *inliners,
                       const struct group *group) {
    if (!is_worth_asking(inliners)) return;
    for (size_t i = 0; i < group->methods.count; i++) {
        const struct nr_question question = {inliners->id, {group->module, group->methods.data[i]}};
        if (!ask(round, &question)) return;
    }
}

// ---- methods that compilers inline without a record ----

static bool has_attribute(struct nr_module *module, nr_token method, const char *name) {
    struct nr_bytes value;
    return module->ops->custom_attribute(module, method, nr_str_of(name), &value) == NR_OK;
}

static enum nr_status read_callee(struct nr_arena *arena, struct nr_module *module,
                                  struct nr_callee *callee) {
    struct nr_method_def def;
    struct nr_type_def type;
    NR_TRY(module->ops->method_def(module, arena, callee->method, &def));
    callee->name = def.name;
    if (!nr_str_equal(def.name, NR_STR(".ctor"))) return NR_OK;
    NR_TRY(module->ops->type_def(module, arena, def.owner, &type));
    callee->type = type.name;
    return NR_OK;
}

// For the modules to come.
static enum nr_status keep_callee(struct nr_inliners *inliners, struct nr_callee callee) {
    nr_mutex_lock(&inliners->lock);
    callee.name = nr_str_copy(&inliners->arena, callee.name);
    callee.type = nr_str_copy(&inliners->arena, callee.type);
    enum nr_status status = callee.name.data && callee.type.data ? NR_OK : NR_NO_MEMORY;
    if (status == NR_OK) {
        nr_buffer_append(&inliners->unrecorded, &callee, sizeof(callee));
        status = inliners->unrecorded.status;
    }
    nr_mutex_unlock(&inliners->lock);
    return status;
}

// An instrumented one that the policy skips is left alone, and so is one that the JIT replaces.
static enum nr_status is_wanted(struct round *round, const struct group *group,
                                struct nr_module *module, nr_token token, bool *wanted) {
    struct nr_method method;
    *wanted = !group->instrumented;
    if (*wanted) return NR_OK;
    NR_TRY(nr_method_read(&round->arena, round->profiler->info, group->module, module, token,
                          &method));
    *wanted = !nr_method_skip(&method) && !nr_method_is_intrinsic(&method);
    return NR_OK;
}

static enum nr_status add_unrecorded(struct round *round, const struct group *group,
                                     struct nr_buffer *callees) {
    struct nr_live_module live = {0};
    enum nr_status status =
        nr_live_module_open(&live, round->profiler->info, group->module->id, false);
    for (size_t i = 0; status == NR_OK && i < group->methods.count; i++) {
        struct nr_callee callee = {.module = group->module, .method = group->methods.data[i]};
        bool wanted;
        if (!has_attribute(&live.base, callee.method,
                           "System.Runtime.Versioning.NonVersionableAttribute")) {
            continue;
        }
        status = is_wanted(round, group, &live.base, callee.method, &wanted);
        if (status != NR_OK || !wanted) continue;
        status = read_callee(&round->arena, &live.base, &callee);
        if (status == NR_OK) status = keep_callee(&round->profiler->inliners, callee);
        nr_buffer_append(callees, &callee, sizeof(callee));
    }
    nr_live_module_close(&live);
    return status == NR_OK ? callees->status : status;
}

// Those that call one may have it inlined, and may be inlined themselves.
static enum nr_status find_callers(struct round *round, struct nr_loaded_module *loaded,
                                   struct nr_bytes callees) {
    struct nr_buffer found;
    nr_buffer_init(&found, &round->arena);
    if (callees.size == 0) return NR_OK;
    enum nr_status status = nr_callers_find(&round->arena, loaded, &loaded->native,
                                            (const struct nr_callee *)(const void *)callees.data,
                                            callees.size / sizeof(struct nr_callee), &found);
    if (status == NR_NO_MEMORY) return status;
    if (status != NR_OK) return do_without_record(round, loaded, status);
    const struct nr_tokens methods = {(const nr_token *)(const void *)found.data,
                                      found.size / sizeof(nr_token)};
    for (size_t i = 0; i < methods.count; i++) add_inliner(round, loaded, methods.data[i]);
    return methods.count > 0 ? watch(round, loaded, methods, false) : NR_OK;
}

// ---- from one to the next ----

static const struct group *group_at(const struct round *round, size_t index) {
    return (const struct group *)(const void *)round->groups.data + index;
}

static size_t group_count(const struct round *round) {
    return round->groups.size / sizeof(struct group);
}

// Takes what the module has inlined of these groups' methods.
static enum nr_status look_into(struct round *round, struct nr_loaded_module *loaded, size_t first,
                                size_t end) {
    bool possible = false;
    for (size_t i = first; i < end; i++) {
        const struct group *group = group_at(round, i);
        bool own = group->module == loaded;
        if (!own && !nr_native_image_may_inline(&loaded->native, group->module->assembly_name)) {
            continue;
        }
        possible |= own || !atomic_load(&loaded->inlines_own_only);
        ask_module(round, loaded, group);
    }
    return possible ? read_record(round, loaded) : NR_OK;
}

// What inlines the groups' methods, what calls those without a record, what inlines these…
static enum nr_status follow(struct round *round) {
    struct nr_loaded_modules modules;
    size_t end;
    for (size_t first = 0; first < group_count(round); first = end) {
        struct nr_buffer callees;
        nr_buffer_init(&callees, &round->arena);
        end = group_count(round);
        for (size_t i = first; i < end; i++) {
            NR_TRY(add_unrecorded(round, group_at(round, i), &callees));
        }
        NR_TRY(nr_module_table_compiled(&round->profiler->modules, &round->arena, &modules));
        for (size_t i = 0; i < modules.count; i++) {
            NR_TRY(look_into(round, modules.data[i], first, end));
            NR_TRY(find_callers(round, modules.data[i], nr_buffer_bytes(&callees)));
        }
    }
    return NR_OK;
}

void nr_inliners_of(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                    struct nr_tokens methods) {
    struct round round;
    if (loaded->can_unload || loaded->is_dynamic || methods.count == 0) return;
    begin_round(&round, profiler);
    enum nr_status status = watch(&round, loaded, methods, true);
    if (status == NR_OK) status = follow(&round);
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
    if (!is_worth_asking(loaded)) return NR_OK;
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
    struct nr_bytes open;
    NR_TRY(copy_of(round, &round->profiler->inliners.open, true, &open));
    const struct nr_question *questions = (const struct nr_question *)(const void *)open.data;
    for (size_t i = 0; i < open.size / sizeof(*questions); i++) ask(round, &questions[i]);
    return NR_OK;
}

// Those that this module was missing from are read again.
static enum nr_status read_again(struct round *round, const struct nr_loaded_module *loaded) {
    struct nr_inliners *inliners = &round->profiler->inliners;
    struct nr_bytes list;
    NR_TRY(copy_of(round, &inliners->missing, false, &list));
    const struct nr_missing *missing = (const struct nr_missing *)(const void *)list.data;
    for (size_t i = 0; i < list.size / sizeof(*missing); i++) {
        if (nr_str_equal(missing[i].assembly, loaded->assembly_name)) {
            NR_TRY(read_record(round, missing[i].loaded));
        }
    }
    return NR_OK;
}

// Of its own methods it has been asked by then.
static enum nr_status may_inline_others(struct round *round, const struct nr_loaded_module *loaded,
                                        bool *yes) {
    const struct nr_native_image *image = &loaded->native;
    *yes = image->any;
    if (atomic_load(&loaded->inlines_own_only)) return NR_OK;
    for (size_t i = 0; i < image->count && !*yes; i++) {
        NR_TRY(may_be_instrumented(round, image->references[i], yes));
    }
    return NR_OK;
}

static enum nr_status ask_loaded(struct round *round, struct nr_loaded_module *loaded) {
    struct nr_bytes unrecorded;
    bool possible;
    NR_TRY(ask_again(round));
    NR_TRY(read_again(round, loaded));
    if (!loaded->native.compiled || loaded->can_unload) return NR_OK;
    NR_TRY(ask_for_watched(round, loaded));
    NR_TRY(may_inline_others(round, loaded, &possible));
    if (possible) NR_TRY(read_record(round, loaded));
    NR_TRY(copy_of(round, &round->profiler->inliners.unrecorded, false, &unrecorded));
    NR_TRY(find_callers(round, loaded, unrecorded));
    return follow(round);
}

void nr_inliners_in(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    struct round round;
    begin_round(&round, profiler);
    enum nr_status status = ask_loaded(&round, loaded);
    end_round(&round, status);
}
