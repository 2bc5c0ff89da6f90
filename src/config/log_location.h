// Where the profiler's log file is.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: REFERENCE.md §2.
#ifndef NR_CONFIG_LOG_LOCATION_H
#define NR_CONFIG_LOG_LOCATION_H

#include "config/facts.h"

struct nr_log_location {
    struct nr_str directory;  // to be created when it is missing
    struct nr_str file;       // full path: <directory>/NewRelic.Profiler.<process id>.log
};

// NR_NO_MEMORY.
enum nr_status nr_log_location_find(struct nr_arena *arena, const struct nr_facts *facts,
                                    struct nr_log_location *location);

#endif
