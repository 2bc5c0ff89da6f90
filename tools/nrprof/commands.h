// The commands of nrprof, one file each.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TOOL_COMMANDS_H
#define NR_TOOL_COMMANDS_H

struct nr_command {
    const char *name;
    const char *summary;  // one line
    const char *help;     // what 'nrprof help NAME' prints
    // argv[0] is the name of the command. Returns the exit status.
    int (*run)(int argc, char **argv);
};

extern const struct nr_command nr_command_trace, nr_command_run, nr_command_decide,
    nr_command_points;

// Prints a command's help on standard output.
void nr_command_print_help(const struct nr_command *command);

#endif
