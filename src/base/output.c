#include "output.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "visible.h"

static void clean_up(int number) {
    output_abandon();
    signal(number, SIG_DFL);
    raise(number); /* as the handler returns, since it holds all signals back */
}

/* What ends the program, unless whoever started it has it ignored. */
static void clean_up_on_signals(void) {
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGXCPU};
    struct sigaction action = {.sa_handler = clean_up}, old;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < COUNT(signals); i++)
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL) sigaction(signals[i], &action, NULL);
}

/* Makes the temporary file and returns its descriptor, or -1. The signals wait until its name is known. */
static int make_temporary(Output *output) {
    sigset_t all, before;
    clean_up_on_signals();
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int fd = mkstemp(output->temporary), error = errno;
    if (fd >= 0) output_unfinished = output->temporary;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return fd;
}

static void forget(Output *output) {
    output_unfinished = NULL;
    free(output->temporary);
    free(output->target);
}

static bool fail(Output *output, int error) {
    output_abandon();
    output_unfinished = NULL;
    memory_check(error);
    tell_error("podlint: cannot write %s: %s", output->path, strerror(error));
    forget(output);
    return false;
}

/* The mode of a new file, or that of the file that it replaces. */
static mode_t mode_of(const struct stat *st, bool exists) {
    if (exists) return st->st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

bool output_open(Output *output, const char *path) {
    *output = (Output){.path = path};
    struct stat st;
    bool exists = stat(path, &st) == 0;
    if (exists && !S_ISREG(st.st_mode)) {
        output->stream = fopen(path, "we");
        return output->stream || fail(output, errno);
    }
    output->target = exists ? realpath(path, NULL) : strdup(path);
    if (!output->target) return fail(output, errno);
    size_t room = strlen(output->target) + sizeof ".XXXXXX";
    output->temporary = memory_take(room);
    snprintf(output->temporary, room, "%s.XXXXXX", output->target);
    int fd = make_temporary(output);
    if (fd < 0) return fail(output, errno);
    output->stream = fchmod(fd, mode_of(&st, exists)) == 0 ? fdopen(fd, "w") : NULL;
    if (output->stream) return true;
    int error = errno;
    close(fd);
    return fail(output, error);
}

bool output_close(Output *output) {
    errno = 0;
    bool good = !ferror(output->stream);
    good = fclose(output->stream) == 0 && good;
    if (good && output->temporary) good = rename(output->temporary, output->target) == 0;
    if (!good) return fail(output, errno ? errno : EIO);
    forget(output);
    return true;
}
