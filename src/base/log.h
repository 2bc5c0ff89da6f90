// Logger: levels, the line format that New Relic's agent and its tests know, and a sink.
// SPDX-License-Identifier: Apache-2.0
//
// A line is "[Info ] 2026-01-31 23:59:59 message" and a newline, in UTF-8, handed to the sink in
// one call. Any thread may log; the sink must take calls from several threads. Nothing here
// allocates for lines up to a kilobyte; a longer line that cannot be allocated is cut.
#ifndef NR_BASE_LOG_H
#define NR_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/str.h"

// In the order of severity: a message is written when its level is at or above the logger's.
enum nr_log_level { NR_LOG_TRACE, NR_LOG_DEBUG, NR_LOG_INFO, NR_LOG_WARN, NR_LOG_ERROR };

struct nr_log_time {
    int year, month, day, hour, minute, second;  // UTC, month and day from 1
};

struct nr_log {
    _Atomic(enum nr_log_level) level;  // may change while others log
    // Takes a whole line with its newline; NULL turns logging off. Must not fail loudly.
    void (*write)(void *context, const char *line, size_t size);
    // The time of now; NULL stamps zeros (tests).
    struct nr_log_time (*now)(void);
    void *context;
};

// Whether a message of this level would be written; log may be NULL.
bool nr_log_enabled(const struct nr_log *log, enum nr_log_level level);
void nr_log_write(const struct nr_log *log, enum nr_log_level level, const char *format, ...)
    NR_PRINTF(3, 4);

#define nr_log_error(log, ...) nr_log_write((log), NR_LOG_ERROR, __VA_ARGS__)
#define nr_log_warn(log, ...) nr_log_write((log), NR_LOG_WARN, __VA_ARGS__)
#define nr_log_info(log, ...) nr_log_write((log), NR_LOG_INFO, __VA_ARGS__)
#define nr_log_debug(log, ...) nr_log_write((log), NR_LOG_DEBUG, __VA_ARGS__)
// The check comes first, so that arguments of trace lines cost nothing when they are off.
#define nr_log_trace(log, ...)                                                                   \
    do {                                                                                         \
        if (nr_log_enabled((log), NR_LOG_TRACE)) nr_log_write((log), NR_LOG_TRACE, __VA_ARGS__); \
    } while (0)

#endif
