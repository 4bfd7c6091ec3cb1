/* Which configuration holds for a file, and what it comes to. In goes the path of a file; out comes the FileSettings by which it
 * is judged. Hidden is that folders have many names: the nearest configuration is looked for along the real path, and what was
 * found of a folder is kept by each name of it, so that a run asks the file system once a folder. Hidden too is the reading of
 * the file: each value is checked as it is read, and every fault is kept with its place, so that all are told at once. Files that
 * the same overrides name share one FileSettings: a run of thousands of files compiles its rules a few times, not thousands. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/near.h"
#include "base/glob.h"
#include "input/input.h"
#include "rules.h"

typedef struct Override {
    Globs paths;
    SettingsLayer layer;
} Override;

/* What a configuration comes to for the files that the same overrides name. */
typedef struct Variant {
    struct Variant *next;
    bool *named; /* by override */
    const FileSettings *settings;
} Variant;

struct Config {
    Source *source;
    Str base; /* the folder that its patterns start from, an absolute path that ends with a slash */
    SettingsLayer layer;
    Globs include, exclude;
    ARRAY(Override) overrides;
    RuleList rules; /* the user's */
    RuleSet set;
    Variant *variants;
};

/* A folder as it is named somewhere, and by its real path. */
typedef struct Folder {
    struct Folder *next; /* in its bucket */
    Str name, real;      /* neither ends with a slash, but for the root */
    Config *config;
} Folder;

enum { BUCKETS = 1024, MOST_FAULTS = 100 };

struct ConfigStore {
    Arena *arena;
    const SettingsLayer *commandLine;
    RuleList rules;
    Config nothing; /* for files without a configuration */
    Config *only;   /* holds for all files, or NULL */
    Str here;       /* the working directory */
    Folder *buckets[BUCKETS];
    ARRAY(Config *) configs;
    ARRAY(ConfigFault) faults;
    ConfigPaths policies, crds;
    ARRAY(PodPlaceRule) pods;
    ARRAY(Str) passedOver; /* configurations beside one that holds */
    ARRAY(Str) renamed;    /* former names of rules that are used */
};

/* Keeps a word once that is the former name of a rule. */
static void note_renamed(ConfigStore *store, Str word) {
    const Rule *rule = rule_named(word);
    if (rule && str_eq(rule_words(rule).former, word) && !str_in(word, store->renamed.at, store->renamed.n))
        ARRAY_PUSH(store->arena, &store->renamed, word);
}

/* Reading */

typedef struct ConfigReader {
    ConfigStore *store;
    Config *config;
    Source *source;
    bool isOverride;
} ConfigReader;

static void add_fault(ConfigStore *store, Source *source, Span span, Str message, Str help) {
    if (store->faults.n < MOST_FAULTS) ARRAY_PUSH(store->arena, &store->faults, (ConfigFault){source, span, message, help});
}

/* Whether so many faults are known that nobody reads on. */
static bool has_enough(const ConfigReader *r) {
    return r->store->faults.n >= MOST_FAULTS;
}

__attribute__((format(printf, 4, 5))) static void fault(ConfigReader *r, Span span, Str help, const char *format, ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Str message = {text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
    add_fault(r->store, r->source, span, arena_str(r->store->arena, message), help);
}

static uint32_t line_of(ConfigReader *r, Span span) {
    return source_place(r->source, r->store->arena, span.at).line;
}

/* The text of a scalar as it is written: 1.30 is no number here, and off no boolean. */
static Str scalar_text(const ConfigReader *r, const Node *node) {
    if (node->kind == NODE_STRING || node->alias || !node->plain) return node->text;
    return (Str){r->source->text.at + node->span.at, node->span.end - node->span.at};
}

static bool is_scalar(const Node *node) {
    return node->kind != NODE_NULL && node->kind != NODE_LIST && node->kind != NODE_MAP;
}

/* The texts of a value that is one or a list of them; `what` says what each has to be. A number is one only if `numbers`. */
typedef struct Texts {
    ARRAY(const Node *) nodes;
} Texts;

static Texts read_texts(ConfigReader *r, const Entry *entry, const char *what, bool numbers) {
    Texts texts = {0};
    const Node *node = &entry->value;
    uint32_t count = node->kind == NODE_LIST ? node->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        const Node *item = node->kind == NODE_LIST ? &node->items[i] : node;
        if ((item->kind == NODE_STRING && item->text.len) || (item->kind == NODE_FLOAT && numbers))
            ARRAY_PUSH(r->store->arena, &texts.nodes, item);
        else
            fault(r, item->span, is_scalar(item) && item->text.len ? S("put it in quotes") : S(""),
                  "%.*s has to be %s, or a list of them", TEXT(entry->key), what);
    }
    return texts;
}

