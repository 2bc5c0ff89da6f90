// Finds rows of a file module by name, by parent and by blob.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/file_module_internal.h"

enum { HASHED_BYTES = 256 };  // of a blob: bounds the time that a hash takes

// ---- names of types ----

// Where a table keeps the name of a type.
struct name_columns {
    enum nr_table table;
    unsigned space, name;
};

static const struct name_columns type_def_name = {NR_TABLE_TYPE_DEF, NR_TYPE_DEF_NAMESPACE,
                                                  NR_TYPE_DEF_NAME};
static const struct name_columns type_ref_name = {NR_TABLE_TYPE_REF, NR_TYPE_REF_NAMESPACE,
                                                  NR_TYPE_REF_NAME};
static const struct name_columns exported_type_name = {
    NR_TABLE_EXPORTED_TYPE, NR_EXPORTED_TYPE_NAMESPACE, NR_EXPORTED_TYPE_NAME};

static enum nr_status read_name(const struct nr_tables *tables, struct name_columns columns,
                                uint32_t row, struct nr_str *space, struct nr_str *name) {
    NR_TRY(nr_tables_string(tables, columns.table, row, columns.space, space));
    return nr_tables_string(tables, columns.table, row, columns.name, name);
}

static bool is_named(const struct nr_tables *tables, struct name_columns columns, uint32_t row,
                     struct nr_str full) {
    struct nr_str space, name;
    if (read_name(tables, columns, row, &space, &name) != NR_OK) return false;
    if (space.size == 0) return nr_str_equal(name, full);
    return full.size == space.size + 1 + name.size && full.data[space.size] == '.' &&
           nr_str_starts_with(full, space) && nr_str_ends_with(full, name);
}

static uint32_t hash_name(const struct nr_tables *tables, struct name_columns columns,
                          uint32_t row) {
    struct nr_str space, name;
    if (read_name(tables, columns, row, &space, &name) != NR_OK) return 0;
    uint32_t hash = nr_hash_bytes(NR_HASH_START, space.data, space.size);
    if (space.size) hash = nr_hash_bytes(hash, ".", 1);
    return nr_hash_bytes(hash, name.data, name.size);
}

static uint32_t hash_full_name(struct nr_str full) {
    return nr_hash_bytes(NR_HASH_START, full.data, full.size);
}

// ---- hashes of rows ----

static uint32_t hash_type_def(const struct nr_tables *tables, uint32_t row) {
    return hash_name(tables, type_def_name, row);
}

static uint32_t hash_type_ref(const struct nr_tables *tables, uint32_t row) {
    return hash_name(tables, type_ref_name, row);
}

static uint32_t hash_exported_type(const struct nr_tables *tables, uint32_t row) {
    return hash_name(tables, exported_type_name, row);
}

static uint32_t hash_of_token(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                              unsigned column) {
    nr_token token;
    if (nr_tables_token(tables, table, row, column, &token) != NR_OK) return 0;
    return nr_hash_number(token);
}

static uint32_t hash_member_ref(const struct nr_tables *tables, uint32_t row) {
    return hash_of_token(tables, NR_TABLE_MEMBER_REF, row, NR_MEMBER_REF_PARENT);
}

static uint32_t hash_attribute(const struct nr_tables *tables, uint32_t row) {
    return hash_of_token(tables, NR_TABLE_CUSTOM_ATTRIBUTE, row, NR_CUSTOM_ATTRIBUTE_PARENT);
}

static uint32_t hash_generic_param(const struct nr_tables *tables, uint32_t row) {
    return hash_of_token(tables, NR_TABLE_GENERIC_PARAM, row, NR_GENERIC_PARAM_OWNER);
}

static uint32_t hash_blob(struct nr_bytes blob) {
    return nr_hash_bytes((uint32_t)blob.size, blob.data,
                         blob.size < HASHED_BYTES ? blob.size : HASHED_BYTES);
}

static uint32_t hash_of_blob(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                             unsigned column) {
    struct nr_bytes blob;
    if (nr_tables_blob(tables, table, row, column, &blob) != NR_OK) return 0;
    return hash_blob(blob);
}

