#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A wrong scenario is refused with file, line and word, and nothing is written;
# a correct one has its packets in order of time.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$(realpath "$1") source=$(realpath "$(dirname "$0")/../..")
inject=$build/mipro-inject
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
umask 077
cp "$source/pcaps/mipro.keys" keys
head='keys keys
node a 10.1.0.1
node b 192.0.2.7
default home=10.1.0.9'

# The error in line 5, or LINE: TEXT, the error message [LINE]
bad() {
    local status=0 line=${3:-5}
    printf '%s\n%b\n' "$head" "$1" >f.scenario
    "$inject" scenario f.scenario --write=out.pcap 2>err || status=$?
    [[ $status == 2 ]] || fault "'$1': status $status, not 2"
    grep -q "f.scenario:$line: .*$2" err || fault "'$1': says '$(<err)', not f.scenario:$line and '$2'"
    [[ ! -e out.pcap ]] || fault "'$1': wrote a file"
    rm -f out.pcap
}
bad 'frob'                                          "'frob'"
bad 'at 0 a > b'                                    "at TIME"
bad 'at 0 a - b request'                            "at TIME"
bad 'at x a > b request'                            "'x'"
bad 'at 0 c > b request'                            "'c'"
bad 'at 0 a > c request'                            "'c'"
bad 'at 0 a > b greeting'                           "'greeting'"
bad 'at 0 a > b update care-of=b lifetime=x'        "lifetime: 'x'"
bad 'at 0 a > b update care-of=b'                   "lifetime"
bad 'at 0 a > b update care-of=b lifetime=1 flags=Z' "'Z'"
bad 'at 0 a > b request colour=red'                 "colour"
bad 'at 0 a > b request ident=@none'                "'none'"
bad 'at 0 a > b forward none'                       "'none'"
bad 'at 0 a > b forward'                            "'forward'"
bad 'at 0 a > b data as d\nat 1 a > b forward d length=9' "'length=9'" 6
bad 'at 0 a > b data as d\nat 1 a > b resend d length=32' "'length=32'" 6
bad 'at 0 a > b request every=2'                    "'every': .*count=N"
bad 'at 0 a > b request count=2 count=3'            "'count': given twice"
bad 'at 0 a > b request as x as y'                  "'as': given twice"
bad 'at 0 a > b request lost lost'                  "'lost': given twice"
bad 'at 0 a > b request spi=0x9999 count=0'         "count=0"
bad 'at 0 a > b update care-of=b lifetime=1 spi=0x9999' "0x9999"
bad 'at 0 a > b warning'                            "target"
bad 'at 0 a > b request tunnel=ipip,a'              "tunnel"
bad 'at 0 a > b request every=x'                    "'x'"
bad 'at 0 a > b request set=frob=1'                 "'frob'"
bad 'at 0 a > b request seed=9'                     "whole scenario"
bad 'at 0 a > b request as 7up'                     "'7up'"
bad 'node a 10.1.0.2'                               "'a'"
bad 'node A 10.1.0.2'                               "'A'"
bad 'node c 10.1.0'                                 "'10.1.0'"
bad 'node c'                                        "node NAME ADDRESS"
bad 'default colour=red'                            "'colour=red'"
bad 'default rate=3'                                "'rate=3': .*whole scenario"
bad 'default count=3'                               "'count=3': .*each 'at' line"
bad 'default every=3'                               "'every=3': .*each 'at' line"
bad 'default source=a'                              "'source=a': .*each 'at' line"
bad 'default home=a ttl=3 home=b'                   "'home=b': given twice"
bad 'keys nosuch'                                   "nosuch"
bad 'at 0 a > b request count=100000 every=1000000' "10000 days"
bad 'draft 10'                                      "'10'"
bad 'at 0 a > b \033[31mgreeting'                   "'?\[31mgreeting'"
bad 'at 0 a > b data length=65507 tunnel=gre,a,b'   "65507 octets and a tunnel do not fit in a datagram"
bad 'warning-ext 0'                                 "'0': .*One-octet Padding"
bad 'warning-ext 35'                                "'35': .*Route Optimization Authentication"
bad 'warning-ext 256'                               "'256'"
bad '# nothing is sent'                             "sends nothing"
status=0
printf '%s\n' "$head" 'at 0 a > b request count=60000 every=0' 'at 0 a > b request count=60000 every=0' >f.scenario
"$inject" scenario f.scenario --write=out.pcap 2>err || status=$?
[[ $status == 2 ]] && grep -q 'f.scenario:6: .*100000 packets' err || fault "too many packets: status $status, '$(<err)'"
status=0
printf '%s\n' "$head" 'at 0 a > b request count=60000 every=0 lost' 'at 0 a > b request count=60000 every=0 lost' >f.scenario
"$inject" scenario f.scenario --write=out.pcap 2>err || status=$?
[[ $status == 2 ]] && grep -q 'f.scenario:6: .*100000 packets' err || fault "too many lost: status $status, '$(<err)'"
status=0
printf '%s\n' "$head" 'at 0 a > b data length=65507 count=100000 every=0' >f.scenario
"$inject" scenario f.scenario --write=out.pcap 2>err || status=$?
[[ $status == 2 ]] && grep -q 'f.scenario:5: .*256 MiB' err || fault "too many octets: status $status, '$(<err)'"
status=0
: >empty.scenario
"$inject" scenario empty.scenario --write=out.pcap 2>err || status=$?
[[ $status == 2 ]] && grep -q 'empty.scenario:1: the scenario sends nothing' err || fault "empty: status $status, '$(<err)'"
[[ ! -e out.pcap ]] || fault "a scenario that is refused wrote a file"
status=0
"$inject" scenario nosuch.scenario --write=out.pcap 2>err || status=$?
[[ $status == 2 ]] && grep -q nosuch.scenario err || fault "no file: status $status, '$(<err)'"

