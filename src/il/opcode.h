// CIL opcodes: names, encodings, operands, control flow and stack effect (ECMA-335 III, VI.C).
// SPDX-License-Identifier: Apache-2.0
//
// Constant tables, safe from any thread. The one table that the builder and the verifier share.
#ifndef NR_IL_OPCODE_H
#define NR_IL_OPCODE_H

#include <stdint.h>

// What follows the opcode in the instruction stream. The low digit is its size (nr_operand_size).
enum nr_operand {
    NR_OPERAND_NONE = 0x00,
    NR_OPERAND_I1 = 0x11,       // int8: ldc.i4.s, and the alignment of unaligned.
    NR_OPERAND_VAR1 = 0x21,     // uint8 number of a local or an argument
    NR_OPERAND_VAR2 = 0x22,     // uint16 number of a local or an argument
    NR_OPERAND_I4 = 0x14,       // int32
    NR_OPERAND_I8 = 0x18,       // int64
    NR_OPERAND_R4 = 0x34,       // float32
    NR_OPERAND_R8 = 0x38,       // float64
    NR_OPERAND_TOKEN = 0x44,    // metadata token
    NR_OPERAND_BRANCH1 = 0x51,  // int8 distance from the end of the instruction
    NR_OPERAND_BRANCH4 = 0x54,  // int32 distance
    NR_OPERAND_SWITCH = 0x64,   // uint32 count, then count int32 distances
};

enum nr_flow {
    NR_FLOW_NEXT,
    NR_FLOW_BRANCH,  // br, leave: never falls through
    NR_FLOW_COND,    // may branch or fall through, switch too
    NR_FLOW_CALL,
    NR_FLOW_RETURN,  // ret, endfinally, endfilter, jmp
    NR_FLOW_THROW,   // throw, rethrow
    NR_FLOW_PREFIX,  // tail., volatile., … : belongs to the instruction that follows
};

enum { NR_STACK_VARIES = -1 };  // the operand decides (call, ret, …)

struct nr_opcode_info {
    const char *name;  // as ilasm writes it
    uint8_t size;      // bytes of the opcode itself: 1, or 2 behind 0xFE
    uint8_t operand;   // enum nr_operand
    uint8_t flow;      // enum nr_flow
    int8_t pops;       // items taken from the stack, or NR_STACK_VARIES
    int8_t pushes;     // items put there, or NR_STACK_VARIES
};

// Opcode numbers: the byte itself, or 0xFE00 | second byte.
enum nr_opcode {
    NR_NOP = 0x00,
    NR_BREAK = 0x01,
    NR_LDARG_0 = 0x02,
    NR_LDARG_3 = 0x05,
    NR_LDLOC_0 = 0x06,
    NR_LDLOC_3 = 0x09,
    NR_STLOC_0 = 0x0A,
    NR_STLOC_3 = 0x0D,
    NR_LDARG_S = 0x0E,
    NR_LDARGA_S = 0x0F,
    NR_STARG_S = 0x10,
    NR_LDLOC_S = 0x11,
    NR_LDLOCA_S = 0x12,
    NR_STLOC_S = 0x13,
    NR_LDNULL = 0x14,
    NR_LDC_I4_M1 = 0x15,
    NR_LDC_I4_0 = 0x16,
    NR_LDC_I4_8 = 0x1E,
    NR_LDC_I4_S = 0x1F,
    NR_LDC_I4 = 0x20,
    NR_LDC_I8 = 0x21,
    NR_LDC_R4 = 0x22,
    NR_LDC_R8 = 0x23,
    NR_DUP = 0x25,
    NR_POP = 0x26,
    NR_JMP = 0x27,
    NR_CALL = 0x28,
    NR_CALLI = 0x29,
    NR_RET = 0x2A,
    NR_BR_S = 0x2B,
    NR_BRFALSE_S = 0x2C,
    NR_BRTRUE_S = 0x2D,
    NR_BEQ_S = 0x2E,
    NR_BGT_S = 0x30,
    NR_BLT_UN_S = 0x37,
    NR_BR = 0x38,
    NR_BRFALSE = 0x39,
    NR_BRTRUE = 0x3A,
    NR_BEQ = 0x3B,
    NR_BLT_UN = 0x44,
    NR_SWITCH = 0x45,
    NR_LDIND_I1 = 0x46,
    NR_STIND_R8 = 0x57,
    NR_ADD = 0x58,
    NR_DIV = 0x5B,
    NR_REM = 0x5D,
    NR_SHR_UN = 0x64,
    NR_CALLVIRT = 0x6F,
    NR_LDOBJ = 0x71,
    NR_LDSTR = 0x72,
    NR_NEWOBJ = 0x73,
    NR_CASTCLASS = 0x74,
    NR_ISINST = 0x75,
    NR_UNBOX = 0x79,
    NR_THROW = 0x7A,
    NR_LDFLD = 0x7B,
    NR_LDFLDA = 0x7C,
    NR_STFLD = 0x7D,
    NR_LDSFLD = 0x7E,
    NR_LDSFLDA = 0x7F,
    NR_STSFLD = 0x80,
    NR_STOBJ = 0x81,
    NR_BOX = 0x8C,
    NR_NEWARR = 0x8D,
    NR_LDELEMA = 0x8F,
    NR_STELEM_REF = 0xA2,
    NR_LDELEM = 0xA3,
    NR_STELEM = 0xA4,
    NR_UNBOX_ANY = 0xA5,
    NR_LDTOKEN = 0xD0,
    NR_ADD_OVF = 0xD6,
    NR_SUB_OVF_UN = 0xDB,
    NR_ENDFINALLY = 0xDC,
    NR_LEAVE = 0xDD,
    NR_LEAVE_S = 0xDE,
    NR_STIND_I = 0xDF,
    NR_ARGLIST = 0xFE00,
    NR_CEQ = 0xFE01,
    NR_CLT_UN = 0xFE05,
    NR_LDFTN = 0xFE06,
    NR_LDVIRTFTN = 0xFE07,
    NR_LDARG = 0xFE09,
    NR_LDARGA = 0xFE0A,
    NR_STARG = 0xFE0B,
    NR_LDLOC = 0xFE0C,
    NR_LDLOCA = 0xFE0D,
    NR_STLOC = 0xFE0E,
    NR_LOCALLOC = 0xFE0F,
    NR_ENDFILTER = 0xFE11,
    NR_UNALIGNED = 0xFE12,
    NR_VOLATILE = 0xFE13,
    NR_TAIL = 0xFE14,
    NR_INITOBJ = 0xFE15,
    NR_CONSTRAINED = 0xFE16,
    NR_CPBLK = 0xFE17,
    NR_INITBLK = 0xFE18,
    NR_RETHROW = 0xFE1A,
    NR_SIZEOF = 0xFE1C,
    NR_READONLY = 0xFE1E,
    // No instructions, but of a list (il/list.h):
    NR_CODE = 0xFFFE,   // bytes of the original code
    NR_LABEL = 0xFFFF,  // a place that branches can aim at
};

// NULL when ECMA-335 defines no such opcode.
const struct nr_opcode_info *nr_opcode_info(uint16_t opcode);

// What the JIT steps over where control never gets: an opcode that is not defined, as if it had no
// operand. NULL for what it refuses even there.
const struct nr_opcode_info *nr_opcode_unused(uint16_t opcode);

// Bytes of the operand; 4 for a switch (its count), the table comes on top.
uint32_t nr_operand_size(enum nr_operand operand);

// br.s → br, leave.s → leave, beq.s → beq …; any other opcode as it is.
uint16_t nr_long_branch(uint16_t opcode);

#endif
