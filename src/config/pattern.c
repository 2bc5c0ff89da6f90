// Matching of names with wildcards.
// SPDX-License-Identifier: Apache-2.0
#include "config/pattern.h"

bool nr_pattern_is_wild(struct nr_str pattern) {
    return nr_str_find(pattern, '*', 0) < pattern.size;
}

// When the text differs after a star, the star takes one character more. Only the last star seen
// has to be tried again: whatever an earlier one could take is left for it too.
bool nr_pattern_matches(struct nr_str pattern, struct nr_str text) {
    size_t p = 0, t = 0, after_star = 0, taken = 0;
    bool star = false;
    while (t < text.size || p < pattern.size) {
        if (p < pattern.size && pattern.data[p] == '*') {
            star = true;
            after_star = ++p;
            taken = t;
        } else if (p < pattern.size && t < text.size && pattern.data[p] == text.data[t]) {
            p++;
            t++;
        } else if (star && taken < text.size) {
            p = after_star;
            t = ++taken;
        } else {
            return false;
        }
    }
    return true;
}

static bool is_framework_or_agent(struct nr_str assembly) {
    static const struct nr_str names[] = {{"netstandard", 11}, {"WindowsBase", 11}, {"System", 6}};
    static const struct nr_str prefixes[] = {{"System.", 7}, {"Microsoft.", 10}, {"NewRelic.", 9}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (nr_str_equal(assembly, names[i])) return true;
    }
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (nr_str_starts_with(assembly, prefixes[i])) return true;
    }
    return false;
}

static bool is_core_library(struct nr_str assembly) {
    return nr_str_equal(assembly, NR_STR("mscorlib")) ||
           nr_str_equal(assembly, NR_STR("System.Private.CoreLib"));
}

bool nr_pattern_matches_assembly(struct nr_str pattern, struct nr_str assembly) {
    if (nr_pattern_is_wild(pattern) && is_core_library(assembly)) return false;
    if (nr_str_equal(pattern, NR_STR("*"))) return !is_framework_or_agent(assembly);
    return nr_pattern_matches(pattern, assembly);
}
