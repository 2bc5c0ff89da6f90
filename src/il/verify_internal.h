// What the parts of the verifier share. Not for others: see il/verify.h.
// SPDX-License-Identifier: Apache-2.0
//
// nr_verify runs the parts in this order: code (instruction boundaries, prefixes), clauses (the
// tree of protected regions), flow (targets and who may go where), types (argument and local
// kinds), walk (the stack). Each relies on what those before it have established.
#ifndef NR_IL_VERIFY_INTERNAL_H
#define NR_IL_VERIFY_INTERNAL_H

#include "base/compiler.h"
#include "il/body.h"
#include "il/opcode.h"
#include "il/verify.h"

// What is known about each byte of code.
enum {
    NR_MARK_START = 1,         // an instruction begins here
    NR_MARK_TARGET = 2,        // … and may be branched to: no prefix comes before it
    NR_MARK_LEADER = 4,        // a branch or the start of a region leads here
    NR_MARK_TRY_START = 8,     // a try begins here
    NR_MARK_REGION_EDGE = 16,  // a region begins or ends here
    NR_MARK_FLOW = 32          // the instruction branches, ends a way, or is a tail call
};

// Kinds of stack items (III.1.5). NR_KIND_NONE is void.
enum nr_kind {
    NR_KIND_NONE,
    NR_KIND_UNKNOWN,  // matches everything
    NR_KIND_INT32,
    NR_KIND_INT64,
    NR_KIND_NATIVE,  // native int and unmanaged pointers
    NR_KIND_BYREF,   // managed pointer
    NR_KIND_WORD,    // one of the four above
    NR_KIND_FLOAT,
    NR_KIND_OBJECT,
    NR_KIND_VALUE,
};

enum nr_region_kind { NR_REGION_TRY, NR_REGION_CATCH, NR_REGION_FILTER, NR_REGION_FINALLY };

enum { NR_NO_REGION = 0xFFFFFFFF };

// A try, a filter or a handler. Several clauses with the same try share its region. Fault handlers
// follow the rules of finally handlers, and the handler of a filter those of a catch.
struct nr_region {
    uint32_t start, end;  // offsets of code
    uint8_t kind;         // enum nr_region_kind
    bool starts_handler;  // it, or a region around it with the same start, is a handler or filter
    bool ends_filter;     // FILTER: endfilter is its last instruction
    bool entered;         // TRY: its handlers are on the way of the walk
    uint32_t clause;      // TRY: the first of its clauses
    uint32_t parent;      // the region around it, or NR_NO_REGION
    uint32_t outer_try;   // the innermost TRY around it, or NR_NO_REGION
    uint32_t depth;       // number of regions around it
};

// Regions of one clause, and the next clause with the same try.
struct nr_clause_regions {
    uint32_t try_region, handler, filter;  // filter: NR_NO_REGION unless there is one
    uint32_t next;                         // clause, or NR_NO_REGION
};

// From offset on, up to the next segment, region is the innermost one.
struct nr_segment {
    uint32_t offset;
    uint32_t region;
};

struct nr_verifier {
    struct nr_arena *arena;
    const struct nr_verify_module *module;
    struct nr_verify_error *error;
    uint64_t budget;  // steps left, against bodies made to be slow

    struct nr_body body;
    uint32_t size;   // of the code
    uint8_t *marks;  // size + 1 of them
    uint32_t leader_count;

    struct nr_clause_regions *clauses;  // body.clause_count of them
    struct nr_region *regions;
    uint32_t region_count;
    struct nr_segment *segments;
    uint32_t segment_count;

    struct nr_bytes signature;    // of the method
    uint8_t *arguments, *locals;  // enum nr_kind
    uint32_t argument_count, local_count;
    uint8_t result;  // enum nr_kind
};

// The evaluation stack while a block is walked.
struct nr_stack {
    struct nr_verifier *v;
    uint8_t *items;  // enum nr_kind; room for max stack of them
    uint32_t depth;
    uint32_t region;       // the innermost one of the block
    uint8_t operand_kind;  // of the type, field, local or argument that the instruction names
};

// Fills the error and returns NR_MALFORMED. insn may be NULL: the fault is not an instruction's.
enum nr_status nr_verify_fail(struct nr_verifier *v, const struct nr_instruction *insn,
                              const char *format, ...) NR_PRINTF(3, 4);
// Takes steps from the budget; fails when it is used up.
enum nr_status nr_verify_spend(struct nr_verifier *v, uint64_t steps);

