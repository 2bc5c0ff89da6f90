// Agent homes: the user's, checked before the run, and the temporary one of a trace.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TOOL_AGENT_HOME_H
#define NR_TOOL_AGENT_HOME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "target.h"

// Whether the profiler will find what it needs in a home: newrelic.config and the agent. A message
// says what is missing; missing instrumentation is a warning only. *absolute: its full path.
bool nr_agent_home_check(struct nr_arena *arena, struct nr_str home, struct nr_str *absolute);

// Makes a temporary home whose instrumentation is the targets, for nr_remove after the run. False
// after a message.
bool nr_agent_home_create(struct nr_arena *arena, const struct nr_target *targets, size_t count,
                          struct nr_str *home);

#endif
