// From a reference to the definition: TypeRefs across assemblies, and what kind of type it is.
// SPDX-License-Identifier: Apache-2.0
//
// Pure: which assemblies there are is the caller's knowledge.
#ifndef NR_METADATA_RESOLVE_H
#define NR_METADATA_RESOLVE_H

#include "metadata/module.h"

// The assemblies that references can lead to.
struct nr_assemblies {
    void *context;
    // The manifest module of the assembly with this simple name, or NULL. It stays valid for the
    // rest of the rewrite.
    struct nr_module *(*find)(void *context, struct nr_str name);
    // Whether the runtime finds this type in, or forwarded by, the assembly of this name, loaded or
    // not. NULL: it finds all.
    bool (*has_type)(void *context, struct nr_str assembly, struct nr_str type);
};

// Follows a TypeRef, through enclosing types and forwarders, to the TypeDef it means.
// NR_NOT_FOUND when an assembly on the way, or the type, is not there; assemblies may be NULL.
enum nr_status nr_resolve_type(const struct nr_assemblies *assemblies, struct nr_arena *arena,
                               struct nr_module *module, nr_token type_ref,
                               struct nr_module **out_module, nr_token *out_type);

// Whether a TypeDef, given its row, is a value type: it extends System.ValueType or System.Enum
// (II.13); and whether it is an enumeration.
enum nr_status nr_type_is_value(struct nr_module *module, struct nr_arena *arena,
                                const struct nr_type_def *row, bool *is_value, bool *is_enum);

#endif
