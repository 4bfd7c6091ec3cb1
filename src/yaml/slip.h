/* The slips that fault.c knows, one function each: it returns true where it has found its slip, and then `out` says it. All read
 * the lines around the place where libyaml stopped. Those inside of a value stand in slip_value.c, the others in slip_layout.c.
 */
#ifndef PODLINT_SLIP_H
#define PODLINT_SLIP_H

#include "fault.h"
#include "lines.h"

typedef struct Finder {
    Arena *arena;
    const Stop *stop;
    Str text;
    size_t place; /* of the token that libyaml could not take */
    char sign;    /* the byte there, 0 at the end of the text */
    Line line;    /* with the stop */
    Line from;    /* with the start of what libyaml was reading */
    Cause *out;
} Finder;

/* Mends beyond this are none: such a text is not read on. */
enum { MOST_MENDS = 100 };

/* Says what is wrong with the bytes at..end, and what to write. */
void slip_found(Finder *f, size_t at, size_t end, Str problem, Str hint);

void slip_mend(Finder *f, size_t at, size_t removed, Str put);

/* Whether libyaml's problem, or what it was reading, has these words. */
bool slip_stopped(const Finder *f, const char *problem);
bool slip_reading(const Finder *f, const char *context);

char slip_byte(const Finder *f, size_t at); /* 0 behind the end */
Str slip_piece(const Finder *f, size_t at, size_t end);
Str slip_shown(const Finder *f, Str s); /* a text of the author's as it is shown in a hint: not too long */

/* An invisible character where a line is taken apart: in its indentation, behind a dash or behind the colon of its key. */
bool slip_invisible_in(Finder *f, const Line *line);
Str slip_invisible_name(Arena *arena, uint32_t code);

bool slip_conflict_marker(Finder *f);
bool slip_document_mark(Finder *f);
bool slip_quote_open(Finder *f);
bool slip_escape(Finder *f);
bool slip_tab(Finder *f);
bool slip_invisible(Finder *f);
bool slip_text_after_quote(Finder *f);
bool slip_in_brackets(Finder *f);
bool slip_unquoted_sign(Finder *f);
bool slip_text_after_bracket(Finder *f);
bool slip_key_missing(Finder *f);
bool slip_list_beside_key(Finder *f);
bool slip_colon_in_text(Finder *f);
bool slip_dash_without_space(Finder *f);
bool slip_block_text(Finder *f);
bool slip_key_without_colon(Finder *f);
bool slip_too_deep(Finder *f);
bool slip_off_level(Finder *f);

#endif
