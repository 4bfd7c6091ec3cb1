#include "classify.h"

#include "placeholder.h"
#include "rules.h"

Str class_name(DocumentClass class) {
    static const Str names[] = {
        [CLASS_MANIFEST] = STR("manifest"),
        [CLASS_PARTIAL] = STR("partial object"),
        [CLASS_OTHER_KIND] = STR("object of another kind"),
        [CLASS_CUSTOM] = STR("custom resource"),
        [CLASS_KUSTOMIZATION] = STR("kustomization"),
        [CLASS_TEMPLATE] = STR("template"),
        [CLASS_SETTINGS] = STR("not a manifest"),
        [CLASS_TEXT] = STR("text"),
        [CLASS_UNREADABLE] = STR("unreadable manifest"),
    };
    return names[class];
}

/* Templates. */

/* Signs in which programs wrap what they fill in. None of them can stand in YAML as it is. */
typedef struct Signs {
    Str open, close;
    Str program;
} Signs;

static const Signs templateSigns[] = {
    {STR("{{"), STR("}}"), STR("a Go or Jinja template")}, {STR("{%"), STR("%}"), STR("a Jinja template")},
    {STR("{#"), STR("#}"), STR("a Jinja template")},       {STR("<%"), STR("%>"), STR("an ERB or EJS template")},
    {STR("%{"), STR("}"), STR("a Terraform template")},    {STR("(@"), STR("@)"), STR("a ytt template")},
};

static bool is_name_char(char c) {
    return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* @NAME@ and %NAME% at the start of a text, as configure scripts fill them in. */
static bool is_signed_name(Str text) {
    size_t end = 1;
    if (!text.len || (text.at[0] != '@' && text.at[0] != '%')) return false;
    while (end < text.len && is_name_char(text.at[end])) end++;
    return end > 1 && end < text.len && text.at[end] == text.at[0];
}

/* The program whose signs stand in a piece of text that cannot be read, outside of quotes; empty if there are none. */
static Str program_of(Str text) {
    bool unclosed[COUNT(templateSigns)] = {false};
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr("{<%(@", text.at[i]) || (i && (text.at[i - 1] == '"' || text.at[i - 1] == '\''))) continue;
        Str rest = str_slice(text, i);
        for (size_t j = 0; j < COUNT(templateSigns); j++) {
            if (unclosed[j] || !str_starts(rest, templateSigns[j].open)) continue;
            unclosed[j] = !str_has(rest, templateSigns[j].close);
            if (unclosed[j]) continue;
            bool helm = str_has(rest, S(".Values")) || str_has(rest, S(".Release")) || str_has(rest, S("include \""));
            return j == 0 && helm ? S("a Helm template") : templateSigns[j].program;
        }
        if (is_signed_name(rest)) return S("a template with names to fill in");
    }
    return S("");
}

/* The lines from the place that a fault rests on to the one where it shows. */
static Str lines_around(Str text, const Fault *fault) {
    size_t from = fault->span.at, to = fault->span.end > fault->span.at ? fault->span.end : fault->span.at;
    if (fault->related.end && fault->related.at < from) from = fault->related.at;
    if (from > text.len) from = text.len;
    if (to > text.len) to = text.len;
    while (from && text.at[from - 1] != '\n') from--;
    /* libyaml often stops one line below. */
    if (from) from--;
    while (from && text.at[from - 1] != '\n') from--;
    while (to < text.len && text.at[to] != '\n') to++;
    return (Str){text.at + from, to - from};
}

static bool has_fatal(const NodeDocument *in) {
    for (uint32_t i = 0; i < in->faults.n; i++)
        if (fault_is_fatal(in->faults.at[i].kind)) return true;
    return false;
}

/* Whether a line says no more than that something is left out, as in documentation. */
static bool leaves_out(Str text) {
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = {text.at, end < 0 ? text.len : (size_t)end}, words = str_trim(line);
        if (str_starts(words, S("- "))) words = str_trim(str_slice(words, 2));
        if ((str_eq(words, S("...")) && *line.at != '.') || str_eq(words, S("[...]")) || str_eq(words, S("<...>"))) return true;
        text = str_slice(text, line.len + 1);
    }
    return false;
}

