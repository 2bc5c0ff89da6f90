// Tests of src/il/opcode.c: the table against what is known of families of opcodes.
// SPDX-License-Identifier: Apache-2.0
#include "il/opcode.h"

#include <string.h>

#include "base/compiler.h"
#include "harness.h"

static const struct {
    uint16_t opcode;
    const char *name;
} numbers[] = {
    {NR_NOP, "nop"},
    {NR_BREAK, "break"},
    {NR_LDARG_0, "ldarg.0"},
    {NR_LDARG_3, "ldarg.3"},
    {NR_LDLOC_0, "ldloc.0"},
    {NR_LDLOC_3, "ldloc.3"},
    {NR_STLOC_0, "stloc.0"},
    {NR_STLOC_3, "stloc.3"},
    {NR_LDARG_S, "ldarg.s"},
    {NR_LDARGA_S, "ldarga.s"},
    {NR_STARG_S, "starg.s"},
    {NR_LDLOC_S, "ldloc.s"},
    {NR_LDLOCA_S, "ldloca.s"},
    {NR_STLOC_S, "stloc.s"},
    {NR_LDNULL, "ldnull"},
    {NR_LDC_I4_M1, "ldc.i4.m1"},
    {NR_LDC_I4_0, "ldc.i4.0"},
    {NR_LDC_I4_8, "ldc.i4.8"},
    {NR_LDC_I4_S, "ldc.i4.s"},
    {NR_LDC_I4, "ldc.i4"},
    {NR_LDC_I8, "ldc.i8"},
    {NR_LDC_R4, "ldc.r4"},
    {NR_LDC_R8, "ldc.r8"},
    {NR_DUP, "dup"},
    {NR_POP, "pop"},
    {NR_JMP, "jmp"},
    {NR_CALL, "call"},
    {NR_CALLI, "calli"},
    {NR_RET, "ret"},
    {NR_BR_S, "br.s"},
    {NR_BRFALSE_S, "brfalse.s"},
    {NR_BRTRUE_S, "brtrue.s"},
    {NR_BLT_UN_S, "blt.un.s"},
    {NR_BR, "br"},
    {NR_BRFALSE, "brfalse"},
    {NR_BRTRUE, "brtrue"},
    {NR_BLT_UN, "blt.un"},
    {NR_SWITCH, "switch"},
    {NR_CALLVIRT, "callvirt"},
    {NR_LDOBJ, "ldobj"},
    {NR_LDSTR, "ldstr"},
    {NR_NEWOBJ, "newobj"},
    {NR_CASTCLASS, "castclass"},
    {NR_ISINST, "isinst"},
    {NR_UNBOX, "unbox"},
    {NR_THROW, "throw"},
    {NR_LDFLD, "ldfld"},
    {NR_LDFLDA, "ldflda"},
    {NR_STFLD, "stfld"},
    {NR_LDSFLD, "ldsfld"},
    {NR_LDSFLDA, "ldsflda"},
    {NR_STSFLD, "stsfld"},
    {NR_STOBJ, "stobj"},
    {NR_BOX, "box"},
    {NR_NEWARR, "newarr"},
    {NR_LDELEMA, "ldelema"},
    {NR_STELEM_REF, "stelem.ref"},
    {NR_LDELEM, "ldelem"},
    {NR_STELEM, "stelem"},
    {NR_UNBOX_ANY, "unbox.any"},
    {NR_LDTOKEN, "ldtoken"},
    {NR_ENDFINALLY, "endfinally"},
    {NR_LEAVE, "leave"},
    {NR_LEAVE_S, "leave.s"},
    {NR_ARGLIST, "arglist"},
    {NR_CEQ, "ceq"},
    {NR_LDFTN, "ldftn"},
    {NR_LDVIRTFTN, "ldvirtftn"},
    {NR_LDARG, "ldarg"},
    {NR_LDARGA, "ldarga"},
    {NR_STARG, "starg"},
    {NR_LDLOC, "ldloc"},
    {NR_LDLOCA, "ldloca"},
    {NR_STLOC, "stloc"},
    {NR_LOCALLOC, "localloc"},
    {NR_ENDFILTER, "endfilter"},
    {NR_TAIL, "tail."},
    {NR_INITOBJ, "initobj"},
    {NR_CONSTRAINED, "constrained."},
    {NR_RETHROW, "rethrow"},
    {NR_SIZEOF, "sizeof"},
    // Without an enumerator: one of each family of two-byte opcodes and around the holes.
    {0x0F, "ldarga.s"},
    {0x25, "dup"},
    {0x46, "ldind.i1"},
    {0x51, "stind.ref"},
    {0x58, "add"},
    {0x66, "not"},
    {0x67, "conv.i1"},
    {0x70, "cpobj"},
    {0x76, "conv.r.un"},
    {0x82, "conv.ovf.i1.un"},
    {0x8B, "conv.ovf.u.un"},
    {0x8E, "ldlen"},
    {0x90, "ldelem.i1"},
    {0x9A, "ldelem.ref"},
    {0x9B, "stelem.i"},
    {0xB3, "conv.ovf.i1"},
    {0xBA, "conv.ovf.u8"},
    {0xC2, "refanyval"},
    {0xC3, "ckfinite"},
    {0xC6, "mkrefany"},
    {0xD1, "conv.u2"},
    {0xDB, "sub.ovf.un"},
    {0xDF, "stind.i"},
    {0xE0, "conv.u"},
    {0xFE05, "clt.un"},
    {0xFE12, "unaligned."},
    {0xFE13, "volatile."},
    {0xFE17, "cpblk"},
    {0xFE18, "initblk"},
    {0xFE1D, "refanytype"},
    {0xFE1E, "readonly."},
};

