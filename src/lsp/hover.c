/* What there is to say of the word under the cursor: a field, a value, a rule in a comment, a word of kubectl's STATUS column. */
#include "admission/admission.h"
#include "explain/custom.h"
#include "explain/find.h"
#include "explain/sign.h"
#include "input/classify.h"
#include "model/stored.h"
#include "features.h"
#include "spot.h"
#include "tree.h"

enum { MOST_LINES = 30 };

static ExplainSettings settings_for(const Server *s, uint8_t minor) {
    return (ExplainSettings){.format = EXPLAIN_MARKDOWN,
                             .minor = minor,
                             .width = 100,
                             .places = s->options->places,
                             .placeCount = s->options->placeCount};
}

/* The word at a byte of a text: letters, digits, dashes and dots. */
static Span word_at(Str text, size_t at) {
    size_t start = at, end = at;
    while (start && (is_alnum(text.at[start - 1]) || strchr("-_.", text.at[start - 1]))) start--;
    while (end < text.len && (is_alnum(text.at[end]) || (text.at[end] && strchr("-_.", text.at[end])))) end++;
    while (end > start && text.at[end - 1] == '.') end--;
    return (Span){(uint32_t)start, (uint32_t)end};
}

/* A rule or a sign of trouble. */
static bool put_word(Buf *out, Str word, const ExplainSettings *settings) {
    const Rule *rule = rule_named(word);
    if (rule) explain_rule(out, rule, settings);
    if (rule || word.len < 3) return rule != NULL;
    return sign_find(out->arena, word, SIGN_EXACT).n && explain(out, word, settings) != EXPLAINS_NOTHING;
}

/* The value of the entry or item that a trail leads to, in the object as the server stores it; NULL if it has none. */
static json_t *stored_at(json_t *object, const Trail *trail, size_t from) {
    json_t *at = object;
    for (size_t i = from; i < trail->n && at; i++) {
        const Entry *entry = trail->at[i].entry;
        char key[256];
        if (entry && entry->key.len >= sizeof key) return NULL;
        if (entry) memcpy(key, entry->key.at, entry->key.len);
        if (entry) key[entry->key.len] = '\0';
        at = entry ? json_object_get(at, key) : json_array_get(at, trail->at[i].number);
    }
    return at;
}

/* JSON as YAML, at most some lines of it. */
static void put_stored(Buf *out, const json_t *value) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) return;
    if (json_is_object(value) || json_is_array(value))
        stored_write_yaml(stream, value);
    else
        json_dumpf(value, stream, JSON_ENCODE_ANY);
    fclose(stream);
    Str rest = str_trim((Str){text, size});
    buf_str(out, S("\nAs the server stores it, with its defaults and what the workspace gives it:\n\n```yaml\n"));
    for (int lines = 0; rest.len; lines++) {
        ptrdiff_t newline = str_find(rest, '\n');
        size_t length = newline < 0 ? rest.len : (size_t)newline;
        if (lines == MOST_LINES) buf_str(out, S("# ...\n"));
        if (lines == MOST_LINES) break;
        buf_format(out, "%.*s\n", (int)length, rest.at);
        rest = str_slice(rest, length + 1);
    }
    buf_str(out, S("```\n"));
    free(text);
}

/* The value at the cursor with the server's defaults, where that is another one than what is written. */
static void put_defaulted(Buf *out, OpenDocument *document, size_t offset) {
    Arena *arena = out->arena;
    TreeDocuments trees;
    tree_read(&trees, arena, document);
    offset -= tree_mark(&trees) <= offset ? tree_mark(&trees) : 0;
    const NodeDocument *tree = tree_document(&trees, offset);
    if (!tree || !tree->readable) return;
    NodeDocument copy = *tree;
    Document *items;
    Classifier classifier = {.source = &trees.source, .minor = spot_minor(document)};
    uint32_t count = classify_build(&classifier, arena, &copy, &items);
    Trail trail = trail_at(copy.root, offset);
    size_t from = count && items[0].item >= 0 ? 2 : 0;
    uint32_t number = from && trail.n > 2 ? trail.at[1].number : 0;
    if (!count || number >= count || (from && trail.n <= 2) || !items[number].object || items[number].unreadable ||
        items[number].partial)
        return;
    if (document->folder->run.files)
        admission_admit(&document->folder->cluster, &items[number], &(Standing){.file = str_of(document->path)});
    json_t *object = stored_json(arena, &items[number]), *value = stored_at(object, &trail, from);
    const Entry *entry = trail.n ? trail.at[trail.n - 1].entry : NULL;
    if (value && entry && trail.n > from) {
        json_t *written = stored_node(arena, &entry->value);
        bool more = !json_equal(written, value) && !str_eq(entry->key, S("status"));
        if (more) put_stored(out, value);
        json_decref(written);
    }
    json_decref(object);
}

static bool put_field(Server *s, Buf *out, OpenDocument *document, const Cursor *cursor, Span *range) {
    Spot spot = spot_of(s, document, cursor);
    ExplainSettings settings = settings_for(s, spot.minor);
    settings.depth = 0;
    *range = cursor->word;
    if (spot.custom) {
        Str query = str_format(out->arena, "%.*s.%.*s", TEXT(cursor->kind), TEXT(spot.path));
        return explain_custom(out, spot_definitions(document, cursor->apiVersion, cursor->kind), query, &settings) !=
               EXPLAINS_NOTHING;
    }
    if (!spot.root) return false;
    if (cursor->part == CURSOR_VALUE && str_eq(spot.path, S("kind"))) {
        settings.depth = 1;
        return explain(out, spot.root->name, &settings) != EXPLAINS_NOTHING;
    }
    Buf path = {.arena = out->arena};
    buf_str(&path, spot.path);
    Parts parts = find_parts(buf_text(&path));
    Followed followed = find_follow(out->arena, spot.root, &parts, 0, spot.minor);
    if (!followed.found || !followed.target.field || followed.target.corrected) return false;
    Str query = str_format(out->arena, "%.*s.%.*s", TEXT(spot.root->name), TEXT(followed.target.path));
    return explain(out, query, &settings) != EXPLAINS_NOTHING;
}

json_t *hover(Server *s, const json_t *params, LspError *error) {
    OpenDocument *document = document_of(s, params, error);
    if (!document) return NULL;
    workspace_settle(s, document);
    size_t at = text_offset(&document->text, s->client.units, json_object_get(params, "position"));
    Str text = text_str(&document->text);
    Cursor cursor = cursor_at(&s->scratch, text, at);
    Span range = word_at(text, at);
    Str word = {text.at + range.at, range.end - range.at};
    Buf out = {.arena = &s->scratch};
    ExplainSettings settings = settings_for(s, spot_minor(document));
    bool found = false;
    if (configuration_is(document))
        found = configuration_explain(s, &out, &cursor, &range) || put_word(&out, word, &settings);
    else if (cursor.part == CURSOR_KEY || cursor.part == CURSOR_VALUE)
        found = put_field(s, &out, document, &cursor, &range);
    if (found && !configuration_is(document)) put_defaulted(&out, document, at);
    if (!found) {
        out.len = 0;
        range = word_at(text, at);
        found = put_word(&out, word, &settings);
    }
    if (!found || !out.len) return NULL;
    return json_pack("{s:{s:s,s:o},s:o}", "contents", "kind", s->client.markdown ? "markdown" : "plaintext", "value",
                     text_json(buf_text(&out)), "range", text_range(&document->text, s->client.units, range));
}
