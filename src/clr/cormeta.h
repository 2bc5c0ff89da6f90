// The metadata API: reading and writing a module's tables through the CLR.
// SPDX-License-Identifier: Apache-2.0
//
// Source of the facts: cor.h. Slots stand in their binary order.
// Strings are NUL-terminated unless a comment says otherwise; a capacity and the length reported
// for it count code units including the NUL, and CLDB_S_TRUNCATION (a success) says that the
// capacity was too small. Blobs and signatures given out belong to the module and live until it is
// unloaded or its metadata is changed.
// An enumeration begins with a HCORENUM of NULL, gives S_FALSE at its end, and must be closed.
#ifndef NR_CLR_CORMETA_H
#define NR_CLR_CORMETA_H

#include "clr/com.h"

// Flags of ICorProfilerInfo::GetModuleMetaData and of IMetaDataDispenser.
#define ofRead 0x0u
#define ofWrite 0x1u
#define ofCopyMemory 0x2u
#define ofReadOnly 0x10u

typedef void *HCORENUM;
typedef struct IStream IStream;
typedef struct IMapToken IMapToken;

typedef enum CorSaveSize {
    cssAccurate = 0x0,
    cssQuick = 0x1,
    cssDiscardTransientCAs = 0x2,
} CorSaveSize;

typedef struct COR_SECATTR {
    mdMemberRef tkCtor;
    const void *pCustomAttribute;
    ULONG cbCustomAttribute;
} COR_SECATTR;

typedef struct OSINFO {
    DWORD dwOSPlatformId;
    DWORD dwOSMajorVersion;
    DWORD dwOSMinorVersion;
} OSINFO;

// Version and culture of an assembly. The caller owns the three buffers; for reading, their counts
// are capacities on entry and what there was on return.
typedef struct ASSEMBLYMETADATA {
    USHORT usMajorVersion;
    USHORT usMinorVersion;
    USHORT usBuildNumber;
    USHORT usRevisionNumber;
    WCHAR *szLocale;
    ULONG cbLocale;  // code units, whatever the prefix says
    DWORD *rProcessor;
    ULONG ulProcessor;
    OSINFO *rOS;
    ULONG ulOS;
} ASSEMBLYMETADATA;

typedef struct IMetaDataAssemblyEmit IMetaDataAssemblyEmit;
typedef struct IMetaDataAssemblyImport IMetaDataAssemblyImport;
typedef struct IMetaDataDispenser IMetaDataDispenser;
typedef struct IMetaDataEmit2 IMetaDataEmit2;
typedef struct IMetaDataImport2 IMetaDataImport2;