/* The number of the word that a value is, or -1 after telling which there are. */
static int read_word(ConfigReader *r, Str name, const Node *node, const char *const *words, size_t count) {
    Str text = is_scalar(node) ? scalar_text(r, node) : S("");
    for (size_t i = 0; i < count; i++)
        if (str_eq(text, str_of(words[i]))) return (int)i;
    Buf all = {.arena = r->store->arena};
    for (size_t i = 0; i < count; i++) buf_format(&all, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    fault(r, node->span, near_question(r->store->arena, near_word(text, words, count)), "%.*s has to be %.*s", TEXT(name),
          TEXT(buf_text(&all)));
    return -1;
}

static bool is_map(ConfigReader *r, Str name, const Node *node, const char *of) {
    if (node->kind == NODE_MAP) return true;
    fault(r, node->span, S(""), "%.*s has to be a map of %s", TEXT(name), of);
    return false;
}

static void check_selector(ConfigReader *r, Str name, Str word, Span span) {
    note_renamed(r->store, word);
    if (has_enough(r) || selection_knows(&r->config->set, word)) return;
    fault(r, span, near_question(r->store->arena, selection_near(&r->config->set, word)),
          "%.*s: there is no source or rule \"%.*s\"", TEXT(name), TEXT(word));
}

static void read_versions(ConfigReader *r, const Entry *entry, SettingsLayer *layer) {
    Texts texts = read_texts(r, entry, "a version such as 1.34", true);
    for (uint32_t i = 0; i < texts.nodes.n; i++) {
        uint8_t minor, last;
        Str text = scalar_text(r, texts.nodes.at[i]);
        if (settings_versions(text, &minor, &last))
            for (; minor <= last; minor++) settings_add_version(layer, minor);
        else
            fault(r, texts.nodes.at[i]->span, S(""),
                  "kubernetes-version takes versions from 1.%d to 1.%d, and ranges such as 1.34..1.%d, not \"%.*s\"",
                  VERSION_OLDEST_TARGET, VERSION_LAST, VERSION_LAST, TEXT(text));
    }
    if (entry->value.kind == NODE_LIST && !entry->value.count)
        fault(r, entry->value.span, S(""), "kubernetes-version needs at least one version");
}

static void read_pod_security(ConfigReader *r, const Entry *entry, SettingsLayer *layer) {
    bool versionWrong = false;
    Str text = is_scalar(&entry->value) ? scalar_text(r, &entry->value) : S("");
    if (settings_pod_security(text, &layer->podSecurity, &versionWrong)) return;
    if (versionWrong)
        fault(r, entry->value.span, S(""), "the version of a Pod Security level is v1.0 to v1.%d or latest", VERSION_LAST);
    else
        read_word(r, entry->key, &entry->value, pod_security_levels, POD_SECURITY_LEVELS);
}

static void read_profiles(ConfigReader *r, const Entry *entry, SettingsLayer *layer) {
    Texts texts = read_texts(r, entry, "a profile", false);
    for (uint32_t i = 0; i < texts.nodes.n; i++) {
        int number = read_word(r, entry->key, texts.nodes.at[i], profile_names, PROFILE_COUNT);
        if (number >= 0) layer->selection.profiles |= (uint8_t)(1u << number);
    }
    if (entry->value.kind == NODE_LIST && !entry->value.count)
        fault(r, entry->value.span, S("none is a profile, too"), "profile needs at least one name");
}

static void read_selectors(ConfigReader *r, const Entry *entry, WordList *out) {
    Texts texts = read_texts(r, entry, "a source or a rule", false);
    for (uint32_t i = 0; i < texts.nodes.n; i++) {
        Str word = scalar_text(r, texts.nodes.at[i]);
        check_selector(r, entry->key, word, texts.nodes.at[i]->span);
        ARRAY_PUSH(r->store->arena, out, word);
    }
}

static void read_severities(ConfigReader *r, const Entry *entry, SettingsLayer *layer) {
    if (!is_map(r, entry->key, &entry->value, "rules with their severities")) return;
    for (uint32_t i = 0; i < entry->value.count && !has_enough(r); i++) {
        const Entry *change = &entry->value.entries[i];
        check_selector(r, entry->key, change->key, change->keySpan);
        bool off = change->value.kind == NODE_BOOL && change->value.text.at[0] == 'f';
        int severity = off ? SEVERITY_OFF
                           : read_word(r, str_format(r->store->arena, "the severity of %.*s", TEXT(change->key)), &change->value,
                                       severity_words, COUNT(severity_words));
        if (severity < 0) continue;
        SeverityChange made = {change->key, (uint8_t)severity, line_of(r, change->keySpan)};
        ARRAY_PUSH(r->store->arena, &layer->severities, made);
    }
}

/* What a parameter's value has to be, by its default in JSON. */
static const char *parameter_form(Str json, const Node *value) {
    char first = json.len ? json.at[0] : 'n';
    bool number = value->kind == NODE_INT || value->kind == NODE_FLOAT;
    if (first == '[') return value->kind == NODE_LIST ? NULL : "a list";
    if (first == '{') return value->kind == NODE_MAP ? NULL : "a map";
    if (first == '"') return value->kind == NODE_STRING ? NULL : "text";
    if (first == 't' || first == 'f') return value->kind == NODE_BOOL ? NULL : "true or false";
    return first == 'n' || number ? NULL : "a number";
}

static void read_parameter(ConfigReader *r, const Rule *rule, const Entry *entry, SettingsLayer *layer) {
    Near near = near_start(entry->key);
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        const RuleParameter parameter = rule_parameter(rule, i);
        if (str_eq(parameter.name, entry->key)) {
            const char *form = parameter_form(parameter.value, &entry->value);
            if (form)
                fault(r, entry->value.span, str_format(r->store->arena, "its default is %.*s", TEXT(parameter.value)),
                      "%.*s of %.*s has to be %s", TEXT(entry->key), TEXT(rule->name), form);
            ParameterChange change = {rule->name, parameter.name, &entry->value, line_of(r, entry->keySpan)};
            ARRAY_PUSH(r->store->arena, &layer->parameters, change);
            return;
        }
        near_try(&near, parameter.name);
    }
    fault(r, entry->keySpan, near_question(r->store->arena, near.found), "the rule %.*s has no parameter \"%.*s\"",
          TEXT(rule->name), TEXT(entry->key));
}

