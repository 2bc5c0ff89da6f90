// Tests of names with wildcards.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "config/pattern.h"
#include "harness.h"

static void test_names(void) {
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "", false},
        {"a", "a", true},
        {"a", "A", false},
        {"a", "ab", false},
        {"*", "", true},
        {"*", "anything.at+all`1", true},
        {"**", "a", true},
        {"a*", "a", true},
        {"a*", "ab", true},
        {"a*", "ba", false},
        {"*a", "ba", true},
        {"*a", "ab", false},
        {"*a", "aab", false},
        {"*a*", "bab", true},
        {"*a*", "bbb", false},
        {"a*b", "ab", true},
        {"a*b", "a.x+y.b", true},
        {"a*b", "abc", false},
        {"a*b*c", "abbbc", true},
        {"a*b*c", "acb", false},
        {"a*ab", "aaab", true},
        {"*ab*ab", "abxab", true},
        {"*ab*ab", "abxa", false},
        {"*aab", "aaaab", true},
        {"Shop.*.Get*", "Shop.Orders.GetAll", true},
        {"Shop.*.Get*", "Shop.GetAll", false},
        {"Outer+*", "Outer+Inner+Deep", true},
        {"List`1", "List`1", true},
        {"*\xe6\x9c\xac*", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", true},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        char name[128];
        snprintf(name, sizeof(name), "%s %s %s", cases[i].pattern,
                 cases[i].matches ? "matches" : "does not match", cases[i].text);
        NR_CASE(name);
        CHECK_INT(nr_pattern_matches(nr_str_of(cases[i].pattern), nr_str_of(cases[i].text)),
                  cases[i].matches);
    }
    NR_CASE("what has a wildcard");
    CHECK(nr_pattern_is_wild(NR_STR("a*")) && !nr_pattern_is_wild(NR_STR("a")) &&
          !nr_pattern_is_wild(NR_STR("")));
}

static void test_assemblies(void) {
    static const struct {
        const char *pattern, *assembly;
        bool matches;
    } cases[] = {
        {"*", "Shop", true},
        {"*", "Systematic", true},
        {"*", "MicrosoftLike", true},
        {"*", "mscorlib", false},
        {"*", "netstandard", false},
        {"*", "WindowsBase", false},
        {"*", "System", false},
        {"*", "System.Net.Http", false},
        {"*", "System.Private.CoreLib", false},
        {"*", "Microsoft.Extensions.Logging", false},
        {"*", "NewRelic.Agent.Core", false},
        {"Microsoft.*", "Microsoft.Extensions.Logging", true},
        {"System.*", "System.Net.Http", true},
        {"System*", "System", true},
        {"NewRelic.*", "NewRelic.Api.Agent", true},
        {"**", "System.Net.Http", true},
        {"m*", "mscorlib", false},
        {"System.*", "System.Private.CoreLib", false},
        {"mscorlib", "mscorlib", true},
        {"System.Private.CoreLib", "System.Private.CoreLib", true},
        {"System.Net.Http", "System.Net.Http", true},
        {"shop", "Shop", false},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        char name[128];
        snprintf(name, sizeof(name), "assembly %s %s %s", cases[i].pattern,
                 cases[i].matches ? "matches" : "does not match", cases[i].assembly);
        NR_CASE(name);
        CHECK_INT(
            nr_pattern_matches_assembly(nr_str_of(cases[i].pattern), nr_str_of(cases[i].assembly)),
            cases[i].matches);
    }
}

void test_pattern(void) {
    test_names();
    test_assemblies();
}
