// A method body as an editable list of instructions, with branch targets as pointers.
// SPDX-License-Identifier: Apache-2.0
//
// All memory comes from the list's arena. The list remembers its first failure in status, and the
// functions that make instructions never return NULL: after a failure they return a scratch
// instruction, so that a template can be written without a check on every line.
#ifndef NR_IL_LIST_H
#define NR_IL_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "il/body.h"
#include "il/opcode.h"

#define NR_NO_OFFSET UINT32_MAX

// An instruction, or several that are taken over from the original code as they are.
struct nr_insn {
    struct nr_insn *next;
    union {                        // by the opcode
        int64_t operand;           // number, token, bits of a float
        struct nr_insn *target;    // of a branch
        struct nr_insn **targets;  // of a switch
        const uint8_t *bytes;      // of NR_CODE
    };
    uint32_t count;       // of targets or bytes
    uint32_t offset;      // in the original code; NR_NO_OFFSET for an instruction made here
    uint32_t new_offset;  // set by nr_assemble
    uint16_t opcode;      // enum nr_opcode; NR_LABEL takes no bytes
};

// A clause whose ends are instructions. An end is the first instruction behind the range; NULL is
// the end of the code.
struct nr_list_clause {
    uint32_t flags;  // enum nr_clause_kind
    uint32_t class_token;
    struct nr_insn *try_start, *try_end, *handler_start, *handler_end, *filter_start;
};

// A place of the original code that the JIT knows in native code: a call, or where the stack is
// empty, so neither behind an instruction that pushes nor before one that pops. A row of nops is
// one.
enum { NR_PLACE = 2 };

struct nr_list {
    struct nr_arena *arena;
    struct nr_insn *first, *last;
    struct nr_list_clause *clauses;
    size_t clause_count, clause_capacity;
    enum nr_status status;
    size_t read_count;           // instructions that nr_list_read has seen
    const uint8_t *places;       // by offset of what it read: NR_PLACE, or another number
    bool has_jmp, has_localloc;  // what it has seen
    struct nr_insn scratch;      // what makers return after a failure
};

void nr_list_init(struct nr_list *list, struct nr_arena *arena);

// Fills an empty list from a body, whose code must outlive the list. Branches, switch, ret and
// tail. stand alone; what lies between them, targets and the ends of clauses is NR_CODE.
// NR_MALFORMED when a branch or a clause points outside the code or into the middle of an
// instruction. Linear in the size of the body.
enum nr_status nr_list_read(struct nr_list *list, const struct nr_body *body);

// Makers append at the end of the list. operand of nr_list_add is ignored by opcodes without one,
// and 0 for a switch, whose targets the caller sets.
struct nr_insn *nr_list_add(struct nr_list *list, uint16_t opcode, int64_t operand);
struct nr_insn *nr_list_add_branch(struct nr_list *list, uint16_t opcode, struct nr_insn *target);
// ldarg, ldloc, stloc in the shortest form that the number allows (ldarg.0 … ldarg.3, .s, long);
// the short form is used up to 254, as the reference does.
struct nr_insn *nr_list_add_ldarg(struct nr_list *list, uint16_t number);
struct nr_insn *nr_list_add_ldloc(struct nr_list *list, uint16_t number);
struct nr_insn *nr_list_add_stloc(struct nr_list *list, uint16_t number);

// A label that is in no list yet, and its placing at the end. To place it twice fails with
// NR_MALFORMED.
struct nr_insn *nr_list_new_label(struct nr_list *list);
void nr_list_place(struct nr_list *list, struct nr_insn *label);

// Moves all of inner (same arena) to the end of list. Its clauses go before those of list: an inner
// clause has to come first (II.19.4). inner is empty afterwards, and a failure of inner is
// one of list. An end of NULL in inner's clauses becomes the instruction that list gets next, for
// which a label is placed.
void nr_list_splice(struct nr_list *list, struct nr_list *inner);

// Appends a clause.
void nr_list_add_clause(struct nr_list *list, struct nr_list_clause clause);

// Turns every short branch into its long form.
void nr_list_lengthen(struct nr_list *list);

#endif