static void read_parameters(ConfigReader *r, const Entry *entry, SettingsLayer *layer) {
    if (!is_map(r, entry->key, &entry->value, "rules with their parameters")) return;
    for (uint32_t i = 0; i < entry->value.count && !has_enough(r); i++) {
        const Entry *of = &entry->value.entries[i];
        const Rule *rule = rule_set_named(&r->config->set, of->key);
        note_renamed(r->store, of->key);
        if (!rule)
            fault(r, of->keySpan, near_question(r->store->arena, selection_near(&r->config->set, of->key)),
                  "there is no rule \"%.*s\"", TEXT(of->key));
        else if (is_map(r, of->key, &of->value, "parameters"))
            for (uint32_t j = 0; j < of->value.count; j++) read_parameter(r, rule, &of->value.entries[j], layer);
    }
}

static void read_closed_world(ConfigReader *r, const Entry *entry, SettingsLayer *layer) {
    layer->closedWorld = entry->value.kind == NODE_BOOL && entry->value.text.at[0] == 't';
    if (entry->value.kind != NODE_BOOL) fault(r, entry->value.span, S(""), "closed-world has to be true or false");
}

static void read_globs(ConfigReader *r, const Entry *entry, Globs *out) {
    Texts texts = read_texts(r, entry, "a pattern of paths", false);
    for (uint32_t i = 0; i < texts.nodes.n; i++) {
        Str text = scalar_text(r, texts.nodes.at[i]);
        if (str_starts(text, S("./"))) text = str_slice(text, 1);
        if (str_starts(text, S("../")))
            fault(r, texts.nodes.at[i]->span, S("write it in a configuration further up"),
                  "patterns cannot leave the folder of the configuration");
        globs_add(out, r->store->arena, text);
    }
}

