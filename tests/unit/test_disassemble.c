// Tests of src/il/disassemble.c.
// SPDX-License-Identifier: Apache-2.0
#include "il/disassemble.h"

#include "base/compiler.h"
#include "harness.h"
#include "hex.h"

static struct nr_str name_of(void *context, struct nr_arena *arena, uint32_t token) {
    if (token == 0x0a000001) return (struct nr_str){0};
    return nr_str_copy(arena, nr_str_of(context));
}

static const struct nr_token_names named = {name_of,
                                            "[lib]Ns.Type::Method with a name that is a "
                                            "good deal longer than the buffer for the "
                                            "rest of a line"};
static const struct nr_token_names nameless = {NULL, NULL};

static const struct {
    const char *name, *hex;
    const struct nr_token_names *names;
    enum nr_status status;
    const char *text;
} cases[] = {
    {"tiny", "06 2a", NULL, NR_OK,
     ".maxstack 8\n"
     "IL_0000 ret\n"},
    {"every kind of operand",
     "1330 0500 46000000 01000011"
     "1fff fe1201 11ff fe0c0001 2000000080 2100000000000000 80 220000803f 23000000000000f03f"
     "28 010000 0a 2bfe 38fbffffff 45 02000000 bfffffff 05000000 4500000000 00 2a",
     &nameless, NR_OK,
     ".maxstack 5\n"
     ".locals init 0x11000001\n"
     "IL_0000 ldc.i4.s -1\n"
     "IL_0002 unaligned. 1\n"
     "IL_0005 ldloc.s 255\n"
     "IL_0007 ldloc 256\n"
     "IL_000b ldc.i4 -2147483648\n"
     "IL_0010 ldc.i8 -9223372036854775808\n"
     "IL_0019 ldc.r4 float32(0x3f800000)\n"
     "IL_001e ldc.r8 float64(0x3ff0000000000000)\n"
     "IL_0027 call 0x0a000001\n"
     "IL_002c br.s IL_002c\n"
     "IL_002e br IL_002e\n"
     "IL_0033 switch (-65, IL_0045)\n"
     "IL_0040 switch ()\n"
     "IL_0045 nop\n"},
    {"names, and a token without one", "36 28 0100000a 28 01000006 2b80 2a", &named, NR_OK,
     ".maxstack 8\n"
     "IL_0000 call 0x0a000001\n"
     "IL_0005 call [lib]Ns.Type::Method with a name that is a good deal longer than the buffer for "
     "the rest of a line\n"
     "IL_000a br.s -128\n"
     "IL_000c ret\n"},
    {"branches to the last instruction, to the end and before the start", "1e 2b04 2b03 2bf9 2a",
     NULL, NR_OK,
     ".maxstack 8\n"
     "IL_0000 br.s IL_0006\n"
     "IL_0002 br.s +3\n"
     "IL_0004 br.s -7\n"
     "IL_0006 ret\n"},
    {"clauses",
     "0b30 0200 01000000 01000011 2a 000000"
     "41 7c0000 00000000 00000000 04000000 04000000 03000000 01000001"
     "01000000 00000000 04000000 0e000000 02000000 0a000000"
     "02000000 01000000 ffffffff 00010000 00000100 00000000"
     "04000000 00000000 00000000 00000000 00000000 00000000"
     "08000000 00000000 01000000 01000000 02000000 00000000",
     NULL, NR_OK,
     ".maxstack 2\n"
     ".locals 0x11000001\n"
     "IL_0000 ret\n"
     ".try IL_0000 to IL_0004 catch 0x01000001 handler IL_0004 to IL_0007\n"
     ".try IL_0000 to IL_0004 filter IL_000a handler IL_000e to IL_0010\n"
     ".try IL_0001 to IL_100000000 finally handler IL_0100 to IL_10100\n"
     ".try IL_0000 to IL_0000 fault handler IL_0000 to IL_0000\n"
     ".try IL_0000 to IL_0001 flags 0x8 handler IL_0001 to IL_0003\n"},
    {"no header", "", NULL, NR_MALFORMED, "malformed: header or size of the code\n"},
    {"an opcode that nobody has defined", "0e 24 fe19", NULL, NR_OK,
     ".maxstack 8\n"
     "IL_0000 unused\n"
     "IL_0001 unused\n"},
    {"an unknown opcode", "0a 00 f8", NULL, NR_MALFORMED,
     ".maxstack 8\n"
     "IL_0000 nop\n"
     "malformed: IL_0001: unknown opcode f8\n"},
    {"an unknown opcode of two bytes", "0e fe23 00", NULL, NR_MALFORMED,
     ".maxstack 8\n"
     "malformed: IL_0000: unknown opcode fe23\n"},
    {"half an opcode", "0a 00 fe", NULL, NR_MALFORMED,
     ".maxstack 8\n"
     "IL_0000 nop\n"
     "malformed: IL_0001: the code ends inside the instruction fe\n"},
    {"half an instruction", "0e 28 0100", NULL, NR_MALFORMED,
     ".maxstack 8\n"
     "malformed: IL_0000: the code ends inside the instruction 28\n"},
    {"a switch larger than the code", "16 45 ffffffff", NULL, NR_MALFORMED,
     ".maxstack 8\n"
     "malformed: IL_0000: the code ends inside the instruction 45\n"},
    {"broken code in front of a good clause",
     "1b30 0200 01000000 00000000 f8 000000 0110 0000 0000 0000 04 0400 03 01000001", NULL,
     NR_MALFORMED,
     ".maxstack 2\n"
     ".locals init\n"
     ".try IL_0000 to IL_0004 catch 0x01000001 handler IL_0004 to IL_0007\n"
     "malformed: IL_0000: unknown opcode f8\n"},
    {"broken sections", "0b30 0200 01000000 00000000 2a 000000 0110 0000", NULL, NR_MALFORMED,
     ".maxstack 2\n"
     "IL_0000 ret\n"
     "malformed: sections behind the code\n"},
};

static enum nr_status disassemble(void *context) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer out;
    nr_buffer_init(&out, &arena);
    enum nr_status status = nr_disassemble(&arena, *(struct nr_bytes *)context, &named, &out);
    CHECK(status == NR_OK || status == NR_NO_MEMORY);
    nr_arena_free(&arena);
    return status;
}

void test_disassemble(void) {
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE(cases[i].name);
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_bytes bytes = nr_test_hex(cases[i].hex);
        struct nr_buffer out;
        nr_buffer_init(&out, &arena);
        CHECK_INT(nr_disassemble(&arena, bytes, cases[i].names, &out), cases[i].status);
        CHECK_STR(((struct nr_str){(const char *)out.data, out.size}), cases[i].text);
        nr_test_free(bytes);
        nr_arena_free(&arena);
    }
    NR_CASE("text survives every failing allocation");
    struct nr_bytes bytes = nr_test_hex(
        "0b30 0200 01000000 00000000 2a 000000"
        "41 1c0000 00000000 00000000 04000000 04000000 03000000 01000001");
    nr_test_every_allocation(disassemble, &bytes, 20);
    nr_test_free(bytes);
}
