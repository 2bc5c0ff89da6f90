// Fuzz target: the file reader. Any bytes as a file, then every question about every row, and
// additions.
// SPDX-License-Identifier: Apache-2.0
//
// Input: options, then the file. Bit 0 of options: the file is the small module of fuzz_module.h,
// changed where the rest of the input says: place, byte, place, byte … The number of rows that are
// asked about is bounded, and so is the time.
#include <string.h>

#include "fuzz.h"
#include "fuzz_module.h"
#include "instrument/type_kinds.h"
#include "metadata/managed_image.h"

enum { CRAFTED = 1, ROWS_AT_MOST = 24, ADDITIONS = 3 };

struct asked {
    struct nr_module *module;
    const struct nr_module_ops *ops;
    struct nr_arena *arena;
    struct nr_assemblies assemblies;
    struct nr_type_kinds kinds;
};

static void touch(struct nr_bytes bytes) {
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < bytes.size; i++) sum = (uint8_t)(sum + bytes.data[i]);
}

static void touch_str(struct nr_str text) {
    touch((struct nr_bytes){(const uint8_t *)text.data, text.size});
}

static void ask_type(struct asked *a, nr_token token) {
    struct nr_type_def def;
    struct nr_type_ref ref;
    struct nr_module *module;
    struct nr_str name;
    nr_token other;
    uint32_t flags;
    bool answer, also;
    enum nr_type_kind kind;
    if (a->ops->type_def(a->module, a->arena, token, &def) == NR_OK) {
        touch_str(def.name);
        nr_type_is_value(a->module, a->arena, &def, &answer, &also);
    }
    if (a->ops->type_ref(a->module, a->arena, token, &ref) == NR_OK) touch_str(ref.name);
    a->ops->enclosing_type(a->module, token, &other);
    if (nr_module_full_type_name(a->module, a->arena, token, &name, &flags) == NR_OK) {
        touch_str(name);
        if (nr_module_find_type(a->module, name, &other) == NR_OK) {
            FUZZ_REQUIRE(a->ops->exists(a->module, other));
        }
        a->ops->forwarded_type(a->module, name, &other);
    }
    nr_type_is_by_ref_like(a->module, token, &answer);
    if (nr_resolve_type(&a->assemblies, a->arena, a->module, token, &module, &other) == NR_OK) {
        FUZZ_REQUIRE(NR_TOKEN_TABLE(other) == NR_TABLE_TYPE_DEF);
    }
    nr_type_kind_of(&a->kinds, a->module, &a->assemblies, a->arena, token, &kind);
}

static void ask_member(struct asked *a, nr_token token) {
    struct nr_method_def method;
    struct nr_member_ref member;
    struct nr_bytes bytes;
    struct nr_str name;
    nr_token other;
    if (a->ops->method_def(a->module, a->arena, token, &method) == NR_OK) {
        touch_str(method.name);
        touch(method.signature);
    }
    if (a->ops->member_ref(a->module, a->arena, token, &member) == NR_OK) {
        touch_str(member.name);
        touch(member.signature);
    }
    if (a->ops->signature(a->module, token, &bytes) == NR_OK) touch(bytes);
    if (nr_file_module_body(a->module, token, &bytes) == NR_OK) touch(bytes);
    if (a->ops->custom_attribute(a->module, token,
                                 NR_STR("System.Runtime.CompilerServices.IsByRefLikeAttribute"),
                                 &bytes) == NR_OK) {
        touch(bytes);
    }
    a->ops->method_of_spec(a->module, token, &other);
    if (a->ops->assembly_ref_name(a->module, a->arena, token, &name) == NR_OK) touch_str(name);
}

static void ask_owner(struct asked *a, nr_token token) {
    struct nr_tokens tokens;
    uint32_t count, flags;
    if (a->ops->methods(a->module, a->arena, token, &tokens) == NR_OK) {
        for (size_t i = 0; i < tokens.count; i++) {
            FUZZ_REQUIRE(a->ops->exists(a->module, tokens.data[i]));
        }
    }
    a->ops->fields(a->module, a->arena, token, &tokens);
    a->ops->member_refs(a->module, a->arena, token, &tokens);
    if (a->ops->generic_param_count(a->module, token, &count) == NR_OK && count > 0) {
        a->ops->generic_param_flags(a->module, token, count - 1, &flags);
        a->ops->generic_param_flags(a->module, token, count, &flags);
    }
}

