#include "explain.h"

#include <ctype.h>
#include <stdlib.h>

#include <jansson.h>

#include "simulate/kubelet.h"
#include "lint/reads.h"
#include "model/rule_text.h"
#include "rules.h"
#include "topic.h"

typedef struct KindName {
    Str kind, plural, abbreviation;
} KindName;

/* In the order in which a path without a kind is looked for. */
static const KindName kinds[] = {
    {STR("Pod"), STR("pods"), STR("po")},
    {STR("Deployment"), STR("deployments"), STR("deploy")},
    {STR("StatefulSet"), STR("statefulsets"), STR("sts")},
    {STR("DaemonSet"), STR("daemonsets"), STR("ds")},
    {STR("Job"), STR("jobs"), STR("job")},
    {STR("CronJob"), STR("cronjobs"), STR("cj")},
    {STR("ReplicaSet"), STR("replicasets"), STR("rs")},
    {STR("ReplicationController"), STR("replicationcontrollers"), STR("rc")},
    {STR("PodTemplate"), STR("podtemplates"), STR("podtemplate")},
};

enum { KIND_COUNT = COUNT(kinds), DEEPEST = 16 };

static const Type *kind_named(Str word) {
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (str_eq_nocase(word, kinds[i].kind) || str_eq_nocase(word, kinds[i].plural) ||
            str_eq_nocase(word, kinds[i].abbreviation))
            return schema_type(kinds[i].kind);
    return NULL;
}

/* A field with the way to it. */
typedef struct Target {
    const Type *kind;
    const Field *field; /* NULL: the kind or type itself */
    const Type *type;   /* of the value, NULL for scalars */
    Str path;           /* from the kind, spelled right */
    bool corrected;     /* the query was spelled otherwise */
    uint8_t change;     /* Mutability, inherited on the way */
    Str changeWhen;
    bool inTemplate;
    bool inStatus;
    const Field *way[DEEPEST]; /* the fields from the kind down to this one */
    size_t wayLength;
} Target;

/* The parts of a query: names without indexes, keys and empty parts. */
typedef struct Parts {
    Str at[DEEPEST];
    size_t n;
} Parts;

static Parts split(Str query) {
    Parts parts = {0};
    size_t start = 0;
    bool bracket = false;
    for (size_t i = 0; i <= query.len && parts.n < DEEPEST; i++) {
        char c = i < query.len ? query.at[i] : '.';
        if (c == '[') {
            if (!bracket && i > start) parts.at[parts.n++] = (Str){query.at + start, i - start};
            bracket = true;
            start = i + 1;
        } else if (c == ']') {
            bracket = false;
            start = i + 1;
        } else if ((c == '.' || c == '/') && (!bracket || i == query.len)) {
            if (!bracket && i > start) parts.at[parts.n++] = (Str){query.at + start, i - start};
            start = i + 1;
        }
    }
    return parts;
}

static const Field *find_field(const Type *type, Str name, uint8_t minor, bool *exact) {
    const Field *field = schema_field(type, name, str_hash(name));
    *exact = true;
    if (field && schema_has(field, minor)) return field;
    *exact = false;
    for (uint16_t i = 0; i < type->fieldCount; i++)
        if (str_eq_nocase(type->fields[i].name, name) && schema_has(&type->fields[i], minor)) return &type->fields[i];
    return NULL;
}

/* Follows names from a kind. On failure `missing` is the first part that is no field, of the type `at`. */
static bool follow(Arena *arena, const Type *kind, const Parts *parts, size_t from, uint8_t minor, Target *out, size_t *missing,
                   const Type **at) {
    Buf path = {.arena = arena};
    *out = (Target){.kind = kind, .type = kind};
    for (size_t i = from; i < parts->n; i++) {
        bool exact;
        const Field *field = out->type ? find_field(out->type, parts->at[i], minor, &exact) : NULL;
        if (!field && out->field && out->field->shape == SHAPE_MAP) break; /* what follows is a key */
        if (!field) {
            *missing = i;
            *at = out->type;
            return false;
        }
        out->corrected |= !exact;
        if (path.len) buf_char(&path, '.');
        buf_str(&path, field->name);
        bool podSpec =
            kind->kind && kind->kind->workload == WORKLOAD_POD && path.len >= 4 && str_starts(buf_text(&path), S("spec"));
        if (i == from) out->inStatus = kind->kind && str_eq(field->name, S("status"));
        if (i == from) out->change = podSpec ? CHANGE_FIXED : kind->kind ? CHANGE_IN_PLACE : CHANGE_NORMAL;
        if (!out->inTemplate && field->text->change != CHANGE_NORMAL) {
            out->change = field->text->change;
            out->changeWhen = field->text->changeWhen;
        }
        if (!out->inTemplate && schema_is_template(kind->kind, field)) {
            out->inTemplate = true;
            /* Of a template that may change within limits, most is fixed. */
            if (out->change == CHANGE_LIMITED) out->change = CHANGE_FIXED;
        }
        out->field = out->way[out->wayLength++] = field;
        out->type = field->type;
    }
    out->path = buf_text(&path);
    return true;
}

static const char *change_name(const Target *target) {
    static const char *const names[] = {NULL, "in-place", "limited", "resize", "rollout", "fixed"};
    return target->inStatus ? "status" : names[target->change];
}

static const char *change_words(const Target *target) {
    if (target->inStatus) return "written by the cluster; what a manifest says here is dropped";
    switch ((Mutability)target->change) {
    case CHANGE_NORMAL: return ""; /* of a type, whose kind is not known */
    case CHANGE_IN_PLACE: return "in place";
    case CHANGE_LIMITED: return "limited";
    case CHANGE_RESIZE: return "through the resize subresource";
    case CHANGE_ROLLOUT: return "rolls out new pods";
    case CHANGE_FIXED: return "fixed once the object exists";
    }
    return "";
}

static Str version_text(Arena *arena, uint8_t minor) {
    return str_format(arena, "1.%d", minor);
}

static const char *stage_name(uint8_t stage) {
    static const char *const names[] = {"unknown", "alpha", "beta", "stable", "deprecated"};
    return names[stage];
}

/* Limits of a field in words; empty if it has none. */
static Str limits_text(Arena *arena, const FieldText *text) {
    Buf buf = {.arena = arena};
    if (text->hasMinimum && text->hasMaximum)
        buf_format(&buf, "%lld to %lld", (long long)text->minimum, (long long)text->maximum);
    else if (text->hasMinimum)
        buf_format(&buf, "at least %lld", (long long)text->minimum);
    else if (text->hasMaximum)
        buf_format(&buf, "at most %lld", (long long)text->maximum);
    if (text->maxLength) buf_format(&buf, "%sat most %lld characters", buf.len ? ", " : "", (long long)text->maxLength);
    if (text->maxItems) buf_format(&buf, "%sat most %lld items", buf.len ? ", " : "", (long long)text->maxItems);
    return buf_text(&buf);
}

static Str list_text(Arena *arena, const Field *field) {
    const FieldText *text = field->text;
    Buf buf = {.arena = arena};
    switch ((ListKind)text->listKind) {
    case LIST_PLAIN: break;
    case LIST_ATOMIC: buf_str(&buf, S("replaced as a whole when applied")); break;
    case LIST_SET: buf_str(&buf, S("merged as a set of values")); break;
    case LIST_MAP:
        buf_str(&buf, S("merged item by item, by "));
        for (uint16_t i = 0; i < text->listKeyCount; i++) buf_format(&buf, "%s%.*s", i ? " and " : "", TEXT(text->listKeys[i]));
        break;
    }
    return buf_text(&buf);
}

static Str gate_text(Arena *arena, int16_t number, uint8_t minor) {
    if (number < 0) return S("");
    const Gate *gate = &schema_gates[number];
    return str_format(arena, "%.*s (%s in 1.%d, %s by default)", TEXT(gate->name), stage_name(gate->stage[minor - VERSION_FIRST]),
                      minor, gate->on[minor - VERSION_FIRST] ? "on" : "off");
}

