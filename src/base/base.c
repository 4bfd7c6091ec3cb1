/* Strings, the arena and the text buffer. The arena hands out memory from chunks and gives it back all at once, so that no other
 * module frees anything and no error path has to. */
#include "base.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "output.h"

int str_cmp(Str a, Str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.at, b.at, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool str_eq_nocase(Str a, Str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (to_lower(a.at[i]) != to_lower(b.at[i])) return false;
    return true;
}

Str str_take_word(Str *words) {
    ptrdiff_t space = str_find(*words, ' ');
    Str word = {words->at, space < 0 ? words->len : (size_t)space};
    *words = str_slice(*words, word.len + (space >= 0));
    return word;
}

bool str_has_word(Str words, Str word) {
    while (words.len)
        if (str_eq(str_take_word(&words), word)) return true;
    return false;
}

bool str_is_digits(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.at[i])) return false;
    return s.len > 0;
}

bool str_starts(Str s, Str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.at, prefix.at, prefix.len) == 0);
}

bool str_ends(Str s, Str suffix) {
    return s.len >= suffix.len && (suffix.len == 0 || memcmp(s.at + s.len - suffix.len, suffix.at, suffix.len) == 0);
}

bool str_in(Str s, const Str *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(s, list[i])) return true;
    return false;
}

Str str_trim(Str s) {
    while (s.len && is_space(s.at[0])) s.at++, s.len--;
    while (s.len && is_space(s.at[s.len - 1])) s.len--;
    return s;
}

Str str_slice(Str s, size_t from) {
    if (from > s.len) from = s.len;
    return from ? (Str){s.at + from, s.len - from} : s;
}

bool str_take(Str *s, char c) {
    if (s->len == 0 || s->at[0] != c) return false;
    *s = str_slice(*s, 1);
    return true;
}

bool str_take_digits(Str *s, size_t least, size_t most, int64_t *out) {
    size_t n = 0;
    *out = 0;
    while (n < most && n < s->len && is_digit(s->at[n])) *out = *out * 10 + (s->at[n++] - '0');
    *s = str_slice(*s, n);
    return n >= least;
}

ptrdiff_t str_find(Str s, char c) {
    const char *p = s.len ? memchr(s.at, c, s.len) : NULL;
    return p ? p - s.at : -1;
}

ptrdiff_t str_rfind(Str s, char c) {
    for (size_t i = s.len; i > 0; i--)
        if (s.at[i - 1] == c) return (ptrdiff_t)i - 1;
    return -1;
}

bool str_has(Str s, Str part) {
    return !part.len || (s.len && memmem(s.at, s.len, part.at, part.len));
}

size_t str_codepoints(Str s) {
    const uint64_t lowest = UINT64_C(0x0101010101010101); /* of each byte */
    size_t n = s.len, i = 0;
    for (uint64_t word; i + sizeof word <= s.len; i += sizeof word) {
        memcpy(&word, s.at + i, sizeof word);
        n -= (size_t)(((word >> 7 & ~word >> 6 & lowest) * lowest) >> 56); /* bytes 10xxxxxx */
    }
    for (; i < s.len; i++) n -= ((unsigned char)s.at[i] & 0xC0) == 0x80;
    return n;
}

unsigned str_distance(Str a, Str b, unsigned limit) {
    enum { MAX = 64 };
    if (a.len > MAX || b.len > MAX || a.len > b.len + limit || b.len > a.len + limit) return limit + 1;
    unsigned row[3][MAX + 1];
    for (size_t j = 0; j <= b.len; j++) row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *now = row[i % 3], *before = row[(i - 1) % 3], *earlier = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = to_lower(a.at[i - 1]), y = to_lower(b.at[j - 1]);
            unsigned best = before[j - 1] + (x != y);
            if (before[j] + 1 < best) best = before[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && x == to_lower(b.at[j - 2]) && y == to_lower(a.at[i - 2]) && earlier[j - 2] + 1 < best)
                best = earlier[j - 2] + 1;
            now[j] = best;
        }
    }
    unsigned d = row[a.len % 3][b.len];
    return d > limit ? limit + 1 : d;
}

void out_of_memory(void) {
    static const char message[] = "podlint: out of memory\n";
    output_abandon();
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0) _exit(2);
    _exit(2);
}

void memory_check(int error) {
    if (error == ENOMEM) out_of_memory();
}

