// Tests of src/metadata/signature.c.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/signature.h"

#include "base/compiler.h"
#include "harness.h"
#include "hex.h"

// ---- a module that knows a few names ----

static enum nr_status type_def(struct nr_module *module, struct nr_arena *arena, nr_token token,
                               struct nr_type_def *out) {
    (void)module, (void)arena;
    if (NR_TOKEN_ROW(token) > 3) return NR_NOT_FOUND;
    *out = (struct nr_type_def){.name = NR_STR("Space.Def")};
    return NR_OK;
}

static enum nr_status type_ref(struct nr_module *module, struct nr_arena *arena, nr_token token,
                               struct nr_type_ref *out) {
    static char endless[1 << 20];
    (void)module, (void)arena;
    memset(endless, 'e', sizeof(endless));
    switch (NR_TOKEN_ROW(token)) {
    case 1: *out = (struct nr_type_ref){.name = NR_STR("Ref")}; return NR_OK;
    case 2: *out = (struct nr_type_ref){.name = NR_STR("List`1")}; return NR_OK;
    case 3: *out = (struct nr_type_ref){.name = NR_STR("Map`2")}; return NR_OK;
    case 9: out->name = (struct nr_str){endless, sizeof(endless)}; return NR_OK;
    default: return NR_NOT_FOUND;
    }
}

static const struct nr_module_ops ops = {.type_def = type_def, .type_ref = type_ref};
static struct nr_module module = {&ops};

// ---- methods ----

