// What each instruction takes from the evaluation stack and puts there, and which kinds match.
// SPDX-License-Identifier: Apache-2.0
//
// The rules of matching are the JIT's: integers of all sizes and managed pointers go for one
// another, floats of both sizes too.
#include "il/verify_internal.h"

// What an instruction takes and leaves: the items it takes, the deepest first, then what it pushes.
//   i int32   l int64   n native int   f float   o object reference   b managed pointer
//   v value type   w integer or managed pointer   a address: w or o   z w or f   x w, f or o
//   t all but v   m all but f   * all   = what was taken   T F L A the type, field, local or
//   argument that the operand names
typedef char effect[sizeof("aaw:")];

// By opcode, a row for each run of them. Those that are missing, with an empty string here, have
// functions of their own in verify_step.c.
// clang-format off
static const effect one_byte[] = {
    [0x00] = ":", ":",              // nop, break
    [0x02] = ":A", ":A", ":A", ":A", // ldarg.0 … ldarg.3
    [0x06] = ":L", ":L", ":L", ":L", // ldloc.0 … ldloc.3
    [0x0A] = "L:", "L:", "L:", "L:", // stloc.0 … stloc.3
    [0x0E] = ":A",                  // ldarg.s
    [0x0F] = ":b",                  // ldarga.s
    [0x10] = "A:",                  // starg.s
    [0x11] = ":L",                  // ldloc.s
    [0x12] = ":b",                  // ldloca.s
    [0x13] = "L:",                  // stloc.s
    [0x14] = ":o",                  // ldnull
    [0x15] = ":i", ":i", ":i", ":i", ":i", ":i", // ldc.i4.m1 … ldc.i4.4
    [0x1B] = ":i", ":i", ":i", ":i", ":i", ":i", // ldc.i4.5 … ldc.i4
    [0x21] = ":l",                  // ldc.i8
    [0x22] = ":f", ":f",            // ldc.r4, ldc.r8
    [0x26] = "*:",                  // pop
    [0x2B] = ":",                   // br.s
    [0x2C] = "t:", "t:",            // brfalse.s, brtrue.s
    [0x38] = ":",                   // br
    [0x39] = "t:", "t:",            // brfalse, brtrue
    [0x45] = "w:",                  // switch
    [0x46] = "a:i", "a:i", "a:i", "a:i", "a:i", "a:i", // ldind.i1 … ldind.u4
    [0x4C] = "a:l",                 // ldind.i8
    [0x4D] = "a:n",                 // ldind.i
    [0x4E] = "a:f", "a:f",          // ldind.r4, ldind.r8
    [0x50] = "a:o",                 // ldind.ref
    [0x51] = "aa:",                 // stind.ref
    [0x52] = "ai:", "ai:", "ai:",   // stind.i1 … stind.i4
    [0x55] = "al:",                 // stind.i8
    [0x56] = "af:", "af:",          // stind.r4, stind.r8
    [0x65] = "z:=",                 // neg
    [0x66] = "w:=",                 // not
    [0x67] = "z:i", "z:i", "z:i",   // conv.i1 … conv.i4
    [0x6A] = "z:l",                 // conv.i8
    [0x6B] = "z:f", "z:f",          // conv.r4, conv.r8
    [0x6D] = "z:i",                 // conv.u4
    [0x6E] = "z:l",                 // conv.u8
    [0x70] = "aa:",                 // cpobj
    [0x71] = "a:T",                 // ldobj
    [0x72] = ":o",                  // ldstr
    [0x74] = "o:o", "o:o",          // castclass, isinst
    [0x76] = "z:f",                 // conv.r.un
    [0x79] = "o:b",                 // unbox
    [0x7A] = "o:",                  // throw
    [0x7B] = "m:F",                 // ldfld
    [0x7C] = "a:b",                 // ldflda
    [0x7D] = "aF:",                 // stfld
    [0x7E] = ":F",                  // ldsfld
    [0x7F] = ":b",                  // ldsflda
    [0x80] = "F:",                  // stsfld
    [0x81] = "aT:",                 // stobj
    [0x82] = "z:i", "z:i", "z:i",   // conv.ovf.i1.un … conv.ovf.i4.un
    [0x85] = "z:l",                 // conv.ovf.i8.un
    [0x86] = "z:i", "z:i", "z:i",   // conv.ovf.u1.un … conv.ovf.u4.un
    [0x89] = "z:l",                 // conv.ovf.u8.un
    [0x8A] = "z:n", "z:n",          // conv.ovf.i.un, conv.ovf.u.un
    [0x8C] = "T:o",                 // box
    [0x8D] = "w:o",                 // newarr
    [0x8E] = "o:i",                 // ldlen
    [0x8F] = "ow:b",                // ldelema
    [0x90] = "ow:i", "ow:i", "ow:i", "ow:i", "ow:i", "ow:i", // ldelem.i1 … ldelem.u4
    [0x96] = "ow:l",                // ldelem.i8
    [0x97] = "ow:n",                // ldelem.i
    [0x98] = "ow:f", "ow:f",        // ldelem.r4, ldelem.r8
    [0x9A] = "ow:o",                // ldelem.ref
    [0x9B] = "own:",                // stelem.i
    [0x9C] = "owi:", "owi:", "owi:", // stelem.i1 … stelem.i4
    [0x9F] = "owl:",                // stelem.i8
    [0xA0] = "owf:", "owf:",        // stelem.r4, stelem.r8
    [0xA2] = "owo:",                // stelem.ref
    [0xA3] = "ow:T",                // ldelem
    [0xA4] = "owT:",                // stelem
    [0xA5] = "o:T",                 // unbox.any
    [0xB3] = "z:i", "z:i", "z:i", "z:i", "z:i", "z:i", // conv.ovf.i1 … conv.ovf.u4
    [0xB9] = "z:l", "z:l",          // conv.ovf.i8, conv.ovf.u8
    [0xC2] = "v:b",                 // refanyval
    [0xC3] = "f:f",                 // ckfinite
    [0xC6] = "a:v",                 // mkrefany
    [0xD0] = ":v",                  // ldtoken
    [0xD1] = "z:i", "z:i",          // conv.u2, conv.u1
    [0xD3] = "x:n",                 // conv.i
    [0xD4] = "z:n", "z:n",          // conv.ovf.i, conv.ovf.u
    [0xDC] = ":",                   // endfinally
    [0xDF] = "an:",                 // stind.i
    [0xE0] = "x:n",                 // conv.u
};

