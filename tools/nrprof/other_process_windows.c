// Another process on Windows.
// SPDX-License-Identifier: Apache-2.0
#include "other_process.h"

enum nr_status nr_other_process_facts(struct nr_arena *arena, uint32_t id, struct nr_facts *facts) {
    (void)arena, (void)id, (void)facts;
    return NR_UNSUPPORTED;
}
