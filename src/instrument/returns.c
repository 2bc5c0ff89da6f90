// Turns returns into branches to the end of the body.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/returns.h"

enum { SHORT_BRANCH_REACH = 127 };

static size_t count_returns(const struct nr_list *list) {
    size_t count = 0;
    for (const struct nr_insn *insn = list->first; insn; insn = insn->next) {
        count += insn->opcode == NR_RET;
    }
    return count;
}

// No call is a tail call any more: something comes after it. Another prefix may stand before tail.
// and goes on to the call, so nothing takes its place.
static void drop_tail_prefixes(struct nr_list *list) {
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->opcode == NR_TAIL) insn->opcode = NR_LABEL;
    }
}

static void tell_long(const struct nr_list *list, const struct nr_log *log) {
    if (!nr_log_enabled(log, NR_LOG_TRACE)) return;
    for (const struct nr_insn *insn = list->first; insn; insn = insn->next) {
        uint16_t longer = nr_long_branch(insn->opcode);
        if (longer == insn->opcode) continue;
        nr_log_trace(log, "Expand instruction %s to %s", nr_opcode_info(insn->opcode)->name,
                     nr_opcode_info(longer)->name);
    }
}

size_t nr_returns_rewrite(struct nr_list *list, size_t code_size, const struct nr_log *log) {
    size_t count = count_returns(list);
    bool lengthen = code_size + count >= SHORT_BRANCH_REACH;
    drop_tail_prefixes(list);
    if (count == 0) return 0;

    struct nr_insn *end = list->last;
    bool ends_in_return = end->opcode == NR_RET;
    if (ends_in_return) {
        end->opcode = NR_NOP;
    } else {
        end = nr_list_new_label(list);
        nr_list_place(list, end);
    }
    if (count == 1 && ends_in_return) return count;
    if (count > 1) nr_log_debug(log, "Rewriting multi-return method");
    if (lengthen) tell_long(list, log);
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->opcode != NR_RET) continue;
        insn->opcode = NR_BR_S;
        insn->target = end;
    }
    if (lengthen) nr_list_lengthen(list);
    return count;
}
