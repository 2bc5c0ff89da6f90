// Scalar types, tokens, identifiers and result codes of the CLR's binary interface.
// SPDX-License-Identifier: Apache-2.0
//
// The names are the field's own (corprof.idl, cor.h, corerror.h), the widths are spelled out:
// ULONG, DWORD and BOOL have 32 bits and WCHAR has 16 bits on every platform, whatever long and
// wchar_t are. <windows.h> declares the same names. Therefore no file includes both:
// src/platform/windows.c knows <windows.h> and nothing of src/clr; src/profiler knows src/clr and
// never includes <windows.h>. Only types and macros are declared under foreign names; symbols of
// the linker carry the nr_ prefix.
#ifndef NR_CLR_TYPES_H
#define NR_CLR_TYPES_H

#ifdef _WINDOWS_
#error "src/clr and <windows.h> declare the same names: include one of them"
#endif

#include <stddef.h>
#include <stdint.h>

// Calling convention of every interface method, of DllGetClassObject and of the functions that a
// profiler hands to the CLR (32-bit Windows builds of the CLR have __stdcall as their default). All
// other targets have one convention.
#if defined(_WIN32) && (defined(_M_IX86) || defined(__i386__))
#define NR_STDCALL __stdcall
#else
#define NR_STDCALL
#endif

// A slot of a vtable: NR_METHOD(Name)(parameters).
#define NR_METHOD(name) HRESULT(NR_STDCALL *(name))
#define NR_METHOD_OF(type, name) type(NR_STDCALL *(name))

typedef int32_t HRESULT;  // negative: failure
typedef uint32_t ULONG;
typedef uint32_t DWORD;
typedef uint16_t USHORT;
typedef uint8_t BYTE;
typedef int32_t BOOL;
typedef uint16_t WCHAR;  // UTF-16 code unit
typedef const BYTE *LPCBYTE;
typedef void *HANDLE;

typedef struct GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID;
typedef const GUID
    *REFGUID;  // also where C++ declares REFIID and REFCLSID: a reference is a pointer

// Identifiers that the CLR gives to a profiler: opaque, valid until the matching unload event.
typedef uintptr_t ProcessID;
typedef uintptr_t AppDomainID;
typedef uintptr_t AssemblyID;
typedef uintptr_t ModuleID;
typedef uintptr_t ClassID;
typedef uintptr_t FunctionID;
typedef uintptr_t ThreadID;  // not the operating system's number
typedef uintptr_t ContextID;
typedef uintptr_t ObjectID;  // an address: a collection changes it
typedef uintptr_t GCHandleID;
typedef uintptr_t ReJITID;  // 0: the original body

// Metadata tokens (ECMA-335 II.22); metadata/token.h takes them apart.
typedef uint32_t mdToken;
typedef mdToken mdModule;
typedef mdToken mdTypeRef;
typedef mdToken mdTypeDef;
typedef mdToken mdFieldDef;
typedef mdToken mdMethodDef;
typedef mdToken mdParamDef;
typedef mdToken mdInterfaceImpl;
typedef mdToken mdMemberRef;
typedef mdToken mdCustomAttribute;
typedef mdToken mdPermission;
typedef mdToken mdSignature;
typedef mdToken mdEvent;
typedef mdToken mdProperty;
typedef mdToken mdModuleRef;
typedef mdToken mdTypeSpec;
typedef mdToken mdAssembly;
typedef mdToken mdAssemblyRef;
typedef mdToken mdFile;
typedef mdToken mdExportedType;
typedef mdToken mdManifestResource;
typedef mdToken mdGenericParam;
typedef mdToken mdGenericParamConstraint;
typedef mdToken mdMethodSpec;
typedef mdToken mdString;

typedef BYTE COR_SIGNATURE;
typedef COR_SIGNATURE *PCOR_SIGNATURE;
typedef const COR_SIGNATURE *PCCOR_SIGNATURE;
typedef uint32_t CorElementType;  // ECMA-335 II.23.1.16

// Describes a field's place in a class, for IMetaData* (offset of the layout) and ICorProfilerInfo2
// (offset from the ObjectID).
typedef struct COR_FIELD_OFFSET {
    mdFieldDef ridOfField;
    ULONG ulOffset;
} COR_FIELD_OFFSET;

#define SUCCEEDED(hr) ((HRESULT)(hr) >= 0)
#define FAILED(hr) ((HRESULT)(hr) < 0)

#define S_OK ((HRESULT)0)
#define S_FALSE ((HRESULT)1)
#define E_NOTIMPL ((HRESULT)0x80004001)
#define E_NOINTERFACE ((HRESULT)0x80004002)
#define E_POINTER ((HRESULT)0x80004003)
#define E_ABORT ((HRESULT)0x80004004)
#define E_FAIL ((HRESULT)0x80004005)
#define E_UNEXPECTED ((HRESULT)0x8000FFFF)
#define E_ACCESSDENIED ((HRESULT)0x80070005)
#define E_HANDLE ((HRESULT)0x80070006)
#define E_OUTOFMEMORY ((HRESULT)0x8007000E)
#define E_INVALIDARG ((HRESULT)0x80070057)
#define CLASS_E_NOAGGREGATION ((HRESULT)0x80040110)
#define CLASS_E_CLASSNOTAVAILABLE ((HRESULT)0x80040111)

