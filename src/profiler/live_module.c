// Asks the CLR's metadata interfaces.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/live_module.h"

#include "clr/guids.h"

// SCRATCH: for a name of USUAL_NAME, or BATCH tokens.
enum { BATCH = 64, USUAL_NAME = 128, SCRATCH = 2 * USUAL_NAME / sizeof(max_align_t) };

static struct nr_live_module *live_of(struct nr_module *module) {
    return (struct nr_live_module *)(void *)module;
}

// A row that is not there and a row that is broken look the same from outside.
static enum nr_status status_of(HRESULT hr) { return SUCCEEDED(hr) ? NR_OK : NR_NOT_FOUND; }

// A name that the CLR reports with its closing NUL. Most names fit at once; a longer one is asked
// for again.
struct name {
    WCHAR *data;
    ULONG capacity, length;
    WCHAR usual[USUAL_NAME];
};

static void begin_name(struct name *name) {
    name->data = name->usual;
    name->capacity = USUAL_NAME;
    name->length = 0;
}

// Whether there is room now for a name that was cut off.
static bool widen_name(struct nr_arena *arena, struct name *name) {
    if (name->length <= name->capacity) return false;
    name->data = nr_arena_calloc(arena, name->length, sizeof(WCHAR));
    name->capacity = name->data ? name->length : 0;
    return name->data;
}

static enum nr_status finish_name(struct nr_arena *arena, const struct name *name,
                                  struct nr_str *out) {
    if (name->length > name->capacity) return NR_NO_MEMORY;
    size_t length = name->length > 0 ? name->length - 1 : 0;
    *out = nr_str_from_utf16(arena, (struct nr_str16){name->data, length});
    return out->data ? NR_OK : NR_NO_MEMORY;
}

static enum nr_status assembly(struct nr_module *module, struct nr_arena *arena, struct nr_str *out,
                               struct nr_version *version) {
    IMetaDataAssemblyImport *import = live_of(module)->assembly_import;
    ASSEMBLYMETADATA data = {0};
    struct name name;
    mdAssembly token;
    NR_TRY(status_of(import->lpVtbl->GetAssemblyFromScope(import, &token)));
    begin_name(&name);
    do {
        NR_TRY(status_of(import->lpVtbl->GetAssemblyProps(
            import, token, NULL, NULL, NULL, name.data, name.capacity, &name.length, &data, NULL)));
    } while (widen_name(arena, &name));
    NR_TRY(finish_name(arena, &name, out));
    *version = (struct nr_version){data.usMajorVersion, data.usMinorVersion, data.usBuildNumber,
                                   data.usRevisionNumber};
    return NR_OK;
}

static enum nr_status type_def(struct nr_module *module, struct nr_arena *arena, nr_token token,
                               struct nr_type_def *out) {
    IMetaDataImport2 *import = live_of(module)->import;
    struct name name;
    DWORD flags = 0;
    mdToken extends = 0;
    if (NR_TOKEN_TABLE(token) != NR_TABLE_TYPE_DEF) return NR_NOT_FOUND;
    begin_name(&name);
    do {
        NR_TRY(status_of(import->lpVtbl->GetTypeDefProps(import, token, name.data, name.capacity,
                                                         &name.length, &flags, &extends)));
    } while (widen_name(arena, &name));
    struct nr_str text;
    NR_TRY(finish_name(arena, &name, &text));
    *out = (struct nr_type_def){text, flags, NR_TOKEN_ROW(extends) ? extends : 0};
    return NR_OK;
}

static enum nr_status type_ref(struct nr_module *module, struct nr_arena *arena, nr_token token,
                               struct nr_type_ref *out) {
    IMetaDataImport2 *import = live_of(module)->import;
    struct name name;
    mdToken scope = 0;
    if (NR_TOKEN_TABLE(token) != NR_TABLE_TYPE_REF) return NR_NOT_FOUND;
    begin_name(&name);
    do {
        NR_TRY(status_of(import->lpVtbl->GetTypeRefProps(import, token, &scope, name.data,
                                                         name.capacity, &name.length)));
    } while (widen_name(arena, &name));
    struct nr_str text;
    NR_TRY(finish_name(arena, &name, &text));
    *out = (struct nr_type_ref){text, scope};
    return NR_OK;
}

static enum nr_status enclosing_type(struct nr_module *module, nr_token type, nr_token *enclosing) {
    IMetaDataImport2 *import = live_of(module)->import;
    return status_of(import->lpVtbl->GetNestedClassProps(import, type, enclosing));
}

