// Writes the helpers of instrument/domain_cache.h into an assembly for .NET, so that they can run.
// SPDX-License-Identifier: Apache-2.0
//
// usage: add-helpers IN OUT
// IN defines a System.CannotUnloadAppDomainException of its own, behind all other types.
#include <stdio.h>

#include "instrument/domain_cache.h"
#include "metadata/file_module.h"
#include "platform/platform.h"

enum { LARGEST_FILE = 16 << 20 };

static enum nr_status add_helpers(struct nr_arena *arena, struct nr_bytes file,
                                  struct nr_bytes *out) {
    struct nr_references references = {.scope = NR_SCOPE_CORE, .kinds = {.arena = arena}};
    struct nr_helper helpers[NR_HELPERS];
    struct nr_new_body bodies[NR_HELPERS];
    struct nr_module *module;
    NR_TRY(nr_file_module_open(arena, file, &module));
    NR_TRY(module->ops->find_type_def(module, NR_STR("System.CannotUnloadAppDomainException"), 0,
                                      &references.types[NR_KNOWN_DOMAIN_CACHE]));
    NR_TRY(nr_domain_cache_add(arena, module, &references, NULL, helpers));
    for (int i = 0; i < NR_HELPERS; i++) {
        bodies[i] = (struct nr_new_body){helpers[i].method, helpers[i].body};
    }
    return nr_file_module_write(module, arena, bodies, NR_HELPERS, out);
}

static bool write_file(const char *path, struct nr_bytes bytes) {
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    bool whole = fwrite(bytes.data, 1, bytes.size, file) == bytes.size;
    return fclose(file) == 0 && whole;
}

int main(int argc, char **argv) {
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file, out;
    if (argc != 3) return 2;
    enum nr_status status = nr_file_read(&arena, nr_str_of(argv[1]), LARGEST_FILE, &file);
    if (status == NR_OK) status = add_helpers(&arena, file, &out);
    if (status == NR_OK && !write_file(argv[2], out)) status = NR_IO;
    if (status != NR_OK) fprintf(stderr, "add-helpers: %s\n", nr_status_name(status));
    nr_arena_free(&arena);
    return status == NR_OK ? 0 : 1;
}
