/* libyaml's events become a tree of nodes. Three things are harder than they look, and all three live here:
 * - the server splits a stream into documents by lines before any YAML is read, so a `---` inside a block scalar ends a document;
 * - libyaml's marks count code points from the start of the text it was given: `Marks` turns them into byte offsets;
 * - scalars resolve by YAML 1.1 with the extras and omissions of go.yaml.in/yaml/v2, and numbers then take the form that Go's
 * JSON encoder gives them, because that text is what the typed fields are decoded from. */
#include "node.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/base64.h"
#include "base/calendar.h"
#include "base/str_set.h"

const char *fault_name(FaultKind kind) {
    static const char *const names[] = {
        [FAULT_SYNTAX] = "syntax",
        [FAULT_ENCODING] = "encoding",
        [FAULT_SEPARATOR] = "separator",
        [FAULT_DEPTH] = "depth",
        [FAULT_ANCHOR_UNKNOWN] = "anchor-unknown",
        [FAULT_ANCHOR_RECURSIVE] = "anchor-recursive",
        [FAULT_ALIAS_EXPANSION] = "alias-expansion",
        [FAULT_KEY_COMPLEX] = "key-complex",
        [FAULT_KEY_NULL] = "key-null",
        [FAULT_KEY_NUMBER] = "key-number",
        [FAULT_MERGE] = "merge",
        [FAULT_TAG] = "tag",
        [FAULT_BINARY] = "binary",
        [FAULT_NOT_FINITE] = "not-finite",
        [FAULT_DUPLICATE_KEY] = "duplicate-key",
        [FAULT_MERGED_KEY] = "merged-key",
        [FAULT_TAIL] = "tail",
    };
    return names[kind];
}

/* An index over a map's entries that is worth its cost only for large maps. In memory their entries follow it. */
typedef struct KeyIndex {
    uint32_t *slot; /* entry number + 1, or 0 */
    uint32_t mask;
} KeyIndex;

enum { SMALL_MAP = 12 };

static Entry *find_entry(const Node *map, Str key, uint32_t hash) {
    if (!map->indexed) {
        for (uint32_t i = 0; i < map->count; i++)
            if (map->entries[i].hash == hash && str_eq(map->entries[i].key, key)) return &map->entries[i];
        return NULL;
    }
    const KeyIndex *index = (const KeyIndex *)(const void *)map->entries - 1;
    for (uint32_t i = hash & index->mask;; i = (i + 1) & index->mask) {
        if (!index->slot[i]) return NULL;
        Entry *entry = &map->entries[index->slot[i] - 1];
        if (entry->hash == hash && str_eq(entry->key, key)) return entry;
    }
}

const Entry *node_entry(const Node *map, Str key) {
    return map && map->kind == NODE_MAP ? find_entry(map, key, str_hash(key)) : NULL;
}

const Node *node_get(const Node *map, Str key) {
    const Entry *entry = node_entry(map, key);
    return entry ? &entry->value : NULL;
}

/* Bytes that were put into a document's text, or taken out of it, before libyaml read it. */
typedef struct Edit {
    uint32_t at;   /* offset in the edited text behind which it counts */
    int32_t delta; /* bytes put in */
} Edit;

/* Code point indexes of one document to byte offsets of its source. */
typedef struct Marks {
    Str text;             /* the document as libyaml reads it */
    Str written;          /* the document as it is written */
    uint32_t base;        /* its offset in the source */
    ARRAY(Edit) edits;    /* in ascending order */
    bool ascii;           /* indexes are bytes */
    uint32_t *checkpoint; /* byte offset of every STRIDE-th code point */
    uint32_t count;
} Marks;

enum { STRIDE = 64 };

static bool is_ascii(Str text) {
    uint64_t all = 0, block;
    size_t i = 0;
    for (; i + sizeof block <= text.len; i += sizeof block) {
        memcpy(&block, text.at + i, sizeof block);
        all |= block;
    }
    for (; i < text.len; i++) all |= (unsigned char)text.at[i];
    return (all & 0x8080808080808080u) == 0;
}

static Marks marks_make(Arena *arena, Str text, uint32_t base) {
    Marks marks = {.text = text, .written = text, .base = base};
    marks.ascii = is_ascii(text);
    if (marks.ascii) return marks;
    marks.checkpoint = NEW_ARRAY(arena, uint32_t, text.len / STRIDE + 1);
    size_t codepoint = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (((unsigned char)text.at[i] & 0xC0) == 0x80) continue;
        if (codepoint++ % STRIDE == 0) marks.checkpoint[marks.count++] = (uint32_t)i;
    }
    return marks;
}

static uint32_t mark_offset(const Marks *marks, size_t index) {
    size_t at = index;
    if (!marks->ascii) {
        size_t nearest = index / STRIDE;
        if (nearest >= marks->count) nearest = marks->count - 1;
        at = marks->checkpoint[nearest];
        for (size_t left = index - nearest * STRIDE; left > 0 && at < marks->text.len; left--) {
            at++;
            while (at < marks->text.len && ((unsigned char)marks->text.at[at] & 0xC0) == 0x80) at++;
        }
    }
    if (at > marks->text.len) at = marks->text.len;
    for (uint32_t i = marks->edits.n; i > 0; i--)
        if (marks->edits.at[i - 1].at <= at) at -= (size_t)marks->edits.at[i - 1].delta;
    return marks->base + (uint32_t)(at < marks->written.len ? at : marks->written.len);
}

