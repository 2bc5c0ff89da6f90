// Adds the helpers, and writes their bodies.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/domain_cache.h"

#include "base/compiler.h"
#include "il/assemble.h"
#include "instrument/gate.h"

enum {
    STACK = 8,             // of a tiny body, whatever it says (II.25.4.2)
    LARGEST_TINY = 63,     // bytes of code
    PUBLIC_STATIC = 0x96,  // and HideBySig
    NO_INLINING = 0x8,
    ASSERT = 3,  // II.22.11
};

static enum nr_known_member member_of(int helper) {
    return (enum nr_known_member)(NR_FIRST_HELPER + helper);
}

struct writer {
    struct nr_rewrite_references refs;
    struct nr_arena *arena;
    const struct nr_log *log;
    struct nr_list list;
};

// ---- adding ----

// The constructor without parameters of the type that gets the helpers lends them its body: a
// method has to have one.
static enum nr_status find_body(struct writer *w, nr_token type, uint32_t *rva) {
    static const uint8_t signature[] = {NR_CALL_HAS_THIS, 0, NR_ELEMENT_VOID};
    struct nr_module *module = w->refs.module;
    struct nr_method_def row;
    nr_token constructor;
    NR_TRY(module->ops->find_method(module, type, NR_STR(".ctor"),
                                    (struct nr_bytes){signature, sizeof(signature)}, &constructor));
    NR_TRY(module->ops->method_def(module, w->arena, constructor, &row));
    *rva = row.rva;
    return NR_OK;
}

// Callers without trust may call the helper, and what the helper calls does not look at them:
// [SecurityPermission(SecurityAction.Assert, UnmanagedCode = true)], as II.22.11 has it.
static enum nr_status add_permissions(struct writer *w, nr_token method) {
    static const char type[] =
        "System.Security.Permissions.SecurityPermissionAttribute, mscorlib, Version=2.0.0.0, "
        "Culture=neutral, PublicKeyToken=b77a5c561934e089";
    // One property, of type bool: its name and the value true.
    static const char property[] = "\x12\x01\x54\x02\x0DUnmanagedCode\x01";
    struct nr_buffer blob;
    nr_buffer_init(&blob, w->arena);
    nr_buffer_append(&blob, ".\x01", 2);
    nr_sig_number_write(&blob, sizeof(type) - 1);
    nr_buffer_append(&blob, type, sizeof(type) - 1);
    nr_buffer_append(&blob, property, sizeof(property) - 1);
    NR_TRY(blob.status);
    struct nr_module *module = w->refs.module;
    return module->ops->define_permissions(module, method, ASSERT, nr_buffer_bytes(&blob));
}

static enum nr_status add_attribute(struct writer *w, nr_token method,
                                    enum nr_known_member constructor) {
    static const uint8_t no_arguments[] = {1, 0, 0, 0};  // II.23.3
    struct nr_module *module = w->refs.module;
    nr_token token;
    NR_TRY(nr_references_member(&w->refs, constructor, &token));
    return module->ops->define_attribute(module, method, token,
                                         (struct nr_bytes){no_arguments, sizeof(no_arguments)});
}

static enum nr_status add_method(struct writer *w, nr_token type, uint32_t rva,
                                 enum nr_known_member member, nr_token *method) {
    struct nr_module *module = w->refs.module;
    struct nr_new_method row = {.name = nr_references_member_name(member),
                                .flags = PUBLIC_STATIC,
                                .impl_flags = NO_INLINING,
                                .rva = rva};
    NR_TRY(nr_references_member_signature(&w->refs, member, &row.signature));
    NR_TRY(module->ops->define_method(module, type, &row, method));
    w->refs.known->members[member] = *method;
    NR_TRY(add_attribute(w, *method, NR_MEMBER_SECURITY_SAFE_CRITICAL_NEW));
    NR_TRY(add_attribute(w, *method, NR_MEMBER_SUPPRESS_UNMANAGED_SECURITY_NEW));
    return add_permissions(w, *method);
}

// ---- bodies ----

static enum nr_status call(struct writer *w, uint16_t opcode, enum nr_known_member member) {
    nr_token token;
    NR_TRY(nr_references_member(&w->refs, member, &token));
    nr_list_add(&w->list, opcode, token);
    return NR_OK;
}

