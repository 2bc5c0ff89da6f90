// Makes a body end in one place: every `ret` becomes a way to the end of the list.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_INSTRUMENT_RETURNS_H
#define NR_INSTRUMENT_RETURNS_H

#include "base/log.h"
#include "il/list.h"

// After this, the code falls off its end where it returned, with the result (if any) on the stack:
// the last `ret` becomes a `nop`, others become branches to it; without a `ret` at the end,
// branches go to a label there; without any `ret` nothing changes. `tail.` prefixes go, since
// the call is no longer the last thing that the method does. code_size is the size of the
// original code. When it and the number of returns leave no room for short branches, all of them
// become long, as the reference does it, and says so in the log.
// Returns how many `ret` there were.
size_t nr_returns_rewrite(struct nr_list *list, size_t code_size, const struct nr_log *log);

#endif