/* The scalar forms of YAML 1.1 that are not numbers. */
typedef struct Word {
    Str text;
    uint8_t kind;
    Str json;
} Word;

static const Word words[] = {
    {STR("y"), NODE_BOOL, STR("true")},       {STR("Y"), NODE_BOOL, STR("true")},       {STR("yes"), NODE_BOOL, STR("true")},
    {STR("Yes"), NODE_BOOL, STR("true")},     {STR("YES"), NODE_BOOL, STR("true")},     {STR("true"), NODE_BOOL, STR("true")},
    {STR("True"), NODE_BOOL, STR("true")},    {STR("TRUE"), NODE_BOOL, STR("true")},    {STR("on"), NODE_BOOL, STR("true")},
    {STR("On"), NODE_BOOL, STR("true")},      {STR("ON"), NODE_BOOL, STR("true")},      {STR("n"), NODE_BOOL, STR("false")},
    {STR("N"), NODE_BOOL, STR("false")},      {STR("no"), NODE_BOOL, STR("false")},     {STR("No"), NODE_BOOL, STR("false")},
    {STR("NO"), NODE_BOOL, STR("false")},     {STR("false"), NODE_BOOL, STR("false")},  {STR("False"), NODE_BOOL, STR("false")},
    {STR("FALSE"), NODE_BOOL, STR("false")},  {STR("off"), NODE_BOOL, STR("false")},    {STR("Off"), NODE_BOOL, STR("false")},
    {STR("OFF"), NODE_BOOL, STR("false")},    {STR("~"), NODE_NULL, STR("null")},       {STR("null"), NODE_NULL, STR("null")},
    {STR("Null"), NODE_NULL, STR("null")},    {STR("NULL"), NODE_NULL, STR("null")},    {STR(".nan"), NODE_FLOAT, STR(".nan")},
    {STR(".NaN"), NODE_FLOAT, STR(".nan")},   {STR(".NAN"), NODE_FLOAT, STR(".nan")},   {STR(".inf"), NODE_FLOAT, STR(".inf")},
    {STR(".Inf"), NODE_FLOAT, STR(".inf")},   {STR(".INF"), NODE_FLOAT, STR(".inf")},   {STR("+.inf"), NODE_FLOAT, STR(".inf")},
    {STR("+.Inf"), NODE_FLOAT, STR(".inf")},  {STR("+.INF"), NODE_FLOAT, STR(".inf")},  {STR("-.inf"), NODE_FLOAT, STR("-.inf")},
    {STR("-.Inf"), NODE_FLOAT, STR("-.inf")}, {STR("-.INF"), NODE_FLOAT, STR("-.inf")},
};

/* An integer with an optional sign and Go's base prefixes (0x, 0o, 0b, and a bare 0 for octal). Unsigned values up to 2^64-1 are
 * integers only without a sign. Writes the decimal text. */
static bool resolve_int(Str s, Arena *arena, Str *json) {
    size_t i = 0;
    bool negative = false, sign = s.len && (s.at[0] == '+' || s.at[0] == '-');
    if (sign) negative = s.at[i++] == '-';
    int base = 10;
    if (s.len - i >= 2 && s.at[i] == '0') {
        char c = s.at[i + 1];
        base = c == 'x' || c == 'X' ? 16 : c == 'b' || c == 'B' ? 2 : 8;
        i += c == 'x' || c == 'X' || c == 'b' || c == 'B' || c == 'o' || c == 'O' ? 2 : 1;
    }
    if (i == s.len) return false;
    bool verbatim = base == 10 && !(sign && !negative);
    uint64_t value = 0;
    for (; i < s.len; i++) {
        int digit = hex_value(s.at[i]);
        if (digit < 0 || digit >= base) return false;
        if (value > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base) return false;
        value = value * (uint64_t)base + (uint64_t)digit;
    }
    uint64_t limit = negative ? (uint64_t)1 << 63 : sign ? INT64_MAX : UINT64_MAX;
    if (value > limit) return false;
    if (verbatim && !(negative && value == 0))
        *json = s;
    else
        *json = str_format(arena, "%s%llu", negative && value ? "-" : "", (unsigned long long)value);
    return true;
}

/* Whether `s` is a decimal float as YAML writes it: digits with an optional point and exponent. */
static bool float_form(Str s) {
    size_t i = s.len && (s.at[0] == '+' || s.at[0] == '-') ? 1 : 0, digits = i;
    while (i < s.len && is_digit(s.at[i])) i++;
    bool whole = i > digits;
    if (i < s.len && s.at[i] == '.') {
        size_t point = ++i;
        while (i < s.len && is_digit(s.at[i])) i++;
        if (!whole && i == point) return false;
    } else if (!whole) {
        return false;
    }
    if (i < s.len && (s.at[i] == 'e' || s.at[i] == 'E')) {
        i++;
        if (i < s.len && (s.at[i] == '+' || s.at[i] == '-')) i++;
        size_t exponent = i;
        while (i < s.len && is_digit(s.at[i])) i++;
        if (i == exponent) return false;
    }
    return i == s.len;
}

/* The shortest decimal digits that read back as `value` (as a float32 if `narrow`), and the position of the point after them:
 * 0.00125 is digits 125 and point -2. */
