// Finds or makes the references that injected code needs, in the order that keeps token numbers.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/references.h"

#include "base/compiler.h"

enum { SYSTEM_RUNTIME, SYSTEM_REFLECTION, SYSTEM_CORE, CORE_LIBRARY, MSCORLIB };

static const struct nr_str assembly_names[NR_KNOWN_ASSEMBLIES] = {
    [SYSTEM_RUNTIME] = {"System.Runtime", 14},
    [SYSTEM_REFLECTION] = {"System.Reflection", 17},
    [SYSTEM_CORE] = {"System.Core", 11},
    [CORE_LIBRARY] = {"System.Private.CoreLib", 22},
    [MSCORLIB] = {"mscorlib", 8},
};

static const struct {
    const char *name;
    uint8_t assembly;
} types[NR_KNOWN_TYPES] = {
    [NR_KNOWN_OBJECT] = {"System.Object", SYSTEM_RUNTIME},
    [NR_KNOWN_EXCEPTION] = {"System.Exception", SYSTEM_RUNTIME},
    [NR_KNOWN_TYPE] = {"System.Type", SYSTEM_RUNTIME},
    [NR_KNOWN_ASSEMBLY] = {"System.Reflection.Assembly", SYSTEM_REFLECTION},
    [NR_KNOWN_METHOD_INFO] = {"System.Reflection.MethodInfo", SYSTEM_REFLECTION},
    [NR_KNOWN_METHOD_BASE] = {"System.Reflection.MethodBase", SYSTEM_REFLECTION},
    [NR_KNOWN_ACTION_2] = {"System.Action`2", SYSTEM_CORE},
    [NR_KNOWN_RUNTIME_TYPE_HANDLE] = {"System.RuntimeTypeHandle", SYSTEM_RUNTIME},
    [NR_KNOWN_BOOLEAN] = {"System.Boolean", SYSTEM_RUNTIME},
    [NR_KNOWN_CHAR] = {"System.Char", SYSTEM_RUNTIME},
    [NR_KNOWN_SBYTE] = {"System.SByte", SYSTEM_RUNTIME},
    [NR_KNOWN_BYTE] = {"System.Byte", SYSTEM_RUNTIME},
    [NR_KNOWN_INT16] = {"System.Int16", SYSTEM_RUNTIME},
    [NR_KNOWN_UINT16] = {"System.UInt16", SYSTEM_RUNTIME},
    [NR_KNOWN_INT32] = {"System.Int32", SYSTEM_RUNTIME},
    [NR_KNOWN_UINT32] = {"System.UInt32", SYSTEM_RUNTIME},
    [NR_KNOWN_INT64] = {"System.Int64", SYSTEM_RUNTIME},
    [NR_KNOWN_UINT64] = {"System.UInt64", SYSTEM_RUNTIME},
    [NR_KNOWN_SINGLE] = {"System.Single", SYSTEM_RUNTIME},
    [NR_KNOWN_DOUBLE] = {"System.Double", SYSTEM_RUNTIME},
    [NR_KNOWN_INTPTR] = {"System.IntPtr", SYSTEM_RUNTIME},
    [NR_KNOWN_UINTPTR] = {"System.UIntPtr", SYSTEM_RUNTIME},
    [NR_KNOWN_STRING] = {"System.String", SYSTEM_RUNTIME},
    [NR_KNOWN_DELEGATE] = {"System.Delegate", SYSTEM_RUNTIME},
    [NR_KNOWN_MULTICAST_DELEGATE] = {"System.MulticastDelegate", SYSTEM_RUNTIME},
    [NR_KNOWN_ENVIRONMENT] = {"System.Environment", SYSTEM_RUNTIME},
    [NR_KNOWN_INTERLOCKED] = {"System.Threading.Interlocked", SYSTEM_RUNTIME},
    [NR_KNOWN_THREAD] = {"System.Threading.Thread", SYSTEM_RUNTIME},
    [NR_KNOWN_THREAD_STATIC] = {"System.ThreadStaticAttribute", SYSTEM_RUNTIME},
    [NR_KNOWN_WRAPPED_EXCEPTION] = {"System.Runtime.CompilerServices.RuntimeWrappedException",
                                    SYSTEM_RUNTIME},
    [NR_KNOWN_RUNTIME_HELPERS] = {"System.Runtime.CompilerServices.RuntimeHelpers", SYSTEM_RUNTIME},
    [NR_KNOWN_GET_TRACER] = {"NrProf.GetTracer", CORE_LIBRARY},
    [NR_KNOWN_ENTRY] = {"NrProf.Entry", CORE_LIBRARY},
    [NR_KNOWN_APP_DOMAIN] = {"System.AppDomain", SYSTEM_RUNTIME},
    [NR_KNOWN_DOMAIN_CACHE] = {"System.CannotUnloadAppDomainException", SYSTEM_RUNTIME},
    [NR_KNOWN_SECURITY_SAFE_CRITICAL] = {"System.Security.SecuritySafeCriticalAttribute",
                                         SYSTEM_RUNTIME},
    [NR_KNOWN_SUPPRESS_UNMANAGED_SECURITY] =
        {"System.Security.SuppressUnmanagedCodeSecurityAttribute", SYSTEM_RUNTIME},
};

