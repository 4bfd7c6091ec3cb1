/* The verdict on a custom resource, in the order of the server: its metadata, the schema, the fields for scaling, objects inside
 * it, sets and maps, and where nothing of these is of the wrong form, the rules of its definition. The schema is judged as
 * k8s.io/kube-openapi/pkg/validation/validate does it, down to which of the forms of an anyOf is taken for the one that was
 * meant: the one of which most was right. */
#include "judge.h"

#include <math.h>
#include <stdlib.h>

#include "base/near.h"
#include "rules.h"
#include "validate/areas.h"

/* What judging a value came to. */
typedef struct Outcome {
    DiagList errors;
    uint32_t matches; /* steps that went well: what chooses between forms */
} Outcome;

static void judge_value(CrdJudge *j, const CrdSchema *schema, const Node *value, const Node *old, const Path *path, Outcome *out);

static Outcome outcome(const CrdJudge *j) {
    return (Outcome){.errors = {.arena = j->check.arena}};
}

static bool is_good(const Outcome *out) {
    return out->errors.items.n == 0;
}

static void add(Outcome *out, const Outcome *more) {
    for (uint32_t i = 0; i < more->errors.items.n; i++)
        ARRAY_PUSH(out->errors.arena, &out->errors.items, more->errors.items.at[i]);
    out->matches += more->matches;
}

/* The place of a value, without the path: the server's errors about forms have none. */
static Where nowhere(const CrdJudge *j, const Path *path) {
    Where place = where(&j->check, path);
    place.path = S("<nil>");
    return place;
}

static Str field_words(const CrdJudge *j, const Path *path) {
    return path ? path_text(j->check.arena, path) : S("the object");
}

static Str found_words(CrdJudge *j, const Node *value) {
    switch ((NodeKind)value->kind) {
    case NODE_NULL: return S("null");
    case NODE_BOOL: return str_join(j->check.arena, S("the boolean "), value->text);
    case NODE_INT:
    case NODE_FLOAT: return str_join(j->check.arena, S("the number "), value->text);
    case NODE_STRING: return str_format(j->check.arena, "the text \"%.*s\"", TEXT(shown(j->check.arena, value->text)));
    case NODE_LIST: return value->count ? S("a list") : S("an empty list");
    case NODE_MAP: return S("a map");
    }
    return S("");
}

static Str quoted(CrdJudge *j, const Node *value) {
    if (value->kind != NODE_STRING) return found_words(j, value);
    return str_format(j->check.arena, "\"%.*s\"", TEXT(shown(j->check.arena, value->text)));
}

/* Types. */

/* Whether a floating-point number is a whole one that JSON keeps exact, or nearly so. */
static bool is_whole(double value) {
    const double largest = 9007199254740991.0;
    if (isnan(value) || isinf(value) || value < -largest || value > largest) return false;
    double rounded = (double)(int64_t)value, difference = fabs(value - rounded);
    if (value == rounded) return true;
    double magnitude = fabs(value), other = fabs(rounded);
    if (value == 0 || rounded == 0 || difference < 2.2250738585072014e-308) return difference < 1e-9 * 2.2250738585072014e-308;
    return difference / (magnitude + other) < 1e-9;
}

static const char *type_words(const CrdSchema *schema) {
    static const char *const words[] = {"a value",         "text",  "a whole number", "a number", "true or false",
                                        "a map of fields", "a list"};
    return schema->intOrString ? "a whole number or text" : words[schema->type];
}

static bool type_fits(const CrdSchema *schema, const Node *value) {
    CrdNumber number;
    bool takesInt = schema->intOrString || schema->type == INTEGER_VALUE;
    bool typed = schema->intOrString || schema->type != ANY_VALUE;
    switch ((NodeKind)value->kind) {
    case NODE_NULL: return schema->nullable || !typed;
    case NODE_BOOL: return schema->type == BOOLEAN_VALUE && !schema->intOrString;
    case NODE_INT:
    case NODE_FLOAT:
        crd_number(value, &number);
        if (schema->type == NUMBER_VALUE && !schema->intOrString) return true;
        return takesInt && (number.isInt || is_whole(number.value));
    /* A format makes the server forget to look at the type of texts and lists. */
    case NODE_STRING:
        if (schema->format.len && !takesInt && schema->type != NUMBER_VALUE) return true;
        return schema->intOrString || schema->type == STRING_VALUE;
    case NODE_LIST:
        if (schema->format.len && !takesInt && schema->type != NUMBER_VALUE) return true;
        return schema->type == ARRAY_VALUE && !schema->intOrString;
    case NODE_MAP: return schema->type == OBJECT_VALUE && !schema->intOrString;
    }
    return false;
}

