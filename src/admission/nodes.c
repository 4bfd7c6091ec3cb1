/* Whether the nodes that are known can take a pod at all. No plugin of the server, but what the scheduler makes of the pod as the
 * plugins leave it. */
#include "plugin.h"
#include "simulate/scheduling.h"

void nodes_check(const Request *r) {
    Misfit misfit;
    if (!schedule_misfit(&misfit, r->arena, &r->deciders->nodes, r->spec)) return;
    Path containers = path_field(&r->place.spec, S("containers")), first = path_index(&containers, 0);
    Path resources = path_field(&first, S("resources"));
    Path fields[] = {[MISFIT_AFFINITY] = path_field(&r->place.spec, r->spec->nodeSelector.n ? S("nodeSelector") : S("affinity")),
                     [MISFIT_TAINT] = path_field(&r->place.spec, S("tolerations")),
                     [MISFIT_RESOURCES] = resources,
                     [MISFIT_VOLUMES] = path_field(&r->place.spec, S("volumes")),
                     [MISFIT_SPREAD] = path_field(&r->place.spec, S("topologySpreadConstraints"))};
    static const char *const hints[] = {"ask for labels that a node has", "tolerate the taint, or allow other nodes",
                                        "request what a node has", "use a volume that a node can reach",
                                        "spread over a label that all nodes have"};
    emit_no_node_takes_pod(r->diags, request_where(r, &fields[misfit.cause]), .what = r->isPod ? S("this pod") : S("its pods"),
                           .message = misfit.message, .hint = str_of(hints[misfit.cause]));
}
