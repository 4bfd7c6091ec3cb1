/* What the API server warns of in objects of some kinds, beside their pods. */
#include "warning.h"

/* The fault of a name that is not a DNS label, in words. */
static Str label_fault(Arena *arena, Str name) {
    if (name.len > 63) return str_format(arena, "has %zu characters", name.len);
    if (str_find(name, '.') >= 0) return S("holds a dot");
    return S("is not a DNS label");
}

static Str label_hint(Arena *arena, Str name) {
    if (name.len > 63) return S("shorten it to 63 characters, of a-z, 0-9 and -");
    char *text = arena_cstr(arena, name);
    for (size_t i = 0; i < name.len; i++)
        if (text[i] == '.' || text[i] == '_' || text[i] == ' ')
            text[i] = '-';
        else
            text[i] = to_lower(text[i]);
    Str label = {text, name.len};
    return is_dns_label(label) ? str_format(arena, "write it as \"%s\"", text)
                               : S("use a-z, 0-9 and -, a letter or digit at both ends");
}

/* Where generateName stands for the name, the server adds five letters and digits to its first 58 bytes. */
void warn_host_name(Check *c, const void *object) {
    const ObjectMeta *meta = model_meta(c->document);
    bool isPod = model_workload(c->document) == WORKLOAD_POD;
    (void)object;
    Path up = FIELD(NULL, "metadata"), at = FIELD(&up, "name"), from = FIELD(&up, "generateName");
    bool generated = !meta->name.len && meta->generateName.len;
    Str name = meta->name;
    if (generated) {
        Str head = {meta->generateName.at, meta->generateName.len < 58 ? meta->generateName.len : 58};
        name = str_join(c->arena, head, S("00000"));
    }
    if (is_dns_label(name)) return;
    Str problem = S("the name is missing"), hint = S("set metadata.name");
    if (generated) {
        problem = str_format(c->arena, "generateName %.*s", TEXT(label_fault(c->arena, name)));
        hint = S("use a-z, 0-9 and -, a letter or digit first");
    } else if (name.len) {
        problem = str_format(c->arena, "the name %.*s", TEXT(label_fault(c->arena, name)));
        hint = label_hint(c->arena, name);
    }
    emit_warn_host_name(c->diags, where_printed(c, generated ? &from : &at, &at), .problem = problem,
                        .pods = isPod ? S("the pod takes its host name") : S("pods take their host names"), .hint = hint);
}

void warn_stateful_set(Check *c, const void *object) {
    const StatefulSet *set = object;
    Path path = FIELD(NULL, "spec"), claims = FIELD(&path, "volumeClaimTemplates"), limit = FIELD(&path, "revisionHistoryLimit");
    for (uint32_t i = 0; i < set->spec.volumeClaimTemplates.n; i++) { /* the server leaves the claim's spec out of the path */
        Path printed = path_index(&claims, i), at = FIELD(&printed, "spec");
        check_claim_warnings(c, &set->spec.volumeClaimTemplates.at[i].spec, &at, &printed);
    }
    if (set->spec.revisionHistoryLimit.value < 0 && c->minor >= 33)
        emit_warn_negative_history(c->diags, where(c, &limit), .value = str_int(c->arena, set->spec.revisionHistoryLimit.value));
}
