/* IP addresses: read as forgivingly as the API server once did, and written in their usual form. */
#ifndef PODLINT_ADDRESS_H
#define PODLINT_ADDRESS_H

#include "base.h"

typedef struct Address {
    uint8_t bytes[16]; /* of an IPv4 address only the last four are set, unless isMapped */
    bool isV4;         /* an IPv4 address, however it is written */
    bool isMapped;     /* it is written as IPv6: ::ffff:1.2.3.4 */
    bool hasZeros;     /* a number in it has leading zeros that it may not have */
} Address;

/* Reads an address as net.ParseIP of Go 1.16 did. What stricter readers refuse it tells in `isMapped` and `hasZeros`. */
bool address_parse(Str s, Address *out);

/* Whether strict readers take the address too. */
static inline bool address_is_strict(const Address *address) {
    return !address->isMapped && !address->hasZeros;
}

/* The one spelling of the address (RFC 5952 for IPv6). */
Str address_text(Arena *arena, const Address *address);

#endif
