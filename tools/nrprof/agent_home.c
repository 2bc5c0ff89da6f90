// Agent homes: the user's, checked before the run, and the temporary one of a trace.
// SPDX-License-Identifier: Apache-2.0
#include "agent_home.h"

#include "config/xml.h"
#include "launch.h"
#include "message.h"
#include "platform/platform.h"
#include "process.h"

#define SEPARATOR NR_PATH_SEPARATOR

static struct nr_str in(struct nr_arena *arena, struct nr_str folder, struct nr_str name) {
    return NR_STR_JOIN(arena, folder, NR_STR(SEPARATOR), name);
}

// ---- the user's ----

static bool check_configuration(struct nr_arena *arena, struct nr_str home) {
    struct nr_str path = in(arena, home, NR_STR("newrelic.config"));
    struct nr_bytes content;
    struct nr_xml_node *document;
    struct nr_xml_error error;
    enum nr_status status = nr_file_read(arena, path, NR_XML_MAX_SIZE, &content);
    if (status == NR_NOT_FOUND) {
        nr_say("the agent home has no newrelic.config: %.*s", NR_STR_ARGS(home));
        nr_say_more("give the folder in which the agent is installed, with --home");
    } else if (status != NR_OK) {
        nr_say("cannot read %.*s: %s", NR_STR_ARGS(path), nr_status_name(status));
    } else {
        status = nr_xml_parse(arena, arena, content, &document, &error);
        if (status == NR_OK) return true;
        nr_say("%.*s:%u:%u: %s", NR_STR_ARGS(path), (unsigned)error.line, (unsigned)error.column,
               error.message);
    }
    return false;
}

static bool find_agent(struct nr_arena *arena, struct nr_str home, struct nr_str *path) {
    *path = in(arena, home, NR_STR(NR_AGENT_FILE));
    if (nr_file_exists(*path)) return true;
    *path = in(arena, home, NR_STR("netcore" SEPARATOR NR_AGENT_FILE));
    if (nr_file_exists(*path)) return true;
    nr_say("the agent home has no agent: neither " NR_AGENT_FILE
           " nor netcore" SEPARATOR NR_AGENT_FILE " is in %.*s",
           NR_STR_ARGS(home));
    nr_say_more("install the agent there, or give the folder in which it is, with --home");
    return false;
}

static bool check_agent(struct nr_arena *arena, struct nr_str home) {
    enum { MAX_SIZE = 256 << 20 };
    struct nr_str path;
    if (!find_agent(arena, home, &path)) return false;
    struct nr_arena own = NR_ARENA_INIT;
    struct nr_bytes content;
    enum nr_status status = nr_file_read(&own, path, MAX_SIZE, &content);
    // Every assembly is a PE file, which begins with an MS-DOS header (ECMA-335 II.25.2.1).
    bool is_assembly =
        status == NR_OK && content.size > 2 && content.data[0] == 'M' && content.data[1] == 'Z';
    nr_arena_free(&own);
    if (status != NR_OK) {
        nr_say("cannot read %.*s: %s", NR_STR_ARGS(path), nr_status_name(status));
    } else if (!is_assembly) {
        nr_say("the agent is not a .NET assembly: %.*s", NR_STR_ARGS(path));
        nr_say_more("install it again");
    }
    return is_assembly;
}

static size_t count_extensions(struct nr_arena *arena, struct nr_str folder) {
    struct nr_str *files;
    size_t count;
    if (nr_directory_list(arena, folder, NR_STR(".xml"), &files, &count) != NR_OK) return 0;
    return count;
}

static void check_extensions(struct nr_arena *arena, struct nr_str home) {
    struct nr_str folder = in(arena, home, NR_STR("extensions"));
    if (count_extensions(arena, folder) > 0) return;
    if (count_extensions(arena, in(arena, folder, NR_STR("netcore"))) > 0) return;
    nr_say("warning: there are no instrumentation files (*.xml) in %.*s", NR_STR_ARGS(folder));
    nr_say_more("only methods with the attributes [Transaction] and [Trace] will be instrumented");
}

bool nr_agent_home_check(struct nr_arena *arena, struct nr_str home, struct nr_str *absolute) {
    if (nr_path_absolute(arena, home, absolute) != NR_OK || !nr_directory_exists(*absolute)) {
        nr_say("the agent home is not there: %.*s", NR_STR_ARGS(home));
        return false;
    }
    if (!check_configuration(arena, *absolute) || !check_agent(arena, *absolute)) return false;
    check_extensions(arena, *absolute);
    return true;
}

// ---- a temporary one ----

static const char configuration[] =
    "<?xml version=\"1.0\"?>\n"
    "<configuration xmlns=\"urn:newrelic-config\" agentEnabled=\"true\">\n"
    "  <log level=\"info\"/>\n"
    "</configuration>\n";

static enum nr_status write_file(struct nr_str path, struct nr_bytes content) {
    struct nr_file file;
    NR_TRY(nr_file_open_append(path, &file));
    enum nr_status status = nr_file_write(file, content.data, content.size);
    nr_file_close(file);
    return status;
}

static enum nr_status fill_home(struct nr_arena *arena, const struct nr_target *targets,
                                size_t count, struct nr_str home) {
    struct nr_buffer extension;
    nr_buffer_init(&extension, arena);
    nr_target_write_extension(targets, count, &extension);
    NR_TRY(extension.status);
    NR_TRY(nr_directory_create(in(arena, home, NR_STR("extensions"))));
    NR_TRY(nr_directory_create(in(arena, home, NR_STR("logs"))));
    struct nr_bytes bytes = {(const uint8_t *)configuration, sizeof(configuration) - 1};
    NR_TRY(write_file(in(arena, home, NR_STR("newrelic.config")), bytes));
    return write_file(in(arena, home, NR_STR("extensions" SEPARATOR "nrprof.xml")),
                      nr_buffer_bytes(&extension));
}

bool nr_agent_home_create(struct nr_arena *arena, const struct nr_target *targets, size_t count,
                          struct nr_str *home) {
    enum nr_status status = nr_temporary_directory(arena, home);
    if (status == NR_OK) {
        status = fill_home(arena, targets, count, *home);
        if (status != NR_OK) nr_remove(*home);
    }
    if (status == NR_OK) return true;
    nr_say("cannot make a temporary agent home: %s", nr_status_name(status));
    nr_say_more("TMPDIR (or /tmp) has to be a folder that can be written and has space");
    return false;
}
