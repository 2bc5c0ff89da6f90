// Tests of src/il/verify on bodies and signatures made to break it, and on modules that fail.
// SPDX-License-Identifier: Apache-2.0
#include <time.h>

#include "hex.h"
#include "il/opcode.h"
#include "verify_fixture.h"

static const struct nr_bytes no_arguments = {(const uint8_t[]){0x00, 0, 0x01}, 3};

static enum nr_status verify(struct nr_bytes body, struct nr_bytes signature,
                             struct nr_verify_error *error) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_verify_module module = fixture_module();
    *error = (struct nr_verify_error){0, ""};
    enum nr_status status = nr_verify(&arena, body, signature, &module, error);
    CHECK(status == NR_OK ? error->message[0] == '\0' : error->message[0] != '\0');
    nr_arena_free(&arena);
    return status;
}

static void expect(struct nr_bytes body, struct nr_bytes signature, const char *message) {
    struct nr_verify_error error;
    enum nr_status status = verify(body, signature, &error);
    CHECK_INT(status, message ? NR_MALFORMED : NR_OK);
    CHECK_STR(nr_str_of(error.message), message ? message : "");
}

// ---- what modules answer ----

static enum nr_type_kind unknown_kind(void *context, uint32_t token) {
    (void)context;
    (void)token;
    return NR_TYPE_UNKNOWN;
}

static enum nr_status no_signature(void *context, uint32_t token, struct nr_bytes *blob) {
    (void)blob;
    if (token >> 24 == 0x11) return fixture_signature(context, token, blob);
    return context ? NR_NO_MEMORY : NR_NOT_FOUND;
}

static enum nr_status no_types(void *context, uint32_t token, struct nr_bytes *blob) {
    return token >> 24 == 0x1B ? NR_NO_MEMORY : fixture_signature(context, token, blob);
}

static enum nr_status no_locals(void *context, uint32_t token, struct nr_bytes *blob) {
    (void)token;
    (void)blob;
    return context ? NR_NO_MEMORY : NR_NOT_FOUND;
}

static void check_module(const struct nr_verify_module *module, const struct rule *rule,
                         enum nr_status expected, const char *message) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_verify_error error = {0, ""};
    struct nr_bytes body = fixture_body(&arena, rule);
    struct nr_bytes signature = fixture_rule_signature(&arena, rule);
    CHECK_INT(nr_verify(&arena, body, signature, module, &error), expected);
    CHECK_STR(nr_str_of(error.message), message);
    nr_arena_free(&arena);
}

static void test_modules(void) {
    const struct rule newobj = {.code = "17 73 08 00 00 06 7A"};
    const struct rule call = {.code = "28 01 00 00 06 2A"};
    const struct rule this_to_object = {.code = "02 13 05 2A", .signature = "20 00 01"};
    struct nr_verify_module module = fixture_module();

    NR_CASE("what newobj makes is unknown when the owner is");
    module.owner = NULL;
    check_module(&module, &newobj, NR_OK, "");

    NR_CASE("an unknown type matches everything");
    module = fixture_module();
    module.type_kind = unknown_kind;
    check_module(&module, &newobj, NR_OK, "");
    const struct rule unbox = {.code = "14 A5 05 00 00 01 13 05 2A"};
    check_module(&module, &unbox, NR_OK, "");

    NR_CASE("this is an object in a class, a managed pointer in a value type");
    module = fixture_module();
    check_module(&module, &this_to_object, NR_OK, "");
    module.this_type = NR_TYPE_UNKNOWN;
    check_module(&module, &this_to_object, NR_OK, "");
    module.this_type = NR_TYPE_VALUE;
    check_module(&module, &this_to_object, NR_MALFORMED,
                 "stloc.s: needs an object reference, has a managed pointer (stack item 0 from the "
                 "top)");

    NR_CASE("a module that does not know a signature, or has no memory for it");
    module = fixture_module();
    module.signature = no_signature;
    check_module(&module, &call, NR_MALFORMED, "call: token 06000001 has no signature");
    module.context = &module;
    check_module(&module, &call, NR_NO_MEMORY, "");
    module.signature = no_types;
    const struct rule box = {.code = "14 8C 01 00 00 1B 26 2A"};
    check_module(&module, &box, NR_NO_MEMORY, "");
    module.signature = no_locals;
    check_module(&module, &call, NR_NO_MEMORY, "");
    module.context = NULL;
    check_module(&module, &call, NR_MALFORMED, "there is no local signature 11000001");
}