# As editors on Windows save it, and with a name that must not reach a terminal as it is.
evil=$'e\033[31m\xc2\x9b\nvil.scenario'
printf 'frob\n' >"$evil"
status=0
"$inject" scenario "$evil" --write=out.pcap 2>err || status=$?
[[ $status == 2 ]] && grep -q '^mipro-inject: e?\[31m??vil.scenario:1: .*frob' err && [[ $(wc -l <err) == 1 ]] ||
    fault "a name with escape sequences: status $status, '$(cat -v err)'"
for code in UTF-16 UTF-16LE UTF-16BE UTF-32LE; do
    status=0
    printf '%s\n' "$head" | iconv -f UTF-8 -t $code >f.scenario
    "$inject" scenario f.scenario --write=out.pcap 2>err || status=$?
    [[ $status == 2 ]] && grep -q "f.scenario:1: is ${code%[LB]E}; save it again as UTF-8" err ||
        fault "$code: status $status, '$(<err)'"
done
{ printf '\xef\xbb\xbf'; printf '%s\r\n' "$head" 'at 0 a > b request ident=1'; } >f.scenario
"$inject" scenario f.scenario --write=out.pcap || fault "a byte order mark: status $?"
printf '%s\n' "$head" 'at 0 a > b request ident=1' >f.scenario
"$inject" scenario f.scenario --write=plain.pcap
cmp out.pcap plain.pcap || fault "a byte order mark changes the packets"

cat >good.scenario <<EOF2
$head
at 2     a > b request ident=2
at 0     a > b request ident=1 count=3 every=1.5   # 0, 1.5, 3
at +0.5  a > b request ident=3 lost as unsent
at +0.1  a > b resend unsent
EOF2
"$inject" scenario good.scenario --write=good.pcap || fault "good: status $?"
size=$(stat -c %s good.pcap)
[[ $size == $((24 + 5 * (16 + 14 + 20 + 8 + 16))) ]] || fault "good: $size octets are not 5 packets"
if command -v tshark >/dev/null; then
    got=$(tshark -r good.pcap -d udp.port==434,data -T fields -e frame.time_relative -e data.data 2>/dev/null |
        sed 's/0\{8\}\t.*\(.\)$/ \1/' | paste -sd,)
    [[ $got == '0.0 1,0.6 3,1.5 1,2.0 2,3.0 1' ]] || fault "good: $got"
else
    echo "skip: no tshark: order of packets"
fi
# Of two messages with one name the later line counts; flags without letters are none, although there is a default.
printf '%s\ndefault flags=A\n' "$head" >f.scenario
printf 'at %s\n' '0 a > b request ident=1 as x' '1 a > b request ident=2 as x' '2 a > b resend x' \
    '3 a > b update flags= care-of=10.3.0.1 lifetime=9' >>f.scenario
