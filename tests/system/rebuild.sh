#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rebuild.sh BUILD - the source that mipro-wireshark-source installs is complete: the plugin is built
# only from it, tshark loads it, and it verifies.  It is built once for each Wireshark; without
# a compiler, or with the headers of another Wireshark, it reports what to install; the plugin
# of the previous Wireshark is removed.  scripts/upgrade tests the same with dpkg in a chroot.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
[[ -d $build/plugins ]] || skip "no plugin in $build"
need tshark
dpkg-query -W wireshark-common wireshark-dev >/dev/null 2>&1 ||
    skip "Wireshark and its headers are not Debian's"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

DESTDIR=$work/package cmake --install "$build" --component rebuild --prefix /usr >"$work/log"
export DESTDIR=$work/root MIPRO_SOURCE=$work/package/usr/src/mipro-wireshark
state=$DESTDIR/var/lib/mipro-wireshark-source
script=$work/package/usr/sbin/mipro-wireshark-rebuild
[[ -f $work/package/usr/share/wireshark/profiles/'Mobile IP'/colorfilters ]] || fault "no profile"

# rebuild STATUS TEXT [ARGUMENT...]; in $path, if that is set.
path=
rebuild() {
    local want=$1 text=$2 status=0
    shift 2
    env PATH="${path:-$PATH}" "$script" "$@" >"$work/out" 2>&1 || status=$?
    [[ $status -eq $want ]] || fault "mipro-wireshark-rebuild $*: status $status, not $want: $(<"$work/out")"
    grep -qF -e "$text" "$work/out" || fault "mipro-wireshark-rebuild $*: does not say '$text': $(<"$work/out")"
}
plugins() {
    find "$DESTDIR" -name mipro.so
}

# Everything that the script runs, except a compiler.
mkdir "$work/bin"
for tool in bash sh sed dpkg-query id mkdir head tail rm rmdir mv install find mktemp nproc nice pkg-config cmake ninja; do
    ! command -v "$tool" >/dev/null || ln -s "$(command -v "$tool")" "$work/bin"
done
path=$work/bin
rebuild 3 ': apt install gcc'
[[ -z $(plugins) ]] || fault "a plugin although there is no compiler"
path=

rebuild 0 'built /usr/lib' || exit 1
plugin=$(plugins)
[[ -n $plugin ]] || { cat "$state/build.log"; exit 1; }
before=$(stat -c %y "$plugin")
"$script" >"$work/out" 2>&1 || fault "the second run fails"
[[ ! -s $work/out ]] || fault "the second run says: $(<"$work/out")"
[[ $(stat -c %y "$plugin") = "$before" ]] || fault "the second run builds again"
! "$script" --nonsense 2>/dev/null || fault "accepts any argument"

# An ordinary user's tshark, with this plugin and no other.
mkdir -p "$work/home"
cp -r "${plugin%/*/epan/mipro.so}" "$work/plugins"
cp "$source"/pcaps/{forged-update.pcap,mipro.keys} "$work"
chmod -R a+rX "$work"
as_user=()
if [[ $(id -u) = 0 ]]; then
    as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown -R nobody "$work/home" "$work/mipro.keys"
fi
chmod 600 "$work/mipro.keys"
verdicts=$("${as_user[@]}" env HOME="$work/home" WIRESHARK_PLUGIN_DIR="$work/plugins" tshark -r "$work/forged-update.pcap" \
    -o "mipro.key_file:$work/mipro.keys" -Y 'mipro.auth.status == "Bad"' 2>&1 | grep -c 'Binding Update') || true
[[ $verdicts -eq 2 ]] || fault "the plugin that was built finds $verdicts bad Binding Updates, not 2"

# Another Wireshark, whose headers are not installed yet: the plugin for the old one is useless.
rm "$work/bin/dpkg-query"
# shellcheck disable=SC2016  # expanded there
printf '#!/bin/sh\ncase "$*" in\n*wireshark-common) echo "unpacked 1:9.8.7-1" ;;\n*) echo "installed 4.0.17-1" ;;\nesac\n' >"$work/bin/dpkg-query"
chmod +x "$work/bin/dpkg-query"
path=$work/bin:$PATH
rebuild 3 'no plugin for Wireshark 9.8 yet'
grep -q 'apt install wireshark-dev$' "$work/out" || fault "asks for: $(<"$work/out")"
[[ -z $(plugins) ]] || fault "the plugin of the previous Wireshark is still there"
# No Wireshark.
printf '#!/bin/sh\nexit 1\n' >"$work/bin/dpkg-query"
rebuild 0 'no Wireshark is installed'
path=

# A source that does not compile: the errors are in the log, and there is no plugin.
cp -r "$MIPRO_SOURCE" "$work/broken"
echo 'project(mipro VERSION 0.1.0 LANGUAGES C) message(FATAL_ERROR "cannot be built")' >"$work/broken/CMakeLists.txt"
MIPRO_SOURCE=$work/broken rebuild 1 "see $state/build.log"
[[ -s $state/build.log ]] || fault "no log of a build that failed"
rebuild 0 'built /usr/lib' --force
"$script" --remove || fault "--remove fails"
[[ -z $(find "$DESTDIR" -type f) ]] || fault "left behind: $(find "$DESTDIR" -type f)"
[[ $faults -eq 0 ]]
