#include "fix.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "input/classify.h"
#include "layout.h"
#include "rules.h"
#include "verify.h"
#include "way.h"

/* What a file may cost in one round: how often it is read and checked anew, as far as that is not more than so many bytes. */
enum { MOST_TRIES = 60, LEAST_TRIES = 3, MOST_TRIED = 1 << 20 };

/* How many fixes are looked for in a file: in one round, and to be offered. */
enum { MOST_PLANS = 2000, MOST_OFFERS = 200 };

/* Of a file in which more is found nothing is offered: it takes memory, and nobody reads so much. */
enum { MOST_OFFERED_FOR = 3000 };

/* A fix whose edits are known. */
typedef struct Plan {
    Finding *finding;
    bool unsafe;
    uint32_t document; /* in the file, as the server's reader counts */
    uint32_t owner;    /* ResultDocument */
    const Path *base;  /* of its object in the document's tree */
    Changes changes;
    Replacements edits;
    uint32_t at, end; /* from the first to the last edit */
} Plan;

typedef ARRAY(const Plan *) PlanList;

/* A file in one round. */
typedef struct Round {
    Arena *arena;
    const InputFile *input;
    const FileSettings *settings;
    const FileSettings *compared; /* how its text is checked again */
    const RunSettings *run;
    Source source;
    NodeDocuments documents;
    uint32_t most; /* plans that are made */
    ARRAY(Plan) plans;
    PlanList kept;
    Str text;   /* with the plans that are kept */
    Run before; /* a check of the file alone */
    uint32_t tries;
} Round;

/* Edits. */

static int by_place(const void *left, const void *right) {
    const Replacement *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    if (a->end != b->end) return a->end < b->end ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* Whether two plans would set the same value, or make the same map to put something into. */
static bool meet(const Round *r, const Plan *a, const Plan *b) {
    Node *root = r->documents.at[a->document].root;
    for (uint32_t i = 0; a->document == b->document && i < a->changes.n; i++)
        for (uint32_t j = 0; j < b->changes.n; j++)
            if (change_goal(root, &a->changes.at[i]) &&
                path_same(change_goal(root, &a->changes.at[i]), change_goal(root, &b->changes.at[j])))
                return true;
    return false;
}

/* Whether two plans are in each other's way. What both only insert at one place stands there side by side. */
static bool overlap(const Round *r, const Plan *a, const Plan *b) {
    for (uint32_t i = 0; i < a->edits.n; i++)
        for (uint32_t j = 0; j < b->edits.n; j++) {
            const Replacement *x = &a->edits.at[i], *y = &b->edits.at[j];
            bool inserted = x->at == x->end && y->at == y->end;
            if ((x->at == y->at && (!inserted || meet(r, a, b))) || (x->at < y->end && y->at < x->end)) return true;
        }
    return false;
}

/* Whether the bytes up to `end` are the last in their brackets. */
static bool is_last_in_flow(Str text, size_t end) {
    while (end < text.len && is_space(text.at[end])) end++;
    return end < text.len && (text.at[end] == '}' || text.at[end] == ']');
}

static Str edited(Arena *arena, Str text, const PlanList *plans) {
    Replacements all = {0};
    for (uint32_t i = 0; i < plans->n; i++)
        for (uint32_t j = 0; j < plans->at[i]->edits.n; j++) ARRAY_PUSH(arena, &all, plans->at[i]->edits.at[j]);
    if (all.n) qsort(all.at, all.n, sizeof *all.at, by_place);
    Buf out = {.arena = arena};
    size_t at = 0;
    for (uint32_t i = 0; i < all.n; i++) {
        if (all.at[i].at < at) return text;
        buf_str(&out, (Str){text.at + at, all.at[i].at - at});
        /* What was put before the only entry, which goes, needs no comma. */
        bool alone = i && at == all.at[i].at && !all.at[i].put.len && is_last_in_flow(text, all.at[i].end);
        if (alone && str_ends(buf_text(&out), S(", "))) out.len -= 2;
        buf_str(&out, all.at[i].put);
        at = all.at[i].end;
    }
    buf_str(&out, str_slice(text, at));
    return buf_text(&out);
}

/* The check. */

/* How a text is checked again: for all errors, whatever is selected, and for what was to be mended. */
static const FileSettings *to_compare(const Round *r) {
    FileSettings *out = NEW(r->arena, FileSettings);
    *out = *r->settings;
    out->on = NEW_ARRAY(r->arena, uint8_t, rule_set_count(&out->rules));
    for (uint32_t i = 0; i < rule_set_count(&out->rules); i++) {
        const Rule *rule = rule_set_at(&out->rules, i);
        if (rule->severity == SEVERITY_ERROR && rule_refuses(rule)) out->on[rule->number] = RULE_USE_ALL;
    }
    for (uint32_t i = 0; i < r->plans.n; i++) {
        uint16_t number = r->plans.at[i].finding->rule->number;
        if (!out->on[number]) out->on[number] = r->settings->on[number];
    }
    return out;
}

static void check_alone(const Round *r, Arena *arena, Run *out, Str text) {
    InputFile row = *r->input;
    row.text = text;
    row.read = NULL;
    InputList list = {.arena = arena};
    ARRAY_PUSH(arena, &list.files, row);
    RunSettings how = {.threads = 1, .files = &r->compared, .crds = r->run->crds, .pods = r->run->pods};
    run_check(out, &list, &how, arena);
}

static uint32_t count_in(const ResultDocument *document, const Rule *rule) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < document->findingCount; i++) n += document->findings[i].rule == rule;
    for (uint32_t i = 0; i < document->more.n; i++)
        if (document->more.at[i].rule == rule) n += document->more.at[i].n;
    return n;
}

