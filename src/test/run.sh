#!/bin/sh
# Runs suites, as many at once as there are processors, and ends with one summary of what failed and what was skipped. Ends with 1 if
# something failed, with 2 if a TEST is unknown.
#
#     run.sh [TEST...] <LIST
#
# LIST has a suite a line: NAME COMMAND. A suite prints `FAIL what`, `SKIP what: why`, and lines with `NAME: N passed, N failed`, or
# those of cmocka, or ends with a summary as this script writes it. One that counts nothing is one test, which its exit code judges.
# What a suite prints is shown where it failed, its last lines where it counts nothing; V=1 shows all. JOBS is how many run at once,
# AGAIN the command that runs those again whose names stand behind it.
#
# A TEST is the name of a suite, of its script or program, of a golden test (as golden.sh takes it), of a cmocka test (with or without
# `test_`; it may have wildcards), or the name or code of a lint rule, whose examples are then run.
set -u
here=$(dirname "$0")

# One suite: line $3 of the list in folder $2.
if [ "${1:-}" = --one ]; then
    line=$(sed -n "$3p" "$2/list")
    command=${line#* }
    program=${command%% *}
    if command -v "$program" >/dev/null; then
        sh -c "$command" >"$2/$3.out" 2>&1 </dev/null
        echo $? >"$2/$3.code"
    elif [ "$program" = "${program#*/}" ]; then
        echo "SKIP all of it: $program is not installed" >"$2/$3.out"
        echo 0 >"$2/$3.code"
    else
        echo "FAIL all of it: $program is not there" >"$2/$3.out"
        echo 1 >"$2/$3.code"
    fi
    echo "$3"
    exit 0
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
sed 's/  */ /' >"$dir/all"

# suite NAME [ARGUMENT]: the line of a suite, with one argument more.
suite() {
    awk -v name="$1" -v argument="${2:+ '$2'}" '$1 == name { print $0 argument }' "$dir/all"
}

# The lines of the list that a TEST means.
meant() {
    case $1 in
    */*) awk -v part=" $1 " 'index($0 " ", part)' "$dir/all" ;;
    *) suite "${1%.*}" ;;
    esac
    golden=${1##*testdata/} golden=${golden%/}
    case $golden in *.new.yaml) golden=${golden%.new.yaml} ;; *.yaml | *.json | *.args | *.out) golden=${golden%.*} ;; esac
    # shellcheck disable=SC2231
    for file in "$here"/../../testdata/$golden.out "$here"/../../testdata/*/$golden.out "$here"/../../testdata/$golden/*.out; do
        if [ -e "$file" ]; then suite golden "$1"; break; fi
    done
    for file in "$here"/unit/*.c; do
        for function in $(sed -n 's/.*cmocka_unit_test(\([A-Za-z0-9_]*\)).*/\1/p' "$file"); do
            # shellcheck disable=SC2254
            case $function in $1 | test_$1) suite "$(basename "$file" .c)" "$function" ;; esac
        done
    done
    # A rule by its name, an old name of it, or its code.
    rule=$(awk -v name="$1" '
        FNR == 1 { lint = 0 }
        /^source: lint/ { lint = 1 }
        lint && /^ *-? *code: / { code = $NF }
        lint && /^ *-? *name: / { rule = $NF; if (rule == name || code == name) print rule }
        lint && /^ *former: / && $NF == name { print rule }
        ' "$here"/../../rules/*.yaml | head -n 1)
    [ -z "$rule" ] || suite rules "$rule"
}

tests= # what was asked for; what is run again where it fails
if [ $# = 0 ]; then
    mv "$dir/all" "$dir/list"
else
    [ $# != 1 ] || tests=$1
    for test; do
        meant "$test" >"$dir/meant"
        [ -s "$dir/meant" ] || {
            echo "there is no test $test: TEST names a suite, a golden test, a cmocka test or a lint rule" >&2
            echo "suites: $(sed 's/ .*//' "$dir/all" | tr '\n' ' ')" >&2
            exit 2
        }
        cat "$dir/meant" >>"$dir/list"
    done
fi

# sum_up NAME CODE FILE: passed, failed, skipped, and how many lines of the output FILE are worth showing, as `tail -n` takes it; what
# failed and what was skipped goes to the two lists.
sum_up() {
    awk -v name="$1" -v code="$2" -v failures="$dir/failed" -v skips="$dir/skipped" '
        /^FAIL / { print "  " name ": " substr($0, 6) >>failures; named = 1 }
        /^SKIP / { skip[++skipped] = substr($0, 6) }
        match($0, /: [0-9]+ passed, [0-9]+ failed/) {
            split(substr($0, RSTART + 2, RLENGTH), n, " ")
            passed += n[1]; failed += n[3]; counted = 1
        }
        /^\[  PASSED  \] [0-9]+ test/ { passed += $4; counted = 1 }
        /^\[  FAILED  \] [0-9]+ test/ { failed += $4; counted = listed = 1; next }
        /^\[  FAILED  \] / && listed { print "  " name ": " $NF >>failures; named = 1 }

        # A summary as this script ends with.
        /^Skipped:$/ { within = 1; next }
        /^$/ { within = 0 }
        within { inner[++inners] = substr($0, 3) }
        { last = $0 }
        END {
            if (split(last, n, " ") == 6 && last ~ /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/) {
                passed = n[1]; failed = n[3]; skipped = inners; counted = 1
                for (i in inner) skip[i] = inner[i]
            }
            for (i = 1; i <= skipped; i++) print "  " name ": " skip[i] >>skips
            if (code && !failed) { failed = 1; print "  " name " ended with " code >>failures }
            else if (failed && !named) print "  " name >>failures
            if (!counted && !failed && !skipped) passed = 1
            print passed + 0, failed + 0, skipped + 0, failed || ENVIRON["V"] ? "+1" : counted ? 0 : 30
        }' "$3"
}

jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
touch "$dir/failed" "$dir/skipped"
seq "$(wc -l <"$dir/list")" | xargs -P "$jobs" -n 1 sh "$0" --one "$dir" | {
    ran=0 all_passed=0 all_failed=0 all_skipped=0 again=
    while read -r n; do
        ran=$((ran + 1))
        name=$(sed -n "${n}s/ .*//p" "$dir/list")
        sum_up "$name" "$(cat "$dir/$n.code")" "$dir/$n.out" >"$dir/counts"
        read -r passed failed skipped lines <"$dir/counts"
        tail -n "$lines" "$dir/$n.out"
        if [ "$failed" -gt 0 ]; then again="$again ${tests:-$name}"; fi
        echo "$name: $passed passed, $failed failed, $skipped skipped"
        all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed)) all_skipped=$((all_skipped + skipped))
    done
    [ ! -s "$dir/skipped" ] || { echo; echo "Skipped:"; cat "$dir/skipped"; }
    [ ! -s "$dir/failed" ] || { echo; echo "Failed${AGAIN:+; ${AGAIN}'${again# }' runs them again}:"; cat "$dir/failed"; }
    echo
    echo "$all_passed passed, $all_failed failed, $all_skipped skipped"
    [ "$all_failed" = 0 ] && [ "$ran" = "$(wc -l <"$dir/list")" ]
}
