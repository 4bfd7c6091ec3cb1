/* Diagnostics: what is wrong, where, and what to do. Everything that finds something appends to a list; nobody prints here. The
 * messages themselves stand in rules/, from which the build makes one typed emitter a rule (rules.h). */
#ifndef PODLINT_DIAG_H
#define PODLINT_DIAG_H

#include "yaml/source.h"

typedef enum Severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR } Severity;

/* In the order of Severity, for lists that go on. */
#define SEVERITY_NAMES "info", "warning", "error"

/* Who says it. */
typedef enum DiagSource {
    FROM_YAML,    /* cannot be read */
    FROM_SCHEMA,  /* unknown field, wrong type */
    FROM_API,     /* API validation */
    FROM_WARNING, /* a warning the server sends back */
    FROM_LINT,
    FROM_POD_SECURITY,
    FROM_POLICY,
    FROM_ADMISSION, /* admission plugins, of objects that stand in the same run */
} DiagSource;

/* The API's own error types (k8s.io/apimachinery/pkg/util/validation/field). */
typedef enum ApiError {
    API_NONE,
    API_REQUIRED,
    API_INVALID,
    API_DUPLICATE,
    API_NOT_SUPPORTED,
    API_FORBIDDEN,
    API_TOO_LONG,
    API_TOO_MANY,
    API_TYPE_INVALID,
    API_NOT_FOUND,
    API_INTERNAL,
} ApiError;

/* Sets of rules that can be asked for by name. */
typedef enum RuleProfile {
    PROFILE_DEFAULT,
    PROFILE_SECURITY,
    PROFILE_RELIABILITY,
    PROFILE_KUBE_LINTER,
    PROFILE_ALL,
    PROFILE_NONE
} RuleProfile;

enum { PROFILE_COUNT = PROFILE_NONE + 1 };

/* What can be set of a rule. */
typedef struct RuleParameter {
    Str name, description;
    Str value; /* the default, as JSON */
} RuleParameter;

struct Lint;
struct Path;

/* Looks at a value of the rule's type; see lint/check.h. */
typedef void RuleCheck(struct Lint *lint, const void *self, const struct Path *path);

/* What a rule says. Of those of podlint it is put together from the tables. */
typedef struct RuleWords {
    Str former;    /* the name that it had before, which still works; may be empty */
    Str title;     /* what is wrong in general, where the message alone does not tell; may be empty */
    Str code;      /* of lint rules: never used again for another one */
    Str message;   /* template: {0}, {1} ... stand for the arguments */
    Str help;      /* template, may be empty */
    Str fix;       /* template of fix_text.h, may be empty */
    Str plugin;    /* of source admission: who says it, as the server names it */
    Str why;       /* for explain, may be empty */
    Str absent;    /* fields that could make the finding void by being written, separated by spaces; may be empty */
    Str on;        /* the schema type that it looks at, or Document */
    Str when;      /* expression: true where the rule is broken; empty if a check finds that */
    Str at;        /* path of the value at fault, below the type's; empty: the value itself */
    Str bad, good; /* examples: YAML of objects, of a pod's spec or of a container */
} RuleWords;

/* The words of a rule that users bring. */
typedef struct OwnWords {
    RuleWords words;
    const Str *arguments;
    const RuleParameter *parameters;
} OwnWords;

/* A kind of finding: one entry of rules/, or of a file of the user's. Those of source lint, but for a few that are found while
 * validating, have a type that they are about and either an expression or a check. */
typedef struct Rule {
    Str name;
    uint16_t number;   /* rules that the user brings follow those of `rules` */
    uint8_t source;    /* DiagSource */
    uint8_t severity;  /* Severity */
    uint8_t type;      /* ApiError */
    uint8_t profiles;  /* bit per RuleProfile: security, reliability, kube-linter; default where it is on by default */
    bool sparesAgents; /* the default profile does not report it of node agents */
    uint8_t argumentCount;
    uint8_t parameterCount;
    RuleCheck *check;
    const OwnWords *own; /* NULL: they stand in the tables */
} Rule;

/* Whether a rule has something of its own to say of a value that is refused for another reason: what is a risk stays one when the
 * value is mended, and what has to be asked for was asked for. */
static inline bool rule_stands_alone(const Rule *rule) {
    return rule->source == FROM_LINT && (rule->profiles & 1u << PROFILE_SECURITY || !(rule->profiles & 1u << PROFILE_DEFAULT));
}

RuleWords rule_words(const Rule *rule);
Str rule_on(const Rule *rule); /* of its words, where no other is wanted */

