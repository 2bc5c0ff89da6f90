// Disassembler.
// SPDX-License-Identifier: Apache-2.0
//
// Reads the bytes itself rather than through the instruction list: it has to show bodies that the
// list refuses.
#include "il/disassemble.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/compiler.h"
#include "il/body.h"
#include "il/opcode.h"

struct printer {
    struct nr_arena *arena;
    const struct nr_token_names *names;
    struct nr_buffer *out;
    struct nr_bytes code;
};

// For text of less than a hundred bytes; names do not go through here.
NR_PRINTF(2, 3) static void print(struct printer *printer, const char *format, ...) {
    char text[100];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (size > 0) nr_buffer_append(printer->out, text, (size_t)size);
}

static void print_token(struct printer *printer, uint32_t token) {
    const struct nr_token_names *names = printer->names;
    struct nr_str name = {0};
    if (names && names->name) name = names->name(names->context, printer->arena, token);
    if (name.data) {
        nr_buffer_append(printer->out, name.data, name.size);
    } else {
        print(printer, "0x%08" PRIx32, token);
    }
}

static void print_target(struct printer *printer, uint32_t end, int32_t distance) {
    int64_t target = (int64_t)end + distance;
    if (target >= 0 && (uint64_t)target < printer->code.size) {
        print(printer, "IL_%04" PRIx32, (uint32_t)target);
    } else {
        print(printer, "%+" PRId32, distance);
    }
}

static void print_switch(struct printer *printer, const uint8_t *data, uint32_t end) {
    uint32_t count = nr_load_u32(data);
    print(printer, "(");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) print(printer, ", ");
        print_target(printer, end, (int32_t)nr_load_u32(data + 4 + 4 * (size_t)i));
    }
    print(printer, ")");
}

static void print_operand(struct printer *printer, enum nr_operand operand, const uint8_t *data,
                          uint32_t end) {
    if (operand == NR_OPERAND_NONE) return;
    print(printer, " ");
    switch (operand) {
    case NR_OPERAND_NONE: break;
    case NR_OPERAND_I1: print(printer, "%d", (int8_t)data[0]); break;
    case NR_OPERAND_VAR1: print(printer, "%u", data[0]); break;
    case NR_OPERAND_VAR2: print(printer, "%u", nr_load_u16(data)); break;
    case NR_OPERAND_I4: print(printer, "%" PRId32, (int32_t)nr_load_u32(data)); break;
    case NR_OPERAND_I8: print(printer, "%lld", (long long)nr_load_u64(data)); break;
    case NR_OPERAND_R4: print(printer, "float32(0x%08" PRIx32 ")", nr_load_u32(data)); break;
    case NR_OPERAND_R8:
        print(printer, "float64(0x%016llx)", (unsigned long long)nr_load_u64(data));
        break;
    case NR_OPERAND_TOKEN: print_token(printer, nr_load_u32(data)); break;
    case NR_OPERAND_BRANCH1: print_target(printer, end, (int8_t)data[0]); break;
    case NR_OPERAND_BRANCH4: print_target(printer, end, (int32_t)nr_load_u32(data)); break;
    case NR_OPERAND_SWITCH: print_switch(printer, data, end); break;
    }
}

static void print_header(struct printer *printer, const struct nr_body *body) {
    print(printer, ".maxstack %u\n", body->max_stack);
    bool init = body->flags & NR_BODY_INIT_LOCALS;
    if (!init && body->local_signature == 0) return;
    print(printer, ".locals%s", init ? " init" : "");
    if (body->local_signature != 0) {
        print(printer, " ");
        print_token(printer, body->local_signature);
    }
    print(printer, "\n");
}

// Where the code breaks; its size when it does not.
static uint32_t print_code(struct printer *printer) {
    struct nr_instruction insn = {0};
    while (nr_code_read(printer->code, insn.next, &insn) == NR_OK) {
        const uint8_t *operand = printer->code.data + insn.operand_offset;
        print(printer, "IL_%04" PRIx32 " %s", insn.offset, insn.info->name);
        print_operand(printer, insn.info->operand, operand, insn.next);
        print(printer, "\n");
    }
    return insn.next;
}

static void print_range(struct printer *printer, const char *what, uint32_t start,
                        uint32_t length) {
    unsigned long long end = (unsigned long long)start + length;
    print(printer, "%s IL_%04" PRIx32 " to IL_%04llx", what, start, end);
}

static void print_clause(struct printer *printer, const struct nr_clause *clause) {
    print_range(printer, ".try", clause->try_offset, clause->try_length);
    const char *handler = " handler";
    switch (clause->flags) {
    case NR_CLAUSE_CATCH:
        print(printer, " catch ");
        print_token(printer, clause->token_or_filter);
        break;
    case NR_CLAUSE_FILTER: print(printer, " filter IL_%04" PRIx32, clause->token_or_filter); break;
    case NR_CLAUSE_FINALLY: handler = " finally handler"; break;
    case NR_CLAUSE_FAULT: handler = " fault handler"; break;
    default: print(printer, " flags 0x%" PRIx32, clause->flags); break;
    }
    print_range(printer, handler, clause->handler_offset, clause->handler_length);
    print(printer, "\n");
}

static void print_broken_code(struct printer *printer, uint32_t offset) {
    const uint8_t *data = printer->code.data + offset;
    bool two = data[0] == 0xFE && printer->code.size - offset > 1;
    unsigned opcode = two ? 0xFE00u | data[1] : data[0];
    bool known = opcode == 0xFE || nr_opcode_info((uint16_t)opcode);
    print(printer, "malformed: IL_%04" PRIx32 ": %s %02x\n", offset,
          known ? "the code ends inside the instruction" : "unknown opcode", opcode);
}

enum nr_status nr_disassemble(struct nr_arena *arena, struct nr_bytes bytes,
                              const struct nr_token_names *names, struct nr_buffer *out) {
    struct printer printer = {.arena = arena, .names = names, .out = out};
    struct nr_body body;
    if (nr_body_read_code(bytes, &body) != NR_OK) {
        print(&printer, "malformed: header or size of the code\n");
        return out->status == NR_OK ? NR_MALFORMED : out->status;
    }
    printer.code = body.code;
    print_header(&printer, &body);
    uint32_t code_end = print_code(&printer);

    enum nr_status sections = nr_body_read(arena, bytes, &body);
    for (size_t i = 0; i < body.clause_count; i++) print_clause(&printer, &body.clauses[i]);
    if (code_end < body.code.size) print_broken_code(&printer, code_end);
    if (sections == NR_MALFORMED) print(&printer, "malformed: sections behind the code\n");

    if (out->status != NR_OK) return out->status;
    return sections == NR_OK && code_end < body.code.size ? NR_MALFORMED : sections;
}
