#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The behaviour of mipro-verify, end to end: exit statuses and their order, formats,
# damage, pipes, full disks, threads, fragments, cut frames, captures carried on.
source "$(dirname "$0")/../prelude.sh"
set -u # no pipefail: mipro-verify ends with 1 on purpose
build=$1
verify=$build/mipro-verify
cd "$(dirname "$0")/../.." || exit 1
need "$verify"
source tests/packets.sh
need jq editcap mergecap text2pcap capinfos
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export HOME=$dir
umask 077
cp pcaps/mipro.keys "$dir/keys"
good=pcaps/correspondent.pcap bad=pcaps/forged-update.pcap

# want STATUS OUTPUT-PATTERN ERROR-PATTERN ARGUMENT...: patterns "" match no output at all.
want() {
    local status=$1 out=$2 err=$3 got=0 file
    shift 3
    "$verify" "$@" >"$dir/out" 2>"$dir/err" </dev/null || got=$?
    [[ $got == "$status" ]] || fault "$*: status $got, not $status"
    for file in out err; do
        local pattern=$out
        [[ $file == out ]] || pattern=$err
        if [[ -z $pattern ]]; then
            [[ ! -s $dir/$file ]] || fault "$*: says $(head -n 1 "$dir/$file")"
        else
            grep -qE -- "$pattern" "$dir/$file" || fault "$*: std$file lacks '$pattern'"
        fi
    done
}

# --- exit statuses, and their precedence
want 0 'authenticators: [0-9]+ good' '' -k "$dir/keys" $good
want 1 'bad: extension 35' '' -k "$dir/keys" $bad
want 1 'no-key' '' $good
want 0 '' '' -q -k "$dir/keys" $good
want 1 '' '' -q -k "$dir/keys" $bad
want 3 'good' 'nowhere: No such file' -k "$dir/keys" /nowhere $good
grep -q ' in 1 file: ' "$dir/out" || fault "a file that is not there is counted: $(cat "$dir/out")"
want 3 '^no capture could be read$' 'nowhere: No such file' /nowhere
[[ $(wc -l <"$dir/out")$(wc -l <"$dir/err") == 11 ]] || fault "of a file that is not there: $(cat "$dir/out" "$dir/err")"
want 3 'bad: extension 35' 'No such file' -k "$dir/keys" $bad /nowhere
want 2 '' 'no capture' -k "$dir/keys"
want 2 '' 'unknown|unrecognized' --nonsense $good
want 2 '' "'xml' is not one of text, json, junit" -o xml $good
want 2 '' 'given twice' -o json -o text $good
want 0 'good' '' -o text -o text -k "$dir/keys" $good
want 2 '' "there is no rule 'replays'" -r replays $good
want 2 '' 'did you mean replay?' -r replays $good
want 2 '' 'did you mean --tolerance?' --tolerence=2 $good
want 2 '' 'both named and left out' -r replay,-replay $good
want 2 '' 'number' --threads=0 $good
want 2 '' 'N/S' --update-rate=5 $good
want 2 '' 'number' --warning-rate=x/10 $good
want 2 '' 'seconds' --ack-timeout=-1 $good
want 2 '' 'nanosecond' --ack-timeout=0.0000000001 $good
want 2 '' 'nanosecond' --update-rate=5/0 $good
want 2 '' 'not a number of seconds' --ack-timeout=0x10 $good
want 2 '' 'number' --port=70000 $good
want 2 '' 'no port' --port= $good
want 2 '' 'no rule' -r '' $good
want 2 '' '35 is the type of another' --warning-ext=35 $good
want 2 '' '96 is the type of another' --warning-ext=96 $good
want 2 '' '0 is the type of another extension, One-octet Padding' --warning-ext=0 $good
want 0 'good' '' --warning-ext=77 -k "$dir/keys" $good
want 2 '' '^mipro-verify: unrec' --nonsense $good
want 2 '' 'is a directory' -k "$dir" $good
want 2 '' 'not one of' --draft=10 $good
want 2 '' 'not one of' --reading=both $good
want 2 '' 'number' --warning-ext=256 $good
want 2 '' 'keys' --words="$dir/keys" $good
want 2 '' 'only once' - -
want 2 '' 'No such file' -k /nowhere $good
want 2 '' 'No such file' -k /nowhere /nowhere
want 0 'usage: mipro-verify' '' --help
want 0 '^mipro-verify [0-9]' '' --version
want 0 '^key-weak +warning' '' --list-rules
printf '"a","10.1.0.1","10.1.0.2","255","text:0123456789abcdef"\n' >"$dir/reserved"
want 2 '' 'reserved:1: SPI' -k "$dir/reserved" $good /nowhere
[[ $("$verify" --list-rules | wc -l) == $("$verify" --list-rules | wc -l) ]] || fault "--list-rules: not 39 rules"
LC_ALL=C.UTF-8
while IFS= read -r line; do
    [[ ${line:60:1} == ' ' && ${line:61:1} != ' ' ]] || fault "--list-rules: not in columns: $line"
