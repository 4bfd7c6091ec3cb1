/* What fields name: objects of the workspace, their keys and ports, and other parts of the same object. */
#ifndef PODLINT_LSP_NAMES_H
#define PODLINT_LSP_NAMES_H

#include "complete.h"
#include "spot.h"

/* Calls `visit` with each object that is known of the folder of a document. */
typedef void VisitFact(void *context, const Fact *fact);
void names_visit(const Folder *folder, VisitFact *visit, void *context);

#endif
