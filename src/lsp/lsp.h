/* The Language Server Protocol (3.17) on two file descriptors: the verdict while typing, and what else podlint knows of the place
 * where somebody types. */
#ifndef PODLINT_LSP_H
#define PODLINT_LSP_H

#include "explain/explain.h"
#include "run/config.h"

typedef struct LspOptions {
    SettingsLayer layer; /* the strongest settings; those that the editor sends are weaker */
    RuleList rules;      /* the user's, which the command line brings */
    const char *config;  /* as for config_store */
    bool noConfig;
    const RulePlace *places; /* as of ExplainSettings */
    uint32_t placeCount;
} LspOptions;

/* Serves one client until it says `exit` or goes away. Returns 0 if it said `shutdown` before, else 1. */
int lsp_serve(int in, int out, const LspOptions *options);

#endif
