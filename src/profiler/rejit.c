// GetReJITParameters: the new body of a method. ReJITCompilationStarted: instantiations of generic
// methods. JITCompilationStarted: stubs of the API (in fast mode these are ReJITed too); on .NET
// Framework also the helpers in mscorlib, and the ReJIT request for any method to instrument.
// SPDX-License-Identifier: Apache-2.0
//
// The CLR calls these on any thread, for several methods at once; rewrites in one module take
// turns.
#include <stddef.h>

#include "config/tracer_flags.h"
#include "instrument/rewrite.h"
#include "profiler/method.h"
#include "profiler/profiler.h"

// What most rewrites take of memory: 8 KB of the stack.
enum { USUAL_REWRITE = 8192 / sizeof(max_align_t) };

// Takes the finished body; what makes the difference between ReJIT and first JIT.
struct sink {
    HRESULT (*set_body)(struct sink *sink, struct nr_bytes body);
    struct nr_profiler *profiler;
    const struct nr_points *points;
    ICorProfilerFunctionControl *control;  // of a ReJIT
    ModuleID module;
    mdMethodDef method;
    bool asks_for_rejit;  // set by a first JIT
};

static HRESULT set_rejit_body(struct sink *sink, struct nr_bytes body) {
    return sink->control->lpVtbl->SetILFunctionBody(sink->control, (ULONG)body.size, body.data);
}

static HRESULT set_first_body(struct sink *sink, struct nr_bytes body) {
    return nr_method_set_body(sink->profiler->info, sink->module, sink->method, body);
}

static enum nr_status read_body(struct nr_profiler *profiler, ModuleID module, mdMethodDef method,
                                struct nr_bytes *body) {
    LPCBYTE data = NULL;
    ULONG size = 0;
    ICorProfilerInfo15 *info = profiler->info;
    if (FAILED(info->lpVtbl->GetILFunctionBody(info, module, method, &data, &size))) return NR_CLR;
    *body = (struct nr_bytes){data, size};
    return NR_OK;
}

// What both kinds of rewrite need to know.
static enum nr_status begin_rewrite(struct nr_profiler *profiler, const struct nr_method *method,
                                    const struct nr_assemblies *assemblies, FunctionID function,
                                    struct nr_rewrite *rewrite) {
    *rewrite = (struct nr_rewrite){.module = method->module,
                                   .references = &method->loaded->references,
                                   .assemblies = assemblies,
                                   .type = method->def.owner,
                                   .method = method->token,
                                   .signature = method->def.signature,
                                   .description = method->description,
                                   .assembly_name = method->loaded->assembly_name,
                                   .type_name = method->type_name,
                                   .method_name = method->def.name,
                                   .agent_path = profiler->agent_path,
                                   .cached = profiler->may_cache && atomic_load(&profiler->caches),
                                   .function_id = function};
    return read_body(profiler, method->loaded->id, method->token, &rewrite->body);
}

static HRESULT hand_over(struct sink *sink, const struct nr_method *method, enum nr_status status,
                         struct nr_bytes body) {
    const struct nr_log *log = nr_profiler_log();
    if (status != NR_OK) {
        if (status != NR_UNSUPPORTED) {  // that one has its line in the log
            nr_log_error(log, "Not instrumented (%s): %.*s", nr_status_name(status),
                         NR_STR_ARGS(method->description));
        }
        return E_FAIL;
    }
    nr_log_trace(log, "%.*s: Writing method bytes to method for JIT compilation.",
                 NR_STR_ARGS(method->description));
    HRESULT hr = sink->set_body(sink, body);
    if (FAILED(hr)) {
        nr_log_error(log,
                     "%.*s: A potentially fatal error occurred when attempting to instrument, this "
                     "function may no longer be valid.",
                     NR_STR_ARGS(method->description));
    }
    return hr;
}

static bool is_skipped(const struct nr_method *method) {
    const char *skip = nr_method_skip(method);
    if (!skip) return false;
    nr_log_error(nr_profiler_log(), "Skipping %s method: %.*s", skip,
                 NR_STR_ARGS(method->description));
    return true;
}

// By reflection, methods of the core library that reflection needs would call themselves.
static bool calls_directly(struct nr_profiler *profiler, const struct nr_loaded_module *loaded) {
    return (profiler->fast || nr_is_core_library(loaded)) &&
           atomic_load_explicit(&profiler->core_type.there, memory_order_acquire);
}

