#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Live: in two network namespaces of our own, joined by a veth pair, frames arrive
# octet for octet as in a file; on no other interface; without keeping privileges.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
build=$(realpath "$1") source=$(realpath "$(dirname "$0")/../..")
if [[ ${2:-} != inside ]]; then
    command -v tcpdump >/dev/null && command -v unshare >/dev/null || skip "no tcpdump or unshare"
    # An ordinary user stays one: as root tcpdump would drop privileges, which fails in a namespace.
    [[ $EUID -eq 0 ]] && map=() || map=(-Uc --keep-caps)
    unshare "${map[@]}" -nm true 2>/dev/null || skip "no network namespaces here"
    exec unshare "${map[@]}" -nm bash "$0" "$build" inside
fi
inject=$build/mipro-inject
dir=$(mktemp -d)
chmod 755 "$dir"
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"
umask 077

# The other end is in a namespace that ends with this sleep.
unshare -n sleep 120 &
peer=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [[ $(readlink /proc/$peer/ns/net) != "$(readlink /proc/self/ns/net)" ]] && break
    sleep 0.1
done
in_peer() { exec nsenter -t "$peer" -n "$@"; }
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02 netns "$peer"
ip link add d0 type veth peer name d1
ip addr add 10.1.0.1/24 dev v0
for link in lo v0 d0 d1; do ip link set "$link" up; done
(in_peer ip addr add 192.0.2.7/24 dev v1)
(in_peer ip link set v1 up)
ip neigh replace 192.0.2.7 lladdr 02:00:00:00:00:02 dev v0
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null || true

cp "$source/pcaps/mipro.keys" keys
update=(update --source=10.1.0.1 --destination=192.0.2.7 --home=10.1.0.9 --care-of=10.3.0.1 --lifetime=60
    --flags=AI --keys=keys --spi=0x1000)

# Multicast packets caused by a new link are not ours; a busy machine needs a large buffer.
listen() {      # FILE COUNT [OPTION...]
    in_peer timeout 100 tcpdump -i v1 -n -U -B 16384 --immediate-mode -w "$1" -c "$2" "${@:3}" 'ip and not ip multicast' 2>"$1.err" &
    listener=$!
    for _ in $(seq 50); do grep -q listening "$1.err" 2>/dev/null && break; sleep 0.1; done
}
heard() {
    for _ in $(seq 50); do kill -0 "$listener" 2>/dev/null || return 0; sleep 0.1; done
    kill "$listener" 2>/dev/null || true
    wait "$listener" 2>/dev/null || true
}
count() { tcpdump -r "$1" -nn 2>/dev/null | wc -l; }
# without the link's addresses
datagrams() { tcpdump -r "$1" -nn -t -x 2>/dev/null | grep -E '^\s+0x'; }

# At the far end: a listener on an interface does not see packets that bypass its queue.
timeout 100 tcpdump -i d1 -n -U --immediate-mode -w other.pcap ip 2>other.err & other=$!
for _ in $(seq 50); do grep -q listening other.err && break; sleep 0.1; done
listen live.pcap 20
"$inject" "${update[@]}" --count=20 --interface=v0 2>report || fault "live: status $?"
heard
"$inject" "${update[@]}" --count=20 --write=file.pcap
[[ $(count live.pcap) == 20 ]] && cmp <(datagrams live.pcap) <(datagrams file.pcap) || fault "what arrives is not what a file has"
grep -q '20 frames' report || fault "the report says '$(<report)'"
tcpdump -r live.pcap -e -nn -c 1 2>/dev/null | grep -q '02:00:00:00:00:01 > 02:00:00:00:00:02' || fault "the addresses of the link are wrong"

# A datagram above the MTU is sent in our own fragments.
ip link set v0 mtu 600
listen frag.pcap 2
targets=$(seq -s, -f '198.51.100.%g' 1 250)
"$inject" warning --source=10.1.0.1 --destination=192.0.2.7 --home=10.1.0.9 --target="$targets" --interface=v0 2>/dev/null || fault "fragments: status $?"
heard
[[ $(count frag.pcap) == 2 ]] || fault "fragments: $(tcpdump -r frag.pcap -nn 2>/dev/null)"
ip link set v0 mtu 1500

# Altered after signing: live as in a file, where a unit test checks each packet.
for tunnel in '' ipip minimal gre; do
    altered=("${update[@]}" --count=5 --set life=7 ${tunnel:+--tunnel=$tunnel,10.1.0.1,192.0.2.7} --mtu=68)
    "$inject" "${altered[@]}" --write=file.pcap
    listen live.pcap "$(count file.pcap)"
    "$inject" "${altered[@]}" --interface=v0 2>report || fault "--set, ${tunnel:-no tunnel}: status $?"
    heard
    cmp <(datagrams live.pcap) <(datagrams file.pcap) || fault "--set, ${tunnel:-no tunnel}: what arrives is not what a file has"
