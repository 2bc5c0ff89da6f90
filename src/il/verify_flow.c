// Where control may go: branch targets, and the ways into and out of protected regions.
// SPDX-License-Identifier: Apache-2.0
//
// One pass over all code, reachable or not, as the JIT does it (III.1.7, III.3.46, I.12.4.2.8).
#include "il/verify_internal.h"

static uint32_t parent_of(const struct nr_verifier *v, uint32_t region) {
    return v->regions[region].parent;
}

static uint32_t depth_of(const struct nr_verifier *v, uint32_t region) {
    return region == NR_NO_REGION ? 0 : v->regions[region].depth + 1;
}

static const char *region_name(const struct nr_verifier *v, uint32_t region) {
    static const char *const names[] = {"a try", "a catch handler", "a filter",
                                        "a finally or fault handler"};
    return names[v->regions[region].kind];
}

static enum nr_status fail_out(struct nr_verifier *v, const struct nr_instruction *insn,
                               uint32_t region) {
    return nr_verify_fail(v, insn, "control may not leave %s this way", region_name(v, region));
}

static enum nr_status fail_in(struct nr_verifier *v, const struct nr_instruction *insn,
                              uint32_t target, uint32_t region) {
    if (v->regions[region].kind == NR_REGION_TRY) {
        return nr_verify_fail(v, insn, "control may not enter a try at IL_%04x, not its start",
                              target);
    }
    return nr_verify_fail(v, insn, "control may not enter %s at IL_%04x", region_name(v, region),
                          target);
}

// Leave goes out of tries and of catch handlers. It, as every other way, goes into a try at its
// start only, with the exception that Visual Basic's On Error makes use of: out of a catch handler
// into the middle of its own try.
static enum nr_status check_way(struct nr_verifier *v, const struct nr_instruction *insn,
                                uint32_t from, uint32_t target, bool leave) {
    uint32_t to = nr_verify_region_at(v, target);
    uint32_t left = NR_NO_REGION, entered = NR_NO_REGION;
    while (from != to) {
        NR_TRY(nr_verify_spend(v, 1));
        if (depth_of(v, to) > depth_of(v, from)) {
            if (entered != NR_NO_REGION) return fail_in(v, insn, target, entered);
            const struct nr_region *region = &v->regions[to];
            if (region->kind != NR_REGION_TRY) return fail_in(v, insn, target, to);
            if (region->start != target) entered = to;
            to = region->parent;
        } else {
            uint8_t kind = v->regions[from].kind;
            if (!leave || (kind != NR_REGION_TRY && kind != NR_REGION_CATCH)) {
                return fail_out(v, insn, from);
            }
            left = from;
            from = parent_of(v, from);
        }
    }
    if (entered == NR_NO_REGION) return NR_OK;
    if (left != NR_NO_REGION && v->regions[left].kind == NR_REGION_CATCH &&
        v->clauses[v->regions[left].clause].try_region == entered) {
        return NR_OK;
    }
    return fail_in(v, insn, target, entered);
}

static enum nr_status check_target(struct nr_verifier *v, const struct nr_instruction *insn,
                                   uint32_t region, int64_t target) {
    if (target < 0 || target >= (int64_t)v->size) {
        return nr_verify_fail(v, insn, "target %lld is outside the code", (long long)target);
    }
    uint32_t offset = (uint32_t)target;
    if (!(v->marks[offset] & NR_MARK_TARGET)) {
        uint32_t start = offset;
        while (!(v->marks[start] & NR_MARK_TARGET)) start--;
        return nr_verify_fail(v, insn, "target IL_%04x is inside the instruction at IL_%04x",
                              offset, start);
    }
    nr_verify_lead(v, offset);
    bool leave = insn->opcode == NR_LEAVE || insn->opcode == NR_LEAVE_S;
    return check_way(v, insn, region, offset, leave);
}

static enum nr_status check_targets(struct nr_verifier *v, const struct nr_instruction *insn,
                                    uint32_t region) {
    switch (insn->info->operand) {
    case NR_OPERAND_BRANCH1:
    case NR_OPERAND_BRANCH4: return check_target(v, insn, region, nr_verify_target(v, insn));
    case NR_OPERAND_SWITCH:
        for (uint32_t i = 0; i < nr_verify_arms(v, insn); i++) {
            NR_TRY(check_target(v, insn, region, nr_verify_arm(v, insn, i)));
        }
        return NR_OK;
    default: return NR_OK;
    }
}

static enum nr_status check_end(struct nr_verifier *v, const struct nr_instruction *insn,
                                uint32_t region) {
    bool filter = insn->opcode == NR_ENDFILTER;
    if (region == NR_NO_REGION ||
        v->regions[region].kind != (filter ? NR_REGION_FILTER : NR_REGION_FINALLY)) {
        return nr_verify_fail(v, insn, "it is not directly in a %s",
                              filter ? "filter" : "finally or fault handler");
    }
    if (!filter) return NR_OK;
    if (v->regions[region].end != insn->next) {
        return nr_verify_fail(v, insn, "it is not the last instruction of the filter");
    }
    v->regions[region].ends_filter = true;
    return NR_OK;
}

static enum nr_status check_return(struct nr_verifier *v, const struct nr_instruction *insn,
                                   uint32_t region) {
    if (region == NR_NO_REGION) return NR_OK;
    return nr_verify_fail(v, insn, "the method may not be left inside %s", region_name(v, region));
}

// Instructions that are bound to a kind of region.
static enum nr_status check_place(struct nr_verifier *v, const struct nr_instruction *insn,
                                  uint32_t region) {
    if (insn->info->flow == NR_FLOW_CALL) return check_return(v, insn, region);  // a tail call
    switch (insn->opcode) {
    case NR_RET:
    case NR_JMP: return check_return(v, insn, region);
    case NR_ENDFINALLY:
    case NR_ENDFILTER: return check_end(v, insn, region);
    default: return NR_OK;
    }
}

// Control may fall from one region into the next as it may branch there, and so it enters the
// method.
static enum nr_status check_edge(struct nr_verifier *v, uint32_t region, uint32_t edge) {
    struct nr_instruction insn;
    uint32_t before = edge;
    if (edge == 0) return check_way(v, NULL, NR_NO_REGION, 0, false);
    do before--;
    while (!(v->marks[before] & NR_MARK_START));
    nr_verify_decode(v, before, &insn);
    return nr_verify_falls_through(&insn) ? check_way(v, &insn, region, edge, false) : NR_OK;
}

enum nr_status nr_verify_flow(struct nr_verifier *v) {
    enum { MARKS = NR_MARK_REGION_EDGE | NR_MARK_FLOW };
    struct nr_instruction insn;
    uint32_t region = NR_NO_REGION;
    for (uint32_t offset = 0; (offset = nr_verify_next_marked(v, offset, MARKS)) <= v->size;
         offset++) {
        if (v->marks[offset] & NR_MARK_REGION_EDGE) {
            NR_TRY(check_edge(v, region, offset));
            region = nr_verify_region_at(v, offset);
        }
        if (!(v->marks[offset] & NR_MARK_FLOW)) continue;
        nr_verify_decode(v, offset, &insn);
        NR_TRY(check_targets(v, &insn, region));
        NR_TRY(check_place(v, &insn, region));
    }
    for (uint32_t i = 0; i < v->region_count; i++) {
        if (v->regions[i].kind == NR_REGION_FILTER && !v->regions[i].ends_filter) {
            return nr_verify_fail(v, NULL, "the filter at IL_%04x does not end with endfilter",
                                  v->regions[i].start);
        }
    }
    return NR_OK;
}
