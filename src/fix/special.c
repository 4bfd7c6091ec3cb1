#include "special.h"

#include "base/near.h"
#include "model/mend.h"
#include "rules.h"

/* A finding, and what is written at its place. */
typedef struct Case {
    const Editor *e;
    const Finding *finding;
    const Path *path;
    Node *node; /* NULL: nothing */
    Fix *out;
} Case;

static Node text_node(Str text) {
    return (Node){.kind = NODE_STRING, .depth = 1, .text = text};
}

static bool add_change(const Case *c, Change change) {
    changes_add(c->e->arena, c->e->root, &c->out->changes, &change);
    return true;
}

static bool set(const Case *c, const Path *path, Node value) {
    return add_change(c, (Change){.kind = CHANGE_SET, .path = path, .value = value});
}

static const Path *below(const Case *c, const Path *path, Str name) {
    Path *step = NEW(c->e->arena, Path);
    *step = path_field(path, name);
    return step;
}

static const Path *item_of(const Case *c, const Path *path, uint32_t index) {
    Path *item = NEW(c->e->arena, Path);
    *item = path_index(path, index);
    return item;
}

/* The path of a part of the object. */
static const Path *part(const Case *c, Str text) {
    return path_parse(c->e->arena, c->e->root, c->e->base, text);
}

static Node *node_at(const Case *c, const Path *path) {
    return change_find(c->e->root, path).node;
}

static Str written(const Case *c, const Node *node) {
    return (Str){c->e->source->text.at + node->span.at, node->span.end - node->span.at};
}

static bool is_text(const Node *node) {
    return node && node->kind == NODE_STRING;
}

/* Words that are near. */

static bool has_argument(const Rule *rule, Str name) {
    for (uint8_t i = 0; i < rule->argumentCount; i++)
        if (str_eq(rule_argument(rule, i), name)) return true;
    return false;
}

/* Whether two words differ in a digit: data1 is no slip for data2. */
static bool differ_in_digits(Str a, Str b) {
    Buf left = {0}, right = {0};
    Arena arena = {0};
    left.arena = right.arena = &arena;
    for (size_t i = 0; i < a.len; i++)
        if (is_digit(a.at[i])) buf_char(&left, a.at[i]);
    for (size_t i = 0; i < b.len; i++)
        if (is_digit(b.at[i])) buf_char(&right, b.at[i]);
    bool differ = !str_eq(buf_text(&left), buf_text(&right));
    arena_free(&arena);
    return differ;
}

/* What the help asks for, in the place of a value or of a key. */
static bool from_question(const Case *c) {
    static const uint16_t references[] = {RULE_mount_volume,       RULE_liveness_port,
                                          RULE_readiness_port,     RULE_startup_port,
                                          RULE_hook_port,          RULE_handler_port_name,
                                          RULE_kind_misspelt,      RULE_api_version_form,
                                          RULE_env_file_volume,    RULE_resource_name,
                                          RULE_cron_time_zone,     RULE_stop_signal,
                                          RULE_job_exit_container, RULE_container_ephemeral_target};
    Str word = near_answer(c->finding->help);
    Spot spot = change_find(c->e->root, c->path);
    if (!word.len || !spot.node) return false;
    bool safe = has_argument(c->finding->rule, S("allowed"));
    for (size_t i = 0; i < COUNT(references) && !safe; i++) safe = c->finding->rule->number == references[i];
    bool key = spot.entry && edit_is_at(c->e, c->finding->start, spot.entry->keySpan.at);
    Str old = key ? spot.entry->key : spot.node->text;
    c->out->unsafe = !safe || differ_in_digits(old, word);
    if (key) return add_change(c, (Change){.kind = CHANGE_RENAME, .path = c->path, .name = word});
    return spot.node->kind < NODE_LIST && set(c, c->path, text_node(word));
}

