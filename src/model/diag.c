#include "diag.h"

#include <stdlib.h>

#include "base/visible.h"
#include "path.h"
#include "rules.h"

RuleWords rule_words(const Rule *rule) {
    if (rule->own) return rule->own->words;
    const RuleRow *row = &rule_rows[rule->number];
    return (RuleWords){.former = table_text(rule_texts, row->former),
                       .title = table_text(rule_texts, row->title),
                       .code = table_text(rule_texts, row->code),
                       .message = table_text(rule_texts, row->message),
                       .help = table_text(rule_texts, row->help),
                       .fix = table_text(rule_texts, row->fix),
                       .plugin = table_text(rule_texts, row->plugin),
                       .why = table_text(rule_texts, row->why),
                       .absent = table_text(rule_texts, row->absent),
                       .on = table_text(rule_texts, row->on),
                       .when = table_text(rule_texts, row->when),
                       .at = table_text(rule_texts, row->at),
                       .bad = table_text(rule_texts, row->bad),
                       .good = table_text(rule_texts, row->good)};
}

Str rule_on(const Rule *rule) {
    return rule->own ? rule->own->words.on : table_text(rule_texts, rule_rows[rule->number].on);
}

Str rule_argument(const Rule *rule, size_t number) {
    if (rule->own) return rule->own->arguments[number];
    return table_text(rule_texts, rule_arguments[rule_rows[rule->number].arguments + number]);
}

RuleParameter rule_parameter(const Rule *rule, uint8_t number) {
    if (rule->own) return rule->own->parameters[number];
    const ParameterRow *row = &rule_parameters[rule_rows[rule->number].parameters + number];
    return (RuleParameter){table_text(rule_texts, row->name), table_text(rule_texts, row->description),
                           table_text(rule_texts, row->value)};
}

bool rule_refuses(const Rule *rule) {
    return rule->source == FROM_YAML || rule->source == FROM_SCHEMA || rule->source == FROM_API;
}

bool diag_refuses(const Diag *diag) {
    return diag->severity == SEVERITY_ERROR && rule_refuses(diag->rule);
}

bool rule_is_of_server(const Rule *rule) {
    return rule_refuses(rule) || rule->source == FROM_WARNING;
}

/* Whether it is a rule's code, or the name that it had. */
static bool is_alias(const Rule *rule, Str word) {
    const RuleRow *row = rule->own ? NULL : &rule_rows[rule->number];
    Str former = row ? table_text(rule_texts, row->former) : rule->own->words.former;
    Str code = row ? table_text(rule_texts, row->code) : rule->own->words.code;
    return (former.len && str_eq(former, word)) || (code.len && str_eq_nocase(code, word));
}

bool rule_is_called(const Rule *rule, Str word) {
    return str_eq(rule->name, word) || is_alias(rule, word);
}

const Rule *rule_named(Str name) {
    for (uint16_t i = 0; i < rule_count; i++)
        if (str_eq(rules[i].name, name)) return &rules[i];
    for (uint16_t i = 0; i < rule_count; i++)
        if (is_alias(&rules[i], name)) return &rules[i];
    return NULL;
}

bool rule_in_profile(const Rule *rule, RuleProfile profile) {
    if (rule->source != FROM_LINT || profile == PROFILE_ALL) return true;
    return profile != PROFILE_NONE && rule->profiles >> profile & 1;
}

/* How many bytes of the text behind a number 1 are the end of a plural, which then goes: "1 pods". `kept` are those before it. */
static size_t plural_end(Str behind, size_t *kept) {
    static const Str counted[] = {STR("pods"),       STR("replicas"),  STR("containers"),   STR("nodes"),
                                  STR("items"),      STR("entries"),   STR("bytes"),        STR("characters"),
                                  STR("times"),      STR("addresses"), STR("levels"),       STR("completions"),
                                  STR("exit codes"), STR("findings"),  STR("name servers"), STR("search domains")};
    for (size_t i = 0; i < COUNT(counted); i++) {
        bool whole = str_starts(behind, S(" ")) && str_starts(str_slice(behind, 1), counted[i]) &&
                     (behind.len == counted[i].len + 1 || !is_alnum(behind.at[counted[i].len + 1]));
        if (!whole) continue;
        size_t end = str_eq(counted[i], S("addresses")) ? 2 : 1;
        *kept = 1 + counted[i].len - end;
        return end;
    }
    return 0;
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
        Str value = arguments[template.at[i + 1] - '0'];
        size_t kept, end = str_eq(value, S("1")) ? plural_end(str_slice(template, i + 3), &kept) : 0;
        buf_str(&buf, str_cut(arena, value, LONGEST_VALUE));
        i += 2;
        if (!end) continue;
        buf_str(&buf, (Str){template.at + i + 1, kept});
        if (str_starts(str_slice(template, i + 1), S(" entries"))) buf.at[buf.len - 2] = 'y', buf.len--;
        i += kept + end;
    }
    return visible(arena, str_trim(buf_text(&buf)));
}

