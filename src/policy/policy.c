/* Reading policies, bindings and what they need from files, and putting them together. */
#include "plan.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/near.h"
#include "input/classify.h"
#include "rules.h"
#include "validate/validate.h"

typedef struct PolicyReader {
    Arena *arena;
    Policies *policies;
    PolicyPlan *plan;
} PolicyReader;

/* The kinds of policies; other kinds are no business of their files' reader. */
static const Type *policy_kind(Str apiVersion, Str kind, uint8_t minor) {
    (void)apiVersion, (void)minor; /* another than those of policies is a fault, not another kind */
    if (str_eq(kind, type_ValidatingAdmissionPolicy.name)) return &type_ValidatingAdmissionPolicy;
    return str_eq(kind, type_ValidatingAdmissionPolicyBinding.name) ? &type_ValidatingAdmissionPolicyBinding : NULL;
}

/* No kind at all: documents are only told apart. */
static const Type *no_kind(Str apiVersion, Str kind, uint8_t minor) {
    (void)apiVersion, (void)kind, (void)minor;
    return NULL;
}

static bool is_policy(const Document *document) {
    return document->object && document->type == &type_ValidatingAdmissionPolicy;
}

static bool is_binding(const Document *document) {
    return document->object && document->type == &type_ValidatingAdmissionPolicyBinding;
}

void policy_check(Arena *arena, Document *document) {
    if (document->unreadable || document->partial) return;
    if (is_policy(document)) policy_compile(arena, &(Policy){.object = document->object, .document = document});
    if (is_binding(document)) binding_check(&(Binding){.object = document->object, .document = document});
}

void policy_leave(Document *document) {
    if (!is_policy(document) && !is_binding(document)) return;
    document->object = NULL;
    document->class = CLASS_OTHER_KIND;
    document->unreadable = false;
    document->diags.items.n = 0;
}

bool policies_hold(const Policies *policies, Str file) {
    for (uint32_t i = 0; policies && i < policies->fileCount; i++)
        if (str_eq(policies->files[i].name, file)) return true;
    return false;
}

/* The most policies, and the most bindings, of a run. */
enum { MOST_POLICIES = 10000 };

static bool is_full(PolicyReader *r, Document *document, uint32_t count) {
    if (count < MOST_POLICIES) return false;
    emit_policy_limit(&document->diags, path_where(r->arena, document->root, NULL), .limit = str_int(r->arena, MOST_POLICIES));
    return true;
}

/* Nothing but its name and what it says of an object is known of a policy's rule. */
static const OwnWords nothing;

static void add_policy(PolicyReader *r, Document *document) {
    if (is_full(r, document, r->plan->policies.n)) return;
    Policy *policy = NEW(r->arena, Policy);
    policy->object = document->object;
    policy->document = document;
    policy->rule =
        (Rule){.name = policy->object->metadata.name, .source = FROM_POLICY, .severity = SEVERITY_ERROR, .own = &nothing};
    policy->refused = document->unreadable;
    if (!document->unreadable) policy_compile(r->arena, policy);
    ARRAY_PUSH(r->arena, &r->plan->policies, policy);
}

/* What a violation does, by the strictest of the actions. */
static Severity severity_of(StrList actions) {
    if (str_in(S("Deny"), actions.at, actions.n)) return SEVERITY_ERROR;
    return str_in(S("Warn"), actions.at, actions.n) ? SEVERITY_WARNING : SEVERITY_INFO;
}

static void add_binding(PolicyReader *r, Document *document) {
    if (is_full(r, document, r->plan->bindings.n)) return;
    Binding *binding = NEW(r->arena, Binding);
    *binding = (Binding){.object = document->object, .document = document};
    binding->severity = (uint8_t)severity_of(binding->object->spec.validationActions);
    if (!document->unreadable && binding_check(binding)) ARRAY_PUSH(r->arena, &r->plan->bindings, binding);
}

/* Other objects of the files */

static void put(Arena *arena, ValueMap *map, Str key, Value value) {
    map_put(arena, map, value_string(key), value);
}

static Value strings_value(Arena *arena, StrMap strings) {
    ValueMap *map = NEW(arena, ValueMap);
    for (uint32_t i = 0; i < strings.n; i++) put(arena, map, strings.at[i].key, value_string(strings.at[i].value));
    return value_map(map);
}

/* What expressions see of a Namespace: with what the server adds to every one. */
static Value namespace_object(Arena *arena, const GivenObject *given) {
    ValueMap *map = NEW(arena, ValueMap), *metadata = NEW(arena, ValueMap), *spec = NEW(arena, ValueMap);
    ValueMap *status = NEW(arena, ValueMap);
    Value *finalizer = NEW(arena, Value);
    *finalizer = value_string(S("kubernetes"));
    const Node *annotations = node_get(node_get(given->root, S("metadata")), S("annotations"));
    put(arena, metadata, S("name"), value_string(given->name));
    put(arena, metadata, S("labels"), strings_value(arena, given->labels));
    if (annotations && annotations->kind == NODE_MAP) put(arena, metadata, S("annotations"), value_of_node(annotations));
    put(arena, spec, S("finalizers"), value_list(finalizer, 1));
    put(arena, status, S("phase"), value_string(S("Active")));
    put(arena, map, S("metadata"), value_map(metadata));
    put(arena, map, S("spec"), value_map(spec));
    put(arena, map, S("status"), value_map(status));
    return value_map(map);
}

