// The library's exports, and what they answer while there is no profiler at work.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TESTS_EXPORTS_H
#define NR_TESTS_EXPORTS_H

#include "clr/com.h"
#include "harness.h"

HRESULT NR_STDCALL DllGetClassObject(REFGUID clsid, REFGUID iid, void **object);
HRESULT NR_STDCALL DllCanUnloadNow(void);
HRESULT InstrumentationRefresh(void);
HRESULT ReloadConfiguration(void);
HRESULT AddCustomInstrumentation(const char *file_name, const char *xml);
HRESULT ApplyCustomInstrumentation(void);
HRESULT RequestProfile(void **snapshots, int *length);
HRESULT RequestFunctionNames(uintptr_t *function_ids, int length, void **results);
void ReleaseProfile(void);
void ShutdownThreadProfiler(void);
uintptr_t GetCurrentExecutionEngineThreadId(void);

static inline void check_exports_refuse(void) {
    void *stacks = NULL, *names = NULL;
    uintptr_t function = 8;
    int length = 0;
    CHECK_INT(InstrumentationRefresh(), E_FAIL);
    CHECK_INT(ReloadConfiguration(), E_FAIL);
    CHECK_INT(AddCustomInstrumentation("a.xml", "<a/>"), E_FAIL);
    CHECK_INT(AddCustomInstrumentation(NULL, NULL), E_FAIL);
    CHECK_INT(ApplyCustomInstrumentation(), E_FAIL);
    CHECK_INT(RequestProfile(&stacks, &length), E_UNEXPECTED);
    CHECK_INT(RequestProfile(NULL, NULL), E_UNEXPECTED);
    CHECK_INT(RequestFunctionNames(&function, 1, &names), E_UNEXPECTED);
    CHECK_INT(RequestFunctionNames(NULL, 0, NULL), E_UNEXPECTED);
    ReleaseProfile();
    ShutdownThreadProfiler();
    CHECK_INT(GetCurrentExecutionEngineThreadId(), 0);
    CHECK(stacks == NULL && names == NULL && length == 0);
}

#endif
