#!/bin/sh
# Reports in files, and the baseline: what stays known when a repository goes on, and what is new.
#
#     reports.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"
mkdir "$dir/repo" && cd "$dir/repo" || exit 2

# expect NAME EXIT TEXT ARGUMENT...: podlint check with the arguments.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    run "$name" "$code" "$text" "$podlint" check "$@"
}

fingerprints() { "$podlint" check --format gitlab "$@" | grep -o '"fingerprint": "[^"]*"' | sort; }
both() { [ "$(fingerprints web.yaml)" = "$1" ]; }

cat >web.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: app:1
          imge: app:1
          ports: [{containerPort: 80, nme: http}, {containerPort: 81, nme: web}]
        - name: side
          image: side:1
          imge: side:1
---
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  containers: [{name: a, image: b, port: 1}]
END
cp web.yaml "$dir/first.yaml"
before=$(fingerprints web.yaml)

expect "a baseline is written" 0 "nothing new found; 5 findings of the baseline left out" --write-baseline base.json web.yaml
check "one finding a line" [ "$(grep -c '"rule"' base.json)" = 5 ]
check "no line numbers" sh -c '! grep -q "line\|column" base.json'
expect "what it knows is left out" 0 "5 findings of the baseline left out" --baseline base.json web.yaml
expect "by another name of the file" 0 "5 findings of the baseline left out" --baseline base.json "$dir/repo/./web.yaml"
(cd / && expect "from another directory" 0 "5 findings" --baseline "$dir/repo/base.json" "$dir/repo"; echo "$passed $failed" >"$dir/counts")
read -r passed failed <"$dir/counts"

# Lines move, objects and containers change places, ports too.
cat >web.yaml <<'END'
# A new comment
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  containers:
    - name: new
      image: new:1
    - port: 1
      name: a
      image: b
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: side
          image: side:1
          imge: side:1
        - name: app
          image: app:1
          imge: app:1
          ports: [{containerPort: 81, nme: web}, {containerPort: 80, nme: http}]
END
expect "moved lines and objects" 0 "5 findings of the baseline left out" --baseline base.json web.yaml
check "the same fingerprints" both "$before"

sed 's/image: new:1/imag: new:1/' web.yaml >new.yaml && mv new.yaml web.yaml
expect "a new finding" 1 "1 file, 2 objects checked for Kubernetes $(newest): 1 error; 1 refused; 5 findings of the baseline left out" --baseline base.json web.yaml
expect "the new finding alone" 1 "[unknown-field]: Container has no field \"imag\"" --baseline base.json --format concise --quiet web.yaml
check "nothing else" [ "$(grep -c : "$dir/out.txt")" = 1 ]

sed 's/          imge: side:1//' "$dir/first.yaml" >web.yaml
expect "a finding that is gone" 0 "1 of the baseline's 5 findings is gone; write it anew" --baseline base.json web.yaml
sed 's/imge: side:1/imge: side:2/' "$dir/first.yaml" >web.yaml
expect "the name of a field is what is flagged, not its value" 0 "5 findings of the baseline left out" --baseline base.json web.yaml
cp "$dir/first.yaml" web.yaml
{ cat "$dir/first.yaml"; echo ---; tail -n 5 "$dir/first.yaml"; } >web.yaml
expect "a second one of the same" 1 "1 error, 1 warning; 1 refused" --baseline base.json web.yaml
cp "$dir/first.yaml" web.yaml
cp "$dir/first.yaml" other.yaml
expect "the same in another file" 1 "5 errors" --baseline base.json other.yaml
expect "files that are not looked at are not gone" 1 "left out" --baseline base.json other.yaml
check "no word of gone" sh -c "! grep -q gone '$dir/out.txt'"
expect "rules that are off are not gone" 0 "nothing found" --baseline base.json --ignore unknown-field web.yaml
check "no word of gone" sh -c "! grep -q gone '$dir/out.txt'"
echo 'apiVersion: v1
kind: Pod
metadata: {name: host}
spec: {hostNetwork: true, containers: [{name: a, image: b}]}' >host.yaml
expect "of Pod Security" 0 "left out" --select pod-security --pod-security baseline --write-baseline host.json host.yaml
expect "Pod Security that is not asked for is not gone" 0 "nothing found" --select server --baseline host.json host.yaml
check "no word of gone" sh -c "! grep -q gone '$dir/out.txt'"
rm host.yaml
long=$(seq -s ' ' 200)
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  nodeName: "%s"\n  containers: [{name: a, image: b}]\n' "$long" >long.yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n      nodeName:   "%s"\n      containers: [{name: a, image: b}]\n' "$long" >wide.yaml
"$podlint" check --quiet --select server --write-baseline long.json long.yaml
mv wide.yaml long.yaml
expect "a long value with another indent" 0 "1 finding of the baseline left out" --select server --baseline long.json long.yaml
rm long.yaml
mv web.yaml moved.yaml
expect "a file that is no more" 0 "5 of the baseline's 5 findings are gone" --baseline base.json --fail-on never moved.yaml
mv moved.yaml web.yaml && rm other.yaml
"$podlint" check --quiet --write-baseline again.json . && cp again.json sorted.json
"$podlint" check --quiet --write-baseline again.json -j 4 .
check "the same file each time" cmp again.json sorted.json

