/* What a document of a file is, found out before anything is judged: by its own text, and by what other files of the run say of
 * it (FileUse). Only a text that says of itself that it is a manifest can be a faulty one. */
#ifndef PODLINT_CLASSIFY_H
#define PODLINT_CLASSIFY_H

#include "kustomize.h"

/* What the documents of a file are taken for, as somebody says who knows it. */
typedef enum TakenAs { TAKEN_AS_FOUND, TAKEN_AS_MANIFEST, TAKEN_AS_PARTIAL, TAKEN_AS_TEMPLATE, TAKEN_AS_NOTHING } TakenAs;

enum { TAKEN_COUNT = TAKEN_AS_NOTHING + 1 };

/* One file on its way through; zero-initialise but for `source`, `minor` and `use`. */
typedef struct Classifier {
    const Source *source;
    uint8_t minor;      /* the Kubernetes version 1.N that it is read for */
    const FileUse *use; /* or NULL */
    bool withPatches;   /* patches inside of kustomizations are wanted */
    bool rendered;      /* the text is what charts or kustomizations become: objects and nothing else */
    TakenAs as;
    bool asWritten;                  /* placeholders stand for themselves */
    const struct InlinePatch *patch; /* the patch that the text is, or NULL */
    bool marked;                     /* placeholders_suspect has marked scalars of what is built: it is built anew */
    KindOf *kindOf;                  /* as for model_build_kinds; NULL: podlint's own kinds */
    int8_t saysManifest;             /* whether the file says that it holds a manifest: 1, -1, or 0 as long as nobody asks */
    Str program;                     /* whose template one of its documents was found to be */
} Classifier;

/* Builds what the reader found, as model_build does, with `class` and `why` of each document set. What is no manifest has no
 * type, no object and no diagnostics; a partial object has what kustomize_complete makes of it. Behind a kustomization follow, if
 * they are wanted, the patches that are written in it, each with a source of its own (Document.inside). */
uint32_t classify_build(Classifier *classifier, Arena *arena, NodeDocument *in, Document **items);

/* What is said of a text in UTF-16 or UTF-32 that could not be read, as `error` tells: it is a faulty manifest if it says so. */
Document classify_wide(Arena *arena, const Source *source, SourceError error);

/* The name of a class as people read it: "manifest", "partial object", "template" ... */
Str class_name(DocumentClass class);

#endif
