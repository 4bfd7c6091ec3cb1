/* The options that say how files are judged, for the commands that judge files. */
#ifndef PODLINT_COMMAND_SETTING_OPTIONS_H
#define PODLINT_COMMAND_SETTING_OPTIONS_H

#include "run/config.h"
#include "command.h"

/* The words of sources and rules, profiles, Pod Security levels, and --fail-on. */
ListChoices list_rules, list_profiles, list_levels, list_severities;

/* Rows of a command's table of options, in the order of SettingOption. */
#define SETTING_OPTIONS                                                                                                          \
    {"config", 'c', "FILE", NULL,                                                                                                \
     "Take settings from this file, with patterns from the working directory on. Default: the nearest .podlint.yaml or "         \
     ".podlint.yml above each file."},                                                                                           \
        {"no-config", 0, NULL, NULL, "Take settings from no file."},                                                             \
        {"profile", 'p', "LIST", list_profiles,                                                                                  \
         "Which lint rules run: default, security, reliability, kube-linter (that tool's own defaults), all, none, or several "  \
         "of them, separated by commas. 'podlint rules' lists them."},                                                           \
        {"select", 0, "LIST", list_rules,                                                                                        \
         "Report only these: sources (yaml, schema, api, warning, lint, pod-security, policy), rules, or prefixes of rules, "    \
         "separated by commas. 'server' stands for yaml, schema, api and warning. A rule that is named runs whatever the "       \
         "profile."},                                                                                                            \
        {"enable", 0, "LIST", list_rules, "Run these rules too; takes the same words."},                                         \
        {"ignore", 0, "LIST", list_rules, "Report all but these; takes the same words."},                                        \
        {"rules", 0, "FILE", NULL,                                                                                               \
         "Run the rules of this file too; they are written as podlint's own. May be given several times."},                      \
        {"closed-world", 0, NULL, NULL,                                                                                          \
         "Treat what is not in this run as not existing: report every name, selector and key that leads nowhere."},              \
        {"kubernetes-version", 0, "VERSION", list_versions,                                                                      \
         "The API server to speak for: " VERSION_RANGE ", or several: 1.35,1.37, or a range: 1.35..1.37. Default: the newest."}, \
        {"pod-security", 0, "LEVEL[:VERSION]", list_levels,                                                                      \
         "Report what a namespace that enforces this Pod Security level would refuse: privileged, baseline or restricted, by "   \
         "the rules of latest (the default) or of v1.0 to v" VERSION_NEWEST "."},                                                \
    {                                                                                                                            \
        "fail-on", 0, "SEVERITY", list_severities, "Exit with 1 from this severity on:"                                          \
    }

typedef enum SettingOption {
    OPTION_CONFIG,
    OPTION_NO_CONFIG,
    OPTION_PROFILE,
    OPTION_SELECT,
    OPTION_ENABLE,
    OPTION_IGNORE,
    OPTION_RULES,
    OPTION_CLOSED_WORLD,
    OPTION_VERSION,
    OPTION_POD_SECURITY,
    OPTION_FAIL_ON,
    SETTING_OPTION_COUNT
} SettingOption;

/* What the command line says of how files are judged. Zero-initialise. */
typedef struct CommandSettings {
    SettingsLayer layer;
    RuleList rules;
    const char *config;
    bool noConfig;
} CommandSettings;

/* Takes one of the options; false after telling what is wrong with its value. */
bool settings_take(const Command *command, CommandSettings *settings, Arena *arena, SettingOption option, const char *value);

/* The configurations for what the command line says. */
ConfigStore *settings_open(const CommandSettings *settings, Arena *arena);

/* Whether nothing was wrong with the configurations used so far; tells what is. */
bool settings_good(const Command *command, ConfigStore *store);

#endif
