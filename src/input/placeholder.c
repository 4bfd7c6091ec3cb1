/* The forms: ... alone, ${NAME} and ${NAME:=default} of envsubst and Flux, $(NAME) of kustomize's vars, {{ ... }} in quotes,
 * <name>, << name >>, @NAME@, %NAME%, __NAME__, #{NAME}, [[ ... ]], {NAME} without quotes, and chainsaw's (expressions). $NAME,
 * $(name) and NAME_OF_SOMETHING may be meant as they stand: they are placeholders only where the server refuses them. YAML takes
 * #{NAME} without quotes for a comment, so that it stands where a value is missing. */
#include "placeholder.h"

#include <stdlib.h>

#include "base/str_set.h"
#include "rules.h"

static bool is_name_char(char c) {
    return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

static bool is_in_capitals(Str name) {
    for (size_t i = 0; i < name.len; i++)
        if (!is_upper(name.at[i]) && !is_digit(name.at[i]) && name.at[i] != '_') return false;
    return name.len > 0;
}

static bool is_upper_name(Str name) {
    return name.len > 1 && is_in_capitals(name);
}

static bool is_brace(char c) {
    return c == '{';
}

static bool opens_brace(char c) {
    return c == '{' || is_upper(c);
}

static bool opens_angle(char c) {
    return is_letter(c) || c == '<';
}

static bool opens_dollar(char c) {
    return c == '{' || c == '(';
}

static bool is_underscore(char c) {
    return c == '_';
}

static bool is_dot(char c) {
    return c == '.';
}

static bool is_bracket(char c) {
    return c == '[';
}

/* Whether a document may hold a placeholder at all: most do not, and are passed over quickly. */
static bool may_hold_any(Str text) {
    static const struct {
        char sign;
        bool (*next)(char c); /* what follows it in a placeholder */
    } starts[] = {{'$', opens_dollar},  {'{', opens_brace}, {'<', opens_angle}, {'@', is_name_char}, {'%', is_upper},
                  {'_', is_underscore}, {'[', is_bracket},  {'.', is_dot},      {'#', is_brace}};
    const char *end = text.at + text.len;
    for (size_t i = 0; i < COUNT(starts); i++)
        for (const char *at = text.at; (at = memchr(at, starts[i].sign, (size_t)(end - at))); at++)
            if (at + 1 < end && starts[i].next(at[1])) return true;
    return false;
}

/* A text in signs at its start: the length of all of it, 0 if there is none. */
static size_t wrapped(Str text, Str open, Str close, bool words) {
    if (!str_starts(text, open)) return 0;
    size_t i = open.len;
    while (i < text.len && (is_name_char(text.at[i]) || (words && (text.at[i] == ' ' || text.at[i] == '/')))) i++;
    if (i == open.len || !str_starts(str_slice(text, i), close) || text.at[open.len] == ' ') return 0;
    return i + close.len;
}

/* The length of #{NAME} at the start of a text, with all that stands in its braces; 0 if there is none. */
static size_t hash_mark(Str text) {
    ptrdiff_t end = str_starts(text, S("#{")) && text.len > 2 && is_letter(text.at[2]) ? str_find(text, '}') : -1;
    Str inner = {text.at + 2, end > 2 ? (size_t)end - 2 : 0};
    return inner.len && str_find(inner, '\n') < 0 ? (size_t)end + 1 : 0;
}

/* The length of a placeholder at `at` in a text, of a form that nobody here knows the value of; 0 if there is none. One letter
 * between two % is one only where nothing else stands: dates are written so. */
static size_t unknown_at(Str whole, size_t at) {
    Str text = str_slice(whole, at);
    size_t length;
    if (str_starts(text, S("{{")) || str_starts(text, S("[["))) {
        ptrdiff_t end = str_find(text, *text.at == '{' ? '}' : ']');
        return end > 2 && (size_t)end + 1 < text.len && text.at[end + 1] == text.at[end] ? (size_t)end + 2 : 0;
    }
    if (at == 0 && (str_eq(text, S("...")) || str_eq(text, S("<...>")))) return text.len;
    if ((length = hash_mark(text))) return length;
    if (str_starts(text, S("<< ")) && (length = wrapped(str_slice(text, 3), S(""), S(" >>"), false))) return length + 3;
    if ((length = wrapped(text, S("<"), S(">"), true)) && is_letter(text.at[1])) return length;
    if ((length = wrapped(text, S("@"), S("@"), false))) return length;
    if ((length = wrapped(text, S("%"), S("%"), false)) && is_in_capitals((Str){text.at + 1, length - 2}) &&
        (length > 3 || length == whole.len))
        return length;
    if (str_starts(text, S("__"))) {
        Str rest = str_slice(text, 2);
        for (size_t i = 1; i + 1 < rest.len && is_name_char(rest.at[i - 1]); i++)
            if (rest.at[i] == '_' && rest.at[i + 1] == '_') return is_in_capitals((Str){rest.at, i}) ? i + 4 : 0;
    }
    return 0;
}

/* ${NAME}, with a default behind := or :-, which stands for the value where that is not known. False if the text does not start
 * with one. */
static bool braced_at(Str text, const Substitutes *known, size_t *length, Str *value) {
    ptrdiff_t end = str_starts(text, S("${")) ? str_find(text, '}') : -1;
    if (end < 3) return false;
    Str inner = {text.at + 2, (size_t)end - 2};
    size_t name = 0;
    while (name < inner.len && (is_alnum(inner.at[name]) || inner.at[name] == '_')) name++;
    Str rest = str_slice(inner, name);
    bool plain = !rest.len, given = str_starts(rest, S(":=")) || str_starts(rest, S(":-"));
    if (!name || !(plain || strchr(":=-?+%#/^,", rest.at[0]))) return false;
    Str found = known->use ? kustomize_substitute(known->use, (Str){inner.at, name}) : (Str){0};
    *length = (size_t)end + 1;
    *value = found.at && (plain || given) ? found : given ? str_slice(rest, 2) : (Str){0};
    return true;
}

static bool variable_at(Str text, const Substitutes *known, size_t *length, Str *value) {
    ptrdiff_t end = known->use && str_starts(text, S("$(")) ? str_find(text, ')') : -1;
    if (end < 3 || !kustomize_variable(known->use, (Str){text.at + 2, (size_t)end - 2}, value)) return false;
    *length = (size_t)end + 1;
    return true;
}

/* Fills in a text; `left` counts what stays. What a kustomization fills in stays text: `stays` tells it. Returns the text itself
 * if nothing is filled in. */
static Str fill(Arena *arena, Str text, const Substitutes *known, uint32_t *left, bool *stays) {
    Buf out = {.arena = arena};
    size_t done = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr("$<@%_{[#", text.at[i]) && !(i == 0 && text.at[i] == '.')) continue;
        bool escaped = text.at[i] == '$' && i + 1 < text.len && text.at[i + 1] == '$';
        i += escaped;
        if (escaped) continue;
        Str rest = str_slice(text, i), value = {0};
        size_t length = unknown_at(text, i);
        if (!length && !braced_at(rest, known, &length, &value)) {
            if (!variable_at(rest, known, &length, &value)) continue;
            *stays |= value.at != NULL;
        }
        if (value.at) {
            buf_str(&out, (Str){text.at + done, i - done});
            buf_str(&out, value);
            done = i + length;
        } else {
            ++*left;
        }
        i += length - 1;
    }
    if (!done) return text;
    buf_str(&out, str_slice(text, done));
    return buf_text(&out);
}

