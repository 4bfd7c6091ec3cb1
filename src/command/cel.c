#include <errno.h>
#include <stdlib.h>

#include "base/visible.h"
#include "base/base64.h"
#include "cel/cel.h"
#include "cel/json.h"
#include "cel/times.h"
#include "model/model.h"
#include "policy/policy.h"
#include "command.h"

/* The names that the API server gives a policy, all of them there and null where there is nothing. */
static const Str policy_names[] = {STR("object"), STR("oldObject"),       STR("request"),
                                   STR("params"), STR("namespaceObject"), STR("variables")};

enum { OBJECT, OLD_OBJECT, REQUEST, PARAMS, NAMESPACE_OBJECT, VARIABLES, POLICY_NAMES };

/* For a person */

/* The line of an expression that holds a span, and below it what is marked. */
static void print_expression(FILE *out, Arena *arena, Str text, Span span) {
    size_t start = span.at < text.len ? span.at : text.len, end = start;
    while (start > 0 && text.at[start - 1] != '\n') start--;
    while (end < text.len && text.at[end] != '\n') end++;
    size_t at = span.at < end ? span.at : end, last = span.end < end ? span.end : end;
    if (last < at) last = at;
    Str before = visible(arena, (Str){text.at + start, at - start}), marked = visible(arena, (Str){text.at + at, last - at});
    Str after = visible(arena, (Str){text.at + last, end - last});
    size_t width = str_codepoints(marked);
    fprintf(out, "  %.*s%.*s%.*s\n  ", TEXT(before), TEXT(marked), TEXT(after));
    for (size_t i = str_codepoints(before); i > 0; i--) fputc(' ', out);
    for (size_t i = 0; i < (width ? width : 1); i++) fputc('^', out);
    fputc('\n', out);
}

static void print_fault(FILE *out, Arena *arena, const char *what, Str text, Span span, Str message, Str help) {
    Source source = {.name = S("expression"), .text = text};
    Place place = source_place(&source, arena, span.at);
    Str shown = visible(arena, message), mend = visible(arena, help);
    fprintf(out, "expression:%u:%u: %s: %.*s\n", place.line, place.column, what, TEXT(shown));
    print_expression(out, arena, text, span);
    if (mend.len) fprintf(out, "  = help: %.*s\n", TEXT(mend));
}

/* What an object is called where several are evaluated: "Pod web". */
static void print_title(FILE *out, Arena *arena, const Document *document) {
    Str kind = document->kind.len ? visible(arena, document->kind) : S("object"), name = visible(arena, document->name);
    fprintf(out, "%.*s", TEXT(kind));
    if (name.len) fprintf(out, " %.*s", TEXT(name));
    fputs(": ", out);
}

typedef struct Session {
    FILE *out;
    Arena arena;
    Str text;
    CelVariable variables[POLICY_NAMES];
    CelEnv env;
    const CelProgram *program;
    bool failed;
} Session;

static bool compile(Session *s, bool manifest) {
    for (int i = 0; i < POLICY_NAMES; i++) s->variables[i] = (CelVariable){policy_names[i], &cel_dyn};
    s->variables[REQUEST].type = &cel_admission_request;
    s->env = (CelEnv){.variables = s->variables, .count = manifest ? VARIABLES : 0};
    CelFault fault = {0};
    s->program = cel_compile(&s->arena, &s->env, s->text, &fault);
    if (!s->program) print_fault(stderr, &s->arena, "error", s->text, fault.span, fault.message, fault.help);
    return s->program != NULL;
}

static void evaluate(Session *s, const Document *document, bool raw, bool titles) {
    Value values[POLICY_NAMES];
    for (int i = 0; i < POLICY_NAMES; i++) values[i] = value_null();
    if (document) {
        bool typed = document->object && document->type && !raw;
        values[OBJECT] = typed ? value_of_struct(document->type, document->object) : value_of_node(document->root);
        values[REQUEST] = policy_request(&s->arena, document);
    }
    CelRun run;
    cel_start(&run, &s->arena, &s->env, values);
    Value v = cel_evaluate(&run, s->program);
    if (is_error(v)) {
        if (titles) print_title(stderr, &s->arena, document);
        print_fault(stderr, &s->arena, "error", s->text, v.error->span, v.error->message, S(""));
        s->failed = true;
        return;
    }
    Buf buf = {.arena = &s->arena};
    value_write(&buf, &run.eval, v);
    if (titles) print_title(s->out, &s->arena, document);
    Str value = visible(&s->arena, buf_text(&buf));
    fprintf(s->out, "%.*s\n", TEXT(value));
}

