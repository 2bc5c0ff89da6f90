// Fuzz target: the rewrite of any body with any signature. It refuses, or makes what the verifier
// accepts; and what the verifier accepted before, it accepts after, as far as the signature tells
// no lie about the types that it names (fuzz_program.c has honest ones).
// SPDX-License-Identifier: Apache-2.0
//
// Input: options, the type whose method it is, signature, locals, names, then the body (see
// fuzz_il.h).
#include "fuzz_il.h"
#include "fuzz_module.h"
#include "il/verify.h"
#include "instrument/gate.h"
#include "instrument/rewrite.h"

enum { API = 1, RAW_BODY = 2, RAW_TOKENS = 4, ALONE = 8, NO_FACADE = 16 };

static bool never(void *context, struct nr_str assembly, struct nr_str type) {
    (void)context, (void)assembly, (void)type;
    return false;
}

static char last_line[512];

static void keep_line(void *context, const char *line, size_t size) {
    (void)context;
    snprintf(last_line, sizeof(last_line), "%.*s", (int)size, line);
}

static struct nr_str take_name(struct fuzz_input *input) {
    struct nr_bytes bytes = fuzz_short_bytes(input);
    return (struct nr_str){(const char *)bytes.data, bytes.size};
}

static void check_result(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                         struct nr_bytes out, const struct nr_log *log) {
    struct nr_references fresh = {.kinds.arena = arena};
    struct nr_rewrite asking = *rewrite;
    struct nr_body body;
    asking.references = &fresh;
    FUZZ_REQUIRE(nr_gate(arena, &asking, out, log) == NR_OK);
    FUZZ_REQUIRE(nr_body_read(arena, out, &body) == NR_OK && body.size == out.size);
    FUZZ_REQUIRE(!body.tiny && body.local_signature);
    const struct nr_offset_map *map = rewrite->offsets;
    for (size_t i = 1; i < map->count; i++) {
        FUZZ_REQUIRE(map->pairs[i - 1].original < map->pairs[i].original);
        FUZZ_REQUIRE(map->pairs[i - 1].assembled < map->pairs[i].assembled);
    }
    FUZZ_REQUIRE(map->count > 0 && map->pairs[map->count - 1].assembled < body.code.size);
}

// A class where there is a value type, or the other way, is found out when a box is verified.
static bool names_types(struct nr_bytes signature) {
    return signature.size > 0 && (memchr(signature.data, 0x11, signature.size) ||
                                  memchr(signature.data, 0x12, signature.size));
}

typedef enum nr_status rewrite_function(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                                        const struct nr_log *log, struct nr_bytes *out);

static void run(struct nr_arena *arena, const struct nr_rewrite *rewrite,
                rewrite_function *function) {
    const struct nr_log log = {.level = NR_LOG_TRACE, .write = keep_line};
    struct nr_bytes out;
    bool was_valid = nr_gate(arena, rewrite, rewrite->body, &log) == NR_OK;
    last_line[0] = '\0';
    enum nr_status status = function(arena, rewrite, &log, &out);
    FUZZ_REQUIRE(status != NR_NO_MEMORY);
    if (status == NR_OK) {
        check_result(arena, rewrite, out, &log);
    } else if (was_valid && !names_types(rewrite->signature)) {
        if (strstr(last_line, "would be invalid")) fprintf(stderr, "%s", last_line);
        FUZZ_REQUIRE(!strstr(last_line, "would be invalid"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct fuzz_input input = {{data, size}};
    struct nr_module *module = fuzz_module_open(&arena);
    struct nr_references references = {.kinds.arena = &arena};
    uint8_t options = fuzz_u8(&input);
    const struct nr_assemblies assemblies = {module, fuzz_module_find,
                                             options & NO_FACADE ? never : NULL};
    uint32_t type = 1 + fuzz_u8(&input) % FUZZ_TYPES;
    struct nr_offset_map offsets;
    struct nr_rewrite rewrite = {.module = module,
                                 .offsets = &offsets,
                                 .references = &references,
                                 .assemblies = options & ALONE ? NULL : &assemblies,
                                 .type = NR_TOKEN(NR_TABLE_TYPE_DEF, type),
                                 .method = NR_TOKEN(NR_TABLE_METHOD_DEF, type),
                                 .signature = fuzz_short_bytes(&input),
                                 .description = NR_STR("a method"),
                                 .assembly_name = NR_STR("Fuzz"),
                                 .type_name = NR_STR("Space.Type"),
                                 .agent_path = NR_STR("/agent.dll"),
                                 .function_id = 1};
    struct nr_bytes locals = fuzz_short_bytes(&input);
    rewrite.method_name = take_name(&input);
    rewrite.metric_name = rewrite.tracer_factory = rewrite.method_name;
    rewrite.tracer_flags = options;
    nr_token local_signature = 0;
    if (locals.size > 0) {  // a blob of nothing is no signature
        FUZZ_REQUIRE(module->ops->define_signature(module, locals, &local_signature) == NR_OK);
    }
    rewrite.body = options & RAW_BODY
                       ? input.left
                       : fuzz_body(&input, &arena, local_signature, !(options & RAW_TOKENS));
    run(&arena, &rewrite, options & API ? nr_rewrite_api : nr_rewrite_default);
    rewrite.lean = options & API;
    run(&arena, &rewrite, nr_rewrite_fast);
    nr_arena_free(&arena);
    return 0;
}
