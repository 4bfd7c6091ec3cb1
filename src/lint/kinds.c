/* Rules about objects that hold no pod: what they are, and what stands in those that pods use. */
#include "check.h"
#include "secrets.h"
#include "text.h"

static const Str config_maps[] = {STR("data"), STR("stringData"), STR("binaryData")};

static bool is_config(const Document *document) {
    return model_is(document, KIND_ConfigMap) || model_is(document, KIND_Secret);
}

static const Str found_words[] = {STR("nothing"), STR("a boolean"), STR("a number"), STR("a number"),
                                  STR("text"),    STR("a list"),    STR("a map")};

void lint_config_data(Lint *lint, const Document *self, const Path *path) {
    if (!is_config(self)) return;
    for (size_t i = 0; i < COUNT(config_maps); i++) {
        const Node *map = node_get(self->root, config_maps[i]);
        Path at = path_field(path, config_maps[i]);
        for (uint32_t j = 0; map && map->kind == NODE_MAP && j < map->count; j++) {
            const Node *value = &map->entries[j].value;
            Path key = path_field(&at, map->entries[j].key);
            if (value->kind != NODE_STRING && value->kind != NODE_NULL)
                emit_config_data_not_text(lint->diags, lint_where(lint, &key), .key = map->entries[j].key, .kind = self->kind,
                                          .found = found_words[value->kind]);
        }
    }
}

/* A value that may be what its key says: not a path, a switch, a reference or a placeholder. */
static bool is_literal_secret(Str value) {
    if (value.len < 4 || str_find(value, '\n') >= 0 || str_find(value, ' ') >= 0 || str_find(value, '/') >= 0) return false;
    return !str_has(value, S("$")) && !str_has(value, S("<")) && !str_eq(value, S("true")) && !str_eq(value, S("false")) &&
           !str_is_digits(value);
}

/* The first line of a text that sets something with the name of a secret, as in password=... or password: ... */
static bool secret_line(Str text) {
    while (text.len) {
        ptrdiff_t end = str_find(text, '\n');
        Str line = str_trim((Str){text.at, end < 0 ? text.len : (size_t)end});
        text = end < 0 ? S("") : str_slice(text, (size_t)end + 1);
        size_t sign = 0;
        while (sign < line.len && line.at[sign] != '=' && line.at[sign] != ':') sign++;
        if (sign == 0 || sign == line.len || line.at[0] == '#') continue;
        Str name = str_trim((Str){line.at, sign}), value = str_trim(str_slice(line, sign + 1));
        while (value.len && (value.at[value.len - 1] == ',' || value.at[value.len - 1] == ';')) value.len--;
        if (value.len > 1 && (value.at[0] == '"' || value.at[0] == '\''))
            value = (Str){value.at + 1, value.len - (value.at[value.len - 1] == value.at[0] ? 2 : 1)};
        else if (str_find(value, '(') >= 0 || str_find(value, '[') >= 0)
            continue; /* code that gets it from elsewhere */
        if (secret_name(name) && is_literal_secret(value) && secret_value(value) && !secret_object_name(name, value)) return true;
    }
    return false;
}

/* What is secret in a value of a ConfigMap, in words; empty if nothing. */
static Str secret_in_config(Str key, Str value) {
    if (secret_private_key(value)) return S("holds a private key");
    if (secret_in_url(value).len) return S("has a password in an address");
    if (str_find(value, '\n') >= 0) return secret_line(value) ? S("sets a password or token") : S("");
    bool literal = secret_name(key) && is_literal_secret(value) && !secret_object_name(key, value);
    return literal ? S("reads like a credential") : S("");
}

void lint_config_secrets(Lint *lint, const Document *self, const Path *path) {
    const Node *map = model_is(self, KIND_ConfigMap) ? node_get(self->root, S("data")) : NULL;
    Path at = FIELD(path, "data");
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        const Entry *entry = &map->entries[i];
        Path key = path_field(&at, entry->key);
        Str how = entry->value.kind == NODE_STRING ? secret_in_config(entry->key, entry->value.text) : S("");
        if (how.len) emit_sensitive_configmap_content(lint->diags, lint_where_key(lint, &key), .key = entry->key, .how = how);
    }
}

/* Whether an API version is in a group of Kubernetes itself, and not of something installed besides. */
static bool is_own_version(Str apiVersion) {
    Str group = schema_group(apiVersion);
    if (!group.len) return str_eq_nocase(apiVersion, S("v1"));
    for (uint16_t i = 0; i < schema_kind_count; i++)
        for (uint8_t j = 0; j < schema_kinds[i].versionCount; j++)
            if (str_eq_nocase(group, schema_group(schema_kinds[i].versions[j].apiVersion))) return true;
    return false;
}

/* Whether a kind is another one wrongly written: in case, by a letter or two, or as a plural. */
static bool is_nearly(Str kind, Str known) {
    unsigned limit = known.len < 6 ? 0 : 2;
    size_t longer = known.len > kind.len ? known.len - kind.len : kind.len - known.len;
    bool plural = str_ends(kind, S("ies")) && str_ends(known, S("y")) && known.len + 2 == kind.len &&
                  str_eq_nocase((Str){kind.at, known.len - 1}, (Str){known.at, known.len - 1});
    return plural || str_eq_nocase(kind, known) || (longer <= limit && str_distance(kind, known, limit) <= limit);
}

