#!/bin/sh
# Manifests with the mistakes of people (testdata/check/mistake-*.yaml): each says at the end of a line where its mistake is. What is
# found elsewhere only follows from it, and an error without help leaves people alone with it.
#
#     causes.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"
most_elsewhere=5 # of a hundred findings
least_helped=90  # of a hundred errors
cd "$root/testdata/check" || exit 2

for file in mistake-*.yaml; do
    "$podlint" check --color never "$file" | awk -v marks="$(grep -n '# mistake$' "$file" | cut -d: -f1 | tr '\n' ' ')" -v file="$file" '
        BEGIN { n = split(marks, at, " "); for (i = 1; i <= n; i++) marked[at[i]] = 1 }
        index($0, file ":") == 1 {
            split(substr($0, length(file) + 2), place, ":")
            found++; error = / error\[/; errors += error; helped = 0
            if (place[1] in marked) seen[place[1]] = 1; else elsewhere++
        }
        /^ *= help: / && error && !helped { helps++; helped = 1 }
        END { for (line in marked) if (!(line in seen)) missed++
              print found + 0, elsewhere + 0, errors + 0, helps + 0, missed + 0 }'
done >"$dir/counts.txt"

read -r files found elsewhere errors helps missed <<EOF
$(awk '{ f++; a += $1; b += $2; c += $3; d += $4; e += $5 } END { print f + 0, a + 0, b + 0, c + 0, d + 0, e + 0 }' "$dir/counts.txt")
EOF
echo "$files manifests: $found findings, $elsewhere of them elsewhere; $errors errors, $helps with help; $missed mistakes missed"
if [ "$files" -ge 30 ]; then pass; else fail "there are fewer than 30 manifests"; fi
if [ "$missed" -eq 0 ]; then pass; else fail "mistakes are missed" "$dir/counts.txt"; fi
if [ $((elsewhere * 100)) -le $((found * most_elsewhere)) ]; then pass; else fail "more than $most_elsewhere % only follow" "$dir/counts.txt"; fi
if [ $((helps * 100)) -ge $((errors * least_helped)) ]; then pass; else fail "less than $least_helped % have help" "$dir/counts.txt"; fi
finish
