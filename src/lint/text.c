/* Rules about how a manifest is written: what YAML or the server reads otherwise than its author meant. */
#include "kinds.h"

/* A scalar as it stands in the text; empty for what is not written there. */
static Str written(const Lint *lint, const Node *node) {
    const Source *source = lint->document->source;
    if (node->alias || node->span.end <= node->span.at || node->span.end > source->text.len) return S("");
    return (Str){source->text.at + node->span.at, node->span.end - node->span.at};
}

/* A key such as on or y, which YAML 1.1 reads as a boolean. */
static void check_implicit_key(Lint *lint, const Entry *entry, const Path *path) {
    static const Str booleans[] = {STR("true"), STR("false")};
    Str text = lint->document->source->text;
    if (!str_in(entry->key, booleans, 2) || entry->keySpan.end > text.len || entry->keySpan.end <= entry->keySpan.at) return;
    Str key = {text.at + entry->keySpan.at, entry->keySpan.end - entry->keySpan.at};
    if (key.at[0] != '"' && key.at[0] != '\'' && !str_eq_nocase(key, entry->key))
        emit_yaml_implicit_key(lint->diags, lint_where_key(lint, path), .text = key, .value = entry->key);
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
            check_implicit_key(walk->lint, &node->entries[i], &item);
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

static void check_sexagesimal(Lint *lint, const Node *node, const Path *path) {
    Str text = written(lint, node);
    if (node->plain && text.len && is_sexagesimal(text)) emit_yaml_sexagesimal(lint->diags, lint_where(lint, path), .text = text);
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
    emit_yaml_number_form(walk->lint->diags, lint_where(walk->lint, path), .text = text, .form = str_of(form),
                          .value = node->text);
}

/* Digits behind a leading 0 of which some are none of octal numbers. */
static bool is_no_octal(Str text) {
    return text.len > 1 && text.at[0] == '0' && all_in(text, "0123456789") && !all_in(text, "01234567");
}

static Str without_zeros(Str text) {
    while (text.len > 1 && text.at[0] == '0') text = str_slice(text, 1);
    return text;
}

static bool is_usual_mode(unsigned mode) {
    static const unsigned usual[] = {0400, 0440, 0444, 0500, 0550, 0555, 0600, 0640, 0644, 0660, 0664,
                                     0666, 0700, 0710, 0711, 0740, 0744, 0750, 0755, 0770, 0775, 0777};
    for (size_t i = 0; i < COUNT(usual); i++)
        if (usual[i] == mode) return true;
    return false;
}

/* A file mode in decimal that nobody gives, whose digits in octal are one that people give. */
static void look_at_mode(ScalarWalk *walk, Str text, const Path *path) {
    if (text.len != 3 || !all_in(text, "01234567")) return;
    int64_t value;
    unsigned digits = (unsigned)(text.at[0] - '0') << 6 | (unsigned)(text.at[1] - '0') << 3 | (unsigned)(text.at[2] - '0');
    int_parse(text, 0, 999, &value);
    if (!is_usual_mode(digits) || is_usual_mode((unsigned)value)) return;
    emit_volume_mode_decimal(walk->lint->diags, lint_where(walk->lint, path), .text = text,
                             .octal = str_format(walk->lint->arena, "%04o", (unsigned)value));
}

static void look_at_scalar(ScalarWalk *walk, const Field *field, const Node *node, const Path *path) {
    Str text = written(walk->lint, node);
    if (!text.len || !node->plain) return;
    switch ((ScalarType)field->scalar) {
    case TYPE_BOOL:
        if (node->kind == NODE_BOOL && !str_eq_nocase(text, node->text))
            emit_yaml_implicit_bool(walk->lint->diags, lint_where(walk->lint, path), .text = text, .value = node->text);
        break;
    case TYPE_INT32:
    case TYPE_INT64:
    case TYPE_INT_OR_STRING:
        if (node->kind != NODE_INT && node->kind != NODE_FLOAT) break;
        if (is_no_octal(text))
            emit_leading_zero_not_octal(walk->lint->diags, lint_where(walk->lint, path), .text = text,
                                        .value = without_zeros(text));
        else if (is_mode(field))
            look_at_mode(walk, text, path);
        else
            look_at_integer(walk, node, text, path);
        break;
    case TYPE_STRING:
        if (node->kind == NODE_STRING) check_sexagesimal(walk->lint, node, path);
        break;
    default: break;
    }
}

/* The maps of texts of an object that is not decoded. */

static void look_at_entries(Lint *lint, const Node *map, const Path *path) {
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        Path key = path_key(path, map->entries[i].key);
        check_implicit_key(lint, &map->entries[i], &key);
        if (map->entries[i].value.kind == NODE_STRING) check_sexagesimal(lint, &map->entries[i].value, &key);
    }
}