// Signatures are written as in metadata, but with an nr_known_type behind CLASS and VALUETYPE where
// metadata has a token. An owner of NR_KNOWN_NONE is Action<object, Exception>.
static const struct {
    const char *name;
    uint8_t owner;
    uint8_t signature_size;
    uint8_t signature[16];
} members[NR_KNOWN_MEMBERS] = {
    [NR_MEMBER_ASSEMBLY_LOAD_FROM] = {"LoadFrom",
                                      NR_KNOWN_ASSEMBLY,
                                      5,
                                      {NR_CALL_DEFAULT, 1, NR_ELEMENT_CLASS, NR_KNOWN_ASSEMBLY,
                                       NR_ELEMENT_STRING}},
    [NR_MEMBER_ASSEMBLY_GET_TYPE] = {"GetType",
                                     NR_KNOWN_ASSEMBLY,
                                     5,
                                     {NR_CALL_HAS_THIS, 1, NR_ELEMENT_CLASS, NR_KNOWN_TYPE,
                                      NR_ELEMENT_STRING}},
    [NR_MEMBER_TYPE_GET_METHOD] = {"GetMethod",
                                   NR_KNOWN_TYPE,
                                   5,
                                   {NR_CALL_HAS_THIS, 1, NR_ELEMENT_CLASS, NR_KNOWN_METHOD_INFO,
                                    NR_ELEMENT_STRING}},
    [NR_MEMBER_TYPE_GET_METHOD_TYPED] = {"GetMethod",
                                         NR_KNOWN_TYPE,
                                         8,
                                         {NR_CALL_HAS_THIS, 2, NR_ELEMENT_CLASS,
                                          NR_KNOWN_METHOD_INFO, NR_ELEMENT_STRING,
                                          NR_ELEMENT_SZARRAY, NR_ELEMENT_CLASS, NR_KNOWN_TYPE}},
    [NR_MEMBER_TYPE_FROM_HANDLE] = {"GetTypeFromHandle",
                                    NR_KNOWN_TYPE,
                                    6,
                                    {NR_CALL_DEFAULT, 1, NR_ELEMENT_CLASS, NR_KNOWN_TYPE,
                                     NR_ELEMENT_VALUETYPE, NR_KNOWN_RUNTIME_TYPE_HANDLE}},
    [NR_MEMBER_METHOD_INVOKE] = {"Invoke",
                                 NR_KNOWN_METHOD_BASE,
                                 6,
                                 {NR_CALL_HAS_THIS, 2, NR_ELEMENT_OBJECT, NR_ELEMENT_OBJECT,
                                  NR_ELEMENT_SZARRAY, NR_ELEMENT_OBJECT}},
    [NR_MEMBER_FINISH_INVOKE] = {"Invoke",
                                 NR_KNOWN_NONE,
                                 7,
                                 {NR_CALL_HAS_THIS, 2, NR_ELEMENT_VOID, NR_ELEMENT_VAR, 0,
                                  NR_ELEMENT_VAR, 1}},
    [NR_MEMBER_CREATE_DELEGATE] = {"CreateDelegate",
                                   NR_KNOWN_DELEGATE,
                                   8,
                                   {NR_CALL_DEFAULT, 2, NR_ELEMENT_CLASS, NR_KNOWN_DELEGATE,
                                    NR_ELEMENT_CLASS, NR_KNOWN_TYPE, NR_ELEMENT_CLASS,
                                    NR_KNOWN_METHOD_INFO}},
    [NR_MEMBER_CURRENT_THREAD] = {"get_CurrentManagedThreadId",
                                  NR_KNOWN_ENVIRONMENT,
                                  3,
                                  {NR_CALL_DEFAULT, 0, NR_ELEMENT_I4}},
    [NR_MEMBER_TICK_COUNT] = {"get_TickCount64",
                              NR_KNOWN_ENVIRONMENT,
                              3,
                              {NR_CALL_DEFAULT, 0, NR_ELEMENT_I8}},
    [NR_MEMBER_EXCHANGE_IF] = {"CompareExchange",
                               NR_KNOWN_INTERLOCKED,
                               7,
                               {NR_CALL_DEFAULT, 3, NR_ELEMENT_I4, NR_ELEMENT_BYREF, NR_ELEMENT_I4,
                                NR_ELEMENT_I4, NR_ELEMENT_I4}},
    [NR_MEMBER_YIELD] = {"Yield", NR_KNOWN_THREAD, 3, {NR_CALL_DEFAULT, 0, NR_ELEMENT_BOOLEAN}},
    [NR_MEMBER_THREAD_STATIC_NEW] = {".ctor",
                                     NR_KNOWN_THREAD_STATIC,
                                     3,
                                     {NR_CALL_HAS_THIS, 0, NR_ELEMENT_VOID}},
    [NR_MEMBER_WRAPPED_EXCEPTION_NEW] = {".ctor",
                                         NR_KNOWN_WRAPPED_EXCEPTION,
                                         4,
                                         {NR_CALL_HAS_THIS, 1, NR_ELEMENT_VOID, NR_ELEMENT_OBJECT}},
    [NR_MEMBER_STACK_SUFFICES] = {"TryEnsureSufficientExecutionStack",
                                  NR_KNOWN_RUNTIME_HELPERS,
                                  3,
                                  {NR_CALL_DEFAULT, 0, NR_ELEMENT_BOOLEAN}},
    // The parameters of the agent's method (docs/agent-interface.md), which is one of these two.
    [NR_MEMBER_GET_TRACER] = {"Invoke",
                              NR_KNOWN_GET_TRACER,
                              16,
                              {NR_CALL_HAS_THIS, 11, NR_ELEMENT_OBJECT, NR_ELEMENT_STRING,
                               NR_ELEMENT_U4, NR_ELEMENT_STRING, NR_ELEMENT_STRING,
                               NR_ELEMENT_CLASS, NR_KNOWN_TYPE, NR_ELEMENT_STRING,
                               NR_ELEMENT_STRING, NR_ELEMENT_STRING, NR_ELEMENT_OBJECT,
                               NR_ELEMENT_SZARRAY, NR_ELEMENT_OBJECT, NR_ELEMENT_U8}},
    [NR_MEMBER_GET_TRACER_LEAN] = {"Invoke",
                                   NR_KNOWN_GET_TRACER,
                                   13,
                                   {NR_CALL_HAS_THIS, 9, NR_ELEMENT_OBJECT, NR_ELEMENT_STRING,
                                    NR_ELEMENT_U4, NR_ELEMENT_STRING, NR_ELEMENT_STRING,
                                    NR_ELEMENT_CLASS, NR_KNOWN_TYPE, NR_ELEMENT_STRING,
                                    NR_ELEMENT_STRING, NR_ELEMENT_STRING, NR_ELEMENT_U8}},
    [NR_MEMBER_ENTRY_GET] = {"Get",
                             NR_KNOWN_ENTRY,
                             4,
                             {NR_CALL_DEFAULT, 0, NR_ELEMENT_CLASS, NR_KNOWN_GET_TRACER}},
    [NR_MEMBER_ENTRY_LOAD] = {"Load",
                              NR_KNOWN_ENTRY,
                              4,
                              {NR_CALL_DEFAULT, 0, NR_ELEMENT_CLASS, NR_KNOWN_GET_TRACER}},
    [NR_MEMBER_EXCEPTION_NEW] = {".ctor",
                                 NR_KNOWN_EXCEPTION,
                                 4,
                                 {NR_CALL_HAS_THIS, 1, NR_ELEMENT_VOID, NR_ELEMENT_STRING}},
    [NR_MEMBER_DOMAIN_CURRENT] = {"get_CurrentDomain",
                                  NR_KNOWN_APP_DOMAIN,
                                  4,
                                  {NR_CALL_DEFAULT, 0, NR_ELEMENT_CLASS, NR_KNOWN_APP_DOMAIN}},
    [NR_MEMBER_DOMAIN_GET_DATA] = {"GetData",
                                   NR_KNOWN_APP_DOMAIN,
                                   4,
                                   {NR_CALL_HAS_THIS, 1, NR_ELEMENT_OBJECT, NR_ELEMENT_STRING}},
    [NR_MEMBER_DOMAIN_SET_DATA] = {"SetData",
                                   NR_KNOWN_APP_DOMAIN,
                                   5,
                                   {NR_CALL_HAS_THIS, 2, NR_ELEMENT_VOID, NR_ELEMENT_STRING,
                                    NR_ELEMENT_OBJECT}},
    [NR_MEMBER_SECURITY_SAFE_CRITICAL_NEW] = {".ctor",
                                              NR_KNOWN_SECURITY_SAFE_CRITICAL,
                                              3,
                                              {NR_CALL_HAS_THIS, 0, NR_ELEMENT_VOID}},
    [NR_MEMBER_SUPPRESS_UNMANAGED_SECURITY_NEW] = {".ctor",
                                                   NR_KNOWN_SUPPRESS_UNMANAGED_SECURITY,
                                                   3,
                                                   {NR_CALL_HAS_THIS, 0, NR_ELEMENT_VOID}},
    [NR_MEMBER_LOAD_ASSEMBLY] = {"LoadAssemblyOrThrow",
                                 NR_KNOWN_DOMAIN_CACHE,
                                 5,
                                 {NR_CALL_DEFAULT, 1, NR_ELEMENT_CLASS, NR_KNOWN_ASSEMBLY,
                                  NR_ELEMENT_STRING}},
    [NR_MEMBER_GET_TYPE] = {"GetTypeViaReflectionOrThrow",
                            NR_KNOWN_DOMAIN_CACHE,
                            6,
                            {NR_CALL_DEFAULT, 2, NR_ELEMENT_CLASS, NR_KNOWN_TYPE, NR_ELEMENT_STRING,
                             NR_ELEMENT_STRING}},
    [NR_MEMBER_GET_METHOD] = {"GetMethodViaReflectionOrThrow",
                              NR_KNOWN_DOMAIN_CACHE,
                              10,
                              {NR_CALL_DEFAULT, 4, NR_ELEMENT_CLASS, NR_KNOWN_METHOD_INFO,
                               NR_ELEMENT_STRING, NR_ELEMENT_STRING, NR_ELEMENT_STRING,
                               NR_ELEMENT_SZARRAY, NR_ELEMENT_CLASS, NR_KNOWN_TYPE}},
    [NR_MEMBER_READ_CACHE] = {"GetMethodFromAppDomainStorage",
                              NR_KNOWN_DOMAIN_CACHE,
                              5,
                              {NR_CALL_DEFAULT, 1, NR_ELEMENT_CLASS, NR_KNOWN_METHOD_INFO,
                               NR_ELEMENT_STRING}},
    [NR_MEMBER_READ_CACHE_OR_FIND] = {"GetMethodFromAppDomainStorageOrReflectionOrThrow",
                                      NR_KNOWN_DOMAIN_CACHE,
                                      11,
                                      {NR_CALL_DEFAULT, 5, NR_ELEMENT_CLASS, NR_KNOWN_METHOD_INFO,
                                       NR_ELEMENT_STRING, NR_ELEMENT_STRING, NR_ELEMENT_STRING,
                                       NR_ELEMENT_STRING, NR_ELEMENT_SZARRAY, NR_ELEMENT_CLASS,
                                       NR_KNOWN_TYPE}},
    [NR_MEMBER_WRITE_CACHE] = {"StoreMethodInAppDomainStorageOrThrow",
                               NR_KNOWN_DOMAIN_CACHE,
                               6,
                               {NR_CALL_DEFAULT, 2, NR_ELEMENT_VOID, NR_ELEMENT_CLASS,
                                NR_KNOWN_METHOD_INFO, NR_ELEMENT_STRING}},
};

