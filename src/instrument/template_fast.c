// The fast template: as the default one, but the agent is called directly, and
// exceptions do not use up the stack.
// SPDX-License-Identifier: Apache-2.0
//
//     try { entry = Entry.Get(); if (entry != null) tracer = entry(…) } catch (Exception) { }
//     try {
//         try { original code; result = … }
//         catch (Exception e) when (exception = e, enough of the stack is left)
//             { finish(null, e); tracer = null; rethrow }
//     } fault { finish(null, exception) }
//
// Entry is what fast mode adds to the core library (instrument/entry.h). Without an agent, nothing
// is made for it.
#include "instrument/template.h"

// The delegate, nine arguments, the array of the tenth, and one element of it on its way.
enum { DIRECT_STACK = 14 };

static enum nr_status ask_directly(struct nr_template *t, uint16_t tracer) {
    struct nr_insn *there = nr_list_new_label(&t->list);
    struct nr_try block;
    nr_token exception;
    nr_try_begin(t, &block);
    NR_TRY(nr_template_call(t, NR_CALL, NR_MEMBER_ENTRY_GET));
    nr_list_add(&t->list, NR_DUP, 0);
    nr_list_add_branch(&t->list, NR_BRTRUE, there);
    nr_list_add(&t->list, NR_POP, 0);
    nr_list_add_branch(&t->list, NR_LEAVE, block.after);
    nr_list_place(&t->list, there);
    bool lean = t->rewrite->lean;
    for (int i = 0; i < NR_TRACER_ARGUMENTS; i++) {
        if (!lean || (i != NR_TRACER_THIS && i != NR_TRACER_ARRAY)) {
            NR_TRY(nr_template_tracer_argument(t, i, false));
        }
    }
    NR_TRY(
        nr_template_call(t, NR_CALLVIRT, lean ? NR_MEMBER_GET_TRACER_LEAN : NR_MEMBER_GET_TRACER));
    nr_list_add_stloc(&t->list, tracer);
    NR_TRY(nr_try_handler(t, &block, &exception));
    nr_list_add(&t->list, NR_POP, 0);
    nr_try_end(t, &block, exception);
    return NR_OK;
}

enum nr_status nr_rewrite_fast(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                               const struct nr_log *log, struct nr_bytes *out) {
    static const struct nr_template_mode fast = {ask_directly, DIRECT_STACK, true};
    return nr_template_traced(arena, rewrite, log, &fast, out);
}
