/* The words that a container, a hook or an exec probe runs: whether a shell reads them, and what can be told from them. */
#ifndef PODLINT_LINT_WORDS_H
#define PODLINT_LINT_WORDS_H

#include "check.h"

/* A list of words in at most two parts, and where the parts stand. */
typedef struct Words {
    StrList parts[2];
    const Path *up;        /* what holds the parts */
    const char *fields[2]; /* their names below it */
} Words;

Words words_of_container(const Container *container, const Path *path); /* command and args */
Words words_of_exec(const ExecAction *exec, const Path *path);          /* `path`: of the action; no words if it is NULL */
uint32_t words_count(const Words *words);
Str words_at(const Words *words, uint32_t i);
Where words_where(const Lint *lint, const Words *words, uint32_t i);

/* The last part of a path of files: sh of /bin/sh. */
Str base_name(Str path);

/* The number of the word that a shell is given as its script, as in `sh -ec SCRIPT`; -1 if there is none. */
int32_t words_script(const Words *words);

/* Takes all words in turn, those of a script singly. Start with a zeroed cursor. */
typedef struct Cursor {
    const Words *words;
    int32_t script;
    uint32_t next; /* the word that comes after `rest` */
    uint32_t word; /* number of the word that the token is from */
    Str rest;
} Cursor;

Cursor words_cursor(const Words *words);
bool cursor_next(Cursor *cursor, Str *token);

/* The part of the words that by itself never ends: `sleep infinity`, `tail -f`, `while true` without a way out. Empty if there is
 * none; `word` is the number of the word that it is in. */
Str words_endless(const Words *words, uint32_t *word);

/* Whether a program of this name, with or without a folder, is called. */
bool words_call(const Words *words, Str program);

/* Whether a list of images that is a rule's parameter has this one: by its last name, nginx of
 * registry.example/library/nginx:1.27, or by its last two. */
bool image_listed(const Lint *lint, uint16_t rule, Str name, Str image);

/* Whether the container runs a server of that list, by itself or by the program that its image starts, and not only to look at
 * something, as `nginx -t` does. */
bool runs_server(const Lint *lint, uint16_t rule, Str name, const Container *container);

/* Takes the next $(NAME) off a text as the kubelet finds them, passing over $$(NAME); false at the end. */
bool reference_next(Str *rest, Str *name);

/* Whether a text can be the name of a shell's variable, and whether it has no small letters besides. */
bool is_variable(Str name);
bool is_upper_variable(Str name);

#endif
