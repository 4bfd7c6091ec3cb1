/* Webhook configurations (k8s.io/kubernetes/pkg/apis/admissionregistration/validation, k8s.io/apiserver/pkg/util/webhook). */
#include "areas.h"
#include "cel/cel.h"
#include "cel/url.h"
#include "kinds.h"
#include "limits.h"

/* What both sorts of webhooks have. */
typedef struct Hook {
    const Head *head;
    Str name;
    const WebhookClientConfig *client;
    RuleWithOperationsList rules;
    const LabelSelector *namespaces, *objects;
    Str sideEffects;
    StrList versions;
    MatchConditionList conditions;
} Hook;

#define HOOK(webhook)                                                                                                    \
    ((Hook){&(webhook)->head, (webhook)->name, &(webhook)->clientConfig, (webhook)->rules, (webhook)->namespaceSelector, \
            (webhook)->objectSelector, (webhook)->sideEffects, (webhook)->admissionReviewVersions, (webhook)->matchConditions})

/* Rules. */

/* A star stands for all, so that nothing else can stand beside it. */
static void check_star(Check *c, StrList list, const Path *path) {
    if (list.n > 1 && str_in(S("*"), list.at, list.n))
        emit_webhook_star(c->diags, where_key(c, path), .field = path->name, .star = S("*"));
}

static void check_hook_resources(Check *c, StrList resources, const Path *path) {
    bool star = str_in(S("*"), resources.at, resources.n), plain = false;
    if (!resources.n) report_required(c, where(c, path), path->name, path);
    for (uint32_t i = 0; i < resources.n; i++) {
        Str name = resources.at[i];
        ptrdiff_t slash = str_find(name, '/');
        Path at = path_index(path, i);
        if (!name.len) report_required(c, where(c, &at), S("the resource"), &at);
        if (name.len && slash < 0) plain = !str_eq(name, S("*")); /* the last one without a subresource counts */
        if (slash < 0) continue;
        Str resource = {name.at, (size_t)slash}, part = str_slice(name, (size_t)slash + 1);
        Str all = str_join(c->arena, resource, S("/*")), any = str_join(c->arena, S("*/"), part);
        Str covered = str_in(all, resources.at, i) ? all : str_in(any, resources.at, i) ? any : S("");
        if (covered.len) emit_webhook_covered(c->diags, where(c, &at), .value = shown(c->arena, name), .by = covered);
    }
    if (resources.n > 1 && str_in(S("*/*"), resources.at, resources.n))
        emit_webhook_star(c->diags, where_key(c, path), .field = path->name, .star = S("*/*"));
    if (star && plain) emit_webhook_star(c->diags, where_key(c, path), .field = path->name, .star = S("*"));
}

static void check_hook_rule(Check *c, const RuleWithOperations *rule, const Path *path) {
    Path operations = FIELD(path, "operations"), groups = FIELD(path, "apiGroups"), versions = FIELD(path, "apiVersions");
    Path resources = FIELD(path, "resources");
    const struct {
        StrList list;
        const Path *path;
    } lists[] = {{rule->operations, &operations}, {rule->apiGroups, &groups}, {rule->apiVersions, &versions}};
    for (size_t i = 0; i < COUNT(lists); i++) {
        if (!lists[i].list.n) report_required(c, where(c, lists[i].path), lists[i].path->name, lists[i].path);
        check_star(c, lists[i].list, lists[i].path);
    }
    for (uint32_t i = 0; i < rule->apiVersions.n; i++) {
        Path at = path_index(&versions, i);
        if (!rule->apiVersions.at[i].len) report_required(c, where(c, &at), S("the version"), &at);
    }
    CHECK_FIELDS(c, RuleWithOperations, rule, path);
    check_hook_resources(c, rule->resources, &resources);
}

/* Where it is. */

