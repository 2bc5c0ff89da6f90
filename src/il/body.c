// Reader of method bodies.
// SPDX-License-Identifier: Apache-2.0
//
// Stateless. Sizes are compared by subtraction from what is known to be there, so nothing
// overflows.
#include "il/body.h"

// II.25.4.5: kind and flags of a section, sizes of its header and of a clause (II.25.4.6).
enum {
    SECTION_KIND = 0x3F,
    SECTION_EXCEPTIONS = 0x01,
    SECTION_FAT = 0x40,
    SECTION_MORE = 0x80,
    SECTION_HEADER_SIZE = 4,
    SMALL_CLAUSE_SIZE = 12,
    FAT_CLAUSE_SIZE = 24,
};

struct section {
    bool exceptions, fat, more;
    size_t size;  // header included
    size_t clause_count;
    const uint8_t *clauses;
};

static size_t align4(size_t offset) { return (offset + 3) & ~(size_t)3; }

static enum nr_status read_section(struct nr_bytes bytes, size_t offset, struct section *section) {
    if (offset > bytes.size || bytes.size - offset < SECTION_HEADER_SIZE) return NR_MALFORMED;
    const uint8_t *data = bytes.data + offset;
    section->exceptions = (data[0] & SECTION_KIND) == SECTION_EXCEPTIONS;
    section->fat = data[0] & SECTION_FAT;
    section->more = data[0] & SECTION_MORE;
    section->size = section->fat ? nr_load_u32(data) >> 8 : data[1];
    section->clauses = data + SECTION_HEADER_SIZE;
    section->clause_count = 0;
    if (section->size < SECTION_HEADER_SIZE) return NR_MALFORMED;
    if (section->exceptions) {
        // Some old compilers left the header out of the size. A clause is longer than the header,
        // so the division tells the same count either way, and the count tells the size.
        size_t clause_size = section->fat ? FAT_CLAUSE_SIZE : SMALL_CLAUSE_SIZE;
        section->clause_count = section->size / clause_size;
        section->size = SECTION_HEADER_SIZE + section->clause_count * clause_size;
    }
    return section->size <= bytes.size - offset ? NR_OK : NR_MALFORMED;
}

static struct nr_clause read_clause(const struct section *section, size_t index) {
    if (section->fat) {
        const uint8_t *data = section->clauses + index * FAT_CLAUSE_SIZE;
        return (struct nr_clause){
            .flags = nr_load_u32(data),
            .try_offset = nr_load_u32(data + 4),
            .try_length = nr_load_u32(data + 8),
            .handler_offset = nr_load_u32(data + 12),
            .handler_length = nr_load_u32(data + 16),
            .token_or_filter = nr_load_u32(data + 20),
        };
    }
    const uint8_t *data = section->clauses + index * SMALL_CLAUSE_SIZE;
    return (struct nr_clause){
        .flags = nr_load_u16(data),
        .try_offset = nr_load_u16(data + 2),
        .try_length = data[4],
        .handler_offset = nr_load_u16(data + 5),
        .handler_length = data[7],
        .token_or_filter = nr_load_u32(data + 8),
    };
}

// Walks the chain of sections that begins at body->size and moves body->size to its end. Stores the
// clauses when there is a place for them; counts them in either case.
static enum nr_status walk_sections(struct nr_bytes bytes, struct nr_clause *clauses,
                                    struct nr_body *body) {
    struct section section;
    body->clause_count = 0;
    do {
        size_t offset = align4(body->size);
        NR_TRY(read_section(bytes, offset, &section));
        for (size_t i = 0; clauses && i < section.clause_count; i++) {
            clauses[body->clause_count + i] = read_clause(&section, i);
        }
        body->clause_count += section.clause_count;
        body->size = offset + section.size;
    } while (section.more);
    return NR_OK;
}

static enum nr_status read_sections(struct nr_arena *arena, struct nr_bytes bytes,
                                    struct nr_body *body) {
    size_t code_end = body->size;
    NR_TRY(walk_sections(bytes, NULL, body));
    if (body->clause_count == 0) return NR_OK;
    struct nr_clause *clauses = NR_ARENA_ARRAY(arena, struct nr_clause, body->clause_count);
    if (!clauses) return NR_NO_MEMORY;
    body->size = code_end;
    NR_TRY(walk_sections(bytes, clauses, body));
    body->clauses = clauses;
    return NR_OK;
}

// Sets the code, which begins at offset and must fit.
static enum nr_status set_code(struct nr_bytes bytes, size_t offset, size_t size,
                               struct nr_body *body) {
    if (size == 0 || offset > bytes.size || size > bytes.size - offset) return NR_MALFORMED;
    body->code = (struct nr_bytes){bytes.data + offset, size};
    body->size = offset + size;
    return NR_OK;
}

static enum nr_status read_tiny(struct nr_bytes bytes, struct nr_body *body) {
    *body = (struct nr_body){.tiny = true, .max_stack = NR_BODY_TINY_MAX_STACK};
    return set_code(bytes, 1, bytes.data[0] >> 2, body);
}

static enum nr_status read_fat(struct nr_bytes bytes, struct nr_body *body) {
    if (bytes.size < NR_BODY_FAT_HEADER_SIZE) return NR_MALFORMED;
    uint16_t flags_and_size = nr_load_u16(bytes.data);
    size_t header_size = (size_t)4 * (flags_and_size >> 12);
    if (header_size < NR_BODY_FAT_HEADER_SIZE) return NR_MALFORMED;
    *body = (struct nr_body){
        .flags = flags_and_size & 0xFFF,
        .max_stack = nr_load_u16(bytes.data + 2),
        .local_signature = nr_load_u32(bytes.data + 8),
    };
    return set_code(bytes, header_size, nr_load_u32(bytes.data + 4), body);
}

enum nr_status nr_body_read_code(struct nr_bytes bytes, struct nr_body *body) {
    if (bytes.size == 0) return NR_MALFORMED;
    struct nr_body result = {0};
    switch (bytes.data[0] & 3) {
    case NR_BODY_TINY: NR_TRY(read_tiny(bytes, &result)); break;
    case NR_BODY_FAT: NR_TRY(read_fat(bytes, &result)); break;
    default: return NR_MALFORMED;
    }
    *body = result;
    return NR_OK;
}

enum nr_status nr_body_read(struct nr_arena *arena, struct nr_bytes bytes, struct nr_body *body) {
    struct nr_body result;
    NR_TRY(nr_body_read_code(bytes, &result));
    if (result.flags & NR_BODY_MORE_SECTS) NR_TRY(read_sections(arena, bytes, &result));
    *body = result;
    return NR_OK;
}

enum nr_status nr_code_read(struct nr_bytes code, uint32_t offset, struct nr_instruction *insn) {
    if (offset >= code.size) return NR_MALFORMED;
    const uint8_t *data = code.data + offset;
    size_t left = code.size - offset;
    uint16_t opcode = data[0];
    if (opcode == 0xFE && left > 1) opcode = (uint16_t)(0xFE00 | data[1]);
    const struct nr_opcode_info *info = nr_opcode_info(opcode);
    if (!info) info = nr_opcode_unused(opcode);
    if (!info) return NR_MALFORMED;
    uint32_t size = info->size + nr_operand_size(info->operand);
    if (size > left) return NR_MALFORMED;
    if (info->operand == NR_OPERAND_SWITCH) {
        uint32_t count = nr_load_u32(data + info->size);
        if (count > (left - size) / 4) return NR_MALFORMED;
        size += count * 4;
    }
    *insn = (struct nr_instruction){offset, offset + info->size, offset + size, opcode, info};
    return NR_OK;
}
