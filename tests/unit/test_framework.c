// Tests of the profiler on .NET Framework, with a CLR of our own: what Initialize asks for, what
// modules get when they are loaded, what methods become when they are compiled.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#ifdef _WIN32
#include <direct.h>
#define mkdir(path, mode) _mkdir(path)
#define rmdir(path) _rmdir(path)
#else
#include <unistd.h>
#endif

#include "exports.h"
#include "fake_clr.h"
#include "il/disassemble.h"
#include "mscorlib.h"
#include "platform/platform.h"
#include "profiler/class_factory.h"
#include "profiler/log_output.h"
#include "profiler/profiler.h"
#include "version_image.h"

#define HOME "nr-test-framework"
#define AGENT HOME NR_PATH_SEPARATOR "NewRelic.Agent.Core.dll"

enum { MSCORLIB = 1, SHOP, API, OTHER };

// ---- home ----

static void write_file(const char *path, const void *data, size_t size) {
    FILE *file = fopen(path, "wb");
    if (!CHECK(file != NULL)) return;
    fwrite(data, 1, size, file);
    fclose(file);
}

static void write_text(const char *path, const char *text) { write_file(path, text, strlen(text)); }

static void write_agent(const char *product) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes agent = version_image(&arena, 16, product, true);
    write_file(AGENT, agent.data, agent.size);
    nr_arena_free(&arena);
}

static void make_home(void) {
    mkdir(HOME, 0700);
    mkdir(HOME "/extensions", 0700);
    mkdir(HOME "/extensions/netframework", 0700);
    write_text(HOME "/newrelic.config",
               "<configuration xmlns=\"urn:newrelic-config\" agentEnabled=\"true\">"
               "<log level=\"finest\"/></configuration>");
    write_text(HOME "/extensions/netframework/Shop.xml",
               "<extension xmlns=\"urn:newrelic-extension\"><instrumentation><tracerFactory>"
               "<match assemblyName=\"Shop\" className=\"Shop.Cart\">"
               "<exactMethodMatcher methodName=\"Buy\" parameters=\"System.Int32\"/>"
               "</match></tracerFactory></instrumentation></extension>");
    write_agent("New Relic .NET Agent");
    setenv("NEW_RELIC_HOME", HOME, 1);
    setenv("NEW_RELIC_PROFILER_LOG_DIRECTORY", HOME, 1);
    setenv("NEW_RELIC_FORCE_PROFILING", "1", 1);
}

static void log_path(char path[128]) {
    snprintf(path, 128, HOME "/NewRelic.Profiler.%u.log", (unsigned)nr_process_id());
}

static void remove_home(void) {
    char path[128];
    log_path(path);
    // Windows removes no open file.
    nr_log_output_change(&(struct nr_log_mode){.enabled = false, .level = NR_LOG_INFO});
    remove(path);
    remove(AGENT);
    remove(HOME "/extensions/netframework/Shop.xml");
    remove(HOME "/newrelic.config");
    unsetenv("NEW_RELIC_HOME");
    unsetenv("NEW_RELIC_PROFILER_LOG_DIRECTORY");
    unsetenv("NEW_RELIC_FORCE_PROFILING");
    rmdir(HOME "/extensions/netframework");
    rmdir(HOME "/extensions");
    rmdir(HOME);
}

// Whether the log has this line, without its time.
static bool logged(const char *level, const char *text) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes bytes = {0};
    char path[128];
    log_path(path);
    nr_file_read(&arena, nr_str_of(path), 1 << 20, &bytes);
    struct nr_str all = {(const char *)bytes.data, bytes.size};
    bool found = false;
    for (size_t at = 0; at < all.size && !found;) {
        size_t end = nr_str_find(all, '\n', at);
        struct nr_str line = nr_str_slice(all, at, end);
        found =
            nr_str_starts_with(line, nr_str_of(level)) && nr_str_ends_with(line, nr_str_of(text));
        at = end + 1;
    }
    nr_arena_free(&arena);
    return found;
}