static uint32_t hash_signature(const struct nr_tables *tables, uint32_t row) {
    return hash_of_blob(tables, NR_TABLE_STAND_ALONE_SIG, row, NR_STAND_ALONE_SIG_SIGNATURE);
}

static uint32_t hash_type_spec(const struct nr_tables *tables, uint32_t row) {
    return hash_of_blob(tables, NR_TABLE_TYPE_SPEC, row, NR_TYPE_SPEC_SIGNATURE);
}

static uint32_t hash_method_spec(const struct nr_tables *tables, uint32_t row) {
    return hash_of_blob(tables, NR_TABLE_METHOD_SPEC, row, NR_METHOD_SPEC_INSTANTIATION);
}

void nr_file_lookup_init(struct nr_file_module *file) {
#define INDEX(row_table, row_hash) ((struct nr_row_index){.table = (row_table), .hash = (row_hash)})
    file->types = INDEX(NR_TABLE_TYPE_DEF, hash_type_def);
    file->type_refs = INDEX(NR_TABLE_TYPE_REF, hash_type_ref);
    file->exported_types = INDEX(NR_TABLE_EXPORTED_TYPE, hash_exported_type);
    file->member_refs = INDEX(NR_TABLE_MEMBER_REF, hash_member_ref);
    file->attributes = INDEX(NR_TABLE_CUSTOM_ATTRIBUTE, hash_attribute);
    file->generic_params = INDEX(NR_TABLE_GENERIC_PARAM, hash_generic_param);
    file->signatures = INDEX(NR_TABLE_STAND_ALONE_SIG, hash_signature);
    file->type_specs = INDEX(NR_TABLE_TYPE_SPEC, hash_type_spec);
    file->method_specs = INDEX(NR_TABLE_METHOD_SPEC, hash_method_spec);
#undef INDEX
}

// ---- types ----

enum nr_status nr_file_enclosing(struct nr_file_module *file, uint32_t type, nr_token *enclosing) {
    const struct nr_tables *tables = &file->tables;
    if (!file->nested) {
        file->nested = nr_tables_invert(tables, NR_TABLE_NESTED_CLASS, NR_NESTED_CLASS_NESTED,
                                        NR_TABLE_TYPE_DEF);
    }
    if (!file->nested) return NR_NO_MEMORY;
    uint32_t row = file->nested[type];
    *enclosing = 0;
    return row ? nr_tables_token(tables, NR_TABLE_NESTED_CLASS, row, NR_NESTED_CLASS_ENCLOSING,
                                 enclosing)
               : NR_OK;
}

enum nr_status nr_file_find_type_def(struct nr_module *module, struct nr_str name,
                                     nr_token enclosing, nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    const struct nr_tables *tables = &file->tables;
    uint32_t row;
    NR_TRY(nr_row_index_find(&file->types, tables, hash_full_name(name), &row));
    for (; row; row = nr_row_index_next(&file->types, row)) {
        nr_token around = 0;
        if (!is_named(tables, type_def_name, row, name)) continue;
        NR_TRY(nr_file_enclosing(file, row, &around));
        if (around != enclosing) continue;
        *out = NR_TOKEN(NR_TABLE_TYPE_DEF, row);
        return NR_OK;
    }
    return NR_NOT_FOUND;
}

enum nr_status nr_file_forwarded_type(struct nr_module *module, struct nr_str name,
                                      nr_token *assembly_ref) {
    struct nr_file_module *file = nr_file_module_of(module);
    const struct nr_tables *tables = &file->tables;
    uint32_t row;
    NR_TRY(nr_row_index_find(&file->exported_types, tables, hash_full_name(name), &row));
    for (; row; row = nr_row_index_next(&file->exported_types, row)) {
        nr_token scope;
        if (!is_named(tables, exported_type_name, row, name)) continue;
        NR_TRY(nr_tables_token(tables, NR_TABLE_EXPORTED_TYPE, row, NR_EXPORTED_TYPE_IMPLEMENTATION,
                               &scope));
        if (NR_TOKEN_TABLE(scope) != NR_TABLE_ASSEMBLY_REF) continue;  // nested, or in a file
        *assembly_ref = scope;
        return NR_OK;
    }
    return NR_NOT_FOUND;
}

