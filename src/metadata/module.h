// struct nr_module: the questions that a rewrite asks of a module's metadata, and what it adds to
// it. SPDX-License-Identifier: Apache-2.0
//
// Answered live by the CLR (src/profiler) or offline by the file reader (metadata/file_module.h),
// so that a rewrite runs the same with and without a CLR. Strings and arrays are made in the arena
// given; blobs belong to the module and live as long as it does. A function may be called with any
// token and answers NR_NOT_FOUND when there is no such row, NR_MALFORMED when the row is broken,
// NR_CLR when the CLR refuses. Calls on one module come from one thread at a time.
#ifndef NR_METADATA_MODULE_H
#define NR_METADATA_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"
#include "metadata/token.h"

struct nr_version {
    uint16_t major, minor, build, revision;
};

// What an AssemblyRef says besides the name.
struct nr_assembly_identity {
    struct nr_version version;
    struct nr_bytes key_token;
};

struct nr_type_def {
    struct nr_str name;  // full: Namespace.Name`1, without its enclosing types
    uint32_t flags;      // II.23.1.15
    nr_token extends;    // TypeDef, TypeRef, TypeSpec or 0
};

struct nr_type_ref {
    struct nr_str name;  // full: Namespace.Name`1
    nr_token scope;      // AssemblyRef, ModuleRef, Module, or TypeRef of the enclosing type
};

struct nr_method_def {
    nr_token owner;  // TypeDef
    struct nr_str name;
    uint32_t flags;       // II.23.1.10
    uint32_t impl_flags;  // II.23.1.11
    uint32_t rva;         // of the body; 0: none
    struct nr_bytes signature;
};

// A method to add. The body at rva is what runs until somebody sets another.
struct nr_new_method {
    struct nr_str name;
    uint32_t flags, impl_flags, rva;
    struct nr_bytes signature;
};

struct nr_member_ref {
    nr_token parent;  // TypeDef, TypeRef, TypeSpec, MethodDef, ModuleRef
    struct nr_str name;
    struct nr_bytes signature;
};

struct nr_tokens {
    const nr_token *data;
    size_t count;
};

struct nr_module;

struct nr_module_ops {
    // The assembly that the module belongs to, and its version.
    enum nr_status (*assembly)(struct nr_module *module, struct nr_arena *arena,
                               struct nr_str *name, struct nr_version *version);
    enum nr_status (*type_def)(struct nr_module *module, struct nr_arena *arena, nr_token token,
                               struct nr_type_def *out);
    enum nr_status (*type_ref)(struct nr_module *module, struct nr_arena *arena, nr_token token,
                               struct nr_type_ref *out);
    // The TypeDef that a nested TypeDef lies in; NR_NOT_FOUND for a type that is not nested.
    enum nr_status (*enclosing_type)(struct nr_module *module, nr_token type, nr_token *enclosing);
    enum nr_status (*method_def)(struct nr_module *module, struct nr_arena *arena, nr_token token,
                                 struct nr_method_def *out);
    enum nr_status (*member_ref)(struct nr_module *module, struct nr_arena *arena, nr_token token,
                                 struct nr_member_ref *out);
    // Of a Field, StandAloneSig, TypeSpec, MethodDef, MemberRef or MethodSpec (its instantiation).
    enum nr_status (*signature)(struct nr_module *module, nr_token token, struct nr_bytes *out);
    // The generic method that a MethodSpec instantiates.
    enum nr_status (*method_of_spec)(struct nr_module *module, nr_token token, nr_token *method);
    // Whether an instruction may name this token: the row, or the start of the user string, is
    // there.
    bool (*exists)(struct nr_module *module, nr_token token);

    // Enumerations, in row order. owner: a TypeDef for methods and fields, TypeDef or MethodDef for
    // generic parameters, any parent for member references; nothing found gives a count of 0.
    enum nr_status (*type_defs)(struct nr_module *module, struct nr_arena *arena,
                                struct nr_tokens *out);
    enum nr_status (*methods)(struct nr_module *module, struct nr_arena *arena, nr_token owner,
                              struct nr_tokens *out);
    enum nr_status (*fields)(struct nr_module *module, struct nr_arena *arena, nr_token owner,
                             struct nr_tokens *out);
    enum nr_status (*member_refs)(struct nr_module *module, struct nr_arena *arena, nr_token parent,
                                  struct nr_tokens *out);
    enum nr_status (*assembly_refs)(struct nr_module *module, struct nr_arena *arena,
                                    struct nr_tokens *out);
    enum nr_status (*generic_param_count)(struct nr_module *module, nr_token owner,
                                          uint32_t *count);

