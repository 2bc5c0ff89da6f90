// Makes the map of an assembled list.
// SPDX-License-Identifier: Apache-2.0
#include "il/offset_map.h"

#include "base/array.h"

static enum nr_status add(struct nr_arena *arena, struct nr_offset_map *map,
                          const struct nr_insn *insn, uint32_t inside) {
    struct nr_offset_pair *pairs =
        nr_array_room(arena, map->pairs, map->count, sizeof(*map->pairs));
    if (!pairs) return NR_NO_MEMORY;
    map->pairs = pairs;
    pairs[map->count++] = (struct nr_offset_pair){insn->offset + inside, insn->new_offset + inside};
    return NR_OK;
}

static enum nr_status add_code(struct nr_arena *arena, struct nr_offset_map *map,
                               const struct nr_insn *insn) {
    const struct nr_bytes code = {insn->bytes, insn->count};
    struct nr_instruction read = {0};
    while (read.next < code.size) {
        NR_TRY(add(arena, map, insn, read.next));
        NR_TRY(nr_code_read(code, read.next, &read));
    }
    return NR_OK;
}

enum nr_status nr_offset_map_make(struct nr_arena *arena, const struct nr_list *list,
                                  struct nr_offset_map *map) {
    *map = (struct nr_offset_map){0};
    for (const struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->offset == NR_NO_OFFSET || insn->opcode == NR_LABEL) continue;
        NR_TRY(insn->opcode == NR_CODE ? add_code(arena, map, insn) : add(arena, map, insn, 0));
    }
    return NR_OK;
}
