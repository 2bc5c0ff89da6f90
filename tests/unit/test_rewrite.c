// Tests of src/instrument: return rewriting, the templates, what is boxed, what is refused.
// SPDX-License-Identifier: Apache-2.0
//
// The module is made in memory: the rewrite asks it what it would ask the CLR. New bodies are
// looked at through the disassembler, so that a case says what it wants to see.
#include "instrument/rewrite.h"

#include <stdio.h>

#include "harness.h"
#include "hex.h"
#include "il/assemble.h"
#include "il/disassemble.h"
#include "image.h"
#include "instrument/returns.h"
#include "metadata/file_module.h"

// ---- returns ----

static struct nr_str text_of_list(struct nr_arena *arena, struct nr_list *list) {
    struct nr_buffer bytes, text;
    const struct nr_header header = {.max_stack = 8};
    nr_buffer_init(&bytes, arena);
    nr_buffer_init(&text, arena);
    if (nr_assemble(list, &header, &bytes) != NR_OK) return NR_STR("cannot be assembled");
    nr_disassemble(arena, nr_buffer_bytes(&bytes), NULL, &text);
    return (struct nr_str){(char *)text.data, text.size};
}

static void test_returns(void) {
    static const struct {
        const char *name, *code;  // hex
        size_t returns;
        const char *sees, *sees_not;  // in the disassembly
    } cases[] = {
        {"one return at the end becomes nop", "172a", 1, "IL_0001 nop", "ret"},
        {"an earlier return branches to the last", "022c02172a162a", 2, "br.s IL_0007", "ret"},
        {"a tail. prefix goes", "fe142801000006 2a", 1, "IL_0000 call", "tail."},
        {"a prefix before tail. stays", "fe16010000 02fe146f01000006 2a", 1,
         "constrained. 0x02000001\nIL_0006 callvirt", "tail."},
        {"a throw at the end keeps the return reachable", "022c01 2a 147a", 1, "br.s IL_0007",
         "ret"},
        {"no return: nothing changes", "2bfe", 0, "br.s IL_0000", "nop"},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_list list;
        struct nr_bytes code = nr_test_hex(cases[i].code);
        const struct nr_body body = {.tiny = true, .max_stack = 8, .code = code};
        nr_list_init(&list, &arena);
        CHECK_INT(nr_list_read(&list, &body), NR_OK);
        CHECK_INT(nr_returns_rewrite(&list, code.size, NULL), cases[i].returns);
        // What a template puts behind the code, so that a label at its end has something to name.
        nr_list_add(&list, NR_BREAK, 0);
        struct nr_str text = text_of_list(&arena, &list);
        bool as_wanted = nr_str_contains(text, nr_str_of(cases[i].sees)) &&
                         !nr_str_contains(text, nr_str_of(cases[i].sees_not));
        if (!CHECK(as_wanted)) printf("%.*s\n", NR_STR_ARGS(text));
        nr_arena_free(&arena);
        nr_test_free(code);
    }
}

static void test_long_branches(void) {
    // nops, two returns: 125 bytes of code and 2 returns make 127, from where on branches are long.
    static const struct {
        const char *name;
        size_t size;
        const char *sees;
    } cases[] = {{"126 bytes of code and returns: short", 124, "br.s"},
                 {"127 bytes of code and returns: long", 125, "br IL_"}};
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_list list;
        uint8_t code[256] = {0x2A};
        code[cases[i].size - 1] = 0x2A;
        const struct nr_body body = {.max_stack = 8, .code = {code, cases[i].size}};
        nr_list_init(&list, &arena);
        CHECK_INT(nr_list_read(&list, &body), NR_OK);
        nr_returns_rewrite(&list, cases[i].size, NULL);
        CHECK(nr_str_contains(text_of_list(&arena, &list), nr_str_of(cases[i].sees)));
        nr_arena_free(&arena);
    }
}

// ---- templates ----

#define TEXT(image, text) nr_test_image_string((image), (text))
#define BLOB(image, text) nr_test_image_blob((image), (text), sizeof(text) - 1)

