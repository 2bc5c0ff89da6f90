// Whose product a file says that it is.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_PROFILER_PRODUCT_H
#define NR_PROFILER_PRODUCT_H

#include <stdbool.h>

#include "base/log.h"
#include "base/str.h"

// Whether the version resource of the file names this product; the log says what it names else, or
// the version. The lines are the reference's.
bool nr_product_is(struct nr_str path, const char *expected, const struct nr_log *log);

#endif
