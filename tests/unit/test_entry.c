// Tests of src/instrument/entry.c: the bodies of the methods that fast mode adds to the core
// library. SPDX-License-Identifier: Apache-2.0
#include "instrument/entry.h"

#include <stdio.h>

#include "harness.h"
#include "il/disassemble.h"
#include "image.h"
#include "metadata/file_module.h"

// Rows of TypeDef, and the same as signatures write them (TypeDefOrRef: row << 2).
enum { ROW_OBJECT = 2, ROW_ENTRY = 10 };
#define TYPE "\x10"
#define ASSEMBLY "\x14"
#define METHOD_INFO "\x18"
#define DELEGATE "\x1c"
#define GET_TRACER "\x24"
#define HANDLE "\x2c"

enum { FIELD_TRACER = 0x04000001, FIELD_OWNER = 0x04000002 };

static const struct {
    const char *space, *name;
    struct {
        const char *name;
        uint16_t flags;
        uint8_t size;
        const char *signature;
    } methods[2];
} types[] = {
    {"", "<Module>", {{0}}},
    {"System", "Object", {{0}}},
    {"System", "Exception", {{0}}},
    {"System",
     "Type",
     {{"GetMethod", 0x86, 5, "\x20\1\x12" METHOD_INFO "\x0e"},
      {"GetTypeFromHandle", 0x96, 6, "\0\1\x12" TYPE "\x11" HANDLE}}},
    {"System.Reflection",
     "Assembly",
     {{"LoadFrom", 0x96, 5, "\0\1\x12" ASSEMBLY "\x0e"},
      {"GetType", 0x86, 5, "\x20\1\x12" TYPE "\x0e"}}},
    {"System.Reflection", "MethodInfo", {{0}}},
    {"System",
     "Delegate",
     {{"CreateDelegate", 0x96, 8, "\0\2\x12" DELEGATE "\x12" TYPE "\x12" METHOD_INFO}}},
    {"System",
     "Environment",
     {{"get_CurrentManagedThreadId", 0x96, 3, "\0\0\x08"},
      {"get_TickCount64", 0x96, 3, "\0\0\x0a"}}},
    {"NrProf",
     "GetTracer",
     {{"Invoke", 0x1C6, 16,
       "\x20\x0b\x1c\x0e\x09\x0e\x0e\x12" TYPE "\x0e\x0e\x0e\x1c\x1d\x1c\x0b"}}},
    {"NrProf",
     "Entry",
     {{"Get", 0x96, 4, "\0\0\x12" GET_TRACER}, {"Load", 0x96, 4, "\0\0\x12" GET_TRACER}}},
    {"System", "RuntimeTypeHandle", {{0}}},
    {"System.Threading", "Interlocked", {{"CompareExchange", 0x96, 7, "\0\3\x08\x10\x08\x08\x08"}}},
    {"System.Threading", "Thread", {{"Yield", 0x96, 3, "\0\0\2"}}},
};

struct sample {
    struct nr_arena arena;
    struct nr_references references;
    struct nr_module *core;
    struct nr_entry entry;
    const char *without;  // a method that is not there
    struct nr_bytes get, load;
};

static struct nr_bytes core_image(struct sample *sample) {
    struct nr_test_image image;
    uint32_t method = 1;
    nr_test_image_init(&image, &sample->arena);
    NR_TEST_ROW(&image, NR_TABLE_MODULE, 0,
                nr_test_image_string(&image, "System.Private.CoreLib.dll"));
    for (size_t i = 0; i < NR_COUNT_OF(types); i++) {
        NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 1, nr_test_image_string(&image, types[i].name),
                    nr_test_image_string(&image, types[i].space), i < 2 ? 0 : ROW_OBJECT << 2,
                    i < ROW_ENTRY ? 1 : 3, method);
        for (int k = 0; k < 2 && types[i].methods[k].name; k++) {
            const char *name = types[i].methods[k].name;
            if (sample->without && strcmp(name, sample->without) == 0) name = "?";
            if (strcmp(name, "Get") == 0) sample->entry.get = NR_TOKEN(NR_TABLE_METHOD_DEF, method);
            if (strcmp(name, "Load") == 0)
                sample->entry.load = NR_TOKEN(NR_TABLE_METHOD_DEF, method);
            NR_TEST_ROW(
                &image, NR_TABLE_METHOD_DEF, 0, 0, types[i].methods[k].flags,
                nr_test_image_string(&image, name),
                nr_test_image_blob(&image, types[i].methods[k].signature, types[i].methods[k].size),
                1);
            method++;
        }
    }
    NR_TEST_ROW(&image, NR_TABLE_FIELD, 0x11, nr_test_image_string(&image, "tracer"),
                nr_test_image_blob(&image, "\x06\x12" GET_TRACER, 3));
    NR_TEST_ROW(&image, NR_TABLE_FIELD, 0x11, nr_test_image_string(&image, "owner"),
                nr_test_image_blob(&image, "\x06\x08", 2));
    return nr_test_image_build(&image);
}

