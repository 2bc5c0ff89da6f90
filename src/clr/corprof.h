// The profiling API: ICorProfilerCallback..4, ICorProfilerInfo..15, and what passes between them.
// SPDX-License-Identifier: Apache-2.0
//
// Source of the facts: corprof.idl of .NET 10. Slots stand in their binary order.
// Strings are NUL-terminated unless a comment says otherwise; a capacity and the length reported
// for it count code units including the NUL. Pairs of (count, array) belong together. Threads: the
// CLR calls the callbacks on any thread, many at a time; the methods of ICorProfilerInfo are
// free-threaded, but some are legal only inside certain callbacks (each answers with a CORPROF_E_*
// code otherwise). After Shutdown returns no method of ICorProfilerInfo may be called.
#ifndef NR_CLR_CORPROF_H
#define NR_CLR_CORPROF_H

#include "clr/com.h"

// Event mask: SetEventMask, and the low word of SetEventMask2. Macros, because an enumeration
// constant of C11 has no bit 31.
#define COR_PRF_MONITOR_NONE 0x00000000u
#define COR_PRF_MONITOR_FUNCTION_UNLOADS 0x00000001u
#define COR_PRF_MONITOR_CLASS_LOADS 0x00000002u
#define COR_PRF_MONITOR_MODULE_LOADS 0x00000004u
#define COR_PRF_MONITOR_ASSEMBLY_LOADS 0x00000008u
#define COR_PRF_MONITOR_APPDOMAIN_LOADS 0x00000010u
#define COR_PRF_MONITOR_JIT_COMPILATION 0x00000020u
#define COR_PRF_MONITOR_EXCEPTIONS 0x00000040u
#define COR_PRF_MONITOR_GC 0x00000080u
#define COR_PRF_MONITOR_OBJECT_ALLOCATED 0x00000100u
#define COR_PRF_MONITOR_THREADS 0x00000200u
#define COR_PRF_MONITOR_REMOTING 0x00000400u
#define COR_PRF_MONITOR_CODE_TRANSITIONS 0x00000800u
#define COR_PRF_MONITOR_ENTERLEAVE 0x00001000u
#define COR_PRF_MONITOR_CCW 0x00002000u
#define COR_PRF_MONITOR_REMOTING_COOKIE 0x00004400u
#define COR_PRF_MONITOR_REMOTING_ASYNC 0x00008400u
#define COR_PRF_MONITOR_SUSPENDS 0x00010000u
#define COR_PRF_MONITOR_CACHE_SEARCHES 0x00020000u
#define COR_PRF_ENABLE_REJIT 0x00040000u
#define COR_PRF_ENABLE_INPROC_DEBUGGING 0x00080000u
#define COR_PRF_ENABLE_JIT_MAPS 0x00100000u
#define COR_PRF_DISABLE_INLINING 0x00200000u
#define COR_PRF_DISABLE_OPTIMIZATIONS 0x00400000u
#define COR_PRF_ENABLE_OBJECT_ALLOCATED 0x00800000u
#define COR_PRF_MONITOR_CLR_EXCEPTIONS 0x01000000u
#define COR_PRF_MONITOR_ALL 0x0107FFFFu
#define COR_PRF_ENABLE_FUNCTION_ARGS 0x02000000u
#define COR_PRF_ENABLE_FUNCTION_RETVAL 0x04000000u
#define COR_PRF_ENABLE_FRAME_INFO 0x08000000u
#define COR_PRF_ENABLE_STACK_SNAPSHOT 0x10000000u
#define COR_PRF_USE_PROFILE_IMAGES 0x20000000u
#define COR_PRF_DISABLE_TRANSPARENCY_CHECKS_UNDER_FULL_TRUST 0x40000000u
#define COR_PRF_DISABLE_ALL_NGEN_IMAGES 0x80000000u  // wins over COR_PRF_USE_PROFILE_IMAGES
#define COR_PRF_ALL 0x8FFFFFFFu

// The high word of SetEventMask2.
#define COR_PRF_HIGH_MONITOR_NONE 0x00000000u
#define COR_PRF_HIGH_ADD_ASSEMBLY_REFERENCES 0x00000001u
#define COR_PRF_HIGH_IN_MEMORY_SYMBOLS_UPDATED 0x00000002u
#define COR_PRF_HIGH_MONITOR_DYNAMIC_FUNCTION_UNLOADS 0x00000004u
#define COR_PRF_HIGH_DISABLE_TIERED_COMPILATION 0x00000008u
#define COR_PRF_HIGH_BASIC_GC 0x00000010u
#define COR_PRF_HIGH_MONITOR_GC_MOVED_OBJECTS 0x00000020u
#define COR_PRF_HIGH_MONITOR_LARGEOBJECT_ALLOCATED 0x00000040u
#define COR_PRF_HIGH_MONITOR_EVENT_PIPE 0x00000080u

// The AssemblyID of a module that is not attached to an assembly yet, and the ClassID and ModuleID
// of what belongs to none. These have 32 bits on 64-bit platforms too.
#define PROFILER_PARENT_UNKNOWN 0xFFFFFFFDu
#define PROFILER_GLOBAL_CLASS 0xFFFFFFFEu
#define PROFILER_GLOBAL_MODULE 0xFFFFFFFFu

typedef enum COR_PRF_JIT_CACHE {
    COR_PRF_CACHED_FUNCTION_FOUND = 0,
    COR_PRF_CACHED_FUNCTION_NOT_FOUND = 1,
} COR_PRF_JIT_CACHE;

typedef enum COR_PRF_TRANSITION_REASON {
    COR_PRF_TRANSITION_CALL = 0,
    COR_PRF_TRANSITION_RETURN = 1,
} COR_PRF_TRANSITION_REASON;

typedef enum COR_PRF_SUSPEND_REASON {
    COR_PRF_SUSPEND_OTHER = 0,
    COR_PRF_SUSPEND_FOR_GC = 1,
    COR_PRF_SUSPEND_FOR_APPDOMAIN_SHUTDOWN = 2,
    COR_PRF_SUSPEND_FOR_CODE_PITCHING = 3,
    COR_PRF_SUSPEND_FOR_SHUTDOWN = 4,
    COR_PRF_SUSPEND_FOR_INPROC_DEBUGGER = 6,
    COR_PRF_SUSPEND_FOR_GC_PREP = 7,
    COR_PRF_SUSPEND_FOR_REJIT = 8,
    COR_PRF_SUSPEND_FOR_PROFILER = 9,
} COR_PRF_SUSPEND_REASON;

typedef enum COR_PRF_RUNTIME_TYPE {
    COR_PRF_DESKTOP_CLR = 1,  // .NET Framework
    COR_PRF_CORE_CLR = 2,
} COR_PRF_RUNTIME_TYPE;

// Flags of RequestReJITWithInliners.
typedef enum COR_PRF_REJIT_FLAGS {
    COR_PRF_REJIT_BLOCK_INLINING = 0x1,
    COR_PRF_REJIT_INLINING_CALLBACKS = 0x2,
} COR_PRF_REJIT_FLAGS;

