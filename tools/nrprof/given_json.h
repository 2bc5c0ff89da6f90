// The facts that a question in JSON gives, and the log of an answer.
// SPDX-License-Identifier: Apache-2.0
//
// Texts of a question live as long as it does. A field that is not there, or null, is empty.
#ifndef NR_TOOL_GIVEN_JSON_H
#define NR_TOOL_GIVEN_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "config/startup.h"

// Each gives false, and says in *why which field is not what it should be. An empty field leaves a
// bool as it is.
bool nr_given_text(const json_t *object, const char *name, struct nr_arena *arena,
                   struct nr_str *text, const char **why);
bool nr_given_bool(const json_t *object, const char *name, struct nr_arena *arena, bool *value,
                   const char **why);
// *value: NULL when the field is empty.
bool nr_given_object(const json_t *object, const char *name, struct nr_arena *arena,
                     const json_t **value, const char **why);

// The three configuration files (data NULL: not there) and the environment of a question.
struct nr_given {
    struct nr_str config, local_config, app_config;
    struct nr_str config_path, local_path, app_path;
    const json_t *env;
    bool windows;
};

// Reads "config", "local_config", "app_config", "env", "process_path", "parent_path",
// "command_line", "app_pool" and "core" (core: what it is when the field is empty); the facts point
// into *given. False with *why.
bool nr_given_facts(struct nr_arena *arena, const json_t *question, bool core,
                    struct nr_given *given, struct nr_facts *facts, const char **why);

// ---- answers ----

// A text of any bytes; what is not UTF-8 becomes U+FFFD. NULL: no memory.
json_t *nr_json_text(struct nr_str text);

// A log whose lines, without their time, become texts of an array.
struct nr_json_log {
    struct nr_log log;
    json_t *lines;
    bool complete;  // false: memory was out
};

bool nr_json_log_init(struct nr_json_log *log);
// The lines, which are the caller's now, or NULL when memory was out.
json_t *nr_json_log_take(struct nr_json_log *log);

// A start that logs there.
struct nr_startup nr_json_startup(struct nr_arena *arena, const struct nr_facts *facts,
                                  struct nr_json_log *log);

#endif
