// Answers questions about a module from its file.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/file_module.h"

#include "metadata/file_module_internal.h"

enum { CODE_TYPE_MASK = 0x3 };  // of a method's implementation flags: 0 is IL

static const struct nr_tables *tables_of(struct nr_module *module) {
    return &nr_file_module_of(module)->tables;
}

static bool has(const struct nr_tables *tables, nr_token token, enum nr_table table) {
    return NR_TOKEN_TABLE(token) == table && nr_tables_has(tables, token);
}

// ---- rows ----

static enum nr_status assembly(struct nr_module *module, struct nr_arena *arena,
                               struct nr_str *name, struct nr_version *version) {
    static const uint8_t columns[] = {NR_ASSEMBLY_MAJOR, NR_ASSEMBLY_MINOR, NR_ASSEMBLY_BUILD,
                                      NR_ASSEMBLY_REVISION};
    const struct nr_tables *tables = tables_of(module);
    uint16_t parts[4];
    (void)arena;
    if (nr_tables_count(tables, NR_TABLE_ASSEMBLY) == 0) return NR_NOT_FOUND;
    NR_TRY(nr_tables_string(tables, NR_TABLE_ASSEMBLY, 1, NR_ASSEMBLY_NAME, name));
    for (int i = 0; i < 4; i++) {
        parts[i] = (uint16_t)nr_tables_cell(tables, NR_TABLE_ASSEMBLY, 1, columns[i]);
    }
    *version = (struct nr_version){parts[0], parts[1], parts[2], parts[3]};
    return NR_OK;
}

static enum nr_status type_def(struct nr_module *module, struct nr_arena *arena, nr_token token,
                               struct nr_type_def *out) {
    const struct nr_tables *tables = tables_of(module);
    uint32_t row = NR_TOKEN_ROW(token);
    struct nr_type_def result;
    if (!has(tables, token, NR_TABLE_TYPE_DEF)) return NR_NOT_FOUND;
    NR_TRY(nr_file_type_name(tables, arena, token, &result.name));
    NR_TRY(nr_tables_token(tables, NR_TABLE_TYPE_DEF, row, NR_TYPE_DEF_EXTENDS, &result.extends));
    result.flags = nr_tables_cell(tables, NR_TABLE_TYPE_DEF, row, NR_TYPE_DEF_FLAGS);
    *out = result;
    return NR_OK;
}

static enum nr_status type_ref(struct nr_module *module, struct nr_arena *arena, nr_token token,
                               struct nr_type_ref *out) {
    const struct nr_tables *tables = tables_of(module);
    struct nr_type_ref result;
    if (!has(tables, token, NR_TABLE_TYPE_REF)) return NR_NOT_FOUND;
    NR_TRY(nr_file_type_name(tables, arena, token, &result.name));
    NR_TRY(nr_tables_token(tables, NR_TABLE_TYPE_REF, NR_TOKEN_ROW(token), NR_TYPE_REF_SCOPE,
                           &result.scope));
    *out = result;
    return NR_OK;
}

static enum nr_status enclosing_type(struct nr_module *module, nr_token type, nr_token *enclosing) {
    nr_token found;
    if (!has(tables_of(module), type, NR_TABLE_TYPE_DEF)) return NR_NOT_FOUND;
    NR_TRY(nr_file_enclosing(nr_file_module_of(module), NR_TOKEN_ROW(type), &found));
    if (!found) return NR_NOT_FOUND;
    *enclosing = found;
    return NR_OK;
}

static enum nr_status method_def(struct nr_module *module, struct nr_arena *arena, nr_token token,
                                 struct nr_method_def *out) {
    const struct nr_tables *tables = tables_of(module);
    const enum nr_table table = NR_TABLE_METHOD_DEF;
    uint32_t row = NR_TOKEN_ROW(token);
    struct nr_method_def result;
    (void)arena;
    if (!has(tables, token, table)) return NR_NOT_FOUND;
    NR_TRY(nr_file_method_owner(nr_file_module_of(module), row, &result.owner));
    NR_TRY(nr_tables_string(tables, table, row, NR_METHOD_DEF_NAME, &result.name));
    NR_TRY(nr_tables_blob(tables, table, row, NR_METHOD_DEF_SIGNATURE, &result.signature));
    result.flags = nr_tables_cell(tables, table, row, NR_METHOD_DEF_FLAGS);
    result.impl_flags = nr_tables_cell(tables, table, row, NR_METHOD_DEF_IMPL_FLAGS);
    result.rva = nr_tables_cell(tables, table, row, NR_METHOD_DEF_RVA);
    *out = result;
    return NR_OK;
}

