/* A library to be loaded in front of the C library's: the allocation whose number is in OOM_N fails, and with OOM_ALL those after
 * it as well. OOM_COUNT names a file that takes the number of allocations. Programs that are started by the tested one are
 * spared. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static atomic_long number;
static long failing;
static int all, counts = -1;

__attribute__((constructor)) static void start(void) {
    const char *n = getenv("OOM_N"), *file = getenv("OOM_COUNT");
    all = getenv("OOM_ALL") != NULL;
    if (file) counts = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    unsetenv("LD_PRELOAD");
    failing = n ? atol(n) : 0;
    number = 0;
}

__attribute__((destructor)) static void end(void) {
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long)number);
    if (counts >= 0 && write(counts, text, (size_t)length) < 0) _exit(99);
}

static int fails(void) {
    long n = ++number;
    if (!failing || (all ? n < failing : n != failing)) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    return fails() ? NULL : __libc_realloc(memory, size);
}
