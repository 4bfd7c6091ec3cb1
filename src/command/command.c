#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/settings.h"

const Command *const commands[] = {
#define ROW(name) &name##_command,
    COMMANDS(ROW)
#undef ROW
};

const size_t command_count = COUNT(commands);

/* The command of a name, or NULL after telling that there is none. */
static const Command *find_command(const char *name) {
    const char *names[COUNT(commands)];
    for (size_t i = 0; i < command_count; i++) {
        names[i] = commands[i]->name;
        if (strcmp(name, names[i]) == 0) return commands[i];
    }
    const char *near = nearest_word(name, names, command_count);
    if (near)
        usage_error(NULL, "unknown command \"%s\"; did you mean \"%s\"?", name, near);
    else
        usage_error(NULL, "unknown command \"%s\"", name);
    return NULL;
}

/* The help of the program or of a command, or the manual page of all. */
static int print_help(const char *what) {
    const Command *command = NULL;
    if (!what)
        program_help(stdout, commands, command_count);
    else if (strcmp(what, "--manual") == 0)
        program_manual(stdout, commands, command_count);
    else if (!(command = find_command(what)))
        return 2;
    if (command) command_help(stdout, command);
    return finish_output(0);
}

int run_command(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        program_help(stderr, commands, command_count);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        if (!str_is_utf8(str_of(argv[i]))) return usage_error(NULL, "argument %d is not valid UTF-8", i);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return print_help(NULL);
    if (strcmp(name, "help") == 0) return print_help(argc > 2 ? argv[2] : NULL);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("podlint %s (Kubernetes 1.%d to 1.%d)\n", PODLINT_VERSION, VERSION_OLDEST_TARGET, VERSION_LAST);
        return finish_output(0);
    }
    const Command *command = find_command(name);
    return command ? command->run(argc - 2, argv + 2) : 2;
}

enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

void list_colours(Choices *out) {
    choice_add(out, "auto", COLOUR_AUTO, "on a terminal, unless NO_COLOR is set; the default");
    choice_add(out, "always", COLOUR_ALWAYS, NULL);
    choice_add(out, "never", COLOUR_NEVER, NULL);
}

bool colour_by_default(void) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

bool take_colour(const Command *command, const char *value, bool *colour) {
    int when = choose(command, "color", value, list_colours);
    *colour = when == COLOUR_ALWAYS || (when == COLOUR_AUTO && colour_by_default());
    return when >= 0;
}

int finish_output(int code) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return code == HELP_PRINTED ? 0 : code;
    fprintf(stderr, "podlint: cannot write the output: %s\n", strerror(errno));
    return 2;
}

void list_versions(Choices *out) {
    for (int minor = VERSION_OLDEST_TARGET; minor <= VERSION_LAST; minor++)
        choice_add(out, str_format(out->arena, "1.%d", minor).at, minor, NULL);
}

int parse_version(const Command *command, const char *value) {
    uint8_t minor;
    if (settings_version(str_of(value), &minor)) return minor;
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
