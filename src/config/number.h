// Whole numbers as the reference reads them from attributes.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_CONFIG_NUMBER_H
#define NR_CONFIG_NUMBER_H

#include <stdbool.h>

#include "base/str.h"

// White space, a sign, decimal digits; what follows them is not looked at. False when there is no
// digit or the number does not fit into 32 bits. Pure, any thread.
bool nr_number_parse(struct nr_str text, int *value);

#endif
