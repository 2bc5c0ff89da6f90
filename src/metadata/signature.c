// Signatures: reading, printing, building.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/signature.h"

#include <stdio.h>

#include "base/compiler.h"

enum {
    LARGEST_NUMBER = 0x1FFFFFFF,
    LARGEST_ROW = 0xFFFFFF,
    LARGEST_RANK = 32,        // of an array, in the CLR
    MOST_LOCALS = 0xFFFE,     // II.23.2.6
    LONGEST_TEXT = 16 << 20,  // names may be long and used often, so blobs alone bound nothing
    CALL_UNMANAGED = 0x9,     // platform default, of function pointers (ECMA-335 augments)
};

// What may stand where a type is read, besides a type.
enum { VOID_TOO = 1, BY_REF_TOO = 2, PINNED_TOO = 4 };

// One pass over a signature that checks it and, on the way, writes it without modifiers to plain,
// and prints it to text; either may be NULL.
struct walk {
    struct nr_bytes blob;
    size_t at;
    unsigned depth;
    struct nr_buffer *plain;
    struct nr_buffer *text;
    struct nr_module *module;  // for text: answers for names
};

// ---- numbers and tokens ----

enum nr_status nr_sig_number_read(struct nr_bytes blob, uint32_t *value, size_t *used) {
    if (blob.size == 0) return NR_MALFORMED;
    const uint8_t *data = blob.data;
    size_t size = data[0] < 0x80 ? 1 : data[0] < 0xC0 ? 2 : data[0] < 0xE0 ? 4 : 0;
    if (size == 0 || size > blob.size) return NR_MALFORMED;
    uint32_t result = data[0] & (size == 1 ? 0x7Fu : size == 2 ? 0x3Fu : 0x1Fu);
    for (size_t i = 1; i < size; i++) result = result << 8 | data[i];
    *value = result;
    *used = size;
    return NR_OK;
}

void nr_sig_number_write(struct nr_buffer *out, uint32_t value) {
    if (value <= 0x7F) {
        nr_buffer_u8(out, (uint8_t)value);
    } else if (value <= 0x3FFF) {
        nr_buffer_u8(out, (uint8_t)(0x80 | value >> 8));
        nr_buffer_u8(out, (uint8_t)value);
    } else if (value <= LARGEST_NUMBER) {
        nr_buffer_u8(out, (uint8_t)(0xC0 | value >> 24));
        for (int shift = 16; shift >= 0; shift -= 8) nr_buffer_u8(out, (uint8_t)(value >> shift));
    } else if (out->status == NR_OK) {
        out->status = NR_TOO_LARGE;
    }
}

static const uint8_t token_tables[] = {NR_TABLE_TYPE_DEF, NR_TABLE_TYPE_REF, NR_TABLE_TYPE_SPEC};

nr_token nr_sig_token_decode(uint32_t coded) {
    uint32_t tag = coded & 3, row = coded >> 2;
    if (tag >= NR_COUNT_OF(token_tables) || row == 0 || row > LARGEST_ROW) return 0;
    return NR_TOKEN(token_tables[tag], row);
}

void nr_sig_token_write(struct nr_buffer *out, nr_token token) {
    for (uint32_t tag = 0; tag < NR_COUNT_OF(token_tables); tag++) {
        if (token_tables[tag] == token >> 24 && NR_TOKEN_ROW(token) != 0) {
            nr_sig_number_write(out, NR_TOKEN_ROW(token) << 2 | tag);
            return;
        }
    }
    if (out->status == NR_OK) out->status = NR_MALFORMED;
}

// ---- the walk ----

static bool next_is(const struct walk *w, uint8_t byte) {
    return w->at < w->blob.size && w->blob.data[w->at] == byte;
}

static void print(struct walk *w, struct nr_str text) {
    if (!w->text) return;
    nr_buffer_append(w->text, text.data, text.size);
    if (w->text->status == NR_OK && w->text->size > LONGEST_TEXT) w->text->status = NR_TOO_LARGE;
}