_Static_assert(sizeof(struct nr_offset_pair) == sizeof(COR_IL_MAP) &&
                   offsetof(struct nr_offset_pair, assembled) == offsetof(COR_IL_MAP, newOffset) &&
                   offsetof(struct nr_offset_pair, exact) == offsetof(COR_IL_MAP, fAccurate),
               "the layout of COR_IL_MAP");

// Then stack traces and debuggers find the original's lines. Without it nothing else is wrong.
static void set_map(const struct sink *sink, const struct nr_offset_map *offsets) {
    ICorProfilerFunctionControl *control = sink->control;
    (void)control->lpVtbl->SetILInstrumentedCodeMap(
        control, (ULONG)offsets->count, (const COR_IL_MAP *)(const void *)offsets->pairs);
}

static HRESULT instrument_default(struct nr_arena *arena, struct sink *sink,
                                  const struct nr_method *method, FunctionID function,
                                  const struct nr_point *point, uint32_t flags) {
    const struct nr_log *log = nr_profiler_log();
    struct nr_assemblies assemblies = nr_module_table_assemblies(method->loaded);
    struct nr_rewrite rewrite;
    struct nr_offset_map offsets = {0};
    struct nr_bytes body = {0};
    if (is_skipped(method)) return S_OK;
    nr_log_info(log, "Instrumenting method: %.*s", NR_STR_ARGS(method->description));
    enum nr_status status = begin_rewrite(sink->profiler, method, &assemblies, function, &rewrite);
    rewrite.tracer_factory = point ? point->tracer_factory : NR_DEFAULT_TRACER_FACTORY;
    rewrite.metric_name = point ? point->metric_name : NR_STR("");
    rewrite.tracer_flags = flags | (point ? point->flags : 0);
    rewrite.offsets = &offsets;
    if (status == NR_OK) {
        bool fast = calls_directly(sink->profiler, method->loaded);
        rewrite.lean = fast && sink->profiler->core_type.lean;
        status = (fast ? nr_rewrite_fast : nr_rewrite_default)(arena, &rewrite, log, &body);
    }
    HRESULT hr = hand_over(sink, method, status, body);
    if (SUCCEEDED(hr)) set_map(sink, &offsets);
    return hr;
}

static bool is_api_stub(const struct nr_method *method) {
    if (!method->loaded->is_api ||
        !nr_str_equal(method->type_name, NR_STR("NewRelic.Api.Agent.NewRelic"))) {
        return false;
    }
    if (!nr_str_equal(method->def.name, NR_STR(".cctor")) &&
        !nr_str_equal(method->def.name, NR_STR("GetAgent"))) {
        return true;
    }
    nr_log_debug(nr_profiler_log(), "Skipping instrumenting API method: %.*s",
                 NR_STR_ARGS(method->description));
    return false;
}

static HRESULT instrument_api(struct nr_arena *arena, struct sink *sink,
                              const struct nr_method *method, FunctionID function) {
    const struct nr_log *log = nr_profiler_log();
    struct nr_assemblies assemblies = nr_module_table_assemblies(method->loaded);
    struct nr_rewrite rewrite;
    struct nr_bytes body = {0};
    nr_log_info(log, "Instrumenting API method: %.*s", NR_STR_ARGS(method->description));
    enum nr_status status = begin_rewrite(sink->profiler, method, &assemblies, function, &rewrite);
    if (status == NR_OK) status = nr_rewrite_api(arena, &rewrite, log, &body);
    return hand_over(sink, method, status, body);
}

// Whether injected code finds what it calls. A trimmed application has lost what it does not use
// itself, and a method that names what is not there throws before its first instruction.
static bool framework_suffices(struct nr_profiler *profiler, struct nr_loaded_module *asker,
                               struct nr_arena *arena) {
    int known = atomic_load_explicit(&profiler->core_library, memory_order_relaxed);
    if (known != NR_CORE_LIBRARY_UNKNOWN) return known == NR_CORE_LIBRARY_WHOLE;
    struct nr_assemblies assemblies = nr_module_table_assemblies(asker);
    struct nr_module *core = assemblies.find(assemblies.context, NR_STR("System.Private.CoreLib"));
    struct nr_str missing = {0};
    enum nr_status status = core ? nr_references_missing(core, arena, &missing) : NR_OK;
    if (status == NR_NO_MEMORY) return false;
    int found = status == NR_OK ? NR_CORE_LIBRARY_WHOLE : NR_CORE_LIBRARY_LACKING;
    if (atomic_compare_exchange_strong(&profiler->core_library, &known, found) && status != NR_OK) {
        nr_log_error(nr_profiler_log(),
                     "No method can be instrumented: %.*s is missing from System.Private.CoreLib. "
                     "The application was published trimmed.",
                     NR_STR_ARGS(missing));
    }
    return status == NR_OK;
}