static Str type_hint(CrdJudge *j, const CrdSchema *schema, const Node *value) {
    if (value->kind == NODE_STRING && !value->plain && schema->type >= INTEGER_VALUE && schema->type <= BOOLEAN_VALUE) {
        NodeKind plain = node_plain_kind(value->text);
        bool fits = schema->type == BOOLEAN_VALUE ? plain == NODE_BOOL : plain == NODE_INT || plain == NODE_FLOAT;
        if (fits) return S("leave out the quotes");
    }
    if (value->kind > NODE_NULL && value->kind < NODE_STRING && schema->type == STRING_VALUE && value->plain)
        return str_format(j->check.arena, "put the value in quotes: \"%.*s\"", (int)(value->span.end - value->span.at),
                          j->check.document->source->text.at + value->span.at);
    if (schema->type == ARRAY_VALUE && value->kind == NODE_MAP) return S("put a dash in front of each item");
    if (schema->type == ARRAY_VALUE) return S("write a list: each item on a line of its own, after a dash");
    if (value->kind == NODE_NULL) return S("give it a value, or remove it");
    return S("");
}

static void judge_type(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    if (type_fits(schema, value)) {
        out->matches++;
        return;
    }
    emit_crd_type(&out->errors, where(&j->check, path), .field = field_words(j, path), .expected = str_of(type_words(schema)),
                  .found = found_words(j, value), .hint = type_hint(j, schema, value));
}

/* Enumerations. */

/* Numbers are first turned into the kind of the one in the list. */
static bool is_listed(const Node *value, const Node *listed) {
    CrdNumber x, y;
    if (!crd_number(value, &x) || !crd_number(listed, &y)) return crd_same(value, listed);
    if (!y.isInt) return x.value == y.value;
    return x.isInt ? x.whole == y.whole : fabs(x.value) < 9e18 && (int64_t)x.value == y.whole;
}

static void judge_enum(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    const Node *list = schema->enumeration;
    if (!list || !list->count) return;
    Arena *arena = j->check.arena;
    Str *words = NEW_ARRAY(arena, Str, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != NODE_NULL && is_listed(value, &list->items[i])) return;
        words[i] = list->items[i].kind == NODE_STRING ? list->items[i].text : found_words(j, &list->items[i]);
        if (list->items[i].kind == NODE_INT || list->items[i].kind == NODE_FLOAT || list->items[i].kind == NODE_BOOL)
            words[i] = list->items[i].text;
        if (!words[i].len) words[i] = S("\"\"");
    }
    enum { MOST_SHOWN = 12 };
    uint32_t count = list->count < MOST_SHOWN ? list->count : MOST_SHOWN;
    Str allowed = words_or(arena, words, count);
    if (count < list->count) allowed = str_format(arena, "%.*s, or %u others", TEXT(allowed), list->count - count);
    emit_crd_enum(&out->errors, where(&j->check, path), .value = quoted(j, value), .field = field_words(j, path),
                  .allowed = allowed,
                  .hint = value->kind == NODE_STRING ? did_you_mean(arena, value->text, words, list->count) : S(""));
}

/* Texts. */

static Str limit_text(const CrdJudge *j, int64_t limit) {
    return str_int(j->check.arena, limit);
}

/* Whether a text matches an expression. Where that takes long, a few times in one object is enough: then nothing is said. */
static bool fits_pattern(CrdJudge *j, const RegexCode *regex, Str text) {
    enum { MOST_COSTLY = 10, MOST_BOUNDED = 100 };
    Span span;
    if (j->costly > MOST_BOUNDED) return true;
    if (!j->matcher.data && !regex_matcher(j->check.arena, &j->matcher)) return true;
    RegexResult result = regex_find(regex, text, 0, REGEX_SMALL_BOUND, &j->matcher, &span);
    if (result == REGEX_BOUND) {
        j->costly++;
        result = regex_test(regex, text, &j->matcher);
    }
    if (result == REGEX_BOUND && j->costly <= MOST_COSTLY)
        result = regex_find(regex, text, 0, REGEX_LARGE_BOUND, &j->matcher, &span);
    return result != REGEX_NOT_FOUND;
}

static void judge_text(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    size_t length = schema->maxLength >= 0 || schema->minLength > 0 ? str_codepoints(value->text) : 0;
    if (schema->maxLength >= 0 && (int64_t)length > schema->maxLength) {
        emit_crd_too_long(&out->errors, where(&j->check, path), .field = field_words(j, path),
                          .count = limit_text(j, (int64_t)length), .limit = limit_text(j, schema->maxLength));
    } else if ((int64_t)length < schema->minLength) {
        emit_crd_too_short(&out->errors, where(&j->check, path), .field = field_words(j, path),
                           .count = limit_text(j, (int64_t)length), .limit = limit_text(j, schema->minLength));
    } else if (schema->regex) {
        if (!fits_pattern(j, schema->regex, value->text))
            emit_crd_pattern(&out->errors, where(&j->check, path), .value = quoted(j, value), .pattern = schema->pattern);
    }
}

