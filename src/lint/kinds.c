/* Rules about objects that hold no pod: what they are, and what stands in those that pods use. */
#include "kinds.h"
#include "base/base64.h"
#include "secrets.h"

const Str config_maps[CONFIG_MAPS] = {STR("data"), STR("stringData"), STR("binaryData")};

bool is_config(const Document *document) {
    return model_is(document, KIND_ConfigMap) || model_is(document, KIND_Secret);
}

static const Str found_words[] = {STR("nothing"), STR("a boolean"), STR("a number"), STR("a number"),
                                  STR("text"),    STR("a list"),    STR("a map")};

/* A value that may be what its key says: not a path, a switch, a reference or a placeholder. */
static bool is_literal_secret(Str value) {
    if (value.len < 4 || str_find(value, '\n') >= 0 || str_find(value, ' ') >= 0 || str_find(value, '/') >= 0) return false;
    return !str_has(value, S("$")) && !str_has(value, S("<")) && !str_eq(value, S("true")) && !str_eq(value, S("false")) &&
           !str_is_digits(value);
}

/* The first line of a text that sets something with the name of a secret, as in password=... or password: ... */
static bool secret_line(Str text) {
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = str_trim((Str){text.at, end < 0 ? text.len : (size_t)end});
        text = end < 0 ? S("") : str_slice(text, (size_t)end + 1);
        size_t sign = 0;
        while (sign < line.len && line.at[sign] != '=' && line.at[sign] != ':') sign++;
        if (sign == 0 || sign == line.len || line.at[0] == '#') continue;
        Str name = str_trim((Str){line.at, sign}), value = str_trim(str_slice(line, sign + 1));
        while (value.len && (value.at[value.len - 1] == ',' || value.at[value.len - 1] == ';')) value.len--;
        if (value.len > 1 && (value.at[0] == '"' || value.at[0] == '\''))
            value = (Str){value.at + 1, value.len - (value.at[value.len - 1] == value.at[0] ? 2 : 1)};
        else if (str_find(value, '(') >= 0 || str_find(value, '[') >= 0)
            continue; /* code that gets it from elsewhere */
        if (is_literal_secret(value) && secret_setting(name, value)) return true;
    }
    return false;
}

/* What is secret in a value of a ConfigMap, in words; empty if nothing. */
static Str secret_in_config(Str key, Str value) {
    if (secret_private_key(value)) return S("holds a private key");
    if (secret_in_url(value).len) return S("has a password in an address");
    if (str_find(value, '\n') >= 0) return secret_line(value) ? S("sets a password or token") : S("");
    bool named = secret_name(key) && !secret_object_name(key, value), literal = is_literal_secret(value);
    return literal && (named || secret_setting(key, value)) ? S("reads like a credential") : S("");
}

void lint_config_secrets(Lint *lint, const Document *self, const Path *path) {
    const Node *map = model_is(self, KIND_ConfigMap) ? node_get(self->root, S("data")) : NULL;
    Path at = FIELD(path, "data");
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        const Entry *entry = &map->entries[i];
        Path key = path_field(&at, entry->key);
        Str how = entry->value.kind == NODE_STRING ? secret_in_config(entry->key, entry->value.text) : S("");
        if (how.len) emit_sensitive_configmap_content(lint->diags, lint_where_key(lint, &key), .key = entry->key, .how = how);
    }
}

/* Whether the value of a key is a word that programs take as it is, and not a file. */
static bool is_word_key(Str key) {
    static const Str words[] = {STR("user"),     STR("username"), STR("login"), STR("email"), STR("host"),
                                STR("hostname"), STR("url"),      STR("uri"),   STR("dsn"),   STR("endpoint"),
                                STR("database"), STR("region"),   STR("bucket")};
    if (str_find(key, '.') >= 0 || str_has(key, S("private")) || str_has(key, S("ssh"))) return false; /* files of keys */
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq_nocase(key, words[i])) return true;
    return secret_name(key);
}

