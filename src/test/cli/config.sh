#!/bin/sh
# Configuration files in trees made for the purpose: which one holds, what it changes, what podlint config says of it, and that
# hostile ones only get an error.
#
#     config.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"

cd "$dir" || exit 2
mkdir -p repo/deploy/prod repo/vendor/lib repo/tests repo/other other
pod='apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: a
    image: b
    securityContext: {privileged: true}'
for path in repo/top repo/deploy/a repo/deploy/prod/b repo/vendor/lib/c repo/tests/d repo/tests/e repo/other/f other/g; do
    printf '%s\n' "$pod" >$path.yaml
done
cat >repo/.podlint.yaml <<'END'
profile: none
pod-security: baseline
exclude: [vendor/, "tests/**", "!tests/e.yaml"]
overrides:
- paths: deploy/
  pod-security: restricted
- paths: /deploy/prod
  severity: {pss-privileged: warning, pss-capabilities: info}
  ignore: pss-run-as-non-root
END
echo 'profile: none' >repo/other/.podlint.yml

expect "found above each file" 1 "repo/top.yaml:8:35: error[pss-privileged]" "$podlint" check -f concise repo
expect "the nearest one holds" 0 "nothing found" "$podlint" check repo/other
expect "none above" 0 "!pss-privileged" "$podlint" check --profile none other
expect "an override" 1 "repo/deploy/a.yaml:8:5: error[pss-capabilities]" "$podlint" check -f concise repo
expect "overrides one on another" 1 "b.yaml:8:5: info[pss-capabilities]" "$podlint" check -f concise repo/deploy/prod
expect "a severity" 1 "b.yaml:8:35: warning[pss-privileged]" "$podlint" check -f concise repo/deploy/prod
expect "an ignored rule" 1 "!pss-run-as-non-root" "$podlint" check -f concise repo/deploy/prod
expect "excluded directories" 1 "!vendor" "$podlint" check -f concise repo
expect "what is excluded is counted" 1 "; 2 left out" "$podlint" check repo
expect "excluded files" 1 "!tests/d.yaml" "$podlint" check -f concise repo
expect "taken back" 1 "repo/tests/e.yaml" "$podlint" check -f concise repo
expect "named, and excluded all the same" 0 "; 1 left out" "$podlint" check -f concise repo/vendor/lib/c.yaml
expect "named with --no-exclude" 1 "repo/vendor/lib/c.yaml" "$podlint" check --no-exclude -f concise repo/vendor/lib/c.yaml
expect "from another directory" 1 "tests/e.yaml:8:35" sh -c "cd repo/tests && '$podlint' check -f concise .. | sed 's,\.\./,,'; exit 1"
expect "through a link" 1 "pss-capabilities" sh -c "ln -s repo/deploy link; '$podlint' check -f concise link/a.yaml"
expect "the command line is stronger" 0 "nothing found" "$podlint" check --pod-security privileged repo
expect "another select" 0 "nothing found" "$podlint" check --select yaml repo
expect "--no-config" 0 "!pss-" "$podlint" check --no-config --profile none repo
expect "--no-config reads all" 0 "8 objects" "$podlint" check --no-config --profile none repo other
expect "--config" 1 "other/g.yaml:8:35: error[pss-privileged]" "$podlint" check -f concise --config repo/.podlint.yaml other
expect "standard input" 1 "pss-privileged" sh -c "cd repo && '$podlint' check - <top.yaml"
expect "standard input has no path" 1 "!pss-capabilities" sh -c "cd repo/deploy && '$podlint' check - <a.yaml"
expect "fail-on" 0 "1 error" sh -c "echo 'fail-on: never' >never.yaml; '$podlint' check --config never.yaml --profile none --select pss- --pod-security baseline other"
expect "fail-on of the command line" 1 "1 error" "$podlint" check --config never.yaml --fail-on error --select pss- --pod-security baseline other
expect "versions by file" 0 "checked for Kubernetes 1.34, 1.36, $(newest)" sh -c "
    mkdir versions versions/old; cp other/g.yaml versions; cp other/g.yaml versions/old
    printf 'profile: none\nkubernetes-version: [1.34, 1.36]\n' >versions/old/.podlint.yaml
    '$podlint' check --profile none versions"
expect "include" 0 "1 file" sh -c "echo 'include: \"*-pod.yaml\"' >other/.podlint.yaml; cp other/g.yaml other/x-pod.yaml; '$podlint' check --profile none other"
expect "same in any number of threads" 0 "" sh -c "'$podlint' check -j1 -f json repo >one; '$podlint' check -j8 -f json repo >eight; cmp one eight"

