// Instruction boundaries and prefixes.
// SPDX-License-Identifier: Apache-2.0
//
// One pass over all code, reachable or not, as the JIT makes it before anything else.
#include "il/verify_internal.h"

// A prefix is good before some instructions only (III.2).
enum {
    UNALIGNED_BIT = 1,
    VOLATILE_BIT = 2,
    TAIL_BIT = 4,
    CONSTRAINED_BIT = 8,
    READONLY_BIT = 16,
};

static unsigned prefix_bit(uint16_t opcode) {
    switch (opcode) {
    case NR_UNALIGNED: return UNALIGNED_BIT;
    case NR_VOLATILE: return VOLATILE_BIT;
    case NR_TAIL: return TAIL_BIT;
    case NR_CONSTRAINED: return CONSTRAINED_BIT;
    case NR_READONLY: return READONLY_BIT;
    default: return 0;
    }
}

static unsigned allowed_prefixes(uint16_t opcode) {
    if (opcode >= NR_LDIND_I1 && opcode <= NR_STIND_R8) return UNALIGNED_BIT | VOLATILE_BIT;
    switch (opcode) {
    case NR_STIND_I:
    case NR_LDFLD:
    case NR_STFLD:
    case NR_LDOBJ:
    case NR_STOBJ:
    case NR_CPBLK:
    case NR_INITBLK: return UNALIGNED_BIT | VOLATILE_BIT;
    case NR_LDSFLD:
    case NR_STSFLD: return VOLATILE_BIT;
    case NR_CALL:
    case NR_CALLVIRT: return TAIL_BIT | CONSTRAINED_BIT | READONLY_BIT;
    case NR_CALLI: return TAIL_BIT | READONLY_BIT;
    case NR_LDFTN: return CONSTRAINED_BIT;
    case NR_LDELEMA: return READONLY_BIT;
    default: return 0;
    }
}

static const char *prefix_name(unsigned bits) {
    if (bits & UNALIGNED_BIT) return "unaligned.";
    if (bits & VOLATILE_BIT) return "volatile.";
    if (bits & TAIL_BIT) return "tail.";
    if (bits & CONSTRAINED_BIT) return "constrained.";
    return "readonly.";
}

// A tail call is a return: nothing but ret may come after it (III.2.4).
static enum nr_status check_tail(struct nr_verifier *v, const struct nr_instruction *insn) {
    if (insn->next < v->size && v->body.code.data[insn->next] == NR_RET) return NR_OK;
    return nr_verify_fail(v, insn, "a tail call must be followed by ret");
}

enum nr_status nr_verify_code(struct nr_verifier *v) {
    v->marks = NR_ARENA_ARRAY(v->arena, uint8_t, (size_t)v->size + 1);
    if (!v->marks) return NR_NO_MEMORY;
    struct nr_instruction insn;
    unsigned prefixes = 0;
    uint8_t *marks = v->marks;
    for (uint32_t offset = 0; offset < v->size; offset = insn.next) {
        if (!nr_verify_decode(v, offset, &insn)) {
            nr_verify_fail(v, NULL, "unknown or cut-off instruction");
            v->error->offset = offset;
            return NR_MALFORMED;
        }
        marks[offset] = prefixes ? NR_MARK_START : NR_MARK_START | NR_MARK_TARGET;
        bool goes_on = insn.info->flow == NR_FLOW_NEXT || insn.info->flow == NR_FLOW_CALL;
        if (!prefixes && goes_on) continue;  // most of them
        if (prefixes & TAIL_BIT && insn.info->flow == NR_FLOW_PREFIX && insn.opcode != NR_TAIL) {
            return nr_verify_fail(v, &insn, "tail. must be the last prefix");  // the JIT says so
        }
        if (insn.info->flow == NR_FLOW_PREFIX) {
            prefixes |= prefix_bit(insn.opcode);
            continue;
        }
        unsigned wrong = prefixes & ~allowed_prefixes(insn.opcode);
        if (wrong) return nr_verify_fail(v, &insn, "%s may not precede it", prefix_name(wrong));
        if (prefixes & TAIL_BIT) NR_TRY(check_tail(v, &insn));
        if (!goes_on || prefixes & TAIL_BIT) marks[offset] |= NR_MARK_FLOW;
        prefixes = 0;
    }
    if (nr_verify_falls_through(&insn)) {  // a prefix does too
        return nr_verify_fail(v, &insn, "control falls off the end of the code");
    }
    v->marks[v->size] |= NR_MARK_TARGET;  // a region may end there
    return NR_OK;
}
