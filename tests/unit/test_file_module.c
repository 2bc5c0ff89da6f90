// Tests of src/metadata/file_module.c and what it stands on: pe.c, metadata_root.c, schema.c,
// tables.c, row_index.c, file_lookup.c, file_emit.c, tables_write.c, file_write.c; and of
// src/metadata/module.c.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/file_module.h"

#include <stdio.h>

#include "harness.h"
#include "hex.h"
#include "image.h"
#include "metadata/resolve.h"
#include "metadata/signature.h"

#define BLOB(image, text) nr_test_image_blob((image), (text), sizeof(text) - 1)
#define STRING(image, text) nr_test_image_string((image), (text))
#define CODED(row, bits, tag) ((uint32_t)(row) << (bits) | (tag))

// ---- a sample ----

enum {
    GLOBALS = 0x02000001,
    OUTER = 0x02000002,
    INNER = 0x02000003,
    DEEP = 0x02000004,
    TOP_INNER = 0x02000005,
    SPAN = 0x02000006,
    OBJECT = 0x01000001,
    BY_REF_LIKE = 0x01000003,
    ENUMERATOR = 0x01000004,
    LIST = 0x01000005,
    RUNTIME = 0x23000001,
    CONSOLE = 0x23000002,
};

// The ways in which a compiler may lay the same module out.
static const struct variant {
    const char *name, *stream_name;
    uint8_t heap_sizes;
    bool pe32_plus;
    bool pointers;  // methods and fields through MethodPtr and FieldPtr, in reverse order
    bool unsorted;
} variants[] = {
    {"PE32", "#~", 0, false, false, false},
    {"PE32+", "#~", 0, true, false, false},
    {"wide strings", "#~", 1, false, false, false},
    {"wide heaps", "#~", 7, true, false, false},
    {"uncompressed", "#-", 0, false, false, false},
    {"uncompressed with pointers, unsorted", "#-", 5, false, true, true},
};

static const struct {
    const char *name;
    uint32_t rva, flags, impl_flags;
} sample_methods[] = {
    {"global", NR_TEST_IMAGE_BODIES, 0x16, 0},
    {".ctor", NR_TEST_IMAGE_BODIES + 2, 0x1806, 0},
    {"Run", NR_TEST_IMAGE_BODIES + 4, 0x16, 0},
    {"Get", NR_TEST_IMAGE_BODIES, 0x6, 0},
    {"None", 0, 0x446, 0},
    {"native", NR_TEST_IMAGE_BODIES, 0x16, 1},
};
enum { METHODS = NR_COUNT_OF(sample_methods), FIELDS = 3 };
static const char *const sample_fields[FIELDS] = {"one", "two", "three"};

// The row that the method or field in this place of the lists has.
static uint32_t row_of(const struct variant *variant, uint32_t place, uint32_t count) {
    return variant->pointers ? count + 1 - place : place;
}

static uint32_t method_row(const struct variant *variant, uint32_t place) {
    return row_of(variant, place, METHODS);
}

static void add_types(struct nr_test_image *image) {
    static const struct {
        const char *name, *space;
        uint32_t flags, extends, fields, methods;
    } types[] = {
        {"<Module>", "", 0x000, 0, 1, 1},
        {"Outer", "Space", 0x101, CODED(1, 2, 1), 1, 2},
        {"Inner", "", 0x002, CODED(1, 2, 1), 3, 4},
        {"Deep.er", "", 0x003, CODED(2, 2, 0), 3, 5},
        {"Inner", "", 0x000, CODED(1, 2, 2), 3, 6},
        {"Span`1", "Space", 0x109, CODED(2, 2, 1), 3, 6},
    };
    for (size_t i = 0; i < NR_COUNT_OF(types); i++) {
        NR_TEST_ROW(image, NR_TABLE_TYPE_DEF, types[i].flags, STRING(image, types[i].name),
                    STRING(image, types[i].space), types[i].extends, types[i].fields,
                    types[i].methods);
    }
}

static void add_members(struct nr_test_image *image, const struct variant *variant) {
    nr_buffer_append(&image->bodies, "\x06*\x0a*\x0e*", 6);  // tiny bodies: a byte and a ret
    for (uint32_t row = 1; row <= METHODS; row++) {
        uint32_t i = row_of(variant, row, METHODS) - 1;
        NR_TEST_ROW(image, NR_TABLE_METHOD_DEF, sample_methods[i].rva, sample_methods[i].impl_flags,
                    sample_methods[i].flags, STRING(image, sample_methods[i].name),
                    BLOB(image, "\0\0\1"), 1);
        if (variant->pointers) {
            NR_TEST_ROW(image, NR_TABLE_METHOD_PTR, row_of(variant, row, METHODS));
        }
    }
    for (uint32_t row = 1; row <= FIELDS; row++) {
        const char *name = sample_fields[row_of(variant, row, FIELDS) - 1];
        NR_TEST_ROW(image, NR_TABLE_FIELD, 6, STRING(image, name), BLOB(image, "\6\x08"));
        if (variant->pointers) {
            NR_TEST_ROW(image, NR_TABLE_FIELD_PTR, row_of(variant, row, FIELDS));
        }
    }
}

static void add_references(struct nr_test_image *image, const struct variant *variant) {
    static const struct {
        uint32_t scope;
        const char *name, *space;
    } refs[] = {
        {CODED(1, 2, 2), "Object", "System"},
        {CODED(1, 2, 2), "ValueType", "System"},
        {CODED(1, 2, 2), "IsByRefLikeAttribute", "System.Runtime.CompilerServices"},
        {CODED(5, 2, 3), "Enumerator", ""},
        {CODED(1, 2, 2), "List`1", "System.Collections.Generic"},
    };
    NR_TEST_ROW(image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0, STRING(image, "System.Runtime"));
    NR_TEST_ROW(image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0, STRING(image, "System.Console"));
    for (size_t i = 0; i < NR_COUNT_OF(refs); i++) {
        NR_TEST_ROW(image, NR_TABLE_TYPE_REF, refs[i].scope, STRING(image, refs[i].name),
                    STRING(image, refs[i].space));
    }
    NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, CODED(1, 3, 1), STRING(image, ".ctor"),
                BLOB(image, "\x20\0\1"));
    NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, CODED(3, 3, 1), STRING(image, ".ctor"),
                BLOB(image, "\x20\0\1"));
    NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, CODED(1, 3, 1), STRING(image, "ToString"),
                BLOB(image, "\x20\0\x0e"));
    NR_TEST_ROW(image, NR_TABLE_TYPE_SPEC, BLOB(image, "\x15\x12\x15\1\x08"));
    NR_TEST_ROW(image, NR_TABLE_STAND_ALONE_SIG, BLOB(image, "\7\1\x08"));
    NR_TEST_ROW(image, NR_TABLE_METHOD_SPEC, CODED(method_row(variant, 3), 1, 0),
                BLOB(image, "\x0a\1\x08"));
    NR_TEST_ROW(image, NR_TABLE_EXPORTED_TYPE, 0x200000, 0, STRING(image, "Moved"),
                STRING(image, "Space"), CODED(2, 2, 1));
    NR_TEST_ROW(image, NR_TABLE_EXPORTED_TYPE, 0x200000, 0, STRING(image, "Part"), 0,
                CODED(1, 2, 2));
}

// Rows of these tables are sorted by their parents, unless the variant says otherwise.
static void add_children(struct nr_test_image *image, const struct variant *variant) {
    uint32_t run = method_row(variant, 3), constructor = method_row(variant, 2);
    const uint32_t nested[][NR_MOST_COLUMNS] = {{3, 2}, {4, 3}};
    const uint32_t parameters[][NR_MOST_COLUMNS] = {
        {0, 0, CODED(run, 1, 1), 0}, {1, 0x10, CODED(run, 1, 1), 0}, {0, 0x20, CODED(6, 1, 0), 0}};
    const uint32_t attributes[][NR_MOST_COLUMNS] = {
        {CODED(run, 5, 0), CODED(2, 3, 3), BLOB(image, "\1\0\2\2")},
        {CODED(2, 5, 3), CODED(constructor, 3, 2), BLOB(image, "\1\0\3\3")},
        {CODED(6, 5, 3), CODED(1, 3, 3), 0},
        {CODED(6, 5, 3), CODED(2, 3, 3), BLOB(image, "\1\0\0\0")}};
#define ADD(table, rows)                           \
    for (size_t i = 0; i < NR_COUNT_OF(rows); i++) \
    nr_test_image_row(image, (table), (rows)[variant->unsorted ? (i + 1) % NR_COUNT_OF(rows) : i])
    ADD(NR_TABLE_NESTED_CLASS, nested);
    ADD(NR_TABLE_GENERIC_PARAM, parameters);
    ADD(NR_TABLE_CUSTOM_ATTRIBUTE, attributes);
#undef ADD
}

