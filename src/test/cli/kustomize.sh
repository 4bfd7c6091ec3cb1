#!/bin/sh
# How podlint check finds kustomizations and charts: trees made for the purpose. What it makes of their objects is in
# testdata/check/kustomize.
#
#     kustomize.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"

# expect NAME EXIT TEXT ARGUMENT...: podlint check with the arguments, in the current directory.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    run "$name" "$code" "$text" "$podlint" check --format concise "$@"
}

# deployment FILE IMAGE: one without selector and labels; without image, if IMAGE is empty.
deployment() {
    printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n' >"$1"
    printf '        - name: web\n%s' "${2:+          image: $2
}" >>"$1"
}

cd "$dir" || exit 2
mkdir -p repo/base repo/overlays/a repo/component && cd repo || exit 2
deployment base/web.yaml web:1
expect "nothing completes it" 1 "needs a selector" base/web.yaml

for file in kustomization.yaml kustomization.yml Kustomization; do
    printf 'resources: [web.yaml]\ncommonLabels: {app: web}\n' >base/$file
    expect "completed by $file, without kind" 0 "nothing found" base
    expect "a file that is named itself" 0 "nothing found" base/web.yaml
    rm base/$file
done

printf 'resources: [web.yaml]\n' >base/kustomization.yaml
expect "a kustomization that completes nothing" 1 "needs a selector" base
printf 'bases: [../../base]\nlabels: [{pairs: {app: web}, includeSelectors: true}]\n' >overlays/a/kustomization.yaml
expect "completed by an overlay" 0 "nothing found" .
expect "an overlay that is not given" 1 "needs a selector" base
printf 'labels: [{pairs: {app: web}, includeTemplates: true}]\nresources: [../../base]\n' >overlays/a/kustomization.yaml
expect "labels without selectors" 1 "needs a selector" .
printf 'resources: [../../base]\ncomponents: [../../component]\n' >overlays/a/kustomization.yaml
printf 'kind: Component\ncommonLabels: {app: web}\n' >component/kustomization.yaml
expect "completed by a component" 0 "nothing found" .
printf 'resources: [base]\ncommonLabels: {app: web}\n' >kustomization.yaml
rm -r overlays component
expect "one above the operand, in no repository" 1 "needs a selector" base
mkdir .git
expect "one above the operand, in its repository" 0 "nothing found" base
expect "one above a file" 0 "nothing found" base/web.yaml
printf 'resources: [..]\n' >base/kustomization.yaml
expect "kustomizations that include each other" 1 "needs a selector" .
rm kustomization.yaml

printf 'resources: [web.yaml]\ncommonLabels: {app: web}\n' >base/kustomization.yaml
deployment base/web.yaml ""
expect "no image" 1 "has no image" base
printf 'patches: [{target: {kind: Deployment}, patch: "[{op: add, path: /spec/template/spec/containers/0/image, value: web:1}]"}]\n' \
    >>base/kustomization.yaml
expect "an image by a JSON patch" 0 "nothing found" base
sed -i 's/kind: Deployment}/kind: Job}/' base/kustomization.yaml
expect "a patch of another kind" 1 "has no image" base

