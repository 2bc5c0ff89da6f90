// The walk over reachable code with the kinds on the evaluation stack.
// SPDX-License-Identifier: Apache-2.0
//
// A block is walked once, with the stack of the way that came first; the other ways must bring a
// stack of the same depth and matching kinds. The rules of matching are the JIT's: integers of all
// sizes and managed pointers go for one another, floats of both sizes too.
#include <string.h>

#include "il/verify_internal.h"

// A place that a branch leads to, or where a region begins.
struct leader {
    uint32_t offset;
    bool reached;
    uint32_t depth;
    uint8_t *kinds;  // the stack there
};

struct walk {
    struct nr_verifier *v;
    struct leader *leaders;  // by offset
    uint32_t leader_count;
    const struct leader **waiting;  // those still to be walked
    uint32_t waiting_count;
    uint8_t *stack;
    uint32_t depth;
    uint32_t region;       // the innermost one of the block
    uint8_t operand_kind;  // of the type, field, local or argument that the instruction names
};

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

static bool is_word(uint8_t kind) { return kind >= NR_KIND_INT32 && kind <= NR_KIND_WORD; }

// Whether an item of a kind may go where another one is expected. The JIT takes an object reference
// for a pointer; the opposite would make the garbage collector follow a number.
static bool fits(uint8_t expected, uint8_t kind) {
    if (expected == kind || expected == NR_KIND_UNKNOWN || kind == NR_KIND_UNKNOWN) return true;
    if (is_word(expected) && is_word(kind)) return true;
    return kind == NR_KIND_OBJECT && (expected == NR_KIND_NATIVE || expected == NR_KIND_BYREF);
}

// An argument of a call, where the JIT is stricter.
static bool fits_parameter(uint8_t expected, uint8_t kind) {
    switch (expected) {
    case NR_KIND_INT32: return fits(expected, kind) && kind != NR_KIND_BYREF;
    case NR_KIND_NATIVE: return fits(expected, kind) && kind != NR_KIND_OBJECT;
    case NR_KIND_BYREF: return fits(expected, kind) && kind != NR_KIND_INT32;
    default: return fits(expected, kind);
    }
}

