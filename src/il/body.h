// Method bodies as they lie in a module: header, code, exception clauses (ECMA-335 II.25.4).
// SPDX-License-Identifier: Apache-2.0
//
// Reads bytes that nobody has checked: every offset and length is. The code span points into the
// bytes given; clauses live in the arena. Pure functions, safe from any thread.
#ifndef NR_IL_BODY_H
#define NR_IL_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "il/opcode.h"

enum {
    NR_BODY_TINY = 0x2,        // II.25.4.2
    NR_BODY_FAT = 0x3,         // II.25.4.3
    NR_BODY_MORE_SECTS = 0x8,  // II.25.4.4
    NR_BODY_INIT_LOCALS = 0x10,
    NR_BODY_FAT_HEADER_SIZE = 12,
    NR_BODY_TINY_MAX_STACK = 8,
};

// II.25.4.6. The flags of a clause tell its kind.
enum nr_clause_kind {
    NR_CLAUSE_CATCH = 0,
    NR_CLAUSE_FILTER = 1,
    NR_CLAUSE_FINALLY = 2,
    NR_CLAUSE_FAULT = 4,
};

struct nr_clause {
    uint32_t flags;
    uint32_t try_offset, try_length;          // bytes of code
    uint32_t handler_offset, handler_length;  // bytes of code
    uint32_t token_or_filter;  // class token (catch) or offset of the filter (filter)
};

struct nr_body {
    bool tiny;
    uint16_t flags;            // the low 12 bits of a fat header; 0 for a tiny body
    uint16_t max_stack;        // 8 for a tiny body
    uint32_t local_signature;  // StandAloneSig token, or 0
    struct nr_bytes code;
    const struct nr_clause *clauses;  // of all exception sections, in order
    size_t clause_count;
    size_t size;  // bytes that the whole body takes of the input
};

// Reads a body. NR_MALFORMED when header, code or sections do not fit into the bytes or break
// II.25.4; whether the ranges of a clause lie inside the code is il/verify's question.
enum nr_status nr_body_read(struct nr_arena *arena, struct nr_bytes bytes, struct nr_body *body);

// Header and code only: there are no clauses, and size ends with the code.
enum nr_status nr_body_read_code(struct nr_bytes bytes, struct nr_body *body);

// One instruction, decoded. Offsets count from the start of the code.
struct nr_instruction {
    uint32_t offset, operand_offset, next;
    uint16_t opcode;
    const struct nr_opcode_info *info;
};

// Decodes the instruction at offset of code (less than 4 GiB). An opcode that is not defined is one
// too, "unused". NR_MALFORMED for what the JIT steps over nowhere, for what does not fit, and at
// the end of the code.
enum nr_status nr_code_read(struct nr_bytes code, uint32_t offset, struct nr_instruction *insn);

#endif
