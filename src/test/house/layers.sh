#!/bin/sh
# Refuses an #include of a folder that stands later in the list of folders than the one that includes it, of a file that no such
# folder has, and of a header that is not there. Headers that the build generates belong to model/.
#
#     layers.sh ROOT FOLDER...      ROOT holds src/
set -eu
cd "$1"
shift
find src -name '*.[ch]' | LC_ALL=C sort | awk -v order="$*" '
    function folder_of(path) { sub(/^src\//, "", path); return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "" }
    function parent_of(path) { sub(/\/[^\/]*$/, "", path); return path }
    function tidy(path) {
        gsub(/\/\.\//, "/", path)
        while (match(path, /[^\/.][^\/]*\/\.\.\//)) path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH)
        return path
    }
    function complain(text) { print file ":" line ": " text; bad = 1 }
    BEGIN {
        count = split(order, names, " ")
        for (i = 1; i <= count; i++) rank[names[i]] = i
        rank["gen"] = rank["test"] = rank["main.c"] = count + 1
        generated["rules.h"] = generated["model_types.h"] = "src/model/generated.h"
    }
    { files[NR] = $0; there[$0] = 1 }
    END {
        for (n = 1; n <= NR; n++) {
            file = files[n]; line = 0
            own = file == "src/main.c" ? "main.c" : folder_of(file)
            if (!(own in rank)) { complain("the folder " own "/ has no rank: add it to FOLDERS in the Makefile"); continue }
            while ((getline text < file) > 0) {
                line++
                if (text !~ /^[ \t]*#[ \t]*include[ \t]*["<]/) continue
                match(text, /["<][^">]*[">]/)
                name = substr(text, RSTART + 1, RLENGTH - 2); angled = substr(text, RSTART, 1) == "<"
                beside = tidy(parent_of(file) "/" name); below = tidy("src/" name)
                if (angled && !(below in there)) continue
                found = beside in there ? beside : below in there ? below : name in generated ? generated[name] : ""
                if (found == "") { complain("includes " name ", which is nowhere in src/"); continue }
                other = folder_of(found)
                if (!(other in rank)) complain("includes " name " of a folder that has no rank")
                else if (rank[other] > rank[own] || (rank[other] > count && other != own))
                    complain("includes " name ": " other "/ stands above " own "/")
            }
            close(file)
        }
        exit bad
    }'
