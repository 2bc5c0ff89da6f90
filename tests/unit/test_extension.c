// Tests of extension files.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "config/assembly_version.h"
#include "config/extension.h"
#include "config/tracer_flags.h"
#include "fake_facts.h"
#include "harness.h"

#define EXTENSION(content) "<extension><instrumentation>" content "</instrumentation></extension>"
#define FACTORY(attributes, content) "<tracerFactory " attributes ">" content "</tracerFactory>"
#define MATCH(attributes, content) "<match " attributes ">" content "</match>"
#define METHOD(attributes) "<exactMethodMatcher " attributes "/>"
// One point with something special.
#define BY_FACTORY(attributes) \
    EXTENSION(                 \
        FACTORY(attributes, MATCH("assemblyName='A' className='C'", METHOD("methodName='M'"))))
#define BY_MATCH(attributes) EXTENSION(FACTORY("", MATCH(attributes, METHOD("methodName='M'"))))
#define BY_METHOD(attributes) \
    EXTENSION(FACTORY("", MATCH("assemblyName='A' className='C'", METHOD(attributes))))

#define PARSING "[Debug] Parsing instrumentation file 'f.xml'\n"
#define FOUND(n) "[Info ] Identified " n " Instrumentation points (not ignored) in .xml files\n"
#define SEE_XSD                                                                                   \
    "Please validate your instrumentation files against extensions/extension.xsd or contact New " \
    "Relic support.\n"
#define INVALID \
    "[Warn ] Exception thrown while attempting to parse instrumentation file 'f.xml'. " SEE_XSD
#define NO_VERSION(text) "[Warn ] " text " is not a valid version\n"
#define IGNORED(key)                   \
    "[Debug] Instrumentation for " key \
    " is in the ignore list in the newrelic.config file and will be ignored.\n"
#define MSCORLIB(name) \
    "[Warn ] Skipping instrumentation targeted at the mscorlib assembly for class " name "\n"

// The flags that a factory without attributes stands for.
enum {
    SEGMENT = NR_FLAG_TRANSACTION_SEGMENT,
    SUPPRESS = NR_FLAG_SUPPRESS_RECURSION,
    SCOPED = NR_FLAG_SCOPED_METRIC,
    UNSCOPED = NR_FLAG_UNSCOPED_METRIC,
    CUSTOM = NR_FLAG_CUSTOM_METRIC_NAME,
    INSTANCE = NR_FLAG_INSTANCE_METRIC_NAME,
    USUAL = SEGMENT | SUPPRESS | SCOPED,
};

static struct nr_bytes bytes_of(const char *text) {
    struct nr_str str = nr_str_of(text);
    return (struct nr_bytes){(const uint8_t *)str.data, str.size};
}

// ---- which points ----

// Points in short: their keys, each with [minimum,maximum) if any, `*` for a wildcard and `-` for
// an ignored one, and a space after each.
static struct nr_str show(struct nr_arena *arena, const struct nr_extensions *extensions) {
    struct nr_buffer out;
    nr_buffer_init(&out, arena);
    for (size_t i = 0; i < extensions->count; i++) {
        const struct nr_point *point = &extensions->points[i];
        struct nr_str key = nr_point_key(arena, point);
        char range[80] = "", *place = range;
        if (point->has_minimum || point->has_maximum) *place++ = '[';
        if (point->has_minimum) {
            place += snprintf(place, 40, NR_VERSION_FORMAT, NR_VERSION_ARGS(point->minimum));
        }
        if (point->has_minimum || point->has_maximum) *place++ = ',';
        if (point->has_maximum) {
            place += snprintf(place, 40, NR_VERSION_FORMAT, NR_VERSION_ARGS(point->maximum));
        }
        if (point->has_minimum || point->has_maximum) *place++ = ')';
        *place = '\0';
        if (point->ignored) nr_buffer_append(&out, "-", 1);
        if (point->wildcard) nr_buffer_append(&out, "*", 1);
        nr_buffer_append(&out, key.data, key.size);
        nr_buffer_append(&out, range, strlen(range));
        nr_buffer_append(&out, " ", 1);
    }
    return (struct nr_str){(const char *)out.data, out.size};
}

