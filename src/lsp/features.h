/* What an editor may ask for: a file each, and what is said of the settings of the configuration. */
#ifndef PODLINT_LSP_FEATURES_H
#define PODLINT_LSP_FEATURES_H

#include "cursor.h"
#include "server.h"

Answer hover, completion, document_symbols, workspace_symbols, folding_ranges;
Answer code_actions, resolve_action, code_lenses, inlay_hints, execute_command;
Answer definition, references, document_highlights, document_links, prepare_rename, rename_name;

/* configuration.c: whether a document is a .podlint.yaml; what there is to say of the setting at a place of it, and what may
 * stand there. */
bool configuration_is(const OpenDocument *document);
bool configuration_explain(Server *s, Buf *out, const Cursor *cursor, Span *range);
void configuration_complete(Server *s, OpenDocument *document, const Cursor *cursor, json_t *items);

/* kustomization.c: the same of a kustomization. */
bool kustomization_is(const OpenDocument *document);
void kustomization_complete(Server *s, OpenDocument *document, const Cursor *cursor, json_t *items);

#endif
