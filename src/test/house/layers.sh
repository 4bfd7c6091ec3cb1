#!/bin/sh
# Refuses an #include of a folder that stands later in the list of folders than the one that includes it, of a file that no such
# folder has, and of a header that is not there. Headers that the build generates belong to model/.
#
#     layers.sh ROOT FOLDER...      ROOT holds src/
set -eu
cd "$1"
shift
find src -name '*.[ch]' | LC_ALL=C sort | LC_ALL=C awk -v order="$*" '
    function folder_of(path) { sub(/^src\//, "", path); return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : path }
    function parent_of(path) { sub(/\/[^\/]*$/, "", path); return path }
    function tidy(path) {
        gsub(/\/(\.?\/)+/, "/", path)
        while (match(path, /[^\/.][^\/]*\/\.\.\//)) path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH)
        return path
    }
    function complain(text) { print file ":" line ": " text; bad = 1 }

    # The text without what stands in comments; a comment that it leaves open goes on in the next text.
    function without_comments(text,  kept, token) {
        while (text != "") {
            if (within) {
                if (!(token = index(text, "*/"))) return kept
                text = substr(text, token + 2); within = 0
            } else if (!match(text, /\/[*\/]|"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047/)) return kept text
            else {
                token = substr(text, RSTART, RLENGTH)
                kept = kept substr(text, 1, RSTART - 1) (token ~ /^\// ? " " : token)
                text = substr(text, RSTART + RLENGTH)
                if (token == "//") return kept
                within = token == "/*"
            }
        }
        return kept
    }
    function check_include(text,  name, angled, beside, below, found, other) {
        if (!match(text, /["<][^">]*[">]/)) { complain("includes what a macro names, which cannot be checked"); return }
        name = substr(text, RSTART + 1, RLENGTH - 2); angled = substr(text, RSTART, 1) == "<"
        beside = tidy(parent_of(file) "/" name); below = tidy("src/" name)
        found = beside in there && !angled ? beside : below in there ? below : name in generated ? generated[name] : ""
        if (found == "" && angled) return
        if (found == "") { complain("includes " name ", which is nowhere in src/"); return }
        other = folder_of(found)
        if (!(other in rank)) complain("includes " name ", which is in none of the folders that have a rank")
        else if (rank[other] > rank[own] || (rank[other] > count && other != own))
            complain("includes " name ": " other "/ stands above " own "/")
    }
    BEGIN {
        count = split(order, names, " ")
        for (i = 1; i <= count; i++) rank[names[i]] = i
        rank["gen"] = rank["test"] = rank["main.c"] = count + 1
        generated["rules.h"] = generated["model_types.h"] = generated["versions.h"] = "src/model/generated.h"
    }
    { files[NR] = $0; there[$0] = 1 }
    END {
        for (n = 1; n <= NR; n++) {
            file = files[n]; line = within = 0
            own = folder_of(file)
            if (!(own in rank)) { line = 1; complain("stands in no folder that has a rank: FOLDERS in the Makefile lists them"); continue }
            for (last = 0; (getline text < file) > 0; ) {
                line = ++last
                while (text ~ /\\\r?$/ && (getline rest < file) > 0) { sub(/\\\r?$/, "", text); text = text rest; last++ }
                if (within || text ~ /\/\*|include|import/) text = without_comments(text)
                if (text ~ /^[ \t]*(#|%:|\?\?=)[ \t]*(include|include_next|import)([^A-Za-z0-9_]|$)/) check_include(text)
            }
            close(file)
        }
        exit bad
    }'
