// Assembler: lays the instructions out, lets short branches grow, writes the bytes.
// SPDX-License-Identifier: Apache-2.0
//
// The list belongs to the caller; only new_offset and the opcodes of branches that grow are
// changed.
#include "il/assemble.h"

#include <string.h>

enum {
    FAT_HEADER_DWORDS = NR_BODY_FAT_HEADER_SIZE / 4,
    SECTION_FAT_EXCEPTIONS = 0x41,  // II.25.4.5
    SECTION_HEADER_SIZE = 4,
    CLAUSE_SIZE = 24,
    LARGEST_SECTION = 0xFFFFFF,
    // Each round lets branches grow that others pushed out of reach. Code that real compilers write
    // settles in two or three; code made to grow one branch a round is cut short.
    GROWTH_ROUNDS = 8,
    NUMBER_SIZE = 8,  // of the largest operand
};

// Distances are signed, so no more code than this can be branched across.
static const uint64_t largest_code = INT32_MAX;

static bool is_short_branch(const struct nr_insn *insn) {
    return nr_long_branch(insn->opcode) != insn->opcode;
}

static enum nr_operand operand_of(const struct nr_insn *insn) {
    const struct nr_opcode_info *info = nr_opcode_info(insn->opcode);
    return info ? (enum nr_operand)info->operand : NR_OPERAND_NONE;
}

// ---- layout ----

static void forget(struct nr_insn *insn) {
    if (insn) insn->new_offset = NR_NO_OFFSET;
}

// Whatever is aimed at has no offset until layout reaches it, so that an instruction which is not
// in this list cannot pass for one by the offset that it got elsewhere.
static void forget_offsets(struct nr_list *list) {
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        enum nr_operand operand = operand_of(insn);
        if (operand == NR_OPERAND_BRANCH1 || operand == NR_OPERAND_BRANCH4) forget(insn->target);
        for (uint32_t i = 0; operand == NR_OPERAND_SWITCH && i < insn->count; i++) {
            forget(insn->targets[i]);
        }
    }
    for (size_t i = 0; i < list->clause_count; i++) {
        const struct nr_list_clause *clause = &list->clauses[i];
        forget(clause->try_start);
        forget(clause->try_end);
        forget(clause->handler_start);
        forget(clause->handler_end);
        forget(clause->filter_start);
    }
}

static enum nr_status insn_size(const struct nr_insn *insn, uint64_t *size) {
    *size = insn->opcode == NR_CODE ? insn->count : 0;
    if (insn->opcode == NR_CODE || insn->opcode == NR_LABEL) return NR_OK;
    const struct nr_opcode_info *info = nr_opcode_info(insn->opcode);
    if (!info) return NR_MALFORMED;
    *size = info->size + nr_operand_size(info->operand);
    if (info->operand == NR_OPERAND_SWITCH) *size += (uint64_t)insn->count * 4;
    return NR_OK;
}

static enum nr_status lay_out(struct nr_list *list, uint32_t *code_size) {
    uint64_t offset = 0;
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        uint64_t size;
        NR_TRY(insn_size(insn, &size));
        insn->new_offset = (uint32_t)offset;
        offset += size;
        if (offset > largest_code) return NR_TOO_LARGE;
    }
    *code_size = (uint32_t)offset;
    return NR_OK;
}

static bool reaches(const struct nr_insn *insn) {
    if (!insn->target) return true;  // writing it will fail
    int64_t distance = (int64_t)insn->target->new_offset - ((int64_t)insn->new_offset + 2);
    return distance >= INT8_MIN && distance <= INT8_MAX;
}

// Whether any branch had to grow.
static bool grow_branches(struct nr_list *list) {
    bool grown = false;
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (!is_short_branch(insn) || reaches(insn)) continue;
        insn->opcode = nr_long_branch(insn->opcode);
        grown = true;
    }
    return grown;
}

