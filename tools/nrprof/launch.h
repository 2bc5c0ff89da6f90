// Running a command with the profiler: where the profiler lies, the environment that makes a .NET
// runtime load it, and the run itself.
// SPDX-License-Identifier: Apache-2.0
//
// Each function that can fail has told the user what to do when it did.
#ifndef NR_TOOL_LAUNCH_H
#define NR_TOOL_LAUNCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

// Exit statuses of nrprof itself, as env(1) and timeout(1) have them; all else is the command's.
enum { NR_EXIT_FAILURE = 125, NR_EXIT_NOT_EXECUTABLE = 126, NR_EXIT_NOT_FOUND = 127 };

#define NR_AGENT_FILE "NewRelic.Agent.Core.dll"

// The profiler that belongs to this nrprof: it lies beside it.
bool nr_find_library(struct nr_arena *arena, struct nr_str *path);
// The folder of the agent that belongs to this nrprof.
bool nr_find_agent(struct nr_arena *arena, struct nr_str *folder);

// The program of a command (its first word), as a path.
// Returns 0, or the exit status after a message.
int nr_find_program(struct nr_arena *arena, const char *word, struct nr_str *path);

// Refuses an environment in which the runtime would load another profiler, or none. replace: take
// the other one's place.
bool nr_check_environment(struct nr_arena *arena, struct nr_str library, bool replace);

// Makes a .NET runtime load the library with that agent home.
bool nr_set_profiler(struct nr_str library, struct nr_str home);

struct nr_variable {
    const char *name;
    const char *value;  // NULL: not to be set
};

// Sets or removes variables of the command's environment; an entry without a name ends the list.
bool nr_set_variables(const struct nr_variable *variables);

// Runs the command and waits. Gives its exit status, or nrprof's after a message.
int nr_launch(struct nr_str program, char *const *command);

#endif
