/* make fuzz-oracle: makes manifests that are almost right, asks podlint and the API server's own code for their verdicts, and
 * prints the share that agrees and the first differences.
 *
 *     fuzz_oracle ORACLE SEED COUNT DIRECTORY
 *
 * ORACLE is a program that reads file names on standard input and answers a line of JSON for each document of them: {"file",
 * "doc", "accepted", "decodeError", "strict", "errors": [{"type", "field"}]}. The manifests are the examples, grown by fields
 * that they lack (with the example of the schema where it has one) and damaged once to three times; both steps follow the schema.
 * Quantities and times are made up by their grammar, now and then against it, and some files are streams of several documents.
 * They stay in DIRECTORY. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "input/input.h"
#include "model/stored.h"
#include "validate/validate.h"
#include "rules.h"

static uint64_t state;

static uint32_t pick(uint32_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return n ? (uint32_t)(state >> 33) % n : 0;
}

/* A value of a document with the field that it is the value of. */
typedef struct Slot {
    json_t *holder;  /* object or array */
    const char *key; /* in an object */
    size_t index;    /* in an array */
    const Field *field;
    bool item; /* of a list or map field */
} Slot;

/* An object of a document with its type. */
typedef struct Spot {
    json_t *object;
    const Type *type;
} Spot;

typedef struct Survey {
    Arena arena;
    ARRAY(Slot) slots;
    ARRAY(Spot) spots;
    ARRAY(const char *) strings; /* that stand in the document: names to refer to */
} Survey;

static void survey(Survey *s, json_t *object, const Type *type);

static void survey_value(Survey *s, json_t *value, const Field *field) {
    if (field->scalar == TYPE_OBJECT && json_is_object(value)) survey(s, value, field->type);
    if (json_is_string(value)) ARRAY_PUSH(&s->arena, &s->strings, json_string_value(value));
}

static void survey(Survey *s, json_t *object, const Type *type) {
    const char *key;
    json_t *value;
    ARRAY_PUSH(&s->arena, &s->spots, (Spot){object, type});
    json_object_foreach(object, key, value) {
        const Field *field = schema_field(type, str_of(key), str_hash(str_of(key)));
        if (!field || (type->kind && (str_eq(field->name, S("kind")) || str_eq(field->name, S("apiVersion"))))) continue;
        ARRAY_PUSH(&s->arena, &s->slots, (Slot){object, key, 0, field, false});
        if (field->shape == SHAPE_LIST && json_is_array(value)) {
            for (size_t i = 0; i < json_array_size(value); i++) {
                ARRAY_PUSH(&s->arena, &s->slots, (Slot){value, NULL, i, field, true});
                survey_value(s, json_array_get(value, i), field);
            }
        } else if (field->shape == SHAPE_MAP && json_is_object(value)) {
            const char *name;
            json_t *entry;
            json_object_foreach(value, name, entry) ARRAY_PUSH(&s->arena, &s->slots, (Slot){value, name, 0, field, true});
        } else {
            survey_value(s, value, field);
        }
    }
}

static json_t *random_string(const Survey *s, const Field *field) {
    static const char *const pool[] = {"",
                                       "a",
                                       "b",
                                       "A",
                                       "a-",
                                       "-a",
                                       "a.b",
                                       "a_b",
                                       "a/b",
                                       "example.com/a",
                                       "/abs",
                                       "/abs/../x",
                                       "../x",
                                       "..",
                                       "a b",
                                       "10.0.0.1",
                                       "::1",
                                       "256.0.0.1",
                                       "25%",
                                       "101%",
                                       "*/5 * * * *",
                                       "@hourly",
                                       "Etc/UTC",
                                       "8080",
                                       "http",
                                       "metadata.name",
                                       "limits.cpu",
                                       "docker.io/library/nginx:1",
                                       "kubernetes.io/hostname",
                                       "1",
                                       "0",
                                       "é",
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                       "aaaaaaaaaaaaaaaa",
                                       "a=b",
                                       "%",
                                       "None",
                                       "Always",
                                       "true"};
    if (field->text->valueCount && pick(10) < 8) {
        Str value = schema_text(schema_value(field->text, pick(field->text->valueCount))->value);
        return json_stringn(value.at, value.len);
    }
    if (s->strings.n && pick(3) == 0) return json_string(s->strings.at[pick(s->strings.n)]);
    return json_string(pool[pick(COUNT(pool))]);
}

