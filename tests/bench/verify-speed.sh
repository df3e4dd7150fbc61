#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# verify-speed.sh [BUILD [MESSAGES...]] - how fast mipro-verify is, as a ratio to
# tcpdump -r FILE -w /dev/null on the same capture in the same run.
#
# 100,000 mobile nodes, 1,000 associations, all rules on, from the page cache; for each
# number of messages the best of RUNS (5) runs, interleaved.  Target: at most 2.0 with
# one thread, 1.0 with two, below 512 MiB, and the same cost per message at every size.
# MIPRO_BENCH_DIR (the temporary folder) needs 100 octets per message.
# At the end, the instructions per message, by callgrind, and their distribution over the
# stages: read, assemble and report run in one thread at a time, the others in all threads.
set -eu
source "$(dirname "$0")/instructions.sh"
build=${1:-build}
shift || true
sizes=("$@")
[[ ${#sizes[@]} -gt 0 ]] || sizes=(100000 1000000 10000000)
runs=${RUNS:-5}
dir=$(mktemp -d "${MIPRO_BENCH_DIR:-${TMPDIR:-/tmp}}/verify-speed-XXXXXX")
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir" # tcpdump drops its privileges before it reads
command -v tcpdump >/dev/null || { echo "verify-speed: tcpdump is not here" >&2; exit 77; }

# run NAME COMMAND...: keep the shortest wall time and processor time, and the largest memory.
declare -A wall cpu memory
run() {
    local name=$1 begin e u s m
    shift
    begin=${EPOCHREALTIME/[.,]/}
    /usr/bin/time -o "$dir/time" -f '%U %S %M' "$@" >/dev/null 2>"$dir/errors" ||
        { cat "$dir/errors" >&2; exit 1; }
    e=$((${EPOCHREALTIME/[.,]/} - begin))e-6
    read -r u s m < <(tail -n 1 "$dir/time")
    wall[$name]=$(awk -v a="${wall[$name]:-999999}" -v b="$e" 'BEGIN { print (a < b ? a : b) }')
    cpu[$name]=$(awk -v a="${cpu[$name]:-999999}" -v b="$u" -v c="$s" 'BEGIN { print (a < b + c ? a : b + c) }')
    memory[$name]=$(awk -v a="${memory[$name]:-0}" -v b="$m" 'BEGIN { print (a > b ? a : b) }')
}

echo "$(nproc) processors, load $(cut -d ' ' -f 1-3 /proc/loadavg); best of $runs runs"
printf '%10s  %-22s %8s %8s %9s %8s %8s\n' messages what wall/s cpu/s ns/frame MiB ratio
for n in "${sizes[@]}"; do
    "$build/tests/bench/make_capture" "$n" 100000 1000 "$dir/keys" "$dir/capture"
    chmod 600 "$dir/keys"
    cat "$dir/capture" >/dev/null # into the page cache
    wall=() cpu=() memory=()
    for ((i = 0; i < runs; i++)); do
        run tcpdump tcpdump -r "$dir/capture" -w /dev/null
        run one "$build/mipro-verify" -q -k "$dir/keys" --threads=1 "$dir/capture"
        run two "$build/mipro-verify" -q -k "$dir/keys" --threads=2 "$dir/capture"
    done
    for name in tcpdump one two; do
        label=$name
        [[ $name == tcpdump ]] || label="mipro-verify, $name"
        awk -v n="$n" -v label="$label" -v w="${wall[$name]}" -v c="${cpu[$name]}" \
            -v m="${memory[$name]}" -v base="${wall[tcpdump]}" 'BEGIN {
                printf "%10d  %-22s %8.3f %8.2f %9.0f %8.0f %8.2f\n", n, label, w, c, w * 1e9 / n, m / 1024, (base > 0 ? w / base : 0) }'
    done
    rm "$dir/capture"
done

for n in 20000 120000; do
    "$build/tests/bench/make_capture" "$n" 100000 1000 "$dir/keys" "$dir/capture-$n"
done
per_message "mipro-verify, one thread" 20000 120000 \
    "$build/mipro-verify" -q -k "$dir/keys" --threads=1 "$dir/capture-@"

# The distribution of the instructions over the stages.
profile=$dir/profile
valgrind --tool=callgrind --callgrind-out-file="$profile" "$build/mipro-verify" -q -k "$dir/keys" \
    --threads=2 "$dir/capture-120000" >/dev/null 2>&1 &&
    callgrind_annotate --inclusive=yes --threshold=100 --auto=no "$profile" 2>/dev/null | awk '
        function figure(s) { gsub(/,/, "", s); return s + 0 }
        match($0, /(vrf_read_batch|vrf_inspect|vrf_assemble|vrf_settle|report_batch)/) {
            name = substr($0, RSTART, RLENGTH)
            if (figure($1) > of[name]) of[name] = figure($1)
        }
        END {
            for (name in of) all += of[name]
            for (name in of) printf "%-12s %5.1f %% of the instructions\n", name, 100 * of[name] / all
        }' | sort
