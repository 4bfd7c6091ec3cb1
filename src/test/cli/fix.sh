#!/bin/sh
# podlint fix as a command: what it writes, and what it leaves alone.
#
#     fix.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"
cd "$dir" || exit 2

pod() {
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  restartpolicy: Always # forever\n  containers:\n'
    printf '    - {name: web, image: registry.example/web:1.4}\n'
}

# same WHAT FILE FILE
same() {
    if cmp -s "$2" "$3"; then pass; else diff "$2" "$3" >diff.txt; fail "$1" diff.txt; fi
}

# ends WHAT CODE COMMAND...
ends() {
    what=$1 code=$2
    shift 2
    "$@" >out.txt 2>err.txt
    got=$?
    if [ $got = "$code" ]; then pass; else cat err.txt >>out.txt; fail "$what ends with $got, not $code" out.txt; fi
}

pod >bad.yaml
pod | sed 's/restartpolicy/restartPolicy/' >good.yaml

cp bad.yaml a.yaml
chmod 640 a.yaml
ends "fix" 0 "$podlint" fix a.yaml
same "the file is mended" good.yaml a.yaml
case $(ls -l a.yaml) in -rw-r-----*) pass ;; *) fail "the mode is kept" /dev/null ;; esac
ends "fix of what is right" 0 "$podlint" fix a.yaml
same "a second run changes nothing" good.yaml a.yaml
ends "--check of what is right" 0 "$podlint" fix --check a.yaml

cp bad.yaml a.yaml
ends "--diff" 1 "$podlint" fix --diff a.yaml
same "--diff writes nothing" bad.yaml a.yaml
patch -s -p0 <out.txt
same "patch takes the diff" good.yaml a.yaml
cp bad.yaml a.yaml
ends "--check" 1 "$podlint" fix --check a.yaml
echo a.yaml >wanted.txt
same "--check names the file" wanted.txt out.txt
mkdir -p left && pod >left/a.yaml
ends "--exclude as check takes it" 0 "$podlint" fix --check --exclude ./left/ left
ends "--exclude of a whole path" 0 "$podlint" fix --check --exclude "$PWD/left/a.yaml" left
ends "without --exclude" 1 "$podlint" fix --check left
ends "--select of another rule" 0 "$podlint" fix --select wrong-type --check a.yaml
ends "no path" 2 "$podlint" fix

"$podlint" fix - <bad.yaml >out.txt
same "standard input is mended to standard output" good.yaml out.txt

# Line ends, a byte order mark, no line end at the end.
sed 's/$/\r/' bad.yaml >crlf.yaml
sed 's/$/\r/' good.yaml >wanted.txt
"$podlint" fix -q crlf.yaml
same "CR LF stays" wanted.txt crlf.yaml
{ printf '\357\273\277'; cat bad.yaml; } >mark.yaml
{ printf '\357\273\277'; cat good.yaml; } >wanted.txt
"$podlint" fix -q mark.yaml
same "a byte order mark stays" wanted.txt mark.yaml
printf %s "$(cat bad.yaml)" >open.yaml
printf %s "$(cat good.yaml)" >wanted.txt
"$podlint" fix -q open.yaml
same "no line end is added" wanted.txt open.yaml

# Links.
mkdir -p tree elsewhere
cp bad.yaml tree/real.yaml
cp bad.yaml elsewhere/outside.yaml
ln -s real.yaml tree/link.yaml
ln -s ../elsewhere/outside.yaml tree/out.yaml
ends "a file under two names" 0 "$podlint" fix -q tree
same "a link is followed to its target" good.yaml tree/real.yaml
if [ -L tree/link.yaml ]; then pass; else fail "a link stays one" /dev/null; fi
same "what lies outside of the folder is left alone" bad.yaml elsewhere/outside.yaml

# What is left alone.
mkdir -p chart/templates
printf 'apiVersion: v2\nname: c\nversion: 1.0.0\n' >chart/Chart.yaml
{ cat bad.yaml; echo '    - image: {{ .Values.image }}'; } >chart/templates/pod.yaml
cp chart/templates/pod.yaml wanted.txt
"$podlint" fix -q chart chart/templates/pod.yaml 2>/dev/null
same "a template is left alone" wanted.txt chart/templates/pod.yaml
if [ "$(id -u)" != 0 ]; then
    mkdir locked
    cp bad.yaml locked/a.yaml
    chmod 555 locked
    ends "a file that cannot be written" 2 "$podlint" fix locked/a.yaml
    chmod 755 locked
fi

cat >a.json <<'END'
{
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": {"name": "web"},
  "spec": {
    "restartpolicy": "never",
    "containers": [
      {
        "name": "web",
        "image": "registry.example/web:1.4",
        "dnsPolicy": "Default",
        "command": "run --now"
      }
    ]
  }
}
END
cat >wanted.txt <<'END'
{
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": {"name": "web"},
  "spec": {
    "restartPolicy": "Never",
    "containers": [
      {
        "name": "web",
        "image": "registry.example/web:1.4",
        "command": ["run", "--now"]
      }
    ],
    "dnsPolicy": "Default"
  }
}
END
"$podlint" fix -q a.json
same "JSON stays JSON" wanted.txt a.json

budget='{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"web"},"spec":{"minAvailable":1,"selector":'
printf '%s{"app":"web"}}}\n' "$budget" >a.json
printf '%s{"matchLabels": {"app": "web"}}}}\n' "$budget" >wanted.txt
"$podlint" fix -q a.json
same "what takes the place of the only entry has no comma" wanted.txt a.json
printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[]}}\n' | tee a.json >wanted.txt
"$podlint" fix -q --add-ignores a.json
same "JSON has no comments" wanted.txt a.json

finish
