// Open addressing over atomic slots: readers never wait, writers take turns.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/module_table.h"

#include <stdlib.h>

#include "metadata/file_module.h"

static const struct nr_str core_library = {"System.Private.CoreLib", 22};

enum { FIRST_CAPACITY = 256, FACADE_MAX_SIZE = 64 << 20 };

struct slot {
    _Atomic(ModuleID) id;  // 0: free. Kept after a removal, so that probing goes on behind it.
    _Atomic(struct nr_loaded_module *) module;  // NULL after a removal; another may take its place
};

// A larger copy replaces the table; readers may still walk the old one, which lives on behind it.
struct nr_module_slots {
    struct nr_module_slots *older;
    size_t capacity, count;
    struct slot slots[];
};

static size_t first_place(const struct nr_module_slots *table, ModuleID id) {
    uint64_t mixed = (uint64_t)(id >> 3) * 0x9E3779B97F4A7C15u;
    return (size_t)(mixed >> 32) & (table->capacity - 1);
}

static struct slot *slot_at(struct nr_module_slots *table, size_t place) {
    return &table->slots[place & (table->capacity - 1)];
}

// The slot of id, or NULL. Of several slots with one id only the first can hold a module.
static struct slot *find_slot(struct nr_module_slots *table, ModuleID id) {
    size_t first = first_place(table, id);
    for (size_t i = 0; i < table->capacity; i++) {
        struct slot *slot = slot_at(table, first + i);
        ModuleID found = atomic_load_explicit(&slot->id, memory_order_acquire);
        if (found == id) return slot;
        if (found == 0) return NULL;
    }
    return NULL;
}

void nr_module_table_init(struct nr_module_table *table, ICorProfilerInfo15 *info) {
    atomic_init(&table->slots, NULL);
    nr_mutex_init(&table->lock);
    nr_condition_init(&table->let_go);
    table->app_domains = false;
    table->shared_domain = 0;
    table->info = info;
    table->arena = (struct nr_arena)NR_ARENA_INIT;
    nr_map_init(&table->types, &table->arena);
}

struct nr_loaded_module *nr_module_table_get(struct nr_module_table *table, ModuleID id) {
    struct nr_module_slots *slots = atomic_load_explicit(&table->slots, memory_order_acquire);
    if (!slots) return NULL;
    struct slot *slot = find_slot(slots, id);
    if (!slot) return NULL;
    struct nr_loaded_module *module = atomic_load_explicit(&slot->module, memory_order_acquire);
    // Another module may have taken the place of a removed one meanwhile.
    return atomic_load_explicit(&slot->id, memory_order_relaxed) == id ? module : NULL;
}

struct nr_loaded_module *nr_module_table_get_lasting(struct nr_module_table *table, ModuleID id) {
    nr_mutex_lock(&table->lock);
    struct nr_loaded_module *module = nr_module_table_get(table, id);
    bool lasting = module && !module->can_unload && !module->is_dynamic;
    nr_mutex_unlock(&table->lock);
    return lasting ? module : NULL;
}

struct nr_loaded_module *nr_module_table_hold(struct nr_module_table *table, ModuleID id) {
    nr_mutex_lock(&table->lock);
    struct nr_loaded_module *module = nr_module_table_get(table, id);
    if (module && (module->can_unload || module->is_dynamic)) module = NULL;
    if (module) module->holders++;
    nr_mutex_unlock(&table->lock);
    return module;
}

void nr_module_table_let_go(struct nr_module_table *table, struct nr_loaded_module *module) {
    nr_mutex_lock(&table->lock);
    if (--module->holders == 0) nr_condition_wake_all(&table->let_go);
    nr_mutex_unlock(&table->lock);
}

// Puts a module into a table that has room; the id comes first, so that a reader who sees the
// module sees whose place it is now.
static void put(struct nr_module_slots *table, struct nr_loaded_module *module) {
    struct slot *slot = find_slot(table, module->id);
    if (!slot || !atomic_load(&slot->module)) {
        size_t place = first_place(table, module->id);
        while (atomic_load(&slot_at(table, place)->module)) place++;
        slot = slot_at(table, place);
        table->count++;
    }
    atomic_store_explicit(&slot->id, module->id, memory_order_release);
    atomic_store_explicit(&slot->module, module, memory_order_release);
}