    // The flags of one type parameter (II.23.1.7); index counts from 0.
    enum nr_status (*generic_param_flags)(struct nr_module *module, nr_token owner, uint32_t index,
                                          uint32_t *flags);

    enum nr_status (*assembly_ref_name)(struct nr_module *module, struct nr_arena *arena,
                                        nr_token token, struct nr_str *name);
    // The TypeDef of this full name inside enclosing (0: not nested).
    enum nr_status (*find_type_def)(struct nr_module *module, struct nr_str name,
                                    nr_token enclosing, nr_token *out);
    // The method of this name and signature that the type itself has.
    enum nr_status (*find_method)(struct nr_module *module, nr_token type, struct nr_str name,
                                  struct nr_bytes signature, nr_token *out);
    // Where a type that this assembly forwards has gone: the AssemblyRef (II.22.14).
    enum nr_status (*forwarded_type)(struct nr_module *module, struct nr_str name,
                                     nr_token *assembly_ref);
    // The value blob of the first custom attribute of that type name ("Namespace.NameAttribute").
    enum nr_status (*custom_attribute)(struct nr_module *module, nr_token owner,
                                       struct nr_str type_name, struct nr_bytes *value);

    // Additions: each gives the token of the row that is there already or that it adds, as the
    // function of IMetaDataEmit (IMetaDataAssemblyEmit) that it stands for does.
    // identity may be NULL: version 0.0.0.0, no key.
    enum nr_status (*define_assembly_ref)(struct nr_module *module, struct nr_str name,
                                          const struct nr_assembly_identity *identity,
                                          nr_token *out);
    enum nr_status (*define_type_ref)(struct nr_module *module, nr_token scope, struct nr_str name,
                                      nr_token *out);
    enum nr_status (*define_member_ref)(struct nr_module *module, nr_token parent,
                                        struct nr_str name, struct nr_bytes signature,
                                        nr_token *out);
    enum nr_status (*define_type_spec)(struct nr_module *module, struct nr_bytes signature,
                                       nr_token *out);
    enum nr_status (*define_method_spec)(struct nr_module *module, nr_token method,
                                         struct nr_bytes instantiation, nr_token *out);
    enum nr_status (*define_signature)(struct nr_module *module, struct nr_bytes signature,
                                       nr_token *out);  // StandAloneSig
    enum nr_status (*define_user_string)(struct nr_module *module, struct nr_str16 text,
                                         nr_token *out);
    // These always add. type: a TypeDef of this module; constructor: a MethodDef or MemberRef;
    // action: of a declaration of security (II.22.11).
    enum nr_status (*define_method)(struct nr_module *module, nr_token type,
                                    const struct nr_new_method *method, nr_token *out);
    enum nr_status (*define_attribute)(struct nr_module *module, nr_token owner,
                                       nr_token constructor, struct nr_bytes value);
    enum nr_status (*define_permissions)(struct nr_module *module, nr_token owner, uint16_t action,
                                         struct nr_bytes blob);
};

// An implementation begins with this as its first member.
struct nr_module {
    const struct nr_module_ops *ops;
};

// "Namespace.Outer+Inner": the names of the type and of all that enclose it; and the flags of the
// outermost.
enum nr_status nr_module_full_type_name(struct nr_module *module, struct nr_arena *arena,
                                        nr_token type, struct nr_str *out, uint32_t *flags);
// The TypeDef of such a name.
enum nr_status nr_module_find_type(struct nr_module *module, struct nr_str name, nr_token *out);

// Whether values of this TypeDef may never be boxed (a ref struct). A type that cannot be asked
// counts as one; NR_NO_MEMORY is the only failure.
enum nr_status nr_type_is_by_ref_like(struct nr_module *module, nr_token type_def, bool *yes);

#endif
