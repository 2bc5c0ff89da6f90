// nrprof, the command: finds out which methods of a .NET program take the time.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "commands.h"
#include "launch.h"
#include "message.h"

static const struct nr_command *const commands[] = {&nr_command_trace, &nr_command_run,
                                                    &nr_command_decide, &nr_command_points};

static const struct nr_command *find(const char *name) {
    for (size_t i = 0; i < NR_COUNT_OF(commands); i++) {
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    }
    return NULL;
}

void nr_command_print_help(const struct nr_command *command) { fputs(command->help, stdout); }

static void print_overview(FILE *to) {
    fputs("usage: nrprof COMMAND [ARGUMENTS]\n\n", to);
    for (size_t i = 0; i < NR_COUNT_OF(commands); i++)
        fprintf(to, "  %-10s%s\n", commands[i]->name, commands[i]->summary);
    fprintf(to, "  %-10s%s\n", "help", "explain a command: nrprof help COMMAND");
    fprintf(to, "  %-10s%s\n", "--version", "print the version");
}

static int unknown(const char *name) {
    nr_say("there is no command '%s'; 'nrprof help' lists what there is", name);
    return NR_EXIT_FAILURE;
}

static int help(const char *name) {
    if (!name) {
        print_overview(stdout);
        return 0;
    }
    const struct nr_command *command = find(name);
    if (!command) return unknown(name);
    nr_command_print_help(command);
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        print_overview(stderr);
        return NR_EXIT_FAILURE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0) {
        puts("nrprof " NR_VERSION);
        return 0;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(argv[2]);
    const struct nr_command *command = find(name);
    return command ? command->run(argc - 1, argv + 1) : unknown(name);
}
