/* What one object says that matters to others: names, labels, selectors, ports, references. Small, and independent of the text
 * and the tree, so that the facts of a whole run can be kept and compared at its end. */
#ifndef PODLINT_FACTS_H
#define PODLINT_FACTS_H

#include "model/model.h"

typedef enum FactKind {
    FACT_WORKLOAD, /* it is, has or makes pods */
    FACT_SERVICE,
    FACT_INGRESS,
    FACT_NETWORK_POLICY,
    FACT_DISRUPTION_BUDGET,
    FACT_AUTOSCALER,
    FACT_SERVICE_ACCOUNT,
    FACT_CONFIG_MAP,
    FACT_SECRET,
    FACT_CLAIM,
    FACT_SERVICE_MONITOR,
    FACT_OTHER, /* it has a name, and nothing else that matters here */
    FACT_KINDS,
} FactKind;

/* One condition of matchExpressions. */
typedef struct FactCondition {
    Str key, op;
    StrList values;
} FactCondition;

typedef struct FactSelector {
    bool present;
    StrMap labels;
    const Where *labelPlaces;
    const FactCondition *conditions;
    uint32_t conditionCount;
    Where where;
} FactSelector;

/* A port: of a container, the target of a Service's, of a policy's rule, or of an Ingress's backend. */
typedef struct FactPort {
    Str name;       /* empty: by number only */
    int64_t number; /* 0: by name only */
    Str protocol;
    Str owner;     /* the container, the Service's name for the port, or the backend's Service */
    int64_t outer; /* hostPort, the Service's own number, or endPort; 0: none */
    Str hostIP;
    bool egress;     /* of a policy */
    bool stops;      /* the container has a preStop hook */
    Where where;     /* of hostPort where there is one; of a backend's Service */
    Where portWhere; /* of a backend's port */
    Str host, path;  /* of the rule that a backend belongs to; a path begins with the type of its match */
    Where pathWhere;
} FactPort;

/* A container that runs as long as its pod. */
typedef struct FactContainer {
    Str name, image;
    StrList variables; /* names of env[] */
    bool more;         /* envFrom may set others */
    StrList requests;  /* resources that it requests */
    Str program;       /* that gets its stop signal, as the command tells, or else the image's last name; empty: not known */
    bool stops;        /* it has a preStop hook, or chooses its stop signal */
    Where imageWhere;
} FactContainer;

typedef enum FactLinkUse {
    LINK_VARIABLE, /* $(NAME) in a text: what the links of Services give */
    LINK_WAIT,     /* an init container waits until the host takes connections */
    LINK_LOOKUP,   /* an init container waits until the host has an address */
} FactLinkUse;

/* Something that a container wants of a Service, by a variable or by its host name. */
typedef struct FactLink {
    uint8_t use; /* FactLinkUse */
    Str name;    /* of the variable, or the host */
    Str container;
    Where where;
} FactLink;

/* What an autoscaler looks at: a share of what containers request. */
typedef struct FactMetric {
    Str resource, container; /* container: empty for all of the pod */
    Where where;
} FactMetric;

/* A ConfigMap or Secret whose keys become variables. */
typedef struct FactSource {
    uint8_t kind; /* FactKind */
    Str name, prefix;
    Where where;
} FactSource;

/* What a container with envFrom has for variables: later sources win over earlier ones, and its own over all. */
typedef struct FactEnvironment {
    const FactSource *sources;
    uint32_t sourceCount;
    StrList own; /* names of env[] */
} FactEnvironment;

/* Something that an object names in another one. */
typedef struct FactReference {
    uint8_t kind;  /* FactKind */
    Str name, key; /* key: empty for the object as a whole */
    bool optional;
    bool written; /* a claim that some container may write to */
    Where where;
} FactReference;

typedef struct Fact {
    uint8_t kind; /* FactKind */
    uint8_t minor;
    uint32_t file, document; /* numbers in the run */
    const Kind *known;       /* NULL: no kind of Kubernetes */
    Str kindName, name, namespace_;
    bool unnamed;       /* `name` is a word for that */
    const void *inside; /* of a pod in a custom resource: where it stands there, for who made the fact; NULL for all others */
    Where where;        /* of the object's name */
    Where namespaceWhere;
    DiagList diags; /* what is found when all objects are known */
    StrMap labels;  /* of the pods; of other kinds: the object's own */
    FactSelector selector;
    FactSelector *peers; /* of a policy: selectors of pods in its rules */
    uint32_t peerCount;
    FactPort *ports;
    uint32_t portCount;
    FactReference *references;
    uint32_t referenceCount;
    FactEnvironment *environments;
    uint32_t environmentCount;
    FactContainer *containers; /* main ones and sidecars */
    uint32_t containerCount;
    FactLink *links;
    uint32_t linkCount;
    FactMetric *metrics;
    uint32_t metricCount;
    StrList podRequests; /* resources that the pod as a whole requests */
    StrList accessModes; /* of a claim */
    Str account;         /* serviceAccountName, or default */
    OptBool token;       /* automountServiceAccountToken of a pod or ServiceAccount */
    Where tokenWhere, accountWhere;
    bool sidecars, surges, pinned; /* an update starts new pods beside the old ones; all pods have to be on one node */
    bool publishesNotReady;        /* of a Service */
    StrList keys;                  /* of a ConfigMap or Secret */
    bool open;                     /* it may get more: ports of containers, keys */
    ARRAY(Span) later;             /* places of values that are filled in later */
    bool job;                      /* its pods are to end */
    bool guessed;                  /* something of it could not be decoded, so that nothing is said of it */
    bool serviceLinks;             /* enableServiceLinks is not false */
    bool hasReplicas;              /* spec.replicas is written */
    int64_t replicas;              /* of a workload; an autoscaler's minReplicas */
    int64_t maxReplicas;
    Where replicasWhere;
    Str targetKind, targetName;   /* of an autoscaler */
    Where targetWhere;            /* also of a Service's type */
    Str type;                     /* of a Service; StatefulSets: their serviceName; Ingresses: their class */
    bool canary;                  /* an Ingress that takes a share of the requests of another one */
    bool headless;                /* clusterIP: None */
    bool tls;                     /* an Ingress has spec.tls */
    bool egress, ingress;         /* policyTypes */
    bool openEgress, openIngress; /* a rule without ports */
    Where egressWhere;            /* of egress, or of policyTypes where there is none */
    Where ingressWhere;
    Str minAvailable, maxUnavailable, evictionPolicy; /* of a budget, as written; at is NULL where absent */
    Where minWhere, maxWhere;
} Fact;

/* What Kubernetes calls objects of a kind, as in "ConfigMap". Not for workloads and ServiceMonitors. */
Str fact_kind_name(FactKind kind);

/* The facts of a document, allocated in `kept`; NULL if it says nothing of interest to others. */
Fact *facts_of(Arena *kept, const Document *document);

/* Whether labels fulfil a selector; one that is not present matches nothing, an empty one everything. */
bool fact_selects(const FactSelector *selector, StrMap labels);

#endif