printf 'resources: [web.yaml]\ncommonLabels: {app: web}\npatches: [{path: patch.yaml}]\n' >base/kustomization.yaml
deployment base/patch.yaml web:2
expect "a patch and what it completes" 0 "1 judged as partial" base
expect "the patch alone" 0 "1 judged as partial" base/patch.yaml
expect "JSON says it of the patch" 0 '"partial": true' --format json base/patch.yaml
expect "and not of others" 0 '!"partial": true' --format json base/web.yaml
expect "Pod Security waits for the whole" 0 "nothing found" --pod-security restricted base/patch.yaml
sed -i 's/name: web}/name: "*"}/' base/patch.yaml
sed -i 's/path: patch.yaml/path: patch.yaml, target: {kind: Deployment}/' base/kustomization.yaml
expect "the name of a patch may be anything" 0 "1 judged as partial" base
deployment base/web.yaml web:1
printf 'resources: [web.yaml]\ncommonLabels: {app: web}\n#patches:\n# - path: patch.yaml\n' >base/kustomization.yaml
expect "a patch that is switched off" 0 "1 judged as partial" base
printf 'resources: [web.yaml]\ncommonLabels: {app: web}\npatches: [{path: patch.yaml}]\n' >base/kustomization.yaml
printf '      replica: 2\n' >>base/patch.yaml
expect "what a patch writes has to exist" 1 'no field "replica"' base
printf '[{"op": "replace", "path": "/spec/replicas", "value": 2}]\n' >base/ops.json
printf '[{"op": "replace", "value": 2}]\n' >base/faulty.json
expect "a list that nothing names" 0 "1 document that is not a manifest" base/faulty.json
printf 'resources: [web.yaml]\npatchesJson6902: [{path: faulty.json, target: {kind: Deployment}}]\ncommonLabels: {app: web}\n' \
    >base/kustomization.yaml
expect "operations with faults" 1 "base/faulty.json:1:3: error[json-patch-form]: the operation has no path" base/faulty.json
expect "operations that nothing names" 0 "not judged: 1 JSON patch" base/ops.json
printf '[{"op": "replase", "path": "/spec/replicas", "value": 2}, {"op": "move", "path": "/a", "from": "b"}]\n' >base/faulty.json
expect "an operation that there is not" 1 'base/faulty.json:1:9: error[json-patch-form]: a JSON patch has no operation "replase"; did you mean "replace"?' base
expect "a pointer without its slash" 1 'faulty.json:1:96: error[json-patch-form]: from must be a JSON pointer, which starts with a slash; write /b' base
printf 'resources: [web.yaml]\ncommonLabels: {app: web}\npatches: [{path: patch.yaml}, {path: nowhere.yaml}, 7]\ncomponents: 3\nimages: {}\n' \
    >base/kustomization.yaml
expect "a kustomization with faults" 1 'no field "replica"' base
expect "an item of another type" 1 'base/kustomization.yaml:3:53: error[kustomization-field]: an item of patches must be a map' base
expect "a field of another type" 1 'base/kustomization.yaml:4:13: error[kustomization-field]: components must be a list of texts' base
expect "a path that leads nowhere" 1 'base/kustomization.yaml:3:38: warning[kustomization-path]: patches names nowhere.yaml' base
printf '[\n' >base/kustomization.yaml
expect "one that cannot be read" 1 "needs a selector" base
expect "and that is told" 1 "base/kustomization.yaml:2:1: error[syntax]" base
printf 'resources: [web.yaml]\ncommonlabels: {app: web}\npatchez: []\nkind: Kustomisation\n' >base/kustomization.yaml
expect "a field that there is not" 1 'base/kustomization.yaml:3:1: error[kustomization-field]: a kustomization has no field "patchez"; did you mean "patches"?' base
expect "a kind that there is not" 1 'error[kustomization-field]: kustomize has no kind Kustomisation' base
expect "fields in another case" 1 '!commonlabels' base
printf 'resources: [web.yaml, "github.com/shop/web//deploy?ref=v1", "git@git.example:shop", "${OTHER}"]\ncommonLabels: {app: web}\n' \
    >base/kustomization.yaml
rm base/faulty.json base/patch.yaml
expect "addresses and placeholders" 0 "nothing found" base
mkdir -p .git && echo 'made.yaml' >.gitignore
printf 'resources: [web.yaml, made.yaml]\ncommonLabels: {app: web}\n' >base/kustomization.yaml
expect "a file that is made at its time" 0 "nothing found" base
rm -r .git .gitignore
cp base/kustomization.yaml base/Kustomization
expect "two kustomizations of a folder" 1 "base/Kustomization:1:1: error[kustomization-field]: kustomization.yaml stands in the same folder" base
rm base/Kustomization
printf 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n' >base/kustomization.yaml
expect "a file of that name for Flux" 0 "custom resource, Kustomization a" --show-files base
rm base/kustomization.yaml

