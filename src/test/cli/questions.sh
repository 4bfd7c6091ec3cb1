#!/bin/sh
# What people ask in public about manifests that went wrong: for each of the manifests in testdata/questions the rules and places that
# podlint check names by itself, all of them and no others, or the words that podlint diff has for a change. The table,
# testdata/questions/questions.tsv, has the question, the answer, and where the answer is nothing, why.
#
#     questions.sh PODLINT [--print]          --print: what podlint says, in the form of the table's column
set -u
. "$(dirname "$0")/../suite.sh"

cd "$root/testdata/questions" || exit 2

# found NAME: "rule@line:column" of all findings, in their order, joined by blanks; - for none.
found() {
    all=$("$podlint" check --no-config "$1.yaml" 2>&1 | sed -n 's/^[^ ]*\.yaml:\([0-9]*:[0-9]*\): [a-z]*\[\([^]]*\)\].*/\2@\1/p')
    # shellcheck disable=SC2086
    set -- $all
    echo "${*:--}"
}

if [ "${2:-}" = --print ]; then
    for file in *.yaml; do
        case $file in *.new.yaml | *.old.yaml) ;; *) printf '%s\t%s\n' "${file%.yaml}" "$(found "${file%.yaml}")" ;; esac
    done
    exit
fi

tab=$(printf '\t')
tail -n +2 questions.tsv >"$dir/table"
while IFS="$tab" read -r name question answer reason; do
    case $answer in
    diff:*) got=$("$podlint" diff "$name.old.yaml" "$name.new.yaml" 2>&1) ;;
    *) got=$(found "$name") ;;
    esac
    case $answer:$got in
    diff:*"${answer#diff: }"*) pass ;;
    "$answer:$answer") if [ "$answer" = - ] && [ -z "$reason" ]; then fail "$name: no reason why nothing is said"; else pass; fi ;;
    *) fail "$name: $question: $got" ;;
    esac
done <"$dir/table"

for file in *.yaml; do
    name=${file%.yaml}
    check "$file is in the table" grep -q "^${name%.[no][el][wd]}$tab" questions.tsv
done
finish