/* {NAME} without quotes, which YAML reads as a map with one key. */
static bool is_bare_braces(const Node *node) {
    return node->kind == NODE_MAP && node->count == 1 && node->entries[0].value.kind == NODE_NULL &&
           node->span.end - node->span.at == node->entries[0].key.len + 2 && is_upper_name(node->entries[0].key);
}

/* Whether a writer of YAML would leave a text without quotes. */
static bool needs_no_quotes(Str text) {
    if (!text.len || !(is_alnum(text.at[0]) || text.at[0] == '$') || text.at[text.len - 1] == ':') return false;
    return !str_has(text, S(": ")) && !str_has(text, S(" #")) && !str_has(text, S("\n"));
}

/* Whether a text holds a placeholder of one of the forms that are placeholders wherever they stand. */
static bool holds_any(Str text) {
    size_t length;
    for (size_t i = 0; i < text.len; i++)
        if (strchr("$<@%_{[#.", text.at[i]) &&
            (unknown_at(text, i) || braced_at(str_slice(text, i), &(Substitutes){0}, &length, &(Str){0})))
            return true;
    return false;
}

/* Puts #{NAME} where it is all that stands in the place of a value. */
static void take_mark(Node *node, const Substitutes *known) {
    Str text = known->source->text;
    size_t at = node->span.at;
    while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t')) at++;
    if (at == node->span.at || !hash_mark(str_slice(text, at))) return;
    Str line = str_slice(text, at);
    ptrdiff_t end = str_find(line, '\n');
    line = str_trim((Str){line.at, end < 0 ? line.len : (size_t)end});
    *node = (Node){.kind = NODE_STRING,
                   .plain = true,
                   .later = true,
                   .depth = 1,
                   .span = {(uint32_t)at, (uint32_t)(at + line.len)},
                   .text = line};
}

