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

// The bytes of text, which may hold spaces; ends at the first other character. In memory of their
// own, so that AddressSanitizer sees a read beyond them; the caller frees data.
static inline struct nr_bytes nr_test_hex(const char *text) {
    uint8_t *data = malloc(strlen(text) / 2 + 1);
    size_t size = 0;
    for (; data && *text; text++) {
        if (*text == ' ') continue;
        int high = nr_test_hex_digit(text[0]);
        int low = high < 0 ? -1 : nr_test_hex_digit(text[1]);
        if (low < 0) break;
        data[size++] = (uint8_t)(high << 4 | low);
        text++;
    }
    uint8_t *exact = realloc(data, size ? size : 1);
    return (struct nr_bytes){exact ? exact : data, size};
}

// A copy in memory of its own, for the same reason.
static inline struct nr_bytes nr_test_copy(struct nr_bytes bytes) {
    uint8_t *data = malloc(bytes.size ? bytes.size : 1);
    if (data && bytes.size) memcpy(data, bytes.data, bytes.size);
    return (struct nr_bytes){data, bytes.size};
}

static inline void nr_test_free(struct nr_bytes bytes) { free((void *)(uintptr_t)bytes.data); }

#endif