// result and parameters as they print; plain is the result and the parameters written one after
// another. Tokens: 04 is TypeDef 1, 05 TypeRef 1 ("Ref"), 09 "List`1", 0d "Map`2".
static const struct {
    const char *name, *hex, *result, *parameters, *plain;
    uint32_t generic_count, parameter_count;
    bool has_this;
} methods[] = {
    {"nothing", "00 00 01", "void", "", "01", 0, 0, false},
    {"instance", "20 00 01", "void", "", "01", 0, 0, true},
    {"explicit this is a listed parameter", "60 01 01 12 04", "void", "Space.Def", "01 12 04", 0, 1,
     false},
    {"all primitive types", "00 0f 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 18 19", "void",
     "System.Boolean,System.Char,System.SByte,System.Byte,System.Int16,System.UInt16,System.Int32,"
     "System.UInt32,System.Int64,System.UInt64,System.Single,System.Double,System.String,"
     "System.IntPtr,System.UIntPtr",
     "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 18 19", 0, 15, false},
    {"object", "00 01 1c 1c", "System.Object", "System.Object", "1c 1c", 0, 1, false},
    {"TypeDef and TypeRef", "00 02 12 04 12 05 11 05", "Space.Def", "Ref,Ref", "12 04 12 05 11 05",
     0, 2, false},
    {"a reference to a class", "00 01 01 10 12 04", "void", "Space.Def&", "01 10 12 04", 0, 1,
     false},
    {"result by reference", "20 00 10 08", "System.Int32&", "", "10 08", 0, 0, true},
    {"arrays", "00 02 1d 1c 1d 1d 08 1d 1d 1d 12 05", "System.Object[]",
     "System.Int32[][],Ref[][][]", "1d 1c 1d 1d 08 1d 1d 1d 12 05", 0, 2, false},
    {"rank 1 with a size", "00 01 01 14 08 01 01 03 00", "void", "System.Int32[0...2]",
     "01 14 08 01 01 03 00", 0, 1, false},
    {"rank 7", "00 01 01 14 08 07 00 00", "void", "System.Int32[,,,,,,]", "01 14 08 07 00 00", 0, 1,
     false},
    {"rank 6, two sizes and bounds", "00 01 01 14 08 06 02 04 03 02 00 00", "void",
     "System.Int32[0...3,0...2,,,,]", "01 14 08 06 02 04 03 02 00 00", 0, 1, false},
    {"bounds", "00 01 01 14 08 02 02 02 03 02 01 06", "void", "System.Int32[1...2,6...8]",
     "01 14 08 02 02 02 03 02 01 06", 0, 1, false},
    {"rank 4, two sizes and bounds", "00 01 01 14 08 04 02 05 03 02 00 03", "void",
     "System.Int32[0...4,3...5,,]", "01 14 08 04 02 05 03 02 00 03", 0, 1, false},
    {"more sizes than bounds, more bounds than sizes",
     "00 02 01 14 08 02 02 04 05 01 03 14 08 02 01 04 02 01 01", "void",
     "System.Int32[3...6,0...4],System.Int32[1...4,]",
     "01 14 08 02 02 04 05 01 03 14 08 02 01 04 02 01 01", 0, 2, false},
    {"a size of zero", "00 01 01 14 08 01 01 00 00", "void", "System.Int32[0...4294967295]",
     "01 14 08 01 01 00 00", 0, 1, false},
    {"an array of arrays", "00 01 01 14 1d 0e 02 00 02 00 00", "void", "System.String[][,]",
     "01 14 1d 0e 02 00 02 00 00", 0, 1, false},
    {"generic", "00 01 15 12 09 01 08 15 11 0d 02 0e 15 12 09 01 1d 08", "List`1[System.Int32]",
     "Map`2[System.String,List`1[System.Int32[]]]", NULL, 0, 1, false},
    {"generic method", "30 02 03 13 00 13 01 1e 00 1d 1e 80 80", "!0", "!1,!!0,!!128[]",
     "13 00 13 01 1e 00 1d 1e 80 80", 2, 3, true},
    {"pointers", "00 04 0f 01 0f 01 0f 0f 08 0f 1e 00 0f 11 04", "void*",
     "void*,System.Int32**,!!0*,Space.Def*", "0f 01 0f 01 0f 0f 08 0f 1e 00 0f 11 04", 0, 4, false},
    {"function pointers", "00 02 01 1b 00 01 08 08 1b 20 02 01 10 0e 1d 1b 09 00 01", "void",
     "(System.Int32)(System.Int32),(void)(System.String&,(void)()[])",
     "01 1b 00 01 08 08 1b 20 02 01 10 0e 1d 1b 09 00 01", 0, 2, false},
    {"generic function pointer", "00 01 01 1b 10 01 01 1e 00 1e 00", "void", "(!!0)(!!0)",
     "01 1b 10 01 01 1e 00 1e 00", 0, 1, false},
    {"TypedReference", "00 02 16 16 1c", "System.TypedReference",
     "System.TypedReference,System.Object", "16 16 1c", 0, 2, false},
    {"a sentinel is not a parameter", "05 03 01 08 41 0e 1c", "void",
     "System.Int32,...,System.String,System.Object", "01 08 0e 1c", 0, 3, false},
    {"a sentinel with nothing behind it", "05 01 01 08 41", "void", "System.Int32", "01 08", 0, 1,
     false},
    {"a sentinel in a function pointer", "00 01 01 1b 05 02 01 08 41 0e", "void",
     "(void)(System.Int32,...,System.String)", "01 1b 05 02 01 08 41 0e", 0, 1, false},
    {"modifiers before everything",
     "20 03 1f 05 01 20 11 10 20 12 1f 14 03 1d 20 05 1f 81 05 08 0f 20 05 01", "void",
     "System.Char&,System.Int32[],void*", "01 10 03 1d 08 0f 01", 0, 3, true},
    {"modifiers before pointers", "00 01 20 09 0f 11 05 20 35 20 35 0f 11 05", "Ref*", "Ref*",
     "0f 11 05 0f 11 05", 0, 1, false},
    {"modifiers on the result", "00 00 20 11 10 20 02 1f 04 03", "System.Char&", "", "10 03", 0, 0,
     false},
    {"modifiers in generic arguments", "00 01 01 15 1f 05 12 09 01 20 05 08", "void",
     "List`1[System.Int32]", "01 15 12 09 01 08", 0, 1, false},
    {"numbers are written in their shortest form", "10 c0000001 8001 13 c0000081 12 8004", "!129",
     "Space.Def", "13 80 81 12 04", 1, 1, false},
};

