/* The topics of explain, a pod's life and the use of podlint, made from the topics files of schema/. */
#ifndef PODLINT_TOPIC_H
#define PODLINT_TOPIC_H

#include "base/base.h"

typedef struct Topic {
    Str name;  /* phases, conditions, ... */
    Str title; /* one line */
    Str text;  /* paragraphs, lists, and lines that stand as they are behind four spaces; {NAME} is a number of the kubelet */
} Topic;

extern const Topic topics[];
extern const uint16_t topic_count;

#endif
