#include "mend.h"

#include <stdlib.h>

#include "base/duration.h"
#include "place.h"
#include "yaml/entries.h"

/* Building values at the place of what is written. */

static Node scalar_at(const Node *written, NodeKind kind, Str text) {
    return (Node){.kind = (uint8_t)kind, .depth = 1, .span = written->span, .text = text, .plain = kind != NODE_STRING};
}

static Node map_at(Arena *arena, const Node *written, uint32_t room) {
    Node map = {.kind = NODE_MAP, .depth = 2, .span = written->span};
    entries_make_room(arena, &map, room);
    return map;
}

static void map_put(Node *map, Str key, Span span, Node value) {
    uint32_t hash = str_hash(key);
    if (!entries_find(map, key, hash)) entries_add(map, &(Entry){key, hash, span, value});
}

static Node list_at(Arena *arena, const Node *written, uint32_t count) {
    return (Node){
        .kind = NODE_LIST, .depth = 2, .span = written->span, .count = count, .items = NEW_ARRAY(arena, Node, count ? count : 1)};
}

/* Scalars. */

bool mend_quantity(Arena *arena, Str text, Str *out, Str *words) {
    static const struct {
        Str unit, decimal, binary;
    } units[] = {{STR("k"), STR("k"), STR("Ki")},
                 {STR("m"), STR("M"), STR("Mi")},
                 {STR("g"), STR("G"), STR("Gi")},
                 {STR("t"), STR("T"), STR("Ti")},
                 {STR("p"), STR("P"), STR("Pi")}};
    Quantity quantity;
    size_t digits = 0;
    while (digits < text.len && (is_digit(text.at[digits]) || text.at[digits] == '.')) digits++;
    Str number = {text.at, digits}, suffix = str_trim(str_slice(text, digits)), closed = str_join(arena, number, suffix);
    if (!digits) return false;
    if (closed.len < text.len && !quantity_parse(&quantity, closed)) {
        *out = closed;
        *words = str_format(arena, "did you mean %.*s?", TEXT(closed));
        return true;
    }
    for (size_t i = 0; i < COUNT(units); i++) {
        Str bytes = str_join(arena, units[i].unit, S("b")), binary = str_join(arena, units[i].unit, S("ib"));
        if (!str_eq_nocase(suffix, units[i].unit) && !str_eq_nocase(suffix, bytes) && !str_eq_nocase(suffix, binary) &&
            !str_eq_nocase(suffix, units[i].binary))
            continue;
        bool decimal = str_eq_nocase(suffix, bytes); /* GB counts in thousands; g of Docker and the JVM does not */
        Str thousands = str_join(arena, number, units[i].decimal), powers = str_join(arena, number, units[i].binary);
        *out = decimal ? thousands : powers;
        *words = decimal ? str_format(arena, "did you mean %.*s (powers of 1000) or %.*s (powers of 1024)?", TEXT(thousands),
                                      TEXT(powers))
                         : str_format(arena, "did you mean %.*s (powers of 1024) or %.*s (powers of 1000)?", TEXT(powers),
                                      TEXT(thousands));
        return !quantity_parse(&quantity, *out);
    }
    return false;
}

static bool is_number_type(const Field *field) {
    return field->scalar == TYPE_INT32 || field->scalar == TYPE_INT64;
}

/* A text that says a number: "80", 30s where the field counts seconds, 80/tcp. */
static bool number_of(Arena *arena, const Field *field, Str text, Str *out) {
    int64_t nanoseconds, number;
    Str digits = {text.at, 0};
    if (str_ends(field->name, S("Seconds")) && duration_parse(text, &nanoseconds) && nanoseconds % SECOND == 0) {
        *out = str_int(arena, nanoseconds / SECOND);
        return true;
    }
    while (digits.len < text.len && is_digit(text.at[digits.len])) digits.len++;
    Str rest = str_slice(text, digits.len);
    if (!digits.len || (rest.len && rest.at[0] != '/' && !str_eq(rest, S(".0")))) return false;
    *out = digits;
    return int_parse(digits, 0, INT32_MAX, &number);
}