static void look_at_other(Lint *lint, const Document *self, const Path *path) {
    if (self->type || self->unreadable || !is_own_version(self->apiVersion)) return;
    const Node *meta = node_get(self->root, S("metadata"));
    Path metaPath = FIELD(path, "metadata"), labels = FIELD(&metaPath, "labels"), annotations = FIELD(&metaPath, "annotations");
    look_at_entries(lint, node_get(meta, S("labels")), &labels);
    look_at_entries(lint, node_get(meta, S("annotations")), &annotations);
    for (size_t i = 0; i < COUNT(config_maps) && is_config(self); i++) {
        Path at = path_field(path, config_maps[i]);
        look_at_entries(lint, node_get(self->root, config_maps[i]), &at);
    }
}

void lint_plain_scalars(Lint *lint, const Document *self, const Path *path) {
    if (!self->type) look_at_other(lint, self, path);
    if (!self->type || self->root->kind != NODE_MAP) return;
    ScalarWalk walk = {lint, look_at_scalar};
    walk_object(&walk, self->type, self->root, path);
}

static void look_at_null_items(Lint *lint, const Field *field, const Node *list, const Path *path) {
    for (uint32_t i = 0; i < list->count; i++) {
        Path item = path_index(path, i);
        if (list->items[i].kind == NODE_NULL)
            emit_yaml_null_item(lint->diags, lint_where(lint, &item), .index = str_int(lint->arena, i), .field = field->name);
    }
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
            emit_yaml_null_value(lint->diags, lint_where_key(lint, &at), .field = field->name,
                                 .shape = field->shape == SHAPE_LIST ? S("list") : S("map"));
        if (field->scalar == TYPE_STRING && node->kind == NODE_LIST) look_at_null_items(lint, field, node, &at);
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
    if (!self->head.node || self->valueFrom || (value && value->kind != NODE_NULL)) return;
    Path at = FIELD(path, "value"), name = FIELD(path, "name");
    if (value)
        emit_env_value_null(lint->diags, lint_where_key(lint, &at), .name = self->name);
    else
        emit_env_without_value(lint->diags, lint_where(lint, &name), .name = self->name);
}

/* Order and merging of keys. */

static void look_at_order(Lint *lint, const Node *node, const Path *path) {
    for (uint32_t i = 0; i < node->count; i++) {
        const Node *child = node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i];
        Path at = node->kind == NODE_MAP ? path_field(path, node->entries[i].key) : path_index(path, i);
        if (node->kind == NODE_MAP && i && str_cmp(node->entries[i - 1].key, node->entries[i].key) > 0)
            emit_sorted_keys(lint->diags, lint_where_key(lint, &at), .key = node->entries[i].key,
                             .before = node->entries[i - 1].key);
        if (child->kind >= NODE_LIST) look_at_order(lint, child, &at);
    }
}

void lint_key_order(Lint *lint, const Document *self, const Path *path) {
    if (self->kind.len && self->apiVersion.len && self->root->kind == NODE_MAP) look_at_order(lint, self->root, path);
}

/* Where something looks like a merge key. */
typedef struct Offset {
    uint32_t at;
    bool inScalar;
} Offset;

typedef ARRAY(Offset) Offsets; /* in ascending order */

