#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { TICK = 100 }; /* milliseconds between two looks whether a child is still there, while it has a limit */

/* A running child and podlint's ends of its pipes, -1 once closed. */
typedef struct Child {
    pid_t id;
    int in, out, err;
    Buf outText, errText;
} Child;

static void set_nonblocking(int fd) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void close_end(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* Reads what is there, and closes the pipe at its end. */
static void drain(int *fd, Buf *buf) {
    char block[65536];
    ssize_t n = read(*fd, block, sizeof block);
    if (n > 0)
        buf_str(buf, (Str){block, (size_t)n});
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        close_end(fd);
}

static void feed(Child *child, Str *input) {
    ssize_t n = input->len ? write(child->in, input->at, input->len) : 0;
    if (n > 0)
        *input = str_slice(*input, (size_t)n);
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        input->len = 0;
    if (!input->len) close_end(&child->in);
}

/* The environment of the child: what is set for it, then podlint's own, but for variables of the same names. */
static char **environment_of(Arena *arena, const char *const *set) {
    ARRAY(char *) all = {0};
    size_t own = 0;
    for (; set[own]; own++) ARRAY_PUSH(arena, &all, (char *)(uintptr_t)set[own]);
    for (char **entry = environ; *entry; entry++) {
        bool hidden = false;
        for (size_t i = 0; i < own && !hidden; i++)
            hidden = strncmp(*entry, set[i], (size_t)(strchr(set[i], '=') - set[i]) + 1) == 0;
        if (!hidden) ARRAY_PUSH(arena, &all, *entry);
    }
    ARRAY_PUSH(arena, &all, NULL);
    return all.at;
}

static int spawn(Child *child, char *const *argv, const ProcessOptions *options) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, failed = 0;
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || (!options->errorsThrough && pipe2(err, O_CLOEXEC))) failed = errno;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    memory_check(posix_spawn_file_actions_init(&actions));
    memory_check(posix_spawnattr_init(&attributes));
    memory_check(posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO));
    memory_check(posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO));
    if (!options->errorsThrough) memory_check(posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO));
    char **environment = options->environment ? environment_of(child->outText.arena, options->environment) : environ;
    /* A group of its own, so that what the child has started can be ended with it. */
    if (options->seconds) posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    if (!failed) failed = posix_spawnp(&child->id, argv[0], &actions, &attributes, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close_end(&in[0]);
    close_end(&out[1]);
    close_end(&err[1]);
    child->in = in[1];
    child->out = out[0];
    child->err = err[0];
    return failed;
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Feeds and reads the child until it ends. Returns why it has to be ended, or NULL. */
static const char *serve(Child *child, const ProcessOptions *options, int *status, bool *ended) {
    Str input = options->input;
    int64_t deadline = now_ms() + (int64_t)options->seconds * 1000;
    while (child->out >= 0 || child->err >= 0) {
        struct pollfd fds[] = {{child->out, POLLIN, 0}, {child->err, POLLIN, 0}, {child->in, POLLOUT, 0}};
        int ready = poll(fds, 3, options->seconds ? TICK : -1);
        if (ready < 0 && errno != EINTR) return "it cannot be read";
        if (ready > 0 && fds[0].revents) drain(&child->out, &child->outText);
        if (ready > 0 && fds[1].revents) drain(&child->err, &child->errText);
        if (ready > 0 && fds[2].revents) feed(child, &input);
        if (options->mostBytes && child->outText.len > options->mostBytes) return "it writes too much";
        if (options->seconds && now_ms() >= deadline) return "it takes too long";
        /* Whoever still holds the pipe is not the child. */
        if (ready == 0 && !*ended) *ended = waitpid(child->id, status, WNOHANG) == child->id;
        if (ready == 0 && *ended) return NULL;
    }
    while (options->seconds && !*ended) {
        *ended = waitpid(child->id, status, WNOHANG) == child->id;
        if (*ended) break;
        if (now_ms() >= deadline) return "it takes too long";
        poll(NULL, 0, TICK / 10);
    }
    return NULL;
}

Process process_run(Arena *arena, char *const *argv, const ProcessOptions *options) {
    Process process = {.out = S(""), .err = S(""), .code = -1};
    Child child = {.outText.arena = arena, .errText.arena = arena};
    int status = 0, failed = spawn(&child, argv, options);
    bool ended = false;
    if (failed) {
        process.failure = strerror(failed);
    } else {
        set_nonblocking(child.in);
        process.failure = serve(&child, options, &status, &ended);
        if (process.failure) kill(options->seconds ? -child.id : child.id, SIGKILL);
    }
    close_end(&child.in);
    close_end(&child.out);
    close_end(&child.err);
    if (failed) return process;
    while (!ended && waitpid(child.id, &status, 0) < 0 && errno == EINTR) {
    }
    process.out = buf_text(&child.outText);
    process.err = buf_text(&child.errText);
    if (process.failure) return process;
    if (WIFEXITED(status))
        process.code = WEXITSTATUS(status);
    else
        process.failure = "it was ended by a signal";
    return process;
}

bool process_is_installed(Arena *arena, const char *name) {
    const char *path = getenv("PATH");
    for (Str rest = str_of(path ? path : ""); rest.len;) {
        ptrdiff_t colon = str_find(rest, ':');
        Str directory = {rest.at, colon < 0 ? rest.len : (size_t)colon};
        rest = str_slice(rest, directory.len + 1);
        if (directory.len && access(str_format(arena, "%.*s/%s%c", (int)directory.len, directory.at, name, 0).at, X_OK) == 0)
            return true;
    }
    return false;
}
