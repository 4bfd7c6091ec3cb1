#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/visible.h"
#include "crd/pods.h"
#include "diff/git.h"
#include "input/classify.h"
#include "simulate/eviction.h"
#include "simulate/pods.h"
#include "simulate/report.h"
#include "validate/validate.h"
#include "admission_options.h"
#include "command.h"

enum {
    SIM_SCENARIO,
    SIM_FORMAT,
    SIM_CRASH,
    SIM_EXIT,
    SIM_FAIL_PROBE,
    SIM_SLOW_START,
    SIM_FAIL_PULL,
    SIM_OOM,
    SIM_DELETE_AT,
    SIM_GRACE,
    SIM_FORCE,
    SIM_NODE_LOST_AT,
    SIM_EVICT_AT,
    SIM_ENDPOINT_DELAY,
    SIM_LB_DELAY,
    SIM_UNTIL,
    SIM_KUBELET,
    SIM_OBJECT,
    SIM_CREATE,
    SIM_GIT,
    SIM_REPLICAS,
    SIM_NODES,
    SIM_DRAIN,
    SIM_CLUSTER,
    SIM_NAMESPACE,
    SIM_ANYWAY,
    SIM_VERSION,
    SIM_WIDTH,
    SIM_ASCII,
    SIM_COLOUR,
};

static void list_formats(Choices *out) {
    choice_add(out, "text", SIM_TEXT, "the default");
    choice_add(out, "json", SIM_JSON, NULL);
    choice_add(out, "svg", SIM_SVG, "a picture");
    choice_add(out, "html", SIM_HTML, "a page with a slider over time");
}

static const Option options[] = {
    {"scenario", 's', "FILE", NULL, "What happens, as YAML or JSON."},
    {"format", 'f', "FORMAT", list_formats, ""},
    {"crash", 0, "NAME[=CODE][@TIME]", NULL, "Every run of this container ends with CODE (1) after TIME (at once)."},
    {"exit", 0, "NAME=CODE@TIME", NULL,
     "A run of this container ends so. Given several times, run after run; the one after them lasts."},
    {"fail-probe", 0, "NAME.PROBE[@TIME]", NULL, "This probe (startup, readiness, liveness) fails from TIME of each run on."},
    {"slow-start", 0, "NAME@TIME", NULL, "The probes of this container fail until TIME of each run."},
    {"fail-pull", 0, "NAME[@TIME]", NULL, "Pulls of this container's image fail, always or until TIME."},
    {"oom", 0, "NAME[@TIME]", NULL, "Every run of this container is killed for want of memory after TIME (at once)."},
    {"delete-at", 0, "TIME", NULL, "When the pod is deleted."},
    {"grace-period", 0, "TIME", NULL, "The grace period of the deletion. Default: the pod's."},
    {"force", 0, NULL, NULL, "The deletion removes the object at once, whatever runs."},
    {"node-lost-at", 0, "TIME", NULL, "When the node is heard of for the last time."},
    {"evict-at", 0, "TIME", NULL, "When the node is short of memory, and the kubelet evicts the pod."},
    {"endpoint-delay", 0, "TIME", NULL, "How long every kube-proxy takes to learn that a pod goes. Default: 2s."},
    {"lb-delay", 0, "TIME", NULL, "The same of a load balancer or ingress controller in front. Default: there is none."},
    {"until", 0, "TIME", NULL, "When the clock stops. Default: 10m, or some time after the deletion."},
    {"kubelet", 0, "SETTING=VALUE", NULL,
     "A setting of the node's kubelet: crashLoopBackOff.maxContainerRestartPeriod=TIME (1s to 5m, the default), or "
     "featureGates.ReduceDefaultCrashLoopBackOffDecay=true (delays begin at 1 s). May be given several times."},
    {"object", 0, "NAME", NULL, "Which object of the file. Default: the first with a pod."},
    {"create", 0, NULL, NULL, "A workload is created for the first time, instead of updated."},
    {"git", 0, "REF", NULL, "The old manifest is the file's at this revision."},
    {"replicas", 0, "N", NULL, "Pods of an update, or nodes of a DaemonSet (3). Default: as the manifest says."},
    {"nodes", 0, "NODES", NULL,
     "The nodes that there are: a file of Node objects and the Pods on them, as kubectl get nodes,pods,pv,pvc,pdb -A -o yaml "
     "prints it, or "
     "groups such as 3x(cpu=4,memory=16Gi,zone=a). Default: every pod fits."},
    {"drain", 0, "NODE", NULL,
     "What kubectl drain of this one of the --nodes would do, with the PodDisruptionBudgets of both files."},
    ADMISSION_OPTIONS,
    {"anyway", 0, NULL, NULL, "Play also a manifest that the API server refuses, as it was meant."},
    {"kubernetes-version", 0, "VERSION", list_versions,
     "The API server whose defaults are filled in: " VERSION_RANGE ". Default: the newest."},
    {"width", 0, "COLUMNS", NULL, "The width of text. Default: the terminal's, or 100."},
    {"ascii", 0, NULL, NULL, "Draw with ASCII alone. The default where the locale is not UTF-8."},
    {"color", 0, "WHEN", list_colours, ""},
};

