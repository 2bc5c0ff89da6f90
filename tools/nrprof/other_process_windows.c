// Another process, as its process environment block and the system show it.
// SPDX-License-Identifier: Apache-2.0
#include "other_process.h"

#include <windows.h>
#include <winternl.h>

#include "platform/platform.h"

enum { LONGEST_PATH = 1 << 15, LARGEST_ENVIRONMENT = 16 << 20 };

// The beginnings of what ntdll keeps in every process; they have been the same since Windows XP.
struct parameters {
    ULONG sizes[2], flags[2];
    void *console;
    ULONG console_flags;
    void *standard_handles[3];
    UNICODE_STRING directory;
    void *directory_handle;
    UNICODE_STRING library_path, program, command_line;
    void *environment;
};

struct block {
    void *flags, *mutant, *image, *loader, *parameters;
};

struct basic_information {
    void *exit_status, *block;
    uintptr_t affinity, priority, id, parent;
};

struct nr_str nr_other_process_reach(struct nr_arena *arena, const struct nr_other_process *other,
                                     struct nr_str path) {
    bool absolute = path.size > 1 && (path.data[1] == ':' || path.data[0] == '\\');
    return absolute ? path : NR_STR_JOIN(arena, other->folder, path);
}

static enum nr_status read_memory(HANDLE process, const void *address, void *into, size_t size) {
    SIZE_T done = 0;
    bool whole = ReadProcessMemory(process, address, into, size, &done) && done == size;
    return whole ? NR_OK : NR_IO;
}

static enum nr_status read_utf16(struct nr_arena *arena, HANDLE process, const void *address,
                                 size_t size, struct nr_str *text) {
    uint16_t *data = nr_arena_alloc(arena, size + sizeof(*data));
    if (!data) return NR_NO_MEMORY;
    NR_TRY(read_memory(process, address, data, size));
    *text = nr_str_from_utf16(arena, (struct nr_str16){data, size / sizeof(*data)});
    return text->data ? NR_OK : NR_NO_MEMORY;
}

static enum nr_status read_text(struct nr_arena *arena, HANDLE process, UNICODE_STRING from,
                                struct nr_str *text) {
    return read_utf16(arena, process, from.Buffer, from.Length, text);
}

// It ends with an empty entry, and nothing that can be relied on says where that is.
static enum nr_status read_environment(struct nr_arena *arena, HANDLE process, const char *address,
                                       struct nr_str *environment) {
    MEMORY_BASIC_INFORMATION region;
    if (!VirtualQueryEx(process, address, &region, sizeof(region))) return NR_IO;
    size_t size = region.RegionSize - (size_t)(address - (const char *)region.BaseAddress);
    if (size > LARGEST_ENVIRONMENT) size = LARGEST_ENVIRONMENT;
    NR_TRY(read_utf16(arena, process, address, size, environment));
    size_t end = 0;
    while (end < environment->size && environment->data[end] != '\0') {
        end = nr_str_find(*environment, '\0', end) + 1;
    }
    *environment = nr_str_slice(*environment, 0, end < environment->size ? end : environment->size);
    return NR_OK;
}

static struct nr_str path_of(struct nr_arena *arena, HANDLE process) {
    DWORD length = LONGEST_PATH;
    uint16_t *path = NR_ARENA_ARRAY(arena, uint16_t, LONGEST_PATH);
    if (!path || !QueryFullProcessImageNameW(process, 0, (wchar_t *)path, &length)) length = 0;
    return nr_str_from_utf16(arena, (struct nr_str16){path, length});
}

static struct nr_str path_of_id(struct nr_arena *arena, uintptr_t id) {
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)id);
    if (!process) return NR_STR("");
    struct nr_str path = path_of(arena, process);
    CloseHandle(process);
    return path;
}

static struct nr_str directory_of(struct nr_str path) {
    size_t end = path.size;
    while (end > 0 && path.data[end - 1] != '\\') end--;
    return end > 0 ? nr_str_slice(path, 0, end - 1) : NR_STR(".");
}

static enum nr_status read_facts(struct nr_arena *arena, HANDLE process,
                                 struct nr_other_process *other, struct nr_facts *facts) {
    struct basic_information basic;
    struct block block;
    struct parameters parameters;
    if (NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic), NULL)) {
        return NR_IO;
    }
    NR_TRY(read_memory(process, basic.block, &block, sizeof(block)));
    NR_TRY(read_memory(process, block.parameters, &parameters, sizeof(parameters)));
    NR_TRY(read_text(arena, process, parameters.directory, &other->folder));
    NR_TRY(read_text(arena, process, parameters.command_line, &facts->command_line));
    NR_TRY(read_environment(arena, process, parameters.environment, &other->environment));
    facts->process_path = path_of(arena, process);
    facts->process_directory = directory_of(facts->process_path);
    facts->parent_process_path = path_of_id(arena, basic.parent);
    facts->home_from_registry = nr_installed_home(arena);
    if (!nr_other_process_env(other, arena, "ProgramData", &facts->common_data_directory)) {
        facts->common_data_directory = NR_STR("");
    }
    return NR_OK;
}

// A process of 64 bits has its block where one of 32 bits cannot look.
static bool is_out_of_sight(HANDLE process) {
    BOOL self = FALSE, other = FALSE;
    IsWow64Process(GetCurrentProcess(), &self);
    IsWow64Process(process, &other);
    return self && !other;
}

enum nr_status nr_other_process_read(struct nr_arena *arena, uint32_t id,
                                     struct nr_other_process *other, struct nr_facts *facts) {
    facts->windows = other->folds_case = true;
    HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, id);
    if (!process) return GetLastError() == ERROR_INVALID_PARAMETER ? NR_NOT_FOUND : NR_IO;
    enum nr_status status =
        is_out_of_sight(process) ? NR_UNSUPPORTED : read_facts(arena, process, other, facts);
    CloseHandle(process);
    return status;
}