static bool finding_like(const ResultDocument *document, const Finding *finding) {
    for (uint32_t i = 0; i < document->findingCount; i++)
        if (document->findings[i].rule == finding->rule && str_eq(document->findings[i].message, finding->message)) return true;
    return false;
}

static uint32_t errors_of(const ResultDocument *document) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < document->findingCount; i++) n += document->findings[i].severity == SEVERITY_ERROR;
    return n;
}

/* Whether a finding is about what plans have given a new name or place: what was hidden by one mistake may be another one. */
static bool is_of_plans(Arena *arena, const PlanList *plans, uint32_t owner, const Finding *finding) {
    for (uint32_t i = 0; i < plans->n; i++)
        for (uint32_t j = 0; plans->at[i]->owner == owner && j < plans->at[i]->changes.n; j++)
            if (plans->at[i]->changes.at[j].kind >= CHANGE_RENAME &&
                path_is_below(finding->path, change_place(arena, &plans->at[i]->changes.at[j], plans->at[i]->base)))
                return true;
    return false;
}

/* Whether a finding is about something that its author has written, and that no plan has touched: it was there before, hidden. */
static bool was_hidden(const Round *r, Arena *arena, const PlanList *plans, uint32_t owner, const Finding *finding) {
    const Plan *plan = NULL;
    for (uint32_t i = 0; i < plans->n; i++) {
        if (plans->at[i]->owner != owner || plans->at[i]->unsafe) continue;
        plan = plans->at[i];
        for (uint32_t j = 0; j < plan->changes.n; j++)
            if (path_is_below(finding->path, change_place(arena, &plan->changes.at[j], plan->base))) return false;
    }
    if (!plan || !finding->path.len) return false;
    Node *root = r->documents.at[plan->document].root;
    return change_find(root, path_parse(arena, root, plan->base, finding->path)).node != NULL;
}

/* Whether all errors of an object are in its text, so that no other one could be found. */
static bool is_unread(const ResultDocument *document) {
    uint32_t errors = 0;
    for (uint32_t i = 0; i < document->findingCount; i++) {
        if (document->findings[i].severity < SEVERITY_ERROR) continue;
        if (document->findings[i].rule->source != FROM_YAML) return false;
        errors++;
    }
    return errors > 0;
}

/* Whether a document has no error that it did not have before. One that is refused may come to others: on its way to fewer, of
 * what it had all along, and of what could not be read. */
