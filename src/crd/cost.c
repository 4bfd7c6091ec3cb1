/* What an expression may cost at the most, by the sizes that its schema allows, as the server estimates it before it takes a
 * definition (github.com/google/cel-go/checker, k8s.io/apiserver/pkg/cel/library, .../common). What has no limit is as large as a
 * request can be. */
#include "cost.h"

#define UNKNOWN UINT64_MAX
enum { REQUEST = 3 * 1024 * 1024, TEXT_MOST = REQUEST - 2 };

static uint64_t add(uint64_t a, uint64_t b) {
    return a > UNKNOWN - b ? UNKNOWN : a + b;
}

static uint64_t multiply(uint64_t a, uint64_t b) {
    return b && a > UNKNOWN / b ? UNKNOWN : a * b;
}

static uint64_t scale(uint64_t size, double factor) {
    double product = (double)size * factor;
    if (product >= 0x1p64) return UNKNOWN;
    uint64_t whole = (uint64_t)product;
    return whole + ((double)whole < product);
}

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* Going through a text once. */
static uint64_t traverse(uint64_t size) {
    return scale(size, 0.1);
}

static uint64_t match(uint64_t text, uint64_t pattern) {
    return multiply(traverse(add(text, 1)), scale(pattern, 0.25));
}

/* Schemas. */

static Str format_of(const CrdSchema *schema) {
    const Node *format = node_get(schema->node, S("format"));
    return format && format->kind == NODE_STRING ? format->text : S("");
}

/* The fewest bytes of a value in JSON. */
static uint64_t least_of(const CrdSchema *schema) {
    if (schema->intOrString) return 1;
    switch ((ValueType)schema->type) {
    case STRING_VALUE: {
        Str format = format_of(schema);
        return str_eq(format, S("duration")) ? 3 : str_eq(format, S("date")) ? 12 : str_eq(format, S("date-time")) ? 21 : 2;
    }
    case BOOLEAN_VALUE: return 4;
    case ARRAY_VALUE: return 2;
    case OBJECT_VALUE: {
        uint64_t size = 2;
        for (uint32_t i = 0; i < schema->propertyCount && !schema->additional; i++) {
            const CrdProperty *property = &schema->properties[i];
            if (!str_in(property->name, schema->required.at, schema->required.n) || property->schema->defaultValue) continue;
            if (property->schema->declared) size += property->name.len + least_of(property->schema) + 4;
        }
        return size;
    }
    default: return 1;
    }
}

/* The most items, entries, characters or bytes of a value. */
static uint64_t most_of(const CrdSchema *schema) {
    bool limited = schema->maxLength >= 0;
    uint64_t characters = limited ? multiply((uint64_t)schema->maxLength, 4) : TEXT_MOST;
    if (schema->intOrString) return characters;
    switch ((ValueType)schema->type) {
    case ARRAY_VALUE:
        if (schema->maxItems >= 0) return (uint64_t)schema->maxItems;
        return schema->items ? TEXT_MOST / (least_of(schema->items) + 1) : 0;
    case OBJECT_VALUE:
        if (!schema->additional) return 0;
        if (schema->maxProperties >= 0) return (uint64_t)schema->maxProperties;
        return TEXT_MOST / (least_of(schema->additional) + 6);
    case STRING_VALUE: {
        Str format = format_of(schema);
        if (str_eq(format, S("duration")) || str_eq(format, S("date-time"))) return 32;
        if (str_eq(format, S("date"))) return 12;
        if (str_eq(format, S("byte"))) return limited ? (uint64_t)schema->maxLength : TEXT_MOST;
        if (limited || !schema->enumeration || !schema->enumeration->count) return characters;
        uint64_t longest = 0;
        for (uint32_t i = 0; i < schema->enumeration->count; i++)
            if (schema->enumeration->items[i].kind == NODE_STRING)
                longest = larger(longest, schema->enumeration->items[i].text.len);
        return longest;
    }
    default: return 0;
    }
}

/* Origins. */

/* Where in the schema a value comes from. The server forgets the root of paths that begin with a computed value, and takes what
 * is below them for the schema itself. */
typedef enum OriginKind {
    ORIGIN_NONE, /* it is computed */
    ORIGIN_LOST, /* the schema says nothing of it */
    ORIGIN_SCHEMA,
    ORIGIN_META, /* the metadata of an object, as the server describes them */
    ORIGIN_TEXT, /* a text of which only `most` is known */
    ORIGIN_KEY,  /* of a map */
} OriginKind;