static void print_number(struct walk *w, uint32_t number) {
    char digits[16];
    if (!w->text) return;
    int size = snprintf(digits, sizeof(digits), "%lu", (unsigned long)number);
    print(w, (struct nr_str){digits, (size_t)size});
}

static enum nr_status take_byte(struct walk *w, uint8_t *byte) {
    if (w->at >= w->blob.size) return NR_MALFORMED;
    *byte = w->blob.data[w->at++];
    return NR_OK;
}

static void keep_byte(struct walk *w, uint8_t byte) {
    if (w->plain) nr_buffer_u8(w->plain, byte);
}

static enum nr_status skip_number(struct walk *w, uint32_t *number) {
    size_t used;
    struct nr_bytes rest = {w->blob.data + w->at, w->blob.size - w->at};
    NR_TRY(nr_sig_number_read(rest, number, &used));
    w->at += used;
    return NR_OK;
}

static enum nr_status take_number(struct walk *w, uint32_t *number) {
    NR_TRY(skip_number(w, number));
    if (w->plain) nr_sig_number_write(w->plain, *number);
    return NR_OK;
}

// Custom modifiers, BYREF and PINNED may come in any order: compilers of C++ use modifiers where
// the grammar of the standard has none.
static enum nr_status walk_prefix(struct walk *w, unsigned allowed, bool *by_ref) {
    uint32_t modifier;
    for (*by_ref = false;;) {
        if (next_is(w, NR_ELEMENT_CMOD_OPT) || next_is(w, NR_ELEMENT_CMOD_REQD)) {
            w->at++;
            NR_TRY(skip_number(w, &modifier));
        } else if (next_is(w, NR_ELEMENT_BYREF) && allowed & BY_REF_TOO && !*by_ref) {
            w->at++;
            keep_byte(w, NR_ELEMENT_BYREF);
            *by_ref = true;
        } else if (next_is(w, NR_ELEMENT_PINNED) && allowed & PINNED_TOO) {
            w->at++;
        } else {
            return NR_OK;
        }
    }
}

static enum nr_status print_name(struct walk *w, nr_token token) {
    if (!w->text) return NR_OK;
    struct nr_type_def def;
    struct nr_type_ref ref;
    switch (NR_TOKEN_TABLE(token)) {
    case NR_TABLE_TYPE_DEF:
        NR_TRY(w->module->ops->type_def(w->module, w->text->arena, token, &def));
        print(w, def.name);
        return NR_OK;
    case NR_TABLE_TYPE_REF:
        NR_TRY(w->module->ops->type_ref(w->module, w->text->arena, token, &ref));
        print(w, ref.name);
        return NR_OK;
    default: return NR_UNSUPPORTED;  // a TypeSpec here is nothing that the CLR loads
    }
}

static enum nr_status walk_token(struct walk *w) {
    uint32_t coded;
    NR_TRY(take_number(w, &coded));
    nr_token token = nr_sig_token_decode(coded);
    return token ? print_name(w, token) : NR_MALFORMED;
}

static enum nr_status walk_type(struct walk *w, unsigned allowed);

struct shape {
    uint32_t size_count, bound_count;
    uint32_t sizes[LARGEST_RANK], bounds[LARGEST_RANK];
};

static enum nr_status walk_numbers(struct walk *w, uint32_t rank, uint32_t *count,
                                   uint32_t *numbers) {
    NR_TRY(take_number(w, count));
    if (*count > rank) return NR_MALFORMED;
    for (uint32_t i = 0; i < *count; i++) NR_TRY(take_number(w, &numbers[i]));
    return NR_OK;
}

// A lower bound is a signed number (II.23.2.13), which the agent's parameter lists ignore: they
// show it as an unsigned one. Names have to agree with theirs, wrap-around included.
static enum nr_status walk_shape(struct walk *w) {
    uint32_t rank;
    struct shape shape;
    NR_TRY(take_number(w, &rank));
    if (rank == 0 || rank > LARGEST_RANK) return NR_MALFORMED;
    NR_TRY(walk_numbers(w, rank, &shape.size_count, shape.sizes));
    NR_TRY(walk_numbers(w, rank, &shape.bound_count, shape.bounds));
    for (uint32_t i = 0; i < rank; i++) {
        print(w, i == 0 ? NR_STR("[") : NR_STR(","));
        if (i >= shape.size_count) continue;
        uint32_t bound = i < shape.bound_count ? shape.bounds[i] : 0;
        print_number(w, bound);
        print(w, NR_STR("..."));
        print_number(w, bound + shape.sizes[i] - 1);
    }
    print(w, NR_STR("]"));
    return NR_OK;
}

