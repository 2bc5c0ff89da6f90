// Reads extension files and the serverless handler of the environment into points.
// SPDX-License-Identifier: Apache-2.0
#include "config/extension.h"

#include "base/array.h"
#include "config/assembly_version.h"
#include "config/number.h"
#include "config/pattern.h"
#include "config/tracer_flags.h"
#include "config/xml.h"

struct load {
    struct nr_arena *arena;
    const struct nr_ignore_list *ignore;
    const struct nr_log *log;
    struct nr_extensions *out;
};

struct nr_str nr_point_key(struct nr_arena *arena, const struct nr_point *point) {
    bool some = point->has_parameters;
    return NR_STR_JOIN(arena, NR_STR("["), point->assembly_name, NR_STR("]"), point->class_name,
                       NR_STR("."), point->method_name, some ? NR_STR("(") : NR_STR(""),
                       some ? point->parameters : NR_STR(""), some ? NR_STR(")") : NR_STR(""));
}

static enum nr_status add_point(struct load *load, const struct nr_point *point) {
    struct nr_extensions *out = load->out;
    struct nr_point *points =
        nr_array_room(load->arena, out->points, out->count, sizeof(*out->points));
    if (!points) return NR_NO_MEMORY;
    out->points = points;
    points[out->count++] = *point;
    return NR_OK;
}

static bool has_wildcard(const struct nr_point *point) {
    return nr_pattern_is_wild(point->assembly_name) || nr_pattern_is_wild(point->class_name) ||
           nr_pattern_is_wild(point->method_name);
}

// ---- one point ----

// A point of one class, ignored or not.
static enum nr_status add_class(struct load *load, const struct nr_point *shared,
                                struct nr_str class_name) {
    struct nr_point point = *shared;
    point.class_name = class_name;
    point.wildcard = has_wildcard(&point);
    point.ignored = nr_ignore_list_matches(load->ignore, point.assembly_name, class_name);
    if (point.ignored && nr_log_enabled(load->log, NR_LOG_DEBUG)) {
        struct nr_str key = nr_point_key(load->arena, &point);
        nr_log_debug(load->log,
                     "Instrumentation for %.*s is in the ignore list in the newrelic.config file "
                     "and will be ignored.",
                     NR_STR_ARGS(key));
    }
    return add_point(load, &point);
}

// Several classes stand between commas; a comma in brackets belongs to the arguments of a generic
// type. A closing bracket too many makes the rest one name, as the reference has it.
static enum nr_status add_classes(struct load *load, const struct nr_point *shared) {
    struct nr_str names = shared->class_name;
    uint32_t brackets = 0;
    size_t from = 0;
    for (size_t i = 0; i < names.size; i++) {
        char c = names.data[i];
        if (c == '<' || c == '[') brackets++;
        if (c == '>' || c == ']') brackets--;
        if (c == ',' && brackets == 0) {
            NR_TRY(add_class(load, shared, nr_str_slice(names, from, i)));
            from = i + 1;
        }
    }
    return add_class(load, shared, nr_str_slice(names, from, names.size));
}

static uint32_t metric_flags(struct nr_str type) {
    if (type.size == 0 || nr_str_equal_ignore_case(type, NR_STR("scoped"))) {
        return NR_FLAG_SCOPED_METRIC;
    }
    if (nr_str_equal_ignore_case(type, NR_STR("unscoped"))) return NR_FLAG_UNSCOPED_METRIC;
    if (nr_str_equal_ignore_case(type, NR_STR("both"))) {
        return NR_FLAG_SCOPED_METRIC | NR_FLAG_UNSCOPED_METRIC;
    }
    return 0;
}

// Three bits of a number; NR_MALFORMED when there is text that begins with none.
static enum nr_status number_flags(const struct load *load, const struct nr_xml_node *node,
                                   struct nr_str attribute, int shift, uint32_t *flags) {
    struct nr_str text = nr_xml_attribute_or_empty(node, attribute);
    int number = 0;
    if (text.size > 0 && !nr_number_parse(text, &number)) {
        nr_log_warn(load->log, "%.*s of the tracerFactory in line %u is not a number: %.*s",
                    NR_STR_ARGS(attribute), (unsigned)node->line, NR_STR_ARGS(text));
        return NR_MALFORMED;
    }
    *flags |= ((uint32_t)number & 7) << shift;
    return NR_OK;
}

// On unless the attribute says something else than true.
static uint32_t flag_unless_off(const struct nr_xml_node *node, struct nr_str attribute,
                                uint32_t flag) {
    struct nr_str text = nr_xml_attribute_or_empty(node, attribute);
    return text.size == 0 || nr_str_equal_ignore_case(text, NR_STR("true")) ? flag : 0;
}

