// The profiler: the one object of the process that the CLR talks to.
// SPDX-License-Identifier: Apache-2.0
//
// Made by the class factory, held by the CLR. Callbacks come on any thread at once. After Shutdown
// every callback does nothing.
#ifndef NR_PROFILER_PROFILER_H
#define NR_PROFILER_PROFILER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/log.h"
#include "clr/corprof.h"
#include "platform/platform.h"
#include "profiler/core_type.h"
#include "profiler/generic_functions.h"
#include "profiler/inliners.h"
#include "profiler/live_points.h"
#include "profiler/module_table.h"
#include "profiler/no_inlining.h"
#include "profiler/refresh.h"
#include "profiler/thread_profiler.h"

enum nr_core_library { NR_CORE_LIBRARY_UNKNOWN, NR_CORE_LIBRARY_WHOLE, NR_CORE_LIBRARY_LACKING };

struct nr_profiler {
    ICorProfilerCallback4 callback;  // first: what the CLR holds
    atomic_uint references;
    atomic_bool active;  // from the end of Initialize to Shutdown

    struct nr_arena arena;  // lives as long as the profiler: agent path, points, log path
    ICorProfilerInfo15 *info;
    bool net_framework;        // .NET Framework, not .NET Core or .NET: nr_initialize decides
    unsigned runtime;          // its major version
    bool may_cache;            // NEW_RELIC_DISABLE_APPDOMAIN_CACHING says nothing against it
    atomic_bool caches;        // mscorlib has the helpers of instrument/domain_cache.h
    struct nr_str agent_path;  // of NewRelic.Agent.Core.dll
    struct nr_live_points points;
    struct nr_refresh refresh;
    struct nr_thread_profiler threads;
    ICorProfilerInfo15 *fast;  // an ICorProfilerInfo10; NULL: compatible mode
    struct nr_inliners inliners;
    struct nr_core_type core_type;
    bool explain;  // NRPROF_EXPLAIN: tell which modules were loaded
    struct nr_module_table modules;
    struct nr_generic_functions generics;
    struct nr_no_inlining no_inlining;
    atomic_bool past_core_library;  // another module has been loaded
    atomic_int core_library;        // enum nr_core_library: what it has
};

// The logger of the library; usable before Initialize and after Shutdown, when it may write
// nothing.
struct nr_log *nr_profiler_log(void);

// A new profiler with one reference, or NULL when memory is out.
struct nr_profiler *nr_profiler_new(void);
// The profiler that was initialized in this process, or NULL.
struct nr_profiler *nr_profiler_current(void);

struct nr_profiler *nr_profiler_of(ICorProfilerCallback4 *callback);

// The pieces of the callback object; each file says when the CLR calls it.
HRESULT nr_initialize(struct nr_profiler *profiler, IUnknown *info);
void nr_shut_down(struct nr_profiler *profiler);
void nr_module_loaded(struct nr_profiler *profiler, ModuleID module);
void nr_module_unloaded(struct nr_profiler *profiler, ModuleID module);
// What a refresh does to a module: reverts methods that only old names, ReJITs those that new
// names. A module whose points are the same in both is left alone.
void nr_module_change_points(struct nr_profiler *profiler, struct nr_loaded_module *loaded,
                             const struct nr_point_set *old, const struct nr_point_set *new_set);
HRESULT nr_jit_started(struct nr_profiler *profiler, FunctionID function);
void nr_rejit_started(struct nr_profiler *profiler, FunctionID function);
void nr_rejit_refused(struct nr_profiler *profiler, ModuleID module, mdMethodDef method,
                      HRESULT reason);
HRESULT nr_rejit_parameters(struct nr_profiler *profiler, ModuleID module, mdMethodDef method,
                            ICorProfilerFunctionControl *control);

#endif