/* The successor of a label, in the place of a key or of a value. */
static bool successor(const Case *c) {
    Str word = str_starts(c->finding->help, S("use ")) ? str_slice(c->finding->help, 4) : S("");
    Spot spot = change_find(c->e->root, c->path);
    if (!word.len || str_find(word, ' ') >= 0 || !spot.node) return false;
    bool key = spot.entry && edit_is_at(c->e, c->finding->start, spot.entry->keySpan.at);
    if (key) return add_change(c, (Change){.kind = CHANGE_RENAME, .path = c->path, .name = word});
    return is_text(spot.node) && set(c, c->path, text_node(word));
}

/* A value of an enumeration that is near to one. */
static bool from_enumeration(const Case *c) {
    const Field *field = edit_field(c->e, c->path);
    if (!is_text(c->node) || !field || !field->text->valueCount) return false;
    Near near = near_start(c->node->text);
    for (uint16_t i = 0; i < field->text->valueCount; i++) near_try(&near, schema_text(schema_value(field->text, i)->value));
    return near.found.len && !str_eq(near.found, c->node->text) && set(c, c->path, text_node(near.found));
}

/* kind: pod */
static bool kind_case(const Case *c) {
    if (!is_text(c->node)) return false;
    for (uint16_t i = 0; i < schema_kind_count; i++)
        if (str_eq_nocase(schema_kinds[i].name, c->node->text)) return set(c, c->path, text_node(schema_kinds[i].name));
    return false;
}

/* What is there twice. */

/* The first item of a list that is there before goes. */
static bool twin_in(const Case *c) {
    for (uint32_t i = 1; i < c->node->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (change_same(&c->node->items[i], &c->node->items[j]))
                return add_change(c, (Change){.kind = CHANGE_REMOVE, .path = item_of(c, c->path, i)});
    return false;
}

/* The item that the place is in goes if another one says the same. */
static bool twin(const Case *c) {
    const Path *path = c->path;
    while (path && path->index < 0) path = path->up;
    if (c->node && c->node->kind == NODE_LIST) return twin_in(c);
    if (!path || path == c->e->base) return false;
    Spot spot = change_find(c->e->root, path);
    for (uint32_t i = 0; spot.node && i < spot.parent->count; i++)
        if (i != spot.number && change_same(&spot.parent->items[i], spot.node))
            return add_change(c, (Change){.kind = CHANGE_REMOVE, .path = path});
    return false;
}

/* Texts that are almost right. */

static bool trim(const Case *c) {
    return is_text(c->node) && set(c, c->path, text_node(str_trim(c->node->text)));
}

static bool make_absolute(const Case *c) {
    bool good = is_text(c->node) && c->node->text.len && !str_starts(c->node->text, S("."));
    return good && set(c, c->path, text_node(str_join(c->e->arena, S("/"), c->node->text)));
}

static bool make_relative(const Case *c) {
    if (!is_text(c->node)) return false;
    Str text = c->node->text;
    while (str_starts(text, S("/"))) text = str_slice(text, 1);
    return text.len && set(c, c->path, text_node(text));
}

static bool leave_quotes(const Case *c) {
    int64_t number;
    if (!is_text(c->node) || !int_parse(str_trim(c->node->text), 0, INT32_MAX, &number)) return false;
    return set(c, c->path, (Node){.kind = NODE_INT, .depth = 1, .text = str_int(c->e->arena, number)});
}

/* 644 for 0644. */
static bool octal(const Case *c) {
    if (!c->node || c->node->kind != NODE_INT || c->node->alias) return false;
    Str digits = written(c, c->node);
    int64_t mode = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '7') return false;
        mode = mode * 8 + (digits.at[i] - '0');
    }
    bool modes = digits.len == 3 && digits.at[0] != '0';
    return modes && set(c, c->path, (Node){.kind = NODE_INT, .depth = 1, .text = str_int(c->e->arena, mode)});
}

/* 512m of memory. */
static bool whole_bytes(const Case *c) {
    Str text = c->node && c->node->kind < NODE_LIST ? c->node->text : S("");
    if (!str_ends(text, S("m")) || !str_is_digits((Str){text.at, text.len - 1})) return false;
    return set(c, c->path, text_node(str_format(c->e->arena, "%.*sMi", (int)text.len - 1, text.at)));
}

