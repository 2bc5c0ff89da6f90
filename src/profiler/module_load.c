// ModuleLoadFinished: which methods of the module are to be instrumented, and the ReJIT request for
// all of them at once. ModuleUnloadStarted: forget it. SPDX-License-Identifier: Apache-2.0
//
// The CLR calls these on the thread that loads the module, before any of its code runs.
#include <stdlib.h>

#include "clr/guids.h"
#include "instrument/wildcard.h"
#include "profiler/framework.h"
#include "profiler/method.h"
#include "profiler/profiler.h"
#include "profiler/runtime_methods.h"

enum { LONGEST_NAME = 1 << 15, FOUND_BATCH = 5 };

static struct nr_str name_of(struct nr_arena *arena, const WCHAR *name) {
    return nr_str_from_utf16(arena, (struct nr_str16){name, nr_utf16_length(name)});
}

static enum nr_status read_path(struct nr_loaded_module *loaded, ICorProfilerInfo15 *info,
                                AssemblyID *assembly) {
    ULONG length = 0;
    DWORD flags = 0;
    HRESULT hr =
        info->lpVtbl->GetModuleInfo2(info, loaded->id, NULL, 0, &length, NULL, assembly, &flags);
    if (FAILED(hr) || length > LONGEST_NAME) return NR_CLR;
    WCHAR *name = NR_ARENA_ARRAY(&loaded->arena, WCHAR, (size_t)length + 1);
    if (!name) return NR_NO_MEMORY;
    hr = info->lpVtbl->GetModuleInfo2(info, loaded->id, NULL, length, NULL, name, NULL, NULL);
    if (FAILED(hr)) return NR_CLR;
    loaded->path = name_of(&loaded->arena, name);
    loaded->is_dynamic = (flags & COR_PRF_MODULE_DYNAMIC) != 0;
    loaded->can_unload = (flags & COR_PRF_MODULE_COLLECTIBLE) != 0;
    return loaded->path.data ? NR_OK : NR_NO_MEMORY;
}

static enum nr_status read_assembly(struct nr_loaded_module *loaded, ICorProfilerInfo15 *info,
                                    AssemblyID assembly) {
    ULONG length = 0;
    HRESULT hr = info->lpVtbl->GetAssemblyInfo(info, assembly, 0, &length, NULL, NULL, NULL);
    if (FAILED(hr) || length > LONGEST_NAME) return NR_CLR;
    WCHAR *name = NR_ARENA_ARRAY(&loaded->arena, WCHAR, (size_t)length + 1);
    if (!name) return NR_NO_MEMORY;
    hr = info->lpVtbl->GetAssemblyInfo(info, assembly, length, NULL, name, &loaded->domain, NULL);
    if (FAILED(hr)) return NR_CLR;
    loaded->assembly_name = name_of(&loaded->arena, name);
    return loaded->assembly_name.data ? NR_OK : NR_NO_MEMORY;
}

static void read_native_image(struct nr_loaded_module *loaded, ICorProfilerInfo15 *info) {
    LPCBYTE base = NULL;
    DWORD flags = 0;
    HRESULT hr = info->lpVtbl->GetModuleInfo2(info, loaded->id, &base, 0, NULL, NULL, NULL, &flags);
    if (FAILED(hr) || loaded->is_dynamic) return;
    nr_native_image_read(&loaded->arena, base, (flags & COR_PRF_MODULE_FLAT_LAYOUT) != 0,
                         &loaded->native);
}

// .NET Framework may tell only later which assembly a module belongs to.
static enum nr_status read_assembly_of_manifest(struct nr_loaded_module *loaded,
                                                ICorProfilerInfo15 *info) {
    struct nr_live_module live;
    struct nr_version version;
    NR_TRY(nr_live_module_open(&live, info, loaded->id, false));
    enum nr_status status =
        live.base.ops->assembly(&live.base, &loaded->arena, &loaded->assembly_name, &version);
    nr_live_module_close(&live);
    return status;
}

