/* The rules of rules/resources.yaml that compare amounts. */
#include "check.h"

static bool is_memory(Str resource) {
    return str_eq(resource, S("memory")) || str_eq(resource, S("ephemeral-storage"));
}

/* A quantity that is a rule's parameter, in billionths; 0 if the user gave something else. */
static Int128 amount_parameter(const Lint *lint, uint16_t rule, Str name) {
    Value v = lint_parameter(lint, rule, name);
    Quantity quantity;
    if (v.kind == VALUE_INT) return v.i * NANO;
    if (v.kind != VALUE_STRING || quantity_parse(&quantity, value_str(v)) != QUANTITY_OK) return 0;
    return quantity.nano;
}

/* The number that a quantity is written with, and what follows it. */
static Str number_of(Str text) {
    size_t n = 0;
    while (n < text.len && (is_digit(text.at[n]) || text.at[n] == '.')) n++;
    return (Str){text.at, n};
}

static Str suffix_of(Str text) {
    return str_slice(text, number_of(text).len);
}

/* Requests and limits, one by one. */

/* What is too little for a program may still be meant as a request, but not in a unit below a million. */
static void check_memory(Lint *lint, const QuantityPair *pair, bool isLimit, const Path *path) {
    Int128 nano = pair->value.nano;
    Str text = pair->value.text, suffix = suffix_of(text);
    bool isStorage = str_eq(pair->key, S("ephemeral-storage")), slip = !suffix.len || str_eq(suffix, S("k"));
    if (nano <= 0 || nano % NANO || nano >= amount_parameter(lint, RULE_memory_too_small, S("min"))) return;
    if (!slip && (!isLimit || isStorage)) return;
    emit_memory_too_small(lint->diags, lint_where(lint, path), .amount = text, .resource = pair->key,
                          .bytes = str_int(lint->arena, quantity_value(&pair->value)),
                          .effect = !isLimit    ? S("which reserves next to nothing")
                                    : isStorage ? S("which a few lines of log fill")
                                                : S("with which no container starts"),
                          .hint = near_question(lint->arena, str_join(lint->arena, number_of(text), S("Mi"))));
}

static Str cpu_hint(Arena *arena, Str text) {
    if (suffix_of(text).len) return S("write the number of CPUs, or thousandths of one with m");
    return near_question(arena, str_join(arena, text, S("m")));
}

static void check_cpu(Lint *lint, const QuantityPair *pair, bool isLimit, const Path *path) {
    Int128 nano = pair->value.nano, milli = NANO / 1000;
    Str text = pair->value.text;
    if (nano > 0 && nano >= amount_parameter(lint, RULE_cpu_too_large, S("max")) && !str_eq(suffix_of(text), S("m")))
        emit_cpu_too_large(lint->diags, lint_where(lint, path), .amount = text, .hint = cpu_hint(lint->arena, text));
    if (nano > 0 && nano < milli)
        emit_cpu_too_small(
            lint->diags, lint_where(lint, path),
            .problem = str_format(lint->arena, "%.*s of cpu is less than the least share, 1m, and is rounded up", TEXT(text)),
            .hint = S("write 1m, or what the program needs"));
    else if (isLimit && nano > 0 && nano < 10 * milli)
        emit_cpu_too_small(lint->diags, lint_where(lint, path),
                           .problem = str_format(lint->arena,
                                                 "with a cpu limit of %.*s the program stands still for over 99%% of the time",
                                                 TEXT(text)),
                           .hint = S("give it 100m or more, or no limit"));
}

/* The amounts that are written: the model holds defaults too, and has rounded all of them. */
static void check_amounts(Lint *lint, const QuantityMap *map, bool isLimit, const Node *written, const Path *path) {
    for (uint32_t i = 0; i < map->n; i++) {
        QuantityPair pair = {.key = map->at[i].key};
        const Node *node = written ? node_get(written, pair.key) : NULL;
        if (!node || quantity_parse(&pair.value, node->text) != QUANTITY_OK) continue;
        Path at = path_key(path, pair.key);
        if (is_memory(pair.key)) check_memory(lint, &pair, isLimit, &at);
        if (str_eq(pair.key, S("cpu"))) check_cpu(lint, &pair, isLimit, &at);
    }
}