void *memory_take(size_t size) {
    void *memory = malloc(size);
    if (!memory) out_of_memory();
    return memory;
}

typedef struct ArenaChunk {
    struct ArenaChunk *older;
    size_t size; /* bytes of room behind the header */
} ArenaChunk;

enum { HEADER = (sizeof(ArenaChunk) + 15) / 16 * 16, FIRST_CHUNK = 64 << 10, LARGEST_CHUNK = 4 << 20 };

void *arena_more(Arena *arena, size_t size) {
    size_t room = arena->chunk ? arena->chunk->size * 2 : FIRST_CHUNK;
    if (room > LARGEST_CHUNK) room = LARGEST_CHUNK;
    if (room < size) room = size;
    ArenaChunk *chunk = memory_take(HEADER + room);
    *chunk = (ArenaChunk){arena->chunk, room};
    arena->chunk = chunk;
    arena->next = (char *)chunk + HEADER;
    arena->end = arena->next + room;
    return arena_alloc(arena, size);
}

/* Frees chunks from the newest on, up to one that stays. */
static void free_chunks(ArenaChunk *chunk, const ArenaChunk *stays) {
    while (chunk != stays) {
        ArenaChunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
}

void arena_reset(Arena *arena) {
    if (!arena->chunk) return;
    free_chunks(arena->chunk->older, NULL);
    arena->chunk->older = NULL;
    arena->next = (char *)arena->chunk + HEADER;
    arena->end = arena->next + arena->chunk->size;
}

void arena_free(Arena *arena) {
    free_chunks(arena->chunk, NULL);
    *arena = (Arena){0};
}

void arena_back(Arena *arena, const Arena *before) {
    free_chunks(arena->chunk, before->chunk);
    *arena = *before;
}

char *arena_cstr(Arena *arena, Str s) {
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len) memcpy(copy, s.at, s.len);
    return copy;
}

Str arena_str(Arena *arena, Str s) {
    return (Str){arena_cstr(arena, s), s.len};
}

Str real_path(Arena *arena, const char *path) {
    char *real = realpath(path, NULL);
    if (!real) {
        memory_check(errno);
        return (Str){0};
    }
    Str copy = arena_str(arena, str_of(real));
    free(real);
    return copy;
}

Str str_lower(Arena *arena, Str s) {
    char *copy = arena_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++) copy[i] = to_lower(copy[i]);
    return (Str){copy, s.len};
}

Str str_upper(Arena *arena, Str s) {
    char *copy = arena_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++) copy[i] = to_upper(copy[i]);
    return (Str){copy, s.len};
}

Str str_cut(Arena *arena, Str s, size_t most) {
    if (s.len <= most) return s;
    while (most && ((unsigned char)s.at[most] & 0xC0) == 0x80) most--;
    return str_join(arena, (Str){s.at, most}, S("..."));
}

Str str_join(Arena *arena, Str a, Str b) {
    char *text = arena_alloc(arena, a.len + b.len + 1);
    if (a.len) memcpy(text, a.at, a.len);
    if (b.len) memcpy(text + a.len, b.at, b.len);
    return (Str){text, a.len + b.len};
}

