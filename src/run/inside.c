#include "inside.h"

#include "input/placeholder.h"
#include "rules.h"
#include "validate/validate.h"

/* A text with the places in it that are those of the pod's own object. */
static Str placed(Arena *arena, const InnerPod *pod, Str text) {
    Str start = inner_start(pod);
    Buf out = {.arena = arena};
    if (!str_has(text, start)) return text;
    while (text.len) {
        bool here = str_starts(text, start) && (text.len == start.len || text.at[start.len] == '.' || text.at[start.len] == '[');
        buf_str(&out, here ? pod->path : (Str){text.at, 1});
        text = str_slice(text, here ? start.len : 1);
    }
    return buf_text(&out);
}

/* What is said of the pod, said of the custom resource. */
static void take(Document *document, const InnerPod *pod, const Diag *diag) {
    Str path = inner_path(document->diags.arena, pod, diag->path);
    bool schema = diag->rule->source == FROM_SCHEMA;
    if (str_has_word(pod->reads, path_leaf(path))) return;
    if (!path.at || diag->rule->source == FROM_YAML || diag->rule->source == FROM_WARNING) return;
    /* The definition has its own say, and operators have fields of their own. */
    if (schema && (document->definition || (!pod->whole && diag->rule->number == RULE_unknown_field))) return;
    if (schema || diag->rule->source == FROM_API) {
        Where where = {.span = diag->span, .path = path, .missing = diag->missing};
        Diag *own = emit_pod_refused(&document->diags, where, .fault = placed(document->diags.arena, pod, diag->message),
                                     .hint = placed(document->diags.arena, pod, diag->help));
        own->notes = diag->notes;
        return;
    }
    Diag own = *diag;
    own.path = path;
    own.message = placed(document->diags.arena, pod, diag->message);
    own.help = placed(document->diags.arena, pod, diag->help);
    ARRAY_PUSH(document->diags.arena, &document->diags.items, own);
}

Fact *inside_judge(Arena *kept, const FileSettings *settings, Document *document, const InnerPod *pod) {
    uint32_t later, decoded = 0;
    Node *root = inner_root(document, pod, &later);
    Document *inner = NULL;
    for (int round = 0; round < 2; round++) {
        inner = inner_document(document, pod, root, later);
        if (!inner->object) return NULL;
        decoded = inner->diags.items.n;
        validate_create(inner);
        if (round || !placeholders_suspect(document->diags.arena, inner, 1, root)) break;
        later++;
    }
    if (settings->lint) lint_document(settings->lint, inner);
    if (settings->podSecurity.level) pod_security_check(inner, settings->podSecurity);
    validate_forget_absence(inner, decoded);
    if (inner->later) placeholders_forgive(inner, decoded);
    diag_settle(&inner->diags, inner->source->text);
    for (uint32_t i = 0; i < inner->diags.items.n; i++) take(document, pod, &inner->diags.items.at[i]);
    if (!settings->lint || !pod->whole || inner->unreadable) return NULL;
    Fact *fact = facts_of(kept, inner);
    if (fact) {
        InnerPod *place = NEW(kept, InnerPod);
        *place = (InnerPod){.path = arena_str(kept, pod->path), .form = pod->form, .keepsReplicas = pod->keepsReplicas};
        fact->inside = place;
    }
    return fact;
}

void inside_admit(Deciders *deciders, Document *document, const InnerPod *pod, Standing standing) {
    uint32_t later;
    Node *root = inner_root(document, pod, &later);
    Document *inner = inner_document(document, pod, root, later);
    if (!inner->object || inner->unreadable) return;
    if (document->placed.len) model_meta(inner)->namespace = document->placed;
    uint32_t before = inner->diags.items.n;
    standing.inside = true;
    admission_admit(deciders, inner, &standing);
    validate_forget_absence(inner, before);
    if (inner->later) placeholders_forgive(inner, before);
    for (uint32_t i = before; i < inner->diags.items.n; i++) take(document, pod, &inner->diags.items.at[i]);
}

Str inside_path(Arena *arena, const Fact *fact, Str path) {
    Str own = fact->inside ? inner_path(arena, fact->inside, path) : (Str){0};
    return own.at ? own : path;
}
