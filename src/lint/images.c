/* The rules of rules/images.yaml. */
#include "check.h"

/* The registry of an image: what stands before the first slash, if it looks like a host. Empty without one. */
static Str registry_of(Str image) {
    ptrdiff_t slash = str_find(image, '/');
    Str host = {image.at, slash < 0 ? 0 : (size_t)slash};
    bool isHost = str_find(host, '.') >= 0 || str_find(host, ':') >= 0 || str_eq(host, S("localhost"));
    return isHost ? host : S("");
}

/* Names that cannot be parsed. */

typedef struct ImageFault {
    Str problem, hint;
} ImageFault;

static bool has_space(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (is_space(s.at[i])) return true;
    return false;
}

static bool has_upper(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (is_upper(s.at[i])) return true;
    return false;
}

static ImageFault image_fault(Arena *arena, Str image) {
    ptrdiff_t at = str_find(image, '@'), slash = str_rfind(image, '/');
    Str bare = {image.at, at < 0 ? image.len : (size_t)at};
    ptrdiff_t colon = str_rfind(bare, ':');
    Str repository = {bare.at, colon > slash ? (size_t)colon : bare.len};
    if (str_find(image, '$') >= 0)
        return (ImageFault){S("variables are not expanded in an image"), S("fill it in before the manifest is applied")};
    if (str_has(image, S("://")))
        return (ImageFault){S("it starts like a URL"),
                            str_format(arena, "write it without %.*s", (int)(str_find(image, ':') + 3), image.at)};
    if (has_space(image)) return (ImageFault){S("it has white space in it"), S("remove the white space")};
    if (at >= 0 && image_parse(bare).valid)
        return (ImageFault){S("what follows @ is not a digest"), S("a digest is sha256: and 64 hexadecimal digits")};
    if (bare.len && colon == (ptrdiff_t)bare.len - 1)
        return (ImageFault){S("the tag is missing"), S("write a tag behind the colon")};
    if (has_upper(repository)) {
        Str better = str_join(arena, str_lower(arena, repository), str_slice(image, repository.len));
        if (image_parse(better).valid) return (ImageFault){S("repositories are in lower case"), near_question(arena, better)};
    }
    if (colon > slash && image_parse(repository).valid)
        return (ImageFault){S("the tag has a character that tags cannot have"),
                            S("use letters, digits, _, . and -, a letter, digit or _ first, at most 128")};
    return (ImageFault){S("it has a character where none may be, or a part that is empty"),
                        S("write it as REGISTRY/REPOSITORY:TAG, in lower case")};
}

/* The API server itself refuses white space at the ends, but not in templates. */
static bool is_refused(const Lint *lint, Str image) {
    return !image.len || (lint_workload(lint) == WORKLOAD_POD && str_trim(image).len < image.len);
}

static bool check_reference(Lint *lint, Str image, const Path *path) {
    if (is_refused(lint, image)) return false;
    if (image_parse(image).valid) return true;
    if (str_starts(image, S("ko://"))) return false; /* the build tool ko puts the image that it builds in its place */
    ImageFault fault = image_fault(lint->arena, image);
    emit_image_reference_invalid(lint->diags, lint_where(lint, path), .image = image, .problem = fault.problem,
                                 .hint = fault.hint);
    return false;
}

/* What is known of images that have a name. */

static void check_registry(Lint *lint, Str image, const Path *path) {
    static const struct {
        Str prefix, hint;
    } gone[] = {
        {STR("k8s.gcr.io/"), STR("use registry.k8s.io")},
        {STR("gcr.io/google_containers/"), STR("use registry.k8s.io")},
        {STR("gcr.io/google-containers/"), STR("use registry.k8s.io")},
        {STR("docker.pkg.github.com/"), STR("use ghcr.io")},
    };
    for (size_t i = 0; i < COUNT(gone); i++)
        if (str_starts(image, gone[i].prefix))
            emit_deprecated_image_registry(lint->diags, lint_where(lint, path),
                                           .registry = ((Str){image.at, gone[i].prefix.len - 1}), .hint = gone[i].hint);
}

