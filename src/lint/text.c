/* Rules about how a manifest is written: what YAML or the server reads otherwise than its author meant. */
#include "check.h"
#include "secrets.h"

/* A scalar as it stands in the text; empty for what is not written there. */
static Str written(const Lint *lint, const Node *node) {
    const Source *source = lint->document->source;
    if (node->alias || node->span.end <= node->span.at || node->span.end > source->text.len) return S("");
    return (Str){source->text.at + node->span.at, node->span.end - node->span.at};
}

/* Walking scalars together with the fields that they are of. */

typedef struct ScalarWalk ScalarWalk;

struct ScalarWalk {
    Lint *lint;
    void (*look)(ScalarWalk *walk, const Field *field, const Node *node, const Path *path);
};

static void walk_object(ScalarWalk *walk, const Type *type, const Node *map, const Path *path);

static void walk_value(ScalarWalk *walk, const Field *field, const Node *node, const Path *path) {
    if (node->kind == NODE_LIST) {
        for (uint32_t i = 0; i < node->count; i++) {
            Path item = path_index(path, i);
            walk_value(walk, field, &node->items[i], &item);
        }
    } else if (node->kind == NODE_MAP && field->shape == SHAPE_MAP) {
        for (uint32_t i = 0; i < node->count; i++) {
            Path item = path_key(path, node->entries[i].key);
            if (node->entries[i].value.kind < NODE_LIST) walk->look(walk, field, &node->entries[i].value, &item);
        }
    } else if (node->kind == NODE_MAP && field->scalar == TYPE_OBJECT) {
        walk_object(walk, field->type, node, path);
    } else if (node->kind < NODE_LIST) {
        walk->look(walk, field, node, path);
    }
}

static void walk_object(ScalarWalk *walk, const Type *type, const Node *map, const Path *path) {
    for (uint32_t i = 0; i < map->count; i++) {
        const Field *field = schema_field(type, map->entries[i].key, map->entries[i].hash);
        Path at = path_field(path, map->entries[i].key);
        if (field && !str_eq(field->name, S("status"))) walk_value(walk, field, &map->entries[i].value, &at);
    }
}

static bool all_in(Str s, const char *set) {
    for (size_t i = 0; i < s.len; i++)
        if (!strchr(set, s.at[i])) return false;
    return s.len > 0;
}

/* 1:30 or 22:22:00. */
static bool is_sexagesimal(Str text) {
    ptrdiff_t colon = str_find(text, ':');
    if (colon < 1 || colon > 3 || !all_in(text, "0123456789:")) return false;
    for (size_t i = (size_t)colon; i < text.len; i += 3)
        if (text.at[i] != ':' || i + 2 >= text.len || text.at[i + 1] > '5' || text.at[i + 2] == ':') return false;
    return true;
}

static bool is_mode(const Field *field) {
    return str_eq(field->name, S("mode")) || str_eq(field->name, S("defaultMode"));
}

static void look_at_integer(ScalarWalk *walk, const Node *node, Str text, const Path *path) {
    Str digits = text.at[0] == '-' || text.at[0] == '+' ? str_slice(text, 1) : text;
    const char *form = !all_in(digits, "0123456789")           ? "in another form than decimal"
                       : digits.at[0] == '0' && digits.len > 1 ? "with a leading 0"
                                                               : NULL;
    if (!form || str_eq(node->text, text)) return;
    emit_yaml_octal_integer(walk->lint->diags, lint_where(walk->lint, path), text, str_of(form), node->text);
}

/* A file mode in decimal whose digits look like one in octal: those that are usual in decimal are what they say. */
static void look_at_mode(ScalarWalk *walk, Str text, const Path *path) {
    static const Str usual[] = {STR("256"), STR("365"), STR("416"), STR("420"), STR("432"), STR("436")};
    int64_t value;
    if (text.len != 3 || !all_in(text, "01234567") || str_in(text, usual, sizeof usual / sizeof *usual)) return;
    int_parse(text, 0, 999, &value);
    emit_volume_mode_decimal(walk->lint->diags, lint_where(walk->lint, path), text,
                             str_format(walk->lint->arena, "%04o", (unsigned)value));
}

