#!/bin/sh
# Refuses calls, and uses of variables, of a folder that stands later in the list of folders than the one that uses it: what a header
# of a lower folder declares and a file of a higher one defines, layers.sh does not see.
#
#     calls.sh BUILD FOLDER...      BUILD is the folder of a finished build
set -eu
objects=$1/obj
shift
# shellcheck disable=SC2046
nm -A -g $(find "$objects" -name '*.o' ! -path "$objects/gen/*") | LC_ALL=C sort | LC_ALL=C awk -v order="$*" -v objects="$objects/" '
    function folder_of(path) { return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : path }
    BEGIN {
        count = split(order, names, " ")
        for (i = 1; i <= count; i++) rank[names[i]] = i
        rank["main.o"] = count + 1
    }
    { object = substr($1, length(objects) + 1); sub(/:.*/, "", object); kind = $(NF - 1); name = $NF }
    kind == "U" { users[++uses] = object; used[uses] = name }
    kind ~ /^[TDBRCS]$/ { definer[name] = object }
    END {
        for (i = 1; i <= uses; i++) {
            if (!(used[i] in definer)) continue
            own = folder_of(users[i]); other = folder_of(definer[used[i]])
            if (own in rank && other in rank && rank[other] > rank[own]) {
                user = users[i]; source = definer[used[i]]; sub(/\.o$/, ".c", user); sub(/\.o$/, ".c", source)
                print "src/" user ": uses " used[i] " of src/" source ": " other "/ stands above " own "/"
                bad = 1
            }
        }
        exit bad
    }'
