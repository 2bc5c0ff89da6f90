// Tests of src/il/assemble.c, and of reading, listing and assembling together.
// SPDX-License-Identifier: Apache-2.0
#include "il/assemble.h"

#include <stdio.h>

#include "base/compiler.h"
#include "harness.h"
#include "hex.h"
#include "il/disassemble.h"
#include "il/offset_map.h"

static const struct nr_header plain_header = {.flags = NR_BODY_INIT_LOCALS, .max_stack = 8};

// Assembles into the list's arena.
static enum nr_status assemble(struct nr_list *list, struct nr_bytes *bytes) {
    struct nr_buffer buffer;
    nr_buffer_init(&buffer, list->arena);
    enum nr_status status = nr_assemble(list, &plain_header, &buffer);
    *bytes = nr_buffer_bytes(&buffer);
    return status;
}

static void check_code(struct nr_list *list, const char *hex) {
    struct nr_bytes bytes, expected = nr_test_hex(hex);
    if (CHECK_INT(assemble(list, &bytes), NR_OK)) {
        CHECK_INT(nr_load_u32(bytes.data + 4), bytes.size - NR_BODY_FAT_HEADER_SIZE);
        bytes.data += NR_BODY_FAT_HEADER_SIZE;
        bytes.size -= NR_BODY_FAT_HEADER_SIZE;
        CHECK_BYTES(bytes, expected);
    }
    nr_test_free(expected);
}

static void check_fails(struct nr_list *list, enum nr_status status) {
    struct nr_buffer buffer;
    nr_buffer_init(&buffer, list->arena);
    nr_buffer_u8(&buffer, 0x77);
    CHECK_INT(nr_assemble(list, &plain_header, &buffer), status);
    CHECK_INT(buffer.size, 1);
    CHECK_INT(buffer.status, NR_OK);
}

static void add_nops(struct nr_list *list, unsigned count) {
    while (count-- > 0) nr_list_add(list, NR_NOP, 0);
}

// ---- operands ----

static void test_operands(void) {
    static const struct {
        uint16_t opcode;
        int64_t operand;
        const char *hex;  // NULL: too large
    } cases[] = {
        {NR_RET, 5, "2a"},
        {NR_CEQ, 5, "fe01"},
        {NR_LDC_I4_S, 127, "1f7f"},
        {NR_LDC_I4_S, -128, "1f80"},
        {NR_LDC_I4_S, 128, NULL},
        {NR_LDC_I4_S, -129, NULL},
        {0xFE12, 4, "fe1204"},
        {NR_LDLOC_S, 255, "11ff"},
        {NR_LDLOC_S, 256, NULL},
        {NR_LDLOC_S, -1, NULL},
        {NR_LDLOC, 0xfffe, "fe0cfeff"},
        {NR_LDLOC, 0x10000, NULL},
        {NR_LDLOC, -1, NULL},
        {NR_LDC_I4, INT32_MAX, "20ffffff7f"},
        {NR_LDC_I4, INT32_MIN, "2000000080"},
        {NR_LDC_I4, INT64_C(0x80000000), NULL},
        {NR_LDC_I4, INT64_C(-0x80000001), NULL},
        {NR_LDC_I8, INT64_MIN, "210000000000000080"},
        {NR_LDC_I8, INT64_MAX, "21ffffffffffffff7f"},
        {NR_LDC_R4, 0xffc00001, "220100c0ff"},
        {NR_LDC_R4, -1, NULL},
        {NR_LDC_R8, -1, "23ffffffffffffffff"},
        {NR_CALL, 0xfedcba98, "2898badcfe"},
        {NR_CALL, INT64_C(0x100000000), NULL},
        {NR_CALL, -1, NULL},
        {NR_CONSTRAINED, 0x1b000001, "fe160100001b"},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s %lld", nr_opcode_info(cases[i].opcode)->name,
                 (long long)cases[i].operand);
        NR_CASE(name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_list list;
        nr_list_init(&list, &arena);
        nr_list_add(&list, cases[i].opcode, cases[i].operand);
        if (cases[i].hex) {
            check_code(&list, cases[i].hex);
        } else {
            check_fails(&list, NR_TOO_LARGE);
        }
        nr_arena_free(&arena);
    }
}

