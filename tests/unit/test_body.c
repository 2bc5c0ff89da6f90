// Tests of src/il/body.c.
// SPDX-License-Identifier: Apache-2.0
#include "il/body.h"

#include "base/compiler.h"
#include "harness.h"
#include "hex.h"
#include "il/opcode.h"

// A fat header for one byte of code, init locals and local signature 0x11000001, then ret; the
// sections of the cases follow after three bytes of padding.
#define FAT_RET "1b30 0500 01000000 01000011 2a"
#define SMALL_CLAUSE "0000 0100 02 0300 04 05000001"
#define FAT_CLAUSE "02000000 01000000 02000000 03000000 04000000 05000000"

static const struct {
    const char *name, *hex;
    bool tiny;
    uint16_t flags, max_stack;
    uint32_t local_signature;
    size_t code_size, clause_count;
    size_t rest;  // bytes behind the body
} good[] = {
    {"tiny", "06 2a", true, 0, 8, 0, 1, 0, 0},
    {"tiny with bytes behind it", "0a 00 2a 77", true, 0, 8, 0, 2, 0, 1},
    {"fat", "1330 0500 01000000 01000011 2a", false, 0x013, 5, 0x11000001, 1, 0, 0},
    {"flags we do not know are kept", "c33f ffff 01000000 00000000 2a", false, 0xfc3, 0xffff, 0, 1,
     0, 0},
    {"a longer header", "0340 0100 01000000 00000000 99999999 2a", false, 3, 1, 0, 1, 0, 0},
    {"a small section", FAT_RET "000000 0110 0000" SMALL_CLAUSE, false, 0x01b, 5, 0x11000001, 1, 1,
     0},
    {"padding that is not zero", FAT_RET "777777 0110 7777" SMALL_CLAUSE, false, 0x01b, 5,
     0x11000001, 1, 1, 0},
    {"a small section whose size leaves out the header", FAT_RET "000000 010c 0000" SMALL_CLAUSE,
     false, 0x01b, 5, 0x11000001, 1, 1, 0},
    {"a fat section", FAT_RET "000000 411c0000" FAT_CLAUSE, false, 0x01b, 5, 0x11000001, 1, 1, 0},
    {"a fat section whose size leaves out the header", FAT_RET "000000 41180000" FAT_CLAUSE, false,
     0x01b, 5, 0x11000001, 1, 1, 0},
    {"two clauses and a rest",
     FAT_RET "000000 0120 0000" SMALL_CLAUSE SMALL_CLAUSE "00000000 000000", false, 0x01b, 5,
     0x11000001, 1, 2, 7},
    {"no clause", FAT_RET "000000 0104 0000", false, 0x01b, 5, 0x11000001, 1, 0, 0},
    {"a section of another kind", FAT_RET "000000 0208 0000 99999999", false, 0x01b, 5, 0x11000001,
     1, 0, 0},
    {"a chain: other kind, small, other fat kind of odd size, fat",
     FAT_RET "000000 8208 0000 99999999 8110 0000" SMALL_CLAUSE
             "c2050000 99 000000 411c0000" FAT_CLAUSE,
     false, 0x01b, 5, 0x11000001, 1, 2, 0},
    {"a chain behind a size that leaves out the header",
     FAT_RET "000000 810c 0000" SMALL_CLAUSE "0110 0000" SMALL_CLAUSE, false, 0x01b, 5, 0x11000001,
     1, 2, 0},
    {"code that ends at a boundary needs no padding",
     "0b30 0500 04000000 00000000 0000002a 0110 0000" SMALL_CLAUSE, false, 0x00b, 5, 0, 4, 1, 0},
    {"sections are aligned to the start of the body, not to its code",
     "0b40 0500 01000000 00000000 00000000 2a 000000 0110 0000" SMALL_CLAUSE, false, 0x00b, 5, 0, 1,
     1, 0},
};

