// Makes the map of an assembled list.
// SPDX-License-Identifier: Apache-2.0
#include "il/offset_map.h"

static void add(struct nr_offset_map *map, const struct nr_insn *insn, uint32_t inside) {
    map->pairs[map->count++] =
        (struct nr_offset_pair){insn->offset + inside, insn->new_offset + inside, 1};
}

static enum nr_status add_code(struct nr_offset_map *map, const struct nr_insn *insn) {
    const struct nr_bytes code = {insn->bytes, insn->count};
    struct nr_instruction read = {0};
    bool pushed = false;
    while (read.next < code.size) {
        NR_TRY(nr_code_read(code, read.next, &read));
        // A handler may begin with the code. The exception on its stack does not count.
        bool empty = read.offset == 0 || (!pushed && read.info->pops <= 0);
        if (empty || read.info->flow == NR_FLOW_CALL) add(map, insn, read.offset);
        pushed = read.info->pushes > 0;
    }
    return NR_OK;
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
            NR_TRY(add_code(map, insn));
        } else if (nr_opcode_info(insn->opcode)->pops <= 0) {
            add(map, insn, 0);
        }
    }
    return NR_OK;
}
