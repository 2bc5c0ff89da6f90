// After a run: why nothing, or less than asked for, was traced, and what to do about it.
// SPDX-License-Identifier: Apache-2.0
#include "diagnosis.h"

#include "base/map.h"
#include "config/pattern.h"
#include "message.h"
#include "metadata/file_module.h"
#include "nearest.h"
#include "platform/platform.h"
#include "process.h"

enum { NAMES_SHOWN = 5 };

// ---- was a process profiled? ----

static void explain_never_loaded(void) {
    nr_say("nothing was traced: no .NET runtime loaded the profiler. Possible causes:");
    nr_say_more("- the command runs no .NET program, or one compiled to native code (PublishAot)");
    nr_say_more("- .NET is for another CPU or C library than this build of nrprof");
    nr_say_more(
        "- the command clears or changes its environment (sudo, env -i, a service manager)");
}

static void explain_exclusion(const struct nr_run_log *log) {
    nr_say("process %u was excluded from profiling, by this rule:", (unsigned)log->process);
    nr_say_more("%.*s", NR_STR_ARGS(log->rule));
    if (nr_str_contains(log->rule, NR_STR("identified as invalid invocation"))) {
        nr_say_more("'dotnet run', 'publish', 'restore', 'new' and MSBuild are never profiled;");
        nr_say_more("run the program that was built: 'dotnet APP.dll'");
    }
    nr_say_more("NEW_RELIC_FORCE_PROFILING=1 in the environment overrules all exclusions");
}

static void explain_failure(const struct nr_run_log *log) {
    nr_say("the profiler could not start in process %u:", (unsigned)log->process);
    for (size_t i = 0; i < log->error_count; i++) nr_say_more("%.*s", NR_STR_ARGS(log->errors[i]));
    if (log->error_count == 0) nr_say_more("its log does not say why");
}

bool nr_diagnose_loading(const struct nr_run_log *logs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (logs[i].initialized) return true;
    }
    if (count == 0) explain_never_loaded();
    for (size_t i = 0; i < count; i++) {
        if (logs[i].excluded) {
            explain_exclusion(&logs[i]);
        } else {
            explain_failure(&logs[i]);
        }
    }
    return false;
}

// ---- was there anything to instrument? ----

struct inquiry {
    struct nr_arena *arena;
    const struct nr_run_log *logs;
    size_t count;
    const struct nr_target *target;
};

static bool concerns(const struct nr_target *target, const struct nr_log_method *method) {
    return nr_target_matches(target, method->assembly, method->name);
}

static bool was_instrumented(const struct inquiry *inquiry) {
    for (size_t i = 0; i < inquiry->count; i++) {
        const struct nr_run_log *log = &inquiry->logs[i];
        for (size_t k = 0; k < log->method_count; k++) {
            const struct nr_log_method *method = log->methods[k];
            if (!method->skipped.size && concerns(inquiry->target, method)) return true;
        }
    }
    return false;
}

static bool explain_skipped(const struct inquiry *inquiry) {
    size_t shown = 0;
    for (size_t i = 0; i < inquiry->count; i++) {
        const struct nr_run_log *log = &inquiry->logs[i];
        for (size_t k = 0; k < log->method_count && shown < NAMES_SHOWN; k++) {
            const struct nr_log_method *method = log->methods[k];
            if (!concerns(inquiry->target, method)) continue;
            nr_say_more("%.*s%.*s: %.*s", NR_STR_ARGS(method->name),
                        NR_STR_ARGS(method->parameters), NR_STR_ARGS(method->skipped));
            shown++;
        }
    }
    return shown > 0;
}

// Calls visit for every module that a process of the run loaded, once a file.
static void each_module(const struct inquiry *inquiry,
                        void (*visit)(void *context, const struct nr_log_module *module),
                        void *context) {
    struct nr_map seen;
    nr_map_init(&seen, inquiry->arena);
    for (size_t i = 0; i < inquiry->count; i++) {
        for (size_t k = 0; k < inquiry->logs[i].module_count; k++) {
            struct nr_log_module *module = &inquiry->logs[i].modules[k];
            if (nr_map_get(&seen, module->path)) continue;
            if (nr_map_set(&seen, module->path, module) == NR_OK) visit(context, module);
        }
    }
}

struct scan {
    struct inquiry inquiry;
    struct nr_search search;
    struct nr_nearest assemblies;
    struct nr_str others[NAMES_SHOWN];  // assemblies of the application
    size_t other_count;
    size_t read, unreadable;
};

static enum nr_status read_module(struct scan *scan, const struct nr_log_module *module) {
    enum { MAX_SIZE = 1 << 30 };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes file;
    struct nr_module *metadata;
    enum nr_status status = nr_file_read(&arena, module->path, MAX_SIZE, &file);
    if (status == NR_OK) status = nr_file_module_open(&arena, file, &metadata);
    if (status == NR_OK)
        status = nr_search_module(&scan->search, scan->inquiry.arena, metadata, module->assembly);
    nr_arena_free(&arena);
    return status;
}

