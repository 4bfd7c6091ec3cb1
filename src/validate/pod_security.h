/* The Pod Security Standards, as the admission plugin of the API server applies them (k8s.io/pod-security-admission): which of
 * their checks a pod fails, or the pods that a template makes, by level and by version. */
#ifndef PODLINT_POD_SECURITY_H
#define PODLINT_POD_SECURITY_H

#include "model/model.h"

typedef enum PodSecurityLevel { POD_SECURITY_PRIVILEGED, POD_SECURITY_BASELINE, POD_SECURITY_RESTRICTED } PodSecurityLevel;

enum { POD_SECURITY_LEVELS = 3, POD_SECURITY_LATEST = UINT8_MAX };

extern const char *const pod_security_levels[POD_SECURITY_LEVELS];

/* A level, and the version of its rules: 1.`minor`. A version after the server's own, as POD_SECURITY_LATEST,
 * means the server's. */
typedef struct PodSecurity {
    uint8_t level; /* PodSecurityLevel */
    uint8_t minor;
} PodSecurity;

/* Appends to the document's diagnostics what a namespace with this level would refuse. Does nothing for documents that cannot be
 * decoded and for objects without a pod. */
void pod_security_check(Document *document, PodSecurity standard);

/* How an object stands with all levels. */
typedef struct PodSecurityVerdict {
    bool known;                           /* it holds a pod that could be judged */
    uint8_t level;                        /* the strictest PodSecurityLevel that it meets */
    uint32_t failed[POD_SECURITY_LEVELS]; /* by level: bit N stands for check N */
} PodSecurityVerdict;

/* The verdict by the rules of version 1.`minor`. Reports nothing. */
PodSecurityVerdict pod_security_judge(const Document *document, uint8_t minor);

/* What holds where both do. */
PodSecurityVerdict pod_security_both(PodSecurityVerdict a, PodSecurityVerdict b);

/* Whether the kubelet of version 1.`minor` runs pods with this sysctl, written with dots, without being told to. */
bool sysctl_is_safe(Str name, uint8_t minor);

/* The rule of check N; its name is empty if there is no such check. */
Str pod_security_check_name(unsigned number);

#endif
