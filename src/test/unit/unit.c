/* Unit tests: what the modules below the commands promise, where a whole run would not show it well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/address.h"
#include "base/base64.h"
#include "base/glob.h"
#include "base/near.h"
#include "base/visible.h"
#include "base/width.h"
#include "input/input.h"
#include "lint/reads.h"
#include "model/model.h"
#include "base/process.h"
#include "yaml/text_span.h"
#include "validate/names.h"
#include "validate/validate.h"

#define assert_str(actual, expected)                                                                                   \
    do {                                                                                                               \
        Str a_ = (actual), e_ = str_of(expected);                                                                      \
        if (!str_eq(a_, e_)) fail_msg("%s:%d: \"%.*s\" is not \"%s\"", __FILE__, __LINE__, (int)a_.len, a_.at, e_.at); \
    } while (0)

/* base */

static void test_arena_zeroes_and_survives_large_requests(void **state) {
    (void)state;
    Arena arena = {0};
    for (size_t size = 1; size < 10000000; size *= 7) {
        unsigned char *p = arena_alloc(&arena, size);
        for (size_t i = 0; i < size; i += 1 + size / 10) assert_int_equal(p[i], 0);
        memset(p, 0xAA, size);
    }
    arena_reset(&arena);
    unsigned char *p = arena_alloc(&arena, 1000);
    for (size_t i = 0; i < 1000; i++) assert_int_equal(p[i], 0);
    arena_free(&arena);
}

static void test_distance_counts_swaps_and_ignores_case(void **state) {
    (void)state;
    assert_int_equal(str_distance(S("memroy"), S("memory"), 3), 1);
    assert_int_equal(str_distance(S("ImagePullPolicy"), S("imagePullPolicy"), 3), 0);
    assert_int_equal(str_distance(S("port"), S("ports"), 3), 1);
    assert_int_equal(str_distance(S("abc"), S("xyz"), 2), 3);
}

static void test_the_word_that_was_meant(void **state) {
    (void)state;
    static const char *const words[] = {"host", "ports", "pods", "namespace", "name"};
    assert_str(near_word(S("prots"), words, COUNT(words)), "ports");
    assert_str(near_word(S("Host"), words, COUNT(words)), "host");
    assert_str(near_word(S("port"), words, COUNT(words)), "ports");
    assert_str(near_word(S("nmspce"), words, COUNT(words)), "");
    assert_str(near_word(S("x"), words, COUNT(words)), "");
    assert_str(near_word(S("naespaces"), words, COUNT(words)), "namespace");
}

static Str decoded(Arena *arena, const char *text) {
    Str bytes;
    return base64_decode(arena, str_of(text), &bytes) ? bytes : S("none");
}

static void test_base64_is_read_as_it_is_written(void **state) {
    (void)state;
    static const char *const texts[] = {"", "f", "fo", "foo", "foob", "\xff\x80?"};
    Arena arena = {0};
    for (size_t i = 0; i < COUNT(texts); i++) {
        Buf buf = {.arena = &arena};
        base64_encode(&buf, str_of(texts[i]));
        assert_str(decoded(&arena, arena_cstr(&arena, buf_text(&buf))), texts[i]);
    }
    assert_str(decoded(&arena, "Zm9v\nYg=="), "foob");
    assert_str(decoded(&arena, "Zm9vYg"), "none");
    assert_str(decoded(&arena, "Zm9vYg==Zg"), "none");
    assert_str(decoded(&arena, "Zm9-"), "none");
    arena_free(&arena);
}

static void test_addresses_have_one_spelling(void **state) {
    (void)state;
    static const struct {
        const char *text, *better;
        bool strict;
    } addresses[] = {
        {"10.0.0.1", "10.0.0.1", true},    {"010.0.0.1", "10.0.0.1", false},         {"::ffff:1.2.3.4", "1.2.3.4", false},
        {"::1.2.3.4", "::102:304", true},  {"2001:DB8:0:0::1", "2001:db8::1", true}, {"1:0:0:2:0:0:0:3", "1:0:0:2::3", true},
        {"fe80::00001", "fe80::1", false},
    };
    static const char *const wrong[] = {"",        "1.2.3",        "1.2.3.256",  "1:2:3:4:5:6:7",
                                        "1::2::3", "fe80::1%eth0", "1.2.3.4:80", "::1/64"};
    Arena arena = {0};
    Address address;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        assert_true(address_parse(str_of(addresses[i].text), &address));
        assert_str(address_text(&arena, &address), addresses[i].better);
        assert_int_equal(address_is_strict(&address), addresses[i].strict);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) assert_false(address_parse(str_of(wrong[i]), &address));
    arena_free(&arena);
}

