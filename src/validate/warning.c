#include "areas.h"

void check_warnings(Check *c) {
    (void)c;
}
