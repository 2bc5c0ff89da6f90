// Files, environment, process facts, time and threads as the operating system gives them.
// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "platform/platform.h"

static struct nr_arena arena;
static struct nr_str folder;  // made for the test, removed at its end

static struct nr_str in_folder(const char *name) {
    return NR_STR_JOIN(&arena, folder, NR_STR(NR_PATH_SEPARATOR), nr_str_of(name));
}

static void put(const char *name, const char *text) {
    struct nr_file file = NR_FILE_NONE;
    if (!CHECK_INT(nr_file_open_append(in_folder(name), &file), NR_OK)) return;
    CHECK_INT(nr_file_write(file, text, strlen(text)), NR_OK);
    nr_file_close(file);
}

static struct nr_str read_text(const char *name) {
    struct nr_bytes content = {0};
    CHECK_INT(nr_file_read(&arena, in_folder(name), 1000, &content), NR_OK);
    return (struct nr_str){(const char *)content.data, content.size};
}

static void test_files(void) {
    NR_CASE("a file is created, appended to and read");
    put("a.txt", "one\n");
    put("a.txt", "two\n");
    CHECK_STR(read_text("a.txt"), "one\ntwo\n");
    CHECK(nr_file_exists(in_folder("a.txt")));
    CHECK(!nr_directory_exists(in_folder("a.txt")));

    NR_CASE("an empty file is read");
    put("empty.txt", "");
    CHECK_STR(read_text("empty.txt"), "");

    NR_CASE("a file is read up to the limit and not beyond");
    struct nr_bytes content = {0};
    CHECK_INT(nr_file_read(&arena, in_folder("a.txt"), 8, &content), NR_OK);
    CHECK_INT(content.size, 8);
    CHECK_INT(nr_file_read(&arena, in_folder("a.txt"), 7, &content), NR_TOO_LARGE);
    CHECK_INT(nr_file_read_part(&arena, in_folder("a.txt"), 2, 3, &content), NR_OK);
    CHECK_STR(((struct nr_str){(const char *)content.data, content.size}), "e\nt");
    CHECK_INT(nr_file_read_part(&arena, in_folder("a.txt"), 6, 9, &content), NR_OK);
    CHECK_INT(content.size, 2);
    CHECK_INT(nr_file_read(&arena, in_folder("a.txt"), 0, &content), NR_TOO_LARGE);
    CHECK_INT(nr_file_read(&arena, in_folder("a.txt"), SIZE_MAX, &content), NR_OK);

    NR_CASE("a file that is not there");
    CHECK_INT(nr_file_read(&arena, in_folder("b.txt"), 100, &content), NR_NOT_FOUND);
    CHECK_INT(nr_file_read(&arena, in_folder("a.txt/b"), 100, &content), NR_NOT_FOUND);
    CHECK_INT(nr_file_read(&arena, (struct nr_str){0}, 100, &content), NR_NOT_FOUND);
    CHECK_INT(nr_file_read(&arena, NR_STR("/etc/passwd\0x"), 100000, &content), NR_NOT_FOUND);
    CHECK(!nr_file_exists(in_folder("b.txt")));
    CHECK(!nr_file_exists((struct nr_str){0}));

    NR_CASE("a path longer than the system allows");
    char *path = nr_arena_alloc(&arena, 100000);
    if (!CHECK(path != NULL)) return;
    memset(path, 'x', 100000);
    CHECK_INT(nr_file_read(&arena, (struct nr_str){path, 100000}, 100, &content), NR_NOT_FOUND);
    CHECK(!nr_file_exists((struct nr_str){path, 100000}));
    CHECK_INT(nr_directory_create((struct nr_str){path, 100000}), NR_IO);

    NR_CASE("a directory, a pipe and a device are no files to read");
    CHECK_INT(nr_file_read(&arena, folder, 100, &content), NR_IO);
    CHECK_INT(nr_file_read(&arena, NR_STR("/dev/zero"), 100, &content), NR_IO);
    CHECK_INT(mkfifo(in_folder("pipe.xml").data, 0600), 0);
    CHECK_INT(nr_file_read(&arena, in_folder("pipe.xml"), 100, &content), NR_IO);

    NR_CASE("a file whose size the system does not tell");
    CHECK_INT(nr_file_read(&arena, NR_STR("/proc/self/maps"), 1 << 20, &content), NR_OK);
    CHECK(content.size > 0);
    CHECK_INT(nr_file_read(&arena, NR_STR("/proc/self/maps"), 50, &content), NR_TOO_LARGE);

    NR_CASE("a file that cannot be written");
    struct nr_file file = NR_FILE_NONE;
    CHECK_INT(nr_file_open_append(folder, &file), NR_IO);
    CHECK_INT(nr_file_open_append(in_folder("none/x"), &file), NR_IO);
    CHECK_INT(nr_file_open_append(in_folder("pipe.xml"), &file), NR_IO);
    CHECK_INT(file.handle, -1);
    CHECK_INT(nr_file_write(file, "x", 1), NR_IO);
    CHECK_INT(nr_file_open_append(NR_STR("/dev/full"), &file), NR_OK);
    CHECK_INT(nr_file_write(file, "x", 1), NR_IO);
    nr_file_close(file);
}

