/* Names in manifests: where a thing gets its name, and where it is called by it. A table says which fields of the schema do
 * which; one walk finds all of a workspace. */
#ifndef PODLINT_LSP_MENTIONS_H
#define PODLINT_LSP_MENTIONS_H

#include "model/model.h"
#include "server.h"

/* What a name is of. */
typedef enum Thing {
    THING_OBJECT,    /* by the names of kinds in `owner` */
    THING_VOLUME,    /* of the pods of an object */
    THING_PORT,      /* of a container */
    THING_CONTAINER, /* of a pod */
    THING_SERVICE_PORT,
    THING_KEY,      /* of the data of the object in `owner`, KIND/NAME */
    THING_LABEL,    /* the value of the label in `owner`, of pods and what selects them */
    THING_VARIABLE, /* of a container */
} Thing;

typedef struct Mention {
    uint8_t thing;
    bool definition;
    uint32_t file; /* of the folder's list, or NO_FILE for the document that was asked about */
    Span span;     /* in the text, without quotes */
    bool plain;    /* it stands without quotes */
    Str name, owner, namespace_;
    uint32_t scope;  /* what it holds in: the byte where the object, pod or container begins, + 1; 0: more than that */
    StrMap labels;   /* THING_PORT: of its pod */
    StrMap selector; /* THING_PORT of a Service: of its pods */
    bool selects;    /* it has one */
} Mention;

typedef struct Mentions {
    Server *server;
    OpenDocument *document; /* that is asked about */
    ARRAY(Mention) items;   /* of the document, then of other files that have the word */
    const Mention *target;  /* at the place, or NULL */
} Mentions;

/* Which mentions are wanted beside the one at a place: none, or those that mean the same, of the document or of the workspace. */
typedef enum MentionsOf { MENTIONS_OF_PLACE, MENTIONS_OF_DOCUMENT, MENTIONS_OF_WORKSPACE } MentionsOf;

/* The mention at a byte of a document, and in `items` those that are wanted, `target` included. Allocated in the arena of the
 * message. */
Mentions mentions_at(Server *s, OpenDocument *document, size_t offset, MentionsOf wanted);

/* Whether a definition of another name is there already, where the target could be meant. */
bool mentions_taken(const Mentions *mentions, Str name);

#endif
