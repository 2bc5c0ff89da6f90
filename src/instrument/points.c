// Index of instrumentation points by assembly and by method.
// SPDX-License-Identifier: Apache-2.0
//
// Points without wildcards are found by a hash of their names; the few with wildcards are tried one
// after another. All points lie in one array, so the order of addresses is the order of the files.
#include "instrument/points.h"

#include "base/array.h"
#include "base/map.h"
#include "config/assembly_version.h"
#include "config/pattern.h"

struct group {
    const struct nr_point **data;
    size_t count;
};

struct entry {
    const struct nr_point *point;
    struct entry *next;  // of the same bucket, in the order of the files
};

struct nr_points {
    const struct nr_point *all;  // ignored ones included
    size_t all_count, count;
    const struct nr_ignore_list *ignore;
    struct nr_map assemblies;  // name → struct group; names with a wildcard are left out
    struct group wild_assemblies;
    struct group wild;       // a wildcard in any name
    struct entry **buckets;  // a power of two of them
    size_t bucket_count;
};

static uint64_t hash_part(uint64_t hash, struct nr_str part) {
    for (size_t i = 0; i < part.size; i++) hash = (hash ^ (uint8_t)part.data[i]) * 1099511628211u;
    return (hash ^ 0xFF) * 1099511628211u;  // no byte of UTF-8: the parts do not run together
}

static struct entry **bucket_of(const struct nr_points *points, struct nr_str assembly,
                                struct nr_str class_name, struct nr_str method) {
    uint64_t hash =
        hash_part(hash_part(hash_part(14695981039346656037u, assembly), class_name), method);
    return &points->buckets[(hash ^ hash >> 32) & (points->bucket_count - 1)];
}

// ---- building ----

static enum nr_status add_to_group(struct nr_arena *arena, struct group *group,
                                   const struct nr_point *point) {
    const struct nr_point **data =
        nr_array_room(arena, group->data, group->count, sizeof(const struct nr_point *));
    if (!data) return NR_NO_MEMORY;
    group->data = data;
    data[group->count++] = point;
    return NR_OK;
}

static enum nr_status add_to_assembly(struct nr_arena *arena, struct nr_points *points,
                                      const struct nr_point *point) {
    struct group *group = nr_map_get(&points->assemblies, point->assembly_name);
    if (!group) {
        group = NR_ARENA_NEW(arena, struct group);
        if (!group) return NR_NO_MEMORY;
        NR_TRY(nr_map_set(&points->assemblies, point->assembly_name, group));
    }
    return add_to_group(arena, group, point);
}

static bool assembly_is_wild(const struct nr_point *point) {
    return point->wildcard && nr_pattern_is_wild(point->assembly_name);
}

static enum nr_status add_point(struct nr_arena *arena, struct nr_points *points,
                                const struct nr_point *point) {
    points->count++;
    NR_TRY(assembly_is_wild(point) ? add_to_group(arena, &points->wild_assemblies, point)
                                   : add_to_assembly(arena, points, point));
    return point->wildcard ? add_to_group(arena, &points->wild, point) : NR_OK;
}

// From the last point to the first, each at the head of its bucket.
static enum nr_status fill_buckets(struct nr_arena *arena, struct nr_points *points) {
    struct entry *entries = NR_ARENA_ARRAY(arena, struct entry, points->all_count);
    points->bucket_count = 1;
    while (points->bucket_count < points->all_count) points->bucket_count *= 2;
    points->buckets = NR_ARENA_ARRAY(arena, struct entry *, points->bucket_count);
    if (!entries || !points->buckets) return NR_NO_MEMORY;
    for (size_t i = points->all_count; i-- > 0;) {
        const struct nr_point *point = &points->all[i];
        if (point->ignored || point->wildcard) continue;
        struct entry **bucket =
            bucket_of(points, point->assembly_name, point->class_name, point->method_name);
        entries[i] = (struct entry){point, *bucket};
        *bucket = &entries[i];
    }
    return NR_OK;
}

