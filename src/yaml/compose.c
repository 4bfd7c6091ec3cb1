/* Events on a stack: finished values wait on it for the list or map around them, whose end event takes them off. */
#include "compose.h"

#include <assert.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/str_set.h"
#include "dialect.h"
#include "entries.h"
#include "fault.h"
#include "lines.h"
#include "resolve.h"

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
    const Source *source;
    Marks marks;
    ARRAY(Node) values; /* finished nodes that wait for their parent: a map's keys and values alternate */
    ARRAY(Frame) frames;
    StrSet anchors;     /* of each name the last one */
    bool aliased;       /* an alias was met */
    bool notFinite;     /* a number is none */
    bool json;          /* the document starts with a brace */
    bool again;         /* the text was edited and has to be read anew */
    ARRAY(Fault) slips; /* found in readings before this one, and mended */
    uint32_t invisible; /* byte behind the place of a key that starts with a character nobody sees, or 0 */
    size_t work;        /* bytes that were read and written for mends */
    uint32_t mendedTo;  /* end of the last line in the source with a mend */
    Span scalar;        /* marks of the last scalar */
    bool scalarQuoted;
    yaml_event_t *event;
    uint32_t end; /* where the text of the document ends in the source, as far as is known */
} Composer;

static void add_fault(Composer *c, FaultKind kind, Span span, Span related, Str text, Str other) {
    ARRAY_PUSH(c->arena, &c->out->faults, (Fault){.kind = kind, .span = span, .related = related, .text = text, .other = other});
}

static Span event_span(const Composer *c) {
    Span span = {mark_in_source(&c->marks, c->event->start_mark.index), mark_in_source(&c->marks, c->event->end_mark.index)};
    return span;
}

#define CORE_TAG "tag:yaml.org,2002:"

static Str short_tag(Str tag) {
    return str_starts(tag, S(CORE_TAG)) ? str_slice(tag, sizeof CORE_TAG - 1) : tag;
}

static Str scalar_text(const Composer *c, Str value, Span span) {
    Str written = {c->marks.written.at + (span.at - c->marks.base), span.end - span.at};
    if (written.len == value.len + 2 && value.len && written.at[0] != '|' && written.at[0] != '>')
        written = (Str){written.at + 1, value.len};
    return str_eq(written, value) ? written : arena_str(c->arena, value);
}

/* Gives a scalar the type that its tag asks for. */
static void apply_tag(Composer *c, Node *out) {
    Str tag = str_of((const char *)c->event->data.scalar.tag), core = short_tag(tag);
    static const Str resolvable[] = {STR("str"), STR("bool"), STR("int"), STR("float"), STR("null"), STR("timestamp")};
    if (str_eq(core, S("binary")) && core.len < tag.len) {
        if (base64_decode(c->arena, out->text, &out->text))
            out->text = str_valid_utf8(c->arena, out->text);
        else
            add_fault(c, FAULT_BINARY, out->span, (Span){0}, out->text, S(""));
    } else if (core.len < tag.len && !str_eq(core, S("str")) && str_in(core, resolvable, COUNT(resolvable))) {
        Str json = S("");
        NodeKind kind = resolve_plain(out->text, c->arena, &json);
        if (!resolved_fits(kind, core, out->text, json)) {
            add_fault(c, FAULT_TAG, out->span, (Span){0}, out->text, arena_str(c->arena, core));
        } else if (kind != NODE_STRING) {
            bool widened = kind == NODE_INT && str_eq(core, S("float"));
            out->kind = widened ? NODE_FLOAT : (uint8_t)kind;
            out->text = widened ? resolved_float(c->arena, strtod(arena_cstr(c->arena, json), NULL)) : json;
        }
    }
}

