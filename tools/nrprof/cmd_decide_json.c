// nrprof decide: tells whether a process would be instrumented, and by which rule.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "config/number.h"
#include "given_json.h"
#include "launch.h"
#include "lines_json.h"
#include "message.h"
#include "options.h"
#include "other_process.h"
#include "platform/platform.h"
#include "platform/process_facts.h"
#include "process.h"

static const char help_text[] =
    "usage: nrprof decide [--framework] -- COMMAND [ARGUMENTS]\n"
    "       nrprof decide --pid N\n"
    "       nrprof decide < QUESTIONS\n"
    "\n"
    "Tells, as a JSON object on one line, whether the profiler would instrument\n"
    "COMMAND if it was run here and now, or the running process N; which rule\n"
    "decides; and the lines that the profiler would log. Nothing is run.\n"
    "\n"
    "      --pid N          a running process (Linux and Windows)\n"
    "      --framework      COMMAND runs on .NET Framework, not on .NET\n"
    "\n"
    "Without arguments, it answers questions on standard input, one JSON object a\n"
    "line, each field optional:\n"
    "  {\"config\": XML, \"local_config\": XML, \"app_config\": XML, \"env\": {NAME: TEXT},\n"
    "   \"process_path\": TEXT, \"parent_path\": TEXT, \"command_line\": TEXT,\n"
    "   \"app_pool\": TEXT, \"core\": true|false}\n"
    "\n"
    "The exit status is 0, or 1 when a line was no question: its answer is\n"
    "{\"error\": TEXT, \"line\": NUMBER}. The fields and the rules are explained in\n"
    "docs/troubleshooting.md.\n";

static const char *level_name(enum nr_log_level level) {
    static const char *const names[] = {"trace", "debug", "info", "warn", "error"};
    return names[level];
}

static json_t *decide(struct nr_arena *arena, const struct nr_facts *facts) {
    struct nr_json_log log;
    struct nr_settings settings;
    struct nr_log_mode mode;
    struct nr_decision decision = {false, "config-error"};
    if (!nr_json_log_init(&log)) return NULL;
    const struct nr_startup startup = nr_json_startup(arena, facts, &log);
    enum nr_status loaded = nr_startup_load(&startup, &settings, &mode), decided = NR_OK;
    if (loaded == NR_OK) decided = nr_startup_decide(&startup, &settings, &decision);
    json_t *lines = nr_json_log_take(&log);
    if (!lines || loaded == NR_NO_MEMORY || decided == NR_NO_MEMORY) {
        json_decref(lines);
        return NULL;
    }
    return json_pack("{s:b, s:b, s:b, s:s, s:b, s:b, s:s, s:o}", "instrument", decision.instrument,
                     "agent_enabled", loaded == NR_OK && settings.agent_enabled, "config_error",
                     loaded != NR_OK, "log_level", level_name(mode.level), "logging_enabled",
                     mode.enabled, "console_logging", mode.console, "rule", decision.rule, "log",
                     lines);
}

static json_t *answer(struct nr_arena *arena, const json_t *question, const char **why) {
    struct nr_given given;
    struct nr_facts facts;
    if (!nr_given_facts(arena, question, false, &given, &facts, why)) return NULL;
    return decide(arena, &facts);
}

// ---- this machine ----

static int facts_of_command(struct nr_arena *arena, char *const *command, bool framework,
                            struct nr_facts *facts) {
    struct nr_str program;
    int failure = nr_find_program(arena, command[0], &program);
    if (failure) return failure;
    *facts = nr_process_facts(arena, !framework);
    facts->command_line = nr_command_line_of(arena, (const char *const *)command);
    if (nr_path_absolute(arena, program, &facts->process_path) == NR_OK &&
        facts->command_line.data) {
        return 0;
    }
    nr_say("cannot find out about '%s'", command[0]);
    return NR_EXIT_FAILURE;
}

static int facts_of_process(struct nr_arena *arena, const char *pid, struct nr_facts *facts) {
    int id;
    if (!nr_number_parse(nr_str_of(pid), &id) || id <= 0) {
        nr_say("'%s' is not the number of a process", pid);
        return NR_EXIT_FAILURE;
    }
    switch (nr_other_process_facts(arena, (uint32_t)id, facts)) {
    case NR_OK: return 0;
    case NR_NOT_FOUND: nr_say("there is no process %d", id); break;
    case NR_UNSUPPORTED:
        nr_say(
            "cannot look into process %d from here: --pid works on Linux, and on Windows between "
            "programs of the same CPU; give the command after '--'",
            id);
        break;
    default: nr_say("cannot look into process %d: be its user, or root", id);
    }
    return NR_EXIT_FAILURE;
}

static int decide_here(const char *pid, char *const *command, bool framework) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_facts facts;
    int status = pid ? facts_of_process(&arena, pid, &facts)
                     : facts_of_command(&arena, command, framework, &facts);
    if (status == 0 && !nr_print_line(decide(&arena, &facts))) status = NR_EXIT_FAILURE;
    nr_arena_free(&arena);
    return status;
}

static int run(int argc, char **argv) {
    const char *pid = NULL;
    bool framework = false, help = false;
    char **command;
    const struct nr_option options[] = {{0, "pid", .value = &pid},
                                        {0, "framework", .flag = &framework},
                                        {'h', "help", .flag = &help},
                                        {.name = NULL}};
    if (!nr_options_read(options, argc, argv, &command)) return NR_EXIT_FAILURE;
    if (help) {
        nr_command_print_help(&nr_command_decide);
        return 0;
    }
    if (pid && (*command || framework)) {
        nr_say("either a process or a command: nrprof decide --pid N");
        return NR_EXIT_FAILURE;
    }
    if (pid || *command) return decide_here(pid, command, framework);
    if (argc == 1) return nr_answer_lines(answer);
    nr_say("there is no command: nrprof decide [--framework] -- COMMAND");
    return NR_EXIT_FAILURE;
}

const struct nr_command nr_command_decide = {
    "decide", "tell whether a process would be instrumented", help_text, run};
