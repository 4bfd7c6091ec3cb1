#!/bin/sh
# The guard against circles, tried on three files.
#
#     circles_test.sh COMPILER
set -u
compiler=$*
set --
. "$(dirname "$0")/../suite.sh"
mkdir -p "$dir/src/base" "$dir/build/obj/base" || exit 2
cd "$dir" || exit 2

# write NAME TEXT: a file and its object.
write() {
    printf '%s\n' "$2" >"src/base/$1.c"
    $compiler -c -o "build/obj/base/$1.o" "src/base/$1.c" || exit 2
}

write a 'int b(void); int c(void); int a(void) { return b() + c(); }'
write b 'int c(void); int b(void) { return c(); }'
write c 'int c(void) { return 1; }'
if sh "$root/src/test/house/circles.sh" . build >out.txt 2>&1; then pass; else fail "files in an order are refused" out.txt; fi

write c 'int a(void); int c(void) { return a(); }'
if sh "$root/src/test/house/circles.sh" . build >out.txt 2>&1; then fail "a circle is not seen"; else pass; fi
if grep -q '^  src/base/a.c$' out.txt && grep -q '^  src/base/c.c$' out.txt; then pass; else fail "does not name the files" out.txt; fi
rm src/base/c.c
if sh "$root/src/test/house/circles.sh" . build >out.txt 2>&1; then pass; else fail "an object without its source counts" out.txt; fi
finish