# Patches that are written in a kustomization.
mkdir inside && cd inside || exit 2
deployment web.yaml web:1
inside() {
    printf 'resources: [web.yaml]\ncommonLabels: {app: web}\n%s\n' "$1" >kustomization.yaml
}
inside 'patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: "two"
      template: {spec: {containers: [{name: web, imag: a}]}}'
expect "a patch inside" 1 'kustomization.yaml:9:17: error[wrong-type]: replicas must be a whole number, found the text "two"' .
expect "all of it" 1 'kustomization.yaml:10:50: error[unknown-field]: Container has no field "imag"; did you mean "image"?' .
expect "and it is counted" 1 "1 judged as partial; not judged: 1 kustomization" .
expect "and listed" 0 "./kustomization.yaml:5: partial object, Deployment web (a patch inside of ./kustomization.yaml)" --show-files .
run "and not printed as an object" 0 "!kind: Deployment" "$podlint" defaults kustomization.yaml
run "nor mended" 0 "!imag" "$podlint" fix --diff kustomization.yaml
inside 'patches:
- target: {kind: Deployment, name: web}
  patch: "spec: {replicas: -1, replica: 2}"'
expect "a patch in quotes, of the kind of its target" 1 'kustomization.yaml:5:32: error[unknown-field]: DeploymentSpec has no field "replica"' .
inside 'patchesStrategicMerge:
- |-
  kind: Deployment
  metadata: {name: web}
  spec: {$patch: replace, replicas: null, paused: "yes"}'
expect "a patch without apiVersion" 1 'kustomization.yaml:7:51: error[wrong-type]: paused must be true or false' .
expect "directives are none of its fields" 1 '1 error;' .
inside 'patches:
- target: {kind: Deployment}
  patch: |-
    - {op: add, path: /spec/replicas, value: 3}
    - op: wat'
expect "operations inside" 1 'kustomization.yaml:7:11: error[json-patch-form]: a JSON patch has no operation "wat"' .
inside 'patches:
- patch: |-
    kind: Deployment
    metadata: {name: [web}'
expect "a patch that cannot be read" 1 'kustomization.yaml:6:' .
inside 'patches:
- patch: |-
    kind: Ingress
    metadata: {name: web}
    spec: {tls: [{hosts: [web.example]}], rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {}}]}}]}
- patch: |-
    kind: Ingress
    metadata: {name: web}
    spec: {ingressClassName: nginx}
- patch: |-
    kind: NetworkPolicy
    metadata: {name: web}
    spec: {ingress: [{ports: [{endPort: 90}]}]}
- patch: |-
    kind: Service
    metadata: {name: web}
    spec: {ports: [{port: 80, nodePort: 30000}], clusterIPs: [10.9.8.7]}
- patch: |-
    kind: HorizontalPodAutoscaler
    metadata: {name: web}
    spec: {minReplicas: 0}'
expect "what else the whole object has" 0 "5 judged as partial" .
inside 'x: &a {patch: "kind: Deployment"}
patches: [*a, *a]'
expect "patches of aliases stand elsewhere" 1 '!judged as partial' .
cd .. || exit 2

cd "$dir" && mkdir -p charts/web/templates/tests charts/web/charts/sub/templates charts/web/crds && cd charts || exit 2
printf 'name: web\n' | tee web/Chart.yaml >web/charts/sub/Chart.yaml
for file in web/templates/a.yaml web/templates/tests/b.yml web/charts/sub/templates/c.yaml web/values.yaml; do
    printf 'spec: {{ .Values.spec }}\n{{- end }}\n' >$file
done
deployment web/crds/web.yaml web:1
expect "templates are left out" 1 "not judged: 3 templates" .
expect "what else is in a chart is read" 1 "web/crds/web.yaml:4:1: error[workload-selector-required]" .
expect "the folder of templates" 0 "not judged: 2 templates" web/templates
expect "a folder in it" 0 "not judged: 1 template" web/templates/tests
expect "a template that is named" 0 "not judged: 1 template" web/templates/a.yaml
expect "no chart above a folder of that name" 1 "needs a selector" "$(mkdir -p "$dir/plain/templates" &&
    cp web/crds/web.yaml "$dir/plain/templates/" && echo "$dir/plain")"

