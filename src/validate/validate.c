#include "validate.h"

#include "check.h"

void validate_create(Document *document) {
    (void)document;
}