// The method, and the tracer flags that it has of itself.
static enum nr_status look_at(struct nr_arena *arena, struct nr_profiler *profiler,
                              struct nr_loaded_module *loaded, struct nr_module *module,
                              mdMethodDef token, struct nr_method *method, uint32_t *flags) {
    const struct nr_log *log = nr_profiler_log();
    if (!nr_assembly_may_have_attributes(loaded->assembly_name)) {
        nr_log_trace(log, "Not searching %.*s for transaction or trace attributes",
                     NR_STR_ARGS(loaded->assembly_name));
    }
    enum nr_status status = nr_method_read(arena, profiler->info, loaded, module, token, method);
    if (status != NR_OK) {
        nr_log_error(log, "An exception was thrown while getting details about a function.");
        return status;
    }
    *flags = nr_has_attribute(loaded, token) ? nr_method_attribute_flags(method) : 0;
    if (nr_method_is_async(method)) {
        nr_log_debug(log, "Async method detected: %.*s", NR_STR_ARGS(method->description));
        *flags |= NR_FLAG_ASYNC_METHOD;
    }
    nr_log_trace(log, "Possibly instrumenting: %.*s", NR_STR_ARGS(method->description));
    return NR_OK;
}

// Whether the method is to be instrumented; *point may be NULL even so, for one with an attribute.
static bool has_point(const struct nr_points *points, const struct nr_method *method,
                      uint32_t flags, const struct nr_point **point) {
    const struct nr_log *log = nr_profiler_log();
    *point = nr_points_match(points, method->loaded->assembly_name, method->type_name,
                             method->def.name, method->parameters, method->version, log);
    if (*point || (flags & NR_FLAG_ATTRIBUTE)) return true;
    nr_log_trace(log, "No instrumentation point for %.*s", NR_STR_ARGS(method->description));
    return false;
}

static void note_request(struct sink *sink, const struct nr_method *method, FunctionID function) {
    if (is_skipped(method)) return;
    nr_log_debug(nr_profiler_log(), "Request reJIT: [%llu] %.*s", (unsigned long long)function,
                 NR_STR_ARGS(method->description));
    sink->asks_for_rejit = true;
}

static HRESULT instrument(struct nr_arena *arena, struct sink *sink,
                          struct nr_loaded_module *loaded, FunctionID function) {
    struct nr_method method;
    uint32_t flags;
    const struct nr_point *point;
    if (!framework_suffices(sink->profiler, loaded, arena)) return S_OK;
    if (!loaded->writable.base.ops &&
        nr_live_module_open(&loaded->writable, sink->profiler->info, loaded->id, true) != NR_OK) {
        nr_log_error(nr_profiler_log(), "The metadata of %.*s cannot be added to.",
                     NR_STR_ARGS(loaded->path));
        return E_FAIL;
    }
    if (look_at(arena, sink->profiler, loaded, &loaded->writable.base, sink->method, &method,
                &flags) != NR_OK) {
        return E_FAIL;
    }
    if (is_api_stub(&method)) {
        bool now = sink->profiler->fast || !sink->control;
        return now ? instrument_api(arena, sink, &method, function) : S_OK;
    }
    if (!has_point(sink->points, &method, flags, &point)) return S_OK;
    if (!sink->control) {
        // On .NET Framework as soon as it is known to run; else when the module was loaded.
        if (sink->profiler->net_framework) note_request(sink, &method, function);
        return S_OK;
    }
    return instrument_default(arena, sink, &method, function, point, flags);
}

static HRESULT instrument_locked(struct sink *sink, struct nr_loaded_module *loaded,
                                 FunctionID function) {
    max_align_t block[USUAL_REWRITE];
    struct nr_arena arena = NR_ARENA_OVER(block);
    struct nr_live_points *live = &sink->profiler->points;
    struct nr_point_set *set = nr_live_points_hold(live);
    sink->points = set->points;
    nr_mutex_lock(&loaded->lock);
    HRESULT hr = instrument(&arena, sink, loaded, function);
    nr_mutex_unlock(&loaded->lock);
    nr_live_points_release(live, set);
    nr_arena_free(&arena);
    return hr;
}