static void ask_all(struct asked *a) {
    struct nr_str name;
    struct nr_version version;
    struct nr_tokens tokens;
    if (a->ops->assembly(a->module, a->arena, &name, &version) == NR_OK) touch_str(name);
    a->ops->type_defs(a->module, a->arena, &tokens);
    a->ops->assembly_refs(a->module, a->arena, &tokens);
    for (uint32_t table = 0; table < NR_TABLE_COUNT; table++) {
        uint32_t count = nr_file_module_row_count(a->module, (enum nr_table)table);
        // The first rows, the last one, and one that is not there.
        for (uint32_t i = 0; i <= count + 1 && i < ROWS_AT_MOST; i++) {
            uint32_t row = i + 2 == ROWS_AT_MOST ? count : i + 1 == ROWS_AT_MOST ? count + 1 : i;
            nr_token token = NR_TOKEN(table, row & 0xFFFFFF);
            bool exists = a->ops->exists(a->module, token);
            FUZZ_REQUIRE(!exists || (row > 0 && row <= count));
            ask_type(a, token);
            ask_member(a, token);
            ask_owner(a, token);
        }
    }
    for (uint32_t offset = 0; offset < ROWS_AT_MOST; offset++) {
        a->ops->exists(a->module, NR_TOKEN(NR_TABLE_USER_STRING, offset));
    }
}

// What was added must be there, and be found instead of added again.
static void add(struct asked *a, uint8_t number) {
    uint8_t blob[] = {0x15, 0x12, 0x18, 1, number};
    uint16_t letters[] = {'x', number};
    struct nr_bytes signature = {blob, sizeof(blob)};
    nr_token scope, type, token, again;
    if (a->ops->define_assembly_ref(a->module, NR_STR("New"), NULL, &scope) != NR_OK) return;
    if (a->ops->define_type_ref(a->module, scope, NR_STR("Space.New`1"), &type) != NR_OK) return;
    FUZZ_REQUIRE(a->ops->exists(a->module, type));
    if (a->ops->define_member_ref(a->module, type, NR_STR("M"), signature, &token) == NR_OK) {
        FUZZ_REQUIRE(a->ops->exists(a->module, token));
        FUZZ_REQUIRE(a->ops->define_member_ref(a->module, type, NR_STR("M"), signature, &again) ==
                     NR_OK);
        FUZZ_REQUIRE(again == token);
        ask_member(a, token);
        a->ops->define_method_spec(a->module, token, signature, &again);
    }
    if (a->ops->define_type_spec(a->module, signature, &token) == NR_OK) ask_member(a, token);
    if (a->ops->define_signature(a->module, signature, &token) == NR_OK) ask_member(a, token);
    if (a->ops->define_user_string(a->module, (struct nr_str16){letters, 2}, &token) == NR_OK) {
        FUZZ_REQUIRE(a->ops->exists(a->module, token));
    }
}

static struct nr_bytes make_file(struct fuzz_input *input) {
    bool crafted = fuzz_u8(input) & CRAFTED;
    struct nr_bytes from = crafted ? fuzz_module_file() : input->left;
    uint8_t *file = malloc(from.size ? from.size : 1);
    FUZZ_REQUIRE(file);
    if (from.size > 0) memcpy(file, from.data, from.size);
    while (crafted && input->left.size > 0) {
        uint16_t place = fuzz_u16(input);
        file[place % from.size] = fuzz_u8(input);
    }
    return (struct nr_bytes){file, from.size};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct nr_arena arena = NR_ARENA_INIT, module_arena = NR_ARENA_INIT;
    struct fuzz_input input = {{data, size}};
    struct nr_bytes file = make_file(&input);
    struct nr_module *module;
    nr_is_managed_image(file);
    if (nr_file_module_open(&module_arena, file, &module) == NR_OK) {
        struct asked asked = {.module = module,
                              .ops = module->ops,
                              .arena = &arena,
                              .assemblies = {module, fuzz_module_find, NULL},
                              .kinds.arena = &module_arena};
        ask_all(&asked);
        for (uint8_t i = 0; i < ADDITIONS; i++) add(&asked, i);
        ask_all(&asked);
    }
    nr_arena_free(&arena);
    nr_arena_free(&module_arena);
    free((void *)(uintptr_t)file.data);
    return 0;
}
