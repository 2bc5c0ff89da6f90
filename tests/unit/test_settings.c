// Tests of newrelic.config, the application's configuration and the environment.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "config/settings.h"
#include "fake_facts.h"
#include "harness.h"

#define NOT_FOUND "[Error] The global newrelic.config file was not found at: "
#define PARSE "[Error] Exception thrown while attempting to parse main newrelic.config file: "
#define PARSE_APPLICATION \
    "[Error] Exception thrown while attempting to parse app-specific config file: "
#define LOCAL_USELESS \
    "[Warn ] Unable to parse local newrelic.config. Defaulting to global version.\n"
#define POOL_WITHOUT "[Warn ] ApplicationPool element in configuration file is missing the "

// ---- what a text means ----

struct row {
    const char *name;
    const char *global, *local, *application;  // NULL: there is no such file
    const char *environment;
    const char *shown;  // what differs from the defaults, see show(); NULL: the file is refused
    const char *log;
};

static void show_names(struct nr_buffer *out, const char *title, const struct nr_str_list *names) {
    for (size_t i = 0; i < names->count; i++) {
        nr_buffer_append(out, title, strlen(title));
        nr_buffer_append(out, names->data[i].data, names->data[i].size);
    }
}

static void show_word(struct nr_buffer *out, bool yes, const char *word) {
    if (yes) nr_buffer_append(out, word, strlen(word));
}

static struct nr_str show(struct nr_arena *arena, const struct nr_settings *settings) {
    static const char *const levels[] = {" trace", " debug", "", " warn", " error"};
    struct nr_buffer out;
    nr_buffer_init(&out, arena);
    show_word(&out, !settings->agent_enabled, " disabled");
    show_word(&out, settings->agent_enabled_in_local, " local");
    show_word(&out, true, levels[settings->log_level]);
    show_word(&out, settings->console_logging, " console");
    show_word(&out, !settings->logging_enabled, " no-log");
    show_names(&out, " +", &settings->included_processes);
    show_names(&out, " -", &settings->excluded_processes);
    show_names(&out, " pool+", &settings->included_pools);
    show_names(&out, " pool-", &settings->excluded_pools);
    show_word(&out, !settings->pools_included_by_default, " no-pools");
    show_word(&out, settings->set_in_application_config,
              settings->enabled_in_application_config ? " app=yes" : " app=no");
    for (size_t i = 0; i < settings->ignore.count; i++) {
        struct nr_ignore_rule rule = settings->ignore.data[i];
        nr_buffer_append(&out, " !", 2);
        nr_buffer_append(&out, rule.assembly_name.data, rule.assembly_name.size);
        nr_buffer_append(&out, ":", 1);
        nr_buffer_append(&out, rule.class_name.data, rule.class_name.size);
    }
    return (struct nr_str){(const char *)out.data, out.size};
}

static struct nr_bytes bytes_of(const char *text) {
    struct nr_str str = nr_str_of(text);
    return (struct nr_bytes){(const uint8_t *)str.data, str.size};
}

static void check_row(const struct row *row) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_fake fake = {.environment = row->environment};
    struct nr_facts facts = nr_fake_facts(&fake);
    struct nr_settings_source source = {bytes_of(row->global), row->local != NULL,
                                        bytes_of(row->local), bytes_of(row->application)};
    struct nr_settings settings;
    NR_CASE(row->name);
    const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
    enum nr_status status = nr_settings_parse(&arena, &facts, &source, log, &settings);
    CHECK_INT(status, row->shown ? NR_OK : NR_MALFORMED);
    if (status == NR_OK && row->shown) CHECK_STR(show(&arena, &settings), row->shown);
    CHECK_STR(nr_test_log_text(), row->log ? row->log : "");
    nr_arena_free(&arena);
}

static void check_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) check_row(&rows[i]);
}

#define EMPTY "<configuration/>"
#define ON "<configuration xmlns=\"urn:newrelic-config\" agentEnabled=\"true\"/>"
#define OFF "<configuration xmlns=\"urn:newrelic-config\" agentEnabled=\"false\"/>"
#define TOLD(global, local) \
    "[Info ] Global config agentEnabled=" global "\n[Info ] Local config agentEnabled=" local "\n"