static json_t *random_int(const Field *field) {
    static const int64_t pool[] = {-2,  -1,  0,   1,   2,    3,    5,     10,    30,    60,    80,     100,        101,
                                   255, 420, 511, 512, 1000, 8080, 32767, 65535, 65536, 86400, 100000, 2147483647, -2147483648};
    if (field->text->hasMinimum && pick(4) == 0) return json_integer(field->text->minimum + (int64_t)pick(3) - 1);
    if (field->text->hasMaximum && pick(4) == 0) return json_integer(field->text->maximum + (int64_t)pick(3) - 1);
    return json_integer(pool[pick(COUNT(pool))]);
}

static json_t *random_value(const Survey *s, const Field *field, int depth);

static json_t *random_object(const Survey *s, const Type *type, int depth) {
    json_t *object = json_object();
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!schema_has(field, VERSION_LAST) || str_eq(field->name, S("status"))) continue;
        bool wanted = field->required ? pick(10) > 0 : depth > 0 && pick(type->fieldCount) == 0;
        if (wanted && depth > -3) json_object_set_new(object, field->name.at, random_value(s, field, depth - 1));
    }
    return object;
}

#define PICK(list) ((list)[pick(COUNT(list))])

static void put_digits(Buf *buf, uint32_t most) {
    for (uint32_t n = pick(most + 1); n > 0; n--) buf_char(buf, (char)('0' + (pick(3) ? pick(10) : 0)));
}

/* Mostly quantities as people write them; the others are as long, as large or as odd as the grammar allows. */
static json_t *random_quantity(void) {
    static const char *const usual[] = {"1",  "2",   "100m", "500m", "1Gi", "64Mi", "0",
                                        "-1", "1.5", "1e3",  "0.5n", "1Ki", "2Mi",  "3.5Mi"};
    static const char *const suffixes[] = {"",   "",   "",   "n",  "u",  "m",  "k",  "M",   "G",   "T",    "P",           "E",
                                           "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "E-3", "e+9", "e-10", "e4294967296", "e30",
                                           "e",  "mi", "KB", " ",  "\t", "e1", "e2"};
    static const char *const odd[] = {
        "Pi",  ".Pi", "-Pi",  "e-10", ".", "-", "+", "Ki", "1..2", "1e31", "1e32", "2000E", "9223372036854776",
        "1\n", " 1 ", "00.50"};
    uint32_t how = pick(8);
    if (how < 4) return json_string(PICK(usual));
    if (how == 4) return pick(2) ? json_integer((json_int_t)pick(5000)) : json_real(pick(4000) / 1000.0);
    if (how == 5 && pick(3) == 0) return json_string(PICK(odd));
    Arena scratch = {0};
    Buf buf = {.arena = &scratch};
    if (pick(6) == 0) buf_char(&buf, pick(2) ? '-' : '+');
    put_digits(&buf, how == 7 ? 40 : 6);
    if (pick(3) == 0) {
        buf_char(&buf, '.');
        put_digits(&buf, how == 7 ? 25 : 4);
    }
    buf_str(&buf, str_of(PICK(suffixes)));
    json_t *value = json_stringn(buf.at ? buf.at : "", buf.len);
    arena_free(&scratch);
    return value;
}

static json_t *random_time(bool micro) {
    static const char *const days[] = {"2026-01-01", "2024-02-29", "2026-02-29", "0000-01-01",
                                       "9999-12-31", "2026-13-01", "26-1-1"};
    static const char *const times[] = {"00:00:00", "7:00:00", "23:59:59", "24:00:00", "00:60:00", "12:30:60", "12:30"};
    static const char *const fractions[] = {"", ".5", ".000000", ".1234567", ",5", ",123456", "."};
    static const char *const zones[] = {"Z", "Z", "z", "+00:00", "+01:60", "-24:00", "+25:00", "+0100", ""};
    bool usual = pick(2);
    char text[64];
    snprintf(text, sizeof text, "%s%s%s%s%s", usual ? days[0] : PICK(days), pick(8) ? "T" : " ",
             usual ? times[pick(2)] : PICK(times), usual && micro ? fractions[2] : PICK(fractions), usual ? "Z" : PICK(zones));
    return json_string(text);
}

