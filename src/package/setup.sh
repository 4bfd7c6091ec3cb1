#!/bin/sh
# Installs what the build needs and the machine lacks, with its own package manager, and says what. Does nothing if all is there.
#
#     setup.sh [test]             `test` adds what the tests need
#     setup.sh --tell [static]    installs nothing: says on stderr what is missing and how to get it, and ends with 1; `static` asks
#                                 for libraries that can be linked into the program
#
# CC names the compiler; without it, cc.
set -eu

# What is needed, by its name in pkg-config, and the packages that bring it.
needs="compiler     a C compiler    apt:gcc+libc6-dev   dnf:gcc+glibc-devel     apk:gcc+musl-dev    brew:
pkg-config   pkg-config      apt:pkg-config      dnf:pkgconf-pkg-config  apk:pkgconf         brew:pkg-config
yaml-0.1     libyaml         apt:libyaml-dev     dnf:libyaml-devel       apk:yaml-dev        brew:libyaml
libfyaml     libfyaml        apt:libfyaml-dev   dnf:libfyaml-devel    apk:libfyaml-dev    brew:libfyaml
jansson      jansson         apt:libjansson-dev  dnf:jansson-devel       apk:jansson-dev     brew:jansson
libpcre2-8   PCRE2           apt:libpcre2-dev    dnf:pcre2-devel         apk:pcre2-dev       brew:pcre2"
[ "${1:-}" != test ] || needs="$needs
cmocka       cmocka          apt:libcmocka-dev   dnf:libcmocka-devel     apk:cmocka-dev      brew:cmocka"
compiler=${CC:-cc}

has() {
    command -v "$1" >/dev/null 2>&1
}

# links FLAG...: whether the compiler makes a program with the C library.
links() {
    printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' | $compiler -x c -o /dev/null - "$@" >/dev/null 2>&1
}

is_there() {
    case $1 in
    compiler) has "${compiler%% *}" && links ;;
    pkg-config) has pkg-config ;;
    *) has pkg-config && pkg-config --exists "$1" ;;
    esac
}

# Sets `missing` to the names of what is not there, and `packages` to what brings it. A compiler that CC names is nobody's guess.
look() {
    missing='' packages=''
    while read -r what rest; do
        is_there "$what" && continue
        missing="${missing:+$missing, }$(echo "$rest" | sed 's/ *apt:.*//')"
        [ "$what:$compiler" != "compiler:${CC:-}" ] || [ "$compiler" = cc ] || continue
        packages="$packages $(echo "$rest" | sed "s/.*$manager:\([^ ]*\).*/\1/; s/+/ /")"
    done <<END
$needs
END
    packages=${packages# }
}

# tell [OTHER]: says what is missing and how to get it, and ends. OTHER is another way to get it.
tell() {
    echo "This machine lacks what podlint is built with: $missing." >&2
    case "$compiler:$missing" in
    cc:*) ;;
    *compiler*) echo "CC is $compiler, which is not there or cannot compile; name another, or none." >&2 ;;
    esac
    case "$manager:$missing" in brew:*compiler*) echo "A C compiler comes with: xcode-select --install" >&2 ;; esac
    if [ -z "$manager" ]; then
        echo "Install it, of the libraries also the development files, and try again." >&2
    elif [ -n "$packages" ]; then
        printf 'Install it and try again%s:\n\n    %s%s %s\n\n' "${1:-}" "$root" "$install" "$packages" >&2
    fi
    exit 1
}

root=''
[ "$(id -u)" = 0 ] || root="sudo "
if has apt-get; then manager=apt install="apt-get install"
elif has dnf; then manager=dnf install="dnf install"
elif has apk; then manager=apk install="apk add"
elif has brew; then manager=brew install="brew install" root=''
else manager='' install=''; fi
look

if [ "${1:-}" = --tell ]; then
    [ -z "$missing" ] || tell "; in podlint's folder, make run does both"
    # shellcheck disable=SC2046
    [ "${2:-}" != static ] || links -static $(pkg-config --static --libs yaml-0.1 libfyaml jansson libpcre2-8) -lm -lpthread || {
        echo "A program that needs no library takes static ones (.a) of libyaml, libfyaml, jansson, PCRE2 and the C library, and one is missing." >&2
        echo "Debian's development packages have them. Elsewhere: docker build -f src/package/Dockerfile -t podlint ." >&2
        exit 1
    }
    exit 0
fi

[ -n "$missing" ] || exit 0
[ -n "$packages" ] || tell
if [ "$root" ] && ! has sudo; then
    echo "Only root installs packages, and there is no sudo here: run the next command as root." >&2
    root=''
    tell
fi
echo "Installing $missing: $root$install $packages"
# shellcheck disable=SC2086
case $manager in
apt) ${root}apt-get update -qq && ${root}env DEBIAN_FRONTEND=noninteractive $install -y -qq --no-install-recommends $packages >/dev/null ;;
dnf) $root$install -y -q $packages ;;
apk) $root$install --quiet $packages ;;
brew) $install --quiet $packages ;;
esac || { echo "It could not be installed; why stands above." >&2; tell; }
look
[ -z "$missing" ] || tell
