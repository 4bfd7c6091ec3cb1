#include "setting_options.h"

#include <errno.h>

#include "base/visible.h"
#include "explain/rule.h"
#include "report/report.h"

/* What stands behind the last comma. */
static Str last_word(Str list) {
    return str_slice(list, (size_t)(str_rfind(list, ',') + 1));
}

void list_rules(Choices *out) {
    for (uint16_t i = 0; i < rule_count; i++)
        if (str_starts(rules[i].name, last_word(out->typed)))
            choice_add(out, rules[i].name.at, i, arena_cstr(out->arena, rule_title(out->arena, &rules[i])));
}

void list_profiles(Choices *out) {
    for (int i = 0; i < PROFILE_COUNT; i++) choice_add(out, profile_names[i], i, NULL);
}

void list_levels(Choices *out) {
    for (int i = 0; i < POD_SECURITY_LEVELS; i++) choice_add(out, pod_security_levels[i], i, NULL);
}

void list_severities(Choices *out) {
    choice_add(out, fail_words[SEVERITY_ERROR], SEVERITY_ERROR, "default");
    choice_add(out, fail_words[SEVERITY_WARNING], SEVERITY_WARNING, NULL);
    choice_add(out, fail_words[SEVERITY_INFO], SEVERITY_INFO, NULL);
    choice_add(out, fail_words[FAIL_NEVER], FAIL_NEVER, NULL);
}

static bool take_versions(const Command *command, SettingsLayer *layer, Arena *arena, const char *value) {
    WordList words = {0};
    selection_add(arena, &words, str_of(value));
    layer->minorCount = 0;
    for (uint32_t i = 0; i < words.n; i++) {
        uint8_t minor, last;
        if (!settings_versions(words.at[i], &minor, &last)) {
            usage_error(command,
                        "--kubernetes-version takes versions from 1.%d to 1.%d, and ranges such as 1.34..1.%d, not \"%.*s\"",
                        VERSION_OLDEST_TARGET, VERSION_LAST, VERSION_LAST, TEXT(words.at[i]));
            return false;
        }
        for (; minor <= last; minor++) settings_add_version(layer, minor);
    }
    return words.n || parse_version(command, value) >= 0;
}

static bool take_pod_security(const Command *command, SettingsLayer *layer, Arena *arena, const char *value) {
    bool versionWrong;
    Str text = str_of(value);
    if (settings_pod_security(text, &layer->podSecurity, &versionWrong)) return true;
    ptrdiff_t colon = str_find(text, ':');
    if (versionWrong)
        usage_error(command, "--pod-security takes the versions v1.0 to v1.%d and latest, not \"%s\"", VERSION_LAST,
                    value + colon + 1);
    else
        choose(command, "pod-security", arena_cstr(arena, colon < 0 ? text : (Str){value, (size_t)colon}), list_levels);
    return false;
}

static bool take_profiles(const Command *command, SettingsLayer *layer, Arena *arena, const char *value) {
    WordList words = {0};
    selection_add(arena, &words, str_of(value));
    for (uint32_t i = 0; i < words.n; i++) {
        int number = choose(command, "profile", arena_cstr(arena, words.at[i]), list_profiles);
        if (number < 0) return false;
        layer->selection.profiles |= (uint8_t)(1u << number);
    }
    return true;
}

/* Reads a file of the user's rules and tells what is wrong with it; false if anything is. */
static bool load_rules(RuleList *out, Arena *arena, const char *name) {
    Source *source = NEW(arena, Source);
    SourceError error = source_read(source, arena, str_of(name));
    if (error) {
        Str reason = source_error_text(arena, error, errno);
        tell_error("podlint: cannot read %s: %.*s", name, (int)reason.len, reason.at);
        return false;
    }
    RuleFaults faults = {.arena = arena};
    rule_file_read(out, &faults, source, false);
    for (uint32_t i = 0; i < faults.items.n; i++)
        report_fault(stderr, source, arena, faults.items.at[i].span, faults.items.at[i].message, faults.items.at[i].help);
    return !faults.items.n;
}

