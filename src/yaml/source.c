/* Reading files and finding lines. The API server's reader takes lines that end in LF and hands what it joins to a port of
 * libyaml; for UTF-16 this means that big-endian text is read and little-endian text never is,
 * which source_from_bytes repeats. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static uint32_t utf16_unit(Str bytes, size_t i) {
    return (uint32_t)((unsigned char)bytes.at[i] << 8 | (unsigned char)bytes.at[i + 1]);
}

static SourceError from_utf16_be(Source *out, Arena *arena, Str bytes) {
    if (bytes.len < 4 || bytes.len % 2 || bytes.at[bytes.len - 1] != '\n') return SOURCE_UTF16_BROKEN;
    Buf buf = {.arena = arena};
    for (size_t i = 2; i < bytes.len; i += 2) {
        uint32_t cp = utf16_unit(bytes, i);
        if (cp >= 0xDC00 && cp < 0xE000) return SOURCE_UTF16_BROKEN;
        if (cp >= 0xD800 && cp < 0xDC00) {
            uint32_t low = i + 3 < bytes.len ? utf16_unit(bytes, i + 2) : 0;
            if (low < 0xDC00 || low >= 0xE000) return SOURCE_UTF16_BROKEN;
            cp = 0x10000 + ((cp & 0x3FF) << 10 | (low & 0x3FF));
            i += 2;
        }
        buf_codepoint(&buf, cp);
    }
    out->text = buf_text(&buf);
    return SOURCE_OK;
}

SourceError source_from_bytes(Source *out, Arena *arena, Str name, Str bytes) {
    *out = (Source){.name = name, .text = S("")};
    if (bytes.len > SOURCE_MAX_BYTES) return SOURCE_TOO_LARGE;
    bool large = str_starts(bytes, (Str){"\xFF\xFE\0\0", 4}) || str_starts(bytes, (Str){"\0\0\xFE\xFF", 4});
    bool wide = large || str_starts(bytes, S("\xFF\xFE")) || str_starts(bytes, S("\xFE\xFF"));
    SourceError error = large                              ? SOURCE_UTF32
                        : str_starts(bytes, S("\xFF\xFE")) ? SOURCE_UTF16_LE
                        : wide                             ? from_utf16_be(out, arena, bytes)
                                                           : SOURCE_OK;
    if (error) out->bytes = bytes;
    if (wide) return error;
    out->mark = str_starts(bytes, S("\xEF\xBB\xBF"));
    out->text = str_slice(bytes, out->mark ? 3 : 0);
    return SOURCE_OK;
}

/* Reads to the end of `fd`, or as much as is expected if that is not 0; of a file that has grown, all that is there. A pipe
 * opened without blocking that nobody writes to ends at once, so a forgotten FIFO cannot hang the run. */
static SourceError read_all(Source *out, Arena *arena, int fd, size_t expected) {
    Buf buf = {.arena = arena};
    buf_reserve(&buf, (expected ? expected : 1 << 16) + 1);
    for (;;) {
        char *room = buf_reserve(&buf, 1);
        ssize_t n = read(fd, room, buf.cap - buf.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
            continue;
        }
        if (n < 0) return SOURCE_CANNOT_READ;
        buf.len += (size_t)n;
        if (buf.len > SOURCE_MAX_BYTES) return SOURCE_TOO_LARGE;
        if (n == 0 || (expected && buf.len == expected)) break;
    }
    return source_from_bytes(out, arena, out->name, buf_text(&buf));
}

static const SourceOverlay *overlays;
static uint32_t overlayCount;

void source_overlay(const SourceOverlay *texts, uint32_t count) {
    overlays = texts;
    overlayCount = count;
}

static const SourceOverlay *find_overlay(const struct stat *st) {
    for (uint32_t i = 0; i < overlayCount; i++)
        if (overlays[i].number == st->st_ino && overlays[i].device == st->st_dev) return &overlays[i];
    return NULL;
}

SourceError source_read(Source *out, Arena *arena, Str name) {
    *out = (Source){.name = name, .text = S("")};
    if (str_eq(name, S("-"))) {
        SourceError error = read_all(out, arena, STDIN_FILENO, 0);
        out->once = true;
        return error;
    }
    int fd = open(arena_cstr(arena, name), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return SOURCE_CANNOT_READ;
    struct stat st;
    SourceError error = SOURCE_OK;
    if (fstat(fd, &st) != 0) {
        error = SOURCE_CANNOT_READ;
    } else if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        error = SOURCE_CANNOT_READ;
    } else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
        error = SOURCE_NOT_A_FILE;
    } else if ((size_t)st.st_size > SOURCE_MAX_BYTES) {
        error = SOURCE_TOO_LARGE;
    } else if (find_overlay(&st)) {
        error = source_from_bytes(out, arena, out->name, find_overlay(&st)->text);
    } else {
        error = read_all(out, arena, fd, (size_t)st.st_size);
        if (!error && S_ISFIFO(st.st_mode) && out->text.len == 0) error = SOURCE_NOT_A_FILE;
        out->once = S_ISFIFO(st.st_mode);
    }
    int kept = errno;
    close(fd);
    errno = kept;
    return error;
}

