/* The slips are asked in order, the surest first; the first that finds its own has found the cause. */
#include "slip.h"

/* Where no slip is certain. */

static bool other_words(Finder *f) {
    static const struct {
        const char *theirs;
        Str ours;
    } words[] = {
        {"could not find expected ':'", STR("a key with its colon is wanted here, and this has none")},
        {"did not find expected key", STR("a key with its colon is wanted here")},
        {"did not find expected '-' indicator", STR("the next item of the list, with a dash, is wanted here")},
        {"mapping values are not allowed", STR("this colon makes a key of what stands before it, where no key can stand")},
        {"mapping keys are not allowed", STR("a key cannot stand here")},
        {"block sequence entries are not allowed", STR("an item of a list cannot stand here")},
        {"did not find expected node content", STR("a value is wanted here")},
        {"did not find expected <document start>", STR("the document has ended, and more follows")},
        {"cannot start any token", STR("no value starts with this character")},
        {"',' or ']'", STR("a comma or ] is wanted here")},
        {"',' or '}'", STR("a comma or } is wanted here")},
        {"end of stream", STR("the text ends in the middle of a value")},
        {"document indicator", STR("the document ends in the middle of a value")},
        {"indentation indicator equal to 0", STR("a block of text cannot be indented by 0")},
        {"comment or line break", STR("nothing but a comment can stand on the rest of this line")},
        {"whitespace", STR("a space is wanted here")},
        {"undefined tag handle", STR("no %TAG line says what this tag begins with")},
        {"unexpected ':'", STR("a colon cannot stand here")},
        {"directive", STR("this is not a directive that YAML has")},
        {"YAML document", STR("this is not a version of YAML that can be read")},
    };
    Str problem = f->stop->problem;
    for (size_t i = 0; i < COUNT(words); i++)
        if (slip_stopped(f, words[i].theirs)) {
            problem = words[i].ours;
            break;
        }
    slip_found(f, f->stop->at, f->stop->at, str_join(f->arena, S("this is not YAML: "), problem), S(""));
    if (f->stop->from < f->stop->at) {
        f->out->related = (Span){(uint32_t)f->stop->from, (uint32_t)f->stop->from + 1};
        f->out->note = slip_reading(f, "mapping") || slip_reading(f, "sequence") || slip_reading(f, "collection")
                           ? S("in what starts here")
                           : S("what it is about starts here");
    }
    return true;
}

Cause fault_cause(Arena *arena, const Stop *stop) {
    static bool (*const slips[])(Finder *) = {
        slip_conflict_marker,
        slip_document_mark,
        slip_quote_open,
        slip_escape,
        slip_tab,
        slip_invisible,
        slip_text_after_quote,
        slip_in_brackets,
        slip_unquoted_sign,
        slip_text_after_bracket,
        slip_key_missing,
        slip_list_beside_key,
        slip_colon_in_text,
        slip_dash_without_space,
        slip_block_text,
        slip_key_without_colon,
        slip_too_deep,
        slip_off_level,
        other_words,
    };
    Cause out = {0};
    Finder f = {.arena = arena, .stop = stop, .text = stop->text, .out = &out};
    bool inside = slip_reading(&f, "alias") || slip_reading(&f, "anchor") || slip_reading(&f, "scanning a tag") ||
                  slip_reading(&f, "scanning a directive") ||
                  (slip_reading(&f, "block scalar") && slip_stopped(&f, "comment or line break"));
    f.place = inside ? stop->from : stop->at;
    f.sign = slip_byte(&f, f.place);
    f.line = line_at(stop->text, stop->at);
    f.from = line_at(stop->text, stop->from);
    for (size_t i = 0; i < COUNT(slips) && !slips[i](&f); i++) continue;
    if (out.mends.n > MOST_MENDS) out.mends.n = 0;
    return out;
}

