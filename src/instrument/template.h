// What the templates share: a list under construction, locals, try blocks, reflection calls.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_INSTRUMENT_TEMPLATE_H
#define NR_INSTRUMENT_TEMPLATE_H

#include "il/list.h"
#include "instrument/boxing.h"
#include "instrument/rewrite.h"

struct nr_template {
    const struct nr_rewrite *rewrite;
    const struct nr_log *log;
    struct nr_arena *arena;
    struct nr_rewrite_references refs;
    struct nr_boxing boxing;
    struct nr_method_sig sig;
    struct nr_body body;     // original
    struct nr_list user;     // original code, until it is spliced into list
    struct nr_list list;     // the new code
    struct nr_bytes locals;  // LocalVarSig of the original
    uint32_t local_count;    // with those that are added, whose types are in more_locals
    uint32_t more_count;
    struct nr_buffer more_locals;
    bool returns_value;
    size_t returns;   // how many `ret` the original had
    bool any_object;  // what is thrown may be no Exception, and is reported even so
};

// Reads signature, body and locals of the original, and has its code end in one place.
enum nr_status nr_template_begin(struct nr_template *t, struct nr_arena *arena,
                                 const struct nr_rewrite *rewrite, const struct nr_log *log);

// Counts a local more at the end, whose type the caller appends to more_locals.
enum nr_status nr_template_add_local(struct nr_template *t, uint16_t *number);

// Adds a local for the result of the method.
enum nr_status nr_template_add_result(struct nr_template *t, uint16_t *number);

// A label at this place.
struct nr_insn *nr_template_label(struct nr_template *t);

// A protected block with one handler for System.Exception. Between begin and handler comes the
// block, between handler and end its handler (which finds the exception on the stack); each leaves
// to `after`, which nr_try_end places.
struct nr_try {
    struct nr_insn *block, *handler, *after;
};

void nr_try_begin(struct nr_template *t, struct nr_try *block);
enum nr_status nr_try_handler(struct nr_template *t, struct nr_try *block, nr_token *exception);
void nr_try_end(struct nr_template *t, struct nr_try *block, nr_token exception);

enum nr_status nr_template_string(struct nr_template *t, struct nr_str text);
enum nr_status nr_template_call(struct nr_template *t, uint16_t opcode,
                                enum nr_known_member member);
enum nr_status nr_template_with_type(struct nr_template *t, uint16_t opcode,
                                     enum nr_known_type type);

// Puts the MethodInfo of a method of the agent on the stack: by name, or by name and parameter
// types when typed. Where methods are cached, the overloads of a typed one are told apart by the
// FunctionID of the method that is rewritten.
enum nr_status nr_template_agent_method(struct nr_template *t, struct nr_str type,
                                        struct nr_str method, bool typed);
// Puts an object[] of all arguments on the stack.
enum nr_status nr_template_arguments(struct nr_template *t);

// Puts one of the things that the agent is told on the stack: the index-th parameter of its
// GetFinishTracerDelegate, numbers in a box or as they are.
enum { NR_TRACER_THIS = 8, NR_TRACER_ARRAY = 9, NR_TRACER_ARGUMENTS = 11 };
enum nr_status nr_template_tracer_argument(struct nr_template *t, int index, bool boxed);

// Writes the part of a body that asks the agent for a tracer and stores it in a local; no exception
// gets out of it.
typedef enum nr_status nr_template_ask(struct nr_template *t, uint16_t tracer);

// What the traced bodies of a mode have of their own.
struct nr_template_mode {
    nr_template_ask *ask;
    uint16_t least_stack;  // what ask needs
    bool filters;          // looks at exceptions in a filter, any object among them (see above)
};

// The whole body around it (see template_default.c).
enum nr_status nr_template_traced(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                                  const struct nr_log *log, const struct nr_template_mode *mode,
                                  struct nr_bytes *out);

// Appends the original code, with its clauses.
void nr_template_splice_user(struct nr_template *t);

// Assembles and verifies. init_locals is for a body that had a tiny header; a fat one keeps its
// flags.
enum nr_status nr_template_finish(struct nr_template *t, uint16_t max_stack, bool init_locals,
                                  struct nr_bytes *out);

#endif