/* The offset behind the next line break at or after `at`, or 0 if there is none. */
static size_t next_line(Str text, size_t at, bool carriageReturns) {
    if (!carriageReturns) {
        const char *newline = at < text.len ? memchr(text.at + at, '\n', text.len - at) : NULL;
        return newline ? (size_t)(newline - text.at) + 1 : 0;
    }
    for (size_t i = at; i < text.len; i++)
        if (text.at[i] == '\n' || (text.at[i] == '\r' && !(i + 1 < text.len && text.at[i + 1] == '\n'))) return i + 1;
    return 0;
}

enum { SOURCE_BLOCK = 256 };

/* Counts the code points before each block, as lines may be of any length. */
static void index_points(Source *source, Arena *arena) {
    uint32_t blocks = (uint32_t)(source->text.len / SOURCE_BLOCK) + 1;
    source->points = NEW_ARRAY(arena, uint32_t, blocks);
    for (uint32_t i = 1; i < blocks; i++)
        source->points[i] = source->points[i - 1] +
                            (uint32_t)str_codepoints((Str){source->text.at + (size_t)(i - 1) * SOURCE_BLOCK, SOURCE_BLOCK});
}

static void index_lines(Source *source, Arena *arena) {
    Str text = source->text;
    bool carriageReturns = text.len && memchr(text.at, '\r', text.len);
    ARRAY(uint32_t) lines = {0};
    ARRAY_PUSH(arena, &lines, 0);
    for (size_t at = 0; (at = next_line(text, at, carriageReturns));) ARRAY_PUSH(arena, &lines, (uint32_t)at);
    source->lines = lines.at;
    source->lineCount = lines.n;
}

/* The number of the line with a byte, from 0. */
static uint32_t find_line(Source *source, Arena *arena, uint32_t offset) {
    if (!source->lines) index_lines(source, arena);
    return count_below(source->lines, source->lineCount, sizeof *source->lines, offset + 1) - 1;
}

/* The code points before a byte: those before its block are known. */
static uint32_t points_before(Source *source, Arena *arena, uint32_t offset) {
    if (!source->points) index_points(source, arena);
    uint32_t block = offset / SOURCE_BLOCK, at = block * SOURCE_BLOCK;
    return source->points[block] + (uint32_t)str_codepoints((Str){source->text.at + at, offset - at});
}

Place source_place(Source *source, Arena *arena, uint32_t offset) {
    if (offset > source->text.len) offset = (uint32_t)source->text.len;
    uint32_t line = find_line(source, arena, offset), start = source->lines[line];
    bool sameBlock = offset - start < SOURCE_BLOCK;
    uint32_t before = sameBlock ? (uint32_t)str_codepoints((Str){source->text.at + start, offset - start})
                                : points_before(source, arena, offset) - points_before(source, arena, start);
    return (Place){source->above + line + 1, before + 1};
}

Str source_line(Source *source, Arena *arena, uint32_t line) {
    if (!source->lines) index_lines(source, arena);
    if (line == 0 || line > source->lineCount) return S("");
    size_t at = source->lines[line - 1], end = line < source->lineCount ? source->lines[line] : source->text.len;
    while (end > at && (source->text.at[end - 1] == '\n' || source->text.at[end - 1] == '\r')) end--;
    return (Str){source->text.at + at, end - at};
}

static bool inside_character(Str text, size_t at) {
    return at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80;
}

Excerpt source_excerpt(Source *source, Arena *arena, Span span) {
    Str text = source->text, line = source_line(source, arena, find_line(source, arena, span.at) + 1);
    size_t start = line.len ? (size_t)(line.at - text.at) : span.at, end = start + line.len;
    size_t at = span.at < end ? span.at : end;
    size_t from = at - start > EXCERPT_BYTES - EXCERPT_BEFORE / 3 ? at - EXCERPT_BEFORE : start;
    while (from > start && inside_character(text, from)) from--;
    size_t to = end - from > EXCERPT_BYTES ? from + EXCERPT_BYTES : end;
    while (to > at && inside_character(text, to)) to--;
    size_t spanEnd = span.end < to ? span.end : to;
    return (Excerpt){.text = {text.at + from, to - from},
                     .at = (uint32_t)(at - from),
                     .end = (uint32_t)((spanEnd > at ? spanEnd : at) - from),
                     .cutBefore = from > start,
                     .cutAfter = to < end};
}

Str source_error_text(Arena *arena, SourceError kind, int error) {
    switch (kind) {
    case SOURCE_OK: break;
    case SOURCE_CANNOT_READ: {
        if (error == EILSEQ) return S("its name is not valid UTF-8");
        char text[256];
        return arena_str(arena, str_of(strerror_r(error, text, sizeof text)));
    }
    case SOURCE_NOT_A_FILE: return S("it is not a regular file, or it is a pipe that nobody writes to");
    case SOURCE_TOO_LARGE:
        return str_format(arena, "it is larger than %zu MiB, the largest file that is read", SOURCE_MAX_BYTES >> 20);
    case SOURCE_UTF32: return S("the server's reader knows UTF-8 and UTF-16");
    case SOURCE_UTF16_LE: return S("the server's reader cannot read little-endian UTF-16");
    case SOURCE_UTF16_BROKEN: return S("its characters are cut, or it does not end with a line feed");
    }
    return S("");
}
