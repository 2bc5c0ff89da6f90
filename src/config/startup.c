// Configuration, points and process of a profiler that starts.
// SPDX-License-Identifier: Apache-2.0
#include "config/startup.h"

// The log's place and level are part of the configuration, and a mistake in the configuration
// belongs into the log: so it is read in silence first, and once more when it was wrong.
enum nr_status nr_startup_load(const struct nr_startup *startup, struct nr_settings *settings,
                               struct nr_log_mode *mode) {
    struct nr_arena *arena = startup->arena;
    const struct nr_facts *facts = startup->facts;
    enum nr_status status = nr_settings_load(arena, facts, NULL, settings);
    *mode = (struct nr_log_mode){.enabled = true, .level = NR_LOG_INFO};
    if (status == NR_OK) *mode = nr_log_mode_of(arena, facts, settings);
    startup->open_log(startup, mode);
    if (status == NR_OK) {
        if (mode->console) {
            nr_log_mode_announce(mode, startup->log);
        } else {
            nr_log_info(startup->log, "Logger initialized.");
        }
        return NR_OK;
    }
    nr_settings_load(arena, facts, startup->log, settings);
    nr_log_error(startup->log,
                 "An exception was thrown while initializing the profiler. The profiler will be "
                 "detached now.");
    return status;
}

enum nr_status nr_startup_read_points(const struct nr_startup *startup, struct nr_arena *arena,
                                      const struct nr_extension_files *files,
                                      const struct nr_ignore_list *ignore,
                                      struct nr_extensions *extensions) {
    const struct nr_log *log = startup->log;
    NR_TRY(nr_extensions_parse(arena, files, ignore, log, extensions));
    if (extensions->invalid_files > 0) {
        nr_log_warn(
            log,
            "Unable to parse one or more instrumentation files.  Live instrumentation "
            "reloading will not work until the unparsable file(s) are corrected or removed.");
    }
    nr_log_trace(log, "Read %zu instrumentation files", files->count);
    return nr_extensions_add_serverless(arena, startup->facts, log, extensions);
}

enum nr_status nr_startup_decide(const struct nr_startup *startup,
                                 const struct nr_settings *settings, struct nr_decision *decision) {
    NR_TRY(nr_filter_decide_this(startup->arena, startup->facts, settings, startup->log, decision));
    if (!decision->instrument) {
        nr_log_info(startup->log, "This process should not be instrumented, unloading profiler.");
    }
    return NR_OK;
}