static const struct {
    const char *name, *xml;
    const char *points;
    size_t invalid;
    const char *log;
} documents[] = {
    {"nothing", "", "", 0,
     PARSING "[Warn ] extension node not found in instrumentation file. " SEE_XSD FOUND("0")},
    {"a declaration alone", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "", 0,
     PARSING "[Warn ] extension node not found in instrumentation file. " SEE_XSD FOUND("0")},
    {"another root element", "<configuration/>", "", 0,
     PARSING "[Warn ] extension node not found in instrumentation file. " SEE_XSD FOUND("0")},
    {"no instrumentation", "<extension/>", "", 0,
     PARSING "[Warn ] instrumentation node not found in instrumentation file. " SEE_XSD FOUND("0")},
    {"no factory", EXTENSION(""), "", 0, PARSING FOUND("0")},
    {"a factory without a match", EXTENSION(FACTORY("", "")), "", 0, PARSING FOUND("0")},
    {"a match without a method", EXTENSION(FACTORY("", MATCH("assemblyName='A'", ""))), "", 0,
     PARSING FOUND("0")},
    {"a point", BY_FACTORY(""), "[A]C.M ", 0, PARSING FOUND("1")},
    {"names in any case",
     "<EXTENSION><Instrumentation><TRACERFACTORY><Match ASSEMBLYNAME='A' classname='C'>"
     "<exactmethodmatcher METHODNAME='M' PARAMETERS='P'/></Match></TRACERFACTORY>"
     "</Instrumentation></EXTENSION>",
     "[A]C.M(P) ", 0, PARSING FOUND("1")},
    {"a name space", "<extension xmlns=\"urn:newrelic-extension\"><instrumentation/></extension>",
     "", 0, PARSING FOUND("0")},
    {"several methods",
     EXTENSION(FACTORY("", MATCH("assemblyName='A' className='C'",
                                 METHOD("methodName='M'") METHOD("methodName='N'")))),
     "[A]C.M [A]C.N ", 0, PARSING FOUND("2")},
    {"several matches",
     EXTENSION(FACTORY("", MATCH("assemblyName='A' className='C'", METHOD("methodName='M'"))
                               MATCH("assemblyName='B' className='D'", METHOD("methodName='N'")))),
     "[A]C.M [B]D.N ", 0, PARSING FOUND("2")},
    {"several factories",
     EXTENSION(FACTORY("", MATCH("assemblyName='B' className='D'", METHOD("methodName='N'")))
                   FACTORY("", MATCH("assemblyName='A' className='C'", METHOD("methodName='M'")))),
     "[B]D.N [A]C.M ", 0, PARSING FOUND("2")},
    {"the same point twice stays twice",
     EXTENSION(FACTORY("", MATCH("assemblyName='A' className='C'",
                                 METHOD("methodName='M'") METHOD("methodName='M'")))),
     "[A]C.M [A]C.M ", 0, PARSING FOUND("2")},
    {"names that are missing are empty", EXTENSION(FACTORY("", MATCH("", METHOD("")))), "[]. ", 0,
     PARSING FOUND("1")},
    {"names beyond ASCII",
     BY_MATCH("assemblyName='\xe6\x97\xa5\xe6\x9c\xac' className='\xce\xa9.\xc3\x89t\xc3\xa9'"),
     "[\xe6\x97\xa5\xe6\x9c\xac]\xce\xa9.\xc3\x89t\xc3\xa9.M ", 0, PARSING FOUND("1")},
    {"names with references", BY_MATCH("assemblyName='A&amp;B' className='G&lt;T&gt;&#233;'"),
     "[A&B]G<T>\xc3\xa9.M ", 0, PARSING FOUND("1")},

    {"a disabled factory", BY_FACTORY("enabled='false'"), "", 0, PARSING FOUND("0")},
    {"disabled in another case", BY_FACTORY("ENABLED='False'"), "", 0, PARSING FOUND("0")},
    {"0 does not disable", BY_FACTORY("enabled='0'"), "[A]C.M ", 0, PARSING FOUND("1")},
    {"an enabled factory", BY_FACTORY("enabled='true'"), "[A]C.M ", 0, PARSING FOUND("1")},
    {"a commented factory", EXTENSION("<!-- " FACTORY("", MATCH("", METHOD(""))) " -->"), "", 0,
     PARSING FOUND("0")},

    {"mscorlib is refused", BY_MATCH("assemblyName='mscorlib' className='System.String'"), "", 0,
     PARSING MSCORLIB("System.String") FOUND("0")},
    {"mscorlib with several classes", BY_MATCH("assemblyName='mscorlib' className='A,B'"), "", 0,
     PARSING MSCORLIB("A,B") FOUND("0")},
    {"mscorlib has a case", BY_MATCH("assemblyName='Mscorlib' className='C'"), "[Mscorlib]C.M ", 0,
     PARSING FOUND("1")},

    {"two classes", BY_MATCH("assemblyName='A' className='N.C,N.D'"), "[A]N.C.M [A]N.D.M ", 0,
     PARSING FOUND("2")},
    {"white space between classes stays", BY_MATCH("assemblyName='A' className='N.C, N.D'"),
     "[A]N.C.M [A] N.D.M ", 0, PARSING FOUND("2")},
    {"commas in brackets",
     BY_MATCH("assemblyName='A' className='C[A,B],D&lt;A&lt;B,C>,D>,E<A,B,C[D[E[F],G],H],I>'"),
     "[A]C[A,B].M [A]D<A<B,C>,D>.M [A]E<A,B,C[D[E[F],G],H],I>.M ", 0, PARSING FOUND("3")},
    {"a comma at the end", BY_MATCH("assemblyName='A' className='C,'"), "[A]C.M [A].M ", 0,
     PARSING FOUND("2")},
    {"a comma alone", BY_MATCH("assemblyName='A' className=','"), "[A].M [A].M ", 0,
     PARSING FOUND("2")},
    {"a bracket too many", BY_MATCH("assemblyName='A' className='C>,D'"), "[A]C>,D.M ", 0,
     PARSING FOUND("1")},
    {"a bracket that stays open", BY_MATCH("assemblyName='A' className='C[,D'"), "[A]C[,D.M ", 0,
     PARSING FOUND("1")},
    {"nested and generic types", BY_MATCH("assemblyName='A' className='N.Outer+Inner`1'"),
     "[A]N.Outer+Inner`1.M ", 0, PARSING FOUND("1")},

    {"no parameters", BY_METHOD("methodName='M' parameters=''"), "[A]C.M() ", 0,
     PARSING FOUND("1")},
    {"void", BY_METHOD("methodName='M' parameters='void'"), "[A]C.M() ", 0, PARSING FOUND("1")},
    {"void in another case", BY_METHOD("methodName='M' parameters='VOID'"), "[A]C.M() ", 0,
     PARSING FOUND("1")},
    {"parameters lose their white space",
     BY_METHOD("methodName='M' parameters=' System.String ,\n\tSystem.Int32[] '"),
     "[A]C.M(System.String,System.Int32[]) ", 0, PARSING FOUND("1")},
    {"generic parameters",
     BY_METHOD("methodName='M' parameters='System.Func`2[!0, System.Int32&amp;],!!0'"),
     "[A]C.M(System.Func`2[!0,System.Int32&],!!0) ", 0, PARSING FOUND("1")},
    {"constructors", BY_METHOD("methodName='.ctor' parameters='void'"), "[A]C..ctor() ", 0,
     PARSING FOUND("1")},

    {"a range of versions",
     BY_MATCH("assemblyName='A' className='C' minVersion='1.0.0' maxVersion='2.5'"),
     "[A]C.M[1.0.0.0,2.5.0.0) ", 0, PARSING FOUND("1")},
    {"a lower limit", BY_MATCH("assemblyName='A' className='C' minVersion='4'"),
     "[A]C.M[4.0.0.0,) ", 0, PARSING FOUND("1")},
    {"an upper limit", BY_MATCH("assemblyName='A' className='C' MAXVERSION='4'"),
     "[A]C.M[,4.0.0.0) ", 0, PARSING FOUND("1")},
    {"limits of nothing", BY_MATCH("assemblyName='A' className='C' minVersion='' maxVersion='0'"),
     "[A]C.M ", 0, PARSING FOUND("1")},
    {"bad limits are none",
     BY_MATCH("assemblyName='A' className='C' minVersion='x' maxVersion='1.2.3.4.5'"), "[A]C.M ", 0,
     PARSING NO_VERSION("x") NO_VERSION("1.2.3.4.5") FOUND("1")},
    {"a bad limit is told once for each method",
     EXTENSION(FACTORY("", MATCH("assemblyName='A' className='C,D' maxVersion='-1'",
                                 METHOD("methodName='M'") METHOD("methodName='N'")))),
     "[A]C.M [A]D.M [A]C.N [A]D.N ", 0, PARSING NO_VERSION("-1") NO_VERSION("-1") FOUND("4")},
    {"bad limits of mscorlib are told first",
     BY_MATCH("assemblyName='mscorlib' className='C' minVersion='x'"), "", 0,
     PARSING NO_VERSION("x") MSCORLIB("C") FOUND("0")},

    {"an ignored class", BY_MATCH("assemblyName='Ign' className='X'"), "-[Ign]X.M ", 0,
     PARSING IGNORED("[Ign]X.M") FOUND("0")},
    {"an ignored class in another case", BY_MATCH("assemblyName='IGN' className='x'"), "-[IGN]x.M ",
     0, PARSING IGNORED("[IGN]x.M") FOUND("0")},
    {"an ignored overload",
     EXTENSION(FACTORY(
         "", MATCH("assemblyName='Ign' className='X'", METHOD("methodName='M' parameters='P'")))),
     "-[Ign]X.M(P) ", 0, PARSING IGNORED("[Ign]X.M(P)") FOUND("0")},
    {"one ignored class of two", BY_MATCH("assemblyName='Ign' className='X,Y'"),
     "-[Ign]X.M [Ign]Y.M ", 0, PARSING IGNORED("[Ign]X.M") FOUND("1")},
    {"an ignored assembly", BY_MATCH("assemblyName='All' className='X,Y'"), "-[All]X.M -[All]Y.M ",
     0, PARSING IGNORED("[All]X.M") IGNORED("[All]Y.M") FOUND("0")},

    {"a wildcard in the method", BY_METHOD("methodName='Get*'"), "*[A]C.Get* ", 0,
     PARSING FOUND("1")},
    {"a wildcard in the class", BY_MATCH("assemblyName='A' className='N.*,N.C'"),
     "*[A]N.*.M [A]N.C.M ", 0, PARSING FOUND("2")},
    {"a wildcard in the assembly", BY_MATCH("assemblyName='Shop.*' className='C'"), "*[Shop.*]C.M ",
     0, PARSING FOUND("1")},
    {"a star among the parameters is a pointer",
     BY_METHOD("methodName='M' parameters='System.Int32*'"), "[A]C.M(System.Int32*) ", 0,
     PARSING FOUND("1")},

    {"malformed", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<blah", "", 1,
     PARSING "[Warn ] f.xml(2,6): expected >\n" INVALID FOUND("0")},
    {"malformed at the end",
     "<extension><instrumentation>" FACTORY(
         "", MATCH("assemblyName='A' className='C'", METHOD("methodName='M'"))),
     "", 1, PARSING "[Warn ] f.xml(1,143): unexpected end of data\n" INVALID FOUND("0")},
    {"no XML", "[A]C.M\n", "", 1, PARSING "[Warn ] f.xml(1,1): expected <\n" INVALID FOUND("0")},
    {"DOCTYPE", "<!DOCTYPE extension>" BY_FACTORY(""), "[A]C.M ", 0, PARSING FOUND("1")},
    {"a level that is no number",
     EXTENSION(FACTORY(
         "", MATCH("assemblyName='A' className='C'",
                   METHOD("methodName='M'"))) "\n" FACTORY("level='high'",
                                                           MATCH("assemblyName='A' className='C'",
                                                                 METHOD("methodName='N'")))
                   FACTORY("", MATCH("assemblyName='A' className='C'", METHOD("methodName='O'")))),
     "[A]C.M ", 1,
     PARSING
     "[Warn ] level of the tracerFactory in line 2 is not a number: high\n" INVALID FOUND("1")},
    {"a priority that is no number", BY_FACTORY("transactionNamingPriority='99999999999'"), "", 1,
     PARSING "[Warn ] transactionNamingPriority of the tracerFactory in line 1 is not a number: "
             "99999999999\n" INVALID FOUND("0")},
    {"a bad number of mscorlib does no harm",
     EXTENSION(FACTORY("level='x'",
                       MATCH("assemblyName='mscorlib' className='C'", METHOD("methodName='M'")))),
     "", 0, PARSING MSCORLIB("C") FOUND("0")},
    {"a bad number without a method does no harm",
     EXTENSION(FACTORY("level='x'", MATCH("assemblyName='A' className='C'", ""))), "", 0,
     PARSING FOUND("0")},
};