static void judge_format(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    if (!crd_format_fits(j->check.arena, schema->format, value->text))
        emit_crd_format(&out->errors, where(&j->check, path), .value = quoted(j, value), .format = schema->format);
}

/* Numbers. */

static void number_fault(CrdJudge *j, const Node *value, Str wrong, const Path *path, Outcome *out) {
    emit_crd_number(&out->errors, where(&j->check, path), .value = value->text, .wrong = wrong);
}

/* Whether a number can be stored as the format of the schema says; whole numbers without one have 64 bits. */
static bool fits_format(const CrdSchema *schema, const CrdNumber *number) {
    if (schema->intOrString || (schema->type != INTEGER_VALUE && schema->type != NUMBER_VALUE)) return true;
    if (schema->type == NUMBER_VALUE) return !str_eq(schema->format, S("float")) || fabs(number->value) <= 3.4028235677973366e38;
    if (!number->isInt) return fabs(number->value) < 1e21 && is_whole(number->value);
    return !str_eq(schema->format, S("int32")) || (number->whole >= INT32_MIN && number->whole <= INT32_MAX);
}

static int64_t cut_to_whole(double value) {
    return value >= 9.2233720368547758e18 || value < -9.2233720368547758e18 ? INT64_MIN : (int64_t)value;
}

static void judge_number(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    Arena *arena = j->check.arena;
    CrdNumber number;
    crd_number(value, &number);
    out->matches++;
    if (!fits_format(schema, &number))
        emit_crd_number_size(&out->errors, nowhere(j, path), .value = value->text, .field = field_words(j, path),
                             .expected = schema->format.len ? str_join(arena, S("which is of the format "), schema->format)
                                                            : S("which is a whole number"));
    /* A limit that is no whole number counts for whole numbers without its fraction. */
    double maximum = number.isInt ? (double)cut_to_whole(schema->maximum.value) : schema->maximum.value;
    double minimum = number.isInt ? (double)cut_to_whole(schema->minimum.value) : schema->minimum.value;
    if (schema->multipleOf.set) {
        double factor = schema->multipleOf.value;
        bool good = true;
        if (factor <= 0 || (number.isInt && cut_to_whole(factor) <= 0))
            good = false;
        else if (number.isInt)
            good = number.whole % cut_to_whole(factor) == 0;
        else
            good = is_whole(factor < 1 ? 1 / factor * number.value : number.value / factor);
        if (!good) number_fault(j, value, str_format(arena, "no multiple of %.*s", TEXT(double_text(arena, factor))), path, out);
    }
    if (schema->maximum.set && (schema->belowMaximum ? number.value >= maximum : number.value > maximum))
        number_fault(j, value,
                     str_format(arena, "too large: it must be %s %.*s", schema->belowMaximum ? "less than" : "at most",
                                TEXT(node_get(schema->node, S("maximum"))->text)),
                     path, out);
    if (schema->minimum.set && (schema->aboveMinimum ? number.value <= minimum : number.value < minimum))
        number_fault(j, value,
                     str_format(arena, "too small: it must be %s %.*s", schema->aboveMinimum ? "more than" : "at least",
                                TEXT(node_get(schema->node, S("minimum"))->text)),
                     path, out);
}

/* Lists and maps. */

static void judge_count(CrdJudge *j, const Node *value, Str what, int64_t least, int64_t most, const Path *path, Outcome *out) {
    if (least >= 0 && value->count < least)
        emit_crd_too_few(&out->errors, where_key(&j->check, path), .field = field_words(j, path),
                         .count = limit_text(j, value->count), .what = what, .limit = limit_text(j, least));
    if (most >= 0 && value->count > most)
        emit_crd_too_many(&out->errors, where_key(&j->check, path), .field = field_words(j, path),
                          .count = limit_text(j, value->count), .what = what, .limit = limit_text(j, most));
}

static uint32_t hash_value(const Node *value) {
    CrdNumber number;
    if (crd_number(value, &number)) return number.isInt ? (uint32_t)number.whole * 2654435761u : str_hash(value->text);
    if (value->kind < NODE_LIST) return str_hash(value->text) + value->kind;
    uint32_t hash = value->count + value->kind;
    for (uint32_t i = 0; i < value->count; i++)
        hash += value->kind == NODE_LIST ? hash_value(&value->items[i]) * (2u * i + 1u)
                                         : value->entries[i].hash ^ hash_value(&value->entries[i].value);
    return hash;
}

typedef struct Ranked {
    uint32_t hash, index;
} Ranked;