// ---- branches ----

// opcode, then count bytes, then the target; or the target first.
static void check_distance(uint16_t opcode, bool forward, unsigned count, uint16_t expected) {
    char name[64];
    snprintf(name, sizeof(name), "%s over %u bytes %s", nr_opcode_info(opcode)->name, count,
             forward ? "forward" : "backward");
    NR_CASE(name);
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    nr_list_init(&list, &arena);
    struct nr_insn *label = nr_list_new_label(&list), *branch = NULL;
    if (forward) {
        branch = nr_list_add_branch(&list, opcode, label);
    } else {
        nr_list_place(&list, label);
    }
    add_nops(&list, count);
    if (forward) {
        nr_list_place(&list, label);
    } else {
        branch = nr_list_add_branch(&list, opcode, label);
    }
    nr_list_add(&list, NR_RET, 0);

    struct nr_bytes bytes;
    if (CHECK_INT(assemble(&list, &bytes), NR_OK)) {
        CHECK_INT(branch->opcode, expected);
        const uint8_t *data = bytes.data + NR_BODY_FAT_HEADER_SIZE + branch->new_offset;
        CHECK_INT(data[0], expected);
        bool is_long = nr_long_branch(expected) == expected;
        int32_t distance = is_long ? (int32_t)nr_load_u32(data + 1) : (int8_t)data[1];
        int32_t back = (int32_t)count + (is_long ? 5 : 2);
        CHECK_INT(distance, forward ? (int32_t)count : -back);
    }
    nr_arena_free(&arena);
}

static void test_distances(void) {
    for (unsigned count = 0; count < 300; count++) {
        check_distance(NR_BR_S, true, count, count <= 127 ? NR_BR_S : NR_BR);
        check_distance(NR_LEAVE_S, false, count, count <= 126 ? NR_LEAVE_S : NR_LEAVE);
        check_distance(NR_BLT_UN, true, count, NR_BLT_UN);
        check_distance(NR_BRTRUE, false, count, NR_BRTRUE);
    }
}

// A chain: branch i reaches just as far as it can, and in its way is branch i + 1, so that each one
// that grows pushes its forerunner out of reach. The last has to grow. Gives the number of long
// branches.
static unsigned assemble_chain(unsigned length) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    nr_list_init(&list, &arena);
    // A branch with room to spare, to see whether all grow or only those that have to.
    struct nr_insn *near_label = nr_list_new_label(&list);
    struct nr_insn *near = nr_list_add_branch(&list, NR_BRTRUE_S, near_label);
    nr_list_place(&list, near_label);
    struct nr_insn *label = NULL;
    for (unsigned i = 0; i < length; i++) {
        struct nr_insn *next_label = nr_list_new_label(&list);
        nr_list_add_branch(&list, NR_BR_S, next_label);
        add_nops(&list, 27);
        if (label) nr_list_place(&list, label);
        add_nops(&list, 71);
        label = next_label;
    }
    add_nops(&list, 30);  // one more than the last can jump
    nr_list_place(&list, label);
    nr_list_add(&list, NR_RET, 0);

    struct nr_bytes bytes;
    struct nr_body body;
    struct nr_list again;
    nr_list_init(&again, &arena);
    CHECK_INT(assemble(&list, &bytes), NR_OK);
    CHECK_INT(nr_body_read(&arena, bytes, &body), NR_OK);
    CHECK_INT(nr_list_read(&again, &body), NR_OK);
    // Each target read back is where its label was placed.
    unsigned is_long = near->opcode == NR_BRTRUE;
    const struct nr_insn *copy = again.first;
    for (const struct nr_insn *insn = list.first; insn; insn = insn->next) {
        if (insn->opcode == NR_LABEL || insn->opcode == NR_NOP) continue;
        while (copy && copy->opcode == NR_CODE) copy = copy->next;
        if (!CHECK(copy && copy->offset == insn->new_offset)) break;
        if (insn->target) CHECK_INT(copy->target->offset, insn->target->new_offset);
        is_long += insn->opcode == NR_BR;
        copy = copy->next;
    }
    nr_arena_free(&arena);
    return is_long;
}

