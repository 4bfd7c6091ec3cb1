#!/bin/sh
# What podlint check takes files for: templates, patches, expectations of tests, other programs' files, and values that are filled in
# later, in trees made for the purpose.
#
#     files.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"

# expect NAME EXIT TEXT ARGUMENT...: podlint check with the arguments, in the current directory.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    run "$name" "$code" "$text" "$podlint" check --format concise "$@"
}

cd "$dir" || exit 2

# workload FILE [IMAGE]: a Deployment named web.
workload() {
    printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n' >"$1"
    printf '  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: web\n        image: %s\n' \
        "${2:-registry.example/web:1.4}" >>"$1"
}

mkdir templates && cd templates || exit 2
printf '{%% raw %%}\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n{%% endraw %%}\n' >jinja.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .name }}\n' >go.yaml
printf '<%% if x %%>\napiVersion: v1\nkind: Pod\n<%% end %%>\n' >erb.yaml
printf 'apiVersion: v1\nkind: Pod\n%%{ if x }\nmetadata: {name: a}\n%%{ endif }\n' >terraform.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: @NAME@}\n' >configure.yaml
printf '#@ load("@ytt:data", "data")\napiVersion: v1\nkind: Pod\nmetadata:\n  name: #@ data.values.name\n' >ytt.yaml
expect "templates of six programs" 0 "nothing found; not judged: 6 templates" .
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\ndata:\n  alert: |\n    {{ .Labels.name }} is down\n' >../fault.yaml
expect "a fault far from the braces is a fault" 1 "error[syntax]" ../fault.yaml

# Signs of templates in words, beside faults that have nothing to do with them.
# faulty LINE...: a ConfigMap with these lines and a fault.
faulty() {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n' >fault.yaml
    printf '%s\n' "$@" '  b: "c" d' >>fault.yaml
}
mkdir ../words && cd ../words || exit 2
faulty '  # was {{ .Values.b }}'
expect "a sign in a comment" 1 "error[syntax]" .
faulty '  a: |' '    server <%= host %>; {% if x %}' '    @HOST@ %{code}' '    ...'
expect "signs in a block scalar" 1 "error[syntax]" .
# faulty_item HEAD COLUMN: a list with a block scalar as its item, whose text stands at the column.
faulty_item() {
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  args:\n  %s\n%*s{{ .Values.a }}\n  command: [a\n' "$1" "$2" '' >fault.yaml
    expect "a sign in a block scalar behind $1" 1 "error[syntax]" .
}
faulty_item '- |' 4
faulty_item '- |' 3
faulty_item '- >-' 6
faulty_item '- - |+' 5
faulty_item '- !!str |' 4
faulty_item '- &text >' 4
faulty_item '- a: |' 5
faulty_item '- |2' 4
printf '"apiVersion": v1\n'"'kind'"': Pod\n"metadata": {name: [}\n' >fault.yaml
expect "keys in quotes" 1 "error[syntax]" .
faulty '  a: &text |' '    {{ .Values.b }}'
expect "a sign in a block scalar behind an anchor" 1 "error[syntax]" .
faulty '  a: "{{ .Values.b }}"'
expect "a sign in quotes" 1 "error[syntax]" .
faulty "  a: 'it''s {{ .Values.b }}'  # {{ x }}"
expect "a sign in single quotes" 1 "error[syntax]" .
faulty '  a: "{{ include "b" . }}"'
expect "quotes that part a sign in two" 0 "1 template" .
faulty '  a: |' '    text' '  {{- if .Values.b }}'
expect "a sign below a block scalar" 0 "1 template" .
printf '{{/*\nWords: of a license\n*/}}\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n' >fault.yaml
expect "a sign of several lines" 0 "1 template" .
printf '{{/*\nWords: of a license\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n' >fault.yaml
expect "a sign that is never closed" 1 "error[syntax]" .
# shellcheck disable=SC2016
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: ${LABELS}}\n' >fault.yaml
expect "variables in braces" 0 "a template of envsubst" --show-files .
# shellcheck disable=SC2016
printf '{"apiVersion": "v1", "kind": "ConfigMap",\n "metadata": {"name": "a"},\n "immutable": ${FLAG}}\n' >fault.yaml
expect "variables in JSON" 0 "a template of envsubst" --show-files .
# shellcheck disable=SC2016
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: ${B}\n   c: d\n' >fault.yaml
expect "variables where YAML takes them" 1 "error[syntax]" .

mkdir ../sops && cd ../sops || exit 2
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: "ENC[AES256_GCM,data:x]"}\nsops: {mac: "ENC[x]", version: 3.8.1}\n' >secret.yaml
expect "what SOPS has to decrypt" 0 "nothing found; not judged: 1 template" .
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: "{{ .key }}"}\n' >secret.yaml
expect "bytes that a program fills in" 0 "nothing found" .
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: <your key in base64>}\n' >secret.yaml
expect "bytes that a person fills in" 1 "[base64-form]" .
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: ..., cert: LS0t...}\n' >secret.yaml
expect "bytes that are left out" 1 "2 errors" .

