/* What all slips are found and told with. */
#include "slip.h"

void slip_found(Finder *f, size_t at, size_t end, Str problem, Str hint) {
    f->out->span = (Span){(uint32_t)at, (uint32_t)(end > at ? end : at)};
    f->out->problem = problem;
    f->out->hint = hint;
}

void slip_mend(Finder *f, size_t at, size_t removed, Str put) {
    if (f->out->mends.n <= MOST_MENDS) ARRAY_PUSH(f->arena, &f->out->mends, (TextMend){at, removed, put});
}

bool slip_stopped(const Finder *f, const char *problem) {
    return str_has(f->stop->problem, str_of(problem));
}

bool slip_reading(const Finder *f, const char *context) {
    return str_has(f->stop->context, str_of(context));
}

char slip_byte(const Finder *f, size_t at) {
    return at < f->text.len ? f->text.at[at] : 0;
}

Str slip_piece(const Finder *f, size_t at, size_t end) {
    return (Str){f->text.at + at, end > at ? end - at : 0};
}

Str slip_shown(const Finder *f, Str s) {
    ptrdiff_t newline = str_find(s, '\n');
    if (newline >= 0) s = str_join(f->arena, str_trim((Str){s.at, (size_t)newline}), S("..."));
    enum { MOST = 60 };
    if (s.len <= MOST) return s;
    size_t cut = MOST;
    while (cut && ((unsigned char)s.at[cut] & 0xC0) == 0x80) cut--;
    return str_join(f->arena, (Str){s.at, cut}, S("..."));
}
