// Reads and compares versions of assemblies.
// SPDX-License-Identifier: Apache-2.0
#include "config/assembly_version.h"

#include "config/number.h"

enum { PARTS = 4 };

static bool read_parts(struct nr_str text, uint16_t parts[PARTS]) {
    size_t count = 0;
    for (size_t from = 0; from <= text.size; count++) {
        size_t dot = nr_str_find(text, '.', from);
        int number;
        if (count == PARTS || !nr_number_parse(nr_str_slice(text, from, dot), &number))
            return false;
        if (number < 0 || number > UINT16_MAX) return false;
        parts[count] = (uint16_t)number;
        from = dot + 1;
    }
    return true;
}

bool nr_version_parse(struct nr_str text, const struct nr_log *log, struct nr_version *version) {
    uint16_t parts[PARTS] = {0};
    if (text.size == 0) return false;
    if (!read_parts(text, parts)) {
        nr_log_warn(log, "%.*s is not a valid version", NR_STR_ARGS(text));
        return false;
    }
    *version = (struct nr_version){parts[0], parts[1], parts[2], parts[3]};
    return parts[0] || parts[1] || parts[2] || parts[3];
}

static uint64_t as_number(struct nr_version version) {
    return (uint64_t)version.major << 48 | (uint64_t)version.minor << 32 |
           (uint64_t)version.build << 16 | version.revision;
}

int nr_version_compare(struct nr_version left, struct nr_version right) {
    uint64_t a = as_number(left), b = as_number(right);
    return (a > b) - (a < b);
}
