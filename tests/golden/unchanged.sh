#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unchanged.sh BUILD [CAPTURE...] - mip, icmp, ip and all others show with the plugin, octet for
# octet, what they show without it: its own trees apart, and types 16-19, which are malformed
# to mip.  Minimal encapsulation is left wrapped: what is in it would count as a conversation.
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
captures=("$@")
[ $# != 0 ] || captures=("$P"/*.pcap)
for file in "${captures[@]}"; do
    count=$((count + 1))
    skip=$(mipro_tshark -r "$file" -Y 'mipro.type or minenc' -T fields -e frame.number | paste -sd ,)
    filter=frame
    [ -z "$skip" ] || filter="not frame.number in {$skip}"
    plain_tshark -r "$file" -Y "$filter" -T pdml | others >"$work/plain"
    mipro_tshark -r "$file" -Y "$filter" --disable-protocol minenc -T pdml | others >"$work/ours"
    diff -u --label "without ${file##*/}" --label "with ${file##*/}" "$work/plain" "$work/ours" \
        >"$work/difference" || { head -n 20 "$work/difference"; failed=$((failed + 1)); }
done
echo "$count captures, $failed differ"
[ "$count" != 0 ] && [ $failed = 0 ]
