/* Rules about environment variables and the references to them. */
#include "words.h"

#include "validate/names.h"
#include "base/str_set.h"

typedef struct Env {
    Lint *lint;
    const Container *container;
    const Path *path;
    StrSet names;    /* of env, each with its first entry */
    bool hasUnknown; /* the name of an entry is not known: see head_text_unknown */
} Env;

/* A text that may hold references. */
typedef struct Text {
    Str text, place; /* "the value of URL", "args" */
    Where (*where)(const Env *, const struct Text *);
    uint32_t index;       /* in its list */
    const EnvVar *before; /* only variables before this one count; NULL: all */
    bool isScript;        /* a shell reads it: what looks like a reference may run a command */
    const Words *words;
} Text;

static bool is_from_service(const Env *e, Str name) {
    static const Str kubernetes = STR("KUBERNETES_");
    if (str_starts(name, kubernetes)) return true;
    if (e->lint->pod->enableServiceLinks.set && !e->lint->pod->enableServiceLinks.value) return false;
    return str_ends(name, S("_SERVICE_HOST")) || str_has(name, S("_SERVICE_PORT")) || str_ends(name, S("_PORT")) ||
           (str_has(name, S("_PORT_")) && (str_has(name, S("_TCP")) || str_has(name, S("_UDP")) || str_has(name, S("_SCTP"))));
}

static Str name_hint(const Env *e, const Text *text, Str name) {
    Str names[16];
    size_t count = 0;
    for (uint32_t i = 0; i < e->container->env.n && count < COUNT(names) && &e->container->env.at[i] != text->before; i++)
        names[count++] = e->container->env.at[i].name;
    if (text->before && str_eq(text->before->name, name))
        return S("write the whole value: what the image sets is not known here");
    Str near = did_you_mean(e->lint->arena, name, names, count);
    return near.len ? near
                    : str_format(e->lint->arena, "add %.*s to env, or write $$(...) for the text itself", (int)name.len, name.at);
}

static void check_reference(const Env *e, const Text *text, Str name) {
    Lint *lint = e->lint;
    const EnvVar *set = str_set_find(&e->names, name);
    if (set && (!text->before || set < text->before)) return;
    bool mayBeScript = text->isScript || (!text->before && str_find(text->text, ' ') >= 0);
    if (mayBeScript ? !is_upper_variable(name) : !is_variable(name)) return;
    if (is_from_service(e, name) || e->hasUnknown) return;
    if (e->container->envFrom.n)
        emit_env_ref_maybe_undefined(lint->diags, text->where(e, text), .name = name, .place = text->place);
    else if (set && set != text->before)
        emit_env_ref_later(lint->diags, text->where(e, text), .name = name, .place = text->place);
    else
        emit_env_ref_undefined(lint->diags, text->where(e, text), .name = name, .place = text->place,
                               .scope = text->before ? S("before it") : S("in this container"), .hint = name_hint(e, text, name));
}

/* $NAME and ${NAME} of a variable of the container. */
static void check_shell_style(const Env *e, const Text *text) {
    Lint *lint = e->lint;
    Str rest = text->text;
    if (text->isScript || str_find(rest, '\n') >= 0) return;
    for (ptrdiff_t dollar; (dollar = str_find(rest, '$')) >= 0;) {
        bool escaped = dollar > 0 && rest.at[dollar - 1] == '\\';
        Str start = str_slice(rest, (size_t)dollar);
        rest = str_slice(start, 1);
        bool braces = rest.len && rest.at[0] == '{';
        Str name = {rest.at + braces, 0};
        while (name.len + braces < rest.len && is_variable((Str){name.at, name.len + 1})) name.len++;
        if (rest.len && rest.at[0] == '$') rest = str_slice(rest, 1);
        if (escaped || !name.len || !str_set_find(&e->names, name)) continue;
        Str seen = {start.at, name.len + 1 + braces};
        if (braces && seen.len < start.len && start.at[seen.len] == '}') seen.len++;
        emit_env_ref_shell_style(lint->diags, text->where(e, text), .text = seen, .place = text->place, .name = name);
        return;
    }
}

