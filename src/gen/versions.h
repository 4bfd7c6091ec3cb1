/* The Kubernetes versions that podlint covers (schema/versions.yaml) and the histories of feature gates (schema/gates.yaml). */
#ifndef PODLINT_GEN_VERSIONS_H
#define PODLINT_GEN_VERSIONS_H

#include "file.h"

/* Minor versions: the oldest that the schema tells apart, the oldest that manifests are checked for, the newest. */
typedef struct Versions {
    int first, oldest, newest;
} Versions;

/* Most versions from first to newest. */
enum { MOST_VERSIONS = 32 };

/* A feature gate: stage (empty: there is none yet) and default in each version, from the first on. */
typedef struct GenGate {
    Str name;
    Str stage[MOST_VERSIONS];
    bool on[MOST_VERSIONS];
} GenGate;

typedef struct Gates {
    GenGate *at;
    uint32_t n;
} Gates;

Versions versions_read(File *file);

/* The minor version that a text such as '1.34' names, from `low` to `high`; 0 after telling that it names none. */
int version_of(File *file, const Node *node, int low, int high);

Gates gates_read(File *file, Versions versions);

/* Tells where a JSON Schema of the configuration has other versions than these. */
void versions_check_config(File *file, Versions versions);

void versions_write(const char *dir, Versions versions);

#endif
