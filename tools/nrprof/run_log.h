// What the profiler's log of one process says about a run.
// SPDX-License-Identifier: Apache-2.0
//
// Pure functions on the text of a log; strings point into it.
#ifndef NR_TOOL_RUN_LOG_H
#define NR_TOOL_RUN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

// "Module NAME from PATH" (NRPROF_EXPLAIN).
struct nr_log_module {
    struct nr_str assembly, path;
};

// A method that a line of the log is about.
struct nr_log_method {
    struct nr_str assembly, name,
        parameters;         // "Assembly", "Namespace.Type.Method", "(System.Int32)"
    struct nr_str skipped;  // why it was left as it was; empty: instrumented
};

struct nr_run_log {
    uint32_t process;
    bool initialized;         // the profiler stayed in the process
    bool excluded;            // the process filter said no
    struct nr_str rule;       // then: the line that says which rule
    struct nr_str refusal;    // why no method at all can be instrumented in it
    struct nr_str errors[4];  // the first error lines
    size_t error_count;
    struct nr_log_module *modules;
    size_t module_count;
    struct nr_log_method **methods;
    size_t method_count;
};

// Reads the text of a log. NR_NO_MEMORY.
enum nr_status nr_run_log_parse(struct nr_arena *arena, struct nr_str text, struct nr_run_log *log);

// Whether a method was instrumented in the process.
bool nr_run_log_has_instrumented(const struct nr_run_log *log);

// Reads the logs in a folder ("NewRelic.Profiler.PID.log") but those that are known already (full
// paths); count 0 when there are none.
enum nr_status nr_run_logs_read(struct nr_arena *arena, struct nr_str folder,
                                const struct nr_str *known, size_t known_count,
                                struct nr_run_log **logs, size_t *count);

#endif
