/* The plugins in the server's order: those that change an object first, then, as the server does after its validation, those that
 * only look at it. */
#include "plugin.h"
#include "validate/pod_security.h"
#include "validate/names.h"
#include "validate/validate.h"

/* NamespaceLifecycle. */

static bool is_in_every_cluster(Str namespace_) {
    static const Str names[] = {STR("default"), STR("kube-system"), STR("kube-public"), STR("kube-node-lease")};
    return str_in(namespace_, names, COUNT(names));
}

static void namespace_lifecycle_check(const Request *r) {
    const Decider *decider = decider_named(r, KIND_Namespace, S(""), r->namespace_);
    Path meta = path_field(NULL, S("metadata")), at = path_field(&meta, S("namespace"));
    if (decider && decider->terminates)
        emit_namespace_terminates(r->diags, request_where(r, &at), .name = shown(r->arena, r->namespace_),
                                  .place = decider_place(r, decider));
    bool given = str_eq(r->namespace_, r->deciders->namespace_); /* by the command line, or nothing says which */
    if (decider || given || !r->deciders->closed || is_in_every_cluster(r->namespace_)) return;
    emit_namespace_missing(r->diags, request_where(r, &at), .name = shown(r->arena, r->namespace_));
}

/* Pod Security. */

/* What a namespace asks of its pods in one mode. */
typedef struct Mode {
    Str name;        /* enforce, warn or audit */
    bool set, valid; /* the label of the level */
    PodSecurity standard;
} Mode;

static const Str *security_label(const Decider *namespace_, Str mode, const char *suffix, Arena *arena) {
    const ObjectMeta *meta = model_meta(namespace_->document);
    return map_get(meta->labels, str_format(arena, "pod-security.kubernetes.io/%.*s%s", TEXT(mode), suffix));
}

static bool read_version(Str text, uint8_t *minor) {
    int64_t number;
    *minor = POD_SECURITY_LATEST;
    if (str_eq(text, S("latest"))) return true;
    Str digits = str_slice(text, 3);
    if (!str_starts(text, S("v1.")) || !is_digit(digits.len ? digits.at[0] : 0)) return false;
    if ((digits.len > 1 && digits.at[0] == '0') || !int_parse(digits, 0, INT64_MAX, &number)) return false;
    if (number < POD_SECURITY_LATEST) *minor = (uint8_t)number;
    return true;
}

static Mode read_mode(Arena *arena, const Decider *namespace_, Str name) {
    Mode mode = {.name = name, .standard = {.minor = POD_SECURITY_LATEST}};
    const Str *level = security_label(namespace_, name, "", arena),
              *version = security_label(namespace_, name, "-version", arena);
    if (!level) return mode;
    mode.set = true;
    mode.standard.level = POD_SECURITY_LEVELS - 1; /* where a namespace has had another word since before there was a check */
    mode.valid = namespace_->ofCluster && str_eq(name, S("enforce"));
    for (uint8_t i = 0; i < POD_SECURITY_LEVELS; i++)
        if (str_eq(*level, str_of(pod_security_levels[i]))) {
            mode.valid = true;
            mode.standard.level = i;
        }
    if (version) read_version(*version, &mode.standard.minor);
    return mode;
}

static const Str modes[] = {STR("enforce"), STR("warn"), STR("audit")};

/* What the plugin refuses of a Namespace itself. */
static void pod_security_labels(const Request *r) {
    Path meta = path_field(NULL, S("metadata")), labels = path_field(&meta, S("labels"));
    const StrMap map = model_meta(r->document)->labels;
    for (size_t i = 0; i < 2 * COUNT(modes); i++) {
        bool version = i >= COUNT(modes);
        Str key =
            str_format(r->arena, "pod-security.kubernetes.io/%.*s%s", TEXT(modes[i % COUNT(modes)]), version ? "-version" : "");
        const Str *value = map_get(map, key);
        uint8_t minor;
        bool good = !value;
        for (size_t j = 0; value && !version && j < POD_SECURITY_LEVELS; j++)
            good |= str_eq(*value, str_of(pod_security_levels[j]));
        if (value && version) good = read_version(*value, &minor);
        if (good) continue;
        Path at = path_key(&labels, key);
        emit_namespace_pod_security(r->diags, request_where(r, &at), .value = shown(r->arena, *value),
                                    .what = version ? S("a version of the Pod Security Standards") : S("a Pod Security level"),
                                    .words =
                                        version ? S("latest, or one such as v1.37") : S("privileged, baseline or restricted"));
    }
}

