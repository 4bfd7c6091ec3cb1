#include "style.h"

const char *style_bold(const Style *w) {
    return w->settings->colour ? "\033[1m" : "";
}

const char *style_dim(const Style *w) {
    return w->settings->colour ? "\033[36m" : "";
}

const char *style_reset(const Style *w) {
    return w->settings->colour ? "\033[0m" : "";
}

void put_wrapped(const Style *w, Str text, int indent, int at) {
    int width = w->settings->width > 120 ? 120 : w->settings->width;
    size_t i = 0;
    while (i < text.len) {
        if (text.at[i] == '\n') {
            buf_char(w->out, '\n');
            if (i + 1 < text.len && text.at[i + 1] != '\n') buf_repeat(w->out, ' ', (size_t)indent);
            at = indent;
            i++;
            continue;
        }
        size_t end = i, spaces = 0;
        while (end < text.len && text.at[end] == ' ') end++, spaces++;
        size_t word = end;
        while (end < text.len && text.at[end] != ' ' && text.at[end] != '\n') end++;
        int length = (int)str_codepoints((Str){text.at + word, end - word});
        if (at + (int)spaces + length > width && at > indent) {
            buf_char(w->out, '\n');
            buf_repeat(w->out, ' ', (size_t)indent);
            at = indent;
            spaces = 0;
        }
        buf_repeat(w->out, ' ', spaces);
        buf_str(w->out, (Str){text.at + word, end - word});
        at += (int)spaces + length;
        i = end;
    }
    buf_char(w->out, '\n');
}

void put_fact(const Style *w, const char *name, Str value) {
    enum { COLUMN = 14 };
    if (!value.len) return;
    buf_format(w->out, "  %s%-*s%s", style_dim(w), COLUMN - 2, name, style_reset(w));
    put_wrapped(w, value, COLUMN, COLUMN);
}

void put_cut(Buf *out, Str text, size_t width) {
    bool cut = str_codepoints(text) > width;
    size_t i = 0, left = cut ? width - 3 : width;
    for (; i < text.len; i++)
        if (((unsigned char)text.at[i] & 0xC0) != 0x80 && left-- == 0) break;
    buf_str(out, (Str){text.at, i});
    if (cut) buf_str(out, S("..."));
}

Str first_sentence(Str text) {
    for (size_t i = 0; i + 1 < text.len; i++)
        if ((text.at[i] == '.' || text.at[i] == ':') && text.at[i + 1] == ' ' && (i < 2 || text.at[i - 2] != '.'))
            return (Str){text.at, i};
    return text.len && text.at[text.len - 1] == '.' ? (Str){text.at, text.len - 1} : text;
}

void put_example(const Style *w, const Field *field, Str example, int indent) {
    bool block = str_find(example, '\n') >= 0 || field->scalar == TYPE_OBJECT || field->shape != SHAPE_ONE;
    bool flow = example.len && (example.at[0] == '[' || example.at[0] == '{');
    buf_repeat(w->out, ' ', (size_t)indent);
    buf_format(w->out, "%.*s:", TEXT(field->name));
    if (!block || flow) {
        buf_format(w->out, " %.*s\n", TEXT(example));
        return;
    }
    buf_char(w->out, '\n');
    int inner = field->shape == SHAPE_LIST ? indent : indent + 2;
    for (size_t i = 0; i < example.len;) {
        ptrdiff_t newline = str_find(str_slice(example, i), '\n');
        size_t end = newline < 0 ? example.len : i + (size_t)newline;
        buf_repeat(w->out, ' ', (size_t)inner);
        buf_format(w->out, "%.*s\n", (int)(end - i), example.at + i);
        i = end + 1;
    }
}