// IMetaDataImport and what the second version appends.
typedef struct IMetaDataImport2Vtbl {
    NR_METHOD(QueryInterface)(IMetaDataImport2 *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(IMetaDataImport2 *self);
    NR_METHOD_OF(ULONG, Release)(IMetaDataImport2 *self);
    // IMetaDataImport
    NR_METHOD_OF(void, CloseEnum)(IMetaDataImport2 *self, HCORENUM handle);
    NR_METHOD(CountEnum)(IMetaDataImport2 *self, HCORENUM handle, ULONG *count);
    NR_METHOD(ResetEnum)(IMetaDataImport2 *self, HCORENUM handle, ULONG position);
    NR_METHOD(EnumTypeDefs)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef *types, ULONG capacity, ULONG *count);
    NR_METHOD(EnumInterfaceImpls)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, mdInterfaceImpl *impls,
     ULONG capacity, ULONG *count);
    NR_METHOD(EnumTypeRefs)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeRef *types, ULONG capacity, ULONG *count);
    NR_METHOD(FindTypeDefByName)
    (IMetaDataImport2 *self, const WCHAR *name, mdToken encloser, mdTypeDef *type);
    NR_METHOD(GetScopeProps)
    (IMetaDataImport2 *self, WCHAR *name, ULONG capacity, ULONG *length, GUID *mvid);
    NR_METHOD(GetModuleFromScope)(IMetaDataImport2 *self, mdModule *module);
    NR_METHOD(GetTypeDefProps)
    (IMetaDataImport2 *self, mdTypeDef type, WCHAR *name, ULONG capacity, ULONG *length,
     DWORD *flags, mdToken *extends);
    NR_METHOD(GetInterfaceImplProps)
    (IMetaDataImport2 *self, mdInterfaceImpl impl, mdTypeDef *type, mdToken *interface_type);
    NR_METHOD(GetTypeRefProps)
    (IMetaDataImport2 *self, mdTypeRef type, mdToken *scope, WCHAR *name, ULONG capacity,
     ULONG *length);
    NR_METHOD(ResolveTypeRef)
    (IMetaDataImport2 *self, mdTypeRef type, REFGUID iid, IUnknown **scope, mdTypeDef *definition);
    NR_METHOD(EnumMembers)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, mdToken *members, ULONG capacity,
     ULONG *count);
    NR_METHOD(EnumMembersWithName)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, const WCHAR *name, mdToken *members,
     ULONG capacity, ULONG *count);
    NR_METHOD(EnumMethods)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, mdMethodDef *methods, ULONG capacity,
     ULONG *count);
    NR_METHOD(EnumMethodsWithName)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, const WCHAR *name,
     mdMethodDef *methods, ULONG capacity, ULONG *count);
    NR_METHOD(EnumFields)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, mdFieldDef *fields, ULONG capacity,
     ULONG *count);
    NR_METHOD(EnumFieldsWithName)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, const WCHAR *name,
     mdFieldDef *fields, ULONG capacity, ULONG *count);
    NR_METHOD(EnumParams)
    (IMetaDataImport2 *self, HCORENUM *handle, mdMethodDef method, mdParamDef *params,
     ULONG capacity, ULONG *count);
    NR_METHOD(EnumMemberRefs)
    (IMetaDataImport2 *self, HCORENUM *handle, mdToken parent, mdMemberRef *members, ULONG capacity,
     ULONG *count);
    NR_METHOD(EnumMethodImpls)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, mdToken *bodies,
     mdToken *declarations, ULONG capacity, ULONG *count);
    NR_METHOD(EnumPermissionSets)
    (IMetaDataImport2 *self, HCORENUM *handle, mdToken owner, DWORD actions,
     mdPermission *permissions, ULONG capacity, ULONG *count);
    NR_METHOD(FindMember)
    (IMetaDataImport2 *self, mdTypeDef type, const WCHAR *name, PCCOR_SIGNATURE signature,
     ULONG size, mdToken *member);
    NR_METHOD(FindMethod)
    (IMetaDataImport2 *self, mdTypeDef type, const WCHAR *name, PCCOR_SIGNATURE signature,
     ULONG size, mdMethodDef *method);
    NR_METHOD(FindField)
    (IMetaDataImport2 *self, mdTypeDef type, const WCHAR *name, PCCOR_SIGNATURE signature,
     ULONG size, mdFieldDef *field);
    NR_METHOD(FindMemberRef)
    (IMetaDataImport2 *self, mdToken parent, const WCHAR *name, PCCOR_SIGNATURE signature,
     ULONG size, mdMemberRef *member);
    NR_METHOD(GetMethodProps)
    (IMetaDataImport2 *self, mdMethodDef method, mdTypeDef *type, WCHAR *name, ULONG capacity,
     ULONG *length, DWORD *attributes, PCCOR_SIGNATURE *signature, ULONG *size, ULONG *rva,
     DWORD *impl_flags);
    NR_METHOD(GetMemberRefProps)
    (IMetaDataImport2 *self, mdMemberRef member, mdToken *parent, WCHAR *name, ULONG capacity,
     ULONG *length, PCCOR_SIGNATURE *signature, ULONG *size);
    NR_METHOD(EnumProperties)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, mdProperty *properties,
     ULONG capacity, ULONG *count);
    NR_METHOD(EnumEvents)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeDef type, mdEvent *events, ULONG capacity,
     ULONG *count);
    NR_METHOD(GetEventProps)
    (IMetaDataImport2 *self, mdEvent event, mdTypeDef *type, WCHAR *name, ULONG capacity,
     ULONG *length, DWORD *flags, mdToken *event_type, mdMethodDef *add, mdMethodDef *remove,
     mdMethodDef *fire, mdMethodDef *others, ULONG other_capacity, ULONG *other_count);
    NR_METHOD(EnumMethodSemantics)
    (IMetaDataImport2 *self, HCORENUM *handle, mdMethodDef method, mdToken *owners, ULONG capacity,
     ULONG *count);
    NR_METHOD(GetMethodSemantics)
    (IMetaDataImport2 *self, mdMethodDef method, mdToken owner, DWORD *flags);
    NR_METHOD(GetClassLayout)
    (IMetaDataImport2 *self, mdTypeDef type, DWORD *pack, COR_FIELD_OFFSET *fields, ULONG capacity,
     ULONG *count, ULONG *class_size);
    NR_METHOD(GetFieldMarshal)
    (IMetaDataImport2 *self, mdToken owner, PCCOR_SIGNATURE *native_type, ULONG *size);
    NR_METHOD(GetRVA)(IMetaDataImport2 *self, mdToken member, ULONG *rva, DWORD *impl_flags);
    NR_METHOD(GetPermissionSetProps)
    (IMetaDataImport2 *self, mdPermission permission, DWORD *action, const void **blob,
     ULONG *size);
    NR_METHOD(GetSigFromToken)
    (IMetaDataImport2 *self, mdSignature token, PCCOR_SIGNATURE *signature, ULONG *size);
    NR_METHOD(GetModuleRefProps)
    (IMetaDataImport2 *self, mdModuleRef module, WCHAR *name, ULONG capacity, ULONG *length);
    NR_METHOD(EnumModuleRefs)
    (IMetaDataImport2 *self, HCORENUM *handle, mdModuleRef *modules, ULONG capacity, ULONG *count);
    NR_METHOD(GetTypeSpecFromToken)
    (IMetaDataImport2 *self, mdTypeSpec type, PCCOR_SIGNATURE *signature, ULONG *size);
    NR_METHOD(GetNameFromToken)(IMetaDataImport2 *self, mdToken token, const char **utf8_name);
    NR_METHOD(EnumUnresolvedMethods)
    (IMetaDataImport2 *self, HCORENUM *handle, mdToken *methods, ULONG capacity, ULONG *count);
    // The length has no NUL in it.
    NR_METHOD(GetUserString)
    (IMetaDataImport2 *self, mdString token, WCHAR *text, ULONG capacity, ULONG *length);
    NR_METHOD(GetPinvokeMap)
    (IMetaDataImport2 *self, mdToken member, DWORD *flags, WCHAR *name, ULONG capacity,
     ULONG *length, mdModuleRef *module);
    NR_METHOD(EnumSignatures)
    (IMetaDataImport2 *self, HCORENUM *handle, mdSignature *signatures, ULONG capacity,
     ULONG *count);
    NR_METHOD(EnumTypeSpecs)
    (IMetaDataImport2 *self, HCORENUM *handle, mdTypeSpec *types, ULONG capacity, ULONG *count);
    NR_METHOD(EnumUserStrings)
    (IMetaDataImport2 *self, HCORENUM *handle, mdString *strings, ULONG capacity, ULONG *count);
    NR_METHOD(GetParamForMethodIndex)
    (IMetaDataImport2 *self, mdMethodDef method, ULONG sequence, mdParamDef *param);
    NR_METHOD(EnumCustomAttributes)
    (IMetaDataImport2 *self, HCORENUM *handle, mdToken owner, mdToken type,
     mdCustomAttribute *attributes, ULONG capacity, ULONG *count);
    NR_METHOD(GetCustomAttributeProps)
    (IMetaDataImport2 *self, mdCustomAttribute attribute, mdToken *owner, mdToken *constructor,
     const void **blob, ULONG *size);
    NR_METHOD(FindTypeRef)
    (IMetaDataImport2 *self, mdToken scope, const WCHAR *name, mdTypeRef *type);
    NR_METHOD(GetMemberProps)
    (IMetaDataImport2 *self, mdToken member, mdTypeDef *type, WCHAR *name, ULONG capacity,
     ULONG *length, DWORD *attributes, PCCOR_SIGNATURE *signature, ULONG *size, ULONG *rva,
     DWORD *impl_flags, DWORD *element_type, const void **value, ULONG *value_length);
    NR_METHOD(GetFieldProps)
    (IMetaDataImport2 *self, mdFieldDef field, mdTypeDef *type, WCHAR *name, ULONG capacity,
     ULONG *length, DWORD *attributes, PCCOR_SIGNATURE *signature, ULONG *size, DWORD *element_type,
     const void **value, ULONG *value_length);
    NR_METHOD(GetPropertyProps)
    (IMetaDataImport2 *self, mdProperty property, mdTypeDef *type, WCHAR *name, ULONG capacity,
     ULONG *length, DWORD *flags, PCCOR_SIGNATURE *signature, ULONG *size, DWORD *element_type,
     const void **value, ULONG *value_length, mdMethodDef *setter, mdMethodDef *getter,
     mdMethodDef *others, ULONG other_capacity, ULONG *other_count);
    NR_METHOD(GetParamProps)
    (IMetaDataImport2 *self, mdParamDef param, mdMethodDef *method, ULONG *sequence, WCHAR *name,
     ULONG capacity, ULONG *length, DWORD *attributes, DWORD *element_type, const void **value,
     ULONG *value_length);
    NR_METHOD(GetCustomAttributeByName)
    (IMetaDataImport2 *self, mdToken owner, const WCHAR *name, const void **blob, ULONG *size);
    NR_METHOD_OF(BOOL, IsValidToken)(IMetaDataImport2 *self, mdToken token);
    NR_METHOD(GetNestedClassProps)(IMetaDataImport2 *self, mdTypeDef nested, mdTypeDef *encloser);
    NR_METHOD(GetNativeCallConvFromSig)
    (IMetaDataImport2 *self, const void *signature, ULONG size, ULONG *convention);
    NR_METHOD(IsGlobal)(IMetaDataImport2 *self, mdToken token, int *global);
    // IMetaDataImport2
    NR_METHOD(EnumGenericParams)
    (IMetaDataImport2 *self, HCORENUM *handle, mdToken owner, mdGenericParam *params,
     ULONG capacity, ULONG *count);
    NR_METHOD(GetGenericParamProps)
    (IMetaDataImport2 *self, mdGenericParam param, ULONG *sequence, DWORD *flags, mdToken *owner,
     DWORD *reserved, WCHAR *name, ULONG capacity, ULONG *length);
    NR_METHOD(GetMethodSpecProps)
    (IMetaDataImport2 *self, mdMethodSpec spec, mdToken *parent, PCCOR_SIGNATURE *signature,
     ULONG *size);
    NR_METHOD(EnumGenericParamConstraints)
    (IMetaDataImport2 *self, HCORENUM *handle, mdGenericParam param,
     mdGenericParamConstraint *constraints, ULONG capacity, ULONG *count);
    NR_METHOD(GetGenericParamConstraintProps)
    (IMetaDataImport2 *self, mdGenericParamConstraint constraint, mdGenericParam *param,
     mdToken *type);
    NR_METHOD(GetPEKind)(IMetaDataImport2 *self, DWORD *kind, DWORD *machine);
    NR_METHOD(GetVersionString)
    (IMetaDataImport2 *self, WCHAR *version, DWORD capacity, DWORD *length);
    NR_METHOD(EnumMethodSpecs)
    (IMetaDataImport2 *self, HCORENUM *handle, mdToken method, mdMethodSpec *specs, ULONG capacity,
     ULONG *count);
} IMetaDataImport2Vtbl;
struct IMetaDataImport2 {
    const IMetaDataImport2Vtbl *lpVtbl;
};