static bool is_said(const DiagList *list, const Diag *diag) {
    for (uint32_t i = 0; i < list->items.n; i++)
        if (list->items.at[i].rule == diag->rule && str_eq(list->items.at[i].path, diag->path)) return true;
    return false;
}

/* Each check that a mode finds broken, but for those that a stricter mode has told of. */
static void say_mode(const Request *r, const Decider *namespace_, const Mode *mode, DiagList *said) {
    DiagList own = r->document->diags;
    r->document->diags = (DiagList){.arena = r->arena};
    pod_security_check(r->document, mode->standard);
    validate_forget_absence(r->document, 0);
    DiagList found = r->document->diags;
    r->document->diags = own;
    for (uint32_t i = 0; i < found.items.n; i++) {
        const Diag *diag = &found.items.at[i];
        if (is_said(said, diag)) continue;
        ARRAY_PUSH(r->arena, &said->items, *diag);
        Where at = {diag->span, diag->path, diag->missing};
        Str name = r->namespace_, place = decider_place(r, namespace_);
        if (str_eq(mode->name, S("enforce")))
            emit_pod_security_enforced(r->diags, at, .pods = r->pods, .message = diag->message, .namespace_ = name,
                                       .place = place, .help = diag->help);
        else if (str_eq(mode->name, S("warn")))
            emit_pod_security_warned(r->diags, at, .message = diag->message, .namespace_ = name, .place = place,
                                     .help = diag->help);
        else
            emit_pod_security_audited(r->diags, at, .message = diag->message, .namespace_ = name, .place = place,
                                      .help = diag->help);
    }
}

static void pod_security_admit(const Request *r) {
    const Decider *namespace_ = decider_named(r, KIND_Namespace, S(""), r->namespace_);
    DiagList said = {.arena = r->arena};
    if (namespace_ && namespace_->document->patched) return; /* its labels may be others */
    for (size_t i = 0; namespace_ && i < COUNT(modes); i++) {
        Mode mode = read_mode(r->arena, namespace_, modes[i]);
        if (mode.set && mode.valid) say_mode(r, namespace_, &mode, &said);
    }
}

/* ServiceAccount. */

static void refuse_secret(const Request *r, const Decider *account, const Path *at, Str secret, Str what, Str list) {
    emit_service_account_secret(r->diags, request_where(r, at), .pods = r->pods, .what = what, .secret = shown(r->arena, secret),
                                .account = decider_name(account), .place = decider_place(r, account), .field = list);
}

static bool account_has(const ServiceAccount *account, Str secret) {
    for (uint32_t i = 0; i < account->secrets.n; i++)
        if (str_eq(account->secrets.at[i].name, secret)) return true;
    return false;
}

static void check_container_secrets(const Request *r, const Decider *decider, const ContainerWalk *w) {
    const ServiceAccount *account = decider->document->object;
    Path list = path_field(&w->path, S("env")), from = path_field(&w->path, S("envFrom"));
    for (uint32_t i = 0; i < w->container->env.n; i++) {
        const EnvVarSource *source = w->container->env.at[i].valueFrom;
        if (!source || !source->secretKeyRef || account_has(account, source->secretKeyRef->name)) continue;
        Path item = path_index(&list, i), value = path_field(&item, S("valueFrom")), at = path_field(&value, S("secretKeyRef"));
        refuse_secret(r, decider, &at, source->secretKeyRef->name, container_words(r, w), S("secrets"));
    }
    for (uint32_t i = 0; i < w->container->envFrom.n; i++) {
        const SecretEnvSource *source = w->container->envFrom.at[i].secretRef;
        if (!source || account_has(account, source->name)) continue;
        Path item = path_index(&from, i), at = path_field(&item, S("secretRef"));
        refuse_secret(r, decider, &at, source->name, container_words(r, w), S("secrets"));
    }
}

