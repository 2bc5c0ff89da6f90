// The class factory through which the CLR asks for the profiler.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_PROFILER_CLASS_FACTORY_H
#define NR_PROFILER_CLASS_FACTORY_H

#include "clr/com.h"

// The factory as the interface iid (IUnknown or IClassFactory), else E_NOINTERFACE.
HRESULT nr_class_factory_create(REFGUID iid, void **object);

#endif
