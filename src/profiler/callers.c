// Notes which tokens mean a callee, and looks for calls of them in every body.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/callers.h"

#include "il/body.h"
#include "metadata/signature.h"
#include "metadata/tables.h"
#include "profiler/token_set.h"

enum { CALL_SIZE = 5 };

struct search {
    const struct nr_callee *callees;
    size_t count;
    struct nr_tables tables;
    struct nr_token_set methods, references, specs;
};

static struct nr_token_set *set_of(struct search *search, nr_token token) {
    switch (NR_TOKEN_TABLE(token)) {
    case NR_TABLE_METHOD_DEF: return &search->methods;
    case NR_TABLE_MEMBER_REF: return &search->references;
    case NR_TABLE_METHOD_SPEC: return &search->specs;
    default: return NULL;
    }
}

static bool is_callee(struct search *search, nr_token token) {
    const struct nr_token_set *set = set_of(search, token);
    return set && nr_token_set_has(set, token);
}

static enum nr_status add(struct search *search, nr_token token) {
    bool added;
    return nr_token_set_add(set_of(search, token), token, &added);
}

// The name of a TypeDef or TypeRef, or of the type that a TypeSpec instantiates; empty for others.
static enum nr_status type_name(const struct nr_tables *tables, nr_token type,
                                struct nr_str *name) {
    *name = (struct nr_str){0};
    if (NR_TOKEN_TABLE(type) == NR_TABLE_TYPE_SPEC && nr_tables_has(tables, type)) {
        struct nr_bytes blob;
        struct nr_sig_type spec;
        size_t used;
        NR_TRY(nr_tables_blob(tables, NR_TABLE_TYPE_SPEC, NR_TOKEN_ROW(type),
                              NR_TYPE_SPEC_SIGNATURE, &blob));
        NR_TRY(nr_sig_type_read(blob, &spec, &used));
        type = spec.token;
    }
    enum nr_table table = NR_TOKEN_TABLE(type);
    bool is_def = table == NR_TABLE_TYPE_DEF;
    if ((!is_def && table != NR_TABLE_TYPE_REF) || !nr_tables_has(tables, type)) return NR_OK;
    return nr_tables_string(tables, table, NR_TOKEN_ROW(type),
                            is_def ? NR_TYPE_DEF_NAME : NR_TYPE_REF_NAME, name);
}

static enum nr_status add_reference(struct search *search, uint32_t row) {
    const struct nr_tables *tables = &search->tables;
    struct nr_str name, type;
    nr_token parent;
    NR_TRY(nr_tables_string(tables, NR_TABLE_MEMBER_REF, row, NR_MEMBER_REF_NAME, &name));
    for (size_t i = 0; i < search->count; i++) {
        const struct nr_callee *callee = &search->callees[i];
        if (!nr_str_equal(name, callee->name)) continue;
        if (callee->type.size > 0) {
            NR_TRY(
                nr_tables_token(tables, NR_TABLE_MEMBER_REF, row, NR_MEMBER_REF_PARENT, &parent));
            NR_TRY(type_name(tables, parent, &type));
            if (!nr_str_ends_with(callee->type, type)) continue;
        }
        return add(search, NR_TOKEN(NR_TABLE_MEMBER_REF, row));
    }
    return NR_OK;
}

static enum nr_status add_tokens(struct search *search, const void *module) {
    const struct nr_tables *tables = &search->tables;
    for (size_t i = 0; i < search->count; i++) {
        const struct nr_callee *callee = &search->callees[i];
        if (callee->module == module) NR_TRY(add(search, callee->method));
    }
    uint32_t references = nr_tables_count(tables, NR_TABLE_MEMBER_REF);
    for (uint32_t row = 1; row <= references; row++) NR_TRY(add_reference(search, row));
    uint32_t specs = nr_tables_count(tables, NR_TABLE_METHOD_SPEC);
    for (uint32_t row = 1; row <= specs; row++) {
        nr_token method;
        NR_TRY(nr_tables_token(tables, NR_TABLE_METHOD_SPEC, row, NR_METHOD_SPEC_METHOD, &method));
        if (is_callee(search, method)) NR_TRY(add(search, NR_TOKEN(NR_TABLE_METHOD_SPEC, row)));
    }
    return NR_OK;
}

static bool calls_one(struct search *search, struct nr_bytes code) {
    for (size_t i = 0; i + CALL_SIZE <= code.size; i++) {
        uint8_t opcode = code.data[i];
        if ((opcode == NR_CALL || opcode == NR_CALLVIRT || opcode == NR_NEWOBJ) &&
            is_callee(search, nr_load_u32(code.data + i + 1))) {
            return true;
        }
    }
    return false;
}

static void find(struct search *search, const struct nr_native_image *image,
                 struct nr_buffer *found) {
    uint32_t methods = nr_tables_count(&search->tables, NR_TABLE_METHOD_DEF);
    for (uint32_t row = 1; row <= methods; row++) {
        struct nr_body body;
        uint32_t rva = nr_tables_cell(&search->tables, NR_TABLE_METHOD_DEF, row, NR_METHOD_DEF_RVA);
        nr_token token = NR_TOKEN(NR_TABLE_METHOD_DEF, row);
        if (rva != 0 && nr_body_read_code(nr_native_image_at(image, rva), &body) == NR_OK &&
            calls_one(search, body.code)) {
            nr_buffer_append(found, &token, sizeof(token));
        }
    }
}

enum nr_status nr_callers_find(struct nr_arena *arena, const void *module,
                               const struct nr_native_image *image, const struct nr_callee *callees,
                               size_t count, struct nr_buffer *found) {
    struct search search = {.callees = callees, .count = count};
    NR_TRY(nr_tables_open(arena, image->metadata, &search.tables));
    enum nr_status status = add_tokens(&search, module);
    bool any = search.methods.size > 0 || search.references.size > 0;  // or else no spec either
    if (status == NR_OK && any) find(&search, image, found);
    nr_token_set_free(&search.methods);
    nr_token_set_free(&search.references);
    nr_token_set_free(&search.specs);
    return status == NR_OK ? found->status : status;
}