static const struct row enabled_rows[] = {
    {"enabled by default", EMPTY, .shown = ""},
    {"enabled", ON, .shown = ""},
    {"disabled", OFF, .shown = " disabled"},
    {"enabled in another case", "<CONFIGURATION AGENTENABLED='TRUE'/>", .shown = ""},
    {"1 is not true", "<configuration agentEnabled='1'/>", .shown = " disabled"},
    {"nothing is not true", "<configuration agentEnabled=''/>", .shown = " disabled"},
    {"white space is not trimmed", "<configuration agentEnabled=' true'/>", .shown = " disabled"},
    {"declaration after white space", "\n    <?xml version=\"1.0\"?>\n    <configuration/>",
     .shown = ""},
    {"byte order mark", "\xef\xbb\xbf<configuration agentEnabled='false'/>", .shown = " disabled"},
    {"the second root element counts", "<foo/><configuration agentEnabled='false'/>",
     .shown = " disabled"},

    {"no global file", "", .local = OFF,
     .log = "[Error] Unable to locate configuration node in the global newrelic.config file.\n"},
    {"a global file with something else", "<?xml version=\"1.0\"?><foo/>",
     .log = "[Error] Unable to locate configuration node in the global newrelic.config file.\n"},
    {"a prefix is another name", "<n:configuration/>",
     .log = "[Error] Unable to locate configuration node in the global newrelic.config file.\n"},
    {"a malformed global file", "<configuration>\n  <log level='info'\n",
     .log = PARSE "expected >\n[Error] Exception thrown at line 3, column 1\n"},
    {"a malformed global file tells no secret", "<configuration><service licenseKey=\"abcdef",
     .log = PARSE "expected ' or \"\n[Error] Exception thrown at line 1, column 43\n"},
    {"no XML at all", "agentEnabled: true",
     .log = PARSE "expected <\n[Error] Exception thrown at line 1, column 1\n"},
    {"UTF-16", "\xff\xfe<",
     .log = PARSE "UTF-16 is not supported, save the file as UTF-8\n[Error] Exception thrown at "
                  "line 1, column 1\n"},

    {"global says nothing, local nothing", EMPTY, EMPTY, .shown = " local",
     .log = TOLD("true", "true")},
    {"global says nothing, local yes", EMPTY, ON, .shown = " local", .log = TOLD("true", "true")},
    {"global says nothing, local no", EMPTY, OFF, .shown = " disabled",
     .log = TOLD("true", "false")},
    {"global yes, local nothing", ON, EMPTY, .shown = " local", .log = TOLD("true", "true")},
    {"global yes, local yes", ON, ON, .shown = " local", .log = TOLD("true", "true")},
    {"global yes, local no", ON, OFF, .shown = " disabled", .log = TOLD("true", "false")},
    {"global no, local nothing", OFF, EMPTY, .shown = " disabled local",
     .log = TOLD("false", "true")},
    {"global no, local yes", OFF, ON, .shown = " disabled local", .log = TOLD("false", "true")},
    {"global no, local no", OFF, OFF, .shown = " disabled", .log = TOLD("false", "false")},
    {"a malformed local file is left out", OFF, "<configuration", .shown = " disabled",
     .log = LOCAL_USELESS},
    {"an empty local file is left out", ON, "", .shown = "",
     .log = "[Warn ] Unable to find the configuration node in local newrelic.config file. "
            "Defaulting to global version.\n"},
    {"a local file with something else is left out", ON, "<foo/>", .shown = "",
     .log = "[Warn ] Unable to find the configuration node in local newrelic.config file. "
            "Defaulting to global version.\n"},
    {"the local file takes the place of the global one",
     "<configuration><log level='debug'/><instrumentation><applications><application name='a'/>"
     "</applications></instrumentation></configuration>",
     "<configuration><instrumentation><applications><application name='b'/></applications>"
     "</instrumentation></configuration>",
     .shown = " local +b", .log = TOLD("true", "true")},
    {"a malformed local file leaves the global one in force",
     "<configuration><log level='debug'/></configuration>", "<configuration><log level='warn'/>",
     .shown = " debug", .log = LOCAL_USELESS},
};

#define LOG(attributes) "<configuration><log " attributes "/></configuration>"