static void look_at_scalar(ScalarWalk *walk, const Field *field, const Node *node, const Path *path) {
    Str text = written(walk->lint, node);
    if (!text.len || !node->plain) return;
    switch ((ScalarType)field->scalar) {
    case TYPE_BOOL:
        if (node->kind == NODE_BOOL && !str_eq_nocase(text, node->text))
            emit_yaml_implicit_bool(walk->lint->diags, lint_where(walk->lint, path), text, node->text);
        break;
    case TYPE_INT32:
    case TYPE_INT64:
    case TYPE_INT_OR_STRING:
        if (node->kind != NODE_INT) break;
        if (is_mode(field))
            look_at_mode(walk, text, path);
        else
            look_at_integer(walk, node, text, path);
        break;
    case TYPE_STRING:
        if (node->kind == NODE_STRING && is_sexagesimal(text))
            emit_yaml_sexagesimal(walk->lint->diags, lint_where(walk->lint, path), text);
        break;
    default: break;
    }
}

void lint_plain_scalars(Lint *lint, const Document *self, const Path *path) {
    if (!self->type || self->root->kind != NODE_MAP) return;
    ScalarWalk walk = {lint, look_at_scalar};
    walk_object(&walk, self->type, self->root, path);
}

/* A key without a value where a list or an object is meant. */
static void look_at_nulls(Lint *lint, const Type *type, const Node *map, const Path *path) {
    for (uint32_t i = 0; i < map->count; i++) {
        const Node *node = &map->entries[i].value;
        const Field *field = schema_field(type, map->entries[i].key, map->entries[i].hash);
        Path at = path_field(path, map->entries[i].key);
        if (!field || str_eq(field->name, S("status"))) continue;
        bool holds = field->shape != SHAPE_ONE || field->scalar == TYPE_OBJECT;
        if (node->kind == NODE_NULL && holds)
            emit_yaml_null_value(lint->diags, lint_where_key(lint, &at), field->name,
                                 field->shape == SHAPE_LIST ? S("list") : S("map"));
        if (field->scalar != TYPE_OBJECT) continue;
        if (node->kind == NODE_MAP && field->shape == SHAPE_ONE) look_at_nulls(lint, field->type, node, &at);
        for (uint32_t j = 0; node->kind == NODE_LIST && j < node->count; j++) {
            Path item = path_index(&at, j);
            if (node->items[j].kind == NODE_MAP) look_at_nulls(lint, field->type, &node->items[j], &item);
        }
    }
}

void lint_null_values(Lint *lint, const Document *self, const Path *path) {
    if (self->type && self->root->kind == NODE_MAP) look_at_nulls(lint, self->type, self->root, path);
}

void lint_env_null(Lint *lint, const EnvVar *self, const Path *path) {
    const Node *value = self->head.node ? node_get(self->head.node, S("value")) : NULL;
    if (!value || value->kind != NODE_NULL || self->valueFrom) return;
    Path at = FIELD(path, "value");
    emit_env_value_null(lint->diags, lint_where_key(lint, &at), self->name);
}

/* Order and merging of keys. */

static void look_at_order(Lint *lint, const Node *node, const Path *path) {
    for (uint32_t i = 0; i < node->count; i++) {
        const Node *child = node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i];
        Path at = node->kind == NODE_MAP ? path_field(path, node->entries[i].key) : path_index(path, i);
        if (node->kind == NODE_MAP && i && str_cmp(node->entries[i - 1].key, node->entries[i].key) > 0)
            emit_sorted_keys(lint->diags, lint_where_key(lint, &at), node->entries[i].key, node->entries[i - 1].key);
        if (child->kind >= NODE_LIST) look_at_order(lint, child, &at);
    }
}

