// Tests of src/profiler/callers.c.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/callers.h"

#include "harness.h"
#include "image.h"

enum {
    TYPE_REF_PARENT = 1,  // tag of MemberRefParent (II.24.2.6)
    TYPE_SPEC_PARENT = 4,
    MEMBER_REF_SPEC = 1,  // of MethodDefOrRef
    CLI_NATIVE_HEADER = 64,
};

static const char module, other;  // only their addresses count

// A tiny body (II.25.4.2): an instruction with a token, ret. Adds the method whose body it is.
static nr_token add_method(struct nr_test_image *image, uint8_t opcode, nr_token operand) {
    uint32_t rva = NR_TEST_IMAGE_BODIES + (uint32_t)image->bodies.size;
    nr_buffer_u8(&image->bodies, 6 << 2 | 2);
    nr_buffer_u8(&image->bodies, opcode);
    nr_buffer_u32(&image->bodies, operand);
    nr_buffer_u8(&image->bodies, 0x2A);
    return NR_TOKEN(NR_TABLE_METHOD_DEF,
                    NR_TEST_ROW(image, NR_TABLE_METHOD_DEF, rva, 0, 0, 0, 0, 1));
}

static uint32_t add_reference(struct nr_test_image *image, uint32_t parent, const char *name) {
    return NR_TEST_ROW(image, NR_TABLE_MEMBER_REF, parent, nr_test_image_string(image, name), 0);
}

// Methods 1 to 9; the references that they call stand beside them.
static void add_methods(struct nr_test_image *image) {
    uint32_t spec = nr_test_image_blob(image, "\x15\x12\x05\x01\x08", 5);  // TypeRef 1 over int
    NR_TEST_ROW(image, NR_TABLE_TYPE_REF, 0, nr_test_image_string(image, "List`1"), 0);
    NR_TEST_ROW(image, NR_TABLE_TYPE_REF, 0, nr_test_image_string(image, "Other"), 0);
    NR_TEST_ROW(image, NR_TABLE_TYPE_SPEC, spec);
    add_reference(image, 2 << 3 | TYPE_REF_PARENT, "Get");
    add_reference(image, 1 << 3 | TYPE_SPEC_PARENT, ".ctor");
    add_reference(image, 2 << 3 | TYPE_REF_PARENT, ".ctor");
    NR_TEST_ROW(image, NR_TABLE_METHOD_SPEC, 1 << 1 | MEMBER_REF_SPEC, 0);
    add_method(image, 0x28, 0x06000007);  // call
    add_method(image, 0x6F, 0x0A000001);  // callvirt
    add_method(image, 0x73, 0x0A000002);  // newobj
    add_method(image, 0x73, 0x0A000003);
    add_method(image, 0x28, 0x2B000001);
    add_method(image, 0x7B, 0x0A000001);  // ldfld
    add_method(image, 0x28, 0x06000001);
    add_method(image, 0x28, 0x70000001);
    NR_TEST_ROW(image, NR_TABLE_METHOD_DEF, 0x00FFFFF0, 0, 0, 0, 0, 1);  // its body is nowhere
}

// An image as it is on disk, with a ReadyToRun header behind the bodies.
static void make_image(struct nr_arena *arena, struct nr_native_image *native) {
    struct nr_test_image image;
    nr_test_image_init(&image, arena);
    add_methods(&image);
    nr_test_align(&image.bodies, 4);
    uint32_t header = NR_TEST_IMAGE_BODIES + (uint32_t)image.bodies.size;
    nr_buffer_u32(&image.bodies, 0x00525452);
    for (int i = 0; i < 3; i++) nr_buffer_u32(&image.bodies, 0);
    struct nr_bytes file = nr_test_image_build(&image);
    uint8_t *copy = nr_arena_calloc(arena, file.size, 1);
    memcpy(copy, file.data, file.size);
    nr_store_u32(copy + NR_TEST_IMAGE_CLI + CLI_NATIVE_HEADER, header);
    nr_native_image_read(arena, copy, true, native);
    CHECK(native->compiled);
}

// The rows of what is found, as digits.
static struct nr_str callers_of(struct nr_arena *arena, const struct nr_native_image *image,
                                struct nr_callee callee) {
    struct nr_buffer found, text;
    nr_buffer_init(&found, arena);
    nr_buffer_init(&text, arena);
    CHECK_INT(nr_callers_find(arena, &module, image, &callee, 1, &found), NR_OK);
    for (size_t at = 0; at < found.size; at += sizeof(nr_token)) {
        nr_buffer_u8(&text, (uint8_t)('0' + NR_TOKEN_ROW(nr_load_u32(found.data + at))));
    }
    return (struct nr_str){(const char *)text.data, text.size};
}

void test_callers(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_native_image image;
    make_image(&arena, &image);

    NR_CASE("by name, directly and as an instantiation");
    const struct nr_callee get = {&other, 0x06000007, NR_STR("Get"), {0}};
    CHECK_STR(callers_of(&arena, &image, get), "25");

    NR_CASE("a method of the module itself");
    const struct nr_callee own = {&module, 0x06000007, NR_STR("Own"), {0}};
    CHECK_STR(callers_of(&arena, &image, own), "1");

    NR_CASE("a constructor, by the name of its type");
    const struct nr_callee constructor = {&other, 0x06000001, NR_STR(".ctor"),
                                          NR_STR("System.List`1")};
    CHECK_STR(callers_of(&arena, &image, constructor), "3");

    NR_CASE("nobody calls it");
    const struct nr_callee none = {&other, 0x06000001, NR_STR("None"), {0}};
    CHECK_STR(callers_of(&arena, &image, none), "");

    NR_CASE("metadata that cannot be read");
    struct nr_buffer found;
    nr_buffer_init(&found, &arena);
    image.metadata.size = 20;
    CHECK_INT(nr_callers_find(&arena, &module, &image, &get, 1, &found), NR_MALFORMED);

    NR_CASE("what lies at an RVA ends with its section");
    CHECK(nr_native_image_at(&image, NR_TEST_IMAGE_RVA).size > 72);
    CHECK(nr_native_image_at(&image, 0).size == 0);
    image.base = NULL;
    CHECK(nr_native_image_at(&image, NR_TEST_IMAGE_RVA).size == 0);
    nr_arena_free(&arena);
}
