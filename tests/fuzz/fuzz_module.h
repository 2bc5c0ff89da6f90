// A small module for targets that need one: types of all kinds, methods, references, generics.
// SPDX-License-Identifier: Apache-2.0
//
// The image is built once and stays; each input opens it anew, since a rewrite adds rows.
#ifndef NR_TESTS_FUZZ_MODULE_H
#define NR_TESTS_FUZZ_MODULE_H

#include "../unit/image.h"
#include "fuzz.h"
#include "metadata/file_module.h"
#include "metadata/resolve.h"

#define FUZZ_BLOB(image, text) nr_test_image_blob((image), (text), sizeof(text) - 1)
#define FUZZ_STRING(image, text) nr_test_image_string((image), (text))
#define FUZZ_CODED(row, bits, tag) ((uint32_t)(row) << (bits) | (tag))

// The TypeDefs, and the row of the first method of each.
enum {
    FUZZ_GLOBALS = 1,
    FUZZ_CLASS,
    FUZZ_STRUCT,
    FUZZ_ENUM,
    FUZZ_REF_STRUCT,
    FUZZ_GENERIC_CLASS,
    FUZZ_GENERIC_STRUCT,
    FUZZ_NESTED,   // a class in the struct
    FUZZ_FOREIGN,  // a value type, which a TypeRef finds in "this other assembly"
    FUZZ_TYPES = FUZZ_FOREIGN,
};

static inline void fuzz_module_references(struct nr_test_image *image) {
    static const struct {
        uint32_t scope;
        const char *name, *space;
    } refs[] = {
        {FUZZ_CODED(1, 2, 2), "Object", "System"},
        {FUZZ_CODED(1, 2, 2), "ValueType", "System"},
        {FUZZ_CODED(1, 2, 2), "Enum", "System"},
        {FUZZ_CODED(1, 2, 2), "Exception", "System"},
        {FUZZ_CODED(1, 2, 2), "IsByRefLikeAttribute", "System.Runtime.CompilerServices"},
        {FUZZ_CODED(2, 2, 2), "Foreign", "Other"},
        {FUZZ_CODED(6, 2, 3), "Nested", ""},
        {FUZZ_CODED(2, 2, 2), "Forwarded", "Other"},
        {FUZZ_CODED(9, 2, 3), "Itself", ""},
    };
    NR_TEST_ROW(image, NR_TABLE_ASSEMBLY, 0x8004, 1, 2, 3, 4, 0, 0, FUZZ_STRING(image, "Fuzz"));
    NR_TEST_ROW(image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0,
                FUZZ_STRING(image, "System.Runtime"));
    NR_TEST_ROW(image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0, FUZZ_STRING(image, "Other"));
    for (size_t i = 0; i < NR_COUNT_OF(refs); i++) {
        NR_TEST_ROW(image, NR_TABLE_TYPE_REF, refs[i].scope, FUZZ_STRING(image, refs[i].name),
                    FUZZ_STRING(image, refs[i].space));
    }
    // Forwarded to an assembly that forwards it, too.
    NR_TEST_ROW(image, NR_TABLE_EXPORTED_TYPE, 0x200000, 0, FUZZ_STRING(image, "Forwarded"),
                FUZZ_STRING(image, "Other"), FUZZ_CODED(2, 2, 1));
    NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, FUZZ_CODED(1, 3, 1), FUZZ_STRING(image, ".ctor"),
                FUZZ_BLOB(image, "\x20\0\1"));
    NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, FUZZ_CODED(5, 3, 1), FUZZ_STRING(image, ".ctor"),
                FUZZ_BLOB(image, "\x20\0\1"));
    NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, FUZZ_CODED(4, 3, 1), FUZZ_STRING(image, ".ctor"),
                FUZZ_BLOB(image, "\x20\0\1"));
    NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, FUZZ_CODED(1, 3, 4), FUZZ_STRING(image, "Call"),
                FUZZ_BLOB(image, "\0\2\x08\x13\0\x10\x0e"));
    NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, FUZZ_CODED(1, 3, 1), FUZZ_STRING(image, "Field"),
                FUZZ_BLOB(image, "\6\x11\x19"));
}

