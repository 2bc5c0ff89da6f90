// Method body → text, one instruction a line.
// SPDX-License-Identifier: Apache-2.0
//
// For people, logs and diffs. Pure, any thread. The code reads
//     .maxstack 8
//     .locals init 0x11000001
//     IL_0000 ldarg.0
//     IL_0001 brtrue.s IL_0008
// with tokens by name, then come the clauses as ilasm writes them (ECMA-335 II.19). Floating-point
// constants are shown as their bits, and a branch out of the code as its distance.
#ifndef NR_IL_DISASSEMBLE_H
#define NR_IL_DISASSEMBLE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/str.h"

struct nr_token_names {
    // The text for a token, without a line break; NULL data when there is none, then its number is
    // shown. Called with any number that a token operand holds.
    struct nr_str (*name)(void *context, struct nr_arena *arena, uint32_t token);
    void *context;
};

// Appends the text to out. names may be NULL. NR_MALFORMED when something could not be read: what
// could be is there, and the last line says what broke. NR_NO_MEMORY: the text is not complete.
enum nr_status nr_disassemble(struct nr_arena *arena, struct nr_bytes bytes,
                              const struct nr_token_names *names, struct nr_buffer *out);

#endif
