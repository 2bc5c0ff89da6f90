// Builds small .dll images in memory, row by row, so that tests need no file.
// SPDX-License-Identifier: Apache-2.0
//
// Strings and blobs are given where they are used; nr_test_image_build lays everything out. Memory
// comes from the arena; a failed allocation ends the program.
#ifndef NR_TESTS_IMAGE_H
#define NR_TESTS_IMAGE_H

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/compiler.h"
#include "base/str.h"
#include "metadata/schema.h"

struct nr_test_image {
    struct nr_arena *arena;
    struct nr_buffer strings, user_strings, blobs, bodies;
    struct {
        uint32_t *cells;
        uint32_t count;
    } tables[NR_TABLE_COUNT];
    const char *stream_name;  // "#~" or "#-"
    uint8_t heap_sizes;
    bool pe32_plus;
};

// Where nr_test_image_build puts things: tests that lie about a length want to know.
enum {
    NR_TEST_IMAGE_COFF = 0x40,
    NR_TEST_IMAGE_OPTIONAL = NR_TEST_IMAGE_COFF + 24,
    NR_TEST_IMAGE_RAW = 0x200,   // the section, in the file
    NR_TEST_IMAGE_RVA = 0x2000,  // the section, in memory
    NR_TEST_IMAGE_CLI = NR_TEST_IMAGE_RAW,
    NR_TEST_IMAGE_BODIES = NR_TEST_IMAGE_RVA + 72,  // RVA of the first byte of bodies
};

static inline void nr_test_image_init(struct nr_test_image *image, struct nr_arena *arena) {
    *image = (struct nr_test_image){.arena = arena, .stream_name = "#~"};
    nr_buffer_init(&image->strings, arena);
    nr_buffer_init(&image->user_strings, arena);
    nr_buffer_init(&image->blobs, arena);
    nr_buffer_init(&image->bodies, arena);
    nr_buffer_u8(&image->strings, 0);
    nr_buffer_u8(&image->user_strings, 0);
    nr_buffer_u8(&image->blobs, 0);
}

static inline uint32_t nr_test_image_string(struct nr_test_image *image, const char *text) {
    uint32_t offset = (uint32_t)image->strings.size;
    if (!*text) return 0;
    nr_buffer_append(&image->strings, text, strlen(text) + 1);
    return offset;
}

// size bytes, below 128.
static inline uint32_t nr_test_image_blob(struct nr_test_image *image, const char *data,
                                          size_t size) {
    uint32_t offset = (uint32_t)image->blobs.size;
    nr_buffer_u8(&image->blobs, (uint8_t)size);
    nr_buffer_append(&image->blobs, data, size);
    return offset;
}

// Adds a row; indexes are given as they stand in the table. Gives its number.
static inline uint32_t nr_test_image_row(struct nr_test_image *image, enum nr_table table,
                                         const uint32_t cells[NR_MOST_COLUMNS]) {
    size_t old = image->tables[table].count * NR_MOST_COLUMNS * sizeof(*cells);
    size_t size = NR_MOST_COLUMNS * sizeof(*cells);
    uint32_t *all = nr_arena_grow(image->arena, image->tables[table].cells, old, old + size);
    if (!all) abort();
    memcpy((char *)all + old, cells, size);
    image->tables[table].cells = all;
    return ++image->tables[table].count;
}

#define NR_TEST_ROW(image, table, ...) \
    nr_test_image_row((image), (table), (const uint32_t[NR_MOST_COLUMNS]){__VA_ARGS__})

static inline void nr_test_align(struct nr_buffer *out, size_t unit) {
    while (out->size % unit) nr_buffer_u8(out, 0);
}

static inline void nr_test_image_tables(const struct nr_test_image *image, struct nr_buffer *out) {
    uint32_t counts[NR_TABLE_COUNT];
    uint64_t valid = 0;
    for (unsigned i = 0; i < NR_TABLE_COUNT; i++) {
        counts[i] = image->tables[i].count;
        if (counts[i]) valid |= (uint64_t)1 << i;
    }
    nr_buffer_u32(out, 0);
    nr_buffer_append(out, "\2", 2);  // version 2.0
    nr_buffer_u8(out, image->heap_sizes);
    nr_buffer_u8(out, 1);
    nr_buffer_u64(out, valid);
    nr_buffer_u64(out, 0);
    for (unsigned i = 0; i < NR_TABLE_COUNT; i++) {
        if (counts[i]) nr_buffer_u32(out, counts[i]);
    }
    for (unsigned i = 0; i < NR_TABLE_COUNT; i++) {
        struct nr_row_layout layout;
        nr_schema_layout((enum nr_table)i, counts, image->heap_sizes, &layout);
        for (uint32_t row = 0; row < counts[i]; row++) {
            for (uint8_t column = 0; column < layout.column_count; column++) {
                uint32_t cell = image->tables[i].cells[row * NR_MOST_COLUMNS + column];
                nr_buffer_u16(out, (uint16_t)cell);
                if (layout.widths[column] == 4) nr_buffer_u16(out, (uint16_t)(cell >> 16));
            }
        }
    }
    nr_test_align(out, 4);
}