static enum nr_status settle(struct nr_list *list, uint32_t *code_size) {
    NR_TRY(lay_out(list, code_size));  // what cannot be laid out ends here, before any more work
    forget_offsets(list);
    NR_TRY(lay_out(list, code_size));
    for (unsigned round = 1; grow_branches(list); round++) {
        if (round > GROWTH_ROUNDS) nr_list_lengthen(list);
        NR_TRY(lay_out(list, code_size));
    }
    return NR_OK;
}

// ---- writing ----

// What an operand's field can hold.
static const struct {
    int64_t least, most;
} ranges[] = {
    [NR_OPERAND_NONE] = {INT64_MIN, INT64_MAX},  // ignored
    [NR_OPERAND_I1] = {INT8_MIN, INT8_MAX},     [NR_OPERAND_VAR1] = {0, UINT8_MAX},
    [NR_OPERAND_VAR2] = {0, UINT16_MAX},        [NR_OPERAND_I4] = {INT32_MIN, INT32_MAX},
    [NR_OPERAND_I8] = {INT64_MIN, INT64_MAX},   [NR_OPERAND_R4] = {0, UINT32_MAX},
    [NR_OPERAND_R8] = {INT64_MIN, INT64_MAX},   [NR_OPERAND_TOKEN] = {0, UINT32_MAX},
};

struct writer {
    struct nr_buffer *out;
    uint8_t *place;  // of the next instruction; there is room for all of them and NUMBER_SIZE more
    uint32_t code_size;
};

// Writes more than size bytes; what comes next overwrites the rest. That is quicker than a loop
// whose length no processor can foresee.
static void write_number(struct writer *writer, uint64_t value, uint32_t size) {
    for (uint32_t i = 0; i < NUMBER_SIZE; i++) writer->place[i] = (uint8_t)(value >> (8 * i));
    writer->place += size;
}

static enum nr_status write_distance(struct writer *writer, const struct nr_insn *target,
                                     uint64_t from, uint32_t size) {
    if (!target || target->new_offset >= writer->code_size) return NR_MALFORMED;
    write_number(writer, target->new_offset - from, size);
    return NR_OK;
}

static enum nr_status write_switch(struct writer *writer, const struct nr_insn *insn,
                                   uint64_t end) {
    write_number(writer, insn->count, 4);
    for (uint32_t i = 0; i < insn->count; i++) {
        NR_TRY(write_distance(writer, insn->targets[i], end, 4));
    }
    return NR_OK;
}

static enum nr_status write_insn(struct writer *writer, const struct nr_insn *insn) {
    if (insn->opcode == NR_LABEL) return NR_OK;
    if (insn->opcode == NR_CODE) {
        memcpy(writer->place, insn->bytes, insn->count);
        writer->place += insn->count;
        return NR_OK;
    }
    uint64_t size;
    NR_TRY(insn_size(insn, &size));
    const struct nr_opcode_info *info = nr_opcode_info(insn->opcode);
    enum nr_operand operand = info->operand;
    writer->place[0] = 0xFE;  // of two bytes, if it has them
    writer->place[info->size - 1] = (uint8_t)insn->opcode;
    writer->place += info->size;
    uint64_t end = insn->new_offset + size;
    switch (operand) {
    case NR_OPERAND_BRANCH1:
    case NR_OPERAND_BRANCH4:
        return write_distance(writer, insn->target, end, nr_operand_size(operand));
    case NR_OPERAND_SWITCH: return write_switch(writer, insn, end);
    default:
        if (insn->operand < ranges[operand].least || insn->operand > ranges[operand].most) {
            return NR_TOO_LARGE;
        }
        write_number(writer, (uint64_t)insn->operand, nr_operand_size(operand));
        return NR_OK;
    }
}

