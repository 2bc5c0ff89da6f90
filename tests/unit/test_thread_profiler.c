// Tests of src/profiler/thread_profiler.c and function_names.c with a CLR of our own: what they do
// between suspension and resumption, and what they answer.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/thread_profiler.h"

#include <stdlib.h>
#include <string.h>

#include "clr/cormeta.h"
#include "harness.h"

// A CLR with a number of threads; thread n has n % 1500 frames of the functions 8, 16, 24 …
enum { MODULE = 77, MOST_THREADS = 3000, ROUNDS = 200 };

static struct {
    atomic_int threads, hidden_threads;  // hidden: started between the count and the walk
    atomic_bool suspended;
    bool watched;                     // allocations are; no other thread may allocate then
    atomic_bool allocated;            // while suspended
    atomic_int refusals;              // of SuspendRuntime before it obliges
    int listed;                       // by the enumerator
    struct nr_thread_profiler *ends;  // during its walk a thread ends
    struct nr_thread ending;
    atomic_bool ended;
} clr;

static void end_thread(void *context) {
    nr_thread_profiler_thread_ends(context);
    clr.ended = true;
}

static HRESULT NR_STDCALL count_list(ICorProfilerThreadEnum *self, ULONG *count) {
    (void)self;
    *count = (ULONG)clr.threads;
    return S_OK;
}

static HRESULT NR_STDCALL next_threads(ICorProfilerThreadEnum *self, ULONG count, ThreadID *threads,
                                       ULONG *fetched) {
    (void)self;
    int all = clr.threads + (clr.suspended ? clr.hidden_threads : 0);
    for (*fetched = 0; *fetched < count && clr.listed < all; ++*fetched) {
        threads[*fetched] = (ThreadID)++clr.listed;
    }
    return *fetched == count ? S_OK : S_FALSE;
}

static ULONG NR_STDCALL release_list(ICorProfilerThreadEnum *self) {
    (void)self;
    return 0;
}

static HRESULT NR_STDCALL enum_threads(ICorProfilerInfo15 *self, ICorProfilerThreadEnum **list) {
    static const ICorProfilerThreadEnumVtbl vtable = {
        .GetCount = count_list, .Next = next_threads, .Release = release_list};
    static ICorProfilerThreadEnum only = {&vtable};
    (void)self;
    clr.listed = 0;
    *list = &only;
    return S_OK;
}

// Any allocation before the resumption fails, and is found out.
static HRESULT NR_STDCALL suspend_runtime(ICorProfilerInfo15 *self) {
    (void)self;
    if (clr.refusals > 0) {
        clr.refusals--;
        return CORPROF_E_SUSPENSION_IN_PROGRESS;
    }
    if (clr.ends) nr_thread_profiler_thread_ends(clr.ends);  // must not wait for this very walk
    if (clr.watched) nr_test_fail_allocation(1);
    clr.suspended = true;
    return S_OK;
}

static HRESULT NR_STDCALL resume_runtime(ICorProfilerInfo15 *self) {
    (void)self;
    clr.suspended = false;
    if (clr.watched && nr_test_fail_allocation(0)) clr.allocated = true;
    return S_OK;
}

static HRESULT NR_STDCALL snapshot(ICorProfilerInfo15 *self, ThreadID thread,
                                   StackSnapshotCallback *callback, ULONG flags, void *client_data,
                                   BYTE *context, ULONG context_size) {
    (void)self, (void)flags, (void)context, (void)context_size;
    if (clr.ends && thread == 1)
        CHECK_INT(nr_thread_start(&clr.ending, end_thread, clr.ends), NR_OK);
    if (clr.ends) {
        nr_sleep_ms(1);
        CHECK(!clr.ended);
    }
    if (thread % 10 == 3) return E_FAIL;  // runs no managed code
    for (uintptr_t i = 1; i <= thread % 1500; i++) {
        callback(i % 100 == 99 ? 0 : i * 8, 0, 0, 0, NULL, client_data);
    }
    return S_OK;
}

static HRESULT NR_STDCALL initialize_thread(ICorProfilerInfo15 *self) {
    (void)self;
    return S_OK;
}

// Function 8n has the method n; its type is 100 * (n % 3 + 1), which lies in the two types above.
static HRESULT NR_STDCALL function_info(ICorProfilerInfo15 *self, FunctionID function,
                                        ClassID *class_id, ModuleID *module, mdToken *token) {
    (void)self, (void)class_id;
    *module = MODULE;
    *token = (mdToken)(function / 8);
    return S_OK;
}

