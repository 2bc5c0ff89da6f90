// Tests of src/profiler/live_points.c and src/profiler/refresh.c: sets of points that are replaced
// while others read them.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/live_points.h"

#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "profiler/profiler.h"

enum { THREADS = 8, ROUNDS = 2000, REFRESHES = 40 };

static struct nr_point_set *new_set(const char *xml, const char *ignored_class) {
    struct nr_ignore_rule rule = {NR_STR("Shop"), nr_str_of(ignored_class)};
    struct nr_ignore_list ignore = {&rule, ignored_class ? 1 : 0};
    struct nr_point_set *set = nr_point_set_new(&ignore);
    if (!set) return NULL;
    struct nr_bytes text = {(const uint8_t *)xml, strlen(xml)};
    if (nr_extension_files_add(&set->arena, &set->files, NR_STR("a.xml"), text) == NR_OK &&
        nr_point_set_parse(set, NULL) == NR_OK && nr_point_set_index(set) == NR_OK) {
        return set;
    }
    nr_point_set_free(set);
    return NULL;
}

#define POINT(match, method, more)                                      \
    "<extension><instrumentation><tracerFactory " more "><match " match \
    "><exactMethodMatcher methodName=\"" method                         \
    "\"/></match></tracerFactory></instrumentation>"                    \
    "</extension>"
#define IN_SHOP "assemblyName=\"Shop\" className=\"A\""