enum nr_status nr_points_new(struct nr_arena *arena, const struct nr_extensions *extensions,
                             const struct nr_ignore_list *ignore, const struct nr_points **out) {
    struct nr_points *points = NR_ARENA_NEW(arena, struct nr_points);
    if (!points) return NR_NO_MEMORY;
    points->all = extensions->points;
    points->all_count = extensions->count;
    points->ignore = ignore;
    nr_map_init(&points->assemblies, arena);
    for (size_t i = 0; i < points->all_count; i++) {
        if (points->all[i].ignored) continue;
        NR_TRY(add_point(arena, points, &points->all[i]));
    }
    NR_TRY(fill_buckets(arena, points));
    *out = points;
    return NR_OK;
}

size_t nr_points_count(const struct nr_points *points) { return points->count; }

// ---- by assembly ----

// Both lists are in the order of the files; so is the outcome.
static enum nr_status merge(struct nr_arena *arena, const struct group *left,
                            const struct group *right, struct nr_point_list *out) {
    size_t count = left->count + right->count, l = 0, r = 0;
    const struct nr_point **data = NR_ARENA_ARRAY(arena, const struct nr_point *, count);
    if (!data) return NR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        bool take_left = r == right->count || (l < left->count && left->data[l] < right->data[r]);
        data[i] = take_left ? left->data[l++] : right->data[r++];
    }
    *out = (struct nr_point_list){data, count};
    return NR_OK;
}

enum nr_status nr_points_for_assembly(const struct nr_points *points, struct nr_arena *arena,
                                      struct nr_str assembly, struct nr_point_list *out) {
    static const struct group none = {NULL, 0};
    const struct group *named = nr_map_get(&points->assemblies, assembly);
    struct group wild = {NULL, 0};
    if (!named) named = &none;
    for (size_t i = 0; i < points->wild_assemblies.count; i++) {
        const struct nr_point *point = points->wild_assemblies.data[i];
        if (nr_pattern_matches_assembly(point->assembly_name, assembly)) {
            NR_TRY(add_to_group(arena, &wild, point));
        }
    }
    if (wild.count > 0 && !nr_ignore_list_matches(points->ignore, assembly, NR_STR(""))) {
        return merge(arena, named, &wild, out);
    }
    *out = (struct nr_point_list){named->data, named->count};
    return NR_OK;
}

// ---- by method ----

struct method {
    struct nr_str assembly, class_name, name, parameters;
    struct nr_version version;
};

static bool version_fits(const struct nr_point *point, const struct method *method,
                         const struct nr_log *log) {
    if (point->has_minimum && nr_version_compare(method->version, point->minimum) < 0) {
        nr_log_debug(log,
                     "%.*s version " NR_VERSION_FORMAT
                     " does not meet minimum version " NR_VERSION_FORMAT,
                     NR_STR_ARGS(method->assembly), NR_VERSION_ARGS(method->version),
                     NR_VERSION_ARGS(point->minimum));
        return false;
    }
    if (point->has_maximum && nr_version_compare(method->version, point->maximum) >= 0) {
        nr_log_debug(
            log, "%.*s version " NR_VERSION_FORMAT " exceeds maximum version " NR_VERSION_FORMAT,
            NR_STR_ARGS(method->assembly), NR_VERSION_ARGS(method->version),
            NR_VERSION_ARGS(point->maximum));
        return false;
    }
    return true;
}

static bool names_equal(const struct nr_point *point, const struct method *method) {
    return nr_str_equal(point->method_name, method->name) &&
           nr_str_equal(point->class_name, method->class_name) &&
           nr_str_equal(point->assembly_name, method->assembly);
}