done

# A scenario, live: the same datagrams, in the same order.
cat >scene <<'END'
keys keys
node a 10.1.0.1
node b 192.0.2.7
default home=10.1.0.9
at 0.03 a > b update care-of=10.3.0.1 lifetime=60 flags=AI ident=3 spi=0x1000 as last
at 0    a > b request ident=1 count=3 every=0.02
at 0.01 a > b warning target=192.0.2.8,192.0.2.9
at 0.05 a > b resend last
END
scenario=(scenario scene)
listen scene.pcap 6
"$inject" "${scenario[@]}" --interface=v0 2>/dev/null || fault "scenario: status $?"
heard
"$inject" "${scenario[@]}" --write=scene-file.pcap
[[ $(count scene.pcap) == 6 ]] || fault "scenario: not 6 packets"
cmp <(datagrams scene.pcap) <(datagrams scene-file.pcap) || fault "scenario: what arrives is not what a file has"

# Pace: 5000 packets at 10000/s take 0.5 s, to 1 %.  Other load may spoil an attempt.
for _ in 1 2 3 4 5; do
    "$inject" "${update[@]}" --count=5000 --rate=10000 --interface=v0 2>report || fault "pace: status $?"
    rate=$(sed -n 's/.*: \([0-9]*\)\/s.*/\1/p' report)
    [[ $rate -lt 9900 ]] || break
done
read -r load _ </proc/loadavg
if [[ $rate -lt 9900 && ${load%.*} -ge $((3 * $(nproc))) ]]; then
    echo "skip: pace: $rate/s of 10000/s, on a machine whose load is $load"
elif [[ $rate -lt 9900 || $rate -gt 10100 ]]; then
    fault "pace: 10000/s asked for, $rate/s reached"
fi

# However many packets are sent in a second, and in a tick of the clock, timestamps increase.
sed 's/$/,"keyed-md5","","timestamp"/' <(grep 0x1000 keys | head -1 | grep -oE '^("[^"]*",?){5}' | sed 's/,$//') >stamped
# The listener may lose packets on a loaded machine, which is not the sender's fault: try again.
for _ in 1 2 3; do
    listen stamps.pcap 1000
    "$inject" case $(printf 'VAL-01 %.0s' $(seq 1000)) --source=10.1.0.1 --destination=192.0.2.7 --keys=stamped --spi=0x1000 \
        --rate=2000 --interface=v0 2>report || fault "1000 timestamps: status $?, '$(<report)'"
    heard
    got=$(tcpdump -r stamps.pcap -nn -x 2>/dev/null | awk '/0x0020/ { print $6 $7 $8 $9 }')
    sort -uc <<<"$got" || fault "timestamps do not increase: $(sort -uc <<<"$got" 2>&1)"
    [[ $(wc -l <<<"$got") != 1000 ]] || break
done
[[ $(wc -l <<<"$got") == 1000 ]] || fault "1000 timestamps: $(wc -l <<<"$got") arrived"

# Interrupted: it reports what it sent.
"$inject" "${update[@]}" --count=2000 --rate=100 --interface=v0 2>report & pid=$!
sleep 0.5
kill -INT $pid
wait $pid || true
grep -q '^mipro-inject: interrupted: [0-9]' report || fault "interrupted: '$(<report)'"

"$inject" test --source=10.1.0.1 --destination=192.0.2.7 --keys=keys --spi=0x1000 --spoof --interface=v0 \
    --timeout=1 >tap 2>&1 & pid=$!
sleep 1
kill -INT $pid
status=0
wait $pid || status=$?
[[ $status == 3 ]] && grep -q '^Bail out! interrupted' tap || fault "test, interrupted: status $status, '$(tail -1 tap)'"

# The carrier is lost during the run: what was not sent is counted, and the run ends.
timeout -s KILL 20 "$inject" "${update[@]}" --count=200 --rate=100 --interface=v0 2>report & pid=$!
sleep 0.5
(in_peer ip link set v1 down)
status=0
wait $pid || status=$?
[[ $status == 3 ]] && grep -q 'v0: ' report || fault "carrier lost: status $status, '$(<report)'"
(in_peer ip link set v1 up)