/* The path of a file that the configuration names. */
static Str path_of(const ConfigReader *r, Str name) {
    ptrdiff_t slash = str_rfind(r->source->name, '/');
    if (slash < 0 || name.at[0] == '/') return name;
    return str_join(r->store->arena, (Str){r->source->name.at, (size_t)slash + 1}, name);
}

static void read_rule_file(ConfigReader *r, const Node *name) {
    Arena *arena = r->store->arena;
    Source *source = NEW(arena, Source);
    Str path = arena_str(arena, path_of(r, scalar_text(r, name)));
    SourceError error = source_read(source, arena, path);
    if (error) {
        fault(r, name->span, S(""), "cannot read %.*s: %.*s", TEXT(path), TEXT(source_error_text(arena, error, errno)));
        return;
    }
    RuleFaults faults = {.arena = arena};
    rule_file_read(&r->config->rules, &faults, source, false);
    for (uint32_t i = 0; i < faults.items.n; i++)
        add_fault(r->store, source, faults.items.at[i].span, faults.items.at[i].message, faults.items.at[i].help);
}

/* Rules are read first: everything else may name them. */
static void read_rules(ConfigReader *r, const Node *root) {
    const Entry *entry = node_entry(root, S("rules"));
    if (entry) {
        Texts texts = read_texts(r, entry, "the name of a file", false);
        for (uint32_t i = 0; i < texts.nodes.n; i++) read_rule_file(r, texts.nodes.at[i]);
    }
    r->config->set = (RuleSet){r->config->rules.at, r->config->rules.n};
}

static void read_paths(ConfigReader *r, const Entry *entry, ConfigPaths *out) {
    Texts texts = read_texts(r, entry, "the name of a file or folder", false);
    for (uint32_t i = 0; i < texts.nodes.n; i++) {
        Str path = arena_str(r->store->arena, path_of(r, scalar_text(r, texts.nodes.at[i])));
        if (access(path.at, R_OK) != 0)
            fault(r, texts.nodes.at[i]->span, S(""), "cannot read %.*s: %s", TEXT(path), strerror(errno));
        else
            ARRAY_PUSH(r->store->arena, out, (ConfigPath){path, r->source->name});
    }
}

static int index_of(Str name, const char *const *names, int count) {
    for (int i = 0; i < count; i++)
        if (str_eq(name, str_of(names[i]))) return i;
    return -1;
}

static const char *const pod_forms[] = {"template", "spec", "container"};

/* Whether a path has names with dots between them, and [] only behind a name. */
static bool is_pod_path(Str path) {
    bool named = false;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.at[i];
        if (c == '.' && (!i || path.at[i - 1] == '.' || i + 1 == path.len)) return false;
        if (c == '[' && (!named || i + 1 == path.len || path.at[i + 1] != ']')) return false;
        if (c == ']' && (!i || path.at[i - 1] != '[')) return false;
        named |= c != '.';
    }
    return true;
}

/* A place where pods stand in custom resources. */
static void read_pod_place(ConfigReader *r, const Node *node) {
    static const char *const keys[] = {"apiVersion", "kind", "path", "as"};
    Str texts[COUNT(keys)] = {{0}};
    if (!is_map(r, S("a place of pods"), node, "apiVersion, kind, path and as")) return;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        int key = index_of(entry->key, keys, COUNT(keys));
        if (key < 0)
            fault(r, entry->keySpan, near_question(r->store->arena, near_word(entry->key, keys, COUNT(keys))),
                  "a place of pods has no \"%.*s\"", TEXT(entry->key));
        else if (entry->value.kind != NODE_STRING)
            fault(r, entry->value.span, S(""), "%s has to be text", keys[key]);
        else
            texts[key] = entry->value.text;
    }
    for (size_t i = 0; i < COUNT(keys); i++)
        if (!texts[i].at && !node_entry(node, str_of(keys[i]))) fault(r, node->span, S(""), "a place of pods needs %s", keys[i]);
    if (!texts[0].len || !texts[1].len || !texts[2].len || !texts[3].at) return;
    int form = read_word(r, S("as"), node_get(node, S("as")), pod_forms, COUNT(pod_forms));
    if (form < 0) return;
    if (!is_pod_path(texts[2])) {
        fault(r, node_get(node, S("path"))->span, S("write spec.template, or spec.groups[].template for the items of a list"),
              "\"%.*s\" is no path", TEXT(texts[2]));
        return;
    }
    PodPlaceRule place = {texts[0], texts[1], texts[2], (uint8_t)form};
    ARRAY_PUSH(r->store->arena, &r->store->pods, place);
}