static void shortest_digits(double value, bool narrow, char digits[32], int *point) {
    char text[40];
    for (int precision = 0; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, value);
        if (narrow ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value) break;
    }
    size_t n = 0;
    const char *p = text;
    for (; *p && *p != 'e'; p++)
        if (is_digit(*p)) digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0') n--;
    digits[n] = '\0';
    *point = atoi(p + 1) + 1;
}

static void format_float(Buf *buf, double value, bool narrow, int exponentLow, int exponentHigh, bool padExponent) {
    if (signbit(value)) buf_char(buf, '-');
    value = fabs(value);
    char digits[32];
    int point;
    shortest_digits(value, narrow, digits, &point);
    int n = (int)strlen(digits);
    if (value == 0) {
        buf_char(buf, '0');
    } else if (point - 1 < exponentLow || point - 1 >= exponentHigh) {
        buf_char(buf, digits[0]);
        if (n > 1) buf_char(buf, '.');
        buf_str(buf, str_of(digits + 1));
        buf_format(buf, padExponent ? "e%c%02d" : "e%c%d", point - 1 < 0 ? '-' : '+', abs(point - 1));
    } else if (point <= 0) {
        buf_str(buf, S("0."));
        buf_repeat(buf, '0', (size_t)-point);
        buf_str(buf, str_of(digits));
    } else {
        buf_str(buf, (Str){digits, (size_t)(n < point ? n : point)});
        if (n < point) buf_repeat(buf, '0', (size_t)(point - n));
        if (n > point) {
            buf_char(buf, '.');
            buf_str(buf, str_of(digits + point));
        }
    }
}

/* A float as Go's encoding/json writes it. */
static Str json_float(Arena *arena, double value) {
    Buf buf = {.arena = arena};
    bool tiny = value != 0 && fabs(value) < 1e-6;
    format_float(&buf, value, false, tiny ? 0 : -7, 21, false);
    return buf_text(&buf);
}

/* A float as sigs.k8s.io/yaml writes it when it is a map's key: as a float32. */
static Str key_float(Arena *arena, Str json) {
    if (str_eq(json, S(".nan")) || str_eq(json, S(".inf")) || str_eq(json, S("-.inf"))) return json;
    double value = strtod(arena_cstr(arena, json), NULL);
    if (fabs(value) > 3.4028235677973366e38) return value < 0 ? S("-.inf") : S(".inf");
    Buf buf = {.arena = arena};
    format_float(&buf, (double)(float)value, true, -4, 6, true);
    return buf_text(&buf);
}

static Str without_underscores(Arena *arena, Str s) {
    if (str_find(s, '_') < 0) return s;
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] != '_') buf_char(&buf, s.at[i]);
    return buf_text(&buf);
}

/* The text without underscores where each stands between two digits, as Go's float syntax has it; else unchanged. */
static Str go_digits(Arena *arena, Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '_' && !(i > 0 && i + 1 < s.len && is_digit(s.at[i - 1]) && is_digit(s.at[i + 1]))) return s;
    return without_underscores(arena, s);
}

static bool resolve_float(Str s, Arena *arena, Str *json) {
    if (!float_form(s)) return false;
    double value = strtod(arena_cstr(arena, s), NULL);
    if (isinf(value)) return false;
    *json = json_float(arena, value);
    return true;
}

/* The kind of a scalar without a tag or with a core tag; `json` gets the JSON text of what is not a string. */
static NodeKind resolve_plain(Str s, Arena *arena, Str *json) {
    if (s.len == 0) {
        *json = S("null");
        return NODE_NULL;
    }
    char c = s.at[0];
    if (is_digit(c) || c == '+' || c == '-') {
        for (size_t i = 0; i < COUNT(words) && c != '0' && !is_digit(c); i++)
            if (str_eq(words[i].text, s)) {
                *json = words[i].json;
                return (NodeKind)words[i].kind;
            }
        Str digits = without_underscores(arena, s);
        if (resolve_int(digits, arena, json)) return NODE_INT;
        if (resolve_float(digits, arena, json)) return NODE_FLOAT;
    } else if (s.len <= 5 && memchr("yYnNtTfFoO~.", c, 12)) {
        for (size_t i = 0; i < COUNT(words); i++)
            if (str_eq(words[i].text, s)) {
                *json = words[i].json;
                return (NodeKind)words[i].kind;
            }
    }
    if (c == '.' && resolve_float(go_digits(arena, s), arena, json)) return NODE_FLOAT;
    return NODE_STRING;
}

NodeKind node_plain_kind(Str text) {
    Arena scratch = {0};
    Str json;
    NodeKind kind = resolve_plain(text, &scratch, &json);
    arena_free(&scratch);
    return kind;
}

typedef struct Anchor {
    Str name;
    Node node;
    bool open; /* its list or map has not ended yet */
} Anchor;

/* A list or map whose end event has not come yet. */
typedef struct Frame {
    Node node;
    uint32_t base;  /* its first child on the value stack */
    Anchor *anchor; /* or NULL */
    bool flow;      /* written with brackets */
} Frame;

typedef struct Composer {
    Arena *arena;
    NodeDocument *out;
    Marks marks;
    ARRAY(Node) values; /* finished nodes that wait for their parent: a map's keys and values alternate */
    ARRAY(Frame) frames;
    StrSet anchors; /* of each name the last one */
    bool aliased;   /* an alias was met */
    bool json;      /* the document starts with a brace */
    bool again;     /* the text was edited and has to be read anew */
    yaml_event_t *event;
} Composer;

