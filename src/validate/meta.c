/* Object metadata and label selectors: the server's rules for names, labels, annotations, owners and finalizers
 * (k8s.io/apimachinery/pkg/api/validation, pkg/apis/meta/v1/validation, pkg/labels). Names that the server would generate are
 * judged as generateName and five more characters. */
#include "areas.h"

enum { LONGEST_NAME = 253, ANNOTATIONS_SIZE = 256 << 10 };

/* The form of a name, and who reports a name that does not have it. */
static const struct {
    bool (*is)(Str);
    void (*check)(Check *c, Str value, const Path *path);
} nameForms[] = {
    [NAME_DNS_SUBDOMAIN] = {is_dns_subdomain, check_dns_subdomain},
    [NAME_DNS_LABEL] = {is_dns_label, check_dns_label},
    [NAME_SERVICE] = {is_dns_label, check_service_name},
    [NAME_GENERATED] = {is_dns_subdomain, check_dns_subdomain},
    [NAME_OPTIONAL] = {is_dns_subdomain, check_dns_subdomain},
    [NAME_PATH_SEGMENT] = {is_path_segment, check_path_segment},
    [NAME_ROLE] = {is_path_segment, check_path_segment},
};

static const Str generatedSuffix = STR("abcde");

/* Whether the first `keep` bytes of a name and `more` have the form. */
static bool joined_form(bool (*form)(Str), Str name, size_t keep, Str more) {
    char room[LONGEST_NAME];
    if (keep + more.len > sizeof room) return false;
    memcpy(room, name.at, keep);
    memcpy(room + keep, more.at, more.len);
    return form((Str){room, keep + more.len});
}

/* The start of a name may end with a dash; the server then looks at the text without its last two characters, and an a. */
static bool prefix_form(bool (*form)(Str), Str name) {
    if (form == is_path_segment) return str_find(name, '/') < 0 && str_find(name, '%') < 0;
    if (name.len > 1 && name.at[name.len - 1] == '-') return joined_form(form, name, name.len - 2, S("a"));
    return form(name);
}

static void check_name(Check *c, const ObjectMeta *meta, NameForm kind, const Path *path) {
    Path name = FIELD(path, "name"), generate = FIELD(path, "generateName");
    bool (*form)(Str) = nameForms[kind].is;
    if (kind == NAME_SERVICE && !gate(c, GATE_RelaxedServiceNameValidation)) form = is_dns_1035_label;
    Str given = meta->generateName;
    bool judged = given.len && (kind != NAME_GENERATED || c->minor < 35);
    if (judged && !(kind == NAME_ROLE ? is_path_segment(given) : prefix_form(form, given)))
        emit_meta_generate_name(c->diags, where(c, &generate), .value = shown(c->arena, given));
    if (meta->name.len) {
        nameForms[kind].check(c, meta->name, &name);
    } else if (!given.len) {
        if (kind != NAME_OPTIONAL) emit_meta_name_required(c->diags, where(c, &name));
    } else if (!joined_form(form, given, given.len, generatedSuffix)) {
        emit_meta_generated_name(c->diags, where_inside(c, &name, where(c, &generate)),
                                 .value = shown(c->arena, str_join(c->arena, given, generatedSuffix)));
    }
}

void check_labels(Check *c, StrMap labels, const Path *path) {
    for (uint32_t i = 0; i < labels.n; i++) {
        const StrPair *label = &labels.at[i];
        Path at = path_key(path, label->key);
        if (!is_qualified_name(label->key)) report_qualified_name(c, label->key, where_inside(c, path, where_key(c, &at)));
        if (!is_label_value(label->value)) report_label_value(c, label->value, where_inside(c, path, where(c, &at)));
    }
}

void check_annotations(Check *c, StrMap annotations, const Path *path) {
    size_t size = 0;
    for (uint32_t i = 0; i < annotations.n; i++) {
        const StrPair *annotation = &annotations.at[i];
        size += annotation->key.len + annotation->value.len;
        if (is_annotation_key(annotation->key)) continue;
        Path at = path_key(path, annotation->key);
        report_qualified_name(c, annotation->key, where_inside(c, path, where_key(c, &at)));
    }
    if (size > ANNOTATIONS_SIZE)
        emit_meta_annotations_size(c->diags, where_key(c, path), .size = str_int(c->arena, (int64_t)size),
                                   .limit = str_int(c->arena, ANNOTATIONS_SIZE));
}