static void scan_module(void *context, const struct nr_log_module *module) {
    struct scan *scan = context;
    const struct nr_target *target = scan->inquiry.target;
    if (nr_pattern_matches_assembly(target->assembly, module->assembly)) {
        if (read_module(scan, module) == NR_OK) {
            scan->read++;
        } else {
            scan->unreadable++;
        }
    } else if (nr_pattern_matches_assembly(NR_STR("*"), module->assembly)) {
        if (scan->other_count < NAMES_SHOWN) scan->others[scan->other_count++] = module->assembly;
    }
    nr_nearest_offer(&scan->assemblies, target->assembly, module->assembly,
                     nr_name_distance(target->assembly, module->assembly));
}

// Names that are much farther than the nearest are not what was meant.
static void say_nearest(const struct nr_nearest *nearest) {
    for (size_t i = 0; i < nearest->count; i++) {
        if (nearest->best[i].distance > 2 * nearest->best[0].distance + 2) return;
        nr_say_more("nearest: %.*s", NR_STR_ARGS(nearest->best[i].name));
    }
}

static void explain_no_assembly(const struct scan *scan) {
    const struct nr_target *target = scan->inquiry.target;
    if (nr_str_equal(target->assembly, NR_STR("*"))) {
        nr_say_more("no assembly but those of the framework was loaded");
        return;
    }
    nr_say_more("no assembly '%.*s' was loaded", NR_STR_ARGS(target->assembly));
    say_nearest(&scan->assemblies);
    if (scan->assemblies.count > 0) return;
    for (size_t i = 0; i < scan->other_count; i++)
        nr_say_more("loaded: [%.*s]", NR_STR_ARGS(scan->others[i]));
}

static void explain_no_match(const struct nr_target *target, const struct nr_search *search) {
    if (search->barred.size > 0) {
        nr_say_more("%.*s is never instrumented:", NR_STR_ARGS(search->barred));
        nr_say_more("abstract and native methods, properties, events and operators are left alone");
    } else if (search->is_namespace) {
        nr_say_more("'%.*s' is a namespace; for all types in it: '%.*s.*.%.*s'",
                    NR_STR_ARGS(target->type), NR_STR_ARGS(target->type),
                    NR_STR_ARGS(target->method));
    } else if (search->nearest.count == 0) {
        nr_say_more("no method has a name like that");
    }
    if (!search->is_namespace) say_nearest(&search->nearest);
    if (nr_str_equal(target->assembly, NR_STR("*")) &&
        !nr_pattern_matches_assembly(target->assembly, target->type))
        nr_say_more("methods of the framework need the assembly: '[Assembly]%.*s'",
                    NR_STR_ARGS(target->text));
}

static void explain_no_method(const struct scan *scan) {
    const struct nr_search *search = &scan->search;
    if (search->matches > 0) {
        nr_say_more("none of the methods it names was called (%zu, the first is %.*s)",
                    search->matches, NR_STR_ARGS(search->first_match));
    } else {
        explain_no_match(scan->inquiry.target, search);
    }
}

static void explain_target(const struct inquiry *inquiry) {
    struct scan scan = {.inquiry = *inquiry, .search.target = inquiry->target};
    nr_say("nothing was traced for '%.*s':", NR_STR_ARGS(inquiry->target->text));
    if (explain_skipped(inquiry)) return;
    each_module(inquiry, scan_module, &scan);
    if (scan.read > 0) {
        explain_no_method(&scan);
    } else if (scan.unreadable > 0) {
        nr_say_more("the assemblies it names could not be read to look for the nearest names");
    } else {
        explain_no_assembly(&scan);
    }
}

void nr_diagnose_targets(struct nr_arena *arena, const struct nr_run_log *logs, size_t count,
                         const struct nr_target *targets, size_t target_count) {
    for (size_t i = 0; i < count; i++) {
        if (!logs[i].refusal.size) continue;
        nr_say("nothing was traced in process %u:", (unsigned)logs[i].process);
        nr_say_more("%.*s", NR_STR_ARGS(logs[i].refusal));
        return;
    }
    for (size_t i = 0; i < target_count; i++) {
        struct inquiry inquiry = {arena, logs, count, &targets[i]};
        if (!was_instrumented(&inquiry)) explain_target(&inquiry);
    }
}

// ---- is there a report? ----

void nr_diagnose_missing_report(const struct nr_run_log *logs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!nr_run_log_has_instrumented(&logs[i])) continue;
        if (nr_process_is_running(logs[i].process)) {
            nr_say("process %u still runs; it writes its report when it ends, or on SIGUSR2",
                   (unsigned)logs[i].process);
            continue;
        }
        nr_say("process %u wrote no report though it ran instrumented methods",
               (unsigned)logs[i].process);
        nr_say_more(
            "it was killed or ended without notice (SIGKILL, Environment.FailFast), or the");
        nr_say_more("agent could not be loaded; to see its report before its end, send it SIGUSR2");
    }
}
