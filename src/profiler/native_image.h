// Whether a loaded module was compiled ahead of time, and whose methods its code may have inlined.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: dotnet/runtime, docs/design/coreclr/botr/readytorun-format.md. The runtime has checked the
// image before, so its headers are believed; metadata is read with care all the same, and so is the
// file of a composite image, which nobody but us may have read from there.
#ifndef NR_PROFILER_NATIVE_IMAGE_H
#define NR_PROFILER_NATIVE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "profiler/inline_record.h"

struct nr_native_image {
    bool compiled;  // has ReadyToRun code
    bool any;  // not known what the code refers to: it is in a composite image, or not readable
    struct nr_str composite;  // the name of that image's file
    // The assemblies that module and code refer to; names point into the image.
    const struct nr_str *references;
    size_t count, own;  // so many of them, which come first, are the module's
    struct nr_inline_record record;
    struct nr_bytes metadata;  // the module's own; this and what follows outlive the arena
    const uint8_t *base;
    bool flat;
};

// base: where the runtime has put the image, NULL: nowhere; flat: as it is on disk, not by its
// RVAs. The references are listed in the arena.
void nr_native_image_read(struct nr_arena *arena, const uint8_t *base, bool flat,
                          struct nr_native_image *out);
// What lies at an RVA of a module's image, to the end of its section; empty: nothing.
struct nr_bytes nr_native_image_at(const struct nr_native_image *image, uint32_t rva);

// What a composite image, a file, has for one of its assemblies. All is in the arena.
// NR_NOT_FOUND, NR_IO, NR_MALFORMED, NR_NO_MEMORY.
enum nr_status nr_native_image_read_composite(struct nr_arena *arena, struct nr_str file,
                                              struct nr_str assembly, struct nr_native_image *out);

// Whether code of the image may have methods of another assembly inlined.
bool nr_native_image_may_inline(const struct nr_native_image *image, struct nr_str assembly);

// The assembly that an index of the record means, but for 0, which means the module's own; empty
// when there is none.
struct nr_str nr_native_image_module(const struct nr_native_image *image, uint32_t index);

#endif
