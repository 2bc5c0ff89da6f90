// Tests of src/metadata/version_resource.c and src/profiler/product.c: files with and without a
// version, and broken ones.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/version_resource.h"

#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "profiler/product.h"
#include "version_image.h"

// ---- cases ----

static void test_reading(void) {
    static const struct {
        const char *name;
        uint32_t type;
        const char *product;
        bool fixed;
        enum nr_status status;
    } cases[] = {
        {"a product and a version", 16, "New Relic .NET Agent", true, NR_OK},
        {"a product without a version", 16, "New Relic .NET Agent", false, NR_OK},
        {"a version without a product", 16, NULL, true, NR_OK},
        {"an icon is no version", 3, "New Relic .NET Agent", true, NR_NOT_FOUND},
    };
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        struct nr_version_resource found = {0};
        NR_CASE(cases[i].name);
        struct nr_bytes file =
            version_image(&arena, cases[i].type, cases[i].product, cases[i].fixed);
        CHECK_INT(nr_version_resource_read(&arena, file, &found), cases[i].status);
        if (cases[i].status == NR_OK) {
            CHECK_STR(found.product_name, cases[i].product ? cases[i].product : "");
            CHECK_INT(found.product_name.data != NULL, cases[i].product != NULL);
            CHECK_INT(found.has_version, cases[i].fixed);
            CHECK_INT(found.file_version.major, cases[i].fixed ? 10 : 0);
            CHECK_INT(found.file_version.minor, cases[i].fixed ? 1 : 0);
            CHECK_INT(found.file_version.build, cases[i].fixed ? 2 : 0);
            CHECK_INT(found.file_version.revision, cases[i].fixed ? 3 : 0);
        }
        nr_arena_free(&arena);
    }
}

// Whatever a byte says, nothing is read outside the file; the sanitizers look.
static void test_broken(void) {
    static const uint8_t values[] = {0, 1, 3, 0x7F, 0x80, 0xFF};
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = version_image(&arena, 16, "New Relic .NET Agent", true);
    size_t read = 0, from = NR_TEST_IMAGE_RAW + 72, tried = 0;
    NR_CASE("broken resources");
    for (size_t at = from; at < file.size; at++) {
        for (size_t i = 0; i < NR_COUNT_OF(values); i++) {
            struct nr_arena scratch = NR_ARENA_INIT;
            struct nr_version_resource found;
            uint8_t *byte = (uint8_t *)file.data + at, kept = *byte;
            *byte = values[i];
            read += nr_version_resource_read(&scratch, file, &found) == NR_OK;
            *byte = kept;
            tried++;
            nr_arena_free(&scratch);
        }
    }
    CHECK(read > 0 && read < tried);
    nr_arena_free(&arena);
}

static enum nr_status read_again(void *context) {
    const struct nr_bytes *file = context;
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_version_resource found;
    enum nr_status status = nr_version_resource_read(&arena, *file, &found);
    nr_arena_free(&arena);
    return status;
}

static void test_allocations(void) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file = version_image(&arena, 16, "New Relic .NET Agent", true);
    NR_CASE("every allocation fails once");
    nr_test_every_allocation(read_again, &file, 50);
    nr_arena_free(&arena);
}

static void test_product(void) {
    static const struct {
        const char *name, *product;
        bool fixed, is_it;
        const char *log;
    } cases[] = {
        {"the product, with its version", "New Relic .NET Agent", true, true,
         "[Info ] New Relic .NET Agent v10.1.2.3\n"},
        {"the product, without a version", "New Relic .NET Agent", false, true,
         "[Info ] New Relic .NET Agent vUNKNOWN\n"},
        {"another product", "New Relic .NET CoreCLR Agent", true, false,
         "[Error] Expected Agent product to be New Relic .NET Agent, but it was New Relic .NET "
         "CoreCLR Agent\n"},
        {"no product", NULL, true, false,
         "[Error] Expected Agent product to be New Relic .NET Agent, but none was found.\n"},
    };
    const char *path = "nr-test-product.dll";
    for (size_t i = 0; i < NR_COUNT_OF(cases); i++) {
        struct nr_arena arena = NR_ARENA_INIT;
        NR_CASE(cases[i].name);
        struct nr_bytes bytes = version_image(&arena, 16, cases[i].product, cases[i].fixed);
        FILE *file = fopen(path, "wb");
        if (CHECK(file != NULL)) {
            fwrite(bytes.data, 1, bytes.size, file);
            fclose(file);
            struct nr_log *log = nr_test_log(NR_LOG_TRACE);
            CHECK_INT(nr_product_is(nr_str_of(path), "New Relic .NET Agent", log), cases[i].is_it);
            CHECK_STR(nr_test_log_text(), cases[i].log);
        }
        remove(path);
        nr_arena_free(&arena);
    }
    NR_CASE("no file");
    struct nr_log *log = nr_test_log(NR_LOG_TRACE);
    CHECK(!nr_product_is(nr_str_of(path), "New Relic .NET Agent", log));
    CHECK_STR(nr_test_log_text(), "");
}

void test_version_resource(void) {
    test_reading();
    test_broken();
    test_allocations();
    test_product();
}