static struct nr_bytes sample(struct nr_arena *arena, const struct variant *variant) {
    struct nr_test_image image;
    nr_test_image_init(&image, arena);
    image.stream_name = variant->stream_name;
    image.heap_sizes = variant->heap_sizes;
    image.pe32_plus = variant->pe32_plus;
    NR_TEST_ROW(&image, NR_TABLE_MODULE, 0, STRING(&image, "Sample.dll"));
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY, 0x8004, 1, 2, 3, 4, 0, 0, STRING(&image, "Sample"));
    add_types(&image);
    add_members(&image, variant);
    add_references(&image, variant);
    add_children(&image, variant);
    nr_buffer_append(&image.user_strings, "\5h\0i\0\0", 6);
    return nr_test_image_build(&image);
}

// The sample in memory of its own, so that a read beyond it is seen.
static struct nr_bytes sample_copy(struct nr_arena *arena, const struct variant *variant) {
    return nr_test_copy(sample(arena, variant));
}

// ---- questions ----

static void check_assembly(struct nr_module *module, struct nr_arena *arena) {
    struct nr_str name;
    struct nr_version version;
    struct nr_tokens refs;
    CHECK_INT(module->ops->assembly(module, arena, &name, &version), NR_OK);
    CHECK_STR(name, "Sample");
    CHECK(version.major == 1 && version.minor == 2 && version.build == 3 && version.revision == 4);
    CHECK_INT(module->ops->assembly_refs(module, arena, &refs), NR_OK);
    if (CHECK_INT(refs.count, 2)) CHECK(refs.data[0] == RUNTIME && refs.data[1] == CONSOLE);
    CHECK_INT(module->ops->assembly_ref_name(module, arena, CONSOLE, &name), NR_OK);
    CHECK_STR(name, "System.Console");
    CHECK_INT(module->ops->assembly_ref_name(module, arena, 0x23000003, &name), NR_NOT_FOUND);
    CHECK_INT(module->ops->assembly_ref_name(module, arena, OUTER, &name), NR_NOT_FOUND);
}

static bool is_by_ref_like(struct nr_module *module, nr_token type) {
    bool yes = false;
    CHECK_INT(nr_type_is_by_ref_like(module, type, &yes), NR_OK);
    return yes;
}

static enum nr_status is_value_type(struct nr_module *module, struct nr_arena *arena, nr_token type,
                                    bool *is_value) {
    struct nr_type_def row;
    bool is_enum;
    NR_TRY(module->ops->type_def(module, arena, type, &row));
    return nr_type_is_value(module, arena, &row, is_value, &is_enum);
}

static void check_types(struct nr_module *module, struct nr_arena *arena) {
    static const struct {
        const char *name, *full_name;
        nr_token token;
        uint32_t flags;
        nr_token extends, enclosing;
        uint32_t parameters;
        bool is_value, by_ref_like;
    } types[] = {
        {"<Module>", "<Module>", GLOBALS, 0, 0, 0, 0, false, false},
        {"Space.Outer", "Space.Outer", OUTER, 0x101, OBJECT, 0, 0, false, false},
        {"Inner", "Space.Outer+Inner", INNER, 2, OBJECT, OUTER, 0, false, false},
        {"Deep.er", "Space.Outer+Inner+Deep.er", DEEP, 3, OUTER, INNER, 0, false, false},
        {"Inner", "Inner", TOP_INNER, 0, 0x1B000001, 0, 0, false, false},
        {"Space.Span`1", "Space.Span`1", SPAN, 0x109, 0x01000002, 0, 1, true, true},
    };
    struct nr_tokens all;
    CHECK_INT(module->ops->type_defs(module, arena, &all), NR_OK);
    if (CHECK_INT(all.count, 5)) CHECK(all.data[0] == OUTER && all.data[4] == SPAN);
    for (size_t i = 0; i < NR_COUNT_OF(types); i++) {
        nr_token token = types[i].token, found = 0;
        struct nr_type_def row = {0};
        struct nr_str full = {0};
        uint32_t parameters = 9, flags = 0;
        bool is_value = false;
        CHECK_INT(module->ops->type_def(module, arena, token, &row), NR_OK);
        CHECK_STR(row.name, types[i].name);
        CHECK_INT(row.flags, types[i].flags);
        CHECK_INT(row.extends, types[i].extends);
        CHECK_INT(module->ops->enclosing_type(module, token, &found),
                  types[i].enclosing ? NR_OK : NR_NOT_FOUND);
        CHECK_INT(found, types[i].enclosing);
        CHECK_INT(module->ops->find_type_def(module, row.name, types[i].enclosing, &found), NR_OK);
        CHECK_INT(found, token);
        CHECK_INT(nr_module_full_type_name(module, arena, token, &full, &flags), NR_OK);
        CHECK_INT(flags, types[i].enclosing ? types[1].flags : types[i].flags);
        CHECK_STR(full, types[i].full_name);
        CHECK_INT(nr_module_find_type(module, full, &found), NR_OK);
        CHECK_INT(found, token);
        CHECK_INT(module->ops->generic_param_count(module, token, &parameters), NR_OK);
        CHECK_INT(parameters, types[i].parameters);
        CHECK_INT(is_value_type(module, arena, token, &is_value), NR_OK);
        CHECK_INT(is_value, types[i].is_value);
        CHECK_INT(is_by_ref_like(module, token), types[i].by_ref_like);
    }
}

static void check_absent_types(struct nr_module *module, struct nr_arena *arena) {
    static const char *const absent[] = {"",
                                         "Outer",
                                         "Space",
                                         "Space.",
                                         "Space.Oute",
                                         "Space.Outer+",
                                         "+Inner",
                                         "er",
                                         "Deep.er",
                                         "Space.Inner",
                                         "Space.Outer+Outer",
                                         "Space.Outer.Inner",
                                         "Space_Outer",
                                         "Span`1",
                                         "space.outer"};
    struct nr_type_def def;
    struct nr_type_ref ref;
    nr_token found;
    for (size_t i = 0; i < NR_COUNT_OF(absent); i++) {
        CHECK_INT(nr_module_find_type(module, nr_str_of(absent[i]), &found), NR_NOT_FOUND);
    }
    CHECK_INT(module->ops->type_def(module, arena, 0x02000000, &def), NR_NOT_FOUND);
    CHECK_INT(module->ops->type_def(module, arena, 0x02000007, &def), NR_NOT_FOUND);
    CHECK_INT(module->ops->type_def(module, arena, OBJECT, &def), NR_NOT_FOUND);
    CHECK_INT(module->ops->type_ref(module, arena, 0x01000006, &ref), NR_NOT_FOUND);
    CHECK_INT(module->ops->type_ref(module, arena, 0xFF000001, &ref), NR_NOT_FOUND);
    CHECK_INT(module->ops->enclosing_type(module, 0x02000007, &found), NR_NOT_FOUND);
    CHECK(is_by_ref_like(module, 0x02000007));
}

static void check_references(struct nr_module *module, struct nr_arena *arena) {
    struct nr_type_ref type = {0};
    struct nr_member_ref member = {0};
    struct nr_tokens refs;
    nr_token forward = 0;
    CHECK_INT(module->ops->type_ref(module, arena, LIST, &type), NR_OK);
    CHECK_STR(type.name, "System.Collections.Generic.List`1");
    CHECK_INT(type.scope, RUNTIME);
    CHECK_INT(module->ops->type_ref(module, arena, ENUMERATOR, &type), NR_OK);
    CHECK_STR(type.name, "Enumerator");
    CHECK_INT(type.scope, LIST);
    CHECK_INT(module->ops->member_ref(module, arena, 0x0A000003, &member), NR_OK);
    CHECK_STR(member.name, "ToString");
    CHECK_INT(member.parent, OBJECT);
    CHECK_BYTES(member.signature, ((struct nr_bytes){(const uint8_t *)"\x20\0\x0e", 3}));
    CHECK_INT(module->ops->member_ref(module, arena, 0x0A000004, &member), NR_NOT_FOUND);
    CHECK_INT(module->ops->member_refs(module, arena, OBJECT, &refs), NR_OK);
    if (CHECK_INT(refs.count, 2)) CHECK(refs.data[0] == 0x0A000001 && refs.data[1] == 0x0A000003);
    CHECK_INT(module->ops->member_refs(module, arena, LIST, &refs), NR_OK);
    CHECK_INT(refs.count, 0);
    CHECK_INT(module->ops->forwarded_type(module, NR_STR("Space.Moved"), &forward), NR_OK);
    CHECK_INT(forward, CONSOLE);
    CHECK_INT(module->ops->forwarded_type(module, NR_STR("Part"), &forward), NR_NOT_FOUND);
    CHECK_INT(module->ops->forwarded_type(module, NR_STR("Moved"), &forward), NR_NOT_FOUND);
}