enum nr_status nr_file_type_name(const struct nr_tables *tables, struct nr_arena *arena,
                                 nr_token type, struct nr_str *out) {
    struct nr_str space, name;
    bool is_def = NR_TOKEN_TABLE(type) == NR_TABLE_TYPE_DEF;
    NR_TRY(read_name(tables, is_def ? type_def_name : type_ref_name, NR_TOKEN_ROW(type), &space,
                     &name));
    if (space.size) name = NR_STR_JOIN(arena, space, NR_STR("."), name);
    if (!name.data) return NR_NO_MEMORY;
    *out = name;
    return NR_OK;
}

enum nr_status nr_file_find_type_ref(struct nr_file_module *file, nr_token scope,
                                     struct nr_str name, uint32_t *row) {
    const struct nr_tables *tables = &file->tables;
    NR_TRY(nr_row_index_find(&file->type_refs, tables, hash_full_name(name), row));
    for (; *row; *row = nr_row_index_next(&file->type_refs, *row)) {
        nr_token found;
        if (nr_tables_token(tables, NR_TABLE_TYPE_REF, *row, NR_TYPE_REF_SCOPE, &found) == NR_OK &&
            found == scope && is_named(tables, type_ref_name, *row, name)) {
            break;
        }
    }
    return NR_OK;
}

// ---- lists of methods and fields ----

// In uncompressed metadata a list counts the rows of a table of pointers.
static enum nr_table listed(const struct nr_tables *tables, unsigned column) {
    if (column == NR_TYPE_DEF_FIELDS) {
        return nr_tables_count(tables, NR_TABLE_FIELD_PTR) ? NR_TABLE_FIELD_PTR : NR_TABLE_FIELD;
    }
    return nr_tables_count(tables, NR_TABLE_METHOD_PTR) ? NR_TABLE_METHOD_PTR : NR_TABLE_METHOD_DEF;
}

enum nr_status nr_file_list(const struct nr_tables *tables, uint32_t type, unsigned column,
                            struct nr_row_list *out) {
    uint32_t most = nr_tables_count(tables, listed(tables, column)) + 1;
    uint32_t end = type < nr_tables_count(tables, NR_TABLE_TYPE_DEF)
                       ? nr_tables_cell(tables, NR_TABLE_TYPE_DEF, type + 1, column)
                       : most;
    out->table = listed(tables, column);
    out->first = nr_tables_cell(tables, NR_TABLE_TYPE_DEF, type, column);
    out->count = out->first < end ? end - out->first : 0;
    if (out->count > 0 && (out->first == 0 || end > most)) return NR_MALFORMED;
    return NR_OK;
}

enum nr_status nr_file_list_item(const struct nr_tables *tables, const struct nr_row_list *list,
                                 uint32_t index, nr_token *out) {
    uint32_t row = list->first + index;
    if (list->table == NR_TABLE_FIELD || list->table == NR_TABLE_METHOD_DEF) {
        *out = NR_TOKEN(list->table, row);
        return NR_OK;
    }
    NR_TRY(nr_tables_token(tables, list->table, row, 0, out));
    return nr_tables_has(tables, *out) ? NR_OK : NR_MALFORMED;
}