// Decodes the instruction at offset; false when the bytes there are none. After the code part has
// passed, it cannot fail on a marked offset.
bool nr_verify_decode(const struct nr_verifier *v, uint32_t offset, struct nr_instruction *insn);
// Marks a leader, once.
void nr_verify_lead(struct nr_verifier *v, uint32_t offset);
// The first offset from here on that has one of the marks; size + 1 when none has.
uint32_t nr_verify_next_marked(const struct nr_verifier *v, uint32_t offset, uint8_t marks);
// Where a branch goes, before any check: any number may come out.
int64_t nr_verify_target(const struct nr_verifier *v, const struct nr_instruction *insn);
// A switch: the number of its arms, and where arm number i goes.
uint32_t nr_verify_arms(const struct nr_verifier *v, const struct nr_instruction *insn);
int64_t nr_verify_arm(const struct nr_verifier *v, const struct nr_instruction *insn, uint32_t i);
// The number of the local or argument, from the operand or the opcode.
uint32_t nr_verify_variable(const struct nr_verifier *v, const struct nr_instruction *insn);
// Whether control can go on to the next instruction.
bool nr_verify_falls_through(const struct nr_instruction *insn);

enum nr_status nr_verify_code(struct nr_verifier *v);
enum nr_status nr_verify_clauses(struct nr_verifier *v);
enum nr_status nr_verify_flow(struct nr_verifier *v);
enum nr_status nr_verify_types(struct nr_verifier *v);
enum nr_status nr_verify_walk(struct nr_verifier *v);

// The innermost region of an offset, or NR_NO_REGION.
uint32_t nr_verify_region_at(const struct nr_verifier *v, uint32_t offset);

// A position in a signature blob.
struct nr_sig_cursor {
    struct nr_bytes blob;
    size_t at;
};

// The head of a method signature, up to its first parameter.
struct nr_sig_head {
    uint8_t convention;
    bool has_this;  // an implicit one
    uint32_t parameter_count;
    uint8_t result;  // enum nr_kind
};

// Each returns false when the blob is broken; the cursor is undefined then.
bool nr_sig_cursor_number(struct nr_sig_cursor *cursor, uint32_t *number);
bool nr_sig_cursor_type(const struct nr_verifier *v, struct nr_sig_cursor *cursor, uint8_t *kind);
bool nr_sig_cursor_method(const struct nr_verifier *v, struct nr_sig_cursor *cursor,
                          struct nr_sig_head *head);
// One parameter of a method; a vararg sentinel in front of it is skipped.
bool nr_sig_cursor_parameter(const struct nr_verifier *v, struct nr_sig_cursor *cursor,
                             uint8_t *kind);
// The type of a field signature.
bool nr_sig_cursor_field(const struct nr_verifier *v, struct nr_sig_cursor *cursor, uint8_t *kind);

// The kind on the stack of a type, by its TypeDef, TypeRef or TypeSpec token, and whether it is
// known that it cannot be boxed. Fails when the signature of the TypeSpec is missing or broken, and
// leaves the message to the caller.
enum nr_status nr_verify_type_token(const struct nr_verifier *v, uint32_t token, uint8_t *kind,
                                    bool *unboxable);
// Whether an item of a kind may go where another one is expected.
bool nr_kind_fits(uint8_t expected, uint8_t kind);
bool nr_kind_is_word(uint8_t kind);  // an integer or managed pointer

enum nr_status nr_stack_need(struct nr_stack *s, const struct nr_instruction *insn, uint32_t count);
enum nr_status nr_stack_push(struct nr_stack *s, const struct nr_instruction *insn, uint8_t kind);
// Checks the item that lies so many below the top. Letters are those of verify_effects.c.
enum nr_status nr_stack_check(struct nr_stack *s, const struct nr_instruction *insn, char letter,
                              uint8_t operand_kind, uint32_t below);
// Takes and pushes what items says, such as "ow:T".
enum nr_status nr_stack_apply(struct nr_stack *s, const struct nr_instruction *insn,
                              const char *items);
// What an instruction takes and pushes, whatever it is applied to; empty when that depends.
const char *nr_stack_effect_of(uint16_t opcode);
// Anything that an instruction does to the stack.
enum nr_status nr_verify_step(struct nr_stack *s, const struct nr_instruction *insn);

// As they are called in messages.
const char *nr_verify_kind_name(uint8_t kind);

#endif
