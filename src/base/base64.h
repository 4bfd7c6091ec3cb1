/* Base64 with padding (RFC 4648), as the API writes bytes. */
#ifndef PODLINT_BASE64_H
#define PODLINT_BASE64_H

#include "base.h"

/* The bytes of `text`, allocated in `arena`; line breaks in it do not count. False if it is no base64, as Go's
 * encoding/base64.StdEncoding decides. */
bool base64_decode(Arena *arena, Str text, Str *out);

/* Appends the text of `bytes`. */
void base64_encode(Buf *out, Str bytes);

#endif