typedef struct Origin {
    uint8_t kind; /* OriginKind */
    const CrdSchema *schema;
    uint64_t most;
} Origin;

typedef struct Estimate {
    uint64_t cost;
    bool sized;        /* min and max are known */
    uint64_t min, max; /* how large the value is */
    bool entries;      /* entryMost is known: of a list or map that the expression makes */
    uint64_t entryMost;
    Origin origin;
} Estimate;

enum { MOST_LOCALS = 64 };

typedef struct Coster {
    Origin root;
    Estimate locals[MOST_LOCALS];
} Coster;

static Origin child(const Coster *c, Origin of, bool key) {
    if (of.kind == ORIGIN_NONE) return c->root;
    if (of.kind != ORIGIN_SCHEMA) return (Origin){.kind = ORIGIN_LOST};
    bool map = of.schema->type == OBJECT_VALUE && of.schema->additional && !of.schema->intOrString;
    bool list = of.schema->type == ARRAY_VALUE && of.schema->items && !of.schema->intOrString;
    if (key) return (Origin){.kind = map ? ORIGIN_KEY : ORIGIN_LOST};
    if (map) return (Origin){.kind = ORIGIN_SCHEMA, .schema = of.schema->additional};
    return list ? (Origin){.kind = ORIGIN_SCHEMA, .schema = of.schema->items} : (Origin){.kind = ORIGIN_LOST};
}

/* A name in metadata, which has a limit of its own, and may have another one. */
static Origin name_in(const CrdSchema *meta, Str name) {
    enum { NAME = 253 };
    static const Str names[] = {STR("name"), STR("generateName")};
    if (!str_in(name, names, COUNT(names))) return (Origin){.kind = ORIGIN_LOST};
    uint64_t length = str_eq(name, names[0]) ? NAME : NAME - 1;
    const CrdSchema *own = meta ? crd_property(meta, name, str_hash(name)) : NULL;
    if (own && own->maxLength >= 0 && (uint64_t)own->maxLength < length) length = (uint64_t)own->maxLength;
    return (Origin){.kind = ORIGIN_TEXT, .most = 4 * length};
}

static Origin field(const Coster *c, Origin of, Str name) {
    if (of.kind == ORIGIN_NONE) return c->root;
    if (of.kind == ORIGIN_META) return name_in(of.schema, name);
    const CelType *type = of.kind == ORIGIN_SCHEMA ? of.schema->declared : NULL;
    for (uint16_t i = 0; type && type->kind == KIND_OBJECT && i < type->fieldCount; i++) {
        if (!str_eq(type->fields[i].name, name)) continue;
        const CrdSchema *property = crd_property(of.schema, type->keys[i], str_hash(type->keys[i]));
        if (property && property->declared == type->fields[i].type) return (Origin){.kind = ORIGIN_SCHEMA, .schema = property};
        if (type->fields[i].type->kind == KIND_OBJECT) return (Origin){.kind = ORIGIN_META, .schema = property};
        return (Origin){.kind = ORIGIN_TEXT, .most = TEXT_MOST};
    }
    return (Origin){.kind = ORIGIN_LOST};
}

static bool is_scalar_type(const CelType *type) {
    switch ((ValueKind)type->kind) {
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE:
    case VALUE_DURATION:
    case VALUE_TIMESTAMP: return true;
    case VALUE_OPTIONAL: return type->args[0] && is_scalar_type(type->args[0]);
    default: return false;
    }
}

static void set_size(Estimate *e, uint64_t min, uint64_t max) {
    e->sized = true;
    e->min = min;
    e->max = max;
}

/* The size of what was not computed: by where it comes from, else by its type. */
static void find_size(Estimate *e, const CelType *type) {
    if (e->sized) return;
    switch ((OriginKind)e->origin.kind) {
    case ORIGIN_SCHEMA: set_size(e, 0, most_of(e->origin.schema)); return;
    case ORIGIN_TEXT: set_size(e, 0, e->origin.most); return;
    case ORIGIN_META:
    case ORIGIN_KEY: set_size(e, 0, 0); return;
    default:
        if (type && is_scalar_type(type)) set_size(e, 1, 1);
    }
}

static uint64_t most(const Estimate *e) {
    return e->sized ? e->max : UNKNOWN;
}

static uint64_t fewest(const Estimate *e) {
    return e->sized ? e->min : 0;
}

/* Calls. */