// Stack effects by the first word of the name (III.1.7, III.3, III.4).
static const struct {
    int pops, pushes;
    const char *words;
} effects[] = {
    {0, 0,
     " nop break jmp endfinally rethrow leave br tail volatile unaligned constrained no readonly "},
    {0, 1,
     " ldarg ldarga ldloc ldloca ldnull ldc ldstr ldsfld ldsflda ldtoken arglist ldftn sizeof "},
    {1, 0, " starg stloc pop brfalse brtrue switch throw stsfld endfilter initobj "},
    {1, 1,
     " ldind neg not conv ldobj castclass isinst unbox ldfld ldflda box newarr ldlen refanyval "
     "ckfinite mkrefany ldvirtftn localloc refanytype "},
    {1, 2, " dup "},
    {2, 0, " beq bge bgt ble blt bne stind cpobj stfld stobj "},
    {2, 1, " add sub mul div rem and or xor shl shr ldelem ldelema ceq cgt clt "},
    {3, 0, " stelem cpblk initblk "},
    {NR_STACK_VARIES, NR_STACK_VARIES, " call callvirt calli "},
    {NR_STACK_VARIES, 1, " newobj "},
    {NR_STACK_VARIES, 0, " ret "},
};

// By whole name; any other opcode has no operand and goes on with the next instruction.
static const struct {
    enum nr_operand operand;
    const char *names;
} operands[] = {
    {NR_OPERAND_I1, " ldc.i4.s unaligned. no. "},
    {NR_OPERAND_VAR1, " ldarg.s ldarga.s starg.s ldloc.s ldloca.s stloc.s "},
    {NR_OPERAND_VAR2, " ldarg ldarga starg ldloc ldloca stloc "},
    {NR_OPERAND_I4, " ldc.i4 "},
    {NR_OPERAND_I8, " ldc.i8 "},
    {NR_OPERAND_R4, " ldc.r4 "},
    {NR_OPERAND_R8, " ldc.r8 "},
    {NR_OPERAND_TOKEN,
     " jmp call calli callvirt cpobj ldobj ldstr newobj castclass isinst unbox unbox.any ldfld "
     "ldflda stfld ldsfld ldsflda stsfld stobj box newarr ldelema ldelem stelem refanyval mkrefany "
     "ldtoken ldftn ldvirtftn initobj constrained. sizeof "},
    {NR_OPERAND_BRANCH1,
     " br.s brfalse.s brtrue.s beq.s bge.s bgt.s ble.s blt.s bne.un.s bge.un.s bgt.un.s ble.un.s "
     "blt.un.s leave.s "},
    {NR_OPERAND_BRANCH4,
     " br brfalse brtrue beq bge bgt ble blt bne.un bge.un bgt.un ble.un blt.un leave "},
    {NR_OPERAND_SWITCH, " switch "},
};

static const struct {
    enum nr_flow flow;
    const char *names;
} flows[] = {
    {NR_FLOW_BRANCH, " br br.s leave leave.s "},
    {NR_FLOW_CALL, " call callvirt calli newobj "},
    {NR_FLOW_RETURN, " ret endfinally endfilter jmp "},
    {NR_FLOW_THROW, " throw rethrow "},
    {NR_FLOW_PREFIX, " tail. volatile. unaligned. constrained. no. readonly. "},
};

// Whether the space-separated list has the first size bytes of word as an item.
static bool lists(const char *list, const char *word, size_t size) {
    char item[32] = " ";
    if (size > sizeof(item) - 3) return false;
    memcpy(item + 1, word, size);
    memcpy(item + 1 + size, " ", 2);
    return strstr(list, item) != NULL;
}

static enum nr_operand expected_operand(const char *name) {
    for (size_t i = 0; i < NR_COUNT_OF(operands); i++) {
        if (lists(operands[i].names, name, strlen(name))) return operands[i].operand;
    }
    return NR_OPERAND_NONE;
}

