/* A check run. In go a list of files and how each is judged; out comes a Run that needs neither text nor trees any more, so that
 * memory holds one file a thread and what was found. Threads take the next file from a counter, keep what they find in an arena
 * of their own, and write only to the place of that file in the result: the order of the files, and with it all output, is that
 * of the list whatever the threads do. The hard part is what holds for several files: facts of the objects are kept while files
 * go by, compared at the end on one thread, and only a file in which that finds something is read once more, for the places; a
 * hash tells whether it is still the same text. With several versions of Kubernetes a file is decoded once for each, and equal
 * findings become one with a bit a version. */
#include "run.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "input/classify.h"
#include "inside.h"
#include "input/placeholder.h"
#include "lint/objects.h"
#include "rules.h"
#include "suppress.h"
#include "worlds.h"
#include "yaml/text_span.h"
#include "validate/validate.h"

/* The stack of a thread, in bytes, whatever the system's default is: NODE_MAX_DEPTH levels of a document take about 256 a level
 * in each of the functions that call themselves, so that this is ten times what is needed. */
enum { THREAD_STACK = 10 * 256 * NODE_MAX_DEPTH };

_Static_assert(THREAD_STACK >= 2 << 20, "a thread's stack holds the deepest document");

/* A custom resource whose definition may stand in a file that is read later. */
typedef struct Waiting {
    uint32_t file, document; /* numbers in the result */
    Str apiVersion, kind;
} Waiting;

/* An object that decides over others, or that others may decide over: it is read again when all of them are known. */
typedef struct Candidate {
    uint32_t file, document;
    uint8_t role; /* AdmissionRole */
    bool wanted;  /* it is to be read again */
    AdmissionNeed need;
} Candidate;

/* One thread's memory: `kept` outlives the run, `text` holds one file and its lines, `scratch` one document. */
typedef struct Worker {
    const RunSettings *settings;
    const InputList *list;
    Run *run;
    atomic_uint *next;
    Arena *kept;
    Arena text, scratch;
    ARRAY(Fact *) facts; /* of the objects that this thread has read */
    ARRAY(Waiting) waiting;
    ARRAY(uint32_t) definitions; /* files with definitions of custom resources */
    ARRAY(Candidate) candidates;
    bool counts; /* quotas count also what nothing is said of */
} Worker;

/* What one file has brought, in memory of its own. */
typedef struct Remembered {
    bool known;
    bool defines; /* custom resources */
    bool fresh;   /* it was read in the last run */
    Arena arena;
    ResultFile file;
    ARRAY(Fact *) facts;
    ARRAY(Waiting) waiting;
    ARRAY(Candidate) candidates;
    bool custom; /* its custom resources are judged by the memory's `crds`; then this holds in the place of `file` too: */
    Arena judgedArena;
    ResultFile judged;
    ARRAY(Fact *) inside; /* of pods in them */
} Remembered;

struct RunMemory {
    Remembered *files;
    uint32_t count;
    Crds *crds; /* the definitions that stand in the files; NULL: they are to be read */
};

/* A hash of the words of a text, so that another indent changes nothing. */
static uint64_t hash_words(Str text) {
    uint64_t hash = HASH_START;
    for (text = str_trim(text); text.len; text = str_trim(text)) {
        size_t length = 0;
        while (length < text.len && !memchr(" \t\r\n", text.at[length], 4)) length++;
        hash = str_hash_on(hash, (Str){text.at, length ? length : 1});
        text = str_slice(text, length ? length : 1);
    }
    return hash;
}

