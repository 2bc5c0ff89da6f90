// Runs a fuzz target without libFuzzer: over saved inputs, and over mutations of them.
// SPDX-License-Identifier: Apache-2.0
//
// usage: fuzz_TARGET ROUNDS FINDING FILE...
// Each file as it is, then ROUNDS mutations in all. They come from a fixed seed, so that a run can
// be repeated. An input that ends the process, or that takes more than ten seconds, is written to
// the file FINDING. POSIX only; a sanitizer has to end the process with SIGABRT.
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

enum { SECONDS_AT_MOST = 10 };

static const char *finding;
static const uint8_t *running;
static size_t running_size;

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

static void save_finding(int signal_number) {
    int file = open(finding, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ssize_t written = file < 0 ? -1 : write(file, running, running_size);
    _exit(written < 0 ? 126 : 128 + signal_number);
}

// Hands over an exact copy, so that a sanitizer sees the first byte behind it.
static void run_once(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    FUZZ_REQUIRE(copy);
    if (size > 0) memcpy(copy, data, size);
    running = data;
    running_size = size;
    alarm(SECONDS_AT_MOST);
    LLVMFuzzerTestOneInput(copy, size);
    alarm(0);
    free(copy);
}

static int run_file(const char *path, unsigned long rounds) {
    size_t size = 0;
    uint8_t *data = read_file(path, &size);
    size_t capacity = 2 * size + 64;
    uint8_t *work = data ? malloc(capacity) : NULL;
    if (!work) {
        fprintf(stderr, "cannot read %s\n", path);
        free(data);
        return 1;
    }
    run_once(data, size);
    for (unsigned long round = 0; round < rounds; round++) {
        memcpy(work, data, size);
        run_once(work, mutate(work, size, capacity));
    }
    free(work);
    free(data);
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: %s ROUNDS FINDING FILE...\n", argv[0]);
        return 2;
    }
    unsigned long files = (unsigned long)argc - 3;
    unsigned long rounds = strtoul(argv[1], NULL, 10) / files;
    finding = argv[2];
    signal(SIGABRT, save_finding);
    signal(SIGALRM, save_finding);
    int failed = 0;
    for (int i = 3; i < argc; i++) failed |= run_file(argv[i], rounds);
    printf("%lu inputs, %lu mutations\n", files, files * rounds);
    return failed;
}
