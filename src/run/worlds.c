#include "worlds.h"

#include <stdlib.h>

#include "base/str_set.h"

/* A fact in one of the worlds of its file, named by a kustomization or a folder. */
typedef struct Member {
    Str world;
    Fact *fact;
} Member;

/* The name of the world of a folder. */
static Str folder_world(Arena *arena, Str path) {
    ptrdiff_t slash = str_rfind(path, '/');
    return str_join(arena, slash < 0 ? S("") : (Str){path.at, (size_t)slash}, S("/"));
}

StrList worlds_of_file(Arena *arena, const InputList *list, const Run *run, uint32_t file) {
    const FileUse *use = list && file < list->files.n ? list->files.at[file].use : NULL;
    StrList roots = use ? kustomize_roots(arena, use) : (StrList){0};
    if (roots.n) return roots;
    Str *folder = NEW(arena, Str);
    *folder = folder_world(arena, run->files[file].name);
    return (StrList){folder, 1};
}

/* Custom resources that configure what is there and make no pods. */
static bool is_configuration(const Document *document) {
    static const Str groups[] = {STR("cert-manager.io/"),
                                 STR("acme.cert-manager.io/"),
                                 STR("external-secrets.io/"),
                                 STR("gateway.networking.k8s.io/"),
                                 STR("networking.istio.io/"),
                                 STR("security.istio.io/"),
                                 STR("traefik.io/"),
                                 STR("traefik.containo.us/"),
                                 STR("cilium.io/"),
                                 STR("source.toolkit.fluxcd.io/"),
                                 STR("image.toolkit.fluxcd.io/"),
                                 STR("notification.toolkit.fluxcd.io/"),
                                 STR("bitnami.com/"),
                                 STR("snapshot.storage.k8s.io/"),
                                 STR("metallb.io/"),
                                 STR("kyverno.io/"),
                                 STR("constraints.gatekeeper.sh/"),
                                 STR("templates.gatekeeper.sh/"),
                                 STR("grafana.integreatly.org/"),
                                 STR("keda.sh/"),
                                 STR("autoscaling.k8s.io/"),
                                 STR("apiextensions.k8s.io/"),
                                 STR("k8s.cni.cncf.io/"),
                                 STR("route.openshift.io/"),
                                 STR("secrets-store.csi.x-k8s.io/")};
    static const Str monitoring[] = {STR("ServiceMonitor"), STR("PodMonitor"),   STR("PrometheusRule"),
                                     STR("Probe"),          STR("ScrapeConfig"), STR("AlertmanagerConfig")};
    for (size_t i = 0; i < COUNT(groups); i++)
        if (str_starts(document->apiVersion, groups[i])) return true;
    return str_starts(document->apiVersion, S("monitoring.coreos.com/")) && str_in(document->kind, monitoring, COUNT(monitoring));
}

bool world_is_uncertain(const Document *document) {
    if (document->class == CLASS_TEMPLATE || document->class == CLASS_UNREADABLE) return true;
    if (document->class == CLASS_CUSTOM || document->definition) return !is_configuration(document);
    const Node *spec = document->later ? node_get(document->root, S("spec")) : NULL;
    return document->later &&
           (node_holds_later(node_get(document->root, S("metadata"))) || node_holds_later(node_get(spec, S("selector"))) ||
            node_holds_later(node_get(node_get(spec, S("template")), S("metadata"))));
}

static bool is_uncertain(const ResultFile *file) {
    if (file->error.at) return true;
    for (uint32_t i = 0; i < file->documentCount; i++)
        if (file->documents[i].uncertain) return true;
    return false;
}

static int by_world(const void *left, const void *right) {
    const Member *a = left, *b = right;
    int order = str_cmp(a->world, b->world);
    if (order) return order;
    if (a->fact->file != b->fact->file) return a->fact->file < b->fact->file ? -1 : 1;
    return (a->fact->document > b->fact->document) - (a->fact->document < b->fact->document);
}

/* Alternatives: which files of a folder hold an object that an earlier one holds too. */

typedef struct Variants {
    Arena *arena;
    uint32_t *variant; /* by member: 0 in all of them, else the number of its own */
    uint32_t count;
} Variants;

static Str identity_of(Arena *arena, const Fact *fact) {
    Buf buf = {.arena = arena};
    buf_str(&buf, fact->kindName);
    buf_char(&buf, fact->known ? '/' : '*');
    buf_str(&buf, fact->namespace_);
    buf_char(&buf, '/');
    buf_str(&buf, fact->name);
    return buf_text(&buf);
}

/* Gives the files that share an object variants of their own, in order; files that share none are part of each variant. */
static Variants find_variants(Arena *arena, const Member *members, uint32_t count) {
    enum { MOST = 16 };
    Variants out = {arena, NEW_ARRAY(arena, uint32_t, count + 1), 1};
    StrSet first = {.arena = arena};
    uint32_t *ofFile = NEW_ARRAY(arena, uint32_t, count + 1), files = 0;
    const Fact **fileOf = NEW_ARRAY(arena, const Fact *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const Fact *fact = members[i].fact;
        if (!i || fact->file != members[i - 1].fact->file) fileOf[files++] = fact;
        const Fact *other = fact->kind == FACT_OTHER ? NULL : str_set_add(&first, identity_of(arena, fact), fact);
        if (!other || other->file == fact->file) continue;
        uint32_t before = 0;
        while (fileOf[before]->file != other->file) before++;
        if (!ofFile[before]) ofFile[before] = 1;
        if (ofFile[files - 1] <= ofFile[before]) ofFile[files - 1] = ofFile[before] + 1;
        if (ofFile[files - 1] > MOST) ofFile[files - 1] = MOST;
        if (ofFile[files - 1] > out.count) out.count = ofFile[files - 1];
    }
    for (uint32_t i = 0, file = 0; i < count; i++) {
        if (i && members[i].fact->file != members[i - 1].fact->file) file++;
        out.variant[i] = ofFile[file];
    }
    return out;
}

