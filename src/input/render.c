#include "render.h"

#include <errno.h>
#include <stdio.h>

#include "kustomize.h"
#include "base/visible.h"
#include "base/process.h"
#include "yaml/source.h"

enum { RENDER_SECONDS = 120 };

/* A command that prints manifests. */
typedef struct Renderer {
    const char *program, *verb;
    const char *shown; /* for messages */
} Renderer;

static const Renderer helm = {"helm", "template", "helm template"};
static const Renderer kustomize = {"kustomize", "build", "kustomize build"};
static const Renderer kubectl = {"kubectl", "kustomize", "kubectl kustomize"};

static bool complain(const char *what, Str directory, const char *why) {
    tell_error("podlint: cannot render the %s %.*s: %s", what, (int)directory.len, directory.at, why);
    return false;
}

/* Runs the command on a directory, with an option or NULL; false after telling what is wrong. */
static bool render(Arena *arena, const Renderer *renderer, const char *option, const char *what, Str directory, Str *out) {
    /* A name that starts with a dash would be an option. */
    Str path = str_starts(directory, S("-")) ? str_join(arena, S("./"), directory) : directory;
    char *const argv[] = {(char *)renderer->program, (char *)renderer->verb, arena_cstr(arena, path), (char *)option, NULL};
    ProcessOptions options = {.errorsThrough = true, .seconds = RENDER_SECONDS, .mostBytes = SOURCE_MAX_BYTES};
    Process process = process_run(arena, argv, &options);
    *out = process.out;
    if (process.code == 0) return true;
    Str why = process.failure ? str_format(arena, "%s: %s%c", renderer->shown, process.failure, 0)
                              : str_format(arena, "%s ended with %d%c", renderer->shown, process.code, 0);
    return complain(what, directory, why.at);
}

static Str command_of(Arena *arena, const Renderer *renderer, Str directory) {
    return str_format(arena, "%s %.*s", renderer->shown, (int)directory.len, directory.at);
}

static Str next_line(Str *text) {
    ptrdiff_t end = str_find(*text, '\n');
    Str line = {text->at, end < 0 ? text->len : (size_t)end};
    *text = str_slice(*text, line.len + 1);
    return line;
}

/* The file that a line of Helm's output says the text below comes from, as CHART/templates/FILE; empty for other lines. */
static Str source_comment(Str line) {
    static const Str start = STR("# Source: ");
    if (!str_starts(line, start)) return S("");
    Str path = str_trim(str_slice(line, start.len));
    return str_has(path, S("/templates/")) || str_has(path, S("/crds/")) ? path : S("");
}

/* Adds the output of a chart, cut at Helm's comments; `whole` is what it is called where there are none. The paths in the
 * comments start with the chart's name, for which `directory` stands unless it is empty. */
static void add_pieces(InputList *list, InputFile whole, Str directory, Str text) {
    Arena *arena = list->arena;
    InputFile piece = whole;
    uint32_t line = 0;
    piece.text = (Str){text.at, 0};
    for (Str rest = text; rest.len; line++) {
        Str here = next_line(&rest), from = source_comment(here);
        if (directory.len) from = str_slice(from, (size_t)(str_find(from, '/') + 1));
        Str path = from.len ? str_join(arena, directory, from) : piece.path;
        if (!str_eq(path, piece.path)) {
            if (str_trim(piece.text).len) ARRAY_PUSH(arena, &list->files, piece);
            piece.path = path;
            piece.text = (Str){here.at, 0};
            piece.above = line;
        }
        piece.text.len = (size_t)(rest.at - piece.text.at);
    }
    if (str_trim(piece.text).len) ARRAY_PUSH(arena, &list->files, piece);
}

static void add_chart(InputList *list, Str chart, Str text) {
    InputFile whole = {.path = str_join(list->arena, chart, S("/Chart.yaml")), .rendered = command_of(list->arena, &helm, chart)};
    add_pieces(list, whole, str_join(list->arena, chart, S("/")), text);
}

static bool is_library(Arena *arena, Str chart) {
    Source source;
    NodeDocument document;
    if (source_read(&source, arena, str_join(arena, chart, S("/Chart.yaml"))) != SOURCE_OK) return false;
    NodeReader reader = {.source = &source};
    const Node *type = node_next(&reader, arena, &document) ? node_get(document.root, S("type")) : NULL;
    return type && str_eq(type->text, S("library"));
}

static bool render_charts(InputList *list, uint8_t minor) {
    if (!list->charts.n) return true;
    if (!process_is_installed(list->arena, helm.program))
        return complain("chart", list->charts.at[0], "that takes helm, and PATH has no such program");
    Str version = str_format(list->arena, "--kube-version=1.%d%c", minor, 0);
    bool all = true;
    for (uint32_t i = 0; i < list->charts.n; i++) {
        Str text;
        if (is_library(list->arena, list->charts.at[i])) continue;
        bool done = render(list->arena, &helm, version.at, "chart", list->charts.at[i], &text);
        if (done) add_chart(list, list->charts.at[i], text);
        all &= done;
    }
    if (all) list->templates = 0;
    return all;
}

static void drop_covered_files(InputList *list, StrList rendered) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->files.n; i++)
        if (!kustomize_covers(rendered, list->files.at[i].use)) list->files.at[kept++] = list->files.at[i];
    list->files.n = kept;
}

static bool render_kustomizations(InputList *list, StrList roots) {
    Arena *arena = list->arena;
    if (!roots.n) return true;
    const Renderer *renderer = process_is_installed(arena, kustomize.program) ? &kustomize : &kubectl;
    if (!process_is_installed(arena, renderer->program))
        return complain("kustomization", roots.at[0], "that takes kustomize or kubectl, and PATH has neither");
    InputFile *outputs = NEW_ARRAY(arena, InputFile, roots.n);
    StrList rendered = {NEW_ARRAY(arena, Str, roots.n), 0};
    for (uint32_t i = 0; i < roots.n; i++) {
        Str directory = {roots.at[i].at, (size_t)str_rfind(roots.at[i], '/')}, text;
        if (!render(arena, renderer, "--enable-helm", "kustomization", directory, &text)) continue;
        outputs[rendered.n] = (InputFile){.path = roots.at[i], .text = text, .rendered = command_of(arena, renderer, directory)};
        rendered.at[rendered.n++] = roots.at[i];
    }
    drop_covered_files(list, rendered);
    for (uint32_t i = 0; i < rendered.n; i++) ARRAY_PUSH(arena, &list->files, outputs[i]);
    return rendered.n == roots.n;
}

bool render_add(InputList *list, StrList roots, uint8_t minor) {
    if (!list->charts.n && !roots.n) fputs("podlint: --render found no chart and no kustomization\n", stderr);
    bool kustomizations = render_kustomizations(list, roots), charts = render_charts(list, minor);
    return kustomizations && charts;
}

static bool is_from_helm(Str text) {
    bool found = false;
    while (text.len && !found) found = source_comment(next_line(&text)).len;
    return found;
}

void render_cut_input(InputList *list) {
    for (uint32_t i = 0; i < list->files.n; i++) {
        InputFile *file = &list->files.at[i];
        Source source;
        if (!str_eq(file->path, S("-"))) continue;
        file->error = source_read(&source, list->arena, file->path);
        file->cause = errno;
        file->text = source.text;
        if (file->error || !is_from_helm(source.text)) continue;
        InputFile whole = *file;
        whole.rendered = S("helm template");
        *file = list->files.at[--list->files.n];
        add_pieces(list, whole, S(""), source.text);
        return;
    }
}
