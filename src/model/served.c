#include "served.h"

#include "base/near.h"
#include "rules.h"

Str served_version(Str apiVersion) {
    bool core = apiVersion.len > 1 && apiVersion.at[0] == '/' && str_find(str_slice(apiVersion, 1), '/') < 0;
    return core ? str_slice(apiVersion, 1) : apiVersion;
}

/* Whether an API group is one of Kubernetes itself. */
static bool is_own_group(Str group) {
    for (uint16_t i = 0; i < schema_kind_count; i++)
        for (uint8_t j = 0; j < schema_kinds[i].versionCount; j++)
            if (str_eq(group, schema_group(schema_kinds[i].versions[j].apiVersion))) return true;
    return false;
}

/* Whether a kind is another one wrongly written: in case, by a letter or two, or as a plural. */
static bool is_nearly(Str kind, Str known) {
    unsigned limit = known.len < 6 ? 1 : 2;
    size_t longer = known.len > kind.len ? known.len - kind.len : kind.len - known.len;
    bool plural = str_ends(kind, S("ies")) && str_ends(known, S("y")) && known.len + 2 == kind.len &&
                  str_eq_nocase((Str){kind.at, known.len - 1}, (Str){known.at, known.len - 1});
    bool begun = kind.len >= 4 && str_starts(known, kind);
    return plural || begun || str_eq_nocase(kind, known) || (longer <= limit && str_distance(kind, known, limit) <= limit);
}

/* The kind that was meant: the one of this name, or one that is nearly called so, in the same API group rather than in another.
 */
static const Kind *meant_kind(Str name, Str apiVersion) {
    const Kind *kind = schema_kind(name), *near = NULL;
    for (uint16_t i = 0; i < schema_kind_count && !kind; i++) {
        if (!is_nearly(name, schema_kinds[i].name)) continue;
        if (schema_in_group(&schema_kinds[i], apiVersion)) kind = &schema_kinds[i];
        if (!near || str_eq_nocase(name, schema_kinds[i].name)) near = &schema_kinds[i];
    }
    return kind ? kind : near;
}

/* Kinds that are no objects for kubectl apply and stand in files all the same: what requests and answers of the API hold, what
 * OpenShift once had as v1, and kubeconfig files. */
static bool is_foreign_kind(Str kind) {
    static const Str kinds[] = {
        STR("Eviction"),
        STR("Scale"),
        STR("TokenRequest"),
        STR("DeleteOptions"),
        STR("Status"),
        STR("Table"),
        STR("ListOptions"),
        STR("RangeAllocation"),
        STR("SerializedReference"),
        STR("WatchEvent"),
        STR("Config"),
        STR("Template"),
        STR("BuildConfig"),
        STR("DeploymentConfig"),
        STR("ImageStream"),
        STR("ImageStreamTag"),
        STR("Project"),
        STR("ProjectRequest"),
        STR("Route"),
        STR("User"),
        STR("Group"),
        STR("OAuthClient"),
        STR("Identity"),
        STR("SecurityContextConstraints"),
        STR("APIResourceList"),
        STR("APIGroupList"),
        STR("PartialObjectMetadata"),
    };
    return str_ends(kind, S("Options")) || str_in(kind, kinds, COUNT(kinds));
}

/* What to do about kinds that Kubernetes once had; empty for all others. */
static Str gone_hint(Str kind) {
    static const struct {
        Str kind, hint;
    } gone[] = {
        {STR("PodSecurityPolicy"),
         STR("Kubernetes has none since 1.25: remove it, and label namespaces with pod-security.kubernetes.io/enforce")},
        {STR("ThirdPartyResource"), STR("Kubernetes has none since 1.8: write a CustomResourceDefinition")},
        {STR("InitializerConfiguration"), STR("Kubernetes has none since 1.14: write a MutatingWebhookConfiguration")},
    };
    for (size_t i = 0; i < COUNT(gone); i++)
        if (str_eq(gone[i].kind, kind)) return gone[i].hint;
    return S("");
}

/* API groups without a dot in the files of other programs. */
static bool is_foreign_group(Str group) {
    static const Str groups[] = {STR("skaffold"), STR("componentconfig"), STR("federation"), STR("devspace"), STR("kuttl")};
    return str_in(group, groups, COUNT(groups));
}

static bool is_name(Str s, bool dots) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_lower(s.at[i]) && !is_digit(s.at[i]) && s.at[i] != '-' && !(dots && s.at[i] == '.')) return false;
    return s.len > 0;
}

/* Why no server can have an apiVersion; empty if one could. */
static Str version_fault(Arena *arena, Str apiVersion) {
    ptrdiff_t slash = str_find(apiVersion, '/');
    Str group = schema_group(apiVersion), version = schema_version(apiVersion);
    if (str_find(version, '/') >= 0) return S("it has more than one slash");
    if (!version.len) return S("no version follows the group");
    if (slash < 0 && !str_eq(version, S("v1")))
        return is_own_group(version) ? S("it is a group without a version") : S("without a group there is only v1");
    if (slash < 0 || is_own_group(group)) return S("");
    if (str_find(group, '.') < 0)
        return str_format(arena, "%.*s is not an API group of Kubernetes, and others have a dot", TEXT(group));
    if (!is_name(group, true)) return S("a group is a DNS name in lower case");
    return is_name(version, false) ? S("") : S("a version is written in lower case, like v1 or v1beta2");
}

void served_check(Document *document) {
    DiagList *diags = &document->diags;
    Str version = document->apiVersion, kind = document->kind, group = schema_group(version);
    const Node *root = document->root, *meta = node_get(root, S("metadata"));
    const Kind *meant = meant_kind(kind, version);
    bool known = meant && str_eq(meant->name, kind);
    if (is_foreign_group(group) || (!known && is_foreign_kind(kind))) return;
    /* Other programs have files of a like form, but none that describe an object. */
    if (!meant && (!meta || meta->kind != NODE_MAP)) return;
    Str right = meant ? schema_version_for(meant, document->minor) : S("");
    Path versionPath = path_field(NULL, S("apiVersion")), kindPath = path_field(NULL, S("kind"));
    Str reason = version_fault(diags->arena, version);
    if (reason.len) {
        Str hint = known   ? str_format(diags->arena, "write apiVersion: %.*s", TEXT(right))
                   : meant ? str_format(diags->arena, "write apiVersion: %.*s and kind: %.*s", TEXT(right), TEXT(meant->name))
                           : S("write the group and the version that the definition of the kind has, like example.com/v1");
        emit_api_version_form(diags, path_where(diags->arena, root, &versionPath), .value = version, .reason = reason,
                              .hint = hint);
    } else if (!group.len || is_own_group(group)) {
        for (uint8_t i = 0; known && i < meant->versionCount; i++)
            if (str_eq(meant->versions[i].apiVersion, version)) return;
        if (known) {
            emit_api_version(diags, path_where(diags->arena, root, &versionPath), .server = S("no server has"), .kind = kind,
                             .found = version, .when = S(""), .expected = right);
        } else {
            Str hint = !meant ? gone_hint(kind)
                       : str_eq(right, version)
                           ? str_format(diags->arena, "write kind: %.*s", TEXT(meant->name))
                           : str_format(diags->arena, "write kind: %.*s and apiVersion: %.*s", TEXT(meant->name), TEXT(right));
            emit_kind_misspelt(diags, path_where(diags->arena, root, &kindPath), .version = version, .kind = kind, .hint = hint);
        }
    } else {
        return;
    }
    document->unreadable = true;
}