static void test_chains(void) {
    NR_CASE("a short chain grows one by one");
    for (unsigned length = 1; length <= 8; length++) CHECK_INT(assemble_chain(length), length);
    NR_CASE("a long chain grows all at once after a few rounds");
    CHECK_INT(assemble_chain(9), 10);
    CHECK_INT(assemble_chain(20), 21);
    CHECK_INT(assemble_chain(3000), 3001);
}

static void test_labels(void) {
    NR_CASE("labels take no bytes; several at one place; a label first; a switch both ways");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    nr_list_init(&list, &arena);
    struct nr_insn *start = nr_list_new_label(&list), *one = nr_list_new_label(&list);
    struct nr_insn *two = nr_list_new_label(&list);
    struct nr_insn *targets[] = {start, one, two};
    nr_list_place(&list, start);
    nr_list_add_branch(&list, NR_BR_S, one);
    struct nr_insn *table = nr_list_add(&list, NR_SWITCH, 0);
    table->targets = targets;
    table->count = 3;
    nr_list_add_branch(&list, NR_BR, table);
    nr_list_place(&list, one);
    nr_list_place(&list, two);
    nr_list_add(&list, NR_RET, 0);
    nr_list_place(&list, nr_list_new_label(&list));  // at the end, where nothing aims
    const char *code = "2b16 45 03000000 edffffff 05000000 05000000 38eaffffff 2a";
    check_code(&list, code);

    NR_CASE("assembling again gives the same");
    check_code(&list, code);

    NR_CASE("a switch without targets");
    nr_list_init(&list, &arena);
    nr_list_add(&list, NR_SWITCH, 0);
    check_code(&list, "4500000000");
    nr_arena_free(&arena);
}

// ---- what is refused ----

static void test_bad_targets(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list, other;
    struct nr_bytes bytes;
    nr_list_init(&other, &arena);
    struct nr_insn *foreign = nr_list_add(&other, NR_RET, 0);
    CHECK_INT(assemble(&other, &bytes), NR_OK);
    CHECK_INT(foreign->new_offset, 0);

    static const uint16_t opcodes[] = {NR_BR, NR_BR_S, NR_SWITCH};
    for (size_t i = 0; i < NR_COUNT_OF(opcodes); i++) {
        nr_list_init(&list, &arena);
        struct nr_insn *branch = nr_list_add(&list, opcodes[i], 0);
        struct nr_insn *end = nr_list_add(&list, NR_LABEL, 0);
        CHECK_INT(assemble(&list, &bytes), opcodes[i] == NR_SWITCH ? NR_OK : NR_MALFORMED);
        struct nr_insn *const targets[] = {NULL, nr_list_new_label(&list), end, foreign};
        static const char *const cases[] = {"no target", "a label that is not placed",
                                            "a label behind the code",
                                            "an instruction of another list"};
        for (size_t j = 0; j < NR_COUNT_OF(cases); j++) {
            NR_CASE(cases[j]);
            struct nr_insn *table[] = {branch, targets[j]};
            if (opcodes[i] == NR_SWITCH) {
                branch->targets = table;
                branch->count = 2;
            } else {
                branch->target = targets[j];
            }
            check_fails(&list, NR_MALFORMED);
        }
    }
    nr_arena_free(&arena);
}