static uint32_t fill_node(Arena *arena, Node *node, const Substitutes *known) {
    uint32_t left = 0;
    if (node->kind == NODE_NULL && node->span.at == node->span.end) take_mark(node, known);
    if (is_bare_braces(node)) {
        *node = (Node){
            .kind = NODE_STRING, .plain = true, .later = true, .depth = 1, .span = node->span, .text = node->entries[0].key};
        return 1;
    }
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) left += fill_node(arena, &node->items[i], known);
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        Entry *entry = &node->entries[i];
        bool prose = known->prose && entry->value.kind == NODE_STRING && str_eq(entry->key, S("description"));
        if (!prose) left += fill_node(arena, &entry->value, known);
    }
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) left += holds_any(node->entries[i].key);
    if (node->kind != NODE_STRING) return left;
    bool stays = false;
    Str filled = fill(arena, node->text, known, &left, &stays);
    bool expression = known->expressions && node->text.len > 2 && node->text.at[0] == '(' && str_ends(node->text, S(")"));
    if ((expression || node->later) && !left) left = 1;
    node->later = left > 0;
    if (filled.at != node->text.at) {
        bool unquoted = needs_no_quotes(node->text), plain = node->plain || (known->unquoted && unquoted);
        node->text = filled;
        /* Some programs that know ${NAME:=default} leave the quotes away, and which one it is nobody tells. */
        if (!left && !plain && !stays && unquoted && node_plain_kind(filled) != NODE_STRING) {
            node->later = true;
            left = 1;
        }
        /* A program fills in the text, which is read as YAML only then. Flux leaves no quotes around what needs none. */
        if (!left && plain && !stays) node_resolve(arena, node);
        node->plain = false; /* this is not how it is written */
    }
    return left;
}

/* Words that stand for values. */

static bool is_word_char(char c) {
    return is_alnum(c) || c == '_';
}

/* Whether a word is one of the field's name, as PORT is of containerPort. */
static bool is_of_key(Str word, Str key) {
    for (size_t from = 0, i = 1; i <= key.len; i++) {
        if (i < key.len && !is_upper(key.at[i])) continue;
        if (str_eq_nocase(word, (Str){key.at + from, i - from})) return true;
        from = i;
    }
    return false;
}

