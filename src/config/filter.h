// Which process is to be instrumented.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: REFERENCE.md §3. Pure, any thread.
#ifndef NR_CONFIG_FILTER_H
#define NR_CONFIG_FILTER_H

#include "config/settings.h"

struct nr_process {
    struct nr_str path, parent_path;
    struct nr_str app_pool;  // of IIS; empty when it has none
    struct nr_str command_line;
    bool core;  // .NET Core, else .NET Framework
};

struct nr_decision {
    bool instrument;
    // The rule that decided: a short name that stays the same, such as "pool-excluded"; a literal.
    // The list is at the head of filter.c.
    const char *rule;
};

// Decides about a process as it is described; the environment (Azure Functions) comes from facts.
struct nr_decision nr_filter_decide(struct nr_arena *arena, const struct nr_facts *facts,
                                    const struct nr_settings *settings,
                                    const struct nr_process *process, const struct nr_log *log);

// The application pool of the process: the environment, else on Windows the -ap argument of the
// command line; empty when there is none. NR_NO_MEMORY.
enum nr_status nr_filter_app_pool(struct nr_arena *arena, const struct nr_facts *facts,
                                  const struct nr_log *log, struct nr_str *app_pool);

// Decides about the process of the facts, as the profiler does when it starts: paths in upper case,
// application pool looked up, and NEW_RELIC_FORCE_PROFILING before all. NR_NO_MEMORY.
enum nr_status nr_filter_decide_this(struct nr_arena *arena, const struct nr_facts *facts,
                                     const struct nr_settings *settings, const struct nr_log *log,
                                     struct nr_decision *decision);

#endif
