// Writes metadata tables and heaps again, additions included.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "metadata/metadata_root.h"
#include "metadata/tables.h"

enum {
    WIDE = 0xFFFF,  // a heap or an index that is larger takes four bytes
    LARGEST_METADATA = INT32_MAX,
};

static void align(struct nr_buffer *out) { nr_buffer_reserve(out, (0 - out->size) % 4); }

static uint8_t heap_sizes(const struct nr_tables *tables) {
    uint8_t sizes = tables->heap_sizes & (NR_WIDE_STRINGS | NR_WIDE_GUIDS | NR_WIDE_BLOBS);
    if (tables->strings.file.size + tables->strings.added.size > WIDE) sizes |= NR_WIDE_STRINGS;
    if (tables->blobs.file.size + tables->blobs.added.size > WIDE) sizes |= NR_WIDE_BLOBS;
    return sizes;
}

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

// The rows in the order of a column, as readers expect them (II.22); rows are the low halves.
static uint64_t *sort_rows(const struct nr_tables *tables, enum nr_table table, unsigned column,
                           struct nr_arena *arena) {
    uint32_t count = nr_tables_count(tables, table);
    uint64_t *order = NR_ARENA_ARRAY(arena, uint64_t, count);
    for (uint32_t row = 1; order && row <= count; row++) {
        order[row - 1] = (uint64_t)nr_tables_cell(tables, table, row, column) << 32 | row;
    }
    if (order) qsort(order, count, sizeof(*order), by_value);
    return order;
}

// *order stays NULL for a table whose rows keep their numbers.
static enum nr_status order_rows(const struct nr_tables *tables, enum nr_table table,
                                 struct nr_arena *arena, uint64_t **order) {
    const struct nr_rows *rows = &tables->rows[table];
    *order = NULL;
    if (rows->count == rows->file_count) return NR_OK;
    if (table == NR_TABLE_CUSTOM_ATTRIBUTE) {
        *order = sort_rows(tables, table, NR_CUSTOM_ATTRIBUTE_PARENT, arena);
    } else if (table == NR_TABLE_DECL_SECURITY) {
        *order = sort_rows(tables, table, NR_DECL_SECURITY_PARENT, arena);
    } else {
        return NR_OK;
    }
    return *order ? NR_OK : NR_NO_MEMORY;
}

static void write_rows(const struct nr_tables *tables, enum nr_table table,
                       const struct nr_row_layout *layout, const uint32_t *method_rvas,
                       struct nr_buffer *out) {
    uint32_t count = nr_tables_count(tables, table);
    uint64_t *order = NULL;
    if (out->status == NR_OK) out->status = order_rows(tables, table, out->arena, &order);
    uint8_t *cell = nr_buffer_reserve(out, (size_t)count * layout->row_size);
    if (!cell) return;
    for (uint32_t place = 1; place <= count; place++) {
        uint32_t row = order ? (uint32_t)order[place - 1] : place;
        for (uint8_t column = 0; column < layout->column_count; column++) {
            uint32_t value = nr_tables_cell(tables, table, row, column);
            if (table == NR_TABLE_METHOD_DEF && column == NR_METHOD_DEF_RVA && method_rvas[row]) {
                value = method_rvas[row];
            }
            for (uint8_t i = 0; i < layout->widths[column]; i++)
                *cell++ = (uint8_t)(value >> 8 * i);
        }
    }
}

