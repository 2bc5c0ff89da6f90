// The agent's home: where it is, its core dll, its extension files.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: REFERENCE.md §2. What is returned lives in the arena. The log lines are the reference's.
#ifndef NR_CONFIG_HOME_H
#define NR_CONFIG_HOME_H

#include "base/log.h"
#include "config/facts.h"

// CORECLR_NEW_RELIC_HOME or NEW_RELIC_HOME (or their legacy names), without the registry; false
// when not set.
bool nr_home_from_environment(const struct nr_facts *facts, struct nr_arena *arena,
                              struct nr_str *home);
// That, or the registry's. NR_NOT_FOUND when there is none.
enum nr_status nr_home_find(struct nr_arena *arena, const struct nr_facts *facts,
                            const struct nr_log *log, struct nr_str *home);

// Full path of NewRelic.Agent.Core.dll: in the install path, else in the home, each time beside the
// runtime folder, then in it. NR_NOT_FOUND; NR_NO_MEMORY.
enum nr_status nr_home_find_agent(struct nr_arena *arena, const struct nr_facts *facts,
                                  const struct nr_log *log, struct nr_str *path);

struct nr_extension_file {
    struct nr_str name;   // full path, or the name of a live one
    struct nr_bytes xml;  // not checked
};

// Extension files in the order of their names, as points are taken from them.
struct nr_extension_files {
    struct nr_extension_file *data;
    size_t count;
    size_t unreadable;  // files that were listed and could not be read
};

// All *.xml in <home>/extensions and in <home>/extensions/<runtime folder>. A file that cannot be
// read is left out, counted, and named in the log. NR_NOT_FOUND: there is no home.
enum nr_status nr_home_read_extensions(struct nr_arena *arena, const struct nr_facts *facts,
                                       const struct nr_log *log, struct nr_extension_files *files);

// Puts a file at its place; one of the same name is replaced. Name and content are not copied.
enum nr_status nr_extension_files_add(struct nr_arena *arena, struct nr_extension_files *files,
                                      struct nr_str name, struct nr_bytes xml);

#endif
