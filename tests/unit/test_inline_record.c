// Tests of src/profiler/inline_record.c.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/inline_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

struct seen {
    char text[512];
};

static void note(void *context, const struct nr_inlining *inlining) {
    struct seen *seen = context;
    size_t size = strlen(seen->text);
    snprintf(seen->text + size, sizeof(seen->text) - size, "%u:%x in %u:%x\n",
             (unsigned)inlining->inlinee_module, (unsigned)inlining->inlinee,
             (unsigned)inlining->inliner_module, (unsigned)inlining->inliner);
}

static enum nr_status read_record(struct nr_bytes of_module, struct nr_bytes of_image,
                                  bool many_modules, struct seen *seen) {
    const struct nr_inline_record record = {of_module, of_image, many_modules};
    *seen = (struct seen){0};
    return nr_inline_record_read(&record, note, seen);
}

#define BYTES(text) ((struct nr_bytes){(const uint8_t *)(text), sizeof(text) - 1})
#define NOTHING ((struct nr_bytes){0})

// As crossgen2 of .NET 10 wrote them, but for those that say otherwise.
static const char of_image[] = "\x00\x02\x04\x22\x02\x08\x08\x08\x06\x00";
static const char of_module[] = "\x00\x02\x04\x40\x02\x06\x06\x06\x04";

static void test_entries(void) {
    struct seen seen;
    NR_CASE("a table of the image");
    CHECK_INT(read_record(NOTHING, BYTES(of_image), true, &seen), NR_OK);
    CHECK_STR(nr_str_of(seen.text), "4:6000001 in 0:6000001\n");

    NR_CASE("a table of the module");
    CHECK_INT(read_record(BYTES(of_module), NOTHING, false, &seen), NR_OK);
    CHECK_STR(nr_str_of(seen.text), "3:6000001 in 0:6000001\n");

    NR_CASE("a table of the image, of one module: differences without modules (made up)");
    CHECK_INT(read_record(NOTHING, BYTES("\x00\x02\x04\x22\x02\x06\x08\x06\x04"), false, &seen),
              NR_OK);
    CHECK_STR(nr_str_of(seen.text), "0:6000001 in 0:6000003\n0:6000001 in 0:6000005\n");

    NR_CASE("what was inlined from outside is left out");
    CHECK_INT(read_record(NOTHING, BYTES("\x00\x02\x04\x22\x02\x06\x02\x06\x00"), true, &seen),
              NR_OK);
    CHECK_STR(nr_str_of(seen.text), "");

    NR_CASE("inliners from outside are left out (made up)");
    CHECK_INT(read_record(NOTHING, BYTES("\x00\x02\x04\x22\x02\x0c\x0c\x00\x04\x0a\x0a\x0c"), true,
                          &seen),
              NR_OK);
    CHECK_STR(nr_str_of(seen.text), "0:6000001 in 0:6000003\n");

    NR_CASE("both tables; none");
    CHECK_INT(read_record(BYTES(of_module), BYTES(of_image), true, &seen), NR_OK);
    CHECK_STR(nr_str_of(seen.text), "3:6000001 in 0:6000001\n4:6000001 in 0:6000001\n");
    CHECK_INT(read_record(NOTHING, NOTHING, true, &seen), NR_OK);
    CHECK_STR(nr_str_of(seen.text), "");
}

// Four buckets, their places in two bytes each, and numbers of each size (made up).
static void test_numbers(void) {
    static const char table[] =
        "\x09\x0a\x00\x0a\x00\x0a\x00\x0c\x00\x0c\x00\x22\x02"
        "\x0a\x04\x01\x04\x03\x00\x02\x07\x00\x00\x02\x0f\x00\x00\x00\x01";
    struct seen seen;
    NR_CASE("numbers of one to five bytes");
    CHECK_INT(read_record(BYTES(table), NOTHING, true, &seen), NR_OK);
    CHECK_STR(nr_str_of(seen.text),
              "0:6000001 in 0:6000080\n0:6000001 in 0:6002080\n0:6000001 in 0:6102080\n"
              "0:6000001 in 0:6902080\n");
}

static void test_malformed(void) {
    struct seen seen;
    NR_CASE("every end that comes too early");
    for (size_t size = 1; size < sizeof(of_image) - 1; size++) {
        uint8_t *copy = malloc(size);
        if (!CHECK(copy)) return;
        memcpy(copy, of_image, size);
        CHECK_INT(read_record(NOTHING, (struct nr_bytes){copy, size}, true, &seen), NR_MALFORMED);
        free(copy);
    }
    NR_CASE("a header that nobody writes");
    CHECK_INT(read_record(BYTES("\x03"), NOTHING, true, &seen), NR_MALFORMED);
    CHECK_INT(read_record(BYTES("\xfc"), NOTHING, true, &seen), NR_MALFORMED);
    NR_CASE("an entry that lies outside, in front and behind");
    CHECK_INT(read_record(BYTES("\x00\x02\x04\x22\x80"), NOTHING, true, &seen), NR_MALFORMED);
    CHECK_INT(read_record(BYTES("\x00\x02\x04\x22\x7e"), NOTHING, true, &seen), NR_MALFORMED);
    NR_CASE("entries that share more numbers than there are");
    CHECK_INT(read_record(BYTES("\x00\x02\x06\x22\x06\x22\x02\x04\x04\x04"), NOTHING, true, &seen),
              NR_OK);
    CHECK_INT(read_record(
                  BYTES("\x00\x02\x0a\x22\x0e\x22\x0a\x22\x06\x22\x02\x0c\x04\x04\x04\x04\x04\x04"),
                  NOTHING, true, &seen),
              NR_MALFORMED);
}

void test_inline_record(void) {
    test_entries();
    test_numbers();
    test_malformed();
}
