#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# outputs.sh BUILD - what is written beside the report: it never takes the place of an input, whatever name
# that is given; and on a disk that is full, at whichever octet, the error is named, the status is 3, the file
# of the last run stays, and nothing else is left.
source "$(dirname "$0")/../prelude.sh"
set -u
verify=$(cd "$1" && pwd)/mipro-verify
cd "$(dirname "$0")/../.." || exit 1
need "$verify"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 077
outputs=(html metrics write write-baseline)

# Each input by each name: its own, another spelling, a symbolic and a hard link; and standard input.
mkdir "$dir/in"
cp pcaps/mipro.keys "$dir/in/keys"
cp pcaps/forged-update.pcap "$dir/in/capture"
echo weakness >"$dir/in/words"
"$verify" -q -k "$dir/in/keys" --write-baseline="$dir/in/baseline" "$dir/in/capture"
cp -r "$dir/in" "$dir/before"
for input in keys capture words baseline; do
    ln -s "$dir/in/$input" "$dir/$input-symbolic"
    ln "$dir/in/$input" "$dir/$input-hard"
    for output in "${outputs[@]}"; do
        for path in "$dir/in/$input" "$dir/in/../in/./$input" "$dir/$input-symbolic" "$dir/$input-hard"; do
            # A baseline may be replaced by its successor.
            [[ $input-$output != baseline-write-baseline ]] || continue
            "$verify" -q -k "$dir/in/keys" --words="$dir/in/words" --baseline="$dir/in/baseline" \
                --$output="$path" "$dir/in/capture" 2>"$dir/err"
            [[ $? == 2 ]] || fault "--$output=$path is not refused: $(cat "$dir/err")"
            if [[ $input == capture ]]; then
                "$verify" -q --$output="$path" - <"$dir/in/capture" 2>"$dir/err"
                [[ $? == 2 ]] || fault "--$output=$path is not refused on standard input: $(cat "$dir/err")"
            fi
        done
    done
done
diff -r "$dir/in" "$dir/before" || fault "an input was written over"

# With so many free pages of 4 KiB, from none to enough.
full() {
    mount -t tmpfs -o size=1m none "$dir/disk" || exit 77
    local output free status err
    for output in "${outputs[@]}" report junit events; do
        for free in 0 1 2 3 6 12 24 48 96 140 200 250; do
            rm -rf "$dir/disk"/* "$dir/disk"/.[a-z]* 2>/dev/null
            echo old >"$dir/disk/out"
            mkdir "$dir/disk/events"
            head -c $(((255 - free) * 4096)) /dev/zero >"$dir/disk/fill"
            case $output in
            report) "$verify" -o json -k "$dir/in/keys" pcaps/cases.pcap >"$dir/disk/report" 2>"$dir/err" ;;
            junit) TMPDIR=$dir/disk "$verify" -o junit -k "$dir/in/keys" pcaps/cases.pcap >"$dir/report" 2>"$dir/err" ;;
            events) "$verify" -k "$dir/in/keys" --events="$dir/disk/events" --shard=2 pcaps/cases.pcap 2>"$dir/err" ;;
            *) "$verify" -q -k "$dir/in/keys" --$output="$dir/disk/out" pcaps/cases.pcap 2>"$dir/err" ;;
            esac
            status=$?
            err=$(grep -v 'fragments overlap' "$dir/err")
            echo "$output $status" >>"$dir/statuses"
            [[ $status != 3 || $err == *"No space left"* ]] || fault "$output, $free free: says '$err'"
            case $output-$status in
            report-3 | events-3 | *-[01]) ;;
            junit-3) [[ $err == *"in $dir/disk"* ]] || fault "junit: does not say where: '$err'" ;;
            *-3)
                [[ $err == *"$dir/disk/out"* ]] || fault "$output, $free free: does not name the file: '$err'"
                [[ $(cat "$dir/disk/out") == old ]] || fault "$output, $free free: the last file is gone" ;;
            *) fault "$output, $free free: status $status: $err" ;;
            esac
            [[ $status == 3 && $output == events && -n $(ls -A "$dir/disk/events") ]] &&
                fault "events, $free free: leaves $(ls -A "$dir/disk/events")"
            [[ -z $(find "$dir/disk" -maxdepth 1 -name '.*' -type f) ]] || fault "$output, $free free: leaves $(ls -A "$dir/disk")"
            [[ $status == 3 || $(head -c 3 "$dir/disk/out") != old || $output == @(report|junit|events) ]] ||
                fault "$output, $free free: nothing is written"
        done
        [[ $(grep -c "^$output 3" "$dir/statuses") -gt 0 && $(grep -c "^$output [01]" "$dir/statuses") -gt 0 ]] ||
            fault "$output: not on both sides of the limit"
    done
    # The texts of evidence are kept where TMPDIR says.
    rm -rf "$dir/disk"/*
    head -c 1M /dev/zero >"$dir/disk/fill" 2>/dev/null
    echo old >"$dir/evidence.pcapng"
    TMPDIR=$dir/disk "$verify" -q -k "$dir/in/keys" --write="$dir/evidence.pcapng" pcaps/cases.pcap 2>"$dir/err"
    [[ $? == 3 && $(cat "$dir/evidence.pcapng") == old ]] && grep -q "in $dir/disk: No space left" "$dir/err" ||
        fault "TMPDIR is full: $(cat "$dir/err")"
    echo "$faults faults on a full disk" >"$dir/full"
    ((faults == 0))
}
mkdir "$dir/disk"
if unshare -rm true 2>/dev/null; then
    export -f full fault
    export dir verify faults
    unshare -rm bash -c "outputs=(${outputs[*]}); full" || {
        [[ $? == 77 ]] && echo "skip: no file system can be mounted here" || faults=$((faults + 1))
    }
else
    echo "skip: no full disk without a namespace"
fi
echo "$faults faults"
[[ $faults -eq 0 ]]