static int by_rank(const void *left, const void *right) {
    const Ranked *a = left, *b = right;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

/* For each value, how many equal ones stand before it; NULL if none does for any. */
static uint32_t *count_before(Arena *arena, const Node *const *values, uint32_t count) {
    Ranked *ranked = NEW_ARRAY(arena, Ranked, count + 1);
    uint32_t *before = NULL;
    for (uint32_t i = 0; i < count; i++) ranked[i] = (Ranked){hash_value(values[i]), i};
    qsort(ranked, count, sizeof *ranked, by_rank);
    enum { MOST_COMPARED = 1000 }; /* of values with one hash, which are many only where somebody made them so */
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t k = i; k-- > 0 && ranked[k].hash == ranked[i].hash && i - k < MOST_COMPARED;) {
            if (!crd_same(values[ranked[k].index], values[ranked[i].index])) continue;
            if (!before) before = NEW_ARRAY(arena, uint32_t, count);
            before[ranked[i].index] = before[ranked[k].index] + 1;
            break;
        }
    return before;
}

static const Node **items_of(Arena *arena, const Node *list) {
    const Node **items = NEW_ARRAY(arena, const Node *, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) items[i] = &list->items[i];
    return items;
}

static void judge_list(CrdJudge *j, const CrdSchema *schema, const Node *value, const Node *old, const Path *path, Outcome *out) {
    out->matches++;
    for (uint32_t i = 0; schema->items && i < value->count; i++) {
        Path at = path_index(path, i);
        judge_value(j, schema->items, &value->items[i], crd_old_item(schema, old, &value->items[i]), &at, out);
    }
    judge_count(j, value, S("items"), schema->minItems, schema->maxItems, path, out);
    if (schema->uniqueItems && value->count > 1 && count_before(j->check.arena, items_of(j->check.arena, value), value->count))
        emit_crd_unique(&out->errors, where_key(&j->check, path), .field = field_words(j, path));
}

static Str required_hint(CrdJudge *j, const CrdSchema *schema, Str name) {
    const CrdSchema *property = crd_property(schema, name, str_hash(name));
    const Node *list = property ? property->enumeration : NULL;
    if (!property) return S("");
    if (!list || !list->count || list->count > 8) return str_format(j->check.arena, "it is %s", type_words(property));
    Str *words = NEW_ARRAY(j->check.arena, Str, list->count);
    for (uint32_t i = 0; i < list->count; i++) words[i] = list->items[i].text;
    return str_format(j->check.arena, "it is %.*s", TEXT(words_or(j->check.arena, words, list->count)));
}

static void judge_map(CrdJudge *j, const CrdSchema *schema, const Node *value, const Node *old, const Path *path, Outcome *out) {
    judge_count(j, value, S("fields"), schema->minProperties, schema->maxProperties, path, out);
    for (uint32_t i = 0; i < value->count; i++) {
        const Entry *entry = &value->entries[i];
        const CrdSchema *below = crd_below(schema, entry->key, entry->hash);
        Path at = path_field(path, entry->key);
        if (below)
            judge_value(j, below, &entry->value, old ? node_get(old, entry->key) : NULL, &at, out);
        else if (schema->closed) {
            Where place = where_key(&j->check, &at);
            place.path = path_text(j->check.arena, path);
            emit_crd_closed(&out->errors, place, .field = entry->key);
        }
    }
    for (uint32_t i = 0; i < schema->required.n; i++) {
        Str name = schema->required.at[i];
        if (node_get(value, name)) continue;
        Path at = path_field(path, name);
        emit_crd_required(&out->errors, where(&j->check, &at), .field = field_words(j, &at),
                          .hint = required_hint(j, schema, name));
    }
}

/* Forms. */

/* What the forms are about: the fields that they ask for. */
static Str forms_hint(CrdJudge *j, CrdSchemas forms) {
    Buf text = {.arena = j->check.arena};
    for (uint32_t i = 0; i < forms.n && i < 8; i++) {
        StrList required = forms.at[i]->required;
        if (!required.n) return S("");
        buf_str(&text, i ? i + 1 == forms.n ? S(" or ") : S(", ") : S("they are told apart by the fields "));
        for (uint32_t k = 0; k < required.n; k++) {
            if (k) buf_str(&text, S(" with "));
            buf_str(&text, required.at[k]);
        }
    }
    return buf_text(&text);
}

static void judge_any_of(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    Outcome best = outcome(j);
    for (uint32_t i = 0; i < schema->anyOf.n; i++) {
        Outcome one = outcome(j);
        judge_value(j, schema->anyOf.at[i], value, NULL, path, &one);
        bool good = is_good(&one);
        if (good || i == 0 || one.matches > best.matches) best = one;
        if (good) break;
    }
    if (!is_good(&best))
        emit_crd_any_of(&out->errors, nowhere(j, path), .field = field_words(j, path),
                        .count = str_int(j->check.arena, schema->anyOf.n), .hint = forms_hint(j, schema->anyOf));
    add(out, &best);
}

