/* URLs: kubernetes.URL. */
#include "functions.h"
#include "url.h"

enum { MAX_PARAMETERS = 10000 };

typedef struct UrlValue {
    Opaque head;
    Url url;
} UrlValue;

static const CelType type_url = {.kind = VALUE_OPAQUE, .name = STR("kubernetes.URL")};

static const Url *url_of(Value v) {
    return &((const UrlValue *)v.opaque)->url;
}

static Str text_of(Eval *ev, const Opaque *value) {
    return url_text(ev->arena, &((const UrlValue *)value)->url);
}

static bool url_equal(const Opaque *left, const Opaque *right) {
    const Url *a = &((const UrlValue *)left)->url, *b = &((const UrlValue *)right)->url;
    return str_eq(a->scheme, b->scheme) && str_eq(a->opaque, b->opaque) && a->hasUser == b->hasUser &&
           a->hasPassword == b->hasPassword && str_eq(a->user, b->user) && str_eq(a->password, b->password) &&
           str_eq(a->host, b->host) && str_eq(a->path, b->path) && str_eq(a->rawPath, b->rawPath) && a->omitHost == b->omitHost &&
           a->forceQuery == b->forceQuery && str_eq(a->query, b->query) && str_eq(a->fragment, b->fragment) &&
           str_eq(a->rawFragment, b->rawFragment);
}

static const OpaqueClass url_class = {&type_url, STR("url"), url_equal, text_of};

static Value make_url(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    UrlValue *url = NEW(ev->arena, UrlValue);
    const char *problem = "";
    url->head.class = &url_class;
    if (url_parse(ev->arena, value_str(args[0]), &url->url, &problem)) return value_opaque(&url->head);
    return cel_error(ev, ERROR_CONVERSION, "\"%.*s\" is not a URL: %s", (int)(args[0].len > 100 ? 100 : args[0].len), args[0].s,
                     problem);
}

static Value is_url(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    const char *problem;
    return value_bool(url_parse_request(ev->arena, value_str(args[0]), &problem));
}

static Value scheme(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_string(url_of(args[0])->scheme);
}

static Value host(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(str_valid_utf8(ev->arena, url_of(args[0])->host));
}

static Value host_name(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(str_valid_utf8(ev->arena, url_host_name(url_of(args[0]))));
}

static Value port(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_string(url_port(url_of(args[0])));
}

static Value escaped_path(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(url_escaped_path(ev->arena, url_of(args[0])));
}

/* The values of one key, in order. */
typedef struct Parameter {
    Str key;
    ARRAY(Value) values;
} Parameter;

static Parameter *parameter(Parameter *all, uint32_t n, Str key) {
    for (uint32_t i = 0; i < n; i++)
        if (str_eq(all[i].key, key)) return &all[i];
    return NULL;
}

/* Pairs between &; those that are not well formed, or hold a semicolon, are left out. */
static Value query(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Str rest = url_of(args[0])->query;
    ARRAY(Parameter) all = {0};
    size_t pairs = 1;
    for (size_t i = 0; i < rest.len; i++) pairs += rest.at[i] == '&';
    while (rest.len && pairs <= MAX_PARAMETERS) {
        ptrdiff_t end = str_find(rest, '&');
        Str pair = {rest.at, end < 0 ? rest.len : (size_t)end}, key, value;
        rest = end < 0 ? S("") : str_slice(rest, (size_t)end + 1);
        if (pair.len == 0 || str_find(pair, ';') >= 0) continue;
        ptrdiff_t sign = str_find(pair, '=');
        if (!url_decode_query(ev->arena, (Str){pair.at, sign < 0 ? pair.len : (size_t)sign}, &key)) continue;
        if (!url_decode_query(ev->arena, sign < 0 ? S("") : str_slice(pair, (size_t)sign + 1), &value)) continue;
        if (!cel_charge(ev, 1 + all.n)) return cel_limit(ev);
        Parameter *found = parameter(all.at, all.n, key);
        if (!found) {
            ARRAY_PUSH(ev->arena, &all, (Parameter){.key = key});
            found = &all.at[all.n - 1];
        }
        ARRAY_PUSH(ev->arena, &found->values, value_string(str_valid_utf8(ev->arena, value)));
    }
    ValueMap *map = NEW(ev->arena, ValueMap);
    for (uint32_t i = 0; i < all.n; i++)
        map_put(ev->arena, map, value_string(str_valid_utf8(ev->arena, all.at[i].key)),
                value_list(all.at[i].values.at, all.at[i].values.n));
    return value_map(map);
}

static const Overload rows[] = {
    OVERLOAD("getEscapedPath", METHOD, escaped_path, &cel_string, &type_url),
    OVERLOAD("getHost", METHOD, host, &cel_string, &type_url),
    OVERLOAD("getHostname", METHOD, host_name, &cel_string, &type_url),
    OVERLOAD("getPort", METHOD, port, &cel_string, &type_url),
    OVERLOAD("getQuery", METHOD, query, &cel_map_string_list_string, &type_url),
    OVERLOAD("getScheme", METHOD, scheme, &cel_string, &type_url),
    OVERLOAD("isURL", GLOBAL, is_url, &cel_bool, &cel_string),
    OVERLOAD("url", GLOBAL, make_url, &type_url, &cel_string),
};

LIBRARY(url, rows);