void nr_references_begin(struct nr_rewrite_references *refs, struct nr_references *known,
                         struct nr_module *module, const struct nr_assemblies *assemblies,
                         struct nr_arena *arena) {
    *refs = (struct nr_rewrite_references){
        .known = known, .module = module, .assemblies = assemblies, .arena = arena};
    if (!known->strings.arena) nr_map_init(&known->strings, known->kinds.arena);
}

static bool has_type(const struct nr_rewrite_references *refs, struct nr_str assembly,
                     enum nr_known_type type) {
    const struct nr_assemblies *assemblies = refs->assemblies;
    return !assemblies || !assemblies->has_type ||
           assemblies->has_type(assemblies->context, assembly, nr_str_of(types[type].name));
}

// Whether an assembly that only ends with the wanted name really has the types: the reference takes
// it for granted and then finds nothing at run time.
static bool stands_in(const struct nr_rewrite_references *refs, struct nr_str name,
                      uint8_t assembly) {
    static const uint8_t samples[NR_KNOWN_ASSEMBLIES] = {[SYSTEM_RUNTIME] = NR_KNOWN_OBJECT,
                                                         [SYSTEM_REFLECTION] = NR_KNOWN_ASSEMBLY,
                                                         [SYSTEM_CORE] = NR_KNOWN_ACTION_2,
                                                         [CORE_LIBRARY] = NR_KNOWN_OBJECT};
    return assembly != MSCORLIB && nr_str_ends_with(name, assembly_names[assembly]) &&
           refs->assemblies && has_type(refs, name, samples[assembly]);
}

