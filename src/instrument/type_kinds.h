// What kind of thing a type is: asked for boxing and for verification, remembered per module.
// SPDX-License-Identifier: Apache-2.0
//
// A TypeRef leads into another assembly, and finding it there is the dearest question of a rewrite;
// so each module remembers its answers. One rewrite of a module at a time.
#ifndef NR_INSTRUMENT_TYPE_KINDS_H
#define NR_INSTRUMENT_TYPE_KINDS_H

#include "base/arena.h"
#include "il/verify.h"
#include "metadata/resolve.h"

// The answers for one table, by row.
struct nr_kind_table {
    uint8_t *kinds;  // enum nr_type_kind + 1; 0: not asked yet
    uint32_t count;
};

// Zero-initialise; the arena lives as long as the module.
struct nr_type_kinds {
    struct nr_arena *arena;
    struct nr_kind_table type_refs, type_defs;
};

// The kind of a TypeDef or TypeRef. NR_TYPE_UNKNOWN: it could not be found; that is not remembered,
// since its assembly may be loaded later. NR_NO_MEMORY is the only failure. scratch is for the
// search.
enum nr_status nr_type_kind_of(struct nr_type_kinds *kinds, struct nr_module *module,
                               const struct nr_assemblies *assemblies, struct nr_arena *scratch,
                               nr_token token, enum nr_type_kind *kind);

#endif
