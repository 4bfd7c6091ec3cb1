#include <errno.h>

#include "base/visible.h"
#include "input/classify.h"
#include "model/stored.h"
#include "admission_options.h"
#include "command.h"
#include "run/definitions.h"

enum { DEFAULTS_FORMAT, DEFAULTS_CRDS, DEFAULTS_ADMISSION, DEFAULTS_CLUSTER, DEFAULTS_NAMESPACE, DEFAULTS_VERSION };

enum { FORMAT_YAML, FORMAT_JSON };

static void list_formats(Choices *out) {
    choice_add(out, "yaml", FORMAT_YAML, "fields in the order of the API's types, the default");
    choice_add(out, "json", FORMAT_JSON, NULL);
}

static const Option options[] = {
    {"format", 'f', "FORMAT", list_formats, ""},
    {"crds", 0, "PATH", NULL,
     "Print custom resources, too, with the defaults of the CustomResourceDefinitions in a file or a directory. May be given "
     "several "
     "times."},
    {"admission", 0, NULL, NULL,
     "Print pods and claims as they are stored after admission: with what the LimitRanges, classes and ServiceAccounts of the "
     "file "
     "and of --cluster give them. What makes pods is printed with the pods that it makes."},
    ADMISSION_OPTIONS,
    {"kubernetes-version", 0, "VERSION", list_versions, "The API server to speak for: " VERSION_RANGE ". Default: the newest."},
};

static int run(int argc, char **argv);

const Command defaults_command = {
    "defaults",
    "FILE",
    NULL,
    "Print an object as the API server would store it.",
    "Prints the objects of a file with all the defaults that the API server fills in. FILE may be - for standard input. What "
    "cannot be decoded is reported, and the rest printed. Documents of other kinds are left out, and custom resources "
    "whose definition is not known (--crds, and the folder that 'podlint crds add' fills).",
    options,
    COUNT(options),
    "  podlint defaults pod.yaml                    as YAML\n  podlint defaults --format json pod.yaml      as JSON, with file "
    "and document number\n",
    "  0  all objects are printed\n  1  something could not be decoded\n  2  wrong usage, or the file could not be read\n",
    run};

static void print_yaml(FILE *out, const json_t *object, bool first) {
    if (!first) fputs("---\n", out);
    stored_write_yaml(out, object);
}

static void print_json(FILE *out, const Document *document, Str file, json_t *object, bool first) {
    json_t *entry = json_object();
    json_object_set_new(entry, "file", json_stringn(file.at, file.len));
    json_object_set_new(entry, "index", json_integer(document->index));
    if (document->item >= 0) json_object_set_new(entry, "item", json_integer(document->item));
    json_object_set(entry, "object", object);
    if (!first) fputs(",\n", out);
    json_dumpf(entry, out, JSON_PRESERVE_ORDER | JSON_INDENT(2));
    json_decref(entry);
}

/* Tells on stderr what could not be read of a document; true if it was an error. */
static bool complain(Source *source, Arena *arena, Document *document) {
    bool errors = false;
    diag_sort(&document->diags);
    for (uint32_t i = 0; i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        Place place = source_place(source, arena, diag->span.at);
        tell_error("%.*s:%u:%u: %s[%.*s]: %.*s", (int)source->name.len, source->name.at, place.line, place.column,
                   severity_name((Severity)diag->severity), (int)diag->rule->name.len, diag->rule->name.at,
                   (int)diag->message.len, diag->message.at);
        errors |= diag->severity == SEVERITY_ERROR;
    }
    return errors;
}

/* What the command line asks for. */
typedef struct DefaultsRequest {
    Arena *arena;
    const char *file;
    int format;
    uint8_t minor;
    bool admission;
    InputList definitions;
    Crds *crds;
    WordList clusterFiles;
    Deciders deciders;
} DefaultsRequest;

typedef ARRAY(Document) Documents;

