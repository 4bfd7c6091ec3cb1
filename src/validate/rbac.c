/* Roles and their bindings (k8s.io/kubernetes/pkg/apis/rbac/validation). */
#include "areas.h"
#include "kinds.h"
#include "limits.h"

static const Str group = STR("rbac.authorization.k8s.io");

static void check_policy_rule(Check *c, const PolicyRule *rule, bool namespaced, const Path *path) {
    Path verbs = FIELD(path, "verbs"), urls = FIELD(path, "nonResourceURLs"), groups = FIELD(path, "apiGroups");
    Path resources = FIELD(path, "resources");
    if (!rule->verbs.n) emit_role_verbs_required(c->diags, where(c, &verbs));
    if (rule->nonResourceURLs.n) {
        bool mixed = rule->apiGroups.n || rule->resources.n || rule->resourceNames.n;
        if (namespaced) emit_role_urls_namespaced(c->diags, where_key(c, &urls));
        if (mixed) emit_role_urls_mixed(c->diags, where_key(c, &urls));
        return;
    }
    if (!rule->apiGroups.n) emit_role_groups_required(c->diags, where(c, &groups));
    if (!rule->resources.n) emit_role_resources_required(c->diags, where(c, &resources));
}

static void check_policy_rules(Check *c, PolicyRuleList list, bool namespaced) {
    Path path = FIELD(NULL, "rules");
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&path, i);
        check_policy_rule(c, &list.at[i], namespaced, &at);
    }
}

void check_role(Check *c, void *object) {
    check_policy_rules(c, ((Role *)object)->rules, true);
}

void check_cluster_role(Check *c, void *object) {
    const ClusterRole *role = object;
    Path rule = FIELD(NULL, "aggregationRule"), list = FIELD(&rule, "clusterRoleSelectors");
    check_policy_rules(c, role->rules, false);
    if (!role->aggregationRule) return;
    LabelSelectorList selectors = role->aggregationRule->clusterRoleSelectors;
    if (!selectors.n) emit_role_selectors_required(c->diags, where(c, &list));
    for (uint32_t i = 0; i < selectors.n; i++) {
        Path at = path_index(&list, i);
        if (!check_label_selector(c, &selectors.at[i], &at)) emit_selector_unusable(c->diags, where(c, &at));
    }
}

static void check_group(Check *c, Str given, Str kind, const Path *path) {
    bool account = str_eq(kind, S("ServiceAccount"));
    Path at = FIELD(path, "apiGroup");
    if (!str_eq(given, account ? S("") : group))
        emit_role_group(c->diags, where(c, &at), .value = shown(c->arena, given), .kind = shown(c->arena, kind),
                        .hint = account ? S("remove apiGroup: accounts are in the core group")
                                        : str_join(c->arena, S("write apiGroup: "), group));
}

static void check_subject(Check *c, const Subject *subject, bool namespaced, const Path *path) {
    Path name = FIELD(path, "name"), namespace = FIELD(path, "namespace");
    uint32_t before = diag_found(c->diags);
    check_required(c, subject->name, &name);
    uint32_t named = diag_found(c->diags);
    CHECK_FIELDS(c, Subject, subject, path);
    if (diag_found(c->diags) > named) return;
    if (str_eq(subject->kind, S("ServiceAccount"))) {
        if (named == before) check_dns_subdomain(c, subject->name, &name);
        if (!namespaced && !subject->namespace.len) emit_role_subject_namespace(c->diags, where(c, &namespace));
    }
    check_group(c, subject->apiGroup, subject->kind, path);
}

static void check_binding(Check *c, const RoleRef *role, SubjectList subjects, bool namespaced) {
    Path ref = FIELD(NULL, "roleRef"), kind = FIELD(&ref, "kind"), name = FIELD(&ref, "name"), list = FIELD(NULL, "subjects");
    check_group(c, role->apiGroup, namespaced ? S("Role") : S("ClusterRole"), &ref);
    if (namespaced)
        CHECK_FIELD(c, RoleRef, kind, role, &ref);
    else if (!str_eq(role->kind, S("ClusterRole")))
        emit_role_of_cluster(c->diags, where(c, &kind), .kind = shown(c->arena, role->kind));
    if (check_required(c, role->name, &name)) check_path_segment(c, role->name, &name);
    for (uint32_t i = 0; i < subjects.n; i++) {
        Path at = path_index(&list, i);
        check_subject(c, &subjects.at[i], namespaced, &at);
    }
}

void check_role_binding(Check *c, void *object) {
    const RoleBinding *binding = object;
    check_binding(c, &binding->roleRef, binding->subjects, true);
}

void check_cluster_role_binding(Check *c, void *object) {
    const ClusterRoleBinding *binding = object;
    check_binding(c, &binding->roleRef, binding->subjects, false);
}
