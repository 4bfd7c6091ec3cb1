/* What the server does with the objects of each kind: one row a kind, in kinds.c. */
#ifndef PODLINT_VALIDATE_KINDS_H
#define PODLINT_VALIDATE_KINDS_H

#include "update.h"

/* Objects are structs of the kind's type. What is left out of a row is nothing. */
typedef struct KindChecks {
    /* What is refused of a new object; NULL: what the schema refuses of its fields. */
    void (*create)(Check *c, void *object);
    void (*warn)(Check *c, const void *object); /* what is warned of, beside the pod */
    void (*update)(const Update *u);            /* what is refused of a change, beside the metadata */
    void (*complete)(Check *c, void *object);   /* what is set when a new object is stored */
    uint8_t name;                               /* NameForm of the object's name */
    bool anyFinalizers;                         /* names of finalizers need no prefix */
    bool metaLast;                              /* the metadata is judged only where the rest is right */
    bool keepsGeneration;                       /* metadata.generation is stored as it is written */
    bool judgesMetaAnew;                        /* update judges the whole metadata of the new object, as create does */
    bool judgesAnew;                            /* and the rest, but for what `update` takes back */
} KindChecks;

/* validate.c: what is refused of a new object, beside its metadata, and the metadata. */
void check_object(Check *c, const KindChecks *kind, Document *document);
void check_metadata(Check *c, const KindChecks *kind);

/* service.c. Whether a Service can be reached from outside, and whether a load balancer asks its nodes for their health. */
bool service_is_external(const ServiceSpec *spec);
bool service_needs_health_check(const ServiceSpec *spec);
void check_service(Check *c, void *object);
void warn_service(Check *c, const void *object);
void check_endpoints(Check *c, void *object);
void warn_endpoints(Check *c, const void *object);
void check_endpoint_slice(Check *c, void *object);

/* ingress.c */
void check_ingress(Check *c, void *object);
void warn_ingress(Check *c, const void *object);
void check_ingress_class(Check *c, void *object);
void check_network_policy(Check *c, void *object);
void warn_network_policy(Check *c, const void *object);

/* rbac.c */
void check_role(Check *c, void *object);
void check_cluster_role(Check *c, void *object);
void check_role_binding(Check *c, void *object);
void check_cluster_role_binding(Check *c, void *object);

/* config.c */
void check_config_map(Check *c, void *object);
void check_secret(Check *c, void *object);
void warn_secret(Check *c, const void *object);
void warn_service_account(Check *c, const void *object);
void check_namespace(Check *c, void *object);

/* quota.c */
void check_limit_range(Check *c, void *object);
void check_resource_quota(Check *c, void *object);
void warn_resource_quota(Check *c, const void *object);

/* scaling.c */
void check_autoscaler(Check *c, void *object);
void check_disruption_budget(Check *c, void *object);

/* update_object.c: fields of the kinds around the pod that keep their value, by a table, and what takes more than a comparison.
 */
void check_kept_fields(const Update *u);
void update_config_map(const Update *u);
void update_secret(const Update *u);
void update_ingress(const Update *u);
void update_resource_quota(const Update *u);
void update_node(const Update *u);

/* update_service.c and update_storage.c */
void update_service(const Update *u);
void update_persistent_volume(const Update *u);
void update_claim(const Update *u);

/* class.c */
StrList node_pod_ranges(const NodeSpec *spec);
void check_priority_class(Check *c, void *object);
void check_runtime_class(Check *c, void *object);
void warn_runtime_class(Check *c, const void *object);
void check_node(Check *c, void *object);
void warn_node(Check *c, const void *object);
void check_lease(Check *c, void *object);

/* storage.c */
void check_persistent_volume(Check *c, void *object);
void warn_persistent_volume(Check *c, const void *object);
void check_claim(Check *c, void *object);
/* Makes of one field of a source the other, as the server does with a new claim. */
void complete_claim_sources(Check *c, PersistentVolumeClaimSpec *spec);
void warn_claim(Check *c, const void *object);
void check_storage_class(Check *c, void *object);
void warn_storage_class(Check *c, const void *object);
void check_attributes_class(Check *c, void *object);
void check_csi_driver(Check *c, void *object);
void warn_csi_driver(Check *c, const void *object);

/* webhook.c */
void check_validating_webhooks(Check *c, void *object);
void check_mutating_webhooks(Check *c, void *object);

/* The row of a decoded object. */
const KindChecks *kind_checks(const Document *document);

#endif
