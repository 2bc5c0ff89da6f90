// The modules that are loaded: by ModuleID without a lock, by assembly name with one.
// SPDX-License-Identifier: Apache-2.0
//
// Any thread may look up while others add and remove. The CLR guarantees that a module's own
// callbacks are over before it unloads; nobody else keeps a module that can unload, but for a
// holder, whom its unloading waits for. On .NET Framework every module can unload, with its
// AppDomain.
#ifndef NR_PROFILER_MODULE_TABLE_H
#define NR_PROFILER_MODULE_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/map.h"
#include "clr/corprof.h"
#include "instrument/domain_cache.h"
#include "metadata/resolve.h"
#include "platform/platform.h"
#include "profiler/live_module.h"
#include "profiler/native_image.h"
#include "profiler/token_set.h"

struct nr_loaded_module {
    ModuleID id;
    struct nr_arena arena;  // holds the names
    AppDomainID domain;
    struct nr_str assembly_name, path;
    bool is_api;       // NewRelic.Api.Agent: its stubs are rewritten when they are compiled
    bool can_unload;   // collectible: never handed out by name
    bool is_dynamic;   // made by Reflection.Emit
    atomic_bool told;  // that the CLR refused one of its methods
    // Methods with [Transaction] or [Trace], found when the module was loaded. Read without a lock,
    // since the set no longer changes once has_attributes is true.
    struct nr_token_set attributed;
    atomic_bool has_attributes;
    struct nr_token_set never_inlined;  // guarded by the lock of nr_no_inlining
    struct nr_native_image native;      // fast mode only, as is what follows
    // Guarded by the lock of nr_inliners: what is instrumented, and what was compiled anew for it.
    struct nr_token_set inlinees, inliners;
    bool all_anew;                 // every method was
    atomic_bool inlines_own_only;  // its record was read, and names no methods of other modules

    struct nr_mutex lock;            // one rewrite at a time; guards what follows
    struct nr_live_module writable;  // opened by the first rewrite
    struct nr_references references;
    // Fast mode: what points or attributes name, or named once. .NET Framework: what they named
    // when the module was loaded; that stays and is read without the lock.
    struct nr_token_set targets;
    const struct nr_helper *helpers;  // NR_HELPERS of them: this is .NET Framework's mscorlib

    struct nr_live_module readable;  // opened by the first question; guarded by the table's lock
    struct nr_module_table *table;
    unsigned holders;  // guarded by the table's lock
};

// System.Private.CoreLib, which the code around a method calls itself.
bool nr_is_core_library(const struct nr_loaded_module *loaded);

// Whether a method had [Transaction] or [Trace] when the module was loaded.
bool nr_has_attribute(const struct nr_loaded_module *loaded, nr_token method);

struct nr_module_slots;

struct nr_module_table {
    _Atomic(struct nr_module_slots *) slots;
    struct nr_mutex lock;  // of writers, and of what follows
    struct nr_condition let_go;
    ICorProfilerInfo15 *info;
    bool
        app_domains;  // .NET Framework: a module knows those of its own AppDomain and of the shared
    AppDomainID shared_domain;  // mscorlib's
    struct nr_arena arena;      // of what is known of types
    struct nr_map types;        // "Assembly!Type" → whether it is there
};

void nr_module_table_init(struct nr_module_table *table, ICorProfilerInfo15 *info);
// The table takes the module over. NR_NO_MEMORY leaves it with the caller.
enum nr_status nr_module_table_add(struct nr_module_table *table, struct nr_loaded_module *module);
// The module, or NULL.
struct nr_loaded_module *nr_module_table_get(struct nr_module_table *table, ModuleID id);
// The same for a module that stays until the process ends and that the CLR ReJITs methods of: NULL
// for collectible and dynamic ones. For threads that a module's unloading does not wait for.
struct nr_loaded_module *nr_module_table_get_lasting(struct nr_module_table *table, ModuleID id);
// The same, also for modules of any AppDomain of .NET Framework: unloading waits until it is let
// go.
struct nr_loaded_module *nr_module_table_hold(struct nr_module_table *table, ModuleID id);
void nr_module_table_let_go(struct nr_module_table *table, struct nr_loaded_module *module);
// Takes a module out and frees it; nothing happens when it is not there.
void nr_module_table_remove(struct nr_module_table *table, ModuleID id);

// System.Private.CoreLib, once it is loaded; it stays.
struct nr_loaded_module *nr_module_table_core(struct nr_module_table *table);

struct nr_loaded_modules {
    struct nr_loaded_module **data;
    size_t count;
};

// The modules that stay and have ReadyToRun code. NR_NO_MEMORY.
enum nr_status nr_module_table_compiled(struct nr_module_table *table, struct nr_arena *arena,
                                        struct nr_loaded_modules *out);

// The modules of that name that stay. NR_NO_MEMORY.
enum nr_status nr_module_table_named(struct nr_module_table *table, struct nr_arena *arena,
                                     struct nr_str name, struct nr_loaded_modules *out);

// Answers by name from the modules that stay loaded as long as code of the asking one is compiled.
// It is in a table, and the result's context.
struct nr_assemblies nr_module_table_assemblies(struct nr_loaded_module *asker);

// A new module with an arena of its own, and its end.
struct nr_loaded_module *nr_loaded_module_new(ModuleID id);
void nr_loaded_module_free(struct nr_loaded_module *module);

#endif