mkdir ../others && cd ../others || exit 2
printf '{\n  // comment\n  "compilerOptions": {"strict": true,},\n}\n' >tsconfig.json
echo '[]' >empty.json
printf -- '- [1, 2]\n- [3]\n' >lists.yaml
printf 'replicaCount: 1\nimage: {tag: x}\n' >values.yaml
printf 'apiVersion: 1\ndatasources: [{name: a}]\n' >grafana.yaml
printf 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' >chart.yaml
echo 'just words' >words.yaml
expect "files of other programs" 0 "nothing found; not judged: 7 documents that are not manifests" .
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: [a}\n' >broken.yaml
expect "a manifest that cannot be read is an error" 1 "broken.yaml:3:" .
printf 'apiVersion: v1\nmetadata: {name: a}\nspec: {containers: []}\n' >broken.yaml
expect "no kind" 1 "error[kind-missing]: the document has no kind" .
printf 'kind: Deployment\nmetadata: {name: a}\nspec: {}\n' >broken.yaml
expect "no apiVersion" 1 "add apiVersion: apps/v1" .

mkdir ../tests && cd ../tests || exit 2
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nstatus: {readyReplicas: 1}\n' >expected.yaml
cp expected.yaml 00-assert.yaml && cp expected.yaml patched.yaml
expect "what nothing names is a manifest" 1 "expected.yaml:1:1: error" expected.yaml
printf 'apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: a}\nspec:\n  steps:\n' >chainsaw-test.yaml
printf '  - try:\n    - assert: {file: ./expected.yaml}\n' >>chainsaw-test.yaml
printf 'apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: a}\nresults:\n- {patchedResource: patched.yaml}\n' \
    >kyverno-test.yaml
expect "expectations of tests" 0 "nothing found; 3 judged as partial" .
printf 'spec:\n  (replicas > `1`): true\n  template:\n    spec:\n      containers: {(length(@)): 2}\n      nodeName: ($node)\n' >>expected.yaml
expect "expressions of chainsaw" 0 "nothing found; 3 judged as partial" .
printf '  - try:\n    - apply: {file: pod.yaml}\n' >>chainsaw-test.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: ($name)}\nspec: {containers: [{name: a, image: ($image)}]}\n' >pod.yaml
expect "and in what it applies" 0 "!error" .
mkdir sub && cp expected.yaml sub/any.yaml
printf '    - error: {file: sub/*.yaml}\n    - assert: {resource: {<<: &pod {kind: Pod}, kind: Job}}\n' >>chainsaw-test.yaml
expect "files that a pattern names, and keys that override what is merged" 0 "!error" .
rm -r sub
printf 'spec: {restartPolicy: no}\n' >>pod.yaml
expect "what it applies has to be right" 1 "pod.yaml:5" pod.yaml chainsaw-test.yaml
for check in '($error != null): true' '($error == null): false'; do
    printf '    - create: {file: pod.yaml, expect: [{check: {%s}}]}\n' "$check" >>chainsaw-test.yaml
    expect "unless an error is expected: $check" 0 "pod.yaml: data (chainsaw-test.yaml expects the server to refuse it)" --show-files \
        pod.yaml chainsaw-test.yaml
    sed -i '$d' chainsaw-test.yaml
done
printf '    - create: {file: pod.yaml, expect: [{check: {($error == null): true}}]}\n' >>chainsaw-test.yaml
expect "or none" 1 "pod.yaml:5" pod.yaml chainsaw-test.yaml
rm pod.yaml
printf 'resources: [under-test.yaml]\n' >>kyverno-test.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true}\n' >under-test.yaml
expect "what policies are tested on" 0 "nothing found; 4 judged as partial" .
rm under-test.yaml
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replica: 1}\n' >00-assert.yaml
expect "what they hold has to be right" 1 '00-assert.yaml:4:8: error[unknown-field]' .