static int run(int argc, char **argv);

const Command simulate_command = {
    "simulate",
    "[OLD] FILE",
    NULL,
    "Play a pod's life on a virtual clock.",
    "Says second by second what the kubelet would do with a pod: phases, conditions, restarts and their delays, init containers "
    "and sidecars, probes, hooks, image pulls, deadlines and termination. FILE is a manifest, or - for standard input; of a "
    "workload the pod template is played, and what its controller makes of it: the update from OLD, from a revision of git or "
    "from an older template, the first creation, the course of a Job, the Jobs of a CronJob. A Rollout of Argo whose canary has "
    "no steps is updated like a Deployment.\n\nA scenario, in YAML or JSON, "
    "says what "
    "happens: how long containers run and how they end, what probes answer, when the pod is scheduled and deleted. Without "
    "one every container crashes and the pod is then deleted; an update goes without crashes.",
    options,
    COUNT(options),
    "  podlint simulate pod.yaml                    what would happen at all\n  podlint simulate pod.yaml --crash app        a "
    "container that crashes at once, again and again\n  podlint simulate pod.yaml --fail-probe app.liveness@1m --delete-at 5m\n  "
    "                                             a probe that fails, then a deletion\n  podlint simulate old.yaml new.yaml      "
    "      the rollout of a change\n  podlint simulate --git HEAD web.yaml         ... that is not committed\n  podlint simulate "
    "pod.yaml --scenario s.yaml --format html >life.html\n                                               a page to look around "
    "in\n",
    "  0  it is played\n  2  wrong usage, a file could not be read, or the API server refuses the object\n",
    run};

/* What the command line asks for. */
typedef struct SimulateRequest {
    Arena *arena;
    const char *files[2]; /* the second is NULL if there is one */
    const char *scenario, *object, *git, *nodes, *drain;
    bool create, anyway;
    WordList clusterFiles;
    Deciders *deciders; /* of the file that is played, and of --cluster */
    int room;           /* for pods of the workload on the nodes, or 0 */
    Str roomCause;
    ARRAY(Parsed) changes; /* options that change the scenario, in their order */
    SimReport report;
    int replicas;
    uint8_t minor;
} SimulateRequest;

static bool locale_is_ascii(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (!value || !*value) continue;
        Str text = str_of(value);
        return !str_has(text, S("UTF-8")) && !str_has(text, S("utf8")) && !str_has(text, S("UTF8")) && !str_has(text, S("utf-8"));
    }
    return true;
}

static bool number_in(const char *option, const char *value, int64_t low, int64_t high, int64_t *out) {
    if (int_parse(str_of(value), low, high, out)) return true;
    usage_error(&simulate_command, "--%s takes a number from %lld to %lld", option, (long long)low, (long long)high);
    return false;
}