static void check_members(struct nr_module *module, struct nr_arena *arena,
                          const struct variant *variant) {
    static const struct {
        nr_token owner;
        uint32_t first_method, methods, first_field, fields;
    } lists[] = {{GLOBALS, 1, 1, 1, 0},    {OUTER, 2, 2, 1, 2},     {INNER, 4, 1, 3, 0},
                 {DEEP, 5, 1, 3, 0},       {TOP_INNER, 6, 0, 3, 0}, {SPAN, 6, 1, 3, 1},
                 {0x02000007, 0, 0, 0, 0}, {OBJECT, 0, 0, 0, 0}};
    struct nr_method_def method = {0};
    for (size_t i = 0; i < NR_COUNT_OF(lists); i++) {
        struct nr_tokens methods, fields;
        CHECK_INT(module->ops->methods(module, arena, lists[i].owner, &methods), NR_OK);
        CHECK_INT(methods.count, lists[i].methods);
        for (uint32_t k = 0; k < methods.count && k < lists[i].methods; k++) {
            uint32_t place = lists[i].first_method + k;
            CHECK_INT(methods.data[k], 0x06000000 | method_row(variant, place));
            CHECK_INT(module->ops->method_def(module, arena, methods.data[k], &method), NR_OK);
            CHECK_INT(method.owner, lists[i].owner);
            CHECK_STR(method.name, sample_methods[place - 1].name);
            CHECK_INT(method.flags, sample_methods[place - 1].flags);
            CHECK_INT(method.impl_flags, sample_methods[place - 1].impl_flags);
            CHECK_INT(method.signature.size, 3);
        }
        CHECK_INT(module->ops->fields(module, arena, lists[i].owner, &fields), NR_OK);
        CHECK_INT(fields.count, lists[i].fields);
        for (uint32_t k = 0; k < fields.count && k < lists[i].fields; k++) {
            CHECK_INT(fields.data[k],
                      0x04000000 | row_of(variant, lists[i].first_field + k, FIELDS));
        }
    }
    CHECK_INT(module->ops->method_def(module, arena, 0x06000007, &method), NR_NOT_FOUND);
}

static void check_attributes(struct nr_module *module, const struct variant *variant) {
    nr_token run = 0x06000000 | method_row(variant, 3);
    struct nr_str attribute = NR_STR("System.Runtime.CompilerServices.IsByRefLikeAttribute");
    struct nr_bytes value = {0};
    uint32_t count = 9, flags = 9;
    CHECK_INT(module->ops->custom_attribute(module, SPAN, attribute, &value), NR_OK);
    CHECK_BYTES(value, ((struct nr_bytes){(const uint8_t *)"\1\0\0\0", 4}));
    CHECK_INT(module->ops->custom_attribute(module, run, attribute, &value), NR_OK);
    CHECK_BYTES(value, ((struct nr_bytes){(const uint8_t *)"\1\0\2\2", 4}));
    CHECK_INT(module->ops->custom_attribute(module, OUTER, NR_STR("Space.Outer"), &value), NR_OK);
    CHECK_BYTES(value, ((struct nr_bytes){(const uint8_t *)"\1\0\3\3", 4}));
    CHECK_INT(module->ops->custom_attribute(module, SPAN, NR_STR("System.Object"), &value), NR_OK);
    CHECK_INT(value.size, 0);
    CHECK_INT(module->ops->custom_attribute(module, OUTER, attribute, &value), NR_NOT_FOUND);
    CHECK_INT(module->ops->custom_attribute(module, INNER, attribute, &value), NR_NOT_FOUND);
    CHECK_INT(module->ops->custom_attribute(module, 0x99000001, attribute, &value), NR_NOT_FOUND);

    CHECK_INT(module->ops->generic_param_count(module, run, &count), NR_OK);
    CHECK_INT(count, 2);
    CHECK_INT(module->ops->generic_param_flags(module, run, 1, &flags), NR_OK);
    CHECK_INT(flags, 0x10);
    CHECK_INT(module->ops->generic_param_flags(module, SPAN, 0, &flags), NR_OK);
    CHECK_INT(flags, 0x20);
    CHECK_INT(module->ops->generic_param_flags(module, SPAN, 1, &flags), NR_NOT_FOUND);
}

static void check_tokens(struct nr_module *module, const struct variant *variant) {
    static const nr_token there[] = {0x00000001, OUTER,      LIST,       0x06000006, 0x0A000003,
                                     0x11000001, 0x1B000001, 0x2B000001, 0x20000001, 0x70000001};
    static const nr_token not_there[] = {0,          0x02000000, 0x02000007, 0x06000007,
                                         0x11000002, 0x2D000001, 0x70000000, 0x70000040,
                                         0x70FFFFFF, 0x71000001, 0xFFFFFFFF};
    static const struct {
        nr_token token;
        const char *bytes;
        size_t size;
    } signatures[] = {{0x04000002, "\6\x08", 2},
                      {0x06000001, "\0\0\1", 3},
                      {0x0A000001, "\x20\0\1", 3},
                      {0x11000001, "\7\1\x08", 3},
                      {0x1B000001, "\x15\x12\x15\1\x08", 5},
                      {0x2B000001, "\x0a\1\x08", 3}};
    struct nr_bytes blob = {0};
    nr_token method = 0;
    for (size_t i = 0; i < NR_COUNT_OF(there); i++) CHECK(module->ops->exists(module, there[i]));
    for (size_t i = 0; i < NR_COUNT_OF(not_there); i++) {
        CHECK(!module->ops->exists(module, not_there[i]));
        CHECK_INT(module->ops->signature(module, not_there[i], &blob), NR_NOT_FOUND);
    }
    for (size_t i = 0; i < NR_COUNT_OF(signatures); i++) {
        CHECK_INT(module->ops->signature(module, signatures[i].token, &blob), NR_OK);
        CHECK_BYTES(blob,
                    ((struct nr_bytes){(const uint8_t *)signatures[i].bytes, signatures[i].size}));
    }
    CHECK_INT(module->ops->signature(module, OUTER, &blob), NR_NOT_FOUND);
    CHECK_INT(module->ops->method_of_spec(module, 0x2B000001, &method), NR_OK);
    CHECK_INT(method, 0x06000000 | method_row(variant, 3));
    CHECK_INT(module->ops->method_of_spec(module, 0x2B000002, &method), NR_NOT_FOUND);
}

static void check_bodies(struct nr_module *module, struct nr_bytes file,
                         const struct variant *variant) {
    static const int first_bytes[METHODS] = {0x06, 0x0A, 0x0E, 0x06, -1, -1};
    CHECK_INT(nr_file_module_method_count(module), METHODS);
    CHECK_INT(nr_file_module_row_count(module, NR_TABLE_TYPE_REF), 5);
    for (uint32_t i = 0; i < METHODS; i++) {
        nr_token token = 0x06000000 | method_row(variant, i + 1);
        struct nr_bytes body = {0};
        enum nr_status status = nr_file_module_body(module, token, &body);
        CHECK_INT(status, first_bytes[i] < 0 ? NR_NOT_FOUND : NR_OK);
        if (status != NR_OK) continue;
        CHECK(body.data >= file.data && body.data + body.size <= file.data + file.size);
        if (CHECK(body.size >= 2)) CHECK_INT(body.data[0], first_bytes[i]);
    }
    struct nr_bytes body;
    CHECK_INT(nr_file_module_body(module, 0x06000007, &body), NR_NOT_FOUND);
    CHECK_INT(nr_file_module_body(module, OUTER, &body), NR_NOT_FOUND);
}

static void check_questions(struct nr_module *module, struct nr_arena *arena, struct nr_bytes file,
                            const struct variant *variant) {
    check_assembly(module, arena);
    check_types(module, arena);
    check_absent_types(module, arena);
    check_references(module, arena);
    check_members(module, arena, variant);
    check_attributes(module, variant);
    check_tokens(module, variant);
    check_bodies(module, file, variant);
}

static void check_variant(const struct variant *variant) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = sample_copy(&arena, variant);
    struct nr_module *module;
    NR_CASE(variant->name);
    if (CHECK_INT(nr_file_module_open(&arena, file, &module), NR_OK)) {
        check_questions(module, &arena, file, variant);
    }
    nr_arena_free(&arena);
    nr_test_free(file);
}

// ---- additions ----

static struct nr_bytes bytes_of(const char *data, size_t size) {
    return (struct nr_bytes){(const uint8_t *)data, size};
}
#define BYTES(text) bytes_of((text), sizeof(text) - 1)

static void check_found_again(struct nr_module *module) {
    const struct nr_module_ops *ops = module->ops;
    nr_token token = 0;
    CHECK_INT(ops->define_type_ref(module, RUNTIME, NR_STR("System.Object"), &token), NR_OK);
    CHECK_INT(token, OBJECT);
    CHECK_INT(ops->define_type_ref(module, LIST, NR_STR("Enumerator"), &token), NR_OK);
    CHECK_INT(token, ENUMERATOR);
    CHECK_INT(
        ops->define_member_ref(module, OBJECT, NR_STR("ToString"), BYTES("\x20\0\x0e"), &token),
        NR_OK);
    CHECK_INT(token, 0x0A000003);
    CHECK_INT(ops->define_type_spec(module, BYTES("\x15\x12\x15\1\x08"), &token), NR_OK);
    CHECK_INT(token, 0x1B000001);
    CHECK_INT(ops->define_signature(module, BYTES("\7\1\x08"), &token), NR_OK);
    CHECK_INT(token, 0x11000001);
    CHECK_INT(ops->define_method_spec(module, 0x06000003, BYTES("\x0a\1\x08"), &token), NR_OK);
    CHECK_INT(token, 0x2B000001);
}