static json_t *random_scalar(const Survey *s, const Field *field, int depth) {
    switch ((ScalarType)field->scalar) {
    case TYPE_STRING: return random_string(s, field);
    case TYPE_BOOL: return json_boolean(pick(2));
    case TYPE_INT32:
    case TYPE_INT64: return random_int(field);
    case TYPE_QUANTITY: return random_quantity();
    case TYPE_INT_OR_STRING: return pick(2) ? random_int(field) : random_string(s, field);
    case TYPE_TIME: return random_time(field->micro);
    case TYPE_ANY: return json_object();
    case TYPE_OBJECT: return random_object(s, field->type, depth);
    }
    return json_null();
}

static json_t *random_value(const Survey *s, const Field *field, int depth) {
    static const char *const keys[] = {"a",   "app",     "cpu", "memory", "ephemeral-storage", "hugepages-2Mi", "example.com/gpu",
                                       "A b", "storage", "-"};
    if (field->shape == SHAPE_LIST) {
        json_t *list = json_array();
        for (uint32_t i = 0, n = pick(3); i < n; i++) json_array_append_new(list, random_scalar(s, field, depth));
        return list;
    }
    if (field->shape == SHAPE_MAP) {
        json_t *map = json_object();
        for (uint32_t i = 0, n = 1 + pick(2); i < n; i++)
            json_object_set_new(map, keys[pick(COUNT(keys))], random_scalar(s, field, depth));
        return map;
    }
    return random_scalar(s, field, depth);
}

static json_t *json_of_example(Arena *arena, const Node *node) {
    if (node->kind == NODE_LIST) {
        json_t *list = json_array();
        for (uint32_t i = 0; i < node->count; i++) json_array_append_new(list, json_of_example(arena, &node->items[i]));
        return list;
    }
    if (node->kind == NODE_MAP) {
        json_t *map = json_object();
        for (uint32_t i = 0; i < node->count; i++)
            json_object_set_new(map, arena_cstr(arena, node->entries[i].key), json_of_example(arena, &node->entries[i].value));
        return map;
    }
    if (node->kind == NODE_STRING) return json_stringn(node->text.len ? node->text.at : "", node->text.len);
    return json_loadb(node->text.at, node->text.len, JSON_DECODE_ANY, NULL);
}

/* The schema's example of a field, or something made up. */
static json_t *grown_value(Survey *s, const Field *field) {
    if (field->text->example.len && pick(5) > 0) {
        Source *source = NEW(&s->arena, Source);
        NodeDocument document;
        source_from_bytes(source, &s->arena, S("example"), str_join(&s->arena, schema_text(field->text->example), S("\n")));
        NodeReader reader = {.source = source};
        if (node_next(&reader, &s->arena, &document)) return json_of_example(&s->arena, document.root);
    }
    return random_value(s, field, 2);
}

static void grow(json_t *root, const Type *type) {
    Survey s = {0};
    survey(&s, root, type);
    Spot spot = s.spots.at[pick(s.spots.n)];
    const Field *field = &spot.type->fields[pick(spot.type->fieldCount)];
    if (spot.type->fieldCount && schema_has(field, VERSION_LAST) && !str_eq(field->name, S("status")) &&
        !json_object_get(spot.object, field->name.at))
        json_object_set_new(spot.object, field->name.at, grown_value(&s, field));
    arena_free(&s.arena);
}

static void replace(const Slot *slot, json_t *value) {
    if (slot->key)
        json_object_set_new(slot->holder, slot->key, value);
    else
        json_array_set_new(slot->holder, slot->index, value);
}

static void damage(json_t *root, const Type *type) {
    Survey s = {0};
    survey(&s, root, type);
    if (!s.slots.n) {
        arena_free(&s.arena);
        return;
    }
    Slot slot = s.slots.at[pick(s.slots.n)];
    uint32_t kind = pick(10);
    if (kind < 2) {
        if (slot.key)
            json_object_del(slot.holder, slot.key);
        else
            json_array_remove(slot.holder, slot.index);
    } else if (kind == 2 && !slot.key) {
        json_array_append_new(slot.holder, json_deep_copy(json_array_get(slot.holder, slot.index)));
    } else if (kind == 3 && slot.item && slot.key) {
        json_object_set_new(slot.holder, pick(2) ? "a/b/c" : "a", random_scalar(&s, slot.field, 1));
    } else {
        replace(&slot, slot.item ? random_scalar(&s, slot.field, 1) : random_value(&s, slot.field, 1));
    }
    arena_free(&s.arena);
}

