// Defines the delegate type and the class in the core library's metadata, and gives them bodies.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/core_type.h"

#include "clr/guids.h"
#include "instrument/entry.h"
#include "profiler/method.h"
#include "profiler/profiler.h"

// II.23.1.5, II.23.1.10, II.23.1.11, II.23.1.15
enum {
    PUBLIC_SEALED = 0x101,
    PUBLIC_STATIC_CLASS = 0x100181,  // abstract, sealed, BeforeFieldInit
    STATIC_FIELD = 0x11,             // private
    STATIC_METHOD = 0x96,            // public, HideBySig
    CONSTRUCTOR = 0x1886,            // public, HideBySig, SpecialName, RTSpecialName
    VIRTUAL_METHOD = 0x1C6,          // public, HideBySig, NewSlot
    BY_RUNTIME = 0x3,
    AGGRESSIVE_INLINING = 0x100,
};

struct adder {
    struct nr_profiler *profiler;
    struct nr_loaded_module *core;
    struct nr_arena *arena;
    struct nr_references known;
    struct nr_rewrite_references refs;
    IMetaDataEmit2 *emit;
    struct nr_entry entry;
};

static enum nr_status status_of(HRESULT hr) {
    if (SUCCEEDED(hr)) return NR_OK;
    return hr == E_OUTOFMEMORY ? NR_NO_MEMORY : NR_CLR;
}

static enum nr_status define_type(struct adder *a, const char *name, uint32_t flags,
                                  enum nr_known_type extends, nr_token *type) {
    struct nr_str16 wide = nr_str_to_utf16(a->arena, nr_str_of(name));
    const mdToken no_interfaces = 0;
    nr_token base;
    if (!wide.data) return NR_NO_MEMORY;
    NR_TRY(nr_references_type(&a->refs, extends, &base));
    return status_of(
        a->emit->lpVtbl->DefineTypeDef(a->emit, wide.data, flags, base, &no_interfaces, type));
}

static enum nr_status define_field(struct adder *a, const char *name, struct nr_bytes type,
                                   nr_token *field) {
    struct nr_str16 wide = nr_str_to_utf16(a->arena, nr_str_of(name));
    struct nr_buffer signature;
    nr_buffer_init(&signature, a->arena);
    nr_buffer_u8(&signature, NR_SIG_FIELD);
    nr_buffer_append(&signature, type.data, type.size);
    if (!wide.data || signature.status != NR_OK) return NR_NO_MEMORY;
    return status_of(a->emit->lpVtbl->DefineField(a->emit, a->entry.type, wide.data, STATIC_FIELD,
                                                  signature.data, (ULONG)signature.size,
                                                  NR_ELEMENT_END, NULL, 0, field));
}

static enum nr_status define_member(struct adder *a, nr_token type, enum nr_known_member member,
                                    uint32_t flags, uint32_t impl_flags, nr_token *method) {
    struct nr_module *module = a->refs.module;
    struct nr_new_method row = {
        .name = nr_references_member_name(member), .flags = flags, .impl_flags = impl_flags};
    NR_TRY(nr_references_member_signature(&a->refs, member, &row.signature));
    return module->ops->define_method(module, type, &row, method);
}

// The runtime itself has the bodies of a delegate's methods (II.14.6).
static enum nr_status define_delegate(struct adder *a) {
    static const uint8_t constructor[] = {NR_CALL_HAS_THIS, 2, NR_ELEMENT_VOID, NR_ELEMENT_OBJECT,
                                          NR_ELEMENT_I};
    struct nr_module *module = a->refs.module;
    const struct nr_new_method row = {.name = NR_STR(".ctor"),
                                      .signature = {constructor, sizeof(constructor)},
                                      .flags = CONSTRUCTOR,
                                      .impl_flags = BY_RUNTIME};
    nr_token type, method;
    NR_TRY(define_type(a, "NrProf.GetTracer", PUBLIC_SEALED, NR_KNOWN_MULTICAST_DELEGATE, &type));
    NR_TRY(module->ops->define_method(module, type, &row, &method));
    return define_member(a, type, NR_MEMBER_GET_TRACER, VIRTUAL_METHOD, BY_RUNTIME, &method);
}

