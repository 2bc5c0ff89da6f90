// Memory arena over malloc, in chunks that double up to a limit.
// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

struct nr_arena_chunk {
    struct nr_arena_chunk *next;
    size_t used;
    size_t capacity;
    max_align_t data[];
};

static size_t round_up(size_t size) {
    const size_t unit = _Alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

static struct nr_arena_chunk *add_chunk(struct nr_arena *arena, size_t size) {
    size_t capacity = arena->chunks ? arena->chunks->capacity * 2 : FIRST_CHUNK;
    if (capacity > LARGEST_CHUNK) capacity = LARGEST_CHUNK;
    if (capacity < size) capacity = size;
    struct nr_arena_chunk *chunk = malloc(sizeof(*chunk) + capacity);
    if (!chunk) return NULL;
    chunk->next = arena->chunks;
    chunk->used = 0;
    chunk->capacity = capacity;
    arena->chunks = chunk;
    return chunk;
}

void *nr_arena_alloc(struct nr_arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    size = round_up(size);
    struct nr_arena_chunk *chunk = arena->chunks;
    if (!chunk || chunk->capacity - chunk->used < size) chunk = add_chunk(arena, size);
    if (!chunk) return NULL;
    void *result = (char *)chunk->data + chunk->used;
    chunk->used += size;
    return result;
}

void *nr_arena_calloc(struct nr_arena *arena, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    void *result = nr_arena_alloc(arena, count * size);
    if (result) memset(result, 0, count * size);
    return result;
}

void *nr_arena_grow(struct nr_arena *arena, void *old, size_t old_size, size_t new_size) {
    struct nr_arena_chunk *chunk = arena->chunks;
    if (old && chunk && new_size <= SIZE_MAX / 2) {
        size_t old_rounded = round_up(old_size), new_rounded = round_up(new_size);
        int is_last = (char *)old + old_rounded == (char *)chunk->data + chunk->used;
        if (is_last && chunk->used >= old_rounded &&
            new_rounded <= chunk->capacity - (chunk->used - old_rounded)) {
            chunk->used = chunk->used - old_rounded + new_rounded;
            return old;
        }
    }
    void *result = nr_arena_alloc(arena, new_size);
    if (result && old) memcpy(result, old, old_size < new_size ? old_size : new_size);
    return result;
}

void nr_arena_free(struct nr_arena *arena) {
    while (arena->chunks) {
        struct nr_arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}
