/* The shortest edit script of two lists of lines (E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986), after the
 * lines that both have at their beginning and end. */
#include "line_diff.h"

typedef ARRAY(Str) Lines;

typedef struct Step {
    bool removed, added; /* neither: both have the line */
    uint32_t old, new;   /* numbers of the lines, from 0 */
} Step;

typedef ARRAY(Step) Steps;

static Lines lines_of(Arena *arena, Str text) {
    Lines lines = {0};
    while (text.len) {
        const char *end = memchr(text.at, '\n', text.len);
        size_t length = end ? (size_t)(end - text.at) + 1 : text.len;
        ARRAY_PUSH(arena, &lines, (Str){text.at, length});
        text = str_slice(text, length);
    }
    return lines;
}

static void add_step(Arena *arena, Steps *steps, bool removed, bool added, uint32_t old, uint32_t new) {
    ARRAY_PUSH(arena, steps, (Step){removed, added, old, new});
}

/* More differences than this are shown as one. */
enum { MOST_DIFFERENCES = 2000 };

/* Whether the way to diagonal `k` with `d` differences comes from the one above it: a line is added. */
static bool comes_from_above(const int32_t *reached, int32_t k, int32_t d) {
    return k == -d || (k != d && reached[k - 1] < reached[k + 1]);
}

/* The steps between two ranges of lines that begin at `from`, the last one first. */
static void find_steps(Arena *arena, const Lines *a, const Lines *b, uint32_t from, uint32_t endA, uint32_t endB, Steps *out) {
    int32_t n = (int32_t)(endA - from), m = (int32_t)(endB - from), most = n + m < MOST_DIFFERENCES ? n + m : MOST_DIFFERENCES;
    int32_t *reached = NEW_ARRAY(arena, int32_t, 2 * most + 3) + most + 1, depth = -1;
    int32_t **before = NEW_ARRAY(arena, int32_t *, most + 1); /* `reached`, before each number of differences */
    for (int32_t d = 0; d <= most && depth < 0; d++) {
        before[d] = NEW_ARRAY(arena, int32_t, 2 * d + 3) + d + 1;
        memcpy(before[d] - d - 1, reached - d - 1, (size_t)(2 * d + 3) * sizeof *reached);
        for (int32_t k = -d; k <= d; k += 2) {
            int32_t x = comes_from_above(reached, k, d) ? reached[k + 1] : reached[k - 1] + 1, y = x - k;
            while (a->at && b->at && x < n && y < m && str_eq(a->at[from + (uint32_t)x], b->at[from + (uint32_t)y])) x++, y++;
            reached[k] = x;
            if (x >= n && y >= m) depth = d;
        }
    }
    uint32_t x = (uint32_t)n, y = (uint32_t)m;
    for (int32_t d = depth; d > 0; d--) {
        int32_t k = (int32_t)x - (int32_t)y;
        bool added = comes_from_above(before[d], k, d);
        int32_t other = added ? k + 1 : k - 1;
        uint32_t x0 = (uint32_t)before[d][other], y0 = (uint32_t)(before[d][other] - other);
        while (x > x0 && y > y0) add_step(arena, out, false, false, from + --x, from + --y);
        if (added)
            add_step(arena, out, false, true, from + x, from + --y);
        else
            add_step(arena, out, true, false, from + --x, from + y);
    }
    while (depth < 0 && y > 0) add_step(arena, out, false, true, from + x, from + --y);
    while (depth < 0 && x > 0) add_step(arena, out, true, false, from + --x, from);
    while (x > 0 && y > 0) add_step(arena, out, false, false, from + --x, from + --y);
}

static void put_line(Buf *out, char sign, Str line) {
    buf_char(out, sign);
    buf_str(out, line);
    if (!str_ends(line, S("\n"))) buf_str(out, S("\n\\ No newline at end of file\n"));
}

static void put_range(Buf *out, char sign, uint32_t at, uint32_t count) {
    buf_format(out, count == 1 ? " %c%u" : " %c%u,%u", sign, count ? at + 1 : at, count);
}

void line_diff(Buf *out, Str name, Str before, Str after) {
    enum { AROUND = 3 };
    Arena *arena = out->arena;
    if (str_eq(before, after)) return;
    Lines a = lines_of(arena, before), b = lines_of(arena, after);
    uint32_t start = 0, endA = a.n, endB = b.n;
    while (start < endA && start < endB && str_eq(a.at[start], b.at[start])) start++;
    while (endA > start && endB > start && str_eq(a.at[endA - 1], b.at[endB - 1])) endA--, endB--;
    Steps back = {0}, steps = {0};
    find_steps(arena, &a, &b, start, endA, endB, &back);
    for (uint32_t i = start > AROUND ? start - AROUND : 0; i < start; i++) ARRAY_PUSH(arena, &steps, (Step){false, false, i, i});
    for (uint32_t i = back.n; i > 0; i--) ARRAY_PUSH(arena, &steps, back.at[i - 1]);
    for (uint32_t i = 0; i < AROUND && endA + i < a.n; i++) ARRAY_PUSH(arena, &steps, (Step){false, false, endA + i, endB + i});
    buf_format(out, "--- %.*s\n+++ %.*s\n", TEXT(name), TEXT(name));
    for (uint32_t i = 0; i < steps.n;) {
        while (i < steps.n && !steps.at[i].removed && !steps.at[i].added) i++;
        if (i == steps.n) break;
        uint32_t first = i > AROUND ? i - AROUND : 0, last = i;
        for (uint32_t j = i, same = 0; j < steps.n && same <= 2 * AROUND; j++) {
            bool changed = steps.at[j].removed || steps.at[j].added;
            same = changed ? 0 : same + 1;
            if (changed) last = j;
        }
        uint32_t end = last + AROUND < steps.n ? last + AROUND + 1 : steps.n, olds = 0, news = 0;
        for (uint32_t j = first; j < end; j++) olds += !steps.at[j].added, news += !steps.at[j].removed;
        buf_str(out, S("@@"));
        put_range(out, '-', steps.at[first].old, olds);
        put_range(out, '+', steps.at[first].new, news);
        buf_str(out, S(" @@\n"));
        for (uint32_t j = first; j < end; j++) {
            Step step = steps.at[j];
            put_line(out, step.added ? '+' : step.removed ? '-' : ' ', step.added ? b.at[step.new] : a.at[step.old]);
        }
        i = end;
    }
}
