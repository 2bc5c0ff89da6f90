// A CLR of our own, for tests of src/profiler without one: modules are files in memory, and what
// the profiler asks for is written down. SPDX-License-Identifier: Apache-2.0
//
// The metadata interfaces answer from the file reader. ModuleIDs are 1, 2 … in the order of the
// modules, a FunctionID is module << 24 | row of MethodDef. One thread.
#ifndef NR_TESTS_FAKE_CLR_H
#define NR_TESTS_FAKE_CLR_H

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "clr/cormeta.h"
#include "clr/corprof.h"
#include "clr/guids.h"
#include "harness.h"
#include "metadata/file_module.h"

enum { FAKE_MODULES = 4, FAKE_BODIES = 16, FAKE_QUESTIONS = 16 };

struct fake_module {
    // First, so that the interface pointers lead back here.
    IMetaDataImport2 import;
    IMetaDataAssemblyImport assembly_import;
    IMetaDataEmit2 emit;
    IMetaDataAssemblyEmit assembly_emit;
    struct nr_module *file;
    const char *path;
    const char *assembly;  // NULL: the CLR does not know yet
    bool no_metadata, dynamic;
    AppDomainID domain;
};

struct fake_body {
    ModuleID module;
    mdMethodDef method;
    struct nr_bytes bytes;
};

static struct {
    struct nr_arena arena;
    COR_PRF_RUNTIME_TYPE type;
    int newest_info;  // of ICorProfilerInfo
    struct fake_module modules[FAKE_MODULES];
    // What the profiler did.
    const GUID *asked[FAKE_QUESTIONS];
    size_t asked_count;
    DWORD events, high_events;
    int event_calls, event2_calls;
    int metadata_opened;
    struct fake_body bodies[FAKE_BODIES];  // set at first JIT or by ReJIT
    size_t body_count;
    FunctionID rejits[FAKE_BODIES];  // asked for
    size_t rejit_count;
} fake;

static FunctionID fake_function(ModuleID module, mdMethodDef method) {
    return (FunctionID)module << 24 | NR_TOKEN_ROW(method);
}

#define FAKE_OF(self, member) \
    ((struct fake_module *)(void *)((char *)(self)-offsetof(struct fake_module, member)))

// ---- what all interfaces share ----

#define FAKE_UNKNOWN(type)                                                           \
    static HRESULT NR_STDCALL type##_query(type *self, REFGUID iid, void **object) { \
        (void)self, (void)iid, (void)object;                                         \
        return E_NOINTERFACE;                                                        \
    }                                                                                \
    static ULONG NR_STDCALL type##_count(type *self) {                               \
        (void)self;                                                                  \
        return 1;                                                                    \
    }
#define FAKE_SLOTS(type) \
    .QueryInterface = type##_query, .AddRef = type##_count, .Release = type##_count

FAKE_UNKNOWN(IMetaDataImport2)
FAKE_UNKNOWN(IMetaDataAssemblyImport)
FAKE_UNKNOWN(IMetaDataEmit2)
FAKE_UNKNOWN(IMetaDataAssemblyEmit)
FAKE_UNKNOWN(IMethodMalloc)

static HRESULT fake_result(enum nr_status status) {
    return status == NR_OK ? S_OK : CLDB_E_RECORD_NOTFOUND;
}

static struct nr_str fake_utf8(const WCHAR *name) {
    return nr_str_from_utf16(&fake.arena, (struct nr_str16){name, nr_utf16_length(name)});
}

static void fake_put(struct nr_str text, WCHAR *name, ULONG capacity, ULONG *length) {
    struct nr_str16 wide = nr_str_to_utf16(&fake.arena, text);
    if (length) *length = (ULONG)wide.length + 1;
    for (size_t i = 0; name && i < capacity; i++) {
        name[i] = i < wide.length && i + 1 < capacity ? wide.data[i] : 0;
        if (!name[i]) break;
    }
}

