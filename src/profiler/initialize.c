// Initialize: decides whether to stay in the process, and sets everything up. Shutdown.
// SPDX-License-Identifier: Apache-2.0
//
// The CLR calls Initialize once, on the thread that starts the runtime, before any managed code
// runs. Whatever fails cancels the activation with a line in the log; nothing has been started by
// then.
#include "clr/guids.h"
#include "config/home.h"
#include "config/startup.h"
#include "metadata/managed_image.h"
#include "platform/process_facts.h"
#include "profiler/log_output.h"
#include "profiler/product.h"
#include "profiler/profiler.h"

enum {
    EVENTS = COR_PRF_MONITOR_JIT_COMPILATION | COR_PRF_MONITOR_MODULE_LOADS |
             COR_PRF_MONITOR_THREADS | COR_PRF_ENABLE_REJIT,
};

// What Initialize finds out on its way; gone when it returns.
struct start {
    struct nr_profiler *profiler;
    IUnknown *info;
    struct nr_arena *arena;  // the profiler's: settings and points stay
    struct nr_facts facts;
    struct nr_settings settings;
    USHORT major, minor;
};

static bool offers(IUnknown *info, REFGUID iid) {
    IUnknown *found = NULL;
    if (FAILED(info->lpVtbl->QueryInterface(info, iid, (void **)&found))) return false;
    found->lpVtbl->Release(found);
    return true;
}

// The one place that decides what this process runs on.
static HRESULT decide_runtime(COR_PRF_RUNTIME_TYPE type, struct nr_profiler *profiler) {
    profiler->net_framework = type == COR_PRF_DESKTOP_CLR;
    if (type == COR_PRF_DESKTOP_CLR || type == COR_PRF_CORE_CLR) return S_OK;
    nr_log_error(nr_profiler_log(), "Unknown Runtime Type found: %d", (int)type);
    return E_FAIL;
}

static const char *product_name(const struct start *start) {
    return start->profiler->net_framework ? "New Relic .NET Agent" : "New Relic .NET CoreCLR Agent";
}

static HRESULT find_runtime(struct start *start) {
    const struct nr_log *log = nr_profiler_log();
    struct nr_profiler *profiler = start->profiler;
    COR_PRF_RUNTIME_TYPE type = 0;
    HRESULT hr = start->info->lpVtbl->QueryInterface(start->info, &nr_IID_ICorProfilerInfo4,
                                                     (void **)&profiler->info);
    if (FAILED(hr)) {
        nr_log_error(log, "Error initializing CLR profiler info: %d", (int)hr);
        return hr;
    }
    hr = profiler->info->lpVtbl->GetRuntimeInformation(profiler->info, NULL, &type, &start->major,
                                                       &start->minor, NULL, NULL, 0, NULL, NULL);
    if (FAILED(hr)) {
        nr_log_error(log, "Error retrieving runtime information: %d", (int)hr);
        return hr;
    }
    profiler->runtime = start->major;
    if (FAILED(hr = decide_runtime(type, profiler))) return hr;
    nr_no_inlining_init(profiler);
    start->facts = nr_process_facts(start->arena, !profiler->net_framework);
    return S_OK;
}

static void open_log(const struct nr_startup *startup, const struct nr_log_mode *mode) {
    nr_log_output_open(startup->arena, startup->facts, mode);
}

static struct nr_startup startup_of(const struct start *start) {
    return (struct nr_startup){&start->facts, nr_profiler_log(), open_log, start->arena};
}

static HRESULT load_settings(struct start *start) {
    const struct nr_startup startup = startup_of(start);
    struct nr_log_mode mode;
    return nr_startup_load(&startup, &start->settings, &mode) == NR_OK ? S_OK : E_FAIL;
}

static HRESULT check_version(struct start *start) {
    const struct nr_log *log = nr_profiler_log();
    bool net_framework = start->profiler->net_framework;
    if (offers(start->info,
               net_framework ? &nr_IID_ICorProfilerInfo7 : &nr_IID_ICorProfilerInfo11)) {
        return S_OK;
    }
    if (net_framework) {
        nr_log_error(log, ".NET Framework 4.6.1 is required.  Detaching New Relic profiler.");
    } else {
        nr_log_error(log, ".NET Core 3.1 or greater required. Profiler not attaching.");
    }
    return E_FAIL;
}

