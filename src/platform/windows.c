// The operating system, by Win32: Windows 7 and up.
// SPDX-License-Identifier: Apache-2.0
//
// Every path, variable and command line is UTF-16 on the system's side, whatever its code page is.
// No handle is inherited: the process is somebody else's, and so are its children. Files are opened
// so that others may read, write, rename and delete them meanwhile.
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#define WIN32_LEAN_AND_MEAN
#include "platform/platform.h"

#include <windows.h>

#include <string.h>
#include <tlhelp32.h>
#include <wchar.h>

#include "base/array.h"

enum {
    SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
    LONGEST_PATH = 32768,  // code units, what the system can give at most
    MAX_TRANSFER = 1 << 30
};

// A path in memory of its own, as the system wants it.
struct native_path {
    struct nr_arena arena;
    const wchar_t *text;
};

// From 248 code units on the system takes a path only with \\?\ or \\?\UNC\ before it, full and
// normalised.
static const wchar_t *long_form(struct nr_arena *arena, const wchar_t *path) {
    enum { TOO_LONG = 248, PREFIX = 8 };
    if (wcslen(path) < TOO_LONG || wcsncmp(path, L"\\\\?\\", 4) == 0) return path;
    wchar_t *room = nr_arena_calloc(arena, PREFIX + LONGEST_PATH, sizeof(*room));
    if (!room) return NULL;
    wchar_t *full = room + PREFIX;
    DWORD length = GetFullPathNameW(path, LONGEST_PATH, full, NULL);
    if (length == 0 || length >= LONGEST_PATH) return path;
    // The longer one takes the place of the two backslashes before the server's name.
    bool share = full[0] == L'\\' && full[1] == L'\\';
    wchar_t *start = share ? full - 6 : full - 4;
    memcpy(start, share ? L"\\\\?\\UNC\\" : L"\\\\?\\", (share ? 8 : 4) * sizeof(*start));
    return start;
}

// NR_NOT_FOUND for a path that cannot name anything. Free the arena in any case.
static enum nr_status native_path_make(struct native_path *native, struct nr_str path) {
    *native = (struct native_path){.arena = NR_ARENA_INIT};
    if (path.size == 0 || path.size > 3 * (size_t)LONGEST_PATH ||
        memchr(path.data, '\0', path.size))
        return NR_NOT_FOUND;
    const wchar_t *text = (const wchar_t *)nr_str_to_utf16(&native->arena, path).data;
    native->text = text ? long_form(&native->arena, text) : NULL;
    return native->text ? NR_OK : NR_NO_MEMORY;
}

static struct nr_str from_native(struct nr_arena *arena, const wchar_t *text) {
    const uint16_t *units = (const uint16_t *)text;
    return nr_str_from_utf16(arena, (struct nr_str16){units, nr_utf16_length(units)});
}

// ---- files ----

static bool has_attributes(struct nr_str path, DWORD wanted, DWORD value) {
    struct native_path native;
    bool found = false;
    if (native_path_make(&native, path) == NR_OK) {
        DWORD attributes = GetFileAttributesW(native.text);
        found = attributes != INVALID_FILE_ATTRIBUTES && (attributes & wanted) == value;
    }
    nr_arena_free(&native.arena);
    return found;
}

bool nr_file_exists(struct nr_str path) {
    return has_attributes(path, FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE, 0);
}

bool nr_directory_exists(struct nr_str path) {
    return has_attributes(path, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_DIRECTORY);
}

static enum nr_status last_status(void) {
    switch (GetLastError()) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_INVALID_DRIVE:
    case ERROR_DIRECTORY: return NR_NOT_FOUND;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY: return NR_NO_MEMORY;
    default: return NR_IO;
    }
}

static enum nr_status open_path(struct nr_str path, DWORD access, DWORD creation, HANDLE *file) {
    struct native_path native;
    enum nr_status status = native_path_make(&native, path);
    if (status == NR_OK) {
        *file = CreateFileW(native.text, access, SHARE_ALL, NULL, creation, FILE_ATTRIBUTE_NORMAL,
                            NULL);
        if (*file == INVALID_HANDLE_VALUE) status = last_status();
    }
    nr_arena_free(&native.arena);
    return status;
}