static ExprKind kind_of(const Expr *e) {
    return (ExprKind)(e->kind == EXPR_LITERAL ? e->folded : e->kind);
}

static bool is_kind(const Expr *e, ValueKind kind) {
    return e->type->kind == kind || e->type->kind == KIND_DYN;
}

static bool is_text(const Expr *e) {
    return e->type->kind == VALUE_STRING || e->type->kind == VALUE_BYTES || e->type->kind == KIND_DYN;
}

/* What makes a list: so many items, or so much of each. */
static uint64_t list_cost(Estimate *out, uint64_t size, double factor) {
    enum { CALL = 1, LIST = 10 };
    set_size(out, size, size);
    return add(scale(size, factor), CALL + LIST);
}

/* Sorting compares each with each. */
static uint64_t sort_cost(Estimate *out, uint64_t size, const CelType *key) {
    bool text = key && (key->kind == VALUE_STRING || key->kind == VALUE_BYTES);
    return list_cost(out, multiply(size, size), text ? 2.1 : 2);
}

/* The number that is written as an argument, or another one. */
static uint64_t number_at(const Expr *e, uint32_t i, uint64_t other) {
    bool number = i < e->count && e->args[i]->kind == EXPR_LITERAL && e->args[i]->literal.kind == VALUE_INT;
    return number && e->args[i]->literal.i >= 0 ? (uint64_t)e->args[i]->literal.i : other;
}

/* Calls about lists and sets, which are made or compared as a whole. Returns whether it is one of them. */
static bool list_call_cost(const Expr *e, const Estimate *args, Estimate *out, uint64_t *cost) {
    Str name = e->name;
    uint64_t size = e->count ? most(args) : 0;
    if (str_eq(name, S("slice")) && e->count == 3)
        *cost = list_cost(out, number_at(e, 2, size) - number_at(e, 1, 0), 1);
    else if (str_eq(name, S("lists.range")) && e->count == 1)
        *cost = list_cost(out, number_at(e, 0, UNKNOWN), 1);
    else if (str_eq(name, S("reverse")) && e->count == 1)
        *cost = list_cost(out, size, 1);
    else if (str_eq(name, S("flatten")))
        *cost = list_cost(out, size, (double)number_at(e, 1, e->count > 1 ? UNKNOWN : 1));
    else if (str_eq(name, S("distinct")))
        *cost = list_cost(out, multiply(size, size), 2);
    else if (str_eq(name, S("sort")))
        *cost = sort_cost(out, size, e->args[0]->type->args[0]);
    else if (str_starts(name, S("sets.")) && e->count == 2)
        *cost = add(scale(multiply(size, most(&args[1])), str_eq(name, S("sets.equivalent")) ? 2 : 1), 1);
    else
        return false;
    return true;
}

/* The size of an item of a list, where that is written in the schema. */
static uint64_t item_most(const Coster *c, const Estimate *list) {
    Estimate item = {.origin = list->origin.kind == ORIGIN_NONE ? (Origin){0} : child(c, list->origin, false)};
    find_size(&item, NULL);
    return most(&item);
}

static uint64_t replaced_most(const Estimate *text, const Estimate *from, const Estimate *to) {
    if (!fewest(from)) return add(multiply(add(most(text), 1), most(to)), most(text));
    if (most(to) <= fewest(from)) return most(text);
    return multiply(scale(most(text), 1.0 / (double)fewest(from)), most(to));
}

