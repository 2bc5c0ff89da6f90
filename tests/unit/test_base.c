// Tests of src/base: arena, buffer, strings, map, log.
// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/map.h"
#include "harness.h"

static void test_arena_and_buffer(void) {
    NR_CASE("an arena gives aligned, distinct memory and grows the last block in place");
    struct nr_arena arena = NR_ARENA_INIT;
    char *one = nr_arena_alloc(&arena, 10);
    char *two = nr_arena_alloc(&arena, 0);
    CHECK(one && two && (uintptr_t)two % sizeof(void *) == 0);
    char *three = nr_arena_alloc(&arena, 10);
    memset(three, 'x', 10);
    char *grown = nr_arena_grow(&arena, three, 10, 1000);
    CHECK(grown == three);
    char *far = nr_arena_grow(&arena, grown, 1000, 100000);
    CHECK(far != grown && far[9] == 'x');
    CHECK(nr_arena_calloc(&arena, SIZE_MAX / 2, 4) == NULL);
    CHECK(nr_arena_alloc(&arena, SIZE_MAX) == NULL);

    NR_CASE("a buffer writes little-endian and keeps its bytes while it grows");
    struct nr_buffer buffer;
    nr_buffer_init(&buffer, &arena);
    nr_buffer_u8(&buffer, 1);
    nr_buffer_u16(&buffer, 0x0302);
    nr_buffer_u32(&buffer, 0x07060504);
    nr_buffer_u64(&buffer, 0x0f0e0d0c0b0a0908);
    for (int i = 0; i < 1000; i++) nr_buffer_u8(&buffer, (uint8_t)i);
    CHECK_INT(buffer.status, NR_OK);
    CHECK_INT(buffer.size, 1015);
    for (uint8_t i = 0; i < 15; i++) CHECK_INT(buffer.data[i], i + 1);
    CHECK_INT(nr_load_u64(buffer.data + 7), 0x0f0e0d0c0b0a0908);

    NR_CASE("nothing can be appended to an empty buffer");
    struct nr_buffer empty;
    nr_buffer_init(&empty, &arena);
    nr_buffer_append(&empty, NULL, 0);
    CHECK(empty.status == NR_OK && empty.size == 0);

    NR_CASE("a buffer remembers its first failure");
    CHECK(nr_buffer_reserve(&buffer, SIZE_MAX / 2) == NULL);
    CHECK_INT(buffer.status, NR_NO_MEMORY);
    nr_buffer_u8(&buffer, 1);
    CHECK_INT(buffer.size, 1015);
    nr_arena_free(&arena);
}

static void test_strings(void) {
    NR_CASE("comparisons");
    CHECK(nr_str_equal_ignore_case(NR_STR("Ab-Z"), NR_STR("aB-z")));
    CHECK(!nr_str_equal_ignore_case(NR_STR("a"), NR_STR("ab")));
    CHECK(nr_str_starts_with(NR_STR("abc"), NR_STR("ab")) &&
          !nr_str_starts_with(NR_STR("a"), NR_STR("ab")));
    CHECK(nr_str_ends_with(NR_STR("abc"), NR_STR("bc")) &&
          !nr_str_ends_with(NR_STR("c"), NR_STR("bc")));
    CHECK(nr_str_ends_with_ignore_case(NR_STR("aBC"), NR_STR("bc")));
    CHECK(nr_str_contains(NR_STR("abc"), NR_STR("b")) && !nr_str_contains(NR_STR(""), NR_STR("b")));
    CHECK(nr_str_contains_ignore_case(NR_STR("abc"), NR_STR("BC")));
    CHECK(nr_str_compare(NR_STR("a"), NR_STR("ab")) < 0 &&
          nr_str_compare(NR_STR("b"), NR_STR("ab")) > 0);
    CHECK_STR(nr_str_trim(NR_STR(" \t a b\n")), "a b");
    CHECK_STR(nr_str_trim(NR_STR(" \n")), "");
    CHECK_INT(nr_str_find(NR_STR("a.b.c"), '.', 2), 3);
    CHECK_INT(nr_str_find(NR_STR("abc"), '.', 9), 3);

    static const struct {
        const char *name, *utf8;
        uint16_t utf16[4];
        size_t length;
    } pairs[] = {
        {"ascii", "ab", {'a', 'b'}, 2},
        {"two and three bytes", "\xc3\xa9\xe2\x82\xac", {0xe9, 0x20ac}, 2},
        {"a surrogate pair", "\xf0\x9f\x98\x80", {0xd83d, 0xde00}, 2},
        {"a lone surrogate", "\xed\xa0\x80x", {0xd800, 'x'}, 2},
    };
    struct nr_arena arena = NR_ARENA_INIT;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        NR_CASE(pairs[i].name);
        struct nr_str16 wide = nr_str_to_utf16(&arena, nr_str_of(pairs[i].utf8));
        CHECK_INT(wide.length, pairs[i].length);
        CHECK(memcmp(wide.data, pairs[i].utf16, wide.length * 2) == 0);
        CHECK_INT(nr_utf16_length(wide.data), wide.length);
        CHECK_STR(nr_str_from_utf16(&arena, wide), pairs[i].utf8);
    }
    NR_CASE("ill-formed UTF-8 becomes U+FFFD");
    const char *const bad[] = {"\x80", "\xc3", "\xc0\x80", "\xff", "\xf8", "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_INT(nr_str_to_utf16(&arena, nr_str_of(bad[i])).data[0], 0xfffd);
    }
    NR_CASE("joins and upper case");
    CHECK_STR(NR_STR_JOIN(&arena, NR_STR("a"), NR_STR(""), NR_STR("bc")), "abc");
    CHECK_STR(nr_str_upper(&arena, NR_STR("/usr/\xc3\xa9")), "/USR/\xc3\xa9");
    nr_arena_free(&arena);
}