static bool bool_of(Str text, Str *out) {
    static const Str yes[] = {STR("yes"), STR("on"), STR("true"), STR("1"), STR("y"), STR("enabled")};
    static const Str no[] = {STR("no"), STR("off"), STR("false"), STR("0"), STR("n"), STR("disabled")};
    for (size_t i = 0; i < COUNT(yes); i++)
        if (str_eq_nocase(text, yes[i]) || str_eq_nocase(text, no[i])) {
            *out = str_eq_nocase(text, yes[i]) ? S("true") : S("false");
            return true;
        }
    return false;
}

static bool mend_scalar(Arena *arena, const Document *document, const Field *field, bool item, const Node *written, Node *out) {
    Str text = written->text, good, words;
    if (written->kind == NODE_LIST || written->kind == NODE_MAP) {
        /* One scalar in a list or a map of its own. */
        if (written->count != 1 || (item && field->scalar == TYPE_STRING)) return false;
        const Node *inner = written->kind == NODE_MAP ? &written->entries[0].value : &written->items[0];
        if (inner->kind >= NODE_LIST || inner->kind == NODE_NULL) return false;
        if (place_fits(field, inner) && (field->scalar != TYPE_STRING || inner->kind == NODE_STRING)) {
            *out = *inner;
            return !is_number_type(field) || inner->kind == NODE_INT;
        }
        return mend_scalar(arena, document, field, item, inner, out);
    }
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING:
        *out = scalar_at(written, NODE_STRING,
                         (Str){document->source->text.at + written->span.at, written->span.end - written->span.at});
        return !field->bytes && written->kind != NODE_NULL && written->span.end > written->span.at;
    case TYPE_BOOL:
        if (!bool_of(text, &good)) return false;
        *out = scalar_at(written, NODE_BOOL, good);
        return true;
    case TYPE_INT32:
    case TYPE_INT64:
        if (!number_of(arena, field, text, &good)) return false;
        *out = scalar_at(written, NODE_INT, good);
        return true;
    case TYPE_QUANTITY:
        if (!mend_quantity(arena, str_trim(text), &good, &words)) return false;
        *out = scalar_at(written, NODE_STRING, good);
        return true;
    default: return false;
    }
}

/* Lists of texts. */

/* Takes the next word off a command line, quotes and all; false if only a shell can tell what it is. */
static bool take_word(Str *line, Str *word) {
    enum { SHORTEST_LINE = 1 };
    *line = str_trim(*line);
    char quote = line->len > SHORTEST_LINE && (line->at[0] == '"' || line->at[0] == '\'') ? line->at[0] : 0;
    size_t end = quote ? 1 : 0;
    while (end < line->len && (quote ? line->at[end] != quote : line->at[end] != ' ')) {
        if (quote != '\'' && strchr("|&;<>$`\\*()\n", line->at[end])) return false;
        if (!quote && strchr("\"'", line->at[end])) return false;
        end++;
    }
    if (quote && (end == line->len || (end + 1 < line->len && line->at[end + 1] != ' '))) return false;
    *word = quote ? (Str){line->at + 1, end - 1} : (Str){line->at, end};
    *line = str_slice(*line, end + (quote ? 1 : 0));
    return true;
}

Node mend_words(Arena *arena, const Node *written) {
    enum { WORDS_MOST = 64 };
    Str line = str_trim(written->text), words[WORDS_MOST], rest = line;
    uint32_t count = 0;
    bool good = true;
    while (good && count < WORDS_MOST && str_trim(rest).len) good = take_word(&rest, &words[count]), count += good;
    if (!line.len) words[count++] = line; /* the core group, among apiGroups */
    if (!good || count == WORDS_MOST) {
        words[0] = S("sh");
        words[1] = S("-c");
        words[2] = line;
        count = 3;
    }
    Node list = list_at(arena, written, count);
    for (uint32_t i = 0; i < count; i++) list.items[i] = scalar_at(written, NODE_STRING, words[i]);
    return list;
}

/* Maps of fields. */

static const Field *field_named(const Type *type, Str name) {
    return schema_field(type, name, str_hash(name));
}

static bool is_text(const Field *field) {
    return field && field->shape == SHAPE_ONE && field->scalar == TYPE_STRING;
}