# At full speed, full batches go another way, if there is one: all that arrives is in order, and as
# in a file. The listener may lose packets on a loaded machine.
"$inject" "${update[@]}" --count=20000 --write=file.pcap
for limit in unlimited 0; do # of locked memory; without any there is only the packet socket
    for _ in 1 2 3; do
        listen many.pcap 20000 -s 128
        (ulimit -l $limit 2>/dev/null || [[ $limit != 0 ]] || exit 9
            exec "$inject" "${update[@]}" --count=20000 --interface=v0 2>report) || fault "20000: status $?, '$(<report)'"
        heard
        [[ $(count many.pcap) != 20000 ]] || break
    done
    grep -q '20000 frames .* 0 errors' report || fault "20000: '$(<report)'"
    cmp <(datagrams many.pcap) <(datagrams file.pcap) || fault "20000, $limit: what arrives is not what a file has"
done
# The carrier is lost at full speed.
timeout -s KILL 20 "$inject" "${update[@]}" --duration=3 --interface=v0 2>report & pid=$!
sleep 0.5
grep -qs socket: /proc/"$(pgrep -P $pid)"/maps || echo "skip: no AF_XDP here: full batches went through the packet socket"
(in_peer ip link set v1 down)
status=0
wait $pid || status=$?
[[ $status == 3 ]] && grep -q 'v0: ' report || fault "carrier lost at full speed: status $status, '$(<report)'"
(in_peer ip link set v1 up)
for _ in $(seq 50); do ip link show v0 | grep -q NO-CARRIER || break; sleep 0.1; done

# Privileges are dropped once the socket is open.
"$inject" "${update[@]}" --count=200 --rate=10 --interface=v0 2>/dev/null & pid=$!
sleep 0.3
grep -q '^CapEff:.*0000000000000000' /proc/$pid/status || fault "capabilities are kept: $(grep CapEff /proc/$pid/status)"
kill $pid
wait $pid 2>/dev/null || true

# A capture of a case that does not fit on its disk is reported.
mkdir caps
ln -s /dev/full caps/AUT-01.pcapng
status=0
"$inject" test --source=10.1.0.1 --destination=192.0.2.7 --keys=keys --spi=0x1000 --spoof --interface=v0 \
    --timeout=0.05 --pcap=caps AUT-01 >/dev/null 2>err || status=$?
[[ $status == 3 ]] && grep -q 'not all captures' err || fault "full disk of a case: status $status: $(<err)"

# Refusals: status 2, and nothing sent.
refuse() {
    local word=$1 status=0
    shift
    "$@" 2>err || status=$?
    [[ $status == 2 ]] && grep -q "$word" err || fault "$word: status $status, '$(<err)'"
}
refuse "no such interface" "$inject" "${update[@]}" --interface=nosuch0
# So far nothing was sent on d0; the listener there works.
[[ $(count other.pcap) == 0 ]] || fault "something was sent on another interface"
"$inject" "${update[@]}" --interface=d0 --destination-mac=02:00:00:00:00:09 2>/dev/null || fault "d0: status $?"
for _ in $(seq 50); do [[ $(count other.pcap) == 1 ]] && break; sleep 0.1; done
[[ $(count other.pcap) == 1 ]] || fault "nobody listened on the other interface: $(<other.err)"
ip link set d1 down
for _ in $(seq 50); do ip link show d0 | grep -q NO-CARRIER && break; sleep 0.1; done # the kernel notices later
refuse "has no carrier" timeout -s KILL 10 "$inject" "${update[@]}" --interface=d0
ip link set lo mtu 24
refuse "MTU of 24, and IPv4 needs 68" timeout -s KILL 10 "$inject" "${update[@]}" --interface=lo
ip link set d0 down
refuse "is down" "$inject" "${update[@]}" --interface=d0
refuse "CAP_NET_RAW" setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- \
    "$inject" request --source=10.1.0.1 --destination=192.0.2.7 --home=10.1.0.9 --interface=v0
kill $other 2>/dev/null || true
wait $other 2>/dev/null || true
# With standard streams closed, no socket and no report gets what is printed on them.
status=0
"$inject" test --interface=v0 --source=10.1.0.1 --destination=192.0.2.7 --keys=keys --spi=0x1000 --timeout=0.1 \
    --junit=junit.xml VAL-01 0<&- >&- 2>report || status=$?
[[ $status == 3 ]] && grep -q 'standard output: Bad file descriptor' report ||
    fault "closed standard output: status $status, '$(<report)'"
head -n 1 junit.xml | grep -q '^<?xml' && ! grep -q TAP junit.xml || fault "TAP went into the report: $(<junit.xml)"
[[ $faults -eq 0 ]]