/* The scalar that begins where the finding does; NULL if none does. */
static const Node *scalar_here(const Case *c, const Node *node, const Path *path, const Path **out) {
    if (node->alias) return NULL;
    if (node->kind < NODE_LIST) {
        if (!edit_is_at(c->e, c->finding->start, node->span.at)) return NULL;
        *out = path_kept(c->e->arena, c->e->base, path);
        return node;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        bool map = node->kind == NODE_MAP;
        Path step = map ? path_field(path, node->entries[i].key) : path_index(path, i);
        const Node *found = scalar_here(c, map ? &node->entries[i].value : &node->items[i], &step, out);
        if (found) return found;
    }
    return NULL;
}

/* What was meant as text, with a sign that YAML takes for something else. */
static bool quote(const Case *c) {
    const Path *path;
    const Node *node = scalar_here(c, c->e->document->root, c->e->base, &path);
    const Field *field = node ? edit_field(c->e, path) : NULL;
    bool text = !field || (field->scalar == TYPE_STRING && (field->shape == SHAPE_ONE || path->index >= 0 || path->up->up));
    return node && text && set(c, path, text_node(written(c, node)));
}

static bool straight_quotes(const Case *c) {
    enum { SIGN = 3 };
    const Path *path;
    const Node *node = scalar_here(c, c->e->document->root, c->e->base, &path);
    if (!node || node->text.len < 2 * SIGN) return false;
    return set(c, path, text_node((Str){node->text.at + SIGN, node->text.len - 2 * SIGN}));
}

/* A Secret's plain text under data. */
static bool plain_secret(const Case *c) {
    bool data = c->path && c->path->up && c->path->up->up == c->e->base && str_eq(c->path->up->name, S("data"));
    if (!data || !is_text(c->node) || !str_eq(c->e->document->kind, S("Secret"))) return false;
    const Path *target = below(c, below(c, c->e->base, S("stringData")), c->path->name);
    return add_change(c, (Change){.kind = CHANGE_MOVE, .path = c->path, .target = target});
}

/* TZ=Europe/Berlin 0 3 * * * */
static bool schedule_zone(const Case *c) {
    if (!is_text(c->node)) return false;
    Str text = str_trim(c->node->text);
    ptrdiff_t equals = str_find(text, '='), space = str_find(text, ' ');
    bool zone = (str_starts(text, S("TZ=")) || str_starts(text, S("CRON_TZ="))) && space > equals + 1;
    if (!zone || change_find(c->e->root, below(c, c->path->up, S("timeZone"))).node) return false;
    Str name = {text.at + equals + 1, (size_t)(space - equals - 1)};
    return set(c, c->path, text_node(str_trim(str_slice(text, (size_t)space)))) &&
           set(c, below(c, c->path->up, S("timeZone")), text_node(name));
}

/* Commands. */

/* An item of a list makes place for several. */
static bool replace_item(const Case *c, const Node *items, uint32_t count) {
    Spot spot = change_find(c->e->root, c->path);
    if (!spot.node || c->path->index < 0) return false;
    Node list = *spot.parent;
    list.count = spot.parent->count + count - 1;
    list.items = NEW_ARRAY(c->e->arena, Node, list.count);
    list.span = (Span){0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < spot.parent->count; i++) {
        if (i != spot.number) list.items[n++] = spot.parent->items[i];
        for (uint32_t j = 0; i == spot.number && j < count; j++) list.items[n++] = items[j];
    }
    return set(c, c->path->up, list);
}

static bool split_flag(const Case *c) {
    ptrdiff_t space = is_text(c->node) ? str_find(c->node->text, ' ') : -1;
    if (space < 1) return false;
    Str value = str_trim(str_slice(c->node->text, (size_t)space));
    if (str_find(value, ' ') >= 0) return false;
    const Node items[] = {text_node((Str){c->node->text.at, (size_t)space}), text_node(value)};
    return replace_item(c, items, COUNT(items));
}