static void add_fault(Composer *c, FaultKind kind, Span span, Span related, Str text, Str other) {
    ARRAY_PUSH(c->arena, &c->out->faults, (Fault){kind, span, related, text, other});
}

static Span event_span(const Composer *c) {
    Span span = {mark_offset(&c->marks, c->event->start_mark.index), mark_offset(&c->marks, c->event->end_mark.index)};
    return span;
}

#define CORE_TAG "tag:yaml.org,2002:"

static Str short_tag(Str tag) {
    return str_starts(tag, S(CORE_TAG)) ? str_slice(tag, sizeof CORE_TAG - 1) : tag;
}

static bool kind_fits_tag(NodeKind kind, Str tag, Str value, Str json) {
    switch (kind) {
    case NODE_NULL: return str_eq(tag, S("null"));
    case NODE_BOOL: return str_eq(tag, S("bool"));
    case NODE_INT: {
        bool wide = json.len >= 19 && json.at[0] != '-' && (json.len > 19 || str_cmp(json, S("9223372036854775807")) > 0);
        return str_eq(tag, S("int")) || (str_eq(tag, S("float")) && !wide);
    }
    case NODE_FLOAT: return str_eq(tag, S("float"));
    case NODE_STRING: return str_eq(tag, S("timestamp")) && moment_parse(value, MOMENT_YAML, &(Moment){0});
    case NODE_LIST:
    case NODE_MAP: break;
    }
    return false;
}

static Str scalar_text(const Composer *c, Str value, Span span) {
    Str written = {c->marks.written.at + (span.at - c->marks.base), span.end - span.at};
    if (written.len == value.len + 2 && value.len && written.at[0] != '|' && written.at[0] != '>')
        written = (Str){written.at + 1, value.len};
    return str_eq(written, value) ? written : arena_str(c->arena, value);
}

static void compose_scalar(Composer *c, Node *out) {
    const yaml_event_t *event = c->event;
    Str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    Span span = event_span(c);
    bool block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE || event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    while (block && span.end > span.at && strchr(" \r\n", c->marks.written.at[span.end - 1 - c->marks.base])) span.end--;
    *out = (Node){.kind = NODE_STRING, .depth = 1, .span = span};
    out->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    out->text = scalar_text(c, value, span);
    if (!event->data.scalar.tag) {
        if (!event->data.scalar.plain_implicit) return;
        Str json;
        out->kind = (uint8_t)resolve_plain(out->text, c->arena, &json);
        if (out->kind != NODE_STRING) out->text = json;
    } else {
        Str tag = str_of((const char *)event->data.scalar.tag), core = short_tag(tag);
        static const Str resolvable[] = {STR("str"), STR("bool"), STR("int"), STR("float"), STR("null"), STR("timestamp")};
        if (str_eq(core, S("binary")) && core.len < tag.len) {
            if (base64_decode(c->arena, out->text, &out->text))
                out->text = str_valid_utf8(c->arena, out->text);
            else
                add_fault(c, FAULT_BINARY, span, (Span){0}, out->text, S(""));
        } else if (core.len < tag.len && !str_eq(core, S("str")) && str_in(core, resolvable, COUNT(resolvable))) {
            Str json = S("");
            NodeKind kind = resolve_plain(out->text, c->arena, &json);
            if (!kind_fits_tag(kind, core, out->text, json)) {
                add_fault(c, FAULT_TAG, span, (Span){0}, out->text, arena_str(c->arena, core));
            } else if (kind != NODE_STRING) {
                bool widened = kind == NODE_INT && str_eq(core, S("float"));
                out->kind = widened ? NODE_FLOAT : (uint8_t)kind;
                out->text = widened ? json_float(c->arena, strtod(arena_cstr(c->arena, json), NULL)) : json;
            }
        }
    }
}

/* A map's key as the JSON text that it becomes; false if it cannot be one. */
static bool key_text(Composer *c, const Node *key, Str *out) {
    *out = key->text;
    switch ((NodeKind)key->kind) {
    case NODE_NULL: add_fault(c, FAULT_KEY_NULL, key->span, (Span){0}, S(""), S("")); return false;
    case NODE_LIST:
    case NODE_MAP: add_fault(c, FAULT_KEY_COMPLEX, key->span, (Span){0}, S(""), S("")); return false;
    case NODE_INT:
        if (kind_fits_tag(NODE_INT, S("float"), S(""), key->text)) return true;
        add_fault(c, FAULT_KEY_NUMBER, key->span, (Span){0}, key->text, S(""));
        return false;
    case NODE_FLOAT: *out = key_float(c->arena, key->text); return true;
    case NODE_BOOL:
    case NODE_STRING: return true;
    }
    return false;
}

static void index_entry(const Node *map, uint32_t number) {
    const KeyIndex *index = (const KeyIndex *)(const void *)map->entries - 1;
    uint32_t i = map->entries[number].hash & index->mask;
    while (index->slot[i]) i = (i + 1) & index->mask;
    index->slot[i] = number + 1;
}

