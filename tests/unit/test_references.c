// References to the framework: what a core library must have, and where else a type may come from.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/references.h"

#include <stdio.h>

#include "harness.h"
#include "image.h"
#include "metadata/file_module.h"

#define TEXT(image, text) nr_test_image_string((image), (text))

// A core library: the known types in rows 2 and up, in the order of enum nr_known_type.
static const struct {
    const char *space, *name;
} core_types[] = {
    {"System", "Object"},
    {"System", "Exception"},
    {"System", "Type"},
    {"System.Reflection", "Assembly"},
    {"System.Reflection", "MethodInfo"},
    {"System.Reflection", "MethodBase"},
    {"System", "Action`2"},
    {"System", "RuntimeTypeHandle"},
    {"System", "Boolean"},
    {"System", "Char"},
    {"System", "SByte"},
    {"System", "Byte"},
    {"System", "Int16"},
    {"System", "UInt16"},
    {"System", "Int32"},
    {"System", "UInt32"},
    {"System", "Int64"},
    {"System", "UInt64"},
    {"System", "Single"},
    {"System", "Double"},
    {"System", "IntPtr"},
    {"System", "UIntPtr"},
    {"System", "String"},
};

// Signatures name TypeDefs: row << 2.
static const struct {
    uint8_t owner;
    const char *name, *missing;
    uint8_t size;
    char signature[8];
} core_methods[] = {
    {NR_KNOWN_TYPE, "GetMethod", "System.Type.GetMethod", 5, "\x20\1\x12\x18\x0E"},
    {NR_KNOWN_TYPE, "GetMethod", "System.Type.GetMethod", 8, "\x20\2\x12\x18\x0E\x1D\x12\x10"},
    {NR_KNOWN_TYPE, "GetTypeFromHandle", "System.Type.GetTypeFromHandle", 6,
     "\0\1\x12\x10\x11\x24"},
    {NR_KNOWN_ASSEMBLY, "LoadFrom", "System.Reflection.Assembly.LoadFrom", 5, "\0\1\x12\x14\x0E"},
    {NR_KNOWN_ASSEMBLY, "GetType", "System.Reflection.Assembly.GetType", 5, "\x20\1\x12\x10\x0E"},
    {NR_KNOWN_METHOD_BASE, "Invoke", "System.Reflection.MethodBase.Invoke", 6,
     "\x20\2\x1C\x1C\x1D\x1C"},
    {NR_KNOWN_ACTION_2, "Invoke", "System.Action`2.Invoke", 7, "\x20\2\1\x13\0\x13\1"},
};

enum { NOTHING = -1 };

static struct nr_module *core_library(struct nr_arena *arena, int without_type,
                                      int without_method) {
    struct nr_test_image image;
    struct nr_module *module = NULL;
    uint32_t method = 1;
    nr_test_image_init(&image, arena);
    NR_TEST_ROW(&image, NR_TABLE_MODULE, 0, TEXT(&image, "Core.dll"));
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY, 0x8004, 1, 0, 0, 0, 0, 0, TEXT(&image, "Core"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 0, TEXT(&image, "<Module>"), 0, 0, 1, 1);
    for (int i = 0; i < (int)NR_COUNT_OF(core_types); i++) {
        const char *name = i == without_type ? "Other" : core_types[i].name;
        NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 1, TEXT(&image, name),
                    TEXT(&image, core_types[i].space), 0, 1, method);
        for (int k = 0; k < (int)NR_COUNT_OF(core_methods); k++) {
            if (core_methods[k].owner != i + NR_KNOWN_OBJECT || k == without_method) continue;
            uint32_t signature =
                nr_test_image_blob(&image, core_methods[k].signature, core_methods[k].size);
            NR_TEST_ROW(&image, NR_TABLE_METHOD_DEF, 0, 0, 0x6, TEXT(&image, core_methods[k].name),
                        signature, 1);
            method++;
        }
    }
    CHECK_INT(nr_file_module_open(arena, nr_test_image_build(&image), &module), NR_OK);
    return module;
}

static void check_missing(int without_type, int without_method, const char *expected) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_str missing = {0};
    struct nr_module *core = core_library(&arena, without_type, without_method);
    if (core) {
        CHECK_INT(nr_references_missing(core, &arena, &missing), *expected ? NR_NOT_FOUND : NR_OK);
        CHECK_STR(missing, expected);
    }
    nr_arena_free(&arena);
}

