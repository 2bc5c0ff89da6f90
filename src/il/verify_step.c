// One instruction on the evaluation stack: what its operand names, and rules of its own.
// SPDX-License-Identifier: Apache-2.0
//
// Only reachable instructions come here: nobody looks at what the others name, the JIT neither.
#include <string.h>

#include "il/verify_internal.h"

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

static uint32_t token_of(const struct nr_stack *s, const struct nr_instruction *insn) {
    return nr_load_u32(s->v->body.code.data + insn->operand_offset);
}

static enum nr_status signature_of(struct nr_stack *s, const struct nr_instruction *insn,
                                   uint32_t token, struct nr_sig_cursor *cursor) {
    const struct nr_verify_module *module = s->v->module;
    enum nr_status status = NR_OK;
    if (token >> 24 == 0x2B) status = module->method_of_spec(module->context, token, &token);
    cursor->at = 0;
    if (status == NR_OK) status = module->signature(module->context, token, &cursor->blob);
    if (status == NR_OK) return nr_verify_spend(s->v, cursor->blob.size);
    if (status == NR_NO_MEMORY) return status;
    return nr_verify_fail(s->v, insn, "token %08x has no signature", token);
}

static enum nr_status read_field(struct nr_stack *s, const struct nr_instruction *insn,
                                 uint32_t token) {
    struct nr_sig_cursor cursor;
    NR_TRY(signature_of(s, insn, token, &cursor));
    if (nr_sig_cursor_field(s->v, &cursor, &s->operand_kind)) return NR_OK;
    return nr_verify_fail(s->v, insn, "the signature of %08x is not that of a field", token);
}

static bool is_test(uint16_t opcode) {
    return opcode == NR_BRTRUE || opcode == NR_BRTRUE_S || opcode == NR_BRFALSE ||
           opcode == NR_BRFALSE_S;
}

// By-ref-like values may be boxed only where the JIT removes the box again: for a test of the
// reference, or for isinst and then a test or unbox.any.
static enum nr_status check_box(struct nr_stack *s, const struct nr_instruction *insn) {
    struct nr_instruction next;
    if (nr_verify_decode(s->v, insn->next, &next)) {
        if (is_test(next.opcode)) return NR_OK;
        if (next.opcode == NR_ISINST && nr_verify_decode(s->v, next.next, &next) &&
            (is_test(next.opcode) || next.opcode == NR_UNBOX_ANY)) {
            return NR_OK;
        }
    }
    return nr_verify_fail(s->v, insn, "a by-ref-like value cannot be boxed");
}

// Whether what an instruction takes or makes depends on the type that it names.
static bool needs_kind(uint16_t opcode) { return strchr(nr_stack_effect_of(opcode), 'T') != NULL; }

static enum nr_status read_type(struct nr_stack *s, const struct nr_instruction *insn,
                                uint32_t token) {
    bool unboxable;
    if (token >> 24 != 0x1B && !needs_kind(insn->opcode)) return NR_OK;
    enum nr_status status = nr_verify_type_token(s->v, token, &s->operand_kind, &unboxable);
    if (status == NR_NO_MEMORY) return status;
    if (status != NR_OK) {
        return nr_verify_fail(s->v, insn, "the signature of type %08x is broken", token);
    }
    return insn->opcode == NR_BOX && unboxable ? check_box(s, insn) : NR_OK;
}

static enum nr_status read_token(struct nr_stack *s, const struct nr_instruction *insn) {
    const struct nr_verify_module *module = s->v->module;
    uint32_t token = token_of(s, insn);
    unsigned allowed = allowed_tables(insn->opcode);
    if (!(tables_of(token) & allowed)) {
        return nr_verify_fail(s->v, insn, "token %08x is of the wrong table", token);
    }
    if (!module->exists(module->context, token)) {
        return nr_verify_fail(s->v, insn, "token %08x does not exist", token);
    }
    if (allowed == FIELDS) return read_field(s, insn, token);
    if (allowed == TYPES) return read_type(s, insn, token);
    return NR_OK;
}