static void check_policy(Lint *lint, const Container *container, const Path *path) {
    ImageName name = image_parse(container->image);
    bool always = str_eq(container->imagePullPolicy, S("Always"));
    Path at = FIELD(path, "imagePullPolicy");
    if (name.digest.len && always)
        emit_digest_with_always(lint->diags, lint_where(lint, &at), .name = container->name);
    else if (!name.digest.len && !always && (!name.tag.len || str_eq(name.tag, S("latest"))))
        emit_pull_policy_mutable_tag(lint->diags, lint_where(lint, &at), .image = container->image,
                                     .policy = container->imagePullPolicy);
}

void lint_images(Lint *lint, const PodSpec *self, const Path *path) {
    Path volumes = FIELD(path, "volumes");
    ContainerWalk w;
    for (walk_containers(&w, self, path); walk_next(&w);) {
        Path at = FIELD(&w.path, "image");
        if (!check_reference(lint, w.container->image, &at)) continue;
        check_registry(lint, w.container->image, &at);
        check_policy(lint, w.container, &w.path);
    }
    for (uint32_t i = 0; i < self->volumes.n; i++) {
        const ImageVolumeSource *image = self->volumes.at[i].image;
        Path item = path_index(&volumes, i), up = FIELD(&item, "image"), at = FIELD(&up, "reference");
        if (image && check_reference(lint, image->reference, &at)) check_registry(lint, image->reference, &at);
    }
}

void lint_latest(Lint *lint, const PodSpec *self, const Path *path) {
    ContainerWalk w;
    for (walk_containers(&w, self, path); walk_next(&w);) {
        ImageName name = image_parse(w.container->image);
        if (!name.valid || name.digest.len) continue;
        if (name.tag.len && !lint_listed(lint, RULE_latest_tag, S("tags"), name.tag)) continue;
        Path at = FIELD(&w.path, "image");
        emit_latest_tag(lint->diags, lint_where(lint, &at), .image = w.container->image, .name = w.container->name,
                        .tag = name.tag.len ? str_format(lint->arena, "has the tag %.*s, which moves", TEXT(name.tag))
                                            : S("has no tag, which means latest"));
    }
}

void lint_registry_named(Lint *lint, const Container *self, const Path *path) {
    Path at = FIELD(path, "image");
    bool official = str_find(self->image, '/') < 0;
    if (self->image.len && !registry_of(self->image).len)
        emit_fully_qualified_image(lint->diags, lint_where(lint, &at), .image = self->image, .name = self->name,
                                   .rest = official ? str_join(lint->arena, S("library/"), self->image) : self->image);
}

/* Whether a list of registries has the one of the image, or a repository that it lies below. */
static bool is_from_listed(const Lint *lint, uint16_t rule, Str parameter, Str image) {
    Str registry = registry_of(image), above = image;
    if (!registry.len) above = str_format(lint->arena, "docker.io/%.*s", TEXT(image));
    for (ptrdiff_t slash; (slash = str_rfind(above, '/')) > 0;) {
        above.len = (size_t)slash;
        if (lint_listed(lint, rule, parameter, above)) return true;
    }
    return false;
}

void lint_image_registry(Lint *lint, const Container *self, const Path *path) {
    Str registry = registry_of(self->image);
    Path at = FIELD(path, "image");
    if (self->image.len && !is_from_listed(lint, RULE_image_registry_allowed, S("allow"), self->image))
        emit_image_registry_allowed(lint->diags, lint_where(lint, &at), .image = self->image, .name = self->name,
                                    .registry = registry.len ? registry : S("docker.io"));
}

void lint_pull_secrets(Lint *lint, const PodSpec *self, const Path *path) {
    Path list = FIELD(path, "containers");
    for (uint32_t i = 0; i < self->containers.n && !self->imagePullSecrets.n; i++) {
        Str image = self->containers.at[i].image;
        Path item = path_index(&list, i), at = FIELD(&item, "image");
        if (is_from_listed(lint, RULE_image_pull_secrets_required, S("registries"), image))
            emit_image_pull_secrets_required(lint->diags, lint_where(lint, &at), .registry = registry_of(image));
    }
}
