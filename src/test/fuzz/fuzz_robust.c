/* make fuzz-robust: hostile inputs, each in a process of its own, against podlint's bounds. Every command over an input has to
 * end with 0, 1 or 2, to print what programs can read and people may see, and to take no more than a second and 64 MiB for each
 * 100 KB of input that are begun.
 *
 *     fuzz_robust SEEDS [COUNT [SEED [KEEP]]]     COUNT inputs drawn from SEEDS, a folder that seeds.sh made, and all of those
 *     fuzz_robust TARGET FILE...                  these inputs; - is standard input
 *
 * Time is that of the processor, memory the most that was resident, by getrusage(2). Inputs that break a bound are put into KEEP.
 * Under a sanitizer, which takes its own time and memory, only the end and the outputs are judged. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "targets.h"
#include "random.h"

enum {
    STARTED = 100000,      /* bytes, for which there is */
    MOST_SECONDS = 1,      /* of the processor, and */
    MOST_MEMORY = 64 << 10 /* KiB */
};
enum { LATE = 60, DRAWN = 400000, BROKEN = 101 }; /* seconds until a process is ended; bytes; the exit code of a faulty output */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = true };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif
#else
enum { SANITIZED = false };
#endif

typedef struct Seeds {
    ARRAY(Str) items;
} Seeds;

typedef struct Tally {
    unsigned long codes[3], wrong;
    double seconds;  /* the most that an input took */
    double share[2]; /* of what it may take, the largest: time, memory */
    long memory;     /* KiB */
} Tally;

static Arena arena;
static const char *keep;

/* Damage */

typedef enum Kind { AS_IT_IS, MUTATED, TRUNCATED, DEEP, WIDE, BAD_BYTES, KINDS } Kind;

static const char *const kind_names[KINDS] = {"as it is", "mutated", "truncated", "deep", "wide", "bad bytes"};

typedef struct Text {
    char at[DRAWN];
    uint32_t len;
} Text;

/* What has a meaning in one of the languages, to be put where it does not belong. */
static const char *const pieces[] = {"- ",
                                     "  ",
                                     "\n",
                                     "\n\n",
                                     ": ",
                                     "? ",
                                     "{",
                                     "}",
                                     "[",
                                     "]",
                                     ", ",
                                     "'",
                                     "\"",
                                     "\\",
                                     "|\n",
                                     ">-\n",
                                     "&a ",
                                     "*a",
                                     "<<: *a\n",
                                     "!!str ",
                                     "!!binary ",
                                     "!x ",
                                     "%TAG ! !x\n",
                                     "---\n",
                                     "...\n",
                                     "# podlint: ignore ",
                                     "# podlint: ignore-file all\n",
                                     "null",
                                     "~",
                                     "true",
                                     "0x1F",
                                     "1e999",
                                     "-1",
                                     "9223372036854775807",
                                     "-9223372036854775808",
                                     "99999999999999999999",
                                     "2147483648",
                                     "1.5Gi",
                                     "0",
                                     "{{ .Values.x }}",
                                     "{{- if",
                                     "$(A)",
                                     "${A}",
                                     "\xef\xbb\xbf",
                                     "\t",
                                     "\r\n",
                                     "\xc2\x85",
                                     "\xe2\x80\xa8",
                                     "\xe2\x80\xae",
                                     "\\x1b[31m",
                                     "\\u202e",
                                     "\"\\0\"",
                                     "apiVersion: v1\n",
                                     "kind: List\nitems:\n",
                                     "kind: Pod\n",
                                     "metadata: {name: web}\n",
                                     "containers:\n",
                                     "name: web\n",
                                     "\n%%\n",
                                     "%%\n",
                                     "$patch: delete\n",
                                     "object",
                                     ".spec",
                                     ".?",
                                     "[?0]",
                                     "(",
                                     ")",
                                     "!",
                                     "&&",
                                     "||",
                                     " in ",
                                     "has(",
                                     ".all(x, ",
                                     ".map(x, ",
                                     ".exists(",
                                     ".transformMap(i, v, ",
                                     "optional.of(",
                                     "duration('1h')",
                                     "timestamp('2024-01-01T00:00:00Z')",
                                     "quantity('1Gi')",
                                     ".matches('(a|b)*c')",
                                     ".format([",
                                     "'%s %d'",
                                     ".replace('', 'aaaa')",
                                     "18446744073709551615u",
                                     "r'",
                                     "b'",
                                     "\"\"\"",
                                     "// x\n",
                                     "variables.",
                                     "params",
                                     "<",
                                     "@",
                                     "=",
                                     "@1m",
                                     ":100644 100644 ",
                                     "blob 10",
                                     "tree 10",
                                     "!fatal: "};