static bool names_variable(const struct nr_instruction *insn) {
    return insn->info->operand == NR_OPERAND_VAR1 || insn->info->operand == NR_OPERAND_VAR2 ||
           (insn->opcode >= NR_LDARG_0 && insn->opcode <= NR_STLOC_3);
}

static enum nr_status read_variable(struct nr_stack *s, const struct nr_instruction *insn) {
    const struct nr_verifier *v = s->v;
    uint16_t opcode = insn->opcode;
    bool argument = (opcode >= NR_LDARG_0 && opcode <= NR_LDARG_3) ||
                    (opcode >= NR_LDARG_S && opcode <= NR_STARG_S) ||
                    (opcode >= NR_LDARG && opcode <= NR_STARG);
    uint32_t number = nr_verify_variable(v, insn);
    uint32_t count = argument ? v->argument_count : v->local_count;
    if (number >= count) {
        return nr_verify_fail(s->v, insn, "there is no %s %u, only %u",
                              argument ? "argument" : "local", number, count);
    }
    s->operand_kind = (argument ? v->arguments : v->locals)[number];
    return NR_OK;
}

// ---- instructions with rules of their own ----

// add … shr.un, add.ovf … sub.ovf.un (III.1.5, tables 2, 5, 6 and 7). The wider integer wins;
// adding to a managed pointer, or subtracting from it, gives a managed pointer.
static uint8_t arithmetic_result(uint16_t opcode, uint8_t left, uint8_t right) {
    enum { SUB = NR_ADD + 1, SHL = NR_SHR_UN - 2, SUB_OVF = NR_SUB_OVF_UN - 1 };
    bool add = opcode == NR_ADD || opcode == NR_ADD_OVF || opcode == NR_ADD_OVF + 1;
    bool sub = opcode == SUB || opcode == SUB_OVF || opcode == NR_SUB_OVF_UN;
    if (left == NR_KIND_UNKNOWN || right == NR_KIND_UNKNOWN) return NR_KIND_UNKNOWN;
    if (opcode >= SHL && opcode <= NR_SHR_UN) return left;
    if (add && (left == NR_KIND_BYREF || right == NR_KIND_BYREF)) return NR_KIND_BYREF;
    if (sub && left == NR_KIND_BYREF && right != NR_KIND_BYREF) return NR_KIND_BYREF;
    uint8_t wider = left > right ? left : right;
    return wider == NR_KIND_BYREF ? NR_KIND_NATIVE : wider;  // a word stays one
}

static enum nr_status do_arithmetic(struct nr_stack *s, const struct nr_instruction *insn) {
    uint16_t opcode = insn->opcode;
    bool floats = (opcode >= NR_ADD && opcode <= NR_DIV) || opcode == NR_REM;
    NR_TRY(nr_stack_need(s, insn, 2));
    uint8_t left = s->items[s->depth - 2], right = s->items[s->depth - 1];
    NR_TRY(nr_stack_apply(s, insn, floats ? "zz:" : "ww:"));
    if (!nr_kind_fits(left, right)) {
        return nr_verify_fail(s->v, insn, "%s and %s do not go together", nr_verify_kind_name(left),
                              nr_verify_kind_name(right));
    }
    return nr_stack_push(s, insn, arithmetic_result(opcode, left, right));
}

// Comparisons (III.1.5, table 4), with the JIT's leniency: references compare with integers.
static enum nr_status do_comparison(struct nr_stack *s, const struct nr_instruction *insn) {
    NR_TRY(nr_stack_need(s, insn, 2));
    uint8_t left = s->items[s->depth - 2], right = s->items[s->depth - 1];
    NR_TRY(nr_stack_apply(s, insn, "tt:"));
    bool addresses = (nr_kind_is_word(left) && right == NR_KIND_OBJECT) ||
                     (left == NR_KIND_OBJECT && nr_kind_is_word(right));
    if (!nr_kind_fits(left, right) && !addresses) {
        return nr_verify_fail(s->v, insn, "%s and %s do not compare", nr_verify_kind_name(left),
                              nr_verify_kind_name(right));
    }
    return insn->info->flow == NR_FLOW_COND ? NR_OK : nr_stack_push(s, insn, NR_KIND_INT32);
}

