/* The API server's verdict on an object: what it refuses on create, and the warnings that it sends back. */
#ifndef PODLINT_VALIDATE_H
#define PODLINT_VALIDATE_H

#include "model/model.h"

/* Appends to the document's diagnostics what the server of its version would say when the object is created. The object must be
 * decoded; fields behind gates that are off are dropped from it, as the server does, and reported. Of a partial object, and of
 * one that patches complete, only that is said which is wrong whatever stands elsewhere. */
void validate_create(Document *document);

/* Takes back the diagnostics from number `before` on that are only right as long as nothing is
 * written into the object elsewhere. */
void validate_forget_absence(Document *document, uint32_t before);

/* Takes back the diagnostics from number `before` on that only follow from values which could not be decoded; in the object as it
 * was meant also from what nobody can guess. */
void validate_forget_consequences(Document *document, uint32_t before);

/* Appends to `after` what the server would refuse when it replaces the accepted object `before`: both are of one kind, namespace
 * and name. Every error has its path in `after`. */
void validate_update(Document *before, Document *after);

/* Gives a decoded object what the server made for the stored one and kubectl apply keeps, where the manifest does not set it: the
 * selector and the labels of a Job. */
void validate_keep_generated(Document *document);

#endif
