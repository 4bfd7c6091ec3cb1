#!/bin/sh
# The guard against what nobody uses, tried on a tree of a few lines.
#
#     dead_test.sh COMPILER
set -u
compiler=$*
set --
. "$(dirname "$0")/../suite.sh"
mkdir -p "$dir/src/base" "$dir/src/gen" "$dir/src/test" "$dir/build/obj/base" "$dir/build/gen" || exit 2
cd "$dir" || exit 2

cat >src/base/base.h <<'END'
#ifndef BASE_H
#define BASE_H
#define USED 1
#define UNUSED 2
int called(void);
int lonely(void);
int forgotten(void);
int tested(void);
int tried(void);
int generating(void);
int promised(int number,
             int again);
typedef struct Idle {
    int number;
} Idle;
typedef enum Colour { RED, GREEN } Colour;
enum { IDLE_CONSTANT = 3 };
extern int kept;
static inline int inlined(void) {
    return USED;
}
static inline int idle(void) {
    return 3;
}
static inline int *idle_too(int *number, int given) {
    return given ? number : 0;
}
#endif
END
cat >src/base/base.c <<'END'
#include "base.h"
int kept = 4;
int called(void) {
    return inlined() + lonely() + tried();
}
int lonely(void) {
    return 5;
}
/* forgotten() is not called, but here it is said. */
int forgotten(void) {
    return 6;
}
int tested(void) {
    return 7;
}
int tried(void) {
    return 8;
}
int generating(void) {
    return 9;
}
END
printf '#include "base.h"\nint main(void) {\n    return called();\n}\n' >src/base/main.c
printf '#include "../base/base.h"\nint main(void) {\n    return generating();\n}\n' >src/gen/gen.c
printf '#include "../base/base.h"\nint main(void) {\n    return tested() + tried();\n}\n' >src/test/test.c
for name in base main; do $compiler -c -o "build/obj/base/$name.o" "src/base/$name.c" || exit 2; done

cat >wanted.txt <<'END'
src/base/base.c: nothing uses forgotten
src/base/base.c: nothing uses kept
src/base/base.c: nothing uses tested
src/base/base.c: only this file uses lonely: make it static
src/base/base.h: nothing uses Colour
src/base/base.h: nothing uses IDLE_CONSTANT
src/base/base.h: nothing uses Idle
src/base/base.h: nothing uses UNUSED
src/base/base.h: nothing uses idle
src/base/base.h: nothing uses idle_too
src/base/base.h: nothing uses promised
END
sh "$root/src/test/house/dead.sh" . build >out.txt 2>&1
code=$?
LC_ALL=C sort out.txt | diff wanted.txt - >difference.txt
if [ $code = 1 ] && [ ! -s difference.txt ]; then pass; else fail "ends with $code and does not name what is dead" difference.txt; fi

# The same tree once the findings are gone.
sed -i '/UNUSED\|IDLE\|Colour\|lonely\|forgotten\|tested\|kept/d; /promised/,/;$/d; /Idle {/,/^}/d; /idle/,/^}/d' src/base/base.h
sed -i '/kept/d; /forgotten/,/^}/d; /int tested/,/^}/d; s/^int lonely/static &/; s/^int called/static int lonely(void);\n&/' src/base/base.c
sed -i 's/tested() + //' src/test/test.c
$compiler -c -o build/obj/base/base.o src/base/base.c || exit 2
sh "$root/src/test/house/dead.sh" . build >out.txt 2>&1
code=$?
if [ $code = 0 ] && [ ! -s out.txt ]; then pass; else fail "ends with $code where all is used" out.txt; fi
finish
