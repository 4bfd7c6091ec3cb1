#!/bin/sh
# Clients of podlint lsp, those that can be had: Neovim without a window, Emacs with eglot, and pygls, which knows the types of all
# answers.
#
#     editors.sh PODLINT
set -u
podlint=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
test=$(cd "$(dirname "$0")" && pwd)
venv=$(cd "$test/../../.." && pwd)/build/editors
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0 skipped=0

# judge NAME COMMAND...
judge() {
    name=$1
    shift
    if (cd "$dir" && "$@") >"$dir/out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: $(tail -n 3 "$dir/out")"
    fi
}

skip() {
    skipped=$((skipped + 1))
    echo "SKIP $1"
}

cat >"$dir/pod.yaml" <<'END'
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app
    image: registry.example.com/web:1.0
    imagePullPolicy: Sometimes
END
if command -v nvim >/dev/null; then
    judge neovim env PODLINT="$podlint" XDG_STATE_HOME="$dir" XDG_CACHE_HOME="$dir" timeout 60 nvim --headless --clean -n \
        -c "luafile $test/neovim.lua"
else
    skip "neovim: it is not installed"
fi
if emacs --batch --eval "(progn (package-initialize) (require 'eglot) (require 'yaml-mode))" >/dev/null 2>&1; then
    judge emacs env PODLINT="$podlint" timeout 60 emacs --batch -l "$test/emacs.el"
else
    skip "emacs: it is not installed, or has no eglot or no yaml-mode"
fi
if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import pygls' 2>/dev/null ||
    { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet pygls==2.1.1; } >"$dir/pip" 2>&1; then
    judge pygls timeout 60 "$venv/bin/python" "$test/pygls_client.py" "$podlint" "$dir"
else
    skip "pygls: $(tail -n 1 "$dir/pip")"
fi
echo "editors: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
