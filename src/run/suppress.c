/* libyaml drops comments, so they are looked for in the text: a `#` after white space that stands in no scalar of the tree. */
#include "suppress.h"

#include <stdlib.h>

#include "base/near.h"
#include "rules.h"

#define ANNOTATION "podlint.dev/"
#define KUBE_LINTER "ignore-check.kube-linter.io/"

static const uint32_t lastColumn = UINT32_MAX;

typedef ARRAY(Span) Spans;
typedef ARRAY(Finding) Findings;

typedef struct CommentReader {
    ResultFile *file;
    Source *source;
    Arena *kept, *scratch;
    Spans scalars; /* in which a # may stand that is no comment, or that span several lines */
    Spans targets; /* documents, entries and items: what a comment above can stand for */
    ARRAY(Ignore) found;
} CommentReader;

/* The tree as spans in the order of the text, the larger before what it holds. */

static int by_span(const void *left, const void *right) {
    const Span *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return (a->end < b->end) - (a->end > b->end);
}

static void sort_spans(Spans *spans) {
    if (spans->n) qsort(spans->at, spans->n, sizeof *spans->at, by_span);
}

/* The number of spans that start before `offset`. */
static uint32_t spans_before(const Spans *spans, uint32_t offset) {
    return spans->n ? COUNT_BELOW(spans->at, spans->n, at, offset) : 0;
}

static void add_scalar(CommentReader *r, Span span, bool plain) {
    Str text = {r->source->text.at + span.at, span.end - span.at};
    if (!plain || str_find(text, '\n') >= 0) ARRAY_PUSH(r->scratch, &r->scalars, span);
}

/* Merged entries and aliases are written elsewhere, and read there. */
static void add_node(CommentReader *r, const Node *node) {
    if (node->alias) return;
    if (node->kind == NODE_MAP) {
        for (uint32_t i = 0; i < node->count; i++) {
            const Entry *entry = &node->entries[i];
            if (entry->keySpan.at < node->span.at || entry->keySpan.end > node->span.end) continue;
            add_scalar(r, entry->keySpan, false);
            ARRAY_PUSH(r->scratch, &r->targets, (Span){entry->keySpan.at, entry->value.span.end});
            add_node(r, &entry->value);
        }
    } else if (node->kind == NODE_LIST) {
        for (uint32_t i = 0; i < node->count; i++) {
            ARRAY_PUSH(r->scratch, &r->targets, node->items[i].span);
            add_node(r, &node->items[i]);
        }
    } else {
        add_scalar(r, node->span, node->plain);
    }
}

/* Where the content of a scalar starts: a comment may stand behind the head of a block scalar, with its tag and anchor. */
static uint32_t content_start(const CommentReader *r, Span scalar) {
    Str text = {r->source->text.at + scalar.at, scalar.end - scalar.at};
    size_t i = 0;
    while (i < text.len && (text.at[i] == '&' || text.at[i] == '!')) {
        while (i < text.len && !strchr(" \t\r\n", text.at[i])) i++;
        while (i < text.len && strchr(" \t\r\n", text.at[i])) i++;
    }
    if (i == text.len || (text.at[i] != '|' && text.at[i] != '>')) return scalar.at;
    ptrdiff_t newline = str_find(str_slice(text, i), '\n');
    return newline < 0 ? scalar.end : scalar.at + (uint32_t)i + (uint32_t)newline;
}

static bool in_scalar(const CommentReader *r, uint32_t offset) {
    uint32_t n = spans_before(&r->scalars, offset);
    return n && r->scalars.at && offset < r->scalars.at[n - 1].end && offset >= content_start(r, r->scalars.at[n - 1]);
}

/* What is found is added */

static Place place_of(const CommentReader *r, uint32_t offset) {
    return source_place(r->source, r->scratch, offset);
}

/* The last document that starts at or before a line, or the first. */
static uint32_t owner_of(const ResultFile *file, uint32_t line) {
    uint32_t low = 0, high = file->documentCount;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (file->documents[middle].line <= line)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : 0;
}

