#include "settings.h"

const char *const as_words[TAKEN_COUNT] = {"found", "manifest", "partial", "template", "ignore"};

const char *const setting_names[SETTING_COUNT] = {
    "kubernetes-version", "pod-security", "profile",      "select",  "enable", "ignore",
    "severity",           "parameters",   "closed-world", "fail-on", "as",
};

const char *const severity_words[SEVERITY_ERROR + 2] = {SEVERITY_NAMES, "off"};
const char *const fail_words[FAIL_NEVER + 1] = {SEVERITY_NAMES, "never"};

/* Takes a number off the start of a text: digits without a leading zero, at most three. */
static bool take_number(Str *text, int *number) {
    size_t n = 0;
    for (*number = 0; n < text->len && n < 4 && is_digit(text->at[n]); n++) *number = *number * 10 + (text->at[n] - '0');
    bool good = n > 0 && n < 4 && (n == 1 || text->at[0] != '0');
    *text = str_slice(*text, n);
    return good;
}

/* What vendors and releases put behind a version: -eks-1a2b, -gke.1200, +k3s1, -rc.0, or + alone. */
static bool is_version_suffix(Str text) {
    if (!text.len || str_eq(text, S("+"))) return true;
    bool good = text.len > 1 && (text.at[0] == '-' || text.at[0] == '+');
    for (size_t i = 1; i < text.len && good; i++) {
        char c = text.at[i], before = text.at[i - 1];
        bool mark = c == '-' || c == '.' || c == '+';
        good = is_lower(c) || is_upper(c) || is_digit(c) || (mark && before != '.' && before != '+' && i + 1 < text.len);
    }
    return good;
}

bool settings_version(Str text, uint8_t *minor) {
    int number, patch;
    if (text.len && text.at[0] == 'v') text = str_slice(text, 1);
    if (!str_starts(text, S("1."))) return false;
    text = str_slice(text, 2);
    if (!take_number(&text, &number) || number < VERSION_OLDEST_TARGET || number > VERSION_LAST) return false;
    if (str_starts(text, S("."))) {
        text = str_slice(text, 1);
        if (!take_number(&text, &patch)) return false;
    }
    *minor = (uint8_t)number;
    return is_version_suffix(text);
}

bool settings_versions(Str text, uint8_t *from, uint8_t *to) {
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.at[i] != '.' || text.at[i + 1] != '.') continue;
        return settings_version((Str){text.at, i}, from) && settings_version(str_slice(text, i + 2), to) && *from <= *to;
    }
    bool good = settings_version(text, from);
    *to = *from;
    return good;
}

void settings_add_version(SettingsLayer *layer, uint8_t minor) {
    uint8_t i = layer->minorCount;
    if (memchr(layer->minors, minor, layer->minorCount) || layer->minorCount == MAX_VERSIONS) return;
    for (; i && layer->minors[i - 1] > minor; i--) layer->minors[i] = layer->minors[i - 1];
    layer->minors[i] = minor;
    layer->minorCount++;
}

bool settings_pod_security(Str text, PodSecurity *out, bool *versionWrong) {
    ptrdiff_t colon = str_find(text, ':');
    Str level = colon < 0 ? text : (Str){text.at, (size_t)colon},
        version = colon < 0 ? S("latest") : str_slice(text, (size_t)colon + 1);
    int64_t minor = POD_SECURITY_LATEST;
    uint8_t number = 0;
    while (number < POD_SECURITY_LEVELS && !str_eq(level, str_of(pod_security_levels[number]))) number++;
    *versionWrong = number < POD_SECURITY_LEVELS;
    if (number == POD_SECURITY_LEVELS) return false;
    if (!str_eq(version, S("latest"))) {
        if (version.len && version.at[0] == 'v') version = str_slice(version, 1);
        if (!str_starts(version, S("1.")) || !int_parse(str_slice(version, 2), 0, VERSION_LAST, &minor)) return false;
    }
    *out = (PodSecurity){number, (uint8_t)minor};
    return true;
}

