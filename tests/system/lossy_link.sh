#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lossy_link.sh BUILD [ROLE...] - over a link that loses, delays, reorders and duplicates packets, no
# case fails a correct node: a case that a loss can explain is repeated (--retry), and is "flaky" at most.
#
# By hand: LOSSY_RUNS=100 tests/system/lossy_link.sh build makes five hundred runs.  They use
# seeds from LOSSY_SEED (1) on for the relay, so that they can be made in parts.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$(cd "${1:?usage: lossy_link.sh BUILD [ROLE...]}" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
runs=${LOSSY_RUNS:-1} first=${LOSSY_SEED:-1}
jobs=${LOSSY_JOBS:-5}
loss=${LOSSY_LOSS:-3} duplicate=${LOSSY_DUPLICATE:-5} delay=${LOSSY_DELAY:-40}
[ $# -gt 0 ] || set -- correspondent previous-agent new-agent home-agent mobile-node

need python3
unshare -Urn sh -c 'ip link add t0 type veth peer name r0 && unshare -n true' 2>/dev/null || {
    echo "skip: no network namespaces here: unshare -Urn and veth pairs are needed"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MATRIX_RETRY=6 MATRIX_TIMEOUT=${MATRIX_TIMEOUT:-0.25}

for ((seed = first; seed < first + runs; seed++)); do
    for role in "$@"; do
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
        dir=$work/$role-$seed
        mkdir "$dir"
        MATRIX_LINK="$loss $duplicate $delay $seed" timeout -k 1 600 unshare -Urn \
            bash "$here/tester_matrix.sh" "$build" --play "$dir" "$role" none none \
            >"$dir/log" 2>&1 </dev/null &
    done
done
wait
bad=0 flaky=0 lost=0
for dir in "$work"/*/; do
    name=$(basename "$dir")
    if [ ! -s "$dir/status" ]; then
        echo "not ok - $name: the run did not end: $(cat "$dir/log" "$dir/err" 2>/dev/null)"
        bad=$((bad + 1))
        continue
    fi
    failed=$(grep -A3 '^not ok [0-9]* - [A-Z]*-[0-9]*$' "$dir/tap")
    [ -z "$failed" ] || {
        echo "not ok - $name: a correct node fails"
        sed 's/^/    /' <<<"$failed"
        bad=$((bad + 1))
    }
    flaky=$((flaky + $(grep -c '^not ok.*# FLAKY' "$dir/tap")))
    n=$(sed -nE 's/.* ([0-9]+) lost.*/\1/p' "$dir/relay")
    lost=$((lost + ${n:-0}))
done
echo "$((runs * $#)) runs, $lost packets lost, $flaky cases flaky, $bad runs with a failure"
[ "$lost" -gt 0 ] || { echo "not ok - the link lost nothing"; exit 1; }
[ $bad -eq 0 ]