static struct nr_ignore_rule ignore_rules[] = {
    {{"ign", 3}, {"X", 1}},
    {{"All", 3}, {"", 0}},
};
static const struct nr_ignore_list ignore = {ignore_rules, NR_COUNT_OF(ignore_rules)};

static enum nr_status parse_one(struct nr_arena *arena, const char *name, const char *xml,
                                const struct nr_log *log, struct nr_extensions *extensions) {
    struct nr_extension_file file = {nr_str_of(name), bytes_of(xml)};
    const struct nr_extension_files files = {&file, 1, 0};
    return nr_extensions_parse(arena, &files, &ignore, log, extensions);
}

static void test_documents(void) {
    for (size_t i = 0; i < NR_COUNT_OF(documents); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_extensions extensions;
        NR_CASE(documents[i].name);
        const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
        if (CHECK_INT(parse_one(&arena, "f.xml", documents[i].xml, log, &extensions), NR_OK)) {
            CHECK_STR(show(&arena, &extensions), documents[i].points);
            CHECK_INT(extensions.invalid_files, documents[i].invalid);
            CHECK_STR(nr_test_log_text(), documents[i].log);
        }
        nr_arena_free(&arena);
    }
}

// ---- what a point says ----

static const struct {
    const char *attributes;
    uint32_t flags;
    const char *factory, *metric_name, *metric_type;  // NULL: the default, empty, empty
} factories[] = {
    {"", USUAL, NULL, NULL, NULL},
    {"name='Foo.Bar.Factory'", USUAL, "Foo.Bar.Factory", NULL, NULL},
    {"NAME='F'", USUAL, "F", NULL, NULL},
    {"name=''", USUAL, NULL, NULL, NULL},
    {"name='\xc3\x89t\xc3\xa9'", USUAL, "\xc3\x89t\xc3\xa9", NULL, NULL},
    {"metricName='My/Metric/Name'", USUAL | CUSTOM, NULL, "My/Metric/Name", NULL},
    {"metricName=''", USUAL, NULL, NULL, NULL},
    {"metricName='instance'", USUAL | CUSTOM | INSTANCE, NULL, "instance", NULL},
    {"metricName='INSTANCE'", USUAL | CUSTOM | INSTANCE, NULL, "INSTANCE", NULL},
    {"metric='scoped'", USUAL, NULL, NULL, "scoped"},
    {"metric='unscoped'", SEGMENT | SUPPRESS | UNSCOPED, NULL, NULL, "unscoped"},
    {"metric='both'", USUAL | UNSCOPED, NULL, NULL, "both"},
    {"metric='Both'", USUAL | UNSCOPED, NULL, NULL, "Both"},
    {"metric='none'", SEGMENT | SUPPRESS, NULL, NULL, "none"},
    {"metric=''", USUAL, NULL, NULL, NULL},
    {"level='0'", USUAL, NULL, NULL, NULL},
    {"level='2'", USUAL | 2 << 16, NULL, NULL, NULL},
    {"level='7'", USUAL | 7 << 16, NULL, NULL, NULL},
    {"level='8'", USUAL, NULL, NULL, NULL},
    {"level='-1'", USUAL | 7 << 16, NULL, NULL, NULL},
    {"level=' 3x'", USUAL | 3 << 16, NULL, NULL, NULL},
    {"level=''", USUAL, NULL, NULL, NULL},
    {"suppressRecursiveCalls='true'", USUAL, NULL, NULL, NULL},
    {"suppressRecursiveCalls='TRUE'", USUAL, NULL, NULL, NULL},
    {"suppressRecursiveCalls='false'", SEGMENT | SCOPED, NULL, NULL, NULL},
    {"suppressRecursiveCalls='1'", SEGMENT | SCOPED, NULL, NULL, NULL},
    {"suppressRecursiveCalls=''", USUAL, NULL, NULL, NULL},
    {"transactionTraceSegment='true'", USUAL, NULL, NULL, NULL},
    {"transactionTraceSegment='false'", SUPPRESS | SCOPED, NULL, NULL, NULL},
    {"transactionTraceSegment='no'", SUPPRESS | SCOPED, NULL, NULL, NULL},
    {"transactionNamingPriority='2'", USUAL | 2 << 24, NULL, NULL, NULL},
    {"transactionNamingPriority='7'", USUAL | 7 << 24, NULL, NULL, NULL},
    {"transactionNamingPriority='9'", USUAL | 1 << 24, NULL, NULL, NULL},
    {"transactionNamingPriority=''", USUAL, NULL, NULL, NULL},
    {"name='F' metricName='m' metric='both' level='1' suppressRecursiveCalls='false' "
     "transactionTraceSegment='false' transactionNamingPriority='3'",
     SCOPED | UNSCOPED | CUSTOM | 1 << 16 | 3 << 24, "F", "m", "both"},
};

