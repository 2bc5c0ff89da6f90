// The unit-test harness and the main function of the test program.
// SPDX-License-Identifier: Apache-2.0
//
// usage: unit-tests [SUITE...]   runs all suites, or those named
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(name) void test_##name(void);
#include "suites.inc"
#undef SUITE

static const struct {
    const char *name;
    void (*run)(void);
} suites[] = {
#define SUITE(name) {#name, test_##name},
#include "suites.inc"
#undef SUITE
};

static struct {
    char name[256];
    bool open, failed;
    unsigned passed, failures, skipped;
} state;

static void close_case(void) {
    if (!state.open) return;
    if (state.failed)
        state.failures++;
    else
        state.passed++;
    state.open = false;
}

void nr_test_case(const char *name, const char *file, int line) {
    close_case();
    snprintf(state.name, sizeof(state.name), "%s (%s:%d)", name,
             strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line);
    state.open = true;
    state.failed = false;
}

void nr_test_skip(const char *name, const char *why) {
    close_case();
    state.skipped++;
    printf("skipped: %s: %s\n", name, why);
}

static void fail(const char *file, int line) {
    if (!state.failed) printf("FAILED %s\n", state.name);
    state.failed = true;
    printf("  %s:%d: ", file, line);
}

bool nr_test_check(bool ok, const char *what, const char *file, int line) {
    if (ok) return true;
    fail(file, line);
    printf("%s\n", what);
    return false;
}

bool nr_test_equal_int(int64_t actual, int64_t expected, const char *what, const char *file,
                       int line) {
    if (actual == expected) return true;
    fail(file, line);
    printf("%s is %lld (0x%llx), expected %lld (0x%llx)\n", what, (long long)actual,
           (unsigned long long)actual, (long long)expected, (unsigned long long)expected);
    return false;
}

bool nr_test_equal_str(struct nr_str actual, struct nr_str expected, const char *what,
                       const char *file, int line) {
    if (nr_str_equal(actual, expected)) return true;
    fail(file, line);
    printf("%s is\n    \"%.*s\", expected\n    \"%.*s\"\n", what, NR_STR_ARGS(actual),
           NR_STR_ARGS(expected));
    return false;
}

static void print_bytes(struct nr_bytes bytes) {
    for (size_t i = 0; i < bytes.size; i++)
        printf("%s%02x", i % 32 ? " " : "\n    ", bytes.data[i]);
    printf("\n");
}

bool nr_test_equal_bytes(struct nr_bytes actual, struct nr_bytes expected, const char *what,
                         const char *file, int line) {
    if (nr_bytes_equal(actual, expected)) return true;
    fail(file, line);
    printf("%s is", what);
    print_bytes(actual);
    printf("  expected");
    print_bytes(expected);
    return false;
}

// ---- failing allocations: the linker sends malloc, calloc and realloc here (--wrap) ----

static unsigned fail_at, allocations;

static bool fails(void) { return fail_at && ++allocations >= fail_at; }

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size) { return fails() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) {
    return fails() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *old, size_t size) { return fails() ? NULL : __real_realloc(old, size); }

bool nr_test_fail_allocation(unsigned n) {
    bool reached = fail_at && allocations >= fail_at;
    fail_at = n;
    allocations = 0;
    return reached;
}

void nr_test_every_allocation(enum nr_status (*work)(void *context), void *context,
                              unsigned limit) {
    for (unsigned n = 1; n <= limit; n++) {
        nr_test_fail_allocation(n);
        enum nr_status status = work(context);
        bool reached = nr_test_fail_allocation(0);
        if (!reached) {
            CHECK_INT(status, NR_OK);
            return;
        }
    }
    CHECK(false && "the work still allocates after the limit of rounds");
}

// ---- a log that is kept ----

static struct {
    struct nr_log log;
    char text[1 << 16];
    size_t size;
} kept;

static void keep_line(void *context, const char *line, size_t size) {
    (void)context;
    enum { LEVEL = 8, STAMP = 20 };  // "[Info ] " and "0000-00-00 00:00:00 "
    if (size < LEVEL + STAMP || kept.size + size > sizeof(kept.text)) return;
    memcpy(kept.text + kept.size, line, LEVEL);
    memcpy(kept.text + kept.size + LEVEL, line + LEVEL + STAMP, size - LEVEL - STAMP);
    kept.size += size - STAMP;
}

struct nr_log *nr_test_log(enum nr_log_level level) {
    kept.log = (struct nr_log){.level = level, .write = keep_line};
    kept.size = 0;
    return &kept.log;
}

struct nr_str nr_test_log_text(void) {
    return (struct nr_str){kept.text, kept.size};
}

static bool wanted(const char *name, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(name, argv[i]) == 0) return true;
    }
    return argc == 1;
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        if (!wanted(suites[i].name, argc, argv)) continue;
        nr_test_case(suites[i].name, suites[i].name, 0);
        state.open = false;  // a suite is not a case: only what NR_CASE opens counts
        suites[i].run();
        close_case();
    }
    printf("%u passed, %u failed", state.passed, state.failures);
    if (state.skipped) printf(", %u skipped", state.skipped);
    printf("\n");
    return state.failures ? 1 : 0;
}
