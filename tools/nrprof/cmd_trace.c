// nrprof trace: runs a command with the profiler and the agent of this project, and prints which
// methods took the time.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "agent_home.h"
#include "commands.h"
#include "diagnosis.h"
#include "launch.h"
#include "message.h"
#include "options.h"
#include "platform/platform.h"
#include "process.h"
#include "results.h"
#include "run_log.h"

static const char help_text[] =
    "usage: nrprof trace [OPTIONS] [--] COMMAND [ARGUMENTS]\n"
    "\n"
    "Runs COMMAND and prints which .NET methods took the time, in it and in the\n"
    "processes it starts. COMMAND is whatever runs the program: 'dotnet app.dll', an\n"
    "executable, a script. Its output and exit status are left as they are.\n"
    "\n"
    "  -m, --match PATTERN  trace the methods that PATTERN names; may be repeated\n"
    "  -o, --output DIR     put report.txt and trace.json there (./nrprof-out);\n"
    "                       those of an earlier run are removed\n"
    "      --top N          rows of the report's table\n"
    "  -q, --quiet          do not print the report\n"
    "      --keep           keep the temporary agent home (configuration, log) and\n"
    "                       say where it is\n"
    "      --compatible     as New Relic's profiler does it: without the code that was\n"
    "                       compiled ahead of time, without tiered compilation\n"
    "      --replace        take the place of another profiler that is set in the\n"
    "                       environment\n"
    "\n"
    "PATTERN is [Assembly]Namespace.Type.Method; '*' stands for any characters:\n"
    "  -m 'Shop.Orders.Load'        all methods of that name in that type\n"
    "  -m 'Shop.*.*'                all methods of all types in a namespace\n"
    "  -m '[Shop.Data]*'            all methods of an assembly\n"
    "  -m 'Shop.Outer+Inner.*'      a nested type\n"
    "  -m 'Shop.Cache`1..ctor'      the constructors of a generic type\n"
    "Without an assembly, all but those of .NET itself are meant; without -m, all\n"
    "methods of those.\n"
    "\n"
    "SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on to COMMAND. So is SIGUSR2, on\n"
    "which a traced program writes its report and goes on.\n"
    "\n"
    "Exit status: that of COMMAND (128 and the signal if one ended it); 127 when\n"
    "there is no such command, 126 when it cannot be run, 125 when nrprof fails.\n";

struct trace {
    struct nr_arena arena;
    const char *output, *top;
    bool quiet, keep, compatible, replace, help;
    struct nr_values patterns;
    char **command;

    struct nr_target *targets;  // at least one
    size_t target_count;
    struct nr_str program, library, agent, results, home;
};

// ---- the command line ----

static bool parse_targets(struct trace *trace) {
    static const char *everything[] = {"*"};
    if (trace->patterns.count == 0) trace->patterns = (struct nr_values){everything, 1};
    trace->target_count = (size_t)trace->patterns.count;
    trace->targets = NR_ARENA_ARRAY(&trace->arena, struct nr_target, trace->target_count);
    if (!trace->targets) {
        nr_say("no memory");
        return false;
    }
    for (size_t i = 0; i < trace->target_count; i++) {
        const char *text = trace->patterns.data[i], *why;
        if (nr_target_parse(nr_str_of(text), &trace->targets[i], &why)) continue;
        nr_say("cannot understand the pattern '%s': %s", text, why);
        return false;
    }
    return true;
}

static bool check_top(const char *top) {
    if (!top) return true;
    char *end;
    long rows = strtol(top, &end, 10);
    if (*top >= '0' && *top <= '9' && *end == '\0' && rows >= 1 && rows <= 100000) return true;
    nr_say("--top needs a number from 1 to 100000, not '%s'", top);
    return false;
}

static bool parse(struct trace *trace, int argc, char **argv) {
    trace->patterns.data = NR_ARENA_ARRAY(&trace->arena, const char *, (size_t)argc);
    if (!trace->patterns.data) return false;
    const struct nr_option options[] = {{'m', "match", .values = &trace->patterns},
                                        {'o', "output", .value = &trace->output},
                                        {0, "top", .value = &trace->top},
                                        {'q', "quiet", .flag = &trace->quiet},
                                        {0, "keep", .flag = &trace->keep},
                                        {0, "compatible", .flag = &trace->compatible},
                                        {0, "replace", .flag = &trace->replace},
                                        {'h', "help", .flag = &trace->help},
                                        {.name = NULL}};
    if (!nr_options_read(options, argc, argv, &trace->command)) return false;
    if (trace->help) return true;
    if (!*trace->command) {
        nr_say("there is no command to run: nrprof trace [OPTIONS] -- COMMAND [ARGUMENTS]");
        return false;
    }
    return check_top(trace->top) && parse_targets(trace);
}

