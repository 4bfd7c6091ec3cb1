/* The list of libraries, and an index of their rows by name, made at first use. */
#include "functions.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/near.h"

static const Library *const libraries[] = {
    &cel_lib_operators, &cel_lib_standard, &cel_lib_optional, &cel_lib_time, &cel_lib_strings, &cel_lib_lists,  &cel_lib_sets,
    &cel_lib_regex,     &cel_lib_quantity, &cel_lib_ip,       &cel_lib_url,  &cel_lib_format,  &cel_lib_semver,
};

enum { LIBRARIES = COUNT(libraries), MAX_ROWS = 768 };

static const CelType *const plain_types[] = {&cel_bool,  &cel_int,  &cel_uint,     &cel_double,   &cel_string,
                                             &cel_bytes, &cel_null, &cel_duration, &cel_timestamp};

static const Overload *sorted[MAX_ROWS]; /* by name and style, then in the order of the libraries */
static uint32_t sortedCount;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int compare_names(const char *a, size_t aLen, uint8_t aStyle, const Overload *row) {
    int order = str_cmp((Str){a, aLen}, str_of(row->name));
    return order ? order : (int)aStyle - (int)row->style;
}

/* Insertion keeps rows of one name in order; it happens once, and most libraries are in order themselves. */
static void make_index(void) {
    for (size_t i = 0; i < LIBRARIES; i++) {
        for (uint32_t j = 0; j < libraries[i]->count && sortedCount < MAX_ROWS; j++) {
            const Overload *row = &libraries[i]->rows[j];
            uint32_t low = 0, high = sortedCount;
            while (low < high) {
                uint32_t middle = (low + high) / 2;
                if (compare_names(row->name, strlen(row->name), row->style, sorted[middle]) < 0)
                    high = middle;
                else
                    low = middle + 1;
            }
            memmove(&sorted[low + 1], &sorted[low], (sortedCount - low) * sizeof *sorted);
            sorted[low] = row;
            sortedCount++;
        }
    }
}

Overloads functions_named(Str name, CallStyle style) {
    pthread_once(&once, make_index);
    uint32_t low = 0, high = sortedCount;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (compare_names(name.at, name.len, (uint8_t)style, sorted[middle]) <= 0)
            high = middle;
        else
            low = middle + 1;
    }
    uint32_t end = low;
    while (end < sortedCount && compare_names(name.at, name.len, (uint8_t)style, sorted[end]) == 0) end++;
    return (Overloads){sorted + low, end - low};
}

Str functions_near(Str name, CallStyle style) {
    pthread_once(&once, make_index);
    Near near = near_start(name);
    for (uint32_t i = 0; i < sortedCount; i++) {
        Str other = str_of(sorted[i]->name);
        if (sorted[i]->style == (uint8_t)style && !str_has(other, S("_")) && !str_has(other, S("@"))) near_try(&near, other);
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