/* Mi and M both count bytes; plain numbers and exponents are compared with nothing. */
static bool in_other_units(const Quantity *a, const Quantity *b) {
    Str first = suffix_of(a->text), second = suffix_of(b->text);
    bool decimal = first.len == 1 && strchr("kMGTP", *first.at), binary = first.len == 2 && first.at[1] == 'i';
    return (decimal && second.len == 2 && second.at[1] == 'i') || (binary && second.len == 1 && strchr("kMGTP", *second.at));
}

static void check_units(Lint *lint, const ResourceRequirements *self, const Path *limits) {
    if (model_has_gap(lint->document, path_text(lint->arena, limits->up), S("."))) return;
    for (uint32_t i = 0; i < self->limits.n; i++) {
        const QuantityPair *limit = &self->limits.at[i];
        const Quantity *request = is_memory(limit->key) ? quantity_get(self->requests, limit->key) : NULL;
        if (!request || !in_other_units(request, &limit->value)) continue;
        Path at = path_key(limits, limit->key);
        emit_unit_mix(lint->diags, lint_where(lint, &at), .resource = limit->key, .request = request->text,
                      .limit = limit->value.text);
    }
}

void lint_amounts(Lint *lint, const ResourceRequirements *self, const Path *path) {
    if (!self->head.node || (!self->requests.n && !self->limits.n)) return;
    Path requests = FIELD(path, "requests"), limits = FIELD(path, "limits");
    check_amounts(lint, &self->requests, false, node_get(self->head.node, S("requests")), &requests);
    check_amounts(lint, &self->limits, true, node_get(self->head.node, S("limits")), &limits);
    check_units(lint, self, &limits);
}

void lint_lone_limits(Lint *lint, const ResourceRequirements *self, const Path *path) {
    const Node *requests = self->head.node ? node_get(self->head.node, S("requests")) : NULL;
    const Quantity *limit = quantity_get(self->limits, S("memory"));
    if (!limit || (requests && node_get(requests, S("memory")))) return;
    Path limits = FIELD(path, "limits"), at = path_key(&limits, S("memory"));
    emit_memory_limit_without_request(lint->diags, lint_where(lint, &at), .resource = S("memory"), .limit = limit->text);
}

void lint_cpu_limit(Lint *lint, const ResourceRequirements *self, const Path *path) {
    const Quantity *limit = quantity_get(self->limits, S("cpu"));
    Path limits = FIELD(path, "limits"), at = path_key(&limits, S("cpu"));
    if (limit) emit_forbid_cpu_limit(lint->diags, lint_where(lint, &at), .limit = limit->text);
}

static bool is_wanted_equal(const Lint *lint, Str resource) {
    return lint_listed(lint, RULE_requests_equal_limits, S("resources"), resource);
}

void lint_equal_limits(Lint *lint, const ResourceRequirements *self, const Path *path) {
    Path limits = FIELD(path, "limits");
    for (uint32_t i = 0; i < self->requests.n; i++) {
        const QuantityPair *request = &self->requests.at[i];
        const Quantity *limit = quantity_get(self->limits, request->key);
        if (!is_wanted_equal(lint, request->key) || (limit && limit->nano == request->value.nano)) continue;
        Path at = path_key(&limits, request->key);
        emit_requests_equal_limits(lint->diags, lint_where(lint, &at), .resource = request->key, .request = request->value.text,
                                   .limit = limit ? limit->text : S("(none)"));
    }
}