/* Everything that is needed while layers are put on each other. */
typedef struct Resolver {
    Arena *arena;
    const SettingsLayer *const *layers;
    uint32_t count;
    const RuleSet *set;
    FileSettings *out;
    uint8_t *severity; /* of out */
    SettingsTrace *trace;
} Resolver;

/* The number of the last layer that says something of a setting, or -1; noted in the trace. */
static int last_layer(Resolver *r, SettingKey key) {
    int found = -1;
    for (uint32_t i = 0; i < r->count; i++)
        if (r->layers[i]->line[key]) found = (int)i;
    if (found >= 0) r->trace->keys[key] = (Origin){r->layers[found], r->layers[found]->line[key]};
    return found;
}

static void resolve_values(Resolver *r) {
    FileSettings *out = r->out;
    *out = (FileSettings){.minors = {VERSION_LAST},
                          .minorCount = 1,
                          .podSecurity.minor = POD_SECURITY_LATEST,
                          .failOn = SEVERITY_ERROR,
                          .rules = *r->set};
    int versions = last_layer(r, SETTING_KUBERNETES_VERSION), security = last_layer(r, SETTING_POD_SECURITY);
    int fail = last_layer(r, SETTING_FAIL_ON), closed = last_layer(r, SETTING_CLOSED_WORLD);
    int as = last_layer(r, SETTING_AS);
    if (versions >= 0) {
        out->minorCount = r->layers[versions]->minorCount;
        memcpy(out->minors, r->layers[versions]->minors, sizeof out->minors);
    }
    if (security >= 0) out->podSecurity = r->layers[security]->podSecurity;
    if (closed >= 0) out->closedWorld = r->layers[closed]->closedWorld;
    if (as >= 0) out->as = r->layers[as]->as;
    if (fail >= 0) out->failOn = r->layers[fail]->failOn;
}

static void switch_rules(Resolver *r, const WordList *words, bool on, Origin origin) {
    for (uint32_t i = 0; i < rule_set_count(r->set) && words->n; i++) {
        const Rule *rule = rule_set_at(r->set, i);
        for (uint32_t j = 0; j < words->n; j++) {
            if (!selection_names(r->set, rule, words->at[j])) continue;
            r->out->on[rule->number] = on;
            r->trace->rules[rule->number] = origin;
        }
    }
}

/* A severity leaves the origin of a rule's being off alone, which says more. */
static void change_severities(Resolver *r, const SettingsLayer *layer, bool mayBeOff) {
    for (uint32_t i = 0; i < layer->severities.n; i++) {
        const SeverityChange *change = &layer->severities.at[i];
        for (uint32_t j = 0; j < rule_set_count(r->set); j++) {
            const Rule *rule = rule_set_at(r->set, j);
            if (!selection_names(r->set, rule, change->word) || (change->severity == SEVERITY_OFF && !mayBeOff)) continue;
            if (change->severity == SEVERITY_OFF)
                r->out->on[rule->number] = false;
            else
                r->severity[rule->number] = change->severity;
            r->trace->rules[rule->number] = (Origin){layer, change->line};
        }
    }
}

/* The rules that a layer switches on and off. In a closed world some are worth hearing that no profile has. */
static void change_rules(Resolver *r, const SettingsLayer *layer) {
    static Str closedWords[] = {STR("env-var-value-from"), STR("volume-source-missing")};
    static const WordList closed = {closedWords, COUNT(closedWords), 0};
    if (layer->closedWorld) switch_rules(r, &closed, true, (Origin){layer, layer->line[SETTING_CLOSED_WORLD]});
    switch_rules(r, &layer->selection.enable, true, (Origin){layer, layer->line[SETTING_ENABLE]});
    switch_rules(r, &layer->selection.ignore, false, (Origin){layer, layer->line[SETTING_IGNORE]});
}

/* The profile and the selection of the strongest layers that have one, then the additions and removals of every layer that a
 * stronger selection does not make void. */