static bool split_words(const Case *c) {
    if (!is_text(c->node) || c->path->index < 0) return false;
    if (c->path->index > 0) { /* a shell that lacks -c */
        const Node items[] = {text_node(S("-c")), *c->node};
        return replace_item(c, items, COUNT(items));
    }
    Node words = mend_words(c->e->arena, c->node);
    c->out->unsafe = words.count == 3 && str_eq(words.items[0].text, S("sh")) && str_eq(words.items[1].text, S("-c"));
    if (c->out->unsafe && change_find(c->e->root, c->path).parent->count > 1) return false;
    for (uint32_t i = 0; i < words.count; i++) words.items[i].span = (Span){0};
    return words.count > 1 && replace_item(c, words.items, words.count);
}

/* $(HOST) before HOST is set: what it needs goes before it. */
static bool set_before(const Case *c) {
    const Path *item = c->path;
    while (item && item->index < 0) item = item->up;
    Spot spot = change_find(c->e->root, item);
    const Node *value = spot.node ? node_get(spot.node, S("value")) : NULL;
    if (!is_text(value)) return false;
    for (uint32_t i = spot.number + 1; i < spot.parent->count; i++) {
        const Node *name = node_get(&spot.parent->items[i], S("name"));
        Str reference = is_text(name) ? str_format(c->e->arena, "$(%.*s)", TEXT(name->text)) : S("");
        if (!reference.len || !str_has(value->text, reference)) continue;
        Node list = *spot.parent;
        list.span = (Span){0};
        list.items = NEW_ARRAY(c->e->arena, Node, list.count);
        uint32_t n = 0;
        for (uint32_t j = 0; j < list.count; j++) {
            if (j == spot.number) list.items[n++] = spot.parent->items[i];
            if (j != i) list.items[n++] = spot.parent->items[j];
        }
        return item && set(c, item->up, list);
    }
    return false;
}

/* ${PORT} where Kubernetes reads $(PORT). */
static bool own_references(const Case *c) {
    if (!is_text(c->node)) return false;
    Str text = c->node->text;
    Buf out = {.arena = c->e->arena};
    for (size_t i = 0; i < text.len; i++) {
        size_t end = i + 2;
        bool braces = text.at[i] == '$' && i + 1 < text.len && text.at[i + 1] == '{';
        while (braces && end < text.len && (is_alnum(text.at[end]) || text.at[end] == '_')) end++;
        if (!braces || end == text.len || text.at[end] != '}') {
            buf_char(&out, text.at[i]);
            continue;
        }
        buf_format(&out, "$(%.*s)", (int)(end - i - 2), text.at + i + 2);
        i = end;
    }
    c->out->unsafe = true;
    return set(c, c->path, text_node(buf_text(&out)));
}

/* Selectors. */

static bool match_template(const Case *c) {
    Node *wanted = node_at(c, part(c, S("spec.selector.matchLabels")));
    const Path *labels = part(c, S("spec.template.metadata.labels"));
    if (!wanted || wanted->kind != NODE_MAP) return false;
    c->out->unsafe = true;
    for (uint32_t i = 0; i < wanted->count; i++) {
        const Path *label = below(c, labels, wanted->entries[i].key);
        Node *old = node_at(c, label);
        if (old && change_same(old, &wanted->entries[i].value)) continue;
        set(c, label, text_node(wanted->entries[i].value.text));
    }
    return c->out->changes.n > 0;
}

/* The labels of the template as the selector: what servers set before there was apps/v1. */
static bool select_template(const Case *c) {
    Node *labels = node_at(c, part(c, S("spec.template.metadata.labels")));
    if (!labels || labels->kind != NODE_MAP || !labels->count || labels->alias) return false;
    Node copy = *change_copy(c->e->arena, labels);
    copy.span = (Span){0};
    for (uint32_t i = 0; i < copy.count; i++) copy.entries[i].value.span = (Span){0};
    const Path *selector = part(c, S("spec.selector"));
    return set(c, model_is(c->e->document, KIND_ReplicationController) ? selector : below(c, selector, S("matchLabels")), copy);
}