static FunctionID function_of(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                              mdMethodDef method) {
    ModuleID module = loaded->id;
    const struct nr_log *log = nr_profiler_log();
    ICorProfilerInfo15 *info = profiler->info;
    FunctionID function = 0;
    HRESULT hr = info->lpVtbl->GetFunctionFromToken(info, module, method, &function);
    if (SUCCEEDED(hr)) return function;
    if (hr != CORPROF_E_FUNCTION_IS_PARAMETERIZED) {
        nr_log_error(log, "GetFunctionFromToken call failed: 0x%x", (unsigned)hr);
        return 0;
    }
    if (profiler->fast) {
        return nr_generic_functions_number(&profiler->generics, module, method);
    }
    nr_log_trace(log, "Generic function lookup falling back to map");
    nr_never_inline(profiler, loaded, method);
    function = nr_generic_functions_take(&profiler->generics, module, method);
    if (!function) nr_log_trace(log, "Generic function lookup failed, queued a reJIT");
    return function;
}

// In fast mode a method is also compiled anew for what it inlines; it keeps its body then.
static bool is_inliner_only(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                            mdMethodDef method) {
    if (!profiler->fast) return false;
    nr_mutex_lock(&loaded->lock);
    bool target = nr_token_set_has(&loaded->targets, method);
    nr_mutex_unlock(&loaded->lock);
    return !target;
}

HRESULT nr_rejit_parameters(struct nr_profiler *profiler, ModuleID module, mdMethodDef method,
                            ICorProfilerFunctionControl *control) {
    const struct nr_log *log = nr_profiler_log();
    struct nr_loaded_module *loaded = nr_module_table_get(&profiler->modules, module);
    HRESULT hr = S_FALSE;
    if (loaded && is_inliner_only(profiler, loaded, method)) return S_OK;
    nr_log_trace(log, "GetReJITParameters called");
    FunctionID function = loaded ? function_of(profiler, loaded, method) : 0;
    if (function) {
        struct sink sink = {.set_body = set_rejit_body,
                            .profiler = profiler,
                            .control = control,
                            .module = module,
                            .method = method};
        nr_log_trace(log, "ReJIT %llu", (unsigned long long)function);
        hr = instrument_locked(&sink, loaded, function);
    }
    nr_log_trace(log, "GetReJITParameters finished");
    return hr;
}

void nr_rejit_started(struct nr_profiler *profiler, FunctionID function) {
    const struct nr_log *log = nr_profiler_log();
    ICorProfilerInfo15 *info = profiler->info;
    ModuleID module = 0;
    mdToken method = 0;
    if (profiler->fast) return;  // has JIT events for JITInlining alone
    nr_log_trace(log, "ReJITCompilationStarted. %llu", (unsigned long long)function);
    if (info->lpVtbl->GetFunctionInfo(info, function, NULL, &module, &method) != S_OK) {
        nr_log_trace(log, "GetFunctionInfo call failed in RequestGenericMethodReJIT");
    } else if (nr_generic_functions_give(&profiler->generics, module, method, function)) {
        nr_log_debug(log, "Requesting a reJIT of a generic function");
        info->lpVtbl->RequestReJIT(info, 1, &module, &method);
    }
    nr_log_trace(log, "ReJITCompilationStartedFinished. %llu", (unsigned long long)function);
}

// ReJITError. When the reason is ours, it has its line already.
void nr_rejit_refused(struct nr_profiler *profiler, ModuleID module, mdMethodDef method,
                      HRESULT reason) {
    struct nr_loaded_module *loaded = nr_module_table_get(&profiler->modules, module);
    if (reason == E_FAIL || !loaded || atomic_exchange(&loaded->told, true)) return;
    nr_log_warn(nr_profiler_log(),
                "The CLR refuses to instrument methods of %.*s, such as 0x%08x: 0x%x",
                NR_STR_ARGS(loaded->path), (unsigned)method, (unsigned)reason);
}

// ---- first JIT ----