/* What a call costs beyond its arguments; the size of its result where that is known. */
static uint64_t call_cost(const Coster *c, const Expr *e, const Estimate *args, Estimate *out) {
    static const Str scans[] = {STR("isSorted"), STR("sum"),         STR("max"),     STR("min"),
                                STR("indexOf"),  STR("lastIndexOf"), STR("includes")};
    static const Str copies[] = {STR("lowerAscii"), STR("upperAscii"), STR("substring"), STR("trim")};
    static const Str reads[] = {STR("cidr"),     STR("isIP"),       STR("isCIDR"), STR("ip"),
                                STR("quantity"), STR("isQuantity"), STR("semver"), STR("isSemver")};
    Str name = e->name;
    bool method = kind_of(e) == EXPR_METHOD;
    uint32_t n = e->count;
    uint64_t cost;
    if (list_call_cost(e, args, out, &cost)) return cost;
    if (method && str_in(name, scans, COUNT(scans))) {
        if (e->args[0]->type->kind != VALUE_LIST) return str_eq(name, S("includes")) ? most(args) : traverse(most(args));
        const CelType *item = e->args[0]->type->args[0];
        bool text = item && (item->kind == VALUE_STRING || item->kind == VALUE_BYTES);
        return multiply(most(args), add(1, text ? traverse(item_most(c, args)) : 0));
    }
    if ((method && str_in(name, copies, COUNT(copies))) ||
        (n == 1 && (str_eq(name, S("url")) || str_eq(name, S("jsonpatch.escapeKey"))))) {
        set_size(out, fewest(args), most(args));
        return traverse(most(args));
    }
    if (method && n >= 3 && str_eq(name, S("replace"))) {
        set_size(out, 0, replaced_most(&args[0], &args[1], &args[2]));
        return scale(most(args), 0.2);
    }
    if (method && str_eq(name, S("split"))) {
        bool limited = n > 2 && e->args[2]->kind == EXPR_LITERAL && e->args[2]->literal.kind == VALUE_INT;
        set_size(out, 0, limited ? (uint64_t)e->args[2]->literal.i : most(args));
        return scale(most(args), 0.2);
    }
    if (method && str_eq(name, S("join"))) {
        uint64_t size = multiply(most(args), item_most(c, args));
        if (n > 1) size = add(size, multiply(most(&args[1]), most(args) ? most(args) - 1 : 0));
        set_size(out, 0, size);
        return traverse(size);
    }
    if (method && n >= 2 && (str_eq(name, S("find")) || str_eq(name, S("findAll")))) {
        set_size(out, 0, most(args));
        return match(most(args), most(&args[1]));
    }
    if (str_eq(name, S("matches")) && n == 2) return match(most(args), most(&args[1]));
    if (!method && n && str_in(name, reads, COUNT(reads))) return traverse(most(args));
    if (str_eq(name, S("ip.isCanonical"))) return scale(most(args), 0.2);
    bool ip = str_eq(name, S("containsIP"));
    if (method && n == 2 && (ip || str_eq(name, S("containsCIDR"))))
        return add(ip ? 4 : 7, is_kind(e->args[1], VALUE_STRING) ? traverse(most(&args[1])) : 0);
    if (method && n == 2 && str_eq(name, S("validate"))) return scale(traverse(most(&args[1])), 32);
    if (method && str_eq(name, S("format"))) return traverse(most(args));
    if (method && n == 2 && (str_eq(name, S("startsWith")) || str_eq(name, S("endsWith")))) return traverse(most(&args[1]));
    if (method && n == 2 && str_eq(name, S("contains"))) return multiply(traverse(most(args)), traverse(most(&args[1])));
    if (!method && n == 1 && str_eq(name, S("bytes")) && is_kind(e->args[0], VALUE_STRING)) {
        set_size(out, fewest(args), multiply(most(args), 4));
        return larger(1, traverse(most(args)));
    }
    if (!method && n == 1 && str_eq(name, S("string")) && e->args[0]->type->kind == VALUE_BYTES) {
        set_size(out, fewest(args) / 4, most(args));
        return traverse(most(args));
    }
    if (str_eq(name, S("strings.quote"))) {
        set_size(out, add(fewest(args), 2), add(multiply(most(args), 2), 2));
        return traverse(most(args));
    }
    if (str_eq(name, S("dyn")))
        *out = (Estimate){
            .sized = args->sized, .min = args->min, .max = args->max, .entries = args->entries, .entryMost = args->entryMost};
    return 1;
}

/* Comparing texts takes as long as the shorter one is; so the server takes it for all values. */
static uint64_t compare_cost(const Expr *e, const Estimate *args) {
    uint64_t shorter = most(args) < most(&args[1]) ? most(args) : most(&args[1]);
    bool equality = e->kind == EXPR_EQUAL || e->kind == EXPR_NOT_EQUAL;
    if (e->kind == EXPR_EQUAL && e->args[0]->type->kind == VALUE_OPAQUE && e->args[1]->type->kind == VALUE_OPAQUE) return 1;
    if (!equality && !is_text(e->args[0]) && !is_text(e->args[1])) return 1;
    return equality ? traverse(shorter) : larger(e->args[0]->type->kind == KIND_DYN, traverse(shorter));
}

static Estimate estimate(Coster *c, const Expr *e);

static uint64_t add_cost(const Expr *e, const Estimate *args, Estimate *out) {
    bool list = is_kind(e->args[0], VALUE_LIST), text = is_text(e->args[0]);
    if (!list && !text) return 1;
    set_size(out, add(fewest(args), fewest(&args[1])), add(most(args), most(&args[1])));
    out->entries = args[0].entries && args[1].entries;
    out->entryMost = larger(args[0].entryMost, args[1].entryMost);
    return text ? larger(list, traverse(out->max)) : 1;
}

