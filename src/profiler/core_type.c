// Defines the delegate type and the class in the core library's metadata, and gives them bodies.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/core_type.h"

#include "clr/guids.h"
#include "instrument/entry.h"
#include "metadata/file_module.h"
#include "profiler/method.h"
#include "profiler/profiler.h"

// II.23.1.5, II.23.1.10, II.23.1.11, II.23.1.15
enum {
    PUBLIC_SEALED = 0x101,
    PUBLIC_STATIC_CLASS = 0x100181,  // abstract, sealed, BeforeFieldInit
    PRIVATE_FIELD = 0x11,            // static, as is the next
    INTERNAL_FIELD = 0x13,
    STATIC_METHOD = 0x96,    // public, HideBySig
    CONSTRUCTOR = 0x1886,    // public, HideBySig, SpecialName, RTSpecialName
    VIRTUAL_METHOD = 0x1C6,  // public, HideBySig, NewSlot
    BY_RUNTIME = 0x3,
    AGGRESSIVE_INLINING = 0x100,
};

#define LEAN_METHOD "GetFinishTracerWithoutArguments"
#define LEAN_PARAMETERS                                                                  \
    "System.String,System.UInt32,System.String,System.String,System.Type,System.String," \
    "System.String,System.String,System.UInt64"

enum { LARGEST_AGENT = 64 << 20 };  // bytes