/* Group and version of an apiVersion; false if it has more than one slash. */
static bool split_version(Str apiVersion, Str *group, Str *version) {
    *group = schema_group(apiVersion);
    *version = schema_version(apiVersion);
    return str_find(*version, '/') < 0;
}

/* Until 1.36 the server left out the index, and took what is missing for a value that is wrong. */
static void owner_fault(Check *c, Str value, const Path *list, const Path *at) {
    Path old = path_field(list, at->name);
    if (c->minor >= 37) {
        if (value.len)
            emit_meta_owner_version(c->diags, where(c, at), .value = shown(c->arena, value));
        else
            emit_meta_owner_required(c->diags, where(c, at), .field = at->name);
    } else {
        emit_meta_owner_fault(c->diags, where_inside(c, &old, where(c, at)), .field = at->name);
    }
}

static void check_owner(Check *c, const OwnerReference *owner, const Path *list, uint32_t index) {
    Path path = path_index(list, index);
    Str group, version;
    bool split = split_version(owner->apiVersion, &group, &version) && version.len;
    const StrPair needed[] = {{S("kind"), owner->kind}, {S("name"), owner->name}, {S("uid"), owner->uid}};
    Path at = FIELD(&path, "apiVersion");
    if (!split) owner_fault(c, owner->apiVersion, list, &at);
    for (size_t i = 0; i < COUNT(needed); i++) {
        at = path_field(&path, needed[i].key);
        if (!needed[i].value.len) owner_fault(c, needed[i].value, list, &at);
    }
    if (!split || group.len || !str_eq(version, S("v1")) || !str_eq(owner->kind, S("Event"))) return;
    at = FIELD(&path, "kind");
    emit_meta_owner_event(c->diags, where_inside(c, c->minor >= 37 ? &path : list, where(c, &at)));
}

static void check_owners(Check *c, OwnerReferenceList owners, const Path *path) {
    Span first = {0};
    bool controlled = false;
    for (uint32_t i = 0; i < owners.n; i++) {
        check_owner(c, &owners.at[i], path, i);
        if (!owners.at[i].controller.value) continue;
        Path item = path_index(path, i), at = FIELD(&item, "controller");
        if (!controlled) {
            controlled = true;
            if (owners.n > 1) first = where(c, &at).span;
            continue;
        }
        Diag *diag = emit_meta_second_controller(c->diags, where_inside(c, path, where(c, &at)), .name = owners.at[i].name);
        diag_note(c->diags, diag, first, S("the first controller"));
    }
}

static const Str orphan = STR("orphan"), foreground = STR("foregroundDeletion");

void check_known_finalizers(Check *c, StrList finalizers, const Path *path) {
    const Str known[] = {orphan, foreground, S("kubernetes")};
    for (uint32_t i = 0; i < finalizers.n; i++) {
        Str name = finalizers.at[i];
        Path at = path_index(path, i);
        if (str_find(name, '/') < 0 && !str_in(name, known, 3))
            emit_meta_finalizer(c->diags, where(c, &at), .value = shown(c->arena, name),
                                .hint = did_you_mean(c->arena, name, known, 3));
    }
}

static void check_finalizers(Check *c, StrList finalizers, bool known, const Path *path) {
    for (uint32_t i = 0; i < finalizers.n; i++) {
        Path at = path_index(path, i);
        if (is_qualified_name(finalizers.at[i])) continue;
        report_qualified_name(c, finalizers.at[i], where_inside(c, path, where(c, &at)));
    }
    if (str_in(orphan, finalizers.at, finalizers.n) && str_in(foreground, finalizers.at, finalizers.n))
        emit_meta_finalizers_conflict(c->diags, where_key(c, path));
    if (known) check_known_finalizers(c, finalizers, path);
}