static enum nr_status read_names(struct nr_loaded_module *loaded, struct nr_profiler *profiler) {
    ICorProfilerInfo15 *info = profiler->info;
    AssemblyID assembly = 0;
    NR_TRY(read_path(loaded, info, &assembly));
    enum nr_status status = read_assembly(loaded, info, assembly);
    if (status == NR_CLR && profiler->net_framework) {
        status = read_assembly_of_manifest(loaded, info);
    }
    NR_TRY(status);
    loaded->is_api = nr_str_equal(loaded->assembly_name, NR_STR("NewRelic.Api.Agent"));
    return NR_OK;
}

// ---- which methods ----

struct search {
    struct nr_profiler *profiler;
    struct nr_loaded_module *loaded;
    bool loading;                // as opposed to later
    const struct nr_log *log;    // of the search itself
    bool has_points;             // its assembly has
    struct nr_live_module live;  // opened when something asks
    struct nr_arena arena;
    struct nr_buffer found;  // nr_token each
};

static enum nr_status open_metadata(struct search *search) {
    if (search->live.base.ops) return NR_OK;
    return nr_live_module_open(&search->live, search->profiler->info, search->loaded->id, false);
}

static void add_method(struct search *search, nr_token method) {
    nr_buffer_append(&search->found, &method, sizeof(method));
}

// The code around a method calls into the core library itself. A pattern over that would trace the
// runtime's own doings, and a point on what reflection needs each call of any other method.
static bool is_of_injected_code(const struct search *search, const struct nr_point *point) {
    struct nr_str name = search->loaded->assembly_name;
    if (!nr_is_core_library(search->loaded) && !nr_str_equal(name, NR_STR("mscorlib"))) {
        return false;
    }
    bool called =
        !search->profiler->fast && nr_references_call(point->class_name, point->method_name);
    if (!point->wildcard && !called) return false;
    nr_log_warn(nr_profiler_log(), "Skipping a %s that targets %.*s: %.*s.%.*s",
                point->wildcard ? "wildcard" : "method of the injected code", NR_STR_ARGS(name),
                NR_STR_ARGS(point->class_name), NR_STR_ARGS(point->method_name));
    return true;
}

static bool is_of_runtime(const struct search *search, const struct nr_point *point) {
    if (!nr_is_core_library(search->loaded) ||
        !nr_is_runtime_method(point->class_name, point->method_name)) {
        return false;
    }
    nr_log_warn(nr_profiler_log(), "Skipping a method that the runtime needs: %.*s.%.*s",
                NR_STR_ARGS(point->class_name), NR_STR_ARGS(point->method_name));
    return true;
}

// "Every assembly" means the application's: not the compiler that `dotnet run` starts before it.
static bool is_sdk_tool(const struct nr_loaded_module *loaded, const struct nr_point *point) {
    return nr_str_equal(point->assembly_name, NR_STR("*")) &&
           nr_str_contains(loaded->path, NR_STR(NR_PATH_SEPARATOR "sdk" NR_PATH_SEPARATOR));
}

// All overloads by name; which of them a point means is decided when the body is rewritten.
static enum nr_status find_by_name(struct search *search, const struct nr_point *point) {
    const struct nr_log *log = search->log;
    IMetaDataImport2 *import = search->live.import;
    nr_token type;
    nr_log_trace(log, "Fetching %.*s methods", NR_STR_ARGS(point->class_name));
    if (nr_module_find_type(&search->live.base, point->class_name, &type) != NR_OK) {
        nr_log_info(log, "Unable to find %.*s for rejit. HR:%d", NR_STR_ARGS(point->class_name),
                    (int)CLDB_E_RECORD_NOTFOUND);
        return NR_OK;
    }
    struct nr_str16 name = nr_str_to_utf16(&search->arena, point->method_name);
    if (!name.data) return NR_NO_MEMORY;
    void *handle = NULL;
    nr_token found[FOUND_BATCH];
    ULONG count = 0;
    while (SUCCEEDED(import->lpVtbl->EnumMethodsWithName(import, &handle, type, name.data, found,
                                                         FOUND_BATCH, &count)) &&
           count > 0) {
        nr_log_debug(log, "Found %u method(s) matching %.*s", (unsigned)count,
                     NR_STR_ARGS(point->method_name));
        for (ULONG i = 0; i < count; i++) add_method(search, found[i]);
    }
    if (handle) import->lpVtbl->CloseEnum(import, handle);
    return NR_OK;
}

