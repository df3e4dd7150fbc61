#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lossy_relay.py A B LOSS DUPLICATE DELAY SEED: pass the frames of one interface on to the other.

LOSS and DUPLICATE are percentages; DELAY is the longest delay of a frame in milliseconds, so that one
may overtake another.  Prints a line when it is ready, and statistics on SIGTERM.

lossy_relay.py --sums IF: make the kernel compute the checksums of packets sent on IF, since a
relay would pass on those left to the device.
"""
import array
import fcntl
import heapq
import random
import select
import signal
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM = 0x17


def compute_sums(name):
    off = array.array("B", struct.pack("II", ETHTOOL_STXCSUM, 0))
    request = struct.pack("16sP", name.encode(), off.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCETHTOOL, request)


def relay(names, loss, duplicate, delay, seed):
    draw = random.Random(seed)
    ends = []
    for name in names:
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        s.bind((name, ETH_P_ALL))
        ends.append(s)
    count = {"passed": 0, "lost": 0, "doubled": 0}
    waiting = []
    number = 0

    def stop(*_):
        print(" ".join(f"{n} {what}" for what, n in count.items()), flush=True)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    print("ready", flush=True)
    while True:
        pause = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        ready, _, _ = select.select(ends, [], [], pause)
        for s in ready:
            frame, where = s.recvfrom(65536)
            if where[2] == socket.PACKET_OUTGOING:
                continue
            copies = 1
            # ARP is not disturbed: a node that is not found at all is another test.
            if frame[12:14] == b"\x08\x00":
                if draw.random() * 100 < loss:
                    count["lost"] += 1
                    continue
                if draw.random() * 100 < duplicate:
                    count["doubled"] += 1
                    copies = 2
            count["passed"] += 1
            for _ in range(copies):
                due = time.monotonic() + draw.random() * delay / 1000
                heapq.heappush(waiting, (due, number, ends[1 - ends.index(s)], frame))
                number += 1
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, to, frame = heapq.heappop(waiting)
            try:
                to.send(frame)
            except OSError:
                pass  # the interface goes down at the end


if sys.argv[1] == "--sums":
    compute_sums(sys.argv[2])
else:
    relay(sys.argv[1:3], *map(float, sys.argv[3:6]), int(sys.argv[6]))
