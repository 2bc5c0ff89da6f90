// Turns returns into branches to the end of the body.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/returns.h"

enum { SHORT_BRANCH_REACH = 127 };

bool nr_returns_has_jmp(const struct nr_list *list) {
    for (const struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->opcode == NR_JMP) return true;
    }
    return false;
}

static size_t count_returns(const struct nr_list *list) {
    size_t count = 0;
    for (const struct nr_insn *insn = list->first; insn; insn = insn->next) {
        count += insn->opcode == NR_RET;
    }
    return count;
}

size_t nr_returns_rewrite(struct nr_list *list, size_t code_size) {
    size_t count = count_returns(list);
    bool lengthen = code_size + count >= SHORT_BRANCH_REACH;
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->opcode == NR_TAIL) insn->opcode = NR_NOP;
    }
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
    if (lengthen) nr_list_lengthen(list);
    for (struct nr_insn *insn = list->first; insn; insn = insn->next) {
        if (insn->opcode != NR_RET) continue;
        insn->opcode = lengthen ? NR_BR : NR_BR_S;
        insn->target = end;
    }
    return count;
}
