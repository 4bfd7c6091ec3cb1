/* podlint crds: the definitions of custom resources that a repository keeps. `add` writes each into a file of its own, without
 * what judging does not need; `list` tells which there are. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/output.h"
#include "base/str_set.h"
#include "base/visible.h"
#include "command.h"
#include "model/stored.h"
#include "rules.h"
#include "run/definitions.h"
#include "validate/validate.h"

enum { CRDS_CRDS, CRDS_DESCRIPTIONS };

enum { CRDS_ADD, CRDS_LIST };

static void list_actions(Choices *out) {
    choice_add(out, "add", CRDS_ADD, "keep definitions in " DEFINITIONS_FOLDER);
    choice_add(out, "list", CRDS_LIST, "tell which definitions are known");
}

static const Option options[] = {
    {"crds", 0, "PATH", NULL, "List the definitions of a file or a directory, too. May be given several times."},
    {"descriptions", 0, NULL, NULL, "Keep the descriptions of fields, for 'podlint explain --crds'."},
};

static int run(int argc, char **argv);

const Command crds_command = {
    "crds",
    "add FILE...|list",
    list_actions,
    "Keep the definitions of custom resources in the repository.",
    "'add' reads CustomResourceDefinitions from files, directories (the crds/ of a chart, for instance) or standard input, -, "
    "and writes "
    "each to a file of its own in " DEFINITIONS_FOLDER
    " at the root of the git repository, or in the working directory where there is none. "
    "Commands that judge custom resources read that folder by themselves. A definition that is there already is "
    "replaced; one that the server refuses is not kept.\n\n'list' tells "
    "which definitions are known: name, kind, versions that are served, scope, and the file.",
    options,
    COUNT(options),
    "  podlint crds add charts/shop/crds            those of a chart\n"
    "  kubectl get crds -o yaml | podlint crds add -\n"
    "                                               those of a cluster\n"
    "  podlint crds list                            what is known here\n",
    "  0  done\n  1  there is no definition, or one that the server refuses\n  2  wrong usage, or a file could not be read or "
    "written\n",
    run};

typedef struct CrdsRequest {
    Arena *arena;
    int action; /* -1 before it is known */
    bool descriptions;
    InputList files, crds;
} CrdsRequest;

/* The folder to write to. */
static Str folder_to_write(Arena *arena) {
    Str found = definitions_folder(arena);
    Str here = real_path(arena, "."), folder = here;
    struct stat st;
    if (found.at) return found;
    while (folder.len) {
        if (stat(str_format(arena, "%.*s/.git", TEXT(folder)).at, &st) == 0)
            return str_format(arena, "%.*s/" DEFINITIONS_FOLDER, TEXT(folder));
        ptrdiff_t slash = str_rfind(folder, '/');
        folder.len = slash < 0 ? 0 : (size_t)slash;
    }
    return S(DEFINITIONS_FOLDER);
}

static bool make_folder(Arena *arena, Str folder) {
    for (size_t i = 1; i <= folder.len; i++) {
        if (i < folder.len && folder.at[i] != '/') continue;
        if (mkdir(arena_cstr(arena, (Str){folder.at, i}), 0777) != 0 && errno != EEXIST) return false;
    }
    return true;
}

/* Takes descriptions out of a schema and of all schemas in it. */
static void drop_descriptions(json_t *schema) {
    const char *key;
    json_t *value;
    size_t i;
    static const char *const one[] = {"items", "not", "additionalProperties"}, *const list[] = {"allOf", "anyOf", "oneOf"};
    json_object_del(schema, "description");
    json_object_foreach(json_object_get(schema, "properties"), key, value) drop_descriptions(value);
    for (size_t k = 0; k < COUNT(one); k++)
        if (json_is_object(json_object_get(schema, one[k]))) drop_descriptions(json_object_get(schema, one[k]));
    for (size_t k = 0; k < COUNT(list); k++)
        json_array_foreach(json_object_get(schema, list[k]), i, value) drop_descriptions(value);
}

