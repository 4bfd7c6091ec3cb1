#!/bin/sh
# Inputs and surroundings that must not break podlint: each case names what is tried and how it must end.
#
#     robust.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"
examples=$root/testdata/examples
cd "$dir" || exit 2

repeat() { awk -v s="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", s }'; }

pod='apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: b}]}'

expect "no operands" 2 "name the files" "$podlint" check
expect "no command" 2 "Usage" "$podlint"
expect "unknown command" 2 'did you mean "check"' "$podlint" chekc
expect "unknown option" 2 "did you mean --format" "$podlint" check --formt json x
expect "unknown format" 2 'did you mean "json"' "$podlint" check --format jsn x
expect "unknown rule" 2 'did you mean "unknown-field"' "$podlint" check --ignore unknown-feild x
expect "unknown version" 2 "$(versions)" "$podlint" check --kubernetes-version 1.12 x
expect "a range of versions" 1 "Kubernetes 1.33, 1.34, 1.35" sh -c "printf 'apiVersion: v1\\nkind: Pod\\n' | '$podlint' check --kubernetes-version 1.33..1.35 -"
expect "a vendor's version" 1 "Kubernetes 1.34:" sh -c "printf 'apiVersion: v1\\nkind: Pod\\n' | '$podlint' check --kubernetes-version v1.34.3-gke.1200 -"
for version in 1.034 1.34.x 1.34.1.2 1.34.. 1.36..1.35 1.34- 1.34foo; do
    expect "rubbish as a version: $version" 2 "not \"$version\"" "$podlint" check --kubernetes-version $version x
done
expect "a file in place of a command" 2 "did you mean 'podlint check good.yaml'" "$podlint" good.yaml
expect "an option before the command" 2 "podlint check -q" "$podlint" -q check good.yaml
expect "help on help" 0 "Usage: podlint COMMAND" "$podlint" help help
expect "exit codes of a command" 0 "1  nothing has that name" "$podlint" explain --help
expect "nothing to explain" 2 "name what to explain" "$podlint" explain ""
expect "rules on a type that is not there" 2 'did you mean "Container"' "$podlint" rules --on Containr
expect "rules that none has" 1 "no rule has all" "$podlint" rules --on PodSpec --profile none
expect "a baseline on standard output" 2 "takes the name of a file" "$podlint" check --write-baseline - good.yaml
expect "a schema for editors" 0 '"#/definitions/DeploymentSpec"' sh -c "'$podlint' explain --json-schema deploy | grep DeploymentSpec"
expect "a schema of nothing" 1 "no kind is called" "$podlint" explain --json-schema deploymnt
expect "missing value" 2 "needs a value" "$podlint" check --format
expect "missing file" 2 "No such file" "$podlint" check nowhere.yaml

