// The parts that the templates share.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/template.h"

#include <stdio.h>

#include "il/assemble.h"
#include "instrument/gate.h"
#include "instrument/returns.h"

// A method with more locals than this cannot get any (the JIT's limit is 65,535).
enum { MOST_LOCALS = 0xFFFE };

static void trace_step(const struct nr_template *t, const char *step) {
    nr_log_trace(t->log, "%.*s: %s", NR_STR_ARGS(t->rewrite->description), step);
}

static enum nr_status read_locals(struct nr_template *t) {
    static const uint8_t none[] = {NR_SIG_LOCALS, 0};
    trace_step(t, "Acquiring local variable signature.");
    t->locals = (struct nr_bytes){none, sizeof(none)};
    if (t->body.local_signature == 0) return NR_OK;
    struct nr_module *module = t->rewrite->module;
    NR_TRY(module->ops->signature(module, t->body.local_signature, &t->locals));
    return nr_locals_count(t->locals, &t->local_count);
}

enum nr_status nr_template_begin(struct nr_template *t, struct nr_arena *arena,
                                 const struct nr_rewrite *rewrite, const struct nr_log *log) {
    *t = (struct nr_template){.rewrite = rewrite, .log = log, .arena = arena};
    nr_references_begin(&t->refs, rewrite->references, rewrite->module, rewrite->assemblies, arena);
    t->boxing = (struct nr_boxing){.refs = &t->refs,
                                   .assemblies = rewrite->assemblies,
                                   .type = rewrite->type,
                                   .method = rewrite->method,
                                   .log = log};
    nr_buffer_init(&t->more_locals, arena);
    nr_list_init(&t->user, arena);
    nr_list_init(&t->list, arena);
    NR_TRY(nr_method_sig_read(arena, rewrite->signature, &t->sig));
    t->returns_value = t->sig.result.element != NR_ELEMENT_VOID || t->sig.result.by_ref;
    NR_TRY(nr_body_read(arena, rewrite->body, &t->body));
    NR_TRY(nr_list_read(&t->user, &t->body));
    // It leaves the method for good and cannot be wrapped.
    if (t->user.has_jmp) {
        nr_log_info(log, "Skipping method with a jmp instruction: %.*s",
                    NR_STR_ARGS(rewrite->description));
        return NR_UNSUPPORTED;
    }
    t->returns = nr_returns_rewrite(&t->user, t->body.code.size, log);
    trace_step(t, "Breaking up the bytes into header, code and extra sections.");
    return read_locals(t);
}

enum nr_status nr_template_add_local(struct nr_template *t, uint16_t *number) {
    if (t->local_count >= MOST_LOCALS) {
        nr_log_error(t->log, "Extracted local count (0x%x) is too big to add locals to (>= 0xfffe)",
                     (unsigned)t->local_count);
        return NR_UNSUPPORTED;
    }
    *number = (uint16_t)t->local_count++;
    t->more_count++;
    return NR_OK;
}

enum nr_status nr_template_add_result(struct nr_template *t, uint16_t *number) {
    NR_TRY(nr_sig_type_write_plain(&t->more_locals, &t->sig.result));
    return nr_template_add_local(t, number);
}

struct nr_insn *nr_template_label(struct nr_template *t) {
    struct nr_insn *label = nr_list_new_label(&t->list);
    nr_list_place(&t->list, label);
    return label;
}

void nr_try_begin(struct nr_template *t, struct nr_try *block) {
    block->block = nr_template_label(t);
    block->after = nr_list_new_label(&t->list);
}

enum nr_status nr_try_handler(struct nr_template *t, struct nr_try *block, nr_token *exception) {
    nr_list_add_branch(&t->list, NR_LEAVE, block->after);
    block->handler = nr_template_label(t);
    return nr_references_type(&t->refs, NR_KNOWN_EXCEPTION, exception);
}

void nr_try_end(struct nr_template *t, struct nr_try *block, nr_token exception) {
    nr_list_add_branch(&t->list, NR_LEAVE, block->after);
    nr_list_place(&t->list, block->after);
    nr_list_add_clause(&t->list, (struct nr_list_clause){.flags = NR_CLAUSE_CATCH,
                                                         .class_token = exception,
                                                         .try_start = block->block,
                                                         .try_end = block->handler,
                                                         .handler_start = block->handler,
                                                         .handler_end = block->after});
}

enum nr_status nr_template_string(struct nr_template *t, struct nr_str text) {
    nr_token token;
    NR_TRY(nr_references_string(&t->refs, text, &token));
    nr_list_add(&t->list, NR_LDSTR, token);
    return NR_OK;
}

enum nr_status nr_template_call(struct nr_template *t, uint16_t opcode,
                                enum nr_known_member member) {
    nr_token token;
    NR_TRY(nr_references_member(&t->refs, member, &token));
    nr_list_add(&t->list, opcode, token);
    return NR_OK;
}

enum nr_status nr_template_with_type(struct nr_template *t, uint16_t opcode,
                                     enum nr_known_type type) {
    nr_token token;
    NR_TRY(nr_references_type(&t->refs, type, &token));
    nr_list_add(&t->list, opcode, token);
    return NR_OK;
}

// typeof(parameter), or null where there is no type to name: then GetMethod throws and the stub
// runs its own body.
static enum nr_status load_parameter_type(struct nr_template *t, const struct nr_sig_type *type) {
    nr_token token;
    NR_TRY(nr_boxing_token(&t->boxing, type, &token));
    if (!token) {
        nr_list_add(&t->list, NR_LDNULL, 0);
        return NR_OK;
    }
    nr_list_add(&t->list, NR_LDTOKEN, token);
    return nr_template_call(t, NR_CALL, NR_MEMBER_TYPE_FROM_HANDLE);
}

