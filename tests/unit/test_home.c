// Tests of the agent's home: where it is, its core dll, its extension files.
// SPDX-License-Identifier: Apache-2.0
#include "config/home.h"
#include "fake_facts.h"
#include "harness.h"

#define LOOKED(path) "[Debug] Searching for New Relic Agent DLL at: " path "\n"
#define MISSING(variable)                                                                        \
    "[Error] Unable to find " variable                                                           \
    " or NEW_RELIC_INSTALL_PATH environment variables.  Aborting instrumentation.\n[Error] The " \
    "New Relic Agent DLL is missing.\n"
#define NO_HOME "[Error] Unable to find New Relic Home directory in registry or environment.\n"
#define DLL "NewRelic.Agent.Core.dll"

// ---- home ----

static const struct {
    const char *name, *environment;
    bool core, windows;
    const char *registry;
    const char *home;  // NULL: not found
} homes[] = {
    {"no home", NULL, true, false, NULL, NULL},
    {"Core", "CORECLR_NEW_RELIC_HOME=/h;NEW_RELIC_HOME=/f", true, false, NULL, "/h"},
    {"Core, legacy", "CORECLR_NEWRELIC_HOME=/old", true, false, NULL, "/old"},
    {"Core, both names", "CORECLR_NEWRELIC_HOME=/old;CORECLR_NEW_RELIC_HOME=/h", true, false, NULL,
     "/h"},
    {"Framework", "CORECLR_NEW_RELIC_HOME=C:\\c;NEW_RELIC_HOME=C:\\f", false, true, NULL, "C:\\f"},
    {"Framework, legacy", "NEWRELIC_HOME=C:\\old", false, true, NULL, "C:\\old"},
    {"the registry", NULL, false, true, "C:\\registry", "C:\\registry"},
    {"the registry for Core", NULL, true, true, "C:\\registry", "C:\\registry"},
    {"the environment before the registry", "NEW_RELIC_HOME=C:\\f", false, true, "C:\\registry",
     "C:\\f"},
    {"set to nothing on Windows", "NEW_RELIC_HOME=", false, true, "C:\\registry", "C:\\registry"},
    {"set to nothing on POSIX", "CORECLR_NEW_RELIC_HOME=", true, false, NULL, ""},
    {"beyond ASCII", "CORECLR_NEW_RELIC_HOME=/\xe5\xae\xb6", true, false, NULL, "/\xe5\xae\xb6"},
};

static void test_homes(void) {
    for (size_t i = 0; i < NR_COUNT_OF(homes); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = {.environment = homes[i].environment};
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_str home;
        facts.core = homes[i].core;
        facts.windows = homes[i].windows;
        facts.home_from_registry = nr_str_of(homes[i].registry);
        NR_CASE(homes[i].name);
        const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
        enum nr_status status = nr_home_find(&arena, &facts, log, &home);
        CHECK_INT(status, homes[i].home ? NR_OK : NR_NOT_FOUND);
        if (status == NR_OK) CHECK_STR(home, homes[i].home);
        CHECK_STR(nr_test_log_text(), homes[i].home ? "" : NO_HOME);
        nr_arena_free(&arena);
    }
}

// ---- the agent's core dll ----

static const struct {
    const char *name;
    struct nr_fake fake;
    bool framework_on_windows;
    const char *path;  // NULL: not found
    const char *log;
} agents[] = {
    {"nothing set", {0}, false, NULL, MISSING("CORECLR_NEW_RELIC_HOME")},
    {"nothing set, Framework", {0}, true, NULL, MISSING("NEW_RELIC_HOME")},
    {"an empty home",
     {.environment = "CORECLR_NEW_RELIC_HOME=/h"},
     false,
     NULL,
     LOOKED("/h/" DLL) LOOKED("/h/netcore/" DLL) MISSING("CORECLR_NEW_RELIC_HOME")},
    {"in home",
     {"CORECLR_NEW_RELIC_HOME=/h", {{.path = "/h/" DLL}, {.path = "/h/netcore/" DLL}}},
     false,
     "/h/" DLL,
     LOOKED("/h/" DLL)},
    {"in the runtime's folder",
     {"CORECLR_NEW_RELIC_HOME=/h", {{.path = "/h/netcore/" DLL}}},
     false,
     "/h/netcore/" DLL,
     LOOKED("/h/" DLL) LOOKED("/h/netcore/" DLL)},
    {"the other runtime's folder is not asked",
     {"CORECLR_NEW_RELIC_HOME=/h", {{.path = "/h/netframework/" DLL}}},
     false,
     NULL,
     LOOKED("/h/" DLL) LOOKED("/h/netcore/" DLL) MISSING("CORECLR_NEW_RELIC_HOME")},
    {"Framework",
     {"NEW_RELIC_HOME=C:\\h", {{.path = "C:\\h\\netframework\\" DLL}}},
     true,
     "C:\\h\\netframework\\" DLL,
     LOOKED("C:\\h\\" DLL) LOOKED("C:\\h\\netframework\\" DLL)},
    {"the install path first",
     {"CORECLR_NEW_RELIC_HOME=/h;NEW_RELIC_INSTALL_PATH=/i",
      {{.path = "/h/" DLL}, {.path = "/i/netcore/" DLL}}},
     false,
     "/i/netcore/" DLL,
     LOOKED("/i/" DLL) LOOKED("/i/netcore/" DLL)},
    {"the install path, legacy",
     {"NEWRELIC_INSTALL_PATH=/i", {{.path = "/i/" DLL}}},
     false,
     "/i/" DLL,
     LOOKED("/i/" DLL)},
    {"not in the install path, so in home",
     {"CORECLR_NEW_RELIC_HOME=/h;NEW_RELIC_INSTALL_PATH=/i", {{.path = "/h/" DLL}}},
     false,
     "/h/" DLL,
     LOOKED("/i/" DLL) LOOKED("/i/netcore/" DLL) LOOKED("/h/" DLL)},
    {"the legacy home",
     {"CORECLR_NEWRELIC_HOME=/old", {{.path = "/old/" DLL}}},
     false,
     "/old/" DLL,
     LOOKED("/old/" DLL)},
    {"beyond ASCII",
     {"CORECLR_NEW_RELIC_HOME=/h\xc3\xb6me", {{.path = "/h\xc3\xb6me/" DLL}}},
     false,
     "/h\xc3\xb6me/" DLL,
     LOOKED("/h\xc3\xb6me/" DLL)},
};

