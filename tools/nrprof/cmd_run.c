// nrprof run: runs a command with the profiler and an agent home of the user's.
// SPDX-License-Identifier: Apache-2.0
#include "agent_home.h"
#include "commands.h"
#include "config/log_location.h"
#include "diagnosis.h"
#include "launch.h"
#include "message.h"
#include "options.h"
#include "platform/platform.h"
#include "run_log.h"

static const char help_text[] =
    "usage: nrprof run --home DIR [--replace] [--] COMMAND [ARGUMENTS]\n"
    "\n"
    "Runs COMMAND with the profiler and the agent installed in DIR, New Relic's\n"
    "included: a folder with newrelic.config, NewRelic.Agent.Core.dll (there or in\n"
    "netcore) and extensions. Settings and log are the agent's own; the profiler\n"
    "logs to DIR/logs/NewRelic.Profiler.PID.log unless they say otherwise.\n"
    "\n"
    "      --home DIR       the agent home\n"
    "      --replace        take the place of another profiler that is set in the\n"
    "                       environment\n"
    "\n"
    "NEW_RELIC_INSTALL_PATH is taken from DIR, too. Signals are passed on, and the\n"
    "exit status is the command's, as with 'nrprof trace'.\n";

static bool has_arguments(const char *home, char *const *command) {
    if (home && *command) return true;
    if (!home) nr_say("the agent home is not given: nrprof run --home DIR -- COMMAND");
    if (home) nr_say("there is no command to run: nrprof run --home DIR -- COMMAND");
    return false;
}

static bool get_env(void *context, struct nr_arena *arena, const char *name, struct nr_str *value) {
    (void)context;
    return nr_env_get(arena, name, value);
}

// The logs that are in a folder before the run.
struct old_logs {
    struct nr_str folder;
    struct nr_str *files;
    size_t count;
};

static void list_old_logs(struct nr_arena *arena, struct old_logs *old) {
    const struct nr_facts facts = {.get_env = get_env, .core = true};
    struct nr_log_location location;
    if (nr_log_location_find(arena, &facts, &location) != NR_OK) return;
    old->folder = location.directory;
    (void)nr_directory_list(arena, old->folder, NR_STR(".log"), &old->files, &old->count);
}

static void diagnose(struct nr_arena *arena, const struct old_logs *old) {
    struct nr_run_log *logs;
    size_t count;
    if (nr_run_logs_read(arena, old->folder, old->files, old->count, &logs, &count) != NR_OK)
        return;
    if (count > 0) {
        (void)nr_diagnose_loading(logs, count);
    } else {
        nr_say("the profiler wrote no log into %.*s:", NR_STR_ARGS(old->folder));
        nr_say_more("no .NET runtime loaded it, or logging is switched off");
    }
}

static int launch(struct nr_arena *arena, const char *home, bool replace, char *const *command) {
    const struct nr_variable variables[] = {{"NEW_RELIC_INSTALL_PATH", NULL}, {NULL, NULL}};
    struct nr_str program, library, absolute;
    struct old_logs old = {0};
    int failure = nr_find_program(arena, command[0], &program);
    if (failure) return failure;
    if (!nr_find_library(arena, &library) || !nr_check_environment(arena, library, replace) ||
        !nr_agent_home_check(arena, nr_str_of(home), &absolute) ||
        !nr_set_profiler(library, absolute) || !nr_set_variables(variables))
        return NR_EXIT_FAILURE;
    list_old_logs(arena, &old);
    int status = nr_launch(program, command);
    diagnose(arena, &old);
    return status;
}

static int run(int argc, char **argv) {
    const char *home = NULL;
    bool replace = false, help = false;
    char **command;
    const struct nr_option options[] = {{0, "home", .value = &home},
                                        {0, "replace", .flag = &replace},
                                        {'h', "help", .flag = &help},
                                        {.name = NULL}};
    if (!nr_options_read(options, argc, argv, &command)) return NR_EXIT_FAILURE;
    if (help) {
        nr_command_print_help(&nr_command_run);
        return 0;
    }
    if (!has_arguments(home, command)) return NR_EXIT_FAILURE;
    struct nr_arena arena = NR_ARENA_INIT;
    int status = launch(&arena, home, replace, command);
    nr_arena_free(&arena);
    return status;
}

const struct nr_command nr_command_run = {"run", "run a command with an agent home of yours",
                                          help_text, run};