static const struct {
    const char *name, *hex;
} bad[] = {
    {"no bytes", ""},
    {"format 0", "00 2a"},
    {"format 1", "05 2a"},
    {"tiny without code", "02 2a"},
    {"tiny with less code than it says", "0a 2a"},
    {"a header of two words", "0320 0100 01000000 2a2a2a2a 2a"},
    {"a longer header that is not there", "03f0 0100 01000000 00000000 2a"},
    {"fat without code", "0330 0100 00000000 00000000 2a"},
    {"fat with less code than it says", "0330 0100 02000000 00000000 2a"},
    {"a code size near 4 GiB", "0330 0100 ffffffff 00000000 2a"},
    {"sections announced but absent", FAT_RET},
    {"sections announced, padding only", FAT_RET "000000"},
    {"a section of no size", FAT_RET "000000 0100 0000"},
    {"a section smaller than its header", FAT_RET "000000 0203 0000"},
    {"a fat section of no size", FAT_RET "000000 41000000" FAT_CLAUSE},
    {"a section larger than the bytes", FAT_RET "000000 02ff 0000"},
    {"a fat section larger than the bytes", FAT_RET "000000 42ffffff"},
    {"more clauses than bytes", FAT_RET "000000 011c 0000" SMALL_CLAUSE},
    {"more fat clauses than bytes", FAT_RET "000000 41340000" FAT_CLAUSE},
    {"more sections announced than there are", FAT_RET "000000 8110 0000" SMALL_CLAUSE},
};

