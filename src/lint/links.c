#include "links.h"

#include "base/str_set.h"
#include "words.h"

typedef struct Links {
    Arena *kept;
    FactLinks *out;
    const Document *document;
    const Container *container;
    const Path *path;
    StrSet names; /* of env; filled at the first need */
} Links;

Str link_prefix(Arena *arena, Str name) {
    char *copy = arena_cstr(arena, name);
    for (size_t i = 0; i < name.len; i++) copy[i] = name.at[i] == '-' ? '_' : to_upper(name.at[i]);
    return (Str){copy, name.len};
}

static void add(const Links *l, FactLinkUse use, Str name, Where where) {
    FactLink link = {.use = (uint8_t)use,
                     .name = arena_str(l->kept, name),
                     .container = arena_str(l->kept, l->container->name),
                     .where = where};
    ARRAY_PUSH(l->kept, l->out, link);
}

static Where words_place(const Links *l, const Words *words, uint32_t word) {
    const Lint lint = {.arena = l->kept, .document = l->document};
    return words_where(&lint, words, word);
}

/* Variables. */

static bool is_set(Links *l, Str name) {
    if (l->container->envFrom.n) return true;
    bool filled = l->names.count > 0;
    for (uint32_t i = 0; i < l->container->env.n && !filled; i++)
        str_set_add(&l->names, l->container->env.at[i].name, l->container);
    return str_set_find(&l->names, name) != NULL;
}

/* The next $(NAME_PORT) of a text that nothing in the manifest sets. */
static bool next_port(Links *l, Str *rest, Str *name) {
    while (reference_next(rest, name))
        if (str_ends(*name, S("_PORT")) && name->len > S("_PORT").len && is_upper_variable(*name) && !is_set(l, *name))
            return true;
    return false;
}

static void read_values(Links *l) {
    Path list = FIELD(l->path, "env");
    Str name;
    for (uint32_t i = 0; i < l->container->env.n; i++) {
        Path item = path_index(&list, i), at = FIELD(&item, "value");
        for (Str rest = l->container->env.at[i].value; next_port(l, &rest, &name);)
            add(l, LINK_VARIABLE, name, path_where(l->kept, l->document->root, &at));
    }
}

static void read_words(Links *l, const Words *words) {
    Str name;
    for (uint32_t i = 0; i < words_count(words); i++)
        for (Str rest = words_at(words, i); next_port(l, &rest, &name);) add(l, LINK_VARIABLE, name, words_place(l, words, i));
}

/* Hosts. */

static bool is_one_of(Str word, const Str *list, size_t count) {
    return str_in(base_name(word), list, count);
}

/* Whether the words wait until something succeeds, however long that takes. */
static bool is_patient(const Words *words) {
    static const Str loops[] = {STR("until"),    STR("while"),       STR("wait-for-it"), STR("wait-for-it.sh"),
                                STR("wait-for"), STR("wait-for.sh"), STR("dockerize")};
    static const Str exits[] = {STR("break"), STR("exit"), STR("return"), STR("timeout"), STR("exec")};
    Cursor cursor = words_cursor(words);
    Str token;
    bool loop = false;
    while (cursor_next(&cursor, &token)) {
        if (str_in(token, exits, COUNT(exits))) return false;
        loop |= is_one_of(token, loops, COUNT(loops));
    }
    return loop;
}

/* The host of HOST, HOST:PORT or a URL; empty if it is no name. */
static Str host_in(Str token) {
    static const Str device = STR("/dev/tcp/");
    ptrdiff_t scheme = str_find(token, ':');
    if (scheme > 0 && str_starts(str_slice(token, (size_t)scheme), S("://"))) token = str_slice(token, (size_t)scheme + 3);
    if (str_starts(token, device)) token = str_slice(token, device.len);
    Str host = {token.at, 0};
    while (host.len < token.len && (is_alnum(token.at[host.len]) || strchr("-.", token.at[host.len]))) host.len++;
    bool ends = host.len == token.len || token.at[host.len] == ':' || token.at[host.len] == '/';
    return ends && host.len && host.at[0] != '-' ? host : S("");
}

static void read_hosts(const Links *l, const Words *words) {
    static const Str clients[] = {STR("nc"),          STR("ncat"),           STR("netcat"),   STR("curl"),     STR("wget"),
                                  STR("telnet"),      STR("pg_isready"),     STR("psql"),     STR("mysql"),    STR("mysqladmin"),
                                  STR("redis-cli"),   STR("mongo"),          STR("mongosh"),  STR("wait-for"), STR("wait-for-it"),
                                  STR("wait-for.sh"), STR("wait-for-it.sh"), STR("dockerize")};
    static const Str lookups[] = {STR("nslookup"), STR("getent"), STR("host"), STR("dig")};
    Cursor cursor = words_cursor(words);
    Str token;
    int use = -1;
    if (!is_patient(words)) return;
    while (cursor_next(&cursor, &token)) {
        if (is_one_of(token, clients, COUNT(clients)))
            use = LINK_WAIT;
        else if (is_one_of(token, lookups, COUNT(lookups)))
            use = LINK_LOOKUP;
        else if (str_eq(token, S("do")) || str_eq(token, S("done")))
            use = -1;
        else if (use >= 0 || str_has(token, S("/dev/tcp/"))) {
            Str from = token;
            while (from.len && !str_starts(from, S("/dev/tcp/"))) from = str_slice(from, 1);
            Str host = host_in(from.len ? from : token);
            if (host.len && !str_is_digits(host))
                add(l, use < 0 ? LINK_WAIT : (FactLinkUse)use, host, words_place(l, words, cursor.word));
        }
    }
}

void links_read(Arena *kept, FactLinks *out, const Document *document, const Container *container, bool init, const Path *path) {
    Links l = {kept, out, document, container, path, {.arena = kept}};
    Words words = words_of_container(container, path);
    read_values(&l);
    read_words(&l, &words);
    if (init) read_hosts(&l, &words);
}