static bool fits_letter(char letter, uint8_t kind, uint8_t operand_kind, const char **wanted) {
    if (kind == NR_KIND_UNKNOWN) return true;
    uint8_t expected = operand_kind;
    switch (letter) {
    case '*': return true;
    case 't': *wanted = "anything but a value type"; return kind != NR_KIND_VALUE;
    case 'm': *wanted = "an object or its address"; return kind != NR_KIND_FLOAT;
    case 'w': *wanted = "an integer"; return is_word(kind);
    case 'z': *wanted = "a number"; return is_word(kind) || kind == NR_KIND_FLOAT;
    case 'x': *wanted = "a number or address"; return kind != NR_KIND_VALUE;
    case 'a': *wanted = "an address"; return is_word(kind) || kind == NR_KIND_OBJECT;
    case 'i': expected = NR_KIND_INT32; break;
    case 'l': expected = NR_KIND_INT64; break;
    case 'n': expected = NR_KIND_NATIVE; break;
    case 'f': expected = NR_KIND_FLOAT; break;
    case 'o': expected = NR_KIND_OBJECT; break;
    case 'v': expected = NR_KIND_VALUE; break;
    default: break;
    }
    *wanted = nr_verify_kind_name(expected);
    return letter == 'P' ? fits_parameter(expected, kind) : fits(expected, kind);
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

static enum nr_status need(struct walk *w, const struct nr_instruction *insn, uint64_t count) {
    if (w->depth >= count) return NR_OK;
    return nr_verify_fail(w->v, insn, "stack underflow, needs %llu, has %u",
                          (unsigned long long)count, w->depth);
}

static enum nr_status push(struct walk *w, const struct nr_instruction *insn, uint8_t kind) {
    if (w->depth >= w->v->body.max_stack) {
        return nr_verify_fail(w->v, insn, "stack overflow, max stack is %u", w->v->body.max_stack);
    }
    w->stack[w->depth++] = kind;
    return NR_OK;
}

// Checks the item that lies below others.
static enum nr_status check_item(struct walk *w, const struct nr_instruction *insn, char letter,
                                 uint8_t operand_kind, uint32_t below) {
    const char *wanted;
    uint8_t kind = w->stack[w->depth - 1 - below];
    if (fits_letter(letter, kind, operand_kind, &wanted)) return NR_OK;
    return nr_verify_fail(w->v, insn, "needs %s, has %s (stack item %u from the top)", wanted,
                          nr_verify_kind_name(kind), below);
}

static enum nr_status apply(struct walk *w, const struct nr_instruction *insn, const char *items) {
    uint32_t count = (uint32_t)(strchr(items, ':') - items);
    NR_TRY(need(w, insn, count));
    for (uint32_t i = 0; i < count; i++) {
        NR_TRY(check_item(w, insn, items[i], w->operand_kind, count - 1 - i));
    }
    uint8_t top = w->depth > 0 ? w->stack[w->depth - 1] : NR_KIND_NONE;
    char pushed = items[count + 1];
    w->depth -= count;
    if (!pushed) return NR_OK;
    return push(w, insn, pushed == '=' ? top : kind_of_letter(pushed, w->operand_kind));
}

// ---- leaders ----

static struct leader *find_leader(const struct walk *w, uint32_t offset) {
    uint32_t low = 0, high = w->leader_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (w->leaders[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return &w->leaders[low];
}

static enum nr_status merge(struct walk *w, const struct nr_instruction *insn,
                            struct leader *leader, const uint8_t *kinds, uint32_t depth) {
    if (depth != leader->depth) {
        return nr_verify_fail(w->v, insn,
                              "IL_%04x is reached with %u stack items here, with %u elsewhere",
                              leader->offset, depth, leader->depth);
    }
    NR_TRY(nr_verify_spend(w->v, depth));
    for (uint32_t i = 0; i < depth; i++) {
        uint8_t *there = &leader->kinds[i];
        if (!fits(*there, kinds[i]) && !fits(kinds[i], *there)) {
            return nr_verify_fail(
                w->v, insn, "IL_%04x is reached with %s here and %s elsewhere in the stack",
                leader->offset, nr_verify_kind_name(kinds[i]), nr_verify_kind_name(*there));
        }
        if (*there == NR_KIND_UNKNOWN) *there = kinds[i];
    }
    return NR_OK;
}

// A way leads to offset with this stack. insn is where the way comes from.
static enum nr_status reach(struct walk *w, const struct nr_instruction *insn, uint32_t offset,
                            const uint8_t *kinds, uint32_t depth) {
    struct leader *leader = find_leader(w, offset);
    if (leader->reached) return merge(w, insn, leader, kinds, depth);
    if (depth > 0 && w->v->marks[offset] & NR_MARK_TRY_START) {
        return nr_verify_fail(
            w->v, insn, "the try at IL_%04x is entered with %u items on the stack", offset, depth);
    }
    NR_TRY(nr_verify_spend(w->v, depth));
    leader->kinds = nr_arena_alloc(w->v->arena, depth);
    if (!leader->kinds) return NR_NO_MEMORY;
    if (depth > 0) memcpy(leader->kinds, kinds, depth);
    leader->depth = depth;
    leader->reached = true;
    w->waiting[w->waiting_count++] = leader;
    return NR_OK;
}

// The handlers of every try around the block can be reached now. A handler of a catch or filter
// finds the exception on the stack.
static enum nr_status reach_handlers(struct walk *w, const struct nr_instruction *insn) {
    struct nr_verifier *v = w->v;
    static const uint8_t exception[] = {NR_KIND_OBJECT};
    uint32_t number = w->region;
    if (number != NR_NO_REGION && v->regions[number].kind != NR_REGION_TRY) {
        number = v->regions[number].outer_try;
    }
    for (; number != NR_NO_REGION; number = v->regions[number].outer_try) {
        struct nr_region *region = &v->regions[number];
        if (region->entered) return NR_OK;  // and so are those around it
        region->entered = true;
        for (uint32_t i = region->clause; i != NR_NO_REGION; i = v->clauses[i].next) {
            const struct nr_region *handler = &v->regions[v->clauses[i].handler];
            uint32_t depth = handler->kind == NR_REGION_CATCH;
            if (depth > v->body.max_stack) {
                return nr_verify_fail(v, NULL, "max stack is 0 and there is a catch handler");
            }
            NR_TRY(reach(w, insn, handler->start, exception, depth));
            if (v->clauses[i].filter == NR_NO_REGION) continue;
            NR_TRY(reach(w, insn, v->regions[v->clauses[i].filter].start, exception, 1));
        }
    }
    return NR_OK;
}

// ---- tokens and variables ----

// What tables an instruction's token may be of.
enum { TYPES = 1, METHODS = 2, FIELDS = 4, SIGNATURES = 8, STRINGS = 16 };

static unsigned tables_of(uint32_t token) {
    switch (token >> 24) {
    case 0x01:
    case 0x02:
    case 0x1B: return TYPES;
    case 0x04: return FIELDS;
    case 0x06:
    case 0x2B: return METHODS;
    case 0x0A: return FIELDS | METHODS;  // the signature tells
    case 0x11: return SIGNATURES;
    case 0x70: return STRINGS;
    default: return 0;
    }
}

static unsigned allowed_tables(uint16_t opcode) {
    if (opcode >= NR_LDFLD && opcode <= NR_STSFLD) return FIELDS;
    switch (opcode) {
    case NR_JMP:
    case NR_CALL:
    case NR_CALLVIRT:
    case NR_NEWOBJ:
    case NR_LDFTN:
    case NR_LDVIRTFTN: return METHODS;
    case NR_CALLI: return SIGNATURES;
    case NR_LDSTR: return STRINGS;
    case NR_LDTOKEN: return TYPES | METHODS | FIELDS;
    default: return TYPES;
    }
}

static uint32_t token_of(const struct walk *w, const struct nr_instruction *insn) {
    return nr_load_u32(w->v->body.code.data + insn->operand_offset);
}

static enum nr_status signature_of(struct walk *w, const struct nr_instruction *insn,
                                   uint32_t token, struct nr_sig_cursor *cursor) {
    const struct nr_verify_module *module = w->v->module;
    enum nr_status status = NR_OK;
    if (token >> 24 == 0x2B) status = module->method_of_spec(module->context, token, &token);
    cursor->at = 0;
    if (status == NR_OK) status = module->signature(module->context, token, &cursor->blob);
    if (status == NR_OK) return nr_verify_spend(w->v, cursor->blob.size);
    if (status == NR_NO_MEMORY) return status;
    return nr_verify_fail(w->v, insn, "token %08x has no signature", token);
}

static enum nr_status read_field(struct walk *w, const struct nr_instruction *insn,
                                 uint32_t token) {
    struct nr_sig_cursor cursor;
    NR_TRY(signature_of(w, insn, token, &cursor));
    if (nr_sig_cursor_field(w->v, &cursor, &w->operand_kind)) return NR_OK;
    return nr_verify_fail(w->v, insn, "the signature of %08x is not that of a field", token);
}

// By-ref-like values may be boxed only where the JIT removes the box again: in front of a test.
static enum nr_status check_box(struct walk *w, const struct nr_instruction *insn) {
    struct nr_instruction next;
    if (nr_verify_decode(w->v, insn->next, &next)) {
        if (next.opcode == NR_BRTRUE || next.opcode == NR_BRTRUE_S || next.opcode == NR_BRFALSE ||
            next.opcode == NR_BRFALSE_S || next.opcode == NR_ISINST) {
            return NR_OK;
        }
    }
    return nr_verify_fail(w->v, insn, "a by-ref-like value cannot be boxed");
}

static enum nr_status read_type(struct walk *w, const struct nr_instruction *insn, uint32_t token) {
    bool unboxable;
    if (!nr_verify_type_token(w->v, token, &w->operand_kind, &unboxable)) {
        return nr_verify_fail(w->v, insn, "the signature of type %08x is broken", token);
    }
    return insn->opcode == NR_BOX && unboxable ? check_box(w, insn) : NR_OK;
}

static enum nr_status read_token(struct walk *w, const struct nr_instruction *insn) {
    const struct nr_verify_module *module = w->v->module;
    uint32_t token = token_of(w, insn);
    unsigned allowed = allowed_tables(insn->opcode);
    if (!(tables_of(token) & allowed)) {
        return nr_verify_fail(w->v, insn, "token %08x is of the wrong table", token);
    }
    if (!module->exists(module->context, token)) {
        return nr_verify_fail(w->v, insn, "token %08x does not exist", token);
    }
    if (allowed == FIELDS) return read_field(w, insn, token);
    if (allowed == TYPES) return read_type(w, insn, token);
    return NR_OK;
}

static bool names_variable(const struct nr_instruction *insn) {
    return insn->info->operand == NR_OPERAND_VAR1 || insn->info->operand == NR_OPERAND_VAR2 ||
           (insn->opcode >= NR_LDARG_0 && insn->opcode <= NR_STLOC_3);
}

static enum nr_status read_variable(struct walk *w, const struct nr_instruction *insn) {
    const struct nr_verifier *v = w->v;
    uint16_t opcode = insn->opcode;
    bool argument = (opcode >= NR_LDARG_0 && opcode <= NR_LDARG_3) ||
                    (opcode >= NR_LDARG_S && opcode <= NR_STARG_S) ||
                    (opcode >= NR_LDARG && opcode <= NR_STARG);
    uint32_t number = nr_verify_variable(v, insn);
    uint32_t count = argument ? v->argument_count : v->local_count;
    if (number >= count) {
        return nr_verify_fail(w->v, insn, "there is no %s %u, only %u",
                              argument ? "argument" : "local", number, count);
    }
    w->operand_kind = (argument ? v->arguments : v->locals)[number];
    return NR_OK;
}

// ---- instructions with rules of their own ----

// add … shr.un, add.ovf … sub.ovf.un (III.1.5, tables 2, 5, 6 and 7). The wider integer wins;
// adding to a managed pointer, or subtracting from it, gives a managed pointer.
static uint8_t arithmetic_result(const char *name, uint8_t left, uint8_t right) {
    if (left == NR_KIND_UNKNOWN || right == NR_KIND_UNKNOWN) return NR_KIND_UNKNOWN;
    if (name[0] == 's' && name[1] == 'h') return left;  // shl, shr, shr.un
    bool add = name[0] == 'a' && name[1] == 'd', sub = name[0] == 's';
    if (add && (left == NR_KIND_BYREF || right == NR_KIND_BYREF)) return NR_KIND_BYREF;
    if (sub && left == NR_KIND_BYREF && right != NR_KIND_BYREF) return NR_KIND_BYREF;
    uint8_t wider = left > right ? left : right;
    return wider == NR_KIND_BYREF ? NR_KIND_NATIVE : wider;  // a word stays one
}

static enum nr_status do_arithmetic(struct walk *w, const struct nr_instruction *insn) {
    uint16_t opcode = insn->opcode;
    bool floats = (opcode >= NR_ADD && opcode <= NR_DIV) || opcode == NR_REM;
    NR_TRY(need(w, insn, 2));
    uint8_t left = w->stack[w->depth - 2], right = w->stack[w->depth - 1];
    NR_TRY(apply(w, insn, floats ? "zz:" : "ww:"));
    if (!fits(left, right)) {
        return nr_verify_fail(w->v, insn, "%s and %s do not go together", nr_verify_kind_name(left),
                              nr_verify_kind_name(right));
    }
    return push(w, insn, arithmetic_result(insn->info->name, left, right));
}

// Comparisons (III.1.5, table 4), with the JIT's leniency: references compare with integers.
static enum nr_status do_comparison(struct walk *w, const struct nr_instruction *insn) {
    NR_TRY(need(w, insn, 2));
    uint8_t left = w->stack[w->depth - 2], right = w->stack[w->depth - 1];
    NR_TRY(apply(w, insn, "tt:"));
    bool addresses =
        (is_word(left) && right == NR_KIND_OBJECT) || (left == NR_KIND_OBJECT && is_word(right));
    if (!fits(left, right) && !addresses) {
        return nr_verify_fail(w->v, insn, "%s and %s do not compare", nr_verify_kind_name(left),
                              nr_verify_kind_name(right));
    }
    return insn->info->flow == NR_FLOW_COND ? NR_OK : push(w, insn, NR_KIND_INT32);
}

static enum nr_status do_dup(struct walk *w, const struct nr_instruction *insn) {
    NR_TRY(need(w, insn, 1));
    return push(w, insn, w->stack[w->depth - 1]);
}

// What newobj makes.
static uint8_t kind_of_owner(const struct walk *w, uint32_t method) {
    const struct nr_verify_module *module = w->v->module;
    uint32_t type;
    uint8_t kind;
    bool unboxable;
    if (!module->owner || module->owner(module->context, method, &type) != NR_OK ||
        tables_of(type) != TYPES || !nr_verify_type_token(w->v, type, &kind, &unboxable)) {
        return NR_KIND_UNKNOWN;
    }
    return kind;
}

// The arguments of a call lie below the function pointer, if there is one, `this` first.
static enum nr_status check_arguments(struct walk *w, const struct nr_instruction *insn,
                                      const struct nr_sig_head *head, bool has_this,
                                      struct nr_sig_cursor *cursor) {
    uint32_t pointer = insn->opcode == NR_CALLI;
    uint64_t total = (uint64_t)head->parameter_count + has_this + pointer;
    NR_TRY(need(w, insn, total));
    NR_TRY(nr_verify_spend(w->v, total));
    uint32_t below = (uint32_t)total;
    if (has_this) NR_TRY(check_item(w, insn, 'a', 0, --below));
    for (uint32_t i = 0; i < head->parameter_count; i++) {
        uint8_t kind;
        if (!nr_sig_cursor_parameter(w->v, cursor, &kind)) {
            return nr_verify_fail(w->v, insn, "the signature of %08x is broken", token_of(w, insn));
        }
        NR_TRY(check_item(w, insn, 'P', kind, --below));
    }
    if (pointer) NR_TRY(check_item(w, insn, 'w', 0, 0));
    w->depth -= (uint32_t)total;
    return NR_OK;
}

static enum nr_status do_call(struct walk *w, const struct nr_instruction *insn) {
    struct nr_sig_cursor cursor;
    struct nr_sig_head head;
    uint32_t token = token_of(w, insn);
    bool makes = insn->opcode == NR_NEWOBJ;
    NR_TRY(signature_of(w, insn, token, &cursor));
    if (!nr_sig_cursor_method(w->v, &cursor, &head)) {
        return nr_verify_fail(w->v, insn, "the signature of %08x is not that of a method", token);
    }
    if (makes && (!head.has_this || head.result != NR_KIND_NONE)) {
        return nr_verify_fail(w->v, insn, "%08x is not a constructor", token);
    }
    NR_TRY(check_arguments(w, insn, &head, head.has_this && !makes, &cursor));
    if (makes) return push(w, insn, kind_of_owner(w, token));
    return head.result == NR_KIND_NONE ? NR_OK : push(w, insn, head.result);
}

static enum nr_status need_empty(struct walk *w, const struct nr_instruction *insn) {
    if (w->depth == 0) return NR_OK;
    return nr_verify_fail(w->v, insn, "%u items too many on the stack", w->depth);
}

static enum nr_status do_return(struct walk *w, const struct nr_instruction *insn) {
    w->operand_kind = w->v->result;
    if (w->v->result != NR_KIND_NONE) NR_TRY(apply(w, insn, "A:"));
    return need_empty(w, insn);
}

// jmp hands on the arguments as they are: the signatures must agree (III.3.37).
static enum nr_status do_jump(struct walk *w, const struct nr_instruction *insn) {
    struct nr_sig_cursor cursor;
    struct nr_sig_head head;
    NR_TRY(need_empty(w, insn));
    NR_TRY(signature_of(w, insn, token_of(w, insn), &cursor));
    if (!nr_sig_cursor_method(w->v, &cursor, &head) ||
        (uint64_t)head.parameter_count + head.has_this != w->v->argument_count ||
        (head.result == NR_KIND_NONE) != (w->v->result == NR_KIND_NONE) ||
        !fits(w->v->result, head.result)) {
        return nr_verify_fail(w->v, insn, "%08x has another signature", token_of(w, insn));
    }
    return NR_OK;
}

static enum nr_status do_localloc(struct walk *w, const struct nr_instruction *insn) {
    for (uint32_t i = w->region; i != NR_NO_REGION; i = w->v->regions[i].parent) {
        NR_TRY(nr_verify_spend(w->v, 1));
        if (w->v->regions[i].kind != NR_REGION_TRY) {
            return nr_verify_fail(w->v, insn, "it is inside a handler or filter");
        }
    }
    NR_TRY(apply(w, insn, "w:"));
    NR_TRY(need_empty(w, insn));
    return push(w, insn, NR_KIND_NATIVE);
}

static enum nr_status do_arglist(struct walk *w, const struct nr_instruction *insn) {
    enum { KIND_MASK = 0x0F, VARARG = 0x05 };
    if ((w->v->signature.data[0] & KIND_MASK) != VARARG) {
        return nr_verify_fail(w->v, insn, "the method takes no variable arguments");
    }
    return push(w, insn, NR_KIND_UNKNOWN);
}

static enum nr_status do_effect(struct walk *w, const struct nr_instruction *insn) {
    uint32_t low = 0, high = NR_COUNT_OF(effects);
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (effects[middle].first <= insn->opcode)
            low = middle;
        else
            high = middle;
    }
    const char *items = effects[low].items;
    if (insn->opcode > effects[low].last) return nr_verify_fail(w->v, insn, "not known");
    return apply(w, insn, items);
}

static enum nr_status step(struct walk *w, const struct nr_instruction *insn) {
    uint16_t opcode = insn->opcode;
    if (insn->info->operand == NR_OPERAND_TOKEN) NR_TRY(read_token(w, insn));
    if (names_variable(insn)) NR_TRY(read_variable(w, insn));
    if (insn->info->flow == NR_FLOW_CALL) return do_call(w, insn);
    if (opcode >= NR_ADD && opcode <= NR_SHR_UN) return do_arithmetic(w, insn);
    if (opcode >= NR_ADD_OVF && opcode <= NR_SUB_OVF_UN) return do_arithmetic(w, insn);
    if (opcode >= NR_CEQ && opcode <= NR_CLT_UN) return do_comparison(w, insn);
    if (opcode >= NR_BEQ_S && opcode <= NR_BLT_UN_S) return do_comparison(w, insn);
    if (opcode >= NR_BEQ && opcode <= NR_BLT_UN) return do_comparison(w, insn);
    switch (opcode) {
    case NR_DUP: return do_dup(w, insn);
    case NR_RET: return do_return(w, insn);
    case NR_JMP: return do_jump(w, insn);
    case NR_LOCALLOC: return do_localloc(w, insn);
    case NR_ARGLIST: return do_arglist(w, insn);
    case NR_ENDFILTER: NR_TRY(apply(w, insn, "w:")); return need_empty(w, insn);
    case NR_LEAVE:
    case NR_LEAVE_S: w->depth = 0; return NR_OK;
    default: return do_effect(w, insn);
    }
}

// ---- blocks ----

static enum nr_status follow(struct walk *w, const struct nr_instruction *insn) {
    switch (insn->info->operand) {
    case NR_OPERAND_BRANCH1:
    case NR_OPERAND_BRANCH4:
        return reach(w, insn, (uint32_t)nr_verify_target(w->v, insn), w->stack, w->depth);
    case NR_OPERAND_SWITCH:
        for (uint32_t i = 0; i < nr_verify_arms(w->v, insn); i++) {
            uint32_t offset = (uint32_t)nr_verify_arm(w->v, insn, i);
            NR_TRY(reach(w, insn, offset, w->stack, w->depth));
        }
        return NR_OK;
    default: return NR_OK;
    }
}

static enum nr_status walk_block(struct walk *w, const struct leader *leader) {
    struct nr_instruction insn = {.next = leader->offset};
    // Other ways may bring another integer or pointer, and the JIT takes the widest of all.
    for (uint32_t i = 0; i < leader->depth; i++) {
        w->stack[i] = is_word(leader->kinds[i]) ? NR_KIND_WORD : leader->kinds[i];
    }
    w->depth = leader->depth;
    w->region = nr_verify_region_at(w->v, leader->offset);
    do {
        nr_verify_decode(w->v, insn.next, &insn);
        if (insn.offset == leader->offset) NR_TRY(reach_handlers(w, &insn));
        NR_TRY(step(w, &insn));
        NR_TRY(follow(w, &insn));
        if (!nr_verify_falls_through(&insn)) return NR_OK;
    } while (!(w->v->marks[insn.next] & NR_MARK_LEADER));
    return reach(w, &insn, insn.next, w->stack, w->depth);
}

static enum nr_status collect_leaders(struct walk *w) {
    const struct nr_verifier *v = w->v;
    uint32_t count = 0;
    for (uint32_t i = 0; i < v->size; i++) count += (v->marks[i] & NR_MARK_LEADER) != 0;
    w->leaders = NR_ARENA_ARRAY(v->arena, struct leader, count);
    w->waiting = NR_ARENA_ARRAY(v->arena, const struct leader *, count);
    w->stack = NR_ARENA_ARRAY(v->arena, uint8_t, v->body.max_stack);
    if (!w->leaders || !w->waiting || !w->stack) return NR_NO_MEMORY;
    for (uint32_t i = 0; i < v->size; i++) {
        if (v->marks[i] & NR_MARK_LEADER) w->leaders[w->leader_count++].offset = i;
    }
    return NR_OK;
}

enum nr_status nr_verify_stack(struct nr_verifier *v) {
    struct walk w = {.v = v};
    v->marks[0] |= NR_MARK_LEADER;
    NR_TRY(collect_leaders(&w));
    NR_TRY(reach(&w, NULL, 0, NULL, 0));
    while (w.waiting_count > 0) {
        NR_TRY(walk_block(&w, w.waiting[--w.waiting_count]));
    }
    return NR_OK;
}