static bool no_new_error(const Round *r, Arena *arena, const PlanList *plans, uint32_t owner, const ResultDocument *after) {
    const ResultDocument *before = &r->before.files[0].documents[owner];
    if (before->accepted && !after->accepted) return false;
    bool fewer = errors_of(after) < errors_of(before) || is_unread(before);
    for (uint32_t i = 0; i < after->findingCount; i++) {
        const Finding *finding = &after->findings[i];
        if (finding->severity < SEVERITY_ERROR || finding_like(before, finding)) continue;
        if (count_in(after, finding->rule) <= count_in(before, finding->rule)) continue;
        if (before->accepted) return false;
        if (!fewer && !is_of_plans(arena, plans, owner, finding) && !was_hidden(r, arena, plans, owner, finding)) return false;
    }
    return true;
}

/* Whether a check of the text finds what was to be mended no more, and no error instead. */
static bool is_better(const Round *r, Arena *arena, const PlanList *plans, Str text) {
    Run after;
    check_alone(r, arena, &after, text);
    const ResultFile *was = &r->before.files[0], *is = &after.files[0];
    if (is->error.at || is->documentCount != was->documentCount) return false;
    for (uint32_t i = 0; i < is->documentCount; i++)
        if (!no_new_error(r, arena, plans, i, &is->documents[i])) return false;
    for (uint32_t i = 0; i < plans->n; i++) {
        const Plan *plan = plans->at[i];
        uint32_t fixed = 0, had = count_in(&was->documents[plan->owner], plan->finding->rule);
        for (uint32_t j = 0; j < plans->n; j++)
            fixed += plans->at[j]->owner == plan->owner && plans->at[j]->finding->rule == plan->finding->rule;
        if (had >= fixed && count_in(&is->documents[plan->owner], plan->finding->rule) > had - fixed) return false;
    }
    return true;
}

/* Verification. */

static int from_last(const void *left, const void *right) {
    const Plan *const *a = left, *const *b = right;
    return ((*a)->at < (*b)->at) - ((*a)->at > (*b)->at);
}

/* The trees of the documents with the changes of plans. False if the changes are in each other's way. */
static bool make_trees(const Round *r, Arena *arena, PlanList plans, Node **wanted) {
    for (uint32_t i = 0; i < r->documents.n; i++) wanted[i] = r->documents.at[i].root;
    if (plans.n) qsort(plans.at, plans.n, sizeof *plans.at, from_last);
    for (uint32_t i = 0; i < plans.n; i++) {
        const Plan *plan = plans.at[i];
        Node **tree = &wanted[plan->document];
        if (*tree == r->documents.at[plan->document].root) /* also where the text alone changes */
            *tree = change_copy(arena, *tree);
        for (uint32_t j = 0; j < plan->changes.n; j++)
            if (plan->changes.at[j].kind != CHANGE_REMOVE && !change_apply(arena, *tree, &plan->changes.at[j])) return false;
        for (uint32_t j = plan->changes.n; j > 0; j--)
            if (plan->changes.at[j - 1].kind == CHANGE_REMOVE && !change_apply(arena, *tree, &plan->changes.at[j - 1]))
                return false;
    }
    return true;
}

/* Judges plans in memory of its own; `r->text` is what they make. */
static bool try_plans(Round *r, Arena *trial, const PlanList *plans) {
    PlanList copy = {0};
    for (uint32_t i = 0; i < plans->n; i++) ARRAY_PUSH(trial, &copy, plans->at[i]);
    Node **wanted = NEW_ARRAY(trial, Node *, r->documents.n + 1);
    Str text = edited(trial, r->source.text, plans);
    if (str_eq(text, r->source.text) || !make_trees(r, trial, copy, wanted)) return false;
    if (!verify_text(trial, &r->source, &r->documents, text, wanted) || !is_better(r, trial, plans, text)) return false;
    r->text = arena_str(r->arena, text);
    return true;
}

static bool are_good(Round *r, const PlanList *plans) {
    Arena trial = {0};
    bool good = try_plans(r, &trial, plans);
    arena_free(&trial);
    return good;
}

