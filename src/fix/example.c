#include "example.h"

#include "fix.h"
#include "line_diff.h"
#include "lint/example.h"

/* How a file is judged by one rule alone, for Kubernetes 1.`minor`. */
static const FileSettings *only(Arena *arena, const Rule *rule, uint8_t minor) {
    FileSettings *file = NEW(arena, FileSettings);
    Selection selection = {0};
    ARRAY_PUSH(arena, &selection.select, rule->name);
    file->minors[file->minorCount++] = minor;
    file->closedWorld = true;
    file->on = NEW_ARRAY(arena, uint8_t, rule_count);
    selection_resolve(file->on, &file->rules, &selection);
    LintSettings lint = {.on = file->on};
    file->lint = lint_prepare(arena, &lint);
    if (rule->source == FROM_POD_SECURITY) file->podSecurity = (PodSecurity){.level = POD_SECURITY_RESTRICTED, .minor = minor};
    return file;
}

FixExample fix_example(Arena *arena, const Rule *rule) {
    FixExample out = {.safe = true};
    Str bad = rule_words(rule).bad;
    if (!bad.len || rule->own) return out;
    Str text = rule_example(arena, bad);
    /* Some things are found in old versions only. */
    for (int i = 0; i < 2 * (VERSION_LAST - VERSION_OLDEST_TARGET + 1) && !out.text.at; i++) {
        const FileSettings *file = only(arena, rule, (uint8_t)(VERSION_LAST - i / 2));
        bool unsafe = i % 2;
        RunSettings how = {.threads = 1, .files = &file};
        InputList list = {.arena = arena};
        ARRAY_PUSH(arena, &list.files, (InputFile){.path = S("example.yaml"), .named = true, .text = text});
        FixResult result;
        fix_files(&result, arena, &list, &how, unsafe);
        if (!result.fixes) continue;
        Buf diff = {.arena = arena};
        out.text = list.files.at[0].text;
        out.safe = !unsafe;
        line_diff(&diff, S(""), text, out.text);
        out.diff = buf_text(&diff);
    }
    /* Without the lines that name the files. */
    for (int line = 0; line < 2 && out.diff.len; line++) out.diff = str_slice(out.diff, (size_t)str_find(out.diff, '\n') + 1);
    return out;
}
