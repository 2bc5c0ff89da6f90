// Tests of where the log file is.
// SPDX-License-Identifier: Apache-2.0
#include "config/log_location.h"
#include "fake_facts.h"
#include "harness.h"

#define COMMON "C:\\ProgramData"
#define STANDARD "C:\\ProgramData\\New Relic\\.NET Agent\\Logs"
#define AZURE "HOME_EXPANDED=C:\\DWASFiles\\Sites\\MySite"

enum { FRAMEWORK_ON_WINDOWS, CORE_ON_WINDOWS, CORE_ON_POSIX };

static const struct {
    const char *name, *environment;
    int where;
    const char *directory;
} cases[] = {
    {"nothing set", NULL, FRAMEWORK_ON_WINDOWS, STANDARD},
    {"nothing set, Core", NULL, CORE_ON_WINDOWS, STANDARD},
    {"nothing set, POSIX", NULL, CORE_ON_POSIX, "/New Relic/.NET Agent/Logs"},

    {"the profiler's folder", "NEW_RELIC_PROFILER_LOG_DIRECTORY=C:\\Foo", FRAMEWORK_ON_WINDOWS,
     "C:\\Foo"},
    {"the profiler's folder, legacy", "NEWRELIC_PROFILER_LOG_DIRECTORY=C:\\Foo",
     FRAMEWORK_ON_WINDOWS, "C:\\Foo"},
    {"the profiler's folder, both names",
     "NEWRELIC_PROFILER_LOG_DIRECTORY=C:\\Old;NEW_RELIC_PROFILER_LOG_DIRECTORY=C:\\New",
     FRAMEWORK_ON_WINDOWS, "C:\\New"},
    {"a separator at the end stays", "NEW_RELIC_PROFILER_LOG_DIRECTORY=C:\\Foo\\",
     FRAMEWORK_ON_WINDOWS, "C:\\Foo\\"},
    {"the profiler's folder, POSIX", "NEW_RELIC_PROFILER_LOG_DIRECTORY=/var/log/nr", CORE_ON_POSIX,
     "/var/log/nr"},
    {"a relative folder", "NEW_RELIC_PROFILER_LOG_DIRECTORY=logs", CORE_ON_POSIX, "logs"},
    {"a folder beyond ASCII",
     "NEW_RELIC_PROFILER_LOG_DIRECTORY=/var/\xe3\x83\xad\xe3\x82\xb0/caf\xc3\xa9", CORE_ON_POSIX,
     "/var/\xe3\x83\xad\xe3\x82\xb0/caf\xc3\xa9"},

    {"the general folder", "NEW_RELIC_LOG_DIRECTORY=C:\\Foo", FRAMEWORK_ON_WINDOWS, "C:\\Foo"},
    {"the general folder, legacy", "NEWRELIC_LOG_DIRECTORY=C:\\Foo", FRAMEWORK_ON_WINDOWS,
     "C:\\Foo"},
    {"the general folder, both names",
     "NEWRELIC_LOG_DIRECTORY=C:\\Old;NEW_RELIC_LOG_DIRECTORY=C:\\New", CORE_ON_WINDOWS, "C:\\New"},
    {"the profiler's before the general one",
     "NEW_RELIC_LOG_DIRECTORY=C:\\General;NEW_RELIC_PROFILER_LOG_DIRECTORY=C:\\Profiler",
     FRAMEWORK_ON_WINDOWS, "C:\\Profiler"},
    {"the profiler's legacy name before the general one",
     "NEW_RELIC_LOG_DIRECTORY=C:\\General;NEWRELIC_PROFILER_LOG_DIRECTORY=C:\\Profiler",
     FRAMEWORK_ON_WINDOWS, "C:\\Profiler"},
    {"the profiler's before all",
     "NEW_RELIC_HOME=C:\\Home;NEW_RELIC_PROFILER_LOG_DIRECTORY=C:\\Profiler;"
     "NEW_RELIC_LOG_DIRECTORY=C:\\General;HOME=C:\\Azure;" AZURE,
     FRAMEWORK_ON_WINDOWS, "C:\\Profiler"},
    {"the general one before home", "NEW_RELIC_HOME=C:\\Home;NEW_RELIC_LOG_DIRECTORY=C:\\General",
     FRAMEWORK_ON_WINDOWS, "C:\\General"},
    {"the general one before Azure", "NEW_RELIC_LOG_DIRECTORY=C:\\General;HOME=C:\\Azure;" AZURE,
     FRAMEWORK_ON_WINDOWS, "C:\\General"},

    {"set to nothing on Windows is not set",
     "NEW_RELIC_PROFILER_LOG_DIRECTORY=", FRAMEWORK_ON_WINDOWS, STANDARD},
    {"set to nothing on Windows, the legacy name has it",
     "NEW_RELIC_LOG_DIRECTORY=;NEWRELIC_LOG_DIRECTORY=C:\\Old", FRAMEWORK_ON_WINDOWS, "C:\\Old"},
    {"set to nothing on POSIX is set", "NEW_RELIC_PROFILER_LOG_DIRECTORY=", CORE_ON_POSIX, ""},

    {"an Azure web site", "HOME=C:\\Foo;" AZURE, FRAMEWORK_ON_WINDOWS,
     "C:\\Foo\\LogFiles\\NewRelic"},
    {"an Azure web site on another drive",
     "HOME=C:\\Home;HOME_EXPANDED=D:\\DWASFiles\\Sites\\MySite", CORE_ON_WINDOWS,
     "C:\\Home\\LogFiles\\NewRelic"},
    {"an Azure web site before home", "NEW_RELIC_HOME=C:\\NR;HOME=C:\\Foo;" AZURE,
     FRAMEWORK_ON_WINDOWS, "C:\\Foo\\LogFiles\\NewRelic"},
    {"an Azure web site without HOME", AZURE, FRAMEWORK_ON_WINDOWS, ""},
    {"the sites folder alone", "HOME=C:\\Foo;HOME_EXPANDED=C:\\DWASFiles\\Sites",
     FRAMEWORK_ON_WINDOWS, "C:\\Foo\\LogFiles\\NewRelic"},
    {"another HOME_EXPANDED", "HOME=C:\\Foo;HOME_EXPANDED=C:\\Users\\x", FRAMEWORK_ON_WINDOWS,
     STANDARD},
    {"HOME_EXPANDED in another case", "HOME=C:\\Foo;HOME_EXPANDED=c:\\dwasfiles\\sites\\x",
     FRAMEWORK_ON_WINDOWS, STANDARD},
    {"HOME alone is no Azure", "HOME=C:\\DWASFiles\\Sites\\MySite\\", FRAMEWORK_ON_WINDOWS,
     STANDARD},

    {"home", "NEW_RELIC_HOME=C:\\Foo", FRAMEWORK_ON_WINDOWS, "C:\\Foo\\Logs"},
    {"home, legacy", "NEWRELIC_HOME=C:\\Foo", FRAMEWORK_ON_WINDOWS, "C:\\Foo\\Logs"},
    {"home, both names", "NEWRELIC_HOME=C:\\Old;NEW_RELIC_HOME=C:\\New", FRAMEWORK_ON_WINDOWS,
     "C:\\New\\Logs"},
    {"home of Core", "CORECLR_NEW_RELIC_HOME=C:\\Foo", CORE_ON_WINDOWS, "C:\\Foo\\Logs"},
    {"home of Core, legacy", "CORECLR_NEWRELIC_HOME=C:\\Foo", CORE_ON_WINDOWS, "C:\\Foo\\Logs"},
    {"home of Core means nothing to Framework", "CORECLR_NEW_RELIC_HOME=C:\\Foo",
     FRAMEWORK_ON_WINDOWS, STANDARD},
    {"home of Framework means nothing to Core", "NEW_RELIC_HOME=C:\\Foo", CORE_ON_WINDOWS,
     STANDARD},
    {"home on POSIX has a lower-case folder", "CORECLR_NEW_RELIC_HOME=/usr/local/nr", CORE_ON_POSIX,
     "/usr/local/nr/logs"},
    {"home beyond ASCII", "CORECLR_NEW_RELIC_HOME=/opt/\xce\xb1\xce\xb2", CORE_ON_POSIX,
     "/opt/\xce\xb1\xce\xb2/logs"},
    {"the profile folder of all users is not asked", "ALLUSERSPROFILE=D:\\Foo",
     FRAMEWORK_ON_WINDOWS, STANDARD},
};