static bool select_template_unsafe(const Case *c) {
    c->out->unsafe = true;
    return select_template(c);
}

/* API versions that are gone. */

/* serviceName and servicePort become service.name and service.port. */
static void convert_backend(const Case *c, const Path *path) {
    Node *backend = node_at(c, path);
    const Node *name = node_get(backend, S("serviceName")), *port = node_get(backend, S("servicePort"));
    if (!name && !port) return;
    Node whole = {.kind = NODE_MAP, .depth = 1};
    const Path *service = &FIELD(NULL, "service"), *number = &FIELD(service, "port");
    Path target = is_text(port) ? FIELD(number, "name") : FIELD(number, "number");
    Change parts[] = {{.kind = CHANGE_SET, .path = &FIELD(service, "name")}, {.kind = CHANGE_SET, .path = &target}};
    if (name) parts[0].value = *name, change_apply(c->e->arena, &whole, &parts[0]);
    if (port) parts[1].value = *port, change_apply(c->e->arena, &whole, &parts[1]);
    for (uint32_t i = 0; i < backend->count; i++) {
        const Entry *entry = &backend->entries[i];
        if (&entry->value == name || &entry->value == port) continue;
        Path key = path_field(NULL, entry->key);
        Change kept = {.kind = CHANGE_SET, .path = &key, .value = entry->value};
        change_apply(c->e->arena, &whole, &kept);
    }
    set(c, path, whole);
}

static void convert_ingress(const Case *c) {
    const Path *backend = part(c, S("spec.backend")), *list = part(c, S("spec.rules"));
    Node *hosts = node_at(c, list);
    if (node_at(c, backend)) {
        convert_backend(c, backend);
        add_change(c, (Change){.kind = CHANGE_RENAME, .path = backend, .name = S("defaultBackend")});
    }
    for (uint32_t i = 0; hosts && hosts->kind == NODE_LIST && i < hosts->count; i++) {
        const Path *paths = below(c, below(c, item_of(c, list, i), S("http")), S("paths"));
        Node *all = node_at(c, paths);
        for (uint32_t j = 0; all && all->kind == NODE_LIST && j < all->count; j++) {
            const Path *one = item_of(c, paths, j);
            convert_backend(c, below(c, one, S("backend")));
            if (!node_get(&all->items[j], S("pathType")))
                set(c, below(c, one, S("pathType")), text_node(S("ImplementationSpecific")));
        }
    }
}

/* targetAverageUtilization of a metric becomes its target. */
static void convert_metrics(const Case *c) {
    static const struct {
        Str old, type, new;
    } targets[] = {{STR("targetAverageUtilization"), STR("Utilization"), STR("averageUtilization")},
                   {STR("targetAverageValue"), STR("AverageValue"), STR("averageValue")}};
    const Path *metrics = part(c, S("spec.metrics"));
    Node *list = node_at(c, metrics);
    for (uint32_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
        const Path *resource = below(c, item_of(c, metrics, i), S("resource"));
        for (size_t j = 0; j < COUNT(targets); j++) {
            const Path *old = below(c, resource, targets[j].old), *target = below(c, resource, S("target"));
            Node *value = node_at(c, old);
            if (!value) continue;
            set(c, below(c, target, S("type")), text_node(targets[j].type));
            set(c, below(c, target, targets[j].new), *value);
            add_change(c, (Change){.kind = CHANGE_REMOVE, .path = old});
        }
    }
}

static bool newer_version(const Case *c) {
    const Kind *kind = model_kind(c->e->document);
    if (!kind || !c->node) return false;
    set(c, c->path, text_node(schema_version_for(kind, c->e->document->minor)));
    if (!c->e->document->retired) return true;
    if (kind->number == KIND_Ingress) convert_ingress(c);
    if (kind->number == KIND_HorizontalPodAutoscaler) convert_metrics(c);
    bool selects = kind->number == KIND_Deployment || kind->number == KIND_DaemonSet || kind->number == KIND_ReplicaSet ||
                   kind->number == KIND_StatefulSet;
    if (selects && !node_at(c, part(c, S("spec.selector")))) select_template(c);
    return true;
}