typedef struct Base {
    json_t *object;
    const Type *type;
} Base;

static Arena kept;
static ARRAY(Base) bases;

static void read_bases(const char *path) {
    InputList list = {.arena = &kept};
    input_add(&list, str_of(path));
    for (uint32_t i = 0; i < list.files.n; i++) {
        Source *source = NEW(&kept, Source);
        if (source_read(source, &kept, list.files.at[i].path) != SOURCE_OK) continue;
        NodeReader reader = {.source = source};
        NodeDocument node;
        while (node_next(&reader, &kept, &node)) {
            Document *items;
            uint32_t count = model_build(&kept, source, &node, VERSION_LAST, &items);
            for (uint32_t j = 0; j < count; j++)
                if (items[j].object) ARRAY_PUSH(&kept, &bases, (Base){stored_json(&kept, &items[j]), items[j].type});
        }
    }
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A verdict as one line of text: comparable, and readable when it differs. */
static char *verdict_text(Arena *arena, bool accepted, char **errors, uint32_t count) {
    Buf buf = {.arena = arena};
    if (count) qsort(errors, count, sizeof *errors, by_text);
    buf_str(&buf, accepted ? S("accept") : S("refuse"));
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || strcmp(errors[i], errors[i - 1]) != 0) {
            buf_char(&buf, '\n');
            buf_str(&buf, str_of(errors[i]));
        }
    return arena_cstr(arena, buf_text(&buf));
}

/* The number of objects in a file, and the verdict on document `number` of it. */
static uint32_t own_verdict(Arena *arena, const char *path, uint32_t number, char **out) {
    Source source;
    NodeDocument node;
    uint32_t count = 0;
    *out = (char *)"nothing";
    source_read(&source, arena, str_of(path));
    NodeReader reader = {.source = &source};
    while (node_next(&reader, arena, &node)) {
        ARRAY(char *) errors = {0};
        Document *items;
        bool accepted = true;
        model_build(arena, &source, &node, VERSION_LAST, &items);
        count += node.root->kind != NODE_NULL;
        if (node.index != number) continue;
        if (items->object) validate_create(items);
        for (uint32_t i = 0; i < items->diags.items.n; i++) {
            const Diag *diag = &items->diags.items.at[i];
            if (diag->severity < SEVERITY_ERROR || !rule_refuses(diag->rule)) continue;
            accepted = false;
            const char *type = api_error_name((ApiError)diag->rule->type);
            if (type)
                ARRAY_PUSH(arena, &errors,
                           arena_cstr(arena, str_format(arena, "%s %.*s", type, (int)diag->path.len, diag->path.at)));
        }
        *out = items->unreadable ? (char *)"unreadable" : verdict_text(arena, accepted, errors.at, errors.n);
    }
    return count;
}

static char *oracle_verdict(Arena *arena, const json_t *answer) {
    ARRAY(char *) errors = {0};
    const json_t *list = json_object_get(answer, "errors");
    if (json_object_get(answer, "decodeError")) return (char *)"unreadable";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *error = json_array_get(list, i);
        const char *type = json_string_value(json_object_get(error, "type")),
                   *field = json_string_value(json_object_get(error, "field"));
        ARRAY_PUSH(arena, &errors, arena_cstr(arena, str_format(arena, "%s %s", type ? type : "", field ? field : "")));
    }
    return verdict_text(arena, json_is_true(json_object_get(answer, "accepted")), errors.at, errors.n);
}

static json_t *random_object_of(const Base *base) {
    json_t *object = json_deep_copy(base->object);
    for (uint32_t n = pick(6); n > 0; n--) grow(object, base->type);
    for (uint32_t n = pick(4); n > 0; n--) damage(object, base->type);
    return object;
}

static void write_object(FILE *file, const Base *base) {
    json_t *object = random_object_of(base);
    json_dumpf(object, file, JSON_INDENT(1));
    json_decref(object);
}

/* A stream of documents that starts with no brace, so that both split it by lines. What follows an object before the next line of
 * dashes is no document. All are pods, which every oracle knows. */