"$inject" scenario f.scenario --write=named.pcap 2>err || fault "names: status $?, '$(<err)'"
# Payloads begin after the headers of pcap (24 and 16 octets), Ethernet, IP and UDP (42).
octet() { od -An -tu1 -j "$1" -N 1 named.pcap | tr -d ' \n'; }
got="$(octet $((82 + 15))) $(octet $((82 + 74 + 15))) $(octet $((82 + 2 * 74 + 15))) $(octet $((82 + 3 * 74 + 1)))"
[[ $got == '1 2 2 0' ]] || fault "names and flags: $got"
"$inject" scenario good.scenario --write=again.pcap
cmp good.pcap again.pcap || fault "not the same octets on every run"

# Words that mean a message's field are not node names there; a later default replaces an
# earlier one, and messages made from others ignore defaults that they do not have; CR LF ends a line.
cat >words.scenario <<EOF2
$head
node life 10.1.0.77
default length=40
at 0  a > b  request ident=1 set=homeaddr=life
at 0  a > b  update care-of=life lifetime=9 set=life=7 as u
at 0  a > b  forward u
default home=life
at 0  a > b  request \\
      ident=1
EOF2
sed -i 's/$/\r/' words.scenario
"$inject" scenario words.scenario --write=words.pcap || fault "words: status $?"
got=$(tcpdump -r words.pcap -nn -x 2>/dev/null | awk '/0x0010/ { print $9 } /0x0020/ { print $2 $3 $4 $5 $6 $7 }' | paste -sd' ')
[[ $got == '0000 0a01004d0000000000000001 0007 0a0100090a01004d 0007 0a0100090a01004d 0000 0a01004d0000000000000001' ]] ||
    fault "words: $got"

# The command line takes precedence over the draft in the file.
printf '%s\n' 'draft 08' 'warning-ext 200' "$head" 'at 0 a > b update care-of=b lifetime=1 spi=0x1000' \
    'at 1 a > b registration home-agent=b care-of=a lifetime=1 warn=b' >draft.scenario
"$inject" scenario draft.scenario --write=draft.pcap
"$inject" scenario draft.scenario --draft=09 --warning-ext=201 --write=draft09.pcap
types() { tcpdump -r "$1" -nn -x 2>/dev/null | grep -oE '2314 |2401 |2400 |c80a |c90a ' | tr -d '\n'; }
[[ $(types draft.pcap) == '2314 c80a ' && $(types draft09.pcap) == '240'?' c90a ' ]] ||
    fault "--draft=09 --warning-ext=201: $(types draft.pcap), $(types draft09.pcap)"

# fuzz: mutation n is the same, whichever is the first; another seed gives others.
fuzz=(fuzz --source=10.1.0.1 --destination=192.0.2.7 --keys=keys --spi=0x1000)
"$inject" "${fuzz[@]}" --count=200 --write=all.pcap || fault "fuzz: status $?"
"$inject" "${fuzz[@]}" --count=100 --number=100 --write=half.pcap --start=1999-02-25T12:01:40Z
half=$(stat -c %s half.pcap) all=$(stat -c %s all.pcap)
cmp <(tail -c $((half - 24)) half.pcap) <(tail -c $((half - 24)) all.pcap) || fault "fuzz: mutations 100 to 199 differ"
"$inject" "${fuzz[@]}" --count=200 --seed=2 --write=other.pcap
! cmp -s all.pcap other.pcap || fault "fuzz: the seed changes nothing"
[[ $all -gt 10000 ]] || fault "fuzz: $all octets are too few"

# extcap: the queries of Wireshark, and the packets in its pipe.
"$inject" --extcap-interfaces --extcap-version=4.0 | grep -q '^interface {value=mipro-scenario}' || fault "extcap: no interface"
"$inject" --extcap-dlts --extcap-interface=mipro-cases | grep -q '^dlt {number=1}' || fault "extcap: no link type"
"$inject" --extcap-config --extcap-interface=mipro-scenario | grep -q '{call=--scenario}' || fault "extcap: no argument"
mkfifo pipe
"$inject" --capture --extcap-interface=mipro-scenario --scenario good.scenario --fifo pipe & extcap=$!
timeout 20 cat pipe >piped.pcap
wait $extcap || fault "extcap: status $?"
cmp good.pcap piped.pcap || fault "extcap: the pipe got different octets"
status=0
"$inject" --extcap-dlts --extcap-interface=eth0 2>err || status=$?
[[ $status == 2 ]] || fault "extcap: status $status for an unknown interface"

