// What each instruction takes from the evaluation stack and puts there, and which kinds match.
// SPDX-License-Identifier: Apache-2.0
//
// The rules of matching are the JIT's: integers of all sizes and managed pointers go for one
// another, floats of both sizes too.
#include <string.h>

#include "il/verify_internal.h"

// What an instruction takes and leaves: the items it takes, the deepest first, then what it pushes.
//   i int32   l int64   n native int   f float   o object reference   b managed pointer
//   v value type   w integer or managed pointer   a address: w or o   z w or f   x w, f or o
//   t all but v   m all but f   * all   = what was taken   T F L A the type, field, local or
//   argument that the operand names
struct effect {
    uint16_t first, last;  // opcodes
    const char *items;
};

// By opcode; those that are missing have functions of their own below.
static const struct effect effects[] = {
    {0x00, 0x01, ":"},         // nop, break
    {0x02, 0x05, ":A"},        // ldarg.0 … ldarg.3
    {0x06, 0x09, ":L"},        // ldloc.0 … ldloc.3
    {0x0A, 0x0D, "L:"},        // stloc.0 … stloc.3
    {0x0E, 0x0E, ":A"},        // ldarg.s
    {0x0F, 0x0F, ":b"},        // ldarga.s
    {0x10, 0x10, "A:"},        // starg.s
    {0x11, 0x11, ":L"},        // ldloc.s
    {0x12, 0x12, ":b"},        // ldloca.s
    {0x13, 0x13, "L:"},        // stloc.s
    {0x14, 0x14, ":o"},        // ldnull
    {0x15, 0x20, ":i"},        // ldc.i4.m1 … ldc.i4
    {0x21, 0x21, ":l"},        // ldc.i8
    {0x22, 0x23, ":f"},        // ldc.r4, ldc.r8
    {0x26, 0x26, "*:"},        // pop
    {0x2B, 0x2B, ":"},         // br.s
    {0x2C, 0x2D, "t:"},        // brfalse.s, brtrue.s
    {0x38, 0x38, ":"},         // br
    {0x39, 0x3A, "t:"},        // brfalse, brtrue
    {0x45, 0x45, "w:"},        // switch
    {0x46, 0x4B, "a:i"},       // ldind.i1 … ldind.u4
    {0x4C, 0x4C, "a:l"},       // ldind.i8
    {0x4D, 0x4D, "a:n"},       // ldind.i
    {0x4E, 0x4F, "a:f"},       // ldind.r4, ldind.r8
    {0x50, 0x50, "a:o"},       // ldind.ref
    {0x51, 0x51, "aa:"},       // stind.ref
    {0x52, 0x54, "ai:"},       // stind.i1 … stind.i4
    {0x55, 0x55, "al:"},       // stind.i8
    {0x56, 0x57, "af:"},       // stind.r4, stind.r8
    {0x65, 0x65, "z:="},       // neg
    {0x66, 0x66, "w:="},       // not
    {0x67, 0x69, "z:i"},       // conv.i1 … conv.i4
    {0x6A, 0x6A, "z:l"},       // conv.i8
    {0x6B, 0x6C, "z:f"},       // conv.r4, conv.r8
    {0x6D, 0x6D, "z:i"},       // conv.u4
    {0x6E, 0x6E, "z:l"},       // conv.u8
    {0x70, 0x70, "aa:"},       // cpobj
    {0x71, 0x71, "a:T"},       // ldobj
    {0x72, 0x72, ":o"},        // ldstr
    {0x74, 0x75, "o:o"},       // castclass, isinst
    {0x76, 0x76, "z:f"},       // conv.r.un
    {0x79, 0x79, "o:b"},       // unbox
    {0x7A, 0x7A, "o:"},        // throw
    {0x7B, 0x7B, "m:F"},       // ldfld
    {0x7C, 0x7C, "a:b"},       // ldflda
    {0x7D, 0x7D, "aF:"},       // stfld
    {0x7E, 0x7E, ":F"},        // ldsfld
    {0x7F, 0x7F, ":b"},        // ldsflda
    {0x80, 0x80, "F:"},        // stsfld
    {0x81, 0x81, "aT:"},       // stobj
    {0x82, 0x84, "z:i"},       // conv.ovf.i1.un … conv.ovf.i4.un
    {0x85, 0x85, "z:l"},       // conv.ovf.i8.un
    {0x86, 0x88, "z:i"},       // conv.ovf.u1.un … conv.ovf.u4.un
    {0x89, 0x89, "z:l"},       // conv.ovf.u8.un
    {0x8A, 0x8B, "z:n"},       // conv.ovf.i.un, conv.ovf.u.un
    {0x8C, 0x8C, "T:o"},       // box
    {0x8D, 0x8D, "w:o"},       // newarr
    {0x8E, 0x8E, "o:i"},       // ldlen
    {0x8F, 0x8F, "ow:b"},      // ldelema
    {0x90, 0x95, "ow:i"},      // ldelem.i1 … ldelem.u4
    {0x96, 0x96, "ow:l"},      // ldelem.i8
    {0x97, 0x97, "ow:n"},      // ldelem.i
    {0x98, 0x99, "ow:f"},      // ldelem.r4, ldelem.r8
    {0x9A, 0x9A, "ow:o"},      // ldelem.ref
    {0x9B, 0x9B, "own:"},      // stelem.i
    {0x9C, 0x9E, "owi:"},      // stelem.i1 … stelem.i4
    {0x9F, 0x9F, "owl:"},      // stelem.i8
    {0xA0, 0xA1, "owf:"},      // stelem.r4, stelem.r8
    {0xA2, 0xA2, "owo:"},      // stelem.ref
    {0xA3, 0xA3, "ow:T"},      // ldelem
    {0xA4, 0xA4, "owT:"},      // stelem
    {0xA5, 0xA5, "o:T"},       // unbox.any
    {0xB3, 0xB8, "z:i"},       // conv.ovf.i1 … conv.ovf.u4
    {0xB9, 0xBA, "z:l"},       // conv.ovf.i8, conv.ovf.u8
    {0xC2, 0xC2, "v:b"},       // refanyval
    {0xC3, 0xC3, "f:f"},       // ckfinite
    {0xC6, 0xC6, "a:v"},       // mkrefany
    {0xD0, 0xD0, ":v"},        // ldtoken
    {0xD1, 0xD2, "z:i"},       // conv.u2, conv.u1
    {0xD3, 0xD3, "x:n"},       // conv.i
    {0xD4, 0xD5, "z:n"},       // conv.ovf.i, conv.ovf.u
    {0xDC, 0xDC, ":"},         // endfinally
    {0xDF, 0xDF, "an:"},       // stind.i
    {0xE0, 0xE0, "x:n"},       // conv.u
    {0xFE06, 0xFE06, ":n"},    // ldftn
    {0xFE07, 0xFE07, "o:n"},   // ldvirtftn
    {0xFE09, 0xFE09, ":A"},    // ldarg
    {0xFE0A, 0xFE0A, ":b"},    // ldarga
    {0xFE0B, 0xFE0B, "A:"},    // starg
    {0xFE0C, 0xFE0C, ":L"},    // ldloc
    {0xFE0D, 0xFE0D, ":b"},    // ldloca
    {0xFE0E, 0xFE0E, "L:"},    // stloc
    {0xFE12, 0xFE14, ":"},     // unaligned., volatile., tail.
    {0xFE15, 0xFE15, "a:"},    // initobj
    {0xFE16, 0xFE16, ":"},     // constrained.
    {0xFE17, 0xFE17, "aaw:"},  // cpblk
    {0xFE18, 0xFE18, "aww:"},  // initblk
    {0xFE1A, 0xFE1A, ":"},     // rethrow
    {0xFE1C, 0xFE1C, ":i"},    // sizeof
    {0xFE1D, 0xFE1D, "v:v"},   // refanytype
    {0xFE1E, 0xFE1E, ":"},     // readonly.
};