/* Adds an ignore with the range and owner of `range`; `at` is where its rule is named. */
static void add_ignore(CommentReader *r, const Ignore *range, IgnoreForm form, Str name, Span at, Str reason) {
    enum { MOST_REASON = 1000 };
    Ignore ignore = *range;
    ignore.form = (uint8_t)form;
    ignore.rule = form == IGNORE_RULE ? rule_set_named(&r->file->settings->rules, name) : NULL;
    ignore.name = arena_str(r->kept, name);
    ignore.reason = arena_str(r->kept, str_cut(r->kept, reason, MOST_REASON));
    ignore.start = place_of(r, at.at);
    ignore.end = place_of(r, at.end);
    ignore.excerpt = source_excerpt(r->source, r->scratch, at);
    ignore.excerpt.text = arena_str(r->kept, ignore.excerpt.text);
    ARRAY_PUSH(r->kept, &r->found, ignore);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes the next word, up to white space or a comma, off the front of `text`; a colon at its end is not part of it. */
static Str take_word(Str *text) {
    while (text->len && is_blank(text->at[0])) *text = str_slice(*text, 1);
    Str word = {text->at, 0};
    while (word.len < text->len && !is_blank(text->at[word.len]) && text->at[word.len] != ',') word.len++;
    *text = str_slice(*text, word.len);
    if (word.len && word.at[word.len - 1] == ':') word.len--;
    return word;
}

/* Takes a comma off the front of `text`. */
static bool take_comma(Str *text) {
    Str rest = str_trim(*text);
    if (!rest.len || rest.at[0] != ',') return false;
    *text = str_slice(rest, 1);
    return true;
}

static Str trim_reason(Str text) {
    text = str_trim(text);
    while (text.len && strchr("-:#", text.at[0])) text = str_trim(str_slice(text, 1));
    return text;
}

static Span span_in(const CommentReader *r, Str part) {
    uint32_t at = (uint32_t)(part.at - r->source->text.at);
    return (Span){at, at + (uint32_t)part.len};
}

/* Comments */

/* Where a comment starts whose word `podlint:` stands at `word`, and whether nothing but dashes of a list stands before it on its
 * line; false if it is none. */
static bool find_comment(const CommentReader *r, size_t word, uint32_t *hash, bool *alone) {
    const char *text = r->source->text.at;
    size_t at = word, line;
    while (at && (text[at - 1] == ' ' || text[at - 1] == '\t')) at--;
    if (!at || text[at - 1] != '#') return false;
    *hash = (uint32_t)--at;
    while (at && text[at - 1] == '#') at--;
    for (line = at; line && text[line - 1] != '\n' && text[line - 1] != '\r';) line--;
    if (at != line && !is_blank(text[at - 1])) return false;
    *alone = true;
    for (size_t i = line; i < at; i++) *alone &= is_blank(text[i]) || text[i] == '-';
    Str before = str_trim((Str){text + line, at - line});
    if (before.len && before.at[0] == '#') return false;
    return !in_scalar(r, *hash);
}

/* What a comment behind something speaks of: its line, and if a text of several lines ends there, all of them. */
static void range_of_line(const CommentReader *r, uint32_t hash, Ignore *range) {
    uint32_t line = place_of(r, hash).line, n = spans_before(&r->scalars, hash);
    range->from = (Place){line, 1};
    range->to = (Place){line, lastColumn};
    if (!n || r->scalars.at[n - 1].end > hash) return;
    if (place_of(r, r->scalars.at[n - 1].end).line == line) range->from.line = place_of(r, r->scalars.at[n - 1].at).line;
}

/* What a comment above something speaks of: the largest thing that starts next. */
static void range_of_next(const CommentReader *r, uint32_t hash, Ignore *range) {
    uint32_t n = spans_before(&r->targets, hash);
    if (n == r->targets.n) {
        range->from = range->to = place_of(r, hash);
        return;
    }
    range->from = place_of(r, r->targets.at[n].at);
    range->to = place_of(r, r->targets.at[n].end);
}

static void read_rules(CommentReader *r, const Ignore *range, Str text, Str whole) {
    ARRAY(Str) names = {0};
    do {
        Str name = take_word(&text);
        if (name.len) ARRAY_PUSH(r->scratch, &names, name);
    } while (take_comma(&text));
    Str reason = trim_reason(text);
    if (!names.n) add_ignore(r, range, IGNORE_NOTHING, S(""), span_in(r, whole), S(""));
    for (uint32_t i = 0; i < names.n; i++) add_ignore(r, range, IGNORE_RULE, names.at[i], span_in(r, names.at[i]), reason);
}

/* Reads a comment; `text` is what follows `podlint:` on its line. */
static void read_comment(CommentReader *r, uint32_t hash, bool alone, Str text) {
    Ignore range = {.document = -1};
    Str whole = {r->source->text.at + hash, (size_t)(text.at + text.len - (r->source->text.at + hash))};
    Str word = take_word(&text);
    bool file = str_eq(word, S("ignore-file"));
    if (file) {
        range.to = (Place){UINT32_MAX, lastColumn};
        range.owner = owner_of(r->file, place_of(r, hash).line);
    } else {
        if (alone)
            range_of_next(r, hash, &range);
        else
            range_of_line(r, hash, &range);
        range.owner = owner_of(r->file, range.from.line);
    }
    if (file || str_eq(word, S("ignore")))
        read_rules(r, &range, text, str_trim(whole));
    else
        add_ignore(r, &range, IGNORE_WORD, word, span_in(r, str_trim(whole)), S(""));
}

static const Str no_colon = STR("podlint ignore");

/* Comments that lack the colon, which are no comments for podlint. */
static void read_faulty_comments(CommentReader *r) {
    Str text = r->source->text;
    for (size_t at = 0; at < text.len;) {
        const char *found = memmem(text.at + at, text.len - at, no_colon.at, no_colon.len);
        if (!found) return;
        at = (size_t)(found - text.at) + no_colon.len;
        uint32_t hash;
        bool alone;
        Ignore range = {.document = -1};
        if (!find_comment(r, at - no_colon.len, &hash, &alone)) continue;
        range_of_line(r, hash, &range);
        range.owner = owner_of(r->file, range.from.line);
        add_ignore(r, &range, IGNORE_WORD, no_colon, (Span){hash, (uint32_t)at}, S(""));
    }
}

static void read_comments(CommentReader *r) {
    Str text = r->source->text, word = S("podlint:");
    read_faulty_comments(r);
    for (size_t at = 0; at < text.len;) {
        const char *found = memmem(text.at + at, text.len - at, word.at, word.len);
        if (!found) return;
        at = (size_t)(found - text.at) + word.len;
        uint32_t hash;
        bool alone;
        if (!find_comment(r, at - word.len, &hash, &alone)) continue;
        Str rest = {text.at + at, 0};
        while (at + rest.len < text.len && text.at[at + rest.len] != '\n' && text.at[at + rest.len] != '\r') rest.len++;
        read_comment(r, hash, alone, rest);
        at += rest.len;
    }
}

/* Annotations */

static void read_annotation(CommentReader *r, const Ignore *range, const Entry *entry) {
    Str word = str_slice(entry->key, strlen(ANNOTATION)), value = entry->value.kind == NODE_STRING ? entry->value.text : S("");
    bool named = str_starts(word, S("ignore-"));
    if (named && word.len > strlen("ignore-")) {
        add_ignore(r, range, IGNORE_RULE, str_slice(word, strlen("ignore-")), entry->keySpan, str_trim(value));
    } else if (!named && !str_eq(word, S("ignore"))) {
        add_ignore(r, range, IGNORE_WORD, entry->key, entry->keySpan, S(""));
    } else if (named || !str_trim(value).len) {
        add_ignore(r, range, IGNORE_NOTHING, S(""), entry->keySpan, S(""));
    } else {
        while (value.len) {
            Str name = take_word(&value);
            if (name.len) add_ignore(r, range, IGNORE_RULE, name, entry->value.span, S(""));
            take_comma(&value);
            value = str_trim(value);
        }
    }
}

/* kube-linter's own annotation, where podlint has a rule of the same name. */
static void read_kube_linter(CommentReader *r, const Ignore *range, const Entry *entry) {
    Str name = str_slice(entry->key, strlen(KUBE_LINTER));
    Str reason = entry->value.kind == NODE_STRING ? str_trim(entry->value.text) : S("");
    if (!rule_named(name)) return;
    Ignore foreign = *range;
    foreign.foreign = true;
    add_ignore(r, &foreign, IGNORE_RULE, name, entry->keySpan, reason);
}

/* The annotations of the object or template that `map` is. */
static void read_annotations(CommentReader *r, const Ignore *range, const Node *map) {
    const Node *annotations = node_get(node_get(map, S("metadata")), S("annotations"));
    if (!annotations || annotations->kind != NODE_MAP) return;
    for (uint32_t i = 0; i < annotations->count; i++)
        if (str_starts(annotations->entries[i].key, S(ANNOTATION)))
            read_annotation(r, range, &annotations->entries[i]);
        else if (str_starts(annotations->entries[i].key, S(KUBE_LINTER)))
            read_kube_linter(r, range, &annotations->entries[i]);
}

/* The annotations of an object, and of the templates in it, which hold for themselves alone. */
static void read_object(CommentReader *r, uint32_t document, const Node *root) {
    Ignore range = {.document = (int32_t)document, .owner = document, .to = {UINT32_MAX, lastColumn}};
    read_annotations(r, &range, root);
    static const Str steps[] = {STR("jobTemplate"), STR("template")};
    const Node *at = root;
    for (size_t i = 0; i < COUNT(steps); i++) {
        const Node *spec = node_get(at, S("spec"));
        const Entry *entry = node_entry(spec ? spec : at, steps[i]);
        if (!entry) continue;
        at = &entry->value;
        range.from = place_of(r, entry->keySpan.at);
        range.to = place_of(r, entry->value.span.end);
        read_annotations(r, &range, at);
    }
}

/* Reads the annotations of the results that come from one document of the text; `next` is the first that does not come from an
 * earlier one. */
static uint32_t read_objects(CommentReader *r, const NodeDocument *in, uint32_t next) {
    for (; next < r->file->documentCount && r->file->documents[next].index <= in->index; next++) {
        const ResultDocument *document = &r->file->documents[next];
        const Node *items = node_get(in->root, S("items"));
        if (document->index < in->index) continue;
        if (document->item < 0)
            read_object(r, next, in->root);
        else if (items && items->kind == NODE_LIST && (uint32_t)document->item < items->count)
            read_object(r, next, &items->items[document->item]);
    }
    return next;
}

static int by_range(const void *left, const void *right) {
    const Ignore *a = left, *b = right;
    if (a->from.line != b->from.line) return a->from.line < b->from.line ? -1 : 1;
    if (a->from.column != b->from.column) return a->from.column < b->from.column ? -1 : 1;
    if (a->to.line != b->to.line) return a->to.line < b->to.line ? -1 : 1;
    if (a->to.column != b->to.column) return a->to.column < b->to.column ? -1 : 1;
    if (a->document != b->document) return a->document < b->document ? -1 : 1;
    if (a->rule != b->rule) return !a->rule || (b->rule && a->rule->number < b->rule->number) ? -1 : 1;
    if (a->start.line != b->start.line) return a->start.line < b->start.line ? -1 : 1;
    return (a->start.column > b->start.column) - (a->start.column < b->start.column);
}

static bool same_range(const Ignore *a, const Ignore *b) {
    return a->rule && a->rule == b->rule && a->document == b->document && a->from.line == b->from.line &&
           a->from.column == b->from.column && a->to.line == b->to.line && a->to.column == b->to.column;
}

void suppress_read(ResultFile *file, Source *source, Arena *kept, Arena *scratch) {
    if (!file->documentCount || (!memmem(source->text.at, source->text.len, "podlint", strlen("podlint")) &&
                                 !memmem(source->text.at, source->text.len, KUBE_LINTER, strlen(KUBE_LINTER))))
        return;
    CommentReader r = {.file = file, .source = source, .kept = kept, .scratch = scratch};
    NodeReader reader = {.source = source};
    NodeDocument in;
    uint32_t next = 0;
    while (node_next(&reader, scratch, &in)) {
        ARRAY_PUSH(scratch, &r.targets, in.root->span);
        add_node(&r, in.root);
        next = read_objects(&r, &in, next);
    }
    sort_spans(&r.scalars);
    sort_spans(&r.targets);
    read_comments(&r);
    if (!r.found.n) return;
    qsort(r.found.at, r.found.n, sizeof *r.found.at, by_range);
    uint32_t n = 1;
    for (uint32_t i = 1; i < r.found.n; i++)
        if (!same_range(&r.found.at[n - 1], &r.found.at[i])) r.found.at[n++] = r.found.at[i];
    file->ignores = r.found.at;
    file->ignoreCount = n;
}

/* Applying */

static bool is_before(Place a, Place b) {
    return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/* A finding and the number of its document. */
typedef struct Candidate {
    Finding *finding;
    int32_t document;
} Candidate;

static int by_start(const void *left, const void *right) {
    Place a = ((const Candidate *)left)->finding->start, b = ((const Candidate *)right)->finding->start;
    return is_before(b, a) - is_before(a, b);
}

/* Whether a rule has looked at all that is in this file. */
static bool is_active(const FileSettings *settings, const Rule *rule) {
    return settings->on[rule->number] == RULE_USE_ALL && (rule->source != FROM_POD_SECURITY || settings->podSecurity.level);
}

/* Goes through findings and ignores side by side in the order of the text, with those in hand whose range is open. */
static void match(ResultFile *file, Candidate *candidates, uint32_t count, Arena *scratch) {
    ARRAY(Ignore *) open = {0};
    uint32_t next = 0;
    for (uint32_t i = 0; i < count; i++) {
        Finding *finding = candidates[i].finding;
        for (; next < file->ignoreCount && !is_before(finding->start, file->ignores[next].from); next++)
            if (file->ignores[next].rule) ARRAY_PUSH(scratch, &open, &file->ignores[next]);
        uint32_t still = 0;
        for (uint32_t j = 0; j < open.n; j++) {
            Ignore *ignore = open.at[j];
            if (is_before(ignore->to, finding->start)) continue;
            open.at[still++] = ignore;
            if (ignore->rule != finding->rule || (ignore->document >= 0 && ignore->document != candidates[i].document)) continue;
            ignore->used = true;
            finding->ignored = ignore;
        }
        open.n = still;
    }
}

static void match_all(ResultFile *file, Arena *scratch) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < file->documentCount; i++) count += file->documents[i].findingCount;
    Candidate *candidates = NEW_ARRAY(scratch, Candidate, count + 1);
    count = 0;
    for (uint32_t i = 0; i < file->documentCount; i++)
        for (uint32_t j = 0; j < file->documents[i].findingCount; j++)
            candidates[count++] = (Candidate){&file->documents[i].findings[j], (int32_t)i};
    qsort(candidates, count, sizeof *candidates, by_start);
    match(file, candidates, count, scratch);
}

