#include "diag.h"

#include <stdlib.h>

#include "base/visible.h"

bool rule_refuses(const Rule *rule) {
    return rule->source == FROM_YAML || rule->source == FROM_SCHEMA || rule->source == FROM_API;
}

bool rule_is_of_server(const Rule *rule) {
    return rule_refuses(rule) || rule->source == FROM_WARNING;
}

const Rule *rule_named(Str name) {
    for (uint16_t i = 0; i < rule_count; i++)
        if (str_eq(rules[i].name, name) || (rules[i].code.len && str_eq_nocase(rules[i].code, name))) return &rules[i];
    return NULL;
}

bool rule_in_profile(const Rule *rule, RuleProfile profile) {
    if (rule->source != FROM_LINT || profile == PROFILE_ALL) return true;
    return profile != PROFILE_NONE && rule->profiles >> profile & 1;
}

/* Replaces {0} .. {9} by the arguments, and makes the whole visible. Values are cut where they would drown the message. */
static Str fill(Arena *arena, Str template, const Str *arguments) {
    enum { LONGEST_VALUE = 200 };
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < template.len; i++) {
        bool slot = template.at[i] == '{' && i + 2 < template.len && template.at[i + 2] == '}' && is_digit(template.at[i + 1]);
        if (!slot) {
            buf_char(&buf, template.at[i]);
            continue;
        }
        buf_str(&buf, str_cut(arena, arguments[template.at[i + 1] - '0'], LONGEST_VALUE));
        i += 2;
    }
    return visible(arena, str_trim(buf_text(&buf)));
}

Diag *diag_add(DiagList *list, const Rule *rule, Where where, const Str *arguments) {
    Diag diag = {.rule = rule,
                 .severity = rule->severity,
                 .span = where.span,
                 .path = where.path,
                 .missing = where.missing,
                 .message = fill(list->arena, rule->message, arguments),
                 .help = rule->help.len ? fill(list->arena, rule->help, arguments) : S("")};
    ARRAY_PUSH(list->arena, &list->items, diag);
    return &list->items.at[list->items.n - 1];
}

void diag_note(DiagList *list, Diag *diag, Span span, Str text) {
    Note *note = NEW(list->arena, Note);
    *note = (Note){NULL, span, text};
    Note **end = &diag->notes;
    while (*end) end = &(*end)->next;
    *end = note;
}

static int compare(const void *left, const void *right) {
    const Diag *a = left, *b = right;
    if (a->span.at != b->span.at) return a->span.at < b->span.at ? -1 : 1;
    if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
    if (a->rule != b->rule) return a->rule->number < b->rule->number ? -1 : 1;
    int order = str_cmp(a->path, b->path);
    return order ? order : str_cmp(a->message, b->message);
}

void diag_sort(DiagList *list) {
    if (list->items.n < 2) return;
    qsort(list->items.at, list->items.n, sizeof *list->items.at, compare);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < list->items.n; i++)
        if (compare(&list->items.at[i], &list->items.at[kept - 1]) != 0) list->items.at[kept++] = list->items.at[i];
    list->items.n = kept;
}
