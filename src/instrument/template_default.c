// The default template: asks for a tracer, runs the original code, finishes the tracer.
// SPDX-License-Identifier: Apache-2.0
//
//     tracer = null; exception = null
//     try { tracer = AgentShim.GetFinishTracerDelegate(…) } catch (Exception) { }
//     try { original code; result = … }
//     catch (Exception e) { exception = e; finish(null, e); rethrow }
//     finish(result, null)
//     return result
//
// where finish is: if (tracer != null) try { ((Action<object, Exception>)tracer)(…) } catch { }
#include "instrument/template.h"

enum { REFLECTION_STACK = 10, LAST_SHORT_INDEX = 8 };

struct slots {
    uint16_t tracer, exception, result;
};

static enum nr_status add_class_local(struct nr_template *t, enum nr_known_type type,
                                      uint16_t *number) {
    nr_token token;
    NR_TRY(nr_references_type(&t->refs, type, &token));
    nr_buffer_u8(&t->more_locals, NR_ELEMENT_CLASS);
    nr_sig_token_write(&t->more_locals, token);
    NR_TRY(t->more_locals.status);
    return nr_template_add_local(t, number);
}

static enum nr_status add_locals(struct nr_template *t, struct slots *slots) {
    nr_log_trace(t->log, "%.*s: Generating locals for default instrumentation.",
                 NR_STR_ARGS(t->rewrite->description));
    NR_TRY(add_class_local(t, NR_KNOWN_OBJECT, &slots->tracer));
    NR_TRY(add_class_local(t, NR_KNOWN_EXCEPTION, &slots->exception));
    return t->returns_value ? nr_template_add_result(t, &slots->result) : NR_OK;
}

static void set_null(struct nr_template *t, uint16_t local) {
    nr_list_add(&t->list, NR_LDNULL, 0);
    nr_list_add_stloc(&t->list, local);
}

// What names the method to the agent loses its leading spaces on the way, as in the reference.
static enum nr_status load_name(struct nr_template *t, struct nr_str name) {
    while (name.size > 0 && name.data[0] == ' ') name = nr_str_slice(name, 1, name.size);
    return nr_template_string(t, name);
}

static enum nr_status load_type(struct nr_template *t) {
    nr_list_add(&t->list, NR_LDTOKEN, t->rewrite->type);
    return nr_template_call(t, NR_CALL, NR_MEMBER_TYPE_FROM_HANDLE);
}

static enum nr_status load_parameter_names(struct nr_template *t) {
    struct nr_str names;
    NR_TRY(nr_method_sig_print(t->arena, t->rewrite->module, &t->sig, &names));
    return load_name(t, names);
}

static enum nr_status load_this(struct nr_template *t) {
    bool is_value = false;
    nr_token token = 0;
    if (t->sig.has_this) NR_TRY(nr_boxing_this(&t->boxing, &is_value, &token));
    if (!t->sig.has_this || (is_value && !token)) {
        nr_list_add(&t->list, NR_LDNULL, 0);
        return NR_OK;
    }
    nr_list_add_ldarg(&t->list, 0);
    if (is_value) {
        nr_list_add(&t->list, NR_LDOBJ, token);
        nr_list_add(&t->list, NR_BOX, token);
    }
    return NR_OK;
}

static enum nr_status load_flags(struct nr_template *t, bool boxed) {
    nr_list_add(&t->list, NR_LDC_I4, (int32_t)t->rewrite->tracer_flags);
    return boxed ? nr_template_with_type(t, NR_BOX, NR_KNOWN_UINT32) : NR_OK;
}

static enum nr_status load_function_id(struct nr_template *t, bool boxed) {
    nr_list_add(&t->list, NR_LDC_I8, (int64_t)t->rewrite->function_id);
    return boxed ? nr_template_with_type(t, NR_BOX, NR_KNOWN_UINT64) : NR_OK;
}

enum nr_status nr_template_tracer_argument(struct nr_template *t, int index, bool boxed) {
    const struct nr_rewrite *r = t->rewrite;
    switch (index) {
    case 0: return load_name(t, r->tracer_factory);
    case 1: return load_flags(t, boxed);
    case 2: return load_name(t, r->metric_name);
    case 3: return load_name(t, r->assembly_name);
    case 4: return load_type(t);
    case 5: return load_name(t, r->type_name);
    case 6: return load_name(t, r->method_name);
    case 7: return load_parameter_names(t);
    case NR_TRACER_THIS: return load_this(t);
    case NR_TRACER_ARRAY: return nr_template_arguments(t);
    default: return load_function_id(t, boxed);
    }
}