// The first AssemblyRef whose name ends with the wanted one, as the reference looks it up.
static enum nr_status find_assembly_ref(struct nr_rewrite_references *refs, uint8_t assembly,
                                        nr_token *token) {
    struct nr_module *module = refs->module;
    struct nr_tokens all;
    NR_TRY(module->ops->assembly_refs(module, refs->arena, &all));
    for (size_t i = 0; i < all.count; i++) {
        struct nr_str name;
        NR_TRY(module->ops->assembly_ref_name(module, refs->arena, all.data[i], &name));
        if (nr_str_equal(name, assembly_names[assembly]) || stands_in(refs, name, assembly)) {
            *token = all.data[i];
            return NR_OK;
        }
    }
    return NR_NOT_FOUND;
}

// A new one has no version, but for mscorlib: .NET Framework has had this one since its version 4.
static enum nr_status add_assembly_ref(struct nr_rewrite_references *refs, uint8_t assembly,
                                       nr_token *token) {
    static const uint8_t ecma_key_token[] = {0xB7, 0x7A, 0x5C, 0x56, 0x19, 0x34, 0xE0, 0x89};
    static const struct nr_assembly_identity mscorlib = {{4, 0, 0, 0},
                                                         {ecma_key_token, sizeof(ecma_key_token)}};
    return refs->module->ops->define_assembly_ref(refs->module, assembly_names[assembly],
                                                  assembly == MSCORLIB ? &mscorlib : NULL, token);
}

