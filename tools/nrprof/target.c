// Which methods to trace: parsing, matching, and the extension file.
// SPDX-License-Identifier: Apache-2.0
#include "target.h"

#include "config/pattern.h"

// The dot between type and method: the last one, or the one before it in "Type..ctor".
static size_t split_at(struct nr_str name) {
    size_t dot = name.size;
    while (dot > 0 && name.data[dot - 1] != '.') dot--;
    if (dot == 0) return name.size;
    dot--;
    return dot > 0 && name.data[dot - 1] == '.' ? dot - 1 : dot;
}

static bool only_stars(struct nr_str text) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '*') return false;
    }
    return text.size > 0;
}

static bool has_control_character(struct nr_str text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] < ' ') return true;
    }
    return false;
}

static bool parse_name(struct nr_str name, struct nr_target *target, const char **why) {
    if (only_stars(name)) {
        target->type = target->method = NR_STR("*");
        return true;
    }
    size_t dot = split_at(name);
    target->type = nr_str_slice(name, 0, dot);
    target->method = nr_str_slice(name, dot + 1, name.size);
    if (target->type.size && target->method.size) return true;
    *why = "it has to name a type and a method: 'Namespace.Type.Method', 'Namespace.Type.*', '*'";
    return false;
}

bool nr_target_parse(struct nr_str text, struct nr_target *target, const char **why) {
    *target = (struct nr_target){.text = text, .assembly = NR_STR("*")};
    *why = "it contains a control character";
    if (has_control_character(text)) return false;
    *why = "parameters cannot be given: a pattern means all methods of the name";
    if (nr_str_find(text, '(', 0) < text.size) return false;
    struct nr_str name = text;
    if (nr_str_starts_with(text, NR_STR("["))) {
        size_t end = nr_str_find(text, ']', 0);
        *why = "an assembly goes between '[' and ']': '[Assembly]Namespace.Type.Method'";
        if (end == text.size || end == 1) return false;
        target->assembly = nr_str_slice(text, 1, end);
        name = nr_str_slice(text, end + 1, text.size);
    }
    return parse_name(name, target, why);
}

// The name of a method may contain dots as well (".ctor", an interface's method implemented
// explicitly), so every dot may be the one between type and method.
bool nr_target_matches(const struct nr_target *target, struct nr_str assembly,
                       struct nr_str method) {
    if (!nr_pattern_matches_assembly(target->assembly, assembly)) return false;
    for (size_t dot = nr_str_find(method, '.', 0); dot < method.size;
         dot = nr_str_find(method, '.', dot + 1)) {
        if (nr_pattern_matches(target->type, nr_str_slice(method, 0, dot)) &&
            nr_pattern_matches(target->method, nr_str_slice(method, dot + 1, method.size)))
            return true;
    }
    return false;
}

static void put(struct nr_buffer *xml, const char *text) {
    struct nr_str str = nr_str_of(text);
    nr_buffer_append(xml, str.data, str.size);
}

static void put_attribute(struct nr_buffer *xml, const char *name, struct nr_str value) {
    put(xml, " ");
    put(xml, name);
    put(xml, "=\"");
    for (size_t i = 0; i < value.size; i++) {
        switch (value.data[i]) {
        case '&': put(xml, "&amp;"); break;
        case '<': put(xml, "&lt;"); break;
        case '>': put(xml, "&gt;"); break;
        case '"': put(xml, "&quot;"); break;
        default: nr_buffer_append(xml, value.data + i, 1);
        }
    }
    put(xml, "\"");
}

void nr_target_write_extension(const struct nr_target *targets, size_t count,
                               struct nr_buffer *xml) {
    put(xml,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<extension xmlns=\"urn:newrelic-extension\">\n  <instrumentation>\n"
        "    <tracerFactory>\n");
    for (size_t i = 0; i < count; i++) {
        put(xml, "      <match");
        put_attribute(xml, "assemblyName", targets[i].assembly);
        put_attribute(xml, "className", targets[i].type);
        put(xml, ">\n        <exactMethodMatcher");
        put_attribute(xml, "methodName", targets[i].method);
        put(xml, "/>\n      </match>\n");
    }
    put(xml, "    </tracerFactory>\n  </instrumentation>\n</extension>\n");
}