static bool take(void *context, Parsed parsed) {
    SimulateRequest *request = context;
    int64_t number = 0;
    int format, version;
    switch (parsed.option) {
    case SIM_SCENARIO: request->scenario = parsed.value; return true;
    case SIM_OBJECT: request->object = parsed.value; return true;
    case SIM_CREATE: request->create = true; return true;
    case SIM_GIT: request->git = parsed.value; return true;
    case SIM_NODES: request->nodes = parsed.value; return true;
    case SIM_DRAIN: request->drain = parsed.value; return true;
    case SIM_CLUSTER: ARRAY_PUSH(request->arena, &request->clusterFiles, str_of(parsed.value)); return true;
    case SIM_NAMESPACE: request->deciders->namespace_ = str_of(parsed.value); return true;
    case SIM_ANYWAY: request->anyway = true; return true;
    case SIM_ASCII: request->report.ascii = true; return true;
    case SIM_COLOUR: return take_colour(&simulate_command, parsed.value, &request->report.colour);
    case SIM_VERSION:
        if ((version = parse_version(&simulate_command, parsed.value)) < 0) return false;
        request->minor = (uint8_t)version;
        return true;
    case SIM_FORMAT:
        if ((format = choose(&simulate_command, "format", parsed.value, list_formats)) < 0) return false;
        request->report.format = (SimFormat)format;
        return true;
    case SIM_WIDTH:
        if (!number_in("width", parsed.value, 40, 1000, &number)) return false;
        request->report.width = (int)number;
        return true;
    case SIM_REPLICAS:
        if (!number_in("replicas", parsed.value, 1, 2000, &number)) return false;
        request->replicas = (int)number;
        return true;
    case OPTION_OPERAND:
        if (request->files[1]) {
            usage_error(&simulate_command, "one file, or the old one and the new one, please");
            return false;
        }
        request->files[request->files[0] != NULL] = parsed.value;
        return true;
    default: ARRAY_PUSH(request->arena, &request->changes, parsed); return true;
    }
}

static int cannot_read(const Source *source, SourceError error) {
    const char *why = error == SOURCE_CANNOT_READ  ? strerror(errno)
                      : error == SOURCE_TOO_LARGE  ? "larger than 64 MiB"
                      : error == SOURCE_NOT_A_FILE ? "not a file"
                                                   : "UTF-16 that the API server cannot read";
    tell_error("podlint: cannot read %.*s: %s", TEXT(source->name), why);
    return 2;
}

static void complain(Source *source, Arena *arena, Span span, Str message) {
    Place place = source_place(source, arena, span.at);
    tell_error("%.*s:%u:%u: error: %.*s", TEXT(source->name), place.line, place.column, TEXT(message));
}

/* An object to play. */
typedef struct Found {
    Document *document; /* NULL: there is none */
    uint32_t others;    /* that have pods too */
    Rolling way;        /* of a custom resource, which then is a Deployment here */
} Found;

/* The object to play, as it was meant: the one that is asked for by name, or the first that has a pod. `like`: of an old file,
 * the object that became this one. */
static Found find_object(Source *source, Arena *arena, const SimulateRequest *request, const Document *like) {
    NodeReader reader = {.source = source};
    Classifier classifier = {.source = source, .minor = request->minor};
    NodeDocument in;
    Found found = {0};
    Str name = like ? like->name : request->object ? str_of(request->object) : (Str){0};
    while (node_next(&reader, arena, &in)) {
        Document *items;
        uint32_t n = classify_build(&classifier, arena, &in, &items);
        for (uint32_t i = 0; i < n; i++) {
            Document *item = &items[i];
            Rolling way = rolling_document(item, &item);
            /* Of what was there before, the server left out what it does not know. */
            if (!like || item->unreadable) item = model_meant(item, item->diags.items.n);
            if (item->unreadable && !found.document && !name.at) return (Found){.document = item};
            if (!item->object || !item->type) continue;
            if (!like && admission_role(item) != ADMISSION_NONE)
                deciders_add(request->deciders, item,
                             (Standing){.file = source->name, .line = source_place(source, arena, item->span.at).line}, false);
            defaults_apply(arena, item);
            if (!model_pod(item).spec || (like && !str_eq(item->kind, like->kind))) continue;
            if (found.document || (name.at && !str_eq(item->name, name)))
                found.others++;
            else
                found.document = item, found.way = way;
        }
    }
    return found;
}

static uint32_t complain_of(Source *source, Arena *arena, const DiagList *list) {
    uint32_t errors = 0;
    for (uint32_t i = 0; i < list->items.n; i++) {
        const Diag *diag = &list->items.at[i];
        if (diag->severity != SEVERITY_ERROR) continue;
        Str mend = diag->help.len ? str_join(arena, S("; "), diag->help) : S("");
        complain(source, arena, diag->span, str_join(arena, diag->message, mend));
        errors++;
    }
    return errors;
}

