# shellcheck shell=sh disable=SC2034
# What the suites in sh share; to be read with `.` after `set -u`. A suite prints `FAIL what` and `SKIP what: why`, ends with `finish`,
# and is run by itself or by src/test/run.sh.
#
# `podlint` is the program that the first argument names, `dir` a folder of its own that is gone afterwards, `root` the repository.
suite=$(basename "$0" .sh)
root=$(cd "$(dirname "$0")/../../.." && pwd)
[ $# = 0 ] || podlint=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
dir=$(mktemp -d)
trap 'chmod -R u+rwX "$dir"; rm -rf "$dir"' EXIT
programs=$PATH
timeout=$(command -v timeout)
limit=${LIMIT:-20}
passed=0
failed=0
skipped=0

pass() {
    passed=$((passed + 1))
}

# fail NAME [FILE]: the beginning of FILE shows what went wrong.
fail() {
    echo "FAIL $1"
    [ -z "${2:-}" ] || PATH=$programs head -n 12 "$2"
    failed=$((failed + 1))
}

# skip NAME WHY
skip() {
    echo "SKIP $1: $2"
    skipped=$((skipped + 1))
}

# Ends the suite; with 1 if something failed.
finish() {
    echo "$suite: $passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
    exit
}

# check NAME COMMAND...: the command must succeed.
check() {
    name=$1
    shift
    if "$@" >"$dir/check.txt" 2>&1; then pass; else fail "$name" "$dir/check.txt"; fi
}

# prints TEXT: whether the last command of run did.
prints() {
    case $out in *"$1"*) ;; *) return 1 ;; esac
}

# run NAME EXIT TEXT COMMAND...: the command must end with EXIT within `limit` seconds and print TEXT, on stdout or stderr; !TEXT is
# one that it must not print.
run() {
    name=$1 code=$2 text=$3
    shift 3
    ${timeout:+"$timeout" "$limit"} "$@" >"$dir/out.txt" 2>&1
    got=$? why=
    out=$(PATH=$programs tr -d '\000' <"$dir/out.txt")
    case $text in
    "" | "!") ;;
    "!"*) ! prints "${text#!}" || why="prints \"${text#!}\"" ;;
    *) prints "$text" || why="does not print \"$text\"" ;;
    esac
    [ "$got" = "$code" ] || why="ended with $got, not $code"
    if prints Sanitizer || prints "runtime error"; then why="a sanitizer reports"; fi
    if [ "$why" ]; then fail "$name: $why" "$dir/out.txt"; else pass; fi
}

# versions: those of Kubernetes that podlint speaks for, as in "1.32 to 1.37"; newest: the last of them.
versions() {
    "$podlint" --version | sed 's/.*Kubernetes \(.*\)).*/\1/'
}

newest() {
    versions | sed 's/.* //'
}

# A suite of one command has an expect of its own, which names that command.
expect() {
    run "$@"
}
