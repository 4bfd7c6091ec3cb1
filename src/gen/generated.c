#include "generated.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void fail(const Generated *file) {
    fprintf(stderr, "cannot write %s: %s\n", file->path, strerror(errno));
    exit(2);
}

void generated_begin(Generated *file, const char *dir, const char *name, const char *from, const char *by) {
    *file = (Generated){0};
    file->stream = open_memstream(&file->text, &file->length);
    if (!file->stream || asprintf(&file->path, "%s/%s", dir, name) < 0) fail(file);
    fprintf(file->stream, "/* Made from %s by src/gen/%s.c. */\n", from, by);
}

static bool is_same(const Generated *file) {
    FILE *old = fopen(file->path, "re");
    if (!old) return false;
    size_t i = 0;
    int c;
    while ((c = fgetc(old)) != EOF && i < file->length && (unsigned char)file->text[i] == c) i++;
    fclose(old);
    return c == EOF && i == file->length;
}

void generated_end(Generated *file) {
    if (ferror(file->stream) || fclose(file->stream) != 0) fail(file);
    if (!is_same(file)) {
        FILE *out = fopen(file->path, "we");
        if (!out || fwrite(file->text, 1, file->length, out) != file->length || fclose(out) != 0) fail(file);
    }
    free(file->text);
    free(file->path);
}

void put_string(FILE *out, Str s) {
    fputc('"', out);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", out);
        else if (c < 0x20 || c >= 0x7F)
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

void put_str(FILE *out, Str s) {
    fputs("STR(", out);
    put_string(out, s);
    fputc(')', out);
}

void put_text(FILE *out, Texts *texts, Str s) {
    Arena *arena = texts->places.arena;
    const uint32_t *place = str_set_find(&texts->places, s);
    if (!place) {
        uint32_t *next = NEW(arena, uint32_t);
        *next = texts->size;
        str_set_add(&texts->places, s, next);
        ARRAY_PUSH(arena, &texts->all, s);
        texts->size += (uint32_t)s.len + 1;
        place = next;
    }
    fprintf(out, "{%u, %zu}", *place, s.len);
}

/* A structure of arrays, which has no gaps, as a string may not be of any length in C. */
void put_texts(FILE *out, const Texts *texts, const char *name) {
    fputs("static const struct {\n", out);
    for (uint32_t i = 0; i < texts->all.n; i++) fprintf(out, "    char t%u[%zu];\n", i, texts->all.at[i].len + 1);
    fputs("} texts = {\n", out);
    for (uint32_t i = 0; i < texts->all.n; i++) {
        fputs("    ", out);
        put_string(out, texts->all.at[i]);
        fputs(",\n", out);
    }
    fprintf(out, "};\n_Static_assert(sizeof texts == %u, \"no text begins where it is said to\");\n", texts->size);
    fprintf(out, "const char *const %s = (const char *)&texts;\n", name);
}

void put_constant(FILE *out, const char *prefix, Str word, const char *otherwise) {
    fprintf(out, "%s_", prefix);
    for (size_t i = 0; i < word.len; i++) fputc(word.at[i] == '-' ? '_' : to_upper(word.at[i]), out);
    if (!word.len) fputs(otherwise, out);
}
