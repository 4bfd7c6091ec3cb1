/* Where the policies of a run come from: the command line, and configurations, whose policies hold for the files that they hold
 * for. */
#ifndef PODLINT_POLICY_SOURCES_H
#define PODLINT_POLICY_SOURCES_H

#include "config.h"
#include "policy/policy.h"

/* The files of policies of a run, and the configurations that name them. */
typedef struct PolicySources {
    InputList files;
    ARRAY(Str) owners; /* by file: the configuration's path; empty: the command line */
} PolicySources;

/* Adds the policies that the configurations of the files of `list` name. */
void policy_sources_add(PolicySources *sources, ConfigStore *store, const InputList *list);

/* Switches the policies of a configuration off in the settings of the files that it does not hold for. */
void policy_sources_limit(const Policies *policies, const PolicySources *sources, ConfigStore *store, const InputList *list,
                          const FileSettings *const *settings);

/* The settings for policies themselves: what makes one useless is reported whatever is selected. */
const FileSettings *policy_settings(Arena *arena, const FileSettings *file);

#endif
