// Hash map from a byte string to a pointer, in an arena.
// SPDX-License-Identifier: Apache-2.0
//
// Built by one thread, then read by any number of threads without a lock. Keys are not copied: they
// must live as long as the map. There is no removal.
#ifndef NR_BASE_MAP_H
#define NR_BASE_MAP_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

struct nr_map_entry {
    struct nr_str key;
    void *value;  // never NULL in a used entry
};

struct nr_map {
    struct nr_arena *arena;
    struct nr_map_entry *entries;  // open addressing; capacity is a power of two
    size_t capacity;
    size_t count;
};

void nr_map_init(struct nr_map *map, struct nr_arena *arena);
// The value of key, or NULL.
void *nr_map_get(const struct nr_map *map, struct nr_str key);
// Sets the value (not NULL) of key. NR_NO_MEMORY leaves the map as it was.
enum nr_status nr_map_set(struct nr_map *map, struct nr_str key, void *value);

#endif