static void add_given(PolicyReader *r, const Document *document) {
    if (document->root->kind != NODE_MAP || document->unreadable || !document->kind.len) return;
    GivenObject given = {.apiVersion = document->apiVersion,
                         .kind = document->kind,
                         .namespace_ = document->namespace_,
                         .name = document->name,
                         .root = document->root};
    if (model_is(document, KIND_Namespace)) {
        given.labels = namespace_labels(r->arena, document->root, document->name);
        given.namespaceObject = namespace_object(r->arena, &given);
    } else {
        given.labels = labels_of(r->arena, document->root);
    }
    ARRAY_PUSH(r->arena, &r->plan->given, given);
}

/* Files */

static void read_policies(PolicyReader *r, Str name, PolicyFile *out) {
    out->name = name;
    out->source = NEW(r->arena, Source);
    SourceError error = source_read(out->source, r->arena, name);
    if (error) {
        out->error = source_error_text(r->arena, error, errno);
        r->policies->some = true;
        return;
    }
    NodeReader reader = {.source = out->source};
    Classifier classifier = {.source = out->source, .minor = VERSION_LAST, .kindOf = policy_kind};
    for (NodeDocument node; node_next(&reader, r->arena, &node);) {
        Document *items;
        uint32_t n = classify_build(&classifier, r->arena, &node, &items);
        for (uint32_t i = 0; i < n; i++) {
            if (items[i].refused) continue; /* some other file */
            if (!items[i].object && !items[i].diags.items.n) {
                add_given(r, &items[i]);
                continue;
            }
            ARRAY_PUSH(r->arena, &out->documents, items[i]);
            r->policies->some = true;
        }
    }
    for (uint32_t i = 0; i < out->documents.n; i++) {
        Document *document = &out->documents.at[i];
        if (document->object && !document->unreadable) validate_create(document);
        if (is_policy(document)) add_policy(r, document);
        if (is_binding(document)) add_binding(r, document);
    }
}

/* Whether a text may hold an object that the policies need: a Namespace, or one of their parameters. */
static bool may_be_needed(const PolicyReader *r, Str text) {
    if (str_has(text, S("Namespace"))) return true;
    for (uint32_t i = 0; i < r->plan->policies.n; i++) {
        const ParamKind *kind = r->plan->policies.at[i]->object->spec.paramKind;
        if (kind && kind->kind.len && str_has(text, kind->kind)) return true;
    }
    return false;
}

static bool is_needed(const PolicyReader *r, const Document *document) {
    if (model_is(document, KIND_Namespace)) return true;
    for (uint32_t i = 0; i < r->plan->policies.n; i++) {
        const ParamKind *kind = r->plan->policies.at[i]->object->spec.paramKind;
        if (kind && str_eq(kind->kind, document->kind) && str_eq(kind->apiVersion, document->apiVersion)) return true;
    }
    return false;
}

/* Whether a file can be read now and once more afterwards. */
static bool is_regular(Arena *arena, Str name) {
    struct stat st;
    return !str_eq(name, S("-")) && stat(arena_cstr(arena, name), &st) == 0 && S_ISREG(st.st_mode);
}

/* Looks through the manifests for what the policies need. Only the text of those that have some is kept. */
static void read_manifests(PolicyReader *r, const InputList *manifests) {
    Arena scratch = {0};
    for (uint32_t i = 0; i < manifests->files.n; i++) {
        Str name = manifests->files.at[i].path;
        Source source;
        if (!is_regular(&scratch, name) || policies_hold(r->policies, name) || source_read(&source, &scratch, name) ||
            !may_be_needed(r, source.text)) {
            arena_reset(&scratch);
            continue;
        }
        Source *kept = NEW(r->arena, Source);
        *kept = source;
        kept->text = arena_str(r->arena, source.text);
        arena_reset(&scratch);
        NodeReader reader = {.source = kept};
        for (NodeDocument node; node_next(&reader, r->arena, &node);) {
            Document *items;
            uint32_t n = model_build_kinds(r->arena, kept, &node, VERSION_LAST, no_kind, &items);
            for (uint32_t k = 0; k < n; k++)
                if (is_needed(r, &items[k])) add_given(r, &items[k]);
        }
    }
    arena_free(&scratch);
}

/* Policies and bindings together */

static Where first_key(const Document *document) {
    return path_where(document->diags.arena, document->root, NULL);
}

static void mark_replaced(PolicyPlan *plan) {
    for (uint32_t i = 0; i < plan->policies.n; i++)
        for (uint32_t k = i + 1; k < plan->policies.n && !plan->policies.at[i]->replaced; k++) {
            Policy *policy = plan->policies.at[i];
            if (!policy->rule.name.len || !str_eq(policy->rule.name, plan->policies.at[k]->rule.name)) continue;
            policy->replaced = true;
            Path metadata = FIELD(NULL, "metadata"), name = FIELD(&metadata, "name");
            emit_policy_redefined(&policy->document->diags,
                                  path_where(policy->document->diags.arena, policy->document->root, &name));
        }
}

