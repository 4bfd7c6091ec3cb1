/* What rules of definitions may cost. */
#ifndef PODLINT_CRD_COST_H
#define PODLINT_CRD_COST_H

#include "schema.h"

/* The most that an expression about values of a schema may cost, in the server's units; UINT64_MAX is as much or more. */
uint64_t crd_expression_cost(const CrdSchema *schema, const CelProgram *program);

/* How often a value of a schema may stand in one request. */
uint64_t crd_times_in_request(const CrdSchema *schema);

/* The product, or UINT64_MAX where that is too small. */
uint64_t crd_product(uint64_t a, uint64_t b);

#endif
