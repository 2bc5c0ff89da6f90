// Instruction list: reading a body into it, building it, editing it.
// SPDX-License-Identifier: Apache-2.0
//
// Everything lives in the list's arena. One owner, one thread at a time.
#include "il/list.h"

#include <string.h>

void nr_list_init(struct nr_list *list, struct nr_arena *arena) {
    *list = (struct nr_list){.arena = arena};
}

static void fail(struct nr_list *list, enum nr_status status) {
    if (list->status == NR_OK) list->status = status;
}

// An array of count items; NULL after a failure, which the list remembers.
static void *allocate(struct nr_list *list, size_t count, size_t size) {
    void *result = nr_arena_calloc(list->arena, count, size);
    if (!result) fail(list, NR_NO_MEMORY);
    return result;
}

// An instruction in no list, or the scratch.
static struct nr_insn *make(struct nr_list *list, uint16_t opcode, int64_t operand) {
    struct nr_insn *insn = NULL;
    if (list->status == NR_OK) insn = nr_arena_alloc(list->arena, sizeof(*insn));
    if (!insn) {
        fail(list, NR_NO_MEMORY);
        insn = &list->scratch;
    }
    *insn = (struct nr_insn){
        .opcode = opcode, .offset = NR_NO_OFFSET, .new_offset = NR_NO_OFFSET, .operand = operand};
    return insn;
}

struct nr_insn *nr_list_add(struct nr_list *list, uint16_t opcode, int64_t operand) {
    struct nr_insn *insn = make(list, opcode, operand);
    nr_list_place(list, insn);
    return insn;
}

struct nr_insn *nr_list_add_branch(struct nr_list *list, uint16_t opcode, struct nr_insn *target) {
    struct nr_insn *insn = nr_list_add(list, opcode, 0);
    insn->target = target;
    return insn;
}

struct nr_insn *nr_list_new_label(struct nr_list *list) {
    return make(list, NR_LABEL, 0);
}

void nr_list_place(struct nr_list *list, struct nr_insn *label) {
    if (label->next || list->last == label) fail(list, NR_MALFORMED);
    if (list->status != NR_OK) return;
    *(list->last ? &list->last->next : &list->first) = label;
    list->last = label;
}

// ---- locals and arguments ----

enum { LARGEST_SHORT_VAR = 254 };

// The four lowest numbers have opcodes of their own, beginning at tiny_form.
static struct nr_insn *add_var(struct nr_list *list, uint16_t tiny_form, uint16_t short_form,
                               uint16_t long_form, uint16_t number) {
    if (number < 4) return nr_list_add(list, (uint16_t)(tiny_form + number), 0);
    return nr_list_add(list, number <= LARGEST_SHORT_VAR ? short_form : long_form, number);
}

struct nr_insn *nr_list_add_ldarg(struct nr_list *list, uint16_t number) {
    return add_var(list, NR_LDARG_0, NR_LDARG_S, NR_LDARG, number);
}

struct nr_insn *nr_list_add_ldloc(struct nr_list *list, uint16_t number) {
    return add_var(list, NR_LDLOC_0, NR_LDLOC_S, NR_LDLOC, number);
}

struct nr_insn *nr_list_add_stloc(struct nr_list *list, uint16_t number) {
    return add_var(list, NR_STLOC_0, NR_STLOC_S, NR_STLOC, number);
}

// ---- clauses, splicing, lengthening ----

void nr_list_add_clause(struct nr_list *list, struct nr_list_clause clause) {
    if (list->status != NR_OK) return;
    if (list->clause_count == list->clause_capacity) {
        size_t capacity = list->clause_capacity ? list->clause_capacity * 2 : 4;
        void *clauses =
            nr_arena_grow(list->arena, list->clauses, list->clause_count * sizeof(clause),
                          capacity * sizeof(clause));
        if (!clauses) {
            fail(list, NR_NO_MEMORY);
            return;
        }
        list->clauses = clauses;
        list->clause_capacity = capacity;
    }
    list->clauses[list->clause_count++] = clause;
}

static void append_insns(struct nr_list *list, struct nr_list *inner) {
    if (!inner->first) return;
    *(list->last ? &list->last->next : &list->first) = inner->first;
    list->last = inner->last;
    list->read_count += inner->read_count;
    if (inner->places) list->places = inner->places;
}

// Puts a label behind the instructions of inner where the end of its code was meant.
static void name_ends(struct nr_list *inner) {
    struct nr_insn *end = NULL;
    for (size_t i = 0; i < inner->clause_count; i++) {
        struct nr_list_clause *clause = &inner->clauses[i];
        if (clause->try_end && clause->handler_end) continue;
        if (!end) end = nr_list_add(inner, NR_LABEL, 0);
        if (!clause->try_end) clause->try_end = end;
        if (!clause->handler_end) clause->handler_end = end;
    }
}

