// Additions to a file module, numbered as the CLR's emitter numbers them.
// SPDX-License-Identifier: Apache-2.0
//
// The emitter looks for an equal row first, except for an AssemblyRef, and for an equal user string
// among those that it added itself.
#include "metadata/file_module_internal.h"

static enum nr_status add_row(struct nr_file_module *file, enum nr_table table,
                              const uint32_t *cells, nr_token *out) {
    uint32_t row;
    NR_TRY(nr_tables_add_row(&file->tables, table, cells, &row));
    *out = NR_TOKEN(table, row);
    return NR_OK;
}

enum nr_status nr_file_define_assembly_ref(struct nr_module *module, struct nr_str name,
                                           const struct nr_assembly_identity *identity,
                                           nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    uint32_t cells[NR_MOST_COLUMNS] = {0};
    if (identity) {
        cells[NR_ASSEMBLY_REF_MAJOR] = identity->version.major;
        cells[NR_ASSEMBLY_REF_MINOR] = identity->version.minor;
        cells[NR_ASSEMBLY_REF_BUILD] = identity->version.build;
        cells[NR_ASSEMBLY_REF_REVISION] = identity->version.revision;
        NR_TRY(nr_tables_add_blob(&file->tables, identity->key_token, &cells[NR_ASSEMBLY_REF_KEY]));
    }
    NR_TRY(nr_tables_add_string(&file->tables, name, &cells[NR_ASSEMBLY_REF_NAME]));
    return add_row(file, NR_TABLE_ASSEMBLY_REF, cells, out);
}

// The namespace ends before the last dot; of two dots the first one counts, so that a name may
// begin with one.
static void split_name(struct nr_str full, struct nr_str *space, struct nr_str *name) {
    size_t dot = full.size;
    while (dot > 0 && full.data[dot - 1] != '.') dot--;
    if (dot > 1 && full.data[dot - 2] == '.') dot--;
    *space = nr_str_slice(full, 0, dot > 1 ? dot - 1 : 0);
    *name = nr_str_slice(full, dot > 1 ? dot : 0, full.size);
}

enum nr_status nr_file_define_type_ref(struct nr_module *module, nr_token scope,
                                       struct nr_str full_name, nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    uint32_t cells[NR_MOST_COLUMNS] = {0}, row;
    struct nr_str space, name;
    NR_TRY(nr_file_find_type_ref(file, scope, full_name, &row));
    if (row) {
        *out = NR_TOKEN(NR_TABLE_TYPE_REF, row);
        return NR_OK;
    }
    split_name(full_name, &space, &name);
    NR_TRY(
        nr_schema_encode(NR_TABLE_TYPE_REF, NR_TYPE_REF_SCOPE, scope, &cells[NR_TYPE_REF_SCOPE]));
    NR_TRY(nr_tables_add_string(&file->tables, space, &cells[NR_TYPE_REF_NAMESPACE]));
    NR_TRY(nr_tables_add_string(&file->tables, name, &cells[NR_TYPE_REF_NAME]));
    return add_row(file, NR_TABLE_TYPE_REF, cells, out);
}

enum nr_status nr_file_define_member_ref(struct nr_module *module, nr_token parent,
                                         struct nr_str name, struct nr_bytes signature,
                                         nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    uint32_t cells[NR_MOST_COLUMNS] = {0}, row;
    NR_TRY(nr_file_find_member_ref(file, parent, name, signature, &row));
    if (row) {
        *out = NR_TOKEN(NR_TABLE_MEMBER_REF, row);
        return NR_OK;
    }
    NR_TRY(nr_schema_encode(NR_TABLE_MEMBER_REF, NR_MEMBER_REF_PARENT, parent,
                            &cells[NR_MEMBER_REF_PARENT]));
    NR_TRY(nr_tables_add_string(&file->tables, name, &cells[NR_MEMBER_REF_NAME]));
    NR_TRY(nr_tables_add_blob(&file->tables, signature, &cells[NR_MEMBER_REF_SIGNATURE]));
    return add_row(file, NR_TABLE_MEMBER_REF, cells, out);
}

// A row that is a blob and, in a MethodSpec, a method before it.
static enum nr_status define_blob(struct nr_file_module *file, struct nr_row_index *index,
                                  unsigned column, struct nr_bytes blob, nr_token method,
                                  nr_token *out) {
    uint32_t cells[NR_MOST_COLUMNS] = {0}, row;
    if (blob.size == 0) return NR_MALFORMED;
    NR_TRY(nr_file_find_blob(file, index, column, blob, method, &row));
    if (row) {
        *out = NR_TOKEN(index->table, row);
        return NR_OK;
    }
    if (method) NR_TRY(nr_schema_encode(index->table, NR_METHOD_SPEC_METHOD, method, &cells[0]));
    NR_TRY(nr_tables_add_blob(&file->tables, blob, &cells[column]));
    return add_row(file, index->table, cells, out);
}

