// Identifiers of the interfaces and classes that a profiler meets.
// SPDX-License-Identifier: Apache-2.0
//
// Constants, usable from any thread at any time.
#ifndef NR_CLR_GUIDS_H
#define NR_CLR_GUIDS_H

#include <stdbool.h>

#include "clr/types.h"

// Neither may be NULL.
bool nr_guid_equal(REFGUID left, REFGUID right);

// COM.
extern const GUID nr_IID_IUnknown;
extern const GUID nr_IID_IClassFactory;

// The profiler implements these.
extern const GUID nr_IID_ICorProfilerCallback;
extern const GUID nr_IID_ICorProfilerCallback2;
extern const GUID nr_IID_ICorProfilerCallback3;
extern const GUID nr_IID_ICorProfilerCallback4;
extern const GUID nr_IID_ICorProfilerCallback5;
extern const GUID nr_IID_ICorProfilerCallback6;
extern const GUID nr_IID_ICorProfilerCallback7;
extern const GUID nr_IID_ICorProfilerCallback8;
extern const GUID nr_IID_ICorProfilerCallback9;
extern const GUID nr_IID_ICorProfilerCallback10;
extern const GUID nr_IID_ICorProfilerCallback11;

// The CLR implements these.
extern const GUID nr_IID_ICorProfilerInfo;
extern const GUID nr_IID_ICorProfilerInfo2;
extern const GUID nr_IID_ICorProfilerInfo3;
extern const GUID nr_IID_ICorProfilerInfo4;
extern const GUID nr_IID_ICorProfilerInfo5;
extern const GUID nr_IID_ICorProfilerInfo6;
extern const GUID nr_IID_ICorProfilerInfo7;
extern const GUID nr_IID_ICorProfilerInfo8;
extern const GUID nr_IID_ICorProfilerInfo9;
extern const GUID nr_IID_ICorProfilerInfo10;
extern const GUID nr_IID_ICorProfilerInfo11;
extern const GUID nr_IID_ICorProfilerInfo12;
extern const GUID nr_IID_ICorProfilerInfo13;
extern const GUID nr_IID_ICorProfilerInfo14;
extern const GUID nr_IID_ICorProfilerInfo15;
extern const GUID nr_IID_ICorProfilerFunctionControl;
extern const GUID nr_IID_ICorProfilerObjectEnum;
extern const GUID nr_IID_ICorProfilerFunctionEnum;
extern const GUID nr_IID_ICorProfilerModuleEnum;
extern const GUID nr_IID_ICorProfilerMethodEnum;
extern const GUID nr_IID_ICorProfilerThreadEnum;
extern const GUID nr_IID_ICorProfilerAssemblyReferenceProvider;
extern const GUID nr_IID_IMethodMalloc;

// Metadata.
extern const GUID nr_IID_IMetaDataImport;
extern const GUID nr_IID_IMetaDataImport2;
extern const GUID nr_IID_IMetaDataEmit;
extern const GUID nr_IID_IMetaDataEmit2;
extern const GUID nr_IID_IMetaDataAssemblyImport;
extern const GUID nr_IID_IMetaDataAssemblyEmit;
extern const GUID nr_IID_IMetaDataDispenser;
extern const GUID nr_CLSID_CorMetaDataDispenser;

// The classes under which New Relic's profiler is registered with CoreCLR and .NET Framework.
extern const GUID nr_CLSID_NewRelicCore;
extern const GUID nr_CLSID_NewRelicFramework;

#endif