/* How well a field takes a lone scalar that stands in place of its object; 0: not at all. */
static int claim(const Field *field, const Node *value) {
    const FieldText *text = field->text;
    bool number = value->kind == NODE_INT || value->kind == NODE_FLOAT, path = str_starts(value->text, S("/"));
    Quantity quantity;
    if (field->shape != SHAPE_ONE || value->kind == NODE_BOOL) return 0;
    if (field->scalar == TYPE_QUANTITY)
        return value->text.len && is_digit(value->text.at[0]) && !quantity_parse(&quantity, value->text) ? 8 : 0;
    if (number) return is_number_type(field) || field->scalar == TYPE_INT_OR_STRING ? field->required ? 7 : 0 : 0;
    if (field->scalar != TYPE_STRING) return 0;
    for (uint16_t i = 0; i < text->valueCount; i++)
        if (str_eq(schema_text(schema_value(text, i)->value), value->text)) return 9;
    if (text->valueCount) return 0;
    if (path && (str_eq(field->name, S("path")) || str_ends(field->name, S("Path")))) return field->required ? 8 : 7;
    bool name = !path && str_find(value->text, ':') < 0;
    if (str_eq(field->name, S("name"))) return name ? 6 : 0;
    if (field->required) return 5;
    return name && str_ends(field->name, S("Name")) ? 4 : 1;
}

/* The field of a type that a lone scalar is the value of; NULL if it could be any. */
static const Field *main_field(const Type *type, const Node *value, uint8_t minor) {
    const Field *best = NULL;
    int most = 0, texts = 0, objects = 0;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        int n = schema_has(field, minor) ? claim(field, value) : 0;
        texts += is_text(field);
        objects += field->scalar == TYPE_OBJECT;
        if (n > most) best = field, most = n;
    }
    return most > 1 || (texts == 1 && !objects) ? best : NULL;
}

/* Gives an object the required scalars that it lacks, as the schema's examples have them. */
static void put_required(Arena *arena, const Type *type, Node *object) {
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        Str example = schema_text(field->text->example);
        if (!field->required || field->scalar == TYPE_OBJECT || field->shape != SHAPE_ONE || field->value.at) continue;
        if (!example.len || str_find(example, '\n') >= 0) continue;
        Node value = {.kind = NODE_STRING, .plain = true, .depth = 1, .span = object->span, .text = example};
        node_resolve(arena, &value);
        if (field->scalar == TYPE_STRING) value.kind = NODE_STRING;
        map_put(object, field->name, object->span, value);
    }
}

/* Whether a map has a field of a type, and nothing else. */
static bool is_object_of(const Type *type, const Node *map) {
    if (map->kind != NODE_MAP || !map->count) return false;
    for (uint32_t i = 0; i < map->count; i++)
        if (!schema_field(type, map->entries[i].key, map->entries[i].hash)) return false;
    return true;
}

/* The maps of a list as one. */
static bool merged(Arena *arena, const Node *list, bool texts, Node *out) {
    uint32_t room = 0;
    for (uint32_t i = 0; i < list->count; i++) room += list->items[i].kind == NODE_MAP ? list->items[i].count : 1;
    *out = map_at(arena, list, room);
    for (uint32_t i = 0; i < list->count; i++) {
        const Node *item = &list->items[i];
        ptrdiff_t equals = item->kind == NODE_STRING ? str_find(item->text, '=') : -1;
        if (equals > 0) {
            map_put(out, (Str){item->text.at, (size_t)equals}, item->span,
                    scalar_at(item, NODE_STRING, str_slice(item->text, (size_t)equals + 1)));
            continue;
        }
        if (item->kind != NODE_MAP) return false;
        for (uint32_t j = 0; j < item->count; j++) {
            const Entry *entry = &item->entries[j];
            if (texts && entry->value.kind >= NODE_LIST) return false;
            map_put(out, entry->key, entry->keySpan, entry->value);
        }
    }
    return out->count > 0;
}

enum { FIELDS_MOST = 64 };

