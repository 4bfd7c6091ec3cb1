/* Decoding: one function walks any object by the rows of its type, as the server's JSON decoder would (sigs.k8s.io/json): names
 * match exactly, null is absence, a value of another type refuses the object, an unknown field only strict validation. A field
 * that cannot be decoded is left out and the rest goes on, so that one mistake does not hide the next. */
#include "model.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/near.h"
#include "mend.h"
#include "place.h"
#include "served.h"
#include "yaml/entries.h"
#include "yaml/fault.h"
#include "rules.h"

typedef struct Decoder {
    Arena *arena;
    Document *document;
    KindOf *kindOf;
    uint32_t searches; /* for places of fields, which cost something */
} Decoder;

static Where where_value(Decoder *d, const Node *node, const Path *path) {
    Where where = {.span = node->span, .path = path_text(d->arena, path)};
    if (node->kind >= NODE_LIST && !node->alias) where = path_where_key(d->arena, d->document->root, path);
    return where;
}

static Str node_words(Arena *arena, const Node *node) {
    switch ((NodeKind)node->kind) {
    case NODE_NULL: return S("null");
    case NODE_BOOL: return str_join(arena, S("the boolean "), node->text);
    case NODE_INT:
    case NODE_FLOAT: return str_join(arena, S("the number "), node->text);
    case NODE_STRING:
        return str_format(arena, "the text \"%.*s\"", (int)(node->text.len < 60 ? node->text.len : 60), node->text.at);
    case NODE_LIST: return S("a list");
    case NODE_MAP: return S("a map");
    }
    return S("");
}

/* The field that a value is of, with the number or the key in it: ports[0]. */
static Str leaf_name(Arena *arena, const Path *path) {
    if (!path) return S("the object");
    if (path->index < 0) return path->name;
    return str_format(arena, "%.*s[%lld]", TEXT(leaf_name(arena, path->up)), (long long)path->index);
}

/* Keeps what was meant by a value that cannot be decoded. */
static const Node *kept(Decoder *d, Node value) {
    Node *copy = NEW(d->arena, Node);
    *copy = value;
    return copy;
}

/* The most mends of a document that are kept. Of one with more of them it is not asked what was meant. */
enum { MOST_MENDS = 1000 };

static void keep_mend(Decoder *d, Mend mend, Str path) {
    if (d->document->mends.n > MOST_MENDS) return;
    mend.path = path;
    if (d->document->retired) mend.kind = MEND_GAP; /* the fields were others then */
    ARRAY_PUSH(d->arena, &d->document->mends, mend);
}

static void keep_gap(Decoder *d, const Node *node, const Path *path) {
    keep_mend(d, (Mend){.node = node, .kind = MEND_GAP}, path_text(d->arena, path));
}

/* How often it is looked in a document for what was meant in the place of an object or of a field. */
enum { MOST_SEARCHES = 200 };

/* What to write where a value of a map of texts is none. */
static Str text_hint(const Path *path) {
    if (str_eq(path->name, S("matchLabels"))) return S("leave matchLabels out: the labels stand here by themselves");
    bool isLabels = path->up && (str_eq(path->up->name, S("labels")) || str_ends(path->up->name, S("elector")));
    return isLabels ? S("write key: value, with nothing below it") : S("to keep it as text, put a | after the colon");
}

/* How a value of the wrong type is to be written instead, in words; the mend itself is kept. */
static Str type_hint(Decoder *d, const Node *node, const Field *field, const Path *path) {
    bool scalar = node->kind < NODE_LIST, item = path->index >= 0 || path->index == PATH_KEY;
    bool object = field->scalar == TYPE_OBJECT || (!item && field->shape != SHAPE_ONE);
    Str slip = object && node->kind == NODE_STRING && node->plain ? fault_value_hint(d->arena, node->text) : S("");
    if (slip.len) {
        keep_gap(d, node, path);
        return slip;
    }
    Node meant;
    bool late = object && d->searches++ >= MOST_SEARCHES;
    if (late || !mend_value(d->arena, d->document, field, item, node, &meant)) {
        keep_gap(d, node, path);
        if (late) return S("");
        if (!object && field->scalar == TYPE_BOOL) return S("write true or false");
        if (!scalar && field->shape == SHAPE_MAP && field->scalar == TYPE_STRING) return text_hint(path);
        Str example = path->index == PATH_KEY ? S("") : mend_example(d->arena, field);
        bool below = object && !item && field->shape != SHAPE_LIST;
        if (example.len) return str_format(d->arena, "write, for example, %.*s%s", TEXT(example), below ? " below it" : "");
        if (object && field->shape == SHAPE_LIST && !item) return S("write a list: each item on a line of its own, after a dash");
        if (field->scalar == TYPE_OBJECT) return place_fields(d->arena, d->document, field->type, path);
        return field->scalar == TYPE_INT32 || field->scalar == TYPE_INT64 ? S("write the number alone") : S("");
    }
    bool text = scalar && !object && field->scalar == TYPE_STRING;
    if (text && node->kind != NODE_STRING && strchr("\"'", d->document->source->text.at[node->span.at])) {
        keep_gap(d, node, path);
        return str_format(d->arena, "its quotes are gone by the time it is filled in: fill in '\"%.*s\"', with quotes of its own",
                          TEXT(node->text));
    }
    keep_mend(d, (Mend){.node = node, .kind = MEND_VALUE, .value = kept(d, meant)}, path_text(d->arena, path));
    if (text) return str_format(d->arena, "put the value in quotes: \"%.*s\"", TEXT(meant.text));
    if (scalar && !object && node->kind == NODE_STRING && str_eq(node->text, meant.text)) return S("leave out the quotes");
    bool dashes = node->kind == NODE_LIST && meant.kind == NODE_MAP && node->items[0].kind == NODE_MAP && node->items[0].count;
    if (dashes && node_entry(&meant, node->items[0].entries[0].key))
        return str_join(d->arena, S("leave out the dashes: "), mend_text(d->arena, &meant, false));
    return str_format(d->arena, "write %.*s%s", TEXT(mend_text(d->arena, &meant, path->index >= 0)),
                      !item && meant.kind == NODE_MAP ? " below it" : "");
}

