// Signatures: compressed numbers, a reader for types and methods, printing, building (II.23.2).
// SPDX-License-Identifier: Apache-2.0
//
// A parsed signature keeps spans of the original blob, so that a type can be copied byte for byte
// into another signature. Nothing recurses deeper than NR_SIGNATURE_DEPTH. Pure, any thread.
#ifndef NR_METADATA_SIGNATURE_H
#define NR_METADATA_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"
#include "metadata/module.h"

enum { NR_SIGNATURE_DEPTH = 64 };

// Element types (II.23.1.16).
enum nr_element {
    NR_ELEMENT_END = 0x00,
    NR_ELEMENT_VOID = 0x01,
    NR_ELEMENT_BOOLEAN = 0x02,
    NR_ELEMENT_CHAR = 0x03,
    NR_ELEMENT_I1 = 0x04,
    NR_ELEMENT_U1 = 0x05,
    NR_ELEMENT_I2 = 0x06,
    NR_ELEMENT_U2 = 0x07,
    NR_ELEMENT_I4 = 0x08,
    NR_ELEMENT_U4 = 0x09,
    NR_ELEMENT_I8 = 0x0A,
    NR_ELEMENT_U8 = 0x0B,
    NR_ELEMENT_R4 = 0x0C,
    NR_ELEMENT_R8 = 0x0D,
    NR_ELEMENT_STRING = 0x0E,
    NR_ELEMENT_PTR = 0x0F,
    NR_ELEMENT_BYREF = 0x10,
    NR_ELEMENT_VALUETYPE = 0x11,
    NR_ELEMENT_CLASS = 0x12,
    NR_ELEMENT_VAR = 0x13,
    NR_ELEMENT_ARRAY = 0x14,
    NR_ELEMENT_GENERICINST = 0x15,
    NR_ELEMENT_TYPEDBYREF = 0x16,
    NR_ELEMENT_I = 0x18,
    NR_ELEMENT_U = 0x19,
    NR_ELEMENT_FNPTR = 0x1B,
    NR_ELEMENT_OBJECT = 0x1C,
    NR_ELEMENT_SZARRAY = 0x1D,
    NR_ELEMENT_MVAR = 0x1E,
    NR_ELEMENT_CMOD_REQD = 0x1F,
    NR_ELEMENT_CMOD_OPT = 0x20,
    NR_ELEMENT_INTERNAL = 0x21,
    NR_ELEMENT_SENTINEL = 0x41,
    NR_ELEMENT_PINNED = 0x45,
};

// Calling conventions and the first byte of other signatures (II.23.2.1 … II.23.2.6, II.23.2.15).
enum {
    NR_CALL_DEFAULT = 0x0,
    NR_CALL_VARARG = 0x5,
    NR_SIG_FIELD = 0x6,
    NR_SIG_LOCALS = 0x7,
    NR_SIG_METHOD_SPEC = 0xA,
    NR_CALL_KIND_MASK = 0xF,
    NR_CALL_GENERIC = 0x10,
    NR_CALL_HAS_THIS = 0x20,
    NR_CALL_EXPLICIT_THIS = 0x40,
};

// One parameter or return type.
struct nr_sig_type {
    struct nr_bytes whole;  // with custom modifiers and BYREF, as in the blob
    struct nr_bytes type;   // the type alone, leading modifiers and BYREF taken off
    uint8_t element;        // enum nr_element of type: its first byte
    bool by_ref;
    nr_token token;  // of CLASS and VALUETYPE, and of the open type of GENERICINST; else 0
    bool is_value;   // VALUETYPE, or GENERICINST over one
};

struct nr_method_sig {
    uint8_t convention;  // first byte
    bool has_this;       // HASTHIS without EXPLICITTHIS: there is an argument 0 that is not listed
    uint32_t generic_count;
    struct nr_sig_type result;
    struct nr_sig_type *parameters;  // in the arena; a sentinel is not one of them
    uint32_t parameter_count;
    uint32_t sentinel;  // parameters before it; parameter_count when nothing comes after it
};

// Reads a MethodDefSig, MethodRefSig or StandAloneMethodSig; all of the blob has to be used.
enum nr_status nr_method_sig_read(struct nr_arena *arena, struct nr_bytes blob,
                                  struct nr_method_sig *out);

// Reads one type at the start of blob and tells how many bytes it takes.
enum nr_status nr_sig_type_read(struct nr_bytes blob, struct nr_sig_type *out, size_t *used);

// The parameters as the agent knows them: "System.Int32,System.String[]", generic types as
// `Type`1[arg]`, type parameters as !0 and !!0, by-ref with &, pointers with *, function pointers
// (REFERENCE.md §4). Nested types print as their own name alone, as the reference prints them.
// Custom modifiers are not printed.
enum nr_status nr_method_sig_print(struct nr_arena *arena, struct nr_module *module,
                                   const struct nr_method_sig *sig, struct nr_str *out);
enum nr_status nr_sig_type_print(struct nr_arena *arena, struct nr_module *module,
                                 const struct nr_sig_type *type, struct nr_str *out);

// Writes the type again (BYREF included) without any custom modifier at any depth, as the reference
// writes a type that it puts into a signature of its own.
enum nr_status nr_sig_type_write_plain(struct nr_buffer *out, const struct nr_sig_type *type);

// Compressed unsigned numbers and TypeDefOrRefOrSpec tokens (II.23.2, II.23.2.8).
enum nr_status nr_sig_number_read(struct nr_bytes blob, uint32_t *value, size_t *used);
void nr_sig_number_write(struct nr_buffer *out, uint32_t value);  // NR_TOO_LARGE into out->status
nr_token nr_sig_token_decode(uint32_t coded);  // 0 when the tag or the row is not allowed
void nr_sig_token_write(struct nr_buffer *out, nr_token token);

// The number of locals in a LocalVarSig, and a new LocalVarSig with more of them at the end, whose
// types stand one after another.
enum nr_status nr_locals_count(struct nr_bytes locals, uint32_t *count);
enum nr_status nr_locals_add(struct nr_arena *arena, struct nr_bytes locals, uint32_t more,
                             struct nr_bytes types, struct nr_bytes *out);

#endif
