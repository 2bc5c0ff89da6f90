// Another process, as /proc shows it.
// SPDX-License-Identifier: Apache-2.0
#include "other_process.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "platform/platform.h"

struct other {
    struct nr_str folder;       // /proc/<id>
    struct nr_str environment;  // NAME=value, each with a NUL after it
};

static struct nr_str next_entry(struct nr_str list, size_t *at) {
    size_t end = nr_str_find(list, '\0', *at);
    struct nr_str entry = nr_str_slice(list, *at, end);
    *at = end + 1;
    return entry;
}

static bool get_env(void *context, struct nr_arena *arena, const char *name, struct nr_str *value) {
    const struct other *other = context;
    struct nr_str wanted = nr_str_of(name);
    (void)arena;
    for (size_t at = 0; at < other->environment.size;) {
        struct nr_str entry = next_entry(other->environment, &at);
        size_t equals = nr_str_find(entry, '=', 0);
        if (!nr_str_equal(nr_str_slice(entry, 0, equals), wanted)) continue;
        *value = nr_str_slice(entry, equals + 1, entry.size);
        return true;
    }
    return false;
}

// A path of that process, as this one reaches it.
static struct nr_str reach(struct nr_arena *arena, const struct other *other, struct nr_str path) {
    bool absolute = nr_str_starts_with(path, NR_STR("/"));
    return NR_STR_JOIN(arena, other->folder, absolute ? NR_STR("/root") : NR_STR("/cwd/"), path);
}

static bool file_exists(void *context, struct nr_str path) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_str reached = reach(&arena, context, path);
    bool exists = reached.data && nr_file_exists(reached);
    nr_arena_free(&arena);
    return exists;
}

static enum nr_status read_file(void *context, struct nr_arena *arena, struct nr_str path,
                                size_t max_size, struct nr_bytes *content) {
    struct nr_str reached = reach(arena, context, path);
    return reached.data ? nr_file_read(arena, reached, max_size, content) : NR_NO_MEMORY;
}

static enum nr_status read_list(struct nr_arena *arena, const struct other *other,
                                struct nr_str name, struct nr_str *list) {
    enum { MAX_SIZE = 16 << 20 };  // above what Linux lets them be
    struct nr_bytes content;
    struct nr_str path = NR_STR_JOIN(arena, other->folder, NR_STR("/"), name);
    if (!path.data) return NR_NO_MEMORY;
    NR_TRY(nr_file_read(arena, path, MAX_SIZE, &content));
    *list = (struct nr_str){(const char *)content.data, content.size};
    return NR_OK;
}

static enum nr_status read_path(struct nr_arena *arena, const struct other *other,
                                struct nr_str *path) {
    char target[PATH_MAX];
    struct nr_str link = NR_STR_JOIN(arena, other->folder, NR_STR("/exe"));
    if (!link.data) return NR_NO_MEMORY;
    ssize_t size = readlink(link.data, target, sizeof(target));
    if (size <= 0) return NR_IO;
    *path = nr_str_copy(arena, (struct nr_str){target, (size_t)size});
    return path->data ? NR_OK : NR_NO_MEMORY;
}

static enum nr_status read_command_line(struct nr_arena *arena, const struct other *other,
                                        struct nr_str *line) {
    struct nr_str list;
    size_t count = 0;
    NR_TRY(read_list(arena, other, NR_STR("cmdline"), &list));
    const char **arguments = NR_ARENA_ARRAY(arena, const char *, list.size + 1);
    if (!arguments) return NR_NO_MEMORY;
    for (size_t at = 0; at < list.size; count++) {
        arguments[count] = nr_str_copy(arena, next_entry(list, &at)).data;
        if (!arguments[count]) return NR_NO_MEMORY;
    }
    *line = nr_command_line_of(arena, arguments);
    return line->data ? NR_OK : NR_NO_MEMORY;
}

enum nr_status nr_other_process_facts(struct nr_arena *arena, uint32_t id, struct nr_facts *facts) {
    char folder[32];
    struct other *other = NR_ARENA_NEW(arena, struct other);
    if (!nr_directory_exists(NR_STR("/proc/self"))) return NR_UNSUPPORTED;
    snprintf(folder, sizeof(folder), "/proc/%u", (unsigned)id);
    if (!nr_directory_exists(nr_str_of(folder))) return NR_NOT_FOUND;
    if (!other) return NR_NO_MEMORY;
    other->folder = nr_str_copy(arena, nr_str_of(folder));
    if (!other->folder.data) return NR_NO_MEMORY;
    struct nr_facts made = {.context = other,
                            .get_env = get_env,
                            .file_exists = file_exists,
                            .read_file = read_file,
                            .core = true,
                            .process_id = id,
                            .process_directory = NR_STR("."),
                            .parent_process_path = NR_STR(".")};
    NR_TRY(read_list(arena, other, NR_STR("environ"), &other->environment));
    NR_TRY(read_path(arena, other, &made.process_path));
    NR_TRY(read_command_line(arena, other, &made.command_line));
    *facts = made;
    return NR_OK;
}
