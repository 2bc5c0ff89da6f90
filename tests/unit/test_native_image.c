// Tests of src/profiler/native_image.c.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/native_image.h"

#include "harness.h"
#include "image.h"

enum { CLI_NATIVE_HEADER = 64, COMPONENT = 0x20, MANIFEST = 112 };

static struct nr_bytes references_to(struct nr_arena *arena, const char *name) {
    struct nr_test_image image;
    nr_test_image_init(&image, arena);
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0,
                nr_test_image_string(&image, name));
    return nr_test_image_metadata(&image);
}

// An image that refers to Own, with a ReadyToRun header whose manifest refers to Further.
static uint8_t *make_image(struct nr_arena *arena, uint32_t flags, bool plus, bool lies) {
    struct nr_test_image image;
    struct nr_bytes manifest = references_to(arena, "Further");
    nr_test_image_init(&image, arena);
    image.pe32_plus = plus;
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0,
                nr_test_image_string(&image, "Own"));
    nr_buffer_u32(&image.bodies, 0x00525452);
    nr_buffer_u32(&image.bodies, 10);
    nr_buffer_u32(&image.bodies, flags);
    nr_buffer_u32(&image.bodies, 2);
    nr_buffer_append(&image.bodies, "\x64\0\0\0\0\0\0\0\0\0\0\0", 12);
    nr_buffer_u32(&image.bodies, MANIFEST);
    nr_buffer_u32(&image.bodies, NR_TEST_IMAGE_BODIES + 40);
    nr_buffer_u32(&image.bodies, lies ? 20 : (uint32_t)manifest.size);
    nr_buffer_append(&image.bodies, manifest.data, manifest.size);
    struct nr_bytes file = nr_test_image_build(&image);
    uint8_t *copy = nr_arena_calloc(arena, NR_TEST_IMAGE_RVA + 4096, 1);
    memcpy(copy, file.data, file.size);
    nr_store_u32(copy + NR_TEST_IMAGE_CLI + CLI_NATIVE_HEADER, NR_TEST_IMAGE_BODIES);
    return copy;
}

static void test_references(struct nr_arena *arena) {
    for (int plus = 0; plus < 2; plus++) {
        struct nr_native_image native;
        uint8_t *image = make_image(arena, 0, plus, false);
        NR_CASE("an image as it is on disk");
        nr_native_image_read(arena, image, true, &native);
        CHECK(native.compiled && !native.any);
        CHECK_INT(native.count, 2);
        CHECK(nr_native_image_may_inline(&native, NR_STR("Own")));
        CHECK(nr_native_image_may_inline(&native, NR_STR("Further")));
        CHECK(!nr_native_image_may_inline(&native, NR_STR("Other")));

        NR_CASE("an image by its RVAs");
        memmove(image + NR_TEST_IMAGE_RVA, image + NR_TEST_IMAGE_RAW, 4096);
        memset(image + NR_TEST_IMAGE_RAW, 0, 4096);
        nr_native_image_read(arena, image, false, &native);
        CHECK(native.compiled && !native.any);
        CHECK(nr_native_image_may_inline(&native, NR_STR("Further")));
    }
}

static void test_others(struct nr_arena *arena) {
    struct nr_native_image native;
    NR_CASE("a part of a composite image may inline everything");
    nr_native_image_read(arena, make_image(arena, COMPONENT, true, false), true, &native);
    CHECK(native.compiled && nr_native_image_may_inline(&native, NR_STR("Other")));

    NR_CASE("metadata that cannot be read: everything is possible");
    nr_native_image_read(arena, make_image(arena, 0, true, true), true, &native);
    CHECK(native.compiled && nr_native_image_may_inline(&native, NR_STR("Other")));

    NR_CASE("no ReadyToRun header, no image");
    uint8_t *image = make_image(arena, 0, true, false);
    nr_store_u32(image + NR_TEST_IMAGE_CLI + CLI_NATIVE_HEADER, 0);
    nr_native_image_read(arena, image, true, &native);
    CHECK(!native.compiled && !nr_native_image_may_inline(&native, NR_STR("Own")));
    nr_native_image_read(arena, NULL, true, &native);
    CHECK(!native.compiled && !nr_native_image_may_inline(&native, NR_STR("Own")));
    nr_native_image_read(arena, (const uint8_t *)"WbIL", true, &native);
    CHECK(!native.compiled && !nr_native_image_may_inline(&native, NR_STR("Own")));
}

void test_native_image(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    test_references(&arena);
    test_others(&arena);
    nr_arena_free(&arena);
}
