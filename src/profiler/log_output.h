// Where the library's log goes: a file, the console, or nowhere.
// SPDX-License-Identifier: Apache-2.0
//
// One log in the process; opened by Initialize, open until the process ends. Any thread may write.
#ifndef NR_PROFILER_LOG_OUTPUT_H
#define NR_PROFILER_LOG_OUTPUT_H

#include "config/facts.h"
#include "config/settings.h"

// Before this, the log takes nothing. A log that cannot be opened stays closed.
void nr_log_output_open(struct nr_arena *arena, const struct nr_facts *facts,
                        const struct nr_log_mode *mode);

// For a configuration that was read again: level, console or file, on or off. A log that was off
// when it was opened stays off. Any thread.
void nr_log_output_change(const struct nr_log_mode *mode);

#endif