static void test_refused(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    NR_CASE("no code");
    nr_list_init(&list, &arena);
    check_fails(&list, NR_MALFORMED);
    nr_list_place(&list, nr_list_new_label(&list));
    check_fails(&list, NR_MALFORMED);

    NR_CASE("an unknown opcode");
    nr_list_add(&list, 0x24, 0);
    check_fails(&list, NR_MALFORMED);

    NR_CASE("the list's own failure, the buffer's own failure");
    struct nr_buffer buffer;
    nr_buffer_init(&buffer, &arena);
    list.status = NR_UNSUPPORTED;
    CHECK_INT(nr_assemble(&list, &plain_header, &buffer), NR_UNSUPPORTED);
    nr_list_init(&list, &arena);
    nr_list_add(&list, NR_RET, 0);
    buffer.status = NR_NO_MEMORY;
    CHECK_INT(nr_assemble(&list, &plain_header, &buffer), NR_NO_MEMORY);

    NR_CASE("code larger than a branch can cross");
    nr_list_init(&list, &arena);
    for (int i = 0; i < 9000; i++) nr_list_add(&list, NR_SWITCH, 0)->count = 0x10000;
    check_fails(&list, NR_TOO_LARGE);
    nr_list_init(&list, &arena);
    for (int i = 0; i < 2; i++) nr_list_add(&list, NR_SWITCH, 0)->count = 0xffffffff;
    check_fails(&list, NR_TOO_LARGE);

    NR_CASE("more clauses than a section holds");
    nr_list_init(&list, &arena);
    struct nr_insn *ret = nr_list_add(&list, NR_RET, 0);
    struct nr_list_clause clause = {.try_start = ret, .handler_start = ret};
    enum { MOST = (0xFFFFFF - 4) / 24 };
    for (int i = 0; i < MOST; i++) nr_list_add_clause(&list, clause);
    struct nr_bytes bytes;
    CHECK_INT(assemble(&list, &bytes), NR_OK);
    CHECK_INT(bytes.size, 16 + 4 + 24 * MOST);
    nr_list_add_clause(&list, clause);
    check_fails(&list, NR_TOO_LARGE);
    nr_arena_free(&arena);
}

// ---- headers and clauses ----

static void test_headers(void) {
    static const struct {
        struct nr_header header;
        const char *hex;
    } cases[] = {
        {{0, 0, 0}, "0330 0000 01000000 00000000 2a"},
        {{NR_BODY_INIT_LOCALS, 0x1234, 0x11000001}, "1330 3412 01000000 01000011 2a"},
        {{NR_BODY_INIT_LOCALS | NR_BODY_MORE_SECTS, 8, 0}, "1330 0800 01000000 00000000 2a"},
        {{0xffff, 0xffff, 0xffffffff}, "f73f ffff 01000000 ffffffff 2a"},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].hex);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_list list;
        struct nr_buffer buffer;
        nr_list_init(&list, &arena);
        nr_list_add(&list, NR_RET, 0);
        nr_buffer_init(&buffer, &arena);
        nr_buffer_u8(&buffer, 0x77);
        CHECK_INT(nr_assemble(&list, &cases[i].header, &buffer), NR_OK);
        struct nr_bytes expected = nr_test_hex(cases[i].hex);
        CHECK_INT(buffer.data[0], 0x77);
        CHECK_BYTES(((struct nr_bytes){buffer.data + 1, buffer.size - 1}), expected);
        nr_test_free(expected);
        nr_arena_free(&arena);
    }
}

static void test_clauses(void) {
    NR_CASE("clauses of all kinds, with ends as instruction, label and NULL");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    nr_list_init(&list, &arena);
    struct nr_insn *a = nr_list_add(&list, NR_NOP, 0);
    struct nr_insn *b = nr_list_add(&list, NR_LDC_I4, 0);
    struct nr_insn *c = nr_list_add(&list, NR_POP, 0);
    struct nr_insn *d = nr_list_add(&list, NR_RET, 0);
    struct nr_insn *end = nr_list_add(&list, NR_LABEL, 0);
    nr_list_add_clause(&list, (struct nr_list_clause){NR_CLAUSE_CATCH, 0x01020304, a, b, b, c, a});
    nr_list_add_clause(&list, (struct nr_list_clause){NR_CLAUSE_FILTER, 99, a, b, d, end, c});
    nr_list_add_clause(&list, (struct nr_list_clause){NR_CLAUSE_FINALLY, 99, a, d, d, NULL, b});
    nr_list_add_clause(&list, (struct nr_list_clause){NR_CLAUSE_FAULT, 99, b, NULL, b, b, NULL});
    struct nr_bytes bytes, expected = nr_test_hex(
                               "1b30 0800 08000000 00000000 00 2000000000 26 2a"
                               "41 640000"
                               "00000000 00000000 01000000 01000000 05000000 04030201"
                               "01000000 00000000 01000000 07000000 01000000 06000000"
                               "02000000 00000000 07000000 07000000 01000000 00000000"
                               "04000000 01000000 07000000 01000000 00000000 00000000");
    CHECK_INT(assemble(&list, &bytes), NR_OK);
    CHECK_BYTES(bytes, expected);
    nr_test_free(expected);

    NR_CASE("a section begins at a multiple of four, behind zeros");
    for (unsigned size = 1; size <= 8; size++) {
        nr_list_init(&list, &arena);
        add_nops(&list, size);
        nr_list_add_clause(
            &list, (struct nr_list_clause){.try_start = list.first, .handler_start = list.last});
        CHECK_INT(assemble(&list, &bytes), NR_OK);
        size_t section = 12 + (size + 3) / 4 * 4;
        CHECK_INT(bytes.size, section + 4 + 24);
        for (size_t i = 12 + size; i < section; i++) CHECK_INT(bytes.data[i], 0);
        CHECK_INT(bytes.data[section], 0x41);
    }
    nr_arena_free(&arena);
}