/* What a person most likely meant otherwise: a word that YAML takes for a tag or an anchor, and quotes that are none. */
static void find_mistaken(Composer *c, const Node *node) {
    const yaml_event_t *event = c->event;
    Str written = {c->marks.written.at + (node->span.at - c->marks.base), node->span.end - node->span.at};
    bool tag = event->data.scalar.tag && !str_starts(str_of((const char *)event->data.scalar.tag), S(CORE_TAG));
    if (!node->text.len && written.len > 1 && (tag || event->data.scalar.anchor) && str_find(written, ' ') < 0) {
        Str sign = written.at[0] == '!' ? S("a tag, the type of a value") : S("an anchor, a name for a value");
        add_fault(c, FAULT_SWALLOWED, node->span, (Span){0}, written, sign);
    }
    bool opened = str_starts(written, S("\xE2\x80\x9C")) || str_starts(written, S("\xE2\x80\x98"));
    bool closed = str_ends(written, S("\xE2\x80\x9D")) || str_ends(written, S("\xE2\x80\x99"));
    Str inner = str_slice(written, 3);
    if (opened && closed && written.len >= 6 && !str_has(inner, (Str){written.at, 3}))
        add_fault(c, FAULT_QUOTES, node->span, (Span){0}, S(""), S(""));
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
    if (out->plain && (event->data.scalar.tag || event->data.scalar.anchor || (value.len && value.at[0] == '\xE2')))
        find_mistaken(c, out);
    if (event->data.scalar.tag) {
        apply_tag(c, out);
    } else if (event->data.scalar.plain_implicit) {
        Str json;
        out->kind = (uint8_t)resolve_plain(out->text, c->arena, &json);
        if (out->kind != NODE_STRING) out->text = json;
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
        if (resolved_fits(NODE_INT, S("float"), S(""), key->text)) return true;
        add_fault(c, FAULT_KEY_NUMBER, key->span, (Span){0}, key->text, S(""));
        return false;
    case NODE_FLOAT: *out = resolved_key(c->arena, key->text); return true;
    case NODE_BOOL:
    case NODE_STRING: return true;
    }
    return false;
}

