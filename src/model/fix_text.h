/* The small language in which a rule says what mends it, under `fix`: a step a line, with paths from the place of the finding.
 *
 *     set VALUE                    the value there              remove            the entry or item
 *     set PATH: VALUE              a value below                remove PATH
 *     add PATH: VALUE              to a list, unless it has it  quote             the scalar becomes text as it is written
 *     rename NAME                  the key                      wrap NAME         the value becomes a map with it under NAME
 *     move PATH                    to another place             wrap []           the value becomes a list with it
 *
 * A PATH is made of fields with dots between them; each ../ in front leads one step up. A VALUE is YAML on one line, without
 * maps. The word `unsafe` in front of all says that somebody else might decide otherwise. */
#ifndef PODLINT_FIX_TEXT_H
#define PODLINT_FIX_TEXT_H

#include "base/base.h"

typedef enum FixVerb { FIX_SET, FIX_ADD, FIX_REMOVE, FIX_RENAME, FIX_MOVE, FIX_QUOTE, FIX_WRAP, FIX_VERB_COUNT } FixVerb;

typedef struct FixStep {
    uint8_t verb; /* FixVerb */
    uint8_t up;   /* steps up before `path` */
    Str path;     /* may be empty */
    Str value;    /* YAML, a name, or for FIX_MOVE a path, with ../ of its own */
} FixStep;

/* Takes the word `unsafe` off the front of a fix, if it is there. */
bool fix_text_unsafe(Str *text);

/* Takes the next step off the front; false at the end, or at a step that is none: then `fault` is the part of the text at fault
 * and `message` says why. */
bool fix_text_next(Str *text, FixStep *out, Str *fault, const char **message);

/* Takes each ../ off the front of a path, and returns how many there were. */
uint8_t fix_text_up(Str *path);

#endif