static size_t put(WCHAR *to, const char *text, unsigned number) {
    size_t length = 0;
    while (*text) to[length++] = (WCHAR)*text++;
    if (number >= 10) to[length++] = (WCHAR)('0' + number / 10 % 10);
    to[length++] = (WCHAR)('0' + number % 10);
    to[length++] = 0;
    return length;
}

static HRESULT NR_STDCALL method_props(IMetaDataImport2 *self, mdMethodDef method, mdTypeDef *type,
                                       WCHAR *name, ULONG capacity, ULONG *length,
                                       DWORD *attributes, PCCOR_SIGNATURE *signature, ULONG *size,
                                       ULONG *rva, DWORD *flags) {
    (void)self, (void)capacity, (void)attributes, (void)signature, (void)size, (void)rva;
    (void)flags;
    if (method % 50 == 0) return E_FAIL;
    *type = 100 * (method % 3 + 1);
    *length = (ULONG)put(name, "Method", method);
    return S_OK;
}

static HRESULT NR_STDCALL type_props(IMetaDataImport2 *self, mdTypeDef type, WCHAR *name,
                                     ULONG capacity, ULONG *length, DWORD *flags,
                                     mdToken *extends) {
    (void)self, (void)capacity, (void)flags, (void)extends;
    *length = (ULONG)put(name, "Type", type / 100);
    return S_OK;
}

static HRESULT NR_STDCALL nested_props(IMetaDataImport2 *self, mdTypeDef nested,
                                       mdTypeDef *encloser) {
    (void)self;
    *encloser = nested + 100;
    return nested < 300 ? S_OK : E_FAIL;
}

static ULONG NR_STDCALL release_import(IMetaDataImport2 *self) {
    (void)self;
    return 0;
}

static HRESULT NR_STDCALL function_metadata(ICorProfilerInfo15 *self, FunctionID function,
                                            REFGUID iid, IUnknown **metadata, mdToken *token) {
    static const IMetaDataImport2Vtbl vtable = {.GetMethodProps = method_props,
                                                .GetTypeDefProps = type_props,
                                                .GetNestedClassProps = nested_props,
                                                .Release = release_import};
    static IMetaDataImport2 import = {&vtable};
    (void)self, (void)iid;
    CHECK(!clr.suspended);
    *metadata = (IUnknown *)(void *)&import;
    *token = (mdToken)(function / 8);
    return S_OK;
}

static const ICorProfilerInfo15Vtbl info_vtable = {
    .EnumThreads = enum_threads,
    .SuspendRuntime = suspend_runtime,
    .ResumeRuntime = resume_runtime,
    .DoStackSnapshot = snapshot,
    .InitializeCurrentThread = initialize_thread,
    .GetFunctionInfo = function_info,
    .GetTokenAndMetaDataFromFunction = function_metadata,
};
static ICorProfilerInfo15 info = {&info_vtable};

static void check_name(struct nr_thread_profiler *profiler, uintptr_t function, const char *type,
                       const char *method) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_function_name *names = NULL;
    if (!CHECK_INT(nr_thread_profiler_names(profiler, &function, 1, (void **)&names), S_OK)) return;
    CHECK_INT(names[0].function, function);
    CHECK_STR(
        nr_str_from_utf16(&arena, (struct nr_str16){names[0].type, nr_utf16_length(names[0].type)}),
        type);
    CHECK_STR(nr_str_from_utf16(
                  &arena, (struct nr_str16){names[0].method, nr_utf16_length(names[0].method)}),
              method);
    nr_arena_free(&arena);
}

static void check_stacks(const struct nr_thread_stack *stacks, int length, int threads) {
    int next = 0;
    for (int thread = 1; thread <= threads; thread++) {
        if (thread % 10 == 3) continue;
        if (!CHECK(next < length)) return;
        const struct nr_thread_stack *stack = &stacks[next++];
        int depth = thread % 1500;
        bool ok = stack->thread == (ThreadID)thread &&
                  stack->hresult == (depth > NR_MAX_FRAMES ? S_FALSE : S_OK) &&
                  stack->length == (depth > NR_MAX_FRAMES ? depth - NR_MAX_FRAMES : depth) &&
                  (stack->length == 0 ? stack->frames == NULL
                                      : stack->frames[stack->length - 1] ==
                                            (depth % 100 == 99 ? 0 : (FunctionID)depth * 8));
        if (!CHECK(ok)) return;
    }
    CHECK_INT(next, length);
}