static enum nr_status write_code(struct writer *writer, const struct nr_list *list) {
    writer->place = nr_buffer_reserve(writer->out, (size_t)writer->code_size + NUMBER_SIZE);
    if (!writer->place) return writer->out->status;
    writer->out->size -= NUMBER_SIZE;
    for (const struct nr_insn *insn = list->first; insn; insn = insn->next) {
        NR_TRY(write_insn(writer, insn));
    }
    return NR_OK;
}

static void write_header(struct writer *writer, const struct nr_header *header, bool has_clauses) {
    int kept = header->flags & 0xFFF & ~(NR_BODY_FAT | NR_BODY_MORE_SECTS);
    int set = FAT_HEADER_DWORDS << 12 | NR_BODY_FAT | (has_clauses ? NR_BODY_MORE_SECTS : 0);
    nr_buffer_u16(writer->out, (uint16_t)(kept | set));
    nr_buffer_u16(writer->out, header->max_stack);
    nr_buffer_u32(writer->out, writer->code_size);
    nr_buffer_u32(writer->out, header->local_signature);
}

static enum nr_status write_range(struct writer *writer, const struct nr_insn *start,
                                  const struct nr_insn *end) {
    uint32_t end_offset = end ? end->new_offset : writer->code_size;
    if (!start || start->new_offset >= writer->code_size) return NR_MALFORMED;
    if (end_offset > writer->code_size || end_offset < start->new_offset) return NR_MALFORMED;
    nr_buffer_u32(writer->out, start->new_offset);
    nr_buffer_u32(writer->out, end_offset - start->new_offset);
    return NR_OK;
}

static enum nr_status write_clause(struct writer *writer, const struct nr_list_clause *clause) {
    nr_buffer_u32(writer->out, clause->flags);
    NR_TRY(write_range(writer, clause->try_start, clause->try_end));
    NR_TRY(write_range(writer, clause->handler_start, clause->handler_end));
    if (clause->flags & NR_CLAUSE_FILTER) {
        const struct nr_insn *filter = clause->filter_start;
        if (!filter || filter->new_offset >= writer->code_size) return NR_MALFORMED;
        nr_buffer_u32(writer->out, filter->new_offset);
        return NR_OK;
    }
    bool has_class = !(clause->flags & (NR_CLAUSE_FINALLY | NR_CLAUSE_FAULT));
    nr_buffer_u32(writer->out, has_class ? clause->class_token : 0);
    return NR_OK;
}

static enum nr_status write_section(struct writer *writer, const struct nr_list *list) {
    if (list->clause_count == 0) return NR_OK;
    if (list->clause_count > (LARGEST_SECTION - SECTION_HEADER_SIZE) / CLAUSE_SIZE) {
        return NR_TOO_LARGE;
    }
    // The header of the body is a multiple of four, so the code alone decides the padding.
    nr_buffer_reserve(writer->out, (4 - writer->code_size % 4) % 4);
    uint32_t size = SECTION_HEADER_SIZE + (uint32_t)list->clause_count * CLAUSE_SIZE;
    nr_buffer_u32(writer->out, size << 8 | SECTION_FAT_EXCEPTIONS);
    for (size_t i = 0; i < list->clause_count; i++) {
        NR_TRY(write_clause(writer, &list->clauses[i]));
    }
    return NR_OK;
}

static enum nr_status write_body(struct nr_list *list, const struct nr_header *header,
                                 struct nr_buffer *out) {
    struct writer writer = {.out = out};
    NR_TRY(settle(list, &writer.code_size));
    if (writer.code_size == 0) return NR_MALFORMED;
    write_header(&writer, header, list->clause_count > 0);
    NR_TRY(write_code(&writer, list));
    NR_TRY(write_section(&writer, list));
    return out->status;
}

enum nr_status nr_assemble(struct nr_list *list, const struct nr_header *header,
                           struct nr_buffer *out) {
    NR_TRY(list->status);
    NR_TRY(out->status);
    size_t size = out->size;
    enum nr_status status = write_body(list, header, out);
    if (status != NR_OK) out->size = size;
    return status;
}
