/* ConfigMaps, Secrets, ServiceAccounts and Namespaces (k8s.io/kubernetes/pkg/apis/core/validation, pkg/registry/core). A Secret's
 * stringData goes into its data before it is judged. */
#include <jansson.h>

#include "areas.h"
#include "base/base64.h"
#include "kinds.h"

enum { DATA_MAX = 1 << 20 };

static const Str accountAnnotation = STR("kubernetes.io/service-account.name"),
                 mountableAnnotation = STR("kubernetes.io/enforce-mountable-secrets");

static size_t decoded_size(Str base64) {
    size_t padding = str_ends(base64, S("==")) ? 2 : str_ends(base64, S("=")) ? 1 : 0;
    return base64.len / 4 * 3 - padding;
}

static void check_keys(Check *c, StrMap map, const Path *path, const Path *printed) {
    for (uint32_t i = 0; i < map.n; i++) {
        Path at = path_key(path, map.at[i].key), other = path_key(printed, map.at[i].key);
        if (!is_config_map_key(map.at[i].key)) {
            Where place = where_key(c, &at);
            place.path = path_text(c->arena, &other);
            emit_config_map_key(c->diags, place, .value = shown(c->arena, map.at[i].key));
        }
    }
}

void check_config_map(Check *c, void *object) {
    const ConfigMap *map = object;
    Path data = FIELD(NULL, "data"), binary = FIELD(NULL, "binaryData");
    size_t size = 0;
    check_keys(c, map->data, &data, &data);
    check_keys(c, map->binaryData, &binary, &binary);
    for (uint32_t i = 0; i < map->data.n; i++) {
        size += map->data.at[i].value.len;
        if (!map_get(map->binaryData, map->data.at[i].key)) continue;
        Path at = path_key(&data, map->data.at[i].key), other = path_key(&binary, map->data.at[i].key);
        Diag *diag = emit_config_key_twice(c->diags, where_key(c, &at), .key = map->data.at[i].key);
        diag_note(c->diags, diag, where_key(c, &other).span, S("the same key in binaryData"));
    }
    for (uint32_t i = 0; i < map->binaryData.n; i++) size += decoded_size(map->binaryData.at[i].value);
    Where place = where_key(c, map->data.n ? &data : &binary);
    place.path = S("");
    if (size > DATA_MAX) emit_config_size(c->diags, place, .size = str_int(c->arena, (int64_t)size));
}

/* Secrets. */

/* The bytes under a key; false if there are none. */
static bool secret_value(Check *c, const Secret *secret, const char *key, Str *out) {
    const Str *plain = map_get(secret->stringData, str_of(key)), *coded = map_get(secret->data, str_of(key));
    if (plain) *out = *plain;
    return plain || (coded && base64_decode(c->arena, *coded, out));
}

static void require_key(Check *c, const Secret *secret, const char *key, bool empty) {
    Path data = FIELD(NULL, "data"), at = path_key(&data, str_of(key));
    Str value;
    if (secret_value(c, secret, key, &value) && (empty || value.len)) return;
    emit_secret_key_required(c->diags, where(c, &at), .key = str_of(key), .type = secret->type);
}

static void require_json(Check *c, const Secret *secret, const char *key) {
    Path data = FIELD(NULL, "data"), plain = FIELD(NULL, "stringData"), printed = path_key(&data, str_of(key));
    Path at = path_key(map_get(secret->stringData, str_of(key)) ? &plain : &data, str_of(key));
    Str value;
    require_key(c, secret, key, true);
    if (!secret_value(c, secret, key, &value)) return;
    json_error_t error;
    json_t *json = json_loadb(value.at ? value.at : "", value.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!json)
        emit_secret_json(c->diags, where_printed(c, &at, &printed), .key = str_of(key),
                         .fault = arena_str(c->arena, str_of(error.text)));
    else if (!json_is_object(json) && !json_is_null(json))
        emit_secret_json(c->diags, where_printed(c, &at, &printed), .key = str_of(key), .fault = S("it is not an object"));
    json_decref(json);
}