static void forget_log(void) {
    char path[128];
    log_path(path);
    write_text(path, "");
}

// ---- Initialize ----

// A profiler stays for the life of the process; so that the leak checker finds it, it is kept.
static ICorProfilerCallback4 *new_profiler(void) {
    static ICorProfilerCallback4 *all[16];
    static size_t count;
    IClassFactory *factory = NULL;
    if (count == NR_COUNT_OF(all)) abort();
    ICorProfilerCallback4 **place = &all[count++];
    nr_class_factory_create(&nr_IID_IClassFactory, (void **)&factory);
    CHECK_INT(factory->lpVtbl->CreateInstance(factory, NULL, &nr_IID_ICorProfilerCallback4,
                                              (void **)place),
              S_OK);
    return *place;
}

static HRESULT initialize(ICorProfilerCallback4 *callback) {
    return callback->lpVtbl->Initialize(callback, (IUnknown *)(void *)&fake_info);
}

static void check_asked(const GUID *const *expected, size_t count) {
    CHECK_INT(fake.asked_count, count);
    for (size_t i = 0; i < count && i < fake.asked_count; i++) {
        CHECK(nr_guid_equal(fake.asked[i], expected[i]));
    }
}

static void test_initialize(void) {
    static const GUID *const asked[] = {&nr_IID_ICorProfilerInfo4, &nr_IID_ICorProfilerInfo7,
                                        &nr_IID_ICorProfilerInfo10};
    NR_CASE("Initialize on .NET Framework 4.6.1");
    fake_start(COR_PRF_DESKTOP_CLR, 7);
    CHECK_INT(initialize(new_profiler()), S_OK);
    check_asked(asked, NR_COUNT_OF(asked));
    CHECK_INT(fake.event_calls, 1);
    CHECK_INT(fake.event2_calls, 0);
    CHECK_INT(fake.events, COR_PRF_MONITOR_JIT_COMPILATION | COR_PRF_MONITOR_MODULE_LOADS |
                               COR_PRF_USE_PROFILE_IMAGES | COR_PRF_MONITOR_THREADS |
                               COR_PRF_ENABLE_STACK_SNAPSHOT | COR_PRF_ENABLE_REJIT |
                               COR_PRF_DISABLE_ALL_NGEN_IMAGES);
    CHECK(logged("[Trace]", " New Relic .NET Agent"));
    CHECK(logged("[Info ]", " New Relic .NET Agent v10.1.2.3"));
    CHECK(logged("[Info ]", "Loading instrumentation from " HOME NR_PATH_SEPARATOR
                            "extensions" NR_PATH_SEPARATOR "netframework"));
    CHECK(logged("[Debug]", "Calling SetEventMask()."));
    CHECK(logged("[Trace]", "CLR version: 4.0"));
    CHECK(logged("[Info ]", "Profiler initialized"));
    CHECK(!nr_profiler_current()->caches);
}

static void test_refusals(void) {
    NR_CASE("ICorProfilerInfo7 is needed");
    fake_start(COR_PRF_DESKTOP_CLR, 6);
    forget_log();
    CHECK_INT(initialize(new_profiler()), CORPROF_E_PROFILER_CANCEL_ACTIVATION);
    CHECK(logged("[Error]", ".NET Framework 4.6.1 is required.  Detaching New Relic profiler."));
    CHECK_INT(fake.event_calls + fake.event2_calls, 0);

    NR_CASE("the agent has to be that for .NET Framework");
    fake_start(COR_PRF_DESKTOP_CLR, 9);
    forget_log();
    write_agent("New Relic .NET CoreCLR Agent");
    CHECK_INT(initialize(new_profiler()), CORPROF_E_PROFILER_CANCEL_ACTIVATION);
    CHECK(logged("[Error]",
                 "Expected Agent product to be New Relic .NET Agent, but it was New "
                 "Relic .NET CoreCLR Agent"));
    CHECK(logged("[Error]", "Incorrect agent product"));
    write_agent("New Relic .NET Agent");

    NR_CASE("another runtime");
    fake_start((COR_PRF_RUNTIME_TYPE)3, 11);
    CHECK_INT(initialize(new_profiler()), CORPROF_E_PROFILER_CANCEL_ACTIVATION);
    CHECK(logged("[Error]", "Unknown Runtime Type found: 3"));
}