/* The rules of what stands in the range of an ignore that names none, at most three: "host-network,privileged". */
static Str rules_there(const ResultFile *file, const Ignore *ignore, Arena *arena) {
    enum { MOST = 3 };
    const Rule *rules_[MOST];
    unsigned n = 0;
    Buf buf = {.arena = arena};
    const ResultDocument *document = &file->documents[ignore->owner];
    for (uint32_t i = 0; i < document->findingCount && n < MOST; i++) {
        const Finding *finding = &document->findings[i];
        bool known = is_before(finding->start, ignore->from) || is_before(ignore->to, finding->start);
        for (unsigned j = 0; j < n; j++) known |= rules_[j] == finding->rule;
        if (known) continue;
        if (n) buf_char(&buf, ',');
        buf_str(&buf, finding->rule->name);
        rules_[n++] = finding->rule;
    }
    if (!n) buf_str(&buf, S("RULE"));
    return buf_text(&buf);
}

/* The rule that was probably meant. Looking for it takes its time, so only the first names of a file are worth it. */
static Str spelling_hint(Arena *arena, const RuleSet *set, Str name, unsigned *hints) {
    enum { MOST_HINTS = 20 };
    Str question = (*hints)++ < MOST_HINTS ? near_question(arena, selection_near(set, name)) : S("");
    return question.len ? question : S("podlint rules lists them");
}

