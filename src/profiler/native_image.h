// Whether a loaded module was compiled ahead of time, and whose methods its code may have inlined.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: dotnet/runtime, docs/design/coreclr/botr/readytorun-format.md. The runtime has checked the
// image before, so its headers are believed; metadata is read with care all the same.
#ifndef NR_PROFILER_NATIVE_IMAGE_H
#define NR_PROFILER_NATIVE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct nr_native_image {
    bool compiled;  // has ReadyToRun code
    bool any;       // part of a larger image, which alone knows what it refers to; or not readable
    // The assemblies that module and code refer to; names point into the image.
    const struct nr_str *references;
    size_t count;
};

// base: where the runtime has put the image, NULL: nowhere; flat: as it is on disk, not by its
// RVAs. The references are listed in the arena.
void nr_native_image_read(struct nr_arena *arena, const uint8_t *base, bool flat,
                          struct nr_native_image *out);

// Whether code of the image may have methods of another assembly inlined.
bool nr_native_image_may_inline(const struct nr_native_image *image, struct nr_str assembly);

#endif