static void test_profiles(void) {
    static const struct {
        const char *name;
        int threads, hidden, refusals;
    } cases[] = {
        {"no threads", 0, 0, 0},
        {"one thread", 1, 0, 0},
        {"a batch of threads", 40, 0, 0},
        {"many threads", MOST_THREADS, 0, 0},
        {"threads that start meanwhile", 100, 1000, 0},
        {"a suspension that is refused at first", 50, 0, 20},
    };
    struct nr_thread_profiler profiler;
    nr_thread_profiler_init(&profiler, &info, true);
    clr.watched = true;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        NR_CASE(cases[i].name);
        struct nr_thread_stack *stacks = NULL;
        int length = -1;
        clr.threads = cases[i].threads;
        clr.hidden_threads = cases[i].hidden;
        clr.refusals = cases[i].refusals;
        CHECK_INT(nr_thread_profiler_request(&profiler, (void **)&stacks, &length), S_OK);
        CHECK(!clr.allocated);
        CHECK((stacks == NULL) == (cases[i].threads == 0));
        check_stacks(stacks, length, cases[i].threads + cases[i].hidden);
        nr_thread_profiler_release(&profiler);
    }
    clr.watched = false;
    NR_CASE("names");
    check_name(&profiler, 8, "Type3+Type2", "Method1");
    check_name(&profiler, 16, "Type3", "Method2");
    check_name(&profiler, 24, "Type3+Type2+Type1", "Method3");
    check_name(&profiler, 32, "Type3+Type2", "Method4");
    CHECK(profiler.names.answer != NULL);
    const WCHAR *type = profiler.names.answer[0].type;
    check_name(&profiler, 8, "Type3+Type2", "Method1");
    CHECK(profiler.names.answer[0].type == type);  // each text is kept once
    check_name(&profiler, 50 * 8, "UnknownClass", "UnknownMethod(error)");
    check_name(&profiler, 12345, "UnknownClass", "UnknownMethod(error)");
    check_name(&profiler, 0, "UnknownClass", "UnknownMethod(error)");
    NR_CASE("names of a module that was unloaded are forgotten");
    nr_thread_profiler_module_unloaded(&profiler, MODULE + 1);
    check_name(&profiler, 16, "Type3", "Method2");
    nr_thread_profiler_module_unloaded(&profiler, MODULE);
    check_name(&profiler, 16, "UnknownClass", "UnknownMethod(error)");
    nr_thread_profiler_stop(&profiler);
    nr_thread_profiler_close(&profiler);
    nr_function_names_free(&profiler.old_names);
}

static void test_contract(void) {
    struct nr_thread_profiler profiler;
    void *stacks = NULL, *names = NULL;
    uintptr_t function = 8;
    int length = 0;
    clr.threads = 5;
    clr.hidden_threads = 0;
    NR_CASE("no ICorProfilerInfo10");
    nr_thread_profiler_init(&profiler, NULL, false);
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), E_UNEXPECTED);
    nr_thread_profiler_stop(&profiler);

    NR_CASE("arguments");
    nr_thread_profiler_init(&profiler, &info, true);
    CHECK_INT(nr_thread_profiler_request(&profiler, NULL, &length), E_INVALIDARG);
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, NULL), E_INVALIDARG);
    CHECK_INT(nr_thread_profiler_names(&profiler, NULL, 1, &names), E_INVALIDARG);
    CHECK_INT(nr_thread_profiler_names(&profiler, &function, 0, &names), E_INVALIDARG);
    CHECK_INT(nr_thread_profiler_names(&profiler, &function, -1, &names), E_INVALIDARG);
    CHECK_INT(nr_thread_profiler_names(&profiler, &function, 1, NULL), E_INVALIDARG);
    NR_CASE("one profile at a time");
    nr_thread_profiler_release(&profiler);
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), S_OK);
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), E_FAIL);
    nr_thread_profiler_release(&profiler);
    NR_CASE("what was given out can be read after a stop");
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), S_OK);
    const struct nr_thread_stack *kept = stacks;
    CHECK_INT(nr_thread_profiler_names(&profiler, &function, 1, &names), S_OK);
    const struct nr_function_name *kept_names = names;
    nr_thread_profiler_stop(&profiler);
    nr_thread_profiler_stop(&profiler);
    CHECK_INT(kept[1].length, 2);
    CHECK_INT(kept[1].frames[1], 16);
    CHECK_INT(kept_names[0].type[0], 'T');
    NR_CASE("a request after a stop starts anew");
    check_name(&profiler, 8, "UnknownClass", "UnknownMethod(error)");
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), S_OK);
    check_name(&profiler, 8, "Type3+Type2", "Method1");
    NR_CASE("no memory");
    nr_thread_profiler_release(&profiler);
    nr_test_fail_allocation(1);
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), E_OUTOFMEMORY);
    CHECK_INT(nr_thread_profiler_names(&profiler, &function, 1, &names), E_OUTOFMEMORY);
    nr_test_fail_allocation(0);
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), S_OK);
    NR_CASE("nothing after the end");
    nr_thread_profiler_close(&profiler);
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), E_ABORT);
    nr_thread_profiler_release(&profiler);
    CHECK_INT(nr_thread_profiler_names(&profiler, &function, 1, &names), S_OK);
    nr_thread_profiler_stop(&profiler);
    CHECK_INT(nr_thread_profiler_names(&profiler, &function, 1, &names), S_OK);
    nr_function_names_free(&profiler.names);
}