static bool take_fail_on(const Command *command, SettingsLayer *layer, const char *value) {
    int number = choose(command, "fail-on", value, list_severities);
    layer->failOn = (uint8_t)number;
    return number >= 0;
}

bool settings_take(const Command *command, CommandSettings *settings, Arena *arena, SettingOption option, const char *value) {
    static const int keys[SETTING_OPTION_COUNT] = {
        [OPTION_CONFIG] = -1,
        [OPTION_NO_CONFIG] = -1,
        [OPTION_PROFILE] = SETTING_PROFILE,
        [OPTION_SELECT] = SETTING_SELECT,
        [OPTION_ENABLE] = SETTING_ENABLE,
        [OPTION_IGNORE] = SETTING_IGNORE,
        [OPTION_RULES] = -1,
        [OPTION_CLOSED_WORLD] = SETTING_CLOSED_WORLD,
        [OPTION_VERSION] = SETTING_KUBERNETES_VERSION,
        [OPTION_POD_SECURITY] = SETTING_POD_SECURITY,
        [OPTION_FAIL_ON] = SETTING_FAIL_ON,
    };
    SettingsLayer *layer = &settings->layer;
    if (keys[option] >= 0) layer->line[keys[option]] = 1;
    switch (option) {
    case OPTION_CONFIG: settings->config = value; return true;
    case OPTION_NO_CONFIG: settings->noConfig = true; return true;
    case OPTION_PROFILE: return take_profiles(command, layer, arena, value);
    case OPTION_SELECT: selection_add(arena, &layer->selection.select, str_of(value)); return true;
    case OPTION_ENABLE: selection_add(arena, &layer->selection.enable, str_of(value)); return true;
    case OPTION_IGNORE: selection_add(arena, &layer->selection.ignore, str_of(value)); return true;
    case OPTION_RULES: return load_rules(&settings->rules, arena, value);
    case OPTION_CLOSED_WORLD: return layer->closedWorld = true;
    case OPTION_VERSION: return take_versions(command, layer, arena, value);
    case OPTION_POD_SECURITY: return take_pod_security(command, layer, arena, value);
    case OPTION_FAIL_ON: return take_fail_on(command, layer, value);
    case SETTING_OPTION_COUNT: break;
    }
    return true;
}

ConfigStore *settings_open(const CommandSettings *settings, Arena *arena) {
    return config_store(arena, &settings->layer, settings->rules, settings->config, settings->noConfig);
}

bool settings_good(const Command *command, ConfigStore *store) {
    Arena arena = {0};
    uint32_t count;
    const ConfigFault *faults = config_faults(store, &count);
    SettingKey key;
    Str word, near;
    for (uint32_t i = 0; i < count; i++)
        report_fault(stderr, faults[i].source, &arena, faults[i].span, faults[i].message, faults[i].help);
    bool good = !count && !config_unknown_word(store, &key, &word, &near);
    if (!count && !good)
        usage_error(command, "--%s: there is no source or rule \"%.*s\"%s%.*s%s", setting_names[key], (int)word.len, word.at,
                    near.len ? "; did you mean \"" : "", (int)near.len, near.at, near.len ? "\"?" : "");
    const Str *passedOver = config_passed_over(store, &count);
    for (uint32_t i = 0; i < count; i++)
        tell_error("podlint: %.*s is not read, because .podlint.yaml stands beside it; keep one of the two", TEXT(passedOver[i]));
    const Str *renamed = config_renamed(store, &count);
    for (uint32_t i = 0; i < count; i++)
        tell_error("podlint: the rule %.*s is now called %.*s; its former name still works", TEXT(renamed[i]),
                   TEXT(rule_named(renamed[i])->name));
    arena_free(&arena);
    return good;
}