// Types of the sample, and a method of each: rows count from 1, <Module> is the first type.
enum {
    CLASS = 2,
    AUTO_STRUCT = 3,
    REF_STRUCT = 4,
    GENERIC_STRUCT = 5,
};

// wraps: the assembly asks the runtime to wrap thrown objects that are no exceptions.
static const struct nr_bytes *sample_image(struct nr_arena *arena, bool wraps) {
    static struct nr_bytes bytes;
    struct nr_test_image image;
    nr_test_image_init(&image, arena);
    NR_TEST_ROW(&image, NR_TABLE_MODULE, 0, TEXT(&image, "Sample.dll"));
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY, 0x8004, 1, 0, 0, 0, 0, 0, TEXT(&image, "Sample"));
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0, TEXT(&image, "System.Runtime"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_REF, 1 << 2 | 2, TEXT(&image, "Object"),
                TEXT(&image, "System"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_REF, 1 << 2 | 2, TEXT(&image, "ValueType"),
                TEXT(&image, "System"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_REF, 1 << 2 | 2, TEXT(&image, "IsByRefLikeAttribute"),
                TEXT(&image, "System.Runtime.CompilerServices"));
    NR_TEST_ROW(&image, NR_TABLE_TYPE_REF, 1 << 2 | 2, TEXT(&image, "Unknown"), TEXT(&image, "X"));
    uint32_t space = TEXT(&image, "Space");
    uint32_t method = 1;
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 0, TEXT(&image, "<Module>"), 0, 0, 1, method);
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 1, TEXT(&image, "Class"), space, 1 << 2 | 1, 1, method);
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 1, TEXT(&image, "Auto"), space, 2 << 2 | 1, 1,
                method + 1);
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 1, TEXT(&image, "Ref"), space, 2 << 2 | 1, 1,
                method + 2);
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 1, TEXT(&image, "Generic`1"), space, 2 << 2 | 1, 1,
                method + 3);
    for (int i = 0; i < 4; i++) {
        NR_TEST_ROW(&image, NR_TABLE_METHOD_DEF, 0, 0, 0x6, TEXT(&image, "M"),
                    BLOB(&image, "\x20\0\1"), 1);
    }
    NR_TEST_ROW(&image, NR_TABLE_FIELD, 0x13, TEXT(&image, "guard"), BLOB(&image, "\x06\x02"));
    NR_TEST_ROW(&image, NR_TABLE_MEMBER_REF, 3 << 3 | 1, TEXT(&image, ".ctor"),
                BLOB(&image, "\x20\0\1"));
    NR_TEST_ROW(&image, NR_TABLE_CUSTOM_ATTRIBUTE, REF_STRUCT << 5 | 3, 1 << 3 | 3,
                BLOB(&image, "\1\0\0\0"));
    if (wraps) {
        NR_TEST_ROW(&image, NR_TABLE_TYPE_REF, 1 << 2 | 2,
                    TEXT(&image, "RuntimeCompatibilityAttribute"),
                    TEXT(&image, "System.Runtime.CompilerServices"));
        NR_TEST_ROW(&image, NR_TABLE_MEMBER_REF, 5 << 3 | 1, TEXT(&image, ".ctor"),
                    BLOB(&image, "\x20\0\1"));
        NR_TEST_ROW(&image, NR_TABLE_CUSTOM_ATTRIBUTE, 1 << 5 | 14, 2 << 3 | 3,
                    BLOB(&image, "\1\0\1\0\x54\2\x16WrapNonExceptionThrows\1"));
    }
    NR_TEST_ROW(&image, NR_TABLE_GENERIC_PARAM, 0, 0, GENERIC_STRUCT << 1, TEXT(&image, "T"));
    bytes = nr_test_image_build(&image);
    return &bytes;
}

struct sample {
    struct nr_arena arena;
    struct nr_references references;
    struct nr_rewrite rewrite;
};

