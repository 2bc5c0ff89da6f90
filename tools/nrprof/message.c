// What nrprof says to the person who runs it.
// SPDX-License-Identifier: Apache-2.0
#include "message.h"

#include <stdarg.h>
#include <stdio.h>

void nr_say(const char *format, ...) {
    va_list arguments;
    fputs("nrprof: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void nr_say_more(const char *format, ...) {
    va_list arguments;
    fputs("    ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}