// Support reads in the log how the methods of an application are named, so the finest level names
// every method that is compiled, and nothing else comes of it.
static void name_in_log(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                        mdMethodDef token) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_live_module live = {0};
    struct nr_method method;
    uint32_t flags;
    const struct nr_point *point;
    struct nr_point_set *set = nr_live_points_hold(&profiler->points);
    if (nr_live_module_open(&live, profiler->info, loaded->id, false) == NR_OK &&
        look_at(&arena, profiler, loaded, &live.base, token, &method, &flags) == NR_OK) {
        has_point(set->points, &method, flags, &point);
    }
    nr_live_module_close(&live);
    nr_live_points_release(&profiler->points, set);
    nr_arena_free(&arena);
}

static HRESULT write_helper(struct sink *sink, struct nr_loaded_module *loaded,
                            struct nr_bytes body) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_method method;
    nr_mutex_lock(&loaded->lock);
    // Without memory for the log's line the body is handed over all the same.
    enum nr_status status = nr_method_read(&arena, sink->profiler->info, loaded,
                                           &loaded->writable.base, sink->method, &method);
    if (status != NR_OK) method.description = NR_STR("");
    nr_mutex_unlock(&loaded->lock);
    nr_log_info(nr_profiler_log(), "Instrumenting helper method: %.*s",
                NR_STR_ARGS(method.description));
    HRESULT hr = hand_over(sink, &method, NR_OK, body);
    nr_arena_free(&arena);
    return hr;
}

static const struct nr_helper *find_helper(const struct nr_loaded_module *loaded,
                                           mdMethodDef method) {
    for (int i = 0; loaded->helpers && i < NR_HELPERS; i++) {
        if (loaded->helpers[i].method == method) return &loaded->helpers[i];
    }
    return NULL;
}

// The instantiation that is compiled now names a generic method for GetReJITParameters.
static void request_rejit(struct sink *sink, FunctionID function) {
    struct nr_profiler *profiler = sink->profiler;
    ICorProfilerInfo15 *info = profiler->info;
    FunctionID known;
    if (info->lpVtbl->GetFunctionFromToken(info, sink->module, sink->method, &known) ==
        CORPROF_E_FUNCTION_IS_PARAMETERIZED) {
        nr_generic_functions_put(&profiler->generics, sink->module, sink->method, function);
    }
    HRESULT hr = info->lpVtbl->RequestReJIT(info, 1, &sink->module, &sink->method);
    if (FAILED(hr)) {
        nr_log_error(nr_profiler_log(), "ReJIT failed for function %llu: 0x%x",
                     (unsigned long long)function, (unsigned)hr);
    }
}

// A method that has to be looked at when it is compiled first.
static bool is_wanted(const struct nr_profiler *profiler, const struct nr_loaded_module *loaded,
                      mdMethodDef method) {
    return loaded->is_api ||
           (profiler->net_framework && nr_token_set_has(&loaded->targets, method));
}

// The hot path: one look-up for nearly every method.
static HRESULT first_jit(struct nr_profiler *profiler, FunctionID function) {
    ICorProfilerInfo15 *info = profiler->info;
    ModuleID module = 0;
    mdToken method = 0;
    if (FAILED(info->lpVtbl->GetFunctionInfo(info, function, NULL, &module, &method))) {
        nr_log_error(nr_profiler_log(),
                     "An exception was thrown while getting details about a function.");
        return E_FAIL;
    }
    struct nr_loaded_module *loaded = nr_module_table_get(&profiler->modules, module);
    if (!loaded) return S_OK;
    struct sink sink = {
        .set_body = set_first_body, .profiler = profiler, .module = module, .method = method};
    const struct nr_helper *helper = find_helper(loaded, method);
    if (helper) return write_helper(&sink, loaded, helper->body);
    if (is_wanted(profiler, loaded, method)) {
        HRESULT hr = instrument_locked(&sink, loaded, function);
        if (sink.asks_for_rejit) request_rejit(&sink, function);
        return hr;
    }
    if (nr_log_enabled(nr_profiler_log(), NR_LOG_TRACE)) name_in_log(profiler, loaded, method);
    return S_OK;
}

HRESULT nr_jit_started(struct nr_profiler *profiler, FunctionID function) {
    const struct nr_log *log = nr_profiler_log();
    if (profiler->fast) return S_OK;  // has JIT events for JITInlining alone
    nr_log_trace(log, "JITCompilationStarted. %llu", (unsigned long long)function);
    HRESULT hr = first_jit(profiler, function);
    nr_log_trace(log, "JITCompilationStartedFinished. %llu", (unsigned long long)function);
    return hr;
}