static inline void fuzz_module_types(struct nr_test_image *image) {
    static const struct {
        uint32_t flags;
        const char *name, *space;
        uint32_t extends;
    } types[] = {
        {0x000000, "<Module>", "", 0},
        {0x100001, "Class", "Space", FUZZ_CODED(1, 2, 1)},
        {0x100101, "Struct", "Space", FUZZ_CODED(2, 2, 1)},
        {0x000101, "Enum", "Space", FUZZ_CODED(3, 2, 1)},
        {0x000101, "RefStruct", "Space", FUZZ_CODED(2, 2, 1)},
        {0x100001, "Generic`1", "Space", FUZZ_CODED(1, 2, 1)},
        {0x000101, "GenericStruct`1", "Space", FUZZ_CODED(2, 2, 1)},
        {0x000002, "Nested", "", FUZZ_CODED(FUZZ_CLASS, 2, 0)},
        {0x000101, "Foreign", "Other", FUZZ_CODED(2, 2, 1)},
    };
    for (uint32_t i = 0; i < NR_COUNT_OF(types); i++) {
        NR_TEST_ROW(image, NR_TABLE_TYPE_DEF, types[i].flags, FUZZ_STRING(image, types[i].name),
                    FUZZ_STRING(image, types[i].space), types[i].extends, i + 1, i + 1);
        NR_TEST_ROW(image, NR_TABLE_FIELD, i + 1 == FUZZ_ENUM ? 0x606 : 6,
                    FUZZ_STRING(image, "value__"), FUZZ_BLOB(image, "\6\x0a"));
        NR_TEST_ROW(image, NR_TABLE_METHOD_DEF, NR_TEST_IMAGE_BODIES, 0, i % 3 ? 6 : 0x16,
                    FUZZ_STRING(image, "Method"),
                    i % 3 ? FUZZ_BLOB(image, "\x20\1\1\x0e") : FUZZ_BLOB(image, "\x10\1\1\1\x1e\0"),
                    1);
    }
    NR_TEST_ROW(image, NR_TABLE_NESTED_CLASS, FUZZ_NESTED, FUZZ_STRUCT);
    NR_TEST_ROW(image, NR_TABLE_CUSTOM_ATTRIBUTE, FUZZ_CODED(FUZZ_REF_STRUCT, 5, 3),
                FUZZ_CODED(2, 3, 3), FUZZ_BLOB(image, "\1\0\0\0"));
    NR_TEST_ROW(image, NR_TABLE_GENERIC_PARAM, 0, 0, FUZZ_CODED(FUZZ_GENERIC_CLASS, 1, 0),
                FUZZ_STRING(image, "T"));
    NR_TEST_ROW(image, NR_TABLE_GENERIC_PARAM, 0, 0x20, FUZZ_CODED(FUZZ_GENERIC_STRUCT, 1, 0),
                FUZZ_STRING(image, "T"));
    NR_TEST_ROW(image, NR_TABLE_GENERIC_PARAM, 0, 0, FUZZ_CODED(1, 1, 1), FUZZ_STRING(image, "M"));
}

// Gives the file, in memory that is never freed.
static inline struct nr_bytes fuzz_module_file(void) {
    static struct nr_bytes file;
    static struct nr_arena arena;
    struct nr_test_image image;
    if (file.size > 0) return file;
    nr_test_image_init(&image, &arena);
    nr_buffer_append(&image.bodies, "\x06*\0", 3);
    nr_buffer_append(&image.user_strings, "\3x\0", 4);
    fuzz_module_references(&image);
    fuzz_module_types(&image);
    NR_TEST_ROW(&image, NR_TABLE_STAND_ALONE_SIG, FUZZ_BLOB(&image, "\7\4\x08\x0e\x0a\x1c"));
    NR_TEST_ROW(&image, NR_TABLE_STAND_ALONE_SIG, FUZZ_BLOB(&image, "\0\1\x08\x0a"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_SPEC, FUZZ_BLOB(&image, "\x15\x12\x18\1\x08"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_SPEC, FUZZ_BLOB(&image, "\x13\0"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_SPEC, FUZZ_BLOB(&image, "\x1e\0"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_SPEC, FUZZ_BLOB(&image, "\x1d\x08"));
    NR_TEST_ROW(&image, NR_TABLE_METHOD_SPEC, FUZZ_CODED(1, 1, 0), FUZZ_BLOB(&image, "\x0a\1\x08"));
    file = nr_test_image_build(&image);
    return file;
}

static inline struct nr_module *fuzz_module_open(struct nr_arena *arena) {
    struct nr_module *module;
    FUZZ_REQUIRE(nr_file_module_open(arena, fuzz_module_file(), &module) == NR_OK);
    return module;
}

// For struct nr_assemblies: every assembly is this module.
static inline struct nr_module *fuzz_module_find(void *context, struct nr_str name) {
    (void)name;
    return context;
}

#endif
