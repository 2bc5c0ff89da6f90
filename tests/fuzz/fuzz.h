// A fuzz target: one function over any bytes, and what targets share to take bytes apart.
// SPDX-License-Identifier: Apache-2.0
//
// Each fuzz_*.c defines LLVMFuzzerTestOneInput. With clang it becomes a libFuzzer program; with any
// compiler it is linked to replay.c, which runs saved inputs and mutations of them. A target aborts
// when a promise of the code under test is broken.
#ifndef NR_TESTS_FUZZ_H
#define NR_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Says what was broken, then ends the process.
#define FUZZ_REQUIRE(condition)                                                            \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

// What is left of an input. Past its end there are zeros.
struct fuzz_input {
    struct nr_bytes left;
};

static inline struct nr_bytes fuzz_take(struct fuzz_input *input, size_t size) {
    if (size > input->left.size) size = input->left.size;
    struct nr_bytes taken = {input->left.data, size};
    if (size > 0) input->left.data += size;
    input->left.size -= size;
    return taken;
}

static inline uint8_t fuzz_u8(struct fuzz_input *input) {
    struct nr_bytes taken = fuzz_take(input, 1);
    return taken.size == 1 ? taken.data[0] : 0;
}

static inline uint16_t fuzz_u16(struct fuzz_input *input) {
    uint8_t low = fuzz_u8(input);
    return (uint16_t)(low | fuzz_u8(input) << 8);
}

static inline uint32_t fuzz_u32(struct fuzz_input *input) {
    uint16_t low = fuzz_u16(input);
    return low | (uint32_t)fuzz_u16(input) << 16;
}

// As many bytes as the next byte says.
static inline struct nr_bytes fuzz_short_bytes(struct fuzz_input *input) {
    uint8_t size = fuzz_u8(input);
    return fuzz_take(input, size);
}

#endif