static bool object_of_scalar(Arena *arena, const Document *document, const Type *type, const Node *written, bool deeper,
                             Node *out) {
    const Field *field = main_field(type, written, document->minor);
    bool text = written->kind == NODE_STRING;
    if (!written->text.len || type->fieldCount > FIELDS_MOST) return false;
    *out = map_at(arena, written, type->fieldCount + 2u);
    if (field) {
        ptrdiff_t equals = text && str_eq(field->name, S("name")) ? str_find(written->text, '=') : -1;
        Node value = *written;
        if (equals > 0 && is_text(field_named(type, S("value")))) {
            value.text.len = (size_t)equals;
            map_put(out, S("value"), written->span,
                    scalar_at(written, NODE_STRING, str_slice(written->text, (size_t)equals + 1)));
        } else if (field->scalar == TYPE_STRING && !text) {
            value = scalar_at(written, NODE_STRING, written->text);
        }
        Node rest = *out;
        *out = map_at(arena, written, type->fieldCount + 2u);
        map_put(out, field->name, written->span, value);
        for (uint32_t i = 0; i < rest.count; i++)
            map_put(out, rest.entries[i].key, rest.entries[i].keySpan, rest.entries[i].value);
        put_required(arena, type, out);
        return true;
    }
    /* Labels, a command, or the object one level down that has a place for it. */
    for (uint16_t i = 0; i < type->fieldCount && text && str_find(written->text, '=') > 0; i++) {
        Node labels;
        field = &type->fields[i];
        if (field->shape != SHAPE_MAP || field->scalar != TYPE_STRING) continue;
        Node list = list_at(arena, written, 1);
        list.items[0] = *written;
        if (!merged(arena, &list, true, &labels)) continue;
        map_put(out, field->name, written->span, labels);
        return true;
    }
    for (uint16_t i = 0; i < type->fieldCount && text; i++) {
        field = &type->fields[i];
        if (field->shape != SHAPE_LIST || field->scalar != TYPE_STRING || !schema_has(field, document->minor)) continue;
        map_put(out, field->name, written->span, mend_words(arena, written));
        return true;
    }
    for (int paths = 1; paths >= 0 && deeper; paths--)
        for (uint16_t i = 0; i < type->fieldCount; i++) {
            Node inner;
            field = &type->fields[i];
            if (field->scalar != TYPE_OBJECT || field->shape != SHAPE_ONE || !schema_has(field, document->minor)) continue;
            Arena before = *arena;
            if (!object_of_scalar(arena, document, field->type, written, false, &inner)) {
                arena_back(arena, &before);
                continue;
            }
            if (paths && !(str_starts(written->text, S("/")) && node_get(&inner, S("path")))) continue;
            if (!paths && text && node_get(&inner, S("port"))) continue;
            map_put(out, field->name, written->span, inner);
            return true;
        }
    return false;
}

static bool mend_object(Arena *arena, const Document *document, const Field *field, const Node *written, Node *out) {
    const Type *type = field->type;
    if (written->kind < NODE_LIST) return object_of_scalar(arena, document, type, written, true, out);
    if (written->kind != NODE_LIST || !written->count) return false;
    bool own = true;
    for (uint32_t i = 0; i < written->count; i++) own &= is_object_of(type, &written->items[i]);
    if (own) return merged(arena, written, false, out);
    /* The list that the object is there for. */
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *list = &type->fields[i];
        const Node *first = &written->items[0];
        if (list->shape != SHAPE_LIST || !schema_has(list, document->minor)) continue;
        if (list->scalar == TYPE_OBJECT ? !is_object_of(list->type, first) : !place_fits(&(Field){.scalar = list->scalar}, first))
            continue;
        *out = map_at(arena, written, 1);
        map_put(out, list->name, written->span, *written);
        return true;
    }
    return false;
}

