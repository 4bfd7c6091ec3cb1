#include <unistd.h>

#include "lsp/lsp.h"
#include "command.h"
#include "setting_options.h"

enum { LSP_STDIO, LSP_SETTINGS };

static const Option options[] = {
    {"stdio", 0, NULL, NULL, "Speak on standard input and output, which it does anyway; for editors that say so."},
    SETTING_OPTIONS,
};

static int run(int argc, char **argv);

const Command lsp_command = {
    "lsp",
    "",
    NULL,
    "Serve an editor: findings while typing, explanations, completion.",
    "Speaks the Language Server Protocol on standard input and output. An editor starts it; 'podlint explain editors' has the "
    "recipes. Open texts are checked as 'podlint check' does, with the files around them and by the nearest .podlint.yaml, "
    "before they are saved.\n\nThe editor may set kubernetesVersion, podSecurity, profile, select, enable, ignore, closedWorld, "
    "inlayHints and codeLens, below podlint; options of the command line hold over them.",
    options,
    COUNT(options),
    "  podlint lsp                                  what an editor starts\n  podlint lsp --kubernetes-version 1.35        for "
    "one version of Kubernetes\n",
    "  0  the editor has shut it down\n  1  the editor went away\n  2  wrong usage\n",
    run};

typedef struct LspRequest {
    Arena *arena;
    CommandSettings settings;
} LspRequest;

static bool take(void *request, Parsed parsed) {
    LspRequest *r = request;
    if (parsed.option == OPTION_OPERAND) {
        usage_error(&lsp_command, "it takes no files; an editor says which are open");
        return false;
    }
    if (parsed.option == LSP_STDIO) return true;
    return settings_take(&lsp_command, &r->settings, r->arena, (SettingOption)(parsed.option - LSP_SETTINGS), parsed.value);
}

extern const RulePlace rule_places[];
extern const uint32_t rule_place_count;

static int run(int argc, char **argv) {
    Arena arena = {0};
    LspRequest r = {.arena = &arena};
    int code = read_options(&lsp_command, argc, argv, take, &r);
    if (code == 0 && isatty(STDIN_FILENO))
        code = usage_error(&lsp_command, "an editor starts it and writes to it; 'podlint explain editors' tells how");
    if (code == 0 && !settings_good(&lsp_command, settings_open(&r.settings, &arena))) code = 2;
    Str config = r.settings.config ? real_path(&arena, r.settings.config) : (Str){0}; /* the server goes to other folders */
    LspOptions lsp = {.layer = r.settings.layer,
                      .rules = r.settings.rules,
                      .config = config.at ? config.at : r.settings.config,
                      .noConfig = r.settings.noConfig,
                      .places = rule_places,
                      .placeCount = rule_place_count};
    if (code == 0) code = lsp_serve(fileno(stdin), fileno(stdout), &lsp);
    arena_free(&arena);
    return code == HELP_PRINTED ? finish_output(0) : code;
}
