// Whether a file is a .NET assembly at all, from its first bytes.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_METADATA_MANAGED_IMAGE_H
#define NR_METADATA_MANAGED_IMAGE_H

#include <stdbool.h>

#include "base/buffer.h"

// How much of a file the question needs.
enum { NR_IMAGE_HEAD_SIZE = 4096 };

// Whether the start of a file is that of a PE image with a CLI header (ECMA-335 II.25.2,
// II.25.3.3).
bool nr_is_managed_image(struct nr_bytes head);

#endif