/* A hash of a text to know it again by, a word at a time. */
static uint64_t hash_text(Str text) {
    uint64_t hash = HASH_START, word;
    size_t i = 0;
    for (; i + sizeof word <= text.len; i += sizeof word) {
        memcpy(&word, text.at + i, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return str_hash_on(hash, str_slice(text, i));
}

/* What is kept of a text, in bytes: more than the API takes for a name, than a path of such names has, and than a message says.
 * What is longer would stand in a report with every finding. */
enum { LONGEST_NAME = 300, LONGEST_PATH = 1000, LONGEST_TEXT = 4000 };

static Str keep(Arena *kept, Str text, size_t most) {
    return text.len > most ? str_cut(kept, text, most) : arena_str(kept, text);
}

/* What tells a finding from others; its texts last as long as those of the diagnostic. */
static Finding outline(Worker *w, Source *source, const Diag *diag) {
    return (Finding){.rule = diag->rule,
                     .start = source_place(source, &w->text, diag->span.at),
                     .path = str_cut(&w->scratch, diag->path, LONGEST_PATH),
                     .message = str_cut(&w->scratch, diag->message, LONGEST_TEXT)};
}

/* Completes an outline. `document` is NULL where its tree is gone. */
static Finding finish(Worker *w, const FileSettings *settings, Source *source, const Document *document, const Diag *diag,
                      Finding finding) {
    Arena *kept = w->kept;
    uint8_t severity = settings->severity ? settings->severity[diag->rule->number] : diag->rule->severity;
    finding.severity = severity == diag->rule->severity ? diag->severity : severity;
    finding.end = diag->span.end > diag->span.at ? source_place(source, &w->text, diag->span.end) : finding.start;
    finding.namedPath =
        keep(kept, path_by_names(&w->scratch, document ? document->root : NULL, document ? document->type : NULL, finding.path),
             LONGEST_PATH);
    finding.path = arena_str(kept, finding.path);
    if (diag->span.end <= source->text.len && diag->span.at < diag->span.end)
        finding.flagged = hash_words((Str){source->text.at + diag->span.at, diag->span.end - diag->span.at});
    finding.message = arena_str(kept, finding.message);
    finding.help = keep(kept, diag->help, LONGEST_TEXT);
    if (diag->fix.len && diag->fix.len <= LONGEST_TEXT) finding.fix = arena_str(kept, diag->fix);
    finding.excerpt = source_excerpt(source, &w->text, diag->span);
    finding.excerpt.text = arena_str(kept, finding.excerpt.text);
    for (const Note *note = diag->notes; note; note = note->next) finding.noteCount++;
    finding.notes = NEW_ARRAY(kept, FindingNote, finding.noteCount);
    uint32_t i = 0;
    for (const Note *note = diag->notes; note; note = note->next, i++) {
        Place place = source_place(source, &w->text, note->span.at);
        Str line = source_excerpt(source, &w->text, note->span).text;
        finding.notes[i] = (FindingNote){place, keep(kept, note->text, LONGEST_TEXT), arena_str(kept, line)};
    }
    return finding;
}

static int by_place(const void *left, const void *right) {
    const Finding *a = left, *b = right;
    if (a->start.line != b->start.line) return a->start.line < b->start.line ? -1 : 1;
    if (a->start.column != b->start.column) return a->start.column < b->start.column ? -1 : 1;
    if (a->rule != b->rule) return a->rule->number < b->rule->number ? -1 : 1;
    int order = str_cmp(a->path, b->path);
    return order ? order : str_cmp(a->message, b->message);
}

/* A file of the run as it was found; NULL for a run of one text. */
static const InputFile *input_of(const Worker *w, const ResultFile *file) {
    size_t number = (size_t)(file - w->run->files);
    return w->list && number < w->list->files.n ? &w->list->files.at[number] : NULL;
}

/* Whether nothing is said of a file. */
static bool is_around(const Worker *w, const ResultFile *file) {
    const InputFile *input = input_of(w, file);
    return input && input->around;
}

static bool is_wanted(const FileSettings *settings, const Document *document, const Rule *rule) {
    RuleUse use = settings->on[rule->number];
    return use && (use != RULE_USE_SPARING || !model_is_node_agent(document));
}

/* Keeps how many diagnostics of each rule have no texts; of several versions, where they are the most. */
static void keep_counts(Worker *w, const FileSettings *settings, const Document *document, ResultDocument *out) {
    for (uint32_t i = 0; i < document->diags.counts.n; i++) {
        DiagCount count = document->diags.counts.at[i];
        if (count.n <= DIAG_MOST) continue;
        if (count.rule->severity == SEVERITY_ERROR && rule_refuses(count.rule)) out->accepted = false;
        if (!is_wanted(settings, document, count.rule)) continue;
        uint32_t more = count.n - DIAG_MOST, j = 0;
        while (j < out->more.n && out->more.at[j].rule != count.rule) j++;
        uint8_t severity = settings->severity ? settings->severity[count.rule->number] : count.rule->severity;
        if (j == out->more.n) ARRAY_PUSH(w->kept, &out->more, (FindingCount){count.rule, severity, 0});
        if (more > out->more.at[j].n) out->more.at[j].n = more;
    }
}

/* Adds a document's diagnostics for version number `version` to what is known of it. */
static void keep_findings(Worker *w, const ResultFile *file, Source *source, Document *document, ResultDocument *out,
                          unsigned version) {
    const FileSettings *settings = file->settings;
    bool around = is_around(w, file);
    diag_sort(&document->diags);
    uint32_t known = out->findingCount;
    Finding *findings = NEW_ARRAY(w->kept, Finding, known + document->diags.items.n);
    if (known) {
        memcpy(findings, out->findings, known * sizeof *findings);
        qsort(findings, known, sizeof *findings, by_place);
    }
    for (uint32_t i = 0; i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        if (diag_refuses(diag)) out->accepted = false;
        if (around || !is_wanted(settings, document, diag->rule)) continue;
        Finding finding = outline(w, source, diag);
        Finding *same = known ? bsearch(&finding, findings, known, sizeof finding, by_place) : NULL;
        if (!same) {
            same = &findings[out->findingCount++];
            *same = finish(w, settings, source, document, diag, finding);
        }
        same->versions |= (uint16_t)(1u << version);
    }
    out->findings = findings;
    keep_counts(w, settings, document, out);
}

static ResultDocument keep_document(Worker *w, Source *source, const Document *document) {
    Span span = document->inside ? node_text_span(source, document->inside, document->span) : document->span;
    return (ResultDocument){.index = document->index,
                            .item = document->item,
                            .line = source_place(source, &w->text, span.at).line,
                            .apiVersion = keep(w->kept, document->apiVersion, LONGEST_NAME),
                            .kind = keep(w->kept, document->kind, LONGEST_NAME),
                            .name = keep(w->kept, document->name, LONGEST_NAME),
                            .namespace_ = keep(w->kept, document->namespace_, LONGEST_NAME),
                            .partial = document->partial,
                            .class = document->class,
                            .why = keep(w->kept, document->why, LONGEST_PATH),
                            .later = document->later,
                            .uncertain = world_is_uncertain(document),
                            .accepted = !document->refused,
                            .skipped = document->class == CLASS_KUSTOMIZATION || document->class == CLASS_JSON_PATCH ||
                                       (!document->object && !document->unreadable && !document->definition),
                            .judged = (document->object || document->definition) && !document->unreadable};
}

typedef ARRAY(ResultDocument) ResultDocuments;

/* Judges an object by the Pod Security Standards, and adds the verdict to that for other versions. */
static void check_pod_security(Worker *w, PodSecurity standard, const Document *document, ResultDocument *out, unsigned version) {
    if (!w->settings->podSecurityLevels) return;
    PodSecurityVerdict verdict = pod_security_judge(document, standard.minor);
    out->podSecurity = version ? pod_security_both(out->podSecurity, verdict) : verdict;
}

/* What the rules about objects together need of one. */
static void keep_fact(Worker *w, const ResultFile *file, Fact *fact, uint32_t number) {
    if (!fact) return;
    fact->file = (uint32_t)(file - w->run->files);
    fact->document = number;
    ARRAY_PUSH(w->kept, &w->facts, fact);
}

/* Whether an object is admitted by itself once it is known what else there is. */
static void keep_candidate(Worker *w, const ResultFile *file, const Document *document, uint32_t number) {
    const Kind *kind = w->settings->cluster && document->object ? model_kind(document) : NULL;
    AdmissionRole role = kind ? admission_role(document) : ADMISSION_NONE;
    if (!kind || (!kind->namespaced && role == ADMISSION_NONE)) return;
    Candidate candidate = {.file = (uint32_t)(file - w->run->files), .document = number, .role = (uint8_t)role};
    candidate.need = admission_need(document);
    candidate.need.namespace_ = arena_str(w->kept, candidate.need.namespace_);
    ARRAY_PUSH(w->kept, &w->candidates, candidate);
}

/* The same of pods in a custom resource, of which it is only known that there are some. */
static void keep_inner_candidate(Worker *w, const ResultFile *file, const Document *document, uint32_t number) {
    if (!w->settings->cluster) return;
    Candidate candidate = {.file = (uint32_t)(file - w->run->files), .document = number};
    Str namespace_ = document->placed.len ? document->placed : document->namespace_;
    candidate.need = (AdmissionNeed){.namespaced = true, .pods = true, .priority = true, .runtimeClass = true};
    candidate.need.namespace_ = arena_str(w->kept, namespace_);
    ARRAY_PUSH(w->kept, &w->candidates, candidate);
}

/* What is said of whole objects only. What the server could not decode it never judges by its standards. */
static void check_whole(Worker *w, const ResultFile *file, Document *document, bool decoded, uint32_t number, unsigned version) {
    uint32_t before = document->diags.items.n;
    PodSecurity standard = file->settings->podSecurity;
    bool around = is_around(w, file);
    if (file->settings->lint && !around) lint_document(file->settings->lint, document);
    if (standard.level && decoded && !around) pod_security_check(document, standard);
    validate_forget_consequences(document, before);
    validate_forget_absence(document, before);
    if (version == 0 && file->settings->lint) keep_fact(w, file, facts_of(w->kept, document), number);
    if (version == 0 && decoded) keep_candidate(w, file, document, number);
    if (w->settings->policies) policies_judge(w->settings->policies, document);
}

/* Custom resources. */

static bool has_refusal(const Document *document, uint32_t before) {
    for (uint32_t i = before; i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        if (diag_refuses(diag)) return true;
    }
    return false;
}

/* Judges a copy of a document, so that another definition can judge the same. */
static Document judged_copy(const Document *document, const CrdVersion *version) {
    Document copy = *document;
    Diag *items = NEW_ARRAY(copy.diags.arena, Diag, copy.diags.items.n + 1);
    if (copy.diags.items.n) memcpy(items, copy.diags.items.at, copy.diags.items.n * sizeof *items);
    copy.diags.items.at = items;
    copy.diags.items.cap = copy.diags.items.n;
    copy.diags.counts.cap = copy.diags.counts.n; /* what is added to is a copy, too */
    crd_judge(version, &copy);
    return copy;
}

static bool says(const Document *document, uint32_t before, const Diag *diag) {
    for (uint32_t i = before; i < document->diags.items.n; i++) {
        const Diag *other = &document->diags.items.at[i];
        if (other->rule == diag->rule && other->span.at == diag->span.at && str_eq(other->path, diag->path)) return true;
    }
    return false;
}

/* Names the definition by which an object was judged, `judged` by the first of several that none takes it, where not all of them
 * say the same. */
static void name_definition(const CrdVersion *version, Document *judged, uint32_t count, uint32_t before) {
    Arena *arena = judged->diags.arena;
    Str name = version->definition->source->name;
    for (uint32_t i = before; i < judged->diags.items.n; i++) {
        Diag *diag = &judged->diags.items.at[i];
        bool all = true;
        if (diag->severity != SEVERITY_ERROR) continue;
        for (uint32_t j = 1; j < count && all; j++) all = says(&judged[j], before, diag);
        if (!all)
            diag->help = str_format(arena, "%.*s%sso says the definition in %.*s, one of %u that differ, none of which takes it",
                                    TEXT(diag->help), diag->help.len ? "; " : "", TEXT(name), count);
    }
}

/* Judges a custom resource by its definition, if that is among `crds`. Of several that differ nobody knows which one the server
 * has: what one of them takes is right. */
static bool judge_custom(Crds *crds, Document *document) {
    const Crd *known;
    const CrdVersion *versions[CRDS_MOST];
    Document judged[CRDS_MOST];
    uint32_t count = crds_find_all(crds, document->apiVersion, document->kind, versions, &known), taken = 0;
    if (!known) return false;
    document->class = CLASS_MANIFEST;
    document->why = S("");
    uint32_t before = document->diags.items.n;
    if (!count) crd_refuse_version(known, document);
    if (count == 1) crd_judge(versions[0], document);
    if (count < 2) return true;
    for (bool refused = true; refused && taken < count; taken += refused) {
        judged[taken] = judged_copy(document, versions[taken]);
        refused = has_refusal(&judged[taken], before);
    }
    if (taken == count) name_definition(versions[0], judged, count, before);
    *document = judged[taken == count ? 0 : taken];
    return true;
}

/* Builds what the reader found and judges it by the server's own rules. Where those refuse words that stand for values to come,
 * it is built and judged once more with that known. `decoded` gets how many diagnostics each object had before it was judged. */
static uint32_t build(Worker *w, Crds *crds, Classifier *c, NodeDocument *node, Document **items, uint32_t **decoded) {
    uint32_t count = 0;
    for (bool done = false; !done;) {
        count = classify_build(c, &w->scratch, node, items);
        *decoded = NEW_ARRAY(&w->scratch, uint32_t, count);
        for (uint32_t i = 0; i < count; i++) {
            (*decoded)[i] = (*items)[i].diags.items.n;
            if ((*items)[i].object) validate_create(&(*items)[i]);
            if ((*items)[i].object && !(*items)[i].retired && model_is(&(*items)[i], KIND_CustomResourceDefinition))
                crd_judge_definition(&(*items)[i]);
            else if ((*items)[i].class == CLASS_CUSTOM)
                judge_custom(crds, &(*items)[i]);
            else
                policy_check(&w->text, &(*items)[i]);
        }
        done = c->marked || c->asWritten || !placeholders_suspect(&w->scratch, *items, count, node->root);
        c->marked = !done;
    }
    c->marked = false;
    return count;
}

/* The document whose faults are reported: as it was meant, so that no fault is said twice over by what follows from it. Where the
 * server's own words are asked for, it is the one that is written. */
static Document *meant(Document *written, uint32_t decoded) {
    Document *document = model_meant(written, decoded);
    if (document != written) validate_create(document);
    return document;
}

static bool is_definition(const Document *document) {
    return str_eq(document->kind, S("CustomResourceDefinition")) && str_eq(document->apiVersion, S("apiextensions.k8s.io/v1"));
}

/* What a document has to do with custom resources, when it is read first. */
static void meet_custom(Worker *w, const ResultFile *file, Document *document, uint32_t number) {
    uint32_t index = (uint32_t)(file - w->run->files);
    if (is_definition(document) && (!w->definitions.n || w->definitions.at[w->definitions.n - 1] != index))
        ARRAY_PUSH(w->kept, &w->definitions, index);
    if (document->class != CLASS_CUSTOM) return;
    Waiting waiting = {index, number, keep(w->kept, document->apiVersion, LONGEST_NAME),
                       keep(w->kept, document->kind, LONGEST_NAME)};
    ARRAY_PUSH(w->kept, &w->waiting, waiting);
}

/* Makes room for the objects of a List at once: there may be many. */
static void make_room(Worker *w, ResultDocuments *documents, uint32_t count) {
    if (documents->cap - documents->n >= count) return;
    uint32_t cap = documents->cap * 2 > documents->n + count ? documents->cap * 2 : documents->n + count;
    ResultDocument *grown = NEW_ARRAY(w->kept, ResultDocument, cap);
    if (documents->n) memcpy(grown, documents->at, documents->n * sizeof *grown);
    documents->at = grown;
    documents->cap = cap;
}

/* Judges the pods inside a custom resource. */
static void check_inside(Worker *w, const ResultFile *file, Document *document, ResultDocument *out, uint32_t number,
                         unsigned version) {
    if (document->object || document->partial || document->unreadable || document->root->kind != NODE_MAP) return;
    if (document->class != CLASS_CUSTOM && !document->definition) return;
    InnerPods pods = pods_inside(document, w->settings->pods);
    out->innerPods = pods.n;
    bool whole = false;
    for (uint32_t i = 0; i < pods.n; i++) whole |= pods.at[i].whole;
    if (whole && version == 0 && !file->settings->asWritten) keep_inner_candidate(w, file, document, number);
    for (uint32_t i = 0; i < pods.n && !file->settings->asWritten; i++) {
        Fact *fact = inside_judge(w->kept, file->settings, document, &pods.at[i]);
        if (version == 0) keep_fact(w, file, fact, number);
    }
}

/* How the documents of a file are told apart for its version number `version`. */
static Classifier classifier_for(const Worker *w, const ResultFile *file, const Source *source, unsigned version) {
    const InputFile *input = input_of(w, file);
    return (Classifier){.source = source,
                        .minor = file->settings->minors[version],
                        .use = input ? input->use : NULL,
                        .withPatches = true,
                        .rendered = file->rendered.at != NULL,
                        .asWritten = file->settings->asWritten,
                        .as = (TakenAs)file->settings->as};
}

/* Gives what was found in a text inside of a document the places that it has in the file. */
static void place_inside(const Source *source, Document *document) {
    for (uint32_t i = 0; i < document->diags.items.n; i++) {
        Diag *diag = &document->diags.items.at[i];
        diag->span = node_text_span(source, document->inside, diag->span);
        for (Note *note = (Note *)(uintptr_t)diag->notes; note; note = (Note *)(uintptr_t)note->next)
            note->span = node_text_span(source, document->inside, note->span);
    }
}

static void check_version(Worker *w, const ResultFile *file, Source *source, unsigned version, ResultDocuments *documents) {
    NodeReader reader = {.source = source};
    Classifier classifier = classifier_for(w, file, source, version);
    NodeDocument node;
    uint32_t n = 0;
    while (node_next(&reader, &w->scratch, &node)) {
        Document *items;
        uint32_t *decoded, count = build(w, w->settings->crds, &classifier, &node, &items, &decoded);
        for (uint32_t i = 0; i < count && policies_hold(w->settings->policies, file->name); i++) policy_leave(&items[i]);
        make_room(w, documents, n == documents->n ? count : 0);
        for (uint32_t i = 0; i < count; i++, n++) {
            bool asWritten = classifier.asWritten;
            Document *document = asWritten ? &items[i] : meant(&items[i], decoded[i]);
            if (version == 0) meet_custom(w, file, document, n);
            if (n == documents->n) ARRAY_PUSH(w->kept, documents, keep_document(w, source, &items[i]));
            if (!document->partial) check_whole(w, file, document, !items[i].unreadable, n, version);
            if (!document->partial && !is_around(w, file))
                check_pod_security(w, file->settings->podSecurity, &items[i], &documents->at[n], version);
            check_inside(w, file, document, &documents->at[n], n, version);
            if (!asWritten) placeholders_forgive(document, decoded[i]);
            if (!asWritten) diag_settle(&document->diags, document->source->text);
            if (document->inside) place_inside(source, document);
            keep_findings(w, file, source, document, &documents->at[n], version);
        }
        arena_reset(&w->scratch);
    }
}

static SourceError read_input(Worker *w, const InputFile *input, Source *source) {
    errno = input->cause;
    if (input->error) *source = (Source){.name = input->path, .text = S("")};
    if (input->error) return input->error;
    if (input->read) *source = *input->read;
    if (input->read) return SOURCE_OK;
    if (!input->text.at) return source_read(source, &w->text, input->path);
    SourceError error = source_from_bytes(source, &w->text, input->path, input->text);
    source->above = input->above;
    return error;
}

static void check_source(Worker *w, ResultFile *out, Source *source, SourceError error) {
    ResultDocuments documents = {0};
    if (error == SOURCE_UTF16_LE || error == SOURCE_UTF16_BROKEN || error == SOURCE_UTF32) {
        Document document = classify_wide(&w->scratch, source, error);
        ARRAY_PUSH(w->kept, &documents, keep_document(w, source, &document));
        keep_findings(w, out, source, &document, documents.at, 0);
    } else if (error) {
        out->error = source_error_text(w->kept, error, errno);
        return;
    }
    for (unsigned version = 0; version < out->settings->minorCount && !error; version++)
        check_version(w, out, source, version, &documents);
    for (uint32_t i = 0; i < documents.n && out->settings->minorCount > 1; i++)
        if (documents.at[i].findingCount)
            qsort(documents.at[i].findings, documents.at[i].findingCount, sizeof(Finding), by_place);
    out->documents = documents.at;
    out->documentCount = documents.n;
    if (!error && !is_around(w, out)) suppress_read(out, source, w->kept, &w->text);
}

static void check_file(Worker *w, ResultFile *out, const InputFile *input) {
    if (input->use && input->use->data) {
        out->unread = input->use->why;
        return;
    }
    Source source;
    SourceError error = read_input(w, input, &source);
    if (!error && source.once) out->text = arena_str(w->kept, source.text);
    uint32_t again = w->facts.n + w->waiting.n + w->candidates.n;
    check_source(w, out, &source, error);
    if (w->facts.n + w->waiting.n + w->candidates.n > again && !out->text.at) out->textHash = hash_text(source.text);
}

static void check_number(Worker *w, uint32_t i) {
    const InputFile *input = &w->list->files.at[i];
    w->run->files[i] = (ResultFile){.name = input->path,
                                    .rendered = input->rendered,
                                    .text = input->text,
                                    .above = input->above,
                                    .settings = w->settings->files[i]};
    check_file(w, &w->run->files[i], input);
    arena_reset(&w->text);
}

/* Memory between runs. What is remembered stays as it was found: the rest of a run works on copies. */

RunMemory *run_memory(uint32_t fileCount) {
    RunMemory *memory = memory_take(sizeof *memory);
    *memory = (RunMemory){.files = memory_take((fileCount + 1) * sizeof *memory->files), .count = fileCount};
    memset(memory->files, 0, (fileCount + 1) * sizeof *memory->files);
    return memory;
}

static void forget_judged(Remembered *memory) {
    arena_free(&memory->judgedArena);
    memory->custom = false;
    memory->inside.at = NULL;
    memory->inside.n = memory->inside.cap = 0;
}

/* The definitions in the files may be others. */
static void forget_definitions(RunMemory *memory) {
    crds_free(memory->crds);
    memory->crds = NULL;
    for (uint32_t i = 0; i < memory->count; i++) forget_judged(&memory->files[i]);
}

void run_forget(RunMemory *memory, uint32_t file) {
    if (memory->files[file].defines) forget_definitions(memory);
    forget_judged(&memory->files[file]);
    arena_free(&memory->files[file].arena);
    memory->files[file] = (Remembered){0};
}

Crds *run_definitions(const RunMemory *memory) {
    return memory->crds;
}

void run_memory_free(RunMemory *memory) {
    if (memory) crds_free(memory->crds);
    for (uint32_t i = 0; memory && i < memory->count; i++) {
        forget_judged(&memory->files[i]);
        arena_free(&memory->files[i].arena);
    }
    if (memory) free(memory->files);
    free(memory);
}

Fact *const *run_facts(const RunMemory *memory, uint32_t file, uint32_t *count) {
    *count = memory->files[file].facts.n;
    return memory->files[file].facts.at;
}

/* Checks a file and keeps what it brings. */
static void remember(Worker *w, Remembered *memory, uint32_t i) {
    Worker own = {
        .settings = w->settings, .list = w->list, .run = w->run, .kept = &memory->arena, .text = w->text, .scratch = w->scratch};
    check_number(&own, i);
    w->text = own.text;
    w->scratch = own.scratch;
    memory->known = true;
    memory->defines = own.definitions.n > 0;
    memory->fresh = true;
    memory->file = w->run->files[i];
    for (uint32_t k = 0; k < own.facts.n; k++) ARRAY_PUSH(own.kept, &memory->facts, own.facts.at[k]);
    for (uint32_t k = 0; k < own.waiting.n; k++) ARRAY_PUSH(own.kept, &memory->waiting, own.waiting.at[k]);
    for (uint32_t k = 0; k < own.candidates.n; k++) ARRAY_PUSH(own.kept, &memory->candidates, own.candidates.at[k]);
}

/* Copies of `count` items of some size. */
static void *copy_items(Arena *arena, const void *from, uint32_t count, size_t size) {
    void *to = arena_alloc(arena, count * size + 1);
    return count ? memcpy(to, from, count * size) : to;
}

static ResultFile copy_result(Arena *arena, const ResultFile *from) {
    ResultFile out = *from;
    out.ignores = copy_items(arena, from->ignores, from->ignoreCount, sizeof *from->ignores);
    out.documents = copy_items(arena, from->documents, from->documentCount, sizeof *from->documents);
    for (uint32_t i = 0; i < from->documentCount; i++) {
        ResultDocument *document = &out.documents[i];
        document->findings = copy_items(arena, document->findings, document->findingCount, sizeof *document->findings);
        document->more.at = copy_items(arena, document->more.at, document->more.n, sizeof *document->more.at);
        document->more.cap = document->more.n;
    }
    return out;
}

static void recall_facts(Worker *w, Fact *const *facts, uint32_t count) {
    for (uint32_t k = 0; k < count; k++) {
        Fact *fact = copy_items(w->kept, facts[k], 1, sizeof *fact);
        fact->diags = (DiagList){.arena = w->kept};
        ARRAY_PUSH(w->kept, &w->facts, fact);
    }
}

static void recall(Worker *w, uint32_t i) {
    Remembered *memory = &w->settings->memory->files[i];
    memory->fresh = false;
    if (!memory->known) remember(w, memory, i);
    w->run->files[i] = copy_result(w->kept, &memory->file);
    recall_facts(w, memory->facts.at, memory->facts.n);
    for (uint32_t k = 0; k < memory->waiting.n; k++) ARRAY_PUSH(w->kept, &w->waiting, memory->waiting.at[k]);
    for (uint32_t k = 0; k < memory->candidates.n; k++) ARRAY_PUSH(w->kept, &w->candidates, memory->candidates.at[k]);
    if (memory->defines) ARRAY_PUSH(w->kept, &w->definitions, i);
}

static void *work(void *argument) {
    Worker *w = argument;
    for (;;) {
        uint32_t i = atomic_fetch_add(w->next, 1);
        if (i >= w->list->files.n) break;
        if (w->settings->memory)
            recall(w, i);
        else
            check_number(w, i);
    }
    arena_free(&w->text);
    arena_free(&w->scratch);
    return NULL;
}

/* The order of two documents of a run. */
static int in_order(uint32_t fileA, uint32_t documentA, uint32_t fileB, uint32_t documentB) {
    if (fileA != fileB) return fileA < fileB ? -1 : 1;
    return (documentA > documentB) - (documentA < documentB);
}

static int by_file(const void *left, const void *right) {
    const Fact *a = *(Fact *const *)left, *b = *(Fact *const *)right;
    return in_order(a->file, a->document, b->file, b->document);
}

static bool is_about_later(const Fact *fact, const Diag *diag) {
    for (uint32_t i = 0; i < fact->later.n; i++)
        if (diag->span.at >= fact->later.at[i].at && diag->span.end <= fact->later.at[i].end) return true;
    return false;
}

/* Adds what was found of an object to the findings of its document. */
static void place_fact(Worker *w, ResultFile *file, Source *source, const Fact *fact) {
    ResultDocument *document = &file->documents[fact->document];
    Finding *findings = NEW_ARRAY(w->kept, Finding, document->findingCount + fact->diags.items.n + 1);
    if (document->findingCount) memcpy(findings, document->findings, document->findingCount * sizeof *findings);
    document->findings = findings;
    for (uint32_t i = 0; i < fact->diags.items.n; i++) {
        Diag diag = fact->diags.items.at[i];
        if (!file->settings->on[diag.rule->number] || is_about_later(fact, &diag)) continue;
        diag.path = inside_path(&w->scratch, fact, diag.path);
        Finding *finding = &findings[document->findingCount++];
        *finding = finish(w, file->settings, source, NULL, &diag, outline(w, source, &diag));
        finding->versions = (uint16_t)((1u << file->settings->minorCount) - 1);
    }
    qsort(findings, document->findingCount, sizeof *findings, by_place);
}

/* Reads a file once more; false if that cannot be done, or it is another one by now. */
static bool read_again(Worker *w, ResultFile *file, Source *source, Arena *arena) {
    SourceError error =
        file->text.at ? source_from_bytes(source, arena, file->name, file->text) : source_read(source, arena, file->name);
    source->above = file->above;
    if (error)
        file->error = source_error_text(w->kept, error, errno);
    else if (!file->text.at && hash_text(source->text) != file->textHash)
        file->error = S("it changed while podlint read it; check it again");
    return !file->error.at;
}

/* The places of what was found when the text of a file was gone. */
static void place_findings(Worker *w, ResultFile *file, Fact *const *facts, uint32_t count) {
    Source source;
    read_again(w, file, &source, &w->text);
    for (uint32_t i = 0; i < count && !file->error.at; i++)
        if (facts[i]->diags.items.n) place_fact(w, file, &source, facts[i]);
    arena_reset(&w->text);
    arena_reset(&w->scratch);
}

/* Leaves of what was found of an object what its name alone tells, where something of it could not be decoded. */
static void forget_guesses(DiagList *diags) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < diags->items.n; i++)
        if (diags->items.at[i].rule->number == RULE_duplicate_object) diags->items.at[kept++] = diags->items.at[i];
    diags->items.n = kept;
}