expect "podlint config names lines" 0 "pod-security                 restricted:latest      repo/.podlint.yaml:6, override" \
    "$podlint" config repo/deploy/a.yaml
expect "podlint config of a folder below" 0 "../../.podlint.yaml:1" sh -c "cd repo/deploy/prod && '$podlint' config b.yaml"
expect "podlint config lists rules" 0 "pss-privileged               warning                repo/.podlint.yaml:8, override" \
    "$podlint" config repo/deploy/prod/b.yaml
expect "podlint config tells what a walk leaves out" 0 "leaves it out" "$podlint" config repo/vendor/lib/c.yaml
expect "podlint config without a configuration" 0 "no configuration" "$podlint" config --no-config repo/top.yaml

cat >repo/rules.yaml <<'END'
rules:
- name: few-containers
  severity: warning
  on: PodSpec
  when: size(self.containers) > params.most
  parameters:
    most: {description: how many are too many, default: 3}
  message: "too many containers"
  why: They start and stop together.
END
printf 'profile: none\nrules: rules.yaml\nenable: few-containers\nparameters: {few-containers: {most: 0}}\n' >repo/.podlint.yaml
expect "the user's rules with parameters" 0 "warning[few-containers]" "$podlint" check -f concise repo/top.yaml
expect "podlint config lists parameters" 0 "few-containers.most          0                      repo/.podlint.yaml:4" \
    "$podlint" config repo/top.yaml
expect "the command line names such a rule" 0 "nothing found" "$podlint" check --ignore few-containers repo/top.yaml
expect "an ignore names such a rule" 0 "nothing found; 1 ignored" sh -c "
    sed 's/^spec:/spec: # podlint: ignore few-containers/' repo/top.yaml >repo/quiet.yaml; '$podlint' check repo/quiet.yaml"
printf 'select: [kind-case, yaml-octal-integer]\nignore: kind-case\n' >renamed.yaml
expect "the former name of a rule, in a configuration" 0 "the rule kind-case is now called kind-misspelt" "$podlint" check --config renamed.yaml other
expect "the former name of a rule, on the command line" 0 "the rule yaml-octal-integer is now called yaml-number-form" "$podlint" check --select yaml-octal-integer other
mkdir both && printf 'profile: none\n' >both/.podlint.yaml && printf 'profile: all\n' >both/.podlint.yml && cp other/g.yaml both/
expect "two configurations in one folder" 0 "both/.podlint.yml is not read" "$podlint" check both
expect "the schema of configurations is printed" 0 '"title": "podlint configuration"' "$podlint" config --schema
expect "the rules in a pipe are whole" 0 "takes its place" sh -c "'$podlint' rules | grep shadows"
expect "another file does not know it" 2 "--ignore: there is no source or rule" "$podlint" check --ignore few-containers other
expect "a rule on and off" 0 "nothing found" sh -c "printf 'enable: lint\nseverity: {all: off}\n' >off.yaml; '$podlint' check --config off.yaml --pod-security restricted other"
expect "a wrong parameter" 2 "its default is 3" sh -c "sed -i 's/most: 0/most: few/' repo/.podlint.yaml; '$podlint' check repo"
expect "a misspelt parameter" 2 'did you mean "most"?' sh -c "sed -i 's/most: few/mots: 0/' repo/.podlint.yaml; '$podlint' check repo"
expect "a broken rule" 2 "repo/rules.yaml:2:3: error:" sh -c "sed -i '/message/d' repo/rules.yaml; '$podlint' check repo"

mkdir guarded guarded/policies
cat >guarded/policies/host.yaml <<'END'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-host-names}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: "!has(object.spec.hostname)", message: no host names}]
END
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostname: a, containers: [{name: a, image: example/b:1}]}\n' >named.yaml
cp named.yaml guarded/
echo 'policies: policies' >guarded/.podlint.yaml
expect "policies of a configuration" 1 "guarded/named.yaml:4:18: error[no-host-names]" "$podlint" check -f concise guarded named.yaml
expect "hold for its own files" 0 "!no-host-names]: no host" "$podlint" check -f concise named.yaml guarded/policies
expect "also when others are checked too" 1 "!
named.yaml:4" "$podlint" check -f concise guarded/named.yaml named.yaml
echo 'policies: [policies, missing]' >guarded/.podlint.yaml
expect "policies that are not there" 2 "guarded/.podlint.yaml:1:22: error: cannot read guarded/missing" "$podlint" check guarded