static void test_factories(void) {
    for (size_t i = 0; i < NR_COUNT_OF(factories); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_extensions extensions;
        struct nr_str xml = NR_STR_JOIN(
            &arena, NR_STR("<extension><instrumentation><tracerFactory "),
            nr_str_of(factories[i].attributes),
            NR_STR("><match assemblyName='A' className='C'><exactMethodMatcher methodName='M'/>"
                   "</match></tracerFactory></instrumentation></extension>"));
        char name[256];
        snprintf(name, sizeof(name), "tracerFactory %s", factories[i].attributes);
        NR_CASE(name);
        CHECK_INT(parse_one(&arena, "f.xml", xml.data, NULL, &extensions), NR_OK);
        if (CHECK_INT(extensions.count, 1)) {
            const struct nr_point *point = &extensions.points[0];
            const char *factory = factories[i].factory;
            CHECK_INT(point->flags, factories[i].flags);
            CHECK_STR(
                point->tracer_factory,
                factory ? factory : "NewRelic.Agent.Core.Tracer.Factories.DefaultTracerFactory");
            CHECK_STR(point->metric_name, factories[i].metric_name ? factories[i].metric_name : "");
            CHECK_STR(point->metric_type, factories[i].metric_type ? factories[i].metric_type : "");
        }
        nr_arena_free(&arena);
    }
}

