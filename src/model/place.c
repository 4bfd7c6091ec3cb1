/* A search outwards from the object: its own fields by what their names have in common with the one that is written, then fields
 * of exactly that name at each step up, and from there down. Each step costs, so that the nearest place wins; a place that is
 * taken already, or whose value has another shape, costs more. */
#include "place.h"

#include "base/near.h"

/* What makes a place less likely. A step counts most, so that the rest only decides between places that are equally far. */
enum {
    COST_STEP = 10,
    COST_ABOVE = 1,     /* ends above the object */
    COST_BELOW = 4,     /* ends below the object; beside it costs nothing */
    COST_LIST = 3,      /* goes down into a list */
    COST_UNWRITTEN = 4, /* of what would hold the field, each */
    GAIN_REQUIRED = 2,  /* what every object has is likelier than what few have */
    COST_SHAPE = 8,     /* a value of another shape */
    COST_NEEDY = 8,     /* in an object that nobody has written, and that would need more fields */
    COST_TAKEN = 20,    /* the field stands there already */
    COST_CASE = 2,      /* the name in another case, or with dashes */
    COST_SLIP = 7,
    COST_JOINED = 9, /* serviceName for service.name */
    COST_WORD = 21,  /* the last or first word of the field's name, or the other way round */
    GAIN_ONLY = 15,  /* of a field that every such object has */
    COST_NEAR = 16,  /* more than one slip */
    COST_SHORT = 30, /* env for environment */
    COST_KEY = 25,   /* a key of a map in the object */
    COST_MOST = 58,
    COST_MARGIN = 3, /* by which the likely place is ahead of the next one */
};

enum { FRAMES = 64, STEPS_DOWN = 5, SHORTEST_WORD = 3 };

/* An object on the way from the root to the one at fault. */
typedef struct Frame {
    const Type *type;
    const Node *node;
    const Path *path;
    const Field *from; /* the field of the object above that leads here */
} Frame;

typedef struct Search {
    Arena *arena;
    uint8_t minor;
    const Entry *entry;
    uint16_t up;
    bool above;        /* the object itself is not searched */
    const Field *skip; /* of the frame: what leads to the frames below it */
    FieldPlace best;
    int cost, second;
} Search;

/* A copy of a path and of all above it. */
static const Path *path_copy(Arena *arena, const Path *path) {
    if (!path) return NULL;
    Path *copy = NEW(arena, Path);
    *copy = *path;
    copy->up = path_copy(arena, path->up);
    return copy;
}

bool place_fits(const Field *field, const Node *value) {
    if (value->kind == NODE_NULL || value->later) return true;
    if (field->shape == SHAPE_LIST) return value->kind == NODE_LIST;
    if (field->shape == SHAPE_MAP || field->scalar == TYPE_OBJECT) return value->kind == NODE_MAP;
    if (value->kind >= NODE_LIST) return field->scalar == TYPE_ANY;
    bool number = value->kind == NODE_INT || value->kind == NODE_FLOAT;
    switch ((ScalarType)field->scalar) {
    case TYPE_BOOL: return value->kind == NODE_BOOL || value->kind == NODE_STRING;
    case TYPE_INT32:
    case TYPE_INT64: return number || value->kind == NODE_STRING;
    case TYPE_STRING: return value->kind != NODE_BOOL;
    default: return true;
    }
}

/* Names. */

static bool same_word(Str a, Str b) {
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        while (i < a.len && (a.at[i] == '_' || a.at[i] == '-')) i++;
        while (j < b.len && (b.at[j] == '_' || b.at[j] == '-')) j++;
        if (i >= a.len || j >= b.len) return i >= a.len && j >= b.len;
        if ((a.at[i] | 0x20) != (b.at[j] | 0x20)) return false;
    }
}

/* Whether a name is made of another one and more words, before or behind it: containerPort of port, timeoutSeconds of timeout. */
static bool has_words(Str name, Str part) {
    if (part.len < SHORTEST_WORD || part.len >= name.len) return false;
    size_t rest = name.len - part.len;
    if (str_starts(name, part) && is_upper(name.at[part.len])) return true;
    return is_upper(name.at[rest]) && str_eq_nocase(str_slice(name, rest), part);
}

/* What taking one name for another costs; COST_MOST if they are not near. */
static int cost_of_name(Str word, Str name, bool required) {
    Near near = near_start(word);
    if (same_word(word, name)) return COST_CASE;
    unsigned slips = str_distance(word, name, near.within);
    if (slips <= 1 && near.within) return COST_SLIP;
    if (has_words(name, word) || has_words(word, name)) return COST_WORD - (required ? GAIN_ONLY : 0);
    if (name.len >= SHORTEST_WORD && str_starts(word, name)) return COST_SHORT;
    return slips <= near.within ? COST_NEAR + COST_SLIP * (int)slips : COST_MOST;
}

