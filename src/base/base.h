/* Strings, an arena, growable arrays and a text buffer: what every other module stands on. Knows nothing of Kubernetes. */
#ifndef PODLINT_BASE_H
#define PODLINT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A slice of bytes that somebody else owns. `at` is NULL only where a value is absent. Not NUL-terminated. */
typedef struct Str {
    const char *at; /* first byte */
    size_t len;     /* number of bytes */
} Str;

#define STR(literal) \
    { (literal), sizeof(literal) - 1 }
#define S(literal) ((Str){(literal), sizeof(literal) - 1})

/* The arguments of %.*s for a Str. */
#define TEXT(s) (int)(s).len, (s).at ? (s).at : ""

/* The number of items of an array. */
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A text of a table that the build makes: bytes from `at` in the texts of the table, with a NUL behind them. It is no address,
 * because the loader would have to write those, each time that the program starts, into every page of the table. */
typedef struct TableText {
    uint32_t at, len;
} TableText;

static inline Str table_text(const char *texts, TableText text) {
    return (Str){texts + text.at, text.len};
}

/* Classes of ASCII characters, whatever the locale; a byte of another character is in none of them. */
static inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static inline bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

static inline bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

static inline bool is_letter(char c) {
    return is_lower(c) || is_upper(c);
}

static inline bool is_alnum(char c) {
    return is_letter(c) || is_digit(c);
}

