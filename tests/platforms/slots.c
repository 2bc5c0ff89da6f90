// Calls the library's interfaces as the CLR would, and looks at the stack after each call.
// SPDX-License-Identifier: Apache-2.0
//
// usage: slots LIBRARY
// For x86 a method takes its arguments off the stack itself (stdcall): one that takes another
// number than the CLR has put there makes the process crash at its caller's return. The numbers
// below are those of corprof.idl, written down apart from src/clr. Elsewhere the calls themselves
// are the test.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "clr/corprof.h"
#include "clr/guids.h"

#ifdef _WIN32
__declspec(dllimport) HANDLE __stdcall LoadLibraryA(const char *path);
__declspec(dllimport) void *__stdcall GetProcAddress(HANDLE library, const char *name);
#else
#include <dlfcn.h>
#define LoadLibraryA(path) dlopen(path, RTLD_NOW)
#define GetProcAddress dlsym
#endif

struct slot {
    const char *name;
    unsigned words;  // arguments, the object among them
};

static const struct slot factory_slots[] = {
    {"QueryInterface", 3}, {"AddRef", 1}, {"Release", 1}, {"CreateInstance", 4}, {"LockServer", 2}};
static const struct slot callback_slots[] = {
    {"QueryInterface", 3},
    {"AddRef", 1},
    {"Release", 1},
    {"Initialize", 2},
    {"Shutdown", 1},
    {"AppDomainCreationStarted", 2},
    {"AppDomainCreationFinished", 3},
    {"AppDomainShutdownStarted", 2},
    {"AppDomainShutdownFinished", 3},
    {"AssemblyLoadStarted", 2},
    {"AssemblyLoadFinished", 3},
    {"AssemblyUnloadStarted", 2},
    {"AssemblyUnloadFinished", 3},
    {"ModuleLoadStarted", 2},
    {"ModuleLoadFinished", 3},
    {"ModuleUnloadStarted", 2},
    {"ModuleUnloadFinished", 3},
    {"ModuleAttachedToAssembly", 3},
    {"ClassLoadStarted", 2},
    {"ClassLoadFinished", 3},
    {"ClassUnloadStarted", 2},
    {"ClassUnloadFinished", 3},
    {"FunctionUnloadStarted", 2},
    {"JITCompilationStarted", 3},
    {"JITCompilationFinished", 4},
    {"JITCachedFunctionSearchStarted", 3},
    {"JITCachedFunctionSearchFinished", 3},
    {"JITFunctionPitched", 2},
    {"JITInlining", 4},
    {"ThreadCreated", 2},
    {"ThreadDestroyed", 2},
    {"ThreadAssignedToOSThread", 3},
    {"RemotingClientInvocationStarted", 1},
    {"RemotingClientSendingMessage", 3},
    {"RemotingClientReceivingReply", 3},
    {"RemotingClientInvocationFinished", 1},
    {"RemotingServerReceivingMessage", 3},
    {"RemotingServerInvocationStarted", 1},
    {"RemotingServerInvocationReturned", 1},
    {"RemotingServerSendingReply", 3},
    {"UnmanagedToManagedTransition", 3},
    {"ManagedToUnmanagedTransition", 3},
    {"RuntimeSuspendStarted", 2},
    {"RuntimeSuspendFinished", 1},
    {"RuntimeSuspendAborted", 1},
    {"RuntimeResumeStarted", 1},
    {"RuntimeResumeFinished", 1},
    {"RuntimeThreadSuspended", 2},
    {"RuntimeThreadResumed", 2},
    {"MovedReferences", 5},
    {"ObjectAllocated", 3},
    {"ObjectsAllocatedByClass", 4},
    {"ObjectReferences", 5},
    {"RootReferences", 3},
    {"ExceptionThrown", 2},
    {"ExceptionSearchFunctionEnter", 2},
    {"ExceptionSearchFunctionLeave", 1},
    {"ExceptionSearchFilterEnter", 2},
    {"ExceptionSearchFilterLeave", 1},
    {"ExceptionSearchCatcherFound", 2},
    {"ExceptionOSHandlerEnter", 2},
    {"ExceptionOSHandlerLeave", 2},
    {"ExceptionUnwindFunctionEnter", 2},
    {"ExceptionUnwindFunctionLeave", 1},
    {"ExceptionUnwindFinallyEnter", 2},
    {"ExceptionUnwindFinallyLeave", 1},
    {"ExceptionCatcherEnter", 3},
    {"ExceptionCatcherLeave", 1},
    {"COMClassicVTableCreated", 5},
    {"COMClassicVTableDestroyed", 4},
    {"ExceptionCLRCatcherFound", 1},
    {"ExceptionCLRCatcherExecute", 1},
    {"ThreadNameChanged", 4},
    {"GarbageCollectionStarted", 4},
    {"SurvivingReferences", 4},
    {"GarbageCollectionFinished", 1},
    {"FinalizeableObjectQueued", 3},
    {"RootReferences2", 6},
    {"HandleCreated", 3},
    {"HandleDestroyed", 2},
    {"InitializeForAttach", 4},
    {"ProfilerAttachComplete", 1},
    {"ProfilerDetachSucceeded", 1},
    {"ReJITCompilationStarted", 4},
    {"GetReJITParameters", 4},
    {"ReJITCompilationFinished", 5},
    {"ReJITError", 5},
    {"MovedReferences2", 5},
    {"SurvivingReferences2", 4},
};