// An enumeration is an array that ends with a 0.
static HRESULT fake_next(HCORENUM *handle, struct nr_tokens all, mdToken *tokens, ULONG capacity,
                         ULONG *count) {
    if (!*handle) {
        mdToken *copy = NR_ARENA_ARRAY(&fake.arena, mdToken, all.count + 2);
        if (!copy) abort();
        if (all.count) memcpy(copy + 2, all.data, all.count * sizeof(*copy));
        copy[0] = (mdToken)all.count;
        *handle = copy;
    }
    mdToken *left = *handle;  // how many there are, how many are gone, then all
    for (*count = 0; *count < capacity && left[1] < left[0]; left[1]++) {
        tokens[(*count)++] = left[2 + left[1]];
    }
    return *count ? S_OK : S_FALSE;
}

// ---- IMetaDataImport2 ----

#define FILE_OF(self) (FAKE_OF(self, import)->file)
#define ASK(function, ...) (file->ops->function(file, __VA_ARGS__))

static void NR_STDCALL fake_close(IMetaDataImport2 *self, HCORENUM handle) {
    (void)self, (void)handle;
}

static HRESULT NR_STDCALL fake_type_props(IMetaDataImport2 *self, mdTypeDef type, WCHAR *name,
                                          ULONG capacity, ULONG *length, DWORD *flags,
                                          mdToken *extends) {
    struct nr_module *file = FILE_OF(self);
    struct nr_type_def row;
    enum nr_status status = ASK(type_def, &fake.arena, type, &row);
    if (status != NR_OK) return fake_result(status);
    fake_put(row.name, name, capacity, length);
    if (flags) *flags = row.flags;
    if (extends) *extends = row.extends;
    return S_OK;
}

static HRESULT NR_STDCALL fake_type_ref_props(IMetaDataImport2 *self, mdTypeRef type,
                                              mdToken *scope, WCHAR *name, ULONG capacity,
                                              ULONG *length) {
    struct nr_module *file = FILE_OF(self);
    struct nr_type_ref row;
    enum nr_status status = ASK(type_ref, &fake.arena, type, &row);
    if (status != NR_OK) return fake_result(status);
    fake_put(row.name, name, capacity, length);
    if (scope) *scope = row.scope;
    return S_OK;
}

static HRESULT NR_STDCALL fake_nested(IMetaDataImport2 *self, mdTypeDef type, mdTypeDef *around) {
    struct nr_module *file = FILE_OF(self);
    return fake_result(ASK(enclosing_type, type, around));
}

static HRESULT NR_STDCALL fake_method_props(IMetaDataImport2 *self, mdMethodDef method,
                                            mdTypeDef *type, WCHAR *name, ULONG capacity,
                                            ULONG *length, DWORD *flags, PCCOR_SIGNATURE *signature,
                                            ULONG *size, ULONG *rva, DWORD *impl_flags) {
    struct nr_module *file = FILE_OF(self);
    struct nr_method_def row;
    enum nr_status status = ASK(method_def, &fake.arena, method, &row);
    if (status != NR_OK) return fake_result(status);
    fake_put(row.name, name, capacity, length);
    if (type) *type = row.owner;
    if (flags) *flags = row.flags;
    if (signature) *signature = row.signature.data;
    if (size) *size = (ULONG)row.signature.size;
    if (rva) *rva = row.rva;
    if (impl_flags) *impl_flags = row.impl_flags;
    return S_OK;
}

static HRESULT NR_STDCALL fake_member_props(IMetaDataImport2 *self, mdMemberRef member,
                                            mdToken *parent, WCHAR *name, ULONG capacity,
                                            ULONG *length, PCCOR_SIGNATURE *signature,
                                            ULONG *size) {
    struct nr_module *file = FILE_OF(self);
    struct nr_member_ref row;
    enum nr_status status = ASK(member_ref, &fake.arena, member, &row);
    if (status != NR_OK) return fake_result(status);
    fake_put(row.name, name, capacity, length);
    if (parent) *parent = row.parent;
    if (signature) *signature = row.signature.data;
    if (size) *size = (ULONG)row.signature.size;
    return S_OK;
}

