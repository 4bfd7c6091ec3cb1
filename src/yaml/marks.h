/* libyaml's marks count code points from the start of the text that it was given: here they become byte offsets of the source.
 * The text may have been edited before libyaml read it (dialect.h); marks lead to what is written. */
#ifndef PODLINT_MARKS_H
#define PODLINT_MARKS_H

#include "source.h"

/* Bytes that were put into a document's text, or taken out of it, before libyaml read it. */
typedef struct Edit {
    uint32_t at;   /* offset in the edited text behind which it counts */
    int32_t delta; /* bytes put in */
} Edit;

/* Of one document. */
typedef struct Marks {
    Str text;             /* the document as libyaml reads it */
    Str written;          /* the document as it is written */
    uint32_t base;        /* its offset in the source */
    ARRAY(Edit) edits;    /* in ascending order */
    bool ascii;           /* marks are bytes */
    uint32_t *checkpoint; /* byte offset of every so many-th code point */
    uint32_t count;
} Marks;

/* The marks of a text that stands at `base` in its source. */
Marks marks_make(Arena *arena, Str text, uint32_t base);

/* Changes the text: takes `removed` bytes out at byte `at` of it and puts others in their place. False if it was changed too
 * often before. */
bool marks_edit(Marks *marks, Arena *arena, size_t at, size_t removed, Str put);

/* The byte of `text` that a mark means. */
size_t mark_in_text(const Marks *marks, size_t index);

/* The byte of the source that stands at byte `at` of `text`. */
uint32_t text_in_source(const Marks *marks, size_t at);

/* The byte of the source that a mark means. */
static inline uint32_t mark_in_source(const Marks *marks, size_t index) {
    if (!marks->ascii || marks->edits.n) return text_in_source(marks, mark_in_text(marks, index));
    return marks->base + (uint32_t)(index < marks->text.len ? index : marks->text.len);
}

#endif