/* The kind that was meant: the one of this name, or one that is nearly called so. */
static const Kind *meant_kind(Str name) {
    const Kind *kind = schema_kind(name);
    for (uint16_t i = 0; i < schema_kind_count && !kind; i++)
        if (is_nearly(name, schema_kinds[i].name)) kind = &schema_kinds[i];
    return kind;
}

static const KindVersion *find_version(const Kind *kind, Str apiVersion) {
    for (uint8_t i = 0; i < kind->versionCount; i++)
        if (str_eq(kind->versions[i].apiVersion, apiVersion)) return &kind->versions[i];
    return NULL;
}

void lint_kind_case(Lint *lint, const Document *self, const Path *path) {
    if (self->type || self->unreadable || !self->kind.len || !is_own_version(self->apiVersion)) return;
    const Kind *kind = meant_kind(self->kind);
    if (!kind) return;
    Path at = FIELD(path, "kind"), apiVersion = FIELD(path, "apiVersion");
    Str right = schema_version_for(kind, self->minor);
    bool same = str_eq(kind->name, self->kind);
    const KindVersion *version = same ? find_version(kind, self->apiVersion) : NULL;
    if (!version)
        emit_kind_case(lint->diags, lint_where(lint, same ? &apiVersion : &at), .kind = self->kind, .version = self->apiVersion,
                       .right = kind->name, .rightVersion = right);
    else if (version->removed && version->removed <= self->minor)
        emit_removed_api_version(lint->diags, lint_where(lint, &apiVersion),
                                 .since = str_format(lint->arena, "1.%d", version->removed), .kind = kind->name,
                                 .version = self->apiVersion, .right = right);
}

/* Maps of texts in objects that are not decoded. */

static void look_at_texts(Lint *lint, const Node *map, const Path *path) {
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        const Entry *entry = &map->entries[i];
        Path key = path_key(path, entry->key);
        if (entry->value.kind != NODE_STRING && entry->value.kind != NODE_NULL)
            emit_label_not_text(lint->diags, lint_where(lint, &key), .key = entry->key, .map = path->name,
                                .found = found_words[entry->value.kind]);
    }
}

void lint_label_texts(Lint *lint, const Document *self, const Path *path) {
    if (self->type || self->unreadable || !is_own_version(self->apiVersion)) return;
    const Node *meta = node_get(self->root, S("metadata")), *spec = node_get(self->root, S("spec"));
    Path metaPath = FIELD(path, "metadata"), specPath = FIELD(path, "spec"), selector = FIELD(&specPath, "selector");
    Path labels = FIELD(&metaPath, "labels"), annotations = FIELD(&metaPath, "annotations"),
         match = FIELD(&selector, "matchLabels");
    look_at_texts(lint, node_get(meta, S("labels")), &labels);
    look_at_texts(lint, node_get(meta, S("annotations")), &annotations);
    if (model_is(self, KIND_Service))
        look_at_texts(lint, node_get(spec, S("selector")), &selector);
    else
        look_at_texts(lint, node_get(node_get(spec, S("selector")), S("matchLabels")), &match);
}
/* How the texts of such objects are written. */

static void look_at_entries(Lint *lint, const Node *map, const Path *path) {
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        Path key = path_key(path, map->entries[i].key);
        check_implicit_key(lint, &map->entries[i], &key);
        if (map->entries[i].value.kind == NODE_STRING) check_sexagesimal(lint, &map->entries[i].value, &key);
    }
}

void lint_other_scalars(Lint *lint, const Document *self, const Path *path) {
    if (self->type || self->unreadable || !is_own_version(self->apiVersion)) return;
    const Node *meta = node_get(self->root, S("metadata"));
    Path metaPath = FIELD(path, "metadata"), labels = FIELD(&metaPath, "labels"), annotations = FIELD(&metaPath, "annotations");
    look_at_entries(lint, node_get(meta, S("labels")), &labels);
    look_at_entries(lint, node_get(meta, S("annotations")), &annotations);
    for (size_t i = 0; i < COUNT(config_maps) && is_config(self); i++) {
        Path at = path_field(path, config_maps[i]);
        look_at_entries(lint, node_get(self->root, config_maps[i]), &at);
    }
}

/* Single fields of such objects. */

static const Node *spec_of(const Document *document, uint16_t kind) {
    return model_is(document, kind) ? node_get(document->root, S("spec")) : NULL;
}

void lint_ingress_class(Lint *lint, const Document *self, const Path *path) {
    static const Str key = STR("kubernetes.io/ingress.class");
    const Node *annotations = node_get(node_get(self->root, S("metadata")), S("annotations"));
    Path meta = FIELD(path, "metadata"), map = FIELD(&meta, "annotations"), at = path_field(&map, key);
    if (spec_of(self, KIND_Ingress) && node_get(annotations, key))
        emit_ingress_class_annotation(lint->diags, lint_where_key(lint, &at), .class = node_get(annotations, key)->text);
}

