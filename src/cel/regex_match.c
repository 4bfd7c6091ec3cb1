#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "regex.h"

enum { HEAP_KIB = 64 * 1024 };

static void *take_memory(PCRE2_SIZE size, void *arena) {
    return arena_alloc(arena, size);
}

/* The arena gives it back. */
static void leave_memory(void *memory, void *arena) {
    (void)memory, (void)arena;
}

const RegexCode *regex_compile(Arena *arena, Str regex, RegexError *error) {
    Str translated;
    int code;
    PCRE2_SIZE at;
    *error = (RegexError){0};
    if (regex.len > REGEX_MAX_BYTES) return NULL;
    if (!regex_translate(arena, regex, &translated, error)) {
        error->at = str_codepoints((Str){regex.at, error->at});
        return NULL;
    }
    pcre2_general_context *memory = pcre2_general_context_create(take_memory, leave_memory, arena);
    pcre2_compile_context *context = memory ? pcre2_compile_context_create(memory) : NULL;
    if (!context) return NULL;
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    const uint32_t options =
        PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_BACKSLASH_C;
    return (const RegexCode *)pcre2_compile((PCRE2_SPTR)translated.at, translated.len, options, &code, &at, context);
}

bool regex_matcher(Arena *arena, RegexMatcher *out) {
    pcre2_general_context *memory = pcre2_general_context_create(take_memory, leave_memory, arena);
    *out = (RegexMatcher){0};
    if (!memory) return false;
    out->data = pcre2_match_data_create(1, memory);
    out->context = pcre2_match_context_create(memory);
    if (!out->data || !out->context) return false;
    pcre2_set_heap_limit(out->context, HEAP_KIB);
    return true;
}

RegexResult regex_find(const RegexCode *code, Str text, size_t from, uint32_t bound, RegexMatcher *matcher, Span *out) {
    pcre2_set_match_limit(matcher->context, bound);
    int count = pcre2_match((const pcre2_code *)code, (PCRE2_SPTR)(text.at ? text.at : ""), text.len, from, PCRE2_NO_UTF_CHECK,
                            matcher->data, matcher->context);
    if (count == PCRE2_ERROR_NOMATCH) return REGEX_NOT_FOUND;
    if (count < 0) return REGEX_BOUND;
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(matcher->data);
    *out = (Span){(uint32_t)places[0], (uint32_t)places[1]};
    return REGEX_FOUND;
}

RegexResult regex_test(const RegexCode *code, Str text, RegexMatcher *matcher) {
    enum { STATES = 2000, LONGEST = 16 * 1024, LONGEST_SEARCHED = 512 /* where a match may start at every byte */ };
    int states[STATES];
    uint32_t options = 0;
    pcre2_pattern_info((const pcre2_code *)code, PCRE2_INFO_ALLOPTIONS, &options);
    if (text.len > (options & PCRE2_ANCHORED ? LONGEST : LONGEST_SEARCHED)) return REGEX_BOUND;
    pcre2_set_match_limit(matcher->context, REGEX_LARGE_BOUND);
    int count = pcre2_dfa_match((const pcre2_code *)code, (PCRE2_SPTR)(text.at ? text.at : ""), text.len, 0,
                                PCRE2_NO_UTF_CHECK | PCRE2_DFA_SHORTEST, matcher->data, matcher->context, states, STATES);
    if (count == PCRE2_ERROR_NOMATCH) return REGEX_NOT_FOUND;
    return count < 0 ? REGEX_BOUND : REGEX_FOUND;
}