typedef ARRAY(const Rule *) Readers;

/* Whether a field is reached in a certain way from a type; an empty path means that its values are of the type. */
static bool stands_at(const Target *target, const RulePlace *place) {
    const Type *type = schema_type(place->type);
    Parts parts = split(place->path);
    size_t n = target->wayLength;
    if (!n || parts.n > n) return false;
    if (!parts.n) return target->way[n - 1]->type == type;
    for (size_t i = 0; i < parts.n; i++)
        if (!str_eq(parts.at[i], target->way[n - parts.n + i]->name)) return false;
    return type == (n == parts.n ? target->kind : target->way[n - parts.n - 1]->type);
}

static Readers rules_of(Arena *arena, const Target *target, const ExplainSettings *settings) {
    Readers list = {0};
    for (uint16_t i = 0; i < rule_count && target->field; i++) {
        bool reads = rule_reads(arena, &rules[i], target->way, target->wayLength);
        for (uint32_t j = 0; j < settings->placeCount && !reads; j++)
            reads = settings->places[j].rule == i && stands_at(target, &settings->places[j]);
        if (reads) ARRAY_PUSH(arena, &list, &rules[i]);
    }
    return list;
}

static Str rules_text(Arena *arena, const Target *target, const ExplainSettings *settings) {
    Buf buf = {.arena = arena};
    Readers list = rules_of(arena, target, settings);
    for (uint32_t i = 0; i < list.n; i++) buf_format(&buf, "%s%.*s", i ? ", " : "", TEXT(list.at[i]->name));
    return buf_text(&buf);
}

/* Text for people. */

typedef struct Writer {
    Buf *out;
    const ExplainSettings *settings;
} Writer;

static const char *bold(const Writer *w) {
    return w->settings->colour ? "\033[1m" : "";
}

static const char *dim(const Writer *w) {
    return w->settings->colour ? "\033[36m" : "";
}

static const char *reset(const Writer *w) {
    return w->settings->colour ? "\033[0m" : "";
}

/* Words in lines that fit the terminal, from column `indent` on; the first line continues at column `at`. Line breaks stay. */
static void put_wrapped(const Writer *w, Str text, int indent, int at) {
    int width = w->settings->width > 120 ? 120 : w->settings->width;
    size_t i = 0;
    while (i < text.len) {
        if (text.at[i] == '\n') {
            buf_char(w->out, '\n');
            if (i + 1 < text.len && text.at[i + 1] != '\n') buf_repeat(w->out, ' ', (size_t)indent);
            at = indent;
            i++;
            continue;
        }
        size_t end = i, spaces = 0;
        while (end < text.len && text.at[end] == ' ') end++, spaces++;
        size_t word = end;
        while (end < text.len && text.at[end] != ' ' && text.at[end] != '\n') end++;
        int length = (int)str_codepoints((Str){text.at + word, end - word});
        if (at + (int)spaces + length > width && at > indent) {
            buf_char(w->out, '\n');
            buf_repeat(w->out, ' ', (size_t)indent);
            at = indent;
            spaces = 0;
        }
        buf_repeat(w->out, ' ', spaces);
        buf_str(w->out, (Str){text.at + word, end - word});
        at += (int)spaces + length;
        i = end;
    }
    buf_char(w->out, '\n');
}

static void put_fact(const Writer *w, const char *name, Str value) {
    enum { COLUMN = 14 };
    if (!value.len) return;
    buf_format(w->out, "  %s%-*s%s", dim(w), COLUMN - 2, name, reset(w));
    put_wrapped(w, value, COLUMN, COLUMN);
}

/* At most `width` code points of a text, with dots where it is cut. */
static void put_cut(Buf *out, Str text, size_t width) {
    size_t n = 0, i = 0;
    bool cut = str_codepoints(text) > width;
    for (; i < text.len && (!cut || n + 3 < width); n++) do
            i++;
        while (i < text.len && ((unsigned char)text.at[i] & 0xC0) == 0x80);
    buf_str(out, (Str){text.at, i});
    if (cut) buf_str(out, S("..."));
}

static Str first_sentence(Str text) {
    for (size_t i = 0; i + 1 < text.len; i++)
        if ((text.at[i] == '.' || text.at[i] == ':') && text.at[i + 1] == ' ' && (i < 2 || text.at[i - 2] != '.'))
            return (Str){text.at, i};
    return text.len && text.at[text.len - 1] == '.' ? (Str){text.at, text.len - 1} : text;
}

static void put_example(const Writer *w, const Field *field, Str example, int indent) {
    bool block = str_find(example, '\n') >= 0 || field->scalar == TYPE_OBJECT || field->shape != SHAPE_ONE;
    bool flow = example.len && (example.at[0] == '[' || example.at[0] == '{');
    buf_repeat(w->out, ' ', (size_t)indent);
    buf_format(w->out, "%.*s:", TEXT(field->name));
    if (!block || flow) {
        buf_format(w->out, " %.*s\n", TEXT(example));
        return;
    }
    buf_char(w->out, '\n');
    int inner = field->shape == SHAPE_LIST ? indent : indent + 2;
    for (size_t i = 0; i < example.len;) {
        ptrdiff_t newline = str_find(str_slice(example, i), '\n');
        size_t end = newline < 0 ? example.len : i + (size_t)newline;
        buf_repeat(w->out, ' ', (size_t)inner);
        buf_format(w->out, "%.*s\n", (int)(end - i), example.at + i);
        i = end + 1;
    }
}

static void put_fields(const Writer *w, const Type *type, int level, int depth) {
    Arena *arena = w->out->arena;
    size_t widest = 0;
    for (uint16_t i = 0; i < type->fieldCount; i++)
        if (schema_has(&type->fields[i], w->settings->minor) && type->fields[i].name.len > widest)
            widest = type->fields[i].name.len;
    if (widest > 28) widest = 28;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!schema_has(field, w->settings->minor)) continue;
        int indent = 2 + level * 2;
        Str kind = schema_type_text(field, arena);
        buf_repeat(w->out, ' ', (size_t)indent);
        buf_format(w->out, "%s%-*.*s%s  %s%.*s%s%s", bold(w), (int)widest, TEXT(field->name), reset(w), dim(w), TEXT(kind),
                   reset(w), field->required ? "  required" : "");
        if (depth == 1 && level == 0) {
            buf_char(w->out, '\n');
            buf_repeat(w->out, ' ', (size_t)indent + 4);
            put_wrapped(w, first_sentence(field->text->description), indent + 4, indent + 4);
            if (w->settings->examples && field->text->example.len) put_example(w, field, field->text->example, indent + 6);
        } else {
            buf_char(w->out, '\n');
        }
        if (field->type && depth > 1 && level < DEEPEST) put_fields(w, field->type, level + 1, depth - 1);
    }
}