static void test_reading(void) {
    for (size_t i = 0; i < NR_COUNT_OF(good); i++) {
        NR_CASE(good[i].name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes bytes = nr_test_hex(good[i].hex);
        struct nr_body body;
        if (CHECK_INT(nr_body_read(&arena, bytes, &body), NR_OK)) {
            CHECK_INT(body.tiny, good[i].tiny);
            CHECK_INT(body.flags, good[i].flags);
            CHECK_INT(body.max_stack, good[i].max_stack);
            CHECK_INT(body.local_signature, good[i].local_signature);
            CHECK_INT(body.code.size, good[i].code_size);
            CHECK_INT(body.code.data[body.code.size - 1], NR_RET);
            CHECK_INT(body.clause_count, good[i].clause_count);
            CHECK_INT(body.size, bytes.size - good[i].rest);
        }
        // Every byte of a body counts: with one less it is none.
        for (size_t size = 0; size < bytes.size - good[i].rest; size++) {
            struct nr_bytes cut = nr_test_copy((struct nr_bytes){bytes.data, size});
            CHECK_INT(nr_body_read(&arena, cut, &body), NR_MALFORMED);
            nr_test_free(cut);
        }
        nr_test_free(bytes);
        nr_arena_free(&arena);
    }
    for (size_t i = 0; i < NR_COUNT_OF(bad); i++) {
        NR_CASE(bad[i].name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes bytes = nr_test_hex(bad[i].hex);
        struct nr_body body = {.size = 12345};
        CHECK_INT(nr_body_read(&arena, bytes, &body), NR_MALFORMED);
        CHECK_INT(body.size, 12345);
        nr_test_free(bytes);
        nr_arena_free(&arena);
    }
}

static void test_clauses(void) {
    NR_CASE("fields of small and fat clauses, in order");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes bytes =
        nr_test_hex(FAT_RET
                    "000000 811c 0000 0000 0102 03 0405 06 0708090a 0400 ffff ff ffff ff ffffffff"
                    "41340000 01000000 01020304 05060708 090a0b0c 0d0e0f10 11121314" FAT_CLAUSE);
    static const struct nr_clause expected[] = {
        {0, 0x0201, 3, 0x0504, 6, 0x0a090807},
        {4, 0xffff, 0xff, 0xffff, 0xff, 0xffffffff},
        {1, 0x04030201, 0x08070605, 0x0c0b0a09, 0x100f0e0d, 0x14131211},
        {2, 1, 2, 3, 4, 5},
    };
    struct nr_body body;
    CHECK_INT(nr_body_read(&arena, bytes, &body), NR_OK);
    if (CHECK_INT(body.clause_count, NR_COUNT_OF(expected))) {
        CHECK(memcmp(body.clauses, expected, sizeof(expected)) == 0);
    }
    NR_CASE("header and code alone");
    CHECK_INT(nr_body_read_code(bytes, &body), NR_OK);
    CHECK_INT(body.size, 13);
    CHECK(body.clause_count == 0 && body.clauses == NULL);
    CHECK_INT(body.code.size, 1);
    nr_test_free(bytes);
    nr_arena_free(&arena);
}

static void test_long_chain(void) {
    NR_CASE("a hundred thousand sections");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer buffer;
    nr_buffer_init(&buffer, &arena);
    struct nr_bytes start = nr_test_hex(FAT_RET "000000");
    nr_buffer_append(&buffer, start.data, start.size);
    nr_test_free(start);
    for (int i = 0; i < 100000; i++) nr_buffer_u32(&buffer, 0x0482);
    struct nr_body body;
    CHECK_INT(nr_body_read(&arena, nr_buffer_bytes(&buffer), &body), NR_MALFORMED);
    nr_buffer_u32(&buffer, 0x0402);
    CHECK_INT(nr_body_read(&arena, nr_buffer_bytes(&buffer), &body), NR_OK);
    CHECK_INT(body.size, buffer.size);
    nr_arena_free(&arena);
}

// ---- walking code ----

static void check_next(const uint8_t *data, size_t size, uint16_t opcode,
                       const struct nr_opcode_info *info) {
    struct nr_bytes code = nr_test_copy((struct nr_bytes){data, size});
    struct nr_instruction insn;
    CHECK_INT(nr_code_read(code, 0, &insn), NR_OK);
    CHECK_INT(insn.opcode, opcode);
    CHECK(insn.info == info);
    CHECK_INT(insn.offset, 0);
    CHECK_INT(insn.operand_offset, info->size);
    CHECK_INT(insn.next, size);
    CHECK_INT(nr_code_read(code, insn.next, &insn), NR_MALFORMED);
    nr_test_free(code);
}

static void check_no_next(const uint8_t *data, size_t size) {
    struct nr_bytes code = nr_test_copy((struct nr_bytes){data, size});
    struct nr_instruction insn = {.next = 77};
    CHECK_INT(nr_code_read(code, 0, &insn), NR_MALFORMED);
    CHECK_INT(insn.next, 77);
    nr_test_free(code);
}

static void test_walking(void) {
    NR_CASE("every opcode takes its size, and not less");
    for (uint32_t number = 0; number <= 0xFFFF; number++) {
        const struct nr_opcode_info *info = nr_opcode_info((uint16_t)number);
        if (!info) info = nr_opcode_unused((uint16_t)number);
        uint8_t data[16] = {(uint8_t)number, 0};
        if (number > 0xFF) {
            if (number >> 8 != 0xFE) continue;
            data[0] = 0xFE;
            data[1] = (uint8_t)number;
        } else if (number == 0xFE) {
            continue;  // the first byte of the others
        }
        if (!info) {
            check_no_next(data, sizeof(data));
            continue;
        }
        size_t size = info->size + nr_operand_size(info->operand);
        check_next(data, size, (uint16_t)number, info);
        for (size_t cut = 0; cut < size; cut++) check_no_next(data, cut);
    }
    NR_CASE("a switch takes its table");
    uint8_t two[] = {NR_SWITCH, 2, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2};
    check_next(two, sizeof(two), NR_SWITCH, nr_opcode_info(NR_SWITCH));
    for (size_t cut = 0; cut < sizeof(two); cut++) check_no_next(two, cut);

    NR_CASE("a switch whose table is larger than memory");
    static const uint32_t counts[] = {3, 0x40000000, 0x40000002, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < NR_COUNT_OF(counts); i++) {
        nr_store_u32(two + 1, counts[i]);
        check_no_next(two, sizeof(two));
    }
}

static enum nr_status read_with_clauses(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_body body;
    enum nr_status status = nr_body_read(&arena, *(struct nr_bytes *)context, &body);
    if (status == NR_OK) CHECK_INT(body.clause_count, 1);
    if (status != NR_OK) CHECK_INT(status, NR_NO_MEMORY);
    nr_arena_free(&arena);
    return status;
}

void test_body(void) {
    test_reading();
    test_clauses();
    test_long_chain();
    test_walking();
    NR_CASE("reading survives every failing allocation");
    struct nr_bytes bytes = nr_test_hex(FAT_RET "000000 411c0000" FAT_CLAUSE);
    nr_test_every_allocation(read_with_clauses, &bytes, 10);
    nr_test_free(bytes);
}