static enum nr_status walk_generic(struct walk *w) {
    bool by_ref;
    uint8_t element;
    uint32_t count;
    NR_TRY(walk_prefix(w, 0, &by_ref));
    NR_TRY(take_byte(w, &element));
    if (element != NR_ELEMENT_CLASS && element != NR_ELEMENT_VALUETYPE) return NR_MALFORMED;
    keep_byte(w, element);
    NR_TRY(walk_token(w));
    NR_TRY(take_number(w, &count));
    print(w, NR_STR("["));
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) print(w, NR_STR(","));
        NR_TRY(walk_type(w, 0));
    }
    print(w, NR_STR("]"));
    return NR_OK;
}

static enum nr_status walk_convention(struct walk *w, uint8_t *convention,
                                      uint32_t *generic_count) {
    NR_TRY(take_byte(w, convention));
    uint8_t kind = *convention & NR_CALL_KIND_MASK;
    if (kind > NR_CALL_VARARG && kind != CALL_UNMANAGED) return NR_MALFORMED;
    keep_byte(w, *convention);
    *generic_count = 0;
    return *convention & NR_CALL_GENERIC ? take_number(w, generic_count) : NR_OK;
}

static bool take_sentinel(struct walk *w) {
    if (!next_is(w, NR_ELEMENT_SENTINEL)) return false;
    w->at++;
    keep_byte(w, NR_ELEMENT_SENTINEL);
    return true;
}

// A function pointer: "(result)(parameters)".
static enum nr_status walk_method(struct walk *w) {
    uint8_t convention;
    uint32_t generic_count, count;
    NR_TRY(walk_convention(w, &convention, &generic_count));
    NR_TRY(take_number(w, &count));
    print(w, NR_STR("("));
    NR_TRY(walk_type(w, VOID_TOO | BY_REF_TOO));
    print(w, NR_STR(")("));
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) print(w, NR_STR(","));
        if (take_sentinel(w)) print(w, NR_STR("...,"));
        NR_TRY(walk_type(w, BY_REF_TOO));
    }
    take_sentinel(w);
    print(w, NR_STR(")"));
    return NR_OK;
}

static enum nr_status walk_type_parameter(struct walk *w, struct nr_str prefix) {
    uint32_t number;
    NR_TRY(take_number(w, &number));
    print(w, prefix);
    print_number(w, number);
    return NR_OK;
}

static enum nr_status walk_primitive(struct walk *w, uint8_t element) {
    static const char *const names[] = {
        [NR_ELEMENT_BOOLEAN] = "System.Boolean", [NR_ELEMENT_CHAR] = "System.Char",
        [NR_ELEMENT_I1] = "System.SByte",        [NR_ELEMENT_U1] = "System.Byte",
        [NR_ELEMENT_I2] = "System.Int16",        [NR_ELEMENT_U2] = "System.UInt16",
        [NR_ELEMENT_I4] = "System.Int32",        [NR_ELEMENT_U4] = "System.UInt32",
        [NR_ELEMENT_I8] = "System.Int64",        [NR_ELEMENT_U8] = "System.UInt64",
        [NR_ELEMENT_R4] = "System.Single",       [NR_ELEMENT_R8] = "System.Double",
        [NR_ELEMENT_STRING] = "System.String",   [NR_ELEMENT_TYPEDBYREF] = "System.TypedReference",
        [NR_ELEMENT_I] = "System.IntPtr",        [NR_ELEMENT_U] = "System.UIntPtr",
        [NR_ELEMENT_OBJECT] = "System.Object",
    };
    if (element >= NR_COUNT_OF(names) || !names[element]) return NR_MALFORMED;
    print(w, nr_str_of(names[element]));
    return NR_OK;
}