static void put_entry(Composer *c, Node *map, Entry entry, bool merged) {
    Entry *old = entries_find(map, entry.key, entry.hash);
    if (!old) {
        entries_add(map, &entry);
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

static void compose_map(Composer *c, Node *map, const Node *pairs, uint32_t count) {
    entries_make_room(c->arena, map, entry_room(pairs, count));
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        const Node *key = &pairs[i], *value = &pairs[i + 1];
        grow_depth(map, value);
        if (is_merge_key(key)) {
            bool fits = value->kind == NODE_MAP || value->kind == NODE_LIST;
            for (uint32_t j = 0; value->kind == NODE_LIST && j < value->count; j++) fits &= value->items[j].kind == NODE_MAP;
            if (value->later) continue; /* an alias that nothing is known of */
            if (!fits)
                add_fault(c, FAULT_MERGE, value->span, (Span){0}, S(""), S(""));
            else if (value->kind == NODE_MAP)
                merge_map(c, map, value);
            else
                for (uint32_t j = value->count; j > 0; j--) merge_map(c, map, &value->items[j - 1]);
            continue;
        }
        Str text;
        uint32_t code;
        if (!c->invisible && key->plain && key->text.len && (unsigned char)key->text.at[0] >= 0xC2 &&
            invisible_length(key->text, &code))
            c->invisible = key->span.at + 1;
        if (!key_text(c, key, &text)) continue;
        put_entry(c, map, (Entry){text, str_hash(text), key->span, *value}, false);
    }
}

static void end_collection(Composer *c, Node *out, const Frame *frame) {
    *out = frame->node;
    uint32_t count = c->values.n - frame->base;
    const Node *children = count ? c->values.at + frame->base : NULL;
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
        out->span.end = mark_in_source(&c->marks, c->event->end_mark.index);
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
        /* Nobody knows what it was to be, so that nothing can be said of it. */
        name = arena_str(c->arena, name);
        *out = (Node){.kind = NODE_STRING, .depth = 1, .span = span, .text = name, .later = true};
        add_fault(c, FAULT_ANCHOR_UNKNOWN, span, (Span){0}, name, S(""));
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

static Span in_source(const Composer *c, Span span) {
    return (Span){text_in_source(&c->marks, span.at), text_in_source(&c->marks, span.end)};
}

static uint32_t line_end(const Composer *c, uint32_t at) {
    size_t end = at - c->marks.base;
    while (end < c->marks.written.len && c->marks.written.at[end] != '\n') end++;
    return c->marks.base + (uint32_t)end;
}

/* What mends may cost, so that a file of nothing but slips takes no time. */
enum { MOST_WORK = 16 << 20 };

/* Mends the text, last place first, and has it read again. */
static void mend_text(Composer *c, const Cause *cause, Fault *fault) {
    for (uint32_t i = 0; i < cause->mends.n; i++) {
        const TextMend *mend = &cause->mends.at[i];
        uint32_t at = text_in_source(&c->marks, mend->at), end = text_in_source(&c->marks, mend->at + mend->removed);
        ARRAY_PUSH(c->arena, &fault->mends, (TextMend){at, end - at, mend->put});
    }
    ARRAY_PUSH(c->arena, &c->slips, *fault);
    c->mendedTo = line_end(c, fault->span.at);
    c->work += c->marks.text.len * (cause->mends.n + 1);
    c->again = cause->mends.n > 0 && c->work < MOST_WORK;
    for (uint32_t i = cause->mends.n; i > 0 && c->again; i--) {
        const TextMend *mend = &cause->mends.at[i - 1];
        uint32_t end = line_end(c, text_in_source(&c->marks, mend->at));
        if (end > c->mendedTo) c->mendedTo = end;
        c->again = marks_edit(&c->marks, c->arena, mend->at, mend->removed, mend->put);
    }
}

/* Says why the parser stopped. What shows on a line that was mended before may come of the mend, and is not said. */
static void parser_fault(Composer *c, const yaml_parser_t *parser) {
    Cause cause;
    Fault fault = {.kind = FAULT_SYNTAX};
    if (parser->error == YAML_READER_ERROR) {
        fault.kind = FAULT_ENCODING;
        cause = fault_encoding(c->arena, c->marks.text, parser->problem_offset);
    } else {
        Str above = {c->source->text.at, c->marks.base};
        Stop stop = {
            .text = c->marks.text,
            .above = c->source->above + line_number(above, above.len) - 1,
            .at = mark_in_text(&c->marks, parser->problem_mark.index),
            .problem = str_of(parser->problem ? parser->problem : ""),
            .context = str_of(parser->context ? parser->context : ""),
            .scalar = {(uint32_t)mark_in_text(&c->marks, c->scalar.at), (uint32_t)mark_in_text(&c->marks, c->scalar.end)},
            .scalarQuoted = c->scalarQuoted};
        stop.from = stop.context.len ? mark_in_text(&c->marks, parser->context_mark.index) : stop.at;
        if (stop.from > stop.at) stop.from = stop.at;
        if (c->slips.n && text_in_source(&c->marks, stop.from) <= c->mendedTo &&
            text_in_source(&c->marks, stop.at) <= c->mendedTo + 1)
            return;
        cause = fault_cause(c->arena, &stop);
    }
    fault.span = in_source(c, cause.span);
    if (cause.related.end) fault.related = in_source(c, cause.related);
    fault.text = cause.problem;
    fault.hint = cause.hint;
    fault.other = cause.note;
    if (c->slips.n && fault.span.at <= c->mendedTo) return;
    mend_text(c, &cause, &fault);
}

/* The indentation holds no-break spaces or their like, so that what they indent is a key of the wrong map. */
static void mend_indentation(Composer *c) {
    Cause cause = fault_indentation(c->arena, c->marks.text, c->invisible - 1 - c->marks.base);
    Fault fault = {.kind = FAULT_SYNTAX, .span = in_source(c, cause.span), .text = cause.problem, .hint = cause.hint};
    if (cause.mends.n) mend_text(c, &cause, &fault);
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

/* A finished value goes on the stack, and to the anchor that names it. */
static void push_value(Composer *c, const Node *node, Anchor *anchor) {
    if (anchor) {
        anchor->node = *node;
        anchor->open = false;
    }
    ARRAY_PUSH(c->arena, &c->values, *node);
}

static void check_tag_end(Composer *c, Span span) {
    bool refused;
    c->again |= dialect_repair_tag(&c->marks, c->arena, mark_in_text(&c->marks, c->event->end_mark.index), &refused);
    if (refused) add_fault(c, FAULT_SYNTAX, span, (Span){0}, S("a space is missing behind this tag"), S(""));
}

static void take_scalar(Composer *c) {
    Node node;
    yaml_scalar_style_t style = c->event->data.scalar.style;
    c->scalar = (Span){(uint32_t)c->event->start_mark.index, (uint32_t)c->event->end_mark.index};
    c->scalarQuoted = style == YAML_DOUBLE_QUOTED_SCALAR_STYLE || style == YAML_SINGLE_QUOTED_SCALAR_STYLE;
    compose_scalar(c, &node);
    bool flow = c->frames.n && c->frames.at[c->frames.n - 1].flow;
    Str written = {c->marks.written.at + (node.span.at - c->marks.base), node.span.end - node.span.at};
    if (style == YAML_PLAIN_SCALAR_STYLE && flow)
        dialect_check_plain(c->arena, c->out, written, node.span.at);
    else if (style == YAML_DOUBLE_QUOTED_SCALAR_STYLE && !c->json)
        dialect_check_quoted(c->arena, c->out, written, node.span.at);
    if (c->event->data.scalar.tag && flow && !c->event->data.scalar.length && style == YAML_PLAIN_SCALAR_STYLE)
        check_tag_end(c, node.span);
    c->notFinite |= node.kind == NODE_FLOAT && node.text.at[node.text.len - 1] > '9';
    push_value(c, &node, open_anchor(c, c->event->data.scalar.anchor, false));
}

static void take_event(Composer *c) {
    const yaml_event_t *event = c->event;
    Node node;
    switch (event->type) {
    case YAML_SCALAR_EVENT: take_scalar(c); break;
    case YAML_ALIAS_EVENT:
        compose_alias(c, &node);
        push_value(c, &node, NULL);
        break;
    case YAML_SEQUENCE_START_EVENT:
        start_collection(c, NODE_LIST, event->data.sequence_start.anchor,
                         event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
        break;
    case YAML_MAPPING_START_EVENT:
        start_collection(c, NODE_MAP, event->data.mapping_start.anchor,
                         event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: {
        assert(c->frames.n > 0);
        const Frame frame = c->frames.at[--c->frames.n];
        end_collection(c, &node, &frame);
        push_value(c, &node, frame.anchor);
        break;
    }
    case YAML_DOCUMENT_END_EVENT: c->end = mark_in_source(&c->marks, event->end_mark.index); break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT: break;
    }
}

/* The document has ended: its root is the only value. */
static void finish(Composer *c) {
    if (c->values.n) *c->out->root = c->values.at[0];
    c->out->readable = finish_root(c);
    if (!c->out->readable) *c->out->root = (Node){.kind = NODE_NULL, .depth = 1, .text = S("null")};
    if (c->notFinite && c->out->readable) find_not_finite(c, c->out->root);
}

/* Runs the parser to the end of the first document. */
static void compose(Composer *c, yaml_parser_t *parser) {
    yaml_event_type_t type = YAML_NO_EVENT;
    while (type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            if (parser->error == YAML_MEMORY_ERROR) out_of_memory();
            c->again = dialect_repair(&c->marks, c->arena, parser);
            if (!c->again) parser_fault(c, parser);
            return;
        }
        type = event.type;
        c->event = &event;
        take_event(c);
        c->event = NULL;
        yaml_event_delete(&event);
        if (c->again) return;
        if (c->frames.n > NODE_MAX_DEPTH) {
            add_fault(c, FAULT_DEPTH, c->frames.at[c->frames.n - 1].node.span, (Span){0}, S(""), S(""));
            return;
        }
    }
    finish(c);
    if (c->invisible && !c->slips.n) mend_indentation(c);
}

/* The text up to its first directives, if it begins with many. libyaml compares each tag directive with all before it, and they
 * are in vain: the `---` that has to follow them ends the document (stream.c). */
static Str cut_directives(Str text, size_t at) {
    enum { MOST_DIRECTIVES = 100 };
    for (int lines = 0; at < text.len && text.at[at] == '%'; at++) {
        if (lines++ == MOST_DIRECTIVES) return (Str){text.at, at};
        const char *newline = memchr(text.at + at, '\n', text.len - at);
        if (!newline) break;
        at = (size_t)(newline - text.at);
    }
    return text;
}

#define ORDER_MARK "\xEF\xBB\xBF"

/* A byte order mark is one only at the very start of what the server's reader gets; at the start of a line it is a letter to it,
 * and nothing to libyaml. */
static void find_order_marks(Composer *c) {
    Str text = c->marks.text;
    Cause cause = {0};
    enum { LENGTH = sizeof ORDER_MARK - 1, MOST_MARKS = 100 };
    const char *mark;
    for (size_t at = 0; (mark = memmem(text.at + at, text.len - at, ORDER_MARK, LENGTH)); at += LENGTH) {
        at = (size_t)(mark - text.at);
        if ((at == 0 || text.at[at - 1] == '\n') && cause.mends.n < MOST_MARKS)
            ARRAY_PUSH(c->arena, &cause.mends, (TextMend){at, LENGTH, S("")});
    }
    if (!cause.mends.n) return;
    uint32_t at = (uint32_t)cause.mends.at[0].at;
    Fault fault = {.kind = FAULT_ENCODING,
                   .span = in_source(c, (Span){at, at + LENGTH}),
                   .text = S("a byte order mark (U+FEFF) stands here, which the server's reader takes for a letter"),
                   .hint = S("take it out; it often comes from joining files")};
    mend_text(c, &cause, &fault);
    c->again = false;
}

size_t compose_document(NodeDocument *out, Arena *arena, const Source *source, size_t at, size_t end) {
    bool marked = at == 0 && source->mark; /* one mark was dropped already */
    if (!marked && str_starts(str_slice(source->text, at), S(ORDER_MARK))) {
        at += sizeof ORDER_MARK - 1;
        if (out->span.at < at) out->span.at = (uint32_t)at;
    }
    Str text = cut_directives((Str){source->text.at + at, end - at}, out->span.at - at);
    Composer composer = {.arena = arena, .source = source, .marks = marks_make(arena, text, (uint32_t)at)};
    out->root = NEW(arena, Node);
    if (!composer.marks.ascii) find_order_marks(&composer);
    do {
        Feed feed = {.text = composer.marks.text, .newline = text.at[text.len - 1] != '\n'};
        Composer next = {.arena = arena,
                         .out = out,
                         .source = source,
                         .marks = composer.marks,
                         .work = composer.work,
                         .mendedTo = composer.mendedTo,
                         .json = source->text.at[out->span.at] == '{',
                         .anchors = {.arena = arena},
                         .end = (uint32_t)end};
        memcpy(&next.slips, &composer.slips, sizeof next.slips);
        composer = next;
        out->faults.n = 0;
        *out->root = (Node){.kind = NODE_NULL, .depth = 1, .text = S("null"), .span = {out->span.at, out->span.at}};
        yaml_parser_t parser;
        if (!yaml_parser_initialize(&parser)) out_of_memory();
        yaml_parser_set_input(&parser, feed_read, &feed);
        compose(&composer, &parser);
        yaml_parser_delete(&parser);
    } while (composer.again);
    out->mended = composer.slips.n && out->readable;
    if (composer.slips.n) out->readable = false;
    for (uint32_t i = 0; i < composer.slips.n; i++) ARRAY_PUSH(arena, &out->faults, composer.slips.at[i]);
    return composer.end;
}
