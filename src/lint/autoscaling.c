/* Whether an autoscaler gets the numbers that it goes by: a share of what containers request, where they request it. */
#include "world.h"

static bool requests(const FactContainer *container, Str resource) {
    return str_in(resource, container->requests.at, container->requests.n);
}

/* Whether something of the run gives containers requests that they do not write. */
static bool has_limit_range(World *w, const Fact *workload) {
    for (uint32_t i = 0; i < w->kinds[FACT_OTHER].n && world_spend(w, 1); i++) {
        const Fact *other = w->kinds[FACT_OTHER].at[i];
        if (str_eq(other->kindName, S("LimitRange")) && are_together(w, workload, other)) return true;
    }
    return false;
}

/* The container for which a metric cannot be worked out, or NULL. */
static const FactContainer *without_request(const Fact *workload, const FactMetric *metric) {
    for (uint32_t i = 0; i < workload->containerCount; i++) {
        const FactContainer *container = &workload->containers[i];
        if (metric->container.len && !str_eq(container->name, metric->container)) continue;
        if (!requests(container, metric->resource)) return container;
    }
    return NULL;
}

static bool has_container(const Fact *workload, Str name) {
    for (uint32_t i = 0; i < workload->containerCount; i++)
        if (str_eq(workload->containers[i].name, name)) return true;
    return false;
}

void autoscaler_metrics_check(World *w, Fact *scaler, const Fact *workload) {
    if (workload->open || has_limit_range(w, workload)) return;
    for (uint32_t i = 0; i < scaler->metricCount && world_spend(w, workload->containerCount); i++) {
        const FactMetric *metric = &scaler->metrics[i];
        bool whole = !metric->container.len && str_in(metric->resource, workload->podRequests.at, workload->podRequests.n);
        if (metric->container.len && !has_container(workload, metric->container)) {
            emit_hpa_container_missing(&scaler->diags, metric->where, .container = metric->container, .kind = workload->kindName,
                                       .workload = workload->name);
            continue;
        }
        const FactContainer *container = whole ? NULL : without_request(workload, metric);
        if (container)
            emit_hpa_without_request(&scaler->diags, metric->where, .container = container->name, .kind = workload->kindName,
                                     .workload = workload->name, .resource = metric->resource);
    }
}
