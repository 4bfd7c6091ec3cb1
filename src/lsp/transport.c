#include "transport.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 16, HEADER_BYTES = 4096 };

/* Makes room for READ_BYTES behind what is there. */
static void make_room(Transport *t) {
    if (t->start) memmove(t->at, t->at + t->start, t->len - t->start);
    t->len -= t->start;
    t->start = 0;
    if (t->cap - t->len >= READ_BYTES) return;
    t->cap = (t->len + READ_BYTES) * 2;
    t->at = realloc(t->at, t->cap);
    if (!t->at) out_of_memory();
}

/* Reads once. */
static void read_more(Transport *t) {
    if (t->cap - t->len < READ_BYTES) make_room(t);
    ssize_t n = read(t->in, t->at + t->len, t->cap - t->len);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n <= 0) t->ended = true;
    if (n <= 0) return;
    size_t skipped = t->skip < (size_t)n ? t->skip : (size_t)n;
    if (skipped) memmove(t->at + t->len, t->at + t->len + skipped, (size_t)n - skipped);
    t->skip -= skipped;
    t->len += (size_t)n - skipped;
}

static bool is_full(const Transport *t) {
    return t->len - t->start > MESSAGE_MAX_BYTES;
}

void transport_fill(Transport *t, int milliseconds) {
    struct pollfd ready = {.fd = t->in, .events = POLLIN};
    while (!t->ended && !is_full(t) && poll(&ready, 1, milliseconds) > 0) {
        read_more(t);
        milliseconds = 0;
    }
}

/* The value of a header line of this name, without its case; at is NULL if it is another one. */
static Str header_value(Str line, Str name) {
    bool same = line.len > name.len && line.at[name.len] == ':' && str_eq_nocase((Str){line.at, name.len}, name);
    return same ? str_trim(str_slice(line, name.len + 1)) : (Str){0};
}

/* Where the header ends, behind its blank line; 0 if that has not come yet. */
static size_t header_end(Str text) {
    for (size_t i = 0; i + 1 < text.len && i < HEADER_BYTES; i++) {
        if (text.at[i] != '\n') continue;
        if (text.at[i + 1] == '\n') return i + 2;
        if (text.at[i + 1] == '\r' && i + 2 < text.len && text.at[i + 2] == '\n') return i + 3;
    }
    return 0;
}

static bool content_length(Str header, size_t *out) {
    bool found = false;
    while (header.len) {
        ptrdiff_t newline = str_find(header, '\n');
        Str line = {header.at, newline < 0 ? header.len : (size_t)newline};
        Str value = header_value(str_trim(line), S("Content-Length"));
        header = str_slice(header, line.len + 1);
        if (!value.at) continue;
        found = str_is_digits(value) && value.len < 12;
        *out = 0;
        for (size_t i = 0; i < value.len && found; i++) *out = *out * 10 + (size_t)(value.at[i] - '0');
    }
    return found;
}

Taken transport_take(Transport *t, Str *body, const char **why) {
    Str text = t->at ? (Str){t->at + t->start, t->len - t->start} : S("");
    size_t length = 0, end = text.len ? header_end(text) : 0;
    if (!end && text.len <= HEADER_BYTES) return TAKEN_NOTHING;
    if (!end || !content_length((Str){text.at, end}, &length)) {
        t->start += end ? end : HEADER_BYTES;
        *why = "a message begins with a line Content-Length: and a blank line";
        return TAKEN_FAULT;
    }
    if (length > MESSAGE_MAX_BYTES) {
        size_t here = text.len - end < length ? text.len - end : length;
        t->start += end + here;
        t->skip = length - here;
        *why = "the message is too large";
        return TAKEN_FAULT;
    }
    if (text.len - end < length) return TAKEN_NOTHING;
    *body = (Str){text.at + end, length};
    t->start += end + length;
    return TAKEN_MESSAGE;
}

/* Reads while nothing can be written: a client that writes before it reads would otherwise wait for ever, and so would this. */
static void write_all(Transport *t, const char *at, size_t length) {
    while (length && !t->broken) {
        bool reads = !t->ended && !is_full(t);
        struct pollfd ready[] = {{.fd = t->out, .events = POLLOUT}, {.fd = t->in, .events = POLLIN}};
        if (poll(ready, reads ? 2 : 1, -1) < 0) continue;
        if (reads && ready[1].revents) read_more(t);
        if (!ready[0].revents) continue;
        ssize_t n = write(t->out, at, length < PIPE_BUF ? length : PIPE_BUF); /* a pipe that is ready takes so much at once */
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) t->broken = true;
        if (n < 0) return;
        at += n;
        length -= (size_t)n;
    }
}

void transport_send(Transport *t, json_t *message) {
    enum { FLAGS = JSON_COMPACT | JSON_PRESERVE_ORDER };
    json_object_set_new(message, "jsonrpc", json_string("2.0"));
    size_t length = json_dumpb(message, NULL, 0, FLAGS);
    char *text = memory_take(length + HEADER_BYTES);
    int head = snprintf(text, HEADER_BYTES, "Content-Length: %zu\r\n\r\n", length);
    json_dumpb(message, text + head, length, FLAGS);
    write_all(t, text, (size_t)head + length);
    free(text);
    json_decref(message);
}

void transport_free(Transport *t) {
    free(t->at);
}
