/* What volume.c and volume_files.c share. The checks of sources are given the volume and the path of the source in it. */
#ifndef PODLINT_VOLUME_H
#define PODLINT_VOLUME_H

#include "areas.h"

void check_secret_volume(PodCheck *p, const Volume *volume, const Path *path);
void check_config_map_volume(PodCheck *p, const Volume *volume, const Path *path);
void check_downward_volume(PodCheck *p, const Volume *volume, const Path *path);
void check_projected_volume(PodCheck *p, const Volume *volume, const Path *path);

/* Checks the source of this name, if the volume has it; `path` is that of the volume. */
void check_volume_source(Check *c, Str name, const Volume *volume, const Path *path);

/* FieldValueRequired if the field `name` at `up` is empty. */
bool check_field_required(Check *c, Str value, const Path *up, Str name);

/* FieldValueInvalid unless a path is relative and stays in its directory. */
void check_descending_path(Check *c, Str value, const Path *path);

/* The server gives some errors a path other than that of the field: changes what diagnostics number `before` and up have. */
void move_paths(Check *c, uint32_t before, const Path *from, const Path *to);

#endif
