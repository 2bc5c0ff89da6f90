// Tests of src/il/list.c.
// SPDX-License-Identifier: Apache-2.0
#include "il/list.h"

#include <stdio.h>

#include "base/compiler.h"
#include "harness.h"
#include "hex.h"

// The opcodes of the list, front to back.
static struct nr_str names(const struct nr_list *list) {
    static char text[512];
    size_t size = 0;
    const struct nr_insn *previous = NULL;
    for (const struct nr_insn *insn = list->first; insn; previous = insn, insn = insn->next) {
        const struct nr_opcode_info *info = nr_opcode_info(insn->opcode);
        int written = snprintf(text + size, sizeof(text) - size, "%s%s", size ? " " : "",
                               info                      ? info->name
                               : insn->opcode == NR_CODE ? "code"
                                                         : "label");
        if (!CHECK(written > 0 && (size_t)written < sizeof(text) - size)) break;
        size += (size_t)written;
    }
    CHECK(list->last == previous);
    return (struct nr_str){text, size};
}

static struct nr_insn *at(const struct nr_list *list, unsigned index) {
    struct nr_insn *insn = list->first;
    while (index-- > 0 && insn) insn = insn->next;
    return insn;
}

// ---- reading ----

static void test_nodes(void) {
    static const struct {
        const char *name, *hex, *nodes;
        bool has_jmp, has_localloc;
    } cases[] = {
        {"code that nothing aims at is one", "00 20ffffffff 2801000006 fe1204 26 fe1a", "code",
         false, false},
        {"ret stands alone", "00 00 2a 00 2a", "code ret code ret", false, false},
        {"tail. stands alone, its call does not", "00 fe14 2801000006 2a", "code tail. code ret",
         false, false},
        {"other prefixes do not", "00 fe13 80 01000004 2a", "code ret", false, false},
        {"a branch and its target", "00 2b01 00 00 00 2a", "code br.s code code ret", false, false},
        {"jmp is noticed", "00 2701000006", "code", true, false},
        {"localloc is noticed", "1a fe0f 26 2a", "code ret", false, true},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes code = nr_test_hex(cases[i].hex);
        struct nr_body body = {.code = code};
        struct nr_list list;
        nr_list_init(&list, &arena);
        if (CHECK_INT(nr_list_read(&list, &body), NR_OK)) {
            CHECK_STR(names(&list), cases[i].nodes);
            CHECK_INT(list.has_jmp, cases[i].has_jmp);
            CHECK_INT(list.has_localloc, cases[i].has_localloc);
            CHECK_INT(list.first->offset, 0);
            CHECK_INT(list.first->new_offset, NR_NO_OFFSET);
            CHECK(list.first->bytes == code.data);
        }
        nr_test_free(code);
        nr_arena_free(&arena);
    }
}

static void test_targets(void) {
    NR_CASE("branches, leaves and switches find their targets");
    struct nr_arena arena = NR_ARENA_INIT;
    // 0 br.s 9; 2 brtrue 0; 7 leave.s 7; 9 switch (9, 27, 0); 26 nop; 27 ret; 28 leave 26
    struct nr_bytes code = nr_test_hex(
        "2b07 3af9ffffff defe 45 03000000 efffffff 01000000 e6ffffff"
        "00 2a ddf9ffffff");
    struct nr_body body = {.code = code};
    struct nr_list list;
    nr_list_init(&list, &arena);
    if (CHECK_INT(nr_list_read(&list, &body), NR_OK)) {
        CHECK_STR(names(&list), "br.s brtrue leave.s switch code ret leave");
        CHECK(at(&list, 0)->target == at(&list, 3));
        CHECK(at(&list, 1)->target == at(&list, 0));
        CHECK(at(&list, 2)->target == at(&list, 2));
        CHECK(at(&list, 6)->target == at(&list, 4));
        const struct nr_insn *table = at(&list, 3);
        if (CHECK_INT(table->count, 3)) {
            CHECK(table->targets[0] == table);
            CHECK(table->targets[1] == at(&list, 5));
            CHECK(table->targets[2] == at(&list, 0));
        }
        CHECK_INT(at(&list, 6)->offset, 28);
    }
    nr_test_free(code);
    nr_arena_free(&arena);
}