static enum nr_status make_bodies(struct sample *sample) {
    sample->references = (struct nr_references){.scope = NR_SCOPE_SELF};
    sample->references.kinds.arena = &sample->arena;
    sample->entry =
        (struct nr_entry){NR_TOKEN(NR_TABLE_TYPE_DEF, ROW_ENTRY), FIELD_TRACER, FIELD_OWNER, 0, 0};
    struct nr_bytes file = core_image(sample);
    NR_TRY(nr_file_module_open(&sample->arena, file, &sample->core));
    static const struct nr_agent agent = {{"/agent.dll", 10}, {"Method", 6}};
    return nr_entry_bodies(&sample->arena, sample->core, &sample->references, &sample->entry,
                           &agent, nr_test_log(NR_LOG_INFO), &sample->get, &sample->load);
}

static void shows(struct sample *sample, struct nr_bytes body, const char *text) {
    struct nr_buffer out;
    nr_buffer_init(&out, &sample->arena);
    nr_disassemble(&sample->arena, body, NULL, &out);
    struct nr_str all = {(char *)out.data, out.size};
    if (!CHECK(nr_str_contains(all, nr_str_of(text)))) printf("%.*s\n", NR_STR_ARGS(all));
}

void test_entry(void) {
    struct sample sample = {0};
    NR_CASE("Get: the delegate, or what Load gives");
    CHECK_INT(make_bodies(&sample), NR_OK);
    shows(&sample, sample.get,
          "IL_0000 ldsfld 0x04000001\n"
          "IL_0005 dup\n"
          "IL_0006 brtrue.s IL_000e\n"
          "IL_0008 pop\n"
          "IL_0009 call 0x0600000a\n"
          "IL_000e ret");

    NR_CASE("Load: not again once it has failed, and not from inside itself");
    shows(&sample, sample.load,
          "IL_0000 ldsfld 0x04000002\n"
          "IL_0005 ldc.i4 -1\n"
          "IL_000a ceq\n"
          "IL_000c brfalse.s IL_0010\n"
          "IL_000e ldnull\n"
          "IL_000f ret\n"
          "IL_0010 call 0x06000006\n"
          "IL_0015 stloc.0\n"
          "IL_0016 ldsflda 0x04000002\n"
          "IL_001b ldloc.0\n"
          "IL_001c ldc.i4 0\n"
          "IL_0021 call 0x0600000b\n"
          "IL_0026 dup\n"
          "IL_0027 brfalse IL_0079\n"
          "IL_002c ldloc.0\n"
          "IL_002d ceq\n"
          "IL_002f brfalse.s IL_0033\n"
          "IL_0031 ldnull\n"
          "IL_0032 ret\n");

    NR_CASE("Load: others wait for the one who looks, for ten seconds");
    shows(&sample, sample.load, "ldc.i8 10000\nIL_0041 add\nIL_0042 stloc.1\n");
    shows(&sample, sample.load, "bgt.s IL_006d\nIL_0065 call 0x0600000c\nIL_006a pop\n");

    NR_CASE("Load: who has waited in vain tells the others not to");
    shows(&sample, sample.load,
          "IL_006d ldc.i4 -1\n"
          "IL_0072 stsfld 0x04000002\n"
          "IL_0077 ldnull\n"
          "IL_0078 ret\n");

    NR_CASE("Load: the look-up");
    shows(&sample, sample.load, "call 0x06000005\n");  // CreateDelegate
    shows(&sample, sample.load, "castclass 0x02000009\n");
    nr_arena_free(&sample.arena);

    static const char *const needed[] = {
        "LoadFrom",        "GetType",           "GetMethod",
        "CreateDelegate",  "GetTypeFromHandle", "get_CurrentManagedThreadId",
        "get_TickCount64", "CompareExchange",   "Yield"};
    for (size_t i = 0; i < NR_COUNT_OF(needed); i++) {
        NR_CASE(needed[i]);
        sample = (struct sample){.without = needed[i]};
        CHECK_INT(make_bodies(&sample), NR_NOT_FOUND);
        nr_arena_free(&sample.arena);
    }
}