// A regular file open for reading, and its size.
static enum nr_status open_to_read(struct nr_str path, HANDLE *file, uint64_t *size) {
    LARGE_INTEGER bytes;
    NR_TRY(open_path(path, GENERIC_READ, OPEN_EXISTING, file));
    if (GetFileType(*file) == FILE_TYPE_DISK && GetFileSizeEx(*file, &bytes)) {
        *size = (uint64_t)bytes.QuadPart;
        return NR_OK;
    }
    CloseHandle(*file);
    return NR_IO;
}

// As many bytes as there are, up to size.
static enum nr_status read_up_to(HANDLE file, uint8_t *data, size_t size, size_t *got) {
    for (*got = 0; *got < size;) {
        DWORD part = size - *got < MAX_TRANSFER ? (DWORD)(size - *got) : MAX_TRANSFER, count;
        if (!ReadFile(file, data + *got, part, &count, NULL)) return NR_IO;
        if (count == 0) break;
        *got += count;
    }
    return NR_OK;
}

// A file that others write to may have grown since its size was asked for.
static enum nr_status read_all(struct nr_arena *arena, HANDLE file, size_t claimed, size_t max_size,
                               struct nr_bytes *content) {
    size_t capacity = claimed < max_size ? claimed + 1 : max_size + 1, size = 0;
    uint8_t *data = nr_arena_alloc(arena, capacity);
    while (data) {
        size_t count;
        NR_TRY(read_up_to(file, data + size, capacity - size, &count));
        size += count;
        if (size > max_size) return NR_TOO_LARGE;
        if (size < capacity) {
            *content = (struct nr_bytes){data, size};
            return NR_OK;
        }
        size_t larger = capacity < 4096 ? 4096 : capacity * 2;
        if (larger > max_size) larger = max_size + 1;
        data = nr_arena_grow(arena, data, capacity, larger);
        capacity = larger;
    }
    return NR_NO_MEMORY;
}

enum nr_status nr_file_read(struct nr_arena *arena, struct nr_str path, size_t max_size,
                            struct nr_bytes *content) {
    HANDLE file;
    uint64_t size;
    if (max_size > SIZE_MAX / 2) max_size = SIZE_MAX / 2;
    NR_TRY(open_to_read(path, &file, &size));
    enum nr_status status =
        size > max_size ? NR_TOO_LARGE : read_all(arena, file, (size_t)size, max_size, content);
    CloseHandle(file);
    return status;
}

enum nr_status nr_file_read_part(struct nr_arena *arena, struct nr_str path, uint32_t offset,
                                 size_t size, struct nr_bytes *part) {
    HANDLE file;
    uint64_t whole;
    size_t got = 0;
    uint8_t *data = nr_arena_alloc(arena, size);
    if (!data) return NR_NO_MEMORY;
    NR_TRY(open_to_read(path, &file, &whole));
    const LARGE_INTEGER place = {.QuadPart = offset};
    enum nr_status status = SetFilePointerEx(file, place, NULL, FILE_BEGIN)
                                ? read_up_to(file, data, size, &got)
                                : NR_IO;
    CloseHandle(file);
    NR_TRY(status);
    *part = (struct nr_bytes){data, got};
    return NR_OK;
}

static enum nr_status add_entry(struct nr_arena *arena, const WIN32_FIND_DATAW *entry,
                                struct nr_str path, struct nr_str suffix,
                                struct nr_str_list *list) {
    if (entry->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) return NR_OK;
    struct nr_str name = from_native(arena, entry->cFileName);
    if (!name.data) return NR_NO_MEMORY;
    if (!nr_str_ends_with_ignore_case(name, suffix)) return NR_OK;
    struct nr_str file = NR_STR_JOIN(arena, path, NR_STR("\\"), name);
    return file.data ? nr_str_list_add(arena, list, file) : NR_NO_MEMORY;
}

