#!/bin/sh
# The generators, tried on mistakes in copies of schema/ and rules/: each is told once, with its line, its column and what was meant.
#
# What stands in mistakes/ is put behind the files of the same names. A line with a mistake ends with `#! COLUMN MESSAGE`, and
# ` = help: HELP` if there is one; a MESSAGE or HELP that ends with ... goes on. Other lines are right.
#
#     mistakes_test.sh MKTABLES TRYRULES
set -u
mktables=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
tryrules=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
. "$(dirname "$0")/../suite.sh"
mistakes=$root/src/test/house/mistakes
mkdir "$dir/gen" "$dir/src"
for folder in "$root"/src/*/; do
    case $folder in */gen/ | */test/) ;; *) ln -s "$folder" "$dir/src/" ;; esac
done
cd "$dir" || exit 2

# Copies without mistakes.
afresh() {
    rm -rf schema rules
    cp -R "$root/schema" "$root/rules" .
    printf '' >wanted.txt
}

# add FILE TO: puts a file with mistakes behind another one.
add() {
    awk -v file="$2" -v lines="$(wc -l <"$2")" '
        match($0, / #! [0-9]+ /) {
            split(substr($0, RSTART, RLENGTH), part, " ")
            print file ":" lines + NR ":" part[2] ": error: " substr($0, RSTART + RLENGTH)
            $0 = substr($0, 1, RSTART - 1)
        }
        { print >>file }' "$1" >>wanted.txt
}

# shellcheck disable=SC2120
make_tables() {
    "$mktables" gen schema/*.yaml rules/*.yaml schema/podlint-config.json src/*/*.c "$@"
}

# Compares what was told, errors with the help that follows, with wanted.txt.
compare() {
    awk '
        function begins(text, wanted,  all, parts, i) {
            parts = split(wanted, all, /\.\.\./)
            for (i = 1; i <= parts; i++) {
                if (i == 1 ? index(text, all[i]) != 1 : !index(text, all[i])) return 0
                text = substr(text, index(text, all[i]) + length(all[i]))
            }
            return text == "" || wanted ~ /\.\.\.$/
        }
        function place(text) { return substr(text, 1, index(text, ": error: ")) }
        FILENAME == "wanted.txt" { wanted[place($0)] = $0; next }
        /^  = help: / { told[count] = told[count] substr($0, 2); next }
        { told[++count] = $0 }
        END {
            for (i = 1; i <= count; i++) {
                at = place(told[i])
                if (at in wanted && begins(told[i], wanted[at])) { passed++; delete wanted[at] } else print "told:   " told[i]
            }
            for (at in wanted) print "wanted: " wanted[at]
            print passed + 0 >"passed.txt"
        }' wanted.txt out.txt
}

# told COMMAND...: the command fails and tells what is wanted, and nothing else.
told() {
    if "$@" >out.txt 2>&1; then fail "mistakes pass"; else pass; fi
    compare >differences.txt
    passed=$((passed + $(cat passed.txt)))
    while read -r line; do fail "$line"; done <differences.txt
}

right() {
    if make_tables >out.txt 2>&1; then pass; else fail "$1" out.txt; fi
}

afresh
right "schema/ and rules/ as they stand"
for file in schema/probe.yaml schema/gates.yaml schema/kinds.yaml schema/pods.yaml schema/guide-topics.yaml rules/*.yaml; do
    [ ! -e "$mistakes/$file" ] || add "$mistakes/$file" "$file"
done
told make_tables "$mistakes/calls.c"

# What podlint's library finds.
afresh
add "$mistakes/expressions.yaml" rules/style.yaml
told "$tryrules" gen rules/style.yaml

# What ends the reading.
afresh
printf 'Mistake:\n  description: A tab.\n\tfields: {}\n' >schema/more.yaml
echo "schema/more.yaml:3:1: error: syntax a tab stands in the indentation..." >wanted.txt
told make_tables
printf -- '- Mistake\n' >schema/more.yaml
echo "schema/more.yaml:1:1: error: the file must hold one map" >wanted.txt
told make_tables

# What is left over where all else is right.
afresh
printf 'Leftover:\n  description: A type of nothing.\n  fields: {}\n' >schema/more.yaml
echo "schema/more.yaml:1:1: error: no kind holds a Leftover" >wanted.txt
told make_tables
rm schema/more.yaml

afresh
sed '/^key-null:/,/^[a-z]/{ /^key-null:/d; /^ /d; }' "$root/schema/rule-examples.yaml" >schema/rule-examples.yaml
awk '/name: key-null$/ { print "rules/yaml.yaml:" NR ":11: error: key-null has no example = help: write one in schema/rule-examples.yaml..." }' rules/yaml.yaml >wanted.txt
told make_tables

afresh
printf "first: '1.29'\noldest: '1.99'\nnewest: '1.37'\n" >schema/versions.yaml
echo "schema/versions.yaml:2:9: error: 1.99 is not one of '1.1' to '1.37'" >wanted.txt
told make_tables

# The schema of the configuration has the versions that there are.
afresh
grep -n '"pattern": "^v?1' "$root/schema/podlint-config.json" |
    sed 's/^\([0-9]*\):\(.*"pattern": \)".*/\1 \2/' | awk '{ print "schema/podlint-config.json:" $1 ":" length($0) - length($1) ": error: must be \"^v?1..." }' >wanted.txt
sed 's/"pattern": "^v?1[^"]*"/"pattern": "^v?1"/' "$root/schema/podlint-config.json" >schema/podlint-config.json
told make_tables

# The order of the keys of a file of rules, and of its entries, means nothing.
afresh
{ sed /^source:/d "$root/rules/ignore.yaml"; echo "source: lint"; } >rules/ignore.yaml
right "the source behind the rules"
sed 's/^source:/sourec:/' "$root/rules/ignore.yaml" >rules/ignore.yaml
echo 'rules/ignore.yaml:2:1: error: unknown key "sourec" = help: did you mean "source"?' >wanted.txt
told make_tables
sed 's/^source: lint/source: lnt/' "$root/rules/ignore.yaml" >rules/ignore.yaml
echo 'rules/ignore.yaml:2:9: error: unknown source "lnt" = help: did you mean "lint"?' >wanted.txt
told make_tables

# Files that would not change keep their time, and one that cannot be written is told of.
afresh
touch before
right "the same once more"
check "nothing is written anew" [ -z "$(find gen -newer before)" ]
ln -sf /dev/full gen/rules.h
tells_of_full_disk() {
    make_tables >out.txt 2>&1
    [ $? = 2 ] && grep -q "cannot write gen/rules.h: No space" out.txt
}
if [ -e /dev/full ]; then check "a full disk" tells_of_full_disk; else skip "a full disk" "there is no /dev/full"; fi
finish