mkdir -p ../again && cd ../again || exit 2
workload 00-install.yaml && printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n' >01-scale.yaml
expect "a part of an object is none" 1 "01-scale.yaml:4:1: error" .
cp 01-scale.yaml 00-assert.yaml
expect "a step that is applied onto another" 0 "2 judged as partial" .
sed -i 's/web/wob/' 01-scale.yaml
expect "or onto nothing" 1 "01-scale.yaml:4:1: error" .
mkdir sub && workload sub/web.yaml && sed 's/wob/web/' 01-scale.yaml >sub/scale.yaml && rm ./*.yaml
printf 'apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: a}\nspec:\n  steps:\n  - try:\n' >sub/chainsaw-test.yaml
printf '    - apply: {file: %s.yaml}\n' web scale >>sub/chainsaw-test.yaml
expect "so with chainsaw" 0 "sub/scale.yaml:1: partial object, Deployment web (sub/chainsaw-test.yaml applies it onto what is there)" --show-files sub
sed -i '7d' sub/chainsaw-test.yaml
expect "which has to apply the whole" 1 "sub/scale.yaml:4:1: error" sub

mkdir -p ../kustomize/base && cd ../kustomize || exit 2
workload base/web.yaml && echo 'resources: [web.yaml]' >base/kustomization.yaml
mkdir overlay && echo 'resources: [../base]' >overlay/kustomization.yaml
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template: {spec: {containers: [{name: web}]}}\n' \
    >overlay/left.yaml
expect "a patch that no kustomization names" 0 "1 judged as partial" .
sed -i 's/name: web}$/name: other}/' overlay/left.yaml
expect "a patch of nothing" 1 "left.yaml:4:1: error[workload-selector-required]" .
rm overlay/left.yaml
printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: _}\n' >overlay/namespace.yaml
printf 'resources: [../base, namespace.yaml]\nnamespace: shop\n' >overlay/kustomization.yaml
expect "the name of a Namespace is the kustomization's" 0 "nothing found" .
rm overlay/namespace.yaml
printf 'kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n' >overlay/patch.yaml
printf 'resources: [../base]\npatches: [{path: patch.yaml, target: {kind: Deployment}}]\n' >overlay/kustomization.yaml
expect "a patch without apiVersion" 0 "1 judged as partial" .
printf 'resources: [../base]\npatches: [patch.yaml]\n' >overlay/kustomization.yaml
printf 'patches:\napiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: web}\nspec: {strategy: {rollingUpdate: null}}\n' >overlay/patch.yaml
expect "what is null in a patch takes something out" 0 "1 judged as partial" .
printf 'resources: [../base]\n' >overlay/kustomization.yaml && mv overlay/patch.yaml overlay/web-patch.yaml
expect "a patch by its name" 0 "web-patch.yaml:1: partial object, Deployment web (its name says that it is a patch" --show-files .
rm overlay/web-patch.yaml
binding() {
    printf 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: a}\n'
    printf 'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: a}\nsubjects: [{kind: ServiceAccount, name: a}]\n'
}
binding >overlay/binding.yaml
echo 'resources: [../base, binding.yaml]' >overlay/kustomization.yaml
expect "an account without a namespace" 1 "error[role-subject-namespace]" .
printf 'namespace: shop\nresources: [../base, binding.yaml]\n' >overlay/kustomization.yaml
expect "in the kustomization's namespace" 0 "nothing found" .
echo 'resources: [../base]' >overlay/kustomization.yaml && mv overlay/binding.yaml base
echo 'resources: [web.yaml, binding.yaml]' >base/kustomization.yaml
expect "a base that is used here, without a namespace" 1 "error[role-subject-namespace]" .
rm overlay/kustomization.yaml
expect "a base that is used elsewhere" 0 "nothing found" .
printf 'kind: Component\nresources: [binding.yaml, namespace.yaml]\n' >overlay/kustomization.yaml
printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: _}\n' >overlay/namespace.yaml && mv base/binding.yaml overlay
expect "a component that is used elsewhere" 0 "nothing found" overlay
rm overlay/*.yaml
definition() {
    printf 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: toys.shop.example}\n'
    printf 'spec:\n  group: shop.example\n  scope: Namespaced\n  names: {plural: toys, kind: Toy}\n'
    printf '  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}\n'
    printf 'status: {acceptedNames: {kind: "", plural: ""}, conditions: [], storedVersions: []}\n'
}
definition >overlay/toys.yaml && printf 'namePrefix: a-\nresources: [toys.yaml]\npatches: [{path: patch.yaml}]\n' >overlay/kustomization.yaml
printf 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: toys.shop.example, labels: {a: b}}\n' >overlay/patch.yaml
expect "a definition keeps its name" 0 "nothing found" overlay
rm overlay/*.yaml && echo 'resources: [web.yaml]' >base/kustomization.yaml
echo 'resources: [../base]' >overlay/kustomization.yaml

mkdir ../later && cd ../later || exit 2
# shellcheck disable=SC2016
for value in '${TAG}' 'registry.example/web:${TAG}' '"{{ .Values.image }}"' 'registry.example/<name>:1' '"@IMAGE@"' '__IMAGE__' \
    '{IMAGE}' '"[[ image ]]"' '"%IMAGE%"' '"%I%"' '__I__' '"#{IMAGE}"' '"<< .Image >>"'; do
    workload web.yaml "$value"
    expect "the image $value" 0 "nothing found" web.yaml
done
workload web.yaml '"a:b:c d"'
expect "a value that is no placeholder" 1 "error[image-reference-invalid]" web.yaml
workload web.yaml && sed -i 's/^spec:/spec:\n  replicas: ${REPLICAS}/; s/{name: web}$/{name: "${NAME}", labels: {a: "${A:=b c}"}}/' web.yaml
expect "a default is used" 1 'error[label-value]: "b c"' web.yaml
sed -i 's/:=b c/:=b/' web.yaml
expect "numbers and names" 0 "nothing found" web.yaml
expect "the server's own words are about the text as it stands" 1 "error[wrong-type]" --select server web.yaml
sed -i 's/replicas:/replica:/' web.yaml
expect "a field that does not exist" 1 "error[unknown-field]" web.yaml
workload web.yaml && printf '        args: [--port=$(PORT)]\n' >>web.yaml
printf 'resources: [web.yaml]\nvars:\n- {name: PORT, objref: {kind: Service, name: web, apiVersion: v1}}\n' >kustomization.yaml
expect "a variable of a kustomization" 0 "nothing found" .
# variable GENERATOR: a kustomization with a variable A of a ConfigMap that the generator makes.
variable() {
    printf 'resources: [web.yaml]\nvars:\n- name: A\n  objref: {kind: ConfigMap, name: a, apiVersion: v1}\n'
    printf '  fieldref: {fieldpath: data.A}\nconfigMapGenerator:\n- {name: a, %s}\n' "$1"
}
workload web.yaml && sed -i 's/{name: web}$/{name: web, labels: {a: $(A)}}/' web.yaml
variable 'literals: ["A=b c"]' >kustomization.yaml
expect "a variable with a literal" 1 'error[label-value]: "b c"' .
printf '# settings\nA=c d\n' >a.env && variable 'envs: [a.env]' >kustomization.yaml
expect "a variable in a file" 1 'error[label-value]: "c d"' .
echo 'A=1' >a.env
expect "a variable is text" 0 "nothing found" .
workload web.yaml && printf '        args: [--port=$(PORT)]\n' >>web.yaml
echo 'resources: [web.yaml]' >kustomization.yaml
expect "without it" 0 "env-ref-undefined" .

# Marks that YAML takes for comments, keys, and what an object is.
rm -f ./*.yaml
workload web.yaml '#{REGISTRY}/web:#{TAG}' && sed -i 's/^spec:/spec:\n  replicas: #{REPLICAS}#/; s/name: web$/name: "#{NAME}"/' web.yaml
printf '        args:\n        - #{FIRST}\n        - --second=#{SECOND | upper}\n        resources: #{RESOURCES}\n' >>web.yaml
expect "marks in the place of values" 0 "nothing found" .
expect "and are counted" 0 "7 values are filled in later" --show-files .
workload web.yaml '# {IMAGE}'
expect "a comment in the place of a value" 1 "[container-image]" .
# shellcheck disable=SC2016
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  ${KEY}: a\n  "{{ key }}": b\n  <key>: c\n' >map.yaml
rm web.yaml
expect "keys that are filled in" 0 "nothing found" .
sed -i 's/<key>/a key/' map.yaml
expect "a key that is not" 1 "map.yaml:7:3: error[config-map-key]" .
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n' >map.yaml
i=0 && while [ "$i" -lt 1200 ]; do echo "  \${A$i}: b"; i=$((i + 1)); done >>map.yaml
expect "more keys that are filled in than findings are kept" 0 "nothing found" .
# shellcheck disable=SC2016
workload map.yaml && printf '        ${EXTRA}: a\n        extra: ${B}\n' >>map.yaml
expect "fields whose names are filled in" 1 'no field "extra"' .
expect "and no others" 1 "1 error;" .
# shellcheck disable=SC2016
printf 'apiVersion: v1\nkind: ${KIND}\nmetadata: {name: a}\n---\napiVersion: v1\nkind: KIND\nmetadata: {name: a}\n' >map.yaml
expect "kinds that are filled in" 0 "not judged: 2 templates" .
# shellcheck disable=SC2016
printf 'apiVersion: ${GROUP}/v1\nkind: Toy\nmetadata: {name: a}\n' >map.yaml
expect "an apiVersion of a kind that nobody knows" 0 "its apiVersion is filled in later" --show-files .
# shellcheck disable=SC2016
workload map.yaml && sed -i 's,apps/v1,${API},; s/selector:/selektor:/' map.yaml
expect "an apiVersion of a kind that is known" 1 'error[unknown-field]: DeploymentSpec has no field "selektor"' .
rm map.yaml

# Words that stand for values, where what stands there is refused.
pod() {
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  serviceAccountName: %s\n  containers:\n  - name: web\n    image: %s\n' \
        "$1" "$2" "$3" >pod.yaml
    printf '    env: [{name: PORT, value: "80"}]\n    ports: [{containerPort: %s}]\n' "$4" >>pod.yaml
}
rm -f ./*.yaml
# shellcheck disable=SC2016
for words in 'POD_NAME SA_NAME REGION-docker.pkg.dev/PROJECT_ID/web:1 PORT' 'web web IMAGE HTTP_PORT' 'web $SA $IMAGE_URL 80' \
    'YOUR_POD web IMAGE_NAME 80' 'APP_ID-web PROJECT_ID.web registry.example/$PROJECT/web:1 80'; do
    # shellcheck disable=SC2086
    pod $words
    expect "words that stand for values: $words" 0 "nothing found" .
done
pod 'web-HOSTNAME' '"$(sa-name)"' registry.example/web:1 80
expect "variables of kustomizations, and words for places" 0 "nothing found" .
pod 'web-API' web registry.example/web:1 80
expect "a word in capitals that stands for nothing" 1 'error[dns-subdomain]: "web-API"' .
pod '[POD_NAME]' '"..."' '...' 80
expect "brackets and dots that stand for values" 0 "nothing found" .
pod MY_POD web registry.example/web:1.4 80
expect "a name in capitals" 1 'error[dns-subdomain]: "MY_POD"' .
pod web web registry.example/WEB:1.4 80
expect "an image in capitals" 1 "error[image-reference-invalid]" .
pod web web registry.example/web:1.4 HTTP
expect "a word for a number" 1 "error[wrong-type]" .
pod web web registry.example/web:1.4 '80, protocol: TCP_UDP'
expect "a word for one of a few" 1 "error[not-supported]" .
claim() {
    printf 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {accessModes: [%s], resources: {requests: {storage: %s}}}\n' \
        "$1" "$2" >claim.yaml
}
claim SET_HERE SET_HERE && rm pod.yaml
expect "one word for several values" 0 "nothing found" .
expect "--show-files counts them" 0 "2 values are filled in later" --show-files .
claim READ_WRITE_ONCE SET_HERE
expect "a word that one of a few is meant by" 1 'error[not-supported]: "READ_WRITE_ONCE"' .
# shellcheck disable=SC2016
claim ReadWriteOnce '"${SIZE}"'
printf -- '---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\nspec: {capacity: {storage: SIZE_GB}, accessModes: [ReadWriteOnce], hostPath: {path: /a}}\n' >>claim.yaml
expect "amounts that are all there is" 0 "!error" .
workload web.yaml && printf '        ports: [{containerPort: "${PORT}"}]\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n' >>web.yaml
printf 'spec: {selector: {app: web}, ports: [{port: 80, targetPort: "${PORT}"}]}\n' >>web.yaml
expect "ports that are filled in" 0 "!service-target-port" web.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    ...\n  - name: b\n    image: c\n' >excerpt.yaml
expect "what documentation leaves out" 0 "an excerpt, which leaves something out" --show-files excerpt.yaml

# Objects are judged together that are applied together.
mkdir -p ../worlds && cd ../worlds || exit 2
service() {
    printf 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: %s}\n  ports: [{port: 80, targetPort: 8080}]\n' "$2" >"$1"
}
workload web.yaml && printf '        ports: [{containerPort: 8080}]\n' >>web.yaml
service service.yaml wob
expect "a selector that misses" 0 "[dangling-service]" .
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .name }}}\n' >template.yaml
expect "beside a template nobody knows" 0 "!dangling-service" .
rm template.yaml
printf 'apiVersion: rollers.example.io/v1\nkind: Roller\nmetadata: {name: wob}\nspec: {template: {metadata: {labels: {app: wob}}}}\n' >rollout.yaml
expect "beside pods of an operator nobody knows" 0 "!dangling-service" .
sed -i 's/Roller/Certificate/; s/rollers.example.io/cert-manager.io/' rollout.yaml
expect "beside a custom resource without pods" 0 "[dangling-service]" .
rm rollout.yaml && mkdir a b all
mv web.yaml a && mv service.yaml b && sed -i 's/wob/web/' b/service.yaml
printf 'apiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: admin}]}\n' >b/other.yaml
expect "two folders" 0 "!service-target-port" .
echo 'resources: [web.yaml]' >a/kustomization.yaml && echo 'resources: [service.yaml, other.yaml]' >b/kustomization.yaml
echo 'resources: [../a, ../b]' >all/kustomization.yaml
expect "one kustomization over two folders" 1 "[service-target-port-unresolved]" .
rm b/*.yaml && printf 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web-manager}\n' >b/account.yaml
sed 's/web-manager/web-account/' b/account.yaml >a/account.yaml
sed -i 's/^    spec:/    spec:\n      serviceAccountName: web-manager/' a/web.yaml
echo 'resources: [account.yaml]' >b/kustomization.yaml && echo 'resources: [web.yaml, account.yaml]' >a/kustomization.yaml
expect "an account of a sibling" 0 "nothing found" .
expect "an account that is nowhere" 0 "[non-existent-service-account]" a
sed -i 's/web-account/web-manager/; s/{name/{namespace: other, name/' a/account.yaml && sed -i 's/name: web}/name: web, namespace: shop}/' a/web.yaml
expect "an account in another namespace" 0 "[non-existent-service-account]" a
echo 'namespace: shop' >>a/kustomization.yaml
expect "and in the one that the kustomization gives both" 0 "nothing found" a
rm -r a b all
mkdir a a/b && workload a/web.yaml && sed 's/app: web/app: other/' a/web.yaml >a/b/web.yaml && service a/b/service.yaml web
expect "pods that stand one folder up" 0 "!dangling-service" .
expect "and are not read" 0 "[dangling-service]" a/b
mkdir a/b/c && mv a/b/service.yaml a/b/c && mv a/b/web.yaml a/b/c && mv a/web.yaml a/b
expect "and in a folder between" 0 "!dangling-service" a
mv a/b/c/web.yaml a/web.yaml && mv a/b/c/service.yaml a && mv a/b/web.yaml a/b/c
expect "pods that stand below" 0 "!dangling-service" a
rm -r a
workload one.yaml registry.example/web:1.4 && cp one.yaml two.yaml && sed -i 's/Deployment/DaemonSet/' two.yaml
expect "two workloads with the same labels" 0 "[selector-overlap]" .
for file in one two; do printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n' >>$file.yaml; done
expect "alternatives share an object" 0 "!selector-overlap" .

workload three.yaml && printf -- '---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: settings}\n' >>one.yaml
sed -i 's/^    spec:/    spec:\n      serviceAccountName: settings/; s/web/user/' three.yaml
expect "an account of one alternative" 0 "!non-existent-service-account" .
printf -- '---\napiVersion: shop.example/v1\nkind: ServiceAccount\nmetadata: {name: settings}\n' >>one.yaml
expect "kinds of one name in two groups" 0 "!duplicate-object" one.yaml

# Applications: what is applied together, and with which values.
mkdir -p ../apps/apps/web ../apps/flux && cd ../apps && { git init -q . 2>/dev/null || mkdir .git; } || exit 2
flux() {
    printf 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: %s}\nspec:\n  path: ./apps\n' "$1"
    printf '  targetNamespace: shop\n  postBuild:\n    substitute: {NAME: web, REPLICAS: "%s"}\n' "$2"
    printf '    substituteFrom: [{kind: ConfigMap, name: settings}, {kind: Secret, name: secrets}]\n'
}
# shellcheck disable=SC2016
workload apps/web/web.yaml '${IMAGE}' && sed -i 's/web}/"${NAME}"}/; s/^spec:/spec:\n  replicas: ${REPLICAS}/' apps/web/web.yaml
# shellcheck disable=SC2016
printf '        ports: [{containerPort: "${PORT}", name: http}]\n' >>apps/web/web.yaml
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {PORT: "70000"}\n' >flux/settings.yaml
service apps/service.yaml web
expect "without Flux nothing is known of the values" 0 "nothing found" .
flux web -1 >flux/web.yaml
expect "values that Flux fills in" 1 "web.yaml:5:13: error[negative]: replicas must not be negative, but is -1" .
expect "values of a ConfigMap, which lose their quotes" 1 "error[range]: containerPort must be from 1 to 65535, not 70000" .
mv flux/settings.yaml flux/kept
printf 'configMapGenerator: [{name: settings, literals: [PORT=70001]}]\n' >flux/kustomization.yaml
expect "values of a ConfigMap that a kustomization makes" 1 "containerPort must be from 1 to 65535, not 70001" .
printf '# ports\nPORT=70002\n' >flux/settings.env && echo 'configMapGenerator: [{name: settings, envs: [settings.env]}]' >flux/kustomization.yaml
expect "of a file of its" 1 "containerPort must be from 1 to 65535, not 70002" .
rm flux/kustomization.yaml flux/settings.env && mv flux/kept flux/settings.yaml
flux web 2 >flux/web.yaml && sed -i 's/70000/8080/' flux/settings.yaml
expect "right values" 0 "nothing found" .
sed -i 's/8080/metrics/' apps/service.yaml
expect "what Flux applies is judged together" 1 'error[service-target-port-unresolved]: no container of Deployment web has a port named "metrics"' .
sed -i 's/metrics/http/' apps/service.yaml && flux web -1 >flux/web.yaml && flux other 2 >flux/other.yaml
expect "two values are none that is known" 0 "nothing found" .
rm flux/other.yaml && sed -i 's/{name: "${NAME}"}/{name: web, annotations: {kustomize.toolkit.fluxcd.io\/substitute: disabled}}/' apps/web/web.yaml
expect "what Flux leaves alone" 1 "error[wrong-type]" .
# shellcheck disable=SC2016
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: texts}\ndata: {a: "${SIZE:=3}", b: "${NAME}", c: "${SIZE:=3} a"}\n' >apps/texts.yaml
expect "a number in the place of a text" 1 "texts.yaml:4:11: error[wrong-type]: a must be text, found the number 3; its quotes are gone by the time it is filled in: fill in '\"3\"', with quotes of its own" .
mv flux kept
printf -- '---\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {priority: "${SIZE:=3}"}\n' >>apps/texts.yaml
expect "nobody tells whether the quotes stay" 1 "!wrong-type" apps/texts.yaml
mv kept flux && rm apps/texts.yaml
binding >apps/binding.yaml && rm apps/web/web.yaml
expect "an account in the namespace that Flux gives" 0 "nothing found" .
rm -r flux apps/binding.yaml && mkdir argo
argo() {
    printf 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n  source:\n'
    printf '    repoURL: https://git.example/shop\n    path: apps\n    directory: {recurse: %s}\n' "$1"
}
workload apps/web/web.yaml && printf '        ports: [{containerPort: 8080}]\n' >>apps/web/web.yaml
argo true >argo/web.yaml
expect "what Argo CD applies is judged together" 1 "error[service-target-port-unresolved]" .
for line in 'include: "*.yaml"' 'exclude: "{other,more}/*"' 'include: "{service.yaml,web/*}"'; do
    argo "true, $line" >argo/web.yaml
    expect "with $line" 1 "error[service-target-port-unresolved]" .
done
for line in 'include: service.yaml' 'exclude: "web/*"' 'exclude: "{web,more}*"'; do
    argo "true, $line" >argo/web.yaml
    expect "and not with $line" 0 "!service-target-port" .
done
argo false >argo/web.yaml
expect "and not what it leaves out" 0 "!service-target-port" .
set_of() {
    printf 'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: web}\nspec:\n  generators: [{git: {directories: [%s]}}]\n' "$1"
    printf '  template: {spec: {source: {repoURL: https://git.example/shop, path: "%s", directory: {recurse: true}}}}\n' "$2"
}
set_of '{path: "ap*"}' '{{path}}' >argo/web.yaml
expect "what an ApplicationSet applies is judged together" 1 "error[service-target-port-unresolved]" .
set_of '{path: "*"}, {path: flux, exclude: true}' '{{ .path.path }}' >argo/web.yaml
expect "with templates of Go" 1 "error[service-target-port-unresolved]" .
set_of '{path: "*"}, {path: apps, exclude: true}' '{{path}}' >argo/web.yaml
expect "and not what it excludes" 0 "!service-target-port" .
set_of '{path: "*"}' '{{path}}/{{env}}' >argo/web.yaml
expect "nor what nobody knows" 0 "!service-target-port" .
rm -r argo && printf 'apiVersion: skaffold/v4beta11\nkind: Config\nmanifests: {rawYaml: ["apps/**/*.yaml"]}\n' >skaffold.yaml
expect "what skaffold applies is judged together" 1 "error[service-target-port-unresolved]" .
printf 'build: {artifacts: [{image: web}]}\n' >>skaffold.yaml && rm apps/service.yaml && workload apps/web/web.yaml web
expect "images that skaffold builds have a tag" 0 "nothing found" --enable latest-tag .
rm skaffold.yaml
expect "others have not" 0 "[latest-tag" --enable latest-tag .

