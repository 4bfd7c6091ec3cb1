/* Values are pushed on a stack until the list or map around them ends, as in compose.c. */
#include "json.h"

#include <math.h>
#include <stdlib.h>

#include "entries.h"
#include "resolve.h"

typedef struct Reader {
    Arena *arena;
    NodeDocument *out;
    Str text;
    size_t at;
    ARRAY(Node) values;
    bool notFinite;
} Reader;

size_t json_skip_space(Str text, size_t at) {
    while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t' || text.at[at] == '\n' || text.at[at] == '\r')) at++;
    return at;
}

static char next(Reader *r) {
    r->at = json_skip_space(r->text, r->at);
    return r->at < r->text.len ? r->text.at[r->at] : 0;
}

static void finish(Reader *r, Node *node, NodeKind kind, size_t start) {
    node->kind = (uint8_t)kind;
    node->span = (Span){(uint32_t)start, (uint32_t)r->at};
    if (!node->depth) node->depth = 1;
}

/* The four digits behind \\u, or -1. */
static int32_t code_unit(Str text, size_t at) {
    int32_t unit = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = at + i < text.len ? hex_value(text.at[at + i]) : -1;
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* A surrogate without its pair becomes U+FFFD. */
static void put_unit(Buf *buf, Str text, size_t *at, int32_t unit) {
    bool high = unit >= 0xD800 && unit < 0xDC00;
    int32_t low = high && str_starts(str_slice(text, *at), S("\\u")) ? code_unit(text, *at + 2) : -1;
    if (low >= 0xDC00 && low < 0xE000) {
        *at += 6;
        buf_codepoint(buf, 0x10000 + (((uint32_t)unit & 0x3FF) << 10 | ((uint32_t)low & 0x3FF)));
    } else {
        buf_codepoint(buf, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : (uint32_t)unit);
    }
}

static bool read_string(Reader *r, Str *out) {
    size_t start = ++r->at, i = start;
    bool plain = true;
    for (; i < r->text.len && r->text.at[i] != '"'; i++) {
        if ((unsigned char)r->text.at[i] < 0x20) return false;
        if (r->text.at[i] != '\\') continue;
        plain = false;
        i++;
    }
    if (i >= r->text.len) return false;
    Str written = {r->text.at + start, i - start};
    r->at = i + 1;
    if (plain) {
        *out = str_valid_utf8(r->arena, written);
        return true;
    }
    Buf buf = {.arena = r->arena};
    for (size_t j = 0; j < written.len;) {
        char c = written.at[j++];
        if (c != '\\') {
            buf_char(&buf, c);
            continue;
        }
        static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
        char letter = written.at[j++];
        const char *known = memchr(letters, letter, sizeof letters - 1);
        int32_t unit = letter == 'u' ? code_unit(written, j) : -1;
        if (known) {
            buf_char(&buf, meanings[known - letters]);
        } else if (unit >= 0) {
            j += 4;
            put_unit(&buf, written, &j, unit);
        } else {
            return false;
        }
    }
    *out = str_valid_utf8(r->arena, buf_text(&buf));
    return true;
}

static size_t digits(Reader *r) {
    size_t start = r->at;
    while (r->at < r->text.len && is_digit(r->text.at[r->at])) r->at++;
    return r->at - start;
}

static bool take(Reader *r, const char *chars) {
    if (r->at >= r->text.len || !strchr(chars, r->text.at[r->at])) return false;
    r->at++;
    return true;
}

/* kubectl reads integers of 64 bits as such and all other numbers as floats. */
static bool read_number(Reader *r, Node *node) {
    size_t start = r->at;
    bool negative = take(r, "-"), whole = true;
    size_t first = r->at, n = digits(r);
    if (n == 0 || (n > 1 && r->text.at[first] == '0')) return false;
    if (take(r, ".")) {
        whole = false;
        if (!digits(r)) return false;
    }
    if (take(r, "eE")) {
        whole = false;
        take(r, "+-");
        if (!digits(r)) return false;
    }
    Str written = {r->text.at + start, r->at - start};
    static const Str most = STR("9223372036854775807"), least = STR("9223372036854775808");
    Str magnitude = {r->text.at + first, n}, limit = negative ? least : most;
    if (whole && (n < limit.len || (n == limit.len && str_cmp(magnitude, limit) <= 0))) {
        node->text = str_eq(written, S("-0")) ? S("0") : written;
        finish(r, node, NODE_INT, start);
        return true;
    }
    double value = strtod(arena_cstr(r->arena, written), NULL);
    node->text = isinf(value) ? written : resolved_float(r->arena, value);
    finish(r, node, NODE_FLOAT, start);
    if (isinf(value))
        ARRAY_PUSH(r->arena, &r->out->faults, (Fault){.kind = FAULT_NOT_FINITE, .span = node->span, .text = written});
    return true;
}

static bool read_word(Reader *r, Node *node, Str word, NodeKind kind) {
    if (!str_starts(str_slice(r->text, r->at), word)) return false;
    size_t start = r->at;
    r->at += word.len;
    node->text = word;
    finish(r, node, kind, start);
    return true;
}

static bool read_value(Reader *r, Node *node, int depth);

static void grow_depth(Node *parent, const Node *child) {
    if (child->depth >= parent->depth) parent->depth = (uint16_t)(child->depth + 1);
}

static bool read_list(Reader *r, Node *node, int depth) {
    size_t start = r->at++;
    uint32_t base = r->values.n;
    node->depth = 1;
    if (next(r) != ']') {
        do {
            Node item = {0};
            next(r);
            if (!read_value(r, &item, depth)) return false;
            grow_depth(node, &item);
            ARRAY_PUSH(r->arena, &r->values, item);
            next(r);
        } while (take(r, ","));
        if (next(r) != ']') return false;
    }
    r->at++;
    node->count = r->values.n - base;
    node->items = NEW_ARRAY(r->arena, Node, node->count);
    if (node->count && r->values.at) memcpy(node->items, r->values.at + base, node->count * sizeof(Node));
    r->values.n = base;
    finish(r, node, NODE_LIST, start);
    return true;
}

/* The keys and values between `base` and the top of the stack become the entries of a map; of a key that repeats the last counts.
 */
static void make_map(Reader *r, Node *node, uint32_t base) {
    entries_make_room(r->arena, node, (r->values.n - base) / 2);
    for (uint32_t i = base; i < r->values.n; i += 2) {
        const Node *key = &r->values.at[i], *value = &r->values.at[i + 1];
        uint32_t hash = str_hash(key->text);
        Entry *old = entries_find(node, key->text, hash);
        grow_depth(node, value);
        if (!old) {
            entries_add(node, &(Entry){key->text, hash, key->span, *value});
            continue;
        }
        ARRAY_PUSH(r->arena, &r->out->faults,
                   (Fault){.kind = FAULT_DUPLICATE_KEY, .span = key->span, .related = old->keySpan, .text = key->text});
        old->value = *value;
        old->keySpan = key->span;
    }
    r->values.n = base;
}

static bool read_map(Reader *r, Node *node, int depth) {
    size_t start = r->at++;
    uint32_t base = r->values.n;
    node->depth = 1;
    if (next(r) != '}') {
        do {
            Node key = {0}, value = {0};
            if (next(r) != '"') return false;
            size_t keyAt = r->at;
            if (!read_string(r, &key.text)) return false;
            finish(r, &key, NODE_STRING, keyAt);
            if (next(r) != ':') return false;
            r->at++;
            next(r);
            if (!read_value(r, &value, depth)) return false;
            ARRAY_PUSH(r->arena, &r->values, key);
            ARRAY_PUSH(r->arena, &r->values, value);
            next(r);
        } while (take(r, ","));
        if (next(r) != '}') return false;
    }
    r->at++;
    finish(r, node, NODE_MAP, start);
    make_map(r, node, base);
    return true;
}

static bool read_value(Reader *r, Node *node, int depth) {
    size_t start = r->at;
    char c = start < r->text.len ? r->text.at[start] : 0;
    node->plain = c != '"' && c != '{' && c != '[';
    switch (c) {
    case '{': return depth < NODE_MAX_DEPTH && read_map(r, node, depth + 1);
    case '[': return depth < NODE_MAX_DEPTH && read_list(r, node, depth + 1);
    case '"':
        if (!read_string(r, &node->text)) return false;
        finish(r, node, NODE_STRING, start);
        return true;
    case 't': return read_word(r, node, S("true"), NODE_BOOL);
    case 'f': return read_word(r, node, S("false"), NODE_BOOL);
    case 'n': return read_word(r, node, S("null"), NODE_NULL);
    default: return read_number(r, node);
    }
}

size_t json_document(NodeDocument *out, Arena *arena, const Source *source, size_t at) {
    NodeDocument before = *out;
    Reader reader = {.arena = arena, .out = out, .text = source->text, .at = at};
    Node *root = NEW(arena, Node);
    if (!read_value(&reader, root, 0)) {
        *out = before;
        return 0;
    }
    out->root = root;
    out->readable = true;
    return reader.at;
}
