// Reads the headers that lead to the ReadyToRun header (ECMA-335 II.25.2, II.25.3.3), the
// references of both sets of metadata, and where the record is. SPDX-License-Identifier: Apache-2.0
#include "profiler/native_image.h"

#include "metadata/pe.h"
#include "metadata/tables.h"
#include "platform/platform.h"

enum {
    HEAD_SIZE = 4096,
    LARGEST_PART = 64 << 20,
    CLI_SIZE = 72,
    CLI_NATIVE_HEADER = 64,
    EXPORTS_SIZE = 40,
    EXPORTS_FUNCTIONS = 28,
    R2R_SIGNATURE = 0x00525452,
    R2R_CORE_HEADER = 8,  // flags and number of sections, with the sections behind them
    R2R_SECTIONS = 8,
    R2R_SECTION_SIZE = 12,
    R2R_COMPONENT_SIZE = 16,
    R2R_COMPONENT_HEADER = 8,
};

enum { R2R_FLAG_COMPONENT = 0x20, R2R_FLAG_MANY_MODULES = 0x40 };

enum {
    R2R_MANIFEST_METADATA = 112,
    R2R_INLINING_INFO2 = 114,
    R2R_COMPONENTS = 115,
    R2R_OWNER_COMPOSITE = 116,
    R2R_CROSS_MODULE_INLINE_INFO = 119,
};

struct image {
    struct nr_arena *arena;
    struct nr_str file;  // empty: all is in memory
    const uint8_t *base, *sections, *directories;
    unsigned section_count;
    bool flat;
};

struct core_header {
    uint32_t flags;
    struct nr_bytes sections;
};

static bool offset_of(const struct image *image, uint32_t rva, uint32_t *offset) {
    *offset = rva;
    for (unsigned i = 0; image->flat && i < image->section_count; i++) {
        const uint8_t *section = image->sections + (size_t)i * NR_PE_SECTION_SIZE;
        uint32_t first = nr_load_u32(section + NR_PE_SECTION_RVA);
        if (rva >= first && rva - first < nr_load_u32(section + NR_PE_SECTION_RAW_SIZE)) {
            *offset = nr_load_u32(section + NR_PE_SECTION_RAW_OFFSET) + (rva - first);
            return true;
        }
    }
    return !image->flat;
}

// What lies at an RVA; data NULL: nothing.
static struct nr_bytes span(const struct image *image, uint32_t rva, size_t size) {
    struct nr_bytes found = {0};
    uint32_t offset;
    if (rva == 0 || !offset_of(image, rva, &offset)) return found;
    if (image->file.size == 0) return (struct nr_bytes){image->base + offset, size};
    if (size > LARGEST_PART ||
        nr_file_read_part(image->arena, image->file, offset, size, &found) != NR_OK ||
        found.size != size) {
        return (struct nr_bytes){0};
    }
    return found;
}

// The headers at base; size: how much of them can be read.
static bool open_headers(struct image *image, size_t size) {
    const uint8_t *base = image->base;
    if (size < NR_PE_OFFSET + 4 || base[0] != 'M' || base[1] != 'Z') return false;
    size_t pe = nr_load_u32(base + NR_PE_OFFSET);
    if (pe > size - (NR_PE_OFFSET + 4) || size - pe < NR_PE_HEADER_SIZE + 2) return false;
    const uint8_t *optional = base + pe + NR_PE_HEADER_SIZE;
    bool plus = nr_load_u16(optional) == NR_PE32_PLUS;
    image->directories = optional + (plus ? NR_PE32_PLUS_DIRECTORIES : NR_PE32_DIRECTORIES);
    size_t sections = pe + NR_PE_HEADER_SIZE + nr_load_u16(base + pe + NR_PE_OPTIONAL_SIZE);
    size_t directories = (size_t)(image->directories - base);
    image->section_count = nr_load_u16(base + pe + NR_PE_SECTION_COUNT);
    image->sections = base + sections;
    return sections + (size_t)image->section_count * NR_PE_SECTION_SIZE <= size &&
           directories + (NR_PE_DIRECTORY_CLI + 1) * NR_PE_DIRECTORY_SIZE <= size;
}