static bool may_try(Round *r) {
    r->tries++;
    return r->tries <= LEAST_TRIES || (r->tries <= MOST_TRIES && r->tries * r->source.text.len <= MOST_TRIED);
}

/* Keeps what is good of the plans from..to beside those that are kept: all at once, or else by halves. */
static void keep_good(Round *r, uint32_t from, uint32_t to) {
    if (from == to || !may_try(r)) return;
    PlanList plans = {0};
    for (uint32_t i = 0; i < r->kept.n; i++) ARRAY_PUSH(r->arena, &plans, r->kept.at[i]);
    for (uint32_t i = from; i < to; i++) {
        bool free = true;
        for (uint32_t j = 0; j < plans.n && free; j++) free = !overlap(r, &r->plans.at[i], plans.at[j]);
        if (free) ARRAY_PUSH(r->arena, &plans, &r->plans.at[i]);
    }
    if (plans.n == r->kept.n) return;
    if (are_good(r, &plans)) {
        r->kept = plans;
        return;
    }
    if (to - from == 1) return;
    uint32_t middle = from + (to - from) / 2;
    keep_good(r, from, middle);
    keep_good(r, middle, to);
}

/* Plans. */

static bool is_mendable(const Document *document) {
    return document->class == CLASS_MANIFEST || document->class == CLASS_PARTIAL || document->class == CLASS_CUSTOM ||
           document->class == CLASS_OTHER_KIND || document->class == CLASS_UNREADABLE;
}

/* Adds the plans for what was found in an object. Returns how many fixes are left out for not being safe. */
static uint32_t plan_object(Round *r, ResultDocument *found, uint32_t owner, uint32_t number, const Document *document,
                            bool unsafe) {
    uint32_t left = 0;
    const Path *base = NULL;
    Node *root = r->documents.at[number].root;
    if (document->item >= 0) {
        Path *items = NEW(r->arena, Path), *item = NEW(r->arena, Path);
        *items = path_field(NULL, S("items"));
        *item = path_index(items, (uint32_t)document->item);
        base = item;
        if (change_find(root, base).node != document->root) return 0; /* it is no part of the text as it stands */
    }
    const Editor opened = edit_open(r->arena, &r->source, root, document, base);
    for (uint32_t i = 0; i < found->findingCount && r->plans.n < r->most; i++) {
        Editor editor = opened;
        Fix fix;
        if (!way_may_find(&found->findings[i]) || !way_find(&editor, &r->documents.at[number], &found->findings[i], &fix))
            continue;
        if (fix.unsafe && !unsafe) {
            left++;
            continue;
        }
        bool good = true;
        for (uint32_t j = 0; j < fix.changes.n && good; j++) good = edit_change(&editor, &fix.changes.at[j]);
        for (uint32_t j = 0; j < fix.edits.n; j++) ARRAY_PUSH(r->arena, &editor.edits, fix.edits.at[j]);
        if (!good || !editor.edits.n) continue;
        Plan plan = {.finding = &found->findings[i],
                     .unsafe = fix.unsafe,
                     .document = number,
                     .owner = owner,
                     .base = base,
                     .changes = fix.changes,
                     .edits = editor.edits,
                     .at = UINT32_MAX};
        for (uint32_t j = 0; j < editor.edits.n; j++) {
            if (editor.edits.at[j].at < plan.at) plan.at = editor.edits.at[j].at;
            if (editor.edits.at[j].end > plan.end) plan.end = editor.edits.at[j].end;
        }
        ARRAY_PUSH(r->arena, &r->plans, plan);
    }
    return left;
}

static uint32_t plan_file(Round *r, const ResultFile *found, bool unsafe) {
    uint32_t owner = 0, left = 0;
    r->documents = verify_read(r->arena, &r->source);
    Classifier classifier = {.source = &r->source,
                             .minor = r->settings->minors[r->settings->minorCount - 1],
                             .use = r->input->use,
                             .withPatches = true,
                             .asWritten = r->settings->asWritten,
                             .as = (TakenAs)r->settings->as};
    for (uint32_t i = 0; i < r->documents.n; i++) {
        Document *items;
        uint32_t count = classify_build(&classifier, r->arena, &r->documents.at[i], &items);
        for (uint32_t j = 0; j < count; j++, owner++)
            if (owner < found->documentCount && !items[j].inside && is_mendable(&items[j]))
                left += plan_object(r, &found->documents[owner], owner, i, &items[j], unsafe);
    }
    return left;
}