static enum nr_status read_flags(const struct load *load, const struct nr_xml_node *factory,
                                 struct nr_point *point) {
    uint32_t flags = metric_flags(point->metric_type);
    if (point->metric_name.size > 0) flags |= NR_FLAG_CUSTOM_METRIC_NAME;
    if (nr_str_equal_ignore_case(point->metric_name, NR_STR("instance"))) {
        flags |= NR_FLAG_INSTANCE_METRIC_NAME;
    }
    NR_TRY(number_flags(load, factory, NR_STR("level"), NR_FLAG_LEVEL_SHIFT, &flags));
    flags |= flag_unless_off(factory, NR_STR("suppressRecursiveCalls"), NR_FLAG_SUPPRESS_RECURSION);
    flags |=
        flag_unless_off(factory, NR_STR("transactionTraceSegment"), NR_FLAG_TRANSACTION_SEGMENT);
    NR_TRY(number_flags(load, factory, NR_STR("transactionNamingPriority"),
                        NR_FLAG_NAMING_PRIORITY_SHIFT, &flags));
    point->flags = flags;
    return NR_OK;
}

static bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

enum nr_status nr_point_parameters(struct nr_arena *arena, struct nr_str text,
                                   struct nr_str *parameters) {
    size_t size = 0;
    char *place = nr_arena_alloc(arena, text.size);
    if (!place) return NR_NO_MEMORY;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_white(text.data[i])) place[size++] = text.data[i];
    }
    *parameters = (struct nr_str){place, size};
    if (nr_str_equal_ignore_case(*parameters, NR_STR("void"))) parameters->size = 0;
    return NR_OK;
}

static enum nr_status read_parameters(struct load *load, const struct nr_xml_node *matcher,
                                      struct nr_point *point) {
    struct nr_str text;
    point->has_parameters = nr_xml_attribute(matcher, NR_STR("parameters"), &text);
    if (!point->has_parameters) return NR_OK;
    return nr_point_parameters(load->arena, text, &point->parameters);
}

static enum nr_status read_names(struct load *load, const struct nr_xml_node *matcher,
                                 struct nr_point *point) {
    const struct nr_xml_node *match = matcher->parent, *factory = match->parent;
    point->tracer_factory = nr_xml_attribute_or_empty(factory, NR_STR("name"));
    point->metric_name = nr_xml_attribute_or_empty(factory, NR_STR("metricName"));
    point->metric_type = nr_xml_attribute_or_empty(factory, NR_STR("metric"));
    point->assembly_name = nr_xml_attribute_or_empty(match, NR_STR("assemblyName"));
    point->class_name = nr_xml_attribute_or_empty(match, NR_STR("className"));
    point->method_name = nr_xml_attribute_or_empty(matcher, NR_STR("methodName"));
    if (point->tracer_factory.size == 0) point->tracer_factory = NR_DEFAULT_TRACER_FACTORY;
    return read_parameters(load, matcher, point);
}

static enum nr_status read_matcher(struct load *load, const struct nr_xml_node *matcher,
                                   struct nr_str file) {
    const struct nr_xml_node *match = matcher->parent;
    struct nr_point point = {.file = file, .line = matcher->line};
    NR_TRY(read_names(load, matcher, &point));
    point.has_minimum = nr_version_parse(nr_xml_attribute_or_empty(match, NR_STR("minVersion")),
                                         load->log, &point.minimum);
    point.has_maximum = nr_version_parse(nr_xml_attribute_or_empty(match, NR_STR("maxVersion")),
                                         load->log, &point.maximum);
    // Injected code looks for a reference to mscorlib, which mscorlib itself does not have.
    if (nr_str_equal(point.assembly_name, NR_STR("mscorlib"))) {
        nr_log_warn(load->log,
                    "Skipping instrumentation targeted at the mscorlib assembly for class %.*s",
                    NR_STR_ARGS(point.class_name));
        return NR_OK;
    }
    NR_TRY(read_flags(load, match->parent, &point));
    return add_classes(load, &point);
}

// ---- files ----

static enum nr_status read_factory(struct load *load, const struct nr_xml_node *factory,
                                   struct nr_str file) {
    if (nr_xml_attribute_is(factory, NR_STR("enabled"), NR_STR("false"))) return NR_OK;
    const struct nr_xml_node *match = nr_xml_child(factory, NR_STR("match"));
    for (; match; match = nr_xml_next(match)) {
        const struct nr_xml_node *matcher = nr_xml_child(match, NR_STR("exactMethodMatcher"));
        for (; matcher; matcher = nr_xml_next(matcher)) NR_TRY(read_matcher(load, matcher, file));
    }
    return NR_OK;
}

static enum nr_status read_document(struct load *load, const struct nr_xml_node *document,
                                    struct nr_str file) {
    const struct nr_xml_node *node = nr_xml_child(document, NR_STR("extension"));
    const char *missing = "extension";
    if (node) {
        node = nr_xml_child(node, NR_STR("instrumentation"));
        missing = "instrumentation";
    }
    if (!node) {
        nr_log_warn(load->log,
                    "%s node not found in instrumentation file. Please validate your "
                    "instrumentation files against extensions/extension.xsd or contact New Relic "
                    "support.",
                    missing);
        return NR_OK;
    }
    const struct nr_xml_node *factory = nr_xml_child(node, NR_STR("tracerFactory"));
    for (; factory; factory = nr_xml_next(factory)) NR_TRY(read_factory(load, factory, file));
    return NR_OK;
}

