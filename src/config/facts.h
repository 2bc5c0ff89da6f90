// What the configuration asks of the outside world: environment, files, the process.
// SPDX-License-Identifier: Apache-2.0
//
// src/config is pure: the caller fills this structure (the profiler from src/platform, the command
// and the tests from what they were given). Strings belong to the caller and outlive every call.
// A callback may be NULL: then there is no such variable, file or directory. One thread at a time.
#ifndef NR_CONFIG_FACTS_H
#define NR_CONFIG_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"

struct nr_facts {
    void *context;  // handed to every callback

    // The value of an environment variable, in the arena. False: not set. A variable set to nothing
    // gives true and an empty string (nr_facts_env knows that Windows has no such thing).
    bool (*get_env)(void *context, struct nr_arena *arena, const char *name, struct nr_str *value);
    bool (*file_exists)(void *context, struct nr_str path);
    bool (*directory_exists)(void *context, struct nr_str path);
    // The whole content; NR_TOO_LARGE for more than max_size bytes, NR_IO or NR_NOT_FOUND when it
    // cannot be read.
    enum nr_status (*read_file)(void *context, struct nr_arena *arena, struct nr_str path,
                                size_t max_size, struct nr_bytes *content);
    // Full paths of the files in a directory whose names end with suffix, in any order.
    enum nr_status (*list_files)(void *context, struct nr_arena *arena, struct nr_str directory,
                                 struct nr_str suffix, struct nr_str **files, size_t *count);

    bool core;     // .NET Core or .NET 5 and later; else .NET Framework
    bool windows;  // path separator and what the reference does on Windows only
    uint32_t process_id;
    struct nr_str process_path;           // of the program that runs
    struct nr_str parent_process_path;    // empty when unknown
    struct nr_str process_directory;      // where the local newrelic.config lies
    struct nr_str command_line;           // as one string
    struct nr_str app_pool;               // of IIS, when the caller knows it; else it is looked up
    struct nr_str home_from_registry;     // data NULL: none
    struct nr_str common_data_directory;  // of all users; empty on POSIX
};

// A variable; on Windows one that is set to nothing counts as not set.
bool nr_facts_env(const struct nr_facts *facts, struct nr_arena *arena, const char *name,
                  struct nr_str *value);
// A variable that has a new name and an old one: the new one wins (REFERENCE.md §2).
bool nr_facts_env_either(const struct nr_facts *facts, struct nr_arena *arena, const char *name,
                         const char *legacy, struct nr_str *value);
// true and 1, false and 0, in any case; fallback for everything else.
bool nr_facts_env_bool(const struct nr_facts *facts, struct nr_arena *arena, const char *name,
                       bool fallback);

// "/" or "\".
struct nr_str nr_facts_separator(const struct nr_facts *facts);
// "netcore" or "netframework": the folder of a home for this kind of runtime.
struct nr_str nr_facts_runtime_folder(const struct nr_facts *facts);

// NEW_RELIC_FORCE_PROFILING: profile whatever the filter says. Being set is enough.
bool nr_facts_force_profiling(const struct nr_facts *facts, struct nr_arena *arena);
// NEW_RELIC_DISABLE_APPDOMAIN_CACHING.
bool nr_facts_app_domain_caching_disabled(const struct nr_facts *facts, struct nr_arena *arena);

#endif