// Flags of ICorProfilerFunctionControl::SetCodegenFlags.
typedef enum COR_PRF_CODEGEN_FLAGS {
    COR_PRF_CODEGEN_DISABLE_INLINING = 0x1,
    COR_PRF_CODEGEN_DISABLE_ALL_OPTIMIZATIONS = 0x2,
} COR_PRF_CODEGEN_FLAGS;

// Flags of GetModuleInfo2.
typedef enum COR_PRF_MODULE_FLAGS {
    COR_PRF_MODULE_DISK = 0x1,
    COR_PRF_MODULE_NGEN = 0x2,
    COR_PRF_MODULE_DYNAMIC = 0x4,
    COR_PRF_MODULE_COLLECTIBLE = 0x8,
    COR_PRF_MODULE_RESOURCE = 0x10,
    COR_PRF_MODULE_FLAT_LAYOUT = 0x20,
    COR_PRF_MODULE_WINDOWS_RUNTIME = 0x40,
} COR_PRF_MODULE_FLAGS;

// Flags of DoStackSnapshot.
typedef enum COR_PRF_SNAPSHOT_INFO {
    COR_PRF_SNAPSHOT_DEFAULT = 0x0,
    COR_PRF_SNAPSHOT_REGISTER_CONTEXT = 0x1,
    COR_PRF_SNAPSHOT_X86_OPTIMIZED = 0x2,
} COR_PRF_SNAPSHOT_INFO;

typedef enum COR_PRF_STATIC_TYPE {
    COR_PRF_FIELD_NOT_A_STATIC = 0x0,
    COR_PRF_FIELD_APP_DOMAIN_STATIC = 0x1,
    COR_PRF_FIELD_THREAD_STATIC = 0x2,
    COR_PRF_FIELD_CONTEXT_STATIC = 0x4,
    COR_PRF_FIELD_RVA_STATIC = 0x8,
} COR_PRF_STATIC_TYPE;

typedef enum COR_PRF_GC_ROOT_KIND {
    COR_PRF_GC_ROOT_OTHER = 0,
    COR_PRF_GC_ROOT_STACK = 1,
    COR_PRF_GC_ROOT_FINALIZER = 2,
    COR_PRF_GC_ROOT_HANDLE = 3,
} COR_PRF_GC_ROOT_KIND;

typedef enum COR_PRF_GC_ROOT_FLAGS {
    COR_PRF_GC_ROOT_PINNING = 0x1,
    COR_PRF_GC_ROOT_WEAKREF = 0x2,
    COR_PRF_GC_ROOT_INTERIOR = 0x4,
    COR_PRF_GC_ROOT_REFCOUNTED = 0x8,
} COR_PRF_GC_ROOT_FLAGS;

typedef enum COR_PRF_GC_REASON {
    COR_PRF_GC_OTHER = 0,
    COR_PRF_GC_INDUCED = 1,
} COR_PRF_GC_REASON;

typedef enum COR_PRF_GC_GENERATION {
    COR_PRF_GC_GEN_0 = 0,
    COR_PRF_GC_GEN_1 = 1,
    COR_PRF_GC_GEN_2 = 2,
    COR_PRF_GC_LARGE_OBJECT_HEAP = 3,
    COR_PRF_GC_PINNED_OBJECT_HEAP = 4,
} COR_PRF_GC_GENERATION;

typedef enum COR_PRF_CLAUSE_TYPE {
    COR_PRF_CLAUSE_NONE = 0,
    COR_PRF_CLAUSE_FILTER = 1,
    COR_PRF_CLAUSE_CATCH = 2,
    COR_PRF_CLAUSE_FINALLY = 3,
} COR_PRF_CLAUSE_TYPE;

typedef enum COR_PRF_HANDLE_TYPE {
    COR_PRF_HANDLE_TYPE_WEAK = 1,
    COR_PRF_HANDLE_TYPE_STRONG = 2,
    COR_PRF_HANDLE_TYPE_PINNED = 3,
} COR_PRF_HANDLE_TYPE;

typedef uintptr_t COR_PRF_FRAME_INFO;  // valid during the callback that passes it
typedef uintptr_t COR_PRF_ELT_INFO;    // likewise
typedef uintptr_t EVENTPIPE_PROVIDER;
typedef uintptr_t EVENTPIPE_EVENT;
typedef uint64_t EVENTPIPE_SESSION;
typedef void **ObjectHandleID;

typedef struct COR_IL_MAP {
    ULONG oldOffset;
    ULONG newOffset;
    BOOL fAccurate;
} COR_IL_MAP;

// ilOffset may be -1, -2 or -3: code that belongs to no IL, to the prolog, to the epilog.
typedef struct COR_DEBUG_IL_TO_NATIVE_MAP {
    ULONG ilOffset;
    ULONG nativeStartOffset;
    ULONG nativeEndOffset;
} COR_DEBUG_IL_TO_NATIVE_MAP;

typedef struct COR_PRF_CODE_INFO {
    uintptr_t startAddress;
    size_t size;
} COR_PRF_CODE_INFO;

typedef struct COR_PRF_FUNCTION {
    FunctionID functionId;
    ReJITID reJitId;
} COR_PRF_FUNCTION;

typedef struct COR_PRF_METHOD {
    ModuleID moduleId;
    mdMethodDef methodId;
} COR_PRF_METHOD;

typedef struct COR_PRF_FUNCTION_ARGUMENT_RANGE {
    uintptr_t startAddress;
    ULONG length;
} COR_PRF_FUNCTION_ARGUMENT_RANGE;

typedef struct COR_PRF_FUNCTION_ARGUMENT_INFO {
    ULONG numRanges;
    ULONG totalArgumentSize;
    COR_PRF_FUNCTION_ARGUMENT_RANGE ranges[1];  // numRanges of them
} COR_PRF_FUNCTION_ARGUMENT_INFO;

typedef struct COR_PRF_GC_GENERATION_RANGE {
    COR_PRF_GC_GENERATION generation;
    ObjectID rangeStart;
    uintptr_t rangeLength;
    uintptr_t rangeLengthReserved;
} COR_PRF_GC_GENERATION_RANGE;

typedef struct COR_PRF_NONGC_HEAP_RANGE {
    ObjectID rangeStart;
    uintptr_t rangeLength;
    uintptr_t rangeLengthReserved;
} COR_PRF_NONGC_HEAP_RANGE;

typedef struct COR_PRF_EX_CLAUSE_INFO {
    COR_PRF_CLAUSE_TYPE clauseType;
    uintptr_t programCounter;
    uintptr_t framePointer;
    uintptr_t shadowStackPointer;
} COR_PRF_EX_CLAUSE_INFO;

typedef struct COR_PRF_EVENTPIPE_PROVIDER_CONFIG {
    const WCHAR *providerName;
    uint64_t keywords;
    uint32_t loggingLevel;
    const WCHAR *filterData;
} COR_PRF_EVENTPIPE_PROVIDER_CONFIG;

typedef struct COR_PRF_EVENTPIPE_PARAM_DESC {
    uint32_t type;
    uint32_t elementType;
    const WCHAR *name;
} COR_PRF_EVENTPIPE_PARAM_DESC;

typedef struct COR_PRF_EVENT_DATA {
    uint64_t ptr;
    uint32_t size;
    uint32_t reserved;
} COR_PRF_EVENT_DATA;

