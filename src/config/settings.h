// newrelic.config, global and local, the application's own configuration, and the environment.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: REFERENCE.md §2 and §3. Settings live in the arena passed in and are never changed after
// they are made: any thread may read them.
#ifndef NR_CONFIG_SETTINGS_H
#define NR_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/log.h"
#include "config/facts.h"

// <ignore assemblyName="" className=""/>: no point of that class, or of the whole assembly when
// class_name is empty.
struct nr_ignore_rule {
    struct nr_str assembly_name, class_name;
};

struct nr_ignore_list {
    struct nr_ignore_rule *data;
    size_t count;
};

// Whether a rule names the class. Both names match in any case.
bool nr_ignore_list_matches(const struct nr_ignore_list *list, struct nr_str assembly_name,
                            struct nr_str class_name);

struct nr_settings {
    bool agent_enabled;           // by both newrelic.config files
    bool agent_enabled_in_local;  // there is a local file and it does not say no
    enum nr_log_level log_level;  // as configured; nr_log_mode_of has what is in force
    bool console_logging;         // as configured
    bool logging_enabled;         // as configured
    struct nr_str_list included_processes, excluded_processes;
    struct nr_str_list included_pools, excluded_pools;
    bool pools_included_by_default;
    bool set_in_application_config;      // <process>.config has NewRelic.AgentEnabled
    bool enabled_in_application_config;  // and it says true
    struct nr_ignore_list ignore;
};

// The texts that settings are made of.
struct nr_settings_source {
    struct nr_bytes global;  // <home>/newrelic.config
    bool has_local;
    struct nr_bytes local;        // newrelic.config beside the process
    struct nr_bytes application;  // <process path>.config; empty when there is none
};

// Finds and reads the three files. NR_NOT_FOUND: no home, or no newrelic.config in it. NR_IO and
// NR_TOO_LARGE: one of them cannot be read (a local newrelic.config that cannot is left out). The
// log says why. The caller gives log NULL while its log is not open yet.
enum nr_status nr_settings_source_read(struct nr_arena *arena, const struct nr_facts *facts,
                                       const struct nr_log *log, struct nr_settings_source *source);

// NR_MALFORMED or NR_TOO_LARGE: a file is not what it should be, and the log says where. A local
// newrelic.config that is not counts as absent.
enum nr_status nr_settings_parse(struct nr_arena *arena, const struct nr_facts *facts,
                                 const struct nr_settings_source *source, const struct nr_log *log,
                                 struct nr_settings *settings);

// Both of the above: what a profiler does when it starts and when it is told to reload.
enum nr_status nr_settings_load(struct nr_arena *arena, const struct nr_facts *facts,
                                const struct nr_log *log, struct nr_settings *settings);

// How the profiler is to log: the settings, then the environment on top, then the clamps: console
// logging, and Azure Functions unless told otherwise, log nothing below info.
struct nr_log_mode {
    bool enabled, console;
    enum nr_log_level level;
    bool clamped_by_console,
        clamped_by_azure;  // a clamp is on, whether or not it changed the level
};

struct nr_log_mode nr_log_mode_of(struct nr_arena *arena, const struct nr_facts *facts,
                                  const struct nr_settings *settings);
// The lines that tell the mode, for a log that is open already: the console, or any log when the
// configuration is reloaded.
void nr_log_mode_announce(const struct nr_log_mode *mode, const struct nr_log *log);

#endif
