/* How files are judged, as layers: podlint's defaults, a configuration file, its overrides for some paths, the command line. Each
 * says something or nothing of each setting, and later ones win. */
#ifndef PODLINT_SETTINGS_H
#define PODLINT_SETTINGS_H

#include "input/classify.h"
#include "lint/rule_file.h"
#include "lint/selection.h"
#include "result.h"

typedef enum SettingKey {
    SETTING_KUBERNETES_VERSION,
    SETTING_POD_SECURITY,
    SETTING_PROFILE,
    SETTING_SELECT,
    SETTING_ENABLE,
    SETTING_IGNORE,
    SETTING_SEVERITY,
    SETTING_PARAMETERS,
    SETTING_CLOSED_WORLD,
    SETTING_FAIL_ON,
    SETTING_AS,
    SETTING_COUNT
} SettingKey;

extern const char *const setting_names[SETTING_COUNT];

/* The words that set a severity, in the order of Severity, and after them `off`. */
extern const char *const severity_words[SEVERITY_ERROR + 2];

enum { SEVERITY_OFF = SEVERITY_ERROR + 1, FAIL_NEVER = SEVERITY_ERROR + 1 };

/* What `as` takes, in the order of TakenAs. */
extern const char *const as_words[TAKEN_COUNT];

/* What --fail-on takes, in the order of Severity, and after them `never`. */
extern const char *const fail_words[FAIL_NEVER + 1];

typedef struct SeverityChange {
    Str word;         /* a source, a rule, its code or the beginning of its name */
    uint8_t severity; /* Severity, or SEVERITY_OFF */
    uint32_t line;
} SeverityChange;

typedef struct ParameterChange {
    Str rule, name;
    const Node *value;
    uint32_t line;
} ParameterChange;

typedef struct SettingsLayer {
    Str file;                     /* where it is written; empty: the command line */
    bool isOverride;              /* for some paths only */
    uint32_t line[SETTING_COUNT]; /* of each setting; 0: nothing is said of it */
    uint8_t minors[MAX_VERSIONS], minorCount;
    PodSecurity podSecurity;
    Selection selection;
    bool closedWorld;
    uint8_t failOn; /* Severity, or FAIL_NEVER */
    uint8_t as;     /* TakenAs */
    ARRAY(SeverityChange) severities;
    ARRAY(ParameterChange) parameters;
} SettingsLayer;

/* Where a value comes from. */
typedef struct Origin {
    const SettingsLayer *layer; /* NULL: podlint's default */
    uint32_t line;              /* in the layer's file */
} Origin;

typedef struct TracedParameter {
    const Rule *rule;
    Str name;
    Value value;
    Origin origin;
} TracedParameter;

/* Where everything in a FileSettings comes from. */
typedef struct SettingsTrace {
    Origin keys[SETTING_COUNT];
    Origin *rules;          /* by number: what switched the rule on or off, or else what changed its severity */
    uint8_t profiles;       /* bit per RuleProfile; 0: the default one */
    const uint8_t *profile; /* by number: the rule's RuleUse in the profiles */
    ARRAY(TracedParameter) parameters;
} SettingsTrace;

/* What `count` layers come to, the last one strongest. The rules of `set` have to outlive the result, and so do the layers.
 * `trace` may be NULL. */
FileSettings *settings_resolve(Arena *arena, const SettingsLayer *const *layers, uint32_t count, const RuleSet *set,
                               SettingsTrace *trace);

/* "1.34", "v1.34.2", "v1.34.2-gke.1200": the minor version. False if it is not a version, or none that podlint speaks for. */
bool settings_version(Str text, uint8_t *minor);

/* A version, or a range as in "1.34..1.37" with both its ends. */
bool settings_versions(Str text, uint8_t *from, uint8_t *to);

/* Adds a version to a layer's, in their order. */
void settings_add_version(SettingsLayer *layer, uint8_t minor);

/* "restricted", "baseline:v1.30", "baseline:latest". False, and in `versionWrong` which part is at fault. */
bool settings_pod_security(Str text, PodSecurity *out, bool *versionWrong);

#endif