static enum nr_status list_files(struct nr_arena *arena, struct nr_str path, struct nr_str suffix,
                                 struct nr_str_list *list) {
    struct native_path native;
    struct nr_str pattern = NR_STR_JOIN(arena, path, NR_STR("\\*"));
    WIN32_FIND_DATAW entry;
    HANDLE search = INVALID_HANDLE_VALUE;
    enum nr_status status = pattern.data ? native_path_make(&native, pattern) : NR_NO_MEMORY;
    if (!pattern.data) return status;
    if (status == NR_OK) {
        search = FindFirstFileW(native.text, &entry);
        if (search == INVALID_HANDLE_VALUE) status = last_status();
    }
    nr_arena_free(&native.arena);
    NR_TRY(status);
    do status = add_entry(arena, &entry, path, suffix, list);
    while (status == NR_OK && FindNextFileW(search, &entry));
    if (status == NR_OK && GetLastError() != ERROR_NO_MORE_FILES) status = NR_IO;
    FindClose(search);
    return status;
}

enum nr_status nr_directory_list(struct nr_arena *arena, struct nr_str path, struct nr_str suffix,
                                 struct nr_str **files, size_t *count) {
    struct nr_str_list list = {0};
    if (!nr_directory_exists(path)) return NR_NOT_FOUND;
    NR_TRY(list_files(arena, path, suffix, &list));
    nr_str_list_sort(&list);
    *files = list.data;
    *count = list.count;
    return NR_OK;
}

enum nr_status nr_directory_create(struct nr_str path) {
    struct native_path native;
    if (native_path_make(&native, path) == NR_OK) {
        wchar_t *text = (wchar_t *)native.text;
        for (size_t i = 1;; i++) {
            wchar_t unit = text[i];
            if (unit != L'\\' && unit != L'/' && unit != L'\0') continue;
            text[i] = L'\0';
            // What stands in the way shows at the end; a drive or a share cannot be created.
            (void)CreateDirectoryW(text, NULL);
            text[i] = unit;
            if (unit == L'\0') break;
        }
    }
    nr_arena_free(&native.arena);
    return nr_directory_exists(path) ? NR_OK : NR_IO;
}

enum nr_status nr_file_open_append(struct nr_str path, struct nr_file *file) {
    HANDLE handle;
    // Without the right to write elsewhere, the system itself puts every write at the end.
    enum nr_status status = open_path(path, FILE_APPEND_DATA | SYNCHRONIZE, OPEN_ALWAYS, &handle);
    if (status == NR_NO_MEMORY) return status;
    if (status != NR_OK) return NR_IO;
    file->handle = (intptr_t)handle;
    return NR_OK;
}

struct nr_file nr_file_stdout(void) {
    HANDLE handle = GetStdHandle(STD_OUTPUT_HANDLE);
    return handle ? (struct nr_file){(intptr_t)handle} : NR_FILE_NONE;
}

enum nr_status nr_file_write(struct nr_file file, const void *data, size_t size) {
    const char *from = data;
    while (size > 0) {
        DWORD part = size < MAX_TRANSFER ? (DWORD)size : MAX_TRANSFER, count;
        if (!WriteFile((HANDLE)file.handle, from, part, &count, NULL) || count == 0) return NR_IO;
        from += count;
        size -= count;
    }
    return NR_OK;
}

void nr_file_close(struct nr_file file) {
    if (file.handle != -1) CloseHandle((HANDLE)file.handle);
}

// ---- environment and process ----

// The variable as it is now; another thread may change it between the two calls.
static const wchar_t *read_variable(struct nr_arena *arena, const wchar_t *name) {
    DWORD capacity = 256;
    for (;;) {
        wchar_t *value = nr_arena_calloc(arena, capacity, sizeof(*value));
        if (!value) return NULL;
        SetLastError(ERROR_SUCCESS);
        DWORD length = GetEnvironmentVariableW(name, value, capacity);
        if (length == 0 && GetLastError() != ERROR_SUCCESS) return NULL;
        if (length < capacity) return value;
        capacity = length;
    }
}

