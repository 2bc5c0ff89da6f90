// Lets the verifier ask the module, and says in the log what it refused.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/gate.h"

#include "il/verify.h"

struct asker {
    const struct nr_rewrite *rewrite;
    struct nr_module *module;
    struct nr_arena *arena;
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

static int kind_of_name(struct nr_str name) {
    static const struct {
        const char *name;
        int kind;
    } names[] = {
        {"System.Boolean", NR_TYPE_INT32}, {"System.Char", NR_TYPE_INT32},
        {"System.SByte", NR_TYPE_INT32},   {"System.Byte", NR_TYPE_INT32},
        {"System.Int16", NR_TYPE_INT32},   {"System.UInt16", NR_TYPE_INT32},
        {"System.Int32", NR_TYPE_INT32},   {"System.UInt32", NR_TYPE_INT32},
        {"System.Int64", NR_TYPE_INT64},   {"System.UInt64", NR_TYPE_INT64},
        {"System.IntPtr", NR_TYPE_NATIVE}, {"System.UIntPtr", NR_TYPE_NATIVE},
        {"System.Single", NR_TYPE_FLOAT},  {"System.Double", NR_TYPE_FLOAT},
        {"System.Object", NR_TYPE_CLASS},  {"System.String", NR_TYPE_CLASS},
    };
    for (size_t i = 0; i < NR_COUNT_OF(names); i++) {
        if (nr_str_equal(name, nr_str_of(names[i].name))) return names[i].kind;
    }
    return NR_TYPE_UNKNOWN;
}

static int kind_of_definition(struct nr_module *module, struct nr_arena *arena, nr_token token) {
    struct nr_type_def row;
    bool is_value, is_enum;
    if (module->ops->type_def(module, arena, token, &row) != NR_OK ||
        nr_type_is_value(module, arena, token, &is_value) != NR_OK ||
        nr_type_is_enum(module, arena, token, &is_enum) != NR_OK) {
        return NR_TYPE_UNKNOWN;
    }
    if (!is_value) return NR_TYPE_CLASS;
    if (is_enum) return NR_TYPE_UNKNOWN;  // stands for its underlying type, whichever that is
    if (nr_type_is_by_ref_like(module, token)) return NR_TYPE_BY_REF_LIKE;
    int kind = kind_of_name(row.name);  // the core library defines the primitives itself
    return kind == NR_TYPE_UNKNOWN ? NR_TYPE_VALUE : kind;
}

static int type_kind(void *context, uint32_t token) {
    struct asker *asker = context;
    const struct nr_rewrite *rewrite = asker->rewrite;
    struct nr_module *module = rewrite->module;
    struct nr_type_ref ref;
    if (NR_TOKEN_TABLE(token) == NR_TABLE_TYPE_DEF) {
        return kind_of_definition(module, asker->arena, token);
    }
    if (module->ops->type_ref(module, asker->arena, token, &ref) != NR_OK) return NR_TYPE_UNKNOWN;
    int kind = kind_of_name(ref.name);
    if (kind != NR_TYPE_UNKNOWN || nr_resolve_type(rewrite->assemblies, asker->arena, module, token,
                                                   &module, &token) != NR_OK) {
        return kind;
    }
    return kind_of_definition(module, asker->arena, token);
}

enum nr_status nr_gate(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                       struct nr_bytes body, const struct nr_log *log) {
    struct asker asker = {rewrite, rewrite->module, arena};
    const struct nr_verify_module module = {.context = &asker,
                                            .signature = signature,
                                            .method_of_spec = method_of_spec,
                                            .exists = exists,
                                            .type_kind = type_kind};
    struct nr_verify_error error;
    enum nr_status status = nr_verify(arena, body, rewrite->signature, &module, &error);
    if (status == NR_OK || status == NR_NO_MEMORY) return status;
    nr_log_error(log, "Not instrumented, the new body would be invalid at IL_%04x (%s): %.*s",
                 (unsigned)error.offset, error.message, NR_STR_ARGS(rewrite->description));
    return NR_UNSUPPORTED;
}