static HRESULT NR_STDCALL fake_signature(IMetaDataImport2 *self, mdSignature token,
                                         PCCOR_SIGNATURE *signature, ULONG *size) {
    struct nr_module *file = FILE_OF(self);
    struct nr_bytes blob = {0};
    enum nr_status status = ASK(signature, token, &blob);
    *signature = blob.data;
    *size = (ULONG)blob.size;
    return fake_result(status);
}

static BOOL NR_STDCALL fake_valid(IMetaDataImport2 *self, mdToken token) {
    struct nr_module *file = FILE_OF(self);
    return ASK(exists, token);
}

static HRESULT NR_STDCALL fake_find_type(IMetaDataImport2 *self, const WCHAR *name, mdToken around,
                                         mdTypeDef *type) {
    struct nr_module *file = FILE_OF(self);
    return fake_result(ASK(find_type_def, fake_utf8(name), around, type));
}

static HRESULT NR_STDCALL fake_find_method(IMetaDataImport2 *self, mdTypeDef type,
                                           const WCHAR *name, PCCOR_SIGNATURE signature, ULONG size,
                                           mdMethodDef *method) {
    struct nr_module *file = FILE_OF(self);
    return fake_result(
        ASK(find_method, type, fake_utf8(name), (struct nr_bytes){signature, size}, method));
}

static HRESULT NR_STDCALL fake_attribute(IMetaDataImport2 *self, mdToken owner, const WCHAR *name,
                                         const void **value, ULONG *size) {
    struct nr_module *file = FILE_OF(self);
    struct nr_bytes blob = {0};
    if (ASK(custom_attribute, owner, fake_utf8(name), &blob) != NR_OK) return S_FALSE;
    *value = blob.data;
    *size = (ULONG)blob.size;
    return S_OK;
}

static HRESULT NR_STDCALL fake_types(IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef *tokens,
                                     ULONG capacity, ULONG *count) {
    struct nr_module *file = FILE_OF(self);
    struct nr_tokens all = {0};
    if (!*handle) (void)ASK(type_defs, &fake.arena, &all);
    return fake_next(handle, all, tokens, capacity, count);
}

static HRESULT NR_STDCALL fake_methods(IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type,
                                       mdMethodDef *tokens, ULONG capacity, ULONG *count) {
    struct nr_module *file = FILE_OF(self);
    struct nr_tokens all = {0};
    if (!*handle) (void)ASK(methods, &fake.arena, type, &all);
    return fake_next(handle, all, tokens, capacity, count);
}

static HRESULT NR_STDCALL fake_named_methods(IMetaDataImport2 *self, HCORENUM *handle,
                                             mdTypeDef type, const WCHAR *name, mdMethodDef *tokens,
                                             ULONG capacity, ULONG *count) {
    struct nr_module *file = FILE_OF(self);
    struct nr_tokens all = {0}, named = {0};
    if (*handle) return fake_next(handle, named, tokens, capacity, count);
    (void)ASK(methods, &fake.arena, type, &all);
    mdToken *found = NR_ARENA_ARRAY(&fake.arena, mdToken, all.count + 1);
    for (size_t i = 0; i < all.count; i++) {
        struct nr_method_def row;
        if (ASK(method_def, &fake.arena, all.data[i], &row) == NR_OK &&
            nr_str_equal(row.name, fake_utf8(name))) {
            found[named.count++] = all.data[i];
        }
    }
    named.data = found;
    return fake_next(handle, named, tokens, capacity, count);
}

static HRESULT NR_STDCALL fake_members(IMetaDataImport2 *self, HCORENUM *handle, mdToken parent,
                                       mdMemberRef *tokens, ULONG capacity, ULONG *count) {
    struct nr_module *file = FILE_OF(self);
    struct nr_tokens all = {0};
    if (!*handle) (void)ASK(member_refs, &fake.arena, parent, &all);
    return fake_next(handle, all, tokens, capacity, count);
}

static HRESULT NR_STDCALL fake_no_params(IMetaDataImport2 *self, HCORENUM *handle, mdToken owner,
                                         mdGenericParam *tokens, ULONG capacity, ULONG *count) {
    (void)self, (void)handle, (void)owner, (void)tokens, (void)capacity;
    *count = 0;
    return S_FALSE;
}

