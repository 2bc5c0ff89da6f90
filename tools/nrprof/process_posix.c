// Running a program, temporary folders and the environment, by POSIX.
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/platform.h"
#include "process.h"

enum nr_status nr_env_set(const char *name, const char *value) {
    int failure = value ? setenv(name, value, 1) : unsetenv(name);
    return failure ? NR_NO_MEMORY : NR_OK;
}

// ---- finding a program ----

static enum nr_status check_program(struct nr_str path) {
    if (!nr_file_exists(path)) return NR_NOT_FOUND;
    return access(path.data, X_OK) == 0 ? NR_OK : NR_UNSUPPORTED;
}

enum nr_status nr_program_find(struct nr_arena *arena, struct nr_str word, struct nr_str *path) {
    struct nr_str list, candidate;
    if (nr_str_find(word, '/', 0) < word.size) {
        candidate = nr_str_copy(arena, word);
        if (!candidate.data) return NR_NO_MEMORY;
        *path = candidate;
        return check_program(candidate);
    }
    if (word.size == 0 || !nr_env_get(arena, "PATH", &list)) return NR_NOT_FOUND;
    enum nr_status status = NR_NOT_FOUND;
    for (size_t from = 0; from <= list.size;) {
        size_t to = nr_str_find(list, ':', from);
        struct nr_str folder = nr_str_slice(list, from, to);
        if (folder.size == 0) folder = NR_STR(".");
        candidate = NR_STR_JOIN(arena, folder, NR_STR("/"), word);
        if (!candidate.data) return NR_NO_MEMORY;
        enum nr_status found = check_program(candidate);
        if (found == NR_OK || (found == NR_UNSUPPORTED && status == NR_NOT_FOUND)) {
            *path = candidate;
            status = found;
        }
        if (found == NR_OK) break;
        from = to + 1;
    }
    return status;
}

// ---- running it ----

// The program that signals are passed on to, or 0. A process ID fits.
static volatile sig_atomic_t running;

// The terminal signals the whole foreground process group, so the program has its own copy. A
// process that signals the whole group cannot be told from one that means nrprof alone: the program
// then gets the signal twice, which is better than never.
static bool sent_by_process(const siginfo_t *info) {
#ifdef SI_KERNEL
    return info->si_code != SI_KERNEL;
#else
    return info->si_pid != 0;
#endif
}

static void pass_on(int number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    if (running > 0 && sent_by_process(info)) kill((pid_t)running, number);
    errno = saved;
}

static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR2};

// How signals were handled before, for the program to start with.
struct signals {
    struct sigaction actions[NR_COUNT_OF(passed_on)];
    struct sigaction child;
    sigset_t mask;
};

static void catch_signals(struct signals *before) {
    sigset_t caught;
    sigemptyset(&caught);
    for (size_t i = 0; i < NR_COUNT_OF(passed_on); i++) sigaddset(&caught, passed_on[i]);
    sigprocmask(SIG_BLOCK, &caught, &before->mask);
    struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < NR_COUNT_OF(passed_on); i++)
        sigaction(passed_on[i], &action, &before->actions[i]);
    // Whoever ignores SIGCHLD, as nrprof's parent may, cannot ask how a child ended.
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigemptyset(&by_default.sa_mask);
    sigaction(SIGCHLD, &by_default, &before->child);
}

static void restore_signals(const struct signals *before) {
    for (size_t i = 0; i < NR_COUNT_OF(passed_on); i++)
        sigaction(passed_on[i], &before->actions[i], NULL);
    sigaction(SIGCHLD, &before->child, NULL);
    sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

// Starts the program. It tells through a pipe why it could not be executed; the pipe just closes
// when it is.
static pid_t start(const char *path, char *const *arguments, const struct signals *before,
                   int *error) {
    int ends[2];
    *error = 0;
    if (pipe(ends) != 0) {
        *error = errno;
        return -1;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
        restore_signals(before);
        execvp(path, arguments);
        int failure = errno;
        ssize_t ignored = write(ends[1], &failure, sizeof(failure));
        (void)ignored;
        _exit(127);
    }
    if (child < 0) *error = errno;
    close(ends[1]);
    if (child > 0 && read(ends[0], error, sizeof(*error)) != (ssize_t)sizeof(*error)) *error = 0;
    close(ends[0]);
    return child;
}

// Waits for the end, and only then lets the process ID go: until it is clear that no signal will be
// sent to it any more, it must not mean another process.
static int wait_for(pid_t child) {
    siginfo_t ended;
    while (waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    running = 0;
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

enum nr_status nr_program_run(const char *path, char *const *arguments, struct nr_ending *ending) {
    struct signals before;
    int error;
    fflush(stdout);
    catch_signals(&before);
    pid_t child = start(path, arguments, &before, &error);
    if (child > 0) {
        running = error ? 0 : (sig_atomic_t)child;
        sigprocmask(SIG_SETMASK, &before.mask, NULL);
        ending->status = wait_for(child);
    }
    restore_signals(&before);
    // What is printed from here on is less important than the command's exit status.
    signal(SIGPIPE, SIG_IGN);
    if (error) ending->why = strerror(error);
    return error ? NR_IO : NR_OK;
}

bool nr_process_is_running(uint32_t id) { return kill((pid_t)id, 0) == 0 || errno == EPERM; }

// ---- paths ----

enum nr_status nr_path_absolute(struct nr_arena *arena, struct nr_str path,
                                struct nr_str *absolute) {
    struct nr_str native = nr_str_copy(arena, path);
    if (!native.data) return NR_NO_MEMORY;
    char *resolved = realpath(native.data, NULL);
    if (!resolved) return errno == ENOMEM ? NR_NO_MEMORY : NR_NOT_FOUND;
    struct nr_str copy = nr_str_copy(arena, nr_str_of(resolved));
    free(resolved);
    if (!copy.data) return NR_NO_MEMORY;
    *absolute = copy;
    return NR_OK;
}

enum nr_status nr_temporary_directory(struct nr_arena *arena, struct nr_str *path) {
    struct nr_str place;
    if (!nr_env_get(arena, "TMPDIR", &place) || place.size == 0) place = NR_STR("/tmp");
    struct nr_str template = NR_STR_JOIN(arena, place, NR_STR("/nrprof-XXXXXX"));
    if (!template.data) return NR_NO_MEMORY;
    if (!mkdtemp((char *)template.data)) return NR_IO;
    return nr_path_absolute(arena, template, path);
}

static void remove_below(int parent, const char *name, int depth) {
    if (unlinkat(parent, name, 0) == 0 || depth == 0) return;
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!directory) {
        if (descriptor >= 0) close(descriptor);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_below(dirfd(directory), entry->d_name, depth - 1);
    }
    closedir(directory);
    unlinkat(parent, name, AT_REMOVEDIR);
}

void nr_remove(struct nr_str path) {
    enum { DEPTH = 16 };
    char native[4096];
    if (path.size == 0 || path.size >= sizeof(native)) return;
    memcpy(native, path.data, path.size);
    native[path.size] = '\0';
    remove_below(AT_FDCWD, native, DEPTH);
}
