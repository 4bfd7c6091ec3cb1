#include "settings.h"

#include "model/rule_text.h"

static bool has(const json_t *value, const char *const *path) {
    for (; *path; path++) value = json_object_get(value, *path);
    return json_is_true(value) || json_is_object(value);
}

#define HAS(...) has(capabilities, (const char *const[]){__VA_ARGS__, NULL})

/* Whether a list of the client has a word. */
static bool lists(const json_t *list, Str word) {
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_text(json_array_get(list, i)), word)) return true;
    return false;
}

static bool can_indent(const json_t *completion) {
    const json_t *modes = json_object_get(json_below(completion, "completionItem", "insertTextModeSupport"), "valueSet");
    for (size_t i = 0; i < json_array_size(modes); i++)
        if (json_integer_value(json_array_get(modes, i)) == ADJUST_INDENTATION) return true;
    return json_integer_value(json_object_get(completion, "insertTextMode")) == ADJUST_INDENTATION;
}

void client_read(Client *client, const json_t *params) {
    const json_t *capabilities = json_object_get(params, "capabilities");
    const json_t *encodings = json_below(capabilities, "general", "positionEncodings");
    const json_t *publish = json_below(capabilities, "textDocument", "publishDiagnostics");
    const json_t *actions = json_below(capabilities, "textDocument", "codeAction");
    *client = (Client){
        .units = lists(encodings, S("utf-8"))    ? UNITS_UTF8
                 : lists(encodings, S("utf-32")) ? UNITS_UTF32
                                                 : UNITS_UTF16,
        .versionedDiagnostics = json_is_true(json_object_get(publish, "versionSupport")),
        .related = json_is_true(json_object_get(publish, "relatedInformation")),
        .codeDescriptions = json_is_true(json_object_get(publish, "codeDescriptionSupport")),
        .tags = json_is_object(json_object_get(publish, "tagSupport")),
        .snippets = HAS("textDocument", "completion", "completionItem", "snippetSupport"),
        .indents = can_indent(json_below(capabilities, "textDocument", "completion")),
        .hierarchical = HAS("textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"),
        .workDone = HAS("window", "workDoneProgress"),
        .watches = HAS("workspace", "didChangeWatchedFiles", "dynamicRegistration"),
        .registersConfiguration = HAS("workspace", "didChangeConfiguration", "dynamicRegistration"),
        .configuration = HAS("workspace", "configuration"),
        .resolvesEdits = lists(json_below(actions, "resolveSupport", "properties"), S("edit")),
        .documentChanges = HAS("workspace", "workspaceEdit", "documentChanges"),
        .lenses = true,
        .process = (pid_t)json_integer_value(json_object_get(params, "processId")),
    };
    const json_t *formats = json_object_get(json_below(capabilities, "textDocument", "hover"), "contentFormat");
    client->markdown = !formats || lists(formats, S("markdown"));
    if (client->process < 0) client->process = 0;
}

void client_register(Server *s) {
    json_t *list = json_array();
    if (s->client.watches) {
        json_t *watchers = json_pack("[{s:s},{s:s},{s:s}]", "globPattern", "**/*.{yaml,yml,json}", "globPattern",
                                     "**/.podlint.{yaml,yml}", "globPattern", "**/Kustomization");
        json_array_append_new(list, json_pack("{s:s,s:s,s:{s:o}}", "id", "podlint-files", "method",
                                              "workspace/didChangeWatchedFiles", "registerOptions", "watchers", watchers));
    }
    if (s->client.registersConfiguration)
        json_array_append_new(list, json_pack("{s:s,s:s,s:{s:s}}", "id", "podlint-settings", "method",
                                              "workspace/didChangeConfiguration", "registerOptions", "section", "podlint"));
    if (json_array_size(list))
        server_request(s, "client/registerCapability", json_pack("{s:o}", "registrations", list));
    else
        json_decref(list);
    if (s->client.configuration) client_ask_settings(s);
}

void client_ask_settings(Server *s) {
    server_request(s, "workspace/configuration", json_pack("{s:[{s:s}]}", "items", "section", "podlint"));
}

void client_answered(Server *s, Str id, const json_t *result) {
    if (str_starts(id, S("workspace/configuration#"))) settings_read(s, json_array_get(result, 0));
}