// Throws an exception when there is null on the stack; else it stays there.
static enum nr_status refuse_null(struct writer *w, struct nr_str message) {
    struct nr_module *module = w->refs.module;
    struct nr_insn *go_on = nr_list_new_label(&w->list);
    struct nr_str16 wide = nr_str_to_utf16(w->arena, message);
    nr_token text;
    if (!wide.data) return NR_NO_MEMORY;
    NR_TRY(module->ops->define_user_string(module, wide, &text));
    nr_list_add(&w->list, NR_DUP, 0);
    nr_list_add_branch(&w->list, NR_BRTRUE, go_on);
    nr_list_add(&w->list, NR_LDSTR, text);
    NR_TRY(call(w, NR_NEWOBJ, NR_MEMBER_EXCEPTION_NEW));
    nr_list_add(&w->list, NR_THROW, 0);
    nr_list_place(&w->list, go_on);
    return NR_OK;
}

// Assembly.LoadFrom(path)
static enum nr_status load_assembly(struct writer *w) {
    nr_list_add_ldarg(&w->list, 0);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_ASSEMBLY_LOAD_FROM));
    return refuse_null(w, NR_STR("Failed to load assembly."));
}

// LoadAssembly(path).GetType(type)
static enum nr_status get_type(struct writer *w) {
    nr_list_add_ldarg(&w->list, 0);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_LOAD_ASSEMBLY));
    nr_list_add_ldarg(&w->list, 1);
    NR_TRY(call(w, NR_CALLVIRT, NR_MEMBER_ASSEMBLY_GET_TYPE));
    return refuse_null(w, NR_STR("Failed to load type from assembly via reflection."));
}

// GetType(path, type), then .GetMethod(name, types), or .GetMethod(name) when types is null.
static enum nr_status get_method(struct writer *w) {
    struct nr_insn *by_name = nr_list_new_label(&w->list), *found = nr_list_new_label(&w->list);
    nr_list_add_ldarg(&w->list, 0);
    nr_list_add_ldarg(&w->list, 1);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_GET_TYPE));
    nr_list_add_ldarg(&w->list, 2);
    nr_list_add_ldarg(&w->list, 3);
    nr_list_add_branch(&w->list, NR_BRFALSE, by_name);
    nr_list_add_ldarg(&w->list, 3);
    NR_TRY(call(w, NR_CALLVIRT, NR_MEMBER_TYPE_GET_METHOD_TYPED));
    nr_list_add_branch(&w->list, NR_BR, found);
    nr_list_place(&w->list, by_name);
    NR_TRY(call(w, NR_CALLVIRT, NR_MEMBER_TYPE_GET_METHOD));
    nr_list_add_branch(&w->list, NR_BR, found);  // to the next instruction, as in the reference
    nr_list_place(&w->list, found);
    return refuse_null(w, NR_STR("Failed to load method from type via reflection."));
}

static enum nr_status current_domain(struct writer *w) {
    NR_TRY(call(w, NR_CALL, NR_MEMBER_DOMAIN_CURRENT));
    return refuse_null(w, NR_STR("System.AppDomain.CurrentDomain == null."));
}

// (MethodInfo)AppDomain.CurrentDomain.GetData(key)
static enum nr_status read_cache(struct writer *w) {
    nr_token type;
    NR_TRY(current_domain(w));
    nr_list_add_ldarg(&w->list, 0);
    NR_TRY(call(w, NR_CALLVIRT, NR_MEMBER_DOMAIN_GET_DATA));
    NR_TRY(nr_references_type(&w->refs, NR_KNOWN_METHOD_INFO, &type));
    nr_list_add(&w->list, NR_CASTCLASS, type);
    return NR_OK;
}

// AppDomain.CurrentDomain.SetData(key, method)
static enum nr_status write_cache(struct writer *w) {
    NR_TRY(current_domain(w));
    nr_list_add_ldarg(&w->list, 1);
    nr_list_add_ldarg(&w->list, 0);
    return call(w, NR_CALLVIRT, NR_MEMBER_DOMAIN_SET_DATA);
}