static void test_bad_clauses(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    nr_list_init(&list, &arena);
    struct nr_insn *a = nr_list_add(&list, NR_NOP, 0);
    struct nr_insn *b = nr_list_add(&list, NR_RET, 0);
    struct nr_insn *end = nr_list_add(&list, NR_LABEL, 0);
    struct nr_insn *nowhere = nr_list_new_label(&list);
    struct nr_bytes bytes;
    CHECK_INT(assemble(&list, &bytes), NR_OK);
    const struct {
        const char *name;
        struct nr_list_clause clause;
    } cases[] = {
        {"no try", {0, 0, NULL, b, b, NULL, NULL}},
        {"try nowhere", {0, 0, nowhere, b, b, NULL, NULL}},
        {"try at the end", {0, 0, end, NULL, b, NULL, NULL}},
        {"try ends nowhere", {0, 0, a, nowhere, b, NULL, NULL}},
        {"try ends before it starts", {0, 0, b, a, b, NULL, NULL}},
        {"no handler", {0, 0, a, b, NULL, NULL, NULL}},
        {"handler nowhere", {0, 0, a, b, nowhere, NULL, NULL}},
        {"handler at the end", {0, 0, a, b, end, end, NULL}},
        {"handler ends nowhere", {0, 0, a, b, b, nowhere, NULL}},
        {"handler ends before it starts", {0, 0, a, b, b, a, NULL}},
        {"no filter", {NR_CLAUSE_FILTER, 0, a, b, b, NULL, NULL}},
        {"filter nowhere", {NR_CLAUSE_FILTER, 0, a, b, b, NULL, nowhere}},
        {"filter at the end", {NR_CLAUSE_FILTER, 0, a, b, b, NULL, end}},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        list.clause_count = 0;
        nowhere->new_offset = b->new_offset;  // as if it had been assembled in another list
        nr_list_add_clause(&list, cases[i].clause);
        check_fails(&list, NR_MALFORMED);
    }
    nr_arena_free(&arena);
}

// ---- round trips ----

// Bodies of several shapes: tiny; fat with a switch, short and long branches and every operand
// kind; small and fat sections.
static const char *const seeds[] = {
    "06 2a",
    "26 02 2c03 16 2b01 17 26 2a",
    "1330 0800 4f000000 01000011"
    "45 02000000 01000000 38000000 00 1fff fe1201 1104 fe0c0500 20ffffff7f 2100000000000000ff"
    "220000803f 23000000000000f03f 2801000006 7201000070 26 3900000000 3801000000 00 2b00 2a 2a",
    "1b30 0200 10000000 00000000 00 00 de0a 26 de07 00 00 dc 00 fe11 26 2a 2a"
    "011c 0000 0000 0000 04 0400 03 01000001 0200 0000 07 0700 03 00000000",
    "1b30 0200 10000000 00000000 00 00 de0a 26 de07 00 00 dc 00 fe11 26 2a 2a"
    "41340000 00000000 00000000 04000000 04000000 03000000 01000001"
    "01000000 00000000 04000000 0e000000 02000000 0a000000",
};

