// The columns of every metadata table, and how wide they are in one module (ECMA-335 II.22,
// II.24.2.6). SPDX-License-Identifier: Apache-2.0
//
// Pure, any thread.
#ifndef NR_METADATA_SCHEMA_H
#define NR_METADATA_SCHEMA_H

#include <stdint.h>

#include "base/status.h"
#include "metadata/token.h"

enum { NR_MOST_COLUMNS = 9, NR_LARGEST_ROW = 0xFFFFFF };

// HeapSizes: which heaps have indexes of four bytes.
enum { NR_WIDE_STRINGS = 0x01, NR_WIDE_GUIDS = 0x02, NR_WIDE_BLOBS = 0x04 };

struct nr_row_layout {
    uint8_t row_size, column_count;
    uint8_t widths[NR_MOST_COLUMNS], offsets[NR_MOST_COLUMNS];
};

// The layout of a table's rows when the tables have that many rows, none above NR_LARGEST_ROW.
void nr_schema_layout(enum nr_table table, const uint32_t counts[NR_TABLE_COUNT],
                      uint8_t heap_sizes, struct nr_row_layout *out);

// The token that a plain or coded index in this column means; 0 for a null index.
enum nr_status nr_schema_decode(enum nr_table table, unsigned column, uint32_t value,
                                nr_token *out);
// The other way, for a coded index; NR_NOT_FOUND when it cannot refer to the token's table.
enum nr_status nr_schema_encode(enum nr_table table, unsigned column, nr_token token,
                                uint32_t *out);

#endif