static enum nr_status do_dup(struct nr_stack *s, const struct nr_instruction *insn) {
    NR_TRY(nr_stack_need(s, insn, 1));
    return nr_stack_push(s, insn, s->items[s->depth - 1]);
}

// What newobj makes.
static uint8_t kind_of_owner(const struct nr_stack *s, uint32_t method) {
    const struct nr_verify_module *module = s->v->module;
    uint32_t type;
    uint8_t kind;
    bool unboxable;
    if (!module->owner || module->owner(module->context, method, &type) != NR_OK ||
        tables_of(type) != TYPES || nr_verify_type_token(s->v, type, &kind, &unboxable) != NR_OK) {
        return NR_KIND_UNKNOWN;
    }
    return kind;
}

// The arguments of a call lie below the function pointer, if there is one, `this` first.
static enum nr_status check_arguments(struct nr_stack *s, const struct nr_instruction *insn,
                                      const struct nr_sig_head *head, bool has_this,
                                      struct nr_sig_cursor *cursor) {
    uint32_t pointer = insn->opcode == NR_CALLI;
    uint32_t total = head->parameter_count + has_this + pointer;  // a count has 29 bits
    NR_TRY(nr_stack_need(s, insn, total));
    NR_TRY(nr_verify_spend(s->v, total));
    uint32_t below = total;
    if (has_this) NR_TRY(nr_stack_check(s, insn, 'a', 0, --below));
    for (uint32_t i = 0; i < head->parameter_count; i++) {
        uint8_t kind;
        if (!nr_sig_cursor_parameter(s->v, cursor, &kind)) {
            return nr_verify_fail(s->v, insn, "the signature of %08x is broken", token_of(s, insn));
        }
        NR_TRY(nr_stack_check(s, insn, 'P', kind, --below));
    }
    if (pointer) NR_TRY(nr_stack_check(s, insn, 'w', 0, 0));
    s->depth -= total;
    return NR_OK;
}

static enum nr_status do_call(struct nr_stack *s, const struct nr_instruction *insn) {
    struct nr_sig_cursor cursor;
    struct nr_sig_head head;
    uint32_t token = token_of(s, insn);
    bool makes = insn->opcode == NR_NEWOBJ;
    NR_TRY(signature_of(s, insn, token, &cursor));
    if (!nr_sig_cursor_method(s->v, &cursor, &head)) {
        return nr_verify_fail(s->v, insn, "the signature of %08x is not that of a method", token);
    }
    if (makes && (!head.has_this || head.result != NR_KIND_NONE)) {
        return nr_verify_fail(s->v, insn, "%08x is not a constructor", token);
    }
    NR_TRY(check_arguments(s, insn, &head, head.has_this && !makes, &cursor));
    if (makes) return nr_stack_push(s, insn, kind_of_owner(s, token));
    return head.result == NR_KIND_NONE ? NR_OK : nr_stack_push(s, insn, head.result);
}

static enum nr_status need_empty(struct nr_stack *s, const struct nr_instruction *insn) {
    if (s->depth == 0) return NR_OK;
    return nr_verify_fail(s->v, insn, "%u items too many on the stack", s->depth);
}

static enum nr_status do_return(struct nr_stack *s, const struct nr_instruction *insn) {
    s->operand_kind = s->v->result;
    if (s->v->result != NR_KIND_NONE) NR_TRY(nr_stack_apply(s, insn, "A:"));
    return need_empty(s, insn);
}

// jmp hands on the arguments as they are: the signatures must agree (III.3.37).
static enum nr_status do_jump(struct nr_stack *s, const struct nr_instruction *insn) {
    struct nr_sig_cursor cursor;
    struct nr_sig_head head;
    NR_TRY(need_empty(s, insn));
    NR_TRY(signature_of(s, insn, token_of(s, insn), &cursor));
    if (!nr_sig_cursor_method(s->v, &cursor, &head) ||
        head.parameter_count + head.has_this != s->v->argument_count ||
        (head.result == NR_KIND_NONE) != (s->v->result == NR_KIND_NONE) ||
        !nr_kind_fits(s->v->result, head.result)) {
        return nr_verify_fail(s->v, insn, "%08x has another signature", token_of(s, insn));
    }
    return NR_OK;
}