// What differs in one thing from a row that is there is another row; asked for twice, it is there.
static void check_new_rows(struct nr_module *module) {
    const struct nr_module_ops *ops = module->ops;
    for (int round = 0; round < 2; round++) {
        nr_token token = 0;
        CHECK_INT(ops->define_type_ref(module, CONSOLE, NR_STR("System.Object"), &token), NR_OK);
        CHECK_INT(token, 0x01000006);
        CHECK_INT(ops->define_type_ref(module, RUNTIME, NR_STR("Plain"), &token), NR_OK);
        CHECK_INT(token, 0x01000007);
        CHECK_INT(ops->define_type_ref(module, 0x01000007, NR_STR("A.B..C"), &token), NR_OK);
        CHECK_INT(token, 0x01000008);
        CHECK_INT(
            ops->define_member_ref(module, LIST, NR_STR("ToString"), BYTES("\x20\0\x0e"), &token),
            NR_OK);
        CHECK_INT(token, 0x0A000004);
        CHECK_INT(
            ops->define_member_ref(module, OBJECT, NR_STR("ToText"), BYTES("\x20\0\x0e"), &token),
            NR_OK);
        CHECK_INT(token, 0x0A000005);
        CHECK_INT(
            ops->define_member_ref(module, OBJECT, NR_STR("ToString"), BYTES("\0\0\x0e"), &token),
            NR_OK);
        CHECK_INT(token, 0x0A000006);
        CHECK_INT(ops->define_type_spec(module, BYTES("\x1d\x08"), &token), NR_OK);
        CHECK_INT(token, 0x1B000002);
        CHECK_INT(ops->define_signature(module, BYTES("\7\1\x0e"), &token), NR_OK);
        CHECK_INT(token, 0x11000002);
        CHECK_INT(ops->define_method_spec(module, 0x06000002, BYTES("\x0a\1\x08"), &token), NR_OK);
        CHECK_INT(token, 0x2B000002);
        CHECK_INT(ops->define_method_spec(module, 0x0A000004, BYTES("\x0a\1\x08"), &token), NR_OK);
        CHECK_INT(token, 0x2B000003);
    }
}

static void check_added_rows(struct nr_module *module, struct nr_arena *arena) {
    const struct nr_module_ops *ops = module->ops;
    struct nr_type_ref type = {0};
    struct nr_member_ref member = {0};
    struct nr_tokens refs = {0};
    struct nr_bytes blob = {0};
    struct nr_str name = {0};
    nr_token token = 0;
    CHECK_INT(ops->type_ref(module, arena, 0x01000008, &type), NR_OK);
    CHECK_STR(type.name, "A.B..C");
    CHECK_INT(type.scope, 0x01000007);
    CHECK_INT(ops->member_ref(module, arena, 0x0A000005, &member), NR_OK);
    CHECK_STR(member.name, "ToText");
    CHECK_INT(member.parent, OBJECT);
    CHECK_INT(ops->member_refs(module, arena, OBJECT, &refs), NR_OK);
    if (CHECK_INT(refs.count, 4)) CHECK(refs.data[2] == 0x0A000005 && refs.data[3] == 0x0A000006);
    CHECK_INT(ops->signature(module, 0x1B000002, &blob), NR_OK);
    CHECK_BYTES(blob, BYTES("\x1d\x08"));
    CHECK_INT(ops->method_of_spec(module, 0x2B000003, &token), NR_OK);
    CHECK_INT(token, 0x0A000004);
    for (uint32_t row = 3; row <= 4; row++) {  // the CLR does not look for an equal AssemblyRef
        CHECK_INT(ops->define_assembly_ref(module, NR_STR("System.Console"), NULL, &token), NR_OK);
        CHECK_INT(token, 0x23000000 | row);
        CHECK_INT(ops->assembly_ref_name(module, arena, token, &name), NR_OK);
        CHECK_STR(name, "System.Console");
    }
    CHECK_INT(ops->assembly_refs(module, arena, &refs), NR_OK);
    CHECK_INT(refs.count, 4);
    CHECK(ops->exists(module, 0x23000004) && !ops->exists(module, 0x23000005));
}

static void check_refused(struct nr_module *module) {
    const struct nr_module_ops *ops = module->ops;
    nr_token token = 0;
    CHECK_INT(ops->define_type_ref(module, 0x06000001, NR_STR("No"), &token), NR_NOT_FOUND);
    CHECK_INT(ops->define_member_ref(module, RUNTIME, NR_STR("No"), BYTES("\0\0\1"), &token),
              NR_NOT_FOUND);
    CHECK_INT(ops->define_method_spec(module, OUTER, BYTES("\x0a\1\x08"), &token), NR_NOT_FOUND);
    CHECK_INT(ops->define_method_spec(module, 0, BYTES("\x0a\1\x08"), &token), NR_NOT_FOUND);
    CHECK_INT(ops->define_type_spec(module, BYTES(""), &token), NR_MALFORMED);
    CHECK_INT(ops->define_type_ref(module, RUNTIME, NR_STR("N\0"), &token), NR_MALFORMED);
    CHECK_INT(token, 0);
}

static void check_user_strings(struct nr_module *module) {
    static const uint16_t hi[] = {'h', 'i'}, quote[] = {'a', '\''}, wide[] = {0xD83D, 0xDE00, 0};
    const struct nr_module_ops *ops = module->ops;
    static const struct {
        struct nr_str16 text;
        uint32_t offset;
    } strings[] = {// behind the seven bytes that are there; one of them is "hi" too
                   {{hi, 2}, 7},  {{NULL, 0}, 13}, {{quote, 2}, 15}, {{wide, 3}, 21},
                   {{hi, 1}, 29}, {{hi, 2}, 7},    {{wide, 3}, 21}};
    for (size_t i = 0; i < NR_COUNT_OF(strings); i++) {
        nr_token token = 0;
        CHECK_INT(ops->define_user_string(module, strings[i].text, &token), NR_OK);
        CHECK_INT(token, 0x70000000 | strings[i].offset);
        CHECK(ops->exists(module, token));
    }
    CHECK(!ops->exists(module, 0x70000000 | 33));
}

static void check_additions(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = sample_copy(&arena, &variants[0]);
    struct nr_module *module;
    NR_CASE("additions");
    if (CHECK_INT(nr_file_module_open(&arena, file, &module), NR_OK)) {
        check_found_again(module);
        check_new_rows(module);
        check_added_rows(module, &arena);
        check_found_again(module);
        check_refused(module);
        check_user_strings(module);
    }
    nr_arena_free(&arena);
    nr_test_free(file);
}

static void check_many_additions(void) {
    enum { MANY = 3000 };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = sample_copy(&arena, &variants[0]), first = {0}, blob;
    struct nr_module *module;
    struct nr_tokens refs = {0};
    nr_token token = 0;
    NR_CASE("many additions");
    if (!CHECK_INT(nr_file_module_open(&arena, file, &module), NR_OK)) return;
    const struct nr_module_ops *ops = module->ops;
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < MANY; i++) {
            char name[16];
            int size = snprintf(name, sizeof(name), "N%u", i);
            struct nr_bytes bytes = {(const uint8_t *)name, (size_t)size};
            CHECK_INT(ops->define_type_spec(module, bytes, &token), NR_OK);
            CHECK_INT(token, 0x1B000002 + i);
            CHECK_INT(ops->define_member_ref(module, SPAN, nr_str_of(name), bytes, &token), NR_OK);
            CHECK_INT(token, 0x0A000004 + i);
            if (round == 0 && i == 0) ops->signature(module, token, &first);
        }
    }
    CHECK_INT(ops->member_refs(module, &arena, SPAN, &refs), NR_OK);
    CHECK_INT(refs.count, MANY);
    CHECK_BYTES(first, BYTES("N0"));  // blobs stay where they are
    CHECK_INT(ops->signature(module, 0x0A000004, &blob), NR_OK);
    CHECK_BYTES(blob, BYTES("N0"));
    nr_arena_free(&arena);
    nr_test_free(file);
}

