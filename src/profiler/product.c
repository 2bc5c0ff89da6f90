// Reads the file and compares.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/product.h"

#include "metadata/version_resource.h"
#include "platform/platform.h"

enum { LARGEST_FILE = 256 << 20 };

static void log_version(const struct nr_version_resource *resource, const struct nr_log *log) {
    const struct nr_version v = resource->file_version;
    if (resource->has_version) {
        nr_log_info(log, "%.*s v%u.%u.%u.%u", NR_STR_ARGS(resource->product_name), v.major, v.minor,
                    v.build, v.revision);
    } else {
        nr_log_info(log, "%.*s vUNKNOWN", NR_STR_ARGS(resource->product_name));
    }
}

static bool is_product(struct nr_arena *arena, struct nr_str path, const char *expected,
                       const struct nr_log *log) {
    struct nr_version_resource resource;
    struct nr_bytes file;
    if (nr_file_read(arena, path, LARGEST_FILE, &file) != NR_OK ||
        nr_version_resource_read(arena, file, &resource) != NR_OK) {
        return false;
    }
    if (!resource.product_name.data) {
        nr_log_error(log, "Expected Agent product to be %s, but none was found.", expected);
        return false;
    }
    if (!nr_str_equal(resource.product_name, nr_str_of(expected))) {
        nr_log_error(log, "Expected Agent product to be %s, but it was %.*s", expected,
                     NR_STR_ARGS(resource.product_name));
        return false;
    }
    log_version(&resource, log);
    return true;
}

bool nr_product_is(struct nr_str path, const char *expected, const struct nr_log *log) {
    struct nr_arena scratch = NR_ARENA_INIT;
    bool result = is_product(&scratch, path, expected, log);
    nr_arena_free(&scratch);
    return result;
}