static enum nr_status walk_element(struct walk *w, uint8_t element, bool may_be_void) {
    keep_byte(w, element);
    switch (element) {
    case NR_ELEMENT_VOID: print(w, NR_STR("void")); return may_be_void ? NR_OK : NR_MALFORMED;
    case NR_ELEMENT_CLASS:
    case NR_ELEMENT_VALUETYPE: return walk_token(w);
    case NR_ELEMENT_GENERICINST: return walk_generic(w);
    case NR_ELEMENT_VAR: return walk_type_parameter(w, NR_STR("!"));
    case NR_ELEMENT_MVAR: return walk_type_parameter(w, NR_STR("!!"));
    case NR_ELEMENT_FNPTR: return walk_method(w);
    case NR_ELEMENT_PTR:
        NR_TRY(walk_type(w, VOID_TOO));
        print(w, NR_STR("*"));
        return NR_OK;
    case NR_ELEMENT_SZARRAY:
        NR_TRY(walk_type(w, 0));
        print(w, NR_STR("[]"));
        return NR_OK;
    case NR_ELEMENT_ARRAY: NR_TRY(walk_type(w, 0)); return walk_shape(w);
    default: return walk_primitive(w, element);
    }
}

static enum nr_status walk_type(struct walk *w, unsigned allowed) {
    uint8_t element;
    bool by_ref;
    NR_TRY(walk_prefix(w, allowed, &by_ref));
    NR_TRY(take_byte(w, &element));
    if (w->depth == NR_SIGNATURE_DEPTH) return NR_TOO_LARGE;
    w->depth++;
    NR_TRY(walk_element(w, element, (allowed & VOID_TOO) != 0 && !by_ref));
    w->depth--;
    if (by_ref) print(w, NR_STR("&"));
    if (w->text) NR_TRY(w->text->status);
    return w->plain ? w->plain->status : NR_OK;
}

// ---- types and methods ----

static void note_token(struct nr_sig_type *type) {
    struct walk w = {.blob = type->type, .at = 1};
    uint8_t element = type->element;
    uint32_t coded;
    bool by_ref;
    if (element == NR_ELEMENT_GENERICINST) {
        if (walk_prefix(&w, 0, &by_ref) != NR_OK || take_byte(&w, &element) != NR_OK) return;
    }
    if (element != NR_ELEMENT_CLASS && element != NR_ELEMENT_VALUETYPE) return;
    if (skip_number(&w, &coded) == NR_OK) type->token = nr_sig_token_decode(coded);
    type->is_value = element == NR_ELEMENT_VALUETYPE;
}

static enum nr_status read_type(struct walk *w, unsigned allowed, struct nr_sig_type *out) {
    const uint8_t *data = w->blob.data;
    struct nr_sig_type type = {0};
    size_t start = w->at;
    NR_TRY(walk_prefix(w, allowed, &type.by_ref));
    size_t bare = w->at;
    if (type.by_ref) allowed &= ~(unsigned)(VOID_TOO | BY_REF_TOO);
    NR_TRY(walk_type(w, allowed));
    type.whole = (struct nr_bytes){data + start, w->at - start};
    type.type = (struct nr_bytes){data + bare, w->at - bare};
    type.element = data[bare];
    note_token(&type);
    *out = type;
    return NR_OK;
}

enum nr_status nr_sig_type_read(struct nr_bytes blob, struct nr_sig_type *out, size_t *used) {
    struct walk w = {.blob = blob};
    NR_TRY(read_type(&w, VOID_TOO | BY_REF_TOO | PINNED_TOO, out));
    *used = w.at;
    return NR_OK;
}

