/* Pods inside custom resources, judged as pods: what the API server would refuse of them, lint rules, the Pod Security Standards.
 * Nothing of it changes what the server says of the custom resource. */
#ifndef PODLINT_INSIDE_H
#define PODLINT_INSIDE_H

#include "admission/admission.h"
#include "crd/pods.h"
#include "lint/facts.h"
#include "result.h"

/* Judges a pod and adds what is found to the diagnostics of the document that it is in. The result is what the rules about
 * objects together need of it, allocated in `kept`, or NULL if they do not look at it. */
Fact *inside_judge(Arena *kept, const FileSettings *settings, Document *document, const InnerPod *pod);

/* Does with a pod what admission does, and adds what it refuses to the diagnostics of the document that it is in. */
void inside_admit(Deciders *deciders, Document *document, const InnerPod *pod, Standing standing);

/* The path in the custom resource of a finding about a fact that inside_judge made. */
Str inside_path(Arena *arena, const Fact *fact, Str path);

#endif
