// Growable arrays in an arena, for lists whose length the input decides.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_BASE_ARRAY_H
#define NR_BASE_ARRAY_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

// The array of count elements of that size (NULL when there are none yet), moved if need be, with
// room for one more. Capacities are powers of two and nobody keeps them: an array made with this
// function is grown with nothing else. NULL when memory is out.
void *nr_array_room(struct nr_arena *arena, void *data, size_t count, size_t size);

// Its bytes are not copied.
struct nr_str_list {
    struct nr_str *data;
    size_t count;
};

// NR_NO_MEMORY: the list is as it was.
enum nr_status nr_str_list_add(struct nr_arena *arena, struct nr_str_list *list,
                               struct nr_str text);

// By bytes.
void nr_str_list_sort(struct nr_str_list *list);

#endif
