/* What other libraries ask of IP addresses. */
#ifndef PODLINT_CEL_IP_H
#define PODLINT_CEL_IP_H

#include "base/base.h"

/* Whether the text is an IPv6 address, without a zone; IPv4 inside of it is allowed. */
bool ip6_valid(Str text);

#endif