typedef struct COR_PRF_FILTER_DATA {
    uint64_t Ptr;
    uint32_t Size;
    uint32_t Type;
} COR_PRF_FILTER_DATA;

typedef union FunctionIDOrClientID {
    FunctionID functionID;
    uintptr_t clientID;
} FunctionIDOrClientID;

// Functions that a profiler hands to the CLR. The enter, leave and tailcall hooks must save every
// register they use, so they are not written in C.
typedef uintptr_t(NR_STDCALL FunctionIDMapper)(FunctionID function, BOOL *hook);
typedef uintptr_t(NR_STDCALL FunctionIDMapper2)(FunctionID function, void *client_data, BOOL *hook);
typedef void(NR_STDCALL FunctionEnter)(FunctionID function);
typedef void(NR_STDCALL FunctionLeave)(FunctionID function);
typedef void(NR_STDCALL FunctionTailcall)(FunctionID function);
typedef void(NR_STDCALL FunctionEnter2)(FunctionID function, uintptr_t client_data,
                                        COR_PRF_FRAME_INFO frame,
                                        COR_PRF_FUNCTION_ARGUMENT_INFO *arguments);
typedef void(NR_STDCALL FunctionLeave2)(FunctionID function, uintptr_t client_data,
                                        COR_PRF_FRAME_INFO frame,
                                        COR_PRF_FUNCTION_ARGUMENT_RANGE *result);
typedef void(NR_STDCALL FunctionTailcall2)(FunctionID function, uintptr_t client_data,
                                           COR_PRF_FRAME_INFO frame);
typedef void(NR_STDCALL FunctionEnter3)(FunctionIDOrClientID function);
typedef void(NR_STDCALL FunctionLeave3)(FunctionIDOrClientID function);
typedef void(NR_STDCALL FunctionTailcall3)(FunctionIDOrClientID function);
typedef void(NR_STDCALL FunctionEnter3WithInfo)(FunctionIDOrClientID function,
                                                COR_PRF_ELT_INFO info);
typedef void(NR_STDCALL FunctionLeave3WithInfo)(FunctionIDOrClientID function,
                                                COR_PRF_ELT_INFO info);
typedef void(NR_STDCALL FunctionTailcall3WithInfo)(FunctionIDOrClientID function,
                                                   COR_PRF_ELT_INFO info);
// One call a frame, innermost first; function is 0 for a run of native frames. Anything but S_OK
// ends the walk. context is filled only for COR_PRF_SNAPSHOT_REGISTER_CONTEXT.
typedef HRESULT(NR_STDCALL StackSnapshotCallback)(FunctionID function, uintptr_t ip,
                                                  COR_PRF_FRAME_INFO frame, ULONG context_size,
                                                  BYTE *context, void *client_data);
typedef BOOL(NR_STDCALL ObjectReferenceCallback)(ObjectID root, ObjectID *reference,
                                                 void *client_data);
typedef BOOL(NR_STDCALL ObjectCallback)(ObjectID object, void *state);
typedef void(NR_STDCALL EventPipeProviderCallback)(const uint8_t *source, uint32_t enabled,
                                                   uint8_t level, uint64_t match_any,
                                                   uint64_t match_all, COR_PRF_FILTER_DATA *filter,
                                                   void *client_data);

