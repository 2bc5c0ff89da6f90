// Makes the map of an assembled list.
// SPDX-License-Identifier: Apache-2.0
#include "il/offset_map.h"

#include <string.h>

static void add(struct nr_offset_map *map, const struct nr_insn *insn, uint32_t inside) {
    map->pairs[map->count++] =
        (struct nr_offset_pair){insn->offset + inside, insn->new_offset + inside, 1};
}

// The first is always one: a handler may begin there, with the exception on the stack.
static void add_places(struct nr_offset_map *map, const struct nr_list *list,
                       const struct nr_insn *insn) {
    const uint8_t *begin = list->places + insn->offset, *end = begin + insn->count;
    for (const uint8_t *place = begin; place;
         place = memchr(place + 1, NR_PLACE, (size_t)(end - place) - 1)) {
        add(map, insn, (uint32_t)(place - begin));
    }
}

enum nr_status nr_offset_map_make(struct nr_arena *arena, const struct nr_list *list,
                                  struct nr_offset_map *map) {
    *map = (struct nr_offset_map){0};
    if (list->read_count > SIZE_MAX / sizeof(*map->pairs)) return NR_NO_MEMORY;
    map->pairs = nr_arena_alloc(arena, list->read_count * sizeof(*map->pairs));
    if (!map->pairs) return NR_NO_MEMORY;
    for (const struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->offset == NR_NO_OFFSET || insn->opcode == NR_LABEL) continue;
        if (insn->opcode == NR_CODE) {
            add_places(map, list, insn);
        } else if (nr_opcode_info(insn->opcode)->pops <= 0) {
            add(map, insn, 0);
        }
    }
    return NR_OK;
}