static Str expected_words(const Field *field, const Path *path) {
    if (field->shape == SHAPE_LIST && path->index < 0) return S("a list");
    if (field->shape == SHAPE_MAP && path->index != PATH_KEY) return S("a map");
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: return S("text");
    case TYPE_BOOL: return S("true or false");
    case TYPE_INT32:
    case TYPE_INT64: return S("a whole number");
    case TYPE_QUANTITY: return S("a quantity");
    case TYPE_INT_OR_STRING: return S("a whole number or text");
    case TYPE_TIME: return S("a time, written as text");
    case TYPE_ANY: return S("a value");
    case TYPE_OBJECT: return S("a map of fields");
    }
    return S("");
}

static void wrong_type(Decoder *d, const Node *node, const Field *field, const Path *path) {
    if (node->later) return;
    d->document->unreadable = true;
    Str hint = type_hint(d, node, field, path);
    if (d->document->retired) return;
    emit_wrong_type(&d->document->diags, where_value(d, node, path), .field = leaf_name(d->arena, path),
                    .expected = expected_words(field, path), .found = node_words(d->arena, node), .hint = hint);
}

static void decode_object(Decoder *d, const Type *type, const Node *node, void *out, const Path *path);

/* Sets what a new object has before anything is read into it, or what it has when nothing was: embedded objects exist, and
 * fields with a default have it. `seen` marks the fields that were read. */
static void prepare_object(Decoder *d, const Type *type, void *out, uint64_t seen) {
    for (uint16_t i = 0; i < type->prepared.n; i++) {
        uint16_t number = type->prepared.at[i];
        const Field *field = &type->fields[number];
        void *at = (char *)out + field->offset;
        bool absent = !(seen >> number & 1);
        if (!schema_has(field, d->document->minor)) continue;
        switch ((ScalarType)field->scalar) {
        case TYPE_STRING: {
            Str *text = at;
            if (field->optional ? !text->at : !text->len) *text = field->value;
            break;
        }
        case TYPE_BOOL:
            if (field->optional && !((OptBool *)at)->set) *(OptBool *)at = (OptBool){true, str_eq(field->value, S("true"))};
            break;
        case TYPE_INT32:
        case TYPE_INT64: {
            int64_t value = 0;
            int_parse(field->value, INT64_MIN, INT64_MAX, &value);
            if (field->optional && !((OptInt *)at)->set)
                *(OptInt *)at = (OptInt){true, value};
            else if (!field->optional && *(int64_t *)at == 0)
                *(int64_t *)at = value;
            break;
        }
        case TYPE_QUANTITY:
            if (!((Quantity *)at)->text.at) quantity_parse(at, field->value);
            break;
        case TYPE_INT_OR_STRING: {
            IntOrString value = {0};
            value.isString = !int_parse(field->value, INT32_MIN, INT32_MAX, &value.number);
            if (value.isString) value.text = field->value;
            OptIntOrString *slot = at;
            if (field->optional && !slot->set) *slot = (OptIntOrString){true, value};
            break;
        }
        case TYPE_OBJECT:
            if (!absent) break;
            if (!field->optional) {
                prepare_object(d, field->type, at, 0);
            } else if (!*(void **)at) {
                *(void **)at = arena_alloc(d->arena, field->type->size);
                prepare_object(d, field->type, *(void **)at, 0);
            }
            break;
        case TYPE_TIME:
        case TYPE_ANY: break;
        }
    }
}

static bool decode_int(Decoder *d, const Node *node, const Field *field, int64_t *out, const Path *path) {
    bool wide = field->scalar == TYPE_INT64;
    if (node->kind != NODE_INT && node->kind != NODE_FLOAT) {
        wrong_type(d, node, field, path);
        return false;
    }
    if (int_parse(node->text, wide ? INT64_MIN : INT32_MIN, wide ? INT64_MAX : INT32_MAX, out)) return true;
    bool fraction = str_find(node->text, '.') >= 0 || str_find(node->text, 'e') >= 0;
    if (fraction) {
        wrong_type(d, node, field, path);
    } else {
        d->document->unreadable = true;
        keep_gap(d, node, path);
        emit_integer_range(
            &d->document->diags, where_value(d, node, path), .value = node->text, .field = leaf_name(d->arena, path),
            .expected = wide ? S("a whole number of 64 bits") : S("a whole number of 32 bits (at most 2147483647)"));
    }
    return false;
}

static Str base64_text(Decoder *d, Str bytes) {
    Buf text = {.arena = d->arena};
    base64_encode(&text, bytes);
    return text.len ? buf_text(&text) : S("");
}