static void test_invalid_utf8_is_replaced(void **state) {
    (void)state;
    Arena arena = {0};
    assert_str(str_valid_utf8(&arena, S("a\xC3\xA9z")), "a\xC3\xA9z");
    assert_str(str_valid_utf8(&arena, S("a\xFFz")), "a\xEF\xBF\xBDz");
    assert_str(str_valid_utf8(&arena, S("\xED\xA0\x80")), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    arena_free(&arena);
}

static void test_what_terminals_obey_is_shown(void **state) {
    (void)state;
    Arena arena = {0};
    static const Str untouched[] = {STR(""), STR("plain ~"), STR("\xC3\xA9\xF0\x9F\x98\x80"), STR("\xC2\xA0\xE2\x80\x8D")};
    for (size_t i = 0; i < COUNT(untouched); i++) assert_ptr_equal(visible(&arena, untouched[i]).at, untouched[i].at);
    assert_str(visible(&arena, S("a\x1B[m\x7F\0\n\r\tb")), "a\\x1b[m\\x7f\\x00\\n\\r\\tb");
    assert_str(visible(&arena, S("\xC2\x80\xC2\x9F\xD8\x9C\xE2\x80\x8F\xE2\x81\xA9")), "\\x80\\x9f\\u061c\\u200f\\u2069");
    assert_str(visible(&arena, S("\xE2\x80\xA8\xE2\x80\xAE\xEF\xBB\xBF\xEF\xBF\xBE")), "\\u2028\\u202e\\ufeff\\ufffe");
    assert_str(visible(&arena, S("\xC3\xA9\xFFz\xED\xA0\x80\xE2\x80")), "\xC3\xA9\\xffz\\xed\\xa0\\x80\\xe2\\x80");
    arena_free(&arena);
}

/* source */

static void test_places_in_every_kind_of_line(void **state) {
    (void)state;
    Arena arena = {0};
    Source source;
    assert_int_equal(source_from_bytes(&source, &arena, S("t"),
                                       S("a\nb\r\nc\rd\xC3\xA9"
                                         "e\n")),
                     SOURCE_OK);
    static const struct {
        uint32_t offset, line, column;
    } places[] = {{0, 1, 1}, {2, 2, 1}, {5, 3, 1}, {7, 4, 1}, {8, 4, 2}, {10, 4, 3}, {12, 5, 1}, {99, 5, 1}};
    for (size_t i = 0; i < COUNT(places); i++) {
        Place place = source_place(&source, &arena, places[i].offset);
        assert_int_equal(place.line, places[i].line);
        assert_int_equal(place.column, places[i].column);
    }
    assert_str(source_line(&source, &arena, 2), "b");
    assert_str(source_line(&source, &arena, 4), "d\xC3\xA9"
                                                "e");
    arena_free(&arena);
}

/* node */

static NodeDocument read_text(Arena *arena, const char *text) {
    Source *source = NEW(arena, Source);
    NodeDocument document = {0};
    source_from_bytes(source, arena, S("t"), str_of(text));
    NodeReader reader = {.source = source};
    assert_true(node_next(&reader, arena, &document));
    return document;
}

static void test_scalars_resolve_as_the_server_reads_them(void **state) {
    (void)state;
    static const struct {
        const char *text, *json;
        NodeKind kind;
    } cases[] = {
        {"yes", "true", NODE_BOOL},
        {"Off", "false", NODE_BOOL},
        {"y", "true", NODE_BOOL},
        {"yEs", "yEs", NODE_STRING},
        {"~", "null", NODE_NULL},
        {"0644", "420", NODE_INT},
        {"0o17", "15", NODE_INT},
        {"0x1F", "31", NODE_INT},
        {"0b101", "5", NODE_INT},
        {"-0b11", "-3", NODE_INT},
        {"08", "8", NODE_FLOAT},
        {"1_000", "1000", NODE_INT},
        {"+12", "12", NODE_INT},
        {"1e3", "1000", NODE_FLOAT},
        {"1e21", "1e+21", NODE_FLOAT},
        {"1e-7", "1e-7", NODE_FLOAT},
        {"0.1", "0.1", NODE_FLOAT},
        {".5", "0.5", NODE_FLOAT},
        {".5_5", "0.55", NODE_FLOAT},
        {"1.", "1", NODE_FLOAT},
        {"1e400", "1e400", NODE_STRING},
        {"18446744073709551615", "18446744073709551615", NODE_INT},
        {"18446744073709551616", "18446744073709552000", NODE_FLOAT},
        {"2001-01-01", "2001-01-01", NODE_STRING},
        {"1:30", "1:30", NODE_STRING},
        {"500m", "500m", NODE_STRING},
        {"!!str 5", "5", NODE_STRING},
        {"!!float 80", "80", NODE_FLOAT},
        {"!!binary aGk=", "hi", NODE_STRING},
        {"'yes'", "yes", NODE_STRING},
        {"! 5", "5", NODE_STRING},
        {"!mine 5", "5", NODE_STRING},
    };
    Arena arena = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        NodeDocument document = read_text(&arena, str_format(&arena, "a: %s\n", cases[i].text).at);
        const Node *node = node_get(document.root, S("a"));
        assert_non_null(node);
        if (node->kind != cases[i].kind) fail_msg("%s has kind %d", cases[i].text, node->kind);
        assert_str(node->text, cases[i].json);
        assert_int_equal(document.faults.n, 0);
    }
    arena_free(&arena);
}