static const IMetaDataImport2Vtbl fake_import = {FAKE_SLOTS(IMetaDataImport2),
                                                 .CloseEnum = fake_close,
                                                 .GetTypeDefProps = fake_type_props,
                                                 .GetTypeRefProps = fake_type_ref_props,
                                                 .GetNestedClassProps = fake_nested,
                                                 .GetMethodProps = fake_method_props,
                                                 .GetMemberRefProps = fake_member_props,
                                                 .GetSigFromToken = fake_signature,
                                                 .GetTypeSpecFromToken = fake_signature,
                                                 .IsValidToken = fake_valid,
                                                 .FindTypeDefByName = fake_find_type,
                                                 .FindMethod = fake_find_method,
                                                 .GetCustomAttributeByName = fake_attribute,
                                                 .EnumTypeDefs = fake_types,
                                                 .EnumMethods = fake_methods,
                                                 .EnumMethodsWithName = fake_named_methods,
                                                 .EnumMemberRefs = fake_members,
                                                 .EnumGenericParams = fake_no_params};

// ---- IMetaDataAssemblyImport ----

static void NR_STDCALL fake_close_of_assembly(IMetaDataAssemblyImport *self, HCORENUM handle) {
    (void)self, (void)handle;
}

static HRESULT NR_STDCALL fake_assembly(IMetaDataAssemblyImport *self, mdAssembly *assembly) {
    (void)self;
    *assembly = NR_TOKEN(NR_TABLE_ASSEMBLY, 1);
    return S_OK;
}

static HRESULT NR_STDCALL fake_assembly_props(IMetaDataAssemblyImport *self, mdAssembly assembly,
                                              const void **key, ULONG *key_size, ULONG *algorithm,
                                              WCHAR *name, ULONG capacity, ULONG *length,
                                              ASSEMBLYMETADATA *data, DWORD *flags) {
    struct nr_module *file = FAKE_OF(self, assembly_import)->file;
    struct nr_str text;
    struct nr_version version;
    (void)assembly, (void)key, (void)key_size, (void)algorithm, (void)flags;
    enum nr_status status = ASK(assembly, &fake.arena, &text, &version);
    if (status != NR_OK) return fake_result(status);
    fake_put(text, name, capacity, length);
    if (data) data->usMajorVersion = version.major;
    return S_OK;
}

static HRESULT NR_STDCALL fake_references(IMetaDataAssemblyImport *self, HCORENUM *handle,
                                          mdAssemblyRef *tokens, ULONG capacity, ULONG *count) {
    struct nr_module *file = FAKE_OF(self, assembly_import)->file;
    struct nr_tokens all = {0};
    if (!*handle) (void)ASK(assembly_refs, &fake.arena, &all);
    return fake_next(handle, all, tokens, capacity, count);
}

static HRESULT NR_STDCALL fake_reference_props(IMetaDataAssemblyImport *self, mdAssemblyRef token,
                                               const void **key, ULONG *key_size, WCHAR *name,
                                               ULONG capacity, ULONG *length,
                                               ASSEMBLYMETADATA *data, const void **hash,
                                               ULONG *hash_size, DWORD *flags) {
    struct nr_module *file = FAKE_OF(self, assembly_import)->file;
    struct nr_str text;
    (void)key, (void)key_size, (void)data, (void)hash, (void)hash_size, (void)flags;
    enum nr_status status = ASK(assembly_ref_name, &fake.arena, token, &text);
    if (status == NR_OK) fake_put(text, name, capacity, length);
    return fake_result(status);
}

static HRESULT NR_STDCALL fake_no_export(IMetaDataAssemblyImport *self, const WCHAR *name,
                                         mdToken around, mdExportedType *type) {
    (void)self, (void)name, (void)around, (void)type;
    return CLDB_E_RECORD_NOTFOUND;
}