// ---- headers and signatures ----

static void test_headers(void) {
    static const struct {
        const char *name, *body, *message;
    } cases[] = {
        {"a tiny body", "062a", NULL},
        {"a tiny body has no locals", "0e 06 26 2a", "ldloc.0: there is no local 0, only 0"},
        {"no bytes", "", "the header, the code size or a section is broken"},
        {"no header", "2a", "the header, the code size or a section is broken"},
        {"a header cut off", "1330 0800 01000000 010000",
         "the header, the code size or a section is broken"},
        {"more code than bytes", "1330 0800 02000000 00000000 2a",
         "the header, the code size or a section is broken"},
        {"no code", "1330 0800 00000000 00000000",
         "the header, the code size or a section is broken"},
        {"a section cut off", "1b30 0800 01000000 00000000 2a 000000 411c0000",
         "the header, the code size or a section is broken"},
        {"locals of a table that has none", "1330 0800 01000000 01000006 2a",
         "there is no local signature 06000001"},
        {"locals that are not there", "1330 0800 01000000 ff000011 2a",
         "there is no local signature 110000ff"},
        {"locals that are a method's", "1330 0800 01000000 02000011 2a",
         "the local signature 11000002 is broken"},
        {"locals that break off", "1330 0800 01000000 03000011 2a",
         "the local signature 11000003 is broken"},
        {"a local that breaks off", "1330 0800 01000000 04000011 2a",
         "the local signature 11000004 is broken at local 0"},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_bytes body = nr_test_hex(cases[i].body);
        expect(body, no_arguments, cases[i].message);
        nr_test_free(body);
    }
}

// Each in memory of its own, so that AddressSanitizer sees a read of the byte behind the code.
static void test_last_prefix(void) {
    static const char *const bodies[] = {"0a fe13", "0a fe14", "0a fe1e", "0e fe12"};
    for (size_t i = 0; i < NR_COUNT_OF(bodies); i++) {
        NR_CASE("code that ends with a prefix is not read beyond its end");
        struct nr_verify_error error;
        struct nr_bytes body = nr_test_hex(bodies[i]);
        CHECK_INT(verify(body, no_arguments, &error), NR_MALFORMED);
        nr_test_free(body);
    }
}

static void test_signatures(void) {
    static const struct {
        const char *name, *signature, *message;
    } cases[] = {
        {"none at all", "", "the method's signature is broken"},
        {"a field's", "06 08", "the method's signature is broken"},
        {"no result", "00 00", "the method's signature is broken"},
        {"fewer parameters than it says", "00 02 01", "the method's signature is broken"},
        {"a parameter cut off", "00 01 01 0f", "the method's signature is broken at parameter 0"},
        {"a parameter of void", "00 01 01 01", "the method's signature is broken at parameter 0"},
        {"a parameter of no type", "00 01 01 17",
         "the method's signature is broken at parameter 0"},
        {"an enormous count", "00 df ff ff ff 01", "the method's signature is broken"},
        {"a count that is no number", "00 ff 01", "the method's signature is broken"},
        {"a token with a wrong tag", "00 01 01 12 07",
         "the method's signature is broken at parameter 0"},
        {"a generic type with fewer arguments than it says", "00 01 01 15 12 05 02 08",
         "the method's signature is broken at parameter 0"},
        {"an array with fewer sizes than it says", "00 01 01 14 08 02 02 01",
         "the method's signature is broken at parameter 0"},
    };
    static const uint8_t body[] = {0x06, 0x2A};
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_bytes signature = nr_test_hex(cases[i].signature);
        expect((struct nr_bytes){body, sizeof(body)}, signature, cases[i].message);
        nr_test_free(signature);
    }
}