/* What stands in the templates: a name, or an expression where the rule has one. */
Str rule_argument(const Rule *rule, size_t number);
RuleParameter rule_parameter(const Rule *rule, uint8_t number);

/* The rows of the tables, by the rule's number. */
typedef struct RuleRow {
    TableText former, title, code, message, help, fix, plugin, why, absent, on, when, at, bad, good;
    uint16_t arguments, parameters; /* the first of its own in the tables of all */
} RuleRow;

typedef struct ParameterRow {
    TableText name, description, value;
} ParameterRow;

extern const RuleRow rule_rows[];
extern const TableText rule_arguments[];
extern const ParameterRow rule_parameters[];
extern const char *const rule_texts;
extern const Rule rules[];
extern const uint16_t rule_count;

/* A place in the document and the API's path of it. */
typedef struct Where {
    Span span;
    Str path;
    bool missing; /* nothing is written at the path: the place is that of what lacks it */
} Where;

typedef struct Note {
    struct Note *next;
    Span span;
    Str text;
} Note;

typedef struct Diag {
    const Rule *rule;
    uint8_t severity; /* Severity */
    Span span;
    Str path;     /* as the API server prints it, may be empty */
    bool missing; /* Where.missing */
    bool follows; /* only from another finding, which says what to mend */
    Str message;
    Str help;    /* may be empty */
    Str fix;     /* steps of fix_text.h, values in JSON's quotes; may be empty */
    Note *notes; /* related places */
} Diag;

/* The most diagnostics of a rule in a list that have texts. More than that are only counted; but those of other rules than lint's
 * stand in the list without message and help until it is sorted, up to DIAG_MOST_PLACES, for those who look at how much was found
 * and where. */
enum { DIAG_MOST = 1000, DIAG_MOST_PLACES = 4 * DIAG_MOST };

/* How often a rule was reported. */
typedef struct DiagCount {
    const Rule *rule;
    uint32_t n;
} DiagCount;

typedef struct DiagList {
    Arena *arena; /* of all texts and notes */
    ARRAY(Diag) items;
    ARRAY(DiagCount) counts; /* once there are DIAG_MOST items */
    uint32_t counted;        /* what is not in the list */
    Diag *spare;             /* what diag_add returns for that */
} DiagList;

/* How much was found, whether it is in the list or only counted: more than before means that something is wrong. */
static inline uint32_t diag_found(const DiagList *list) {
    return list->items.n + list->counted;
}

/* Appends a diagnostic of `rule` with its templates filled from `arguments`. The pointer returned is good until the next one is
 * added. The generated emitters call it for the rules in C. */
Diag *diag_add(DiagList *list, const Rule *rule, Where where, const Str *arguments);

/* Counts a diagnostic of a rule, and returns true, if that is all that diag_add would do. */
bool diag_counted(DiagList *list, const Rule *rule);

/* Adds a related place to a diagnostic. */
void diag_note(DiagList *list, Diag *diag, Span span, Str text);

/* Sorts by place, then rule and path, and drops repetitions of the same rule at the same path and place, and what has no texts.
 */
void diag_sort(DiagList *list);

/* Leaves one finding of a fault: none that only follows from another one, of several of one rule, or of one type of the API at
 * one path, that stand at the same place the first, beside an error at a scalar nothing that only remarks on it, unless that
 * is about security, and of a value that is missing only that it is, or what it may be. `text` is that of the source. Sorts, too.
 */
void diag_settle(DiagList *list, Str text);

extern const char *const severity_names[SEVERITY_ERROR + 1];
extern const char *const diag_source_names[FROM_ADMISSION + 1];
extern const char *const api_error_names[API_INTERNAL + 1]; /* the one of API_NONE is empty */

const char *severity_name(Severity severity);
const char *diag_source_name(DiagSource source);

/* Whether the API server refuses an object for an error of this rule, and whether it says the rule at all,
 * if only as a warning. */
bool rule_refuses(const Rule *rule);
bool rule_is_of_server(const Rule *rule);
bool diag_refuses(const Diag *diag); /* it is such an error */

/* The API's name of an error type ("FieldValueRequired"); NULL for API_NONE. */
const char *api_error_name(ApiError type);

/* Whether a word is the whole name of a rule: the one that it has, the one that it had, or its code. */
bool rule_is_called(const Rule *rule, Str word);

/* The rule with this name or code, or NULL. */
const Rule *rule_named(Str name);

/* Whether a profile has a rule. Findings that are no lint are in every profile. */
bool rule_in_profile(const Rule *rule, RuleProfile profile);

#endif
