// Tests of the index of points.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "config/assembly_version.h"
#include "harness.h"
#include "instrument/points.h"

// Points in short, one a line of a file "f.xml": assembly|class|method|parameters|minimum|maximum.
// A line that begins with `-` is a point without parameters for all overloads.
struct made {
    struct nr_arena arena;
    struct nr_extensions extensions;
    struct nr_ignore_list ignore;
    const struct nr_points *points;
};

static struct nr_str field(struct nr_str line, size_t wanted) {
    size_t from = 0;
    for (size_t i = 0; i < wanted; i++) from = nr_str_find(line, '|', from) + 1;
    return nr_str_slice(line, from, nr_str_find(line, '|', from));
}

// The points as an extension file would have them, so that what is tested is what is used.
static struct nr_str xml_of(struct nr_arena *arena, struct nr_str lines) {
    struct nr_buffer xml;
    nr_buffer_init(&xml, arena);
#define PUT(text) nr_buffer_append(&xml, (text).data, (text).size)
    PUT(NR_STR("<extension><instrumentation>"));
    for (size_t from = 0; from < lines.size;) {
        size_t end = nr_str_find(lines, '\n', from);
        struct nr_str line = nr_str_slice(lines, from, end);
        bool all = line.data[0] == '-';
        if (all) line = nr_str_slice(line, 1, line.size);
        PUT(NR_STR("<tracerFactory><match assemblyName='"));
        PUT(field(line, 0));
        PUT(NR_STR("' className='"));
        PUT(field(line, 1));
        PUT(NR_STR("' minVersion='"));
        PUT(field(line, 4));
        PUT(NR_STR("' maxVersion='"));
        PUT(field(line, 5));
        PUT(NR_STR("'><exactMethodMatcher methodName='"));
        PUT(field(line, 2));
        if (!all) {
            PUT(NR_STR("' parameters='"));
            PUT(field(line, 3));
        }
        PUT(NR_STR("'/></match></tracerFactory>\n"));
        from = end + 1;
    }
    PUT(NR_STR("</instrumentation></extension>"));
#undef PUT
    return (struct nr_str){(const char *)xml.data, xml.size};
}

static bool make(struct made *made, const char *lines) {
    static struct nr_ignore_rule rules[] = {{{"Ignored", 7}, {"", 0}},
                                            {{"Shop", 4}, {"Shop.Secret", 11}}};
    *made = (struct made){.ignore = {rules, NR_COUNT_OF(rules)}};
    struct nr_str xml = xml_of(&made->arena, nr_str_of(lines));
    struct nr_extension_file file = {NR_STR("f.xml"), {(const uint8_t *)xml.data, xml.size}};
    const struct nr_extension_files files = {&file, 1, 0};
    return CHECK_INT(
               nr_extensions_parse(&made->arena, &files, &made->ignore, NULL, &made->extensions),
               NR_OK) &&
           CHECK_INT(made->extensions.invalid_files, 0) &&
           CHECK_INT(nr_points_new(&made->arena, &made->extensions, &made->ignore, &made->points),
                     NR_OK);
}

static struct nr_version version_of(const char *text) {
    struct nr_version version = {0, 0, 0, 0};
    nr_version_parse(nr_str_of(text), NULL, &version);
    return version;
}

#define BELOW(version, minimum) \
    "[Debug] A version " version " does not meet minimum version " minimum "\n"
#define ABOVE(version, maximum) \
    "[Debug] A version " version " exceeds maximum version " maximum "\n"

// ---- one method ----

// line: of the point that matches, 0 for none. reason: what nr_points_explain says, and the line of
// the nearest point.
struct row {
    const char *points;
    const char *assembly, *class_name, *method, *parameters, *version;
    uint32_t line;
    const char *reason;
    uint32_t nearest;
    const char *log;
};

#define ONE "-A|N.C|M"
#define RANGE "-A|N.C|M||1.0.0|2.0.0"
#define MINIMUM "-A|N.C|M||1.0.0|"
#define MAXIMUM "-A|N.C|M|||2.5.0"

