#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# install_user.sh BUILD - this Wireshark finds what scripts/install --user puts under ~/.local and
# ~/.config: the plugin, the profile, the capture interfaces; and it is removed again,
# except for what the user changed: no edited file is overwritten or deleted.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
[[ -d $build/plugins ]] || skip "no plugin in $build"
need tshark
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
# Wireshark 4.0 looks for the width of a custom column only by its fields, and ignores others.
columns=$(sed -nE 's/.*"%Cus:(.*):[0-9]+:R".*/\1/p' "$source/plugin/profiles/Mobile IP/preferences")
[[ $(wc -l <<<"$columns") -ge 4 ]] || fault "the profile's custom columns are: $columns"
while read -r fields; do
    grep -qE "^column.width:.*\"%Cus:$fields\", [0-9]+" "$source/plugin/profiles/Mobile IP/recent" ||
        fault "the profile has no width for the column $fields"
done <<<"$columns"
user tshark -D >"$work/out" 2>&1 || true # without a network it fails
for interface in mipro-cases mipro-scenario; do
    grep -q " $interface " "$work/out" || fault "no interface $interface: $(cat "$work/out")"
done

# dumpcap may be restricted to a group.
if user dumpcap --version >/dev/null 2>&1; then
    user tshark -i mipro-scenario -o "extcap.mipro_scenario.scenario:$work/scenarios/smooth-handoff.scenario" \
        -a duration:20 -w "$work/seen.pcapng" >"$work/out" 2>&1 || fault "mipro-scenario: $(cat "$work/out")"
    user tshark -r pcaps/smooth-handoff.pcap >"$work/want"
    user tshark -r seen.pcapng >"$work/got"
    diff "$work/want" "$work/got" || fault "mipro-scenario shows another handoff"
    user tshark -i mipro-cases -o "extcap.mipro_cases.keys:$work/pcaps/mipro.keys" -c 3 \
        >"$work/out" 2>"$work/errors" || fault "mipro-cases: $(cat "$work/errors")"
    [[ $(wc -l <"$work/out") = 3 ]] || fault "mipro-cases: $(cat "$work/out" "$work/errors")"
    ! grep -i error "$work/errors" || fault "mipro-cases: an error although it ended normally"
else
    echo "skip: this user may not run dumpcap"
fi

# Wireshark saves a user's settings in the profile, including the path of the keys.
again() {
    rm -f "$tree/install_manifest.txt" # as it would be without this installation
    cmake --install "$tree" --prefix "$home/.local" >"$tree/log" 2>&1 || { cat "$tree/log"; exit 1; }
}
profile="$home/.config/wireshark/profiles/Mobile IP"
cp "$profile/colorfilters" "$work/colorfilters"
echo 'mipro.key_file: /home/user/keys' >>"$profile/preferences"
echo '"mine"' >"$profile/mipro_associations"
cp "$profile/preferences" "$work/preferences"
for _ in 1 2; do
    again
    cmp "$work/preferences" "$profile/preferences" || fault "installing again overwrites the user's preferences"
    grep -q "^Kept, because you changed it: .*/preferences$" "$tree/log" || fault "what was kept is not reported: $(cat "$tree/log")"
    ! grep -q 'Kept.*colorfilters' "$tree/log" || fault "keeps an unchanged file"
done

# An unchanged file of an earlier version is updated.
sum=$(sha256sum <<<old | cut -d ' ' -f 1)
echo old >"$profile/colorfilters"
sed -i "s,^[0-9a-f]* \(.*/colorfilters\)$,$sum \1," "$tree/install_sums.txt"
again
cmp "$work/colorfilters" "$profile/colorfilters" || fault "an unchanged file of an earlier version is not replaced"

cmake --build "$tree" --target uninstall >"$tree/log" 2>&1
cmp "$work/preferences" "$profile/preferences" || fault "uninstalling deletes or changes the user's preferences"
[[ $(cat "$profile/mipro_associations") = '"mine"' ]] || fault "uninstalling deletes the user's associations"
[[ ! -e $profile/colorfilters ]] || fault "uninstalling leaves an unchanged file"
grep -q "Kept.*/preferences$" "$tree/log" || fault "what was kept is not reported: $(cat "$tree/log")"

# A user's own file at such a place, from before any installation, stays too.
rm "$profile/mipro_associations"
again
cmp "$work/preferences" "$profile/preferences" || fault "installing overwrites a profile of the user's"
cmake --build "$tree" --target uninstall >"$tree/log" 2>&1
cmp "$work/preferences" "$profile/preferences" || fault "uninstalling deletes a profile of the user's"
rm "$profile/preferences"
again
cmake --build "$tree" --target uninstall >"$tree/log" 2>&1
left=$(find "$home" -name 'mipro*' -o -path '*/profiles/Mobile IP*')
[[ -z $left ]] || fault "left behind: $left"
