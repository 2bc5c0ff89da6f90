// The facts of this process, as the configuration wants them.
// SPDX-License-Identifier: Apache-2.0
#ifndef NR_PLATFORM_PROCESS_FACTS_H
#define NR_PLATFORM_PROCESS_FACTS_H

#include "config/facts.h"

// Strings live in the arena.
struct nr_facts nr_process_facts(struct nr_arena *arena, bool core);

#endif