# Which files are read at all.
mkdir -p ../walk/vendor/lib ../walk/node_modules/x ../walk/vendor2/vendor ../walk/out && cd ../walk || exit 2
git init -q . 2>/dev/null || mkdir .git
for file in a vendor/lib/b node_modules/x/c vendor2/vendor/d out/e f; do workload $file.yaml && sed -i 's/selector/selektor/' $file.yaml; done
: >vendor/modules.txt && printf 'out/\n/f.yaml\n' >.gitignore
expect "dependencies are left out" 1 "2 files, 2 objects" .
expect "and counted" 1 "; 2 left out" .
expect "a file that .gitignore names" 0 "; 1 left out" f.yaml
expect "a folder that .gitignore names" 0 "; 1 left out" out/e.yaml
expect "--no-exclude reads it" 1 "out/e.yaml:5:3" --no-exclude out/e.yaml
if git add --force out/e.yaml 2>/dev/null; then
    mkdir -p out/more && cp out/e.yaml out/other.yaml && cp out/e.yaml out/more
    expect "a file that git keeps track of all the same" 1 "3 files, 3 objects" .
    expect "and nothing beside it" 0 "./out/more/: left out (.gitignore names it)" --show-files .
    expect "from above" 1 "out/e.yaml:5:3" ../walk/
    expect "a folder that is named is read whole" 1 "3 files, 3 objects" out
    expect "named" 1 "1 file, 1 object" out/e.yaml out/other.yaml
    git add --force out/more && expect "below it" 1 "4 files, 4 objects" .
    git rm -rfq --cached out && rm -r out/more out/other.yaml
