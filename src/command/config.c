#include <stdlib.h>

#include <jansson.h>

#include "base/visible.h"
#include "cel/json.h"
#include "model/stored.h"
#include "setting_options.h"

enum { CONFIG_FORMAT, CONFIG_SCHEMA, CONFIG_SETTINGS };

/* schema/podlint-config.json */
extern const Str config_schema[];
extern const uint16_t config_schema_lines;

enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_YAML };

static void list_formats(Choices *out) {
    choice_add(out, "text", FORMAT_TEXT, "the default");
    choice_add(out, "json", FORMAT_JSON, NULL);
    choice_add(out, "yaml", FORMAT_YAML, NULL);
}

static const Option options[] = {
    {"format", 'f', "FORMAT", list_formats, ""},
    {"schema", 0, NULL, NULL, "Print the JSON Schema of configuration files, for editors."},
    SETTING_OPTIONS,
};

static int run(int argc, char **argv);

const Command config_command = {
    "config",
    "[FILE]",
    NULL,
    "Print how a file is judged, and where that is set.",
    "Prints the settings that hold for a file, and for each where it comes from: podlint's default, a line of a configuration "
    "file, "
    "or the command line, which takes the options of podlint check. Below them stand the rules that are not as the profile has "
    "them. Without FILE: what holds in the working directory, before overrides.",
    options,
    COUNT(options),
    "  podlint config deploy/web.yaml               what holds for this file\n  podlint config --no-config                   "
    "podlint's defaults\n  podlint config --format json web.yaml        for a program\n  podlint config --schema                 "
    "     for an editor\n",
    "  0  the settings are printed\n  2  wrong usage, or something is wrong with a configuration\n",
    run};

static json_t *json_text(Str s) {
    return json_stringn(s.at ? s.at : "", s.len);
}

/* "default", "command line", "FILE:LINE" or "FILE:LINE, override". */
static json_t *json_origin(Origin origin) {
    if (!origin.layer) return json_string("default");
    if (!origin.layer->file.len) return json_string("command line");
    return json_sprintf("%.*s:%u%s", TEXT(origin.layer->file), origin.line, origin.layer->isOverride ? ", override" : "");
}

static void put_setting(json_t *list, const SettingsTrace *trace, SettingKey key, json_t *value) {
    json_object_set_new(list, setting_names[key], json_pack("{s:o,s:o}", "value", value, "from", json_origin(trace->keys[key])));
}

static json_t *json_versions(const FileSettings *settings) {
    json_t *list = json_array();
    for (uint8_t i = 0; i < settings->minorCount; i++) json_array_append_new(list, json_sprintf("1.%u", settings->minors[i]));
    return list;
}

static json_t *json_level(PodSecurity standard) {
    const char *level = pod_security_levels[standard.level];
    if (standard.minor == POD_SECURITY_LATEST) return json_sprintf("%s:latest", level);
    return json_sprintf("%s:v1.%u", level, standard.minor);
}

static json_t *json_profiles(const SettingsTrace *trace) {
    json_t *list = json_array();
    for (unsigned i = 0; i < PROFILE_COUNT; i++)
        if (trace->profiles >> i & 1 || (!trace->profiles && i == PROFILE_DEFAULT))
            json_array_append_new(list, json_string(profile_names[i]));
    return list;
}

static json_t *json_settings(const FileSettings *settings, const SettingsTrace *trace) {
    json_t *list = json_object();
    put_setting(list, trace, SETTING_KUBERNETES_VERSION, json_versions(settings));
    put_setting(list, trace, SETTING_POD_SECURITY, json_level(settings->podSecurity));
    put_setting(list, trace, SETTING_PROFILE, json_profiles(trace));
    put_setting(list, trace, SETTING_CLOSED_WORLD, json_boolean(settings->closedWorld));
    put_setting(list, trace, SETTING_FAIL_ON, json_string(fail_words[settings->failOn]));
    put_setting(list, trace, SETTING_AS, json_string(as_words[settings->as]));
    return list;
}

