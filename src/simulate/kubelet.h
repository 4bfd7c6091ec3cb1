/* The numbers by which the kubelet and the control plane treat pods (k8s.io/kubernetes/pkg/kubelet, pkg/controller). The one
 * source for what explain tells and for what a simulation does. All times are seconds. */
#ifndef PODLINT_KUBELET_H
#define PODLINT_KUBELET_H

#define KUBELET_NUMBERS(N)                                                                                                     \
    N(BACKOFF_FIRST, 10)      /* the delay before the second restart of a container; it doubles from there */                  \
    N(BACKOFF_LONGEST, 300)   /* the longest delay */                                                                          \
    N(BACKOFF_REDUCED, 1)     /* the first delay with the gate ReduceDefaultCrashLoopBackOffDecay */                           \
    N(BACKOFF_RESET, 600)     /* running longer than this starts the delays anew */                                            \
    N(PULL_BACKOFF_FIRST, 10) /* the delay after the first failed pull of an image */                                          \
    N(PULL_BACKOFF_LONGEST, 300)                                                                                               \
    N(GRACE_PERIOD, 30) /* the default of terminationGracePeriodSeconds */                                                     \
    N(GRACE_EXTRA, 2)   /* given once when a preStop hook outlives the grace period */                                         \
    N(PROBE_PERIOD, 10) /* defaults of a probe */                                                                              \
    N(PROBE_TIMEOUT, 1)                                                                                                        \
    N(PROBE_FAILURES, 3)                                                                                                       \
    N(PROBE_SUCCESSES, 1)                                                                                                      \
    N(NODE_GRACE, 50)              /* without word from a node its status becomes Unknown */                                   \
    N(UNREACHABLE_TOLERATION, 300) /* pods of an unreachable node are deleted after this, unless they tolerate more or less */ \
    N(EVICTION_GRACE, 1)           /* eviction_manager.go, immediateEvictionGracePeriodSeconds */                              \
    N(ENDPOINT_DELAY, 2)           /* taken until every kube-proxy has learned that an endpoint goes; nothing promises it */   \
    N(JOB_BACKOFF_FIRST, 10)       /* before a Job replaces a failed pod; it doubles with each failure */                      \
    N(JOB_BACKOFF_LONGEST, 600)

#define KUBELET_ENUM(name, value) KUBELET_##name = (value),
enum { KUBELET_NUMBERS(KUBELET_ENUM) };
#undef KUBELET_ENUM

#endif
