// Reads metadata tables and heaps, and adds to them.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/tables.h"

#include <string.h>

#include "metadata/metadata_root.h"
#include "metadata/signature.h"

enum {
    LONGEST_NAME = 1 << 14,  // bytes; compilers and the CLR stop at 1,023
    EXTRA_DATA = 0x40,       // HeapSizes: four bytes behind the row counts
};

// ---- opening ----

static enum nr_status read_row_counts(struct nr_tables *tables, uint32_t counts[NR_TABLE_COUNT],
                                      size_t *at) {
    struct nr_bytes stream = tables->stream;
    if (stream.size < NR_TABLES_HEADER) return NR_MALFORMED;
    uint64_t valid = nr_load_u64(stream.data + NR_TABLES_VALID);
    if (valid >> NR_TABLE_COUNT) return NR_UNSUPPORTED;
    tables->heap_sizes = stream.data[NR_TABLES_HEAP_SIZES];
    *at = NR_TABLES_HEADER;
    for (unsigned table = 0; table < NR_TABLE_COUNT; table++) {
        counts[table] = 0;
        if (!(valid >> table & 1)) continue;
        if (stream.size - *at < 4) return NR_MALFORMED;
        counts[table] = nr_load_u32(stream.data + *at);
        if (counts[table] > NR_LARGEST_ROW) return NR_MALFORMED;
        *at += 4;
    }
    if (tables->heap_sizes & EXTRA_DATA) *at += 4;
    return *at <= stream.size ? NR_OK : NR_MALFORMED;
}

static enum nr_status read_layout(struct nr_tables *tables) {
    uint32_t counts[NR_TABLE_COUNT];
    size_t at;
    NR_TRY(read_row_counts(tables, counts, &at));
    for (unsigned table = 0; table < NR_TABLE_COUNT; table++) {
        struct nr_rows *rows = &tables->rows[table];
        nr_schema_layout((enum nr_table)table, counts, tables->heap_sizes, &rows->layout);
        rows->file = tables->stream.data + at;
        rows->file_count = rows->count = counts[table];
        if (rows->count > (tables->stream.size - at) / rows->layout.row_size) return NR_MALFORMED;
        at += (size_t)rows->count * rows->layout.row_size;
    }
    return NR_OK;
}

enum nr_status nr_tables_open(struct nr_arena *arena, struct nr_bytes metadata,
                              struct nr_tables *out) {
    struct nr_metadata_root root;
    NR_TRY(nr_metadata_root_read(metadata, &root));
    *out = (struct nr_tables){.arena = arena, .metadata = metadata};
    nr_buffer_init(&out->strings.added, arena);
    nr_buffer_init(&out->user_strings.added, arena);
    nr_buffer_init(&out->blobs.added, arena);
    for (uint16_t i = 0; i < root.stream_count; i++) {
        const struct nr_stream *stream = &root.streams[i];
        if (nr_str_equal(stream->name, NR_STR("#Strings"))) out->strings.file = stream->data;
        if (nr_str_equal(stream->name, NR_STR("#US"))) out->user_strings.file = stream->data;
        if (nr_str_equal(stream->name, NR_STR("#Blob"))) out->blobs.file = stream->data;
        if (nr_str_equal(stream->name, NR_STR("#~")) || nr_str_equal(stream->name, NR_STR("#-"))) {
            out->stream = stream->data;
        }
        if (nr_str_equal(stream->name, NR_STR("#JTD"))) return NR_UNSUPPORTED;  // a delta
    }
    return read_layout(out);
}

// ---- rows ----

uint32_t nr_tables_count(const struct nr_tables *tables, enum nr_table table) {
    return tables->rows[table].count;
}

bool nr_tables_has(const struct nr_tables *tables, nr_token token) {
    return token >> 24 < NR_TABLE_COUNT && NR_TOKEN_ROW(token) != 0 &&
           NR_TOKEN_ROW(token) <= tables->rows[token >> 24].count;
}