// Reads, lists, assembles and reads again; whatever was accepted has to come out the same.
static enum nr_status round_trip(struct nr_arena *arena, struct nr_bytes bytes) {
    struct nr_body body, again;
    struct nr_list list;
    struct nr_buffer out;
    NR_TRY(nr_body_read(arena, bytes, &body));
    nr_list_init(&list, arena);
    NR_TRY(nr_list_read(&list, &body));
    nr_buffer_init(&out, arena);
    struct nr_header header = {body.flags, body.max_stack, body.local_signature};
    NR_TRY(nr_assemble(&list, &header, &out));
    NR_TRY(nr_body_read(arena, nr_buffer_bytes(&out), &again));
    CHECK_INT(again.size, out.size);
    CHECK_BYTES(again.code, body.code);
    CHECK_INT(again.max_stack, body.max_stack);
    CHECK_INT(again.local_signature, body.local_signature);
    CHECK_INT(again.flags & NR_BODY_INIT_LOCALS, body.flags & NR_BODY_INIT_LOCALS);
    if (!CHECK_INT(again.clause_count, body.clause_count)) return NR_OK;
    for (size_t i = 0; i < body.clause_count; i++) {
        struct nr_clause expected = body.clauses[i];
        if (expected.flags & (NR_CLAUSE_FINALLY | NR_CLAUSE_FAULT) &&
            !(expected.flags & NR_CLAUSE_FILTER)) {
            expected.token_or_filter = 0;  // means nothing there
        }
        CHECK(memcmp(&again.clauses[i], &expected, sizeof(expected)) == 0);
    }
    return NR_OK;
}

static void test_seeds(void) {
    for (size_t i = 0; i < NR_COUNT_OF(seeds); i++) {
        NR_CASE(seeds[i]);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes bytes = nr_test_hex(seeds[i]);
        CHECK_INT(round_trip(&arena, bytes), NR_OK);
        nr_test_free(bytes);
        nr_arena_free(&arena);
    }
}

// The bytes of a field such as "old_il":"…" in a line of JSON; no data when there is none.
static struct nr_bytes hex_field(const char *line, const char *key) {
    const char *place = strstr(line, key);
    return place ? nr_test_hex(place + strlen(key)) : (struct nr_bytes){0};
}

static void test_golden(void) {
    static const char *const keys[] = {"\"old_il\":\"", "\"new_il\":\""};
    FILE *file = fopen(NR_TEST_ROOT "/../shared/golden/golden.jsonl", "r");
    if (!file) {
        nr_test_skip("bodies recorded from the reference", "golden.jsonl is absent");
        return;
    }
    NR_CASE("bodies recorded from the reference come out as they went in");
    static char line[1 << 20];
    unsigned count = 0;
    while (fgets(line, sizeof(line), file)) {
        for (size_t i = 0; i < NR_COUNT_OF(keys); i++) {
            struct nr_bytes bytes = hex_field(line, keys[i]);
            if (!bytes.data) continue;
            struct nr_arena arena = NR_ARENA_INIT;
            CHECK_INT(round_trip(&arena, bytes), NR_OK);
            nr_arena_free(&arena);
            nr_test_free(bytes);
            count++;
        }
    }
    fclose(file);
    CHECK_INT(count, 2 * 365);
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525 + 1013904223;  // the generator of Numerical Recipes
    return *state >> 8;
}

// A copy of bytes with a few of them changed, and cut now and then.
static struct nr_bytes mutate(struct nr_bytes bytes, uint32_t *random) {
    static const uint8_t telling[] = {0, 1, 2, 4, 0x1b, 0x41, 0x45, 0x7f, 0x80, 0xfe, 0xff};
    size_t size = next_random(random) % 8 ? bytes.size : next_random(random) % (bytes.size + 1);
    struct nr_bytes copy = nr_test_copy((struct nr_bytes){bytes.data, size});
    uint8_t *data = (uint8_t *)(uintptr_t)copy.data;
    for (uint32_t n = next_random(random) % 4; size > 0 && n > 0; n--) {
        uint32_t value = next_random(random);
        data[next_random(random) % size] =
            value & 1 ? (uint8_t)(value >> 1) : telling[(value >> 1) % sizeof(telling)];
    }
    return copy;
}

