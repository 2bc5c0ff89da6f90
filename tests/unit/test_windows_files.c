// Files and command lines on Windows: names outside any code page, long paths, files in use.
// SPDX-License-Identifier: Apache-2.0
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <shellapi.h>
#include <string.h>
#include <wchar.h>

#include "harness.h"
#include "platform/platform.h"

#define FOLDER                  \
    "nrprof Gr\xc3\xb6\xc3\x9f" \
    "e \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x8c\xb2"

static struct nr_arena arena;
static struct nr_str folder;  // made for the test, removed at its end

static struct nr_str in_folder(const char *name) {
    return NR_STR_JOIN(&arena, folder, NR_STR("\\"), nr_str_of(name));
}

static const wchar_t *native(struct nr_str path) {
    return (const wchar_t *)nr_str_to_utf16(&arena, path).data;
}

static void put(struct nr_str path, const char *text) {
    struct nr_file file = NR_FILE_NONE;
    if (!CHECK_INT(nr_file_open_append(path, &file), NR_OK)) return;
    CHECK_INT(nr_file_write(file, text, strlen(text)), NR_OK);
    nr_file_close(file);
}

static struct nr_str read_text(struct nr_str path) {
    struct nr_bytes content = {0};
    CHECK_INT(nr_file_read(&arena, path, 1000, &content), NR_OK);
    return (struct nr_str){(const char *)content.data, content.size};
}

static void test_names(void) {
    struct nr_str *files = NULL;
    size_t count = 0;
    NR_CASE("names that no code page has");
    struct nr_str path = in_folder("\xce\xa9.xml");
    put(path, "one");
    put(path, "two");
    CHECK_STR(read_text(path), "onetwo");
    CHECK(nr_file_exists(path));
    CHECK_INT(nr_directory_list(&arena, folder, NR_STR(".XML"), &files, &count), NR_OK);
    if (CHECK_INT(count, 1)) CHECK_STR(files[0], path.data);
    CHECK(DeleteFileW(native(path)));
}

// Beyond MAX_PATH the system wants the form that it does not normalise.
static void test_long_paths(void) {
    enum { LEVELS = 10 };
    struct nr_str paths[LEVELS], *files = NULL,
                                 part = NR_STR("0123456789012345678901234567890123456789");
    size_t count = 0;
    NR_CASE("long paths");
    for (int i = 0; i < LEVELS; i++)
        paths[i] = NR_STR_JOIN(&arena, i ? paths[i - 1] : folder, NR_STR("\\"), part);
    struct nr_str deepest = paths[LEVELS - 1];
    CHECK_INT(nr_directory_create(NR_STR_JOIN(&arena, deepest, NR_STR("/../"), part)), NR_OK);
    CHECK(nr_directory_exists(deepest));
    struct nr_str path = NR_STR_JOIN(&arena, deepest, NR_STR("\\a.xml"));
    put(path, "long");
    CHECK_STR(read_text(path), "long");
    CHECK_STR(read_text(NR_STR_JOIN(&arena, deepest, NR_STR("/./a.xml"))), "long");
    CHECK_INT(nr_directory_list(&arena, deepest, NR_STR(".xml"), &files, &count), NR_OK);
    if (CHECK_INT(count, 1)) CHECK_STR(files[0], path.data);
    CHECK(DeleteFileW(native(NR_STR_JOIN(&arena, NR_STR("\\\\?\\"), path))));
    for (int i = LEVELS; i-- > 0;)
        CHECK(RemoveDirectoryW(native(NR_STR_JOIN(&arena, NR_STR("\\\\?\\"), paths[i]))));
}

static void test_files_in_use(void) {
    const DWORD all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    struct nr_str path = in_folder("used.txt"), moved = in_folder("moved.txt");
    struct nr_bytes content;
    put(path, "text");
    NR_CASE("a file that another writes to is read");
    HANDLE other = CreateFileW(native(path), GENERIC_WRITE, all, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(other != INVALID_HANDLE_VALUE);
    CHECK_STR(read_text(path), "text");
    CloseHandle(other);

    NR_CASE("a file that another shares with nobody is one that cannot be read");
    other = CreateFileW(native(path), GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(other != INVALID_HANDLE_VALUE);
    CHECK_INT(nr_file_read(&arena, path, 100, &content), NR_IO);
    CloseHandle(other);

    NR_CASE("a log that is written to can be renamed and deleted");
    struct nr_file file = NR_FILE_NONE;
    CHECK_INT(nr_file_open_append(path, &file), NR_OK);
    CHECK(MoveFileW(native(path), native(moved)));
    CHECK_INT(nr_file_write(file, "more", 4), NR_OK);
    CHECK_STR(read_text(moved), "textmore");
    CHECK(DeleteFileW(native(moved)));
    nr_file_close(file);
}

static void test_command_line(void) {
    static const char *const arguments[] = {
        "C:\\a b\\c.exe", "", "a\"b", "a\\\"b\\", "\\\\", "\xe6\x97\xa5 \xe6\x9c\xac", NULL};
    int count = 0;
    NR_CASE("a command line is taken apart as it was put together");
    wchar_t **parts = CommandLineToArgvW(native(nr_command_line_of(&arena, arguments)), &count);
    if (!CHECK(parts != NULL) || !CHECK_INT(count, 6)) return;
    for (int i = 0; i < count; i++) CHECK(wcscmp(parts[i], native(nr_str_of(arguments[i]))) == 0);
    LocalFree(parts);
}

void test_windows_files(void) {
    NR_CASE("a folder");
    if (!CHECK(nr_env_get(&arena, "TEMP", &folder))) return;
    folder = in_folder(FOLDER);
    if (!CHECK_INT(nr_directory_create(folder), NR_OK)) return;
    test_names();
    test_long_paths();
    test_files_in_use();
    test_command_line();
    CHECK(RemoveDirectoryW(native(folder)));
    nr_arena_free(&arena);
}