static const IMetaDataAssemblyImportVtbl fake_assembly_import = {
    FAKE_SLOTS(IMetaDataAssemblyImport),        .FindExportedTypeByName = fake_no_export,
    .CloseEnum = fake_close_of_assembly,        .GetAssemblyFromScope = fake_assembly,
    .GetAssemblyProps = fake_assembly_props,    .EnumAssemblyRefs = fake_references,
    .GetAssemblyRefProps = fake_reference_props};

// ---- IMetaDataEmit2, IMetaDataAssemblyEmit ----

static HRESULT NR_STDCALL fake_add_type_ref(IMetaDataEmit2 *self, mdToken scope, const WCHAR *name,
                                            mdTypeRef *token) {
    struct nr_module *file = FAKE_OF(self, emit)->file;
    return fake_result(ASK(define_type_ref, scope, fake_utf8(name), token));
}

static HRESULT NR_STDCALL fake_add_member(IMetaDataEmit2 *self, mdToken parent, const WCHAR *name,
                                          PCCOR_SIGNATURE signature, ULONG size,
                                          mdMemberRef *token) {
    struct nr_module *file = FAKE_OF(self, emit)->file;
    return fake_result(ASK(define_member_ref, parent, fake_utf8(name),
                           ((struct nr_bytes){signature, size}), token));
}

static HRESULT NR_STDCALL fake_add_spec(IMetaDataEmit2 *self, PCCOR_SIGNATURE signature, ULONG size,
                                        mdTypeSpec *token) {
    struct nr_module *file = FAKE_OF(self, emit)->file;
    return fake_result(ASK(define_type_spec, ((struct nr_bytes){signature, size}), token));
}

static HRESULT NR_STDCALL fake_add_signature(IMetaDataEmit2 *self, PCCOR_SIGNATURE signature,
                                             ULONG size, mdSignature *token) {
    struct nr_module *file = FAKE_OF(self, emit)->file;
    return fake_result(ASK(define_signature, ((struct nr_bytes){signature, size}), token));
}

static HRESULT NR_STDCALL fake_add_string(IMetaDataEmit2 *self, const WCHAR *text, ULONG length,
                                          mdString *token) {
    struct nr_module *file = FAKE_OF(self, emit)->file;
    return fake_result(ASK(define_user_string, ((struct nr_str16){text, length}), token));
}

static HRESULT NR_STDCALL fake_add_method(IMetaDataEmit2 *self, mdTypeDef type, const WCHAR *name,
                                          DWORD flags, PCCOR_SIGNATURE signature, ULONG size,
                                          ULONG rva, DWORD impl_flags, mdMethodDef *token) {
    struct nr_module *file = FAKE_OF(self, emit)->file;
    const struct nr_new_method method = {.name = fake_utf8(name),
                                         .flags = flags,
                                         .impl_flags = impl_flags,
                                         .rva = rva,
                                         .signature = {signature, size}};
    return fake_result(ASK(define_method, type, &method, token));
}

static HRESULT NR_STDCALL fake_add_attribute(IMetaDataEmit2 *self, mdToken owner, mdToken type,
                                             const void *value, ULONG size,
                                             mdCustomAttribute *token) {
    struct nr_module *file = FAKE_OF(self, emit)->file;
    (void)token;
    return fake_result(ASK(define_attribute, owner, type, ((struct nr_bytes){value, size})));
}

static HRESULT NR_STDCALL fake_add_permissions(IMetaDataEmit2 *self, mdToken owner, DWORD action,
                                               const void *blob, ULONG size, mdPermission *token) {
    struct nr_module *file = FAKE_OF(self, emit)->file;
    (void)token;
    return fake_result(
        ASK(define_permissions, owner, (uint16_t)action, ((struct nr_bytes){blob, size})));
}

static const IMetaDataEmit2Vtbl fake_emit = {FAKE_SLOTS(IMetaDataEmit2),
                                             .DefineTypeRefByName = fake_add_type_ref,
                                             .DefineMemberRef = fake_add_member,
                                             .GetTokenFromTypeSpec = fake_add_spec,
                                             .GetTokenFromSig = fake_add_signature,
                                             .DefineUserString = fake_add_string,
                                             .DefineMethod = fake_add_method,
                                             .DefineCustomAttribute = fake_add_attribute,
                                             .DefinePermissionSet = fake_add_permissions};