/* Whether every rule had its say wherever the ignore holds. */
static bool was_judged(const ResultFile *file, const Ignore *ignore) {
    if (ignore->to.line != UINT32_MAX || ignore->document >= 0) return file->documents[ignore->owner].judged;
    bool some = false;
    for (uint32_t i = 0; i < file->documentCount; i++) {
        if (!file->documents[i].judged && !file->documents[i].skipped) return false;
        some |= file->documents[i].judged;
    }
    return some;
}

/* What was said of the ignores of a file. */
typedef struct Said {
    unsigned hints; /* names that were looked for */
    bool renamed;   /* that a rule has another name now */
} Said;

/* What is wrong with an ignore, if anything. */
static void judge(const ResultFile *file, const Ignore *ignore, DiagList *list, Said *said) {
    Where where = {.path = S("")};
    if (ignore->form == IGNORE_WORD)
        emit_unknown_comment(list, where, .word = ignore->name,
                             .hint = str_eq(ignore->name, no_colon)
                                         ? S("put a colon behind podlint: # podlint: ignore RULE and the reason")
                                         : S("it takes ignore RULE, and comments also ignore-file RULE"));
    else if (ignore->form == IGNORE_NOTHING)
        emit_bare_ignore(list, where, .names = rules_there(file, ignore, list->arena));
    else if (!ignore->rule)
        emit_unknown_ignore(list, where, .rule = ignore->name,
                            .hint = spelling_hint(list->arena, &file->settings->rules, ignore->name, &said->hints));
    else if (!ignore->used && !ignore->foreign && is_active(file->settings, ignore->rule) && was_judged(file, ignore))
        emit_unused_ignore(list, where, .rule = ignore->rule->name);
    else if (!said->renamed && str_eq(ignore->name, rule_words(ignore->rule).former)) {
        emit_renamed_ignore(list, where, .former = ignore->name, .rule = ignore->rule->name);
        said->renamed = true;
    }
}