/* Macros. */

/* Gives a variable of a macro its size and origin. */
static void bind(Coster *c, uint32_t slot, const Estimate *range, const CelType *type, bool key) {
    if (slot >= MOST_LOCALS) return;
    bool list = type->kind == VALUE_LIST;
    Estimate local = {.origin = list && key ? (Origin){.kind = ORIGIN_LOST} : child(c, range->origin, key)};
    if (range->entries && !(list && key) && local.origin.kind == ORIGIN_LOST) set_size(&local, 0, range->entryMost);
    c->locals[slot] = local;
}

/* x.sortBy(v, key): x is kept, its keys are made by map(), and sorted. */
static Estimate sort_macro(Coster *c, const Expr *e, const Estimate *range) {
    enum { LIST = 10 };
    Estimate key = estimate(c, e->args[MACRO_BODY]), out = {0};
    uint64_t keys = add(LIST + 2, multiply(most(range), add(LIST + 2, key.cost)));
    uint64_t sorting = sort_cost(&out, most(range), e->args[MACRO_BODY]->type);
    out.cost = add(add(add(range->cost, LIST), add(1, keys)), sorting);
    return out;
}

/* x.optMap(v, e): what v stands for is computed where there is something. */
static Estimate optional_macro(Coster *c, const Expr *e, const Estimate *range) {
    enum { LIST = 10 };
    uint64_t read = add(1, range->cost);
    if (e->slot < MOST_LOCALS) c->locals[e->slot] = (Estimate){0};
    Estimate body = estimate(c, e->args[MACRO_BODY]);
    uint64_t inner = add(add(LIST, read), body.cost);
    return (Estimate){.cost = add(read, larger(1, add(e->macro == MACRO_OPT_MAP, inner)))};
}

static Estimate macro(Coster *c, const Expr *e) {
    enum { LIST = 10, MAP = 30 };
    Estimate range = estimate(c, e->args[MACRO_RANGE]), out = {0};
    const CelType *type = e->args[MACRO_RANGE]->type;
    if (e->macro == MACRO_OPT_MAP || e->macro == MACRO_OPT_FLAT_MAP) return optional_macro(c, e, &range);
    bool list = type->kind == VALUE_LIST;
    bind(c, e->slot, &range, type, e->vars == 2 || !list);
    if (e->vars == 2) bind(c, e->slot + 1u, &range, type, false);
    if (e->macro == MACRO_SORT_BY) return sort_macro(c, e, &range);
    const Expr *condition = e->args[MACRO_CONDITION];
    Estimate test = condition ? estimate(c, condition) : (Estimate){0};
    Estimate body = e->args[MACRO_BODY] ? estimate(c, e->args[MACRO_BODY]) : test;
    uint64_t start = 0, step = 0, end = 1;
    bool makes = true;
    switch ((Macro)e->macro) {
    case MACRO_ALL: step = add(3, body.cost), makes = false; break;
    case MACRO_EXISTS: step = add(4, body.cost), makes = false; break;
    case MACRO_EXISTS_ONE: step = add(2, body.cost), end = 2, makes = false; break;
    case MACRO_FILTER:
        start = LIST, step = add(LIST + 3, body.cost);
        if (e->slot < MOST_LOCALS) {
            Estimate item = c->locals[e->slot];
            find_size(&item, list ? type->args[0] : NULL);
            out.entries = true, out.entryMost = most(&item);
        }
        break;
    case MACRO_TRANSFORM_MAP:
    case MACRO_TRANSFORM_ENTRY: start = MAP, step = add(3, body.cost); break;
    default: start = LIST, step = add(LIST + 2, body.cost); out.entries = true, out.entryMost = most(&body);
    }
    if (condition && e->macro != MACRO_FILTER) step = add(step, test.cost);
    out.cost = add(add(add(range.cost, start), end), multiply(most(&range), step));
    set_size(&out, makes ? fewest(&range) : 1, makes ? most(&range) : 1);
    return out;
}

/* Expressions. */

static uint32_t characters_of(Str text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return n;
}

