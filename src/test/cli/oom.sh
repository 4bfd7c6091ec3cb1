#!/bin/sh
# Allocations that fail, one by one, in all commands and formats: the run ends with 2 and "podlint: out of memory", or, where the C
# library gets along without, as if nothing had happened. Nothing in between: no verdict, no shorter report, no crash.
#
#     oom.sh PODLINT [SAMPLE]
#
# Of the allocations of each command, SAMPLE are tried (8), the first and the last among them; with 0 all.
set -u
. "$(dirname "$0")/../suite.sh"
sample=${2:-8}
cd "$dir" || exit 2

library=$dir/oom.so
if ! ${CC:-cc} -shared -fPIC -O1 -o "$library" "$root/src/test/cli/oom.c" 2>/dev/null; then
    skip "all of it" "no library can be put in front of this C library's allocations"
    finish
fi
if LD_PRELOAD=$library OOM_N=1 OOM_ALL=1 "$podlint" check . >/dev/null 2>"$dir/probe" || ! grep -q "out of memory" "$dir/probe"; then
    skip "all of it" "this program does not take its memory from the C library that can be replaced"
    finish
fi

# fails NAME COMMAND...: an allocation of the command, or, every other time, that one and all after it.
fails() {
    name=$1
    shift
    "$@" >want.txt 2>want.err
    want=$?
    if [ "$want" -gt 1 ]; then
        fail "$name: ended with $want" want.err
        return
    fi
    OOM_COUNT=$dir/count LD_PRELOAD=$library "$@" >/dev/null 2>&1
    read -r count <count
    ended=0 same=0 wrong=
    steps=$count
    if [ "$sample" -gt 0 ] && [ "$sample" -lt "$count" ]; then steps=$sample; fi
    i=0
    while [ "$i" -lt "$steps" ]; do
        if [ "$steps" -gt 1 ]; then n=$((1 + i * (count - 1) / (steps - 1))); else n=1; fi
        i=$((i + 1)) on=
        if [ $((i % 2)) = 0 ]; then on=OOM_ALL=1; fi
        # shellcheck disable=SC2086
        ${timeout:+"$timeout" "$limit"} env $on OOM_N="$n" LD_PRELOAD="$library" "$@" >out.txt 2>err.txt
        got=$?
        if [ "$got" = 2 ] && grep -q "^podlint: out of memory$" err.txt; then
            ended=$((ended + 1))
        elif [ "$got" = "$want" ] && cmp -s out.txt want.txt && cmp -s err.txt want.err; then
            same=$((same + 1))
        else
            wrong="$wrong $n"
            cp out.txt wrong.txt
            cat err.txt >>wrong.txt
            echo "ended with $got" >>wrong.txt
        fi
    done
    [ -z "${TABLE:-}" ] || echo "| $name | $count | $steps | $ended | $same | $(echo "$wrong" | wc -w) |"
    if [ "$wrong" ]; then fail "$name: of $count allocations these fail wrongly:$wrong" wrong.txt; else pass; fi
}

cat >pod.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: "été"}, annotations: {note: "a\tb"}}
spec:
  base: &base {image: "example.com/web:1"}
  containers:
    - <<: *base
      name: web
      args: [--port, 80, "with \"quotes\"", 'and ''others''']
      livenessProbe: {httpGet: {path: /, port: 80}}
  # podlint: ignore no-such-rule because
  initContainers: [{name: init, image: "example.com/init:1", resources: {limits: {cpu: 1m}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 100%, selector: {matchLabels: {app: wbe}}}
END
printf 'a: [\n' >broken.yaml
cat >deployment.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "example.com/web:1", ports: [{containerPort: 80}]}]
END
sed 's/web:1/web:2/' deployment.yaml >new.yaml
cp new.yaml next.yaml
sed 's/matchLabels: {app: web}/matchLabels: {app: shop}/' new.yaml >changed.yaml
cat >policy.yaml <<'END'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: images}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations:
    - {expression: "object.spec.containers.all(c, c.image.matches('^registry[.]example'))", messageExpression: "'not ' + object.metadata.name"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: images}
spec: {policyName: images, validationActions: [Deny]}
END
cat >.podlint.yaml <<'END'
ignore: warning
severity: {unknown-field: info}
END
mkdir -p kustomize tree
printf 'resources: [deployment.yaml]\npatches: [{path: patch.yaml}]\nnamePrefix: a-\n' >kustomize/kustomization.yaml
cp deployment.yaml kustomize/deployment.yaml
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n' >kustomize/patch.yaml
cp pod.yaml deployment.yaml tree
echo 'deleteAt: 30' >scenario.yaml

for format in $("$podlint" completion --words check --format ""); do
    fails "check, $format" "$podlint" check -f "$format" --profile all pod.yaml deployment.yaml
done
fails "check of what is no YAML" "$podlint" check broken.yaml
fails "check of a folder" "$podlint" check -j 1 tree kustomize
fails "check with threads" "$podlint" check -j 4 tree kustomize
fails "check for several versions" "$podlint" check --kubernetes-version 1.32,1.37 pod.yaml
fails "check with policies" "$podlint" check --policy policy.yaml pod.yaml
fails "check with Pod Security" "$podlint" check --pod-security restricted --pod-security-levels pod.yaml
"$podlint" check --write-baseline known.json pod.yaml >/dev/null 2>&1
fails "check with a baseline" "$podlint" check --baseline known.json pod.yaml
fails "check that writes a baseline" "$podlint" check --write-baseline new.json pod.yaml
fails "check that writes a file" "$podlint" check -o sarif=new.sarif pod.yaml
fails "fix" "$podlint" fix --unsafe --profile all --check pod.yaml
fails "check, statistics" "$podlint" check --statistics pod.yaml
for format in text concise json; do
    fails "diff, $format" "$podlint" diff -f "$format" deployment.yaml changed.yaml
done
if command -v git >/dev/null; then
    git init -q . && git add next.yaml && git -c user.name=test -c user.email=test@example.com commit -qm one && cp changed.yaml next.yaml
    fails "diff --git" "$podlint" diff --git HEAD next.yaml
fi
for format in text json svg html; do
    fails "simulate, $format" "$podlint" simulate -f "$format" -s scenario.yaml deployment.yaml
done
fails "simulate of an update" "$podlint" simulate deployment.yaml new.yaml
for format in text json; do
    fails "explain of a field, $format" "$podlint" explain -f "$format" pod.spec.containers
    fails "explain of a rule, $format" "$podlint" explain -f "$format" latest-tag
done
fails "rules" "$podlint" rules
fails "defaults" "$podlint" defaults deployment.yaml
fails "defaults, json" "$podlint" defaults -f json deployment.yaml
fails "config" "$podlint" config pod.yaml
fails "cel" "$podlint" cel "'a-b'.matches('[a-c]+-b') && [1, 2].map(x, x * 2).exists(x, x == 4)"
fails "completion" "$podlint" completion bash
fails "help" "$podlint" help --manual
for left in .new* new.json.* new.sarif.*; do
    [ ! -e "$left" ] || fail "$left stays behind"
done
finish