done < <("$verify" --list-rules)
unset LC_ALL

# -r chooses rules, not authenticators.
"$verify" -k "$dir/keys" -r replay -o json $bad 2>&1 | grep -q forged-accepted && fault "-r: forged-accepted anyway"
want 1 'bad: extension 35' '' -k "$dir/keys" -r replay $bad
"$verify" -k "$dir/keys" -r -forged-accepted $bad 2>&1 | grep -q forged-accepted && fault "-r -ID: found anyway"

# --- JSON Lines: the documented keys, in order, and nulls for what does not apply
fields=$("$verify" -k "$dir/keys" -o json $good 2>/dev/null | head -n 1 | jq -r 'keys_unsorted | join(" ")')
[[ $fields == "record file frame time source destination message extension spi verdict association algorithm coverage message_name home" ]] ||
    fault "json: fields are $fields"
"$verify" -o json $good 2>/dev/null |
    jq -es '.[0] | .verdict == "no-key" and .association == null and .algorithm == null and .coverage == null' >/dev/null ||
    fault "json: what does not apply is not null"
"$verify" -k "$dir/keys" -o json pcaps/*.pcap 2>/dev/null | jq -es 'map(.record) | (index("summary") == length - 1)' >/dev/null ||
    fault "json: not one object a line with the summary last"
"$verify" -k "$dir/keys" -o json pcaps/*.pcap 2>/dev/null >"$dir/all.json"
for file in pcaps/*.pcap; do
    # The findings of a file alone are the same as among others.
    diff <(jq -c --arg f "$file" 'select(.file == $f)' "$dir/all.json") \
        <("$verify" -k "$dir/keys" -o json "$file" 2>/dev/null | jq -c 'select(.file)') >"$dir/diff" ||
        fault "$file: judged differently among others: $(head -n 2 "$dir/diff")"
    jq -s --arg f "$file" 'map(select(.file == $f).frame) | . == sort' "$dir/all.json" | grep -q true ||
        fault "$file: not in capture order"
done

# --- a bad notification was computed over an unknown body
printf '"a","10.1.0.9","10.3.0.1","4098","text:0123456789abcdef"\n"b","10.1.0.9","10.1.0.1","4099","text:short"\n' >"$dir/made"
sed 's/0123456789abcdef/secret/' "$dir/made" >"$dir/weak"
"$build/mipro-inject" registration --home=10.1.0.9 --home-agent=10.1.0.1 --care-of=10.4.0.1 --lifetime=60 \
    --previous-agent=10.3.0.1 --new-care-of=10.4.0.1 --cache-lifetime=30 --pfan-spi=4098 --keys="$dir/made" --spi=4099 \
    --source=10.1.0.9 --destination=10.4.0.1 --write="$dir/notice.pcap" || fault "mipro-inject makes no notification"
"$verify" -k "$dir/weak" -o json "$dir/notice.pcap" >"$dir/out" 2>/dev/null
jq -es '.[0] | .extension == 96 and .verdict == "bad" and .association == "a" and .coverage == null and .reading == null' \
    "$dir/out" >/dev/null || fault "a bad notification: $(head -n 1 "$dir/out")"
# Each weak key is reported once, even if one message shows both.
[[ $(jq -r 'select(.rule == "key-weak").text' "$dir/out") == *'"a" is shorter'*'"b" is shorter'* ]] ||
    fault "two weak keys in one message: $(grep key-weak "$dir/out")"
[[ $("$verify" -k "$dir/weak" -o json --continue "$dir/notice.pcap" "$dir/notice.pcap" | grep -c key-weak) == 2 ]] ||
    fault "weak keys: not once each"

# --- JUnit is XML, and its counts are those of its cases
"$verify" -k "$dir/keys" -o junit pcaps/*.pcap >"$dir/junit.xml" 2>/dev/null
if command -v xmllint >/dev/null; then
    xmllint --noout "$dir/junit.xml" || fault "junit: not well-formed"
else
    echo "skip: xmllint is not here"
fi
for count in tests:testcase failures:failure errors:error; do
    stated=$(grep -oE "${count%%:*}=\"[0-9]+\"" "$dir/junit.xml" | head -n 1 | tr -dc 0-9)
    counted=$(grep -oE "<${count##*:} " "$dir/junit.xml" | wc -l)
    [[ -n $stated && $stated == "$counted" ]] || fault "junit: $count says $stated, has $counted"
done

name=$dir/$(printf 'a\xef\xbf\xbe\x01\xff<&">.pcap')
cp $bad "$name"
"$verify" -o junit "$name" 2>/dev/null >"$dir/out"
grep -qF '<testcase' "$dir/out" || fault "junit: no case of an odd name"
! command -v xmllint >/dev/null || xmllint --noout "$dir/out" || fault "junit: not well-formed with an odd name"
# With standard error closed its messages are lost, and not in the report.
"$verify" -o junit $bad /nowhere 2>/dev/null >"$dir/want"
"$verify" -o junit $bad /nowhere 2>&- >"$dir/out"
cmp "$dir/want" "$dir/out" || fault "junit: a different report when standard error is closed"

# --- output that cannot be written
for format in text json junit; do
    "$verify" -k "$dir/keys" -o $format $good >&- 2>"$dir/err"
    [[ $? == 3 ]] && grep -q 'standard output: Bad file' "$dir/err" || fault "closed output, $format: $(<"$dir/err")"
done
"$verify" - <&- >"$dir/out" 2>"$dir/err"
[[ $? == 3 ]] && grep -q '^mipro-verify: -: Bad file' "$dir/err" || fault "closed input: $(<"$dir/err")"
"$verify" -k "$dir/keys" -o json $good >/dev/full 2>"$dir/err"
[[ $? == 3 ]] && grep -q 'No space left' "$dir/err" || fault "full disk: $(cat "$dir/err")"
"$verify" -k "$dir/keys" -o junit $good >/dev/full 2>"$dir/err"
[[ $? == 3 ]] || fault "full disk, junit"
for option in --list-rules --help --version; do
    "$verify" $option >/dev/full 2>"$dir/err"
    [[ $? == 3 ]] && grep -q '^mipro-verify: standard output: No space left' "$dir/err" || fault "full disk, $option"
done
mergecap -a -w "$dir/long.pcap" -F pcap $(for i in {1..60}; do echo pcaps/replay-attack.pcap pcaps/cases.pcap; done)
{ "$verify" -k "$dir/keys" -o json "$dir/long.pcap" 2>"$dir/err"; echo $? >"$dir/status"; } | head -n 1 >/dev/null
[[ $(<"$dir/status") == 3 ]] && ! grep -v "fragments overlap\|timestamps run backwards" "$dir/err" || fault "closed pipe: $(<"$dir/status") $(cat "$dir/err")"

# --- standard input, pipes, formats
plain=$("$verify" -k "$dir/keys" -o json $bad 2>/dev/null | jq -c 'del(.file)')
same() {
    [[ $(jq -c 'del(.file)' <"$dir/out") == "$plain" ]] || fault "$1: judged differently"
}
"$verify" -k "$dir/keys" -o json - <$bad >"$dir/out" 2>/dev/null
same "standard input"
# shellcheck disable=SC2002 # a pipe on purpose
cat $bad | "$verify" -k "$dir/keys" -o json - >"$dir/out" 2>/dev/null
same "pipe"
# An octet at a time.
{ while IFS= read -r octet; do printf "\\x$octet"; done < <(xxd -p -c 1 $bad); } |
    "$verify" -k "$dir/keys" -o json - >"$dir/out" 2>/dev/null
same "slow pipe"
# Findings are printed while the pipe is still open.
mkfifo "$dir/pipe"
"$verify" -k "$dir/keys" - <"$dir/pipe" >"$dir/out" 2>/dev/null &
exec 3>"$dir/pipe"
cat $bad >&3
for ((i = 0; i < 300; i++)); do
    ! grep -q 'bad: extension 35' "$dir/out" || break
    sleep 0.1
done
grep -q 'bad: extension 35' "$dir/out" || fault "open pipe: nothing is printed before it closes"
exec 3>&-
wait $!
editcap -F pcapng $bad "$dir/bad.pcapng"
"$verify" -k "$dir/keys" -o json "$dir/bad.pcapng" >"$dir/out" 2>/dev/null
same "pcapng"
cat "$dir/bad.pcapng" | "$verify" -k "$dir/keys" -o json - >"$dir/out" 2>/dev/null
same "pcapng from a pipe"
gzip -c $bad >"$dir/bad.pcap.gz"
"$verify" -k "$dir/keys" -o json "$dir/bad.pcap.gz" >"$dir/out" 2>/dev/null
same "gzip"
"$verify" -k "$dir/keys" -o json - <"$dir/bad.pcap.gz" >"$dir/out" 2>/dev/null
same "gzip on standard input"
# shellcheck disable=SC2002 # a pipe on purpose
cat "$dir/bad.pcap.gz" | "$verify" -k "$dir/keys" -o json - >"$dir/out" 2>/dev/null
same "gzip from a pipe"
"$verify" -k "$dir/keys" -o json <(gzip -c "$dir/bad.pcapng") >"$dir/out" 2>/dev/null
same "pcapng in gzip from a named pipe"
# Damage is reported as for a file, and no temporary file is left.
mkdir "$dir/tmp"
head -c 40 "$dir/bad.pcap.gz" | TMPDIR=$dir/tmp "$verify" -k "$dir/keys" - >"$dir/out" 2>"$dir/err"
[[ ${PIPESTATUS[1]} == 3 && -s $dir/err ]] || fault "cut gzip from a pipe: $(cat "$dir/err")"
[[ -z $(ls -A "$dir/tmp") ]] || fault "gzip from a pipe: leaves $(ls -A "$dir/tmp")"
# shellcheck disable=SC2002
cat "$dir/bad.pcap.gz" | TMPDIR=/nonexistent "$verify" -k "$dir/keys" - >"$dir/out" 2>"$dir/err"
[[ ${PIPESTATUS[1]} == 3 ]] && grep -q "/nonexistent" "$dir/err" ||
    fault "no place for a copy: $(cat "$dir/err")"
if command -v zstd >/dev/null; then
    zstd -q -o "$dir/bad.pcap.zst" $bad
    "$verify" -k "$dir/keys" -o json "$dir/bad.pcap.zst" >"$dir/out" 2>/dev/null
    same "zstd"
    "$verify" -k "$dir/keys" -o json - <"$dir/bad.pcap.zst" >"$dir/out" 2>/dev/null
    same "zstd on standard input"
    # shellcheck disable=SC2002
    cat "$dir/bad.pcap.zst" | "$verify" -k "$dir/keys" -o json - >"$dir/out" 2>/dev/null
    same "zstd from a pipe"
else
    echo "skip: zstd is not here"
fi
for format in nsecpcap modpcap rh6_1pcap suse6_3pcap nokiapcap nettl snoop; do
    editcap -F $format $bad "$dir/bad.$format" 2>/dev/null || { echo "skip: editcap writes no $format"; continue; }
    # Wireshark 4.6 writes Nokia's format but does not recognize it.
    capinfos -c "$dir/bad.$format" >/dev/null 2>&1 || { echo "skip: Wireshark does not read its own $format"; continue; }
    "$verify" -k "$dir/keys" -o json "$dir/bad.$format" >"$dir/out" 2>/dev/null
    same $format
done

# Interfaces of different link types in one file, which libpcap refuses.
raw='4500003e0000000040110000 0a010001 c0000207 01b201b2002a0000
    1280003c0a0100090a030001 2314 00001000 00000000000000000000000000000000'
frames "$raw" >"$dir/raw.pcap"
mergecap -a -w "$dir/mixed.pcapng" $good "$dir/raw.pcap"
want 1 "mixed.pcapng:[0-9]+: bad" 'timestamps run backwards here, 1 time in all.*reordercap' -k "$dir/keys" "$dir/mixed.pcapng"

# --- damage: what precedes it is judged
head -c $(($(stat -c %s $bad) - 3)) $bad >"$dir/cut.pcap"
want 3 'bad: extension 35' 'cut.pcap: frame 5: the file is cut short' -k "$dir/keys" "$dir/cut.pcap"
head -c 150 "$dir/bad.pcap.gz" >"$dir/cut.pcap.gz"
want 3 'frame' 'cut.pcap.gz: frame [0-9]+: the file is cut short' -k "$dir/keys" "$dir/cut.pcap.gz"
head -c 24 $bad >"$dir/none.pcap"
want 3 '' 'none.pcap: has no frames' -q "$dir/none.pcap"
: >"$dir/empty"
want 3 '' 'empty: is empty' -q "$dir/empty"
want 3 '' 'is a key file, not a capture' -q "$dir/keys"
want 3 '' 'is a directory' -q "$dir"
want 3 '' 'not a capture' -q "$verify"
# What Wireshark opens though it is no capture: a film, or what is short enough to be one, a certificate.
printf '\x1f' >"$dir/octet"
printf -- '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n' >"$dir/certificate"
printf '\4\10{\0' >"$dir/marshal"
for file in certificate marshal; do
    want 3 '' 'not a capture' -q "$dir/$file"
done
want 3 '' 'not a capture|has no frames' -q "$dir/octet" # from 4.4 on, an empty capture of Endace's

# --- frames cut by the capture cause no findings
editcap -s 80 $good "$dir/short.pcap" -F pcap
"$verify" -k "$dir/keys" -o json "$dir/short.pcap" 2>/dev/null >"$dir/out"
[[ $? == 1 ]] || fault "cut frames: not checkable is not good"
jq -es 'map(select(.record == "finding" and .severity == "error")) == []' "$dir/out" >/dev/null ||
    fault "cut frames: blames $(grep -m1 finding "$dir/out")"
jq -es '.[-1].authenticators | .truncated > 0 and .good == 0 and .bad == 0' "$dir/out" >/dev/null ||
    fault "cut frames: $(tail -n 1 "$dir/out")"

# --- a wrong clock in one frame causes no findings: each frame in turn, 14 years ahead
for file in pcaps/{correspondent,replay-attack,nonce-resynchronization,smooth-handoff}.pcap; do
    rules=$("$verify" -k "$dir/keys" -o json "$file" 2>/dev/null | jq -c 'select(.rule) | [.frame, .rule]')
    size=$(stat -c %s "$file") n=0
    for ((at = 24; at < size; at += 16 + $(od -An -tu4 -j $((at + 8)) -N 4 "$file"))); do
        cp "$file" "$dir/broken.pcap"
        printf '\x7f' | dd of="$dir/broken.pcap" bs=1 seek=$((at + 3)) conv=notrunc status=none
        n=$((n + 1))
        "$verify" -k "$dir/keys" -o json "$dir/broken.pcap" >"$dir/out" 2>/dev/null
        [[ $? -le 1 ]] || fault "$file: a broken clock in frame $n: nothing is judged"
        more=$(jq -c 'select(.rule) | [.frame, .rule]' "$dir/out" | grep -vxF "${rules:-none}")
        [[ -z $more ]] || fault "$file: a broken clock in frame $n: $more"
    done
    [[ $n == $(jq 'select(.record == "summary").packets' "$dir/out") ]] || fault "$file: $n clocks were broken"
done

# --- fragments: a Binding Update in three, in every order
a=$(fragment 0 1 "${sent_update:0:32}") b=$(fragment 2 1 "${sent_update:32:32}") c=$(fragment 4 0 "${sent_update:64}")
for order in "$a|$b|$c" "$c|$b|$a" "$b|$c|$a" "$c|$a|$b"; do
    IFS='|' read -r x y z <<<"$order"
    frames "$x" "$y" "$z" >"$dir/fragments.pcap"
    "$verify" -k "$dir/keys" -o json "$dir/fragments.pcap" 2>/dev/null |
        jq -es '.[0] | .frame == 3 and .verdict == "bad" and .message == 18' >/dev/null || fault "fragments: $order"
done
frames "$a" "$c" "$raw" >"$dir/fragments.pcap"
"$verify" -k "$dir/keys" -o json "$dir/fragments.pcap" 2>"$dir/err" |
    jq -es 'map(select(.record == "authenticator")) | map([.frame, .verdict, .spi]) == [[2, "truncated", null], [3, "bad", 4096]]' \
        >/dev/null || fault "a fragment missing: $("$verify" -o json "$dir/fragments.pcap" 2>/dev/null)"
grep -q 'never complete' "$dir/err" || fault "a fragment missing: not said"
frames "$b" "$c" >"$dir/fragments.pcap"
"$verify" -o json "$dir/fragments.pcap" 2>/dev/null | jq -es 'length == 1' >/dev/null || fault "no first fragment: a record"
frames "$a" "$(fragment 0 1 "${sent_update:0:30}ff")" "$b" "$c" >"$dir/fragments.pcap"
want 1 'fragments.pcap:4: bad' 'frame 2: fragments overlap' -k "$dir/keys" "$dir/fragments.pcap"

# Only the first fragment of an update was captured: its acknowledge is not unsolicited; in a tunnel's
# fragment the inner ends count.
answer=$(fragment 0 0 "$bare_acknowledge" 8 c00002070a010001)
inner=$(fragment 0 0 "$sent_update")
inner=${inner// /}
outer="4500004400092000400400000a0400010a050001${inner:0:96}"
for begun in "$a" "$outer"; do
    frames "$begun" "$answer" >"$dir/fragments.pcap"
    found=$("$verify" -k "$dir/keys" -o json "$dir/fragments.pcap" 2>"$dir/err" | jq -c 'select(.rule).rule')
    grep -q 'never complete' "$dir/err" || fault "the first fragment alone: not said"
    [[ -z $found ]] || fault "an acknowledge of what only began, $begun: $found"
done
frames "$answer" >"$dir/fragments.pcap"
want 0 'no authenticator in the input' '' "$dir/fragments.pcap"
grep -q "may lie before the capture (beginning)" "$dir/out" || fault "an acknowledge at the beginning: $(<"$dir/out")"

# --- tunnel data (RFC 3519) is a message of type 4, once per datagram, in any encapsulation
tunnel='4500005e0009000040110000 0a040001 0a050001 01b201b2004a0000 04040000'
types() {
    frames "$@" >"$dir/types.pcap"
    "$verify" -o json "$dir/types.pcap" 2>/dev/null | jq -c 'select(.record == "summary").messages'
}
[[ $(types "$tunnel$raw") == '{"4":1,"18":1}' ]] || fault "tunnel data: $(types "$tunnel$raw")"
[[ $(types "${tunnel/04040000/04060000}$raw") == '{"4":1}' ]] || fault "tunnel data of TCP: $(types "${tunnel/04040000/04060000}$raw")"
# An inner fragment, in outer fragments, and then the other inner fragments.
printf -v tunnel '01b201b2%04x000004040000%s' $((12 + ${#a} / 2)) "$a"
got=$(types "$(fragment 0 1 "${tunnel:0:32}" 8)" "$(fragment 2 0 "${tunnel:32}" 8)" "$b" "$c")
[[ $got == '{"4":1,"18":1}' ]] || fault "tunnel data in fragments: $got"

# --- frames that are not decoded are counted by name; without any message there is nothing to judge
frames "$raw" | editcap -T ieee-802-11 - "$dir/foreign.pcap" -F pcap 2>/dev/null
frames '450000140000000040060000 0a010001 c0000207' '450000180000000040320000 0a010001 c0000207 00000001' \
    '450000180000000040320000 0a010001 c0000207 00000001' '450000180000000040fd0000 0a010001 c0000207 00000001' >"$dir/nothing.pcap"
mergecap -w "$dir/both.pcapng" "$dir/foreign.pcap" "$dir/nothing.pcap"
unopened() {
    "$verify" -o json "$1" 2>/dev/null | jq -c 'select(.record == "summary").unopened'
}
want 4 'not decoded: 1 IEEE 802.11 Wireless LAN' '' "$dir/foreign.pcap"
want 4 'not decoded: 2 ESP, 1 IP protocol 253, 1 TCP' '' "$dir/nothing.pcap"
[[ $(grep -c 'no message in the input' "$dir/out") == 1 ]] || fault "no message: not said once: $(cat "$dir/out")"
want 0 'no message in the input' '' --allow-empty "$dir/nothing.pcap"
want 4 '' 'no message in the input' -q "$dir/nothing.pcap"
want 4 '"ESP":2' 'no message in the input' -o json "$dir/nothing.pcap"
want 3 'ESP' 'No such file' "$dir/nothing.pcap" /nowhere
want 1 'ESP' '' "$dir/nothing.pcap" $good
[[ $(unopened "$dir/nothing.pcap") == '{"ESP":2,"IP protocol 253":1,"TCP":1}' ]] || fault "not decoded: $(unopened "$dir/nothing.pcap")"
[[ $(unopened "$dir/both.pcapng") == '{"ESP":2,"IEEE 802.11 Wireless LAN":1,"IP protocol 253":1,"TCP":1}' ]] ||
    fault "not decoded, of two link types: $(unopened "$dir/both.pcapng")"
[[ $("$verify" -o json "$dir/both.pcapng" 2>/dev/null | jq 'select(.record == "summary").foreign') == 1 ]] || fault "foreign: not 1"
gzip -c "$dir/foreign.pcap" >"$dir/foreign.pcap.gz"
[[ $(unopened "$dir/foreign.pcap") == "$(unopened "$dir/foreign.pcap.gz")" ]] || fault "a link layer has two names"
# In JUnit it fails, and no rule that was not judged passes.
want 4 '<testcase classname="input" name="a message to judge"><failure' 'no message' -o junit "$dir/nothing.pcap"
[[ $(grep -c 'classname="rules".*<skipped ' "$dir/out") == $("$verify" --list-rules | wc -l) ]] || fault "junit: rules pass where nothing was judged"
want 0 '<testcase classname="input" name="a message to judge"/>' 'no message' -o junit --allow-empty "$dir/nothing.pcap"
[[ $(grep -c 'classname="rules".*<skipped ' "$dir/out") == $("$verify" --list-rules | wc -l) ]] || fault "junit: rules pass where nothing was judged"
want 1 'name="replay"><skipped message="no authenticator could be checked"' '' -o junit $good
want 0 'name="replay"/>' '' -o junit -k "$dir/keys" $good
want 0 'name="rate-warnings"/>' '' -o junit -k "$dir/keys" $good
want 0 'name="status-unassigned"><skipped message="no message that can break' '' -o junit -k "$dir/keys" pcaps/rule-delete-half.pcap

# --- no two test cases have the same name: two authenticators in a frame, a capture given twice
once='4500003e0000000040110000 0a010001 c0000207 01b201b200400000 1280003c0a0100090a030001'
auth='2314 00001000 00000000000000000000000000000000'
frames "${once/003e/0054}$auth$auth" >"$dir/twice.pcap"
"$verify" -o junit "$dir/twice.pcap" "$dir/twice.pcap" $good $good 2>/dev/null >"$dir/out"
[[ $(grep -c 'name="frame ' "$dir/out") -gt 3 && -z $(grep -oE '<testcase classname="[^"]*" name="[^"]*"' "$dir/out" | sort | uniq -d) ]] ||
    fault "junit: a name twice: $(grep -oE '<testcase classname="[^"]*" name="[^"]*"' "$dir/out" | sort | uniq -d | head -n 1)"

# --- a ring buffer's files are one capture with --continue
editcap -F pcap -c 3 pcaps/replay-attack.pcap "$dir/ring.pcap"
whole=$("$verify" -k "$dir/keys" -o json pcaps/replay-attack.pcap 2>/dev/null | jq -c 'select(.rule) | .rule')
carried=$("$verify" -k "$dir/keys" -o json --continue "$dir"/ring_*.pcap 2>/dev/null | jq -c 'select(.rule) | .rule')
[[ -n $whole && $carried == "$whole" ]] || fault "--continue: finds '$carried', in one file '$whole'"
"$verify" -k "$dir/keys" -o json --continue "$dir"/ring_*.pcap 2>/dev/null |
    jq -es 'map(select(.rule)) | all(.related_files != null and .frame <= 3)' >/dev/null ||
    fault "--continue: frames are not those of their files"
deep=$dir/$(printf '%0200d/' {1..8})
mkdir -p "$deep"
mv "$dir"/ring_*.pcap "$deep"
"$verify" -k "$dir/keys" --continue "$deep"ring_*.pcap 2>/dev/null | grep -qE 'see frame .*/ring_[^/]*:[0-9]+$' ||
    fault "--continue: a long path is cut in the text"