static void check_plain(struct nr_arena *arena, const struct nr_method_sig *sig, const char *hex) {
    struct nr_bytes expected = nr_test_hex(hex);
    struct nr_buffer plain;
    nr_buffer_init(&plain, arena);
    CHECK_INT(nr_sig_type_write_plain(&plain, &sig->result), NR_OK);
    for (uint32_t i = 0; i < sig->parameter_count; i++) {
        CHECK_INT(nr_sig_type_write_plain(&plain, &sig->parameters[i]), NR_OK);
    }
    CHECK_BYTES(nr_buffer_bytes(&plain), expected);
    nr_test_free(expected);
}

static void check_method(struct nr_arena *arena, size_t i) {
    struct nr_bytes blob = nr_test_hex(methods[i].hex);
    struct nr_method_sig sig;
    struct nr_str text;
    NR_CASE(methods[i].name);
    if (CHECK_INT(nr_method_sig_read(arena, blob, &sig), NR_OK)) {
        CHECK_INT(sig.convention, blob.data[0]);
        CHECK_INT(sig.has_this, methods[i].has_this);
        CHECK_INT(sig.generic_count, methods[i].generic_count);
        CHECK_INT(sig.parameter_count, methods[i].parameter_count);
        CHECK_INT(nr_sig_type_print(arena, &module, &sig.result, &text), NR_OK);
        CHECK_STR(text, methods[i].result);
        CHECK_INT(nr_method_sig_print(arena, &module, &sig, &text), NR_OK);
        CHECK_STR(text, methods[i].parameters);
        if (methods[i].plain) check_plain(arena, &sig, methods[i].plain);
    }
    // No proper beginning of a signature is one, a closing sentinel aside.
    for (size_t size = 0; size < blob.size; size++) {
        struct nr_bytes part = nr_test_copy((struct nr_bytes){blob.data, size});
        bool whole = size + 1 == blob.size && blob.data[size] == NR_ELEMENT_SENTINEL;
        CHECK_INT(nr_method_sig_read(arena, part, &sig), whole ? NR_OK : NR_MALFORMED);
        nr_test_free(part);
    }
    nr_test_free(blob);
}

static const struct {
    const char *name, *hex;
} bad_methods[] = {
    {"bytes left over", "00 00 01 01"},
    {"a field signature", "06 08"},
    {"a local signature", "07 01 08"},
    {"a MethodSpec", "0a 01 08"},
    {"more parameters than bytes", "00 dfffffff 01 08"},
    {"a parameter of void", "00 01 01 01"},
    {"a reference to void", "00 01 01 10 01"},
    {"an array of void", "00 01 01 1d 01"},
    {"a reference to a reference", "00 01 01 10 10 08"},
    {"an array of references", "00 01 01 1d 10 08"},
    {"a pinned parameter", "00 01 01 45 08"},
    {"an unknown element", "00 01 01 1a"},
    {"an internal element", "00 01 01 21 0000000000000000"},
    {"the end element", "00 01 01 00"},
    {"a class without a row", "00 01 01 12 00"},
    {"a class with an unknown tag", "00 01 01 12 07"},
    {"an instantiation of a primitive type", "00 01 01 15 08 01 08"},
    {"more type arguments than bytes", "00 01 01 15 12 09 dfffffff 08"},
    {"rank 0", "00 01 01 14 08 00 00 00"},
    {"rank 33", "00 01 01 14 08 21 00 00"},
    {"more sizes than dimensions", "00 01 01 14 08 01 02 01 01 00"},
    {"more bounds than dimensions", "00 01 01 14 08 01 00 02 00 00"},
    {"a number that begins with 111", "00 01 01 13 e0000000"},
    {"a function pointer that is a field", "00 01 01 1b 06 00 01"},
};

// ---- single types ----