static void read_pods(ConfigReader *r, const Entry *entry) {
    if (entry->value.kind != NODE_LIST) {
        fault(r, entry->value.span, S("- {apiVersion: example.com/v1, kind: Shop, path: spec.template, as: template}"),
              "pods has to be a list");
        return;
    }
    for (uint32_t i = 0; i < entry->value.count && !has_enough(r); i++) read_pod_place(r, &entry->value.items[i]);
}

static void read_setting(ConfigReader *r, SettingKey key, const Entry *entry, SettingsLayer *layer) {
    int word;
    layer->line[key] = line_of(r, entry->keySpan);
    switch (key) {
    case SETTING_KUBERNETES_VERSION: read_versions(r, entry, layer); break;
    case SETTING_POD_SECURITY: read_pod_security(r, entry, layer); break;
    case SETTING_PROFILE: read_profiles(r, entry, layer); break;
    case SETTING_SELECT: read_selectors(r, entry, &layer->selection.select); break;
    case SETTING_ENABLE: read_selectors(r, entry, &layer->selection.enable); break;
    case SETTING_IGNORE: read_selectors(r, entry, &layer->selection.ignore); break;
    case SETTING_SEVERITY: read_severities(r, entry, layer); break;
    case SETTING_PARAMETERS: read_parameters(r, entry, layer); break;
    case SETTING_CLOSED_WORLD: read_closed_world(r, entry, layer); break;
    case SETTING_FAIL_ON:
        if ((word = read_word(r, entry->key, &entry->value, fail_words, COUNT(fail_words))) >= 0) layer->failOn = (uint8_t)word;
        break;
    case SETTING_AS:
        if ((word = read_word(r, entry->key, &entry->value, as_words, COUNT(as_words))) >= 0) layer->as = (uint8_t)word;
        break;
    case SETTING_COUNT: break;
    }
}

/* The keys that stand beside the settings, at the top or in an override. */
enum { KEY_INCLUDE, KEY_EXCLUDE, KEY_OVERRIDES, KEY_RULES, KEY_POLICIES, KEY_CRDS, KEY_PODS, KEY_PATHS, OTHER_KEYS };

static const char *const other_names[OTHER_KEYS] = {"include",  "exclude", "overrides", "rules",
                                                    "policies", "crds",    "pods",      "paths"};

static void unknown_key(ConfigReader *r, const Entry *entry) {
    const char *names[SETTING_COUNT + OTHER_KEYS];
    size_t count = 0;
    for (int i = 0; i < SETTING_COUNT; i++) names[count++] = setting_names[i];
    for (int i = 0; i < OTHER_KEYS; i++)
        if ((i == KEY_PATHS) == r->isOverride) names[count++] = other_names[i];
    fault(r, entry->keySpan, near_question(r->store->arena, near_word(entry->key, names, count)), "there is no setting \"%.*s\"",
          TEXT(entry->key));
}

static void read_override(ConfigReader *r, const Node *node) {
    Override override = {.layer = {.file = r->source->name, .isOverride = true}};
    if (!is_map(r, S("an override"), node, "paths and settings")) return;
    if (!node_entry(node, S("paths"))) fault(r, node->span, S("paths: [\"tests/**\"]"), "an override needs paths");
    r->isOverride = true;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        int setting = index_of(entry->key, setting_names, SETTING_COUNT), other = index_of(entry->key, other_names, OTHER_KEYS);
        if (setting >= 0)
            read_setting(r, (SettingKey)setting, entry, &override.layer);
        else if (other == KEY_PATHS)
            read_globs(r, entry, &override.paths);
        else if (other >= 0)
            fault(r, entry->keySpan, S(""), "%s stands at the top of a configuration, not in an override", other_names[other]);
        else
            unknown_key(r, entry);
    }
    r->isOverride = false;
    ARRAY_PUSH(r->store->arena, &r->config->overrides, override);
}

