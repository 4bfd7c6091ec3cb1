#include "policy_sources.h"

const FileSettings *policy_settings(Arena *arena, const FileSettings *file) {
    const RuleSet *set = &file->rules;
    FileSettings *out = NEW(arena, FileSettings);
    *out = *file;
    out->on = NEW_ARRAY(arena, uint8_t, rule_set_count(set));
    for (uint32_t i = 0; i < rule_set_count(set); i++) {
        bool strict = !file->on[i] && rule_set_at(set, i)->severity == SEVERITY_ERROR;
        out->on[i] = strict ? RULE_USE_ALL : file->on[i];
    }
    return out;
}

static void own_policies(PolicySources *sources, Str owner) {
    while (sources->owners.n < sources->files.files.n) ARRAY_PUSH(sources->files.arena, &sources->owners, owner);
}

void policy_sources_add(PolicySources *sources, ConfigStore *store, const InputList *list) {
    for (uint32_t i = 0; i < list->files.n; i++) config_name(store, list->files.at[i].path); /* reads what there is */
    const ConfigPaths *policies = config_policies(store);
    own_policies(sources, S(""));
    for (uint32_t i = 0; i < policies->n; i++) {
        input_add(&sources->files, policies->at[i].path);
        own_policies(sources, policies->at[i].config);
    }
}

void policy_sources_limit(const Policies *policies, const PolicySources *sources, ConfigStore *store, const InputList *list,
                          const FileSettings *const *settings) {
    for (uint32_t i = 0; i < policies->ruleCount; i++) {
        Str owner = S("");
        for (uint32_t j = 0; j < sources->owners.n && !owner.len; j++)
            if (str_eq(sources->files.files.at[j].path, policies->ruleFiles[i])) owner = sources->owners.at[j];
        for (uint32_t j = 0; owner.len && j < list->files.n; j++)
            if (!str_eq(owner, config_name(store, list->files.at[j].path))) settings[j]->on[policies->rules[i]->number] = false;
    }
}
