#include "near.h"

Near near_start(Str word) {
    return (Near){.word = word, .found = S(""), .within = word.len < 2 ? 0 : word.len <= 4 ? 1 : word.len <= 8 ? 2 : 3};
}

void near_try(Near *near, Str candidate) {
    unsigned distance = candidate.len ? str_distance(near->word, candidate, near->within) : near->within + 1;
    if (distance > near->within) return;
    bool longer = candidate.len == near->word.len + 1 && str_starts(candidate, near->word);
    if (near->found.len && distance == near->within && !longer) return;
    near->found = candidate;
    near->within = distance;
}

Str near_word(Str word, const char *const *words, size_t count) {
    Near near = near_start(word);
    for (size_t i = 0; i < count; i++) near_try(&near, str_of(words[i]));
    return near.found;
}

#define ASKED "did you mean \""
#define BEHIND "\"?"

Str near_question(Arena *arena, Str found) {
    return found.len ? str_format(arena, ASKED "%.*s" BEHIND, TEXT(found)) : S("");
}

Str near_answer(Str question) {
    enum { AROUND = sizeof ASKED BEHIND - 1 };
    bool asked = str_starts(question, S(ASKED)) && str_ends(question, S(BEHIND)) && question.len > AROUND;
    return asked ? (Str){question.at + sizeof ASKED - 1, question.len - AROUND} : S("");
}

Str did_you_mean(Arena *arena, Str word, const Str *words, size_t count) {
    Near near = near_start(word);
    for (size_t i = 0; i < count; i++) near_try(&near, words[i]);
    return near_question(arena, near.found);
}
