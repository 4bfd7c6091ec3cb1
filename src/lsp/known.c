/* Labels, annotations and topology keys that Kubernetes itself gives a meaning
 * (kubernetes.io/docs/reference/labels-annotations-taints), and labels that objects of the workspace have. */
#include "complete.h"
#include "spot.h"

enum {
    FOR_LABELS = 1,
    FOR_ANNOTATIONS = 2,
    FOR_NODES = 4,
    FOR_NAMESPACES = 8,
    FOR_SERVICES = 16,
    FOR_CLASSES = 32,
    FOR_TAINTS = 64
};

typedef struct Known {
    Str key;
    uint8_t where;
    Str text;
} Known;

static const Known known[] = {
    {STR("app.kubernetes.io/name"), FOR_LABELS, STR("The name of the application.")},
    {STR("app.kubernetes.io/instance"), FOR_LABELS, STR("Which installation of the application it belongs to.")},
    {STR("app.kubernetes.io/version"), FOR_LABELS,
     STR("The version of the application. It changes, so no selector should have it.")},
    {STR("app.kubernetes.io/component"), FOR_LABELS, STR("The part that it plays in the application, such as database.")},
    {STR("app.kubernetes.io/part-of"), FOR_LABELS, STR("The larger application that this one is part of.")},
    {STR("app.kubernetes.io/managed-by"), FOR_LABELS, STR("The tool that manages it, such as helm.")},
    {STR("pod-security.kubernetes.io/enforce"), FOR_NAMESPACES,
     STR("The Pod Security level that pods must meet: privileged, baseline or restricted.")},
    {STR("pod-security.kubernetes.io/enforce-version"), FOR_NAMESPACES, STR("The version of its rules: latest or v1.N.")},
    {STR("pod-security.kubernetes.io/warn"), FOR_NAMESPACES, STR("The level about which clients are warned.")},
    {STR("pod-security.kubernetes.io/audit"), FOR_NAMESPACES, STR("The level that the audit log remarks on.")},
    {STR("service.kubernetes.io/headless"), FOR_LABELS | FOR_SERVICES, STR("Marks the Endpoints of a headless Service.")},
    {STR("kubernetes.io/hostname"), FOR_NODES, STR("The name of the node.")},
    {STR("topology.kubernetes.io/zone"), FOR_NODES, STR("The zone of the node, as the cloud has it.")},
    {STR("topology.kubernetes.io/region"), FOR_NODES, STR("The region of the node.")},
    {STR("kubernetes.io/os"), FOR_NODES, STR("The operating system of the node: linux or windows.")},
    {STR("kubernetes.io/arch"), FOR_NODES, STR("The processor of the node, such as amd64 or arm64.")},
    {STR("node.kubernetes.io/instance-type"), FOR_NODES, STR("The type of the machine, as the cloud calls it.")},
    {STR("node-role.kubernetes.io/control-plane"), FOR_NODES | FOR_TAINTS, STR("The node runs the control plane.")},
    {STR("node.kubernetes.io/not-ready"), FOR_TAINTS, STR("The node is not ready.")},
    {STR("node.kubernetes.io/unreachable"), FOR_TAINTS, STR("The node is not heard of any more.")},
    {STR("node.kubernetes.io/memory-pressure"), FOR_TAINTS, STR("The node is short of memory.")},
    {STR("node.kubernetes.io/disk-pressure"), FOR_TAINTS, STR("The node is short of room on its disks.")},
    {STR("node.kubernetes.io/pid-pressure"), FOR_TAINTS, STR("The node is short of process numbers.")},
    {STR("node.kubernetes.io/unschedulable"), FOR_TAINTS, STR("The node was cordoned.")},
    {STR("node.kubernetes.io/network-unavailable"), FOR_TAINTS, STR("The network of the node is not set up.")},
    {STR("kubectl.kubernetes.io/default-container"), FOR_ANNOTATIONS,
     STR("The container that kubectl logs and kubectl exec take.")},
    {STR("cluster-autoscaler.kubernetes.io/safe-to-evict"), FOR_ANNOTATIONS,
     STR("Whether the cluster autoscaler may evict the pod to empty a node: true or false.")},
    {STR("controller.kubernetes.io/pod-deletion-cost"), FOR_ANNOTATIONS,
     STR("A number: pods of a ReplicaSet that cost less go first when it shrinks.")},
    {STR("podlint.dev/ignore"), FOR_ANNOTATIONS, STR("Rules of podlint that this object is spared, separated by commas.")},
    {STR("service.kubernetes.io/topology-mode"), FOR_ANNOTATIONS | FOR_SERVICES,
     STR("Auto keeps traffic in the zone that it comes from.")},
    {STR("storageclass.kubernetes.io/is-default-class"), FOR_ANNOTATIONS | FOR_CLASSES,
     STR("Claims without a class get this one: \"true\".")},
    {STR("ingressclass.kubernetes.io/is-default-class"), FOR_ANNOTATIONS | FOR_CLASSES,
     STR("Ingresses without a class get this one: \"true\".")},
};

