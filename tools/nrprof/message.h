// What nrprof says to the person who runs it: one line on standard error.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_TOOL_MESSAGE_H
#define NR_TOOL_MESSAGE_H

#include "base/compiler.h"

// "nrprof: " and the text, which says what is wrong and what to do, without a final full stop.
void nr_say(const char *format, ...) NR_PRINTF(1, 2);
// A line that belongs to the one before it, indented.
void nr_say_more(const char *format, ...) NR_PRINTF(1, 2);

#endif