static void put_target_text(const Writer *w, const Target *target) {
    Arena *arena = w->out->arena;
    const Field *field = target->field;
    buf_format(w->out, "%s%.*s%s%s%.*s%s", bold(w), TEXT(target->kind->name), field ? "." : "", "", TEXT(target->path), reset(w));
    if (target->kind->kind) buf_format(w->out, "  (%.*s)", TEXT(schema_api_version(target->kind)));
    buf_str(w->out, S("\n\n"));
    if (field) {
        const FieldText *text = field->text;
        put_fact(w, "type", schema_type_text(field, arena));
        put_fact(w, "required", field->required ? S("yes") : S("no"));
        put_fact(w, "default", field->value.at ? (field->value.len ? field->value : S("\"\"")) : text->defaultWhen);
        put_fact(w, "form", text->format);
        put_fact(w, "limits", limits_text(arena, text));
        put_fact(w, "list", list_text(arena, field));
        if (field->since) put_fact(w, "since", str_format(arena, "Kubernetes 1.%d", field->since));
        if (field->removed) put_fact(w, "until", str_format(arena, "Kubernetes 1.%d", field->removed - 1));
        put_fact(w, "gate", gate_text(arena, field->gate, w->settings->minor));
        Str change = str_of(change_words(target));
        if (target->changeWhen.len && change.len)
            change = str_format(arena, "%.*s: %.*s", TEXT(change), TEXT(target->changeWhen));
        put_fact(w, "change", change);
        put_fact(w, "rules", rules_text(arena, target, w->settings));
        buf_char(w->out, '\n');
    }
    buf_str(w->out, S("  "));
    put_wrapped(w, field ? field->text->description : target->type->description, 2, 2);
    if (field && field->scalar == TYPE_OBJECT && !str_eq(field->text->description, target->type->description)) {
        buf_str(w->out, S("\n  "));
        put_wrapped(w, str_format(arena, "%.*s: %.*s", TEXT(target->type->name), TEXT(target->type->description)), 2, 2);
    }
    if (field && field->text->valueCount) {
        buf_format(w->out, "\n%sValues%s\n", bold(w), reset(w));
        for (uint16_t i = 0; i < field->text->valueCount; i++) {
            Str value = field->text->values[i].value;
            buf_format(w->out, "  %s%.*s%s\n      ", bold(w), TEXT(value.len ? value : S("\"\"")), reset(w));
            put_wrapped(w, field->text->values[i].description, 6, 6);
        }
    }
    if (field && field->text->example.len) {
        buf_format(w->out, "\n%sExample%s\n", bold(w), reset(w));
        put_example(w, field, field->text->example, 2);
    }
    if (target->type && target->type->fieldCount && w->settings->depth > 0) {
        buf_format(w->out, "\n%sFields%s\n", bold(w), reset(w));
        put_fields(w, target->type, 0, w->settings->depth);
    }
}

/* JSON. */

static json_t *json_text(Str s) {
    return json_stringn(s.at ? s.at : "", s.len);
}

static json_t *json_optional(Str s) {
    return s.len ? json_text(s) : json_null();
}

static json_t *json_default(const Field *field) {
    if (!field->value.at) return json_null();
    if (field->scalar == TYPE_STRING || field->scalar == TYPE_QUANTITY) return json_text(field->value);
    json_t *value = json_loadb(field->value.at, field->value.len, JSON_DECODE_ANY, NULL);
    return value ? value : json_text(field->value);
}

static void set_field_facts(json_t *out, Arena *arena, const Field *field, uint8_t minor) {
    const FieldText *text = field->text;
    json_object_set_new(out, "type", json_text(schema_type_text(field, arena)));
    json_object_set_new(out, "required", json_boolean(field->required));
    json_object_set_new(out, "description", json_text(text->description));
    json_object_set_new(out, "default", json_default(field));
    if (text->defaultWhen.len) json_object_set_new(out, "defaultWhen", json_text(text->defaultWhen));
    if (text->valueCount) {
        json_t *values = json_array(), *meanings = json_object();
        for (uint16_t i = 0; i < text->valueCount; i++) {
            json_array_append_new(values, json_text(text->values[i].value));
            json_object_set_new(meanings, arena_cstr(arena, text->values[i].value), json_text(text->values[i].description));
        }
        json_object_set_new(out, "enum", values);
        json_object_set_new(out, "enumDescriptions", meanings);
    } else {
        json_object_set_new(out, "enum", json_null());
    }
    if (text->format.len) json_object_set_new(out, "format", json_text(text->format));
    if (text->hasMinimum) json_object_set_new(out, "minimum", json_integer(text->minimum));
    if (text->hasMaximum) json_object_set_new(out, "maximum", json_integer(text->maximum));
    if (text->maxLength) json_object_set_new(out, "maxLength", json_integer(text->maxLength));
    if (text->maxItems) json_object_set_new(out, "maxItems", json_integer(text->maxItems));
    if (text->listKind) {
        static const char *const names[] = {"", "atomic", "set", "map"};
        json_t *list = json_pack("{s:s}", "kind", names[text->listKind]), *keys = json_array();
        for (uint16_t i = 0; i < text->listKeyCount; i++) json_array_append_new(keys, json_text(text->listKeys[i]));
        json_object_set_new(list, "keys", keys);
        if (text->mergeKey.len) json_object_set_new(list, "mergeKey", json_text(text->mergeKey));
        json_object_set_new(out, "list", list);
    }
    json_object_set_new(out, "since", field->since ? json_text(version_text(arena, field->since)) : json_null());
    if (field->removed) json_object_set_new(out, "removed", json_text(version_text(arena, field->removed)));
    json_object_set_new(out, "gate", field->gate >= 0 ? json_text(schema_gates[field->gate].name) : json_null());
    if (field->gate >= 0) {
        const Gate *gate = &schema_gates[field->gate];
        json_object_set_new(out, "gateStage", json_string(stage_name(gate->stage[minor - VERSION_FIRST])));
        json_object_set_new(out, "gateOn", json_boolean(gate->on[minor - VERSION_FIRST]));
    }
    json_object_set_new(out, "example", json_optional(text->example));
}

static json_t *json_fields(Arena *arena, const Type *type, uint8_t minor, int depth) {
    json_t *list = json_array();
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!schema_has(field, minor)) continue;
        json_t *entry = json_pack("{s:o}", "name", json_text(field->name));
        set_field_facts(entry, arena, field, minor);
        if (field->type && depth > 1) json_object_set_new(entry, "fields", json_fields(arena, field->type, minor, depth - 1));
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *json_target(Arena *arena, const Target *target, const ExplainSettings *settings) {
    json_t *out = json_object();
    json_object_set_new(out, "kind", json_text(target->kind->name));
    json_object_set_new(out, "apiVersion", json_text(schema_api_version(target->kind)));
    json_object_set_new(out, "path", json_text(target->path));
    if (target->field) {
        set_field_facts(out, arena, target->field, settings->minor);
        json_object_set_new(out, "mutability", change_name(target) ? json_string(change_name(target)) : json_null());
        if (target->changeWhen.len) json_object_set_new(out, "changeWhen", json_text(target->changeWhen));
    } else {
        json_object_set_new(out, "type", json_text(target->type->name));
        json_object_set_new(out, "description", json_text(target->type->description));
    }
    json_t *names = json_array();
    Readers list = rules_of(arena, target, settings);
    for (uint32_t i = 0; i < list.n; i++) json_array_append_new(names, json_text(list.at[i]->name));
    json_object_set_new(out, "rules", names);
    json_t *fields =
        target->type && settings->depth > 0 ? json_fields(arena, target->type, settings->minor, settings->depth) : json_array();
    json_object_set_new(out, "fields", fields);
    return out;
}

static void put_json(Buf *out, json_t *value) {
    char *text = json_dumps(value, JSON_PRESERVE_ORDER | JSON_INDENT(2));
    buf_str(out, str_of(text));
    buf_char(out, '\n');
    free(text);
    json_decref(value);
}

/* Markdown. */

static void put_markdown_fields(Buf *out, const Type *type, uint8_t minor, int depth, Str prefix) {
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!schema_has(field, minor)) continue;
        Str kind = schema_type_text(field, out->arena);
        buf_format(out, "| `%.*s%.*s` | %.*s%s | ", TEXT(prefix), TEXT(field->name), TEXT(kind),
                   field->required ? ", required" : "");
        Str text = field->text->description;
        for (size_t j = 0; j < text.len; j++) {
            if (text.at[j] == '|') buf_char(out, '\\');
            buf_char(out, text.at[j] == '\n' ? ' ' : text.at[j]);
        }
        buf_str(out, S(" |\n"));
        if (field->type && depth > 1)
            put_markdown_fields(out, field->type, minor, depth - 1,
                                str_format(out->arena, "%.*s%.*s.", TEXT(prefix), TEXT(field->name)));
    }
}