static bool open_sample_that(struct sample *sample, bool wraps) {
    *sample = (struct sample){0};
    struct nr_rewrite *rewrite = &sample->rewrite;
    sample->references.kinds.arena = &sample->arena;
    rewrite->references = &sample->references;
    rewrite->description = NR_STR("[Sample]Space.Class.M()");
    rewrite->assembly_name = NR_STR("Sample");
    rewrite->type_name = NR_STR("Space.Class");
    rewrite->method_name = NR_STR("M");
    rewrite->agent_path = NR_STR("/agent.dll");
    rewrite->tracer_factory = NR_STR("Factory");
    rewrite->tracer_flags = 0x3400;
    rewrite->function_id = 0x1122334455667788;
    return nr_file_module_open(&sample->arena, *sample_image(&sample->arena, wraps),
                               &rewrite->module) == NR_OK;
}

static bool open_sample(struct sample *sample) { return open_sample_that(sample, false); }

typedef enum nr_status rewrite_function(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                                        const struct nr_log *log, struct nr_bytes *out);

// The disassembly of the rewritten method, or the name of the status.
static struct nr_str rewritten(struct sample *sample, uint32_t type, const char *signature,
                               const char *body, rewrite_function *function) {
    struct nr_bytes new_body = {0};
    struct nr_buffer text;
    struct nr_rewrite *rewrite = &sample->rewrite;
    rewrite->type = NR_TOKEN(NR_TABLE_TYPE_DEF, type);
    rewrite->method = NR_TOKEN(NR_TABLE_METHOD_DEF, type - 1);
    rewrite->signature = nr_test_hex(signature);
    rewrite->body = nr_test_hex(body);
    struct nr_log *log = nr_test_log(NR_LOG_INFO);
    enum nr_status status = function(&sample->arena, rewrite, log, &new_body);
    nr_buffer_init(&text, &sample->arena);
    if (status == NR_OK) nr_disassemble(&sample->arena, new_body, NULL, &text);
    nr_test_free(rewrite->signature);
    nr_test_free(rewrite->body);
    return status == NR_OK ? (struct nr_str){(char *)text.data, text.size}
                           : nr_str_of(nr_status_name(status));
}

// Coded tokens in signatures: 0c Auto, 10 Ref (TypeDefs 3, 4), 11 X.Unknown (TypeRef 4, not to be
// found). Bodies are tiny: size << 2 | 2, then the code.
static const struct {
    const char *name;
    uint32_t type;
    const char *signature, *body;
    const char *sees[3], *sees_not;
} templates[] = {
    {"static and void",
     CLASS,
     "000001",
     "062a",
     {"ldc.i4.8\nIL_0076 ldnull", "rethrow", "IL_00f3 ret"},
     "ldarg"},
    {"this of a class",
     CLASS,
     "200001",
     "062a",
     {"ldc.i4.8\nIL_0076 ldarg.0\nIL_0077 stelem.ref"},
     "ldobj"},
    {"this of a struct is boxed",
     AUTO_STRUCT,
     "200001",
     "062a",
     {"ldobj 0x02000003", "box 0x02000003"},
     NULL},
    {"this of a ref struct is null",
     REF_STRUCT,
     "200001",
     "062a",
     {"ldc.i4.8\nIL_0076 ldnull"},
     "ldarg"},
    {"this of a generic struct",
     GENERIC_STRUCT,
     "200001",
     "062a",
     {"ldobj 0x1b000001", "box 0x1b000001"},
     NULL},
    {"a result is kept, boxed and returned",
     CLASS,
     "000008",
     "0a172a",
     {"stloc.2", "ldloc.2\nIL_00e4 box", "ldloc.2\nIL_00fb ret"},
     NULL},
    {"a by-ref result is reported as null",
     CLASS,
     "0001 1008 1008",
     "0a022a",
     {"stloc.2", "ldnull\nIL_00ec ldnull"},
     NULL},
    {"an int argument", CLASS, "00010108", "062a", {"ldarg.0", "box"}, NULL},
    {"a by-ref argument", CLASS, "0001011008", "062a", {"ldc.i4 1"}, "ldarg"},
    {"a pointer argument", CLASS, "0001010f08", "062a", {"ldc.i4 1"}, "ldarg"},
    {"a struct argument", CLASS, "000101110c", "062a", {"ldarg.0", "box 0x02000003"}, NULL},
    {"a ref struct argument", CLASS, "0001011110", "062a", {"ldc.i4 1"}, "ldarg"},
    {"a value type that cannot be found", CLASS, "0001011111", "062a", {"ldc.i4 1"}, "ldarg"},
    {"a class that cannot be found",
     CLASS,
     "0001011211",
     "062a",
     {"ldarg.0", "box 0x01000004"},
     NULL},
    {"TypedReference", CLASS, "00010116", "062a", {"ldc.i4 1"}, "ldarg"},
    {"a jmp is left alone", CLASS, "000001", "162701000006", {"unsupported"}, NULL},
    {"code that cannot be read", CLASS, "000001", "0a2af8", {"malformed"}, NULL},
    {"code that is invalid already", CLASS, "000001", "0a262a", {"unsupported"}, NULL},
    {"a signature that cannot be read", CLASS, "0001", "062a", {"malformed"}, NULL},
};

