// Another process, as /proc shows it.
// SPDX-License-Identifier: Apache-2.0
#include "other_process.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "platform/platform.h"

struct nr_str nr_other_process_reach(struct nr_arena *arena, const struct nr_other_process *other,
                                     struct nr_str path) {
    bool absolute = nr_str_starts_with(path, NR_STR("/"));
    return NR_STR_JOIN(arena, other->folder, absolute ? NR_STR("/root") : NR_STR("/cwd/"), path);
}

static enum nr_status read_list(struct nr_arena *arena, const struct nr_other_process *other,
                                struct nr_str name, struct nr_str *list) {
    enum { MAX_SIZE = 16 << 20 };  // above what Linux lets them be
    struct nr_bytes content;
    struct nr_str path = NR_STR_JOIN(arena, other->folder, NR_STR("/"), name);
    if (!path.data) return NR_NO_MEMORY;
    NR_TRY(nr_file_read(arena, path, MAX_SIZE, &content));
    *list = (struct nr_str){(const char *)content.data, content.size};
    return NR_OK;
}

static enum nr_status read_path(struct nr_arena *arena, const struct nr_other_process *other,
                                struct nr_str *path) {
    char target[PATH_MAX];
    struct nr_str link = NR_STR_JOIN(arena, other->folder, NR_STR("/exe"));
    if (!link.data) return NR_NO_MEMORY;
    ssize_t size = readlink(link.data, target, sizeof(target));
    if (size <= 0) return NR_IO;
    *path = nr_str_copy(arena, (struct nr_str){target, (size_t)size});
    return path->data ? NR_OK : NR_NO_MEMORY;
}

static enum nr_status read_command_line(struct nr_arena *arena,
                                        const struct nr_other_process *other, struct nr_str *line) {
    struct nr_str list;
    size_t count = 0;
    NR_TRY(read_list(arena, other, NR_STR("cmdline"), &list));
    const char **arguments = NR_ARENA_ARRAY(arena, const char *, list.size + 1);
    if (!arguments) return NR_NO_MEMORY;
    for (size_t at = 0; at < list.size; count++) {
        arguments[count] = nr_str_copy(arena, nr_other_process_entry(list, &at)).data;
        if (!arguments[count]) return NR_NO_MEMORY;
    }
    *line = nr_command_line_of(arena, arguments);
    return line->data ? NR_OK : NR_NO_MEMORY;
}

enum nr_status nr_other_process_read(struct nr_arena *arena, uint32_t id,
                                     struct nr_other_process *other, struct nr_facts *facts) {
    char folder[32];
    if (!nr_directory_exists(NR_STR("/proc/self"))) return NR_UNSUPPORTED;
    snprintf(folder, sizeof(folder), "/proc/%u", (unsigned)id);
    if (!nr_directory_exists(nr_str_of(folder))) return NR_NOT_FOUND;
    other->folder = nr_str_copy(arena, nr_str_of(folder));
    if (!other->folder.data) return NR_NO_MEMORY;
    facts->process_directory = NR_STR(".");
    facts->parent_process_path = NR_STR(".");
    NR_TRY(read_list(arena, other, NR_STR("environ"), &other->environment));
    NR_TRY(read_path(arena, other, &facts->process_path));
    return read_command_line(arena, other, &facts->command_line);
}