static void test_directories(void) {
    NR_CASE("directories are created with those above them");
    CHECK_INT(nr_directory_create(in_folder("d/e/f")), NR_OK);
    CHECK(nr_directory_exists(in_folder("d/e/f")));
    CHECK(!nr_file_exists(in_folder("d")));
    CHECK_INT(nr_directory_create(in_folder("d/e/f/")), NR_OK);
    CHECK_INT(nr_directory_create(in_folder("d//g")), NR_OK);
    CHECK(nr_directory_exists(in_folder("d/g")));

    NR_CASE("a file is in the way");
    put("file", "");
    CHECK_INT(nr_directory_create(in_folder("file")), NR_IO);
    CHECK_INT(nr_directory_create(in_folder("file/d")), NR_IO);

    NR_CASE("what has the suffix and is no directory, in order");
    put("d/b.xml", "");
    put("d/a.XML", "");
    put("d/c.xml.bak", "");
    put("d/.xml", "");
    CHECK_INT(mkdir(in_folder("d/directory.xml").data, 0700), 0);
    CHECK_INT(symlink("b.xml", in_folder("d/link.xml").data), 0);
    CHECK_INT(symlink("nothing", in_folder("d/dangling.xml").data), 0);
    struct nr_str *files = NULL;
    size_t count = 0;
    CHECK_INT(nr_directory_list(&arena, in_folder("d"), NR_STR(".xml"), &files, &count), NR_OK);
    if (!CHECK_INT(count, 5)) return;
    CHECK_STR(files[0], in_folder("d/.xml").data);
    CHECK_STR(files[1], in_folder("d/a.XML").data);
    CHECK_STR(files[2], in_folder("d/b.xml").data);
    CHECK_STR(files[3], in_folder("d/dangling.xml").data);
    CHECK_STR(files[4], in_folder("d/link.xml").data);

    NR_CASE("a directory with nothing of the kind, and none at all");
    CHECK_INT(nr_directory_list(&arena, in_folder("d/e"), NR_STR(".xml"), &files, &count), NR_OK);
    CHECK_INT(count, 0);
    CHECK_INT(nr_directory_list(&arena, in_folder("n"), NR_STR(".xml"), &files, &count),
              NR_NOT_FOUND);
    CHECK_INT(nr_directory_list(&arena, in_folder("file"), NR_STR(".xml"), &files, &count),
              NR_NOT_FOUND);

    NR_CASE("more files than the list starts with");
    for (int i = 0; i < 40; i++) {
        char name[32];
        snprintf(name, sizeof(name), "d/e/%02d.xml", i);
        put(name, "");
    }
    CHECK_INT(nr_directory_list(&arena, in_folder("d/e"), NR_STR(".xml"), &files, &count), NR_OK);
    if (CHECK_INT(count, 40)) CHECK_STR(files[39], in_folder("d/e/39.xml").data);
}