static void put_entry(Composer *c, Node *map, Entry entry, bool merged) {
    Entry *old = find_entry(map, entry.key, entry.hash);
    if (!old) {
        map->entries[map->count++] = entry;
        if (map->indexed) index_entry(map, map->count - 1);
        return;
    }
    add_fault(c, merged ? FAULT_MERGED_KEY : FAULT_DUPLICATE_KEY, entry.keySpan, old->keySpan, entry.key, S(""));
    old->value = entry.value;
    old->keySpan = entry.keySpan;
}

static void merge_map(Composer *c, Node *map, const Node *from) {
    for (uint32_t i = 0; i < from->count; i++) put_entry(c, map, from->entries[i], true);
}

static bool is_merge_key(const Node *key) {
    return key->kind == NODE_STRING && key->plain && str_eq(key->text, S("<<"));
}

/* The number of entries that the pairs of a map become at most. */
static uint32_t entry_room(const Node *pairs, uint32_t count) {
    uint32_t room = count / 2;
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        if (!is_merge_key(&pairs[i])) continue;
        const Node *from = &pairs[i + 1];
        if (from->kind == NODE_MAP) room += from->count;
        if (from->kind == NODE_LIST)
            for (uint32_t j = 0; j < from->count; j++) room += from->items[j].kind == NODE_MAP ? from->items[j].count : 0;
    }
    return room;
}

static void grow_depth(Node *parent, const Node *child) {
    if (child->depth >= parent->depth && parent->depth <= NODE_MAX_DEPTH) parent->depth = (uint16_t)(child->depth + 1);
}

/* Gives a map room for its entries, with an index where they may be many. */
static void make_room(Arena *arena, Node *map, uint32_t room) {
    map->indexed = room > SMALL_MAP;
    if (!map->indexed) {
        map->entries = NEW_ARRAY(arena, Entry, room);
        return;
    }
    uint32_t slots = 32;
    while (slots < room * 2) slots *= 2;
    KeyIndex *index = arena_alloc(arena, sizeof *index + room * sizeof(Entry));
    *index = (KeyIndex){NEW_ARRAY(arena, uint32_t, slots), slots - 1};
    map->entries = (Entry *)(void *)(index + 1);
}

static void compose_map(Composer *c, Node *map, const Node *pairs, uint32_t count) {
    make_room(c->arena, map, entry_room(pairs, count));
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        const Node *key = &pairs[i], *value = &pairs[i + 1];
        grow_depth(map, value);
        if (is_merge_key(key)) {
            bool fits = value->kind == NODE_MAP || value->kind == NODE_LIST;
            for (uint32_t j = 0; value->kind == NODE_LIST && j < value->count; j++) fits &= value->items[j].kind == NODE_MAP;
            if (!fits)
                add_fault(c, FAULT_MERGE, value->span, (Span){0}, S(""), S(""));
            else if (value->kind == NODE_MAP)
                merge_map(c, map, value);
            else
                for (uint32_t j = value->count; j > 0; j--) merge_map(c, map, &value->items[j - 1]);
            continue;
        }
        Str text;
        if (!key_text(c, key, &text)) continue;
        put_entry(c, map, (Entry){text, str_hash(text), key->span, *value}, false);
    }
}

static void end_collection(Composer *c, Node *out, const Frame *frame) {
    *out = frame->node;
    uint32_t count = c->values.n - frame->base;
    const Node *children = c->values.at + frame->base;
    out->depth = 1;
    if (out->kind == NODE_MAP) {
        compose_map(c, out, children, count);
    } else {
        out->count = count;
        out->items = NEW_ARRAY(c->arena, Node, count);
        if (count) memcpy(out->items, children, count * sizeof *children);
        for (uint32_t i = 0; i < count; i++) grow_depth(out, &children[i]);
    }
    if (frame->flow)
        out->span.end = mark_offset(&c->marks, c->event->end_mark.index);
    else if (count)
        out->span.end = children[count - 1].span.end;
    if (out->span.end < out->span.at) out->span.end = out->span.at;
    c->values.n = frame->base;
}

static Anchor *open_anchor(Composer *c, const yaml_char_t *name, bool open) {
    if (!name) return NULL;
    Anchor *anchor = NEW(c->arena, Anchor);
    *anchor = (Anchor){.name = arena_str(c->arena, str_of((const char *)name)), .open = open};
    str_set_put(&c->anchors, anchor->name, anchor);
    return anchor;
}

static void compose_alias(Composer *c, Node *out) {
    Str name = str_of((const char *)c->event->data.alias.anchor);
    Span span = event_span(c);
    c->aliased = true;
    *out = (Node){.kind = NODE_NULL, .depth = 1, .span = span, .text = S("null")};
    const Anchor *anchor = str_set_find(&c->anchors, name);
    if (!anchor) {
        add_fault(c, FAULT_ANCHOR_UNKNOWN, span, (Span){0}, arena_str(c->arena, name), S(""));
    } else if (anchor->open) {
        add_fault(c, FAULT_ANCHOR_RECURSIVE, span, (Span){0}, anchor->name, S(""));
    } else {
        *out = anchor->node;
        out->span = span;
        out->alias = true;
    }
}

static void start_collection(Composer *c, NodeKind kind, const yaml_char_t *anchor, bool flow) {
    Node node = {.kind = (uint8_t)kind, .span = event_span(c)};
    Frame frame = {.node = node, .base = c->values.n, .anchor = open_anchor(c, anchor, true), .flow = flow};
    ARRAY_PUSH(c->arena, &c->frames, frame);
}