/* Whether there is anything to look for in a file. */
static bool is_worth_it(const ResultFile *file) {
    if (!file->settings || file->error.at || file->rendered.at) return false;
    for (uint32_t i = 0; i < file->documentCount; i++)
        for (uint32_t j = 0; j < file->documents[i].findingCount; j++)
            if (way_may_find(&file->documents[i].findings[j])) return true;
    return false;
}

static FixedFile *fixed_file(FixResult *out, Arena *arena, const Source *source) {
    for (uint32_t i = 0; i < out->files.n; i++)
        if (str_eq(out->files.at[i].name, source->name)) return &out->files.at[i];
    FixedFile file = {.name = arena_str(arena, source->name), .before = arena_str(arena, source->text), .mark = source->mark};
    ARRAY_PUSH(arena, &out->files, file);
    return &out->files.at[out->files.n - 1];
}

void fix_keep(FixResult *out, Arena *arena, InputFile *input, const Source *source, Str text, uint32_t fixes) {
    FixedFile *file = fixed_file(out, arena, source);
    file->after = arena_str(arena, text);
    file->fixes += fixes;
    out->fixes += fixes;
    input->text = file->after;
    input->read = NULL;
}

/* Reads a file as it stands now, and makes the plans for what was found in it. False if it is none that can be mended. */
static bool open_round(Round *r, const ResultFile *found, bool unsafe, uint32_t *left) {
    const InputFile *input = r->input;
    Str known = input->text.at ? input->text : found->text; /* of what cannot be read again */
    SourceError error =
        known.at ? source_from_bytes(&r->source, r->arena, input->path, known) : source_read(&r->source, r->arena, input->path);
    if (error || input->rendered.at || input->above) return false;
    *left += plan_file(r, found, unsafe);
    r->compared = to_compare(r);
    if (r->plans.n) check_alone(r, r->arena, &r->before, r->source.text);
    return r->plans.n && r->before.files[0].documentCount == found->documentCount;
}

static FixedFinding fixed_finding(const Round *r, Arena *arena, const Plan *plan) {
    Buf places = {.arena = arena};
    for (uint32_t i = 0; i < plan->changes.n; i++) {
        if (i) buf_char(&places, ' ');
        buf_str(&places, change_places(arena, r->documents.at[plan->document].root, &plan->changes.at[i]));
    }
    return (FixedFinding){plan->finding->rule, buf_text(&places), !plan->unsafe};
}

/* One round of a file; true if something was mended. */
static bool mend_file(FixResult *out, Arena *arena, InputFile *input, const ResultFile *found, const FileSettings *settings,
                      const RunSettings *run, bool unsafe) {
    Arena scratch = {0};
    Round r = {.arena = &scratch, .input = input, .settings = settings, .run = run, .most = MOST_PLANS};
    if (open_round(&r, found, unsafe, &out->unsafe)) keep_good(&r, 0, r.plans.n);
    FixedFile *file = r.kept.n ? fixed_file(out, arena, &r.source) : NULL;
    bool mended = file && !str_eq(r.text, file->before); /* else one fix undoes another, and neither is right */
    if (mended) fix_keep(out, arena, input, &r.source, r.text, r.kept.n);
    for (uint32_t i = 0; mended && i < r.kept.n; i++) ARRAY_PUSH(arena, &file->findings, fixed_finding(&r, arena, r.kept.at[i]));
    arena_free(&scratch);
    return mended;
}

/* Offers. */

static uint32_t byte_column(Str text, uint32_t at) {
    return column_of(text, at) + 1;
}

