// IUnknown and IClassFactory, and the rules that all interfaces of src/clr share.
// SPDX-License-Identifier: Apache-2.0
//
// An interface pointer points to a struct whose first member points to a table of functions, which
// begins with the three of IUnknown. A later version of an interface appends to the table of the
// earlier one, so a struct of the later version also serves an object of the earlier one as long as
// only the earlier one's slots are called.
// An interface pointer that a call gives out carries a reference: Release it once. One that is
// passed in is borrowed for the call; AddRef it to keep it.
#ifndef NR_CLR_COM_H
#define NR_CLR_COM_H

#include "clr/types.h"

typedef struct IUnknown IUnknown;
typedef struct IUnknownVtbl {
    NR_METHOD(QueryInterface)(IUnknown *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(IUnknown *self);
    NR_METHOD_OF(ULONG, Release)(IUnknown *self);
} IUnknownVtbl;
struct IUnknown {
    const IUnknownVtbl *lpVtbl;
};

typedef struct IClassFactory IClassFactory;
typedef struct IClassFactoryVtbl {
    NR_METHOD(QueryInterface)(IClassFactory *self, REFGUID iid, void **object);
    NR_METHOD_OF(ULONG, AddRef)(IClassFactory *self);
    NR_METHOD_OF(ULONG, Release)(IClassFactory *self);
    NR_METHOD(CreateInstance)(IClassFactory *self, IUnknown *outer, REFGUID iid, void **object);
    NR_METHOD(LockServer)(IClassFactory *self, BOOL lock);
} IClassFactoryVtbl;
struct IClassFactory {
    const IClassFactoryVtbl *lpVtbl;
};

#endif
