// The verifier's entry, its messages, and what its parts ask of an instruction.
// SPDX-License-Identifier: Apache-2.0
//
// Everything lives on the stack of the call and in the caller's arena.
#include "il/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "il/verify_internal.h"

// Steps that a body may take: far more than any compiler's output needs (about one per instruction
// and per stack item where paths meet), and less than half a second.
enum { STEPS_PER_BYTE = 64, STEPS_AT_LEAST = 1 << 24 };

enum nr_status nr_verify_fail(struct nr_verifier *v, const struct nr_instruction *insn,
                              const char *format, ...) {
    struct nr_verify_error *error = v->error;
    error->offset = insn ? insn->offset : 0;
    int used = 0;
    if (insn) used = snprintf(error->message, sizeof(error->message), "%s: ", insn->info->name);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message + used, sizeof(error->message) - (size_t)used, format, arguments);
    va_end(arguments);
    return NR_MALFORMED;
}

enum nr_status nr_verify_spend(struct nr_verifier *v, uint64_t steps) {
    if (steps > v->budget) return nr_verify_fail(v, NULL, "the body takes too long to check");
    v->budget -= steps;
    return NR_OK;
}

bool nr_verify_decode(const struct nr_verifier *v, uint32_t offset, struct nr_instruction *insn) {
    return nr_code_read(v->body.code, offset, insn) == NR_OK;
}

void nr_verify_lead(struct nr_verifier *v, uint32_t offset) {
    v->leader_count += !(v->marks[offset] & NR_MARK_LEADER);
    v->marks[offset] |= NR_MARK_LEADER;
}

uint32_t nr_verify_next_marked(const struct nr_verifier *v, uint32_t offset, uint8_t marks) {
    const uint64_t each = marks * UINT64_C(0x0101010101010101);
    uint64_t eight;
    // offset may be size + 1 already.
    for (; offset < v->size && v->size - offset >= sizeof(eight); offset += sizeof(eight)) {
        memcpy(&eight, v->marks + offset, sizeof(eight));
        if (eight & each) break;
    }
    while (offset <= v->size && !(v->marks[offset] & marks)) offset++;
    return offset;
}

int64_t nr_verify_target(const struct nr_verifier *v, const struct nr_instruction *insn) {
    const uint8_t *operand = v->body.code.data + insn->operand_offset;
    if (insn->info->operand == NR_OPERAND_BRANCH1) return (int64_t)insn->next + (int8_t)*operand;
    return (int64_t)insn->next + (int32_t)nr_load_u32(operand);
}

uint32_t nr_verify_arms(const struct nr_verifier *v, const struct nr_instruction *insn) {
    return nr_load_u32(v->body.code.data + insn->operand_offset);
}

int64_t nr_verify_arm(const struct nr_verifier *v, const struct nr_instruction *insn, uint32_t i) {
    const uint8_t *arms = v->body.code.data + insn->operand_offset + 4;
    return (int64_t)insn->next + (int32_t)nr_load_u32(arms + (size_t)i * 4);
}

uint32_t nr_verify_variable(const struct nr_verifier *v, const struct nr_instruction *insn) {
    const uint8_t *operand = v->body.code.data + insn->operand_offset;
    if (insn->info->operand == NR_OPERAND_VAR1) return *operand;
    if (insn->info->operand == NR_OPERAND_VAR2) return nr_load_u16(operand);
    return (insn->opcode - NR_LDARG_0) & 3u;  // three rows of four opcodes
}

bool nr_verify_falls_through(const struct nr_instruction *insn) {
    switch (insn->info->flow) {
    case NR_FLOW_BRANCH:
    case NR_FLOW_RETURN:
    case NR_FLOW_THROW: return false;
    default: return true;
    }
}

enum nr_status nr_verify(struct nr_arena *arena, struct nr_bytes body, struct nr_bytes signature,
                         const struct nr_verify_module *module, struct nr_verify_error *error) {
    struct nr_verifier v = {
        .arena = arena, .module = module, .error = error, .signature = signature};
    enum nr_status status = nr_body_read(arena, body, &v.body);
    if (status == NR_MALFORMED) {
        return nr_verify_fail(&v, NULL, "the header, the code size or a section is broken");
    }
    if (status != NR_OK) return status;
    v.size = (uint32_t)v.body.code.size;
    v.budget = (uint64_t)v.size * STEPS_PER_BYTE + STEPS_AT_LEAST;
    NR_TRY(nr_verify_code(&v));
    NR_TRY(nr_verify_clauses(&v));
    NR_TRY(nr_verify_flow(&v));
    NR_TRY(nr_verify_types(&v));
    return nr_verify_walk(&v);
}