// ---- several files ----

static void test_files(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_extensions extensions;
    struct nr_extension_file list[] = {
        {NR_STR("a.xml"), bytes_of("<extension>\n<instrumentation>\n<tracerFactory><match "
                                   "assemblyName='A' className='C'>\n\n<exactMethodMatcher "
                                   "methodName='M'/></match></tracerFactory></instrumentation>"
                                   "</extension>")},
        {NR_STR("b.xml"), bytes_of("<oops")},
        {NR_STR("c.xml"), bytes_of(BY_METHOD("methodName='N'"))},
    };
    const struct nr_extension_files files = {list, NR_COUNT_OF(list), 0};
    NR_CASE("a bad file among good ones; each point knows where it stands");
    const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
    CHECK_INT(nr_extensions_parse(&arena, &files, NULL, log, &extensions), NR_OK);
    CHECK_STR(show(&arena, &extensions), "[A]C.M [A]C.N ");
    CHECK_INT(extensions.invalid_files, 1);
    if (CHECK_INT(extensions.count, 2)) {
        CHECK_STR(extensions.points[0].file, "a.xml");
        CHECK_INT(extensions.points[0].line, 5);
        CHECK_STR(extensions.points[1].file, "c.xml");
        CHECK_INT(extensions.points[1].line, 1);
    }
    CHECK_STR(
        nr_test_log_text(),
        "[Debug] Parsing instrumentation file 'a.xml'\n"
        "[Debug] Parsing instrumentation file 'b.xml'\n"
        "[Warn ] b.xml(1,6): expected >\n"
        "[Warn ] Exception thrown while attempting to parse instrumentation file 'b.xml'. " SEE_XSD
        "[Debug] Parsing instrumentation file 'c.xml'\n" FOUND("2"));
    nr_arena_free(&arena);
}