static inline struct nr_bytes nr_test_image_metadata(const struct nr_test_image *image) {
    struct nr_buffer tables, out;
    nr_buffer_init(&tables, image->arena);
    nr_buffer_init(&out, image->arena);
    nr_test_image_tables(image, &tables);
    const struct {
        const char *name;
        const struct nr_buffer *data;
    } streams[] = {{image->stream_name, &tables},
                   {"#Strings", &image->strings},
                   {"#US", &image->user_strings},
                   {"#Blob", &image->blobs}};
    nr_buffer_append(&out, "BSJB\1\0\1\0\0\0\0\0\x0c\0\0\0v4.0.30319\0\0\0\0", 30);
    nr_buffer_u16(&out, NR_COUNT_OF(streams));
    size_t offset = out.size;
    for (size_t i = 0; i < NR_COUNT_OF(streams); i++) {
        offset += 8 + (strlen(streams[i].name) + 4) / 4 * 4;
    }
    for (size_t i = 0; i < NR_COUNT_OF(streams); i++) {
        nr_buffer_u32(&out, (uint32_t)offset);
        nr_buffer_u32(&out, (uint32_t)streams[i].data->size);
        nr_buffer_append(&out, streams[i].name, strlen(streams[i].name) + 1);
        nr_test_align(&out, 4);
        offset += (streams[i].data->size + 3) / 4 * 4;
    }
    for (size_t i = 0; i < NR_COUNT_OF(streams); i++) {
        nr_buffer_append(&out, streams[i].data->data, streams[i].data->size);
        nr_test_align(&out, 4);
    }
    if (out.status != NR_OK) abort();
    return nr_buffer_bytes(&out);
}

static inline void nr_test_image_headers(const struct nr_test_image *image, struct nr_buffer *out,
                                         uint32_t raw_size) {
    size_t optional_size = image->pe32_plus ? 240 : 224;
    nr_buffer_append(out, "MZ", 2);
    while (out->size < 60) nr_buffer_u8(out, 0);
    nr_buffer_u32(out, NR_TEST_IMAGE_COFF);
    nr_buffer_append(out, "PE\0\0", 4);
    nr_buffer_u16(out, 0x14C);
    nr_buffer_u16(out, 1);  // sections
    for (int i = 0; i < 3; i++) nr_buffer_u32(out, 0);
    nr_buffer_u16(out, (uint16_t)optional_size);
    nr_buffer_u16(out, 0x2002);
    nr_buffer_u16(out, image->pe32_plus ? 0x20B : 0x10B);
    while (out->size < NR_TEST_IMAGE_OPTIONAL + 32) nr_buffer_u8(out, 0);
    nr_buffer_u32(out, 0x2000);  // section alignment
    nr_buffer_u32(out, 0x200);   // file alignment
    size_t directories = NR_TEST_IMAGE_OPTIONAL + (image->pe32_plus ? 112 : 96);
    while (out->size < directories - 4) nr_buffer_u8(out, 0);
    nr_buffer_u32(out, 16);
    while (out->size < directories + 14 * 8) nr_buffer_u8(out, 0);
    nr_buffer_u32(out, NR_TEST_IMAGE_RVA);
    nr_buffer_u32(out, 72);
    nr_buffer_u64(out, 0);
    nr_buffer_append(out, ".text\0\0\0", 8);
    nr_buffer_u32(out, raw_size);
    nr_buffer_u32(out, NR_TEST_IMAGE_RVA);
    nr_buffer_u32(out, raw_size);
    nr_buffer_u32(out, NR_TEST_IMAGE_RAW);
    nr_buffer_append(out, "\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\x60", 16);
    while (out->size < NR_TEST_IMAGE_RAW) nr_buffer_u8(out, 0);
}

// The file: headers, then one section with the CLI header, the bodies and the metadata.
static inline struct nr_bytes nr_test_image_build(const struct nr_test_image *image) {
    struct nr_bytes metadata = nr_test_image_metadata(image);
    uint32_t before = (72 + (uint32_t)image->bodies.size + 3) / 4 * 4;
    struct nr_buffer out;
    nr_buffer_init(&out, image->arena);
    nr_test_image_headers(image, &out, before + (uint32_t)metadata.size);
    nr_buffer_u32(&out, 72);
    nr_buffer_u32(&out, 0x00050002);
    nr_buffer_u32(&out, NR_TEST_IMAGE_RVA + before);
    nr_buffer_u32(&out, (uint32_t)metadata.size);
    nr_buffer_u32(&out, 1);
    while (out.size < NR_TEST_IMAGE_RAW + 72) nr_buffer_u8(&out, 0);
    nr_buffer_append(&out, image->bodies.data, image->bodies.size);
    nr_test_align(&out, 4);
    nr_buffer_append(&out, metadata.data, metadata.size);
    if (out.status != NR_OK) abort();
    return nr_buffer_bytes(&out);
}

#endif
