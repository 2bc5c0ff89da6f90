// Tests of the library's exports, its class factory, and a profiler that was never initialized.
// SPDX-License-Identifier: Apache-2.0
#include "exports.h"

#include <stdlib.h>

#include "clr/guids.h"
#include "profiler/profiler.h"

static IClassFactory *get_factory(void) {
    IClassFactory *factory = NULL;
    HRESULT hr =
        DllGetClassObject(&nr_CLSID_NewRelicCore, &nr_IID_IClassFactory, (void **)&factory);
    CHECK_INT(hr, S_OK);
    return factory;
}

static void test_factory(void) {
    void *object = &object;
    NR_CASE("what the class factory refuses");
    CHECK_INT(DllGetClassObject(&nr_CLSID_NewRelicCore, &nr_IID_IClassFactory, NULL), E_POINTER);
    CHECK_INT(DllGetClassObject(&nr_IID_IUnknown, &nr_IID_IClassFactory, &object),
              CLASS_E_CLASSNOTAVAILABLE);
    CHECK(object == NULL);
    CHECK_INT(DllGetClassObject(&nr_CLSID_NewRelicCore, &nr_IID_ICorProfilerCallback, &object),
              E_NOINTERFACE);
    IClassFactory *factory = get_factory();
    if (!factory) return;
    CHECK_INT(factory->lpVtbl->CreateInstance(factory, NULL, &nr_IID_ICorProfilerCallback, NULL),
              E_POINTER);
    CHECK_INT(factory->lpVtbl->CreateInstance(factory, (IUnknown *)(void *)factory,
                                              &nr_IID_ICorProfilerCallback, &object),
              CLASS_E_NOAGGREGATION);
    CHECK_INT(DllCanUnloadNow(), S_FALSE);
    NR_CASE("what it gives");
    CHECK_INT(DllGetClassObject(&nr_CLSID_NewRelicFramework, &nr_IID_IUnknown, &object), S_OK);
    CHECK(object == factory);
    CHECK_INT(factory->lpVtbl->LockServer(factory, true), S_OK);
}

// A CLR that offers nothing.
static HRESULT NR_STDCALL offer_nothing(ICorProfilerInfo15 *self, REFGUID iid, void **object) {
    (void)self, (void)iid;
    *object = NULL;
    return E_NOINTERFACE;
}

static void test_uninitialized(void) {
    static const ICorProfilerInfo15Vtbl vtable = {.QueryInterface = offer_nothing};
    static ICorProfilerInfo15 nothing = {&vtable};
    struct nr_profiler *before = nr_profiler_current();
    IClassFactory *factory = get_factory();
    ICorProfilerCallback4 *callback = NULL;
    NR_CASE("Initialize with a CLR that offers nothing");
    if (!factory ||
        !CHECK_INT(factory->lpVtbl->CreateInstance(factory, NULL, &nr_IID_ICorProfilerCallback4,
                                                   (void **)&callback),
                   S_OK)) {
        return;
    }
    CHECK_INT(callback->lpVtbl->Initialize(callback, NULL), E_POINTER);
    CHECK_INT(callback->lpVtbl->InitializeForAttach(callback, NULL, NULL, 0),
              CORPROF_E_PROFILER_NOT_ATTACHABLE);
    CHECK_INT(callback->lpVtbl->Initialize(callback, (IUnknown *)(void *)&nothing),
              CORPROF_E_PROFILER_CANCEL_ACTIVATION);
    CHECK(nr_profiler_current() == before);
    check_exports_refuse();
    NR_CASE("callbacks of a profiler that was not initialized");
    CHECK_INT(callback->lpVtbl->ModuleLoadFinished(callback, 1, S_OK), S_OK);
    CHECK_INT(callback->lpVtbl->JITCompilationStarted(callback, 1, true), S_OK);
    CHECK_INT(callback->lpVtbl->GetReJITParameters(callback, 1, 0x06000001, NULL), S_OK);
    CHECK_INT(callback->lpVtbl->ReJITCompilationStarted(callback, 1, 1, true), S_OK);
    CHECK_INT(callback->lpVtbl->ReJITError(callback, 1, 0x06000001, 1, E_OUTOFMEMORY), S_OK);
    CHECK_INT(callback->lpVtbl->ThreadDestroyed(callback, 1), S_OK);
    CHECK_INT(callback->lpVtbl->ModuleUnloadStarted(callback, 1), S_OK);
    CHECK_INT(callback->lpVtbl->Shutdown(callback), S_OK);
    CHECK_INT(callback->lpVtbl->Shutdown(callback), S_OK);
    check_exports_refuse();
    CHECK_INT(callback->lpVtbl->Release(callback), 0);
    nr_arena_free(&nr_profiler_of(callback)->arena);
    free(callback);
}

void test_exports(void) {
    NR_CASE("no profiler");
    check_exports_refuse();
    test_factory();
    test_uninitialized();
}