static void check_text(const Env *e, const Text *text) {
    Str rest = text->text, name;
    if (str_find(rest, '$') < 0) return;
    while (reference_next(&rest, &name)) check_reference(e, text, name);
    check_shell_style(e, text);
}

/* Names and values. */

static Where value_where(const Env *e, const Text *text) {
    Path list = FIELD(e->path, "env"), item = path_index(&list, text->index), at = FIELD(&item, "value");
    return lint_where(e->lint, &at);
}

/* Values of several words, such as options, are split where the blanks are. */
static void check_edges(const Env *e, const EnvVar *var, uint32_t index) {
    Lint *lint = e->lint;
    Str value = var->value, inner = str_trim(value);
    if (!inner.len || inner.len == value.len || str_find(inner, '\n') >= 0 || str_find(inner, ' ') >= 0) return;
    bool ends = inner.at + inner.len != value.at + value.len;
    bool line = ends && value.at[value.len - 1] == '\n';
    Text text = {.index = index};
    emit_env_value_blank_edge(lint->diags, value_where(e, &text), .name = var->name, .end = ends ? S("ends") : S("begins"),
                              .what = line ? S("a line break") : S("white space"),
                              .hint =
                                  line ? S("write the value on the line of its key, or use |- instead of |") : S("remove it"));
}

static void check_env_name(const Env *e, Str name, const Path *at) {
    Lint *lint = e->lint;
    if (!name.len || is_variable(name) || str_find(name, '=') >= 0) return;
    bool dotted = !is_digit(name.at[0]);
    for (size_t i = 0; i < name.len && dotted; i++) {
        Str one = {name.at + i, 1};
        dotted = one.at[0] == '.' || is_digit(one.at[0]) || is_variable(one);
    }
    if (dotted)
        emit_env_name_dotted(lint->diags, lint_where(lint, at), .name = shown(lint->arena, name));
    else
        emit_env_name_unusable(lint->diags, lint_where(lint, at), .name = shown(lint->arena, name));
}

static void check_variables(Env *e) {
    Path list = FIELD(e->path, "env");
    for (uint32_t i = 0; i < e->container->env.n; i++) {
        const EnvVar *var = &e->container->env.at[i];
        Path item = path_index(&list, i), name = FIELD(&item, "name");
        check_env_name(e, var->name, &name);
        if (!var->value.len) continue;
        check_edges(e, var, i);
        if (str_find(var->value, '$') < 0) continue;
        Text text = {var->value,  str_format(e->lint->arena, "the value of %.*s", (int)var->name.len, var->name.at),
                     value_where, i,
                     var,         str_find(var->value, '\n') >= 0,
                     NULL};
        check_text(e, &text);
    }
    Path from = FIELD(e->path, "envFrom");
    for (uint32_t i = 0; i < e->container->envFrom.n; i++) {
        Path item = path_index(&from, i), prefix = FIELD(&item, "prefix");
        check_env_name(e, e->container->envFrom.at[i].prefix, &prefix);
    }
}

/* Commands. */

static Where word_where(const Env *e, const Text *text) {
    return words_where(e->lint, text->words, text->index);
}

/* Whether words that the image's own program gets are for a shell. */
static bool may_be_script(const Words *words, uint32_t i) {
    return i > 0 && str_eq(words_at(words, i - 1), S("-c"));
}

static void check_words(const Env *e, const Words *words, Str place) {
    int32_t script = words_script(words);
    for (uint32_t i = 0; i < words_count(words); i++) {
        Text text = {words_at(words, i), place, word_where, i, NULL, (int32_t)i == script || may_be_script(words, i), words};
        if (place.at == NULL) text.place = i < words->parts[0].n ? S("command") : S("args");
        text.isScript |= str_find(text.text, '\n') >= 0;
        check_text(e, &text);
    }
}

