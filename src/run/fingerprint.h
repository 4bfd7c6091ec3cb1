/* What tells one finding from all others even when lines move, objects change places or items of lists do: the same for SARIF,
 * GitLab and the baseline. */
#ifndef PODLINT_FINGERPRINT_H
#define PODLINT_FINGERPRINT_H

#include "result.h"

/* Its texts are valid UTF-8. */
typedef struct Identity {
    Str file;
    Str object; /* "Deployment shop/web"; empty if it could not be read */
    Str rule;
    Str path; /* Finding.namedPath */
    Str text; /* the hash of what is flagged in the source, 16 hexadecimal digits */
} Identity;

/* `file` is what the finding's file is to be called. Allocated in `arena`. */
Identity identity_of(Arena *arena, Str file, const ResultDocument *document, const Finding *finding);

/* The order of the fields of Identity: negative, 0, positive. */
int identity_compare(const Identity *a, const Identity *b);

/* "KIND NAMESPACE/NAME" of a document as far as it has them. */
Str object_name(Arena *arena, const ResultDocument *document);

/* A fingerprint of every finding of the run, in the order of run_next: 16 hexadecimal digits, a dash, and the number of the
 * finding among those that are alike. Files are named as seen from the current directory. */
Str *fingerprints(Arena *arena, const Run *run);

#endif
