#include "topic.h"

#include "simulate/kubelet.h"

#define NUMBER_ROW(name, value) {STR(#name), (value)},
static const struct {
    Str name;
    int value;
} numbers[] = {KUBELET_NUMBERS(NUMBER_ROW)};
#undef NUMBER_ROW

Str topic_text(Arena *arena, const Topic *topic) {
    Str text = topic->text;
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        ptrdiff_t end = text.at[i] == '{' ? str_find(str_slice(text, i), '}') : -1;
        bool known = false;
        for (size_t j = 0; end > 0 && j < COUNT(numbers) && !known; j++) {
            if (!str_eq((Str){text.at + i + 1, (size_t)end - 1}, numbers[j].name)) continue;
            buf_int(&buf, numbers[j].value);
            known = true;
        }
        if (known)
            i += (size_t)end;
        else
            buf_char(&buf, text.at[i]);
    }
    return buf_text(&buf);
}

const Topic *topic_named(Str query) {
    for (uint16_t i = 0; i < topic_count; i++)
        if (str_eq_nocase(query, topics[i].name)) return &topics[i];
    return NULL;
}

Str topic_next_block(Str *text) {
    size_t end = 0;
    for (size_t start = 0; start < text->len; start = end) {
        ptrdiff_t newline = str_find(str_slice(*text, start), '\n');
        size_t next = newline < 0 ? text->len : start + (size_t)newline + 1;
        Str line = str_trim((Str){text->at + start, next - start});
        if (start > 0 && (!line.len || str_starts(line, S("- ")))) break;
        end = next;
        if (!line.len) break;
    }
    Str block = str_trim((Str){text->at, end});
    *text = str_slice(*text, end);
    return block;
}

Str topic_folded(Arena *arena, Str block) {
    Buf line = {.arena = arena};
    char last = '\0';
    for (size_t i = 0; i < block.len; i++) {
        char next = block.at[i] == '\n' ? ' ' : block.at[i];
        if (next == ' ' && last == ' ') continue;
        if (line.len || block.at[i] != '\n') buf_char(&line, last = next);
    }
    return buf_text(&line);
}

/* Whether a list item of a topic is about a word: "- Pending, Running: ...". */
static bool item_names(Str item, Str word) {
    for (size_t start = 2, i = 2; i + 1 < item.len; i++) {
        bool end = item.at[i] == ':' && item.at[i + 1] == ' ';
        if (!end && item.at[i] != ',') continue;
        if (str_eq_nocase(str_trim((Str){item.at + start, i - start}), word)) return true;
        if (end) return false;
        start = i + 1;
    }
    return false;
}

TopicItems topic_find(Arena *arena, Str word) {
    TopicItems found = {0};
    for (uint16_t i = 0; i < topic_count; i++)
        for (Str text = topic_text(arena, &topics[i]); text.len;) {
            Str item = topic_folded(arena, topic_next_block(&text));
            if (str_starts(item, S("- ")) && item_names(item, word))
                ARRAY_PUSH(arena, &found, (TopicItem){&topics[i], str_slice(item, 2)});
        }
    return found;
}