static void read_overrides(ConfigReader *r, const Entry *entry) {
    if (entry->value.kind != NODE_LIST) {
        fault(r, entry->value.span, S("- paths: [\"tests/**\"]"), "overrides has to be a list");
        return;
    }
    for (uint32_t i = 0; i < entry->value.count && !has_enough(r); i++) read_override(r, &entry->value.items[i]);
}

static void read_root(ConfigReader *r, const Node *root) {
    if (root->kind == NODE_NULL) return;
    if (!is_map(r, S("a configuration"), root, "settings")) return;
    read_rules(r, root);
    for (uint32_t i = 0; i < root->count && !has_enough(r); i++) {
        const Entry *entry = &root->entries[i];
        int setting = index_of(entry->key, setting_names, SETTING_COUNT);
        if (setting >= 0) {
            read_setting(r, (SettingKey)setting, entry, &r->config->layer);
            continue;
        }
        switch (index_of(entry->key, other_names, OTHER_KEYS)) {
        case KEY_INCLUDE: read_globs(r, entry, &r->config->include); break;
        case KEY_EXCLUDE: read_globs(r, entry, &r->config->exclude); break;
        case KEY_OVERRIDES: read_overrides(r, entry); break;
        case KEY_RULES: break;
        case KEY_POLICIES: read_paths(r, entry, &r->store->policies); break;
        case KEY_CRDS: read_paths(r, entry, &r->store->crds); break;
        case KEY_PODS: read_pods(r, entry); break;
        case KEY_PATHS: fault(r, entry->keySpan, S(""), "paths stands in an override, not at the top of a configuration"); break;
        default: unknown_key(r, entry);
        }
    }
}

/* What the reader says of broken YAML; true if nothing can be made of the document. */
static bool read_faults(ConfigReader *r, const NodeDocument *document) {
    DiagList list = {.arena = r->store->arena};
    model_faults(&list, document);
    for (uint32_t i = 0; i < list.items.n; i++) {
        const Diag *diag = &list.items.at[i];
        add_fault(r->store, r->source, diag->span, diag->message,
                  diag->rule == &rules[RULE_duplicate_key] ? S("keep one of the two") : diag->help);
    }
    return !document->readable || list.items.n;
}

static void read_text(ConfigReader *r) {
    NodeReader reader = {.source = r->source};
    NodeDocument document, more;
    if (!node_next(&reader, r->store->arena, &document) || read_faults(r, &document)) return;
    read_root(r, document.root);
    if (node_next(&reader, r->store->arena, &more))
        fault(r, (Span){more.span.at, more.span.at + 1}, S(""), "a configuration is one document, and here starts another");
}

static int by_place(const void *left, const void *right) {
    const ConfigFault *a = left, *b = right;
    int order = str_cmp(a->source->name, b->source->name);
    return order ? order : (a->span.at > b->span.at) - (a->span.at < b->span.at);
}

static void init_config(ConfigStore *store, Config *config, Str base) {
    *config = (Config){.base = str_ends(base, S("/")) ? base : str_join(store->arena, base, S("/"))};
    for (uint32_t i = 0; i < store->rules.n; i++) ARRAY_PUSH(store->arena, &config->rules, store->rules.at[i]);
    config->set = (RuleSet){config->rules.at, config->rules.n};
}

static Config *read_config(ConfigStore *store, Str name, Str base) {
    Config *config = NEW(store->arena, Config);
    uint32_t before = store->faults.n;
    init_config(store, config, base);
    config->source = NEW(store->arena, Source);
    config->layer.file = name;
    ARRAY_PUSH(store->arena, &store->configs, config);
    SourceError error = source_read(config->source, store->arena, name);
    ConfigReader reader = {.store = store, .config = config, .source = config->source};
    if (error)
        fault(&reader, (Span){0}, S(""), "cannot be read: %.*s", TEXT(source_error_text(store->arena, error, errno)));
    else
        read_text(&reader);
    if (store->faults.n == before) return config;
    qsort(store->faults.at + before, store->faults.n - before, sizeof(ConfigFault), by_place);
    config->layer = (SettingsLayer){.file = name};
    config->overrides.n = 0;
    return config;
}