/* The objects of a source, of which those that decide over others join the deciders. */
static Documents read_documents(DefaultsRequest *r, Source *source) {
    NodeReader reader = {.source = source};
    Classifier classifier = {.source = source, .minor = r->minor};
    NodeDocument node;
    Documents all = {0};
    while (node_next(&reader, r->arena, &node)) {
        Document *items;
        uint32_t count = classify_build(&classifier, r->arena, &node, &items);
        for (uint32_t i = 0; i < count; i++) {
            Standing standing = {.file = source->name, .line = source_place(source, r->arena, items[i].span.at).line};
            if (r->admission && admission_role(&items[i]) != ADMISSION_NONE)
                deciders_add(&r->deciders, &items[i], standing, false);
            ARRAY_PUSH(r->arena, &all, items[i]);
        }
    }
    return all;
}

/* A custom resource as the server stores it; NULL if its definition is not known, or the server does not take it. */
static json_t *custom_json(const DefaultsRequest *r, Document *document) {
    const Crd *known;
    const CrdVersion *version = crds_find(r->crds, document->apiVersion, document->kind, &known);
    if (document->class != CLASS_CUSTOM || document->partial || !version || document->root->kind != NODE_MAP) return NULL;
    json_t *object = stored_node(r->arena, crd_stored(version, document));
    json_object_del(object, "status");
    return object;
}

/* Prints the objects of a file; what cannot be read, and what admission refuses, is told on stderr. Returns the exit code. */
static int print_file(FILE *out, DefaultsRequest *r) {
    Source source;
    Str file = str_of(r->file);
    SourceError error = source_read(&source, r->arena, file);
    if (error) {
        Str reason = source_error_text(r->arena, error, errno);
        tell_error("podlint: cannot read %.*s: %.*s", TEXT(file), TEXT(reason));
        return 2;
    }
    bool json = r->format == FORMAT_JSON, first = true, errors = false;
    Documents all = read_documents(r, &source);
    if (json) fputs("{\"documents\": [\n", out);
    for (uint32_t i = 0; i < all.n; i++) {
        Document *document = &all.at[i];
        if (r->admission && document->object && !document->unreadable && !document->partial)
            admission_admit(&r->deciders, document, &(Standing){.file = file});
        json_t *object = document->unreadable ? NULL
                         : document->object   ? stored_json(r->arena, document)
                                              : custom_json(r, document);
        errors |= complain(&source, r->arena, document);
        if (!object) continue;
        if (json)
            print_json(out, document, file, object, first);
        else
            print_yaml(out, object, first);
        first = false;
        json_decref(object);
    }
    if (json) fputs("\n]}\n", out);
    return errors ? 1 : 0;
}

static bool take(void *context, Parsed parsed) {
    const Command *command = &defaults_command;
    DefaultsRequest *r = context;
    int number = 0;
    switch (parsed.option) {
    case OPTION_OPERAND:
        number = r->file ? -1 : 0;
        if (r->file) usage_error(command, "one file at a time, please: %s and %s", r->file, parsed.value);
        r->file = parsed.value;
        break;
    case DEFAULTS_FORMAT: number = r->format = choose(command, "format", parsed.value, list_formats); break;
    case DEFAULTS_CRDS: input_add(&r->definitions, str_of(parsed.value)); break;
    case DEFAULTS_ADMISSION: r->admission = true; break;
    case DEFAULTS_CLUSTER: ARRAY_PUSH(r->arena, &r->clusterFiles, str_of(parsed.value)); break;
    case DEFAULTS_NAMESPACE: r->deciders.namespace_ = str_of(parsed.value); break;
    case DEFAULTS_VERSION:
        number = parse_version(command, parsed.value);
        r->minor = (uint8_t)number;
        break;
    default: break;
    }
    return number >= 0;
}

static int run(int argc, char **argv) {
    Arena arena = {0};
    DefaultsRequest request = {.arena = &arena,
                               .format = FORMAT_YAML,
                               .minor = VERSION_LAST,
                               .definitions.arena = &arena,
                               .deciders = {.arena = &arena, .byKind = {.arena = &arena}, .closed = false}};
    int code = read_options(&defaults_command, argc, argv, take, &request);
    if (!code && !request.file) code = usage_error(&defaults_command, "name the file to read, or - for standard input");
    if (!code && !read_cluster(&request.deciders, &request.clusterFiles, request.minor)) code = 2;
    if (!code && !(request.crds = definitions_open(&request.definitions, NULL))) code = 2;
    if (!code) code = print_file(stdout, &request);
    crds_free(request.crds);
    arena_free(&arena);
    return finish_output(code);
}
