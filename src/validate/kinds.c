#include "kinds.h"

#include "warning.h"

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
    [KIND_Service] = {check_service, warn_service, .name = NAME_SERVICE, .keepsGeneration = true},
    [KIND_Endpoints] = {check_endpoints, warn_endpoints, .keepsGeneration = true},
    [KIND_EndpointSlice] = {check_endpoint_slice},
    [KIND_Ingress] = {check_ingress, warn_ingress},
    [KIND_IngressClass] = {check_ingress_class},
    [KIND_NetworkPolicy] = {check_network_policy, warn_network_policy},
    [KIND_ConfigMap] = {check_config_map, .keepsGeneration = true},
    [KIND_Secret] = {check_secret, warn_secret, .keepsGeneration = true},
    [KIND_ServiceAccount] = {.warn = warn_service_account, .keepsGeneration = true},
    [KIND_Namespace] = {check_namespace, .name = NAME_DNS_LABEL, .keepsGeneration = true},
    [KIND_LimitRange] = {check_limit_range, .name = NAME_OPTIONAL, .keepsGeneration = true},
    [KIND_ResourceQuota] = {check_resource_quota, warn_resource_quota, .keepsGeneration = true},
    [KIND_HorizontalPodAutoscaler] = {check_autoscaler},
    [KIND_PodDisruptionBudget] = {check_disruption_budget, .name = NAME_PATH_SEGMENT, .anyFinalizers = true, .metaLast = true},
    [KIND_PriorityClass] = {check_priority_class},
    [KIND_RuntimeClass] = {check_runtime_class, warn_runtime_class, .anyFinalizers = true, .keepsGeneration = true},
    [KIND_Node] = {check_node, warn_node, .keepsGeneration = true},
    [KIND_Lease] = {check_lease, .anyFinalizers = true, .keepsGeneration = true},
    [KIND_PersistentVolume] = {check_persistent_volume, warn_persistent_volume, .keepsGeneration = true},
    [KIND_PersistentVolumeClaim] = {check_claim, warn_claim, .keepsGeneration = true},
    [KIND_StorageClass] = {check_storage_class, warn_storage_class, .keepsGeneration = true},
    [KIND_VolumeAttributesClass] = {check_attributes_class, .keepsGeneration = true},
    [KIND_CSIDriver] = {check_csi_driver, warn_csi_driver, .name = NAME_DRIVER, .keepsGeneration = true},
    [KIND_ValidatingWebhookConfiguration] = {check_validating_webhooks, .anyFinalizers = true},
    [KIND_MutatingWebhookConfiguration] = {check_mutating_webhooks, .anyFinalizers = true},
    [KIND_Role] = {check_role, .name = NAME_PATH_SEGMENT, .keepsGeneration = true},
    [KIND_ClusterRole] = {check_cluster_role, .name = NAME_PATH_SEGMENT, .keepsGeneration = true},
    [KIND_RoleBinding] = {check_role_binding, .name = NAME_PATH_SEGMENT, .keepsGeneration = true},
    [KIND_ClusterRoleBinding] = {check_cluster_role_binding, .name = NAME_PATH_SEGMENT, .keepsGeneration = true},
};

const KindChecks *kind_checks(const Document *document) {
    return &rows[document->type->kind->number];
}