static void offer(Round *r, Arena *arena, Plan *plan) {
    FindingFix *fix = NEW(arena, FindingFix);
    *fix = (FindingFix){.safe = !plan->unsafe, .edits = NEW_ARRAY(arena, FindingEdit, plan->edits.n), .editCount = plan->edits.n};
    qsort(plan->edits.at, plan->edits.n, sizeof *plan->edits.at, by_place);
    for (uint32_t i = 0; i < plan->edits.n; i++) {
        Replacement edit = plan->edits.at[i];
        fix->edits[i] = (FindingEdit){source_place(&r->source, r->arena, edit.at), source_place(&r->source, r->arena, edit.end),
                                      byte_column(r->source.text, edit.at), byte_column(r->source.text, edit.end),
                                      arena_str(arena, edit.put)};
    }
    plan->finding->mend = fix;
}

static void offer_for_file(Arena *arena, const InputFile *input, const ResultFile *found, const FileSettings *settings,
                           const RunSettings *run) {
    Arena scratch = {0};
    Round r = {.arena = &scratch, .input = input, .settings = settings, .run = run, .most = MOST_OFFERS};
    uint32_t left = 0;
    if (open_round(&r, found, true, &left)) {
        keep_good(&r, 0, r.plans.n);
        for (uint32_t i = 0; i < r.kept.n; i++) offer(&r, arena, (Plan *)(uintptr_t)r.kept.at[i]);
        /* What another fix is in the way of may be right by itself. */
        for (uint32_t i = 0; i < r.plans.n; i++) {
            PlanList alone = {0};
            ARRAY_PUSH(&scratch, &alone, &r.plans.at[i]);
            if (!r.plans.at[i].finding->mend && may_try(&r) && are_good(&r, &alone)) offer(&r, arena, &r.plans.at[i]);
        }
    }
    arena_free(&scratch);
}

static uint32_t findings_of(const ResultFile *file) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < file->documentCount; i++) n += file->documents[i].findingCount;
    return n;
}

/* A thread that looks for offers, a file after the other. */
typedef struct Offerer {
    Run *run;
    Arena *arena;
    const InputList *list;
    const RunSettings *settings;
    atomic_uint *next;
} Offerer;

static void *look_for_offers(void *argument) {
    const Offerer *o = argument;
    for (uint32_t i; (i = atomic_fetch_add(o->next, 1)) < o->list->files.n;) {
        const ResultFile *file = &o->run->files[i];
        if (is_worth_it(file) && findings_of(file) <= MOST_OFFERED_FOR)
            offer_for_file(o->arena, &o->list->files.at[i], file, o->settings->files[i], o->settings);
    }
    return NULL;
}

void fix_offer(Run *run, Arena *arenas, const InputList *list, const RunSettings *settings) {
    enum { STACK = 8 << 20 };
    RunSettings how = *settings;
    how.cluster = NULL;
    atomic_uint next = 0;
    unsigned threads = settings->threads;
    Offerer *offerers = NEW_ARRAY(&arenas[0], Offerer, threads);
    for (unsigned i = 0; i < threads; i++) offerers[i] = (Offerer){run, &arenas[i], list, &how, &next};
    parallel(look_for_offers, offerers, threads, sizeof *offerers, STACK);
    run->fixable = run->fixableUnsafe = 0;
    for (RunWalk walk = {.run = run}; run_next(&walk);)
        if (walk.finding->mend) *(walk.finding->mend->safe ? &run->fixable : &run->fixableUnsafe) += 1;
}

void fix_files(FixResult *out, Arena *arena, InputList *list, const RunSettings *settings, bool unsafe) {
    enum { MOST_ROUNDS = 10 };
    RunSettings how = *settings;
    how.cluster = NULL;
    how.policies = NULL;
    *out = (FixResult){0};
    bool changed = true;
    for (int round = 0; round < MOST_ROUNDS && changed; round++) {
        Arena *arenas = NEW_ARRAY(arena, Arena, how.threads);
        Run run;
        run_check(&run, list, &how, arenas);
        changed = false;
        out->unsafe = 0;
        for (uint32_t i = 0; i < list->files.n; i++)
            if (is_worth_it(&run.files[i]))
                changed |= mend_file(out, arena, &list->files.at[i], &run.files[i], how.files[i], &how, unsafe);
        for (unsigned i = 0; i < how.threads; i++) arena_free(&arenas[i]);
    }
}
