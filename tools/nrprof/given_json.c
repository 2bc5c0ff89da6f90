// The facts that a question in JSON gives, and the log of an answer.
// SPDX-License-Identifier: Apache-2.0
#include "given_json.h"

#include <stdio.h>
#include <string.h>

// ---- fields ----

static bool wrong(struct nr_arena *arena, const char *name, const char *expected,
                  const char **why) {
    struct nr_str text =
        NR_STR_JOIN(arena, NR_STR("'"), nr_str_of(name), NR_STR("' is not "), nr_str_of(expected));
    *why = text.data;
    return false;
}

static const json_t *field(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

static struct nr_str text_of(const json_t *value) {
    return (struct nr_str){json_string_value(value), json_string_length(value)};
}

bool nr_given_text(const json_t *object, const char *name, struct nr_arena *arena,
                   struct nr_str *text, const char **why) {
    const json_t *value = field(object, name);
    *text = text_of(value);
    return !value || json_is_string(value) || wrong(arena, name, "a text", why);
}

bool nr_given_bool(const json_t *object, const char *name, struct nr_arena *arena, bool *value,
                   const char **why) {
    const json_t *given = field(object, name);
    if (given) *value = json_is_true(given);
    return !given || json_is_boolean(given) || wrong(arena, name, "true or false", why);
}

bool nr_given_object(const json_t *object, const char *name, struct nr_arena *arena,
                     const json_t **value, const char **why) {
    *value = field(object, name);
    return !*value || json_is_object(*value) || wrong(arena, name, "an object", why);
}

// ---- facts ----

// Names of variables have no case on Windows.
static const json_t *find_variable(const struct nr_given *given, const char *name) {
    const char *key;
    json_t *value;
    if (!given->windows) return field(given->env, name);
    json_object_foreach((json_t *)given->env, key, value) {
        if (nr_str_equal_ignore_case(nr_str_of(key), nr_str_of(name)) && !json_is_null(value))
            return value;
    }
    return NULL;
}

static bool get_env(void *context, struct nr_arena *arena, const char *name, struct nr_str *value) {
    const json_t *found = find_variable(context, name);
    (void)arena;
    if (!found) return false;
    *value = text_of(found);
    return true;
}

static const struct nr_str *find_file(const struct nr_given *given, struct nr_str path) {
    const struct nr_str *const files[][2] = {{&given->config_path, &given->config},
                                             {&given->local_path, &given->local_config},
                                             {&given->app_path, &given->app_config}};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (files[i][1]->data && nr_str_equal(*files[i][0], path)) return files[i][1];
    }
    return NULL;
}

static bool file_exists(void *context, struct nr_str path) {
    return find_file(context, path) != NULL;
}

static enum nr_status read_file(void *context, struct nr_arena *arena, struct nr_str path,
                                size_t max_size, struct nr_bytes *content) {
    const struct nr_str *file = find_file(context, path);
    (void)arena;
    if (!file) return NR_NOT_FOUND;
    if (file->size > max_size) return NR_TOO_LARGE;
    *content = (struct nr_bytes){(const uint8_t *)file->data, file->size};
    return NR_OK;
}

static bool read_files(struct nr_arena *arena, const json_t *question, struct nr_given *given,
                       const char **why) {
    return nr_given_text(question, "config", arena, &given->config, why) &&
           nr_given_text(question, "local_config", arena, &given->local_config, why) &&
           nr_given_text(question, "app_config", arena, &given->app_config, why);
}

static bool read_environment(struct nr_arena *arena, const json_t *question, struct nr_given *given,
                             const char **why) {
    const char *key;
    json_t *value;
    if (!nr_given_object(question, "env", arena, &given->env, why)) return false;
    json_object_foreach((json_t *)given->env, key, value) {
        if (json_is_string(value) || json_is_null(value)) continue;
        *why = "a variable of 'env' is not a text";
        return false;
    }
    return true;
}

static bool read_process(struct nr_arena *arena, const json_t *question, struct nr_facts *facts,
                         const char **why) {
    return nr_given_text(question, "process_path", arena, &facts->process_path, why) &&
           nr_given_text(question, "parent_path", arena, &facts->parent_process_path, why) &&
           nr_given_text(question, "command_line", arena, &facts->command_line, why) &&
           nr_given_text(question, "app_pool", arena, &facts->app_pool, why) &&
           nr_given_bool(question, "core", arena, &facts->core, why);
}

// .NET Framework runs on Windows only; otherwise the paths tell.
static bool is_windows(const struct nr_facts *facts) {
    const struct nr_str backslash = NR_STR("\\");
    return !facts->core || nr_str_contains(facts->process_path, backslash) ||
           nr_str_contains(facts->parent_process_path, backslash);
}