/* The share of a document's nodes that may come from aliases, by the number of nodes visited (go.yaml.in/yaml/v2). */
static double allowed_alias_share(double visits) {
    const double low = 400000, high = 4000000;
    return visits <= low ? 0.99 : visits >= high ? 0.10 : 0.99 - 0.89 * (visits - low) / (high - low);
}

typedef struct Expansion {
    uint64_t visits, aliased;
    bool excessive;
} Expansion;

/* Counts what the server's decoder would visit: an alias is a visit of its own before its content. */
static void count_expansion(const Node *node, Expansion *e, bool inAlias) {
    if (e->excessive) return;
    if (node->alias) {
        e->visits++;
        e->aliased += inAlias;
        inAlias = true;
    }
    e->visits++;
    e->aliased += inAlias;
    if (e->aliased > 100 && e->visits > 1000 && (double)e->aliased / (double)e->visits > allowed_alias_share((double)e->visits)) {
        e->excessive = true;
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        const Node *child = node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i];
        if (node->kind == NODE_MAP) {
            e->visits++;
            e->aliased += inAlias;
        }
        count_expansion(child, e, inAlias);
    }
}

/* Feeds libyaml the document and, where the text does not end in a line feed, one more, as the server's line reader does. */
typedef struct Feed {
    Str text;
    size_t at;
    bool newline;
} Feed;

static int feed_read(void *data, unsigned char *buffer, size_t size, size_t *size_read) {
    Feed *feed = data;
    size_t n = feed->text.len - feed->at;
    if (n > size) n = size;
    if (n) memcpy(buffer, feed->text.at + feed->at, n);
    feed->at += n;
    if (n < size && feed->newline && feed->at == feed->text.len) {
        buffer[n++] = '\n';
        feed->newline = false;
    }
    *size_read = n;
    return 1;
}

/* go.yaml.in/yaml/v2 is a port of an older libyaml and differs from the current one in four places that manifests meet:
 * - inside brackets a plain scalar may end in `:` before a comma or bracket, as in [run, x:]: `repair` puts quotes around it;
 * - \' is an escape in double quotes: `repair` takes the backslash out;
 * - \/ is none, unless the document is JSON, which kubectl reads as JSON;
 * - inside brackets a ? ends a plain scalar, as in [http://host/?q]. Nothing valid can follow, so the two last are faults. */
static void check_dialect(Composer *c, Span span, yaml_scalar_style_t style) {
    Str written = {c->marks.written.at + (span.at - c->marks.base), span.end - span.at};
    if (style == YAML_PLAIN_SCALAR_STYLE) {
        bool flow = c->frames.n && c->frames.at[c->frames.n - 1].flow;
        ptrdiff_t mark = flow && written.len ? str_find(str_slice(written, 1), '?') : -1;
        if (mark < 0) return;
        Span at = {span.at + 1 + (uint32_t)mark, span.at + 2 + (uint32_t)mark};
        add_fault(c, FAULT_SYNTAX, at, (Span){0}, S("a question mark ends a value inside brackets"), S(""));
    } else if (style == YAML_DOUBLE_QUOTED_SCALAR_STYLE && !c->json) {
        for (size_t i = 0; i + 1 < written.len; i++) {
            if (written.at[i] != '\\') continue;
            Span at = {span.at + (uint32_t)i, span.at + (uint32_t)i + 2};
            if (written.at[i + 1] == '/') add_fault(c, FAULT_SYNTAX, at, (Span){0}, S("found unknown escape character"), S(""));
            i++;
        }
    }
}

static void insert(Composer *c, Buf *buf, Str s, ptrdiff_t delta) {
    buf_str(buf, s);
    ARRAY_PUSH(c->arena, &c->marks.edits, (Edit){(uint32_t)buf->len, (int32_t)delta});
}

static size_t parsed_offset(const Marks *marks, size_t index) {
    Marks plain = *marks;
    plain.edits.n = 0;
    plain.written = plain.text;
    return mark_offset(&plain, index) - marks->base;
}

static int by_offset(const void *a, const void *b) {
    uint32_t x = ((const Edit *)a)->at, y = ((const Edit *)b)->at;
    return (x > y) - (x < y);
}

/* If libyaml stopped at something that the server's reader takes, edits the text so that it reads on and returns true. */
static bool repair(Composer *c, const yaml_parser_t *parser) {
    enum { MOST_EDITS = 200 };
    if (parser->error != YAML_SCANNER_ERROR || c->marks.edits.n >= MOST_EDITS) return false;
    Str text = c->marks.text;
    size_t at = parsed_offset(&c->marks, parser->problem_mark.index), start = at, end, grown;
    bool colon = strcmp(parser->problem, "found unexpected ':'") == 0;
    if (colon) {
        start = parsed_offset(&c->marks, parser->context_mark.index);
        end = at + 1;
        grown = 2;
        Str scalar = {text.at + start, end - start};
        if (str_find(scalar, '\'') >= 0 || str_find(scalar, '\n') >= 0) return false;
    } else {
        if (strcmp(parser->problem, "found unknown escape character") != 0 || !str_starts(str_slice(text, at), S("\\'")))
            return false;
        end = at + 1;
        grown = (size_t)-1;
    }
    for (uint32_t i = 0; i < c->marks.edits.n; i++)
        if (c->marks.edits.at[i].at > start) c->marks.edits.at[i].at += (uint32_t)grown;
    Buf buf = {.arena = c->arena};
    buf_str(&buf, (Str){text.at, start});
    if (colon) {
        insert(c, &buf, S("'"), 1);
        buf_str(&buf, (Str){text.at + start, end - start});
        insert(c, &buf, S("'"), 1);
    } else {
        insert(c, &buf, S(""), -1);
    }
    buf_str(&buf, str_slice(text, end));
    qsort(c->marks.edits.at, c->marks.edits.n, sizeof *c->marks.edits.at, by_offset);
    Marks edited = marks_make(c->arena, buf_text(&buf), c->marks.base);
    edited.written = c->marks.written;
    memcpy(&edited.edits, &c->marks.edits, sizeof edited.edits);
    c->marks = edited;
    return true;
}

