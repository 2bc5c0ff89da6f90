// Tests of src/profiler/native_image.c.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/native_image.h"

#include <stdio.h>

#include "harness.h"
#include "image.h"
#include "platform/platform.h"

#ifdef _WIN32
#define IN_FOLDER ""
#else
#define IN_FOLDER "/tmp/"
#endif

enum {
    CLI_NATIVE_HEADER = 64,
    COMPONENT = 0x20,
    MANY_MODULES = 0x40,
    MANIFEST = 112,
    INLINING_INFO2 = 114,
    COMPONENTS = 115,
    OWNER_COMPOSITE = 116,
    CROSS_MODULE_INLINE_INFO = 119,
};

static struct nr_bytes references_to(struct nr_arena *arena, const char *name) {
    struct nr_test_image image;
    nr_test_image_init(&image, arena);
    NR_TEST_ROW(&image, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0,
                nr_test_image_string(&image, name));
    return nr_test_image_metadata(&image);
}

static void add_section(struct nr_buffer *bodies, uint32_t type, uint32_t offset, size_t size) {
    nr_buffer_u32(bodies, type);
    nr_buffer_u32(bodies, NR_TEST_IMAGE_BODIES + offset);
    nr_buffer_u32(bodies, (uint32_t)size);
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
    nr_buffer_u32(&image.bodies, 4);
    add_section(&image.bodies, MANIFEST, 64 + 8, lies ? 20 : manifest.size);
    add_section(&image.bodies, INLINING_INFO2, 64, 1);
    add_section(&image.bodies, CROSS_MODULE_INLINE_INFO, 65, 2);
    add_section(&image.bodies, OWNER_COMPOSITE, 67, 3);
    nr_buffer_append(&image.bodies, "12\3ab\0\0\0", 8);
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
        uint8_t *image = make_image(arena, MANY_MODULES, plus, false);
        NR_CASE("an image as it is on disk");
        nr_native_image_read(arena, image, true, &native);
        CHECK(native.compiled && !native.any);
        CHECK_INT(native.count, 2);
        CHECK(nr_native_image_may_inline(&native, NR_STR("Own")));
        CHECK(nr_native_image_may_inline(&native, NR_STR("Further")));
        CHECK(!nr_native_image_may_inline(&native, NR_STR("Other")));

        NR_CASE("the record, and the modules that it means");
        CHECK_BYTES(native.record.of_module, ((struct nr_bytes){(const uint8_t *)"1", 1}));
        CHECK_BYTES(native.record.of_image, ((struct nr_bytes){(const uint8_t *)"2\3", 2}));
        CHECK(native.record.many_modules);
        CHECK_STR(nr_native_image_module(&native, 0), "");
        CHECK_STR(nr_native_image_module(&native, 1), "Own");
        CHECK_STR(nr_native_image_module(&native, 2), "");
        CHECK_STR(nr_native_image_module(&native, 3), "Further");
        CHECK_STR(nr_native_image_module(&native, 4), "");
        CHECK_STR(nr_native_image_module(&native, UINT32_MAX), "");

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
    CHECK_STR(native.composite, "ab");

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

// A composite image in a file: of Own and Further, with a record for Further.
static struct nr_bytes make_composite(struct nr_arena *arena) {
    enum {
        HEADER = 44,
        COMPONENT_TABLE = HEADER + 40,
        CORE = COMPONENT_TABLE + 32,
        TABLE = CORE + 20
    };
    struct nr_test_image image, references;
    nr_test_image_init(&image, arena);
    nr_test_image_init(&references, arena);
    image.pe32_plus = true;
    NR_TEST_ROW(&references, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0,
                nr_test_image_string(&references, "Own"));
    NR_TEST_ROW(&references, NR_TABLE_ASSEMBLY_REF, 4, 0, 0, 0, 0, 0,
                nr_test_image_string(&references, "Further"));
    struct nr_bytes manifest = nr_test_image_metadata(&references);
    struct nr_buffer *bodies = &image.bodies;
    while (bodies->size < 28) nr_buffer_u8(bodies, 0);  // exports, with their functions behind
    nr_buffer_u32(bodies, NR_TEST_IMAGE_BODIES + 40);
    while (bodies->size < 40) nr_buffer_u8(bodies, 0);
    nr_buffer_u32(bodies, NR_TEST_IMAGE_BODIES + HEADER);
    nr_buffer_u32(bodies, 0x00525452);
    nr_buffer_u32(bodies, 10);
    nr_buffer_u32(bodies, 0);
    nr_buffer_u32(bodies, 2);
    add_section(bodies, MANIFEST, TABLE + 4, manifest.size);
    add_section(bodies, COMPONENTS, COMPONENT_TABLE, 32);
    for (int i = 0; i < 6; i++) nr_buffer_u32(bodies, 0);
    nr_buffer_u32(bodies, NR_TEST_IMAGE_BODIES + CORE);
    nr_buffer_u32(bodies, 20);
    nr_buffer_u32(bodies, 0);
    nr_buffer_u32(bodies, 1);
    add_section(bodies, INLINING_INFO2, TABLE, 3);
    nr_buffer_append(bodies, "abc", 4);
    nr_buffer_append(bodies, manifest.data, manifest.size);
    struct nr_bytes file = nr_test_image_build(&image);
    uint8_t *copy = nr_arena_calloc(arena, file.size, 1);
    memcpy(copy, file.data, file.size);
    nr_store_u32(copy + NR_TEST_IMAGE_OPTIONAL + 112, NR_TEST_IMAGE_BODIES);
    return (struct nr_bytes){copy, NR_TEST_IMAGE_RAW + 72 + bodies->size};
}

static void put(struct nr_str path, struct nr_bytes bytes) {
    struct nr_file file = NR_FILE_NONE;
    remove(path.data);
    CHECK_INT(nr_file_open_append(path, &file), NR_OK);
    CHECK_INT(nr_file_write(file, bytes.data, bytes.size), NR_OK);
    nr_file_close(file);
}

static void test_composite(struct nr_arena *arena) {
    char name[64];
    struct nr_native_image native;
    struct nr_bytes image = make_composite(arena);
    snprintf(name, sizeof(name), "%scomposite-%u", IN_FOLDER, (unsigned)nr_process_id());
    struct nr_str path = nr_str_of(name);
    put(path, image);

    NR_CASE("what a composite image has for an assembly");
    CHECK_INT(nr_native_image_read_composite(arena, path, NR_STR("Further"), &native), NR_OK);
    CHECK_BYTES(native.record.of_module, ((struct nr_bytes){(const uint8_t *)"abc", 3}));
    CHECK_INT(native.record.of_image.size, 0);
    CHECK_STR(nr_native_image_module(&native, 1), "");
    CHECK_STR(nr_native_image_module(&native, 2), "Own");
    CHECK_STR(nr_native_image_module(&native, 3), "Further");

    NR_CASE("assemblies without a header of their own, and others");
    CHECK_INT(nr_native_image_read_composite(arena, path, NR_STR("Own"), &native), NR_MALFORMED);
    CHECK_INT(nr_native_image_read_composite(arena, path, NR_STR("Other"), &native), NR_MALFORMED);

    NR_CASE("a composite image that is cut off");
    for (size_t size = 0; size < image.size; size += size < 0x200 ? 64 : 16) {
        put(path, (struct nr_bytes){image.data, size});
        CHECK(nr_native_image_read_composite(arena, path, NR_STR("Further"), &native) != NR_OK);
    }
    remove(path.data);
    CHECK_INT(nr_native_image_read_composite(arena, path, NR_STR("Further"), &native),
              NR_NOT_FOUND);
}

void test_native_image(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    test_references(&arena);
    test_others(&arena);
    test_composite(&arena);
    nr_arena_free(&arena);
}
