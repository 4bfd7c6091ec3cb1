/* Files of rules that users bring, in the form of podlint's own. */
#ifndef PODLINT_RULE_FILE_H
#define PODLINT_RULE_FILE_H

#include "model/rule_text.h"
#include "lint.h"

typedef ARRAY(const Rule *) RuleList;

/* Reads the rules of a file and appends those of source lint to `out`; their numbers go on after podlint's own and those already
 * there. What is wrong with them, down to a place inside their expressions, goes to `faults`; the rules are good only if nothing
 * does. `own`: the file is one of podlint's, whose rules may have checks in C and repeat the names of the tables. */
void rule_file_read(RuleList *out, RuleFaults *faults, const Source *source, bool own);

#endif