static enum nr_status find_points(struct search *search, const struct nr_points *set) {
    struct nr_point_list points;
    NR_TRY(nr_points_for_assembly(set, &search->arena, search->loaded->assembly_name, &points));
    if (points.count == 0) return NR_OK;
    search->has_points = true;
    if (search->loading) {
        nr_log_trace(search->log, "Assembly module loaded: %.*s",
                     NR_STR_ARGS(search->loaded->assembly_name));
    }
    NR_TRY(open_metadata(search));
    for (size_t i = 0; i < points.count; i++) {
        const struct nr_point *point = points.data[i];
        if (is_of_injected_code(search, point) || is_sdk_tool(search->loaded, point) ||
            is_of_runtime(search, point)) {
            continue;
        }
        if (point->wildcard) {
            NR_TRY(nr_wildcard_find(&search->live.base, &search->arena, point, &search->found));
        } else {
            NR_TRY(find_by_name(search, point));
        }
    }
    return search->found.status;
}

// Whether the module can have them: it references the API, or defines one of them itself, as one
// does that was merged with the API.
static enum nr_status may_have_attributes(struct search *search, bool *yes) {
    struct nr_module *module = &search->live.base;
    struct nr_tokens refs;
    nr_token def;
    *yes = false;
    NR_TRY(module->ops->assembly_refs(module, &search->arena, &refs));
    for (size_t i = 0; i < refs.count && !*yes; i++) {
        struct nr_str name;
        NR_TRY(module->ops->assembly_ref_name(module, &search->arena, refs.data[i], &name));
        *yes = nr_str_equal(name, NR_STR("NewRelic.Api.Agent"));
    }
    *yes = *yes ||
           module->ops->find_type_def(module, NR_STR(NR_TRANSACTION_ATTRIBUTE), 0, &def) == NR_OK ||
           module->ops->find_type_def(module, NR_STR(NR_TRACE_ATTRIBUTE), 0, &def) == NR_OK;
    return NR_OK;
}

static bool has_attribute(struct nr_module *module, nr_token method) {
    struct nr_bytes value;
    return module->ops->custom_attribute(module, method, NR_STR(NR_TRANSACTION_ATTRIBUTE),
                                         &value) == NR_OK ||
           module->ops->custom_attribute(module, method, NR_STR(NR_TRACE_ATTRIBUTE), &value) ==
               NR_OK;
}

static enum nr_status find_attributes(struct search *search) {
    struct nr_module *module = &search->live.base;
    struct nr_tokens types, methods;
    if (!nr_assembly_may_have_attributes(search->loaded->assembly_name)) return NR_OK;
    NR_TRY(open_metadata(search));
    bool possible, added;
    NR_TRY(may_have_attributes(search, &possible));
    if (!possible) return NR_OK;
    NR_TRY(module->ops->type_defs(module, &search->arena, &types));
    for (size_t i = 0; i < types.count; i++) {
        NR_TRY(module->ops->methods(module, &search->arena, types.data[i], &methods));
        for (size_t k = 0; k < methods.count; k++) {
            if (!has_attribute(module, methods.data[k])) continue;
            add_method(search, methods.data[k]);
            NR_TRY(nr_token_set_add(&search->loaded->attributed, methods.data[k], &added));
        }
    }
    atomic_store(&search->loaded->has_attributes, true);
    return search->found.status;
}

// In fast mode no event tells that a stub of the API is compiled.
static enum nr_status find_api_stubs(struct search *search) {
    struct nr_module *module = &search->live.base;
    struct nr_tokens methods;
    nr_token type;
    if (!search->loaded->is_api) return NR_OK;
    NR_TRY(open_metadata(search));
    NR_TRY(nr_module_find_type(module, NR_STR("NewRelic.Api.Agent.NewRelic"), &type));
    NR_TRY(module->ops->methods(module, &search->arena, type, &methods));
    for (size_t i = 0; i < methods.count; i++) add_method(search, methods.data[i]);
    return search->found.status;
}

