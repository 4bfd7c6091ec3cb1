#!/bin/sh
# Refuses links of texts in Markdown to files that are not there, and paths in `code` that begin with a folder of the repository and
# lead nowhere. Words in capitals, such as NAME, stand for anything.
#
#     links.sh ROOT FILE.md...
set -eu
cd "$1"
shift

# there PATH: PATH may have the wildcards of the shell.
there() {
    # shellcheck disable=SC2086
    set -- $1
    [ -e "$1" ]
}

lost=$(for text; do
    grep -no '](\([^)]*\))' "$text" | sed 's/](\(.*\))$/\1/' | while IFS=: read -r line target; do
        case $target in http* | "#"*) continue ;; esac
        there "$(dirname "$text")/${target%%#*}" || echo "$text:$line: there is no $target"
    done
    grep -noE '`(src|schema|rules|testdata|\.ci|\.github)/[^` ]*`' "$text" | tr -d '`' | while IFS=: read -r line target; do
        case $target in *[A-Z][A-Z]*) continue ;; esac
        there "$target" || echo "$text:$line: there is no $target"
    done
done)
[ -z "$lost" ] || { echo "$lost"; exit 1; }
