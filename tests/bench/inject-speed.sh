#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# inject-speed.sh BUILD [SECONDS] - packets per second of mipro-inject, compared with trafgen and tcpreplay.
# Binding Updates of 42 octets, each with its own identification and authenticator,
# on a veth pair in a network namespace; the others send fixed octets. Three rounds, the
# tools in turn, and the median of each, because the machine is never idle.
source "$(dirname "$0")/../prelude.sh"
set -euo pipefail
source "$(dirname "$0")/instructions.sh"
build=$(realpath "${1:?usage: inject-speed.sh BUILD [SECONDS]}") seconds=${2:-2}
inject=$build/mipro-inject
need trafgen tcpreplay unshare jq
if [[ ${3:-} != inside ]]; then
    [[ $EUID -eq 0 ]] && map=() || map=(-Ur)
    exec unshare "${map[@]}" -n bash "$0" "$build" "$seconds" inside
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
cd "$dir"
(umask 077; echo '"a","10.1.0.1","192.0.2.7","0x1000","text:a key of 16 octets"' >keys)
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
update=(update --source=10.1.0.1 --destination=192.0.2.7 --home=10.1.0.9 --care-of=10.3.0.1 --lifetime=60 --flags=AI
    --keys=keys --spi=0x1000)
"$inject" "${update[@]}" --count=1000 --write=fixed.pcap
"$inject" "${update[@]}" --write=one.pcap
{ echo '{'; tcpdump -r one.pcap -xx -nn -t 2>/dev/null | sed -n 's/^\s*0x[0-9a-f]*: *//p' | tr -d ' \n' | sed 's/../0x&, /g'; echo '}'; } >one.cfg

frames() { ip -s -j link show v0 | jq '.[0].stats64.tx.packets'; }
# packets received on the link, by the kernel's count, divided by the time
measure() {
    local before after start end
    before=$(frames)
    start=$(date +%s%N)
    "$@" >log 2>&1 || { cat log >&2; return 1; }
    end=$(date +%s%N)
    after=$(frames)
    echo $(((after - before) * 1000000000 / (end - start)))
}
median() { sort -n | sed -n 2p; }

: >inject.rate; : >trafgen.rate; : >tcpreplay.rate
for _ in 1 2 3; do
    measure "$inject" "${update[@]}" --duration="$seconds" --interface=v0 --destination-mac=02:00:c0:00:02:07 >>inject.rate
    measure timeout --preserve-status -s INT "$seconds" trafgen -o v0 -i one.cfg --cpus 1 >>trafgen.rate
    measure tcpreplay -q -t --preload-pcap --loop=100000 --duration="$seconds" -i v0 fixed.pcap >>tcpreplay.rate
done
a=$(median <inject.rate) b=$(median <trafgen.rate) c=$(median <tcpreplay.rate)
awk -v a="$a" -v b="$b" -v c="$c" 'BEGIN {
    printf "mipro-inject %d/s, trafgen %d/s, tcpreplay -t %d/s\n", a, b, c
    printf "ratio to trafgen %.2f (wanted: 1.20), to tcpreplay -t %.2f (wanted: 1.20)\n", a / b, a / c }'

start=$(date +%s%N)
"$inject" "${update[@]}" --count=1000000 --write=/dev/null
echo "1000000 to a pcap file on /dev/null: $((1000000 * 1000000000 / ($(date +%s%N) - start)))/s (wanted: 1000000/s)"
start=$(date +%s%N)
"$inject" "${update[@]}" --count=1000000 --write=big.pcap
echo "1000000 to a pcap file: $((1000000 * 1000000000 / ($(date +%s%N) - start)))/s (wanted: 1000000/s)"
"$inject" "${update[@]}" --count=20000 --rate=10000 --interface=v0 2>&1 | sed 's/^/pace of 10000\/s: /'
per_message "mipro-inject to a pcap file" 20000 120000 "$inject" "${update[@]}" --count=@ --write=/dev/null