// ---- kinds ----

bool nr_kind_is_word(uint8_t kind) { return kind >= NR_KIND_INT32 && kind <= NR_KIND_WORD; }

// Whether an item of a kind may go where another one is expected. The JIT takes an object reference
// for a pointer; the opposite would make the garbage collector follow a number.
bool nr_kind_fits(uint8_t expected, uint8_t kind) {
    if (expected == kind || expected == NR_KIND_UNKNOWN || kind == NR_KIND_UNKNOWN) return true;
    if (nr_kind_is_word(expected) && nr_kind_is_word(kind)) return true;
    if (kind != NR_KIND_OBJECT) return false;
    return expected == NR_KIND_NATIVE || expected == NR_KIND_BYREF || expected == NR_KIND_WORD;
}

// An argument of a call, where the JIT is stricter.
static bool fits_parameter(uint8_t expected, uint8_t kind) {
    switch (expected) {
    case NR_KIND_INT32: return nr_kind_fits(expected, kind) && kind != NR_KIND_BYREF;
    case NR_KIND_NATIVE: return nr_kind_fits(expected, kind) && kind != NR_KIND_OBJECT;
    case NR_KIND_BYREF: return nr_kind_fits(expected, kind) && kind != NR_KIND_INT32;
    default: return nr_kind_fits(expected, kind);
    }
}

