#include "drain.h"

#include "kubelet.h"
#include "hook.h"

/* As the scenario says of this pod, but undisturbed until its deletion. */
static Scenario calm_life(Arena *arena, const PodSpec *spec, const Scenario *scenario) {
    Scenario out = scenario_undisturbed(arena, spec, scenario);
    out.gracePeriodSeconds = scenario->gracePeriodSeconds;
    return out;
}

static int64_t first_ready(Arena *arena, PodView view, Scenario *life) {
    enum { LONGEST = 6 * 3600 };
    Simulation sim;
    life->until = LONGEST;
    simulate(&sim, arena, view.meta, view.spec, life);
    for (uint32_t i = 0; i < sim.entries.n; i++)
        if (entry_serves(&sim.entries.at[i])) return sim.entries.at[i].t;
    return -1;
}

static const SimAction *action_of(const Simulation *sim, uint32_t container, SimActionKind kind, int64_t from) {
    for (uint32_t i = 0; i < sim->actions.n; i++) {
        const SimAction *action = &sim->actions.at[i];
        if (action->container == container && action->kind == kind && action->t >= from) return action;
    }
    return NULL;
}

static void learn_end(Drain *out, const Simulation *sim, uint32_t index, int64_t deleted, const Scenario *scenario) {
    const SimAction *term = action_of(sim, index, ACTION_KILL, deleted), *end = action_of(sim, index, ACTION_EXIT, deleted);
    if (!term || !end) return;
    const ContainerScript *script = scenario_find(scenario, sim->containers[index].name);
    int64_t listens = script && script->listenSeconds.set ? script->listenSeconds.value : 0;
    int64_t listening = term->t - deleted + listens, gone = end->t - deleted;
    if (listening > gone) listening = gone;
    if (out->container && listening >= out->listening) return;
    out->container = sim->containers[index].spec;
    out->term = term->t - deleted;
    out->end = gone;
    out->listening = listening;
    out->assumed = !script || !script->listenSeconds.set;
    out->exitCode = end->value;
    out->killed = end->value == 137;
}

static void learn_hook(Drain *out, const Scenario *scenario) {
    const Lifecycle *lifecycle = out->container->lifecycle;
    if (!lifecycle || !lifecycle->preStop) return;
    const ContainerScript *script = scenario_find(scenario, out->container->name);
    out->hook = out->term;
    out->hookUnknown = hook_seconds(lifecycle->preStop) == HOOK_UNKNOWN && !(script && script->preStopSeconds.set);
    int64_t length = script && script->preStopSeconds.set && !lifecycle->preStop->sleep ? script->preStopSeconds.value
                                                                                        : hook_seconds(lifecycle->preStop);
    out->hookCut = length != HOOK_UNKNOWN && length > out->grace;
}

void drain_simulate(Drain *out, PodView view, const Scenario *scenario) {
    Arena scratch = {0};
    Simulation sim;
    Scenario life = calm_life(&scratch, view.spec, scenario);
    *out = (Drain){0};
    for (uint32_t i = 0; i < view.spec->containers.n; i++) out->applies |= container_serves(&view.spec->containers.at[i]);
    int64_t ready = out->applies ? first_ready(&scratch, view, &life) : -1;
    if (ready >= 0) {
        int64_t grace = life.gracePeriodSeconds.set ? life.gracePeriodSeconds.value
                        : view.spec->terminationGracePeriodSeconds.set
                            ? scenario_clamp(view.spec->terminationGracePeriodSeconds.value)
                            : KUBELET_GRACE_PERIOD;
        out->grace = grace > 1 ? grace : 1;
        life.deleteAt = ready + 1;
        life.until = life.deleteAt + 2 * out->grace + 60;
        simulate(&sim, &scratch, view.meta, view.spec, &life);
        for (uint32_t i = 0; i < sim.containerCount; i++)
            if (sim.containers[i].kind == ROLE_MAIN && container_serves(sim.containers[i].spec))
                learn_end(out, &sim, i, life.deleteAt, &life);
    }
    arena_free(&scratch);
    out->applies = out->container != NULL;
    if (!out->applies) return;
    learn_hook(out, scenario);
    out->requests = scenario_routers_learn(scenario);
    out->refused = out->requests > out->listening ? out->requests - out->listening : 0;
    int64_t afterTerm = out->listening - out->term, ending = out->end - out->term;
    out->neededHook = out->requests > afterTerm ? out->requests - afterTerm : 0;
    out->neededGrace = out->neededHook + (out->killed ? KUBELET_GRACE_PERIOD : ending) + 1;
    if (out->neededGrace < out->grace) out->neededGrace = out->grace;
}
