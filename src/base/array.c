// Grows an array by doubling.
// SPDX-License-Identifier: Apache-2.0
#include "base/array.h"

#include <stdbool.h>
#include <stdint.h>

void *nr_array_room(struct nr_arena *arena, void *data, size_t count, size_t size) {
    bool full = (count & (count - 1)) == 0;  // 0 and the powers of two
    if (!full) return data;
    size_t capacity = count ? count * 2 : 1;
    if (capacity > SIZE_MAX / size) return NULL;
    return nr_arena_grow(arena, data, count * size, capacity * size);
}