/* Whether a value is one line with its line break. */
static bool ends_in_break(Str value) {
    return value.len > 1 && str_find(value, '\n') == (ptrdiff_t)value.len - 1 && value.at[0] > ' ';
}

void lint_secret_breaks(Lint *lint, const Document *self, const Path *path) {
    for (size_t m = 0; model_is(self, KIND_Secret) && m < 2; m++) {
        const Node *map = node_get(self->root, config_maps[m]);
        Path at = path_field(path, config_maps[m]);
        for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
            const Entry *entry = &map->entries[i];
            Str value = entry->value.text;
            if (entry->value.kind != NODE_STRING || !is_word_key(entry->key)) continue;
            if (m == 0 && !base64_decode(lint->arena, value, &value)) continue;
            Path key = path_key(&at, entry->key);
            if (ends_in_break(value))
                emit_secret_value_line_break(lint->diags, lint_where(lint, &key), .key = entry->key,
                                             .hint = m ? S("write the value on the line of its key, or |- instead of |")
                                                       : S("encode it without one, as printf %s VALUE | base64 does"));
        }
    }
}

/* Whether an API version is in a group of Kubernetes itself, and not of something installed besides. */
bool is_own_version(Str apiVersion) {
    Str group = schema_group(apiVersion);
    if (!group.len) return str_eq_nocase(apiVersion, S("v1"));
    for (uint16_t i = 0; i < schema_kind_count; i++)
        for (uint8_t j = 0; j < schema_kinds[i].versionCount; j++)
            if (str_eq_nocase(group, schema_group(schema_kinds[i].versions[j].apiVersion))) return true;
    return false;
}

static const KindVersion *find_version(const Kind *kind, Str apiVersion) {
    for (uint8_t i = 0; i < kind->versionCount; i++)
        if (str_eq(kind->versions[i].apiVersion, apiVersion)) return &kind->versions[i];
    return NULL;
}

void lint_removed_version(Lint *lint, const Document *self, const Path *path) {
    if (self->type || self->unreadable || !self->kind.len || !is_own_version(self->apiVersion)) return;
    const Kind *kind = schema_kind(self->kind);
    Path apiVersion = FIELD(path, "apiVersion");
    const KindVersion *version = kind ? find_version(kind, self->apiVersion) : NULL;
    if (version && version->removed && version->removed <= self->minor)
        emit_removed_api_version(lint->diags, lint_where(lint, &apiVersion),
                                 .since = str_format(lint->arena, "1.%d", version->removed), .kind = kind->name,
                                 .version = self->apiVersion, .right = schema_version_for(kind, self->minor));
}

/* Maps of texts in objects that are not decoded. */

static void look_at_texts(Lint *lint, const Node *map, const Path *path) {
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        const Entry *entry = &map->entries[i];
        Path key = path_key(path, entry->key);
        if (entry->value.kind != NODE_STRING && entry->value.kind != NODE_NULL)
            emit_label_not_text(lint->diags, lint_where(lint, &key), .key = entry->key, .map = path->name,
                                .found = found_words[entry->value.kind]);
    }
}

void lint_label_texts(Lint *lint, const Document *self, const Path *path) {
    if (self->type || self->unreadable || !is_own_version(self->apiVersion)) return;
    const Node *meta = node_get(self->root, S("metadata"));
    Path metaPath = FIELD(path, "metadata"), labels = FIELD(&metaPath, "labels"), annotations = FIELD(&metaPath, "annotations");
    look_at_texts(lint, node_get(meta, S("labels")), &labels);
    look_at_texts(lint, node_get(meta, S("annotations")), &annotations);
}

/* Single fields of such objects. */

static const Node *spec_of(const Document *document, uint16_t kind) {
    return model_is(document, kind) ? node_get(document->root, S("spec")) : NULL;
}

void lint_claim_class(Lint *lint, const Document *self, const Path *path) {
    const Node *spec = spec_of(self, KIND_PersistentVolumeClaim);
    Path at = FIELD(path, "spec");
    if (spec && !node_get(spec, S("storageClassName")))
        emit_claim_class_required(lint->diags, lint_where_key(lint, &at), .name = self->name);
}
