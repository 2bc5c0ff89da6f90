// Answers for another process from what its operating system tells of it.
// SPDX-License-Identifier: Apache-2.0
#include "other_process.h"

#include "platform/platform.h"

struct nr_str nr_other_process_entry(struct nr_str entries, size_t *at) {
    size_t end = nr_str_find(entries, '\0', *at);
    struct nr_str entry = nr_str_slice(entries, *at, end);
    *at = end + 1;
    return entry;
}

bool nr_other_process_env(void *context, struct nr_arena *arena, const char *name,
                          struct nr_str *value) {
    const struct nr_other_process *other = context;
    struct nr_str wanted = nr_str_of(name);
    (void)arena;
    for (size_t at = 0; at < other->environment.size;) {
        struct nr_str entry = nr_other_process_entry(other->environment, &at);
        size_t equals = nr_str_find(entry, '=', 0);
        struct nr_str found = nr_str_slice(entry, 0, equals);
        if (other->folds_case ? !nr_str_equal_ignore_case(found, wanted)
                              : !nr_str_equal(found, wanted)) {
            continue;
        }
        *value = nr_str_slice(entry, equals + 1, entry.size);
        return true;
    }
    return false;
}

static bool file_exists(void *context, struct nr_str path) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_str reached = nr_other_process_reach(&arena, context, path);
    bool exists = reached.data && nr_file_exists(reached);
    nr_arena_free(&arena);
    return exists;
}

static enum nr_status read_file(void *context, struct nr_arena *arena, struct nr_str path,
                                size_t max_size, struct nr_bytes *content) {
    struct nr_str reached = nr_other_process_reach(arena, context, path);
    return reached.data ? nr_file_read(arena, reached, max_size, content) : NR_NO_MEMORY;
}

enum nr_status nr_other_process_facts(struct nr_arena *arena, uint32_t id, struct nr_facts *facts) {
    struct nr_other_process *other = NR_ARENA_NEW(arena, struct nr_other_process);
    if (!other) return NR_NO_MEMORY;
    *facts = (struct nr_facts){.context = other,
                               .get_env = nr_other_process_env,
                               .file_exists = file_exists,
                               .read_file = read_file,
                               .core = true,
                               .process_id = id};
    return nr_other_process_read(arena, id, other, facts);
}
