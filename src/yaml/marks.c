#include "marks.h"

#include <stdlib.h>

enum { STRIDE = 64 };

static bool is_ascii(Str text) {
    uint64_t all = 0, block;
    size_t i = 0;
    for (; i + sizeof block <= text.len; i += sizeof block) {
        memcpy(&block, text.at + i, sizeof block);
        all |= block;
    }
    for (; i < text.len; i++) all |= (unsigned char)text.at[i];
    return (all & 0x8080808080808080u) == 0;
}

Marks marks_make(Arena *arena, Str text, uint32_t base) {
    Marks marks = {.text = text, .written = text, .base = base};
    marks.ascii = is_ascii(text);
    if (marks.ascii) return marks;
    marks.checkpoint = NEW_ARRAY(arena, uint32_t, text.len / STRIDE + 1);
    size_t codepoint = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (((unsigned char)text.at[i] & 0xC0) == 0x80) continue;
        if (codepoint++ % STRIDE == 0) marks.checkpoint[marks.count++] = (uint32_t)i;
    }
    return marks;
}

size_t mark_in_text(const Marks *marks, size_t index) {
    size_t at = index;
    if (!marks->ascii) {
        size_t nearest = index / STRIDE;
        if (nearest >= marks->count) nearest = marks->count - 1;
        at = marks->checkpoint[nearest];
        for (size_t left = index - nearest * STRIDE; left > 0 && at < marks->text.len; left--) {
            at++;
            while (at < marks->text.len && ((unsigned char)marks->text.at[at] & 0xC0) == 0x80) at++;
        }
    }
    return at < marks->text.len ? at : marks->text.len;
}

uint32_t text_in_source(const Marks *marks, size_t at) {
    for (uint32_t i = marks->edits.n; i > 0; i--)
        if (marks->edits.at[i - 1].at <= at) at -= (size_t)marks->edits.at[i - 1].delta;
    return marks->base + (uint32_t)(at < marks->written.len ? at : marks->written.len);
}

static int by_offset(const void *a, const void *b) {
    uint32_t x = ((const Edit *)a)->at, y = ((const Edit *)b)->at;
    return (x > y) - (x < y);
}

bool marks_edit(Marks *marks, Arena *arena, size_t at, size_t removed, Str put) {
    enum { MOST_EDITS = 200, MOST_BYTES = 256 << 20 }; /* in all, as the text is copied and read anew each time */
    Str text = marks->text;
    if (marks->edits.n >= MOST_EDITS || (marks->edits.n + 1) * text.len > MOST_BYTES) return false;
    int32_t delta = (int32_t)put.len - (int32_t)removed;
    for (uint32_t i = 0; i < marks->edits.n; i++)
        if (marks->edits.at[i].at > at) marks->edits.at[i].at = (uint32_t)((int64_t)marks->edits.at[i].at + delta);
    ARRAY_PUSH(arena, &marks->edits, (Edit){(uint32_t)(at + put.len), delta});
    qsort(marks->edits.at, marks->edits.n, sizeof *marks->edits.at, by_offset);
    Buf buf = {.arena = arena};
    buf_reserve(&buf, text.len + put.len);
    buf_str(&buf, (Str){text.at, at});
    buf_str(&buf, put);
    buf_str(&buf, str_slice(text, at + removed));
    Marks edited = marks_make(arena, buf_text(&buf), marks->base);
    edited.written = marks->written;
    memcpy(&edited.edits, &marks->edits, sizeof edited.edits);
    *marks = edited;
    return true;
}
