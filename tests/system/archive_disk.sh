#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# archive_disk.sh BUILD - an audit on a file system that is full, at each of its steps, or read-only: that is said, with
# status 3, and once there is room the script continues, to the report of one process.
source "$(dirname "$0")/../prelude.sh"
set -u
if [[ -z ${INSIDE-} ]]; then
    unshare -rm true 2>/dev/null || skip "no file system can be mounted here (unshare -rm)"
    INSIDE=yes exec unshare -rm bash "$0" "$@"
fi
source "$(dirname "$0")/../archive.sh"

python3 "$top/tests/system/archive_history.py" . 24 200 || exit 1
find archive -name '*.pcapng' | sort >files
mipro-verify -k keys -o json --continue $(cat files) >one.jsonl 2>/dev/null
mkdir disk
new=(-k keys --tasks=3 --shards=3 --files=files)

# count FOLDER NAME: how many files of that name are in that folder of the audit.
count() {
    find "disk/w/$1" -maxdepth 1 -name "$2" 2>/dev/null | wc -l
}

# KiB; the last ones have room for all but the report.
reached=''
for size in 64 88 128 160 200 240 320 640 900; do
    mount -t tmpfs -o "size=${size}k" none disk || skip "no file system can be mounted here"
    mkdir disk/w
    archive --work=disk/w --attempts=2 -j 2 "${new[@]}"
    got=$?
    [[ $got == 3 && ! -e disk/w/report.jsonl ]] && grep -q "No space left on device" err || fault "$size KiB: status $got: $(cat err)"
    reached+="plan $(count plan sums), map $(count map '*.status'), reduce $(count reduce '*.status'); "
    mount -o remount,size=100m none disk
    if [[ -e disk/w/plan ]]; then
        archive --work=disk/w
    else
        archive --work=disk/w "${new[@]}"
    fi
    got=$?
    [[ $got == 1 ]] && cmp -s one.jsonl disk/w/report.jsonl || fault "$size KiB, and then more: status $got: $(cat err)"
    left=$(find disk/w -name '*.out.*' -o -name '.*.events.*' -o -name failed)
    [[ -z $left ]] || fault "$size KiB, and then more: it leaves $left"
    umount disk
done
for step in 'plan 1, map 0' 'map 3, reduce [012];' 'reduce 3'; do
    grep -q "$step" <<<"$reached" || fault "the disk was never full after '$step': $reached"
done

mount -t tmpfs -o size=100m none disk
mkdir disk/w
mount -o remount,ro none disk
expect "a file system that is read-only" 3 "Read-only file system" --work=disk/w "${new[@]}"
umount disk

echo "$faults faults"
[[ $faults == 0 ]]
