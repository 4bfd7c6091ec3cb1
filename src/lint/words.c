#include "words.h"

Words words_of_container(const Container *container, const Path *path) {
    return (Words){{container->command, container->args}, path, {"command", "args"}};
}

Words words_of_exec(const ExecAction *exec, const Path *path) {
    return (Words){{exec ? exec->command : (StrList){0}}, path, {"command", "command"}};
}

uint32_t words_count(const Words *words) {
    return words->parts[0].n + words->parts[1].n;
}

Str words_at(const Words *words, uint32_t i) {
    uint32_t first = words->parts[0].n;
    return i < first ? words->parts[0].at[i] : words->parts[1].at[i - first];
}

Where words_where(const Lint *lint, const Words *words, uint32_t i) {
    uint32_t first = words->parts[0].n;
    Path list = path_field(words->up, str_of(words->fields[i >= first]));
    Path at = path_index(&list, i < first ? i : i - first);
    return lint_where(lint, &at);
}

Str base_name(Str path) {
    return str_slice(path, (size_t)(str_rfind(path, '/') + 1));
}

static bool is_shell(Str word) {
    static const Str shells[] = {STR("sh"), STR("bash"), STR("ash"), STR("dash"), STR("ksh"), STR("zsh")};
    return str_in(base_name(word), shells, COUNT(shells));
}

/* A program that runs the words after it. */
static bool is_wrapper(Str word) {
    static const Str wrappers[] = {STR("env"), STR("busybox"), STR("tini"), STR("dumb-init"), STR("exec"), STR("--")};
    return str_in(base_name(word), wrappers, COUNT(wrappers));
}

/* The first word from `i` on that is no option of a shell: sh -c -e SCRIPT. */
static int32_t script_after(const Words *words, uint32_t i) {
    while (i < words_count(words) && words_at(words, i).len > 1 && words_at(words, i).at[0] == '-' &&
           is_variable(str_slice(words_at(words, i), 1)))
        i++;
    /* The end of the options. */
    if (i < words_count(words) && (str_eq(words_at(words, i), S("--")) || str_eq(words_at(words, i), S("-")))) i++;
    return i < words_count(words) ? (int32_t)i : -1;
}

int32_t words_script(const Words *words) {
    uint32_t i = 0, count = words_count(words);
    while (i < count && is_wrapper(words_at(words, i))) i++;
    if (i >= count || !is_shell(words_at(words, i))) return -1;
    for (i++; i < count; i++) {
        Str word = words_at(words, i);
        if (word.len > 2 && str_starts(word, S("--"))) continue; /* bash --login -c SCRIPT */
        if (word.len < 2 || (word.at[0] != '-' && word.at[0] != '+') || word.at[1] == '-') return -1;
        if (str_find(word, 'c') > 0) return script_after(words, i + 1);
        if (word.at[word.len - 1] == 'o') i++;
    }
    return -1;
}

static bool ends_token(char c) {
    return c <= ' ' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '"' || c == '\'' || c == '`';
}

/* Takes the next word off a script; white space, quotes and the signs that end a command separate them. */
static bool script_next(Str *rest, Str *token) {
    while (rest->len && ends_token(rest->at[0])) *rest = str_slice(*rest, 1);
    *token = (Str){rest->at, 0};
    while (rest->len && !ends_token(rest->at[0])) {
        token->len++;
        *rest = str_slice(*rest, 1);
    }
    return token->len > 0;
}

Cursor words_cursor(const Words *words) {
    return (Cursor){.words = words, .script = words_script(words)};
}

bool cursor_next(Cursor *cursor, Str *token) {
    if (script_next(&cursor->rest, token)) return true;
    while (cursor->next < words_count(cursor->words)) {
        cursor->word = cursor->next++;
        *token = words_at(cursor->words, cursor->word);
        if ((int32_t)cursor->word != cursor->script) return true;
        cursor->rest = *token;
        if (script_next(&cursor->rest, token)) return true;
    }
    return false;
}