static struct nr_module_slots *grown(struct nr_module_slots *old) {
    size_t capacity = old ? old->capacity * 2 : FIRST_CAPACITY;
    struct nr_module_slots *new_table =
        calloc(1, sizeof(*new_table) + capacity * sizeof(new_table->slots[0]));
    if (!new_table) return NULL;
    new_table->capacity = capacity;
    new_table->older = old;
    for (size_t i = 0; old && i < old->capacity; i++) {
        struct nr_loaded_module *module = atomic_load(&old->slots[i].module);
        if (module) put(new_table, module);
    }
    return new_table;
}

enum nr_status nr_module_table_add(struct nr_module_table *table, struct nr_loaded_module *module) {
    nr_mutex_lock(&table->lock);
    struct nr_module_slots *slots = atomic_load(&table->slots);
    if (!slots || slots->count >= slots->capacity / 2) {
        slots = grown(slots);
        if (slots) atomic_store_explicit(&table->slots, slots, memory_order_release);
    }
    module->table = table;
    if (slots) put(slots, module);
    if (nr_str_equal(module->assembly_name, NR_STR("mscorlib"))) {
        table->shared_domain = module->domain;
    }
    nr_mutex_unlock(&table->lock);
    return slots ? NR_OK : NR_NO_MEMORY;
}

void nr_module_table_remove(struct nr_module_table *table, ModuleID id) {
    struct nr_loaded_module *module = NULL;
    nr_mutex_lock(&table->lock);
    struct nr_module_slots *slots = atomic_load(&table->slots);
    struct slot *slot = slots ? find_slot(slots, id) : NULL;
    if (slot) module = atomic_exchange(&slot->module, NULL);
    if (module) slots->count--;
    // A holder asks the CLR for ReJITs, which no thread that unloads stands in the way of.
    while (module && module->holders > 0) nr_condition_wait(&table->let_go, &table->lock);
    nr_mutex_unlock(&table->lock);
    if (module) nr_loaded_module_free(module);
}

static bool is_compiled(const struct nr_loaded_module *module, const void *unused) {
    (void)unused;
    return module->native.compiled;
}

static bool is_named(const struct nr_loaded_module *module, const void *name) {
    return nr_str_equal(module->assembly_name, *(const struct nr_str *)name);
}

// Those that stay and that meet a condition.
static enum nr_status select_modules(struct nr_module_table *table, struct nr_arena *arena,
                                     bool (*meets)(const struct nr_loaded_module *, const void *),
                                     const void *context, struct nr_loaded_modules *out) {
    struct nr_buffer found;
    nr_buffer_init(&found, arena);
    nr_mutex_lock(&table->lock);
    struct nr_module_slots *slots = atomic_load(&table->slots);
    for (size_t i = 0; slots && i < slots->capacity; i++) {
        struct nr_loaded_module *module = atomic_load(&slots->slots[i].module);
        if (module && !module->can_unload && !module->is_dynamic && meets(module, context)) {
            nr_buffer_append(&found, &module, sizeof(struct nr_loaded_module *));
        }
    }
    nr_mutex_unlock(&table->lock);
    NR_TRY(found.status);
    *out = (struct nr_loaded_modules){(struct nr_loaded_module **)(void *)found.data,
                                      found.size / sizeof(struct nr_loaded_module *)};
    return NR_OK;
}

enum nr_status nr_module_table_compiled(struct nr_module_table *table, struct nr_arena *arena,
                                        struct nr_loaded_modules *out) {
    return select_modules(table, arena, is_compiled, NULL, out);
}

enum nr_status nr_module_table_named(struct nr_module_table *table, struct nr_arena *arena,
                                     struct nr_str name, struct nr_loaded_modules *out) {
    return select_modules(table, arena, is_named, &name, out);
}

// An AppDomain does not unload while code of its own is compiled; the one that mscorlib is in never
// does.
static bool is_visible(const struct nr_module_table *table, const struct nr_loaded_module *module,
                       const struct nr_loaded_module *asker) {
    if (module->can_unload) return false;
    return !table->app_domains || !asker ||
           (module->domain != 0 &&
            (module->domain == asker->domain || module->domain == table->shared_domain));
}

// asker may be NULL.
static struct nr_loaded_module *find_by_name(struct nr_module_table *table, struct nr_str name,
                                             const struct nr_loaded_module *asker) {
    struct nr_module_slots *slots = atomic_load(&table->slots);
    for (size_t i = 0; slots && i < slots->capacity; i++) {
        struct nr_loaded_module *module = atomic_load(&slots->slots[i].module);
        if (module && is_visible(table, module, asker) &&
            nr_str_equal(module->assembly_name, name)) {
            return module;
        }
    }
    return NULL;
}

