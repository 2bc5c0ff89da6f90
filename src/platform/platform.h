// What the library asks of the operating system: files, environment, process facts, time, threads.
// SPDX-License-Identifier: Apache-2.0
//
// One implementation file per operating system (posix.c, windows.c); nothing above this layer knows
// which one it is. Strings are UTF-8 on this side; an implementation converts to what its system
// speaks. Every function may be called on any thread. What is returned lives in the arena passed
// in, is NUL-terminated, and is the caller's. A path with a NUL in it or longer than the system
// allows counts as one that is not there.
#ifndef NR_PLATFORM_PLATFORM_H
#define NR_PLATFORM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/log.h"
#include "base/status.h"
#include "base/str.h"

// Between the parts of a path; part of texts that are an interface (log lines, the agent's path).
#ifdef _WIN32
#define NR_PATH_SEPARATOR "\\"
#else
#define NR_PATH_SEPARATOR "/"
#endif

// ---- files ----

// Whether path names a regular file, or a directory; links are followed.
bool nr_file_exists(struct nr_str path);
bool nr_directory_exists(struct nr_str path);

// The whole content of a regular file. NR_NOT_FOUND: no such file. NR_IO: it cannot be read, or is
// something else than a regular file. NR_TOO_LARGE: more than max_size bytes. Never waits for a
// pipe or a device.
enum nr_status nr_file_read(struct nr_arena *arena, struct nr_str path, size_t max_size,
                            struct nr_bytes *content);

// The size bytes of a regular file that begin at offset, or fewer where it ends. NR_NOT_FOUND,
// NR_IO as above.
enum nr_status nr_file_read_part(struct nr_arena *arena, struct nr_str path, uint32_t offset,
                                 size_t size, struct nr_bytes *part);

// Full paths (path, separator, name) of all but the directories in a directory whose names end with
// suffix, in any case of ASCII letters; in byte order of the names, not from sub-directories.
// NR_NOT_FOUND: no such directory. NR_IO: it cannot be read.
enum nr_status nr_directory_list(struct nr_arena *arena, struct nr_str path, struct nr_str suffix,
                                 struct nr_str **files, size_t *count);

// Creates a directory and those above it; one that exists is fine. NR_IO: refused.
enum nr_status nr_directory_create(struct nr_str path);

// A file open for writing; not inherited by child processes.
struct nr_file {
    intptr_t handle;  // -1: none
};

#define NR_FILE_NONE ((struct nr_file){-1})

// Opens a file to write at its end, creating it when it is missing. NR_IO: refused.
enum nr_status nr_file_open_append(struct nr_str path, struct nr_file *file);
// The standard output of the process; not to be closed.
struct nr_file nr_file_stdout(void);
// Appends all of data, in one write of the system unless it takes less, so that lines of several
// threads or processes do not mix. NR_IO: refused.
enum nr_status nr_file_write(struct nr_file file, const void *data, size_t size);
void nr_file_close(struct nr_file file);

// ---- environment and process ----

// The value of an environment variable. False when it is not set (or memory is out); a variable
// that is set to nothing gives true and an empty string.
bool nr_env_get(struct nr_arena *arena, const char *name, struct nr_str *value);

uint32_t nr_process_id(void);

// Each of these gives an empty string when memory is out.
// Full path of the program that runs, "." when the system does not tell.
struct nr_str nr_process_path(struct nr_arena *arena);
// The directory in which a configuration file of the application's own is looked for: that of the
// program on Windows, the working directory (".") elsewhere, as New Relic's profiler has it.
struct nr_str nr_process_directory(struct nr_arena *arena);
// Path of the parent's program on Windows, "." elsewhere, as New Relic's profiler has it.
struct nr_str nr_parent_process_path(struct nr_arena *arena);
// The command line as one string. Where the system keeps it as a list, each argument is followed by
// a space, and one that contains a space stands in single quotes; that is New Relic's form. Empty
// when the system does not tell.
struct nr_str nr_command_line(struct nr_arena *arena);
// The same of a program that is started with these arguments; NULL ends them.
struct nr_str nr_command_line_of(struct nr_arena *arena, const char *const *arguments);
// The directory for data of all users ("C:\ProgramData"); empty where there is none.
struct nr_str nr_common_data_directory(struct nr_arena *arena);
// The agent's home that New Relic's installer left in the registry; data NULL where there is none.
struct nr_str nr_installed_home(struct nr_arena *arena);

// ---- time ----

// Now, in UTC; fit for nr_log.now.
struct nr_log_time nr_time_utc(void);
// Nanoseconds since some moment in the past; never goes back.
uint64_t nr_clock_ns(void);
// Lets the calling thread rest for at least that long, whatever signals come.
void nr_sleep_ms(uint32_t milliseconds);

// ---- threads ----

#ifdef _WIN32
typedef void *nr_native_mutex;      // SRWLOCK
typedef void *nr_native_condition;  // CONDITION_VARIABLE
typedef void *nr_native_once;       // INIT_ONCE
typedef void *nr_native_thread;     // HANDLE
#define NR_MUTEX_INIT \
    { 0 }
#define NR_CONDITION_INIT \
    { 0 }
#define NR_ONCE_INIT \
    { 0 }
#else
#include <pthread.h>
typedef pthread_mutex_t nr_native_mutex;
typedef pthread_cond_t nr_native_condition;
typedef pthread_once_t nr_native_once;
typedef pthread_t nr_native_thread;
#define NR_MUTEX_INIT \
    { PTHREAD_MUTEX_INITIALIZER }
#define NR_CONDITION_INIT \
    { PTHREAD_COND_INITIALIZER }
#define NR_ONCE_INIT \
    { PTHREAD_ONCE_INIT }
#endif

// Not recursive. Either NR_MUTEX_INIT or nr_mutex_init makes one.
struct nr_mutex {
    nr_native_mutex native;
};

void nr_mutex_init(struct nr_mutex *mutex);
void nr_mutex_destroy(struct nr_mutex *mutex);
void nr_mutex_lock(struct nr_mutex *mutex);
void nr_mutex_unlock(struct nr_mutex *mutex);

struct nr_condition {
    nr_native_condition native;
};

void nr_condition_init(struct nr_condition *condition);
void nr_condition_destroy(struct nr_condition *condition);
// Gives the mutex up, waits to be woken (or for no reason: ask again for what was waited for), and
// takes the mutex back.
void nr_condition_wait(struct nr_condition *condition, struct nr_mutex *mutex);
void nr_condition_wake_one(struct nr_condition *condition);
void nr_condition_wake_all(struct nr_condition *condition);

// Lets work run once, whoever comes first; the others wait for its end.
struct nr_once {
    nr_native_once native;
};

void nr_once_run(struct nr_once *once, void (*work)(void));

// A thread of our own. The structure belongs to the caller and stays where it is until joined.
struct nr_thread {
    nr_native_thread native;
    void (*work)(void *context);
    void *context;
};

// Runs work(context) on a new thread. NR_IO: the system gave none.
enum nr_status nr_thread_start(struct nr_thread *thread, void (*work)(void *context),
                               void *context);
// Waits for the end of work. Once for each thread started.
void nr_thread_join(struct nr_thread *thread);

#endif
