#!/bin/sh
# Refuses an #include of a module that stands later in the list of modules than the file that includes it.
#
#     layers.sh MODULE...
set -eu
for module in "$@"; do
    for file in "src/$module.c" "src/$module.h"; do
        [ -e "$file" ] && printf '%s %s\n' "$module" "$file"
    done
done | awk -v order="$*" '
    BEGIN { n = split(order, names, " "); for (i = 1; i <= n; i++) { rank[names[i]] = i; if (names[i] ~ /^validate\//) area[names[i]] = 1 } }
    {
        while ((getline line < $2) > 0) {
            if (line !~ /^#include "/) continue
            split(line, parts, "\""); name = parts[2]; sub(/\.h$/, "", name); sub(/^(\.\.\/)+/, "", name)
            if (!(name in rank) && (("validate/" name) in rank) && $1 ~ /^validate\//) continue
            if ($1 ~ /^validate\// && name ~ /^(areas|check|names|validate)$/) continue
            if (name in rank && rank[name] > rank[$1]) { print $2 ": includes " name ", which stands above it"; bad = 1 }
        }
    }
    END { exit bad }'