static void test_agents(void) {
    for (size_t i = 0; i < NR_COUNT_OF(agents); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = agents[i].fake;
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_str path;
        facts.windows = agents[i].framework_on_windows;
        facts.core = !agents[i].framework_on_windows;
        // The dll is not looked for where only the registry points to.
        facts.home_from_registry = NR_STR("/registry");
        NR_CASE(agents[i].name);
        const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
        enum nr_status status = nr_home_find_agent(&arena, &facts, log, &path);
        CHECK_INT(status, agents[i].path ? NR_OK : NR_NOT_FOUND);
        if (status == NR_OK && agents[i].path) CHECK_STR(path, agents[i].path);
        CHECK_STR(nr_test_log_text(), agents[i].log);
        nr_arena_free(&arena);
    }
}

// ---- extension files ----

#define HOME "CORECLR_NEW_RELIC_HOME=/h"
#define LOADING(path) "[Info ] Loading instrumentation from " path "\n"
#define NO_DIRECTORY(path)                                                                      \
    "[Warn ] Unable to find the New Relic Agent extensions directory (" path                    \
    ").  No methods will be instrumented except those decorated with [Transaction] or [Trace] " \
    "attributes in conjunction with the New Relic agent API.\n"
#define READING(path)                                                           \
    "[Error] An exception was thrown while reading instrumentation file: " path \
    " - ignoring this file.\n"

static const struct {
    const char *name;
    struct nr_fake fake;
    bool windows;
    enum nr_status status;
    const char *names;  // of the files that are found, each with a space after it
    size_t unreadable;
    const char *log;
} extensions[] = {
    {"no home", {0}, false, NR_NOT_FOUND, NULL, 0, NO_HOME},
    {"no directory", {.environment = HOME}, false, NR_OK, "", 0, NO_DIRECTORY("/h/extensions")},
    {"an empty directory",
     {HOME, {{.path = "/h/extensions/"}}},
     false,
     NR_OK,
     "",
     0,
     LOADING("/h/extensions")},
    {"files in the order of their names",
     {HOME,
      {{.path = "/h/extensions/b.xml", .content = "b"},
       {.path = "/h/extensions/a.xml", .content = "a"},
       {.path = "/h/extensions/B.xml", .content = "B"}}},
     false,
     NR_OK,
     "/h/extensions/B.xml /h/extensions/a.xml /h/extensions/b.xml ",
     0,
     LOADING("/h/extensions")},
    {"other files are left alone",
     {HOME,
      {{.path = "/h/extensions/a.xml", .content = "a"},
       {.path = "/h/extensions/a.xsd", .content = "x"},
       {.path = "/h/extensions/a.xml.bak", .content = "x"},
       {.path = "/h/extensions/other/c.xml", .content = "x"},
       {.path = "/h/d.xml", .content = "x"}}},
     false,
     NR_OK,
     "/h/extensions/a.xml ",
     0,
     LOADING("/h/extensions")},
    {"the runtime's folder, in the order of the paths",
     {HOME,
      {{.path = "/h/extensions/z.xml", .content = "z"},
       {.path = "/h/extensions/netcore/b.xml", .content = "b"},
       {.path = "/h/extensions/a.xml", .content = "a"},
       {.path = "/h/extensions/netframework/c.xml", .content = "c"}}},
     false,
     NR_OK,
     "/h/extensions/a.xml /h/extensions/netcore/b.xml /h/extensions/z.xml ",
     0,
     LOADING("/h/extensions") LOADING("/h/extensions/netcore")},
    {"an unreadable file among good ones",
     {HOME,
      {{.path = "/h/extensions/a.xml", .content = "a"},
       {.path = "/h/extensions/b.xml"},
       {.path = "/h/extensions/c.xml", .content = "c"}}},
     false,
     NR_OK,
     "/h/extensions/a.xml /h/extensions/c.xml ",
     1,
     LOADING("/h/extensions") "[Error] Unable to open file. File path: "
                              "/h/extensions/b.xml\n" READING("/h/extensions/b.xml")},
    {"a huge file among good ones",
     {HOME,
      {{.path = "/h/extensions/a.xml", .too_large = true},
       {.path = "/h/extensions/c.xml", .content = "c"}}},
     false,
     NR_OK,
     "/h/extensions/c.xml ",
     1,
     LOADING("/h/extensions") "[Error] The file is larger than 16 MB. File path: "
                              "/h/extensions/a.xml\n" READING("/h/extensions/a.xml")},
    {"beyond ASCII",
     {"CORECLR_NEW_RELIC_HOME=/h\xc3\xb6me",
      {{.path = "/h\xc3\xb6me/extensions/\xe6\x97\xa5.xml", .content = "x"}}},
     false,
     NR_OK,
     "/h\xc3\xb6me/extensions/\xe6\x97\xa5.xml ",
     0,
     LOADING("/h\xc3\xb6me/extensions")},
    {"Windows",
     {"CORECLR_NEW_RELIC_HOME=C:\\h", {{.path = "C:\\h\\extensions\\a.xml", .content = "a"}}},
     true,
     NR_OK,
     "C:\\h\\extensions\\a.xml ",
     0,
     LOADING("C:\\h\\extensions")},
    {"nothing there on Windows",
     {.environment = "CORECLR_NEW_RELIC_HOME=C:\\h"},
     true,
     NR_OK,
     "",
     0,
     NO_DIRECTORY("C:\\h\\extensions") "[Warn ] No instrumentation files found.\n"},
};