void lint_key_order(Lint *lint, const Document *self, const Path *path) {
    if (self->type && self->root->kind == NODE_MAP) look_at_order(lint, self->root, path);
}

/* Whether an offset lies in a scalar. */
static bool in_scalar(const Node *node, uint32_t offset) {
    if (node->kind < NODE_LIST) return node->span.at <= offset && offset < node->span.end;
    for (uint32_t i = 0; i < node->count; i++)
        if (in_scalar(node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i], offset)) return true;
    return false;
}

void lint_merge_keys(Lint *lint, const Document *self, const Path *path) {
    Str text = self->source->text;
    uint32_t end = self->span.end < text.len ? self->span.end : (uint32_t)text.len;
    (void)path;
    for (uint32_t i = self->span.at; i + 2 < end; i++) {
        if (text.at[i] != '<' || text.at[i + 1] != '<' || text.at[i + 2] != ':') continue;
        uint32_t start = i;
        while (start > self->span.at && (text.at[start - 1] == ' ' || text.at[start - 1] == '-')) start--;
        bool key = start == 0 || strchr("\n\r{,", text.at[start - 1]);
        if (key && !in_scalar(self->root, i)) emit_yaml_merge_key(lint->diags, (Where){.span = {i, i + 2}, .path = S("")});
    }
}

/* Templates. */

static bool is_residue(Str text) {
    static const char *const signs[] = {"{{ .Values.",   "{{ .Release.", "{{ .Chart.",  "{{.Values.", "{{.Release.",
                                        "{{ include \"", "{{- ",         "{{ template", "{{ tpl "};
    if (!str_has(text, S("{{"))) return false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_has(text, str_of(signs[i]))) return true;
    return false;
}

static void look_for_residue(Lint *lint, const Node *node, const Path *path) {
    if (node->kind == NODE_STRING && is_residue(node->text))
        emit_template_residue(lint->diags, lint_where(lint, path), node->text);
    for (uint32_t i = 0; node->kind >= NODE_LIST && i < node->count; i++) {
        Path at = node->kind == NODE_MAP ? path_field(path, node->entries[i].key) : path_index(path, i);
        look_for_residue(lint, node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i], &at);
    }
}

void lint_template_residue(Lint *lint, const Document *self, const Path *path) {
    Str text = self->source->text;
    const char *end = text.at + (self->span.end < text.len ? self->span.end : text.len);
    const char *brace = self->type ? text.at + self->span.at : end;
    while (brace < end && (brace = memchr(brace, '{', (size_t)(end - brace)))) {
        if (brace + 1 < end && brace[1] == '{') {
            look_for_residue(lint, self->root, path);
            return;
        }
        brace++;
    }
}

/* Arguments. */

static bool is_script(const StrList *list, uint32_t i) {
    return i > 0 && list->at[i - 1].len > 1 && list->at[i - 1].at[0] == '-' && str_ends(list->at[i - 1], S("c"));
}

static void look_at_arguments(Lint *lint, const StrList *list, bool shell, const Path *path) {
    for (uint32_t i = 0; i < list->n; i++) {
        Str item = list->at[i];
        ptrdiff_t newline = str_find(item, '\n');
        if (newline < 0 || is_script(list, i) || (shell && i == 0)) continue;
        Path at = path_index(path, i);
        bool flags = item.at[0] == '-', last = (size_t)newline + 1 == item.len;
        if (flags || last)
            emit_args_block_scalar(lint->diags, lint_where(lint, &at),
                                   last ? S("ends in a line break") : S("holds several lines"), (Str){item.at, (size_t)newline});
    }
}

void lint_args_block(Lint *lint, const Container *self, const Path *path) {
    Path command = FIELD(path, "command"), args = FIELD(path, "args");
    bool shell = self->command.n > 0 && str_ends(self->command.at[self->command.n - 1], S("c")) &&
                 self->command.at[self->command.n - 1].at[0] == '-';
    look_at_arguments(lint, &self->command, false, &command);
    look_at_arguments(lint, &self->args, shell, &args);
}

