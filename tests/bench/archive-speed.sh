#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive-speed.sh [BUILD [MESSAGES [FILES]]] - what map, reduce and merge cost together, compared with one
# process that judges the same files with --continue; and the octets that they write.
#
# 10,000,000 messages of 100,000 mobile nodes in 10,000 files, TASKS (4) map tasks, SHARDS (4) shards, as
# archive-parallel chooses for so many octets; all reports in JSON, one thread per process.  Target: at most
# 1.3 times the work of the one process.
# MIPRO_BENCH_DIR (the temporary folder) needs 1,200 octets per message.
set -eu
build=$(realpath "${1:-build}")
messages=${2:-10000000} files=${3:-10000}
tasks=${TASKS:-4} shards=${SHARDS:-4}
scripts=$(realpath "$(dirname "$0")/../../scripts")
dir=$(mktemp -d "${MIPRO_BENCH_DIR:-${TMPDIR:-/tmp}}/archive-speed-XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir"
verify=$build/mipro-verify

"$build/tests/bench/make_capture" "$messages" 100000 1000 keys capture
chmod 600 keys
mkdir archive
python3 - "$messages" "$files" <<'END'
import struct
import sys
messages, files = int(sys.argv[1]), int(sys.argv[2])
with open('capture', 'rb') as capture:
    head = capture.read(24)
    for number in range(files):
        with open('archive/%06d.pcap' % number, 'wb') as part:
            part.write(head)
            for _ in range(messages * (number + 1) // files - messages * number // files):
                record = capture.read(16)
                part.write(record + capture.read(struct.unpack_from('<I', record, 8)[0]))
END
rm capture
find archive -type f | sort >files
split -n "l/$tasks" -d -a 4 files task.
octets() {
    find "$@" -type f -printf '%s\n' | awk '{ n += $1 } END { printf "%.0f", n }'
}
# stage NAME OCTETS-OF COMMAND...: print its times, and the octets that it wrote.
stage() {
    local name=$1 wrote=$2 status=0 e s
    shift 2
    sync # what the stage before has left to be written does not slow this one down
    /usr/bin/time -q -o times.txt -f '%e %U %S' "$@" 2>errors || status=$?
    [[ $status -le 1 ]] || { cat errors >&2; exit 1; }
    read -r e user s <times.txt
    cpu=$(awk -v u="$user" -v s="$s" 'BEGIN { print u + s }')
    [[ -z $wrote ]] || wrote=$(octets $wrote)
    printf '%-34s %8.2f %8.2f %8.2f %9.0f %14s\n' "$name" "$e" "$user" "$s" \
        "$(awk -v c="$cpu" -v n="$messages" 'BEGIN { print c * 1e9 / n }')" "$wrote"
}
# digest FILE: of a report, which is removed, so that the next one finds as much memory that was in use before:
# to get other memory from a host takes the kernel several times as long as to write.
digest() {
    md5sum <"$1"
    rm "$1"
}
export verify shards

echo "$(nproc) processors, load $(cut -d ' ' -f 1-3 /proc/loadavg); $messages messages in $files files of $(octets archive) octets"
printf '%-34s %8s %8s %8s %9s %14s\n' what wall/s user/s sys/s cpu-ns/msg octets
cat $(cat files) >/dev/null # into the page cache
stage "one process, -q" "" bash -c '"$verify" -q -k keys --threads=1 --continue $(cat files)'
stage "one process" one.jsonl bash -c '"$verify" -k keys --threads=1 -o json --continue $(cat files) >one.jsonl'
one=$cpu one_user=$user one_digest=$(digest one.jsonl)
stage "map, $tasks tasks in turn" events bash -c 'for t in task.*; do
    "$verify" -k keys --threads=1 --events=events --shard=$shards $(cat $t) || exit 2; done'
total=$cpu total_user=$user
stage "reduce, $shards shards in turn" "$(seq -f "%g.part" "$shards")" bash -c 'for ((k = 1; k <= shards; k++)); do
    "$verify" -k keys --threads=1 -o json --compact --shard=$k/$shards events >$k.part || [ $? = 1 ] || exit 2; done'
total=$(awk -v a="$total" -v b="$cpu" 'BEGIN { print a + b }')
total_user=$(awk -v a="$total_user" -v b="$user" 'BEGIN { print a + b }')
stage merge merged.jsonl bash -c '"$verify" -o json --merge $(seq -f %g.part "$shards") events >merged.jsonl'
# ratios WORK OF-MAP-AND-REDUCE OF-THE-MERGE OF-ONE-PROCESS
ratios() {
    awk -v what="$1" -v t="$2" -v m="$3" -v o="$4" 'BEGIN {
        printf "%s: map and reduce %.2f times that of the one process, with the merge %.2f (wanted: 1.3)\n",
            what, t / o, (t + m) / o }'
}
ratios "processor time" "$total" "$cpu" "$one"
ratios "of it in the programs" "$total_user" "$user" "$one_user"
[[ $(digest merged.jsonl) == "$one_digest" ]] && echo "the report is the same octets"
rm -rf events ./[0-9]*.part
for ((workers = 1; workers <= $(nproc); workers *= 2)); do
    stage "archive-parallel, workers: $workers" audit/report.jsonl "$scripts/archive-parallel" -k keys --verify="$verify" \
        --work=audit --tasks="$tasks" --shards="$shards" --files=files -j "$workers"
    [[ $(digest audit/report.jsonl) == "$one_digest" ]]
    awk -v c="$cpu" -v o="$one" 'BEGIN { printf "processor time of all its programs: %.2f times that of the one process\n", c / o }'
    rm -rf audit
done
