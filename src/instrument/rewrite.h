// The rewrite of one method: original body in, instrumented and verified body out.
// SPDX-License-Identifier: Apache-2.0
//
// Pure: the module answers for the CLR. Everything is made in the arena; on failure nothing but
// unused rows in the module's metadata is left behind, and the method stays as it was.
#ifndef NR_INSTRUMENT_REWRITE_H
#define NR_INSTRUMENT_REWRITE_H

#include <stdbool.h>

#include "base/log.h"
#include "il/offset_map.h"
#include "instrument/references.h"
#include "metadata/resolve.h"

// The agent's method that every mode can call (docs/agent-interface.md).
#define NR_AGENT_SHIM "NewRelic.Agent.Core.AgentShim"
#define NR_AGENT_METHOD "GetFinishTracerDelegate"

struct nr_rewrite {
    struct nr_module *module;
    struct nr_references *references;        // the module's
    const struct nr_assemblies *assemblies;  // may be NULL: then foreign value types become null
    nr_token type, method;                   // TypeDef and MethodDef
    struct nr_bytes signature;               // of the method
    struct nr_bytes body;                    // original
    struct nr_str description;  // "(Module: …)[Assembly]Type.Method(parameters)", for the log
    struct nr_str assembly_name, type_name, method_name;
    struct nr_str agent_path;  // of NewRelic.Agent.Core.dll
    bool cached;               // the helpers of domain_cache.h find the agent's methods
    uint64_t function_id;
    // For the default and the fast template only.
    struct nr_str tracer_factory, metric_name;
    uint32_t tracer_flags;
    struct nr_offset_map *offsets;  // if not NULL: is told where the original's instructions went
    bool lean;  // the agent wants no `this`, no arguments and no numbers as results (fast template)
};

// Wraps the body: a tracer is asked for before it and finished with its result or its exception
// (REFERENCE.md §6). NR_UNSUPPORTED, with a line in the log, for what cannot be wrapped.
enum nr_status nr_rewrite_default(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                                  const struct nr_log *log, struct nr_bytes *out);

// The same without reflection, for .NET Core whose core library has the entry (instrument/entry.h).
enum nr_status nr_rewrite_fast(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                               const struct nr_log *log, struct nr_bytes *out);

// Makes a stub of the public API call the agent's method of the same name, and run its own body
// when that fails (REFERENCE.md §4).
enum nr_status nr_rewrite_api(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                              const struct nr_log *log, struct nr_bytes *out);

#endif
