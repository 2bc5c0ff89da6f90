// Metadata tables and heaps of one module, with room for additions (ECMA-335 II.22 … II.24).
// SPDX-License-Identifier: Apache-2.0
//
// Rows and heaps start as the bytes of a file; what is added continues their numbers and lives in
// the arena, which has to stay as long as the tables and the file. Names and blobs point into the
// file or the arena and stay where they are. One thread at a time.
#ifndef NR_METADATA_TABLES_H
#define NR_METADATA_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"
#include "metadata/schema.h"

// Columns by number, as far as they are asked for by name.
enum {
    NR_TYPE_REF_SCOPE = 0,
    NR_TYPE_REF_NAME = 1,
    NR_TYPE_REF_NAMESPACE = 2,
    NR_TYPE_DEF_FLAGS = 0,
    NR_TYPE_DEF_NAME = 1,
    NR_TYPE_DEF_NAMESPACE = 2,
    NR_TYPE_DEF_EXTENDS = 3,
    NR_TYPE_DEF_FIELDS = 4,
    NR_TYPE_DEF_METHODS = 5,
    NR_FIELD_SIGNATURE = 2,
    NR_METHOD_DEF_RVA = 0,
    NR_METHOD_DEF_IMPL_FLAGS = 1,
    NR_METHOD_DEF_FLAGS = 2,
    NR_METHOD_DEF_NAME = 3,
    NR_METHOD_DEF_SIGNATURE = 4,
    NR_METHOD_DEF_PARAMS = 5,
    NR_MEMBER_REF_PARENT = 0,
    NR_MEMBER_REF_NAME = 1,
    NR_MEMBER_REF_SIGNATURE = 2,
    NR_CUSTOM_ATTRIBUTE_PARENT = 0,
    NR_CUSTOM_ATTRIBUTE_TYPE = 1,
    NR_CUSTOM_ATTRIBUTE_VALUE = 2,
    NR_DECL_SECURITY_ACTION = 0,
    NR_DECL_SECURITY_PARENT = 1,
    NR_DECL_SECURITY_BLOB = 2,
    NR_STAND_ALONE_SIG_SIGNATURE = 0,
    NR_TYPE_SPEC_SIGNATURE = 0,
    NR_ASSEMBLY_MAJOR = 1,
    NR_ASSEMBLY_MINOR = 2,
    NR_ASSEMBLY_BUILD = 3,
    NR_ASSEMBLY_REVISION = 4,
    NR_ASSEMBLY_NAME = 7,
    NR_ASSEMBLY_REF_MAJOR = 0,
    NR_ASSEMBLY_REF_MINOR = 1,
    NR_ASSEMBLY_REF_BUILD = 2,
    NR_ASSEMBLY_REF_REVISION = 3,
    NR_ASSEMBLY_REF_KEY = 5,
    NR_ASSEMBLY_REF_NAME = 6,
    NR_EXPORTED_TYPE_NAME = 2,
    NR_EXPORTED_TYPE_NAMESPACE = 3,
    NR_EXPORTED_TYPE_IMPLEMENTATION = 4,
    NR_NESTED_CLASS_NESTED = 0,
    NR_NESTED_CLASS_ENCLOSING = 1,
    NR_GENERIC_PARAM_NUMBER = 0,
    NR_GENERIC_PARAM_FLAGS = 1,
    NR_GENERIC_PARAM_OWNER = 2,
    NR_METHOD_SPEC_METHOD = 0,
    NR_METHOD_SPEC_INSTANTIATION = 1,
};

// Places in the header of the table stream (II.24.2.6).
enum {
    NR_TABLES_HEAP_SIZES = 6,
    NR_TABLES_VALID = 8,
    NR_TABLES_SORTED = 16,
    NR_TABLES_HEADER = 24
};

// An offset below file.size lies in the file, a higher one in what was added.
struct nr_heap {
    struct nr_bytes file;
    struct nr_buffer added;
};

struct nr_rows {
    const uint8_t *file;  // the rows of the file
    uint32_t file_count;
    uint32_t count;
    struct nr_row_layout layout;  // in the file
    uint32_t *added;              // a number for every cell
    uint32_t added_capacity;      // rows
};

struct nr_tables {
    struct nr_arena *arena;
    struct nr_bytes metadata;
    struct nr_bytes stream;  // #~ or #-
    struct nr_rows rows[NR_TABLE_COUNT];
    struct nr_heap strings, user_strings, blobs;
    uint8_t heap_sizes;
};

// Reads the metadata root, the stream headers and the layout of the tables. NR_MALFORMED when a
// length lies; NR_UNSUPPORTED for tables that no CLR runs (Portable PDB, edit and continue deltas).
enum nr_status nr_tables_open(struct nr_arena *arena, struct nr_bytes metadata,
                              struct nr_tables *out);

uint32_t nr_tables_count(const struct nr_tables *tables, enum nr_table table);
bool nr_tables_has(const struct nr_tables *tables, nr_token token);

// The rest asks for rows that are there: check with nr_tables_has.
// A number as it stands in the row.
uint32_t nr_tables_cell(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                        unsigned column);
// The token behind a plain or coded index; 0 where the index is null. The row need not exist.
enum nr_status nr_tables_token(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                               unsigned column, nr_token *out);
enum nr_status nr_tables_string(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                                unsigned column, struct nr_str *out);
enum nr_status nr_tables_blob(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                              unsigned column, struct nr_bytes *out);
// The user string at this offset of its heap, its closing byte included.
enum nr_status nr_tables_user_string(const struct nr_tables *tables, uint32_t offset,
                                     struct nr_bytes *out);

// By row of target: the first row of table whose plain index in column means it, or 0. An array in
// the arena; NULL when memory is out.
uint32_t *nr_tables_invert(const struct nr_tables *tables, enum nr_table table, unsigned column,
                           enum nr_table target);

// Adds a row of as many cells as the table has columns. NR_TOO_LARGE when a token cannot hold its
// number.
enum nr_status nr_tables_add_row(struct nr_tables *tables, enum nr_table table,
                                 const uint32_t *cells, uint32_t *row);
// Add to a heap and give the offset.
enum nr_status nr_tables_add_string(struct nr_tables *tables, struct nr_str text, uint32_t *offset);
enum nr_status nr_tables_add_blob(struct nr_tables *tables, struct nr_bytes blob, uint32_t *offset);
enum nr_status nr_tables_add_user_string(struct nr_tables *tables, struct nr_str16 text,
                                         uint32_t *offset);

// Appends the metadata, additions included, to out, whose size has to be a multiple of 4.
// method_rvas has an element for every row number of MethodDef: its new RVA, or 0 to keep the old.
enum nr_status nr_tables_write(const struct nr_tables *tables, const uint32_t *method_rvas,
                               struct nr_buffer *out);

#endif