static void test_clause_reading(void) {
    NR_CASE("clauses aim at instructions; NULL is the end of the code");
    static const struct nr_clause clauses[] = {
        {NR_CLAUSE_CATCH, 0, 1, 1, 1, 0x01000002}, {NR_CLAUSE_FILTER, 1, 1, 3, 1, 2},
        {NR_CLAUSE_FINALLY, 0, 3, 3, 1, 99},       {NR_CLAUSE_FAULT, 0, 4, 0, 4, 0},
        {NR_CLAUSE_CATCH, 1, 0, 2, 0, 0x1b000001},
    };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes code = nr_test_hex("0000002a");
    struct nr_body body = {.code = code, .clauses = clauses, .clause_count = 5};
    struct nr_list list;
    nr_list_init(&list, &arena);
    if (CHECK_INT(nr_list_read(&list, &body), NR_OK) && CHECK_INT(list.clause_count, 5)) {
        const struct nr_insn *a = at(&list, 0), *b = at(&list, 1), *c = at(&list, 2);
        const struct nr_insn *d = at(&list, 3);
        const struct nr_list_clause *read = list.clauses;
        CHECK(read[0].flags == NR_CLAUSE_CATCH && read[0].class_token == 0x01000002);
        CHECK(read[0].try_start == a && read[0].try_end == b);
        CHECK(read[0].handler_start == b && read[0].handler_end == c);
        CHECK(read[0].filter_start == NULL);
        CHECK(read[1].flags == NR_CLAUSE_FILTER && read[1].filter_start == c);
        CHECK(read[1].class_token == 0);
        CHECK(read[1].handler_start == d && read[1].handler_end == NULL);
        CHECK(read[2].flags == NR_CLAUSE_FINALLY && read[2].try_end == d);
        CHECK(read[3].flags == NR_CLAUSE_FAULT && read[3].try_end == NULL);
        CHECK(read[4].try_start == b && read[4].try_end == b && read[4].handler_end == c);
    }
    nr_test_free(code);
    nr_arena_free(&arena);
}

static void test_malformed(void) {
    static const struct {
        const char *name, *hex;
        struct nr_clause clause;  // when it has a length
    } cases[] = {
        {"no opcode", "00f8", {0}},
        {"cut instruction", "0020000000", {0}},
        {"short branch to the end", "2b00", {0}},
        {"short branch behind the end", "2b01", {0}},
        {"short branch before the start", "2bfd", {0}},
        {"short branch into an instruction", "2b01 2000000000 2a", {0}},
        {"branch to the end", "3800000000", {0}},
        {"branch far behind the end", "38ffffff7f", {0}},
        {"branch far before the start", "3800000080", {0}},
        {"branch into itself", "38fcffffff", {0}},
        {"switch to the end", "45 01000000 00000000", {0}},
        {"switch before the start", "45 01000000 f6ffffff", {0}},
        {"second of a switch into an instruction", "45 02000000 00000000 feffffff 2a", {0}},
        {"try behind the end", "002a", {0, 2, 1, 0, 1, 0}},
        {"try starts in an instruction", "2000000000 2a", {0, 1, 4, 5, 1, 0}},
        {"try ends in an instruction", "2000000000 2a", {0, 0, 4, 5, 1, 0}},
        {"try ends behind the end", "002a", {0, 0, 3, 1, 1, 0}},
        {"try end overflows", "002a", {0, 1, 0xffffffff, 1, 1, 0}},
        {"handler behind the end", "002a", {0, 0, 1, 2, 1, 0}},
        {"handler starts in an instruction", "00 2000000000 2a", {0, 0, 1, 2, 1, 0}},
        {"handler ends behind the end", "002a", {0, 0, 1, 1, 2, 0}},
        {"filter at the end", "0000002a", {NR_CLAUSE_FILTER, 0, 1, 2, 1, 4}},
        {"filter in an instruction", "00 2000000000 2a", {NR_CLAUSE_FILTER, 0, 1, 6, 1, 2}},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes code = nr_test_hex(cases[i].hex);
        bool has_clause = cases[i].clause.try_length != 0;
        struct nr_body body = {
            .code = code, .clauses = &cases[i].clause, .clause_count = has_clause};
        struct nr_list list;
        nr_list_init(&list, &arena);
        CHECK_INT(nr_list_read(&list, &body), NR_MALFORMED);
        CHECK_INT(list.status, NR_MALFORMED);
        nr_test_free(code);
        nr_arena_free(&arena);
    }
}

// ---- building ----

static void test_vars(void) {
    static const struct {
        uint16_t number;
        uint16_t ldarg, ldloc, stloc;
    } cases[] = {
        {0, NR_LDARG_0, NR_LDLOC_0, NR_STLOC_0}, {3, NR_LDARG_3, NR_LDLOC_3, NR_STLOC_3},
        {4, NR_LDARG_S, NR_LDLOC_S, NR_STLOC_S}, {254, NR_LDARG_S, NR_LDLOC_S, NR_STLOC_S},
        {255, NR_LDARG, NR_LDLOC, NR_STLOC},     {65535, NR_LDARG, NR_LDLOC, NR_STLOC},
    };
    NR_CASE("the shortest form of a variable");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    nr_list_init(&list, &arena);
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        int64_t operand = cases[i].number < 4 ? 0 : cases[i].number;
        CHECK_INT(nr_list_add_ldarg(&list, cases[i].number)->opcode, cases[i].ldarg);
        CHECK_INT(list.last->operand, operand);
        CHECK_INT(nr_list_add_ldloc(&list, cases[i].number)->opcode, cases[i].ldloc);
        CHECK_INT(list.last->operand, operand);
        CHECK_INT(nr_list_add_stloc(&list, cases[i].number)->opcode, cases[i].stloc);
        CHECK_INT(list.last->operand, operand);
    }
    nr_arena_free(&arena);
}

