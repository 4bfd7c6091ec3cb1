#include "kinds.h"

#include "warning.h"

/* Kinds of which nothing is known but what the schema says. */
static void check_by_schema(Check *c, void *object) {
    const Field *spec = schema_field(c->document->type, S("spec"), str_hash(S("spec")));
    Path path = path_field(NULL, spec->name);
    check_fields_below(c, spec->type, (char *)object + spec->offset, &path);
}

static const KindChecks rows[KIND_END] = {
    [KIND_Pod] = {check_pod, warn_host_name, update_pod, complete_pod, .judgesMetaAnew = true},
    [KIND_Deployment] = {check_deployment, warn_host_name, update_deployment},
    [KIND_StatefulSet] = {check_stateful_set, warn_stateful_set, update_stateful_set, .name = NAME_DNS_LABEL},
    [KIND_DaemonSet] = {check_daemon_set, .update = update_daemon_set},
    [KIND_Job] = {check_job, warn_job, update_job, complete_job},
    [KIND_CronJob] = {check_cron_job, warn_cron_job, update_cron_job},
    [KIND_ReplicaSet] = {check_replica_set, warn_host_name, update_replica_set},
    [KIND_ReplicationController] = {check_replication_controller, warn_host_name, update_replication_controller,
                                    .name = NAME_GENERATED},
    [KIND_PodTemplate] = {check_pod_template_object, .update = update_pod_template},
    [KIND_Service] = {check_service, warn_service, .name = NAME_SERVICE, .keepsGeneration = true, .update = update_service},
    [KIND_Endpoints] = {check_endpoints, warn_endpoints, .keepsGeneration = true, .judgesMetaAnew = true, .judgesAnew = true},
    [KIND_EndpointSlice] = {check_endpoint_slice, .judgesMetaAnew = true, .judgesAnew = true},
    [KIND_Ingress] = {check_ingress, warn_ingress, .update = update_ingress, .judgesAnew = true},
    [KIND_IngressClass] = {check_ingress_class, .judgesMetaAnew = true, .judgesAnew = true},
    [KIND_NetworkPolicy] = {check_network_policy, warn_network_policy, .judgesAnew = true},
    [KIND_ConfigMap] = {check_config_map, .keepsGeneration = true, .update = update_config_map, .judgesMetaAnew = true,
                        .judgesAnew = true},
    [KIND_Secret] = {check_secret, warn_secret, .keepsGeneration = true, .update = update_secret, .judgesMetaAnew = true,
                     .judgesAnew = true},
    [KIND_ServiceAccount] = {.warn = warn_service_account, .keepsGeneration = true, .judgesMetaAnew = true},
    [KIND_Namespace] = {check_namespace, .name = NAME_DNS_LABEL, .keepsGeneration = true, .judgesMetaAnew = true},
    [KIND_LimitRange] = {check_limit_range, .name = NAME_OPTIONAL, .keepsGeneration = true, .judgesMetaAnew = true,
                         .judgesAnew = true},
    [KIND_ResourceQuota] = {check_resource_quota, warn_resource_quota, .keepsGeneration = true, .update = update_resource_quota,
                            .judgesAnew = true},
    [KIND_HorizontalPodAutoscaler] = {check_autoscaler, .judgesAnew = true},
    [KIND_PodDisruptionBudget] = {check_disruption_budget, .name = NAME_PATH_SEGMENT, .anyFinalizers = true, .metaLast = true,
                                  .judgesAnew = true},
    [KIND_PriorityClass] = {check_priority_class},
    [KIND_RuntimeClass] = {check_runtime_class, warn_runtime_class, .anyFinalizers = true, .keepsGeneration = true,
                           .judgesMetaAnew = true, .judgesAnew = true},
    [KIND_Node] = {check_node, warn_node, .keepsGeneration = true, .update = update_node, .judgesMetaAnew = true,
                   .judgesAnew = true},
    [KIND_Lease] = {check_lease, .anyFinalizers = true, .keepsGeneration = true, .judgesAnew = true},
    [KIND_PersistentVolume] = {check_persistent_volume, warn_persistent_volume, .keepsGeneration = true,
                               .update = update_persistent_volume, .judgesMetaAnew = true, .judgesAnew = true},
    [KIND_PersistentVolumeClaim] = {check_claim, warn_claim, .keepsGeneration = true, .update = update_claim,
                                    .judgesMetaAnew = true, .judgesAnew = true},
    [KIND_StorageClass] = {check_storage_class, warn_storage_class, .keepsGeneration = true, .judgesMetaAnew = true,
                           .judgesAnew = true},
    [KIND_VolumeAttributesClass] = {check_attributes_class, .keepsGeneration = true, .judgesMetaAnew = true, .judgesAnew = true},
    [KIND_CSIDriver] = {check_csi_driver, warn_csi_driver, .keepsGeneration = true, .judgesAnew = true},
    [KIND_ValidatingWebhookConfiguration] = {check_validating_webhooks, .anyFinalizers = true, .judgesMetaAnew = true,
                                             .judgesAnew = true},
    [KIND_MutatingWebhookConfiguration] = {check_mutating_webhooks, .anyFinalizers = true, .judgesMetaAnew = true,
                                           .judgesAnew = true},
    [KIND_CertificateSigningRequest] = {check_by_schema, .name = NAME_PATH_SEGMENT, .keepsGeneration = true},
    [KIND_FlowSchema] = {check_by_schema},
    [KIND_PriorityLevelConfiguration] = {check_by_schema},
    [KIND_DeviceClass] = {check_by_schema},
    [KIND_ResourceClaim] = {check_by_schema},
    [KIND_ResourceClaimTemplate] = {check_by_schema},
    [KIND_MutatingAdmissionPolicy] = {check_by_schema},
    [KIND_MutatingAdmissionPolicyBinding] = {check_by_schema},
    [KIND_Role] = {check_role, .name = NAME_ROLE, .keepsGeneration = true, .judgesMetaAnew = true, .judgesAnew = true},
    [KIND_ClusterRole] = {check_cluster_role, .name = NAME_ROLE, .keepsGeneration = true, .judgesMetaAnew = true,
                          .judgesAnew = true},
    [KIND_RoleBinding] = {check_role_binding, .name = NAME_ROLE, .keepsGeneration = true, .judgesMetaAnew = true,
                          .judgesAnew = true},
    [KIND_ClusterRoleBinding] = {check_cluster_role_binding, .name = NAME_ROLE, .keepsGeneration = true, .judgesMetaAnew = true,
                                 .judgesAnew = true},
};

const KindChecks *kind_checks(const Document *document) {
    return &rows[document->type->kind->number];
}
