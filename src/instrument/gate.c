// Lets the verifier ask the module, and says in the log what it refused.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/gate.h"

#include "il/verify.h"

struct asker {
    const struct nr_rewrite *rewrite;
    struct nr_module *module;
    struct nr_arena *arena;
    enum nr_status status;  // NR_NO_MEMORY: an answer that the verifier got is not the truth
};

static enum nr_status signature(void *context, uint32_t token, struct nr_bytes *blob) {
    struct asker *asker = context;
    return asker->module->ops->signature(asker->module, token, blob);
}

static enum nr_status method_of_spec(void *context, uint32_t token, uint32_t *method) {
    struct asker *asker = context;
    return asker->module->ops->method_of_spec(asker->module, token, method);
}

static bool exists(void *context, uint32_t token) {
    struct asker *asker = context;
    return asker->module->ops->exists(asker->module, token);
}

static enum nr_type_kind type_kind(void *context, uint32_t token) {
    struct asker *asker = context;
    const struct nr_rewrite *rewrite = asker->rewrite;
    enum nr_type_kind kind;
    enum nr_status status = nr_type_kind_of(&rewrite->references->kinds, rewrite->module,
                                            rewrite->assemblies, asker->arena, token, &kind);
    if (status != NR_OK) asker->status = status;
    return kind;
}

static enum nr_status owner(void *context, uint32_t token, uint32_t *type) {
    struct asker *asker = context;
    struct nr_module *module = asker->module;
    struct nr_method_def method;
    struct nr_member_ref member;
    if (NR_TOKEN_TABLE(token) == NR_TABLE_METHOD_DEF) {
        NR_TRY(module->ops->method_def(module, asker->arena, token, &method));
        *type = method.owner;
    } else {
        NR_TRY(module->ops->member_ref(module, asker->arena, token, &member));
        *type = member.parent;
    }
    return NR_OK;
}

enum nr_status nr_gate(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                       struct nr_bytes body, const struct nr_log *log) {
    struct asker asker = {rewrite, rewrite->module, arena, NR_OK};
    const struct nr_verify_module module = {.context = &asker,
                                            .signature = signature,
                                            .method_of_spec = method_of_spec,
                                            .exists = exists,
                                            .type_kind = type_kind,
                                            .owner = owner,
                                            .this_type = type_kind(&asker, rewrite->type)};
    struct nr_verify_error error;
    enum nr_status status = nr_verify(arena, body, rewrite->signature, &module, &error);
    NR_TRY(asker.status);
    if (status == NR_OK || status == NR_NO_MEMORY) return status;
    nr_log_error(log, "Not instrumented, the new body would be invalid at IL_%04x (%s): %.*s",
                 (unsigned)error.offset, error.message, NR_STR_ARGS(rewrite->description));
    return NR_UNSUPPORTED;
}