static enum nr_status method_def(struct nr_module *module, struct nr_arena *arena, nr_token token,
                                 struct nr_method_def *out) {
    IMetaDataImport2 *import = live_of(module)->import;
    struct name name;
    DWORD flags = 0, impl_flags = 0;
    ULONG rva = 0;
    mdTypeDef owner = 0;
    PCCOR_SIGNATURE signature = NULL;
    ULONG size = 0;
    if (NR_TOKEN_TABLE(token) != NR_TABLE_METHOD_DEF) return NR_NOT_FOUND;
    begin_name(&name);
    do {
        NR_TRY(status_of(import->lpVtbl->GetMethodProps(import, token, &owner, name.data,
                                                        name.capacity, &name.length, &flags,
                                                        &signature, &size, &rva, &impl_flags)));
    } while (widen_name(arena, &name));
    struct nr_str text;
    NR_TRY(finish_name(arena, &name, &text));
    *out = (struct nr_method_def){owner, text, flags, impl_flags, rva, {signature, size}};
    return NR_OK;
}

static enum nr_status member_ref(struct nr_module *module, struct nr_arena *arena, nr_token token,
                                 struct nr_member_ref *out) {
    IMetaDataImport2 *import = live_of(module)->import;
    struct name name;
    mdToken parent = 0;
    PCCOR_SIGNATURE signature = NULL;
    ULONG size = 0;
    if (NR_TOKEN_TABLE(token) != NR_TABLE_MEMBER_REF) return NR_NOT_FOUND;
    begin_name(&name);
    do {
        NR_TRY(status_of(import->lpVtbl->GetMemberRefProps(
            import, token, &parent, name.data, name.capacity, &name.length, &signature, &size)));
    } while (widen_name(arena, &name));
    struct nr_str text;
    NR_TRY(finish_name(arena, &name, &text));
    *out = (struct nr_member_ref){parent, text, {signature, size}};
    return NR_OK;
}

static enum nr_status signature(struct nr_module *module, nr_token token, struct nr_bytes *out) {
    IMetaDataImport2 *import = live_of(module)->import;
    PCCOR_SIGNATURE blob = NULL;
    ULONG size = 0;
    mdToken parent;
    HRESULT hr;
    switch (NR_TOKEN_TABLE(token)) {
    case NR_TABLE_FIELD:
        hr = import->lpVtbl->GetFieldProps(import, token, NULL, NULL, 0, NULL, NULL, &blob, &size,
                                           NULL, NULL, NULL);
        break;
    case NR_TABLE_METHOD_DEF:
        hr = import->lpVtbl->GetMethodProps(import, token, NULL, NULL, 0, NULL, NULL, &blob, &size,
                                            NULL, NULL);
        break;
    case NR_TABLE_MEMBER_REF:
        hr = import->lpVtbl->GetMemberRefProps(import, token, NULL, NULL, 0, NULL, &blob, &size);
        break;
    case NR_TABLE_STAND_ALONE_SIG:
        hr = import->lpVtbl->GetSigFromToken(import, token, &blob, &size);
        break;
    case NR_TABLE_TYPE_SPEC:
        hr = import->lpVtbl->GetTypeSpecFromToken(import, token, &blob, &size);
        break;
    case NR_TABLE_METHOD_SPEC:
        hr = import->lpVtbl->GetMethodSpecProps(import, token, &parent, &blob, &size);
        break;
    default: return NR_NOT_FOUND;
    }
    NR_TRY(status_of(hr));
    *out = (struct nr_bytes){blob, size};
    return NR_OK;
}

static enum nr_status method_of_spec(struct nr_module *module, nr_token token, nr_token *method) {
    IMetaDataImport2 *import = live_of(module)->import;
    if (NR_TOKEN_TABLE(token) != NR_TABLE_METHOD_SPEC) return NR_NOT_FOUND;
    return status_of(import->lpVtbl->GetMethodSpecProps(import, token, method, NULL, NULL));
}