struct adder {
    struct nr_profiler *profiler;
    struct nr_loaded_module *core;
    struct nr_arena *arena;
    struct nr_rewrite_references refs;
    IMetaDataEmit2 *emit;
    struct nr_entry entry;
    nr_token guard;
    bool lean;  // which of its two methods the agent has
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

static enum nr_status define_field(struct adder *a, const char *name, uint32_t flags,
                                   struct nr_bytes type, nr_token *field) {
    struct nr_str16 wide = nr_str_to_utf16(a->arena, nr_str_of(name));
    struct nr_buffer signature;
    nr_buffer_init(&signature, a->arena);
    nr_buffer_u8(&signature, NR_SIG_FIELD);
    nr_buffer_append(&signature, type.data, type.size);
    if (!wide.data || signature.status != NR_OK) return NR_NO_MEMORY;
    return status_of(a->emit->lpVtbl->DefineField(a->emit, a->entry.type, wide.data, flags,
                                                  signature.data, (ULONG)signature.size,
                                                  NR_ELEMENT_END, NULL, 0, field));
}

static enum nr_status define_member(struct adder *a, nr_token type, enum nr_known_member member,
                                    struct nr_new_method row, nr_token *method) {
    struct nr_module *module = a->refs.module;
    row.name = nr_references_member_name(member);
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
    return define_member(a, type, a->lean ? NR_MEMBER_GET_TRACER_LEAN : NR_MEMBER_GET_TRACER,
                         (struct nr_new_method){.flags = VIRTUAL_METHOD, .impl_flags = BY_RUNTIME},
                         &method);
}

// To .NET 8 and 9, a method without an address has no body to inline, and is a reason to throw an
// exception (out of the JIT, which catches it) each time that a caller is compiled. The address is
// that of any other method; the body comes later.
static enum nr_status define_methods(struct adder *a) {
    struct nr_module *module = a->refs.module;
    struct nr_method_def other;
    struct nr_new_method row = {.flags = STATIC_METHOD};
    nr_token method;
    NR_TRY(nr_references_member(&a->refs, NR_MEMBER_ASSEMBLY_LOAD_FROM, &method));
    NR_TRY(module->ops->method_def(module, a->arena, method, &other));
    row.rva = other.rva;
    NR_TRY(define_member(a, a->entry.type, NR_MEMBER_ENTRY_LOAD, row, &a->entry.load));
    row.impl_flags = AGGRESSIVE_INLINING;
    return define_member(a, a->entry.type, NR_MEMBER_ENTRY_GET, row, &a->entry.get);
}

// [ThreadStatic] internal static bool guard;
static enum nr_status define_guard(struct adder *a) {
    static const uint8_t boolean[] = {NR_ELEMENT_BOOLEAN},
                         no_arguments[] = {1, 0, 0, 0};  // II.23.3
    struct nr_module *module = a->refs.module;
    nr_token constructor;
    NR_TRY(define_field(a, "guard", INTERNAL_FIELD, (struct nr_bytes){boolean, sizeof(boolean)},
                        &a->guard));
    NR_TRY(nr_references_member(&a->refs, NR_MEMBER_THREAD_STATIC_NEW, &constructor));
    return module->ops->define_attribute(module, a->guard, constructor,
                                         (struct nr_bytes){no_arguments, sizeof(no_arguments)});
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
    NR_TRY(define_field(a, "tracer", PRIVATE_FIELD, nr_buffer_bytes(&delegate), &a->entry.tracer));
    NR_TRY(define_field(a, "owner", PRIVATE_FIELD, (struct nr_bytes){number, sizeof(number)},
                        &a->entry.owner));
    NR_TRY(define_guard(a));
    return define_methods(a);
}

// ICorProfilerInfo7 has it.
static enum nr_status apply(struct adder *a) {
    ICorProfilerInfo15 *info = a->profiler->info, *info7 = NULL;
    NR_TRY(
        status_of(info->lpVtbl->QueryInterface(info, &nr_IID_ICorProfilerInfo7, (void **)&info7)));
    HRESULT hr = info7->lpVtbl->ApplyMetaData(info7, a->core->id);
    info7->lpVtbl->Release(info7);
    return status_of(hr);
}

// Public, static, not generic, with these parameters and an object as the result. Reflection and
// the delegate would forgive a little more; such an agent is called with the arguments.
static bool has_lean_shape(struct nr_arena *arena, struct nr_module *agent,
                           const struct nr_method_def *def) {
    struct nr_method_sig sig;
    struct nr_str parameters;
    return (def->flags & (NR_METHOD_ACCESS_MASK | NR_METHOD_STATIC)) ==
               (NR_METHOD_PUBLIC | NR_METHOD_STATIC) &&
           nr_method_sig_read(arena, def->signature, &sig) == NR_OK &&
           nr_method_sig_print(arena, agent, &sig, &parameters) == NR_OK &&
           nr_str_equal(parameters, NR_STR(LEAN_PARAMETERS)) && sig.generic_count == 0 &&
           (sig.result.token != 0 || sig.result.element == NR_ELEMENT_OBJECT) &&
           !sig.result.is_value && !sig.result.by_ref;
}

// Whether the agent has the method for those who want no arguments (docs/agent-interface.md), and
// no other of that name. Asked of its file: instrumented methods are written before the agent runs.
static bool is_lean(struct nr_arena *arena, struct nr_str path) {
    struct nr_bytes file;
    struct nr_module *agent;
    nr_token type;
    struct nr_tokens methods;
    size_t named = 0, shaped = 0;
    if (nr_file_read(arena, path, LARGEST_AGENT, &file) != NR_OK ||
        nr_file_module_open(arena, file, &agent) != NR_OK ||
        agent->ops->find_type_def(agent, NR_STR(NR_AGENT_SHIM), 0, &type) != NR_OK ||
        agent->ops->methods(agent, arena, type, &methods) != NR_OK) {
        return false;
    }
    for (size_t i = 0; i < methods.count; i++) {
        struct nr_method_def def;
        if (agent->ops->method_def(agent, arena, methods.data[i], &def) == NR_OK &&
            nr_str_equal(def.name, NR_STR(LEAN_METHOD))) {
            named++;
            shaped += has_lean_shape(arena, agent, &def);
        }
    }
    bool lean = named == 1 && shaped == 1;
    if (named > 0 && !lean) {
        nr_log_warn(
            nr_profiler_log(),
            "The agent's %s is not called, because it has another shape or overloads: %s is.",
            LEAN_METHOD, NR_AGENT_METHOD);
    }
    return lean;
}

static enum nr_status add(struct adder *a) {
    ICorProfilerInfo15 *info = a->profiler->info;
    struct nr_references *known = &a->core->references;
    const struct nr_agent agent = {a->profiler->agent_path,
                                   a->lean ? NR_STR(LEAN_METHOD) : NR_STR(NR_AGENT_METHOD)};
    struct nr_bytes get, load;
    nr_token unused;
    struct nr_live_module *live = &a->core->writable;
    if (!live->base.ops) {
        NR_TRY(nr_live_module_open(live, a->profiler->info, a->core->id, true));
    }
    a->emit = live->emit;
    known->scope = NR_SCOPE_SELF;
    nr_references_begin(&a->refs, known, &live->base, NULL, a->arena);
    NR_TRY(define_delegate(a));
    NR_TRY(define_class(a));
    // The code around a method may name it.
    NR_TRY(nr_references_member(&a->refs, NR_MEMBER_WRAPPED_EXCEPTION_NEW, &unused));
    NR_TRY(nr_references_member(&a->refs, NR_MEMBER_STACK_SUFFICES, &unused));
    NR_TRY(nr_entry_bodies(a->arena, &live->base, known, &a->entry, &agent, nr_profiler_log(), &get,
                           &load));
    NR_TRY(status_of(nr_method_set_body(info, a->core->id, a->entry.get, get)));
    NR_TRY(status_of(nr_method_set_body(info, a->core->id, a->entry.load, load)));
    NR_TRY(apply(a));
    known->guard = a->guard;
    return NR_OK;
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
    adder.lean = profiler->fast && is_lean(&arena, profiler->agent_path);
    if (adder.core) {
        nr_mutex_lock(&adder.core->lock);
        status = add(&adder);
        nr_mutex_unlock(&adder.core->lock);
    }
    profiler->core_type.lean = adder.lean;
    atomic_store_explicit(&profiler->core_type.there, status == NR_OK, memory_order_release);
    if (status != NR_OK) {
        nr_log_warn(nr_profiler_log(),
                    "Nothing can be added to System.Private.CoreLib (%s): its methods are left "
                    "alone, and in fast mode others call the agent by reflection.",
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
