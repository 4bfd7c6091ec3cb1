/* The program. The path of a check in one line:
 * input_add -> source_read -> node_next -> model_build -> validate_create -> diag_sort -> report_write. */
#include <signal.h>

#include "command/command.h"

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing */
    return run_command(argc, argv);
}
