#!/bin/sh
# What is installed and where it runs: make install and uninstall, the static program alone in a root of its own, the wheel, and the
# files for CI services against their schemas.
#
#     package.sh
set -u
. "$(dirname "$0")/../suite.sh"
cd "$root" || exit 2

installed="bin/podlint share/man/man1/podlint.1 share/bash-completion/completions/podlint
share/zsh/site-functions/_podlint share/fish/vendor_completions.d/podlint.fish"
check "make install" make install DESTDIR="$dir/dest" PREFIX=/usr
for file in $installed; do check "make install: $file" test -s "$dir/dest/usr/$file"; done
check "make uninstall" make uninstall DESTDIR="$dir/dest" PREFIX=/usr
check "make uninstall leaves nothing" test -z "$(find "$dir/dest" -type f)"
if command -v mandoc >/dev/null; then
    check "the manual page" mandoc -T lint -W error build/podlint.1
elif command -v groff >/dev/null; then
    check "the manual page" sh -c 'test -z "$(groff -man -ww -z build/podlint.1 2>&1)"'
else
    skip "the manual page" "mandoc and groff are not installed"
fi

if sh src/package/setup.sh --tell static 2>/dev/null; then
    check "make STATIC=1" make STATIC=1 -j2
    check "a static program" sh -c '! ldd build/static/podlint'
    check "less than 6 MiB" test "$(wc -c <build/static/podlint)" -lt 6291456
    mkdir "$dir/empty" && cp build/static/podlint testdata/examples/pod.yaml "$dir/empty"
    if [ "$(id -u)" = 0 ]; then
        check "alone in a root" chroot "$dir/empty" /podlint check pod.yaml
    else
        skip "the static program alone in a root" "only root can change it"
    fi
    echo "package: build/static/podlint has $(($(wc -c <build/static/podlint) / 1024)) KiB"
else
    skip "the static program" "static libraries are not installed"
fi

for instruction in $(sed -n 's/^COPY \([A-Za-z]*\) .*/\1/p' src/package/Dockerfile); do
    check "Dockerfile: $instruction" test -e "$instruction"
done

venv=$root/build/package
if [ -x "$venv/bin/check-jsonschema" ] ||
    { python3 -m venv "$venv" && "$venv/bin/pip" install -q check-jsonschema; } >"$dir/pip" 2>&1; then
    schema() { check "$2" "$venv/bin/check-jsonschema" --builtin-schema "$1" "$2"; }
    schema vendor.github-workflows .github/workflows/ci.yml
    schema vendor.github-actions .github/actions/check/action.yml
    schema vendor.gitlab-ci .gitlab/podlint.yml
    check "pip wheel" "$venv/bin/pip" wheel -q -w "$dir/wheel" .
    check "the wheel is for this platform" sh -c "ls '$dir'/wheel/podlint-*-py3-none-[!a]*.whl"
    check "pip install of the wheel" "$venv/bin/pip" install -q --force-reinstall "$dir"/wheel/*.whl
    check "podlint of the wheel" "$venv/bin/podlint" check testdata/examples
    check "the source archive" "$venv/bin/python" -c \
        "import sys; sys.path.insert(0, 'src/package'); import wheel; print(wheel.build_sdist('$dir'))"
    check "a wheel from the source archive" "$venv/bin/pip" wheel -q -w "$dir/second" "$dir"/podlint-*.tar.gz
    check "pip says what is missing" sh -c \
        "! CC=no-such-compiler '$venv/bin/pip' wheel -q -w '$dir/third' '$dir'/podlint-*.tar.gz >'$dir/log' 2>&1 && grep -q 'This machine lacks' '$dir/log'"
else
    skip "the wheel, and the files for CI services" "PyPI cannot be reached"
fi

finish