enum nr_status nr_file_define_type_spec(struct nr_module *module, struct nr_bytes signature,
                                        nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    return define_blob(file, &file->type_specs, NR_TYPE_SPEC_SIGNATURE, signature, 0, out);
}

enum nr_status nr_file_define_signature(struct nr_module *module, struct nr_bytes signature,
                                        nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    return define_blob(file, &file->signatures, NR_STAND_ALONE_SIG_SIGNATURE, signature, 0, out);
}

enum nr_status nr_file_define_method_spec(struct nr_module *module, nr_token method,
                                          struct nr_bytes instantiation, nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    if (method == 0) return NR_NOT_FOUND;
    return define_blob(file, &file->method_specs, NR_METHOD_SPEC_INSTANTIATION, instantiation,
                       method, out);
}

enum nr_status nr_file_define_user_string(struct nr_module *module, struct nr_str16 text,
                                          nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    struct nr_str key = {(const char *)text.data, text.length * sizeof(*text.data)};
    nr_token *known = nr_map_get(&file->user_strings, key);
    if (known) {
        *out = *known;
        return NR_OK;
    }
    uint32_t offset;
    key = nr_str_copy(file->tables.arena, key);
    known = NR_ARENA_NEW(file->tables.arena, nr_token);
    if (!key.data || !known) return NR_NO_MEMORY;
    NR_TRY(nr_tables_add_user_string(&file->tables, text, &offset));
    *known = NR_TOKEN(NR_TABLE_USER_STRING, offset);
    NR_TRY(nr_map_set(&file->user_strings, key, known));
    *out = *known;
    return NR_OK;
}

// The methods of a type follow each other in their table, so only the last type can get more.
enum nr_status nr_file_define_method(struct nr_module *module, nr_token type,
                                     const struct nr_new_method *method, nr_token *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    struct nr_tables *tables = &file->tables;
    uint32_t cells[NR_MOST_COLUMNS] = {method->rva, method->impl_flags, method->flags};
    if (NR_TOKEN_TABLE(type) != NR_TABLE_TYPE_DEF || !nr_tables_has(tables, type)) {
        return NR_NOT_FOUND;
    }
    if (NR_TOKEN_ROW(type) != nr_tables_count(tables, NR_TABLE_TYPE_DEF) ||
        nr_tables_count(tables, NR_TABLE_METHOD_PTR) > 0) {
        return NR_UNSUPPORTED;
    }
    NR_TRY(nr_tables_add_string(tables, method->name, &cells[NR_METHOD_DEF_NAME]));
    NR_TRY(nr_tables_add_blob(tables, method->signature, &cells[NR_METHOD_DEF_SIGNATURE]));
    cells[NR_METHOD_DEF_PARAMS] = nr_tables_count(tables, NR_TABLE_PARAM) + 1;
    return add_row(file, NR_TABLE_METHOD_DEF, cells, out);
}

enum nr_status nr_file_define_attribute(struct nr_module *module, nr_token owner,
                                        nr_token constructor, struct nr_bytes value) {
    struct nr_file_module *file = nr_file_module_of(module);
    const enum nr_table table = NR_TABLE_CUSTOM_ATTRIBUTE;
    uint32_t cells[NR_MOST_COLUMNS] = {0};
    nr_token row;
    NR_TRY(nr_schema_encode(table, NR_CUSTOM_ATTRIBUTE_PARENT, owner,
                            &cells[NR_CUSTOM_ATTRIBUTE_PARENT]));
    NR_TRY(nr_schema_encode(table, NR_CUSTOM_ATTRIBUTE_TYPE, constructor,
                            &cells[NR_CUSTOM_ATTRIBUTE_TYPE]));
    NR_TRY(nr_tables_add_blob(&file->tables, value, &cells[NR_CUSTOM_ATTRIBUTE_VALUE]));
    return add_row(file, table, cells, &row);
}

enum nr_status nr_file_define_permissions(struct nr_module *module, nr_token owner, uint16_t action,
                                          struct nr_bytes blob) {
    struct nr_file_module *file = nr_file_module_of(module);
    const enum nr_table table = NR_TABLE_DECL_SECURITY;
    uint32_t cells[NR_MOST_COLUMNS] = {action};
    nr_token row;
    NR_TRY(
        nr_schema_encode(table, NR_DECL_SECURITY_PARENT, owner, &cells[NR_DECL_SECURITY_PARENT]));
    NR_TRY(nr_tables_add_blob(&file->tables, blob, &cells[NR_DECL_SECURITY_BLOB]));
    return add_row(file, table, cells, &row);
}
