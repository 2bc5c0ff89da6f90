// Makes small .dll images with a version resource.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TESTS_VERSION_IMAGE_H
#define NR_TESTS_VERSION_IMAGE_H

#include "image.h"

enum {
    VERSION_DIRECTORY = NR_TEST_IMAGE_OPTIONAL + 96 + 2 * 8,
    VERSION_DATA = 3 * 24,  // the directory's levels come before it
    VERSION_START = VERSION_DATA + 16,
};

static inline void version_put_text(struct nr_buffer *out, const char *text) {
    do nr_buffer_u16(out, (uint8_t)*text);
    while (*text++);
    nr_test_align(out, 4);
}

// A node without its size, which end_node fills in.
static inline size_t version_begin_node(struct nr_buffer *out, const char *key, uint16_t value,
                                        uint16_t text) {
    nr_test_align(out, 4);
    size_t start = out->size;
    nr_buffer_u16(out, 0);
    nr_buffer_u16(out, value);
    nr_buffer_u16(out, text);
    version_put_text(out, key);
    return start;
}

static inline void version_end_node(struct nr_buffer *out, size_t start) {
    size_t size = out->size - start;
    out->data[start] = (uint8_t)size;
    out->data[start + 1] = (uint8_t)(size >> 8);
}

static inline void version_put_string(struct nr_buffer *out, const char *key, const char *value) {
    size_t node = version_begin_node(out, key, (uint16_t)(strlen(value) + 1), 1);
    version_put_text(out, value);
    version_end_node(out, node);
}

static inline void version_put_version(struct nr_buffer *out, const char *product, bool fixed) {
    size_t root = version_begin_node(out, "VS_VERSION_INFO", fixed ? 52 : 0, 0);
    static const uint32_t numbers[13] = {0xFEEF04BD, 0x10000, 0x000A0001, 0x00020003};
    for (int i = 0; fixed && i < 13; i++) nr_buffer_u32(out, numbers[i]);
    size_t var = version_begin_node(out, "VarFileInfo", 0, 1);
    size_t translation = version_begin_node(out, "Translation", 4, 0);
    nr_buffer_u32(out, 0x04B00000);
    version_end_node(out, translation);
    version_end_node(out, var);
    size_t strings = version_begin_node(out, "StringFileInfo", 0, 1);
    size_t table = version_begin_node(out, "000004b0", 0, 1);
    version_put_string(out, "CompanyName", "New Relic, Inc.");
    if (product) version_put_string(out, "ProductName", product);
    version_put_string(out, "ProductVersion", "10.1");
    version_end_node(out, table);
    version_end_node(out, strings);
    version_end_node(out, root);
}

static inline void version_put_directory(struct nr_buffer *out, uint32_t id, uint32_t entry) {
    for (int i = 0; i < 3; i++) nr_buffer_u32(out, 0);
    nr_buffer_u32(out, 1 << 16);  // one entry, by number
    nr_buffer_u32(out, id);
    nr_buffer_u32(out, entry);
}

static inline struct nr_bytes version_image(struct nr_arena *arena, uint32_t type,
                                            const char *product, bool fixed) {
    struct nr_test_image image;
    struct nr_buffer version;
    nr_test_image_init(&image, arena);
    nr_buffer_init(&version, arena);
    version_put_version(&version, product, fixed);
    version_put_directory(&image.bodies, type, 0x80000000u | 24);
    version_put_directory(&image.bodies, 1, 0x80000000u | 48);
    version_put_directory(&image.bodies, 0, VERSION_DATA);
    nr_buffer_u32(&image.bodies, NR_TEST_IMAGE_BODIES + VERSION_START);
    nr_buffer_u32(&image.bodies, (uint32_t)version.size);
    nr_buffer_u64(&image.bodies, 0);
    nr_buffer_append(&image.bodies, version.data, version.size);
    NR_TEST_ROW(&image, NR_TABLE_MODULE, 0, nr_test_image_string(&image, "Agent.dll"));
    struct nr_bytes file = nr_test_image_build(&image);
    nr_store_u32((uint8_t *)file.data + VERSION_DIRECTORY, NR_TEST_IMAGE_BODIES);
    return file;
}

#endif
