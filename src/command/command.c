#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

bool want_colour(const char *when) {
    if (strcmp(when, "always") == 0) return true;
    if (strcmp(when, "never") == 0) return false;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

/* Whether everything written has arrived; a full disk or a closed pipe is an error of its own. */
int finish_output(int code) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "podlint: cannot write the output: %s\n", strerror(errno));
    return 2;
}

int choose(const Command *command, const char *option, const char *value, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], value) == 0) return (int)i;
    const char *near = nearest_word(value, words, count);
    fprintf(stderr, "podlint: --%s knows no \"%s\"", option, value);
    if (near)
        fprintf(stderr, "; did you mean \"%s\"? It takes ", near);
    else
        fputs(". It takes ", stderr);
    for (size_t i = 0; i < count; i++) fprintf(stderr, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    fprintf(stderr, ".\nSee 'podlint %s --help'.\n", command->name);
    return -1;
}

int parse_version(const Command *command, const char *value) {
    const char *text = value[0] == 'v' ? value + 1 : value;
    char *end;
    long minor = strncmp(text, "1.", 2) == 0 ? strtol(text + 2, &end, 10) : 0;
    if (minor >= VERSION_OLDEST_TARGET && minor <= VERSION_LAST && (*end == '\0' || *end == '.')) return (int)minor;
    usage_error(command, "--kubernetes-version takes 1.%d to 1.%d, not \"%s\"", VERSION_OLDEST_TARGET, VERSION_LAST, value);
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
    if (out) fwrite(text.at, 1, text.len, out);
    int status = out ? pclose(out) : -1;
    bool shown = out && !(WIFEXITED(status) && WEXITSTATUS(status) == 127); /* 127: there is no such program */
    if (!shown) fwrite(text.at, 1, text.len, stdout);
}