// ---- modules ----

#define TEXT(image, text) nr_test_image_string((image), (text))
#define BLOB(image, text) nr_test_image_blob((image), (text), sizeof(text) - 1)

static void begin_library(struct nr_test_image *image, const char *name, const char *reference) {
    nr_test_image_init(image, &fake.arena);
    nr_buffer_append(&image->bodies, "\x06\x2a", 2);  // tiny: ret
    NR_TEST_ROW(image, NR_TABLE_MODULE, 0, TEXT(image, name));
    NR_TEST_ROW(image, NR_TABLE_ASSEMBLY, 0x8004, 1, 0, 0, 0, 0, 0, TEXT(image, name));
    NR_TEST_ROW(image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0, TEXT(image, reference));
    NR_TEST_ROW(image, NR_TABLE_TYPE_REF, 1 << 2 | 2, TEXT(image, "Object"), TEXT(image, "System"));
    NR_TEST_ROW(image, NR_TABLE_TYPE_DEF, 0, TEXT(image, "<Module>"), 0, 0, 1, 1);
}

enum { BUY = 1, BUY_NOTHING, SELL, GET_NAME };

// void Buy(int), void Buy(), void Sell(): all static.
static struct nr_bytes shop_image(const char *reference) {
    struct nr_test_image image;
    begin_library(&image, "Shop", reference);
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 1, TEXT(&image, "Cart"), TEXT(&image, "Shop"),
                1 << 2 | 1, 1, 1);
    NR_TEST_ROW(&image, NR_TABLE_METHOD_DEF, NR_TEST_IMAGE_BODIES, 0, 0x96, TEXT(&image, "Buy"),
                BLOB(&image, "\0\1\1\x08"), 1);
    NR_TEST_ROW(&image, NR_TABLE_METHOD_DEF, NR_TEST_IMAGE_BODIES, 0, 0x96, TEXT(&image, "Buy"),
                BLOB(&image, "\0\0\1"), 1);
    NR_TEST_ROW(&image, NR_TABLE_METHOD_DEF, NR_TEST_IMAGE_BODIES, 0, 0x96, TEXT(&image, "Sell"),
                BLOB(&image, "\0\0\1"), 1);
    return nr_test_image_build(&image);
}

// void NewRelic.Notice(string)
static struct nr_bytes api_image(void) {
    struct nr_test_image image;
    begin_library(&image, "NewRelic.Api.Agent", "mscorlib");
    NR_TEST_ROW(&image, NR_TABLE_TYPE_DEF, 1, TEXT(&image, "NewRelic"),
                TEXT(&image, "NewRelic.Api.Agent"), 1 << 2 | 1, 1, 1);
    NR_TEST_ROW(&image, NR_TABLE_METHOD_DEF, NR_TEST_IMAGE_BODIES, 0, 0x96, TEXT(&image, "Notice"),
                BLOB(&image, "\0\1\1\x0e"), 1);
    return nr_test_image_build(&image);
}

static ICorProfilerCallback4 *start(void) {
    ICorProfilerCallback4 *callback;
    fake_start(COR_PRF_DESKTOP_CLR, 9);
    forget_log();
    callback = new_profiler();
    CHECK_INT(initialize(callback), S_OK);
    CHECK(fake_load(MSCORLIB, "C:\\mscorlib.dll", "mscorlib", mscorlib_image(&fake.arena, true)));
    CHECK(fake_load(SHOP, "C:\\Shop.dll", "Shop", shop_image("netstandard")));
    CHECK(fake_load(API, "C:\\Api.dll", "NewRelic.Api.Agent", api_image()));
    CHECK(fake_load(OTHER, "C:\\Other.dll", "Other", shop_image("mscorlib")));
    return callback;
}