static int by_token(const void *left, const void *right) {
    nr_token a = *(const nr_token *)left, b = *(const nr_token *)right;
    return (a > b) - (a < b);
}

// What was found, each method once, in the order of tokens.
static struct nr_tokens take_found(struct search *search) {
    nr_token *methods = (nr_token *)(void *)search->found.data;
    size_t found = search->found.size / sizeof(*methods), count = 0;
    if (found > 0) qsort(methods, found, sizeof(*methods), by_token);
    for (size_t i = 0; i < found; i++) {
        if (count == 0 || methods[i] != methods[count - 1]) methods[count++] = methods[i];
    }
    nr_buffer_init(&search->found, &search->arena);
    return (struct nr_tokens){methods, count};
}

// The module's ID once for each method, as the CLR wants it; NULL: no memory.
static ModuleID *repeat_id(struct search *search, size_t count) {
    ModuleID *modules = NR_ARENA_ARRAY(&search->arena, ModuleID, count);
    for (size_t i = 0; modules && i < count; i++) modules[i] = search->loaded->id;
    return modules;
}

// In fast mode a refresh also reaches callers that the JIT has inlined a method into. (When a
// module loads there are none, and the CLR overlooks those in its own ReadyToRun code.) Among those
// of the core library may be one that .NET 9 must not compile anew (runtime_methods.c).
static HRESULT request_from_clr(struct search *search, ULONG count, const ModuleID *modules,
                                const nr_token *methods) {
    ICorProfilerInfo15 *info = search->profiler->info, *fast = search->profiler->fast;
    bool risky = search->profiler->runtime == 9 && nr_is_core_library(search->loaded);
    if (search->loading || !fast || risky) {
        return info->lpVtbl->RequestReJIT(info, count, modules, methods);
    }
    return fast->lpVtbl->RequestReJITWithInliners(
        fast, COR_PRF_REJIT_BLOCK_INLINING | COR_PRF_REJIT_INLINING_CALLBACKS, count, modules,
        methods);
}

// Remembers which methods GetReJITParameters is to instrument; those that are new to it.
static struct nr_tokens add_targets(struct search *search, struct nr_tokens methods) {
    struct nr_loaded_module *loaded = search->loaded;
    nr_token *data = NR_ARENA_ARRAY(&search->arena, nr_token, methods.count);
    enum nr_status status = data ? NR_OK : NR_NO_MEMORY;
    size_t count = 0;
    nr_mutex_lock(&loaded->lock);
    for (size_t i = 0; i < methods.count && status == NR_OK; i++) {
        bool added = false;
        status = nr_token_set_add(&loaded->targets, methods.data[i], &added);
        if (added) data[count++] = methods.data[i];
    }
    nr_mutex_unlock(&loaded->lock);
    if (status != NR_OK) {
        nr_log_error(nr_profiler_log(), "No memory to instrument methods of %.*s",
                     NR_STR_ARGS(loaded->path));
    }
    return (struct nr_tokens){data, count};
}

// In either mode, and whoever calls.
static void warn_of_intrinsics(struct search *search, struct nr_tokens methods) {
    for (size_t i = 0; i < methods.count; i++) {
        struct nr_method method;
        if (open_metadata(search) == NR_OK &&
            nr_method_read(&search->arena, search->profiler->info, search->loaded,
                           &search->live.base, methods.data[i], &method) == NR_OK &&
            !nr_method_skip(&method) && nr_method_is_intrinsic(&method)) {
            nr_log_warn(nr_profiler_log(),
                        "Calls that the JIT replaces with code of its own are not seen: %.*s",
                        NR_STR_ARGS(method.description));
        }
    }
}

// These may have an instrumented method inlined, too.
static enum nr_status spare_runtime_methods(struct search *search) {
    struct nr_buffer found;
    nr_buffer_init(&found, &search->arena);
    NR_TRY(open_metadata(search));
    NR_TRY(nr_runtime_methods_find(&search->live.base, &search->arena, &found));
    const struct nr_tokens methods = {(nr_token *)(void *)found.data,
                                      found.size / sizeof(nr_token)};
    return nr_inliners_spare(search->profiler, search->loaded, methods);
}

