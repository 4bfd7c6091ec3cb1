#include "areas.h"

void check_pod_template_object(Check *c, PodTemplate *object) {
    (void)c;
    (void)object;
}

void check_deployment(Check *c, Deployment *object) {
    (void)c;
    (void)object;
}

void check_replica_set(Check *c, ReplicaSet *object) {
    (void)c;
    (void)object;
}

void check_stateful_set(Check *c, StatefulSet *object) {
    (void)c;
    (void)object;
}

void check_daemon_set(Check *c, DaemonSet *object) {
    (void)c;
    (void)object;
}

void check_replication_controller(Check *c, ReplicationController *object) {
    (void)c;
    (void)object;
}
