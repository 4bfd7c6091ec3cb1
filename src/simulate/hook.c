#include "hook.h"

#include "script.h"

static Str last_part(Str path) {
    return str_slice(path, (size_t)(str_rfind(path, '/') + 1));
}

int64_t hook_seconds(const LifecycleHandler *hook) {
    static const Str shells[] = {STR("sh"), STR("bash"), STR("ash"), STR("dash"), STR("zsh"), STR("ksh")};
    if (hook->sleep) return hook->sleep->seconds;
    if (!hook->exec || hook->exec->command.n < 2) return HOOK_UNKNOWN;
    const StrList *words = &hook->exec->command;
    Str program = last_part(words->at[0]);
    int64_t seconds;
    if (str_eq(program, S("sleep"))) return sleep_length(words->at[1], &seconds) ? seconds : HOOK_UNKNOWN;
    bool script = words->n > 2 && str_starts(words->at[1], S("-")) && str_ends(words->at[1], S("c"));
    if (!script || !str_in(program, shells, COUNT(shells))) return HOOK_UNKNOWN;
    seconds = script_seconds(words->at[2]);
    return seconds < 0 ? HOOK_UNKNOWN : seconds;
}