static void judge_one_of(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    Outcome best = outcome(j), first = outcome(j);
    uint32_t good = 0;
    for (uint32_t i = 0; i < schema->oneOf.n; i++) {
        Outcome one = outcome(j);
        judge_value(j, schema->oneOf.at[i], value, NULL, path, &one);
        if (is_good(&one)) {
            if (!good++) first = one;
            best = outcome(j);
        } else if (!good && (is_good(&best) || one.matches > best.matches)) {
            best = one;
        }
    }
    if (good == 1) {
        add(out, &first);
        return;
    }
    emit_crd_one_of(
        &out->errors, nowhere(j, path), .field = field_words(j, path), .count = str_int(j->check.arena, schema->oneOf.n),
        .found = good ? str_format(j->check.arena, "%u of them", good) : S("none of them"), .hint = forms_hint(j, schema->oneOf));
    add(out, &best);
}

static void judge_all_of(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    uint32_t good = 0;
    for (uint32_t i = 0; i < schema->allOf.n; i++) {
        Outcome one = outcome(j);
        judge_value(j, schema->allOf.at[i], value, NULL, path, &one);
        good += is_good(&one);
        add(out, &one);
    }
    if (good < schema->allOf.n)
        emit_crd_all_of(&out->errors, nowhere(j, path), .field = field_words(j, path),
                        .count = str_int(j->check.arena, schema->allOf.n));
}

static void judge_not(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    Outcome one = outcome(j);
    judge_value(j, schema->not, value, NULL, path, &one);
    if (!is_good(&one)) return;
    StrList required = schema->not ->required;
    Str hint = required.n ? str_format(j->check.arena, "%.*s %s not stand here", TEXT(required.at[0]),
                                       required.n > 1 ? "and what goes with it may" : "may")
                          : S("");
    emit_crd_not(&out->errors, nowhere(j, path), .field = field_words(j, path), .hint = hint);
}

static void judge_forms(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path, Outcome *out) {
    out->matches++;
    if (schema->anyOf.n) judge_any_of(j, schema, value, path, out);
    if (schema->oneOf.n) judge_one_of(j, schema, value, path, out);
    if (schema->allOf.n) judge_all_of(j, schema, value, path, out);
    if (schema->not ) judge_not(j, schema, value, path, out);
}

/* The steps in which a value is judged; each of them counts as one that went well, by the server's way of counting. */
/* `old`: what stood there before a change, where the server can tell; what stays as it was is not judged again. */
static void judge_value(CrdJudge *j, const CrdSchema *schema, const Node *value, const Node *old, const Path *path,
                        Outcome *out) {
    bool typed = schema->intOrString || schema->type != ANY_VALUE;
    if (value->later || (old && crd_same(value, old))) {
        out->matches += 4;
        return;
    }
    if (value->kind == NODE_NULL) {
        judge_type(j, schema, value, path, out);
        judge_enum(j, schema, value, path, out);
        return;
    }
    if (typed || schema->format.len) {
        judge_type(j, schema, value, path, out);
        out->matches++;
    }
    judge_forms(j, schema, value, path, out);
    out->matches += 3; /* the forms, the enumeration and the whole */
    if (value->kind == NODE_STRING) {
        judge_text(j, schema, value, path, out);
        if (schema->format.len) judge_format(j, schema, value, path, out);
        out->matches += schema->format.len ? 2 : 1;
    }
    if (value->kind == NODE_INT || value->kind == NODE_FLOAT) {
        judge_number(j, schema, value, path, out);
        out->matches++;
    }
    if (value->kind == NODE_LIST) {
        judge_list(j, schema, value, old, path, out);
        out->matches++;
    }
    judge_enum(j, schema, value, path, out);
    if (value->kind == NODE_MAP) {
        judge_map(j, schema, value, old, path, out);
        out->matches++;
    }
}

/* Sets and maps (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype). */

static void report_repeated(CrdJudge *j, const Node *list, const Node *const *values, const Path *path) {
    uint32_t *before = count_before(j->check.arena, values, list->count);
    for (uint32_t i = 0; before && i < list->count; i++) {
        if (before[i] != 1) continue; /* the server says it of the second one only */
        Path at = path_index(path, i);
        const Node *value = values[i];
        Str shownValue = value->kind < NODE_LIST ? quoted(j, value) : S("such an item");
        if (value->kind == NODE_MAP && list->items[i].kind == NODE_MAP && value->count == 1 &&
            value->entries[0].value.kind < NODE_LIST)
            shownValue = str_format(j->check.arena, "an item with %.*s %.*s", TEXT(value->entries[0].key),
                                    TEXT(quoted(j, &value->entries[0].value)));
        emit_crd_duplicate(j->check.diags, where(&j->check, &at), .value = shownValue, .field = field_words(j, path));
    }
}