void lint_ratio(Lint *lint, const ResourceRequirements *self, const Path *path) {
    Path limits = FIELD(path, "limits");
    for (uint32_t i = 0; i < self->limits.n; i++) {
        const QuantityPair *limit = &self->limits.at[i];
        const Quantity *request = quantity_get(self->requests, limit->key);
        if (!request || request->nano <= 0) continue;
        Int128 percent = limit->value.nano / (request->nano / 100 + 1);
        if (percent <= lint_int(lint, RULE_limit_request_ratio, S("percent"))) continue;
        Path at = path_key(&limits, limit->key);
        emit_limit_request_ratio(lint->diags, lint_where(lint, &at), .resource = limit->key, .limit = limit->value.text,
                                 .percent = str_int(lint->arena, (int64_t)percent), .request = request->text);
    }
}

static void check_maximum(Lint *lint, const QuantityMap *map, const Path *path) {
    static const Str resources[] = {STR("cpu"), STR("memory")};
    for (size_t i = 0; i < COUNT(resources); i++) {
        const Quantity *amount = quantity_get(*map, resources[i]);
        Int128 max = amount_parameter(lint, RULE_resource_maximum, resources[i]);
        Path at = path_key(path, resources[i]);
        Quantity bound = {.nano = max, .format = i ? QUANTITY_BINARY : QUANTITY_DECIMAL};
        if (amount && max && amount->nano > max)
            emit_resource_maximum(lint->diags, lint_where(lint, &at), .amount = amount->text, .resource = resources[i],
                                  .max = quantity_text(lint->arena, &bound));
    }
}

void lint_maximum(Lint *lint, const ResourceRequirements *self, const Path *path) {
    Path requests = FIELD(path, "requests"), limits = FIELD(path, "limits");
    check_maximum(lint, &self->requests, &requests);
    check_maximum(lint, &self->limits, &limits);
}

/* Heaps. */

typedef struct HeapFlag {
    Str name;
    int64_t unit; /* of a bare number, in bytes; 0: it is a share of the limit in per cent */
    bool soft;    /* the runtime stays below it by itself, so it may be as large as the limit */
} HeapFlag;

static const HeapFlag heapFlags[] = {
    {STR("-Xmx"), 1, false},
    {STR("-XX:MaxHeapSize="), 1, false},
    {STR("-XX:MaxRAM="), 1, true},
    {STR("-XX:MaxRAMPercentage="), 0, false},
    {STR("--max-old-space-size="), 1 << 20, false},
    {STR("--max_old_space_size="), 1 << 20, false},
    {STR("--max-old-space-size "), 1 << 20, false},
    {STR("GOMEMLIMIT="), 1, true},
};

/* A size as runtimes write it: 512m, 2g, 1GiB, 4096. -1 if it is none. */
static int64_t size_of(Str text, int64_t unit, size_t *length) {
    int64_t n = 0;
    size_t i = 0;
    while (i < text.len && is_digit(text.at[i]) && n < INT64_MAX / 100) n = n * 10 + (text.at[i++] - '0');
    if (!i) return -1;
    static const char letters[] = "kmgt";
    const char *letter = i < text.len && text.at[i] ? strchr(letters, text.at[i] | 0x20) : NULL;
    if (letter) {
        unit = (int64_t)1 << (10 * (letter - letters + 1));
        i++;
    }
    while (i < text.len && (text.at[i] == 'i' || text.at[i] == 'B')) i++;
    *length = i;
    return n > INT64_MAX / unit ? INT64_MAX : n * unit;
}

typedef struct Heap {
    Str setting; /* as it is written */
    int64_t bytes;
    bool soft;
} Heap;

