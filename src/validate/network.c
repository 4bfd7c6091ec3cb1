/* How a pod is known and how it finds others: its host name, the aliases in /etc/hosts, and the resolver's configuration
 * (k8s.io/kubernetes/pkg/apis/core/validation). */
#include "areas.h"

enum { SEARCHES_TEXT_MAX = 2048 }; /* a limit of the C library's resolver */

static void check_nameservers(Check *c, StrList servers, const Path *path) {
    for (uint32_t i = 0; i < servers.n; i++) {
        Path at = path_index(path, i);
        check_ip(c, servers.at[i], &at);
    }
}

/* A domain may end with a dot, and be nothing else. Until 1.32 it was a DNS name, and not nothing. */
static bool is_search(const Check *c, Str domain) {
    bool relaxed = c->minor >= 33;
    if (relaxed && str_eq(domain, S("."))) return true;
    if (str_ends(domain, S("."))) domain.len--;
    return relaxed ? is_dns_search(domain) : is_dns_subdomain(domain);
}

static void check_searches(Check *c, StrList searches, const Path *path) {
    size_t size = searches.n ? searches.n - 1 : 0; /* spaces between them */
    for (uint32_t i = 0; i < searches.n; i++) {
        Path at = path_index(path, i);
        size += searches.at[i].len;
        if (is_search(c, searches.at[i])) continue;
        emit_network_search(c->diags, where(c, &at), .value = shown(c->arena, searches.at[i]),
                            .more = c->minor < 33 ? S("") : S(", _"));
    }
    if (size > SEARCHES_TEXT_MAX)
        emit_network_searches_long(c->diags, where_key(c, path), .size = str_int(c->arena, (int64_t)size),
                                   .limit = str_int(c->arena, SEARCHES_TEXT_MAX));
}

static void check_dns(PodCheck *p) {
    Check *c = p->c;
    const PodDNSConfig *config = p->spec->dnsConfig;
    Path policy = FIELD(p->path, "dnsPolicy"), at = FIELD(p->path, "dnsConfig");
    Path servers = FIELD(&at, "nameservers"), searches = FIELD(&at, "searches"), options = FIELD(&at, "options");
    bool none = str_eq(p->spec->dnsPolicy, S("None"));
    if (none && !config) emit_network_dns_config_required(c->diags, where_printed(c, &policy, &at));
    if (none && config && !config->nameservers.n) emit_network_nameservers_required(c->diags, where_key(c, &servers));
    if (!config || (none && !config->nameservers.n)) return;
    CHECK_FIELDS(c, PodDNSConfig, config, &at);
    check_nameservers(c, config->nameservers, &servers);
    check_searches(c, config->searches, &searches);
    for (uint32_t i = 0; i < config->options.n; i++) {
        if (config->options.at[i].name.len) continue;
        Path option = path_index(&options, i);
        emit_network_dns_option_name(c->diags, where(c, &option));
    }
}

static void check_host_aliases(PodCheck *p) {
    Check *c = p->c;
    HostAliasList aliases = p->spec->hostAliases;
    Path path = FIELD(p->path, "hostAliases");
    for (uint32_t i = 0; i < aliases.n; i++) {
        Path alias = path_index(&path, i), ip = FIELD(&alias, "ip"), names = FIELD(&alias, "hostnames");
        check_ip(c, aliases.at[i].ip, &ip);
        for (uint32_t j = 0; j < aliases.at[i].hostnames.n; j++) {
            Path name = path_index(&names, j);
            check_dns_subdomain(c, aliases.at[i].hostnames.at[j], &name);
        }
    }
}

static void check_hostname_override(PodCheck *p) {
    Check *c = p->c;
    Str name = p->spec->hostnameOverride;
    Path at = FIELD(p->path, "hostnameOverride");
    const struct {
        Str field;
        bool on;
    } rivals[] = {{STR("setHostnameAsFQDN"), p->spec->setHostnameAsFQDN.value}, {STR("hostNetwork"), p->spec->hostNetwork}};
    for (size_t i = 0; i < COUNT(rivals); i++) {
        if (!rivals[i].on) continue;
        Path rival = path_field(p->path, rivals[i].field);
        Diag *d = emit_network_hostname_override_rival(c->diags, where_key(c, &at), .field = rivals[i].field);
        diag_note(c->diags, d, where(c, &rival).span, S("set here"));
    }
    check_dns_subdomain(c, name, &at);
}

void check_pod_network(PodCheck *p) {
    Path hostname = FIELD(p->path, "hostname"), subdomain = FIELD(p->path, "subdomain");
    check_dns(p);
    check_host_aliases(p);
    if (p->spec->hostname.len) check_dns_label(p->c, p->spec->hostname, &hostname);
    if (p->spec->subdomain.len) check_dns_label(p->c, p->spec->subdomain, &subdomain);
    if (p->spec->hostnameOverride.at) check_hostname_override(p);
}
