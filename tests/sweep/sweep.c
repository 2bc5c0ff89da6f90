// Rewrites every method body of the assemblies given, for both modes, and verifies all of them.
// SPDX-License-Identifier: Apache-2.0
//
// usage: sweep [-v] FILE.dll...
// Prints a line an assembly and a sum. The exit status is 1 when the verifier rejected an original
// body (all of them run on the CLR) or a rewritten one. -v prints every rejected or skipped method.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "il/body.h"
#include "instrument/gate.h"
#include "instrument/rewrite.h"
#include "metadata/file_module.h"
#include "platform/platform.h"

enum { LARGEST_FILE = 1 << 30 };

struct counts {
    unsigned long bodies, rewritten, skipped, original_rejected, rejected;
    unsigned long long code_bytes;
    double seconds;
};

// What is to be written of an assembly; the bodies live in its arena.
struct new_bodies {
    struct nr_new_body *data;
    size_t count;
};

struct assembly {
    struct nr_str path, name;
    struct nr_arena arena;
    struct nr_module *module;
    struct nr_references references;
    bool readable;  // managed, with metadata that can be read
    struct new_bodies new_bodies;
};

static struct nr_map by_name;
static bool verbose;
static const char *write_to;  // a directory, or NULL
static char last_message[512];

static struct nr_module *find_assembly(void *context, struct nr_str name) {
    (void)context;
    struct assembly *found = nr_map_get(&by_name, name);
    return found ? found->module : NULL;
}

static bool has_type(void *context, struct nr_str assembly, struct nr_str type) {
    struct nr_module *module = find_assembly(context, assembly);
    nr_token token;
    return module && (module->ops->find_type_def(module, type, 0, &token) == NR_OK ||
                      module->ops->forwarded_type(module, type, &token) == NR_OK);
}

static void keep_message(void *context, const char *line, size_t size) {
    (void)context;
    snprintf(last_message, sizeof(last_message), "%.*s", (int)size, line);
}

static enum nr_status open_assembly(struct assembly *assembly, const char *path) {
    struct nr_bytes file;
    struct nr_version version;
    assembly->path = nr_str_of(path);
    NR_TRY(nr_file_read(&assembly->arena, assembly->path, LARGEST_FILE, &file));
    NR_TRY(nr_file_module_open(&assembly->arena, file, &assembly->module));
    NR_TRY(assembly->module->ops->assembly(assembly->module, &assembly->arena, &assembly->name,
                                           &version));
    assembly->references.kinds.arena = &assembly->arena;
    assembly->readable = true;
    return NR_OK;
}

static void report(const char *what, const struct nr_method_def *method, struct nr_str type,
                   const char *why) {
    if (verbose) {
        printf("  %s %.*s.%.*s: %s\n", what, NR_STR_ARGS(type), NR_STR_ARGS(method->name), why);
    }
}

static void keep_body(struct assembly *assembly, nr_token method, struct nr_bytes body) {
    uint8_t *copy = write_to ? nr_arena_alloc(&assembly->arena, body.size) : NULL;
    if (!copy) return;
    memcpy(copy, body.data, body.size);
    assembly->new_bodies.data[assembly->new_bodies.count++] =
        (struct nr_new_body){method, {copy, body.size}};
}

static enum nr_status write_assembly(struct assembly *assembly) {
    struct nr_bytes image;
    char path[4096];
    NR_TRY(nr_file_module_write(assembly->module, &assembly->arena, assembly->new_bodies.data,
                                assembly->new_bodies.count, &image));
    snprintf(path, sizeof(path), "%s/%.*s.dll", write_to, NR_STR_ARGS(assembly->name));
    FILE *file = fopen(path, "wb");
    if (!file) return NR_IO;
    bool whole = fwrite(image.data, 1, image.size, file) == image.size;
    return fclose(file) == 0 && whole ? NR_OK : NR_IO;
}