static const struct row log_rows[] = {
    {"level off", LOG("level='off'"), .shown = " error"},
    {"level error", LOG("level='error'"), .shown = " error"},
    {"level warn", LOG("level='warn'"), .shown = " warn"},
    {"level info", LOG("level='info'"), .shown = ""},
    {"level debug", LOG("level='debug'"), .shown = " debug"},
    {"level fine", LOG("level='fine'"), .shown = " debug"},
    {"level verbose", LOG("level='verbose'"), .shown = " trace"},
    {"level finest", LOG("level='finest'"), .shown = " trace"},
    {"level all", LOG("level='all'"), .shown = " trace"},
    {"a level in any case", LOG("level='deBug'"), .shown = " debug"},
    {"an unknown level", LOG("level='loud'"), .shown = ""},
    {"an empty level", LOG("level=''"), .shown = ""},
    {"a level with white space", LOG("level=' debug'"), .shown = ""},
    {"no attribute", LOG(""), .shown = ""},
    {"the element in another case", "<configuration><LOG LEVEL='debug'/></configuration>",
     .shown = " debug"},
    {"the first element counts",
     "<configuration><log level='warn'/><log level='debug'/></configuration>", .shown = " warn"},
    {"the first attribute counts", LOG("level='warn' LEVEL='debug'"), .shown = " warn"},
    {"console", LOG("console='true'"), .shown = " console"},
    {"console in another case", LOG("Console='True'"), .shown = " console"},
    {"console off", LOG("console='false'"), .shown = ""},
    {"console 1 is not true", LOG("console='1'"), .shown = ""},
    {"logging off", LOG("enabled='false'"), .shown = " no-log"},
    {"logging on", LOG("enabled='true'"), .shown = ""},
    {"logging anything else", LOG("enabled='yes'"), .shown = " no-log"},
    {"all three", LOG("level='finest' console='true' enabled='false'"),
     .shown = " trace console no-log"},

    {"the environment's level", EMPTY, .environment = "NEW_RELIC_LOG_LEVEL=debug",
     .shown = " debug"},
    {"the environment's level, legacy", EMPTY, .environment = "NEWRELIC_LOG_LEVEL=debug",
     .shown = " debug"},
    {"the environment's level, both names", EMPTY,
     .environment = "NEWRELIC_LOG_LEVEL=debug;NEW_RELIC_LOG_LEVEL=warn", .shown = " warn"},
    {"the environment before the file", LOG("level='deBug'"),
     .environment = "NEW_RELIC_LOG_LEVEL=FiNeSt", .shown = " trace"},
    {"the legacy name before the file", LOG("level='debug'"),
     .environment = "NEWRELIC_LOG_LEVEL=error", .shown = " error"},
    {"an unknown level of the environment", LOG("level='debug'"),
     .environment = "NEW_RELIC_LOG_LEVEL=loud", .shown = ""},
    {"an empty level of the environment", LOG("level='debug'"),
     .environment = "NEW_RELIC_LOG_LEVEL=", .shown = ""},
    {"a level of the environment takes the element out of force",
     LOG("console='true' enabled='false'"), .environment = "NEW_RELIC_LOG_LEVEL=warn",
     .shown = " warn"},
};

#define APPLICATIONS(list)                                \
    "<configuration><instrumentation><applications>" list \
    "</applications></instrumentation></configuration>"

