// Fuzz target: method bodies. What reads must assemble, and what was assembled must read the same.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "fuzz.h"
#include "il/assemble.h"
#include "il/disassemble.h"

static void round_trip(struct nr_arena *arena, const struct nr_body *body) {
    struct nr_list list, again;
    struct nr_buffer bytes;
    struct nr_body second;
    nr_list_init(&list, arena);
    if (nr_list_read(&list, body) != NR_OK) return;
    const struct nr_header header = {.max_stack = body->max_stack, .flags = body->flags};
    nr_buffer_init(&bytes, arena);
    if (nr_assemble(&list, &header, &bytes) != NR_OK) return;
    nr_list_init(&again, arena);
    if (nr_body_read(arena, nr_buffer_bytes(&bytes), &second) != NR_OK ||
        nr_list_read(&again, &second) != NR_OK || !nr_bytes_equal(second.code, body->code)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_body body;
    struct nr_buffer text;
    struct nr_bytes bytes = {data, size};
    nr_buffer_init(&text, &arena);
    if (nr_body_read(&arena, bytes, &body) == NR_OK) round_trip(&arena, &body);
    nr_disassemble(&arena, bytes, NULL, &text);
    nr_arena_free(&arena);
    return 0;
}
