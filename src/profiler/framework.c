// Additions to the metadata of modules that .NET Framework loads.
// SPDX-License-Identifier: Apache-2.0
//
// References are added now, not when the first method is rewritten: after a module is loaded, not
// every version of .NET Framework takes a new AssemblyRef.
#include "profiler/framework.h"

static enum nr_status add_helpers(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                                  struct nr_arena *scratch) {
    const struct nr_log *log = nr_profiler_log();
    struct nr_helper found[NR_HELPERS];
    NR_TRY(nr_domain_cache_add(scratch, &loaded->writable.base, &loaded->references, log, found));
    struct nr_helper *helpers = NR_ARENA_ARRAY(&loaded->arena, struct nr_helper, NR_HELPERS);
    if (!helpers) return NR_NO_MEMORY;
    for (int i = 0; i < NR_HELPERS; i++) {
        struct nr_str code = {(const char *)found[i].body.data, found[i].body.size};
        code = nr_str_copy(&loaded->arena, code);
        if (!code.data) return NR_NO_MEMORY;
        helpers[i].method = found[i].method;
        helpers[i].body = (struct nr_bytes){(const uint8_t *)code.data, code.size};
    }
    loaded->helpers = helpers;
    // The helpers get their bodies when they are compiled, which is after this.
    atomic_store_explicit(&profiler->caches, true, memory_order_release);
    return NR_OK;
}

static enum nr_status add(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    struct nr_arena scratch = NR_ARENA_INIT;
    bool is_mscorlib = nr_str_equal(loaded->assembly_name, NR_STR("mscorlib"));
    enum nr_status status;
    nr_log_debug(nr_profiler_log(), "Injecting %shelper methods into %.*s",
                 is_mscorlib ? "" : "references to ", NR_STR_ARGS(loaded->path));
    if (is_mscorlib) {
        loaded->references.scope = NR_SCOPE_SELF;
        status = add_helpers(profiler, loaded, &scratch);
    } else {
        loaded->references.scope = NR_SCOPE_FRAMEWORK;
        status = nr_domain_cache_refer(&scratch, &loaded->writable.base, &loaded->references);
    }
    nr_arena_free(&scratch);
    return status;
}

static void add_locked(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    const struct nr_log *log = nr_profiler_log();
    if (nr_live_module_open(&loaded->writable, profiler->info, loaded->id, true) != NR_OK) {
        nr_log_warn(log,
                    "Failed to get metadata from the module, it is likely a resource module.  "
                    "ModuleName: %.*s",
                    NR_STR_ARGS(loaded->path));
        return;
    }
    enum nr_status status = add(profiler, loaded);
    if (status == NR_OK) return;
    nr_log_error(log, "An exception was thrown while attempting to inject into a module.");
    nr_log_error(log, "What the helper methods need could not be added to %.*s: %s",
                 NR_STR_ARGS(loaded->path), nr_status_name(status));
}

// A dynamic module's methods cannot be ReJITed, so it needs nothing.
void nr_framework_module_loaded(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    const struct nr_log *log = nr_profiler_log();
    if (loaded->is_dynamic) return;
    nr_log_trace(log, "Module Injection Started. %llu", (unsigned long long)loaded->id);
    nr_mutex_lock(&loaded->lock);
    add_locked(profiler, loaded);
    nr_mutex_unlock(&loaded->lock);
    nr_log_trace(log, "Module Injection Finished. %llu : %.*s", (unsigned long long)loaded->id,
                 NR_STR_ARGS(loaded->path));
}
