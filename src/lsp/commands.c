/* What an editor may have done by name: `podlint.explain` [NAME] shows and returns an explanation, `podlint.simulate` [URI, NAME
 * of an object or nothing] returns the page of a simulation, HTML. */
#include <unistd.h>

#include "base/process.h"
#include "explain/explain.h"
#include "features.h"

enum { SECONDS = 30, MESSAGE_INFO = 3, MOST_PAGE = 64 << 20 };

static json_t *refuse(Server *s, LspError *error, const char *why) {
    *error = LSP_REQUEST_FAILED;
    s->problem = why;
    return NULL;
}

static json_t *explain_word(Server *s, Str word, LspError *error) {
    ExplainSettings settings = {.format = EXPLAIN_MARKDOWN,
                                .minor = VERSION_LAST,
                                .width = 100,
                                .places = s->options->places,
                                .placeCount = s->options->placeCount};
    Buf out = {.arena = &s->scratch};
    if (!word.len || explain(&out, word, &settings) == EXPLAINS_NOTHING) return refuse(s, error, "nothing has that name");
    Buf plain = {.arena = &s->scratch};
    settings.format = EXPLAIN_TEXT;
    explain(&plain, word, &settings);
    server_notify(s, "window/showMessage", json_pack("{s:i,s:o}", "type", MESSAGE_INFO, "message", text_json(buf_text(&plain))));
    return text_json(buf_text(&out));
}

/* The program that is running, to be run once more. */
static char *own_program(Arena *arena) {
    enum { LONGEST = 4096 };
    char *path = arena_alloc(arena, LONGEST);
    ssize_t length = readlink("/proc/self/exe", path, LONGEST - 1);
    return length > 0 ? path : arena_cstr(arena, S("podlint"));
}

static json_t *simulate(Server *s, Str uri, Str object, LspError *error) {
    OpenDocument *document = uri.at ? document_named(s, uri) : NULL;
    if (!document) return refuse(s, error, "the document is not open");
    Arena *arena = &s->scratch;
    char *argv[] = {own_program(arena), (char[]){"simulate"}, (char[]){"-"}, (char[]){"--format=html"}, NULL, NULL, NULL};
    if (object.len) argv[4] = (char[]){"--object"};
    if (object.len) argv[5] = arena_cstr(arena, object);
    ProcessOptions options = {.input = text_str(&document->text), .seconds = SECONDS, .mostBytes = MOST_PAGE};
    Process process = process_run(arena, argv, &options);
    if (process.failure) return refuse(s, error, process.failure);
    if (process.code != 0) return refuse(s, error, arena_cstr(arena, str_trim(process.err)));
    return text_json(process.out);
}

json_t *execute_command(Server *s, const json_t *params, LspError *error) {
    Str command = json_text(json_object_get(params, "command"));
    const json_t *arguments = json_object_get(params, "arguments");
    Str first = json_text(json_array_get(arguments, 0)), second = json_text(json_array_get(arguments, 1));
    if (str_eq(command, S("podlint.explain"))) return explain_word(s, first, error);
    if (str_eq(command, S("podlint.simulate"))) return simulate(s, first, second, error);
    *error = LSP_INVALID_PARAMS;
    return NULL;
}