// Metadata. The two successes say that a name was cut to the buffer, and that what was to be
// defined is there already.
#define CLDB_S_TRUNCATION ((HRESULT)0x00131106)
#define META_S_DUPLICATE ((HRESULT)0x00131197)
#define CLDB_E_SMDUPLICATE ((HRESULT)0x8013110A)
#define CLDB_E_NO_DATA ((HRESULT)0x8013110B)
#define CLDB_E_INCOMPATIBLE ((HRESULT)0x8013110D)
#define CLDB_E_FILE_CORRUPT ((HRESULT)0x8013110E)
#define CLDB_E_INDEX_NOTFOUND ((HRESULT)0x80131124)
#define CLDB_E_RECORD_NOTFOUND ((HRESULT)0x80131130)
#define CLDB_E_RECORD_OUTOFORDER ((HRESULT)0x80131135)
#define CLDB_E_TOO_BIG ((HRESULT)0x80131154)
#define META_E_INVALID_TOKEN_TYPE ((HRESULT)0x8013115F)
#define META_E_BADMETADATA ((HRESULT)0x8013118A)
#define META_E_BAD_SIGNATURE ((HRESULT)0x80131192)
#define META_E_CANNOTRESOLVETYPEREF ((HRESULT)0x80131196)
#define META_E_STRINGSPACE_FULL ((HRESULT)0x80131198)

#define CORPROF_E_FUNCTION_NOT_COMPILED ((HRESULT)0x80131350)
#define CORPROF_E_DATAINCOMPLETE ((HRESULT)0x80131351)
#define CORPROF_E_FUNCTION_NOT_IL ((HRESULT)0x80131354)
#define CORPROF_E_NOT_MANAGED_THREAD ((HRESULT)0x80131355)
#define CORPROF_E_CALL_ONLY_FROM_INIT ((HRESULT)0x80131356)
#define CORPROF_E_NOT_YET_AVAILABLE ((HRESULT)0x8013135B)
#define CORPROF_E_TYPE_IS_PARAMETERIZED ((HRESULT)0x8013135C)
#define CORPROF_E_FUNCTION_IS_PARAMETERIZED ((HRESULT)0x8013135D)
#define CORPROF_E_STACKSNAPSHOT_INVALID_TGT_THREAD ((HRESULT)0x8013135E)
#define CORPROF_E_STACKSNAPSHOT_UNMANAGED_CTX ((HRESULT)0x8013135F)
#define CORPROF_E_STACKSNAPSHOT_UNSAFE ((HRESULT)0x80131360)
#define CORPROF_E_STACKSNAPSHOT_ABORTED ((HRESULT)0x80131361)
#define CORPROF_E_LITERALS_HAVE_NO_ADDRESS ((HRESULT)0x80131362)
#define CORPROF_E_UNSUPPORTED_CALL_SEQUENCE ((HRESULT)0x80131363)
#define CORPROF_E_ASYNCHRONOUS_UNSAFE ((HRESULT)0x80131364)
#define CORPROF_E_CLASSID_IS_ARRAY ((HRESULT)0x80131365)
#define CORPROF_E_CLASSID_IS_COMPOSITE ((HRESULT)0x80131366)
#define CORPROF_E_PROFILER_DETACHING ((HRESULT)0x80131367)
#define CORPROF_E_PROFILER_NOT_ATTACHABLE ((HRESULT)0x80131368)
#define CORPROF_E_PROFILER_ALREADY_ACTIVE ((HRESULT)0x8013136A)
#define CORPROF_E_CALLBACK3_REQUIRED ((HRESULT)0x8013136E)
#define CORPROF_E_UNSUPPORTED_FOR_ATTACHING_PROFILER ((HRESULT)0x8013136F)
#define CORPROF_E_IRREVERSIBLE_INSTRUMENTATION_PRESENT ((HRESULT)0x80131370)
#define CORPROF_E_RUNTIME_UNINITIALIZED ((HRESULT)0x80131371)
#define CORPROF_E_IMMUTABLE_FLAGS_SET ((HRESULT)0x80131372)
#define CORPROF_E_PROFILER_NOT_YET_INITIALIZED ((HRESULT)0x80131373)
#define CORPROF_E_INCONSISTENT_WITH_FLAGS ((HRESULT)0x80131374)
#define CORPROF_E_PROFILER_CANCEL_ACTIVATION ((HRESULT)0x80131375)
#define CORPROF_E_CONCURRENT_GC_NOT_PROFILABLE ((HRESULT)0x80131376)
#define CORPROF_E_DEBUGGING_DISABLED ((HRESULT)0x80131378)
#define CORPROF_E_TIMEOUT_WAITING_FOR_CONCURRENT_GC ((HRESULT)0x80131379)
#define CORPROF_E_MODULE_IS_DYNAMIC ((HRESULT)0x8013137A)
#define CORPROF_E_CALLBACK4_REQUIRED ((HRESULT)0x8013137B)
#define CORPROF_E_REJIT_NOT_ENABLED ((HRESULT)0x8013137C)
#define CORPROF_E_FUNCTION_IS_COLLECTIBLE ((HRESULT)0x8013137E)
#define CORPROF_E_CALLBACK6_REQUIRED ((HRESULT)0x80131380)
#define CORPROF_E_CALLBACK7_REQUIRED ((HRESULT)0x80131382)
#define CORPROF_E_REJIT_INLINING_DISABLED ((HRESULT)0x80131383)
#define CORPROF_E_SUSPENSION_IN_PROGRESS ((HRESULT)0x80131388)
#define CORPROF_E_NOT_GC_OBJECT ((HRESULT)0x80131389)

#endif
