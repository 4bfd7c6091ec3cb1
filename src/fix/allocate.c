/* What libraries take their memory with that let nobody choose how: where there is none, libfyaml goes on without it and crashes.
 * The linker puts these in the place of the C library's own (--wrap, in the Makefile). */
#include <stdlib.h>

#include "base/base.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

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
