#include "hook.h"

#include <stdlib.h>

enum { LONGEST = INT32_MAX };

static bool is_program(Str word, Str name) {
    ptrdiff_t slash = str_rfind(word, '/');
    return str_eq(str_slice(word, (size_t)(slash + 1)), name);
}

/* 5, 2.5, 30s, 1m, as sleep takes it; rounded up to whole seconds. */
static bool sleep_length(Str word, int64_t *seconds) {
    static const char units[] = {'s', 'm', 'h', 'd'};
    static const int factors[] = {1, 60, 3600, 86400};
    int factor = 1;
    for (size_t i = 0; word.len && i < sizeof units; i++)
        if (word.at[word.len - 1] == units[i]) {
            factor = factors[i];
            word.len--;
            break;
        }
    int64_t whole = 0, tenths = 0;
    ptrdiff_t point = str_find(word, '.');
    Str before = point < 0 ? word : (Str){word.at, (size_t)point};
    if (before.len ? !int_parse(before, 0, LONGEST, &whole) : word.len < 2) return false;
    if (point >= 0) {
        Str after = str_slice(word, (size_t)point + 1);
        for (size_t i = 0; i < after.len; i++)
            if (after.at[i] < '0' || after.at[i] > '9') return false;
        if (after.len) tenths = after.at[0] - '0';
        if (tenths == 0 && after.len > 1) tenths = 1;
    }
    *seconds = whole * factor + (tenths * factor + 9) / 10;
    return true;
}

static Str next_word(Str *text) {
    *text = str_trim(*text);
    size_t n = 0;
    while (n < text->len && text->at[n] != ' ' && text->at[n] != '\t') n++;
    Str word = {text->at, n};
    *text = str_slice(*text, n);
    return word;
}

/* Takes the next command of a script; *joined: what follows runs when it is over. */
static Str next_command(Str *script, bool *joined) {
    size_t n = 0;
    while (n < script->len && !strchr(";\n&|(){}`$<>#'\"\\", script->at[n])) n++;
    Str command = {script->at, n};
    Str rest = str_slice(*script, n);
    *joined = !rest.len || rest.at[0] == ';' || rest.at[0] == '\n' || str_starts(rest, S("&&"));
    *script = str_slice(rest, rest.len && rest.at[0] == '&' ? 2 : 1);
    return command;
}

/* The sleeps at the beginning of a script and between commands that are plain enough to be understood. */
static int64_t script_seconds(Str script) {
    static const Str compound[] = {STR("if"),   STR("while"), STR("until"), STR("for"),
                                   STR("case"), STR("exit"),  STR("exec"),  STR("return")};
    int64_t sum = HOOK_UNKNOWN, seconds;
    for (bool joined = true; script.len && joined;) {
        Str command = next_command(&script, &joined), word = next_word(&command);
        if (!joined || str_in(word, compound, COUNT(compound))) break;
        if (!is_program(word, S("sleep"))) continue;
        if (!sleep_length(next_word(&command), &seconds)) break;
        sum = (sum == HOOK_UNKNOWN ? 0 : sum) + seconds;
    }
    return sum;
}

int64_t hook_seconds(const LifecycleHandler *hook) {
    static const Str shells[] = {STR("sh"), STR("bash"), STR("ash"), STR("dash"), STR("zsh"), STR("ksh")};
    if (hook->sleep) return hook->sleep->seconds;
    if (!hook->exec || hook->exec->command.n < 2) return HOOK_UNKNOWN;
    const StrList *words = &hook->exec->command;
    int64_t seconds;
    if (is_program(words->at[0], S("sleep"))) return sleep_length(words->at[1], &seconds) ? seconds : HOOK_UNKNOWN;
    for (size_t i = 0; i < COUNT(shells); i++)
        if (is_program(words->at[0], shells[i]) && words->n > 2 && str_starts(words->at[1], S("-")) &&
            str_ends(words->at[1], S("c")))
            return script_seconds(words->at[2]);
    return HOOK_UNKNOWN;
}
