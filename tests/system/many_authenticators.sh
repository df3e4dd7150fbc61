#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# many_authenticators.sh BUILD - one datagram has room for 32,747 authentication extensions.  Neither
# tshark nor mipro-verify may search all of them for each: that took 7 seconds for one packet.
set -euo pipefail
source "$(dirname "$0")/../golden/common.sh" "$1"
need python3

python3 - "$work/many.pcap" <<'PY'
import struct
import sys
N = 32747
message = bytes([18, 0, 1, 44, 10, 1, 0, 9, 10, 3, 0, 1]) + bytes([35, 0]) * N
udp = struct.pack('!HHHH', 434, 434, 8 + len(message), 0) + message
packet = struct.pack('!BBHHHBBH4B4B', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, 10, 1, 0, 1, 192, 0, 2, 7) + udp
with open(sys.argv[1], 'wb') as file:
    file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
    file.write(struct.pack('<IIII', 920000000, 0, len(packet), len(packet)) + packet)
PY
chmod a+r "$work/many.pcap"

# CPU seconds, whatever the load; tshark starts in half a second.
limit=3
[ -z "$preload" ] || limit=60
(ulimit -t $limit; verify -k "$K" -o json "$work/many.pcap" >"$work/json") || [ $? = 1 ] || fault "mipro-verify takes more than $limit s"
bad=$(tail -n 1 "$work/json" | grep -o '"bad":[0-9]*' | head -n 1) || true
[ "$bad" = '"bad":32747' ] || fault "mipro-verify counts $bad"
(ulimit -t $limit; keyed_tshark -r "$work/many.pcap" >"$work/lines") || fault "tshark takes more than $limit s"
grep -q 'Binding Update.*\[bad\]' "$work/lines" || fault "tshark says $(head -c 200 "$work/lines")"
[ "$faults" -eq 0 ]
