// Tests of what callbacks on many threads share: the module table, generic functions, the log.
// `make tsan` runs them under ThreadSanitizer.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "profiler/log_output.h"
#include "profiler/profiler.h"

enum { THREADS = 8, MODULES = 600, ROUNDS = 20 };

static void run_threads(void (*work)(void *), void *const *contexts) {
    struct nr_thread threads[THREADS];
    int started = 0;
    while (started < THREADS &&
           nr_thread_start(&threads[started], work, contexts[started]) == NR_OK) {
        started++;
    }
    CHECK_INT(started, THREADS);
    for (int i = 0; i < started; i++) nr_thread_join(&threads[i]);
}

// ---- modules ----

// Each thread loads and unloads modules of its own, as the CLR has it, and looks at everybody's
// lasting ones.
struct loader {
    struct nr_module_table *table;
    ModuleID first;
    bool ok;
};

static ModuleID lasting_id(size_t i) { return (ModuleID)(i + 1) * 0x1000; }

static bool add(struct nr_module_table *table, ModuleID id, bool can_unload) {
    struct nr_loaded_module *module = nr_loaded_module_new(id);
    if (!module) return false;
    module->can_unload = can_unload;
    module->assembly_name = NR_STR("Shop");
    return nr_module_table_add(table, module) == NR_OK;
}

static void load_and_unload(void *context) {
    struct loader *loader = context;
    struct nr_module_table *table = loader->table;
    loader->ok = true;
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < MODULES; i++) {
            ModuleID id = loader->first + i * 8;
            loader->ok &= add(table, id, true);
            struct nr_loaded_module *found = nr_module_table_get(table, id);
            loader->ok &= found && found->id == id;
            loader->ok &= nr_module_table_get_lasting(table, id) == NULL;
            found = nr_module_table_get(table, lasting_id(i % THREADS));
            loader->ok &= found && found->id == lasting_id(i % THREADS);
        }
        for (size_t i = 0; i < MODULES; i++) {
            nr_module_table_remove(table, loader->first + i * 8);
            loader->ok &= !nr_module_table_get(table, loader->first + i * 8);
        }
    }
}

static void test_modules(void) {
    static struct nr_module_table table;  // its memory stays, since readers may walk it
    struct loader loaders[THREADS];
    void *contexts[THREADS];
    NR_CASE("modules come and go on many threads");
    nr_module_table_init(&table, NULL);
    CHECK(nr_module_table_get(&table, 8) == NULL);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(add(&table, lasting_id(i), false));
        loaders[i] = (struct loader){&table, 0x100000 * (i + 1), false};
        contexts[i] = &loaders[i];
    }
    run_threads(load_and_unload, contexts);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(loaders[i].ok);
        CHECK(nr_module_table_get_lasting(&table, lasting_id(i)) != NULL);
        nr_module_table_remove(&table, lasting_id(i));
        nr_module_table_remove(&table, lasting_id(i));
        CHECK(nr_module_table_get(&table, lasting_id(i)) == NULL);
    }
    NR_CASE("modules that come and go leave no memory behind");
    struct nr_module_slots *slots = atomic_load(&table.slots);
    for (ModuleID id = 8; id < 8 * 100000; id += 8) {
        CHECK(add(&table, id, true));
        nr_module_table_remove(&table, id);
    }
    CHECK(atomic_load(&table.slots) == slots);
}

// ---- generic functions ----

struct asker {
    struct nr_generic_functions *functions;
    ModuleID module;
    bool ok;
};

static void take_and_give(void *context) {
    struct asker *asker = context;
    asker->ok = true;
    for (mdMethodDef method = 1; method < 50 * ROUNDS; method++) {
        struct nr_generic_functions *functions = asker->functions;
        asker->ok &= !nr_generic_functions_give(functions, asker->module, method, 7);
        asker->ok &= nr_generic_functions_take(functions, asker->module, method) == 0;
        asker->ok &= nr_generic_functions_give(functions, asker->module, method, method);
        asker->ok &= !nr_generic_functions_give(functions, asker->module, method, 7);
        asker->ok &= nr_generic_functions_take(functions, asker->module, method) == method;
        nr_generic_functions_take(functions, asker->module, method);
        if (method % 10 == 0) nr_generic_functions_forget(functions, asker->module);
    }
    nr_generic_functions_forget(asker->functions, asker->module);
}

static void test_generics(void) {
    struct nr_generic_functions functions;
    struct asker askers[THREADS];
    void *contexts[THREADS];
    NR_CASE("generic functions of many modules at once");
    nr_generic_functions_init(&functions);
    for (size_t i = 0; i < THREADS; i++) {
        askers[i] = (struct asker){&functions, i + 1, false};
        contexts[i] = &askers[i];
    }
    run_threads(take_and_give, contexts);
    for (size_t i = 0; i < THREADS; i++) CHECK(askers[i].ok);
    CHECK(functions.first == NULL);
}

// ---- the log ----

static atomic_uint whole_lines, broken_lines;

static void take_line(void *context, const char *line, size_t size) {
    static const char level[] = "[Warn ] 0000-00-00 00:00:00 line ";
    (void)context;
    bool whole = size > sizeof(level) && memcmp(line, level, sizeof(level) - 1) == 0 &&
                 line[size - 1] == '\n' && memchr(line, '\n', size) == line + size - 1;
    atomic_fetch_add(whole ? &whole_lines : &broken_lines, 1);
}

static void write_lines(void *context) {
    struct nr_log *log = context;
    for (int i = 0; i < 100 * ROUNDS; i++) {
        nr_log_trace(log, "not a line");
        nr_log_warn(log, "line %d %*s", i, i % 7 == 0 ? 2000 : 1, "x");
        if (i % 10 == 0) atomic_store(&log->level, i % 20 ? NR_LOG_INFO : NR_LOG_WARN);
    }
}

static void change_output(void *context) {
    (void)context;
    for (int i = 0; i < 10 * ROUNDS; i++) {
        struct nr_log_mode mode = {.enabled = i % 2, .level = i % 3 ? NR_LOG_INFO : NR_LOG_ERROR};
        nr_log_output_change(&mode);
        nr_log_info(nr_profiler_log(), "line %d", i);
    }
}

static void test_log(void) {
    struct nr_log log = {.level = NR_LOG_INFO, .write = take_line};
    void *contexts[THREADS];
    NR_CASE("lines of many threads, while the level changes");
    for (size_t i = 0; i < THREADS; i++) contexts[i] = &log;
    run_threads(write_lines, contexts);
    CHECK_INT(whole_lines, THREADS * 100 * ROUNDS);
    CHECK_INT(broken_lines, 0);
    NR_CASE("the output changes while others write");
    run_threads(change_output, contexts);
    nr_log_output_change(&(struct nr_log_mode){.enabled = true, .level = NR_LOG_INFO});
    CHECK(nr_log_enabled(nr_profiler_log(), NR_LOG_INFO) == (nr_profiler_log()->write != NULL));
}

void test_shared_state(void) {
    test_modules();
    test_generics();
    test_log();
}