/* The heap that a text sets; no setting if it sets none. The last one counts, as for the runtimes. */
static Heap heap_in(Str text, const Quantity *limit) {
    int64_t share = (quantity_value(limit) - 1) / 100 + 1;
    Heap heap = {0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '-' && text.at[i] != 'G') continue;
        for (size_t j = 0; j < COUNT(heapFlags); j++) {
            Str rest = str_slice(text, i);
            size_t length = 0;
            if (!str_starts(rest, heapFlags[j].name)) continue;
            int64_t bytes =
                size_of(str_slice(rest, heapFlags[j].name.len), heapFlags[j].unit ? heapFlags[j].unit : share, &length);
            if (bytes > 0) heap = (Heap){{rest.at, heapFlags[j].name.len + length}, bytes, heapFlags[j].soft};
        }
    }
    return heap;
}

static void check_heap(Lint *lint, const Heap *heap, const Quantity *limit, const Path *path) {
    int64_t max = quantity_value(limit);
    if (!heap->setting.len || max <= 0) return;
    if (heap->soft ? heap->bytes > max : heap->bytes >= max) {
        emit_heap_exceeds_limit(lint->diags, lint_where(lint, path), .setting = heap->setting, .limit = limit->text,
                                .name = lint->container->name);
        return;
    }
    if (heap->soft || heap->bytes < max / 100 * lint_int(lint, RULE_heap_near_limit, S("percent"))) return;
    Str rest = str_format(lint->arena, "%lld MiB", (long long)((max - heap->bytes) >> 20));
    emit_heap_near_limit(lint->diags, lint_where(lint, path), .setting = heap->setting, .rest = rest, .limit = limit->text,
                         .name = lint->container->name);
}

static void check_texts(Lint *lint, const StrList *list, const Quantity *limit, const Path *path) {
    for (uint32_t i = 0; i < list->n; i++) {
        Heap heap = heap_in(list->at[i], limit);
        Path at = path_index(path, i);
        if (str_eq(list->at[i], S("--max-old-space-size")) && i + 1 < list->n) {
            size_t length;
            heap = (Heap){list->at[i], size_of(list->at[i + 1], 1 << 20, &length), false};
        }
        check_heap(lint, &heap, limit, &at);
    }
}

static void check_variable(Lint *lint, const EnvVar *variable, const Quantity *limit, const Path *path) {
    Path at = FIELD(path, "value");
    if (!variable->value.len) return;
    size_t length;
    Heap heap = heap_in(variable->value, limit);
    if (str_eq(variable->name, S("GOMEMLIMIT")))
        heap =
            (Heap){str_format(lint->arena, "GOMEMLIMIT=%.*s", TEXT(variable->value)), size_of(variable->value, 1, &length), true};
    check_heap(lint, &heap, limit, &at);
}

void lint_heap(Lint *lint, const Container *self, const Path *path) {
    const Quantity *limit = quantity_get(self->resources.limits, S("memory"));
    if (!limit && lint->pod->resources) limit = quantity_get(lint->pod->resources->limits, S("memory"));
    if (!limit) return;
    Path command = FIELD(path, "command"), args = FIELD(path, "args"), env = FIELD(path, "env");
    check_texts(lint, &self->command, limit, &command);
    check_texts(lint, &self->args, limit, &args);
    for (uint32_t i = 0; i < self->env.n; i++) {
        Path at = path_index(&env, i);
        check_variable(lint, &self->env.at[i], limit, &at);
    }
}

/* Pods. */

/* In templates the server does not yet copy limits to missing requests; in the pods that come from them it does. */
static const Quantity *request_of(const ResourceRequirements *resources, Str resource) {
    const Quantity *request = quantity_get(resources->requests, resource);
    return request ? request : quantity_get(resources->limits, resource);
}

static Int128 requested(const Container *container, Str resource) {
    const Quantity *request = request_of(&container->resources, resource);
    return request ? request->nano : 0;
}

/* A sum in a unit that is read at a glance. */
static Str amount_text(Arena *arena, Int128 nano, Str resource) {
    Quantity quantity = {.nano = nano};
    if (!is_memory(resource)) return quantity_text(arena, &quantity);
    return str_format(arena, "%lldMi", (long long)(quantity_value(&quantity) >> 20));
}

