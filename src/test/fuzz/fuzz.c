/* The fuzzers of make fuzz, for libFuzzer and AFL++: TARGET in the environment names what is fuzzed (targets.c). */
#include <stdio.h>
#include <stdlib.h>

#include "targets.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const Target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    target = target_find(getenv("TARGET"));
    if (!target) {
        fputs("TARGET names what is fuzzed:", stderr);
        for (size_t i = 0; i < target_count; i++) fprintf(stderr, " %s", targets[i].name);
        fputs("\n", stderr);
        exit(2);
    }
    if (!targets_open()) exit(2);
    atexit(targets_close);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    target_write(target, (Str){(const char *)data, size});
    for (size_t i = 0; i < target_commands(target); i++) {
        int code = target_run(target, i);
        if (code < 0 || code > 2 || !target_judge(target, i)) abort();
    }
    return 0;
}