// Its thread comes with the first request. .NET Framework has no ICorProfilerInfo10, and can do
// without; .NET Core cannot.
static void init_thread_profiler(struct start *start) {
    ICorProfilerInfo15 *info = NULL;
    nr_log_info(nr_profiler_log(), "Initializing ThreadProfiler");
    bool suspends = SUCCEEDED(start->info->lpVtbl->QueryInterface(
        start->info, &nr_IID_ICorProfilerInfo10, (void **)&info));
    if (suspends) {
        nr_log_info(nr_profiler_log(), "ICorProfilerInfo10 available");
    } else if (!start->facts.core) {
        info = start->profiler->info;
        info->lpVtbl->AddRef(info);
    }
    nr_thread_profiler_init(&start->profiler->threads, info, suspends);
}

static HRESULT find_agent(struct start *start) {
    struct nr_str *path = &start->profiler->agent_path;
    struct nr_bytes head = {0};
    if (nr_home_find_agent(start->arena, &start->facts, nr_profiler_log(), path) != NR_OK) {
        return E_FAIL;
    }
    if (nr_file_read_part(start->arena, *path, 0, NR_IMAGE_HEAD_SIZE, &head) != NR_OK ||
        !nr_is_managed_image(head)) {
        nr_log_error(nr_profiler_log(), "The New Relic Agent DLL is not a .NET assembly: %.*s",
                     NR_STR_ARGS(*path));
        return E_FAIL;
    }
    // The agent for .NET has no such mark.
    if (!start->profiler->net_framework ||
        nr_product_is(*path, product_name(start), nr_profiler_log())) {
        return S_OK;
    }
    nr_log_error(nr_profiler_log(), "Incorrect agent product");
    return E_FAIL;
}

static enum nr_status read_points(struct start *start, struct nr_point_set *set) {
    const struct nr_startup startup = startup_of(start);
    NR_TRY(nr_home_read_extensions(&set->arena, &start->facts, startup.log, &set->files));
    NR_TRY(
        nr_startup_read_points(&startup, &set->arena, &set->files, &set->ignore, &set->extensions));
    return nr_point_set_index(set);
}

static HRESULT load_points(struct start *start) {
    struct nr_point_set *set = nr_point_set_new(&start->settings.ignore);
    enum nr_status status = set ? read_points(start, set) : NR_NO_MEMORY;
    nr_refresh_init(&start->profiler->refresh);
    nr_live_points_init(&start->profiler->points);
    nr_live_points_publish(&start->profiler->points, set);
    if (status == NR_OK) return S_OK;
    nr_log_error(nr_profiler_log(), "The instrumentation could not be read: %s",
                 nr_status_name(status));
    return E_FAIL;
}

static HRESULT check_process(struct start *start) {
    const struct nr_startup startup = startup_of(start);
    struct nr_decision decision;
    if (nr_startup_decide(&startup, &start->settings, &decision) != NR_OK) return E_OUTOFMEMORY;
    return decision.instrument ? S_OK : E_FAIL;
}

static bool wants_fast_mode(struct start *start) {
    struct nr_str mode;
    if (!nr_env_get(start->arena, "NEW_RELIC_PROFILER_MODE", &mode) || mode.size == 0) return false;
    if (nr_str_equal_ignore_case(mode, NR_STR("fast"))) return true;
    if (!nr_str_equal_ignore_case(mode, NR_STR("compatible"))) {
        nr_log_warn(nr_profiler_log(),
                    "NEW_RELIC_PROFILER_MODE is '%.*s', which is neither 'fast' nor 'compatible'. "
                    "This process is profiled in compatible mode.",
                    NR_STR_ARGS(mode));
    }
    return false;
}

// Fast mode was tried with .NET 8 and later. Leaves profiler->fast NULL for compatible mode.
static void choose_mode(struct start *start) {
    enum { FIRST_FAST_RUNTIME = 8 };
    const struct nr_log *log = nr_profiler_log();
    ICorProfilerInfo15 **fast = &start->profiler->fast;
    if (!wants_fast_mode(start)) return;
    if (start->major >= FIRST_FAST_RUNTIME &&
        SUCCEEDED(start->info->lpVtbl->QueryInterface(start->info, &nr_IID_ICorProfilerInfo10,
                                                      (void **)fast))) {
        nr_log_info(log, "Profiling in fast mode");
        return;
    }
    nr_log_warn(log,
                "Fast mode needs .NET %d or later. This process is profiled in compatible mode.",
                FIRST_FAST_RUNTIME);
}

