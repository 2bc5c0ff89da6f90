// Growable arrays in an arena, for lists whose length the input decides.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_BASE_ARRAY_H
#define NR_BASE_ARRAY_H

#include <stddef.h>

#include "base/arena.h"

// The array of count elements of that size (NULL when there are none yet), moved if need be, with
// room for one more. Capacities are powers of two and nobody keeps them: an array made with this
// function is grown with nothing else. NULL when memory is out.
void *nr_array_room(struct nr_arena *arena, void *data, size_t count, size_t size);

#endif
