// Tokens for the types and methods of the framework that injected code names.
// SPDX-License-Identifier: Apache-2.0
//
// The order in which tokens are asked for decides their numbers, and those are part of what makes a
// rewritten body identical to the reference's (REFERENCE.md §6): a method reference asks for the
// types of its signature first (result, then parameters), then for its owner, then for itself.
//
// struct nr_references belongs to a module and outlives a rewrite; one rewrite at a time uses it.
// struct nr_rewrite_references is that module's view during one rewrite.
#ifndef NR_INSTRUMENT_REFERENCES_H
#define NR_INSTRUMENT_REFERENCES_H

#include "base/arena.h"
#include "base/map.h"
#include "base/status.h"
#include "instrument/type_kinds.h"
#include "metadata/module.h"
#include "metadata/signature.h"

enum nr_known_type {
    NR_KNOWN_NONE,
    NR_KNOWN_OBJECT,
    NR_KNOWN_EXCEPTION,
    NR_KNOWN_TYPE,
    NR_KNOWN_ASSEMBLY,
    NR_KNOWN_METHOD_INFO,
    NR_KNOWN_METHOD_BASE,
    NR_KNOWN_ACTION_2,
    NR_KNOWN_RUNTIME_TYPE_HANDLE,
    NR_KNOWN_BOOLEAN,
    NR_KNOWN_CHAR,
    NR_KNOWN_SBYTE,
    NR_KNOWN_BYTE,
    NR_KNOWN_INT16,
    NR_KNOWN_UINT16,
    NR_KNOWN_INT32,
    NR_KNOWN_UINT32,
    NR_KNOWN_INT64,
    NR_KNOWN_UINT64,
    NR_KNOWN_SINGLE,
    NR_KNOWN_DOUBLE,
    NR_KNOWN_INTPTR,
    NR_KNOWN_UINTPTR,
    NR_KNOWN_STRING,
    NR_KNOWN_FAST_ONLY,  // from here on: for fast mode
    NR_KNOWN_DELEGATE = NR_KNOWN_FAST_ONLY,
    NR_KNOWN_MULTICAST_DELEGATE,
    NR_KNOWN_ENVIRONMENT,
    NR_KNOWN_INTERLOCKED,
    NR_KNOWN_THREAD,
    NR_KNOWN_THREAD_STATIC,
    NR_KNOWN_WRAPPED_EXCEPTION,
    NR_KNOWN_RUNTIME_HELPERS,
    NR_KNOWN_GET_TRACER,      // the delegate type that fast mode adds (instrument/entry.h)
    NR_KNOWN_ENTRY,           // the class that fast mode adds
    NR_KNOWN_FRAMEWORK_ONLY,  // from here on: for code on .NET Framework
    NR_KNOWN_APP_DOMAIN = NR_KNOWN_FRAMEWORK_ONLY,
    NR_KNOWN_DOMAIN_CACHE,  // System.CannotUnloadAppDomainException, which gets the helpers
    NR_KNOWN_SECURITY_SAFE_CRITICAL,
    NR_KNOWN_SUPPRESS_UNMANAGED_SECURITY,
    NR_KNOWN_TYPES,
};

enum nr_known_member {
    NR_MEMBER_ASSEMBLY_LOAD_FROM,     // Assembly Assembly.LoadFrom(string)
    NR_MEMBER_ASSEMBLY_GET_TYPE,      // Type Assembly::GetType(string)
    NR_MEMBER_TYPE_GET_METHOD,        // MethodInfo Type::GetMethod(string)
    NR_MEMBER_TYPE_GET_METHOD_TYPED,  // MethodInfo Type::GetMethod(string, Type[])
    NR_MEMBER_TYPE_FROM_HANDLE,       // Type Type.GetTypeFromHandle(RuntimeTypeHandle)
    NR_MEMBER_METHOD_INVOKE,          // object MethodBase::Invoke(object, object[])
    NR_MEMBER_FINISH_INVOKE,          // void Action<object, Exception>::Invoke(!0, !1)
    NR_MEMBER_FAST_ONLY,              // from here on
    NR_MEMBER_CREATE_DELEGATE =
        NR_MEMBER_FAST_ONLY,          // Delegate Delegate.CreateDelegate(Type, MethodInfo)
    NR_MEMBER_CURRENT_THREAD,         // int Environment.get_CurrentManagedThreadId()
    NR_MEMBER_TICK_COUNT,             // long Environment.get_TickCount64()
    NR_MEMBER_EXCHANGE_IF,            // int Interlocked.CompareExchange(ref int, int, int)
    NR_MEMBER_YIELD,                  // bool Thread.Yield()
    NR_MEMBER_THREAD_STATIC_NEW,      // of the attribute
    NR_MEMBER_WRAPPED_EXCEPTION_NEW,  // void RuntimeWrappedException::.ctor(object)
    NR_MEMBER_STACK_SUFFICES,         // bool RuntimeHelpers.TryEnsureSufficientExecutionStack()
    NR_MEMBER_GET_TRACER,             // object GetTracer::Invoke(what the agent is told)
    NR_MEMBER_GET_TRACER_LEAN,        // the same without `this` and the arguments of the call
    NR_MEMBER_ENTRY_GET,              // GetTracer Entry.Get()
    NR_MEMBER_ENTRY_LOAD,             // GetTracer Entry.Load()
    NR_MEMBER_FRAMEWORK_ONLY,         // from here on
    NR_MEMBER_EXCEPTION_NEW = NR_MEMBER_FRAMEWORK_ONLY,  // void Exception::.ctor(string)
    NR_MEMBER_DOMAIN_CURRENT,                            // AppDomain AppDomain.get_CurrentDomain()
    NR_MEMBER_DOMAIN_GET_DATA,                           // object AppDomain::GetData(string)
    NR_MEMBER_DOMAIN_SET_DATA,                           // void AppDomain::SetData(string, object)
    NR_MEMBER_SECURITY_SAFE_CRITICAL_NEW,
    NR_MEMBER_SUPPRESS_UNMANAGED_SECURITY_NEW,
    // The helpers (instrument/domain_cache.h), in the order in which they are added.
    NR_MEMBER_LOAD_ASSEMBLY,       // Assembly (string path)
    NR_MEMBER_GET_TYPE,            // Type (string path, string type)
    NR_MEMBER_GET_METHOD,          // MethodInfo (string path, string type, string name, Type[])
    NR_MEMBER_READ_CACHE,          // MethodInfo (string key)
    NR_MEMBER_READ_CACHE_OR_FIND,  // MethodInfo (string key, and as NR_MEMBER_GET_METHOD)
    NR_MEMBER_WRITE_CACHE,         // void (MethodInfo, string key)
    NR_KNOWN_MEMBERS,
};

