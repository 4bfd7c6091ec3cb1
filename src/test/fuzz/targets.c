#include "targets.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process.h"
#include "base/visible.h"
#include "command/command.h"

#define CHECK_ALL "check --profile all --closed-world --show-ignored --pod-security restricted --pod-security-levels -j 1 "
#define REPORTS                                                                                                                \
    "-o concise=out.concise -o json=out.json -o github=out.github -o sarif=out.sarif -o rdjson=out.rdjson -o junit=out.junit " \
    "-o gitlab=out.gitlab -o checkstyle=out.checkstyle "

const Target targets[] = {
    {"check", "pod.yaml", {CHECK_ALL "-f json pod.yaml", "check --show-files --statistics pod.yaml"}},
    {"reports", "pod.yaml", {CHECK_ALL REPORTS "pod.yaml"}},
    {"ignore", "pod.yaml", {"check --show-ignored --kubernetes-version 1.32,1.37 -o json=out.json pod.yaml"}},
    {"fix",
     "pod.yaml",
     {"fix --profile all --pod-security restricted --unsafe --check --show pod.yaml",
      "fix --add-ignores --reason why --check pod.yaml", "fix --check pod.yaml"}},
    {"defaults", "pod.yaml", {"defaults pod.yaml", "defaults -f json pod.yaml"}},
    {"diff",
     "old.yaml new.yaml",
     {"diff old.yaml new.yaml", "diff -f concise old.yaml new.yaml", "diff -f json old.yaml new.yaml"}},
    {"simulate",
     "scenario.yaml pod.yaml",
     {"simulate --anyway -s scenario.yaml pod.yaml", "simulate --anyway -s scenario.yaml -f json pod.yaml",
      "simulate --anyway -s scenario.yaml -f svg pod.yaml", "simulate --anyway -s scenario.yaml -f html pod.yaml"}},
    {"update",
     "old.yaml new.yaml",
     {"simulate --anyway old.yaml new.yaml", "simulate --anyway --create -f json new.yaml",
      "simulate --anyway --delete-at 1m --lb-delay 5s -f html new.yaml"}},
    {"nodes",
     "nodes.yaml pod.yaml",
     {"simulate --anyway --nodes nodes.yaml pod.yaml", "simulate --anyway --nodes nodes.yaml --drain node-1 -f json pod.yaml",
      "simulate --anyway --nodes @nodes.yaml pod.yaml"}},
    {"words",
     "word pod.yaml",
     {"explain @word", "explain -f json @word", "simulate --anyway --crash @word pod.yaml",
      "simulate --anyway --fail-probe @word pod.yaml", "check --select @word pod.yaml",
      "check --kubernetes-version @word pod.yaml", "check --pod-security @word pod.yaml", "check --exclude @word pod.yaml"}},
    {"cel", "expression pod.yaml", {"cel @expression pod.yaml", "cel --raw @expression pod.yaml"}},
    {"cel-batch", "lines", {"cel --batch <lines"}},
    {"rules", "rules.yaml pod.yaml", {"check --rules rules.yaml -o json=out.json pod.yaml"}},
    {"config",
     ".podlint.yaml pod.yaml",
     {"check -o json=out.json pod.yaml", "config pod.yaml", "config -f json pod.yaml", "config -f yaml pod.yaml"}},
    {"kustomization",
     "kustomization.yaml deployment.yaml patch.yaml",
     {"check -o json=out.json -j 1 .", "check --render -j 1 ."}},
    {"chart", "rendered Chart.yaml", {"check --render -o sarif=out.sarif -j 1 ."}},
    {"policies", "policy.yaml pod.yaml", {"check --policy policy.yaml -o json=out.json -j 1 pod.yaml"}},
    {"crds",
     "crd.yaml widget.yaml",
     {"check --profile all --crds crd.yaml -f json widget.yaml", "check -f json crd.yaml", "defaults --crds crd.yaml widget.yaml",
      "explain --crds crd.yaml widget.spec", "diff --crds crd.yaml widget.yaml widget.yaml"}},
    {"cluster",
     "cluster.yaml pod.yaml",
     {"check --cluster cluster.yaml -f json pod.yaml", "defaults --admission --cluster cluster.yaml pod.yaml"}},
    {"lsp", "messages", {"lsp %messages", "lsp --pod-security restricted <messages"}},
    {"baseline",
     "baseline.json pod.yaml",
     {"check --baseline baseline.json pod.yaml", "check --write-baseline out.json pod.yaml"}},
    {"git",
     "changes objects sizes entries link filters pod.yaml",
     {"diff --git one..two", "diff --git HEAD", "diff --staged -f json", "simulate --anyway --git HEAD pod.yaml"}},
};

const size_t target_count = COUNT(targets);