/* What people write where somebody else has to write something. */
static bool asks_for_value(Str word) {
    static const Str words[] = {STR("YOUR"),   STR("REPLACE"), STR("REPLACEME"),   STR("CHANGE"), STR("CHANGEME"),
                                STR("INSERT"), STR("TODO"),    STR("PLACEHOLDER"), STR("FIXME"),  STR("TBD")};
    return str_in(word, words, COUNT(words));
}

/* What differs from place to place, so that it is filled in wherever it stands in capitals. */
static bool is_of_a_place(Str word) {
    static const Str words[] = {STR("HOSTNAME"), STR("NODENAME"), STR("USERNAME"), STR("NAMESPACE"),
                                STR("DOMAIN"),   STR("PROJECT"),  STR("REGION"),   STR("CLUSTER")};
    return str_in(word, words, COUNT(words));
}

/* Whether a text starts with $(name), as variables of kustomizations are written. */
static bool is_variable(Str text) {
    size_t end = wrapped(text, S("$("), S(")"), false);
    return end > 0;
}

/* A value that is refused, and what is known of it. */
typedef struct Refusal {
    Str text, key; /* the value, and the name of its field */
    const Diag *diag;
} Refusal;

/* Whether a run of capitals in a refused value stands for something: PROJECT_ID beside other text or where a number belongs, PORT
 * and PORT_NUMBER under a key that speaks of a port. A name that is only written in capitals, WEB_SERVER, does not. */
static bool stands_for_value(const Refusal *refusal, Str word) {
    if (!is_upper_name(word) || !is_upper(word.at[0])) return false;
    uint16_t rule = refusal->diag->rule->number;
    bool joined = str_find(word, '_') > 0, whole = word.len == refusal->text.len;
    if (refusal->diag->rule->type == API_NOT_SUPPORTED && str_starts(refusal->diag->help, S("did you mean"))) return false;
    if (is_of_a_place(word) && str_has(refusal->diag->message, refusal->text)) return true;
    if (joined && (!whole || rule == RULE_wrong_type || rule == RULE_quantity_form || rule == RULE_image_reference_invalid))
        return true;
    for (Str rest = word; whole && rest.len;) {
        ptrdiff_t end = str_find(rest, '_');
        Str part = {rest.at, end < 0 ? rest.len : (size_t)end};
        if (part.len > 1 && (is_of_key(part, refusal->key) || asks_for_value(part))) return true;
        rest = str_slice(rest, part.len + 1);
    }
    return false;
}

static bool is_placeholder(const Refusal *refusal) {
    Str text = refusal->text;
    for (size_t i = 0, end; i < text.len; i = end + 1) {
        for (end = i; end < text.len && is_word_char(text.at[end]); end++) {
        }
        Str word = {text.at + i, end - i};
        if (i && text.at[i - 1] == '$' && is_upper_name(word)) return true;
        /* In an image people take $(NAME) for something that the kubelet expands, as it does in args. */
        bool form = refusal->diag->rule->number != RULE_image_reference_invalid && str_has(refusal->diag->message, text);
        if (i > 1 && form && is_variable(str_slice(text, i - 2))) return true;
        if (stands_for_value(refusal, word)) return true;
    }
    return false;
}

typedef struct Refusals {
    Arena *arena;
    ARRAY(const Diag *) diags; /* by place */
    StrSet words;              /* the values that are placeholders, wherever else they stand */
} Refusals;

static int by_place(const void *left, const void *right) {
    const Diag *a = *(const Diag *const *)left, *b = *(const Diag *const *)right;
    return (a->span.at > b->span.at) - (a->span.at < b->span.at);
}

/* [NAME_OF_SOMETHING] where no list belongs. */
static bool is_bare_brackets(const Node *node) {
    const Node *item = node->kind == NODE_LIST && node->count == 1 ? node->items : NULL;
    return item && item->kind == NODE_STRING && item->plain && node->span.end - node->span.at == item->text.len + 2 &&
           is_upper_name(item->text) && str_find(item->text, '_') > 0;
}