/* The keys of an item, as a map; those that it lacks are left out. */
static const Node *keys_of(Arena *arena, StrList keys, const Node *item) {
    Node *out = NEW(arena, Node);
    *out = (Node){.kind = NODE_MAP, .entries = NEW_ARRAY(arena, Entry, keys.n + 1)};
    for (uint32_t i = 0; i < keys.n; i++) {
        const Entry *entry = node_entry(item, keys.at[i]);
        if (entry) out->entries[out->count++] = *entry;
    }
    return out;
}

static void judge_list_map(CrdJudge *j, const CrdSchema *schema, const Node *list, const Path *path) {
    const Node **keys = NEW_ARRAY(j->check.arena, const Node *, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        const Node *item = &list->items[i];
        if (item->later) return;
        if (item->kind != NODE_MAP && item->kind != NODE_NULL) {
            Path at = path_index(path, i);
            emit_crd_map_item(j->check.diags, where(&j->check, &at), .field = field_words(j, path),
                              .found = found_words(j, item));
            return;
        }
        keys[i] = keys_of(j->check.arena, schema->listKeys, item);
        for (uint32_t k = 0; k < keys[i]->count; k++)
            if (keys[i]->entries[k].value.later) return;
    }
    report_repeated(j, list, keys, path);
}

static bool has_later(const Node *list) {
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].later) return true;
    return false;
}

static void judge_lists(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path) {
    if (!schema || !schema->hasLists) return;
    if (value->kind == NODE_LIST) {
        if (schema->listKind == LIST_SET && value->count > 1 && !has_later(value))
            report_repeated(j, value, items_of(j->check.arena, value), path);
        if (schema->listKind == LIST_MAP) judge_list_map(j, schema, value, path);
        for (uint32_t i = 0; schema->items && i < value->count; i++) {
            Path at = path_index(path, i);
            judge_lists(j, schema->items, &value->items[i], &at);
        }
    }
    for (uint32_t i = 0; value->kind == NODE_MAP && i < value->count; i++) {
        const Entry *entry = &value->entries[i];
        const CrdSchema *property = crd_property(schema, entry->key, entry->hash);
        Path at = property ? path_field(path, entry->key) : path_key(path, entry->key);
        judge_lists(j, property ? property : schema->additional, &entry->value, &at);
    }
}

/* Metadata, of the object and of objects inside it (.../schema/objectmeta). */

static ObjectMeta *decode_meta(CrdJudge *j, const Node *object, const Path *path) {
    const Node *meta = node_get(object, S("metadata"));
    return meta && meta->kind != NODE_NULL ? model_decode_part(j->check.document, &type_ObjectMeta, meta, path) : NULL;
}

static void object_fault(CrdJudge *j, const Node *value, const Path *path, Str problem) {
    emit_crd_object_kind(j->check.diags, where(&j->check, path), .value = quoted(j, value), .field = path->name,
                         .problem = problem);
}

static void judge_identity(CrdJudge *j, const Node *object, const Path *path) {
    Path version = FIELD(path, "apiVersion"), kind = FIELD(path, "kind");
    const Node *versionNode = node_get(object, S("apiVersion")), *kindNode = node_get(object, S("kind"));
    if (!versionNode) emit_crd_object_required(j->check.diags, where(&j->check, &version), .field = S("apiVersion"));
    if (!kindNode) emit_crd_object_required(j->check.diags, where(&j->check, &kind), .field = S("kind"));
    if (versionNode && !versionNode->later) {
        ptrdiff_t slash = str_find(versionNode->text, '/');
        if (versionNode->kind != NODE_STRING)
            object_fault(j, versionNode, &version, S("it must be text"));
        else if (!versionNode->text.len)
            object_fault(j, versionNode, &version, S("it is empty"));
        else if (slash >= 0 && str_find(str_slice(versionNode->text, (size_t)slash + 1), '/') >= 0)
            object_fault(j, versionNode, &version, S("it is GROUP/VERSION, or VERSION for the core group"));
    }
    if (kindNode && !kindNode->later) {
        if (kindNode->kind != NODE_STRING)
            object_fault(j, kindNode, &kind, S("it must be text"));
        else if (!kindNode->text.len)
            object_fault(j, kindNode, &kind, S("it is empty"));
        else if (!is_dns_1035_label(str_lower(j->check.arena, kindNode->text)))
            object_fault(j, kindNode, &kind, S("it has letters, digits and -, begins with a letter, and is at most 63 long"));
    }
}

