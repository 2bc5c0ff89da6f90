// Finds the rows of a metadata table by what is in them.
// SPDX-License-Identifier: Apache-2.0
//
// A hash table whose chains keep the order of the rows. It is brought up to date before a search,
// so rows may be added at any time. Memory is the arena's; one thread at a time.
#ifndef NR_METADATA_ROW_INDEX_H
#define NR_METADATA_ROW_INDEX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "metadata/tables.h"

// The hash of a row; rows that are sought by the same thing have the same one.
typedef uint32_t nr_row_hash(const struct nr_tables *tables, uint32_t row);

struct nr_row_index {
    enum nr_table table;
    nr_row_hash *hash;
    uint32_t *first, *last;  // by bucket: a row, or 0
    uint32_t *next;          // by row
    uint32_t capacity;       // of buckets and of rows: a power of two, or 0
    uint32_t row_count;      // rows that are in it
};

// Takes in the rows that are new; then the first row whose hash may be this one, or 0.
enum nr_status nr_row_index_find(struct nr_row_index *index, const struct nr_tables *tables,
                                 uint32_t hash, uint32_t *row);
// The next such row, or 0.
uint32_t nr_row_index_next(const struct nr_row_index *index, uint32_t row);

// Hashes for the functions above: of bytes, going on from another hash or from NR_HASH_START, and
// of a number.
enum { NR_HASH_START = 0x1505 };
uint32_t nr_hash_bytes(uint32_t hash, const void *data, size_t size);
uint32_t nr_hash_number(uint32_t number);

#endif
