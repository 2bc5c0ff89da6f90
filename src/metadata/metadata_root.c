// Reads the metadata root.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/metadata_root.h"

#include <string.h>

enum {
    SIGNATURE = 0x424A5342,
    VERSION = 16,      // where the version string begins, behind its length
    LONGEST_NAME = 32  // of a stream, with its NUL
};

static enum nr_status read_stream(struct nr_bytes metadata, size_t *at, struct nr_stream *out) {
    if (metadata.size - *at < 8) return NR_MALFORMED;
    uint32_t offset = nr_load_u32(metadata.data + *at);
    uint32_t size = nr_load_u32(metadata.data + *at + 4);
    if (offset > metadata.size || size > metadata.size - offset) return NR_MALFORMED;
    *at += 8;
    size_t limit = metadata.size - *at < LONGEST_NAME ? metadata.size - *at : LONGEST_NAME;
    const char *name = (const char *)metadata.data + *at;
    const char *end = memchr(name, 0, limit);
    if (!end) return NR_MALFORMED;
    size_t padded = ((size_t)(end - name) + 4) / 4 * 4;  // with at least one NUL
    *at = padded <= metadata.size - *at ? *at + padded : metadata.size;
    *out = (struct nr_stream){{name, (size_t)(end - name)}, {metadata.data + offset, size}};
    return NR_OK;
}

enum nr_status nr_metadata_root_read(struct nr_bytes metadata, struct nr_metadata_root *out) {
    if (metadata.size < VERSION || nr_load_u32(metadata.data) != SIGNATURE) return NR_MALFORMED;
    size_t length = nr_load_u32(metadata.data + VERSION - 4);
    if (length > metadata.size - VERSION || metadata.size - VERSION - length < 4) {
        return NR_MALFORMED;
    }
    size_t at = VERSION + length + 2;  // behind the flags
    out->start = (struct nr_bytes){metadata.data, at};
    out->stream_count = nr_load_u16(metadata.data + at);
    if (out->stream_count > NR_MOST_STREAMS) return NR_UNSUPPORTED;
    at += 2;
    for (uint16_t i = 0; i < out->stream_count; i++) {
        NR_TRY(read_stream(metadata, &at, &out->streams[i]));
    }
    return NR_OK;
}