static const char pod[] = "apiVersion: v1\n"
                          "kind: Pod\n"
                          "metadata: {name: web, labels: {app: web}}\n"
                          "spec:\n"
                          "  containers:\n"
                          "    - name: web\n"
                          "      image: example.com/web\n"
                          "      ports: [{containerPort: 80, name: http}]\n"
                          "      livenessProbe: {httpGet: {port: http}}\n"
                          "      unknown: 1\n";

enum { MOST_FILES = 8, MOST_WORDS = 48, OUTPUT_FREE = 8 << 20, OUTPUT_EACH = 300 };

static char *folder; /* of the inputs' files */
static int home = -1, work = -1;
static FILE *out, *err; /* what stands for standard output and standard error of a command */
static Arena arena;     /* of an input */
static struct { Str name, text; } files[MOST_FILES];
static size_t fileCount, inputSize;

const Target *target_find(const char *name) {
    for (size_t i = 0; name && i < target_count; i++)
        if (strcmp(targets[i].name, name) == 0) return &targets[i];
    return NULL;
}

size_t target_commands(const Target *target) {
    size_t n = 0;
    while (n < TARGET_COMMANDS && target->commands[n]) n++;
    return n;
}

/* A stream into memory that stands for standard output or standard error. */
static FILE *stream_open(void) {
    int fd = memfd_create("podlint", MFD_CLOEXEC);
    return fd < 0 ? NULL : fdopen(fd, "w+");
}

bool targets_open(void) {
    static char path[4096];
    const char *parent = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/podlint-fuzz.XXXXXX", parent && *parent ? parent : "/tmp");
    folder = mkdtemp(path);
    home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    work = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    out = stream_open();
    err = stream_open();
    if (home < 0 || work < 0 || !out || !err) {
        perror("the folder of the fuzzer");
        return false;
    }
    setenv("TERM", "dumb", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    json_set_alloc_funcs(memory_take, free);
    return true;
}

/* Removes what is in the folder. */
static void empty_folder(void) {
    DIR *list = fdopendir(dup(work));
    if (!list) return;
    rewinddir(list);
    for (struct dirent *entry; (entry = readdir(list));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) unlinkat(work, entry->d_name, 0);
    closedir(list);
}

void targets_close(void) {
    empty_folder();
    rmdir(folder);
    arena_free(&arena);
}

/* Inputs */

static Str next_word(Str *rest) {
    ptrdiff_t at = str_find(*rest, ' ');
    Str word = {rest->at, at < 0 ? rest->len : (size_t)at};
    *rest = str_slice(*rest, word.len + 1);
    return word;
}

static Str next_part(Str *rest) {
    static const Str line = STR("\n%%\n");
    const char *end = memmem(rest->at, rest->len, line.at, line.len);
    Str part = {rest->at, end ? (size_t)(end - rest->at) + 1 : rest->len};
    *rest = str_slice(*rest, part.len + line.len - 1);
    return part;
}

static void write_file(const char *name, Str text) {
    int fd = openat(work, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text.at, text.len) != (ssize_t)text.len) {
        perror(name);
        exit(2);
    }
    close(fd);
}

void target_write(const Target *target, Str input) {
    arena_reset(&arena);
    empty_folder();
    fileCount = 0;
    inputSize = input.len;
    Str names = str_of(target->files);
    for (Str name; (name = next_word(&names)).len;) {
        Str text = input.len ? next_part(&input) : (Str)STR(pod);
        write_file(arena_cstr(&arena, name), text);
        files[fileCount].name = name;
        files[fileCount++].text = text;
    }
}

static Str file_text(Str name) {
    for (size_t i = 0; i < fileCount; i++)
        if (str_eq(files[i].name, name)) return files[i].text;
    return S("");
}

/* Other programs: nothing is run, the parts of the input are what they print. */

static Str program_output(Str words) {
    static const struct {
        const char *words, *file;
    } answers[] = {
        {"config ", "filters"},   {"diff-tree ", "changes"}, {"diff-index ", "changes"}, {"ls-tree ", "entries"},
        {"ls-files ", "entries"}, {"cat-file blob", "link"}, {"--batch-check", "sizes"}, {"--batch", "objects"},
        {"cat-file", "objects"},  {"show ", "objects"},      {"helm ", "rendered"},      {"kustomize build", "deployment.yaml"},
    };
    if (str_has(words, S("--show-toplevel"))) return str_format(&arena, "%s\n", folder);
    if (str_has(words, S("rev-parse")) || str_has(words, S("hash-object")))
        return S("4b825dc642cb6eb9a060e54bf8d69288fbee4904\n");
    for (size_t i = 0; i < COUNT(answers); i++)
        if (str_has(words, str_of(answers[i].words))) return file_text(str_of(answers[i].file));
    return S("");
}