/* Whether Go calls the code point printable, as far as characters are in use. */
static bool printable(uint32_t cp) {
    static const struct {
        uint32_t low, high;
    } hidden[] = {{0, 0x1f},        {0x7f, 0xa0},     {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},
                  {0x6dd, 0x6dd},   {0x70f, 0x70f},   {0x1680, 0x1680},   {0x180e, 0x180e},   {0x2000, 0x200f},
                  {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000},   {0xd800, 0xf8ff},   {0xfeff, 0xfeff},
                  {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe00ff}, {0xf0000, 0x10ffff}};
    for (size_t i = 0; i < COUNT(hidden); i++)
        if (cp >= hidden[i].low && cp <= hidden[i].high) return false;
    return true;
}

static bool all_printable(Str s) {
    for (size_t i = 0; i < s.len;) {
        unsigned char first = (unsigned char)s.at[i];
        size_t more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        uint32_t cp = more == 0 ? first : first & (0x3fu >> more);
        if (first >= 0x80 && first < 0xc0) cp = 0xfffd;
        for (i++; more && i < s.len; more--) cp = cp << 6 | (s.at[i++] & 0x3f);
        if (!printable(cp)) return false;
    }
    return true;
}

static void check_managed_fields(Check *c, const ManagedFieldsEntry *entry, const Path *path) {
    const Field *field = FIELD_OF(ManagedFieldsEntry, operation);
    Path operation = FIELD(path, "operation"), type = FIELD(path, "fieldsType"), manager = FIELD(path, "manager");
    if (c->minor < 37 && !is_known_value(c, field, entry->operation))
        emit_meta_operation(c->diags, where(c, &operation), .value = shown(c->arena, entry->operation));
    else if (check_required(c, entry->operation, &operation))
        check_field(c, field, entry, path);
    CHECK_FIELDS(c, ManagedFieldsEntry, entry, path);
    if (entry->fieldsType.len && !str_eq(entry->fieldsType, S("FieldsV1")))
        emit_meta_fields_type(c->diags, where(c, &type), .value = shown(c->arena, entry->fieldsType));
    if (!all_printable(entry->manager)) emit_meta_manager(c->diags, where(c, &manager));
}

void check_meta_contents(Check *c, const ObjectMeta *meta, const Path *path) {
    Path labels = FIELD(path, "labels"), annotations = FIELD(path, "annotations");
    Path owners = FIELD(path, "ownerReferences"), managed = FIELD(path, "managedFields");
    check_labels(c, meta->labels, &labels);
    check_annotations(c, meta->annotations, &annotations);
    check_owners(c, meta->ownerReferences, &owners);
    for (uint32_t i = 0; i < meta->managedFields.n; i++) {
        Path at = path_index(&managed, i);
        check_managed_fields(c, &meta->managedFields.at[i], &at);
    }
}

void check_object_meta(Check *c, const ObjectMeta *meta, NameForm form, bool namespaced, bool anyFinalizers, const Path *path) {
    Path namespace = FIELD(path, "namespace"), generation = FIELD(path, "generation"), finalizers = FIELD(path, "finalizers");
    check_name(c, meta, form, path);
    if (meta->namespace.len && namespaced) check_dns_label(c, meta->namespace, &namespace);
    /* Elsewhere the server sets the generation itself. */
    if (c->minor < 33 && model_workload(c->document) == WORKLOAD_POD) check_not_negative(c, meta->generation, &generation);
    check_meta_contents(c, meta, path);
    check_finalizers(c, meta->finalizers, !anyFinalizers, &finalizers);
}

Str stored_name(Arena *arena, const ObjectMeta *meta) {
    enum { GENERATED_BASE_MAX = 58 };
    if (meta->name.len || !meta->generateName.len) return meta->name;
    Str base = meta->generateName;
    if (base.len > GENERATED_BASE_MAX) base.len = GENERATED_BASE_MAX;
    return str_join(arena, base, S("xxxxx"));
}

typedef enum Operator { OP_IN, OP_NOT_IN, OP_EXISTS, OP_DOES_NOT_EXIST, OP_NONE } Operator;

static const Str operators[] = {STR("In"), STR("NotIn"), STR("Exists"), STR("DoesNotExist")};

static Operator operator_of(Str name) {
    for (Operator i = OP_IN; i < OP_NONE; i++)
        if (str_eq(name, operators[i])) return i;
    return OP_NONE;
}