static void test_deprecated_files(void) {
    static const struct {
        const char *name;
        bool deprecated;
    } cases[] = {
        {"NewRelic.Providers.Wrapper.Logging.Instrumentation.xml", true},
        {"NewRelic.Providers.Wrapper.CastleMonoRail2.Instrumentation.xml", true},
        {"NewRelic.Providers.Wrapper.Asp35.Instrumentation.xml", true},
        {"/h/extensions/newrelic.providers.wrapper.asp35.instrumentation.XML", true},
        {"/h/NewRelic.Providers.Wrapper.Asp35.Instrumentation.xml.d/a.xml", true},
        {"NewRelic.Providers.Wrapper.MicrosoftExtensionsLogging.Instrumentation.xml", false},
        {"NewRelic.Providers.Wrapper.AspNetCore.Instrumentation.xml", false},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_extensions extensions;
        char expected[256];
        NR_CASE(cases[i].name);
        const struct nr_log *log = nr_test_log(NR_LOG_WARN);
        CHECK_INT(parse_one(&arena, cases[i].name, BY_FACTORY(""), log, &extensions), NR_OK);
        CHECK_INT(extensions.count, !cases[i].deprecated);
        snprintf(expected, sizeof(expected),
                 "[Warn ] Deprecated instrumentation file being ignored: %s\n", cases[i].name);
        CHECK_STR(nr_test_log_text(), cases[i].deprecated ? expected : "");
        nr_arena_free(&arena);
    }
}

// ---- serverless ----

#define HAVE(variable, text) "[Debug] Found " variable " environment variable: " text "\n"
#define NO_DESCRIPTOR(text) \
    "[Warn ] " text         \
    " is not a valid method descriptor. It must be in the format 'assembly::class::method'\n"
#define SERVERLESS(assembly, class_name, method)                                  \
    "[Info ] Serverless mode detected. Assembly: " assembly " Class: " class_name \
    " Method: " method "\n"
#define LAMBDA(text) HAVE("NEW_RELIC_LAMBDA_HANDLER", text)

static const struct {
    const char *environment;
    const char *point;  // NULL: none
    const char *log;
} handlers[] = {
    {NULL, NULL, ""},
    {"NEW_RELIC_LAMBDA_HANDLER=A::N.C::M", "[A]N.C.M",
     LAMBDA("A::N.C::M") SERVERLESS("A", "N.C", "M")},
    {"_HANDLER=A::N.C::M", "[A]N.C.M", HAVE("_HANDLER", "A::N.C::M") SERVERLESS("A", "N.C", "M")},
    {"_HANDLER=B::X::Y;NEW_RELIC_LAMBDA_HANDLER=A::N.C::M", "[A]N.C.M",
     LAMBDA("A::N.C::M") SERVERLESS("A", "N.C", "M")},
    {"_HANDLER=B::X::Y;NEW_RELIC_LAMBDA_HANDLER=bad", "[B]X.Y",
     LAMBDA("bad") NO_DESCRIPTOR("bad") HAVE("_HANDLER", "B::X::Y") SERVERLESS("B", "X", "Y")},
    {"_HANDLER=worse;NEW_RELIC_LAMBDA_HANDLER=bad", NULL,
     LAMBDA("bad") NO_DESCRIPTOR("bad") HAVE("_HANDLER", "worse") NO_DESCRIPTOR("worse")},
    {"NEW_RELIC_LAMBDA_HANDLER=", NULL, LAMBDA("") NO_DESCRIPTOR("")},
    {"NEW_RELIC_LAMBDA_HANDLER=A::N.C", NULL, LAMBDA("A::N.C") NO_DESCRIPTOR("A::N.C")},
    {"NEW_RELIC_LAMBDA_HANDLER=A::N.C::", "[A]N.C.", LAMBDA("A::N.C::") SERVERLESS("A", "N.C", "")},
    {"NEW_RELIC_LAMBDA_HANDLER=::::", "[].", LAMBDA("::::") SERVERLESS("", "", "")},
    {"NEW_RELIC_LAMBDA_HANDLER=A::B::C::D", NULL, LAMBDA("A::B::C::D") NO_DESCRIPTOR("A::B::C::D")},
    {"NEW_RELIC_LAMBDA_HANDLER=A:N.C:M", NULL, LAMBDA("A:N.C:M") NO_DESCRIPTOR("A:N.C:M")},
    {"NEW_RELIC_LAMBDA_HANDLER=A/N.C/M", NULL, LAMBDA("A/N.C/M") NO_DESCRIPTOR("A/N.C/M")},
    {"NEW_RELIC_LAMBDA_HANDLER=N.C:M", NULL, LAMBDA("N.C:M") NO_DESCRIPTOR("N.C:M")},
    {"NEW_RELIC_LAMBDA_HANDLER=:::M", NULL, LAMBDA(":::M") NO_DESCRIPTOR(":::M")},
    {"NEW_RELIC_LAMBDA_HANDLER=::::::M", NULL, LAMBDA("::::::M") NO_DESCRIPTOR("::::::M")},
    {"NEW_RELIC_LAMBDA_HANDLER=:::M::", "[]:M.", LAMBDA(":::M::") SERVERLESS("", ":M", "")},
    {"NEW_RELIC_LAMBDA_HANDLER=A::N .C:: M", "[A]N .C. M",
     LAMBDA("A::N .C:: M") SERVERLESS("A", "N .C", " M")},
    {"NEW_RELIC_LAMBDA_HANDLER=\xe6\x97\xa5::\xce\xa9::\xc3\xa9", "[\xe6\x97\xa5]\xce\xa9.\xc3\xa9",
     LAMBDA("\xe6\x97\xa5::\xce\xa9::\xc3\xa9") SERVERLESS("\xe6\x97\xa5", "\xce\xa9", "\xc3\xa9")},
    {"NEW_RELIC_LAMBDA_HANDLER=A::N.*::M", "[A]N.*.M",
     LAMBDA("A::N.*::M") SERVERLESS("A", "N.*", "M")},
};