static void prepend_clauses(struct nr_list *list, const struct nr_list *inner) {
    if (inner->clause_count == 0) return;
    size_t count = inner->clause_count + list->clause_count;
    struct nr_list_clause *clauses = allocate(list, count, sizeof(*clauses));
    if (!clauses) return;
    memcpy(clauses, inner->clauses, inner->clause_count * sizeof(*clauses));
    if (list->clause_count > 0) {
        memcpy(clauses + inner->clause_count, list->clauses, list->clause_count * sizeof(*clauses));
    }
    list->clauses = clauses;
    list->clause_count = list->clause_capacity = count;
}

void nr_list_splice(struct nr_list *list, struct nr_list *inner) {
    name_ends(inner);
    fail(list, inner->status);
    if (list->status == NR_OK) prepend_clauses(list, inner);
    if (list->status == NR_OK) append_insns(list, inner);
    nr_list_init(inner, inner->arena);
}

void nr_list_lengthen(struct nr_list *list) {
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        insn->opcode = nr_long_branch(insn->opcode);
    }
}

// ---- reading a body ----

struct reader {
    struct nr_list *list;
    struct nr_bytes code;
    uint8_t *starts_insn;  // by offset: where an instruction begins, 1 or NR_PLACE
    uint8_t *starts_node;  // by offset: 1 where a node begins
    struct nr_insn **nodes;  // by the offset where they begin; NULL at the end of the code
};

static bool is_branch(const struct nr_instruction *insn) {
    return insn->info->operand == NR_OPERAND_BRANCH1 || insn->info->operand == NR_OPERAND_BRANCH4;
}

static bool stands_alone(const struct nr_instruction *insn) {
    return is_branch(insn) || insn->opcode == NR_SWITCH || insn->opcode == NR_RET ||
           insn->opcode == NR_TAIL;
}

static const uint8_t *operand_of(const struct reader *reader, const struct nr_instruction *insn) {
    return reader->code.data + insn->operand_offset;
}

static uint32_t target_count(const struct reader *reader, const struct nr_instruction *insn) {
    if (insn->opcode == NR_SWITCH) return nr_load_u32(operand_of(reader, insn));
    return is_branch(insn);
}

static int64_t target_of(const struct reader *reader, const struct nr_instruction *insn,
                         uint32_t i) {
    const uint8_t *data = operand_of(reader, insn);
    if (insn->info->operand == NR_OPERAND_BRANCH1) return (int64_t)insn->next + (int8_t)data[0];
    if (insn->opcode == NR_SWITCH) data += 4 + (size_t)i * 4;
    return (int64_t)insn->next + (int32_t)nr_load_u32(data);
}

static enum nr_status mark_node(struct reader *reader, int64_t offset) {
    if (offset < 0 || (uint64_t)offset >= reader->code.size) return NR_MALFORMED;
    reader->starts_node[offset] = 1;
    return NR_OK;
}

// A range may end with the code.
static enum nr_status mark_range(struct reader *reader, uint32_t start, uint32_t length) {
    int64_t end = (int64_t)start + length;
    NR_TRY(mark_node(reader, start));
    return end == (int64_t)reader->code.size ? NR_OK : mark_node(reader, end);
}

static enum nr_status mark_clause(struct reader *reader, const struct nr_clause *clause) {
    NR_TRY(mark_range(reader, clause->try_offset, clause->try_length));
    NR_TRY(mark_range(reader, clause->handler_offset, clause->handler_length));
    return clause->flags & NR_CLAUSE_FILTER ? mark_node(reader, clause->token_or_filter) : NR_OK;
}

static enum nr_status mark_insns(struct reader *reader) {
    const struct nr_bytes code = reader->code;
    uint8_t *starts_insn = reader->starts_insn;
    struct nr_instruction insn = {0};
    bool pushed = false, nop = false;  // what the instruction before has done, or is
    while (insn.next < code.size) {
        NR_TRY(nr_code_read(code, insn.next, &insn));
        bool empty = !pushed && insn.info->pops <= 0, again = nop && insn.opcode == NR_NOP;
        bool place = (empty && !again) || insn.info->flow == NR_FLOW_CALL;
        starts_insn[insn.offset] = place ? NR_PLACE : 1;
        pushed = insn.info->pushes > 0;
        nop = insn.opcode == NR_NOP;
        reader->list->read_count++;
        if (insn.opcode == NR_LOCALLOC) reader->list->has_localloc = true;
        if (insn.info->flow == NR_FLOW_NEXT || insn.info->flow == NR_FLOW_CALL) continue;
        if (insn.opcode == NR_JMP) reader->list->has_jmp = true;
        if (!stands_alone(&insn)) continue;
        reader->starts_node[insn.offset] = 1;
        reader->starts_node[insn.next] = 1;
        for (uint32_t i = 0; i < target_count(reader, &insn); i++) {
            NR_TRY(mark_node(reader, target_of(reader, &insn, i)));
        }
    }
    return NR_OK;
}

