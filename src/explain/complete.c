/* What could follow the words of a query, for shells. */
#include "explain.h"

#include "find.h"
#include "rules.h"
#include "sign.h"
#include "topic.h"

static void offer(Buf *out, Str word, Str typed) {
    if (str_starts(word, typed)) buf_format(out, "%.*s\n", TEXT(word));
}

/* Where a query may begin. Rules and single fields, of which there are many, only if nothing else begins so. */
static void complete_first(Buf *out, Str typed, uint8_t minor) {
    offer(out, S("spec."), typed);
    offer(out, S("metadata."), typed);
    for (const Kind *kind = NULL; (kind = schema_next_judged(kind));) offer(out, str_lower(out->arena, kind->name), typed);
    for (uint16_t i = 0; i < topic_count; i++) offer(out, topics[i].name, typed);
    for (uint16_t i = 0; i < sign_count; i++)
        if (str_find(signs[i].name, ' ') < 0) offer(out, signs[i].name, typed);
    if (out->len) return;
    for (uint16_t i = 0; i < rule_count; i++) offer(out, rules[i].name, typed);
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++) {
            const Field *field = &schema_types[t]->fields[i];
            if (schema_has(field, minor)) offer(out, field->name, typed);
        }
}

void explain_complete(Buf *out, Str typed, uint8_t minor) {
    ptrdiff_t dot = str_rfind(typed, '.');
    if (dot < 0) {
        complete_first(out, typed, minor);
        return;
    }
    Str done = {typed.at, (size_t)dot}, rest = str_slice(typed, (size_t)dot + 1);
    Parts parts = find_parts(done);
    const Kind *named = parts.n ? find_kind(parts.at[0]) : NULL;
    for (const Kind *kind = named ? named : schema_next_judged(NULL); kind; kind = named ? NULL : schema_next_judged(kind)) {
        Followed followed = find_follow(out->arena, kind->type, &parts, named ? 1 : 0, minor);
        const Type *type = followed.target.type;
        if (!followed.found || !type) continue;
        for (uint16_t j = 0; j < type->fieldCount; j++) {
            const Field *field = &type->fields[j];
            if (schema_has(field, minor) && str_starts(field->name, rest))
                buf_format(out, "%.*s.%.*s\n", TEXT(done), TEXT(field->name));
        }
        return;
    }
}
