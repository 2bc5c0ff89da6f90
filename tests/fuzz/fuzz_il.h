// Makes method bodies of an input: header and clauses by the book, code as it comes.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TESTS_FUZZ_IL_H
#define NR_TESTS_FUZZ_IL_H

#include <string.h>

#include "base/compiler.h"
#include "fuzz.h"
#include "il/body.h"
#include "il/opcode.h"

enum { FUZZ_MOST_CLAUSES = 7 };

// Tokens in all tables that code may name; most lead somewhere in the module of fuzz_module.h.
static inline uint32_t fuzz_token(uint8_t choice) {
    static const uint8_t tables[] = {0x01, 0x02, 0x04, 0x06, 0x0A, 0x11, 0x1B, 0x2B, 0x70};
    return (uint32_t)tables[choice % NR_COUNT_OF(tables)] << 24 | choice / NR_COUNT_OF(tables) % 12;
}

// Gives token operands a token: a random one would hardly ever be in a table.
static inline void fuzz_fix_tokens(uint8_t *code, size_t size) {
    struct nr_bytes bytes = {code, size};
    struct nr_instruction insn = {0};
    while (nr_code_read(bytes, insn.next, &insn) == NR_OK) {
        uint8_t *operand = code + insn.operand_offset;
        if (insn.info->operand == NR_OPERAND_TOKEN) nr_store_u32(operand, fuzz_token(*operand));
    }
}

// A range or an offset mostly inside the code.
static inline uint32_t fuzz_offset(struct fuzz_input *input, size_t code_size) {
    uint16_t number = fuzz_u16(input);
    return number % (uint32_t)(code_size + 2);
}

static inline struct nr_clause fuzz_clause(struct fuzz_input *input, size_t code_size) {
    static const uint8_t kinds[] = {NR_CLAUSE_CATCH, NR_CLAUSE_FILTER, NR_CLAUSE_FINALLY,
                                    NR_CLAUSE_FAULT, NR_CLAUSE_CATCH,  3};
    uint8_t kind = fuzz_u8(input);
    struct nr_clause clause = {.flags = kinds[kind % NR_COUNT_OF(kinds)]};
    clause.try_offset = fuzz_offset(input, code_size);
    clause.try_length = fuzz_offset(input, code_size);
    clause.handler_offset = fuzz_offset(input, code_size);
    clause.handler_length = fuzz_offset(input, code_size);
    clause.token_or_filter = clause.flags == NR_CLAUSE_FILTER ? fuzz_offset(input, code_size)
                                                              : fuzz_token(fuzz_u8(input));
    return clause;
}

static inline void fuzz_write_clause(struct nr_buffer *out, const struct nr_clause *clause,
                                     bool fat) {
    nr_buffer_u16(out, (uint16_t)clause->flags);
    if (fat) nr_buffer_u16(out, (uint16_t)(clause->flags >> 16));
    const uint32_t ranges[] = {clause->try_offset, clause->try_length, clause->handler_offset,
                               clause->handler_length};
    for (int i = 0; i < 4; i++) {
        if (fat)
            nr_buffer_u32(out, ranges[i]);
        else if (i % 2 == 0)
            nr_buffer_u16(out, (uint16_t)ranges[i]);
        else
            nr_buffer_u8(out, (uint8_t)ranges[i]);
    }
    nr_buffer_u32(out, clause->token_or_filter);
}

// One section (II.25.4.5).
static inline void fuzz_write_section(struct nr_buffer *out, const struct nr_clause *clauses,
                                      size_t count, bool fat, bool more) {
    uint32_t size = (uint32_t)(4 + count * (fat ? 24 : 12));
    while (out->size % 4) nr_buffer_u8(out, 0);
    nr_buffer_u8(out, (uint8_t)(0x01 | (fat ? 0x40 : 0) | (more ? 0x80 : 0)));
    nr_buffer_u8(out, (uint8_t)size);
    nr_buffer_u16(out, (uint16_t)(size >> 8));
    for (size_t i = 0; i < count; i++) fuzz_write_clause(out, &clauses[i], fat);
}

// A fat header, the rest of the input as code, and up to seven clauses in one section.
static inline struct nr_bytes fuzz_body(struct fuzz_input *input, struct nr_arena *arena,
                                        uint32_t local_signature, bool fix_tokens) {
    struct nr_clause clauses[FUZZ_MOST_CLAUSES];
    struct nr_buffer out;
    uint8_t options = fuzz_u8(input), stack = fuzz_u8(input);
    size_t count = options & 7;
    struct fuzz_input description = {fuzz_take(input, count * 11)};
    struct nr_bytes code = input->left;
    for (size_t i = 0; i < count; i++) clauses[i] = fuzz_clause(&description, code.size);
    nr_buffer_init(&out, arena);
    nr_buffer_u16(&out, (uint16_t)(0x3003 | (options & NR_BODY_INIT_LOCALS) |
                                   (count > 0 ? NR_BODY_MORE_SECTS : 0)));
    nr_buffer_u16(&out, stack);
    nr_buffer_u32(&out, (uint32_t)code.size);
    nr_buffer_u32(&out, local_signature);
    nr_buffer_append(&out, code.data, code.size);
    FUZZ_REQUIRE(out.status == NR_OK);
    if (fix_tokens) fuzz_fix_tokens(out.data + NR_BODY_FAT_HEADER_SIZE, code.size);
    if (count > 0) fuzz_write_section(&out, clauses, count, true, false);
    return nr_buffer_bytes(&out);
}

#endif
