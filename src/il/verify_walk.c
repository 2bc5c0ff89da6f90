// The walk over reachable code, block by block, with the kinds on the evaluation stack.
// SPDX-License-Identifier: Apache-2.0
//
// Of a branch on a constant the JIT imports only the way that is taken; obfuscators fill the other
// one with noise. A block is walked once, with the stack of the way that came first; the other ways
// must bring a stack of the same depth and matching kinds. Code that nothing leads to is not
// walked, as the JIT does not import it.
#include <string.h>

#include "il/verify_internal.h"

// A place that a branch leads to, or where a region begins.
struct leader {
    uint32_t offset;
    bool reached;
    uint32_t depth;
    uint8_t *kinds;  // the stack there
};

enum { STRETCH = 32 };  // bytes of code

struct walk {
    struct nr_stack stack;
    struct leader *leaders;  // by offset
    uint32_t leader_count;
    uint32_t *before;               // how many of them come before each stretch of code
    const struct leader **waiting;  // those still to be walked
    uint32_t waiting_count;
};

// ---- leaders ----

static struct leader *find_leader(const struct walk *w, uint32_t offset) {
    uint32_t number = w->before[offset / STRETCH];
    for (uint32_t i = offset / STRETCH * STRETCH; i < offset; i++) {
        number += (w->stack.v->marks[i] & NR_MARK_LEADER) != 0;
    }
    return &w->leaders[number];
}

