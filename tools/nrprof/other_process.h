// What the configuration would see in another process.
// SPDX-License-Identifier: Apache-2.0
//
// One file per operating system. Used by the one thread that nrprof has.
#ifndef NR_TOOL_OTHER_PROCESS_H
#define NR_TOOL_OTHER_PROCESS_H

#include "config/facts.h"

// The facts of a process that runs .NET Core: its environment (on Linux as it was at its start),
// and files as it sees them, in a container of its own, too. NR_NOT_FOUND: no such process. NR_IO:
// this user may not look into it. NR_UNSUPPORTED: not on this system, or not from a program of 32
// bits into one of 64.
enum nr_status nr_other_process_facts(struct nr_arena *arena, uint32_t id, struct nr_facts *facts);

#endif
