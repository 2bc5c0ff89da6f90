// Refresh and reload: new points from the files, and the ReJIT requests that follow.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/refresh.h"

#include <stdlib.h>
#include <string.h>

#include "platform/process_facts.h"
#include "profiler/log_output.h"
#include "profiler/profiler.h"

enum { MODULE_BATCH = 100 };

// A file that the agent was sent: name and text, each with its NUL, follow the structure.
struct nr_live_file {
    struct nr_live_file *next;
    const char *name, *xml;
};

void nr_refresh_init(struct nr_refresh *refresh) {
    nr_mutex_init(&refresh->lock);
    nr_mutex_init(&refresh->files_lock);
    refresh->added = refresh->applied = NULL;
}

void nr_refresh_shut_down(struct nr_refresh *refresh) {
    nr_mutex_lock(&refresh->lock);
    nr_mutex_unlock(&refresh->lock);
}

static bool is_active(struct nr_profiler *profiler) {
    return atomic_load_explicit(&profiler->active, memory_order_acquire);
}

// ---- files of the agent's own ----

static struct nr_live_file *new_file(const char *name, const char *xml) {
    size_t name_size = strlen(name) + 1, xml_size = strlen(xml) + 1;
    if (xml_size > SIZE_MAX - sizeof(struct nr_live_file) - name_size) return NULL;
    struct nr_live_file *file = malloc(sizeof(*file) + name_size + xml_size);
    if (!file) return NULL;
    char *text = (char *)(file + 1);
    *file = (struct nr_live_file){NULL, text, text + name_size};
    memcpy(text, name, name_size);
    memcpy(text + name_size, xml, xml_size);
    return file;
}

static void free_files(struct nr_live_file *files) {
    while (files) {
        struct nr_live_file *next = files->next;
        free(files);
        files = next;
    }
}

HRESULT nr_add_custom_instrumentation(struct nr_profiler *profiler, const char *name,
                                      const char *xml) {
    struct nr_refresh *refresh = &profiler->refresh;
    if (!name || !xml) return E_INVALIDARG;
    struct nr_live_file *file = new_file(name, xml), *replaced = NULL;
    if (!file) return E_OUTOFMEMORY;
    nr_mutex_lock(&refresh->files_lock);
    struct nr_live_file **link = &refresh->added;
    while (*link && strcmp((*link)->name, name) != 0) link = &(*link)->next;
    if (*link) {
        replaced = *link;
        file->next = replaced->next;
        replaced->next = NULL;
    }
    *link = file;
    nr_mutex_unlock(&refresh->files_lock);
    free_files(replaced);
    return S_OK;
}

HRESULT nr_apply_custom_instrumentation(struct nr_profiler *profiler) {
    struct nr_refresh *refresh = &profiler->refresh;
    nr_mutex_lock(&refresh->files_lock);
    struct nr_live_file *before = refresh->applied;
    bool some_now = refresh->added != NULL, some_before = before != NULL;
    refresh->applied = refresh->added;
    refresh->added = NULL;
    nr_mutex_unlock(&refresh->files_lock);
    free_files(before);
    if (some_now) nr_log_info(nr_profiler_log(), "Applying live instrumentation");
    return some_now || some_before ? nr_refresh_instrumentation(profiler) : S_OK;
}

// Copies, since the next apply frees them.
static enum nr_status join_live_files(struct nr_refresh *refresh, struct nr_point_set *set) {
    enum nr_status status = NR_OK;
    nr_mutex_lock(&refresh->files_lock);
    for (struct nr_live_file *file = refresh->applied; file && status == NR_OK; file = file->next) {
        struct nr_str name = nr_str_copy(&set->arena, nr_str_of(file->name));
        struct nr_str xml = nr_str_copy(&set->arena, nr_str_of(file->xml));
        struct nr_bytes bytes = {(const uint8_t *)xml.data, xml.size};
        status = name.data && xml.data
                     ? nr_extension_files_add(&set->arena, &set->files, name, bytes)
                     : NR_NO_MEMORY;
    }
    nr_mutex_unlock(&refresh->files_lock);
    return status;
}

// ---- from one set of points to another ----

struct change {
    struct nr_profiler *profiler;
    struct nr_point_set *old, *new;
    HRESULT hr;
};

static void change_module(struct change *change, ModuleID id) {
    struct nr_profiler *profiler = change->profiler;
    struct nr_loaded_module *loaded = nr_module_table_hold(&profiler->modules, id);
    if (!loaded) return;
    nr_module_change_points(profiler, loaded, change->old, change->new);
    nr_module_table_let_go(&profiler->modules, loaded);
}

// On a thread of its own.
static void change_all(void *context) {
    struct change *change = context;
    ICorProfilerInfo15 *info = change->profiler->info;
    ICorProfilerModuleEnum *modules = NULL;
    ModuleID ids[MODULE_BATCH];
    ULONG count = 0;
    change->old = nr_live_points_publish(&change->profiler->points, change->new);
    change->hr = info->lpVtbl->EnumModules(info, &modules);
    if (FAILED(change->hr)) {
        nr_log_error(nr_profiler_log(),
                     "Function 'RejitInstrumentationPoints' failed.  HRESULT: %d", (int)change->hr);
        return;
    }
    nr_no_inlining_begin(change->profiler);
    while (SUCCEEDED(modules->lpVtbl->Next(modules, MODULE_BATCH, ids, &count)) && count > 0) {
        for (ULONG i = 0; i < count && is_active(change->profiler); i++) {
            change_module(change, ids[i]);
        }
    }
    nr_no_inlining_end(change->profiler);
    modules->lpVtbl->Release(modules);
    change->hr = S_OK;
}

