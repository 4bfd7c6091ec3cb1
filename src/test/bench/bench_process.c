/* make bench: what podlint costs as a process, start and end included, beside a program that only links libyaml.
 *
 *     bench_process PODLINT BARE FILE DIRECTORY...
 *
 * Ratios of processor time: a check of one small file to a bare start, and a check of all files of each directory, on one thread
 * with the default rules, to libyaml's events of the same files. Each time is the least of ROUNDS; the programs take turns, so
 * that a slow moment of the machine hits both. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input/input.h"

extern char **environ;

/* The processor time of a program in microseconds; its output goes nowhere. */
static double cost(char **argv) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t process;
    int status = 0;
    struct rusage usage;
    if (posix_spawn(&process, argv[0], &actions, NULL, argv, environ) != 0 || wait4(process, &status, 0, &usage) != process ||
        !WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        fprintf(stderr, "bench_process: cannot run %s\n", argv[0]);
        exit(2);
    }
    posix_spawn_file_actions_destroy(&actions);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void compare(const char *what, char **bare, char **podlint, int rounds) {
    double least[2] = {1e18, 1e18};
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < 2; i++) {
            double now = cost(i ? podlint : bare);
            if (now < least[i]) least[i] = now;
        }
    printf("| %s | %.2f | %.2f | %.2f |\n", what, least[0] / 1e3, least[1] / 1e3, least[1] / least[0]);
}

/* A check of all files below a directory, beside libyaml's events of the same files. */
static void compare_all(Arena *arena, char *bare, char *podlint, char *directory, int rounds) {
    InputList list = {.arena = arena};
    input_add(&list, str_of(directory));
    char **events = NEW_ARRAY(arena, char *, list.files.n + 2);
    events[0] = bare;
    for (uint32_t i = 0; i < list.files.n; i++) events[i + 1] = arena_cstr(arena, list.files.at[i].path);
    char *check[] = {podlint, (char[]){"check"}, (char[]){"--no-config"}, (char[]){"-j1"}, directory, NULL};
    compare(str_format(arena, "%u files of %s%c", list.files.n, directory, 0).at, events, check, rounds);
}

int main(int argc, char **argv) {
    enum { MANY = 15, FEW = 300 };
    if (argc < 5) {
        fputs("usage: bench_process PODLINT BARE FILE DIRECTORY...\n", stderr);
        return 2;
    }
    Arena arena = {0};
    char *start[] = {argv[2], NULL};
    char *check[] = {argv[1], (char[]){"check"}, (char[]){"--no-config"}, (char[]){"-j1"}, argv[3], NULL};
    printf("| process | libyaml alone, ms | podlint, ms | ratio |\n| --- | --- | --- | --- |\n");
    compare("a small file; libyaml: no file", start, check, FEW);
    for (int i = 4; i < argc; i++) compare_all(&arena, argv[2], argv[1], argv[i], MANY);
    arena_free(&arena);
    return 0;
}