typedef ARRAY(ObjectWorld) WorldList;

/* The facts of folders, by their worlds' names. */
typedef struct Folders {
    StrSet set;       /* FactGroup * */
    ARRAY(Str) names; /* of all */
} Folders;

static FactGroup *folder_of(Folders *folders, Str name) {
    const FactGroup *found = str_set_find(&folders->set, name);
    if (found) return (FactGroup *)(uintptr_t)found;
    FactGroup *new = NEW(folders->set.arena, FactGroup);
    *new = (FactGroup){0};
    str_set_add(&folders->set, name, new);
    ARRAY_PUSH(folders->set.arena, &folders->names, name);
    return new;
}

static void join(Arena *arena, FactGroup *to, const FactGroup *from) {
    for (uint32_t i = 0; i < from->n; i++) ARRAY_PUSH(arena, to, from->at[i]);
}

/* The folder that one is in; empty if it is the outermost. */
static Str folder_above(Str folder) {
    ptrdiff_t slash = folder.len > 1 ? str_rfind((Str){folder.at, folder.len - 1}, '/') : -1;
    return (Str){folder.at, (size_t)(slash + 1)};
}

/* What stands in the folders above and below of each folder with facts. */
static Folders folders_around(Arena *arena, const Run *run, Fact *const *facts, uint32_t count) {
    Folders own = {.set.arena = arena}, around = {.set.arena = arena};
    for (uint32_t i = 0; i < count; i++) {
        FactGroup *group = folder_of(&own, folder_world(arena, run->files[facts[i]->file].name));
        ARRAY_PUSH(arena, group, facts[i]);
    }
    for (uint32_t i = 0; i < own.names.n; i++) {
        Str folder = own.names.at[i];
        for (Str up = folder_above(folder); up.len; up = folder_above(up)) {
            if (!str_set_find(&own.set, up)) continue;
            join(arena, folder_of(&around, up), folder_of(&own, folder));
            join(arena, folder_of(&around, folder), folder_of(&own, up));
        }
    }
    return around;
}

/* What stands around the folders that the members of a world are from. */
static FactGroup around_world(Arena *arena, const Run *run, const Folders *around, const Member *members, uint32_t count) {
    enum { MOST = 1 << 16 };
    FactGroup out = {0};
    StrSet seen = {.arena = arena};
    for (uint32_t i = 0; i < count && out.n < MOST; i++) {
        if (i && members[i].fact->file == members[i - 1].fact->file) continue;
        Str folder = folder_world(arena, run->files[members[i].fact->file].name);
        const FactGroup *group = str_set_add(&seen, folder, around) ? NULL : str_set_find(&around->set, folder);
        if (group) join(arena, &out, group);
    }
    return out;
}

static void add_worlds(Arena *arena, WorldList *worlds, const Member *members, uint32_t count, FactGroup around, bool uncertain) {
    Variants variants = find_variants(arena, members, count);
    for (uint32_t v = 1; v <= variants.count; v++) {
        /* What is not in one alternative may be in another. */
        ObjectWorld world = {
            .facts = NEW_ARRAY(arena, Fact *, count + 1), .around = around, .uncertain = uncertain || variants.count > 1};
        for (uint32_t i = 0; i < count; i++)
            if (variants.count == 1 || !variants.variant[i] || variants.variant[i] == v)
                world.facts[world.count++] = members[i].fact;
        ARRAY_PUSH(arena, worlds, world);
    }
}

uint32_t worlds_find(Arena *arena, const InputList *list, const Run *run, Fact *const *facts, uint32_t count, bool closed,
                     ObjectWorld **out) {
    WorldList worlds = {0};
    ARRAY(Member) members = {0};
    StrSet uncertain = {.arena = arena};
    if (closed) {
        ObjectWorld all = {.facts = NEW_ARRAY(arena, Fact *, count + 1), .count = count, .closed = true};
        memcpy(all.facts, facts, count * sizeof *facts);
        *out = NEW(arena, ObjectWorld);
        **out = all;
        return 1;
    }
    StrList names = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (!i || facts[i]->file != facts[i - 1]->file) names = worlds_of_file(arena, list, run, facts[i]->file);
        for (uint32_t j = 0; j < names.n; j++) ARRAY_PUSH(arena, &members, (Member){names.at[j], facts[i]});
    }
    for (uint32_t i = 0; i < run->fileCount; i++) {
        names = worlds_of_file(arena, list, run, i);
        /* What is left of a folder that a kustomization or an application takes files from may be meant to go with them. */
        Str folder = folder_world(arena, run->files[i].name);
        if (run->files[i].documentCount && !str_in(folder, names.at, names.n)) str_set_add(&uncertain, folder, run);
        if (!is_uncertain(&run->files[i])) continue;
        for (uint32_t j = 0; j < names.n; j++) str_set_add(&uncertain, names.at[j], run);
    }
    if (members.n) qsort(members.at, members.n, sizeof *members.at, by_world);
    Folders around = folders_around(arena, run, facts, count);
    for (uint32_t i = 0, n; i < members.n; i += n) {
        for (n = 1; i + n < members.n && str_eq(members.at[i].world, members.at[i + n].world);) n++;
        add_worlds(arena, &worlds, &members.at[i], n, around_world(arena, run, &around, &members.at[i], n),
                   str_set_find(&uncertain, members.at[i].world) != NULL);
    }
    *out = worlds.at;
    return worlds.n;
}