static void parser_fault(Composer *c, const yaml_parser_t *parser) {
    Str problem = arena_str(c->arena, parser->problem ? str_of(parser->problem) : S("the text is not YAML"));
    Str context = parser->context ? arena_str(c->arena, str_of(parser->context)) : S("");
    if (parser->error == YAML_READER_ERROR) {
        size_t at = parser->problem_offset < c->marks.written.len ? parser->problem_offset : c->marks.written.len;
        /* A bad trailing byte is reported behind the character that it breaks. */
        for (int back = 0; back < 3 && at > 0 && strstr(problem.at, "trailing") && (unsigned char)c->marks.written.at[at] < 0xC0;
             back++)
            at--;
        Span span = {c->marks.base + (uint32_t)at, c->marks.base + (uint32_t)at + (at < c->marks.written.len)};
        add_fault(c, FAULT_ENCODING, span, (Span){0}, problem, S(""));
        return;
    }
    uint32_t at = mark_offset(&c->marks, parser->problem_mark.index);
    Span related = {0};
    if (context.len && parser->context_mark.index < parser->problem_mark.index) {
        related.at = mark_offset(&c->marks, parser->context_mark.index);
        related.end = related.at + 1;
    }
    add_fault(c, FAULT_SYNTAX, (Span){at, at}, related, problem, context);
}

static void find_not_finite(Composer *c, const Node *node) {
    if (node->kind == NODE_FLOAT && node->text.at[node->text.len - 1] > '9')
        add_fault(c, FAULT_NOT_FINITE, node->span, (Span){0}, node->text, S(""));
    for (uint32_t i = 0; i < node->count; i++)
        find_not_finite(c, node->kind == NODE_MAP ? &node->entries[i].value : &node->items[i]);
}

static bool finish_root(Composer *c) {
    Expansion expansion = {0};
    if (c->aliased) count_expansion(c->out->root, &expansion, false);
    if (expansion.excessive) {
        add_fault(c, FAULT_ALIAS_EXPANSION, (Span){c->out->span.at, c->out->span.at}, (Span){0}, S(""), S(""));
        return false;
    }
    if (c->out->root->depth > NODE_MAX_DEPTH) {
        add_fault(c, FAULT_DEPTH, (Span){c->out->root->span.at, c->out->root->span.at}, (Span){0}, S(""), S(""));
        return false;
    }
    return true;
}

/* Runs the parser to the end of the first document. Returns where that document's text ends, in bytes of the source. */
static size_t compose(Composer *c, yaml_parser_t *parser) {
    size_t end = c->marks.base + c->marks.text.len;
    bool notFinite = false;
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            c->again = repair(c, parser);
            if (!c->again) parser_fault(c, parser);
            return end;
        }
        c->event = &event;
        yaml_event_type_t type = event.type;
        Node node;
        bool value = false;
        Anchor *anchor = NULL;
        switch (type) {
        case YAML_SCALAR_EVENT:
            compose_scalar(c, &node);
            check_dialect(c, node.span, event.data.scalar.style);
            notFinite |= node.kind == NODE_FLOAT && node.text.at[node.text.len - 1] > '9';
            anchor = open_anchor(c, event.data.scalar.anchor, false);
            value = true;
            break;
        case YAML_ALIAS_EVENT:
            compose_alias(c, &node);
            value = true;
            break;
        case YAML_SEQUENCE_START_EVENT:
            start_collection(c, NODE_LIST, event.data.sequence_start.anchor,
                             event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
            break;
        case YAML_MAPPING_START_EVENT:
            start_collection(c, NODE_MAP, event.data.mapping_start.anchor,
                             event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT: {
            assert(c->frames.n > 0);
            const Frame frame = c->frames.at[--c->frames.n];
            end_collection(c, &node, &frame);
            anchor = frame.anchor;
            value = true;
            break;
        }
        case YAML_DOCUMENT_END_EVENT: end = mark_offset(&c->marks, event.end_mark.index); break;
        case YAML_NO_EVENT:
        case YAML_STREAM_START_EVENT:
        case YAML_STREAM_END_EVENT:
        case YAML_DOCUMENT_START_EVENT: break;
        }
        Span span = type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT ? event_span(c) : (Span){0};
        yaml_event_delete(&event);
        c->event = NULL;
        if (value) {
            if (anchor) {
                anchor->node = node;
                anchor->open = false;
            }
            ARRAY_PUSH(c->arena, &c->values, node);
        }
        if (c->frames.n > NODE_MAX_DEPTH) {
            add_fault(c, FAULT_DEPTH, span, (Span){0}, S(""), S(""));
            return end;
        }
        if (type == YAML_DOCUMENT_END_EVENT || type == YAML_STREAM_END_EVENT) {
            if (c->values.n) *c->out->root = c->values.at[0];
            c->out->readable = finish_root(c);
            if (!c->out->readable) *c->out->root = (Node){.kind = NODE_NULL, .depth = 1, .text = S("null")};
            if (notFinite && c->out->readable) find_not_finite(c, c->out->root);
            return end;
        }
    }
}