static void test_faults(void **state) {
    (void)state;
    static const struct {
        const char *text, *fault;
        uint32_t at; /* its offset */
    } cases[] = {
        {"a: b: c\n", "syntax", 4},
        {"a: [\n", "syntax", 5},
        {"a: 1\nb: 2\na: 3\n", "duplicate-key", 10},
        {"a: *x\n", "anchor-unknown", 3},
        {"a: &x [*x]\n", "anchor-recursive", 7},
        {"[a]: 1\n", "key-complex", 0},
        {"~: 1\n", "key-null", 0},
        {"99999999999999999999: 1\n", NULL, 0},
        {"18446744073709551615: 1\n", "key-number", 0},
        {"<<: 5\n", "merge", 4},
        {"a: 2\n<<: {a: 1}\n", "merged-key", 10},
        {"a: !!int x\n", "tag", 3},
        {"a: !!binary x\n", "binary", 3},
        {"a: .inf\n", "not-finite", 3},
        {"a: 1\n...\nb: 2\n", "tail", 9},
        {"a: [http://h/?q=1]\n", "syntax", 13},
        {"a: \"x\\/y\"\n", "syntax", 5},
        {"\xC3\xA9: \x01\n", "encoding", 4},
    };
    Arena arena = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        NodeDocument document = read_text(&arena, cases[i].text);
        if (!cases[i].fault) {
            assert_int_equal(document.faults.n, 0);
            continue;
        }
        if (document.faults.n != 1) fail_msg("%s: %u faults", cases[i].text, document.faults.n);
        if (strcmp(fault_name(document.faults.at[0].kind), cases[i].fault) != 0 || document.faults.at[0].span.at != cases[i].at)
            fail_msg("%s: %s at %u", cases[i].text, fault_name(document.faults.at[0].kind), document.faults.at[0].span.at);
    }
    arena_free(&arena);
}

static void test_spans_are_bytes_of_the_source(void **state) {
    (void)state;
    static const struct {
        const char *text, *path, *written;
    } cases[] = {
        {"# \xC3\xA9\xE2\x80\xA8"
         "\na: x\n",
         "a", "x"},
        {"\xC3\xA9: 1\na: \"q \xC3\xA9\"  # c\n", "a", "\"q \xC3\xA9\""},
        {"a:\r\n  - 1\r\n  - 2\r\nb: 1\r\n", "a", "- 1\r\n  - 2"},
        {"a: {b: [1, 2]}\n", "a", "{b: [1, 2]}"},
        {"a: |\n  x\n  y\n\nb: 1\n", "a", "|\n  x\n  y"},
        {"b: &k v\na: *k\n", "a", "*k"},
        {"a: [run, x:]\n", "a", "[run, x:]"},
        {"b: \"it\\'s\"\na: x\n", "a", "x"},
    };
    Arena arena = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        NodeDocument document = read_text(&arena, cases[i].text);
        const Node *node = node_get(document.root, str_of(cases[i].path));
        assert_non_null(node);
        assert_str(((Str){cases[i].text + node->span.at, node->span.end - node->span.at}), cases[i].written);
    }
    arena_free(&arena);
}

static void test_streams_are_split_at_lines(void **state) {
    (void)state;
    Arena arena = {0};
    Source source;
    source_from_bytes(
        &source, &arena, S("t"),
        S("# only a comment\n---\na: |\n  x\n---\n# none\n--- # c\nb: 1\n--- c: 1\nd: 1\n---\n{\"e\": 1} {\"f\": 2}\n"));
    NodeReader reader = {.source = &source};
    NodeDocument document;
    static const char *const keys[] = {"a", "b", "c", "e"};
    size_t n = 0;
    while (node_next(&reader, &arena, &document)) {
        assert_in_range(n, 0, 3);
        assert_non_null(node_get(document.root, str_of(keys[n])));
        if (n >= 2)
            assert_string_equal(fault_name(document.faults.at[document.faults.n - 1].kind), n == 2 ? "separator" : "tail");
        n++;
    }
    assert_int_equal(n, 4);
    arena_free(&arena);
}

