// Fuzz target: signatures. What reads must print, and what is written again must read again.
// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "fuzz.h"
#include "fuzz_module.h"
#include "metadata/signature.h"

// Whether the span lies inside the blob.
static bool is_inside(struct nr_bytes blob, struct nr_bytes span) {
    return span.data >= blob.data && span.size <= blob.size &&
           (size_t)(span.data - blob.data) <= blob.size - span.size;
}

static void check_type(struct nr_arena *arena, struct nr_module *module, struct nr_bytes blob,
                       const struct nr_sig_type *type) {
    struct nr_str text;
    struct nr_buffer plain, once_more;
    struct nr_sig_type again;
    size_t used;
    FUZZ_REQUIRE(is_inside(blob, type->whole) && is_inside(type->whole, type->type));
    nr_sig_type_print(arena, module, type, &text);
    nr_buffer_init(&plain, arena);
    nr_buffer_init(&once_more, arena);
    if (nr_sig_type_write_plain(&plain, type) != NR_OK) return;
    FUZZ_REQUIRE(nr_sig_type_read(nr_buffer_bytes(&plain), &again, &used) == NR_OK);
    FUZZ_REQUIRE(used == plain.size && again.by_ref == type->by_ref);
    FUZZ_REQUIRE(again.element == type->element && again.token == type->token);
    FUZZ_REQUIRE(nr_sig_type_write_plain(&once_more, &again) == NR_OK);
    FUZZ_REQUIRE(nr_bytes_equal(nr_buffer_bytes(&plain), nr_buffer_bytes(&once_more)));
}

static void check_method(struct nr_arena *arena, struct nr_module *module, struct nr_bytes blob) {
    struct nr_method_sig sig;
    struct nr_str text;
    if (nr_method_sig_read(arena, blob, &sig) != NR_OK) return;
    FUZZ_REQUIRE(sig.sentinel <= sig.parameter_count);
    check_type(arena, module, blob, &sig.result);
    for (uint32_t i = 0; i < sig.parameter_count; i++) {
        check_type(arena, module, blob, &sig.parameters[i]);
    }
    nr_method_sig_print(arena, module, &sig, &text);
}

static void check_locals(struct nr_arena *arena, struct nr_bytes blob) {
    static const uint8_t object[] = {NR_ELEMENT_OBJECT};
    struct nr_bytes more;
    uint32_t before, after;
    if (nr_locals_count(blob, &before) != NR_OK) return;
    if (nr_locals_add(arena, blob, 1, (struct nr_bytes){object, 1}, &more) != NR_OK) return;
    FUZZ_REQUIRE(nr_locals_count(more, &after) == NR_OK && after == before + 1);
    FUZZ_REQUIRE(more.data[more.size - 1] == NR_ELEMENT_OBJECT);
}

static void check_numbers(struct nr_arena *arena, struct nr_bytes blob) {
    uint32_t value, again;
    size_t used, used_again;
    struct nr_buffer out;
    if (nr_sig_number_read(blob, &value, &used) != NR_OK) return;
    FUZZ_REQUIRE(used >= 1 && used <= blob.size);
    nr_buffer_init(&out, arena);
    nr_sig_number_write(&out, value);
    FUZZ_REQUIRE(out.status == NR_OK && out.size <= used);
    FUZZ_REQUIRE(nr_sig_number_read(nr_buffer_bytes(&out), &again, &used_again) == NR_OK);
    FUZZ_REQUIRE(again == value && used_again == out.size);
    nr_token token = nr_sig_token_decode(value);
    if (!token) return;
    nr_buffer_init(&out, arena);
    nr_sig_token_write(&out, token);
    FUZZ_REQUIRE(out.status == NR_OK);
    FUZZ_REQUIRE(nr_sig_number_read(nr_buffer_bytes(&out), &again, &used_again) == NR_OK);
    FUZZ_REQUIRE(again == value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_module *module = fuzz_module_open(&arena);
    struct nr_bytes blob = {data, size};
    struct nr_sig_type type;
    size_t used;
    check_numbers(&arena, blob);
    check_method(&arena, module, blob);
    check_locals(&arena, blob);
    if (nr_sig_type_read(blob, &type, &used) == NR_OK) {
        FUZZ_REQUIRE(used == type.whole.size);
        check_type(&arena, module, blob, &type);
    }
    nr_arena_free(&arena);
    return 0;
}
