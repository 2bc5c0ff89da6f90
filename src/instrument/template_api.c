// The API template: a stub of the public API calls the agent, by reflection.
// SPDX-License-Identifier: Apache-2.0
//
//     try { result = AgentApi.<same name>.Invoke(null, new object[] { arguments }) }
//     catch (Exception) { original code; result = … }
//     return result
#include "instrument/template.h"

enum { API_STACK = 10 };

static bool is_value(const struct nr_sig_type *type) {
    switch (type->element) {
    case NR_ELEMENT_STRING:
    case NR_ELEMENT_OBJECT:
    case NR_ELEMENT_CLASS:
    case NR_ELEMENT_ARRAY:
    case NR_ELEMENT_SZARRAY: return false;
    case NR_ELEMENT_GENERICINST: return type->is_value;
    default: return true;
    }
}

// Stores the object that Invoke returned; a value type comes in a box.
static enum nr_status store_result(struct nr_template *t, uint16_t result) {
    nr_token token;
    if (is_value(&t->sig.result)) {
        NR_TRY(nr_boxing_token(&t->boxing, &t->sig.result, &token));
        if (!token) return NR_UNSUPPORTED;
        nr_list_add(&t->list, NR_UNBOX_ANY, token);
    }
    nr_list_add_stloc(&t->list, result);
    return NR_OK;
}

enum nr_status nr_rewrite_api(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                              const struct nr_log *log, struct nr_bytes *out) {
    struct nr_template t;
    struct nr_try block;
    nr_token exception;
    uint16_t result = 0;
    NR_TRY(nr_template_begin(&t, arena, rewrite, log));
    // The code goes into a handler, where memory of the stack cannot be had (III.3.47).
    if (t.user.has_localloc) {
        nr_log_info(log, "Skipping API method with a localloc instruction: %.*s",
                    NR_STR_ARGS(rewrite->description));
        return NR_UNSUPPORTED;
    }
    nr_log_trace(log, "%.*s: Generating API bytecode instrumentation.",
                 NR_STR_ARGS(rewrite->description));
    if (t.returns_value) NR_TRY(nr_template_add_result(&t, &result));

    nr_try_begin(&t, &block);
    NR_TRY(nr_template_agent_method(&t, NR_STR("NewRelic.Agent.Core.AgentApi"),
                                    rewrite->method_name, true));
    nr_list_add(&t.list, NR_LDNULL, 0);
    NR_TRY(nr_template_arguments(&t));
    NR_TRY(nr_template_call(&t, NR_CALL, NR_MEMBER_METHOD_INVOKE));
    if (t.returns_value)
        NR_TRY(store_result(&t, result));
    else
        nr_list_add(&t.list, NR_POP, 0);

    NR_TRY(nr_try_handler(&t, &block, &exception));
    nr_list_add(&t.list, NR_POP, 0);
    nr_template_splice_user(&t);
    if (t.returns_value) nr_list_add_stloc(&t.list, result);
    nr_try_end(&t, &block, exception);

    if (t.returns_value) nr_list_add_ldloc(&t.list, result);
    nr_list_add(&t.list, NR_RET, 0);
    uint16_t stack = t.body.max_stack > API_STACK ? t.body.max_stack : API_STACK;
    return nr_template_finish(&t, stack, true, out);
}