// ---- the run ----

// The log has to go where it is looked for afterwards, and to no console; the rest of the user's
// settings stand.
static bool set_environment(const struct trace *trace) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_str logs = NR_STR_JOIN(&arena, trace->home, NR_STR(NR_PATH_SEPARATOR "logs"));
    const struct nr_variable variables[] = {
        {"NEW_RELIC_INSTALL_PATH", trace->agent.data},
        {"NEW_RELIC_PROFILER_LOG_DIRECTORY", logs.data},
        {"NEWRELIC_PROFILER_LOG_DIRECTORY", NULL},
        {"NEW_RELIC_LOG_LEVEL", NULL},
        {"NEWRELIC_LOG_LEVEL", NULL},
        {"NEW_RELIC_LOG_ENABLED", NULL},
        {"NEW_RELIC_LOG_CONSOLE", NULL},
        {"NEW_RELIC_PROFILER_MODE", trace->compatible ? "compatible" : "fast"},
        {"NRPROF_OUTPUT", trace->results.data},
        {"NRPROF_TOP", trace->top},
        {"NRPROF_EXPLAIN", "1"},
        {NULL, NULL}};
    bool ok =
        logs.data && nr_set_variables(variables) && nr_set_profiler(trace->library, trace->home);
    nr_arena_free(&arena);
    return ok;
}

// 0, or the exit status after a message.
static int prepare(struct trace *trace) {
    struct nr_arena *arena = &trace->arena;
    int failure = nr_find_program(arena, trace->command[0], &trace->program);
    if (failure) return failure;
    const char *output = trace->output ? trace->output : "nrprof-out";
    if (!nr_find_library(arena, &trace->library) || !nr_find_agent(arena, &trace->agent) ||
        !nr_check_environment(arena, trace->library, trace->replace) ||
        !nr_results_prepare(arena, nr_str_of(output), &trace->results) ||
        !nr_agent_home_create(arena, trace->targets, trace->target_count, &trace->home) ||
        !set_environment(trace))
        return NR_EXIT_FAILURE;
    return 0;
}

static bool any_running(const struct nr_run_log *logs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        // Compiler servers, which 'dotnet run' leaves behind, have no methods.
        if (nr_run_log_has_instrumented(&logs[i]) && nr_process_is_running(logs[i].process))
            return true;
    }
    return false;
}

static void diagnose(struct trace *trace, const struct nr_run_log *logs, size_t count,
                     bool has_report) {
    if (!nr_diagnose_loading(logs, count)) return;
    nr_diagnose_targets(&trace->arena, logs, count, trace->targets, trace->target_count);
    if (!has_report) nr_diagnose_missing_report(logs, count);
}

static void finish(struct trace *trace) {
    struct nr_str folder =
        NR_STR_JOIN(&trace->arena, trace->home, NR_STR(NR_PATH_SEPARATOR "logs"));
    struct nr_run_log *logs = NULL;
    size_t count = 0;
    struct nr_results results = nr_results_list(&trace->arena, trace->results);
    if (nr_run_logs_read(&trace->arena, folder, NULL, 0, &logs, &count) == NR_OK) {
        diagnose(trace, logs, count, results.count > 0);
    } else {
        nr_say("cannot read the profiler's log in %.*s", NR_STR_ARGS(folder));
    }
    // A process that goes on may start others, which need the home.
    if (trace->keep || any_running(logs, count)) {
        nr_say("the agent home is kept: %.*s", NR_STR_ARGS(trace->home));
    } else {
        nr_remove(trace->home);
    }
    if (results.count > 0 && !trace->quiet) nr_results_print(&trace->arena, &results);
}

static int run(int argc, char **argv) {
    struct trace trace = {0};
    int status = NR_EXIT_FAILURE;
    if (parse(&trace, argc, argv)) {
        if (trace.help) {
            nr_command_print_help(&nr_command_trace);
            status = 0;
        } else {
            status = prepare(&trace);
            if (status == 0) {
                status = nr_launch(trace.program, trace.command);
                finish(&trace);
            } else if (trace.home.data) {
                nr_remove(trace.home);
            }
        }
    }
    nr_arena_free(&trace.arena);
    return status;
}

const struct nr_command nr_command_trace = {
    "trace", "run a command and report which methods took the time", help_text, run};
