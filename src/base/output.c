#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(Output *output, int error) {
    output_abandon();
    output_unfinished = NULL;
    memory_check(error);
    fprintf(stderr, "podlint: cannot write %s: %s\n", output->path, strerror(error));
    free(output->temporary);
    free(output->target);
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
    int fd = mkstemp(output->temporary);
    if (fd < 0) return fail(output, errno);
    output_unfinished = output->temporary;
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
    output_unfinished = NULL;
    free(output->temporary);
    free(output->target);
    return true;
}