/* What the server refuses has no life to play. */
static int check_object(Source *source, Arena *arena, Document *document, const SimulateRequest *request) {
    Str file = source->name;
    if (!document) {
        if (request->object)
            tell_error("podlint: %.*s has no object \"%s\" with a pod", TEXT(file), request->object);
        else
            tell_error("podlint: %.*s has neither a pod nor anything that holds a pod template", TEXT(file));
        return 2;
    }
    if (!document->unreadable && !request->anyway) {
        validate_create(document);
        if (request->deciders->count) {
            bool inside = !str_eq(document->kind, document->type->kind->name);
            admission_admit(request->deciders, document, &(Standing){.file = file, .inside = inside});
        }
    }
    uint32_t errors = document->unreadable || !request->anyway ? complain_of(source, arena, &document->diags) : 0;
    if (errors && !document->unreadable)
        fputs("podlint: the API server refuses this manifest; --anyway plays it nonetheless\n", stderr);
    if (errors || document->unreadable) return 2;
    const PodSpec *spec = model_pod(document).spec;
    if (spec->containers.n && spec->containers.n + spec->initContainers.n < UINT16_MAX) return 0;
    tell_error("podlint: the pod of %.*s has %s containers", TEXT(file), spec->containers.n ? "too many" : "no");
    return 2;
}

/* The object before the change, if there was one: of the old file, or of the file at a revision. */
static int find_old(Arena *arena, const SimulateRequest *request, const Document *new, Document **out) {
    Source *source = NEW(arena, Source);
    *out = NULL;
    if (request->git) {
        Str path = str_of(request->files[0]);
        GitFiles files;
        const char *error = git_changes(arena, &(GitRange){.from = str_of(request->git)}, &path, 1, &files);
        if (error) {
            tell_error("podlint: %s", error);
            return 2;
        }
        if (!files.n) *out = (Document *)new; /* nothing has changed */
        if (!files.n || !files.at[0].before.there) return 0;
        if (files.at[0].before.error.at) {
            tell_error("podlint: cannot read %.*s at %s: %.*s", TEXT(path), request->git, TEXT(files.at[0].before.error));
            return 2;
        }
        source_from_bytes(source, arena, str_format(arena, "%s:%.*s", request->git, TEXT(path)), files.at[0].before.text);
    } else {
        SourceError error = source_read(source, arena, str_of(request->files[0]));
        if (error) return cannot_read(source, error);
    }
    Document *old = find_object(source, arena, request, new).document;
    *out = old;
    return old && (old->unreadable || old->written) ? check_object(source, arena, old, request) : 0;
}

static int read_scenario(Scenario *out, Arena *arena, const char *name, const PodSpec *spec) {
    Source source;
    SourceError error = source_read(&source, arena, str_of(name));
    if (error) return cannot_read(&source, error);
    NodeReader reader = {.source = &source};
    NodeDocument document, more;
    *out = scenario_empty();
    if (!node_next(&reader, arena, &document)) return 0;
    ScenarioFaults faults = {0};
    for (uint32_t i = 0; i < document.faults.n; i++) {
        const Fault *fault = &document.faults.at[i];
        Str message = fault->kind == FAULT_SYNTAX ? fault->text : str_of(fault_name(fault->kind));
        ARRAY_PUSH(arena, &faults.items, (ScenarioFault){fault->span, message});
    }
    if (document.readable) scenario_read(out, arena, document.root, spec, &faults);
    if (node_next(&reader, arena, &more))
        ARRAY_PUSH(arena, &faults.items, (ScenarioFault){more.span, S("a scenario is one document")});
    for (uint32_t i = 0; i < faults.items.n; i++) complain(&source, arena, faults.items.at[i].span, faults.items.at[i].message);
    return faults.items.n ? 2 : 0;
}

static bool set_time(const char *option, const char *value, int64_t *out) {
    if (scenario_time(str_of(value), out)) return true;
    usage_error(&simulate_command, "--%s takes seconds or a duration such as 90s or 10m, of at most 366d", option);
    return false;
}

