#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# damage.sh BUILD [ROUNDS [CAPTURE...]] - dissect captures with some octets changed at random, and
# truncated: no crash, no sanitizer report, no bug that epan notices, and no hang.
# A plugin built with sanitizers (GCC) preloads their libraries.
# The seed is fixed; a fault leaves its capture in BUILD/damage.
source "$(dirname "$0")/../golden/common.sh"
shift
rounds=${1:-2}
[ $# = 0 ] || shift
captures=("$@")
[ $# != 0 ] || captures=("$P"/*.pcap)
command -v editcap >/dev/null || { echo "skip: no editcap"; exit 77; }

export WIRESHARK_ABORT_ON_DISSECTOR_BUG=1

fault() {
    mkdir -p "$build/damage"
    cp "$1" "$build/damage/"
    echo "fault: $build/damage/${1##*/}: exit status $2"
    grep -vE 'users other than|cut short' "$work/said" | head -n 30
    faults=$((faults + 1))
}

faults=0
count=0
for ((round = 1; round <= rounds; round++)); do
    for capture in "${captures[@]}"; do
        seed=$((round * 1000 + count % 1000))
        hurt=$work/$(basename "${capture%.*}")-$seed.pcap
        editcap -E "0.0$((round % 5 + 1))" --seed "$seed" -o 34 "$capture" "$hurt" 2>/dev/null || continue
        if [ $((round % 2)) = 1 ]; then
            editcap -s $((60 + seed % 60)) "$hurt" "$hurt.cut"
            mv "$hurt.cut" "$hurt"
        fi
        chmod a+r "$hurt"
        status=0
        keyed_tshark -n -2 -r "$hurt" -V -z mipro,tree -z mipro,srt -z conv,mipro -z expert \
            >/dev/null 2>"$work/said" || status=$?
        case $status in
        0 | 1 | 2) ! grep -qE 'runtime error|Sanitizer|Dissector bug' "$work/said" || status=86 ;;
        esac
        [ $status -lt 3 ] || fault "$hurt" $status
        rm -f "$hurt"
        count=$((count + 1))
    done
done
echo "$count damaged captures, $faults faults${preload:+, under sanitizers}"
[ $count != 0 ] && [ $faults = 0 ]
