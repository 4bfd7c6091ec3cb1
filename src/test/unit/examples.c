/* Every example of the schema has to be right: each is put into objects of all kinds, at all places of its field, and has to be
 * valid at one of them at least. What is missing around it does not count (a rule may want a second field), what is wrong in it
 * does. */
#include "objects.h"

#include <stdio.h>

#include "validate/validate.h"

/* What became of the example of each field of each type. */
typedef struct Outcome {
    bool tried, valid;
    char reason[400]; /* why it was not valid where it was tried last */
} Outcome;

static Outcome *outcomes; /* by type and field number, 64 a type */

static Outcome *outcome_of(const Type *type, const Field *field) {
    return &outcomes[(size_t)type->number * 64 + (size_t)(field - type->fields)];
}

/* Errors that only say that something else is missing or in the way. */
static bool is_of_the_context(const Rule *rule) {
    return rule->type == API_REQUIRED || rule->type == API_NOT_FOUND || rule->type == API_FORBIDDEN;
}

static void check(const FieldPlace *place, Outcome *outcome) {
    Document *document = document_of(place->root, VERSION_LAST);
    Str path = place_path(place);
    if (document) validate_create(document);
    for (uint32_t i = 0; document && i < document->diags.items.n; i++) {
        const Diag *diag = &document->diags.items.at[i];
        bool here = str_starts(diag->path, path) && (diag->path.len == path.len || strchr(".[", diag->path.at[path.len]));
        if (!here || diag->severity < SEVERITY_ERROR || is_of_the_context(diag->rule)) continue;
        snprintf(outcome->reason, sizeof outcome->reason, "%.*s: %.*s", TEXT(path), TEXT(diag->message));
        return;
    }
    outcome->valid = true;
}

/* Where an example is wrong beside its optional neighbours, some of which exclude each other, it is tried without them. */
static void try_example(const FieldPlace *place, void *context) {
    (void)context;
    if (!schema_has(place->field, VERSION_LAST) || !place->field->text->example.len) return;
    Outcome *outcome = outcome_of(place->type, place->field);
    outcome->tried = true;
    if (!json_object_get(place->object, place->field->name.at)) return;
    check(place, outcome);
    if (outcome->valid) return;
    json_t *all = json_copy(place->object);
    place_strip(place);
    check(place, outcome);
    json_object_update(place->object, all);
    json_decref(all);
}

int main(void) {
    uint32_t passed = 0, failed = 0;
    outcomes = calloc((size_t)schema_type_count * 64, sizeof *outcomes);
    walk_kinds(try_example, NULL);
    for (uint16_t t = 0; t < schema_type_count; t++)
        for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++) {
            const Outcome *outcome = outcome_of(schema_types[t], &schema_types[t]->fields[i]);
            passed += outcome->valid;
            if (!outcome->tried || outcome->valid) continue;
            printf("FAIL the example of %.*s.%.*s: %s\n", TEXT(schema_types[t]->name), TEXT(schema_types[t]->fields[i].name),
                   outcome->reason[0] ? outcome->reason : "not YAML");
            failed++;
        }
    free(outcomes);
    printf("examples: %u passed, %u failed\n", passed, failed);
    return failed ? 1 : 0;
}