static struct nr_str names_of(struct nr_arena *arena, const struct nr_extension_files *files) {
    struct nr_buffer out;
    nr_buffer_init(&out, arena);
    for (size_t i = 0; i < files->count; i++) {
        nr_buffer_append(&out, files->data[i].name.data, files->data[i].name.size);
        nr_buffer_append(&out, " ", 1);
    }
    return (struct nr_str){(const char *)out.data, out.size};
}

static void test_extension_files(void) {
    for (size_t i = 0; i < NR_COUNT_OF(extensions); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = extensions[i].fake;
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_extension_files files;
        facts.core = true;
        facts.windows = extensions[i].windows;
        NR_CASE(extensions[i].name);
        const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
        enum nr_status status = nr_home_read_extensions(&arena, &facts, log, &files);
        CHECK_INT(status, extensions[i].status);
        if (status == NR_OK && extensions[i].names) {
            CHECK_STR(names_of(&arena, &files), extensions[i].names);
            CHECK_INT(files.unreadable, extensions[i].unreadable);
        }
        CHECK_STR(nr_test_log_text(), extensions[i].log);
        nr_arena_free(&arena);
    }
}

static void test_live_files(void) {
    static const char *const names[] = {"m", "c", "x", "c", "a", "z", "m", "b", "n"};
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_extension_files files = {0};
    NR_CASE("a live file goes to its place, and takes that of one with its name");
    for (size_t i = 0; i < NR_COUNT_OF(names); i++) {
        struct nr_bytes xml = {(const uint8_t *)names[i], i};
        CHECK_INT(nr_extension_files_add(&arena, &files, nr_str_of(names[i]), xml), NR_OK);
    }
    CHECK_STR(names_of(&arena, &files), "a b c m n x z ");
    if (CHECK_INT(files.count, 7)) {
        CHECK_INT(files.data[2].xml.size, 3);
        CHECK_INT(files.data[3].xml.size, 6);
    }
    nr_arena_free(&arena);
}

static enum nr_status read_home(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_extension_files files;
    struct nr_str path;
    enum nr_status status = nr_home_find_agent(&arena, context, NULL, &path);
    if (status == NR_OK) status = nr_home_read_extensions(&arena, context, NULL, &files);
    // Without memory a file counts as unreadable, or all fails; none is lost in silence.
    if (status == NR_OK) CHECK_INT(files.count + files.unreadable, 3);
    nr_arena_free(&arena);
    return status;
}

void test_home(void) {
    test_homes();
    test_agents();
    test_extension_files();
    test_live_files();
    NR_CASE("the home survives every failing allocation");
    struct nr_fake fake = {HOME,
                           {{.path = "/h/netcore/" DLL},
                            {.path = "/h/extensions/a.xml", .content = "a"},
                            {.path = "/h/extensions/b.xml", .content = "b"},
                            {.path = "/h/extensions/netcore/c.xml", .content = "c"}}};
    struct nr_facts facts = nr_fake_facts(&fake);
    facts.core = true;
    nr_test_every_allocation(read_home, &facts, 50);
}
