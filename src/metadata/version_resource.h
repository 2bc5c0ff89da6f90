// The version resource of a .dll or .exe: what Windows shows as its details.
// SPDX-License-Identifier: Apache-2.0
//
// Pure; any bytes may be given. Facts: the PE format's .rsrc section, VS_VERSIONINFO.
#ifndef NR_METADATA_VERSION_RESOURCE_H
#define NR_METADATA_VERSION_RESOURCE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"
#include "metadata/module.h"

struct nr_version_resource {
    struct nr_str product_name;  // data NULL: none
    bool has_version;
    struct nr_version file_version;
};

// NR_NOT_FOUND when the file has no version resource, or one that cannot be read; NR_NO_MEMORY.
enum nr_status nr_version_resource_read(struct nr_arena *arena, struct nr_bytes file,
                                        struct nr_version_resource *out);

#endif
