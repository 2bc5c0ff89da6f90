// Memory arena: allocations live until the arena is reset or freed, all at once.
// SPDX-License-Identifier: Apache-2.0
//
// One owner, one thread at a time. A callback owns an arena; everything made while a method is
// rewritten lives in it. Nothing is allocated before the first request, nor while what is asked for
// fits into a block that the owner gave it.
#ifndef NR_BASE_ARENA_H
#define NR_BASE_ARENA_H

#include <stddef.h>

struct nr_arena_chunk;

struct nr_arena {
    struct nr_arena_chunk *chunks;  // newest first
    char *next, *end;               // what is left of the newest, or of the owner's block
};

#define NR_ARENA_INIT \
    { 0 }

// An arena that begins with a block of the owner's, an array of max_align_t that outlives it: for
// the stack, whose memory is at hand when that of the heap is not.
#define NR_ARENA_OVER(block) \
    { NULL, (char *)(block), (char *)(block) + sizeof(block) }

// size bytes aligned for any object, uninitialised; NULL when memory is out. A size of 0 gives a
// valid pointer to no bytes.
void *nr_arena_alloc(struct nr_arena *arena, size_t size);

// count * size bytes set to zero; NULL when memory is out or the product overflows.
void *nr_arena_calloc(struct nr_arena *arena, size_t count, size_t size);

// Grows old (old_size bytes, from this arena, or NULL) to new_size bytes, in place when it was the
// last allocation. The old block stays valid until the arena goes. NULL when memory is out.
void *nr_arena_grow(struct nr_arena *arena, void *old, size_t old_size, size_t new_size);

// Gives all memory back; the arena can be used again.
void nr_arena_free(struct nr_arena *arena);

#define NR_ARENA_NEW(arena, type) ((type *)nr_arena_calloc((arena), 1, sizeof(type)))
#define NR_ARENA_ARRAY(arena, type, count) ((type *)nr_arena_calloc((arena), (count), sizeof(type)))

#endif