static void test_map(void) {
    NR_CASE("a map keeps a thousand keys, and the last value of each");
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_map map;
    nr_map_init(&map, &arena);
    CHECK(nr_map_get(&map, NR_STR("k")) == NULL);
    static char keys[1000][8];
    static int values[1000];
    for (int i = 0; i < 1000; i++) {
        struct nr_str key = {keys[i], 8};
        memcpy(keys[i], &i, sizeof(i));
        CHECK_INT(nr_map_set(&map, key, &map), NR_OK);
        CHECK_INT(nr_map_set(&map, key, &values[i]), NR_OK);
    }
    CHECK_INT(map.count, 1000);
    for (int i = 0; i < 1000; i++)
        CHECK(nr_map_get(&map, (struct nr_str){keys[i], 8}) == &values[i]);
    CHECK(nr_map_get(&map, NR_STR("absent")) == NULL);
    nr_arena_free(&arena);
}

static void test_log(void) {
    NR_CASE("a line has a level, a time and the message; the level decides");
    struct nr_log *log = nr_test_log(NR_LOG_INFO);
    nr_log_debug(log, "not this");
    nr_log_info(log, "a %s of %d", "line", 2);
    nr_log_error(log, "bad");
    nr_log_error(NULL, "nowhere");
    CHECK_STR(nr_test_log_text(), "[Info ] a line of 2\n[Error] bad\n");

    NR_CASE("a long line is whole, and cut when memory is out");
    static char text[3000];
    memset(text, 'x', sizeof(text) - 1);
    log = nr_test_log(NR_LOG_TRACE);
    nr_log_trace(log, "%s", text);
    CHECK_INT(nr_test_log_text().size, 8 + 2999 + 1);
    log = nr_test_log(NR_LOG_TRACE);
    nr_test_fail_allocation(1);
    nr_log_trace(log, "%s", text);
    nr_test_fail_allocation(0);
    CHECK_INT(nr_test_log_text().size, 1023 - 20);
}

static enum nr_status use_memory(void *context) {
    (void)context;
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_buffer buffer;
    struct nr_map map;
    nr_buffer_init(&buffer, &arena);
    nr_map_init(&map, &arena);
    enum nr_status status = nr_map_set(&map, NR_STR("k"), &map);
    nr_buffer_reserve(&buffer, 1 << 21);
    if (status == NR_OK) status = buffer.status;
    if (status == NR_OK &&
        !nr_str_copy(&arena, (struct nr_str){(char *)buffer.data, buffer.size}).data) {
        status = NR_NO_MEMORY;
    }
    nr_arena_free(&arena);
    return status;
}

void test_base(void) {
    test_arena_and_buffer();
    test_strings();
    test_map();
    test_log();
    NR_CASE("base survives every failing allocation");
    nr_test_every_allocation(use_memory, NULL, 100);
}