/* scalar */

static void test_quantities(void **state) {
    (void)state;
    static const struct {
        const char *text, *stored;
    } cases[] = {
        {"1", "1"},
        {"1000m", "1"},
        {"0.5", "500m"},
        {"1.5Gi", "1536Mi"},
        {"1024Mi", "1Gi"},
        {"128Mi", "128Mi"},
        {"1e3", "1e3"},
        {"1000", "1k"},
        {"1500", "1500"},
        {"0.1Ki", "102400m"},
        {"-1", "-1"},
        {"1n", "1n"},
        {"0.1n", "1n"},
        {"12E", "12E"},
        {"1E3", "1E3"},
        {"100e-3", "100e-3"},
        {"00012", "00012"},
        {"0", "0"},
        {"0.0", "0"},
        {"Ki", "0"},
        {"+5", "+5"},
        {"5000000", "5M"},
        {"1Ki", "1Ki"},
        {"8Ki", "8Ki"},
        {"-", "0"},
        {"2000E", "2"},
        {"1024Ei", "9223372036854775807"},
        {"1e4294967296", "1e4294967296"},
        {"1000000000000000000000000000000.5e3", "1000000000000000000000000000000500"},
        {"999999999999999999999999999999999999999.9999999999", "1"},
    };
    Arena arena = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        Quantity quantity;
        assert_int_equal(quantity_parse(&quantity, str_of(cases[i].text)), QUANTITY_OK);
        assert_str(quantity_text(&arena, &quantity), cases[i].stored);
    }
    static const char *const bad[] = {"",     "x",   "1.2.3", "1 Gi", "1gb", "1KB",  "--1", "1e",
                                      "0x10", "1m5", "Pi",    ".Ei",  "-Pi", "e-10", "1\t"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        Quantity quantity;
        if (quantity_parse(&quantity, str_of(bad[i])) == QUANTITY_OK) fail_msg("\"%s\" is no quantity", bad[i]);
    }
    arena_free(&arena);
}

static void test_quantities_round_up(void **state) {
    (void)state;
    Quantity quantity;
    quantity_parse(&quantity, S("1500m"));
    assert_int_equal(quantity_value(&quantity), 2);
    quantity_parse(&quantity, S("9999999999Ti"));
    assert_int_equal(quantity_value(&quantity), INT64_MAX);
}

static void test_large_quantities_are_exact(void **state) {
    (void)state;
    Arena arena = {0};
    Quantity low, high;
    quantity_parse(&low, S("1e31"));
    quantity_parse(&high, S("1.0e32"));
    assert_true(quantity_compare(&low, &high) < 0);
    assert_true(quantity_compare(&high, &low) > 0);
    Quantity sum = low;
    for (int i = 0; i < 9; i++) quantity_add(&arena, &sum, &low);
    assert_int_equal(quantity_compare(&sum, &high), 0);
    assert_str(quantity_text(&arena, &sum), "100e30");
    Quantity small;
    quantity_parse(&small, S("1"));
    quantity_add(&arena, &sum, &small);
    assert_true(quantity_compare(&sum, &high) > 0);
    /* In thousandths it has no room in 64 bits. */
    quantity_parse(&low, S("9223372036854776"));
    assert_int_equal(quantity_units(&low, NANO / 1000), -9223372036854775616);
    quantity_parse(&low, S("10E"));
    assert_int_equal(quantity_units(&low, NANO), 0);
    arena_free(&arena);
}

static void test_times(void **state) {
    (void)state;
    Arena arena = {0};
    Time time;
    assert_true(time_parse(&time, S("2026-02-28T23:30:00.5-01:00")));
    assert_str(time_text(&arena, time), "2026-03-01T00:30:00Z");
    assert_false(time_parse(&time, S("2026-02-29T00:00:00Z")));
    assert_false(time_parse(&time, S("2026-02-28 00:00:00Z")));
    assert_true(time_parse(&time, S("2024-02-29T7:00:00,25+00:60")));
    assert_str(time_text(&arena, time), "2024-02-29T06:00:00Z");
    arena_free(&arena);
}

/* schema */