static enum nr_status member_ref(struct nr_module *module, struct nr_arena *arena, nr_token token,
                                 struct nr_member_ref *out) {
    const struct nr_tables *tables = tables_of(module);
    const enum nr_table table = NR_TABLE_MEMBER_REF;
    uint32_t row = NR_TOKEN_ROW(token);
    struct nr_member_ref result;
    (void)arena;
    if (!has(tables, token, table)) return NR_NOT_FOUND;
    NR_TRY(nr_tables_token(tables, table, row, NR_MEMBER_REF_PARENT, &result.parent));
    NR_TRY(nr_tables_string(tables, table, row, NR_MEMBER_REF_NAME, &result.name));
    NR_TRY(nr_tables_blob(tables, table, row, NR_MEMBER_REF_SIGNATURE, &result.signature));
    *out = result;
    return NR_OK;
}

static enum nr_status signature(struct nr_module *module, nr_token token, struct nr_bytes *out) {
    static const uint8_t columns[NR_TABLE_COUNT] = {
        [NR_TABLE_FIELD] = NR_FIELD_SIGNATURE,
        [NR_TABLE_METHOD_DEF] = NR_METHOD_DEF_SIGNATURE,
        [NR_TABLE_MEMBER_REF] = NR_MEMBER_REF_SIGNATURE,
        [NR_TABLE_STAND_ALONE_SIG] = NR_STAND_ALONE_SIG_SIGNATURE,
        [NR_TABLE_TYPE_SPEC] = NR_TYPE_SPEC_SIGNATURE,
        [NR_TABLE_METHOD_SPEC] = NR_METHOD_SPEC_INSTANTIATION,
    };
    const struct nr_tables *tables = tables_of(module);
    enum nr_table table = NR_TOKEN_TABLE(token);
    if (!nr_tables_has(tables, token)) return NR_NOT_FOUND;
    switch (table) {
    case NR_TABLE_FIELD:
    case NR_TABLE_METHOD_DEF:
    case NR_TABLE_MEMBER_REF:
    case NR_TABLE_STAND_ALONE_SIG:
    case NR_TABLE_TYPE_SPEC:
    case NR_TABLE_METHOD_SPEC:
        return nr_tables_blob(tables, table, NR_TOKEN_ROW(token), columns[table], out);
    default: return NR_NOT_FOUND;
    }
}

static enum nr_status method_of_spec(struct nr_module *module, nr_token token, nr_token *method) {
    const struct nr_tables *tables = tables_of(module);
    if (!has(tables, token, NR_TABLE_METHOD_SPEC)) return NR_NOT_FOUND;
    return nr_tables_token(tables, NR_TABLE_METHOD_SPEC, NR_TOKEN_ROW(token), NR_METHOD_SPEC_METHOD,
                           method);
}

static bool exists(struct nr_module *module, nr_token token) {
    const struct nr_tables *tables = tables_of(module);
    struct nr_bytes text;
    if (NR_TOKEN_TABLE(token) != NR_TABLE_USER_STRING) return nr_tables_has(tables, token);
    return NR_TOKEN_ROW(token) != 0 &&
           nr_tables_user_string(tables, NR_TOKEN_ROW(token), &text) == NR_OK;
}

static enum nr_status assembly_ref_name(struct nr_module *module, struct nr_arena *arena,
                                        nr_token token, struct nr_str *name) {
    const struct nr_tables *tables = tables_of(module);
    (void)arena;
    if (!has(tables, token, NR_TABLE_ASSEMBLY_REF)) return NR_NOT_FOUND;
    return nr_tables_string(tables, NR_TABLE_ASSEMBLY_REF, NR_TOKEN_ROW(token),
                            NR_ASSEMBLY_REF_NAME, name);
}

// ---- enumerations ----

// The rows of a table from first on.
static enum nr_status all_rows(const struct nr_tables *tables, struct nr_arena *arena,
                               enum nr_table table, uint32_t first, struct nr_tokens *out) {
    uint32_t rows = nr_tables_count(tables, table);
    uint32_t count = rows >= first ? rows - first + 1 : 0;
    nr_token *tokens = NR_ARENA_ARRAY(arena, nr_token, count);
    if (!tokens) return NR_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) tokens[i] = NR_TOKEN(table, first + i);
    *out = (struct nr_tokens){tokens, count};
    return NR_OK;
}

// Row 1 is the pseudo class of global functions, which the CLR leaves out.
static enum nr_status type_defs(struct nr_module *module, struct nr_arena *arena,
                                struct nr_tokens *out) {
    return all_rows(tables_of(module), arena, NR_TABLE_TYPE_DEF, 2, out);
}

static enum nr_status assembly_refs(struct nr_module *module, struct nr_arena *arena,
                                    struct nr_tokens *out) {
    return all_rows(tables_of(module), arena, NR_TABLE_ASSEMBLY_REF, 1, out);
}

static enum nr_status members(struct nr_module *module, struct nr_arena *arena, nr_token owner,
                              unsigned column, struct nr_tokens *out) {
    const struct nr_tables *tables = tables_of(module);
    struct nr_row_list list = {0};
    if (has(tables, owner, NR_TABLE_TYPE_DEF)) {
        NR_TRY(nr_file_list(tables, NR_TOKEN_ROW(owner), column, &list));
    }
    nr_token *tokens = NR_ARENA_ARRAY(arena, nr_token, list.count);
    if (!tokens) return NR_NO_MEMORY;
    for (uint32_t i = 0; i < list.count; i++) {
        NR_TRY(nr_file_list_item(tables, &list, i, &tokens[i]));
    }
    *out = (struct nr_tokens){tokens, list.count};
    return NR_OK;
}