/* The documents of a manifest, Lists taken apart. */
static bool read_documents(Session *s, const char *manifest, uint8_t minor, Document **out, uint32_t *count) {
    Source *source = NEW(&s->arena, Source);
    SourceError error = source_read(source, &s->arena, str_of(manifest));
    if (error) {
        Str reason = source_error_text(&s->arena, error, errno);
        tell_error("podlint: cannot read %s: %.*s", manifest, (int)reason.len, reason.at);
        return false;
    }
    NodeReader reader = {.source = source};
    NodeDocument node;
    ARRAY(Document) all = {0};
    while (node_next(&reader, &s->arena, &node)) {
        Document *items;
        uint32_t n = model_build(&s->arena, source, &node, minor, &items);
        for (uint32_t i = 0; i < n; i++) {
            if (!node.readable) {
                tell_error("podlint: %s: document %u cannot be read; podlint check says why", manifest, node.index + 1);
                s->failed = true;
                continue;
            }
            ARRAY_PUSH(&s->arena, &all, items[i]);
        }
    }
    *out = all.at;
    *count = all.n;
    return true;
}

/* Prints the value of the expression for each object of the manifest, or once without an object if `manifest` is NULL. */
static int evaluate_manifest(FILE *out, const char *expression, const char *manifest, bool raw, uint8_t minor) {
    Session s = {.out = out, .text = str_of(expression)};
    Document *documents = NULL;
    uint32_t count = 0;
    int code = 2;
    if (!manifest || read_documents(&s, manifest, minor, &documents, &count)) {
        code = 1;
        if (compile(&s, manifest != NULL)) {
            if (!manifest) evaluate(&s, NULL, raw, false);
            for (uint32_t i = 0; i < count; i++) evaluate(&s, &documents[i], raw, count > 1);
            code = s.failed;
        }
    }
    arena_free(&s.arena);
    return code;
}

/* For a program */

typedef struct Batch {
    Arena arena; /* of one line */
    FILE *out;
    ARRAY(CelVariable) variables;
    ARRAY(Value) values;
    Eval eval;
} Batch;

static Value member(Batch *b, Value map, Str key) {
    return map.kind == VALUE_MAP ? map_find(&b->eval, map, value_string(key)) : (Value){0};
}

static Str member_text(Batch *b, Value map, Str key) {
    Value v = member(b, map, key);
    return v.kind == VALUE_STRING ? value_str(v) : S("");
}

static void declare(Batch *b, Str name, Value v) {
    for (uint32_t i = 0; i < b->variables.n; i++)
        if (str_eq(b->variables.at[i].name, name)) {
            b->values.at[i] = v;
            return;
        }
    ARRAY_PUSH(&b->arena, &b->variables, (CelVariable){name, &cel_dyn});
    ARRAY_PUSH(&b->arena, &b->values, v);
}

/* A value written as {"type": ..., "value": ...}. */
static Value read_typed(Batch *b, Value in) {
    Str type = member_text(b, in, S("type"));
    Value v = member(b, in, S("value")), out;
    Str text = v.kind == VALUE_STRING ? value_str(v) : S("");
    int64_t nanoseconds;
    if (str_eq(type, S("uint")) && v.kind == VALUE_INT) return value_uint(v.u);
    if (str_eq(type, S("double")) && text.len) return value_double(strtod(arena_cstr(&b->arena, text), NULL));
    if (str_eq(type, S("bytes")) && base64_decode(&b->arena, text, &text)) return value_bytes(text);
    if (str_eq(type, S("duration")) && duration_parse(text, &nanoseconds)) return value_duration(nanoseconds);
    if (str_eq(type, S("timestamp")) && timestamp_parse(text, &out)) return out;
    if (str_eq(type, S("list")) && v.kind == VALUE_LIST) {
        Value *items = NEW_ARRAY(&b->arena, Value, v.len + 1);
        for (uint32_t i = 0; i < v.len; i++) items[i] = read_typed(b, list_item(&b->eval, v, i));
        return value_list(items, v.len);
    }
    if (str_eq(type, S("map")) && v.kind == VALUE_LIST) {
        ValueMap *map = NEW(&b->arena, ValueMap);
        for (uint32_t i = 0; i < v.len; i++) {
            Value pair = list_item(&b->eval, v, i);
            if (pair.kind != VALUE_LIST || pair.len != 2) continue;
            map_put(&b->arena, map, read_typed(b, list_item(&b->eval, pair, 0)), read_typed(b, list_item(&b->eval, pair, 1)));
        }
        return value_map(map);
    }
    return v.kind == VALUE_ABSENT ? value_null() : v;
}

