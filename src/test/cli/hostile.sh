#!/bin/sh
# Nothing that a manifest, a scenario, a file name or an argument holds speaks through podlint: one hostile object through every
# command and format. What people read has no byte of it that a terminal or a log obeys; what programs read is well-formed.
#
#     hostile.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"
mkdir "$dir/in" "$dir/old" "$dir/new" && cd "$dir/in" || exit 2
out=$dir/result err=$dir/errors
python=$(command -v python3)
[ "$python" ] || skip "well-formed JSON, XML and HTML" "python3 is not installed"

# The bad text as YAML writes it in double quotes, as the escapes of %b, and what no output may hold: ESC, BEL, NUL, DEL,
# U+0085, U+009B, U+061C, U+200F, U+2028, U+202E, U+2066 and U+FEFF.
quoted='\e[31m\a\0\x7f\x85\x9b31m\u061c\u200f\u2028\u202e\u2066\ufeff\n::stop-commands::pwn</title></script>]]>\ufffe&amp;'
multibyte='\0302\0205 \0302\0233 \0330\0234 \0342\0200\0217 \0342\0200\0250 \0342\0200\0256 \0342\0201\0246 \0357\0273\0277'
plain='\0330\0234\0342\0200\0217\0342\0200\0256\0342\0201\0246'

# Raw bytes in a comment and in a value, as far as YAML takes them, and escapes everywhere else.
manifest() {
    printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n'
    printf '  name: "web%s"\n  namespace: "ns%s"\n  labels: {"key%s": "value%s"}\n' "$1" "$quoted" "$quoted" "$quoted"
    printf '  annotations: {a: b} # podlint: ignore container-image-missing %b\n' "$plain"
    printf 'spec:\n  replicas: %s\n  selector: {matchLabels: {app: "a%s"}}\n' "$2" "$quoted"
    printf '  template:\n    metadata: {labels: {app: "a%s"}}\n    spec:\n      "unknown%s": 1\n      containers:\n' "$quoted" "$quoted"
    printf '        - name: "app%s"\n          image: "image%s%s"\n' "$quoted" "$2" "$quoted"
    printf '          command: ["%b"]\n' "$plain"
    printf '          env: [{name: "E%s", value: "%s"}, {name: "E%s"}]\n' "$quoted" "$quoted" "$quoted"
    printf '          livenessProbe: {exec: {command: ["%s"]}, periodSeconds: "p%s"}\n' "$quoted" "$quoted"
    printf -- '---\napiVersion: "v1%s"\nkind: "Kind%s"\nmetadata: {name: "%s"}\n' "$quoted" "$quoted" "$quoted"
}

# The same without what keeps it from being decoded, so that it can be played and compared.
playable() {
    manifest "$1" "$2" | sed '/unknown/d; s/, periodSeconds: "p.*"}/}/; /^---/,$d'
}

# quiet NAME FILE: FILE holds no raw byte of the kind, and no line of it begins with the command.
quiet() {
    count=$(LC_ALL=C tr -d '\011\012\040-\176\200-\377' <"$2" | wc -c)
    [ "$count" -eq 0 ] || {
        fail "$1: $count control characters"
        return
    }
    for bytes in $multibyte; do
        LC_ALL=C grep -qF "$(printf '%b' "$bytes")" "$2" && {
            fail "$1: prints $bytes"
            return
        }
    done
    if grep -q '^::stop-commands' "$2"; then fail "$1: a line begins with ::"; else pass; fi
}

# text NAME EXIT ARGUMENT...: runs podlint; both streams are read by people.
text() {
    name=$1 code=$2
    shift 2
    ${timeout:+"$timeout" "$limit"} "$podlint" "$@" >"$out" 2>"$err" </dev/null
    got=$?
    [ "$got" = "$code" ] || fail "$name: ended with $got, not $code" "$err"
    [ -s "$out" ] || [ -s "$err" ] || fail "$name: says nothing"
    quiet "$name" "$out"
    quiet "$name, stderr" "$err"
}

