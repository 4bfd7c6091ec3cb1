#!/bin/sh
# Makes 5,000 small manifests from the examples (1,000 copies of five files, each under a name of its own) and times them.
#
#     bench.sh BENCH DIRECTORY
set -eu
bench=$1 dir=$2
if [ ! -e "$dir/daemonset-999.yaml" ]; then
    mkdir -p "$dir"
    for file in pod deployment statefulset jobs daemonset; do
        awk -v dir="$dir" -v name="$file" '
            { text = text $0 "\n" }
            END {
                for (i = 0; i < 1000; i++) {
                    copy = text
                    gsub(/\n  name: [a-z-]+/, "&-" i, copy)
                    out = dir "/" name "-" i ".yaml"
                    printf "%s", copy > out
                    close(out)
                }
            }' "testdata/examples/$file.yaml"
    done
fi
"$bench" "$dir"