static void check_requirement(Check *c, const LabelSelectorRequirement *term, const Path *path) {
    Path key = FIELD(path, "key"), operator= FIELD(path, "operator"), values = FIELD(path, "values");
    switch (operator_of(term->operator)) {
    case OP_IN:
    case OP_NOT_IN:
        if (!term->values.n) emit_selector_values_required(c->diags, where(c, &values), .operator= term->operator);
        break;
    case OP_EXISTS:
    case OP_DOES_NOT_EXIST:
        if (term->values.n) emit_selector_values_forbidden(c->diags, where_key(c, &values), .operator= term->operator);
        break;
    case OP_NONE:
        emit_selector_operator(c->diags, where(c, &operator), .value = shown(c->arena, term->operator),
                               .allowed = words_or(c->arena, operators, OP_NONE),
                               .hint = did_you_mean(c->arena, term->operator, operators, OP_NONE));
    }
    check_qualified_name(c, term->key, &key);
    for (uint32_t i = 0; i < term->values.n; i++) {
        Path at = path_index(&values, i);
        check_label_value(c, term->values.at[i], &at);
    }
}

bool check_label_selector(Check *c, const LabelSelector *selector, const Path *path) {
    if (!selector) return true;
    uint32_t before = diag_found(c->diags);
    Path labels = FIELD(path, "matchLabels"), terms = FIELD(path, "matchExpressions");
    check_labels(c, selector->matchLabels, &labels);
    for (uint32_t i = 0; i < selector->matchExpressions.n; i++) {
        Path at = path_index(&terms, i);
        check_requirement(c, &selector->matchExpressions.at[i], &at);
    }
    return diag_found(c->diags) == before;
}

bool selector_is_empty(const LabelSelector *selector) {
    return selector && !selector->matchLabels.n && !selector->matchExpressions.n;
}

static bool requirement_matches(const LabelSelectorRequirement *term, StrMap labels) {
    const Str *value = map_get(labels, term->key);
    switch (operator_of(term->operator)) {
    case OP_IN: return value && str_in(*value, term->values.at, term->values.n);
    case OP_NOT_IN: return !value || !str_in(*value, term->values.at, term->values.n);
    case OP_EXISTS: return value;
    case OP_DOES_NOT_EXIST: return !value;
    case OP_NONE: break;
    }
    return false;
}

bool selector_matches(const LabelSelector *selector, StrMap labels) {
    if (!selector) return false;
    for (uint32_t i = 0; i < selector->matchLabels.n; i++) {
        const Str *value = map_get(labels, selector->matchLabels.at[i].key);
        if (!value || !str_eq(*value, selector->matchLabels.at[i].value)) return false;
    }
    for (uint32_t i = 0; i < selector->matchExpressions.n; i++)
        if (!requirement_matches(&selector->matchExpressions.at[i], labels)) return false;
    return true;
}

/* The first label of the selector that the labels lack or hold with another value, in words. */
static Str label_fault(Arena *arena, StrMap wanted, StrMap labels) {
    for (uint32_t i = 0; i < wanted.n; i++) {
        Str key = wanted.at[i].key, want = wanted.at[i].value;
        const Str *value = map_get(labels, key);
        if (!value) return str_format(arena, "the label %.*s: %.*s is missing", (int)key.len, key.at, (int)want.len, want.at);
        if (!str_eq(*value, want))
            return str_format(arena, "%.*s is \"%.*s\" here and \"%.*s\" in the selector", (int)key.len, key.at, (int)value->len,
                              value->at, (int)want.len, want.at);
    }
    return S("");
}

void report_selector_mismatch(Check *c, const LabelSelector *selector, StrMap labels, const Path *selectorPath,
                              const Path *path) {
    Str fault = selector ? label_fault(c->arena, selector->matchLabels, labels) : S("there is no selector");
    for (uint32_t i = 0; selector && !fault.len && i < selector->matchExpressions.n; i++) {
        const LabelSelectorRequirement *term = &selector->matchExpressions.at[i];
        if (!requirement_matches(term, labels))
            fault = str_format(c->arena, "%.*s does not fulfil the selector's %.*s", (int)term->key.len, term->key.at,
                               (int)term->operator.len, term->operator.at);
    }
    Diag *diag = emit_selector_mismatch(c->diags, where_key(c, path), .reason = fault);
    if (selector) diag_note(c->diags, diag, where_key(c, selectorPath).span, S("the selector"));
}