static struct nr_module *find_assembly(void *context, struct nr_str name) {
    const struct nr_loaded_module *asker = context;
    struct nr_module_table *table = asker->table;
    struct nr_module *found = NULL;
    nr_mutex_lock(&table->lock);
    struct nr_loaded_module *module = find_by_name(table, name, asker);
    if (module) {
        struct nr_live_module *live = &module->readable;
        if (live->base.ops || nr_live_module_open(live, table->info, module->id, false) == NR_OK) {
            found = &live->base;
        }
    }
    nr_mutex_unlock(&table->lock);
    return found;
}

bool nr_is_core_library(const struct nr_loaded_module *loaded) {
    return nr_str_equal(loaded->assembly_name, core_library);
}

bool nr_has_attribute(const struct nr_loaded_module *loaded, nr_token method) {
    return atomic_load(&loaded->has_attributes) && nr_token_set_has(&loaded->attributed, method);
}

struct nr_loaded_module *nr_module_table_core(struct nr_module_table *table) {
    nr_mutex_lock(&table->lock);
    struct nr_loaded_module *core = find_by_name(table, core_library, NULL);
    nr_mutex_unlock(&table->lock);
    return core;
}

// The folder of the runtime's own assemblies; empty before the first of them is loaded.
static struct nr_str framework_folder(struct nr_module_table *table) {
    struct nr_str path = {0};
    nr_mutex_lock(&table->lock);
    struct nr_loaded_module *core = find_by_name(table, core_library, NULL);
    if (core) path = core->path;  // never unloads
    nr_mutex_unlock(&table->lock);
    while (path.size > 0 && path.data[path.size - 1] != NR_PATH_SEPARATOR[0]) path.size--;
    return path;
}

static struct nr_module *open_framework_file(struct nr_module_table *table, struct nr_arena *arena,
                                             struct nr_str assembly) {
    struct nr_str path = NR_STR_JOIN(arena, framework_folder(table), assembly, NR_STR(".dll"));
    struct nr_bytes file;
    struct nr_module *module;
    return path.data && nr_file_read(arena, path, FACADE_MAX_SIZE, &file) == NR_OK &&
                   nr_file_module_open(arena, file, &module) == NR_OK
               ? module
               : NULL;
}

static bool find_type(struct nr_loaded_module *asker, struct nr_str assembly, struct nr_str type) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_module *module = find_assembly(asker, assembly);
    nr_token token;
    if (!module) module = open_framework_file(asker->table, &arena, assembly);
    bool found = module && (module->ops->find_type_def(module, type, 0, &token) == NR_OK ||
                            module->ops->forwarded_type(module, type, &token) == NR_OK);
    nr_arena_free(&arena);
    return found;
}

// Each answer is looked up once: every module asks for the same few types.
static bool has_type(void *context, struct nr_str assembly, struct nr_str type) {
    static char yes, no;
    struct nr_loaded_module *asker = context;
    struct nr_module_table *table = asker->table;
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_str name = NR_STR_JOIN(&arena, assembly, NR_STR("!"), type);
    nr_mutex_lock(&table->lock);
    const void *known = nr_map_get(&table->types, name);
    nr_mutex_unlock(&table->lock);
    if (!known) {
        known = find_type(asker, assembly, type) ? &yes : &no;
        nr_mutex_lock(&table->lock);
        // Without memory it is looked up again the next time.
        struct nr_str kept = nr_str_copy(&table->arena, name);
        if (kept.data) (void)nr_map_set(&table->types, kept, known == &yes ? &yes : &no);
        nr_mutex_unlock(&table->lock);
    }
    nr_arena_free(&arena);
    return known == &yes;
}

struct nr_assemblies nr_module_table_assemblies(struct nr_loaded_module *asker) {
    return (struct nr_assemblies){asker, find_assembly, has_type};
}

struct nr_loaded_module *nr_loaded_module_new(ModuleID id) {
    struct nr_loaded_module *module = calloc(1, sizeof(*module));
    if (!module) return NULL;
    module->id = id;
    module->references.kinds.arena = &module->arena;
    nr_mutex_init(&module->lock);
    return module;
}

void nr_loaded_module_free(struct nr_loaded_module *module) {
    nr_live_module_close(&module->writable);
    nr_live_module_close(&module->readable);
    nr_mutex_destroy(&module->lock);
    nr_token_set_free(&module->attributed);
    nr_token_set_free(&module->never_inlined);
    nr_token_set_free(&module->targets);
    nr_token_set_free(&module->inlinees);
    nr_token_set_free(&module->inliners);
    nr_arena_free(&module->arena);
    free(module);
}
