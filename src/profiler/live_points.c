// Sets of points with counted references.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/live_points.h"

#include <stdlib.h>

static enum nr_status copy_ignore_list(struct nr_arena *arena, const struct nr_ignore_list *from,
                                       struct nr_ignore_list *to) {
    to->data = NR_ARENA_ARRAY(arena, struct nr_ignore_rule, from->count);
    if (!to->data) return NR_NO_MEMORY;
    for (size_t i = 0; i < from->count; i++) {
        struct nr_ignore_rule *rule = &to->data[i];
        rule->assembly_name = nr_str_copy(arena, from->data[i].assembly_name);
        rule->class_name = nr_str_copy(arena, from->data[i].class_name);
        if (!rule->assembly_name.data || !rule->class_name.data) return NR_NO_MEMORY;
    }
    to->count = from->count;
    return NR_OK;
}

struct nr_point_set *nr_point_set_new(const struct nr_ignore_list *ignore) {
    struct nr_point_set *set = calloc(1, sizeof(*set));
    if (!set) return NULL;
    set->references = 1;
    if (copy_ignore_list(&set->arena, ignore, &set->ignore) == NR_OK) return set;
    nr_point_set_free(set);
    return NULL;
}

void nr_point_set_free(struct nr_point_set *set) {
    nr_arena_free(&set->arena);
    free(set);
}

enum nr_status nr_point_set_parse(struct nr_point_set *set, const struct nr_log *log) {
    return nr_extensions_parse(&set->arena, &set->files, &set->ignore, log, &set->extensions);
}

enum nr_status nr_point_set_index(struct nr_point_set *set) {
    return nr_points_new(&set->arena, &set->extensions, &set->ignore, &set->points);
}

// ---- comparison ----

static bool same_versions(struct nr_version left, struct nr_version right) {
    return left.major == right.major && left.minor == right.minor && left.build == right.build &&
           left.revision == right.revision;
}

// All but where it stands.
static bool same_point(const struct nr_point *left, const struct nr_point *right) {
    return nr_str_equal(left->assembly_name, right->assembly_name) &&
           nr_str_equal(left->class_name, right->class_name) &&
           nr_str_equal(left->method_name, right->method_name) &&
           left->has_parameters == right->has_parameters &&
           nr_str_equal(left->parameters, right->parameters) &&
           nr_str_equal(left->tracer_factory, right->tracer_factory) &&
           nr_str_equal(left->metric_name, right->metric_name) &&
           nr_str_equal(left->metric_type, right->metric_type) && left->flags == right->flags &&
           left->has_minimum == right->has_minimum && left->has_maximum == right->has_maximum &&
           same_versions(left->minimum, right->minimum) &&
           same_versions(left->maximum, right->maximum) && left->wildcard == right->wildcard;
}

// What a wildcard matches depends on the ignore list as well.
static bool same_rules(const struct nr_ignore_list *left, const struct nr_ignore_list *right) {
    if (left->count != right->count) return false;
    for (size_t i = 0; i < left->count; i++) {
        if (!nr_str_equal(left->data[i].assembly_name, right->data[i].assembly_name) ||
            !nr_str_equal(left->data[i].class_name, right->data[i].class_name)) {
            return false;
        }
    }
    return true;
}

bool nr_point_sets_agree(const struct nr_point_set *left, const struct nr_point_set *right,
                         struct nr_str assembly) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_point_list a, b;
    bool wildcard = false;
    bool same = nr_points_for_assembly(left->points, &arena, assembly, &a) == NR_OK &&
                nr_points_for_assembly(right->points, &arena, assembly, &b) == NR_OK &&
                a.count == b.count;
    for (size_t i = 0; same && i < a.count; i++) {
        same = same_point(a.data[i], b.data[i]);
        wildcard |= a.data[i]->wildcard;
    }
    nr_arena_free(&arena);
    return same && (!wildcard || same_rules(&left->ignore, &right->ignore));
}

// ---- the current set ----

void nr_live_points_init(struct nr_live_points *live) {
    nr_mutex_init(&live->lock);
    live->current = NULL;
}

struct nr_point_set *nr_live_points_hold(struct nr_live_points *live) {
    nr_mutex_lock(&live->lock);
    struct nr_point_set *set = live->current;
    if (set) set->references++;
    nr_mutex_unlock(&live->lock);
    return set;
}

void nr_live_points_release(struct nr_live_points *live, struct nr_point_set *set) {
    if (!set) return;
    nr_mutex_lock(&live->lock);
    bool last = --set->references == 0;
    nr_mutex_unlock(&live->lock);
    if (last) nr_point_set_free(set);
}

struct nr_point_set *nr_live_points_publish(struct nr_live_points *live, struct nr_point_set *set) {
    nr_mutex_lock(&live->lock);
    struct nr_point_set *before = live->current;
    live->current = set;
    nr_mutex_unlock(&live->lock);
    return before;
}
