// Follows references to definitions.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/resolve.h"

enum { MOST_STEPS = 16 };  // enclosing types, and forwarders one after another

static enum nr_status resolve_in_assembly(const struct nr_assemblies *assemblies,
                                          struct nr_arena *arena, struct nr_module *from,
                                          nr_token assembly_ref, struct nr_str type,
                                          struct nr_module **out_module, nr_token *out_type) {
    for (int step = 0; step < MOST_STEPS; step++) {
        struct nr_str name;
        NR_TRY(from->ops->assembly_ref_name(from, arena, assembly_ref, &name));
        struct nr_module *module = assemblies ? assemblies->find(assemblies->context, name) : NULL;
        if (!module) return NR_NOT_FOUND;
        enum nr_status status = module->ops->find_type_def(module, type, 0, out_type);
        if (status == NR_OK) *out_module = module;
        if (status != NR_NOT_FOUND) return status;
        NR_TRY(module->ops->forwarded_type(module, type, &assembly_ref));
        from = module;
    }
    return NR_NOT_FOUND;
}

enum nr_status nr_resolve_type(const struct nr_assemblies *assemblies, struct nr_arena *arena,
                               struct nr_module *module, nr_token type_ref,
                               struct nr_module **out_module, nr_token *out_type) {
    struct nr_str names[MOST_STEPS];  // innermost first
    int count = 0;
    nr_token scope = type_ref;
    do {
        struct nr_type_ref row;
        if (count == MOST_STEPS) return NR_TOO_LARGE;
        NR_TRY(module->ops->type_ref(module, arena, scope, &row));
        names[count++] = row.name;
        scope = row.scope;
    } while (NR_TOKEN_TABLE(scope) == NR_TABLE_TYPE_REF);

    struct nr_module *found = module;
    nr_token type = 0;
    if (NR_TOKEN_TABLE(scope) == NR_TABLE_ASSEMBLY_REF) {
        NR_TRY(
            resolve_in_assembly(assemblies, arena, module, scope, names[--count], &found, &type));
    } else if (NR_TOKEN_TABLE(scope) == NR_TABLE_MODULE) {
        NR_TRY(module->ops->find_type_def(module, names[--count], 0, &type));
    } else {
        return NR_NOT_FOUND;  // a module of a multi-file assembly
    }
    while (count > 0) {
        NR_TRY(found->ops->find_type_def(found, names[--count], type, &type));
    }
    *out_module = found;
    *out_type = type;
    return NR_OK;
}

static enum nr_status type_name(struct nr_module *module, struct nr_arena *arena, nr_token type,
                                struct nr_str *name) {
    struct nr_type_ref ref;
    struct nr_type_def def;
    *name = (struct nr_str){0};
    if (NR_TOKEN_TABLE(type) == NR_TABLE_TYPE_REF) {
        NR_TRY(module->ops->type_ref(module, arena, type, &ref));
        *name = ref.name;
    } else if (NR_TOKEN_TABLE(type) == NR_TABLE_TYPE_DEF && NR_TOKEN_ROW(type) != 0) {
        NR_TRY(module->ops->type_def(module, arena, type, &def));
        *name = def.name;
    }
    return NR_OK;
}

enum nr_status nr_type_is_value(struct nr_module *module, struct nr_arena *arena,
                                const struct nr_type_def *row, bool *is_value, bool *is_enum) {
    struct nr_str base;
    NR_TRY(type_name(module, arena, row->extends, &base));
    *is_enum = nr_str_equal(base, NR_STR("System.Enum"));
    // System.Enum itself extends ValueType and is a class.
    *is_value = *is_enum || (nr_str_equal(base, NR_STR("System.ValueType")) &&
                             !nr_str_equal(row->name, NR_STR("System.Enum")));
    return NR_OK;
}