static void request_rejit(struct search *search, struct nr_tokens methods) {
    HRESULT hr = E_OUTOFMEMORY;
    struct nr_tokens added = {0};
    if (methods.count == 0) return;
    if (search->loading && search->profiler->net_framework) {
        add_targets(search, methods);  // each is asked for when it is compiled
        return;
    }
    bool core = nr_is_core_library(search->loaded);
    if (search->profiler->fast || core) nr_core_type_add(search->profiler);
    if (core && !atomic_load(&search->profiler->core_type.there)) return;
    if (core && search->profiler->fast && spare_runtime_methods(search) != NR_OK) {
        nr_log_error(nr_profiler_log(), "No method of %.*s is instrumented: it cannot be read.",
                     NR_STR_ARGS(search->loaded->path));
        return;
    }
    if (core) warn_of_intrinsics(search, methods);
    if (search->profiler->fast) added = add_targets(search, methods);
    ModuleID *modules = repeat_id(search, methods.count);
    if (modules) hr = request_from_clr(search, (ULONG)methods.count, modules, methods.data);
    nr_log_debug(nr_profiler_log(), SUCCEEDED(hr) ? "ReJit success" : "ReJit failed");
    if (SUCCEEDED(hr)) nr_inliners_of(search->profiler, search->loaded, added);
}

static void request_revert(struct search *search, struct nr_tokens methods) {
    ICorProfilerInfo15 *info = search->profiler->info;
    HRESULT hr = E_OUTOFMEMORY;
    if (methods.count == 0) return;
    ModuleID *modules = repeat_id(search, methods.count);
    if (modules) {
        hr = info->lpVtbl->RequestRevert(info, (ULONG)methods.count, modules, methods.data, NULL);
    }
    nr_log_debug(nr_profiler_log(), SUCCEEDED(hr) ? "Revert success" : "Revert failed");
}

// The CLR answers each request for such a method with an error, and keeps what it noted for it.
static bool is_left_alone(const struct search *search) {
    const struct nr_loaded_module *loaded = search->loaded;
    if (!loaded->can_unload && !loaded->is_dynamic) return false;
    if (search->has_points || search->found.size > 0) {
        nr_log_info(
            nr_profiler_log(),
            "Leaving %.*s alone: the CLR does not instrument assemblies that %s. Module: %.*s",
            NR_STR_ARGS(loaded->assembly_name),
            loaded->can_unload ? "can be unloaded" : "are made while the process runs",
            NR_STR_ARGS(loaded->path));
    }
    return true;
}

static void end_search(struct search *search, enum nr_status status) {
    if (status != NR_OK && status != NR_NOT_FOUND) {  // without metadata there are no methods
        nr_log_warn(nr_profiler_log(), "The methods of %.*s could not be looked up: %s",
                    NR_STR_ARGS(search->loaded->path), nr_status_name(status));
    }
    nr_live_module_close(&search->live);
    nr_arena_free(&search->arena);
}

static void instrument_module(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                              const struct nr_point_set *set) {
    // .NET Framework searches when methods are compiled, as far as the log is concerned.
    struct search search = {.profiler = profiler,
                            .loaded = loaded,
                            .loading = !nr_is_core_library(loaded),
                            .log = profiler->net_framework ? NULL : nr_profiler_log()};
    nr_buffer_init(&search.found, &search.arena);
    enum nr_status status = find_points(&search, set->points);
    if (status == NR_OK) status = find_attributes(&search);
    if (status == NR_OK && profiler->fast) status = find_api_stubs(&search);
    if (status == NR_OK && !is_left_alone(&search)) request_rejit(&search, take_found(&search));
    end_search(&search, status);
}

// ---- a refresh ----

static bool contains(struct nr_tokens methods, nr_token method) {
    return methods.count > 0 &&
           bsearch(&method, methods.data, methods.count, sizeof(method), by_token) != NULL;
}

