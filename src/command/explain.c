#include <stdlib.h>

#include "explain/explain.h"
#include "command.h"

enum {
    EXPLAIN_RECURSIVE,
    EXPLAIN_DEPTH,
    EXPLAIN_FORMAT,
    EXPLAIN_EXAMPLES,
    EXPLAIN_ALL,
    EXPLAIN_CHANGES,
    EXPLAIN_VERSION,
    EXPLAIN_COLOUR
};

void list_explain_formats(Choices *out) {
    choice_add(out, "text", EXPLAIN_TEXT, "the default");
    choice_add(out, "json", EXPLAIN_JSON, NULL);
    choice_add(out, "markdown", EXPLAIN_MARKDOWN, NULL);
}

static void list_queries(Choices *out) {
    Buf lines = {.arena = out->arena};
    explain_complete(&lines, out->typed, VERSION_LAST);
    for (Str rest = buf_text(&lines); rest.len;) {
        size_t end = (size_t)str_find(rest, '\n');
        choice_add(out, arena_cstr(out->arena, (Str){rest.at, end}), 0, NULL);
        rest = str_slice(rest, end + 1);
    }
}

static const Option options[] = {
    {"recursive", 'r', NULL, NULL, "Show all fields below, as a tree."},
    {"depth", 0, "N", NULL, "How many levels of fields to show. Default: 1."},
    {"format", 'f', "FORMAT", list_explain_formats, ""},
    {"examples", 0, NULL, NULL, "Show an example of each field too."},
    {"all", 0, NULL, NULL, "Write the whole reference as Markdown: topics, types and fields, rules."},
    {"changes", 0, "A..B", NULL,
     "List the fields and feature gates that came, went or changed between two versions, as in 1.34.." VERSION_NEWEST "."},
    {"kubernetes-version", 0, "VERSION", list_versions, "The API server to speak of: " VERSION_RANGE ". Default: the newest."},
    {"color", 0, "WHEN", list_colours, ""},
};

extern const RulePlace rule_places[];
extern const uint32_t rule_place_count;

static int run(int argc, char **argv);

const Command explain_command = {
    "explain",
    "[PATH | NAME]",
    list_queries,
    "Tell what a field, a rule, an error or a part of a pod's life is.",
    "Explains a field by its path, with or without a kind (pod.spec.containers, deploy.spec.strategy, spec.containers[0].ports "
    "as it stands in a diagnostic, livenessProbe.httpGet from within), a field name by itself (all places that have it), a value "
    "(ClusterFirst), a rule by its name, an error type of the API server (FieldValueInvalid), a word of kubectl's STATUS column "
    "(CrashLoopBackOff), or a topic: phases, conditions, states, restarts, probes, hooks, termination, status. Without a name it "
    "lists what there is.",
    options,
    COUNT(options),
    "  podlint explain spec.containers              a field of a pod\n  podlint explain imagePullPolicy              every place "
    "that has the field\n  podlint explain deploy.spec -r               a tree of fields\n  podlint explain termination          "
    "        how a pod ends\n  podlint explain --changes 1.34.." VERSION_NEWEST "         what is new\n",
    run};

static bool parse_range(const Command *command, const char *value, int *from, int *to) {
    char text[32];
    const char *dots = strstr(value, "..");
    if (!dots || (size_t)(dots - value) >= sizeof text) {
        usage_error(command, "--changes takes two versions, as in 1.34.." VERSION_NEWEST);
        return false;
    }
    memcpy(text, value, (size_t)(dots - value));
    text[dots - value] = '\0';
    *from = parse_version(command, text);
    *to = *from < 0 ? -1 : parse_version(command, dots + 2);
    return *from > 0 && *to > 0;
}

static int run(int argc, char **argv) {
    const Command *command = &explain_command;
    OptionParser parser = {.command = command, .argc = argc, .argv = argv};
    ExplainSettings settings = {.depth = 1, .minor = VERSION_LAST, .width = terminal_width(), .colour = colour_by_default()};
    const char *query = NULL;
    int number, from = 0, to = 0;
    bool all = false;
    for (Parsed parsed; (parsed = option_next(&parser)).option != OPTION_END;) {
        switch (parsed.option) {
        case OPTION_HELP: command_help(stdout, command); return finish_output(0);
        case OPTION_ERROR: return 2;
        case OPTION_OPERAND:
            if (query) return usage_error(command, "one thing at a time, please: %s and %s", query, parsed.value);
            query = parsed.value;
            break;
        case EXPLAIN_RECURSIVE: settings.depth = 32; break;
        case EXPLAIN_DEPTH: {
            char *end;
            long depth = strtol(parsed.value, &end, 10);
            if (*end || depth < 0 || depth > 32) return usage_error(command, "--depth takes a number from 0 to 32");
            settings.depth = (int)depth;
            break;
        }
        case EXPLAIN_FORMAT:
            if ((number = choose(command, "format", parsed.value, list_explain_formats)) < 0) return 2;
            settings.format = (ExplainFormat)number;
            break;
        case EXPLAIN_EXAMPLES: settings.examples = true; break;
        case EXPLAIN_ALL: all = true; break;
        case EXPLAIN_CHANGES:
            if (!parse_range(command, parsed.value, &from, &to)) return 2;
            break;
        case EXPLAIN_VERSION:
            if ((number = parse_version(command, parsed.value)) < 0) return 2;
            settings.minor = (uint8_t)number;
            break;
        case EXPLAIN_COLOUR:
            if (!take_colour(command, parsed.value, &settings.colour)) return 2;
            break;
        default: break;
        }
    }
    settings.places = rule_places;
    settings.placeCount = rule_place_count;
    Arena arena = {0};
    Buf out = {.arena = &arena};
    ExplainKind kind = EXPLAINS_TOPIC;
    if (all)
        explain_all(&out, &settings);
    else if (from)
        explain_changes(&out, (uint8_t)from, (uint8_t)to, &settings);
    else if (query)
        kind = explain(&out, str_of(query), &settings);
    else
        explain_index(&out, &settings);
    Str text = buf_text(&out);
    if (kind == EXPLAINS_NOTHING)
        fprintf(stderr, "podlint: %.*s", (int)text.len, text.at);
    else
        print_paged(text);
    arena_free(&arena);
    return finish_output(kind == EXPLAINS_NOTHING ? 1 : 0);
}