// The directory in which the local newrelic.config lies.
static struct nr_str directory_of(const struct nr_facts *facts) {
    struct nr_str path = facts->process_path;
    if (!facts->windows) return NR_STR(".");
    while (path.size > 0 && path.data[path.size - 1] != '\\') path.size--;
    return path.size > 0 ? nr_str_slice(path, 0, path.size - 1) : NR_STR(".");
}

// The files are where the library will look for them.
static bool place_files(struct nr_arena *arena, const struct nr_facts *facts,
                        struct nr_given *given) {
    struct nr_str home = facts->home_from_registry, separator = nr_facts_separator(facts);
    const struct nr_str name = NR_STR("newrelic.config");
    (void)nr_home_from_environment(facts, arena, &home);
    given->config_path = NR_STR_JOIN(arena, home, separator, name);
    given->local_path = NR_STR_JOIN(arena, facts->process_directory, separator, name);
    given->app_path = NR_STR_JOIN(arena, facts->process_path, NR_STR(".config"));
    return given->config_path.data && given->local_path.data && given->app_path.data;
}

bool nr_given_facts(struct nr_arena *arena, const json_t *question, bool core,
                    struct nr_given *given, struct nr_facts *facts, const char **why) {
    *given = (struct nr_given){0};
    *facts = (struct nr_facts){.context = given,
                               .get_env = get_env,
                               .file_exists = file_exists,
                               .read_file = read_file,
                               .core = core,
                               .home_from_registry = NR_STR("home")};
    if (!read_files(arena, question, given, why) ||
        !read_environment(arena, question, given, why) ||
        !read_process(arena, question, facts, why)) {
        return false;
    }
    facts->windows = given->windows = is_windows(facts);
    facts->process_directory = directory_of(facts);
    return place_files(arena, facts, given);
}

// ---- texts ----

// The size of the character at the start of text, 0 when it is ill-formed.
static size_t character_size(struct nr_str text) {
    for (size_t size = 1; size <= 4 && size <= text.size; size++) {
        json_t *character = json_stringn(text.data, size);
        json_decref(character);
        if (character) return size;
    }
    return 0;
}

static struct nr_str well_formed(struct nr_arena *arena, struct nr_str text) {
    struct nr_buffer buffer;
    nr_buffer_init(&buffer, arena);
    for (size_t at = 0; at < text.size;) {
        size_t size = character_size(nr_str_slice(text, at, text.size));
        if (size == 0) nr_buffer_append(&buffer, "\xef\xbf\xbd", 3);
        if (size > 0) nr_buffer_append(&buffer, text.data + at, size);
        at += size > 0 ? size : 1;
    }
    struct nr_str made = {(const char *)buffer.data, buffer.size};
    return buffer.status == NR_OK ? made : (struct nr_str){0};
}

json_t *nr_json_text(struct nr_str text) {
    json_t *value = json_stringn(text.data ? text.data : "", text.size);
    if (value) return value;
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_str made = well_formed(&arena, text);
    if (made.data) value = json_stringn(made.data, made.size);
    nr_arena_free(&arena);
    return value;
}

// ---- log ----

// "[Info ] 2026-01-31 23:59:59 message": an answer does not depend on when it was given.
static void keep_line(void *context, const char *line, size_t size) {
    enum { LEVEL = sizeof("[Info ] ") - 1, TIME = sizeof("2026-01-31 23:59:59 ") - 1 };
    struct nr_json_log *log = context;
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_str text = {line, size - 1};
    struct nr_str kept = NR_STR_JOIN(&arena, nr_str_slice(text, 0, LEVEL),
                                     nr_str_slice(text, LEVEL + TIME, text.size));
    json_t *value = kept.data ? nr_json_text(kept) : NULL;
    log->complete &= json_array_append_new(log->lines, value) == 0;
    nr_arena_free(&arena);
}

bool nr_json_log_init(struct nr_json_log *log) {
    *log = (struct nr_json_log){.lines = json_array(), .complete = true};
    log->log.context = log;
    return log->lines != NULL;
}

json_t *nr_json_log_take(struct nr_json_log *log) {
    json_t *lines = log->lines;
    log->lines = NULL;
    if (log->complete) return lines;
    json_decref(lines);
    return NULL;
}

static void open_log(const struct nr_startup *startup, const struct nr_log_mode *mode) {
    startup->log->level = mode->level;
    if (mode->enabled) startup->log->write = keep_line;
}

struct nr_startup nr_json_startup(struct nr_arena *arena, const struct nr_facts *facts,
                                  struct nr_json_log *log) {
    return (struct nr_startup){facts, &log->log, open_log, arena};
}
