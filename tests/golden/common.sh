# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tshark with our plugin and no user's settings.  As root it ignores WIRESHARK_PLUGIN_DIR, and
# the tests would silently test the built-in "mip": so it runs as an ordinary user, in a
# folder of that user with copies of the files it reads.  To be sourced with the build tree in $1.
source "$(dirname "${BASH_SOURCE[0]}")/../prelude.sh"
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(cd "${1:?the build tree}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need tshark

mkdir "$work/home" "$work/none"
cp -r "$build/plugins" "$work/plugins"
cp -r "$top/pcaps" "$work/pcaps"
cp "$build/mipro-verify" "$work"
chmod -R a+rX "$work"
P=$work/pcaps
K=$P/mipro.keys
as_user=()
if [ "$(id -u)" = 0 ]; then
    as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown -R nobody "$work"
fi
chmod 600 "$K"

# The libraries that a plugin built with sanitizers (GCC) needs preloaded.
preload=$(ldd "$work"/plugins/*/epan/mipro.so | awk '/lib(asan|ubsan)/ { printf "%s ", $3 }')
sanitizers=()
[ -z "$preload" ] || sanitizers=("LD_PRELOAD=$preload" WIRESHARK_DEBUG_WMEM_OVERRIDE=simple
    ASAN_OPTIONS=detect_leaks=0:exitcode=86 UBSAN_OPTIONS=halt_on_error=1:exitcode=86)

# tshark without and with the plugin; plain_tshark's HOME is empty too.
plain_tshark() {
    "${as_user[@]}" env HOME="$work/home" WIRESHARK_PLUGIN_DIR="$work/none" timeout -k 1 100 tshark "$@"
}
mipro_tshark() {
    "${as_user[@]}" env HOME="$work/home" WIRESHARK_PLUGIN_DIR="$work/plugins" "${sanitizers[@]}" timeout -k 1 100 tshark "$@"
}
keyed_tshark() {
    mipro_tshark -o "mipro.key_file:$K" "$@"
}
verify() {
    "${as_user[@]}" timeout -k 1 100 "$work/mipro-verify" "$@"
}

# With sanitizers "-G plugins" prints nothing; then dissect a message instead.
loads_plugin() {
    if [ -z "$preload" ]; then
        mipro_tshark -G plugins | grep '^mipro\.so'
    else
        mipro_tshark -r "$P/auth-bad.pcap" -Y mipro.type | grep MIPRO
    fi
}
loads_plugin >/dev/null || {
    echo "tshark does not load $work/plugins/*/epan/mipro.so" >&2
    exit 1
}