static enum nr_flow expected_flow(const char *name) {
    for (size_t i = 0; i < NR_COUNT_OF(flows); i++) {
        if (lists(flows[i].names, name, strlen(name))) return flows[i].flow;
    }
    enum nr_operand operand = expected_operand(name);
    bool branches = operand == NR_OPERAND_BRANCH1 || operand == NR_OPERAND_BRANCH4 ||
                    operand == NR_OPERAND_SWITCH;
    return branches ? NR_FLOW_COND : NR_FLOW_NEXT;
}

static void check_row(uint16_t opcode, const struct nr_opcode_info *info) {
    NR_CASE(info->name);
    CHECK_INT(info->size, opcode > 0xFF ? 2 : 1);
    CHECK_INT(info->operand, expected_operand(info->name));
    CHECK_INT(info->flow, expected_flow(info->name));
    size_t known = 0;
    for (size_t i = 0; i < NR_COUNT_OF(effects); i++) {
        if (!lists(effects[i].words, info->name, strcspn(info->name, "."))) continue;
        known++;
        CHECK_INT(info->pops, effects[i].pops);
        CHECK_INT(info->pushes, effects[i].pushes);
    }
    CHECK_INT(known, 1);
}

static void check_long_form(uint16_t opcode, const struct nr_opcode_info *info) {
    const struct nr_opcode_info *other = nr_opcode_info(nr_long_branch(opcode));
    if (!CHECK(other)) return;
    if (info->operand == NR_OPERAND_BRANCH1) {
        CHECK_INT(other->operand, NR_OPERAND_BRANCH4);
        CHECK_STR(((struct nr_str){info->name, strlen(info->name) - 2}), other->name);
    } else {
        CHECK(other == info);
    }
}

void test_opcode(void) {
    unsigned defined = 0;
    for (uint32_t opcode = 0; opcode <= 0xFFFF; opcode++) {
        const struct nr_opcode_info *info = nr_opcode_info((uint16_t)opcode);
        if (!info) continue;
        defined++;
        check_row((uint16_t)opcode, info);
        check_long_form((uint16_t)opcode, info);
    }
    NR_CASE("as many opcodes as ECMA-335 VI.C.2 lists");
    CHECK_INT(defined, 218);

    for (size_t i = 0; i < NR_COUNT_OF(numbers); i++) {
        NR_CASE(numbers[i].name);
        const struct nr_opcode_info *info = nr_opcode_info(numbers[i].opcode);
        if (CHECK(info)) CHECK_STR(nr_str_of(info->name), numbers[i].name);
    }

    NR_CASE("holes, prefixes alone and the label are no opcodes");
    static const uint16_t holes[] = {0x24,   0x77,   0x78,   0xA6,    0xB2,   0xBB,   0xC1,
                                     0xC4,   0xC5,   0xC7,   0xCF,    0xE1,   0xFD,   0xFE,
                                     0xFF,   0x100,  0x12A,  0xFDFF,  0xFE08, 0xFE10, 0xFE1B,
                                     0xFE1F, 0xFEFF, 0xFF00, NR_LABEL};
    for (size_t i = 0; i < NR_COUNT_OF(holes); i++) CHECK(nr_opcode_info(holes[i]) == NULL);

    NR_CASE("what the JIT of .NET steps over in code that is never reached, and what it refuses");
    static const uint16_t unused[] = {0x24, 0xA6, 0xE1, 0xF7, 0xFE08, 0xFE19, 0xFE1F, 0xFE22};
    for (size_t i = 0; i < NR_COUNT_OF(unused); i++) {
        const struct nr_opcode_info *info = nr_opcode_unused(unused[i]);
        if (CHECK(info)) CHECK_INT(info->size, unused[i] < 0x100 ? 1 : 2);
    }
    static const uint16_t refused[] = {0xF8, 0xFF, 0x100, 0xFDFF, 0xFE23, 0xFEFF, NR_LABEL};
    for (size_t i = 0; i < NR_COUNT_OF(refused); i++) CHECK(!nr_opcode_unused(refused[i]));
    CHECK_INT(nr_long_branch(NR_LABEL), NR_LABEL);

    NR_CASE("sizes of operands");
    static const struct {
        enum nr_operand operand;
        uint32_t size;
    } sizes[] = {{NR_OPERAND_NONE, 0},    {NR_OPERAND_I1, 1},      {NR_OPERAND_VAR1, 1},
                 {NR_OPERAND_VAR2, 2},    {NR_OPERAND_I4, 4},      {NR_OPERAND_I8, 8},
                 {NR_OPERAND_R4, 4},      {NR_OPERAND_R8, 8},      {NR_OPERAND_TOKEN, 4},
                 {NR_OPERAND_BRANCH1, 1}, {NR_OPERAND_BRANCH4, 4}, {NR_OPERAND_SWITCH, 4}};
    for (size_t i = 0; i < NR_COUNT_OF(sizes); i++) {
        CHECK_INT(nr_operand_size(sizes[i].operand), sizes[i].size);
    }
}
