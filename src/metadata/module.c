// Questions about a module that are answered with other questions.
// SPDX-License-Identifier: Apache-2.0
#include "metadata/module.h"

#include "base/compiler.h"

enum { DEEPEST_NESTING = 64 };  // rows that enclose each other in a circle end here

enum nr_status nr_module_full_type_name(struct nr_module *module, struct nr_arena *arena,
                                        nr_token type, struct nr_str *out, uint32_t *flags) {
    struct nr_str parts[2 * DEEPEST_NESTING];  // filled from the end: Outer + Inner
    size_t first = NR_COUNT_OF(parts);
    struct nr_type_def row;
    NR_TRY(module->ops->type_def(module, arena, type, &row));
    parts[--first] = row.name;
    while ((row.flags & NR_TYPE_VISIBILITY_MASK) >= NR_TYPE_NESTED_PUBLIC) {
        if (first < 2) return NR_TOO_LARGE;
        NR_TRY(module->ops->enclosing_type(module, type, &type));
        NR_TRY(module->ops->type_def(module, arena, type, &row));
        parts[--first] = NR_STR("+");
        parts[--first] = row.name;
    }
    struct nr_str name = nr_str_join(arena, &parts[first], NR_COUNT_OF(parts) - first);
    if (!name.data) return NR_NO_MEMORY;
    *out = name;
    *flags = row.flags;
    return NR_OK;
}

static enum nr_status find_nested(struct nr_module *module, struct nr_str name, nr_token *out) {
    nr_token type = 0;
    for (size_t from = 0; from <= name.size;) {
        size_t plus = nr_str_find(name, '+', from);
        NR_TRY(module->ops->find_type_def(module, nr_str_slice(name, from, plus), type, &type));
        from = plus + 1;
    }
    *out = type;
    return NR_OK;
}

// A type's own name may have a '+', too.
enum nr_status nr_module_find_type(struct nr_module *module, struct nr_str name, nr_token *out) {
    enum nr_status status = find_nested(module, name, out);
    if (status != NR_NOT_FOUND || nr_str_find(name, '+', 0) == name.size) return status;
    return module->ops->find_type_def(module, name, 0, out);
}

enum nr_status nr_type_is_by_ref_like(struct nr_module *module, nr_token type_def, bool *yes) {
    // The CLR knows these by name; their assembly need not mark them.
    static const char *const known[] = {"System.TypedReference", "System.ArgIterator",
                                        "System.RuntimeArgumentHandle"};
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes value;
    struct nr_type_def row;
    enum nr_status status = module->ops->custom_attribute(
        module, type_def, NR_STR("System.Runtime.CompilerServices.IsByRefLikeAttribute"), &value);
    *yes = status != NR_NOT_FOUND;
    if (status == NR_NOT_FOUND) status = module->ops->type_def(module, &arena, type_def, &row);
    if (status == NR_OK) {
        for (size_t i = 0; !*yes && i < NR_COUNT_OF(known); i++) {
            *yes = nr_str_equal(row.name, nr_str_of(known[i]));
        }
    } else {
        *yes = true;
    }
    nr_arena_free(&arena);
    return status == NR_NO_MEMORY ? status : NR_OK;
}
