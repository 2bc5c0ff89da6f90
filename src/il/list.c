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

bool nr_list_has(const struct nr_list *list, uint16_t opcode) {
    for (const struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->opcode == opcode) return true;
    }
    return false;
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

static struct nr_insn *add_var(struct nr_list *list, uint16_t short_form, uint16_t long_form,
                               uint16_t number) {
    return nr_list_add(list, number <= LARGEST_SHORT_VAR ? short_form : long_form, number);
}

// The four lowest numbers have opcodes of their own, beginning at tiny_form.
static struct nr_insn *add_tiny_var(struct nr_list *list, uint16_t tiny_form, uint16_t short_form,
                                    uint16_t long_form, uint16_t number) {
    if (number < 4) return nr_list_add(list, (uint16_t)(tiny_form + number), 0);
    return add_var(list, short_form, long_form, number);
}

struct nr_insn *nr_list_add_ldarg(struct nr_list *list, uint16_t number) {
    return add_tiny_var(list, NR_LDARG_0, NR_LDARG_S, NR_LDARG, number);
}

struct nr_insn *nr_list_add_ldarga(struct nr_list *list, uint16_t number) {
    return add_var(list, NR_LDARGA_S, NR_LDARGA, number);
}

struct nr_insn *nr_list_add_ldloc(struct nr_list *list, uint16_t number) {
    return add_tiny_var(list, NR_LDLOC_0, NR_LDLOC_S, NR_LDLOC, number);
}

struct nr_insn *nr_list_add_stloc(struct nr_list *list, uint16_t number) {
    return add_tiny_var(list, NR_STLOC_0, NR_STLOC_S, NR_STLOC, number);
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
    struct nr_insn **by_offset;  // the instruction that begins at an offset, or NULL
};

static int64_t read_operand(const uint8_t *data, enum nr_operand operand) {
    switch (operand) {
    case NR_OPERAND_I1: return (int8_t)data[0];
    case NR_OPERAND_VAR1: return data[0];
    case NR_OPERAND_VAR2: return nr_load_u16(data);
    case NR_OPERAND_I4: return (int32_t)nr_load_u32(data);
    case NR_OPERAND_R4:
    case NR_OPERAND_TOKEN: return nr_load_u32(data);
    case NR_OPERAND_I8:
    case NR_OPERAND_R8: return (int64_t)nr_load_u64(data);
    case NR_OPERAND_NONE:
    case NR_OPERAND_BRANCH1:
    case NR_OPERAND_BRANCH4:
    case NR_OPERAND_SWITCH: break;
    }
    return 0;
}

static enum nr_status read_insns(struct reader *reader) {
    struct nr_instruction read = {0};
    while (read.next < reader->code.size) {
        NR_TRY(nr_code_read(reader->code, read.next, &read));
        const uint8_t *operand = reader->code.data + read.operand_offset;
        struct nr_insn *insn =
            nr_list_add(reader->list, read.opcode, read_operand(operand, read.info->operand));
        insn->offset = read.offset;
        reader->by_offset[read.offset] = insn;
        NR_TRY(reader->list->status);
    }
    return NR_OK;
}

static enum nr_status find(const struct reader *reader, int64_t offset, struct nr_insn **insn) {
    if (offset < 0 || (uint64_t)offset >= reader->code.size) return NR_MALFORMED;
    *insn = reader->by_offset[offset];
    return *insn ? NR_OK : NR_MALFORMED;
}

static enum nr_status read_switch(struct reader *reader, struct nr_insn *insn, const uint8_t *data,
                                  int64_t end) {
    uint32_t count = nr_load_u32(data);
    insn->targets = allocate(reader->list, count, sizeof(struct nr_insn *));
    if (!insn->targets) return NR_NO_MEMORY;
    insn->target_count = count;
    for (uint32_t i = 0; i < count; i++) {
        int32_t distance = (int32_t)nr_load_u32(data + 4 + 4 * (size_t)i);
        NR_TRY(find(reader, end + distance, &insn->targets[i]));
    }
    return NR_OK;
}

static enum nr_status read_targets(struct reader *reader, struct nr_insn *insn) {
    const struct nr_opcode_info *info = nr_opcode_info(insn->opcode);
    const uint8_t *data = reader->code.data + insn->offset + info->size;
    int64_t end = insn->next ? insn->next->offset : (int64_t)reader->code.size;
    switch ((enum nr_operand)info->operand) {
    case NR_OPERAND_BRANCH1: return find(reader, end + (int8_t)data[0], &insn->target);
    case NR_OPERAND_BRANCH4: return find(reader, end + (int32_t)nr_load_u32(data), &insn->target);
    case NR_OPERAND_SWITCH: return read_switch(reader, insn, data, end);
    default: return NR_OK;
    }
}

// The first instruction behind a range; NULL when the range ends with the code.
static enum nr_status find_end(const struct reader *reader, uint32_t start, uint32_t length,
                               struct nr_insn **insn) {
    int64_t end = (int64_t)start + length;
    *insn = NULL;
    return end == (int64_t)reader->code.size ? NR_OK : find(reader, end, insn);
}

static enum nr_status read_clause(struct reader *reader, const struct nr_clause *clause) {
    struct nr_list_clause result = {.flags = clause->flags};
    NR_TRY(find(reader, clause->try_offset, &result.try_start));
    NR_TRY(find_end(reader, clause->try_offset, clause->try_length, &result.try_end));
    NR_TRY(find(reader, clause->handler_offset, &result.handler_start));
    NR_TRY(find_end(reader, clause->handler_offset, clause->handler_length, &result.handler_end));
    if (clause->flags & NR_CLAUSE_FILTER) {
        NR_TRY(find(reader, clause->token_or_filter, &result.filter_start));
    } else {
        result.class_token = clause->token_or_filter;
    }
    nr_list_add_clause(reader->list, result);
    return reader->list->status;
}

static enum nr_status read_body(struct nr_list *list, const struct nr_body *body) {
    struct reader reader = {.list = list, .code = body->code};
    reader.by_offset = allocate(list, body->code.size, sizeof(struct nr_insn *));
    if (!reader.by_offset) return NR_NO_MEMORY;
    NR_TRY(read_insns(&reader));
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        NR_TRY(read_targets(&reader, insn));
    }
    for (size_t i = 0; i < body->clause_count; i++) {
        NR_TRY(read_clause(&reader, &body->clauses[i]));
    }
    return NR_OK;
}

enum nr_status nr_list_read(struct nr_list *list, const struct nr_body *body) {
    if (list->status == NR_OK) fail(list, read_body(list, body));
    return list->status;
}