/* Places. */

/* The text of a path whose part above `common` is printed as it is, and the rest with [] for the items of lists. */
static Str steps_text(Arena *arena, const Path *path, const Path *common) {
    Buf out = {.arena = arena};
    const Path *chain[FRAMES * 2];
    size_t n = 0;
    for (; path && path != common && n < COUNT(chain); path = path->up) chain[n++] = path;
    buf_str(&out, path_text(arena, common));
    while (n--) {
        if (chain[n]->index >= 0)
            buf_str(&out, S("[]"));
        else if (chain[n]->index == PATH_KEY)
            buf_format(&out, "[%.*s]", TEXT(chain[n]->name));
        else
            buf_format(&out, "%s%.*s", out.len ? "." : "", TEXT(chain[n]->name));
    }
    return buf_text(&out);
}

/* Whether a text is none of those that a field takes. */
static bool is_no_value_of(const Field *field, const Node *value) {
    const FieldText *text = field->text;
    if (!text->valueCount || value->kind != NODE_STRING || value->later) return false;
    for (uint16_t i = 0; i < text->valueCount; i++)
        if (str_eq(schema_text(schema_value(text, i)->value), value->text)) return false;
    return true;
}

/* Offers a place: a field of the object at `path`, which is `node` (NULL if nobody has written it). */
static void offer(Search *s, const Field *field, const Path *path, const Path *common, const Node *node, int down, bool open,
                  int cost) {
    if (!place_fits(field, &s->entry->value) || is_no_value_of(field, &s->entry->value)) cost += COST_SHAPE;
    const Entry *taken = node ? node_entry(node, field->name) : NULL;
    if (taken && taken != s->entry) cost += COST_TAKEN;
    Path at = path_field(path, field->name);
    if (cost >= s->cost) {
        if (cost == s->cost && s->up + down && !taken && !s->best.other.len) s->best.other = steps_text(s->arena, &at, common);
        if (cost < s->second) s->second = cost;
        return;
    }
    s->second = s->cost;
    s->cost = cost;
    s->best = (FieldPlace){.field = field,
                           .text = steps_text(s->arena, &at, common),
                           .path = open || taken ? NULL : path_copy(s->arena, &at),
                           .up = s->up,
                           .down = (uint16_t)down};
}

/* Whether objects of a type need another field than this one. */
static bool needs_more(const Type *type, const Field *field) {
    for (uint16_t i = 0; i < type->fieldCount; i++)
        if (type->fields[i].required && &type->fields[i] != field) return true;
    return false;
}

/* The item of a list that a field is likeliest missing in: the one with the fewest fields. NULL if there is none. */
static const Node *item_for(const Node *list, Str name, uint32_t *index) {
    const Node *best = NULL;
    *index = 0;
    if (!list || list->kind != NODE_LIST || !list->count) return NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        const Node *item = &list->items[i];
        if (item->kind != NODE_MAP || node_get(item, name) || (best && item->count >= best->count)) continue;
        best = item;
        *index = i;
    }
    return best ? best : &list->items[0];
}

/* Fields of exactly the name that is written, in an object and below it. */
static void search(Search *s, const Type *type, const Node *node, const Path *path, const Path *common, int down, bool open,
                   int cost) {
    Str name = s->entry->key;
    const Field *own = down || s->above ? schema_field(type, name, s->entry->hash) : NULL;
    if (own && schema_has(own, s->minor)) {
        int side = s->up == 0 ? COST_BELOW : down == 0 ? COST_ABOVE : 0;
        int needy = !node && (open || needs_more(type, own)) ? COST_NEEDY : 0;
        offer(s, own, path, common, node, down, open, cost + side + needy - (own->required ? GAIN_REQUIRED : 0));
    }
    if (down == STEPS_DOWN || cost + COST_STEP - GAIN_REQUIRED >= s->second) return;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (field->scalar != TYPE_OBJECT || field->shape == SHAPE_MAP || !schema_has(field, s->minor)) continue;
        if ((down == 0 && field == s->skip) || str_eq(field->name, S("status"))) continue;
        Path below = path_field(path, field->name), item = path_index(&below, 0);
        const Node *child = node ? node_get(node, field->name) : NULL;
        int next = cost + COST_STEP - (field->required ? GAIN_REQUIRED : 0) + (child ? 0 : COST_UNWRITTEN);
        bool list = field->shape == SHAPE_LIST;
        if (list) {
            uint32_t index;
            next += COST_LIST;
            child = item_for(child, name, &index);
            item.index = index;
        }
        search(s, field->type, child, list ? &item : &below, common, down + 1, open || (list && !child), next);
    }
}