static HRESULT NR_STDCALL fake_add_assembly_ref(IMetaDataAssemblyEmit *self, const void *key,
                                                ULONG key_size, const WCHAR *name,
                                                const ASSEMBLYMETADATA *data, const void *hash,
                                                ULONG hash_size, DWORD flags,
                                                mdAssemblyRef *token) {
    struct nr_module *file = FAKE_OF(self, assembly_emit)->file;
    const struct nr_assembly_identity identity = {
        {data->usMajorVersion, data->usMinorVersion, data->usBuildNumber, data->usRevisionNumber},
        {key, key_size}};
    (void)hash, (void)hash_size, (void)flags;
    return fake_result(ASK(define_assembly_ref, fake_utf8(name), &identity, token));
}

static const IMetaDataAssemblyEmitVtbl fake_assembly_emit = {
    FAKE_SLOTS(IMetaDataAssemblyEmit), .DefineAssemblyRef = fake_add_assembly_ref};

// ---- ICorProfilerInfo ----

static HRESULT NR_STDCALL fake_query(ICorProfilerInfo15 *self, REFGUID iid, void **object) {
    static const GUID *const known[] = {
        &nr_IID_ICorProfilerInfo,   &nr_IID_ICorProfilerInfo2,  &nr_IID_ICorProfilerInfo3,
        &nr_IID_ICorProfilerInfo4,  &nr_IID_ICorProfilerInfo5,  &nr_IID_ICorProfilerInfo6,
        &nr_IID_ICorProfilerInfo7,  &nr_IID_ICorProfilerInfo8,  &nr_IID_ICorProfilerInfo9,
        &nr_IID_ICorProfilerInfo10, &nr_IID_ICorProfilerInfo11, &nr_IID_ICorProfilerInfo12};
    for (int i = 0; i < (int)NR_COUNT_OF(known); i++) {
        if (!nr_guid_equal(iid, known[i])) continue;
        if (fake.asked_count < FAKE_QUESTIONS) fake.asked[fake.asked_count++] = known[i];
        *object = self;
        return i < fake.newest_info ? S_OK : E_NOINTERFACE;
    }
    return E_NOINTERFACE;
}

static ULONG NR_STDCALL fake_info_count(ICorProfilerInfo15 *self) {
    (void)self;
    return 1;
}

static HRESULT NR_STDCALL fake_runtime(ICorProfilerInfo15 *self, USHORT *instance,
                                       COR_PRF_RUNTIME_TYPE *type, USHORT *major, USHORT *minor,
                                       USHORT *build, USHORT *revision, ULONG capacity,
                                       ULONG *length, WCHAR *version) {
    (void)self, (void)instance, (void)build, (void)revision, (void)capacity, (void)length;
    (void)version;
    *type = fake.type;
    *major = 4;
    *minor = 0;
    return S_OK;
}

static HRESULT NR_STDCALL fake_set_events(ICorProfilerInfo15 *self, DWORD events) {
    (void)self;
    fake.events = events;
    fake.event_calls++;
    return S_OK;
}

static HRESULT NR_STDCALL fake_set_events2(ICorProfilerInfo15 *self, DWORD events, DWORD high) {
    (void)self;
    fake.events = events;
    fake.high_events = high;
    fake.event2_calls++;
    return S_OK;
}

static HRESULT NR_STDCALL fake_module_info(ICorProfilerInfo15 *self, ModuleID module, LPCBYTE *base,
                                           ULONG capacity, ULONG *length, WCHAR *name,
                                           AssemblyID *assembly, DWORD *flags) {
    const struct fake_module *found = &fake.modules[module - 1];
    (void)self, (void)base;
    fake_put(nr_str_of(found->path), name, capacity, length);
    if (assembly) *assembly = module;
    if (flags) *flags = found->dynamic ? COR_PRF_MODULE_DYNAMIC : COR_PRF_MODULE_DISK;
    return S_OK;
}

