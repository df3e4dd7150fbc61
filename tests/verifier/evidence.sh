#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# evidence.sh BUILD - the file of --write is read back with the same verdicts and findings, under the
# names and numbers of the captures; plain tshark shows the comments; and error cases.
source "$(dirname "$0")/../prelude.sh"
set -u
verify=$(cd "$1" && pwd)/mipro-verify
cd "$(dirname "$0")/../.." || exit 1
need "$verify" jq
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
umask 077

# The records that the evidence must reproduce.
records() { # findings|messages FILE
    local wanted='select(.verdict)'
    [[ $1 == messages ]] || wanted='select(.verdict == "bad" or .verdict == "expired" or .verdict == "missing")'
    # The length of a silence depends on the frames in it.
    { jq -cS "$wanted | del(.why)" "$2"; jq -cS 'select(.record == "finding") | del(.text)' "$2"; } | sort
}
back() { # WHAT ARGUMENT...: the captures, and the evidence of them
    local what=$1
    shift
    rm -f "$dir/evidence.pcapng"
    "$verify" -o json --write="$dir/evidence.pcapng" --write-what="$what" "$@" >"$dir/first" 2>"$dir/err"
    case $? in 0 | 1 | 4) ;; *) false ;; esac || { fault "$*: $(cat "$dir/err")"; return; }
    local options=()
    while [[ $# -gt 0 && $1 == -* ]]; do
        options+=("$1")
        [[ $1 != -k ]] || { options+=("$2"); shift; }
        shift
    done
    "$verify" -o json "${options[@]}" "$dir/evidence.pcapng" >"$dir/second" 2>/dev/null
    records "$what" "$dir/first" >"$dir/a"
    records "$what" "$dir/second" >"$dir/b"
    diff "$dir/a" "$dir/b" >"$dir/diff" || fault "$what of $*: $(head -n 4 "$dir/diff" | cut -c 1-300)"
    [[ ! -s $dir/a ]] || compared=$((compared + 1))
}

compared=0 turn=0
cp pcaps/mipro.keys "$dir/keys"
for what in findings messages; do
    for capture in pcaps/*.pcap; do
        back $what -k "$dir/keys" "$capture"
    done
    for capture in tests/field/histories/*.pcapng; do
        # A third of them each, all with EVIDENCE_ALL=1, because they are slow.
        turn=$((turn + 1))
        [[ -n ${EVIDENCE_ALL:-} || $((turn % 3)) == $([[ $what == findings ]]; echo $?) ]] || continue
        cp "${capture%.pcapng}.keys" "$dir/own"
        read -ra options < <(jq -r '.options | join(" ")' "${capture%.pcapng}.expected.json")
        back $what -k "$dir/own" "${options[@]}" "$capture"
    done
    # Several captures, each judged on its own; then as one.
    back $what -k "$dir/keys" pcaps/forged-update.pcap pcaps/smooth-handoff.pcap pcaps/forged-update.pcap
    back $what -k "$dir/keys" --continue pcaps/conduct-*.pcap
done
((compared > 80)) || fault "only $compared comparisons had something to compare"

# An exchange of which a part is fragmented: all fragments, the last with the verdict.
"$verify" -q -k "$dir/keys" --write="$dir/evidence.pcapng" pcaps/cases.pcap 2>/dev/null
python3 - "$dir/evidence.pcapng" >"$dir/comments" <<'PY'
import re, sys
octets = open(sys.argv[1], "rb").read()
for comment in re.findall(rb'frame (\d+) of "pcaps/cases.pcap"\n([^\0]*)', octets):
    print(comment[0].decode(), comment[1].decode("latin-1").split("\n")[0])
PY
for line in '175 a part of a datagram' '176 a part of a datagram' '177 good: extension 35'; do
    grep -qxF "$line" "$dir/comments" || fault "the evidence lacks 'frame $line'"
done

# Evidence of evidence is that of the captures.
forged=pcaps/forged-update.pcap
"$verify" -q -k "$dir/keys" --write="$dir/one.pcapng" pcaps/rule-port.pcap $forged
"$verify" -q -k "$dir/keys" --write="$dir/two.pcapng" "$dir/one.pcapng"
for n in one two; do
    "$verify" -k "$dir/keys" -o json "$dir/$n.pcapng" | jq -c 'select(.record != "summary")' >"$dir/$n"
done
cmp "$dir/one" "$dir/two" || fault "evidence of evidence is other evidence"

# What plain Wireshark shows: number and origin, verdict, rule, text; time, link type, octets.
if command -v tshark >/dev/null; then
    "$verify" -q -k "$dir/keys" --write="$dir/evidence.pcapng" $forged
    tshark -r "$dir/evidence.pcapng" -T fields -e frame.comment >"$dir/comments" 2>"$dir/err"
    for text in "frame 3 of \"$forged\"" "bad: extension 35, SPI 0x00001000, association home-agent-to-correspondent" \
        "related to frame 4 of \"$forged\": forged-accepted" "error: forged-accepted: accepts the Binding Update"; do
        grep -qF -- "$text" "$dir/comments" || fault "tshark does not show '$text': $(cat "$dir/comments" "$dir/err")"
    done
    for capture in $forged pcaps/smooth-handoff.pcap pcaps/auth-covers-spi.pcap; do
        "$verify" -q --write="$dir/evidence.pcapng" --write-what=messages "$capture"
        for file in "$capture" "$dir/evidence.pcapng"; do
            tshark -r "$file" -Y 'udp.port == 434' -T fields -e frame.time_epoch -e frame.len -e frame.cap_len \
                -e frame.encap_type -e udp.payload 2>/dev/null >"$dir/$(basename "$file").fields"
        done
        diff "$dir/$(basename "$capture").fields" "$dir/evidence.pcapng.fields" >"$dir/diff" ||
            fault "$capture is other in the evidence: $(head -n 4 "$dir/diff")"
    done
fi

# The interfaces keep their names: of two in one file, in two sections that number theirs alike, in
# a compressed file (libwiretap reads it, and other octets than UTF-8 in its own way), and where the file says none.
python3 - "$forged" "$dir/named.pcapng" <<'PY'
import gzip, struct, sys
octets = open(sys.argv[1], "rb").read()
frames, at = [], 24
while at < len(octets):
    n = struct.unpack("<I", octets[at + 8:at + 12])[0]
    frames.append(octets[at + 16:at + 16 + n])
    at += 16 + n
link = struct.unpack("<I", octets[20:24])[0]

def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

def section():
    return block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))

def interface(name):
    option = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) if name else b""
    return block(1, struct.pack("<HHI", link, 0, 0) + option)

def packet(number, i):
    return block(6, struct.pack("<IIIII", number, 0, 1000 + i, len(frames[i]), len(frames[i])) + frames[i])

with open(sys.argv[2], "wb") as out:
    out.write(section() + interface(b"eth0") + interface(b"tap \xff\x1b[1m") + packet(0, 0) + packet(1, 1) + packet(0, 2))
    out.write(section() + interface(b"wlan0") + packet(0, 3) + interface(b"") + packet(1, 3))
with gzip.open(sys.argv[2] + ".gz", "wb") as out:
    out.write(section() + interface(b"eth0") + interface(b"wlan0") + packet(0, 0) + packet(1, 1) + interface(b"") + packet(2, 2))
PY
for file in named.pcapng named.pcapng.gz; do
    "$verify" -q -k "$dir/keys" --write="$dir/evidence.pcapng" --write-what=messages "$dir/$file" 2>"$dir/err"
    python3 - "$dir/evidence.pcapng" >"$dir/names" <<'PY'
import struct, sys
octets, at, names = open(sys.argv[1], "rb").read(), 0, []
while at < len(octets):
    kind, n = struct.unpack("<II", octets[at:at + 8])
    if kind == 1:
        code, size = struct.unpack("<HH", octets[at + 16:at + 20])
        names.append(octets[at + 20:at + 20 + size].decode() if code == 2 else None)
    if kind == 6:
        print(names[struct.unpack("<I", octets[at + 8:at + 12])[0]])
    at += n
PY
    if [[ $file == *.gz ]]; then
        printf '%s\n' eth0 wlan0 None
    else
        printf '%s\n' eth0 'tap ??[1m' eth0 wlan0 None
    fi | diff - "$dir/names" >"$dir/diff" ||
        fault "$file: other names of interfaces: $(<"$dir/diff")"
done

# Names of all kinds; they end neither a line of the comment nor its string.
name=$'x "y\\z\n\e[2J\xff.pcap'
cp $forged "$dir/$name"
"$verify" -q -k "$dir/keys" --write="$dir/evidence.pcapng" "$dir/$name"
"$verify" -k "$dir/keys" -o json "$dir/evidence.pcapng" >"$dir/second"
"$verify" -k "$dir/keys" -o json "$dir/$name" | jq -r .file >"$dir/a"
jq -r .file "$dir/second" | diff - "$dir/a" >/dev/null || fault "a name is another after it was read back"

# It contains no key.
sed -nE 's/.*"(hex|text):([^"]{6,})".*/\2/p' "$dir/keys" | while read -r key; do
    grep -qaF -- "$key" "$dir/evidence.pcapng" && echo "$key"
done | grep -q . && fault "a key is in the evidence"

# Nothing was found: a file without packets, which cannot be read as a capture.
"$verify" -q -k "$dir/keys" --write="$dir/evidence.pcapng" pcaps/auth-covers-spi.pcap || fault "a good capture: $?"
[[ -s $dir/evidence.pcapng ]] || fault "no evidence file where nothing was found"

refuse() { # STATUS TEXT ARGUMENT...
    local want=$1 text=$2 got=0
    shift 2
    "$verify" -q -k "$dir/keys" "$@" 2>"$dir/err" || got=$?
    [[ $got == "$want" ]] || fault "$*: status $got, not $want: $(cat "$dir/err")"
    grep -qF -- "$text" "$dir/err" || fault "$*: '$text' is not said: $(cat "$dir/err")"
}
cp $forged "$dir/in.pcap"
ln -s in.pcap "$dir/link.pcap"
refuse 2 "is the capture that is to be read" --write="$dir/in.pcap" "$dir/in.pcap"
refuse 2 "is the capture that is to be read" --write="$dir/link.pcap" "$dir/in.pcap"
cmp -s $forged "$dir/in.pcap" || fault "the capture was written over"
refuse 2 "is the key file" --write="$dir/keys" "$dir/in.pcap"
echo '"forged-accepted","192.0.2.7","10.1.0.1","10.1.0.9","known"' >"$dir/known"
for option in write html metrics; do
    refuse 2 "is the baseline" --baseline="$dir/known" --$option="$dir/known" "$dir/in.pcap"
done
"$verify" -q -k "$dir/keys" --baseline="$dir/known" --write-baseline="$dir/known" "$dir/in.pcap"
[[ $? == 1 && $(grep -c known "$dir/known") == 1 ]] || fault "a baseline is not replaced by itself"
# They need not exist yet, nor be spelt the same.
refuse 2 "name the same file" --html="$dir/one" --write="$dir/../${dir##*/}/one" "$dir/in.pcap"
refuse 3 "No such file" --write="$dir/no/such" "$dir/in.pcap"
mkfifo "$dir/fifo"
refuse 2 "give it as standard input" --write="$dir/x.pcapng" "$dir/fifo"
refuse 2 "is not a file; let dumpcap write" --write="$dir/x.pcapng" --follow "$dir/fifo"
mkdir "$dir/ring"
refuse 2 "is in the directory that is followed" --write="$dir/ring/x.pcapng" --follow "$dir/ring"

# From a pipe, plain and compressed, of which a copy is made: the same as from the file.
"$verify" -q -k "$dir/keys" --write="$dir/file.pcapng" - <$forged
for command in cat gzip; do
    $command <$forged | cat | "$verify" -q -k "$dir/keys" --write="$dir/pipe.pcapng" - 2>"$dir/err"
    [[ ${PIPESTATUS[2]} == 1 ]] || fault "a pipe of $command: $(cat "$dir/err")"
    cmp "$dir/file.pcapng" "$dir/pipe.pcapng" || fault "a pipe of $command gives other evidence"
done
"$verify" -q -k "$dir/keys" --write="$dir/pipe.pcapng" - </dev/null 2>"$dir/err"
[[ $? == 3 ]] || fault "an empty pipe: $(cat "$dir/err")"
if [[ -d /proc/self/fd ]]; then
    cat $forged | TMPDIR=/proc/nowhere "$verify" -q -k "$dir/keys" --write="$dir/pipe.pcapng" - 2>"$dir/err"
    [[ $? == 3 ]] || fault "nowhere to copy a pipe to: $(cat "$dir/err")"
fi

# With --follow, a file or ring files, one of which was removed since.
followed() { # LINES ARGUMENT...: followed until so many records are out
    local lines=$1 i pid
    shift
    "$verify" -o json -k "$dir/keys" --write="$dir/followed.pcapng" --follow "$@" >"$dir/out" 2>"$dir/err" &
    pid=$!
    for ((i = 0; i < 600; i++)); do
        [[ $(wc -l <"$dir/out") -lt $lines ]] || break
        sleep 0.1
    done
    ! declare -F meanwhile >/dev/null || meanwhile
    kill -INT "$pid"
    wait "$pid"
    [[ $? == 1 ]] || fault "--follow $*: $(cat "$dir/err")"
}
"$verify" -q -k "$dir/keys" --write="$dir/file.pcapng" "$dir/in.pcap"
followed 3 "$dir/in.pcap"
cmp "$dir/file.pcapng" "$dir/followed.pcapng" || fault "--follow gives other evidence"
cp $forged "$dir/ring/ring_00001.pcap"
cp pcaps/replay-attack.pcap "$dir/ring/ring_00002.pcap"
n=$("$verify" -k "$dir/keys" -o json --continue "$dir"/ring/*.pcap 2>/dev/null | grep -cE '"record":"(authenticator|finding)"')
"$verify" -q -k "$dir/keys" --write="$dir/file.pcapng" --continue "$dir"/ring/*.pcap 2>/dev/null
followed "$n" "$dir/ring"
grep -q 'ring_00002.pcap: frame 1: timestamps run backwards' "$dir/err" ||
    fault "--follow: another name where time runs backwards: $(cat "$dir/err")"
for file in file followed; do
    "$verify" -k "$dir/keys" -o json --continue "$dir/$file.pcapng" >"$dir/$file.json" 2>/dev/null
    records findings "$dir/$file.json" >"$dir/$file.records"
done
[[ -s $dir/file.records ]] || fault "ring files: nothing to compare"
diff "$dir/file.records" "$dir/followed.records" >"$dir/diff" || fault "ring files: $(head -n 4 "$dir/diff")"
meanwhile() { rm "$dir/ring/ring_00001.pcap"; }
followed "$n" "$dir/ring"
unset -f meanwhile
grep -q 'ring_00001.pcap: is gone' "$dir/err" || fault "a ring file that is gone: $(cat "$dir/err")"
"$verify" -k "$dir/keys" -o json "$dir/followed.pcapng" | grep -q ring_00002 || fault "the other ring file is gone too"
refuse 2 "--write-what needs --write" --write-what=messages "$dir/in.pcap"
refuse 2 "is not one of findings, messages" --write="$dir/x.pcapng" --write-what=all "$dir/in.pcap"
[[ ! -c /dev/full ]] || refuse 3 "No space left" --write=/dev/full "$dir/in.pcap"
# A file that exceeds its limit, as on a full disk: the old file stays.
echo before >"$dir/limited.pcapng"
(ulimit -f 0 && trap '' XFSZ && "$verify" -q -k "$dir/keys" --write="$dir/limited.pcapng" "$dir/in.pcap" 2>/dev/null)
[[ $? == 3 ]] || fault "too large for its limit: not status 3"
[[ $(cat "$dir/limited.pcapng") == before ]] || fault "half of the evidence took the place of what was there"

# False comments: endless origins, or invalid ones, change neither verdicts nor counts.
if command -v editcap >/dev/null; then
    "$verify" -q -k "$dir/keys" --write="$dir/evidence.pcapng" $forged
    n=0
    for comment in 'frame 0 of "x"' 'frame 99999999999999999999 of "x"' 'frame 1 of "x' 'frame 1 of "\u0000"' 'frame 1 of "\"' 'frame 1 of ""' 'frame'; do
        n=$((n + 1))
        editcap -a "1:$comment" "$dir/evidence.pcapng" "$dir/lie.pcapng" 2>/dev/null || continue
        "$verify" -k "$dir/keys" -o json "$dir/lie.pcapng" >"$dir/second" 2>"$dir/err"
        [[ $? == 1 && $(jq -rs '.[-1] | .packets, .authenticators.bad' "$dir/second" | tr '\n' ' ') == '4 2 ' ]] ||
            fault "comment '$comment': $(tail -n 1 "$dir/second" "$dir/err")"
    done
fi
echo "$compared comparisons, $faults faults"
[[ $faults -eq 0 ]]