// Rows have no gaps: where one is, all before it are.
static bool exists(struct nr_module *module, nr_token token) {
    struct nr_live_module *live = live_of(module);
    enum nr_table table = NR_TOKEN_TABLE(token);
    atomic_uint *known = table < NR_TABLE_COUNT ? &live->known_rows[table] : NULL;
    uint32_t row = NR_TOKEN_ROW(token);
    if (row == 0) return false;
    if (known && row <= atomic_load_explicit(known, memory_order_relaxed)) return true;
    if (!live->import->lpVtbl->IsValidToken(live->import, token)) return false;
    if (known) atomic_store_explicit(known, row, memory_order_relaxed);
    return true;
}

// ---- enumerations ----

// One of the Enum functions of the metadata interfaces, with its parent bound.
struct enumeration {
    HRESULT(*next)
    (struct nr_live_module *live, void **handle, nr_token parent, nr_token *tokens, ULONG *count);
    bool of_assembly;  // closed by the interface that opened it
};

static enum nr_status enumerate(struct nr_module *module, struct nr_arena *arena,
                                struct enumeration enumeration, nr_token parent,
                                struct nr_tokens *out) {
    struct nr_live_module *live = live_of(module);
    struct nr_buffer found;
    nr_token batch[BATCH];
    void *handle = NULL;
    ULONG count = 0;
    nr_buffer_init(&found, arena);
    while (SUCCEEDED(enumeration.next(live, &handle, parent, batch, &count)) && count > 0) {
        nr_buffer_append(&found, batch, count * sizeof(batch[0]));
    }
    if (handle && enumeration.of_assembly) {
        live->assembly_import->lpVtbl->CloseEnum(live->assembly_import, handle);
    } else if (handle) {
        live->import->lpVtbl->CloseEnum(live->import, handle);
    }
    NR_TRY(found.status);
    *out = (struct nr_tokens){(const nr_token *)(const void *)found.data,
                              found.size / sizeof(nr_token)};
    return NR_OK;
}

static HRESULT next_type_def(struct nr_live_module *live, void **handle, nr_token parent,
                             nr_token *tokens, ULONG *count) {
    (void)parent;
    return live->import->lpVtbl->EnumTypeDefs(live->import, handle, tokens, BATCH, count);
}

static HRESULT next_method(struct nr_live_module *live, void **handle, nr_token parent,
                           nr_token *tokens, ULONG *count) {
    return live->import->lpVtbl->EnumMethods(live->import, handle, parent, tokens, BATCH, count);
}

static HRESULT next_field(struct nr_live_module *live, void **handle, nr_token parent,
                          nr_token *tokens, ULONG *count) {
    return live->import->lpVtbl->EnumFields(live->import, handle, parent, tokens, BATCH, count);
}

static HRESULT next_member_ref(struct nr_live_module *live, void **handle, nr_token parent,
                               nr_token *tokens, ULONG *count) {
    return live->import->lpVtbl->EnumMemberRefs(live->import, handle, parent, tokens, BATCH, count);
}

static HRESULT next_generic_param(struct nr_live_module *live, void **handle, nr_token parent,
                                  nr_token *tokens, ULONG *count) {
    return live->import->lpVtbl->EnumGenericParams(live->import, handle, parent, tokens, BATCH,
                                                   count);
}

static HRESULT next_assembly_ref(struct nr_live_module *live, void **handle, nr_token parent,
                                 nr_token *tokens, ULONG *count) {
    (void)parent;
    IMetaDataAssemblyImport *import = live->assembly_import;
    return import->lpVtbl->EnumAssemblyRefs(import, handle, tokens, BATCH, count);
}

// The CLR leaves out the pseudo class of global functions.
static enum nr_status type_defs(struct nr_module *module, struct nr_arena *arena,
                                struct nr_tokens *out) {
    return enumerate(module, arena, (struct enumeration){next_type_def, false}, 0, out);
}

static enum nr_status methods(struct nr_module *module, struct nr_arena *arena, nr_token owner,
                              struct nr_tokens *out) {
    return enumerate(module, arena, (struct enumeration){next_method, false}, owner, out);
}

static enum nr_status fields(struct nr_module *module, struct nr_arena *arena, nr_token owner,
                             struct nr_tokens *out) {
    return enumerate(module, arena, (struct enumeration){next_field, false}, owner, out);
}

static enum nr_status member_refs(struct nr_module *module, struct nr_arena *arena, nr_token parent,
                                  struct nr_tokens *out) {
    return enumerate(module, arena, (struct enumeration){next_member_ref, false}, parent, out);
}

static enum nr_status assembly_refs(struct nr_module *module, struct nr_arena *arena,
                                    struct nr_tokens *out) {
    return enumerate(module, arena, (struct enumeration){next_assembly_ref, true}, 0, out);
}

