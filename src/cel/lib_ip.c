/* IP addresses and networks: net.IP and net.CIDR. IPv4 written as IPv6 (::ffff:1.2.3.4), zones and leading zeros are refused. */
#include "base/address.h"
#include "functions.h"

typedef struct Ip {
    Opaque head;
    Address address;
} Ip;

typedef struct Cidr {
    Opaque head;
    Address address;
    int bits; /* of the prefix */
} Cidr;

static const CelType type_ip = {.kind = VALUE_OPAQUE, .name = STR("net.IP")};
static const CelType type_cidr = {.kind = VALUE_OPAQUE, .name = STR("net.CIDR")};

enum { BITS = 128 };

/* The bits of `bytes` before those of the address. */
static int bits_before(Address a) {
    return a.isV4 ? 96 : 0;
}

static bool read_address(Str s, Address *out) {
    return address_parse(s, out) && address_is_strict(out);
}

static bool read_cidr(Str s, Address *address, int *bits) {
    ptrdiff_t slash = str_rfind(s, '/');
    int64_t value;
    if (slash < 0) return false;
    Str length = str_slice(s, (size_t)slash + 1);
    if (!read_address((Str){s.at, (size_t)slash}, address)) return false;
    if (length.len == 0 || length.len > 3 || length.at[0] < '0' || length.at[0] > '9' || (length.len > 1 && length.at[0] == '0'))
        return false;
    if (!int_parse(length, 0, BITS - bits_before(*address), &value)) return false;
    *bits = (int)value;
    return true;
}

static bool same_address(Address a, Address b) {
    return a.isV4 == b.isV4 && memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

static bool ip_equal(const Opaque *a, const Opaque *b) {
    return same_address(((const Ip *)a)->address, ((const Ip *)b)->address);
}

static Str ip_text(Eval *ev, const Opaque *value) {
    return address_text(ev->arena, &((const Ip *)value)->address);
}

static bool cidr_equal(const Opaque *a, const Opaque *b) {
    return same_address(((const Cidr *)a)->address, ((const Cidr *)b)->address) &&
           ((const Cidr *)a)->bits == ((const Cidr *)b)->bits;
}

static Str cidr_text(Eval *ev, const Opaque *value) {
    const Cidr *cidr = (const Cidr *)value;
    Str address = address_text(ev->arena, &cidr->address);
    return str_format(ev->arena, "%.*s/%d", TEXT(address), cidr->bits);
}

static const OpaqueClass ip_class = {&type_ip, STR("ip"), ip_equal, ip_text};
static const OpaqueClass cidr_class = {&type_cidr, STR("cidr"), cidr_equal, cidr_text};

static Value make_ip(Eval *ev, Address address) {
    Ip *ip = NEW(ev->arena, Ip);
    *ip = (Ip){{&ip_class}, address};
    return value_opaque(&ip->head);
}

static Value make_cidr(Eval *ev, Address address, int bits) {
    Cidr *cidr = NEW(ev->arena, Cidr);
    *cidr = (Cidr){{&cidr_class}, address, bits};
    return value_opaque(&cidr->head);
}

static Address address_of(Value v) {
    return ((const Ip *)v.opaque)->address;
}

static const Cidr *cidr_of(Value v) {
    return (const Cidr *)v.opaque;
}

static Value no_ip(Eval *ev, Value text) {
    return cel_error(ev, ERROR_CONVERSION, "\"%.*s\" is not an IP address", (int)(text.len > 100 ? 100 : text.len), text.s);
}

static Value no_cidr(Eval *ev, Value text) {
    return cel_error(ev, ERROR_CONVERSION, "\"%.*s\" is not a network in CIDR form, like 10.0.0.0/8",
                     (int)(text.len > 100 ? 100 : text.len), text.s);
}

static Value ip(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Address address;
    return read_address(value_str(args[0]), &address) ? make_ip(ev, address) : no_ip(ev, args[0]);
}

static Value is_ip(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    Address address;
    return value_bool(read_address(value_str(args[0]), &address));
}

static Value is_canonical(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Address address;
    if (!read_address(value_str(args[0]), &address)) return no_ip(ev, args[0]);
    return value_bool(str_eq(address_text(ev->arena, &address), value_str(args[0])));
}

static Value opaque_text(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return value_string(args[0].opaque->class->text(ev, args[0].opaque));
}

static Value family(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(address_of(args[0]).isV4 ? 4 : 6);
}

static bool unspecified(Address a) {
    static const uint8_t zero[16];
    return memcmp(a.bytes, zero, sizeof zero) == 0;
}

static bool loopback(Address a) {
    static const uint8_t one[16] = {[15] = 1};
    return a.isV4 ? a.bytes[12] == 127 : memcmp(a.bytes, one, sizeof one) == 0;
}

static bool multicast(Address a) {
    return a.isV4 ? (a.bytes[12] & 0xf0) == 0xe0 : a.bytes[0] == 0xff;
}

static bool link_local_multicast(Address a) {
    return a.isV4 ? a.bytes[12] == 224 && a.bytes[13] == 0 && a.bytes[14] == 0 : a.bytes[0] == 0xff && (a.bytes[1] & 0x0f) == 2;
}

static bool link_local_unicast(Address a) {
    return a.isV4 ? a.bytes[12] == 169 && a.bytes[13] == 254 : a.bytes[0] == 0xfe && (a.bytes[1] & 0xc0) == 0x80;
}

static bool global_unicast(Address a) {
    bool broadcast = a.isV4 && a.bytes[12] == 255 && a.bytes[13] == 255 && a.bytes[14] == 255 && a.bytes[15] == 255;
    return !broadcast && !unspecified(a) && !loopback(a) && !multicast(a) && !link_local_unicast(a);
}

#define QUESTION(name)                                                \
    static Value is_##name(Eval *ev, const Value *args, uint32_t n) { \
        (void)ev, (void)n;                                            \
        return value_bool(name(address_of(args[0])));                 \
    }
