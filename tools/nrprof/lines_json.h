// Questions and answers in JSON, one object a line.
// SPDX-License-Identifier: Apache-2.0
//
// jansson reads and writes; whoever gets a json_t here owns a reference to it.
#ifndef NR_TOOL_LINES_JSON_H
#define NR_TOOL_LINES_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"

// Answers one object. NULL: memory is out, or *why says what is wrong with the question; it lives
// in the arena, or is a literal.
typedef json_t *nr_answer(struct nr_arena *arena, const json_t *question, const char **why);

// Answers standard input line by line on standard output, until its end. A line that is no question
// is answered with {"error": …, "line": its number}. Returns the exit status: 0, or
// NR_EXIT_UNANSWERED when there was such a line; NR_EXIT_FAILURE when nrprof itself fails.
int nr_answer_lines(nr_answer *answer);

enum { NR_EXIT_UNANSWERED = 1 };

// Writes an object and a newline, and lets go of it (NULL: memory is out). False after a message.
bool nr_print_line(json_t *object);

#endif