/* Settings */

/* The words of a value that is one or a list of them. */
static WordList words_of(Arena *arena, const json_t *value) {
    WordList out = {0};
    if (json_is_string(value)) selection_add(arena, &out, arena_str(arena, json_text(value)));
    for (size_t i = 0; i < json_array_size(value); i++) {
        Str word = json_text(json_array_get(value, i));
        if (word.len) ARRAY_PUSH(arena, &out, arena_str(arena, word));
    }
    return out;
}

static void take_selection(Server *s, const json_t *settings, const char *name, SettingKey key, WordList *out) {
    *out = words_of(&s->settings, json_object_get(settings, name));
    s->client.layer.line[key] = out->n > 0;
}

static void take_versions(SettingsLayer *layer, const WordList *words) {
    for (uint32_t i = 0; i < words->n; i++) {
        uint8_t from, to;
        if (!settings_versions(words->at[i], &from, &to)) continue;
        for (; from <= to; from++) settings_add_version(layer, from);
    }
    layer->line[SETTING_KUBERNETES_VERSION] = layer->minorCount > 0;
}

static void take_profiles(SettingsLayer *layer, const WordList *words) {
    for (uint32_t i = 0; i < words->n; i++)
        for (int profile = 0; profile < PROFILE_COUNT; profile++)
            if (str_eq(words->at[i], str_of(profile_names[profile]))) layer->selection.profiles |= (uint8_t)(1u << profile);
    layer->line[SETTING_PROFILE] = layer->selection.profiles != 0;
}

/* What the command line leaves open, the editor may say. */
static SettingsLayer merge(const SettingsLayer *strong, const SettingsLayer *weak) {
    SettingsLayer out = *strong;
    for (int key = 0; key < SETTING_COUNT; key++) {
        if (strong->line[key] || !weak->line[key]) continue;
        out.line[key] = weak->line[key];
        switch ((SettingKey)key) {
        case SETTING_KUBERNETES_VERSION:
            memcpy(out.minors, weak->minors, sizeof out.minors);
            out.minorCount = weak->minorCount;
            break;
        case SETTING_POD_SECURITY: out.podSecurity = weak->podSecurity; break;
        case SETTING_PROFILE: out.selection.profiles = weak->selection.profiles; break;
        case SETTING_SELECT: out.selection.select = weak->selection.select; break;
        case SETTING_ENABLE: out.selection.enable = weak->selection.enable; break;
        case SETTING_IGNORE: out.selection.ignore = weak->selection.ignore; break;
        case SETTING_CLOSED_WORLD: out.closedWorld = weak->closedWorld; break;
        default: break;
        }
    }
    return out;
}

void settings_read(Server *s, const json_t *settings) {
    if (json_is_object(json_object_get(settings, "podlint"))) settings = json_object_get(settings, "podlint");
    arena_reset(&s->settings);
    SettingsLayer *layer = &s->client.layer;
    *layer = (SettingsLayer){0};
    WordList versions = words_of(&s->settings, json_object_get(settings, "kubernetesVersion"));
    WordList profiles = words_of(&s->settings, json_object_get(settings, "profile"));
    take_versions(layer, &versions);
    take_profiles(layer, &profiles);
    take_selection(s, settings, "select", SETTING_SELECT, &layer->selection.select);
    take_selection(s, settings, "enable", SETTING_ENABLE, &layer->selection.enable);
    take_selection(s, settings, "ignore", SETTING_IGNORE, &layer->selection.ignore);
    bool versionWrong;
    Str level = json_text(json_object_get(settings, "podSecurity"));
    layer->line[SETTING_POD_SECURITY] = level.at && settings_pod_security(level, &layer->podSecurity, &versionWrong);
    const json_t *closed = json_object_get(settings, "closedWorld");
    layer->closedWorld = json_is_true(closed);
    layer->line[SETTING_CLOSED_WORLD] = json_is_boolean(closed);
    s->client.hints = json_is_true(json_object_get(settings, "inlayHints"));
    s->client.lenses = !json_is_false(json_object_get(settings, "codeLens"));
    s->layer = merge(&s->options->layer, layer);
    workspace_stale(s);
}
