#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unchanged.sh BUILD [CAPTURE...] - mip, icmp, ip and all others show with the plugin, octet for
# octet, what they show without it: its own trees apart, and types 16-19, which are malformed
# to mip.
source "$(dirname "$0")/common.sh"
shift

# Without our trees, the time of the run, and the frames that hold types 16-19.
others() {
    awk '/^<packet>/ { frame = ""; ours = 0; minimal = 0 }
         { frame = frame $0 "\n" }
         /^  <proto name="(mipro|minenc)".*\/>$/ { drop(); next }
         /^  <proto name="(mipro|minenc)"/ { inside = 1 }
         /^<\/packet>/ { print frame }
         function drop() { sub(/[^\n]*\n$/, "", frame) }
         inside { drop() }
         /^  <\/proto>/ { inside = 0 }'
}

failed=0
count=0
for capture in "${@:-$P/*.pcap}"; do
    for file in $capture; do
        count=$((count + 1))
        filter=(-Y 'not (udp.port == 434 and udp.payload[0] in {10..13}) and not ip.proto == 55')
        plain_tshark -r "$file" "${filter[@]}" -T pdml | others >"$work/plain" || true
        mipro_tshark -r "$file" "${filter[@]}" -T pdml | others >"$work/ours" || true
        diff -u --label "without ${file##*/}" --label "with ${file##*/}" "$work/plain" "$work/ours" |
            head -n 20 >"$work/difference"
        [ ! -s "$work/difference" ] || { cat "$work/difference"; failed=$((failed + 1)); }
    done
done
echo "$count captures, $failed differ"
[ "$count" != 0 ] && [ $failed = 0 ]
