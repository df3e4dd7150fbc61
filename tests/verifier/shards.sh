#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An archive in parts: for any number of parts and any grouping of captures, the merged
# report is that of one process, octet for octet; and no events that are missing, damaged or made in
# another way are judged.  Argument: the build directory.
source "$(dirname "$0")/../prelude.sh"
set -u
build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
verify=$build/mipro-verify
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
keys=$work/keys
cp "$source/pcaps/mipro.keys" "$keys"
chmod 600 "$keys"

# map GROUP N CAPTURE...: in tasks of GROUP captures, some of which may be unreadable.
map() {
    local group=$1 n=$2
    shift 2
    while [ $# -gt 0 ]; do
        "$verify" -k "$keys" --events="$work/events" --shard="$n" "${@:1:group}" 2>>"$work/map" || [ $? -eq 3 ] || return
        shift $(($# < group ? $# : group))
    done
}

# reduce N: every part into $work/part-K, every second one compact; prints the worst status.
reduce() {
    local n=$1 k worst=0 status
    for ((k = 1; k <= n; k++)); do
        # shellcheck disable=SC2046 # no word, or one
        "$verify" -k "$keys" -o json $([ $(((k + n) % 2)) = 0 ] && echo --compact) --shard="$k/$n" "$work/events" >"$work/part-$k" 2>>"$work/reduce"
        status=$?
        [ $status -le $worst ] || worst=$status
    done
    echo $worst
}

clean() {
    rm -rf "$work"/events "$work"/part-* "$work"/map "$work"/reduce
}

# same NAME GROUP N CAPTURE...
same() {
    local name=$1 group=$2 n=$3 one merged
    shift 3
    clean
    "$verify" -k "$keys" -o json --continue "$@" >"$work/one" 2>/dev/null
    one=$?
    map "$group" "$n" "$@" || fault "$name: map"
    reduce "$n" >/dev/null
    "$verify" --merge "$work"/part-* "$work/events" >"$work/merged" 2>"$work/merge"
    merged=$?
    [ $one -eq $merged ] || fault "$name: status $merged, not $one"
    cmp -s "$work/one" "$work/merged" || {
        fault "$name: $n parts, $group captures a task"
        diff "$work/one" "$work/merged" | head -4
    }
}

# Each capture on its own.
count=0
for capture in "$source"/pcaps/*.pcap; do
    for n in 1 3; do
        same "${capture##*/}" 1 $n "$capture"
        count=$((count + 1))
    done
done
echo "$count reports of single captures are those of one process"

# One history in many files, with any grouping, in the order of the tasks or another order.
count=0
if command -v editcap >/dev/null; then
    for capture in "$source"/pcaps/{cases,smooth-handoff,replay-attack,conduct-acknowledge-mismatch,conduct-reply-mismatch}.pcap; do
        sizes="1 7"
        [ "${capture##*/}" != cases.pcap ] || sizes=40 # it is the longest
        for size in $sizes; do
            rm -rf "$work/ring"
            mkdir "$work/ring"
            editcap -c $size "$capture" "$work/ring/ring.pcap"
            for n in 2 64; do
                same "${capture##*/} in files of $size" $((size + 1)) $n "$work"/ring/ring*
                count=$((count + 1))
            done
        done
    done
    echo "$count reports of histories that span files are those of one process"
else
    echo "skip: no editcap"
fi

# The rest of two datagrams never comes: their messages, which are given up two hours later, tell the
# parts to which they do not belong nothing about the time.
if command -v text2pcap >/dev/null && command -v mergecap >/dev/null; then
    source "$source/tests/packets.sh"
    for home in 01 02 03; do
        begun="01b201b200540000 128000e10a01c8${home}0a020001"
        frames "$(fragment 0 1 "$begun")" "$(fragment 0 1 "$begun" 8)" >"$work/begun.pcap"
        "$build/mipro-inject" update --home=10.1.0.9 --care-of=10.2.0.1 --lifetime=60 --flags=AI --ident=1 \
            --source=10.1.0.1 --destination=192.0.2.7 --keys="$keys" --spi=0x1000 --write="$work/update.pcap" 2>/dev/null
        editcap -t 7200 "$work/update.pcap" "$work/later.pcap"
        mergecap -w "$work/given-up.pcapng" "$work/begun.pcap" "$work/later.pcap"
        same "datagrams that are given up, of 10.1.200.${home#0}" 1 3 "$work/given-up.pcapng"
    done
else
    echo "skip: no text2pcap, mergecap"
fi

# Files without any frame are where their names say, whichever task reads them.
if command -v editcap >/dev/null; then
    mkdir "$work/quiet"
    for i in 1 2 3 4 5 6 7 8 9; do
        if [ $((i % 4)) = 2 ]; then
            editcap -t $((i * 10)) "$source/pcaps/replay-attack.pcap" "$work/quiet/tap-$i.pcap"
        else
            head -c 24 "$source/pcaps/replay-attack.pcap" >"$work/quiet/tap-$i.pcap"
        fi
    done
    for group in 1 2 4; do
        same "files without frames" $group 2 "$work"/quiet/*
    done
    # Names that are in no order say nothing; then neighbours of one task stay together.
    mv "$work/quiet/tap-2.pcap" "$work/quiet/tap-7.pcap"
    same "files without frames, and names that say nothing" 9 2 "$work"/quiet/tap-{7,1,6,3}.pcap
    clean
    map 2 1 "$work"/quiet/tap-{5,7,3,6,9,8}.pcap
    "$verify" -k "$keys" -o json --shard=1/1 "$work/events" 2>/dev/null | head -1 |
        grep -o 'tap-.\.pcap' | tr '\n' ' ' | grep -qx 'tap-5.pcap tap-7.pcap tap-3.pcap tap-6.pcap tap-9.pcap tap-8.pcap ' ||
        fault "files without frames: $("$verify" -k "$keys" -o json --shard=1/1 "$work/events" 2>/dev/null | head -1)"
fi

# Names that are no text.
cp "$source/pcaps/replay-attack.pcap" "$work"/$'no\377text.pcap'
same "a name that is no text" 1 2 "$work"/$'no\377text.pcap'
cp "$source/pcaps/smooth-handoff.pcap" "$work"/$'no\376text.pcap'
map 1 2 "$work"/$'no\376text.pcap'
"$verify" -k "$keys" -o json --shard=1/2 "$work/events" >"$work/out" 2>"$work/error"
[ $? -eq 3 ] && [ ! -s "$work/out" ] && grep -q "two captures have this name" "$work/error" ||
    fault "two names that look alike: $(cat "$work/error")"

# A task that died left files; another process has the same number.
clean
map 1 2 "$source/pcaps/cases.pcap"
(
    for file in "$work"/events/*.events; do
        : >"$work/events/.${file##*/}.$BASHPID"
    done
    exec "$verify" -k "$keys" --events="$work/events" --shard=2 "$source/pcaps/cases.pcap" 2>"$work/error"
) || fault "files that a task left: $(cat "$work/error")"