// A module without the heaps gets them with the first addition.
static void check_empty_heaps(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_test_image image;
    struct nr_module *module;
    nr_token token = 0;
    NR_CASE("additions to empty heaps");
    nr_test_image_init(&image, &arena);
    NR_TEST_ROW(&image, NR_TABLE_MODULE, 0);
    image.strings.size = image.blobs.size = image.user_strings.size = 0;
    if (CHECK_INT(nr_file_module_open(&arena, nr_test_image_build(&image), &module), NR_OK)) {
        const struct nr_module_ops *ops = module->ops;
        struct nr_str name = {0};
        struct nr_version version;
        struct nr_bytes blob = {0};
        CHECK_INT(ops->assembly(module, &arena, &name, &version), NR_NOT_FOUND);
        CHECK_INT(ops->define_assembly_ref(module, NR_STR("System.Runtime"), NULL, &token), NR_OK);
        CHECK_INT(ops->assembly_ref_name(module, &arena, token, &name), NR_OK);
        CHECK_STR(name, "System.Runtime");
        CHECK_INT(ops->define_type_spec(module, BYTES("\x1d\x1c"), &token), NR_OK);
        CHECK_INT(ops->signature(module, token, &blob), NR_OK);
        CHECK_BYTES(blob, BYTES("\x1d\x1c"));
        CHECK_INT(ops->define_user_string(module, (struct nr_str16){NULL, 0}, &token), NR_OK);
        CHECK_INT(token, 0x70000001);
    }
    nr_arena_free(&arena);
}

// ---- writing ----

// Opens the written file from memory of its own.
static struct nr_bytes write_and_open(struct nr_module *module, struct nr_arena *arena,
                                      const struct nr_new_body *bodies, size_t count,
                                      struct nr_module **out) {
    struct nr_bytes written = {0};
    *out = NULL;
    if (!CHECK_INT(nr_file_module_write(module, arena, bodies, count, &written), NR_OK)) {
        return written;
    }
    struct nr_bytes copy = nr_test_copy(written);
    CHECK_INT(nr_file_module_open(arena, copy, out), NR_OK);
    return copy;
}

static void check_written_unchanged(const struct variant *variant) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = sample_copy(&arena, variant);
    struct nr_module *module, *again;
    NR_CASE("written without a change");
    if (CHECK_INT(nr_file_module_open(&arena, file, &module), NR_OK)) {
        struct nr_bytes written = write_and_open(module, &arena, NULL, 0, &again);
        if (again) check_questions(again, &arena, written, variant);
        nr_test_free(written);
    }
    nr_arena_free(&arena);
    nr_test_free(file);
}

static void check_written_body(struct nr_module *module, nr_token method, struct nr_bytes start) {
    struct nr_bytes body = {0};
    if (CHECK_INT(nr_file_module_body(module, method, &body), NR_OK) &&
        CHECK(body.size >= start.size)) {
        CHECK_BYTES(((struct nr_bytes){body.data, start.size}), start);
    }
}

// tail bytes behind the section: then it cannot grow in place.
static void check_written_additions(const struct variant *variant, size_t tail) {
    static const char moved[] = "\x06*moved", fat[] = "\x12*fat";
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes small = sample(&arena, variant);
    uint8_t *data = nr_test_allocate(small.size + tail);
    struct nr_bytes file = {data, small.size + tail}, written;
    struct nr_module *module, *again;
    uint32_t run = 0x06000000 | method_row(variant, 3), none = 0x06000000 | method_row(variant, 5);
    const struct nr_new_body bodies[] = {{run, BYTES(moved)}, {none, BYTES(fat)}};
    memcpy(data, small.data, small.size);
    memset(data + small.size, 0xCC, tail);
    NR_CASE("written with additions and new bodies");
    if (CHECK_INT(nr_file_module_open(&arena, file, &module), NR_OK)) {
        if (!variant->pointers) check_found_again(module);
        if (!variant->pointers) check_new_rows(module);
        check_user_strings(module);
        written = write_and_open(module, &arena, bodies, NR_COUNT_OF(bodies), &again);
        if (again) {
            check_types(again, &arena);
            check_attributes(again, variant);
            if (!variant->pointers) check_new_rows(again);
            if (!variant->pointers) check_added_rows(again, &arena);
            CHECK(again->ops->exists(again, 0x70000015));
            check_written_body(again, run, BYTES(moved));
            check_written_body(again, none, BYTES(fat));
            check_written_body(again, 0x06000000 | method_row(variant, 1), BYTES("\x06*"));
        }
        nr_test_free(written);
    }
    nr_arena_free(&arena);
    nr_test_free(file);
}

// So many additions that indexes and heap offsets take four bytes where they took two.
static void check_written_wide(void) {
    enum { MANY = 70000 };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = sample_copy(&arena, &variants[0]), written, blob = {0};
    struct nr_module *module, *again;
    struct nr_member_ref member = {0};
    nr_token token = 0;
    NR_CASE("written with wide indexes");
    if (!CHECK_INT(nr_file_module_open(&arena, file, &module), NR_OK)) return;
    for (uint32_t i = 0; i < MANY; i++) {
        char name[16];
        int size = snprintf(name, sizeof(name), "N%u", i);
        struct nr_bytes bytes = {(const uint8_t *)name, (size_t)size};
        module->ops->define_type_ref(module, RUNTIME, nr_str_of(name), &token);
        module->ops->define_member_ref(module, token, nr_str_of(name), bytes, &token);
    }
    CHECK_INT(token, 0x0A000003 + MANY);
    written = write_and_open(module, &arena, NULL, 0, &again);
    if (again) {
        check_assembly(again, &arena);
        check_types(again, &arena);
        check_members(again, &arena, &variants[0]);
        check_attributes(again, &variants[0]);
        CHECK_INT(again->ops->member_ref(again, &arena, token, &member), NR_OK);
        CHECK_STR(member.name, "N69999");
        CHECK_INT(member.parent, 0x01000005 + MANY);
        CHECK_INT(again->ops->signature(again, token, &blob), NR_OK);
        CHECK_BYTES(blob, BYTES("N69999"));
    }
    nr_test_free(written);
    nr_arena_free(&arena);
    nr_test_free(file);
}

static void check_unwritable(void) {
    static const struct {
        const char *name;
        size_t offset;
        uint32_t value;
        enum nr_status status;
    } cases[] = {
        {"no file alignment", NR_TEST_IMAGE_OPTIONAL + 36, 0, NR_MALFORMED},
        {"an odd section alignment", NR_TEST_IMAGE_OPTIONAL + 32, 0x2001, NR_MALFORMED},
        {"sections in no order", NR_TEST_IMAGE_COFF + 6, 2, NR_MALFORMED},
        {"a section that is mapped much larger", NR_TEST_IMAGE_OPTIONAL + 224 + 8, 0x7FFFFFFF,
         NR_TOO_LARGE},
        {"a section that is mapped larger", NR_TEST_IMAGE_OPTIONAL + 224 + 8, 0x9000, NR_OK},
    };
    struct nr_module *module;
    struct nr_bytes written;
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes file = sample_copy(&arena, &variants[0]);
        nr_store_u32((uint8_t *)(uintptr_t)file.data + cases[i].offset, cases[i].value);
        NR_CASE(cases[i].name);
        CHECK_INT(nr_file_module_open(&arena, file, &module), NR_OK);
        CHECK_INT(nr_file_module_write(module, &arena, NULL, 0, &written), cases[i].status);
        if (cases[i].status == NR_OK) {
            CHECK_INT(nr_file_module_open(&arena, written, &module), NR_OK);
        }
        nr_arena_free(&arena);
        nr_test_free(file);
    }

    static const nr_token no_methods[] = {0, 0x06000007, OUTER};
    struct nr_arena arena = NR_ARENA_INIT;
    NR_CASE("bodies of no method");
    CHECK_INT(nr_file_module_open(&arena, sample(&arena, &variants[0]), &module), NR_OK);
    for (size_t i = 0; i < NR_COUNT_OF(no_methods); i++) {
        struct nr_new_body body = {no_methods[i], BYTES("\x06*")};
        CHECK_INT(nr_file_module_write(module, &arena, &body, 1, &written), NR_NOT_FOUND);
    }
    nr_arena_free(&arena);
}

// ---- broken files ----

// Where the metadata of a file starts, as its CLI header says.
static size_t metadata_at(struct nr_bytes file) {
    return nr_load_u32(file.data + NR_TEST_IMAGE_CLI + 8) - NR_TEST_IMAGE_RVA + NR_TEST_IMAGE_RAW;
}

