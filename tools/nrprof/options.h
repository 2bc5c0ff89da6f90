// Options of a command line, described by a table.
// SPDX-License-Identifier: Apache-2.0
//
// -x, -x VALUE, -xVALUE, --name, --name VALUE, --name=VALUE; the first argument that is no option,
// or the one after "--", ends them: what follows is the command to run.
#ifndef NR_TOOL_OPTIONS_H
#define NR_TOOL_OPTIONS_H

#include <stdbool.h>

// Values in the order given; room for as many as there are arguments.
struct nr_values {
    const char **data;
    int count;
};

// Exactly one of the targets is set.
struct nr_option {
    char letter;       // 0: has only a name
    const char *name;  // without the dashes
    bool *flag;
    const char **value;        // the last one given counts
    struct nr_values *values;  // all count
};

// Reads argv[1..argc), argv[argc] being NULL; the table ends with an entry without a name.
// *command is then what comes after the options. False after a message about a wrong option.
bool nr_options_read(const struct nr_option *options, int argc, char **argv, char ***command);

#endif