enum nr_status nr_references_find_mscorlib(struct nr_rewrite_references *refs) {
    return find_assembly_ref(refs, MSCORLIB, &refs->known->assemblies[MSCORLIB]);
}

enum nr_status nr_references_add_mscorlib(struct nr_rewrite_references *refs, nr_token *token) {
    NR_TRY(add_assembly_ref(refs, MSCORLIB, &refs->known->assemblies[MSCORLIB]));
    *token = refs->known->assemblies[MSCORLIB];
    return NR_OK;
}

static enum nr_status assembly_ref(struct nr_rewrite_references *refs, uint8_t assembly,
                                   nr_token *token) {
    nr_token *known = &refs->known->assemblies[assembly];
    if (!*known) {
        enum nr_status status = find_assembly_ref(refs, assembly, known);
        if (status == NR_NOT_FOUND) status = add_assembly_ref(refs, assembly, known);
        NR_TRY(status);
    }
    *token = *known;
    return NR_OK;
}

// Where a type is looked for.
static uint8_t home_of(const struct nr_rewrite_references *refs, enum nr_known_type type) {
    uint8_t assembly = types[type].assembly;
    if (refs->known->scope == NR_SCOPE_FRAMEWORK) return MSCORLIB;
    // A trimmed application may have left out the facade, or what the facade forwards.
    return has_type(refs, assembly_names[assembly], type) ? assembly : CORE_LIBRARY;
}

