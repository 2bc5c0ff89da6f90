// Instruction list → the bytes of a method body.
// SPDX-License-Identifier: Apache-2.0
//
// Pure, any thread. Short branches stay short where the distance allows and grow where it does not;
// long branches stay long. The header is always fat; clauses, if any, go into one fat section at a
// four-byte boundary, padded with zeros (ECMA-335 II.25.4.3, II.25.4.5).
#ifndef NR_IL_ASSEMBLE_H
#define NR_IL_ASSEMBLE_H

#include "base/buffer.h"
#include "il/list.h"

struct nr_header {
    uint16_t
        flags;  // NR_BODY_INIT_LOCALS or 0, and any other flag to keep; size and kind are set here
    uint16_t max_stack;
    uint32_t local_signature;  // StandAloneSig token or 0
};

// Appends the body to out. The list's own failure, NR_NO_MEMORY, or NR_TOO_LARGE when a number does
// not fit its field. Time is linear in the number of instructions except for rare growth rounds.
enum nr_status nr_assemble(struct nr_list *list, const struct nr_header *header,
                           struct nr_buffer *out);

#endif