static const struct row rows[] = {
    // names
    {"", "A", "N.C", "M", "P", "1", 0, "no points", 0, ""},
    {ONE, "A", "N.C", "M", "P", "1", 1, "match", 0, ""},
    {ONE, "A", "N.C", "M", "", "1", 1, "match", 0, ""},
    {ONE, "B", "N.C", "M", "P", "1", 0, "assembly", 1, ""},
    {ONE, "a", "N.C", "M", "P", "1", 0, "assembly", 1, ""},
    {ONE, "A", "N.D", "M", "P", "1", 0, "class", 1, ""},
    {ONE, "A", "n.c", "M", "P", "1", 0, "class", 1, ""},
    {ONE, "A", "N.C", "X", "P", "1", 0, "method", 1, ""},
    {ONE, "A", "N.C", "m", "P", "1", 0, "method", 1, ""},
    {ONE, "", "", "", "", "1", 0, "assembly", 1, ""},
    {"-A|N.C|M\n-A|N.C|X", "A", "N.C", "X", "P", "1", 2, "match", 0, ""},
    {"-A|N.C|M\n-B|N.D|X", "B", "N.D", "X", "P", "1", 2, "match", 0, ""},
    {"-A|N.C|M\n-B|N.D|Y", "B", "N.D", "X", "P", "1", 0, "method", 2, ""},
    {"-A|N.C|M\n-B|N.D|X", "B", "N.C", "M", "P", "1", 0, "class", 2, ""},
    {"-A|N.D|X\n-A|N.C|M", "B", "N.C", "M", "P", "1", 0, "assembly", 2, ""},
    {"-A|N.C,N.D|M", "A", "N.D", "M", "P", "1", 1, "match", 0, ""},
    {"-A|N.C,N.D|M", "A", "N.E", "M", "P", "1", 0, "class", 1, ""},
    {"-A|X|I.M", "A", "X.I", "M", "", "1", 0, "class", 1, ""},
    {"-\xe6\x97\xa5|\xce\xa9|\xc3\xa9", "\xe6\x97\xa5", "\xce\xa9", "\xc3\xa9", "", "1", 1, "match",
     0, ""},
    {"-A|N.O+I`1|M", "A", "N.O+I`1", "M", "", "1", 1, "match", 0, ""},

    // parameters
    {"A|N.C|M|P", "A", "N.C", "M", "P", "1", 1, "match", 0, ""},
    {"A|N.C|M|P", "A", "N.C", "M", "Q", "1", 0, "parameters", 1, ""},
    {"A|N.C|M|P", "A", "N.C", "M", "p", "1", 0, "parameters", 1, ""},
    {"A|N.C|M|P", "A", "N.C", "M", "", "1", 0, "parameters", 1, ""},
    {"A|N.C|M|", "A", "N.C", "M", "P", "1", 0, "parameters", 1, ""},
    {"A|N.C|M|", "A", "N.C", "M", "", "1", 1, "match", 0, ""},
    {"A|N.C|M|void", "A", "N.C", "M", "", "1", 1, "match", 0, ""},
    {"A|N.C|M|void", "A", "N.C", "M", "P", "1", 0, "parameters", 1, ""},
    {"A|N.C|M|System.String, System.Int32", "A", "N.C", "M", "System.String,System.Int32", "1", 1,
     "match", 0, ""},
    {"A|N.C|M|System.String", "A", "N.C", "M", "System.String,System.Int32", "1", 0, "parameters",
     1, ""},
    {"-A|N.C|M\nA|N.C|M|P", "A", "N.C", "M", "P", "1", 2, "match", 0, ""},
    {"-A|N.C|M\nA|N.C|M|P", "A", "N.C", "M", "Q", "1", 1, "match", 0, ""},
    {"A|N.C|M|P\nA|N.C|M|Q\n-A|N.C|M", "A", "N.C", "M", "Q", "1", 2, "match", 0, ""},

    // versions
    {RANGE, "A", "N.C", "M", "", "1.2.3.4", 1, "match", 0, ""},
    {RANGE, "A", "N.C", "M", "", "1.0.0.0", 1, "match", 0, ""},
    {RANGE, "A", "N.C", "M", "", "1.9", 1, "match", 0, ""},
    {RANGE, "A", "N.C", "M", "", "1.9.9.9", 1, "match", 0, ""},
    {RANGE, "A", "N.C", "M", "", "1.65535.65535.65535", 1, "match", 0, ""},
    {RANGE, "A", "N.C", "M", "", "3.0.0.0", 0, "version", 1, ABOVE("3.0.0.0", "2.0.0.0")},
    {RANGE, "A", "N.C", "M", "", "0.1.0.0", 0, "version", 1, BELOW("0.1.0.0", "1.0.0.0")},
    {RANGE, "A", "N.C", "M", "", "0.9.9.9", 0, "version", 1, BELOW("0.9.9.9", "1.0.0.0")},
    {RANGE, "A", "N.C", "M", "", "2.0.0.0", 0, "version", 1, ABOVE("2.0.0.0", "2.0.0.0")},
    {RANGE, "A", "N.C", "M", "", "2.0.3.0", 0, "version", 1, ABOVE("2.0.3.0", "2.0.0.0")},
    {RANGE, "A", "N.C", "M", "", "0.0.0.0", 0, "version", 1, BELOW("0.0.0.0", "1.0.0.0")},
    {MINIMUM, "A", "N.C", "M", "", "1.0", 1, "match", 0, ""},
    {MINIMUM, "A", "N.C", "M", "", "7.4.12.0", 1, "match", 0, ""},
    {MINIMUM, "A", "N.C", "M", "", "0.65535.0.66", 0, "version", 1,
     BELOW("0.65535.0.66", "1.0.0.0")},
    {MAXIMUM, "A", "N.C", "M", "", "2.4.9.9", 1, "match", 0, ""},
    {MAXIMUM, "A", "N.C", "M", "", "0.2.9", 1, "match", 0, ""},
    {MAXIMUM, "A", "N.C", "M", "", "2.5.0.0", 0, "version", 1, ABOVE("2.5.0.0", "2.5.0.0")},
    {MAXIMUM, "A", "N.C", "M", "", "3", 0, "version", 1, ABOVE("3.0.0.0", "2.5.0.0")},
    {"-A|N.C|M||2|1", "A", "N.C", "M", "", "1.5", 0, "version", 1, BELOW("1.5.0.0", "2.0.0.0")},
    {"-A|N.C|M||1|2\n-A|N.C|M||2|3\n-A|N.C|M||3|", "A", "N.C", "M", "", "2.1", 2, "match", 0,
     ABOVE("2.1.0.0", "2.0.0.0")},
    {"-A|N.C|M||1|2\n-A|N.C|M||2|3\n-A|N.C|M||3|", "A", "N.C", "M", "", "9", 3, "match", 0,
     ABOVE("9.0.0.0", "2.0.0.0") ABOVE("9.0.0.0", "3.0.0.0")},
    {"-A|N.C|M||1|2\n-A|N.C|M||2|3\n-A|N.C|M||3|", "A", "N.C", "M", "", "0.5", 0, "version", 1,
     BELOW("0.5.0.0", "1.0.0.0") BELOW("0.5.0.0", "2.0.0.0") BELOW("0.5.0.0", "3.0.0.0")},
    {"-A|N.C|M||1|\n-A|N.C|M", "A", "N.C", "M", "", "1", 1, "match", 0, ""},
    {"-A|N.C|M\n-A|N.C|M||1|", "A", "N.C", "M", "", "1", 1, "match", 0, ""},
    {"A|N.C|M|P|1|2\n-A|N.C|M", "A", "N.C", "M", "P", "1.5", 1, "match", 0, ""},
    {"A|N.C|M|P|1|2\n-A|N.C|M", "A", "N.C", "M", "P", "2.5", 0, "version", 2,
     ABOVE("2.5.0.0", "2.0.0.0")},
    {"A|N.C|M|P|1|2\n-A|N.C|M", "A", "N.C", "M", "Q", "2.5", 2, "match", 0, ""},

    // ignored
    {"-Ignored|N.C|M", "Ignored", "N.C", "M", "", "1", 0, "ignored", 1, ""},
    {"-Ignored|N.C|M\n-A|N.C|M", "A", "N.C", "M", "", "1", 2, "match", 0, ""},
    {"-Shop|Shop.Secret,Shop.Open|M", "Shop", "Shop.Secret", "M", "", "1", 0, "ignored", 1, ""},
    {"-Shop|Shop.Secret,Shop.Open|M", "Shop", "Shop.Open", "M", "", "1", 1, "match", 0, ""},

    // wildcards
    {"-A|N.C|Get*", "A", "N.C", "GetAll", "P", "1", 1, "match", 0, ""},
    {"-A|N.C|Get*", "A", "N.C", "SetAll", "P", "1", 0, "method", 1, ""},
    {"-A|N.*|M", "A", "N.O+I`1", "M", "P", "1", 1, "match", 0, ""},
    {"-A|N.*|M", "A", "X.C", "M", "P", "1", 0, "class", 1, ""},
    {"-A|*|*", "A", "X.C", "M", "P", "1", 1, "match", 0, ""},
    {"-A|*|*", "B", "X.C", "M", "P", "1", 0, "assembly", 1, ""},
    {"-*|*|*", "Shop", "X.C", "M", "P", "1", 1, "match", 0, ""},
    {"-*|*|*", "System.Net.Http", "X.C", "M", "P", "1", 0, "assembly", 1, ""},
    {"-System.*|*|*", "System.Net.Http", "X.C", "M", "P", "1", 1, "match", 0, ""},
    {"-Shop*|*|*", "Shop.Web", "X.C", "M", "P", "1", 1, "match", 0, ""},
    {"A|*|M|P", "A", "N.C", "M", "P", "1", 1, "match", 0, ""},
    {"A|*|M|P", "A", "N.C", "M", "Q", "1", 0, "parameters", 1, ""},
    {"-A|*|M||2|", "A", "N.C", "M", "P", "1", 0, "version", 1, BELOW("1.0.0.0", "2.0.0.0")},
    {"-A|*|M\n-A|N.C|M", "A", "N.C", "M", "P", "1", 2, "match", 0, ""},
    {"-A|*|M\n-A|N.C|M", "A", "N.D", "M", "P", "1", 1, "match", 0, ""},
    {"-A|N.*|M\n-A|*|M", "A", "N.C", "M", "P", "1", 1, "match", 0, ""},
    {"-A|N.*|M||2|\n-A|*|M", "A", "N.C", "M", "P", "1", 2, "match", 0, BELOW("1.0.0.0", "2.0.0.0")},
    {"-A|N.C|M||2|\n-A|*|M", "A", "N.C", "M", "P", "1", 2, "match", 0, BELOW("1.0.0.0", "2.0.0.0")},
    {"-*|*|*", "Shop", "Shop.Secret", "M", "P", "1", 0, "ignored", 1, ""},
    {"-*|*|*", "shop", "SHOP.SECRET", "M", "P", "1", 0, "ignored", 1, ""},
    {"-*|*|*", "Shop", "Shop.Open", "M", "P", "1", 1, "match", 0, ""},
    {"-*|*|*", "Ignored", "N.C", "M", "P", "1", 0, "ignored", 1, ""},
    {"-Shop|Shop.*|M", "Shop", "Shop.Secret", "M", "P", "1", 0, "ignored", 1, ""},
};

