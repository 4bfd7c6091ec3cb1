/* The base protocol: messages framed by Content-Length. */
#ifndef PODLINT_LSP_TRANSPORT_H
#define PODLINT_LSP_TRANSPORT_H

#include <jansson.h>

#include "base/base.h"

/* The largest message that is read, in bytes: a text of SOURCE_MAX_BYTES as JSON fits. */
#define MESSAGE_MAX_BYTES ((size_t)160 << 20)

typedef struct Transport {
    int in, out;
    char *at; /* what was read: bytes start..len are not taken yet */
    size_t start, len, cap;
    size_t skip; /* bytes of a message that is too large, which are still to come */
    bool ended;  /* nobody writes any more */
    bool broken; /* nobody reads any more */
} Transport;

typedef enum Taken {
    TAKEN_NOTHING, /* no whole message is there yet */
    TAKEN_MESSAGE,
    TAKEN_FAULT, /* no message, and `why` says what is wrong */
} Taken;

/* Waits at most so many milliseconds (-1: for ever) until something can be read, and reads it. */
void transport_fill(Transport *transport, int milliseconds);

/* Takes the next message off; `body` is good until the next call of any function here. */
Taken transport_take(Transport *transport, Str *body, const char **why);

/* Writes a message and lets go of it. */
void transport_send(Transport *transport, json_t *message);

void transport_free(Transport *transport);

#endif
