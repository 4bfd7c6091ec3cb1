/* YAML text as a tree of nodes with byte spans, read the way the API server reads it: the documents of a stream are split at
 * lines that start with `---` (k8s.io/apimachinery/pkg/util/yaml), each is read by libyaml, and scalars take the types that
 * go.yaml.in/yaml/v2 gives them (YAML 1.1: `yes` is a boolean, 0644 is octal) before they become JSON (sigs.k8s.io/yaml).
 * What cannot be read is a Fault; the tree holds what could. */
#ifndef PODLINT_NODE_H
#define PODLINT_NODE_H

#include "source.h"

typedef enum NodeKind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_FLOAT, NODE_STRING, NODE_LIST, NODE_MAP } NodeKind;

typedef struct Node Node;
typedef struct Entry Entry;

struct Node {
    uint8_t kind;     /* NodeKind */
    bool plain : 1;   /* a scalar written without quotes */
    bool later : 1;   /* a scalar that is filled in before it is applied: any text or number */
    bool alias : 1;   /* written as an alias: the content stands elsewhere */
    bool indexed : 1; /* of a large map, whose keys are found by hash: see entries.h */
    uint16_t depth;   /* levels below and including this node, aliases expanded */
    uint32_t count;   /* children of a list or map */
    Span span;        /* where it is written; an alias's own place */
    Str text;         /* a string's value, or the JSON text of a number, boolean or null */
    union {
        Node *items;    /* of a list */
        Entry *entries; /* of a map: keys are unique, in order of first appearance */
    };
};

struct Entry {
    Str key;
    uint32_t hash; /* str_hash of the key */
    Span keySpan;
    Node value;
};

/* What the API server's reader refuses. */
typedef enum FaultKind {
    FAULT_SYNTAX,           /* text: what is wrong, hint: what to write; other: what the related place is (fault.h) */
    FAULT_ENCODING,         /* bytes that are no text, with text and hint */
    FAULT_SEPARATOR,        /* text after `---` on its line */
    FAULT_DEPTH,            /* more than NODE_MAX_DEPTH levels */
    FAULT_ANCHOR_UNKNOWN,   /* text: the alias's name */
    FAULT_ANCHOR_RECURSIVE, /* text: the alias's name */
    FAULT_ALIAS_EXPANSION,  /* aliases expand to far more than is written */
    FAULT_KEY_COMPLEX,      /* a list or map as key */
    FAULT_KEY_NULL,
    FAULT_KEY_NUMBER,    /* an integer over 2^63-1 as key, text: the key */
    FAULT_MERGE,         /* `<<` with something else than a map or a list of maps */
    FAULT_TAG,           /* text: value, other: tag */
    FAULT_BINARY,        /* !!binary with broken base64 */
    FAULT_NOT_FINITE,    /* text: .nan, .inf */
    FAULT_DUPLICATE_KEY, /* text: key, at the second one; related: the first one */
    FAULT_MERGED_KEY,    /* a key that is also merged in by `<<`, text: key; related: the other one */
    FAULT_STREAM,        /* what follows several JSON objects is none */
    FAULT_SWALLOWED,     /* a tag or an anchor that a value was meant by, text: it, other: what YAML takes it for */
    FAULT_QUOTES,        /* typographic quotes around a value, which are part of it */
    FAULT_TAIL,          /* text after the document's end that the server's reader ignores; text: what ends it */
} FaultKind;

typedef struct Fault {
    FaultKind kind;
    Span span;
    Span related; /* a second place, or empty */
    Str text, other, hint;
    ARRAY(TextMend) mends; /* of FAULT_SYNTAX and FAULT_ENCODING, in the source: what was meant, where that is certain */
} Fault;

/* Nesting that is followed; the server's own limit is 10,000. */
#define NODE_MAX_DEPTH 1000

typedef struct NodeDocument {
    Node *root;     /* never NULL; a null node if nothing could be read */
    bool readable;  /* whether a tree could be made at all (no syntax fault) */
    bool mended;    /* it is not readable, and the tree is what stands there once its slips are mended (fault.h) */
    uint32_t index; /* number of the document in its source, from 0 */
    Span span;      /* its text, from its first content */
    ARRAY(Fault) faults;
} NodeDocument;

/* Walks the documents of a source as kubectl does (YAMLOrJSONDecoder of k8s.io/apimachinery/pkg/util/yaml). */
typedef struct NodeReader {
    const Source *source;
    size_t at;        /* where the next document starts */
    uint32_t index;   /* its number */
    uint32_t objects; /* read as JSON so far */
    bool started;
    bool json; /* what follows is read as JSON if it can be */
} NodeReader;

/* Reads the next document into `out`, allocated in `arena`; false at the end.
 * Documents of nothing but comments are passed over. */
bool node_next(NodeReader *reader, Arena *arena, NodeDocument *out);

/* The entry of a map with this key, or NULL; NULL also for any other kind of node. */
const Entry *node_entry(const Node *map, Str key);

/* The value under a key of a map, or NULL. */
const Node *node_get(const Node *map, Str key);

/* Whether a node or something in it is filled in later; `node` may be NULL. */
bool node_holds_later(const Node *node);

/* How the server's reader would read a plain scalar: what a writer must quote to keep it a string. */
NodeKind node_plain_kind(Str text);

/* Whether the server can make nothing of a document with a fault of this kind. */
bool fault_is_fatal(FaultKind kind);

/* Gives a plain scalar the kind and the text that the server's reader would read `node->text` as. */
void node_resolve(Arena *arena, Node *node);

/* A stable name of a fault kind for tests and the generator ("syntax", "duplicate-key", ...). */
const char *fault_name(FaultKind kind);

#endif
