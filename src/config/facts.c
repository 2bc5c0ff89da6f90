// Environment variables with their legacy names, and what follows from the kind of runtime.
// SPDX-License-Identifier: Apache-2.0
#include "config/facts.h"

bool nr_facts_env(const struct nr_facts *facts, struct nr_arena *arena, const char *name,
                  struct nr_str *value) {
    struct nr_str found;
    if (!facts->get_env || !facts->get_env(facts->context, arena, name, &found)) return false;
    if (facts->windows && found.size == 0) return false;
    *value = found.data ? found : NR_STR("");
    return true;
}

bool nr_facts_env_either(const struct nr_facts *facts, struct nr_arena *arena, const char *name,
                         const char *legacy, struct nr_str *value) {
    return nr_facts_env(facts, arena, name, value) || nr_facts_env(facts, arena, legacy, value);
}

bool nr_facts_env_bool(const struct nr_facts *facts, struct nr_arena *arena, const char *name,
                       bool fallback) {
    struct nr_str value;
    if (!nr_facts_env(facts, arena, name, &value)) return fallback;
    if (nr_str_equal_ignore_case(value, NR_STR("true")) || nr_str_equal(value, NR_STR("1"))) {
        return true;
    }
    if (nr_str_equal_ignore_case(value, NR_STR("false")) || nr_str_equal(value, NR_STR("0"))) {
        return false;
    }
    return fallback;
}

struct nr_str nr_facts_separator(const struct nr_facts *facts) {
    return facts->windows ? NR_STR("\\") : NR_STR("/");
}

struct nr_str nr_facts_runtime_folder(const struct nr_facts *facts) {
    return facts->core ? NR_STR("netcore") : NR_STR("netframework");
}

bool nr_facts_force_profiling(const struct nr_facts *facts, struct nr_arena *arena) {
    struct nr_str value;
    return nr_facts_env_either(facts, arena, "NEW_RELIC_FORCE_PROFILING",
                               "NEWRELIC_FORCE_PROFILING", &value);
}

bool nr_facts_app_domain_caching_disabled(const struct nr_facts *facts, struct nr_arena *arena) {
    return nr_facts_env_bool(facts, arena, "NEW_RELIC_DISABLE_APPDOMAIN_CACHING", false);
}