static void load(ICorProfilerCallback4 *callback, ModuleID module) {
    CHECK_INT(callback->lpVtbl->ModuleLoadFinished(callback, module, S_OK), S_OK);
}

static void load_all(ICorProfilerCallback4 *callback) {
    for (ModuleID id = MSCORLIB; id <= OTHER; id++) load(callback, id);
}

static void compile(ICorProfilerCallback4 *callback, ModuleID module, uint32_t method) {
    FunctionID function = fake_function(module, method);
    CHECK_INT(callback->lpVtbl->JITCompilationStarted(callback, function, 1), S_OK);
}

static uint32_t rows(ModuleID module, enum nr_table table) {
    return nr_file_module_row_count(fake.modules[module - 1].file, table);
}

static void end(ICorProfilerCallback4 *callback) {
    for (ModuleID id = MSCORLIB; id <= OTHER; id++) {
        callback->lpVtbl->ModuleUnloadStarted(callback, id);
    }
    callback->lpVtbl->Shutdown(callback);
}

static void test_loads(void) {
    uint32_t methods;
    ICorProfilerCallback4 *callback = start();
    NR_CASE("mscorlib gets six methods");
    methods = rows(MSCORLIB, NR_TABLE_METHOD_DEF);
    load(callback, MSCORLIB);
    CHECK_INT(rows(MSCORLIB, NR_TABLE_METHOD_DEF), methods + NR_HELPERS);
    CHECK_INT(rows(MSCORLIB, NR_TABLE_DECL_SECURITY), NR_HELPERS);
    CHECK_INT(rows(MSCORLIB, NR_TABLE_CUSTOM_ATTRIBUTE), 2 * NR_HELPERS);
    CHECK_INT(rows(MSCORLIB, NR_TABLE_MEMBER_REF), 0);
    CHECK(nr_profiler_current()->caches);
    CHECK(logged("[Debug]", "Injecting helper methods into C:\\mscorlib.dll"));

    NR_CASE("every other module gets references, and one to mscorlib when it has none");
    load(callback, SHOP);
    CHECK_INT(rows(SHOP, NR_TABLE_ASSEMBLY_REF), 2);
    CHECK_INT(rows(SHOP, NR_TABLE_MEMBER_REF), NR_HELPERS);
    CHECK_INT(fake.rejit_count, 0);
    CHECK(logged("[Debug]", "Injecting references to helper methods into C:\\Shop.dll"));
    CHECK(
        logged("[Debug]",
               "Attempting to Inject reference to mscorlib into netstandard Module  C:\\Shop.dll"));
    CHECK(logged("[Debug]",
                 "Attempting to Inject reference to mscorlib into netstandard Module  C:\\Shop.dll"
                 " - Success: 587202562"));  // 0x23000002
    CHECK(logged("[Trace]", "Module Injection Started. 2"));
    CHECK(logged("[Trace]", "Module Injection Finished. 2 : C:\\Shop.dll"));
    load(callback, OTHER);
    CHECK_INT(rows(OTHER, NR_TABLE_ASSEMBLY_REF), 1);
    CHECK_INT(rows(OTHER, NR_TABLE_MEMBER_REF), NR_HELPERS);
    CHECK(!logged("[Debug]", "netstandard Module  C:\\Other.dll"));
    end(callback);
}