// A type, and the number of a local of its kind; another local is to refuse it.
static void test_kinds(void) {
    static const struct {
        const char *name, *type;
        uint8_t local, other;
    } cases[] = {
        {"bool", "02", 0, 5},
        {"char", "03", 0, 5},
        {"uint32", "09", 0, 3},
        {"uint64", "0b", 1, 5},
        {"float32", "0c", 3, 0},
        {"string", "0e", 5, 0},
        {"pointer", "0f 01", 2, 3},
        {"pointer to pointer", "0f 0f 08", 2, 3},
        {"managed pointer", "10 08", 6, 5},
        {"value type", "11 0c", 7, 5},
        {"enum", "11 10", 0, 7},
        {"a value type of another assembly that is a number", "11 15", 0, 7},
        {"class", "12 05", 5, 0},
        {"array", "14 08 02 02 01 01 02 00 00", 5, 0},
        {"array without bounds", "14 08 02 00 00", 5, 0},
        {"vector", "1d 08", 5, 0},
        {"vector of vectors", "1d 1d 11 0c", 5, 7},
        {"generic class", "15 12 05 02 08 0e", 5, 0},
        {"generic value type", "15 11 0c 01 08", 7, 5},
        {"enum in a generic type", "15 11 10 01 08", 0, 7},
        {"generic of generic", "15 12 05 01 15 11 0c 02 08 1d 0e", 5, 7},
        {"typed reference", "16", 7, 5},
        {"native int", "18", 2, 3},
        {"native unsigned int", "19", 2, 3},
        {"function pointer", "1b 00 02 01 08 1c", 2, 3},
        {"function pointer with variable arguments", "1b 05 02 08 08 41 0e", 2, 3},
        {"generic function pointer", "1b 10 01 01 01 1e 00", 2, 3},
        {"object", "1c", 5, 7},
        {"modified", "1f 05 20 09 08", 0, 5},
        {"modified managed pointer", "20 05 10 1f 05 08", 6, 5},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_verify_error error;
        char text[64], body[64];
        for (int wrong = 0; wrong < 2; wrong++) {
            snprintf(text, sizeof(text), "00 01 01 %s", cases[i].type);
            snprintf(body, sizeof(body), "1330 0800 04000000 01000011 02 13 %02x 2a",
                     wrong ? cases[i].other : cases[i].local);
            struct nr_bytes signature = nr_test_hex(text), bytes = nr_test_hex(body);
            CHECK_INT(verify(bytes, signature, &error), wrong ? NR_MALFORMED : NR_OK);
            nr_test_free(signature);
            nr_test_free(bytes);
        }
    }
    NR_CASE("a type parameter goes anywhere");
    for (uint8_t local = 0; local < 11; local++) {
        const uint8_t signature[] = {0x10, 1, 1, 0x01, 0x1E, 0};
        const uint8_t body[] = {0x13, 0x30, 8, 0,    4,    0,    0,     0,
                                1,    0,    0, 0x11, 0x02, 0x13, local, 0x2A};
        expect((struct nr_bytes){body, sizeof(body)},
               (struct nr_bytes){signature, sizeof(signature)}, NULL);
    }
}

static void test_deep_type(void) {
    static const uint8_t body[] = {0x06, 0x2A};
    uint8_t signature[3000] = {0x00, 1, 0x01};
    struct nr_bytes bytes = {signature, sizeof(signature)};
    NR_CASE("a type within types");
    memset(signature + 3, 0x0F, sizeof(signature) - 3);
    signature[3 + 90] = 0x08;
    expect((struct nr_bytes){body, sizeof(body)}, bytes, NULL);
    NR_CASE("a type within types without end");
    signature[3 + 90] = 0x0F;
    signature[sizeof(signature) - 1] = 0x08;
    expect((struct nr_bytes){body, sizeof(body)}, bytes,
           "the method's signature is broken at parameter 0");
}