static Estimate literal(const Coster *c, const Expr *e) {
    Estimate out = {0};
    if (e->literal.kind == VALUE_TYPE) {
        out = (Estimate){.cost = 1, .origin = c->root};
        find_size(&out, NULL);
        return out;
    }
    uint32_t n = e->literal.kind == VALUE_STRING  ? characters_of(value_str(e->literal))
                 : e->literal.kind == VALUE_BYTES ? (uint32_t)value_str(e->literal).len
                                                  : 1;
    set_size(&out, n, n);
    return out;
}

static Estimate select_field(Coster *c, const Expr *e) {
    Estimate operand = estimate(c, e->args[0]);
    Estimate out = {.cost = operand.cost, .origin = field(c, operand.origin, e->name)};
    ValueKind kind = (ValueKind)e->args[0]->type->kind;
    if (kind == VALUE_MAP || kind == KIND_OBJECT) out.cost = add(out.cost, 1);
    if (kind == VALUE_MAP) out.origin = operand.origin.kind == ORIGIN_NONE ? c->root : (Origin){.kind = ORIGIN_LOST};
    find_size(&out, e->type);
    return out;
}

static Estimate operation(Coster *c, const Expr *e) {
    enum { FEW = 8 };
    Estimate args[FEW] = {0}, out = {0};
    uint64_t costs = 0, entry = 0;
    for (uint32_t i = 0; i < e->count; i++) {
        Estimate arg = estimate(c, e->args[i]);
        costs = add(costs, arg.cost);
        entry = larger(entry, most(&arg));
        if (i < FEW) args[i] = arg;
    }
    uint64_t own = 1;
    uint32_t items;
    switch (kind_of(e)) {
    case EXPR_AND:
    case EXPR_OR: own = 0; break;
    case EXPR_LIST:
    case EXPR_MAP:
        own = kind_of(e) == EXPR_LIST ? 10 : 30;
        items = kind_of(e) == EXPR_LIST ? e->count : e->count / 2;
        set_size(&out, items, items);
        out.entries = true;
        out.entryMost = entry;
        break;
    case EXPR_INDEX:
        if (args[0].entries) set_size(&out, 0, args[0].entryMost);
        out.origin = child(c, args[0].origin, false);
        break;
    case EXPR_CONDITION:
        costs = add(args[0].cost, larger(args[1].cost, args[2].cost));
        own = 0;
        set_size(&out, fewest(&args[1]) < fewest(&args[2]) ? fewest(&args[1]) : fewest(&args[2]),
                 larger(most(&args[1]), most(&args[2])));
        out.entries = args[1].entries && args[2].entries;
        out.entryMost = larger(args[1].entryMost, args[2].entryMost);
        break;
    case EXPR_LESS:
    case EXPR_LESS_EQUAL:
    case EXPR_GREATER:
    case EXPR_GREATER_EQUAL:
    case EXPR_EQUAL:
    case EXPR_NOT_EQUAL: own = compare_cost(e, args); break;
    case EXPR_IN: own = is_kind(e->args[1], VALUE_LIST) ? most(&args[1]) : 1; break;
    case EXPR_ADD: own = add_cost(e, args, &out); break;
    case EXPR_CALL:
    case EXPR_METHOD:
        if (e->count <= FEW) own = call_cost(c, e, args, &out);
        break;
    default: break;
    }
    out.cost = add(costs, own);
    find_size(&out, e->type);
    return out;
}

static Estimate estimate(Coster *c, const Expr *e) {
    Estimate out = {.cost = 1};
    switch (kind_of(e)) {
    case EXPR_LITERAL: return literal(c, e);
    case EXPR_VARIABLE:
        out.origin = c->root;
        find_size(&out, e->type);
        return out;
    case EXPR_LOCAL:
        if (e->slot < MOST_LOCALS) {
            out = c->locals[e->slot];
            out.cost = 1;
        }
        find_size(&out, e->type);
        return out;
    case EXPR_SELECT: return select_field(c, e);
    case EXPR_HAS:
        out = (Estimate){.cost = estimate(c, e->args[0]).cost};
        set_size(&out, 1, 1);
        return out;
    case EXPR_MACRO: return macro(c, e);
    default: return operation(c, e);
    }
}

uint64_t crd_expression_cost(const CrdSchema *schema, const CelProgram *program) {
    Coster c = {.root = {.kind = ORIGIN_SCHEMA, .schema = schema}};
    return estimate(&c, program->root).cost;
}

uint64_t crd_times_in_request(const CrdSchema *schema) {
    return REQUEST / (least_of(schema) + 1);
}

uint64_t crd_product(uint64_t a, uint64_t b) {
    return multiply(a, b);
}
