// Extension files: instrumentation points.
// SPDX-License-Identifier: Apache-2.0
//
// Facts: REFERENCE.md §4; wildcards are ours (config/pattern.h). Points live in the arena passed in
// and are never changed after they are made: any thread may read them.
#ifndef NR_CONFIG_EXTENSION_H
#define NR_CONFIG_EXTENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "config/home.h"
#include "config/settings.h"
#include "metadata/module.h"

// The factory of a point that names none, and of methods with [Transaction] or [Trace].
#define NR_DEFAULT_TRACER_FACTORY \
    NR_STR("NewRelic.Agent.Core.Tracer.Factories.DefaultTracerFactory")

// One method, or all of its overloads, of one class.
struct nr_point {
    struct nr_str assembly_name, class_name, method_name;
    // Of one overload, without white space, empty for none: "System.Int32,System.String[]".
    // All overloads when has_parameters is false.
    struct nr_str parameters;
    struct nr_str tracer_factory;
    struct nr_str metric_name, metric_type;
    struct nr_str file;                  // where it stands; empty for one of the environment
    uint32_t line;                       // of its exactMethodMatcher, from 1
    uint32_t flags;                      // enum nr_tracer_flag
    struct nr_version minimum, maximum;  // [minimum, maximum) of the assembly's version

    bool has_parameters;
    bool has_minimum, has_maximum;
    bool wildcard;  // a `*` in the name of assembly, class or method
    bool ignored;   // by a rule of newrelic.config: never matches, kept to be told about
};

struct nr_extensions {
    struct nr_point *points;  // in the order of the files
    size_t count;             // ignored ones included
    size_t invalid_files;
};

// Reads all files, whose text must stay: points refer to it. A file that is not what it should be
// is counted, named in the log, and gives the points that stand before the mistake (none, when it
// is not even XML). NR_NO_MEMORY only.
enum nr_status nr_extensions_parse(struct nr_arena *arena, const struct nr_extension_files *files,
                                   const struct nr_ignore_list *ignore, const struct nr_log *log,
                                   struct nr_extensions *out);

// Adds the point that NEW_RELIC_LAMBDA_HANDLER, else _HANDLER, describes: assembly::class::method.
// NR_NO_MEMORY only.
enum nr_status nr_extensions_add_serverless(struct nr_arena *arena, const struct nr_facts *facts,
                                            const struct nr_log *log,
                                            struct nr_extensions *extensions);

// Parameters as they are compared: without white space, and empty for "void". NR_NO_MEMORY.
enum nr_status nr_point_parameters(struct nr_arena *arena, struct nr_str text,
                                   struct nr_str *parameters);

// "[Assembly]Class.Method", with "(parameters)" when the point has some. NULL data: no memory.
struct nr_str nr_point_key(struct nr_arena *arena, const struct nr_point *point);

#endif