/* Bytes: base64, which is kept without its line breaks, or what nobody writes, a list of numbers. */
static bool decode_bytes(Decoder *d, const Node *node, const Field *field, Str *out, const Path *path) {
    bool byHand = str_starts(node->text, S("<")) || str_starts(node->text, S("..."));
    if (node->later && !byHand) return false; /* a program fills it in, and not a person */
    static const Field number = {.scalar = TYPE_INT32};
    Buf bytes = {.arena = d->arena};
    if (node->kind == NODE_STRING) {
        Str decoded;
        if (base64_decode(d->arena, node->text, &decoded)) {
            *out = base64_text(d, decoded);
            return true;
        }
        d->document->unreadable = true;
        keep_gap(d, node, path);
        Str hint = path->index == PATH_KEY && str_eq(path->up->name, S("data"))
                       ? S("write the plain text under stringData instead of data, or encode it with base64")
                       : S("encode the bytes with base64");
        emit_base64_form(&d->document->diags, where_value(d, node, path), .field = leaf_name(d->arena, path), .hint = hint);
        return false;
    }
    bool good = node->kind == NODE_LIST;
    if (node->kind < NODE_LIST && path->index == PATH_KEY && str_eq(path->up->name, S("data"))) {
        d->document->unreadable = true;
        keep_gap(d, node, path);
        emit_wrong_type(
            &d->document->diags, where_value(d, node, path), .field = leaf_name(d->arena, path), .expected = S("text"),
            .found = node_words(d->arena, node),
            .hint = str_format(d->arena, "write %.*s: \"%.*s\" below stringData instead", TEXT(path->name), TEXT(node->text)));
        return false;
    }
    for (uint32_t i = 0; good && i < node->count; i++) {
        Path item = path_index(path, i);
        int64_t value = 0;
        if (node->items[i].kind != NODE_NULL && !decode_int(d, &node->items[i], &number, &value, &item)) return false;
        good = value >= 0 && value <= UINT8_MAX;
        buf_char(&bytes, (char)value);
    }
    if (good)
        *out = base64_text(d, buf_text(&bytes));
    else
        wrong_type(d, node, field, path);
    return good;
}

static bool decode_string(Decoder *d, const Node *node, const Field *field, Str *out, const Path *path) {
    if (field->bytes) return decode_bytes(d, node, field, out, path);
    if (node->kind == NODE_STRING) {
        *out = node->text.len ? node->text : S("");
        return true;
    }
    wrong_type(d, node, field, path);
    return false;
}

static bool decode_quantity(Decoder *d, const Node *node, const Field *field, Quantity *out, const Path *path) {
    if (node->kind == NODE_NULL) {
        *out = (Quantity){.text = S(""), .format = QUANTITY_EXPONENT};
        return true;
    }
    if (node->kind >= NODE_LIST) {
        wrong_type(d, node, field, path);
        return false;
    }
    *out = (Quantity){0};
    if (node->later) return false;
    Str text = quantity_trim(node->text);
    static const Str reasons[] = {[QUANTITY_EMPTY] = STR("it is empty"),
                                  [QUANTITY_FORM] = STR("a number with at most one suffix is wanted"),
                                  [QUANTITY_SUFFIX] = STR("the suffix is not known")};
    QuantityError error = quantity_parse(out, text);
    if (!error) {
        if (field->shape == SHAPE_MAP) quantity_round_milli(out);
        return true;
    }
    d->document->unreadable = true;
    Str meant, hint = S("write a number with an optional suffix, such as 500m, 1.5, 128Mi or 2Gi");
    if (mend_quantity(d->arena, text, &meant, &hint)) {
        Node value = *node;
        value.kind = NODE_STRING;
        value.text = meant;
        keep_mend(d, (Mend){.node = node, .kind = MEND_VALUE, .value = kept(d, value)}, path_text(d->arena, path));
    } else {
        keep_gap(d, node, path);
    }
    emit_quantity_form(&d->document->diags, where_value(d, node, path), .value = node->text, .reason = reasons[error],
                       .hint = hint);
    *out = (Quantity){0};
    return false;
}

static bool decode_int_or_string(Decoder *d, const Node *node, const Field *field, IntOrString *out, const Path *path) {
    if (node->kind == NODE_STRING) {
        *out = (IntOrString){.isString = true, .text = node->text};
        return true;
    }
    Field number = *field;
    number.scalar = TYPE_INT32;
    if (node->kind == NODE_INT || node->kind == NODE_FLOAT) return decode_int(d, node, &number, &out->number, path);
    wrong_type(d, node, field, path);
    return false;
}

static bool decode_time(Decoder *d, const Node *node, const Field *field, Time *out, const Path *path) {
    if (node->kind != NODE_STRING) {
        wrong_type(d, node, field, path);
        return false;
    }
    if (node->later) return false;
    if (field->micro ? micro_time_parse(out, node->text) : time_parse(out, node->text)) return true;
    d->document->unreadable = true;
    keep_gap(d, node, path);
    emit_time_form(&d->document->diags, where_value(d, node, path), .value = node->text);
    return false;
}

