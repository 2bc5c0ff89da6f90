// One static factory; it holds nothing, so its references need no count.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/class_factory.h"

#include "clr/guids.h"
#include "profiler/profiler.h"

static ULONG NR_STDCALL add_ref(IClassFactory *self) {
    (void)self;
    return 2;
}

static ULONG NR_STDCALL release(IClassFactory *self) {
    (void)self;
    return 1;
}

static HRESULT NR_STDCALL query_interface(IClassFactory *self, REFGUID iid, void **object) {
    if (!object) return E_POINTER;
    bool known = nr_guid_equal(iid, &nr_IID_IUnknown) || nr_guid_equal(iid, &nr_IID_IClassFactory);
    *object = known ? self : NULL;
    return known ? S_OK : E_NOINTERFACE;
}

static HRESULT NR_STDCALL create_instance(IClassFactory *self, IUnknown *outer, REFGUID iid,
                                          void **object) {
    (void)self;
    if (!object) return E_POINTER;
    *object = NULL;
    if (outer) return CLASS_E_NOAGGREGATION;
    struct nr_profiler *profiler = nr_profiler_new();
    if (!profiler) return E_OUTOFMEMORY;
    ICorProfilerCallback4 *callback = &profiler->callback;
    HRESULT hr = callback->lpVtbl->QueryInterface(callback, iid, object);
    callback->lpVtbl->Release(callback);
    return hr;
}

static HRESULT NR_STDCALL lock_server(IClassFactory *self, BOOL lock) {
    (void)self;
    (void)lock;
    return S_OK;
}

static const IClassFactoryVtbl vtable = {query_interface, add_ref, release, create_instance,
                                         lock_server};
static IClassFactory factory = {&vtable};

HRESULT nr_class_factory_create(REFGUID iid, void **object) {
    return query_interface(&factory, iid, object);
}
