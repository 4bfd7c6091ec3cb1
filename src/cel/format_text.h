/* 'text %s %.2f'.format([...]): a template filled from a list. */
#ifndef PODLINT_CEL_FORMAT_TEXT_H
#define PODLINT_CEL_FORMAT_TEXT_H

#include "functions.h"

Function text_format;

/* Checks a literal template against the types of a list that is written out. */
Prepare text_format_check;

#endif