static void test_odd_loads(void) {
    ICorProfilerCallback4 *callback = start();
    NR_CASE("a module that failed to load is left alone");
    callback->lpVtbl->ModuleLoadFinished(callback, SHOP, E_FAIL);
    CHECK_INT(fake.metadata_opened, 0);

    NR_CASE("a dynamic module gets nothing");
    fake.modules[OTHER - 1].dynamic = true;
    load(callback, OTHER);
    CHECK_INT(rows(OTHER, NR_TABLE_MEMBER_REF), 0);

    NR_CASE("a module without metadata");
    fake.modules[API - 1].no_metadata = true;
    load(callback, API);
    CHECK(logged("[Warn ]",
                 "Failed to get metadata from the module, it is likely a resource "
                 "module.  ModuleName: C:\\Api.dll"));
    CHECK(!logged("[Trace]", "C:\\Api.dll"));

    NR_CASE("a module whose assembly is not known yet has its name in the manifest");
    fake.modules[SHOP - 1].assembly = NULL;
    load(callback, SHOP);
    compile(callback, SHOP, BUY);
    CHECK_INT(fake.rejit_count, 1);
    end(callback);
}

static void refuse(ICorProfilerCallback4 *callback, ModuleID module, HRESULT reason) {
    FunctionID function = fake_function(module, BUY);
    mdMethodDef method = NR_TOKEN(NR_TABLE_METHOD_DEF, BUY);
    CHECK_INT(callback->lpVtbl->ReJITError(callback, module, method, function, reason), S_OK);
}

static void test_refused_methods(void) {
    static const char refusal[] =
        "The CLR refuses to instrument methods of C:\\Shop.dll, such as 0x06000001: 0x8007000e";
    ICorProfilerCallback4 *callback = start();
    load_all(callback);
    forget_log();
    NR_CASE("a refusal that is the profiler's own, or of an unknown module, says nothing");
    refuse(callback, SHOP, E_FAIL);
    refuse(callback, OTHER + 1, E_OUTOFMEMORY);
    CHECK(!logged("[Warn ]", ""));

    NR_CASE("one line for each module tells of the CLR's");
    refuse(callback, SHOP, E_OUTOFMEMORY);
    CHECK(logged("[Warn ]", refusal));
    forget_log();
    refuse(callback, SHOP, E_OUTOFMEMORY);
    CHECK(!logged("[Warn ]", ""));
    refuse(callback, API, E_OUTOFMEMORY);
    CHECK(logged("[Warn ]", "0x8007000e"));
    end(callback);
}

// ---- methods ----

static struct nr_str user_string(void *context, struct nr_arena *arena, uint32_t token) {
    const struct fake_module *module = context;
    struct nr_module *file = module->file;
    struct nr_member_ref member;
    struct nr_type_ref type;
    if (NR_TOKEN_TABLE(token) == NR_TABLE_MEMBER_REF &&
        file->ops->member_ref(file, arena, token, &member) == NR_OK) {
        return member.name;
    }
    if (NR_TOKEN_TABLE(token) == NR_TABLE_TYPE_REF &&
        file->ops->type_ref(file, arena, token, &type) == NR_OK) {
        return type.name;
    }
    return NR_TOKEN_TABLE(token) == NR_TABLE_USER_STRING ? NR_STR("text") : (struct nr_str){0};
}

static struct nr_str body_text(ModuleID module, uint32_t method) {
    const struct nr_token_names names = {user_string, &fake.modules[module - 1]};
    struct nr_bytes body = fake_new_body(fake_function(module, method));
    struct nr_buffer text;
    if (!body.data) return NR_STR("none");
    nr_buffer_init(&text, &fake.arena);
    nr_disassemble(&fake.arena, body, &names, &text);
    return (struct nr_str){(char *)text.data, text.size};
}

static void check_contains(struct nr_str text, const char *wanted) {
    if (!CHECK(nr_str_contains(text, nr_str_of(wanted)))) {
        printf("%.*s\nhas not:\n%s\n", NR_STR_ARGS(text), wanted);
    }
}

static HRESULT rejit(ICorProfilerCallback4 *callback, ModuleID module, uint32_t method) {
    struct fake_control control = {
        {&fake_control_vtable}, module, NR_TOKEN(NR_TABLE_METHOD_DEF, method)};
    return callback->lpVtbl->GetReJITParameters(callback, module, control.method, &control.base);
}

