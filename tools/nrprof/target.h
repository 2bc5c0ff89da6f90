// Which methods to trace: the patterns of the command line, and the extension file made of them.
// SPDX-License-Identifier: Apache-2.0
//
// "[Assembly]Namespace.Type.Method", with "*" for any run of characters. Pure functions on strings.
#ifndef NR_TOOL_TARGET_H
#define NR_TOOL_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/str.h"

struct nr_target {
    struct nr_str text;      // as it was given
    struct nr_str assembly;  // "*": every assembly that is not the framework's
    struct nr_str type;
    struct nr_str method;
};

// Takes a pattern apart; its parts point into text. False, with *why saying what is wrong with it.
bool nr_target_parse(struct nr_str text, struct nr_target *target, const char **why);

// Whether the target is the method "Namespace.Type.Method" (without parameters).
bool nr_target_matches(const struct nr_target *target, struct nr_str assembly,
                       struct nr_str method);

// Appends an extension file (UTF-8) that instruments what the patterns name.
void nr_target_write_extension(const struct nr_target *targets, size_t count,
                               struct nr_buffer *xml);

#endif