# data NAME KIND ARGUMENT...: runs podlint; stdout is read by programs: json, xml or html.
data() {
    name=$1 kind=$2
    shift 2
    ${timeout:+"$timeout" "$limit"} "$podlint" "$@" >"$out" 2>"$err" </dev/null
    [ -s "$out" ] || fail "$name: writes nothing"
    quiet "$name, stderr" "$err"
    [ "$python" ] || return
    check "$name is well-formed" "$python" -c '
import html.parser, json, sys, xml.dom.minidom
kind, text = sys.argv[1], open(sys.argv[2], encoding="utf-8", newline="").read()
if kind == "json":
    json.loads(text)
elif kind == "xml":
    xml.dom.minidom.parseString(text.encode())
else:
    tags = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append(tag)
    parser.feed(text)
    assert tags.count("html") == 1 and "</title></script>" not in text, tags
' "$kind" "$out"
}

odd=$(printf 'file\n::stop-commands::pwn\033\302\233.yaml')
manifest one 1 >"$odd"
manifest one 1 >plain.yaml
playable one 1 >"$dir/old/a.yaml"
playable one 2 >"$dir/new/a.yaml"
playable two 2 >"$dir/new/b.yaml"
printf 'replicas: "x%s"\n"%s": 1\n' "$quoted" "$quoted" >"$dir/scenario.yaml"
printf '"ru%s": "%s"\n' "$quoted" "$quoted" >"$dir/config.yaml"
printf 'rules:\n  - name: mine\n    on: Container\n    when: "true"\n    message: "m%s"\n    help: "h%s"\n    severity: error\n' \
    "$quoted" "$quoted" >"$dir/rules.yaml"

for format in text concise github; do
    text "check --format $format" 1 check --format $format --show-ignored --pod-security-levels "$odd" plain.yaml
    text "check of a folder, $format" 1 check --format $format .
    text "check with colours, $format" 2 check --format $format --color never "no$odd"
done
text "check --show-files" 0 check --show-files .
text "check --statistics" 1 check --statistics .
for format in json sarif rdjson gitlab; do data "check --format $format" json check --format $format "$odd" plain.yaml; done
for format in junit checkstyle; do data "check --format $format" xml check --format $format "$odd" plain.yaml; done

text "diff" 1 diff "$dir/old" "$dir/new"
text "diff --format concise" 1 diff --format concise "$dir/old" "$dir/new"
text "diff of a file that is not there" 2 diff "$odd" "no$odd"
text "diff of what cannot be decoded" 2 diff "$odd" plain.yaml
data "diff --format json" json diff --format json "$dir/old" "$dir/new"

text "simulate" 0 simulate --anyway "$dir/new/a.yaml"
text "simulate of a change" 0 simulate --anyway "$dir/old/a.yaml" "$dir/new/a.yaml"
text "simulate of what cannot be decoded" 2 simulate "$odd"
text "simulate with another scenario" 2 simulate --anyway --scenario "$dir/scenario.yaml" "$dir/new/a.yaml"
text "simulate of an object that is not there" 2 simulate --object "$odd" plain.yaml
data "simulate --format json" json simulate --anyway --format json "$dir/new/a.yaml"
data "simulate --format svg" xml simulate --anyway --format svg "$dir/old/a.yaml" "$dir/new/a.yaml"
quiet "simulate --format svg" "$out"
data "simulate --format html" html simulate --anyway --format html "$dir/old/a.yaml" "$dir/new/a.yaml"

text "defaults" 1 defaults plain.yaml
data "defaults --format json" json defaults --format json "$dir/new/a.yaml"
text "cel over objects" 0 cel 'object.metadata.name' "$dir/new/a.yaml"
text "cel with a fault" 1 cel "$(printf '"\033\342\200\256" + nothing')"
text "config" 0 config "$odd"
text "a configuration with faults" 2 check --config "$dir/config.yaml" plain.yaml
text "rules of one's own" 1 check --rules "$dir/rules.yaml" plain.yaml
text "explain" 1 explain "$odd"
text "an unknown command" 2 "$odd"
text "an unknown format" 2 check --format "$odd" plain.yaml
text "an unknown option" 2 check "--$odd" plain.yaml
text "a report that cannot be written" 2 check --output "json=/no/$odd" plain.yaml