static enum nr_status define_class(struct adder *a) {
    static const uint8_t number[] = {NR_ELEMENT_I4};
    struct nr_buffer delegate;
    nr_token type;
    NR_TRY(define_type(a, "NrProf.Entry", PUBLIC_STATIC_CLASS, NR_KNOWN_OBJECT, &a->entry.type));
    NR_TRY(nr_references_type(&a->refs, NR_KNOWN_GET_TRACER, &type));
    nr_buffer_init(&delegate, a->arena);
    nr_buffer_u8(&delegate, NR_ELEMENT_CLASS);
    nr_sig_token_write(&delegate, type);
    NR_TRY(delegate.status);
    NR_TRY(define_field(a, "tracer", nr_buffer_bytes(&delegate), &a->entry.tracer));
    NR_TRY(define_field(a, "owner", (struct nr_bytes){number, sizeof(number)}, &a->entry.owner));
    NR_TRY(define_member(a, a->entry.type, NR_MEMBER_ENTRY_GET, STATIC_METHOD, AGGRESSIVE_INLINING,
                         &a->entry.get));
    return define_member(a, a->entry.type, NR_MEMBER_ENTRY_LOAD, STATIC_METHOD, 0, &a->entry.load);
}

static enum nr_status add(struct adder *a) {
    ICorProfilerInfo15 *info = a->profiler->fast;
    struct nr_bytes get, load;
    struct nr_live_module *live = &a->core->writable;
    if (!live->base.ops) {
        NR_TRY(nr_live_module_open(live, a->profiler->info, a->core->id, true));
    }
    a->emit = live->emit;
    a->known.scope = NR_SCOPE_SELF;
    a->known.kinds.arena = a->arena;
    nr_references_begin(&a->refs, &a->known, &live->base, NULL, a->arena);
    NR_TRY(define_delegate(a));
    NR_TRY(define_class(a));
    NR_TRY(nr_entry_bodies(a->arena, &live->base, &a->known, &a->entry, a->profiler->agent_path,
                           nr_profiler_log(), &get, &load));
    NR_TRY(status_of(nr_method_set_body(info, a->core->id, a->entry.get, get)));
    NR_TRY(status_of(nr_method_set_body(info, a->core->id, a->entry.load, load)));
    return status_of(info->lpVtbl->ApplyMetaData(info, a->core->id));
}

void nr_core_type_init(struct nr_core_type *core_type) {
    nr_mutex_init(&core_type->lock);
    core_type->tried = false;
    atomic_init(&core_type->there, false);
}

static void try_to_add(struct nr_profiler *profiler) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct adder adder = {.profiler = profiler, .arena = &arena};
    enum nr_status status = NR_NOT_FOUND;
    adder.core = nr_module_table_core(&profiler->modules);
    if (adder.core) {
        nr_mutex_lock(&adder.core->lock);
        status = add(&adder);
        nr_mutex_unlock(&adder.core->lock);
    }
    atomic_store_explicit(&profiler->core_type.there, status == NR_OK, memory_order_release);
    if (status != NR_OK) {
        nr_log_warn(nr_profiler_log(),
                    "Fast mode cannot add to System.Private.CoreLib (%s): instrumented methods "
                    "call the agent by reflection, as in compatible mode.",
                    nr_status_name(status));
    }
    nr_arena_free(&arena);
}

void nr_core_type_add(struct nr_profiler *profiler) {
    struct nr_core_type *core_type = &profiler->core_type;
    nr_mutex_lock(&core_type->lock);
    if (!core_type->tried) try_to_add(profiler);
    core_type->tried = true;
    nr_mutex_unlock(&core_type->lock);
}
