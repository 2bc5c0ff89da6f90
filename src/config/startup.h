// What a profiler that starts makes of its configuration, and the lines that it logs then.
// SPDX-License-Identifier: Apache-2.0
//
// Pure: shared by the library's Initialize and by the commands that tell what it would do. One
// thread.
#ifndef NR_CONFIG_STARTUP_H
#define NR_CONFIG_STARTUP_H

#include "config/extension.h"
#include "config/filter.h"

struct nr_startup {
    const struct nr_facts *facts;
    struct nr_log *log;  // takes nothing before open_log
    // Called once, when it is known how to log.
    void (*open_log)(const struct nr_startup *startup, const struct nr_log_mode *mode);
    struct nr_arena *arena;  // settings stay in it
};

// Reads the configuration and opens the log. Whatever is wrong with the configuration is in the log
// then, and the status is that of nr_settings_load: the profiler is not to stay.
enum nr_status nr_startup_load(const struct nr_startup *startup, struct nr_settings *settings,
                               struct nr_log_mode *mode);

// Parses the extension files and adds the serverless handler's point. NR_NO_MEMORY only.
enum nr_status nr_startup_read_points(const struct nr_startup *startup, struct nr_arena *arena,
                                      const struct nr_extension_files *files,
                                      const struct nr_ignore_list *ignore,
                                      struct nr_extensions *extensions);

// Decides about the process of the facts. NR_NO_MEMORY.
enum nr_status nr_startup_decide(const struct nr_startup *startup,
                                 const struct nr_settings *settings, struct nr_decision *decision);

#endif