static void forget_in_scalars(const Node *node, const Offsets *offsets) {
    for (uint32_t i = 0; node->kind >= NODE_LIST && i < node->count; i++)
        forget_in_scalars(node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i], offsets);
    if (node->kind >= NODE_LIST) return;
    if (!offsets->n) return;
    uint32_t i = COUNT_BELOW(offsets->at, offsets->n, at, node->span.at);
    for (; i < offsets->n && offsets->at[i].at < node->span.end; i++) offsets->at[i].inScalar = true;
}

void lint_merge_keys(Lint *lint, const Document *self, const Path *path) {
    Str text = self->source->text;
    uint32_t end = self->span.end < text.len ? self->span.end : (uint32_t)text.len;
    Offsets offsets = {0};
    (void)path;
    for (uint32_t i = self->span.at; i + 2 < end; i++) {
        if (text.at[i] != '<' || text.at[i + 1] != '<' || text.at[i + 2] != ':') continue;
        uint32_t start = i;
        while (start > self->span.at && (text.at[start - 1] == ' ' || text.at[start - 1] == '-')) start--;
        if (start == 0 || strchr("\n\r{,", text.at[start - 1])) ARRAY_PUSH(lint->arena, &offsets, (Offset){i, false});
    }
    if (offsets.n) forget_in_scalars(self->root, &offsets);
    for (uint32_t i = 0; i < offsets.n; i++) {
        Span span = {offsets.at[i].at, offsets.at[i].at + 2};
        if (!offsets.at[i].inScalar) emit_yaml_merge_key(lint->diags, ((Where){.span = span, .path = S("")}));
    }
}

/* Bytes between the lines. */

void lint_line_ends(Lint *lint, const Document *self, const Path *path) {
    Str text = self->source->text;
    (void)path;
    if (self->source->mark && self->index == 0 && self->item <= 0)
        emit_byte_order_mark(lint->diags, ((Where){.span = {0, 1}, .path = S("")}));
    uint32_t end = self->span.end < text.len ? self->span.end : (uint32_t)text.len, other = 0;
    bool first = false, seen = false;
    for (uint32_t i = self->span.at; i < end && !other; i++) {
        if (text.at[i] != '\n') continue;
        bool windows = i > 0 && text.at[i - 1] == '\r';
        if (seen && windows != first) other = i;
        if (!seen) first = windows;
        seen = true;
    }
    if (other) emit_mixed_line_ends(lint->diags, ((Where){.span = {other, other + 1}, .path = S("")}));
}

/* Arguments. */

static bool is_script(const StrList *list, uint32_t i) {
    return i > 0 && list->at[i - 1].len > 1 && list->at[i - 1].at[0] == '-' && str_ends(list->at[i - 1], S("c"));
}

/* Whether a line after the first begins with a flag; the items of a list begin with a dash and a space. */
static bool has_flag_below(Str text) {
    for (ptrdiff_t end; (end = str_find(text, '\n')) >= 0;) {
        text = str_trim(str_slice(text, (size_t)end + 1));
        if (text.len > 1 && text.at[0] == '-' &&
            (is_letter(text.at[1]) || (text.len > 2 && text.at[1] == '-' && is_letter(text.at[2]))))
            return true;
    }
    return false;
}

static void look_at_arguments(Lint *lint, const StrList *list, bool shell, const Path *path) {
    for (uint32_t i = 0; i < list->n; i++) {
        Str item = list->at[i];
        ptrdiff_t newline = str_find(item, '\n');
        if (newline < 0 || is_script(list, i) || (shell && i == 0)) continue;
        Path at = path_index(path, i);
        bool last = (size_t)newline + 1 == item.len;
        if (last || (item.at[0] == '-' && has_flag_below(item)))
            emit_args_block_scalar(lint->diags, lint_where(lint, &at),
                                   .how = last ? S("ends in a line break") : S("holds several lines"),
                                   .start = ((Str){item.at, (size_t)newline}));
    }
}

void lint_args_block(Lint *lint, const Container *self, const Path *path) {
    Path command = FIELD(path, "command"), args = FIELD(path, "args");
    bool shell = self->command.n > 0 && str_ends(self->command.at[self->command.n - 1], S("c")) &&
                 self->command.at[self->command.n - 1].at[0] == '-';
    look_at_arguments(lint, &self->command, false, &command);
    look_at_arguments(lint, &self->args, shell, &args);
}
