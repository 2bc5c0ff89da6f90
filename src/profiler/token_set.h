// A set of tokens of one table, one bit a row.
// SPDX-License-Identifier: Apache-2.0
//
// Zero-initialise. Not thread-safe: whoever has it has a lock for it.
#ifndef NR_PROFILER_TOKEN_SET_H
#define NR_PROFILER_TOKEN_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "metadata/token.h"

struct nr_token_set {
    unsigned char *bits;
    size_t size;  // of bits, in bytes
};

// *added: the token was not there before. NR_NO_MEMORY.
enum nr_status nr_token_set_add(struct nr_token_set *set, nr_token token, bool *added);
bool nr_token_set_has(const struct nr_token_set *set, nr_token token);
void nr_token_set_free(struct nr_token_set *set);

#endif
