#!/bin/sh
# The guard of the layers, tried on a copy of src/: it finds each include that is planted there, with its file and line, and is silent
# about those that are allowed.
#
#     layers_test.sh FOLDER...
set -u
folders=$*
. "$(dirname "$0")/../suite.sh"
cp -R "$root/src" "$dir/src" || exit 2

# plant WANTED NAME FILE LINES: what the guard says once LINES, a format of printf, stand at the end of FILE. WANTED is why they are
# refused, at the first line with an include, or nothing.
plant() {
    wanted=$1 name=$2 file=src/$3 lines=$4
    mkdir -p "$(dirname "$dir/$file")"
    existed=no
    [ ! -e "$dir/$file" ] || { existed=yes; cp "$dir/$file" "$dir/kept"; }
    # shellcheck disable=SC2059
    printf "$lines\n" >>"$dir/$file"
    # shellcheck disable=SC2059
    line=$(printf "$lines\n" | grep -n 'inc\|import' | sed 's/:.*//;q')
    [ $existed = no ] || line=$(($(wc -l <"$dir/kept") + ${line:-1}))
    sh "$root/src/test/house/layers.sh" "$dir" $folders >"$dir/out.txt" 2>&1
    code=$?
    case $code:$wanted:$(cat "$dir/out.txt") in
    0:: | 1:?*:"$file:${line:-1}: "*"$wanted"*)
        if [ "$(wc -l <"$dir/out.txt")" = "$code" ]; then pass; else fail "$name gets more than one finding" "$dir/out.txt"; fi
        ;;
    *) fail "$name: no finding at $file:${line:-1}, \"$wanted\"" "$dir/out.txt" ;;
    esac
    if [ $existed = yes ]; then mv "$dir/kept" "$dir/$file"; else rm "$dir/$file"; fi
}

refused() { plant "$@"; }
allowed() { plant "" "$@"; }

allowed "the tree as it stands" base/base.c ""

above="lint/ stands above base/"
refused "$above" "a header" base/base.c '#include "lint/lint.h"'
refused "run/ stands above validate/" "a header that no .c belongs to" validate/pod.c '#include "run/result.h"'
refused "report/ stands above model/" "in a header" model/path.h '#include "report/shared.h"'
refused "model/ stands above yaml/" "a header that the build makes" yaml/source.c '#include "model_types.h"'
refused "model/ stands above base/" "a header that the build makes, in angle brackets" base/glob.c '#include <rules.h>'
refused "policy/ stands above simulate/" "angle brackets" simulate/hook.c '#include <policy/policy.h>'
refused "command/ stands above diff/" "a path through .." diff/git.c '#include "../command/options.h"'
refused "$above" "a path that goes up and down" base/base.c '#include "../yaml/./..//../src/lint/lint.h"'
refused "nowhere in src/" "a header of another folder by its name alone" model/path.c '#include "lint.h"'
refused "nowhere in src/" "a header that is not there" run/run.c '#include "run/runner.h"'
refused "test/ stands above command/" "the tests" command/check.c '#include "test/unit/phase_row.h"'
refused "gen/ stands above report/" "the generators" report/xml.c '#include "gen/generated.h"'
refused "test/ stands above gen/" "the tests, from a generator" gen/generated.c '#include "test/unit/phase_row.h"'
refused "FOLDERS in the Makefile" "a folder without a rank" extra/extra.c '#include "base/base.h"'
refused "FOLDERS in the Makefile" "a file beside main.c" helpers.h ''
refused "$above" "spaces and tabs" base/base.c ' \t# \t include\t"lint/lint.h"'
refused "$above" "no space" base/base.c '#include"lint/lint.h"'
refused "$above" "comments before and within" base/base.c '/* a */ # /* b */ include /* c */ "lint/lint.h" /* d'
refused "$above" "the end of a comment before" base/base.c '/* a // b "\n" c */ #include "lint/lint.h"'
refused "$above" "after strings with the signs of comments" base/base.c "char a[] = \"/*\", b = '\"', c[] = \"\\\\\\\\\\\\\"//\";\\n#include \"lint/lint.h\""
refused "$above" "a line that goes on" base/base.c '#inc\\\nlude \\\n "lint/lint.h"'
refused "a macro" "a name from a macro" base/base.c '#include HEADER'
refused "$above" "#include_next" base/base.c '#include_next <lint/lint.h>'
refused "$above" "#import" base/base.c '#import "lint/lint.h"'
refused "$above" "another sign for #" base/base.c '%%:include "lint/lint.h"'

allowed "a folder below" lint/lint.c '#include "base/base.h"\n#include "../model/./path.h"\n#include <yaml/node.h>'
allowed "the same folder" cel/eval.c '#include "check.h"\n#include "cel/check.h"'
allowed "libraries" base/base.c '#include <stdio.h>\n#include <yaml.h>\n#include <lint.h>'
allowed "a comment" base/base.c '/*\n#include "lint/lint.h"\n*/ // \\\n#include "lint/lint.h"'
allowed "a string" base/base.c 'const char *text = "\\\n#include \\"lint/lint.h\\"";'
allowed "other directives" base/base.c '#includes "lint/lint.h"\n#define include "lint/lint.h"\n#if __has_include("lint/lint.h")\n#endif'

finish