static void test_editing(void) {
    NR_CASE("instructions and labels go to the end, in order");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    nr_list_init(&list, &arena);
    struct nr_insn *end = nr_list_new_label(&list);
    nr_list_add(&list, NR_NOP, 0);
    struct nr_insn *branch = nr_list_add_branch(&list, NR_BR_S, end);
    CHECK(branch->target == end && branch->offset == NR_NO_OFFSET);
    nr_list_place(&list, end);
    nr_list_add(&list, NR_RET, 0);
    CHECK_STR(names(&list), "nop br.s label ret");

    NR_CASE("a new list can take what an abandoned one had not placed");
    struct nr_insn *label = nr_list_new_label(&list);
    nr_list_init(&list, &arena);
    nr_list_place(&list, label);
    CHECK_STR(names(&list), "label");

    NR_CASE("placing twice fails and leaves the list whole");
    nr_list_place(&list, label);
    CHECK_INT(list.status, NR_MALFORMED);
    CHECK_STR(names(&list), "label");
    nr_list_init(&list, &arena);
    label = nr_list_new_label(&list);
    nr_list_place(&list, label);
    nr_list_add(&list, NR_RET, 0);
    nr_list_place(&list, label);
    CHECK_INT(list.status, NR_MALFORMED);
    CHECK_STR(names(&list), "label ret");
    nr_arena_free(&arena);
}

static void test_lengthen(void) {
    NR_CASE("every short branch becomes long, nothing else changes");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list;
    nr_list_init(&list, &arena);
    struct nr_insn *ret = nr_list_new_label(&list);
    nr_list_add(&list, NR_LDLOC_S, 5);
    static const uint16_t branches[] = {NR_BR_S, NR_BRTRUE_S, NR_BLT_UN_S, NR_LEAVE_S, NR_BRFALSE};
    for (size_t i = 0; i < NR_COUNT_OF(branches); i++) nr_list_add_branch(&list, branches[i], ret);
    nr_list_place(&list, ret);
    nr_list_lengthen(&list);
    CHECK_STR(names(&list), "ldloc.s br brtrue blt.un leave brfalse label");
    CHECK(at(&list, 4)->target == ret);
    nr_arena_free(&arena);
}

// ---- splicing ----

static struct nr_list_clause clause_of(uint32_t token, struct nr_insn *start, struct nr_insn *end) {
    return (struct nr_list_clause){.class_token = token,
                                   .try_start = start,
                                   .try_end = end,
                                   .handler_start = start,
                                   .handler_end = end};
}

static void test_splice(void) {
    NR_CASE("a splice appends instructions, puts inner clauses first and names open ends");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list outer, inner;
    nr_list_init(&outer, &arena);
    nr_list_init(&inner, &arena);
    struct nr_insn *nop = nr_list_add(&outer, NR_NOP, 0);
    nr_list_add_clause(&outer, clause_of(1, nop, NULL));
    struct nr_insn *dup = nr_list_add(&inner, NR_DUP, 0);
    struct nr_insn *pop = nr_list_add(&inner, NR_POP, 0);
    nr_list_add_clause(&inner, clause_of(2, dup, pop));
    nr_list_add_clause(&inner, clause_of(3, dup, NULL));
    nr_list_add_clause(&inner, clause_of(4, pop, NULL));
    nr_list_splice(&outer, &inner);
    nr_list_add(&outer, NR_RET, 0);
    CHECK_STR(names(&outer), "nop dup pop label ret");
    const struct nr_insn *label = at(&outer, 3);
    if (CHECK_INT(outer.clause_count, 4)) {
        for (uint32_t i = 0; i < 4; i++) {
            CHECK_INT(outer.clauses[i].class_token, (i + 1) % 4 + 1);
        }
        CHECK(outer.clauses[0].try_end == pop && outer.clauses[0].handler_end == pop);
        CHECK(outer.clauses[1].try_end == label && outer.clauses[1].handler_end == label);
        CHECK(outer.clauses[2].try_end == label && outer.clauses[2].handler_end == label);
        CHECK(outer.clauses[3].try_end == NULL && outer.clauses[3].handler_end == NULL);
    }
    NR_CASE("the inner list is empty and can be used again; clauses can be added behind");
    CHECK(!inner.first && !inner.last && inner.clause_count == 0 && inner.status == NR_OK);
    nr_list_splice(&outer, &inner);
    CHECK_STR(names(&outer), "nop dup pop label ret");
    nr_list_add(&inner, NR_THROW, 0);
    nr_list_splice(&outer, &inner);
    CHECK_STR(names(&outer), "nop dup pop label ret throw");
    nr_list_add_clause(&outer, clause_of(9, nop, NULL));
    if (CHECK_INT(outer.clause_count, 5)) CHECK_INT(outer.clauses[4].class_token, 9);

    NR_CASE("into an empty list");
    struct nr_list empty;
    nr_list_init(&empty, &arena);
    nr_list_splice(&empty, &outer);
    CHECK_STR(names(&empty), "nop dup pop label ret throw label");
    CHECK_INT(empty.clause_count, 5);
    CHECK(empty.clauses[3].try_end == empty.last);

    NR_CASE("a failure of the inner list passes to the outer one");
    nr_list_add(&inner, NR_NOP, 0);
    inner.status = NR_TOO_LARGE;
    nr_list_splice(&empty, &inner);
    CHECK_INT(empty.status, NR_TOO_LARGE);
    CHECK_INT(inner.status, NR_OK);
    CHECK_STR(names(&empty), "nop dup pop label ret throw label");
    nr_arena_free(&arena);
}

