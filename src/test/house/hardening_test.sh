#!/bin/sh
# Whether the program is built so that a fault is hard to use: what readelf says of it.
#
#     hardening_test.sh PODLINT
set -u
. "$(dirname "$0")/../suite.sh"

if ! command -v readelf >/dev/null; then
    skip "the program as it is built" "readelf is not installed"
    finish
fi
readelf -hldW "$podlint" >"$dir/elf" 2>/dev/null
readelf -sW "$podlint" >"$dir/symbols" 2>/dev/null
if grep -q '__asan_init' "$dir/symbols"; then
    skip "the program as it is built" "it is built with a sanitizer"
    finish
fi
check "its place in memory is drawn at random" grep -q 'Type: *DYN' "$dir/elf"
check "its tables cannot be written" grep -q 'GNU_RELRO' "$dir/elf"
check "its functions are bound at the start" grep -q 'BIND_NOW\|Flags:.*NOW' "$dir/elf"
check "its stack holds no code" grep -q 'GNU_STACK.* RW ' "$dir/elf"
check "its stack is guarded" grep -q '__stack_chk_fail' "$dir/symbols"
check "calls of the C library are checked" grep -q '_chk@\|_chk$' "$dir/symbols"
finish
