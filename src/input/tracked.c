#include "tracked.h"

#include "base/process.h"

static void add_path(Tracked *tracked, Arena *arena, Str path) {
    Str full = arena_str(arena, str_format(arena, "%.*s/%.*s", TEXT(tracked->top), TEXT(path)));
    for (ptrdiff_t slash = (ptrdiff_t)full.len; slash > (ptrdiff_t)tracked->top.len; slash = str_rfind(full, '/')) {
        full.len = (size_t)slash;
        if (str_set_add(&tracked->paths, full, full.at)) return;
    }
}

/* Nothing that the repository's configuration names is run. */
static void ask_git(Tracked *tracked, Arena *arena) {
    enum { LONGEST_SECONDS = 10, MOST_BYTES = 1 << 24 };
    static const char *const words[] = {"ls-files", "-z", "--cached", "--ignored", "--exclude-standard", "--"};
    static const char *const names[] = {":(icase)*.yaml", ":(icase)*.yml", ":(icase)*.json", "*Kustomization"};
    static const char *const environment[] = {"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", NULL};
    char *top = (char *)(uintptr_t)arena_cstr(arena, tracked->top);
    ARRAY(char *) arguments = {0};
    static const char *const program[] = {"git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C"};
    for (size_t i = 0; i < COUNT(program); i++) ARRAY_PUSH(arena, &arguments, (char *)(uintptr_t)program[i]);
    ARRAY_PUSH(arena, &arguments, top);
    for (size_t i = 0; i < COUNT(words); i++) ARRAY_PUSH(arena, &arguments, (char *)(uintptr_t)words[i]);
    for (size_t i = 0; i < COUNT(names); i++) ARRAY_PUSH(arena, &arguments, (char *)(uintptr_t)names[i]);
    ARRAY_PUSH(arena, &arguments, NULL);
    ProcessOptions options = {.environment = environment, .seconds = LONGEST_SECONDS, .mostBytes = MOST_BYTES};
    Process git = process_run(arena, arguments.at, &options);
    for (Str rest = git.out; git.code == 0 && rest.len;) {
        ptrdiff_t end = str_find(rest, '\0');
        Str path = {rest.at, end < 0 ? rest.len : (size_t)end};
        add_path(tracked, arena, path);
        rest = str_slice(rest, path.len + 1);
    }
}

bool tracked_has(Tracked *tracked, Arena *arena, Str top, Str path) {
    if (!str_eq(tracked->top, top)) {
        *tracked = (Tracked){.top = arena_str(arena, top), .paths = {.arena = arena}};
        ask_git(tracked, arena);
    }
    return str_set_find(&tracked->paths, path) != NULL;
}
