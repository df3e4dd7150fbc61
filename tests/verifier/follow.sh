#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# follow.sh BUILD - mipro-verify --follow: a file that grows, a pipe, a directory of ring files; what
# is written is reported soon, nothing is lost, a signal prints the summary; and what can
# go wrong with each.
source "$(dirname "$0")/../prelude.sh"
set -u
verify=$(cd "$1" && pwd)/mipro-verify
cd "$(dirname "$0")/../.." || exit 1
need "$verify" jq
dir=$(mktemp -d)
pid=
trap '[[ -z $pid ]] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
umask 077
cp pcaps/mipro.keys "$dir/keys"

# Wait until the command is true; generously, for loaded machines.
until_true() {
    local i
    for ((i = 0; i < 300; i++)); do
        "$@" && return 0
        sleep 0.1
    done
    fault "not true within 30 s: $*"
    return 1
}
lines() { # N: this many records were printed
    [[ $(wc -l <"$dir/out") -ge $1 ]]
}
says() { # FILE TEXT
    grep -qF -- "$2" "$dir/$1"
}
start() { # ARGUMENT...
    : >"$dir/out"
    : >"$dir/err"
    "$verify" -k "$dir/keys" -o json --follow "$@" <&0 >"$dir/out" 2>"$dir/err" &
    pid=$!
}
ends() { # STATUS
    local got=0
    wait "$pid" || got=$?
    pid=
    [[ $got == "$1" ]] || fault "status $got, not $1: $(head -n 3 "$dir/err")"
}
stop() { # SIGNAL STATUS
    kill "-$1" "$pid"
    ends "$2"
}
# The records, in the order of the capture, without the file name.
records() {
    jq -cS 'select(.record == "finding" or .record == "authenticator" or .record == "summary") | del(.file, .files, .undecided)' "$1" | sort
}
same() { # WHAT: as in a run over the whole capture
    records "$dir/out" >"$dir/out.sorted"
    records "$dir/whole" | diff - "$dir/out.sorted" >"$dir/diff" || fault "$1: $(head -n 4 "$dir/diff")"
}

# After it two frames of another protocol, 5 s later: an accepted forgery is reported when the
# capture has gone on by the tolerance.
capture=$dir/capture
tick() {
    printf '\x4f\x3b\xd5\x36\0\0\0\0\x2a\0\0\0\x2a\0\0\0' # 919944015 s, 42 octets
    head -c 12 /dev/zero
    printf '\x08\x06'
    head -c 28 /dev/zero
}
{ cat pcaps/forged-update.pcap && tick && tick; } >"$capture"
"$verify" -k "$dir/keys" -o json "$capture" >"$dir/whole"
size=$(stat -c %s "$capture")

# A file that grows by pieces that end anywhere, even inside its header.  One record is printed before
# the next is written, with one thread and with several.
for threads in 1 3; do
    : >"$dir/grows.pcap"
    start --threads=$threads "$dir/grows.pcap"
    at=0
    for piece in 10 30 60 70 $((size - 170 - 20)); do
        dd if="$capture" of="$dir/grows.pcap" bs=1 skip=$at count="$piece" seek=$at conv=notrunc status=none
        at=$((at + piece))
        [[ $at != 170 ]] || until_true lines 1
    done
    until_true lines 3
    says out '"record":"summary"' && fault "the summary came before the end"
    dd if="$capture" of="$dir/grows.pcap" bs=1 skip=$at seek=$at conv=notrunc status=none
    sleep 0.3
    stop INT 1
    same "a growing file, $threads threads"
done

# How soon: the time from writing to the line, on the clock of this machine.
head -c 24 "$capture" >"$dir/grows.pcap"
start "$dir/grows.pcap"
sleep 0.5
best=999999
for i in 1 2 3 4 5; do
    before=$(date +%s%N)
    tail -c +25 "$capture" | head -c 100 >>"$dir/grows.pcap"
    until_true lines "$i" || break
    took=$((($(date +%s%N) - before) / 1000000))
    ((took >= best)) || best=$took
done
((best < 1000)) || fault "the best of five lines took $best ms"
stop TERM 1

# Stopped in the middle of a record, before the first, and before the header: not an error.
head -c $((size - 10)) "$capture" >"$dir/grows.pcap"
start "$dir/grows.pcap"
until_true lines 2
stop INT 1
[[ ! -s $dir/err ]] || fault "stopped in a record: $(cat "$dir/err")"
for n in 0 10 24; do
    head -c $n "$capture" >"$dir/grows.pcap"
    start "$dir/grows.pcap"
    sleep 0.3
    kill -INT "$pid"
    ends 4
done

