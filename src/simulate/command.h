/* The command `podlint simulate`. */
#ifndef PODLINT_SIMULATE_COMMAND_H
#define PODLINT_SIMULATE_COMMAND_H

#include "../options.h"

enum { SIMULATE_OPTIONS = 15 };

extern const Option simulate_options[SIMULATE_OPTIONS];

int run_simulate_command(int argc, char **argv);

/* Its entry in the table of commands. */
#define SIMULATE_COMMAND                                                                                                       \
    {                                                                                                                          \
        "simulate", "FILE", "Play a pod's life on a virtual clock.",                                                           \
            "Says second by second what the kubelet would do with a pod: phases, conditions, restarts and their delays, init " \
            "containers and sidecars, probes, hooks, image pulls, deadlines and termination. FILE is a manifest, or - for "    \
            "standard input; of a workload the pod template is played, and what its controller makes of it: the rolling "      \
            "update of a Deployment, StatefulSet or DaemonSet, the course of a Job.\n\n"                                       \
            "A scenario, in YAML or JSON, says what happens: how long containers run and how they end, what probes answer, "   \
            "when the pod is scheduled and deleted. Without one every container crashes and the pod is then deleted.",         \
            simulate_options, SIMULATE_OPTIONS,                                                                                \
            "  podlint simulate pod.yaml                    what would happen at all\n"                                        \
            "  podlint simulate pod.yaml --crash app        a container that crashes at once, again and again\n"               \
            "  podlint simulate pod.yaml --fail-probe app.liveness@1m --delete-at 5m\n"                                        \
            "                                               a probe that fails, then a deletion\n"                             \
            "  podlint simulate pod.yaml --scenario s.yaml --format html >life.html\n"                                         \
            "                                               a page to look around in\n",                                       \
            run_simulate_command                                                                                               \
    }

#endif