static uint32_t directory(const struct image *image, int index) {
    return nr_load_u32(image->directories + (size_t)index * NR_PE_DIRECTORY_SIZE);
}

static bool read_core_header(const struct image *image, uint32_t rva, struct core_header *core) {
    struct nr_bytes head = span(image, rva, R2R_SECTIONS);
    if (!head.data) return false;
    core->flags = nr_load_u32(head.data);
    core->sections =
        span(image, rva + R2R_SECTIONS, (size_t)nr_load_u32(head.data + 4) * R2R_SECTION_SIZE);
    return core->sections.data != NULL;
}

static bool read_header(const struct image *image, uint32_t rva, struct core_header *core) {
    struct nr_bytes signature = span(image, rva, 4);
    return signature.data && nr_load_u32(signature.data) == R2R_SIGNATURE &&
           read_core_header(image, rva + R2R_CORE_HEADER, core);
}

static struct nr_bytes section_of(const struct image *image, const struct core_header *core,
                                  uint32_t type) {
    for (size_t at = 0; at < core->sections.size; at += R2R_SECTION_SIZE) {
        const uint8_t *section = core->sections.data + at;
        if (nr_load_u32(section) == type) {
            return span(image, nr_load_u32(section + 4), nr_load_u32(section + 8));
        }
    }
    return (struct nr_bytes){0};
}

static enum nr_status add_references(struct nr_arena *arena, struct nr_bytes metadata,
                                     struct nr_buffer *names) {
    struct nr_tables tables;
    if (metadata.size == 0) return NR_OK;
    NR_TRY(nr_tables_open(arena, metadata, &tables));
    uint32_t count = nr_tables_count(&tables, NR_TABLE_ASSEMBLY_REF);
    for (uint32_t row = 1; row <= count; row++) {
        struct nr_str name;
        NR_TRY(nr_tables_string(&tables, NR_TABLE_ASSEMBLY_REF, row, NR_ASSEMBLY_REF_NAME, &name));
        nr_buffer_append(names, &name, sizeof(name));
    }
    return names->status;
}

static enum nr_status read_references(struct nr_arena *arena, struct nr_bytes own,
                                      struct nr_bytes manifest, struct nr_native_image *out) {
    struct nr_buffer names;
    nr_buffer_init(&names, arena);
    NR_TRY(add_references(arena, own, &names));
    out->own = names.size / sizeof(struct nr_str);
    NR_TRY(add_references(arena, manifest, &names));
    out->references = (const struct nr_str *)(const void *)names.data;
    out->count = names.size / sizeof(struct nr_str);
    return NR_OK;
}

static struct nr_str composite_of(const struct image *image, const struct core_header *core) {
    struct nr_bytes name = section_of(image, core, R2R_OWNER_COMPOSITE);
    while (name.size > 0 && name.data[name.size - 1] == 0) name.size--;
    return (struct nr_str){(const char *)name.data, name.size};
}

void nr_native_image_read(struct nr_arena *arena, const uint8_t *base, bool flat,
                          struct nr_native_image *out) {
    struct image image = {.arena = arena, .base = base, .flat = flat};
    struct core_header core;
    *out = (struct nr_native_image){0};
    if (!base || !open_headers(&image, SIZE_MAX / 2)) return;
    struct nr_bytes cli = span(&image, directory(&image, NR_PE_DIRECTORY_CLI), CLI_SIZE);
    if (!cli.data || !read_header(&image, nr_load_u32(cli.data + CLI_NATIVE_HEADER), &core)) return;
    struct nr_bytes metadata = span(&image, nr_load_u32(cli.data + NR_PE_CLI_METADATA),
                                    nr_load_u32(cli.data + NR_PE_CLI_METADATA + 4));
    out->compiled = true;
    out->metadata = metadata;
    out->base = base;
    out->flat = flat;
    out->composite = composite_of(&image, &core);
    out->record = (struct nr_inline_record){section_of(&image, &core, R2R_INLINING_INFO2),
                                            section_of(&image, &core, R2R_CROSS_MODULE_INLINE_INFO),
                                            (core.flags & R2R_FLAG_MANY_MODULES) != 0};
    out->any = (core.flags & R2R_FLAG_COMPONENT) != 0 ||
               read_references(arena, metadata, section_of(&image, &core, R2R_MANIFEST_METADATA),
                               out) != NR_OK;
}

