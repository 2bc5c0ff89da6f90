// Hash index over the rows of a metadata table.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/row_index.h"

enum { FIRST_CAPACITY = 16 };

uint32_t nr_hash_bytes(uint32_t hash, const void *data, size_t size) {
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 16777619u;  // FNV-1a
    return hash;
}

uint32_t nr_hash_number(uint32_t number) { return number * 2654435761u; }

static uint32_t bucket_of(const struct nr_row_index *index, uint32_t hash) {
    return (hash ^ hash >> 16) & (index->capacity - 1);
}

static void insert(struct nr_row_index *index, uint32_t hash, uint32_t row) {
    uint32_t bucket = bucket_of(index, hash);
    if (index->first[bucket] == 0) {
        index->first[bucket] = row;
    } else {
        index->next[index->last[bucket]] = row;
    }
    index->last[bucket] = row;
    index->next[row] = 0;
}

// Room for count rows, with about a bucket for each; all rows go in again.
static enum nr_status grow(struct nr_row_index *index, const struct nr_tables *tables,
                           uint32_t count) {
    uint32_t capacity = index->capacity ? index->capacity : FIRST_CAPACITY;
    while (capacity < count) capacity *= 2;
    uint32_t *first = NR_ARENA_ARRAY(tables->arena, uint32_t, capacity);
    uint32_t *last = NR_ARENA_ARRAY(tables->arena, uint32_t, capacity);
    uint32_t *next = NR_ARENA_ARRAY(tables->arena, uint32_t, (size_t)capacity + 1);
    if (!first || !last || !next) return NR_NO_MEMORY;
    index->first = first;
    index->last = last;
    index->next = next;
    index->capacity = capacity;
    index->row_count = 0;
    return NR_OK;
}

enum nr_status nr_row_index_find(struct nr_row_index *index, const struct nr_tables *tables,
                                 uint32_t hash, uint32_t *row) {
    uint32_t count = nr_tables_count(tables, index->table);
    if (count > index->capacity || index->capacity == 0) NR_TRY(grow(index, tables, count));
    while (index->row_count < count) {
        uint32_t added = ++index->row_count;
        insert(index, index->hash(tables, added), added);
    }
    *row = index->first[bucket_of(index, hash)];
    return NR_OK;
}

uint32_t nr_row_index_next(const struct nr_row_index *index, uint32_t row) {
    return index->next[row];
}
