// Finds the agent's home and what lies in it.
// SPDX-License-Identifier: Apache-2.0
#include "config/home.h"

#include <string.h>

#include "base/array.h"
#include "config/xml.h"

static bool exists(const struct nr_facts *facts, struct nr_str path) {
    return facts->file_exists && facts->file_exists(facts->context, path);
}

static bool directory_exists(const struct nr_facts *facts, struct nr_str path) {
    return facts->directory_exists && facts->directory_exists(facts->context, path);
}

static const char *home_variable(const struct nr_facts *facts) {
    return facts->core ? "CORECLR_NEW_RELIC_HOME" : "NEW_RELIC_HOME";
}

bool nr_home_from_environment(const struct nr_facts *facts, struct nr_arena *arena,
                              struct nr_str *home) {
    return nr_facts_env_either(facts, arena, home_variable(facts),
                               facts->core ? "CORECLR_NEWRELIC_HOME" : "NEWRELIC_HOME", home);
}

enum nr_status nr_home_find(struct nr_arena *arena, const struct nr_facts *facts,
                            const struct nr_log *log, struct nr_str *home) {
    if (nr_home_from_environment(facts, arena, home)) return NR_OK;
    if (facts->home_from_registry.data) {
        *home = facts->home_from_registry;
        return NR_OK;
    }
    nr_log_error(log, "Unable to find New Relic Home directory in registry or environment.");
    return NR_NOT_FOUND;
}

// ---- the agent's core dll ----

static enum nr_status find_agent_in(struct nr_arena *arena, const struct nr_facts *facts,
                                    struct nr_str base, const struct nr_log *log,
                                    struct nr_str *path) {
    const struct nr_str separator = nr_facts_separator(facts);
    const struct nr_str name = NR_STR("NewRelic.Agent.Core.dll");
    const struct nr_str places[] = {
        NR_STR_JOIN(arena, base, separator, name),
        NR_STR_JOIN(arena, base, separator, nr_facts_runtime_folder(facts), separator, name)};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (!places[i].data) return NR_NO_MEMORY;
        nr_log_debug(log, "Searching for New Relic Agent DLL at: %.*s", NR_STR_ARGS(places[i]));
        if (exists(facts, places[i])) {
            *path = places[i];
            return NR_OK;
        }
    }
    return NR_NOT_FOUND;
}

enum nr_status nr_home_find_agent(struct nr_arena *arena, const struct nr_facts *facts,
                                  const struct nr_log *log, struct nr_str *path) {
    enum nr_status status = NR_NOT_FOUND;
    struct nr_str base;
    if (nr_facts_env_either(facts, arena, "NEW_RELIC_INSTALL_PATH", "NEWRELIC_INSTALL_PATH",
                            &base)) {
        status = find_agent_in(arena, facts, base, log, path);
    }
    if (status == NR_NOT_FOUND && nr_home_from_environment(facts, arena, &base)) {
        status = find_agent_in(arena, facts, base, log, path);
    }
    if (status == NR_NOT_FOUND) {
        nr_log_error(log,
                     "Unable to find %s or NEW_RELIC_INSTALL_PATH environment variables.  Aborting "
                     "instrumentation.",
                     home_variable(facts));
        nr_log_error(log, "The New Relic Agent DLL is missing.");
    }
    return status;
}

// ---- extension files ----

static struct nr_extension_file *find_place(const struct nr_extension_files *files,
                                            struct nr_str name, bool *found) {
    size_t low = 0, high = files->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (nr_str_compare(files->data[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *found = low < files->count && nr_str_equal(files->data[low].name, name);
    return &files->data[low];
}

enum nr_status nr_extension_files_add(struct nr_arena *arena, struct nr_extension_files *files,
                                      struct nr_str name, struct nr_bytes xml) {
    const size_t size = sizeof(*files->data);
    bool found;
    struct nr_extension_file *data = nr_array_room(arena, files->data, files->count, size);
    if (!data) return NR_NO_MEMORY;
    files->data = data;
    struct nr_extension_file *place = find_place(files, name, &found);
    if (!found) {
        size_t after = files->count - (size_t)(place - files->data);
        memmove(place + 1, place, after * size);
        files->count++;
    }
    *place = (struct nr_extension_file){name, xml};
    return NR_OK;
}

static enum nr_status read_extension(struct nr_arena *arena, const struct nr_facts *facts,
                                     struct nr_str path, const struct nr_log *log,
                                     struct nr_extension_files *files) {
    struct nr_bytes xml;
    enum nr_status status = NR_IO;
    if (facts->read_file) {
        status = facts->read_file(facts->context, arena, path, NR_XML_MAX_SIZE, &xml);
    }
    if (status == NR_OK) return nr_extension_files_add(arena, files, path, xml);
    if (status == NR_NO_MEMORY) return status;
    if (status == NR_TOO_LARGE) {
        nr_log_error(log, "The file is larger than 16 MB. File path: %.*s", NR_STR_ARGS(path));
    } else {
        nr_log_error(log, "Unable to open file. File path: %.*s", NR_STR_ARGS(path));
    }
    nr_log_error(log,
                 "An exception was thrown while reading instrumentation file: %.*s - ignoring this "
                 "file.",
                 NR_STR_ARGS(path));
    files->unreadable++;
    return NR_OK;
}

static enum nr_status read_directory(struct nr_arena *arena, const struct nr_facts *facts,
                                     struct nr_str directory, const struct nr_log *log,
                                     struct nr_extension_files *files) {
    struct nr_str *paths;
    size_t count = 0;
    enum nr_status status = NR_NOT_FOUND;
    if (facts->list_files) {
        status =
            facts->list_files(facts->context, arena, directory, NR_STR(".xml"), &paths, &count);
    }
    if (status == NR_NO_MEMORY) return status;
    if (status != NR_OK) count = 0;
    if (count == 0 && facts->windows) nr_log_warn(log, "No instrumentation files found.");
    for (size_t i = 0; i < count; i++) {
        NR_TRY(read_extension(arena, facts, paths[i], log, files));
    }
    return NR_OK;
}

enum nr_status nr_home_read_extensions(struct nr_arena *arena, const struct nr_facts *facts,
                                       const struct nr_log *log, struct nr_extension_files *files) {
    const struct nr_str separator = nr_facts_separator(facts);
    struct nr_str home;
    *files = (struct nr_extension_files){0};
    NR_TRY(nr_home_find(arena, facts, log, &home));
    struct nr_str root = NR_STR_JOIN(arena, home, separator, NR_STR("extensions"));
    struct nr_str runtime = NR_STR_JOIN(arena, root, separator, nr_facts_runtime_folder(facts));
    if (!root.data || !runtime.data) return NR_NO_MEMORY;
    if (directory_exists(facts, root)) {
        nr_log_info(log, "Loading instrumentation from %.*s", NR_STR_ARGS(root));
    } else {
        nr_log_warn(log,
                    "Unable to find the New Relic Agent extensions directory (%.*s).  No methods "
                    "will be instrumented except those decorated with [Transaction] or [Trace] "
                    "attributes in conjunction with the New Relic agent API.",
                    NR_STR_ARGS(root));
    }
    NR_TRY(read_directory(arena, facts, root, log, files));
    if (!directory_exists(facts, runtime)) return NR_OK;
    nr_log_info(log, "Loading instrumentation from %.*s", NR_STR_ARGS(runtime));
    return read_directory(arena, facts, runtime, log, files);
}
