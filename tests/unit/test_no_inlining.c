// Tests of what the JIT may inline, by the runtime's version.
// SPDX-License-Identifier: Apache-2.0
#include "harness.h"
#include "profiler/profiler.h"

enum { MODULE = 8, METHOD = 0x06000005, OTHER = 0x06000006, THREADS = 4, ROUNDS = 2000 };

// A FunctionID is the method's token.
static HRESULT NR_STDCALL function_info(ICorProfilerInfo15 *self, FunctionID function,
                                        ClassID *class_id, ModuleID *module, mdToken *token) {
    (void)self, (void)class_id;
    *module = MODULE;
    *token = (mdToken)function;
    return S_OK;
}

static const ICorProfilerInfo15Vtbl vtable = {.GetFunctionInfo = function_info};
static ICorProfilerInfo15 info = {&vtable};

static struct nr_profiler profiler;  // the memory of its table stays, since readers may walk it

static void set_up(unsigned runtime, bool net_framework) {
    profiler.info = &info;
    profiler.runtime = runtime;
    profiler.net_framework = net_framework;
    profiler.no_inlining = (struct nr_no_inlining){0};
    nr_no_inlining_init(&profiler);
    struct nr_loaded_module *module = nr_loaded_module_new(MODULE);
    if (CHECK(module)) CHECK_INT(nr_module_table_add(&profiler.modules, module), NR_OK);
}

static void tear_down(void) { nr_module_table_remove(&profiler.modules, MODULE); }

static void never_inline(mdMethodDef method) {
    nr_never_inline(&profiler, nr_module_table_get(&profiler.modules, MODULE), method);
}

static void test_versions(void) {
    static const struct {
        unsigned runtime;
        bool net_framework, sound;
    } cases[] = {{8, false, false}, {5, false, false}, {9, false, true}, {4, true, true}};
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        NR_CASE("which runtimes need it");
        set_up(cases[i].runtime, cases[i].net_framework);
        CHECK(nr_may_inline(&profiler, METHOD));
        never_inline(METHOD);
        CHECK(nr_may_inline(&profiler, METHOD) == cases[i].sound);
        uint64_t before = nr_clock_ns();
        CHECK(nr_may_inline(&profiler, OTHER));
        nr_no_inlining_begin(&profiler);
        CHECK(cases[i].sound || nr_clock_ns() - before >= 100000000);
        CHECK(nr_may_inline(&profiler, OTHER) == cases[i].sound);
        nr_no_inlining_end(&profiler);
        CHECK(nr_may_inline(&profiler, OTHER));
        CHECK(nr_may_inline(&profiler, METHOD) == cases[i].sound);
        tear_down();
    }
}

static void test_no_memory(void) {
    NR_CASE("without memory for the method nothing is inlined any more");
    set_up(8, false);
    nr_test_fail_allocation(1);
    never_inline(METHOD);
    CHECK(nr_test_fail_allocation(0));
    CHECK(!nr_may_inline(&profiler, METHOD));
    CHECK(!nr_may_inline(&profiler, OTHER));
    tear_down();
}

static void ask(void *context) {
    atomic_bool *ok = context;
    for (mdMethodDef row = 0; row < ROUNDS; row++) {
        never_inline(METHOD + row);
        if (nr_may_inline(&profiler, METHOD + row)) atomic_store(ok, false);
        nr_may_inline(&profiler, METHOD + ROUNDS);
    }
}

static void test_threads(void) {
    struct nr_thread threads[THREADS];
    atomic_bool ok = true;
    NR_CASE("many threads ask while one bars");
    set_up(8, false);
    for (int i = 0; i < THREADS; i++) CHECK_INT(nr_thread_start(&threads[i], ask, &ok), NR_OK);
    nr_no_inlining_begin(&profiler);
    CHECK(!nr_may_inline(&profiler, METHOD + ROUNDS));
    nr_no_inlining_end(&profiler);
    for (int i = 0; i < THREADS; i++) nr_thread_join(&threads[i]);
    CHECK(ok);
    CHECK(nr_may_inline(&profiler, METHOD + ROUNDS));
    tear_down();
}

void test_no_inlining(void) {
    nr_module_table_init(&profiler.modules, &info);
    test_versions();
    test_no_memory();
    test_threads();
}
