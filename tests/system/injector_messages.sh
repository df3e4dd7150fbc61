#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each message command with a file: what tshark and mipro-verify read in it, and that
# invalid requests are refused with status 2 and write nothing.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$1
inject=$build/mipro-inject verify=$build/mipro-verify
need "$verify" tshark tcpdump jq
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
umask 077
cat >keys <<'KEYS'
"ha-to-correspondent","10.1.0.1","192.0.2.7","0x1000","text:a key of 16 octets"
"mobile-to-home","10.1.0.9","10.1.0.1","0x1001","text:b key of 16 octets","hmac-md5"
"mobile-to-old-agent","10.1.0.9","10.2.0.1","0x1002","text:c key of 16 octets"
KEYS
shark() { tshark -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE "$@" 2>/dev/null; }

ends=(--source=10.1.0.1 --destination=192.0.2.7)
home=(--home=10.1.0.9)
signed=(--keys=keys --spi=0x1000)
update=(update "${ends[@]}" "${home[@]}" --care-of=10.3.0.1 --lifetime=60)
request=(registration --source=10.1.0.9 --destination=10.3.0.1 "${home[@]}" --home-agent=10.1.0.1
    --care-of=10.3.0.1 --lifetime=600)

# NAME, octets of the UDP payload, verdicts; then the command
good() {
    local name=$1 want=$2 verdicts=$3 got
    shift 3
    "$inject" "$@" --write="$name.pcap" || { fault "$name: status $?"; return; }
    "$inject" "$@" --write="$name.pcapng" || { fault "$name.pcapng: status $?"; return; }
    # The last of the outer and inner headers; the payload as octets, whatever it is.
    shark -r "$name.pcap" -d udp.port==434,data -T fields -E occurrence=a -E aggregator=, -e data.data \
        -e udp.checksum.status -e ip.checksum.status -e icmp.checksum.status >fields
    got=$(cut -f1 fields | tr '\n' ' ')
    [[ $want == - || ${got% } == "$want" ]] || fault "$name: payload ${got% }, not $want"
    # At least one in each packet, and all of them 1: good.
    ! cut -f2- fields | grep -vE '^[1,[:blank:]]*1[1,[:blank:]]*$' || fault "$name: a checksum is wrong"
    tcpdump -r "$name.pcap" -nn -tt -xx >pcap 2>/dev/null
    tcpdump -r "$name.pcapng" -nn -tt -xx >pcapng 2>/dev/null
    [[ -s pcap ]] && cmp pcap pcapng || fault "$name: the packets of pcapng differ from those of pcap"
    "$verify" -k keys --allow-empty -o json "$name.pcapng" >report 2>/dev/null || [[ $? == 1 ]] || fault "$name: mipro-verify fails"
    got=$(jq -r 'select(.record == "authenticator") | "\(.extension)=\(.verdict)"' report | paste -sd,)
    [[ $got == "$verdicts" ]] || fault "$name: verdicts '$got', not '$verdicts'"
}

good warning     100000000a010009c6336407c6336408 '' warning "${ends[@]}" "${home[@]}" --target=198.51.100.7,198.51.100.8
good request     110000000a0100091122334455667788 '' request "${ends[@]}" "${home[@]}" --ident=0x1122334455667788
good update      1280003c0a0100090a030001 35=missing "${update[@]}" --flags=A
good update-i    12c0003c0a0100090a0300011122334455667788 35=missing "${update[@]}" --flags=A --ident=0x1122334455667788
good update-inf  1230ffff0a0100090a030001 35=missing "${update[@]/--lifetime=60/--lifetime=infinity}" --flags=MG
good acknowledge 130000830a010009 '' acknowledge "${ends[@]}" "${home[@]}" --status=131
good ack-ident   130000850a0100091122334455667788 '' acknowledge "${ends[@]}" "${home[@]}" --status=133 --ident=0x1122334455667788
good signed      - 35=good "${update[@]}" --flags=AI "${signed[@]}"
good registration 01c602580a0100090a0100010a0300010000000000000007 '' "${request[@]}" --flags=SBVP --ident=7
good register-32 - 32=good "${request[@]}" --keys=keys --spi=0x1001
good pfan        - 96=good,32=good "${request[@]}" --keys=keys --spi=0x1001 --previous-agent=10.2.0.1 --pfan-spi=0x1002
good pfan-body   - 96=good,32=good "${request[@]}" --keys=keys --spi=0x1001 --previous-agent=10.2.0.1 --pfan-spi=0x1002 --pfan-reading=I=0,body
good warn-ext    - 32=good "${request[@]}" --keys=keys --spi=0x1001 --warn=192.0.2.7,192.0.2.8
good reply       - 32=good reply "${ends[@]}" "${home[@]}" --home-agent=10.1.0.1 --code=0 --lifetime=600 --keys=keys --spi=0x1001
good advert      - '' advertisement --source=10.3.0.1 --flags=FS --lifetime=300 --care-of=10.3.0.1,10.3.0.2 --count=3
for tunnel in ipip minimal gre; do
    good "tunnel-$tunnel" - 35=good "${update[@]}" --flags=A "${signed[@]}" --tunnel=$tunnel,10.1.0.1,10.3.0.1
