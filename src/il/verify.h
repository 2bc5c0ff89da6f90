// Checks a method body before the CLR gets it: what does not pass is never handed over.
// SPDX-License-Identifier: Apache-2.0
//
// Independent of the code that builds bodies (it shares the opcode table and body reader and
// nothing else). Structure first: instruction boundaries, branch targets, clause ranges, order and
// nesting (ECMA-335 II.19.4, II.25.4.6), who may branch, leave and fall through where (III.1.7,
// III.3); then a walk over every reachable instruction with the kinds on the evaluation stack
// (III.1.5, I.12.3.2), merged where paths meet, and its depth against max stack.
//
// It accepts what the CLR's JIT accepts of real compilers' output, unverifiable code included: it
// is a check for validity, not for type safety. Where the JIT is known to be stricter or laxer than
// ECMA-335, the JIT decides; what it would compile into a crash (an integer where an object
// reference belongs) is refused. Pure, any thread; all memory is the arena's. The time is linear in
// the size of the body and of the signatures that it names.
#ifndef NR_IL_VERIFY_H
#define NR_IL_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"

enum nr_type_kind {
    NR_TYPE_UNKNOWN,  // cannot be told here: matches everything
    NR_TYPE_CLASS,    // a reference type
    NR_TYPE_VALUE,    // a value type other than those below
    NR_TYPE_INT32,    // bool … uint32 and enums over them
    NR_TYPE_INT64,
    NR_TYPE_NATIVE,       // IntPtr, UIntPtr
    NR_TYPE_FLOAT,        // Single, Double
    NR_TYPE_BY_REF_LIKE,  // a value type that cannot be boxed: Span, ref struct, TypedReference
};

// What the verifier asks of the module. Every function may be called with any token; blobs are
// owned by the answerer and stay valid during the call of nr_verify.
struct nr_verify_module {
    void *context;
    // The signature behind a MethodDef, MemberRef, Field, StandAloneSig, TypeSpec or MethodSpec
    // (the instantiation). NR_NOT_FOUND when there is no such row.
    enum nr_status (*signature)(void *context, uint32_t token, struct nr_bytes *blob);
    // The method that a MethodSpec instantiates.
    enum nr_status (*method_of_spec)(void *context, uint32_t token, uint32_t *method);
    // Whether the row exists (all tables that instructions may name, user strings too).
    bool (*exists)(void *context, uint32_t token);
    // What kind of thing a TypeDef or TypeRef is. NR_TYPE_UNKNOWN is always allowed as an answer.
    enum nr_type_kind (*type_kind)(void *context, uint32_t token);
    // The TypeDef, TypeRef or TypeSpec that declares a MethodDef or MemberRef. May be NULL, and any
    // status but NR_OK means that it cannot be told; then what newobj makes is unknown.
    enum nr_status (*owner)(void *context, uint32_t token, uint32_t *type);
    // The type that declares the method itself, which tells what its `this` is.
    enum nr_type_kind this_type;
};

struct nr_verify_error {
    uint32_t offset;  // of the instruction, in the code; 0 when the header or a clause is at fault
    char message[160];  // plain English, no newline; begins with the instruction's name
};

// signature is that of the method itself (II.23.2.1). NR_OK, NR_NO_MEMORY, or NR_MALFORMED with
// *error filled.
enum nr_status nr_verify(struct nr_arena *arena, struct nr_bytes body, struct nr_bytes signature,
                         const struct nr_verify_module *module, struct nr_verify_error *error);

#endif