/* The commands of probes, which are expanded; those of hooks are not, which is another rule's. */
static void check_probe_words(const Env *e) {
    const Probe *probes[] = {e->container->livenessProbe, e->container->readinessProbe, e->container->startupProbe};
    static const Str fields[] = {STR("livenessProbe"), STR("readinessProbe"), STR("startupProbe")};
    for (size_t i = 0; i < COUNT(probes); i++) {
        if (!probes[i] || !probes[i]->exec) continue;
        Path probe = path_field(e->path, fields[i]), action = FIELD(&probe, "exec");
        Words words = words_of_exec(probes[i]->exec, &action);
        check_words(e, &words, fields[i]);
    }
}

/* subPathExpr. */

static Where sub_path_where(const Env *e, const Text *text) {
    Path list = FIELD(e->path, "volumeMounts"), item = path_index(&list, text->index), at = FIELD(&item, "subPathExpr");
    return lint_where(e->lint, &at);
}

static void check_sub_paths(const Env *e) {
    Lint *lint = e->lint;
    for (uint32_t i = 0; i < e->container->volumeMounts.n; i++) {
        Text text = {e->container->volumeMounts.at[i].subPathExpr, S("subPathExpr"), sub_path_where, i, NULL, false, NULL};
        Str rest = text.text, name;
        if (!rest.len) continue;
        check_shell_style(e, &text);
        while (!e->container->envFrom.n && reference_next(&rest, &name))
            if (!str_set_find(&e->names, name) && !is_from_service(e, name))
                emit_sub_path_expr_undefined(lint->diags, sub_path_where(e, &text), .container = e->container->name,
                                             .name = shown(lint->arena, name));
    }
}

void lint_env(Lint *lint, const Container *self, const Path *path) {
    Env e = {.lint = lint, .container = self, .path = path, .names = {.arena = lint->arena}};
    for (uint32_t i = 0; i < self->env.n; i++) {
        str_set_add(&e.names, self->env.at[i].name, &self->env.at[i]);
        e.hasUnknown |= head_text_unknown(&self->env.at[i].head, S("name"), true);
    }
    Words words = words_of_container(self, path);
    check_variables(&e);
    check_words(&e, &words, (Str){0});
    check_probe_words(&e);
    check_sub_paths(&e);
}

/* What the downward API shows. */

static void check_resource(Lint *lint, const PodSpec *pod, const Container *self, const ResourceFieldSelector *ref,
                           const Path *path) {
    const Container *container = ref->containerName.len ? container_named(pod, ref->containerName) : self;
    bool limit = str_starts(ref->resource, S("limits."));
    if (!container || (!limit && !str_starts(ref->resource, S("requests.")))) return;
    Str name = str_slice(ref->resource, limit ? 7 : 9);
    if (quantity_get(limit ? container->resources.limits : container->resources.requests, name)) return;
    if (pod->resources && quantity_get(limit ? pod->resources->limits : pod->resources->requests, name)) return;
    if (!limit && quantity_get(container->resources.limits, name)) return;
    Path at = FIELD(path, "resource");
    bool node = limit && !str_starts(name, S("hugepages-"));
    emit_env_resource_ref_unset(lint->diags, lint_where(lint, &at), .resource = ref->resource, .container = container->name,
                                .value = node ? S("what the whole node can allot") : S("0"));
}

/* Whether a label or annotation is set by others once the pod exists. */
static bool is_set_later(Str key) {
    static const Str names[] = {STR("pod-template-hash"), STR("controller-revision-hash"), STR("pod-template-generation"),
                                STR("job-name"), STR("controller-uid")};
    static const Str domains[] = {STR("kubernetes.io"), STR("k8s.io"), STR("cncf.io"), STR("istio.io"), STR("linkerd.io")};
    ptrdiff_t slash = str_find(key, '/');
    for (size_t i = 0; slash > 0 && i < COUNT(domains); i++)
        if (str_ends((Str){key.at, (size_t)slash}, domains[i]) && !str_starts(key, S("app.kubernetes.io/"))) return true;
    return str_in(key, names, COUNT(names));
}