static enum nr_status sweep_method(struct assembly *assembly, struct nr_arena *arena,
                                   nr_token token, struct counts *counts) {
    struct nr_module *module = assembly->module;
    struct nr_assemblies assemblies = {NULL, find_assembly, has_type};
    struct nr_log log = {.level = NR_LOG_INFO, .write = keep_message};
    struct nr_method_def method;
    struct nr_bytes bytes, rewritten, fast;
    struct nr_body body;
    struct nr_str type = {0};
    uint32_t type_flags;
    NR_TRY(module->ops->method_def(module, arena, token, &method));
    if (nr_file_module_body(module, token, &bytes) != NR_OK) return NR_OK;  // abstract, extern
    nr_module_full_type_name(module, arena, method.owner, &type, &type_flags);
    counts->bodies++;
    if (nr_body_read(arena, bytes, &body) != NR_OK) {
        counts->original_rejected++;
        report("original rejected", &method, type, "its header cannot be read");
        return NR_OK;
    }
    counts->code_bytes += body.code.size;
    const struct nr_rewrite rewrite = {.module = module,
                                       .references = &assembly->references,
                                       .assemblies = &assemblies,
                                       .type = method.owner,
                                       .method = token,
                                       .signature = method.signature,
                                       .body = {bytes.data, body.size},
                                       .description = method.name,
                                       .assembly_name = assembly->name,
                                       .type_name = type,
                                       .method_name = method.name,
                                       .agent_path = NR_STR("/opt/agent/NewRelic.Agent.Core.dll"),
                                       .tracer_factory = NR_STR("Factory"),
                                       .metric_name = NR_STR(""),
                                       .function_id = token};
    last_message[0] = '\0';
    if (nr_gate(arena, &rewrite, rewrite.body, &log) != NR_OK) {
        counts->original_rejected++;
        report("original rejected", &method, type, last_message);
        return NR_OK;
    }
    last_message[0] = '\0';
    enum nr_status status = nr_rewrite_default(arena, &rewrite, &log, &rewritten);
    if (status == NR_OK) status = nr_rewrite_fast(arena, &rewrite, &log, &fast);
    if (status == NR_OK) {
        counts->rewritten++;
        keep_body(assembly, token, rewritten);
    } else if (strstr(last_message, "would be invalid")) {
        counts->rejected++;
        report("rejected", &method, type, last_message);
    } else {
        counts->skipped++;
        report("skipped", &method, type, last_message[0] ? last_message : nr_status_name(status));
    }
    return NR_OK;
}

static void sweep_assembly(struct assembly *assembly, struct counts *sum) {
    struct counts counts = {0};
    uint32_t methods = nr_file_module_method_count(assembly->module);
    if (write_to) {
        assembly->new_bodies.data = NR_ARENA_ARRAY(&assembly->arena, struct nr_new_body, methods);
    }
    uint64_t start = nr_clock_ns();
    for (uint32_t row = 1; row <= methods; row++) {
        struct nr_arena arena = NR_ARENA_INIT;
        sweep_method(assembly, &arena, NR_TOKEN(NR_TABLE_METHOD_DEF, row), &counts);
        nr_arena_free(&arena);
    }
    if (write_to && assembly->new_bodies.count > 0) {
        enum nr_status status = write_assembly(assembly);
        if (status != NR_OK) {
            printf("  %.*s is not written: %s\n", NR_STR_ARGS(assembly->name),
                   nr_status_name(status));
        }
    }
    counts.seconds = (double)(nr_clock_ns() - start) / 1e9;
    printf("%-58.*s %8lu %9lu %7lu %8lu %8lu %7.2f\n", NR_STR_ARGS(assembly->name), counts.bodies,
           counts.rewritten, counts.skipped, counts.original_rejected, counts.rejected,
           counts.seconds);
    sum->bodies += counts.bodies;
    sum->rewritten += counts.rewritten;
    sum->skipped += counts.skipped;
    sum->original_rejected += counts.original_rejected;
    sum->rejected += counts.rejected;
    sum->code_bytes += counts.code_bytes;
    sum->seconds += counts.seconds;
}

int main(int argc, char **argv) {
    int first = 1;
    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strcmp(argv[first], "-v") == 0)
            verbose = true;
        else if (strcmp(argv[first], "-w") == 0 && first + 1 < argc)
            write_to = argv[++first];
        else
            break;
    }
    if (argc <= first || argv[first][0] == '-') {
        fprintf(stderr, "usage: sweep [-v] [-w DIR] FILE.dll...\n");
        return 2;
    }
    size_t count = (size_t)(argc - first), unreadable = 0;
    struct assembly *assemblies = calloc(count, sizeof(*assemblies));
    struct nr_arena arena = NR_ARENA_INIT;
    struct counts sum = {0};
    if (!assemblies) return 2;
    nr_map_init(&by_name, &arena);
    for (size_t i = 0; i < count; i++) {
        struct assembly *assembly = &assemblies[i];
        if (open_assembly(assembly, argv[first + (int)i]) != NR_OK)
            unreadable++;
        else if (nr_map_set(&by_name, assembly->name, assembly) != NR_OK)
            return 2;
    }
    printf("%-58s %8s %9s %7s %8s %8s %7s\n", "assembly", "bodies", "rewritten", "skipped",
           "orig.rej", "rejected", "seconds");
    for (size_t i = 0; i < count; i++) {
        if (assemblies[i].readable) sweep_assembly(&assemblies[i], &sum);
    }
    // Only now: a rewrite in one assembly may ask what a type of another is.
    for (size_t i = 0; i < count; i++) nr_arena_free(&assemblies[i].arena);
    printf(
        "%zu assemblies (%zu files without metadata), %lu bodies, %lu rewritten, %lu skipped, "
        "%lu originals rejected, %lu rejected, %.1f s, %.0f bodies a second\n",
        count - unreadable, unreadable, sum.bodies, sum.rewritten, sum.skipped,
        sum.original_rejected, sum.rejected, sum.seconds,
        sum.seconds > 0 ? (double)sum.bodies / sum.seconds : 0);
    free(assemblies);
    nr_arena_free(&arena);
    return sum.original_rejected || sum.rejected ? 1 : 0;
}