enum nr_status nr_references_type(struct nr_rewrite_references *refs, enum nr_known_type type,
                                  nr_token *token) {
    struct nr_module *module = refs->module;
    struct nr_str name = nr_str_of(types[type].name);
    nr_token *known = &refs->known->types[type];
    if (!*known && refs->known->scope == NR_SCOPE_SELF) {
        NR_TRY(module->ops->find_type_def(module, name, 0, known));
    } else if (!*known) {
        nr_token scope;
        NR_TRY(assembly_ref(refs, home_of(refs, type), &scope));
        NR_TRY(module->ops->define_type_ref(module, scope, name, known));
    }
    *token = *known;
    return NR_OK;
}

static enum nr_status write_type(struct nr_rewrite_references *refs, struct nr_buffer *out,
                                 uint8_t element, enum nr_known_type type) {
    nr_token token;
    NR_TRY(nr_references_type(refs, type, &token));
    nr_buffer_u8(out, element);
    nr_sig_token_write(out, token);
    return out->status;
}

static enum nr_status add_finish_type(struct nr_rewrite_references *refs, nr_token *token) {
    struct nr_buffer signature;
    nr_buffer_init(&signature, refs->arena);
    nr_buffer_u8(&signature, NR_ELEMENT_GENERICINST);
    NR_TRY(write_type(refs, &signature, NR_ELEMENT_CLASS, NR_KNOWN_ACTION_2));
    nr_sig_number_write(&signature, 2);
    nr_buffer_u8(&signature, NR_ELEMENT_OBJECT);
    NR_TRY(write_type(refs, &signature, NR_ELEMENT_CLASS, NR_KNOWN_EXCEPTION));
    NR_TRY(signature.status);
    return refs->module->ops->define_type_spec(refs->module, nr_buffer_bytes(&signature), token);
}