enum { NR_KNOWN_ASSEMBLIES = 5 };

// Where the framework's types are.
enum nr_reference_scope {
    NR_SCOPE_CORE,       // System.Runtime, System.Reflection, System.Core
    NR_SCOPE_FRAMEWORK,  // all of them in mscorlib
    NR_SCOPE_SELF,       // this is mscorlib: definitions instead of references
};

// What is known of a module once and for all. Zero-initialise, but for kinds.arena.
struct nr_references {
    enum nr_reference_scope scope;
    struct nr_type_kinds kinds;
    // Tokens, each 0 while nobody has asked for it.
    nr_token assemblies[NR_KNOWN_ASSEMBLIES];
    nr_token types[NR_KNOWN_TYPES];
    nr_token finish_type;
    // Core library only: the field that says whether this thread is in the agent (entry.h).
    nr_token guard;
    nr_token members[NR_KNOWN_MEMBERS];
    struct nr_map strings;  // user strings by their text
};

struct nr_rewrite_references {
    struct nr_references *known;
    struct nr_module *module;
    const struct nr_assemblies *assemblies;  // may be NULL
    struct nr_arena *arena;
};

void nr_references_begin(struct nr_rewrite_references *refs, struct nr_references *known,
                         struct nr_module *module, const struct nr_assemblies *assemblies,
                         struct nr_arena *arena);

// On .NET Framework: the module's reference to mscorlib, NR_NOT_FOUND when it has none, and a new
// one.
enum nr_status nr_references_find_mscorlib(struct nr_rewrite_references *refs);
enum nr_status nr_references_add_mscorlib(struct nr_rewrite_references *refs, nr_token *token);

// The TypeRef of a known type, or its TypeDef; NR_NOT_FOUND when this should define it and does
// not.
enum nr_status nr_references_type(struct nr_rewrite_references *refs, enum nr_known_type type,
                                  nr_token *token);
// The TypeSpec of Action<object, Exception>, the type of the delegate that ends a tracer.
enum nr_status nr_references_finish_type(struct nr_rewrite_references *refs, nr_token *token);
// The MemberRef of a known member: one that the module has already, else a new one. The MethodDef
// where the type is a TypeDef; NR_NOT_FOUND when it has none.
enum nr_status nr_references_member(struct nr_rewrite_references *refs, enum nr_known_member member,
                                    nr_token *token);
// Whether the core library has all that can be referred to. NR_NOT_FOUND: missing is the name of
// what it lacks, as the core library of a trimmed application may.
enum nr_status nr_references_missing(struct nr_module *core, struct nr_arena *arena,
                                     struct nr_str *missing);
// The name of a known member, and its signature in this module.
struct nr_str nr_references_member_name(enum nr_known_member member);
enum nr_status nr_references_member_signature(struct nr_rewrite_references *refs,
                                              enum nr_known_member member, struct nr_bytes *out);
// The user string of a text; most of what methods need is the same for all of a type or module.
enum nr_status nr_references_string(struct nr_rewrite_references *refs, struct nr_str text,
                                    nr_token *token);
// Whether injected code calls a method of this type and name.
bool nr_references_call(struct nr_str type, struct nr_str method);
// The known type of a primitive element type (II.23.1.16), string and object; NR_KNOWN_NONE for
// others.
enum nr_known_type nr_known_type_of_element(uint8_t element);

#endif