/* Faults of one long line, or of what a bracket that is never closed holds, rest on the same lines again and again. */
static Str template_program(const Source *source, const NodeDocument *in) {
    enum { MOST_TIMES = 8, A_FEW_LINES = 10000 };
    size_t looked = 0, most = MOST_TIMES * (size_t)(in->span.end - in->span.at) + A_FEW_LINES;
    for (uint32_t i = 0; i < in->faults.n && looked <= most; i++) {
        const Fault *fault = &in->faults.at[i];
        if (fault->kind != FAULT_SYNTAX && fault->kind != FAULT_KEY_COMPLEX && fault->kind != FAULT_KEY_NULL) continue;
        Str lines = lines_around(source->text, fault), program = program_of(lines);
        looked += lines.len;
        if (program.len) return program;
        if (leaves_out(lines)) return S("an excerpt, which leaves something out");
    }
    return S("");
}

/* Whether ytt's annotations stand in a document. */
static bool is_ytt(Str text) {
    const char *end = text.at + text.len;
    for (const char *at = text.at; (at = memchr(at, '#', (size_t)(end - at))); at++) {
        Str rest = {at, (size_t)(end - at)};
        if (str_starts(rest, S("#@ ")) || str_starts(rest, S("#@overlay/")) || str_starts(rest, S("#@data/"))) return true;
    }
    return false;
}

/* Manifests. */

/* The server looks for apiVersion and kind without regard to case. */
static const Node *field_of(const Node *root, Str name) {
    const Node *exact = node_get(root, name);
    for (uint32_t i = 0; !exact && root->kind == NODE_MAP && i < root->count; i++)
        if (str_eq_nocase(root->entries[i].key, name)) return &root->entries[i].value;
    return exact;
}

/* Whether a text that cannot be read has a key at its top level: on a line that is indented as its first one, or anywhere in
 * braces. The colon may be what is missing. */
static bool says_key(Str text, Str key) {
    size_t indent = 0;
    bool braces = false, first = true; /* of a document */
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = {text.at, end < 0 ? text.len : (size_t)end};
        text = str_slice(text, line.len + 1);
        size_t at = 0;
        while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t')) at++;
        if (str_starts(line, S("---"))) first = true;
        if (at == line.len || line.at[at] == '#' || line.at[at] == '\r' || str_starts(line, S("---"))) continue;
        if (first) indent = at, braces = line.at[at] == '{';
        first = false;
        /* The line break behind the apiVersion may be what is missing. */
        bool anywhere = braces || str_starts(str_slice(line, at), S("apiVersion"));
        for (size_t i = at; i + key.len <= line.len && (i == at || anywhere); i++) {
            Str rest = str_slice(line, i);
            char before = i ? line.at[i - 1] : ' ', after = rest.len > key.len ? rest.at[key.len] : ' ';
            if (!str_starts(rest, key) || (!braces && at != indent)) continue;
            if (!is_alnum(before) && (after == ':' || after == ' ' || after == '"' || after == '\'' || after == '\t'))
                return true;
        }
    }
    return false;
}

static bool says_manifest(Str text) {
    return says_key(text, S("apiVersion")) && says_key(text, S("kind"));
}

/* The same of the whole file. */
static bool file_says_manifest(Classifier *c) {
    if (!c->saysManifest) c->saysManifest = says_manifest(c->source->text) ? 1 : -1;
    return c->saysManifest > 0;
}

/* A JSON patch (RFC 6902): a list of operations. */
static bool is_json_patch(const Node *root) {
    for (uint32_t i = 0; root->kind == NODE_LIST && i < root->count; i++)
        if (!node_get(&root->items[i], S("op")) || !node_get(&root->items[i], S("path"))) return false;
    return root->kind == NODE_LIST && root->count;
}

static bool has_objects(const Node *list) {
    for (uint32_t i = 0; i < list->count; i++)
        if (node_get(&list->items[i], S("apiVersion")) && node_get(&list->items[i], S("kind"))) return true;
    return false;
}

/* Whether an apiVersion can be one of a server: v1, apps/v1, example.com/v1alpha1. */
static bool is_api_version(const Node *node) {
    if (!node || node->kind != NODE_STRING) return false;
    Str version = str_slice(node->text, (size_t)(str_rfind(node->text, '/') + 1));
    return version.len > 1 && version.at[0] == 'v' && is_digit(version.at[1]);
}

