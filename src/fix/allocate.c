/* What libraries take their memory with that let nobody choose how: where there is none, libfyaml goes on without it and crashes.
 * The linker puts these in the place of the C library's own (--wrap, in the Makefile). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_asprintf(char **out, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap___asprintf_chk(char **out, int flag, const char *format, ...) __attribute__((format(printf, 3, 4)));
int __wrap_vasprintf(char **out, const char *format, va_list list) __attribute__((format(printf, 2, 0)));
int __wrap___vasprintf_chk(char **out, int flag, const char *format, va_list list) __attribute__((format(printf, 3, 0)));

static void *taken(void *memory, size_t size) {
    if (!memory && size) out_of_memory();
    return memory;
}

void *__wrap_malloc(size_t size) {
    return taken(__real_malloc(size), size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return taken(__real_calloc(count, size), count && size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return taken(__real_realloc(memory, size), size);
}

char *__wrap_strdup(const char *text) {
    return taken(__real_strdup(text), 1);
}

int __wrap_vasprintf(char **out, const char *format, va_list list) {
    va_list again;
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) return -1;
    *out = __wrap_malloc((size_t)length + 1);
    return vsnprintf(*out, (size_t)length + 1, format, list);
}

int __wrap___vasprintf_chk(char **out, int flag, const char *format, va_list list) {
    (void)flag;
    return __wrap_vasprintf(out, format, list);
}

int __wrap_asprintf(char **out, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int length = __wrap_vasprintf(out, format, list);
    va_end(list);
    return length;
}

int __wrap___asprintf_chk(char **out, int flag, const char *format, ...) {
    va_list list;
    (void)flag;
    va_start(list, format);
    int length = __wrap_vasprintf(out, format, list);
    va_end(list);
    return length;
}
