// A small mscorlib of .NET Framework, made in memory: what the helpers call, and nothing else.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TESTS_MSCORLIB_H
#define NR_TESTS_MSCORLIB_H

#include "image.h"
#include "metadata/token.h"

// Rows of TypeDef. CannotUnloadAppDomainException comes last, so that a file can give it methods.
enum {
    MSCORLIB_ROW_OBJECT = 2,
    MSCORLIB_ROW_EXCEPTION,
    MSCORLIB_ROW_TYPE,
    MSCORLIB_ROW_ASSEMBLY,
    MSCORLIB_ROW_METHOD_INFO,
    MSCORLIB_ROW_APP_DOMAIN,
    MSCORLIB_ROW_SAFE_CRITICAL,
    MSCORLIB_ROW_SUPPRESS_UNMANAGED,
    MSCORLIB_ROW_HELPERS,
};

// The same as signatures write them (TypeDefOrRef: row << 2).
#define MSCORLIB_TYPE "\x10"
#define MSCORLIB_ASSEMBLY "\x14"
#define MSCORLIB_METHOD_INFO "\x18"
#define MSCORLIB_APP_DOMAIN "\x1c"

enum { MSCORLIB_STATIC = 0x96, MSCORLIB_INSTANCE = 0x86, MSCORLIB_CONSTRUCTOR = 0x1886 };

// The body of every method that has one: ldarg.0, pop, ret.
#define MSCORLIB_BODY "\x0e\x02\x26\x2a"

// whole: with System.CannotUnloadAppDomainException.
static inline struct nr_bytes mscorlib_image(struct nr_arena *arena, bool whole) {
    static const struct {
        const char *space, *name;
        struct {
            const char *name;
            uint16_t flags;
            uint8_t size;
            const char *signature;
        } methods[4];
    } types[] = {
        {"", "<Module>", {{0}}},
        {"System", "Object", {{".ctor", MSCORLIB_CONSTRUCTOR, 3, "\x20\0\1"}}},
        {"System",
         "Exception",
         {{".ctor", MSCORLIB_CONSTRUCTOR, 3, "\x20\0\1"},
          {".ctor", MSCORLIB_CONSTRUCTOR, 4, "\x20\1\1\x0e"}}},
        {"System",
         "Type",
         {{"GetMethod", MSCORLIB_INSTANCE, 5, "\x20\1\x12" MSCORLIB_METHOD_INFO "\x0e"},
          {"GetMethod", MSCORLIB_INSTANCE, 8,
           "\x20\2\x12" MSCORLIB_METHOD_INFO "\x0e\x1d\x12" MSCORLIB_TYPE}}},
        {"System.Reflection",
         "Assembly",
         {{"LoadFrom", MSCORLIB_STATIC, 5, "\0\1\x12" MSCORLIB_ASSEMBLY "\x0e"},
          {"GetType", MSCORLIB_INSTANCE, 6, "\x20\2\x12" MSCORLIB_TYPE "\x0e\2"},
          {"GetType", MSCORLIB_INSTANCE, 5, "\x20\1\x12" MSCORLIB_TYPE "\x0e"}}},
        {"System.Reflection", "MethodInfo", {{0}}},
        {"System",
         "AppDomain",
         {{"get_CurrentDomain", MSCORLIB_STATIC, 4, "\0\0\x12" MSCORLIB_APP_DOMAIN},
          {"SetData", MSCORLIB_INSTANCE, 5, "\x20\2\1\x0e\x1c"},
          {"GetData", MSCORLIB_INSTANCE, 4, "\x20\1\x1c\x0e"}}},
        {"System.Security",
         "SecuritySafeCriticalAttribute",
         {{".ctor", MSCORLIB_CONSTRUCTOR, 3, "\x20\0\1"}}},
        {"System.Security",
         "SuppressUnmanagedCodeSecurityAttribute",
         {{".ctor", MSCORLIB_CONSTRUCTOR, 3, "\x20\0\1"}}},
        {"System",
         "CannotUnloadAppDomainException",
         {{".ctor", MSCORLIB_CONSTRUCTOR, 4, "\x20\1\1\x0e"},
          {".ctor", MSCORLIB_CONSTRUCTOR, 3, "\x20\0\1"}}},
    };
    struct nr_test_image image;
    nr_test_image_init(&image, arena);
    nr_buffer_append(&image.bodies, MSCORLIB_BODY, sizeof(MSCORLIB_BODY) - 1);
    NR_TEST_ROW(&image, NR_TABLE_MODULE, 0, nr_test_image_string(&image, "mscorlib.dll"));
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY, 0x8004, 4, 0, 0, 0, 0, 0,
                nr_test_image_string(&image, "mscorlib"));
    for (size_t i = 0; i < NR_COUNT_OF(types) - !whole; i++) {
        uint32_t methods = image.tables[NR_TABLE_METHOD_DEF].count + 1;
        NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, i == 0 ? 0 : 0x100001,
                    nr_test_image_string(&image, types[i].name),
                    nr_test_image_string(&image, types[i].space),
                    i < MSCORLIB_ROW_EXCEPTION - 1 ? 0 : MSCORLIB_ROW_OBJECT << 2, 1, methods);
        for (int k = 0; k < 4 && types[i].methods[k].name; k++) {
            NR_TEST_ROW(
                &image, NR_TABLE_METHOD_DEF, NR_TEST_IMAGE_BODIES, 0, types[i].methods[k].flags,
                nr_test_image_string(&image, types[i].methods[k].name),
                nr_test_image_blob(&image, types[i].methods[k].signature, types[i].methods[k].size),
                1);
        }
    }
    return nr_test_image_build(&image);
}

#endif