static enum nr_status ask_by_reflection(struct nr_template *t, uint16_t tracer) {
    struct nr_try block;
    nr_token exception;
    nr_try_begin(t, &block);
    NR_TRY(nr_template_agent_method(t, NR_STR(NR_AGENT_SHIM), NR_STR(NR_AGENT_METHOD), false));
    nr_list_add(&t->list, NR_LDNULL, 0);
    nr_list_add(&t->list, NR_LDC_I4_S, NR_TRACER_ARGUMENTS);
    NR_TRY(nr_template_with_type(t, NR_NEWARR, NR_KNOWN_OBJECT));
    for (int i = 0; i < NR_TRACER_ARGUMENTS; i++) {
        nr_list_add(&t->list, NR_DUP, 0);
        if (i <= LAST_SHORT_INDEX)
            nr_list_add(&t->list, (uint16_t)(NR_LDC_I4_0 + i), 0);
        else
            nr_list_add(&t->list, NR_LDC_I4_S, i);
        NR_TRY(nr_template_tracer_argument(t, i, true));
        nr_list_add(&t->list, NR_STELEM_REF, 0);
    }
    NR_TRY(nr_template_call(t, NR_CALLVIRT, NR_MEMBER_METHOD_INVOKE));
    nr_list_add_stloc(&t->list, tracer);
    NR_TRY(nr_try_handler(t, &block, &exception));
    nr_list_add(&t->list, NR_POP, 0);
    nr_try_end(t, &block, exception);
    return NR_OK;
}

// In the core library: what the agent calls in turn is not traced, or it would call itself without
// end.
static void set_guard(struct nr_template *t, bool inside) {
    nr_token guard = t->refs.known->guard;
    if (!guard) return;
    nr_list_add(&t->list, NR_LDC_I4, inside);
    nr_list_add(&t->list, NR_STSFLD, guard);
}

static enum nr_status ask_from_outside(struct nr_template *t, nr_template_ask *ask,
                                       uint16_t tracer) {
    struct nr_insn *inside = nr_list_new_label(&t->list);
    nr_token guard = t->refs.known->guard;
    if (!guard) return ask(t, tracer);
    nr_list_add(&t->list, NR_LDSFLD, guard);
    nr_list_add_branch(&t->list, NR_BRTRUE, inside);
    set_guard(t, true);
    NR_TRY(ask(t, tracer));
    set_guard(t, false);
    nr_list_place(&t->list, inside);
    return NR_OK;
}

// Whether the agent gets the result. A lean one does without those whose box costs and says little:
// numbers, bool and char.
static bool passes_result(const struct nr_template *t) {
    uint8_t element = t->sig.result.element;
    if (!t->returns_value) return false;
    return !t->rewrite->lean || element == NR_ELEMENT_STRING || element == NR_ELEMENT_OBJECT ||
           nr_known_type_of_element(element) == NR_KNOWN_NONE;
}

static enum nr_status load_result(struct nr_template *t, const struct slots *slots) {
    nr_token token = 0;
    if (passes_result(t)) NR_TRY(nr_boxing_token(&t->boxing, &t->sig.result, &token));
    if (!token) {
        nr_list_add(&t->list, NR_LDNULL, 0);
        return NR_OK;
    }
    nr_list_add_ldloc(&t->list, slots->result);
    nr_list_add(&t->list, NR_BOX, token);
    return NR_OK;
}

// Calls the delegate that the agent gave, if it gave one, with the exception or with the result.
static enum nr_status finish_tracer(struct nr_template *t, const struct slots *slots, bool failed) {
    struct nr_insn *done = nr_list_new_label(&t->list);
    struct nr_try block;
    nr_token token, exception;
    nr_list_add_ldloc(&t->list, slots->tracer);
    nr_list_add_branch(&t->list, NR_BRFALSE, done);
    set_guard(t, true);
    nr_try_begin(t, &block);
    nr_list_add_ldloc(&t->list, slots->tracer);
    NR_TRY(nr_references_finish_type(&t->refs, &token));
    nr_list_add(&t->list, NR_CASTCLASS, token);
    if (failed) {
        nr_list_add(&t->list, NR_LDNULL, 0);
        nr_list_add_ldloc(&t->list, slots->exception);
    } else {
        NR_TRY(load_result(t, slots));
        nr_list_add(&t->list, NR_LDNULL, 0);
    }
    NR_TRY(nr_template_call(t, NR_CALLVIRT, NR_MEMBER_FINISH_INVOKE));
    NR_TRY(nr_try_handler(t, &block, &exception));
    nr_list_add(&t->list, NR_POP, 0);
    nr_try_end(t, &block, exception);
    set_guard(t, false);
    nr_list_place(&t->list, done);
    return NR_OK;
}

static void begin_original(struct nr_template *t, const struct slots *slots, struct nr_try *block) {
    nr_try_begin(t, block);
    nr_template_splice_user(t);
    if (t->returns_value) nr_list_add_stloc(&t->list, slots->result);
}

static enum nr_status run_original(struct nr_template *t, const struct slots *slots) {
    struct nr_try block;
    nr_token exception;
    begin_original(t, slots, &block);
    NR_TRY(nr_try_handler(t, &block, &exception));
    nr_list_add_stloc(&t->list, slots->exception);
    NR_TRY(finish_tracer(t, slots, true));
    nr_list_add(&t->list, NR_RETHROW, 0);
    nr_try_end(t, &block, exception);
    return NR_OK;
}

