/* The formats of explain: a writer each for everything that there is to say. */
#ifndef PODLINT_EXPLAIN_WRITE_H
#define PODLINT_EXPLAIN_WRITE_H

#include "changes.h"
#include "rule.h"
#include "sign.h"
#include "topic.h"

typedef struct Writer {
    void (*target)(Buf *out, const Target *target, const ExplainSettings *settings);
    void (*places)(Buf *out, const Search *search, const ExplainSettings *settings);
    void (*rule)(Buf *out, const Rule *rule, const ExplainSettings *settings);
    void (*rules)(Buf *out, const Rule *const *list, uint32_t count, const ExplainSettings *settings);
    void (*error)(Buf *out, ApiError error, const ExplainSettings *settings);
    void (*topic)(Buf *out, const Topic *topic, const ExplainSettings *settings);
    void (*signs)(Buf *out, Signs list, const ExplainSettings *settings);
    void (*word)(Buf *out, TopicItems items, const ExplainSettings *settings);
    void (*changes)(Buf *out, const Changes *changes, const ExplainSettings *settings);
} Writer;

extern const Writer text_writer, json_writer, markdown_writer;

#endif
