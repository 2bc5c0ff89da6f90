// Walks types and methods of a module against a pattern.
// SPDX-License-Identifier: Apache-2.0
#include "instrument/wildcard.h"

#include "config/pattern.h"

static bool can_be_instrumented(const struct nr_method_def *method) {
    if (method->flags & (NR_METHOD_ABSTRACT | NR_METHOD_PINVOKE | NR_METHOD_UNMANAGED_EXPORT)) {
        return false;
    }
    if (method->rva == 0) return false;  // the runtime has its body
    return !(method->flags & NR_METHOD_SPECIAL_NAME) || nr_str_equal(method->name, NR_STR(".ctor"));
}

static bool fits(struct nr_str pattern, struct nr_str name) {
    bool made_up = nr_str_find(name, '<', 0) < name.size;
    bool wants_made_up = nr_str_find(pattern, '<', 0) < pattern.size;
    return (!made_up || wants_made_up) && nr_pattern_matches(pattern, name);
}

static enum nr_status find_in_type(struct nr_module *module, struct nr_arena *arena, nr_token type,
                                   const struct nr_point *point, struct nr_buffer *methods) {
    struct nr_tokens all;
    NR_TRY(module->ops->methods(module, arena, type, &all));
    for (size_t i = 0; i < all.count; i++) {
        struct nr_method_def method;
        NR_TRY(module->ops->method_def(module, arena, all.data[i], &method));
        if (can_be_instrumented(&method) && fits(point->method_name, method.name)) {
            nr_buffer_append(methods, &all.data[i], sizeof(all.data[i]));
        }
    }
    return methods->status;
}

enum nr_status nr_wildcard_find(struct nr_module *module, struct nr_arena *arena,
                                const struct nr_point *point, struct nr_buffer *methods) {
    struct nr_tokens types;
    NR_TRY(module->ops->type_defs(module, arena, &types));
    for (size_t i = 0; i < types.count; i++) {
        struct nr_str name;
        uint32_t flags;
        NR_TRY(nr_module_full_type_name(module, arena, types.data[i], &name, &flags));
        if (fits(point->class_name, name)) {
            NR_TRY(find_in_type(module, arena, types.data[i], point, methods));
        }
    }
    return NR_OK;
}