static HRESULT NR_STDCALL fake_assembly_info(ICorProfilerInfo15 *self, AssemblyID assembly,
                                             ULONG capacity, ULONG *length, WCHAR *name,
                                             AppDomainID *domain, ModuleID *module) {
    (void)self, (void)module;
    if (!fake.modules[assembly - 1].assembly) return CORPROF_E_DATAINCOMPLETE;
    fake_put(nr_str_of(fake.modules[assembly - 1].assembly), name, capacity, length);
    if (domain) *domain = fake.modules[assembly - 1].domain;
    return S_OK;
}

static HRESULT NR_STDCALL fake_domain_info(ICorProfilerInfo15 *self, AppDomainID domain,
                                           ULONG capacity, ULONG *length, WCHAR *name,
                                           ProcessID *process) {
    (void)self, (void)domain, (void)process;
    fake_put(NR_STR("DefaultDomain"), name, capacity, length);
    return S_OK;
}

static HRESULT NR_STDCALL fake_metadata(ICorProfilerInfo15 *self, ModuleID module, DWORD flags,
                                        REFGUID iid, IUnknown **metadata) {
    struct fake_module *found = &fake.modules[module - 1];
    (void)self, (void)flags;
    fake.metadata_opened++;
    *metadata = NULL;
    if (found->no_metadata) return S_FALSE;
    if (nr_guid_equal(iid, &nr_IID_IMetaDataImport2)) {
        *metadata = (IUnknown *)(void *)&found->import;
    } else if (nr_guid_equal(iid, &nr_IID_IMetaDataAssemblyImport)) {
        *metadata = (IUnknown *)(void *)&found->assembly_import;
    } else if (nr_guid_equal(iid, &nr_IID_IMetaDataEmit2)) {
        *metadata = (IUnknown *)(void *)&found->emit;
    } else if (nr_guid_equal(iid, &nr_IID_IMetaDataAssemblyEmit)) {
        *metadata = (IUnknown *)(void *)&found->assembly_emit;
    }
    return *metadata ? S_OK : E_NOINTERFACE;
}

static HRESULT NR_STDCALL fake_function_info(ICorProfilerInfo15 *self, FunctionID function,
                                             ClassID *class_id, ModuleID *module, mdToken *token) {
    (void)self, (void)class_id;
    *module = (ModuleID)(function >> 24);
    *token = NR_TOKEN(NR_TABLE_METHOD_DEF, NR_TOKEN_ROW(function));
    return S_OK;
}

static HRESULT NR_STDCALL fake_function_of(ICorProfilerInfo15 *self, ModuleID module, mdToken token,
                                           FunctionID *function) {
    (void)self;
    *function = fake_function(module, token);
    return S_OK;
}

static HRESULT NR_STDCALL fake_body(ICorProfilerInfo15 *self, ModuleID module, mdMethodDef method,
                                    LPCBYTE *body, ULONG *size) {
    struct nr_bytes found;
    (void)self;
    enum nr_status status = nr_file_module_body(fake.modules[module - 1].file, method, &found);
    if (status != NR_OK) return fake_result(status);
    *body = found.data;
    if (size) *size = (ULONG)found.size;
    return S_OK;
}

static void *NR_STDCALL fake_alloc(IMethodMalloc *self, ULONG size) {
    (void)self;
    return nr_arena_alloc(&fake.arena, size);
}

static HRESULT NR_STDCALL fake_allocator(ICorProfilerInfo15 *self, ModuleID module,
                                         IMethodMalloc **allocator) {
    static const IMethodMallocVtbl vtable = {FAKE_SLOTS(IMethodMalloc), .Alloc = fake_alloc};
    static IMethodMalloc only = {&vtable};
    (void)self, (void)module;
    *allocator = &only;
    return S_OK;
}

static void fake_keep_body(ModuleID module, mdMethodDef method, struct nr_bytes bytes) {
    if (fake.body_count == FAKE_BODIES) abort();
    fake.bodies[fake.body_count++] = (struct fake_body){module, method, bytes};
}