/* The object with the types and defaults of its kind; as it is if podlint does not know the kind. */
static Value decode(Batch *b, Value object) {
    Buf buf = {.arena = &b->arena};
    json_write_plain(&buf, &b->eval, object);
    Source *source = NEW(&b->arena, Source);
    if (source_from_bytes(source, &b->arena, S("object"), buf_text(&buf))) return object;
    NodeReader reader = {.source = source};
    NodeDocument node;
    Document *items;
    if (!node_next(&reader, &b->arena, &node) || model_build(&b->arena, source, &node, VERSION_LAST, &items) != 1) return object;
    return items->object && items->type ? value_of_struct(items->type, items->object) : object;
}

static void bind(Batch *b, Value line) {
    b->variables.n = b->values.n = 0;
    for (int i = 0; i < POLICY_NAMES; i++) declare(b, policy_names[i], value_null());
    Value typed = member(b, line, S("typed")), vars = member(b, line, S("vars")), key, v;
    for (uint32_t cursor = 0; vars.kind == VALUE_MAP && map_next(&b->eval, vars, &cursor, &key, &v);) {
        bool object = str_eq(value_str(key), policy_names[OBJECT]) || str_eq(value_str(key), policy_names[OLD_OBJECT]);
        declare(b, value_str(key), object && typed.kind == VALUE_BOOL && typed.b && v.kind == VALUE_MAP ? decode(b, v) : v);
    }
    vars = member(b, line, S("typedVars"));
    for (uint32_t cursor = 0; vars.kind == VALUE_MAP && map_next(&b->eval, vars, &cursor, &key, &v);)
        declare(b, value_str(key), read_typed(b, v));
}

static void compose(Batch *b, CelComposition *composition, const CelEnv *env, Value list) {
    b->variables.at[REQUEST].type = &cel_admission_request;
    b->variables.at[NAMESPACE_OBJECT].type = &cel_namespace;
    cel_compose(composition, &b->arena, env, list.len);
    for (uint32_t i = 0; i < list.len; i++) {
        Value item = list_item(&b->eval, list, i);
        CelFault fault;
        cel_compose_add(composition, &b->arena, member_text(b, item, S("name")), member_text(b, item, S("expression")), &fault);
    }
}

static void answer(Batch *b, Buf *buf, Value line) {
    bind(b, line);
    CelEnv env = {.variables = b->variables.at, .count = b->variables.n};
    CelComposition composition;
    Value list = member(b, line, S("compose"));
    const CelEnv *used = &env;
    if (list.kind == VALUE_LIST) {
        compose(b, &composition, &env, list);
        used = &composition.env;
    }
    CelFault fault = {0};
    CelProgram *program = cel_compile(&b->arena, used, member_text(b, line, S("expr")), &fault);
    if (!program) {
        buf_str(buf, S("\"compileError\":"));
        json_write_string(buf, str_format(&b->arena, "%u: %.*s", fault.span.at, (int)fault.message.len, fault.message.at));
        return;
    }
    CelRun run;
    cel_start(&run, &b->arena, used, b->values.at);
    Value v = cel_evaluate(&run, program);
    if (is_error(v)) {
        buf_str(buf, S("\"runtimeError\":"));
        json_write_string(buf,
                          str_format(&b->arena, "%u: %.*s", v.error->span.at, (int)v.error->message.len, v.error->message.at));
        return;
    }
    buf_str(buf, S("\"result\":"));
    json_write_typed(buf, &run.eval, v);
}

