// Times the rewrite of generated bodies of growing size: a row of bench.sh for each.
// SPDX-License-Identifier: Apache-2.0
//
// usage: rewrite-bench FILE.dll
// The bodies are those of a static method without parameters and result, which FILE.dll must have.
#include <stdio.h>
#include <time.h>

#include "il/body.h"
#include "instrument/rewrite.h"
#include "metadata/file_module.h"
#include "platform/platform.h"

enum { LARGEST_FILE = 1 << 30, SMALLEST = 1 << 10, LARGEST = 1 << 20, RUNS = 9 };

static enum nr_status find_method(struct nr_module *module, struct nr_arena *arena,
                                  nr_token *method) {
    static const uint8_t wanted[] = {NR_CALL_DEFAULT, 0, NR_ELEMENT_VOID};
    const struct nr_bytes signature = {wanted, sizeof(wanted)};
    uint32_t count = nr_file_module_method_count(module);
    for (uint32_t row = 1; row <= count; row++) {
        struct nr_method_def found;
        *method = NR_TOKEN(NR_TABLE_METHOD_DEF, row);
        NR_TRY(module->ops->method_def(module, arena, *method, &found));
        if (nr_bytes_equal(found.signature, signature)) return NR_OK;
    }
    return NR_NOT_FOUND;
}

// Calls, arithmetic and branches, as often as they fit into size bytes, and a return.
static enum nr_status generate(struct nr_arena *arena, nr_token method, size_t size,
                               struct nr_bytes *body) {
    struct nr_buffer code, out;
    nr_buffer_init(&code, arena);
    while (code.size < size) {
        nr_buffer_u8(&code, NR_CALL);
        nr_buffer_u32(&code, method);
        nr_buffer_u8(&code, NR_LDC_I4_0);
        nr_buffer_u8(&code, NR_LDC_I4);
        nr_buffer_u32(&code, (uint32_t)code.size);
        nr_buffer_u8(&code, NR_ADD);
        nr_buffer_u8(&code, NR_BRFALSE_S);
        nr_buffer_u8(&code, 1);
        nr_buffer_u8(&code, NR_NOP);
    }
    nr_buffer_u8(&code, NR_RET);
    nr_buffer_init(&out, arena);
    nr_buffer_u16(&out, 0x3000 | NR_BODY_FAT);  // a header of three double words
    nr_buffer_u16(&out, 2);                     // max stack
    nr_buffer_u32(&out, (uint32_t)code.size);
    nr_buffer_u32(&out, 0);  // no locals
    nr_buffer_append(&out, code.data, code.size);
    NR_TRY(code.status);
    *body = nr_buffer_bytes(&out);
    return out.status;
}

static enum nr_status rewrite_once(const struct nr_rewrite *rewrite) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes out;
    enum nr_status status = nr_rewrite_default(&arena, rewrite, NULL, &out);
    nr_arena_free(&arena);
    return status;
}

// Each run rewrites the same amount of code. Processor time, since others may use the machine.
static enum nr_status time_size(struct nr_rewrite *rewrite, size_t size) {
    struct nr_arena arena = NR_ARENA_INIT;
    double best = 0;
    enum nr_status status = generate(&arena, rewrite->method, size, &rewrite->body);
    for (int run = 0; run < RUNS && status == NR_OK; run++) {
        clock_t start = clock();
        for (size_t i = 0; i < LARGEST / size && status == NR_OK; i++) {
            status = rewrite_once(rewrite);
        }
        double took = (double)(clock() - start) / CLOCKS_PER_SEC;
        if (run == 0 || took < best) best = took;
    }
    if (status == NR_OK) {
        printf("rewrite of %zu KB of code, a byte\tns\t%.2f\n", size >> 10, best * 1e9 / LARGEST);
    }
    nr_arena_free(&arena);
    return status;
}

static enum nr_status run(struct nr_arena *arena, const char *path) {
    struct nr_bytes file;
    struct nr_module *module;
    struct nr_method_def def;
    nr_token method = 0;
    struct nr_references references = {.kinds.arena = arena};
    NR_TRY(nr_file_read(arena, nr_str_of(path), LARGEST_FILE, &file));
    NR_TRY(nr_file_module_open(arena, file, &module));
    NR_TRY(find_method(module, arena, &method));
    NR_TRY(module->ops->method_def(module, arena, method, &def));
    struct nr_offset_map offsets;
    struct nr_rewrite rewrite = {.module = module,
                                 .offsets = &offsets,
                                 .references = &references,
                                 .type = def.owner,
                                 .method = method,
                                 .signature = def.signature,
                                 .description = NR_STR("generated"),
                                 .assembly_name = NR_STR("Assembly"),
                                 .type_name = NR_STR("Type"),
                                 .method_name = NR_STR("Method"),
                                 .agent_path = NR_STR("/opt/agent/NewRelic.Agent.Core.dll"),
                                 .tracer_factory = NR_STR("Factory"),
                                 .metric_name = NR_STR("")};
    for (size_t size = SMALLEST; size <= LARGEST; size *= 4) NR_TRY(time_size(&rewrite, size));
    return NR_OK;
}

int main(int argc, char **argv) {
    struct nr_arena arena = NR_ARENA_INIT;
    if (argc != 2) {
        fprintf(stderr, "usage: rewrite-bench FILE.dll\n");
        return 2;
    }
    enum nr_status status = run(&arena, argv[1]);
    nr_arena_free(&arena);
    if (status != NR_OK) fprintf(stderr, "rewrite-bench: %s\n", nr_status_name(status));
    return status != NR_OK;
}
