/* IP addresses: read as forgivingly as the API server does, and written in their usual form. */
#ifndef PODLINT_ADDRESS_H
#define PODLINT_ADDRESS_H

#include "base/base.h"

typedef struct Address {
    uint8_t bytes[16];
    bool isV4;     /* in the last four bytes, written as IPv4 or as ::ffff:1.2.3.4 */
    bool isStrict; /* no leading zeros, and no IPv4 inside of IPv6 */
} Address;

bool address_parse(Str s, Address *out);

/* The one spelling of the address (RFC 5952 for IPv6). */
Str address_text(Arena *arena, const Address *address);

#endif
