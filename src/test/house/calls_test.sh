#!/bin/sh
# The guard of calls between folders, tried on objects made for the purpose.
#
#     calls_test.sh CC
set -u
folders="low middle high"
compiler=$*
set --
. "$(dirname "$0")/../suite.sh"
mkdir -p "$dir/obj/low" "$dir/obj/middle" "$dir/obj/high" "$dir/obj/gen"

# object FILE TEXT
object() {
    # shellcheck disable=SC2086
    printf '%s\n' "$2" | $compiler -x c -c -o "$dir/obj/$1.o" - || exit 2
}

# expect NAME EXIT TEXT: what the guard says of the objects.
expect() {
    run "$1" "$2" "$3" sh "$root/src/test/house/calls.sh" "$dir" $folders
}

object low/a "int low(void) { return 1; }"
object high/b "int low(void); int high(void) { return low(); } int table[] = {1};"
object middle/c "#include <stdio.h>
int low(void); int middle(void) { return low() + puts(\"a\"); }"
object main "int high(void); int main(void) { return high(); }"
expect "calls down, to libraries and from main" 0 ""
object middle/c "int high(void); int middle(void) { return high(); }"
expect "a call up" 1 "src/middle/c.c: uses high of src/high/b.c: high/ stands above middle/"
object middle/c "extern int table[]; int middle(void) { return table[0]; }"
expect "a variable above" 1 "src/middle/c.c: uses table of src/high/b.c"
object middle/c "int low(void); static int high(void) { return low(); } int middle(void) { return high(); }"
expect "a function of the file's own, of the same name" 0 ""
object gen/d "int high(void); int gen(void) { return high(); }"
expect "generators stand above all" 0 ""
finish
