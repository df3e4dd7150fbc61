#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""flood.py KIND COUNT CAPTURE: write COUNT messages of one kind, each different, 10 us apart.

An unrelated frame follows after 30 s, so that every time limit passes.

homes            Binding Updates with A, each about a different home address
correspondents   Binding Updates with A about one home address, each to another node
updates          Binding Updates with A between two nodes, each with another identification
requests         Binding Requests between two nodes
acknowledges     Binding Acknowledges of nothing, between two nodes
strangers        Binding Acknowledges of nothing, each about a different home address
namesakes        Binding Updates with A, and as many Binding Acknowledges of other home addresses, which could
                 answer them; half of all have the same identification
unmatched        the same, but none has the identification of another
registrations    Registration Requests of one mobile node
notices          the same, each with a Previous Foreign Agent Notification
warnings         Binding Warnings about one home address, each of another target
forgeries        Binding Updates with A and no authenticator between two nodes, each with another identification
chaff            the same, each about a different home address
fragments        the middle fragment of a datagram, each from another node
mixed            eight kinds of message in turn, of other home addresses and nodes each: fills all tables
Without keys all are taken at face value, and kept; forgeries and chaff are forged if 10.1.0.1 and 192.0.2.7 have
a key. To measure their cost:

    flood.py homes 1000000 /tmp/f.pcap && /usr/bin/time -v mipro-verify /tmp/f.pcap
    perf stat -e instructions:u mipro-verify --threads=1 /tmp/f.pcap
"""
import struct
import sys

from packets import A, acknowledge, address, ip_header, registration, request, update, warning

KINDS = ('homes', 'correspondents', 'updates', 'requests', 'acknowledges', 'strangers', 'namesakes',
         'unmatched', 'registrations', 'notices', 'warnings', 'forgeries', 'chaff', 'fragments', 'mixed')
# An extension 35 that nobody can check: without one, an update is not waited for.
SIGNATURE = struct.pack('!BBI', 35, 20, 0x1000) + bytes(16)


def other(net, i):
    return bytes((net, i >> 16 & 255, i >> 8 & 255, i & 255))


def mixed(i):
    """As message(): the eight about each home address come from and go to nodes of its own."""
    of, home = i // 8, other(11, i // 8)
    agent, node, foreign = address('10.1.0.1'), other(12, 7 * of), address('172.16.0.1')
    asked = registration(0, 600, home, agent, foreign, i)
    notice = struct.pack('!BBH4s4sI', 96, 30, 60, other(14, i), foreign, 0x1000) + bytes(16)
    return ((agent, node, update(A, 60, home, foreign, i)),
            (node, agent, request(home, i)),
            (node, agent, acknowledge(0, home, i)),
            (node, agent, warning(home, [other(13, i + t) for t in range(8)])),
            (home, agent, asked),
            (home, agent, asked + notice),
            (other(15, i), node, update(A, 60, home, other(16, i), i)),
            (agent, other(17, i), update(A, 60, home, foreign, i)))[i % 8]


def message(kind, i):
    """Source, destination and payload of the i-th."""
    home, agent, node = address('10.1.0.9'), address('10.1.0.1'), address('192.0.2.7')
    foreign = address('172.16.0.1')
    if kind == 'mixed':
        return mixed(i)
    if kind in ('homes', 'chaff'):
        return agent, node, update(A, 60, other(11, i), foreign, i)
    if kind == 'correspondents':
        return agent, other(12, i), update(A, 60, home, foreign, i)
    if kind in ('updates', 'forgeries'):
        return agent, node, update(A, 60, home, foreign, i)
    if kind == 'requests':
        return node, agent, request(home, i)
    if kind == 'acknowledges':
        return node, agent, acknowledge(0, home, i)
    if kind == 'strangers':
        return node, agent, acknowledge(0, other(11, i), i)
    if kind == 'namesakes':
        ident = i // 2 if i & 2 else 7
        return (node, agent, acknowledge(0, other(12, i), ident) + SIGNATURE) if i & 1 else \
            (agent, node, update(A, 60, other(11, i), foreign, ident) + SIGNATURE)
    if kind == 'unmatched':
        return (node, agent, acknowledge(0, other(12, i), i + (1 << 32)) + SIGNATURE) if i & 1 else \
            (agent, node, update(A, 60, other(11, i), foreign, i) + SIGNATURE)
    if kind == 'warnings':
        return node, agent, warning(home, [other(13, i)])
    asked = registration(0, 600, home, agent, foreign, i)
    if kind == 'notices':
        asked += struct.pack('!BBH4s4sI', 96, 30, 60, other(14, i), foreign, 0x1000) + bytes(16)
    return home, agent, asked


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    kind, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for i in range(count + 1):
            when = 920000000 * 100000 + i
            if i == count:      # something unrelated, when all time limits have passed
                when += 30 * 100000
                octets = ip_header(address('10.9.0.1'), address('10.9.0.2'), 8, 1, 1, 64, 0) \
                    + b'\x08\0\xf7\xff\0\0\0\0'
            elif kind == 'fragments':
                octets = ip_header(other(15, i), address('10.1.0.1'), 16, 17, i % 65535 + 1, 64,
                                   0x2002) + bytes(16)
            else:
                src, dst, payload = message(kind, i)
                octets = ip_header(src, dst, 8 + len(payload), 17, i % 65535 + 1, 64, 0) \
                    + struct.pack('!HHHH', 434, 434, 8 + len(payload), 0) + payload
            file.write(struct.pack('<IIII', when // 100000, when % 100000 * 10, len(octets),
                                   len(octets)) + octets)


if __name__ == '__main__':
    main()
