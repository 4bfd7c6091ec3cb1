#include "classify.h"

#include "kustomization.h"
#include "placeholder.h"
#include "yaml/entries.h"
#include "rules.h"
#include "template.h"

Str class_name(DocumentClass class) {
    static const Str names[] = {
        [CLASS_MANIFEST] = STR("manifest"),
        [CLASS_PARTIAL] = STR("partial object"),
        [CLASS_JSON_PATCH] = STR("JSON patch"),
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

static bool has_fatal(const NodeDocument *in) {
    for (uint32_t i = 0; i < in->faults.n; i++)
        if (fault_is_fatal(in->faults.at[i].kind)) return true;
    return false;
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
        size_t from = at + (line.at[at] == '"' || line.at[at] == '\'');
        for (size_t i = from; i + key.len <= line.len && (i == from || anywhere); i++) {
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
    if (version && version->kind == NODE_STRING && str_starts(version->text, S("kustomize.config.k8s.io/"))) {
        *why = S("by its apiVersion");
        return CLASS_KUSTOMIZATION;
    }
    if (version && kind && version->kind != NODE_NULL && kind->kind != NODE_NULL) return CLASS_MANIFEST;
    if ((version || kind) && is_incomplete_manifest(root, version, kind)) return CLASS_MANIFEST;
    *why = version || kind ? S("it has not both of apiVersion and kind") : S("it has no apiVersion and no kind");
    return CLASS_SETTINGS;
}

static DocumentClass class_of_node(const Node *root, Str *why) {
    switch ((NodeKind)root->kind) {
    case NODE_MAP: return class_of_map(root, why);
    case NODE_LIST:
        if (is_json_patch(root)) *why = S("a list of operations");
        if (is_json_patch(root)) return CLASS_JSON_PATCH;
        if (has_objects(root)) return CLASS_MANIFEST;
        *why = S("it is a list, with no apiVersion and no kind");
        return CLASS_SETTINGS;
    case NODE_NULL: *why = S("it is empty"); return CLASS_TEXT;
    default: *why = S("it holds no fields"); return CLASS_TEXT;
    }
}

/* Whether a map says that it is an object of another program than kustomize, whatever its file is called. */
static bool is_other_object(const Node *root) {
    const Node *version = field_of(root, S("apiVersion"));
    return version && version->kind == NODE_STRING && !str_starts(version->text, S("kustomize.config.k8s.io/"));
}

static DocumentClass class_of(Classifier *c, Arena *arena, const NodeDocument *in, Str *why) {
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
    Str bare = fatal || c->program.len ? template_bare(arena, text) : S("");
    Str program = fatal ? template_program(bare, in) : S("");
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
    if (c->program.len && template_has_signs(bare)) {
        *why = c->program;
        return CLASS_TEMPLATE;
    }
    if (!c->patch && input_is_kustomization(c->source->name) && !is_other_object(in->root)) {
        *why = in->root->kind == NODE_NULL && !in->faults.n ? S("it is empty") : S("by its name");
        return CLASS_KUSTOMIZATION;
    }
    bool fields = in->root->kind == NODE_MAP || (in->root->kind == NODE_NULL && !in->faults.n) || is_json_patch(in->root);
    DocumentClass class = class_of_node(in->root, why);
    bool cut = in->root->kind == NODE_MAP && class == CLASS_SETTINGS && is_cut_off(in->root) && file_says_manifest(c);
    bool indented = in->readable && has_fatal(in) && (field_of(in->root, S("apiVersion")) || field_of(in->root, S("kind")));
    if (cut || indented) *why = S("");
    if (cut || indented) return CLASS_MANIFEST;
    if (fields && (in->readable || (in->mended && class == CLASS_MANIFEST))) return class;
    /* A piece that is none stands in a file of manifests by mistake. */
    if (says_manifest(text) || file_says_manifest(c)) {
        *why = S("");
        return CLASS_MANIFEST;
    }
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

/* Makes an object that was built one of which nothing is said. */
static void set_aside(Document *document, DocumentClass class, Str why) {
    *document = (Document){.source = document->source,
                           .index = document->index,
                           .item = document->item,
                           .span = document->span,
                           .root = document->root,
                           .minor = document->minor,
                           .class = (uint8_t) class,
                           .why = why,
                           .later = class == CLASS_TEMPLATE ? document->later : 0,
                           .diags = {.arena = document->diags.arena}};
}

/* An object whose kind is filled in later is one of any kind: nothing can be said of it. */
static bool take_as_template(Document *document) {
    const Node *version = field_of(document->root, S("apiVersion")), *kind = field_of(document->root, S("kind"));
    bool later = document->later && ((version && version->later) || (kind && kind->later));
    if (!later || document->class != CLASS_MANIFEST) return false;
    set_aside(document, CLASS_TEMPLATE,
              kind && kind->later ? S("its kind is filled in later") : S("its apiVersion is filled in later"));
    return true;
}

/* An object that kustomizations take out is never applied. */
static bool take_as_nothing(const Classifier *c, Arena *arena, Document *document) {
    Str by;
    if (!c->use || document->class != CLASS_MANIFEST || !kustomize_takes_out(arena, c->use, document, &by)) return false;
    set_aside(document, CLASS_SETTINGS, str_format(arena, "%.*s takes it out", TEXT(by)));
    return true;
}

/* Refines what was built: a manifest of which kind, and whether all of it is here. */
static void finish(const Classifier *c, Arena *arena, bool readable, Document *document) {
    if (document->class != CLASS_MANIFEST && document->class != CLASS_PARTIAL) return;
    if (readable && (take_as_template(document) || take_as_nothing(c, arena, document))) return;
    if (document->class == CLASS_PARTIAL)
        make_partial(document);
    else if (c->use)
        kustomize_complete(arena, c->use, document);
    if (document->class == CLASS_PARTIAL) return;
    if (document->unreadable) {
        document->class = CLASS_UNREADABLE;
        if (!document->why.len)
            document->why = readable ? S("the server cannot decode it") : S("it says that it is one, and cannot be read");
    } else if (!document->type && document->class == CLASS_MANIFEST) {
        bool own = model_kind(document) != NULL;
        document->class = own ? CLASS_OTHER_KIND : CLASS_CUSTOM;
        document->why = own ? S("podlint does not judge this kind") : S("no definition of its kind is known");
    }
}

/* Of a kind of Kubernetes whose apiVersion is filled in later, one that has it will be meant. */
static void choose_version(Node *root, uint8_t minor) {
    Node *version = (Node *)(uintptr_t)field_of(root, S("apiVersion"));
    const Node *name = field_of(root, S("kind"));
    const Kind *kind = name && name->kind == NODE_STRING && !name->later ? schema_kind(name->text) : NULL;
    if (!kind || !version || !version->later) return;
    version->text = schema_version_for(kind, minor);
    version->later = false;
}

/* A patch may leave out what its target says, and for a kind of Kubernetes the apiVersion. */
static void name_object(const Classifier *c, Arena *arena, Node *root) {
    if (root->kind != NODE_MAP) return;
    const Node *kind = field_of(root, S("kind"));
    const InlinePatch *target = c->patch;
    Str name = kind && kind->kind == NODE_STRING ? kind->text : kind || !target ? S("") : target->kind;
    const Kind *known = name.len ? schema_kind(name) : NULL;
    Str version = known ? schema_version_for(known, c->minor) : S("");
    if (target && target->version.len && !kind)
        version = str_format(arena, "%.*s%s%.*s", TEXT(target->group), target->group.len ? "/" : "", TEXT(target->version));
    const struct { Str key, value; } parts[] = {{STR("kind"), name}, {STR("apiVersion"), version}};
    Node named = *root;
    named.count = 0;
    entries_make_room(arena, &named, root->count + COUNT(parts));
    for (uint32_t i = 0; i < root->count; i++) entries_add(&named, &root->entries[i]);
    for (size_t i = 0; i < COUNT(parts); i++)
        if (parts[i].value.len && !field_of(root, parts[i].key))
            entries_add(&named, &(Entry){parts[i].key,
                                         str_hash(parts[i].key),
                                         {root->span.at, root->span.at},
                                         {.kind = NODE_STRING, .span = {root->span.at, root->span.at}, .text = parts[i].value}});
    *root = named;
}

static uint32_t classify_patch(const Classifier *outer, Arena *arena, const InlinePatch *patch, Str name, Document **items);

/* A kustomization, and behind it the patches that it holds. */
static uint32_t build_kustomization(const Classifier *c, Arena *arena, NodeDocument *in, Str why, Document **items) {
    ARRAY(Document) all = {0};
    Document whole = {.source = c->source,
                      .index = in->index,
                      .item = -1,
                      .span = in->span,
                      .root = in->root,
                      .minor = c->minor,
                      .class = CLASS_KUSTOMIZATION,
                      .why = why,
                      .diags = {.arena = arena}};
    bool readable = !model_faults(&whole.diags, in) && in->readable;
    if (readable) whole.later = placeholders_fill(arena, in->root, in->span, &(Substitutes){.source = c->source});
    if (readable) kustomization_check(&whole);
    whole.refused = !readable;
    ARRAY_PUSH(arena, &all, whole);
    InlinePatches patches =
        readable && c->withPatches && !c->asWritten ? kustomization_patches(arena, in->root) : (InlinePatches){0};
    for (uint32_t i = 0; i < patches.n; i++) {
        Document *found;
        uint32_t count = classify_patch(c, arena, &patches.at[i], c->source->name, &found);
        for (uint32_t j = 0; j < count; j++) {
            found[j].index = in->index;
            found[j].item = (int32_t)i;
            found[j].inside = patches.at[i].text;
            if (found[j].mended) found[j].mended->inside = patches.at[i].text;
            ARRAY_PUSH(arena, &all, found[j]);
        }
    }
    *items = all.at;
    return all.n;
}

/* Whether descriptions in an object are what people read: those of a definition's fields. */
static bool holds_prose(const Node *root) {
    const Node *kind = root->kind == NODE_MAP ? field_of(root, S("kind")) : NULL;
    return kind && kind->kind == NODE_STRING && str_eq(kind->text, S("CustomResourceDefinition"));
}

/* Tests of chainsaw are read by it alone, which takes the last of several keys: in them people override what they merge. */
static void forgive_doubles(NodeDocument *in) {
    const Node *version = in->root->kind == NODE_MAP ? field_of(in->root, S("apiVersion")) : NULL;
    if (!version || version->kind != NODE_STRING || !str_starts(version->text, S("chainsaw.kyverno.io/"))) return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < in->faults.n; i++) {
        FaultKind kind = in->faults.at[i].kind;
        if (kind != FAULT_DUPLICATE_KEY && kind != FAULT_MERGED_KEY) in->faults.at[kept++] = in->faults.at[i];
    }
    in->faults.n = kept;
}

uint32_t classify_build(Classifier *c, Arena *arena, NodeDocument *in, Document **items) {
    Str why = S("");
    forgive_doubles(in);
    DocumentClass class = class_of(c, arena, in, &why);
    if (c->use && c->use->patch && class != CLASS_TEMPLATE && c->as == TAKEN_AS_FOUND) {
        class = json_patch_is_meant(in->root) ? CLASS_JSON_PATCH : CLASS_PARTIAL;
        why = c->use->why;
    }
    if (class == CLASS_KUSTOMIZATION) return build_kustomization(c, arena, in, why, items);
    if (class == CLASS_MANIFEST || (class == CLASS_PARTIAL && in->root->kind != NODE_LIST)) {
        if (c->use && c->use->kustomized && !c->rendered) kustomize_rewrite(c->source, in->root);
        if (class == CLASS_PARTIAL) kustomize_drop_directives(arena, in->root, c->use && c->use->expressions);
        if (class == CLASS_PARTIAL) name_object(c, arena, in->root);
        Substitutes known = {.source = c->source,
                             .use = c->use,
                             .unquoted = c->use && kustomize_is_filled_in(c->use),
                             .expressions = c->use && c->use->expressions,
                             .marked = c->marked,
                             .prose = holds_prose(in->root)};
        uint32_t later = c->asWritten ? 0 : placeholders_fill(arena, in->root, in->span, &known);
        if (later) choose_version(in->root, c->minor);
        uint32_t count = model_build_kinds(arena, c->source, in, c->minor, c->kindOf ? c->kindOf : schema_type_of, items);
        for (uint32_t i = 0; i < count; i++) {
            Document *document = &(*items)[i];
            document->class = (uint8_t) class;
            document->why = why;
            document->later = later;
            finish(c, arena, !has_fatal(in), document);
            if (!document->mended) continue;
            Document *mended = document->mended;
            mended->class = (uint8_t) class;
            mended->why = why;
            mended->later = later;
            finish(c, arena, !has_fatal(in), mended);
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
    if (class == CLASS_JSON_PATCH) {
        uint32_t later = c->asWritten ? 0 : placeholders_fill(arena, in->root, in->span, &(Substitutes){.source = c->source});
        (*items)->later = later;
        model_faults(&(*items)->diags, in);
        json_patch_check(*items);
    }
    return 1;
}

/* The documents of a patch inside of a kustomization of that name. */
static uint32_t classify_patch(const Classifier *outer, Arena *arena, const InlinePatch *patch, Str name, Document **items) {
    FileUse *use = NEW(arena, FileUse);
    Source *source = NEW(arena, Source);
    *use = (FileUse){.patch = true, .kustomized = true, .why = str_format(arena, "a patch inside of %.*s", TEXT(name))};
    ARRAY(Document) all = {0};
    if (source_from_bytes(source, arena, name, patch->text->text) != SOURCE_OK) return 0;
    Classifier c = {.source = source, .minor = outer->minor, .use = use, .patch = patch};
    NodeDocument in;
    for (NodeReader reader = {.source = source}; node_next(&reader, arena, &in);) {
        Document *found;
        uint32_t count = classify_build(&c, arena, &in, &found);
        for (uint32_t i = 0; i < count; i++) ARRAY_PUSH(arena, &all, found[i]);
    }
    *items = all.at;
    return all.n;
}

Document classify_wide(Arena *arena, const Source *source, SourceError error) {
    Document document = {.item = -1, .source = source, .diags = {.arena = arena}};
    Str encoding = error == SOURCE_UTF32 ? S("UTF-32") : S("UTF-16");
    Buf narrow = {.arena = arena};
    for (size_t i = 0; i < source->bytes.len; i++)
        if (source->bytes.at[i] > 0) buf_char(&narrow, source->bytes.at[i]);
    if (source->bytes.len && !says_manifest(buf_text(&narrow))) {
        document.class = CLASS_SETTINGS;
        document.why = str_format(arena, "it is %.*s, and says nowhere that it is a manifest", TEXT(encoding));
    } else {
        document.class = CLASS_UNREADABLE;
        document.why = str_format(arena, "it is %.*s", TEXT(encoding));
        document.unreadable = true;
        emit_utf_16(&document.diags, (Where){0}, .encoding = encoding, .problem = source_error_text(arena, error, 0));
    }
    return document;
}
