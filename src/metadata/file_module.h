// struct nr_module answered from the bytes of a .dll or .exe, without a CLR.
// SPDX-License-Identifier: Apache-2.0
//
// Reads PE32 and PE32+ files, ReadyToRun images among them. Additions are kept in memory and number
// as the CLR's emitter numbers them, so that a rewrite gives the same tokens with and without a
// CLR. Names and blobs point into the file or into the module's arena; both have to outlive the
// module. Indexes are built when they are first needed, also by questions: one thread at a time.
#ifndef NR_METADATA_FILE_MODULE_H
#define NR_METADATA_FILE_MODULE_H

#include "metadata/module.h"

// Any bytes may be given. NR_MALFORMED when the file is no PE file or its metadata lies about a
// length, NR_NOT_FOUND when it has no metadata, NR_UNSUPPORTED for metadata that no CLR runs.
enum nr_status nr_file_module_open(struct nr_arena *arena, struct nr_bytes file,
                                   struct nr_module **out);

// The bytes from the start of the method's body to the end of its section (a body knows its size,
// see il/body.h). NR_NOT_FOUND for a method without IL.
enum nr_status nr_file_module_body(struct nr_module *module, nr_token method,
                                   struct nr_bytes *body);

// The number of rows, added ones included.
uint32_t nr_file_module_row_count(const struct nr_module *module, enum nr_table table);
uint32_t nr_file_module_method_count(const struct nr_module *module);

// One method's new body.
struct nr_new_body {
    nr_token method;
    struct nr_bytes body;
};

// A copy of the file, in the arena given, whose metadata has the additions and whose methods have
// the new bodies; the last section grows for both. The file's signatures are void then, and native
// code of a ReadyToRun image still comes from the old bodies. NR_MALFORMED or NR_TOO_LARGE for a
// file whose sections leave no sane room.
enum nr_status nr_file_module_write(struct nr_module *module, struct nr_arena *arena,
                                    const struct nr_new_body *bodies, size_t count,
                                    struct nr_bytes *out);

#endif
