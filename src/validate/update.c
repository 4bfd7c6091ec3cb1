#include "areas.h"
#include "validate.h"

void validate_update(Document *before, Document *after) {
    (void)before;
    validate_create(after);
}
