// Looks for calls in the code of all methods.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/callers.h"

#include "il/body.h"
#include "il/opcode.h"

struct scan {
    ICorProfilerInfo15 *info;
    ModuleID id;
    struct nr_module *module;
    const struct nr_token_set *callees;
};

bool nr_is_in_nested_type(struct nr_module *module, struct nr_arena *arena, nr_token method) {
    struct nr_method_def row;
    struct nr_type_def owner;
    return module->ops->method_def(module, arena, method, &row) == NR_OK &&
           module->ops->type_def(module, arena, row.owner, &owner) == NR_OK &&
           (owner.flags & NR_TYPE_VISIBILITY_MASK) >= NR_TYPE_NESTED_PUBLIC;
}

static bool is_callee(const struct scan *scan, nr_token token) {
    struct nr_module *module = scan->module;
    if (NR_TOKEN_TABLE(token) == NR_TABLE_METHOD_SPEC &&
        module->ops->method_of_spec(module, token, &token) != NR_OK) {
        return false;
    }
    return NR_TOKEN_TABLE(token) == NR_TABLE_METHOD_DEF && nr_token_set_has(scan->callees, token);
}

static bool calls_one(const struct scan *scan, nr_token method) {
    struct nr_body body;
    LPCBYTE data = NULL;
    ULONG size = 0;
    if (FAILED(scan->info->lpVtbl->GetILFunctionBody(scan->info, scan->id, method, &data, &size)) ||
        nr_body_read_code((struct nr_bytes){data, size}, &body) != NR_OK) {
        return false;
    }
    struct nr_instruction insn;
    for (uint32_t at = 0; nr_code_read(body.code, at, &insn) == NR_OK; at = insn.next) {
        if ((insn.opcode == NR_CALL || insn.opcode == NR_CALLVIRT || insn.opcode == NR_NEWOBJ) &&
            is_callee(scan, nr_load_u32(body.code.data + insn.operand_offset))) {
            return true;
        }
    }
    return false;
}

enum nr_status nr_callers_find(struct nr_arena *arena, ICorProfilerInfo15 *info, ModuleID id,
                               struct nr_module *module, const struct nr_token_set *callees,
                               struct nr_buffer *callers) {
    const struct scan scan = {info, id, module, callees};
    struct nr_tokens types, methods;
    NR_TRY(module->ops->type_defs(module, arena, &types));
    for (size_t i = 0; i < types.count; i++) {
        NR_TRY(module->ops->methods(module, arena, types.data[i], &methods));
        for (size_t k = 0; k < methods.count; k++) {
            if (calls_one(&scan, methods.data[k])) {
                nr_buffer_append(callers, &methods.data[k], sizeof(nr_token));
            }
        }
    }
    return callers->status;
}
