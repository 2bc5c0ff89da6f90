// Searching a module for the methods that a pattern names, and for the names nearest to it.
// SPDX-License-Identifier: Apache-2.0
#include "nearest.h"

#include <limits.h>

#include "config/pattern.h"
#include "instrument/wildcard.h"

enum { LONGEST_NAME = 512, CASE_COST = 1, COST = 2 };

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

static unsigned change_cost(char a, char b) {
    if (a == b) return 0;
    bool same_letter = nr_str_equal_ignore_case((struct nr_str){&a, 1}, (struct nr_str){&b, 1});
    return same_letter ? CASE_COST : COST;
}

// The usual table of distances between prefixes, one row at a time; behind a star, characters of
// the name come free.
unsigned nr_name_distance(struct nr_str pattern, struct nr_str name) {
    unsigned row[LONGEST_NAME + 1];
    if (pattern.size > LONGEST_NAME || name.size > LONGEST_NAME) return UINT_MAX;
    for (size_t n = 0; n <= name.size; n++) row[n] = (unsigned)n * COST;
    for (size_t p = 0; p < pattern.size; p++) {
        bool star = pattern.data[p] == '*';
        unsigned diagonal = row[0];
        if (!star) row[0] += COST;
        for (size_t n = 1; n <= name.size; n++) {
            unsigned above = row[n];
            row[n] = star ? least(above, row[n - 1])
                          : least(diagonal + change_cost(pattern.data[p], name.data[n - 1]),
                                  least(above, row[n - 1]) + COST);
            diagonal = above;
        }
    }
    return row[name.size];
}

// Half of what is written may be wrong.
static unsigned farthest(struct nr_str pattern) {
    unsigned letters = 0;
    for (size_t i = 0; i < pattern.size; i++) letters += pattern.data[i] != '*';
    return letters * COST / 2;
}

bool nr_nearest_offer(struct nr_nearest *nearest, struct nr_str pattern, struct nr_str name,
                      unsigned distance) {
    if (distance > farthest(pattern)) return false;
    for (size_t i = 0; i < nearest->count; i++) {
        if (nr_str_equal(nearest->best[i].name, name)) return false;
    }
    size_t place = nearest->count;
    while (place > 0 && nearest->best[place - 1].distance > distance) place--;
    if (place == NR_NEAREST_KEPT) return false;
    if (nearest->count < NR_NEAREST_KEPT) nearest->count++;
    for (size_t i = nearest->count - 1; i > place; i--) nearest->best[i] = nearest->best[i - 1];
    nearest->best[place].name = name;
    nearest->best[place].distance = distance;
    return true;
}

// ---- searching ----

// Where the namespace of a full type name ends, its dot included.
static size_t namespace_end(struct nr_str type) {
    size_t end = nr_str_find(type, '+', 0);
    while (end > 0 && type.data[end - 1] != '.') end--;
    return end;
}

// A pattern is written as "Namespace.Type.Method", or, by mistake, without the namespace.
static unsigned distance_to(const struct nr_target *target, struct nr_arena *scratch,
                            struct nr_str type, struct nr_str method) {
    struct nr_str dot = NR_STR(".");
    struct nr_str wanted = NR_STR_JOIN(scratch, target->type, dot, target->method);
    struct nr_str full = NR_STR_JOIN(scratch, type, dot, method);
    struct nr_str inner = nr_str_slice(full, namespace_end(type), full.size);
    if (!wanted.data || !full.data) return UINT_MAX;
    unsigned distance = nr_name_distance(wanted, full);
    unsigned without = nr_name_distance(wanted, inner);
    return without < distance ? without + CASE_COST : distance;
}

static bool is_generated(struct nr_str name) { return nr_str_find(name, '<', 0) < name.size; }

static enum nr_status keep_joined(struct nr_str *kept, struct nr_arena *arena, struct nr_str type,
                                  struct nr_str method) {
    if (kept->size > 0) return NR_OK;
    *kept = NR_STR_JOIN(arena, type, NR_STR("."), method);
    return kept->data ? NR_OK : NR_NO_MEMORY;
}

// Looks at a method that the profiler would not instrument for the target.
static enum nr_status search_method(struct nr_search *search, struct nr_arena *arena,
                                    struct nr_arena *scratch, struct nr_str assembly,
                                    struct nr_str type, struct nr_str method) {
    const struct nr_target *target = search->target;
    if (is_generated(type) || is_generated(method)) return NR_OK;
    if (nr_pattern_matches(target->type, type) && nr_pattern_matches(target->method, method))
        return keep_joined(&search->barred, arena, type, method);
    unsigned distance = distance_to(target, scratch, type, method);
    if (distance > farthest(target->text)) return NR_OK;
    struct nr_str name =
        NR_STR_JOIN(arena, NR_STR("["), assembly, NR_STR("]"), type, NR_STR("."), method);
    if (!name.data) return NR_NO_MEMORY;
    nr_nearest_offer(&search->nearest, target->text, name, distance);
    return NR_OK;
}

static enum nr_status search_type(struct nr_search *search, struct nr_arena *arena,
                                  struct nr_arena *scratch, struct nr_module *module,
                                  struct nr_str assembly, nr_token token) {
    struct nr_str type;
    uint32_t flags;
    struct nr_tokens methods;
    NR_TRY(nr_module_full_type_name(module, scratch, token, &type, &flags));
    NR_TRY(module->ops->methods(module, scratch, token, &methods));
    size_t end = namespace_end(type);
    if (end > 0 && nr_str_equal(search->target->type, nr_str_slice(type, 0, end - 1)))
        search->is_namespace = true;
    for (size_t i = 0; i < methods.count; i++) {
        struct nr_method_def method;
        NR_TRY(module->ops->method_def(module, scratch, methods.data[i], &method));
        NR_TRY(search_method(search, arena, scratch, assembly, type, method.name));
    }
    return NR_OK;
}

static enum nr_status search_near(struct nr_search *search, struct nr_arena *arena,
                                  struct nr_module *module, struct nr_str assembly) {
    struct nr_tokens types;
    NR_TRY(module->ops->type_defs(module, arena, &types));
    for (size_t i = 0; i < types.count; i++) {
        struct nr_arena scratch = NR_ARENA_INIT;
        enum nr_status status =
            search_type(search, arena, &scratch, module, assembly, types.data[i]);
        nr_arena_free(&scratch);
        if (status == NR_NO_MEMORY) return status;  // a broken row spoils only its type
    }
    return NR_OK;
}

enum nr_status nr_search_module(struct nr_search *search, struct nr_arena *arena,
                                struct nr_module *module, struct nr_str assembly) {
    const struct nr_point point = {.class_name = search->target->type,
                                   .method_name = search->target->method};
    struct nr_buffer found;
    struct nr_method_def method;
    struct nr_str type;
    uint32_t flags;
    nr_buffer_init(&found, arena);
    NR_TRY(nr_wildcard_find(module, arena, &point, &found));
    if (found.size == 0) return search_near(search, arena, module, assembly);
    search->matches += found.size / sizeof(nr_token);
    const nr_token *methods = (const nr_token *)(const void *)found.data;
    NR_TRY(module->ops->method_def(module, arena, methods[0], &method));
    NR_TRY(nr_module_full_type_name(module, arena, method.owner, &type, &flags));
    return keep_joined(&search->first_match, arena, type, method.name);
}
