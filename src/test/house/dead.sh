#!/bin/sh
# Refuses what nobody uses: functions and variables that no other file refers to (what only its own file uses is to be static), and
# inline functions, macros, types, declarations and constants that nothing else mentions; those of a list stay, since they number its
# members. That each rule is reported by something, and each type of schema/ used, the generator sees to.
#
#     dead.sh ROOT BUILD      ROOT holds src/; BUILD is the folder of a finished build
#
# A test may use what the file that defines it uses as well; what only tests use is dead.
set -eu
cd "$1"
build=$2
sources=$(find src -name '*.[ch]')
generators=$(find src/gen -name '*.c')
tests=$(find src/test -name '*.[ch]')
bad=0
complain() { echo "$1"; bad=1; }

# mentions NAME FILE...: how many lines mention a name, but for lines that are comments.
mentions() { name=$1; shift; cat /dev/null "$@" | sed 's|^ *[/ ]\*.*||' | grep -cwF -e "$name" || true; }

# Objects without their source are left from before.
find "$build/obj" -name '*.o' | while read -r object; do
    source=src/${object#"$build"/obj/}
    if [ -e "${source%.o}.c" ] || [ "${object%_tables.o}" != "$object" ]; then echo "$object"; fi
done >"$build/objects.txt"
LC_ALL=C xargs nm -A -g <"$build/objects.txt" | LC_ALL=C awk '
    { file = $1; sub(/:[^:]*$/, "", file); kind = $(NF - 1); name = $NF }
    kind == "U" { used[name] = 1 }
    kind ~ /^[TDRBC]$/ && file !~ /_tables\.o$/ { defined[name] = file }
    END { for (name in defined) if (!(name in used) && name != "main") print defined[name], name }' | LC_ALL=C sort >"$build/dead.txt"
while read -r object name; do
    source=src/${object#"$build"/obj/}
    source=${source%.o}.c
    case $name in __wrap_*) continue ;; esac # the linker calls it
    [ "$(mentions "$name" $generators)" = 0 ] || continue
    if [ "$(mentions "$name" "$source")" = 1 ]; then complain "$source: nothing uses $name"
    elif [ "$(mentions "$name" $tests)" = 0 ]; then complain "$source: only this file uses $name: make it static"
    fi
done <"$build/dead.txt"

# The tag of a type is its name once more.
find src "$build/gen" -name '*.[ch]' -exec cat {} + | sed -E 's|^ *[/ ]\*.*||; s/^typedef (struct|enum|union) [A-Za-z0-9]+ \{/{/' |
    grep -oE '[A-Za-z_][A-Za-z_0-9]*' | LC_ALL=C sort | uniq -c | LC_ALL=C awk '$1 == 1 { print $2 }' >"$build/once.txt"
{
    cat $sources | sed -nE '
        s/^(static inline [^(]*[ *]|#define )([A-Za-z_][A-Za-z_0-9]*).*/\2/p
        s/^(} |typedef [A-Za-z][^(]*[ *])([A-Z][A-Za-z_0-9]*);.*/\2/p
        s/^enum \{ ([A-Z][A-Z_0-9]+) = .*/\1/p'
    find src -name '*.h' -exec cat {} + | sed -nE 's/^([a-z][A-Za-z_0-9 ]*|[A-Z][A-Za-z_0-9]*)[ *]+([a-z_][a-z_0-9]*)\(.*/\2/p'
} | LC_ALL=C sort -u >"$build/named.txt"
for name in $(LC_ALL=C comm -12 "$build/once.txt" "$build/named.txt"); do
    case $name in PCRE2_CODE_UNIT_WIDTH) continue ;; esac
    complain "$(grep -lw -e "$name" $sources | tr '\n' ' ' | sed 's/ $//'): nothing uses $name"
done
exit $bad
