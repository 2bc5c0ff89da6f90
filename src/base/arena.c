// Memory arena over malloc, in chunks that double up to a limit.
// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

struct nr_arena_chunk {
    struct nr_arena_chunk *older;
    size_t capacity;
    max_align_t data[];
};

static size_t round_up(size_t size) {
    const size_t unit = _Alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

static size_t left(const struct nr_arena *arena) { return (size_t)(arena->end - arena->next); }

static bool add_chunk(struct nr_arena *arena, size_t size) {
    size_t capacity = arena->chunks ? arena->chunks->capacity * 2 : FIRST_CHUNK;
    if (capacity > LARGEST_CHUNK) capacity = LARGEST_CHUNK;
    if (capacity < size) capacity = size;
    struct nr_arena_chunk *chunk = malloc(sizeof(*chunk) + capacity);
    if (!chunk) return false;
    *chunk = (struct nr_arena_chunk){arena->chunks, capacity};
    arena->chunks = chunk;
    arena->next = (char *)chunk->data;
    arena->end = arena->next + capacity;
    return true;
}

void *nr_arena_alloc(struct nr_arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    size = round_up(size);
    if ((!arena->next || left(arena) < size) && !add_chunk(arena, size)) return NULL;
    void *result = arena->next;
    arena->next += size;
    return result;
}

void *nr_arena_calloc(struct nr_arena *arena, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    void *result = nr_arena_alloc(arena, count * size);
    if (result) memset(result, 0, count * size);
    return result;
}

void *nr_arena_grow(struct nr_arena *arena, void *old, size_t old_size, size_t new_size) {
    char *start = old;
    bool is_last = old && start + round_up(old_size) == arena->next;
    if (is_last && new_size <= SIZE_MAX / 2 && round_up(new_size) <= (size_t)(arena->end - start)) {
        arena->next = start + round_up(new_size);
        return old;
    }
    void *result = nr_arena_alloc(arena, new_size);
    if (result && old) memcpy(result, old, old_size < new_size ? old_size : new_size);
    return result;
}

void nr_arena_free(struct nr_arena *arena) {
    while (arena->chunks) {
        struct nr_arena_chunk *older = arena->chunks->older;
        free(arena->chunks);
        arena->chunks = older;
    }
    arena->next = arena->end = NULL;
}
