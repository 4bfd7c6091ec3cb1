/* The areas of validation and what each offers the others. validate.c calls the kinds; workload.c and job.c call the pod
 * template; pod.c calls everything below. */
#ifndef PODLINT_AREAS_H
#define PODLINT_AREAS_H

#include "check.h"
#include "limits.h"
#include "names.h"

/* The pod that is being checked, for checks that look across it. */
typedef struct PodCheck {
    Check *c;
    const ObjectMeta *meta; /* of the pod or its template */
    const PodSpec *spec;
    const Path *path; /* of the spec */
    bool isTemplate;  /* inside another kind */
    bool hostNetwork;
    bool windows;                      /* spec.os.name is windows */
    const struct VolumeIndex *volumes; /* made by check_volumes, for pod_volume */
} PodCheck;

/* meta.c. NAME_GENERATED is a subdomain too, but since 1.35 generateName itself is not looked at. */
typedef enum NameForm {
    NAME_DNS_SUBDOMAIN,
    NAME_DNS_LABEL,
    NAME_SERVICE, /* a DNS label, which must start with a letter up to 1.35 */
    NAME_GENERATED,
    NAME_OPTIONAL,     /* a subdomain; the server makes one up if there is none */
    NAME_PATH_SEGMENT, /* anything that can stand between the slashes of a URL */
    NAME_ROLE,         /* the same, and so is generateName by itself */
} NameForm;
/* `anyFinalizers`: their names need no prefix. */
void check_object_meta(Check *c, const ObjectMeta *meta, NameForm form, bool namespaced, bool anyFinalizers, const Path *path);
/* The name that the server stores: to generateName it adds five letters of its own choice, here xxxxx. */
Str stored_name(Arena *arena, const ObjectMeta *meta);
void check_labels(Check *c, StrMap labels, const Path *path);
void check_annotations(Check *c, StrMap annotations, const Path *path);
void check_meta_contents(Check *c, const ObjectMeta *meta, const Path *path); /* labels, annotations, owners, managedFields */
void check_known_finalizers(Check *c, StrList finalizers, const Path *path);  /* those without a prefix */
bool check_label_selector(Check *c, const LabelSelector *selector, const Path *path); /* whether it is valid */
bool selector_is_empty(const LabelSelector *selector);                                /* it is there and asks for nothing */
bool selector_matches(const LabelSelector *selector, StrMap labels); /* the selector must be valid; NULL matches nothing */
/* FieldValueInvalid at `path`, the labels of a template that the selector does not match. */
void report_selector_mismatch(Check *c, const LabelSelector *selector, StrMap labels, const Path *selectorPath, const Path *path);

/* claim.c: persistent volume claims inside StatefulSets and ephemeral volumes. */
void check_access_modes(Check *c, StrList modes, const Path *path); /* of a claim or a volume */
void check_claim_spec(Check *c, const PersistentVolumeClaimSpec *spec, const Path *path);

/* volume.c. Afterwards pod_volume finds what a container can mount: a volume that has faults of its own does not count. */
void check_volumes(PodCheck *p);
const Volume *pod_volume(const PodCheck *p, Str name); /* NULL if there is none */

/* downward.c: references to fields of the pod, from environment variables and from files. */
void check_object_field_selector(Check *c, const ObjectFieldSelector *selector, bool forVolume, const Path *path);
void check_resource_field_selector(PodCheck *p, const ResourceFieldSelector *selector, bool forVolume, const Path *path);

/* container.c: init, main and ephemeral containers, their names, ports, environment and mounts; calls probe.c, resources.c,
 * security.c. */
void check_containers(PodCheck *p);

/* env.c and mount.c: environment variables, and volumes as file systems and devices. */
void check_container_env(PodCheck *p, const Container *container, const Path *path);
void check_container_mounts(PodCheck *p, const Container *container, const Path *path);
bool has_unknown_volume(const PodSpec *spec);                 /* whether a volume's name is not known: see head_text_unknown */
bool has_unknown_container(const PodSpec *spec);              /* the same of containers and init containers */
Str volume_hint(const PodCheck *p, Str name, bool emptyDirs); /* what a name that no volume has was probably meant to be */