uint32_t nr_tables_cell(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                        unsigned column) {
    const struct nr_rows *rows = &tables->rows[table];
    const struct nr_row_layout *layout = &rows->layout;
    if (row > rows->file_count) {
        return rows->added[(size_t)(row - rows->file_count - 1) * layout->column_count + column];
    }
    const uint8_t *cell =
        rows->file + (size_t)(row - 1) * layout->row_size + layout->offsets[column];
    return layout->widths[column] == 2 ? nr_load_u16(cell) : nr_load_u32(cell);
}

enum nr_status nr_tables_token(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                               unsigned column, nr_token *out) {
    return nr_schema_decode(table, column, nr_tables_cell(tables, table, row, column), out);
}

uint32_t *nr_tables_invert(const struct nr_tables *tables, enum nr_table table, unsigned column,
                           enum nr_table target) {
    uint32_t count = nr_tables_count(tables, target);
    uint32_t *rows = NR_ARENA_ARRAY(tables->arena, uint32_t, (size_t)count + 1);
    for (uint32_t row = 1; rows && row <= nr_tables_count(tables, table); row++) {
        uint32_t index = nr_tables_cell(tables, table, row, column);
        if (index <= count && rows[index] == 0) rows[index] = row;
    }
    return rows;
}

// ---- heaps ----

// The bytes of a heap from an offset on.
static enum nr_status heap_at(const struct nr_heap *heap, uint32_t offset, struct nr_bytes *out) {
    size_t in_added = offset - heap->file.size;
    if (offset < heap->file.size) {
        *out = (struct nr_bytes){heap->file.data + offset, heap->file.size - offset};
    } else if (in_added < heap->added.size) {
        *out = (struct nr_bytes){heap->added.data + in_added, heap->added.size - in_added};
    } else {
        return NR_MALFORMED;
    }
    return NR_OK;
}

static enum nr_status blob_at(const struct nr_heap *heap, uint32_t offset, struct nr_bytes *out) {
    struct nr_bytes bytes;
    uint32_t size;
    size_t used;
    NR_TRY(heap_at(heap, offset, &bytes));
    NR_TRY(nr_sig_number_read(bytes, &size, &used));
    if (size > bytes.size - used) return NR_MALFORMED;
    *out = (struct nr_bytes){bytes.data + used, size};
    return NR_OK;
}

enum nr_status nr_tables_string(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                                unsigned column, struct nr_str *out) {
    uint32_t offset = nr_tables_cell(tables, table, row, column);
    struct nr_bytes bytes;
    if (offset == 0) {
        *out = NR_STR("");
        return NR_OK;
    }
    NR_TRY(heap_at(&tables->strings, offset, &bytes));
    const void *end = memchr(bytes.data, 0, bytes.size < LONGEST_NAME ? bytes.size : LONGEST_NAME);
    if (!end) return NR_MALFORMED;
    *out = (struct nr_str){(const char *)bytes.data, (size_t)((const uint8_t *)end - bytes.data)};
    return NR_OK;
}

enum nr_status nr_tables_blob(const struct nr_tables *tables, enum nr_table table, uint32_t row,
                              unsigned column, struct nr_bytes *out) {
    uint32_t offset = nr_tables_cell(tables, table, row, column);
    if (offset == 0) {
        *out = (struct nr_bytes){0};
        return NR_OK;
    }
    return blob_at(&tables->blobs, offset, out);
}

enum nr_status nr_tables_user_string(const struct nr_tables *tables, uint32_t offset,
                                     struct nr_bytes *out) {
    return blob_at(&tables->user_strings, offset, out);
}

// ---- additions ----