cd "$dir" && mkdir -p admitted/base admitted/limits && cd admitted || exit 2
printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: any, labels: {pod-security.kubernetes.io/enforce: restricted}}\n' >base/namespace.yaml
deployment base/web.yaml web:1
printf 'namespace: shop\ncommonLabels: {app: web}\nresources: [namespace.yaml, web.yaml]\n' >base/kustomization.yaml
expect "a restricted namespace that a kustomization names" 1 "namespace shop enforces it (base/namespace.yaml:1)" --select admission base
printf 'apiVersion: v1\nkind: LimitRange\nmetadata: {name: sizes, namespace: shop}\nspec: {limits: [{type: Pod, max: {cpu: 2}}]}\n' >limits/sizes.yaml
expect "limits of the namespace in another folder" 1 "the LimitRange sizes (limits/sizes.yaml:1) wants at most 2" --select limit-range base limits
printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: privileged}}\n' >other.yaml
expect "a cluster's namespaces beside those of the run" 0 "nothing found" --select admission --cluster other.yaml base/web.yaml
printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}\n' >base/now.yaml
expect "what is applied and what the cluster has of it" 1 "namespace shop enforces it" --select admission --cluster base/now.yaml base
rm base/now.yaml
echo 'error: You must be logged in to the server' >denied.yaml
expect "a cluster that did not answer" 2 "it holds no objects" --select admission --cluster denied.yaml base
echo 'a: [' >cut.yaml
expect "a cluster that is cut off" 2 "it is not YAML or JSON from beginning to end" --select admission --cluster cut.yaml base
printf 'apiVersion: v1\nkind: List\nitems: []\n' >empty.yaml
expect "a cluster that has nothing of it" 0 "nothing found" --select admission --cluster empty.yaml base/web.yaml
printf 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: few, namespace: shop}\nspec: {hard: {pods: 1}}\nstatus: {used: {pods: 1}}\n' >full.yaml
expect "a quota that is used up, perhaps by the same" 0 "allows 1, of which 1 is taken in the cluster, perhaps by this Deployment" --select quota-full --cluster full.yaml base/web.yaml
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n' >running.yaml
expect "and by the same" 0 "nothing found" --select quota-full --cluster full.yaml --cluster running.yaml base/web.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: "web:1"}]}\n' >pod.yaml
expect "objects that may be anywhere" 0 "1 object does not say its namespace" --select quota-full --cluster full.yaml pod.yaml
expect "a cluster that cannot be read" 2 "cannot read none.yaml" --select admission --cluster none.yaml base

cd "$dir" && mkdir -p worlds/base worlds/dev worlds/prod && cd worlds || exit 2
deployment base/web.yaml web:1
sed -i 's/replicas.*//; s/^          image: web:1/&\n          resources: {limits: {cpu: 2}}/' base/web.yaml
printf 'resources: [web.yaml]\ncommonLabels: {app: web}\n' >base/kustomization.yaml
for stage in dev prod; do
    printf 'namespace: %s\nresources: [../base, namespace.yaml, limits.yaml]\n' $stage >$stage/kustomization.yaml
    printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: any, labels: {pod-security.kubernetes.io/enforce: privileged}}\n' >$stage/namespace.yaml
    printf 'apiVersion: v1\nkind: LimitRange\nmetadata: {name: sizes}\nspec: {limits: [{type: Pod, max: {cpu: 2}}]}\n' >$stage/limits.yaml
done
expect "overlays that let the base be" 0 "nothing found" --select admission base dev prod
sed -i 's/privileged/restricted/' prod/namespace.yaml
expect "a namespace of one overlay" 1 "namespace prod enforces it (prod/namespace.yaml:1)" --select admission base dev prod
expect "and not of the other" 1 '!namespace dev' --select admission base dev prod
sed -i 's/cpu: 2/cpu: 1/' dev/limits.yaml
expect "limits of one overlay" 1 "the LimitRange sizes (dev/limits.yaml:1) wants at most 1" --select limit-range base dev prod
sed -i 's/cpu: 2/cpu: 1/' prod/limits.yaml
expect "a limit of both is said once" 1 "1 error" --select limit-range base dev prod
printf 'kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, resources: {limits: {cpu: 1}}}]}}}\n' |
    tee dev/patch.yaml >prod/patch.yaml
