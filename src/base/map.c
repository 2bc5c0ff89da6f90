// Hash map with open addressing and linear probing (FNV-1a).
// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include <stdint.h>

enum { FIRST_CAPACITY = 16 };

static size_t hash(struct nr_str key) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < key.size; i++) h = (h ^ (uint8_t)key.data[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

// The entry of key, or the free entry where it belongs. There is always a free one.
static struct nr_map_entry *find(struct nr_map_entry *entries, size_t capacity, struct nr_str key) {
    size_t i = hash(key) & (capacity - 1);
    while (entries[i].value && !nr_str_equal(entries[i].key, key)) i = (i + 1) & (capacity - 1);
    return &entries[i];
}

void nr_map_init(struct nr_map *map, struct nr_arena *arena) {
    *map = (struct nr_map){.arena = arena};
}

void *nr_map_get(const struct nr_map *map, struct nr_str key) {
    return map->capacity ? find(map->entries, map->capacity, key)->value : NULL;
}

static enum nr_status grow(struct nr_map *map) {
    size_t capacity = map->capacity ? map->capacity * 2 : FIRST_CAPACITY;
    struct nr_map_entry *entries = NR_ARENA_ARRAY(map->arena, struct nr_map_entry, capacity);
    if (!entries) return NR_NO_MEMORY;
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->entries[i].value) *find(entries, capacity, map->entries[i].key) = map->entries[i];
    }
    map->entries = entries;
    map->capacity = capacity;
    return NR_OK;
}

enum nr_status nr_map_set(struct nr_map *map, struct nr_str key, void *value) {
    if (map->count >= map->capacity / 4 * 3) NR_TRY(grow(map));
    struct nr_map_entry *entry = find(map->entries, map->capacity, key);
    if (!entry->value) map->count++;
    *entry = (struct nr_map_entry){key, value};
    return NR_OK;
}