static void resolve_rules(Resolver *r) {
    uint32_t total = rule_set_count(r->set);
    int profile = last_layer(r, SETTING_PROFILE), select = last_layer(r, SETTING_SELECT);
    last_layer(r, SETTING_ENABLE);
    last_layer(r, SETTING_IGNORE);
    last_layer(r, SETTING_SEVERITY);
    last_layer(r, SETTING_PARAMETERS);
    Selection base = {.profiles = profile < 0 ? 0 : r->layers[profile]->selection.profiles};
    uint8_t *on = NEW_ARRAY(r->arena, uint8_t, total), *plain = NEW_ARRAY(r->arena, uint8_t, total);
    selection_resolve(plain, r->set, &base);
    if (select >= 0) base.select = r->layers[select]->selection.select;
    if (base.select.n)
        selection_resolve(on, r->set, &base);
    else
        memcpy(on, plain, total);
    for (uint32_t i = 0; i < base.select.n; i++) r->out->asWritten |= str_eq(base.select.at[i], S("server"));
    r->out->on = on;
    r->out->severity = r->severity = NEW_ARRAY(r->arena, uint8_t, total);
    r->trace->profiles = base.profiles;
    r->trace->profile = plain;
    for (uint32_t i = 0; i < total; i++) {
        const Rule *rule = rule_set_at(r->set, i);
        r->severity[rule->number] = rule->severity;
        r->trace->rules[rule->number] =
            on[rule->number] == plain[rule->number] ? r->trace->keys[SETTING_PROFILE] : r->trace->keys[SETTING_SELECT];
    }
    for (uint32_t i = 0; i < r->count; i++) {
        const SettingsLayer *layer = r->layers[i];
        bool counts = (int)i >= select;
        if (counts) change_rules(r, layer);
        change_severities(r, layer, counts);
    }
}

static void trace_parameter(Resolver *r, const LintParameter *parameter, Origin origin) {
    TracedParameter traced = {parameter->rule, parameter->name, parameter->value, origin};
    for (uint32_t i = 0; i < r->trace->parameters.n; i++) {
        TracedParameter *known = &r->trace->parameters.at[i];
        if (known->rule != parameter->rule || !str_eq(known->name, parameter->name)) continue;
        *known = traced;
        return;
    }
    ARRAY_PUSH(r->arena, &r->trace->parameters, traced);
}

static bool has_lint(const Resolver *r) {
    for (uint32_t i = 0; i < rule_set_count(r->set); i++) {
        const Rule *rule = rule_set_at(r->set, i);
        if (rule->source == FROM_LINT && r->out->on[rule->number]) return true;
    }
    return false;
}

/* Without a lint rule that is on nothing is compiled, and no object is looked at for others. */
static void prepare_lint(Resolver *r) {
    ARRAY(LintParameter) parameters = {0};
    for (uint32_t i = 0; i < r->count; i++)
        for (uint32_t j = 0; j < r->layers[i]->parameters.n; j++) {
            const ParameterChange *change = &r->layers[i]->parameters.at[j];
            const Rule *rule = rule_set_named(r->set, change->rule);
            if (!rule) continue;
            LintParameter parameter = {rule, change->name, value_of_node(change->value)};
            ARRAY_PUSH(r->arena, &parameters, parameter);
            trace_parameter(r, &parameter, (Origin){r->layers[i], change->line});
        }
    LintSettings lint = {.on = r->out->on,
                         .more = r->set->more,
                         .moreCount = r->set->moreCount,
                         .parameters = parameters.at,
                         .parameterCount = parameters.n};
    if (has_lint(r)) r->out->lint = lint_prepare(r->arena, &lint);
}

FileSettings *settings_resolve(Arena *arena, const SettingsLayer *const *layers, uint32_t count, const RuleSet *set,
                               SettingsTrace *trace) {
    SettingsTrace unused = {0};
    Resolver r = {.arena = arena,
                  .layers = layers,
                  .count = count,
                  .set = set,
                  .out = NEW(arena, FileSettings),
                  .trace = trace ? trace : &unused};
    r.trace->rules = NEW_ARRAY(arena, Origin, rule_set_count(set));
    resolve_values(&r);
    resolve_rules(&r);
    prepare_lint(&r);
    return r.out;
}
