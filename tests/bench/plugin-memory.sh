#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# plugin-memory.sh BUILD [MESSAGES] - how much memory each further message costs tshark, in one pass and
# in two, without the plugin and with it.
set -euo pipefail
export LC_ALL=C.UTF-8
build=$(cd "${1:?the build tree}" && pwd)
messages=${2:-1000000}
[[ -x /usr/bin/time ]] || { echo "skip: no /usr/bin/time"; exit 77; }
[[ -d $build/plugins ]] || { echo "skip: no plugin in $build"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/home" "$work/none"
cp -r "$build/plugins" "$work/plugins"
"$build/tests/bench/make_capture" "$messages" 5000 500 "$work/keys" "$work/all.pcap"
chmod -R a+rX "$work"
as_user=()
if [[ $(id -u) -eq 0 ]]; then
    # As root, tshark ignores WIRESHARK_PLUGIN_DIR.
    as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown -R nobody "$work"
fi
chmod 600 "$work/keys"
kib() { # PLUGINS OPTION...
    "${as_user[@]}" env HOME="$work/home" WIRESHARK_PLUGIN_DIR="$work/$1" /usr/bin/time -f "%M" \
        tshark -q -z io,stat,0 -r "$work/all.pcap" "${@:2}" 2>&1 >/dev/null | tail -n 1
}
keys=(-o "mipro.key_file:$work/keys")
growth() { # PLUGINS OPTION...
    local few all tenth=$((messages / 10))
    few=$(kib "$@" -c $tenth)
    all=$(kib "$@")
    echo $(((all - few) * 1024 / (messages - tenth)))
}
keys=(-o "mipro.key_file:$work/keys")
for passes in 1 2; do
    way=()
    [[ $passes -eq 1 ]] || way=(-2)
    without=$(growth none "${way[@]}")
    with=$(growth plugins "${way[@]}" "${keys[@]}")
    echo "$passes pass(es): $without octets a message without the plugin, $with with it"
done
