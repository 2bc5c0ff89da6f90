// Walks the resource directory to the version, and the version to the product's name.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/version_resource.h"

#include "metadata/pe.h"

enum {
    DIRECTORY_RESOURCES = 2,
    TYPE_VERSION = 16,  // RT_VERSION
    DIRECTORY_NAMES = 12,
    DIRECTORY_IDS = 14,
    DIRECTORY_SIZE = 16,
    ENTRY_SIZE = 8,
    DATA_SIZE = 16,
    NODE_HEADER = 6,
    NODE_IS_TEXT = 1,
    FIXED_SIZE = 52,  // VS_FIXEDFILEINFO
    FIXED_FILE_VERSION = 8,
};

static const uint32_t is_directory = 0x80000000u;
static const uint32_t fixed_signature = 0xFEEF04BDu;

static struct nr_bytes slice(struct nr_bytes bytes, size_t from, size_t to) {
    if (to > bytes.size) to = bytes.size;
    if (from > to) from = to;
    return (struct nr_bytes){bytes.data + from, to - from};
}

// ---- the directory ----

// The first entry of a directory, or the one with this number.
static enum nr_status find_entry(struct nr_bytes resources, uint32_t directory, uint32_t id,
                                 uint32_t *offset) {
    struct nr_bytes header = slice(resources, directory, resources.size);
    if (header.size < DIRECTORY_SIZE) return NR_NOT_FOUND;
    size_t count = (size_t)nr_load_u16(header.data + DIRECTORY_NAMES) +
                   nr_load_u16(header.data + DIRECTORY_IDS);
    for (size_t i = 0; i < count; i++) {
        struct nr_bytes entry = slice(header, DIRECTORY_SIZE + i * ENTRY_SIZE, header.size);
        if (entry.size < ENTRY_SIZE) return NR_NOT_FOUND;
        if (id && nr_load_u32(entry.data) != id) continue;
        *offset = nr_load_u32(entry.data + 4);
        return NR_OK;
    }
    return NR_NOT_FOUND;
}

// Three levels: type, name, language. Of a version there is one name, and its first language does.
static enum nr_status find_version(const struct nr_pe *pe, struct nr_bytes *out) {
    static const uint32_t ids[] = {TYPE_VERSION, 0, 0};
    struct nr_bytes resources, found;
    uint32_t at = 0;
    if (pe->directory_count <= DIRECTORY_RESOURCES) return NR_NOT_FOUND;
    const uint8_t *directory = pe->file.data + nr_pe_directory(pe, DIRECTORY_RESOURCES);
    NR_TRY(nr_pe_at(pe, nr_load_u32(directory), &resources));
    for (int level = 0; level < 3; level++) {
        NR_TRY(find_entry(resources, at, ids[level], &at));
        if (((at & is_directory) != 0) != (level < 2)) return NR_NOT_FOUND;
        at &= ~is_directory;
    }
    struct nr_bytes data = slice(resources, at, resources.size);
    if (data.size < DATA_SIZE) return NR_NOT_FOUND;
    NR_TRY(nr_pe_at(pe, nr_load_u32(data.data), &found));
    *out = slice(found, 0, nr_load_u32(data.data + 4));
    return NR_OK;
}

// ---- the version ----

// The resource is a tree of these.
struct node {
    struct nr_bytes key, value, children;  // the key is UTF-16
};

static size_t aligned(size_t size) { return (size + 3) & ~(size_t)3; }

// Takes the first node from the siblings.
static bool next_node(struct nr_bytes *siblings, struct node *node) {
    if (siblings->size < NODE_HEADER) return false;
    size_t size = nr_load_u16(siblings->data), value = nr_load_u16(siblings->data + 2);
    if (size < NODE_HEADER || size > siblings->size) return false;
    if (nr_load_u16(siblings->data + 4) == NODE_IS_TEXT) value *= 2;
    struct nr_bytes all = slice(*siblings, 0, size);
    size_t end = NODE_HEADER;
    while (end + 2 <= size && nr_load_u16(all.data + end) != 0) end += 2;
    size_t from = aligned(end + 2);
    *node = (struct node){.key = slice(all, NODE_HEADER, end),
                          .value = slice(all, from, from + value),
                          .children = slice(all, aligned(from + value), size)};
    *siblings = slice(*siblings, aligned(size), siblings->size);
    return true;
}

static bool has_key(const struct node *node, const char *key) {
    size_t i = 0;
    while (2 * i + 1 < node->key.size && key[i] &&
           nr_load_u16(node->key.data + 2 * i) == (unsigned char)key[i]) {
        i++;
    }
    return !key[i] && 2 * i == node->key.size;
}

// Text that ends at its NUL, or where the bytes end.
static enum nr_status read_text(struct nr_arena *arena, struct nr_bytes bytes, struct nr_str *out) {
    uint16_t *units = NR_ARENA_ARRAY(arena, uint16_t, bytes.size / 2 + 1);
    if (!units) return NR_NO_MEMORY;
    size_t length = 0;
    while (2 * length + 1 < bytes.size && nr_load_u16(bytes.data + 2 * length) != 0) {
        units[length] = nr_load_u16(bytes.data + 2 * length);
        length++;
    }
    *out = nr_str_from_utf16(arena, (struct nr_str16){units, length});
    return out->data ? NR_OK : NR_NO_MEMORY;
}

// One table of texts for each language; the first that names the product counts.
static enum nr_status find_product(struct nr_arena *arena, struct nr_bytes tables,
                                   struct nr_str *product) {
    struct node table, text;
    while (next_node(&tables, &table)) {
        while (next_node(&table.children, &text)) {
            if (has_key(&text, "ProductName")) return read_text(arena, text.value, product);
        }
    }
    return NR_OK;
}

static struct nr_version read_version(const uint8_t *fixed) {
    uint32_t high = nr_load_u32(fixed + FIXED_FILE_VERSION);
    uint32_t low = nr_load_u32(fixed + FIXED_FILE_VERSION + 4);
    return (struct nr_version){(uint16_t)(high >> 16), (uint16_t)high, (uint16_t)(low >> 16),
                               (uint16_t)low};
}

enum nr_status nr_version_resource_read(struct nr_arena *arena, struct nr_bytes file,
                                        struct nr_version_resource *out) {
    struct nr_version_resource result = {0};
    struct nr_pe pe;
    struct nr_bytes resource;
    struct node root, node;
    if (nr_pe_open(file, &pe) != NR_OK || find_version(&pe, &resource) != NR_OK ||
        !next_node(&resource, &root) || !has_key(&root, "VS_VERSION_INFO")) {
        return NR_NOT_FOUND;
    }
    if (root.value.size >= FIXED_SIZE && nr_load_u32(root.value.data) == fixed_signature) {
        result.has_version = true;
        result.file_version = read_version(root.value.data);
    }
    while (!result.product_name.data && next_node(&root.children, &node)) {
        if (has_key(&node, "StringFileInfo")) {
            NR_TRY(find_product(arena, node.children, &result.product_name));
        }
    }
    *out = result;
    return NR_OK;
}