// In a module that asks for it, the runtime wraps a thrown object that is no Exception before a
// filter gets it. In any other the agent gets the same wrapper.
static enum nr_status wrap_any_object(struct nr_template *t) {
    struct nr_insn *wrapped = nr_list_new_label(&t->list);
    nr_list_add(&t->list, NR_DUP, 0);
    NR_TRY(nr_template_with_type(t, NR_ISINST, NR_KNOWN_EXCEPTION));
    nr_list_add_branch(&t->list, NR_BRTRUE, wrapped);
    NR_TRY(nr_template_call(t, NR_NEWOBJ, NR_MEMBER_WRAPPED_EXCEPTION_NEW));
    nr_list_place(&t->list, wrapped);
    return NR_OK;
}

// exception = e, and whether to catch it
static enum nr_status filter_exception(struct nr_template *t, const struct slots *slots) {
    if (t->any_object) NR_TRY(wrap_any_object(t));
    NR_TRY(nr_template_with_type(t, NR_CASTCLASS, NR_KNOWN_EXCEPTION));
    nr_list_add_stloc(&t->list, slots->exception);
    NR_TRY(nr_template_call(t, NR_CALL, NR_MEMBER_STACK_SUFFICES));
    nr_list_add(&t->list, NR_ENDFILTER, 0);
    return NR_OK;
}

// A rethrow takes 16 KB of the stack that are free again only when the exception has found its last
// handler: an exception that leaves a deep recursion would end the process. Where little of the
// stack is left, it is not caught, and the tracer is finished when it passes.
static enum nr_status run_original_filtered(struct nr_template *t, const struct slots *slots) {
    struct nr_list_clause caught = {.flags = NR_CLAUSE_FILTER}, passed = {.flags = NR_CLAUSE_FAULT};
    struct nr_try block;
    begin_original(t, slots, &block);
    nr_list_add_branch(&t->list, NR_LEAVE, block.after);
    caught.try_start = passed.try_start = block.block;
    caught.try_end = caught.filter_start = nr_template_label(t);
    NR_TRY(filter_exception(t, slots));
    caught.handler_start = nr_template_label(t);
    nr_list_add(&t->list, NR_POP, 0);
    NR_TRY(finish_tracer(t, slots, true));
    set_null(t, slots->tracer);
    nr_list_add(&t->list, NR_RETHROW, 0);
    caught.handler_end = passed.try_end = passed.handler_start = nr_template_label(t);
    nr_list_add_clause(&t->list, caught);
    NR_TRY(finish_tracer(t, slots, true));
    nr_list_add(&t->list, NR_ENDFINALLY, 0);
    nr_list_place(&t->list, block.after);
    passed.handler_end = block.after;
    nr_list_add_clause(&t->list, passed);
    return NR_OK;
}

static uint16_t stack_for(const struct nr_template *t, uint16_t least) {
    uint32_t needed = t->sig.parameter_count + 1;
    if (needed < least) needed = least;
    if (needed < t->body.max_stack) needed = t->body.max_stack;
    return needed > UINT16_MAX ? UINT16_MAX : (uint16_t)needed;
}

// [assembly: RuntimeCompatibility(WrapNonExceptionThrows = true)], as compilers write it.
static bool wraps_objects(struct nr_module *module) {
    static const char yes[] = "WrapNonExceptionThrows\1";
    struct nr_bytes value;
    return module->ops->custom_attribute(
               module, NR_TOKEN(NR_TABLE_ASSEMBLY, 1),
               NR_STR("System.Runtime.CompilerServices.RuntimeCompatibilityAttribute"),
               &value) == NR_OK &&
           nr_str_contains((struct nr_str){(const char *)value.data, value.size}, NR_STR(yes));
}

enum nr_status nr_template_traced(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                                  const struct nr_log *log, const struct nr_template_mode *mode,
                                  struct nr_bytes *out) {
    struct nr_template t;
    struct slots slots = {0};
    NR_TRY(nr_template_begin(&t, arena, rewrite, log));
    t.any_object = mode->filters && !wraps_objects(rewrite->module);
    NR_TRY(add_locals(&t, &slots));
    set_null(&t, slots.tracer);
    set_null(&t, slots.exception);
    NR_TRY(ask_from_outside(&t, mode->ask, slots.tracer));
    NR_TRY((mode->filters ? run_original_filtered : run_original)(&t, &slots));
    NR_TRY(finish_tracer(&t, &slots, false));
    if (t.returns_value) nr_list_add_ldloc(&t.list, slots.result);
    nr_list_add(&t.list, NR_RET, 0);
    // The reference gives a tiny body with several returns a header of its own, without the flag.
    return nr_template_finish(&t, stack_for(&t, mode->least_stack), t.returns <= 1, out);
}

enum nr_status nr_rewrite_default(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                                  const struct nr_log *log, struct nr_bytes *out) {
    static const struct nr_template_mode compatible = {ask_by_reflection, REFLECTION_STACK, false};
    return nr_template_traced(arena, rewrite, log, &compatible, out);
}
