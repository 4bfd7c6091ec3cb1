#!/bin/sh
# make fuzz-robust: fuzz_robust over what seeds.sh takes from testdata. Inputs that break a bound are put into build/robust.
#
#     robust.sh FUZZ_ROBUST COUNT [SEED]
set -eu
dir=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)/robust.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
sh "$(dirname "$0")/seeds.sh" "$dir/seeds"
mkdir -p build/robust "$dir/inputs"
TMPDIR=$dir/inputs "$1" "$dir/seeds" "$2" "${3:-1}" build/robust
