#!/bin/sh
# podlint diff in real repositories, made for the purpose: what is compared with what, and what is said when there is nothing to.
#
#     git.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"
examples=$root/testdata/examples
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.com GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.com

# expect NAME EXIT TEXT ARGUMENT...: podlint diff with the arguments, in the current directory.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    run "$name" "$code" "$text" "$podlint" diff "$@"
}

command -v git >/dev/null || { skip "all of it" "git is not installed"; finish; }

cd "$dir" || exit 2
expect "no repository" 2 "not inside a git repository" --git HEAD
git init -q repo && cd repo || exit 2
expect "no commit yet" 2 "no commit yet" --git HEAD
mkdir deploy && cp "$examples"/*.yaml deploy/
git add -A
expect "staged before the first commit" 0 "8 added" --staged
git commit -qm first
expect "nothing changed" 0 "no object changes" --git HEAD
expect "unknown revision" 2 'no revision "nowhere"' --git nowhere
expect "outside" 2 "outside the repository" --git HEAD /etc
sed -i 's/api:2.4.1/api:2.5.0/' deploy/deployment.yaml
expect "work tree" 0 "rollout   spec.template.spec.containers[0].image" --git HEAD
expect "nothing staged" 0 "no object changes" --staged
run "the rollout of a change" 0 "The update of 3 pods is complete" "$podlint" simulate --git HEAD deploy/deployment.yaml
run "the rollout of no change" 0 "The change leaves the pods alone" "$podlint" simulate --git HEAD deploy/statefulset.yaml
run "the rollout since a revision that is none" 2 'no revision "nowhere"' "$podlint" simulate --git nowhere deploy/pod.yaml
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

# Whoever names files, branches and links must not get a change past the comparison.
manifest() {
    printf 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: %s\n' "$1"
    printf '  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n'
    printf '    spec: {containers: [{name: db, image: registry.example/db:1}]}\n'
}
fresh() {
    cd "$dir" && rm -rf hostile && git init -q hostile && cd hostile || exit 2
    manifest old >db.yaml
    git add -A && git commit -qm first
}
newline='
'
for name in "a${newline}b.yaml" "a	b.yaml" 'a"b.yaml' "a'b.yaml" -a.yaml --output=x.yaml 'a\b.yaml' '*.yaml' ':(top)a.yaml'; do
    fresh
    manifest new >db.yaml
    printf 'a: b\n' >"./$name"
    expect "untracked file named $(printf %s "$name" | tr '\n' '?')" 1 "refused" --git HEAD
    git add -A
    expect "staged file named $(printf %s "$name" | tr '\n' '?')" 1 "refused" --staged
    git commit -qm second
    expect "file named $(printf %s "$name" | tr '\n' '?')" 1 "refused" --git HEAD~1..HEAD
    fresh
    git mv db.yaml "./$name" && git commit -qm moved && manifest new >"./$name"
    expect "the object in $(printf %s "$name" | tr '\n' '?')" 1 "refused" --git HEAD
done
fresh
printf 'a: b\n' >"$(printf 'a\377.yaml')"
expect "a name that is not UTF-8" 2 "not valid UTF-8" --git HEAD
fresh
manifest new >db.yaml && git commit -qam second
for revision in --output=made -Omade --ext-diff HEAD..--output=made --output=made..HEAD; do
    expect "revision $revision" 2 "is not a revision" "--git=$revision"
done
expect "no option for git" 0 "" --git HEAD --fail-on never
[ ! -e made ] || fail "a revision made a file"
expect "a path that is not there" 2 "nope.yaml is on neither side" --git HEAD nope.yaml
expect "a path that is not there, two commits" 2 "nope.yaml is on neither side" --git HEAD~1..HEAD nope.yaml

fresh
chmod +x db.yaml
expect "another mode" 0 "no object changes" --git HEAD
manifest new >hidden.txt && ln -sf hidden.txt db.yaml && git add -A
expect "a file becomes a link" 1 "refused" --staged
expect "a file becomes a link, work tree" 1 "refused" --git HEAD
git commit -qm link
expect "a file becomes a link, two commits" 1 "refused" --git HEAD~1..HEAD
manifest new >"$dir/outside.yaml" && ln -sf "$dir/outside.yaml" db.yaml
expect "a link out of the tree" 2 "leads out of the repository" --git HEAD
git commit -qam outside
expect "a link out of the tree, two commits" 2 "leads out of the repository" --git HEAD~1..HEAD
ln -sf ../../outside.yaml db.yaml && git commit -qam above
expect "a link above the tree" 2 "leads out of the repository" --git HEAD~1..HEAD
ln -sf db.yaml db.yaml 2>/dev/null || { rm db.yaml && ln -s db.yaml db.yaml; }
git commit -qam circle
expect "a link to itself" 2 "circle" --git HEAD~3..HEAD
fresh
rm db.yaml && git clone -q "$dir/hostile" db.yaml 2>/dev/null && git add -A 2>/dev/null
expect "a file becomes a submodule" 2 "submodule" --staged
fresh
rm db.yaml && mkdir db.yaml && manifest new >db.yaml/db.yaml
expect "a file becomes a folder" 1 "refused" --git HEAD
fresh
printf 'a: [\n' >db.yaml && git commit -qam broken && manifest new >db.yaml && git commit -qam mended
expect "an old side that cannot be read" 2 "HEAD~1:db.yaml:" --git HEAD~1..HEAD
expect "what it may hide is not called new" 2 "1 not compared" --git HEAD~1..HEAD
expect "a new side that cannot be read" 2 "1 not compared" --git HEAD~2..HEAD~1
fresh
git checkout -qb other && manifest other >db.yaml && git commit -qam other && git checkout -q - && manifest this >db.yaml &&
    git commit -qam this && git merge -q other >/dev/null 2>&1
expect "a merge conflict" 2 "merge conflict" --staged
fresh
manifest new >db.yaml && git commit -qam second
object=$(git rev-parse HEAD~1:db.yaml) && rm -f ".git/objects/$(echo "$object" | cut -c1-2)/$(echo "$object" | cut -c3-)"
expect "an object that is gone" 2 "git does not have its content" --git HEAD~1..HEAD

# Nothing that the configuration of the repository names is run.
fresh
printf '#!/bin/sh\ntouch %s/ran\ncat\n' "$dir" >"$dir/run.sh" && chmod +x "$dir/run.sh"
printf '* filter=x diff=x\n' >.gitattributes
git add -A && git commit -qm attributes
for key in core.fsmonitor diff.external diff.x.textconv diff.x.command filter.x.clean filter.x.smudge filter.x.process core.pager; do
    git config "$key" "$dir/run.sh"
done
mkdir -p .git/hooks && for hook in post-index-change fsmonitor-watchman; do cp "$dir/run.sh" ".git/hooks/$hook"; done
manifest new >db.yaml
expect "with a hostile configuration" 1 "refused" --git HEAD
expect "with a hostile configuration, staged" 0 "no object changes" --staged
expect "with a hostile configuration, two commits" 0 "" --git HEAD~1..HEAD
[ ! -e "$dir/ran" ] || fail "the configuration of the repository was run"
cd "$dir" || exit 2

finish
