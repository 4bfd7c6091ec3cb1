#!/bin/sh
# Refuses files that call each other in a circle: a file stands on others, and none of those on it. Only the table of commands knows
# `completion`, which tells of all commands.
#
#     circles.sh ROOT BUILD      ROOT holds src/; BUILD is the folder of a finished build
set -eu
cd "$1"
build=$2
find "$build/obj" -name '*.o' | while read -r object; do
    source=src/${object#"$build"/obj/}
    [ ! -e "${source%.o}.c" ] || echo "$object"
done >"$build/objects.txt"
LC_ALL=C xargs nm -A -g <"$build/objects.txt" | LC_ALL=C awk -v below="$build/obj/" '
    { file = $1; sub(/\.o:[^:]*$/, "", file); file = "src/" substr(file, length(below) + 1) ".c"; kind = $(NF - 1); name = $NF }
    kind == "U" { used[++n] = name; user[n] = file }
    kind ~ /^[TDRBC]$/ { defined[name] = file }
    END {
        for (i = 1; i <= n; i++) {
            on = defined[used[i]]
            if (on != "" && on != user[i] && !(user[i] == "src/command/completion.c" && on == "src/command/command.c"))
                print user[i], on
        }
    }' | LC_ALL=C sort -u >"$build/calls.txt"
if tsort "$build/calls.txt" >"$build/order.txt" 2>"$build/circles.txt"; then exit 0; fi
sed 's/^tsort: .*loop:$/these files call each other in a circle:/; s/^tsort: /  /' "$build/circles.txt"
exit 1