// The size is in the body; the largest that can be is enough here.
static HRESULT NR_STDCALL fake_set_body(ICorProfilerInfo15 *self, ModuleID module,
                                        mdMethodDef method, LPCBYTE body) {
    (void)self;
    bool tiny = (body[0] & 3) == 2;
    size_t size = tiny ? (body[0] >> 2) + 1u : 12 + nr_load_u32(body + 4);
    fake_keep_body(module, method, (struct nr_bytes){body, size});
    return S_OK;
}

static HRESULT NR_STDCALL fake_rejit(ICorProfilerInfo15 *self, ULONG count, const ModuleID *modules,
                                     const mdMethodDef *methods) {
    (void)self;
    for (ULONG i = 0; i < count && fake.rejit_count < FAKE_BODIES; i++) {
        fake.rejits[fake.rejit_count++] = fake_function(modules[i], methods[i]);
    }
    return S_OK;
}

static const ICorProfilerInfo15Vtbl fake_info_vtable = {
    .QueryInterface = fake_query,
    .AddRef = fake_info_count,
    .Release = fake_info_count,
    .GetRuntimeInformation = fake_runtime,
    .SetEventMask = fake_set_events,
    .SetEventMask2 = fake_set_events2,
    .GetModuleInfo2 = fake_module_info,
    .GetAssemblyInfo = fake_assembly_info,
    .GetAppDomainInfo = fake_domain_info,
    .GetModuleMetaData = fake_metadata,
    .GetFunctionInfo = fake_function_info,
    .GetFunctionFromToken = fake_function_of,
    .GetILFunctionBody = fake_body,
    .GetILFunctionBodyAllocator = fake_allocator,
    .SetILFunctionBody = fake_set_body,
    .RequestReJIT = fake_rejit,
};
static ICorProfilerInfo15 fake_info = {&fake_info_vtable};

// ---- ReJIT ----

struct fake_control {
    ICorProfilerFunctionControl base;
    ModuleID module;
    mdMethodDef method;
};

static HRESULT NR_STDCALL fake_set_rejit_body(ICorProfilerFunctionControl *self, ULONG size,
                                              LPCBYTE body) {
    const struct fake_control *control = (const struct fake_control *)(const void *)self;
    struct nr_str copy = nr_str_copy(&fake.arena, (struct nr_str){(const char *)body, size});
    fake_keep_body(control->module, control->method,
                   (struct nr_bytes){(const uint8_t *)copy.data, copy.size});
    return S_OK;
}

// As that of .NET Framework 4.5.
static HRESULT NR_STDCALL fake_set_map(ICorProfilerFunctionControl *self, ULONG count,
                                       const COR_IL_MAP *map) {
    (void)self, (void)count, (void)map;
    return E_NOTIMPL;
}

static const ICorProfilerFunctionControlVtbl fake_control_vtable = {
    .SetILFunctionBody = fake_set_rejit_body, .SetILInstrumentedCodeMap = fake_set_map};

// The body that a method was given, the latest one; NULL data: none.
static struct nr_bytes fake_new_body(FunctionID function) {
    struct nr_bytes bytes = {0};
    for (size_t i = 0; i < fake.body_count; i++) {
        if (fake_function(fake.bodies[i].module, fake.bodies[i].method) == function) {
            bytes = fake.bodies[i].bytes;
        }
    }
    return bytes;
}

// ---- setting up ----

static void fake_start(COR_PRF_RUNTIME_TYPE type, int newest_info) {
    nr_arena_free(&fake.arena);
    memset(&fake, 0, sizeof(fake));
    fake.type = type;
    fake.newest_info = newest_info;
}

static bool fake_load(ModuleID id, const char *path, const char *assembly, struct nr_bytes image) {
    struct fake_module *module = &fake.modules[id - 1];
    *module = (struct fake_module){.import = {&fake_import},
                                   .assembly_import = {&fake_assembly_import},
                                   .emit = {&fake_emit},
                                   .assembly_emit = {&fake_assembly_emit},
                                   .path = path,
                                   .domain = 1,
                                   .assembly = assembly};
    return nr_file_module_open(&fake.arena, image, &module->file) == NR_OK;
}

#endif