static bool fits_letter(char letter, uint8_t kind, uint8_t operand_kind, const char **wanted) {
    if (kind == NR_KIND_UNKNOWN) return true;
    uint8_t expected = operand_kind;
    switch (letter) {
    case '*': return true;
    case 't': *wanted = "anything but a value type"; return kind != NR_KIND_VALUE;
    case 'm': *wanted = "an object or its address"; return kind != NR_KIND_FLOAT;
    case 'w': *wanted = "an integer"; return nr_kind_is_word(kind);
    case 'z': *wanted = "a number"; return nr_kind_is_word(kind) || kind == NR_KIND_FLOAT;
    case 'x': *wanted = "a number or address"; return kind != NR_KIND_VALUE;
    case 'a': *wanted = "an address"; return nr_kind_is_word(kind) || kind == NR_KIND_OBJECT;
    case 'i': expected = NR_KIND_INT32; break;
    case 'l': expected = NR_KIND_INT64; break;
    case 'n': expected = NR_KIND_NATIVE; break;
    case 'f': expected = NR_KIND_FLOAT; break;
    case 'o': expected = NR_KIND_OBJECT; break;
    case 'v': expected = NR_KIND_VALUE; break;
    default: break;
    }
    *wanted = nr_verify_kind_name(expected);
    return letter == 'P' ? fits_parameter(expected, kind) : nr_kind_fits(expected, kind);
}

static uint8_t kind_of_letter(char letter, uint8_t operand_kind) {
    switch (letter) {
    case 'i': return NR_KIND_INT32;
    case 'l': return NR_KIND_INT64;
    case 'n': return NR_KIND_NATIVE;
    case 'f': return NR_KIND_FLOAT;
    case 'o': return NR_KIND_OBJECT;
    case 'b': return NR_KIND_BYREF;
    case 'v': return NR_KIND_VALUE;
    default: return operand_kind;
    }
}

// ---- the stack ----

enum nr_status nr_stack_need(struct nr_stack *s, const struct nr_instruction *insn,
                             uint32_t count) {
    if (s->depth >= count) return NR_OK;
    return nr_verify_fail(s->v, insn, "stack underflow, needs %u, has %u", count, s->depth);
}

enum nr_status nr_stack_push(struct nr_stack *s, const struct nr_instruction *insn, uint8_t kind) {
    if (s->depth >= s->v->body.max_stack) {
        return nr_verify_fail(s->v, insn, "stack overflow, max stack is %u", s->v->body.max_stack);
    }
    s->items[s->depth++] = kind;
    return NR_OK;
}

enum nr_status nr_stack_check(struct nr_stack *s, const struct nr_instruction *insn, char letter,
                              uint8_t operand_kind, uint32_t below) {
    const char *wanted;
    uint8_t kind = s->items[s->depth - 1 - below];
    if (fits_letter(letter, kind, operand_kind, &wanted)) return NR_OK;
    return nr_verify_fail(s->v, insn, "needs %s, has %s (stack item %u from the top)", wanted,
                          nr_verify_kind_name(kind), below);
}

enum nr_status nr_stack_apply(struct nr_stack *s, const struct nr_instruction *insn,
                              const char *items) {
    uint32_t count = (uint32_t)(strchr(items, ':') - items);
    NR_TRY(nr_stack_need(s, insn, count));
    for (uint32_t i = 0; i < count; i++) {
        NR_TRY(nr_stack_check(s, insn, items[i], s->operand_kind, count - 1 - i));
    }
    uint8_t top = s->depth > 0 ? s->items[s->depth - 1] : NR_KIND_NONE;
    char pushed = items[count + 1];
    s->depth -= count;
    if (!pushed) return NR_OK;
    return nr_stack_push(s, insn, pushed == '=' ? top : kind_of_letter(pushed, s->operand_kind));
}

enum nr_status nr_stack_effect(struct nr_stack *s, const struct nr_instruction *insn) {
    uint32_t low = 0, high = NR_COUNT_OF(effects);
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (effects[middle].first <= insn->opcode)
            low = middle;
        else
            high = middle;
    }
    const char *items = effects[low].items;
    if (insn->opcode > effects[low].last)
        return nr_verify_fail(s->v, insn, "no rule for this instruction");
    return nr_stack_apply(s, insn, items);
}