/* The lower part of an object that a line of --- has cut in two. */
static bool is_cut_off(const Node *root) {
    static const Str names[] = {STR("metadata"), STR("spec"), STR("data"), STR("stringData"), STR("binaryData")};
    bool map = false;
    for (uint32_t i = 0; i < root->count; i++) {
        if (!str_in(root->entries[i].key, names, COUNT(names))) return false;
        map |= root->entries[i].value.kind == NODE_MAP;
    }
    return map;
}

/* A map that lacks one of apiVersion and kind: a manifest all the same if what it has is Kubernetes' own. */
static bool is_incomplete_manifest(const Node *root, const Node *version, const Node *kind) {
    const Node *meta = node_get(root, S("metadata")), *spec = node_get(root, S("spec"));
    bool body = (meta && meta->kind == NODE_MAP) || (spec && spec->kind == NODE_MAP);
    if (!body) return false;
    return kind ? kind->kind == NODE_STRING && schema_kind(kind->text) : is_api_version(version);
}

static DocumentClass class_of_map(const Node *root, Str *why) {
    const Node *version = field_of(root, S("apiVersion")), *kind = field_of(root, S("kind"));
    const Node *sops = node_get(root, S("sops"));
    if (sops && sops->kind == NODE_MAP && node_get(sops, S("mac"))) {
        *why = S("SOPS has to decrypt it");
        return CLASS_TEMPLATE;
    }
    if (version && version->kind == NODE_STRING && str_starts(version->text, S("kustomize.config.k8s.io/")))
        return CLASS_KUSTOMIZATION;
    if (version && kind && version->kind != NODE_NULL && kind->kind != NODE_NULL) return CLASS_MANIFEST;
    if ((version || kind) && is_incomplete_manifest(root, version, kind)) return CLASS_MANIFEST;
    *why = version || kind ? S("it has not both of apiVersion and kind") : S("it has no apiVersion and no kind");
    return CLASS_SETTINGS;
}

static DocumentClass class_of_node(const Node *root, Str *why) {
    switch ((NodeKind)root->kind) {
    case NODE_MAP: return class_of_map(root, why);
    case NODE_LIST:
        if (is_json_patch(root)) *why = S("it is a JSON patch");
        if (is_json_patch(root)) return CLASS_PARTIAL;
        if (has_objects(root)) return CLASS_MANIFEST;
        *why = S("it is a list, with no apiVersion and no kind");
        return CLASS_SETTINGS;
    case NODE_NULL: *why = S("it is empty"); return CLASS_TEXT;
    default: *why = S("it holds no fields"); return CLASS_TEXT;
    }
}

static DocumentClass class_of(Classifier *c, const NodeDocument *in, Str *why) {
    if (c->as != TAKEN_AS_FOUND) *why = S("the configuration says so");
    switch (c->as) {
    case TAKEN_AS_FOUND: break;
    case TAKEN_AS_MANIFEST: return in->root->kind == NODE_NULL && !in->faults.n ? CLASS_TEXT : CLASS_MANIFEST;
    case TAKEN_AS_PARTIAL: return CLASS_PARTIAL;
    case TAKEN_AS_TEMPLATE: return CLASS_TEMPLATE;
    case TAKEN_AS_NOTHING: return CLASS_SETTINGS;
    }
    Str text = {c->source->text.at + in->span.at, in->span.end - in->span.at};
    bool fatal = !in->readable || has_fatal(in);
    if (c->rendered) return in->root->kind == NODE_NULL && !in->faults.n ? CLASS_TEXT : CLASS_MANIFEST;
    Str program = fatal ? template_program(c->source, in) : S("");
    if (program.len) {
        c->program = program;
        *why = program;
        return CLASS_TEMPLATE;
    }
    if (!fatal && is_ytt(text)) {
        *why = S("a ytt template");
        return str_has(text, S("#@overlay/")) ? CLASS_PARTIAL : CLASS_TEMPLATE;
    }
    /* What is left of a template between its signs. */
    if (c->program.len && program_of(text).len) {
        *why = c->program;
        return CLASS_TEMPLATE;
    }
    bool fields = in->root->kind == NODE_MAP || (in->root->kind == NODE_NULL && !in->faults.n) || is_json_patch(in->root);
    DocumentClass class = class_of_node(in->root, why);
    bool cut = in->root->kind == NODE_MAP && class == CLASS_SETTINGS && is_cut_off(in->root) && file_says_manifest(c);
    bool indented = in->readable && has_fatal(in) && (field_of(in->root, S("apiVersion")) || field_of(in->root, S("kind")));
    if (cut || indented) return CLASS_MANIFEST;
    if (fields && (in->readable || (in->mended && class == CLASS_MANIFEST))) return class;
    /* A piece that is none stands in a file of manifests by mistake. */
    if (says_manifest(text) || file_says_manifest(c)) return CLASS_MANIFEST;
    if (!in->readable) *why = S("it cannot be read, and says nowhere that it is a manifest");
    return in->readable ? class : CLASS_SETTINGS;
}

