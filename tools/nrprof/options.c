// Options of a command line, described by a table.
// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <string.h>

#include "message.h"

static const struct nr_option *by_letter(const struct nr_option *options, char letter) {
    for (; options->name; options++) {
        if (options->letter == letter) return options;
    }
    return NULL;
}

static const struct nr_option *by_name(const struct nr_option *options, const char *name,
                                       size_t size) {
    for (; options->name; options++) {
        if (strlen(options->name) == size && memcmp(options->name, name, size) == 0) return options;
    }
    return NULL;
}

static void set(const struct nr_option *option, const char *value) {
    if (option->flag) *option->flag = true;
    if (option->value) *option->value = value;
    if (option->values) option->values->data[option->values->count++] = value;
}

// attached: what the argument itself holds as value, or NULL. *next moves on when the value is the
// next argument.
static bool take(const struct nr_option *option, const char *argument, const char *attached,
                 char ***next) {
    if (option->flag && attached) {
        nr_say("option '%s' takes no value", argument);
        return false;
    }
    if (!option->flag && !attached) {
        attached = **next;
        if (!attached) {
            nr_say("option '%s' needs a value", argument);
            return false;
        }
        ++*next;
    }
    set(option, attached);
    return true;
}

static bool unknown(const char *argument) {
    nr_say("unknown option '%s'; 'nrprof help' lists what there is", argument);
    return false;
}

static bool read_long(const struct nr_option *options, const char *argument, char ***next) {
    const char *name = argument + 2, *equals = strchr(name, '=');
    size_t size = equals ? (size_t)(equals - name) : strlen(name);
    const struct nr_option *option = by_name(options, name, size);
    if (!option) return unknown(argument);
    return take(option, argument, equals ? equals + 1 : NULL, next);
}

static bool read_letters(const struct nr_option *options, const char *argument, char ***next) {
    for (const char *letter = argument + 1; *letter; letter++) {
        const struct nr_option *option = by_letter(options, *letter);
        if (!option) return unknown(argument);
        if (!option->flag) return take(option, argument, letter[1] ? letter + 1 : NULL, next);
        set(option, NULL);
    }
    return true;
}

bool nr_options_read(const struct nr_option *options, int argc, char **argv, char ***command) {
    char **next = argc > 0 ? argv + 1 : argv;
    while (*next && (*next)[0] == '-' && (*next)[1]) {
        const char *argument = *next++;
        if (strcmp(argument, "--") == 0) break;
        bool is_long = argument[1] == '-';
        if (!(is_long ? read_long : read_letters)(options, argument, &next)) return false;
    }
    *command = next;
    return true;
}
