// The entry of fast mode: a class that is added to System.Private.CoreLib, and through which every
// module reaches the agent.
// SPDX-License-Identifier: Apache-2.0
//
//     namespace NrProf;
//     public delegate object GetTracer(string tracerFactoryName, …);  // as the method of AgentShim
//     public static class Entry {
//         static GetTracer tracer;  // of the agent; null until it was asked for
//         static int owner;  // 0; the thread that looks for the agent; -1 if it is not there
//         public static GetTracer Get() => tracer ?? Load();
//         public static GetTracer Load();
//         [ThreadStatic] internal static bool guard;  // this thread is in the agent
//     }
//
// Load looks the agent up once. While one thread does, others wait for it, so that no call is
// missed, but not for ever: the look-up runs code of the application (handlers of AssemblyLoad),
// which may wait for them. Nobody waits again after one has waited in vain. What the look-up itself
// calls is not traced. An agent that is not there is not looked for again. Up to the point where
// the owner is known, and while waiting, Load calls nothing that can be instrumented (accessors
// never are; Thread.Yield is left out by name).
//
// Methods of the core library call the agent only while guard is not set, and set it meanwhile: the
// agent, and the look-up, may call any of them in turn. They are the only ones to use it, and the
// only ones in compatible mode to use the entry.
#ifndef NR_INSTRUMENT_ENTRY_H
#define NR_INSTRUMENT_ENTRY_H

#include "instrument/rewrite.h"

// Where the agent's method for GetTracer is.
struct nr_agent {
    struct nr_str path;    // of the assembly
    struct nr_str method;  // of NR_AGENT_SHIM
};

// What has been defined in the core library, but for the bodies.
struct nr_entry {
    nr_token type, tracer, owner;  // TypeDef and Fields of Entry
    nr_token get, load;            // MethodDefs
};

// The signature of NR_MEMBER_GET_TRACER's delegate type's constructor, of the fields and the like
// is asked of nr_references; this makes the bodies of both methods. They have passed the verifier.
// references is of scope NR_SCOPE_SELF. NR_NOT_FOUND: the core library lacks what they call.
enum nr_status nr_entry_bodies(struct nr_arena *arena, struct nr_module *core,
                               struct nr_references *references, const struct nr_entry *entry,
                               const struct nr_agent *agent, const struct nr_log *log,
                               struct nr_bytes *get, struct nr_bytes *load);

#endif
