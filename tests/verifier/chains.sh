#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# chains.sh FOLDER-OF-MAKE_CHAINS LIST_MESSAGES - the verifier decodes what tshark decodes: one message
# in every chain of up to three encapsulations, found by both, and in each frame.
set -u
make=$1/make_chains list=$2
here=$(cd "$(dirname "$0")" && pwd)
command -v tshark >/dev/null || { echo "skip: tshark is not here"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$make" "$dir" || exit 1
faults=0
frames=$(wc -l <"$dir/names")
((frames > 10000)) || { echo "only $frames chains"; faults=1; }
for capture in ethernet cooked; do
    "$list" "$dir/$capture.pcap" | sed '/^frames/d' | cut -f 1 | sort -n -u >"$dir/found"
    awk 'FILENAME == ARGV[1] { found[$1]; next } !($1 in found)' "$dir/found" "$dir/names" >"$dir/lost"
    [[ ! -s $dir/lost ]] || { echo "$capture: not found in $(head -n 3 "$dir/lost")"; faults=$((faults + 1)); }
done
# Headers that say something false.  What we find, tshark finds too, or it calls a header malformed
# where we need not look (options); and of what it finds, little is missing: headers of an unknown
# version, which no receiver takes.
"$list" "$dir/lies.pcap" >"$dir/all" || { echo "lies: list_messages ends with $?"; faults=$((faults + 1)); }
sed '/^frames/d' "$dir/all" | cut -f 1 | sort -u >"$dir/found"
tshark -n -r "$dir/lies.pcap" -T fields -E occurrence=l -e frame.number -e udp.dstport -e udp.payload \
    -e _ws.malformed 2>/dev/null >"$dir/theirs"
awk -F '\t' 'FILENAME == ARGV[1] { ours[$1]; next }
    { theirs = $2 == 434 && substr($3, 1, 2) == "01"; n += theirs; lost += theirs && !($1 in ours) }
    $1 in ours && !theirs && $4 == "" { print "lies: only we find a message in frame " $1; more++ }
    END { print n, "found in spite of lies,", lost, "by tshark alone"; exit more > 0 || n < 8000 || lost > 120 }' \
    "$dir/found" "$dir/theirs" || faults=$((faults + 1))
rm "$dir/lies.pcap"
MIPRO_CAPTURES='' "$here/differential.sh" "$list" "$dir" >"$dir/out" || faults=$((faults + 1))
grep -v '^skip: MIPRO_CAPTURES' "$dir/out"
echo "$frames chains, $faults faults"
[[ $faults -eq 0 ]]