// ---- large bodies ----

static void begin(struct nr_buffer *body, struct nr_arena *arena, uint16_t max_stack, bool more) {
    nr_buffer_init(body, arena);
    nr_buffer_u16(body, more ? 0x301B : 0x3013);
    nr_buffer_u16(body, max_stack);
    nr_buffer_u32(body, 0);  // the size, set by finish
    nr_buffer_u32(body, 0x11000001);
}

static uint32_t code_size(const struct nr_buffer *body) {
    return (uint32_t)body->size - NR_BODY_FAT_HEADER_SIZE;
}

static void fill(struct nr_buffer *body, uint8_t value, uint32_t count) {
    uint8_t *place = nr_buffer_reserve(body, count);
    if (CHECK(place)) memset(place, value, count);
}

static void finish(struct nr_buffer *body) {
    if (CHECK_INT(body->status, NR_OK)) nr_store_u32(body->data + 4, code_size(body));
}

static void expect_large(const struct nr_buffer *body, const char *message) {
    clock_t start = clock();
    expect(nr_buffer_bytes(body), no_arguments, message);
    CHECK((clock() - start) / CLOCKS_PER_SEC < 20);  // a second without sanitizers
}

static void test_large_switch(void) {
    NR_CASE("a switch with a hundred thousand arms");
    enum { ARMS = 100000 };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer body;
    begin(&body, &arena, 8, false);
    nr_buffer_u8(&body, 0x17);
    nr_buffer_u8(&body, 0x17);
    nr_buffer_u8(&body, 0x45);
    nr_buffer_u32(&body, ARMS);
    for (uint32_t i = 0; i < ARMS; i++) nr_buffer_u32(&body, i % 1000);
    fill(&body, 0x00, 1000);
    nr_buffer_u8(&body, 0x26);
    nr_buffer_u8(&body, 0x2A);
    finish(&body);
    expect_large(&body, NULL);
    nr_arena_free(&arena);
}

static void test_many_blocks(void) {
    NR_CASE("a branch in every second byte");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer body;
    begin(&body, &arena, 8, false);
    for (uint32_t i = 0; i < 500000; i++) nr_buffer_u16(&body, 0x002B);
    nr_buffer_u8(&body, 0x2A);
    finish(&body);
    expect_large(&body, NULL);

    NR_CASE("a branch in every second byte, and a tall stack");
    begin(&body, &arena, 0xFFFF, false);
    fill(&body, 0x17, 60000);
    for (uint32_t i = 0; i < 200000; i++) nr_buffer_u16(&body, 0x002B);
    nr_buffer_u16(&body, 0xFE2B);  // an endless loop
    finish(&body);
    expect_large(&body, "the body takes too long to check");
    nr_arena_free(&arena);
}

// Tries within tries, each with a handler of one instruction behind it.
static void nested_tries(struct nr_buffer *body, uint32_t depth, uint32_t leaves) {
    begin(body, body->arena, 8, true);
    fill(body, 0x00, depth);
    uint32_t out = depth + leaves * 5 + 2 + depth;
    for (uint32_t i = 0; i < leaves; i++) {
        nr_buffer_u8(body, 0xDD);
        nr_buffer_u32(body, out - (code_size(body) + 4));
    }
    nr_buffer_u16(body, 0x7A14);  // ldnull, throw
    uint32_t handlers = code_size(body);
    fill(body, 0x7A, depth);  // each throws what it caught
    nr_buffer_u8(body, 0x2A);
    finish(body);
    while (body->size % 4) nr_buffer_u8(body, 0);
    // A section may have no more than 2^24 bytes.
    nr_buffer_u32(body, (depth * 24 + 4) << 8 | 0x41);
    for (uint32_t i = 0; i < depth; i++) {
        uint32_t from = depth - 1 - i;
        nr_buffer_u32(body, NR_CLAUSE_CATCH);
        nr_buffer_u32(body, from);
        nr_buffer_u32(body, handlers + i - from);
        nr_buffer_u32(body, handlers + i);
        nr_buffer_u32(body, 1);
        nr_buffer_u32(body, 0x01000001);
    }
}