static void write_stream(FILE *file) {
    static const char *const starts[] = {"# a comment\n", "---\n", "--- # a comment\n", "\xEF\xBB\xBF---\n", "\n---\n"};
    static const char *const between[] = {
        "\n---\n",  "\n--- \n", "\n--- # a comment\n", "\n---\n# a comment\n---\n", "\n", "", "\n...\n", "\n---\n\xEF\xBB\xBF",
        "\n---\n\n"};
    const Base *pod = &bases.at[0];
    for (uint32_t i = 0; i < bases.n; i++)
        if (bases.at[i].type == schema_type(S("Pod")) && (pick(4) == 0 || pod->type != bases.at[i].type)) pod = &bases.at[i];
    fputs(PICK(starts), file);
    for (uint32_t n = 1 + pick(4); n > 0; n--) {
        write_object(file, pod);
        fputs(PICK(between), file);
    }
}

static bool is_stream(const char *path) {
    FILE *file = fopen(path, "r");
    int first = file ? getc(file) : EOF;
    if (file) fclose(file);
    return first != '{';
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fputs("usage: fuzz_oracle ORACLE SEED COUNT DIRECTORY\n", stderr);
        return 2;
    }
    enum { SHOWN = 25 };
    uint32_t count = (uint32_t)strtoul(argv[3], NULL, 10), agree = 0, asked = 0, accepted = 0, shown = 0;
    state = strtoull(argv[2], NULL, 10) * 2654435761u + 1;
    read_bases("testdata/examples");
    Arena arena = {0};
    char *listing = arena_cstr(&kept, str_format(&kept, "%s/list.txt", argv[4]));
    FILE *names = fopen(listing, "w");
    if (!names || !bases.n) {
        fprintf(stderr, "fuzz_oracle: cannot write to %s, or no examples here\n", argv[4]);
        return 2;
    }
    for (uint32_t i = 0; i < count; i++) {
        char *path = arena_cstr(&kept, str_format(&kept, "%s/%06u.yaml", argv[4], i));
        FILE *file = fopen(path, "w");
        if (!file) break;
        if (pick(8) == 0)
            write_stream(file);
        else
            write_object(file, &bases.at[pick(bases.n)]);
        fclose(file);
        fprintf(names, "%s\n", path);
    }
    fclose(names);
    uint32_t *documents = NEW_ARRAY(&kept, uint32_t, count); /* of each file, that were answered */
    FILE *oracle = popen(arena_cstr(&kept, str_format(&kept, "'%s' <'%s'", argv[1], listing)), "r");
    char *line = NULL;
    size_t room = 0;
    while (oracle && getline(&line, &room, oracle) > 0) {
        json_t *answer = json_loads(line, 0, NULL);
        const char *file = json_string_value(json_object_get(answer, "file"));
        if (file) {
            uint32_t number = (uint32_t)json_integer_value(json_object_get(answer, "doc"));
            char *theirs = oracle_verdict(&arena, answer), *ours;
            own_verdict(&arena, file, number, &ours);
            documents[strtoul(strrchr(file, '/') + 1, NULL, 10)]++;
            asked++;
            accepted += strcmp(theirs, "accept") == 0;
            /* Where the server cannot decode the object, or falls over it, any refusal is right. */
            if (strcmp(theirs, ours) == 0 || (strcmp(theirs, "unreadable") == 0 && strcmp(ours, "accept") != 0))
                agree++;
            else if (shown++ < SHOWN)
                printf("%s, document %u\n--- server: %s\n--- podlint: %s\n", file, number, theirs, ours);
        }
        json_decref(answer);
        arena_reset(&arena);
    }
    free(line);
    if (oracle) pclose(oracle);
    for (uint32_t i = 0; i < count; i++) {
        char *path = arena_cstr(&arena, str_format(&arena, "%s/%06u.yaml", argv[4], i)), *unused;
        uint32_t own = is_stream(path) ? own_verdict(&arena, path, 0, &unused) : documents[i];
        if (own != documents[i]) {
            asked++;
            if (shown++ < SHOWN) printf("%s\n--- server: %u documents\n--- podlint: %u documents\n", path, documents[i], own);
        }
        arena_reset(&arena);
    }
    for (uint32_t i = 0; i < bases.n; i++) json_decref(bases.at[i].object);
    printf("fuzz-oracle: seed %s: %u of %u verdicts agree (%.2f%%); the server accepts %u\n", argv[2], agree, asked,
           asked ? 100.0 * agree / asked : 0, accepted);
    arena_free(&arena);
    arena_free(&kept);
    return asked && agree * 1000 >= asked * 999 ? 0 : 1;
}