/* What a pod reserves while it starts, and later on. A sidecar runs beside the init containers after it, and to the end. */
static void check_reserved(Lint *lint, const PodSpec *self, Str resource, const Path *path) {
    Int128 sidecars = 0, start = 0, later = 0;
    uint32_t largest = 0;
    for (uint32_t i = 0; i < self->initContainers.n; i++) {
        const Container *container = &self->initContainers.at[i];
        if (is_sidecar(container)) {
            sidecars += requested(container, resource);
        } else if (sidecars + requested(container, resource) > start) {
            start = sidecars + requested(container, resource);
            largest = i;
        }
    }
    later = sidecars;
    for (uint32_t i = 0; i < self->containers.n; i++) later += requested(&self->containers.at[i], resource);
    if (later <= 0 || start <= later) return;
    Path list = FIELD(path, "initContainers"), item = path_index(&list, largest), up = FIELD(&item, "resources");
    Path requests = FIELD(&up, "requests"), at = path_key(&requests, resource);
    emit_init_request_dominates(lint->diags, lint_where(lint, &at), .start = amount_text(lint->arena, start, resource),
                                .resource = resource, .later = amount_text(lint->arena, later, resource));
}

void lint_init_requests(Lint *lint, const PodSpec *self, const Path *path) {
    check_reserved(lint, self, S("cpu"), path);
    check_reserved(lint, self, S("memory"), path);
}

typedef struct Qos {
    bool any;        /* something is requested or limited */
    bool guaranteed; /* so far all limits are there and requests equal them */
} Qos;

static void add_qos(Qos *qos, const ResourceRequirements *resources) {
    static const Str names[] = {STR("cpu"), STR("memory")};
    for (size_t i = 0; i < COUNT(names); i++) {
        const Quantity *request = request_of(resources, names[i]), *limit = quantity_get(resources->limits, names[i]);
        qos->any |= (request && request->nano > 0) || (limit && limit->nano > 0);
        qos->guaranteed &= limit && limit->nano > 0 && request && request->nano == limit->nano;
    }
}

void lint_qos(Lint *lint, const PodSpec *self, const Path *path) {
    Qos qos = {.guaranteed = true};
    if (self->resources) {
        add_qos(&qos, self->resources);
    } else {
        ContainerWalk w;
        for (walk_containers(&w, self, path); walk_next(&w);) add_qos(&qos, &w.container->resources);
    }
    Str class = !qos.any ? S("BestEffort") : qos.guaranteed ? S("Guaranteed") : S("Burstable");
    if (lint_listed(lint, RULE_qos_class, S("want"), class)) return;
    Path at = FIELD(path, "containers");
    emit_qos_class(lint->diags, lint_where_key(lint, &at), .class = class,
                   .hint = !qos.any ? S("give the containers requests")
                                    : S("give all containers limits of cpu and memory, and requests equal to them"));
}

static bool limits_storage(const ContainerList *list, Str volume, bool *mounted) {
    for (uint32_t i = 0; i < list->n; i++)
        for (uint32_t j = 0; j < list->at[i].volumeMounts.n; j++) {
            if (!str_eq(list->at[i].volumeMounts.at[j].name, volume)) continue;
            *mounted = true;
            if (!quantity_get(list->at[i].resources.limits, S("ephemeral-storage"))) return false;
        }
    return true;
}

void lint_empty_dir(Lint *lint, const Volume *self, const Path *path) {
    bool mounted = false;
    if (!self->emptyDir || self->emptyDir->sizeLimit.text.at || str_eq(self->emptyDir->medium, S("Memory"))) return;
    bool limited = limits_storage(&lint->pod->initContainers, self->name, &mounted) &&
                   limits_storage(&lint->pod->containers, self->name, &mounted);
    Path at = FIELD(path, "emptyDir");
    if (!limited && mounted) emit_empty_dir_no_size_limit(lint->diags, lint_where(lint, &at), .volume = self->name);
}
