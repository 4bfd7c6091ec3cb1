#include "changes.h"

Changes changes_between(Arena *arena, uint8_t from, uint8_t to) {
    Changes out = {.from = from, .to = to};
    for (uint8_t minor = (uint8_t)(from + 1); minor <= to; minor++)
        for (uint16_t t = 0; t < schema_type_count; t++)
            for (uint16_t i = 0; i < schema_types[t]->fieldCount; i++) {
                const Field *field = &schema_types[t]->fields[i];
                if (field->since != minor && field->removed != minor) continue;
                ARRAY_PUSH(arena, &out.fields, (FieldChange){minor, field->since == minor, schema_types[t], field});
            }
    for (uint16_t g = 0; g < schema_gate_count; g++) {
        const Gate *gate = &schema_gates[g];
        GateChange change = {.gate = gate,
                             .oldStage = gate->stage[from - VERSION_FIRST],
                             .newStage = gate->stage[to - VERSION_FIRST],
                             .before = gate->on[from - VERSION_FIRST],
                             .after = gate->on[to - VERSION_FIRST]};
        if (change.before != change.after || change.oldStage != change.newStage) ARRAY_PUSH(arena, &out.gates, change);
    }
    return out;
}
