/* What charts and kustomizations become: rendered by the programs that people have for it, helm, kustomize and kubectl. */
#ifndef PODLINT_RENDER_H
#define PODLINT_RENDER_H

#include "input.h"
#include "model/model_base.h"

/* Renders the charts of the list with `helm template` for Kubernetes 1.`minor`, and the kustomizations in `roots` (from
 * kustomize_read) with `kustomize build` or `kubectl kustomize`. What they print is added to the list's files: under the names of
 * the templates that Helm says it comes from, and of the kustomizations. Files that rendered kustomizations include are taken off
 * the list. What goes wrong is told on stderr, as are the programs' own messages; then false is returned. */
bool render_add(InputList *list, StrList roots, uint8_t minor);

/* Reads standard input, if it is on the list, and cuts it at the comments in which Helm names templates, if it has them: then
 * each template is a file of the list. */
void render_cut_input(InputList *list);

#endif
