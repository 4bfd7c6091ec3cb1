#include "../stored.h"
#include "command.h"

enum { DEFAULTS_FORMAT, DEFAULTS_VERSION };

static const Option options[] = {
    {"format", 'f', "FORMAT", "yaml (fields in the order of the API's types, the default) or json."},
    {"kubernetes-version", 0, "VERSION", "The API server to speak for: 1.32 to 1.37. Default: the newest."},
};

static int run(int argc, char **argv);

const Command defaults_command = {
    "defaults",
    "FILE",
    "Print an object as the API server would store it.",
    "Prints the objects of a file with all the defaults that the API server fills in. FILE may be - for standard input. What "
    "cannot be decoded is reported, and the rest printed. Documents of other kinds are left out.",
    options,
    COUNT(options),
    "  podlint defaults pod.yaml                    as YAML\n  podlint defaults --format json pod.yaml      as JSON, with file "
    "and document number\n",
    run};

static int run(int argc, char **argv) {
    const Command *command = &defaults_command;
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    static const char *const formats[] = {"yaml", "json"};
    int format = 0, number;
    uint8_t minor = VERSION_LAST;
    const char *file = NULL;
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END;) {
        switch (parsed.option) {
        case OPTION_HELP: command_help(stdout, command); return finish_output(0);
        case OPTION_ERROR: return 2;
        case OPTION_OPERAND:
            if (file) return usage_error(command, "one file at a time, please: %s and %s", file, parsed.value);
            file = parsed.value;
            break;
        case DEFAULTS_FORMAT:
            if ((format = choose(command, "format", parsed.value, formats, COUNT(formats))) < 0) return 2;
            break;
        case DEFAULTS_VERSION:
            if ((number = parse_version(command, parsed.value)) < 0) return 2;
            minor = (uint8_t)number;
            break;
        default: break;
        }
    }
    if (!file) return usage_error(command, "name the file to read, or - for standard input");
    return finish_output(stored_print(stdout, str_of(file), format == 1, minor));
}
