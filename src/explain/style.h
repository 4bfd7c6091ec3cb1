/* Text on a terminal: emphasis, wrapped lines, examples. */
#ifndef PODLINT_EXPLAIN_STYLE_H
#define PODLINT_EXPLAIN_STYLE_H

#include "explain.h"

typedef struct Style {
    Buf *out;
    const ExplainSettings *settings;
} Style;

/* Escape sequences; empty without colours. */
const char *style_bold(const Style *w);
const char *style_dim(const Style *w);
const char *style_reset(const Style *w);

/* Words in lines that fit the terminal, from column `indent` on; the first line continues at column `at`. Line breaks stay. */
void put_wrapped(const Style *w, Str text, int indent, int at);

/* A line "name  value"; nothing without a value. */
void put_fact(const Style *w, const char *name, Str value);

/* At most `width` code points of a text, at least 3, with dots where it is cut. */
void put_cut(Buf *out, Str text, size_t width);

/* The beginning of a description, without its full stop. */
Str first_sentence(Str text);

/* An example of a field as it would stand in a manifest. */
void put_example(const Style *w, const Field *field, Str example, int indent);

#endif
