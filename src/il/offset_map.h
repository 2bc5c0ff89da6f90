// Where the instructions of the original code have gone.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_IL_OFFSET_MAP_H
#define NR_IL_OFFSET_MAP_H

#include "il/list.h"

// The offset of one instruction, in the original code and in the new. The CLR's COR_IL_MAP has this
// layout.
struct nr_offset_pair {
    uint32_t original, assembled;
    int32_t exact;  // 1
};

struct nr_offset_map {
    struct nr_offset_pair *pairs;  // both offsets grow
    size_t count;
};

// Of a list that nr_list_read has filled and nr_assemble has written: a pair for each NR_PLACE.
// NR_NO_MEMORY.
enum nr_status nr_offset_map_make(struct nr_arena *arena, const struct nr_list *list,
                                  struct nr_offset_map *map);

#endif