static enum nr_status methods(struct nr_module *module, struct nr_arena *arena, nr_token owner,
                              struct nr_tokens *out) {
    return members(module, arena, owner, NR_TYPE_DEF_METHODS, out);
}

static enum nr_status fields(struct nr_module *module, struct nr_arena *arena, nr_token owner,
                             struct nr_tokens *out) {
    return members(module, arena, owner, NR_TYPE_DEF_FIELDS, out);
}

static enum nr_status find_method(struct nr_module *module, nr_token type, struct nr_str name,
                                  struct nr_bytes signature, nr_token *out) {
    const struct nr_tables *tables = tables_of(module);
    struct nr_row_list list = {0};
    if (has(tables, type, NR_TABLE_TYPE_DEF)) {
        NR_TRY(nr_file_list(tables, NR_TOKEN_ROW(type), NR_TYPE_DEF_METHODS, &list));
    }
    for (uint32_t i = 0; i < list.count; i++) {
        struct nr_method_def row;
        NR_TRY(nr_file_list_item(tables, &list, i, out));
        NR_TRY(method_def(module, tables->arena, *out, &row));
        if (nr_str_equal(row.name, name) && nr_bytes_equal(row.signature, signature)) return NR_OK;
    }
    return NR_NOT_FOUND;
}

// ---- the module ----

static const struct nr_module_ops ops = {
    .assembly = assembly,
    .type_def = type_def,
    .type_ref = type_ref,
    .enclosing_type = enclosing_type,
    .method_def = method_def,
    .member_ref = member_ref,
    .signature = signature,
    .method_of_spec = method_of_spec,
    .exists = exists,
    .type_defs = type_defs,
    .methods = methods,
    .fields = fields,
    .member_refs = nr_file_member_refs,
    .assembly_refs = assembly_refs,
    .generic_param_count = nr_file_generic_param_count,
    .generic_param_flags = nr_file_generic_param_flags,
    .assembly_ref_name = assembly_ref_name,
    .find_type_def = nr_file_find_type_def,
    .find_method = find_method,
    .forwarded_type = nr_file_forwarded_type,
    .custom_attribute = nr_file_custom_attribute,
    .define_assembly_ref = nr_file_define_assembly_ref,
    .define_type_ref = nr_file_define_type_ref,
    .define_member_ref = nr_file_define_member_ref,
    .define_type_spec = nr_file_define_type_spec,
    .define_method_spec = nr_file_define_method_spec,
    .define_signature = nr_file_define_signature,
    .define_user_string = nr_file_define_user_string,
    .define_method = nr_file_define_method,
    .define_attribute = nr_file_define_attribute,
    .define_permissions = nr_file_define_permissions,
};

enum nr_status nr_file_module_open(struct nr_arena *arena, struct nr_bytes bytes,
                                   struct nr_module **out) {
    struct nr_file_module *file = NR_ARENA_NEW(arena, struct nr_file_module);
    if (!file) return NR_NO_MEMORY;
    file->base.ops = &ops;
    NR_TRY(nr_pe_open(bytes, &file->pe));
    NR_TRY(nr_tables_open(arena, file->pe.metadata, &file->tables));
    nr_file_lookup_init(file);
    nr_map_init(&file->user_strings, arena);
    *out = &file->base;
    return NR_OK;
}

enum nr_status nr_file_module_body(struct nr_module *module, nr_token method,
                                   struct nr_bytes *body) {
    const struct nr_tables *tables = tables_of(module);
    uint32_t row = NR_TOKEN_ROW(method);
    if (!has(tables, method, NR_TABLE_METHOD_DEF)) return NR_NOT_FOUND;
    uint32_t rva = nr_tables_cell(tables, NR_TABLE_METHOD_DEF, row, NR_METHOD_DEF_RVA);
    uint32_t impl_flags =
        nr_tables_cell(tables, NR_TABLE_METHOD_DEF, row, NR_METHOD_DEF_IMPL_FLAGS);
    if (rva == 0 || impl_flags & CODE_TYPE_MASK) return NR_NOT_FOUND;
    return nr_pe_at(&nr_file_module_of(module)->pe, rva, body) == NR_OK ? NR_OK : NR_MALFORMED;
}

uint32_t nr_file_module_row_count(const struct nr_module *module, enum nr_table table) {
    const struct nr_file_module *file = (const struct nr_file_module *)(const void *)module;
    return nr_tables_count(&file->tables, table);
}

uint32_t nr_file_module_method_count(const struct nr_module *module) {
    return nr_file_module_row_count(module, NR_TABLE_METHOD_DEF);
}