static void write_tables(const struct nr_tables *tables, const uint32_t *method_rvas,
                         struct nr_buffer *out) {
    const uint8_t *header = tables->stream.data;
    uint32_t counts[NR_TABLE_COUNT];
    uint64_t valid = 0;
    for (unsigned i = 0; i < NR_TABLE_COUNT; i++) {
        counts[i] = nr_tables_count(tables, (enum nr_table)i);
        if (counts[i]) valid |= (uint64_t)1 << i;
    }
    nr_buffer_append(out, header, NR_TABLES_HEAP_SIZES);
    nr_buffer_u8(out, heap_sizes(tables));
    nr_buffer_u8(out, header[NR_TABLES_HEAP_SIZES + 1]);
    nr_buffer_u64(out, valid);
    nr_buffer_append(out, header + NR_TABLES_SORTED, 8);
    for (unsigned i = 0; i < NR_TABLE_COUNT; i++) {
        if (counts[i]) nr_buffer_u32(out, counts[i]);
    }
    for (unsigned i = 0; i < NR_TABLE_COUNT; i++) {
        struct nr_row_layout layout;
        nr_schema_layout((enum nr_table)i, counts, heap_sizes(tables), &layout);
        write_rows(tables, (enum nr_table)i, &layout, method_rvas, out);
    }
}

static void write_heap(const struct nr_heap *heap, struct nr_buffer *out) {
    if (heap->added.status != NR_OK) out->status = heap->added.status;
    nr_buffer_append(out, heap->file.data, heap->file.size);
    nr_buffer_append(out, heap->added.data, heap->added.size);
}

static void write_stream(const struct nr_tables *tables, const struct nr_stream *stream,
                         const uint32_t *method_rvas, struct nr_buffer *out) {
    if (nr_str_equal(stream->name, NR_STR("#Strings"))) {
        write_heap(&tables->strings, out);
    } else if (nr_str_equal(stream->name, NR_STR("#US"))) {
        write_heap(&tables->user_strings, out);
    } else if (nr_str_equal(stream->name, NR_STR("#Blob"))) {
        write_heap(&tables->blobs, out);
    } else if (nr_str_equal(stream->name, NR_STR("#~")) ||
               nr_str_equal(stream->name, NR_STR("#-"))) {
        write_tables(tables, method_rvas, out);
    } else {
        nr_buffer_append(out, stream->data.data, stream->data.size);
    }
    align(out);
}

// A heap that only additions have made needs a stream of its own.
static enum nr_status add_stream(struct nr_metadata_root *root, const struct nr_heap *heap,
                                 struct nr_str name) {
    if (heap->added.size == 0) return NR_OK;
    for (uint16_t i = 0; i < root->stream_count; i++) {
        if (nr_str_equal(root->streams[i].name, name)) return NR_OK;
    }
    if (root->stream_count == NR_MOST_STREAMS) return NR_TOO_LARGE;
    root->streams[root->stream_count++] = (struct nr_stream){.name = name};
    return NR_OK;
}

enum nr_status nr_tables_write(const struct nr_tables *tables, const uint32_t *method_rvas,
                               struct nr_buffer *out) {
    struct nr_metadata_root root;
    size_t headers[NR_MOST_STREAMS], start = out->size;
    NR_TRY(nr_metadata_root_read(tables->metadata, &root));
    NR_TRY(add_stream(&root, &tables->strings, NR_STR("#Strings")));
    NR_TRY(add_stream(&root, &tables->user_strings, NR_STR("#US")));
    NR_TRY(add_stream(&root, &tables->blobs, NR_STR("#Blob")));
    nr_buffer_append(out, root.start.data, root.start.size);
    nr_buffer_u16(out, root.stream_count);
    for (uint16_t i = 0; i < root.stream_count; i++) {
        headers[i] = out->size;
        nr_buffer_u64(out, 0);
        nr_buffer_append(out, root.streams[i].name.data, root.streams[i].name.size);
        nr_buffer_u8(out, 0);
        align(out);
    }
    for (uint16_t i = 0; i < root.stream_count; i++) {
        size_t from = out->size;
        write_stream(tables, &root.streams[i], method_rvas, out);
        NR_TRY(out->status);
        if (out->size > LARGEST_METADATA) return NR_TOO_LARGE;
        nr_store_u32(out->data + headers[i], (uint32_t)(from - start));
        nr_store_u32(out->data + headers[i] + 4, (uint32_t)(out->size - from));
    }
    return out->status;
}