/* What is kept of a definition: its name, who has approved it, and its spec. */
static json_t *compact(const CrdsRequest *r, const Crd *crd) {
    json_t *spec = stored_node(r->arena, node_get(crd->root, S("spec"))), *version;
    size_t i;
    if (!r->descriptions)
        json_array_foreach(json_object_get(spec, "versions"), i, version)
            drop_descriptions(json_object_get(json_object_get(version, "schema"), "openAPIV3Schema"));
    json_t *meta = json_object(), *out = json_object();
    json_object_set_new(meta, "name", json_stringn(crd->name.at, crd->name.len));
    const Node *annotations = node_get(node_get(crd->root, S("metadata")), S("annotations"));
    const Node *approval = node_get(annotations, S("api-approved.kubernetes.io"));
    if (approval)
        json_object_set_new(meta, "annotations",
                            json_pack("{s:o}", "api-approved.kubernetes.io", stored_node(r->arena, approval)));
    json_object_set_new(out, "apiVersion", json_string("apiextensions.k8s.io/v1"));
    json_object_set_new(out, "kind", json_string("CustomResourceDefinition"));
    json_object_set_new(out, "metadata", meta);
    json_object_set_new(out, "spec", spec);
    return out;
}

/* Whether a name can be that of a file: what the server takes for one. */
static bool is_file_name(Str name) {
    for (size_t i = 0; i < name.len; i++)
        if (!is_alnum(name.at[i]) && name.at[i] != '-' && name.at[i] != '.') return false;
    return name.len && name.len < 250 && name.at[0] != '.';
}

static bool write_one(const CrdsRequest *r, Str folder, const Crd *crd) {
    Str path = str_format(r->arena, "%.*s/%.*s.yaml", TEXT(folder), TEXT(crd->name));
    Output output;
    if (!output_open(&output, path.at)) return false;
    json_t *object = compact(r, crd);
    stored_write_yaml(output.stream, object);
    json_decref(object);
    return output_close(&output);
}

static bool told_faults(const InputList *list, const Crds *crds) {
    bool good = definitions_good(crds);
    for (uint32_t i = 0; i < list->faults.n; i++)
        tell_error("podlint: cannot read %.*s: %s", TEXT(list->faults.at[i].path), strerror(list->faults.at[i].error));
    return !good || list->faults.n;
}

/* The first reason for which the server refuses a definition; NULL: it takes it. Fields that it does not know are dropped by who
 * does not ask for strict validation. */
static const Diag *refusal_of(Arena *arena, const Crd *crd) {
    NodeDocument in = {.root = (Node *)crd->root, .readable = true, .span = crd->root->span};
    Document *document;
    if (!model_build(arena, crd->source, &in, VERSION_LAST, &document) || !document->object) return NULL;
    validate_create(document);
    crd_judge_definition(document);
    diag_sort(&document->diags);
    for (uint32_t i = 0; i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        if (diag_refuses(diag) && !str_eq(diag->rule->name, S("unknown-field"))) return diag;
    }
    return NULL;
}

static int add(CrdsRequest *r) {
    if (!r->files.files.n && !r->files.faults.n)
        return usage_error(&crds_command, "name the files or directories with definitions, or - for standard input");
    Crds *crds = crds_new();
    for (uint32_t i = 0; i < r->files.files.n; i++) crds_add(crds, r->files.files.at[i].path, r->files.files.at[i].text);
    Str folder = folder_to_write(r->arena);
    uint32_t written = 0, refusals = 0;
    bool failed = false;
    StrSet names = {.arena = r->arena};
    const Crd *crd;
    for (uint32_t i = 0; (crd = crds_at(crds, i)); i++) {
        if (str_set_add(&names, crd->name, crd)) continue;
        if (!is_file_name(crd->name) || !node_get(crd->root, S("spec"))) {
            tell_error("podlint: a definition in %.*s has no name, or no spec", TEXT(crd->source->name));
            failed = true;
            continue;
        }
        const Diag *refused = refusal_of(r->arena, crd);
        if (refused) {
            Place at = source_place(crd->source, r->arena, refused->span.at);
            tell_error("podlint: %.*s is not kept, the server refuses it: %.*s:%u:%u: %.*s", TEXT(crd->name),
                       TEXT(crd->source->name), at.line, at.column, TEXT(refused->message));
            refusals++;
            continue;
        }
        if (!written && !make_folder(r->arena, folder)) {
            tell_error("podlint: cannot make %.*s: %s", TEXT(folder), strerror(errno));
            failed = true;
            break;
        }
        failed |= !write_one(r, folder, crd);
        written++;
    }
    failed |= told_faults(&r->files, crds);
    crds_free(crds);
    Str shown = input_relative(r->arena, ".", folder);
    if (written) printf("%u %s in %.*s\n", written, written == 1 ? "definition is kept" : "definitions are kept", TEXT(shown));
    if (!written && !failed && !refusals)
        fputs("podlint: there is no CustomResourceDefinition of apiextensions.k8s.io/v1 in these files\n", stderr);
    return failed ? 2 : written && !refusals ? 0 : 1;
}