static void test_rows(void) {
    for (size_t i = 0; i < NR_COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        struct made made;
        char name[200];
        snprintf(name, sizeof(name), "point %zu: [%s]%s.%s(%s) %s", i, row->assembly,
                 row->class_name, row->method, row->parameters, row->version);
        NR_CASE(name);
        if (!make(&made, row->points)) continue;
        const struct nr_log *log = nr_test_log(NR_LOG_TRACE);
        const struct nr_str assembly = nr_str_of(row->assembly);
        const struct nr_str class_name = nr_str_of(row->class_name);
        const struct nr_str method = nr_str_of(row->method);
        const struct nr_str parameters = nr_str_of(row->parameters);
        const struct nr_version version = version_of(row->version);
        const struct nr_point *point =
            nr_points_match(made.points, assembly, class_name, method, parameters, version, log);
        CHECK_INT(point ? point->line : 0, row->line);
        CHECK_STR(nr_test_log_text(), row->log);
        struct nr_points_answer answer =
            nr_points_explain(made.points, assembly, class_name, method, parameters, version);
        CHECK(answer.match == point);
        CHECK_STR(nr_str_of(answer.reason), row->reason);
        CHECK_INT(answer.nearest ? answer.nearest->line : 0, row->nearest);
        nr_arena_free(&made.arena);
    }
}