/* Replaces the slots of a fix by the arguments, as JSON has them, so that no value can be read as anything else. */
static Str fill_fix(Arena *arena, Str template, const Str *arguments) {
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < template.len; i++) {
        bool slot = template.at[i] == '{' && i + 2 < template.len && template.at[i + 2] == '}' && is_digit(template.at[i + 1]);
        Str value = slot ? arguments[template.at[i + 1] - '0'] : S("");
        buf_char(&buf, slot ? '"' : template.at[i]);
        if (!slot) continue;
        for (size_t j = 0; j < value.len; j++) {
            bool plain = (unsigned char)value.at[j] >= ' ' && value.at[j] != '"' && value.at[j] != '\\';
            if (plain)
                buf_char(&buf, value.at[j]);
            else
                buf_format(&buf, "\\u%04x", (unsigned char)value.at[j]);
        }
        buf_char(&buf, '"');
        i += 2;
    }
    return buf_text(&buf);
}

static bool is_slot(Str text, const Str *arguments, bool (*good)(Str)) {
    return text.len == 3 && text.at[0] == '{' && text.at[2] == '}' && is_digit(text.at[1]) && good(arguments[text.at[1] - '0']);
}

static bool is_empty(Str value) {
    return !value.len;
}

static bool is_nothing(Str value) {
    return !value.len || str_eq(value, S("0"));
}

/* A message about a value that is not written speaks of the field instead: "weight must be from 1 to 100, but is missing" and not
 * "..., not 0"; "operator is missing; use In or NotIn" and not "\"\" is not a valid operator; ...". */
static Str missing_template(Arena *arena, const Rule *rule, Where where, const Str *arguments) {
    static const Str verdict = STR("\" is not "), tails[] = {STR(", not "), STR(", but is ")};
    Str text = rule_words(rule).message, leaf = path_leaf(where.path);
    if (str_starts(text, S("\"")) && text.len > 4 && str_starts(str_slice(text, 4), verdict) &&
        is_slot((Str){text.at + 1, 3}, arguments, is_empty) && leaf.len) {
        ptrdiff_t mend = str_find(text, ';');
        return str_format(arena, "%.*s is missing%.*s", TEXT(leaf), TEXT(mend < 0 ? S("") : str_slice(text, (size_t)mend)));
    }
    for (size_t i = 0; i < COUNT(tails) && text.len > 5; i++) {
        bool quoted = text.at[text.len - 1] == '"';
        Str head = {text.at, text.len - (quoted ? 5 : 3)}, slot = {head.at + head.len + quoted, 3};
        if (str_ends(head, tails[i]) && is_slot(slot, arguments, is_nothing))
            return str_format(arena, "%.*s, but is missing", (int)(head.len - tails[i].len), head.at);
    }
    return text;
}

static DiagCount *count_of(DiagList *list, const Rule *rule) {
    for (uint32_t i = 0; i < list->counts.n; i++)
        if (list->counts.at[i].rule == rule) return &list->counts.at[i];
    ARRAY_PUSH(list->arena, &list->counts, (DiagCount){rule, 0});
    return &list->counts.at[list->counts.n - 1];
}

/* How many diagnostics of the rule there are, counted or in the list; 0 as long as no rule can have DIAG_MOST. */
static uint32_t so_many(DiagList *list, const Rule *rule) {
    if (list->items.n < DIAG_MOST) return 0;
    for (uint32_t i = 0; !list->counts.n && i < list->items.n; i++) count_of(list, list->items.at[i].rule)->n++;
    return count_of(list, rule)->n;
}

bool diag_counted(DiagList *list, const Rule *rule) {
    uint32_t most = rule->source == FROM_LINT ? DIAG_MOST : DIAG_MOST_PLACES;
    if (so_many(list, rule) < most) return false;
    count_of(list, rule)->n++;
    list->counted++;
    return true;
}

Diag *diag_add(DiagList *list, const Rule *rule, Where where, const Str *arguments) {
    Diag diag = {.rule = rule, .severity = rule->severity, .span = where.span, .path = where.path, .missing = where.missing};
    if (diag_counted(list, rule)) {
        if (!list->spare) list->spare = NEW(list->arena, Diag);
        *list->spare = diag;
        return list->spare;
    }
    if (so_many(list, rule) < DIAG_MOST) {
        Str message = where.missing ? missing_template(list->arena, rule, where, arguments) : rule_words(rule).message;
        diag.message = fill(list->arena, message, arguments);
        if (rule_words(rule).fix.len) diag.fix = fill_fix(list->arena, rule_words(rule).fix, arguments);
        diag.help = rule_words(rule).help.len ? fill(list->arena, rule_words(rule).help, arguments) : S("");
    }
    if (list->counts.n) count_of(list, rule)->n++;
    ARRAY_PUSH(list->arena, &list->items, diag);
    return &list->items.at[list->items.n - 1];
}

