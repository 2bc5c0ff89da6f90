// Signatures, as far as the verifier needs them: the kinds of arguments, locals and results.
// SPDX-License-Identifier: Apache-2.0
//
// A small walker of its own (II.23.2), so that a mistake in metadata/signature.c cannot hide
// itself. It recurses into types with a limit, and reads nothing outside the blob.
#include "il/verify_internal.h"

enum { TYPE_DEPTH = 100 };  // nesting of one type; compilers stay below 20

// Element types (II.23.1.16) and conventions (II.23.2.1 … II.23.2.6).
enum {
    VOID = 0x01,
    BOOLEAN = 0x02,
    U4 = 0x09,
    I8 = 0x0A,
    U8 = 0x0B,
    R4 = 0x0C,
    R8 = 0x0D,
    STRING = 0x0E,
    PTR = 0x0F,
    BYREF = 0x10,
    VALUETYPE = 0x11,
    CLASS = 0x12,
    VAR = 0x13,
    ARRAY = 0x14,
    GENERICINST = 0x15,
    TYPEDBYREF = 0x16,
    I = 0x18,
    U = 0x19,
    FNPTR = 0x1B,
    OBJECT = 0x1C,
    SZARRAY = 0x1D,
    MVAR = 0x1E,
    CMOD_REQD = 0x1F,
    CMOD_OPT = 0x20,
    SENTINEL = 0x41,
    PINNED = 0x45,
    FIELD_SIG = 0x06,
    LOCALS_SIG = 0x07,
    LAST_METHOD_KIND = 0x05,
    UNMANAGED_KIND = 0x09,
    KIND_MASK = 0x0F,
    GENERIC = 0x10,
    HAS_THIS = 0x20,
    EXPLICIT_THIS = 0x40,
};

static bool read_byte(struct nr_sig_cursor *cursor, uint8_t *byte) {
    if (cursor->at >= cursor->blob.size) return false;
    *byte = cursor->blob.data[cursor->at++];
    return true;
}

static bool skip_byte(struct nr_sig_cursor *cursor, uint8_t expected) {
    if (cursor->at >= cursor->blob.size || cursor->blob.data[cursor->at] != expected) return false;
    cursor->at++;
    return true;
}

bool nr_sig_cursor_number(struct nr_sig_cursor *cursor, uint32_t *number) {
    uint8_t byte;
    if (!read_byte(cursor, &byte)) return false;
    int more = byte < 0x80 ? 0 : byte < 0xC0 ? 1 : byte < 0xE0 ? 3 : -1;
    if (more < 0) return false;
    uint32_t value = more == 0 ? byte : more == 1 ? byte & 0x3Fu : byte & 0x1Fu;
    for (; more > 0; more--) {
        if (!read_byte(cursor, &byte)) return false;
        value = value << 8 | byte;
    }
    *number = value;
    return true;
}

// TypeDefOrRefOrSpecEncoded (II.23.2.8).
static bool read_token(struct nr_sig_cursor *cursor, uint32_t *token) {
    static const uint32_t tables[] = {0x02000000, 0x01000000, 0x1B000000};
    uint32_t coded;
    if (!nr_sig_cursor_number(cursor, &coded) || (coded & 3) == 3) return false;
    *token = tables[coded & 3] | coded >> 2;
    return true;
}

static bool skip_modifiers(struct nr_sig_cursor *cursor, bool pinned) {
    uint32_t token;
    for (;;) {
        if (skip_byte(cursor, CMOD_REQD) || skip_byte(cursor, CMOD_OPT)) {
            if (!read_token(cursor, &token)) return false;
        } else if (!pinned || !skip_byte(cursor, PINNED)) {
            return true;
        }
    }
}

static bool skip_type(struct nr_sig_cursor *cursor, unsigned depth);

static bool skip_types(struct nr_sig_cursor *cursor, uint32_t count, unsigned depth) {
    for (uint32_t i = 0; i < count; i++) {
        if (!skip_type(cursor, depth)) return false;
    }
    return true;
}

static bool skip_numbers(struct nr_sig_cursor *cursor) {
    uint32_t count, number;
    if (!nr_sig_cursor_number(cursor, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!nr_sig_cursor_number(cursor, &number)) return false;
    }
    return true;
}

// Rank, sizes, lower bounds (II.23.2.13).
static bool skip_shape(struct nr_sig_cursor *cursor) {
    uint32_t rank;
    return nr_sig_cursor_number(cursor, &rank) && skip_numbers(cursor) && skip_numbers(cursor);
}

// What comes behind the first byte of a method signature.
static bool skip_method(struct nr_sig_cursor *cursor, unsigned depth) {
    uint8_t convention;
    uint32_t count;
    if (!read_byte(cursor, &convention)) return false;
    if (convention & GENERIC && !nr_sig_cursor_number(cursor, &count)) return false;
    if (!nr_sig_cursor_number(cursor, &count) || !skip_type(cursor, depth)) return false;
    for (uint32_t i = 0; i < count; i++) {
        skip_byte(cursor, SENTINEL);
        if (!skip_type(cursor, depth)) return false;
    }
    return true;
}