// ---- all of an assembly ----

static const struct {
    const char *points, *assembly;
    const char *lines;  // of the points, one digit each
    bool allocates;
} assemblies[] = {
    {"", "A", "", false},
    {"-A|C|M\n-B|C|M\n-A|D|M", "A", "13", false},
    {"-A|C|M\n-B|C|M\n-A|D|M", "B", "2", false},
    {"-A|C|M\n-B|C|M\n-A|D|M", "a", "", false},
    {"-A|C|M\n-B|C|M\n-A|D|M", "", "", false},
    {"-A|C|M\n-Ignored|C|M\n-A|D|M", "Ignored", "", false},
    {"-A|C*|M\n-A|D|M", "A", "12", false},
    {"-*|*|*\n-A|C|M\n-A*|D|M\n-A|E|M\n-B|F|M", "A", "1234", true},
    {"-*|*|*\n-A|C|M\n-A*|D|M\n-A|E|M\n-B|F|M", "B", "15", true},
    {"-*|*|*\n-A|C|M\n-A*|D|M\n-A|E|M\n-B|F|M", "X", "1", true},
    {"-*|*|*\n-System|C|M\n-Sys*|D|M", "System", "23", true},
    {"-*|*|*\n-A|C|M", "System", "", false},
    {"-*|*|*\n-A|C|M", "Ignored", "", true},
    {"-*|*|*\n-A|C|M", "Shop", "1", true},
    {"-\xe6\x97\xa5|C|M", "\xe6\x97\xa5", "1", false},
};