static void judge_objects(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path) {
    if (!schema || !schema->hasObjects) return;
    if (value->kind == NODE_MAP && schema->embedded) {
        Path at = FIELD(path, "metadata");
        judge_identity(j, value, path);
        ObjectMeta *meta = decode_meta(j, value, &at);
        if (meta) {
            if (!meta->name.len) meta->name = S("any");
            check_object_meta(&j->check, meta, NAME_PATH_SEGMENT, meta->namespace.len > 0, true, &at);
        }
    }
    for (uint32_t i = 0; value->kind == NODE_MAP && i < value->count; i++) {
        const Entry *entry = &value->entries[i];
        const CrdSchema *property = crd_property(schema, entry->key, entry->hash);
        Path at = property ? path_field(path, entry->key) : path_key(path, entry->key);
        judge_objects(j, property ? property : schema->additional, &entry->value, &at);
    }
    for (uint32_t i = 0; value->kind == NODE_LIST && i < value->count; i++) {
        Path at = path_index(path, i);
        judge_objects(j, schema->items, &value->items[i], &at);
    }
}

/* What scaling reads: subresources.scale. */

/* The value at a path such as .spec.replicas; false if something on the way is no map. */
static bool value_at(const Node *root, Str path, const Node **out) {
    *out = root;
    str_take(&path, '.');
    while (path.len && *out) {
        if ((*out)->kind != NODE_MAP) return false;
        ptrdiff_t dot = str_find(path, '.');
        Str name = {path.at, dot < 0 ? path.len : (size_t)dot};
        *out = node_get(*out, name);
        path = str_slice(path, name.len + 1);
    }
    return true;
}

static void judge_scale(CrdJudge *j, const Node *stored, Str key, bool isCount) {
    const Node *path = node_get(j->version->scale, key), *value;
    if (!path || path->kind != NODE_STRING || !path->text.len) return;
    bool found = value_at(stored, path->text, &value);
    Str wanted = isCount ? S("a whole number from 0 to 2147483647") : S("text");
    if (found && !value) return;
    if (found && value->later) return;
    CrdNumber number = {0};
    if (found && isCount && crd_number(value, &number) && number.isInt && number.whole >= 0 && number.whole <= INT32_MAX) return;
    if (found && !isCount && value->kind == NODE_STRING) return;
    Path at[16];
    uint32_t depth = 0;
    Str rest = path->text;
    str_take(&rest, '.');
    while (rest.len && depth < COUNT(at)) {
        ptrdiff_t dot = str_find(rest, '.');
        Str name = {rest.at, dot < 0 ? rest.len : (size_t)dot};
        at[depth] = path_field(depth ? &at[depth - 1] : NULL, name);
        depth++;
        rest = str_slice(rest, name.len + 1);
    }
    Where place = where(&j->check, depth ? &at[depth - 1] : NULL);
    place.path = path->text;
    emit_crd_replicas(j->check.diags, place, .field = depth ? path_text(j->check.arena, &at[depth - 1]) : path->text,
                      .expected = wanted, .found = found ? found_words(j, value) : S("something else on the way there"));
}

/* The whole. */

/* Whether something is of the wrong form, so that rules are not evaluated (hasBlockingErr). */
static bool is_blocked(const DiagList *diags, uint32_t before) {
    for (uint32_t i = before; i < diags->items.n; i++) {
        uint8_t type = diags->items.at[i].rule->type;
        if (diags->items.at[i].rule->source == FROM_API &&
            (type == API_NOT_SUPPORTED || type == API_REQUIRED || type == API_TOO_LONG || type == API_TOO_MANY ||
             type == API_TYPE_INVALID))
            return true;
    }
    return false;
}

static const Node *without_status(Arena *arena, const Node *root) {
    Node *copy = NEW(arena, Node);
    *copy = *root;
    copy->indexed = false;
    copy->count = 0;
    copy->entries = NEW_ARRAY(arena, Entry, root->count + 1);
    for (uint32_t i = 0; i < root->count; i++)
        if (!str_eq(root->entries[i].key, S("status"))) copy->entries[copy->count++] = root->entries[i];
    return copy;
}

static const Node *prepare(CrdJudge *j, Document *document) {
    const Node *stored = crd_stored(j->version, document);
    if (j->version->hasStatus && node_get(stored, S("status"))) stored = without_status(j->check.arena, stored);
    return stored;
}

static void judge_into(CrdJudge *j, const CrdSchema *schema, const Node *value, const Node *old, const Path *path) {
    Outcome whole = outcome(j);
    judge_value(j, schema, value, old, path, &whole);
    for (uint32_t i = 0; i < whole.errors.items.n; i++)
        ARRAY_PUSH(j->check.arena, &j->check.diags->items, whole.errors.items.at[i]);
}

void crd_judge_value(CrdJudge *j, const CrdSchema *schema, const Node *value, const Path *path) {
    judge_into(j, schema, value, NULL, path);
}

/* A version's rank among others, as the server sorts them: v2, v1, v1beta2, v1beta1, v1alpha1, and then all other names. */
typedef struct VersionRank {
    int stage; /* 0: none of these names */
    int64_t major, minor;
} VersionRank;

