/* The list of libraries, and an index of their rows by name, made at first use. */
#include "functions.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/near.h"

static const Library *const libraries[] = {
    &cel_lib_operators, &cel_lib_standard, &cel_lib_optional, &cel_lib_time, &cel_lib_strings, &cel_lib_lists,  &cel_lib_sets,
    &cel_lib_regex,     &cel_lib_quantity, &cel_lib_ip,       &cel_lib_url,  &cel_lib_format,  &cel_lib_semver,
};

enum { LIBRARIES = COUNT(libraries), MAX_ROWS = 768, SLOTS = 2048 };

static const CelType *const plain_types[] = {&cel_bool,  &cel_int,  &cel_uint,     &cel_double,   &cel_string,
                                             &cel_bytes, &cel_null, &cel_duration, &cel_timestamp};

/* The rows of one name and style, in the order of the libraries. */
typedef struct Group {
    Str name;
    uint32_t first, count; /* in `rows` */
    uint8_t style;
} Group;

static const Overload *rows[MAX_ROWS]; /* group by group */
static Group groups[MAX_ROWS];
static uint32_t groupCount;
static uint16_t slots[SLOTS]; /* by the hash of the name: number of a group + 1, or 0 */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint16_t *slot_of(Str name, CallStyle style) {
    for (uint32_t i = str_hash(name) + style;; i++) {
        uint16_t *slot = &slots[i % SLOTS];
        if (!*slot || (groups[*slot - 1].style == style && str_eq(groups[*slot - 1].name, name))) return slot;
    }
}

static void make_index(void) {
    uint16_t group[MAX_ROWS];
    uint32_t count = 0;
    for (size_t i = 0; i < LIBRARIES; i++)
        for (uint32_t j = 0; j < libraries[i]->count; j++, count++) {
            const Overload *row = &libraries[i]->rows[j];
            uint16_t *slot = slot_of(str_of(row->name), (CallStyle)row->style);
            if (!*slot) {
                groups[groupCount] = (Group){.name = str_of(row->name), .style = row->style};
                *slot = (uint16_t)++groupCount;
            }
            group[count] = *slot - 1;
            groups[group[count]].count++;
        }
    for (uint32_t i = 1; i < groupCount; i++) groups[i].first = groups[i - 1].first + groups[i - 1].count;
    uint16_t placed[MAX_ROWS] = {0};
    count = 0;
    for (size_t i = 0; i < LIBRARIES; i++)
        for (uint32_t j = 0; j < libraries[i]->count; j++, count++)
            rows[groups[group[count]].first + placed[group[count]]++] = &libraries[i]->rows[j];
}

Overloads functions_named(Str name, CallStyle style) {
    pthread_once(&once, make_index);
    uint16_t slot = *slot_of(name, style);
    return slot ? (Overloads){rows + groups[slot - 1].first, groups[slot - 1].count} : (Overloads){rows, 0};
}

Str functions_near(Str name, CallStyle style) {
    pthread_once(&once, make_index);
    Near near = near_start(name);
    for (uint32_t i = 0; i < groupCount; i++) {
        Str other = groups[i].name;
        if (groups[i].style == style && !str_has(other, S("_")) && !str_has(other, S("@"))) near_try(&near, other);
    }
    return near.found;
}

const CelType *functions_type(Str name) {
    static const CelType list = {.kind = VALUE_LIST, .name = STR("list"), .args = {&cel_dyn}};
    static const CelType map = {.kind = VALUE_MAP, .name = STR("map"), .args = {&cel_dyn, &cel_dyn}};
    static const CelType type = {.kind = VALUE_TYPE, .name = STR("type")};
    static const CelType optional = {.kind = VALUE_OPTIONAL, .name = STR("optional_type"), .args = {&cel_dyn}};
    static const CelType *const wide[] = {&list, &map, &type, &optional};
    for (size_t i = 0; i < COUNT(plain_types); i++)
        if (str_eq(plain_types[i]->name, name)) return plain_types[i];
    for (size_t i = 0; i < COUNT(wide); i++)
        if (str_eq(wide[i]->name, name)) return wide[i];
    for (size_t i = 0; i < LIBRARIES; i++)
        for (const CelType *const *t = libraries[i]->types; t && *t; t++)
            if (str_eq((*t)->name, name)) return *t;
    return NULL;
}