Cause fault_indentation(Arena *arena, Str text, size_t at) {
    Cause out = {0};
    Finder f = {.arena = arena, .text = text, .out = &out};
    Line line = line_at(text, at);
    if (!slip_invisible_in(&f, &line)) return out;
    out.mends.n = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t code;
        size_t length;
        for (; i < text.len; i += length ? length : 1) {
            length = invisible_length(str_slice(text, i), &code);
            if (length)
                slip_mend(&f, i, length, S(" "));
            else if (text.at[i] != ' ' && text.at[i] != '-')
                break;
        }
        while (i < text.len && text.at[i] != '\n') i++;
    }
    if (out.mends.n > MOST_MENDS) out.mends.n = 0;
    return out;
}

/* The length of a control character that YAML takes nowhere, or 0. */
static size_t control_length(Str text, uint32_t *code) {
    unsigned char c = (unsigned char)text.at[0], next = text.len > 1 ? (unsigned char)text.at[1] : 0;
    *code = c == 0xC2 ? next : c;
    if (c < 0x20) return c == '\t' || c == '\n' || c == '\r' ? 0 : 1;
    if (c == 0x7F) return 1;
    return c == 0xC2 && next >= 0x80 && next < 0xA0 && next != 0x85 ? 2 : 0;
}

Cause fault_encoding(Arena *arena, Str text, size_t at) {
    Cause out = {0};
    Finder f = {.arena = arena, .text = text, .out = &out};
    if (at > text.len) at = text.len;
    /* A bad byte behind the first one of a character is reported there. */
    for (int back = 0; back < 3 && at > 0 && at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80; back++) at--;
    /* So is what stands where the rest of a character should. */
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        unsigned char c = (unsigned char)text.at[at - back];
        if (c >= 0xC0 && !str_utf8_length(str_slice(text, at - back))) at -= back;
        if ((c & 0xC0) != 0x80) break;
    }
    Str rest = str_slice(text, at);
    uint32_t code = 0;
    size_t length = rest.len ? control_length(rest, &code) : 0;
    if (length) {
        slip_found(&f, at, at + length, str_format(arena, "the control character U+%04X cannot stand in YAML", code),
                   str_format(arena, "take it out, or write it as \\x%02X in double quotes", code));
        for (size_t i = at; i < text.len; i += length ? length : 1)
            if ((length = control_length(str_slice(text, i), &code))) slip_mend(&f, i, length, S(""));
    } else if (rest.len && str_utf8_length(rest)) {
        slip_found(&f, at, at + str_utf8_length(rest), S("this character cannot stand in YAML"),
                   S("take it out, or write it as an escape in double quotes"));
    } else {
        slip_found(&f, at, at + (rest.len > 0),
                   rest.len ? str_format(arena, "the byte 0x%02X is not UTF-8 text here", (unsigned char)rest.at[0])
                            : S("the last character is cut"),
                   S("save the file as UTF-8"));
    }
    if (out.mends.n > MOST_MENDS) out.mends.n = 0;
    return out;
}

Str fault_value_hint(Arena *arena, Str value) {
    ptrdiff_t colon = str_find(value, ':');
    if (colon <= 0 || (size_t)colon + 1 >= value.len) return S("");
    Str key = {value.at, (size_t)colon}, rest = str_slice(value, (size_t)colon + 1);
    if (!line_is_word(key) || str_find(key, '/') >= 0 || !is_letter(key.at[0]) || rest.at[0] == '/' || str_find(rest, '\n') >= 0)
        return S("");
    return str_format(arena, "write a space after the colon: %.*s: %.*s", TEXT(key), TEXT(rest));
}

Str fault_key_hint(Arena *arena, Str key) {
    if (key.len > 1 && key.at[0] == '-' && is_letter(key.at[1]))
        return str_format(arena, "write a space after the dash: - %.*s", (int)key.len - 1, key.at + 1);
    for (size_t i = 0; i < key.len; i++) {
        uint32_t code;
        if (invisible_length(str_slice(key, i), &code))
            return str_format(arena, "%.*s stands in it; type a space in its place, or take it out",
                              TEXT(slip_invisible_name(arena, code)));
    }
    if (str_starts(key, S("\xE2\x80\x9C")) || str_starts(key, S("\xE2\x80\x98")))
        return S("the quotes around it are typographic, and part of the name; leave them out");
    return S("");
}