static void check_url(Check *c, Str text, const Path *path) {
    Url url;
    const char *problem;
    if (!url_parse_reference(c->arena, text, &url, &problem)) {
        emit_webhook_url_unread(c->diags, where(c, path), .value = shown(c->arena, text), .problem = str_of(problem));
        return;
    }
    const struct {
        bool wrong;
        Str what;
    } faults[] = {{!str_eq(url.scheme, S("https")), S("it does not begin with https://")},
                  {!url.host.len, S("it has no host")},
                  {url.hasUser, S("it holds a user")},
                  {url.fragment.len > 0, S("it holds a fragment (#)")},
                  {url.query.len > 0, S("it holds a query (?)")}};
    for (size_t i = 0; i < COUNT(faults); i++) {
        if (!faults[i].wrong) continue;
        emit_webhook_url(c->diags, where(c, path), .value = shown(c->arena, text), .problem = faults[i].what);
        return;
    }
}

/* A path of parts that are DNS names. */
static bool is_service_path(Str path) {
    if (!path.len || str_eq(path, S("/"))) return true;
    if (path.at[0] != '/' || str_eq(path, S("//"))) return false;
    path = str_slice(path, 1);
    if (str_ends(path, S("/"))) path.len--;
    for (size_t i = 0, start = 0; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/') continue;
        if (!is_dns_subdomain((Str){path.at + start, i - start})) return false;
        start = i + 1;
    }
    return true;
}

static void check_client(Check *c, const WebhookClientConfig *client, const Path *path) {
    Path url = FIELD(path, "url"), at = FIELD(path, "service"), name = FIELD(&at, "name"), namespace = FIELD(&at, "namespace");
    Path servicePath = FIELD(&at, "path");
    const ServiceReference *service = client->service;
    if (!client->url.at == !service) {
        emit_webhook_client(c->diags, where(c, path), .found = service ? S("both") : S("neither"));
        return;
    }
    if (client->url.at) {
        check_url(c, client->url, &url);
        return;
    }
    /* The API prints the one's path for the other. */
    if (!service->name.len) report_required(c, where_printed(c, &name, &namespace), S("name"), &name);
    if (!service->namespace.len) report_required(c, where_printed(c, &namespace, &name), S("namespace"), &namespace);
    CHECK_FIELDS(c, ServiceReference, service, &at);
    if (!is_service_path(service->path))
        emit_webhook_path(c->diags, where(c, &servicePath), .value = shown(c->arena, service->path));
}

/* Conditions. */

static bool asks_authorizer(const Expr *e) {
    if (e->kind == EXPR_NAME && str_eq(e->name, S("authorizer"))) return true;
    for (uint32_t i = 0; i < e->count; i++)
        if (e->args[i] && asks_authorizer(e->args[i])) return true;
    return false;
}

static void check_expression(Check *c, Str text, const Path *path) {
    const CelVariable variables[] = {{S("object"), &cel_dyn},
                                     {S("oldObject"), &cel_dyn},
                                     {S("request"), &cel_admission_request},
                                     {S("namespaceObject"), &cel_namespace},
                                     {S("authorizer"), &cel_dyn}};
    const CelEnv env = {.variables = variables, .count = COUNT(variables)};
    CelFault fault = {0};
    const Expr *root = expr_parse(c->arena, text, &fault);
    if (root && asks_authorizer(root)) return; /* whose answers only a cluster knows the types of */
    const CelProgram *program = root ? cel_compile(c->arena, &env, text, &fault) : NULL;
    if (!program)
        emit_webhook_expression(c->diags, where(c, path), .problem = fault.message, .hint = fault.help);
    else if (program->type->kind != VALUE_BOOL)
        emit_webhook_condition(c->diags, where(c, path), .found = cel_type_text(c->arena, program->type));
}

static void check_hook_conditions(Check *c, MatchConditionList list, const Path *path) {
    enum { MOST = 64 };
    if (list.n > MOST)
        emit_too_many(c->diags, where_key(c, path), .field = path->name, .limit = str_int(c->arena, MOST),
                      .count = str_int(c->arena, list.n));
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(path, i), name = FIELD(&at, "name"), expression = FIELD(&at, "expression");
        Str text = str_trim(list.at[i].expression);
        bool taken = false;
        if (check_required(c, text, &expression)) check_expression(c, text, &expression);
        if (check_required(c, list.at[i].name, &name)) check_qualified_name(c, list.at[i].name, &name);
        for (uint32_t j = 0; j < i && !taken; j++) taken = list.at[i].name.len && str_eq(list.at[j].name, list.at[i].name);
        if (taken) report_duplicate(c, list.at[i].name, &name);
    }
}