done
good nested      - 35=good "${update[@]}" "${signed[@]}" --tunnel=minimal,10.1.0.1,10.3.0.1 --tunnel=gre,10.1.0.2,10.3.0.2 --tunnel=ipip,10.1.0.3,10.3.0.3
good set-signed  - 35=good "${update[@]}" "${signed[@]}" --set-signed life=7
good set-after   - 35=bad "${update[@]}" "${signed[@]}" --set life=7
good set-spi     - 35=no-key "${update[@]}" "${signed[@]}" --set auth.spi=255
good set-auth    - 35=bad "${update[@]}" "${signed[@]}" --set auth.authenticator=hex:00112233445566778899aabbccddeeff
"$inject" "${update[@]}" "${signed[@]}" --draft=09 --write=09.pcap
"$verify" -k keys --draft=09 -q 09.pcap || fault "draft 09: extension 36 is not good"

# Files: packets 1/rate apart, rate times duration of them, identifications from the seed.
times() { shark -r "$1" -T fields -e frame.time_relative | paste -sd' '; }
"$inject" "${update[@]}" --flags=AI --rate=4 --duration=1 --write=f.pcap
[[ $(times f.pcap) == "0.000000000 0.250000000 0.500000000 0.750000000" ]] || fault "rate 4, 1 s: $(times f.pcap)"
"$inject" "${update[@]}" --flags=AI --count=3 --rate=2 --write=f.pcap
[[ $(times f.pcap) == "0.000000000 0.500000000 1.000000000" ]] || fault "3 at rate 2: $(times f.pcap)"
[[ $(shark -r f.pcap -T fields -e udp.payload | sort -u | wc -l) == 3 ]] || fault "identifications are used twice"
"$inject" "${update[@]}" --flags=AI --count=3 --rate=2 --write=g.pcap
cmp f.pcap g.pcap || fault "not the same octets on every run"
"$inject" "${update[@]}" --flags=AI --count=3 --rate=2 --seed=2 --write=g.pcap
! cmp -s f.pcap g.pcap || fault "the seed changes nothing"

# The hot path makes the same octets as the plain one (which --set-signed selects), for
# each algorithm and coverage.
cp keys all.keys
cat >>all.keys <<'KEYS'
"b","10.1.0.1","192.0.2.7","0x1010","text:d key of 16 octets","hmac-md5"
"c","10.1.0.1","192.0.2.7","0x1011","text:e key of 16 octets","keyed-md5","type-length-spi"
"d","10.1.0.1","192.0.2.7","0x1012","text:f key of 16 octets","any"
"e","10.1.0.1","*","0x1013","master:text:g key of 16 octets"
"f","10.1.0.1","192.0.2.7","0x1014","text:h key of 16 octets","hmac-md5","type-length"
KEYS
for spi in 0x1000 0x1010 0x1011 0x1012 0x1013 0x1014; do
    "$inject" "${update[@]}" --flags=AI --keys=all.keys --spi=$spi --count=200 --rate=0.1 --write=f.pcap
    "$inject" "${update[@]}" --flags=AI --keys=all.keys --spi=$spi --count=200 --rate=0.1 --set-signed life=60 --write=g.pcap
    cmp f.pcap g.pcap || fault "SPI $spi: the hot path makes different octets"
    "$verify" -k all.keys -q f.pcap || fault "SPI $spi: not all good"
done

