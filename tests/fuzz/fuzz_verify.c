// Fuzz target: the verifier, on any body, with any signature, in a module that lies.
// SPDX-License-Identifier: Apache-2.0
//
// Input: options, the method's signature, three signatures that tokens lead to, then the body. Bit
// 0 of options: the header comes from the input as well. Bit 1: tokens stay as they are.
#include "fuzz_il.h"
#include "il/verify.h"

enum { RAW_BODY = 1, RAW_TOKENS = 2, SIGNATURES = 3 };

struct answers {
    struct nr_bytes signatures[SIGNATURES];
    uint8_t options;
};

static enum nr_status signature(void *context, uint32_t token, struct nr_bytes *blob) {
    const struct answers *answers = context;
    if ((token & 0xFFFFFF) > 10) return NR_NOT_FOUND;
    *blob = answers->signatures[token % SIGNATURES];
    return NR_OK;
}

static enum nr_status method_of_spec(void *context, uint32_t token, uint32_t *method) {
    (void)context;
    *method = fuzz_token((uint8_t)token);  // a MethodSpec, too
    return token % 7 ? NR_OK : NR_MALFORMED;
}

static bool exists(void *context, uint32_t token) {
    const struct answers *answers = context;
    return answers->options & 4 || (token & 0xFFFFFF) <= 10;
}

static enum nr_type_kind type_kind(void *context, uint32_t token) {
    const struct answers *answers = context;
    return (enum nr_type_kind)((token + (answers->options >> 4)) % (NR_TYPE_BY_REF_LIKE + 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct fuzz_input input = {{data, size}};
    struct answers answers = {.options = fuzz_u8(&input)};
    struct nr_bytes own = fuzz_short_bytes(&input);
    for (int i = 0; i < SIGNATURES; i++) answers.signatures[i] = fuzz_short_bytes(&input);
    const struct nr_verify_module module = {.context = &answers,
                                            .signature = signature,
                                            .method_of_spec = method_of_spec,
                                            .exists = exists,
                                            .type_kind = type_kind};
    struct nr_bytes body = input.left;
    if (!(answers.options & RAW_BODY)) {
        body = fuzz_body(&input, &arena, 0x11000001, !(answers.options & RAW_TOKENS));
    }
    struct nr_verify_error error = {0}, again = {0};
    enum nr_status status = nr_verify(&arena, body, own, &module, &error);
    FUZZ_REQUIRE(status == NR_OK || status == NR_MALFORMED);
    FUZZ_REQUIRE(status == NR_OK || (error.message[0] && memchr(error.message, 0, 160)));
    FUZZ_REQUIRE(nr_verify(&arena, body, own, &module, &again) == status);
    FUZZ_REQUIRE(again.offset == error.offset && !strcmp(again.message, error.message));
    nr_arena_free(&arena);
    return 0;
}
