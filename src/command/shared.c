#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/settings.h"

enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

void list_colours(Choices *out) {
    choice_add(out, "auto", COLOUR_AUTO, "on a terminal, unless NO_COLOR is set, and wherever FORCE_COLOR is; the default");
    choice_add(out, "always", COLOUR_ALWAYS, NULL);
    choice_add(out, "never", COLOUR_NEVER, NULL);
}

bool colour_by_default(void) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    const char *force = getenv("FORCE_COLOR");
    if (no && *no) return false;
    if (force && *force) return strcmp(force, "0") != 0;
    return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

bool take_colour(const Command *command, const char *value, bool *colour) {
    int when = choose(command, "color", value, list_colours);
    *colour = when == COLOUR_ALWAYS || (when == COLOUR_AUTO && colour_by_default());
    return when >= 0;
}

int finish_output(int code) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return code == HELP_PRINTED ? 0 : code;
    /* Whoever reads no further, as head does, wants no more. */
    if (errno != EPIPE) fprintf(stderr, "podlint: cannot write the output: %s\n", strerror(errno));
    return 2;
}

void list_versions(Choices *out) {
    for (int minor = VERSION_OLDEST_TARGET; minor <= VERSION_LAST; minor++)
        choice_add(out, str_format(out->arena, "1.%d", minor).at, minor, NULL);
}

int parse_version(const Command *command, const char *value) {
    uint8_t minor;
    if (settings_version(str_of(value), &minor)) return minor;
    usage_error(command, "--kubernetes-version takes one version from 1.%d to 1.%d, not \"%s\"", VERSION_OLDEST_TARGET,
                VERSION_LAST, value);
    return -1;
}

int terminal_width(void) {
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
    return 100;
}

void print_paged(Str text) {
    struct winsize size;
    int lines = 0;
    for (size_t i = 0; i < text.len; i++) lines += text.at[i] == '\n';
    bool fits = !isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || lines < size.ws_row;
    const char *pager = getenv("PAGER");
    setenv("LESS", "FRX", 0);
    FILE *out = fits ? NULL : popen(pager && *pager ? pager : "command -v less >/dev/null || exit 127; exec less", "w");
    if (!fits && !out) memory_check(errno);
    if (out) fwrite(text.at, 1, text.len, out);
    int status = out ? pclose(out) : -1;
    bool shown = out && !(WIFEXITED(status) && WEXITSTATUS(status) == 127); /* 127: there is no such program */
    if (!shown) fwrite(text.at, 1, text.len, stdout);
}