enum nr_status nr_references_finish_type(struct nr_rewrite_references *refs, nr_token *token) {
    nr_token *known = &refs->known->finish_type;
    if (!*known) NR_TRY(add_finish_type(refs, known));
    *token = *known;
    return NR_OK;
}

static enum nr_status member_signature(struct nr_rewrite_references *refs,
                                       enum nr_known_member member, struct nr_buffer *out) {
    for (uint8_t i = 0; i < members[member].signature_size; i++) {
        uint8_t byte = members[member].signature[i];
        // The first two bytes are the calling convention and the number of parameters.
        if (i >= 2 && (byte == NR_ELEMENT_CLASS || byte == NR_ELEMENT_VALUETYPE)) {
            NR_TRY(write_type(refs, out, byte, members[member].signature[++i]));
        } else {
            nr_buffer_u8(out, byte);
        }
    }
    return out->status;
}

static enum nr_status find_member_ref(struct nr_rewrite_references *refs, nr_token owner,
                                      struct nr_str name, struct nr_bytes signature,
                                      nr_token *token) {
    struct nr_module *module = refs->module;
    struct nr_tokens all;
    NR_TRY(module->ops->member_refs(module, refs->arena, owner, &all));
    for (size_t i = 0; i < all.count; i++) {
        struct nr_member_ref row;
        NR_TRY(module->ops->member_ref(module, refs->arena, all.data[i], &row));
        if (nr_str_equal(row.name, name) && nr_bytes_equal(row.signature, signature)) {
            *token = all.data[i];
            return NR_OK;
        }
    }
    return NR_NOT_FOUND;
}

struct nr_str nr_references_member_name(enum nr_known_member member) {
    return nr_str_of(members[member].name);
}

enum nr_status nr_references_member_signature(struct nr_rewrite_references *refs,
                                              enum nr_known_member member, struct nr_bytes *out) {
    struct nr_buffer signature;
    nr_buffer_init(&signature, refs->arena);
    NR_TRY(member_signature(refs, member, &signature));
    *out = nr_buffer_bytes(&signature);
    return NR_OK;
}

static enum nr_status add_member(struct nr_rewrite_references *refs, enum nr_known_member member,
                                 nr_token *token) {
    struct nr_module *module = refs->module;
    struct nr_str name = nr_str_of(members[member].name);
    struct nr_bytes blob;
    nr_token owner;
    NR_TRY(nr_references_member_signature(refs, member, &blob));
    if (members[member].owner) {
        NR_TRY(nr_references_type(refs, members[member].owner, &owner));
    } else {
        NR_TRY(nr_references_finish_type(refs, &owner));
    }
    if (NR_TOKEN_TABLE(owner) == NR_TABLE_TYPE_DEF) {
        return module->ops->find_method(module, owner, name, blob, token);
    }
    enum nr_status status = find_member_ref(refs, owner, name, blob, token);
    if (status != NR_NOT_FOUND) return status;
    return module->ops->define_member_ref(module, owner, name, blob, token);
}

enum nr_status nr_references_member(struct nr_rewrite_references *refs, enum nr_known_member member,
                                    nr_token *token) {
    nr_token *known = &refs->known->members[member];
    if (!*known) NR_TRY(add_member(refs, member, known));
    *token = *known;
    return NR_OK;
}

