/* What looks like a secret in the text of a manifest: names that announce one, words of a command line that hold one, and the
 * forms of well-known credentials. */
#ifndef PODLINT_SECRETS_H
#define PODLINT_SECRETS_H

#include "base/base.h"

/* Whether a variable, flag or key of this name holds a secret: DB_PASSWORD, --api-key; not PASSWORD_FILE or TOKEN_TTL. */
bool secret_name(Str name);

/* Whether a value is rather the name of a Secret object, as in --pull-secret=regcred or TLS_SECRET=web-tls. */
bool secret_object_name(Str name, Str value);

/* Whether a setting of this name has a secret for value: both say so, and the value is none of an object. */
bool secret_setting(Str name, Str value);

/* Whether a text is the header of a request that carries a token or password: Bearer TOKEN, Basic LOGIN. */
bool secret_header(Str text);

/* The part user:password@ of an URL with a password that is written out; empty if there is none. */
Str secret_in_url(Str text);

/* Whether a text holds a private key in PEM: its head, and the key itself behind it; or it is one, from head to end. */
bool secret_private_key(Str text);

/* What a text holds that has the form of a well-known credential ("an AWS access key"); empty if nothing. */
Str secret_form(Str text);

/* Reads the words of a command line one after the other. Start with zeros. */
typedef struct SecretWords {
    Str program; /* the last word that names a program with a flag of its own for passwords */
    Str flag;    /* the word before, if it is a flag whose value is a secret */
} SecretWords;

/* Looks at all words of one item of a command line. Returns the first name or flag that comes with a secret; empty if there is
 * none. */
Str secret_in_words(SecretWords *words, Str item);

/* The next word of a text, which is moved behind it; empty at the end. */
Str next_word(Str *text);

#endif
