// Tests of a start: configuration, points and process, with every line of the log.
// SPDX-License-Identifier: Apache-2.0
#include "config/startup.h"
#include "fake_facts.h"
#include "harness.h"

#define HOME "CORECLR_NEW_RELIC_HOME=/home"
#define CONFIG "/home/newrelic.config"
#define DETACHED                                                                             \
    "[Error] An exception was thrown while initializing the profiler. The profiler will be " \
    "detached now.\n"
#define POINT                                                                                   \
    "<extension><instrumentation><tracerFactory><match assemblyName='Shop' className='Shop.A'>" \
    "<exactMethodMatcher methodName='Get'/></match></tracerFactory></instrumentation></extension>"

// What the log writes with, once it is open.
static void (*writer)(void *context, const char *line, size_t size);

static void open_log(const struct nr_startup *startup, const struct nr_log_mode *mode) {
    startup->log->level = mode->level;
    if (mode->enabled) startup->log->write = writer;
}

// A log that takes nothing yet.
static struct nr_startup start(struct nr_arena *arena, const struct nr_facts *facts) {
    struct nr_log *log = nr_test_log(NR_LOG_TRACE);
    writer = log->write;
    log->write = NULL;
    return (struct nr_startup){facts, log, open_log, arena};
}

static const struct {
    const char *name, *config, *environment;
    enum nr_status status;
    const char *log;
} loads[] = {
    {"a good configuration", "<configuration/>", HOME, NR_OK, "[Info ] Logger initialized.\n"},
    {"the log is closed", "<configuration><log enabled='false'/></configuration>", HOME, NR_OK, ""},
    {"the log takes errors only", "<configuration><log level='error'/></configuration>", HOME,
     NR_OK, ""},
    {"the console", "<configuration><log level='debug'/></configuration>",
     HOME ";NEW_RELIC_LOG_CONSOLE=1", NR_OK,
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level "
     "has been clamped to Info . Console logging at DEBUG or TRACE level incurs a very large "
     "performance hit.\n[Info ] Console logging enabled\n"},
    {"no home", "<configuration/>", NULL, NR_NOT_FOUND,
     "[Error] Unable to find New Relic Home directory in registry or "
     "environment.\n" DETACHED},
    {"a malformed configuration", "<configuration", HOME, NR_MALFORMED,
     "[Info ] Found newrelic.config at: " CONFIG
     "\n[Error] Exception thrown while attempting to parse main newrelic.config file: expected "
     ">\n[Error] Exception thrown at line 1, column 15\n" DETACHED},
    // The level is part of what could not be read: the log is at info.
    {"a malformed configuration at finest", "<x/>", HOME ";NEW_RELIC_LOG_LEVEL=finest",
     NR_MALFORMED,
     "[Info ] Found newrelic.config at: " CONFIG
     "\n[Error] Unable to locate configuration node in the global newrelic.config "
     "file.\n" DETACHED},
};

static void test_loads(void) {
    for (size_t i = 0; i < NR_COUNT_OF(loads); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = {loads[i].environment, {{CONFIG, loads[i].config, false}}};
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_settings settings;
        struct nr_log_mode mode;
        facts.core = true;
        facts.windows = false;
        NR_CASE(loads[i].name);
        const struct nr_startup startup = start(&arena, &facts);
        CHECK_INT(nr_startup_load(&startup, &settings, &mode), loads[i].status);
        CHECK_STR(nr_test_log_text(), loads[i].log);
        nr_arena_free(&arena);
    }
}

// ---- points ----

static void test_points(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_fake fake = {.environment = "_HANDLER=Shop::Shop.B::Run"};
    struct nr_facts facts = nr_fake_facts(&fake);
    struct nr_extension_file data[] = {
        {NR_STR("a.xml"), {(const uint8_t *)POINT, sizeof(POINT) - 1}},
        {NR_STR("b.xml"), {(const uint8_t *)"<x", 2}}};
    const struct nr_extension_files files = {data, 2, 0};
    const struct nr_ignore_list ignore = {0};
    struct nr_extensions extensions;
    NR_CASE("points of files and of the handler");
    const struct nr_startup startup = start(&arena, &facts);
    startup.log->write = writer;
    CHECK_INT(nr_startup_read_points(&startup, &arena, &files, &ignore, &extensions), NR_OK);
    CHECK_INT(extensions.count, 2);
    CHECK_INT(extensions.invalid_files, 1);
    CHECK_STR(nr_test_log_text(),
              "[Debug] Parsing instrumentation file 'a.xml'\n"
              "[Debug] Parsing instrumentation file 'b.xml'\n[Warn ] b.xml(1,3): expected >\n"
              "[Warn ] Exception thrown while attempting to parse instrumentation file 'b.xml'. "
              "Please validate your instrumentation files against extensions/extension.xsd or "
              "contact New Relic support.\n"
              "[Info ] Identified 1 Instrumentation points (not ignored) in .xml files\n"
              "[Warn ] Unable to parse one or more instrumentation files.  Live instrumentation "
              "reloading will not work until the unparsable file(s) are corrected or removed.\n"
              "[Trace] Read 2 instrumentation files\n"
              "[Debug] Found _HANDLER environment variable: Shop::Shop.B::Run\n"
              "[Info ] Serverless mode detected. Assembly: Shop Class: Shop.B Method: Run\n");
    nr_arena_free(&arena);
}

// ---- the process ----

static void test_process(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_fake fake = {.environment = "APP_POOL_ID=other"};
    struct nr_facts facts = nr_fake_facts(&fake);
    struct nr_str excluded = NR_STR("foo");
    const struct nr_settings settings = {.excluded_pools = {&excluded, 1}};
    struct nr_decision decision;
    facts.core = true;
    facts.process_path = NR_STR("w3wp.exe");
    facts.app_pool = NR_STR("foo");
    NR_CASE("a pool that is known is not looked up, and the log says good-bye");
    const struct nr_startup startup = start(&arena, &facts);
    startup.log->write = writer;
    startup.log->level = NR_LOG_INFO;
    CHECK_INT(nr_startup_decide(&startup, &settings, &decision), NR_OK);
    CHECK_STR(nr_str_of(decision.rule), "pool-excluded");
    CHECK_STR(nr_test_log_text(),
              "[Info ] Process W3WP.EXE is IIS.\n[Info ] This application pool (foo) is explicitly "
              "configured to NOT be instrumented.\n[Info ] This process should not be "
              "instrumented, unloading profiler.\n");
    nr_arena_free(&arena);
}

static enum nr_status whole_start(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    const struct nr_startup startup = start(&arena, context);
    struct nr_settings settings;
    struct nr_log_mode mode;
    struct nr_decision decision;
    enum nr_status status = nr_startup_load(&startup, &settings, &mode);
    if (status == NR_OK) status = nr_startup_decide(&startup, &settings, &decision);
    if (status == NR_OK) CHECK(decision.instrument);
    nr_arena_free(&arena);
    return status;
}

void test_startup(void) {
    test_loads();
    test_points();
    test_process();
    struct nr_fake fake = {HOME, {{CONFIG, "<configuration/>", false}}};
    struct nr_facts facts = nr_fake_facts(&fake);
    facts.core = true;
    facts.windows = false;
    NR_CASE("a start survives every failing allocation");
    nr_test_every_allocation(whole_start, &facts, 50);
}
