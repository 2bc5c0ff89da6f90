// What the command asks of the operating system beyond platform/platform.h: running a program,
// temporary folders, changing the environment.
// SPDX-License-Identifier: Apache-2.0
//
// One file per operating system. Used by the one thread that nrprof has.
#ifndef NR_TOOL_PROCESS_H
#define NR_TOOL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

// File name of the profiler on this system.
#if defined(_WIN32)
#define NR_LIBRARY_NAME "NewRelic.Profiler.dll"
#elif defined(__APPLE__)
#define NR_LIBRARY_NAME "libNewRelicProfiler.dylib"
#else
#define NR_LIBRARY_NAME "libNewRelicProfiler.so"
#endif

// Sets a variable of the environment that the command will get, or removes it (value NULL).
enum nr_status nr_env_set(const char *name, const char *value);

// The program that a command's first word means: itself when it has a separator in it, else the
// first one on PATH. NR_NOT_FOUND: no such file. NR_UNSUPPORTED: *path cannot be executed.
enum nr_status nr_program_find(struct nr_arena *arena, struct nr_str word, struct nr_str *path);

// How a program ended.
struct nr_ending {
    int status;       // what it returned, or 128 and the number of the signal that ended it
    const char *why;  // with NR_IO: the system's words for why it could not be started
};

// Runs a program (NUL-terminated path) with these arguments and this process's environment, input
// and output, and waits for its end. Signals that another process sends to this one meanwhile
// (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR2) are passed on; those of the terminal reach the
// program by themselves. NR_IO: it could not be started.
enum nr_status nr_program_run(const char *path, char *const *arguments, struct nr_ending *ending);

bool nr_process_is_running(uint32_t id);

// The path without links and relative parts; NR_NOT_FOUND when there is nothing there.
enum nr_status nr_path_absolute(struct nr_arena *arena, struct nr_str path,
                                struct nr_str *absolute);

// A new empty folder in the system's place for temporary files, for this user only.
enum nr_status nr_temporary_directory(struct nr_arena *arena, struct nr_str *path);

// Removes a file; or a folder with what is in it, links not followed. What cannot be removed stays.
void nr_remove(struct nr_str path);

#endif