static enum nr_status merge(struct walk *w, const struct nr_instruction *insn,
                            struct leader *leader, const uint8_t *kinds, uint32_t depth) {
    if (depth != leader->depth) {
        return nr_verify_fail(w->stack.v, insn,
                              "IL_%04x is reached with %u stack items here, with %u elsewhere",
                              leader->offset, depth, leader->depth);
    }
    NR_TRY(nr_verify_spend(w->stack.v, depth));
    for (uint32_t i = 0; i < depth; i++) {
        uint8_t *there = &leader->kinds[i];
        if (!nr_kind_fits(*there, kinds[i]) && !nr_kind_fits(kinds[i], *there)) {
            return nr_verify_fail(
                w->stack.v, insn, "IL_%04x is reached with %s here and %s elsewhere in the stack",
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
    if (depth > 0 && w->stack.v->marks[offset] & NR_MARK_TRY_START) {
        return nr_verify_fail(w->stack.v, insn,
                              "the try at IL_%04x is entered with %u items on the stack", offset,
                              depth);
    }
    NR_TRY(nr_verify_spend(w->stack.v, depth));
    leader->kinds = nr_arena_alloc(w->stack.v->arena, depth);
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
    struct nr_verifier *v = w->stack.v;
    static const uint8_t exception[] = {NR_KIND_OBJECT};
    uint32_t number = w->stack.region;
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

// ---- constants ----

// The topmost items, as far as they are constants.
struct constants {
    uint32_t count;
    int32_t values[2];
};

static bool constant_of(const struct nr_verifier *v, const struct nr_instruction *insn,
                        int32_t *value) {
    const uint8_t *operand = v->body.code.data + insn->operand_offset;
    if (insn->opcode < NR_LDNULL || insn->opcode > NR_LDC_I4) return false;
    switch (insn->opcode) {
    case NR_LDNULL: *value = 0; break;
    case NR_LDC_I4_S: *value = (int8_t)*operand; break;
    case NR_LDC_I4: *value = (int32_t)nr_load_u32(operand); break;
    default: *value = insn->opcode - NR_LDC_I4_0; break;
    }
    return true;
}

static bool compares(uint16_t branch, int32_t left, int32_t right) {
    uint32_t a = (uint32_t)left, b = (uint32_t)right;
    switch (branch) {
    case NR_BEQ: return left == right;
    case NR_BEQ + 1: return left >= right;
    case NR_BEQ + 2: return left > right;
    case NR_BEQ + 3: return left <= right;
    case NR_BEQ + 4: return left < right;
    case NR_BEQ + 5: return a != b;
    case NR_BEQ + 6: return a >= b;
    case NR_BEQ + 7: return a > b;
    case NR_BEQ + 8: return a <= b;
    default: return a < b;
    }
}

// The branch that compares as the instruction does, or NR_NOP.
static uint16_t comparison_of(uint16_t opcode) {
    static const uint16_t branches[] = {NR_BEQ, NR_BEQ + 2, NR_BEQ + 7, NR_BEQ + 4, NR_BEQ + 9};
    if (opcode >= NR_CEQ && opcode <= NR_CLT_UN) return branches[opcode - NR_CEQ];
    return opcode >= NR_BEQ && opcode <= NR_BLT_UN ? opcode : NR_NOP;
}

enum way { EITHER, TAKEN, NOT_TAKEN };

static enum way way_of(const struct nr_verifier *v, const struct nr_instruction *insn,
                       struct constants *known) {
    const struct constants before = *known;
    int32_t value;
    if (constant_of(v, insn, &value)) {
        *known = (struct constants){before.count > 0 ? 2 : 1, {value, before.values[0]}};
        return EITHER;
    }
    if (before.count == 0 || insn->opcode == NR_NOP) return EITHER;
    *known = (struct constants){0};
    uint16_t branch = nr_long_branch(insn->opcode), comparison = comparison_of(branch);
    bool holds = before.values[0] != 0;
    if (branch == NR_BRTRUE || branch == NR_BRFALSE) {
        return holds == (branch == NR_BRTRUE) ? TAKEN : NOT_TAKEN;
    }
    if (comparison == NR_NOP || before.count < 2) return EITHER;
    holds = compares(comparison, before.values[1], before.values[0]);
    if (branch == comparison) return holds ? TAKEN : NOT_TAKEN;
    *known = (struct constants){1, {holds, 0}};
    return EITHER;
}

// ---- blocks ----

static enum nr_status follow(struct walk *w, const struct nr_instruction *insn) {
    switch (insn->info->operand) {
    case NR_OPERAND_BRANCH1:
    case NR_OPERAND_BRANCH4:
        return reach(w, insn, (uint32_t)nr_verify_target(w->stack.v, insn), w->stack.items,
                     w->stack.depth);
    case NR_OPERAND_SWITCH:
        for (uint32_t i = 0; i < nr_verify_arms(w->stack.v, insn); i++) {
            uint32_t offset = (uint32_t)nr_verify_arm(w->stack.v, insn, i);
            NR_TRY(reach(w, insn, offset, w->stack.items, w->stack.depth));
        }
        return NR_OK;
    default: return NR_OK;
    }
}

static enum nr_status walk_block(struct walk *w, const struct leader *leader) {
    struct nr_instruction insn = {.next = leader->offset};
    struct constants known = {0};
    // Other ways may bring another integer or pointer, and the JIT takes the widest of all.
    for (uint32_t i = 0; i < leader->depth; i++) {
        w->stack.items[i] = nr_kind_is_word(leader->kinds[i]) ? NR_KIND_WORD : leader->kinds[i];
    }
    w->stack.depth = leader->depth;
    w->stack.region = nr_verify_region_at(w->stack.v, leader->offset);
    do {
        nr_verify_decode(w->stack.v, insn.next, &insn);
        if (insn.offset == leader->offset) NR_TRY(reach_handlers(w, &insn));
        NR_TRY(nr_verify_step(&w->stack, &insn));
        enum way way = way_of(w->stack.v, &insn, &known);
        if (way != NOT_TAKEN) NR_TRY(follow(w, &insn));
        if (way == TAKEN || !nr_verify_falls_through(&insn)) return NR_OK;
    } while (!(w->stack.v->marks[insn.next] & NR_MARK_LEADER));
    return reach(w, &insn, insn.next, w->stack.items, w->stack.depth);
}

static enum nr_status collect_leaders(struct walk *w) {
    const struct nr_verifier *v = w->stack.v;
    w->leaders = NR_ARENA_ARRAY(v->arena, struct leader, v->leader_count);
    w->waiting = NR_ARENA_ARRAY(v->arena, const struct leader *, v->leader_count);
    w->before = NR_ARENA_ARRAY(v->arena, uint32_t, v->size / STRETCH + 1);
    w->stack.items = NR_ARENA_ARRAY(v->arena, uint8_t, v->body.max_stack);
    if (!w->leaders || !w->waiting || !w->before || !w->stack.items) return NR_NO_MEMORY;
    uint32_t stretch = 0;
    for (uint32_t i = 0; w->leader_count < v->leader_count; i++) {
        i = nr_verify_next_marked(v, i, NR_MARK_LEADER);
        while (stretch <= i / STRETCH) w->before[stretch++] = w->leader_count;
        w->leaders[w->leader_count++].offset = i;
    }
    return NR_OK;
}

enum nr_status nr_verify_walk(struct nr_verifier *v) {
    struct walk w = {.stack = {.v = v}};
    nr_verify_lead(v, 0);
    NR_TRY(collect_leaders(&w));
    NR_TRY(reach(&w, NULL, 0, NULL, 0));
    while (w.waiting_count > 0) {
        NR_TRY(walk_block(&w, w.waiting[--w.waiting_count]));
    }
    return NR_OK;
}