static enum nr_status generic_params(struct nr_module *module, struct nr_arena *arena,
                                     nr_token owner, struct nr_tokens *out) {
    return enumerate(module, arena, (struct enumeration){next_generic_param, false}, owner, out);
}

static enum nr_status generic_param_count(struct nr_module *module, nr_token owner,
                                          uint32_t *count) {
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_tokens all;
    enum nr_status status = generic_params(module, &arena, owner, &all);
    if (status == NR_OK) *count = (uint32_t)all.count;
    nr_arena_free(&arena);
    return status;
}

static enum nr_status generic_param_flags(struct nr_module *module, nr_token owner, uint32_t index,
                                          uint32_t *flags) {
    IMetaDataImport2 *import = live_of(module)->import;
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_tokens all = {0};
    enum nr_status status = generic_params(module, &arena, owner, &all);
    if (status == NR_OK) {
        DWORD found = 0;
        status = index < all.count
                     ? status_of(import->lpVtbl->GetGenericParamProps(
                           import, all.data[index], NULL, &found, NULL, NULL, NULL, 0, NULL))
                     : NR_NOT_FOUND;
        if (status == NR_OK) *flags = found;
    }
    nr_arena_free(&arena);
    return status;
}

// ---- names ----

static enum nr_status assembly_ref_name(struct nr_module *module, struct nr_arena *arena,
                                        nr_token token, struct nr_str *out) {
    IMetaDataAssemblyImport *import = live_of(module)->assembly_import;
    struct name name;
    begin_name(&name);
    do {
        NR_TRY(status_of(import->lpVtbl->GetAssemblyRefProps(import, token, NULL, NULL, name.data,
                                                             name.capacity, &name.length, NULL,
                                                             NULL, NULL, NULL)));
    } while (widen_name(arena, &name));
    return finish_name(arena, &name, out);
}

static enum nr_status find_type_def(struct nr_module *module, struct nr_str name,
                                    nr_token enclosing, nr_token *out) {
    IMetaDataImport2 *import = live_of(module)->import;
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_str16 wide = nr_str_to_utf16(&arena, name);
    enum nr_status status =
        wide.data ? status_of(import->lpVtbl->FindTypeDefByName(import, wide.data, enclosing, out))
                  : NR_NO_MEMORY;
    nr_arena_free(&arena);
    return status;
}

// The CLR's own FindMethod makes an index of all methods of the module first.
static enum nr_status find_overload(IMetaDataImport2 *import, nr_token type, const WCHAR *name,
                                    struct nr_bytes signature, nr_token *out) {
    enum nr_status status = NR_NOT_FOUND;
    void *handle = NULL;
    nr_token method;
    ULONG count;
    while (status == NR_NOT_FOUND && import->lpVtbl->EnumMethodsWithName(
                                         import, &handle, type, name, &method, 1, &count) == S_OK) {
        struct nr_bytes found = {0};
        ULONG size = 0;
        HRESULT hr = import->lpVtbl->GetMethodProps(import, method, NULL, NULL, 0, NULL, NULL,
                                                    &found.data, &size, NULL, NULL);
        found.size = size;
        if (SUCCEEDED(hr) && nr_bytes_equal(found, signature)) status = NR_OK;
    }
    if (handle) import->lpVtbl->CloseEnum(import, handle);
    if (status == NR_OK) *out = method;
    return status;
}

static enum nr_status find_method(struct nr_module *module, nr_token type, struct nr_str name,
                                  struct nr_bytes signature, nr_token *out) {
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_str16 wide = nr_str_to_utf16(&arena, name);
    enum nr_status status =
        wide.data ? find_overload(live_of(module)->import, type, wide.data, signature, out)
                  : NR_NO_MEMORY;
    nr_arena_free(&arena);
    return status;
}

static enum nr_status forwarded_type(struct nr_module *module, struct nr_str name,
                                     nr_token *assembly_ref) {
    IMetaDataAssemblyImport *import = live_of(module)->assembly_import;
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_str16 wide = nr_str_to_utf16(&arena, name);
    mdExportedType exported = 0;
    mdToken scope = 0;
    enum nr_status status = NR_NO_MEMORY;
    if (wide.data) {
        status = status_of(import->lpVtbl->FindExportedTypeByName(import, wide.data, 0, &exported));
        if (status == NR_OK) {
            status = status_of(import->lpVtbl->GetExportedTypeProps(import, exported, NULL, 0, NULL,
                                                                    &scope, NULL, NULL));
        }
    }
    nr_arena_free(&arena);
    NR_TRY(status);
    if (NR_TOKEN_TABLE(scope) != NR_TABLE_ASSEMBLY_REF) return NR_NOT_FOUND;
    *assembly_ref = scope;
    return NR_OK;
}