# A pipe: what is in it when the signal arrives is read; and its end ends the run.
mkfifo "$dir/pipe"
start "$dir/pipe"
exec 9>"$dir/pipe"
head -c 170 "$capture" >&9
until_true lines 1
tail -c +171 "$capture" >&9
stop TERM 1
exec 9>&-
same "a pipe"
start - <"$capture" # not a pipe: it could grow
until_true lines 3
stop INT 1
same "standard input"
start "$dir/pipe"
cat "$capture" >"$dir/pipe"
ends 1
same "a pipe that ends"

# A directory: existing and new files, in the order of numbers; state is kept from file to file.
# Where its records begin, and where it ends.
starts=(24 124 198 298 372 482)
[[ $size == 598 && $(od -An -tu4 -j 132 -N 4 "$capture" | tr -d ' ') == 58 ]] ||
    fault "the records of $capture are not where this test thinks"
pieces() { # NAME...: the capture, a record each; the last name gets the rest
    local i=0 name end
    for name; do
        end=${starts[i + 1]}
        [[ $name != "${*: -1}" ]] || end=$size
        { head -c 24 "$capture"; head -c "$end" "$capture" | tail -c +$((starts[i] + 1)); } >"$dir/part.tmp"
        i=$((i + 1))
        mv "$dir/part.tmp" "$dir/$name"
    done
}
mkdir "$dir/ring"
echo notes >"$dir/ring/notes.txt"
echo other >"$dir/ring/.x.pcap"
start "$dir/ring"
sleep 0.3
pieces ring/s.pcap9 ring/s.pcap10 ring/s.pcap11
until_true lines 3
stop INT 1
records "$dir/out" | jq -c 'select(.rule) | [.rule, .frame]' >"$dir/found"
grep -q 'forged-accepted' "$dir/found" || fault "what spans ring files is not found: $(cat "$dir/out")"
tail -n 1 "$dir/out" | jq -e '.files == 3 and .unread == 0' >/dev/null || fault "not three files: $(tail -n 1 "$dir/out")"

# A file of the ring is removed after it was read; then the directory disappears.
rm -rf "$dir/ring"
mkdir "$dir/ring"
pieces ring/a_00001.pcap ring/a_00002.pcap
start "$dir/ring"
until_true lines 3
rm "$dir/ring/a_00001.pcap"
sleep 0.3
kill -0 "$pid" 2>/dev/null || fault "a ring file that was removed ended it"
rm -rf "$dir/ring"
ends 3
says err "the directory has disappeared" || fault "the directory: $(cat "$dir/err")"
says out '"record":"summary"' || fault "no summary when the directory disappeared"

# One of them is not a capture: an error, and the rest is read.
mkdir "$dir/ring"
echo "no capture at all, is it?" >"$dir/ring/a_00000.pcap"
pieces ring/a_00001.pcap ring/a_00002.pcap
start "$dir/ring"
until_true lines 4
stop INT 3
says err "a_00000.pcap: is not pcap or pcapng" || fault "no capture: $(cat "$dir/err")"
grep -q forged-accepted "$dir/out" || fault "the rest was not read"

# Truncated, replaced, removed.
cp "$capture" "$dir/grows.pcap"
start "$dir/grows.pcap"
until_true lines 3
truncate -s 100 "$dir/grows.pcap"
ends 3
says err "the file was truncated to 100 octets while it was followed" || fault "truncated: $(cat "$dir/err")"
cp "$capture" "$dir/grows.pcap"
start "$dir/grows.pcap"
until_true lines 3
cp "$capture" "$dir/other"
mv "$dir/other" "$dir/grows.pcap"
ends 3
says err "replaced by another file" || fault "replaced: $(cat "$dir/err")"
start "$dir/grows.pcap"
until_true lines 3
rm "$dir/grows.pcap"
ends 3
says err "the file was removed while" || fault "removed: $(cat "$dir/err")"
says out '"record":"summary"' || fault "no summary when the file was removed"

# Usage; nothing to read; a closed pipe.
start "$capture" "$capture"
ends 2
start "$dir/none.pcap"
ends 3
cp "$capture" "$dir/grows.pcap"
"$verify" -k "$dir/keys" -o json --follow "$dir/grows.pcap" 2>"$dir/err" >"$dir/pipe" &
pid=$!
head -n 1 <"$dir/pipe" >/dev/null
until_true eval '! kill -0 "$pid" 2>/dev/null || { tail -c +25 "$capture" >>"$dir/grows.pcap"; false; }'
ends 3

# systemd accepts the unit of the guide.
unit=docs/mipro-verify.service
if command -v systemd-analyze >/dev/null && [[ -e $unit ]]; then
    sed 's,/usr/bin/mipro-verify,/bin/true,' "$unit" >"$dir/mipro-verify.service"
    systemd-analyze verify --man=no "$dir/mipro-verify.service" >"$dir/err" 2>&1 ||
        { grep -q mipro-verify.service: "$dir/err" && fault "the unit: $(cat "$dir/err")"; }
fi
echo "best of five: $best ms; $faults faults"
[[ $faults -eq 0 ]]
