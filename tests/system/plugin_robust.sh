#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# plugin_robust.sh BUILD - tshark and sharkd with a plugin built with sanitizers, on hostile
# input: no crash, no report, and no key in the output.
#
# MIPRO_ROBUST_SECONDS=N  seconds for damaged captures (20), at least one for each output format
# MIPRO_CAPTURES=FOLDER   other captures, every file of which is read, twice
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
shopt -s lastpipe # so that requests to sharkd count faults in this shell
tree=$(cd "$1" && pwd)/robust
source=$(cd "$(dirname "$0")/../.." && pwd)
need gcc tshark editcap mergecap sharkd jq
[[ -d $1/plugins && -x $1/mipro-verify ]] || skip "no plugin in $1"

mkdir -p "$tree"
{
    cmake -S "$source" -B "$tree" -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug \
        -DCMAKE_C_FLAGS=-O1 -DMIPRO_SANITIZE=ON -DMIPRO_TESTS=OFF &&
        cmake --build "$tree" --target mipro-plugin
} >"$tree/log" 2>&1 || { cat "$tree/log"; exit 1; }
cp "$1/mipro-verify" "$tree"
# shellcheck source=tests/golden/common.sh
source "$source/tests/golden/common.sh" "$tree"
[[ -n $preload ]] || { echo "$tree/plugins: not built with sanitizers"; exit 1; }
sanitizers+=(WIRESHARK_ABORT_ON_DISSECTOR_BUG=1)

# What our programs must not print, whatever they read.
check() { # NAME STATUS
    if [[ $2 -gt 2 ]] || grep -qE 'Sanitizer|runtime error|Dissector bug|ERROR \*\*|neither a field' "$work/err"; then
        fault "$1: status $2"
        grep -m 12 -E 'Sanitizer|runtime error|Dissector bug|^ *#[0-9]|ERROR' "$work/err" || true
    fi
    if grep -qE 'sample key|sample master|do not tell' "$work/out" "$work/err"; then
        fault "$1: a key is shown"
    fi
}
try() { # NAME OPTION...
    local name=$1 status=0
    shift
    mipro_tshark "$@" >"$work/out" 2>"$work/err" || status=$?
    check "$name" $status
}
ask_sharkd() { # NAME; requests on standard input
    local status=0
    "${as_user[@]}" env HOME="$work/home" WIRESHARK_PLUGIN_DIR="$work/plugins" "${sanitizers[@]}" \
        timeout -k 1 "${2:-200}" sharkd - >"$work/out" 2>"$work/err" || status=$?
    check "$1" $status
}

# ---- damaged captures ----

all=$work/all.pcap
mergecap -a -F pcap -w "$all" "$P"/*.pcap
ways=("-2 -V" "-V -x" "-q -z expert -z mipro,tree -z mipro,srt -z conv,mipro" "-2 -T json"
    "-2 -Y mipro.rule.replay||mipro.auth.status==1" "-T ek" "-2 -T fields -e mipro.response_in -e mipro.rule.replay")
seed=0
SECONDS=0
while [[ $SECONDS -lt ${MIPRO_ROBUST_SECONDS:-20} || $seed -lt ${#ways[@]} ]]; do
    editcap -E 0.0$((seed % 4 + 1)) --seed $((seed + 1)) "$all" "$work/damaged.pcap" >"$work/log" 2>&1
    chmod a+r "$work/damaged.pcap"
    read -ra way <<<"${ways[seed % ${#ways[@]}]}"
    try "editcap -E 0.0$((seed % 4 + 1)) --seed $((seed + 1)), ${way[*]}" -o "mipro.key_file:$K" \
        -r "$work/damaged.pcap" "${way[@]}"
    seed=$((seed + 1))
done
echo "$seed damaged captures"
editcap -F pcap -s 70 "$all" "$work/cut.pcap"
chmod a+r "$work/cut.pcap"
try "snaplen 70" -o "mipro.key_file:$K" -r "$work/cut.pcap" -2 -V

# ---- a message full of authenticators: the time must not be quadratic ----

source "$source/tests/packets.sh"
auths=$(printf '2300%.0s' $(seq 32747))
printf -v auths '01b201b2%04x0000 1280003c0a010009 0a030001%s' $((20 + ${#auths} / 2)) "$auths"
frames "$(fragment 0 0 "$auths")" >"$work/auths.pcap"
chmod a+r "$work/auths.pcap"
try "32747 authenticators" -o "mipro.key_file:$K" -r "$work/auths.pcap" -2 -V
grep -q 'Authenticator Status: Bad' "$work/out" || fault "32747 authenticators: none is bad"

# ---- key files with faults ----

mkdir "$work/keys"
(
    cd "$work/keys"
    good='"a","10.1.0.1","192.0.2.7","0x1000","text:do not tell"'
    printf '%s,"md4"\n' "$good" >algorithm
    printf '%s\n%s\n' "$good" "$good" >twice
    printf '"a","10.1.0.1","192.0.2.7","255","text:do not tell"\n' >spi
    printf '"a","10.1.0.1","192.0.2.7","0x1000","hex:0102030"\n' >odd
    printf '"a","10.1.0.1","192.0.2.7","0x1000","text:do not tell\n' >open
    printf '"a","10.1.0.1","192.0.2.7","0x1000","file:nowhere"\n' >target
    printf '%s\n"\0\0\377","' "$good" >octets
    head -c 300000 /dev/zero | tr '\0' '"' >quotes
    mkdir folder
)
chmod -R a+rX "$work/keys"
for file in "$work"/keys/* "$work/keys/none"; do
    try "key file ${file##*/}" -o "mipro.key_file:$file" -r "$P/auth-bad.pcap" -V
    grep -q 'Authenticator Status: Unverified' "$work/out" ||
        fault "key file ${file##*/}: not shown as unverified"
    grep -qF "$file" "$work/err" || fault "key file ${file##*/}: its fault is not reported"