struct nr_bytes nr_native_image_at(const struct nr_native_image *native, uint32_t rva) {
    struct image image = {.base = native->base, .flat = native->flat};
    if (!native->base || !open_headers(&image, SIZE_MAX / 2)) return (struct nr_bytes){0};
    for (unsigned i = 0; i < image.section_count; i++) {
        const uint8_t *section = image.sections + (size_t)i * NR_PE_SECTION_SIZE;
        uint32_t first = nr_load_u32(section + NR_PE_SECTION_RVA);
        uint32_t size = nr_load_u32(section + NR_PE_SECTION_RAW_SIZE);
        uint32_t used = nr_load_u32(section + NR_PE_SECTION_VIRTUAL_SIZE);
        if (used < size) size = used;
        if (rva >= first && rva - first < size) return span(&image, rva, size - (rva - first));
    }
    return (struct nr_bytes){0};
}

// The header of one of the assemblies; they come in the order of the references.
static bool read_component(const struct image *image, const struct core_header *core,
                           const struct nr_native_image *native, struct nr_str assembly,
                           struct core_header *component) {
    struct nr_bytes components = section_of(image, core, R2R_COMPONENTS);
    for (size_t i = 0; i < native->count && (i + 1) * R2R_COMPONENT_SIZE <= components.size; i++) {
        if (nr_str_equal(native->references[i], assembly)) {
            const uint8_t *entry = components.data + i * R2R_COMPONENT_SIZE;
            return read_core_header(image, nr_load_u32(entry + R2R_COMPONENT_HEADER), component);
        }
    }
    return false;
}

// The image has no CLI header; the first thing that it exports is its ReadyToRun header.
enum nr_status nr_native_image_read_composite(struct nr_arena *arena, struct nr_str file,
                                              struct nr_str assembly, struct nr_native_image *out) {
    struct nr_bytes head;
    struct core_header core, component;
    *out = (struct nr_native_image){.compiled = true};
    NR_TRY(nr_file_read_part(arena, file, 0, HEAD_SIZE, &head));
    struct image image = {.arena = arena, .file = file, .base = head.data, .flat = true};
    if (!open_headers(&image, head.size)) return NR_MALFORMED;
    struct nr_bytes exports =
        span(&image, directory(&image, NR_PE_DIRECTORY_EXPORTS), EXPORTS_SIZE);
    if (!exports.data) return NR_MALFORMED;
    struct nr_bytes first = span(&image, nr_load_u32(exports.data + EXPORTS_FUNCTIONS), 4);
    if (!first.data || !read_header(&image, nr_load_u32(first.data), &core)) return NR_MALFORMED;
    NR_TRY(read_references(arena, (struct nr_bytes){0},
                           section_of(&image, &core, R2R_MANIFEST_METADATA), out));
    if (!read_component(&image, &core, out, assembly, &component)) return NR_MALFORMED;
    out->record.of_module = section_of(&image, &component, R2R_INLINING_INFO2);
    return NR_OK;
}

bool nr_native_image_may_inline(const struct nr_native_image *image, struct nr_str assembly) {
    bool found = image->any;
    for (size_t i = 0; i < image->count && !found; i++) {
        found = nr_str_equal(image->references[i], assembly);
    }
    return found;
}

// Behind the module's own references one index means the image's metadata itself.
struct nr_str nr_native_image_module(const struct nr_native_image *image, uint32_t index) {
    size_t place = index > image->own ? (size_t)index - 2 : (size_t)index - 1;
    bool known = index > 0 && index != image->own + 1 && place < image->count;
    return known ? image->references[place] : (struct nr_str){0};
}