printf '%s\n' "$pod" >good.yaml
expect "missing file, others checked" 2 "1 object checked" "$podlint" check nowhere.yaml good.yaml
expect "clean" 0 "nothing found" "$podlint" check good.yaml
expect "standard input" 0 "nothing found" sh -c "'$podlint' check - <good.yaml"
: >empty.yaml
expect "empty file" 0 "0 objects" "$podlint" check empty.yaml
printf '%s' "$pod" >unended.yaml
expect "no final newline" 0 "nothing found" "$podlint" check unended.yaml
printf '%s\n' "$pod" | sed 's/$/\r/' >crlf.yaml
expect "CRLF" 0 "nothing found" "$podlint" check crlf.yaml
printf '\357\273\277%s\n' "$pod" >bom.yaml
expect "byte order mark" 0 "nothing found" "$podlint" check bom.yaml
printf '%s\n' "$pod" | iconv -f UTF-8 -t UTF-16LE | { printf '\377\376'; cat; } >utf16le.yaml
expect "UTF-16 little-endian" 1 "save the file as UTF-8" "$podlint" check utf16le.yaml
printf '%s\n' "$pod" | iconv -f UTF-8 -t UTF-16BE | { printf '\376\377'; cat; } >utf16be.yaml
expect "UTF-16 big-endian" 0 "nothing found" "$podlint" check utf16be.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: \351}\n' >latin1.yaml
expect "Latin-1" 1 "latin1.yaml:3:18: error[encoding]" "$podlint" check latin1.yaml
printf 'apiVersion: v1\nkind: P\000d\n' >nul.yaml
expect "NUL byte" 1 "error[encoding]" "$podlint" check nul.yaml
head -c 100000 /dev/urandom >random.yaml
expect "random bytes" 0 "1 document that is not a manifest" "$podlint" check random.yaml
{ printf 'apiVersion: v1\nkind: Pod\nspec: '; repeat '{a: ' 200; printf 1; repeat '}' 200; echo; } >deep.yaml
expect "200 levels" 1 "unknown-field" "$podlint" check deep.yaml
{ printf 'apiVersion: v1\nkind: Pod\nspec: '; repeat '{a: ' 990; printf 1; repeat '}' 990; echo; } >deepest.yaml
expect "990 levels, in threads" 1 "unknown-field" "$podlint" check -j 2 deepest.yaml deep.yaml
{ printf 'apiVersion: v1\nkind: Pod\nspec: '; repeat '[' 500000; echo; } >deeper.yaml
expect "500,000 levels" 1 "nested more than 1000 levels" "$podlint" check deeper.yaml
repeat '- ' 200000 >dashes.yaml
expect "200,000 nested lists" 0 "1 document that is not a manifest" "$podlint" check dashes.yaml
{
    echo 'a: &a [x,x,x,x,x,x,x,x,x]'
    for pair in a:b b:c c:d d:e e:f f:g g:h; do
        echo "${pair#*:}: &${pair#*:} [*${pair%:*},*${pair%:*},*${pair%:*},*${pair%:*},*${pair%:*},*${pair%:*},*${pair%:*},*${pair%:*},*${pair%:*}]"
    done
    printf '%s\n' "$pod"
} >bomb.yaml
expect "alias bomb" 1 "aliases make this document" "$podlint" check bomb.yaml
head -c 104857600 /dev/zero >huge.yaml
expect "100 MiB" 2 "larger than 64 MiB" "$podlint" check huge.yaml
rm huge.yaml
{ printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    x: "'; repeat 'a' 5000000; printf '"\n'; } >long.yaml
expect "a line of 5 MB" 1 "error" "$podlint" check --format concise long.yaml
{ echo 'apiVersion: v1'; echo 'kind: Pod'; echo 'metadata:'; echo '  labels:'; seq 50000 | sed 's/.*/    k&: v/'; } >wide.yaml
expect "50,000 keys" 1 "error" "$podlint" check wide.yaml

variables() { echo 'apiVersion: v1'; echo 'kind: Pod'; echo 'metadata: {name: a}'; echo 'spec: {containers: [{name: a, image: b, env: ['; seq 100000 | sed "s/.*/{name: $1&, value: x},/"; echo ']}]}'; }
variables A >old.yaml
variables B >new.yaml
expect "100,000 variables under other names" 1 "1 refused" "$podlint" diff --format concise old.yaml new.yaml
rm old.yaml new.yaml

{ echo 'apiVersion: v1'; echo 'kind: Pod'; echo 'metadata: {name: a}'; echo 'spec: {resources: {limits: {cpu: 1}}, containers: [{name: a, image: b, resources: {limits: {'; seq 50000 | sed 's/.*/hugepages-&Ki: 1,/'; echo '}, requests: {'; seq 50000 -1 1 | sed 's/.*/hugepages-&Ki: 1,/'; echo '}}}]}'; } >amounts.yaml
expect "50,000 amounts in another order" 1 "" "$podlint" check amounts.yaml
rm amounts.yaml

mkdir tree && cp good.yaml tree/a.yaml
mkfifo tree/pipe.yaml
ln -s . tree/loop
ln -s nowhere tree/dangling.yaml
mkdir tree/.hidden && echo 'a: [' >tree/.hidden/bad.yaml
echo 'ignored.yaml' >tree/.gitignore && echo 'a: [' >tree/ignored.yaml
echo 'resources: [a.yaml]' >tree/kustomization.yaml
expect "a tree with a pipe, links, hidden and ignored files" 0 "2 files, 1 object checked for Kubernetes $(newest): nothing found; not judged: 1" "$podlint" check tree
expect "a pipe that nobody writes to" 2 "nobody writes to" "$podlint" check tree/pipe.yaml
expect "a process's output" 0 "nothing found" bash -c "'$podlint' check <(cat good.yaml)"
printf '%s\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {app: a}, ports: [{port: 80}]}\n' "$pod" >pair.yaml
expect "objects together from a process" 0 "[dangling-service]" bash -c "'$podlint' check --format concise <(cat pair.yaml)"
# More than a pipe holds gets through only when what is named before it has been read.
expect "a file that changes meanwhile" 2 "cannot read pair.yaml: it changed while podlint read it" \
    bash -c "'$podlint' check -j 1 pair.yaml <(head -c 200000 /dev/zero | tr '\\0' '#'; sed -i 1i# pair.yaml)"
expect "a directory that is a file" 2 "Not a directory" "$podlint" check good.yaml/x
if [ "$(id -u)" = 0 ]; then
    skip "unreadable file" "root reads every file"
else
    cp good.yaml secret.yaml && chmod 000 secret.yaml
    expect "unreadable file" 2 "Permission denied" "$podlint" check secret.yaml
fi
expect "full disk" 2 "cannot write the output" sh -c "'$podlint' check --format json '$examples' >/dev/full"
expect "closed output" 2 "cannot write the output" sh -c "'$podlint' check '$examples' >&-"
expect "closed pipe" 0 "" sh -c "'$podlint' check --format json '$examples' | true"

policy='apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: names}
spec:
  matchConstraints: {resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}]}
  validations: [{expression: object.metadata.name != '"'b'"', message: not this name}]'