printf 'patches: [{path: patch.yaml}]\n' | tee -a dev/kustomization.yaml >>prod/kustomization.yaml
expect "a patch has the last word" 0 "nothing found" --select limit-range base dev prod
printf 'resources: [web.yaml, quota.yaml]\ncommonLabels: {app: web}\n' >base/kustomization.yaml
printf 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: few}\nspec: {hard: {pods: 1}}\n' >base/quota.yaml
printf 'namespace: prod\nresources: [../base]\nreplicas: [{name: web, count: 2}]\n' >prod/kustomization.yaml
printf 'namespace: dev\nresources: [../base]\n' >dev/kustomization.yaml
expect "a quota of the base holds in each overlay" 1 "1 error" --select quota-exceeded base dev prod
expect "with the replicas of that overlay" 1 "1 of the 2 pods of this Deployment is refused" --select quota-exceeded base dev prod

cd "$dir" && mkdir -p decider/base decider/over && cd decider || exit 2
deployment base/web.yaml web:1
printf 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: few}\nspec: {hard: {pods: 1}}\n' >base/quota.yaml
printf 'resources: [web.yaml, quota.yaml]\n' >base/kustomization.yaml
printf 'namespace: shop\nresources: [../base]\nreplicas: [{name: web, count: 3}]\n' >over/kustomization.yaml
expect "a quota that an overlay takes as it is" 1 "2 of the 3 pods of this Deployment are refused" --select quota-exceeded .
printf 'patches:\n  - target: {kind: ResourceQuota}\n    patch: |-\n      - {op: replace, path: /spec/hard/pods, value: 9}\n' >>over/kustomization.yaml
expect "a quota that an overlay changes" 0 "nothing found" --select quota-exceeded .
printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}\n' >base/quota.yaml
sed -i 's/kind: ResourceQuota/kind: Namespace/; s|/spec/hard/pods, value: 9|/metadata/labels, value: {}|' over/kustomization.yaml
expect "labels of a namespace that an overlay changes" 0 "nothing found" --select pod-security-enforced .

cd "$dir" && mkdir -p circle && cd circle || exit 2
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    mkdir k$i && printf 'resources: [quota.yaml' >k$i/kustomization.yaml
    for j in 1 2 3 4 5 6 7 8 9 10 11 12; do [ $i = $j ] || printf ', ../k%s' $j >>k$i/kustomization.yaml; done
    echo ']' >>k$i/kustomization.yaml
    printf 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: few, namespace: shop}\nspec: {hard: {pods: 1}}\n' >k$i/quota.yaml
done
expect "kustomizations that all include each other" 0 "nothing found" --select admission .

cd "$dir" && mkdir -p ways/limits ways/a ways/b ways/all && cd ways || exit 2
printf 'kind: Component\nresources: [limits.yaml]\n' >limits/kustomization.yaml
printf 'apiVersion: v1\nkind: LimitRange\nmetadata: {name: sizes}\nspec: {limits: [{type: Container, defaultRequest: {cpu: 1}}]}\n' >limits/limits.yaml
for name in a b; do
    printf 'namespace: %s\nresources: [web.yaml, quota.yaml]\ncomponents: [../limits]\ncommonLabels: {app: web}\n' $name >$name/kustomization.yaml
    printf 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: cores}\nspec: {hard: {requests.cpu: 1}}\n' >$name/quota.yaml
    deployment $name/web.yaml web:1
done
printf 'resources: [../a, ../b]\n' >all/kustomization.yaml
expect "a component gives each namespace its limits" 0 "nothing found" --select admission .
printf 'namespace: b\nresources: [web.yaml, quota.yaml]\ncommonLabels: {app: web}\n' >b/kustomization.yaml
expect "and one that does not take it has none" 1 "b/web.yaml:8:11: error[quota-missing]" --select admission a b all limits

