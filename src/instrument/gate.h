// The gate: no body goes to the CLR that il/verify has not passed.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_INSTRUMENT_GATE_H
#define NR_INSTRUMENT_GATE_H

#include "instrument/rewrite.h"

// NR_OK, or NR_UNSUPPORTED after a line in the log that says which method, where and why.
enum nr_status nr_gate(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                       struct nr_bytes body, const struct nr_log *log);

#endif