// Files of old versions of the agent, whose points would clash with those that replaced them.
static bool is_deprecated(struct nr_str name) {
    static const struct nr_str names[] = {
        {"NewRelic.Providers.Wrapper.Logging.Instrumentation.xml", 54},
        {"NewRelic.Providers.Wrapper.CastleMonoRail2.Instrumentation.xml", 62},
        {"NewRelic.Providers.Wrapper.Asp35.Instrumentation.xml", 52}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (nr_str_contains_ignore_case(name, names[i])) return true;
    }
    return false;
}

static enum nr_status read_file(struct load *load, const struct nr_extension_file *file) {
    struct nr_arena scratch = NR_ARENA_INIT;
    struct nr_xml_node *document;
    struct nr_xml_error error;
    struct nr_str name = nr_str_copy(load->arena, file->name);
    if (!name.data) return NR_NO_MEMORY;
    enum nr_status status = nr_xml_parse(&scratch, load->arena, file->xml, &document, &error);
    if (status == NR_MALFORMED || status == NR_TOO_LARGE) {
        nr_log_warn(load->log, "%.*s(%u,%u): %s", NR_STR_ARGS(name), (unsigned)error.line,
                    (unsigned)error.column, error.message);
    }
    if (status == NR_OK) status = read_document(load, document, name);
    nr_arena_free(&scratch);
    if (status == NR_OK || status == NR_NO_MEMORY) return status;
    load->out->invalid_files++;
    nr_log_warn(load->log,
                "Exception thrown while attempting to parse instrumentation file '%.*s'. Please "
                "validate your instrumentation files against extensions/extension.xsd or contact "
                "New Relic support.",
                NR_STR_ARGS(name));
    return NR_OK;
}

enum nr_status nr_extensions_parse(struct nr_arena *arena, const struct nr_extension_files *files,
                                   const struct nr_ignore_list *ignore, const struct nr_log *log,
                                   struct nr_extensions *out) {
    struct nr_extensions made = {0};
    struct load load = {arena, ignore, log, &made};
    size_t active = 0;
    for (size_t i = 0; i < files->count; i++) {
        struct nr_str name = files->data[i].name;
        if (is_deprecated(name)) {
            nr_log_warn(log, "Deprecated instrumentation file being ignored: %.*s",
                        NR_STR_ARGS(name));
            continue;
        }
        nr_log_debug(log, "Parsing instrumentation file '%.*s'", NR_STR_ARGS(name));
        NR_TRY(read_file(&load, &files->data[i]));
    }
    for (size_t i = 0; i < made.count; i++) active += !made.points[i].ignored;
    nr_log_info(log, "Identified %u Instrumentation points (not ignored) in .xml files",
                (unsigned)active);
    *out = made;
    return NR_OK;
}

// ---- serverless ----

// assembly::class::method; false when text is something else.
static bool split_handler(struct nr_str text, struct nr_str parts[3]) {
    size_t count = 0, from = 0;
    for (size_t i = 0; i <= text.size; i++) {
        bool colons = nr_str_starts_with(nr_str_slice(text, i, text.size), NR_STR("::"));
        if (!colons && i < text.size) continue;
        if (count == 3) return false;
        parts[count++] = nr_str_slice(text, from, i);
        from = i + 2;
        i += colons;
    }
    return count == 3;
}

static enum nr_status add_handler(struct load *load, struct nr_str variable, bool *added) {
    struct nr_str text = nr_str_copy(load->arena, variable), parts[3];
    if (!text.data) return NR_NO_MEMORY;
    if (!split_handler(text, parts)) {
        nr_log_warn(load->log,
                    "%.*s is not a valid method descriptor. It must be in the format "
                    "'assembly::class::method'",
                    NR_STR_ARGS(text));
        return NR_OK;
    }
    nr_log_info(load->log, "Serverless mode detected. Assembly: %.*s Class: %.*s Method: %.*s",
                NR_STR_ARGS(parts[0]), NR_STR_ARGS(parts[1]), NR_STR_ARGS(parts[2]));
    struct nr_point point = {
        .assembly_name = parts[0],
        .class_name = parts[1],
        .method_name = parts[2],
        .tracer_factory = NR_STR("NewRelic.Providers.Wrapper.AwsLambda.HandlerMethod"),
        .metric_name = NR_STR(""),
        .metric_type = NR_STR(""),
        .file = NR_STR("")};
    *added = true;
    return add_point(load, &point);
}

enum nr_status nr_extensions_add_serverless(struct nr_arena *arena, const struct nr_facts *facts,
                                            const struct nr_log *log,
                                            struct nr_extensions *extensions) {
    static const char *const variables[] = {"NEW_RELIC_LAMBDA_HANDLER", "_HANDLER"};
    struct load load = {arena, NULL, log, extensions};
    bool added = false;
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]) && !added; i++) {
        struct nr_str text;
        if (!nr_facts_env(facts, arena, variables[i], &text)) continue;
        nr_log_debug(log, "Found %s environment variable: %.*s", variables[i], NR_STR_ARGS(text));
        NR_TRY(add_handler(&load, text, &added));
    }
    return NR_OK;
}