/* Fields of the object itself whose names have something in common with the one that is written, and maps that may hold it. */
static void search_own(Search *s, const Frame *frame) {
    uint32_t words = 0;
    const Type *type = frame->type;
    for (uint16_t i = 0; i < type->fieldCount; i++)
        words += !type->fields[i].required &&
                 (has_words(type->fields[i].name, s->entry->key) || has_words(s->entry->key, type->fields[i].name));
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (!schema_has(field, s->minor)) continue;
        int cost = cost_of_name(s->entry->key, field->name, field->required);
        if (cost == COST_WORD && words > 1) cost += GAIN_ONLY; /* which of them? */
        if (cost < COST_MOST) offer(s, field, frame->path, NULL, frame->node, 0, false, cost);
    }
    if (s->best.field) s->best.text = s->best.field->name;
}

/* The scalar that an object is there for, as far as a value fits: the number of a port. NULL if there are several. */
static const Field *scalar_of(const Type *type, const Node *value) {
    const Field *found = NULL;
    bool number = value->kind == NODE_INT;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        bool takesNumber = field->scalar == TYPE_INT32 || field->scalar == TYPE_INT64;
        if (field->shape != SHAPE_ONE || field->scalar == TYPE_OBJECT || takesNumber != number) continue;
        if (found) return NULL;
        found = field;
    }
    return found;
}

/* A field whose name is the way to it: serviceName for service.name. */
static void search_joined(Search *s, const Frame *frame) {
    Str word = s->entry->key;
    for (uint16_t i = 0; i < frame->type->fieldCount; i++) {
        const Field *field = &frame->type->fields[i];
        bool joined = field->scalar == TYPE_OBJECT && field->shape == SHAPE_ONE && str_starts(word, field->name);
        if (!joined || word.len == field->name.len || !is_upper(word.at[field->name.len])) continue;
        Str rest = str_slice(word, field->name.len),
            small = str_join(s->arena, str_lower(s->arena, (Str){rest.at, 1}), str_slice(rest, 1));
        const Field *own = schema_field(field->type, small, str_hash(small));
        const Node *child = frame->node ? node_get(frame->node, field->name) : NULL;
        Path below = path_field(frame->path, field->name);
        if (!own || !schema_has(own, s->minor)) continue;
        bool deeper = own->scalar == TYPE_OBJECT && own->shape == SHAPE_ONE && s->entry->value.kind < NODE_LIST;
        const Field *inner = deeper ? scalar_of(own->type, &s->entry->value) : NULL;
        Path port = path_field(&below, own->name);
        if (inner)
            offer(s, inner, &port, frame->path, child ? node_get(child, own->name) : NULL, 2, false, COST_JOINED);
        else
            offer(s, own, &below, frame->path, child, 1, false, COST_JOINED);
    }
}

/* The frames from the root to the object at `path`; 0 if the path leads out of the schema. */
static uint32_t find_frames(Frame *frames, const Document *document, const Path *path) {
    if (!path) {
        frames[0] = (Frame){document->type, document->root, NULL, NULL};
        return 1;
    }
    const Path *holder = path->index >= 0 ? path->up : path;
    uint32_t n = holder && holder->index == PATH_FIELD ? find_frames(frames, document, holder->up) : 0;
    if (!n || n == FRAMES) return 0;
    const Frame *up = &frames[n - 1];
    const Field *field = schema_field(up->type, holder->name, str_hash(holder->name));
    if (!field || field->scalar != TYPE_OBJECT) return 0;
    const Node *node = node_get(up->node, holder->name);
    if (path->index >= 0) node = node && node->kind == NODE_LIST && path->index < node->count ? &node->items[path->index] : NULL;
    frames[n] = (Frame){field->type, node, path, field};
    return n + 1;
}

/* Whether an entry can be of a map of quantities: cpu: 100m. */
static bool is_amount(const Entry *entry) {
    Quantity quantity;
    for (size_t i = 0; i < entry->key.len; i++)
        if (is_upper(entry->key.at[i])) return false;
    return !quantity_parse(&quantity, entry->value.text);
}

/* A key of a map that stands one step too high: app under selector instead of matchLabels, cpu under resources. */
static void search_maps(Search *s, const Frame *frame) {
    enum { FEW = 6 }; /* fields: of an object with more, the key is likelier something else, unless it has several such maps */
    const Type *type = frame->type;
    uint32_t texts = 0;
    for (uint16_t i = 0; i < type->fieldCount; i++)
        texts += type->fields[i].shape == SHAPE_MAP && type->fields[i].scalar == TYPE_STRING;
    if ((type->fieldCount > FEW && texts < 2) || type->kind || s->entry->value.kind >= NODE_LIST || s->cost <= COST_KEY) return;
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        const Field *field = &type->fields[i];
        if (field->shape != SHAPE_MAP || (field->scalar == TYPE_QUANTITY && !is_amount(s->entry))) continue;
        if (s->best.map) {
            s->best.other = field->name;
            break;
        }
        Path map = path_field(frame->path, field->name), key = path_key(&map, s->entry->key);
        const Node *written = frame->node ? node_get(frame->node, field->name) : NULL;
        bool open = written && written->kind != NODE_MAP;
        s->second = s->cost;
        s->cost = COST_KEY;
        s->best = (FieldPlace){
            .field = field, .map = true, .text = field->name, .path = open ? NULL : path_copy(s->arena, &key), .down = 1};
    }
}