static const struct {
    const char *name, *hex;
    uint8_t element;
    bool by_ref, is_value;
    nr_token token;
    size_t used, bare;  // bytes of whole, and how many of them come before the type alone
} types[] = {
    {"primitive", "08 ff", NR_ELEMENT_I4, false, false, 0, 1, 0},
    {"void", "01", NR_ELEMENT_VOID, false, false, 0, 1, 0},
    {"class", "12 05 08", NR_ELEMENT_CLASS, false, false, 0x01000001, 2, 0},
    {"value type", "11 8104", NR_ELEMENT_VALUETYPE, false, true, 0x02000041, 3, 0},
    {"TypeSpec", "12 06", NR_ELEMENT_CLASS, false, false, 0x1B000001, 2, 0},
    {"reference behind modifiers", "1f 05 10 20 09 12 04", NR_ELEMENT_CLASS, true, false,
     0x02000001, 7, 5},
    {"generic class", "15 12 09 01 08 00", NR_ELEMENT_GENERICINST, false, false, 0x01000002, 5, 0},
    {"generic value type", "10 15 20 05 11 09 01 08", NR_ELEMENT_GENERICINST, true, true,
     0x01000002, 8, 1},
    {"pinned", "45 10 08", NR_ELEMENT_I4, true, false, 0, 3, 2},
    {"an array has no token", "1d 11 09", NR_ELEMENT_SZARRAY, false, false, 0, 3, 0},
};

static void check_type(size_t i) {
    struct nr_bytes blob = nr_test_hex(types[i].hex);
    struct nr_sig_type type;
    size_t used;
    NR_CASE(types[i].name);
    if (CHECK_INT(nr_sig_type_read(blob, &type, &used), NR_OK)) {
        CHECK_INT(used, types[i].used);
        CHECK_INT(type.element, types[i].element);
        CHECK_INT(type.by_ref, types[i].by_ref);
        CHECK_INT(type.is_value, types[i].is_value);
        CHECK_INT(type.token, types[i].token);
        CHECK_INT(type.whole.data - blob.data, 0);
        CHECK_INT(type.whole.size, used);
        CHECK_INT(type.type.data - blob.data, types[i].bare);
        CHECK_INT(type.type.size, used - types[i].bare);
    }
    nr_test_free(blob);
}

// One type inside the other, count deep.
static struct nr_bytes nested(struct nr_arena *arena, const char *around, size_t count) {
    struct nr_bytes layer = nr_test_hex(around);
    struct nr_buffer blob;
    nr_buffer_init(&blob, arena);
    for (size_t i = 1; i < count; i++) nr_buffer_append(&blob, layer.data, layer.size);
    nr_buffer_u8(&blob, NR_ELEMENT_I4);
    nr_test_free(layer);
    return nr_buffer_bytes(&blob);
}

static void check_depth(struct nr_arena *arena) {
    static const char *const around[] = {"1d", "0f", "15 12 09 01", "1b 00 00"};
    for (size_t i = 0; i < NR_COUNT_OF(around); i++) {
        struct nr_sig_type type;
        struct nr_str text;
        size_t used;
        NR_CASE(around[i]);
        struct nr_bytes most = nested(arena, around[i], NR_SIGNATURE_DEPTH);
        struct nr_bytes more = nested(arena, around[i], NR_SIGNATURE_DEPTH + 1);
        struct nr_bytes endless = nested(arena, around[i], 1 << 20);
        if (CHECK_INT(nr_sig_type_read(most, &type, &used), NR_OK)) {
            CHECK_INT(used, most.size);
            CHECK_INT(nr_sig_type_print(arena, &module, &type, &text), NR_OK);
        }
        CHECK_INT(nr_sig_type_read(more, &type, &used), NR_TOO_LARGE);
        CHECK_INT(nr_sig_type_read(endless, &type, &used), NR_TOO_LARGE);
    }
}

