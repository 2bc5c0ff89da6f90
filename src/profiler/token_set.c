// Bits in memory that grows with the highest row.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/token_set.h"

#include <stdlib.h>
#include <string.h>

static unsigned char bit_of(nr_token token) {
    return (unsigned char)(1u << (NR_TOKEN_ROW(token) % 8));
}

static enum nr_status grow(struct nr_token_set *set, size_t needed) {
    size_t size = needed + needed / 2;
    unsigned char *bits = realloc(set->bits, size);
    if (!bits) return NR_NO_MEMORY;
    memset(bits + set->size, 0, size - set->size);
    set->bits = bits;
    set->size = size;
    return NR_OK;
}

enum nr_status nr_token_set_add(struct nr_token_set *set, nr_token token, bool *added) {
    size_t place = NR_TOKEN_ROW(token) / 8;
    if (place >= set->size) NR_TRY(grow(set, place + 1));
    *added = !(set->bits[place] & bit_of(token));
    set->bits[place] |= bit_of(token);
    return NR_OK;
}

bool nr_token_set_has(const struct nr_token_set *set, nr_token token) {
    size_t place = NR_TOKEN_ROW(token) / 8;
    return place < set->size && (set->bits[place] & bit_of(token)) != 0;
}

void nr_token_set_free(struct nr_token_set *set) {
    free(set->bits);
    *set = (struct nr_token_set){0};
}
