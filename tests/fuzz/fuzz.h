// A fuzz target: one function over any bytes.
// SPDX-License-Identifier: Apache-2.0
//
// Each fuzz_*.c defines LLVMFuzzerTestOneInput. With clang it becomes a libFuzzer program; with any
// compiler it is linked to replay.c, which runs saved inputs and mutations of them.
#ifndef NR_TESTS_FUZZ_H
#define NR_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