static const struct {
    const char *name, *signature, *body;
    const char *sees[3], *sees_not;
} api_templates[] = {
    {"an API stub without a result",
     "000001",
     "062a",
     {"call 0x0a", "pop", "IL_0045 ret"},
     "unbox.any"},
    {"an API stub that returns a value type",
     "000008",
     "0a172a",
     {"unbox.any", "stloc.0", "ldloc.0"},
     NULL},
    {"an API stub that returns a class", "00000e", "0a142a", {"stloc.0"}, "unbox.any"},
    {"an API stub with a localloc is left alone",
     "000001",
     "1a1ae0fe0f262a",
     {"unsupported"},
     NULL},
    {"an API stub with two returns", "00010808", "1a022c02172a162a", {"br.s", "stloc.0"}, NULL},
};

// MemberRefs: 2 Entry.Get, 3 Type.GetTypeFromHandle, 4 GetTracer.Invoke.
static const struct {
    const char *name;
    uint32_t type;
    const char *signature, *body;
    const char *sees[3], *sees_not;
    bool lean;
} fast_templates[] = {
    {"fast: nothing is loaded for an agent that is not there",
     CLASS,
     "000001",
     "062a",
     {"IL_0004 call 0x0a000002\nIL_0009 dup\nIL_000a brtrue IL_0015\nIL_000f pop\nIL_0010 leave"},
     NULL,
     false},
    {"fast: numbers go as they are, and the tracer is kept",
     CLASS,
     "000001",
     "062a",
     {"ldc.i4 13312\n", "ldc.i8 1234605616436508552\nIL_0056 callvirt 0x0a000004\nIL_005b stloc.0"},
     "box",
     false},
    {"fast: this and an argument",
     CLASS,
     "20010108",
     "062a",
     {"ldarg.0\n", "ldarg.1\n", "box"},
     NULL,
     false},
    {"fast: an exception passes where the stack is short",
     CLASS,
     "000001",
     "062a",
     {"stloc.1\nIL_0083 call 0x0a000006\nIL_0088 endfilter\nIL_008a pop\n",
      "ldnull\nIL_00aa stloc.0\nIL_00ab rethrow\n", " fault handler IL_00ad to IL_00cc\n"},
     NULL,
     false},
    {"fast: a result", CLASS, "00000e", "0a142a", {"stloc.2", "ldloc.2", "rethrow"}, NULL, false},
    {"lean: neither this nor an argument nor a number as the result",
     CLASS,
     "20010808",
     "0a032a",
     {"ldstr 0x7000003d\nIL_0042 ldc.i8 1234605616436508552\nIL_004b callvirt 0x0a000004\n",
      "castclass 0x1b000001\nIL_00cf ldnull\nIL_00d0 ldnull\n"},
     "box",
     true},
    {"lean: a result that is no number", CLASS, "00000e", "0a142a", {"ldloc.2\n"}, NULL, true},
    {"fast: a jmp is left alone", CLASS, "000001", "162701000006", {"unsupported"}, NULL, false},
};