// The CLR's allocator for bodies given to ICorProfilerInfo::SetILFunctionBody. What it gives is
// never freed by the profiler.
typedef struct IMethodMalloc IMethodMalloc;
typedef struct IMethodMallocVtbl {
    NR_METHOD(QueryInterface)(IMethodMalloc *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(IMethodMalloc *self);
    NR_METHOD_OF(ULONG, Release)(IMethodMalloc *self);
    NR_METHOD_OF(void *, Alloc)(IMethodMalloc *self, ULONG size);  // NULL: memory is out
} IMethodMallocVtbl;
struct IMethodMalloc {
    const IMethodMallocVtbl *lpVtbl;
};

// Passed to GetReJITParameters, borrowed for that call. The CLR copies the body.
typedef struct ICorProfilerFunctionControl ICorProfilerFunctionControl;
typedef struct ICorProfilerFunctionControlVtbl {
    NR_METHOD(QueryInterface)(ICorProfilerFunctionControl *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(ICorProfilerFunctionControl *self);
    NR_METHOD_OF(ULONG, Release)(ICorProfilerFunctionControl *self);
    NR_METHOD(SetCodegenFlags)(ICorProfilerFunctionControl *self, DWORD flags);
    NR_METHOD(SetILFunctionBody)(ICorProfilerFunctionControl *self, ULONG size, LPCBYTE body);
    NR_METHOD(SetILInstrumentedCodeMap)
    (ICorProfilerFunctionControl *self, ULONG count, const COR_IL_MAP *map);
} ICorProfilerFunctionControlVtbl;
struct ICorProfilerFunctionControl {
    const ICorProfilerFunctionControlVtbl *lpVtbl;
};

// Enumerators: Next fills up to count elements and gives S_FALSE when fewer were left.
typedef struct ICorProfilerObjectEnum ICorProfilerObjectEnum;
typedef struct ICorProfilerObjectEnumVtbl {
    NR_METHOD(QueryInterface)(ICorProfilerObjectEnum *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(ICorProfilerObjectEnum *self);
    NR_METHOD_OF(ULONG, Release)(ICorProfilerObjectEnum *self);
    NR_METHOD(Skip)(ICorProfilerObjectEnum *self, ULONG count);
    NR_METHOD(Reset)(ICorProfilerObjectEnum *self);
    NR_METHOD(Clone)(ICorProfilerObjectEnum *self, ICorProfilerObjectEnum **clone);
    NR_METHOD(GetCount)(ICorProfilerObjectEnum *self, ULONG *count);
    NR_METHOD(Next)(ICorProfilerObjectEnum *self, ULONG count, ObjectID *objects, ULONG *fetched);
} ICorProfilerObjectEnumVtbl;
struct ICorProfilerObjectEnum {
    const ICorProfilerObjectEnumVtbl *lpVtbl;
};

typedef struct ICorProfilerFunctionEnum ICorProfilerFunctionEnum;
typedef struct ICorProfilerFunctionEnumVtbl {
    NR_METHOD(QueryInterface)(ICorProfilerFunctionEnum *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(ICorProfilerFunctionEnum *self);
    NR_METHOD_OF(ULONG, Release)(ICorProfilerFunctionEnum *self);
    NR_METHOD(Skip)(ICorProfilerFunctionEnum *self, ULONG count);
    NR_METHOD(Reset)(ICorProfilerFunctionEnum *self);
    NR_METHOD(Clone)(ICorProfilerFunctionEnum *self, ICorProfilerFunctionEnum **clone);
    NR_METHOD(GetCount)(ICorProfilerFunctionEnum *self, ULONG *count);
    NR_METHOD(Next)
    (ICorProfilerFunctionEnum *self, ULONG count, COR_PRF_FUNCTION *functions, ULONG *fetched);
} ICorProfilerFunctionEnumVtbl;
struct ICorProfilerFunctionEnum {
    const ICorProfilerFunctionEnumVtbl *lpVtbl;
};

typedef struct ICorProfilerModuleEnum ICorProfilerModuleEnum;
typedef struct ICorProfilerModuleEnumVtbl {
    NR_METHOD(QueryInterface)(ICorProfilerModuleEnum *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(ICorProfilerModuleEnum *self);
    NR_METHOD_OF(ULONG, Release)(ICorProfilerModuleEnum *self);
    NR_METHOD(Skip)(ICorProfilerModuleEnum *self, ULONG count);
    NR_METHOD(Reset)(ICorProfilerModuleEnum *self);
    NR_METHOD(Clone)(ICorProfilerModuleEnum *self, ICorProfilerModuleEnum **clone);
    NR_METHOD(GetCount)(ICorProfilerModuleEnum *self, ULONG *count);
    NR_METHOD(Next)(ICorProfilerModuleEnum *self, ULONG count, ModuleID *modules, ULONG *fetched);
} ICorProfilerModuleEnumVtbl;
struct ICorProfilerModuleEnum {
    const ICorProfilerModuleEnumVtbl *lpVtbl;
};

typedef struct ICorProfilerMethodEnum ICorProfilerMethodEnum;
typedef struct ICorProfilerMethodEnumVtbl {
    NR_METHOD(QueryInterface)(ICorProfilerMethodEnum *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(ICorProfilerMethodEnum *self);
    NR_METHOD_OF(ULONG, Release)(ICorProfilerMethodEnum *self);
    NR_METHOD(Skip)(ICorProfilerMethodEnum *self, ULONG count);
    NR_METHOD(Reset)(ICorProfilerMethodEnum *self);
    NR_METHOD(Clone)(ICorProfilerMethodEnum *self, ICorProfilerMethodEnum **clone);
    NR_METHOD(GetCount)(ICorProfilerMethodEnum *self, ULONG *count);
    NR_METHOD(Next)
    (ICorProfilerMethodEnum *self, ULONG count, COR_PRF_METHOD *methods, ULONG *fetched);
} ICorProfilerMethodEnumVtbl;
struct ICorProfilerMethodEnum {
    const ICorProfilerMethodEnumVtbl *lpVtbl;
};

typedef struct ICorProfilerThreadEnum ICorProfilerThreadEnum;
typedef struct ICorProfilerThreadEnumVtbl {
    NR_METHOD(QueryInterface)(ICorProfilerThreadEnum *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(ICorProfilerThreadEnum *self);
    NR_METHOD_OF(ULONG, Release)(ICorProfilerThreadEnum *self);
    NR_METHOD(Skip)(ICorProfilerThreadEnum *self, ULONG count);
    NR_METHOD(Reset)(ICorProfilerThreadEnum *self);
    NR_METHOD(Clone)(ICorProfilerThreadEnum *self, ICorProfilerThreadEnum **clone);
    NR_METHOD(GetCount)(ICorProfilerThreadEnum *self, ULONG *count);
    NR_METHOD(Next)(ICorProfilerThreadEnum *self, ULONG count, ThreadID *threads, ULONG *fetched);
} ICorProfilerThreadEnumVtbl;
struct ICorProfilerThreadEnum {
    const ICorProfilerThreadEnumVtbl *lpVtbl;
};

// What the profiler implements. Arrays belong to the CLR and live as long as the call.
typedef struct ICorProfilerCallback4 ICorProfilerCallback4;
typedef struct ICorProfilerCallback4Vtbl {
    NR_METHOD(QueryInterface)(ICorProfilerCallback4 *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(ICorProfilerCallback4 *self);
    NR_METHOD_OF(ULONG, Release)(ICorProfilerCallback4 *self);
    // ICorProfilerCallback
    NR_METHOD(Initialize)(ICorProfilerCallback4 *self, IUnknown *info);
    NR_METHOD(Shutdown)(ICorProfilerCallback4 *self);
    NR_METHOD(AppDomainCreationStarted)(ICorProfilerCallback4 *self, AppDomainID domain);
    NR_METHOD(AppDomainCreationFinished)
    (ICorProfilerCallback4 *self, AppDomainID domain, HRESULT status);
    NR_METHOD(AppDomainShutdownStarted)(ICorProfilerCallback4 *self, AppDomainID domain);
    NR_METHOD(AppDomainShutdownFinished)
    (ICorProfilerCallback4 *self, AppDomainID domain, HRESULT status);
    NR_METHOD(AssemblyLoadStarted)(ICorProfilerCallback4 *self, AssemblyID assembly);
    NR_METHOD(AssemblyLoadFinished)
    (ICorProfilerCallback4 *self, AssemblyID assembly, HRESULT status);
    NR_METHOD(AssemblyUnloadStarted)(ICorProfilerCallback4 *self, AssemblyID assembly);
    NR_METHOD(AssemblyUnloadFinished)
    (ICorProfilerCallback4 *self, AssemblyID assembly, HRESULT status);
    NR_METHOD(ModuleLoadStarted)(ICorProfilerCallback4 *self, ModuleID module);
    NR_METHOD(ModuleLoadFinished)(ICorProfilerCallback4 *self, ModuleID module, HRESULT status);
    NR_METHOD(ModuleUnloadStarted)(ICorProfilerCallback4 *self, ModuleID module);
    NR_METHOD(ModuleUnloadFinished)(ICorProfilerCallback4 *self, ModuleID module, HRESULT status);
    NR_METHOD(ModuleAttachedToAssembly)
    (ICorProfilerCallback4 *self, ModuleID module, AssemblyID assembly);
    NR_METHOD(ClassLoadStarted)(ICorProfilerCallback4 *self, ClassID class_id);
    NR_METHOD(ClassLoadFinished)(ICorProfilerCallback4 *self, ClassID class_id, HRESULT status);
    NR_METHOD(ClassUnloadStarted)(ICorProfilerCallback4 *self, ClassID class_id);
    NR_METHOD(ClassUnloadFinished)(ICorProfilerCallback4 *self, ClassID class_id, HRESULT status);
    NR_METHOD(FunctionUnloadStarted)(ICorProfilerCallback4 *self, FunctionID function);
    NR_METHOD(JITCompilationStarted)
    (ICorProfilerCallback4 *self, FunctionID function, BOOL may_block);
    NR_METHOD(JITCompilationFinished)
    (ICorProfilerCallback4 *self, FunctionID function, HRESULT status, BOOL may_block);
    NR_METHOD(JITCachedFunctionSearchStarted)
    (ICorProfilerCallback4 *self, FunctionID function, BOOL *use_cached);
    NR_METHOD(JITCachedFunctionSearchFinished)
    (ICorProfilerCallback4 *self, FunctionID function, COR_PRF_JIT_CACHE result);
    NR_METHOD(JITFunctionPitched)(ICorProfilerCallback4 *self, FunctionID function);
    NR_METHOD(JITInlining)
    (ICorProfilerCallback4 *self, FunctionID caller, FunctionID callee, BOOL *should_inline);
    NR_METHOD(ThreadCreated)(ICorProfilerCallback4 *self, ThreadID thread);
    NR_METHOD(ThreadDestroyed)(ICorProfilerCallback4 *self, ThreadID thread);
    NR_METHOD(ThreadAssignedToOSThread)
    (ICorProfilerCallback4 *self, ThreadID thread, DWORD os_thread);
    NR_METHOD(RemotingClientInvocationStarted)(ICorProfilerCallback4 *self);
    NR_METHOD(RemotingClientSendingMessage)(ICorProfilerCallback4 *self, GUID *cookie, BOOL async);
    NR_METHOD(RemotingClientReceivingReply)(ICorProfilerCallback4 *self, GUID *cookie, BOOL async);
    NR_METHOD(RemotingClientInvocationFinished)(ICorProfilerCallback4 *self);
    NR_METHOD(RemotingServerReceivingMessage)
    (ICorProfilerCallback4 *self, GUID *cookie, BOOL async);
    NR_METHOD(RemotingServerInvocationStarted)(ICorProfilerCallback4 *self);
    NR_METHOD(RemotingServerInvocationReturned)(ICorProfilerCallback4 *self);
    NR_METHOD(RemotingServerSendingReply)(ICorProfilerCallback4 *self, GUID *cookie, BOOL async);
    NR_METHOD(UnmanagedToManagedTransition)
    (ICorProfilerCallback4 *self, FunctionID function, COR_PRF_TRANSITION_REASON reason);
    NR_METHOD(ManagedToUnmanagedTransition)
    (ICorProfilerCallback4 *self, FunctionID function, COR_PRF_TRANSITION_REASON reason);
    NR_METHOD(RuntimeSuspendStarted)(ICorProfilerCallback4 *self, COR_PRF_SUSPEND_REASON reason);
    NR_METHOD(RuntimeSuspendFinished)(ICorProfilerCallback4 *self);
    NR_METHOD(RuntimeSuspendAborted)(ICorProfilerCallback4 *self);
    NR_METHOD(RuntimeResumeStarted)(ICorProfilerCallback4 *self);
    NR_METHOD(RuntimeResumeFinished)(ICorProfilerCallback4 *self);
    NR_METHOD(RuntimeThreadSuspended)(ICorProfilerCallback4 *self, ThreadID thread);
    NR_METHOD(RuntimeThreadResumed)(ICorProfilerCallback4 *self, ThreadID thread);
    NR_METHOD(MovedReferences)
    (ICorProfilerCallback4 *self, ULONG count, const ObjectID *from, const ObjectID *to,
     const ULONG *lengths);
    NR_METHOD(ObjectAllocated)(ICorProfilerCallback4 *self, ObjectID object, ClassID class_id);
    NR_METHOD(ObjectsAllocatedByClass)
    (ICorProfilerCallback4 *self, ULONG count, const ClassID *classes, const ULONG *objects);
    NR_METHOD(ObjectReferences)
    (ICorProfilerCallback4 *self, ObjectID object, ClassID class_id, ULONG count,
     const ObjectID *references);
    NR_METHOD(RootReferences)(ICorProfilerCallback4 *self, ULONG count, const ObjectID *roots);
    NR_METHOD(ExceptionThrown)(ICorProfilerCallback4 *self, ObjectID exception);
    NR_METHOD(ExceptionSearchFunctionEnter)(ICorProfilerCallback4 *self, FunctionID function);
    NR_METHOD(ExceptionSearchFunctionLeave)(ICorProfilerCallback4 *self);
    NR_METHOD(ExceptionSearchFilterEnter)(ICorProfilerCallback4 *self, FunctionID function);
    NR_METHOD(ExceptionSearchFilterLeave)(ICorProfilerCallback4 *self);
    NR_METHOD(ExceptionSearchCatcherFound)(ICorProfilerCallback4 *self, FunctionID function);
    NR_METHOD(ExceptionOSHandlerEnter)(ICorProfilerCallback4 *self, uintptr_t unused);
    NR_METHOD(ExceptionOSHandlerLeave)(ICorProfilerCallback4 *self, uintptr_t unused);
    NR_METHOD(ExceptionUnwindFunctionEnter)(ICorProfilerCallback4 *self, FunctionID function);
    NR_METHOD(ExceptionUnwindFunctionLeave)(ICorProfilerCallback4 *self);
    NR_METHOD(ExceptionUnwindFinallyEnter)(ICorProfilerCallback4 *self, FunctionID function);
    NR_METHOD(ExceptionUnwindFinallyLeave)(ICorProfilerCallback4 *self);
    NR_METHOD(ExceptionCatcherEnter)
    (ICorProfilerCallback4 *self, FunctionID function, ObjectID exception);
    NR_METHOD(ExceptionCatcherLeave)(ICorProfilerCallback4 *self);
    NR_METHOD(COMClassicVTableCreated)
    (ICorProfilerCallback4 *self, ClassID class_id, REFGUID iid, void *vtable, ULONG slots);
    NR_METHOD(COMClassicVTableDestroyed)
    (ICorProfilerCallback4 *self, ClassID class_id, REFGUID iid, void *vtable);
    NR_METHOD(ExceptionCLRCatcherFound)(ICorProfilerCallback4 *self);
    NR_METHOD(ExceptionCLRCatcherExecute)(ICorProfilerCallback4 *self);
    // ICorProfilerCallback2; the name of a thread has no NUL and may be NULL
    NR_METHOD(ThreadNameChanged)
    (ICorProfilerCallback4 *self, ThreadID thread, ULONG length, const WCHAR *name);
    NR_METHOD(GarbageCollectionStarted)
    (ICorProfilerCallback4 *self, int generations, const BOOL *collected, COR_PRF_GC_REASON reason);
    NR_METHOD(SurvivingReferences)
    (ICorProfilerCallback4 *self, ULONG count, const ObjectID *starts, const ULONG *lengths);
    NR_METHOD(GarbageCollectionFinished)(ICorProfilerCallback4 *self);
    NR_METHOD(FinalizeableObjectQueued)(ICorProfilerCallback4 *self, DWORD flags, ObjectID object);
    NR_METHOD(RootReferences2)
    (ICorProfilerCallback4 *self, ULONG count, const ObjectID *roots,
     const COR_PRF_GC_ROOT_KIND *kinds, const COR_PRF_GC_ROOT_FLAGS *flags, const uintptr_t *ids);
    NR_METHOD(HandleCreated)(ICorProfilerCallback4 *self, GCHandleID handle, ObjectID object);
    NR_METHOD(HandleDestroyed)(ICorProfilerCallback4 *self, GCHandleID handle);
    // ICorProfilerCallback3
    NR_METHOD(InitializeForAttach)
    (ICorProfilerCallback4 *self, IUnknown *info, void *client_data, ULONG size);
    NR_METHOD(ProfilerAttachComplete)(ICorProfilerCallback4 *self);
    NR_METHOD(ProfilerDetachSucceeded)(ICorProfilerCallback4 *self);
    // ICorProfilerCallback4
    NR_METHOD(ReJITCompilationStarted)
    (ICorProfilerCallback4 *self, FunctionID function, ReJITID rejit, BOOL may_block);
    NR_METHOD(GetReJITParameters)
    (ICorProfilerCallback4 *self, ModuleID module, mdMethodDef method,
     ICorProfilerFunctionControl *control);
    NR_METHOD(ReJITCompilationFinished)
    (ICorProfilerCallback4 *self, FunctionID function, ReJITID rejit, HRESULT status,
     BOOL may_block);
    NR_METHOD(ReJITError)
    (ICorProfilerCallback4 *self, ModuleID module, mdMethodDef method, FunctionID function,
     HRESULT status);
    NR_METHOD(MovedReferences2)
    (ICorProfilerCallback4 *self, ULONG count, const ObjectID *from, const ObjectID *to,
     const size_t *lengths);
    NR_METHOD(SurvivingReferences2)
    (ICorProfilerCallback4 *self, ULONG count, const ObjectID *starts, const size_t *lengths);
} ICorProfilerCallback4Vtbl;
struct ICorProfilerCallback4 {
    const ICorProfilerCallback4Vtbl *lpVtbl;
};

// What the CLR implements, in all its versions: a pointer got as ICorProfilerInfoN has the slots up
// to and including the group N, and no more. Calling a later one jumps into nowhere.
typedef struct ICorProfilerInfo15 ICorProfilerInfo15;
typedef struct ICorProfilerInfo15Vtbl {
    NR_METHOD(QueryInterface)(ICorProfilerInfo15 *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(ICorProfilerInfo15 *self);
    NR_METHOD_OF(ULONG, Release)(ICorProfilerInfo15 *self);
    // ICorProfilerInfo. GetModuleMetaData gives S_FALSE and NULL for a module without metadata.
    NR_METHOD(GetClassFromObject)(ICorProfilerInfo15 *self, ObjectID object, ClassID *class_id);
    NR_METHOD(GetClassFromToken)
    (ICorProfilerInfo15 *self, ModuleID module, mdTypeDef type, ClassID *class_id);
    NR_METHOD(GetCodeInfo)
    (ICorProfilerInfo15 *self, FunctionID function, LPCBYTE *start, ULONG *size);
    NR_METHOD(GetEventMask)(ICorProfilerInfo15 *self, DWORD *events);
    NR_METHOD(GetFunctionFromIP)(ICorProfilerInfo15 *self, LPCBYTE ip, FunctionID *function);
    NR_METHOD(GetFunctionFromToken)
    (ICorProfilerInfo15 *self, ModuleID module, mdToken token, FunctionID *function);
    NR_METHOD(GetHandleFromThread)(ICorProfilerInfo15 *self, ThreadID thread, HANDLE *handle);
    NR_METHOD(GetObjectSize)(ICorProfilerInfo15 *self, ObjectID object, ULONG *size);
    NR_METHOD(IsArrayClass)
    (ICorProfilerInfo15 *self, ClassID class_id, CorElementType *element, ClassID *element_class,
     ULONG *rank);
    NR_METHOD(GetThreadInfo)(ICorProfilerInfo15 *self, ThreadID thread, DWORD *os_thread);
    NR_METHOD(GetCurrentThreadID)(ICorProfilerInfo15 *self, ThreadID *thread);
    NR_METHOD(GetClassIDInfo)
    (ICorProfilerInfo15 *self, ClassID class_id, ModuleID *module, mdTypeDef *type);
    NR_METHOD(GetFunctionInfo)
    (ICorProfilerInfo15 *self, FunctionID function, ClassID *class_id, ModuleID *module,
     mdToken *token);
    NR_METHOD(SetEventMask)(ICorProfilerInfo15 *self, DWORD events);
    NR_METHOD(SetEnterLeaveFunctionHooks)
    (ICorProfilerInfo15 *self, FunctionEnter *enter, FunctionLeave *leave,
     FunctionTailcall *tailcall);
    NR_METHOD(SetFunctionIDMapper)(ICorProfilerInfo15 *self, FunctionIDMapper *mapper);
    NR_METHOD(GetTokenAndMetaDataFromFunction)
    (ICorProfilerInfo15 *self, FunctionID function, REFGUID iid, IUnknown **metadata,
     mdToken *token);
    NR_METHOD(GetModuleInfo)
    (ICorProfilerInfo15 *self, ModuleID module, LPCBYTE *base, ULONG capacity, ULONG *length,
     WCHAR *name, AssemblyID *assembly);
    NR_METHOD(GetModuleMetaData)
    (ICorProfilerInfo15 *self, ModuleID module, DWORD open_flags, REFGUID iid, IUnknown **metadata);
    NR_METHOD(GetILFunctionBody)
    (ICorProfilerInfo15 *self, ModuleID module, mdMethodDef method, LPCBYTE *body, ULONG *size);
    NR_METHOD(GetILFunctionBodyAllocator)
    (ICorProfilerInfo15 *self, ModuleID module, IMethodMalloc **allocator);
    NR_METHOD(SetILFunctionBody)
    (ICorProfilerInfo15 *self, ModuleID module, mdMethodDef method, LPCBYTE body);
    NR_METHOD(GetAppDomainInfo)
    (ICorProfilerInfo15 *self, AppDomainID domain, ULONG capacity, ULONG *length, WCHAR *name,
     ProcessID *process);
    NR_METHOD(GetAssemblyInfo)
    (ICorProfilerInfo15 *self, AssemblyID assembly, ULONG capacity, ULONG *length, WCHAR *name,
     AppDomainID *domain, ModuleID *module);
    NR_METHOD(SetFunctionReJIT)(ICorProfilerInfo15 *self, FunctionID function);
    NR_METHOD(ForceGC)(ICorProfilerInfo15 *self);
    // The CLR takes over the map, which must come from CoTaskMemAlloc.
    NR_METHOD(SetILInstrumentedCodeMap)
    (ICorProfilerInfo15 *self, FunctionID function, BOOL start_jit, ULONG count, COR_IL_MAP *map);
    NR_METHOD(GetInprocInspectionInterface)(ICorProfilerInfo15 *self, IUnknown **object);
    NR_METHOD(GetInprocInspectionIThisThread)(ICorProfilerInfo15 *self, IUnknown **object);
    NR_METHOD(GetThreadContext)(ICorProfilerInfo15 *self, ThreadID thread, ContextID *context);
    NR_METHOD(BeginInprocDebugging)
    (ICorProfilerInfo15 *self, BOOL this_thread_only, DWORD *context);
    NR_METHOD(EndInprocDebugging)(ICorProfilerInfo15 *self, DWORD context);
    NR_METHOD(GetILToNativeMapping)
    (ICorProfilerInfo15 *self, FunctionID function, ULONG capacity, ULONG *count,
     COR_DEBUG_IL_TO_NATIVE_MAP *map);
    // ICorProfilerInfo2
    NR_METHOD(DoStackSnapshot)
    (ICorProfilerInfo15 *self, ThreadID thread, StackSnapshotCallback *callback, ULONG flags,
     void *client_data, BYTE *context, ULONG context_size);
    NR_METHOD(SetEnterLeaveFunctionHooks2)
    (ICorProfilerInfo15 *self, FunctionEnter2 *enter, FunctionLeave2 *leave,
     FunctionTailcall2 *tailcall);
    NR_METHOD(GetFunctionInfo2)
    (ICorProfilerInfo15 *self, FunctionID function, COR_PRF_FRAME_INFO frame, ClassID *class_id,
     ModuleID *module, mdToken *token, ULONG capacity, ULONG *count, ClassID *type_arguments);
    NR_METHOD(GetStringLayout)
    (ICorProfilerInfo15 *self, ULONG *capacity_offset, ULONG *length_offset, ULONG *buffer_offset);
    NR_METHOD(GetClassLayout)
    (ICorProfilerInfo15 *self, ClassID class_id, COR_FIELD_OFFSET *fields, ULONG capacity,
     ULONG *count, ULONG *class_size);
    NR_METHOD(GetClassIDInfo2)
    (ICorProfilerInfo15 *self, ClassID class_id, ModuleID *module, mdTypeDef *type, ClassID *parent,
     ULONG capacity, ULONG *count, ClassID *type_arguments);
    NR_METHOD(GetCodeInfo2)
    (ICorProfilerInfo15 *self, FunctionID function, ULONG capacity, ULONG *count,
     COR_PRF_CODE_INFO *infos);
    NR_METHOD(GetClassFromTokenAndTypeArgs)
    (ICorProfilerInfo15 *self, ModuleID module, mdTypeDef type, ULONG count,
     const ClassID *type_arguments, ClassID *class_id);
    NR_METHOD(GetFunctionFromTokenAndTypeArgs)
    (ICorProfilerInfo15 *self, ModuleID module, mdMethodDef method, ClassID class_id, ULONG count,
     const ClassID *type_arguments, FunctionID *function);
    NR_METHOD(EnumModuleFrozenObjects)
    (ICorProfilerInfo15 *self, ModuleID module, ICorProfilerObjectEnum **objects);
    NR_METHOD(GetArrayObjectInfo)
    (ICorProfilerInfo15 *self, ObjectID object, ULONG dimensions, ULONG *sizes, int *lower_bounds,
     BYTE **data);
    NR_METHOD(GetBoxClassLayout)(ICorProfilerInfo15 *self, ClassID class_id, ULONG *buffer_offset);
    NR_METHOD(GetThreadAppDomain)(ICorProfilerInfo15 *self, ThreadID thread, AppDomainID *domain);
    NR_METHOD(GetRVAStaticAddress)
    (ICorProfilerInfo15 *self, ClassID class_id, mdFieldDef field, void **address);
    NR_METHOD(GetAppDomainStaticAddress)
    (ICorProfilerInfo15 *self, ClassID class_id, mdFieldDef field, AppDomainID domain,
     void **address);
    NR_METHOD(GetThreadStaticAddress)
    (ICorProfilerInfo15 *self, ClassID class_id, mdFieldDef field, ThreadID thread, void **address);
    NR_METHOD(GetContextStaticAddress)
    (ICorProfilerInfo15 *self, ClassID class_id, mdFieldDef field, ContextID context,
     void **address);
    NR_METHOD(GetStaticFieldInfo)
    (ICorProfilerInfo15 *self, ClassID class_id, mdFieldDef field, COR_PRF_STATIC_TYPE *type);
    NR_METHOD(GetGenerationBounds)
    (ICorProfilerInfo15 *self, ULONG capacity, ULONG *count, COR_PRF_GC_GENERATION_RANGE *ranges);
    NR_METHOD(GetObjectGeneration)
    (ICorProfilerInfo15 *self, ObjectID object, COR_PRF_GC_GENERATION_RANGE *range);
    NR_METHOD(GetNotifiedExceptionClauseInfo)
    (ICorProfilerInfo15 *self, COR_PRF_EX_CLAUSE_INFO *info);
    // ICorProfilerInfo3
    NR_METHOD(EnumJITedFunctions)(ICorProfilerInfo15 *self, ICorProfilerFunctionEnum **functions);
    NR_METHOD(RequestProfilerDetach)(ICorProfilerInfo15 *self, DWORD expected_milliseconds);
    NR_METHOD(SetFunctionIDMapper2)
    (ICorProfilerInfo15 *self, FunctionIDMapper2 *mapper, void *client_data);
    NR_METHOD(GetStringLayout2)
    (ICorProfilerInfo15 *self, ULONG *length_offset, ULONG *buffer_offset);
    NR_METHOD(SetEnterLeaveFunctionHooks3)
    (ICorProfilerInfo15 *self, FunctionEnter3 *enter, FunctionLeave3 *leave,
     FunctionTailcall3 *tailcall);
    NR_METHOD(SetEnterLeaveFunctionHooks3WithInfo)
    (ICorProfilerInfo15 *self, FunctionEnter3WithInfo *enter, FunctionLeave3WithInfo *leave,
     FunctionTailcall3WithInfo *tailcall);
    NR_METHOD(GetFunctionEnter3Info)
    (ICorProfilerInfo15 *self, FunctionID function, COR_PRF_ELT_INFO info,
     COR_PRF_FRAME_INFO *frame, ULONG *size, COR_PRF_FUNCTION_ARGUMENT_INFO *arguments);
    NR_METHOD(GetFunctionLeave3Info)
    (ICorProfilerInfo15 *self, FunctionID function, COR_PRF_ELT_INFO info,
     COR_PRF_FRAME_INFO *frame, COR_PRF_FUNCTION_ARGUMENT_RANGE *result);
    NR_METHOD(GetFunctionTailcall3Info)
    (ICorProfilerInfo15 *self, FunctionID function, COR_PRF_ELT_INFO info,
     COR_PRF_FRAME_INFO *frame);
    NR_METHOD(EnumModules)(ICorProfilerInfo15 *self, ICorProfilerModuleEnum **modules);
    NR_METHOD(GetRuntimeInformation)
    (ICorProfilerInfo15 *self, USHORT *instance, COR_PRF_RUNTIME_TYPE *type, USHORT *major,
     USHORT *minor, USHORT *build, USHORT *revision, ULONG capacity, ULONG *length, WCHAR *version);
    NR_METHOD(GetThreadStaticAddress2)
    (ICorProfilerInfo15 *self, ClassID class_id, mdFieldDef field, AppDomainID domain,
     ThreadID thread, void **address);
    NR_METHOD(GetAppDomainsContainingModule)
    (ICorProfilerInfo15 *self, ModuleID module, ULONG capacity, ULONG *count, AppDomainID *domains);
    NR_METHOD(GetModuleInfo2)
    (ICorProfilerInfo15 *self, ModuleID module, LPCBYTE *base, ULONG capacity, ULONG *length,
     WCHAR *name, AssemblyID *assembly, DWORD *flags);
    // ICorProfilerInfo4
    NR_METHOD(EnumThreads)(ICorProfilerInfo15 *self, ICorProfilerThreadEnum **threads);
    NR_METHOD(InitializeCurrentThread)(ICorProfilerInfo15 *self);
    NR_METHOD(RequestReJIT)
    (ICorProfilerInfo15 *self, ULONG count, const ModuleID *modules, const mdMethodDef *methods);
    NR_METHOD(RequestRevert)
    (ICorProfilerInfo15 *self, ULONG count, const ModuleID *modules, const mdMethodDef *methods,
     HRESULT *statuses);
    NR_METHOD(GetCodeInfo3)
    (ICorProfilerInfo15 *self, FunctionID function, ReJITID rejit, ULONG capacity, ULONG *count,
     COR_PRF_CODE_INFO *infos);
    NR_METHOD(GetFunctionFromIP2)
    (ICorProfilerInfo15 *self, LPCBYTE ip, FunctionID *function, ReJITID *rejit);
    NR_METHOD(GetReJITIDs)
    (ICorProfilerInfo15 *self, FunctionID function, ULONG capacity, ULONG *count, ReJITID *rejits);
    NR_METHOD(GetILToNativeMapping2)
    (ICorProfilerInfo15 *self, FunctionID function, ReJITID rejit, ULONG capacity, ULONG *count,
     COR_DEBUG_IL_TO_NATIVE_MAP *map);
    NR_METHOD(EnumJITedFunctions2)(ICorProfilerInfo15 *self, ICorProfilerFunctionEnum **functions);
    NR_METHOD(GetObjectSize2)(ICorProfilerInfo15 *self, ObjectID object, size_t *size);
    // ICorProfilerInfo5
    NR_METHOD(GetEventMask2)(ICorProfilerInfo15 *self, DWORD *low, DWORD *high);
    NR_METHOD(SetEventMask2)(ICorProfilerInfo15 *self, DWORD low, DWORD high);
    // ICorProfilerInfo6
    NR_METHOD(EnumNgenModuleMethodsInliningThisMethod)
    (ICorProfilerInfo15 *self, ModuleID inliners, ModuleID module, mdMethodDef method,
     BOOL *incomplete, ICorProfilerMethodEnum **methods);
    // ICorProfilerInfo7
    NR_METHOD(ApplyMetaData)(ICorProfilerInfo15 *self, ModuleID module);
    NR_METHOD(GetInMemorySymbolsLength)(ICorProfilerInfo15 *self, ModuleID module, DWORD *size);
    NR_METHOD(ReadInMemorySymbols)
    (ICorProfilerInfo15 *self, ModuleID module, DWORD offset, BYTE *bytes, DWORD capacity,
     DWORD *size);
    // ICorProfilerInfo8
    NR_METHOD(IsFunctionDynamic)(ICorProfilerInfo15 *self, FunctionID function, BOOL *dynamic);
    NR_METHOD(GetFunctionFromIP3)
    (ICorProfilerInfo15 *self, LPCBYTE ip, FunctionID *function, ReJITID *rejit);
    NR_METHOD(GetDynamicFunctionInfo)
    (ICorProfilerInfo15 *self, FunctionID function, ModuleID *module, PCCOR_SIGNATURE *signature,
     ULONG *size, ULONG capacity, ULONG *length, WCHAR *name);
    // ICorProfilerInfo9
    NR_METHOD(GetNativeCodeStartAddresses)
    (ICorProfilerInfo15 *self, FunctionID function, ReJITID rejit, ULONG capacity, ULONG *count,
     uintptr_t *addresses);
    NR_METHOD(GetILToNativeMapping3)
    (ICorProfilerInfo15 *self, uintptr_t address, ULONG capacity, ULONG *count,
     COR_DEBUG_IL_TO_NATIVE_MAP *map);
    NR_METHOD(GetCodeInfo4)
    (ICorProfilerInfo15 *self, uintptr_t address, ULONG capacity, ULONG *count,
     COR_PRF_CODE_INFO *infos);
    // ICorProfilerInfo10
    NR_METHOD(EnumerateObjectReferences)
    (ICorProfilerInfo15 *self, ObjectID object, ObjectReferenceCallback *callback,
     void *client_data);
    NR_METHOD(IsFrozenObject)(ICorProfilerInfo15 *self, ObjectID object, BOOL *frozen);
    NR_METHOD(GetLOHObjectSizeThreshold)(ICorProfilerInfo15 *self, DWORD *threshold);
    NR_METHOD(RequestReJITWithInliners)
    (ICorProfilerInfo15 *self, DWORD flags, ULONG count, const ModuleID *modules,
     const mdMethodDef *methods);
    NR_METHOD(SuspendRuntime)(ICorProfilerInfo15 *self);
    NR_METHOD(ResumeRuntime)(ICorProfilerInfo15 *self);
    // ICorProfilerInfo11
    NR_METHOD(GetEnvironmentVariable)
    (ICorProfilerInfo15 *self, const WCHAR *name, ULONG capacity, ULONG *length, WCHAR *value);
    NR_METHOD(SetEnvironmentVariable)
    (ICorProfilerInfo15 *self, const WCHAR *name, const WCHAR *value);
    // ICorProfilerInfo12
    NR_METHOD(EventPipeStartSession)
    (ICorProfilerInfo15 *self, uint32_t count, const COR_PRF_EVENTPIPE_PROVIDER_CONFIG *providers,
     BOOL rundown, EVENTPIPE_SESSION *session);
    NR_METHOD(EventPipeAddProviderToSession)
    (ICorProfilerInfo15 *self, EVENTPIPE_SESSION session,
     COR_PRF_EVENTPIPE_PROVIDER_CONFIG provider);
    NR_METHOD(EventPipeStopSession)(ICorProfilerInfo15 *self, EVENTPIPE_SESSION session);
    NR_METHOD(EventPipeCreateProvider)
    (ICorProfilerInfo15 *self, const WCHAR *name, EVENTPIPE_PROVIDER *provider);
    NR_METHOD(EventPipeGetProviderInfo)
    (ICorProfilerInfo15 *self, EVENTPIPE_PROVIDER provider, ULONG capacity, ULONG *length,
     WCHAR *name);
    NR_METHOD(EventPipeDefineEvent)
    (ICorProfilerInfo15 *self, EVENTPIPE_PROVIDER provider, const WCHAR *name, uint32_t id,
     uint64_t keywords, uint32_t version, uint32_t level, uint8_t opcode, BOOL need_stack,
     uint32_t count, const COR_PRF_EVENTPIPE_PARAM_DESC *parameters, EVENTPIPE_EVENT *event);
    NR_METHOD(EventPipeWriteEvent)
    (ICorProfilerInfo15 *self, EVENTPIPE_EVENT event, uint32_t count,
     const COR_PRF_EVENT_DATA *data, REFGUID activity, REFGUID related_activity);
    // ICorProfilerInfo13
    NR_METHOD(CreateHandle)
    (ICorProfilerInfo15 *self, ObjectID object, COR_PRF_HANDLE_TYPE type, ObjectHandleID *handle);
    NR_METHOD(DestroyHandle)(ICorProfilerInfo15 *self, ObjectHandleID handle);
    NR_METHOD(GetObjectIDFromHandle)
    (ICorProfilerInfo15 *self, ObjectHandleID handle, ObjectID *object);
    // ICorProfilerInfo14
    NR_METHOD(EnumerateNonGCObjects)(ICorProfilerInfo15 *self, ICorProfilerObjectEnum **objects);
    NR_METHOD(GetNonGCHeapBounds)
    (ICorProfilerInfo15 *self, ULONG capacity, ULONG *count, COR_PRF_NONGC_HEAP_RANGE *ranges);
    NR_METHOD(EventPipeCreateProvider2)
    (ICorProfilerInfo15 *self, const WCHAR *name, EventPipeProviderCallback *callback,
     EVENTPIPE_PROVIDER *provider);
    // ICorProfilerInfo15
    NR_METHOD(EnumerateGCHeapObjects)
    (ICorProfilerInfo15 *self, ObjectCallback *callback, void *state);
} ICorProfilerInfo15Vtbl;
struct ICorProfilerInfo15 {
    const ICorProfilerInfo15Vtbl *lpVtbl;
};

#endif
