// Finds definitions and classifies them.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/type_kinds.h"

#include <string.h>

#include "base/compiler.h"
#include "metadata/signature.h"

enum { FEWEST_ROWS = 64 };

static enum nr_type_kind kind_of_name(struct nr_str name) {
    static const struct {
        const char *name;
        enum nr_type_kind kind;
    } names[] = {
        {"Boolean", NR_TYPE_INT32},
        {"Char", NR_TYPE_INT32},
        {"SByte", NR_TYPE_INT32},
        {"Byte", NR_TYPE_INT32},
        {"Int16", NR_TYPE_INT32},
        {"UInt16", NR_TYPE_INT32},
        {"Int32", NR_TYPE_INT32},
        {"UInt32", NR_TYPE_INT32},
        {"Int64", NR_TYPE_INT64},
        {"UInt64", NR_TYPE_INT64},
        {"IntPtr", NR_TYPE_NATIVE},
        {"UIntPtr", NR_TYPE_NATIVE},
        {"Single", NR_TYPE_FLOAT},
        {"Double", NR_TYPE_FLOAT},
        {"Object", NR_TYPE_CLASS},
        {"String", NR_TYPE_CLASS},
        {"RuntimeTypeHandle", NR_TYPE_VALUE},
    };
    if (!nr_str_starts_with(name, NR_STR("System."))) return NR_TYPE_UNKNOWN;
    struct nr_str last = nr_str_slice(name, sizeof("System.") - 1, name.size);
    for (size_t i = 0; i < NR_COUNT_OF(names); i++) {
        if (nr_str_equal(last, nr_str_of(names[i].name))) return names[i].kind;
    }
    return NR_TYPE_UNKNOWN;
}

static enum nr_type_kind kind_of_element(uint8_t element) {
    switch (element) {
    case NR_ELEMENT_I8:
    case NR_ELEMENT_U8: return NR_TYPE_INT64;
    case NR_ELEMENT_I:
    case NR_ELEMENT_U: return NR_TYPE_NATIVE;
    default: return NR_TYPE_INT32;
    }
}

// An enumeration stands for the type of its one instance field (ECMA-335 II.14.3); its constants
// are fields of its own type.
static enum nr_status kind_of_enum(struct nr_module *module, struct nr_arena *scratch,
                                   nr_token type_def, enum nr_type_kind *kind) {
    struct nr_tokens fields;
    *kind = NR_TYPE_INT32;
    NR_TRY(module->ops->fields(module, scratch, type_def, &fields));
    for (size_t i = 0; i < fields.count; i++) {
        struct nr_bytes blob;
        NR_TRY(module->ops->signature(module, fields.data[i], &blob));
        if (blob.size == 2 && blob.data[0] == NR_SIG_FIELD) {
            *kind = kind_of_element(blob.data[1]);
            return NR_OK;
        }
    }
    return NR_OK;
}

static enum nr_status kind_of_definition(struct nr_module *module, struct nr_arena *scratch,
                                         nr_token token, enum nr_type_kind *kind) {
    struct nr_type_def row;
    bool is_value, is_enum, is_by_ref_like;
    NR_TRY(module->ops->type_def(module, scratch, token, &row));
    NR_TRY(nr_type_is_value(module, scratch, &row, &is_value, &is_enum));
    if (is_enum) return kind_of_enum(module, scratch, token, kind);
    *kind = NR_TYPE_CLASS;
    if (!is_value) return NR_OK;
    NR_TRY(nr_type_is_by_ref_like(module, token, &is_by_ref_like));
    *kind = NR_TYPE_BY_REF_LIKE;
    if (is_by_ref_like) return NR_OK;
    *kind = kind_of_name(row.name);  // the core library defines them itself
    if (*kind == NR_TYPE_UNKNOWN) *kind = NR_TYPE_VALUE;
    return NR_OK;
}

static enum nr_status find_kind(struct nr_module *module, const struct nr_assemblies *assemblies,
                                struct nr_arena *scratch, nr_token token, enum nr_type_kind *kind) {
    if (NR_TOKEN_TABLE(token) == NR_TABLE_TYPE_REF) {
        struct nr_type_ref ref;
        NR_TRY(module->ops->type_ref(module, scratch, token, &ref));
        *kind = kind_of_name(ref.name);
        if (*kind != NR_TYPE_UNKNOWN) return NR_OK;
        NR_TRY(nr_resolve_type(assemblies, scratch, module, token, &module, &token));
    }
    return kind_of_definition(module, scratch, token, kind);
}

// The place for the answer about a row; NULL when there is no such row.
static enum nr_status place_of(struct nr_type_kinds *kinds, struct nr_module *module,
                               nr_token token, uint8_t **place) {
    struct nr_kind_table *table =
        NR_TOKEN_TABLE(token) == NR_TABLE_TYPE_DEF ? &kinds->type_defs : &kinds->type_refs;
    uint32_t row = NR_TOKEN_ROW(token);
    *place = NULL;
    if (row >= table->count) {
        if (!module->ops->exists(module, token)) return NR_OK;
        uint32_t count = row + row / 2 + FEWEST_ROWS;
        uint8_t *grown = nr_arena_grow(kinds->arena, table->kinds, table->count, count);
        if (!grown) return NR_NO_MEMORY;
        memset(grown + table->count, 0, count - table->count);
        table->kinds = grown;
        table->count = count;
    }
    *place = &table->kinds[row];
    return NR_OK;
}

enum nr_status nr_type_kind_of(struct nr_type_kinds *kinds, struct nr_module *module,
                               const struct nr_assemblies *assemblies, struct nr_arena *scratch,
                               nr_token token, enum nr_type_kind *kind) {
    enum nr_table table = NR_TOKEN_TABLE(token);
    uint8_t *place;
    *kind = NR_TYPE_UNKNOWN;
    if (table != NR_TABLE_TYPE_DEF && table != NR_TABLE_TYPE_REF) return NR_OK;
    NR_TRY(place_of(kinds, module, token, &place));
    if (!place) return NR_OK;
    if (*place) {
        *kind = (enum nr_type_kind)(*place - 1);
        return NR_OK;
    }
    enum nr_status status = find_kind(module, assemblies, scratch, token, kind);
    if (status == NR_OK) {
        *place = (uint8_t)(*kind + 1);
    } else {
        *kind = NR_TYPE_UNKNOWN;
    }
    return status == NR_NO_MEMORY ? status : NR_OK;
}
