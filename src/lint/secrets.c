#include "secrets.h"

#include "words.h"

static bool ends_nocase(Str s, Str end) {
    return s.len >= end.len && str_eq_nocase(str_slice(s, s.len - end.len), end);
}

static bool in_nocase(Str s, const Str *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(s, list[i])) return true;
    return false;
}

/* Names. */

/* The next part of a name that is joined by -, _ or dots. */
static Str next_part(Str *name) {
    while (name->len && !is_alnum(*name->at)) *name = str_slice(*name, 1);
    size_t n = 0;
    while (n < name->len && is_alnum(name->at[n])) n++;
    Str part = {name->at, n};
    *name = str_slice(*name, n);
    return part;
}

/* A part of a name that says by itself that it is about a secret. */
static bool is_secret_word(Str part) {
    static const Str words[] = {STR("pass"), STR("pwd"), STR("token"), STR("pat")};
    static const Str ends[] = {STR("password"),    STR("passwd"),      STR("passphrase"), STR("secret"),    STR("secrets"),
                               STR("credential"),  STR("credentials"), STR("apikey"),     STR("secretkey"), STR("accesskey"),
                               STR("accesstoken"), STR("authtoken"),   STR("apitoken"),   STR("privatekey")};
    for (size_t i = 0; i < COUNT(ends); i++)
        if (ends_nocase(part, ends[i])) return true;
    return in_nocase(part, words, COUNT(words));
}

/* What stands before "key" in the name of a secret one. */
static bool is_key_kind(Str part) {
    static const Str words[] = {STR("api"),     STR("access"), STR("private"), STR("secret"), STR("encryption"),
                                STR("signing"), STR("auth"),   STR("master"),  STR("license")};
    return in_nocase(part, words, COUNT(words));
}

/* The same of keys that may as well be names of entries: SESSION_KEY=user, STORAGE_KEY=settings. */
static bool is_vague_key_kind(Str part) {
    static const Str words[] = {STR("storage"), STR("account"), STR("ssh"),   STR("session"),
                                STR("hmac"),    STR("jwt"),     STR("cookie")};
    return in_nocase(part, words, COUNT(words));
}

/* Words at the end of a name that say which secret it is. After other words, such as file or ttl, it holds something else: where
 * the secret is, how long it lasts. */
static bool is_which(Str part) {
    static const Str words[] = {STR("key"),       STR("base"),    STR("value"),      STR("plain"),    STR("text"),
                                STR("plaintext"), STR("string"),  STR("data"),       STR("raw"),      STR("hex"),
                                STR("b64"),       STR("base64"),  STR("default"),    STR("current"),  STR("old"),
                                STR("new"),       STR("main"),    STR("primary"),    STR("admin"),    STR("root"),
                                STR("user"),      STR("app"),     STR("db"),         STR("database"), STR("prod"),
                                STR("dev"),       STR("staging"), STR("production"), STR("test"),     STR("replication")};
    for (size_t i = 0; i < part.len; i++)
        if (!is_digit(part.at[i])) return in_nocase(part, words, COUNT(words));
    return true;
}

/* Words that turn a name into a switch. */
static bool is_switch(Str part) {
    static const Str words[] = {STR("no"),     STR("allow"),     STR("ask"),    STR("use"),       STR("require"),
                                STR("enable"), STR("disable"),   STR("random"), STR("generate"),  STR("prompt"),
                                STR("skip"),   STR("automount"), STR("empty"),  STR("discovery"), STR("rotate"),
                                STR("print"),  STR("watch"),     STR("without")};
    return in_nocase(part, words, COUNT(words));
}

bool secret_name(Str name) {
    Str last = S(""), part;
    bool secret = false;
    while ((part = next_part(&name)).len) {
        if (is_switch(part)) return false;
        if (str_eq_nocase(last, S("cluster")) && str_eq_nocase(part, S("token"))) return false; /* the name of an etcd cluster */
        if (is_secret_word(part) || (str_eq_nocase(part, S("key")) && is_key_kind(last)))
            secret = true;
        else if (secret && !is_which(part))
            secret = false;
        last = part;
    }
    return secret;
}