static enum nr_status custom_attribute(struct nr_module *module, nr_token owner,
                                       struct nr_str type_name, struct nr_bytes *value) {
    IMetaDataImport2 *import = live_of(module)->import;
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_str16 wide = nr_str_to_utf16(&arena, type_name);
    const void *data = NULL;
    ULONG size = 0;
    HRESULT hr =
        wide.data ? import->lpVtbl->GetCustomAttributeByName(import, owner, wide.data, &data, &size)
                  : E_OUTOFMEMORY;
    nr_arena_free(&arena);
    if (hr == E_OUTOFMEMORY) return NR_NO_MEMORY;
    if (hr != S_OK) return NR_NOT_FOUND;  // S_FALSE: the owner has no such attribute
    *value = (struct nr_bytes){data, size};
    return NR_OK;
}

// ---- additions ----

static enum nr_status added(HRESULT hr) { return SUCCEEDED(hr) ? NR_OK : NR_CLR; }

static enum nr_status define_assembly_ref(struct nr_module *module, struct nr_str name,
                                          const struct nr_assembly_identity *identity,
                                          nr_token *out) {
    static const struct nr_assembly_identity none;
    if (!identity) identity = &none;
    IMetaDataAssemblyEmit *emit = live_of(module)->assembly_emit;
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_str16 wide = nr_str_to_utf16(&arena, name);
    const ASSEMBLYMETADATA data = {.usMajorVersion = identity->version.major,
                                   .usMinorVersion = identity->version.minor,
                                   .usBuildNumber = identity->version.build,
                                   .usRevisionNumber = identity->version.revision};
    const struct nr_bytes key = identity->key_token;
    enum nr_status status =
        !wide.data ? NR_NO_MEMORY
        : !emit    ? NR_CLR
                : added(emit->lpVtbl->DefineAssemblyRef(emit, key.data, (ULONG)key.size, wide.data,
                                                        &data, NULL, 0, 0, out));
    nr_arena_free(&arena);
    return status;
}

static enum nr_status define_type_ref(struct nr_module *module, nr_token scope, struct nr_str name,
                                      nr_token *out) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_str16 wide = nr_str_to_utf16(&arena, name);
    enum nr_status status =
        !wide.data ? NR_NO_MEMORY
        : !emit    ? NR_CLR
                   : added(emit->lpVtbl->DefineTypeRefByName(emit, scope, wide.data, out));
    nr_arena_free(&arena);
    return status;
}

static enum nr_status define_member_ref(struct nr_module *module, nr_token parent,
                                        struct nr_str name, struct nr_bytes blob, nr_token *out) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_str16 wide = nr_str_to_utf16(&arena, name);
    enum nr_status status = !wide.data ? NR_NO_MEMORY
                            : !emit
                                ? NR_CLR
                                : added(emit->lpVtbl->DefineMemberRef(
                                      emit, parent, wide.data, blob.data, (ULONG)blob.size, out));
    nr_arena_free(&arena);
    return status;
}

static enum nr_status define_type_spec(struct nr_module *module, struct nr_bytes blob,
                                       nr_token *out) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    if (!emit) return NR_CLR;
    return added(emit->lpVtbl->GetTokenFromTypeSpec(emit, blob.data, (ULONG)blob.size, out));
}

static enum nr_status define_method_spec(struct nr_module *module, nr_token method,
                                         struct nr_bytes instantiation, nr_token *out) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    if (!emit) return NR_CLR;
    return added(emit->lpVtbl->DefineMethodSpec(emit, method, instantiation.data,
                                                (ULONG)instantiation.size, out));
}

static enum nr_status define_signature(struct nr_module *module, struct nr_bytes blob,
                                       nr_token *out) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    if (!emit) return NR_CLR;
    return added(emit->lpVtbl->GetTokenFromSig(emit, blob.data, (ULONG)blob.size, out));
}

static enum nr_status define_user_string(struct nr_module *module, struct nr_str16 text,
                                         nr_token *out) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    if (!emit) return NR_CLR;
    return added(emit->lpVtbl->DefineUserString(emit, text.data, (ULONG)text.length, out));
}