done

# ---- preferences that change while a capture is open ----

cat >"$work/change.lua" <<EOF
local n = 0
local tap = Listener.new("frame")
local files = { "$K", "$work/keys/spi", "", "$K", "$work/keys/none" }
function tap.packet()
    n = n + 1
    if n % 40 == 0 then
        local turn = n / 40
        set_preference("mipro.key_file", files[turn % #files + 1])
        set_preference("mipro.verify", turn % 7 ~= 0)
        set_preference("mipro.warning_ext", turn % 3 == 0 and 200 or 16)
        set_preference("mipro.draft", turn % 3 == 0 and "08" or turn % 3 == 1 and "09" or "11")
        set_preference("mipro.reading", turn % 4 == 0 and "iana" or turn % 4 == 1 and "draft" or "auto")
        set_preference("mipro.tolerance", turn % 3 == 0 and "0.5" or turn % 3 == 1 and "1" or "nan")
        set_preference("mipro.ack_timeout", turn % 2 == 0 and "5" or "1e9")
        set_preference("mipro.update_rate", turn % 3 == 0 and "5/10" or turn % 3 == 1 and "1/1" or "/")
        set_preference("mipro.p_bit", turn % 2 == 0 and "private" or "reverse-tunnel")
        set_preference("mipro.rules", turn % 3 == 0 and "" or turn % 3 == 1 and "replay,-replay" or "-,,x")
        set_preference("mipro.words", turn % 2 == 0 and "" or "$K")
        apply_preferences()
    end
end
EOF
chmod a+r "$work/change.lua"
mkdir -p "$work/home/.config/wireshark" # Lua writes preferences before it applies them
chmod -R a+rwX "$work/home"
for way in "-2 -V" "-V" "-2 -T json"; do
    read -ra way <<<"$way"
    try "changed preferences, ${way[*]}" -X "lua_script:$work/change.lua" -o "mipro.key_file:$K" \
        -r "$all" "${way[@]}"
    ! grep -q 'Lua: .*[Ee]rror' "$work/err" || fault "change.lua: $(grep -m1 -i 'error' "$work/err")"
    grep -qF "$work/keys/spi" "$work/err" || fault "change.lua: changes nothing"
done

# ---- a capture that is loaded again, with another in between ----

printf 'mipro.key_file: %s\n' "$K" >"$work/home/.config/wireshark/preferences"
chmod -R a+rX "$work/home"
load() { # ID FILE
    jq -cn --argjson id "$1" --arg file "$2" \
        '{jsonrpc: "2.0", id: $id, method: "load", params: {file: $file}}'
}
ask_frames() { # ID FILTER
    jq -cn --argjson id "$1" --arg filter "$2" \
        '{jsonrpc: "2.0", id: $id, method: "frames", params: {filter: $filter, limit: 1000}}'
}
{
    load 1 "$all"
    ask_frames 2 mipro
    load 3 "$P/smooth-handoff.pcap"
    ask_frames 4 mipro.response_in
    load 5 "$all"
    ask_frames 6 mipro
} | ask_sharkd "a capture loaded again"
answer() { # ID
    grep '^{' "$work/out" | jq -cS "select(.id == $1).result"
}
[[ $(answer 2 | jq length) -gt 300 ]] || fault "sharkd: shows $(answer 2 | head -c 200) of all.pcap"
[[ $(answer 4 | jq length) -gt 0 ]] || fault "sharkd: no answer in smooth-handoff.pcap"
[[ $(answer 2) == "$(answer 6)" ]] || fault "sharkd: a capture is shown differently when it is loaded again"

# ---- other captures ----

if [[ -d ${MIPRO_CAPTURES:-} ]]; then
    cp -rL "$MIPRO_CAPTURES" "$work/captures"
    chmod -R u+w,a+rX "$work/captures"
    mapfile -d '' -t files < <(find "$work/captures" -type f -print0 | sort -z)
    shown=0
    # sharkd 4.0 keeps 10 MB for each capture that was loaded, with or without the plugin: load some at a time.
    for ((first = 0; first < ${#files[@]}; first += 50)); do
        batch=("${files[@]:first:50}")
        for id in "${!batch[@]}"; do
            load $((2 * id + 1)) "${batch[id]}"
            ask_frames $((2 * id + 2)) ""
        done | ask_sharkd "captures of $MIPRO_CAPTURES" 300
        # For a truncated capture it shows the frames, and does not answer the load request.
        answered=$(grep -cE '^\{"jsonrpc":"2.0","id":[0-9]*[02468],"result":' "$work/out" || true)
        [[ $answered -eq ${#batch[@]} ]] || fault "sharkd: stopped at ${batch[answered]}"
        shown=$((shown + answered))
    done
    echo "$shown of ${#files[@]} captures of $MIPRO_CAPTURES shown"
else
    echo "skip: MIPRO_CAPTURES names no folder with captures from elsewhere"
fi
[[ $faults -eq 0 ]]
