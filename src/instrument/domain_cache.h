// The cache of methods in an AppDomain (.NET Framework): helper methods that are added to mscorlib,
// and what is needed to call them.
// SPDX-License-Identifier: Apache-2.0
//
// Code that is not trusted may not load an assembly by its path, and a look-up by reflection on
// each call is slow. So six static methods are added to System.CannotUnloadAppDomainException, a
// type of mscorlib that nobody needs: mscorlib is trusted, and what they find they keep in the
// AppDomain. The names, signatures and texts are those of New Relic's profiler (REFERENCE.md §5).
//
// Pure: the module answers for the CLR. All memory is the arena's.
#ifndef NR_INSTRUMENT_DOMAIN_CACHE_H
#define NR_INSTRUMENT_DOMAIN_CACHE_H

#include "instrument/rewrite.h"

enum {
    NR_FIRST_HELPER = NR_MEMBER_LOAD_ASSEMBLY,
    NR_HELPERS = NR_KNOWN_MEMBERS - NR_FIRST_HELPER,
};

struct nr_helper {
    nr_token method;
    struct nr_bytes body;  // tiny header and code
};

// Adds the helpers to mscorlib and makes their bodies, which the caller hands to the CLR before the
// helpers run: until then they have that of a constructor. The bodies have passed the verifier. A
// failure (NR_NOT_FOUND: this is another mscorlib than .NET Framework's) leaves methods behind that
// nobody may call.
enum nr_status nr_domain_cache_add(struct nr_arena *arena, struct nr_module *mscorlib,
                                   struct nr_references *references, const struct nr_log *log,
                                   struct nr_helper helpers[NR_HELPERS]);

// Adds references to the helpers, and to mscorlib where there is none, to any other module.
enum nr_status nr_domain_cache_refer(struct nr_arena *arena, struct nr_module *module,
                                     struct nr_references *references);

#endif
