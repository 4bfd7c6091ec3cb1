#!/bin/sh
# Golden tests: testdata/COMMAND/NAME.yaml (or .json) with NAME.out beside it, which holds what podlint prints and how it ends. A
# comparison has its second input in NAME.new.yaml; a command that reads no file has its arguments in NAME.args.
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
cd "$(dirname "$0")/../../../testdata" || exit 2

# judge INPUT OUTPUT: compares with the golden file, or writes it.
judge() {
    out=${1%.*}.out
    case $2 in
    *Sanitizer* | *"runtime error"* | *"exit 1"[0-9][0-9])
        printf 'CRASH %s\n%s\n' "$1" "$2"
        failed=$((failed + 1))
        return
        ;;
    esac
    if [ "$bless" = --bless ]; then
        printf '%s\n' "$2" >"$out"
    elif [ -e "$out" ] && printf '%s\n' "$2" | cmp -s - "$out"; then
        passed=$((passed + 1))
    else
        printf 'FAIL %s\n' "$1"
        printf '%s\n' "$2" | diff "$out" - | head -n 20
        failed=$((failed + 1))
    fi
}

for dir in */; do
    dir=${dir%/}
    case $dir in examples | picture) continue ;; esac
    for input in "$dir"/*.yaml "$dir"/*.json "$dir"/*.args; do
        [ -e "$input" ] || continue
        case $input in
        *.new.yaml) continue ;;
        *.args) command="$dir $(cat "$input")" ;;
        *)
            line=$(head -n 1 "$input" | sed -n 's/^# test: //p' | tr -d '\r')
            command="${line:-$dir} $(basename "$input")"
            [ ! -e "${input%.*}.new.yaml" ] || command="$command $(basename "${input%.*}.new.yaml")"
            ;;
        esac
        judge "$input" "$(cd "$dir" && eval "\"$podlint\" $command" 2>&1; echo "exit $?")"
    done
    for out in "$dir"/*.out; do
        [ -e "$out" ] || continue
        [ -e "${out%.out}.yaml" ] || [ -e "${out%.out}.json" ] || [ -e "${out%.out}.args" ] ||
            { echo "FAIL $out has no input"; failed=$((failed + 1)); }
    done
done
echo "golden: $passed passed, $failed failed"
[ "$failed" = 0 ]