static int list(CrdsRequest *r) {
    if (r->files.files.n) return usage_error(&crds_command, "list takes no files; name them with --crds");
    Crds *crds = definitions_open(&r->crds, NULL);
    if (!crds) return 2;
    const Crd *crd;
    uint32_t count = 0;
    for (; (crd = crds_at(crds, count)); count++) {
        if (!count) printf("%-50s %-28s %-20s %-10s %s\n", "NAME", "KIND", "VERSIONS", "SCOPE", "FILE");
        Buf versions = {.arena = r->arena};
        for (uint32_t i = 0; i < crd->versionCount; i++)
            if (crd->versions[i].served) buf_format(&versions, "%s%.*s", versions.len ? "," : "", TEXT(crd->versions[i].name));
        Str kind = crd->versionCount ? crd->versions->kind : S(""),
            scope = crd->versionCount && crd->versions->namespaced ? S("Namespaced") : S("Cluster");
        Str line = str_format(r->arena, "%-50.*s %-28.*s %-20.*s %-10.*s %.*s", TEXT(crd->name), TEXT(kind),
                              TEXT(buf_text(&versions)), TEXT(scope), TEXT(input_relative(r->arena, ".", crd->source->name)));
        Str shown = visible(r->arena, line);
        printf("%.*s\n", TEXT(shown));
    }
    bool failed = told_faults(&r->crds, crds);
    crds_free(crds);
    if (!count && !failed)
        fputs("podlint: no definition is known here; 'podlint crds add' keeps some, --crds names others\n", stderr);
    return failed ? 2 : count ? 0 : 1;
}

/* What the first operand asks for; -1 after telling that there is nothing of the name. */
static int action_of(const char *word) {
    static const char *const actions[] = {[CRDS_ADD] = "add", [CRDS_LIST] = "list"};
    for (int i = 0; i < (int)COUNT(actions); i++)
        if (strcmp(word, actions[i]) == 0) return i;
    const char *near = nearest_word(word, actions, COUNT(actions));
    usage_error(&crds_command, "crds does not know \"%s\"%s%s%s it takes add and list", word, near ? "; did you mean \"" : ";",
                near ? near : "", near ? "\"?" : "");
    return -1;
}

static bool take(void *request, Parsed parsed) {
    CrdsRequest *r = request;
    switch (parsed.option) {
    case OPTION_OPERAND:
        if (r->action >= 0) input_add(&r->files, str_of(parsed.value));
        if (r->action < 0) r->action = action_of(parsed.value);
        return r->action >= 0;
    case CRDS_CRDS: input_add(&r->crds, str_of(parsed.value)); break;
    case CRDS_DESCRIPTIONS: r->descriptions = true; break;
    default: break;
    }
    return true;
}

static int run(int argc, char **argv) {
    Arena arena = {0};
    CrdsRequest r = {.arena = &arena, .action = -1, .files.arena = &arena, .crds.arena = &arena};
    int code = read_options(&crds_command, argc, argv, take, &r);
    if (!code && r.action < 0) code = usage_error(&crds_command, "say what to do: add or list");
    if (!code) code = r.action == CRDS_ADD ? add(&r) : list(&r);
    arena_free(&arena);
    return finish_output(code);
}