static void test_helpers(void) {
    ICorProfilerCallback4 *callback = start();
    NR_CASE("a helper gets its body when it is compiled, and nothing else in mscorlib does");
    load_all(callback);
    uint32_t last = rows(MSCORLIB, NR_TABLE_METHOD_DEF), first = last - NR_HELPERS + 1;
    for (uint32_t row = 1; row < first; row++) compile(callback, MSCORLIB, row);
    CHECK_INT(fake.body_count, 0);
    for (uint32_t row = first; row <= last; row++) compile(callback, MSCORLIB, row);
    CHECK_INT(fake.body_count, NR_HELPERS);
    check_contains(body_text(MSCORLIB, first), "ldarg.0\nIL_0001 call 0x06");
    CHECK(logged("[Info ]",
                 "Instrumenting helper method: (Module: C:\\mscorlib.dll, AppDomain: "
                 "DefaultDomain)[mscorlib]System.CannotUnloadAppDomainException."
                 "LoadAssemblyOrThrow(System.String)"));
    CHECK_INT(fake.rejit_count, 0);
    end(callback);
}

static void test_methods(void) {
    ICorProfilerCallback4 *callback = start();
    NR_CASE("a method with a point asks for ReJIT when it is compiled");
    load_all(callback);
    compile(callback, SHOP, SELL);
    compile(callback, SHOP, BUY_NOTHING);
    compile(callback, OTHER, BUY);
    CHECK_INT(fake.rejit_count, 0);
    compile(callback, SHOP, BUY);
    CHECK_INT(fake.rejit_count, 1);
    CHECK_INT(fake.rejits[0], fake_function(SHOP, BUY));
    CHECK_INT(fake.body_count, 0);
    CHECK(logged("[Debug]",
                 "(Module: C:\\Shop.dll, AppDomain: DefaultDomain)[Shop]Shop.Cart.Buy("
                 "System.Int32)"));

    NR_CASE("and finds the agent through the helper");
    CHECK_INT(rejit(callback, SHOP, BUY), S_OK);
    check_contains(body_text(SHOP, BUY),
                   " ldstr text\nIL_0009 ldstr text\nIL_000e ldstr text\nIL_0013 ldstr text\n"
                   "IL_0018 ldnull\n"
                   "IL_0019 call GetMethodFromAppDomainStorageOrReflectionOrThrow\n"
                   "IL_001e ldnull\n");
    CHECK(!nr_str_contains(body_text(SHOP, BUY), NR_STR("LoadFrom")));
    CHECK_INT(rows(SHOP, NR_TABLE_ASSEMBLY_REF), 2);  // no other than mscorlib's

    NR_CASE("a stub of the API is rewritten when it is compiled");
    compile(callback, API, 1);
    check_contains(body_text(API, 1),
                   " ldstr text\nIL_0005 ldstr text\nIL_000a ldstr text\n"
                   "IL_000f ldstr text\nIL_0014 ldc.i4 1\n"
                   "IL_0019 newarr System.Type\n");
    check_contains(body_text(API, 1), " call GetMethodFromAppDomainStorageOrReflectionOrThrow\n");
    end(callback);
}

static void check_without_cache(ICorProfilerCallback4 *callback) {
    compile(callback, SHOP, BUY);
    CHECK_INT(rejit(callback, SHOP, BUY), S_OK);
    check_contains(body_text(SHOP, BUY), " call LoadFrom\n");
    CHECK(!nr_str_contains(body_text(SHOP, BUY), NR_STR("GetMethodFromAppDomainStorage")));
    CHECK_INT(rows(SHOP, NR_TABLE_ASSEMBLY_REF), 2);
}