static void test_serverless(void) {
    for (size_t i = 0; i < NR_COUNT_OF(handlers); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_fake fake = {.environment = handlers[i].environment};
        struct nr_facts facts = nr_fake_facts(&fake);
        struct nr_extensions extensions = {0};
        NR_CASE(handlers[i].environment ? handlers[i].environment : "no handler");
        const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
        CHECK_INT(nr_extensions_add_serverless(&arena, &facts, log, &extensions), NR_OK);
        CHECK_STR(nr_test_log_text(), handlers[i].log);
        if (CHECK_INT(extensions.count, handlers[i].point != NULL) && handlers[i].point) {
            const struct nr_point *point = &extensions.points[0];
            CHECK_STR(nr_point_key(&arena, point), handlers[i].point);
            CHECK_STR(point->tracer_factory, "NewRelic.Providers.Wrapper.AwsLambda.HandlerMethod");
            CHECK(point->flags == 0 && point->metric_name.size == 0 && !point->wildcard &&
                  point->file.size == 0);
        }
        nr_arena_free(&arena);
    }
}

// ---- files that are in use ----

static enum nr_status read_file(struct nr_arena *arena, const char *path, struct nr_bytes *out) {
    struct nr_buffer content;
    FILE *file = fopen(path, "rb");
    char part[4096];
    size_t size;
    if (!file) return NR_NOT_FOUND;
    nr_buffer_init(&content, arena);
    while ((size = fread(part, 1, sizeof(part), file)) > 0) nr_buffer_append(&content, part, size);
    fclose(file);
    *out = nr_buffer_bytes(&content);
    return content.status;
}

#define SHARED NR_TEST_ROOT "/../shared/"
#define WRAPPER(name) "NewRelic.Providers.Wrapper." name ".Instrumentation.xml"

static void test_shipped_files(void) {
    // Each with the number of points in it: methods times classes of enabled factories, as another
    // XML reader counts them.
    static const struct {
        const char *name;
        size_t points;
    } shipped[] = {
        {WRAPPER("AspNetCore6Plus"), 5},
        {WRAPPER("AwsLambda"), 3},
        {WRAPPER("AzureFunction"), 7},
        {WRAPPER("HttpClient"), 3},
        {WRAPPER("Kafka"), 13},
        {WRAPPER("MicrosoftExtensionsLogging"), 2},
        {WRAPPER("Misc"), 6},
        {WRAPPER("MongoDb26"), 96},
        {WRAPPER("OpenAI"), 2},
        {WRAPPER("RabbitMq"), 6},
        {WRAPPER("SerilogLogging"), 4},
        {WRAPPER("Sql"), 135},
        {WRAPPER("StackExchangeRedis2Plus"), 1},
    };
    for (size_t i = 0; i < NR_COUNT_OF(shipped); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_extensions extensions;
        struct nr_bytes xml;
        char path[512];
        snprintf(path, sizeof(path), SHARED "extensions/%s", shipped[i].name);
        if (read_file(&arena, path, &xml) != NR_OK) {
            nr_test_skip(shipped[i].name, "../shared is not there");
            continue;
        }
        NR_CASE(shipped[i].name);
        struct nr_extension_file file = {nr_str_of(shipped[i].name), xml};
        const struct nr_extension_files files = {&file, 1, 0};
        const struct nr_log *log = nr_test_log(NR_LOG_WARN);
        CHECK_INT(nr_extensions_parse(&arena, &files, NULL, log, &extensions), NR_OK);
        CHECK_INT(extensions.invalid_files, 0);
        CHECK_INT(extensions.count, shipped[i].points);
        CHECK_STR(nr_test_log_text(), "");
        for (size_t k = 0; k < extensions.count; k++) {
            const struct nr_point *point = &extensions.points[k];
            CHECK(point->assembly_name.size && point->class_name.size && point->method_name.size &&
                  point->line > 0 && !point->wildcard);
        }
        nr_arena_free(&arena);
    }
}

