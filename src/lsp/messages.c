#include "report/shared.h"
#include "server.h"

Str json_text(const json_t *value) {
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : (Str){0};
}

json_t *text_json(Str text) {
    return report_json_text(text);
}

void server_notify(Server *s, const char *method, json_t *params) {
    transport_send(&s->io, json_pack("{s:s,s:o}", "method", method, "params", params));
}

void server_request(Server *s, const char *method, json_t *params) {
    char id[40];
    snprintf(id, sizeof id, "%s#%lld", method, (long long)++s->requests);
    transport_send(&s->io, json_pack("{s:s,s:s,s:o}", "id", id, "method", method, "params", params));
}
