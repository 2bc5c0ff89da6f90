// Which methods of a module call certain ones, by their IL.
// SPDX-License-Identifier: Apache-2.0
//
// For methods that compilers inline without a record. What is found may be too much, never too
// little: a call is known by the method's name, a constructor's also by that of its type, and any
// bytes of a body that look like a call are one. Any thread; asks nobody but the module's image.
#ifndef NR_PROFILER_CALLERS_H
#define NR_PROFILER_CALLERS_H

#include "base/buffer.h"
#include "base/str.h"
#include "metadata/token.h"
#include "profiler/native_image.h"

struct nr_callee {
    const void *module;  // whose method it is
    nr_token method;
    struct nr_str name;
    struct nr_str type;  // of a constructor: Namespace.Name; else empty
};

// Appends the tokens of the methods of this image, which is of the module given, that call one of
// the callees. NR_NO_MEMORY, or another failure for metadata that cannot be read.
enum nr_status nr_callers_find(struct nr_arena *arena, const void *module,
                               const struct nr_native_image *image, const struct nr_callee *callees,
                               size_t count, struct nr_buffer *found);

#endif