static VersionRank rank_of(Str name) {
    VersionRank rank = {.stage = 3};
    if (!str_take(&name, 'v') || !str_take_digits(&name, 1, 18, &rank.major)) return (VersionRank){0};
    if (!name.len) return rank;
    rank.stage = str_starts(name, S("beta")) ? 2 : 1;
    if (rank.stage == 1 && !str_starts(name, S("alpha"))) return (VersionRank){0};
    name = str_slice(name, rank.stage == 2 ? 4 : 5);
    return str_take_digits(&name, 1, 18, &rank.minor) && !name.len ? rank : (VersionRank){0};
}

/* Whether version `a` comes before `b` (k8s.io/apimachinery/pkg/version). */
static bool is_preferred(Str a, Str b) {
    VersionRank x = rank_of(a), y = rank_of(b);
    if (x.stage != y.stage) return x.stage > y.stage;
    if (!x.stage) return str_cmp(a, b) < 0;
    return x.major != y.major ? x.major > y.major : x.minor > y.minor;
}

static void warn_of_deprecation(CrdJudge *j) {
    const CrdVersion *own = j->version;
    const Crd *definition = own->definition;
    Arena *arena = j->check.arena;
    if (!own->deprecated) return;
    const CrdVersion *best = NULL;
    for (uint32_t i = 0; i < definition->versionCount; i++) {
        const CrdVersion *other = &definition->versions[i];
        if (other->served && !other->deprecated && is_preferred(other->name, best ? best->name : own->name)) best = other;
    }
    Path path = FIELD(NULL, "apiVersion");
    Str words = shown(arena, own->deprecationWarning), hint = S("");
    if (!words.len && best) hint = str_format(arena, "write apiVersion: %.*s/%.*s", TEXT(best->group), TEXT(best->name));
    emit_warn_deprecated_version(j->check.diags, where(&j->check, &path), .version = j->check.document->apiVersion,
                                 .kind = own->kind, .reason = words.len ? str_join(arena, S(": "), words) : S(""), .hint = hint);
}

static void judge(const CrdVersion *version, Document *document, Document *before) {
    CrdJudge j = {.check = {.document = document,
                            .arena = document->diags.arena,
                            .diags = &document->diags,
                            .root = document->root,
                            .minor = document->minor},
                  .version = version};
    document->definition = version;
    if (document->root->kind != NODE_MAP) return;
    uint32_t start = document->diags.items.n;
    warn_of_deprecation(&j);
    j.stored = prepare(&j, document);
    j.old = before ? crd_stored(version, before) : NULL;
    Path at = FIELD(NULL, "metadata");
    ObjectMeta *meta = decode_meta(&j, document->root, &at);
    const ObjectMeta none = {0};
    check_object_meta(&j.check, meta ? meta : &none, NAME_DNS_SUBDOMAIN, version->namespaced, true, &at);
    if (version->schema) judge_into(&j, version->schema, j.stored, j.old, NULL);
    if (version->scale) {
        judge_scale(&j, j.stored, S("specReplicasPath"), true);
        judge_scale(&j, j.stored, S("statusReplicasPath"), true);
        judge_scale(&j, j.stored, S("labelSelectorPath"), false);
    }
    judge_objects(&j, version->schema, j.stored, NULL);
    judge_lists(&j, version->schema, j.stored, NULL);
    if (version->schema && version->schema->hasRuleBelow) {
        if (is_blocked(&document->diags, start)) {
            Diag *diag = emit_crd_rules_skipped(&document->diags, nowhere(&j, NULL));
            diag->severity = SEVERITY_INFO;
        } else {
            crd_evaluate(&j);
        }
    }
    validate_forget_absence(document, start);
}

void crd_judge(const CrdVersion *version, Document *document) {
    judge(version, document, NULL);
}

void crd_judge_update(const CrdVersion *version, Document *before, Document *document) {
    judge(version, document, before);
}

static Where identity_of(const Document *document, const Str *field) {
    Path path = path_field(NULL, *field);
    return path_where(document->diags.arena, document->root, &path);
}

void crd_refuse_version(const Crd *crd, Document *document) {
    static const Str field = STR("apiVersion");
    Arena *arena = document->diags.arena;
    Str *served = NEW_ARRAY(arena, Str, crd->versionCount + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < crd->versionCount; i++)
        if (crd->versions[i].served)
            served[count++] = str_format(arena, "%.*s/%.*s", TEXT(crd->versions[i].group), TEXT(crd->versions[i].name));
    document->unreadable = true;
    emit_api_version(&document->diags, identity_of(document, &field), .server = S("the definition of the kind does not serve"),
                     .kind = document->kind, .found = document->apiVersion, .when = S(""),
                     .expected = words_or(arena, served, count));
}

void crd_refuse_unknown(Document *document) {
    static const Str field = STR("kind");
    emit_definition_missing(&document->diags, identity_of(document, &field), .kind = document->kind,
                            .apiVersion = document->apiVersion);
}
