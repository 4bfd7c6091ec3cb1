/* What pods and Services are to each other beside ports: variables that Services give, hosts that are waited for, pods that come
 * and go while their Service stays. */
#include "links.h"
#include "model/containers.h"
#include "world.h"

/* Variables. */

/* Images whose program takes its settings from variables with a prefix of its own, and so from the links of a Service of that
 * name. */
static const struct {
    Str image, variable;
} linkReaders[] = {
    {STR("authelia/authelia"), STR("AUTHELIA_PORT")},           {STR("joeferner/redis-commander"), STR("REDIS_PORT")},
    {STR("louislam/uptime-kuma"), STR("UPTIME_KUMA_PORT")},     {STR("n8nio/n8n"), STR("N8N_PORT")},
    {STR("rediscommander/redis-commander"), STR("REDIS_PORT")}, {STR("redis/redisinsight"), STR("REDISINSIGHT_PORT")},
    {STR("redislabs/redisinsight"), STR("REDISINSIGHT_PORT")},  {STR("verdaccio/verdaccio"), STR("VERDACCIO_PORT")},
};

static bool sets(const FactContainer *container, Str variable) {
    return container->more || str_in(variable, container->variables.at, container->variables.n);
}

/* The Service near a workload whose links have this NAME_PORT; NULL if there is none. Names of Services have small letters and
 * dashes only, so that the variable tells the name. */
static const Fact *giver(World *w, const Fact *workload, Str variable) {
    char *text = arena_cstr(w->arena, variable);
    for (size_t i = 0; i < variable.len; i++) text[i] = variable.at[i] == '_' ? '-' : to_lower(variable.at[i]);
    const Fact *service = world_named(w, workload, FACT_SERVICE, (Str){text, variable.len - S("_PORT").len});
    bool links = service && !service->headless && !str_eq(service->type, S("ExternalName"));
    return links ? service : NULL;
}

static void check_reader(World *w, Fact *workload, const FactContainer *container) {
    Str repository = image_parse(container->image).repository;
    for (size_t i = 0; i < COUNT(linkReaders); i++) {
        Str variable = linkReaders[i].variable;
        if (!str_ends(repository, linkReaders[i].image) || sets(container, variable)) continue;
        const Fact *service = giver(w, workload, variable);
        if (service)
            emit_service_link_read(&workload->diags, container->imageWhere, .container = container->name, .variable = variable,
                                   .service = service->name);
    }
}

/* A program NAME often reads its settings from NAME_PORT and the like, which a Service of that name sets to an address. */
static void check_collision(World *w, Fact *workload, const FactContainer *container) {
    const Fact *service = world_named(w, workload, FACT_SERVICE, container->name);
    if (!service || service->headless) return;
    Str prefix = link_prefix(w->arena, service->name), variable = str_join(w->arena, prefix, S("_PORT"));
    for (uint32_t i = 0; i < workload->portCount && !sets(container, variable); i++) {
        if (!str_eq(workload->ports[i].owner, container->name)) continue;
        emit_service_links_collision(&workload->diags, workload->ports[i].where, .service = service->name, .prefix = prefix);
        return;
    }
}

static void check_variables(World *w, Fact *workload) {
    if (!workload->serviceLinks) return;
    for (uint32_t i = 0; i < workload->containerCount; i++) {
        check_reader(w, workload, &workload->containers[i]);
        if (w->on[RULE_service_links_collision]) check_collision(w, workload, &workload->containers[i]);
    }
    for (uint32_t i = 0; i < workload->linkCount; i++) {
        const FactLink *link = &workload->links[i];
        const Fact *service = link->use == LINK_VARIABLE ? giver(w, workload, link->name) : NULL;
        if (!service) continue;
        Str prefix = {link->name.at, link->name.len - S("_PORT").len};
        emit_service_link_port(&workload->diags, link->where, .name = link->name, .service = service->name, .prefix = prefix);
    }
}

/* Hosts. */

/* The Service of the workload's namespace that a host names: NAME, NAME.NAMESPACE or NAME.NAMESPACE.svc. */
static const Fact *service_of_host(World *w, const Fact *workload, Str host) {
    ptrdiff_t dot = str_find(host, '.');
    Str name = dot < 0 ? host : (Str){host.at, (size_t)dot}, rest = dot < 0 ? S("") : str_slice(host, (size_t)dot + 1);
    dot = str_find(rest, '.');
    Str space = dot < 0 ? rest : (Str){rest.at, (size_t)dot};
    if (space.len && !str_eq(space, workload->namespace_)) return NULL;
    return world_named(w, workload, FACT_SERVICE, name);
}

