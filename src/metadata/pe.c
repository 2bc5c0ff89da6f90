// Finds the metadata in a portable executable file.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/pe.h"

enum {
    DOS_HEADER = 64,
    CLI_HEADER = 72,
    MOST_SECTIONS = 96,  // that a loader takes
};

static bool holds(struct nr_bytes bytes, size_t at, size_t size) {
    return at <= bytes.size && size <= bytes.size - at;
}

static enum nr_status read_directories(struct nr_pe *pe, size_t optional_size) {
    if (optional_size < 2) return NR_MALFORMED;
    const uint8_t *optional = pe->file.data + pe->optional_header;
    uint16_t magic = nr_load_u16(optional);
    size_t before = magic == NR_PE32        ? NR_PE32_DIRECTORIES
                    : magic == NR_PE32_PLUS ? NR_PE32_PLUS_DIRECTORIES
                                            : SIZE_MAX;
    if (before > optional_size) return NR_MALFORMED;
    pe->directories = pe->optional_header + before;
    pe->directory_count = nr_load_u32(optional + before - 4);
    if (pe->directory_count > (optional_size - before) / NR_PE_DIRECTORY_SIZE) return NR_MALFORMED;
    return NR_OK;
}

static enum nr_status read_headers(struct nr_pe *pe) {
    struct nr_bytes file = pe->file;
    if (file.size < DOS_HEADER || file.data[0] != 'M' || file.data[1] != 'Z') return NR_MALFORMED;
    size_t signature = nr_load_u32(file.data + NR_PE_OFFSET);
    if (!holds(file, signature, NR_PE_HEADER_SIZE)) return NR_MALFORMED;
    const uint8_t *header = file.data + signature;
    if (nr_load_u32(header) != ('P' | 'E' << 8)) return NR_MALFORMED;
    size_t optional_size = nr_load_u16(header + NR_PE_OPTIONAL_SIZE);
    pe->optional_header = signature + NR_PE_HEADER_SIZE;
    if (!holds(file, pe->optional_header, optional_size)) return NR_MALFORMED;
    pe->sections = pe->optional_header + optional_size;
    pe->section_count = nr_load_u16(header + NR_PE_SECTION_COUNT);
    if (pe->section_count > MOST_SECTIONS ||
        !holds(file, pe->sections, (size_t)pe->section_count * NR_PE_SECTION_SIZE)) {
        return NR_MALFORMED;
    }
    return read_directories(pe, optional_size);
}

enum nr_status nr_pe_at(const struct nr_pe *pe, uint32_t rva, struct nr_bytes *out) {
    for (uint32_t i = 0; i < pe->section_count; i++) {
        const uint8_t *section = pe->file.data + pe->sections + (size_t)i * NR_PE_SECTION_SIZE;
        uint32_t start = nr_load_u32(section + NR_PE_SECTION_RVA);
        uint32_t size = nr_load_u32(section + NR_PE_SECTION_RAW_SIZE);
        uint32_t mapped = nr_load_u32(section + NR_PE_SECTION_VIRTUAL_SIZE);
        size_t raw = nr_load_u32(section + NR_PE_SECTION_RAW_OFFSET);
        if (mapped != 0 && mapped < size) size = mapped;
        if (rva < start || rva - start >= size) continue;
        if (!holds(pe->file, raw, size)) return NR_MALFORMED;
        *out = (struct nr_bytes){pe->file.data + raw + (rva - start), size - (rva - start)};
        return NR_OK;
    }
    return NR_NOT_FOUND;
}

// The part of the file that an RVA and a size, stored at entry, mean.
static enum nr_status find_span(const struct nr_pe *pe, const uint8_t *entry,
                                struct nr_bytes *out) {
    uint32_t size = nr_load_u32(entry + 4);
    struct nr_bytes found;
    if (nr_pe_at(pe, nr_load_u32(entry), &found) != NR_OK || size > found.size) {
        return NR_MALFORMED;
    }
    *out = (struct nr_bytes){found.data, size};
    return NR_OK;
}

enum nr_status nr_pe_open(struct nr_bytes file, struct nr_pe *out) {
    struct nr_pe pe = {.file = file};
    struct nr_bytes cli;
    NR_TRY(read_headers(&pe));
    if (pe.directory_count <= NR_PE_DIRECTORY_CLI) return NR_NOT_FOUND;
    const uint8_t *entry = file.data + nr_pe_directory(&pe, NR_PE_DIRECTORY_CLI);
    if (nr_load_u32(entry) == 0) return NR_NOT_FOUND;
    NR_TRY(find_span(&pe, entry, &cli));
    if (cli.size < CLI_HEADER) return NR_MALFORMED;
    NR_TRY(find_span(&pe, cli.data + NR_PE_CLI_METADATA, &pe.metadata));
    pe.cli_header = (size_t)(cli.data - file.data);
    *out = pe;
    return NR_OK;
}