void lint_claim_class(Lint *lint, const Document *self, const Path *path) {
    const Node *spec = spec_of(self, KIND_PersistentVolumeClaim);
    Path at = FIELD(path, "spec");
    if (spec && !node_get(spec, S("storageClassName")))
        emit_claim_class_required(lint->diags, lint_where_key(lint, &at), .name = self->name);
}

void lint_budget_amounts(Lint *lint, const Document *self, const Path *path) {
    static const Str fields[] = {STR("minAvailable"), STR("maxUnavailable")};
    const Node *spec = spec_of(self, KIND_PodDisruptionBudget);
    Path up = FIELD(path, "spec");
    for (size_t i = 0; i < COUNT(fields); i++) {
        const Node *amount = node_get(spec, fields[i]);
        Path at = path_field(&up, fields[i]);
        if (amount && amount->kind == NODE_STRING && (!amount->text.len || str_is_digits(amount->text)))
            emit_pdb_amount_quoted(lint->diags, lint_where(lint, &at), .field = fields[i], .amount = amount->text);
    }
}

void lint_service_ports(Lint *lint, const Document *self, const Path *path) {
    static const Str fields[] = {STR("port"), STR("nodePort")};
    const Node *list = node_get(spec_of(self, KIND_Service), S("ports"));
    Path spec = FIELD(path, "spec"), ports = FIELD(&spec, "ports");
    for (uint32_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
        for (size_t j = 0; j < COUNT(fields); j++) {
            const Node *number = node_get(&list->items[i], fields[j]);
            Path item = path_index(&ports, i), at = path_field(&item, fields[j]);
            if (number && number->kind != NODE_INT && number->kind != NODE_NULL)
                emit_service_port_form(lint->diags, lint_where(lint, &at), .field = fields[j],
                                       .found = found_words[number->kind]);
        }
}

/* Fields of the objects that stand around pods; `list` is that of a list's items below spec, empty for spec itself. */
static const struct {
    uint16_t kind;
    Str list;
    const char *const fields[20];
} known_fields[] = {
    {KIND_Service,
     STR(""),
     {"allocateLoadBalancerNodePorts",
      "clusterIP",
      "clusterIPs",
      "externalIPs",
      "externalName",
      "externalTrafficPolicy",
      "healthCheckNodePort",
      "internalTrafficPolicy",
      "ipFamilies",
      "ipFamilyPolicy",
      "loadBalancerClass",
      "loadBalancerIP",
      "loadBalancerSourceRanges",
      "ports",
      "publishNotReadyAddresses",
      "selector",
      "sessionAffinity",
      "sessionAffinityConfig",
      "trafficDistribution",
      "type"}},
    {KIND_Service, STR("ports"), {"name", "port", "targetPort", "nodePort", "protocol", "appProtocol"}},
    {KIND_PodDisruptionBudget, STR(""), {"minAvailable", "maxUnavailable", "selector", "unhealthyPodEvictionPolicy"}},
    {KIND_NetworkPolicy, STR(""), {"podSelector", "ingress", "egress", "policyTypes"}},
    {KIND_NetworkPolicy, STR("ingress"), {"from", "ports"}},
    {KIND_NetworkPolicy, STR("egress"), {"to", "ports"}},
    {KIND_HorizontalPodAutoscaler,
     STR(""),
     {"scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "behavior", "targetCPUUtilizationPercentage"}},
    {KIND_Ingress, STR(""), {"ingressClassName", "defaultBackend", "tls", "rules"}},
};

/* The known field that a name is nearly, but not quite; empty if it is one of them, or like none. */
static Str nearly_field(const char *const *fields, Str name) {
    Near near = near_start(name);
    for (size_t i = 0; i < COUNT(known_fields[0].fields) && fields[i]; i++) {
        if (str_eq(str_of(fields[i]), name)) return S("");
        near_try(&near, str_of(fields[i]));
    }
    return near.found;
}

static void look_at_names(Lint *lint, const char *const *fields, const Node *map, const Path *path) {
    for (uint32_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        Path at = path_field(path, map->entries[i].key);
        Str known = nearly_field(fields, at.name);
        if (known.len)
            emit_field_misspelt(lint->diags, lint_where_key(lint, &at), .kind = lint->document->kind, .field = at.name,
                                .known = known);
    }
}

void lint_misspelt_fields(Lint *lint, const Document *self, const Path *path) {
    Path up = FIELD(path, "spec");
    for (size_t i = 0; i < COUNT(known_fields); i++) {
        const Node *spec = spec_of(self, known_fields[i].kind), *list = node_get(spec, known_fields[i].list);
        Path at = path_field(&up, known_fields[i].list);
        if (!known_fields[i].list.len) look_at_names(lint, known_fields[i].fields, spec, &up);
        for (uint32_t j = 0; list && list->kind == NODE_LIST && j < list->count; j++) {
            Path item = path_index(&at, j);
            look_at_names(lint, known_fields[i].fields, &list->items[j], &item);
        }
    }
}