/* The linker puts these in the place of process.h's. */
Process __wrap_process_run(Arena *kept, char *const *argv, const ProcessOptions *options);
bool __wrap_process_is_installed(Arena *kept, const char *name);

/* A part that begins with an exclamation mark is what a program says that fails. */
Process __wrap_process_run(Arena *kept, char *const *argv, const ProcessOptions *options) {
    Buf words = {.arena = kept};
    (void)options;
    for (; *argv; argv++) buf_format(&words, "%s ", *argv);
    Str text = arena_str(kept, program_output(buf_text(&words)));
    bool fails = str_starts(text, S("!"));
    return (Process){.out = fails ? S("") : text, .err = fails ? str_slice(text, 1) : S(""), .code = fails ? 128 : 0};
}

bool __wrap_process_is_installed(Arena *kept, const char *name) {
    (void)kept;
    return strcmp(name, "kubectl") != 0;
}

/* Outputs */

static bool is_json(Str text) {
    for (text = str_trim(text); text.len; text = str_trim(text)) {
        json_error_t error;
        json_t *value = json_loadb(text.at, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DISABLE_EOF_CHECK, &error);
        if (!value) return false;
        json_decref(value);
        text = str_slice(text, (size_t)error.position);
    }
    return true;
}

static Str take(Str *rest, size_t len) {
    Str part = {rest->at, len < rest->len ? len : rest->len};
    *rest = str_slice(*rest, part.len);
    return part;
}

/* Takes all up to a mark, and the mark; false if there is none. */
static bool take_to(Str *rest, const char *mark, Str *part) {
    const char *at = memmem(rest->at, rest->len, mark, strlen(mark));
    if (!at) return false;
    *part = take(rest, (size_t)(at - rest->at));
    take(rest, strlen(mark));
    return true;
}