mv "$deep"ring_*.pcap "$dir"
apart=$("$verify" -k "$dir/keys" -o json "$dir"/ring_*.pcap 2>/dev/null | jq -c 'select(.rule == "replay") | .rule')
[[ -z $apart ]] || fault "without --continue: state is kept"

# --- the same octets from any number of threads
for format in text json; do
    "$verify" -k "$dir/keys" -o $format --threads=1 "$dir/long.pcap" pcaps/*.pcap >"$dir/one" 2>"$dir/one.err"
    (($(wc -l <"$dir/one") > 5000)) || fault "$format: too few lines to compare threads"
    for n in 2 7; do
        "$verify" -k "$dir/keys" -o $format --threads=$n "$dir/long.pcap" pcaps/*.pcap >"$dir/many" 2>"$dir/many.err"
        cmp "$dir/one" "$dir/many" || fault "$format: $n threads say something else than one"
        cmp "$dir/one.err" "$dir/many.err" || fault "$format: $n threads warn of something else than one"
    done
done
# One capture of many nodes, with fragments, and answers with the wrong home address.
for n in 1 2 7 16; do
    "$verify" -o json --threads=$n --continue tests/field/histories/*.pcapng pcaps/*.pcap >"$dir/with-$n" 2>"$dir/with-$n.err"
    cmp "$dir/with-1" "$dir/with-$n" || fault "--continue: $n threads say something else than one"
    cmp "$dir/with-1.err" "$dir/with-$n.err" || fault "--continue: $n threads warn of something else than one"
done

# --- an incomplete datagram requires no answer and is not one, although it is dropped late
frames "$(fragment 0 1 "${sent_update:0:64}")" \
    "$(fragment 0 1 '01b201b2002e0000 13000000 0a010009 bc17f8b300000000 2314000010000000' 9)" >"$dir/part"
for seconds in 20 60 100 140; do
    frames "$(fragment 0 0 '0009000900080000' 8)" | editcap -t $seconds - "$dir/later-$seconds"
done
mergecap -a -w "$dir/never.pcap" "$dir/part" "$dir"/later-{20,60,100,140}
want 1 'authenticators: 0 good, 0 bad, 0 expired, 0 no-key, 2 truncated' 'never complete: 2' -k "$dir/keys" "$dir/never.pcap"
grep -q 'findings: 0 of severity error, 0 warning, 0 note' "$dir/out" || fault "part of a datagram: $(head -n 2 "$dir/out")"
# --- the authenticator of one draft is missing in another
want 1 '1 missing' '' --draft 09 -k "$dir/keys" pcaps/rule-delete-half.pcap

# --- colour only on a terminal; no key anywhere
if command -v script >/dev/null; then
    script -qec "$verify -k $dir/keys $bad" /dev/null </dev/null | grep -q $'\033\\[31m' || fault "no colour on a terminal"
else
    echo "skip: script(1) is not here"
fi
"$verify" -k "$dir/keys" $bad | grep -q $'\033' && fault "colour in a pipe"
# --- a capture's name is escaped in lines and on a terminal
cp $bad "$dir/"$'x\ny.pcap:1: good\033[2J'
"$verify" -k "$dir/keys" "$dir"/x$'\n'* >"$dir/out" 2>&1
grep -q $'\033' "$dir/out" && fault "an escape from a capture's name"
[[ $(grep -c "^$dir/x?y.pcap" "$dir/out") = 3 ]] || fault "a line from a capture's name"
grep -q 'x?y.pcap:1: good?\[2J:1: bad' "$dir/out" || fault "a capture's name: $(head -n 1 "$dir/out")"
# Unreadable files are named on standard error: a control character, C1 in UTF-8, octets that are not UTF-8.
for name in $'\033[31mred' $'c1\xc2\x9b31m' $'octets\x9b\xff' $'two\nlines' $'turned\xe2\x80\xae'; do
    "$verify" -k "$dir/keys" "/nowhere/$name" 2>"$dir/err" >"$dir/out"
    head -c 20 $good >"$dir/$name" && "$verify" -k "$dir/keys" "$dir/$name" 2>>"$dir/err" >>"$dir/out"
    cat "$dir/out" >>"$dir/err"
    "$verify" -k "/nowhere/$name" $good 2>>"$dir/err"
    "$verify" -o "$name" $good 2>>"$dir/err"
    "$verify" "--$name" $good 2>>"$dir/err"
    LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f\xff]|\xc2[\x80-\x9f]|\xe2\x80\xae|[ -~]\x9b' "$dir/err" &&
        fault "a name reaches the terminal unescaped: $(cat -v "$dir/err")"
    (($(wc -l <"$dir/err") == 9)) || fault "a name makes lines: $(cat -v "$dir/err")"
    [[ -f $dir/$name ]] && rm "$dir/$name"
done
# --- so is an association's, which may be longer than the column of a table
long=$'müller-to-the-correspondent-of-the-western-sector\033[2J\xc2\x9b2J'
sed "s/^\"home-agent-to-correspondent\"/\"$long\"/" "$dir/keys" >"$dir/long-name"
"$verify" -k "$dir/long-name" $bad >"$dir/out" 2>&1
grep -q $'\033' "$dir/out" && fault "an escape from an association's name"
shown=${long/$'\033'/?}
grep -qF "\"${shown/$'\xc2\x9b'/?}\" (keyed-md5)" "$dir/out" || fault "an association's name: $(head -n 1 "$dir/out")"
columns=$(sed 's/ü/u/g' "$dir/out" | grep -A 1 -E '^(association|nodes) ' | awk '
    /^(association|nodes) / { want = index($0, "first seen"); next }
    /T..:..:../ { print index($0, "1999-") - want }')
[[ $columns == $'0\n0' ]] || fault "a long name shifts the columns of the tables by $columns"
sed "s/^\"home-agent-to-correspondent\"/\"breaks off\xf0\"/" "$dir/keys" >"$dir/no-text"
"$verify" -k "$dir/no-text" $bad >"$dir/out" 2>&1
grep -q '"breaks off?" (keyed-md5)' "$dir/out" || fault "a name that is not UTF-8: $(head -n 1 "$dir/out")"
cat "$dir"/one* "$dir"/many* "$dir/all.json" "$dir/junit.xml" >"$dir/everything"
[[ $(grep -c 'sample key' pcaps/mipro.keys) -gt 8 && $(wc -l <"$dir/everything") -gt 10000 ]] ||
    fault "no keys to look for, or nothing to look for them in"
while read -r key; do
    grep -qF -- "$key" "$dir/everything" && fault "a key is in the output"
done < <(grep -oE '(hex|text):[^"]{8,}' pcaps/mipro.keys | cut -d : -f 2-)

echo "$faults faults"
[[ $faults -eq 0 ]]