static void put_target_markdown(Buf *out, const Target *target, const ExplainSettings *settings) {
    Arena *arena = out->arena;
    const Field *field = target->field;
    buf_format(out, "# %.*s%s%.*s\n\n", TEXT(target->kind->name), field ? "." : "", TEXT(target->path));
    if (field) {
        Str kind = schema_type_text(field, arena), limits = limits_text(arena, field->text), list = list_text(arena, field);
        Str gate = gate_text(arena, field->gate, settings->minor);
        buf_format(out, "- type: `%.*s`%s\n", TEXT(kind), field->required ? ", required" : "");
        if (field->value.at) buf_format(out, "- default: `%.*s`\n", TEXT(field->value));
        if (field->text->defaultWhen.len) buf_format(out, "- default: %.*s\n", TEXT(field->text->defaultWhen));
        if (limits.len) buf_format(out, "- limits: %.*s\n", TEXT(limits));
        if (list.len) buf_format(out, "- list: %.*s\n", TEXT(list));
        if (field->since) buf_format(out, "- since: Kubernetes 1.%d\n", field->since);
        if (gate.len) buf_format(out, "- gate: %.*s\n", TEXT(gate));
        if (*change_words(target)) buf_format(out, "- change: %s\n", change_words(target));
        Str names = rules_text(arena, target, settings);
        if (names.len) buf_format(out, "- rules: %.*s\n", TEXT(names));
        buf_char(out, '\n');
    }
    buf_format(out, "%.*s\n", TEXT(field ? field->text->description : target->type->description));
    if (field && field->text->valueCount) {
        buf_str(out, S("\n| value | meaning |\n| --- | --- |\n"));
        for (uint16_t i = 0; i < field->text->valueCount; i++)
            buf_format(out, "| `%.*s` | %.*s |\n", TEXT(field->text->values[i].value), TEXT(field->text->values[i].description));
    }
    if (field && field->text->example.len) {
        Writer w = {out, settings};
        buf_str(out, S("\n```yaml\n"));
        put_example(&w, field, field->text->example, 0);
        buf_str(out, S("```\n"));
    }
    if (target->type && target->type->fieldCount && settings->depth > 0) {
        buf_str(out, S("\n| field | type | |\n| --- | --- | --- |\n"));
        put_markdown_fields(out, target->type, settings->minor, settings->depth, S(""));
    }
}

static void put_target(Buf *out, const Target *target, const ExplainSettings *settings) {
    switch (settings->format) {
    case EXPLAIN_TEXT: put_target_text(&(Writer){out, settings}, target); break;
    case EXPLAIN_JSON: put_json(out, json_target(out->arena, target, settings)); break;
    case EXPLAIN_MARKDOWN: put_target_markdown(out, target, settings); break;
    }
}

/* All places of a field name. */

typedef struct FieldPlace {
    const Field *field;
    Str path, description;
} FieldPlace;

typedef struct Search {
    Arena *arena;
    Str word;
    bool value;  /* the word is one of a field's values, and not its name */
    bool status; /* look there too */
    uint8_t minor;
    ARRAY(FieldPlace) found;
} Search;

/* What a workload holds inside its template is found in the Pod, and what a CronJob's holds in the Job. */
static bool is_found_elsewhere(const Type *type) {
    return str_eq(type->name, S("PodTemplateSpec")) || str_eq(type->name, S("JobTemplateSpec"));
}

/* The fields on the way to one. */
typedef struct Way {
    const struct Way *up;
    const Field *field; /* NULL: the kind */
    const Type *kind;
} Way;

static void put_way(Buf *out, const Way *way) {
    if (!way->field) {
        buf_str(out, way->kind->name);
        return;
    }
    put_way(out, way->up);
    buf_format(out, ".%.*s%s", TEXT(way->field->name), way->field->shape == SHAPE_LIST && way->field->type ? "[]" : "");
}

static void match_field(Search *s, const Way *way) {
    const FieldText *text = way->field->text;
    Str description = S("");
    if (!s->value && str_eq_nocase(way->field->name, s->word)) description = text->description;
    for (uint16_t i = 0; s->value && i < text->valueCount; i++)
        if (str_eq_nocase(text->values[i].value, s->word)) description = text->values[i].description;
    if (!description.len) return;
    Buf path = {.arena = s->arena};
    put_way(&path, way);
    ARRAY_PUSH(s->arena, &s->found, (FieldPlace){way->field, buf_text(&path), description});
}

static void search_type(Search *s, const Type *type, const Way *up, int depth) {
    if (depth > DEEPEST || is_found_elsewhere(type)) return;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if ((!s->status && str_eq(field->name, S("status"))) || !schema_has(field, s->minor)) continue;
        Way way = {up, field, NULL};
        match_field(s, &way);
        if (field->type) search_type(s, field->type, &way, depth + 1);
    }
}

/* Finds the places of a name or value; in a status only if it stands nowhere else. */
static void find_places(Search *s) {
    for (int round = 0; round < 2 && !s->found.n; round++) {
        s->status = round > 0;
        for (size_t i = 0; i < KIND_COUNT; i++) {
            const Type *kind = schema_type(kinds[i].kind);
            search_type(s, kind, &(Way){.kind = kind}, 0);
        }
    }
}

/* Keeps the places below which the rest of a path leads on to a field, and goes there. */
static void extend_places(Search *s, const Parts *rest) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->found.n; i++) {
        Buf path = {.arena = s->arena};
        Target target;
        size_t missing;
        const Type *at;
        buf_str(&path, s->found.at[i].path);
        for (size_t j = 1; j < rest->n; j++) buf_format(&path, ".%.*s", TEXT(rest->at[j]));
        Parts parts = split(buf_text(&path));
        if (!follow(s->arena, kind_named(parts.at[0]), &parts, 1, s->minor, &target, &missing, &at)) continue;
        s->found.at[kept++] =
            (FieldPlace){target.field, str_format(s->arena, "%.*s.%.*s", TEXT(target.kind->name), TEXT(target.path)),
                         target.field->text->description};
    }
    s->found.n = kept;
}

static void put_places(Buf *out, const Search *s, const ExplainSettings *settings) {
    if (settings->format == EXPLAIN_JSON) {
        json_t *list = json_array();
        for (uint32_t i = 0; i < s->found.n; i++) {
            json_t *entry = json_pack("{s:o,s:o}", "path", json_text(s->found.at[i].path), "type",
                                      json_text(schema_type_text(s->found.at[i].field, out->arena)));
            json_object_set_new(entry, "description", json_text(s->found.at[i].description));
            json_array_append_new(list, entry);
        }
        put_json(out, list);
        return;
    }
    Writer w = {out, settings};
    bool markdown = settings->format == EXPLAIN_MARKDOWN;
    buf_format(out, "%s%.*s %s in %u places:\n\n", markdown ? "# " : "", TEXT(s->value ? s->word : s->found.at[0].field->name),
               s->value ? "is a value" : "stands", s->found.n);
    for (uint32_t i = 0; i < s->found.n; i++) {
        const FieldPlace *place = &s->found.at[i];
        Str kind = schema_type_text(place->field, out->arena);
        if (markdown) {
            buf_format(out, "- `%.*s` (%.*s): %.*s\n", TEXT(place->path), TEXT(kind), TEXT(place->description));
            continue;
        }
        buf_format(out, "  %s%.*s%s  %s%.*s%s\n      ", bold(&w), TEXT(place->path), reset(&w), dim(&w), TEXT(kind), reset(&w));
        put_wrapped(&w, first_sentence(place->description), 6, 6);
    }
}