enum { FACTORY_SLOTS = sizeof(factory_slots) / sizeof(factory_slots[0]) };
enum { CALLBACK_SLOTS = sizeof(callback_slots) / sizeof(callback_slots[0]) };
_Static_assert(CALLBACK_SLOTS == sizeof(ICorProfilerCallback4Vtbl) / sizeof(void *),
               "no slot is left out");

static int passed, failed;

static void expect(int good, const char *interface, const char *name, unsigned took,
                   unsigned words) {
    if (good) {
        passed++;
        return;
    }
    failed++;
    printf("FAILED: %s::%s took %u of %u words off the stack\n", interface, name, took, words);
}

#ifdef __i386__

// Calls with eight words on the stack, this one first and the others zero or second: how many are
// gone afterwards? The stack is put right whatever the method did.
static unsigned words_taken(void *method, void *object, void *second) {
    uint32_t taken;
    __asm__ volatile(
        "movl %%esp, %%edi\n\t"
        "pushl $0; pushl $0; pushl $0; pushl $0; pushl $0; pushl $0\n\t"
        "pushl %%edx\n\t"
        "pushl %%eax\n\t"
        "movl %%esp, %%esi\n\t"
        "call *%[method]\n\t"
        "subl %%esp, %%esi\n\t"
        "negl %%esi\n\t"
        "movl %%edi, %%esp\n\t"
        : "=&S"(taken), "+a"(object), "+d"(second)
        : [method] "b"(method)
        : "ecx", "edi", "memory", "cc");
    return taken / 4;
}

#else

typedef HRESULT any_method(void *, void *, void *, void *, void *, void *, void *, void *);

static unsigned words_taken(void *method, void *object, void *second) {
    ((any_method *)method)(object, second, NULL, NULL, NULL, NULL, NULL, NULL);
    return 0;
}

#endif

// What Initialize gets here: a CLR that has no interface to offer.
static HRESULT NR_STDCALL query_nothing(IUnknown *self, REFGUID iid, void **object) {
    (void)self, (void)iid;
    *object = NULL;
    return E_NOINTERFACE;
}
static ULONG NR_STDCALL count_nothing(IUnknown *self) {
    (void)self;
    return 1;
}
static const IUnknownVtbl nothing_vtable = {query_nothing, count_nothing, count_nothing};
static IUnknown nothing = {&nothing_vtable};

static void check_slots(const char *interface, void *object, const struct slot *slots,
                        size_t count) {
    void **vtable = *(void ***)object;
    for (size_t i = 0; i < count; i++) {
        // A NULL for QueryInterface's and CreateInstance's results is refused, and so is no CLR.
        unsigned taken =
            words_taken(vtable[i], object, i == 3 && slots == callback_slots ? &nothing : NULL);
        unsigned words = sizeof(void *) == 4 ? slots[i].words : 0;
        expect(taken == words, interface, slots[i].name, taken, words);
    }
}

typedef HRESULT NR_STDCALL get_class_object(REFGUID clsid, REFGUID iid, void **object);

int main(int count, char **arguments) {
    void *library = count == 2 ? LoadLibraryA(arguments[1]) : NULL;
    get_class_object *get =
        library ? (get_class_object *)GetProcAddress(library, "DllGetClassObject") : NULL;
    if (!get || !GetProcAddress(library, "DllCanUnloadNow")) {
        printf("FAILED: the library does not load\n0 passed, 1 failed\n");
        return 1;
    }
    IClassFactory *factory = NULL;
    ICorProfilerCallback4 *callback = NULL;
    HRESULT hr = get(&nr_CLSID_NewRelicCore, &nr_IID_IClassFactory, (void **)&factory);
    expect(hr == S_OK && factory, "library", "DllGetClassObject", 0, 0);
    if (factory) {
        hr = factory->lpVtbl->CreateInstance(factory, NULL, &nr_IID_ICorProfilerCallback4,
                                             (void **)&callback);
        expect(hr == S_OK && callback, "IClassFactory", "CreateInstance", 0, 0);
        check_slots("IClassFactory", factory, factory_slots, FACTORY_SLOTS);
    }
    if (callback) check_slots("ICorProfilerCallback4", callback, callback_slots, CALLBACK_SLOTS);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