/* What opens a level, and what closes it. */
static const char *const levels[][2] = {{"[", "]"},       {"{a: ", "}"},        {"- ", ""},       {"? ", ""},
                                        {"(", ")"},       {"[1].all(x, ", ")"}, {"!", ""},        {"{a: [", "]}"},
                                        {"\"a\"+(", ")"}, {"1 ? ", " : 1"},     {"{\"a\":", "}"}, {"&a [", "]"},
                                        {"{<<: ", "}"},   {"$(", ")"},          {"(a|", ")*"},    {"'%s'.format([", "])"}};

static void put(Text *text, uint32_t at, Str piece) {
    if (text->len + piece.len > DRAWN) return;
    memmove(text->at + at + piece.len, text->at + at, text->len - at);
    memcpy(text->at + at, piece.at, piece.len);
    text->len += (uint32_t)piece.len;
}

static void cut(Text *text, uint32_t at, uint32_t count) {
    if (count > text->len - at) count = text->len - at;
    memmove(text->at + at, text->at + at + count, text->len - at - count);
    text->len -= count;
}

/* A part of a text, at most `most` bytes. */
static Str part(Str text, uint32_t most) {
    Str from = str_slice(text, below((uint32_t)text.len + 1));
    uint32_t len = 1 + below(most);
    return (Str){from.at, len < from.len ? len : from.len};
}

/* The line, list item or word around a place: what can be put again and again. */
static Str around(const Text *text, uint32_t at, const char *ends) {
    uint32_t from = at, to = at;
    while (from > 0 && !strchr(ends, text->at[from - 1])) from--;
    while (to < text->len && !strchr(ends, text->at[to])) to++;
    if (to < text->len) to++;
    return (Str){text->at + from, to - from};
}

/* A line with all that is indented below it: an item of a list, an object, a document without its first lines. */
static Str block_at(const Text *text, uint32_t at) {
    Str line = around(text, at, "\n");
    size_t indent = 0, len = line.len;
    while (indent < line.len && line.at[indent] == ' ') indent++;
    for (const char *end = text->at + text->len; line.at + len < end;) {
        uint32_t next = (uint32_t)(line.at + len - text->at);
        Str under = around(text, next, "\n");
        size_t own = 0;
        while (own < under.len && under.at[own] == ' ') own++;
        if (own <= indent || !under.len) break;
        len += under.len;
    }
    return (Str){line.at, len};
}

/* Where in a piece a number makes it another one each time: at its end, so that it is the same, in its first key, or behind the
 * first name or the first line. */
static size_t number_place(Str piece) {
    static const Str name = STR("name: ");
    uint32_t dice = below(3);
    if (dice == 0) return piece.len;
    if (dice == 1) return str_find(piece, ':') > 0 ? (size_t)str_find(piece, ':') : piece.len;
    const char *at = memmem(piece.at, piece.len, name.at, name.len);
    size_t place = at ? (size_t)(at - piece.at) + name.len : 0;
    while (place < piece.len && !strchr("\n,}", piece.at[place])) place++;
    return place;
}

/* The same again and again. */
static void repeat(Text *text, uint32_t at, Str piece, uint32_t times, size_t number) {
    Arena kept = {0};
    Buf buf = {.arena = &kept};
    for (uint32_t i = 0; i < times && buf.len + text->len < DRAWN; i++) {
        buf_str(&buf, (Str){piece.at, number < piece.len ? number : piece.len});
        if (number < piece.len) buf_format(&buf, "%u", i);
        buf_str(&buf, str_slice(piece, number));
    }
    Str all = buf_text(&buf);
    if (all.len > DRAWN - text->len) all.len = DRAWN - text->len;
    put(text, at, all);
    arena_free(&kept);
}