/* The only place is explained, several are listed. */
static ExplainKind put_found(Buf *out, const Search *s, const ExplainSettings *settings) {
    if (s->found.n > 1) {
        put_places(out, s, settings);
        return EXPLAINS_PLACES;
    }
    Parts parts = split(s->found.at[0].path);
    Target target;
    size_t missing;
    const Type *at;
    follow(out->arena, kind_named(parts.at[0]), &parts, 1, s->minor, &target, &missing, &at);
    put_target(out, &target, settings);
    return EXPLAINS_FIELD;
}

/* Rules and error types. */

/* A template with the names of what it is filled with, in braces. */
static Str named_template(Arena *arena, const Rule *rule, Str template) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < template.len; i++) {
        if (template.at[i] == '{' && i + 2 < template.len && template.at[i + 2] == '}') {
            buf_format(&buf, "{%.*s}", TEXT(rule->arguments[template.at[i + 1] - '0']));
            i += 2;
        } else {
            buf_char(&buf, template.at[i]);
        }
    }
    return buf_text(&buf);
}

static Str profiles_text(Arena *arena, const Rule *rule) {
    Buf buf = {.arena = arena};
    for (unsigned i = 0; i < PROFILE_ALL; i++)
        if (rule->source == FROM_LINT && rule->profiles >> i & 1) buf_format(&buf, "%s%s", buf.len ? ", " : "", profile_names[i]);
    return buf_text(&buf);
}

/* The help of a rule; one that is made up anew each time tells nothing here. */
static Str help_text(Arena *arena, const Rule *rule) {
    return str_eq(rule->help, S("{0}")) ? S("") : named_template(arena, rule, rule->help);
}

static json_t *rule_json(Arena *arena, const Rule *rule) {
    const char *type = api_error_name((ApiError)rule->type);
    json_t *json =
        json_pack("{s:o,s:o,s:s,s:s,s:o,s:o,s:o}", "rule", json_text(rule->name), "code", json_optional(rule->code), "source",
                  diag_source_name((DiagSource)rule->source), "severity", severity_name((Severity)rule->severity), "message",
                  json_text(named_template(arena, rule, rule->message)), "help", json_optional(help_text(arena, rule)), "why",
                  json_optional(rule->why));
    if (type) json_object_set_new(json, "type", json_string(type));
    if (rule->source != FROM_LINT) return json;
    json_t *profiles = json_array(), *parameters = json_array();
    for (unsigned i = 0; i < PROFILE_ALL; i++)
        if (rule->profiles >> i & 1) json_array_append_new(profiles, json_string(profile_names[i]));
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        const RuleParameter *parameter = &rule->parameters[i];
        json_array_append_new(parameters, json_pack("{s:o,s:o,s:o}", "name", json_text(parameter->name), "default",
                                                    json_loadb(parameter->value.at, parameter->value.len, JSON_DECODE_ANY, NULL),
                                                    "description", json_text(parameter->description)));
    }
    json_object_set_new(json, "profiles", profiles);
    if (rule->sparesAgents) json_object_set_new(json, "spares", json_string("node-agents"));
    json_object_set_new(json, "parameters", parameters);
    json_object_set_new(json, "on", json_optional(rule->on));
    json_object_set_new(json, "when", json_optional(rule->when));
    json_object_set_new(json, "at", json_optional(rule->at));
    json_object_set_new(json, "bad", json_optional(rule->bad));
    json_object_set_new(json, "good", json_optional(rule->good));
    return json;
}

static void put_rule_markdown(Buf *out, const Rule *rule) {
    const char *type = api_error_name((ApiError)rule->type);
    Str help = help_text(out->arena, rule), profiles = profiles_text(out->arena, rule);
    buf_format(out, "# %.*s\n\n- source: %s, severity: %s%s%s\n", TEXT(rule->name), diag_source_name((DiagSource)rule->source),
               severity_name((Severity)rule->severity), type ? ", type: " : "", type ? type : "");
    if (rule->code.len) buf_format(out, "- code: %.*s\n", TEXT(rule->code));
    if (profiles.len) buf_format(out, "- profiles: %.*s\n", TEXT(profiles));
    if (rule->sparesAgents) buf_format(out, "- default: not of node agents: DaemonSets, kube-system, system-node-critical\n");
    buf_format(out, "- says: %.*s\n", TEXT(named_template(out->arena, rule, rule->message)));
    if (help.len) buf_format(out, "- help: %.*s\n", TEXT(help));
    if (rule->when.len) buf_format(out, "- found where, for a %.*s: `%.*s`\n", TEXT(rule->on), TEXT(rule->when));
    for (uint8_t i = 0; i < rule->parameterCount; i++)
        buf_format(out, "- parameter %.*s, by default `%.*s`: %.*s\n", TEXT(rule->parameters[i].name),
                   TEXT(rule->parameters[i].value), TEXT(rule->parameters[i].description));
    buf_format(out, "\n%.*s\n", TEXT(rule->why));
    if (rule->bad.len)
        buf_format(out, "\nBad:\n\n```yaml\n%.*s\n```\n\nGood:\n\n```yaml\n%.*s\n```\n", TEXT(rule->bad), TEXT(rule->good));
}

static void put_block(const Writer *w, const char *title, Str text) {
    if (!text.len) return;
    buf_format(w->out, "\n  %s%s%s\n", dim(w), title, reset(w));
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        buf_format(w->out, "    %.*s\n", TEXT((end < 0 ? text : (Str){text.at, (size_t)end})));
        text = end < 0 ? S("") : str_slice(text, (size_t)end + 1);
    }
}

static void put_rule_text(Buf *out, const Rule *rule, const ExplainSettings *settings) {
    Writer w = {out, settings};
    const char *type = api_error_name((ApiError)rule->type);
    buf_format(out, "%s%.*s%s  (%.*s%s%s, %s%s%s)\n\n", bold(&w), TEXT(rule->name), reset(&w), TEXT(rule->code),
               rule->code.len ? ", " : "", diag_source_name((DiagSource)rule->source), severity_name((Severity)rule->severity),
               type ? ", " : "", type ? type : "");
    put_fact(&w, "says", named_template(out->arena, rule, rule->message));
    put_fact(&w, "help", help_text(out->arena, rule));
    put_fact(&w, "profiles", profiles_text(out->arena, rule));
    if (rule->sparesAgents) put_fact(&w, "default", S("not of node agents: DaemonSets, kube-system, system-node-critical"));
    put_fact(&w, "on", rule->on);
    put_fact(&w, "when", rule->when);
    for (uint8_t i = 0; i < rule->parameterCount; i++) {
        const RuleParameter *parameter = &rule->parameters[i];
        put_fact(&w, i ? "" : "parameters",
                 str_format(out->arena, "%.*s (%.*s): %.*s", TEXT(parameter->name), TEXT(parameter->value),
                            TEXT(parameter->description)));
    }
    buf_str(out, S("\n  "));
    put_wrapped(&w, rule->why, 2, 2);
    put_block(&w, "bad", rule->bad);
    put_block(&w, "good", rule->good);
}

void explain_rule(Buf *out, const Rule *rule, const ExplainSettings *settings) {
    switch (settings->format) {
    case EXPLAIN_JSON: put_json(out, rule_json(out->arena, rule)); break;
    case EXPLAIN_MARKDOWN: put_rule_markdown(out, rule); break;
    case EXPLAIN_TEXT: put_rule_text(out, rule, settings); break;
    }
}

static void put_rule_row(Buf *out, const Rule *rule, const ExplainSettings *settings) {
    Writer w = {out, settings};
    bool on = rule_in_profile(rule, PROFILE_DEFAULT);
    int width = settings->width > 120 ? 120 : settings->width;
    buf_format(out, "%-7.*s %s%-40.*s%s %-8s%s ", TEXT(rule->code), bold(&w), TEXT(rule->name), reset(&w),
               severity_name((Severity)rule->severity), on ? "   " : "off");
    Str message = named_template(out->arena, rule, rule->message);
    int room = width - 61;
    if (room > 20) put_cut(out, message, (size_t)room);
    buf_char(out, '\n');
}

