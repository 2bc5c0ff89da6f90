// Reads a whole number at the start of a text.
// SPDX-License-Identifier: Apache-2.0
#include "config/number.h"

bool nr_number_parse(struct nr_str text, int *value) {
    struct nr_str rest = nr_str_trim(text);
    bool negative = rest.size > 0 && rest.data[0] == '-';
    size_t first = rest.size > 0 && (negative || rest.data[0] == '+'), i = first;
    int64_t number = 0;
    for (; i < rest.size && rest.data[i] >= '0' && rest.data[i] <= '9'; i++) {
        number = number * 10 + (rest.data[i] - '0');
        if (number > (int64_t)INT32_MAX + 1) return false;
    }
    if (negative) number = -number;
    if (i == first || number > INT32_MAX) return false;
    *value = (int)number;
    return true;
}
