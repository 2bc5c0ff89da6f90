// Decides how values become objects.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/boxing.h"

static enum nr_status kind_of(const struct nr_boxing *boxing, nr_token type,
                              enum nr_type_kind *kind) {
    struct nr_rewrite_references *refs = boxing->refs;
    return nr_type_kind_of(&refs->known->kinds, refs->module, boxing->assemblies, refs->arena, type,
                           kind);
}

// Whether the TypeDef or TypeRef behind a value type may live in a box.
static enum nr_status can_box(const struct nr_boxing *boxing, nr_token type, bool *yes) {
    enum nr_type_kind kind;
    NR_TRY(kind_of(boxing, type, &kind));
    if (kind == NR_TYPE_UNKNOWN) {
        nr_log_debug(boxing->log,
                     "The value type 0x%08x cannot be resolved; it is passed to the agent as null.",
                     (unsigned)type);
    }
    *yes = kind != NR_TYPE_UNKNOWN && kind != NR_TYPE_BY_REF_LIKE;
    return NR_OK;
}

static enum nr_status spec_token(const struct nr_boxing *boxing, const struct nr_sig_type *type,
                                 nr_token *token) {
    struct nr_buffer signature;
    nr_buffer_init(&signature, boxing->refs->arena);
    NR_TRY(nr_sig_type_write_plain(&signature, type));
    struct nr_module *module = boxing->refs->module;
    return module->ops->define_type_spec(module, nr_buffer_bytes(&signature), token);
}

static bool allows_by_ref_like(const struct nr_boxing *boxing, const struct nr_sig_type *type) {
    nr_token owner = type->element == NR_ELEMENT_VAR ? boxing->type : boxing->method;
    struct nr_module *module = boxing->refs->module;
    struct nr_bytes number = {type->type.data + 1, type->type.size - 1};
    uint32_t index, flags;
    size_t used;
    return nr_sig_number_read(number, &index, &used) != NR_OK ||
           module->ops->generic_param_flags(module, owner, index, &flags) != NR_OK ||
           (flags & NR_GENERIC_ALLOW_BY_REF_LIKE) != 0;
}

static bool is_void_pointer(const struct nr_sig_type *type) {
    return type->type.size > 1 && type->type.data[type->type.size - 1] == NR_ELEMENT_VOID;
}

enum nr_status nr_boxing_token(const struct nr_boxing *boxing, const struct nr_sig_type *type,
                               nr_token *token) {
    bool boxes = true;
    *token = 0;
    if (type->by_ref) return NR_OK;
    enum nr_known_type known = nr_known_type_of_element(type->element);
    if (known != NR_KNOWN_NONE) return nr_references_type(boxing->refs, known, token);

    switch (type->element) {
    case NR_ELEMENT_CLASS: *token = type->token; return NR_OK;
    case NR_ELEMENT_VALUETYPE:
        NR_TRY(can_box(boxing, type->token, &boxes));
        if (boxes) *token = type->token;
        return NR_OK;
    case NR_ELEMENT_GENERICINST:
        if (type->is_value) NR_TRY(can_box(boxing, type->token, &boxes));
        return boxes ? spec_token(boxing, type, token) : NR_OK;
    case NR_ELEMENT_ARRAY:
    case NR_ELEMENT_SZARRAY: return spec_token(boxing, type, token);
    case NR_ELEMENT_VAR:
    case NR_ELEMENT_MVAR:
        return allows_by_ref_like(boxing, type) ? NR_OK : spec_token(boxing, type, token);
    case NR_ELEMENT_PTR:
        nr_log_warn(boxing->log, is_void_pointer(type) ? "Void pointer tokenization not supported."
                                                       : "Pointer tokenization not supported.");
        return NR_OK;
    case NR_ELEMENT_FNPTR:
        nr_log_warn(boxing->log, "Function pointer tokenization not supported.");
        return NR_OK;
    default: return NR_OK;  // TypedReference
    }
}

// The instantiation of a generic type over its own parameters, or the type itself.
static enum nr_status self_token(const struct nr_boxing *boxing, nr_token *token) {
    struct nr_module *module = boxing->refs->module;
    uint32_t count;
    NR_TRY(module->ops->generic_param_count(module, boxing->type, &count));
    if (count == 0) {
        *token = boxing->type;
        return NR_OK;
    }
    struct nr_buffer signature;
    nr_buffer_init(&signature, boxing->refs->arena);
    nr_buffer_u8(&signature, NR_ELEMENT_GENERICINST);
    nr_buffer_u8(&signature, NR_ELEMENT_VALUETYPE);
    nr_sig_token_write(&signature, boxing->type);
    nr_sig_number_write(&signature, count);
    for (uint32_t i = 0; i < count; i++) {
        nr_buffer_u8(&signature, NR_ELEMENT_VAR);
        nr_sig_number_write(&signature, i);
    }
    NR_TRY(signature.status);
    return module->ops->define_type_spec(module, nr_buffer_bytes(&signature), token);
}

enum nr_status nr_boxing_this(const struct nr_boxing *boxing, bool *is_value, nr_token *token) {
    enum nr_type_kind kind;
    bool boxes = false;
    *token = 0;
    NR_TRY(kind_of(boxing, boxing->type, &kind));
    *is_value = kind != NR_TYPE_CLASS;
    if (*is_value) NR_TRY(can_box(boxing, boxing->type, &boxes));
    return boxes ? self_token(boxing, token) : NR_OK;
}
