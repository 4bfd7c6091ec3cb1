#include "kinds.h"

#include "warning.h"

static const KindChecks rows[KIND_END] = {
    [KIND_Pod] = {check_pod, warn_host_name, update_pod, complete_pod, .judgesMetaAnew = true},
    [KIND_Deployment] = {check_deployment, warn_host_name, update_deployment},
    [KIND_StatefulSet] = {check_stateful_set, warn_stateful_set, update_stateful_set},
    [KIND_DaemonSet] = {check_daemon_set, .update = update_daemon_set},
    [KIND_Job] = {check_job, warn_job, update_job, complete_job},
    [KIND_CronJob] = {check_cron_job, warn_cron_job, update_cron_job},
    [KIND_ReplicaSet] = {check_replica_set, warn_host_name, update_replica_set},
    [KIND_ReplicationController] = {check_replication_controller, warn_host_name, update_replication_controller},
    [KIND_PodTemplate] = {check_pod_template_object, .update = update_pod_template},
};

const KindChecks *kind_checks(const Document *document) {
    return &rows[document->type->kind->number];
}