void explain_rules(Buf *out, const Rule *const *list, uint32_t count, const ExplainSettings *settings) {
    json_t *all = json_array();
    for (uint32_t i = 0; i < count; i++) {
        if (settings->format == EXPLAIN_JSON)
            json_array_append_new(all, rule_json(out->arena, list[i]));
        else if (settings->format == EXPLAIN_MARKDOWN)
            buf_format(out, "%s| %.*s | %.*s | %s | %.*s | %.*s |\n",
                       i ? "" : "| code | rule | severity | profiles | says |\n| --- | --- | --- | --- | --- |\n",
                       TEXT(list[i]->code), TEXT(list[i]->name), severity_name((Severity)list[i]->severity),
                       TEXT(profiles_text(out->arena, list[i])), TEXT(named_template(out->arena, list[i], list[i]->message)));
        else
            put_rule_row(out, list[i], settings);
    }
    if (settings->format == EXPLAIN_JSON)
        put_json(out, all);
    else
        json_decref(all);
}

static const struct {
    Str name, text;
} error_types[] = {
    {STR("FieldValueRequired"),
     STR("The server cannot do without the value: the field is missing or empty, and has no default.")},
    {STR("FieldValueInvalid"),
     STR("The value is there and of the right type, but breaks a rule: a range, a form, or how it goes together with "
         "other fields.")},
    {STR("FieldValueDuplicate"), STR("The value has to be unique in its list and stands there more than once.")},
    {STR("FieldValueNotSupported"),
     STR("The field takes one of a fixed set of words, and the value is none of them. Case counts.")},
    {STR("FieldValueForbidden"),
     STR("The field may not be set here, or may not change: another field, the kind or the update rules it out.")},
    {STR("FieldValueTooLong"), STR("The text is longer than the field allows.")},
    {STR("FieldValueTooMany"), STR("The list has more items than the field allows.")},
    {STR("FieldValueTypeInvalid"), STR("The value has a type that the field cannot hold.")},
    {STR("FieldValueNotFound"),
     STR("The value names something that has to exist in the same object, such as a volume, and does not.")},
    {STR("InternalError"), STR("The server could not tell whether the value is right.")},
};

static bool put_error_type(Buf *out, Str query, const ExplainSettings *settings) {
    for (size_t i = 0; i < COUNT(error_types); i++) {
        if (!str_eq_nocase(query, error_types[i].name)) continue;
        uint32_t count = 0;
        Writer w = {out, settings};
        if (settings->format == EXPLAIN_JSON) {
            json_t *names = json_array();
            for (uint16_t j = 0; j < rule_count; j++) {
                const char *type = api_error_name((ApiError)rules[j].type);
                if (type && str_eq(str_of(type), error_types[i].name)) json_array_append_new(names, json_text(rules[j].name));
            }
            put_json(out, json_pack("{s:o,s:o,s:o}", "type", json_text(error_types[i].name), "description",
                                    json_text(error_types[i].text), "rules", names));
            return true;
        }
        buf_format(out, "%s%s%.*s%s\n\n  ", settings->format == EXPLAIN_MARKDOWN ? "# " : "", bold(&w), TEXT(error_types[i].name),
                   reset(&w));
        put_wrapped(&w, error_types[i].text, 2, 2);
        buf_str(out, S("\n  Rules that report it:\n"));
        for (uint16_t j = 0; j < rule_count; j++) {
            const char *type = api_error_name((ApiError)rules[j].type);
            if (!type || !str_eq(str_of(type), error_types[i].name)) continue;
            buf_format(out, "    %.*s\n", TEXT(rules[j].name));
            count++;
        }
        if (!count) buf_str(out, S("    none\n"));
        return true;
    }
    return false;
}

/* Topics. */

#define NUMBER_ROW(name, value) {STR(#name), (value)},
static const struct {
    Str name;
    int value;
} numbers[] = {KUBELET_NUMBERS(NUMBER_ROW)};
#undef NUMBER_ROW

static Str fill_numbers(Arena *arena, Str text) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        ptrdiff_t end = text.at[i] == '{' ? str_find(str_slice(text, i), '}') : -1;
        bool known = false;
        for (size_t j = 0; end > 0 && j < COUNT(numbers) && !known; j++) {
            if (!str_eq((Str){text.at + i + 1, (size_t)end - 1}, numbers[j].name)) continue;
            buf_int(&buf, numbers[j].value);
            known = true;
        }
        if (known)
            i += (size_t)end;
        else
            buf_char(&buf, text.at[i]);
    }
    return buf_text(&buf);
}

static const Topic *topic_named(Str query) {
    for (uint16_t i = 0; i < topic_count; i++)
        if (str_eq_nocase(query, topics[i].name)) return &topics[i];
    return NULL;
}

/* Takes the next paragraph or list item off a text; a blank line is an empty block. */
static Str next_block(Str *text) {
    size_t end = 0;
    for (size_t start = 0; start < text->len; start = end) {
        ptrdiff_t newline = str_find(str_slice(*text, start), '\n');
        size_t next = newline < 0 ? text->len : start + (size_t)newline + 1;
        Str line = str_trim((Str){text->at + start, next - start});
        if (start > 0 && (!line.len || str_starts(line, S("- ")))) break;
        end = next;
        if (!line.len) break;
    }
    Str block = str_trim((Str){text->at, end});
    *text = str_slice(*text, end);
    return block;
}

/* A block of a topic in one line. */
static Str folded(Arena *arena, Str block) {
    Buf line = {.arena = arena};
    for (size_t i = 0; i < block.len; i++) {
        bool gap = block.at[i] == '\n' || (block.at[i] == ' ' && line.len && line.at[line.len - 1] == ' ');
        if (!gap)
            buf_char(&line, block.at[i]);
        else if (line.at[line.len - 1] != ' ')
            buf_char(&line, ' ');
    }
    return buf_text(&line);
}

/* The line at the start of a text, which is then behind it. */
static void put_verbatim(Buf *out, Str *text) {
    ptrdiff_t newline = str_find(*text, '\n');
    Str line = newline < 0 ? *text : (Str){text->at, (size_t)newline};
    buf_format(out, "  %.*s\n", TEXT(line));
    *text = newline < 0 ? S("") : str_slice(*text, (size_t)newline + 1);
}

static void put_topic(Buf *out, const Topic *topic, const ExplainSettings *settings) {
    Str text = fill_numbers(out->arena, topic->text);
    if (settings->format == EXPLAIN_JSON) {
        put_json(out, json_pack("{s:o,s:o,s:o}", "topic", json_text(topic->name), "title", json_text(topic->title), "text",
                                json_text(text)));
        return;
    }
    Writer w = {out, settings};
    if (settings->format == EXPLAIN_MARKDOWN) {
        buf_format(out, "# %.*s\n\n%.*s\n", TEXT(topic->title), TEXT(text));
        return;
    }
    buf_format(out, "%s%.*s%s\n\n", bold(&w), TEXT(topic->title), reset(&w));
    while (text.len) {
        if (str_starts(text, S("    "))) {
            put_verbatim(out, &text);
            continue;
        }
        Str block = next_block(&text);
        bool item = str_starts(block, S("- "));
        if (!block.len) {
            buf_char(out, '\n');
            continue;
        }
        buf_str(out, S("  "));
        put_wrapped(&w, folded(out->arena, block), item ? 4 : 2, 2);
    }
}

/* Whether a list item of a topic is about a word: "- Pending, Running: ...". */
static bool item_names(Str item, Str word) {
    for (size_t start = 2, i = 2; i + 1 < item.len; i++) {
        bool end = item.at[i] == ':' && item.at[i + 1] == ' ';
        if (!end && item.at[i] != ',') continue;
        if (str_eq_nocase(str_trim((Str){item.at + start, i - start}), word)) return true;
        if (end) return false;
        start = i + 1;
    }
    return false;
}

