// The operating system, by POSIX: Linux (glibc and musl alike) and macOS.
// SPDX-License-Identifier: Apache-2.0
//
// Only calls that an old glibc and musl both have. Every descriptor is closed on exec: the process
// is somebody else's, and so are its children.
#include "platform/platform.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"

// A path as the system wants it; false for one that cannot name anything.
static bool native_path(struct nr_str path, char native[PATH_MAX]) {
    if (path.size == 0 || path.size >= PATH_MAX || memchr(path.data, '\0', path.size)) return false;
    memcpy(native, path.data, path.size);
    native[path.size] = '\0';
    return true;
}

// ---- files ----

static bool file_mode(struct nr_str path, mode_t *mode) {
    char native[PATH_MAX];
    struct stat facts;
    if (!native_path(path, native) || stat(native, &facts) != 0) return false;
    *mode = facts.st_mode;
    return true;
}

bool nr_file_exists(struct nr_str path) {
    mode_t mode;
    return file_mode(path, &mode) && S_ISREG(mode);
}

bool nr_directory_exists(struct nr_str path) {
    mode_t mode;
    return file_mode(path, &mode) && S_ISDIR(mode);
}

static int open_retrying(const char *path, int flags, mode_t mode) {
    int descriptor;
    do descriptor = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

static ssize_t read_retrying(int descriptor, void *data, size_t size) {
    ssize_t count;
    do count = read(descriptor, data, size);
    while (count < 0 && errno == EINTR);
    return count;
}

// Reads to the end, whatever size the file claims: it may grow meanwhile, and /proc claims none.
static enum nr_status read_all(struct nr_arena *arena, int descriptor, size_t claimed,
                               size_t max_size, struct nr_bytes *content) {
    size_t capacity = claimed < max_size ? claimed + 1 : max_size + 1, size = 0;
    uint8_t *data = nr_arena_alloc(arena, capacity);
    while (data) {
        ssize_t count = read_retrying(descriptor, data + size, capacity - size);
        if (count < 0) return NR_IO;
        size += (size_t)count;
        if (size > max_size) return NR_TOO_LARGE;
        if (count == 0) {
            *content = (struct nr_bytes){data, size};
            return NR_OK;
        }
        if (size < capacity) continue;
        size_t larger = capacity < 4096 ? 4096 : capacity * 2;
        if (larger > max_size) larger = max_size + 1;
        data = nr_arena_grow(arena, data, capacity, larger);
        capacity = larger;
    }
    return NR_NO_MEMORY;
}

enum nr_status nr_file_read(struct nr_arena *arena, struct nr_str path, size_t max_size,
                            struct nr_bytes *content) {
    char native[PATH_MAX];
    if (!native_path(path, native)) return NR_NOT_FOUND;
    if (max_size > SIZE_MAX / 2) max_size = SIZE_MAX / 2;
    int descriptor = open_retrying(native, O_RDONLY, 0);
    if (descriptor < 0) return errno == ENOENT || errno == ENOTDIR ? NR_NOT_FOUND : NR_IO;
    struct stat facts;
    enum nr_status status = NR_IO;
    if (fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) {
        status = (uint64_t)facts.st_size > max_size
                     ? NR_TOO_LARGE
                     : read_all(arena, descriptor, (size_t)facts.st_size, max_size, content);
    }
    close(descriptor);
    return status;
}

enum nr_status nr_file_read_part(struct nr_arena *arena, struct nr_str path, uint32_t offset,
                                 size_t size, struct nr_bytes *part) {
    char native[PATH_MAX];
    if (!native_path(path, native)) return NR_NOT_FOUND;
    uint8_t *data = nr_arena_alloc(arena, size);
    if (!data) return NR_NO_MEMORY;
    int descriptor = open_retrying(native, O_RDONLY, 0);
    if (descriptor < 0) return errno == ENOENT || errno == ENOTDIR ? NR_NOT_FOUND : NR_IO;
    struct stat facts;
    ssize_t got = -1;
    if (fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) {
        got = pread(descriptor, data, size, (off_t)offset);
    }
    close(descriptor);
    if (got < 0) return NR_IO;
    *part = (struct nr_bytes){data, (size_t)got};
    return NR_OK;
}

static enum nr_status list_files(struct nr_arena *arena, DIR *directory, struct nr_str path,
                                 struct nr_str suffix, struct nr_str_list *list) {
    struct dirent *entry;
    while ((errno = 0, entry = readdir(directory)) != NULL) {
        struct nr_str name = nr_str_of(entry->d_name);
        if (!nr_str_ends_with_ignore_case(name, suffix)) continue;
        struct nr_str file = NR_STR_JOIN(arena, path, NR_STR("/"), name);
        if (!file.data) return NR_NO_MEMORY;
        // What cannot be opened, such as a broken link, is told of by who opens it.
        if (!nr_directory_exists(file)) NR_TRY(nr_str_list_add(arena, list, file));
    }
    return errno == 0 ? NR_OK : NR_IO;
}

enum nr_status nr_directory_list(struct nr_arena *arena, struct nr_str path, struct nr_str suffix,
                                 struct nr_str **files, size_t *count) {
    char native[PATH_MAX];
    if (!native_path(path, native)) return NR_NOT_FOUND;
    DIR *directory = opendir(native);
    if (!directory) {
        if (errno == ENOMEM) return NR_NO_MEMORY;
        return errno == ENOENT || errno == ENOTDIR ? NR_NOT_FOUND : NR_IO;
    }
    struct nr_str_list list = {0};
    enum nr_status status = list_files(arena, directory, path, suffix, &list);
    closedir(directory);
    NR_TRY(status);
    nr_str_list_sort(&list);
    *files = list.data;
    *count = list.count;
    return NR_OK;
}

enum nr_status nr_directory_create(struct nr_str path) {
    char native[PATH_MAX];
    if (!native_path(path, native)) return NR_IO;
    for (size_t i = 1; i <= path.size; i++) {
        if (native[i] != '/' && native[i] != '\0') continue;
        char separator = native[i];
        native[i] = '\0';
        // What stands in the way shows at the end; a directory above may exist and refuse us.
        (void)mkdir(native, 0775);
        native[i] = separator;
    }
    return nr_directory_exists(path) ? NR_OK : NR_IO;
}

enum nr_status nr_file_open_append(struct nr_str path, struct nr_file *file) {
    char native[PATH_MAX];
    if (!native_path(path, native)) return NR_IO;
    int descriptor = open_retrying(native, O_WRONLY | O_APPEND | O_CREAT, 0666);
    if (descriptor < 0) return NR_IO;
    file->handle = descriptor;
    return NR_OK;
}

struct nr_file nr_file_stdout(void) {
    return (struct nr_file){STDOUT_FILENO};
}

enum nr_status nr_file_write(struct nr_file file, const void *data, size_t size) {
    const char *from = data;
    while (size > 0) {
        ssize_t count = write((int)file.handle, from, size);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return NR_IO;
        from += count;
        size -= (size_t)count;
    }
    return NR_OK;
}

void nr_file_close(struct nr_file file) {
    if (file.handle >= 0) close((int)file.handle);
}

// ---- environment and process ----

bool nr_env_get(struct nr_arena *arena, const char *name, struct nr_str *value) {
    const char *found = getenv(name);
    if (!found) return false;
    struct nr_str copy = nr_str_copy(arena, nr_str_of(found));
    if (!copy.data) return false;
    *value = copy;
    return true;
}

uint32_t nr_process_id(void) { return (uint32_t)getpid(); }

static struct nr_str dot(struct nr_arena *arena) { return nr_str_copy(arena, NR_STR(".")); }

struct nr_str nr_process_directory(struct nr_arena *arena) {
    return dot(arena);
}

struct nr_str nr_parent_process_path(struct nr_arena *arena) {
    return dot(arena);
}

struct nr_str nr_common_data_directory(struct nr_arena *arena) {
    return nr_str_copy(arena, NR_STR(""));
}

struct nr_str nr_installed_home(struct nr_arena *arena) {
    (void)arena;
    return (struct nr_str){0};
}

static void append_argument(struct nr_buffer *line, struct nr_str argument) {
    bool quoted = nr_str_find(argument, ' ', 0) < argument.size;
    if (quoted) nr_buffer_u8(line, '\'');
    nr_buffer_append(line, argument.data, argument.size);
    if (quoted) nr_buffer_u8(line, '\'');
    nr_buffer_u8(line, ' ');
}

static struct nr_str finished_line(struct nr_buffer *line) {
    nr_buffer_u8(line, '\0');
    if (line->status != NR_OK) return (struct nr_str){0};
    return (struct nr_str){(const char *)line->data, line->size - 1};
}

struct nr_str nr_command_line_of(struct nr_arena *arena, const char *const *arguments) {
    struct nr_buffer line;
    nr_buffer_init(&line, arena);
    for (; *arguments; arguments++) append_argument(&line, nr_str_of(*arguments));
    return finished_line(&line);
}

#ifdef __APPLE__

#include <crt_externs.h>
#include <mach-o/dyld.h>

struct nr_str nr_process_path(struct nr_arena *arena) {
    char path[PATH_MAX];
    uint32_t size = sizeof(path);
    if (_NSGetExecutablePath(path, &size) != 0) return dot(arena);
    return nr_str_copy(arena, nr_str_of(path));
}

struct nr_str nr_command_line(struct nr_arena *arena) {
    return nr_command_line_of(arena, (const char *const *)*_NSGetArgv());
}

#else

struct nr_str nr_process_path(struct nr_arena *arena) {
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
    if (size <= 0) return dot(arena);
    return nr_str_copy(arena, (struct nr_str){path, (size_t)size});
}

struct nr_str nr_command_line(struct nr_arena *arena) {
    enum { MAX_SIZE = 16 << 20 };  // above what Linux lets a command line be
    struct nr_buffer line;
    nr_buffer_init(&line, arena);
    struct nr_bytes list;
    if (nr_file_read(arena, NR_STR("/proc/self/cmdline"), MAX_SIZE, &list) != NR_OK)
        return finished_line(&line);
    struct nr_str text = {(const char *)list.data, list.size};
    for (size_t from = 0; from < text.size;) {
        size_t to = nr_str_find(text, '\0', from);
        append_argument(&line, nr_str_slice(text, from, to));
        from = to + 1;
    }
    return finished_line(&line);
}

#endif

// ---- time ----

struct nr_log_time nr_time_utc(void) {
    time_t now = time(NULL);
    struct tm utc;
    if (!gmtime_r(&now, &utc)) return (struct nr_log_time){0};
    return (struct nr_log_time){utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                                utc.tm_hour,        utc.tm_min,     utc.tm_sec};
}

uint64_t nr_clock_ns(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void nr_sleep_ms(uint32_t milliseconds) {
    struct timespec span = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    while (nanosleep(&span, &span) != 0 && errno == EINTR) continue;
}

// ---- threads ----

void nr_mutex_init(struct nr_mutex *mutex) { pthread_mutex_init(&mutex->native, NULL); }
void nr_mutex_destroy(struct nr_mutex *mutex) { pthread_mutex_destroy(&mutex->native); }
void nr_mutex_lock(struct nr_mutex *mutex) { pthread_mutex_lock(&mutex->native); }
void nr_mutex_unlock(struct nr_mutex *mutex) { pthread_mutex_unlock(&mutex->native); }

void nr_condition_init(struct nr_condition *condition) {
    pthread_cond_init(&condition->native, NULL);
}
void nr_condition_destroy(struct nr_condition *condition) {
    pthread_cond_destroy(&condition->native);
}
void nr_condition_wait(struct nr_condition *condition, struct nr_mutex *mutex) {
    pthread_cond_wait(&condition->native, &mutex->native);
}
void nr_condition_wake_one(struct nr_condition *condition) {
    pthread_cond_signal(&condition->native);
}
void nr_condition_wake_all(struct nr_condition *condition) {
    pthread_cond_broadcast(&condition->native);
}

void nr_once_run(struct nr_once *once, void (*work)(void)) { pthread_once(&once->native, work); }

static void *thread_main(void *context) {
    const struct nr_thread *thread = context;
    thread->work(thread->context);
    return NULL;
}

enum nr_status nr_thread_start(struct nr_thread *thread, void (*work)(void *context),
                               void *context) {
    // What the CLR gives its own threads: musl's default is too small for calls into it.
    enum { STACK_SIZE = 3 << 19 };
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return NR_IO;
    thread->work = work;
    thread->context = context;
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    int failure = pthread_create(&thread->native, &attributes, thread_main, thread);
    pthread_attr_destroy(&attributes);
    return failure == 0 ? NR_OK : NR_IO;
}

void nr_thread_join(struct nr_thread *thread) { pthread_join(thread->native, NULL); }