/* Whether text between tags, or a value of an attribute, has only characters and references of XML. */
static bool is_xml_text(Str text) {
    static const char *const references[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#"};
    for (; text.len; take(&text, 1)) {
        bool fine = *text.at != '<' && ((unsigned char)*text.at >= ' ' || strchr("\t\n\r", *text.at)) && *text.at != '\0';
        for (size_t i = 0; i < COUNT(references) && *text.at == '&'; i++) {
            fine = str_starts(text, str_of(references[i]));
            if (fine) break;
        }
        if (!fine) return false;
    }
    return true;
}

/* Whether a text is well-formed as XML without comments, instructions but the first, and sections. */
static bool is_xml(Str text) {
    ARRAY(Str) open = {0};
    Str part, tag, value;
    if (!text.len || !str_is_utf8(text)) return !text.len;
    if (str_starts(text, S("<?")) && !take_to(&text, "?>", &part)) return false;
    while (take_to(&text, "<", &part)) {
        if (!is_xml_text(part) || !take_to(&text, ">", &tag)) return false;
        if (str_take(&tag, '/')) {
            if (!open.n || !str_eq(open.at[--open.n], tag)) return false;
            continue;
        }
        bool empty = str_ends(tag, S("/"));
        if (!empty) ARRAY_PUSH(&arena, &open, next_word(&tag));
        while (take_to(&tag, "=\"", &part))
            if (!take_to(&tag, "\"", &value) || !is_xml_text(value)) return false;
    }
    return !open.n && !str_trim(text).len;
}

/* Whether a text is messages with their lengths. */
static bool is_framed(Str text) {
    Str head;
    while (text.len) {
        int64_t length;
        if (!take_to(&text, "Content-Length: ", &head) || head.len || !take_to(&text, "\r\n\r\n", &head)) return false;
        if (!str_take_digits(&head, 1, 12, &length) || (size_t)length > text.len || !is_json(take(&text, (size_t)length)))
            return false;
    }
    return true;
}

typedef enum Form { FRAMED_FORM, TEXT_FORM, JSON_FORM, XML_FORM, HTML_FORM } Form;

/* What the name of a format promises. */
static Form form_of(const char *format) {
    static const struct {
        const char *format;
        Form form;
    } forms[] = {{"json", JSON_FORM}, {"sarif", JSON_FORM},     {"rdjson", JSON_FORM}, {"gitlab", JSON_FORM},
                 {"junit", XML_FORM}, {"checkstyle", XML_FORM}, {"svg", XML_FORM},     {"html", HTML_FORM}};
    for (size_t i = 0; i < COUNT(forms); i++)
        if (strncmp(format, forms[i].format, strlen(forms[i].format)) == 0) return forms[i].form;
    return TEXT_FORM;
}

static bool judge_output(const char *command, const char *what, Str text, Form form) {
    const char *wrong = NULL;
    if (text.len > OUTPUT_FREE + OUTPUT_EACH * inputSize)
        wrong = "is too long";
    else if (form == JSON_FORM && !is_json(text))
        wrong = "is not JSON";
    else if (form == XML_FORM && !is_xml(text))
        wrong = "is not well-formed";
    else if (form == HTML_FORM && !str_is_utf8(text))
        wrong = "is not UTF-8";
    else if (form == FRAMED_FORM && !is_framed(text))
        wrong = "is no message";
    else if (form == TEXT_FORM && !is_visible(text))
        wrong = "has text that a terminal or a log obeys";
    if (wrong) fprintf(stderr, "podlint %s: %s %s\n", command, what, wrong);
    if (getenv("SHOW")) fwrite(text.at, 1, text.len, stderr);
    return !wrong;
}

static void clear_stream(FILE *stream) {
    rewind(stream);
    if (ftruncate(fileno(stream), 0) || lseek(fileno(stream), 0, SEEK_SET)) abort();
}

/* What a stream has got. */
static Str stream_text(FILE *stream) {
    fflush(stream);
    off_t size = lseek(fileno(stream), 0, SEEK_END);
    char *text = arena_alloc(&arena, (size_t)size + 1);
    if (pread(fileno(stream), text, (size_t)size, 0) != size) abort();
    return (Str){text, (size_t)size};
}

/* run_command, with what it prints kept. */
static int run_quietly(int argc, char **argv) {
    FILE *own[] = {stdout, stderr};
    clear_stream(out);
    clear_stream(err);
    stdout = out;
    stderr = err;
    int code = run_command(argc, argv);
    stdout = own[0];
    stderr = own[1];
    return code;
}

/* Judges the files that a command was to write, out.FORMAT. */
static bool judge_files(const char *command) {
    bool fine = true;
    for (const char *at = command; (at = strstr(at, "out.")); at++) {
        Str rest = str_of(at);
        char *name = arena_cstr(&arena, next_word(&rest));
        int fd = openat(work, name, O_RDONLY | O_CLOEXEC);
        struct stat st;
        if (fd < 0 || fstat(fd, &st)) continue; /* wrong usage */
        char *text = arena_alloc(&arena, (size_t)st.st_size + 1);
        if (read(fd, text, (size_t)st.st_size) != st.st_size) abort();
        close(fd);
        fine &= judge_output(command, name, (Str){text, (size_t)st.st_size}, form_of(name + 4));
    }
    return fine;
}

static void take_input(const char *name) {
    int fd = openat(work, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || dup2(fd, STDIN_FILENO) < 0) abort();
    close(fd);
    rewind(stdin);
}

/* Gives standard input the lines of a file as messages of the Language Server Protocol, behind one that opens a session. */
static void take_messages(Str lines) {
    static const char *const first = "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}";
    Buf framed = {.arena = &arena};
    buf_format(&framed, "Content-Length: %zu\r\n\r\n%s", strlen(first), first);
    while (lines.len) {
        ptrdiff_t newline = str_find(lines, '\n');
        Str line = {lines.at, newline < 0 ? lines.len : (size_t)newline};
        buf_format(&framed, "Content-Length: %zu\r\n\r\n", line.len);
        buf_str(&framed, line);
        lines = str_slice(lines, line.len + 1);
    }
    write_file("framed", buf_text(&framed));
    take_input("framed");
}

/* The text of a file, as long as the system lets an argument be. */
static Str argument_of(Str name) {
    enum { LONGEST = 128 * 1024 - 1 };
    Str text = file_text(name);
    return text.len > LONGEST ? (Str){text.at, LONGEST} : text;
}

int target_run(const Target *target, size_t number) {
    const char *command = target->commands[number];
    char *argv[MOST_WORDS] = {(char *)"podlint"};
    int argc = 1;
    Str rest = str_of(command);
    for (Str word; (word = next_word(&rest)).len;) {
        if (str_starts(word, S("<")))
            take_input(arena_cstr(&arena, str_slice(word, 1)));
        else if (str_starts(word, S("%")))
            take_messages(file_text(str_slice(word, 1)));
        else
            argv[argc++] = arena_cstr(&arena, str_starts(word, S("@")) ? argument_of(str_slice(word, 1)) : word);
    }
    if (fchdir(work)) abort();
    int code = run_quietly(argc, argv);
    if (fchdir(home)) abort();
    return code;
}

bool target_judge(const Target *target, size_t number) {
    const char *command = target->commands[number];
    const char *format = strstr(command, "-f ");
    Form form = strncmp(command, "lsp", 3) == 0 ? FRAMED_FORM
                : strstr(command, "--batch")    ? JSON_FORM
                                                : form_of(format ? format + 3 : "");
    bool fine = judge_output(command, "standard output", stream_text(out), form);
    fine &= judge_output(command, "standard error", stream_text(err), TEXT_FORM);
    return judge_files(command) && fine;
}