static size_t parse_document(NodeReader *reader, Arena *arena, NodeDocument *out, size_t at, size_t end) {
    Str text = {reader->source->text.at + at, end - at};
    Composer composer = {.arena = arena, .out = out, .marks = marks_make(arena, text, (uint32_t)at)};
    composer.json = reader->source->text.at[out->span.at] == '{';
    out->root = NEW(arena, Node);
    size_t done;
    do {
        Feed feed = {.text = composer.marks.text, .newline = text.at[text.len - 1] != '\n'};
        composer =
            (Composer){.arena = arena, .out = out, .marks = composer.marks, .json = composer.json, .anchors = {.arena = arena}};
        out->faults.n = 0;
        *out->root = (Node){.kind = NODE_NULL, .depth = 1, .text = S("null"), .span = {out->span.at, out->span.at}};
        yaml_parser_t parser;
        if (!yaml_parser_initialize(&parser)) {
            fputs("podlint: out of memory\n", stderr);
            exit(2);
        }
        yaml_parser_set_input(&parser, feed_read, &feed);
        done = compose(&composer, &parser);
        yaml_parser_delete(&parser);
    } while (composer.again);
    return done;
}

/* The first content of a document: past blank lines, comment lines and `---` lines. `end` if there is none. */
static size_t first_content(Str text, size_t at, size_t end) {
    while (at < end) {
        const char *newline = memchr(text.at + at, '\n', end - at);
        size_t lineEnd = newline ? (size_t)(newline - text.at) : end;
        Str line = {text.at + at, lineEnd - at};
        Str content = str_trim(line);
        if (content.len && content.at[0] != '#' && !str_eq(content, S("---"))) return (size_t)(content.at - text.at);
        at = lineEnd + 1;
    }
    return end;
}

/* The end of the document that starts at `at`, and in `next` where the one after it starts. A `---` line belongs to the document
 * that it opens only if nothing stands before it. */
static size_t find_end(NodeReader *reader, size_t at, size_t *next) {
    Str text = reader->source->text;
    for (size_t line = at; line < text.len;) {
        const char *newline = memchr(text.at + line, '\n', text.len - line);
        size_t lineEnd = newline ? (size_t)(newline - text.at) : text.len;
        Str content = {text.at + line, lineEnd - line};
        if (str_starts(content, S("---"))) {
            Str rest = str_trim(str_slice(content, 3));
            bool clean = rest.len == 0 || rest.at[0] == '#';
            if (!clean && !reader->separatorFault) {
                reader->separatorFault = true;
                reader->separatorSpan = (Span){(uint32_t)(rest.at - text.at), (uint32_t)(rest.at + rest.len - text.at)};
            }
            if (line > at) {
                *next = clean ? lineEnd + 1 : line;
                return line;
            }
        }
        line = lineEnd + 1;
    }
    *next = text.len;
    return text.len;
}

static size_t skip_space(Str text, size_t at, size_t end) {
    while (at < end && strchr(" \t\r\n", text.at[at])) at++;
    return at;
}

bool node_next(NodeReader *reader, Arena *arena, NodeDocument *out) {
    Str text = reader->source->text;
    while (reader->at < text.len || reader->jsonEnd) {
        size_t at = reader->at, end, next;
        if (reader->jsonEnd) {
            end = next = reader->jsonEnd;
        } else {
            reader->separatorFault = false;
            end = find_end(reader, at, &next);
        }
        bool separatorFault = reader->separatorFault && reader->separatorSpan.at < end;
        size_t content = first_content(text, at, end);
        if (content == end) {
            reader->at = next;
            reader->jsonEnd = 0;
            reader->index++;
            continue;
        }
        *out = (NodeDocument){.index = reader->index++, .span = {(uint32_t)content, (uint32_t)end}};
        bool json = text.at[content] == '{';
        size_t done = parse_document(reader, arena, out, at, end);
        size_t tail = skip_space(text, done, end);
        reader->jsonEnd = 0;
        reader->at = next;
        if (out->readable && json && tail < end && text.at[tail] == '{') {
            reader->at = tail;
            reader->jsonEnd = end;
            out->span.end = (uint32_t)done;
        } else if (out->readable && first_content(text, tail, end) < end) {
            size_t ignored = first_content(text, tail, end);
            ARRAY_PUSH(arena, &out->faults, (Fault){.kind = FAULT_TAIL, .span = {(uint32_t)ignored, (uint32_t)ignored + 1}});
        }
        if (separatorFault)
            ARRAY_PUSH(
                arena, &out->faults,
                (Fault){.kind = FAULT_SEPARATOR,
                        .span = reader->separatorSpan,
                        .text = {text.at + reader->separatorSpan.at, reader->separatorSpan.end - reader->separatorSpan.at}});
        return true;
    }
    return false;
}