/* Services. */

/* The same port again, once for TCP and once for UDP, as the names say. */
static bool other_protocol(const Case *c) {
    const Node *name = node_get(c->node, S("name"));
    if (!is_text(name) || !str_has(str_lower(c->e->arena, name->text), S("udp")) || node_get(c->node, S("protocol")))
        return twin(c);
    return set(c, below(c, c->path, S("protocol")), text_node(S("UDP")));
}

static bool name_port(const Case *c) {
    const Path *port = c->path->up;
    const Node *number = node_get(node_at(c, port), S("port")), *target = node_get(node_at(c, port), S("targetPort"));
    if (!number || number->kind != NODE_INT) return false;
    Str name = is_text(target) ? target->text : str_join(c->e->arena, S("port-"), number->text);
    if (str_eq(number->text, S("80"))) name = S("http");
    if (str_eq(number->text, S("443"))) name = S("https");
    c->out->unsafe = true;
    return set(c, c->path, text_node(name));
}

static bool role_group(const Case *c) {
    const Node *kind = node_get(node_at(c, c->path->up), S("kind"));
    if (is_text(kind) && str_eq(kind->text, S("ServiceAccount")))
        return add_change(c, (Change){.kind = CHANGE_REMOVE, .path = c->path});
    return set(c, c->path, text_node(S("rbac.authorization.k8s.io")));
}

static bool account_namespace(const Case *c) {
    Node *own = node_at(c, part(c, S("metadata.namespace")));
    c->out->unsafe = true;
    return is_text(own) && set(c, c->path, text_node(own->text));
}

/* The API version of the kind that a reference names. */
static bool version_of_kind(const Case *c) {
    const Node *kind = node_get(node_at(c, c->path->up), S("kind"));
    const Kind *known = is_text(kind) ? schema_kind(kind->text) : NULL;
    return known && set(c, c->path, text_node(schema_version_for(known, c->e->document->minor)));
}

/* selector.matchLabels of a Service: the labels stand in selector itself. */
static bool unwrap_labels(const Case *c) {
    Node *holder = c->path ? node_at(c, c->path->up) : NULL;
    bool alone = holder && c->node && c->node->kind == NODE_MAP && holder->count == 1 && str_eq(c->path->name, S("matchLabels"));
    return alone && set(c, c->path->up, *c->node);
}

/* Security. */

static bool capabilities(const Case *c) {
    c->out->unsafe = true;
    if (c->path->index >= 0) return add_change(c, (Change){.kind = CHANGE_REMOVE, .path = c->path});
    Node list = {.kind = NODE_LIST, .depth = 2, .count = 1, .items = NEW(c->e->arena, Node)};
    list.items[0] = text_node(S("ALL"));
    return set(c, c->path, list);
}

/* An annotation of an object that is read from its pods. */
static bool move_to_pods(const Case *c) {
    PodPlace place;
    if (!c->node || !c->e->document->type || !model_pod_place(&place, c->e->document->type)) return false;
    const Path *metadata = path_below(c->e->arena, c->e->base, &place.metadata);
    c->out->unsafe = true;
    return add_change(
        c,
        (Change){.kind = CHANGE_MOVE, .path = c->path, .target = below(c, below(c, metadata, S("annotations")), c->path->name)});
}

typedef bool Way(const Case *c);

