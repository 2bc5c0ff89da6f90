// The unit-test harness: named cases, checks that go on after a failure, failing allocations.
// SPDX-License-Identifier: Apache-2.0
//
// A file test_foo.c defines `void test_foo(void)`; CMake collects the names. Inside, NR_CASE starts
// a named case, which passes unless a check in it fails. Allocation failures are injected by
// wrapping malloc and its kin at link time, so the product has no hook for it.
#ifndef NR_TESTS_HARNESS_H
#define NR_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/str.h"

void nr_test_case(const char *name, const char *file, int line);
// A printf-like name, for cases in a table.
#define NR_CASE(name) nr_test_case((name), __FILE__, __LINE__)

bool nr_test_check(bool ok, const char *what, const char *file, int line);
bool nr_test_equal_int(int64_t actual, int64_t expected, const char *what, const char *file,
                       int line);
bool nr_test_equal_str(struct nr_str actual, struct nr_str expected, const char *what,
                       const char *file, int line);
bool nr_test_equal_bytes(struct nr_bytes actual, struct nr_bytes expected, const char *what,
                         const char *file, int line);

// Each gives whether it held, so that a test can stop early: if (!CHECK(pointer)) return;
#define CHECK(condition) nr_test_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) \
    nr_test_equal_int((int64_t)(actual), (int64_t)(expected), #actual, __FILE__, __LINE__)
#define CHECK_STR(actual, expected) \
    nr_test_equal_str((actual), nr_str_of(expected), #actual, __FILE__, __LINE__)
#define CHECK_BYTES(actual, expected) \
    nr_test_equal_bytes((actual), (expected), #actual, __FILE__, __LINE__)

// A case that cannot run here: counted as skipped, never as passed.
void nr_test_skip(const char *name, const char *why);

// Lets the n-th allocation from now (1 is the next) and all after it fail; 0 ends that.
// Returns whether the failure was reached since the last call with n > 0.
bool nr_test_fail_allocation(unsigned n);
// Runs work(context) with the first, second, … allocation failing until none does. The work must
// return an error or give a right result each time, and leak nothing (LeakSanitizer looks).
// limit bounds the number of rounds.
void nr_test_every_allocation(enum nr_status (*work)(void *context), void *context, unsigned limit);

// A log whose lines are kept: nr_test_log_text gives them all, each ended by '\n', without time
// stamps
// ("[Info ] message\n"). One at a time.
struct nr_log *nr_test_log(enum nr_log_level level);
struct nr_str nr_test_log_text(void);

#endif
