// Formats log lines and hands them to the sink.
// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool nr_log_enabled(const struct nr_log *log, enum nr_log_level level) {
    return log && log->write && level >= log->level;
}

enum { STAMP_SIZE = sizeof("[Info ] 2026-01-31 23:59:59 ") - 1 };

static char *put_number(char *line, int number, int digits) {
    for (int i = digits; i-- > 0; number /= 10) line[i] = (char)('0' + number % 10);
    return line + digits;
}

// By hand, since there is one for each instrumented method.
static void stamp(const struct nr_log *log, enum nr_log_level level, char *line) {
    static const char names[][sizeof("[Info ] ")] = {"[Trace] ", "[Debug] ", "[Info ] ", "[Warn ] ",
                                                     "[Error] "};
    struct nr_log_time t = log->now ? log->now() : (struct nr_log_time){0};
    const int numbers[] = {t.year, t.month, t.day, t.hour, t.minute, t.second};
    memcpy(line, names[level], sizeof(names[level]) - 1);
    line += sizeof(names[level]) - 1;
    for (int i = 0; i < 6; i++) {
        line = put_number(line, numbers[i], i == 0 ? 4 : 2);
        *line++ = "-- :: "[i];
    }
}

void nr_log_write(const struct nr_log *log, enum nr_log_level level, const char *format, ...) {
    if (!nr_log_enabled(log, level)) return;
    char small[1024];
    stamp(log, level, small);
    va_list arguments;
    va_start(arguments, format);
    int message = vsnprintf(small + STAMP_SIZE, sizeof(small) - STAMP_SIZE, format, arguments);
    va_end(arguments);
    if (message < 0) return;

    size_t size = STAMP_SIZE + (size_t)message;
    char *line = small, *large = NULL;
    if (size + 1 >= sizeof(small)) {
        large = malloc(size + 2);
        if (large) {
            line = large;
            memcpy(line, small, STAMP_SIZE);
            va_start(arguments, format);
            vsnprintf(line + STAMP_SIZE, size + 2 - STAMP_SIZE, format, arguments);
            va_end(arguments);
        } else {
            size = sizeof(small) - 2;
        }
    }
    line[size] = '\n';
    log->write(log->context, line, size + 1);
    free(large);
}