static uint32_t many(void) {
    static const uint32_t counts[] = {10, 100, 900, 1100, 5000, 20000, 100000};
    return counts[below(COUNT(counts))];
}

static void deepen(Text *text) {
    uint32_t at = below(text->len + 1), times = many();
    const char *const *level = levels[below(COUNT(levels))];
    uint32_t before = text->len;
    repeat(text, at, str_of(level[0]), times, SIZE_MAX);
    if (*level[1] && below(4)) repeat(text, at + (text->len - before), str_of(level[1]), times, SIZE_MAX);
}

static void widen(Text *text) {
    static const char *const ends[] = {"\n", ",[{", " \n", " \n,:[]{}'\""};
    uint32_t at = below(text->len + 1), dice = below(8);
    Str piece = dice < 4 ? block_at(text, at) : around(text, at, ends[dice - 4]);
    if (below(8) == 0) piece = (Str){text->at, text->len};
    at = (uint32_t)(piece.at - text->at);
    piece = piece.len == text->len ? str_join(&arena, S("---\n"), piece) : arena_str(&arena, piece);
    repeat(text, at, piece, many(), number_place(piece));
}

static void spoil(Text *text) {
    static const char *const bad[] = {
        "\xff",     "\xc0\x80",     "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80",         "\xe2\x80", "\xff\xfe",
        "\xfe\xff", "\x1b[31m",     "\x7f",         "\xc2\x9b",         "\xef\xbf\xbf", "\x07",     "\x0b",
        "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xae", "\xd8\x9c"};
    for (uint32_t times = 1 + below(20); times; times--) {
        uint32_t at = below(text->len + 1);
        switch (below(4)) {
        case 0: put(text, at, (Str){"\0", 1}); break;
        case 1: put(text, at, str_of(bad[below(COUNT(bad))])); break;
        default:
            if (at < text->len) text->at[at] = (char)below(256);
        }
    }
}

static void mutate(Text *text, const Seeds *seeds) {
    for (uint32_t times = 1 + below(6); times; times--) {
        uint32_t at = below(text->len + 1);
        switch (below(8)) {
        case 0: cut(text, at, 1 + below(8)); break;
        case 1: cut(text, at, 1 + below(300)); break;
        case 2:
            if (at < text->len) text->at[at] = (char)(32 + below(95));
            break;
        case 3: put(text, at, arena_str(&arena, part((Str){text->at, text->len}, 200))); break;
        case 4: put(text, at, part(seeds->items.at[below(seeds->items.n)], 400)); break;
        case 5: { /* a word of elsewhere in the place of a word */
            Str word = around(text, at, " \n,:[]{}'\""), other = part(seeds->items.at[below(seeds->items.n)], 12);
            uint32_t from = (uint32_t)(word.at - text->at);
            cut(text, from, (uint32_t)word.len);
            put(text, from, other);
            break;
        }
        default: put(text, at, str_of(pieces[below(COUNT(pieces))]));
        }
    }
}

/* Fills `text` with a damaged seed. */
static Kind draw(Text *text, const Seeds *seeds) {
    Str seed = seeds->items.at[below(seeds->items.n)];
    text->len = seed.len < DRAWN / 2 ? (uint32_t)seed.len : DRAWN / 2;
    memcpy(text->at, seed.at, text->len);
    uint32_t dice = below(20);
    Kind kind = dice < 8 ? MUTATED : dice < 10 ? TRUNCATED : dice < 13 ? DEEP : dice < 18 ? WIDE : BAD_BYTES;
    if (kind == MUTATED || below(4) == 0) mutate(text, seeds);
    if (kind == TRUNCATED) text->len = below(text->len + 1);
    if (kind == DEEP) deepen(text);
    if (kind == WIDE) widen(text);
    if (kind == BAD_BYTES) spoil(text);
    return kind;
}