static void decode_one(Decoder *d, const Field *field, const Node *node, void *at, const Path *path) {
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: decode_string(d, node, field, at, path); break;
    case TYPE_BOOL: {
        if (node->kind != NODE_BOOL) {
            wrong_type(d, node, field, path);
            break;
        }
        bool value = node->text.at[0] == 't';
        if (field->optional)
            *(OptBool *)at = (OptBool){true, value};
        else
            *(bool *)at = value;
        break;
    }
    case TYPE_INT32:
    case TYPE_INT64: {
        int64_t value;
        if (!decode_int(d, node, field, &value, path)) break;
        if (field->optional)
            *(OptInt *)at = (OptInt){true, value};
        else
            *(int64_t *)at = value;
        break;
    }
    case TYPE_QUANTITY: decode_quantity(d, node, field, at, path); break;
    case TYPE_INT_OR_STRING: {
        IntOrString value = {0};
        if (!decode_int_or_string(d, node, field, &value, path)) break;
        if (field->optional)
            *(OptIntOrString *)at = (OptIntOrString){true, value};
        else
            *(IntOrString *)at = value;
        break;
    }
    case TYPE_TIME: decode_time(d, node, field, at, path); break;
    case TYPE_ANY: *(const Node **)at = node; break;
    case TYPE_OBJECT: {
        if (node->kind != NODE_MAP) {
            wrong_type(d, node, field, path);
            if (!field->optional) prepare_object(d, field->type, at, 0);
            break;
        }
        void *object = at;
        if (field->optional) object = *(void **)at = arena_alloc(d->arena, field->type->size);
        decode_object(d, field->type, node, object, path);
        break;
    }
    }
}

static void decode_list(Decoder *d, const Field *field, const Node *node, void *at, const Path *path) {
    if (node->kind != NODE_LIST) {
        wrong_type(d, node, field, path);
        return;
    }
    struct {
        void *at;
        uint32_t n;
    } *list = at;
    size_t size = field->scalar == TYPE_STRING ? sizeof(Str) : field->scalar == TYPE_OBJECT ? field->type->size : sizeof(int64_t);
    list->n = node->count;
    list->at = arena_alloc(d->arena, size * (node->count ? node->count : 1));
    for (uint32_t i = 0; i < node->count; i++) {
        Path item = path_index(path, i);
        void *slot = (char *)list->at + size * i;
        const Node *value = &node->items[i];
        if (value->kind == NODE_NULL && field->scalar != TYPE_QUANTITY) {
            if (field->scalar == TYPE_STRING) *(Str *)slot = S("");
            if (field->scalar == TYPE_OBJECT) prepare_object(d, field->type, slot, 0);
        } else if (field->scalar == TYPE_STRING) {
            if (!decode_string(d, value, field, slot, &item)) *(Str *)slot = S("");
        } else if (field->scalar == TYPE_OBJECT) {
            if (value->kind == NODE_MAP) {
                decode_object(d, field->type, value, slot, &item);
            } else {
                wrong_type(d, value, field, &item);
                prepare_object(d, field->type, slot, 0);
            }
        } else {
            decode_int(d, value, field, slot, &item);
        }
    }
}

static void decode_map(Decoder *d, const Field *field, const Node *node, void *at, const Path *path) {
    if (node->kind != NODE_MAP) {
        wrong_type(d, node, field, path);
        return;
    }
    if (field->scalar == TYPE_QUANTITY) {
        QuantityMap *map = at;
        map->at = map_room(d->arena, sizeof *map->at, node->count);
        for (uint32_t i = 0; i < node->count; i++) {
            Path key = path_key(path, node->entries[i].key);
            map->at[map->n].key = node->entries[i].key;
            if (decode_quantity(d, &node->entries[i].value, field, &map->at[map->n].value, &key)) map->n++;
        }
        map->indexed = map_index(d->arena, map->at, sizeof *map->at, map->n, node->count);
        return;
    }
    StrMap *map = at;
    map->at = map_room(d->arena, sizeof *map->at, node->count);
    map->n = node->count;
    for (uint32_t i = 0; i < node->count; i++) {
        const Node *value = &node->entries[i].value;
        Path key = path_key(path, node->entries[i].key);
        map->at[i] = (StrPair){node->entries[i].key, S("")};
        Time time;
        if (value->kind != NODE_NULL && field->scalar == TYPE_TIME) {
            if (decode_time(d, value, field, &time, &key)) map->at[i].value = value->text;
        } else if (value->kind != NODE_NULL)
            decode_string(d, value, field, &map->at[i].value, &key);
    }
    map->indexed = map_index(d->arena, map->at, sizeof *map->at, map->n, node->count);
}

/* What to do with a field that stands elsewhere in the kind; the mend is kept where it is clear. */
static Str place_hint(Decoder *d, const FieldPlace *place, const Entry *entry, const Path *path) {
    Mend mend = {.node = &entry->value, .kind = MEND_GAP, .either = place->other.len > 0, .key = entry->keySpan};
    if (place->path && place->up + place->down == 0) {
        Near near = near_start(entry->key);
        near_try(&near, place->field->name);
        mend.kind = MEND_NAME;
        mend.name = place->field->name;
        mend.either = !near.found.len && !place->likely; /* only a word that says something like it */
    } else if (place->path && place->likely) {
        mend.kind = MEND_MOVE;
        mend.target = place->path;
    }
    keep_mend(d, mend, place->path ? path_text(d->arena, place->path) : place->text);
    if (place->up + place->down == 0) return near_question(d->arena, place->text);
    /* What is meant lies below, so that what the object lacks is there. */
    if (mend.kind == MEND_GAP && place->down > 0 && !place->up) {
        Path written = path_field(path, entry->key);
        keep_gap(d, &entry->value, &written);
    }
    if (place->map && place->other.len)
        return str_format(d->arena, "write it below %.*s or %.*s", TEXT(place->text), TEXT(place->other));
    if (place->map) return str_format(d->arena, "write it below %.*s", TEXT(place->text));
    if (place->other.len) {
        keep_mend(d, (Mend){.node = &entry->value, .kind = MEND_GAP}, place->other);
        return str_format(d->arena, "it belongs at %.*s or %.*s", TEXT(place->text), TEXT(place->other));
    }
    const char *indent = place->down == 0 ? ": indent it less" : "";
    return str_format(d->arena, "it belongs at %.*s%s", TEXT(place->text), indent);
}