static struct nr_facts facts_of(struct nr_fake *fake, int where) {
    struct nr_facts facts = nr_fake_facts(fake);
    facts.core = where != FRAMEWORK_ON_WINDOWS;
    facts.windows = where != CORE_ON_POSIX;
    facts.process_id = 1234;
    if (facts.windows) facts.common_data_directory = NR_STR(COMMON);
    // The registry has no say in where the log is.
    facts.home_from_registry = NR_STR("R:\\Registry");
    return facts;
}

static void test_table(void) {
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = {.environment = cases[i].environment};
        struct nr_facts facts = facts_of(&fake, cases[i].where);
        struct nr_log_location location;
        NR_CASE(cases[i].name);
        if (CHECK_INT(nr_log_location_find(&arena, &facts, &location), NR_OK)) {
            CHECK_STR(location.directory, cases[i].directory);
            struct nr_str file = NR_STR_JOIN(&arena, location.directory,
                                             facts.windows ? NR_STR("\\NewRelic.Profiler.1234.log")
                                                           : NR_STR("/NewRelic.Profiler.1234.log"));
            CHECK_STR(location.file, file.data);
        }
        nr_arena_free(&arena);
    }
}

static enum nr_status find(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_log_location location;
    enum nr_status status = nr_log_location_find(&arena, context, &location);
    nr_arena_free(&arena);
    return status;
}

void test_log_location(void) {
    test_table();
    NR_CASE("the largest process id");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_fake fake = {.environment = "CORECLR_NEW_RELIC_HOME=/h"};
    struct nr_facts facts = facts_of(&fake, CORE_ON_POSIX);
    struct nr_log_location location;
    facts.process_id = UINT32_MAX;
    CHECK_INT(nr_log_location_find(&arena, &facts, &location), NR_OK);
    CHECK_STR(location.file, "/h/logs/NewRelic.Profiler.4294967295.log");
    nr_arena_free(&arena);
    NR_CASE("the log's place survives every failing allocation");
    nr_test_every_allocation(find, &facts, 50);
}
