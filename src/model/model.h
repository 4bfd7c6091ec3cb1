/* Documents as typed objects: a node tree decoded by the schema's tables, with the defaults of the API server filled in. */
#ifndef PODLINT_MODEL_H
#define PODLINT_MODEL_H

#include "model_types.h"
#include "path.h"

/* What a document is; input/classify.h finds it out. */
typedef enum DocumentClass {
    CLASS_MANIFEST,      /* an object that podlint judges */
    CLASS_PARTIAL,       /* a part of one: a patch, an expectation of a test, an overlay */
    CLASS_JSON_PATCH,    /* operations on one (RFC 6902) */
    CLASS_OTHER_KIND,    /* an object of Kubernetes' own that podlint does not judge */
    CLASS_CUSTOM,        /* an object of another group */
    CLASS_KUSTOMIZATION, /* what kustomize is told to do */
    CLASS_TEMPLATE,      /* what another program turns into YAML */
    CLASS_SETTINGS,      /* data of other programs */
    CLASS_TEXT,          /* no fields at all */
    CLASS_UNREADABLE,    /* a manifest that the server cannot read */
} DocumentClass;

enum { CLASS_COUNT = CLASS_UNREADABLE + 1 };

/* What was probably meant by something that cannot be decoded. */
typedef enum MendKind {
    MEND_GAP,   /* nobody knows: the value is left out */
    MEND_VALUE, /* a value of another shape */
    MEND_NAME,  /* another field of the same object */
    MEND_MOVE,  /* a field at another place */
} MendKind;

typedef struct Mend {
    const Node *node; /* the value at fault, in the tree as it is written */
    uint8_t kind;     /* MendKind */
    bool either;      /* something else is as likely */
    Span key;         /* of the entry, where it is one */
    Str path;         /* where the value would stand */
    union {
        const Node *value;  /* MEND_VALUE */
        Str name;           /* MEND_NAME */
        const Path *target; /* MEND_MOVE */
    };
} Mend;

/* Whether only the start of a value is known: an object of which one field is written in its place. */
static inline bool mend_is_start(const Mend *mend) {
    return mend->kind == MEND_VALUE && mend->node->kind < NODE_LIST && mend->value->kind >= NODE_LIST;
}

/* One object of a file, or one item of a List. */
typedef struct Document {
    const Source *source;
    uint32_t index;   /* of the document in its file, from 0 */
    int32_t item;     /* of the List that it is in, or -1 */
    Span span;        /* where it starts and ends */
    const Node *root; /* its own map */
    Str apiVersion, kind, name, namespace_;
    const Type *type;                    /* NULL: a kind that podlint leaves alone */
    void *object;                        /* the struct of that type, defaulted; NULL if skipped or unreadable */
    const struct CrdVersion *definition; /* of a custom resource: what it is judged by; NULL if that is not known */
    bool unreadable;                     /* the server cannot decode it */
    bool misread;                        /* nor read its YAML to the letter */
    const Node *written;     /* what `root` was made from, where this is an object as it was meant and not as it is written */
    bool retired;            /* of an API version that servers no longer have: what it lacks is not looked for */
    bool refused;            /* nor this, though it is not meant to: a template, a list of other programs */
    uint8_t class;           /* DocumentClass */
    Str why;                 /* why it is of this class, in words; may be empty */
    uint8_t minor;           /* the Kubernetes version 1.N that it is read for */
    uint32_t later;          /* placeholders in its scalars that nobody has filled in yet */
    bool partial;            /* a strategic merge patch: what is not written stands elsewhere */
    const Node *inside;      /* the scalar of another document that `source` is the value of; NULL: `source` is a file */
    Str placed;              /* the namespace that kustomizations put it in; empty: as it is written */
    bool patched;            /* a patch writes into it before the server sees it: what it says may not be what is written here */
    ARRAY(StrList) supplied; /* names of fields, sorted, that patches write into the object before the server sees it */
    DiagList diags;
    StrList gaps;            /* names of fields, sorted, that are left out since nobody can guess their values */
    ARRAY(Mend) mends;       /* in the order of the text */
    struct Document *mended; /* the object as it was meant, with what else was found wrong in decoding it; mostly NULL */
} Document;

/* Turns the document that the reader found into `out`, one Document for each item of a List. Diagnostics of reading, of the
 * schema and of types are in each document's list. Everything is allocated in `arena`. `items` gets the array, the count is
 * returned. */
