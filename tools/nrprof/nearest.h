// Searching a module for the methods that a pattern names, and for the names nearest to it.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TOOL_NEAREST_H
#define NR_TOOL_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"
#include "metadata/module.h"
#include "target.h"

enum { NR_NEAREST_KEPT = 5 };

// The names with the smallest distance, nearest first.
struct nr_nearest {
    struct {
        struct nr_str name;
        unsigned distance;
    } best[NR_NEAREST_KEPT];
    size_t count;
};

// How much has to be changed to make name out of pattern, whose stars stand for anything: 1 for the
// case of a letter, 2 for any other character that is changed, added or left out.
unsigned nr_name_distance(struct nr_str pattern, struct nr_str name);

// Keeps a name (which must live on) if it is near enough to be meant. Returns whether it was kept.
bool nr_nearest_offer(struct nr_nearest *nearest, struct nr_str pattern, struct nr_str name,
                      unsigned distance);

struct nr_search {
    const struct nr_target *target;
    size_t matches;             // methods that the target names and the profiler would instrument
    struct nr_str first_match;  // "Namespace.Type.Method"
    struct nr_str barred;       // one that the target names and that is never instrumented
    bool is_namespace;          // the target's type is the namespace of a type
    struct nr_nearest nearest;  // "[Assembly]Namespace.Type.Method"
};

// Adds what is found in a module to the search. What is kept lives in the arena.
enum nr_status nr_search_module(struct nr_search *search, struct nr_arena *arena,
                                struct nr_module *module, struct nr_str assembly);

#endif
