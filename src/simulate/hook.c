#include "hook.h"

#include "script.h"

static Str last_part(Str path) {
    return str_slice(path, (size_t)(str_rfind(path, '/') + 1));
}

/* Whether the words are those of a shell with its script, as in sh -c SCRIPT. */
static bool is_script(const StrList *words) {
    static const Str shells[] = {STR("sh"), STR("bash"), STR("ash"), STR("dash"), STR("zsh"), STR("ksh")};
    return words->n > 2 && str_starts(words->at[1], S("-")) && str_ends(words->at[1], S("c")) &&
           str_in(last_part(words->at[0]), shells, COUNT(shells));
}

int64_t hook_seconds(const LifecycleHandler *hook) {
    if (hook->sleep) return hook->sleep->seconds;
    if (!hook->exec || hook->exec->command.n < 2) return HOOK_UNKNOWN;
    const StrList *words = &hook->exec->command;
    Str program = last_part(words->at[0]);
    int64_t seconds;
    if (str_eq(program, S("sleep"))) return sleep_length(words->at[1], &seconds) ? seconds : HOOK_UNKNOWN;
    if (!is_script(words)) return HOOK_UNKNOWN;
    seconds = script_seconds(words->at[2]);
    return seconds < 0 ? HOOK_UNKNOWN : seconds;
}

bool container_is_deaf(const PodSpec *spec, const Container *container) {
    enum { FEW = 8 };
    Str words[FEW];
    StrList list = {words, 0};
    const StrList *parts[] = {&container->command, &container->args};
    bool shared = spec->hostPID || (spec->shareProcessNamespace.set && spec->shareProcessNamespace.value);
    if (!container->command.n || shared || (container->lifecycle && container->lifecycle->stopSignal.len)) return false;
    for (size_t part = 0; part < COUNT(parts); part++)
        for (uint32_t i = 0; i < parts[part]->n && list.n < FEW; i++) words[list.n++] = parts[part]->at[i];
    return is_script(&list) ? script_is_deaf(list.at[2]) : command_is_deaf(list.at, list.n);
}
