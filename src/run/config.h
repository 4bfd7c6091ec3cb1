/* Configuration files: .podlint.yaml (or .podlint.yml), of which the nearest above a file holds for it. What a file may say is
 * described in schema/podlint-config.json. */
#ifndef PODLINT_CONFIG_H
#define PODLINT_CONFIG_H

#include "crd/pods.h"
#include "settings.h"

/* What is wrong with a configuration, and where. */
typedef struct ConfigFault {
    Source *source; /* without text if it could not be read */
    Span span;
    Str message, help; /* help may be empty */
} ConfigFault;

/* One configuration file that was read. */
typedef struct Config Config;

/* All configuration files of a run. Each is read once. */
typedef struct ConfigStore ConfigStore;

/* A store without files yet. `commandLine` is the strongest layer, `more` are the user's rules that the command line brings;
 * both have to outlive the store. `file` is the only configuration, with patterns relative to the working directory; NULL: the
 * nearest one of each file counts. `none`: there is no configuration at all. */
ConfigStore *config_store(Arena *arena, const SettingsLayer *commandLine, RuleList more, const char *file, bool none);

/* How a file is judged ("-": as a file in the working directory that no override names). Files that are judged alike share one.
 * `trace` may be NULL. */
const FileSettings *config_settings(ConfigStore *store, Str path, SettingsTrace *trace);

/* Whether a walk passes over what it found, by `include` and `exclude`; for InputList.leaves_out, with the store as context. */
bool config_leaves_out(void *store, Str path, bool directory);

/* The path of the configuration that holds for a file; empty if there is none. */
Str config_name(ConfigStore *store, Str path);

/* A file or folder that a configuration names. */
typedef struct ConfigPath {
    Str path;
    Str config; /* the configuration's own path */
} ConfigPath;

typedef ARRAY(ConfigPath) ConfigPaths;

/* The policies, and the definitions of custom resources, that the configurations read so far name. */
const ConfigPaths *config_policies(const ConfigStore *store);
const ConfigPaths *config_crds(const ConfigStore *store);

/* Where they say that pods stand in custom resources. */
PodPlaceRules config_pods(const ConfigStore *store);

/* What is wrong with the configurations read so far. */
const ConfigFault *config_faults(const ConfigStore *store, uint32_t *count);

/* A word of the command line's select, enable, ignore or severity that names nothing in any configuration used so far, and the
 * word that was probably meant; false if there is none. */
bool config_unknown_word(const ConfigStore *store, SettingKey *key, Str *word, Str *near);

/* Files .podlint.yml that hold for nothing, because a .podlint.yaml stands beside them. */
const Str *config_passed_over(const ConfigStore *store, uint32_t *count);

/* The former names of rules that the command line and the configurations used so far hold, each once. */
const Str *config_renamed(ConfigStore *store, uint32_t *count);

#endif
