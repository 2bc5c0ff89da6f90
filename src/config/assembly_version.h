// Versions of assemblies as extension files write them.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: REFERENCE.md §4, minVersion and maxVersion. Pure, any thread.
#ifndef NR_CONFIG_ASSEMBLY_VERSION_H
#define NR_CONFIG_ASSEMBLY_VERSION_H

#include <stdbool.h>

#include "base/log.h"
#include "base/str.h"
#include "metadata/module.h"

// Reads one to four numbers from 0 to 65535 between dots; the missing ones are 0. As the reference
// reads numbers, white space before one and anything after its digits are skipped. False for text
// that is no version (with a warning in the log), and for the empty one and 0.0.0.0, which both
// mean no limit (without).
bool nr_version_parse(struct nr_str text, const struct nr_log *log, struct nr_version *version);

// <0, 0, >0.
int nr_version_compare(struct nr_version left, struct nr_version right);

// For printf-like functions: printf(NR_VERSION_FORMAT, NR_VERSION_ARGS(version)).
#define NR_VERSION_FORMAT "%u.%u.%u.%u"
#define NR_VERSION_ARGS(version)                                                     \
    (unsigned)(version).major, (unsigned)(version).minor, (unsigned)(version).build, \
        (unsigned)(version).revision

#endif
