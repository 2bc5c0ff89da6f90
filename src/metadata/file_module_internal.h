// What the parts of the file module share.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_METADATA_FILE_MODULE_INTERNAL_H
#define NR_METADATA_FILE_MODULE_INTERNAL_H

#include "base/map.h"
#include "metadata/file_module.h"
#include "metadata/pe.h"
#include "metadata/row_index.h"
#include "metadata/tables.h"

// All memory is the arena's of tables.
struct nr_file_module {
    struct nr_module base;
    struct nr_pe pe;
    struct nr_tables tables;
    // Maps between rows; NULL until they are needed.
    uint32_t *nested;        // by row of TypeDef: its row in NestedClass, or 0
    uint32_t *method_place;  // by row of MethodDef: its row in MethodPtr, or 0
    struct nr_row_index types, type_refs, exported_types;         // by full name
    struct nr_row_index member_refs, attributes, generic_params;  // by parent
    struct nr_row_index signatures, type_specs, method_specs;     // by blob
    struct nr_map user_strings;  // those added: UTF-16 bytes to their nr_token
};

static inline struct nr_file_module *nr_file_module_of(struct nr_module *module) {
    return (struct nr_file_module *)(void *)module;
}

// ---- file_lookup.c: finding rows ----

void nr_file_lookup_init(struct nr_file_module *file);

// The full name of a TypeDef or TypeRef that is there.
enum nr_status nr_file_type_name(const struct nr_tables *tables, struct nr_arena *arena,
                                 nr_token type, struct nr_str *out);
// The TypeDef that a TypeDef lies in, or 0.
enum nr_status nr_file_enclosing(struct nr_file_module *file, uint32_t type, nr_token *enclosing);
enum nr_status nr_file_method_owner(struct nr_file_module *file, uint32_t method, nr_token *owner);

// The methods or fields of a TypeDef; the items of a list follow each other in its table.
struct nr_row_list {
    enum nr_table table;
    uint32_t first, count;
};
enum nr_status nr_file_list(const struct nr_tables *tables, uint32_t type, unsigned column,
                            struct nr_row_list *out);
enum nr_status nr_file_list_item(const struct nr_tables *tables, const struct nr_row_list *list,
                                 uint32_t index, nr_token *out);

// The first row with the given content, or 0.
enum nr_status nr_file_find_type_ref(struct nr_file_module *file, nr_token scope,
                                     struct nr_str name, uint32_t *row);
enum nr_status nr_file_find_member_ref(struct nr_file_module *file, nr_token parent,
                                       struct nr_str name, struct nr_bytes signature,
                                       uint32_t *row);
// For an index by blob; method is that of a MethodSpec, else 0.
enum nr_status nr_file_find_blob(struct nr_file_module *file, struct nr_row_index *index,
                                 unsigned column, struct nr_bytes blob, nr_token method,
                                 uint32_t *row);

// Functions of struct nr_module_ops.
enum nr_status nr_file_find_type_def(struct nr_module *module, struct nr_str name,
                                     nr_token enclosing, nr_token *out);
enum nr_status nr_file_forwarded_type(struct nr_module *module, struct nr_str name,
                                      nr_token *assembly_ref);
enum nr_status nr_file_custom_attribute(struct nr_module *module, nr_token owner,
                                        struct nr_str type_name, struct nr_bytes *value);
enum nr_status nr_file_member_refs(struct nr_module *module, struct nr_arena *arena,
                                   nr_token parent, struct nr_tokens *out);
enum nr_status nr_file_generic_param_count(struct nr_module *module, nr_token owner,
                                           uint32_t *count);
enum nr_status nr_file_generic_param_flags(struct nr_module *module, nr_token owner, uint32_t index,
                                           uint32_t *flags);

// ---- file_emit.c: additions, functions of struct nr_module_ops ----

enum nr_status nr_file_define_assembly_ref(struct nr_module *module, struct nr_str name,
                                           const struct nr_assembly_identity *identity,
                                           nr_token *out);
enum nr_status nr_file_define_type_ref(struct nr_module *module, nr_token scope, struct nr_str name,
                                       nr_token *out);
enum nr_status nr_file_define_member_ref(struct nr_module *module, nr_token parent,
                                         struct nr_str name, struct nr_bytes signature,
                                         nr_token *out);
enum nr_status nr_file_define_type_spec(struct nr_module *module, struct nr_bytes signature,
                                        nr_token *out);
enum nr_status nr_file_define_method_spec(struct nr_module *module, nr_token method,
                                          struct nr_bytes instantiation, nr_token *out);
enum nr_status nr_file_define_signature(struct nr_module *module, struct nr_bytes signature,
                                        nr_token *out);
enum nr_status nr_file_define_user_string(struct nr_module *module, struct nr_str16 text,
                                          nr_token *out);
enum nr_status nr_file_define_method(struct nr_module *module, nr_token type,
                                     const struct nr_new_method *method, nr_token *out);
enum nr_status nr_file_define_attribute(struct nr_module *module, nr_token owner,
                                        nr_token constructor, struct nr_bytes value);
enum nr_status nr_file_define_permissions(struct nr_module *module, nr_token owner, uint16_t action,
                                          struct nr_bytes blob);

#endif
