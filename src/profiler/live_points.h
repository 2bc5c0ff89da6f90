// The instrumentation points in force, which a refresh replaces while others read them.
// SPDX-License-Identifier: Apache-2.0
//
// A set of points is immutable once published. Whoever reads one holds a reference to it; the last
// one to let go frees it, so that a process can refresh for years. Any thread.
#ifndef NR_PROFILER_LIVE_POINTS_H
#define NR_PROFILER_LIVE_POINTS_H

#include "config/facts.h"
#include "instrument/points.h"
#include "platform/platform.h"

struct nr_point_set {
    size_t references;  // guarded by the lock of nr_live_points
    struct nr_arena arena;
    struct nr_ignore_list ignore;
    struct nr_extension_files files;
    struct nr_extensions extensions;
    const struct nr_points *points;
};

struct nr_live_points {
    struct nr_mutex lock;  // held for a few instructions only
    struct nr_point_set *current;
};

// A set without points, with a copy of the ignore list and one reference; NULL: no memory.
struct nr_point_set *nr_point_set_new(const struct nr_ignore_list *ignore);
// For a set that was never published.
void nr_point_set_free(struct nr_point_set *set);
// Parses set->files. NR_NO_MEMORY only.
enum nr_status nr_point_set_parse(struct nr_point_set *set, const struct nr_log *log);
// Makes the index of set->extensions. NR_NO_MEMORY only.
enum nr_status nr_point_set_index(struct nr_point_set *set);
// Whether the points for an assembly are the same in both sets; false when memory is out.
bool nr_point_sets_agree(const struct nr_point_set *left, const struct nr_point_set *right,
                         struct nr_str assembly);

void nr_live_points_init(struct nr_live_points *live);
// The current set with a reference for the caller; NULL before the first one.
struct nr_point_set *nr_live_points_hold(struct nr_live_points *live);
// Gives a reference back; set may be NULL.
void nr_live_points_release(struct nr_live_points *live, struct nr_point_set *set);
// Makes set the current one, taking the caller's reference over. The set before it, which the
// caller releases.
struct nr_point_set *nr_live_points_publish(struct nr_live_points *live, struct nr_point_set *set);

#endif