static void test_nesting(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer body = {.arena = &arena};
    NR_CASE("tries within tries, as deep as the JIT numbers them");
    nested_tries(&body, 65534, 1);
    expect_large(&body, NULL);
    NR_CASE("one more");
    nested_tries(&body, 65535, 1);
    expect_large(&body, "more than 65534 exception clauses");
    NR_CASE("many ways out of deep tries");
    nested_tries(&body, 40000, 40000);
    expect_large(&body, "the body takes too long to check");
    nr_arena_free(&arena);
}

// ---- every instruction ----

static uint32_t token_for(uint16_t opcode) {
    if (opcode >= NR_LDFLD && opcode <= NR_STSFLD) return 0x04000001;
    switch (opcode) {
    case NR_LDSTR: return 0x70000001;
    case NR_LDFTN:
    case NR_LDVIRTFTN: return 0x06000001;
    default: return 0x01000005;
    }
}

// The body's one instruction, and the ret behind it.
static void write_instruction(struct nr_buffer *body, uint16_t opcode,
                              const struct nr_opcode_info *info) {
    if (info->size == 2) nr_buffer_u8(body, 0xFE);
    nr_buffer_u8(body, (uint8_t)opcode);
    if (info->operand == NR_OPERAND_TOKEN)
        nr_buffer_u32(body, token_for(opcode));
    else
        fill(body, 0, nr_operand_size(info->operand));
    nr_buffer_u8(body, 0x2A);
    finish(body);
}

static bool has_own_rule(uint16_t opcode, const struct nr_opcode_info *info) {
    return info->pops == NR_STACK_VARIES || info->flow == NR_FLOW_PREFIX ||
           info->flow == NR_FLOW_CALL || opcode == NR_ENDFILTER || opcode == NR_ARGLIST;
}

static void test_every_instruction(void) {
    NR_CASE("the verifier takes and pushes what the opcode table says");
    static const uint8_t four_numbers[] = {0x00, 4, 0x01, 8, 8, 8, 8};
    const struct nr_bytes signature = {four_numbers, sizeof(four_numbers)};
    unsigned takes = 0, pushes = 0;
    for (unsigned opcode = 0; opcode <= 0xFFFF; opcode++) {
        const struct nr_opcode_info *info = nr_opcode_info((uint16_t)opcode);
        if (!info || has_own_rule((uint16_t)opcode, info)) continue;
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_buffer body;
        struct nr_verify_error error;
        char message[64] = "";
        begin(&body, &arena, 0, false);
        write_instruction(&body, (uint16_t)opcode, info);
        verify(nr_buffer_bytes(&body), signature, &error);
        if (info->pops > 0) {
            snprintf(message, sizeof(message), "%s: stack underflow, needs %d, has 0", info->name,
                     info->pops);
            CHECK_STR(nr_str_of(error.message), message);
            takes++;
        } else if (info->pushes > 0) {
            snprintf(message, sizeof(message), "%s: stack overflow, max stack is 0", info->name);
            CHECK_STR(nr_str_of(error.message), message);
            pushes++;
        }
        nr_arena_free(&arena);
    }
    CHECK_INT(takes, 159);
    CHECK_INT(pushes, 38);
}

// ---- noise ----

