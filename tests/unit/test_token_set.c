// Sets of tokens.
// SPDX-License-Identifier: Apache-2.0
#include "harness.h"
#include "profiler/token_set.h"

static void test_members(void) {
    static const nr_token tokens[] = {0x06000001, 0x06000007, 0x06000008, 0x06000FFF, 0x06000010};
    struct nr_token_set set = {0};
    bool added = false;
    NR_CASE("a set holds what was added, and nothing else");
    for (size_t i = 0; i < 5; i++) {
        CHECK(!nr_token_set_has(&set, tokens[i]));
        CHECK(nr_token_set_add(&set, tokens[i], &added) == NR_OK && added);
    }
    for (size_t i = 0; i < 5; i++) {
        CHECK(nr_token_set_has(&set, tokens[i]));
        CHECK(nr_token_set_add(&set, tokens[i], &added) == NR_OK && !added);
    }
    CHECK(!nr_token_set_has(&set, 0x06000002));
    CHECK(!nr_token_set_has(&set, 0x06FFFFFF));
    nr_token_set_free(&set);
    CHECK(!nr_token_set_has(&set, tokens[0]));
}

static enum nr_status add_two(void *context) {
    struct nr_token_set *set = context;
    bool added;
    enum nr_status status = nr_token_set_add(set, 0x06000001, &added);
    if (status == NR_OK) status = nr_token_set_add(set, 0x06010000, &added);
    if (status == NR_OK) CHECK(nr_token_set_has(set, 0x06000001));
    nr_token_set_free(set);
    return status;
}

void test_token_set(void) {
    struct nr_token_set set = {0};
    test_members();
    NR_CASE("a set without memory");
    nr_test_every_allocation(add_two, &set, 10);
}
