// Writes the methods of the entry.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/entry.h"

#include "il/assemble.h"
#include "il/list.h"
#include "instrument/gate.h"

enum { STACK = 8, LONGEST_WAIT = 10000 };  // milliseconds

enum { NOBODY = 0, NOT_THERE = -1 };  // owners

enum { ME, DEADLINE };  // locals of Load

struct writer {
    struct nr_arena *arena;
    struct nr_rewrite_references refs;
    const struct nr_entry *entry;
    const struct nr_log *log;
    struct nr_list list;
};

static enum nr_status call(struct writer *w, uint16_t opcode, enum nr_known_member member) {
    nr_token token;
    NR_TRY(nr_references_member(&w->refs, member, &token));
    nr_list_add(&w->list, opcode, token);
    return NR_OK;
}

static enum nr_status load_string(struct writer *w, struct nr_str text) {
    struct nr_str16 wide = nr_str_to_utf16(w->arena, text);
    nr_token token;
    if (!wide.data) return NR_NO_MEMORY;
    NR_TRY(w->refs.module->ops->define_user_string(w->refs.module, wide, &token));
    nr_list_add(&w->list, NR_LDSTR, token);
    return NR_OK;
}

static enum nr_status load_type(struct writer *w, enum nr_known_type type) {
    nr_token token;
    NR_TRY(nr_references_type(&w->refs, type, &token));
    nr_list_add(&w->list, NR_LDTOKEN, token);
    return call(w, NR_CALL, NR_MEMBER_TYPE_FROM_HANDLE);
}

static struct nr_insn *place(struct writer *w) {
    struct nr_insn *label = nr_list_new_label(&w->list);
    nr_list_place(&w->list, label);
    return label;
}

static enum nr_status finish(struct writer *w, enum nr_known_member member, nr_token method,
                             uint32_t locals, struct nr_bytes *out) {
    struct nr_header header = {
        .flags = NR_BODY_INIT_LOCALS, .max_stack = STACK, .local_signature = locals};
    struct nr_rewrite rewrite = {.module = w->refs.module,
                                 .references = w->refs.known,
                                 .type = w->entry->type,
                                 .method = method,
                                 .description = nr_references_member_name(member)};
    struct nr_buffer bytes;
    nr_buffer_init(&bytes, w->arena);
    NR_TRY(nr_references_member_signature(&w->refs, member, &rewrite.signature));
    NR_TRY(nr_assemble(&w->list, &header, &bytes));
    NR_TRY(nr_gate(w->arena, &rewrite, nr_buffer_bytes(&bytes), w->log));
    *out = nr_buffer_bytes(&bytes);
    return NR_OK;
}

// return tracer ?? Load();
static enum nr_status write_get(struct writer *w, struct nr_bytes *out) {
    nr_list_init(&w->list, w->arena);
    struct nr_insn *found = nr_list_new_label(&w->list);
    nr_list_add(&w->list, NR_LDSFLD, w->entry->tracer);
    nr_list_add(&w->list, NR_DUP, 0);
    nr_list_add_branch(&w->list, NR_BRTRUE_S, found);
    nr_list_add(&w->list, NR_POP, 0);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_ENTRY_LOAD));
    nr_list_place(&w->list, found);
    nr_list_add(&w->list, NR_RET, 0);
    return finish(w, NR_MEMBER_ENTRY_GET, w->entry->get, 0, out);
}

// tracer = (GetTracer)Delegate.CreateDelegate(typeof(GetTracer),
//     Assembly.LoadFrom(path).GetType(shim).GetMethod(method))
static enum nr_status find_agent(struct writer *w, const struct nr_agent *agent) {
    nr_token type;
    NR_TRY(load_type(w, NR_KNOWN_GET_TRACER));
    NR_TRY(load_string(w, agent->path));
    NR_TRY(call(w, NR_CALL, NR_MEMBER_ASSEMBLY_LOAD_FROM));
    NR_TRY(load_string(w, NR_STR(NR_AGENT_SHIM)));
    NR_TRY(call(w, NR_CALLVIRT, NR_MEMBER_ASSEMBLY_GET_TYPE));
    NR_TRY(load_string(w, agent->method));
    NR_TRY(call(w, NR_CALLVIRT, NR_MEMBER_TYPE_GET_METHOD));
    NR_TRY(call(w, NR_CALL, NR_MEMBER_CREATE_DELEGATE));
    NR_TRY(nr_references_type(&w->refs, NR_KNOWN_GET_TRACER, &type));
    nr_list_add(&w->list, NR_CASTCLASS, type);
    nr_list_add(&w->list, NR_STSFLD, w->entry->tracer);
    return NR_OK;
}

// try { find_agent } catch (Exception) { owner = NOT_THERE; } return tracer;
static enum nr_status try_to_find_agent(struct writer *w, const struct nr_agent *agent) {
    struct nr_list_clause clause = {.flags = NR_CLAUSE_CATCH};
    struct nr_insn *done = nr_list_new_label(&w->list);
    NR_TRY(nr_references_type(&w->refs, NR_KNOWN_EXCEPTION, &clause.class_token));
    clause.try_start = place(w);
    NR_TRY(find_agent(w, agent));
    nr_list_add_branch(&w->list, NR_LEAVE, done);
    clause.try_end = clause.handler_start = place(w);
    nr_list_add(&w->list, NR_POP, 0);
    nr_list_add(&w->list, NR_LDC_I4, NOT_THERE);
    nr_list_add(&w->list, NR_STSFLD, w->entry->owner);
    nr_list_add_branch(&w->list, NR_LEAVE, done);
    clause.handler_end = done;
    nr_list_place(&w->list, done);
    nr_list_add_clause(&w->list, clause);
    nr_list_add(&w->list, NR_LDSFLD, w->entry->tracer);
    nr_list_add(&w->list, NR_RET, 0);
    return NR_OK;
}