typedef struct TopicItem {
    const Topic *topic;
    Str text;
} TopicItem;

/* A word of the topics, such as CrashLoopBackOff: all that they say of it. False if they do not know it. */
static bool put_word(Buf *out, Str word, const ExplainSettings *settings) {
    ARRAY(TopicItem) found = {0};
    for (uint16_t i = 0; i < topic_count; i++)
        for (Str text = fill_numbers(out->arena, topics[i].text); text.len;) {
            Str item = folded(out->arena, next_block(&text));
            if (str_starts(item, S("- ")) && item_names(item, word))
                ARRAY_PUSH(out->arena, &found, (TopicItem){&topics[i], str_slice(item, 2)});
        }
    if (settings->format == EXPLAIN_JSON && found.n) {
        json_t *list = json_array();
        for (uint32_t i = 0; i < found.n; i++)
            json_array_append_new(
                list, json_pack("{s:o,s:o}", "topic", json_text(found.at[i].topic->name), "text", json_text(found.at[i].text)));
        put_json(out, list);
        return true;
    }
    Writer w = {out, settings};
    bool markdown = settings->format == EXPLAIN_MARKDOWN;
    for (uint32_t i = 0; i < found.n; i++) {
        const Topic *topic = found.at[i].topic;
        buf_format(out, "%s%s%s%.*s%s\n\n%s", i ? "\n" : "", markdown ? "# " : "", bold(&w), TEXT(topic->title), reset(&w),
                   markdown ? "" : "  ");
        put_wrapped(&w, found.at[i].text, markdown ? 0 : 2, markdown ? 0 : 2);
        if (!markdown) buf_format(out, "\n  More: podlint explain %.*s\n", TEXT(topic->name));
    }
    return found.n > 0;
}

/* Nothing found. */

static void keep_nearest(Str query, Str name, Str *found, unsigned *best) {
    unsigned distance = str_distance(query, name, *best - 1);
    if (distance < *best) *best = distance, *found = name;
}

/* What was probably meant by a word; empty if nothing is near. */
static Str nearest_name(Str query) {
    unsigned best = query.len <= 3 ? 2 : 3;
    Str found = S("");
    for (size_t i = 0; i < KIND_COUNT; i++) keep_nearest(query, kinds[i].kind, &found, &best);
    for (size_t i = 0; i < COUNT(error_types); i++) keep_nearest(query, error_types[i].name, &found, &best);
    for (uint16_t i = 0; i < topic_count; i++) keep_nearest(query, topics[i].name, &found, &best);
    for (uint16_t i = 0; i < rule_count; i++) keep_nearest(query, rules[i].name, &found, &best);
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++)
            keep_nearest(query, schema_types[t]->fields[i].name, &found, &best);
    return found;
}

static bool has_nocase(Str text, Str part) {
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (str_eq_nocase((Str){text.at + i, part.len}, part)) return true;
    return false;
}

/* Some names of fields and rules that a word is a part of. */
static void put_containing(Buf *out, Str query, uint8_t minor) {
    enum { MOST = 6, SHORTEST = 3 };
    Str names[MOST];
    size_t n = 0;
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount && n < MOST && query.len >= SHORTEST; i++) {
            const Field *field = &schema_types[t]->fields[i];
            bool known = !schema_has(field, minor) || !has_nocase(field->name, query);
            for (size_t j = 0; j < n && !known; j++) known = str_eq(names[j], field->name);
            if (!known) names[n++] = field->name;
        }
    for (uint16_t i = 0; i < rule_count && n < MOST && query.len >= SHORTEST; i++)
        if (has_nocase(rules[i].name, query)) names[n++] = rules[i].name;
    for (size_t i = 0; i < n; i++) buf_format(out, "%s%.*s", i ? ", " : "; names with it: ", TEXT(names[i]));
}

static void put_nothing(Buf *out, Str query, const Parts *parts, size_t from, size_t missing, const Type *at, const Type *kind,
                        uint8_t minor) {
    if (at && missing < parts->n) {
        Str part = parts->at[missing], near = schema_near_field(at, part, minor),
            below = schema_find_below(at, part, minor, out->arena);
        const Field *field = schema_field(at, part, str_hash(part));
        Buf path = {.arena = out->arena};
        for (size_t i = from; i < missing; i++) buf_format(&path, "%.*s.", TEXT(parts->at[i]));
        Str lower = str_lower(out->arena, kind->name);
        buf_format(out, "%.*s has no field \"%.*s\"", TEXT(at->name), TEXT(part));
        if (field && field->since > minor) {
            buf_format(out, " in Kubernetes 1.%d; it exists since 1.%d", minor, field->since);
        } else if (field && field->removed) {
            buf_format(out, " in Kubernetes 1.%d; it was there until 1.%d", minor, field->removed - 1);
        } else if (near.len) {
            buf_format(out, "; did you mean %.*s.%.*s%.*s?", TEXT(lower), TEXT(buf_text(&path)), TEXT(near));
        } else if (below.len) {
            buf_format(out, "; did you mean %.*s.%.*s%.*s?", TEXT(lower), TEXT(buf_text(&path)), TEXT(below));
        }
        buf_char(out, '\n');
        return;
    }
    if (missing < parts->n && missing > from) {
        buf_format(out, "%.*s is a plain value and has no field \"%.*s\"\n", TEXT(parts->at[missing - 1]),
                   TEXT(parts->at[missing]));
        return;
    }
    Str found = nearest_name(query);
    buf_format(out, "nothing is called \"%.*s\"", TEXT(query));
    if (found.len)
        buf_format(out, "; did you mean %.*s?", TEXT(found));
    else
        put_containing(out, query, minor);
    buf_char(out, '\n');
}

static ExplainKind explain_field(Buf *out, Str query, const Type *kind, const Parts *parts, size_t from,
                                 const ExplainSettings *settings) {
    Target target;
    size_t missing;
    const Type *at;
    if (!follow(out->arena, kind, parts, from, settings->minor, &target, &missing, &at)) {
        put_nothing(out, query, parts, from, missing, at, kind, settings->minor);
        return EXPLAINS_NOTHING;
    }
    put_target(out, &target, settings);
    return EXPLAINS_FIELD;
}

static const Type *type_named(Str name) {
    for (uint16_t i = 0; i < schema_type_count; i++)
        if (str_eq_nocase(schema_types[i]->name, name)) return schema_types[i];
    return NULL;
}

/* How many parts name a kind: pods, deployments.apps, deployment.v1.apps. */
static size_t kind_length(const Parts *parts) {
    size_t n = 1;
    while (n < parts->n && n < 3 &&
           (str_eq(parts->at[n], S("v1")) || str_eq(parts->at[n], S("apps")) || str_eq(parts->at[n], S("batch"))))
        n++;
    return n;
}

/* A path without a kind: of the first kind that has it, of a type (Container.image), or from a field on that stands deeper. */
static ExplainKind explain_path(Buf *out, Str query, const Parts *parts, const ExplainSettings *settings) {
    Arena *arena = out->arena;
    const Type *nearest = NULL, *type = parts->n > 1 ? type_named(parts->at[0]) : NULL, *at;
    size_t deepest = 0, missing;
    Target target;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const Type *kind = schema_type(kinds[i].kind);
        if (follow(arena, kind, parts, 0, settings->minor, &target, &missing, &at)) {
            put_target(out, &target, settings);
            return EXPLAINS_FIELD;
        }
        if (!nearest || missing > deepest) deepest = missing, nearest = kind;
    }
    if (type) return explain_field(out, query, type, parts, 1, settings);
    Search search = {.arena = arena, .word = parts->at[0], .minor = settings->minor};
    if (!deepest) find_places(&search);
    extend_places(&search, parts);
    if (search.found.n) return put_found(out, &search, settings);
    return explain_field(out, query, nearest, parts, 0, settings);
}