static Str unknown_hint(Decoder *d, const Type *type, const Node *node, const Entry *entry, const Field *known, const Path *path,
                        bool *misspelt) {
    uint8_t minor = d->document->minor;
    Str slip = fault_key_hint(d->arena, entry->key);
    if (slip.len) return slip;
    if (known && known->since > minor)
        return str_format(d->arena, "it exists since Kubernetes 1.%d; this check is for 1.%d", known->since, minor);
    if (known) return str_format(d->arena, "Kubernetes 1.%d took it away; this check is for 1.%d", known->removed, minor);
    uint32_t searches = d->searches++;
    if (searches >= DIAG_MOST) return S("");
    if (!d->document->type || searches >= MOST_SEARCHES)
        return near_question(d->arena, schema_near_field(type, entry->key, minor));
    Node item;
    FieldPlace place = place_find(d->arena, d->document, path, entry);
    *misspelt = place.slip;
    if (path && path->index >= 0 && !(place.field && place.up + place.down == 0) &&
        mend_named_item(d->arena, d->document, type, node, &item)) {
        keep_mend(d, (Mend){.node = node, .kind = MEND_VALUE, .value = kept(d, item)}, path_text(d->arena, path));
        return str_join(d->arena, S("write "), mend_text(d->arena, &item, true));
    }
    if (place.field) return place_hint(d, &place, entry, path);
    Str kinds = place_other_kinds(d->arena, d->document, path, entry->key);
    if (kinds.len) return str_format(d->arena, "it is a field of %.*s", TEXT(kinds));
    return place_fields(d->arena, d->document, type, path);
}

static void unknown_field(Decoder *d, const Type *type, const Node *node, const Entry *entry, const Field *known,
                          const Path *path) {
    Path field = path_field(path, entry->key);
    bool misspelt = false;
    Str hint = unknown_hint(d, type, node, entry, known, path, &misspelt);
    if (d->document->retired && !misspelt) return;
    emit_unknown_field(&d->document->diags, ((Where){.span = entry->keySpan, .path = path_text(d->arena, &field)}),
                       .type = type->kind ? type->kind->name : type->name, .field = entry->key, .hint = hint);
}

static void decode_object(Decoder *d, const Type *type, const Node *node, void *out, const Path *path) {
    ((Head *)out)->node = node;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        const Field *field = schema_field(type, entry->key, entry->hash);
        if (!field || !schema_has(field, d->document->minor)) {
            unknown_field(d, type, node, entry, field, path);
            continue;
        }
        if (entry->value.kind == NODE_NULL && !(field->scalar == TYPE_QUANTITY && field->shape == SHAPE_ONE && !field->optional))
            continue;
        seen |= (uint64_t)1 << (field - type->fields);
        Path below = path_field(path, field->name);
        void *at = (char *)out + field->offset;
        if (field->shape == SHAPE_ONE)
            decode_one(d, field, &entry->value, at, &below);
        else if (field->shape == SHAPE_LIST)
            decode_list(d, field, &entry->value, at, &below);
        else
            decode_map(d, field, &entry->value, at, &below);
    }
    if (type->prepared.n) prepare_object(d, type, out, seen);
}

/* The reader's faults as diagnostics. */

static void add_fault(DiagList *list, const Fault *fault) {
    Where where = {.span = fault->span, .path = S("")};
    Diag *diag = NULL;
    switch (fault->kind) {
    case FAULT_SYNTAX: diag = emit_syntax(list, where, .problem = fault->text, .hint = fault->hint); break;
    case FAULT_ENCODING: emit_encoding(list, where, .problem = fault->text, .hint = fault->hint); break;
    case FAULT_SEPARATOR: emit_separator(list, where, .text = fault->text, .hint = fault->hint); break;
    case FAULT_DEPTH: emit_nesting_depth(list, where, .limit = str_int(list->arena, NODE_MAX_DEPTH)); break;
    case FAULT_ANCHOR_UNKNOWN: emit_anchor_unknown(list, where, .name = fault->text); break;
    case FAULT_ANCHOR_RECURSIVE: emit_anchor_recursive(list, where, .name = fault->text); break;
    case FAULT_ALIAS_EXPANSION: emit_alias_expansion(list, where); break;
    case FAULT_KEY_COMPLEX: emit_key_not_scalar(list, where); break;
    case FAULT_KEY_NULL: emit_key_null(list, where); break;
    case FAULT_KEY_NUMBER: emit_key_number(list, where, .key = fault->text); break;
    case FAULT_MERGE: emit_merge_value(list, where); break;
    case FAULT_TAG: emit_tag_mismatch(list, where, .value = fault->text, .tag = fault->other); break;
    case FAULT_BINARY: emit_binary(list, where); break;
    case FAULT_NOT_FINITE: emit_not_finite(list, where, .value = fault->text); break;
    case FAULT_DUPLICATE_KEY: diag = emit_duplicate_key(list, where, .key = fault->text); break;
    case FAULT_MERGED_KEY: diag = emit_merged_key(list, where, .key = fault->text); break;
    case FAULT_STREAM: emit_json_stream(list, where); break;
    case FAULT_SWALLOWED: emit_value_swallowed(list, where, .text = fault->text, .sign = fault->other); break;
    case FAULT_QUOTES: emit_typographic_quotes(list, where); break;
    case FAULT_TAIL: emit_ignored_tail(list, where, .end = fault->text); break;
    }
    if (diag && fault->related.end)
        diag_note(list, diag, fault->related, fault->kind == FAULT_SYNTAX ? fault->other : S("first set here"));
}