static bool skip_generic(struct nr_sig_cursor *cursor, unsigned depth) {
    uint32_t count;
    return skip_type(cursor, depth) && nr_sig_cursor_number(cursor, &count) &&
           skip_types(cursor, count, depth);
}

// Skips a type, a return type or a local's type.
static bool skip_type(struct nr_sig_cursor *cursor, unsigned depth) {
    uint8_t element;
    uint32_t number;
    if (depth == 0) return false;
    depth--;
    if (!skip_modifiers(cursor, true) || !read_byte(cursor, &element)) return false;
    if (element >= VOID && element <= STRING) return true;
    switch (element) {
    case TYPEDBYREF:
    case I:
    case U:
    case OBJECT: return true;
    case PTR:
    case BYREF:
    case SZARRAY: return skip_type(cursor, depth);
    case VALUETYPE:
    case CLASS: return read_token(cursor, &number);
    case VAR:
    case MVAR: return nr_sig_cursor_number(cursor, &number);
    case ARRAY: return skip_type(cursor, depth) && skip_shape(cursor);
    case GENERICINST: return skip_generic(cursor, depth);
    case FNPTR: return skip_method(cursor, depth);
    default: return false;
    }
}

// What a value type is on the stack.
static uint8_t kind_of_value(enum nr_type_kind type) {
    switch (type) {
    case NR_TYPE_VALUE:
    case NR_TYPE_BY_REF_LIKE: return NR_KIND_VALUE;
    case NR_TYPE_INT32: return NR_KIND_INT32;
    case NR_TYPE_INT64: return NR_KIND_INT64;
    case NR_TYPE_NATIVE: return NR_KIND_NATIVE;
    case NR_TYPE_FLOAT: return NR_KIND_FLOAT;
    default: return NR_KIND_UNKNOWN;
    }
}

// The kind of the type at the cursor, which stays where it is; NR_KIND_UNKNOWN when it is broken,
// which skip_type finds.
static uint8_t kind_of(const struct nr_verifier *v, struct nr_sig_cursor cursor) {
    uint8_t element;
    uint32_t token;
    if (!skip_modifiers(&cursor, true) || !read_byte(&cursor, &element)) return NR_KIND_UNKNOWN;
    if (element == GENERICINST && !read_byte(&cursor, &element)) return NR_KIND_UNKNOWN;
    if (element >= BOOLEAN && element <= U4) return NR_KIND_INT32;
    switch (element) {
    case VOID: return NR_KIND_NONE;
    case I8:
    case U8: return NR_KIND_INT64;
    case R4:
    case R8: return NR_KIND_FLOAT;
    case PTR:
    case I:
    case U:
    case FNPTR: return NR_KIND_NATIVE;
    case BYREF: return NR_KIND_BYREF;
    case TYPEDBYREF: return NR_KIND_VALUE;
    case VALUETYPE:
        if (!read_token(&cursor, &token)) return NR_KIND_UNKNOWN;
        return kind_of_value(v->module->type_kind(v->module->context, token));
    case STRING:
    case CLASS:
    case ARRAY:
    case OBJECT:
    case SZARRAY: return NR_KIND_OBJECT;
    default: return NR_KIND_UNKNOWN;  // VAR, MVAR
    }
}

bool nr_sig_cursor_type(const struct nr_verifier *v, struct nr_sig_cursor *cursor, uint8_t *kind) {
    *kind = kind_of(v, *cursor);
    return skip_type(cursor, TYPE_DEPTH);
}

bool nr_sig_cursor_method(const struct nr_verifier *v, struct nr_sig_cursor *cursor,
                          struct nr_sig_head *head) {
    uint32_t count;
    if (!read_byte(cursor, &head->convention)) return false;
    uint8_t kind = head->convention & KIND_MASK;
    if (kind > LAST_METHOD_KIND && kind != UNMANAGED_KIND) return false;
    if (head->convention & GENERIC && !nr_sig_cursor_number(cursor, &count)) return false;
    head->has_this = (head->convention & (HAS_THIS | EXPLICIT_THIS)) == HAS_THIS;
    return nr_sig_cursor_number(cursor, &head->parameter_count) &&
           nr_sig_cursor_type(v, cursor, &head->result) &&
           head->parameter_count <= cursor->blob.size - cursor->at;
}

bool nr_sig_cursor_parameter(const struct nr_verifier *v, struct nr_sig_cursor *cursor,
                             uint8_t *kind) {
    skip_byte(cursor, SENTINEL);
    return nr_sig_cursor_type(v, cursor, kind) && *kind != NR_KIND_NONE;
}