// Methods that only old names. One that an attribute instruments as well stays instrumented, so it
// is added to what is ReJITed.
static enum nr_status find_reverted(struct search *search, struct nr_tokens old,
                                    struct nr_tokens *new_methods, struct nr_tokens *reverted) {
    nr_token *data = NR_ARENA_ARRAY(&search->arena, nr_token, old.count);
    size_t count = 0;
    if (!data) return NR_NO_MEMORY;
    nr_buffer_append(&search->found, new_methods->data, new_methods->count * sizeof(*data));
    for (size_t i = 0; i < old.count; i++) {
        if (contains(*new_methods, old.data[i])) continue;
        if (nr_has_attribute(search->loaded, old.data[i])) {
            add_method(search, old.data[i]);
        } else {
            data[count++] = old.data[i];
        }
    }
    NR_TRY(search->found.status);
    *new_methods = take_found(search);
    *reverted = (struct nr_tokens){data, count};
    return NR_OK;
}

static enum nr_status change_points(struct search *search, const struct nr_points *old,
                                    const struct nr_points *new_points) {
    struct nr_tokens before, after, reverted;
    NR_TRY(find_points(search, old));
    before = take_found(search);
    NR_TRY(find_points(search, new_points));
    after = take_found(search);
    NR_TRY(find_reverted(search, before, &after, &reverted));
    request_revert(search, reverted);
    request_rejit(search, after);
    return NR_OK;
}

void nr_module_change_points(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                             const struct nr_point_set *old, const struct nr_point_set *new_set) {
    struct search search = {.profiler = profiler, .loaded = loaded, .log = nr_profiler_log()};
    if (loaded->can_unload || loaded->is_dynamic) return;
    if (nr_point_sets_agree(old, new_set, loaded->assembly_name)) return;
    nr_buffer_init(&search.found, &search.arena);
    end_search(&search, change_points(&search, old->points, new_set->points));
}

// ---- callbacks ----

// A refresh that comes meanwhile may not have seen the module.
static void instrument_by_current(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    struct nr_point_set *set = nr_live_points_hold(&profiler->points), *newer;
    instrument_module(profiler, loaded, set);
    while ((newer = nr_live_points_hold(&profiler->points)) != set) {
        nr_module_change_points(profiler, loaded, set, newer);
        nr_live_points_release(&profiler->points, set);
        set = newer;
    }
    nr_live_points_release(&profiler->points, newer);
    nr_live_points_release(&profiler->points, set);
}

// The runtime calls methods of the core library before it can load another assembly, such as the
// agent's: they wait for the module that comes next.
static void instrument_in_time(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    if (nr_is_core_library(loaded)) return;
    if (!atomic_exchange(&profiler->past_core_library, true)) {
        struct nr_loaded_module *core = nr_module_table_core(&profiler->modules);
        if (core) instrument_by_current(profiler, core);
    }
    instrument_by_current(profiler, loaded);
}

void nr_module_loaded(struct nr_profiler *profiler, ModuleID module) {
    struct nr_loaded_module *loaded = nr_loaded_module_new(module);
    if (!loaded) return;
    enum nr_status status = read_names(loaded, profiler);
    if (profiler->fast) read_native_image(loaded, profiler->info);
    if (status == NR_OK) status = nr_module_table_add(&profiler->modules, loaded);
    if (status != NR_OK) {
        nr_loaded_module_free(loaded);
        return;
    }
    if (profiler->explain) {
        nr_log_info(nr_profiler_log(), "Module %.*s from %.*s", NR_STR_ARGS(loaded->assembly_name),
                    NR_STR_ARGS(loaded->path));
    }
    if (profiler->net_framework) nr_framework_module_loaded(profiler, loaded);
    instrument_in_time(profiler, loaded);
    if (profiler->fast) nr_inliners_in(profiler, loaded);
}

void nr_module_unloaded(struct nr_profiler *profiler, ModuleID module) {
    nr_thread_profiler_module_unloaded(&profiler->threads, module);
    nr_generic_functions_forget(&profiler->generics, module);
    nr_module_table_remove(&profiler->modules, module);
}