static Str near_policy(const PolicyPlan *plan, Str name, Arena *arena) {
    Near near = near_start(name);
    for (uint32_t i = 0; i < plan->policies.n; i++) near_try(&near, plan->policies.at[i]->rule.name);
    return near_question(arena, near.found);
}

static void bind_policies(PolicyReader *r) {
    static const Binding everything = {.severity = SEVERITY_ERROR};
    PolicyPlan *plan = r->plan;
    for (uint32_t i = 0; i < plan->bindings.n; i++) {
        Binding *binding = plan->bindings.at[i];
        Str name = binding->object->spec.policyName;
        bool known = false;
        for (uint32_t k = 0; k < plan->policies.n; k++) {
            if (!str_eq(plan->policies.at[k]->rule.name, name)) continue;
            known = true;
            ARRAY_PUSH(r->arena, &plan->policies.at[k]->bindings, binding);
        }
        if (known) continue;
        Path spec = FIELD(NULL, "spec"), path = FIELD(&spec, "policyName");
        emit_policy_binding_unknown(&binding->document->diags, path_where(r->arena, binding->document->root, &path), .name = name,
                                    .hint = near_policy(plan, name, r->arena));
    }
    for (uint32_t i = 0; i < plan->policies.n; i++)
        if (!plan->policies.at[i]->bindings.n) ARRAY_PUSH(r->arena, &plan->policies.at[i]->bindings, &everything);
}

Policies *policies_read(Arena *arena, const InputList *files, const InputList *manifests, uint16_t firstRule) {
    Policies *policies = NEW(arena, Policies);
    policies->plan = NEW(arena, PolicyPlan);
    PolicyReader reader = {arena, policies, policies->plan};
    policies->files = NEW_ARRAY(arena, PolicyFile, files->files.n + files->faults.n + 1);
    policies->fileCount = files->files.n + files->faults.n;
    policies->some = files->faults.n > 0;
    for (uint32_t i = 0; i < files->files.n; i++) read_policies(&reader, files->files.at[i].path, &policies->files[i]);
    for (uint32_t i = 0; i < files->faults.n; i++) {
        Str error = source_error_text(arena, SOURCE_CANNOT_READ, files->faults.at[i].error);
        policies->files[files->files.n + i] = (PolicyFile){.name = files->faults.at[i].path, .error = error};
    }
    if (policies->plan->policies.n) read_manifests(&reader, manifests);
    mark_replaced(policies->plan);
    bind_policies(&reader);
    policies->ruleCount = policies->plan->policies.n;
    policies->rules = NEW_ARRAY(arena, const Rule *, policies->ruleCount + 1);
    policies->ruleFiles = NEW_ARRAY(arena, Str, policies->ruleCount + 1);
    for (uint32_t i = 0; i < policies->ruleCount; i++) {
        Policy *policy = policies->plan->policies.at[i];
        policy->rule.number = (uint16_t)(firstRule + i);
        policies->rules[i] = &policy->rule;
        policies->ruleFiles[i] = policy->document->source->name;
    }
    return policies;
}

/* What is said once */

/* The policies for which a bit of `unknown` is set, by name; in `first` the first one. */
static Str names_of(const PolicyPlan *plan, Arena *arena, Unknown what, Policy **first) {
    enum { MOST_BYTES = 150 };
    Buf buf = {.arena = arena};
    uint32_t n = 0, shown = 0;
    for (uint32_t i = 0; i < plan->policies.n; i++) {
        Policy *policy = plan->policies.at[i];
        if (!(atomic_load(&policy->unknown) >> what & 1)) continue;
        if (!n++) *first = policy;
        if (shown && buf.len + policy->rule.name.len > MOST_BYTES) continue;
        buf_format(&buf, "%s%.*s", shown++ ? ", " : "", (int)policy->rule.name.len, policy->rule.name.at);
    }
    if (n > shown) buf_format(&buf, " and %u more", n - shown);
    return buf_text(&buf);
}

void policies_conclude(Policies *policies) {
    for (Unknown what = 0; what <= UNKNOWN_COUNT; what++) {
        Policy *first = NULL;
        Arena scratch = {0};
        Str names = names_of(policies->plan, &scratch, what, &first);
        if (first) {
            DiagList *list = &first->document->diags;
            Where where = first_key(first->document);
            switch (what) {
            case UNKNOWN_NAMESPACE: emit_policy_namespace_unknown(list, where, .policies = names); break;
            case UNKNOWN_USER: emit_policy_user_unknown(list, where, .policies = names); break;
            case UNKNOWN_PARAMS: emit_policy_params_unknown(list, where, .policies = names); break;
            case UNKNOWN_AUTHORIZER: break; /* said at each expression */
            case UNKNOWN_COUNT: emit_policy_unbound(list, where, .policies = names); break;
            }
        }
        arena_free(&scratch);
    }
}