static const struct {
    const char *name;
    bool in_metadata;  // the offset counts from there
    size_t offset, size;
    uint32_t value;
    enum nr_status status;
} lies[] = {
    {"nothing but a change of the date", false, NR_TEST_IMAGE_COFF + 8, 4, 77, NR_OK},
    {"no MZ", false, 0, 1, 'X', NR_MALFORMED},
    {"the PE header is far away", false, 60, 4, 0xFFFFFFF0, NR_MALFORMED},
    {"no PE", false, NR_TEST_IMAGE_COFF, 1, 'X', NR_MALFORMED},
    {"97 sections", false, NR_TEST_IMAGE_COFF + 6, 2, 97, NR_MALFORMED},
    {"no section", false, NR_TEST_IMAGE_COFF + 6, 2, 0, NR_MALFORMED},
    {"a short optional header", false, NR_TEST_IMAGE_COFF + 20, 2, 94, NR_MALFORMED},
    {"a long optional header", false, NR_TEST_IMAGE_COFF + 20, 2, 0xFFFF, NR_MALFORMED},
    {"a ROM image", false, NR_TEST_IMAGE_OPTIONAL, 2, 0x107, NR_MALFORMED},
    {"more directories than fit", false, NR_TEST_IMAGE_OPTIONAL + 92, 4, 17, NR_MALFORMED},
    {"no place for a CLI directory", false, NR_TEST_IMAGE_OPTIONAL + 92, 4, 14, NR_NOT_FOUND},
    {"native", false, NR_TEST_IMAGE_OPTIONAL + 96 + 14 * 8, 4, 0, NR_NOT_FOUND},
    {"a CLI header outside", false, NR_TEST_IMAGE_OPTIONAL + 96 + 14 * 8, 4, 0x1000, NR_MALFORMED},
    {"a short CLI header", false, NR_TEST_IMAGE_OPTIONAL + 96 + 14 * 8 + 4, 4, 71, NR_MALFORMED},
    {"a section outside", false, NR_TEST_IMAGE_OPTIONAL + 224 + 20, 4, 0x10000, NR_MALFORMED},
    {"a section larger than the file", false, NR_TEST_IMAGE_OPTIONAL + 224 + 16, 4, 0x7FFFFFFF,
     NR_OK},  // as far as it is mapped it is there
    {"metadata outside", false, NR_TEST_IMAGE_CLI + 8, 4, 0xFFFFFFFF, NR_MALFORMED},
    {"metadata of no size", false, NR_TEST_IMAGE_CLI + 12, 4, 0, NR_MALFORMED},
    {"metadata too large", false, NR_TEST_IMAGE_CLI + 12, 4, 0xFFFFFF, NR_MALFORMED},
    {"no metadata signature", true, 0, 1, 'X', NR_MALFORMED},
    {"an endless version", true, 12, 4, 0xFFFFFFF0, NR_MALFORMED},
    {"no stream", true, 30, 2, 0, NR_MALFORMED},
    {"more streams than there are", true, 30, 2, 32, NR_MALFORMED},
    {"very many streams", true, 30, 2, 33, NR_UNSUPPORTED},
    {"a stream outside", true, 32, 4, 0xFFFFFF, NR_MALFORMED},
    {"a stream too large", true, 36, 4, 0xFFFFFF, NR_MALFORMED},
    {"a stream too small", true, 36, 4, 23, NR_MALFORMED},
    {"a stream that ends in its rows", true, 36, 4, 300, NR_MALFORMED},
    {"a stream without a name's end", true, 40, 4, 0x61616161, NR_MALFORMED},
    {"a delta", true, 84, 4, 0x44544A23, NR_UNSUPPORTED},  // "#JTD" and its NUL below
};

static void check_lies(void) {
    for (size_t i = 0; i < NR_COUNT_OF(lies); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes file = sample_copy(&arena, &variants[0]);
        struct nr_module *module;
        uint8_t *place = (uint8_t *)(uintptr_t)file.data + lies[i].offset;
        if (lies[i].in_metadata) place += metadata_at(file);
        for (size_t k = 0; k < lies[i].size; k++) place[k] = (uint8_t)(lies[i].value >> 8 * k);
        if (lies[i].status == NR_UNSUPPORTED && lies[i].size == 4) place[4] = 0;
        NR_CASE(lies[i].name);
        CHECK_INT(nr_file_module_open(&arena, file, &module), lies[i].status);
        nr_arena_free(&arena);
        nr_test_free(file);
    }
}

static void check_truncated(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = sample(&arena, &variants[0]);
    NR_CASE("every beginning of a file");
    for (size_t size = 0; size < file.size; size++) {
        struct nr_arena own = NR_ARENA_INIT;
        struct nr_bytes part = nr_test_copy((struct nr_bytes){file.data, size});
        struct nr_module *module;
        CHECK_INT(nr_file_module_open(&own, part, &module), NR_MALFORMED);
        nr_arena_free(&own);
        nr_test_free(part);
    }
    nr_arena_free(&arena);
}

// Rows that contradict each other or point nowhere.
static void check_broken_rows(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_test_image image;
    struct nr_module *module;
    struct nr_str text;
    uint32_t flags;
    struct nr_type_def type;
    struct nr_type_ref ref;
    struct nr_method_def method;
    struct nr_bytes blob;
    struct nr_tokens list;
    nr_token token;
    NR_CASE("broken rows");
    nr_test_image_init(&image, &arena);
    uint32_t endless = (uint32_t)image.strings.size;
    memset(nr_buffer_reserve(&image.strings, 20000), 'x', 20000);
    uint32_t name = STRING(&image, "T");
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 0, name, 0, 0, 1, 9);     // methods run backwards
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 2, name, 0, 3, 1, 2);     // extends with tag 3, row 0
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 2, name, 0, 7, 1, 2);     // with tag 3, row 1
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 2, 0xFFF0, 0, 0, 1, 3);   // a name outside
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 2, endless, 0, 0, 7, 3);  // fields outside
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 2, name, 0, 0, 2, 2);
    for (int i = 0; i < 3; i++) {
        NR_TEST_ROW(&image, NR_TABLE_METHOD_DEF, 0x10, 0, 0, name, 0xFFF0, 1);
    }
    NR_TEST_ROW(&image, NR_TABLE_NESTED_CLASS, 2, 3);  // in a circle
    NR_TEST_ROW(&image, NR_TABLE_NESTED_CLASS, 3, 2);
    NR_TEST_ROW(&image, NR_TABLE_NESTED_CLASS, 6, 77);
    NR_TEST_ROW(&image, NR_TABLE_TYPE_REF, CODED(1, 2, 3), name, 0);  // its own scope
    if (CHECK_INT(nr_file_module_open(&arena, nr_test_image_build(&image), &module), NR_OK)) {
        const struct nr_module_ops *ops = module->ops;
        CHECK_INT(ops->methods(module, &arena, 0x02000001, &list), NR_OK);
        CHECK_INT(list.count, 0);
        CHECK_INT(ops->method_def(module, &arena, 0x06000001, &method), NR_MALFORMED);
        CHECK_INT(ops->method_def(module, &arena, 0x06000002, &method), NR_MALFORMED);
        CHECK_INT(ops->signature(module, 0x06000002, &blob), NR_MALFORMED);
        CHECK_INT(nr_file_module_body(module, 0x06000002, &blob), NR_MALFORMED);
        CHECK_INT(ops->type_def(module, &arena, 0x02000002, &type), NR_OK);
        CHECK_INT(type.extends, 0);
        CHECK_INT(ops->type_def(module, &arena, 0x02000003, &type), NR_MALFORMED);
        CHECK_INT(ops->type_def(module, &arena, 0x02000004, &type), NR_MALFORMED);
        CHECK_INT(ops->type_def(module, &arena, 0x02000005, &type), NR_MALFORMED);
        CHECK_INT(ops->fields(module, &arena, 0x02000005, &list), NR_OK);
        CHECK_INT(ops->fields(module, &arena, 0x02000006, &list), NR_OK);
        CHECK_INT(nr_module_full_type_name(module, &arena, 0x02000006, &text, &flags),
                  NR_NOT_FOUND);
        CHECK_INT(ops->find_type_def(module, NR_STR("T"), 77, &token), NR_NOT_FOUND);
        CHECK_INT(ops->type_ref(module, &arena, 0x01000001, &ref), NR_OK);
        CHECK_INT(nr_resolve_type(NULL, &arena, module, 0x01000001, &module, &token), NR_TOO_LARGE);
    }
    nr_arena_free(&arena);
}

static void check_circle(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_test_image image;
    struct nr_module *module;
    struct nr_str text;
    uint32_t flags;
    NR_CASE("types inside each other");
    nr_test_image_init(&image, &arena);
    for (uint32_t row = 1; row <= 100; row++) {
        NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, row == 1 ? 0 : 2, STRING(&image, "T"), 0, 0, 1, 1);
        if (row > 1) NR_TEST_ROW(&image, NR_TABLE_NESTED_CLASS, row, row < 60 ? row - 1 : 60);
    }
    if (CHECK_INT(nr_file_module_open(&arena, nr_test_image_build(&image), &module), NR_OK)) {
        CHECK_INT(nr_module_full_type_name(module, &arena, 0x02000003, &text, &flags), NR_OK);
        CHECK_STR(text, "T+T+T");
        CHECK_INT(nr_module_full_type_name(module, &arena, 0x0200003B, &text, &flags), NR_OK);
        CHECK_INT(text.size, 2 * 59 - 1);
        CHECK_INT(nr_module_full_type_name(module, &arena, 0x0200003C, &text, &flags),
                  NR_TOO_LARGE);
        CHECK_INT(nr_module_full_type_name(module, &arena, 0x0200003D, &text, &flags),
                  NR_TOO_LARGE);
    }
    nr_arena_free(&arena);
}

