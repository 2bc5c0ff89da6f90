// What the configuration would see in another process.
// SPDX-License-Identifier: Apache-2.0
//
// One file per operating system reads it. Used by the one thread that nrprof has.
#ifndef NR_TOOL_OTHER_PROCESS_H
#define NR_TOOL_OTHER_PROCESS_H

#include "config/facts.h"

// The facts of a process that runs .NET Core: its environment (on Linux as it was at its start),
// and files as it sees them, in a container of its own, too. NR_NOT_FOUND: no such process. NR_IO:
// this user may not look into it. NR_UNSUPPORTED: not on this system, or not from a program of 32
// bits into one of 64.
enum nr_status nr_other_process_facts(struct nr_arena *arena, uint32_t id, struct nr_facts *facts);

// What the facts' callbacks answer from.
struct nr_other_process {
    struct nr_str folder;       // where nr_other_process_reach looks: the system's file knows
    struct nr_str environment;  // NAME=value, each with a NUL after it
    bool folds_case;            // in names of variables
};

// ---- of the operating system's file ----

// The rest of the facts, and the other process: with the errors of nr_other_process_facts.
enum nr_status nr_other_process_read(struct nr_arena *arena, uint32_t id,
                                     struct nr_other_process *other, struct nr_facts *facts);
// A path of that process, as this one reaches it. Data NULL: no memory.
struct nr_str nr_other_process_reach(struct nr_arena *arena, const struct nr_other_process *other,
                                     struct nr_str path);

// ---- for the operating system's file ----

// The entry that begins there, of entries that have a NUL after each; at is then after it.
struct nr_str nr_other_process_entry(struct nr_str entries, size_t *at);
// struct nr_facts' callback; its context is a struct nr_other_process.
bool nr_other_process_env(void *context, struct nr_arena *arena, const char *name,
                          struct nr_str *value);

#endif
