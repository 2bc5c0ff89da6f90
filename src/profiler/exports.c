// What the library exports: the two functions of COM, and nine for the managed agent's P/Invokes.
// SPDX-License-Identifier: Apache-2.0
//
// Any thread, at any time, also in a process whose CLR knows nothing of this library.
#include "clr/com.h"
#include "clr/guids.h"
#include "profiler/class_factory.h"
#include "profiler/profiler.h"

#if defined(_WIN32)
#define NR_EXPORT __declspec(dllexport)
#else
#define NR_EXPORT __attribute__((visibility("default")))
#endif

NR_EXPORT HRESULT NR_STDCALL DllGetClassObject(REFGUID clsid, REFGUID iid, void **object);
NR_EXPORT HRESULT NR_STDCALL DllCanUnloadNow(void);
NR_EXPORT HRESULT InstrumentationRefresh(void);
NR_EXPORT HRESULT ReloadConfiguration(void);
NR_EXPORT HRESULT AddCustomInstrumentation(const char *file_name, const char *xml);
NR_EXPORT HRESULT ApplyCustomInstrumentation(void);
NR_EXPORT HRESULT RequestProfile(void **snapshots, int *length);
NR_EXPORT HRESULT RequestFunctionNames(uintptr_t *function_ids, int length, void **results);
NR_EXPORT void ReleaseProfile(void);
NR_EXPORT void ShutdownThreadProfiler(void);
NR_EXPORT uintptr_t GetCurrentExecutionEngineThreadId(void);

HRESULT NR_STDCALL DllGetClassObject(REFGUID clsid, REFGUID iid, void **object) {
    if (!object) return E_POINTER;
    *object = NULL;
    if (!nr_guid_equal(clsid, &nr_CLSID_NewRelicCore) &&
        !nr_guid_equal(clsid, &nr_CLSID_NewRelicFramework)) {
        return CLASS_E_CLASSNOTAVAILABLE;
    }
    return nr_class_factory_create(iid, object);
}

// The CLR keeps a profiler until the process ends, and so must the loader.
HRESULT NR_STDCALL DllCanUnloadNow(void) { return S_FALSE; }

// The profiler of this process while it works: not before Initialize, not after Shutdown, and not
// when the CLR has no profiler or another one.
static struct nr_profiler *working_profiler(void) {
    struct nr_profiler *profiler = nr_profiler_current();
    bool works = profiler && atomic_load_explicit(&profiler->active, memory_order_acquire);
    return works ? profiler : NULL;
}

static HRESULT not_initialized(const char *what) {
    nr_log_error(nr_profiler_log(), "Unable to %s because the profiler reference is invalid.",
                 what);
    return E_FAIL;
}

HRESULT InstrumentationRefresh(void) {
    nr_log_info(nr_profiler_log(), "Refreshing instrumentation");
    struct nr_profiler *profiler = working_profiler();
    return profiler ? nr_refresh_instrumentation(profiler)
                    : not_initialized("refresh instrumentation");
}

HRESULT ReloadConfiguration(void) {
    nr_log_info(nr_profiler_log(), "Reloading newrelic.config files.");
    struct nr_profiler *profiler = working_profiler();
    return profiler ? nr_reload_configuration(profiler)
                    : not_initialized("reload newrelic.config files");
}

HRESULT AddCustomInstrumentation(const char *file_name, const char *xml) {
    nr_log_trace(nr_profiler_log(), "Adding custom instrumentation");
    struct nr_profiler *profiler = working_profiler();
    return profiler ? nr_add_custom_instrumentation(profiler, file_name, xml)
                    : not_initialized("add custom instrumentation");
}

HRESULT ApplyCustomInstrumentation(void) {
    nr_log_trace(nr_profiler_log(), "Applying custom instrumentation");
    struct nr_profiler *profiler = working_profiler();
    return profiler ? nr_apply_custom_instrumentation(profiler)
                    : not_initialized("apply custom instrumentation");
}

// Silent after Shutdown: other threads may go on sampling until the process is gone.
static void called_too_early(const char *what) {
    if (nr_profiler_current()) return;
    nr_log_error(nr_profiler_log(),
                 "%s: entry point called before the profiler has been initialized", what);
}

HRESULT RequestProfile(void **snapshots, int *length) {
    struct nr_profiler *profiler = working_profiler();
    if (profiler) return nr_thread_profiler_request(&profiler->threads, snapshots, length);
    called_too_early("RequestProfile");
    return E_UNEXPECTED;
}

HRESULT RequestFunctionNames(uintptr_t *function_ids, int length, void **results) {
    struct nr_profiler *profiler = working_profiler();
    if (profiler) {
        return nr_thread_profiler_names(&profiler->threads, function_ids, length, results);
    }
    called_too_early("RequestFunctionNames");
    return E_UNEXPECTED;
}

void ReleaseProfile(void) {
    struct nr_profiler *profiler = working_profiler();
    if (profiler) {
        nr_thread_profiler_release(&profiler->threads);
    } else {
        called_too_early("ReleaseProfile");
    }
}

void ShutdownThreadProfiler(void) {
    struct nr_profiler *profiler = working_profiler();
    if (profiler) {
        nr_thread_profiler_stop(&profiler->threads);
    } else {
        called_too_early("ShutdownThreadProfiler");
    }
}

uintptr_t GetCurrentExecutionEngineThreadId(void) {
    struct nr_profiler *profiler = working_profiler();
    ThreadID thread = 0;
    if (!profiler) {
        called_too_early("GetCurrentExecutionEngineThreadId");
        return 0;
    }
    if (FAILED(profiler->info->lpVtbl->GetCurrentThreadID(profiler->info, &thread))) return 0;
    return thread;
}