bool nr_sig_cursor_field(const struct nr_verifier *v, struct nr_sig_cursor *cursor, uint8_t *kind) {
    return skip_byte(cursor, FIELD_SIG) && nr_sig_cursor_type(v, cursor, kind) &&
           *kind != NR_KIND_NONE;
}

// A TypeDef or TypeRef.
static uint8_t kind_of_definition(const struct nr_verifier *v, uint32_t token, bool *unboxable) {
    enum nr_type_kind type = v->module->type_kind(v->module->context, token);
    *unboxable = type == NR_TYPE_BY_REF_LIKE;
    return type == NR_TYPE_CLASS ? NR_KIND_OBJECT : kind_of_value(type);
}

enum nr_status nr_verify_type_token(const struct nr_verifier *v, uint32_t token, uint8_t *kind,
                                    bool *unboxable) {
    if (token >> 24 != 0x1B) {
        *kind = kind_of_definition(v, token, unboxable);
        return NR_OK;
    }
    struct nr_sig_cursor cursor = {{NULL, 0}, 0};
    NR_TRY(v->module->signature(v->module->context, token, &cursor.blob));
    struct nr_sig_cursor head = cursor;
    *unboxable = skip_byte(&head, TYPEDBYREF) || skip_byte(&head, BYREF);
    skip_byte(&head, GENERICINST);
    if (skip_byte(&head, VALUETYPE) && read_token(&head, &token)) {
        kind_of_definition(v, token, unboxable);
    }
    return nr_sig_cursor_type(v, &cursor, kind) ? NR_OK : NR_MALFORMED;
}

const char *nr_verify_kind_name(uint8_t kind) {
    static const char *const names[] = {
        [NR_KIND_NONE] = "nothing",
        [NR_KIND_UNKNOWN] = "an item of unknown kind",
        [NR_KIND_INT32] = "int32",
        [NR_KIND_INT64] = "int64",
        [NR_KIND_NATIVE] = "native int",
        [NR_KIND_BYREF] = "a managed pointer",
        [NR_KIND_WORD] = "an integer or pointer",
        [NR_KIND_FLOAT] = "a float",
        [NR_KIND_OBJECT] = "an object reference",
        [NR_KIND_VALUE] = "a value type",
    };
    return names[kind];
}

// ---- the method's own ----

static enum nr_status read_arguments(struct nr_verifier *v) {
    struct nr_sig_cursor cursor = {v->signature, 0};
    struct nr_sig_head head;
    if (!nr_sig_cursor_method(v, &cursor, &head)) {
        return nr_verify_fail(v, NULL, "the method's signature is broken");
    }
    v->result = head.result;
    v->arguments = NR_ARENA_ARRAY(v->arena, uint8_t, (size_t)head.parameter_count + 1);
    if (!v->arguments) return NR_NO_MEMORY;
    if (head.has_this) {
        enum nr_type_kind type = v->module->this_type;
        v->arguments[v->argument_count++] = type == NR_TYPE_UNKNOWN ? NR_KIND_UNKNOWN
                                            : type == NR_TYPE_CLASS ? NR_KIND_OBJECT
                                                                    : NR_KIND_BYREF;
    }
    for (uint32_t i = 0; i < head.parameter_count; i++) {
        if (!nr_sig_cursor_parameter(v, &cursor, &v->arguments[v->argument_count++])) {
            return nr_verify_fail(v, NULL, "the method's signature is broken at parameter %u", i);
        }
    }
    return NR_OK;
}

static enum nr_status read_locals(struct nr_verifier *v) {
    uint32_t token = v->body.local_signature, count;
    struct nr_sig_cursor cursor = {{NULL, 0}, 0};
    if (token == 0) return NR_OK;
    enum nr_status status = NR_NOT_FOUND;
    if (token >> 24 == 0x11) {
        status = v->module->signature(v->module->context, token, &cursor.blob);
    }
    if (status == NR_NO_MEMORY) return status;
    if (status != NR_OK) return nr_verify_fail(v, NULL, "there is no local signature %08x", token);
    if (!skip_byte(&cursor, LOCALS_SIG) || !nr_sig_cursor_number(&cursor, &count) ||
        count > cursor.blob.size - cursor.at) {
        return nr_verify_fail(v, NULL, "the local signature %08x is broken", token);
    }
    v->locals = NR_ARENA_ARRAY(v->arena, uint8_t, count);
    if (!v->locals) return NR_NO_MEMORY;
    for (; v->local_count < count; v->local_count++) {
        uint8_t *kind = &v->locals[v->local_count];
        if (!nr_sig_cursor_type(v, &cursor, kind) || *kind == NR_KIND_NONE) {
            return nr_verify_fail(v, NULL, "the local signature %08x is broken at local %u", token,
                                  v->local_count);
        }
    }
    return NR_OK;
}

enum nr_status nr_verify_types(struct nr_verifier *v) {
    NR_TRY(read_arguments(v));
    return read_locals(v);
}