static const struct row process_rows[] = {
    {"an application", APPLICATIONS("<application name='foo.exe'/>"), .shown = " +foo.exe"},
    {"several in the order of the file",
     APPLICATIONS("<application name='b'/><application name='a'/>"), .shown = " +b +a"},
    {"included", APPLICATIONS("<application name='a' include='true'/>"), .shown = " +a"},
    {"excluded", APPLICATIONS("<application name='a' include='false'/>"), .shown = " -a"},
    {"excluded in another case", APPLICATIONS("<Application Name='a' Include='FALSE'/>"),
     .shown = " -a"},
    {"0 does not exclude", APPLICATIONS("<application name='a' include='0'/>"), .shown = " +a"},
    {"an empty include does not exclude", APPLICATIONS("<application name='a' include=''/>"),
     .shown = " +a"},
    {"some of both",
     APPLICATIONS("<application name='a'/><application name='b' include='false'/>"
                  "<application name='c' include='true'/><application name='d' include='False'/>"),
     .shown = " +a +c -b -d"},
    {"an application without a name", APPLICATIONS("<application include='true'/>"), .shown = ""},
    {"an application with an empty name", APPLICATIONS("<application name=''/>"), .shown = " +"},
    {"a name beyond ASCII", APPLICATIONS("<application name='caf\xc3\xa9.exe'/>"),
     .shown = " +caf\xc3\xa9.exe"},
    {"a name with references", APPLICATIONS("<application name='a&amp;b&#x20AC;'/>"),
     .shown = " +a&b\xe2\x82\xac"},
    {"no applications", "<configuration><instrumentation/></configuration>", .shown = ""},
    {"applications elsewhere are none",
     "<configuration><applications><application name='a'/></applications></configuration>",
     .shown = ""},
    {"other elements are skipped", APPLICATIONS("<app name='a'/><application name='b'/>"),
     .shown = " +b"},

    {"included by the environment", EMPTY,
     .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=bar.exe,baz.exe",
     .shown = " +bar.exe +baz.exe"},
    {"excluded by the environment", EMPTY,
     .environment = "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=bar.exe,baz.exe",
     .shown = " -bar.exe -baz.exe"},
    {"the environment takes the place of the file, list by list",
     APPLICATIONS("<application name='a'/><application name='b' include='false'/>"),
     .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=c", .shown = " +c -b"},
    {"excluded by the environment, included by the file",
     APPLICATIONS("<application name='a'/><application name='b' include='false'/>"),
     .environment = "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=c", .shown = " +a -c"},
    {"an empty list is a list", APPLICATIONS("<application name='a'/>"),
     .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=", .shown = ""},
    {"white space in a list stays", EMPTY,
     .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=a, b ", .shown = " +a + b "},
    {"a comma at the end", EMPTY, .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=a,",
     .shown = " +a"},
    {"a comma at the start and one too many", EMPTY,
     .environment = "NEW_RELIC_INCLUDED_APPLICATION_NAMES=,a,,b", .shown = " + +a + +b"},
    {"a comma alone", EMPTY, .environment = "NEW_RELIC_EXCLUDED_APPLICATION_NAMES=,",
     .shown = " -"},
    {"the lists have no legacy names", EMPTY,
     .environment = "NEWRELIC_INCLUDED_APPLICATION_NAMES=a", .shown = ""},
};

#define POOLS(list) "<configuration><applicationPools>" list "</applicationPools></configuration>"

static const struct row pool_rows[] = {
    {"a pool that is instrumented", POOLS("<applicationPool name='foo' instrument='true'/>"),
     .shown = " pool+foo"},
    {"a pool that is not", POOLS("<applicationPool name='foo' instrument='false'/>"),
     .shown = " pool-foo"},
    {"a pool in another case", POOLS("<ApplicationPool NAME='foo' Instrument='TRUE'/>"),
     .shown = " pool+foo"},
    {"anything but true means not", POOLS("<applicationPool name='foo' instrument='1'/>"),
     .shown = " pool-foo"},
    {"several pools",
     POOLS("<applicationPool name='a' instrument='true'/><applicationPool name='b' "
           "instrument='false'/><applicationPool name='c' instrument='true'/>"),
     .shown = " pool+a pool+c pool-b"},
    {"a pool without a name", POOLS("<applicationPool instrument='true'/>"), .shown = "",
     .log = POOL_WITHOUT "'name' attribute.\n"},
    {"a pool without instrument", POOLS("<applicationPool name='foo'/>"), .shown = "",
     .log = POOL_WITHOUT "'instrument' attribute.\n"},
    {"a pool without anything", POOLS("<applicationPool/>"), .shown = "",
     .log = POOL_WITHOUT "'name' attribute.\n"},
    {"a pool with an empty name", POOLS("<applicationPool name='' instrument='true'/>"),
     .shown = " pool+"},
    {"no pools by default", POOLS("<defaultBehavior instrument='false'/>"), .shown = " no-pools"},
    {"pools by default", POOLS("<defaultBehavior instrument='true'/>"), .shown = ""},
    {"a default of anything else", POOLS("<defaultBehavior instrument='yes'/>"),
     .shown = " no-pools"},
    {"a default without an attribute", POOLS("<defaultBehavior/>"), .shown = ""},
    {"the first default counts",
     POOLS("<defaultBehavior instrument='true'/><defaultBehavior instrument='false'/>"),
     .shown = ""},
    {"default and pools",
     POOLS("<applicationPool name='a' instrument='true'/><DEFAULTBEHAVIOR instrument='false'/>"),
     .shown = " pool+a no-pools"},
    {"a pool beyond ASCII",
     POOLS("<applicationPool name='\xd0\x9f\xd1\x83\xd0\xbb' "
           "instrument='true'/>"),
     .shown = " pool+\xd0\x9f\xd1\x83\xd0\xbb"},
};

#define RULES(list) \
    "<configuration><instrumentation><rules>" list "</rules></instrumentation></configuration>"

static const struct row ignore_rows[] = {
    {"ignore a class", RULES("<ignore assemblyName='A' className='N.C'/>"), .shown = " !A:N.C"},
    {"ignore an assembly", RULES("<ignore assemblyName='A'/>"), .shown = " !A:"},
    {"ignore a class of no assembly", RULES("<ignore className='N.C'/>"), .shown = ""},
    {"ignore in another case", RULES("<IGNORE AssemblyNAME='A' CLASSname='N.C'/>"),
     .shown = " !A:N.C"},
    {"ignore several",
     RULES("<ignore assemblyName='A' className='N.C'/><ignore assemblyName='B'/><ignore "
           "assemblyName='C' className=''/>"),
     .shown = " !A:N.C !B: !C:"},
    {"ignore elsewhere is none",
     "<configuration><rules><ignore assemblyName='A'/></rules></configuration>", .shown = ""},
};

#define SETTINGS(list) "<configuration><appSettings>" list "</appSettings></configuration>"

static const struct row application_rows[] = {
    {"enabled by the application", EMPTY,
     .application = SETTINGS("<add key='NewRelic.AgentEnabled' value='true'/>"),
     .shown = " app=yes"},
    {"disabled by the application", EMPTY,
     .application = SETTINGS("<add key='NewRelic.AgentEnabled' value='false'/>"),
     .shown = " app=no"},
    {"junk is not true", EMPTY,
     .application = SETTINGS("<add key='NewRelic.AgentEnabled' value='junk'/>"),
     .shown = " app=no"},
    {"a key without a value", EMPTY, .application = SETTINGS("<add key='NewRelic.AgentEnabled'/>"),
     .shown = " app=no"},
    {"any case", EMPTY,
     .application = "<CONFIGURATION><APPSETTINGS><aDD KEY='NeWrEliC.AgEnTeNablED' vAlue='TrUe'/>"
                    "</APPSETTINGS></CONFIGURATION>",
     .shown = " app=yes"},
    {"other keys", EMPTY,
     .application = SETTINGS("<add key='NewRelic.AppName' value='true'/><add value='true'/>"),
     .shown = ""},
    {"among other keys", EMPTY,
     .application = SETTINGS("<add key='a' value='b'/><remove key='c'/><add "
                             "key='NewRelic.AgentEnabled' value='true'/>"),
     .shown = " app=yes"},
    {"twice: one true is enough", EMPTY,
     .application = SETTINGS("<add key='NewRelic.AgentEnabled' value='true'/><add "
                             "key='NewRelic.AgentEnabled' value='false'/>"),
     .shown = " app=yes"},
    {"no keys", EMPTY, .application = SETTINGS(""), .shown = ""},
    {"no appSettings", EMPTY, .application = "<configuration/>", .shown = ""},
    {"no configuration", EMPTY, .application = "<other/>", .shown = ""},
    {"an empty file", EMPTY, .application = "", .shown = ""},
    {"a file of white space", EMPTY, .application = " \n", .shown = ""},
    {"a declaration first", EMPTY,
     .application = "\n  <?xml version='1.0' encoding='utf-8'?>\n" SETTINGS(
         "<add key='NewRelic.AgentEnabled' value='true'/>"),
     .shown = " app=yes"},
    {"beside a disabled agent", OFF,
     .application = SETTINGS("<add key='NewRelic.AgentEnabled' value='true'/>"),
     .shown = " disabled app=yes"},
    {"a malformed file", EMPTY, .application = "<configuration><appSettings>",
     .log = PARSE_APPLICATION "unexpected end of data\n[Error] Exception thrown at line 1, column "
                              "29\n"},
};

// ---- where the texts come from ----

struct place {
    const char *name;
    struct nr_fake fake;
    enum nr_status status;
    const char *shown;
    const char *log;
};

#define HOME "CORECLR_NEW_RELIC_HOME=/home"
#define FOUND(path) "[Info ] Found newrelic.config at: " path "\n"
#define UNREADABLE(path) "[Error] Unable to open file. File path: " path "\n"

static const struct place places[] = {
    {"no home",
     {.environment = "NEW_RELIC_HOME=/framework"},
     NR_NOT_FOUND,
     NULL,
     "[Error] Unable to find New Relic Home directory in registry or environment.\n"},
    {"an empty home", {.environment = HOME}, NR_NOT_FOUND, NULL, NOT_FOUND "/home\n"},
    {"home set to nothing",
     {.environment = "CORECLR_NEW_RELIC_HOME="},
     NR_NOT_FOUND,
     NULL,
     NOT_FOUND "\n"},
    {"the legacy name of home",
     {"CORECLR_NEWRELIC_HOME=/old", {{.path = "/old/newrelic.config", .content = OFF}}},
     NR_OK,
     " disabled",
     FOUND("/old/newrelic.config")},
    {"global alone",
     {HOME, {{.path = "/home/newrelic.config", .content = OFF}}},
     NR_OK,
     " disabled",
     FOUND("/home/newrelic.config")},
    {"all three",
     {HOME,
      {{.path = "/home/newrelic.config", .content = ON},
       {.path = "/app/newrelic.config", .content = LOG("level='warn'")},
       {.path = "/app/run.config",
        .content = SETTINGS("<add key='NewRelic.AgentEnabled' value='true'/>")}}},
     NR_OK,
     " local warn app=yes",
     FOUND("/home/newrelic.config") FOUND("/app/newrelic.config") TOLD("true", "true")},
    {"a home beyond ASCII",
     {"CORECLR_NEW_RELIC_HOME=/h\xc3\xb6me",
      {{.path = "/h\xc3\xb6me/newrelic.config", .content = OFF}}},
     NR_OK,
     " disabled",
     FOUND("/h\xc3\xb6me/newrelic.config")},
    {"an unreadable global file",
     {HOME, {{.path = "/home/newrelic.config"}}},
     NR_IO,
     NULL,
     FOUND("/home/newrelic.config") UNREADABLE("/home/newrelic.config")},
    {"a huge global file",
     {HOME, {{.path = "/home/newrelic.config", .too_large = true}}},
     NR_TOO_LARGE,
     NULL,
     FOUND("/home/newrelic.config") "[Error] The file is larger than 16 MB. File path: "
                                    "/home/newrelic.config\n"},
    {"an unreadable local file is left out",
     {HOME, {{.path = "/home/newrelic.config", .content = OFF}, {.path = "/app/newrelic.config"}}},
     NR_OK,
     " disabled",
     FOUND("/home/newrelic.config") FOUND("/app/newrelic.config")
         UNREADABLE("/app/newrelic.config") "[Warn ] There was an error reading the local "
                                            "newrelic.config file. Using the settings in "
                                            "the global newrelic.config file instead.\n"},
    {"an unreadable application configuration",
     {HOME, {{.path = "/home/newrelic.config", .content = OFF}, {.path = "/app/run.config"}}},
     NR_IO,
     NULL,
     FOUND("/home/newrelic.config") UNREADABLE("/app/run.config")},
};

static void test_places(void) {
    for (size_t i = 0; i < NR_COUNT_OF(places); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = places[i].fake;
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_settings settings;
        facts.core = true;
        facts.process_path = NR_STR("/app/run");
        facts.process_directory = NR_STR("/app");
        NR_CASE(places[i].name);
        const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
        enum nr_status status = nr_settings_load(&arena, &facts, log, &settings);
        CHECK_INT(status, places[i].status);
        if (status == NR_OK && places[i].shown) {
            CHECK_STR(show(&arena, &settings), places[i].shown);
        }
        CHECK_STR(nr_test_log_text(), places[i].log);
        nr_arena_free(&arena);
    }
}

// ---- how to log ----

#define SLOW ". Console logging at DEBUG or TRACE level incurs a very large performance hit.\n"
#define NO_TRACE ". TRACE level logging is not supported in Azure Function mode.\n"

static const struct {
    const char *config, *environment;
    const char *shown;
    const char *log;
} modes[] = {
    {EMPTY, NULL, "Info ", "[Info ] <-- New logging level set: Info \n"},
    {LOG("level='finest'"), NULL, "Trace", "[Info ] <-- New logging level set: Trace\n"},
    {LOG("level='error'"), NULL, "Error", ""},
    {LOG("enabled='false'"), NULL, "off Info ", ""},
    {LOG("enabled='false'"), "NEW_RELIC_LOG_ENABLED=1", "Info ",
     "[Info ] <-- New logging level set: Info \n"},
    {LOG("enabled='false'"), "NEW_RELIC_LOG_ENABLED=True", "Info ",
     "[Info ] <-- New logging level set: Info \n"},
    {LOG("enabled='true'"), "NEW_RELIC_LOG_ENABLED=0", "off Info ", ""},
    {LOG("enabled='true'"), "NEW_RELIC_LOG_ENABLED=FALSE", "off Info ", ""},
    {LOG("enabled='false'"), "NEW_RELIC_LOG_ENABLED=*invalid*", "off Info ", ""},
    {LOG("enabled='true'"), "NEW_RELIC_LOG_ENABLED=*invalid*", "Info ",
     "[Info ] <-- New logging level set: Info \n"},
    {LOG("enabled='true'"), "NEW_RELIC_LOG_ENABLED=", "Info ",
     "[Info ] <-- New logging level set: Info \n"},
    {LOG("console='true'"), NULL, "console Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " SLOW "[Info ] Console logging enabled\n"},
    {LOG("console='true' level='finest'"), NULL, "console Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " SLOW "[Info ] Console logging enabled\n"},
    {LOG("console='true' level='warn'"), NULL, "console Warn ",
     "[Warn ] Logging level has been clamped to Warn " SLOW},
    {LOG("console='true'"), "NEW_RELIC_LOG_CONSOLE=0", "Info ",
     "[Info ] <-- New logging level set: Info \n"},
    {LOG("console='true'"), "NEW_RELIC_LOG_CONSOLE=false", "Info ",
     "[Info ] <-- New logging level set: Info \n"},
    {LOG("console='true'"), "NEW_RELIC_LOG_CONSOLE=*invalid*", "console Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " SLOW "[Info ] Console logging enabled\n"},
    {EMPTY, "NEW_RELIC_LOG_CONSOLE=1", "console Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " SLOW "[Info ] Console logging enabled\n"},
    {EMPTY, "NEW_RELIC_LOG_CONSOLE=true;NEW_RELIC_LOG_LEVEL=debug", "console Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " SLOW "[Info ] Console logging enabled\n"},
    {EMPTY, "NEW_RELIC_LOG_CONSOLE=1;NEW_RELIC_LOG_ENABLED=0", "off console Info ", ""},
    {LOG("level='debug'"), "FUNCTIONS_WORKER_RUNTIME=dotnet-isolated", "Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " NO_TRACE},
    {LOG("level='error'"), "FUNCTIONS_WORKER_RUNTIME=dotnet", "Error", ""},
    {LOG("level='debug'"), "FUNCTIONS_WORKER_RUNTIME=", "Debug",
     "[Info ] <-- New logging level set: Debug\n"},
    {LOG("level='finest'"),
     "FUNCTIONS_WORKER_RUNTIME=dotnet;NEW_RELIC_AZURE_FUNCTION_LOG_LEVEL_OVERRIDE=true", "Trace",
     "[Info ] <-- New logging level set: Trace\n"},
    {LOG("level='finest'"),
     "FUNCTIONS_WORKER_RUNTIME=dotnet;NEW_RELIC_AZURE_FUNCTION_LOG_LEVEL_OVERRIDE=0", "Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " NO_TRACE},
    {LOG("level='finest' console='true'"), "FUNCTIONS_WORKER_RUNTIME=dotnet", "console Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " SLOW "[Warn ] Logging level has been clamped to Info " NO_TRACE
     "[Info ] Console logging enabled\n"},
    {LOG("level='finest' console='true'"),
     "FUNCTIONS_WORKER_RUNTIME=dotnet;NEW_RELIC_AZURE_FUNCTION_LOG_LEVEL_OVERRIDE=1",
     "console Info ",
     "[Info ] <-- New logging level set: Info \n[Warn ] Logging level has been clamped to "
     "Info " SLOW "[Info ] Console logging enabled\n"},
};

static void test_modes(void) {
    static const char *const names[] = {"Trace", "Debug", "Info ", "Warn ", "Error"};
    for (size_t i = 0; i < NR_COUNT_OF(modes); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = {.environment = modes[i].environment};
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_settings_source source = {.global = bytes_of(modes[i].config)};
        struct nr_settings settings;
        char name[256], shown[64];
        snprintf(name, sizeof(name), "logging: %s %s", modes[i].config,
                 modes[i].environment ? modes[i].environment : "");
        NR_CASE(name);
        if (!CHECK_INT(nr_settings_parse(&arena, &facts, &source, NULL, &settings), NR_OK)) {
            continue;
        }
        struct nr_log_mode mode = nr_log_mode_of(&arena, &facts, &settings);
        snprintf(shown, sizeof(shown), "%s%s%s", mode.enabled ? "" : "off ",
                 mode.console ? "console " : "", names[mode.level]);
        CHECK_STR(nr_str_of(shown), modes[i].shown);
        nr_log_mode_announce(&mode, nr_test_log(mode.level));
        CHECK_STR(nr_test_log_text(), modes[i].log);
        nr_arena_free(&arena);
    }
}

// ---- the rest ----

static void test_ignore_list(void) {
    struct nr_ignore_rule rules[] = {
        {NR_STR("MyAssembly"), NR_STR("MyNamespace.MyClass")},
        {NR_STR("alpha"), NR_STR("")},
        {NR_STR("foo"), NR_STR("bar")},
    };
    static const struct {
        const char *assembly, *class_name;
        bool ignored;
    } cases[] = {
        {"MyAssembly", "MyNamespace.MyClass", true},
        {"myassembly", "mynamespace.myclass", true},
        {"my", "MyNamespace.MyClass", false},
        {"myassembly", "mynamespacemyclass", false},
        {"", "MyNamespace.MyClass", false},
        {"anotherassembly", "MyNamespace.MyClass", false},
        {"", "", false},
        {"myassembly", "", false},
        {"myassembly", "foo", false},
        {"myassembly", "M", false},
        {"alpha", "", true},
        {"ALPHA", "something", true},
        {"foo", "bar", true},
        {"foo", "", false},
        {"foo", "MyNamespace.MyClass", false},
    };
    const struct nr_ignore_list list = {rules, NR_COUNT_OF(rules)};
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        char name[128];
        snprintf(name, sizeof(name), "[%s]%s is%s ignored", cases[i].assembly, cases[i].class_name,
                 cases[i].ignored ? "" : " not");
        NR_CASE(name);
        CHECK_INT(nr_ignore_list_matches(&list, nr_str_of(cases[i].assembly),
                                         nr_str_of(cases[i].class_name)),
                  cases[i].ignored);
    }
    NR_CASE("no list ignores nothing");
    CHECK(!nr_ignore_list_matches(NULL, NR_STR("a"), NR_STR("b")));
}

static void test_switches(void) {
    static const struct {
        const char *environment;
        bool forced, no_caching;
    } cases[] = {
        {NULL, false, false},
        {"NEW_RELIC_FORCE_PROFILING=1", true, false},
        {"NEW_RELIC_FORCE_PROFILING=0", true, false},
        {"NEW_RELIC_FORCE_PROFILING=", true, false},
        {"NEWRELIC_FORCE_PROFILING=1", true, false},
        {"NEW_RELIC_DISABLE_APPDOMAIN_CACHING=1", false, true},
        {"NEW_RELIC_DISABLE_APPDOMAIN_CACHING=TRUE", false, true},
        {"NEW_RELIC_DISABLE_APPDOMAIN_CACHING=yes", false, false},
        {"NEW_RELIC_DISABLE_APPDOMAIN_CACHING=false", false, false},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = {.environment = cases[i].environment};
        struct nr_facts facts = nr_fake_facts(&fake);
        NR_CASE(cases[i].environment ? cases[i].environment : "no switch set");
        CHECK_INT(nr_facts_force_profiling(&facts, &arena), cases[i].forced);
        CHECK_INT(nr_facts_app_domain_caching_disabled(&facts, &arena), cases[i].no_caching);
        nr_arena_free(&arena);
    }
}

static void test_shared_config(void) {
    static const char path[] = NR_TEST_ROOT "/../shared/extensions/newrelic.config";
    static char text[1 << 16];
    FILE *file = fopen(path, "rb");
    if (!file) {
        nr_test_skip("New Relic's newrelic.config", "../shared is not there");
        return;
    }
    size_t size = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[size] = '\0';
    check_row(&(struct row){"New Relic's newrelic.config", text, .shown = ""});
}

static enum nr_status load_everything(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_settings settings;
    const struct nr_facts *facts = context;
    enum nr_status status = nr_settings_load(&arena, facts, NULL, &settings);
    if (status == NR_OK) nr_log_mode_of(&arena, facts, &settings);
    nr_arena_free(&arena);
    return status;
}

static void test_failing_allocations(void) {
    struct nr_fake fake = {
        HOME,
        {{.path = "/home/newrelic.config", .content = ON},
         {.path = "/app/newrelic.config",
          .content = "<configuration><instrumentation><rules><ignore assemblyName='A' className="
                     "'B'/><ignore assemblyName='C'/></rules><applications><application name='a'/>"
                     "<application name='b' include='false'/></applications></instrumentation>"
                     "<applicationPools><applicationPool name='a&amp;b' instrument='true'/>"
                     "<applicationPool name='c' instrument='false'/></applicationPools>"
                     "</configuration>"},
         {.path = "/app/run.config", .content = SETTINGS("")}}};
    struct nr_facts facts = nr_fake_facts(&fake);
    facts.core = true;
    facts.process_path = NR_STR("/app/run");
    facts.process_directory = NR_STR("/app");
    NR_CASE("settings survive every failing allocation");
    nr_test_every_allocation(load_everything, &facts, 200);
}

static void test_many_names(void) {
    enum { COUNT = 50000 };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_fake fake = {0};
    struct nr_facts facts = nr_fake_facts(&fake);
    struct nr_settings settings;
    struct nr_buffer xml;
    static const char head[] = "<configuration><instrumentation><applications>";
    static const char one[] = "<application name='n'/>";
    static const char tail[] = "</applications></instrumentation></configuration>";
    NR_CASE("a list of fifty thousand names takes memory in proportion");
    nr_buffer_init(&xml, &arena);
    nr_buffer_append(&xml, head, sizeof(head) - 1);
    for (int i = 0; i < COUNT; i++) nr_buffer_append(&xml, one, sizeof(one) - 1);
    nr_buffer_append(&xml, tail, sizeof(tail) - 1);
    struct nr_settings_source source = {.global = nr_buffer_bytes(&xml)};
    CHECK_INT(nr_settings_parse(&arena, &facts, &source, NULL, &settings), NR_OK);
    CHECK_INT(settings.included_processes.count, COUNT);
    CHECK_STR(settings.included_processes.data[COUNT - 1], "n");
    nr_arena_free(&arena);
}

void test_settings(void) {
    check_rows(enabled_rows, NR_COUNT_OF(enabled_rows));
    check_rows(log_rows, NR_COUNT_OF(log_rows));
    check_rows(process_rows, NR_COUNT_OF(process_rows));
    check_rows(pool_rows, NR_COUNT_OF(pool_rows));
    check_rows(ignore_rows, NR_COUNT_OF(ignore_rows));
    check_rows(application_rows, NR_COUNT_OF(application_rows));
    test_places();
    test_modes();
    test_ignore_list();
    test_switches();
    test_shared_config();
    test_many_names();
    test_failing_allocations();
}