cd "$dir" && mkdir -p words && cd words || exit 2
printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations: {age: &age 1440, set: true, off: no, none: }\n' >web.yaml
printf 'spec:\n  containers:\n  - name: web\n    image: web:1\n    env: [{name: DEBUG, value: &set yes}]\n' >>web.yaml
cp web.yaml same.yaml && sed -i 's/name: web$/name: same/' same.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {y: n, on: Off}\n' >settings.yaml
expect "words that are no texts for the server" 1 "5 errors" --select wrong-type web.yaml settings.yaml
printf 'resources: [web.yaml, settings.yaml]\npatches: [{path: patch.yaml}, {path: more.yaml}]\n' >kustomization.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, annotations: {a: 1}}\ndata: {b: yes}\n' | tee patch.yaml >more.yaml
expect "kustomize writes them with quotes" 0 "nothing found" --select wrong-type web.yaml settings.yaml patch.yaml more.yaml
expect "what it does not read stays as it is" 1 "same.yaml:5:22: error[wrong-type]" same.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, labels: {a: 1}}\ndata: {a: 0o17, b: 1_000, c: True, d: "no"}\n' >settings.yaml
expect "numbers stay numbers" 1 "4 errors" --select wrong-type settings.yaml
printf 'spec: {hostNetwork: yes}\n' | sed -i -e '/^spec:/r /dev/stdin' -e '/^spec:/d' -e '/^  containers/,$d' web.yaml
expect "a word is no boolean any more" 1 'web.yaml:6:21: error[wrong-type]: hostNetwork must be true or false, found the text "yes"' web.yaml
mkdir "$dir/flux" && cd "$dir/flux" && mkdir apps && cp ../words/same.yaml apps || exit 2
printf 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec: {path: ./apps}\n' >flux.yaml
expect "a folder that Flux makes a kustomization of" 0 "!wrong-type" .

cd "$dir" && mkdir -p faulty/base faulty/over && cd faulty || exit 2
deployment base/web.yaml web:1 && printf 'resources: [web.yaml]\ncommonLabels: {app: web}\n' >base/kustomization.yaml
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n' | tee over/a.yaml >over/b.yaml
printf 'resources:\n- ../base\npatches:\n- path: a.yaml # more\n- {path: "b.yaml", target: {kind: Deployment}}\ndata: [|-\n' >over/kustomization.yaml
expect "what a faulty kustomization names" 1 "1 error; 2 judged as partial; not judged: 2 kustomizations" over base
sed -i '/data:/d' over/kustomization.yaml && echo 'data: [|-' >>base/kustomization.yaml
expect "what it does to objects is not known" 1 "1 error; 2 judged as partial" over base
sed -i '$d' base/kustomization.yaml && echo 'data: [|-' >>over/kustomization.yaml
expect "and what is wrong with it" 1 "over/kustomization.yaml:6:8: error[syntax]" over base

cd "$dir" && mkdir -p taken/base taken/over && cd taken || exit 2
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: Web, image: web:1}]}\n' >base/web.yaml
printf 'resources: [web.yaml]\n' >base/kustomization.yaml
cat >over/kustomization.yaml <<'END'
resources: [../base]
patches:
- patch: |-
    $patch: delete
    apiVersion: v1
    kind: Pod
    metadata: {name: web}
END
expect "an object that is taken out" 0 "!dns-label" .
expect "says so" 0 "base/web.yaml:1: not a manifest (over/kustomization.yaml takes it out)" --show-files base over
sed -i 's/name: web/name: wob/' over/kustomization.yaml
expect "another one is" 1 "error[dns-label]" .
sed -i 's/name: wob/name: web/' over/kustomization.yaml
mkdir other && cp base/kustomization.yaml other && sed -i 's,web.yaml,../base,' other/kustomization.yaml
expect "one that another overlay leaves in" 1 "error[dns-label]" .

finish
