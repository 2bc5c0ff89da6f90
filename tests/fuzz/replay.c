// Runs a fuzz target without libFuzzer: over saved inputs, and over mutations of them.
// SPDX-License-Identifier: Apache-2.0
//
// usage: fuzz_TARGET-replay ROUNDS FILE...   each file as it is, then ROUNDS mutations of each
// The mutations come from a fixed seed, so that a run can be repeated.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static uint64_t state = 0x9E3779B97F4A7C15u;

static uint64_t next_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

// Changes, cuts or repeats a few bytes.
static size_t mutate(uint8_t *data, size_t size, size_t capacity) {
    size_t changes = 1 + next_random() % 8;
    for (size_t i = 0; i < changes && size > 0; i++) {
        size_t at = next_random() % size;
        switch (next_random() % 5) {
        case 0: data[at] = (uint8_t)next_random(); break;
        case 1: data[at] ^= (uint8_t)(1u << next_random() % 8); break;
        case 2: data[at] = next_random() % 2 ? 0xFF : 0; break;
        case 3: size = at; break;
        default: {
            size_t length = next_random() % (size - at) + 1;
            if (length > capacity - size) length = capacity - size;
            memmove(data + at + length, data + at, size - at);
            size += length;
        }
        }
    }
    return size;
}

static uint8_t *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    uint8_t *data = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long length = ftell(file);
        rewind(file);
        data = length >= 0 ? malloc((size_t)length + 1) : NULL;
        *size = data ? fread(data, 1, (size_t)length, file) : 0;
    }
    fclose(file);
    return data;
}

// Hands over an exact copy, so that a sanitizer sees the first byte behind it.
static void run_once(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) return;
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: %s ROUNDS FILE...\n", argv[0]);
        return 2;
    }
    unsigned long rounds = strtoul(argv[1], NULL, 10);
    unsigned failed = 0, passed = 0;
    for (int i = 2; i < argc; i++) {
        size_t size = 0;
        uint8_t *data = read_file(argv[i], &size);
        uint8_t *work = data ? malloc(2 * size + 64) : NULL;
        if (!work) {
            fprintf(stderr, "cannot read %s\n", argv[i]);
            free(data);
            failed++;
            continue;
        }
        run_once(data, size);
        for (unsigned long round = 0; round < rounds; round++) {
            memcpy(work, data, size);
            run_once(work, mutate(work, size, 2 * size + 64));
        }
        free(work);
        free(data);
        passed++;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed ? 1 : 0;
}
