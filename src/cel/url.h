/* URLs as Go's package net/url reads them. */
#ifndef PODLINT_CEL_URL_H
#define PODLINT_CEL_URL_H

#include "base/base.h"

typedef struct Url {
    Str scheme; /* in lower case */
    Str opaque; /* what follows the scheme of "mailto:a@b" */
    bool hasUser, hasPassword;
    Str user, password; /* decoded */
    Str host;           /* decoded, with the port */
    Str path;           /* decoded */
    Str rawPath;        /* as written, where decoding and encoding again gives something else */
    bool omitHost;      /* an empty host was not written: "file:/x" */
    bool forceQuery;    /* a '?' without a query behind it */
    Str query;          /* as written, without '?' */
    Str fragment;       /* decoded */
    Str rawFragment;
} Url;

/* Reads an absolute URL or an absolute path; `*problem` says in a few words what is wrong if it is none. */
bool url_parse(Arena *arena, Str text, Url *out, const char **problem);

/* The same for what may also be relative, or empty (net/url.Parse). */
bool url_parse_reference(Arena *arena, Str text, Url *out, const char **problem);

/* The same as url_parse, but only whether a request's target may be written so: what isURL() asks. It knows no fragment. */
bool url_parse_request(Arena *arena, Str text, const char **problem);

Str url_text(Arena *arena, const Url *url);
Str url_escaped_path(Arena *arena, const Url *url);
Str url_host_name(const Url *url); /* without port and brackets */
Str url_port(const Url *url);

/* Decodes %xx of a query, and '+' as a space; false if it is not well formed. */
bool url_decode_query(Arena *arena, Str text, Str *out);

#endif