// IMetaDataEmit and what the second version appends. A list that comes without a count ends with a
// token of 0.
typedef struct IMetaDataEmit2Vtbl {
    NR_METHOD(QueryInterface)(IMetaDataEmit2 *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(IMetaDataEmit2 *self);
    NR_METHOD_OF(ULONG, Release)(IMetaDataEmit2 *self);
    // IMetaDataEmit
    NR_METHOD(SetModuleProps)(IMetaDataEmit2 *self, const WCHAR *name);
    NR_METHOD(Save)(IMetaDataEmit2 *self, const WCHAR *file, DWORD flags);
    NR_METHOD(SaveToStream)(IMetaDataEmit2 *self, IStream *stream, DWORD flags);
    NR_METHOD(GetSaveSize)(IMetaDataEmit2 *self, CorSaveSize accuracy, DWORD *size);
    NR_METHOD(DefineTypeDef)
    (IMetaDataEmit2 *self, const WCHAR *name, DWORD flags, mdToken extends,
     const mdToken *implements, mdTypeDef *type);
    NR_METHOD(DefineNestedType)
    (IMetaDataEmit2 *self, const WCHAR *name, DWORD flags, mdToken extends,
     const mdToken *implements, mdTypeDef encloser, mdTypeDef *type);
    NR_METHOD(SetHandler)(IMetaDataEmit2 *self, IUnknown *handler);
    NR_METHOD(DefineMethod)
    (IMetaDataEmit2 *self, mdTypeDef type, const WCHAR *name, DWORD flags,
     PCCOR_SIGNATURE signature, ULONG size, ULONG rva, DWORD impl_flags, mdMethodDef *method);
    NR_METHOD(DefineMethodImpl)
    (IMetaDataEmit2 *self, mdTypeDef type, mdToken body, mdToken declaration);
    NR_METHOD(DefineTypeRefByName)
    (IMetaDataEmit2 *self, mdToken scope, const WCHAR *name, mdTypeRef *type);
    NR_METHOD(DefineImportType)
    (IMetaDataEmit2 *self, IMetaDataAssemblyImport *assembly_import, const void *hash,
     ULONG hash_size, IMetaDataImport2 *import, mdTypeDef type,
     IMetaDataAssemblyEmit *assembly_emit, mdTypeRef *reference);
    NR_METHOD(DefineMemberRef)
    (IMetaDataEmit2 *self, mdToken parent, const WCHAR *name, PCCOR_SIGNATURE signature, ULONG size,
     mdMemberRef *member);
    NR_METHOD(DefineImportMember)
    (IMetaDataEmit2 *self, IMetaDataAssemblyImport *assembly_import, const void *hash,
     ULONG hash_size, IMetaDataImport2 *import, mdToken member,
     IMetaDataAssemblyEmit *assembly_emit, mdToken parent, mdMemberRef *reference);
    NR_METHOD(DefineEvent)
    (IMetaDataEmit2 *self, mdTypeDef type, const WCHAR *name, DWORD flags, mdToken event_type,
     mdMethodDef add, mdMethodDef remove, mdMethodDef fire, const mdMethodDef *others,
     mdEvent *event);
    NR_METHOD(SetClassLayout)
    (IMetaDataEmit2 *self, mdTypeDef type, DWORD pack, const COR_FIELD_OFFSET *fields,
     ULONG class_size);
    NR_METHOD(DeleteClassLayout)(IMetaDataEmit2 *self, mdTypeDef type);
    NR_METHOD(SetFieldMarshal)
    (IMetaDataEmit2 *self, mdToken owner, PCCOR_SIGNATURE native_type, ULONG size);
    NR_METHOD(DeleteFieldMarshal)(IMetaDataEmit2 *self, mdToken owner);
    NR_METHOD(DefinePermissionSet)
    (IMetaDataEmit2 *self, mdToken owner, DWORD action, const void *blob, ULONG size,
     mdPermission *permission);
    NR_METHOD(SetRVA)(IMetaDataEmit2 *self, mdMethodDef method, ULONG rva);
    NR_METHOD(GetTokenFromSig)
    (IMetaDataEmit2 *self, PCCOR_SIGNATURE signature, ULONG size, mdSignature *token);
    NR_METHOD(DefineModuleRef)(IMetaDataEmit2 *self, const WCHAR *name, mdModuleRef *module);
    NR_METHOD(SetParent)(IMetaDataEmit2 *self, mdMemberRef member, mdToken parent);
    NR_METHOD(GetTokenFromTypeSpec)
    (IMetaDataEmit2 *self, PCCOR_SIGNATURE signature, ULONG size, mdTypeSpec *type);
    NR_METHOD(SaveToMemory)(IMetaDataEmit2 *self, void *data, ULONG size);
    NR_METHOD(DefineUserString)
    (IMetaDataEmit2 *self, const WCHAR *text, ULONG length, mdString *token);
    NR_METHOD(DeleteToken)(IMetaDataEmit2 *self, mdToken token);
    NR_METHOD(SetMethodProps)
    (IMetaDataEmit2 *self, mdMethodDef method, DWORD flags, ULONG rva, DWORD impl_flags);
    NR_METHOD(SetTypeDefProps)
    (IMetaDataEmit2 *self, mdTypeDef type, DWORD flags, mdToken extends, const mdToken *implements);
    NR_METHOD(SetEventProps)
    (IMetaDataEmit2 *self, mdEvent event, DWORD flags, mdToken event_type, mdMethodDef add,
     mdMethodDef remove, mdMethodDef fire, const mdMethodDef *others);
    NR_METHOD(SetPermissionSetProps)
    (IMetaDataEmit2 *self, mdToken owner, DWORD action, const void *blob, ULONG size,
     mdPermission *permission);
    NR_METHOD(DefinePinvokeMap)
    (IMetaDataEmit2 *self, mdToken member, DWORD flags, const WCHAR *name, mdModuleRef module);
    NR_METHOD(SetPinvokeMap)
    (IMetaDataEmit2 *self, mdToken member, DWORD flags, const WCHAR *name, mdModuleRef module);
    NR_METHOD(DeletePinvokeMap)(IMetaDataEmit2 *self, mdToken member);
    NR_METHOD(DefineCustomAttribute)
    (IMetaDataEmit2 *self, mdToken owner, mdToken constructor, const void *blob, ULONG size,
     mdCustomAttribute *attribute);
    NR_METHOD(SetCustomAttributeValue)
    (IMetaDataEmit2 *self, mdCustomAttribute attribute, const void *blob, ULONG size);
    NR_METHOD(DefineField)
    (IMetaDataEmit2 *self, mdTypeDef type, const WCHAR *name, DWORD flags,
     PCCOR_SIGNATURE signature, ULONG size, DWORD element_type, const void *value,
     ULONG value_length, mdFieldDef *field);
    NR_METHOD(DefineProperty)
    (IMetaDataEmit2 *self, mdTypeDef type, const WCHAR *name, DWORD flags,
     PCCOR_SIGNATURE signature, ULONG size, DWORD element_type, const void *value,
     ULONG value_length, mdMethodDef setter, mdMethodDef getter, const mdMethodDef *others,
     mdProperty *property);
    NR_METHOD(DefineParam)
    (IMetaDataEmit2 *self, mdMethodDef method, ULONG sequence, const WCHAR *name, DWORD flags,
     DWORD element_type, const void *value, ULONG value_length, mdParamDef *param);
    NR_METHOD(SetFieldProps)
    (IMetaDataEmit2 *self, mdFieldDef field, DWORD flags, DWORD element_type, const void *value,
     ULONG value_length);
    NR_METHOD(SetPropertyProps)
    (IMetaDataEmit2 *self, mdProperty property, DWORD flags, DWORD element_type, const void *value,
     ULONG value_length, mdMethodDef setter, mdMethodDef getter, const mdMethodDef *others);
    NR_METHOD(SetParamProps)
    (IMetaDataEmit2 *self, mdParamDef param, const WCHAR *name, DWORD flags, DWORD element_type,
     const void *value, ULONG value_length);
    NR_METHOD(DefineSecurityAttributeSet)
    (IMetaDataEmit2 *self, mdToken owner, const COR_SECATTR *attributes, ULONG count,
     ULONG *error_index);
    NR_METHOD(ApplyEditAndContinue)(IMetaDataEmit2 *self, IUnknown *import);
    NR_METHOD(TranslateSigWithScope)
    (IMetaDataEmit2 *self, IMetaDataAssemblyImport *assembly_import, const void *hash,
     ULONG hash_size, IMetaDataImport2 *import, PCCOR_SIGNATURE signature, ULONG size,
     IMetaDataAssemblyEmit *assembly_emit, IMetaDataEmit2 *emit, PCOR_SIGNATURE translated,
     ULONG capacity, ULONG *translated_size);
    NR_METHOD(SetMethodImplFlags)(IMetaDataEmit2 *self, mdMethodDef method, DWORD impl_flags);
    NR_METHOD(SetFieldRVA)(IMetaDataEmit2 *self, mdFieldDef field, ULONG rva);
    NR_METHOD(Merge)
    (IMetaDataEmit2 *self, IMetaDataImport2 *import, IMapToken *map, IUnknown *handler);
    NR_METHOD(MergeEnd)(IMetaDataEmit2 *self);
    // IMetaDataEmit2
    NR_METHOD(DefineMethodSpec)
    (IMetaDataEmit2 *self, mdToken method, PCCOR_SIGNATURE signature, ULONG size,
     mdMethodSpec *spec);
    NR_METHOD(GetDeltaSaveSize)(IMetaDataEmit2 *self, CorSaveSize accuracy, DWORD *size);
    NR_METHOD(SaveDelta)(IMetaDataEmit2 *self, const WCHAR *file, DWORD flags);
    NR_METHOD(SaveDeltaToStream)(IMetaDataEmit2 *self, IStream *stream, DWORD flags);
    NR_METHOD(SaveDeltaToMemory)(IMetaDataEmit2 *self, void *data, ULONG size);
    NR_METHOD(DefineGenericParam)
    (IMetaDataEmit2 *self, mdToken owner, ULONG sequence, DWORD flags, const WCHAR *name,
     DWORD reserved, const mdToken *constraints, mdGenericParam *param);
    NR_METHOD(SetGenericParamProps)
    (IMetaDataEmit2 *self, mdGenericParam param, DWORD flags, const WCHAR *name, DWORD reserved,
     const mdToken *constraints);
    NR_METHOD(ResetENCLog)(IMetaDataEmit2 *self);
} IMetaDataEmit2Vtbl;
struct IMetaDataEmit2 {
    const IMetaDataEmit2Vtbl *lpVtbl;
};

typedef struct IMetaDataAssemblyImportVtbl {
    NR_METHOD(QueryInterface)(IMetaDataAssemblyImport *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(IMetaDataAssemblyImport *self);
    NR_METHOD_OF(ULONG, Release)(IMetaDataAssemblyImport *self);
    NR_METHOD(GetAssemblyProps)
    (IMetaDataAssemblyImport *self, mdAssembly assembly, const void **public_key, ULONG *key_size,
     ULONG *hash_algorithm, WCHAR *name, ULONG capacity, ULONG *length, ASSEMBLYMETADATA *metadata,
     DWORD *flags);
    NR_METHOD(GetAssemblyRefProps)
    (IMetaDataAssemblyImport *self, mdAssemblyRef reference, const void **key_or_token,
     ULONG *key_size, WCHAR *name, ULONG capacity, ULONG *length, ASSEMBLYMETADATA *metadata,
     const void **hash, ULONG *hash_size, DWORD *flags);
    NR_METHOD(GetFileProps)
    (IMetaDataAssemblyImport *self, mdFile file, WCHAR *name, ULONG capacity, ULONG *length,
     const void **hash, ULONG *hash_size, DWORD *flags);
    NR_METHOD(GetExportedTypeProps)
    (IMetaDataAssemblyImport *self, mdExportedType type, WCHAR *name, ULONG capacity, ULONG *length,
     mdToken *implementation, mdTypeDef *definition, DWORD *flags);
    NR_METHOD(GetManifestResourceProps)
    (IMetaDataAssemblyImport *self, mdManifestResource resource, WCHAR *name, ULONG capacity,
     ULONG *length, mdToken *implementation, DWORD *offset, DWORD *flags);
    NR_METHOD(EnumAssemblyRefs)
    (IMetaDataAssemblyImport *self, HCORENUM *handle, mdAssemblyRef *references, ULONG capacity,
     ULONG *count);
    NR_METHOD(EnumFiles)
    (IMetaDataAssemblyImport *self, HCORENUM *handle, mdFile *files, ULONG capacity, ULONG *count);
    NR_METHOD(EnumExportedTypes)
    (IMetaDataAssemblyImport *self, HCORENUM *handle, mdExportedType *types, ULONG capacity,
     ULONG *count);
    NR_METHOD(EnumManifestResources)
    (IMetaDataAssemblyImport *self, HCORENUM *handle, mdManifestResource *resources, ULONG capacity,
     ULONG *count);
    NR_METHOD(GetAssemblyFromScope)(IMetaDataAssemblyImport *self, mdAssembly *assembly);
    NR_METHOD(FindExportedTypeByName)
    (IMetaDataAssemblyImport *self, const WCHAR *name, mdToken encloser, mdExportedType *type);
    NR_METHOD(FindManifestResourceByName)
    (IMetaDataAssemblyImport *self, const WCHAR *name, mdManifestResource *resource);
    NR_METHOD_OF(void, CloseEnum)(IMetaDataAssemblyImport *self, HCORENUM handle);
    NR_METHOD(FindAssembliesByName)
    (IMetaDataAssemblyImport *self, const WCHAR *app_base, const WCHAR *private_bin,
     const WCHAR *name, IUnknown **assemblies, ULONG capacity, ULONG *count);
} IMetaDataAssemblyImportVtbl;
struct IMetaDataAssemblyImport {
    const IMetaDataAssemblyImportVtbl *lpVtbl;
};

typedef struct IMetaDataAssemblyEmitVtbl {
    NR_METHOD(QueryInterface)(IMetaDataAssemblyEmit *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(IMetaDataAssemblyEmit *self);
    NR_METHOD_OF(ULONG, Release)(IMetaDataAssemblyEmit *self);
    NR_METHOD(DefineAssembly)
    (IMetaDataAssemblyEmit *self, const void *public_key, ULONG key_size, ULONG hash_algorithm,
     const WCHAR *name, const ASSEMBLYMETADATA *metadata, DWORD flags, mdAssembly *assembly);
    NR_METHOD(DefineAssemblyRef)
    (IMetaDataAssemblyEmit *self, const void *key_or_token, ULONG key_size, const WCHAR *name,
     const ASSEMBLYMETADATA *metadata, const void *hash, ULONG hash_size, DWORD flags,
     mdAssemblyRef *reference);
    NR_METHOD(DefineFile)
    (IMetaDataAssemblyEmit *self, const WCHAR *name, const void *hash, ULONG hash_size, DWORD flags,
     mdFile *file);
    NR_METHOD(DefineExportedType)
    (IMetaDataAssemblyEmit *self, const WCHAR *name, mdToken implementation, mdTypeDef definition,
     DWORD flags, mdExportedType *type);
    NR_METHOD(DefineManifestResource)
    (IMetaDataAssemblyEmit *self, const WCHAR *name, mdToken implementation, DWORD offset,
     DWORD flags, mdManifestResource *resource);
    NR_METHOD(SetAssemblyProps)
    (IMetaDataAssemblyEmit *self, mdAssembly assembly, const void *public_key, ULONG key_size,
     ULONG hash_algorithm, const WCHAR *name, const ASSEMBLYMETADATA *metadata, DWORD flags);
    NR_METHOD(SetAssemblyRefProps)
    (IMetaDataAssemblyEmit *self, mdAssemblyRef reference, const void *key_or_token, ULONG key_size,
     const WCHAR *name, const ASSEMBLYMETADATA *metadata, const void *hash, ULONG hash_size,
     DWORD flags);
    NR_METHOD(SetFileProps)
    (IMetaDataAssemblyEmit *self, mdFile file, const void *hash, ULONG hash_size, DWORD flags);
    NR_METHOD(SetExportedTypeProps)
    (IMetaDataAssemblyEmit *self, mdExportedType type, mdToken implementation, mdTypeDef definition,
     DWORD flags);
    NR_METHOD(SetManifestResourceProps)
    (IMetaDataAssemblyEmit *self, mdManifestResource resource, mdToken implementation, DWORD offset,
     DWORD flags);
} IMetaDataAssemblyEmitVtbl;
struct IMetaDataAssemblyEmit {
    const IMetaDataAssemblyEmitVtbl *lpVtbl;
};

// Opens or makes metadata; the CLR exports MetaDataGetDispenser, which gives one.
typedef struct IMetaDataDispenserVtbl {
    NR_METHOD(QueryInterface)(IMetaDataDispenser *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(IMetaDataDispenser *self);
    NR_METHOD_OF(ULONG, Release)(IMetaDataDispenser *self);
    NR_METHOD(DefineScope)
    (IMetaDataDispenser *self, REFGUID clsid, DWORD flags, REFGUID iid, IUnknown **scope);
    NR_METHOD(OpenScope)
    (IMetaDataDispenser *self, const WCHAR *file, DWORD flags, REFGUID iid, IUnknown **scope);
    NR_METHOD(OpenScopeOnMemory)
    (IMetaDataDispenser *self, const void *data, ULONG size, DWORD flags, REFGUID iid,
     IUnknown **scope);
} IMetaDataDispenserVtbl;
struct IMetaDataDispenser {
    const IMetaDataDispenserVtbl *lpVtbl;
};

#endif
