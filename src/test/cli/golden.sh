#!/bin/sh
# Golden tests: testdata/COMMAND/NAME.yaml (or .json) with NAME.out beside it, which holds what podlint prints and how it ends. A
# comparison has its second input in NAME.new.yaml; a command that reads no file has its arguments in NAME.args.
#
#     golden.sh PODLINT [--bless] [NAME...]
#
# The first line of an input may say how it is run: `# test: check --format json`. Without it: `podlint COMMAND FILE`.
# --bless writes the .out files anew; read the difference before you commit it. A NAME is that of a test or a folder, with or without
# path and ending, and may have the wildcards of the shell: without names all tests are run.
set -u
. "$(dirname "$0")/../suite.sh"
shift
bless=
[ "${1:-}" != --bless ] || { bless=yes; shift; }
cd "$root/testdata" || exit 2

# wanted INPUT NAME...: whether a name means the input.
wanted() {
    stem=${1%.*}
    [ $# -gt 1 ] || return 0
    shift
    for name; do
        name=${name##*testdata/} name=${name%/}
        case $name in *.new.yaml) name=${name%.new.yaml} ;; *.yaml | *.json | *.args | *.out) name=${name%.*} ;; esac
        # shellcheck disable=SC2254
        case $stem in $name | $name/* | */$name) return 0 ;; esac
    done
    return 1
}

# judge INPUT OUTPUT: compares with the golden file, or writes it.
judge() {
    golden=${1%.*}.out
    printf '%s\n' "$2" | sed "s/$newest/$version/g" >"$dir/out.txt"
    case $2 in
    *Sanitizer* | *"runtime error"* | *"exit 1"[0-9][0-9]) fail "$1 crashes" "$dir/out.txt" ;;
    *)
        [ -z "$bless" ] || cmp -s "$dir/out.txt" "$golden" || { echo "wrote testdata/$golden"; cp "$dir/out.txt" "$golden"; }
        if diff "$golden" "$dir/out.txt" >"$dir/diff.txt" 2>&1; then pass; else fail "$1" "$dir/diff.txt"; fi
        ;;
    esac
}

# of_version COMMAND: the command for the version of Kubernetes that the golden files speak of, so that a newer one leaves them alone.
# What is said of the newest one all the same, as of a configuration, is said of theirs.
version=1.37
newest=$(newest | sed 's/[.]/[.]/')
of_version() {
    case $folder/$1 in
    config/* | *--kubernetes-version* | *--changes*) echo "$1" ;;
    */"check "* | */"explain "* | */"diff "* | */"defaults "* | */"fix "* | */"simulate "* | */"cel "*)
        echo "${1%% *} --kubernetes-version $version ${1#* }" ;;
    *) echo "$1" ;;
    esac
}

for folder in */; do
    folder=${folder%/}
    case $folder in examples | picture | questions) continue ;; esac
    for input in "$folder"/*.yaml "$folder"/*.json "$folder"/*.args; do
        [ -e "$input" ] && wanted "$input" "$@" || continue
        case $input in
        *.new.yaml) continue ;;
        *.args) command="$folder $(cat "$input")" ;;
        *)
            line=$(head -n 1 "$input" | sed -n 's/^# test: //p' | tr -d '\r')
            command="${line:-$folder} $(basename "$input")"
            [ ! -e "${input%.*}.new.yaml" ] || command="$command $(basename "${input%.*}.new.yaml")"
            ;;
        esac
        judge "$input" "$(cd "$folder" && eval "\"$podlint\" $(of_version "$command")" 2>&1; echo "exit $?")"
    done
    for golden in "$folder"/*.out; do
        [ -e "$golden" ] && wanted "$golden" "$@" || continue
        [ -e "${golden%.out}.yaml" ] || [ -e "${golden%.out}.json" ] || [ -e "${golden%.out}.args" ] || fail "$golden has no input"
    done
done
[ $((passed + failed)) -gt 0 ] || { echo "golden: there is no test $*" >&2; exit 2; }
finish