size_t int_digits(char *out, int64_t n) {
    char digits[INT_DIGITS];
    size_t count = 0, length = 0;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do digits[count++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (n < 0) out[length++] = '-';
    while (count) out[length++] = digits[--count];
    return length;
}

Str str_int(Arena *arena, int64_t n) {
    char digits[INT_DIGITS];
    return arena_str(arena, (Str){digits, int_digits(digits, n)});
}

void *array_grow(Arena *arena, void *at, uint32_t *cap, uint32_t n, size_t item_size) {
    enum { LARGE_ITEM = 64 }; /* of which there are often not more than one or two */
    *cap = *cap ? *cap * 2 : item_size > LARGE_ITEM ? 1 : 4;
    void *grown = arena_alloc(arena, *cap * item_size);
    if (n) memcpy(grown, at, n * item_size);
    return grown;
}

char *buf_reserve(Buf *buf, size_t more) {
    if (buf->len + more > buf->cap) {
        size_t cap = buf->cap ? buf->cap * 2 : 64;
        while (cap < buf->len + more) cap *= 2;
        char *grown = arena_alloc(buf->arena, cap);
        if (buf->len) memcpy(grown, buf->at, buf->len);
        buf->at = grown;
        buf->cap = cap;
    }
    return buf->at + buf->len;
}

void buf_str(Buf *buf, Str s) {
    if (!s.len) return;
    memcpy(buf_reserve(buf, s.len), s.at, s.len);
    buf->len += s.len;
}

void buf_char(Buf *buf, char c) {
    *buf_reserve(buf, 1) = c;
    buf->len++;
}

void buf_repeat(Buf *buf, char c, size_t times) {
    memset(buf_reserve(buf, times + 1), c, times);
    buf->len += times;
}

void buf_int(Buf *buf, int64_t n) {
    buf->len += int_digits(buf_reserve(buf, INT_DIGITS), n);
}

static void buf_vformat(Buf *buf, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    char *room = buf_reserve(buf, 1);
    int n = vsnprintf(room, buf->cap - buf->len, format, args);
    if ((size_t)n >= buf->cap - buf->len) vsnprintf(buf_reserve(buf, (size_t)n + 1), (size_t)n + 1, format, again);
    va_end(again);
    buf->len += (size_t)n;
}

void buf_format(Buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vformat(buf, format, args);
    va_end(args);
}

Str str_format(Arena *arena, const char *format, ...) {
    Buf buf = {.arena = arena};
    va_list args;
    va_start(args, format);
    buf_vformat(&buf, format, args);
    va_end(args);
    return buf_text(&buf);
}

void buf_codepoint(Buf *buf, uint32_t cp) {
    if (cp < 0x80) {
        buf_char(buf, (char)cp);
    } else if (cp < 0x800) {
        buf_char(buf, (char)(0xC0 | cp >> 6));
        buf_char(buf, (char)(0x80 | (cp & 0x3F)));
    } else if (cp < 0x10000) {
        buf_char(buf, (char)(0xE0 | cp >> 12));
        buf_char(buf, (char)(0x80 | (cp >> 6 & 0x3F)));
        buf_char(buf, (char)(0x80 | (cp & 0x3F)));
    } else {
        buf_char(buf, (char)(0xF0 | cp >> 18));
        buf_char(buf, (char)(0x80 | (cp >> 12 & 0x3F)));
        buf_char(buf, (char)(0x80 | (cp >> 6 & 0x3F)));
        buf_char(buf, (char)(0x80 | (cp & 0x3F)));
    }
}

/* The length of the valid UTF-8 sequence at `p`, or 0. */
static size_t utf8_length(const unsigned char *p, size_t left) {
    if (p[0] < 0x80) return 1;
    size_t n = p[0] >= 0xC2 && p[0] < 0xE0 ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : p[0] >= 0xF0 && p[0] < 0xF5 ? 4 : 0;
    if (n == 0 || n > left) return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
    if (p[0] == 0xED && p[1] >= 0xA0) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;
    if (p[0] == 0xF4 && p[1] >= 0x90) return 0;
    return n;
}

size_t str_utf8_length(Str s) {
    return utf8_length((const unsigned char *)s.at, s.len);
}

static bool are_ascii(const unsigned char bytes[sizeof(uint64_t)]) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return !(word & UINT64_C(0x8080808080808080));
}

/* The number of bytes at the start that are UTF-8. */
static size_t valid_length(Str s) {
    const unsigned char *p = (const unsigned char *)s.at;
    size_t good = 0;
    while (good < s.len) {
        if (s.len - good >= sizeof(uint64_t) && are_ascii(p + good)) {
            good += sizeof(uint64_t);
            continue;
        }
        size_t n = utf8_length(p + good, s.len - good);
        if (n == 0) break;
        good += n;
    }
    return good;
}

bool str_is_utf8(Str s) {
    return valid_length(s) == s.len;
}

Str str_valid_utf8(Arena *arena, Str s) {
    const unsigned char *p = (const unsigned char *)s.at;
    size_t good = valid_length(s);
    if (good == s.len) return s;
    Buf buf = {.arena = arena};
    buf_str(&buf, (Str){s.at, good});
    while (good < s.len) {
        size_t n = utf8_length(p + good, s.len - good);
        if (n)
            buf_str(&buf, (Str){s.at + good, n});
        else
            buf_codepoint(&buf, 0xFFFD);
        good += n ? n : 1;
    }
    return buf_text(&buf);
}