static const struct rule seeds[] = {
    {"", "06 45 02 00 00 00 00 00 00 00 01 00 00 00 00 11 06 FE 13 4A 26 2A", .message = NULL},
    {"",
     "DE 07 26 17 FE 11 26 DE 00 DE 06 26 DE 03 26 DE 00 2A",
     {FILTER(0, 2, 2, 6, 9), CATCH(9, 11, 11, 14), CATCH(9, 14, 14, 17)},
     .message = NULL},
    {"",
     "DE 06 DE 03 26 DE 00 DC 17 FE 14 28 02 00 00 06 2A",
     {CATCH(2, 4, 4, 7), FINALLY(0, 2, 2, 8)},
     .message = NULL},
    {"",
     "12 07 FE 16 03 00 00 02 6F 02 00 00 0A 26 17 18 28 02 00 00 06 8C 05 00 00 01 A5 05 00 00 "
     "01 06 2D 03 58 2B 02 25 5A 0A 2A",
     .message = NULL},
    {"",
     "17 FE 06 02 00 00 06 29 02 00 00 11 73 08 00 00 06 13 07 12 07 7B 05 00 00 04 FE 0F 26 2A",
     .message = NULL},
};

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525 + 1013904223;  // the generator of Numerical Recipes
    return *state >> 8;
}

static void test_noise(void) {
    NR_CASE("changed and cut bodies get a verdict");
    uint32_t random = 1;
    unsigned verdicts[2] = {0, 0};
    for (size_t i = 0; i < NR_COUNT_OF(seeds); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes seed = fixture_body(&arena, &seeds[i]);
        for (unsigned round = 0; round < 4000; round++) {
            struct nr_verify_error error;
            struct nr_bytes body =
                nr_test_copy((struct nr_bytes){seed.data, round < seed.size ? round : seed.size});
            uint8_t *data = (uint8_t *)(uintptr_t)body.data;
            for (uint32_t n = next_random(&random) % 3; body.size > 0 && n > 0; n--) {
                data[next_random(&random) % body.size] = (uint8_t)next_random(&random);
            }
            enum nr_status status = verify(body, no_arguments, &error);
            CHECK(status == NR_OK || status == NR_MALFORMED);
            verdicts[status != NR_OK]++;
            nr_test_free(body);
        }
        nr_arena_free(&arena);
    }
    CHECK(verdicts[0] > 1000 && verdicts[1] > 1000);
}

static enum nr_status verify_seeds(void *context) {
    struct nr_bytes *bodies = context;
    struct nr_verify_module module = fixture_module();
    enum nr_status status = NR_OK;
    for (size_t i = 1; i < 3 && status == NR_OK; i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_verify_error error = {0, ""};
        status = nr_verify(&arena, bodies[i], no_arguments, &module, &error);
        nr_arena_free(&arena);
    }
    return status;
}

static void test_memory(void) {
    NR_CASE("the verifier survives every failing allocation");
    struct nr_arena arena = NR_ARENA_INIT;
    static const struct rule rules[] = {
        {"", "2A", .message = NULL},
        {"",
         "DE 07 26 17 FE 11 26 DE 00 DE 06 26 DE 03 26 DE 00 2A",
         {FILTER(0, 2, 2, 6, 9), CATCH(9, 11, 11, 14), CATCH(9, 14, 14, 17)},
         .message = NULL},
        {"", "06 06 2D 03 26 2B 01 26 17 18 28 02 00 00 06 0A 2A", .message = NULL},
    };
    struct nr_bytes bodies[NR_COUNT_OF(rules)];
    for (size_t i = 0; i < NR_COUNT_OF(rules); i++) bodies[i] = fixture_body(&arena, &rules[i]);
    nr_test_every_allocation(verify_seeds, bodies, 100);

    NR_CASE("and of a large body");
    struct nr_buffer body = {.arena = &arena};
    nested_tries(&body, 2000, 1);
    bodies[1] = bodies[2] = nr_buffer_bytes(&body);
    nr_test_every_allocation(verify_seeds, bodies, 100);
    nr_arena_free(&arena);
}

void test_verify_hostile(void) {
    test_modules();
    test_headers();
    test_last_prefix();
    test_signatures();
    test_kinds();
    test_deep_type();
    test_large_switch();
    test_many_blocks();
    test_nesting();
    test_every_instruction();
    test_noise();
    test_memory();
}
