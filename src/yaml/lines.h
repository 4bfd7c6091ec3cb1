/* The lines of a text that libyaml cannot read, taken apart by their looks: indentation, dashes, key, value. What they look like
 * is no proof of what they are; it is what their author sees. */
#ifndef PODLINT_LINES_H
#define PODLINT_LINES_H

#include "base/base.h"

/* A line; all offsets are bytes of the whole text. */
typedef struct Line {
    size_t at, end; /* without its line break */
    size_t indent;  /* width of the spaces that it begins with */
    size_t content; /* behind indentation and the dashes of list items; `end` if there is nothing */
    size_t columns; /* of `content`, from the start of the line */
    bool item;      /* a dash with a space stands before the content */
    size_t colon;   /* behind its key: the first colon that ends one, or `end` */
    size_t value;   /* first byte of what follows the colon, or the content where no colon is; `last` if there is nothing */
    size_t last;    /* behind the last byte that is neither white space nor comment */
} Line;

/* The line with the byte `at` of a text. */
Line line_at(Str text, size_t at);

/* Turns a line into the nearest one before it, or after it, that is neither blank nor all comment; false if there is none. */
bool line_before(Str text, Line *line);
bool line_after(Str text, Line *line);

/* Parts of a line. `line_key` is empty where no colon is. */
Str line_key(Str text, const Line *line);
Str line_value(Str text, const Line *line);
Str line_content(Str text, const Line *line);

/* Whether a text looks like the name of a field or a label: letters and digits, and . _ - / between them. */
bool line_is_word(Str s);

/* The number of a line, from 1. */
uint32_t line_number(Str text, size_t at);

/* The length of the character at the start of `text` if it looks like a space or like nothing, but is no white space to YAML: a
 * no-break space, a byte order mark and their like; `code` gets its code point. Else 0. */
size_t invisible_length(Str text, uint32_t *code);

#endif
