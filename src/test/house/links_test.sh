#!/bin/sh
# The guard of links in Markdown, tried on texts made for the purpose.
#
#     links_test.sh
set -u
. "$(dirname "$0")/../suite.sh"
mkdir -p "$dir/src/base" && : >"$dir/src/base/base.h" && cd "$dir" || exit 2

# expect NAME EXIT TEXT LINE: what the guard says of a text in src/ with this line.
expect() {
    name=$1 code=$2 text=$3
    printf '# Title\n%s\n' "$4" >src/text.md
    run "$name" "$code" "$text" sh "$root/src/test/house/links.sh" "$dir" src/text.md
}

expect "a file" 0 "" 'see [base](base/base.h), [itself](text.md#title) and `src/base/base.h`'
expect "others are not looked at" 0 "" '[a](https://example.com/x) [b](#title) `base/none.h` `src/base/NAME.c`'
expect "wildcards" 0 "" '`src/*/base.h`'
expect "a lost link" 1 "src/text.md:2: there is no base/none.h" 'see [one](base/base.h) and [another](base/none.h#part)'
expect "a lost path" 1 "src/text.md:2: there is no src/base/none.c" '`src/base/base.h`, `src/base/none.c`'
expect "wildcards that match nothing" 1 "there is no src/*.c" '`src/*.c`'
finish