bool model_faults(DiagList *list, const NodeDocument *in) {
    bool fatal = false;
    for (uint32_t i = 0; i < in->faults.n; i++) {
        fatal |= fault_is_fatal(in->faults.at[i].kind);
        add_fault(list, &in->faults.at[i]);
    }
    return fatal;
}

/* Finding out what a document is. The server looks for apiVersion and kind without regard to case. */
static const Node *identity(const Node *root, Str name) {
    const Node *exact = node_get(root, name);
    if (exact || root->kind != NODE_MAP) return exact;
    for (uint32_t i = 0; i < root->count; i++)
        if (str_eq_nocase(root->entries[i].key, name)) return &root->entries[i].value;
    return NULL;
}

static Str identity_text(const Node *root, Str name) {
    const Node *node = identity(root, name);
    return node && node->kind == NODE_STRING ? node->text : S("");
}

static bool identity_wrong(Decoder *d, const Node *root, Str name) {
    static const Field text = {.scalar = TYPE_STRING};
    const Node *node = identity(root, name);
    if (!node || node->kind == NODE_STRING || node->kind == NODE_NULL) return false;
    Path path = path_field(NULL, name);
    wrong_type(d, node, &text, &path);
    return true;
}

/* kubectl takes all objects with items for lists, of whatever version. */
static bool is_list(const Node *root) {
    return root->kind == NODE_MAP && str_ends(identity_text(root, S("kind")), S("List")) && node_get(root, S("items"));
}

/* A List in a List: kubectl takes only one apart. */
static bool refuse_list(Document *item) {
    const Node *root = item->root;
    Str kind = identity_text(root, S("kind"));
    if (!is_list(root) || (kind.len > 4 && !schema_kind((Str){kind.at, kind.len - 4}))) return false;
    emit_list_in_list(&item->diags, ((Where){.span = root->count ? root->entries[0].keySpan : root->span, .path = S("")}));
    item->unreadable = true;
    return true;
}

static bool identify(Decoder *d, Document *document) {
    const Node *root = document->root;
    if (root->kind == NODE_NULL) return false;
    if (root->kind != NODE_MAP) {
        document->unreadable = true;
        emit_not_an_object(&document->diags, ((Where){.span = root->span, .path = S("")}), .found = node_words(d->arena, root));
        return false;
    }
    bool wrong = identity_wrong(d, root, S("apiVersion"));
    if (identity_wrong(d, root, S("kind")) || wrong) return false;
    const Node *meta = node_get(root, S("metadata"));
    const Node *name = node_get(meta, S("name")), *namespace_ = node_get(meta, S("namespace"));
    document->name = name && name->kind == NODE_STRING ? name->text : S("");
    document->namespace_ = namespace_ && namespace_->kind == NODE_STRING ? namespace_->text : S("");
    document->type = d->kindOf(document->apiVersion, document->kind, document->minor);
    return document->type != NULL;
}

static void explain_skip(Document *document) {
    const Node *root = document->root;
    if (root->kind != NODE_MAP || document->unreadable) return;
    Span first = root->count ? root->entries[0].keySpan : (Span){root->span.at, root->span.at};
    if (!document->kind.len || !document->apiVersion.len) {
        const Kind *kind = schema_kind(document->kind);
        if (kind)
            emit_api_version_missing(&document->diags, ((Where){.span = first, .path = S("")}), .kind = document->kind,
                                     .expected = schema_version_for(kind, document->minor));
        else
            emit_kind_missing(
                &document->diags, ((Where){.span = first, .path = S("")}),
                .field = document->kind.len ? S("apiVersion") : S("kind"),
                .hint = document->kind.len ? S("add apiVersion:")
                        : document->apiVersion.len || !document->index
                            ? S("add kind:")
                            : S("add apiVersion: and kind:, or take the line of --- above out if it cuts an object in two"));
        document->unreadable = true;
    }
}

/* Whether an apiVersion is of a group in which there ever was a kind that podlint judges. */
static bool is_judged_group(Str apiVersion) {
    if (str_find(apiVersion, '/') < 0) return apiVersion.len > 1 && apiVersion.at[0] == 'v' && is_digit(apiVersion.at[1]);
    for (uint16_t i = 0; i < schema_kind_count; i++)
        if (schema_kinds[i].type && schema_in_group(&schema_kinds[i], apiVersion)) return true;
    return false;
}

/* The kind under an API version that servers no longer have. Such an object is still decoded as the kind of today, so that the
 * rest of it can be judged. */