# Wireshark 4.0 waits for the pipe to be opened, whatever happens to the program.
for wrong in "--extcap-interface=mipro-scenario --scenario nowhere" \
    "--extcap-interface=mipro-scenario --scenario good.scenario --keys nowhere" \
    "--extcap-interface=mipro-cases --keys=keys --spi 7" \
    "--extcap-interface=mipro-cases --keys=keys --cases NONE-1"; do
    read -ra words <<<"$wrong"
    status=0
    "$inject" --capture "${words[@]}" --fifo pipe 2>err & extcap=$!
    timeout 20 cat pipe >piped.pcap || fault "extcap $wrong: the pipe is not opened"
    wait $extcap || status=$?
    [[ $status == 2 && ! -s piped.pcap && -s err ]] || fault "extcap $wrong: status $status: $(<err)"
done

# The dialogs: each argument is explained, what is typed is validated, and cases can be chosen.
"$inject" --extcap-interfaces >out
grep -q "{version=$("$inject" --version | awk '{ print $NF }')}" out || fault "extcap: not the program's version: $(<out)"
help=$(sed -n 's/.*{help=file:\/\/\([^}]*\)}.*/\1/p' out)
grep -q 'mipro-cases' "$help" || fault "extcap: no page about the dialogs in '$help'"
for interface in mipro-scenario mipro-cases; do
    "$inject" --extcap-config --extcap-interface=$interface >out
    ! grep '^arg' out | grep -v '{tooltip=' || fault "extcap: an argument of $interface is not explained"
    ! grep '{type=string}' out | grep -v '{validation=' || fault "extcap: a string of $interface is not validated"
    ! grep '{type=unsigned}' out | grep -v '{range=' || fault "extcap: a number of $interface has no range"
done
spi=$(sed -n 's/.*{call=--spi}.*{validation=\([^}]*\({[0-9,]*}[^}]*\)*\)}{tooltip.*/\1/p' out)
for good in 256 0x1000; do [[ $good =~ $spi ]] || fault "extcap: SPI $good is not valid by $spi"; done
for bad in x 0x '' 0x123456789; do [[ ! $bad =~ $spi ]] || fault "extcap: SPI '$bad' is valid by $spi"; done
"$inject" --capture --extcap-interface=mipro-cases --keys=keys --spi=0x1000 --cases VAL-01,AUT-01 --fifo pipe 2>err & extcap=$!
timeout 20 cat pipe >piped.pcap
wait $extcap || fault "extcap: cases: $(<err)"
"$inject" case VAL-01 AUT-01 --source=10.1.0.1 --destination=192.0.2.7 --keys=keys --spi=0x1000 --write=chosen.pcap
cmp chosen.pcap piped.pcap || fault "extcap: cases: the pipe got other octets"

# And with a real Wireshark, which must not run as root in order to load other programs.
as_user=()
[[ $EUID -ne 0 ]] || as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
if ! command -v tshark >/dev/null; then
    echo "skip: no tshark: extcap"
elif ! "${as_user[@]}" dumpcap --version >/dev/null 2>&1; then
    echo "skip: this user may not run dumpcap" # it may be restricted to a group
else
    mkdir extcap home
    cp "$inject" extcap/
    chmod 755 . extcap extcap/mipro-inject
    chmod 777 home
    chmod 644 keys good.scenario
    frames=$("${as_user[@]}" env HOME="$dir/home" WIRESHARK_EXTCAP_DIR="$dir/extcap" \
        timeout 60 tshark -i mipro-scenario -o "extcap.mipro_scenario.scenario:$dir/good.scenario" -T fields -e frame.number 2>err | wc -l) || true
    [[ $frames == 5 ]] || fault "extcap: tshark sees $frames frames, not 5: $(<err)"
fi
[[ $faults -eq 0 ]]