// .NET Framework is not suspended as a whole.
static void test_ends(bool suspends) {
    struct nr_thread_profiler profiler;
    struct nr_thread_stack *stacks = NULL;
    int length = 0;
    NR_CASE(suspends ? "a thread ends during a walk"
                     : "a thread ends during a walk of .NET Framework");
    nr_thread_profiler_init(&profiler, &info, suspends);
    nr_thread_profiler_thread_ends(&profiler);
    clr.threads = 20;
    clr.ends = &profiler;
    clr.ended = clr.suspended = false;
    CHECK_INT(nr_thread_profiler_request(&profiler, (void **)&stacks, &length), S_OK);
    nr_thread_join(&clr.ending);
    CHECK(clr.ended);
    clr.ends = NULL;
    check_stacks(stacks, length, 20);
    check_name(&profiler, 16, "Type3", "Method2");
    nr_thread_profiler_release(&profiler);
    nr_thread_profiler_close(&profiler);
    nr_function_names_free(&profiler.old_names);
}

// ---- many threads ----

static void request_often(void *context) {
    for (int i = 0; i < ROUNDS; i++) {
        void *stacks = NULL;
        int length = 0;
        HRESULT hr = nr_thread_profiler_request(context, &stacks, &length);
        if (hr == S_OK) nr_thread_profiler_release(context);
        if (hr != S_OK && hr != E_ABORT && hr != E_FAIL) abort();
    }
}

static void stop_often(void *context) {
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 3) nr_sleep_ms(1);
        nr_thread_profiler_stop(context);
    }
}

static void name_often(void *context) {
    for (int i = 0; i < ROUNDS; i++) {
        uintptr_t function = 8;
        void *names = NULL;
        nr_thread_profiler_names(context, &function, 1, &names);
        nr_thread_profiler_module_unloaded(context, MODULE);
    }
}

static void test_threads(void) {
    void (*const works[])(void *) = {request_often, stop_often, name_often, request_often,
                                     stop_often};
    enum { COUNT = sizeof(works) / sizeof(works[0]) };
    struct nr_thread threads[COUNT];
    struct nr_thread_profiler profiler;
    void *stacks = NULL;
    int length = 0, started = 0;
    NR_CASE("stopped at any moment by any thread");
    clr.threads = 30;
    nr_thread_profiler_init(&profiler, &info, true);
    while (started < COUNT &&
           nr_thread_start(&threads[started], works[started], &profiler) == NR_OK) {
        started++;
    }
    CHECK_INT(started, COUNT);
    for (int i = 0; i < started; i++) nr_thread_join(&threads[i]);
    CHECK_INT(nr_thread_profiler_request(&profiler, &stacks, &length), S_OK);
    CHECK_INT(length, 27);
    nr_thread_profiler_release(&profiler);
    nr_thread_profiler_stop(&profiler);
    nr_function_names_free(&profiler.old_names);
}

void test_thread_profiler(void) {
    test_profiles();
    test_contract();
    test_ends(true);
    test_ends(false);
    test_threads();
}
