/* A named text and the places in it. A place is a span of bytes; lines and columns exist only when something is printed. */
#ifndef PODLINT_SOURCE_H
#define PODLINT_SOURCE_H

#include "base/base.h"

/* Bytes at..end of a source; `end` is the first byte after. */
typedef struct Span {
    uint32_t at, end;
} Span;

/* A change that lets libyaml read on as the author meant it: bytes to take out, and what to put in their place. */
typedef struct TextMend {
    size_t at, removed;
    Str put;
} TextMend;

/* A line and a column as an editor shows them: both from 1, the column in Unicode code points. */
typedef struct Place {
    uint32_t line, column;
} Place;

typedef struct Source {
    Str name;           /* as the user wrote it, "-" for standard input */
    Str text;           /* UTF-8, without a byte order mark */
    Str bytes;          /* what stands there, of UTF-16 and UTF-32 that cannot be read */
    bool mark;          /* it had one, in UTF-8 */
    bool once;          /* read from standard input or a pipe, where it cannot be read again */
    uint32_t *lines;    /* offset of each line's first byte, made at first need */
    uint32_t lineCount; /* how many */
    uint32_t *points;   /* code points before each block of the text, made at first need */
    uint32_t above;     /* lines that stand above the text in what it was cut from; places count them */
} Source;

/* The largest input that is read, in bytes. */
#define SOURCE_MAX_BYTES ((size_t)64 << 20)

typedef enum SourceError {
    SOURCE_OK,
    SOURCE_CANNOT_READ,  /* errno says why */
    SOURCE_NOT_A_FILE,   /* a socket, a device, or a FIFO that nobody writes to */
    SOURCE_TOO_LARGE,    /* over SOURCE_MAX_BYTES */
    SOURCE_UTF16_LE,     /* UTF-16, little-endian: the API server's line reader tears its characters apart */
    SOURCE_UTF16_BROKEN, /* UTF-16, big-endian, but cut or not ended by a line feed */
    SOURCE_UTF32,
} SourceError;

/* Reads a file, or standard input for the name "-", into `arena`. UTF-16 with a big-endian mark is turned into UTF-8, the mark of
 * UTF-8 is dropped. On error `out` still has its name. */
SourceError source_read(Source *out, Arena *arena, Str name);

/* A text that stands for a file, whatever the file is called: what an editor has of it and has not saved yet. */
typedef struct SourceOverlay {
    uint64_t device, number; /* st_dev and st_ino */
    Str text;
} SourceOverlay;

/* From now on source_read takes these texts in place of the files that they stand for. The list is used as long as no other one
 * is given, and not copied; it must not change while threads read. */
void source_overlay(const SourceOverlay *texts, uint32_t count);

/* Makes a source of bytes already in memory, which must outlive it; the same treatment of byte order marks. */
SourceError source_from_bytes(Source *out, Arena *arena, Str name, Str bytes);

/* What to say of a file that could not be read; `error` is errno. */
Str source_error_text(Arena *arena, SourceError kind, int error);

/* The place of a byte offset. Lines break at LF, CRLF and CR. The line index is allocated in `arena`. */
Place source_place(Source *source, Arena *arena, uint32_t offset);

/* The text of a line (from 1), without its line break; empty past the last one. */
Str source_line(Source *source, Arena *arena, uint32_t line);

/* The line in which a span starts, or what of a long one stands around it. */
typedef struct Excerpt {
    Str text;                 /* part of the source */
    uint32_t at, end;         /* the span in it, as far as it is shown */
    bool cutBefore, cutAfter; /* whether the line goes on */
} Excerpt;

/* At most EXCERPT_BYTES of the line around the start of `span`. */
Excerpt source_excerpt(Source *source, Arena *arena, Span span);

enum { EXCERPT_BYTES = 140, EXCERPT_BEFORE = 60 };

#endif
