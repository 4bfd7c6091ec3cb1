#include "areas.h"

void drop_disabled_fields(Check *c) {
    (void)c;
}