static void test_assemblies(void) {
    for (size_t i = 0; i < NR_COUNT_OF(assemblies); i++) {
        struct made made;
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_point_list list;
        char name[64], lines[16];
        snprintf(name, sizeof(name), "the points of assembly '%s', %zu", assemblies[i].assembly, i);
        NR_CASE(name);
        if (!make(&made, assemblies[i].points)) continue;
        CHECK_INT(
            nr_points_for_assembly(made.points, &arena, nr_str_of(assemblies[i].assembly), &list),
            NR_OK);
        if (CHECK(list.count < sizeof(lines))) {
            for (size_t k = 0; k < list.count; k++) lines[k] = (char)('0' + list.data[k]->line);
            lines[list.count] = '\0';
            CHECK_STR(nr_str_of(lines), assemblies[i].lines);
        }
        CHECK_INT(arena.chunks != NULL, assemblies[i].allocates);
        nr_arena_free(&arena);
        nr_arena_free(&made.arena);
    }
}

// ---- many points ----

static void test_many(void) {
    enum { COUNT = 5000 };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer lines;
    struct made made;
    char line[80];
    NR_CASE("each of five thousand points is found, and nothing else");
    nr_buffer_init(&lines, &arena);
    for (int i = 0; i < COUNT; i++) {
        int size = snprintf(line, sizeof(line), "-A%d|N.C%d|M%d\n", i % 7, i % 1000, i);
        nr_buffer_append(&lines, line, (size_t)size);
    }
    nr_buffer_u8(&lines, 0);
    if (!make(&made, (const char *)lines.data)) return;
    CHECK_INT(nr_points_count(made.points), COUNT);
    for (int i = 0; i < COUNT; i++) {
        char names[4][24];
        snprintf(names[0], sizeof(names[0]), "A%d", i % 7);
        snprintf(names[1], sizeof(names[1]), "N.C%d", i % 1000);
        snprintf(names[2], sizeof(names[2]), "M%d", i);
        snprintf(names[3], sizeof(names[3]), "M%d", i + 1);
        struct nr_version version = {0, 0, 0, 0};
        const struct nr_point *point =
            nr_points_match(made.points, nr_str_of(names[0]), nr_str_of(names[1]),
                            nr_str_of(names[2]), NR_STR(""), version, NULL);
        CHECK_INT(point ? point->line : 0, i + 1);
        CHECK(!nr_points_match(made.points, nr_str_of(names[0]), nr_str_of(names[1]),
                               nr_str_of(names[3]), NR_STR(""), version, NULL));
    }
    nr_arena_free(&arena);
    nr_arena_free(&made.arena);
}

static void test_looking_up(void) {
    struct made made;
    NR_CASE("a look-up needs no memory and changes nothing");
    if (!make(&made, "-A|N.C|M\nA|N.C|M|P\n-A|N.*|X\n-*|*|Y")) return;
    struct nr_point before[4];
    memcpy(before, made.extensions.points, sizeof(before));
    nr_test_fail_allocation(1);
    for (int i = 0; i < 4; i++) {
        static const char *const methods[] = {"M", "X", "Y", "Z"};
        nr_points_match(made.points, NR_STR("A"), NR_STR("N.C"), nr_str_of(methods[i]), NR_STR("P"),
                        version_of("1"), NULL);
        nr_points_explain(made.points, NR_STR("A"), NR_STR("N.C"), nr_str_of(methods[i]),
                          NR_STR("P"), version_of("1"));
    }
    CHECK(!nr_test_fail_allocation(0));
    CHECK(memcmp(before, made.extensions.points, sizeof(before)) == 0);
    nr_arena_free(&made.arena);
}

static enum nr_status build(void *context) {
    const struct made *made = context;
    struct nr_arena arena = NR_ARENA_INIT;
    const struct nr_points *points;
    struct nr_point_list list;
    enum nr_status status = nr_points_new(&arena, &made->extensions, &made->ignore, &points);
    if (status == NR_OK) status = nr_points_for_assembly(points, &arena, NR_STR("A"), &list);
    if (status == NR_OK) CHECK_INT(list.count, 4);
    nr_arena_free(&arena);
    return status;
}

void test_points(void) {
    test_rows();
    test_assemblies();
    test_many();
    test_looking_up();
    struct made made;
    NR_CASE("the index survives every failing allocation");
    if (make(&made, "-A|N.C|M\nA|N.C|M|P\n-A|N.*|X\n-*|*|Y\n-B|C|M")) {
        nr_test_every_allocation(build, &made, 100);
    }
    nr_arena_free(&made.arena);
}