printf '%s\n' "$policy" >policy.yaml
printf '%s\n' "$pod" | sed 's/name: a}$/name: b}/' >denied.yaml
expect "a policy denies" 1 "error[names]: not this name" "$podlint" check --policy policy.yaml denied.yaml
expect "a policy lets pass" 0 "" "$podlint" check --policy policy.yaml good.yaml
expect "policies alone" 0 "1 object checked" "$podlint" check --policy policy.yaml
expect "a policy at fault alone" 1 "does not compile" sh -c "sed 's/object.meta/objct.meta/' policy.yaml | '$podlint' check --policy -"
expect "a policy's name to select" 0 "" "$podlint" check --policy policy.yaml --ignore names denied.yaml
expect "a policy's name misspelt" 2 'did you mean "names"' "$podlint" check --policy policy.yaml --ignore nmes denied.yaml
expect "no policy where one is named" 2 "there is no ValidatingAdmissionPolicy" "$podlint" check --policy good.yaml good.yaml
expect "a missing policy" 2 "No such file" "$podlint" check --policy nowhere.yaml good.yaml
expect "policies and a manifest from a process" 1 "not this name" bash -c "'$podlint' check --policy policy.yaml <(cat denied.yaml)"
expect "policies and a manifest from standard input" 1 "not this name" sh -c "'$podlint' check --policy policy.yaml - <denied.yaml"
{ printf '%s\n' "$policy" | sed '/validations/d'
    echo '  variables:'; echo '    - {name: v0, expression: "1 == 2"}'
    seq 60 | while read -r i; do p=$((i - 1)); echo "    - {name: v$i, expression: variables.v$p || variables.v$p || !(true && !variables.v$p)}"; done
    echo '  validations: [{expression: variables.v60, message: found in the end}]'; } >wide-policy.yaml
expect "variables that double the work at each step" 1 "found in the end" "$podlint" check --policy wide-policy.yaml good.yaml
{ printf '%s\n' "$policy" | sed '/validations/d'
    echo '  variables:'; echo '    - {name: v0, expression: "1 == 1"}'
    seq 400 | while read -r i; do echo "    - {name: v$i, expression: \"$(repeat '[1].all(x, ' 60)variables.v$((i - 1))$(repeat ')' 60)\"}"; done
    echo '  validations: [{expression: variables.v400}]'; } >deep-policy.yaml
expect "variables 400 deep in each other" 1 "nested too deeply" "$podlint" check --policy deep-policy.yaml good.yaml

cat >template.yaml <<'END'
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
  {{- with .Values.labels }}
  labels: {{ toYaml . | nindent 4 }}
  {{- end }}
END
expect "a template is not judged" 0 "not judged: 1 template" "$podlint" check template.yaml

# What rules compare has an end, whatever a file holds: each of these would take minutes if every part were held against every other.
all="--profile all --no-config --format concise"
{ echo 'apiVersion: v1'; echo 'kind: Pod'; echo 'metadata: {name: a}'; echo 'spec:'; echo '  containers:'
    seq 8000 | sed 's/.*/  - {name: c&, image: "b:1"}/'; } >containers.yaml
expect "8,000 containers" 0 "1 object checked" "$podlint" check $all containers.yaml
{ echo 'apiVersion: v1'; echo 'kind: Pod'; echo 'metadata: {name: a}'; echo 'spec:'; echo '  securityContext: {runAsUser: 5}'
    echo '  volumes:'; seq 8000 | sed 's/.*/  - {name: v&, hostPath: {path: \/etc\/run\/x&}}/'
    echo '  containers:'; echo '  - name: a'; echo '    image: "b:1"'; echo '    volumeMounts:'
    seq 8000 -1 1 | sed 's/.*/    - {name: v&, mountPath: \/m&, subPath: s}/'; } >volumes.yaml
expect "expressions over 8,000 volumes and mounts" 0 "[rules-stopped]: the rules take too long on this object" \
    "$podlint" check $all volumes.yaml
{ echo 'apiVersion: v1'; echo 'kind: Pod'; printf 'metadata: {name: a}\nspec: {containers: ['
    repeat '{name: a, image: "b:latest", x: y}, ' 5000; echo ']}'; } >long-list.yaml