// The corpus of the golden recordings: the lines are those of the reference's own log.
static void test_golden_home(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_fake fake = {0};
    struct nr_facts facts = nr_fake_facts(&fake);
    struct nr_settings_source source = {0};
    struct nr_settings settings;
    struct nr_extensions extensions;
    struct nr_extension_file file = {NR_STR("@HOME@/extensions/Corpus.xml"), {NULL, 0}};
    const struct nr_extension_files files = {&file, 1, 0};
    if (read_file(&arena, SHARED "golden/home/newrelic.config", &source.global) != NR_OK ||
        read_file(&arena, SHARED "golden/home/extensions/Corpus.xml", &file.xml) != NR_OK) {
        nr_test_skip("the golden home", "../shared is not there");
        nr_arena_free(&arena);
        return;
    }
    NR_CASE("the golden home");
    const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
    CHECK_INT(nr_settings_parse(&arena, &facts, &source, log, &settings), NR_OK);
    CHECK_INT(nr_extensions_parse(&arena, &files, &settings.ignore, log, &extensions), NR_OK);
    CHECK_STR(nr_test_log_text(),
              "[Debug] Parsing instrumentation file '@HOME@/extensions/Corpus.xml'\n" IGNORED(
                  "[Corpus]Corpus.IgnoredType.Ign") MSCORLIB("System.String") FOUND("391"));
    nr_arena_free(&arena);
}

// ---- hostile input ----

static const char sample[] = EXTENSION(FACTORY(
    "name='F' metricName='instance' metric='both' level='1' transactionNamingPriority='2'",
    MATCH("assemblyName='A*' className='C[A,B],D&lt;T>' minVersion='1.2' maxVersion='3.4.5.6'",
          METHOD("methodName='M' parameters='System.Int32, System.String'")
              METHOD("methodName='.ctor'"))));

static void test_mutations(void) {
    enum { ROUNDS = 20000 };
    static const char marks[] = "<>/'\"&;=,[]*.x09- ";
    uint32_t state = 4711;
    size_t points = 0, invalid = 0;
    NR_CASE("extension files that were tampered with");
    for (int round = 0; round < ROUNDS; round++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_extensions extensions;
        char *text = malloc(sizeof(sample));
        if (!CHECK(text != NULL)) return;
        memcpy(text, sample, sizeof(sample));
        for (int i = 0; i < 3; i++) {
            state = state * 1664525u + 1013904223u;
            size_t at = (state >> 8) % (sizeof(sample) - 1);
            if (state >> 30) text[at] = marks[(state >> 4) % (sizeof(marks) - 1)];
        }
        if (CHECK_INT(parse_one(&arena, "f.xml", text, NULL, &extensions), NR_OK)) {
            points += extensions.count;
            invalid += extensions.invalid_files;
            show(&arena, &extensions);
        }
        free(text);
        nr_arena_free(&arena);
    }
    CHECK(points > ROUNDS && invalid > ROUNDS / 10);
}

static enum nr_status parse_sample(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_fake fake = {.environment = "_HANDLER=A::B::C"};
    struct nr_facts facts = nr_fake_facts(&fake);
    struct nr_extensions extensions;
    (void)context;
    enum nr_status status =
        parse_one(&arena, "f.xml", sample, nr_test_log(NR_LOG_TRACE), &extensions);
    if (status == NR_OK) {
        status = nr_extensions_add_serverless(&arena, &facts, NULL, &extensions);
    }
    if (status == NR_OK) CHECK_INT(extensions.count, 5);
    nr_arena_free(&arena);
    return status;
}

void test_extension(void) {
    test_documents();
    test_factories();
    test_files();
    test_deprecated_files();
    test_serverless();
    test_shipped_files();
    test_golden_home();
    test_mutations();
    NR_CASE("extension files survive every failing allocation");
    nr_test_every_allocation(parse_sample, NULL, 100);
}
