// Chooses the folder and the name of the profiler's log file.
// SPDX-License-Identifier: Apache-2.0
#include "config/log_location.h"

#include <stdio.h>

#include "config/home.h"

static bool is_azure_web_site(const struct nr_facts *facts, struct nr_arena *arena) {
    struct nr_str home;
    return nr_facts_env(facts, arena, "HOME_EXPANDED", &home) &&
           nr_str_contains(home, NR_STR(":\\DWASFiles\\Sites"));
}

static struct nr_str directory_of(struct nr_arena *arena, const struct nr_facts *facts) {
    struct nr_str separator = nr_facts_separator(facts), base;
    if (nr_facts_env_either(facts, arena, "NEW_RELIC_PROFILER_LOG_DIRECTORY",
                            "NEWRELIC_PROFILER_LOG_DIRECTORY", &base) ||
        nr_facts_env_either(facts, arena, "NEW_RELIC_LOG_DIRECTORY", "NEWRELIC_LOG_DIRECTORY",
                            &base)) {
        return base;
    }
    if (is_azure_web_site(facts, arena)) {
        if (!nr_facts_env(facts, arena, "HOME", &base)) return NR_STR("");
        return NR_STR_JOIN(arena, base, separator, NR_STR("LogFiles"), separator,
                           NR_STR("NewRelic"));
    }
    if (nr_home_from_environment(facts, arena, &base)) {
        return NR_STR_JOIN(arena, base, separator,
                           facts->windows ? NR_STR("Logs") : NR_STR("logs"));
    }
    return NR_STR_JOIN(arena, facts->common_data_directory, separator, NR_STR("New Relic"),
                       separator, NR_STR(".NET Agent"), separator, NR_STR("Logs"));
}

enum nr_status nr_log_location_find(struct nr_arena *arena, const struct nr_facts *facts,
                                    struct nr_log_location *location) {
    char process[16];
    snprintf(process, sizeof(process), "%u", (unsigned)facts->process_id);
    struct nr_str directory = directory_of(arena, facts);
    if (!directory.data) return NR_NO_MEMORY;
    struct nr_str file =
        NR_STR_JOIN(arena, directory, nr_facts_separator(facts), NR_STR("NewRelic.Profiler."),
                    nr_str_of(process), NR_STR(".log"));
    if (!file.data) return NR_NO_MEMORY;
    *location = (struct nr_log_location){directory, file};
    return NR_OK;
}