else
    skip "files that git keeps track of" "no git"
fi
expect "--exclude" 1 "1 file, 1 object" --exclude vendor2/ .
expect "--include" 1 "vendor2/vendor/d.yaml:5:3" --include 'vendor2/**' .
expect "--exclude of a file that is named" 0 "; 1 left out" --exclude '/a.yaml' a.yaml
# shellcheck disable=SC2016
run "--stdin-filename" 1 "x/web.yaml:5:3" sh -c '"$1" check -f concise --stdin-filename x/web.yaml - <a.yaml' sh "$podlint"
# shellcheck disable=SC2016
run "--stdin-filename of what is excluded" 0 "; 1 left out" sh -c '"$1" check --stdin-filename out/web.yaml - <a.yaml' sh "$podlint"
mkdir -p ../chart/templates && cd ../chart || exit 2
printf 'apiVersion: v2\nname: a\nversion: 1.0.0\n' >Chart.yaml && echo 'drafts.yaml' >.helmignore
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Values.name }}}\n' >templates/pod.yaml && cp templates/pod.yaml templates/drafts.yaml
expect "what Helm leaves out of a chart" 0 "not judged: 1 template; 1 left out" .
expect "a template of a chart that is named" 0 "not judged: 1 template" templates/pod.yaml
expect "and read all the same" 0 "a Helm template" --show-files --no-exclude templates/pod.yaml
mkdir -p ../no-chart/Chart.yaml ../no-chart/templates && cd ../no-chart || exit 2
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n' >templates/pod.yaml
expect "a folder that is called Chart.yaml" 1 "error[container-none]" .
mkdir -p ../shown/.hidden ../shown/charts/web/templates ../shown/out && cd ../shown || exit 2
git init -q . 2>/dev/null || mkdir .git
for file in web .hidden/a .b out/c; do workload $file.yaml; done
printf 'out/\n' >.gitignore && echo 'name: web' | tee charts/web/Chart.yaml >charts/web/values.yaml && workload charts/web/templates/web.yaml
printf 'resources: [web.yaml]\nconfigMapGenerator: [{name: a, files: [data.json]}]\n' >kustomization.yaml && echo '{"a": 1}' >data.json
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: [a}\n' >broken.yaml && echo '# nothing' >empty.yaml
printf 'apiVersion: v1\nkind: PodList\nitems: []\n' >none.yaml
shows() {
    expect "--show-files: $1" 0 "$1" --show-files ${2:-} .
}
shows "./.hidden/: left out (hidden)"
shows "./.b.yaml: left out (hidden)"
shows "./out/: left out (.gitignore names it)"
shows "./charts/web/Chart.yaml: left out (part of a Helm chart)"
shows "./charts/web/templates/web.yaml: left out (a template of a Helm chart)"
shows "./kustomization.yaml:1: kustomization (by its name)"
shows "./data.json: data (data of ./kustomization.yaml)"
shows "./broken.yaml:1: unreadable manifest (it says that it is one, and cannot be read)"
shows "./none.yaml: nothing (it holds no object: it is empty, or all comments, or a list without items)"
shows "./empty.yaml: nothing (it holds no object: it is empty, or all comments, or a list without items)"
ln -s ../others others && ln -s nowhere.yaml lost.yaml && ln -s ../others/words.yaml words.yaml
shows "./others/: left out (a link, which is read with --follow)"
shows "./words.yaml: left out (a link, which is read with --follow)"
shows "./lost.yaml: left out (a link that leads nowhere)"
rm others lost.yaml words.yaml
shows "./web.yaml: left out (--exclude names it)" "--exclude ./web.yaml"
shows "./web.yaml: left out (--exclude names it)" "--exclude $PWD/web.yaml"
shows "./web.yaml: left out (--exclude names it)" "--exclude ../shown/web.yaml"
shows "./broken.yaml: left out (--include does not name it)" "--include ./web.yaml"
shows '{"file": "./out/", "class": "left out", "why": ".gitignore names it"}' "--format json"
expect "--statistics in JSON" 1 '{"rule": "syntax", "severity": "error", "count": 1}' --statistics --format json .
expect "lists are no findings" 2 "--show-files is written as text or json, not as sarif" --show-files --format sarif .
expect "standard input that is not read" 2 "add - to the command line" --stdin-filename a.yaml .
rm ./*.yaml ./*.json && workload A.YAML && workload b.Yml && workload c.JSON && sed -i 's/image/imag/' ./*.*
expect "endings in capitals" 1 "3 files, 3 objects" .
printf '\377\376a\000p\000i\000V\000e\000r\000s\000i\000o\000n\000:\000 \000v\0001\000\n\000k\000i\000n\000d\000:\000 \000P\000\n\000' >A.YAML
expect "a manifest in UTF-16" 1 "A.YAML:1:1: error[utf-16]" A.YAML
printf '\377\376a\000:\000 \000b\000\n\000' >A.YAML
expect "settings in UTF-16" 0 "it is UTF-16, and says nowhere that it is a manifest" --show-files A.YAML
printf '\377\376\000\000a\000\000\000:\000\000\000b\000\000\000' >A.YAML
expect "settings in UTF-32" 0 "it is UTF-32" --show-files A.YAML
mkdir ../empty && cd ../empty || exit 2
echo 'a: b' >a.yaml
expect "nothing to judge is told" 0 "no manifest was judged" .
expect "--fail-if-empty" 2 "no manifest was judged" --fail-if-empty .
workload web.yaml '"a:b:c d"'
expect "--show-files" 0 "a.yaml:1: not a manifest (it has no apiVersion and no kind)" --show-files .
expect "--show-files lists manifests" 0 "web.yaml:1: manifest, Deployment web" --show-files .
expect "--statistics" 1 "     1  error    image-reference-invalid" --statistics .
printf 'overrides:\n- {paths: [web.yaml], as: template}\n' >.podlint.yaml
expect "what the configuration takes a file for" 0 "web.yaml:1: template (the configuration says so)" --show-files .
sed -i 's/template/partial/' .podlint.yaml
sed -i "/selector/d" web.yaml
expect "a partial object" 0 "1 judged as partial" .

# Definitions of custom resources.
mkdir -p ../crds/defs ../crds/apps && cd ../crds || exit 2
git init -q . 2>/dev/null || mkdir .git
cat >defs/shops.yaml <<'END'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com, labels: {a: b}}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Shop, plural: shops}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, description: Of a shop., properties: {size: {type: integer, default: 3}}}
END
printf 'apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: books}\nspec: {siez: 1}\n' >apps/shop.yaml
expect "a custom resource without a definition" 0 "with --crds and the definitions of their kinds: 1 Shop" apps
expect "--require-schemas" 1 "apps/shop.yaml:2:7: error[definition-missing]" -f concise --require-schemas apps
expect "--crds" 1 "apps/shop.yaml:4:8: error[unknown-field]" -f concise --crds defs apps
expect "definitions among the files" 1 "apps/shop.yaml:4:8: error[unknown-field]" -f concise .
mkdir ../versions && cd ../versions || exit 2
sed 's/size: /siez: /' ../crds/defs/shops.yaml >old.yaml && cp old.yaml same.yaml && cp ../crds/defs/shops.yaml new.yaml && cp ../crds/apps/shop.yaml .
expect "two definitions, of which one takes it" 0 "!error" .
expect "in whichever order they stand" 0 "!error" --crds new.yaml --crds old.yaml shop.yaml
sed -i 's/siez/saiz/' shop.yaml
expect "two definitions, of which none takes it" 1 '!so says the definition' .
sed -i 's/spec: .*/spec: {siez: 1, size: 1}/' shop.yaml
expect "definitions that say different things" 1 'so says the definition in ./new.yaml, one of 2 that differ, none of which takes it' .
rm old.yaml same.yaml
expect "one definition is not named" 1 '!so says the definition' .
sed -i 's/spec: .*/spec: {size: 1}/' shop.yaml
sed 's/name: v1$/name: v2/' new.yaml >other.yaml && sed -i 's,example.com/v1,example.com/v2,' shop.yaml
expect "a version that another definition has" 0 "!error" .
cd ../crds || exit 2
expect "--crds that is not there" 2 "cannot read nowhere" --crds nowhere apps
printf 'crds: [defs]\n' >.podlint.yaml
expect "crds of the configuration" 1 "apps/shop.yaml:4:8: error[unknown-field]" -f concise apps
rm .podlint.yaml
printf 'pods: [{apiVersion: example.com/v1, kind: Shop, path: ".spec.parts[*]", as: container}]\n' >.podlint.yaml
expect "a path of pods that leads nowhere" 2 '".spec.parts[*]" is no path' apps
rm .podlint.yaml
run "defaults of a definition" 1 "size: 3" "$podlint" defaults --crds defs apps/shop.yaml
run "crds list without any" 1 "no definition is known here" "$podlint" crds list
run "crds add" 0 "1 definition is kept in .podlint/crds" "$podlint" crds add defs
run "crds list" 0 ".podlint/crds/shops.example.com.yaml" "$podlint" crds list
run "descriptions are left out" 1 "" grep description .podlint/crds/shops.example.com.yaml
expect ".podlint/crds" 1 "apps/shop.yaml:4:8: error[unknown-field]" -f concise apps
cd apps || exit 2
expect ".podlint/crds from a folder below" 1 "shop.yaml:4:8: error[unknown-field]" -f concise .
run "crds add of nothing" 1 "there is no CustomResourceDefinition" "$podlint" crds add shop.yaml
sed 's/^metadata: .*/metadata: {name: wrong.example.com}/;s/^  name: .*/  name: wrong.example.com/' ../defs/shops.yaml >wrong.yaml
run "crds add of what the server refuses" 1 "wrong.example.com is not kept, the server refuses it: wrong.yaml:" "$podlint" crds add wrong.yaml
rm wrong.yaml
run "crds without an action" 2 "say what to do: add or list" "$podlint" crds
run "crds with another one" 2 'did you mean "add"?' "$podlint" crds ad

finish