// Module loads and ReJIT, what the thread profiler needs, and JITInlining: nothing that makes the
// CLR drop ReadyToRun code or tiered compilation.
static HRESULT ask_for_few_events(struct start *start) {
    const DWORD events =
        COR_PRF_MONITOR_MODULE_LOADS | COR_PRF_ENABLE_REJIT | COR_PRF_ENABLE_STACK_SNAPSHOT |
        (start->profiler->no_inlining.needed ? COR_PRF_MONITOR_JIT_COMPILATION : 0);
    ICorProfilerInfo15 *info = start->profiler->fast;
    HRESULT hr = info->lpVtbl->SetEventMask2(info, events, 0);
    if (FAILED(hr)) {
        nr_log_error(nr_profiler_log(), "The CLR refused the event mask: 0x%x", (unsigned)hr);
    }
    return hr;
}

static HRESULT ask_for_events(struct start *start) {
    const DWORD events = EVENTS | COR_PRF_USE_PROFILE_IMAGES | COR_PRF_ENABLE_STACK_SNAPSHOT |
                         COR_PRF_DISABLE_ALL_NGEN_IMAGES;
    const struct nr_log *log = nr_profiler_log();
    ICorProfilerInfo15 *info = start->profiler->info, *info5 = NULL;
    HRESULT hr;
    if (start->profiler->net_framework ||
        FAILED(start->info->lpVtbl->QueryInterface(start->info, &nr_IID_ICorProfilerInfo5,
                                                   (void **)&info5))) {
        nr_log_debug(log, "Calling SetEventMask().");
        hr = info->lpVtbl->SetEventMask(info, events);
    } else {
        nr_log_debug(log, "Calling SetEventMask2().");
        hr = info5->lpVtbl->SetEventMask2(info5, events, COR_PRF_HIGH_DISABLE_TIERED_COMPILATION);
        info5->lpVtbl->Release(info5);
    }
    if (FAILED(hr)) nr_log_error(log, "The CLR refused the event mask: 0x%x", (unsigned)hr);
    return hr;
}

static HRESULT set_up(struct start *start) {
    HRESULT hr = find_runtime(start);
    if (SUCCEEDED(hr)) hr = load_settings(start);
    if (FAILED(hr)) return hr;
    nr_log_trace(nr_profiler_log(), "%s", product_name(start));
    if (FAILED(hr = check_version(start))) return hr;
    init_thread_profiler(start);
    if (FAILED(hr = find_agent(start))) return hr;
    if (FAILED(hr = load_points(start))) return hr;
    if (FAILED(hr = check_process(start))) return hr;
    struct nr_str explain;
    start->profiler->explain = nr_env_get(start->arena, "NRPROF_EXPLAIN", &explain);
    choose_mode(start);
    return start->profiler->fast ? ask_for_few_events(start) : ask_for_events(start);
}

static void release(ICorProfilerInfo15 **info) {
    if (*info) (*info)->lpVtbl->Release(*info);
    *info = NULL;
}

HRESULT nr_initialize(struct nr_profiler *profiler, IUnknown *info) {
    const struct nr_log *log = nr_profiler_log();
    struct start start = {.profiler = profiler, .info = info, .arena = &profiler->arena};
    if (!info) return E_POINTER;
    if (FAILED(set_up(&start))) {
        release(&profiler->info);
        release(&profiler->threads.info);
        release(&profiler->fast);
        return CORPROF_E_PROFILER_CANCEL_ACTIVATION;
    }
    nr_module_table_init(&profiler->modules, profiler->info);
    profiler->modules.app_domains = profiler->net_framework;
    nr_generic_functions_init(&profiler->generics);
    nr_inliners_init(&profiler->inliners);
    nr_core_type_init(&profiler->core_type);
    nr_log_trace(log, "CLR version: %u.%u", start.major, start.minor);
    profiler->may_cache = !nr_facts_app_domain_caching_disabled(&start.facts, start.arena);
    if (!profiler->may_cache) {
        nr_log_info(log,
                    "The use of AppDomain for method information caching is disabled via the "
                    "'NEW_RELIC_DISABLE_APPDOMAIN_CACHING' environment variable.");
    }
    nr_log_info(log, "Profiler initialized");
    return S_OK;
}

// Memory stays: a callback on another thread may still use it.
void nr_shut_down(struct nr_profiler *profiler) {
    nr_log_info(nr_profiler_log(), "Profiler shutting down");
    nr_refresh_shut_down(&profiler->refresh);
    nr_thread_profiler_close(&profiler->threads);
    nr_log_info(nr_profiler_log(), "Profiler shutdown");
}
