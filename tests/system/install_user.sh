#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# install_user.sh BUILD - what scripts/install --user puts under ~/.local and ~/.config is what this
# Wireshark finds there: the plugin, the profile, the capture interfaces; and it leaves again.
set -euo pipefail
build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
[[ -d $build/plugins ]] || { echo "skip: no plugin in $build"; exit 77; }
command -v tshark >/dev/null || { echo "skip: no tshark"; exit 77; }
tree=$build/user
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fault() {
    echo "$*"
    exit 1
}

home=$work/home
mkdir -p "$tree" "$home"
{
    cmake -S "$source" -B "$tree" -G Ninja -DMIPRO_USER=ON -DMIPRO_TESTS=OFF &&
        cmake --build "$tree" && cmake --install "$tree" --prefix "$home/.local"
} >"$tree/log" 2>&1 || { tail -n 30 "$tree/log"; exit 1; }

cp -r "$source/pcaps" "$source/scenarios" "$work"
chmod -R a+rX "$work"
as_user=()
if [[ $(id -u) = 0 ]]; then
    as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown -R nobody "$work"
fi
chmod 600 "$work/pcaps/mipro.keys"
user() {
    (cd "$work" && "${as_user[@]}" env -u XDG_CONFIG_HOME HOME="$home" LC_ALL=C.UTF-8 timeout 60 "$@")
}

user tshark -G plugins >"$work/out" 2>&1
grep -q "^mipro\.so.*$home/.local/" "$work/out" || fault "tshark does not load the plugin: $(cat "$work/out")"
user tshark -C 'Mobile IP' -r pcaps/auth-bad.pcap >"$work/out" 2>"$work/errors" ||
    fault "the profile: $(cat "$work/errors")"
grep -q 'MIPRO.*Binding Update' "$work/out" || fault "the profile shows: $(cat "$work/out")"
user tshark -D >"$work/out" 2>&1 || true # without a network it ends badly
for interface in mipro-cases mipro-scenario; do
    grep -q " $interface " "$work/out" || fault "no interface $interface: $(cat "$work/out")"
done

# dumpcap may be for a group's members only.
if user dumpcap --version >/dev/null 2>&1; then
    user tshark -i mipro-scenario -o "extcap.mipro_scenario.scenario:$work/scenarios/smooth-handoff.scenario" \
        -a duration:20 -w "$work/seen.pcapng" >"$work/out" 2>&1 || fault "mipro-scenario: $(cat "$work/out")"
    user tshark -r pcaps/smooth-handoff.pcap >"$work/want"
    user tshark -r seen.pcapng >"$work/got"
    diff "$work/want" "$work/got" || fault "mipro-scenario shows another handoff"
    user tshark -i mipro-cases -o "extcap.mipro_cases.keys:$work/pcaps/mipro.keys" -c 3 \
        >"$work/out" 2>"$work/errors" || fault "mipro-cases: $(cat "$work/errors")"
    [[ $(wc -l <"$work/out") = 3 ]] || fault "mipro-cases: $(cat "$work/out" "$work/errors")"
    ! grep -i error "$work/errors" || fault "mipro-cases: an error of one that ended as it should"
else
    echo "skip: this user may not run dumpcap"
fi

cmake --build "$tree" --target uninstall >"$tree/log" 2>&1
left=$(find "$home" -name 'mipro*' -o -path '*/profiles/Mobile IP*')
[[ -z $left ]] || fault "left behind: $left"