/* The key in metadata.labels['KEY']; empty if the path names none. */
static Str key_of(Str fieldPath, Str map) {
    Str rest = str_slice(fieldPath, map.len + 2);
    if (!str_starts(fieldPath, map) || !str_has(fieldPath, S("['")) || !str_ends(rest, S("']"))) return S("");
    return (Str){rest.at, rest.len - 2};
}

static void check_field(Lint *lint, const ObjectFieldSelector *ref, const Path *path) {
    Str label = key_of(ref->fieldPath, S("metadata.labels")), annotation = key_of(ref->fieldPath, S("metadata.annotations"));
    Str key = label.len ? label : annotation;
    if (!key.len || !lint->meta || is_set_later(key)) return;
    StrMap map = label.len ? lint->meta->labels : lint->meta->annotations;
    if (map_get(map, key)) return;
    Str keys[16];
    size_t count = 0;
    for (uint32_t i = 0; i < map.n && count < COUNT(keys); i++) keys[count++] = map.at[i].key;
    Str near = did_you_mean(lint->arena, key, keys, count);
    Path at = FIELD(path, "fieldPath");
    emit_env_field_ref_empty(lint->diags, lint_where(lint, &at), .kind = label.len ? S("label") : S("annotation"),
                             .key = shown(lint->arena, key),
                             .hint = near.len ? near : S("add it to the metadata of the pod or its template"));
}

static void check_sources(Lint *lint, const PodSpec *pod, const Container *container, const Path *path) {
    Path list = FIELD(path, "env");
    for (uint32_t i = 0; i < container->env.n; i++) {
        const EnvVarSource *source = container->env.at[i].valueFrom;
        if (!source) continue;
        Path item = path_index(&list, i), from = FIELD(&item, "valueFrom");
        Path resource = FIELD(&from, "resourceFieldRef"), field = FIELD(&from, "fieldRef");
        if (source->resourceFieldRef) check_resource(lint, pod, container, source->resourceFieldRef, &resource);
        if (source->fieldRef) check_field(lint, source->fieldRef, &field);
    }
}

static void check_files(Lint *lint, const PodSpec *pod, const DownwardAPIVolumeFileList *items, const Path *path) {
    Path list = FIELD(path, "items");
    for (uint32_t i = 0; i < items->n; i++) {
        const DownwardAPIVolumeFile *file = &items->at[i];
        Path item = path_index(&list, i), resource = FIELD(&item, "resourceFieldRef"), field = FIELD(&item, "fieldRef");
        if (file->resourceFieldRef) check_resource(lint, pod, NULL, file->resourceFieldRef, &resource);
        if (file->fieldRef) check_field(lint, file->fieldRef, &field);
    }
}

static void check_volume(Lint *lint, const PodSpec *pod, const Volume *volume, const Path *path) {
    Path files = FIELD(path, "downwardAPI"), projected = FIELD(path, "projected"), sources = FIELD(&projected, "sources");
    if (volume->downwardAPI) check_files(lint, pod, &volume->downwardAPI->items, &files);
    for (uint32_t i = 0; volume->projected && i < volume->projected->sources.n; i++) {
        Path source = path_index(&sources, i), at = FIELD(&source, "downwardAPI");
        const DownwardAPIProjection *downward = volume->projected->sources.at[i].downwardAPI;
        if (downward) check_files(lint, pod, &downward->items, &at);
    }
}

void lint_downward(Lint *lint, const PodSpec *self, const Path *path) {
    Path volumes = FIELD(path, "volumes");
    ContainerWalk w;
    for (walk_containers(&w, self, path); walk_next(&w);) check_sources(lint, self, w.container, &w.path);
    for (uint32_t i = 0; i < self->volumes.n; i++) {
        Path at = path_index(&volumes, i);
        check_volume(lint, self, &self->volumes.at[i], &at);
    }
}