/* Whether a Service leads to the pods of one workload and to no others. */
static bool leads_only_to(World *w, const Fact *service, const Fact *workload) {
    if (w->uncertain || !service->selector.present || !service->selector.labels.n) return false;
    if (!world_selects(w, &service->selector, workload->labels)) return false;
    FactList pods = world_selected(w, service, &service->selector);
    for (uint32_t i = 0; i < pods.n; i++)
        if (!is_same_object(pods.at[i], workload)) return false;
    return true;
}

static void check_waits(World *w, Fact *workload) {
    for (uint32_t i = 0; i < workload->linkCount; i++) {
        const FactLink *link = &workload->links[i];
        if (link->use == LINK_VARIABLE || (link->use == LINK_WAIT && workload->sidecars)) continue;
        const Fact *service = service_of_host(w, workload, link->name);
        if (!service || (link->use == LINK_LOOKUP && (!service->headless || service->publishesNotReady))) continue;
        if (!leads_only_to(w, service, workload)) continue;
        emit_init_waits_for_own_service(&workload->diags, link->where, .container = link->container, .service = service->name);
        return;
    }
}

void service_users_check(World *w, Fact *workload) {
    check_variables(w, workload);
    check_waits(w, workload);
}

/* Pods of a Service. */

/* Whether some port of a Service leads to a pod: a name that no container of it has leads nowhere. */
static bool serves(const Fact *service, const Fact *workload) {
    for (uint32_t i = 0; i < service->portCount; i++) {
        bool found = !service->ports[i].name.len;
        for (uint32_t j = 0; j < workload->portCount && !found; j++)
            found = str_eq(service->ports[i].name, workload->ports[j].name);
        if (found) return true;
    }
    return false;
}

static void check_jobs(World *w, Fact *service, const FactList *pods) {
    const Fact *server = NULL, *job = NULL;
    for (uint32_t i = 0; i < pods->n; i++) {
        if (!pods->at[i]->job)
            server = pods->at[i];
        else if (!job && world_spend(w, (uint64_t)service->portCount * pods->at[i]->portCount) && serves(service, pods->at[i]))
            job = pods->at[i];
    }
    if (server && job)
        emit_service_selects_job(&service->diags, service->selector.where, .name = service->name, .kind = job->kindName,
                                 .job = job->name);
}

/* Whether a label has another value with each release, or each time that a manifest is made. */
static bool is_volatile(Str key, Str value) {
    static const Str ends[] = {STR("timestamp"), STR("commit"),    STR("sha"),  STR("buildid"),
                               STR("build"),     STR("builddate"), STR("date"), STR("buildnumber"),
                               STR("checksum"),  STR("revision"),  STR("hash")};
    static const Str versions[] = {STR("app.kubernetes.io/version"), STR("helm.sh/chart")};
    char name[64];
    size_t n = 0, digits = 0;
    key = str_in(key, versions, COUNT(versions)) ? key : str_slice(key, (size_t)(str_rfind(key, '/') + 1));
    for (size_t i = 0; i < value.len; i++) digits += is_digit(value.at[i]);
    if (!digits) return false;
    if (str_in(key, versions, COUNT(versions))) return true;
    for (size_t i = 0; i < key.len && n < sizeof name; i++)
        if (is_alnum(key.at[i])) name[n++] = (char)to_lower(key.at[i]);
    for (size_t i = 0; i < COUNT(ends); i++)
        if (str_ends((Str){name, n}, ends[i])) return true;
    return false;
}

/* Labels of the pods that their workload does not select by, so that they may change from one update to the next. */
static void check_labels(World *w, Fact *service, const FactList *pods) {
    for (uint32_t i = 0; i < service->selector.labels.n && world_spend(w, pods->n); i++) {
        const StrPair *label = &service->selector.labels.at[i];
        if (!is_volatile(label->key, label->value)) continue;
        for (uint32_t j = 0; j < pods->n; j++) {
            const Fact *workload = pods->at[j];
            if (workload->known->workload == WORKLOAD_POD || !world_spend(w, workload->selector.labels.n)) continue;
            if (workload->job || map_get(workload->selector.labels, label->key)) continue;
            emit_service_selector_volatile(&service->diags, service->selector.labelPlaces[i], .name = service->name,
                                           .label = label->key, .value = label->value, .kind = workload->kindName,
                                           .workload = workload->name);
            break;
        }
    }
}

void service_pods_check(World *w, Fact *service, const FactList *pods) {
    check_jobs(w, service, pods);
    check_labels(w, service, pods);
}