static void test_mutations(void) {
    NR_CASE("mutated bodies are refused or come out as they went in, and nothing crashes");
    uint32_t random = 20240229;
    unsigned accepted = 0, refused = 0;
    for (size_t i = 0; i < NR_COUNT_OF(seeds); i++) {
        struct nr_bytes seed = nr_test_hex(seeds[i]);
        for (unsigned round = 0; round < 3000; round++) {
            struct nr_arena arena = NR_ARENA_INIT;
            struct nr_buffer text;
            nr_buffer_init(&text, &arena);
            struct nr_bytes bytes = mutate(seed, &random);
            enum nr_status status = round_trip(&arena, bytes);
            CHECK(status == NR_OK || status == NR_MALFORMED);
            enum nr_status shown = nr_disassemble(&arena, bytes, NULL, &text);
            CHECK(shown == NR_OK || (shown == NR_MALFORMED && status == NR_MALFORMED));
            CHECK(text.size > 0 && text.data[text.size - 1] == '\n');
            *(status == NR_OK ? &accepted : &refused) += 1;
            nr_test_free(bytes);
            nr_arena_free(&arena);
        }
        nr_test_free(seed);
    }
    CHECK(accepted > 1000 && refused > 1000);
}

static enum nr_status round_trip_alone(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    enum nr_status status = round_trip(&arena, *(struct nr_bytes *)context);
    CHECK(status == NR_OK || status == NR_NO_MEMORY);
    nr_arena_free(&arena);
    return status;
}

// Large enough that the output does not fit into the first chunk of the arena.
static enum nr_status assemble_large(void *context) {
    (void)context;
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    struct nr_bytes bytes;
    nr_list_init(&list, &arena);
    for (int i = 0; i < 2000; i++) nr_list_add(&list, NR_LDC_I8, i);
    enum nr_status status = assemble(&list, &bytes);
    if (status == NR_OK) {
        CHECK_INT(bytes.size, 12 + 2000 * 9);
    } else {
        CHECK(status == NR_NO_MEMORY && bytes.size == 0);
    }
    nr_arena_free(&arena);
    return status;
}

static void test_offset_map(void) {
    NR_CASE("where the instructions of the original went");
    static const uint8_t code[] = {0x02, 0x2D, 0x02, 0x16, 0x2A, 0x17,
                                   0x0A, 0x00, 0x00, 0x06, 0x2A};
    static const struct nr_offset_pair expected[] = {{0, 2, 1},  {3, 8, 1},  {4, 9, 1},  {5, 10, 1},
                                                     {7, 12, 1}, {9, 14, 1}, {10, 15, 1}};
    const struct nr_body body = {.code = {code, sizeof(code)}, .max_stack = 8};
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list user, list;
    struct nr_offset_map map;
    nr_list_init(&user, &arena);
    nr_list_init(&list, &arena);
    add_nops(&list, 2);
    CHECK_INT(nr_list_read(&user, &body), NR_OK);
    nr_list_lengthen(&user);
    nr_list_splice(&list, &user);
    add_nops(&list, 1);
    check_code(&list, "00 00 02 3a02000000 16 2a 17 0a 00 00 06 2a 00");
    CHECK_INT(nr_offset_map_make(&arena, &list, &map), NR_OK);
    if (CHECK_INT(map.count, NR_COUNT_OF(expected))) {
        CHECK(memcmp(map.pairs, expected, sizeof(expected)) == 0);
    }
    nr_arena_free(&arena);
}

void test_assemble(void) {
    test_operands();
    test_distances();
    test_chains();
    test_labels();
    test_bad_targets();
    test_refused();
    test_headers();
    test_clauses();
    test_bad_clauses();
    test_seeds();
    test_golden();
    test_mutations();
    test_offset_map();
    NR_CASE("a round trip survives every failing allocation");
    struct nr_bytes bytes = nr_test_hex(seeds[4]);
    nr_test_every_allocation(round_trip_alone, &bytes, 100);
    nr_test_free(bytes);
    nr_test_every_allocation(assemble_large, NULL, 100);
}