static enum nr_status list_and_read(void *context) {
    (void)context;
    struct nr_arena own = NR_ARENA_INIT;
    struct nr_str *files = NULL;
    size_t count = 0;
    struct nr_bytes content = {0};
    char folder_path[300];
    snprintf(folder_path, sizeof(folder_path), "%s/d/e", folder.data);
    enum nr_status status =
        nr_directory_list(&own, nr_str_of(folder_path), NR_STR(".xml"), &files, &count);
    if (status == NR_OK) status = nr_file_read(&own, NR_STR("/proc/self/maps"), 1 << 20, &content);
    if (status == NR_OK && (count != 40 || content.size == 0)) status = NR_MALFORMED;
    if (status == NR_OK && !nr_command_line(&own).data) status = NR_NO_MEMORY;
    nr_arena_free(&own);
    return status;
}

static void test_environment(void) {
    struct nr_str value = {0};
    NR_CASE("environment variables: set, empty, not set");
    setenv("NR_TEST_VARIABLE", "value \xC3\xA9", 1);
    CHECK(nr_env_get(&arena, "NR_TEST_VARIABLE", &value));
    CHECK_STR(value, "value \xC3\xA9");
    setenv("NR_TEST_VARIABLE", "", 1);
    CHECK(nr_env_get(&arena, "NR_TEST_VARIABLE", &value));
    CHECK_STR(value, "");
    unsetenv("NR_TEST_VARIABLE");
    CHECK(!nr_env_get(&arena, "NR_TEST_VARIABLE", &value));

    NR_CASE("facts of the process");
    CHECK_INT(nr_process_id(), getpid());
    CHECK(nr_file_exists(nr_process_path(&arena)));
    CHECK_STR(nr_parent_process_path(&arena), ".");
    CHECK_STR(nr_process_directory(&arena), ".");
    CHECK_STR(nr_common_data_directory(&arena), "");
}

// The command line can only be seen from a process that has one of its own: this program again.
static void test_command_line(void) {
    NR_CASE("the command line as New Relic's profiler puts it together");
    const char *tail = " dotnet app.dll 'two words'  x=\"y\" ";
    if (getenv("NR_TEST_COMMAND_LINE")) {
        struct nr_str line = nr_command_line(&arena);
        fprintf(stderr, "%.*s", NR_STR_ARGS(line));
        _exit(nr_str_ends_with(line, nr_str_of(tail)) ? 0 : 1);
    }
    char command[4200];
    snprintf(command, sizeof(command),
             "NR_TEST_COMMAND_LINE=1 %s platform dotnet app.dll 'two words' '' 'x=\"y\"' 2>&1",
             nr_process_path(&arena).data);
    FILE *child = popen(command, "r");
    if (!CHECK(child != NULL)) return;
    char said[5000];
    size_t size = fread(said, 1, sizeof(said), child);
    int status = pclose(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 126) {
        nr_test_skip("the command line", "an emulator runs this; the system cannot start it");
        return;
    }
    CHECK_INT(status, 0);
    CHECK(nr_str_ends_with((struct nr_str){said, size}, nr_str_of(tail)));
}

static void test_command_line_of(void) {
    NR_CASE("the command line of a program that is not running");
    const char *const arguments[] = {"dotnet", "app.dll", "two words", "", "x=\"y\"", NULL};
    CHECK_STR(nr_command_line_of(&arena, arguments), "dotnet app.dll 'two words'  x=\"y\" ");
    CHECK_STR(nr_command_line_of(&arena, &arguments[5]), "");
}

