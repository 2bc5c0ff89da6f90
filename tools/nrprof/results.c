// The folder with the results of a trace: emptied before, listed and printed after.
// SPDX-License-Identifier: Apache-2.0
#include "results.h"

#include <stdio.h>

#include "message.h"
#include "platform/platform.h"
#include "process.h"

// What is between prefix and suffix, when text begins and ends so.
static bool between(struct nr_str text, struct nr_str prefix, struct nr_str suffix,
                    struct nr_str *middle) {
    if (text.size < prefix.size + suffix.size || !nr_str_starts_with(text, prefix) ||
        !nr_str_ends_with(text, suffix))
        return false;
    *middle = nr_str_slice(text, prefix.size, text.size - suffix.size);
    return true;
}

// Nothing, or a dot and a process ID.
static bool is_process(struct nr_str text) {
    for (size_t i = 0; i < text.size; i++) {
        if (i == 0 ? text.data[i] != '.' : text.data[i] < '0' || text.data[i] > '9') return false;
    }
    return text.size != 1;
}

static struct nr_str file_name(struct nr_str path) {
    size_t from = path.size;
    while (from > 0 && path.data[from - 1] != NR_PATH_SEPARATOR[0]) from--;
    return nr_str_slice(path, from, path.size);
}

static bool is_report(struct nr_str path) {
    struct nr_str id;
    return between(file_name(path), NR_STR("report"), NR_STR(".txt"), &id) && is_process(id);
}

static bool is_trace(struct nr_str path) {
    struct nr_str id;
    return between(file_name(path), NR_STR("trace"), NR_STR(".json"), &id) && is_process(id);
}

static void remove_old(struct nr_arena *arena, struct nr_str folder, struct nr_str suffix,
                       bool (*is_result)(struct nr_str path)) {
    struct nr_str *files;
    size_t count;
    if (nr_directory_list(arena, folder, suffix, &files, &count) != NR_OK) return;
    for (size_t i = 0; i < count; i++) {
        if (is_result(files[i])) nr_remove(files[i]);
    }
}

static bool can_write(struct nr_arena *arena, struct nr_str folder) {
    struct nr_str probe =
        NR_STR_JOIN(arena, folder, NR_STR(NR_PATH_SEPARATOR), NR_STR(".nrprof-probe"));
    struct nr_file file;
    if (!probe.data || nr_file_open_append(probe, &file) != NR_OK) return false;
    nr_file_close(file);
    nr_remove(probe);
    return true;
}

bool nr_results_prepare(struct nr_arena *arena, struct nr_str folder, struct nr_str *absolute) {
    if (nr_directory_create(folder) != NR_OK ||
        nr_path_absolute(arena, folder, absolute) != NR_OK || !can_write(arena, *absolute)) {
        nr_say("cannot write results into '%.*s'; give another folder with -o",
               NR_STR_ARGS(folder));
        return false;
    }
    remove_old(arena, *absolute, NR_STR(".txt"), is_report);
    remove_old(arena, *absolute, NR_STR(".json"), is_trace);
    return true;
}

// ---- after the run ----

static size_t size_of(struct nr_str path) {
    enum { MAX_SIZE = 1 << 30 };
    struct nr_arena arena = NR_ARENA_INIT;
    struct nr_bytes content;
    size_t size = nr_file_read(&arena, path, MAX_SIZE, &content) == NR_OK ? content.size : 0;
    nr_arena_free(&arena);
    return size;
}

struct nr_results nr_results_list(struct nr_arena *arena, struct nr_str folder) {
    struct nr_results results = {0};
    struct nr_str *files;
    size_t count, longest = 0;
    if (nr_directory_list(arena, folder, NR_STR(".txt"), &files, &count) != NR_OK) return results;
    results.reports = files;
    for (size_t i = 0; i < count; i++) {
        size_t size = is_report(files[i]) ? size_of(files[i]) : 0;
        if (size == 0) continue;
        struct nr_str *place = &files[results.count++];
        *place = files[i];
        if (size <= longest) continue;
        longest = size;
        struct nr_str first = files[0];
        files[0] = *place;
        *place = first;
    }
    return results;
}

static void print_file(struct nr_arena *arena, struct nr_str path) {
    enum { MAX_SIZE = 1 << 30 };
    struct nr_bytes content;
    if (nr_file_read(arena, path, MAX_SIZE, &content) != NR_OK) {
        nr_say("cannot read %.*s", NR_STR_ARGS(path));
        return;
    }
    fwrite(content.data, 1, content.size, stdout);
}

// The trace beside a report: the same name with other words at both ends.
static struct nr_str trace_of(struct nr_arena *arena, struct nr_str report) {
    struct nr_str name = file_name(report), id = {0};
    between(name, NR_STR("report"), NR_STR(".txt"), &id);
    return NR_STR_JOIN(arena, nr_str_slice(report, 0, report.size - name.size), NR_STR("trace"), id,
                       NR_STR(".json"));
}

void nr_results_print(struct nr_arena *arena, const struct nr_results *results) {
    struct nr_str trace = trace_of(arena, results->reports[0]);
    printf("\n");
    print_file(arena, results->reports[0]);
    printf("\nreport  %.*s\n", NR_STR_ARGS(results->reports[0]));
    if (nr_file_exists(trace))
        printf("trace   %.*s (opens in https://ui.perfetto.dev and https://www.speedscope.app)\n",
               NR_STR_ARGS(trace));
    for (size_t i = 1; i < results->count; i++)
        printf("%s  %.*s\n", i == 1 ? "others" : "      ", NR_STR_ARGS(results->reports[i]));
    fflush(stdout);
}
