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
MIPRO_CAPTURES='' "$here/differential.sh" "$list" "$dir" >"$dir/out" || faults=$((faults + 1))
grep -v '^skip: MIPRO_CAPTURES' "$dir/out"
echo "$frames chains, $faults faults"
[[ $faults -eq 0 ]]