static void test_agreement(void) {
    static const struct {
        const char *name, *xml, *ignored;
        bool agrees;
    } cases[] = {
        {"the same", POINT(IN_SHOP, "M", ""), NULL, true},
        {"another method", POINT(IN_SHOP, "N", ""), NULL, false},
        {"another metric", POINT(IN_SHOP, "M", "metricName=\"m\""), NULL, false},
        {"another factory", POINT(IN_SHOP, "M", "name=\"F\""), NULL, false},
        {"other flags", POINT(IN_SHOP, "M", "level=\"3\""), NULL, false},
        {"a version", POINT(IN_SHOP " minVersion=\"2\"", "M", ""), NULL, false},
        {"another class", POINT("assemblyName=\"Shop\" className=\"B\"", "M", ""), NULL, false},
        {"another assembly", POINT("assemblyName=\"Bar\" className=\"A\"", "M", ""), NULL, false},
        {"ignored", POINT(IN_SHOP, "M", ""), "A", false},
        {"another class ignored", POINT(IN_SHOP, "M", ""), "B", true},
        {"nothing", "<extension/>", NULL, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        NR_CASE(cases[i].name);
        struct nr_point_set *left = new_set(POINT(IN_SHOP, "M", ""), NULL);
        struct nr_point_set *right = new_set(cases[i].xml, cases[i].ignored);
        if (!CHECK(left && right)) return;
        CHECK_INT(nr_point_sets_agree(left, right, NR_STR("Shop")), cases[i].agrees);
        CHECK(nr_point_sets_agree(left, right, NR_STR("Other")));
        nr_point_set_free(left);
        nr_point_set_free(right);
    }
    NR_CASE("wildcards depend on the ignore list");
    struct nr_point_set *left =
        new_set(POINT("assemblyName=\"Shop\" className=\"*\"", "*", ""), NULL);
    struct nr_point_set *right =
        new_set(POINT("assemblyName=\"Shop\" className=\"*\"", "*", ""), "A");
    if (!CHECK(left && right)) return;
    CHECK(!nr_point_sets_agree(left, right, NR_STR("Shop")));
    nr_point_set_free(left);
    nr_point_set_free(right);
}

static enum nr_status make_and_compare(void *context) {
    (void)context;
    struct nr_point_set *set = new_set(POINT(IN_SHOP, "M", ""), "B");
    if (!set) return NR_NO_MEMORY;
    nr_point_sets_agree(set, set, NR_STR("Shop"));
    nr_point_set_free(set);
    return NR_OK;
}

static void read_points(void *context) {
    struct nr_live_points *live = context;
    struct nr_version version = {0};
    for (int i = 0; i < ROUNDS; i++) {
        struct nr_point_set *set = nr_live_points_hold(live);
        const struct nr_point *point = nr_points_match(set->points, NR_STR("Shop"), NR_STR("A"),
                                                       NR_STR("M"), NR_STR(""), version, NULL);
        if (!point || !nr_str_equal(point->method_name, NR_STR("M"))) abort();
        nr_live_points_release(live, set);
    }
}

static void publish_points(void *context) {
    struct nr_live_points *live = context;
    for (int i = 0; i < ROUNDS / 10; i++) {
        struct nr_point_set *set = new_set(POINT(IN_SHOP, "M", ""), NULL);
        if (set) nr_live_points_release(live, nr_live_points_publish(live, set));
    }
}

static void run_threads(void (*const *works)(void *), size_t count, void *context) {
    struct nr_thread threads[THREADS];
    size_t started = 0;
    while (started < count &&
           nr_thread_start(&threads[started], works[started], context) == NR_OK) {
        started++;
    }
    CHECK_INT(started, count);
    for (size_t i = 0; i < started; i++) nr_thread_join(&threads[i]);
}

static void test_replacement(void) {
    void (*const works[])(void *) = {read_points, read_points, publish_points,
                                     read_points, read_points, publish_points};
    struct nr_live_points live;
    NR_CASE("points are replaced while others read them");
    nr_live_points_init(&live);
    CHECK(nr_live_points_hold(&live) == NULL);
    nr_live_points_release(&live, NULL);
    nr_live_points_publish(&live, new_set(POINT(IN_SHOP, "M", ""), NULL));
    run_threads(works, sizeof(works) / sizeof(works[0]), &live);
    CHECK_INT(live.current->references, 1);
    nr_live_points_release(&live, live.current);
}

// ---- refreshes, with a CLR that has no modules ----

static HRESULT NR_STDCALL no_modules(ICorProfilerModuleEnum *self, ULONG count, ModuleID *modules,
                                     ULONG *fetched) {
    (void)self, (void)count, (void)modules;
    *fetched = 0;
    return S_FALSE;
}

static ULONG NR_STDCALL release_modules(ICorProfilerModuleEnum *self) {
    (void)self;
    return 0;
}

static HRESULT NR_STDCALL enum_modules(ICorProfilerInfo15 *self, ICorProfilerModuleEnum **modules) {
    static const ICorProfilerModuleEnumVtbl vtable = {.Next = no_modules,
                                                      .Release = release_modules};
    static ICorProfilerModuleEnum none = {&vtable};
    (void)self;
    *modules = &none;
    return S_OK;
}

static void refresh_often(void *context) {
    for (int i = 0; i < REFRESHES; i++) {
        if (nr_refresh_instrumentation(context) != S_OK) abort();
    }
}

static void reload_often(void *context) {
    for (int i = 0; i < REFRESHES; i++) {
        if (nr_reload_configuration(context) != S_OK) abort();
    }
}

static void apply_often(void *context) {
    for (int i = 0; i < REFRESHES; i++) {
        const char *name = i % 2 ? "a.xml" : "b.xml";
        if (nr_add_custom_instrumentation(context, name, POINT(IN_SHOP, "N", "")) != S_OK ||
            nr_apply_custom_instrumentation(context) != S_OK) {
            abort();
        }
    }
}

static size_t point_count(struct nr_profiler *profiler) {
    return nr_points_count(profiler->points.current->points);
}

static void test_refresh(void) {
    static const ICorProfilerInfo15Vtbl vtable = {.EnumModules = enum_modules};
    void (*const works[])(void *) = {refresh_often, apply_often, reload_often, apply_often,
                                     refresh_often};
    ICorProfilerInfo15 info = {&vtable};
    struct nr_profiler *profiler = nr_profiler_new();
    if (!CHECK(profiler)) return;
    setenv("CORECLR_NEW_RELIC_HOME", NR_TEST_ROOT "/tests/live/home", 1);
    profiler->info = &info;
    nr_refresh_init(&profiler->refresh);
    nr_live_points_init(&profiler->points);
    nr_module_table_init(&profiler->modules, &info);
    nr_live_points_publish(&profiler->points, new_set("<extension/>", NULL));

    NR_CASE("no refresh before Initialize is through");
    CHECK_INT(nr_refresh_instrumentation(profiler), E_FAIL);
    atomic_store(&profiler->active, true);
    NR_CASE("the files are read again");
    CHECK_INT(point_count(profiler), 0);
    CHECK_INT(nr_refresh_instrumentation(profiler), S_OK);
    CHECK_INT(point_count(profiler), 1);
    NR_CASE("a broken live file changes nothing");
    CHECK_INT(nr_add_custom_instrumentation(profiler, "a.xml", "<a"), S_OK);
    CHECK_INT(nr_apply_custom_instrumentation(profiler), S_FALSE);
    CHECK_INT(point_count(profiler), 1);
    NR_CASE("one of the same name replaces it");
    CHECK_INT(nr_add_custom_instrumentation(profiler, "a.xml", "<a"), S_OK);
    CHECK_INT(nr_add_custom_instrumentation(profiler, "a.xml", POINT(IN_SHOP, "M", "")), S_OK);
    CHECK_INT(nr_apply_custom_instrumentation(profiler), S_OK);
    CHECK_INT(point_count(profiler), 2);
    CHECK_INT(nr_apply_custom_instrumentation(profiler), S_OK);
    CHECK_INT(point_count(profiler), 1);
    CHECK_INT(nr_add_custom_instrumentation(profiler, NULL, ""), E_INVALIDARG);
    CHECK_INT(nr_add_custom_instrumentation(profiler, "", NULL), E_INVALIDARG);
    NR_CASE("refreshes of all kinds at once");
    run_threads(works, sizeof(works) / sizeof(works[0]), profiler);
    CHECK_INT(nr_apply_custom_instrumentation(profiler), S_OK);
    CHECK_INT(nr_apply_custom_instrumentation(profiler), S_OK);
    CHECK_INT(point_count(profiler), 1);
    NR_CASE("no refresh after Shutdown");
    atomic_store(&profiler->active, false);
    nr_refresh_shut_down(&profiler->refresh);
    CHECK_INT(nr_refresh_instrumentation(profiler), E_FAIL);
    CHECK_INT(nr_reload_configuration(profiler), E_FAIL);
    nr_live_points_release(&profiler->points, profiler->points.current);
    free(profiler);
    unsetenv("CORECLR_NEW_RELIC_HOME");
}

void test_live_points(void) {
    test_agreement();
    NR_CASE("every allocation of a set may fail");
    nr_test_every_allocation(make_and_compare, NULL, 200);
    test_replacement();
    test_refresh();
}
