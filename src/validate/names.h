/* The forms of names in the API (k8s.io/apimachinery/pkg/util/validation, pkg/api/validation). Each is_ function only decides;
 * each check_ function also reports, as FieldValueInvalid at the path, with what is wrong and the form that is wanted. */
#ifndef PODLINT_NAMES_H
#define PODLINT_NAMES_H

#include "check.h"

bool is_dns_label(Str s);      /* RFC 1123: a-z 0-9 -, at most 63 */
bool is_dns_subdomain(Str s);  /* RFC 1123: labels joined by dots, at most 253 */
bool is_dns_1035_label(Str s); /* a label that starts with a letter */
bool is_dns_search(Str s);     /* a subdomain whose parts may hold _, also first */
bool is_qualified_name(Str s); /* [dns-subdomain/]name, name at most 63 of A-Z a-z 0-9 - _ . */
bool is_annotation_key(Str s); /* a qualified name whose prefix may hold upper-case letters */
bool is_prefixed_key(Str s);   /* an annotation key with a prefix */
bool is_label_value(Str s);    /* empty, or a name as above */
bool is_env_name(Str s);       /* printable ASCII without = */
bool is_port_name(Str s);      /* a-z 0-9 -, at most 15, a letter in it, no -- and none at the ends */
bool is_c_identifier(Str s);
bool is_decimal(Str s); /* an integer of any size in its shortest form: no +, no leading zero, no -0 */
bool is_percent(Str s); /* digits and % */
bool is_http_header_name(Str s);
bool is_config_map_key(Str s); /* A-Z a-z 0-9 - _ ., at most 253, not . or .. */
bool is_path_segment(Str s);   /* no / and no %, not . or .. */
bool is_absolute_path(Str s);
bool has_dot_dot(Str path); /* a part of the path is .. */
bool is_padded(Str s);      /* white space, as Unicode knows it, stands at an end */

void check_dns_label(Check *c, Str value, const Path *path);
void check_dns_subdomain(Check *c, Str value, const Path *path);

/* Up to 1.34 the server says of an empty name of a CSI driver that it is missing, and that it is no name. */
void check_driver_name(Check *c, Str name, const Path *path);
void check_service_name(Check *c, Str value, const Path *path);
void check_controller_name(Check *c, Str value, const Path *path); /* a DNS name, / and a path; it must not be empty */
void check_path_segment(Check *c, Str value, const Path *path);
void check_dns_1035_label(Check *c, Str value, const Path *path);
void check_qualified_name(Check *c, Str value, const Path *path);
void check_label_value(Check *c, Str value, const Path *path);
void check_config_map_key(Check *c, Str value, const Path *path);
void check_port_name(Check *c, Str value, const Path *path);
void check_ip(Check *c, Str value, const Path *path);          /* as strict as the version of the check is */
void check_cidr(Check *c, Str value, const Path *path);        /* the same */
void check_endpoint_ip(Check *c, Str value, const Path *path); /* an address that others can reach: not 127.0.0.1 and its like */
void check_port_or_name(Check *c, IntOrString value, const Path *path); /* of a container's port */

/* The warnings about addresses that are valid but written in an unusual way. */
void warn_ip_form(Check *c, Str value, const Path *path);
void warn_cidr_form(Check *c, Str value, const Path *path);

/* FieldValueDuplicate at `path`. */
void report_duplicate(Check *c, Str value, const Path *path);

/* The reports of check_qualified_name and check_label_value, for a value at a place of the caller's choice. */
void report_qualified_name(Check *c, Str value, Where at);
void report_label_value(Check *c, Str value, Where at);

/* FieldValueRequired at a place, with an example of what the path leads to. `name` is that of what is missing, in words. */
void report_required(Check *c, Where at, Str name, const Path *path);

/* FieldValueRequired if `value` is empty; returns whether it is there. */
bool check_required(Check *c, Str value, const Path *path);

/* FieldValueNotSupported unless `value` is one of the list. */
void check_enum(Check *c, Str value, const Str *allowed, size_t count, const Path *path);

/* FieldValueInvalid if the number is outside low..high. */
void check_range(Check *c, int64_t value, int64_t low, int64_t high, const Path *path);

/* Whether something was found that the API refuses. */
bool has_api_errors(const Check *c);

/* FieldValueInvalid if the number is negative. */
void check_not_negative(Check *c, int64_t value, const Path *path);

/* Prints what was found since there were `before` findings under `printed` instead of `place`. */
void print_as(Check *c, uint32_t before, const Path *place, const Path *printed);

/* A place under the text of `path`, where the server blames more than is wrong. */
Where where_inside(const Check *c, const Path *path, Where place);

/* A value as messages show it: long text is cut. */
Str shown(Arena *arena, Str value);

#endif