static enum nr_status add_node(struct reader *reader, uint32_t offset, uint32_t end) {
    struct nr_instruction read;
    if (!reader->starts_insn[offset]) return NR_MALFORMED;
    NR_TRY(nr_code_read(reader->code, offset, &read));
    struct nr_insn *insn =
        nr_list_add(reader->list, stands_alone(&read) ? read.opcode : NR_CODE, 0);
    if (insn->opcode == NR_CODE) {
        insn->bytes = reader->code.data + offset;
        insn->count = end - offset;
    }
    insn->offset = offset;
    reader->nodes[offset] = insn;
    return reader->list->status;
}

static enum nr_status add_nodes(struct reader *reader) {
    uint32_t size = (uint32_t)reader->code.size;
    reader->starts_node[size] = 1;
    for (uint32_t offset = 0, end; offset < size; offset = end) {
        const uint8_t *rest = reader->starts_node + offset + 1;
        end = offset + 1 + (uint32_t)((const uint8_t *)memchr(rest, 1, size - offset) - rest);
        NR_TRY(add_node(reader, offset, end));
    }
    return NR_OK;
}

static enum nr_status read_targets(struct reader *reader, struct nr_insn *insn) {
    struct nr_instruction read;
    NR_TRY(nr_code_read(reader->code, insn->offset, &read));
    if (is_branch(&read)) insn->target = reader->nodes[target_of(reader, &read, 0)];
    if (read.opcode != NR_SWITCH) return NR_OK;
    uint32_t count = target_count(reader, &read);
    insn->targets = allocate(reader->list, count, sizeof(struct nr_insn *));
    if (!insn->targets) return NR_NO_MEMORY;
    insn->count = count;
    for (uint32_t i = 0; i < count; i++) {
        insn->targets[i] = reader->nodes[target_of(reader, &read, i)];
    }
    return NR_OK;
}

static void read_clause(struct reader *reader, const struct nr_clause *clause) {
    struct nr_insn **try_nodes = reader->nodes + clause->try_offset;
    struct nr_insn **handler_nodes = reader->nodes + clause->handler_offset;
    struct nr_list_clause result = {.flags = clause->flags,
                                    .try_start = try_nodes[0],
                                    .try_end = try_nodes[clause->try_length],
                                    .handler_start = handler_nodes[0],
                                    .handler_end = handler_nodes[clause->handler_length]};
    if (clause->flags & NR_CLAUSE_FILTER) {
        result.filter_start = reader->nodes[clause->token_or_filter];
    } else {
        result.class_token = clause->token_or_filter;
    }
    nr_list_add_clause(reader->list, result);
}

static enum nr_status read_body(struct nr_list *list, const struct nr_body *body) {
    struct reader reader = {.list = list, .code = body->code};
    size_t places = body->code.size + 1;
    reader.starts_insn = allocate(list, places, 1);
    reader.starts_node = allocate(list, places, 1);
    // Not cleared: in a big body few nodes are far apart, and most of these pages stay untouched.
    if (places <= SIZE_MAX / sizeof(*reader.nodes)) {
        reader.nodes = nr_arena_alloc(list->arena, places * sizeof(*reader.nodes));
    }
    if (!reader.starts_insn || !reader.starts_node || !reader.nodes) return NR_NO_MEMORY;
    reader.nodes[body->code.size] = NULL;
    NR_TRY(mark_insns(&reader));
    list->places = reader.starts_insn;
    for (size_t i = 0; i < body->clause_count; i++) {
        NR_TRY(mark_clause(&reader, &body->clauses[i]));
    }
    NR_TRY(add_nodes(&reader));
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->opcode != NR_CODE) NR_TRY(read_targets(&reader, insn));
    }
    for (size_t i = 0; i < body->clause_count; i++) read_clause(&reader, &body->clauses[i]);
    return list->status;
}

enum nr_status nr_list_read(struct nr_list *list, const struct nr_body *body) {
    if (list->status == NR_OK) fail(list, read_body(list, body));
    return list->status;
}
