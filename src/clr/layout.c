// Checks while compiling that the vtables and structs have the layout of the CLR, on every target.
// SPDX-License-Identifier: Apache-2.0
//
// A slot too many or too few would make the profiler call the wrong function. The counts are those
// of corprof.idl and cor.h; tests/unit/test_clr.c compares the order name by name.
#include <stddef.h>

#include "clr/cormeta.h"
#include "clr/corprof.h"

#define SLOT sizeof(void *)
#define UNKNOWN 3u  // slots of IUnknown
#define CHECK_SLOTS(vtable, count) \
    _Static_assert(sizeof(vtable) == (UNKNOWN + (count)) * SLOT, "slots of " #vtable)
// The slot is the first one that a version of the interface added.
#define CHECK_FIRST(vtable, slot, before) \
    _Static_assert(offsetof(vtable, slot) == (UNKNOWN + (before)) * SLOT, "place of " #slot)
#define CHECK_SIZE(type, on_64_bit, on_32_bit) \
    _Static_assert(sizeof(type) == (SLOT == 8 ? (on_64_bit) : (on_32_bit)), "size of " #type)

CHECK_SLOTS(IUnknownVtbl, 0);
CHECK_SLOTS(IClassFactoryVtbl, 2);
CHECK_SLOTS(IMethodMallocVtbl, 1);
CHECK_SLOTS(ICorProfilerFunctionControlVtbl, 3);
CHECK_SLOTS(ICorProfilerObjectEnumVtbl, 5);
CHECK_SLOTS(ICorProfilerFunctionEnumVtbl, 5);
CHECK_SLOTS(ICorProfilerModuleEnumVtbl, 5);
CHECK_SLOTS(ICorProfilerMethodEnumVtbl, 5);
CHECK_SLOTS(ICorProfilerThreadEnumVtbl, 5);
CHECK_SLOTS(IMetaDataAssemblyImportVtbl, 14);
CHECK_SLOTS(IMetaDataAssemblyEmitVtbl, 10);
CHECK_SLOTS(IMetaDataDispenserVtbl, 3);

CHECK_SLOTS(ICorProfilerCallback4Vtbl, 69 + 8 + 3 + 6);
CHECK_FIRST(ICorProfilerCallback4Vtbl, ThreadNameChanged, 69);
CHECK_FIRST(ICorProfilerCallback4Vtbl, InitializeForAttach, 69 + 8);
CHECK_FIRST(ICorProfilerCallback4Vtbl, ReJITCompilationStarted, 69 + 8 + 3);

CHECK_SLOTS(ICorProfilerInfo15Vtbl, 33 + 21 + 14 + 10 + 2 + 1 + 3 + 3 + 3 + 6 + 2 + 7 + 3 + 3 + 1);
CHECK_FIRST(ICorProfilerInfo15Vtbl, DoStackSnapshot, 33);
CHECK_FIRST(ICorProfilerInfo15Vtbl, EnumJITedFunctions, 54);
CHECK_FIRST(ICorProfilerInfo15Vtbl, EnumThreads, 68);
CHECK_FIRST(ICorProfilerInfo15Vtbl, GetEventMask2, 78);
CHECK_FIRST(ICorProfilerInfo15Vtbl, EnumNgenModuleMethodsInliningThisMethod, 80);
CHECK_FIRST(ICorProfilerInfo15Vtbl, ApplyMetaData, 81);
CHECK_FIRST(ICorProfilerInfo15Vtbl, IsFunctionDynamic, 84);
CHECK_FIRST(ICorProfilerInfo15Vtbl, GetNativeCodeStartAddresses, 87);
CHECK_FIRST(ICorProfilerInfo15Vtbl, EnumerateObjectReferences, 90);
CHECK_FIRST(ICorProfilerInfo15Vtbl, GetEnvironmentVariable, 96);
CHECK_FIRST(ICorProfilerInfo15Vtbl, EventPipeStartSession, 98);
CHECK_FIRST(ICorProfilerInfo15Vtbl, CreateHandle, 105);
CHECK_FIRST(ICorProfilerInfo15Vtbl, EnumerateNonGCObjects, 108);
CHECK_FIRST(ICorProfilerInfo15Vtbl, EnumerateGCHeapObjects, 111);

CHECK_SLOTS(IMetaDataImport2Vtbl, 62 + 8);
CHECK_FIRST(IMetaDataImport2Vtbl, EnumGenericParams, 62);
CHECK_SLOTS(IMetaDataEmit2Vtbl, 49 + 8);
CHECK_FIRST(IMetaDataEmit2Vtbl, DefineMethodSpec, 49);

CHECK_SIZE(GUID, 16, 16);
CHECK_SIZE(OSINFO, 12, 12);
CHECK_SIZE(ASSEMBLYMETADATA, 56, 32);
CHECK_SIZE(COR_SECATTR, 24, 12);
CHECK_SIZE(COR_FIELD_OFFSET, 8, 8);
CHECK_SIZE(COR_IL_MAP, 12, 12);
CHECK_SIZE(COR_DEBUG_IL_TO_NATIVE_MAP, 12, 12);
CHECK_SIZE(COR_PRF_CODE_INFO, 16, 8);
CHECK_SIZE(COR_PRF_FUNCTION, 16, 8);
CHECK_SIZE(COR_PRF_METHOD, 16, 8);
CHECK_SIZE(COR_PRF_GC_GENERATION_RANGE, 32, 16);
CHECK_SIZE(COR_PRF_EVENTPIPE_PROVIDER_CONFIG, 32, 24);
CHECK_SIZE(COR_PRF_RUNTIME_TYPE, 4, 4);  // enumerations travel as 32-bit integers
_Static_assert(offsetof(ASSEMBLYMETADATA, szLocale) == 8, "place of szLocale");
_Static_assert(offsetof(ASSEMBLYMETADATA, rOS) == (SLOT == 8 ? 40 : 24), "place of rOS");
