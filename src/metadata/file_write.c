// Writes a file module as a new file.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/file_module_internal.h"

enum {
    SMALLEST_ALIGNMENT = 0x200,
    LARGEST_ALIGNMENT = 0x10000,
    LARGEST_GAP = 1 << 24,    // between what is in the file and what is mapped
    LARGEST_IMAGE = 1 << 30,  // in memory
    BODY_ALIGNMENT = 4,
};

// The section that grows: the one that lies last in memory.
struct growth {
    const uint8_t *header;  // in the old file
    uint32_t rva;           // of the section
    uint32_t old_offset, old_size;
    uint32_t file_alignment, section_alignment;
    size_t new_offset;  // where the section is in the new file
    size_t used;        // bytes of the section before what is new
};

static size_t round_up(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

static bool is_alignment(uint32_t value) {
    return value >= SMALLEST_ALIGNMENT && value <= LARGEST_ALIGNMENT && (value & (value - 1)) == 0;
}

static const uint8_t *section_header(const struct nr_pe *pe, uint32_t i) {
    return pe->file.data + pe->sections + (size_t)i * NR_PE_SECTION_SIZE;
}

// The header of the section that lies last in memory, or NULL when sections overlap.
static const uint8_t *last_section(const struct nr_pe *pe) {
    uint64_t end = 0;
    const uint8_t *last = NULL;
    for (uint32_t i = 0; i < pe->section_count; i++) {
        const uint8_t *header = section_header(pe, i);
        uint32_t rva = nr_load_u32(header + NR_PE_SECTION_RVA);
        uint32_t raw = nr_load_u32(header + NR_PE_SECTION_RAW_SIZE);
        uint32_t mapped = nr_load_u32(header + NR_PE_SECTION_VIRTUAL_SIZE);
        if (rva < end) return NULL;  // sections are in the order of their RVAs (PE format)
        end = (uint64_t)rva + (mapped ? mapped : raw);
        last = header;
    }
    return last;
}

static enum nr_status plan(const struct nr_pe *pe, struct growth *g) {
    const uint8_t *optional = pe->file.data + pe->optional_header;
    *g = (struct growth){.header = last_section(pe)};
    if (!g->header) return NR_MALFORMED;
    uint32_t mapped = nr_load_u32(g->header + NR_PE_SECTION_VIRTUAL_SIZE);
    g->rva = nr_load_u32(g->header + NR_PE_SECTION_RVA);
    g->old_offset = nr_load_u32(g->header + NR_PE_SECTION_RAW_OFFSET);
    g->old_size = nr_load_u32(g->header + NR_PE_SECTION_RAW_SIZE);
    g->file_alignment = nr_load_u32(optional + NR_PE_FILE_ALIGNMENT);
    g->section_alignment = nr_load_u32(optional + NR_PE_SECTION_ALIGNMENT);
    if (!is_alignment(g->file_alignment) || !is_alignment(g->section_alignment) ||
        g->old_offset > pe->file.size || g->old_size > pe->file.size - g->old_offset) {
        return NR_MALFORMED;
    }
    if (mapped > g->old_size && mapped - g->old_size > LARGEST_GAP) return NR_TOO_LARGE;
    g->used = round_up(mapped > g->old_size ? mapped : g->old_size, BODY_ALIGNMENT);
    // In place when nothing comes behind it in the file, else at the end.
    bool is_last = g->old_offset + (size_t)g->old_size == pe->file.size;
    g->new_offset = is_last ? g->old_offset : round_up(pe->file.size, g->file_alignment);
    return NR_OK;
}

// What has been written of the section, when the new file is at its end.
static uint32_t rva_of_end(const struct growth *g, const struct nr_buffer *out) {
    return g->rva + (uint32_t)(out->size - g->new_offset);
}

static enum nr_status append_bodies(struct nr_file_module *file, const struct growth *g,
                                    const struct nr_new_body *bodies, size_t count,
                                    uint32_t *method_rvas, struct nr_buffer *out) {
    for (size_t i = 0; i < count; i++) {
        if (NR_TOKEN_TABLE(bodies[i].method) != NR_TABLE_METHOD_DEF ||
            !nr_tables_has(&file->tables, bodies[i].method)) {
            return NR_NOT_FOUND;
        }
        method_rvas[NR_TOKEN_ROW(bodies[i].method)] = rva_of_end(g, out);
        nr_buffer_append(out, bodies[i].body.data, bodies[i].body.size);
        nr_buffer_reserve(out, (0 - out->size) % BODY_ALIGNMENT);
        NR_TRY(out->status);
        if (out->size - g->new_offset > LARGEST_IMAGE - (size_t)g->rva) return NR_TOO_LARGE;
    }
    return NR_OK;
}

// A place of the old file in the new one.
static uint8_t *moved(const struct growth *g, const struct nr_buffer *out, size_t offset) {
    bool in_section = offset >= g->old_offset && offset - g->old_offset < g->old_size;
    return out->data + (in_section ? offset - g->old_offset + g->new_offset : offset);
}

static void patch_headers(const struct nr_pe *pe, const struct growth *g, uint32_t mapped_size,
                          const struct nr_buffer *out) {
    uint8_t *optional = out->data + pe->optional_header;
    uint8_t *section = out->data + (g->header - pe->file.data);
    nr_store_u32(section + NR_PE_SECTION_VIRTUAL_SIZE, mapped_size);
    nr_store_u32(section + NR_PE_SECTION_RAW_SIZE, (uint32_t)(out->size - g->new_offset));
    nr_store_u32(section + NR_PE_SECTION_RAW_OFFSET, (uint32_t)g->new_offset);
    nr_store_u32(optional + NR_PE_SIZE_OF_IMAGE,
                 (uint32_t)round_up((size_t)g->rva + mapped_size, g->section_alignment));
    nr_store_u32(optional + NR_PE_CHECKSUM, 0);
    uint8_t *certificates = out->data + nr_pe_directory(pe, NR_PE_DIRECTORY_CERTIFICATES);
    nr_store_u32(certificates, 0);
    nr_store_u32(certificates + 4, 0);
}

static enum nr_status write(struct nr_file_module *file, const struct growth *g,
                            const struct nr_new_body *bodies, size_t count, struct nr_buffer *out) {
    const struct nr_pe *pe = &file->pe;
    uint32_t methods = nr_tables_count(&file->tables, NR_TABLE_METHOD_DEF);
    uint32_t *method_rvas = NR_ARENA_ARRAY(out->arena, uint32_t, (size_t)methods + 1);
    if (!method_rvas) return NR_NO_MEMORY;
    size_t before = g->new_offset < pe->file.size ? g->new_offset : pe->file.size;
    nr_buffer_append(out, pe->file.data, before);
    nr_buffer_reserve(out, g->new_offset - before);
    nr_buffer_append(out, pe->file.data + g->old_offset, g->old_size);
    nr_buffer_reserve(out, g->used - g->old_size);
    NR_TRY(out->status);
    NR_TRY(append_bodies(file, g, bodies, count, method_rvas, out));

    uint32_t metadata_rva = rva_of_end(g, out);
    size_t metadata = out->size;
    NR_TRY(nr_tables_write(&file->tables, method_rvas, out));
    size_t metadata_size = out->size - metadata, mapped = out->size - g->new_offset;
    if (mapped > LARGEST_IMAGE - (size_t)g->rva) return NR_TOO_LARGE;
    nr_buffer_reserve(out, round_up(mapped, g->file_alignment) - mapped);
    NR_TRY(out->status);
    patch_headers(pe, g, (uint32_t)mapped, out);
    uint8_t *cli = moved(g, out, pe->cli_header);
    nr_store_u32(cli + NR_PE_CLI_METADATA, metadata_rva);
    nr_store_u32(cli + NR_PE_CLI_METADATA + 4, (uint32_t)metadata_size);
    return NR_OK;
}

enum nr_status nr_file_module_write(struct nr_module *module, struct nr_arena *arena,
                                    const struct nr_new_body *bodies, size_t count,
                                    struct nr_bytes *out) {
    struct nr_file_module *file = nr_file_module_of(module);
    struct growth g;
    struct nr_buffer image;
    NR_TRY(plan(&file->pe, &g));
    if (g.rva > LARGEST_IMAGE / 2 || file->pe.file.size > LARGEST_IMAGE / 2) return NR_TOO_LARGE;
    nr_buffer_init(&image, arena);
    NR_TRY(write(file, &g, bodies, count, &image));
    *out = nr_buffer_bytes(&image);
    return NR_OK;
}