// ---- hostile files ----

static void ask_about_type(struct nr_module *module, struct nr_arena *arena, nr_token token) {
    const struct nr_module_ops *ops = module->ops;
    struct nr_type_def def;
    struct nr_type_ref ref;
    struct nr_tokens list;
    struct nr_bytes value;
    struct nr_module *other;
    struct nr_str name;
    uint32_t number;
    nr_token found;
    bool is_value;
    (void)ops->type_def(module, arena, token, &def);
    (void)ops->type_ref(module, arena, token, &ref);
    (void)ops->enclosing_type(module, token, &found);
    (void)ops->methods(module, arena, token, &list);
    (void)ops->fields(module, arena, token, &list);
    (void)ops->member_refs(module, arena, token, &list);
    (void)ops->generic_param_count(module, token, &number);
    (void)ops->generic_param_flags(module, token, 0, &number);
    (void)ops->custom_attribute(module, token, NR_STR("System.ObsoleteAttribute"), &value);
    (void)is_value_type(module, arena, token, &is_value);
    (void)is_by_ref_like(module, token);
    (void)nr_resolve_type(NULL, arena, module, token, &other, &found);
    if (nr_module_full_type_name(module, arena, token, &name, &number) == NR_OK) {
        (void)nr_module_find_type(module, name, &found);
        (void)ops->forwarded_type(module, name, &found);
    }
}

static void ask_about_member(struct nr_module *module, struct nr_arena *arena, nr_token token) {
    const struct nr_module_ops *ops = module->ops;
    struct nr_method_def def;
    struct nr_member_ref ref;
    struct nr_method_sig sig;
    struct nr_bytes bytes;
    struct nr_str text;
    nr_token found;
    (void)ops->method_def(module, arena, token, &def);
    (void)ops->member_ref(module, arena, token, &ref);
    (void)ops->method_of_spec(module, token, &found);
    (void)ops->assembly_ref_name(module, arena, token, &text);
    (void)nr_file_module_body(module, token, &bytes);
    if (ops->signature(module, token, &bytes) == NR_OK &&
        nr_method_sig_read(arena, bytes, &sig) == NR_OK) {
        (void)nr_method_sig_print(arena, module, &sig, &text);
    }
}

static void add_something(struct nr_module *module) {
    const struct nr_module_ops *ops = module->ops;
    static const uint16_t text[] = {'x'};
    nr_token token = 0;
    (void)ops->define_assembly_ref(module, NR_STR("System.Runtime"), NULL, &token);
    (void)ops->define_type_ref(module, token, NR_STR("System.Object"), &token);
    (void)ops->define_member_ref(module, token, NR_STR("M"), BYTES("\x20\0\1"), &token);
    (void)ops->define_method_spec(module, token, BYTES("\x0a\1\x08"), &token);
    (void)ops->define_type_spec(module, BYTES("\x1d\x08"), &token);
    (void)ops->define_signature(module, BYTES("\7\1\x08"), &token);
    (void)ops->define_user_string(module, (struct nr_str16){text, 1}, &token);
}

// Asks everything about some rows of every table; every answer will do.
static void ask_everything(struct nr_bytes file) {
    enum { ROWS = 24 };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_module *module;
    struct nr_str name;
    struct nr_version version;
    struct nr_tokens list;
    if (nr_file_module_open(&arena, file, &module) == NR_OK) {
        (void)module->ops->assembly(module, &arena, &name, &version);
        (void)module->ops->type_defs(module, &arena, &list);
        (void)module->ops->assembly_refs(module, &arena, &list);
        for (int pass = 0; pass < 2; pass++) {
            for (unsigned table = 0; table < NR_TABLE_COUNT; table++) {
                uint32_t count = nr_file_module_row_count(module, (enum nr_table)table);
                for (uint32_t i = 0; i < ROWS && i <= count; i++) {
                    uint32_t row = pass == 0 ? i : count - i;
                    ask_about_type(module, &arena, NR_TOKEN(table, row));
                    ask_about_member(module, &arena, NR_TOKEN(table, row));
                }
            }
            add_something(module);
        }
        struct nr_bytes written;
        if (nr_file_module_write(module, &arena, NULL, 0, &written) == NR_OK) {
            CHECK_INT(nr_file_module_open(&arena, written, &module), NR_OK);
        }
    }
    nr_arena_free(&arena);
}

// Changes bytes at random places, most of them in the headers and the metadata.
static void mutate(const char *name, struct nr_bytes file, size_t metadata, int rounds) {
    uint32_t random = 12345;
    NR_CASE(name);
    CHECK(metadata < file.size);
    if (metadata >= file.size) return;
    for (int round = 0; round < rounds; round++) {
        struct nr_bytes copy = nr_test_copy(file);
        uint8_t *data = (uint8_t *)(uintptr_t)copy.data;
        for (int change = 0; change < 1 + round % 6; change++) {
            random = random * 1664525 + 1013904223;
            uint32_t where = random >> 8;
            size_t from = where % 4 == 0 ? 0 : metadata;
            size_t range = where % 4 == 0 ? 1024 : where % 4 == 1 ? 256 : file.size;
            random = random * 1664525 + 1013904223;
            uint8_t value = (uint8_t)(random >> 24);
            data[(from + (random >> 4) % range) % file.size] = value % 3 == 0 ? 0xFF
                                                               : value % 3 == 1
                                                                   ? 0
                                                                   : (uint8_t)(random >> 16);
        }
        ask_everything(copy);
        nr_test_free(copy);
    }
}

static void check_mutations(void) {
    for (size_t i = 0; i < NR_COUNT_OF(variants); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes file = sample(&arena, &variants[i]);
        char name[64];
        snprintf(name, sizeof(name), "mutations: %s", variants[i].name);
        mutate(name, file, metadata_at(file), 1500);
        nr_arena_free(&arena);
    }
}

// ---- memory that is out ----

struct work {
    struct nr_bytes file;
    struct nr_arena arena, own;
};

static enum nr_status use_module(struct work *work) {
    struct nr_module *module;
    struct nr_type_def type;
    struct nr_tokens list;
    struct nr_bytes value;
    struct nr_str name;
    nr_token token;
    uint32_t flags;
    static const uint16_t text[] = {'x'};
    NR_TRY(nr_file_module_open(&work->arena, work->file, &module));
    const struct nr_module_ops *ops = module->ops;
    NR_TRY(ops->type_def(module, &work->own, OUTER, &type));
    NR_TRY(nr_module_full_type_name(module, &work->own, DEEP, &name, &flags));
    NR_TRY(nr_module_find_type(module, NR_STR("Space.Outer+Inner"), &token));
    NR_TRY(ops->forwarded_type(module, NR_STR("Space.Moved"), &token));
    NR_TRY(ops->custom_attribute(module, OUTER, NR_STR("Space.Outer"), &value));
    NR_TRY(ops->methods(module, &work->own, OUTER, &list));
    NR_TRY(ops->type_defs(module, &work->own, &list));
    CHECK(is_by_ref_like(module, SPAN));
    for (uint32_t i = 0; i < 100; i++) {
        struct nr_bytes blob = {(const uint8_t *)&i, sizeof(i)};
        NR_TRY(ops->define_assembly_ref(module, NR_STR("System.Runtime"), NULL, &token));
        NR_TRY(ops->define_type_ref(module, token, NR_STR("System.Object"), &token));
        NR_TRY(ops->define_member_ref(module, token, NR_STR("M"), blob, &token));
        NR_TRY(ops->define_method_spec(module, token, blob, &token));
        NR_TRY(ops->define_type_spec(module, blob, &token));
        NR_TRY(ops->define_signature(module, blob, &token));
        NR_TRY(ops->define_user_string(module, (struct nr_str16){text, 1}, &token));
    }
    CHECK_INT(nr_file_module_row_count(module, NR_TABLE_MEMBER_REF), 103);
    NR_TRY(ops->member_refs(module, &work->own, 0x01000006, &list));
    CHECK_INT(list.count, 1);
    NR_TRY(nr_file_module_write(module, &work->own, NULL, 0, &value));
    return nr_file_module_open(&work->own, value, &module);
}

static enum nr_status use_module_and_free(void *context) {
    struct work *work = context;
    enum nr_status status = use_module(work);
    CHECK(status == NR_OK || status == NR_NO_MEMORY);
    nr_arena_free(&work->arena);
    nr_arena_free(&work->own);
    return status;
}

static void check_allocations(void) {
    for (size_t i = 0; i < NR_COUNT_OF(variants); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct work work = {sample(&arena, &variants[i]), NR_ARENA_INIT, NR_ARENA_INIT};
        NR_CASE("a file module when memory is out");
        nr_test_every_allocation(use_module_and_free, &work, 1000);
        nr_arena_free(&arena);
    }
}

// ---- recordings of the CLR ----

#define GOLDEN NR_TEST_ROOT "/../shared/golden/"

