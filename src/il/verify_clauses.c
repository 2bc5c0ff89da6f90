// Exception clauses: their ranges, and the tree of protected regions that they form (II.19.4).
// SPDX-License-Identifier: Apache-2.0
//
// Sorted by start, the larger region first, a region lies in the last one before it that has not
// ended yet. The rules are those of the JIT's own check of the clause table.
#include <stdlib.h>

#include "il/verify_internal.h"

enum { CLAUSES_AT_MOST = 65534 };  // the JIT numbers them with 16 bits

static enum nr_status fail(struct nr_verifier *v, size_t clause, const char *what) {
    return nr_verify_fail(v, NULL, "exception clause %u: %s", (unsigned)clause, what);
}

// A boundary is where an instruction begins, and not between a prefix and its instruction.
static bool is_boundary(const struct nr_verifier *v, uint64_t offset) {
    return offset <= v->size && v->marks[offset] & NR_MARK_TARGET;
}

static bool is_range(const struct nr_verifier *v, uint32_t offset, uint32_t length) {
    return length > 0 && is_boundary(v, offset) && is_boundary(v, (uint64_t)offset + length);
}

static enum nr_status check_ranges(struct nr_verifier *v, size_t i) {
    const struct nr_clause *clause = &v->body.clauses[i];
    if (!is_range(v, clause->try_offset, clause->try_length)) {
        return fail(v, i, "the try is empty, outside the code or off instruction boundaries");
    }
    if (!is_range(v, clause->handler_offset, clause->handler_length)) {
        return fail(v, i, "the handler is empty, outside the code or off instruction boundaries");
    }
    switch (clause->flags) {
    case NR_CLAUSE_FINALLY:
    case NR_CLAUSE_FAULT: return NR_OK;
    case NR_CLAUSE_FILTER:
        if (clause->token_or_filter < clause->handler_offset &&
            is_boundary(v, clause->token_or_filter)) {
            return NR_OK;
        }
        return fail(v, i, "the filter does not come before its handler");
    case NR_CLAUSE_CATCH: break;
    default: return fail(v, i, "its flags tell no kind of clause");
    }
    uint32_t table = clause->token_or_filter >> 24;
    if ((table == 0x01 || table == 0x02 || table == 0x1B) &&
        v->module->exists(v->module->context, clause->token_or_filter)) {
        return NR_OK;
    }
    return fail(v, i, "the token of its class is not that of a type");
}

// ---- the regions, sorted ----

// A region to be, with where to write its number.
struct draft {
    struct nr_region region;
    uint32_t *number;
};

static int compare_drafts(const void *left, const void *right) {
    const struct nr_region *a = &((const struct draft *)left)->region;
    const struct nr_region *b = &((const struct draft *)right)->region;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->end != b->end) return a->end > b->end ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return a->clause < b->clause ? -1 : a->clause > b->clause;
}

static enum nr_status draft_regions(struct nr_verifier *v, struct draft **drafts, size_t *count) {
    size_t n = 0;
    struct draft *list = NR_ARENA_ARRAY(v->arena, struct draft, v->body.clause_count * 3);
    v->clauses = NR_ARENA_ARRAY(v->arena, struct nr_clause_regions, v->body.clause_count);
    if (!list || !v->clauses) return NR_NO_MEMORY;
    for (uint32_t i = 0; i < v->body.clause_count; i++) {
        NR_TRY(check_ranges(v, i));
        const struct nr_clause *clause = &v->body.clauses[i];
        struct nr_clause_regions *regions = &v->clauses[i];
        uint32_t handler = clause->handler_offset;
        bool last = clause->flags == NR_CLAUSE_FINALLY || clause->flags == NR_CLAUSE_FAULT;
        regions->filter = NR_NO_REGION;
        list[n++] = (struct draft){{.start = clause->try_offset,
                                    .end = clause->try_offset + clause->try_length,
                                    .kind = NR_REGION_TRY,
                                    .clause = i},
                                   &regions->try_region};
        list[n++] = (struct draft){{.start = handler,
                                    .end = handler + clause->handler_length,
                                    .kind = last ? NR_REGION_FINALLY : NR_REGION_CATCH,
                                    .clause = i},
                                   &regions->handler};
        if (clause->flags != NR_CLAUSE_FILTER) continue;
        list[n++] = (struct draft){{.start = clause->token_or_filter,
                                    .end = handler,
                                    .kind = NR_REGION_FILTER,
                                    .clause = i},
                                   &regions->filter};
    }
    qsort(list, n, sizeof(*list), compare_drafts);
    *drafts = list;
    *count = n;
    return NR_OK;
}

static bool has_finally(const struct nr_verifier *v, uint32_t clause) {
    uint32_t flags = v->body.clauses[clause].flags;
    return flags == NR_CLAUSE_FINALLY || flags == NR_CLAUSE_FAULT;
}

