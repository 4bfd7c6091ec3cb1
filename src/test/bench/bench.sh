#!/bin/sh
# Makes 5,000 small manifests from the examples (1,000 copies of five files, each under a name of its own), and 5,000 of the kinds
# around pods (mixed.py), times checks of both, a comparison of 1,000 of the first with a git repository, and answers of explain.
#
#     bench.sh BENCH PODS MIXED
set -eu
bench=$1 dir=$2 mixed=$3
if [ ! -e "$dir/daemonset-999.yaml" ]; then
    mkdir -p "$dir"
    for file in pod deployment statefulset jobs daemonset; do
        awk -v dir="$dir" -v name="$file" '
            { text = text $0 "\n" }
            END {
                for (i = 0; i < 1000; i++) {
                    copy = text
                    gsub(/\n  name: [a-z-]+/, "&-" i, copy)
                    gsub(/(app|kubernetes.io\/name): [a-z-]+/, "&-" i, copy)
                    out = dir "/" name "-" i ".yaml"
                    printf "%s", copy > out
                    close(out)
                }
            }' "testdata/examples/$file.yaml"
    done
fi
python3 src/test/bench/mixed.py "$mixed"
"$bench" "$dir" "$mixed"

# Comparing with git: 1,000 manifests in a repository, every one of them changed since HEAD.
podlint=$(cd "$(dirname "$bench")" && pwd)/podlint
repo=$(mktemp -d)
trap 'rm -rf "$repo"' EXIT
cp "$dir"/*-[0-9]*.yaml "$repo"
(
    cd "$repo"
    ls | awk 'NR > 1000' | xargs rm
    git init -q .
    git add -A
    git -c user.name=bench -c user.email=bench@example.com commit -qm all
    sed -i 's/image: \(.*\)/image: \1-next/' *.yaml
    best=
    for _ in 1 2 3 4 5; do
        start=$(date +%s%N)
        "$podlint" diff --git HEAD --format concise >/dev/null || true
        took=$((($(date +%s%N) - start) / 1000000))
        [ -n "$best" ] && [ "$best" -le "$took" ] || best=$took
    done
    printf '\n1,000 changed manifests against HEAD: %s ms (fastest of 5)\n' "$best"
)

# Processor time of whole answers, starting podlint included.
answers() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        for query in spec.containers spec.containers.securityContext.privileged livenessProbe CrashLoopBackOff nothing-like-it; do
            "$podlint" explain "$query" >/dev/null 2>&1 || true
        done
    done
    times >"$repo/times"
    tail -n 1 "$repo/times"
}
answers | awk '{
    for (i = 1; i <= 2; i++) { split($i, part, "m"); seconds += part[1] * 60 + part[2] }
    printf "An answer of explain: %.1f ms of processor time (mean of 50)\n", seconds * 1000 / 50
}'
