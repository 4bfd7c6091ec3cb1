#!/bin/sh
# Golden tests: testdata/COMMAND/NAME.yaml (or .json) with NAME.out beside it, which holds what podlint prints and how it ends. A
# comparison has its second input in NAME.new.yaml.
#
#     golden.sh PODLINT [--bless]
#
# The first line of an input may say how it is run: `# test: check --format json`. Without it: `podlint COMMAND FILE`.
# --bless writes the .out files anew; read the difference before you commit it.
set -u
podlint=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
bless=${2:-}
passed=0
failed=0
cd "$(dirname "$0")/../../testdata" || exit 2

for dir in check defaults diff; do
    for input in "$dir"/*.yaml "$dir"/*.json; do
        [ -e "$input" ] || continue
        case $input in *.new.yaml) continue ;; esac
        new=${input%.*}.new.yaml
        [ -e "$new" ] && second=$(basename "$new") || second=
        out=${input%.*}.out
        line=$(head -n 1 "$input" | sed -n 's/^# test: //p' | tr -d '\r')
        actual=$(cd "$dir" && eval "\"$podlint\" ${line:-$dir} \"$(basename "$input")\" $second" 2>&1; echo "exit $?")
        case $actual in
        *Sanitizer* | *"runtime error"* | *"exit 1"[0-9][0-9])
            printf 'CRASH %s\n%s\n' "$input" "$actual"
            failed=$((failed + 1))
            continue
            ;;
        esac
        if [ "$bless" = --bless ]; then
            printf '%s\n' "$actual" >"$out"
        elif printf '%s\n' "$actual" | cmp -s - "$out"; then
            passed=$((passed + 1))
        else
            printf 'FAIL %s\n' "$input"
            printf '%s\n' "$actual" | diff "$out" - | head -n 20
            failed=$((failed + 1))
        fi
    done
    for out in "$dir"/*.out; do
        [ -e "$out" ] || continue
        [ -e "${out%.out}.yaml" ] || [ -e "${out%.out}.json" ] || { echo "FAIL $out has no input"; failed=$((failed + 1)); }
    done
done
echo "golden: $passed passed, $failed failed"
[ "$failed" = 0 ]
