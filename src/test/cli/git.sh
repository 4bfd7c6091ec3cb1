#!/bin/sh
# podlint diff in real repositories, made for the purpose: what is compared with what, and what is said when there is nothing to.
#
#     git.sh PODLINT
set -u
podlint=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
examples=$(cd "$(dirname "$0")/../../../testdata/examples" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.com GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.com
passed=0
failed=0

# expect NAME EXIT TEXT ARGUMENT...: podlint diff with the arguments, in the current directory.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    out=$("$podlint" diff "$@" 2>&1)
    got=$?
    case $out in
    *"$text"*)
        if [ "$got" = "$code" ]; then
            passed=$((passed + 1))
            return
        fi
        ;;
    esac
    printf 'FAIL %s: ended with %s, wanted %s and "%s"\n%s\n' "$name" "$got" "$code" "$text" "$out"
    failed=$((failed + 1))
}

if ! command -v git >/dev/null; then
    echo "git: 0 passed, 0 failed (git is not installed)"
    exit 0
fi

cd "$dir" || exit 2
expect "no repository" 2 "not inside a git repository" --git HEAD
git init -q repo && cd repo || exit 2
expect "no commit yet" 2 "no commit yet" --git HEAD
mkdir deploy && cp "$examples"/*.yaml deploy/
git add -A
expect "staged before the first commit" 0 "6 added" --staged
git commit -qm first
expect "nothing changed" 0 "no object changes" --git HEAD
expect "unknown revision" 2 'no revision "nowhere"' --git nowhere
expect "outside" 2 "outside the repository" --git HEAD /etc
sed -i 's/api:2.4.1/api:2.5.0/' deploy/deployment.yaml
expect "work tree" 0 "rollout   spec.template.spec.containers[0].image" --git HEAD
expect "nothing staged" 0 "no object changes" --staged
git add -A
expect "staged" 0 "(HEAD:deploy/deployment.yaml:31:18 -> deploy/deployment.yaml:31:18)" --staged
expect "limited to another path" 0 "no object changes" --git HEAD deploy/pod.yaml
git commit -qm second
git mv deploy/statefulset.yaml deploy/database.yaml
sed -i 's/serviceName: db/serviceName: database/' deploy/database.yaml
git commit -qam third
expect "two revisions, a renamed file" 1 "refused   spec.serviceName: db -> database" --git HEAD~1..HEAD
expect "the way out is said" 1 "kubectl delete statefulset db --cascade=orphan" --git HEAD~1..HEAD
expect "never fail" 0 "1 refused" --git HEAD~1..HEAD --fail-on never
cp deploy/jobs.yaml deploy/more.yaml && sed -i 's/name: migrate/name: other/; s/name: report/name: weekly/' deploy/more.yaml
expect "an untracked file" 0 "2 added" --git HEAD
rm deploy/pod.yaml
expect "a removed file" 0 "1 removed" --git HEAD deploy/pod.yaml
(cd deploy && expect "from a folder below" 0 "2 added" --git HEAD; echo "$passed $failed" >../counts)
read -r passed failed <counts
cd "$dir" && git clone -q --bare repo bare.git && cd bare.git || exit 2
expect "bare repository" 2 "bare repository" --git HEAD
expect "bare repository, two revisions" 1 "refused" --git HEAD~1..HEAD
cd "$dir" && git clone -q --depth 1 "file://$dir/repo" shallow && cd shallow || exit 2
expect "shallow history" 2 "shallow" --git HEAD~1

echo "git: $passed passed, $failed failed"
[ "$failed" = 0 ]
