#!/bin/sh
# The runner of the suites, tried on suites made for the purpose: nothing that fails is lost, whatever way it fails.
#
#     run_test.sh
set -u
. "$(dirname "$0")/../suite.sh"

# expect NAME EXIT TEXT LINE...: the runner with these lines as the list of suites.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    printf '%s\n' "$@" >"$dir/list"
    run "$name" "$code" "$text" env V= AGAIN="make test TEST=" sh -c "sh '$root/src/test/run.sh' $tests <'$dir/list'"
}

tests=
expect "all is well" 0 "
5 passed, 0 failed, 0 skipped" "one  echo 'one: 3 passed, 0 failed'" "two echo '[  PASSED  ] 2 test(s).'"
expect "a suite that does not count" 0 "
1 passed, 0 failed, 0 skipped" "one true"
expect "the output of what passes and counts is left out" 0 "!chatter" "one echo chatter; echo 'one: 1 passed, 0 failed'"
expect "the output of what does not count is shown" 0 "chatter" "one echo chatter"
expect "the output of what fails is shown" 1 "chatter" "one echo chatter; false"
expect "the first failure is not the end" 1 "
3 passed, 1 failed, 0 skipped" "one false" "two echo 'two: 3 passed, 0 failed, 0 skipped'"
expect "a failure has its name" 1 "Failed; make test TEST='one' runs them again:
  one: a thing: why
" "one echo 'FAIL a thing: why'; echo 'one: 3 passed, 1 failed'; exit 1"
expect "a failure that the exit code denies" 1 "3 passed, 1 failed" "one echo 'one: 3 passed, 1 failed'"
expect "an exit code that the count denies" 1 "3 passed, 1 failed" "one echo 'one: 3 passed, 0 failed'; exit 7"
expect "a crash" 1 "one ended with 139" "one kill -SEGV \$\$"
expect "one of cmocka" 1 "  one: test_b
" "one printf '%s\n' '[  PASSED  ] 2 test(s).' '[  FAILED  ] 1 test(s), listed below:' '[  FAILED  ] test_b'; exit 1"
expect "a program that is not there" 1 "one: all of it: ./nowhere is not there" "one ./nowhere"
expect "an interpreter that is not installed" 0 "Skipped:
  one: all of it: no-such-python is not installed

0 passed, 0 failed, 1 skipped" "one no-such-python test.py"
expect "what is skipped, and why" 0 "  one: a part: no fish
" "one echo 'SKIP a part: no fish'; echo 'one: 3 passed, 0 failed, 1 skipped'"
expect "a summary of something else" 1 "
1 passed, 1 failed, 0 skipped" "one printf '%s\n' 'FAIL a' '7 passed, 0 failed, 0 skipped' 'one: 1 passed, 1 failed'; exit 1"
expect "a summary within" 1 "
9 passed, 2 failed, 1 skipped" "one printf '%s\n' 'a: 4 passed, 1 failed' 'b: 3 passed, 1 failed' '' Skipped: '  a: part: why' '' '7 passed, 2 failed, 1 skipped'; exit 1" \
    "two echo 'two: 2 passed, 0 failed'"

tests=two
expect "one suite" 0 "
2 passed, 0 failed, 0 skipped" "one false" "two echo 'two: 2 passed, 0 failed'"
tests=three
expect "an unknown test" 2 "there is no test three" "one true"
tests="test_quantities unit-prices"
expect "a cmocka test and one that is unknown" 2 "there is no test unit-prices" "unit true"
tests=quantities
expect "a cmocka test" 0 "
1 passed" "unit test test_quantities =" "what_if false"
tests=testdata/check/kustomize.yaml
expect "a golden test" 0 "
1 passed" "golden sh -c 'test \"\${1##*/}\" = kustomize.yaml' -" "kustomize false"
tests=pdb-min-available
expect "a lint rule" 0 "
1 passed" "rules test pdb-min-available =" "unit false"
finish
