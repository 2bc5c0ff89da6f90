// Finds the methods of a module that a point with a wildcard means.
// SPDX-License-Identifier: Apache-2.0
//
// Pure: asks the module. Walks all of its types, so it is for patterns only; a plain name has
// nr_module_find_type.
#ifndef NR_INSTRUMENT_WILDCARD_H
#define NR_INSTRUMENT_WILDCARD_H

#include "config/extension.h"
#include "metadata/module.h"

// Appends the MethodDef token (nr_token) of each method whose type and name fit and that has a body
// to rewrite by the rules of REFERENCE.md §4: abstract, P/Invoke and SpecialName methods other than
// .ctor are left out, since a pattern cannot mean what is never instrumented.
// So are names that a compiler made up (lambdas, state machines of async methods and iterators:
// they have a `<` in them), unless the pattern has a `<` as well: the methods that a person wrote
// are there already, and the time of their parts counts for them.
enum nr_status nr_wildcard_find(struct nr_module *module, struct nr_arena *arena,
                                const struct nr_point *point, struct nr_buffer *methods);

#endif