// ---- failures ----

static void test_scratch(void) {
    NR_CASE("after a failure makers give a scratch instruction and change nothing");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list, inner;
    nr_list_init(&list, &arena);
    nr_list_init(&inner, &arena);
    nr_test_fail_allocation(1);
    struct nr_insn *insn = nr_list_add(&list, NR_NOP, 0);
    nr_test_fail_allocation(0);
    CHECK(insn == &list.scratch);
    CHECK_INT(list.status, NR_NO_MEMORY);

    struct nr_insn *label = nr_list_new_label(&list);
    CHECK(label == &list.scratch);
    nr_list_place(&list, label);
    CHECK(nr_list_add_branch(&list, NR_BR, label) == &list.scratch);
    nr_list_add_clause(&list, clause_of(1, label, label));
    nr_list_add(&inner, NR_RET, 0);
    nr_list_splice(&list, &inner);
    nr_list_lengthen(&list);
    CHECK_STR(names(&list), "");
    CHECK_INT(list.clause_count, 0);
    struct nr_body body = {.code = {(const uint8_t *)"\x2a", 1}};
    CHECK_INT(nr_list_read(&list, &body), NR_NO_MEMORY);
    nr_arena_free(&arena);
}

// More than the arena's chunks hold, so that growth fails in many places.
static enum nr_status build(void *context) {
    (void)context;
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_list list, inner;
    nr_list_init(&list, &arena);
    nr_list_init(&inner, &arena);
    for (int i = 0; i < 300; i++) {
        struct nr_insn *label = nr_list_new_label(&inner);
        struct nr_insn *branch = nr_list_add_branch(&inner, NR_BR_S, label);
        nr_list_place(&inner, label);
        nr_list_add(&inner, NR_NOP, 0);
        nr_list_add_clause(&inner, clause_of(1, branch, NULL));
        nr_list_add_clause(&list, clause_of(2, NULL, NULL));
        if (i % 100 == 99) nr_list_splice(&list, &inner);
    }
    nr_list_add(&list, NR_RET, 0);
    enum nr_status status = list.status;
    if (status == NR_OK) {
        CHECK_INT(list.clause_count, 600);
    } else {
        CHECK_INT(status, NR_NO_MEMORY);
    }
    nr_arena_free(&arena);
    return status;
}

static enum nr_status read_large(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    static const struct nr_clause clauses[100];
    struct nr_body body = {.code = *(struct nr_bytes *)context,
                           .clauses = clauses,
                           .clause_count = NR_COUNT_OF(clauses)};
    struct nr_list list;
    nr_list_init(&list, &arena);
    enum nr_status status = nr_list_read(&list, &body);
    CHECK(status == NR_OK || status == NR_NO_MEMORY);
    CHECK(list.status == status);
    nr_arena_free(&arena);
    return status;
}

static void test_allocations(void) {
    NR_CASE("building survives every failing allocation");
    nr_test_every_allocation(build, NULL, 100);

    NR_CASE("reading survives every failing allocation");
    enum { TARGETS = 1000 };
    static uint8_t code[5 + 4 * TARGETS + TARGETS] = {NR_SWITCH, TARGETS & 0xFF, TARGETS >> 8};
    struct nr_bytes bytes = {code, sizeof(code)};
    nr_test_every_allocation(read_large, &bytes, 100);
}

void test_list(void) {
    test_nodes();
    test_targets();
    test_clause_reading();
    test_malformed();
    test_vars();
    test_editing();
    test_lengthen();
    test_splice();
    test_scratch();
    test_allocations();
}