/* Answers one line; false if it is not a JSON object. */
static bool answer_line(Batch *b, Str text) {
    Value line;
    size_t at;
    if (!json_read(&b->arena, text, &line, &at) || line.kind != VALUE_MAP) return false;
    Buf buf = {.arena = &b->arena};
    buf_str(&buf, S("{\"id\":"));
    Value id = member(b, line, S("id"));
    json_write_plain(&buf, &b->eval, id.kind == VALUE_ABSENT ? value_null() : id);
    buf_char(&buf, ',');
    answer(b, &buf, line);
    buf_str(&buf, S("}\n"));
    fwrite(buf.at, 1, buf.len, b->out);
    return true;
}

/* Answers JSON lines with "id", "expr" and "vars" (and "typedVars", "compose", "typed") with one line each. */
static int batch(FILE *out) {
    Batch b = {.out = out};
    char *text = NULL;
    size_t room = 0;
    ssize_t len;
    unsigned number = 0;
    int code = 0;
    errno = 0;
    while ((len = getline(&text, &room, stdin)) >= 0) {
        number++;
        Str line = str_trim((Str){text, (size_t)len});
        if (!line.len) continue;
        b.eval = (Eval){.arena = &b.arena, .steps = INT64_MAX};
        memset(&b.variables, 0, sizeof b.variables);
        memset(&b.values, 0, sizeof b.values);
        if (!answer_line(&b, line)) {
            tell_error("podlint: line %u of the standard input is not a JSON object", number);
            code = 2;
        }
        arena_reset(&b.arena);
    }
    if (!feof(stdin)) memory_check(errno);
    free(text);
    arena_free(&b.arena);
    return code;
}

/* The command */

enum { CEL_BATCH, CEL_RAW, CEL_VERSION };

static const Option options[] = {
    {"batch", 0, NULL, NULL,
     "Read JSON lines with id, expr and vars from standard input, and answer each with one line: its id and result, compileError "
     "or "
     "runtimeError."},
    {"raw", 0, NULL, NULL, "Give the expression the object as it is written, without the API's types and defaults."},
    {"kubernetes-version", 0, "VERSION", list_versions,
     "The API server whose defaults are filled in: " VERSION_RANGE ". Default: the newest."},
};

static int run(int argc, char **argv);

const Command cel_command = {
    "cel",
    "EXPRESSION [MANIFEST]",
    NULL,
    "Evaluate an expression over a manifest.",
    "Evaluates an expression in the Common Expression Language with the functions and the type checker of the API server's "
    "ValidatingAdmissionPolicy, once for each object of the manifest: object is the object with its defaults filled in, request "
    "says what creating it would be. Without a manifest there are no variables. Exits with 1 if the expression is refused or has "
    "no value.",
    options,
    COUNT(options),
    "  podlint cel 'object.spec.containers.map(c, c.image)' pod.yaml\n  podlint cel "
    "'quantity(\"1.5Gi\").compareTo(quantity(\"1536Mi\"))'\n  podlint cel --batch <cases.jsonl             for a program\n",
    "  0  every expression has a value\n  1  an expression is refused or has no value\n  2  wrong usage, or the manifest could "
    "not be read\n",
    run};

/* What the command line asks for. */
typedef struct CelRequest {
    const char *expression, *manifest;
    bool batch, raw;
    int minor;
} CelRequest;

static bool take(void *context, Parsed parsed) {
    CelRequest *r = context;
    switch (parsed.option) {
    case OPTION_OPERAND:
        if (r->manifest) usage_error(&cel_command, "one expression and at most one manifest; \"%s\" is too much", parsed.value);
        if (r->manifest) return false;
        *(r->expression ? &r->manifest : &r->expression) = parsed.value;
        return true;
    case CEL_BATCH: return r->batch = true;
    case CEL_RAW: return r->raw = true;
    default: return (r->minor = parse_version(&cel_command, parsed.value)) >= 0;
    }
}

static int run(int argc, char **argv) {
    CelRequest r = {.minor = VERSION_LAST};
    int code = read_options(&cel_command, argc, argv, take, &r);
    if (code) return finish_output(code);
    if (r.batch && r.expression)
        return usage_error(&cel_command, "--batch takes its expressions from standard input, not \"%s\"", r.expression);
    if (!r.batch && !r.expression) return usage_error(&cel_command, "name an expression, as in: podlint cel '1 + 1'");
    return finish_output(r.batch ? batch(stdout) : evaluate_manifest(stdout, r.expression, r.manifest, r.raw, (uint8_t)r.minor));
}
