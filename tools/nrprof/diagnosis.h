// After a run: why nothing, or less than asked for, was traced, and what to do about it.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TOOL_DIAGNOSIS_H
#define NR_TOOL_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "run_log.h"
#include "target.h"

// Says why no process of the run was profiled, if none was. Returns whether one was.
bool nr_diagnose_loading(const struct nr_run_log *logs, size_t count);

// Says for each target that no method was instrumented for it, why, with the nearest names.
void nr_diagnose_targets(struct nr_arena *arena, const struct nr_run_log *logs, size_t count,
                         const struct nr_target *targets, size_t target_count);

// Says why there is no report though methods were instrumented, if any was.
void nr_diagnose_missing_report(const struct nr_run_log *logs, size_t count);

#endif