static inline bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char to_lower(char c) {
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

static inline char to_upper(char c) {
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

/* The value of a hexadecimal digit, or -1. */
static inline int hex_value(char c) {
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static inline bool str_eq(Str a, Str b) {
    /* The second text is often a literal, whose length the compiler knows. */
    return a.len == b.len && (b.len == 0 || (a.at && b.at && memcmp(a.at, b.at, b.len) == 0));
}

/* The Str of a C string, which must outlive it. */
static inline Str str_of(const char *text) {
    return (Str){text, strlen(text)};
}

int str_cmp(Str a, Str b); /* order of bytes: negative, 0, positive */
bool str_eq_nocase(Str a, Str b);
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
bool str_in(Str s, const Str *list, size_t count);
Str str_trim(Str s);                /* without ASCII white space at both ends */
Str str_slice(Str s, size_t from);  /* from byte `from` on; empty past the end */
ptrdiff_t str_find(Str s, char c);  /* index of the first `c`, or -1 */
ptrdiff_t str_rfind(Str s, char c); /* index of the last `c`, or -1 */
bool str_has(Str s, Str part);      /* whether `part` occurs in `s` */
bool str_take(Str *s, char c);      /* takes `c` off the start, or returns false */

/* Takes the first word off a text of words with a space between them; empty at its end. And whether one of the words is `word`.
 */
Str str_take_word(Str *words);
bool str_has_word(Str words, Str word);

bool str_is_digits(Str s); /* one or more ASCII digits and nothing else */

/* Takes up to `most` digits (18 at most) off the start; false if there are less than `least`. */
bool str_take_digits(Str *s, size_t least, size_t most, int64_t *out);

/* FNV-1a over the bytes; the same at build time and at run time. */
static inline uint32_t str_hash_char(uint32_t hash, char c) {
    return (hash ^ (unsigned char)c) * 16777619u;
}

static inline uint32_t str_hash(Str s) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.len; i++) h = str_hash_char(h, s.at[i]);
    return h;
}

/* The same over 64 bits, for what is kept: `hash` is HASH_START, or the hash of the strings before `s`. */
#define HASH_START UINT64_C(14695981039346656037)

static inline uint64_t str_hash_on(uint64_t hash, Str s) {
    for (size_t i = 0; i < s.len; i++) hash = (hash ^ (unsigned char)s.at[i]) * UINT64_C(1099511628211);
    return hash * UINT64_C(1099511628211); /* as if a NUL byte followed */
}

/* The number of Unicode code points in UTF-8 text; malformed bytes count one each. */
size_t str_codepoints(Str s);

/* The edit distance of two strings (insert, delete, replace, swap of neighbours; case differences are free), or `limit` + 1
 * when it is larger. Strings longer than 64 bytes are never near. */
unsigned str_distance(Str a, Str b, unsigned limit);

/* Says on stderr that there is no memory left and ends the program with 2. What of a report has not been sent out yet never is,
 * and unfinished files are removed. */
_Noreturn void out_of_memory(void);

/* Calls out_of_memory if that is what an error of the C library (errno) means. */
void memory_check(int error);

void *memory_take(size_t size); /* malloc, which never fails: for libraries that take such a function */

/* Memory that is given back all at once. Zero-initialise; arena_free when done. Out of memory ends the program. */
typedef struct Arena {
    struct ArenaChunk *chunk; /* the chunk in use, newest first */
    char *next, *end;         /* free room in it */
} Arena;

void *arena_more(Arena *arena, size_t size); /* the slow path of arena_alloc */
void arena_reset(Arena *arena);              /* forget all values, keep one chunk for reuse */
void arena_free(Arena *arena);

/* Gives back all that was allocated since the arena was `before`, a copy of it. */
void arena_back(Arena *arena, const Arena *before);

/* `size` zeroed bytes, aligned for any type. */
static inline void *arena_alloc(Arena *arena, size_t size) {
    size = (size + 15) & ~(size_t)15;
    if (!arena->next || (size_t)(arena->end - arena->next) < size) return arena_more(arena, size);
    void *p = arena->next;
    arena->next += size;
    return memset(p, 0, size);
}

#define NEW(arena, T) ((T *)arena_alloc((arena), sizeof(T)))
#define NEW_ARRAY(arena, T, count) ((T *)arena_alloc((arena), sizeof(T) * (size_t)(count)))

Str str_lower(Arena *arena, Str s);            /* a copy with ASCII capitals made small */
Str str_upper(Arena *arena, Str s);            /* a copy with small ASCII letters made capital */
Str arena_str(Arena *arena, Str s);            /* a copy, NUL-terminated for the convenience of C libraries */
char *arena_cstr(Arena *arena, Str s);         /* the same, as a C string */
Str str_join(Arena *arena, Str a, Str b);      /* a followed by b */
Str str_int(Arena *arena, int64_t n);          /* decimal text, with a NUL behind it */
Str str_cut(Arena *arena, Str s, size_t most); /* itself, or of a longer one its first `most` bytes and "..." */
Str str_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes a number as decimal text to `out`, which has room for INT_DIGITS bytes, and returns how many it took. */
size_t int_digits(char *out, int64_t n);

enum { INT_DIGITS = sizeof "-9223372036854775808" };

/* The absolute path of a file without links in it, allocated in `arena`; at is NULL where there is none (errno). */
Str real_path(Arena *arena, const char *path);

/* A growable array inside an arena. */
#define ARRAY(T)                      \
    struct {                          \
        T *at;        /* the items */ \
        uint32_t n;   /* how many */  \
        uint32_t cap; /* room */      \
    }

void *array_grow(Arena *arena, void *at, uint32_t *cap, uint32_t n, size_t item_size) __attribute__((returns_nonnull));

#define ARRAY_PUSH(arena, array, ...)                                                                       \
    do {                                                                                                    \
        if (!(array)->at || (array)->n == (array)->cap)                                                     \
            (array)->at = array_grow((arena), (array)->at, &(array)->cap, (array)->n, sizeof *(array)->at); \
        (array)->at[(array)->n++] = (__VA_ARGS__);                                                          \
    } while (0)

/* How many of `n` structs that stand in the order of a uint32_t of theirs have less there than `key`. */
#define COUNT_BELOW(items, n, member, key) count_below(&(items)->member, n, sizeof *(items), key)

static inline uint32_t count_below(const uint32_t *member, uint32_t n, size_t size, uint32_t key) {
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (*(const uint32_t *)(const void *)((const char *)member + middle * size) < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Text that is built piece by piece in an arena. */
typedef struct Buf {
    Arena *arena; /* where the text lives */
    char *at;     /* the text, not NUL-terminated */
    size_t len, cap;
} Buf;

/* Makes room for `more` bytes behind the text and returns where; the caller adds to `len` what it writes there. */
char *buf_reserve(Buf *buf, size_t more);

void buf_str(Buf *buf, Str s);
void buf_char(Buf *buf, char c);
void buf_repeat(Buf *buf, char c, size_t times);
void buf_int(Buf *buf, int64_t n);
void buf_format(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_codepoint(Buf *buf, uint32_t cp); /* as UTF-8 */

static inline Str buf_text(const Buf *buf) {
    return (Str){buf->at ? buf->at : "", buf->len};
}

/* `s` with every byte that is not valid UTF-8 replaced by U+FFFD, as Go's JSON encoder does.
 * Returns `s` itself when it is valid. */
Str str_valid_utf8(Arena *arena, Str s);
bool str_is_utf8(Str s);

/* The bytes of the character at the start of a text that is not empty; 0 if it is not valid UTF-8. */
size_t str_utf8_length(Str s);

#endif