void check_secret(Check *c, void *object) {
    const Secret *secret = object;
    Path data = FIELD(NULL, "data"), plain = FIELD(NULL, "stringData"), meta = FIELD(NULL, "metadata");
    Path annotations = FIELD(&meta, "annotations"), account = path_key(&annotations, accountAnnotation);
    size_t size = 0;
    check_keys(c, secret->data, &data, &data);
    check_keys(c, secret->stringData, &plain, &data);
    for (uint32_t i = 0; i < secret->data.n; i++)
        if (!map_get(secret->stringData, secret->data.at[i].key)) size += decoded_size(secret->data.at[i].value);
    for (uint32_t i = 0; i < secret->stringData.n; i++) size += secret->stringData.at[i].value.len;
    if (size > DATA_MAX) emit_secret_size(c->diags, where_key(c, &data), .size = str_int(c->arena, (int64_t)size));
    Str type = secret->type, ignored;
    const Str *name = map_get(secret->metadata.annotations, accountAnnotation);
    if (str_eq(type, S("kubernetes.io/service-account-token")) && (!name || !name->len))
        emit_secret_account_required(c->diags, where(c, &account));
    if (str_eq(type, S("kubernetes.io/dockercfg"))) require_json(c, secret, ".dockercfg");
    if (str_eq(type, S("kubernetes.io/dockerconfigjson"))) require_json(c, secret, ".dockerconfigjson");
    if (str_eq(type, S("kubernetes.io/ssh-auth"))) require_key(c, secret, "ssh-privatekey", false);
    if (str_eq(type, S("kubernetes.io/basic-auth")) && !secret_value(c, secret, "username", &ignored) &&
        !secret_value(c, secret, "password", &ignored)) {
        require_key(c, secret, "username", true);
        require_key(c, secret, "password", true);
    }
    if (!str_eq(type, S("kubernetes.io/tls"))) return;
    require_key(c, secret, "tls.crt", true);
    require_key(c, secret, "tls.key", true);
}

/* Whether PEM text holds a block whose label is the one wanted or, with `ending`, ends with it. */
static bool has_pem_block(Arena *arena, Str text, Str label, bool ending) {
    static const Str begin = STR("-----BEGIN "), dashes = STR("-----");
    for (size_t i = 0; i < text.len; i++) {
        Str rest = str_slice(text, i);
        if ((i && text.at[i - 1] != '\n') || !str_starts(rest, begin)) continue;
        rest = str_slice(rest, begin.len);
        size_t n = 0;
        while (n < rest.len && rest.at[n] != '\n' && !str_starts(str_slice(rest, n), dashes)) n++;
        Str found = {rest.at, n}, end = str_format(arena, "-----END %.*s-----", TEXT(found));
        bool wanted = str_eq(found, label) || (ending && str_ends(found, str_join(arena, S(" "), label)));
        if (wanted && str_has(str_slice(rest, n), end)) return true;
    }
    return false;
}

void warn_secret(Check *c, const void *object) {
    const Secret *secret = object;
    Path data = FIELD(NULL, "data"), certificate = FIELD(&data, "tls.crt"), key = FIELD(&data, "tls.key");
    Str text;
    if (!str_eq(secret->type, S("kubernetes.io/tls"))) return;
    if (!secret_value(c, secret, "tls.crt", &text) || !has_pem_block(c->arena, text, S("CERTIFICATE"), false))
        emit_warn_secret_pem(c->diags, where(c, &certificate), .key = S("tls.crt"), .what = S("certificate"));
    else if (!secret_value(c, secret, "tls.key", &text) || !has_pem_block(c->arena, text, S("PRIVATE KEY"), true))
        emit_warn_secret_pem(c->diags, where(c, &key), .key = S("tls.key"), .what = S("private key"));
}

void warn_service_account(Check *c, const void *object) {
    const ServiceAccount *account = object;
    Path meta = FIELD(NULL, "metadata"), annotations = FIELD(&meta, "annotations"),
         at = path_key(&annotations, mountableAnnotation);
    if (map_get(account->metadata.annotations, mountableAnnotation)) emit_warn_account_mountable(c->diags, where_key(c, &at));
}

void check_namespace(Check *c, void *object) {
    const Namespace *namespace = object;
    Path spec = FIELD(NULL, "spec"), list = FIELD(&spec, "finalizers");
    StrList finalizers = namespace->spec.finalizers;
    for (uint32_t i = 0; i < finalizers.n; i++) {
        Path at = path_index(&list, i);
        uint32_t before = c->diags->items.n;
        check_qualified_name(c, finalizers.at[i], &at);
        print_as(c, before, &at, &list);
    }
    uint32_t before = c->diags->items.n;
    check_known_finalizers(c, finalizers, &list);
    for (uint32_t i = before; i < c->diags->items.n; i++) c->diags->items.at[i].path = path_text(c->arena, &list);
}