static void check_unprintable(struct nr_arena *arena) {
    static const struct {
        const char *name, *hex;
        enum nr_status status;
    } cases[] = {
        {"a TypeSpec behind CLASS", "12 06", NR_UNSUPPORTED},
        {"a TypeDef that is not there", "12 10", NR_NOT_FOUND},
        {"a TypeRef that is not there", "1d 11 11", NR_NOT_FOUND},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_bytes blob = nr_test_hex(cases[i].hex);
        struct nr_sig_type type;
        struct nr_str text;
        size_t used;
        NR_CASE(cases[i].name);
        CHECK_INT(nr_sig_type_read(blob, &type, &used), NR_OK);
        CHECK_INT(nr_sig_type_print(arena, &module, &type, &text), cases[i].status);
        nr_test_free(blob);
    }

    NR_CASE("a text without end");
    struct nr_method_sig sig;
    struct nr_buffer blob;
    struct nr_str text;
    nr_buffer_init(&blob, arena);
    nr_buffer_append(&blob, "\0\x7f\1", 3);
    for (int i = 0; i < 0x7f; i++) nr_buffer_append(&blob, "\x12\x25", 2);  // the long name
    CHECK_INT(nr_method_sig_read(arena, nr_buffer_bytes(&blob), &sig), NR_OK);
    CHECK_INT(nr_method_sig_print(arena, &module, &sig, &text), NR_TOO_LARGE);
}

// ---- numbers and tokens ----

static void check_numbers(struct nr_arena *arena) {
    static const struct {
        uint32_t value;
        const char *hex;
    } numbers[] = {
        // the examples of II.23.2, and the ends of the ranges
        {0x03, "03"},     {0x7F, "7f"},         {0x80, "8080"},         {0x2E57, "ae57"},
        {0x3FFF, "bfff"}, {0x4000, "c0004000"}, {0x123456, "c0123456"}, {0x1FFFFFFF, "dfffffff"},
        {0, "00"},
    };
    for (size_t i = 0; i < NR_COUNT_OF(numbers); i++) {
        struct nr_bytes hex = nr_test_hex(numbers[i].hex);
        struct nr_buffer out;
        uint32_t value = ~numbers[i].value;
        size_t used = 0;
        NR_CASE(numbers[i].hex);
        nr_buffer_init(&out, arena);
        nr_sig_number_write(&out, numbers[i].value);
        CHECK_INT(out.status, NR_OK);
        CHECK_BYTES(nr_buffer_bytes(&out), hex);
        CHECK_INT(nr_sig_number_read(hex, &value, &used), NR_OK);
        CHECK_INT(value, numbers[i].value);
        CHECK_INT(used, hex.size);
        for (size_t size = 0; size < hex.size; size++) {
            struct nr_bytes part = nr_test_copy((struct nr_bytes){hex.data, size});
            CHECK_INT(nr_sig_number_read(part, &value, &used), NR_MALFORMED);
            nr_test_free(part);
        }
        nr_test_free(hex);
    }

    NR_CASE("a number that is too large");
    struct nr_buffer out;
    nr_buffer_init(&out, arena);
    nr_sig_number_write(&out, 0x20000000);
    CHECK_INT(out.status, NR_TOO_LARGE);
    CHECK_INT(out.size, 0);
}

