// Fuzz target: method bodies. What reads must assemble, and what was assembled must read the same.
// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "fuzz.h"
#include "il/assemble.h"
#include "il/disassemble.h"

static enum nr_status assemble(struct nr_arena *arena, const struct nr_body *body,
                               struct nr_bytes *out) {
    struct nr_list list;
    struct nr_buffer bytes;
    const struct nr_header header = {.max_stack = body->max_stack,
                                     .flags = body->flags,
                                     .local_signature = body->local_signature};
    nr_list_init(&list, arena);
    NR_TRY(nr_list_read(&list, body));
    nr_buffer_init(&bytes, arena);
    NR_TRY(nr_assemble(&list, &header, &bytes));
    *out = nr_buffer_bytes(&bytes);
    return NR_OK;
}

static void round_trip(struct nr_arena *arena, const struct nr_body *body) {
    struct nr_bytes once, twice;
    struct nr_body again;
    if (assemble(arena, body, &once) != NR_OK) return;
    FUZZ_REQUIRE(nr_body_read(arena, once, &again) == NR_OK);
    FUZZ_REQUIRE(again.size == once.size);
    FUZZ_REQUIRE(nr_bytes_equal(again.code, body->code));
    FUZZ_REQUIRE(again.max_stack == body->max_stack);
    FUZZ_REQUIRE(again.local_signature == body->local_signature);
    FUZZ_REQUIRE(again.clause_count == body->clause_count);
    for (size_t i = 0; i < body->clause_count; i++) {
        const struct nr_clause *before = &body->clauses[i], *after = &again.clauses[i];
        FUZZ_REQUIRE(before->flags == after->flags);
        FUZZ_REQUIRE(before->try_offset == after->try_offset);
        FUZZ_REQUIRE(before->try_length == after->try_length);
        FUZZ_REQUIRE(before->handler_offset == after->handler_offset);
        FUZZ_REQUIRE(before->handler_length == after->handler_length);
    }
    FUZZ_REQUIRE(assemble(arena, &again, &twice) == NR_OK);
    FUZZ_REQUIRE(nr_bytes_equal(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_body body;
    struct nr_buffer text;
    struct nr_bytes bytes = {data, size};
    nr_buffer_init(&text, &arena);
    bool reads = nr_body_read(&arena, bytes, &body) == NR_OK;
    if (reads) round_trip(&arena, &body);
    enum nr_status status = nr_disassemble(&arena, bytes, NULL, &text);
    FUZZ_REQUIRE(status == NR_OK || status == NR_MALFORMED);
    FUZZ_REQUIRE(reads || status == NR_MALFORMED);
    nr_arena_free(&arena);
    return 0;
}
