// Bytes written as hexadecimal digits, for tables of cases.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TESTS_HEX_H
#define NR_TESTS_HEX_H

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

static inline int nr_test_hex_digit(char c) {
    const char *digits = "0123456789abcdef";
    const char *place = c ? strchr(digits, c) : NULL;
    return place ? (int)(place - digits) : -1;
}

static inline uint8_t *nr_test_allocate(size_t size) {
    uint8_t *data = malloc(size ? size : 1);
    if (!data) abort();
    return data;
}

// A copy in memory of its own, so that AddressSanitizer sees a read beyond it.
static inline struct nr_bytes nr_test_copy(struct nr_bytes bytes) {
    uint8_t *data = nr_test_allocate(bytes.size);
    if (bytes.data) memcpy(data, bytes.data, bytes.size);
    return (struct nr_bytes){data, bytes.size};
}

static inline void nr_test_free(struct nr_bytes bytes) { free((void *)(uintptr_t)bytes.data); }

// The bytes of text, which may hold spaces; ends at the first other character. Freed by the caller.
static inline struct nr_bytes nr_test_hex(const char *text) {
    uint8_t *data = nr_test_allocate(strlen(text) / 2);
    size_t size = 0;
    for (; *text; text++) {
        if (*text == ' ') continue;
        int high = nr_test_hex_digit(text[0]);
        int low = high < 0 ? -1 : nr_test_hex_digit(text[1]);
        if (low < 0) break;
        data[size++] = (uint8_t)(high << 4 | low);
        text++;
    }
    struct nr_bytes exact = nr_test_copy((struct nr_bytes){data, size});
    free(data);
    return exact;
}

#endif