static bool change_scenario(Scenario *scenario, Arena *arena, const PodSpec *spec, Parsed change) {
    static const int shorthands[] = {SIM_CRASH, SIM_EXIT, SIM_FAIL_PROBE, SIM_SLOW_START, SIM_FAIL_PULL, SIM_OOM};
    static const char *(*const functions[])(Scenario *, Arena *, const PodSpec *, Str) = {
        scenario_crash, scenario_exit, scenario_fail_probe, scenario_slow_start, scenario_fail_pull, scenario_oom};
    for (size_t i = 0; i < COUNT(shorthands); i++) {
        if (change.option != shorthands[i]) continue;
        const char *wrong = functions[i](scenario, arena, spec, str_of(change.value));
        if (wrong) usage_error(&simulate_command, "--%s takes %s; not \"%s\"", options[change.option].name, wrong, change.value);
        return !wrong;
    }
    if (change.option == SIM_KUBELET) {
        const char *wrong = scenario_kubelet(scenario, str_of(change.value));
        if (wrong) usage_error(&simulate_command, "--kubelet takes %s; not \"%s\"", wrong, change.value);
        return !wrong;
    }
    if (change.option == SIM_FORCE) {
        scenario->force = true;
        return true;
    }
    int64_t *time = change.option == SIM_DELETE_AT        ? &scenario->deleteAt
                    : change.option == SIM_GRACE          ? &scenario->gracePeriodSeconds.value
                    : change.option == SIM_UNTIL          ? &scenario->until
                    : change.option == SIM_EVICT_AT       ? &scenario->evictAt
                    : change.option == SIM_ENDPOINT_DELAY ? &scenario->endpointDelay
                    : change.option == SIM_LB_DELAY       ? &scenario->lbDelay
                                                          : &scenario->nodeLostAt;
    scenario->gracePeriodSeconds.set |= change.option == SIM_GRACE;
    scenario->untilSet |= change.option == SIM_UNTIL;
    return set_time(options[change.option].name, change.value, time);
}

/* Far enough to see the end of a deletion. */
static void set_until(Scenario *scenario, const PodSpec *spec) {
    enum { AFTER = 60, NODE = 600 };
    int64_t grace = spec->terminationGracePeriodSeconds.set ? scenario_clamp(spec->terminationGracePeriodSeconds.value) : 0;
    if (scenario->untilSet) return;
    if (scenario->deleteAt != SCENARIO_NEVER) scenario->until = scenario->deleteAt + grace + AFTER;
    if (scenario->deleteAt == SCENARIO_NEVER && scenario->evictAt != SCENARIO_NEVER) scenario->until = scenario->evictAt + AFTER;
    if (scenario->nodeLostAt != SCENARIO_NEVER && scenario->until < scenario->nodeLostAt + NODE)
        scenario->until = scenario->nodeLostAt + NODE;
}

/* Whether an option says how things are, and not what happens. */
static bool is_setting(int option) {
    static const int settings[] = {SIM_UNTIL, SIM_KUBELET, SIM_ENDPOINT_DELAY, SIM_LB_DELAY};
    for (size_t i = 0; i < COUNT(settings); i++)
        if (option == settings[i]) return true;
    return false;
}

/* Whether the question is what a change does, or a creation. */
static bool is_change(const SimulateRequest *request) {
    return request->files[1] || request->git || request->create;
}

static int make_scenario(Scenario *scenario, Arena *arena, SimulateRequest *request, const PodSpec *spec) {
    bool changed = false;
    for (uint32_t i = 0; i < request->changes.n; i++) changed |= !is_setting(request->changes.at[i].option);
    request->report.podFirst = (request->scenario || changed) && !is_change(request);
    int code = 0;
    if (request->scenario) {
        code = read_scenario(scenario, arena, request->scenario, spec);
        scenario_pass_inits(scenario, arena, spec);
    } else if (changed) {
        Str deaf = scenario_deafen(scenario, arena, spec);
        scenario_pass_inits(scenario, arena, spec);
        if (deaf.at) request->report.deaf = str_join(arena, deaf, S("."));
    } else {
        request->report.note =
            is_change(request) ? scenario_default_change(scenario, arena, spec) : scenario_default(scenario, arena, spec);
        scenario->untilSet = true;
    }
    for (uint32_t i = 0; i < request->changes.n && code == 0; i++)
        if (!change_scenario(scenario, arena, spec, request->changes.at[i])) code = 2;
    if (code == 0) set_until(scenario, spec);
    return code;
}

static bool is_job(const Document *document) {
    return model_workload(document) == WORKLOAD_JOB;
}