// Among the points that name the method and have the wanted kind of parameters, the first whose
// version fits; *any tells whether there was one at all.
static const struct nr_point *match_named(const struct nr_points *points,
                                          const struct method *method, bool with_parameters,
                                          const struct nr_log *log, bool *any) {
    const struct entry *entry =
        *bucket_of(points, method->assembly, method->class_name, method->name);
    *any = false;
    for (; entry; entry = entry->next) {
        const struct nr_point *point = entry->point;
        if (point->has_parameters != with_parameters || !names_equal(point, method)) continue;
        if (with_parameters && !nr_str_equal(point->parameters, method->parameters)) continue;
        *any = true;
        if (version_fits(point, method, log)) return point;
    }
    return NULL;
}

static bool is_ignored(const struct nr_points *points, const struct method *method) {
    return nr_ignore_list_matches(points->ignore, method->assembly, method->class_name);
}

static const struct nr_point *match_wild(const struct nr_points *points,
                                         const struct method *method, const struct nr_log *log) {
    for (size_t i = 0; i < points->wild.count; i++) {
        const struct nr_point *point = points->wild.data[i];
        if (!nr_pattern_matches_assembly(point->assembly_name, method->assembly) ||
            !nr_pattern_matches(point->class_name, method->class_name) ||
            !nr_pattern_matches(point->method_name, method->name) ||
            (point->has_parameters && !nr_str_equal(point->parameters, method->parameters))) {
            continue;
        }
        if (!is_ignored(points, method) && version_fits(point, method, log)) return point;
    }
    return NULL;
}

static const struct nr_point *match(const struct nr_points *points, const struct method *method,
                                    const struct nr_log *log) {
    bool any;
    const struct nr_point *point = match_named(points, method, true, log, &any);
    if (!any) point = match_named(points, method, false, log, &any);
    return point ? point : match_wild(points, method, log);
}

const struct nr_point *nr_points_match(const struct nr_points *points, struct nr_str assembly,
                                       struct nr_str class_name, struct nr_str method,
                                       struct nr_str parameters, struct nr_version version,
                                       const struct nr_log *log) {
    const struct method wanted = {assembly, class_name, method, parameters, version};
    return match(points, &wanted, log);
}

// ---- for people ----

// How much of a point is true of the method: from the assembly on, part by part.
enum { AT_ASSEMBLY, AT_CLASS, AT_METHOD, AT_PARAMETERS, AT_VERSION, AT_END };

static int compare_parts(const struct nr_point *point, const struct method *method, int *likeness) {
    bool same_class = nr_pattern_matches(point->class_name, method->class_name);
    bool same_method = nr_pattern_matches(point->method_name, method->name);
    *likeness = 2 * same_class + same_method;
    if (!nr_pattern_matches_assembly(point->assembly_name, method->assembly)) return AT_ASSEMBLY;
    if (!same_class) return AT_CLASS;
    if (!same_method) return AT_METHOD;
    if (point->has_parameters && !nr_str_equal(point->parameters, method->parameters)) {
        return AT_PARAMETERS;
    }
    return version_fits(point, method, NULL) ? AT_END : AT_VERSION;
}

struct nr_points_answer nr_points_explain(const struct nr_points *points, struct nr_str assembly,
                                          struct nr_str class_name, struct nr_str method,
                                          struct nr_str parameters, struct nr_version version) {
    static const char *const reasons[] = {"assembly",   "class",   "method",
                                          "parameters", "version", "ignored"};
    const struct method wanted = {assembly, class_name, method, parameters, version};
    struct nr_points_answer answer = {.match = match(points, &wanted, NULL), .reason = "match"};
    int best = -1;
    if (answer.match) return answer;
    answer.reason = "no points";
    for (size_t i = 0; i < points->all_count; i++) {
        const struct nr_point *point = &points->all[i];
        int likeness, parts = compare_parts(point, &wanted, &likeness);
        int score = 4 * parts + likeness;
        if (score <= best) continue;
        best = score;
        answer.nearest = point;
        // A point that fits and is not ignored gave way to one for exactly this overload, whose
        // version does not fit.
        bool gave_way = parts == AT_END && !point->ignored && !is_ignored(points, &wanted);
        answer.reason = reasons[gave_way ? AT_VERSION : parts];
    }
    return answer;
}
