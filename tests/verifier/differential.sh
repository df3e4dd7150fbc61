#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# differential.sh LIST_MESSAGES [FOLDER] - tshark and the verifier must agree on every
# capture in a folder: how many frames it has, and which contain which Mobile IP message
# between which nodes.  The folders are pcaps/ and MIPRO_CAPTURES, if none is given.
source "$(dirname "$0")/../prelude.sh"
set -u
list=$1
folders=("${2:-$(dirname "$0")/../../pcaps}")
if [ -d "${MIPRO_CAPTURES:-}" ]; then
    [ $# -gt 1 ] || folders+=("$MIPRO_CAPTURES")
else
    echo "skip: MIPRO_CAPTURES names no folder with captures from elsewhere"
fi
command -v tshark >/dev/null || {
    echo "skip: tshark is not here"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work     # no preferences, no plugins of the user's

files=0 messages=0 refused=0
while IFS= read -r -d '' file; do
    files=$((files + 1))
    timeout 60 tshark -n -r "$file" -T fields -E occurrence=l -e frame.number -e ip.src \
        -e ip.dst -e udp.srcport -e udp.dstport -e udp.payload -e icmp.type -e ip.proto >"$work/fields" \
        2>"$work/errors"
    if [ ! -s "$work/fields" ] && grep -q "supported" "$work/errors"; then
        refused=$((refused + 1)) # a link type that Wireshark does not support
        continue
    fi
    tail -n 1 "$work/fields" | cut -f 1 >"$work/count"
    # The first octet of the innermost datagram.  A quote in an ICMP error is not a message.
    awk -F '\t' 'BEGIN { t["01"] = 1; t["03"] = 3; t["10"] = 16; t["11"] = 17; t["12"] = 18
            t["13"] = 19; t["07"] = 7; t["0f"] = 15 }
        ($4 == 434 || $5 == 434) && $2 != "" && ($7 == "" || $7 == 9) &&
            substr($6, 1, 2) in t { print $1 "\t" $2 "\t" $3 "\t" t[substr($6, 1, 2)] }' \
        "$work/fields" | sort -n >"$work/theirs"
    timeout 60 "$list" "$file" >"$work/ours.all" 2>/dev/null
    status=$?
    if [ $status -ne 0 ] && [ $status -ne 3 ]; then
        echo "$file: list_messages ends with status $status"
        faults=$((faults + 1))
    fi
    sed -n 's/^frames //p' "$work/ours.all" >"$work/ours.count"
    # Only we decode minimal encapsulation (RFC 2004).
    awk -F '\t' 'FILENAME == ARGV[1] { if ($8 == 55) hidden[$1]; next } !/^frames / && !($1 in hidden)' \
        "$work/fields" "$work/ours.all" | sort -n >"$work/ours"
    theirs=$(cat "$work/count") ours=$(cat "$work/ours.count")
    if [ "${theirs:-0}" != "${ours:-0}" ]; then
        echo "$file: tshark counts ${theirs:-0} frames, we ${ours:-0}"
        faults=$((faults + 1))
    fi
    if ! diff "$work/theirs" "$work/ours" >"$work/diff"; then
        echo "$file: messages differ (< tshark, > we):"
        head -n 5 "$work/diff"
        faults=$((faults + 1))
    fi
    messages=$((messages + $(wc -l <"$work/theirs")))
done < <(find "${folders[@]}" -type f \( -name '*.pcap*' -o -name '*.cap' -o -name '*.ntar' \) -print0 |
    sort -z)
echo "$files captures ($refused refused by tshark), $messages messages, $faults disagreements"
[ "$files" -gt 0 ] && [ "$messages" -gt 0 ] && [ "$faults" -eq 0 ]
