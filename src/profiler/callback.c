// The callback object: reference counting, and which callback goes where.
// SPDX-License-Identifier: Apache-2.0
//
// Any thread may enter at any time. Callbacks that nobody asked for in the event mask are answered
// all the same.
#include <stdlib.h>

#include "clr/guids.h"
#include "profiler/profiler.h"

#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-parameter"  // slots that are ignored ignore what they get
#elif defined(_MSC_VER)
#pragma warning(disable : 4100)
#endif

static _Atomic(struct nr_profiler *) current;

struct nr_profiler *nr_profiler_of(ICorProfilerCallback4 *callback) {
    return (struct nr_profiler *)(void *)callback;
}

struct nr_profiler *nr_profiler_current(void) {
    return atomic_load(&current);
}

static bool is_active(ICorProfilerCallback4 *self) {
    return atomic_load_explicit(&nr_profiler_of(self)->active, memory_order_acquire);
}

// ---- IUnknown ----

static ULONG NR_STDCALL add_ref(ICorProfilerCallback4 *self) {
    return atomic_fetch_add(&nr_profiler_of(self)->references, 1) + 1;
}

static HRESULT NR_STDCALL query_interface(ICorProfilerCallback4 *self, REFGUID iid, void **object) {
    static const GUID *const known[] = {
        &nr_IID_IUnknown, &nr_IID_ICorProfilerCallback, &nr_IID_ICorProfilerCallback2,
        &nr_IID_ICorProfilerCallback3, &nr_IID_ICorProfilerCallback4};
    if (!object) return E_POINTER;
    *object = NULL;
    for (size_t i = 0; i < NR_COUNT_OF(known); i++) {
        if (!nr_guid_equal(iid, known[i])) continue;
        add_ref(self);
        *object = self;
        return S_OK;
    }
    return E_NOINTERFACE;
}

// The object outlives its last reference: exports and late callbacks may still look at it.
static ULONG NR_STDCALL release(ICorProfilerCallback4 *self) {
    return atomic_fetch_sub(&nr_profiler_of(self)->references, 1) - 1;
}

// ---- what the profiler listens to ----

static HRESULT NR_STDCALL initialize(ICorProfilerCallback4 *self, IUnknown *info) {
    struct nr_profiler *profiler = nr_profiler_of(self);
    HRESULT hr = nr_initialize(profiler, info);
    if (SUCCEEDED(hr)) {
        atomic_store(&current, profiler);
        atomic_store_explicit(&profiler->active, true, memory_order_release);
    }
    return hr;
}

// What it needs, a runtime allows at start only. Success would make whoever attaches it wait for
// calls.
static HRESULT NR_STDCALL initialize_for_attach(ICorProfilerCallback4 *self, IUnknown *info,
                                                void *client_data, ULONG size) {
    return CORPROF_E_PROFILER_NOT_ATTACHABLE;
}

static HRESULT NR_STDCALL shut_down(ICorProfilerCallback4 *self) {
    struct nr_profiler *profiler = nr_profiler_of(self);
    if (atomic_exchange(&profiler->active, false)) nr_shut_down(profiler);
    return S_OK;
}

static HRESULT NR_STDCALL module_load_finished(ICorProfilerCallback4 *self, ModuleID module,
                                               HRESULT status) {
    if (is_active(self) && SUCCEEDED(status)) nr_module_loaded(nr_profiler_of(self), module);
    return S_OK;
}

static HRESULT NR_STDCALL module_unload_started(ICorProfilerCallback4 *self, ModuleID module) {
    if (is_active(self)) nr_module_unloaded(nr_profiler_of(self), module);
    return S_OK;
}

static HRESULT NR_STDCALL thread_destroyed(ICorProfilerCallback4 *self, ThreadID thread) {
    if (is_active(self)) nr_thread_profiler_thread_ends(&nr_profiler_of(self)->threads);
    return S_OK;
}

static HRESULT NR_STDCALL jit_compilation_started(ICorProfilerCallback4 *self, FunctionID function,
                                                  BOOL may_block) {
    return is_active(self) ? nr_jit_started(nr_profiler_of(self), function) : S_OK;
}