static bool is_of_wrong_type(const Refusals *refusals, Span span) {
    const Diag at = {.span = span}, *wanted = &at;
    const Diag *const *found = bsearch(&wanted, refusals->diags.at, refusals->diags.n, sizeof wanted, by_place);
    return found && ((*found)->rule->number == RULE_wrong_type || (*found)->rule->number == RULE_crd_type);
}

static bool mark_words(Refusals *refusals, Node *node, Str key) {
    bool marked = false;
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) marked |= mark_words(refusals, &node->items[i], key);
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        Entry *entry = &node->entries[i];
        Node *value = &entry->value;
        bool bare = is_bare_brackets(value) && is_of_wrong_type(refusals, entry->keySpan);
        if (bare)
            *value = (Node){
                .kind = NODE_STRING, .plain = true, .later = true, .depth = 1, .span = value->span, .text = value->items->text};
        marked |= bare || mark_words(refusals, value, entry->key);
    }
    if (node->kind != NODE_STRING || node->later) return marked;
    const Diag at = {.span = node->span}, *wanted = &at;
    const Diag *const *found = bsearch(&wanted, refusals->diags.at, refusals->diags.n, sizeof wanted, by_place);
    if (!found) return marked;
    node->later = str_set_find(&refusals->words, node->text) || is_placeholder(&(Refusal){node->text, key, *found});
    if (node->later) str_set_add(&refusals->words, node->text, node);
    return marked || node->later;
}

bool placeholders_suspect(Arena *arena, const Document *documents, uint32_t count, Node *root) {
    Refusals refusals = {.arena = arena, .words.arena = arena};
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < documents[i].diags.items.n; j++) {
            const Diag *diag = &documents[i].diags.items.at[j];
            if (diag_refuses(diag)) ARRAY_PUSH(arena, &refusals.diags, diag);
        }
    if (!refusals.diags.n) return false;
    qsort(refusals.diags.at, refusals.diags.n, sizeof *refusals.diags.at, by_place);
    bool marked = mark_words(&refusals, root, S(""));
    return marked && (mark_words(&refusals, root, S("")), true);
}

/* Flux leaves alone what says so. */
static bool is_left_alone(const Node *root) {
    static const Str name = STR("kustomize.toolkit.fluxcd.io/substitute");
    const Node *meta = node_get(root, S("metadata")), *labels = meta ? node_get(meta, S("labels")) : NULL;
    const Node *notes = meta ? node_get(meta, S("annotations")) : NULL;
    const Node *word = labels && node_get(labels, name) ? node_get(labels, name) : notes ? node_get(notes, name) : NULL;
    return word && str_eq(word->text, S("disabled"));
}

uint32_t placeholders_fill(Arena *arena, Node *root, Span span, const Substitutes *known) {
    Str text = {known->source->text.at + span.at, span.end - span.at};
    if (is_left_alone(root)) return 0;
    return known->expressions || known->marked || may_hold_any(text) ? fill_node(arena, root, known) : 0;
}

typedef struct Later {
    const Node *node;
    Str path;
    Str empty; /* the path of what it is in, if that looks empty without it */
    bool key;  /* it is a key and not a value */
} Later;

typedef struct LaterList {
    Arena *arena;
    ARRAY(Later) items;
} LaterList;

/* Whether all that a map or list holds is filled in later. */
static bool looks_empty(const Node *node) {
    bool map = node->kind == NODE_MAP, all = true;
    for (uint32_t i = 0; i < node->count && all; i++) all = map ? node->entries[i].value.later : node->items[i].later;
    return all;
}

