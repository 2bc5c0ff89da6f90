// Tests of src/metadata/managed_image.c.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/managed_image.h"

#include <string.h>

#include "harness.h"

enum { PE_AT = 0x80, OPTIONAL_AT = PE_AT + 24 };

// A head with the least that makes a managed image.
static void make_head(uint8_t head[512], uint16_t magic) {
    memset(head, 0, 512);
    memcpy(head, "MZ", 2);
    nr_store_u32(head + 0x3C, PE_AT);
    memcpy(head + PE_AT, "PE\0\0", 4);
    head[OPTIONAL_AT] = (uint8_t)magic;
    head[OPTIONAL_AT + 1] = (uint8_t)(magic >> 8);
    uint8_t *cli = head + OPTIONAL_AT + (magic == 0x10B ? 96 : 112) + 14 * 8;
    nr_store_u32(cli, 0x2008);
    nr_store_u32(cli + 4, 72);
}

static bool managed(const uint8_t *head, size_t size) {
    return nr_is_managed_image((struct nr_bytes){head, size});
}

void test_managed_image(void) {
    uint8_t head[512];
    NR_CASE("PE32 and PE32+ images with a CLI header");
    make_head(head, 0x10B);
    CHECK(managed(head, sizeof(head)));
    make_head(head, 0x20B);
    CHECK(managed(head, sizeof(head)));

    NR_CASE("not without one of its parts");
    static const size_t parts[] = {0, PE_AT, OPTIONAL_AT, OPTIONAL_AT + 112 + 14 * 8,
                                   OPTIONAL_AT + 112 + 14 * 8 + 4};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        make_head(head, 0x20B);
        memset(head + parts[i], 0, 4);
        CHECK(!managed(head, sizeof(head)));
    }

    NR_CASE("not when it is cut anywhere, or points outside");
    make_head(head, 0x20B);
    size_t whole = OPTIONAL_AT + 112 + 15 * 8;
    CHECK(managed(head, whole));
    for (size_t size = 0; size < whole; size++) CHECK(!managed(head, size));
    nr_store_u32(head + 0x3C, 0xFFFFFFFF);
    CHECK(!managed(head, sizeof(head)));
}