enum nr_status nr_file_method_owner(struct nr_file_module *file, uint32_t method, nr_token *owner) {
    const struct nr_tables *tables = &file->tables;
    uint32_t place = method;
    if (nr_tables_count(tables, NR_TABLE_METHOD_PTR)) {
        if (!file->method_place) {
            file->method_place =
                nr_tables_invert(tables, NR_TABLE_METHOD_PTR, 0, NR_TABLE_METHOD_DEF);
        }
        if (!file->method_place) return NR_NO_MEMORY;
        place = file->method_place[method];
    }
    // The last type whose list starts at or before the method.
    uint32_t low = 0, high = nr_tables_count(tables, NR_TABLE_TYPE_DEF);
    while (low < high) {
        uint32_t middle = high - (high - low) / 2;
        uint32_t first = nr_tables_cell(tables, NR_TABLE_TYPE_DEF, middle, NR_TYPE_DEF_METHODS);
        if (first <= place) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    struct nr_row_list list;
    if (low == 0) return NR_MALFORMED;
    NR_TRY(nr_file_list(tables, low, NR_TYPE_DEF_METHODS, &list));
    if (place < list.first || place - list.first >= list.count) return NR_MALFORMED;
    *owner = NR_TOKEN(NR_TABLE_TYPE_DEF, low);
    return NR_OK;
}

// ---- by parent ----

// The rows of an index whose parent column holds a token, one after another; row is 0 at the end.
struct children {
    struct nr_row_index *index;
    const struct nr_tables *tables;
    unsigned column;
    nr_token parent;
    uint32_t row;
};

static void skip_others(struct children *c) {
    for (; c->row; c->row = nr_row_index_next(c->index, c->row)) {
        nr_token found;
        if (nr_tables_token(c->tables, c->index->table, c->row, c->column, &found) == NR_OK &&
            found == c->parent) {
            return;
        }
    }
}

static void next_child(struct children *c) {
    c->row = nr_row_index_next(c->index, c->row);
    skip_others(c);
}

static enum nr_status first_child(struct nr_file_module *file, struct nr_row_index *index,
                                  unsigned column, nr_token parent, struct children *out) {
    *out = (struct children){index, &file->tables, column, parent, 0};
    NR_TRY(nr_row_index_find(index, &file->tables, nr_hash_number(parent), &out->row));
    skip_others(out);
    return NR_OK;
}

enum nr_status nr_file_find_member_ref(struct nr_file_module *file, nr_token parent,
                                       struct nr_str name, struct nr_bytes signature,
                                       uint32_t *row) {
    const struct nr_tables *tables = &file->tables;
    struct children refs;
    NR_TRY(first_child(file, &file->member_refs, NR_MEMBER_REF_PARENT, parent, &refs));
    for (; refs.row; next_child(&refs)) {
        struct nr_str found;
        struct nr_bytes blob;
        if (nr_tables_string(tables, NR_TABLE_MEMBER_REF, refs.row, NR_MEMBER_REF_NAME, &found) ==
                NR_OK &&
            nr_tables_blob(tables, NR_TABLE_MEMBER_REF, refs.row, NR_MEMBER_REF_SIGNATURE, &blob) ==
                NR_OK &&
            nr_str_equal(found, name) && nr_bytes_equal(blob, signature)) {
            break;
        }
    }
    *row = refs.row;
    return NR_OK;
}

enum nr_status nr_file_member_refs(struct nr_module *module, struct nr_arena *arena,
                                   nr_token parent, struct nr_tokens *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    struct nr_buffer tokens;
    struct children refs;
    nr_buffer_init(&tokens, arena);
    NR_TRY(first_child(file, &file->member_refs, NR_MEMBER_REF_PARENT, parent, &refs));
    for (; refs.row; next_child(&refs)) {
        nr_token token = NR_TOKEN(NR_TABLE_MEMBER_REF, refs.row);
        nr_buffer_append(&tokens, &token, sizeof(token));
    }
    NR_TRY(tokens.status);
    *out = (struct nr_tokens){(const nr_token *)(const void *)tokens.data,
                              tokens.size / sizeof(nr_token)};
    return NR_OK;
}

enum nr_status nr_file_generic_param_count(struct nr_module *module, nr_token owner,
                                           uint32_t *count) {
    struct nr_file_module *file = nr_file_module_of(module);
    struct children parameters;
    NR_TRY(first_child(file, &file->generic_params, NR_GENERIC_PARAM_OWNER, owner, &parameters));
    for (*count = 0; parameters.row; next_child(&parameters)) ++*count;
    return NR_OK;
}

enum nr_status nr_file_generic_param_flags(struct nr_module *module, nr_token owner, uint32_t index,
                                           uint32_t *flags) {
    struct nr_file_module *file = nr_file_module_of(module);
    const struct nr_tables *tables = &file->tables;
    struct children parameters;
    NR_TRY(first_child(file, &file->generic_params, NR_GENERIC_PARAM_OWNER, owner, &parameters));
    for (; parameters.row; next_child(&parameters)) {
        if (nr_tables_cell(tables, NR_TABLE_GENERIC_PARAM, parameters.row,
                           NR_GENERIC_PARAM_NUMBER) != index) {
            continue;
        }
        *flags =
            nr_tables_cell(tables, NR_TABLE_GENERIC_PARAM, parameters.row, NR_GENERIC_PARAM_FLAGS);
        return NR_OK;
    }
    return NR_NOT_FOUND;
}

// Whether the constructor of an attribute is one of this type.
static bool constructs(struct nr_file_module *file, nr_token constructor, struct nr_str type_name) {
    const struct nr_tables *tables = &file->tables;
    nr_token type = 0;
    if (!nr_tables_has(tables, constructor)) return false;
    if (NR_TOKEN_TABLE(constructor) == NR_TABLE_METHOD_DEF) {
        if (nr_file_method_owner(file, NR_TOKEN_ROW(constructor), &type) != NR_OK) return false;
    } else if (nr_tables_token(tables, NR_TABLE_MEMBER_REF, NR_TOKEN_ROW(constructor),
                               NR_MEMBER_REF_PARENT, &type) != NR_OK) {
        return false;
    }
    if (!nr_tables_has(tables, type)) return false;
    switch (NR_TOKEN_TABLE(type)) {
    case NR_TABLE_TYPE_DEF: return is_named(tables, type_def_name, NR_TOKEN_ROW(type), type_name);
    case NR_TABLE_TYPE_REF: return is_named(tables, type_ref_name, NR_TOKEN_ROW(type), type_name);
    default: return false;
    }
}

enum nr_status nr_file_custom_attribute(struct nr_module *module, nr_token owner,
                                        struct nr_str type_name, struct nr_bytes *value) {
    struct nr_file_module *file = nr_file_module_of(module);
    const struct nr_tables *tables = &file->tables;
    struct children attributes;
    NR_TRY(first_child(file, &file->attributes, NR_CUSTOM_ATTRIBUTE_PARENT, owner, &attributes));
    for (; attributes.row; next_child(&attributes)) {
        nr_token constructor;
        if (nr_tables_token(tables, NR_TABLE_CUSTOM_ATTRIBUTE, attributes.row,
                            NR_CUSTOM_ATTRIBUTE_TYPE, &constructor) == NR_OK &&
            constructs(file, constructor, type_name)) {
            return nr_tables_blob(tables, NR_TABLE_CUSTOM_ATTRIBUTE, attributes.row,
                                  NR_CUSTOM_ATTRIBUTE_VALUE, value);
        }
    }
    return NR_NOT_FOUND;
}

// ---- by blob ----

enum nr_status nr_file_find_blob(struct nr_file_module *file, struct nr_row_index *index,
                                 unsigned column, struct nr_bytes blob, nr_token method,
                                 uint32_t *row) {
    const struct nr_tables *tables = &file->tables;
    NR_TRY(nr_row_index_find(index, tables, hash_blob(blob), row));
    for (; *row; *row = nr_row_index_next(index, *row)) {
        struct nr_bytes found;
        nr_token of = 0;
        if (nr_tables_blob(tables, index->table, *row, column, &found) != NR_OK ||
            !nr_bytes_equal(found, blob)) {
            continue;
        }
        if (!method ||
            (nr_tables_token(tables, index->table, *row, NR_METHOD_SPEC_METHOD, &of) == NR_OK &&
             of == method)) {
            break;
        }
    }
    return NR_OK;
}