/* What objects say of each other, once all of them are known. */
static void check_objects(Run *run, Worker *workers, unsigned count) {
    Worker *w = &workers[0];
    ARRAY(Fact *) facts = {0};
    for (unsigned i = 0; i < count; i++)
        for (uint32_t j = 0; j < workers[i].facts.n; j++) ARRAY_PUSH(w->kept, &facts, workers[i].facts.at[j]);
    if (!facts.n) return;
    qsort(facts.at, facts.n, sizeof *facts.at, by_file);
    bool *on = NEW_ARRAY(w->kept, bool, rule_count), closed = false;
    for (uint32_t i = 0; i < run->fileCount; i++) {
        closed |= run->files[i].settings && run->files[i].settings->closedWorld;
        if (!run->files[i].settings || (i && run->files[i].settings == run->files[i - 1].settings)) continue;
        for (uint16_t j = 0; j < rule_count; j++) on[j] |= run->files[i].settings->on[j] != RULE_USE_NONE;
    }
    ObjectWorld *worlds;
    uint32_t worldCount = worlds_find(w->kept, w->list, run, facts.at, facts.n, closed, &worlds);
    objects_check(w->kept, on, worlds, worldCount);
    for (uint32_t i = 0; i < facts.n; i++) {
        if (facts.at[i]->guessed) forget_guesses(&facts.at[i]->diags);
        diag_sort(&facts.at[i]->diags); /* worlds say the same of what they share */
    }
    for (uint32_t i = 0, end; i < facts.n; i = end) {
        bool found = false;
        for (end = i; end < facts.n && facts.at[end]->file == facts.at[i]->file; end++) found |= facts.at[end]->diags.items.n > 0;
        bool around = w->list && facts.at[i]->file < w->list->files.n && w->list->files.at[facts.at[i]->file].around;
        if (found && !around) place_findings(w, &run->files[facts.at[i]->file], &facts.at[i], end - i);
    }
    arena_free(&w->text);
    arena_free(&w->scratch);
}

