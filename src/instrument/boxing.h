// Which values can be handed over as objects, and by which type token they are boxed.
// SPDX-License-Identifier: Apache-2.0
//
// A box of a by-ref-like value, a pointer or a reference is an InvalidProgramException or worse, so
// where nothing tells that a value type may be boxed, it is not: the agent gets null.
#ifndef NR_INSTRUMENT_BOXING_H
#define NR_INSTRUMENT_BOXING_H

#include <stdbool.h>

#include "base/log.h"
#include "instrument/references.h"
#include "metadata/resolve.h"
#include "metadata/signature.h"

struct nr_boxing {
    struct nr_rewrite_references *refs;
    const struct nr_assemblies *assemblies;  // where TypeRefs lead; may be NULL
    nr_token type, method;                   // whose type parameters VAR and MVAR are
    const struct nr_log *log;
};

// The token for `box`, or 0 when the value has to be passed as null: by-ref, pointers, by-ref-like
// types, TypedReference, type parameters that allow by-ref-like arguments.
enum nr_status nr_boxing_token(const struct nr_boxing *boxing, const struct nr_sig_type *type,
                               nr_token *token);

// For `this`: 0 in *token and false in *is_value for a reference type (ldarg.0 is the object). For
// a value type *is_value is set and *token is what ldobj and box take, or 0 when it cannot be
// boxed.
enum nr_status nr_boxing_this(const struct nr_boxing *boxing, bool *is_value, nr_token *token);

#endif