/* An item made of a name and what is written behind it. */
static bool named_item(Arena *arena, const Document *document, const Type *type, const Entry *entry, Node *out) {
    const Field *name = field_named(type, S("name")), *value;
    const Node *written = &entry->value;
    Node place = {.span = entry->keySpan};
    if (!is_text(name) || type->fieldCount > FIELDS_MOST) return false;
    *out = map_at(arena, &place, type->fieldCount + 2u);
    map_put(out, S("name"), entry->keySpan, scalar_at(&place, NODE_STRING, entry->key));
    if (written->kind == NODE_NULL) return true;
    if (written->kind == NODE_MAP) {
        for (uint32_t i = 0; i < written->count; i++)
            if (out->count < FIELDS_MOST)
                map_put(out, written->entries[i].key, written->entries[i].keySpan, written->entries[i].value);
        return is_object_of(type, out);
    }
    if (written->kind == NODE_LIST) return false;
    value = field_named(type, S("value"));
    Node scalar = *written;
    if (is_text(value)) {
        if (scalar.kind != NODE_STRING && !mend_scalar(arena, document, value, true, written, &scalar)) return false;
        map_put(out, S("value"), entry->keySpan, scalar);
        return true;
    }
    value = NULL;
    for (uint16_t i = 0; i < type->fieldCount; i++)
        if (&type->fields[i] != name && type->fields[i].required && claim(&type->fields[i], written)) value = &type->fields[i];
    for (uint16_t i = 0; i < type->fieldCount && !value; i++) /* image of a container */
        if (&type->fields[i] != name && is_text(&type->fields[i]) && !type->fields[i].text->valueCount) value = &type->fields[i];
    if (!value) return false;
    map_put(out, value->name, entry->keySpan, scalar);
    return true;
}

bool mend_named_item(Arena *arena, const Document *document, const Type *type, const Node *written, Node *out) {
    if (written->kind != NODE_MAP || written->count != 1 || !field_named(type, S("value"))) return false;
    return written->entries[0].value.kind < NODE_LIST && named_item(arena, document, type, &written->entries[0], out);
}

static bool mend_list(Arena *arena, const Document *document, const Field *field, const Node *written, Node *out) {
    if (written->kind == NODE_NULL) return false;
    if (written->kind != NODE_MAP) {
        if (field->scalar == TYPE_STRING && written->kind == NODE_STRING) {
            *out = mend_words(arena, written);
            return true;
        }
        *out = list_at(arena, written, 1);
        if (place_fits(&(Field){.scalar = field->scalar}, written) && field->scalar != TYPE_STRING) {
            out->items[0] = *written;
            return true;
        }
        return mend_value(arena, document, field, true, written, &out->items[0]);
    }
    if (field->scalar != TYPE_OBJECT || !written->count) return false;
    bool own = false;
    for (uint32_t i = 0; i < written->count; i++)
        own |= schema_field(field->type, written->entries[i].key, written->entries[i].hash) != NULL;
    *out = list_at(arena, written, own ? 1 : written->count);
    for (uint32_t i = 0; i < out->count; i++) {
        if (own)
            out->items[i] = *written;
        else if (!named_item(arena, document, field->type, &written->entries[i], &out->items[i]))
            return false;
    }
    return true;
}

/* A map from a text such as disktype=ssd,zone=a. */
static bool mend_pairs(Arena *arena, const Node *written, Node *out) {
    Str rest = written->text;
    uint32_t room = 1;
    for (size_t i = 0; i < rest.len; i++) room += rest.at[i] == ',';
    if (room > written->text.len) return false;
    *out = map_at(arena, written, room);
    for (bool more = true; more;) {
        ptrdiff_t comma = str_find(rest, ',');
        Str pair = {rest.at, comma < 0 ? rest.len : (size_t)comma};
        ptrdiff_t equals = str_find(pair, '=');
        if (equals <= 0 || str_find(pair, ' ') >= 0 || str_find(pair, '\n') >= 0) return false;
        map_put(out, (Str){pair.at, (size_t)equals}, written->span,
                scalar_at(written, NODE_STRING, str_slice(pair, (size_t)equals + 1)));
        more = comma >= 0;
        rest = str_slice(rest, pair.len + 1);
    }
    return true;
}