/* Judges the custom resources of a file that had to wait. */
static void judge_waiting(Worker *w, Crds *crds, ResultFile *file, const Waiting *waiting, uint32_t count) {
    Source source = {0};
    NodeReader reader = {.source = &source};
    Classifier classifier = classifier_for(w, file, &source, 0);
    NodeDocument node;
    uint32_t n = 0;
    if (!read_again(w, file, &source, &w->text)) return;
    while (count && node_next(&reader, &w->scratch, &node)) {
        Document *items;
        uint32_t *decoded, found = build(w, crds, &classifier, &node, &items, &decoded);
        for (uint32_t i = 0; i < found && count; i++, n++) {
            if (waiting->document != n) continue;
            waiting++, count--;
            ResultDocument *out = &file->documents[n];
            if (items[i].definition || items[i].class != CLASS_CUSTOM) {
                out->class = items[i].class;
                out->why = keep(w->kept, items[i].why, LONGEST_PATH);
                out->skipped = false;
                out->judged = !items[i].unreadable;
            } else if (w->settings->requireSchemas) {
                crd_refuse_unknown(&items[i]);
            }
            if (!out->innerPods) check_inside(w, file, &items[i], out, n, 0);
            if (!classifier.asWritten) placeholders_forgive(&items[i], decoded[i]);
            if (!classifier.asWritten) diag_settle(&items[i].diags, items[i].source->text);
            for (unsigned version = 0; version < file->settings->minorCount; version++)
                keep_findings(w, file, &source, &items[i], out, version);
        }
        arena_reset(&w->scratch);
    }
    arena_reset(&w->text);
}

