// Running a program, temporary folders and the environment, by Win32; and the UTF-16 entry point.
// SPDX-License-Identifier: Apache-2.0
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#define WIN32_LEAN_AND_MEAN
#include "process.h"

#include <windows.h>

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "platform/platform.h"

enum { LONGEST_PATH = 32768 };

static wchar_t *to_native(struct nr_arena *arena, struct nr_str text) {
    return (wchar_t *)nr_str_to_utf16(arena, text).data;
}

static struct nr_str from_native(struct nr_arena *arena, const wchar_t *text) {
    return nr_str_from_utf16(arena, (struct nr_str16){(const uint16_t *)text, wcslen(text)});
}

// ---- the entry point ----

int main(int argc, char **argv);

// The arguments of main would be in the code page, which cannot name every file.
int wmain(int argc, wchar_t **wide) {
    struct nr_arena arena = NR_ARENA_INIT;
    char **argv = NR_ARENA_ARRAY(&arena, char *, (size_t)argc + 1);
    for (int i = 0; argv && i < argc; i++) {
        argv[i] = (char *)from_native(&arena, wide[i]).data;
        if (!argv[i]) argv = NULL;
    }
    int status = 125;
    UINT code_page = GetConsoleOutputCP();
    SetConsoleOutputCP(CP_UTF8);
    if (argv) status = main(argc, argv);
    fflush(stdout);
    SetConsoleOutputCP(code_page);
    nr_arena_free(&arena);
    return status;
}

enum nr_status nr_env_set(const char *name, const char *value) {
    struct nr_arena arena = NR_ARENA_INIT;
    wchar_t *wide_name = to_native(&arena, nr_str_of(name));
    wchar_t *wide_value = value ? to_native(&arena, nr_str_of(value)) : NULL;
    bool ok = wide_name && (wide_value || !value);
    // Removing what is not there fails, and is what was wanted.
    if (ok) ok = SetEnvironmentVariableW(wide_name, wide_value) || !value;
    nr_arena_free(&arena);
    return ok ? NR_OK : NR_NO_MEMORY;
}

// ---- finding a program ----

static bool is_program(struct nr_str path) {
    return nr_str_ends_with_ignore_case(path, NR_STR(".exe")) ||
           nr_str_ends_with_ignore_case(path, NR_STR(".com"));
}

// The file itself, or with ".exe" behind it.
static enum nr_status check_program(struct nr_arena *arena, struct nr_str word,
                                    struct nr_str *path) {
    struct nr_str program = NR_STR_JOIN(arena, word, NR_STR(".exe"));
    *path = nr_str_copy(arena, word);
    if (!path->data || !program.data) return NR_NO_MEMORY;
    if (is_program(word) && nr_file_exists(word)) return NR_OK;
    if (nr_file_exists(program)) {
        *path = program;
        return NR_OK;
    }
    return nr_file_exists(word) ? NR_UNSUPPORTED : NR_NOT_FOUND;
}

enum nr_status nr_program_find(struct nr_arena *arena, struct nr_str word, struct nr_str *path) {
    struct nr_str list, candidate;
    if (nr_str_find(word, '\\', 0) < word.size || nr_str_find(word, '/', 0) < word.size)
        return check_program(arena, word, path);
    if (word.size == 0 || !nr_env_get(arena, "PATH", &list)) return NR_NOT_FOUND;
    enum nr_status status = NR_NOT_FOUND;
    for (size_t from = 0; from <= list.size && status != NR_OK;) {
        size_t to = nr_str_find(list, ';', from);
        struct nr_str folder = nr_str_slice(list, from, to);
        from = to + 1;
        if (folder.size == 0) continue;
        candidate = NR_STR_JOIN(arena, folder, NR_STR("\\"), word);
        if (!candidate.data) return NR_NO_MEMORY;
        enum nr_status found = check_program(arena, candidate, &candidate);
        if (found == NR_NO_MEMORY) return found;
        if (found == NR_OK || (found == NR_UNSUPPORTED && status == NR_NOT_FOUND)) {
            *path = candidate;
            status = found;
        }
    }
    return status;
}

// ---- running it ----

static wchar_t *command_line(struct nr_arena *arena, char *const *arguments) {
    struct nr_str line = nr_command_line_of(arena, (const char *const *)arguments);
    return line.data ? to_native(arena, line) : NULL;
}

// The console tells every process that is attached to it, so the program gets its own Ctrl+C.
static BOOL WINAPI ignore_control(DWORD event) {
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

static const char *why_not(DWORD error) {
    static char text[256];
    DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                                  error, 0, text, sizeof(text), NULL);
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) length--;
    text[length] = '\0';
    if (length == 0) snprintf(text, sizeof(text), "error %lu", error);
    return text;
}

