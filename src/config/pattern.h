// Names with wildcards, an addition of ours to the extension files.
// SPDX-License-Identifier: Apache-2.0
//
// `*` stands for any run of characters, the empty one and '.', '+' and '`' included. It appears in
// no name that a compiler makes, so a file without wildcards means what it always meant:
//     <match assemblyName="Shop.*" className="Shop.Orders.*">
//         <exactMethodMatcher methodName="Get*"/>
// Pure, any thread.
#ifndef NR_CONFIG_PATTERN_H
#define NR_CONFIG_PATTERN_H

#include <stdbool.h>

#include "base/str.h"

// Whether the name has a wildcard in it.
bool nr_pattern_is_wild(struct nr_str pattern);
// Whether text is what pattern says, case counting. Takes time in proportion to both lengths.
bool nr_pattern_matches(struct nr_str pattern, struct nr_str text);
// The same for the name of an assembly. "*" alone leaves out the framework and the agent
// (netstandard, WindowsBase, System, System.*, Microsoft.*, NewRelic.*); a pattern that says more
// means what it says. None ever matches the core library (mscorlib, System.Private.CoreLib): what
// is injected calls it, and would call itself without end.
bool nr_pattern_matches_assembly(struct nr_str pattern, struct nr_str assembly);

#endif