static enum nr_status rewrite_lean(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                                   const struct nr_log *log, struct nr_bytes *out) {
    struct nr_rewrite lean = *rewrite;
    lean.lean = true;
    return nr_rewrite_fast(arena, &lean, log, out);
}

static void check_text(struct nr_str text, const char *const sees[3], const char *sees_not) {
    bool as_wanted = !sees_not || !nr_str_contains(text, nr_str_of(sees_not));
    for (int i = 0; i < 3 && sees[i]; i++) {
        as_wanted = as_wanted && nr_str_contains(text, nr_str_of(sees[i]));
    }
    if (!CHECK(as_wanted)) printf("%.*s\n", NR_STR_ARGS(text));
}

static void test_templates(void) {
    struct sample sample;
    for (size_t i = 0; i < NR_COUNT_OF(templates); i++) {
        NR_CASE(templates[i].name);
        if (!CHECK(open_sample(&sample))) return;
        check_text(rewritten(&sample, templates[i].type, templates[i].signature, templates[i].body,
                             nr_rewrite_default),
                   templates[i].sees, templates[i].sees_not);
        nr_arena_free(&sample.arena);
    }
    for (size_t i = 0; i < NR_COUNT_OF(api_templates); i++) {
        NR_CASE(api_templates[i].name);
        if (!CHECK(open_sample(&sample))) return;
        check_text(rewritten(&sample, CLASS, api_templates[i].signature, api_templates[i].body,
                             nr_rewrite_api),
                   api_templates[i].sees, api_templates[i].sees_not);
        nr_arena_free(&sample.arena);
    }
    for (size_t i = 0; i < NR_COUNT_OF(fast_templates); i++) {
        NR_CASE(fast_templates[i].name);
        if (!CHECK(open_sample(&sample))) return;
        check_text(rewritten(&sample, fast_templates[i].type, fast_templates[i].signature,
                             fast_templates[i].body,
                             fast_templates[i].lean ? rewrite_lean : nr_rewrite_fast),
                   fast_templates[i].sees, fast_templates[i].sees_not);
        nr_arena_free(&sample.arena);
    }
    static const char *const any_object[3] = {"dup\nIL_006e isinst"};
    NR_CASE("fast: thrown objects that are no exceptions");
    if (!CHECK(open_sample(&sample))) return;
    check_text(rewritten(&sample, CLASS, "000001", "062a", nr_rewrite_fast), any_object, NULL);
    nr_arena_free(&sample.arena);
    NR_CASE("fast: a module whose thrown objects are exceptions always");
    if (!CHECK(open_sample_that(&sample, true))) return;
    check_text(rewritten(&sample, CLASS, "000001", "062a", nr_rewrite_fast),
               (const char *[3]){"rethrow"}, "isinst");
    nr_arena_free(&sample.arena);
    NR_CASE("core library: what the agent calls in turn is not traced");
    if (!CHECK(open_sample(&sample))) return;
    sample.references.guard = NR_TOKEN(NR_TABLE_FIELD, 1);
    check_text(rewritten(&sample, CLASS, "000001", "062a", nr_rewrite_fast),
               (const char *[3]){"IL_0004 ldsfld 0x04000001\n"
                                 "IL_0009 brtrue IL_0085\n"
                                 "IL_000e ldc.i4 1\n"
                                 "IL_0013 stsfld 0x04000001\n"
                                 "IL_0018 call 0x0a000002\n",
                                 "IL_007b ldc.i4 0\n"
                                 "IL_0080 stsfld 0x04000001\n"
                                 "IL_0085 nop\n"},
               NULL);
    nr_arena_free(&sample.arena);
    NR_CASE("what the gate refuses is in the log, with the method and the place");
    if (!CHECK(open_sample(&sample))) return;
    rewritten(&sample, CLASS, "000001", "0a262a", nr_rewrite_default);
    CHECK(nr_str_contains(nr_test_log_text(), NR_STR("would be invalid at IL_")));
    CHECK(nr_str_contains(nr_test_log_text(), NR_STR("[Sample]Space.Class.M()")));
    nr_arena_free(&sample.arena);
}

void test_rewrite(void) {
    test_returns();
    test_long_branches();
    test_templates();
}
