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

/* What an address means that others cannot reach, in words: a loopback address; empty for those that they can. */
Str address_scope(const Address *address);

/* Addresses that begin alike, as 192.0.2.0/24. */
typedef struct AddressRange {
    Address address; /* as written, with what stands behind the prefix */
    unsigned prefix; /* the bits that count */
    unsigned bits;   /* of the whole address */
    bool isPadded;   /* the prefix has leading zeros */
    bool hasHost;    /* bits behind the prefix are set */
} AddressRange;

bool address_range_parse(Str s, AddressRange *out);

/* Whether `part` lies in `whole` and is smaller. */
bool address_range_holds(const AddressRange *whole, const AddressRange *part);

/* The one spelling, without bits behind the prefix. */
Str address_range_text(Arena *arena, const AddressRange *range);

#endif
