// Fuzz target: exception clauses. Sections made of an input must read as they were meant, cut or
// spoilt ones must not be read beyond their end, and list and assembler must keep the ranges.
// SPDX-License-Identifier: Apache-2.0
//
// Input: options, number of nops, lie, then clauses. Bit 0 of options: several sections. Bits 1 and
// 2: small or fat ones. Bit 3: the byte that lie names is changed. Bit 4: the body is cut there.
#include "fuzz_il.h"
#include "il/assemble.h"
#include "il/verify.h"

enum { MANY = 1, FIRST_FAT = 2, REST_FAT = 4, SPOIL = 8, CUT = 16, MOST_CLAUSES = 64 };

struct sample {
    struct nr_clause clauses[MOST_CLAUSES];
    size_t count, code_size;
    uint8_t options;
    uint16_t lie;
};

static void read_sample(struct fuzz_input *input, struct sample *sample) {
    sample->options = fuzz_u8(input);
    sample->code_size = (size_t)fuzz_u8(input) + 1;
    sample->lie = fuzz_u16(input);
    sample->count = 0;
    while (input->left.size > 0 && sample->count < MOST_CLAUSES) {
        sample->clauses[sample->count++] = fuzz_clause(input, sample->code_size);
    }
}

// A small section holds 20 clauses.
static void write_sections(struct nr_buffer *out, const struct sample *sample) {
    size_t step = sample->options & MANY ? 3 : 20;
    bool fat = sample->options & FIRST_FAT;
    for (size_t i = 0; i < sample->count; i += step) {
        size_t count = sample->count - i < step ? sample->count - i : step;
        fuzz_write_section(out, sample->clauses + i, count, fat, i + count < sample->count);
        fat = sample->options & REST_FAT;
    }
}

static struct nr_bytes write_body(struct nr_arena *arena, const struct sample *sample) {
    struct nr_buffer out;
    nr_buffer_init(&out, arena);
    nr_buffer_u16(&out, sample->count > 0 ? 0x300B : 0x3003);
    nr_buffer_u16(&out, 8);
    nr_buffer_u32(&out, (uint32_t)sample->code_size);
    nr_buffer_u32(&out, 0);
    nr_buffer_reserve(&out, sample->code_size - 1);
    nr_buffer_u8(&out, NR_RET);
    write_sections(&out, sample);
    FUZZ_REQUIRE(out.status == NR_OK);
    size_t place = sample->lie % out.size;
    if (sample->options & SPOIL) out.data[place] ^= (uint8_t)(sample->lie >> 8 | 1);
    if (sample->options & CUT) out.size = place;
    // A copy without room behind it, so that a sanitizer sees a read beyond the end.
    uint8_t *exact = malloc(out.size ? out.size : 1);
    FUZZ_REQUIRE(exact);
    memcpy(exact, out.data, out.size);
    return (struct nr_bytes){exact, out.size};
}

static void check_as_meant(const struct sample *sample, const struct nr_body *body) {
    FUZZ_REQUIRE(body->clause_count == sample->count);
    for (size_t i = 0; i < sample->count; i++) {
        const struct nr_clause *meant = &sample->clauses[i], *read = &body->clauses[i];
        FUZZ_REQUIRE(read->flags == meant->flags);
        FUZZ_REQUIRE(read->token_or_filter == meant->token_or_filter);
        FUZZ_REQUIRE(read->try_offset == meant->try_offset);
        FUZZ_REQUIRE(read->handler_offset == meant->handler_offset);
        FUZZ_REQUIRE((uint8_t)read->try_length == (uint8_t)meant->try_length);
        FUZZ_REQUIRE((uint8_t)read->handler_length == (uint8_t)meant->handler_length);
    }
}

static void check_list(struct nr_arena *arena, const struct nr_body *body) {
    struct nr_list list;
    struct nr_buffer bytes;
    struct nr_body again;
    const struct nr_header header = {.flags = body->flags, .max_stack = body->max_stack};
    nr_list_init(&list, arena);
    nr_buffer_init(&bytes, arena);
    if (nr_list_read(&list, body) != NR_OK) return;
    if (nr_assemble(&list, &header, &bytes) != NR_OK) return;
    FUZZ_REQUIRE(nr_body_read(arena, nr_buffer_bytes(&bytes), &again) == NR_OK);
    FUZZ_REQUIRE(again.clause_count == body->clause_count);
    for (size_t i = 0; i < body->clause_count; i++) {
        FUZZ_REQUIRE(again.clauses[i].try_offset == body->clauses[i].try_offset);
        FUZZ_REQUIRE(again.clauses[i].try_length == body->clauses[i].try_length);
        FUZZ_REQUIRE(again.clauses[i].handler_offset == body->clauses[i].handler_offset);
        FUZZ_REQUIRE(again.clauses[i].handler_length == body->clauses[i].handler_length);
        FUZZ_REQUIRE(body->clauses[i].flags != NR_CLAUSE_FILTER ||
                     again.clauses[i].token_or_filter == body->clauses[i].token_or_filter);
    }
}

static enum nr_status no_signature(void *context, uint32_t token, struct nr_bytes *blob) {
    (void)context, (void)token, (void)blob;
    return NR_NOT_FOUND;
}

static enum nr_status no_method(void *context, uint32_t token, uint32_t *method) {
    (void)context, (void)token, (void)method;
    return NR_NOT_FOUND;
}

static bool every_token(void *context, uint32_t token) {
    (void)context, (void)token;
    return true;
}

static enum nr_type_kind unknown_kind(void *context, uint32_t token) {
    (void)context, (void)token;
    return NR_TYPE_UNKNOWN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct nr_verify_module module = {.signature = no_signature,
                                                   .method_of_spec = no_method,
                                                   .exists = every_token,
                                                   .type_kind = unknown_kind};
    static const uint8_t no_parameters[] = {0, 0, 1};
    struct nr_arena arena = NR_ARENA_INIT;
    struct fuzz_input input = {{data, size}};
    struct sample sample;
    struct nr_body body;
    struct nr_verify_error error = {0};
    read_sample(&input, &sample);
    struct nr_bytes bytes = write_body(&arena, &sample);
    enum nr_status status = nr_body_read(&arena, bytes, &body);
    if (!(sample.options & (SPOIL | CUT))) {
        FUZZ_REQUIRE(status == NR_OK);
        FUZZ_REQUIRE(body.size == bytes.size);
        check_as_meant(&sample, &body);
    }
    if (status == NR_OK) check_list(&arena, &body);
    status = nr_verify(&arena, bytes, (struct nr_bytes){no_parameters, 3}, &module, &error);
    FUZZ_REQUIRE(status == NR_OK || status == NR_MALFORMED);
    FUZZ_REQUIRE(status == NR_OK || (error.message[0] && memchr(error.message, 0, 160)));
    free((void *)(uintptr_t)bytes.data);
    nr_arena_free(&arena);
    return 0;
}