static HRESULT NR_STDCALL jit_inlining(ICorProfilerCallback4 *self, FunctionID caller,
                                       FunctionID callee, BOOL *should_inline) {
    *should_inline = !is_active(self) || nr_may_inline(nr_profiler_of(self), callee);
    return S_OK;
}

static HRESULT NR_STDCALL rejit_compilation_started(ICorProfilerCallback4 *self,
                                                    FunctionID function, ReJITID rejit,
                                                    BOOL may_block) {
    if (is_active(self)) nr_rejit_started(nr_profiler_of(self), function);
    return S_OK;
}

static HRESULT NR_STDCALL get_rejit_parameters(ICorProfilerCallback4 *self, ModuleID module,
                                               mdMethodDef method,
                                               ICorProfilerFunctionControl *control) {
    return is_active(self) ? nr_rejit_parameters(nr_profiler_of(self), module, method, control)
                           : S_OK;
}

static HRESULT NR_STDCALL rejit_error(ICorProfilerCallback4 *self, ModuleID module,
                                      mdMethodDef method, FunctionID function, HRESULT status) {
    if (is_active(self)) nr_rejit_refused(nr_profiler_of(self), module, method, status);
    return S_OK;
}

// ---- what it does not ----

#define IGNORE(name, parameters) \
    static HRESULT NR_STDCALL name parameters { return S_OK; }

IGNORE(AppDomainCreationStarted, (ICorProfilerCallback4 * self, AppDomainID domain))
IGNORE(AppDomainCreationFinished,
       (ICorProfilerCallback4 * self, AppDomainID domain, HRESULT status))
IGNORE(AppDomainShutdownStarted, (ICorProfilerCallback4 * self, AppDomainID domain))
IGNORE(AppDomainShutdownFinished,
       (ICorProfilerCallback4 * self, AppDomainID domain, HRESULT status))
IGNORE(AssemblyLoadStarted, (ICorProfilerCallback4 * self, AssemblyID assembly))
IGNORE(AssemblyLoadFinished, (ICorProfilerCallback4 * self, AssemblyID assembly, HRESULT status))
IGNORE(AssemblyUnloadStarted, (ICorProfilerCallback4 * self, AssemblyID assembly))
IGNORE(AssemblyUnloadFinished, (ICorProfilerCallback4 * self, AssemblyID assembly, HRESULT status))
IGNORE(ModuleLoadStarted, (ICorProfilerCallback4 * self, ModuleID module))
IGNORE(ModuleUnloadFinished, (ICorProfilerCallback4 * self, ModuleID module, HRESULT status))
IGNORE(ModuleAttachedToAssembly,
       (ICorProfilerCallback4 * self, ModuleID module, AssemblyID assembly))
IGNORE(ClassLoadStarted, (ICorProfilerCallback4 * self, ClassID class_id))
IGNORE(ClassLoadFinished, (ICorProfilerCallback4 * self, ClassID class_id, HRESULT status))
IGNORE(ClassUnloadStarted, (ICorProfilerCallback4 * self, ClassID class_id))
IGNORE(ClassUnloadFinished, (ICorProfilerCallback4 * self, ClassID class_id, HRESULT status))
IGNORE(FunctionUnloadStarted, (ICorProfilerCallback4 * self, FunctionID function))
IGNORE(JITCompilationFinished,
       (ICorProfilerCallback4 * self, FunctionID function, HRESULT status, BOOL may_block))
IGNORE(JITCachedFunctionSearchStarted,
       (ICorProfilerCallback4 * self, FunctionID function, BOOL *use_cached))
IGNORE(JITCachedFunctionSearchFinished,
       (ICorProfilerCallback4 * self, FunctionID function, COR_PRF_JIT_CACHE result))
