// Opens the log and writes its lines.
// SPDX-License-Identifier: Apache-2.0
#include "profiler/log_output.h"

#include "config/log_location.h"
#include "platform/platform.h"
#include "profiler/profiler.h"

static struct nr_log process_log = {.level = NR_LOG_INFO, .now = nr_time_utc};
static struct nr_file output = NR_FILE_NONE;
static atomic_bool muted, to_console;

struct nr_log *nr_profiler_log(void) {
    return &process_log;
}

// A full disk costs the line and nothing else.
static void write_line(void *context, const char *line, size_t size) {
    (void)context;
    if (atomic_load_explicit(&muted, memory_order_relaxed)) return;
    bool console = atomic_load_explicit(&to_console, memory_order_relaxed);
    (void)nr_file_write(console ? nr_file_stdout() : output, line, size);
}

void nr_log_output_open(struct nr_arena *arena, const struct nr_facts *facts,
                        const struct nr_log_mode *mode) {
    struct nr_log_location location;
    process_log.level = mode->level;
    if (!mode->enabled) return;
    atomic_store(&to_console, mode->console);
    if (!mode->console && (nr_log_location_find(arena, facts, &location) != NR_OK ||
                           nr_directory_create(location.directory) != NR_OK ||
                           nr_file_open_append(location.file, &output) != NR_OK)) {
        return;
    }
    process_log.write = write_line;
}

void nr_log_output_change(const struct nr_log_mode *mode) {
    process_log.level = mode->level;
    atomic_store(&to_console, mode->console);
    atomic_store(&muted, !mode->enabled);
}
