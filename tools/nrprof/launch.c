// Running a command with the profiler.
// SPDX-License-Identifier: Apache-2.0
#include "launch.h"

#include "message.h"
#include "platform/platform.h"
#include "process.h"

#define PROFILER_CLSID "{36032161-FFC0-4B61-B559-F6C5D41BAE5A}"

// A file or folder beside this program.
static struct nr_str beside(struct nr_arena *arena, struct nr_str name) {
    struct nr_str folder = nr_process_path(arena);
    while (folder.size > 0 && folder.data[folder.size - 1] != NR_PATH_SEPARATOR[0]) folder.size--;
    return NR_STR_JOIN(arena, folder, name);
}

static bool missing(const char *what, struct nr_str path) {
    nr_say("%s is missing: %.*s", what, NR_STR_ARGS(path));
    nr_say_more("it belongs beside nrprof; 'make' in nrprof's source folder builds both");
    return false;
}

bool nr_find_library(struct nr_arena *arena, struct nr_str *path) {
    *path = beside(arena, NR_STR(NR_LIBRARY_NAME));
    return nr_file_exists(*path) || missing("the profiler", *path);
}

bool nr_find_agent(struct nr_arena *arena, struct nr_str *folder) {
    *folder = beside(arena, NR_STR("agent"));
    struct nr_str file = NR_STR_JOIN(arena, *folder, NR_STR(NR_PATH_SEPARATOR NR_AGENT_FILE));
    return nr_file_exists(file) || missing("the agent", file);
}

static int no_such_program(struct nr_str word) {
    if (nr_str_equal(word, NR_STR("dotnet"))) {
        nr_say("no .NET found: there is no 'dotnet' on PATH");
        nr_say_more("install .NET (https://dot.net/download), or add its folder to PATH");
    } else if (nr_str_find(word, NR_PATH_SEPARATOR[0], 0) < word.size) {
        nr_say("cannot run '%.*s': there is no such file", NR_STR_ARGS(word));
    } else {
        nr_say("cannot run '%.*s': there is no such command on PATH", NR_STR_ARGS(word));
    }
    return NR_EXIT_NOT_FOUND;
}

int nr_find_program(struct nr_arena *arena, const char *word, struct nr_str *path) {
    struct nr_str name = nr_str_of(word);
    if (nr_str_ends_with_ignore_case(name, NR_STR(".dll")) && nr_file_exists(name)) {
        nr_say("cannot run '%s': it is a .NET assembly, not a program; run 'dotnet %s'", word,
               word);
        return NR_EXIT_NOT_EXECUTABLE;
    }
    enum nr_status status = nr_program_find(arena, name, path);
    if (status == NR_OK) return 0;
    if (status == NR_NOT_FOUND) return no_such_program(name);
    if (status == NR_UNSUPPORTED) {
        nr_say("cannot run '%.*s': the file is not executable", NR_STR_ARGS(*path));
        return NR_EXIT_NOT_EXECUTABLE;
    }
    nr_say("cannot run '%s': %s", word, nr_status_name(status));
    return NR_EXIT_FAILURE;
}

// ---- the environment ----

// The runtime takes any number but 0 for a yes.
static bool is_switched_on(struct nr_arena *arena, const char *name) {
    struct nr_str value;
    return nr_env_get(arena, name, &value) && value.size > 0 && !nr_str_equal(value, NR_STR("0"));
}

static bool is_switched_off(struct nr_arena *arena, const char *name) {
    struct nr_str value;
    return nr_env_get(arena, name, &value) && nr_str_equal(value, NR_STR("0"));
}

// The variable that names the profiler's file; the runtime asks for the exact one first.
static const char *path_variable(struct nr_arena *arena, struct nr_str *path) {
    static const char *const names[] = {"CORECLR_PROFILER_PATH_64", "CORECLR_PROFILER_PATH_ARM64",
                                        "CORECLR_PROFILER_PATH_32", "CORECLR_PROFILER_PATH"};
    for (size_t i = 0; i < NR_COUNT_OF(names); i++) {
        if (nr_env_get(arena, names[i], path) && path->size > 0) return names[i];
    }
    *path = NR_STR("");
    return names[NR_COUNT_OF(names) - 1];
}

static bool is_same_file(struct nr_arena *arena, struct nr_str left, struct nr_str right) {
    struct nr_str a, b;
    return nr_path_absolute(arena, left, &a) == NR_OK &&
           nr_path_absolute(arena, right, &b) == NR_OK && nr_str_equal(a, b);
}

static bool other_profiler(struct nr_arena *arena, struct nr_str library) {
    struct nr_str clsid = {0}, path;
    if (!is_switched_on(arena, "CORECLR_ENABLE_PROFILING")) return false;
    (void)nr_env_get(arena, "CORECLR_PROFILER", &clsid);
    const char *variable = path_variable(arena, &path);
    if (nr_str_equal_ignore_case(clsid, NR_STR(PROFILER_CLSID)) &&
        is_same_file(arena, path, library))
        return false;
    nr_say("another profiler is set in the environment, and a process can have only one:");
    nr_say_more("CORECLR_PROFILER=%.*s", NR_STR_ARGS(clsid));
    nr_say_more("%s=%.*s", variable, NR_STR_ARGS(path));
    nr_say_more(
        "unset CORECLR_ENABLE_PROFILING, or give --replace to take its place for this command");
    return true;
}

static bool profiling_disabled(struct nr_arena *arena) {
    static const char *const names[] = {
        "DOTNET_EnableDiagnostics", "DOTNET_EnableDiagnostics_Profiler",
        "COMPlus_EnableDiagnostics", "COMPlus_EnableDiagnostics_Profiler"};
    for (size_t i = 0; i < NR_COUNT_OF(names); i++) {
        if (!is_switched_off(arena, names[i])) continue;
        nr_say("%s=0 is set: the .NET runtime will not load any profiler; unset it", names[i]);
        return true;
    }
    return false;
}

bool nr_check_environment(struct nr_arena *arena, struct nr_str library, bool replace) {
    return !profiling_disabled(arena) && (replace || !other_profiler(arena, library));
}

bool nr_set_variables(const struct nr_variable *variables) {
    for (; variables->name; variables++) {
        if (nr_env_set(variables->name, variables->value) == NR_OK) continue;
        nr_say("cannot set %s: no memory", variables->name);
        return false;
    }
    return true;
}

bool nr_set_profiler(struct nr_str library, struct nr_str home) {
    const struct nr_variable variables[] = {{"CORECLR_ENABLE_PROFILING", "1"},
                                            {"CORECLR_PROFILER", PROFILER_CLSID},
                                            {"CORECLR_PROFILER_PATH", library.data},
                                            {"CORECLR_PROFILER_PATH_64", NULL},
                                            {"CORECLR_PROFILER_PATH_32", NULL},
                                            {"CORECLR_PROFILER_PATH_ARM64", NULL},
                                            {"CORECLR_PROFILER_PATH_ARM32", NULL},
                                            {"CORECLR_NEW_RELIC_HOME", home.data},
                                            {"CORECLR_NEWRELIC_HOME", NULL},
                                            {"NEWRELIC_INSTALL_PATH", NULL},
                                            {NULL, NULL}};
    return nr_set_variables(variables);
}

int nr_launch(struct nr_str program, char *const *command) {
    struct nr_ending ending;
    if (nr_program_run(program.data, command, &ending) == NR_OK) return ending.status;
    nr_say("cannot run '%.*s': %s", NR_STR_ARGS(program), ending.why);
    return NR_EXIT_NOT_EXECUTABLE;
}