bool mend_value(Arena *arena, const Document *document, const Field *field, bool item, const Node *written, Node *out) {
    if (written->later) return false;
    if (!item && field->shape == SHAPE_LIST) return mend_list(arena, document, field, written, out);
    if (!item && field->shape == SHAPE_MAP && field->scalar == TYPE_STRING && written->kind == NODE_STRING)
        return mend_pairs(arena, written, out);
    if (!item && field->shape == SHAPE_MAP) return written->kind == NODE_LIST && merged(arena, written, true, out);
    if (field->scalar == TYPE_OBJECT) return mend_object(arena, document, field, written, out);
    Field one = *field;
    one.shape = SHAPE_ONE;
    return mend_scalar(arena, document, &one, item, written, out);
}

/* As text. */

static bool is_safe_plain(Str text) {
    if (!text.len || node_plain_kind(text) != NODE_STRING || strchr("?:,[]{}#&*!|>'\"%@` ", text.at[0])) return false;
    if (text.at[0] == '-' && (text.len == 1 || text.at[1] == ' ')) return false;
    for (size_t i = 0; i < text.len; i++)
        if (strchr("\"\\,[]{}\n\t", text.at[i]) || (unsigned char)text.at[i] < ' ' ||
            (text.at[i] == ':' && (i + 1 == text.len || text.at[i + 1] == ' ')) || (text.at[i] == '#' && text.at[i - 1] == ' '))
            return false;
    return text.at[text.len - 1] != ' ';
}

enum { SHOWN_TEXT = 60, SHOWN_ENTRIES = 3 };

static void put_scalar(Buf *out, const Node *value) {
    Str text = str_cut(out->arena, value->text, SHOWN_TEXT);
    bool quotes = value->kind == NODE_STRING && !is_safe_plain(text);
    if (quotes) buf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (quotes && (text.at[i] == '"' || text.at[i] == '\\')) buf_char(out, '\\');
        buf_char(out, text.at[i]);
    }
    if (quotes) buf_char(out, '"');
}

static void put_flow(Buf *out, const Node *value) {
    bool map = value->kind == NODE_MAP;
    if (value->kind < NODE_LIST) {
        put_scalar(out, value);
        return;
    }
    buf_char(out, map ? '{' : '[');
    for (uint32_t i = 0; i < value->count; i++) {
        if (i) buf_str(out, S(", "));
        if (i == SHOWN_ENTRIES) {
            buf_str(out, S("..."));
            break;
        }
        if (map) buf_format(out, "%.*s: ", TEXT(str_cut(out->arena, value->entries[i].key, SHOWN_TEXT)));
        put_flow(out, map ? &value->entries[i].value : &value->items[i]);
    }
    buf_char(out, map ? '}' : ']');
}

static void put_fields(Buf *out, const Node *map) {
    for (uint32_t i = 0; i < map->count; i++) {
        if (i) buf_str(out, i + 1 == map->count || i == SHOWN_ENTRIES ? S(" and ") : S(", "));
        if (i == SHOWN_ENTRIES) {
            buf_str(out, S("so on"));
            return;
        }
        buf_format(out, "%.*s: ", TEXT(str_cut(out->arena, map->entries[i].key, SHOWN_TEXT)));
        put_flow(out, &map->entries[i].value);
    }
}

Str mend_text(Arena *arena, const Node *value, bool item) {
    Buf out = {.arena = arena};
    if (item) buf_str(&out, S("- "));
    if (value->kind == NODE_MAP) {
        put_fields(&out, value);
    } else if (value->kind == NODE_LIST && value->count && value->items[0].kind == NODE_MAP) {
        buf_str(&out, S("- "));
        put_fields(&out, &value->items[0]);
        if (value->count > 1) buf_str(&out, S(", and the others likewise"));
    } else {
        put_flow(&out, value);
    }
    return buf_text(&out);
}

Str mend_example(Arena *arena, const Field *field) {
    Str example = field->text ? str_trim(schema_text(field->text->example)) : S("");
    NodeDocument document;
    Source source;
    if (!example.len || source_from_bytes(&source, arena, field->name, example)) return S("");
    NodeReader reader = {.source = &source};
    return node_next(&reader, arena, &document) && document.readable ? mend_text(arena, document.root, false) : S("");
}

/* The document as it was meant. */

static int by_node(const void *left, const void *right) {
    const Mend *a = left, *b = right;
    return (a->node > b->node) - (a->node < b->node);
}