static void test_without_cache(void) {
    ICorProfilerCallback4 *callback;
    NR_CASE("without the cache methods are found by reflection");
    setenv("NEW_RELIC_DISABLE_APPDOMAIN_CACHING", "true", 1);
    callback = start();
    unsetenv("NEW_RELIC_DISABLE_APPDOMAIN_CACHING");
    CHECK(logged("[Info ]",
                 "The use of AppDomain for method information caching is disabled via "
                 "the 'NEW_RELIC_DISABLE_APPDOMAIN_CACHING' environment variable."));
    load_all(callback);
    check_without_cache(callback);
    end(callback);

    NR_CASE("nobody calls helpers that could not be added");
    callback = start();
    CHECK(fake_load(MSCORLIB, "C:\\mscorlib.dll", "mscorlib", mscorlib_image(&fake.arena, false)));
    load_all(callback);
    CHECK(logged("[Error]",
                 "What the helper methods need could not be added to C:\\mscorlib.dll: not found"));
    check_without_cache(callback);
    end(callback);
}

// ---- AppDomains ----

static void test_domains(void) {
    ICorProfilerCallback4 *callback = start();
    struct nr_module_table *table = &nr_profiler_current()->modules;
    NR_CASE("a module knows those of its own AppDomain and of mscorlib's");
    fake.modules[SHOP - 1].domain = 2;
    fake.modules[OTHER - 1].domain = 3;
    load_all(callback);
    struct nr_assemblies shop = nr_module_table_assemblies(nr_module_table_get(table, SHOP));
    CHECK(shop.find(shop.context, NR_STR("mscorlib")) != NULL);
    CHECK(shop.find(shop.context, NR_STR("NewRelic.Api.Agent")) != NULL);
    CHECK(shop.find(shop.context, NR_STR("Shop")) != NULL);
    CHECK(shop.find(shop.context, NR_STR("Other")) == NULL);
    end(callback);
}

struct unloading {
    ICorProfilerCallback4 *callback;
    atomic_bool done;
};

static void unload_shop(void *context) {
    struct unloading *unloading = context;
    unloading->callback->lpVtbl->ModuleUnloadStarted(unloading->callback, SHOP);
    atomic_store(&unloading->done, true);
}

static void test_unloading(void) {
    ICorProfilerCallback4 *callback = start();
    struct unloading unloading = {.callback = callback};
    struct nr_module_table *table = &nr_profiler_current()->modules;
    struct nr_thread thread;
    NR_CASE("a module does not unload while a refresh has it");
    load_all(callback);
    struct nr_loaded_module *module = nr_module_table_hold(table, SHOP);
    if (!CHECK(module != NULL) ||
        !CHECK_INT(nr_thread_start(&thread, unload_shop, &unloading), NR_OK)) {
        return;
    }
    while (nr_module_table_get(table, SHOP)) nr_sleep_ms(1);  // out of the table, for others
    nr_sleep_ms(20);
    CHECK(!atomic_load(&unloading.done));
    CHECK_STR(module->assembly_name, "Shop");
    nr_module_table_let_go(table, module);
    nr_thread_join(&thread);
    CHECK(atomic_load(&unloading.done));
    CHECK(nr_module_table_hold(table, SHOP) == NULL);
    end(callback);
}

static void test_exports_of_it(void) {
    ICorProfilerCallback4 *callback = start();
    NR_CASE("exports while the profiler works");
    CHECK_INT(AddCustomInstrumentation("a.xml", "<a/>"), S_OK);
    CHECK_INT(AddCustomInstrumentation(NULL, "<a/>"), E_INVALIDARG);
    CHECK_INT(RequestProfile(NULL, NULL), E_INVALIDARG);
    CHECK_INT(RequestFunctionNames(NULL, 1, NULL), E_INVALIDARG);
    ReleaseProfile();
    ShutdownThreadProfiler();
    end(callback);
    NR_CASE("exports after Shutdown");
    check_exports_refuse();
}

void test_framework(void) {
    make_home();
    test_initialize();
    test_refusals();
    test_loads();
    test_odd_loads();
    test_refused_methods();
    test_helpers();
    test_methods();
    test_without_cache();
    test_domains();
    test_unloading();
    test_exports_of_it();
    nr_arena_free(&fake.arena);
    remove_home();
}
