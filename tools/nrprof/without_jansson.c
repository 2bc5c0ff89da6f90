// The commands that read and write JSON, in a build without a JSON library.
// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "launch.h"
#include "message.h"

static int run(int argc, char **argv) {
    (void)argc;
    nr_say(
        "this nrprof was built without jansson, which '%s' needs: install it (Debian: apt-get "
        "install libjansson-dev) and build again",
        argv[0]);
    return NR_EXIT_FAILURE;
}

static const char help_text[] = "This nrprof was built without jansson, which the command needs.\n";

const struct nr_command nr_command_decide = {
    "decide", "tell whether a process would be instrumented", help_text, run};
const struct nr_command nr_command_points = {"points", "tell which methods a home instruments",
                                             help_text, run};