static void test_time(void) {
    NR_CASE("UTC and the clock");
    struct nr_log_time now = nr_time_utc();
    CHECK(now.year >= 2024 && now.month >= 1 && now.month <= 12 && now.day >= 1 && now.day <= 31);
    CHECK(now.hour >= 0 && now.hour < 24 && now.minute >= 0 && now.minute < 60);
    uint64_t before = nr_clock_ns();
    usleep(2000);
    uint64_t after = nr_clock_ns();
    CHECK(after - before >= 2000000 && after - before < 60000000000u);
}

static atomic_int alarms;

static void count_alarm(int number) {
    (void)number;
    atomic_fetch_add(&alarms, 1);
}

static void test_sleep(void) {
    NR_CASE("a rest lasts, whatever signals come");
    const struct itimerval often = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = count_alarm}, before;
    uint64_t start = nr_clock_ns();
    CHECK_INT(sigaction(SIGALRM, &action, &before), 0);
    CHECK_INT(setitimer(ITIMER_REAL, &often, NULL), 0);
    nr_sleep_ms(50);
    CHECK_INT(setitimer(ITIMER_REAL, &never, NULL), 0);
    CHECK(nr_clock_ns() - start >= 50000000);
    CHECK(atomic_load(&alarms) > 0);
    CHECK_INT(sigaction(SIGALRM, &before, NULL), 0);
}

static struct nr_mutex static_lock = NR_MUTEX_INIT;
static struct nr_once once = NR_ONCE_INIT;
static atomic_int once_runs;

struct meeting {
    struct nr_mutex lock;
    struct nr_condition changed;
    int arrived, expected, sum;
};

static void count_once(void) { atomic_fetch_add(&once_runs, 1); }

static void meet(void *context) {
    struct meeting *meeting = context;
    nr_once_run(&once, count_once);
    for (int i = 0; i < 1000; i++) {
        nr_mutex_lock(&static_lock);
        meeting->sum++;
        nr_mutex_unlock(&static_lock);
    }
    nr_mutex_lock(&meeting->lock);
    meeting->arrived++;
    nr_condition_wake_all(&meeting->changed);
    while (meeting->arrived < meeting->expected)
        nr_condition_wait(&meeting->changed, &meeting->lock);
    nr_mutex_unlock(&meeting->lock);
}

static void test_threads(void) {
    NR_CASE("threads start, exclude each other, wait for each other and end");
    enum { COUNT = 4 };
    struct meeting meeting = {.expected = COUNT + 1};
    nr_mutex_init(&meeting.lock);
    nr_condition_init(&meeting.changed);
    struct nr_thread threads[COUNT];
    int started = 0;
    while (started < COUNT && CHECK_INT(nr_thread_start(&threads[started], meet, &meeting), NR_OK))
        started++;
    nr_mutex_lock(&meeting.lock);
    meeting.expected = started;
    while (meeting.arrived < started) nr_condition_wait(&meeting.changed, &meeting.lock);
    nr_condition_wake_one(&meeting.changed);
    nr_condition_wake_all(&meeting.changed);
    nr_mutex_unlock(&meeting.lock);
    for (int i = 0; i < started; i++) nr_thread_join(&threads[i]);
    CHECK_INT(meeting.sum, COUNT * 1000);
    CHECK_INT(atomic_load(&once_runs), 1);
    nr_condition_destroy(&meeting.changed);
    nr_mutex_destroy(&meeting.lock);
}

static void remove_folder(void) {
    char command[300];
    snprintf(command, sizeof(command), "rm -rf '%s'", folder.data);
    CHECK_INT(system(command), 0);
}

void test_platform(void) {
    test_command_line();
    test_command_line_of();
    static char path[] = "/tmp/nrprof-test-XXXXXX";
    folder = nr_str_of(mkdtemp(path));
    if (!CHECK(folder.data != NULL)) return;
    test_files();
    test_directories();
    NR_CASE("every allocation of a listing and a reading may fail");
    nr_test_every_allocation(list_and_read, NULL, 1000);
    test_environment();
    test_time();
    test_sleep();
    test_threads();
    remove_folder();
    nr_arena_free(&arena);
}
