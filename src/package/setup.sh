#!/bin/sh
# Installs what the build needs and the machine lacks, with its own package manager, and says what. Does nothing if all is there.
#
#     setup.sh [test]     `test` adds what the tests need
#     setup.sh --tell     installs nothing: says on stderr how to, and ends with 1
set -eu

modules="yaml-0.1 jansson libpcre2-8"
apt="pkg-config libc6-dev libyaml-dev libjansson-dev libpcre2-dev"
dnf="pkgconf-pkg-config libyaml-devel jansson-devel pcre2-devel"
apk="pkgconf musl-dev yaml-dev jansson-dev pcre2-dev"
brew="pkg-config libyaml jansson pcre2"
if [ "${1:-}" = test ]; then
    modules="$modules cmocka"
    apt="$apt libcmocka-dev"
    dnf="$dnf libcmocka-devel"
    apk="$apk cmocka-dev"
    brew="$brew cmocka"
fi

has() {
    command -v "$1" >/dev/null 2>&1
}

complete() {
    has pkg-config || return 1
    # shellcheck disable=SC2086
    pkg-config --exists $modules
}

if [ "${1:-}" = --tell ]; then
    compiler=${CC:-cc}
    complete && has make && has "${compiler%% *}" && exit 0
    if has apt-get; then how="apt-get install gcc make $apt"
    elif has dnf; then how="dnf install gcc make $dnf"
    elif has apk; then how="apk add gcc make $apk"
    elif has brew; then how="brew install $brew"
    else how="your package manager"; fi
    echo "podlint is built from C source, which needs a C compiler, make, pkg-config, libyaml, jansson and PCRE2." >&2
    echo "Install what is missing, then try again: $how" >&2
    exit 1
fi

complete && exit 0
root=
[ "$(id -u)" = 0 ] || root=sudo
if has apt-get; then
    echo "Installing with apt-get: $apt"
    $root apt-get update -qq
    # shellcheck disable=SC2086
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $apt >/dev/null
elif has dnf; then
    echo "Installing with dnf: $dnf"
    # shellcheck disable=SC2086
    $root dnf install -y -q $dnf
elif has apk; then
    echo "Installing with apk: $apk"
    # shellcheck disable=SC2086
    $root apk add --quiet $apk
elif has brew; then
    echo "Installing with brew: $brew"
    # shellcheck disable=SC2086
    brew install --quiet $brew
else
    echo "Please install pkg-config and the development files of: $modules" >&2
    exit 1
fi
complete || { echo "pkg-config still does not find all of: $modules" >&2; exit 1; }