expect "many findings in one line" 1 "9999 errors" sh -c "'$podlint' check --profile none --no-config --format concise long-list.yaml"
{ seq 20000 | sed 's/.*/a&: \&x& 1/'; seq 20000 | sed 's/.*/b&: *x&/'; } >anchors.yaml
expect "20,000 anchors" 0 "1 document" "$podlint" check anchors.yaml
{ echo "base: &b {"; seq 500 | sed 's/.*/k&: 1,/'; echo "}"; seq 500 | sed 's/.*/m&: {<<: *b, x: 1}/'; } >merge.yaml
expect "merge keys" 0 "" "$podlint" check $all merge.yaml
seq 800 | while read -r i; do echo "apiVersion: apps/v1
kind: Deployment
metadata: {name: d$i}
spec:
  replicas: 2
  selector: {matchLabels: {a: b, c: d}}
  template:
    metadata: {labels: {a: b, c: d}}
    spec: {containers: [{name: a, image: 'b:1', ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: s$i}
spec: {selector: {a: b, c: d}, ports: [{port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: b$i}
spec: {selector: {matchLabels: {a: b, c: d}}, minAvailable: 1}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: n$i}
spec: {podSelector: {matchLabels: {a: b, c: d}}, ingress: [{ports: [{port: 81}]}]}
---"; done >popular.yaml
expect "objects that all select each other" 0 "!takes too long" \
    "$podlint" check --no-config --format concise --fail-on never popular.yaml
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d%d}\n" \
    "spec: {selector: {matchLabels: {app: a%d}}, template: {metadata: {labels: {app: a%d}}, spec: {containers: [{name: a, image: b}]}}}\n" \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: {ports: [{port: 80}], selector: {app: b%d}}\n---\n", i, i, i, i, i }' >astray.yaml
expect "objects that are each compared with all" 0 "objects of this folder takes too long" \
    "$podlint" check --no-config --format concise --fail-on never astray.yaml

seq 400 | while read -r i; do sed "s/name: a/name: a$i/" good.yaml >"tree/p$i.yaml"; done
echo 'apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: b, imge: c}]}' >tree/q.yaml
"$podlint" check -j 1 --format json --policy policy.yaml tree >one.json
"$podlint" check -j 8 --format json --policy policy.yaml tree >eight.json
expect "the same with any number of threads" 0 "" cmp one.json eight.json
"$podlint" check -j 1 --format json --profile all --closed-world "$examples" >one.json
"$podlint" check -j 8 --format json --profile all --closed-world "$examples" >eight.json
expect "the same of objects together" 0 "" cmp one.json eight.json

mkdir -p walk/in walk/out && printf '%s\n' "$pod" >walk/out/pod.yaml && printf '%s\n' "$pod" >walk/in/own.yaml
ln -s ../out/pod.yaml walk/in/link.yaml && ln -s own.yaml walk/in/alias.yaml && ln -s . walk/in/circle && ln -s ../out walk/in/folder
expect "links that lead out are not followed" 0 "2 files" "$podlint" check walk/in
expect "a link that is named is read" 0 "1 file" "$podlint" check walk/in/link.yaml
expect "text that is not UTF-8 on the command line" 2 "argument 2 is not valid UTF-8" "$podlint" cel "$(printf '"\377".replace("", "_")')"
printf '%s\n' "$pod" >"$(printf 'walk/in/a\377.yaml')"
expect "a name that is not UTF-8" 2 "its name is not valid UTF-8" "$podlint" check walk/in

{ printf '%s\n' "$pod" | sed '$d'; printf 'spec: {containers: [{name: a, image: b}], '; for i in 1 2 3 4 5; do printf 'f%s: 1, ' $i; done; echo '}'; } >five.yaml
expect "a cap on findings" 1 "5 errors; 1 refused; 3 not shown" "$podlint" check --max-findings 2 five.yaml
expect "a cap is told on stderr" 1 "the first 2 of each rule in a file; --max-findings 0 shows all" "$podlint" check -f junit --max-findings 2 five.yaml
expect "a cap in JSON" 1 '"notShown": 3' "$podlint" check -f json --max-findings 2 five.yaml
expect "no cap" 1 "!not shown" "$podlint" check --max-findings 0 five.yaml
expect "a cap does not change the exit code" 0 "3 not shown" "$podlint" check --max-findings 2 --fail-on never five.yaml
expect "a cap that is no number" 2 "--max-findings takes a number" "$podlint" check --max-findings many five.yaml
"$podlint" check --write-baseline five.json --max-findings 1 five.yaml >/dev/null
expect "a cap leaves baselines whole" 0 "nothing new found" "$podlint" check --baseline five.json five.yaml
{ printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: '; repeat n 100000; printf '}\nspec: {containers: [{}]}\n'; } >long.yaml
for format in $("$podlint" completion --words check --format ""); do
    "$podlint" check -f $format --profile all long.yaml >long.out
    check "a long name is cut in $format" [ "$(wc -c <long.out)" -lt 90000 ]
done

finish
