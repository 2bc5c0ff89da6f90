// What the profiler's log of one process says about a run.
// SPDX-License-Identifier: Apache-2.0
#include "run_log.h"

#include "base/array.h"
#include "base/compiler.h"
#include "base/map.h"
#include "platform/platform.h"

struct parser {
    struct nr_arena *arena;
    struct nr_run_log *log;
    struct nr_str previous;   // message of the line before
    struct nr_map described;  // assembly, name and parameters → struct nr_log_method
};

static size_t find(struct nr_str text, struct nr_str part, size_t from) {
    for (size_t i = from; i + part.size <= text.size; i++) {
        if (nr_str_equal(nr_str_slice(text, i, i + part.size), part)) return i;
    }
    return text.size;
}

static struct nr_str after(struct nr_str text, size_t from) {
    return nr_str_slice(text, from, text.size);
}

static enum nr_status add_module(struct parser *parser, struct nr_str message) {
    struct nr_run_log *log = parser->log;
    struct nr_str rest = after(message, NR_STR("Module ").size), from = NR_STR(" from ");
    size_t end = find(rest, from, 0);
    if (end == rest.size) return NR_OK;
    log->modules =
        nr_array_room(parser->arena, log->modules, log->module_count, sizeof(*log->modules));
    if (!log->modules) return NR_NO_MEMORY;
    log->modules[log->module_count++] =
        (struct nr_log_module){nr_str_slice(rest, 0, end), after(rest, end + from.size)};
    return NR_OK;
}

// The method of an earlier line with the same description, or a new one.
static enum nr_status find_method(struct parser *parser, struct nr_str key,
                                  struct nr_log_method **method) {
    struct nr_run_log *log = parser->log;
    *method = nr_map_get(&parser->described, key);
    if (*method) return NR_OK;
    *method = NR_ARENA_NEW(parser->arena, struct nr_log_method);
    log->methods = nr_array_room(parser->arena, log->methods, log->method_count, sizeof(void *));
    if (!*method || !log->methods) return NR_NO_MEMORY;
    log->methods[log->method_count++] = *method;
    return nr_map_set(&parser->described, key, *method);
}

// "WHAT: (Module: PATH, AppDomain: NAME)[ASSEMBLY]TYPE.METHOD(PARAMETERS)"
static enum nr_status add_method(struct parser *parser, struct nr_str message) {
    size_t module = find(message, NR_STR(": (Module: "), 0);
    size_t domain = find(message, NR_STR(", AppDomain: "), module);
    size_t open = find(message, NR_STR(")["), domain), close = nr_str_find(message, ']', open);
    if (close == message.size) return NR_OK;
    struct nr_str what = nr_str_slice(message, 0, module), key = after(message, open + 1);
    bool instrumented = nr_str_equal(what, NR_STR("Instrumenting method"));
    bool skipped = nr_str_starts_with(what, NR_STR("Skipping ")) ||
                   nr_str_starts_with(what, NR_STR("Not instrumented"));
    if (!instrumented && !skipped) return NR_OK;
    struct nr_log_method *method;
    NR_TRY(find_method(parser, key, &method));
    struct nr_str name = after(message, close + 1);
    size_t parameters = nr_str_find(name, '(', 0);
    method->assembly = nr_str_slice(message, open + 2, close);
    method->name = nr_str_slice(name, 0, parameters);
    method->parameters = after(name, parameters);
    if (skipped) method->skipped = what;
    return NR_OK;
}

static enum nr_status take_message(struct parser *parser, bool is_error, struct nr_str message) {
    struct nr_run_log *log = parser->log;
    if (nr_str_equal(message, NR_STR("Profiler initialized"))) log->initialized = true;
    if (nr_str_starts_with(message, NR_STR("This process should not be instrumented"))) {
        log->excluded = true;
        log->rule = parser->previous;
    }
    if (nr_str_starts_with(message, NR_STR("No method can be instrumented"))) {
        log->refusal = message;
    }
    if (is_error && log->error_count < NR_COUNT_OF(log->errors))
        log->errors[log->error_count++] = message;
    parser->previous = message;
    if (nr_str_starts_with(message, NR_STR("Module "))) return add_module(parser, message);
    return add_method(parser, message);
}

enum nr_status nr_run_log_parse(struct nr_arena *arena, struct nr_str text,
                                struct nr_run_log *log) {
    enum { START = 28 };  // "[Info ] 2026-01-31 23:59:59 "
    struct parser parser = {.arena = arena, .log = log};
    *log = (struct nr_run_log){0};
    nr_map_init(&parser.described, arena);
    for (size_t from = 0; from < text.size;) {
        size_t end = nr_str_find(text, '\n', from);
        struct nr_str line = nr_str_slice(text, from, end);
        from = end + 1;
        if (line.size < START || line.data[0] != '[') continue;
        bool is_error = nr_str_starts_with(line, NR_STR("[Error]"));
        NR_TRY(take_message(&parser, is_error, after(line, START)));
    }
    return NR_OK;
}

bool nr_run_log_has_instrumented(const struct nr_run_log *log) {
    for (size_t i = 0; i < log->method_count; i++) {
        if (!log->methods[i]->skipped.size) return true;
    }
    return false;
}

// The process ID in ".../NewRelic.Profiler.PID.log", or 0.
static uint32_t process_of(struct nr_str path) {
    uint32_t id = 0;
    size_t end = path.size - NR_STR(".log").size, from = end;
    while (from > 0 && path.data[from - 1] >= '0' && path.data[from - 1] <= '9') from--;
    if (from == end || !nr_str_ends_with(nr_str_slice(path, 0, from), NR_STR("NewRelic.Profiler.")))
        return 0;
    for (size_t i = from; i < end; i++) id = id * 10 + (uint32_t)(path.data[i] - '0');
    return id;
}

static bool is_among(struct nr_str path, const struct nr_str *paths, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (nr_str_equal(path, paths[i])) return true;
    }
    return false;
}

enum nr_status nr_run_logs_read(struct nr_arena *arena, struct nr_str folder,
                                const struct nr_str *known, size_t known_count,
                                struct nr_run_log **logs, size_t *count) {
    enum { MAX_SIZE = 1 << 30 };
    struct nr_str *files = NULL;
    size_t file_count = 0;
    enum nr_status status = nr_directory_list(arena, folder, NR_STR(".log"), &files, &file_count);
    if (status != NR_OK && status != NR_NOT_FOUND) return status;
    struct nr_run_log *list = NR_ARENA_ARRAY(arena, struct nr_run_log, file_count);
    if (!list) return NR_NO_MEMORY;
    *logs = list;
    *count = 0;
    for (size_t i = 0; i < file_count; i++) {
        struct nr_bytes text;
        uint32_t process = process_of(files[i]);
        if (!process || is_among(files[i], known, known_count) ||
            nr_file_read(arena, files[i], MAX_SIZE, &text) != NR_OK)
            continue;
        NR_TRY(nr_run_log_parse(arena, (struct nr_str){(const char *)text.data, text.size}, list));
        list->process = process;
        list++;
        ++*count;
    }
    return NR_OK;
}