static void test_every_field_is_found_by_its_name(void **state) {
    (void)state;
    for (uint16_t i = 0; i < schema_type_count; i++) {
        const Type *type = schema_types[i];
        for (uint16_t j = 0; j < type->fieldCount; j++) {
            Str name = type->fields[j].name;
            assert_ptr_equal(schema_field(type, name, str_hash(name)), &type->fields[j]);
        }
        assert_null(schema_field(type, S("nosuchfield"), str_hash(S("nosuchfield"))));
    }
}

static void test_columns_on_a_terminal(void **state) {
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {{"", 0},       {"web", 3},    {"\u00fc", 1},     {"u\u0308", 1},  {"\u65e5\u672c\u8a9e", 6}, {"\uff21", 2},
                 {"\uff71", 1}, {"\ud55c", 2}, {"\U0001f642", 2}, {"a\u200db", 2}, {"\U00020000", 2},         {"\xff", 1}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_width(str_of(cases[i].text)) != cases[i].columns) fail_msg("case %zu: \"%s\"", i, cases[i].text);
}

static void test_near_fields(void **state) {
    (void)state;
    Arena arena = {0};
    assert_str(schema_near_field(&type_Container, S("imagePullpolicy"), VERSION_LAST), "imagePullPolicy");
    assert_str(schema_near_field(&type_Container, S("volumeMount"), VERSION_LAST), "volumeMounts");
    assert_str(schema_near_field(&type_Container, S("completelyElse"), VERSION_LAST), "");
    assert_str(schema_find_below(&type_PodSpec, S("imagePullPolicy"), VERSION_LAST, &arena), "containers[].imagePullPolicy");
    arena_free(&arena);
}

/* images */

static void test_leaves_of_paths(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"spec", "spec"},
                                           {"spec.containers[0].ports", "ports"},
                                           {"spec.containers[0].ports[12]", "ports"},
                                           {"metadata.labels[app.kubernetes.io/name]", "app.kubernetes.io/name"},
                                           {"", ""}};
    for (size_t i = 0; i < COUNT(cases); i++) assert_true(str_eq(path_leaf(str_of(cases[i][0])), str_of(cases[i][1])));
}

static void test_processes_are_ended_at_their_limits(void **state) {
    (void)state;
    Arena arena = {0};
    char *const sleeper[] = {(char *)"sleep", (char *)"60", NULL}, *const echo[] = {(char *)"cat", NULL};
    char *const endless[] = {(char *)"yes", NULL}, *const nothing[] = {(char *)"no-such-program", NULL};
    Process process = process_run(&arena, sleeper, &(ProcessOptions){.seconds = 1});
    assert_string_equal(process.failure, "it takes too long");
    process = process_run(&arena, endless, &(ProcessOptions){.seconds = 60, .mostBytes = 1000});
    assert_string_equal(process.failure, "it writes too much");
    process = process_run(&arena, nothing, &(ProcessOptions){.seconds = 60});
    assert_true(process.failure || process.code == 127); /* POSIX has it either way; under valgrind it is the second */
    process = process_run(&arena, echo, &(ProcessOptions){.input = S("text"), .seconds = 60});
    assert_int_equal(process.code, 0);
    assert_true(str_eq(process.out, S("text")));
    arena_free(&arena);
}