static const Type *retired_kind(Document *document) {
    const Kind *known = schema_kind(document->kind);
    if (!known || !known->type || !is_judged_group(document->apiVersion)) return NULL;
    const Node *node = identity(document->root, S("apiVersion"));
    Str server = S("no server has"), when = S("");
    for (uint8_t i = 0; i < known->versionCount; i++) {
        const KindVersion *version = &known->versions[i];
        if (!str_eq(version->apiVersion, document->apiVersion)) continue;
        if (schema_serves(version, document->minor)) return NULL; /* of another form than is known here */
        bool comes = version->since > document->minor;
        server =
            str_format(document->diags.arena, "Kubernetes 1.%d %s", document->minor, comes ? "does not have" : "no longer has");
        document->retired = !comes;
        when = str_format(document->diags.arena, ", which %s with 1.%d", comes ? "comes" : "went",
                          comes ? version->since : version->removed);
    }
    emit_api_version(&document->diags, ((Where){.span = node->span, .path = S("apiVersion")}), .server = server,
                     .kind = document->kind, .found = document->apiVersion, .when = when,
                     .expected = schema_version_for(known, document->minor));
    return known->type;
}

/* Annotations that stand for fields of older API versions: the server reads the numbers in them back, and cannot decode the
 * object if they are none. */
static void decode_annotations(Document *document) {
    static const struct {
        uint16_t kind;
        Str name;
        bool empty; /* counts as none */
    } numbers[] = {{KIND_Deployment, STR("deprecated.deployment.rollback.to"), true},
                   {KIND_DaemonSet, STR("deprecated.daemonset.template.generation"), false}};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        const Str *value =
            model_is(document, numbers[i].kind) ? map_get(model_meta(document)->annotations, numbers[i].name) : NULL;
        if (!value || (numbers[i].empty && !value->len) || int_parse(*value, INT64_MIN, INT64_MAX, &(int64_t){0})) continue;
        Path meta = path_field(NULL, S("metadata")), annotations = path_field(&meta, S("annotations"));
        Path at = path_key(&annotations, numbers[i].name);
        document->unreadable = true;
        emit_annotation_number(&document->diags, path_where(document->diags.arena, document->root, &at), .value = *value,
                               .annotation = numbers[i].name);
    }
}

/* Where fields hold something whose name is misspelt: it is read only once that is mended. */
typedef struct Renamed {
    Span at[32];
    uint32_t n;
} Renamed;

static Renamed find_renamed(const Document *document) {
    Renamed renamed = {0};
    for (uint32_t i = 0; i < document->mends.n && renamed.n < COUNT(renamed.at); i++) {
        const Mend *mend = &document->mends.at[i];
        if (mend->kind == MEND_NAME && mend->node->kind >= NODE_LIST) renamed.at[renamed.n++] = mend->node->span;
    }
    return renamed;
}

static bool is_in_renamed(const Renamed *renamed, const Diag *diag) {
    for (uint32_t i = 0; i < renamed->n; i++)
        if (diag->span.at > renamed->at[i].at && diag->span.at < renamed->at[i].end) return true;
    return false;
}

static int by_text(const void *left, const void *right) {
    return str_cmp(*(const Str *)left, *(const Str *)right);
}

/* The names of the fields that nobody can guess the values of. */
static StrList gap_names(Arena *arena, const Document *document) {
    StrList names = {NEW_ARRAY(arena, Str, 2 * document->mends.n), 0};
    for (uint32_t i = 0; i < document->mends.n; i++) {
        const Mend *mend = &document->mends.at[i];
        if (mend->kind != MEND_GAP && !mend_is_start(mend)) continue;
        Str leaf = names.at[names.n++] = path_leaf(mend->path);
        if (str_ends(mend->path, S("]")) && leaf.len + 2 < mend->path.len) /* a key: its map has a gap as well */
            names.at[names.n++] = path_leaf((Str){mend->path.at, mend->path.len - leaf.len - 2});
    }
    if (names.n) qsort(names.at, names.n, sizeof *names.at, by_text);
    return names;
}

/* Decodes an object whose type is known, and what was meant by it where that differs. What is meant may hold more to mend. */
static void decode_document(Arena *arena, Document *document, KindOf *kindOf, int rounds) {
    Decoder decoder = {arena, document, kindOf, 0};
    document->object = arena_alloc(arena, document->type->size);
    decode_object(&decoder, document->type, document->root, document->object, NULL);
    decode_annotations(document);
    defaults_apply(arena, document);
    if (!document->mends.n || document->mends.n > MOST_MENDS || !rounds) return;
    Document *mended = NEW(arena, Document);
    *mended = *document;
    mended->written = mended->written ? mended->written : document->root;
    mended->unreadable = document->misread;
    mended->diags = (DiagList){.arena = document->diags.arena};
    memset(&mended->mends, 0, sizeof mended->mends);
    if (!document->retired) {
        mended->root = mend_tree(arena, document);
        decode_document(arena, mended, kindOf, rounds - 1);
    }
    Renamed renamed = find_renamed(document);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < mended->diags.items.n; i++)
        if (is_in_renamed(&renamed, &mended->diags.items.at[i])) mended->diags.items.at[kept++] = mended->diags.items.at[i];
    mended->diags.items.n = kept;
    Document *last = document->mended = mended->mended ? mended->mended : mended;
    for (uint32_t i = 0; document->mends.at && i < document->mends.n; i++) ARRAY_PUSH(arena, &last->mends, document->mends.at[i]);
    last->gaps = gap_names(arena, last);
    for (uint32_t i = 0; i < kept && last != mended; i++) ARRAY_PUSH(arena, &last->diags.items, mended->diags.items.at[i]);
}