static int read_nodes(Cluster *out, Arena *arena, const SimulateRequest *request) {
    Str text = str_of(request->nodes);
    const char *wrong;
    if (cluster_is_short(text)) {
        wrong = cluster_read_short(out, arena, text);
        return wrong ? usage_error(&simulate_command, "--nodes takes a file or %s", wrong) : 0;
    }
    Source *source = NEW(arena, Source);
    SourceError error = source_read(source, arena, text);
    if (error) return cannot_read(source, error);
    wrong = cluster_read(out, arena, source, request->minor);
    if (wrong) tell_error("podlint: cannot take nodes from %s: %s", request->nodes, wrong);
    return wrong ? 2 : 0;
}

/* How many pods of a workload the nodes have room for. What they had at the most is there twice during an update. */
static void place_replicas(Arena *arena, SimulateRequest *request, const Document *document, PodView view, Cluster *cluster) {
    enum { MOST = 400 };
    Placement last;
    int wanted = workload_pods(document, request->replicas);
    if (wanted < 1 || wanted > MOST / 2) return;
    uint32_t n = (uint32_t)wanted;
    uint32_t placed = schedule_pods(&last, arena, cluster, view.meta, document->namespace_, view.spec, n);
    if (placed && placed < n)
        request->report.placed =
            str_format(arena, "Only %u of %u pods find a node; the next one: %.*s", placed, n, TEXT(placement_cause(&last)));
    if (placed == n && n > 1) request->report.placed = str_format(arena, "There is room for all %u of its pods.", n);
    Cluster more = cluster_copy(cluster, arena);
    if (placed == n) placed += schedule_pods(&last, arena, &more, view.meta, document->namespace_, view.spec, n);
    if (placed == 2 * n) return;
    request->room = (int)placed;
    request->roomCause = placement_cause(&last);
}

/* What a drain of one of the nodes does, once the pods of the manifest are there. */
static int drain_node(Arena *arena, SimulateRequest *request, const Document *document, PodView view, const Scenario *scenario,
                      Cluster *cluster) {
    uint32_t node = 0;
    while (node < cluster->nodes.n && !str_eq(cluster->nodes.at[node].name, str_of(request->drain))) node++;
    if (node == cluster->nodes.n) {
        usage_error(&simulate_command, "--drain takes one of the nodes; there is no %s", request->drain);
        return 2;
    }
    PodLife life;
    Scenario calm = scenario_undisturbed(arena, view.spec, scenario);
    pod_life_learn(&life, arena, view, &calm);
    DrainTimes times = {.labels = view.meta->labels,
                        .namespace_ = document->namespace_.len ? document->namespace_ : S("default"),
                        .start = life.ready.n ? life.ready.at[0].from : SCENARIO_NEVER,
                        .leaving = life.leaving};
    NodeDrain *drain = NEW(arena, NodeDrain);
    node_drain_simulate(drain, arena, cluster, node, &times);
    request->report.nodeDrain = drain;
    return 0;
}

/* Whether a node takes the pod; where none does, and no other pod makes way for it, it waits. */
static int place_pod(Scenario *scenario, Arena *arena, SimulateRequest *request, const Source *source, const Document *document,
                     PodView view) {
    Cluster *cluster = NEW(arena, Cluster);
    Placement *scheduling = NEW(arena, Placement);
    int code = read_nodes(cluster, arena, request);
    if (code) return code;
    cluster_add_objects(cluster, arena, source, request->minor);
    schedule_pod(scheduling, arena, cluster, view.meta, document->namespace_, view.spec);
    request->report.cluster = cluster;
    request->report.scheduling = scheduling;
    place_replicas(arena, request, document, view, cluster);
    bool waits = !scheduling->feasible.n && !scheduling->preempts.n && !view.spec->schedulingGates.n;
    if (waits) scenario->unschedulable = scheduling->message;
    return request->drain ? drain_node(arena, request, document, view, scenario, cluster) : 0;
}