/* The word for how a rule stands, or NULL if the profile has it so. */
static const char *rule_state(const FileSettings *settings, const SettingsTrace *trace, const Rule *rule) {
    bool on = settings->on[rule->number];
    uint8_t severity = settings->severity[rule->number];
    if (settings->on[rule->number] == trace->profile[rule->number] && (!on || severity == rule->severity)) return NULL;
    return severity_words[on ? severity : SEVERITY_OFF];
}

/* Whether all rules of a rule's source stand alike, for the same reason. */
static bool is_whole_source(const FileSettings *settings, const SettingsTrace *trace, const Rule *rule) {
    const Origin *origin = &trace->rules[rule->number];
    const char *state = rule_state(settings, trace, rule);
    for (uint32_t i = 0; i < rule_set_count(&settings->rules); i++) {
        const Rule *other = rule_set_at(&settings->rules, i);
        const Origin *from = &trace->rules[other->number];
        if (other->source != rule->source) continue;
        if (rule_state(settings, trace, other) != state || from->layer != origin->layer || from->line != origin->line)
            return false;
    }
    return true;
}

/* The rules that are on or off against the profile, or of another severity; `grouped`: whole sources by their names. */
static json_t *json_rules(const FileSettings *settings, const SettingsTrace *trace, bool grouped) {
    json_t *list = json_object();
    for (uint32_t i = 0; i < rule_set_count(&settings->rules); i++) {
        const Rule *rule = rule_set_at(&settings->rules, i);
        const char *state = rule_state(settings, trace, rule);
        if (!state) continue;
        bool whole = grouped && is_whole_source(settings, trace, rule);
        Str name = whole ? str_of(diag_source_name((DiagSource)rule->source)) : rule->name;
        json_object_setn_new(list, name.at, name.len,
                             json_pack("{s:s,s:o}", "value", state, "from", json_origin(trace->rules[rule->number])));
    }
    return list;
}

static json_t *json_parameters(Arena *arena, const SettingsTrace *trace) {
    json_t *list = json_object();
    for (uint32_t i = 0; i < trace->parameters.n; i++) {
        const TracedParameter *parameter = &trace->parameters.at[i];
        Eval eval = {.arena = arena, .steps = INT64_MAX};
        Buf buf = {.arena = arena};
        json_write_plain(&buf, &eval, parameter->value);
        json_t *value = json_loadb(buf.at, buf.len, JSON_DECODE_ANY, NULL);
        Str name = str_format(arena, "%.*s.%.*s", TEXT(parameter->rule->name), TEXT(parameter->name));
        json_object_setn_new(
            list, name.at, name.len,
            json_pack("{s:o,s:o}", "value", value ? value : json_null(), "from", json_origin(parameter->origin)));
    }
    return list;
}

/* A value as people write it: a list's items separated by commas. */
static void write_value(Buf *out, const json_t *value) {
    if (json_is_string(value)) {
        buf_str(out, str_of(json_string_value(value)));
    } else if (json_is_array(value) && json_array_size(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            if (i) buf_str(out, S(", "));
            write_value(out, json_array_get(value, i));
        }
    } else {
        char *text = json_dumps(value, JSON_ENCODE_ANY);
        buf_str(out, str_of(text ? text : ""));
        free(text);
    }
}

static void print_entries(FILE *out, const char *title, json_t *entries) {
    enum { NAME = 28, VALUE = 22 };
    const char *name;
    json_t *entry;
    Arena arena = {0};
    if (!json_object_size(entries)) return;
    fprintf(out, "\n%s", title);
    json_object_foreach(entries, name, entry) {
        Buf value = {.arena = &arena};
        write_value(&value, json_object_get(entry, "value"));
        Str text = visible(&arena, buf_text(&value)),
            from = visible(&arena, str_of(json_string_value(json_object_get(entry, "from"))));
        Str key = visible(&arena, str_of(name));
        fprintf(out, "%-*.*s %-*.*s %.*s\n", NAME, TEXT(key), VALUE, TEXT(text), TEXT(from));
    }
    arena_free(&arena);
}

