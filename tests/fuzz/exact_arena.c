// The arena, with memory of its own for every allocation, so that AddressSanitizer sees a step
// beyond any of them. Fuzz targets have it in place of src/base/arena.c.
// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct nr_arena_chunk {
    struct nr_arena_chunk *next;
    void *data;
};

void *nr_arena_alloc(struct nr_arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    struct nr_arena_chunk *chunk = malloc(sizeof(*chunk));
    void *data = malloc(size ? size : 1);
    if (!chunk || !data) {
        free(chunk);
        free(data);
        return NULL;
    }
    *chunk = (struct nr_arena_chunk){arena->chunks, data};
    arena->chunks = chunk;
    return data;
}

void *nr_arena_calloc(struct nr_arena *arena, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    void *data = nr_arena_alloc(arena, count * size);
    if (data) memset(data, 0, count * size);
    return data;
}

void *nr_arena_grow(struct nr_arena *arena, void *old, size_t old_size, size_t new_size) {
    void *data = nr_arena_alloc(arena, new_size);
    if (data && old) memcpy(data, old, old_size < new_size ? old_size : new_size);
    return data;
}

void nr_arena_free(struct nr_arena *arena) {
    while (arena->chunks) {
        struct nr_arena_chunk *next = arena->chunks->next;
        free(arena->chunks->data);
        free(arena->chunks);
        arena->chunks = next;
    }
}