// The whole file, freed by the caller; no data when it is not there.
static struct nr_bytes read_file(const char *path) {
    struct nr_bytes none = {0};
    FILE *stream = fopen(path, "rb");
    if (!stream) return none;
    size_t capacity = 1 << 21;
    uint8_t *data = nr_test_allocate(capacity);
    size_t size = fread(data, 1, capacity, stream);
    fclose(stream);
    struct nr_bytes file = nr_test_copy((struct nr_bytes){data, size});
    free(data);
    return file;
}

static nr_token assembly_ref_named(struct nr_module *module, struct nr_arena *arena,
                                   struct nr_str wanted) {
    struct nr_tokens all = {0};
    CHECK_INT(module->ops->assembly_refs(module, arena, &all), NR_OK);
    for (size_t i = 0; i < all.count; i++) {
        struct nr_str name;
        if (module->ops->assembly_ref_name(module, arena, all.data[i], &name) == NR_OK &&
            nr_str_equal(name, wanted)) {
            return all.data[i];
        }
    }
    return 0;
}

static void define_string(struct nr_module *module, struct nr_arena *arena, const char *text,
                          nr_token expected) {
    nr_token token = 0;
    struct nr_str16 wide = nr_str_to_utf16(arena, nr_str_of(text));
    CHECK_INT(module->ops->define_user_string(module, wide, &token), NR_OK);
    CHECK_INT(token, expected);
}

// The first rewrite of Corpus.dll: what the CLR answered to each addition, in order.
static void check_recorded_tokens(struct nr_module *module, struct nr_arena *arena) {
    const struct nr_module_ops *ops = module->ops;
    nr_token runtime = assembly_ref_named(module, arena, NR_STR("System.Runtime"));
    nr_token reflection = 0, core = 0, type = 0, token = 0;
#define DEFINE(call, ...) CHECK_INT(ops->call(module, __VA_ARGS__), NR_OK)
    DEFINE(define_type_ref, runtime, NR_STR("System.Object"), &token);
    CHECK_INT(token, 0x01000013);
    DEFINE(define_type_ref, runtime, NR_STR("System.Exception"), &token);
    CHECK_INT(token, 0x01000048);
    define_string(module, arena, "/an/agent/home/of/thirty-four/char/NewRelic.Agent.Core.dll",
                  0x70003b64);
    DEFINE(define_assembly_ref, NR_STR("System.Reflection"), NULL, &reflection);
    CHECK_INT(reflection, 0x23000013);
    DEFINE(define_type_ref, reflection, NR_STR("System.Reflection.Assembly"), &type);
    CHECK_INT(type, 0x010000cb);
    DEFINE(define_member_ref, type, NR_STR("LoadFrom"), BYTES("\0\1\x12\x83\x2d\x0e"), &token);
    CHECK_INT(token, 0x0a0001b5);
    define_string(module, arena, "NewRelic.Agent.Core.AgentShim", 0x70003bda);
    define_string(module, arena, "GetFinishTracerDelegate", 0x70003c16);
    define_string(module, arena, "NewRelic.Agent.Core.Tracer.Factories.DefaultTracerFactory",
                  0x70003c46);
    define_string(module, arena, "", 0x70003cba);  // there is one in the file already
    define_string(module, arena, "Corpus", 0x70003cbc);
    define_string(module, arena, "Corpus.Sig", 0x70003cca);
    DEFINE(define_assembly_ref, NR_STR("System.Core"), NULL, &core);
    CHECK_INT(core, 0x23000014);
    DEFINE(define_type_spec, BYTES("\x15\x12\x83\x39\2\x1c\x12\x81\x21"), &token);
    CHECK_INT(token, 0x1b000057);
    DEFINE(define_type_spec, BYTES("\x15\x12\x65\1\x08"), &token);
    CHECK_INT(token, 0x1b00000e);
    DEFINE(define_signature, BYTES("\7\2\x12\x4d\x12\x81\x21"), &token);
    CHECK_INT(token, 0x1100007b);
    DEFINE(define_type_ref, runtime, NR_STR("System.Type"), &type);
    DEFINE(define_member_ref, type, NR_STR("GetTypeFromHandle"),
           BYTES("\0\1\x12\x80\xa5\x11\x82\x35"), &token);
    CHECK_INT(token, 0x0a000058);
#undef DEFINE
}

// The text of a JSON member behind at, which is moved to its end; no escapes.
static struct nr_str json_text(struct nr_str line, const char *key, size_t *at) {
    size_t size = strlen(key);
    while (*at + size <= line.size && memcmp(line.data + *at, key, size) != 0) ++*at;
    size_t from = *at + size;
    *at = nr_str_find(line, '"', from);
    return nr_str_slice(line, from, *at);
}

// Whether printed is what was recorded, which is cut as "the first characters...(size)".
static bool is_recorded(struct nr_str printed, struct nr_str recorded) {
    size_t dots = recorded.size;
    while (dots > 0 && recorded.data[dots - 1] != '(') dots--;
    if (!nr_str_ends_with(recorded, NR_STR(")")) || dots < 4 ||
        !nr_str_ends_with(nr_str_slice(recorded, 0, dots), NR_STR("...("))) {
        return nr_str_equal(printed, recorded);
    }
    return printed.size == strtoul(recorded.data + dots, NULL, 10) &&
           nr_str_starts_with(printed, nr_str_slice(recorded, 0, dots - 4));
}

// Whether a method of that name prints its parameters like that.
static bool prints(struct nr_module *module, struct nr_arena *arena, struct nr_str type,
                   struct nr_str name, struct nr_str parameters) {
    struct nr_tokens methods;
    nr_token owner;
    if (nr_module_find_type(module, type, &owner) != NR_OK) return false;
    if (module->ops->methods(module, arena, owner, &methods) != NR_OK) return false;
    for (size_t i = 0; i < methods.count; i++) {
        struct nr_method_def method;
        struct nr_method_sig sig;
        struct nr_str text;
        if (module->ops->method_def(module, arena, methods.data[i], &method) == NR_OK &&
            nr_str_equal(method.name, name) &&
            nr_method_sig_read(arena, method.signature, &sig) == NR_OK &&
            nr_method_sig_print(arena, module, &sig, &text) == NR_OK &&
            is_recorded(text, parameters)) {
            return true;
        }
    }
    return false;
}

static void check_recorded_parameters(struct nr_module *module, struct nr_arena *arena) {
    struct nr_bytes file = read_file(GOLDEN "tracers.jsonl");
    struct nr_str lines = {(const char *)file.data, file.size};
    unsigned seen = 0;
    for (size_t at = 0; at < lines.size;) {
        struct nr_str assembly = json_text(lines, "\"asm\":\"", &at);
        struct nr_str type = json_text(lines, "\"type\":\"", &at);
        struct nr_str name = json_text(lines, "\"method\":\"", &at);
        struct nr_str parameters = json_text(lines, "\"sig\":\"", &at);
        if (!nr_str_equal(assembly, NR_STR("Corpus"))) continue;
        seen++;
        if (!prints(module, arena, type, name, parameters)) {
            nr_test_equal_str(parameters, NR_STR("(no such method)"), "recorded parameters",
                              __FILE__, __LINE__);
        }
    }
    CHECK(seen > 200);
    nr_test_free(file);
}

static void check_recordings(void) {
    static const char *const mutated[] = {"CoreLibOnly", "NsLib", "NewRelic.Api.Agent"};
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = read_file(GOLDEN "bin/Corpus.dll");
    struct nr_module *module;
    if (!file.data) {
        nr_test_skip("recordings of the CLR", "../shared/golden is not there");
        return;
    }
    NR_CASE("tokens as recorded");
    if (CHECK_INT(nr_file_module_open(&arena, file, &module), NR_OK)) {
        check_recorded_tokens(module, &arena);
        NR_CASE("parameters as recorded");
        check_recorded_parameters(module, &arena);
    }
    nr_arena_free(&arena);
    nr_test_free(file);
    for (size_t i = 0; i < NR_COUNT_OF(mutated); i++) {
        char path[512];
        snprintf(path, sizeof(path), GOLDEN "bin/%s.dll", mutated[i]);
        file = read_file(path);
        snprintf(path, sizeof(path), "mutations: %s", mutated[i]);
        mutate(path, file, 512, 1000);
        nr_test_free(file);
    }
}

void test_file_module(void) {
    for (size_t i = 0; i < NR_COUNT_OF(variants); i++) check_variant(&variants[i]);
    check_additions();
    check_many_additions();
    check_empty_heaps();
    for (size_t i = 0; i < NR_COUNT_OF(variants); i++) {
        check_written_unchanged(&variants[i]);
        check_written_additions(&variants[i], 0);
        check_written_additions(&variants[i], 777);
    }
    check_written_wide();
    check_unwritable();
    check_lies();
    check_truncated();
    check_broken_rows();
    check_circle();
    check_mutations();
    check_allocations();
    check_recordings();
}