# Invalid requests: status 2, a word of the error message, and no file.
bad() {
    local word=$1 status=0
    shift
    rm -f bad.pcap
    "$inject" "$@" 2>err || status=$?
    [[ $status == 2 ]] || fault "$*: status $status, not 2"
    grep -qF -- "$word" err || fault "$*: '$(<err)' does not say '$word'"
    [[ ! -e bad.pcap ]] || fault "$*: wrote a file"
}
w=--write=bad.pcap
bad "not a command"        frobnicate $w
bad "--frob"            "${update[@]}" --frob=1 $w
bad "--status"          "${update[@]}" --status=1 $w
bad "--lifetime"        update "${ends[@]}" "${home[@]}" --care-of=10.3.0.1 $w
bad "65536"             update "${ends[@]}" "${home[@]}" --care-of=10.3.0.1 --lifetime=65536 $w
bad "-1"                update "${ends[@]}" "${home[@]}" --care-of=10.3.0.1 --lifetime=-1 $w
bad "10.3.0"            update "${ends[@]}" "${home[@]}" --care-of=10.3.0 --lifetime=1 $w
bad "'X'"               "${update[@]}" --flags=AX $w
bad "twice"             "${update[@]}" --lifetime=1 $w
bad "--write"           "${update[@]}"
bad "exclude"           "${update[@]}" $w --interface=lo
bad "--keys"            "${update[@]}" --spi=0x1000 $w
bad "--spi"             "${update[@]}" --keys=keys $w
bad "0x1001"            "${update[@]}" --keys=keys --spi=0x1001 $w
bad "nokeys"            "${update[@]}" --keys=nokeys --spi=1 $w
bad "frob"              "${update[@]}" --set frob=1 $w
bad "status"            "${update[@]}" --set status=1 $w
bad "256 does not fit the 1 octet of flags" "${update[@]}" --set flags=256 $w
bad "flags has 1 octet, not 2" "${update[@]}" --set flags=hex:0102 $w
bad "computed after"    "${update[@]}" "${signed[@]}" --set-signed auth.authenticator=0x00112233445566778899aabbccddeeff $w
bad "16 octets"         "${update[@]}" "${signed[@]}" --set auth.authenticator=hex:0011 $w
bad "ipsec"             "${update[@]}" --tunnel=ipsec,1.2.3.4,5.6.7.8 $w
bad "--previous-agent"  "${request[@]}" --new-care-of=10.3.0.1 $w
bad "--pfan-spi"        "${request[@]}" --previous-agent=10.2.0.1 $w
bad "body"              "${request[@]}" --keys=keys --spi=0x1001 --previous-agent=10.2.0.1 --pfan-spi=0x1002 --pfan-reading=soul $w
for twice in I=0,I=1 M=1,M=1 body,body-type-length "body G=0 body"; do
    bad "another choice" "${request[@]}" --keys=keys --spi=0x1001 --previous-agent=10.2.0.1 --pfan-spi=0x1002 --pfan-reading="$twice" $w
done
long=no$(printf '/%0200d' 0 0 0 0 0 0)
bad "$long: No such file"  scenario "$long" $w
bad "07"                "${update[@]}" --draft=07 $w
bad "another extension" "${update[@]}" --warning-ext=35 $w
bad "0 is the type of another extension, One-octet Padding" "${update[@]}" --warning-ext=0 $w
bad "1999-02-29"        "${update[@]}" --start=1999-02-29T12:00:00Z $w
bad "--keys: has no value" "${update[@]}" --keys --spi=0x1000 $w
bad "65507 octets and a tunnel do not fit in a datagram" data "${ends[@]}" --length=65507 --tunnel=gre,10.1.0.1,10.3.0.1 $w
bad "did you mean update?"  updat "${ends[@]}" $w
bad "did you mean --care-of?" "${update[@]}" --careof=10.3.0.1 $w
bad "did you mean --source?"  update --src=10.1.0.1 $w
bad "did you mean --destination?" update --dst=10.1.0.1 $w
bad "did you mean --interface?"   update --if=eth0
bad "did you mean test?"      help tset
# Wrong names are reported before missing options.
bad "'XYZ' is not a case"    case XYZ
bad "'AUT-99' is not a case" test --interface=lo AUT-99
bad "'AUT-99' is not a case" test --replay=AUT-99
bad "nosuch0: no such interface" update --interface=nosuch0
bad "nosuch0: no such interface" test --interface=nosuch0
bad "update --help' lists"    "${update[@]}" --coa=10.3.0.1 $w
bad "'AUT-99' is not a case; 'mipro-inject cases' lists" case AUT-99 "${ends[@]}" "${signed[@]}" $w
bad "did you mean AUT-07?"  case aut-7 "${ends[@]}" "${signed[@]}" $w
bad "SPI 0x3e9 (1001) between 10.1.0.1 and 192.0.2.7" "${update[@]}" --keys=keys --spi=1001 $w
bad "SPI 0x3e9 (1001) between --source=10.1.0.1 and --destination=192.0.2.7" case AUT-07 "${ends[@]}" --keys=keys --spi=1001 $w
bad "--target: '10.1' is not an IPv4 address" warning "${ends[@]}" "${home[@]}" --target=10.1.0.1,10.1 $w
bad "--target: '' is not an IPv4 address" warning "${ends[@]}" "${home[@]}" --target=10.1.0.1, $w
bad "70 addresses do not fit; the limit is 62" advertisement --source=10.3.0.1 --flags=F --lifetime=9 --care-of="$(seq -s, -f '10.0.0.%g' 70)" $w
bad "VAL-99"            case VAL-99 "${ends[@]}" "${signed[@]}" $w
bad "nosuch0"           "${update[@]}" --interface=nosuch0
status=0
"$inject" "${update[@]}" --write=/no/such/dir/f.pcap 2>err || status=$?
[[ $status == 3 ]] || fault "a file that cannot be opened: status $status, not 3"
for format in pcap pcapng; do
    status=0
    ln -sf /dev/full full.$format
    "$inject" "${update[@]}" --count=10 --write=full.$format 2>err || status=$?
    [[ $status == 3 ]] || fault "full disk, $format: status $status, not 3"
