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

/* The topic of a name, or NULL. Case does not count. */
const Topic *topic_named(Str query);

/* The text of a topic with the kubelet's numbers. */
Str topic_text(Arena *arena, const Topic *topic);

/* Takes the next paragraph or list item off a text; a blank line is an empty block. */
Str topic_next_block(Str *text);

/* A block of a topic in one line. */
Str topic_folded(Arena *arena, Str block);

typedef struct TopicItem {
    const Topic *topic;
    Str text;
} TopicItem;

typedef ARRAY(TopicItem) TopicItems;

/* All that topics say of a word of theirs, such as CrashLoopBackOff: the items of their lists that begin with it. */
TopicItems topic_find(Arena *arena, Str word);

#endif
