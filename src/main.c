/* The program. The path of a check in one line:
 * input_add -> source_read -> node_next -> model_build -> validate_create -> diag_sort -> report_write. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/command.h"

/* Of the standard output, which so needs no memory of its own. */
static char buffer[1 << 16];

int main(int argc, char **argv) {
    setvbuf(stdout, buffer, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof buffer);
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing */
    json_set_alloc_funcs(memory_take, free);
    return run_command(argc, argv);
}