enum nr_status nr_references_missing(struct nr_module *core, struct nr_arena *arena,
                                     struct nr_str *missing) {
    // As if each type had been asked for already: signatures then name the definitions.
    struct nr_references known = {0};
    struct nr_rewrite_references refs = {.known = &known, .module = core, .arena = arena};
    for (size_t i = NR_KNOWN_OBJECT; i < NR_KNOWN_FAST_ONLY; i++) {
        struct nr_str name = nr_str_of(types[i].name);
        enum nr_status status = core->ops->find_type_def(core, name, 0, &known.types[i]);
        if (status != NR_OK) *missing = name;
        NR_TRY(status);
    }
    for (size_t i = 0; i < NR_MEMBER_FAST_ONLY; i++) {
        uint8_t owner = members[i].owner ? members[i].owner : NR_KNOWN_ACTION_2;
        struct nr_str name = nr_str_of(members[i].name);
        struct nr_buffer signature;
        nr_token found;
        nr_buffer_init(&signature, arena);
        NR_TRY(member_signature(&refs, (enum nr_known_member)i, &signature));
        enum nr_status status = core->ops->find_method(core, known.types[owner], name,
                                                       nr_buffer_bytes(&signature), &found);
        if (status != NR_OK) {
            *missing = NR_STR_JOIN(arena, nr_str_of(types[owner].name), NR_STR("."), name);
        }
        NR_TRY(status);
    }
    return NR_OK;
}

static enum nr_status add_string(struct nr_rewrite_references *refs, struct nr_str text,
                                 nr_token *token) {
    struct nr_map *strings = &refs->known->strings;
    struct nr_str16 wide = nr_str_to_utf16(refs->arena, text);
    if (!wide.data) return NR_NO_MEMORY;
    NR_TRY(refs->module->ops->define_user_string(refs->module, wide, token));
    struct nr_str key = nr_str_copy(strings->arena, text);
    if (!key.data) return NR_NO_MEMORY;
    return nr_map_set(strings, key, (void *)(uintptr_t)*token);
}

enum nr_status nr_references_string(struct nr_rewrite_references *refs, struct nr_str text,
                                    nr_token *token) {
    *token = (nr_token)(uintptr_t)nr_map_get(&refs->known->strings, text);
    return *token ? NR_OK : add_string(refs, text, token);
}

bool nr_references_call(struct nr_str type, struct nr_str method) {
    for (size_t i = 0; i < NR_KNOWN_MEMBERS; i++) {
        uint8_t owner = members[i].owner ? members[i].owner : NR_KNOWN_ACTION_2;
        if (nr_str_equal(type, nr_str_of(types[owner].name)) &&
            nr_str_equal(method, nr_str_of(members[i].name))) {
            return true;
        }
    }
    return false;
}

enum nr_known_type nr_known_type_of_element(uint8_t element) {
    static const uint8_t by_element[] = {
        [NR_ELEMENT_BOOLEAN] = NR_KNOWN_BOOLEAN, [NR_ELEMENT_CHAR] = NR_KNOWN_CHAR,
        [NR_ELEMENT_I1] = NR_KNOWN_SBYTE,        [NR_ELEMENT_U1] = NR_KNOWN_BYTE,
        [NR_ELEMENT_I2] = NR_KNOWN_INT16,        [NR_ELEMENT_U2] = NR_KNOWN_UINT16,
        [NR_ELEMENT_I4] = NR_KNOWN_INT32,        [NR_ELEMENT_U4] = NR_KNOWN_UINT32,
        [NR_ELEMENT_I8] = NR_KNOWN_INT64,        [NR_ELEMENT_U8] = NR_KNOWN_UINT64,
        [NR_ELEMENT_R4] = NR_KNOWN_SINGLE,       [NR_ELEMENT_R8] = NR_KNOWN_DOUBLE,
        [NR_ELEMENT_STRING] = NR_KNOWN_STRING,   [NR_ELEMENT_I] = NR_KNOWN_INTPTR,
        [NR_ELEMENT_U] = NR_KNOWN_UINTPTR,       [NR_ELEMENT_OBJECT] = NR_KNOWN_OBJECT,
    };
    return element < NR_COUNT_OF(by_element) ? by_element[element] : NR_KNOWN_NONE;
}
