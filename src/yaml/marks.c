#include "marks.h"

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

uint32_t mark_in_source_slowly(const Marks *marks, size_t index) {
    size_t at = mark_in_text(marks, index);
    for (uint32_t i = marks->edits.n; i > 0; i--)
        if (marks->edits.at[i - 1].at <= at) at -= (size_t)marks->edits.at[i - 1].delta;
    return marks->base + (uint32_t)(at < marks->written.len ? at : marks->written.len);
}
