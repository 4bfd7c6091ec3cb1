#include <stdlib.h>

#include "explain/find.h"
#include "explain/json_schema.h"

#include "explain/custom.h"
#include "base/visible.h"
#include "command.h"
#include "run/definitions.h"

enum {
    EXPLAIN_RECURSIVE,
    EXPLAIN_DEPTH,
    EXPLAIN_FORMAT,
    EXPLAIN_EXAMPLES,
    EXPLAIN_ALL,
    EXPLAIN_SCHEMA,
    EXPLAIN_CHANGES,
    EXPLAIN_CRDS,
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
    {"json-schema", 0, NULL, NULL, "Print the JSON Schema of a kind, or of all kinds, for editors."},
    {"changes", 0, "A..B", NULL,
     "List the fields and feature gates that came, went or changed between two versions, as in 1.34.." VERSION_NEWEST "."},
    {"crds", 0, "PATH", NULL,
     "Explain custom resources, too, by the CustomResourceDefinitions in a file or a directory. May be given several times. "
     "Those that "
     "'podlint crds add' keeps count by themselves."},
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
    "(ClusterFirst), a rule by its name, an error type of the API server (FieldValueInvalid), what stands in kubectl's STATUS "
    "column "
    "(CrashLoopBackOff), in an event (FailedMount, 'Insufficient cpu'), an exit code (137) or an answer of the API server "
    "('field is "
    "immutable'), also pasted as a whole, or a topic: phases, conditions, states, restarts, probes, hooks, termination, status. "
    "Without a name it "
    "lists what there is.",
    options,
    COUNT(options),
    "  podlint explain spec.containers              a field of a pod\n  podlint explain imagePullPolicy              every place "
    "that has the field\n  podlint explain deploy.spec -r               a tree of fields\n  podlint explain termination          "
    "        how a pod ends\n  podlint explain 'exit code 137'              what it means, and what to look at\n  podlint "
    "explain --json-schema deployment     for an editor\n  podlint "
    "explain --changes 1.34.." VERSION_NEWEST "         what is new\n",
    "  0  it is explained\n  1  nothing has that name\n  2  wrong usage\n",
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

/* What the command line asks for. */
typedef struct ExplainRequest {
    const char *query;
    bool all, schema;
    InputList definitions;
    int from, to; /* of --changes; 0: not asked for */
    ExplainSettings settings;
} ExplainRequest;

static bool take_depth(ExplainRequest *r, const char *value) {
    char *end;
    long depth = strtol(value, &end, 10);
    r->settings.depth = (int)depth;
    if (!*end && depth >= 0 && depth <= 32) return true;
    usage_error(&explain_command, "--depth takes a number from 0 to 32");
    return false;
}

static bool take_query(ExplainRequest *r, const char *value) {
    if (r->query) usage_error(&explain_command, "one thing at a time, please: %s and %s", r->query, value);
    bool first = !r->query;
    if (!*value) return usage_error(&explain_command, "name what to explain, or leave it out for a list of what there is") < 0;
    r->query = value;
    return first;
}

static bool take(void *context, Parsed parsed) {
    const Command *command = &explain_command;
    ExplainRequest *r = context;
    int number = 0;
    switch (parsed.option) {
    case OPTION_OPERAND: return take_query(r, parsed.value);
    case EXPLAIN_RECURSIVE: r->settings.depth = 32; break;
    case EXPLAIN_DEPTH: return take_depth(r, parsed.value);
    case EXPLAIN_FORMAT:
        number = choose(command, "format", parsed.value, list_explain_formats);
        r->settings.format = (ExplainFormat)number;
        break;
    case EXPLAIN_EXAMPLES: r->settings.examples = true; break;
    case EXPLAIN_ALL: r->all = true; break;
    case EXPLAIN_SCHEMA: r->schema = true; break;
    case EXPLAIN_CHANGES: return parse_range(command, parsed.value, &r->from, &r->to);
    case EXPLAIN_CRDS: input_add(&r->definitions, str_of(parsed.value)); break;
    case EXPLAIN_VERSION:
        number = parse_version(command, parsed.value);
        r->settings.minor = (uint8_t)number;
        break;
    case EXPLAIN_COLOUR: return take_colour(command, parsed.value, &r->settings.colour);
    default: break;
    }
    return number >= 0;
}

/* Answers by podlint's own reference, or else by the definitions of custom resources; EXPLAINS_NOTHING, with a message, if
 * neither has the name. With --crds a kind of theirs comes first. */
static ExplainKind answer_query(Buf *out, const ExplainRequest *r, Crds *crds) {
    Str query = visible(out->arena, str_of(r->query));
    Buf own = {.arena = out->arena};
    ExplainKind kind = r->definitions.files.n ? EXPLAINS_NOTHING : explain(&own, query, &r->settings);
    if (kind == EXPLAINS_NOTHING) {
        kind = explain_custom(out, crds, query, &r->settings);
        if (kind != EXPLAINS_NOTHING || out->len) return kind;
        if (r->definitions.files.n) kind = explain(&own, query, &r->settings);
    }
    buf_str(out, buf_text(&own));
    return kind;
}

/* The JSON Schema of the kind that is asked for, or of all. */
static ExplainKind write_schema(Buf *out, const ExplainRequest *r) {
    const Kind *kind = r->query ? find_kind(str_of(r->query)) : NULL;
    if (kind || !r->query) {
        json_schema_write(out, kind, r->settings.minor);
        return EXPLAINS_FIELD;
    }
    buf_format(out, "no kind is called \"%s\"\n", r->query);
    return EXPLAINS_NOTHING;
}

static int answer(ExplainRequest *r) {
    Arena arena = {0};
    Buf out = {.arena = &arena};
    ExplainKind kind = EXPLAINS_TOPIC;
    Crds *crds = definitions_open(&r->definitions, NULL);
    if (!crds) return 2;
    if (r->schema)
        kind = write_schema(&out, r);
    else if (r->all)
        explain_all(&out, &r->settings);
    else if (r->from)
        explain_changes(&out, (uint8_t)r->from, (uint8_t)r->to, &r->settings);
    else if (r->query)
        kind = answer_query(&out, r, crds);
    else
        explain_index(&out, &r->settings);
    Str text = buf_text(&out);
    if (kind == EXPLAINS_NOTHING)
        fprintf(stderr, "podlint: %.*s", TEXT(text));
    else
        print_paged(text);
    crds_free(crds);
    arena_free(&arena);
    return kind == EXPLAINS_NOTHING ? 1 : 0;
}

static int run(int argc, char **argv) {
    Arena paths = {0};
    ExplainRequest request = {.definitions.arena = &paths,
                              .settings = {.depth = 1,
                                           .minor = VERSION_LAST,
                                           .width = terminal_width(),
                                           .colour = colour_by_default(),
                                           .places = rule_places,
                                           .placeCount = rule_place_count}};
    int code = read_options(&explain_command, argc, argv, take, &request);
    if (code == 0) code = answer(&request);
    arena_free(&paths);
    return finish_output(code);
}