/* Webhooks. */

static void check_hook_name(Check *c, Str name, const Path *path) {
    size_t dots = 0;
    if (!check_required(c, name, path)) return;
    for (size_t i = 0; i < name.len; i++) dots += name.at[i] == '.';
    if (!is_dns_subdomain(name))
        check_dns_subdomain(c, name, path);
    else if (dots < 2)
        emit_webhook_name(c->diags, where(c, path), .value = name);
}

static void check_review_versions(Check *c, StrList versions, const Path *path) {
    bool known = str_in(S("v1"), versions.at, versions.n) || str_in(S("v1beta1"), versions.at, versions.n);
    if (!versions.n) {
        emit_webhook_versions_required(c->diags, where(c, path));
        return;
    }
    for (uint32_t i = 0; i < versions.n; i++) {
        Path at = path_index(path, i);
        if (str_in(versions.at[i], versions.at, i))
            emit_webhook_version_twice(c->diags, where(c, &at), .value = shown(c->arena, versions.at[i]));
        else
            check_dns_1035_label(c, versions.at[i], &at);
    }
    if (!known) emit_webhook_versions(c->diags, where_key(c, path));
}

static void check_hook(Check *c, const Hook *hook, const Path *path) {
    Path name = FIELD(path, "name"), rules_ = FIELD(path, "rules"), effects = FIELD(path, "sideEffects");
    Path namespaces = FIELD(path, "namespaceSelector"), objects = FIELD(path, "objectSelector"),
         client = FIELD(path, "clientConfig");
    Path conditions = FIELD(path, "matchConditions"), versions = FIELD(path, "admissionReviewVersions");
    check_hook_name(c, hook->name, &name);
    for (uint32_t i = 0; i < hook->rules.n; i++) {
        Path at = path_index(&rules_, i);
        check_hook_rule(c, &hook->rules.at[i], &at);
    }
    if (!hook->sideEffects.at) emit_webhook_side_effects(c->diags, where(c, &effects));
    check_label_selector(c, hook->namespaces, &namespaces);
    check_label_selector(c, hook->objects, &objects);
    check_client(c, hook->client, &client);
    check_hook_conditions(c, hook->conditions, &conditions);
    check_review_versions(c, hook->versions, &versions);
}

void check_validating_webhooks(Check *c, void *object) {
    const ValidatingWebhookList list = ((ValidatingWebhookConfiguration *)object)->webhooks;
    Path path = FIELD(NULL, "webhooks");
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&path, i), name = FIELD(&at, "name");
        Hook hook = HOOK(&list.at[i]);
        bool taken = false;
        CHECK_FIELDS(c, ValidatingWebhook, &list.at[i], &at);
        check_hook(c, &hook, &at);
        for (uint32_t j = 0; j < i && !taken; j++) taken = hook.name.len && str_eq(list.at[j].name, hook.name);
        if (taken) report_duplicate(c, hook.name, &name);
    }
}

void check_mutating_webhooks(Check *c, void *object) {
    const MutatingWebhookList list = ((MutatingWebhookConfiguration *)object)->webhooks;
    Path path = FIELD(NULL, "webhooks");
    for (uint32_t i = 0; i < list.n; i++) {
        Path at = path_index(&path, i), name = FIELD(&at, "name");
        Hook hook = HOOK(&list.at[i]);
        bool taken = false;
        CHECK_FIELDS(c, MutatingWebhook, &list.at[i], &at);
        check_hook(c, &hook, &at);
        for (uint32_t j = 0; j < i && !taken; j++) taken = hook.name.len && str_eq(list.at[j].name, hook.name);
        if (taken) report_duplicate(c, hook.name, &name);
    }
}
