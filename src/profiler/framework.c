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

// A module of .NET Standard has none, and nothing can be named without it.
static enum nr_status refer_to_mscorlib(struct nr_loaded_module *loaded, struct nr_arena *scratch) {
    static const char text[] =
        "Attempting to Inject reference to mscorlib into netstandard Module  ";
    const struct nr_log *log = nr_profiler_log();
    struct nr_rewrite_references refs;
    nr_token token;
    nr_references_begin(&refs, &loaded->references, &loaded->writable.base, NULL, scratch);
    enum nr_status status = nr_references_find_mscorlib(&refs);
    if (status != NR_NOT_FOUND) return status;
    nr_log_debug(log, "%s%.*s", text, NR_STR_ARGS(loaded->path));
    NR_TRY(nr_references_add_mscorlib(&refs, &token));
    nr_log_debug(log, "%s%.*s - Success: %u", text, NR_STR_ARGS(loaded->path), (unsigned)token);
    return NR_OK;
}

static enum nr_status add(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                          struct nr_arena *scratch) {
    bool is_mscorlib = nr_str_equal(loaded->assembly_name, NR_STR("mscorlib"));
    loaded->references.scope = is_mscorlib ? NR_SCOPE_SELF : NR_SCOPE_FRAMEWORK;
    if (!is_mscorlib) NR_TRY(refer_to_mscorlib(loaded, scratch));
    nr_log_debug(nr_profiler_log(), "Injecting %shelper methods into %.*s",
                 is_mscorlib ? "" : "references to ", NR_STR_ARGS(loaded->path));
    if (is_mscorlib) return add_helpers(profiler, loaded, scratch);
    return nr_domain_cache_refer(scratch, &loaded->writable.base, &loaded->references);
}

static bool add_locked(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    const struct nr_log *log = nr_profiler_log();
    if (nr_live_module_open(&loaded->writable, profiler->info, loaded->id, true) != NR_OK) {
        nr_log_warn(log,
                    "Failed to get metadata from the module, it is likely a resource module.  "
                    "ModuleName: %.*s",
                    NR_STR_ARGS(loaded->path));
        return false;
    }
    struct nr_arena scratch = NR_ARENA_INIT;
    enum nr_status status = add(profiler, loaded, &scratch);
    nr_arena_free(&scratch);
    if (status == NR_OK) return true;
    nr_log_error(log, "An exception was thrown while attempting to inject into a module.");
    nr_log_error(log, "What the helper methods need could not be added to %.*s: %s",
                 NR_STR_ARGS(loaded->path), nr_status_name(status));
    return false;
}

// A dynamic module's methods cannot be ReJITed, so it needs nothing.
void nr_framework_module_loaded(struct nr_profiler *profiler, struct nr_loaded_module *loaded) {
    const struct nr_log *log = nr_profiler_log();
    if (loaded->is_dynamic) return;
    nr_log_trace(log, "Module Injection Started. %llu", (unsigned long long)loaded->id);
    nr_mutex_lock(&loaded->lock);
    bool added = add_locked(profiler, loaded);
    nr_mutex_unlock(&loaded->lock);
    if (!added) return;
    nr_log_trace(log, "Module Injection Finished. %llu : %.*s", (unsigned long long)loaded->id,
                 NR_STR_ARGS(loaded->path));
}