/* Finding */

static Folder *add_folder(ConfigStore *store, Str name, Str real) {
    Folder **bucket = &store->buckets[str_hash(name) % BUCKETS], *folder = NEW(store->arena, Folder);
    *folder = (Folder){*bucket, arena_str(store->arena, name), arena_str(store->arena, real), NULL};
    return *bucket = folder;
}

static Folder *known_folder(ConfigStore *store, Str name) {
    Folder *folder = store->buckets[str_hash(name) % BUCKETS];
    while (folder && !str_eq(folder->name, name)) folder = folder->next;
    return folder;
}

/* The configuration in a folder, by its real path; NULL if it has none. */
static Config *config_in(ConfigStore *store, Str real) {
    static const char *const names[] = {".podlint.yaml", ".podlint.yml"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct stat st;
        Str path = str_format(store->arena, "%.*s%s%s", TEXT(real), str_ends(real, S("/")) ? "" : "/", names[i]);
        if (stat(arena_cstr(store->arena, path), &st) != 0) continue;
        Str other = str_join(store->arena, (Str){path.at, path.len - strlen(names[i])}, str_of(names[COUNT(names) - 1]));
        if (i + 1 < COUNT(names) && stat(arena_cstr(store->arena, other), &st) == 0)
            ARRAY_PUSH(store->arena, &store->passedOver, input_relative(store->arena, ".", other));
        return read_config(store, input_relative(store->arena, ".", path), real);
    }
    return NULL;
}

/* The folder of a real path, with the nearest configuration in it or above. */
static Folder *real_folder(ConfigStore *store, Str real) {
    Folder *folder = known_folder(store, real);
    if (folder) return folder;
    folder = add_folder(store, real, real);
    folder->config = config_in(store, folder->name);
    if (folder->config || real.len <= 1) return folder;
    ptrdiff_t slash = str_rfind(real, '/');
    folder->config = real_folder(store, slash > 0 ? (Str){real.at, (size_t)slash} : S("/"))->config;
    return folder;
}

static Folder *folder_of(ConfigStore *store, Str path) {
    ptrdiff_t slash = str_rfind(path, '/');
    Str name = slash < 0 ? S(".") : slash == 0 ? S("/") : (Str){path.at, (size_t)slash};
    Folder *folder = known_folder(store, name);
    if (folder) return folder;
    Str real = real_path(store->arena, arena_cstr(store->arena, name));
    folder = real_folder(store, real.at ? real : store->here);
    if (!str_eq(folder->name, name)) {
        Folder *named = add_folder(store, name, folder->real);
        named->config = folder->config;
        folder = named;
    }
    return folder;
}

/* The configuration of a path, and in `relative`, if it is asked for, the path as its patterns see it. */
static Config *config_of(ConfigStore *store, Str path, const char **relative) {
    if (store->only && !relative) return store->only;
    const Folder *folder = folder_of(store, path);
    Config *config = store->only ? store->only : folder->config ? folder->config : &store->nothing;
    if (!relative) return config;
    Str name = str_slice(path, (size_t)(str_rfind(path, '/') + 1));
    Str full = str_format(store->arena, "%.*s%s%.*s", TEXT(folder->real), str_ends(folder->real, S("/")) ? "" : "/", TEXT(name));
    *relative = arena_cstr(store->arena, str_slice(full, str_starts(full, config->base) ? config->base.len : 1));
    return config;
}

ConfigStore *config_store(Arena *arena, const SettingsLayer *commandLine, RuleList more, const char *file, bool none) {
    ConfigStore *store = NEW(arena, ConfigStore);
    Str here = real_path(arena, ".");
    *store = (ConfigStore){.arena = arena, .commandLine = commandLine, .rules = more};
    store->here = here.at ? here : S("/");
    init_config(store, &store->nothing, store->here);
    if (none) store->only = &store->nothing;
    if (file) store->only = read_config(store, str_of(file), store->here);
    return store;
}

Str config_name(ConfigStore *store, Str path) {
    return config_of(store, path, NULL)->layer.file;
}