FieldPlace place_find(Arena *arena, const Document *document, const Path *path, const Entry *entry) {
    Frame frames[FRAMES];
    uint32_t n = find_frames(frames, document, path);
    Search s = {.arena = arena, .minor = document->minor, .entry = entry, .cost = COST_MOST, .second = COST_MOST};
    for (uint32_t up = 0; up < n; up++) {
        const Frame *frame = &frames[n - 1 - up];
        s.up = (uint16_t)up;
        s.above = up > 0;
        s.skip = up ? frames[n - up].from : NULL;
        if (up == 0) search_own(&s, frame);
        if (up == 0) search_joined(&s, frame);
        if (s.cost > COST_SLIP) search(&s, frame->type, frame->node, frame->path, frame->path, 0, false, (int)up * COST_STEP);
    }
    if (n) search_maps(&s, &frames[n - 1]);
    s.best.slip = s.best.field && s.cost <= COST_SLIP;
    s.best.likely = s.second - s.cost >= COST_MARGIN;
    return s.best;
}

static Str with_article(Arena *arena, Str kind) {
    return str_format(arena, "%s %.*s", strchr("AEIOU", kind.at[0]) ? "an" : "a", TEXT(kind));
}

/* The field of this name in another kind that is the fewest steps away from the kind's root. */
static Str elsewhere(Arena *arena, const Document *document, Str name) {
    enum { SHORTEST = 5 }; /* name that is not just any word */
    Str best = S(""), owner = S("");
    for (const Kind *kind = NULL; name.len >= SHORTEST && (kind = schema_next_judged(kind));) {
        Str at = kind->type == document->type ? S("") : schema_find_below(kind->type, name, document->minor, arena);
        if (!at.len || (best.len && at.len >= best.len)) continue;
        best = at;
        owner = kind->name;
    }
    return best.len ? str_format(arena, "%.*s, at %.*s", TEXT(with_article(arena, owner)), TEXT(best)) : S("");
}

Str place_other_kinds(Arena *arena, const Document *document, const Path *path, Str name) {
    Buf out = {.arena = arena};
    uint32_t count = 0;
    const Path *chain[FRAMES];
    size_t depth = 0;
    for (; path && depth < COUNT(chain); path = path->up) chain[depth++] = path;
    if (path || !depth) return S("");
    Str found[4];
    for (const Kind *kind = NULL; (kind = schema_next_judged(kind));) {
        const Type *type = kind->type;
        for (size_t i = depth; i-- && type;) {
            const Field *field = chain[i]->index >= 0 ? NULL : schema_field(type, chain[i]->name, str_hash(chain[i]->name));
            if (chain[i]->index < 0) type = field && field->scalar == TYPE_OBJECT ? field->type : NULL;
        }
        const Field *field = type ? schema_field(type, name, str_hash(name)) : NULL;
        if (field && schema_has(field, document->minor) && count < COUNT(found)) found[count++] = kind->name;
    }
    if (!count) return elsewhere(arena, document, name);
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_str(&out, i + 1 == count ? S(" or ") : S(", "));
        buf_str(&out, with_article(arena, found[i]));
    }
    return buf_text(&out);
}

Str place_fields(Arena *arena, const Document *document, const Type *type, const Path *path) {
    enum { FEW = 8 };
    Buf out = {.arena = arena};
    uint16_t count = 0, put = 0;
    for (uint16_t i = 0; i < type->fieldCount; i++) count += schema_has(&type->fields[i], document->minor);
    if (!count) return S("");
    if (count > FEW) {
        buf_format(&out, "podlint explain %.*s", TEXT(document->kind));
        const Path *chain[FRAMES];
        size_t depth = 0;
        for (; path && depth < COUNT(chain); path = path->up) chain[depth++] = path;
        while (depth--)
            if (chain[depth]->index < 0) buf_format(&out, ".%.*s", TEXT(chain[depth]->name));
        return str_join(arena, buf_text(&out), S(" lists the fields"));
    }
    buf_str(&out, count == 1 ? S("its only field is ") : S("its fields are "));
    for (uint16_t i = 0; i < type->fieldCount; i++) {
        if (!schema_has(&type->fields[i], document->minor)) continue;
        if (put++) buf_str(&out, put == count ? S(" and ") : S(", "));
        buf_str(&out, type->fields[i].name);
    }
    return buf_text(&out);
}
