// Lets the configuration ask the operating system.
// SPDX-License-Identifier: Apache-2.0
#include "platform/process_facts.h"

#include "platform/platform.h"

static bool get_env(void *context, struct nr_arena *arena, const char *name, struct nr_str *value) {
    (void)context;
    return nr_env_get(arena, name, value);
}

static bool file_exists(void *context, struct nr_str path) {
    (void)context;
    return nr_file_exists(path);
}

static bool directory_exists(void *context, struct nr_str path) {
    (void)context;
    return nr_directory_exists(path);
}

static enum nr_status read_file(void *context, struct nr_arena *arena, struct nr_str path,
                                size_t max_size, struct nr_bytes *content) {
    (void)context;
    return nr_file_read(arena, path, max_size, content);
}

static enum nr_status list_files(void *context, struct nr_arena *arena, struct nr_str directory,
                                 struct nr_str suffix, struct nr_str **files, size_t *count) {
    (void)context;
    return nr_directory_list(arena, directory, suffix, files, count);
}

struct nr_facts nr_process_facts(struct nr_arena *arena, bool core) {
    return (struct nr_facts){
        .get_env = get_env,
        .file_exists = file_exists,
        .directory_exists = directory_exists,
        .read_file = read_file,
        .list_files = list_files,
        .core = core,
        .windows = NR_PATH_SEPARATOR[0] == '\\',
        .process_id = nr_process_id(),
        .process_path = nr_process_path(arena),
        .parent_process_path = nr_parent_process_path(arena),
        .process_directory = nr_process_directory(arena),
        .command_line = nr_command_line(arena),
        .home_from_registry = nr_installed_home(arena),
        .common_data_directory = nr_common_data_directory(arena),
    };
}