typedef struct Mender {
    Arena *arena;
    const Mend *mends; /* sorted by their nodes */
    size_t count;
} Mender;

static const Mend *mend_of(const Mender *m, const Node *node) {
    return bsearch(&(Mend){.node = node}, m->mends, m->count, sizeof *m->mends, by_node);
}

static Node copied(const Mender *m, const Node *node) {
    Node copy = *node;
    if (node->kind == NODE_LIST) {
        copy.items = NEW_ARRAY(m->arena, Node, node->count ? node->count : 1);
        for (uint32_t i = 0; i < node->count; i++) {
            const Mend *mend = mend_of(m, &node->items[i]);
            copy.items[i] = !mend                      ? copied(m, &node->items[i])
                            : mend->kind == MEND_VALUE ? *mend->value
                                                       : (Node){.kind = NODE_NULL, .span = node->items[i].span};
        }
    } else if (node->kind == NODE_MAP) {
        copy.count = 0;
        entries_make_room(m->arena, &copy, node->count);
        for (uint32_t i = 0; i < node->count; i++) {
            Entry entry = node->entries[i];
            const Mend *mend = mend_of(m, &node->entries[i].value);
            if (mend && (mend->kind == MEND_GAP || mend->kind == MEND_MOVE)) continue;
            if (mend && mend->kind == MEND_NAME) {
                if (node_get(node, mend->name)) continue;
                entry.key = mend->name;
                entry.hash = str_hash(entry.key);
            }
            entry.value = mend && mend->kind == MEND_VALUE ? *mend->value : copied(m, &node->entries[i].value);
            if (!entries_find(&copy, entry.key, entry.hash)) entries_add(&copy, &entry);
        }
    }
    return copy;
}

/* Adds an entry to a map that has no room for it. */
static void add_entry(Arena *arena, Node *map, const Entry *entry) {
    Node old = *map;
    map->count = 0;
    entries_make_room(arena, map, old.count + 1);
    for (uint32_t i = 0; i < old.count; i++) entries_add(map, &old.entries[i]);
    entries_add(map, entry);
}

/* The map at a path, made where nothing is written, or a key without a value; NULL if something else is. */
static Node *map_for(const Mender *m, Node *root, const Path *path, Span span) {
    if (!path) return root->kind == NODE_MAP ? root : NULL;
    const Path *holder = path->index >= 0 ? path->up : path;
    Node *up = map_for(m, root, holder->up, span);
    if (!up) return NULL;
    uint32_t hash = str_hash(holder->name);
    if (path == holder && !entries_find(up, holder->name, hash))
        add_entry(m->arena, up, &(Entry){holder->name, hash, span, {.kind = NODE_MAP, .depth = 2, .span = span}});
    Entry *entry = entries_find(up, holder->name, hash);
    Node *found = entry ? &entry->value : NULL;
    if (found && path != holder)
        found = found->kind == NODE_LIST && path->index < found->count ? &found->items[path->index] : NULL;
    if (found && found->kind == NODE_NULL) *found = (Node){.kind = NODE_MAP, .depth = 2, .span = found->span};
    return found && found->kind == NODE_MAP ? found : NULL;
}

static void move(const Mender *m, Node *root, const Mend *mend) {
    Node *map = map_for(m, root, mend->target->up, mend->key);
    Str name = mend->target->name;
    if (map && !node_get(map, name)) add_entry(m->arena, map, &(Entry){name, str_hash(name), mend->key, copied(m, mend->node)});
}

Node *mend_tree(Arena *arena, const Document *document) {
    Mender m = {.arena = arena, .count = document->mends.n};
    Mend *sorted = NEW_ARRAY(arena, Mend, m.count);
    memcpy(sorted, document->mends.at, m.count * sizeof *sorted);
    qsort(sorted, m.count, sizeof *sorted, by_node);
    m.mends = sorted;
    Node *root = NEW(arena, Node);
    *root = copied(&m, document->root);
    for (uint32_t i = 0; i < document->mends.n; i++)
        if (document->mends.at[i].kind == MEND_MOVE) move(&m, root, &document->mends.at[i]);
    return root;
}
