// Index of instrumentation points: which points a module has, which point a method has.
// SPDX-License-Identifier: Apache-2.0
//
// Built once, by one thread, in an arena; immutable from then on, so that any number of threads
// look up in it without a lock. It keeps pointers into the points that it was built from.
#ifndef NR_INSTRUMENT_POINTS_H
#define NR_INSTRUMENT_POINTS_H

#include "config/extension.h"

struct nr_points;

// Points in the order of their files.
struct nr_point_list {
    const struct nr_point *const *data;
    size_t count;
};

// ignore applies to what wildcards match (other points were asked when they were read); both it and
// the points must live as long as the index. NR_NO_MEMORY.
enum nr_status nr_points_new(struct nr_arena *arena, const struct nr_extensions *extensions,
                             const struct nr_ignore_list *ignore, const struct nr_points **out);

// How many points there are, ignored ones left out.
size_t nr_points_count(const struct nr_points *points);

// The points of an assembly, those whose wildcard matches its name included. A count of 0: no
// method of it is of interest. Allocates in the arena only when there are points with a wildcard
// for the assembly. NR_NO_MEMORY.
enum nr_status nr_points_for_assembly(const struct nr_points *points, struct nr_arena *arena,
                                      struct nr_str assembly, struct nr_point_list *out);

// The point of a method, or NULL. Names are compared with their case. class_name is
// Namespace.Outer+Inner`1, parameters are printed as nr_method_sig_print does. The points with
// exactly these parameters are asked; when there are none, those without parameters; of either the
// first whose range holds the version. When none does, the first fitting wildcard. Says at debug
// level which version did not fit. Allocates nothing.
const struct nr_point *nr_points_match(const struct nr_points *points, struct nr_str assembly,
                                       struct nr_str class_name, struct nr_str method,
                                       struct nr_str parameters, struct nr_version version,
                                       const struct nr_log *log);

// For people who ask why a method is (not) instrumented.
struct nr_points_answer {
    const struct nr_point *match;    // as nr_points_match has it
    const struct nr_point *nearest;  // without a match: the point that comes closest, or NULL
    // Why there is no match: "ignored", "version", "parameters", "method", "class", "assembly"
    // (what differs from the nearest point), "no points"; "match" when there is one. A literal.
    const char *reason;
};

struct nr_points_answer nr_points_explain(const struct nr_points *points, struct nr_str assembly,
                                          struct nr_str class_name, struct nr_str method,
                                          struct nr_str parameters, struct nr_version version);

#endif