// if (owner == NOT_THERE) return null;
static void return_if_not_there(struct writer *w) {
    struct nr_insn *possible = nr_list_new_label(&w->list);
    nr_list_add(&w->list, NR_LDSFLD, w->entry->owner);
    nr_list_add(&w->list, NR_LDC_I4, NOT_THERE);
    nr_list_add(&w->list, NR_CEQ, 0);
    nr_list_add_branch(&w->list, NR_BRFALSE_S, possible);
    nr_list_add(&w->list, NR_LDNULL, 0);
    nr_list_add(&w->list, NR_RET, 0);
    nr_list_place(&w->list, possible);
}

// me = Environment.CurrentManagedThreadId;
// int before = Interlocked.CompareExchange(ref owner, me, NOBODY), which stays on the stack
static enum nr_status claim(struct writer *w) {
    NR_TRY(call(w, NR_CALL, NR_MEMBER_CURRENT_THREAD));
    nr_list_add_stloc(&w->list, ME);
    nr_list_add(&w->list, NR_LDSFLDA, w->entry->owner);
    nr_list_add_ldloc(&w->list, ME);
    nr_list_add(&w->list, NR_LDC_I4, NOBODY);
    return call(w, NR_CALL, NR_MEMBER_EXCHANGE_IF);
}

// Until another thread has found the agent, has not, or takes too long.
static enum nr_status wait(struct writer *w) {
    struct nr_insn *not_yet = nr_list_new_label(&w->list), *late = nr_list_new_label(&w->list);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_TICK_COUNT));
    nr_list_add(&w->list, NR_LDC_I8, LONGEST_WAIT);
    nr_list_add(&w->list, NR_ADD, 0);
    nr_list_add_stloc(&w->list, DEADLINE);
    struct nr_insn *again = place(w);
    nr_list_add(&w->list, NR_LDSFLD, w->entry->tracer);
    nr_list_add(&w->list, NR_DUP, 0);
    nr_list_add_branch(&w->list, NR_BRFALSE_S, not_yet);
    nr_list_add(&w->list, NR_RET, 0);
    nr_list_place(&w->list, not_yet);
    nr_list_add(&w->list, NR_POP, 0);
    return_if_not_there(w);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_TICK_COUNT));
    nr_list_add_ldloc(&w->list, DEADLINE);
    nr_list_add_branch(&w->list, NR_BGT_S, late);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_YIELD));
    nr_list_add(&w->list, NR_POP, 0);
    nr_list_add_branch(&w->list, NR_BR_S, again);
    // Nobody waits a second time; when the look-up ends after all, the tracer is there.
    nr_list_place(&w->list, late);
    nr_list_add(&w->list, NR_LDC_I4, NOT_THERE);
    nr_list_add(&w->list, NR_STSFLD, w->entry->owner);
    nr_list_add(&w->list, NR_LDNULL, 0);
    nr_list_add(&w->list, NR_RET, 0);
    return NR_OK;
}

static enum nr_status write_load(struct writer *w, const struct nr_agent *agent,
                                 struct nr_bytes *out) {
    static const uint8_t locals[] = {NR_SIG_LOCALS, 2, NR_ELEMENT_I4, NR_ELEMENT_I8};
    struct nr_module *module = w->refs.module;
    nr_token signature;
    NR_TRY(module->ops->define_signature(module, (struct nr_bytes){locals, sizeof(locals)},
                                         &signature));
    nr_list_init(&w->list, w->arena);
    struct nr_insn *claimed = nr_list_new_label(&w->list), *by_other = nr_list_new_label(&w->list);
    return_if_not_there(w);
    NR_TRY(claim(w));
    nr_list_add(&w->list, NR_DUP, 0);
    nr_list_add_branch(&w->list, NR_BRFALSE, claimed);
    nr_list_add_ldloc(&w->list, ME);
    nr_list_add(&w->list, NR_CEQ, 0);
    nr_list_add_branch(&w->list, NR_BRFALSE_S, by_other);
    nr_list_add(&w->list, NR_LDNULL, 0);  // called by the look-up
    nr_list_add(&w->list, NR_RET, 0);
    nr_list_place(&w->list, by_other);
    NR_TRY(wait(w));
    nr_list_place(&w->list, claimed);
    nr_list_add(&w->list, NR_POP, 0);
    NR_TRY(try_to_find_agent(w, agent));
    return finish(w, NR_MEMBER_ENTRY_LOAD, w->entry->load, signature, out);
}

enum nr_status nr_entry_bodies(struct nr_arena *arena, struct nr_module *core,
                               struct nr_references *references, const struct nr_entry *entry,
                               const struct nr_agent *agent, const struct nr_log *log,
                               struct nr_bytes *get, struct nr_bytes *load) {
    struct writer w = {.arena = arena, .entry = entry, .log = log};
    nr_references_begin(&w.refs, references, core, NULL, arena);
    NR_TRY(write_get(&w, get));
    return write_load(&w, agent, load);
}