static int by_place(const void *left, const void *right) {
    const Finding *a = left, *b = right;
    if (a->start.line != b->start.line) return a->start.line < b->start.line ? -1 : 1;
    if (a->start.column != b->start.column) return a->start.column < b->start.column ? -1 : 1;
    if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
    if (a->rule != b->rule) return a->rule->number < b->rule->number ? -1 : 1;
    int order = str_cmp(a->path, b->path);
    return order ? order : str_cmp(a->message, b->message);
}

/* Whether a rule is about ignores themselves. */
static bool is_own(const Rule *rule) {
    static const uint16_t own[] = {RULE_unused_ignore, RULE_unknown_ignore, RULE_bare_ignore, RULE_unknown_comment,
                                   RULE_renamed_ignore};
    for (size_t i = 0; i < COUNT(own); i++)
        if (rule == &rules[own[i]]) return true;
    return false;
}

/* Adds findings about the ignores; `own`: those that name rules about ignores, which are judged last. */
static void complain(ResultFile *file, bool own, Arena *kept, Arena *scratch) {
    Findings *added = NEW_ARRAY(scratch, Findings, file->documentCount);
    Said said = {0};
    for (uint32_t i = 0; i < file->ignoreCount; i++) {
        const Ignore *ignore = &file->ignores[i];
        DiagList list = {.arena = kept};
        if (is_own(ignore->rule) == own) judge(file, ignore, &list, &said);
        if (!list.items.n || !file->settings->on[list.items.at->rule->number]) continue;
        const Diag *diag = list.items.at;
        const uint8_t *severity = file->settings->severity;
        Finding finding = {.rule = diag->rule,
                           .severity = severity ? severity[diag->rule->number] : diag->severity,
                           .start = ignore->start,
                           .end = ignore->end,
                           .path = S(""),
                           .namedPath = S(""),
                           .flagged = str_hash(ignore->name),
                           .message = diag->message,
                           .help = diag->help,
                           .excerpt = ignore->excerpt,
                           .versions = (uint16_t)((1u << file->settings->minorCount) - 1)};
        ARRAY_PUSH(scratch, &added[ignore->owner], finding);
    }
    for (uint32_t i = 0; i < file->documentCount; i++) {
        ResultDocument *document = &file->documents[i];
        if (!added[i].n) continue;
        Finding *all = NEW_ARRAY(kept, Finding, document->findingCount + added[i].n);
        if (document->findingCount) memcpy(all, document->findings, document->findingCount * sizeof *all);
        memcpy(all + document->findingCount, added[i].at, added[i].n * sizeof *all);
        document->findings = all;
        document->findingCount += added[i].n;
        qsort(all, document->findingCount, sizeof *all, by_place);
    }
}

