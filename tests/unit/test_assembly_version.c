// Tests of versions and of the numbers in them.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "config/assembly_version.h"
#include "config/number.h"
#include "harness.h"

static void test_versions(void) {
    // shown: the version that is read, "" for none without a warning, NULL for none with one.
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"1", "1.0.0.0"},
        {"1.2", "1.2.0.0"},
        {"1.2.3", "1.2.3.0"},
        {"1.2.3.4", "1.2.3.4"},
        {"12", "12.0.0.0"},
        {"12.345.6789.65535", "12.345.6789.65535"},
        {"5.01.340", "5.1.340.0"},
        {"01", "1.0.0.0"},
        {"  1.2.3", "1.2.3.0"},
        {"1.  2.3", "1.2.3.0"},
        {"1.2.3   ", "1.2.3.0"},
        {"  1  .2.3", "1.2.3.0"},
        {"1x2x3", "1.0.0.0"},
        {"1.0xff", "1.0.0.0"},
        {"1.+2.+3", "1.2.3.0"},
        {"12abcd.35wjkg.88sldkjg", "12.35.88.0"},
        {"0.0.0.1", "0.0.0.1"},
        {"0.1", "0.1.0.0"},
        {"-0.1", "0.1.0.0"},
        {"", ""},
        {"0", ""},
        {"0.0.0.0", ""},
        {"    ", NULL},
        {".", NULL},
        {"1.", NULL},
        {".1", NULL},
        {"1..2", NULL},
        {"1.2.3.a", NULL},
        {"zzz1.2.3.a", NULL},
        {"abc", NULL},
        {"1.a.3", NULL},
        {"1.2.3.4.5", NULL},
        {"1.2.3.4.", NULL},
        {"12.345.6789.65536", NULL},
        {"99999999999999999999999999999999", NULL},
        {"-1", NULL},
        {"1.2.-3.4", NULL},
        {"+-1", NULL},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        char name[64], shown[64] = "", warning[128] = "";
        struct nr_version version;
        snprintf(name, sizeof(name), "version '%s'", cases[i].text);
        NR_CASE(name);
        struct nr_log *log = nr_test_log(NR_LOG_TRACE);
        if (nr_version_parse(nr_str_of(cases[i].text), log, &version)) {
            snprintf(shown, sizeof(shown), NR_VERSION_FORMAT, NR_VERSION_ARGS(version));
        }
        CHECK_STR(nr_str_of(shown), cases[i].shown ? cases[i].shown : "");
        if (!cases[i].shown) {
            snprintf(warning, sizeof(warning), "[Warn ] %s is not a valid version\n",
                     cases[i].text);
        }
        CHECK_STR(nr_test_log_text(), warning);
    }
}

static void test_order(void) {
    // Each is less than the next.
    static const struct nr_version sorted[] = {
        {0, 0, 0, 1}, {0, 0, 1, 0},     {0, 1, 0, 0}, {1, 0, 0, 0}, {1, 2, 0, 0},
        {1, 2, 1, 0}, {1, 2, 1, 65535}, {1, 3, 0, 0}, {2, 0, 0, 0}, {65535, 0, 0, 0}};
    NR_CASE("the order of versions");
    for (int a = 0; a < (int)NR_COUNT_OF(sorted); a++) {
        for (int b = 0; b < (int)NR_COUNT_OF(sorted); b++) {
            CHECK_INT(nr_version_compare(sorted[a], sorted[b]), (a > b) - (a < b));
        }
    }
}

static void test_numbers(void) {
    static const struct {
        const char *text;
        bool ok;
        int value;
    } cases[] = {
        {"0", true, 0},
        {"7", true, 7},
        {"-7", true, -7},
        {"+7", true, 7},
        {" \t\n\v\f\r7 ", true, 7},
        {"007", true, 7},
        {"7.9", true, 7},
        {"7abc", true, 7},
        {"2147483647", true, 2147483647},
        {"-2147483648", true, -2147483647 - 1},
        {"2147483648", false, 0},
        {"-2147483649", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {"- 1", false, 0},
        {"x1", false, 0},
        {"\xc2\xb2", false, 0},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        char name[64];
        int value = 0;
        snprintf(name, sizeof(name), "number '%s'", cases[i].text);
        NR_CASE(name);
        CHECK_INT(nr_number_parse(nr_str_of(cases[i].text), &value), cases[i].ok);
        CHECK_INT(value, cases[i].value);
    }
}

void test_assembly_version(void) {
    test_versions();
    test_order();
    test_numbers();
}