/* Other kinds. */

static bool is_config(const Document *document) {
    return str_eq(document->apiVersion, S("v1")) &&
           (str_eq(document->kind, S("ConfigMap")) || str_eq(document->kind, S("Secret")));
}

void lint_config_data(Lint *lint, const Document *self, const Path *path) {
    static const Str maps[] = {STR("data"), STR("stringData"), STR("binaryData")};
    if (!is_config(self)) return;
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        const Node *map = node_get(self->root, maps[i]);
        Path at = path_field(path, maps[i]);
        for (uint32_t j = 0; map && map->kind == NODE_MAP && j < map->count; j++) {
            static const Str found[] = {STR("nothing"), STR("a boolean"), STR("a number"), STR("a number"),
                                        STR("text"),    STR("a list"),    STR("a map")};
            const Node *value = &map->entries[j].value;
            Path key = path_field(&at, map->entries[j].key);
            if (value->kind != NODE_STRING && value->kind != NODE_NULL)
                emit_config_data_not_text(lint->diags, lint_where(lint, &key), map->entries[j].key, self->kind,
                                          found[value->kind]);
        }
    }
}

/* A value that may be what its key says: not a path, a switch, a reference or a placeholder. */
static bool is_literal_secret(Str value) {
    if (value.len < 4 || str_find(value, '\n') >= 0 || str_find(value, ' ') >= 0 || str_find(value, '/') >= 0) return false;
    return !str_has(value, S("$")) && !str_has(value, S("<")) && !str_eq(value, S("true")) && !str_eq(value, S("false")) &&
           !all_in(value, "0123456789");
}

void lint_config_secrets(Lint *lint, const Document *self, const Path *path) {
    const Node *map = str_eq(self->kind, S("ConfigMap")) && is_config(self) ? node_get(self->root, S("data")) : NULL;
    Path at = FIELD(path, "data");
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        const Entry *entry = &map->entries[i];
        Path key = path_field(&at, entry->key);
        if (entry->value.kind != NODE_STRING) continue;
        if (str_has(entry->value.text, S("-----BEGIN ")) && str_has(entry->value.text, S("PRIVATE KEY-----")))
            emit_sensitive_configmap_content(lint->diags, lint_where_key(lint, &key), entry->key, S("holds a private key"));
        else if (secret_name(entry->key) && is_literal_secret(entry->value.text) &&
                 !secret_object_name(entry->key, entry->value.text))
            emit_sensitive_configmap_content(lint->diags, lint_where_key(lint, &key), entry->key, S("reads like a credential"));
    }
}

/* A kind that no server has, but that is nearly one of those with a pod. */
void lint_kind_case(Lint *lint, const Document *self, const Path *path) {
    static const Str groups[] = {STR("v1"), STR("apps/"), STR("batch/"), STR("extensions/")};
    if (self->type || self->unreadable || !self->kind.len) return;
    bool known = false;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        known |= self->apiVersion.len >= groups[i].len && str_eq_nocase((Str){self->apiVersion.at, groups[i].len}, groups[i]);
    if (!known) return;
    for (uint16_t i = 0; i < schema_type_count; i++) {
        const Type *type = schema_types[i];
        unsigned limit = type->name.len < 6 ? 0 : 2;
        size_t longer = type->name.len > self->kind.len ? type->name.len - self->kind.len : self->kind.len - type->name.len;
        if (!type->apiVersion.len || longer > limit || str_distance(self->kind, type->name, limit) > limit) continue;
        if (str_eq(type->name, self->kind) && str_eq(type->apiVersion, self->apiVersion)) return;
        Path at = FIELD(path, "kind"), version = FIELD(path, "apiVersion");
        emit_kind_case(lint->diags, lint_where(lint, str_eq(type->name, self->kind) ? &version : &at), self->kind,
                       self->apiVersion, type->name, type->apiVersion);
        return;
    }
}
