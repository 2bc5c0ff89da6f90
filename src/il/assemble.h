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
    // NR_BODY_INIT_LOCALS or 0, and any other flag to keep; what tells size, kind and sections is
    // set here, so the flags of a struct nr_body will do.
    uint16_t flags;
    uint16_t max_stack;
    uint32_t local_signature;  // StandAloneSig token or 0
};

// Appends the body to out, which is left as it was unless the result is NR_OK. The list's own
// failure first; NR_NO_MEMORY; NR_TOO_LARGE when a number does not fit its field or the code has
// more than INT32_MAX bytes; NR_MALFORMED for an unknown opcode, no code, a range that ends before
// it starts, and a target, start or filter that is not an instruction of this list or is a label
// with no code behind it. Time is linear in the number of instructions and targets: after a few
// rounds of growth all branches that are still short become long at once.
enum nr_status nr_assemble(struct nr_list *list, const struct nr_header *header,
                           struct nr_buffer *out);

#endif
