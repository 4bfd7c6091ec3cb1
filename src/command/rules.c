#include <unistd.h>

#include "base/near.h"
#include "explain/explain.h"
#include "lint/selection.h"
#include "model/rule_text.h"
#include "setting_options.h"

enum { RULES_PROFILE, RULES_SOURCE, RULES_SEVERITY, RULES_ON, RULES_FORMAT, RULES_COLOUR };

enum { ALL_SOURCES = FROM_ADMISSION + 1 };

static void list_sources(Choices *out) {
    for (int source = 0; source < ALL_SOURCES; source++) choice_add(out, diag_source_name((DiagSource)source), source, NULL);
    choice_add(out, "all", ALL_SOURCES, NULL);
}

static void list_rule_severities(Choices *out) {
    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--)
        choice_add(out, severity_name((Severity)severity), severity, NULL);
}

static const Option options[] = {
    {"profile", 'p', "NAME", list_profiles, "Only those of a profile: default, security, reliability, kube-linter or all."},
    {"source", 0, "NAME", list_sources,
     "Only those of a source: yaml, schema, api, warning, lint, pod-security, policy or all. Default: lint."},
    {"severity", 0, "NAME", list_rule_severities, "Only those of a severity:"},
    {"on", 0, "TYPE", NULL, "Only those about a type of the schema, such as Container or PodSpec."},
    {"format", 'f', "FORMAT", list_explain_formats, ""},
    {"color", 0, "WHEN", list_colours, ""},
};

static int run(int argc, char **argv);

const Command rules_command = {
    "rules",
    "[NAME...]",
    list_rules,
    "List the rules, or tell everything about one.",
    "Lists podlint's lint rules with code, severity and what they say; those marked off are in no default "
    "run. NAME is a rule, its code, or the beginning of a name. A single rule is explained whole: why it is "
    "there, its parameters, a bad and a good example.",
    options,
    COUNT(options),
    "  podlint rules                                all lint rules\n"
    "  podlint rules privileged-container           one, with its examples\n"
    "  podlint rules --profile security --on Container\n"
    "  podlint rules --format markdown              a table for a wiki\n",
    "  0  rules are listed\n  1  no rule has all that is asked for\n  2  wrong usage, or a name that no rule has\n",
    run};

/* What the command line asks for. */
typedef struct Filter {
    Arena *arena;
    ExplainSettings settings;
    int profile, source, severity; /* -1: any */
    Str on;
    ARRAY(Str) names;
} Filter;

static bool is_named(const Filter *filter, const Rule *rule) {
    for (uint32_t i = 0; i < filter->names.n; i++)
        if (str_starts(rule->name, filter->names.at[i]) || rule_is_called(rule, filter->names.at[i])) return true;
    return !filter->names.n;
}

static bool passes(const Filter *filter, const Rule *rule) {
    if (filter->profile >= 0 && !rule_in_profile(rule, (RuleProfile)filter->profile)) return false;
    if (filter->source >= 0 && rule->source != filter->source) return false;
    if (filter->severity >= 0 && rule->severity != filter->severity) return false;
    return (!filter->on.len || str_eq_nocase(rule_on(rule), filter->on)) && is_named(filter, rule);
}

static int unknown_name(Str name) {
    Str near = selection_near(&(RuleSet){0}, name);
    return usage_error(&rules_command, "there is no rule \"%.*s\"%s%.*s%s", (int)name.len, name.at,
                       near.len ? "; did you mean \"" : "", (int)near.len, near.at, near.len ? "\"?" : "");
}

static int print_rules(Arena *arena, const Filter *filter, const ExplainSettings *settings) {
    ARRAY(const Rule *) found = {0};
    Buf out = {.arena = arena};
    for (uint32_t i = 0; i < filter->names.n; i++)
        if (!selection_knows(&(RuleSet){0}, filter->names.at[i])) return unknown_name(filter->names.at[i]);
    for (uint16_t i = 0; i < rule_count; i++)
        if (passes(filter, &rules[i])) ARRAY_PUSH(arena, &found, &rules[i]);
    const Rule *exact = filter->names.n == 1 ? rule_named(filter->names.at[0]) : NULL;
    ExplainSettings page = *settings;
    page.width = terminal_width();
    if (exact)
        explain_rule(&out, exact, &page);
    else
        explain_rules(&out, found.at, found.n, settings);
    print_paged(buf_text(&out));
    if (!exact && !found.n) fputs("podlint: no rule has all that is asked for\n", stderr);
    return exact || found.n ? 0 : 1;
}

/* Whether a type of the schema has the name that --on takes; tells if none has. */
static bool knows_type(Str name) {
    Near near = near_start(name);
    if (str_eq_nocase(name, S("Document"))) return true;
    near_try(&near, S("Document"));
    for (uint16_t i = 0; i < schema_type_count; i++) {
        if (str_eq_nocase(schema_types[i]->name, name)) return true;
        near_try(&near, schema_types[i]->name);
    }
    usage_error(&rules_command, "--on: there is no type \"%.*s\"%s%.*s%s", TEXT(name), near.found.len ? "; did you mean \"" : "",
                TEXT(near.found), near.found.len ? "\"?" : "");
    return false;
}

static bool take(void *context, Parsed parsed) {
    const Command *command = &rules_command;
    Filter *filter = context;
    int number = 0;
    switch (parsed.option) {
    case OPTION_OPERAND: ARRAY_PUSH(filter->arena, &filter->names, str_of(parsed.value)); break;
    case RULES_PROFILE: number = filter->profile = choose(command, "profile", parsed.value, list_profiles); break;
    case RULES_SOURCE:
        number = choose(command, "source", parsed.value, list_sources);
        filter->source = number == ALL_SOURCES ? -1 : number;
        break;
    case RULES_SEVERITY: number = filter->severity = choose(command, "severity", parsed.value, list_rule_severities); break;
    case RULES_ON: filter->on = str_of(parsed.value); return knows_type(filter->on);
    case RULES_FORMAT:
        number = choose(command, "format", parsed.value, list_explain_formats);
        filter->settings.format = (ExplainFormat)number;
        break;
    case RULES_COLOUR: return take_colour(command, parsed.value, &filter->settings.colour);
    default: break;
    }
    return number >= 0;
}

static int run(int argc, char **argv) {
    Arena arena = {0};
    Filter filter = {
        .arena = &arena,
        .settings = {.minor = VERSION_LAST, .width = isatty(STDOUT_FILENO) ? terminal_width() : 0, .colour = colour_by_default()},
        .profile = -1,
        .source = -2,
        .severity = -1,
    };
    int code = read_options(&rules_command, argc, argv, take, &filter);
    if (filter.source == -2) filter.source = filter.names.n ? -1 : FROM_LINT;
    if (code == 0) code = print_rules(&arena, &filter, &filter.settings);
    arena_free(&arena);
    return finish_output(code);
}
