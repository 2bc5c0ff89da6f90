// Grows an array by doubling.
// SPDX-License-Identifier: Apache-2.0
#include "base/array.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

void *nr_array_room(struct nr_arena *arena, void *data, size_t count, size_t size) {
    bool full = (count & (count - 1)) == 0;  // 0 and the powers of two
    if (!full) return data;
    size_t capacity = count ? count * 2 : 1;
    if (capacity > SIZE_MAX / size) return NULL;
    return nr_arena_grow(arena, data, count * size, capacity * size);
}

enum nr_status nr_str_list_add(struct nr_arena *arena, struct nr_str_list *list,
                               struct nr_str text) {
    struct nr_str *data = nr_array_room(arena, list->data, list->count, sizeof(*data));
    if (!data) return NR_NO_MEMORY;
    list->data = data;
    data[list->count++] = text;
    return NR_OK;
}

static int by_bytes(const void *left, const void *right) {
    return nr_str_compare(*(const struct nr_str *)left, *(const struct nr_str *)right);
}

void nr_str_list_sort(struct nr_str_list *list) {
    if (list->count > 0) qsort(list->data, list->count, sizeof(*list->data), by_bytes);
}