static enum nr_status load_argument(struct nr_template *t, uint32_t index) {
    nr_token token;
    NR_TRY(nr_boxing_token(&t->boxing, &t->sig.parameters[index], &token));
    if (!token) {
        nr_list_add(&t->list, NR_LDNULL, 0);
        return NR_OK;
    }
    nr_list_add_ldarg(&t->list, (uint16_t)(index + t->sig.has_this));
    nr_list_add(&t->list, NR_BOX, token);
    return NR_OK;
}

// An array with one element for each parameter.
static enum nr_status load_array(struct nr_template *t, enum nr_known_type element, bool types) {
    nr_list_add(&t->list, NR_LDC_I4, t->sig.parameter_count);
    NR_TRY(nr_template_with_type(t, NR_NEWARR, element));
    for (uint32_t i = 0; i < t->sig.parameter_count; i++) {
        nr_list_add(&t->list, NR_DUP, 0);
        nr_list_add(&t->list, NR_LDC_I4, i);
        NR_TRY(types ? load_parameter_type(t, &t->sig.parameters[i]) : load_argument(t, i));
        nr_list_add(&t->list, NR_STELEM_REF, 0);
    }
    return NR_OK;
}

enum nr_status nr_template_arguments(struct nr_template *t) {
    return load_array(t, NR_KNOWN_OBJECT, false);
}

// The number is that of New Relic's profiler: an unsigned long, which has 32 bits on Windows.
static enum nr_status load_cache_key(struct nr_template *t, struct nr_str type,
                                     struct nr_str method, uint32_t number) {
    char digits[16];
    snprintf(digits, sizeof(digits), "_%lu", (unsigned long)number);
    struct nr_str key = NR_STR_JOIN(t->arena, type, NR_STR("."), method, nr_str_of(digits));
    return key.data ? nr_template_string(t, key) : NR_NO_MEMORY;
}

static enum nr_status cached_method(struct nr_template *t, struct nr_str type, struct nr_str method,
                                    bool typed) {
    NR_TRY(load_cache_key(t, type, method, typed ? (uint32_t)t->rewrite->function_id : 0));
    NR_TRY(nr_template_string(t, t->rewrite->agent_path));
    NR_TRY(nr_template_string(t, type));
    NR_TRY(nr_template_string(t, method));
    if (typed) {
        NR_TRY(load_array(t, NR_KNOWN_TYPE, true));
    } else {
        nr_list_add(&t->list, NR_LDNULL, 0);
    }
    return nr_template_call(t, NR_CALL, NR_MEMBER_READ_CACHE_OR_FIND);
}

enum nr_status nr_template_agent_method(struct nr_template *t, struct nr_str type,
                                        struct nr_str method, bool typed) {
    if (t->rewrite->cached) return cached_method(t, type, method, typed);
    NR_TRY(nr_template_string(t, t->rewrite->agent_path));
    NR_TRY(nr_template_call(t, NR_CALL, NR_MEMBER_ASSEMBLY_LOAD_FROM));
    NR_TRY(nr_template_string(t, type));
    NR_TRY(nr_template_call(t, NR_CALLVIRT, NR_MEMBER_ASSEMBLY_GET_TYPE));
    NR_TRY(nr_template_string(t, method));
    if (!typed) return nr_template_call(t, NR_CALLVIRT, NR_MEMBER_TYPE_GET_METHOD);
    NR_TRY(load_array(t, NR_KNOWN_TYPE, true));
    return nr_template_call(t, NR_CALLVIRT, NR_MEMBER_TYPE_GET_METHOD_TYPED);
}

void nr_template_splice_user(struct nr_template *t) { nr_list_splice(&t->list, &t->user); }

enum nr_status nr_template_finish(struct nr_template *t, uint16_t max_stack, bool init_locals,
                                  struct nr_bytes *out) {
    struct nr_module *module = t->rewrite->module;
    trace_step(t, "Writing generated bytecode.");
    struct nr_bytes all_locals;
    nr_token locals;
    trace_step(t, "Writing locals to header.");
    NR_TRY(nr_locals_add(t->arena, t->locals, t->more_count, nr_buffer_bytes(&t->more_locals),
                         &all_locals));
    NR_TRY(module->ops->define_signature(module, all_locals, &locals));
    uint16_t flags = t->body.flags;
    if (t->body.tiny && init_locals) flags = NR_BODY_INIT_LOCALS;
    struct nr_header header = {.flags = flags, .max_stack = max_stack, .local_signature = locals};
    struct nr_buffer bytes;
    nr_buffer_init(&bytes, t->arena);
    trace_step(t, "Building the byte array for this method.");
    trace_step(t, "Appending the header to the method byte array.");
    trace_step(t, "Appending the bytecode to the method byte array.");
    trace_step(t, "Appending extra sections to the method byte array.");
    NR_TRY(nr_assemble(&t->list, &header, &bytes));
    NR_TRY(nr_gate(t->arena, t->rewrite, nr_buffer_bytes(&bytes), t->log));
    if (t->rewrite->offsets) {
        NR_TRY(nr_offset_map_make(t->arena, &t->list, t->rewrite->offsets));
    }
    *out = nr_buffer_bytes(&bytes);
    return NR_OK;
}