IGNORE(JITFunctionPitched, (ICorProfilerCallback4 * self, FunctionID function))
IGNORE(ThreadCreated, (ICorProfilerCallback4 * self, ThreadID thread))
IGNORE(ThreadAssignedToOSThread, (ICorProfilerCallback4 * self, ThreadID thread, DWORD os_thread))
IGNORE(RemotingClientInvocationStarted, (ICorProfilerCallback4 * self))
IGNORE(RemotingClientSendingMessage, (ICorProfilerCallback4 * self, GUID *cookie, BOOL async))
IGNORE(RemotingClientReceivingReply, (ICorProfilerCallback4 * self, GUID *cookie, BOOL async))
IGNORE(RemotingClientInvocationFinished, (ICorProfilerCallback4 * self))
IGNORE(RemotingServerReceivingMessage, (ICorProfilerCallback4 * self, GUID *cookie, BOOL async))
IGNORE(RemotingServerInvocationStarted, (ICorProfilerCallback4 * self))
IGNORE(RemotingServerInvocationReturned, (ICorProfilerCallback4 * self))
IGNORE(RemotingServerSendingReply, (ICorProfilerCallback4 * self, GUID *cookie, BOOL async))
IGNORE(UnmanagedToManagedTransition,
       (ICorProfilerCallback4 * self, FunctionID function, COR_PRF_TRANSITION_REASON reason))
IGNORE(ManagedToUnmanagedTransition,
       (ICorProfilerCallback4 * self, FunctionID function, COR_PRF_TRANSITION_REASON reason))
IGNORE(RuntimeSuspendStarted, (ICorProfilerCallback4 * self, COR_PRF_SUSPEND_REASON reason))
IGNORE(RuntimeSuspendFinished, (ICorProfilerCallback4 * self))
IGNORE(RuntimeSuspendAborted, (ICorProfilerCallback4 * self))
IGNORE(RuntimeResumeStarted, (ICorProfilerCallback4 * self))
IGNORE(RuntimeResumeFinished, (ICorProfilerCallback4 * self))
IGNORE(RuntimeThreadSuspended, (ICorProfilerCallback4 * self, ThreadID thread))
IGNORE(RuntimeThreadResumed, (ICorProfilerCallback4 * self, ThreadID thread))
IGNORE(MovedReferences, (ICorProfilerCallback4 * self, ULONG count, const ObjectID *from,
                         const ObjectID *to, const ULONG *lengths))
IGNORE(ObjectAllocated, (ICorProfilerCallback4 * self, ObjectID object, ClassID class_id))
IGNORE(ObjectsAllocatedByClass,
       (ICorProfilerCallback4 * self, ULONG count, const ClassID *classes, const ULONG *objects))
IGNORE(ObjectReferences, (ICorProfilerCallback4 * self, ObjectID object, ClassID class_id,
                          ULONG count, const ObjectID *references))
IGNORE(RootReferences, (ICorProfilerCallback4 * self, ULONG count, const ObjectID *roots))
IGNORE(ExceptionThrown, (ICorProfilerCallback4 * self, ObjectID exception))
IGNORE(ExceptionSearchFunctionEnter, (ICorProfilerCallback4 * self, FunctionID function))
IGNORE(ExceptionSearchFunctionLeave, (ICorProfilerCallback4 * self))
IGNORE(ExceptionSearchFilterEnter, (ICorProfilerCallback4 * self, FunctionID function))
IGNORE(ExceptionSearchFilterLeave, (ICorProfilerCallback4 * self))
IGNORE(ExceptionSearchCatcherFound, (ICorProfilerCallback4 * self, FunctionID function))
IGNORE(ExceptionOSHandlerEnter, (ICorProfilerCallback4 * self, uintptr_t unused))
IGNORE(ExceptionOSHandlerLeave, (ICorProfilerCallback4 * self, uintptr_t unused))
IGNORE(ExceptionUnwindFunctionEnter, (ICorProfilerCallback4 * self, FunctionID function))
IGNORE(ExceptionUnwindFunctionLeave, (ICorProfilerCallback4 * self))
IGNORE(ExceptionUnwindFinallyEnter, (ICorProfilerCallback4 * self, FunctionID function))
IGNORE(ExceptionUnwindFinallyLeave, (ICorProfilerCallback4 * self))
IGNORE(ExceptionCatcherEnter,
       (ICorProfilerCallback4 * self, FunctionID function, ObjectID exception))
IGNORE(ExceptionCatcherLeave, (ICorProfilerCallback4 * self))
IGNORE(COMClassicVTableCreated,
       (ICorProfilerCallback4 * self, ClassID class_id, REFGUID iid, void *vtable, ULONG slots))