// Behind the byte 0xFE.
static const effect two_byte[] = {
    [0x06] = ":n",                  // ldftn
    [0x07] = "o:n",                 // ldvirtftn
    [0x09] = ":A",                  // ldarg
    [0x0A] = ":b",                  // ldarga
    [0x0B] = "A:",                  // starg
    [0x0C] = ":L",                  // ldloc
    [0x0D] = ":b",                  // ldloca
    [0x0E] = "L:",                  // stloc
    [0x13] = ":", ":",              // volatile., tail.
    [0x15] = "a:",                  // initobj
    [0x16] = ":",                   // constrained.
    [0x17] = "aaw:",                // cpblk
    [0x18] = "aww:",                // initblk
    [0x1C] = ":i",                  // sizeof
    [0x1D] = "v:v",                 // refanytype
    [0x1E] = ":",                   // readonly.
};
// clang-format on

const char *nr_stack_effect_of(uint16_t opcode) {
    if (opcode < NR_COUNT_OF(one_byte)) return one_byte[opcode];
    if (opcode >= 0xFE00 && opcode - 0xFE00u < NR_COUNT_OF(two_byte))
        return two_byte[opcode & 0xFF];
    return "";
}

// ---- kinds ----

bool nr_kind_is_word(uint8_t kind) { return kind >= NR_KIND_INT32 && kind <= NR_KIND_WORD; }

// Whether an item of a kind may go where another one is expected. The JIT takes an object reference
// for a pointer, and an unmanaged pointer for an object reference, which is how IL written by hand
// gets back what it had pinned.
bool nr_kind_fits(uint8_t expected, uint8_t kind) {
    if (expected == kind || expected == NR_KIND_UNKNOWN || kind == NR_KIND_UNKNOWN) return true;
    if (nr_kind_is_word(expected) && nr_kind_is_word(kind)) return true;
    if (expected == NR_KIND_OBJECT) return kind == NR_KIND_NATIVE || kind == NR_KIND_WORD;
    if (kind != NR_KIND_OBJECT) return false;
    return expected == NR_KIND_NATIVE || expected == NR_KIND_BYREF || expected == NR_KIND_WORD;
}

// An argument of a call, where the JIT is stricter.
static bool fits_parameter(uint8_t expected, uint8_t kind) {
    switch (expected) {
    case NR_KIND_INT32: return nr_kind_fits(expected, kind) && kind != NR_KIND_BYREF;
    case NR_KIND_NATIVE: return nr_kind_fits(expected, kind) && kind != NR_KIND_OBJECT;
    case NR_KIND_BYREF: return nr_kind_fits(expected, kind) && kind != NR_KIND_INT32;
    case NR_KIND_OBJECT: return expected == kind || kind == NR_KIND_UNKNOWN;
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
    uint32_t count = 0;
    while (items[count] != ':') count++;
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