static void gather(LaterList *list, const Node *node, const Node *up, const Path *path) {
    if (node->later) {
        Str empty = up && looks_empty(up) ? path_text(list->arena, path->up) : S("");
        ARRAY_PUSH(list->arena, &list->items, (Later){.node = node, .path = path_text(list->arena, path), .empty = empty});
    }
    for (uint32_t i = 0; node->kind >= NODE_LIST && i < node->count; i++) {
        bool map = node->kind == NODE_MAP;
        Path at = map ? path_field(path, node->entries[i].key) : path_index(path, i);
        if (map && holds_any(node->entries[i].key)) {
            Node *key = NEW(list->arena, Node);
            *key = (Node){.kind = NODE_STRING, .later = true, .span = node->entries[i].keySpan, .text = node->entries[i].key};
            ARRAY_PUSH(list->arena, &list->items, (Later){.node = key, .path = path_text(list->arena, &at), .key = true});
        }
        gather(list, map ? &node->entries[i].value : &node->items[i], node, &at);
    }
}

/* About the value itself: it stands there, its path does, or the message quotes it. Or about what misses it. */
static bool is_about(const Diag *diag, const Later *later) {
    if (diag->rule->number == RULE_env_ref_shell_style) return false; /* the container has that variable */
    uint16_t rule = diag->rule->number;
    if (rule == RULE_unknown_field) return later->key && diag->span.at == later->node->span.at;
    bool follows = diag->rule->type == API_REQUIRED || rule == RULE_workload_selector_invalid || rule == RULE_selector_unusable;
    if (follows && path_is_below(later->path, diag->path)) return true;
    if (later->empty.len && diag->severity == SEVERITY_ERROR && str_eq(diag->path, later->empty)) return true;
    bool inside = diag->span.at >= later->node->span.at && diag->span.end <= later->node->span.end &&
                  later->node->span.end > later->node->span.at;
    return inside || str_has(diag->message, later->node->text) || str_eq(diag->path, later->path);
}

/* The kubelet refuses an image, and not the server. */
static bool is_image_to_come(const Diag *diag, Str text) {
    Str image = diag->span.end <= text.len ? (Str){text.at + diag->span.at, diag->span.end - diag->span.at} : S("");
    if (image.len > 1 && (*image.at == '"' || *image.at == '\'')) image = (Str){image.at + 1, image.len - 2};
    return diag->rule->number == RULE_image_reference_invalid && is_placeholder(&(Refusal){image, S("image"), diag});
}

static void forgive_images(Document *document, uint32_t before) {
    DiagList *diags = &document->diags;
    uint32_t kept = before;
    for (uint32_t i = before; i < diags->items.n; i++) {
        bool later = is_image_to_come(&diags->items.at[i], document->source->text);
        document->later += later;
        if (!later) diags->items.at[kept++] = diags->items.at[i];
    }
    diags->items.n = kept;
}

/* Takes back, too, what is only counted of the rules of which everything else was taken back. */
static void forgive_counts(DiagList *diags) {
    for (uint32_t i = 0; i < diags->counts.n; i++) {
        bool left = false;
        for (uint32_t j = 0; j < diags->items.n && !left; j++) left = diags->items.at[j].rule == diags->counts.at[i].rule;
        if (!left) diags->counts.at[i].n = 0;
    }
}

void placeholders_forgive(Document *document, uint32_t before) {
    DiagList *diags = &document->diags;
    forgive_images(document, before);
    if (!document->later || !diags->items.n) return;
    LaterList list = {.arena = diags->arena};
    gather(&list, document->root, NULL, NULL);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < diags->items.n; i++) {
        bool forgiven = false, open = i >= before || diags->items.at[i].rule->number == RULE_unknown_field;
        for (uint32_t j = 0; j < list.items.n && open && !forgiven; j++)
            forgiven = is_about(&diags->items.at[i], &list.items.at[j]);
        if (!forgiven) diags->items.at[kept++] = diags->items.at[i];
    }
    diags->items.n = kept;
    forgive_counts(diags);
}