/* Of an account that says which Secrets its pods may use. */
static void check_secrets(const Request *r, const Decider *decider) {
    const ServiceAccount *account = decider->document->object;
    Path volumes = path_field(&r->place.spec, S("volumes")), pulls = path_field(&r->place.spec, S("imagePullSecrets"));
    for (uint32_t i = 0; i < r->spec->volumes.n; i++) {
        const Volume *volume = &r->spec->volumes.at[i];
        if (!volume->secret || account_has(account, volume->secret->secretName)) continue;
        Path item = path_index(&volumes, i), at = path_field(&item, S("secret"));
        refuse_secret(r, decider, &at, volume->secret->secretName, str_join(r->arena, S("volume "), volume->name), S("secrets"));
    }
    ContainerWalk w;
    for (walk_containers(&w, r->spec, &r->place.spec); walk_next(&w);) check_container_secrets(r, decider, &w);
    for (uint32_t i = 0; i < r->spec->imagePullSecrets.n; i++) {
        Str name = r->spec->imagePullSecrets.at[i].name;
        bool known = false;
        for (uint32_t j = 0; j < account->imagePullSecrets.n; j++) known |= str_eq(account->imagePullSecrets.at[j].name, name);
        if (known) continue;
        Path at = path_index(&pulls, i);
        refuse_secret(r, decider, &at, name, S("the pod"), S("imagePullSecrets"));
    }
}

/* Mirror pods, which nodes make of the manifests of their static pods. */

/* Tells the first Secret or token of a ServiceAccount that something in a pod is made of; whether there is one. */
static bool refuse_first(const Request *r, const Node *node, const Path *path) {
    static const Str names[] = {STR("secret"),
                                STR("secretRef"),
                                STR("secretKeyRef"),
                                STR("secretName"),
                                STR("nodePublishSecretRef"),
                                STR("serviceAccountToken")};
    for (uint32_t i = 0; node->kind == NODE_LIST && i < node->count; i++) {
        Path at = path_index(path, i);
        if (refuse_first(r, &node->items[i], &at)) return true;
    }
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->count; i++) {
        const Entry *entry = &node->entries[i];
        Path at = path_field(path, entry->key);
        bool token = str_eq(entry->key, S("serviceAccountToken"));
        bool named = token || entry->value.kind == NODE_STRING || node_get(&entry->value, S("name")) ||
                     node_get(&entry->value, S("secretName"));
        bool found = named && str_in(entry->key, names, COUNT(names));
        Str what = token ? S("a token of a ServiceAccount") : S("a Secret");
        if (found) emit_mirror_pod(r->diags, request_where(r, &at), .what = what);
        if (found || refuse_first(r, &entry->value, &at)) return true;
    }
    return false;
}