/* A single word that is no kind, topic, rule or error type. */
static ExplainKind explain_word(Buf *out, Str query, const Parts *parts, const ExplainSettings *settings) {
    Search names = {.arena = out->arena, .word = parts->n ? parts->at[0] : query, .minor = settings->minor}, values = names;
    values.value = true;
    const Type *type = schema_type(query);
    if (!type) find_places(&names);
    if (!type && names.found.n) return put_found(out, &names, settings);
    if (!type) type = type_named(query);
    if (type) {
        put_target(out, &(Target){.kind = type, .type = type}, settings);
        return EXPLAINS_FIELD;
    }
    if (put_word(out, query, settings)) return EXPLAINS_TOPIC;
    find_places(&values);
    if (values.found.n) {
        put_places(out, &values, settings);
        return EXPLAINS_PLACES;
    }
    put_nothing(out, query, parts, 0, parts->n, NULL, NULL, settings->minor);
    return EXPLAINS_NOTHING;
}

ExplainKind explain(Buf *out, Str query, const ExplainSettings *settings) {
    query = str_trim(query);
    Parts parts = split(query);
    const Type *kind = parts.n ? kind_named(parts.at[0]) : NULL;
    const Topic *topic = topic_named(query);
    const Rule *rule = rule_named(query);
    if (topic) {
        put_topic(out, topic, settings);
        return EXPLAINS_TOPIC;
    }
    if (put_error_type(out, query, settings)) return EXPLAINS_ERROR;
    if (kind) return explain_field(out, query, kind, &parts, kind_length(&parts), settings);
    if (rule) {
        explain_rule(out, rule, settings);
        return EXPLAINS_RULE;
    }
    bool root = parts.n == 1 && (str_eq(parts.at[0], S("spec")) || str_eq(parts.at[0], S("metadata")));
    if (parts.n > 1 || root) return explain_path(out, query, &parts, settings);
    return explain_word(out, query, &parts, settings);
}

void explain_index(Buf *out, const ExplainSettings *settings) {
    Writer w = {out, settings};
    buf_format(out, "%sKinds%s\n", bold(&w), reset(&w));
    for (size_t i = 0; i < KIND_COUNT; i++)
        buf_format(out, "  %-22.*s %.*s\n", TEXT(kinds[i].kind), TEXT(first_sentence(schema_type(kinds[i].kind)->description)));
    buf_format(out, "\n%sTopics%s\n", bold(&w), reset(&w));
    for (uint16_t i = 0; i < topic_count; i++) buf_format(out, "  %-22.*s %.*s\n", TEXT(topics[i].name), TEXT(topics[i].title));
    buf_format(out, "\nA path (spec.containers), a field (imagePullPolicy), a rule (unknown-field) or an error type "
                    "(FieldValueInvalid) can be "
                    "asked for too.\n");
}

void explain_all(Buf *out, const ExplainSettings *settings) {
    ExplainSettings markdown = *settings;
    markdown.format = EXPLAIN_MARKDOWN;
    for (uint16_t i = 0; i < topic_count; i++) {
        put_topic(out, &topics[i], &markdown);
        buf_char(out, '\n');
    }
    for (uint16_t i = 0; i < schema_type_count; i++) {
        const Type *type = schema_types[i];
        put_target(out, &(Target){.kind = type, .type = type}, &markdown);
        buf_char(out, '\n');
    }
    for (uint16_t i = 0; i < rule_count; i++) {
        explain_rule(out, &rules[i], &markdown);
        buf_char(out, '\n');
    }
}

void explain_changes(Buf *out, uint8_t from, uint8_t to, const ExplainSettings *settings) {
    Writer w = {out, settings};
    json_t *list = settings->format == EXPLAIN_JSON ? json_array() : NULL;
    bool any = false;
    for (uint8_t minor = (uint8_t)(from + 1); minor <= to; minor++)
        for (uint16_t t = 0; t < schema_type_count; t++)
            for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++) {
                const Field *field = &schema_types[t]->fields[i];
                if (field->since != minor && field->removed != minor) continue;
                bool came = field->since == minor;
                if (list) {
                    json_array_append_new(list,
                                          json_pack("{s:o,s:s,s:o,s:o}", "version", json_text(version_text(out->arena, minor)),
                                                    "change", came ? "added" : "removed", "type",
                                                    json_text(schema_types[t]->name), "field", json_text(field->name)));
                    continue;
                }
                any = true;
                buf_format(out, "1.%d  %s  %s%.*s.%.*s%s", minor, came ? "new " : "gone", bold(&w), TEXT(schema_types[t]->name),
                           TEXT(field->name), reset(&w));
                if (came && field->gate >= 0) buf_format(out, "  (gate %.*s)", TEXT(gate_text(out->arena, field->gate, to)));
                buf_char(out, '\n');
            }
    for (uint16_t g = 0; g < schema_gate_count; g++) {
        const Gate *gate = &schema_gates[g];
        bool before = gate->on[from - VERSION_FIRST], after = gate->on[to - VERSION_FIRST];
        uint8_t oldStage = gate->stage[from - VERSION_FIRST], newStage = gate->stage[to - VERSION_FIRST];
        if (before == after && oldStage == newStage) continue;
        if (list) {
            json_array_append_new(list,
                                  json_pack("{s:o,s:s,s:s,s:b,s:b}", "gate", json_text(gate->name), "from", stage_name(oldStage),
                                            "to", stage_name(newStage), "onBefore", before, "onAfter", after));
            continue;
        }
        any = true;
        buf_format(out, "gate  %s%.*s%s: %s, %s -> %s, %s\n", bold(&w), TEXT(gate->name), reset(&w),
                   oldStage ? stage_name(oldStage) : "not there", before ? "on" : "off", newStage ? stage_name(newStage) : "gone",
                   after ? "on" : "off");
    }
    if (list)
        put_json(out, list);
    else if (!any)
        buf_format(out, "nothing changed between 1.%d and 1.%d\n", from, to);
}

static void offer(Buf *out, Str word, Str typed) {
    if (str_starts(word, typed)) buf_format(out, "%.*s\n", TEXT(word));
}

/* Where a query may begin. Rules and single fields, of which there are many, only if nothing else begins so. */
static void complete_first(Buf *out, Str typed, uint8_t minor) {
    offer(out, S("spec."), typed);
    offer(out, S("metadata."), typed);
    for (size_t i = 0; i < KIND_COUNT; i++) offer(out, (Str){kinds[i].plural.at, kinds[i].plural.len - 1}, typed);
    for (uint16_t i = 0; i < topic_count; i++) offer(out, topics[i].name, typed);
    if (out->len) return;
    for (uint16_t i = 0; i < rule_count; i++) offer(out, rules[i].name, typed);
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++) {
            const Field *field = &schema_types[t]->fields[i];
            if (schema_has(field, minor)) offer(out, field->name, typed);
        }
}

void explain_complete(Buf *out, Str typed, uint8_t minor) {
    ptrdiff_t dot = str_rfind(typed, '.');
    if (dot < 0) {
        complete_first(out, typed, minor);
        return;
    }
    Str done = {typed.at, (size_t)dot}, rest = str_slice(typed, (size_t)dot + 1);
    Parts parts = split(done);
    const Type *kind = parts.n ? kind_named(parts.at[0]) : NULL, *at;
    Target target;
    size_t missing;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const Type *candidate = kind ? kind : schema_type(kinds[i].kind);
        if (follow(out->arena, candidate, &parts, kind ? 1 : 0, minor, &target, &missing, &at) && target.type) {
            for (uint16_t j = 0; j < target.type->fieldCount; j++) {
                const Field *field = &target.type->fields[j];
                if (schema_has(field, minor) && str_starts(field->name, rest))
                    buf_format(out, "%.*s.%.*s\n", TEXT(done), TEXT(field->name));
            }
            return;
        }
        if (kind) return;
    }
}