/* Takes the ignored findings away from the others. */
static void part(ResultDocument *document, Arena *kept) {
    uint32_t count = document->findingCount;
    document->findingCount = 0;
    for (uint32_t i = 0; i < count; i++) document->ignoredCount += document->findings[i].ignored != NULL;
    document->ignored = NEW_ARRAY(kept, Finding, document->ignoredCount);
    document->ignoredCount = 0;
    for (uint32_t i = 0; i < count; i++) {
        const Finding *finding = &document->findings[i];
        if (finding->ignored)
            document->ignored[document->ignoredCount++] = *finding;
        else
            document->findings[document->findingCount++] = *finding;
    }
}

/* Whether an ignore is about all of a document: a comment for the file or above the first line, or an annotation. */
static bool holds_for_all(const Ignore *ignore, int32_t number, const ResultDocument *document) {
    if (ignore->document >= 0 || ignore->to.line == UINT32_MAX) return ignore->document < 0 || ignore->document == number;
    return ignore->owner == (uint32_t)number && ignore->from.line <= document->line && ignore->to.line > document->line;
}

/* Takes away what is only counted and is ignored in all of its document. Where each finding has a comment of its own, those
 * beyond the counted ones stay: nobody has looked at them. */
static void part_counts(ResultFile *file, int32_t number) {
    ResultDocument *document = &file->documents[number];
    uint32_t count = document->more.n;
    document->more.n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const FindingCount more = document->more.at[i];
        bool ignored = false;
        for (uint32_t j = 0; j < file->ignoreCount && !ignored; j++)
            ignored = file->ignores[j].rule == more.rule && holds_for_all(&file->ignores[j], number, document);
        if (ignored)
            document->ignoredCount += more.n;
        else
            document->more.at[document->more.n++] = more;
    }
}

void suppress_apply(ResultFile *file, Arena *kept) {
    if (!file->ignoreCount) return;
    Arena scratch = {0};
    match_all(file, &scratch);
    complain(file, false, kept, &scratch);
    match_all(file, &scratch);
    complain(file, true, kept, &scratch);
    for (uint32_t i = 0; i < file->documentCount; i++) {
        if (file->documents[i].findingCount) part(&file->documents[i], kept);
        part_counts(file, (int32_t)i);
    }
    arena_free(&scratch);
}