IGNORE(COMClassicVTableDestroyed,
       (ICorProfilerCallback4 * self, ClassID class_id, REFGUID iid, void *vtable))
IGNORE(ExceptionCLRCatcherFound, (ICorProfilerCallback4 * self))
IGNORE(ExceptionCLRCatcherExecute, (ICorProfilerCallback4 * self))
IGNORE(ThreadNameChanged,
       (ICorProfilerCallback4 * self, ThreadID thread, ULONG length, const WCHAR *name))
IGNORE(GarbageCollectionStarted, (ICorProfilerCallback4 * self, int generations,
                                  const BOOL *collected, COR_PRF_GC_REASON reason))
IGNORE(SurvivingReferences,
       (ICorProfilerCallback4 * self, ULONG count, const ObjectID *starts, const ULONG *lengths))
IGNORE(GarbageCollectionFinished, (ICorProfilerCallback4 * self))
IGNORE(FinalizeableObjectQueued, (ICorProfilerCallback4 * self, DWORD flags, ObjectID object))
IGNORE(RootReferences2, (ICorProfilerCallback4 * self, ULONG count, const ObjectID *roots,
                         const COR_PRF_GC_ROOT_KIND *kinds, const COR_PRF_GC_ROOT_FLAGS *flags,
                         const uintptr_t *ids))
IGNORE(HandleCreated, (ICorProfilerCallback4 * self, GCHandleID handle, ObjectID object))
IGNORE(HandleDestroyed, (ICorProfilerCallback4 * self, GCHandleID handle))
IGNORE(ProfilerAttachComplete, (ICorProfilerCallback4 * self))
IGNORE(ProfilerDetachSucceeded, (ICorProfilerCallback4 * self))
IGNORE(ReJITCompilationFinished, (ICorProfilerCallback4 * self, FunctionID function, ReJITID rejit,
                                  HRESULT status, BOOL may_block))
IGNORE(MovedReferences2, (ICorProfilerCallback4 * self, ULONG count, const ObjectID *from,
                          const ObjectID *to, const size_t *lengths))
IGNORE(SurvivingReferences2,
       (ICorProfilerCallback4 * self, ULONG count, const ObjectID *starts, const size_t *lengths))