/* The same of a file whose custom resources may have been judged by these definitions before. */
static void judge_remembered(Worker *w, Crds *crds, uint32_t number, const Waiting *waiting, uint32_t count) {
    ResultFile *file = &w->run->files[number];
    Remembered *memory = &w->settings->memory->files[number];
    Arena *kept = w->kept;
    if (memory->custom) {
        *file = copy_result(kept, &memory->judged);
        recall_facts(w, memory->inside.at, memory->inside.n);
        return;
    }
    uint32_t before = w->facts.n;
    forget_judged(memory);
    w->kept = &memory->judgedArena;
    judge_waiting(w, crds, file, waiting, count);
    memory->custom = !file->error.at;
    memory->judged = copy_result(&memory->judgedArena, file);
    for (uint32_t k = before; k < w->facts.n; k++) ARRAY_PUSH(&memory->judgedArena, &memory->inside, w->facts.at[k]);
    w->kept = kept;
    w->facts.n = before;
    *file = copy_result(kept, &memory->judged);
    recall_facts(w, memory->inside.at, memory->inside.n);
}

static int by_waiting(const void *left, const void *right) {
    const Waiting *a = left, *b = right;
    return in_order(a->file, a->document, b->file, b->document);
}

static int by_number(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Judges the custom resources that had to wait by the definitions that stand in the files of the run. */
static void judge_all_waiting(Run *run, Worker *workers, unsigned count) {
    Worker *w = &workers[0];
    ARRAY(Waiting) waiting = {0};
    ARRAY(uint32_t) definitions = {0};
    for (unsigned i = 0; i < count; i++) {
        for (uint32_t k = 0; k < workers[i].waiting.n; k++) ARRAY_PUSH(w->kept, &waiting, workers[i].waiting.at[k]);
        for (uint32_t k = 0; k < workers[i].definitions.n; k++) ARRAY_PUSH(w->kept, &definitions, workers[i].definitions.at[k]);
    }
    RunMemory *memory = w->settings->memory;
    for (uint32_t i = 0; memory && i < definitions.n; i++)
        if (memory->files[definitions.at[i]].fresh) forget_definitions(memory);
    if (!waiting.n || (!definitions.n && !w->settings->requireSchemas)) return;
    qsort(waiting.at, waiting.n, sizeof *waiting.at, by_waiting);
    if (definitions.n) qsort(definitions.at, definitions.n, sizeof *definitions.at, by_number);
    Crds *crds = memory && memory->crds ? memory->crds : crds_new();
    for (uint32_t i = 0; i < definitions.n && !(memory && memory->crds); i++)
        crds_add(crds, run->files[definitions.at[i]].name, run->files[definitions.at[i]].text);
    for (uint32_t i = 0, end; i < waiting.n; i = end) {
        bool known = w->settings->requireSchemas;
        const Crd *crd;
        for (end = i; end < waiting.n && waiting.at[end].file == waiting.at[i].file; end++) {
            crds_find(crds, waiting.at[end].apiVersion, waiting.at[end].kind, &crd);
            known |= crd != NULL;
        }
        if (known && memory)
            judge_remembered(w, crds, waiting.at[i].file, &waiting.at[i], end - i);
        else if (known)
            judge_waiting(w, crds, &run->files[waiting.at[i].file], &waiting.at[i], end - i);
    }
    arena_free(&w->text);
    arena_free(&w->scratch);
    if (memory)
        memory->crds = crds;
    else
        crds_free(crds);
}

/* Admission. */

static int by_candidate(const void *left, const void *right) {
    const Candidate *a = left, *b = right;
    return in_order(a->file, a->document, b->file, b->document);
}

/* Looks at a candidate, which was read and decoded anew. */
typedef void VisitCandidate(Worker *w, ResultFile *file, Source *source, Document *document, const Candidate *candidate,
                            const Standing *standing);

/* Visits the candidates of a file as one of its ways leaves them. */
static void visit_way(Worker *w, const Candidate *candidates, uint32_t count, Source *source, const FileUse *use, Arena *arena,
                      Arena *whole, Standing standing, VisitCandidate *visit) {
    ResultFile *file = &w->run->files[candidates->file];
    NodeReader reader = {.source = source};
    Classifier classifier = classifier_for(w, file, source, file->settings->minorCount - 1u);
    classifier.use = use;
    NodeDocument node;
    uint32_t number = 0, next = 0;
    while (next < count && node_next(&reader, arena, &node)) {
        Document *items;
        uint32_t n = classify_build(&classifier, arena, &node, &items);
        for (uint32_t i = 0; i < n; i++, number++) {
            if (next == count || candidates[next].document != number) continue;
            standing.line = source_place(source, whole, items[i].span.at).line;
            if (candidates[next].wanted) visit(w, file, source, &items[i], &candidates[next], &standing);
            next++;
        }
        if (arena == &w->scratch) arena_reset(arena);
    }
}

/* On each of the file's ways: its objects may have another name and another namespace there, and others decide over them. */
static void visit_file(Worker *w, const Candidate *candidates, uint32_t count, const StrSet *populated, Arena *arena,
                       VisitCandidate *visit) {
    enum { MOST_WAYS = 1000 };
    ResultFile *file = &w->run->files[candidates->file];
    Arena *whole = arena == &w->scratch ? &w->text : arena; /* of what lasts as long as the file */
    Source *source = NEW(whole, Source);
    if (!read_again(w, file, source, whole)) return;
    const InputFile *input = input_of(w, file);
    Ways ways = {0};
    if (input && input->use) ways = kustomize_ways(whole, input->use, MOST_WAYS);
    if (!ways.n)
        ARRAY_PUSH(whole, &ways,
                   ((Way){*worlds_of_file(whole, w->list, w->run, candidates->file).at, input ? input->use : NULL}));
    for (uint32_t i = 0; i < ways.n; i++) {
        Standing standing = {.file = file->name, .everywhere = !str_set_find(populated, ways.at[i].root)};
        if (!w->settings->cluster->closed) standing.worlds = (StrList){&ways.at[i].root, 1};
        visit_way(w, candidates, count, source, ways.at[i].use, arena, whole, standing, visit);
    }
}

static void visit_candidates(Worker *w, const Candidate *all, uint32_t count, const StrSet *populated, Arena *arena,
                             VisitCandidate *visit) {
    for (uint32_t i = 0, end; i < count; i = end) {
        bool wanted = false;
        for (end = i; end < count && all[end].file == all[i].file; end++) wanted |= all[end].wanted;
        if (wanted) visit_file(w, &all[i], end - i, populated, arena, visit);
        arena_reset(&w->text);
    }
}

static void take_decider(Worker *w, ResultFile *file, Source *source, Document *document, const Candidate *candidate,
                         const Standing *standing) {
    (void)source;
    if (!file->documents[candidate->document].accepted) return;
    w->counts |= model_is(document, KIND_ResourceQuota);
    deciders_add(w->settings->cluster, document, *standing, false);
}

/* Whether the same is said of the object at this place already by what was known before it was admitted: of another world, or
 * because --pod-security asked for the level that the namespace has. */
static bool is_said(const ResultDocument *document, uint32_t known, const Diag *diag) {
    bool security = str_eq(rule_words(diag->rule).plugin, S("PodSecurity"));
    for (uint32_t i = 0; i < known; i++) {
        const Finding *finding = &document->findings[i];
        bool same = finding->rule == diag->rule || (security && finding->rule->source == FROM_POD_SECURITY);
        if (same && str_eq(finding->path, diag->path)) return true;
    }
    return false;
}

static void admit(Worker *w, ResultFile *file, Source *source, Document *document, const Candidate *candidate,
                  const Standing *standing) {
    ResultDocument *out = &file->documents[candidate->document];
    if (document->object) validate_create(document);
    uint32_t before = document->diags.items.n, known = out->findingCount;
    bool refused = document->object && admission_admit(w->settings->cluster, document, standing);
    InnerPods inside = document->object ? (InnerPods){0} : pods_inside(document, w->settings->pods);
    for (uint32_t i = 0; i < inside.n; i++)
        if (inside.at[i].whole) inside_admit(w->settings->cluster, document, &inside.at[i], *standing);
    validate_forget_absence(document, before);
    Finding *findings = NEW_ARRAY(w->kept, Finding, out->findingCount + document->diags.items.n - before + 1);
    if (out->findingCount) memcpy(findings, out->findings, out->findingCount * sizeof *findings);
    out->findings = findings;
    for (uint32_t i = before; i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        bool refuses = refused && diag->severity == SEVERITY_ERROR;
        if (!file->settings->on[diag->rule->number]) continue;
        if (refuses) out->accepted = false;
        if (is_said(out, known, diag)) continue;
        out->refusedByPlugin |= refuses;
        Finding *finding = &findings[out->findingCount++];
        *finding = finish(w, file->settings, source, document, diag, outline(w, source, diag));
        finding->versions = (uint16_t)((1u << file->settings->minorCount) - 1);
    }
    qsort(findings, out->findingCount, sizeof *findings, by_place);
}

/* The worlds that have pods of their own. */
static StrSet populated_worlds(Worker *w, const Candidate *all, uint32_t count) {
    StrSet out = {.arena = w->kept};
    for (uint32_t i = 0; i < count; i++) {
        if (!all[i].need.pods || (i && all[i - 1].need.pods && all[i - 1].file == all[i].file)) continue;
        StrList worlds = worlds_of_file(w->kept, w->list, w->run, all[i].file);
        for (uint32_t j = 0; j < worlds.n; j++) str_set_add(&out, worlds.at[j], w);
    }
    return out;
}

/* Marks the candidates of which anything can be said; they stand in the order of their files. Where the ways of a file differ, so
 * may the namespaces of its objects. */
static void find_wanted(Worker *w, Candidate *all, uint32_t count) {
    bool differs = false;
    for (uint32_t i = 0; i < count; i++) {
        const ResultFile *file = &w->run->files[all[i].file];
        const InputFile *input = input_of(w, file);
        bool looked = w->counts || !is_around(w, file);
        if (looked && (!i || all[i].file != all[i - 1].file))
            differs = input && input->use && kustomize_ways(&w->text, input->use, 2).n > 1;
        all[i].wanted = looked && ((differs && all[i].need.namespaced) || admission_concerns(w->settings->cluster, &all[i].need));
    }
}

/* What the objects of the run decide over each other. */
static void admit_objects(Run *run, Worker *workers, unsigned count) {
    Worker *w = &workers[0];
    Deciders *cluster = w->settings->cluster;
    ARRAY(Candidate) all = {0};
    if (!cluster) return;
    bool decided = cluster->count, ofCluster = decided;
    w->counts = ofCluster;
    for (unsigned i = 0; i < count; i++)
        for (uint32_t j = 0; j < workers[i].candidates.n; j++) {
            ARRAY_PUSH(w->kept, &all, workers[i].candidates.at[j]);
            const AdmissionNeed *need = &workers[i].candidates.at[j].need;
            run->unplaced += ofCluster && need->namespaced && !need->namespace_.len && !cluster->namespace_.len;
            decided |= workers[i].candidates.at[j].role == ADMISSION_BINDS || need->overhead || need->mirror;
        }
    for (uint32_t i = 0; i < run->fileCount; i++)
        cluster->closed |= run->files[i].settings && run->files[i].settings->closedWorld;
    if (!all.n || !(decided || cluster->closed)) return;
    qsort(all.at, all.n, sizeof *all.at, by_candidate);
    StrSet populated = populated_worlds(w, all.at, all.n);
    for (uint32_t i = 0; i < all.n; i++)
        all.at[i].wanted = all.at[i].role == ADMISSION_BINDS || (all.at[i].role == ADMISSION_GIVES && cluster->closed);
    visit_candidates(w, all.at, all.n, &populated, cluster->arena, take_decider);
    find_wanted(w, all.at, all.n);
    visit_candidates(w, all.at, all.n, &populated, &w->scratch, admit);
    arena_free(&w->text);
    arena_free(&w->scratch);
}

/* What was found in a file of policies itself. */
static void keep_policy_file(Worker *w, PolicyFile *file, ResultFile *out) {
    ResultDocuments documents = {0};
    *out = (ResultFile){.name = file->name, .settings = w->settings->policyFile, .error = file->error};
    for (uint32_t i = 0; i < file->documents.n; i++) {
        Document *document = &file->documents.at[i];
        ARRAY_PUSH(w->kept, &documents, keep_document(w, file->source, document));
        for (unsigned version = 0; version < out->settings->minorCount; version++)
            keep_findings(w, out, file->source, document, &documents.at[i], version);
    }
    out->documents = documents.at;
    out->documentCount = documents.n;
}

static void keep_policies(Worker *w, ResultFile *files) {
    Policies *policies = w->settings->policies;
    policies_conclude(policies);
    for (uint32_t i = 0; i < policies->fileCount; i++) keep_policy_file(w, &policies->files[i], &files[i]);
    arena_free(&w->text);
    arena_free(&w->scratch);
}

void run_check_text(Run *run, Arena *arena, Str name, Str text, const FileSettings *settings) {
    RunSettings all = {.threads = 1};
    Worker w = {.settings = &all, .run = run, .kept = arena};
    Source source;
    *run = (Run){.files = NEW(arena, ResultFile), .fileCount = 1};
    run->files[0] = (ResultFile){.name = name, .settings = settings};
    SourceError error = source_from_bytes(&source, &w.text, name, text);
    run->files[0].text = arena_str(arena, source.text);
    check_source(&w, &run->files[0], &source, error);
    judge_all_waiting(run, &w, 1);
    check_objects(run, &w, 1);
    arena_free(&w.text);
    arena_free(&w.scratch);
    suppress_apply(&run->files[0], arena);
    run_count(run);
}

void run_check(Run *run, const InputList *list, const RunSettings *settings, Arena *arenas) {
    uint32_t own = list->files.n + list->faults.n, policyFiles = settings->policies ? settings->policies->fileCount : 0;
    *run = (Run){.fileCount = own + policyFiles, .templates = list->templates, .leftOut = list->leftOut};
    run->files = NEW_ARRAY(&arenas[0], ResultFile, run->fileCount + 1);
    for (uint32_t i = 0; i < list->faults.n; i++) {
        Str error = source_error_text(&arenas[0], SOURCE_CANNOT_READ, list->faults.at[i].error);
        run->files[list->files.n + i] = (ResultFile){.name = list->faults.at[i].path, .error = error};
    }
    atomic_uint next = 0;
    unsigned threads = settings->threads;
    Worker *workers = NEW_ARRAY(&arenas[0], Worker, threads);
    for (unsigned i = 0; i < threads; i++)
        workers[i] = (Worker){.settings = settings, .list = list, .run = run, .next = &next, .kept = &arenas[i]};
    parallel(work, workers, threads, sizeof *workers, THREAD_STACK);
    judge_all_waiting(run, workers, threads);
    check_objects(run, workers, threads);
    admit_objects(run, workers, threads);
    if (policyFiles) keep_policies(&workers[0], run->files + own);
    for (uint32_t i = 0; i < run->fileCount; i++) suppress_apply(&run->files[i], &arenas[0]);
    run_count(run);
}