static enum nr_status define_method(struct nr_module *module, nr_token type,
                                    const struct nr_new_method *method, nr_token *out) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    max_align_t block[SCRATCH];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_str16 wide = nr_str_to_utf16(&arena, method->name);
    enum nr_status status =
        !wide.data ? NR_NO_MEMORY
        : !emit    ? NR_CLR
                   : added(emit->lpVtbl->DefineMethod(
                         emit, type, wide.data, method->flags, method->signature.data,
                         (ULONG)method->signature.size, method->rva, method->impl_flags, out));
    nr_arena_free(&arena);
    return status;
}

static enum nr_status define_attribute(struct nr_module *module, nr_token owner,
                                       nr_token constructor, struct nr_bytes value) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    mdCustomAttribute row;
    if (!emit) return NR_CLR;
    return added(emit->lpVtbl->DefineCustomAttribute(emit, owner, constructor, value.data,
                                                     (ULONG)value.size, &row));
}

static enum nr_status define_permissions(struct nr_module *module, nr_token owner, uint16_t action,
                                         struct nr_bytes blob) {
    IMetaDataEmit2 *emit = live_of(module)->emit;
    mdPermission row;
    if (!emit) return NR_CLR;
    return added(
        emit->lpVtbl->DefinePermissionSet(emit, owner, action, blob.data, (ULONG)blob.size, &row));
}

static const struct nr_module_ops ops = {
    .assembly = assembly,
    .type_def = type_def,
    .type_ref = type_ref,
    .enclosing_type = enclosing_type,
    .method_def = method_def,
    .member_ref = member_ref,
    .signature = signature,
    .method_of_spec = method_of_spec,
    .exists = exists,
    .type_defs = type_defs,
    .methods = methods,
    .fields = fields,
    .member_refs = member_refs,
    .assembly_refs = assembly_refs,
    .generic_param_count = generic_param_count,
    .generic_param_flags = generic_param_flags,
    .assembly_ref_name = assembly_ref_name,
    .find_type_def = find_type_def,
    .find_method = find_method,
    .forwarded_type = forwarded_type,
    .custom_attribute = custom_attribute,
    .define_assembly_ref = define_assembly_ref,
    .define_type_ref = define_type_ref,
    .define_member_ref = define_member_ref,
    .define_type_spec = define_type_spec,
    .define_method_spec = define_method_spec,
    .define_signature = define_signature,
    .define_user_string = define_user_string,
    .define_method = define_method,
    .define_attribute = define_attribute,
    .define_permissions = define_permissions,
};

enum { FOR_READING = 0, FOR_WRITING = 1 };  // CorOpenFlags

static void *open_metadata(ICorProfilerInfo15 *info, ModuleID module, DWORD flags, REFGUID iid) {
    IUnknown *found = NULL;
    // S_FALSE and no object: the module has no metadata.
    if (FAILED(info->lpVtbl->GetModuleMetaData(info, module, flags, iid, &found))) return NULL;
    return found;
}

static void release(void *object) {
    IUnknown *unknown = object;
    if (unknown) unknown->lpVtbl->Release(unknown);
}

enum nr_status nr_live_module_open(struct nr_live_module *live, ICorProfilerInfo15 *info,
                                   ModuleID module, bool for_writing) {
    DWORD flags = for_writing ? FOR_READING | FOR_WRITING : FOR_READING;
    *live = (struct nr_live_module){.base = {&ops}};
    live->import = open_metadata(info, module, flags, &nr_IID_IMetaDataImport2);
    live->assembly_import = open_metadata(info, module, flags, &nr_IID_IMetaDataAssemblyImport);
    bool whole = live->import && live->assembly_import;
    if (for_writing) {
        live->emit = open_metadata(info, module, flags, &nr_IID_IMetaDataEmit2);
        live->assembly_emit = open_metadata(info, module, flags, &nr_IID_IMetaDataAssemblyEmit);
        whole = whole && live->emit && live->assembly_emit;
    }
    if (whole) return NR_OK;
    nr_live_module_close(live);
    return NR_NOT_FOUND;
}

void nr_live_module_close(struct nr_live_module *live) {
    release(live->import);
    release(live->assembly_import);
    release(live->emit);
    release(live->assembly_emit);
    *live = (struct nr_live_module){0};
}
