// Reads the headers that lead to the ReadyToRun header (ECMA-335 II.25.2, II.25.3.3) and the
// references of both sets of metadata. SPDX-License-Identifier: Apache-2.0
#include "profiler/native_image.h"

#include "metadata/pe.h"
#include "metadata/tables.h"

enum {
    CLI_NATIVE_HEADER = 64,
    R2R_SIGNATURE = 0x00525452,
    R2R_FLAGS = 8,
    R2R_SECTION_COUNT = 12,
    R2R_SECTIONS = 16,
    R2R_SECTION_SIZE = 12,
};

enum { R2R_FLAG_COMPONENT = 0x20, R2R_MANIFEST_METADATA = 112 };

struct image {
    const uint8_t *base, *sections;
    unsigned section_count;
    bool flat;
};

// What lies at an RVA; NULL: nothing.
static const uint8_t *at(const struct image *image, uint32_t rva) {
    if (rva == 0) return NULL;
    if (!image->flat) return image->base + rva;
    for (unsigned i = 0; i < image->section_count; i++) {
        const uint8_t *section = image->sections + (size_t)i * NR_PE_SECTION_SIZE;
        uint32_t first = nr_load_u32(section + NR_PE_SECTION_RVA);
        if (rva >= first && rva - first < nr_load_u32(section + NR_PE_SECTION_RAW_SIZE)) {
            return image->base + nr_load_u32(section + NR_PE_SECTION_RAW_OFFSET) + (rva - first);
        }
    }
    return NULL;
}

// The CLI header; NULL: there is none, or this is no portable executable.
static const uint8_t *open_image(const uint8_t *base, bool flat, struct image *image) {
    if (base[0] != 'M' || base[1] != 'Z') return NULL;
    const uint8_t *pe = base + nr_load_u32(base + NR_PE_OFFSET);
    const uint8_t *optional = pe + NR_PE_HEADER_SIZE;
    *image = (struct image){.base = base,
                            .sections = optional + nr_load_u16(pe + NR_PE_OPTIONAL_SIZE),
                            .section_count = nr_load_u16(pe + NR_PE_SECTION_COUNT),
                            .flat = flat};
    bool plus = nr_load_u16(optional) == NR_PE32_PLUS;
    const uint8_t *directories = optional + (plus ? NR_PE32_PLUS_DIRECTORIES : NR_PE32_DIRECTORIES);
    return at(image, nr_load_u32(directories + NR_PE_DIRECTORY_CLI * NR_PE_DIRECTORY_SIZE));
}

// The bytes that a pair of RVA and size means.
static struct nr_bytes span(const struct image *image, const uint8_t *pair) {
    const uint8_t *data = at(image, nr_load_u32(pair));
    return (struct nr_bytes){data, data ? nr_load_u32(pair + 4) : 0};
}

// Metadata that code in the image needs and the module itself has not.
static struct nr_bytes manifest_of(const struct image *image, const uint8_t *header) {
    uint32_t count = nr_load_u32(header + R2R_SECTION_COUNT);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *section = header + R2R_SECTIONS + (size_t)i * R2R_SECTION_SIZE;
        if (nr_load_u32(section) == R2R_MANIFEST_METADATA) return span(image, section + 4);
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

static enum nr_status read_references(struct nr_arena *arena, const struct image *image,
                                      const uint8_t *cli, const uint8_t *header,
                                      struct nr_native_image *out) {
    struct nr_buffer names;
    nr_buffer_init(&names, arena);
    NR_TRY(add_references(arena, span(image, cli + NR_PE_CLI_METADATA), &names));
    NR_TRY(add_references(arena, manifest_of(image, header), &names));
    out->references = (const struct nr_str *)(const void *)names.data;
    out->count = names.size / sizeof(struct nr_str);
    return NR_OK;
}

void nr_native_image_read(struct nr_arena *arena, const uint8_t *base, bool flat,
                          struct nr_native_image *out) {
    struct image image;
    const uint8_t *cli = base ? open_image(base, flat, &image) : NULL;
    const uint8_t *header = cli ? at(&image, nr_load_u32(cli + CLI_NATIVE_HEADER)) : NULL;
    *out = (struct nr_native_image){0};
    if (!header || nr_load_u32(header) != R2R_SIGNATURE) return;
    out->compiled = true;
    out->any = (nr_load_u32(header + R2R_FLAGS) & R2R_FLAG_COMPONENT) != 0 ||
               read_references(arena, &image, cli, header, out) != NR_OK;
}

bool nr_native_image_may_inline(const struct nr_native_image *image, struct nr_str assembly) {
    bool found = image->any;
    for (size_t i = 0; i < image->count && !found; i++) {
        found = nr_str_equal(image->references[i], assembly);
    }
    return found;
}
