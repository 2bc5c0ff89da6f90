// Fuzz target: XML, newrelic.config, extension files, and the index of the points in them.
// SPDX-License-Identifier: Apache-2.0
//
// Input: options, two names of up to 255 bytes, then the file. It is read as XML, as each of the
// three configuration files and as an extension.
#include <string.h>

#include "config/extension.h"
#include "config/filter.h"
#include "config/xml.h"
#include "fuzz.h"
#include "instrument/points.h"

enum { FOUND_AT_MOST = 1000 };

static void drop_line(void *context, const char *line, size_t size) {
    (void)context;
    FUZZ_REQUIRE(size > 0 && line[size - 1] == '\n');
}

static const struct nr_log every_line = {.level = NR_LOG_TRACE, .write = drop_line};

// Walks the tree without recursion, as deep as it is.
static void check_tree(const struct nr_xml_node *document) {
    size_t nodes = 0;
    for (const struct nr_xml_node *node = document->first_child; node;) {
        FUZZ_REQUIRE(++nodes <= NR_XML_MAX_NODES && node->name.size > 0 && node->line > 0);
        for (const struct nr_xml_attribute *a = node->first_attribute; a; a = a->next) {
            struct nr_str value;
            FUZZ_REQUIRE(a->name.size > 0);
            FUZZ_REQUIRE(nr_xml_attribute(node, a->name, &value));
        }
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node != document && !node->next) node = node->parent;
        if (node == document) break;
        node = node->next;
    }
}

static void check_xml(struct nr_arena *arena, struct nr_bytes file) {
    struct nr_xml_node *document = NULL;
    struct nr_xml_error error = {0};
    enum nr_status status = nr_xml_parse(arena, arena, file, &document, &error);
    FUZZ_REQUIRE(status == NR_OK || status == NR_MALFORMED || status == NR_TOO_LARGE);
    if (status == NR_OK)
        check_tree(document);
    else
        FUZZ_REQUIRE(error.message && error.line > 0 && error.column > 0);
}

static bool environment(void *context, struct nr_arena *arena, const char *name,
                        struct nr_str *value) {
    (void)arena, (void)name;
    *value = *(const struct nr_str *)context;
    return value->size > 0;
}

static struct nr_ignore_list check_settings(struct nr_arena *arena, const struct nr_facts *facts,
                                            struct nr_bytes file) {
    struct nr_settings settings = {0};
    struct nr_decision decision = {0};
    struct nr_settings_source source = {.global = file};
    const struct nr_settings_source local = {file, true, file, file};
    enum nr_status status = nr_settings_parse(arena, facts, &source, &every_line, &settings);
    FUZZ_REQUIRE(status == NR_OK || status == NR_MALFORMED || status == NR_TOO_LARGE);
    if (status != NR_OK) return settings.ignore;
    FUZZ_REQUIRE(nr_settings_parse(arena, facts, &local, &every_line, &settings) == NR_OK);
    nr_log_mode_of(arena, facts, &settings);
    FUZZ_REQUIRE(nr_filter_decide_this(arena, facts, &settings, &every_line, &decision) == NR_OK);
    FUZZ_REQUIRE(decision.rule);
    return settings.ignore;
}

// A point of one overload, without a limit, must be found by what it names. (One of all overloads
// may stand behind one of this overload, whose limits decide then.)
static void check_point(struct nr_arena *arena, const struct nr_points *points,
                        const struct nr_point *point) {
    const struct nr_version version = {1, 0, 0, 0};
    struct nr_point_list list;
    const struct nr_point *match =
        nr_points_match(points, point->assembly_name, point->class_name, point->method_name,
                        point->parameters, version, &every_line);
    if (point->has_parameters && !point->wildcard && !point->ignored && !point->has_minimum &&
        !point->has_maximum) {
        FUZZ_REQUIRE(match);
    }
    struct nr_points_answer answer =
        nr_points_explain(points, point->assembly_name, point->class_name, point->method_name,
                          point->parameters, version);
    FUZZ_REQUIRE(answer.match == match && answer.reason);
    FUZZ_REQUIRE(nr_points_for_assembly(points, arena, point->assembly_name, &list) == NR_OK);
    FUZZ_REQUIRE(!match || list.count > 0);
    FUZZ_REQUIRE(nr_point_key(arena, point).data);
}

static void check_extension(struct nr_arena *arena, const struct nr_facts *facts,
                            struct nr_bytes file, const struct nr_ignore_list *ignore,
                            struct nr_str name, struct nr_str other) {
    struct nr_extension_file data = {NR_STR("/home/extensions/a.xml"), file};
    const struct nr_extension_files files = {&data, 1, 0};
    struct nr_extensions extensions;
    const struct nr_points *points;
    const struct nr_version version = {0};
    FUZZ_REQUIRE(nr_extensions_parse(arena, &files, ignore, &every_line, &extensions) == NR_OK);
    FUZZ_REQUIRE(nr_extensions_add_serverless(arena, facts, &every_line, &extensions) == NR_OK);
    FUZZ_REQUIRE(nr_points_new(arena, &extensions, ignore, &points) == NR_OK);
    FUZZ_REQUIRE(nr_points_count(points) <= extensions.count);
    nr_points_match(points, name, other, name, other, version, &every_line);
    for (size_t i = 0; i < extensions.count && i < FOUND_AT_MOST; i++) {
        check_point(arena, points, &extensions.points[i]);
        nr_points_match(points, extensions.points[i].assembly_name, name, other, NR_STR(""),
                        version, &every_line);
    }
}

static struct nr_str take_name(struct fuzz_input *input) {
    struct nr_bytes bytes = fuzz_short_bytes(input);
    return (struct nr_str){(const char *)bytes.data, bytes.size};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct fuzz_input input = {{data, size}};
    uint8_t options = fuzz_u8(&input);
    struct nr_str name = take_name(&input), other = take_name(&input);
    const struct nr_facts facts = {.context = &name,
                                   .get_env = environment,
                                   .core = options & 1,
                                   .windows = options & 2,
                                   .process_path = other,
                                   .parent_process_path = name,
                                   .command_line = name};
    check_xml(&arena, input.left);
    struct nr_ignore_list ignore = check_settings(&arena, &facts, input.left);
    check_extension(&arena, &facts, input.left, &ignore, name, other);
    nr_arena_free(&arena);
    return 0;
}
