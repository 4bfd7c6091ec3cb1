#!/bin/sh
# Editors with podlint lsp, those that are installed: Neovim, without a window.
#
#     editors.sh PODLINT
set -eu
podlint=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
script=$(cd "$(dirname "$0")" && pwd)/neovim.lua
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if ! command -v nvim >/dev/null; then
    echo "SKIP neovim: it is not installed"
    echo "editors: 0 passed, 0 failed, 1 skipped"
    exit 0
fi
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
cd "$dir"
if PODLINT=$podlint XDG_STATE_HOME=$dir XDG_CACHE_HOME=$dir timeout 60 nvim --headless --clean -n -c "luafile $script" >"$dir/out" 2>&1; then
    echo "editors: 1 passed, 0 failed, 0 skipped"
else
    cat "$dir/out"
    echo "editors: 0 passed, 1 failed, 0 skipped"
    exit 1
fi