// Two regions with the same range: only tries may have that, and only if all handlers are catches.
static enum nr_status share_region(struct nr_verifier *v, uint32_t number,
                                   const struct draft *draft) {
    struct nr_region *region = &v->regions[number];
    uint32_t clause = draft->region.clause;
    if (region->kind != NR_REGION_TRY || draft->region.kind != NR_REGION_TRY) {
        return fail(v, clause, "it shares a handler or filter with another range");
    }
    if (has_finally(v, region->clause) || has_finally(v, clause)) {
        return fail(v, clause, "a try with a finally or fault may have no other handler");
    }
    *draft->number = number;
    v->clauses[clause].next = v->clauses[region->clause].next;
    v->clauses[region->clause].next = clause;
    return NR_OK;
}

// Puts one region under the parent.
static enum nr_status add_region(struct nr_verifier *v, uint32_t parent,
                                 const struct draft *draft) {
    struct nr_region region = draft->region;
    region.parent = region.outer_try = NR_NO_REGION;
    region.starts_handler = region.kind != NR_REGION_TRY;
    if (parent != NR_NO_REGION) {
        const struct nr_region *outer = &v->regions[parent];
        if (region.end > outer->end) return fail(v, region.clause, "its ranges overlap others");
        if (outer->kind == NR_REGION_FILTER) {
            return fail(v, region.clause, "a filter may contain no other range");
        }
        bool shares_start = outer->start == region.start && outer->starts_handler;
        if (shares_start && region.starts_handler) {
            return fail(v, region.clause, "two handlers begin at the same instruction");
        }
        region.starts_handler |= shares_start;
        region.parent = parent;
        region.outer_try = outer->kind == NR_REGION_TRY ? parent : outer->outer_try;
        region.depth = outer->depth + 1;
    }
    nr_verify_lead(v, region.start);
    v->marks[region.start] |= NR_MARK_REGION_EDGE;
    v->marks[region.end] |= NR_MARK_REGION_EDGE;
    if (region.kind == NR_REGION_TRY) {
        v->marks[region.start] |= NR_MARK_TRY_START;
        v->clauses[region.clause].next = NR_NO_REGION;
    }
    *draft->number = v->region_count;
    v->regions[v->region_count++] = region;
    return NR_OK;
}

static void add_segment(struct nr_verifier *v, uint32_t offset, uint32_t region) {
    v->segments[v->segment_count++] = (struct nr_segment){offset, region};
}

static enum nr_status build_tree(struct nr_verifier *v, const struct draft *drafts, size_t count) {
    v->regions = NR_ARENA_ARRAY(v->arena, struct nr_region, count);
    v->segments = NR_ARENA_ARRAY(v->arena, struct nr_segment, count * 2);
    if (!v->regions || !v->segments) return NR_NO_MEMORY;
    uint32_t current = NR_NO_REGION;
    for (size_t i = 0; i < count; i++) {
        const struct nr_region *region = &drafts[i].region;
        while (current != NR_NO_REGION && v->regions[current].end <= region->start) {
            uint32_t end = v->regions[current].end;
            current = v->regions[current].parent;
            add_segment(v, end, current);
        }
        if (current != NR_NO_REGION && v->regions[current].start == region->start &&
            v->regions[current].end == region->end) {
            NR_TRY(share_region(v, current, &drafts[i]));
            continue;
        }
        NR_TRY(add_region(v, current, &drafts[i]));
        current = v->region_count - 1;
        add_segment(v, region->start, current);
    }
    for (; current != NR_NO_REGION; current = v->regions[current].parent) {
        add_segment(v, v->regions[current].end, v->regions[current].parent);
    }
    return NR_OK;
}

// What remains to be said of a clause once the tree stands.
static enum nr_status check_place(struct nr_verifier *v, uint32_t i) {
    const struct nr_clause_regions *clause = &v->clauses[i];
    const struct nr_region *try_region = &v->regions[clause->try_region];
    uint32_t parent = try_region->parent;
    if (v->regions[clause->handler].parent != parent ||
        (clause->filter != NR_NO_REGION && v->regions[clause->filter].parent != parent)) {
        return fail(v, i, "its try, handler and filter do not lie in the same range");
    }
    // The first clause of a shared try is the one with the lowest number.
    if (try_region->outer_try != NR_NO_REGION && v->regions[try_region->outer_try].clause < i) {
        return fail(v, i, "it comes after the clause of a try around it");
    }
    return NR_OK;
}

enum nr_status nr_verify_clauses(struct nr_verifier *v) {
    if (v->body.clause_count > CLAUSES_AT_MOST) {
        return nr_verify_fail(v, NULL, "more than %d exception clauses", CLAUSES_AT_MOST);
    }
    struct draft *drafts;
    size_t count;
    NR_TRY(draft_regions(v, &drafts, &count));
    NR_TRY(build_tree(v, drafts, count));
    for (uint32_t i = 0; i < v->body.clause_count; i++) NR_TRY(check_place(v, i));
    return NR_OK;
}

uint32_t nr_verify_region_at(const struct nr_verifier *v, uint32_t offset) {
    uint32_t low = 0, high = v->segment_count;  // the last segment that begins at or before offset
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (v->segments[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NR_NO_REGION : v->segments[low - 1].region;
}