/* Running */

/* What the command took, without the judgement over what it has printed; shared with the processes. */
static struct rusage *measured;

static void run_child(const Target *target, size_t command) {
    struct rlimit processor = {LATE / 2, LATE / 2}, space = {(rlim_t)4 << 30, (rlim_t)4 << 30}, core = {0, 0};
    setrlimit(RLIMIT_CPU, &processor);
    setrlimit(RLIMIT_CORE, &core);
    if (!SANITIZED) setrlimit(RLIMIT_AS, &space);
    alarm(LATE);
    int code = target_run(target, command);
    getrusage(RUSAGE_SELF, measured);
    _exit(target_judge(target, command) ? code : BROKEN);
}

/* Puts the input aside and says how it is tried again. */
static void complain(const Target *target, const char *command, Str input, const char *why) {
    static unsigned number;
    printf("FAIL podlint %s: %s\n", command, why);
    if (!keep) return;
    char *path = arena_cstr(&arena, str_format(&arena, "%s/%s-%u", keep, target->name, ++number));
    FILE *file = fopen(path, "w");
    if (!file || fwrite(input.at, 1, input.len, file) != input.len) perror(path);
    if (file) fclose(file);
    printf("    again: fuzz_robust %s %s\n", target->name, path);
}

/* What is wrong with how a command ended; empty if nothing is. */
static Str judge(int status, const struct rusage *usage, size_t size, Tally *tally) {
    size_t started = 1 + size / STARTED;
    double parts = (double)started;
    double seconds = (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
                     1e-6 * (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
    double share[] = {seconds / parts / MOST_SECONDS, (double)usage->ru_maxrss / parts / MOST_MEMORY};
    for (int i = 0; i < 2; i++)
        if (share[i] > tally->share[i]) tally->share[i] = share[i];
    if (seconds > tally->seconds) tally->seconds = seconds;
    if (usage->ru_maxrss > tally->memory) tally->memory = usage->ru_maxrss;
    if (WIFSIGNALED(status)) return str_format(&arena, "%zu bytes end it with signal %d", size, WTERMSIG(status));
    int code = WEXITSTATUS(status);
    if (code == BROKEN) return str_format(&arena, "%zu bytes make a faulty output", size);
    if (code > 2) return str_format(&arena, "%zu bytes end it with %d", size, code);
    tally->codes[code]++;
    if (SANITIZED) return S("");
    if (share[0] > 1) return str_format(&arena, "%zu bytes take %.1f s", size, seconds);
    if (share[1] > 1) return str_format(&arena, "%zu bytes take %ld MiB", size, usage->ru_maxrss >> 10);
    return S("");
}

static bool attempt(const Target *target, Str input, Tally *tallies) {
    bool fine = true;
    target_write(target, input);
    for (size_t i = 0; i < target_commands(target); i++) {
        memset(measured, 0, sizeof *measured);
        pid_t child = fork();
        if (child == 0) run_child(target, i);
        int status = 0;
        struct rusage usage;
        if (child < 0 || wait4(child, &status, 0, &usage) != child) {
            perror("fuzz_robust");
            exit(2);
        }
        if (measured->ru_maxrss) usage = *measured; /* else it did not get so far */
        Str wrong = judge(status, &usage, input.len, &tallies[i]);
        if (!wrong.len) continue;
        tallies[i].wrong++;
        fine = false;
        complain(target, target->commands[i], input, arena_cstr(&arena, wrong));
    }
    return fine;
}

/* Seeds */

/* The bytes of a file; at is NULL if it cannot be read. */
static Str read_bytes(Arena *kept, const char *path) {
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    Buf buf = {.arena = kept};
    if (!file) return (Str){NULL, 0};
    for (size_t n = 1; n;) {
        enum { BLOCK = 4096 };
        n = fread(buf_reserve(&buf, BLOCK), 1, BLOCK, file);
        buf.len += n;
    }
    bool failed = ferror(file);
    if (file != stdin) fclose(file);
    return failed ? (Str){NULL, 0} : (Str){buf.at, buf.len};
}

static void read_seeds(const char *folder, const char *target, Arena *kept, Seeds *seeds) {
    char *path = arena_cstr(kept, str_format(kept, "%s/%s", folder, target));
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        Str name = str_format(kept, "%s/%s", path, entries[i]->d_name);
        Str text = *entries[i]->d_name == '.' ? (Str){NULL, 0} : read_bytes(kept, arena_cstr(kept, name));
        if (text.at) ARRAY_PUSH(kept, &seeds->items, text);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
}

static void print_tallies(Tally tallies[][TARGET_COMMANDS]) {
    printf("| command | runs | exit 0 / 1 / 2 | wrong | most seconds | most MiB | of the bounds |\n");
    printf("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < target_count; i++) {
        for (size_t j = 0; j < target_commands(&targets[i]); j++) {
            const Tally *t = &tallies[i][j];
            const unsigned long *codes = t->codes;
            printf("| %s: %.60s | %lu | %lu / %lu / %lu | %lu | %.2f | %ld | %.0f%%, %.0f%% |\n", targets[i].name,
                   targets[i].commands[j], codes[0] + codes[1] + codes[2] + t->wrong, codes[0], codes[1], codes[2], t->wrong,
                   t->seconds, t->memory >> 10, 100 * t->share[0], 100 * t->share[1]);
        }
    }
}

static int run_all(const char *folder, unsigned long count) {
    static Text text;
    static Tally tallies[64][TARGET_COMMANDS];
    static unsigned long kinds[KINDS];
    Arena kept = {0};
    unsigned long inputs = 0, wrong = 0;
    for (size_t i = 0; i < target_count; i++) {
        Seeds seeds = {0};
        const Target *target = &targets[i];
        read_seeds(folder, target->name, &kept, &seeds);
        if (!seeds.items.n) {
            printf("FAIL %s has no seed in %s\n", target->name, folder);
            wrong++;
            continue;
        }
        unsigned long drawn = count / target_count + (i < count % target_count);
        for (unsigned long n = 0; n < seeds.items.n + drawn; n++) {
            bool whole = n < seeds.items.n;
            kinds[whole ? AS_IT_IS : draw(&text, &seeds)]++;
            wrong += !attempt(target, whole ? seeds.items.at[n] : (Str){text.at, text.len}, tallies[i]);
            inputs++;
            arena_reset(&arena);
        }
        arena_reset(&kept);
    }
    print_tallies(tallies);
    printf("inputs:");
    for (int kind = 0; kind < KINDS; kind++) printf(" %lu %s%s", kinds[kind], kind_names[kind], kind + 1 < KINDS ? "," : "\n");
    printf("fuzz_robust: %lu passed, %lu failed, 0 skipped\n", inputs - wrong, wrong);
    arena_free(&kept);
    return wrong > 0;
}

static int run_named(const Target *target, char **names) {
    int code = 0;
    for (; *names; names++) {
        Tally tallies[TARGET_COMMANDS] = {0};
        Str text = read_bytes(&arena, *names);
        if (!text.at) {
            perror(*names);
            return 2;
        }
        code |= !attempt(target, text, tallies);
        for (size_t i = 0; i < target_commands(target); i++)
            printf("%.2f s %4ld MiB podlint %s\n", tallies[i].seconds, tallies[i].memory >> 10, target->commands[i]);
    }
    return code;
}

int main(int argc, char **argv) {
    const Target *target = target_find(argc > 1 ? argv[1] : NULL);
    if (argc < 2 || (target && argc < 3)) {
        fputs("usage: fuzz_robust SEEDS [COUNT [SEED [KEEP]]]\n       fuzz_robust TARGET FILE...\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    measured = mmap(NULL, sizeof *measured, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (measured == MAP_FAILED || !targets_open()) return 2;
    seed(argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
    keep = !target && argc > 4 ? argv[4] : NULL;
    int code = target ? run_named(target, argv + 2) : run_all(argv[1], argc > 2 ? strtoul(argv[2], NULL, 10) : 0);
    targets_close();
    arena_free(&arena);
    return code;
}
