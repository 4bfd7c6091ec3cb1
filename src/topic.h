/* The lifecycle topics of explain, made from schema/topics.yaml. */
#ifndef PODLINT_TOPIC_H
#define PODLINT_TOPIC_H

#include "base.h"

typedef struct Topic {
    Str name;  /* phases, conditions, ... */
    Str title; /* one line */
    Str text;  /* paragraphs and lists; {NAME} stands for a number of the kubelet */
} Topic;

extern const Topic topics[];
extern const uint16_t topic_count;

#endif
