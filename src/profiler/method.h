// One method as the instrumentation sees it: its names, its signature, its attributes.
// SPDX-License-Identifier: Apache-2.0
//
// Made in the callback's arena from the module's metadata.
#ifndef NR_PROFILER_METHOD_H
#define NR_PROFILER_METHOD_H

#include "metadata/signature.h"
#include "profiler/module_table.h"

// What instruments a method that no point names.
#define NR_TRANSACTION_ATTRIBUTE "NewRelic.Api.Agent.TransactionAttribute"
#define NR_TRACE_ATTRIBUTE "NewRelic.Api.Agent.TraceAttribute"

struct nr_method {
    struct nr_loaded_module *loaded;
    struct nr_module *module;
    nr_token token;
    struct nr_method_def def;
    uint32_t type_flags;        // of the outermost enclosing type, as the reference looks at them
    struct nr_version version;  // of the assembly
    struct nr_str type_name, parameters;
    struct nr_str description;  // "(Module: …, AppDomain: …)[Assembly]Type.Method(parameters)"
};

enum nr_status nr_method_read(struct nr_arena *arena, ICorProfilerInfo15 *info,
                              struct nr_loaded_module *loaded, struct nr_module *module,
                              nr_token token, struct nr_method *method);

// Why the policy leaves a method alone (REFERENCE.md §4), or NULL.
const char *nr_method_skip(const struct nr_method *method);

// Whether attributes are looked for in an assembly of that name: not in .NET's own, nor in ours.
bool nr_assembly_may_have_attributes(struct nr_str assembly);

// The tracer flags that attributes of the method stand for: [Transaction], [Transaction(Web =
// true)], [Trace]; 0 when it has none of them.
uint32_t nr_method_attribute_flags(const struct nr_method *method);

// Whether the JIT may put code of its own in place of a call (the core library marks such methods).
bool nr_method_is_intrinsic(const struct nr_method *method);

// Whether the compiler made it of an async method.
bool nr_method_is_async(const struct nr_method *method);

// Gives a method that was never compiled a copy of a body (ICorProfilerInfo::SetILFunctionBody).
HRESULT nr_method_set_body(ICorProfilerInfo15 *info, ModuleID module, mdMethodDef method,
                           struct nr_bytes body);

#endif