static void check_tokens(struct nr_arena *arena) {
    static const struct {
        nr_token token;
        const char *hex;
    } tokens[] = {
        {0x02000001, "04"}, {0x01000012, "49"}, {0x1B000020, "8082"}, {0x01FFFFFF, "c3fffffd"}};
    for (size_t i = 0; i < NR_COUNT_OF(tokens); i++) {
        struct nr_bytes hex = nr_test_hex(tokens[i].hex);
        struct nr_buffer out;
        uint32_t coded = 0;
        size_t used;
        NR_CASE(tokens[i].hex);
        nr_buffer_init(&out, arena);
        nr_sig_token_write(&out, tokens[i].token);
        CHECK_BYTES(nr_buffer_bytes(&out), hex);
        CHECK_INT(nr_sig_number_read(hex, &coded, &used), NR_OK);
        CHECK_INT(nr_sig_token_decode(coded), tokens[i].token);
        nr_test_free(hex);
    }

    static const uint32_t not_tokens[] = {0, 1, 2, 3, 7, 0x4000000, 0x1FFFFFFC};
    static const nr_token not_writable[] = {0, 0x06000001, 0x02000000, 0x72000001};
    NR_CASE("what is no token");
    for (size_t i = 0; i < NR_COUNT_OF(not_tokens); i++) {
        CHECK_INT(nr_sig_token_decode(not_tokens[i]), 0);
    }
    for (size_t i = 0; i < NR_COUNT_OF(not_writable); i++) {
        struct nr_buffer out;
        nr_buffer_init(&out, arena);
        nr_sig_token_write(&out, not_writable[i]);
        CHECK_INT(out.status, NR_MALFORMED);
    }
}

// ---- local variables ----

static void check_locals(struct nr_arena *arena) {
    static const struct {
        const char *name, *before, *after;
        uint32_t count;
        enum nr_status status;
    } cases[] = {
        {"the first local", "07 00", "07 01 12 05", 0, NR_OK},
        {"behind others", "07 03 08 45 10 08 15 12 09 01 08",
         "07 04 08 45 10 08 15 12 09 01 08 12 05", 3, NR_OK},
        {"behind a modifier and a TypedReference", "07 02 1f 05 45 1c 16",
         "07 03 1f 05 45 1c 16 12 05", 2, NR_OK},
        {"fewer types than it says", "07 03 08 08", NULL, 3, NR_MALFORMED},
        {"more types than it says", "07 01 08 08", NULL, 1, NR_MALFORMED},
        {"as many as there can be", "07 c000fffe 08", NULL, 0xFFFE, NR_TOO_LARGE},
        {"a local of void", "07 01 01", NULL, 1, NR_MALFORMED},
    };
    struct nr_bytes type = nr_test_hex("12 05");
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_bytes before = nr_test_hex(cases[i].before), after;
        uint32_t count = 0;
        NR_CASE(cases[i].name);
        CHECK_INT(nr_locals_count(before, &count), NR_OK);
        CHECK_INT(count, cases[i].count);
        CHECK_INT(nr_locals_add(arena, before, 1, type, &after), cases[i].status);
        if (cases[i].after) {
            struct nr_bytes expected = nr_test_hex(cases[i].after);
            CHECK_BYTES(after, expected);
            nr_test_free(expected);
        }
        nr_test_free(before);
    }

    NR_CASE("the number of locals grows by a byte at 128");
    struct nr_bytes locals = nr_test_hex("07 00");
    struct nr_bytes empty = locals;
    uint32_t count = 0;
    for (int i = 0; i < 130; i++) CHECK_INT(nr_locals_add(arena, locals, 1, type, &locals), NR_OK);
    CHECK_INT(nr_locals_count(locals, &count), NR_OK);
    CHECK_INT(count, 130);
    CHECK_INT(locals.size, 3 + 130 * type.size);

    NR_CASE("several locals at once");
    struct nr_bytes two = nr_test_hex("12 05 0e"), most = nr_test_hex("07 c000fffd"), both;
    CHECK_INT(nr_locals_add(arena, empty, 2, two, &both), NR_OK);
    CHECK(both.size == 5 && both.data[1] == 2 && both.data[4] == 0x0E);
    CHECK_INT(nr_locals_add(arena, most, 2, two, &both), NR_TOO_LARGE);
    nr_test_free(two);
    nr_test_free(most);

    static const char *const not_locals[] = {"", "07", "06 08", "00 00 01", "07 e0"};
    NR_CASE("what is no local signature");
    for (size_t i = 0; i < NR_COUNT_OF(not_locals); i++) {
        struct nr_bytes blob = nr_test_hex(not_locals[i]), out;
        CHECK_INT(nr_locals_count(blob, &count), NR_MALFORMED);
        CHECK_INT(nr_locals_add(arena, blob, 1, type, &out), NR_MALFORMED);
        nr_test_free(blob);
    }
    nr_test_free(empty);
    nr_test_free(type);
}

