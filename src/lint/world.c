#include "world.h"

bool world_spend(World *w, uint64_t work) {
    w->work -= work < INT32_MAX ? (int64_t)work : INT32_MAX;
    return w->work >= 0;
}

/* Index. */

typedef struct HashedFact {
    uint32_t hash;
    const Fact *fact;
} HashedFact;

typedef ARRAY(HashedFact) HashedFacts;

uint32_t world_label_hash(Str key, Str value) {
    return str_hash(key) * 31u + str_hash(value);
}

uint32_t world_name_hash(uint8_t kind, Str name) {
    return str_hash(name) * 31u + kind;
}

/* Of a selector by one of its labels, or by none. */
static uint32_t hash_selector(uint8_t kind, StrPair label) {
    return world_label_hash(label.key, label.value) * 31u + kind;
}

Slot *world_slot(const Index *index, uint32_t hash) {
    uint32_t i = hash & index->mask;
    while (index->slots[i].count && index->slots[i].hash != hash) i = (i + 1) & index->mask;
    return &index->slots[i];
}

/* Counts each hash's members, gives each its room, then fills it, so that their order stays. */
static void make_index(Arena *arena, Index *out, const HashedFacts *pairs) {
    uint32_t size = 16, next = 0;
    while (size < 2 * pairs->n) size *= 2;
    *out = (Index){NEW_ARRAY(arena, Slot, size), size - 1, NEW_ARRAY(arena, const Fact *, pairs->n + 1)};
    for (uint32_t i = 0; i < pairs->n; i++) {
        Slot *slot = world_slot(out, pairs->at[i].hash);
        slot->hash = pairs->at[i].hash;
        slot->count++;
    }
    for (uint32_t i = 0; i < size; i++) {
        out->slots[i].first = next;
        next += out->slots[i].count;
    }
    uint32_t *filled = NEW_ARRAY(arena, uint32_t, size);
    for (uint32_t i = 0; i < pairs->n; i++) {
        Slot *slot = world_slot(out, pairs->at[i].hash);
        out->members[slot->first + filled[slot - out->slots]++] = pairs->at[i].fact;
    }
}

void world_index(World *w) {
    HashedFacts labels = {0}, names = {0}, hostPorts = {0}, selectors = {0};
    for (uint32_t i = 0; i < w->count; i++) {
        const Fact *fact = w->facts[i];
        ARRAY_PUSH(w->arena, &w->kinds[fact->kind], fact);
        ARRAY_PUSH(
            w->arena, &names,
            (HashedFact){world_name_hash(fact->kind, fact->kind == FACT_AUTOSCALER ? fact->targetName : fact->name), fact});
        if (fact->kind != FACT_WORKLOAD && fact->selector.present) {
            StrPair label = fact->selector.labels.n ? fact->selector.labels.at[0] : (StrPair){0};
            ARRAY_PUSH(w->arena, &selectors, (HashedFact){hash_selector(fact->kind, label), fact});
        }
        for (uint32_t j = 0; fact->kind == FACT_WORKLOAD && j < fact->labels.n; j++)
            ARRAY_PUSH(w->arena, &labels, (HashedFact){world_label_hash(fact->labels.at[j].key, fact->labels.at[j].value), fact});
        for (uint32_t j = 0; fact->kind == FACT_WORKLOAD && j < fact->portCount; j++)
            if (fact->ports[j].outer) ARRAY_PUSH(w->arena, &hostPorts, (HashedFact){(uint32_t)fact->ports[j].outer, fact});
    }
    make_index(w->arena, &w->labels, &labels);
    make_index(w->arena, &w->names, &names);
    make_index(w->arena, &w->hostPorts, &hostPorts);
    make_index(w->arena, &w->selectors, &selectors);
}

/* Who is compared with whom. */

bool world_one_namespace(const Fact *a, const Fact *b) {
    return !a->namespace_.len || !b->namespace_.len || str_eq(a->namespace_, b->namespace_);
}

bool are_together(World *w, const Fact *a, const Fact *b) {
    return world_spend(w, 1) && world_one_namespace(a, b);
}

bool world_selects(World *w, const FactSelector *selector, StrMap labels) {
    uint64_t work = (uint64_t)selector->labels.n * labels.n;
    for (uint32_t i = 0; i < selector->conditionCount; i++) work += labels.n + selector->conditions[i].values.n;
    return world_spend(w, work) && fact_selects(selector, labels);
}

bool is_same_object(const Fact *a, const Fact *b) {
    return str_eq(a->kindName, b->kindName) && str_eq(a->name, b->name);
}

/* The workloads among which are all those that a selector world_takes: those with its rarest label, or all if it has none. */
FactList world_candidates(World *w, const FactSelector *selector) {
    const Slot *best = NULL;
    if (!selector->present) return (FactList){0};
    for (uint32_t i = 0; i < selector->labels.n; i++) {
        const Slot *slot = world_slot(&w->labels, world_label_hash(selector->labels.at[i].key, selector->labels.at[i].value));
        if (!best || slot->count < best->count) best = slot;
    }
    return best ? (FactList){w->labels.members + best->first, best->count, 0} : w->kinds[FACT_WORKLOAD];
}

bool world_takes(World *w, const Fact *from, const FactSelector *selector, const Fact *object) {
    return are_together(w, from, object) && world_selects(w, selector, object->labels);
}

/* The workloads near `from` whose pods a selector world_takes; good until the next call. */
FactList world_selected(World *w, const Fact *from, const FactSelector *selector) {
    FactList some = world_candidates(w, selector);
    w->found.n = 0;
    for (uint32_t i = 0; i < some.n && w->work >= 0; i++)
        if (world_takes(w, from, selector, some.at[i])) ARRAY_PUSH(w->arena, &w->found, some.at[i]);
    return w->found;
}

bool world_selects_any(World *w, const Fact *from, const FactSelector *selector) {
    FactList some = world_candidates(w, selector);
    for (uint32_t i = 0; i < some.n && w->work >= 0; i++)
        if (world_takes(w, from, selector, some.at[i])) return true;
    return false;
}

/* The object of a kind and name near `from`; NULL if there is none. */
const Fact *world_named(World *w, const Fact *from, FactKind kind, Str name) {
    const Slot *slot = world_slot(&w->names, world_name_hash((uint8_t)kind, name));
    for (uint32_t i = 0; i < slot->count; i++) {
        const Fact *fact = w->names.members[slot->first + i];
        if (fact->kind == kind && str_eq(fact->name, name) && are_together(w, from, fact)) return fact;
    }
    return NULL;
}

static bool is_before(const Fact *a, const Fact *b) {
    return a->file != b->file ? a->file < b->file : a->document < b->document;
}

/* Whether an object of a kind near a workload selects its pods, and which: the first. */
bool world_selected_by(World *w, const Fact *workload, FactKind kind, const Fact **out) {
    *out = NULL;
    for (uint32_t i = 0; i <= workload->labels.n; i++) {
        StrPair label = i < workload->labels.n ? workload->labels.at[i] : (StrPair){0};
        const Slot *slot = world_slot(&w->selectors, hash_selector((uint8_t)kind, label));
        for (uint32_t j = 0; j < slot->count; j++) {
            const Fact *fact = w->selectors.members[slot->first + j];
            if (fact->kind != kind || (*out && !is_before(fact, *out)) || !world_takes(w, fact, &fact->selector, workload))
                continue;
            *out = fact;
            break;
        }
    }
    return *out != NULL;
}