static uint8_t wanted_at(const Spot *spot) {
    const Field *field = spot->field && spot->field != spot->holder ? spot->field : spot->holder;
    Str name = field->name, kind = spot->root ? spot->root->name : S("");
    const Type *type = spot->field && spot->field != spot->holder ? spot->type : spot->parent;
    Str of = type ? type->name : S("");
    if (str_eq(name, S("labels"))) return str_eq(kind, S("Namespace")) ? FOR_LABELS | FOR_NAMESPACES : FOR_LABELS;
    if (str_eq(name, S("annotations"))) return FOR_ANNOTATIONS;
    if (str_eq(name, S("nodeSelector")) || str_eq(name, S("topologyKey"))) return FOR_NODES;
    if (str_eq(name, S("key")) && str_has(of, S("NodeSelector"))) return FOR_NODES;
    if (str_eq(name, S("key")) && (str_eq(of, S("Toleration")) || str_eq(of, S("Taint")))) return FOR_TAINTS;
    return 0;
}

/* Whether a row that is only for some kinds is for this one. */
static bool is_for(const Known *row, uint8_t where, const Spot *spot) {
    Str kind = spot->root ? spot->root->name : S("");
    if (row->where & FOR_SERVICES && !str_eq(kind, S("Service"))) return false;
    if (row->where & FOR_CLASSES && !(str_ends(kind, S("Class")) &&
                                      str_has(row->key, str_eq(kind, S("StorageClass")) ? S("storageclass") : S("ingressclass"))))
        return false;
    return row->where & where;
}

/* Those of Linux, without CAP_ (man7.org/linux/man-pages/man7/capabilities.7.html), and all of them. */
static const Str capabilities[] = {STR("ALL"),
                                   STR("AUDIT_CONTROL"),
                                   STR("AUDIT_READ"),
                                   STR("AUDIT_WRITE"),
                                   STR("BLOCK_SUSPEND"),
                                   STR("BPF"),
                                   STR("CHECKPOINT_RESTORE"),
                                   STR("CHOWN"),
                                   STR("DAC_OVERRIDE"),
                                   STR("DAC_READ_SEARCH"),
                                   STR("FOWNER"),
                                   STR("FSETID"),
                                   STR("IPC_LOCK"),
                                   STR("IPC_OWNER"),
                                   STR("KILL"),
                                   STR("LEASE"),
                                   STR("LINUX_IMMUTABLE"),
                                   STR("MAC_ADMIN"),
                                   STR("MAC_OVERRIDE"),
                                   STR("MKNOD"),
                                   STR("NET_ADMIN"),
                                   STR("NET_BIND_SERVICE"),
                                   STR("NET_BROADCAST"),
                                   STR("NET_RAW"),
                                   STR("PERFMON"),
                                   STR("SETFCAP"),
                                   STR("SETGID"),
                                   STR("SETPCAP"),
                                   STR("SETUID"),
                                   STR("SYS_ADMIN"),
                                   STR("SYS_BOOT"),
                                   STR("SYS_CHROOT"),
                                   STR("SYS_MODULE"),
                                   STR("SYS_NICE"),
                                   STR("SYS_PACCT"),
                                   STR("SYS_PTRACE"),
                                   STR("SYS_RAWIO"),
                                   STR("SYS_RESOURCE"),
                                   STR("SYS_TIME"),
                                   STR("SYS_TTY_CONFIG"),
                                   STR("SYSLOG"),
                                   STR("WAKE_ALARM")};

static void complete_capabilities(Completion *c, const Spot *spot) {
    const Type *type = spot->field == spot->holder ? spot->parent : spot->type;
    if (!spot->field || !type || !str_eq(type->name, S("Capabilities"))) return;
    for (size_t i = 0; i < COUNT(capabilities); i++)
        complete_add(c, (CompletionItem){.label = capabilities[i], .kind = ITEM_ENUM});
}

void complete_known(Completion *c, const Spot *spot) {
    if (!spot->holder && !spot->field) return;
    complete_capabilities(c, spot);
    uint8_t where = wanted_at(spot);
    bool keys = c->cursor->part == CURSOR_KEY && !(spot->field && spot->field == spot->holder && spot->inList);
    if (c->cursor->part == CURSOR_VALUE && spot->field == spot->holder) return; /* the value of a free key */
    for (size_t i = 0; i < COUNT(known) && where; i++) {
        if (!is_for(&known[i], where, spot) || str_in(known[i].key, c->cursor->keys.at, c->cursor->keys.n)) continue;
        complete_add(c, (CompletionItem){.label = known[i].key,
                                         .insert = keys && !c->cursor->colon ? str_join(c->arena, known[i].key, S(": ")) : S(""),
                                         .kind = ITEM_PROPERTY,
                                         .documentation = known[i].text,
                                         .rank = 1});
    }
}
