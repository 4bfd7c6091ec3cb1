# What the tests of podlint check on trees share; to be read with `.` after `set -u`, with PODLINT as the first argument.
podlint=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0

# expect NAME EXIT TEXT ARGUMENT...: podlint check with the arguments, in the current directory. TEXT is in what it prints; one that
# starts with ! is not.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    out=$("$podlint" check --format concise "$@" 2>&1)
    got=$?
    found=no
    case $out in *"${text#!}"*) found=yes ;; esac
    case $text in "!"*) wanted=no ;; *) wanted=yes ;; esac
    if [ "$got" = "$code" ] && [ "$found" = "$wanted" ]; then
        passed=$((passed + 1))
    else
        printf 'FAIL %s: ended with %s, wanted %s and "%s"\n%s\n' "$name" "$got" "$code" "$text" "$out"
        failed=$((failed + 1))
    fi
}