cat >"$dir/policy.yaml" <<END
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: "policy$quoted"}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]}
  validations: [{expression: "false", messageExpression: "'says ' + object.metadata.name"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: "binding$quoted"}
spec: {policyName: "policy$quoted", validationActions: [Deny]}
END
printf '{"tool": "podlint", "version": 1, "findings": [{"\\u001b\\u202e": "\\u009b"}]}\n' >"$dir/base.json"
printf 'apiVersion: v1\nkind: Node\nmetadata: {name: "node%s"}\nstatus: {allocatable: {cpu: 4, memory: 8Gi, pods: 9}}\n' "$quoted" >"$dir/nodes.yaml"
for format in text concise github; do text "check --policy, $format" 1 check --format $format --policy "$dir/policy.yaml" "$dir/new/a.yaml"; done
text "a baseline with faults" 2 check --baseline "$dir/base.json" plain.yaml
text "simulate on nodes" 0 simulate --anyway --nodes "$dir/nodes.yaml" "$dir/new/a.yaml"
text "simulate on a node that is not there" 2 simulate --anyway --nodes "$dir/nodes.yaml" --drain "$(printf 'node\033')" "$dir/new/a.yaml"
data "simulate on nodes, html" html simulate --anyway --format html --nodes "$dir/nodes.yaml" "$dir/new/a.yaml"
if command -v git >/dev/null && mkdir "$dir/repo" && cd "$dir/repo" && git init -q .; then
    cp "$dir/old/a.yaml" "$odd"
    git add -A
    git -c user.name=a -c user.email=a@example.com commit -qm first
    cp "$dir/new/a.yaml" "$odd"
    text "diff --git" 1 diff --git HEAD
    text "diff --git, concise" 1 diff --git HEAD --format concise
    text "simulate --git" 0 simulate --anyway --git HEAD "$odd"
    cd "$dir/in" || exit 2
else
    skip "diff --git" "git is not installed"
fi

# An escape is wider than what it stands for: the carets stay below it.
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: a:1, name: a, "\342\200\256": 1}, {name: b, image: b:1, nme: c}]}\n' >caret.yaml
"$podlint" check --quiet caret.yaml >"$out"
shown() { grep "^4 |" "$out" | grep -n . >/dev/null; }
under() {
    LC_ALL=C awk '/^4 \|/ { line = $0; getline; if (substr(line, index($0, "^"), length("nme")) == "nme") found = 1 } END { exit !found }' "$out"
}
check "a line with an escape is shown" shown
check "the carets stand below what is meant" under

# A file that is written is none that was read, and a signal leaves nothing of it.
cp plain.yaml kept.yaml
run "--output over a manifest" 2 "would overwrite" "$podlint" check . --output json=kept.yaml
run "--output over a link to one" 2 "would overwrite" sh -c 'ln -s kept.yaml link; exec "$0" check kept.yaml --output json=link' "$podlint"
run "--write-baseline over a manifest" 2 "would overwrite" "$podlint" check . --write-baseline ./kept.yaml
check "it is as it was" cmp plain.yaml kept.yaml
mkdir "$dir/calm" && printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n' >"$dir/calm/pod.yaml" && cd "$dir/calm" || exit 2
"$podlint" check . --output json=report.json >/dev/null 2>&1
run "--output over the report of an earlier run" 1 "" "$podlint" check . --output json=report.json

# Ends podlint in the middle of a report: the manifest is long, and the folder is watched for the temporary file.
interrupt() {
    rm -f report.json*
    "$podlint" check --quiet --output sarif=report.json "$dir/long.yaml" >"$out" 2>&1 &
    tries=0
    until ls report.json.* >/dev/null 2>&1 || [ -e report.json ] || [ "$tries" -ge 2000 ]; do tries=$((tries + 1)); done
    kill -s "$1" $! 2>/dev/null
    wait $! 2>/dev/null
    ls report.json* >"$out" 2>/dev/null
    ! grep -q 'report\.json\.' "$out"
}
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {containers: [{name: A, imge: b}]}\n---\n", i }' >"$dir/long.yaml"
check "SIGTERM leaves no temporary file" interrupt TERM
check "SIGHUP leaves no temporary file" interrupt HUP
finish
