/* Fields of the pod and resources of its containers that environment variables and downward API files show: which of them there
 * are, and how they are written (k8s.io/kubernetes/pkg/apis/core/validation, pkg/apis/core/pods, pkg/fieldpath). */
#include "areas.h"

enum { FOR_ENV = 1, FOR_VOLUME = 2 };

/* The fields that can be named at all; those with neither mark have a name and cannot be shown. */
static const struct {
    Str name;
    int where;
} fields[] = {
    {STR("metadata.name"), FOR_ENV | FOR_VOLUME},
    {STR("metadata.namespace"), FOR_ENV | FOR_VOLUME},
    {STR("metadata.uid"), FOR_ENV | FOR_VOLUME},
    {STR("metadata.labels"), FOR_VOLUME},
    {STR("metadata.annotations"), FOR_VOLUME},
    {STR("spec.nodeName"), FOR_ENV},
    {STR("spec.serviceAccountName"), FOR_ENV},
    {STR("status.hostIP"), FOR_ENV},
    {STR("status.hostIPs"), FOR_ENV},
    {STR("status.podIP"), FOR_ENV},
    {STR("status.podIPs"), FOR_ENV},
    {STR("spec.host"), FOR_ENV}, /* the old name of spec.nodeName */
    {STR("spec.restartPolicy"), 0},
    {STR("spec.schedulerName"), 0},
    {STR("status.phase"), 0},
};

enum { FIELD_COUNT = COUNT(fields) };

static const Str resources[] = {
    STR("limits.cpu"),   STR("limits.memory"),   STR("limits.ephemeral-storage"),
    STR("requests.cpu"), STR("requests.memory"), STR("requests.ephemeral-storage"),
};

enum { RESOURCE_COUNT = COUNT(resources) };

/* cpu takes the first two, everything else all but the first. */
static const Str divisors[] = {
    STR("1m"), STR("1"),   STR("1k"),  STR("1M"),  STR("1G"),  STR("1T"),  STR("1P"),
    STR("1E"), STR("1Ki"), STR("1Mi"), STR("1Gi"), STR("1Ti"), STR("1Pi"), STR("1Ei"),
};

enum { DIVISOR_COUNT = COUNT(divisors) };

/* The fields that can be shown in a place; returns how many. */
static size_t fields_for(int place, Str *out) {
    size_t count = 0;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (fields[i].where & place && !str_eq(fields[i].name, S("spec.host"))) out[count++] = fields[i].name;
    return count;
}

/* Splits metadata.labels['key'] into the field and the key. */
static bool split_subscript(Str text, Str *field, Str *key) {
    if (!str_ends(text, S("']"))) return false;
    for (size_t i = 1; i + 4 <= text.len; i++) {
        if (text.at[i] != '[' || text.at[i + 1] != '\'') continue;
        *field = (Str){text.at, i};
        *key = (Str){text.at + i + 2, text.len - i - 4};
        return true;
    }
    return false;
}

static Str field_hint(Check *c, Str name, bool forVolume) {
    Str words[FIELD_COUNT];
    if (!forVolume && (str_eq(name, S("metadata.labels")) || str_eq(name, S("metadata.annotations"))))
        return str_format(c->arena, "name one of them, as in %.*s['example.com/name'], or mount a downwardAPI volume for all",
                          (int)name.len, name.at);
    for (size_t i = 0; forVolume && i < FIELD_COUNT; i++)
        if (str_eq(fields[i].name, name) && fields[i].where == FOR_ENV)
            return S("give it to the container as an environment variable instead, or leave it out");
    return did_you_mean(c->arena, name, words, fields_for(forVolume ? FOR_VOLUME : FOR_ENV, words));
}

static Str field_words(Check *c, bool forVolume) {
    Str words[FIELD_COUNT];
    return words_or(c->arena, words, fields_for(forVolume ? FOR_VOLUME : FOR_ENV, words));
}

static void check_field_key(Check *c, Str field, Str key, const Path *path, const Path *at) {
    bool annotations = str_eq(field, S("metadata.annotations"));
    if (!annotations && !str_eq(field, S("metadata.labels"))) {
        emit_downward_subscript(c->diags, where(c, at), .field = field);
        return;
    }
    if (annotations ? is_annotation_key(key) : is_qualified_name(key)) return;
    emit_downward_key(c->diags, where_inside(c, path, where(c, at)), .key = key,
                      .kind = annotations ? S("annotation") : S("label"));
}

void check_object_field_selector(Check *c, const ObjectFieldSelector *selector, bool forVolume, const Path *path) {
    Path version = FIELD(path, "apiVersion"), at = FIELD(path, "fieldPath");
    Str name = selector->fieldPath, field, key;
    if (!check_required(c, selector->apiVersion, &version) || !check_required(c, name, &at)) return;
    if (!str_eq(selector->apiVersion, S("v1"))) {
        emit_downward_version(c->diags, where_inside(c, &at, where(c, &version)), .version = selector->apiVersion);
        return;
    }
    if (split_subscript(name, &field, &key)) {
        check_field_key(c, field, key, path, &at);
        return;
    }
    size_t i = 0;
    while (i < FIELD_COUNT && !str_eq(fields[i].name, name)) i++;
    if (i == FIELD_COUNT)
        emit_downward_field(c->diags, where(c, &at), .field = name, .allowed = field_words(c, forVolume),
                            .hint = field_hint(c, name, forVolume));
    else if (!(fields[i].where & (forVolume ? FOR_VOLUME : FOR_ENV)))
        emit_downward_field_place(c->diags, where(c, &at), .field = name,
                                  .place = forVolume ? S("a file") : S("an environment variable"),
                                  .allowed = field_words(c, forVolume), .hint = field_hint(c, name, forVolume));
}

static bool is_hugepages(Str resource) {
    return str_starts(resource, S("requests.hugepages-")) || str_starts(resource, S("limits.hugepages-"));
}

/* Zero stands for none. The server compares the divisor's canonical text. */
static void check_divisor(Check *c, Str resource, const Quantity *divisor, const Path *path) {
    if (divisor->nano == 0 || (!str_in(resource, resources, RESOURCE_COUNT) && !is_hugepages(resource))) return;
    bool cpu = str_ends(resource, S(".cpu")) && !is_hugepages(resource);
    const Str *allowed = cpu ? divisors : divisors + 1;
    size_t count = cpu ? 2 : DIVISOR_COUNT - 1;
    if (str_in(divisor->text, allowed, count) || str_in(quantity_text(c->arena, divisor), allowed, count)) return;
    Path at = FIELD(path, "divisor");
    emit_downward_divisor(c->diags, where(c, &at), .divisor = divisor->text, .resource = resource,
                          .allowed = words_or(c->arena, allowed, count));
}

void check_resource_field_selector(PodCheck *p, const ResourceFieldSelector *selector, bool forVolume, const Path *path) {
    Check *c = p->c;
    Path name = FIELD(path, "containerName"), resource = FIELD(path, "resource");
    if ((!forVolume || check_required(c, selector->containerName, &name)) && check_required(c, selector->resource, &resource) &&
        !str_in(selector->resource, resources, RESOURCE_COUNT) && !is_hugepages(selector->resource))
        emit_downward_resource(c->diags, where(c, &resource), .resource = selector->resource,
                               .allowed = words_or(c->arena, resources, RESOURCE_COUNT),
                               .hint = did_you_mean(c->arena, selector->resource, resources, RESOURCE_COUNT));
    check_divisor(c, selector->resource, &selector->divisor, path);
}