static const ICorProfilerCallback4Vtbl vtable = {
    .QueryInterface = query_interface,
    .AddRef = add_ref,
    .Release = release,
    .Initialize = initialize,
    .Shutdown = shut_down,
    .AppDomainCreationStarted = AppDomainCreationStarted,
    .AppDomainCreationFinished = AppDomainCreationFinished,
    .AppDomainShutdownStarted = AppDomainShutdownStarted,
    .AppDomainShutdownFinished = AppDomainShutdownFinished,
    .AssemblyLoadStarted = AssemblyLoadStarted,
    .AssemblyLoadFinished = AssemblyLoadFinished,
    .AssemblyUnloadStarted = AssemblyUnloadStarted,
    .AssemblyUnloadFinished = AssemblyUnloadFinished,
    .ModuleLoadStarted = ModuleLoadStarted,
    .ModuleLoadFinished = module_load_finished,
    .ModuleUnloadStarted = module_unload_started,
    .ModuleUnloadFinished = ModuleUnloadFinished,
    .ModuleAttachedToAssembly = ModuleAttachedToAssembly,
    .ClassLoadStarted = ClassLoadStarted,
    .ClassLoadFinished = ClassLoadFinished,
    .ClassUnloadStarted = ClassUnloadStarted,
    .ClassUnloadFinished = ClassUnloadFinished,
    .FunctionUnloadStarted = FunctionUnloadStarted,
    .JITCompilationStarted = jit_compilation_started,
    .JITCompilationFinished = JITCompilationFinished,
    .JITCachedFunctionSearchStarted = JITCachedFunctionSearchStarted,
    .JITCachedFunctionSearchFinished = JITCachedFunctionSearchFinished,
    .JITFunctionPitched = JITFunctionPitched,
    .JITInlining = jit_inlining,
    .ThreadCreated = ThreadCreated,
    .ThreadDestroyed = thread_destroyed,
    .ThreadAssignedToOSThread = ThreadAssignedToOSThread,
    .RemotingClientInvocationStarted = RemotingClientInvocationStarted,
    .RemotingClientSendingMessage = RemotingClientSendingMessage,
    .RemotingClientReceivingReply = RemotingClientReceivingReply,
    .RemotingClientInvocationFinished = RemotingClientInvocationFinished,
    .RemotingServerReceivingMessage = RemotingServerReceivingMessage,
    .RemotingServerInvocationStarted = RemotingServerInvocationStarted,
    .RemotingServerInvocationReturned = RemotingServerInvocationReturned,
    .RemotingServerSendingReply = RemotingServerSendingReply,
    .UnmanagedToManagedTransition = UnmanagedToManagedTransition,
    .ManagedToUnmanagedTransition = ManagedToUnmanagedTransition,
    .RuntimeSuspendStarted = RuntimeSuspendStarted,
    .RuntimeSuspendFinished = RuntimeSuspendFinished,
    .RuntimeSuspendAborted = RuntimeSuspendAborted,
    .RuntimeResumeStarted = RuntimeResumeStarted,
    .RuntimeResumeFinished = RuntimeResumeFinished,
    .RuntimeThreadSuspended = RuntimeThreadSuspended,
    .RuntimeThreadResumed = RuntimeThreadResumed,
    .MovedReferences = MovedReferences,
    .ObjectAllocated = ObjectAllocated,
    .ObjectsAllocatedByClass = ObjectsAllocatedByClass,
    .ObjectReferences = ObjectReferences,
    .RootReferences = RootReferences,
    .ExceptionThrown = ExceptionThrown,
    .ExceptionSearchFunctionEnter = ExceptionSearchFunctionEnter,
    .ExceptionSearchFunctionLeave = ExceptionSearchFunctionLeave,
    .ExceptionSearchFilterEnter = ExceptionSearchFilterEnter,
    .ExceptionSearchFilterLeave = ExceptionSearchFilterLeave,
    .ExceptionSearchCatcherFound = ExceptionSearchCatcherFound,
    .ExceptionOSHandlerEnter = ExceptionOSHandlerEnter,
    .ExceptionOSHandlerLeave = ExceptionOSHandlerLeave,
    .ExceptionUnwindFunctionEnter = ExceptionUnwindFunctionEnter,
    .ExceptionUnwindFunctionLeave = ExceptionUnwindFunctionLeave,
    .ExceptionUnwindFinallyEnter = ExceptionUnwindFinallyEnter,
    .ExceptionUnwindFinallyLeave = ExceptionUnwindFinallyLeave,
    .ExceptionCatcherEnter = ExceptionCatcherEnter,
    .ExceptionCatcherLeave = ExceptionCatcherLeave,
    .COMClassicVTableCreated = COMClassicVTableCreated,
    .COMClassicVTableDestroyed = COMClassicVTableDestroyed,
    .ExceptionCLRCatcherFound = ExceptionCLRCatcherFound,
    .ExceptionCLRCatcherExecute = ExceptionCLRCatcherExecute,
    .ThreadNameChanged = ThreadNameChanged,
    .GarbageCollectionStarted = GarbageCollectionStarted,
    .SurvivingReferences = SurvivingReferences,
    .GarbageCollectionFinished = GarbageCollectionFinished,
    .FinalizeableObjectQueued = FinalizeableObjectQueued,
    .RootReferences2 = RootReferences2,
    .HandleCreated = HandleCreated,
    .HandleDestroyed = HandleDestroyed,
    .InitializeForAttach = initialize_for_attach,
    .ProfilerAttachComplete = ProfilerAttachComplete,
    .ProfilerDetachSucceeded = ProfilerDetachSucceeded,
    .ReJITCompilationStarted = rejit_compilation_started,
    .GetReJITParameters = get_rejit_parameters,
    .ReJITCompilationFinished = ReJITCompilationFinished,
    .ReJITError = rejit_error,
    .MovedReferences2 = MovedReferences2,
    .SurvivingReferences2 = SurvivingReferences2,
};

struct nr_profiler *nr_profiler_new(void) {
    struct nr_profiler *profiler = calloc(1, sizeof(*profiler));
    if (!profiler) return NULL;
    profiler->callback.lpVtbl = &vtable;
    atomic_init(&profiler->references, 1);
    return profiler;
}