enum nr_status nr_program_run(const char *path, char *const *arguments, struct nr_ending *ending) {
    struct nr_arena arena = NR_ARENA_INIT;
    STARTUPINFOW startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    DWORD status = 0;
    wchar_t *program = to_native(&arena, nr_str_of(path)), *line = command_line(&arena, arguments);
    bool started = false;
    fflush(stdout);
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    if (program && line) {
        started =
            CreateProcessW(program, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process);
    }
    if (started) {
        SetConsoleCtrlHandler(ignore_control, TRUE);
        WaitForSingleObject(process.hProcess, INFINITE);
        GetExitCodeProcess(process.hProcess, &status);
        SetConsoleCtrlHandler(ignore_control, FALSE);
        CloseHandle(process.hThread);
        CloseHandle(process.hProcess);
        ending->status = (int)status;
    } else {
        ending->why = why_not(GetLastError());
    }
    nr_arena_free(&arena);
    return started ? NR_OK : NR_IO;
}

bool nr_process_is_running(uint32_t id) {
    HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, id);
    if (!process) return GetLastError() == ERROR_ACCESS_DENIED;
    bool running = WaitForSingleObject(process, 0) == WAIT_TIMEOUT;
    CloseHandle(process);
    return running;
}

// ---- paths ----

// Without the prefix by which the system marks a path that it need not parse.
static struct nr_str without_prefix(struct nr_arena *arena, const wchar_t *path) {
    if (wcsncmp(path, L"\\\\?\\UNC\\", 8) == 0)
        return NR_STR_JOIN(arena, NR_STR("\\\\"), from_native(arena, path + 8));
    return from_native(arena, wcsncmp(path, L"\\\\?\\", 4) == 0 ? path + 4 : path);
}

enum nr_status nr_path_absolute(struct nr_arena *arena, struct nr_str path,
                                struct nr_str *absolute) {
    wchar_t *native = to_native(arena, path);
    wchar_t *full = NR_ARENA_ARRAY(arena, wchar_t, LONGEST_PATH);
    if (!native || !full) return NR_NO_MEMORY;
    HANDLE file = CreateFileW(native, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (file == INVALID_HANDLE_VALUE) return NR_NOT_FOUND;
    DWORD length = GetFinalPathNameByHandleW(file, full, LONGEST_PATH, 0);
    CloseHandle(file);
    if (length == 0 || length >= LONGEST_PATH) return NR_NOT_FOUND;
    *absolute = without_prefix(arena, full);
    return absolute->data ? NR_OK : NR_NO_MEMORY;
}

enum nr_status nr_temporary_directory(struct nr_arena *arena, struct nr_str *path) {
    enum { TRIES = 100 };
    wchar_t place[MAX_PATH + 1], name[MAX_PATH + 40];
    DWORD length = GetTempPathW(MAX_PATH + 1, place);
    if (length == 0 || length > MAX_PATH) return NR_IO;
    for (DWORD i = 0; i < TRIES; i++) {
        swprintf(name, sizeof(name) / sizeof(name[0]), L"%lsnrprof-%lx-%lx", place,
                 GetCurrentProcessId(), GetTickCount() + i);
        if (CreateDirectoryW(name, NULL))
            return nr_path_absolute(arena, from_native(arena, name), path);
        if (GetLastError() != ERROR_ALREADY_EXISTS) break;
    }
    return NR_IO;
}

static void remove_below(struct nr_arena *arena, const wchar_t *path, int depth) {
    DWORD attributes = GetFileAttributesW(path);
    if (attributes == INVALID_FILE_ATTRIBUTES) return;
    if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
        DeleteFileW(path);
        return;
    }
    struct nr_str folder = from_native(arena, path);
    wchar_t *pattern = to_native(arena, NR_STR_JOIN(arena, folder, NR_STR("\\*")));
    WIN32_FIND_DATAW entry;
    HANDLE search = INVALID_HANDLE_VALUE;
    if (pattern && depth > 0 && !(attributes & FILE_ATTRIBUTE_REPARSE_POINT))
        search = FindFirstFileW(pattern, &entry);
    if (search != INVALID_HANDLE_VALUE) {
        do {
            if (wcscmp(entry.cFileName, L".") == 0 || wcscmp(entry.cFileName, L"..") == 0) continue;
            struct nr_str name = from_native(arena, entry.cFileName);
            wchar_t *inner = to_native(arena, NR_STR_JOIN(arena, folder, NR_STR("\\"), name));
            if (inner) remove_below(arena, inner, depth - 1);
        } while (FindNextFileW(search, &entry));
        FindClose(search);
    }
    RemoveDirectoryW(path);
}

void nr_remove(struct nr_str path) {
    enum { DEPTH = 16 };
    struct nr_arena arena = NR_ARENA_INIT;
    wchar_t *native = path.size > 0 ? to_native(&arena, path) : NULL;
    if (native) remove_below(&arena, native, DEPTH);
    nr_arena_free(&arena);
}
