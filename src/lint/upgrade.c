/* Rules about what works until the manifest is applied a second time. */
#include "check.h"

/* Whether a label's value is one that the next release has otherwise: chart=web tells no release, and neither does version=v1,
 * which is how variants that stand side by side are told apart. */
static bool is_volatile(const StrPair *label) {
    bool variant = str_eq(label->key, S("version")), digits = false;
    Str value = label->value;
    if (variant && value.len && value.at[0] == 'v') value = str_slice(value, 1);
    for (size_t i = 0; i < value.len; i++) digits |= is_digit(value.at[i]);
    return digits && (!variant || str_find(value, '.') > 0 || value.len > 3);
}

/* Whether a label's value is the tag of an image that the pod runs. */
static bool is_image_tag(const Lint *lint, Str value) {
    bool version = value.len > 0 && is_digit(value.at[value.len - 1]) && str_find(value, '.') >= 0;
    for (uint32_t i = 0; version && lint->pod && i < lint->pod->containers.n; i++)
        if (str_eq(image_parse(lint->pod->containers.at[i].image).tag, value)) return true;
    return false;
}

/* Only selectors of workloads are fixed; those inside a pod are not. */
void lint_selector_volatile(Lint *lint, const LabelSelector *self, const Path *path) {
    bool own = path && str_eq(path->name, S("selector")) && path->up && str_eq(path->up->name, S("spec")) && !path->up->up;
    if (!own || !lint->pod) return;
    Path labels = FIELD(path, "matchLabels");
    for (uint32_t i = 0; i < self->matchLabels.n; i++) {
        const StrPair *label = &self->matchLabels.at[i];
        bool listed = lint_listed(lint, RULE_selector_volatile_label, S("labels"), label->key);
        Path at = path_key(&labels, label->key);
        if ((listed && is_volatile(label)) || is_image_tag(lint, label->value))
            emit_selector_volatile_label(lint->diags, lint_where_key(lint, &at), .label = label->key, .value = label->value);
        else if (listed)
            emit_selector_release_label(lint->diags, lint_where_key(lint, &at), .label = label->key, .value = label->value);
    }
}

void lint_claim_volatile(Lint *lint, const StatefulSetSpec *self, const Path *path) {
    static const Str volatiles[] = {STR("app.kubernetes.io/version"), STR("helm.sh/chart"), STR("chart"), STR("version")};
    Path list = FIELD(path, "volumeClaimTemplates");
    for (uint32_t i = 0; i < self->volumeClaimTemplates.n; i++) {
        const ObjectMeta *meta = &self->volumeClaimTemplates.at[i].metadata;
        Path item = path_index(&list, i), metadata = FIELD(&item, "metadata"), labels = FIELD(&metadata, "labels");
        for (uint32_t j = 0; j < meta->labels.n; j++) {
            const StrPair *label = &meta->labels.at[j];
            if (!str_in(label->key, volatiles, COUNT(volatiles))) continue;
            Path at = path_key(&labels, label->key);
            Where where = lint_where_key(lint, &at);
            if (is_volatile(label))
                emit_claim_template_volatile_label(lint->diags, where, .claim = meta->name, .label = label->key,
                                                   .value = label->value);
            else
                emit_claim_template_release_label(lint->diags, where, .claim = meta->name, .label = label->key,
                                                  .value = label->value);
        }
    }
}