const ConfigPaths *config_policies(const ConfigStore *store) {
    return &store->policies;
}

PodPlaceRules config_pods(const ConfigStore *store) {
    return (PodPlaceRules){store->pods.at, store->pods.n};
}

const ConfigPaths *config_crds(const ConfigStore *store) {
    return &store->crds;
}

const ConfigFault *config_faults(const ConfigStore *store, uint32_t *count) {
    *count = store->faults.n;
    return store->faults.at;
}

bool config_leaves_out(void *store, Str path, bool directory) {
    const Config *config = config_of(store, path, NULL);
    const char *relative;
    if (!config->exclude.items.n && !config->include.items.n) return false;
    config_of(store, path, &relative);
    if (globs_cover(&config->exclude, relative, directory)) return true;
    return !directory && config->include.items.n && !globs_cover(&config->include, relative, false);
}

/* Effect */

/* Which overrides name a path; all false for standard input. */
static bool *named_overrides(ConfigStore *store, const Config *config, Str path) {
    const char *relative;
    bool *named = NEW_ARRAY(store->arena, bool, config->overrides.n + 1);
    if (!config->overrides.n || str_eq(path, S("-"))) return named;
    config_of(store, path, &relative);
    for (uint32_t i = 0; i < config->overrides.n; i++) named[i] = globs_cover(&config->overrides.at[i].paths, relative, false);
    return named;
}

static const FileSettings *resolve(ConfigStore *store, Config *config, const bool *named, SettingsTrace *trace) {
    const SettingsLayer **layers = NEW_ARRAY(store->arena, const SettingsLayer *, config->overrides.n + 2);
    uint32_t count = 0;
    layers[count++] = &config->layer;
    for (uint32_t i = 0; i < config->overrides.n; i++)
        if (named[i]) layers[count++] = &config->overrides.at[i].layer;
    layers[count++] = store->commandLine;
    return settings_resolve(store->arena, layers, count, &config->set, trace);
}

const FileSettings *config_settings(ConfigStore *store, Str path, SettingsTrace *trace) {
    Config *config = config_of(store, path, NULL);
    bool *named = named_overrides(store, config, path);
    if (trace) return resolve(store, config, named, trace);
    for (const Variant *variant = config->variants; variant; variant = variant->next)
        if (memcmp(variant->named, named, config->overrides.n) == 0) return variant->settings;
    Variant *variant = NEW(store->arena, Variant);
    *variant = (Variant){config->variants, named, resolve(store, config, named, NULL)};
    config->variants = variant;
    return variant->settings;
}

static bool known_anywhere(const ConfigStore *store, Str word) {
    bool known = selection_knows(&store->nothing.set, word);
    for (uint32_t i = 0; i < store->configs.n && !known; i++) known = selection_knows(&store->configs.at[i]->set, word);
    return known;
}

bool config_unknown_word(const ConfigStore *store, SettingKey *key, Str *word, Str *near) {
    const Selection *selection = &store->commandLine->selection;
    const struct {
        SettingKey key;
        const WordList *words;
    } lists[] = {
        {SETTING_SELECT, &selection->select}, {SETTING_ENABLE, &selection->enable}, {SETTING_IGNORE, &selection->ignore}};
    for (size_t i = 0; i < COUNT(lists); i++)
        for (uint32_t j = 0; j < lists[i].words->n; j++) {
            if (known_anywhere(store, lists[i].words->at[j])) continue;
            *key = lists[i].key;
            *word = lists[i].words->at[j];
            *near = selection_near(&store->nothing.set, *word);
            return true;
        }
    return false;
}

const Str *config_renamed(ConfigStore *store, uint32_t *count) {
    const Selection *selection = &store->commandLine->selection;
    const WordList *lists[] = {&selection->select, &selection->enable, &selection->ignore};
    for (size_t i = 0; i < COUNT(lists); i++)
        for (uint32_t j = 0; j < lists[i]->n; j++) note_renamed(store, lists[i]->at[j]);
    *count = store->renamed.n;
    return store->renamed.at;
}

const Str *config_passed_over(const ConfigStore *store, uint32_t *count) {
    *count = store->passedOver.n;
    return store->passedOver.at;
}