static void test_core_library(void) {
    NR_CASE("a core library with everything");
    check_missing(NOTHING, NOTHING, "");
    for (int i = 0; i < (int)NR_COUNT_OF(core_types); i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s.%s", core_types[i].space, core_types[i].name);
        NR_CASE(name);
        check_missing(i, NOTHING, name);
    }
    for (int i = 0; i < (int)NR_COUNT_OF(core_methods); i++) {
        NR_CASE(core_methods[i].missing);
        check_missing(NOTHING, i, core_methods[i].missing);
    }
}

// ---- facades ----

static struct nr_module *no_assembly(void *context, struct nr_str name) {
    (void)context, (void)name;
    return NULL;
}

// context: "Assembly!Type" that is not there, or "Assembly!" for all of an assembly.
static bool all_but(void *context, struct nr_str assembly, struct nr_str type) {
    struct nr_str lacking = nr_str_of(context);
    size_t mark = nr_str_find(lacking, '!', 0);
    struct nr_str lacking_type = nr_str_slice(lacking, mark + 1, lacking.size);
    return !nr_str_equal(nr_str_slice(lacking, 0, mark), assembly) ||
           (lacking_type.size && !nr_str_equal(lacking_type, type));
}

static void test_facades(void) {
    static const struct {
        const char *name, *reference, *lacking;
        enum nr_known_type type;
        const char *scope;
    } cases[] = {
        {"a facade", "Other", "", NR_KNOWN_ACTION_2, "System.Core"},
        {"the module's own reference", "System.Runtime", "", NR_KNOWN_EXCEPTION, "System.Runtime"},
        {"no facade", "Other", "System.Core!", NR_KNOWN_ACTION_2, "System.Private.CoreLib"},
        {"a facade that does not forward the type", "System.Runtime",
         "System.Runtime!System.Exception", NR_KNOWN_EXCEPTION, "System.Private.CoreLib"},
        {"but another", "System.Runtime", "System.Runtime!System.Exception", NR_KNOWN_OBJECT,
         "System.Runtime"},
        {"a namesake with the type", "My.System.Runtime", "", NR_KNOWN_OBJECT, "My.System.Runtime"},
        {"a namesake without", "My.System.Runtime", "My.System.Runtime!", NR_KNOWN_OBJECT,
         "System.Runtime"},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_test_image image;
        struct nr_module *module;
        char lacking[64];
        snprintf(lacking, sizeof(lacking), "%s", cases[i].lacking);
        const struct nr_assemblies assemblies = {lacking, no_assembly, all_but};
        struct nr_references known = {0};
        struct nr_rewrite_references refs;
        struct nr_type_ref row;
        struct nr_str scope;
        nr_token token;
        nr_test_image_init(&image, &arena);
        NR_TEST_ROW(&image, NR_TABLE_MODULE, 0, TEXT(&image, "Sample.dll"));
        NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0,
                    TEXT(&image, cases[i].reference));
        if (CHECK_INT(nr_file_module_open(&arena, nr_test_image_build(&image), &module), NR_OK)) {
            nr_references_begin(&refs, &known, module, &assemblies, &arena);
            CHECK_INT(nr_references_type(&refs, cases[i].type, &token), NR_OK);
            CHECK_INT(module->ops->type_ref(module, &arena, token, &row), NR_OK);
            CHECK_INT(module->ops->assembly_ref_name(module, &arena, row.scope, &scope), NR_OK);
            CHECK_STR(scope, cases[i].scope);
        }
        nr_arena_free(&arena);
    }
}

static void test_calls(void) {
    NR_CASE("what injected code calls");
    CHECK(nr_references_call(NR_STR("System.Reflection.Assembly"), NR_STR("LoadFrom")));
    CHECK(nr_references_call(NR_STR("System.Action`2"), NR_STR("Invoke")));
    CHECK(!nr_references_call(NR_STR("System.Reflection.Assembly"), NR_STR("Load")));
    CHECK(!nr_references_call(NR_STR("System.Action`1"), NR_STR("Invoke")));
}

void test_references(void) {
    test_calls();
    test_core_library();
    test_facades();
}
