// Facts made up by a test: environment variables, files and folders from literals.
// SPDX-License-Identifier: Apache-2.0
//
// The variables are one string, "NAME=value;OTHER=value". A folder exists when a file lies in it;
// an entry whose path ends with a separator is an empty folder. Contents are copied into the arena,
// so that a failing allocation meets them too.
#ifndef NR_TESTS_FAKE_FACTS_H
#define NR_TESTS_FAKE_FACTS_H

#include <string.h>

#include "config/facts.h"

struct nr_fake_file {
    const char *path;
    const char *content;  // NULL: the file is there and cannot be read
    bool too_large;
};

struct nr_fake {
    const char *environment;  // NULL: nothing is set
    struct nr_fake_file files[8];
};

static inline bool nr_fake_env(void *context, struct nr_arena *arena, const char *name,
                               struct nr_str *value) {
    const struct nr_fake *fake = context;
    struct nr_str all = nr_str_of(fake->environment), wanted = nr_str_of(name);
    (void)arena;
    for (size_t from = 0; from < all.size;) {
        size_t end = nr_str_find(all, ';', from);
        struct nr_str entry = nr_str_slice(all, from, end);
        size_t equals = nr_str_find(entry, '=', 0);
        if (nr_str_equal(nr_str_slice(entry, 0, equals), wanted)) {
            *value = nr_str_slice(entry, equals + 1, entry.size);
            return true;
        }
        from = end + 1;
    }
    return false;
}

static inline const struct nr_fake_file *nr_fake_find(const struct nr_fake *fake,
                                                      struct nr_str path) {
    for (size_t i = 0; i < 8 && fake->files[i].path; i++) {
        if (nr_str_equal(nr_str_of(fake->files[i].path), path)) return &fake->files[i];
    }
    return NULL;
}

static inline bool nr_fake_file_exists(void *context, struct nr_str path) {
    return nr_fake_find(context, path) != NULL;
}

// Whether the path lies directly in the directory.
static inline bool nr_fake_is_in(struct nr_str path, struct nr_str directory) {
    if (path.size <= directory.size || !nr_str_starts_with(path, directory)) return false;
    struct nr_str rest = nr_str_slice(path, directory.size, path.size);
    struct nr_str name = nr_str_slice(rest, 1, rest.size);
    return (rest.data[0] == '/' || rest.data[0] == '\\') &&
           nr_str_find(name, '/', 0) == name.size && nr_str_find(name, '\\', 0) == name.size;
}

static inline bool nr_fake_directory_exists(void *context, struct nr_str path) {
    const struct nr_fake *fake = context;
    for (size_t i = 0; i < 8 && fake->files[i].path; i++) {
        struct nr_str file = nr_str_of(fake->files[i].path);
        if (file.size > path.size && nr_str_starts_with(file, path) &&
            (file.data[path.size] == '/' || file.data[path.size] == '\\')) {
            return true;
        }
    }
    return false;
}

static inline enum nr_status nr_fake_read(void *context, struct nr_arena *arena, struct nr_str path,
                                          size_t max_size, struct nr_bytes *content) {
    const struct nr_fake_file *file = nr_fake_find(context, path);
    if (!file) return NR_NOT_FOUND;
    if (file->too_large) return NR_TOO_LARGE;
    if (!file->content) return NR_IO;
    struct nr_str copy = nr_str_copy(arena, nr_str_of(file->content));
    if (!copy.data) return NR_NO_MEMORY;
    if (copy.size > max_size) return NR_TOO_LARGE;
    *content = (struct nr_bytes){(const uint8_t *)copy.data, copy.size};
    return NR_OK;
}

static inline enum nr_status nr_fake_list(void *context, struct nr_arena *arena,
                                          struct nr_str directory, struct nr_str suffix,
                                          struct nr_str **files, size_t *count) {
    const struct nr_fake *fake = context;
    struct nr_str *found = NR_ARENA_ARRAY(arena, struct nr_str, 8);
    size_t n = 0;
    if (!found) return NR_NO_MEMORY;
    for (size_t i = 0; i < 8 && fake->files[i].path; i++) {
        struct nr_str path = nr_str_of(fake->files[i].path);
        if (nr_fake_is_in(path, directory) && nr_str_ends_with_ignore_case(path, suffix)) {
            found[n++] = path;
        }
    }
    *files = found;
    *count = n;
    return NR_OK;
}

// Facts that answer from fake, which they do not change; everything else is empty.
static inline struct nr_facts nr_fake_facts(struct nr_fake *fake) {
    return (struct nr_facts){.context = fake,
                             .get_env = nr_fake_env,
                             .file_exists = nr_fake_file_exists,
                             .directory_exists = nr_fake_directory_exists,
                             .read_file = nr_fake_read,
                             .list_files = nr_fake_list};
}

#endif
