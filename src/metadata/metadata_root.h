// Metadata root: the version and the streams (ECMA-335 II.24.2.1, II.24.2.2).
// SPDX-License-Identifier: Apache-2.0
//
// Pure, any thread; spans point into the metadata.
#ifndef NR_METADATA_METADATA_ROOT_H
#define NR_METADATA_METADATA_ROOT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"

enum { NR_MOST_STREAMS = 32 };

struct nr_stream {
    struct nr_str name;
    struct nr_bytes data;
};

struct nr_metadata_root {
    struct nr_bytes start;  // up to the number of streams
    struct nr_stream streams[NR_MOST_STREAMS];
    uint16_t stream_count;
};

// NR_MALFORMED when it is no metadata or a length lies; NR_UNSUPPORTED for more streams than fit.
enum nr_status nr_metadata_root_read(struct nr_bytes metadata, struct nr_metadata_root *out);

#endif