// ReadCache(key); when that is null, GetMethod(path, type, name, types), which goes into the cache.
static enum nr_status read_cache_or_find(struct writer *w) {
    struct nr_insn *found = nr_list_new_label(&w->list);
    nr_list_add_ldarg(&w->list, 0);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_READ_CACHE));
    nr_list_add(&w->list, NR_DUP, 0);
    nr_list_add_branch(&w->list, NR_BRTRUE, found);
    nr_list_add(&w->list, NR_POP, 0);
    for (uint16_t i = 1; i <= 4; i++) nr_list_add_ldarg(&w->list, i);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_GET_METHOD));
    nr_list_add(&w->list, NR_DUP, 0);
    nr_list_add_ldarg(&w->list, 0);
    NR_TRY(call(w, NR_CALL, NR_MEMBER_WRITE_CACHE));
    nr_list_place(&w->list, found);
    return NR_OK;
}

static enum nr_status (*const writers[NR_HELPERS])(struct writer *w) = {
    [NR_MEMBER_LOAD_ASSEMBLY - NR_FIRST_HELPER] = load_assembly,
    [NR_MEMBER_GET_TYPE - NR_FIRST_HELPER] = get_type,
    [NR_MEMBER_GET_METHOD - NR_FIRST_HELPER] = get_method,
    [NR_MEMBER_READ_CACHE - NR_FIRST_HELPER] = read_cache,
    [NR_MEMBER_READ_CACHE_OR_FIND - NR_FIRST_HELPER] = read_cache_or_find,
    [NR_MEMBER_WRITE_CACHE - NR_FIRST_HELPER] = write_cache,
};

static enum nr_status verify(struct writer *w, enum nr_known_member member, nr_token type,
                             const struct nr_helper *helper) {
    struct nr_rewrite rewrite = {.module = w->refs.module,
                                 .references = w->refs.known,
                                 .type = type,
                                 .method = helper->method,
                                 .description = nr_references_member_name(member)};
    NR_TRY(nr_references_member_signature(&w->refs, member, &rewrite.signature));
    return nr_gate(w->arena, &rewrite, helper->body, w->log);
}

// What nr_assemble makes, with a tiny header in the place of the fat one.
static enum nr_status write_body(struct writer *w, enum nr_known_member member,
                                 struct nr_helper *helper) {
    const struct nr_header header = {.max_stack = STACK};
    struct nr_buffer fat, tiny;
    nr_list_init(&w->list, w->arena);
    nr_buffer_init(&fat, w->arena);
    nr_buffer_init(&tiny, w->arena);
    NR_TRY(writers[member - NR_FIRST_HELPER](w));
    nr_list_add(&w->list, NR_RET, 0);
    NR_TRY(nr_assemble(&w->list, &header, &fat));
    size_t size = fat.size - NR_BODY_FAT_HEADER_SIZE;
    if (size > LARGEST_TINY) return NR_TOO_LARGE;
    nr_buffer_u8(&tiny, (uint8_t)(size << 2 | 2));
    nr_buffer_append(&tiny, fat.data + NR_BODY_FAT_HEADER_SIZE, size);
    NR_TRY(tiny.status);
    helper->body = nr_buffer_bytes(&tiny);
    return NR_OK;
}

static struct writer begin(struct nr_arena *arena, struct nr_module *module,
                           struct nr_references *references, const struct nr_log *log) {
    struct writer w = {.arena = arena, .log = log};
    nr_references_begin(&w.refs, references, module, NULL, arena);
    return w;
}

enum nr_status nr_domain_cache_add(struct nr_arena *arena, struct nr_module *mscorlib,
                                   struct nr_references *references, const struct nr_log *log,
                                   struct nr_helper helpers[NR_HELPERS]) {
    struct writer w = begin(arena, mscorlib, references, log);
    nr_token type;
    uint32_t rva = 0;
    NR_TRY(nr_references_type(&w.refs, NR_KNOWN_DOMAIN_CACHE, &type));
    NR_TRY(find_body(&w, type, &rva));
    for (int i = 0; i < NR_HELPERS; i++) {
        NR_TRY(add_method(&w, type, rva, member_of(i), &helpers[i].method));
    }
    for (int i = 0; i < NR_HELPERS; i++) {
        NR_TRY(write_body(&w, member_of(i), &helpers[i]));
        NR_TRY(verify(&w, member_of(i), type, &helpers[i]));
    }
    return NR_OK;
}

enum nr_status nr_domain_cache_refer(struct nr_arena *arena, struct nr_module *module,
                                     struct nr_references *references) {
    struct writer w = begin(arena, module, references, NULL);
    nr_token token;
    for (int i = 0; i < NR_HELPERS; i++) {
        NR_TRY(nr_references_member(&w.refs, member_of(i), &token));
    }
    return NR_OK;
}