/* What becomes of the workload. Nobody wants to see an update of crashes that nobody asked for. */
static void play_rollout(Rollout *rollout, Arena *arena, SimulateRequest *request, const Document *document, const Document *old,
                         const Scenario *scenario) {
    Scenario calm = *scenario;
    bool assumed = request->report.note.len > 0;
    bool change = request->files[1] || request->git;
    if (assumed && !is_job(document)) scenario_calm(&calm, arena, model_pod(document).spec);
    if (assumed) calm.untilSet = false; /* that of the pod is no end of the controller's work */
    calm.unschedulable = scenario->unschedulable;
    calm.kubelet = scenario->kubelet;
    rollout_simulate(rollout, arena,
                     &(RolloutRequest){.document = document,
                                       .old = old,
                                       .create = request->create || (change && !old),
                                       .replicas = request->replicas,
                                       .room = request->room,
                                       .roomCause = request->roomCause,
                                       .scenario = &calm});
    if (rollout->words.n) request->report.rollout = rollout;
    if (assumed && rollout->kind == ROLLOUT_UPDATE && !is_change(request))
        request->report.note = str_join(arena, request->report.note, S(" The update goes without crashes."));
}

static int play(Arena *arena, SimulateRequest *request) {
    Source source;
    const char *file = request->files[request->files[1] != NULL];
    SourceError error = source_read(&source, arena, str_of(file));
    if (error) return cannot_read(&source, error);
    Found found = find_object(&source, arena, request, NULL);
    Document *document = found.document, *old = NULL;
    int code = read_cluster(request->deciders, &request->clusterFiles, request->minor) ? 0 : 2;
    if (code == 0) code = check_object(&source, arena, document, request);
    if (code == 0 && (request->files[1] || request->git)) code = find_old(arena, request, document, &old);
    if (code) return code;
    PodView view = workload_pod(arena, document);
    Scenario scenario = scenario_empty();
    if ((code = make_scenario(&scenario, arena, request, view.spec))) return code;
    Drain *drain = NEW(arena, Drain);
    drain_simulate(drain, view, &scenario);
    if (drain->applies && !is_job(document)) request->report.drain = drain;
    request->report.podFirst &= !is_job(document);
    request->report.deleted = scenario.deleteAt != SCENARIO_NEVER;
    if (request->nodes && (code = place_pod(&scenario, arena, request, &source, document, view))) return code;
    if (found.others && !request->object)
        tell_error("podlint: %u more object%s in %s; --object NAME chooses another", found.others, found.others == 1 ? "" : "s",
                   file);
    Simulation sim;
    Rollout *rollout = NEW(arena, Rollout);
    request->create |= found.way == ROLLING_OWN;
    play_rollout(rollout, arena, request, document, found.way == ROLLING_OWN ? NULL : old, &scenario);
    if (found.way == ROLLING_OWN)
        request->report.note =
            str_format(arena, "%.*s%sOnly the creation of this %.*s is played: its updates go in a way of their own.",
                       TEXT(request->report.note), request->report.note.len ? " " : "", TEXT(document->kind));
    if (rollout->podDeleted < scenario.deleteAt) scenario.deleteAt = rollout->podDeleted;
    simulate(&sim, arena, view.meta, view.spec, &scenario);
    request->report.eviction = eviction_words(arena, document, view.spec, &scenario);
    request->report.kind = document->kind;
    request->report.name = document->name.len ? document->name : S("(unnamed)");
    sim_report_write(stdout, arena, &sim, &request->report);
    return 0;
}

static int check_operands(const SimulateRequest *request) {
    if (!request->files[0]) return usage_error(&simulate_command, "name the file to read, or - for standard input");
    if (request->git && request->files[1]) return usage_error(&simulate_command, "the old manifest is a file or --git, not both");
    if (request->create && (request->git || request->files[1]))
        return usage_error(&simulate_command, "--create takes no old manifest");
    if (request->drain && !request->nodes) return usage_error(&simulate_command, "--drain needs --nodes");
    return 0;
}

static int run(int argc, char **argv) {
    Arena arena = {0};
    Deciders deciders = {.arena = &arena, .byKind = {.arena = &arena}};
    SimulateRequest request = {
        .arena = &arena,
        .deciders = &deciders,
        .minor = VERSION_LAST,
        .report = {.colour = colour_by_default(), .ascii = locale_is_ascii(), .width = terminal_width()},
    };
    int code = read_options(&simulate_command, argc, argv, take, &request);
    if (code == 0) code = check_operands(&request);
    if (code == 0) code = play(&arena, &request);
    arena_free(&arena);
    return finish_output(code);
}