bool nr_env_get(struct nr_arena *arena, const char *name, struct nr_str *value) {
    struct nr_str16 native = nr_str_to_utf16(arena, nr_str_of(name));
    const wchar_t *found = native.data ? read_variable(arena, (const wchar_t *)native.data) : NULL;
    struct nr_str text = {0};
    if (found) text = from_native(arena, found);
    if (!text.data) return false;
    *value = text;
    return true;
}

uint32_t nr_process_id(void) { return GetCurrentProcessId(); }

struct nr_str nr_process_path(struct nr_arena *arena) {
    wchar_t *path = nr_arena_calloc(arena, LONGEST_PATH, sizeof(*path));
    if (!path) return (struct nr_str){0};
    DWORD length = GetModuleFileNameW(NULL, path, LONGEST_PATH);
    if (length == 0 || length >= LONGEST_PATH) return nr_str_copy(arena, NR_STR("."));
    return from_native(arena, path);
}

struct nr_str nr_process_directory(struct nr_arena *arena) {
    struct nr_str path = nr_process_path(arena);
    size_t end = path.size;
    while (end > 0 && path.data[end - 1] != '\\') end--;
    if (end == 0) return nr_str_copy(arena, NR_STR("."));
    return nr_str_copy(arena, nr_str_slice(path, 0, end - 1));
}

// 0 when there is none.
static DWORD parent_process_id(void) {
    PROCESSENTRY32W entry = {.dwSize = sizeof(entry)};
    DWORD parent = 0, self = GetCurrentProcessId();
    HANDLE processes = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (processes == INVALID_HANDLE_VALUE) return 0;
    for (BOOL more = Process32FirstW(processes, &entry); more;
         more = Process32NextW(processes, &entry)) {
        if (entry.th32ProcessID == self) parent = entry.th32ParentProcessID;
    }
    CloseHandle(processes);
    return parent;
}

struct nr_str nr_parent_process_path(struct nr_arena *arena) {
    DWORD parent = parent_process_id(), length = LONGEST_PATH;
    wchar_t *path = nr_arena_calloc(arena, LONGEST_PATH, sizeof(*path));
    HANDLE process = parent ? OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, parent) : NULL;
    if (!path) return (struct nr_str){0};
    if (process) {
        if (!QueryFullProcessImageNameW(process, 0, path, &length)) path[0] = L'\0';
        CloseHandle(process);
    }
    return from_native(arena, path);
}

struct nr_str nr_command_line(struct nr_arena *arena) {
    return from_native(arena, GetCommandLineW());
}

static void append_backslashes(struct nr_buffer *line, size_t count) {
    while (count-- > 0) nr_buffer_u8(line, '\\');
}

// An argument as CommandLineToArgvW takes it apart: quotes around it, a backslash before a quote in
// it, and backslashes doubled where a quote follows them.
static void append_argument(struct nr_buffer *line, const char *argument) {
    size_t backslashes = 0;
    nr_buffer_u8(line, '"');
    for (; *argument; argument++) {
        if (*argument == '\\') {
            backslashes++;
            continue;
        }
        append_backslashes(line, *argument == '"' ? 2 * backslashes + 1 : backslashes);
        backslashes = 0;
        nr_buffer_u8(line, (uint8_t)*argument);
    }
    append_backslashes(line, 2 * backslashes);
    nr_buffer_u8(line, '"');
}

struct nr_str nr_command_line_of(struct nr_arena *arena, const char *const *arguments) {
    struct nr_buffer line;
    nr_buffer_init(&line, arena);
    for (size_t i = 0; arguments[i]; i++) {
        if (i > 0) nr_buffer_u8(&line, ' ');
        append_argument(&line, arguments[i]);
    }
    nr_buffer_u8(&line, '\0');
    if (line.status != NR_OK) return (struct nr_str){0};
    return (struct nr_str){(const char *)line.data, line.size - 1};
}

struct nr_str nr_common_data_directory(struct nr_arena *arena) {
    struct nr_str directory;
    if (nr_env_get(arena, "ProgramData", &directory)) return directory;
    return nr_str_copy(arena, NR_STR(""));
}

