/* Mended files, written to where they were read. */
#ifndef PODLINT_SAVE_H
#define PODLINT_SAVE_H

#include "fix.h"

/* Writes a mended file: to a temporary one that then takes its place, with its mode; a link stays one. False after telling on
 * stderr why it is left as it is: it was changed meanwhile, it is no UTF-8, or it cannot be written. */
bool fix_save(const FixedFile *file);

#endif
