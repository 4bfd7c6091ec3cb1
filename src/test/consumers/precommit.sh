#!/bin/sh
# podlint's hooks under the real pre-commit, in repositories made for the purpose: once with the podlint of the machine, once with
# the one that pre-commit builds from a clone of this repository as it stands in the work tree.
#
#     precommit.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null PRE_COMMIT_HOME="$dir/cache" PRE_COMMIT_COLOR=never
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.com GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.com
limit=600

skip_all() {
    skip "all of it" "$1"
    finish
}

command -v git >/dev/null || skip_all "git is not installed"
command -v python3 >/dev/null || skip_all "python3 is not installed"
venv=$root/build/precommit
[ -x "$venv/bin/pre-commit" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install -q pre-commit; } >"$dir/pip" 2>&1 ||
    { tail -n 3 "$dir/pip"; skip_all "pre-commit cannot be installed from PyPI"; }
PATH=$venv/bin:$PATH

# This repository as it stands, with a commit of what is not committed yet.
git clone -q "$root" "$dir/podlint" && cd "$dir/podlint" || exit 2
(cd "$root" && git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' - |
    tar -c --null -T -) | tar -x
git add -A && git commit -q --allow-empty -m "The work tree"
revision=$(git rev-parse HEAD)

# try NAME HOOK HOOK HOOK: a new repository with the three hooks, and commits to it.
try() {
    mkdir "$dir/$1" && cd "$dir/$1" && git init -q || exit 2
    cat >.pre-commit-config.yaml <<END
repos:
  - repo: $dir/podlint
    rev: $revision
    hooks:
      - id: $2
      - id: $3
      - id: $4
END
    mkdir deploy && cp "$root"/testdata/examples/statefulset.yaml deploy/
    pre-commit install >/dev/null && git add -A
    expect "$1: a good manifest" 0 "Passed" git commit -m good
    sed 's/containerPort: .*/containerPort: 70000/' "$root"/testdata/examples/deployment.yaml >deploy/web.yaml && git add -A
    expect "$1: a manifest that the server refuses" 1 "deploy/web.yaml:" git commit -m bad
    expect "$1: the refusal names the rule" 1 "containerPort must be from 1 to 65535" git commit -m bad
    git rm -qf deploy/web.yaml && sed -i 's/serviceName: db/serviceName: database/' deploy/statefulset.yaml
    expect "$1: a field that cannot change" 1 "refused   spec.serviceName: db -> database" git commit -am immutable
    expect "$1: the same, of a path" 1 "refused   spec.serviceName: db -> database" git commit deploy -m immutable
    git checkout -q HEAD -- deploy && sed 's/containerPort/containerport/' "$root"/testdata/examples/deployment.yaml >deploy/web.yaml && git add -A
    expect "$1: what can be mended is mended" 1 "files were modified by this hook" git commit -m mend
    expect "$1: and then taken" 0 "Passed" git commit -am mended
    echo "no manifest" >README.md && git add -A
    expect "$1: no manifest" 0 "no files to check" git commit -m other
    expect "$1: all files" 0 "Passed" pre-commit run --all-files
}

(PATH=$(dirname "$podlint"):$PATH && try system podlint-system podlint-diff-system podlint-fix-system && echo "$passed $failed" >"$dir/counts")
read -r passed failed <"$dir/counts"
try built podlint podlint-diff podlint-fix
cd "$dir/podlint" || exit 2
expect "the examples of a fresh clone" 0 "objects checked" pre-commit try-repo "$dir/podlint" podlint --verbose --files testdata/examples/*.yaml

finish