struct nr_str nr_installed_home(struct nr_arena *arena) {
    static const wchar_t key[] = L"Software\\New Relic\\.NET Agent";
    DWORD size = LONGEST_PATH * sizeof(wchar_t);
    wchar_t *path = nr_arena_alloc(arena, size);
    if (!path || RegGetValueW(HKEY_LOCAL_MACHINE, key, L"NewRelicHome", RRF_RT_REG_SZ, NULL, path,
                              &size) != ERROR_SUCCESS)
        return (struct nr_str){0};
    return from_native(arena, path);
}

// ---- time ----

struct nr_log_time nr_time_utc(void) {
    SYSTEMTIME now;
    GetSystemTime(&now);
    return (struct nr_log_time){now.wYear, now.wMonth,  now.wDay,
                                now.wHour, now.wMinute, now.wSecond};
}

uint64_t nr_clock_ns(void) {
    LARGE_INTEGER frequency, now;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    uint64_t rate = (uint64_t)frequency.QuadPart, ticks = (uint64_t)now.QuadPart;
    return ticks / rate * 1000000000u + ticks % rate * 1000000000u / rate;
}

void nr_sleep_ms(uint32_t milliseconds) { Sleep(milliseconds); }

// ---- threads ----

_Static_assert(sizeof(SRWLOCK) == sizeof(nr_native_mutex), "SRWLOCK is a pointer");
_Static_assert(sizeof(CONDITION_VARIABLE) == sizeof(nr_native_condition),
               "CONDITION_VARIABLE is a pointer");
_Static_assert(sizeof(INIT_ONCE) == sizeof(nr_native_once), "INIT_ONCE is a pointer");

static SRWLOCK *lock_of(struct nr_mutex *mutex) { return (SRWLOCK *)&mutex->native; }
static CONDITION_VARIABLE *variable_of(struct nr_condition *condition) {
    return (CONDITION_VARIABLE *)&condition->native;
}

void nr_mutex_init(struct nr_mutex *mutex) { InitializeSRWLock(lock_of(mutex)); }
void nr_mutex_destroy(struct nr_mutex *mutex) { (void)mutex; }
void nr_mutex_lock(struct nr_mutex *mutex) { AcquireSRWLockExclusive(lock_of(mutex)); }
void nr_mutex_unlock(struct nr_mutex *mutex) { ReleaseSRWLockExclusive(lock_of(mutex)); }

void nr_condition_init(struct nr_condition *condition) {
    InitializeConditionVariable(variable_of(condition));
}
void nr_condition_destroy(struct nr_condition *condition) { (void)condition; }
void nr_condition_wait(struct nr_condition *condition, struct nr_mutex *mutex) {
    SleepConditionVariableSRW(variable_of(condition), lock_of(mutex), INFINITE, 0);
}
void nr_condition_wake_one(struct nr_condition *condition) {
    WakeConditionVariable(variable_of(condition));
}
void nr_condition_wake_all(struct nr_condition *condition) {
    WakeAllConditionVariable(variable_of(condition));
}

struct once_work {
    void (*run)(void);
};

static BOOL CALLBACK run_once(INIT_ONCE *once, void *parameter, void **context) {
    const struct once_work *work = parameter;
    (void)once;
    (void)context;
    work->run();
    return TRUE;
}

void nr_once_run(struct nr_once *once, void (*work)(void)) {
    struct once_work parameter = {work};
    InitOnceExecuteOnce((INIT_ONCE *)&once->native, run_once, &parameter, NULL);
}

static DWORD WINAPI thread_main(void *context) {
    const struct nr_thread *thread = context;
    thread->work(thread->context);
    return 0;
}

enum nr_status nr_thread_start(struct nr_thread *thread, void (*work)(void *context),
                               void *context) {
    enum { STACK_SIZE = 3 << 19 };  // what the CLR gives its own threads
    thread->work = work;
    thread->context = context;
    thread->native = CreateThread(NULL, STACK_SIZE, thread_main, thread,
                                  STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    return thread->native ? NR_OK : NR_IO;
}

void nr_thread_join(struct nr_thread *thread) {
    WaitForSingleObject(thread->native, INFINITE);
    CloseHandle(thread->native);
}