QUESTION(unspecified)
QUESTION(loopback)
QUESTION(link_local_multicast)
QUESTION(link_local_unicast)
QUESTION(global_unicast)

static Value cidr(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Address address;
    int bits;
    return read_cidr(value_str(args[0]), &address, &bits) ? make_cidr(ev, address, bits) : no_cidr(ev, args[0]);
}

static Value is_cidr(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    Address address;
    int bits;
    return value_bool(read_cidr(value_str(args[0]), &address, &bits));
}

static bool same_prefix(Address a, Address b, int bits) {
    bits += bits_before(a);
    if (a.isV4 != b.isV4 || memcmp(a.bytes, b.bytes, (size_t)bits / 8) != 0) return false;
    unsigned rest = (unsigned)bits % 8;
    return rest == 0 || ((unsigned)(a.bytes[bits / 8] ^ b.bytes[bits / 8]) >> (8 - rest)) == 0;
}

static Value contains_ip(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Address address;
    if (args[1].kind != VALUE_STRING)
        address = address_of(args[1]);
    else if (!read_address(value_str(args[1]), &address))
        return no_ip(ev, args[1]);
    return value_bool(same_prefix(cidr_of(args[0])->address, address, cidr_of(args[0])->bits));
}

static Value contains_cidr(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Address address;
    int bits;
    if (args[1].kind != VALUE_STRING) {
        address = cidr_of(args[1])->address;
        bits = cidr_of(args[1])->bits;
    } else if (!read_cidr(value_str(args[1]), &address, &bits)) {
        return no_cidr(ev, args[1]);
    }
    const Cidr *outer = cidr_of(args[0]);
    return value_bool(outer->bits <= bits && same_prefix(outer->address, address, outer->bits));
}

static Value cidr_ip(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    return make_ip(ev, cidr_of(args[0])->address);
}

static Value masked(Eval *ev, const Value *args, uint32_t n) {
    (void)n;
    Address address = cidr_of(args[0])->address;
    int bits = cidr_of(args[0])->bits;
    for (int i = bits_before(address) + bits; i < BITS; i++) address.bytes[i / 8] &= (uint8_t) ~(0x80u >> (i % 8));
    return make_cidr(ev, address, bits);
}

static Value prefix_length(Eval *ev, const Value *args, uint32_t n) {
    (void)ev, (void)n;
    return value_int(cidr_of(args[0])->bits);
}

static const Overload rows[] = {
    OVERLOAD("cidr", GLOBAL, cidr, &type_cidr, &cel_string),
    OVERLOAD("containsCIDR", METHOD, contains_cidr, &cel_bool, &type_cidr, &type_cidr),
    OVERLOAD("containsCIDR", METHOD, contains_cidr, &cel_bool, &type_cidr, &cel_string),
    OVERLOAD("containsIP", METHOD, contains_ip, &cel_bool, &type_cidr, &type_ip),
    OVERLOAD("containsIP", METHOD, contains_ip, &cel_bool, &type_cidr, &cel_string),
    OVERLOAD("family", METHOD, family, &cel_int, &type_ip),
    OVERLOAD("ip", GLOBAL, ip, &type_ip, &cel_string),
    OVERLOAD("ip", METHOD, cidr_ip, &type_ip, &type_cidr),
    OVERLOAD("ip.isCanonical", GLOBAL, is_canonical, &cel_bool, &cel_string),
    OVERLOAD("isCIDR", GLOBAL, is_cidr, &cel_bool, &cel_string),
    OVERLOAD("isGlobalUnicast", METHOD, is_global_unicast, &cel_bool, &type_ip),
    OVERLOAD("isIP", GLOBAL, is_ip, &cel_bool, &cel_string),
    OVERLOAD("isLinkLocalMulticast", METHOD, is_link_local_multicast, &cel_bool, &type_ip),
    OVERLOAD("isLinkLocalUnicast", METHOD, is_link_local_unicast, &cel_bool, &type_ip),
    OVERLOAD("isLoopback", METHOD, is_loopback, &cel_bool, &type_ip),
    OVERLOAD("isUnspecified", METHOD, is_unspecified, &cel_bool, &type_ip),
    OVERLOAD("masked", METHOD, masked, &type_cidr, &type_cidr),
    OVERLOAD("prefixLength", METHOD, prefix_length, &cel_int, &type_cidr),
    OVERLOAD("string", GLOBAL, opaque_text, &cel_string, &type_cidr),
    OVERLOAD("string", GLOBAL, opaque_text, &cel_string, &type_ip),
};

static const CelType *const types[] = {&type_ip, &type_cidr, NULL};

LIBRARY_TYPES(ip, rows, types);
