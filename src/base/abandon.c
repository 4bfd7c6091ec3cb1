#include "output.h"

#include <unistd.h>

char *volatile output_unfinished;

void output_abandon(void) {
    if (output_unfinished) unlink(output_unfinished);
}
