/* Texts that are open in the editor, and the places in them: the protocol counts lines from 0 and characters in units that client
 * and server agree on, podlint in bytes, or in lines and code points from 1. */
#ifndef PODLINT_LSP_TEXT_H
#define PODLINT_LSP_TEXT_H

#include <jansson.h>

#include "yaml/source.h"

typedef enum Units { UNITS_UTF16, UNITS_UTF8, UNITS_UTF32 } Units;

/* A text that is edited, in memory of its own. Zero-initialise; text_free when done. */
typedef struct EditedText {
    char *at; /* UTF-8, with a NUL behind it */
    size_t len, cap;
    uint32_t *lines; /* where each line begins */
    uint32_t lineCount, lineCap;
    bool indexed; /* `lines` is of this text */
} EditedText;

/* Puts `put` in the place of the bytes from..to. False if the text would be larger than SOURCE_MAX_BYTES. */
bool text_replace(EditedText *text, size_t from, size_t to, Str put);
void text_free(EditedText *text);

static inline Str text_str(const EditedText *text) {
    return (Str){text->at ? text->at : "", text->len};
}

/* The byte of a Position; what is behind a line or the text is at its end. */
size_t text_offset(EditedText *text, Units units, const json_t *position);

/* A Position of a byte, and a Range of some. */
json_t *text_position(EditedText *text, Units units, size_t offset);
json_t *text_range(EditedText *text, Units units, Span span);

/* The byte of a Place as a Source of the text has it. */
size_t text_at_place(EditedText *text, Place place);

#endif