static void mirror_pod_check(const Request *r) {
    static const Str containers[] = {STR("containers"), STR("initContainers")}, variables[] = {STR("env"), STR("envFrom")};
    const Node *spec = node_get(r->document->root, S("spec")), *volumes = node_get(spec, S("volumes"));
    Path account = path_field(&r->place.spec, S("serviceAccountName")), at = path_field(&r->place.spec, S("volumes"));
    Path pulls = path_field(&r->place.spec, S("imagePullSecrets"));
    bool named = r->spec->serviceAccountName.len > 0;
    if (named || r->spec->imagePullSecrets.n) {
        emit_mirror_pod(r->diags, request_where(r, named ? &account : &pulls),
                        .what = named ? S("a ServiceAccount") : S("a Secret"));
        return;
    }
    for (size_t l = 0; l < COUNT(containers); l++) {
        const Node *list = node_get(spec, containers[l]);
        Path listAt = path_field(&r->place.spec, containers[l]);
        for (uint32_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
            for (size_t v = 0; v < COUNT(variables); v++) {
                const Node *values = node_get(&list->items[i], variables[v]);
                Path item = path_index(&listAt, i), valuesAt = path_field(&item, variables[v]);
                if (values && refuse_first(r, values, &valuesAt)) return;
            }
    }
    if (volumes) refuse_first(r, volumes, &at);
}

/* As strconv.ParseBool. */
static bool is_true(const Str *text) {
    static const Str words[] = {STR("1"), STR("t"), STR("T"), STR("true"), STR("TRUE"), STR("True")};
    return text && str_in(*text, words, COUNT(words));
}

/* The volume with the account's token, and its mount in each container that has nothing there. The server ends its name in five
 * letters of its own. */
static void mount_token(const Request *r) {
    static const Str mountPath = STR("/var/run/secrets/kubernetes.io/serviceaccount"), name = STR("kube-api-access");
    bool mounted = false;
    ContainerList *lists[] = {&r->spec->initContainers, &r->spec->containers};
    for (size_t l = 0; l < COUNT(lists); l++)
        for (uint32_t i = 0; i < lists[l]->n; i++) {
            VolumeMountList *mounts = &lists[l]->at[i].volumeMounts;
            bool taken = false;
            for (uint32_t j = 0; j < mounts->n; j++) taken |= str_eq(mounts->at[j].mountPath, mountPath);
            if (taken) continue;
            VolumeMount *all = NEW_ARRAY(r->arena, VolumeMount, mounts->n + 1);
            if (mounts->n) memcpy(all, mounts->at, mounts->n * sizeof *all);
            all[mounts->n] = (VolumeMount){.name = name, .readOnly = true, .mountPath = mountPath};
            *mounts = (VolumeMountList){all, mounts->n + 1};
            mounted = true;
        }
    if (!mounted) return;
    VolumeProjection *sources = NEW_ARRAY(r->arena, VolumeProjection, 3);
    sources[0].serviceAccountToken = NEW(r->arena, ServiceAccountTokenProjection);
    *sources[0].serviceAccountToken = (ServiceAccountTokenProjection){.expirationSeconds = {true, 3607}, .path = S("token")};
    KeyToPath *key = NEW(r->arena, KeyToPath);
    *key = (KeyToPath){.key = S("ca.crt"), .path = S("ca.crt")};
    sources[1].configMap = NEW(r->arena, ConfigMapProjection);
    *sources[1].configMap = (ConfigMapProjection){.name = S("kube-root-ca.crt"), .items = {key, 1}};
    DownwardAPIVolumeFile *file = NEW(r->arena, DownwardAPIVolumeFile);
    *file = (DownwardAPIVolumeFile){.path = S("namespace"), .fieldRef = NEW(r->arena, ObjectFieldSelector)};
    *file->fieldRef = (ObjectFieldSelector){.apiVersion = S("v1"), .fieldPath = S("metadata.namespace")};
    sources[2].downwardAPI = NEW(r->arena, DownwardAPIProjection);
    *sources[2].downwardAPI = (DownwardAPIProjection){.items = {file, 1}};
    Volume *volumes = NEW_ARRAY(r->arena, Volume, r->spec->volumes.n + 1);
    if (r->spec->volumes.n) memcpy(volumes, r->spec->volumes.at, r->spec->volumes.n * sizeof *volumes);
    ProjectedVolumeSource *projected = NEW(r->arena, ProjectedVolumeSource);
    *projected = (ProjectedVolumeSource){.sources = {sources, 3}, .defaultMode = {true, 0644}};
    volumes[r->spec->volumes.n] = (Volume){.name = name, .projected = projected};
    r->spec->volumes = (VolumeList){volumes, r->spec->volumes.n + 1};
}

static void service_account_admit(const Request *r) {
    static const Str standard = STR("default");
    if (r->isPod && map_get(r->meta->annotations, S("kubernetes.io/config.mirror"))) {
        mirror_pod_check(r);
        return;
    }
    if (!r->spec->serviceAccountName.len) r->spec->serviceAccountName = r->spec->serviceAccount = standard;
    Str name = r->spec->serviceAccountName;
    Decider *decider = decider_named(r, KIND_ServiceAccount, r->namespace_, name);
    const ServiceAccount *account = decider ? decider->document->object : NULL;
    if (!decider && r->deciders->closed && !str_eq(name, standard)) {
        Path at = path_field(&r->place.spec, S("serviceAccountName"));
        emit_service_account_missing(r->diags, request_where(r, &at), .pods = r->pods, .name = shown(r->arena, name));
    }
    OptBool own = r->spec->automountServiceAccountToken, given = account ? account->automountServiceAccountToken : (OptBool){0};
    if (own.set ? own.value : given.set ? given.value : true) mount_token(r);
    if (!account) return;
    if (!r->spec->imagePullSecrets.n) r->spec->imagePullSecrets = account->imagePullSecrets;
    if (is_true(map_get(account->metadata.annotations, S("kubernetes.io/enforce-mountable-secrets")))) check_secrets(r, decider);
}

/* Priority. */

static const PriorityClass system_classes[] = {
    {.metadata.name = STR("system-node-critical"), .value = 2000001000, .preemptionPolicy = STR("PreemptLowerPriority")},
    {.metadata.name = STR("system-cluster-critical"), .value = 2000000000, .preemptionPolicy = STR("PreemptLowerPriority")},
};

/* Of several defaults the lowest one holds. */
static const PriorityClass *default_class(const Request *r, const Decider **decider) {
    const PriorityClass *out = NULL;
    for (const Decider *d = deciders_first(r, KIND_PriorityClass, S("")); d; d = deciders_next(r, d)) {
        const PriorityClass *class = d->document->object;
        if (!class->globalDefault || (out && out->value <= class->value)) continue;
        out = class;
        *decider = d;
    }
    return out;
}

static const PriorityClass *class_of(const Request *r, const Decider **decider) {
    Str name = r->spec->priorityClassName;
    if (!name.len) return default_class(r, decider);
    *decider = decider_named(r, KIND_PriorityClass, S(""), name);
    if (*decider) return (*decider)->document->object;
    for (size_t i = 0; i < COUNT(system_classes); i++)
        if (str_eq(system_classes[i].metadata.name, name)) return &system_classes[i];
    return NULL;
}

static void priority_admit(const Request *r) {
    static const PriorityClass none = {.preemptionPolicy = STR("PreemptLowerPriority")};
    const Decider *decider = NULL;
    const PriorityClass *class = class_of(r, &decider);
    bool named = r->spec->priorityClassName.len > 0;
    if (!class && named) {
        Path at = path_field(&r->place.spec, S("priorityClassName"));
        if (r->deciders->closed || r->deciders->listsPriorities)
            emit_priority_class_missing(r->diags, request_where(r, &at), .pods = r->pods,
                                        .name = shown(r->arena, r->spec->priorityClassName));
        return;
    }
    bool known = class || r->deciders->closed;
    if (!class) class = &none;
    Str from =
        decider ? str_format(r->arena, "PriorityClass %.*s (%.*s)", TEXT(decider_name(decider)), TEXT(decider_place(r, decider)))
        : named ? str_join(r->arena, S("PriorityClass "), class->metadata.name)
                : S("a pod without a PriorityClass");
    if (known && r->spec->priority.set && r->spec->priority.value != class->value) {
        Path at = path_field(&r->place.spec, S("priority"));
        emit_priority_differs(r->diags, request_where(r, &at), .pods = r->pods, .field = S("priority"),
                              .is = str_int(r->arena, r->spec->priority.value), .from = from,
                              .value = str_int(r->arena, class->value));
    }
    if (known && class->preemptionPolicy.len && r->spec->preemptionPolicy.len &&
        !str_eq(r->spec->preemptionPolicy, class->preemptionPolicy)) {
        Path at = path_field(&r->place.spec, S("preemptionPolicy"));
        emit_priority_differs(r->diags, request_where(r, &at), .pods = r->pods, .field = S("preemptionPolicy"),
                              .is = r->spec->preemptionPolicy, .from = from, .value = class->preemptionPolicy);
    }
    r->spec->priorityClassName = class->metadata.name;
    r->spec->priority = (OptInt){true, class->value};
    if (class->preemptionPolicy.len) r->spec->preemptionPolicy = class->preemptionPolicy;
}

/* There is one default only. */
static void priority_class_check(const Request *r) {
    Path at = path_field(NULL, S("globalDefault"));
    const Decider *own = decider_named(r, KIND_PriorityClass, S(""), model_meta(r->document)->name), *first = own;
    for (const Decider *d = deciders_first(r, KIND_PriorityClass, S("")); d && own; d = deciders_next(r, d)) {
        const PriorityClass *class = d->document->object;
        if (class->globalDefault && d->number < first->number && decider_is_together(r, d)) first = d;
    }
    if (first != own)
        emit_priority_class_default(r->diags, request_where(r, &at), .name = decider_name(first),
                                    .place = decider_place(r, first));
}

/* Tolerations. */

static bool same_toleration(const Toleration *a, const Toleration *b) {
    return str_eq(a->key, b->key) && str_eq(a->operator, b->operator) && str_eq(a->value, b->value) &&
           str_eq(a->effect, b->effect) && a->tolerationSeconds.set == b->tolerationSeconds.set &&
           a->tolerationSeconds.value == b->tolerationSeconds.value;
}

/* Whether `wide` tolerates all that `narrow` does (k8s.io/kubernetes/pkg/util/tolerations). */
static bool covers(const Toleration *wide, const Toleration *narrow) {
    if (same_toleration(wide, narrow)) return true;
    bool exists = str_eq(wide->operator, S("Exists"));
    if (!str_eq(wide->key, narrow->key) && (wide->key.len || !exists)) return false;
    if (!str_eq(wide->effect, narrow->effect) && wide->effect.len) return false;
    if (str_eq(wide->effect, S("NoExecute")) && wide->tolerationSeconds.set &&
        (!narrow->tolerationSeconds.set || narrow->tolerationSeconds.value > wide->tolerationSeconds.value))
        return false;
    return exists || (str_eq(narrow->operator, S("Equal")) && str_eq(wide->value, narrow->value));
}

static TolerationList merge_tolerations(Arena *arena, TolerationList first, TolerationList second) {
    uint32_t n = first.n + second.n;
    Toleration *all = NEW_ARRAY(arena, Toleration, n + 1), *merged = NEW_ARRAY(arena, Toleration, n + 1);
    if (first.n) memcpy(all, first.at, first.n * sizeof *all);
    if (second.n) memcpy(all + first.n, second.at, second.n * sizeof *all);
    TolerationList out = {merged, 0};
    for (uint32_t i = 0; i < n; i++) {
        bool needless = false;
        for (uint32_t j = 0; j < out.n && !needless; j++) needless = covers(&merged[j], &all[i]);
        for (uint32_t j = i + 1; j < n && !needless; j++)
            needless = !same_toleration(&all[j], &all[i]) && covers(&all[j], &all[i]);
        if (!needless) merged[out.n++] = all[i];
    }
    return out;
}

static void add_toleration(const Request *r, Str key) {
    bool there = false;
    TolerationList *list = &r->spec->tolerations;
    for (uint32_t i = 0; i < list->n; i++)
        there |= (!list->at[i].key.len || str_eq(list->at[i].key, key)) &&
                 (!list->at[i].effect.len || str_eq(list->at[i].effect, S("NoExecute")));
    if (there) return;
    Toleration *all = NEW_ARRAY(r->arena, Toleration, list->n + 1);
    if (list->n) memcpy(all, list->at, list->n * sizeof *all);
    all[list->n] = (Toleration){.key = key, .operator= S("Exists"), .effect = S("NoExecute"), .tolerationSeconds = {true, 300}};
    *list = (TolerationList){all, list->n + 1};
}

static void default_tolerations_admit(const Request *r) {
    add_toleration(r, S("node.kubernetes.io/not-ready"));
    add_toleration(r, S("node.kubernetes.io/unreachable"));
}

/* RuntimeClass. */

static bool same_amounts(const QuantityMap *a, const QuantityMap *b) {
    for (uint32_t i = 0; i < a->n; i++) {
        const Quantity *other = quantity_get(*b, a->at[i].key);
        if (!other || other->nano != a->at[i].value.nano) return false;
    }
    return a->n == b->n;
}

static void take_scheduling(const Request *r, const Decider *decider, const Scheduling *scheduling) {
    StrMap *selector = &r->spec->nodeSelector;
    StrPair *all = NEW_ARRAY(r->arena, StrPair, selector->n + scheduling->nodeSelector.n + 1);
    uint32_t n = selector->n;
    if (n) memcpy(all, selector->at, n * sizeof *all);
    for (uint32_t i = 0; i < scheduling->nodeSelector.n; i++) {
        const StrPair *pair = &scheduling->nodeSelector.at[i];
        const Str *own = map_get(*selector, pair->key);
        if (!own) all[n++] = *pair;
        if (!own || str_eq(*own, pair->value)) continue;
        Path map = path_field(&r->place.spec, S("nodeSelector")), at = path_key(&map, pair->key);
        emit_runtime_class_node_selector(r->diags, request_where(r, &at), .pods = r->pods, .key = pair->key,
                                         .is = shown(r->arena, *own), .name = decider_name(decider),
                                         .place = decider_place(r, decider), .value = shown(r->arena, pair->value));
    }
    *selector = (StrMap){.at = all, .n = n};
    r->spec->tolerations = merge_tolerations(r->arena, r->spec->tolerations, scheduling->tolerations);
}

static void runtime_class_admit(const Request *r) {
    Str name = r->spec->runtimeClassName;
    Path at = path_field(&r->place.spec, S("runtimeClassName")), overhead = path_field(&r->place.spec, S("overhead"));
    const Decider *decider = name.at ? decider_named(r, KIND_RuntimeClass, S(""), name) : NULL;
    const RuntimeClass *class = decider ? decider->document->object : NULL;
    if (name.at && !class) {
        if (r->deciders->closed)
            emit_runtime_class_missing(r->diags, request_where(r, &at), .pods = r->pods, .name = shown(r->arena, name));
        return;
    }
    const QuantityMap *given = class && class->overhead ? &class->overhead->podFixed : NULL;
    Str who =
        class ? str_format(r->arena, "RuntimeClass %.*s (%.*s)", TEXT(decider_name(decider)), TEXT(decider_place(r, decider)))
              : S("a pod without a runtimeClassName");
    bool wrong = given ? r->spec->overhead.n && !same_amounts(given, &r->spec->overhead) : r->spec->overhead.at != NULL;
    if (wrong)
        emit_runtime_class_overhead(r->diags, request_where(r, &overhead), .pods = r->pods, .who = who,
                                    .has = given ? S("another overhead") : S("none"));
    if (given) r->spec->overhead = *given;
    if (class && class->scheduling) take_scheduling(r, decider, class->scheduling);
}

/* The default StorageClass. */

static void default_storage_class_admit(const Request *r) {
    PersistentVolumeClaim *claim = r->document->object;
    Str class = storage_class_of(r, claim);
    bool old = map_get(claim->metadata.annotations, S("volume.beta.kubernetes.io/storage-class")) != NULL;
    if (class.at && !old) claim->spec.storageClassName = class;
}

/* All. */

/* Of values that patches write nobody knows what they are then. */
static void forget_patched(const Request *r, uint32_t before) {
    uint32_t kept = before;
    for (uint32_t i = before; i < r->diags->items.n && r->document->supplied.n; i++) {
        const Diag *diag = &r->diags->items.at[i];
        if (!model_may_be_supplied(r->document, path_leaf(diag->path))) r->diags->items.at[kept++] = *diag;
    }
    if (r->document->supplied.n) r->diags->items.n = kept;
}

bool admission_admit(Deciders *deciders, Document *document, const Standing *standing) {
    Request r = {.deciders = deciders,
                 .document = document,
                 .standing = standing,
                 .arena = document->diags.arena,
                 .diags = &document->diags,
                 .namespace_ = namespace_of(deciders, document)};
    PodView pod = model_pod(document);
    uint32_t before = r.diags->items.n;
    r.spec = pod.spec;
    r.meta = pod.meta;
    r.isPod = model_is(document, KIND_Pod);
    if (r.spec && !model_pod_place(&r.place, document->type)) r.spec = NULL;
    if (r.spec) r.pods = pods_words(&r, 1, 1);
    bool isDefault = model_is(document, KIND_PriorityClass) && ((const PriorityClass *)document->object)->globalDefault;
    if (model_is(document, KIND_Namespace)) pod_security_labels(&r);
    if (isDefault) priority_class_check(&r);
    if (model_kind(document)->namespaced) namespace_lifecycle_check(&r);
    bool lost = has_refused(&r, before);
    if (!model_kind(document)->namespaced) return lost;
    if (r.spec && !r.isPod) defaults_made_pod(r.arena, r.spec, document->minor);
    if (r.spec) {
        limit_ranger_fill(&r);
        service_account_admit(&r);
        priority_admit(&r);
        default_tolerations_admit(&r);
        runtime_class_admit(&r);
    }
    if (model_is(document, KIND_PersistentVolumeClaim)) default_storage_class_admit(&r);
    limit_ranger_check(&r);
    if (r.spec) pod_security_admit(&r);
    bool refused = has_refused(&r, before) && (lost || r.isPod || !r.spec);
    if (!refused) limit_ranger_check_claims(&r);
    if (r.spec) nodes_check(&r);
    forget_patched(&r, before);
    refused = refused && has_refused(&r, before);
    if (!refused && deciders->closed) claims_check_classes(&r);
    return quota_check(&r) || refused;
}