static enum nr_status grow(struct nr_tables *tables, struct nr_rows *rows) {
    uint32_t capacity = rows->added_capacity ? rows->added_capacity * 2 : 16;
    size_t row_size = rows->layout.column_count * sizeof(*rows->added);
    uint32_t *added = nr_arena_grow(tables->arena, rows->added, rows->added_capacity * row_size,
                                    capacity * row_size);
    if (!added) return NR_NO_MEMORY;
    rows->added = added;
    rows->added_capacity = capacity;
    return NR_OK;
}

enum nr_status nr_tables_add_row(struct nr_tables *tables, enum nr_table table,
                                 const uint32_t *cells, uint32_t *row) {
    struct nr_rows *rows = &tables->rows[table];
    uint32_t added = rows->count - rows->file_count;
    if (rows->count == NR_LARGEST_ROW) return NR_TOO_LARGE;
    if (added == rows->added_capacity) NR_TRY(grow(tables, rows));
    memcpy(rows->added + (size_t)added * rows->layout.column_count, cells,
           rows->layout.column_count * sizeof(*cells));
    *row = ++rows->count;
    return NR_OK;
}

// The offset at which the next addition to a heap will lie. Offset 0 means nothing, so a heap that
// the file does not have begins with a zero.
static enum nr_status next_offset(struct nr_heap *heap, size_t size, uint32_t *offset) {
    if (heap->file.size == 0 && heap->added.size == 0) nr_buffer_u8(&heap->added, 0);
    size_t next = heap->file.size + heap->added.size;
    if (size > INT32_MAX || next > INT32_MAX - size) return NR_TOO_LARGE;
    *offset = (uint32_t)next;
    return heap->added.status;
}

enum nr_status nr_tables_add_string(struct nr_tables *tables, struct nr_str text,
                                    uint32_t *offset) {
    struct nr_heap *heap = &tables->strings;
    uint32_t next;
    if (text.size == 0) {
        *offset = 0;
        return NR_OK;
    }
    if (text.size >= LONGEST_NAME) return NR_TOO_LARGE;
    if (memchr(text.data, 0, text.size)) return NR_MALFORMED;
    NR_TRY(next_offset(heap, text.size + 1, &next));
    nr_buffer_append(&heap->added, text.data, text.size);
    nr_buffer_u8(&heap->added, 0);
    *offset = next;
    return heap->added.status;
}

enum nr_status nr_tables_add_blob(struct nr_tables *tables, struct nr_bytes blob,
                                  uint32_t *offset) {
    struct nr_heap *heap = &tables->blobs;
    uint32_t next;
    if (blob.size == 0) {
        *offset = 0;
        return NR_OK;
    }
    NR_TRY(next_offset(heap, blob.size + 4, &next));
    nr_sig_number_write(&heap->added, (uint32_t)blob.size);
    nr_buffer_append(&heap->added, blob.data, blob.size);
    *offset = next;
    return heap->added.status;
}

// Characters that keep a string from being compared bytewise (II.24.2.4).
static bool is_special(uint16_t unit) {
    return unit >= 0x7F || (unit >= 0x01 && unit <= 0x08) || (unit >= 0x0E && unit <= 0x1F) ||
           unit == 0x27 || unit == 0x2D;
}

enum nr_status nr_tables_add_user_string(struct nr_tables *tables, struct nr_str16 text,
                                         uint32_t *offset) {
    struct nr_heap *heap = &tables->user_strings;
    uint32_t next;
    uint8_t special = 0;
    if (text.length > NR_LARGEST_ROW) return NR_TOO_LARGE;
    NR_TRY(next_offset(heap, text.length * 2 + 5, &next));
    if (next > NR_LARGEST_ROW) return NR_TOO_LARGE;
    nr_sig_number_write(&heap->added, (uint32_t)text.length * 2 + 1);
    for (size_t i = 0; i < text.length; i++) {
        nr_buffer_u16(&heap->added, text.data[i]);
        if (is_special(text.data[i])) special = 1;
    }
    nr_buffer_u8(&heap->added, special);
    *offset = next;
    return heap->added.status;
}