done
status=0
"$inject" "${update[@]}" --write=- >/dev/full 2>err || status=$?
[[ $status == 3 ]] && grep -q 'standard output: No space' err || fault "full disk behind -: status $status: $(cat err)"
for words in --help --version "update --help" cases "cases --json" --extcap-interfaces; do
    status=0
    # shellcheck disable=SC2086 # words, not one
    "$inject" $words >/dev/full 2>err || status=$?
    [[ $status == 3 ]] && grep -q 'standard output: No space' err || fault "full disk, $words: status $status: $(cat err)"
done
# An update without an authenticator, which no node accepts, is written, with a warning.
"$inject" "${update[@]}" --write=unsigned.pcap 2>err && [[ -s unsigned.pcap ]] &&
    grep -q 'warning: the Binding Update is not signed' err || fault "unsigned: '$(<err)'"
"$inject" "${update[@]}" --keys=keys --spi=0x1000 --write=signed.pcap 2>err && [[ ! -s err ]] || fault "signed: '$(<err)'"
# A closed pipe causes no message, whether SIGPIPE ends the program or is ignored.
for words in --help "update --help" cases "cases --json" --list-options \
    "update ${ends[*]} ${home[*]} --care-of=10.3.0.1 --lifetime=60 --keys=keys --spi=0x1000 --count=50000 --write=-"; do
    for ignored in '' 'trap "" PIPE'; do
        # shellcheck disable=SC2086 # words, not one
        status=0
        ( eval "$ignored"; sleep 0.1; exec "$inject" $words 2>err ) | : || status=$?
        [[ $status == 141 || $status == 3 ]] && [[ ! -s err ]] || fault "closed pipe, $words, '$ignored': status $status: $(<err)"
    done
done
# A disk that becomes full: the file ends with a whole frame.
status=0
( trap '' XFSZ; ulimit -f 1500; exec "$inject" "${update[@]}" --flags=I --count=30000 --write=cut.pcap 2>err ) || status=$?
[[ $status == 3 ]] || fault "file limit: status $status, not 3"
size=$(stat -c %s cut.pcap)
[[ $(((size - 24) % 78)) == 0 && $size -gt 100000 ]] || fault "file limit: $size octets are not whole frames"

# A time that the file format cannot represent.
status=0
"$inject" "${update[@]}" --rate=0.00001 --count=100000 --write=far.pcap 2>err || status=$?
[[ $status == 3 ]] && grep -q 'far.pcap: .* 2106' err || fault "after 2106: status $status: $(cat err)"
status=0
"$inject" "${update[@]}" --rate=1e-300 --count=3 --write=far.pcapng 2>err || status=$?
[[ $status == 2 ]] || fault "a rate with an exponent: status $status, not 2"
status=0
"$inject" "${update[@]}" --rate=0.0000000001 --count=3 --write=far.pcapng 2>err || status=$?
[[ $status == 3 ]] && grep -q 'too far' err || fault "in ages: status $status: $(cat err)"
status=0
"$inject" case all --source=10.1.0.1 --destination=192.0.2.7 --keys=keys --spi=0x1000 --rate=0.0000000000001 --write=far.pcapng 2>err || status=$?
[[ $status == 3 ]] && grep -q 'too far' err || fault "cases in ages: status $status: $(cat err)"

# One table: --help of a command lists exactly the options that it accepts.
for command in warning request update acknowledge registration reply advertisement; do
    "$inject" $command --help >help || fault "$command --help: status $?"
    while read -r option; do
        grep -qE "^  ${option}[= ]" help || fault "$command --help: $option is not there"
    done < <(printf '%s\n' --source --destination --write --interface --set --seed)
done
[[ $faults -eq 0 ]]