/* Whether `tail` with these arguments follows its file. */
static bool tail_follows(Cursor cursor) {
    Str token;
    while (cursor_next(&cursor, &token) && token.at[0] == '-') {
        if (str_starts(token, S("--follow"))) return true;
        if (token.len > 1 && token.at[1] != '-' && (str_find(token, 'f') > 0 || str_find(token, 'F') > 0)) return true;
        if (str_eq(token, S("-n")) || str_eq(token, S("-c"))) cursor_next(&cursor, &token);
    }
    return false;
}

static bool loop_is_endless(Cursor cursor) {
    static const Str exits[] = {STR("break"), STR("exit"), STR("return"), STR("kill"), STR("exec")};
    Str token;
    if (!cursor_next(&cursor, &token) || !(str_eq(token, S("true")) || str_eq(token, S(":")) || str_eq(token, S("1"))))
        return false;
    while (cursor_next(&cursor, &token))
        if (str_in(token, exits, COUNT(exits))) return false;
    return true;
}

Str words_endless(const Words *words, uint32_t *word) {
    Cursor cursor = words_cursor(words);
    Str token;
    while (cursor_next(&cursor, &token)) {
        Str name = base_name(token), next;
        Cursor after = cursor;
        *word = cursor.word;
        if (str_eq(name, S("timeout"))) return S("");
        if (str_eq(name, S("sleep")) && cursor_next(&after, &next)) {
            if (str_eq(next, S("infinity"))) return S("sleep infinity");
            if (str_eq(next, S("inf"))) return S("sleep inf");
        }
        if (str_eq(name, S("tail")) && tail_follows(cursor)) return S("tail -f");
        if (str_eq(name, S("while")) && loop_is_endless(cursor)) return S("while true");
    }
    return S("");
}

bool words_call(const Words *words, Str program) {
    Cursor cursor = words_cursor(words);
    Str token;
    while (cursor_next(&cursor, &token))
        if (str_eq(base_name(token), program)) return true;
    return false;
}

bool image_listed(const Lint *lint, uint16_t rule, Str name, Str image) {
    Str repository = image_parse(image).repository, base = base_name(repository);
    if (lint_listed(lint, rule, name, base)) return true;
    if (base.len == repository.len) return false;
    Str folder = base_name((Str){repository.at, repository.len - base.len - 1});
    return lint_listed(lint, rule, name, (Str){folder.at, folder.len + 1 + base.len});
}

bool runs_server(const Lint *lint, uint16_t rule, Str name, const Container *container) {
    static const Str looks[] = {STR("-t"),        STR("-T"), STR("-v"),      STR("-V"),       STR("--version"),
                                STR("--help"),    STR("-h"), STR("version"), STR("validate"), STR("-exit-after-auth"),
                                STR("--validate")};
    const StrList *command = &container->command, *args = &container->args;
    Words words = words_of_container(container, NULL);
    for (uint32_t i = 0; i < words_count(&words); i++)
        if (str_in(words_at(&words, i), looks, COUNT(looks))) return false;
    if (command->n) return lint_listed(lint, rule, name, base_name(command->at[0]));
    bool own = !args->n || str_starts(args->at[0], S("-")) || str_find(args->at[0], ':') >= 0;
    return own && image_listed(lint, rule, name, container->image);
}

bool reference_next(Str *rest, Str *name) {
    while (rest->len) {
        ptrdiff_t dollar = str_find(*rest, '$');
        if (dollar < 0) break;
        *rest = str_slice(*rest, (size_t)dollar + 1);
        char next = rest->len ? rest->at[0] : '\0';
        ptrdiff_t end = next == '(' ? str_find(*rest, ')') : -1;
        if (end > 0) *name = (Str){rest->at + 1, (size_t)end - 1};
        if (next == '$' || end > 0) *rest = str_slice(*rest, end > 0 ? (size_t)end + 1 : 1);
        if (end > 0) return true;
    }
    *rest = (Str){rest->at, 0};
    return false;
}

static bool has_variable_form(Str name, bool upper) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = is_upper(c) || (!upper && is_lower(c)) || c == '_';
        if (!letter && !(i > 0 && is_digit(c))) return false;
    }
    return name.len > 0;
}

bool is_variable(Str name) {
    return has_variable_form(name, false);
}

bool is_upper_variable(Str name) {
    return has_variable_form(name, true);
}