/* A name in signs that stand for "to be filled in": <name>, {name}, [name], __NAME__, @NAME@, %NAME%. */
static bool is_placeholder(Str value) {
    static const char *const signs[][2] = {{"<", ">"}, {"{", "}"}, {"[", "]"}, {"__", "__"}, {"@", "@"}, {"%", "%"}, {"(", ")"}};
    for (size_t i = 0; i < COUNT(signs); i++) {
        Str open = str_of(signs[i][0]), close = str_of(signs[i][1]);
        if (value.len > open.len + close.len && str_starts(value, open) && str_ends(value, close)) return true;
    }
    return false;
}

static bool secret_value(Str value) {
    static const Str switches[] = {STR("true"),     STR("false"), STR("yes"),  STR("no"),   STR("on"),
                                   STR("off"),      STR("0"),     STR("1"),    STR("-"),    STR("*"),
                                   STR("optional"), STR("none"),  STR("null"), STR("stdin")};
    static const Str kept[] = {STR("vault:"), STR("file:"), STR("/"), STR("./"), STR("ref+"), STR("arn:"), STR("env:"),
                               STR("sm:"),    STR("$"),     STR("<"), STR("%("), STR("{{"),   STR("\\")};
    value = str_trim(value);
    if (!value.len || in_nocase(value, switches, COUNT(switches)) || is_placeholder(value)) return false;
    for (size_t i = 0; i < COUNT(kept); i++)
        if (str_starts(value, kept[i])) return false;
    size_t same = 0; /* xxxxx stands for something else */
    while (same < value.len && value.at[same] == value.at[0]) same++;
    return same < value.len && !str_has(value, S("=/")) && !str_has(value, S("$(")) && !str_has(value, S("${")) &&
           !str_has(value, S("://"));
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_uuid(Str value) {
    enum { LENGTH = 36 };
    for (size_t i = 0; i < value.len; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? value.at[i] != '-' : !is_hex(value.at[i])) return false;
    return value.len == LENGTH;
}

/* Whether a word is a password that people make up: a well-known one, or letters with digits among them. */
static bool is_made_up(Str value) {
    static const Str known[] = {STR("changeme"), STR("change-me"), STR("changeit"), STR("letmein"), STR("supersecret"),
                                STR("secret"),   STR("topsecret"), STR("admin"),    STR("test"),    STR("default")};
    if (str_in(value, known, COUNT(known)) || str_has(value, S("passw"))) return true;
    for (size_t i = 1; i + 1 < value.len; i++)
        if (is_digit(value.at[i]) && is_lower(value.at[i - 1]) && is_lower(value.at[i + 1])) return true;
    return false;
}

bool secret_object_name(Str name, Str value) {
    if (!ends_nocase(name, S("secret")) && !ends_nocase(name, S("secrets"))) return false;
    for (size_t i = 0; i < value.len; i++)
        if (!is_lower(value.at[i]) && !is_digit(value.at[i]) && !strchr("-./", value.at[i])) return false;
    if (is_uuid(value)) return false;
    return str_find(value, '-') > 0 ? !is_made_up(value) || value.len > 12 : value.len < 16 && !is_made_up(value);
}

/* Whether a value looks like one that a machine made. */
static bool is_random(Str value) {
    enum { SHORTEST = 16 };
    bool digit = false, letter = false;
    for (size_t i = 0; i < value.len; i++) {
        digit |= is_digit(value.at[i]);
        letter |= is_alnum(value.at[i]) && !is_digit(value.at[i]);
        if (is_space(value.at[i])) return false;
    }
    return value.len >= SHORTEST && digit && letter;
}

/* Whether a name ends in a key that may be a secret: JWT_KEY, AZURE_STORAGE_KEY. */
static bool is_vague(Str name) {
    Str last = S(""), before = S(""), part;
    while ((part = next_part(&name)).len) before = last, last = part;
    return str_eq_nocase(last, S("key")) && is_vague_key_kind(before);
}

bool secret_setting(Str name, Str value) {
    if (!secret_value(value)) return false;
    return secret_name(name) ? !secret_object_name(name, value) : is_vague(name) && is_random(value);
}

bool secret_header(Str text) {
    enum { SHORTEST = 8 };
    static const Str schemes[] = {STR("bearer "), STR("basic ")};
    for (size_t i = 0; i < COUNT(schemes); i++) {
        if (text.len < schemes[i].len + SHORTEST || !str_eq_nocase((Str){text.at, schemes[i].len}, schemes[i])) continue;
        Str token = str_slice(text, schemes[i].len);
        bool digit = false;
        for (size_t j = 0; j < token.len; j++) {
            if (is_space(token.at[j])) return false;
            digit |= is_digit(token.at[j]);
        }
        return digit && secret_value(token);
    }
    return false;
}

Str secret_in_url(Str text) {
    for (ptrdiff_t colon; (colon = str_find(text, ':')) >= 0;) {
        text = str_slice(text, (size_t)colon + 1);
        if (!str_starts(text, S("//"))) continue;
        text = str_slice(text, 2);
        size_t end = 0;
        while (end < text.len && !is_space(text.at[end]) && !strchr("/?#@\"'`,;", text.at[end])) end++;
        Str login = {text.at, end};
        ptrdiff_t middle = str_find(login, ':');
        if (end == text.len || text.at[end] != '@' || middle < 0) continue;
        if (secret_value(str_slice(login, (size_t)middle + 1))) return (Str){text.at, end + 1};
    }
    return S("");
}

/* Forms. */

typedef struct CredentialForm {
    Str prefix;
    size_t length;    /* of what follows, at least; of hexadecimal digits exactly */
    const char *more; /* what it is made of beside letters and digits; NULL: of hexadecimal digits */
    Str what;
} CredentialForm;

static const CredentialForm forms[] = {
    {STR("AKIA"), 16, "", STR("an AWS access key")},
    {STR("ASIA"), 16, "", STR("an AWS access key")},
    {STR("ghp_"), 30, "", STR("a GitHub token")},
    {STR("gho_"), 30, "", STR("a GitHub token")},
    {STR("ghu_"), 30, "", STR("a GitHub token")},
    {STR("ghs_"), 30, "", STR("a GitHub token")},
    {STR("ghr_"), 30, "", STR("a GitHub token")},
    {STR("github_pat_"), 22, "_", STR("a GitHub token")},
    {STR("glpat-"), 20, "-_", STR("a GitLab token")},
    {STR("xoxb-"), 10, "-", STR("a Slack token")},
    {STR("xoxp-"), 10, "-", STR("a Slack token")},
    {STR("xoxa-"), 10, "-", STR("a Slack token")},
    {STR("xoxr-"), 10, "-", STR("a Slack token")},
    {STR("xoxs-"), 10, "-", STR("a Slack token")},
    {STR("hooks.slack.com/services/T"), 20, "/", STR("a Slack webhook")},
    {STR("sk_live_"), 16, "", STR("a Stripe key")},
    {STR("rk_live_"), 16, "", STR("a Stripe key")},
    {STR("npm_"), 36, "", STR("an npm token")},
    {STR("AIza"), 35, "-_", STR("a Google API key")},
    {STR("SG."), 40, "-_.", STR("a SendGrid key")},
    {STR("dop_v1_"), 64, "", STR("a DigitalOcean token")},
    {STR("sk-ant-"), 20, "-_", STR("an API key")},
    {STR("sk-proj-"), 20, "-_", STR("an API key")},
    {STR("pypi-AgE"), 50, "-_", STR("a PyPI token")},
    {STR("hvs."), 24, "-_", STR("a Vault token")},
    {STR("dckr_pat_"), 20, "-_", STR("a Docker Hub token")},
    {STR("AGE-SECRET-KEY-1"), 50, "", STR("an age key")},
    {STR("NRAK-"), 27, "", STR("a New Relic key")},
    {STR("glsa_"), 32, "_", STR("a Grafana token")},
    {STR("dapi"), 32, NULL, STR("a Databricks token")},
    {STR("shpat_"), 32, NULL, STR("a Shopify token")},
    {STR("SK"), 32, NULL, STR("a Twilio key")},
    {STR("ATATT3"), 60, "-_=", STR("an Atlassian token")},
};

static size_t run_of(Str text, const char *more) {
    size_t n = 0;
    while (n < text.len && (is_alnum(text.at[n]) || (text.at[n] && strchr(more, text.at[n])))) n++;
    return n;
}

/* A JSON web token: three parts of base64, of which the first two are JSON objects. */
static bool is_token(Str text) {
    for (int part = 0; part < 2; part++) {
        size_t n = run_of(text, "-_");
        if (n < 10 || !str_starts(text, S("eyJ")) || n >= text.len || text.at[n] != '.') return false;
        text = str_slice(text, n + 1);
    }
    return run_of(text, "-_") >= 10;
}

static bool has_form(const CredentialForm *form, Str text) {
    if (*text.at != *form->prefix.at || !str_starts(text, form->prefix)) return false;
    Str rest = str_slice(text, form->prefix.len);
    if (form->more) return run_of(rest, form->more) >= form->length;
    size_t n = 0;
    while (n < rest.len && is_hex(rest.at[n])) n++;
    return n == form->length && run_of(rest, "") == n;
}

static Str form_at(Str text) {
    enum { HCP_HEAD = 14, HCP_TAIL = 40 };
    static const Str hcp = STR(".atlasv1.");
    if (*text.at == 'e' && is_token(text)) return S("a JSON web token");
    for (size_t i = 0; i < COUNT(forms); i++)
        if (has_form(&forms[i], text)) return forms[i].what;
    size_t head = run_of(text, "");
    bool isHcp =
        head == HCP_HEAD && str_starts(str_slice(text, head), hcp) && run_of(str_slice(text, head + hcp.len), "-_") >= HCP_TAIL;
    return isHcp ? S("an HCP Terraform token") : S("");
}

/* Whether a text is a key from its head to its end, and the key is not left out. */
static bool is_key_block(Str text) {
    static const Str signs[] = {STR("..."), STR("{{"), STR("<"), STR("$"), STR("REDACTED"), STR("redacted")};
    for (size_t i = 0; i < COUNT(signs); i++)
        if (str_has(text, signs[i])) return false;
    return str_starts(text, S("-----BEGIN ")) && str_ends(text, S("PRIVATE KEY-----"));
}

bool secret_private_key(Str text) {
    enum { SHORTEST_KEY = 40 };
    static const Str head = STR("PRIVATE KEY-----");
    if (!str_has(text, S("-----BEGIN "))) return false;
    if (is_key_block(str_trim(text))) return true;
    for (; text.len >= head.len; text = str_slice(text, 1)) {
        if (!str_starts(text, head)) continue;
        Str key = str_slice(text, head.len);
        while (key.len && (is_space(key.at[0]) || str_starts(key, S("\\n")))) key = str_slice(key, key.at[0] == '\\' ? 2 : 1);
        /* Lines of base64, or the headers of one that is encrypted. */
        if (run_of(key, "+/=") >= SHORTEST_KEY || str_starts(key, S("Proc-Type:"))) return true;
    }
    return false;
}

Str secret_form(Str text) {
    enum { SHORTEST = 15 };
    if (text.len < SHORTEST) return S("");
    if (secret_private_key(text)) return S("a private key");
    bool hcp = str_has(text, S(".atlasv1."));
    for (size_t i = 0; i + SHORTEST <= text.len; i++) {
        if ((!hcp && !strchr("AgxhsrnNSdpe", text.at[i])) || !is_alnum(text.at[i]) || (i && is_alnum(text.at[i - 1]))) continue;
        Str rest = str_slice(text, i), what = form_at(rest);
        /* Text quotes keys of documentation, as AWS has them; a value that is one stands where a real one is to be. */
        Str key = {rest.at, run_of(rest, "-_.")};
        if (what.len && (key.len == text.len || !str_has(key, S("EXAMPLE")))) return what;
    }
    return S("");
}

/* Command lines. */

Str next_word(Str *text) {
    while (text->len && is_space(*text->at)) *text = str_slice(*text, 1);
    size_t n = 0;
    while (n < text->len && !is_space(text->at[n])) n++;
    Str word = {text->at, n};
    *text = str_slice(*text, n);
    return word;
}

static Str unquoted(Str word) {
    while (word.len && strchr("\"'`(", *word.at)) word = str_slice(word, 1);
    while (word.len && strchr("\"'`;,)", word.at[word.len - 1])) word.len--;
    return word;
}

/* The name before one of the word's equals signs that has a secret behind it. */
static Str assigned_secret(Str word) {
    for (size_t i = 1; i < word.len; i++) {
        if (word.at[i] != '=') continue;
        size_t from = i;
        while (from && (is_alnum(word.at[from - 1]) || strchr("-_.", word.at[from - 1]))) from--;
        Str name = {word.at + from, i - from}, value = unquoted(str_slice(word, i + 1));
        bool computed = i + 1 < word.len && word.at[i + 1] == '`';
        if (!computed && secret_setting(name, value)) return name;
    }
    return S("");
}

/* Flags that only some programs have: mysql -pPASSWORD, redis-cli -a PASSWORD, curl -u USER:PASSWORD. */
static Str own_flag(SecretWords *words, Str word) {
    static const Str joined[] = {STR("mysql"),        STR("mysqldump"),     STR("mysqladmin"), STR("mariadb"),
                                 STR("mariadb-dump"), STR("mariadb-admin"), STR("sshpass")};
    if (in_nocase(words->program, joined, COUNT(joined)) && str_starts(word, S("-p")) &&
        secret_value(unquoted(str_slice(word, 2))))
        return S("-p");
    if (str_eq(words->flag, S("-u")) || str_eq(words->flag, S("--user")))
        return str_find(word, ':') > 0 && secret_value(str_slice(word, (size_t)str_find(word, ':') + 1)) ? words->flag : S("");
    enum { TOKEN = 8 }; /* shorter words after Bearer are prose */
    if (str_eq(words->flag, S("Bearer")) || str_eq(words->flag, S("Basic")))
        return word.len >= TOKEN && secret_value(word) ? words->flag : S("");
    return words->flag.len && *word.at != '-' && secret_value(word) && !secret_object_name(words->flag, word) ? words->flag
                                                                                                              : S("");
}

/* Whether the value of the flag, the next word, is a secret. */
static bool takes_secret(const SecretWords *words, Str word) {
    if (str_eq(word, S("Bearer")) || str_eq(word, S("Basic"))) return true;
    if (str_eq(words->program, S("redis-cli")) && str_eq(word, S("-a"))) return true;
    if (str_eq(words->program, S("curl")) && (str_eq(word, S("-u")) || str_eq(word, S("--user")))) return true;
    return str_starts(word, S("--")) && str_find(word, '=') < 0 && secret_name(word);
}

static Str secret_in_word(SecretWords *words, Str word) {
    static const Str programs[] = {STR("mysql"),         STR("mysqldump"), STR("mysqladmin"), STR("mariadb"), STR("mariadb-dump"),
                                   STR("mariadb-admin"), STR("sshpass"),   STR("redis-cli"),  STR("curl")};
    Str found = own_flag(words, word);
    if (!found.len) found = assigned_secret(word);
    if (in_nocase(base_name(word), programs, COUNT(programs))) words->program = base_name(word);
    words->flag = takes_secret(words, word) ? word : S("");
    return found;
}

Str secret_in_words(SecretWords *words, Str item) {
    while (item.len) {
        Str word = unquoted(next_word(&item));
        Str found = word.len ? secret_in_word(words, word) : S("");
        if (!word.len) words->flag = S("");
        if (found.len) return found;
    }
    return S("");
}