static void print_text(FILE *out, json_t *all) {
    const char *file = json_string_value(json_object_get(all, "file"));
    const char *config = json_string_value(json_object_get(all, "config"));
    Arena arena = {0};
    Str shown = file ? visible(&arena, str_of(file)) : S("A file here");
    if (config) {
        Str by = visible(&arena, str_of(config));
        fprintf(out, "%.*s is judged by %.*s.\n", TEXT(shown), TEXT(by));
    } else {
        fprintf(out, "%.*s has no configuration.\n", TEXT(shown));
    }
    arena_free(&arena);
    if (!json_is_true(json_object_get(all, "walked"))) fputs("A walk through its directory leaves it out.\n", out);
    print_entries(out, "", json_object_get(all, "settings"));
    print_entries(out, "Rules that are not as the profile has them:\n", json_object_get(all, "rules"));
    print_entries(out, "Parameters:\n", json_object_get(all, "parameters"));
}

static int print_config(FILE *out, CommandSettings *settings, Arena *arena, const char *file, int format) {
    ConfigStore *store = settings_open(settings, arena);
    Str path = file ? str_of(file) : S("-");
    SettingsTrace trace = {0};
    const FileSettings *found = config_settings(store, path, &trace);
    if (!settings_good(&config_command, store)) return 2;
    Str name = config_name(store, path);
    json_t *all = json_pack("{s:o,s:o,s:b,s:o,s:o,s:o}", "file", file ? json_text(path) : json_null(), "config",
                            name.len ? json_text(name) : json_null(), "walked",
                            !file || strcmp(file, "-") == 0 || !config_leaves_out(store, path, false), "settings",
                            json_settings(found, &trace), "rules", json_rules(found, &trace, format == FORMAT_TEXT), "parameters",
                            json_parameters(arena, &trace));
    if (format == FORMAT_TEXT)
        print_text(out, all);
    else if (format == FORMAT_JSON)
        json_dumpf(all, out, JSON_INDENT(2));
    else
        stored_write_yaml(out, all);
    if (format == FORMAT_JSON) fputc('\n', out);
    json_decref(all);
    return 0;
}

/* What the command line asks for. */
typedef struct ConfigRequest {
    Arena *arena;
    CommandSettings settings;
    const char *file;
    int format;
    bool schema;
} ConfigRequest;

static bool take(void *context, Parsed parsed) {
    const Command *command = &config_command;
    ConfigRequest *r = context;
    if (parsed.option >= CONFIG_SETTINGS)
        return settings_take(command, &r->settings, r->arena, (SettingOption)(parsed.option - CONFIG_SETTINGS), parsed.value);
    if (parsed.option == CONFIG_FORMAT) return (r->format = choose(command, "format", parsed.value, list_formats)) >= 0;
    if (parsed.option == CONFIG_SCHEMA) return r->schema = true;
    if (r->file) usage_error(command, "one file at a time, please: %s and %s", r->file, parsed.value);
    bool first = !r->file;
    r->file = parsed.value;
    return first;
}

static int run(int argc, char **argv) {
    Arena arena = {0};
    ConfigRequest request = {.arena = &arena, .format = FORMAT_TEXT};
    int code = read_options(&config_command, argc, argv, take, &request);
    if (code == 0 && request.schema)
        for (uint16_t i = 0; i < config_schema_lines; i++) printf("%.*s\n", TEXT(config_schema[i]));
    else if (code == 0)
        code = print_config(stdout, &request.settings, &arena, request.file, request.format);
    arena_free(&arena);
    return finish_output(code);
}