expect "no such file" 2 "No such file" "$podlint" check --config nowhere.yaml repo
expect "a directory" 2 "repo/.podlint.yaml: error: cannot be read" sh -c "rm repo/.podlint.yaml; mkdir repo/.podlint.yaml; '$podlint' check repo"
rmdir repo/.podlint.yaml
expect "a pipe that nobody writes to" 2 "nobody writes to" sh -c "mkfifo repo/.podlint.yaml; '$podlint' check repo"
rm repo/.podlint.yaml
expect "empty" 0 "nothing found" sh -c ": >empty.yaml; '$podlint' check --config empty.yaml --profile none other"
expect "comments only" 0 "nothing found" sh -c "echo '# none' >empty.yaml; '$podlint' check --config empty.yaml --profile none other"
expect "bytes" 2 "error" sh -c "head -c 5000 /dev/urandom >random.yaml; '$podlint' check --config random.yaml other"
expect "100 MiB" 2 "larger than 64 MiB" sh -c "head -c 104857600 /dev/zero >huge.yaml; '$podlint' check --config huge.yaml other; code=\$?; rm huge.yaml; exit \$code"
expect "nested deeply" 2 "nested more than" sh -c "{ printf 'ignore: '; yes '[' | head -n 100000 | tr -d '\n'; } >deep.yaml; '$podlint' check --config deep.yaml other"
expect "an alias bomb" 2 "error" sh -c "{
    echo 'a: &a [x,x,x,x,x,x,x,x,x]'
    for p in a:b b:c c:d d:e e:f f:g g:h; do n=\${p#*:} o=\${p%:*}; echo \"\$n: &\$n [*\$o,*\$o,*\$o,*\$o,*\$o,*\$o,*\$o,*\$o,*\$o]\"; done
    echo 'ignore: *h'; } >bomb.yaml; '$podlint' check --config bomb.yaml other"
expect "aliases where they make sense" 0 "nothing found" sh -c "
    printf 'profile: none\nignore: &i [lint]\noverrides:\n- {paths: x, ignore: *i}\n' >alias.yaml; '$podlint' check --config alias.yaml other"
expect "300,000 faults" 2 "error" sh -c "seq 300000 | sed 's/.*/k&: v/' >keys.yaml; '$podlint' check --config keys.yaml other | wc -l; exit 2"
expect "100,000 unknown words" 2 "error" sh -c "{ echo ignore:; seq 100000 | sed 's/.*/- unknown-feild&/'; } >words.yaml; '$podlint' check --config words.yaml other | wc -l; exit 2"
expect "20,000 overrides" 0 "nothing found" sh -c "
    { echo 'profile: none'; echo 'overrides:'; seq 20000 | sed 's/.*/- {paths: \"a&\/**\/*b*c*d\", ignore: lint}/'; } >many.yaml
    '$podlint' check --config many.yaml other"
stars=$(printf '**/%.0s' $(seq 60))
expect "a pattern of many stars" 0 "nothing found" sh -c "
    printf 'profile: none\nexclude: \"%sa*a*a*a*a*a*a*a*a*a*a*b/x\"\n' '$stars' >stars.yaml
    long=\$(printf 'a/%.0s' \$(seq 60)); mkdir -p other/\$long; cp other/g.yaml other/\$long/\$(printf 'a%.0s' \$(seq 200)).yaml
    '$podlint' check --config stars.yaml other"

{ printf '%s\n' "$pod"; yes '# podlint: ignore-file privileged-container,privileged-container,unknown-field' | head -n 100000; } >many.yaml
expect "100,000 ignores" 0 "1 ignored" "$podlint" check -f concise --select privileged-container many.yaml
{ yes '# podlint: ignore privileged-container again' | head -n 100000; printf '%s\n' "$pod"; } >stack.yaml
expect "100,000 ignores of one thing" 0 "1 ignored" "$podlint" check --select privileged-container stack.yaml
{ seq 100000 | sed 's/.*/# podlint: ignore unknown-feild-x& y/'; printf '%s\n' "$pod"; } >unknown.yaml
expect "100,000 unknown rules" 0 "100000 warnings" sh -c "'$podlint' check -f concise --select unknown-ignore unknown.yaml | tail -n 1"
{
    for pod in 1 2 3 4 5; do
        printf -- '---\napiVersion: v1\nkind: Pod\nmetadata: {name: a%s}\nspec:\n  containers:\n' "$pod"
        seq 1000 | sed 's/.*/  - name: a&\n    image: b\n    imge: c # podlint: ignore unknown-field/'
    done
} >lines.yaml
expect "5,000 ignores of 5,000 findings" 0 "5000 ignored" "$podlint" check --select unknown-field lines.yaml

if python3 -c 'import jsonschema, yaml' 2>/dev/null; then
    check "the schema of configurations" python3 "$root/src/test/cli/config_schema.py" "$podlint" "$root/schema/podlint-config.json"
else
    skip "the schema of configurations" "Python's jsonschema and yaml are not installed"
fi
finish