// ---- hostile input ----

static void read_anything(struct nr_bytes blob) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_method_sig sig;
    struct nr_sig_type type;
    struct nr_bytes locals;
    struct nr_buffer plain;
    struct nr_str text;
    size_t used;
    if (nr_method_sig_read(&arena, blob, &sig) == NR_OK) {
        enum nr_status status = nr_method_sig_print(&arena, &module, &sig, &text);
        CHECK(status == NR_OK || status == NR_NOT_FOUND || status == NR_UNSUPPORTED ||
              status == NR_TOO_LARGE);
    }
    if (nr_sig_type_read(blob, &type, &used) == NR_OK) {
        CHECK(used > 0 && used <= blob.size);
        nr_buffer_init(&plain, &arena);
        CHECK_INT(nr_sig_type_write_plain(&plain, &type), NR_OK);
        CHECK(plain.size <= used);
    }
    (void)nr_locals_add(&arena, blob, 1, blob, &locals);
    nr_arena_free(&arena);
}

static void check_mutations(void) {
    uint32_t random = 1;
    NR_CASE("mutated signatures");
    for (int round = 0; round < 20000; round++) {
        struct nr_bytes blob = nr_test_hex(methods[round % (int)NR_COUNT_OF(methods)].hex);
        uint8_t *data = (uint8_t *)(uintptr_t)blob.data;
        for (int change = 0; change < 1 + round % 3; change++) {
            random = random * 1664525 + 1013904223;
            data[(random >> 8) % blob.size] = (uint8_t)(random >> 24);
        }
        read_anything(blob);
        nr_test_free(blob);
    }
}

struct work {
    struct nr_bytes blob;
    struct nr_arena arena;
};

static enum nr_status read_and_print(void *context) {
    struct work *work = context;
    struct nr_method_sig sig;
    struct nr_bytes locals = {(const uint8_t *)"\7", 2};
    struct nr_str text;
    enum nr_status status = nr_method_sig_read(&work->arena, work->blob, &sig);
    for (int i = 0; status == NR_OK && i < 500; i++) {
        status = nr_locals_add(&work->arena, locals, 1, sig.result.whole, &locals);
    }
    if (status == NR_OK) status = nr_method_sig_print(&work->arena, &module, &sig, &text);
    if (status == NR_OK) {
        CHECK_STR(text,
                  "System.Int32[0...3,0...4],(System.Int32)(System.Int32),"
                  "Map`2[System.String,System.Object],void*");
    }
    nr_arena_free(&work->arena);
    return status;
}

void test_signature(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    for (size_t i = 0; i < NR_COUNT_OF(methods); i++) check_method(&arena, i);
    for (size_t i = 0; i < NR_COUNT_OF(bad_methods); i++) {
        struct nr_bytes blob = nr_test_hex(bad_methods[i].hex);
        struct nr_method_sig sig;
        NR_CASE(bad_methods[i].name);
        CHECK_INT(nr_method_sig_read(&arena, blob, &sig), NR_MALFORMED);
        nr_test_free(blob);
    }
    for (size_t i = 0; i < NR_COUNT_OF(types); i++) check_type(i);
    check_depth(&arena);
    check_unprintable(&arena);
    check_numbers(&arena);
    check_tokens(&arena);
    check_locals(&arena);
    check_mutations();
    NR_CASE("signatures when memory is out");
    struct work work = {nr_test_hex("20 04 15 12 09 01 08 14 08 02 02 04 05 00 1b 00 01 08 08"
                                    "15 12 0d 02 0e 1c 0f 01"),
                        NR_ARENA_INIT};
    nr_test_every_allocation(read_and_print, &work, 1000);
    nr_test_free(work.blob);
    nr_arena_free(&arena);
}