static enum nr_status do_localloc(struct nr_stack *s, const struct nr_instruction *insn) {
    for (uint32_t i = s->region; i != NR_NO_REGION; i = s->v->regions[i].parent) {
        NR_TRY(nr_verify_spend(s->v, 1));
        if (s->v->regions[i].kind != NR_REGION_TRY) {
            return nr_verify_fail(s->v, insn, "it is inside a handler or filter");
        }
    }
    NR_TRY(nr_stack_apply(s, insn, "w:"));
    NR_TRY(need_empty(s, insn));
    return nr_stack_push(s, insn, NR_KIND_NATIVE);
}

static enum nr_status do_arglist(struct nr_stack *s, const struct nr_instruction *insn) {
    enum { KIND_MASK = 0x0F, VARARG = 0x05 };
    if ((s->v->signature.data[0] & KIND_MASK) != VARARG) {
        return nr_verify_fail(s->v, insn, "the method takes no variable arguments");
    }
    return nr_stack_push(s, insn, NR_KIND_UNKNOWN);
}

static enum nr_status do_rethrow(struct nr_stack *s, const struct nr_instruction *insn) {
    for (uint32_t i = s->region; i != NR_NO_REGION; i = s->v->regions[i].parent) {
        NR_TRY(nr_verify_spend(s->v, 1));
        if (s->v->regions[i].kind == NR_REGION_CATCH) return NR_OK;
    }
    return nr_verify_fail(s->v, insn, "it is not in a catch handler");
}

static enum nr_status do_unaligned(struct nr_stack *s, const struct nr_instruction *insn) {
    uint8_t operand = s->v->body.code.data[insn->operand_offset];
    if (operand == 1 || operand == 2 || operand == 4) return NR_OK;
    return nr_verify_fail(s->v, insn, "alignment %u is not 1, 2 or 4", operand);
}

static enum nr_status do_special(struct nr_stack *s, const struct nr_instruction *insn) {
    uint16_t opcode = insn->opcode;
    if (insn->info->flow == NR_FLOW_CALL) return do_call(s, insn);
    if (opcode >= NR_ADD && opcode <= NR_SHR_UN) return do_arithmetic(s, insn);
    if (opcode >= NR_ADD_OVF && opcode <= NR_SUB_OVF_UN) return do_arithmetic(s, insn);
    if (opcode >= NR_CEQ && opcode <= NR_CLT_UN) return do_comparison(s, insn);
    if (opcode >= NR_BEQ_S && opcode <= NR_BLT_UN_S) return do_comparison(s, insn);
    if (opcode >= NR_BEQ && opcode <= NR_BLT_UN) return do_comparison(s, insn);
    switch (opcode) {
    case NR_DUP: return do_dup(s, insn);
    case NR_RET: return do_return(s, insn);
    case NR_JMP: return do_jump(s, insn);
    case NR_LOCALLOC: return do_localloc(s, insn);
    case NR_ARGLIST: return do_arglist(s, insn);
    case NR_ENDFILTER: NR_TRY(nr_stack_apply(s, insn, "w:")); return need_empty(s, insn);
    case NR_RETHROW: return do_rethrow(s, insn);
    case NR_UNALIGNED: return do_unaligned(s, insn);
    case NR_LEAVE:
    case NR_LEAVE_S: s->depth = 0; return NR_OK;
    default: return nr_verify_fail(s->v, insn, "no CLR knows opcode %02x", opcode);
    }
}

enum nr_status nr_verify_step(struct nr_stack *s, const struct nr_instruction *insn) {
    if (insn->info->operand == NR_OPERAND_TOKEN) NR_TRY(read_token(s, insn));
    if (names_variable(insn)) NR_TRY(read_variable(s, insn));
    const char *items = nr_stack_effect_of(insn->opcode);
    return *items ? nr_stack_apply(s, insn, items) : do_special(s, insn);
}
