#!/bin/sh
# Installs what the build needs and the machine lacks, with its own package manager, and says what. Does nothing if all is there.
#
#     setup.sh [test]     `test` adds what the tests need
set -eu

modules="yaml-0.1 jansson libpcre2-8"
apt="libyaml-dev libjansson-dev libpcre2-dev"
dnf="libyaml-devel jansson-devel pcre2-devel"
apk="yaml-dev jansson-dev pcre2-dev"
brew="libyaml jansson pcre2"
if [ "${1:-}" = test ]; then
    modules="$modules cmocka"
    apt="$apt libcmocka-dev"
    dnf="$dnf libcmocka-devel"
    apk="$apk cmocka-dev"
    brew="$brew cmocka"
fi

complete() {
    command -v pkg-config >/dev/null 2>&1 || return 1
    # shellcheck disable=SC2086
    pkg-config --exists $modules
}

complete && exit 0
root=
[ "$(id -u)" = 0 ] || root=sudo
if command -v apt-get >/dev/null 2>&1; then
    echo "Installing with apt-get: pkg-config libc6-dev $apt"
    $root apt-get update -qq
    # shellcheck disable=SC2086
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pkg-config libc6-dev $apt >/dev/null
elif command -v dnf >/dev/null 2>&1; then
    echo "Installing with dnf: pkgconf-pkg-config $dnf"
    # shellcheck disable=SC2086
    $root dnf install -y -q pkgconf-pkg-config $dnf
elif command -v apk >/dev/null 2>&1; then
    echo "Installing with apk: pkgconf musl-dev $apk"
    # shellcheck disable=SC2086
    $root apk add --quiet pkgconf musl-dev $apk
elif command -v brew >/dev/null 2>&1; then
    echo "Installing with brew: pkg-config $brew"
    # shellcheck disable=SC2086
    brew install --quiet pkg-config $brew
else
    echo "Please install pkg-config and the development files of: $modules" >&2
    exit 1
fi
complete || { echo "pkg-config still does not find all of: $modules" >&2; exit 1; }