void diag_note(DiagList *list, Diag *diag, Span span, Str text) {
    if (!diag->message.at) return;
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
    if (a->rule->source != b->rule->source) return a->rule->source < b->rule->source ? -1 : 1;
    if (a->rule != b->rule) return a->rule->number < b->rule->number ? -1 : 1;
    int order = str_cmp(a->path, b->path);
    return order ? order : str_cmp(a->message, b->message);
}

void diag_sort(DiagList *list) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->items.n; i++)
        if (list->items.at[i].message.at) list->items.at[kept++] = list->items.at[i];
    list->items.n = kept;
    if (kept < 2) return;
    qsort(list->items.at, list->items.n, sizeof *list->items.at, compare);
    kept = 1;
    for (uint32_t i = 1; i < list->items.n; i++)
        if (compare(&list->items.at[i], &list->items.at[kept - 1]) != 0) list->items.at[kept++] = list->items.at[i];
    list->items.n = kept;
}

/* Neighbours that a finding is compared with. */
enum { MOST_COMPARED = 32 };

/* Whether a finding stands at a scalar, and not at the key of something larger. */
static bool is_at_scalar(const Diag *diag, Str text) {
    size_t length = diag->span.end - diag->span.at;
    if (diag->missing || diag->span.end > text.len) return false;
    return !str_eq((Str){text.at + diag->span.at, length}, path_leaf(diag->path));
}

/* Whether a finding says no more than another one at the same place, which comes before it. */
static bool says_the_same(const Diag *first, const Diag *diag, Str text) {
    if (first->span.end != diag->span.end) return false;
    if (first->rule == diag->rule && first->severity == diag->severity && str_eq(first->message, diag->message)) return true;
    if (diag->missing || first->missing || !str_eq(first->path, diag->path) || !rule_refuses(first->rule)) return false;
    if (first->severity != SEVERITY_ERROR || rule_stands_alone(diag->rule)) return false;
    bool remark = diag->rule->source == FROM_WARNING || diag->rule->source == FROM_LINT;
    if (remark) return is_at_scalar(diag, text) && !(diag->rule->profiles >> PROFILE_SECURITY & 1);
    return first->rule->source == FROM_API && first->rule->type == diag->rule->type;
}

/* Whether a value must be there, or be one of a few, says all that another finding at the same path does. */
static bool says_more(const Diag *diag, const Diag *other) {
    bool here = diag->span.at == other->span.at && diag->span.end == other->span.end && str_eq(diag->path, other->path);
    if (!here || !diag->path.len || diag->rule->source != FROM_API) return false;
    if (other->rule->source != FROM_API)
        return diag->rule->type == API_REQUIRED && other->rule->source > FROM_API && !rule_stands_alone(other->rule);
    bool plain = diag->rule->number == RULE_required, values = other->rule->type == API_NOT_SUPPORTED;
    if (diag->rule->type == API_NOT_SUPPORTED) return other->rule->number == RULE_required;
    return diag->rule->type == API_REQUIRED && other->rule->type != API_REQUIRED && !(plain && values);
}

static bool is_outdone(const DiagList *list, uint32_t from, uint32_t to, const Diag *diag) {
    for (uint32_t i = from; i < to && i < list->items.n; i++)
        if (says_more(&list->items.at[i], diag)) return true;
    return false;
}

/* Whether a finding is of a value that nobody has written, and a later one says the same of the one that it is made from. */
static bool is_of_default(const DiagList *list, uint32_t number) {
    const Diag *diag = &list->items.at[number];
    bool written = !diag->missing || diag->rule->type == API_REQUIRED;
    for (uint32_t i = number + 1; !written && i < list->items.n && i <= number + MOST_COMPARED; i++) {
        const Diag *other = &list->items.at[i];
        if (other->rule == diag->rule && !other->missing && str_eq(other->message, diag->message)) return true;
    }
    return false;
}

void diag_settle(DiagList *list, Str text) {
    diag_sort(list);
    uint32_t kept = 0, first = 0; /* `first` of those that start where the one in hand does */
    for (uint32_t i = 0; i < list->items.n; i++) {
        const Diag *diag = &list->items.at[i];
        bool same = diag->follows || is_of_default(list, i);
        if (kept && list->items.at[kept - 1].span.at != diag->span.at) first = kept;
        if (kept > first + MOST_COMPARED) first = kept - MOST_COMPARED;
        same |= is_outdone(list, first, kept, diag) || is_outdone(list, i + 1, i + 1 + MOST_COMPARED, diag);
        for (uint32_t j = first; j < kept && !same; j++) same = says_the_same(&list->items.at[j], diag, text);
        if (!same) list->items.at[kept++] = *diag;
    }
    list->items.n = kept;
}