/* probe.c: probes, and the hooks and stop signal in lifecycle. */
void check_container_probes(PodCheck *p, const Container *container, bool isInit, const Path *path);

/* resources.c */
void check_container_resources(PodCheck *p, const Container *container, const Path *path);
void check_pod_resources(PodCheck *p); /* spec.resources, spec.overhead, spec.resourceClaims */
/* spec.resources, which must be there, as the server completes them from the containers' when a pod is created. */
ResourceRequirements completed_pod_resources(const Check *c, const PodSpec *spec);

/* What running a pod costs besides its containers, which the server treats as limits: `place` is where it stands, `printed` the
 * path that it puts before `limits`. */
void check_overhead_amounts(Check *c, QuantityMap amounts, const Path *place, const Path *printed);

/* security.c */
void check_container_security(PodCheck *p, const Container *container, const Path *path);
void check_pod_security(
    PodCheck *p); /* spec.securityContext, host namespaces, operating system rules, seccomp and AppArmor annotations */

/* os.c: what belongs to one operating system only, and host process containers. */
void check_os(PodCheck *p);
void check_windows_options(Check *c, const WindowsSecurityContextOptions *options, const Path *path);

/* scheduling.c */
void check_scheduling(PodCheck *p); /* affinity, tolerations, spread, node selector, gates */
void check_node_selector(Check *c, const NodeSelector *selector, const Path *path);
/* `comparisons`: the operators Lt and Gt are allowed where their gate is on. */
void check_tolerations(Check *c, TolerationList tolerations, bool comparisons, const Path *path);
/* The tolerations that an annotation holds as JSON. `place` is that of the annotations, `printed` what the server calls it. */
void check_toleration_annotation(Check *c, const StrPair *annotation, const Path *place, const Path *printed);

/* network.c */
void check_pod_network(PodCheck *p); /* host name and aliases, DNS */

/* pod.c */
void check_pod(Check *c, void *object);
/* A template inside another kind: metadata without a name, and the spec. `path` is the template's. */
void check_pod_template(Check *c, PodTemplateSpec *template, const Path *path);

/* workload.c: the kinds. */
void check_pod_amount(Check *c, OptIntOrString amount, bool atMostAll, const Path *path); /* a number of pods or a percentage */
void check_pod_template_object(Check *c, void *object);
void check_deployment(Check *c, void *object);
void check_replica_set(Check *c, void *object);
void check_stateful_set(Check *c, void *object);
void check_daemon_set(Check *c, void *object);
void check_replication_controller(Check *c, void *object);

/* The specs alone, for updates. What the server overlooks in updates of StatefulSets: */
typedef struct StatefulLeniency {
    bool fixedFields; /* faults of serviceName and volumeClaimTemplates, which cannot change */
    bool podSpec;     /* faults of the pods' spec */
    bool recreate;    /* that the gate of the strategy Recreate is off */
} StatefulLeniency;
void check_deployment_spec(Check *c, DeploymentSpec *spec);
void check_replica_set_spec(Check *c, ReplicaSetSpec *spec);
void check_stateful_set_spec(Check *c, StatefulSetSpec *spec, StatefulLeniency lenient);
void check_daemon_set_spec(Check *c, DaemonSetSpec *spec);
void check_replication_controller_spec(Check *c, ReplicationControllerSpec *spec);

/* job.c */
void check_job(Check *c, void *object);
void check_cron_job(Check *c, void *object);

/* drop.c: what the server does to a new object first. Fields behind gates that are off go, and are reported (source lint). */
void drop_disabled_fields(Check *c);

/* warning.c: what the server answers with a warning. */
void check_warnings(Check *c);

#endif