uint32_t model_build(Arena *arena, const Source *source, const NodeDocument *in, uint8_t minor, Document **items);

/* The same for other kinds than podlint's: `kindOf` has the type for an apiVersion and a kind in version 1.`minor`, or NULL. */
typedef const Type *KindOf(Str apiVersion, Str kind, uint8_t minor);
uint32_t model_build_kinds(Arena *arena, const Source *source, const NodeDocument *in, uint8_t minor, KindOf *kindOf,
                           Document **items);
/* Decodes a part of a document, a map at `path`, as `type`, with the defaults that hold for fields by themselves. What is wrong
 * with it is said in the document's diagnostics, as of any object. NULL if it is no map. */
void *model_decode_part(Document *document, const Type *type, const Node *node, const Path *path);

/* Adds what the reader found wrong with a document; true if the server can make nothing of it. */
bool model_faults(DiagList *list, const NodeDocument *in);

/* The pod template of an object: its metadata, its spec and the path of both; for a Pod the pod itself. `meta` and `spec` are
 * NULL if the object has none (a Service, a ReplicationController without a template). */
typedef struct PodView {
    ObjectMeta *meta;
    PodSpec *spec;
} PodView;

PodView model_pod(const Document *document);

/* Where the pod of a kind of object stands: spec, spec.template.spec, spec.jobTemplate.spec.template.spec. The paths point to
 * each other, so that it cannot be copied. model_pod_place returns false for kinds without pods. */
typedef struct PodPlace {
    Path above[POD_DEPTH]; /* of the template */
    Path metadata, spec;
} PodPlace;

bool model_pod_place(PodPlace *out, const Type *type);

/* The kind of Kubernetes that an object is of, decoded or not: by its name, in any version of a group that has or had the kind.
 * NULL if it is of another. */
const Kind *model_kind(const Document *document);

/* Whether that is the kind with a number, a KIND_. */
bool model_is(const Document *document, uint16_t kind);

/* How pods come of an object; WORKLOAD_NONE if it was not decoded. */
WorkloadKind model_workload(const Document *document);

/* The field of an object's spec with this name; NULL if its kind has none. */
const Field *model_spec_field(const Document *document, Str name);

/* The value of such a field. */
void *model_spec_value(const Document *document, const Field *field);

/* spec.replicas of the kinds that have it; NULL for others. */
OptInt *model_replicas(const Document *document);

/* The Job that makes the pods: the spec of a Job, or the one in a CronJob; NULL for other kinds. */
JobSpec *model_job(const Document *document);

/* Whether an object's pods are part of the nodes themselves: those of a DaemonSet, of kube-system, or of the priority that is
 * for them. Such pods drive networks, disks and devices, and need for that what others should not have. */
bool model_is_node_agent(const Document *document);

/* Whether a field that the text lacks may be written elsewhere: the object is partial, or a patch writes into it. */
bool model_may_be_supplied(const Document *document, Str field);

/* The metadata of an object; NULL if it was not decoded. */
ObjectMeta *model_meta(const Document *document);

/* An image reference taken apart as the kubelet does (github.com/distribution/reference). */
typedef struct ImageName {
    bool valid;
    Str repository;  /* as written, without tag and digest */
    Str tag, digest; /* empty if not written */
} ImageName;

ImageName image_parse(Str reference);

/* Fills in what the server's defaulting sets depending on other fields (k8s.io/kubernetes/pkg/apis/{core,apps,batch}/v1,
 * defaults.go). Defaults that hold for a field by itself are set while decoding, from the schema. */
void defaults_apply(Arena *arena, Document *document);

/* What the server sets of a pod and leaves open in a template, until a controller creates the pod. */
void defaults_made_pod(Arena *arena, PodSpec *spec, uint8_t minor);

/* The same of the Job that a CronJob makes: the template of one has no defaults. */
void defaults_made_job(JobSpec *spec);

/* The object as it was meant, with the first `count` findings about the one that is written before its own; itself where nothing
 * was to mend. */
Document *model_meant(Document *written, uint32_t count);

/* Whether a value at a path that begins with `start` and goes on with, or is, `rest` could not be decoded. */
bool model_has_gap(const Document *document, Str start, Str rest);

/* Whether the text under a key of an object is not known: it is filled in later, is no text or empty, or `required` and not
 * there. What asks for a text that nothing has may then ask for this one. */
bool head_text_unknown(const Head *head, Str key, bool required);

#endif