static void build_one(Arena *arena, Document *document, KindOf *kindOf) {
    enum { ROUNDS = 3 };
    Decoder decoder = {arena, document, kindOf, 0};
    document->misread = document->unreadable;
    document->apiVersion = served_version(identity_text(document->root, S("apiVersion")));
    document->kind = identity_text(document->root, S("kind"));
    if (!identify(&decoder, document)) {
        bool isObject = document->apiVersion.len && document->kind.len;
        if (!document->unreadable && !isObject) document->diags.items.n = 0; /* repeated keys elsewhere are nobody's fault */
        explain_skip(document);
        bool own = !document->unreadable && kindOf == schema_type_of;
        document->type = own ? retired_kind(document) : NULL;
        if (own && isObject && !document->type) served_check(document);
        if (!document->type) return;
    }
    decode_document(arena, document, kindOf, ROUNDS);
}

void *model_decode_part(Document *document, const Type *type, const Node *node, const Path *path) {
    Decoder decoder = {.arena = document->diags.arena, .document = document};
    static const Field map = {.scalar = TYPE_OBJECT};
    if (node->kind != NODE_MAP) {
        wrong_type(&decoder, node, &map, path);
        return NULL;
    }
    void *object = arena_alloc(decoder.arena, type->size);
    decode_object(&decoder, type, node, object, path);
    return object;
}

uint32_t model_build(Arena *arena, const Source *source, const NodeDocument *in, uint8_t minor, Document **items) {
    return model_build_kinds(arena, source, in, minor, schema_type_of, items);
}

uint32_t model_build_kinds(Arena *arena, const Source *source, const NodeDocument *in, uint8_t minor, KindOf *kindOf,
                           Document **items) {
    Document whole = {.source = source,
                      .index = in->index,
                      .item = -1,
                      .span = in->span,
                      .root = in->root,
                      .minor = minor,
                      .diags = {.arena = arena}};
    whole.unreadable = model_faults(&whole.diags, in) || !in->readable;
    const Node *list = is_list(in->root) ? node_get(in->root, S("items")) : NULL;
    if (list && list->kind != NODE_LIST && list->kind != NODE_NULL) {
        Document *document = *items = NEW(arena, Document);
        *document = whole;
        document->unreadable = true;
        Path path = path_field(NULL, S("items"));
        emit_wrong_type(&document->diags, path_where_key(arena, in->root, &path), .field = path.name, .expected = S("a list"),
                        .found = node_words(arena, list), .hint = S("write each object after a dash"));
        return 1;
    }
    if (!list) {
        *items = NEW(arena, Document);
        **items = whole;
        /* Of what cannot be read it is not said, too, that it is no object. */
        bool object = in->root->kind == NODE_MAP || !whole.unreadable;
        if (object && (in->readable || in->mended)) build_one(arena, *items, kindOf);
        return 1;
    }
    Str kind = identity_text(in->root, S("kind"));
    *items = NEW_ARRAY(arena, Document, list->count + 1);
    uint32_t count = 0;
    if (whole.diags.items.n) (*items)[count++] = whole;
    for (uint32_t i = 0; i < list->count; i++) {
        Document *item = &(*items)[count++];
        *item = (Document){.source = source,
                           .index = in->index,
                           .item = (int32_t)i,
                           .span = list->items[i].span,
                           .root = &list->items[i],
                           .minor = minor,
                           .diags = {.arena = arena}};
        /* The items of a typed list may leave out what the list says. */
        if (kind.len > 4 && item->root->kind == NODE_MAP && !identity(item->root, S("kind"))) {
            Node *named = NEW(arena, Node);
            *named = *item->root;
            named->count = 0;
            entries_make_room(arena, named, item->root->count + 2);
            for (uint32_t j = 0; j < item->root->count; j++) entries_add(named, &item->root->entries[j]);
            const Str names[] = {STR("kind"), STR("apiVersion")};
            const Str values[] = {{kind.at, kind.len - 4}, identity_text(in->root, S("apiVersion"))};
            for (int k = 0; k < 2; k++)
                if (!identity(named, names[k]))
                    entries_add(named, &(Entry){names[k],
                                                str_hash(names[k]),
                                                item->root->span,
                                                {.kind = NODE_STRING, .span = item->root->span, .text = values[k]}});
            item->root = named;
        }
        if (!refuse_list(item)) build_one(arena, item, kindOf);
    }
    return count;
}

Document *model_meant(Document *written, uint32_t count) {
    Document *mended = written->mended;
    if (!mended) return written;
    for (uint32_t i = 0; i < count; i++) ARRAY_PUSH(written->diags.arena, &mended->diags.items, written->diags.items.at[i]);
    return mended;
}

bool model_has_gap(const Document *document, Str start, Str rest) {
    for (uint32_t i = 0; i < document->mends.n; i++) {
        const Mend *mend = &document->mends.at[i];
        bool lost = mend->kind == MEND_GAP || mend->kind == MEND_VALUE;
        if (lost && str_starts(mend->path, start) && str_starts(str_slice(mend->path, start.len), rest)) return true;
    }
    return false;
}

bool head_text_unknown(const Head *head, Str key, bool required) {
    const Node *node = head->node ? node_get(head->node, key) : NULL;
    return node ? node->later || node->kind != NODE_STRING || !node->text.len : required && head->node;
}