expect "no baseline" 2 "cannot read the baseline nowhere.json: No such file" --baseline nowhere.json web.yaml
echo '{"a": ' >broken.json
expect "a broken baseline" 2 "broken.json:2:1: error:" --baseline broken.json web.yaml
echo '[1]' >foreign.json
expect "another JSON file" 2 "foreign.json:1:1: error: this is not a baseline of podlint" --baseline foreign.json web.yaml
sed 's/"version": 1/"version": 9/' base.json >later.json
expect "a later version" 2 "later.json:1:32: error:" --baseline later.json web.yaml
sed 's/"rule"/"rul"/' base.json >member.json
expect "an unknown member" 2 "member.json:2:" --baseline member.json web.yaml
: >empty.json
expect "an empty file" 2 "the baseline is empty" --baseline empty.json web.yaml
expect "a baseline that cannot be written" 2 "cannot write nowhere/base.json" --write-baseline nowhere/base.json web.yaml
expect "both options" 2 "either" --baseline base.json --write-baseline base.json web.yaml

expect "reports in files" 1 "error[unknown-field]" -o sarif=out.sarif --output junit=out.xml --output=json=out.json web.yaml
check "they are there" [ -s out.sarif -a -s out.xml -a -s out.json ]
check "no colours, and no temporary files" sh -c '! grep -q "$(printf "\033")" out.* && [ "$(ls | grep -c "^out")" = 3 ]'
expect "standard output by --output" 1 '"version": "2.1.0"' -o sarif=- web.yaml
for format in $("$podlint" completion --words check --format ""); do
    expect "the format $format" 1 "" --format "$format" web.yaml
    expect "the format $format in a file" 1 "error[unknown-field]" -o "$format=out" web.yaml
    check "there is something in it" [ -s out ]
    rm out
    check "the README names the format $format" grep -q "\`$format\`" "$root/README.md"
done
expect "a format without a file" 2 "write --format sarif instead" -o sarif web.yaml
expect "an unknown format" 2 'did you mean "sarif"' -o sarf=a web.yaml
expect "one file twice" 2 "twice" -o sarif=a -o json=a web.yaml
expect "a directory that is not there" 2 "cannot write no/out.sarif: No such file" -o sarif=no/out.sarif web.yaml
expect "a full disk" 2 "cannot write /dev/full: No space" -o sarif=/dev/full web.yaml
echo old >kept.json && chmod 600 kept.json && ln -s kept.json link.json
expect "through a link" 1 "" -o json=link.json web.yaml
check "the link and the mode stay" [ -L link.json -a "$(stat -c %a kept.json)" = 600 ]
check "the file is new" grep -q '"documents"' kept.json
expect "the baseline holds for files too" 0 "" --baseline base.json -o gitlab=out.json web.yaml
check "an empty list" [ "$(cat out.json)" = "[]" ]

finish