// Takes the set over.
static HRESULT switch_to(struct nr_profiler *profiler, struct nr_point_set *set) {
    struct change change = {.profiler = profiler, .new = set};
    struct nr_thread thread;
    if (nr_thread_start(&thread, change_all, &change) != NR_OK) {
        nr_log_error(nr_profiler_log(),
                     "No thread could be started.  Instrumentation will not be refreshed.");
        nr_point_set_free(set);
        return E_FAIL;
    }
    nr_thread_join(&thread);
    nr_live_points_release(&profiler->points, change.old);
    return change.hr;
}

static HRESULT result_of(enum nr_status status) {
    if (status == NR_OK) return S_OK;
    nr_log_error(nr_profiler_log(), "The instrumentation could not be read: %s",
                 nr_status_name(status));
    return status == NR_NO_MEMORY ? E_OUTOFMEMORY : E_FAIL;
}

// The handler's point is the process's own: it stays, without another line about it.
static HRESULT read_set(struct nr_profiler *profiler, struct nr_point_set *set,
                        const struct nr_facts *facts) {
    const struct nr_log *log = nr_profiler_log();
    enum nr_status status = nr_home_read_extensions(&set->arena, facts, log, &set->files);
    if (status == NR_OK) status = join_live_files(&profiler->refresh, set);
    if (status == NR_OK) status = nr_point_set_parse(set, log);
    if (status == NR_OK && (set->extensions.invalid_files > 0 || set->files.unreadable > 0)) {
        nr_log_error(log,
                     "Unable to parse one or more instrumentation files.  Instrumentation will not "
                     "be refreshed.");
        return S_FALSE;
    }
    if (status == NR_OK) {
        status = nr_extensions_add_serverless(&set->arena, facts, NULL, &set->extensions);
    }
    if (status == NR_OK) status = nr_point_set_index(set);
    return result_of(status);
}

static HRESULT refresh_with(struct nr_profiler *profiler, const struct nr_facts *facts,
                            const struct nr_ignore_list *ignore) {
    nr_log_trace(nr_profiler_log(), "Enter: InstrumentationRefreshWithNewIgnoreList");
    struct nr_point_set *set = nr_point_set_new(ignore);
    if (!set) return E_OUTOFMEMORY;
    HRESULT hr = read_set(profiler, set, facts);
    if (hr != S_OK) {
        nr_point_set_free(set);
        return hr;
    }
    hr = switch_to(profiler, set);
    nr_log_trace(nr_profiler_log(), "Leave: InstrumentationRefreshWithNewIgnoreList");
    return hr;
}

static HRESULT reload(struct nr_profiler *profiler, struct nr_arena *arena,
                      const struct nr_facts *facts) {
    const struct nr_log *log = nr_profiler_log();
    struct nr_settings settings;
    if (nr_settings_load(arena, facts, log, &settings) != NR_OK) {
        nr_log_error(log, "Unable to reload newrelic.config files.");
        return E_FAIL;
    }
    struct nr_log_mode mode = nr_log_mode_of(arena, facts, &settings);
    nr_log_output_change(&mode);
    nr_log_mode_announce(&mode, log);
    return refresh_with(profiler, facts, &settings.ignore);
}

static HRESULT refresh(struct nr_profiler *profiler, struct nr_arena *arena,
                       const struct nr_facts *facts) {
    (void)arena;
    struct nr_point_set *current = nr_live_points_hold(&profiler->points);
    HRESULT hr = refresh_with(profiler, facts, &current->ignore);
    nr_live_points_release(&profiler->points, current);
    return hr;
}

// One at a time, and none once Shutdown has begun.
static HRESULT run(struct nr_profiler *profiler,
                   HRESULT (*work)(struct nr_profiler *profiler, struct nr_arena *arena,
                                   const struct nr_facts *facts)) {
    struct nr_arena arena = NR_ARENA_INIT;
    HRESULT hr = E_FAIL;
    nr_mutex_lock(&profiler->refresh.lock);
    if (is_active(profiler)) {
        struct nr_facts facts = nr_process_facts(&arena, !profiler->net_framework);
        hr = work(profiler, &arena, &facts);
    }
    nr_mutex_unlock(&profiler->refresh.lock);
    nr_arena_free(&arena);
    return hr;
}

HRESULT nr_refresh_instrumentation(struct nr_profiler *profiler) {
    nr_log_trace(nr_profiler_log(), "Enter: InstrumentationRefresh");
    return run(profiler, refresh);
}

HRESULT nr_reload_configuration(struct nr_profiler *profiler) {
    nr_log_trace(nr_profiler_log(), "Enter: ReloadConfiguration");
    return run(profiler, reload);
}