enum nr_status nr_method_sig_read(struct nr_arena *arena, struct nr_bytes blob,
                                  struct nr_method_sig *out) {
    struct walk w = {.blob = blob};
    struct nr_method_sig sig = {0};
    NR_TRY(walk_convention(&w, &sig.convention, &sig.generic_count));
    NR_TRY(take_number(&w, &sig.parameter_count));
    NR_TRY(read_type(&w, VOID_TOO | BY_REF_TOO, &sig.result));
    if (sig.parameter_count > blob.size - w.at) return NR_MALFORMED;
    sig.parameters = NR_ARENA_ARRAY(arena, struct nr_sig_type, sig.parameter_count);
    if (!sig.parameters) return NR_NO_MEMORY;
    sig.sentinel = sig.parameter_count;
    for (uint32_t i = 0; i < sig.parameter_count; i++) {
        if (take_sentinel(&w)) sig.sentinel = i;
        NR_TRY(read_type(&w, BY_REF_TOO, &sig.parameters[i]));
    }
    take_sentinel(&w);
    if (w.at != blob.size) return NR_MALFORMED;
    sig.has_this =
        (sig.convention & (NR_CALL_HAS_THIS | NR_CALL_EXPLICIT_THIS)) == NR_CALL_HAS_THIS;
    *out = sig;
    return NR_OK;
}

static enum nr_status print_type(struct nr_buffer *text, struct nr_module *module,
                                 const struct nr_sig_type *type) {
    struct walk w = {.blob = type->whole, .text = text, .module = module};
    return walk_type(&w, VOID_TOO | BY_REF_TOO | PINNED_TOO);
}

static enum nr_status finish_text(const struct nr_buffer *text, struct nr_str *out) {
    NR_TRY(text->status);
    *out = (struct nr_str){(const char *)text->data, text->size};
    return NR_OK;
}

enum nr_status nr_sig_type_print(struct nr_arena *arena, struct nr_module *module,
                                 const struct nr_sig_type *type, struct nr_str *out) {
    struct nr_buffer text;
    nr_buffer_init(&text, arena);
    NR_TRY(print_type(&text, module, type));
    return finish_text(&text, out);
}

enum nr_status nr_method_sig_print(struct nr_arena *arena, struct nr_module *module,
                                   const struct nr_method_sig *sig, struct nr_str *out) {
    struct nr_buffer text;
    nr_buffer_init(&text, arena);
    for (uint32_t i = 0; i < sig->parameter_count; i++) {
        if (i > 0) nr_buffer_append(&text, ",", 1);
        if (i == sig->sentinel) nr_buffer_append(&text, "...,", 4);
        NR_TRY(print_type(&text, module, &sig->parameters[i]));
    }
    return finish_text(&text, out);
}

enum nr_status nr_sig_type_write_plain(struct nr_buffer *out, const struct nr_sig_type *type) {
    struct walk w = {.blob = type->whole, .plain = out};
    return walk_type(&w, VOID_TOO | BY_REF_TOO | PINNED_TOO);
}

// ---- local variables ----

static enum nr_status read_locals_head(struct walk *w, uint32_t *count) {
    uint8_t kind;
    NR_TRY(take_byte(w, &kind));
    return kind == NR_SIG_LOCALS ? take_number(w, count) : NR_MALFORMED;
}

enum nr_status nr_locals_count(struct nr_bytes locals, uint32_t *count) {
    struct walk w = {.blob = locals};
    return read_locals_head(&w, count);
}

enum nr_status nr_locals_add(struct nr_arena *arena, struct nr_bytes locals, uint32_t more,
                             struct nr_bytes types, struct nr_bytes *out) {
    struct walk w = {.blob = locals};
    struct nr_buffer bytes;
    uint32_t count;
    NR_TRY(read_locals_head(&w, &count));
    if (count > MOST_LOCALS || more > MOST_LOCALS - count) return NR_TOO_LARGE;
    size_t first = w.at;
    for (uint32_t i = 0; i < count; i++) NR_TRY(walk_type(&w, BY_REF_TOO | PINNED_TOO));
    if (w.at != locals.size) return NR_MALFORMED;
    nr_buffer_init(&bytes, arena);
    nr_buffer_u8(&bytes, NR_SIG_LOCALS);
    nr_sig_number_write(&bytes, count + more);
    nr_buffer_append(&bytes, locals.data + first, locals.size - first);
    nr_buffer_append(&bytes, types.data, types.size);
    NR_TRY(bytes.status);
    *out = nr_buffer_bytes(&bytes);
    return NR_OK;
}