/* Judges a part of an object as far as it can be. What it says of its kind, version and name is only a reference to the whole. */
static void make_partial(Document *document) {
    static const uint16_t references[] = {RULE_kind_missing,        RULE_api_version_missing, RULE_api_version,
                                          RULE_removed_api_version, RULE_kind_misspelt,       RULE_api_version_form};
    document->partial = true;
    DiagList *diags = &document->diags;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < diags->items.n; i++) {
        bool reference = false;
        for (size_t j = 0; j < COUNT(references); j++) reference |= diags->items.at[i].rule->number == references[j];
        if (!reference) diags->items.at[kept++] = diags->items.at[i];
    }
    if (kept < diags->items.n) document->unreadable = false;
    diags->items.n = kept;
    if (document->object)
        model_meta(document)->name = S("any");
    else if (!document->unreadable)
        document->diags.items.n = 0;
}

static bool is_scalar(const Node *node) {
    return node->kind != NODE_NULL && node->kind < NODE_LIST;
}

/* Refines what was built: a manifest of which kind, and whether all of it is here. */
static void finish(const Classifier *c, Arena *arena, Document *document) {
    if (document->class != CLASS_MANIFEST && document->class != CLASS_PARTIAL) return;
    if (document->class == CLASS_PARTIAL)
        make_partial(document);
    else if (c->use)
        kustomize_complete(arena, c->use, document);
    if (document->class == CLASS_PARTIAL) return;
    if (document->unreadable) {
        document->class = CLASS_UNREADABLE;
    } else if (!document->type && document->class == CLASS_MANIFEST) {
        document->class = model_kind(document) ? CLASS_OTHER_KIND : CLASS_CUSTOM;
    }
}

uint32_t classify_build(Classifier *c, Arena *arena, NodeDocument *in, Document **items) {
    Str why = S("");
    DocumentClass class = class_of(c, in, &why);
    if (c->use && c->use->patch && class != CLASS_TEMPLATE && c->as == TAKEN_AS_FOUND) {
        class = CLASS_PARTIAL;
        why = c->use->why;
    }
    if (class == CLASS_MANIFEST || (class == CLASS_PARTIAL && in->root->kind != NODE_LIST)) {
        if (class == CLASS_PARTIAL) kustomize_drop_directives(arena, in->root, c->use && c->use->expressions);
        Str text = {c->source->text.at + in->span.at, in->span.end - in->span.at};
        Substitutes known = {.use = c->use,
                             .unquoted = c->use && kustomize_is_filled_in(c->use),
                             .expressions = c->use && c->use->expressions,
                             .marked = c->marked};
        uint32_t later = c->asWritten ? 0 : placeholders_fill(arena, in->root, text, &known);
        uint32_t count = model_build_kinds(arena, c->source, in, c->minor, c->kindOf ? c->kindOf : schema_type_of, items);
        for (uint32_t i = 0; i < count; i++) {
            Document *document = &(*items)[i];
            document->class = (uint8_t) class;
            document->why = why;
            document->later = later;
            finish(c, arena, document);
            if (!document->mended) continue;
            Document *mended = document->mended;
            mended->class = (uint8_t) class;
            mended->why = why;
            mended->later = later;
            finish(c, arena, mended);
        }
        return count;
    }
    *items = NEW(arena, Document);
    **items = (Document){.source = c->source,
                         .index = in->index,
                         .item = -1,
                         .span = in->span,
                         .root = in->root,
                         .minor = c->minor,
                         .class = (uint8_t) class,
                         .why = why,
                         .refused = !in->readable || has_fatal(in) || in->root->kind == NODE_LIST || is_scalar(in->root),
                         .diags = {.arena = arena}};
    return 1;
}
