#!/bin/sh
# make fuzz: builds the fuzzers with AddressSanitizer and UBSan, and runs each for some time. What they learn is kept in
# build/fuzz/corpus, what breaks podlint is put into build/fuzz/found.
#
#     fuzz.sh SECONDS all|TARGET...
#
# CC is the compiler, clang or one that takes -fsanitize=fuzzer as clang does.
set -u
cd "$(dirname "$0")/../../.." || exit 2
compiler=${CC:-clang} seconds=$1 build=build/fuzz
shift
dir=$(mktemp -d "${TMPDIR:-$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)}/fuzz.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

echo 'int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return !data && size; }' >"$dir/empty.c"
if ! $compiler -fsanitize=fuzzer,address -o "$dir/empty" "$dir/empty.c" 2>/dev/null; then
    echo "SKIP all of it: $compiler is not there, or has no libFuzzer"
    exit 0
fi
rm -f "$dir"/empty*
make -j"$(nproc)" FUZZ=1 CC="$compiler" $build/fuzz || exit 2
sh src/test/fuzz/seeds.sh $build/seeds
mkdir -p $build/found
# shellcheck disable=SC2046
[ "$1" != all ] || set -- $(TARGET=none $build/fuzz 2>&1 | sed -n 's/.*: //p')

passed=0 failed=0
echo "| target | seconds | executions | inputs kept | new units | found |"
echo "| --- | --- | --- | --- | --- | --- |"
for target; do
    mkdir -p $build/corpus/"$target"
    start=$(date +%s)
    TMPDIR=$dir TARGET=$target $build/fuzz -dict=$build/seeds/dictionary -artifact_prefix="$PWD/$build/found/$target-" -timeout=20 \
        -rss_limit_mb=3000 -max_len=100000 -max_total_time="$seconds" -print_final_stats=1 -detect_leaks=1 \
        $build/corpus/"$target" $build/seeds/"$target" >"$dir/log" 2>&1
    code=$?
    stat() { sed -n "s/^stat::$1: *//p" "$dir/log"; }
    found=$(sed -n 's/.*Test unit written to //p' "$dir/log")
    echo "| $target | $(($(date +%s) - start)) | $(stat number_of_executed_units) | $(find $build/corpus/"$target" -type f | wc -l) | $(stat new_units_added) | $found |"
    if [ $code = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $target: $(grep -E -m 1 'ERROR|runtime error|^podlint ' "$dir/log"); TARGET=$target $build/fuzz $found tries it again"
    fi
done
echo "fuzz: $passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
