// Formats log lines and hands them to the sink.
// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool nr_log_enabled(const struct nr_log *log, enum nr_log_level level) {
    return log && log->write && level >= log->level;
}

static int stamp(const struct nr_log *log, enum nr_log_level level, char *line, size_t size) {
    static const char *const names[] = {"[Trace]", "[Debug]", "[Info ]", "[Warn ]", "[Error]"};
    struct nr_log_time t = log->now ? log->now() : (struct nr_log_time){0};
    return snprintf(line, size, "%s %04d-%02d-%02d %02d:%02d:%02d ", names[level], t.year, t.month,
                    t.day, t.hour, t.minute, t.second);
}

void nr_log_write(const struct nr_log *log, enum nr_log_level level, const char *format, ...) {
    if (!nr_log_enabled(log, level)) return;
    char small[1024];
    int prefix = stamp(log, level, small, sizeof(small));
    if (prefix < 0) return;
    va_list arguments;
    va_start(arguments, format);
    int message = vsnprintf(small + prefix, sizeof(small) - (size_t)prefix, format, arguments);
    va_end(arguments);
    if (message < 0) return;

    size_t size = (size_t)prefix + (size_t)message;
    char *line = small, *large = NULL;
    if (size + 1 >= sizeof(small)) {
        large = malloc(size + 2);
        if (large) {
            line = large;
            prefix = stamp(log, level, line, size + 2);
            va_start(arguments, format);
            vsnprintf(line + prefix, size + 2 - (size_t)prefix, format, arguments);
            va_end(arguments);
        } else {
            size = sizeof(small) - 2;
        }
    }
    line[size] = '\n';
    log->write(log->context, line, size + 1);
    free(large);
}
