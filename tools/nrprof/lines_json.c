// Questions and answers in JSON, one object a line.
// SPDX-License-Identifier: Apache-2.0
#include "lines_json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launch.h"
#include "message.h"

// Three configuration files of the largest size that is read, and some more.
enum { LONGEST_LINE = 64 << 20 };

struct line {
    char *data;
    size_t size, capacity;
    bool too_long;
    uint64_t number;  // from 1
};

static bool append(struct line *line, char c) {
    if (line->size == line->capacity) {
        size_t capacity = line->capacity ? line->capacity * 2 : 4096;
        char *data = realloc(line->data, capacity);
        if (!data) return false;
        line->data = data;
        line->capacity = capacity;
    }
    line->data[line->size++] = c;
    return true;
}

// Reads the next line, without its end; *more is false when there is none. What is too long is
// passed over. False: memory is out.
static bool read_line(struct line *line, bool *more) {
    int c = getchar();
    *more = c != EOF;
    line->size = 0;
    line->too_long = false;
    line->number++;
    for (; c != EOF && c != '\n'; c = getchar()) {
        line->too_long |= line->size == LONGEST_LINE;
        if (!line->too_long && !append(line, (char)c)) return false;
    }
    return true;
}

static bool is_blank(const struct line *line) {
    for (size_t i = 0; i < line->size; i++) {
        if (!strchr(" \t\r", line->data[i])) return false;
    }
    return !line->too_long;
}

bool nr_print_line(json_t *object) {
    char *text = object ? json_dumps(object, 0) : NULL;
    json_decref(object);
    if (!text) {
        nr_say("not enough memory");
        return false;
    }
    bool written = puts(text) != EOF && fflush(stdout) == 0;
    free(text);
    if (!written) nr_say("cannot write to standard output");
    return written;
}

// The library's own words may hold a piece of the line, and that may be a licence key.
static const char *words_for(enum json_error_code code) {
    switch (code) {
    case json_error_out_of_memory: return NULL;
    case json_error_invalid_utf8: return "invalid UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key: return "a NUL character";
    case json_error_duplicate_key: return "a repeated field";
    case json_error_premature_end_of_input: return "an early end";
    case json_error_end_of_input_expected: return "text behind the object";
    case json_error_stack_overflow: return "too many levels";
    case json_error_numeric_overflow: return "a number too large";
    default: return "not JSON";
    }
}

static json_t *parse(struct nr_arena *arena, const struct line *line, const char **why) {
    enum { SIZE = 80 };
    json_error_t error;
    if (line->too_long) {
        *why = "the line is longer than 64 MB";
        return NULL;
    }
    json_t *question = json_loadb(line->data, line->size, JSON_REJECT_DUPLICATES, &error);
    if (question && json_is_object(question)) return question;
    if (question) {
        *why = "not a JSON object";
        json_decref(question);
        return NULL;
    }
    const char *words = words_for(json_error_code(&error));
    char *text = words ? nr_arena_alloc(arena, SIZE) : NULL;
    if (text) snprintf(text, SIZE, "%s at column %d", words, error.column);
    *why = text;
    return NULL;
}

static bool answer_line(const struct line *line, nr_answer *answer, bool *answered) {
    struct nr_arena arena = NR_ARENA_INIT;
    const char *why = NULL;
    json_t *question = parse(&arena, line, &why), *object = NULL;
    if (question) object = answer(&arena, question, &why);
    *answered = object != NULL;
    if (!object && why)
        object = json_pack("{s:s, s:I}", "error", why, "line", (json_int_t)line->number);
    json_decref(question);
    nr_arena_free(&arena);
    return nr_print_line(object);
}

int nr_answer_lines(nr_answer *answer) {
    struct line line = {0};
    bool more = true, good = true, answered, all = true;
    while (good && more) {
        good = read_line(&line, &more);
        if (!good) nr_say("not enough memory");
        if (!good || !more || is_blank(&line)) continue;
        good = answer_line(&line, answer, &answered);
        all &= answered;
    }
    free(line.data);
    if (!good) return NR_EXIT_FAILURE;
    return all ? 0 : NR_EXIT_UNANSWERED;
}