static const struct {
    uint16_t rule;
    Way *way;
} ways[] = {
    {RULE_kind_misspelt, kind_case},
    {RULE_warn_node_label, successor},
    {RULE_warn_service_topology, successor},
    {RULE_duplicate, twin},
    {RULE_container_name_taken, twin},
    {RULE_container_port_name_taken, twin},
    {RULE_container_resize_taken, twin},
    {RULE_volume_name_taken, twin},
    {RULE_mount_path_taken, twin},
    {RULE_device_name_taken, twin},
    {RULE_resource_claim_repeated, twin},
    {RULE_service_port_name_taken, twin},
    {RULE_service_port_taken, other_protocol},
    {RULE_service_node_port_taken, twin},
    {RULE_runtime_class_toleration, twin},
    {RULE_webhook_version_twice, twin},
    {RULE_policy_duplicate, twin},
    {RULE_crd_unique, twin},
    {RULE_crd_duplicate, twin},
    {RULE_warn_env_hidden, twin},
    {RULE_warn_port_twice, twin},
    {RULE_warn_port_name_twice, twin},
    {RULE_warn_host_alias_twice, twin},
    {RULE_warn_volume_path_twice, twin},
    {RULE_container_image_padded, trim},
    {RULE_security_apparmor_padded, trim},
    {RULE_ingress_path_absolute, make_absolute},
    {RULE_mount_relative_path, make_absolute},
    {RULE_volume_path_relative, make_absolute},
    {RULE_volume_path_absolute, make_relative},
    {RULE_mount_sub_path_absolute, make_relative},
    {RULE_workload_amount, leave_quotes},
    {RULE_handler_port_name, leave_quotes},
    {RULE_volume_mode, octal},
    {RULE_volume_mode_decimal, octal},
    {RULE_warn_fractional_bytes, whole_bytes},
    {RULE_value_swallowed, quote},
    {RULE_not_finite, quote},
    {RULE_anchor_unknown, quote},
    {RULE_typographic_quotes, straight_quotes},
    {RULE_base64_form, plain_secret},
    {RULE_cron_zone_in_schedule, schedule_zone},
    {RULE_flag_with_value, split_flag},
    {RULE_command_shell_string, split_words},
    {RULE_env_ref_later, set_before},
    {RULE_env_ref_shell_style, own_references},
    {RULE_selector_mismatch, match_template},
    {RULE_workload_selector_required, select_template_unsafe},
    {RULE_workload_selector_empty, select_template_unsafe},
    {RULE_api_version, newer_version},
    {RULE_service_port_name_required, name_port},
    {RULE_role_group, role_group},
    {RULE_hpa_api_version, version_of_kind},
    {RULE_wrong_type, unwrap_labels},
    {RULE_role_subject_namespace, account_namespace},
    {RULE_pss_capabilities, capabilities},
    {RULE_misplaced_annotation, move_to_pods},
};

/* Whether what stands there is no word that its field takes. */
static bool is_about_words(const Rule *rule) {
    return rule->source == FROM_API && (rule->type == API_NOT_SUPPORTED || rule->type == API_INVALID);
}

bool special_may_find(const Finding *finding) {
    for (size_t i = 0; i < COUNT(ways); i++)
        if (ways[i].rule == finding->rule->number) return true;
    return is_about_words(finding->rule) || near_answer(finding->help).len;
}

bool special_find(const Editor *editor, const Finding *finding, Fix *out) {
    Case c = {editor, finding, path_parse(editor->arena, editor->root, editor->base, finding->path), NULL, out};
    const Path *here = NULL;
    c.node = node_at(&c, c.path);
    if (!c.node && finding->start.line == finding->end.line && scalar_here(&c, editor->document->root, editor->base, &here)) {
        c.path = here; /* the server's path lacks the number of an item */
        c.node = node_at(&c, here);
    }
    for (size_t i = 0; i < COUNT(ways); i++) {
        if (ways[i].rule != finding->rule->number) continue;
        if (c.path != editor->base || finding->rule->source == FROM_YAML)
            if (ways[i].way(&c)) return true;
    }
    if (c.path == editor->base) return false;
    if (c.node && c.node->kind >= NODE_LIST && scalar_here(&c, c.node, c.path, &here)) { /* the server names what it is in */
        c.path = here;
        c.node = node_at(&c, c.path);
    }
    return from_question(&c) || (is_about_words(finding->rule) && from_enumeration(&c));
}
