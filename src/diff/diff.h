/* What a change to manifests would do: objects of two sides are paired, each pair gets the server's verdict on the update, and
 * every difference an effect. Nothing is printed here. */
#ifndef PODLINT_DIFF_H
#define PODLINT_DIFF_H

#include "merge.h"
#include "model/compare.h"

/* What one change does, from harmless to impossible. */
typedef enum Effect {
    EFFECT_NONE,     /* the same after defaulting */
    EFFECT_IN_PLACE, /* the object changes, its pods go on */
    EFFECT_RESIZE,   /* a running pod's resources, through the resize subresource */
    EFFECT_ROLLOUT,  /* new pods replace the old ones */
    EFFECT_RECREATE, /* another object: the old one has to be deleted, a new one is created */
    EFFECT_REFUSED,  /* the server refuses the update */
} Effect;

const char *effect_name(Effect effect);

typedef struct Change {
    Difference difference;
    uint8_t effect; /* Effect */
    Str reason;     /* in words, may be empty */
} Change;

/* An object that is unread stands in a text of which nobody knows what is meant: what changes of it is not known. */
typedef enum PairKind { PAIR_CHANGED, PAIR_ADDED, PAIR_REMOVED, PAIR_RENAMED, PAIR_UNREAD } PairKind;

/* A text that was read and the name to show for it. */
typedef struct DiffFile {
    Source source;
    Str path;  /* from where its side begins: the same on both sides for two states of one file */
    Str error; /* why it cannot be read; at is NULL if it can */
} DiffFile;

typedef struct DiffObject {
    DiffFile *file;
    Document *document;
} DiffObject;

typedef struct Pair {
    uint8_t kind;       /* PairKind */
    uint8_t effect;     /* Effect: the worst of its changes */
    bool accepted;      /* whether the server takes the new object in place of the old one, just as it is written */
    bool applies;       /* whether it takes it in the way that is asked for */
    uint32_t faults;    /* how many of the new object's findings are of its text: it is compared as it was meant, and not sent */
    const Node *stored; /* the old object as the server stores it; NULL if that is not known */
    DiffObject before;  /* document is NULL if added */
    DiffObject after;   /* document is NULL if removed */
    Document *applied;  /* the new object as it would then be, with what is wrong with that */
    Change *changes;
    uint32_t changeCount;
    Str summary;      /* what happens, in words */
    ARRAY(Str) notes; /* what else there is to say */
    Str wayOut;       /* what to do if it is refused, may be empty */
} Pair;

typedef ARRAY(DiffObject) DiffObjects;

/* One side of a comparison. */
typedef struct DiffSide {
    Arena *arena;
    struct Crds *crds; /* definitions of custom resources; NULL: they are left out */
    ARRAY(DiffFile *) files;
    ARRAY(DiffFile *) definitions; /* those of the files in which some stand */
    DiffObjects objects;           /* of kinds that podlint judges, and what cannot be read */
    DiffObjects undefined;         /* custom resources without a definition */
} DiffSide;

/* Adds the objects of a text that `name` is shown for; `path` as in DiffFile. */
void diff_add_text(DiffSide *side, Str name, Str path, Str text, uint8_t minor);

/* The same of the file `name`; if it cannot be read, the reason stands in the file. */
void diff_add_file(DiffSide *side, Str name, Str path, uint8_t minor);

/* Adds a file that cannot be read. */
void diff_add_unread(DiffSide *side, Str name, Str path, Str error);

typedef struct DiffResult {
    ARRAY(Pair) pairs; /* changed, added, removed and renamed objects; equal ones are left out */
    uint32_t unchanged;
    uint32_t unknown;                    /* objects that may stand on the other side, in what cannot be read there */
    bool unread;                         /* a file or document of either side cannot be read */
    ARRAY(Str) unjudged;                 /* kinds of changed custom resources without a definition, one for each */
    uint32_t counts[EFFECT_REFUSED + 1]; /* pairs by effect */
} DiffResult;

/* Adds the definitions that stand in the files of a side to others. */
void diff_share_definitions(struct Crds *crds, const DiffSide *side);

/* Pairs the objects by kind, namespace and name and judges each pair. Validates the new objects. */
void diff_compare(DiffResult *result, Arena *arena, DiffSide *before, DiffSide *after, How how);

#endif