# Findings that one part cannot decide.
clean
capture=$source/pcaps/cases.pcap
map 1 4 "$capture"
reduce 4 >/dev/null
grep -q '"open":{' "$work"/part-* || fault "no part leaves anything open"

# The same capture twice, in two tasks or under two names: it counts once.
map 1 4 "$capture" "$capture"
cp "$capture" "$work/other.pcap"
map 1 4 "$work/other.pcap"
"$verify" -k "$keys" -o json --shard=2/4 "$work/events" 2>"$work/error" | tail -1 |
    sed 's/,"checksum":.*//' >"$work/twice"
tail -1 "$work/part-2" | sed 's/,"checksum":.*//' | cmp -s - "$work/twice" || fault "a capture that is given twice counts twice"
grep -q "is given twice" "$work/error" || fault "nothing is said of a capture that is given twice"

# A ring file is missing; a capture that cannot be read to its end.
clean
mkdir "$work/gap"
for i in 1 2 4; do
    cp "$source/pcaps/smooth-handoff.pcap" "$work/gap/tap_0000${i}_1999022512000$i.pcap"
    printf '\377' | dd of="$work/gap/tap_0000${i}_1999022512000$i.pcap" bs=1 seek=$((100 + i)) conv=notrunc 2>/dev/null
done
map 9 2 "$work"/gap/*
"$verify" -k "$keys" -o json --shard=1/2 "$work/events" 2>"$work/error" >/dev/null
grep -q "ring file number 3, which comes before it, is missing" "$work/error" || fault "a gap among ring files"

# The clock is set back between two ring files: their numbers decide, whatever is read first.  If
# dumpcap was restarted, and its numbers with it, the timestamps decide.
if command -v editcap >/dev/null; then
    mkdir "$work/back" "$work/runs"
    number=0
    for shift in 0 100 -3000 -2900 50 150; do
        number=$((number + 1))
        editcap -t $shift "$source/pcaps/replay-attack.pcap" "$work/back/tap_0000${number}_20261129120000.pcap"
    done
    same "a clock that was set back" 1 3 "$work"/back/*
    grep -q "back/tap_00003_20261129120000.pcap: its timestamps precede those of .*tap_00002" "$work/reduce" ||
        fault "a clock that was set back: $(sort -u "$work/reduce")"
    same "a clock that was set back, in one task" 9 3 "$work"/back/*
    for run in 0 1; do
        for number in 1 2 3; do
            editcap -t $((10000 * run + 100 * number)) "$source/pcaps/replay-attack.pcap" \
                "$work/runs/tap_0000${number}_2026112912000$run.pcap"
        done
    done
    same "dumpcap was started again" 2 3 "$work"/runs/*0.pcap "$work"/runs/*1.pcap
    clean
    map 9 2 "$work"/runs/*_00003_*1.pcap "$work"/runs/*_00001_*0.pcap
    "$verify" -k "$keys" -o json --shard=1/2 "$work/events" 2>"$work/error" >/dev/null
    grep -q "tap_00003_20261129120001.pcap is judged after .*tap_00001_20261129120000.pcap, according to their timestamps" \
        "$work/error" || fault "captures that a task was given in another order: $(cat "$work/error")"
fi

# A folder is given twice; a capture that cannot be read is given to two tasks.
clean
map 1 2 "$capture" "$work/nowhere.pcap"
"$verify" -k "$keys" --events="$work/events" --shard=2 "$capture" "$work/nowhere.pcap" 2>/dev/null
"$verify" -k "$keys" -o json --shard=1/2 "$work/events" "$work/events" "$work/events/." >"$work/out" 2>"$work/error"
[ $? -eq 3 ] && [ "$(grep -c '"record":"error"' "$work/out")" -eq 1 ] && tail -1 "$work/out" | grep -q '"files":2,' ||
    fault "what is given several times: $(tail -1 "$work/out")"

clean
head -c 300 "$capture" >"$work/cut.pcap"
map 1 2 "$work/cut.pcap"
grep -q "cut.pcap: frame" "$work/map" || fault "the map says nothing of a capture that is cut off"
status=$("$verify" -k "$keys" -o json --shard=1/2 "$work/events" >/dev/null 2>"$work/error"; echo $?)
[ "$status" -eq 3 ] || fault "a capture that is cut off: status $status"

# refused NAME TEXT: part 2 of 2 is not judged, and TEXT says why.
refused() {
    local status
    "$verify" -k "${use_keys:-$keys}" ${use_option:-} -o json --shard=2/2 "$work/events" >"$work/out" 2>"$work/error"
    status=$?
    [ $status -eq 3 ] || fault "$1: status $status"
    [ ! -s "$work/out" ] || fault "$1: it is judged"
    grep -q -- "$2" "$work/error" || fault "$1: $(cat "$work/error")"
}

clean
map 1 2 "$capture"
own=$(echo "$work"/events/*-02-of-02.events)
common=$(echo "$work"/events/*-all-of-02.events)
sed 's/text:sample key no. 3/text:another key/' "$keys" >"$work/other.keys"
chmod 600 "$work/other.keys"
use_keys=$work/other.keys refused "other keys" "another key file"
use_option=--tolerance=2 refused "other options" "other options"
cp "$own" "$work/kept"
size=$(stat -c %s "$own")
for at in 3 30 60 $((size / 2)) $((size - 3)); do
    printf '\252' | dd of="$own" bs=1 seek=$at conv=notrunc 2>/dev/null
    cmp -s "$own" "$work/kept" && printf '\125' | dd of="$own" bs=1 seek=$at conv=notrunc 2>/dev/null
    refused "octet $at altered" "$own: "
    cp "$work/kept" "$own"
    head -c $at "$work/kept" >"$own"
    refused "cut off at $at" "$own: "
    cp "$work/kept" "$own"
done
printf 'x' >>"$own"
refused "octets after the end" "continues after its end"
printf 'x' | dd of="$own" bs=1 seek=7 conv=notrunc 2>/dev/null
refused "another version" "another version"
rm "$own"
refused "a part is missing" "02-of-02.events is missing"
cp "$work/kept" "$own"
mkfifo "$work/pipe"
mv "$work/pipe" "$own"
refused "a pipe in the place of a file" "must be a file"
rm "$own"
mkdir "$own"
refused "a folder in the place of a file" "Is a directory"
rmdir "$own"
cp "$work/kept" "$own"
mv "$common" "$work/common"
refused "the common file is missing" "did not finish"
cp "$own" "$common"
refused "one file under the name of another" "is damaged"
mv "$work/common" "$common"
cp "$source/pcaps/replay-attack.pcap" "$work/changes.pcap"
map 1 2 "$work/changes.pcap"
cp "$source/pcaps/smooth-handoff.pcap" "$work/changes.pcap"
map 1 2 "$work/changes.pcap"
refused "a capture that changed between two tasks" "changes.pcap: two captures have this name"
clean
map 1 2 "$capture"
status=$("$verify" -k "$keys" -o json --shard=1/3 "$work/events" >/dev/null 2>"$work/error"; echo $?)
[ "$status" -eq 3 ] && grep -q "for 2 parts, not 3" "$work/error" || fault "another number of parts: $status"
mkdir "$work/empty"
status=$("$verify" -k "$keys" -o json --shard=1/2 "$work/empty" >/dev/null 2>"$work/error"; echo $?)
[ "$status" -eq 3 ] && grep -q "there are no events" "$work/error" || fault "an empty folder: $status"

# unmerged NAME TEXT REPORT...
unmerged() {
    local name=$1 text=$2 status
    shift 2
    "$verify" --merge "$@" >"$work/out" 2>"$work/error"
    status=$?
    [ $status -eq 3 ] && grep -q -- "$text" "$work/error" || fault "$name: status $status, $(cat "$work/error")"
    grep -q '"record":"summary"' "$work/out" && fault "$name: there is a summary"
}
reduce 2 >/dev/null
unmerged "a part is missing" "part 1 of 2, but 1 part was given" "$work/part-1"
unmerged "a part is given twice" "part 1 is given twice" "$work/part-1" "$work/part-1"
head -n -1 "$work/part-2" >"$work/cut"
unmerged "a report is cut off" "not judged to its end" "$work/part-1" "$work/cut"
head -c -5 "$work/part-2" >"$work/cut"
unmerged "a line is cut off" "not judged to its end" "$work/part-1" "$work/cut"
unmerged "no report" "not the report of a part" "$work/part-1" "$keys"
sed '1s/"program":"[^"]*"/"program":"0"/' "$work/part-2" >"$work/cut"
unmerged "a report of another version" "cut: was written by another version" "$work/part-1" "$work/cut"
sed 's/cases.pcap/case.pcap/' "$work/part-2" >"$work/cut"
unmerged "an altered list of captures" "cut: is damaged" "$work/part-1" "$work/cut"
"$verify" -k "$keys" --events="$work/events-4" --shard=2 "$source/pcaps/replay-attack.pcap" 2>/dev/null
"$verify" -k "$keys" -o json --shard=2/2 "$work/events-4" >"$work/cut" 2>/dev/null
unmerged "other captures" "other captures" "$work/part-1" "$work/cut"
for line in '{"record":"authenticator","file":"'"$capture"'","frame":"1"}' \
    '{"record":"authenticator","file":"'"$capture"'","frame":12345678901234567890,"time":null}' \
    '{"record":"authenticator","file":"'"$capture"'","frame":1,"time":null' \
    '{"record":"authenticator","file":"'"$capture"'","frame":1' \
    '{"record":"authenticator","file":' '{"record":"finding"}' '{"open":{}}' 'null' '' "$(head -c 70000 /dev/zero | tr '\0' '[')"; do
    { head -2 "$work/part-2"; printf '%s\n' "$line"; tail -n +3 "$work/part-2"; } >"$work/cut"
    unmerged "the line ${line:0:70}" "has a line that is not a record\|is damaged" "$work/part-1" "$work/cut"
done
{ cat "$work/part-2"; head -2 "$work/part-2" | tail -1; } >"$work/cut"
unmerged "a record after the summary" "continues after its summary" "$work/part-1" "$work/cut"
{ cat "$work/part-2"; printf x; } >"$work/cut"
unmerged "an octet after the summary" "continues after its summary" "$work/part-1" "$work/cut"
unmerged "a pipe" "must be a file" "$work/part-1" <(cat "$work/part-2")
"$verify" -k "$keys" --events="$work/events-3" --shard=2 --tolerance=3 "$capture" 2>/dev/null
"$verify" -k "$keys" -o json --tolerance=3 --shard=2/2 "$work/events-3" >"$work/cut" 2>/dev/null
# What ends a writer is an error of writing, with its status and without half a file.
(ulimit -f 4; "$verify" -k "$keys" --events="$work/small" --shard=2 "$capture" 2>"$work/error")
[ $? -eq 3 ] && grep -q "File too large" "$work/error" && [ -z "$(ls -A "$work/small")" ] ||
    fault "files may not become large: $(ls -A "$work/small") $(cat "$work/error")"
{ sleep 0.5; "$verify" --merge "$work/part-1" "$work/part-2" "$work/events"; echo $? >"$work/status"; } 2>"$work/error" | true
[ "$(cat "$work/status")" = 3 ] || fault "a merge into a closed pipe: status $(cat "$work/status")"
unmerged "parts made with different options" "different keys or options than the other parts" "$work/part-1" "$work/cut"

"$verify" -k "$keys" -o json --without-good --shard=2/2 "$work/events" >"$work/cut" 2>/dev/null
unmerged "one part without good authenticators" "different keys or options than the other parts" "$work/part-1" "$work/cut"
"$verify" -k "$keys" --merge "$work/part-1" "$work/part-2" "$work/events" >/dev/null 2>"$work/error"
[ $? -eq 1 ] || fault "a merge with the options of the parts: $(cat "$work/error")"

# Wrong usage: no argument is ignored.
misused() {
    local text=$1 status
    shift
    "$verify" "$@" >"$work/out" 2>"$work/error"
    status=$?
    [ $status -eq 2 ] && grep -q -- "$text" "$work/error" || fault "$*: status $status, $(cat "$work/error")"
}
misused "needs --shard=N" --events="$work/events" "$capture"
misused "needs --shard=N" --events="$work/events" --shard=1/2 "$capture"
misused "K of N" --shard=2 "$work/events"
misused "needs --shard=K/N and -o json" --compact "$capture"
misused "needs --shard=K/N and -o json" --compact --shard=1/2 "$work/events"
misused "not a number from 0 to 2" --shard=3/2 "$work/events"
misused "not a number from 1 to 256" --shard=1/257 "$work/events"
misused "in JSON" --merge -o text "$work/part-1"
misused "no report of a part" --merge
status=$("$verify" --shard=1/2 "$work/nowhere" 2>"$work/error"; echo $?)
[ "$status" -eq 3 ] && grep -qx "mipro-verify: $work/nowhere: No such file or directory" "$work/error" ||
    fault "a folder that is not there: status $status, $(cat "$work/error")"

status=$("$verify" --shard=1/2 "$work/keys" 2>"$work/error"; echo $?)
[ "$status" -eq 3 ] && grep -qx "mipro-verify: $work/keys: Not a directory" "$work/error" ||
    fault "a file instead of a folder: status $status, $(cat "$work/error")"

# With --strict, undecided cases of a part change its status.
clean
printf 'node a 10.1.0.1\nnode b 10.9.9.9\ndefault home=10.1.0.9\nat 0.1 a > b acknowledge status=0 ident=7\n' >"$work/early"
"$build/mipro-inject" scenario "$work/early" --write="$work/early.pcap" 2>/dev/null
for strict in "" --strict; do
    "$verify" -o json --continue $strict "$work/early.pcap" >"$work/one" 2>/dev/null
    one=$?
    clean
    "$verify" $strict --events="$work/events" --shard=2 "$work/early.pcap" 2>/dev/null
    worst=0
    for k in 1 2; do
        "$verify" -o json $strict --shard=$k/2 "$work/events" >/dev/null 2>&1
        status=$?
        [ $status -le $worst ] || worst=$status
    done
    [ $worst -eq $one ] || fault "an early acknowledge, ${strict:-not strict}: status $worst, not $one"
done

# Compact reports are smaller, and another version of them is named.
clean
map 1 2 "$capture"
reduce 2 >/dev/null
[ "$(wc -c <"$work/part-2")" -lt "$(wc -c <"$work/part-1")" ] || fault "--compact: $(wc -c "$work"/part-*)"
grep -qa '"verdict":"good"' "$work/part-2" && fault "--compact: a good authenticator is in JSON"
grep -qa '"verdict":"good"' "$work/part-1" || fault "without --compact: no good authenticator is in JSON"

# None of it contains a key.
clean
map 1 2 "$capture"
reduce 2 >/dev/null
if grep -rqaF -e "sample key" "$work/events" "$work"/part-*; then
    fault "a key is in the events"
fi

[[ $faults -eq 0 ]]
