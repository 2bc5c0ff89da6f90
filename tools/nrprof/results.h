// The folder with the results of a trace: emptied before, listed and printed after.
// SPDX-License-Identifier: Apache-2.0
//
// The first process that ends writes report.txt and trace.json, each further one report.PID.txt and
// trace.PID.json.
#ifndef NR_TOOL_RESULTS_H
#define NR_TOOL_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

// Makes the folder, if it is not there, and removes results of earlier runs from it. *absolute: its
// full path. False after a message.
bool nr_results_prepare(struct nr_arena *arena, struct nr_str folder, struct nr_str *absolute);

// Full paths of the reports in the folder that have something in them, the longest one first.
struct nr_results {
    struct nr_str *reports;
    size_t count;
};

struct nr_results nr_results_list(struct nr_arena *arena, struct nr_str folder);

// Prints the longest report on standard output, and where everything is.
void nr_results_print(struct nr_arena *arena, const struct nr_results *results);

#endif
