/* What the files of warning_*.c share. */
#ifndef PODLINT_WARNING_H
#define PODLINT_WARNING_H

#include "areas.h"

/* A pod or a pod template. */
typedef struct PodText {
    Check *c;
    const ObjectMeta *meta;
    const PodSpec *spec;
    const Path *metaPath, *specPath;
    bool isTemplate;
} PodText;

/* Memory and storage, of which nothing is smaller than a byte. */
void check_memory_warnings(Check *c, const QuantityMap *amounts, const Path *path);

/* `printed` is the path that the server names, `at` where the claim's spec stands. */
void check_claim_warnings(Check *c, const PersistentVolumeClaimSpec *spec, const Path *at, const Path *printed);

/* The kinds. warn_host_name: of those whose name goes into the host names of pods;
 * StatefulSets and DaemonSets are not warned of. */
void warn_host_name(Check *c, const void *object);
void warn_stateful_set(Check *c, const void *object);
void warn_job(Check *c, const void *object);
void warn_cron_job(Check *c, const void *object);

/* Labels of nodes that have another name now; `isKey`: `path` is that of a map's key. */
void warn_node_label(Check *c, Str name, bool isKey, const Path *path);
void warn_node_term(Check *c, const NodeSelectorTerm *term, bool checkValues, const Path *path);

/* Of sources that are deprecated or gone. */
void warn_old_volume(Check *c, const Volume *volume, const Path *path);
void check_placement_warnings(const PodText *p);
void check_volume_warnings(const PodText *p);
void check_port_warnings(const PodText *p);

#endif
