/* Where things stand on their lines, and how what is new is written beside them. */
#ifndef PODLINT_LAYOUT_H
#define PODLINT_LAYOUT_H

#include "edit.h"

/* A place in the text. */
uint32_t line_start(Str text, uint32_t at);
uint32_t line_end(Str text, uint32_t at); /* the byte of its line break, or the end of the text */
uint32_t column_of(Str text, uint32_t at);
bool is_first_on_line(Str text, uint32_t at);

/* The span of a value without its tag and anchor. */
Span content_of(Str text, const Node *node);

/* Whether a list or map is written in brackets. */
bool is_flow(Str text, const Node *node);

/* The place of the dash of an item of a block list; false if it has none on its line. */
bool find_dash(Str text, const Node *item, uint32_t *dash);

/* The end of a line behind a value: behind a comment there, if one is, and else behind the value. */
uint32_t behind_comment(Str text, uint32_t end);

/* A comment. */
typedef struct Comment {
    uint32_t at, end;
    bool alone; /* on its line */
} Comment;

typedef ARRAY(Comment) Comments;

/* The comments of a region of the text; `root` tells them from signs in scalars. */
Comments comments_in(Arena *arena, Str text, const Node *root, Span region);

Layout layout_of(const Source *source, const Node *root);

/* Writes values. */
typedef struct Writer {
    const Editor *editor;
    Buf out;
    Comments comments; /* of what the value takes the place of, which go along */
    uint32_t next;     /* the first of them that is not written yet */
} Writer;

/* A scalar; `quote` is the sign around it, or 0 where it may stand as it is. */
void write_scalar(Buf *out, const Layout *layout, const Node *value, bool flow, char quote);

/* A value in brackets or as a scalar, on one line. */
void write_flow(Writer *w, const Node *value);

/* A key, a colon and a value; the key stands in `column`. */
void write_entry(Writer *w, Str key, const Node *value, uint32_t column);

/* A value behind a key and its colon. */
void write_behind_key(Writer *w, const Node *value, uint32_t column);

/* A value that begins in `column`, as behind a dash. */
void write_value(Writer *w, const Node *value, uint32_t column);

/* The comments that are left, on lines of their own. */
void write_rest(Writer *w, uint32_t column);

#endif