static void test_images(void **state) {
    (void)state;
    static const struct {
        const char *image, *repository, *tag, *digest;
    } good[] = {
        {"nginx", "nginx", "", ""},
        {"nginx:1.27", "nginx", "1.27", ""},
        {"localhost:5000/a/b:x", "localhost:5000/a/b", "x", ""},
        {"gcr.io/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "gcr.io/a/b", "",
         "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
        {"a__b/c-d.e", "a__b/c-d.e", "", ""},
        {"[2001:db8::1]:5000/x", "[2001:db8::1]:5000/x", "", ""},
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        ImageName name = image_parse(str_of(good[i].image));
        assert_true(name.valid);
        assert_str(name.repository, good[i].repository);
        assert_str(name.tag, good[i].tag);
        assert_str(name.digest, good[i].digest);
    }
    static const char *const bad[] = {"", "Nginx", "a//b", "a:", "a:-x", "a@sha256:12", "a___b", "a b", "/a", "-a/b"};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (image_parse(str_of(bad[i])).valid) fail_msg("\"%s\" is no image", bad[i]);
}

/* The whole reading path must take any bytes. */

static void read_everything(Arena *arena, Str bytes) {
    Source source;
    if (source_from_bytes(&source, arena, S("t"), bytes) != SOURCE_OK) return;
    NodeReader reader = {.source = &source};
    NodeDocument node;
    while (node_next(&reader, arena, &node)) {
        Document *items;
        uint32_t count = model_build(arena, &source, &node, VERSION_LAST, &items);
        for (uint32_t i = 0; i < count; i++) {
            if (items[i].object) validate_create(&items[i]);
            diag_sort(&items[i].diags);
            for (uint32_t j = 0; j < items[i].diags.items.n; j++) {
                Span span = items[i].diags.items.at[j].span;
                assert_in_range(span.at, 0, source.text.len);
                assert_in_range(span.end, span.at ? 0 : span.at, source.text.len);
            }
        }
    }
}

static const char *const examples[] = {"pod.yaml", "deployment.yaml", "statefulset.yaml", "jobs.yaml", "daemonset.yaml"};

static Str read_example(Arena *arena, const char *name) {
    Source source;
    Str path = str_format(arena, "testdata/examples/%s%c", name, 0);
    assert_int_equal(source_read(&source, arena, str_of(path.at)), SOURCE_OK);
    return source.text;
}

static void test_every_prefix_ends_well(void **state) {
    (void)state;
    Arena kept = {0}, arena = {0};
    for (size_t i = 0; i < COUNT(examples); i++) {
        Str text = read_example(&kept, examples[i]);
        for (size_t n = 0; n <= text.len; n++) {
            char *cut = arena_cstr(&arena, (Str){text.at, n});
            read_everything(&arena, (Str){cut, n});
            arena_reset(&arena);
        }
    }
    arena_free(&arena);
    arena_free(&kept);
}

static void test_damaged_bytes_end_well(void **state) {
    (void)state;
    Arena kept = {0}, arena = {0};
    uint32_t random = 12345;
    static const char marks[] = ":?-[]{}\"'\\#&*!|>%@`\t\n ,~\x80\xFF";
    for (size_t i = 0; i < COUNT(examples); i++) {
        Str text = read_example(&kept, examples[i]);
        for (int round = 0; round < 2000; round++) {
            char *copy = arena_cstr(&arena, text);
            for (int change = 0; change < 3; change++) {
                random = random * 1664525u + 1013904223u;
                copy[(random >> 8) % text.len] = marks[(random >> 3) % (sizeof marks - 1)];
            }
            read_everything(&arena, (Str){copy, text.len});
            arena_reset(&arena);
        }
    }
    arena_free(&arena);
    arena_free(&kept);
}

/* Whether a rule reads the field at the end of a path from Pod. */
static bool reads(const Rule *rule, const char *path) {
    Arena arena = {0};
    const Field *way[8];
    size_t length = 0;
    const Type *type = schema_type(S("Pod"));
    for (Str rest = str_of(path); rest.len; length++) {
        ptrdiff_t dot = str_find(rest, '.');
        Str name = dot < 0 ? rest : (Str){rest.at, (size_t)dot};
        way[length] = schema_field(type, name, str_hash(name));
        assert_non_null(way[length]);
        type = way[length]->type;
        rest = dot < 0 ? S("") : str_slice(rest, (size_t)dot + 1);
    }
    bool found = rule_reads(&arena, rule, way, length);
    arena_free(&arena);
    return found;
}

static void test_fields_that_a_rule_reads(void **state) {
    (void)state;
    OwnWords words = {
        .words = {.on = STR("PodSpec"),
                  .when = STR("self.containers.exists(c, !has(c.resources.limits) && c.ports.exists(p, p.hostPort > 0)) && "
                              "self.volumes.filter(v, v.name == '').size() > 0 && meta.labels[self.nodeName] == 'x'"),
                  .at = STR("hostNetwork")}};
    Rule pod = {.own = &words};
    assert_true(reads(&pod, "spec.containers.resources.limits"));
    assert_true(reads(&pod, "spec.containers.ports.hostPort"));
    assert_true(reads(&pod, "spec.volumes.name"));
    assert_true(reads(&pod, "spec.nodeName"));
    assert_true(reads(&pod, "spec.hostNetwork"));
    assert_true(reads(&pod, "metadata.labels"));
    assert_false(reads(&pod, "spec.resources.limits"));
    assert_false(reads(&pod, "spec.initContainers.resources.limits"));
    assert_false(reads(&pod, "spec.containers.name"));
    OwnWords more = {
        .words = {.on = STR("Container"),
                  .when = STR("self.?securityContext.?privileged.orValue(false) && pod.?os.?name.orValue('') != '' && "
                              "self.?securityContext.optMap(s, s.?runAsUser.orValue(1) == 0).orValue(true)")}};
    Rule container = {.own = &more};
    assert_true(reads(&container, "spec.containers.securityContext.privileged"));
    assert_true(reads(&container, "spec.initContainers.securityContext.runAsUser"));
    assert_true(reads(&container, "spec.os.name"));
    assert_true(reads(&container, "spec.containers"));
    assert_false(reads(&container, "spec.securityContext.runAsUser"));
}

/* path, input */

static void test_paths_by_names(void **state) {
    (void)state;
    Arena arena = {0};
    Source source;
    NodeDocument node;
    Document *items;
    Str text = S("apiVersion: v1\nkind: Pod\nmetadata: {labels: {a.b/c: x}}\nspec:\n  tolerations: [{key: k}]\n  containers:\n"
                 "    - {name: web, args: [a, b], ports: [{containerPort: 80, protocol: TCP}, {name: x}]}\n");
    assert_int_equal(source_from_bytes(&source, &arena, S("t"), text), SOURCE_OK);
    NodeReader reader = {.source = &source};
    assert_true(node_next(&reader, &arena, &node));
    assert_int_equal(model_build(&arena, &source, &node, VERSION_LAST, &items), 1);
    static const char *const paths[][2] = {
        {"spec.containers[0].image", "spec.containers[web].image"},
        {"spec.containers[0].ports[0].hostPort", "spec.containers[web].ports[80/TCP].hostPort"},
        {"spec.containers[0].ports[1]", "spec.containers[web].ports[]"},
        {"spec.containers[0].args[1]", "spec.containers[web].args[]"},
        {"spec.containers[7].image", "spec.containers[].image"},
        {"spec.tolerations[0].key", "spec.tolerations[].key"},
        {"metadata.labels[a.b/c]", "metadata.labels[a.b/c]"},
        {"spec.nowhere[0].x", "spec.nowhere[].x"},
        {"", ""},
        {"[", "["},
        {"spec..[]", "spec..[]"},
    };
    for (size_t i = 0; i < COUNT(paths); i++)
        assert_str(path_by_names(&arena, items[0].root, items[0].type, str_of(paths[i][0])), paths[i][1]);
    assert_str(path_by_names(&arena, NULL, NULL, S("a[0].b[c]")), "a[].b[c]");
    arena_free(&arena);
}

static void test_relative_paths(void **state) {
    (void)state;
    Arena arena = {0};
    assert_str(input_relative(&arena, "/", S("/usr/x.yaml")), "usr/x.yaml");
    assert_str(input_relative(&arena, "/usr", S("/usr/./x.yaml")), "x.yaml");
    assert_str(input_relative(&arena, "/usr", S("/x.yaml")), "../x.yaml");
    assert_str(input_relative(&arena, "/usr/share", S("/usr/../etc/x.yaml")), "../../etc/x.yaml");
    assert_str(input_relative(&arena, ".", S("./x.yaml")), "x.yaml");
    assert_str(input_relative(&arena, ".", S("x.yaml")), "x.yaml");
    assert_str(input_relative(&arena, ".", S("-")), "-");
    assert_str(input_relative(&arena, ".", S("nowhere/at/all/x.yaml")), "nowhere/at/all/x.yaml");
    arena_free(&arena);
}

/* text_span */

/* The text of `written` that stands for the first `part` in the value of its key `e`. */
static void span_test(const char *written, const char *part, uint32_t line, uint32_t column) {
    Arena arena = {0};
    Source source;
    source_from_bytes(&source, &arena, S("x"), str_of(written));
    NodeReader reader = {.source = &source};
    NodeDocument document;
    assert_true(node_next(&reader, &arena, &document));
    const Node *node = node_get(document.root, S("e"));
    const char *value = arena_cstr(&arena, node->text), *found = strstr(value, part);
    assert_non_null(found);
    uint32_t at = (uint32_t)(found - value);
    Span span = node_text_span(&source, node, (Span){at, at + (uint32_t)strlen(part)});
    Place place = source_place(&source, &arena, span.at);
    if (place.line != line || place.column != column)
        fail_msg("\"%s\" is at %u:%u, not at %u:%u, of %s", part, place.line, place.column, line, column, written);
    assert_true(span.end > span.at && span.end <= source.text.len);
    arena_free(&arena);
}

static void test_places_inside_scalars(void **state) {
    (void)state;
    span_test("e: a && bad", "bad", 1, 9);
    span_test("e: a &&\n   \n   bad\n  or x", "bad", 3, 4);
    span_test("e: !!str &x a bad", "bad", 1, 15);
    span_test("e: 'it''s bad'", "bad", 1, 11);
    span_test("e: \"a \\x41\\u00e4\\\" bad\"", "bad", 1, 20);
    span_test("e: \"a\\x20bad\"", "bad", 1, 10);
    span_test("e: \"a \\\n   \\ bad\"", "bad", 2, 6);
    span_test("e: |\n  a\n\n    \xc3\xa4 bad\n", "bad", 4, 7);
    span_test("e: >2-  # why\n    a\n\n   b bad\n", "bad", 4, 6);
    span_test("e: |\r\n  a\r\n  bad\r\n", "bad", 3, 3);
    span_test("{\"e\": \"a\\tbad\"}", "bad", 1, 11);
    span_test("x: &x a bad\ne: *x", "bad", 2, 4);
}

/* glob: what git says of the same patterns in a .gitignore, but that a later `!` takes back below an excluded directory, too. */

static void test_patterns_of_paths(void **state) {
    static const struct {
        const char *patterns[3], *path;
        bool directory, covered;
    } cases[] = {
        {{"x.yaml"}, "x.yaml", false, true},
        {{"x.yaml"}, "a/b/x.yaml", false, true},
        {{"/x.yaml"}, "a/x.yaml", false, false},
        {{"a/x.yaml"}, "b/a/x.yaml", false, false},
        {{"**/a/x.yaml"}, "b/a/x.yaml", false, true},
        {{"**/a/x.yaml"}, "a/x.yaml", false, true},
        {{"*.yaml"}, "a/x.yaml", false, true},
        {{"a/*.yaml"}, "a/b/x.yaml", false, false},
        {{"a/**"}, "a/b/x.yaml", false, true},
        {{"a/**"}, "a", true, false},
        {{"a/**/x.yaml"}, "a/x.yaml", false, true},
        {{"a/**/x.yaml"}, "a/b/c/x.yaml", false, true},
        {{"a/**/b/*/x"}, "a/b/c/b/x/b/c/x", false, true},
        {{"a/**/b/*/x"}, "a/b/c/b/x", false, false},
        {{"a/"}, "a", true, true},
        {{"a/"}, "a", false, false},
        {{"a/"}, "b/a/x.yaml", false, true},
        {{"/a"}, "a/b/x.yaml", false, true},
        {{"[ab]?.yaml"}, "b1.yaml", false, true},
        {{"*.yaml", "!x.yaml"}, "a/x.yaml", false, false},
        {{"a/", "!a/b/"}, "a/b/x.yaml", false, false},
        {{"!x.yaml", "*.yaml"}, "x.yaml", false, true},
        {{"\\!x"}, "!x", false, true},
        {{""}, "x", false, false},
    };
    (void)state;
    Arena arena = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        Globs globs = {0};
        for (int j = 0; j < 3 && cases[i].patterns[j]; j++) globs_add(&globs, &arena, str_of(cases[i].patterns[j]));
        if (globs_cover(&globs, cases[i].path, cases[i].directory) != cases[i].covered)
            fail_msg("case %zu: %s, %s", i, cases[i].patterns[0], cases[i].path);
    }
    arena_free(&arena);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_inside_scalars),
        cmocka_unit_test(test_arena_zeroes_and_survives_large_requests),
        cmocka_unit_test(test_distance_counts_swaps_and_ignores_case),
        cmocka_unit_test(test_the_word_that_was_meant),
        cmocka_unit_test(test_base64_is_read_as_it_is_written),
        cmocka_unit_test(test_addresses_have_one_spelling),
        cmocka_unit_test(test_invalid_utf8_is_replaced),
        cmocka_unit_test(test_what_terminals_obey_is_shown),
        cmocka_unit_test(test_columns_on_a_terminal),
        cmocka_unit_test(test_places_in_every_kind_of_line),
        cmocka_unit_test(test_scalars_resolve_as_the_server_reads_them),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_spans_are_bytes_of_the_source),
        cmocka_unit_test(test_streams_are_split_at_lines),
        cmocka_unit_test(test_quantities),
        cmocka_unit_test(test_quantities_round_up),
        cmocka_unit_test(test_large_quantities_are_exact),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_every_field_is_found_by_its_name),
        cmocka_unit_test(test_near_fields),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_leaves_of_paths),
        cmocka_unit_test(test_processes_are_ended_at_their_limits),
        cmocka_unit_test(test_every_prefix_ends_well),
        cmocka_unit_test(test_damaged_bytes_end_well),
        cmocka_unit_test(test_fields_that_a_rule_reads),
        cmocka_unit_test(test_paths_by_names),
        cmocka_unit_test(test_relative_paths),
        cmocka_unit_test(test_patterns_of_paths),
    };
    if (argc > 1) cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
