// Portable executable files: where the metadata is, and what lies at an RVA (ECMA-335 II.25).
// SPDX-License-Identifier: Apache-2.0
//
// Reads PE32 and PE32+ files as they are on disk. Nothing is copied: all spans point into the file.
#ifndef NR_METADATA_PE_H
#define NR_METADATA_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

// Offsets are places in the file that were checked to lie inside it.
struct nr_pe {
    struct nr_bytes file;
    size_t optional_header;
    size_t directories;  // 8 bytes each: RVA and size
    uint32_t directory_count;
    size_t sections;  // 40 bytes each
    uint32_t section_count;
    size_t cli_header;
    struct nr_bytes metadata;
};

// Places inside the headers.
enum {
    NR_PE_OFFSET = 60,        // of the DOS header: where the PE header is
    NR_PE_SECTION_COUNT = 6,  // of the PE header, from its signature
    NR_PE_OPTIONAL_SIZE = 20,
    NR_PE_HEADER_SIZE = 24,  // the optional header comes behind it
    NR_PE32 = 0x10B,         // the first word of the optional header
    NR_PE32_PLUS = 0x20B,
    NR_PE_SECTION_ALIGNMENT = 32,  // of the optional header
    NR_PE_FILE_ALIGNMENT = 36,
    NR_PE_SIZE_OF_IMAGE = 56,
    NR_PE_CHECKSUM = 64,
    NR_PE32_DIRECTORIES = 96,
    NR_PE32_PLUS_DIRECTORIES = 112,
    NR_PE_DIRECTORY_SIZE = 8,
    NR_PE_DIRECTORY_EXPORTS = 0,
    NR_PE_DIRECTORY_CERTIFICATES = 4,
    NR_PE_DIRECTORY_CLI = 14,
    NR_PE_SECTION_SIZE = 40,
    NR_PE_SECTION_VIRTUAL_SIZE = 8,  // of a section header
    NR_PE_SECTION_RVA = 12,
    NR_PE_SECTION_RAW_SIZE = 16,
    NR_PE_SECTION_RAW_OFFSET = 20,
    NR_PE_CLI_METADATA = 8,  // of the CLI header: RVA and size
};

// Where the entry of a data directory is.
static inline size_t nr_pe_directory(const struct nr_pe *pe, uint32_t index) {
    return pe->directories + (size_t)index * NR_PE_DIRECTORY_SIZE;
}

// NR_MALFORMED when the file is no PE file or a length lies; NR_NOT_FOUND when it has no metadata.
enum nr_status nr_pe_open(struct nr_bytes file, struct nr_pe *out);

// The bytes from rva to the end of its section. NR_NOT_FOUND when no section holds it.
enum nr_status nr_pe_at(const struct nr_pe *pe, uint32_t rva, struct nr_bytes *out);

#endif
